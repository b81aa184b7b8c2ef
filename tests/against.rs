//! A hand-derived backward pass beside ours: right ones are accepted, in whatever words, and of wrong ones the line is found.
//!
//! The right passes are derived by hand, or by SymPy and JAX (`tests/reference/against.py`); the wrong ones are made of them by
//! a program that makes every kind of slip.

use crate::support::{is_deep, part_of};
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use gradcalc::views::against::{Comparison, Slip, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A forward pass, its inputs at two points, and the right backward pass, a paragraph for each stage.
struct Course {
    inputs: [&'static str; 2],
    forward: &'static str,
    backward: &'static str,
}

const COURSES: &[Course] = &[
    // The staged example of the notes.
    Course {
        inputs: ["x = 3; y = -4", "x = 1.5; y = 0.7"],
        forward: "sigy = sigma(y); num = x + sigy; sigx = sigma(x); xpy = x + y; xpysqr = xpy^2; den = sigx + xpysqr; invden = 1/den; f = num*invden",
        backward: "dnum = invden\ndinvden = num\n\ndden = (-1.0 / (den**2)) * dinvden\n\ndsigx = (1) * dden\ndxpysqr = (1) * dden\n\n\
            dxpy = (2 * xpy) * dxpysqr\n\ndx = (1) * dxpy\ndy = (1) * dxpy\n\ndx += (1 - sigx) * sigx * dsigx\n\ndx += (1) * dnum\n\
            dsigy = (1) * dnum\n\ndy += (1 - sigy) * sigy * dsigy",
    },
    Course {
        inputs: ["x = -2; y = 5; z = -4", "x = 0.3; y = 1.1; z = 2.5"],
        forward: "q = x + y; p = q*z; r = p - x; f = r*q",
        backward: "dr = q\ndq = r\n\ndp = dr\ndx = -1 * dr\n\ndq += z * dp\ndz = q * dp\n\ndx += dq\ndy = dq",
    },
    // A neuron with two inputs.
    Course {
        inputs: ["w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3", "w0 = 0.4; x0 = 1.2; w1 = 0.9; x1 = -0.6; w2 = 0.2"],
        forward: "a = w0*x0; b = w1*x1; c = a + b; s = c + w2; f = sigma(s)",
        backward: "ds = (1 - f) * f\n\ndc = ds\ndw2 = ds\n\nda = dc\ndb = dc\n\ndw1 = x1 * db\ndx1 = w1 * db\n\ndw0 = x0 * da\ndx0 = w0 * da",
    },
    Course {
        inputs: ["a = 0.7; b = 1.3; c = 2.1", "a = 1.1; b = -0.4; c = 0.8"],
        forward: "ab = a*b; r = exp(ab); u = r + c; s = log(u); t = r/s; g = t^2; f = g*a",
        backward: "dg = a\nda = g\n\ndt = 2 * t * dg\n\ndr = dt / s\nds = -r / s**2 * dt\n\ndu = ds / u\n\ndr += du\ndc = du\n\n\
            dab = r * dr\n\nda += b * dab\ndb = a * dab",
    },
    Course {
        inputs: ["x = 0.6; y = 1.4; z = 2.3", "x = -0.5; y = 0.9; z = 1.7"],
        forward: "u = x*y; h = tanh(u); k = h^2; m = k + z; g = sqrt(m); p = h*g; v = cos(x); f = p - v",
        backward: "dp = 1\ndv = -1\n\ndh = g * dp\ndg = h * dp\n\ndm = 0.5 / g * dg\n\ndk = dm\ndz = dm\n\ndh += 2 * h * dk\n\n\
            du = (1 - h**2) * dh\n\ndx = y * du\ndy = x * du\n\ndx += -sin(x) * dv",
    },
    // Vectors.
    Course {
        inputs: ["w = [0.5, -1.2, 0.8]; x = [1.5, 0.4, -0.7]; t = 0.6", "w = [1.1, 0.2, -0.5]; x = [0.3, 0.9, 2.1]; t = -0.2"],
        forward: "p = w*x; s = sum(p); r = s - t; q = r^2; n = w*w; m = sum(n); f = q*m",
        backward: "dq = m\ndm = q\n\ndn = ones(3) * dm\n\ndw = 2 * w * dn\n\ndr = 2 * r * dq\n\nds = dr\ndt = -1 * dr\n\n\
            dp = ones(3) * ds\n\ndw += x * dp\ndx = w * dp",
    },
    // Square matrices, which fit in every order.
    Course {
        inputs: ["W = [0.5, -1.2; 0.8, 0.3]; X = [1.5, 0.4; -0.7, 0.9]", "W = [1.1, 0.2; -0.5, 0.7]; X = [0.3, 0.9; 2.1, -0.4]"],
        forward: "D = W @ X; S = sigma(D); Q = S @ W; f = sum(Q*S)",
        backward: "dQ = S\ndS = Q\n\ndS += dQ @ W.T\ndW = S.T @ dQ\n\ndD = (1 - S) * S * dS\n\ndW += dD @ X.T\ndX = W.T @ dD",
    },
    // A regression over data.
    Course {
        inputs: ["w = [0.4, -0.9]; b = 0.3", "w = [1.2, 0.5]; b = -0.8"],
        forward: "const X = [1, 2; 0.5, -1; -2, 0.7]; const t = [0.2, 1.1, -0.4]; y = X @ w; z = y + b; r = z - t; q = r^2; L = mean(q); n = sum(w*w); R = 0.1*n; f = L + R",
        backward: "dL = 1\ndR = 1\n\ndn = 0.1 * dR\n\ndw = 2 * w * dn\n\ndq = ones(3) / 3 * dL\n\ndr = 2 * r * dq\n\ndz = dr\n\n\
            dy = dz\ndb = sum(dz)\n\ndw += X.T @ dy",
    },
    // Two layers.
    Course {
        inputs: [
            "X = [1, 0.5; -0.3, 2]; W1 = [0.4, -0.6; 1.1, 0.2]; b1 = [0.1, -0.2]; W2 = [0.7, 0.3; -0.5, 0.9]",
            "X = [0.2, 1.5; 0.8, -1]; W1 = [1.4, 0.6; -0.1, 0.7]; b1 = [0.3, 0.2]; W2 = [-0.7, 0.4; 0.6, 1.9]",
        ],
        forward: "A = X @ W1; B = A + b1; H = tanh(B); S = H @ W2; E = S^2; f = sum(E)",
        backward: "dE = ones(2, 2)\n\ndS = 2 * S * dE\n\ndH = dS @ W2.T\ndW2 = H.T @ dS\n\ndB = (1 - H**2) * dH\n\ndA = dB\n\
            db1 = sum(dB, 0)\n\ndX = dA @ W1.T\ndW1 = X.T @ dA",
    },
    // A softmax loss.
    Course {
        inputs: ["z = [0.5, -1.2, 0.8]; k = 1.3", "z = [1.1, 0.2, -0.5]; k = 0.6"],
        forward: "const y = [0, 1, 0]; u = k*z; e = exp(u); S = sum(e); p = e/S; l = log(p); m = y*l; f = -sum(m)",
        backward: "dm = -ones(3)\n\ndl = y * dm\n\ndp = dl / p\n\nde = dp / S\ndS = -sum(e * dp) / S**2\n\nde += ones(3) * dS\n\n\
            du = e * de\n\ndk = sum(z * du)\ndz = k * du",
    },
];

/// More of them, of which nothing was known when the likely slips were chosen.
const UNSEEN: &[Course] = &[
    // A gate of a recurrent cell.
    Course {
        inputs: ["a = 0.4; b = -0.7; k = 0.9; o = 1.2", "a = -1.1; b = 0.3; k = 0.2; o = -0.6"],
        forward: "i = sigma(a); g = tanh(b); ig = i*g; c = ig + k; h = tanh(c); so = sigma(o); f = so*h",
        backward: "dso = h\ndh = so\n\ndo = (1 - so) * so * dso\n\ndc = (1 - h**2) * dh\n\ndig = dc\ndk = dc\n\n\
            di = g * dig\ndg = i * dig\n\ndb = (1 - g**2) * dg\n\nda = (1 - i) * i * di",
    },
    // A hinge loss.
    Course {
        inputs: ["s0 = 2; s1 = 1.7; s2 = 2.2", "s0 = 0.3; s1 = 1; s2 = 0.9"],
        forward: "d1 = s1 - s0; m1 = d1 + 1; h1 = max(0, m1); d2 = s2 - s0; m2 = d2 + 1; h2 = max(0, m2); q = h2^2; f = h1 + q",
        backward: "dh1 = 1\ndq = 1\n\ndh2 = 2 * h2 * dq\n\ndm2 = (m2 > 0) * dh2\n\ndd2 = dm2\n\nds2 = dd2\nds0 = -1 * dd2\n\n\
            dm1 = (m1 > 0) * dh1\n\ndd1 = dm1\n\nds1 = dd1\nds0 += -1 * dd1",
    },
    // Logistic regression.
    Course {
        inputs: ["w = [0.4, -0.9]; x = [1.3, 0.8]; b = 0.3", "w = [1.2, 0.5]; x = [-0.4, 0.7]; b = -0.8"],
        forward: "z = w@x; a = z + b; p = sigma(a); lp = log(p); f = -lp",
        backward: "dlp = -1\n\ndp = dlp / p\n\nda = (1 - p) * p * dp\n\ndz = da\ndb = da\n\ndw = x * dz\ndx = w * dz",
    },
    // A spring.
    Course {
        inputs: ["m = 1.4; v = 0.7; k = 2.3; y = -0.6", "m = 0.8; v = -1.2; k = 0.9; y = 1.7"],
        forward: "v2 = v^2; mv = m*v2; ke = 0.5*mv; y2 = y^2; ky = k*y2; pe = 0.5*ky; f = ke - pe",
        backward: "dke = 1\ndpe = -1\n\ndky = 0.5 * dpe\n\ndk = y2 * dky\ndy2 = k * dky\n\ndy = 2 * y * dy2\n\ndmv = 0.5 * dke\n\n\
            dm = v2 * dmv\ndv2 = m * dmv\n\ndv = 2 * v * dv2",
    },
    // The cosine between vectors.
    Course {
        inputs: ["u = [0.5, -1.2, 0.8]; w = [1.5, 0.4, -0.7]", "u = [1.1, 0.2, -0.5]; w = [0.3, 0.9, 2.1]"],
        forward: "p = u*w; n = sum(p); a = u*u; A = sum(a); b = w*w; B = sum(b); AB = A*B; r = sqrt(AB); f = n/r",
        backward: "dn = 1 / r\ndr = -n / r**2\n\ndAB = 0.5 / r * dr\n\ndA = B * dAB\ndB = A * dAB\n\ndb = ones(3) * dB\n\n\
            dw = 2 * w * db\n\nda = ones(3) * dA\n\ndu = 2 * u * da\n\ndp = ones(3) * dn\n\ndu += w * dp\ndw += u * dp",
    },
    // Numbers brought to mean 0 and deviation 1.
    Course {
        inputs: ["x = [0.5, -1.2, 0.8]; k = 1.3", "x = [1.1, 0.2, -0.5]; k = 0.6"],
        forward: "const t = [1, -2, 0.5]; m = mean(x); c = x - m; q = c^2; v = mean(q); s = sqrt(v); y = c/s; g = k*y; f = sum(g*t)",
        backward: "dg = t\n\ndk = sum(y * dg)\ndy = k * dg\n\ndc = dy / s\nds = -sum(c * dy) / s**2\n\ndv = 0.5 / s * ds\n\n\
            dq = ones(3) / 3 * dv\n\ndc += 2 * c * dq\n\ndx = dc\ndm = -sum(dc)\n\ndx += ones(3) / 3 * dm",
    },
    // Attention.
    Course {
        inputs: [
            "K = [0.4, -0.6; 1.1, 0.2; -0.3, 0.8]; q = [0.9, -0.5]; V = [0.7, 0.3; -0.5, 0.9; 1.2, -0.4]",
            "K = [1.4, 0.6; -0.1, 0.7; 0.5, -0.8]; q = [-0.3, 0.4]; V = [-0.7, 0.4; 0.6, 1.9; 0.2, 0.1]",
        ],
        forward: "s = K@q; a = exp(s); Z = sum(a); p = a/Z; o = p@V; f = sum(o*o)",
        backward: "do = 2 * o\n\ndp = V @ do\ndV = outer(p, do)\n\nda = dp / Z\ndZ = -sum(a * dp) / Z**2\n\nda += ones(3) * dZ\n\n\
            ds = a * da\n\ndK = outer(ds, q)\ndq = K.T @ ds",
    },
    Course {
        inputs: ["t = 0.6; k = 1.7", "t = -0.9; k = 0.4"],
        forward: "u = sin(t); v = cos(t); w = u*v; z = w + t; y = exp(z); f = y/k",
        backward: "dy = 1 / k\ndk = -y / k**2\n\ndz = y * dy\n\ndw = dz\ndt = dz\n\ndu = v * dw\ndv = u * dw\n\ndt += -u * dv\n\n\
            dt += v * du",
    },
    // A parabola through a point.
    Course {
        inputs: ["a = 0.7; b = -1.3; c = 0.4; x = 1.9; t = 0.6", "a = -0.2; b = 0.8; c = 1.1; x = 0.7; t = -0.5"],
        forward: "x2 = x^2; ax = a*x2; bx = b*x; s = ax + bx; p = s + c; r = p - t; f = r^2",
        backward: "dr = 2 * r\n\ndp = dr\ndt = -1 * dr\n\nds = dp\ndc = dp\n\ndax = ds\ndbx = ds\n\ndb = x * dbx\ndx = b * dbx\n\n\
            da = x2 * dax\ndx2 = a * dax\n\ndx += 2 * x * dx2",
    },
    // A Gram matrix.
    Course {
        inputs: [
            "X = [1, 0.5; -0.3, 2; 0.7, -0.4]; R = [0.4, -0.6; 1.1, 0.2]",
            "X = [0.2, 1.5; 0.8, -1; -0.6, 0.3]; R = [1.4, 0.6; -0.1, 0.7]",
        ],
        forward: "G = X.T @ X; H = G + R; E = H*H; s = sum(E); f = log(s)",
        backward: "ds = 1 / s\n\ndE = ones(2, 2) * ds\n\ndH = 2 * H * dE\n\ndG = dH\ndR = dH\n\ndX = X @ (dG + dG.T)",
    },
];

/// All of them.
fn courses() -> impl Iterator<Item = &'static Course> {
    COURSES.iter().chain(UNSEEN)
}

fn compared(forward: &str, backward: &str) -> Comparison {
    let mut session = Session::new(Settings::default());
    let mut last = None;
    let source = Source { name: Arc::from("forward"), line: 1 };
    session.run(forward, &source, true, &mut |answer| last = Some(answer.expect("it has a value"))).expect("it is in the language");
    session.against(&last.expect("an answer"), backward, "backward").expect("it is compared")
}

impl Course {
    fn forward(&self, point: usize) -> String {
        format!("{}; {}", self.inputs[point], self.forward)
    }

    fn rows(&self) -> Vec<&'static str> {
        self.backward.lines().filter(|line| !line.is_empty()).collect()
    }

    /// The names of the inputs.
    fn inputs(&self) -> impl Iterator<Item = &'static str> {
        self.inputs[0].split("; ").filter_map(|input| input.split_once(" = ")).map(|(name, _)| name)
    }

    /// The gradients that a backward pass ends with where it is run from top to bottom; none where it does not run.
    fn ends(&self, backward: &str, point: usize) -> Option<Vec<f64>> {
        let mut session = Session::new(Settings::default());
        let shown: Vec<String> = self.inputs().map(|name| format!("d{name}")).collect();
        let text = format!("{}\n{backward}\n{}", self.forward(point), shown.join("\n"));
        let (mut ends, mut failed) = (Vec::new(), false);
        let source = Source { name: Arc::from("whole"), line: 1 };
        let ran = session.run(&text, &source, false, &mut |answer| match answer {
            Ok(answer) => ends.extend_from_slice(answer.numbers(answer.output)),
            Err(_) => failed = true,
        });
        (ran.is_ok() && !failed).then_some(ends)
    }

    /// Whether a backward pass ends with the gradients of the right one, at both points.
    fn is_right(&self, backward: &str, right: &[Option<Vec<f64>>; 2]) -> bool {
        (0..2).all(|point| match (&right[point], self.ends(backward, point)) {
            (Some(right), Some(own)) => {
                right.len() == own.len() && right.iter().zip(&own).all(|(a, b)| (a - b).abs() <= 1e-9 * (1.0 + a.abs()))
            }
            _ => false,
        })
    }

    /// The right gradients at both points.
    fn right(&self) -> [Option<Vec<f64>>; 2] {
        [0, 1].map(|point| self.ends(self.backward, point))
    }
}

/// The parts of a text between a sign, outside of brackets.
fn split(text: &str, sign: &str) -> Vec<String> {
    let (mut depth, mut parts, mut start) = (0i32, Vec::new(), 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && text[at..].starts_with(sign) && at >= start {
            parts.push(text[start..at].to_owned());
            start = at + sign.len();
        }
    }
    parts.push(text[start..].to_owned());
    parts
}

/// A line with a slip, and its kind.
type Slipped = (Slip, String);

/// Every slip in a line, of a pass of some lines, beside the other lines of its stage.
fn slips(line: &str, rows: &[&str], beside: &[&str], forward: &str) -> Vec<Slipped> {
    let (name, right) = line.split_once("= ").expect("a line");
    let put = |text: String| format!("{name}= {text}");
    let gradients: Vec<&str> = rows.iter().filter_map(|row| row.split([' ', '+']).next()).collect();
    let names: Vec<&str> = forward.split("; ").filter_map(|part| part.split_once(" = ")).map(|(name, _)| name).collect();
    let mut found = vec![(Slip::Sign, put(format!("-({right})")))];
    if let Some(target) = name.strip_suffix(" +") {
        found.push((Slip::Plus, format!("{target} = {right}")));
    }
    // A sign within.
    found.extend(
        [(" - ", " + "), (" + ", " - ")]
            .iter()
            .filter(|(from, _)| right.contains(from))
            .map(|(from, to)| (Slip::Sign, put(right.replacen(from, to, 1)))),
    );
    let factors = split(right, " * ");
    for at in 0..factors.len() {
        let is_gradient = gradients.contains(&factors[at].as_str());
        let rest: Vec<&str> = factors.iter().enumerate().filter(|&(other, _)| other != at).map(|(_, factor)| factor.as_str()).collect();
        if !rest.is_empty() {
            found.push((if is_gradient { Slip::Upstream } else { Slip::Factor }, put(rest.join(" * "))));
        }
        let kin: &[&str] = if is_gradient { &gradients } else { &names };
        for other in kin.iter().filter(|other| kin.contains(&factors[at].as_str()) && **other != factors[at]) {
            let mut with = factors.clone();
            (*other).clone_into(&mut with[at]);
            found.push((Slip::Operand, put(with.join(" * "))));
        }
        // What is divided by.
        if let Some((above, _)) = factors[at].split_once(" / ") {
            let mut with = factors.clone();
            above.clone_into(&mut with[at]);
            found.push((Slip::Factor, put(with.join(" * "))));
        }
    }
    if let [left, side] = &split(right, " @ ")[..] {
        let turned = |text: &str| text.strip_suffix(".T").map_or(format!("{text}.T"), str::to_owned);
        found.extend(
            [format!("{} @ {side}", turned(left)), format!("{left} @ {}", turned(side)), format!("{side} @ {left}")]
                .map(|text| (Slip::Transpose, put(text))),
        );
        let other = if gradients.contains(&left.as_str()) { side } else { left };
        found.push((Slip::Upstream, put(other.clone())));
    }
    if let Some(inner) = right.strip_prefix("sum(").and_then(|inner| inner.strip_suffix(')')) {
        found.push((Slip::Sum, put(inner.strip_suffix(", 0").unwrap_or(inner).to_owned())));
    }
    let own = name.split([' ', '+']).next();
    let others = beside.iter().filter(|other| other.split([' ', '+']).next() != own);
    found.extend(others.map(|other| (Slip::Variable, put(other.split_once("= ").expect("a line").1.to_owned()))));
    found
}

/// A wrong pass: its lines, which of them is wrong, and the kinds of slip that it may be.
struct Wrong {
    rows: Vec<String>,
    at: usize,
    kinds: Vec<Slip>,
}

fn wrong_passes(course: &Course, drawn: &mut u64) -> Vec<Wrong> {
    let rows = course.rows();
    let stages: Vec<Vec<&str>> = course.backward.split("\n\n").map(|stage| stage.lines().collect()).collect();
    let beside: Vec<&Vec<&str>> = stages.iter().flat_map(|stage| stage.iter().map(move |_| stage)).collect();
    let forward = format!("{}; {}", course.inputs[0], course.forward);
    let right = course.right();
    let mut found = Vec::new();
    for at in 0..rows.len() {
        // The same text may come of slips of several kinds.
        let mut kinds: BTreeMap<String, (String, Vec<Slip>)> = BTreeMap::new();
        for (slip, line) in slips(rows[at], &rows, beside[at], &forward) {
            let bare: String = line.chars().filter(|c| !matches!(c, ' ' | '(' | ')')).collect();
            kinds.entry(bare.replace("-1*", "-")).or_insert((line, Vec::new())).1.push(slip);
        }
        for (line, kinds) in kinds.into_values() {
            // Half of those that put another name in a place, of which there are many.
            *drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if kinds.iter().all(|kind| *kind == Slip::Operand) && *drawn >> 63 > 0 {
                continue;
            }
            let mut rows: Vec<String> = rows.iter().map(|&row| row.to_owned()).collect();
            rows[at] = line;
            if !course.is_right(&rows.join("\n"), &right) {
                found.push(Wrong { rows, at, kinds });
            }
        }
    }
    found
}

#[test]
fn right_passes_are_accepted() {
    for course in courses() {
        for point in 0..2 {
            let found = compared(&course.forward(point), course.backward);
            assert!(found.is_right(), "{}: {:?}", course.forward, found.first_wrong());
            assert_eq!(found.points().0, found.points().1);
        }
    }
}

/// What SymPy and JAX derive, and what is written in another order, with other names or other signs, is right too.
#[test]
fn right_passes_in_other_words_are_accepted() {
    let mut faults = Vec::new();
    let rows: Vec<serde_json::Value> =
        include_str!("reference/against.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for row in &rows {
        let text = |field: &str| row[field].as_str().expect("a text");
        let found = compared(text("forward"), text("backward"));
        let (points, most) = found.points();
        if !found.is_right() || points < most {
            faults.push(format!("{}, {}: {:?}\n{}", text("by"), text("forward"), found.first_wrong(), text("backward")));
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), rows.len(), faults.join("\n\n"));
    assert!(rows.len() >= 50);
}

/// Many hundred wrong passes: the line is found in all of them, and what is said of the slip is true.
#[test]
fn the_wrong_line_is_found() {
    // Every third where time is short.
    let step = if is_deep() { 1 } else { 3 };
    let (mut count, mut named, mut looked_at, mut faults, mut drawn) = (0, 0, 0, Vec::new(), 13);
    for course in courses() {
        for Wrong { rows, at, kinds } in part_of(wrong_passes(course, &mut drawn).into_iter(), 0, step) {
            count += 1;
            let found = compared(&course.forward(0), &rows.join("\n"));
            let wrong: Vec<&gradcalc::views::against::Line> = found.lines.iter().filter(|line| line.verdict == Verdict::Wrong).collect();
            let line: Vec<usize> = wrong.iter().filter_map(|line| line.number).collect();
            // The two are the same of a product.
            let may = |slip: Slip| {
                kinds.contains(&slip)
                    || slip == Slip::Operand && kinds.contains(&Slip::Variable)
                    || slip == Slip::Variable && kinds.contains(&Slip::Operand)
            };
            // Another gradient that is the same number, and not there yet, is right but for its place.
            if found.lines.iter().any(|line| line.number == Some(at + 1) && line.verdict == Verdict::Place) && line.is_empty() {
                continue;
            }
            // One that makes a name of what a line below changes in place is for a person.
            if line.is_empty() && !found.is_right() && found.lines.iter().any(|line| line.verdict == Verdict::Look) {
                looked_at += 1;
                continue;
            }
            let slip = wrong.first().and_then(|line| line.slip);
            named += usize::from(slip.is_some());
            if line != [at + 1] || slip.is_some_and(|slip| !may(slip)) || found.is_right() {
                faults.push(format!(
                    "line {}, `{}`, {kinds:?}: {line:?} {slip:?} {:?} of {}",
                    at + 1,
                    rows[at],
                    wrong.first().map(|line| &line.says),
                    course.forward
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count * step >= 900 && looked_at * 500 <= count, "{looked_at} of {count}");
    assert!(named * 10 >= count * 8, "{named} of {count} are named");
}

/// A line that is left out is missing, and one that stands too early is out of place.
#[test]
fn what_is_missing_or_out_of_place_is_told() {
    for course in courses() {
        let (rows, right) = (course.rows(), course.right());
        for at in 0..rows.len() {
            let name = rows[at].split([' ', '+']).next().expect("a name");
            let mut without = rows.clone();
            without.remove(at);
            if !course.is_right(&without.join("\n"), &right) {
                let found = compared(&course.forward(0), &without.join("\n"));
                let missing = found.lines.iter().any(|line| line.verdict == Verdict::Missing && line.name == name);
                assert!(missing && !found.is_right(), "{}: {}: {:?}", course.forward, rows[at], found.lines);
                assert!(
                    found.lines.iter().all(|line| line.verdict != Verdict::Wrong),
                    "{}: {}: {:?}",
                    course.forward,
                    rows[at],
                    found.lines
                );
            }
            let mut early = rows.clone();
            let moved = early.remove(at);
            early.insert(0, moved);
            if !course.is_right(&early.join("\n"), &right) {
                let found = compared(&course.forward(0), &early.join("\n"));
                let place = found.lines.iter().any(|line| line.verdict == Verdict::Place);
                let wrong = found.lines.iter().filter(|line| line.verdict == Verdict::Wrong && line.slip != Some(Slip::Plus)).count();
                assert!(place && wrong == 0, "{}: {}: {:?}", course.forward, rows[at], found.lines);
            }
        }
    }
}

/// A forward pass, a backward pass, and the line that is wrong, with its slip, if any.
type Case = (&'static str, &'static str, Option<(usize, Option<Slip>)>);

const CASES: &[Case] = &[
    // What is right at the given inputs by chance.
    ("x = 2; f = x^2", "dx = x^2", Some((1, None))),
    ("x = 2; y = 2; f = x*y", "dx = x\ndy = x", Some((1, Some(Slip::Operand)))),
    ("x = 2; y = 3; f = x*y", "dx = 3\ndy = x", Some((1, None))),
    // Places stay where they are, and no gradient on them is asked for.
    ("x = [1.5, 2.5, 3.5]; k = 2; w = 1; f = x[k]^2*w", "dx = onehot(k, 3)*2*x[k]\ndw = x[k]^2", Some((1, None))),
    ("x = [1.5, 2.5, 3.5]; k = 1; w = 2; f = x[k]*w*k", "dx = onehot(k, 3)*w\ndw = x[k]*k\ndk = x[k]*w", Some((1, Some(Slip::Factor)))),
    ("P = [0.1, 0.9; 0.3, 0.7; 0.5, 0.5]; y = [1, 0, 1]; f = -mean(log(P[range(3), y]))", "dP = -onehot(y, 2)/P/3", None),
    // Elements by a mask, of a vector, of rows and of a whole matrix: one value for all of them, or one for each.
    ("x = [1, -2, 3]; f = sum(x[x > 0]^2)", "dx = np.zeros(3)\ndx[x > 0] = 2*x[x > 0]", None),
    ("x = [1, -2, 3]; f = sum(x[x > 0]^2)", "m = x > 0\np = x[m]\ndx = np.zeros(3)\ndx[m] = 2*p", None),
    ("x = [1, -2, 3]; f = sum(x[x > 0]^2)", "dx = 2*x\ndx[x <= 0] = 0", None),
    ("x = [1, -2, 3]; f = sum(x[x > 0]^2)", "dx = 2*x\ndx[x >= 0] = 0", Some((2, Some(Slip::Sign)))),
    ("x = [1, -2, 3]; f = sum(x[x > 0]^2)", "dx = np.zeros(3)\ndx[x > 0] += x[x > 0]\ndx[x > 0] *= 2", None),
    ("x = [1, -2, 3]; k = [0, 2]; f = sum(x[k]^2)", "dx = np.zeros(3)\ndx[k] = 2*x[k]", None),
    ("M = [1, 2; 3, 4; 5, 6]; v = [1, -1, 1]; f = sum(M[v > 0]^2)", "dM = np.zeros_like(M)\ndM[v > 0] = 2*M[v > 0]", None),
    ("M = [1, 2; 3, 4; 5, 6]; v = [1, -1, 1]; f = sum(M[v > 0]^2)", "dM = 2*M\ndM[v <= 0, :] = 0", None),
    ("M = [1, 2; 3, 4]; v = [1, -1]; f = sum(M[v > 0])", "dM = np.zeros_like(M)\ndM[v > 0] = 1", None),
    ("M = [1, 2; 3, 4]; v = [1, -1]; f = sum(M[:, v > 0])", "dM = np.zeros_like(M)\ndM[v > 0] = 1", Some((2, Some(Slip::Transpose)))),
    ("M = [1, 2; 3, 4; 5, 6]; f = sum(M[M > 2]^2)", "dM = np.zeros_like(M)\ndM[M > 2] = 2*M[M > 2]", None),
    ("M = [1, -2; 3, 4]; f = sum(max(M, 0)^2)", "dM = 2*M\nm = M <= 0\ndM[m] = 0", None),
    // What a place is calculated from is moved all the same.
    ("p = [2, 3]; f = sum(p*onehot(argmax(p), 2))*sum(p)", "dp = 3 + 5*onehot(argmax(p), 2)", Some((1, None))),
    ("a = 0.5; f = where(a > 0, 1, 2)*a^3*onehot(floor(a), 1)[0]", "da = 1.5*a", Some((1, None))),
    // Numbers alone are judged at the given inputs.
    ("x = 2; y = 3; f = x*y", "dx = 3\ndy = 2", None),
    ("x = 2; y = 3; f = x*y", "dx = 3\ndy = 2.5", Some((2, None))),
    // A line of the student's own that others use.
    ("x = 1; y = 2; z = 3; q = x + y; p = q*z; f = p*p", "dp = 2*p\nt = dp\ndq = z*t\ndz = q*t\ndx = dq\ndy = dq", None),
    (
        "x = 1; y = 2; z = 3; q = x + y; p = q*z; f = p*p",
        "dp = 2*p\nt = -dp\ndq = z*t\ndz = q*t\ndx = dq\ndy = dq",
        Some((2, Some(Slip::Sign))),
    ),
    ("x = 1; y = 2; z = 3; q = x + y; p = q*z; f = p*p", "dp = 2*p\nt = dp + 0.3\ndq = z*t\ndz = q*t\ndx = dq\ndy = dq", Some((2, None))),
    // A stage that is left out.
    ("x = 1; y = 2; z = 3; q = x + y; f = q*z", "dx = z\ndy = z\ndz = q", None),
    ("x = 1; y = 2; z = 3; q = x + y; f = q*z", "dx = z\ndy = -z\ndz = q", Some((2, Some(Slip::Sign)))),
    // Several names at once, and names of gradients as libraries have them.
    ("x = 1; y = 2; z = 3; q = x + y; f = q*z", "dq, dz = z, q\ndx = dy = dq", None),
    ("x = 1; y = 2; z = 3; q = x + y; f = q*z", "q_grad, z_grad = z, q\nx_grad = q_grad\ny_grad = -q_grad", Some((3, Some(Slip::Sign)))),
    ("x = 1; y = 2; f = x*y", "df = 1\ndx = y*df\ndy = x*df", None),
    ("x = 1; y = 2; f = x*y", "df = 2\ndx = y*df\ndy = x*df", Some((1, Some(Slip::Factor)))),
    ("x = 1; y = 2; f = x*y", "dx = 0\ndy = 0\ndx = dx + y\ndy -= -x", None),
    ("x = 1; y = 2; f = x*y", "dx = 0\ndy = 0\ndx += y\ndy -= x", Some((4, Some(Slip::Sign)))),
    // A notebook, with the forward pass, a function that is the backward pass, and masks.
    (
        "X = [1, 2; 3, -1]; W = [0.5, -1; 0.25, 2]; V = [1, 2; -1, 0.5]; Z = X @ W; H = max(0, Z); S = H @ V; L = sum(S^2)",
        "import numpy as np\nX = np.array([[1.0, 2.0], [3.0, -1.0]])\nH = np.maximum(0, X.dot(W))\nprint(H)\ndef half(a):\n    return a/2\n\
         def backward(X, W, V):\n    \"\"\"The gradients.\"\"\"\n    dS = 4*half(S)\n    dV = H.T.dot(dS)\n    dH = np.dot(dS, V.T)\n    dZ = dH.copy()\n\
         \x20   dZ[H <= 0] = 0\n    dW = X.T @ dZ\n    dX = np.dot(dZ, W.T)\n    return dX, dW, dV\n",
        None,
    ),
    (
        "const X = [1, 2; 3, -1; 0.5, 1]; const y = [0, 1, 1]; W = [0.5, -1; 0.25, 2]; b = [0.1, 0.2]; s = X @ W + b; p = softmax(s, 1); L = -mean(log(p[range(3), y]))",
        "ds = p\nds[range(3), y] -= 1\nds /= 3\ndW = X.T @ ds\ndb = np.sum(ds, axis=0)",
        None,
    ),
    (
        "const X = [1, 2; 3, -1; 0.5, 1]; const y = [0, 1, 1]; W = [0.5, -1; 0.25, 2]; b = [0.1, 0.2]; s = X @ W + b; p = softmax(s, 1); L = -mean(log(p[range(3), y]))",
        "ds = p\nds[range(3), y] += 1\nds /= 3\ndW = X.T @ ds\ndb = np.sum(ds, axis=0)",
        Some((2, Some(Slip::Sign))),
    ),
    // An element gets another value: of a vector, counted from its end, by a name; of a matrix, a row.
    ("z = [0.5, -1.2, 0.8]; p = softmax(z); L = -log(p[1])", "dz = p.copy()\ndz[1] -= 1", None),
    ("z = [0.5, -1.2, 0.8]; p = softmax(z); L = -log(p[1])", "dz = p.copy()\ndz[-2] = dz[1] - 1", None),
    ("const y = 1; z = [0.5, -1.2, 0.8]; p = softmax(z); L = -log(p[y])", "dz = p.copy()\ndz[y] -= 1", None),
    ("const y = 1; z = [0.5, -1.2, 0.8]; p = softmax(z); L = -log(p[y])", "dz = p.copy()\ndz[y] += 1", Some((2, Some(Slip::Sign)))),
    ("z = [0.5, -1.2, 0.8]; p = softmax(z); L = -log(p[1])", "dp = np.zeros(3)\ndp[1] = -1/p[1]\ndz = p*(dp - np.sum(p*dp))", None),
    ("W = [1, 2; 3, 4]; f = sum(W[1]^2)", "dW = np.zeros_like(W)\ndW[1] += 2*W[1]", None),
    ("W = [1, 2; 3, 4]; f = sum(W[1]^2)", "dW = np.zeros_like(W)\ndW[0] += 2*W[1]", Some((2, None))),
    // A label of a class keeps its meaning at other points.
    ("z = [0.5, -1.2, 0.8]; y = [0, 1, 0]; p = softmax(z); L = -sum(y*log(p))", "dy = -log(p)\ndz = p - y", None),
];

#[test]
fn passes_of_all_kinds_are_judged() {
    for (forward, backward, wrong) in CASES {
        let found = compared(forward, backward);
        let first = found.lines.iter().find(|line| line.verdict == Verdict::Wrong).map(|line| (line.number.unwrap_or_default(), line.slip));
        assert_eq!(first, *wrong, "{forward}\n{backward}\n{:?}", found.lines);
        assert_eq!(found.is_right(), wrong.is_none(), "{forward}\n{backward}\n{:?}", found.lines);
    }
}
