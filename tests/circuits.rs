//! Circuits as they are drawn: what is drawn is read back from the drawing alone, and nothing lies over anything else.

use crate::properties::{for_all, recipes};
use crate::support::{answer_with, ask};
use gradcalc::calculus::Granularity;
use gradcalc::ground::number::Digits;
use gradcalc::session::Settings;
use gradcalc::views::circuit::figure::{Figure, Numbers};
use gradcalc::views::circuit::{AROUND, Circuit, down, right};
use gradcalc::views::page::Flow;
use gradcalc::views::play::Play;
use gradcalc::views::{Answer, Role, Style, named};
use gradcalc::vocabulary::gate::TABLE;
use std::collections::{BTreeMap, HashMap};

/// The names of the wires into each gate, sorted, each name once where `once`.
fn wanted(circuit: &Circuit, once: bool) -> BTreeMap<String, Vec<String>> {
    let gates = circuit.nodes.iter().filter(|node| node.sign.is_some());
    gates
        .map(|node| {
            let mut names: Vec<String> = node.wires.iter().map(|wire| circuit.nodes[wire.from].name.clone()).collect();
            names.sort();
            if once {
                names.dedup();
            }
            (node.name.clone(), names)
        })
        .collect()
}

fn circuit(answer: &Answer) -> Circuit {
    Circuit::of(answer, &answer.names())
}

/// Reads the operands of each stage back from the lines of the form from top to bottom, from their letters and names alone.
fn read_down(lines: &[(String, String, bool)], unicode: bool) -> BTreeMap<String, Vec<String>> {
    let (marks, forks, ends, bar, dash) =
        if unicode { ("○●◆", "├┤┼", "└┘┴", '│', '─') } else { ("O*@", "+", "'", '|', '-') };
    let back = if unicode { '╷' } else { ':' };
    let mut live: HashMap<usize, String> = HashMap::new();
    let mut found = BTreeMap::new();
    for (wires, name, is_back) in lines {
        let cells: Vec<char> = wires.chars().collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or(' ');
        let mut operands = Vec::new();
        let own = if *is_back {
            cells.iter().position(|&letter| letter == back).expect("something comes back")
        } else {
            cells.iter().position(|&letter| marks.contains(letter)).expect("a stage stands in the line")
        };
        if !is_back {
            operands.extend(live.get(&own).cloned());
            for step in [-1_isize, 1] {
                let mut at = own.checked_add_signed(step);
                let is_wire = |letter: char| letter == dash || forks.contains(letter) || ends.contains(letter) || letter == bar;
                // Without a dash beside it no wire goes that way.
                if at.is_none_or(|at| cell(at) != dash) {
                    continue;
                }
                while let Some(here) = at.filter(|&at| is_wire(cell(at))) {
                    if forks.contains(cell(here)) || ends.contains(cell(here)) {
                        operands.push(live.get(&here).cloned().expect("a wire comes from something that is live"));
                    }
                    let next = here.checked_add_signed(step);
                    // A bare bar crosses; a corner ends the wire, as the side of a fork without an arm does.
                    let goes_on = cell(here) == dash || next.is_some_and(|next| cell(next) == dash);
                    at = next.filter(|_| goes_on);
                }
            }
            operands.sort();
            operands.dedup();
        }
        live.retain(|&lane, _| {
            let letter = cell(lane);
            letter == bar || forks.contains(letter)
        });
        live.insert(own, name.clone());
        if !*is_back {
            found.insert(name.clone(), operands);
        }
    }
    found
}

fn check_down(answer: &Answer) {
    let circuit = circuit(answer);
    for unicode in [true, false] {
        let lines: Vec<(String, String, bool)> = down::lines(&circuit, unicode)
            .into_iter()
            .map(|line| (line.wires, circuit.nodes[line.node].name.clone(), line.is_back))
            .collect();
        let mut found = read_down(&lines, unicode);
        let wanted = wanted(&circuit, true);
        found.retain(|name, _| wanted.contains_key(name));
        let text: Vec<String> = lines.iter().map(|(wires, name, _)| format!("{wires}  {name}")).collect();
        assert_eq!(found, wanted, "{}\n{}", answer.expression, text.join("\n"));
    }
}

/// A drawing from left to right as cells.
struct Grid {
    cells: Vec<Vec<(Role, char)>>,
}

impl Grid {
    fn new(lines: &[Vec<(Role, String)>]) -> Self {
        let row =
            |line: &Vec<(Role, String)>| line.iter().flat_map(|(role, text)| text.chars().map(move |letter| (*role, letter))).collect();
        Self { cells: lines.iter().map(row).collect() }
    }

    fn at(&self, row: usize, column: usize) -> (Role, char) {
        self.cells.get(row).and_then(|line| line.get(column)).copied().unwrap_or((Role::Plain, ' '))
    }

    /// Runs of letters of a role: row, first column, text.
    fn runs(&self, role: Role, inside: impl Fn(char) -> bool) -> Vec<(usize, usize, String)> {
        let mut runs: Vec<(usize, usize, String)> = Vec::new();
        for (row, line) in self.cells.iter().enumerate() {
            let mut open = false;
            for (column, &(own, letter)) in line.iter().enumerate() {
                let is_in = own == role && inside(letter);
                match runs.last_mut() {
                    Some((_, _, text)) if is_in && open => text.push(letter),
                    _ if is_in => runs.push((row, column, letter.to_string())),
                    _ => {}
                }
                open = is_in;
            }
        }
        runs
    }
}

const ARMS: [(char, [bool; 4]); 11] = [
    // North, south, east, west.
    ('│', [true, true, false, false]),
    ('─', [false, false, true, true]),
    ('└', [true, false, true, false]),
    ('┌', [false, true, true, false]),
    ('┘', [true, false, false, true]),
    ('┐', [false, true, false, true]),
    ('├', [true, true, true, false]),
    ('┤', [true, true, false, true]),
    ('┴', [true, false, true, true]),
    ('┬', [false, true, true, true]),
    ('┼', [true, true, true, true]),
];

/// Where a wire ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// In a letter of a gate.
    Gate(usize, usize),
    /// In nothing, or in the side of another wire.
    Nowhere(usize, usize),
    /// At the right edge, under a name.
    Leaves(String),
}

/// The ends of the wire that begins east of a cell.
fn ends(grid: &Grid, row: usize, column: usize) -> Vec<End> {
    let steps: [(isize, isize); 4] = [(-1, 0), (1, 0), (0, 1), (0, -1)];
    let mut seen = std::collections::HashSet::new();
    let mut open = vec![(row, column, 2_usize)];
    let mut ends = Vec::new();
    while let Some((row, column, direction)) = open.pop() {
        if !seen.insert((row, column, direction)) {
            continue;
        }
        let (role, letter) = grid.at(row, column);
        if role != Role::Comment {
            match (role, letter) {
                (Role::Name, '▸') => {
                    let rest: String =
                        (column + 2..grid.cells[row].len()).map(|at| grid.at(row, at).1).take_while(|&letter| letter != ' ').collect();
                    ends.push(End::Leaves(rest));
                }
                (Role::Plain, letter) if letter != ' ' => ends.push(End::Gate(row, column)),
                // A wire that nothing takes ends on the right.
                _ if direction == 2 => {}
                _ => ends.push(End::Nowhere(row, column)),
            }
            continue;
        }
        let arms = ARMS.iter().find(|(own, _)| *own == letter).map(|(_, arms)| *arms).expect("the letter of a wire");
        let comes_from = [1, 0, 3, 2][direction];
        if letter == '│' && direction >= 2 {
            // It crosses.
            let next = column.checked_add_signed(steps[direction].1).expect("nothing crosses the edge");
            open.push((row, next, direction));
            continue;
        }
        if !arms[comes_from] {
            ends.push(End::Nowhere(row, column));
            continue;
        }
        for (way, (down, right)) in steps.into_iter().enumerate() {
            if arms[way] && way != comes_from {
                let next = (row.checked_add_signed(down), column.checked_add_signed(right));
                let (Some(row), Some(column)) = next else { panic!("a wire leaves the drawing") };
                open.push((row, column, way));
            }
        }
    }
    ends.sort();
    ends
}

/// Reads the wires into each gate back from a drawing from left to right, from its letters alone.
fn read_right(drawing: &right::Drawing) -> BTreeMap<String, Vec<String>> {
    let grid = Grid::new(&drawing.lines);
    let names = grid.runs(Role::Name, |letter| letter != ' ' && letter != '▸');
    let signs = grid.runs(Role::Plain, |letter| letter != ' ');
    // A sign may hold spaces: it goes on until its brackets are closed.
    let mut gates: Vec<(usize, usize, usize)> = Vec::new();
    for (row, column, _) in &signs {
        if gates.iter().any(|&(own, begin, end)| own == *row && *column > begin && *column <= end) {
            continue;
        }
        let (mut depth, mut end) = (0, *column);
        for at in *column..grid.cells[*row].len() {
            match grid.at(*row, at) {
                (Role::Plain, '(') => depth += 1,
                (Role::Plain, ')') => depth -= 1,
                (Role::Plain, _) => {}
                _ => break,
            }
            end = at;
            if depth == 0 {
                break;
            }
        }
        if depth == 0 {
            gates.push((*row, *column, end));
        }
    }
    let name_after = |row: usize, column: usize| {
        let above = row.checked_sub(1)?;
        names.iter().find(|(own, at, _)| *own == above && *at >= column).map(|(_, _, name)| name.clone())
    };
    let gate_at = |row: usize, column: usize| {
        let inside = gates.iter().find(|&&(own, begin, end)| own == row && (begin..=end).contains(&column));
        // A port of a tall gate is a bracket above or below its sign.
        let tall = || gates.iter().filter(|&&(_, begin, _)| begin == column).min_by_key(|&&(own, ..)| own.abs_diff(row));
        inside.or_else(tall).copied()
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut sources: Vec<(usize, usize, String)> = Vec::new();
    for &(row, _, end) in &gates {
        let name = name_after(row, end).unwrap_or_else(|| format!("no name at {row}, {end}"));
        found.insert(name.clone(), Vec::new());
        sources.push((row, end + 1, name));
    }
    for (row, column, name) in &names {
        // An input's name stands over the beginning of its wire; a name before an arrow comes from above.
        let below = (row + 1, *column);
        let is_wire = |column: usize| matches!(grid.at(below.0, column), (Role::Comment, letter) if letter != ' ');
        let begins = grid.at(below.0, below.1) == (Role::Comment, '─') && !is_wire(column.wrapping_sub(1));
        let is_gate = gates.iter().any(|&(own, _, end)| own == below.0 && end < *column && (end + 1..*column).all(is_wire));
        if begins && !is_gate && !sources.iter().any(|(own, begin, _)| *own == below.0 && begin == column) {
            sources.push((below.0, below.1, name.clone()));
        }
        let arrow = column + name.chars().count() + 1;
        if grid.at(*row, arrow) == (Role::Name, '▸') {
            sources.push((*row, arrow + 1, name.clone()));
        }
    }
    for (row, column, name) in &sources {
        for end in ends(&grid, *row, *column) {
            match end {
                End::Leaves(leaving) if leaving == *name => {}
                End::Leaves(leaving) => found.entry(format!("cut {leaving}")).or_default().push(name.clone()),
                End::Nowhere(row, column) => found.entry(format!("nothing at {row}, {column}")).or_default().push(name.clone()),
                End::Gate(row, column) => {
                    let gate = gate_at(row, column).and_then(|(row, _, end)| name_after(row, end));
                    let gate = gate.unwrap_or_else(|| format!("no gate at {row}, {column}"));
                    found.entry(gate).or_default().push(name.clone());
                }
            }
        }
    }
    for names in found.values_mut() {
        names.sort();
    }
    found
}

/// Every operand is read back from the letters of the drawing; whether it can be shown.
fn check_right(answer: &Answer, width: usize) -> bool {
    let circuit = circuit(answer);
    let labels = vec![right::Label { value: "1".to_owned(), gradient: "2".to_owned() }; circuit.nodes.len()];
    let drawing = right::draw(&right::Asked { circuit: &circuit, labels: &labels, names: true, unicode: true, width });
    if drawing.meets {
        return false;
    }
    let text: Vec<String> = drawing.lines.iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect();
    assert_eq!(read_right(&drawing), wanted(&circuit, false), "{}\n{}", answer.expression, text.join("\n"));
    true
}

const SHOWN: &[&str] = &[
    "x = 2; y = 3; z = 4; (x + y)*z",
    "w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3; 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
    "x = 3; y = -4; z = 2; w = -1; 2*(x*y + max(z, w))",
    "x = 3; y = -4; sigy = sigma(y); num = x + sigy; sigx = sigma(x); xpy = x + y; xpysqr = xpy^2; den = sigx + xpysqr; invden = 1/den; f = num*invden",
    "x = 1; y = 2; z = 3; w = 4; where(x > 0, x, clamp(y, 0, 1)) + max(x, y, z, w) + x^3 + 2^x + 1/x",
    "x = 3; x*x + x",
    "x = 3; x",
    "W = [0.1, 0.5; -0.3, 0.8]; x = [0.2, 0.4]; sum((W @ x)^2)",
    "X = [1, 2; 3, 4]; sum(softmax(X[0])*X[1, 0]) + X[0, 1]^2",
];

/// The operands of every stage are read back from the form from top to bottom.
#[test]
fn lines_can_be_read_back() {
    for text in SHOWN {
        check_down(&ask(text, &[]));
    }
    for_all(240, &recipes(60), |recipe| {
        check_down(&recipe.cook().silent(Granularity::Primitive));
        Ok(())
    });
}

/// The wires into every gate are read back from the form from left to right, whole and cut into bands.
#[test]
fn drawings_can_be_read_back() {
    for text in SHOWN {
        for width in [60, 80, 1000] {
            assert!(check_right(&ask(text, &[]), width), "{text}");
        }
    }
    let counts = std::cell::Cell::new([0, 0]);
    for_all(240, &recipes(20), |recipe| {
        let answer = recipe.cook().silent(Granularity::Written);
        for width in [60, 120] {
            let [all, shown] = counts.get();
            counts.set([all + 1, shown + usize::from(check_right(&answer, width))]);
        }
        Ok(())
    });
    let [all, shown] = counts.get();
    assert!(shown * 100 >= all * 99, "{shown} of {all} circuits can be drawn from left to right");
}

#[derive(Clone, Copy, Debug)]
struct Rect {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rect {
    fn meets(&self, other: &Self) -> bool {
        const TOUCH: f64 = 0.5;
        self.left + TOUCH < other.right
            && other.left + TOUCH < self.right
            && self.top + TOUCH < other.bottom
            && other.top + TOUCH < self.bottom
    }
}

/// The texts of a figure.
fn texts(figure: &Figure, circuit: &Circuit) -> Vec<(String, Rect)> {
    let mut texts = Vec::new();
    for label in &figure.labels {
        let node = &circuit.nodes[label.node];
        let value_top = match &label.value {
            Some(Numbers::Grid(cells)) => label.y - 6.0 - 16.0 * cells.len() as f64,
            _ => label.y - 18.0,
        };
        if let Some(value) = &label.value {
            texts.push((
                format!("value of {}", node.name),
                Rect { left: label.x, top: value_top, right: label.x + value.width(), bottom: label.y - 5.0 },
            ));
        }
        if let Some(gradient) = &label.gradient {
            let bottom = if let Numbers::Grid(cells) = gradient { label.y + 6.0 + 16.0 * cells.len() as f64 } else { label.y + 20.0 };
            texts.push((
                format!("gradient of {}", node.name),
                Rect { left: label.x, top: label.y + 6.0, right: label.x + gradient.width() + 14.0, bottom },
            ));
        }
        let letters = node.name.chars().count() as f64;
        let rect = if node.sign.is_none() {
            Rect { left: label.x - 12.0 - 10.0 * letters, top: label.y - 6.0, right: label.x - 12.0, bottom: label.y + 8.0 }
        } else {
            Rect { left: label.x, top: value_top - 16.0, right: label.x + 9.0 * letters, bottom: value_top - 2.0 }
        };
        texts.push((format!("name {}", node.name), rect));
    }
    for share in &figure.shares {
        let rect =
            Rect { left: share.x - 7.0 * share.text.chars().count() as f64, top: share.y - 9.0, right: share.x, bottom: share.y + 1.0 };
        texts.push((format!("share {}", share.text), rect));
    }
    texts
}

/// The straight parts of the wires: the net, and both ends.
fn parts(figure: &Figure) -> Vec<(usize, Rect)> {
    let part = |(one, other): (&(f64, f64), &(f64, f64))| Rect {
        left: one.0.min(other.0),
        top: one.1.min(other.1),
        right: one.0.max(other.0),
        bottom: one.1.max(other.1),
    };
    let pieces = figure.pieces.iter();
    pieces.flat_map(|piece| piece.points.iter().zip(&piece.points[1..]).map(move |ends| (piece.net, part(ends)))).collect()
}

/// Nothing in a figure lies over anything else, and every wire goes from its source to its gate.
fn check_figure(answer: &Answer) {
    let circuit = circuit(answer);
    let figure = Figure::of(answer, &circuit, &Style::default());
    let said = &answer.expression;
    let gates: Vec<(usize, Rect)> = figure
        .gates
        .iter()
        .map(|gate| {
            (gate.node, Rect { left: gate.x - gate.half, top: gate.y - gate.tall, right: gate.x + gate.half, bottom: gate.y + gate.tall })
        })
        .collect();
    let texts = texts(&figure, &circuit);
    let parts = parts(&figure);
    for (at, (node, gate)) in gates.iter().enumerate() {
        for (other, rect) in &gates[at + 1..] {
            assert!(!gate.meets(rect), "{said}: the gates {} and {} overlap", circuit.nodes[*node].name, circuit.nodes[*other].name);
        }
        for (net, part) in &parts {
            let is_own = net == node || circuit.nodes[*node].wires.iter().any(|wire| wire.from == *net);
            let inside = Rect { left: part.left - 1.0, top: part.top - 1.0, right: part.right + 1.0, bottom: part.bottom + 1.0 };
            assert!(
                is_own || !gate.meets(&inside),
                "{said}: a wire of {} runs through {}",
                circuit.nodes[*net].name,
                circuit.nodes[*node].name
            );
        }
    }
    for (at, (text, rect)) in texts.iter().enumerate() {
        assert!(
            rect.left >= 0.0 && rect.top >= 0.0 && rect.right <= figure.width && rect.bottom <= figure.height,
            "{said}: {text} is outside of the figure: {rect:?} in {} by {}",
            figure.width,
            figure.height
        );
        for (other, beside) in &texts[at + 1..] {
            assert!(!rect.meets(beside), "{said}: {text} lies over {other}: {rect:?} {beside:?}");
        }
    }
    for (at, (net, one)) in parts.iter().enumerate() {
        for (other, two) in parts[at + 1..].iter().filter(|(other, _)| other != net) {
            let rows = (one.top - one.bottom).abs() < 0.1 && (two.top - two.bottom).abs() < 0.1 && (one.top - two.top).abs() < 2.0;
            let along = one.right.min(two.right) - one.left.max(two.left) > 0.5;
            let columns = (one.left - one.right).abs() < 0.1 && (two.left - two.right).abs() < 0.1 && (one.left - two.left).abs() < 2.0;
            let down = one.bottom.min(two.bottom) - one.top.max(two.top) > 0.5;
            assert!(
                !(rows && along || columns && down),
                "{said}: {} and {} run over each other",
                circuit.nodes[*net].name,
                circuit.nodes[*other].name
            );
        }
    }
    for (node, gate) in circuit.nodes.iter().enumerate() {
        for which in 0..gate.wires.len() {
            let ends = figure.pieces.iter().filter(|piece| piece.to == Some((node, which)));
            let nets: Vec<usize> = ends.map(|piece| piece.net).collect();
            assert_eq!(nets, [gate.wires[which].from], "{said}: the wire {which} into {}", gate.name);
        }
    }
}

#[test]
fn nothing_lies_over_anything_in_a_figure() {
    for text in SHOWN {
        check_figure(&ask(text, &[]));
    }
    for_all(240, &recipes(40), |recipe| {
        check_figure(&recipe.cook().silent(Granularity::Written));
        Ok(())
    });
}

/// The surroundings of a stage are what it is made from and what uses it, nearest first, and each gate has all its operands.
#[test]
fn the_surroundings_of_a_stage_are_drawn() {
    for_all(120, &recipes(90), |recipe| {
        let mut answer = Answer::clone(&recipe.cook().silent(Granularity::Written));
        let whole = circuit(&answer);
        for centre in (0..whole.nodes.len()).step_by(7) {
            answer.focus = Some(whole.nodes[centre].id);
            let part = whole.clone().focused(&answer);
            let name = &whole.nodes[centre].name;
            let all = wanted(&whole, false);
            for (gate, operands) in wanted(&part, false) {
                assert_eq!(operands, all[&gate], "{gate} around {name}");
            }
            assert!(part.named(name).is_some_and(|node| !node.is_cut), "{name}");
            let widest = whole.nodes[centre].wires.len() + 1;
            assert!(part.nodes.len() <= widest.max(AROUND), "{name}: {}", part.nodes.len());
            assert!(part.output.is_none_or(|at| part.nodes[at].id == answer.output), "{name}");
            let left_out = gradcalc::views::circuit::left_out(whole.nodes.len(), &part);
            assert!(left_out == 0 || whole.nodes.len() > AROUND, "{name}: {left_out}");
            for view in ["svg", "dot", "circuit"] {
                let told = answer_as(&answer, view).contains(" not drawn");
                assert_eq!(told, left_out > 0, "{view} of {left_out} around {name}");
            }
        }
        Ok(())
    });
}

/// The numbers in a drawing of single numbers.
fn numbers_in(drawing: &str) -> Vec<&str> {
    let mut numbers: Vec<&str> = drawing.split_whitespace().filter(|word| word.parse::<f64>().is_ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// Played, each gate adds its value and nothing else, the drawing keeps its lines, and at the end all numbers stand there.
#[test]
fn played_passes_end_in_the_whole_circuit() {
    for_all(180, &recipes(25), |recipe| {
        let answer = recipe.cook().silent(Granularity::Primitive);
        for (flow, is_table) in [(Flow::Down, false), (Flow::Fitting, false), (Flow::Down, true)] {
            let style = Style { flow, width: 300, digits: Some(Digits::Rounded(4)), ..Style::default() };
            let play = Play::of(&answer, &style, is_table).expect("it is small");
            let frames: Vec<String> = (0..play.count())
                .map(|at| {
                    let mut page = String::new();
                    play.show(at, usize::MAX, &mut page).expect("a page");
                    let told = format!(" step {} of {}\n", at + 1, play.count());
                    let end = page.find(&told).unwrap_or_else(|| panic!("{page}"));
                    page[..page[..end].rfind('\n').map_or(0, |end| end + 1)].to_owned()
                })
                .collect();
            let gates = circuit(&answer).nodes.iter().filter(|node| node.sign.is_some()).count();
            for (at, pair) in frames.windows(2).enumerate() {
                let [before, now] = [&pair[0], &pair[1]].map(|frame| numbers_in(frame).len());
                assert_eq!(pair[0].lines().count(), pair[1].lines().count());
                assert!(at >= gates || now == before + 1, "step {at}:\n{}{}", pair[0], pair[1]);
                assert!(now >= before, "step {at}:\n{}{}", pair[0], pair[1]);
            }
            let mut whole = String::new();
            named("circuit").expect("a view").show(&answer, &style, &mut whole).expect("a page");
            assert_eq!(numbers_in(frames.last().expect("the beginning")), numbers_in(&whole), "{whole}");
        }
        Ok(())
    });
}

/// Played around a stage, the last step has the numbers of the drawing, whatever of the circuit is not drawn.
#[test]
fn the_surroundings_of_a_stage_are_played() {
    for_all(80, &recipes(90), |recipe| {
        let mut answer = Answer::clone(&recipe.cook().silent(Granularity::Written));
        let style = Style { flow: Flow::Down, width: 1000, digits: Some(Digits::Rounded(4)), ..Style::default() };
        let whole = circuit(&answer);
        for centre in (0..whole.nodes.len()).step_by(9) {
            answer.focus = Some(whole.nodes[centre].id);
            let play = Play::of(&answer, &style, false).expect("it is small");
            let (mut last, mut drawn) = (String::new(), String::new());
            play.show(play.count() - 1, usize::MAX, &mut last).expect("a page");
            named("circuit").expect("a view").show(&answer, &style, &mut drawn).expect("a page");
            let rows = whole.clone().focused(&answer).nodes.len();
            // In play a number has room for all that it is on the way.
            let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            let lines = |page: &str| page.lines().take_while(|line| !line.contains(", step ")).take(rows + 1).map(words).collect();
            let [last, drawn]: [Vec<String>; 2] = [lines(&last), lines(&drawn)];
            assert_eq!(last, drawn, "around {}", whole.nodes[centre].name);
        }
        Ok(())
    });
}

/// A circuit that is wider than the page is played in the table, unless its direction is asked for.
#[test]
fn a_wide_circuit_is_played_in_the_table() {
    let answer = ask("x = 3; y = -4; (x + sigma(y))/(sigma(x) + (x + y)^2)", &[]);
    for (width, flow, begins) in
        [(80, Flow::Fitting, "  "), (80, Flow::Down, "    "), (30, Flow::Fitting, "name "), (30, Flow::Down, "name ")]
    {
        let style = Style { flow, width, ..Style::default() };
        let mut page = String::new();
        Play::of(&answer, &style, false).expect("it is small").show(0, usize::MAX, &mut page).expect("a page");
        assert!(page.starts_with(begins), "{width}:\n{page}");
    }
}

/// A formula alone is drawn without numbers, in the places that it has with them.
#[test]
fn a_formula_without_values_is_drawn_without_numbers() {
    for text in ["(x + y)*z", "(x + sigma(y))/(sigma(x) + (x + y)^2)", "2*(x*y + max(z, w))", "x*x + x"] {
        for view in ["circuit", "svg", "dot"] {
            let settings = Settings { view: named(view).expect("a view"), ..Settings::default() };
            let answer = answer_with(text, &[], settings);
            let page = answer_as(&answer, view);
            let drawn = page.split("</style>").last().expect("a drawing");
            let numbers = ["data-value", "data-gradient", "data-share", "FONT", "value", "gradient", "nan"];
            assert!(numbers.iter().all(|number| !drawn.contains(number)), "{drawn}");
            let signs = circuit(&answer).nodes.iter().filter(|node| node.sign.is_some() && !node.name.is_empty()).count();
            assert!(signs > 0 && circuit(&answer).nodes.iter().all(|node| drawn.contains(&node.name)), "{drawn}");
            check_down(&answer);
            check_figure(&answer);
        }
    }
    // What is given is not dropped without a word.
    let program = env!("CARGO_BIN_EXE_gradcalc");
    for given in [["x*y", "x=2"], ["--upstream=2", "x*y"], ["--hessian", "x*y"]] {
        let output = std::process::Command::new(program).args(["--as", "circuit"]).args(given).output().expect("it runs");
        assert!(!output.status.success() && output.stdout.is_empty(), "{given:?}");
    }
}

/// A large circuit is drawn in part, and says so; its lines are all there.
#[test]
fn large_circuits_are_drawn_in_part() {
    let sum: Vec<String> = (0..1500).map(|at| format!("x*sin(x + {at})")).collect();
    let answer = ask(&format!("x = 2; {}", sum.join(" + ")), &[]);
    let whole = circuit(&answer);
    let part = whole.shortened(&answer, &Style::default());
    assert!(whole.nodes.len() > 4000 && part.nodes.len() <= 400, "{} of {}", part.nodes.len(), whole.nodes.len());
    let svg = answer_as(&answer, "svg");
    let left_out = gradcalc::views::circuit::left_out(whole.nodes.len(), &part);
    assert!(svg.contains(&format!("{left_out} more stages are not drawn")));
    check_down(&answer);
}

fn answer_as(answer: &Answer, view: &str) -> String {
    let mut page = String::new();
    named(view).expect("a view").show(answer, &Style::default(), &mut page).expect("a page of text");
    page
}

/// The circuits of the notes, as they stand in examples/gallery: the name of the file, the text, and how finely it is cut.
const GALLERY: &[(&str, &str, Granularity)] = &[
    ("chain", "x = -2; y = 5; z = -4; (x + y)*z", Granularity::Written),
    ("neuron", "w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3; 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", Granularity::Primitive),
    ("staged", "x = 3; y = -4; (x + sigma(y))/(sigma(x) + (x + y)^2)", Granularity::Written),
    ("patterns", "x = 3; y = -4; z = 2; w = -1; 2*(x*y + max(z, w))", Granularity::Written),
    ("matrix", "W = [0.1, 0.5; -0.3, 0.8]; x = [0.2, 0.4]; sum((W @ x)^2)", Granularity::Written),
];

/// Where signs beyond ASCII may not be used, none is, whatever the gates.
#[test]
fn drawings_in_ascii_hold_nothing_else() {
    let mut drawn = 0;
    for row in TABLE.iter().filter(|row| row.callable() && row.gate.is_elementwise() && row.arity().is_some()) {
        let names = &["x", "y", "z"][..row.operands.len()];
        let value = f64::midpoint(row.range[0], row.range[1]);
        let inputs: Vec<(String, String)> = names.iter().map(|name| ((*name).to_owned(), format!("{value:?}"))).collect();
        let answer = ask(&format!("{}({})", row.name, names.join(", ")), &inputs);
        for flow in [Flow::Fitting, Flow::Down] {
            let mut page = String::new();
            let style = Style { flow, unicode: false, ..Style::default() };
            named("circuit").expect("a view").show(&answer, &style, &mut page).expect("a page of text");
            assert!(page.is_ascii(), "{}:\n{page}", row.name);
            drawn += 1;
        }
    }
    assert!(drawn > 80, "{drawn}");
}

/// What is drawn from left to right in some width is so in every larger one, and no line is longer.
#[test]
fn more_room_never_turns_a_drawing() {
    for (name, text, stages) in GALLERY {
        let answer = answer_with(text, &[], Settings { stages: *stages, ..Settings::default() });
        let mut was_right = false;
        for width in 40..200 {
            let mut page = String::new();
            let style = Style { width, ..Style::default() };
            named("circuit").expect("a view").show(&answer, &style, &mut page).expect("a page of text");
            let is_right = !page.contains('○');
            assert!(is_right || !was_right, "{name} at {width}:\n{page}");
            let drawn = page.lines().filter(|line| !line.starts_with("note: ")).map(|line| line.chars().count()).max();
            assert!(!is_right || drawn <= Some(width), "{name} at {width}:\n{page}");
            was_right = is_right;
        }
    }
}

/// The views that the gallery has of each, what their files end in, how wide lines may be, and whether lines are drawn with more than ASCII.
const FORMS: &[(&str, &str, usize, bool)] = &[
    ("svg", "svg", 80, true),
    ("circuit", "txt", 80, true),
    ("circuit", "120.txt", 120, true),
    ("circuit", "ascii.txt", 80, false),
    ("explain", "explain.txt", 80, true),
    ("dot", "dot", 80, true),
    ("html", "html", 80, true),
    ("markdown", "md", 80, true),
    ("latex", "tex", 80, true),
];

/// The files of the gallery are what the program makes; GALLERY=overwrite makes them anew.
#[test]
fn the_gallery_is_made_by_the_program() {
    let folder = std::path::Path::new("examples/gallery");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("an index of the gallery");
    let (index, pages) = (read("README.md"), read("index.html"));
    for (name, text, stages) in GALLERY {
        let answer = answer_with(text, &[], Settings { stages: *stages, ..Settings::default() });
        for of in [format!("href=\"{name}.html\""), format!("src=\"{name}.svg\"")] {
            assert!(pages.contains(&of), "index.html has {of}");
        }
        for &(view, ending, width, unicode) in FORMS {
            let file = folder.join(format!("{name}.{ending}"));
            let mut made = String::new();
            named(view).expect("a view").show(&answer, &Style { width, unicode, ..Style::default() }, &mut made).expect("a page of text");
            if std::env::var("GALLERY").is_ok_and(|how| how == "overwrite") {
                std::fs::write(&file, &made).expect("the gallery can be written");
            }
            let kept = std::fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(kept, made, "{}", file.display());
            assert!(index.contains(&format!("({name}.{ending})")), "the index names {name}.{ending}");
        }
    }
}

/// What is between tags is escaped, and tags are closed in order: a figure is well-formed whatever the expression holds.
#[test]
fn figures_are_well_formed() {
    for text in SHOWN.iter().chain(&["x = 1; y = 2; where(x < y && y > 0, x & 1 == 1, y)", "x = 2; x < 3"]) {
        let Ok(answer) = std::panic::catch_unwind(|| ask(text, &[])) else { continue };
        let svg = answer_as(&answer, "svg");
        let mut open: Vec<&str> = Vec::new();
        let mut rest = svg.as_str();
        while let Some(begin) = rest.find('<') {
            assert!(!rest[..begin].contains('>'), "{text}: a bare bracket before {}", &rest[begin..]);
            let end = rest.find('>').expect("a tag ends");
            let tag = &rest[begin + 1..end];
            assert!(!tag.contains('<'), "{text}: a bracket inside of {tag}");
            let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{text}");
            } else if !tag.ends_with('/') {
                open.push(name);
            }
            rest = &rest[end + 1..];
        }
        assert!(open.is_empty(), "{text}: {open:?} stay open");
        let entities = svg.matches('&').count();
        let known = ["&amp;", "&lt;", "&gt;", "&quot;"].iter().map(|entity| svg.matches(entity).count()).sum::<usize>();
        assert_eq!(entities, known, "{text}");
    }
}

/// In a figure an index stands below the line, and no point stands behind a rounded number that nothing follows; where neither is meant, names
/// and numbers stand as they are.
#[test]
fn names_and_numbers_are_set_in_print() {
    let figure = |expression: &str, values: &[&str], view: &str| {
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .arg(expression)
            .args(values)
            .args(["--as", view])
            .output()
            .expect("it runs");
        String::from_utf8(run.stdout).expect("a text")
    };
    for view in ["svg", "html"] {
        let text = figure("w_0*x + rate_of*a_xyz", &["w_0=-152.4", "x=2", "rate_of=1", "a_xyz=1"], view);
        assert!(text.contains(">w<tspan dy=\"4\" font-size=\"11\">0</tspan></text>"), "{view}");
        assert!(text.contains(">rate_of</text>") && text.contains(">a_xyz</text>"), "{view}");
        // With three digits, -152.4 is -152 and -304.8 + 1 is -304; both have more digits than are shown.
        assert!(text.contains(">\u{2212}152</text>") && text.contains(">\u{2212}304</text>"), "{view}");
    }
    // A table tells a rounded number by its point.
    let table = figure("w_0*x", &["w_0=-152.4", "x=2", "--digits", "3"], "table");
    assert!(table.contains("-152.") && table.contains("-305."), "{table}");
}
