//! Points at which calculators and automatic differentiation have been reported to be wrong: each number is right, or a note has
//! the right one, and what must be said is said. The numbers are those of mathematics, worked out by mpmath where they are long.

use crate::support::answer_with;
use gradcalc::calculus::digits::Report;
use gradcalc::forms::StageId;
use gradcalc::session::Settings;
use gradcalc::views::Answer;

/// An expression, its inputs, the numbers that are wanted (the value, the gradients and, where they are asked for, the second
/// derivatives, each part behind a `|`; `*` is any), and what a note says.
type Point = (&'static str, &'static str, &'static str, &'static str);

/// Where nothing is to be said.
const NOTHING: &str = "";

/// Where it is no matter what is said.
const ANYTHING: &str = "*";

const POINTS: &[Point] = &[
    ("norm(x)^2", "x=[0, 0]", "0 | 0 0", NOTHING),
    ("norm(x)^2", "x=[0, 0]", "0 | 0 0 | * 0 0 *", "hessian[x[0], x[0]] and hessian[x[1], x[1]] are 2 on both sides"),
    ("abs(x)^2", "x=0", "0 | 0", NOTHING),
    ("abs(x)^2", "x=0", "0 | 0 | *", "hessian[x, x] is 2 on both sides"),
    ("relu(x)^2", "x=0", "0 | 0 | *", "hessian[x, x] is 0 from below and 2 from above"),
    ("norm(x)^2 + y", "x=zeros(14) y=1", "1 | *", NOTHING),
    ("exp(-norm(x - y)^2)", "x=[1, 2] y=[1, 2]", "1 | 0 0 0 0", NOTHING),
    (
        "exp(-norm(x - y)^2)",
        "x=[1, 2] y=[1, 2]",
        "1 | 0 0 0 0 | * 0 * 0 0 * 0 * * 0 * 0 0 * 0 *",
        "hessian[x[0], y[0]] and hessian[x[1], y[1]] are 2 on both sides",
    ),
    ("std(x)", "x=[1, 1]", "0 | 0 0", "its slope in each number of x is -0.5 from below and 0.5 from above"),
    ("std(x)", "x=[3]", "0 | 0", ANYTHING),
    ("norm(x)", "x=[0, 0]", "0 | 0 0", "norm(x) has a kink where f = 0"),
    ("sum(norm(x, 0))", "x=[0, 3; 0, 4]", "5 | 0 0.6 0 0.8", "has a kink at [0] where normx = 0"),
    ("max(x, 2*x - 3)^2", "x=3", "9 | *", "tie"),
    ("max(x, 2*x)^2", "x=0", "0 | 0", NOTHING),
    ("logsumexp(x)", "x=[-inf, -inf]", "-inf | nan nan", "the gradient is nan from f = logsumexp(x)"),
    ("det(x)", "x=[1, 2; 2, 4]", "0 | 4 -2 -2 1 | *", "hessian[x[0, 0], x[1, 1]] is 1 on both sides"),
    ("sum(x)", "x=[1,float('nan')]", "nan | 1 1", "x[1] is nan as it was given, and makes f nan"),
    ("x*y", "x=float('nan') y=2", "nan | 2 nan", "x is nan as it was given"),
    ("num = norm([y, y]); den = norm([2, x]); num/den", "x=-0.387 y=-3.2e-6", "*", NOTHING),
    ("1e6*x*y", "x=1 y=1e-4", "100 | * *", "lopsided"),
    ("log(det(x))", "x=1e-5*eye(100)", "-inf | *", "`logdet(x)` is finite"),
    ("sqrt(x)", "x=0", "0 | inf", "infinite"),
    ("where(x > 0, sqrt(x), 0)", "x=-3", "0 | 0 | 0", ANYTHING),
    ("max(sqrt(x^2 + y^2), 1e-10)", "x=0 y=0", "1e-10 | 0 0", ANYTHING),
    ("sum(x/sum(abs(x)))", "x=[0, 0, 0, 0, 0.1996]", "1 | 5.01002004008016 5.01002004008016 5.01002004008016 5.01002004008016 0", "kink"),
    ("x^0", "x=0", "1 | 0 | 0", ANYTHING),
    ("x^1.875", "x=0", "0 | 0", NOTHING),
    ("x^y", "x=-1 y=2", "1 | -2 nan", "y"),
    ("logsumexp([x, y])", "x=1e50 y=1e50", "1e50 | 0.5 0.5", NOTHING),
    ("det(x)", "x=zeros(4, 4)", "0 | 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", NOTHING),
    ("prod(x)", "x=[2, 3, 0, 0]", "0 | 0 0 0 0 | 0 0 0 0 0 0 0 0 0 0 0 6 0 0 6 0", ANYTHING),
    ("digamma(x)", "x=-16.5", "2.8333574322286841031 | 9.8107978129935751114", NOTHING),
    ("digamma(x)", "x=1e-30", "-1e30 | 1e60", NOTHING),
    ("log(erfc(x))", "x=30", "-903.97411711064387808 | -60.033296398756228406", ANYTHING),
    ("acos(cos(x))", "x=0", "0 | nan", "the slope of f in x is -1 from below and 1 from above"),
    ("acos(x)^2", "x=1", "0 | nan", "the slope of f in x is -2 from below"),
    ("atan2(y, x)", "y=0 x=0", "0 | nan nan", "nan"),
    ("log(1 + exp(x))", "x=-40", "4.2483542552915889863e-18 | 4.2483542552915889863e-18", ANYTHING),
    ("softplus(x)", "x=1000", "1000 | 1", NOTHING),
    ("log(exp(x) - exp(y))", "x=1000 y=999", "999.54132485461291811 | nan nan", "it is 999.541324855"),
    ("x*log(y)", "x=0 y=2", "0 | 0.69314718055994530942 0", NOTHING),
    ("sin(x)/x", "x=1e-6", "0.99999999999983333333 | -3.333333333333e-7", ANYTHING),
    ("sin(x)/x", "x=1e-9", "1 | -3.3333333333333333e-10 | -0.33333333333333333323", ANYTHING),
    ("where(x != 0, sin(x)/x, 1)", "x=0", "1 | 0 | *", ANYTHING),
    ("max(x, 0)", "x=0", "0 | *", "tie"),
    ("relu(x)", "x=0", "0 | 0", "kink"),
    ("tanh(x)", "x=20", "1 | 1.6993417021166355837e-17", ANYTHING),
    ("acosh(x)", "x=1e200", "461.21016577936908211 | 1e-200", NOTHING),
    ("asinh(x)", "x=1e200", "461.21016577936908211 | 1e-200", NOTHING),
    ("atanh(2x)", "x=0.1", "0.20273255405408219099 | 2.08333333333333334", NOTHING),
    ("hypot(x, 2x, 3x)", "x=2", "7.4833147735478827712 | 3.7416573867739413856", NOTHING),
    (
        "1/2*(x^2 - y^2)*exp(-(x^2 + y^2)/0.2)",
        "x=0.419 y=0.887",
        "-0.0024859133721741896195 | * * | -0.039211145336230308676 -0.092389716250865396696 -0.092389716250865396696 -0.050860953877757086806",
        NOTHING,
    ),
    ("d(abs(x), x)", "x=2", "1 | 0", ANYTHING),
    ("x - 3*floor(x/3)", "x=10", "1 | 1", NOTHING),
    (
        "-sum([0, 0, 1]*log(softmax(z)))",
        "z=[1, 2, 3]",
        "0.40760596444437981 | 0.090030573170380458 0.244728471054797652 -0.33475904422517811",
        NOTHING,
    ),
    ("exp(x)/(exp(x) + exp(y))", "x=400 y=400", "0.5 | 0.25 -0.25", NOTHING),
    (
        "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        "w0=2 x0=-1 w1=-3 x1=-2 w2=-3",
        "0.73105857863000487926 | -0.196611933241481853 0.393223866482963706 -0.393223866482963706 -0.589835799724445559 0.196611933241481853",
        NOTHING,
    ),
    ("sqrt(x)^2", "x=0", "0 | nan", "the slope of f in x is 1 from above"),
    ("cbrt(x)^3", "x=0", "0 | nan", "the slope of f in x is 1 on both sides"),
    ("exp(log(x))", "x=0", "0 | nan", "the slope of f in x is 1 from above"),
    ("1/(1/x + 1/y)", "x=0 y=2", "0 | nan *", "the slope of f in x is 1 on both sides"),
    ("sinh(x)/cosh(x)", "x=400", "1 | 0", ANYTHING),
    (
        "(exp(s)/sum(exp(s)))[0]",
        "s=[400, 399, 398]",
        "0.66524095577482189 | 0.22269542653462335644 -0.16280340198980442403 -0.059892024544818932411",
        ANYTHING,
    ),
    ("(x + 1)/(y*y)", "x=1 y=1e-80", "2e160 | 1e160 -4e240", ANYTHING),
    ("(1 - cos(x))/x^2", "x=1e-9", "0.5 | *", "it is 0.5"),
    ("sqrt(x + 1) - sqrt(x)", "x=1e16", "5e-9 | -2.5e-25", "it is 5e-9"),
    ("x@y", "x=[1e8, 1, -1e8] y=[1e8, 1, 1e8]", "1 | 1e8 1 1e8 1e8 1 -1e8", "it is 1"),
    ("sigma(x)", "x=1e-9", "0.50000000025 | 0.25 | -1.25000000000000008e-10", "digits"),
    ("sin(sinh(x))", "x=57.25448344104023", "0.92010794763030994396 | 1.4361203578580919554e24", "sinhx = sinh(x) rounds"),
    ("2*x - y", "x=1 y=2.00000000001", "-1.000000082740371e-11 | 2 -1", "y is read as the nearest binary number"),
];

/// A number, with its stage and place where it has one.
type Numbered = (f64, Option<(StageId, usize)>);

/// The numbers of an answer: its value, its gradients and its second derivatives.
fn numbers(answer: &Answer) -> [Vec<Numbered>; 3] {
    let of = |id: StageId| answer.values.slice(id).iter().enumerate().map(move |(at, &number)| (number, Some((id, at))));
    let gradient = |input: StageId| match answer.backward.as_ref().and_then(|backward| backward.adjoint(input)) {
        Some(adjoint) => of(adjoint).collect(),
        None => vec![(0.0, None); answer.program.shape(input).size()],
    };
    let sources = answer.sources.hessian(|id| of(id).collect(), &(0.0, None));
    [of(answer.output).collect(), answer.active_inputs().flat_map(gradient).collect(), sources.into_iter().flatten().flatten().collect()]
}

/// Whether a number is the one that is wanted, or a note has that.
fn is_right((found, source): Numbered, wanted: &str, report: &Report) -> bool {
    if wanted == "*" {
        return true;
    }
    let wanted: f64 = wanted.parse().expect("a number");
    let near = |found: f64| found == wanted || found.is_nan() && wanted.is_nan() || (found - wanted).abs() <= 1e-12 * wanted.abs();
    near(found) || report.lost.iter().any(|lost| Some((lost.stage, lost.at)) == source && near(lost.truth))
}

#[test]
fn known_points_are_right_or_told() {
    let mut wrong = Vec::new();
    for &(text, inputs, wanted, says) in POINTS {
        let inputs: Vec<(String, String)> = split(inputs);
        let parts: Vec<Vec<&str>> = wanted.split('|').map(|part| part.split_whitespace().collect()).collect();
        let settings = Settings { hessian: parts.len() > 2, ..Settings::default() };
        let answer = answer_with(text, &inputs, settings);
        let report = answer.digits.as_ref().expect("a report");
        let found = numbers(&answer);
        for (part, (found, wanted)) in found.iter().zip(&parts).enumerate() {
            let right = (found.len() == wanted.len() || wanted == &["*"])
                && found.iter().zip(wanted).all(|(&found, wanted)| is_right(found, wanted, report));
            if !right {
                let found: Vec<f64> = found.iter().map(|&(number, _)| number).collect();
                wrong.push(format!("{text} {inputs:?}, part {part}: {found:?}, and not {wanted:?}"));
            }
        }
        let notes: Vec<&str> = answer.notes.iter().map(|note| &*note.message).collect();
        let kinds: Vec<&str> = answer.notes.iter().map(|note| note.kind).collect();
        let said = match says {
            NOTHING => notes.is_empty(),
            ANYTHING => true,
            says => notes.iter().any(|note| note.contains(says)) || kinds.contains(&says),
        };
        if !said {
            wrong.push(format!("{text} {inputs:?}: not {says:?}: {kinds:?} {notes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// `x=[1, 2] y=3` as names and values.
fn split(inputs: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for word in inputs.split(' ') {
        match (word.split_once('='), found.last_mut()) {
            (Some((name, value)), _) => found.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => *value += word,
            (None, None) => panic!("no input: {inputs}"),
        }
    }
    found
}

/// What kind of point it is does not depend on an offset or on units.
#[test]
fn verdicts_know_no_units() {
    for (text, x) in [("x^2 + 1e9", "1"), ("1e-9*(x - 1)^2", "3"), ("sigma(x)", "20"), ("1e9*(x - 1)^2 - 1e-9", "3")] {
        let settings = Settings { hessian: true, ..Settings::default() };
        let answer = answer_with(text, &[("x".to_owned(), x.to_owned())], settings);
        assert_eq!(answer.analysis.hessian.as_ref().expect("a matrix").verdict.word(), "slope", "{text}");
    }
}

/// A change that the gradient does not see is seen.
#[test]
fn a_nudge_is_evaluated() {
    let settings = Settings { nudge: vec![("x".to_owned(), 10.0.into())], ..Settings::default() };
    let answer = answer_with("x^2", &[("x".to_owned(), "0".to_owned())], settings);
    let nudge = answer.analysis.nudge.expect("a nudge");
    assert_eq!((nudge.predicted, nudge.actual), (0.0, 100.0));
}
