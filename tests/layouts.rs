//! How good the layout of circuits is, and how its work grows.
//!
//! How often wires cross is compared with `reference/crossings.jsonl`, which Graphviz's dot made of the same circuits.

use crate::support::{answer_with, is_deep};
use gradcalc::calculus::Granularity;
use gradcalc::session::Settings;
use gradcalc::views::Style;
use gradcalc::views::circuit::Circuit;
use gradcalc::views::circuit::channel::{Crossing, channel};
use gradcalc::views::circuit::figure::Figure;
use gradcalc::views::circuit::layout::{Graph, Sizes, place};
use serde_json::Value;
use std::collections::BTreeSet;

/// A straight part of a wire: its net, the row or the column in which it is, and its ends there, in tenths of a point.
type Part = (usize, i64, i64, i64);

/// The parts of the wires of a figure that lie in rows, and in columns; branches share parts of their way.
fn parts(figure: &Figure) -> [BTreeSet<Part>; 2] {
    let tenths = |length: f64| (10.0 * length).round() as i64;
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    for piece in &figure.pieces {
        for (one, other) in piece.points.iter().zip(&piece.points[1..]) {
            let [(x, y), (to_x, to_y)] = [one, other].map(|&(x, y)| (tenths(x), tenths(y)));
            if y == to_y {
                found[0].insert((piece.net, y, x.min(to_x), x.max(to_x)));
            } else {
                found[1].insert((piece.net, x, y.min(to_y), y.max(to_y)));
            }
        }
    }
    found
}

/// In how many points wires of different nets cross.
fn crossings(figure: &Figure) -> usize {
    let [rows, columns] = parts(figure);
    let mut found = BTreeSet::new();
    for &(net, x, top, bottom) in &columns {
        let crossed = rows.iter().filter(|(other, y, left, right)| *other != net && top < *y && *y < bottom && *left < x && x < *right);
        found.extend(crossed.map(|&(other, y, ..)| (net, other, x, y)));
    }
    found.len()
}

/// Wires cross at most 1.3 times as often as where dot lays the same circuits out.
#[test]
fn wires_cross_hardly_more_than_in_layouts_by_dot() {
    let cases: Vec<Value> =
        include_str!("reference/crossings.jsonl").lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
    assert_eq!(cases.len(), 300);
    let (mut ours, mut theirs, mut worst) = (0, 0, (0.0, String::new()));
    for case in cases.iter().step_by(if is_deep() { 1 } else { 3 }) {
        let text = case["text"].as_str().expect("a text");
        let stages = if case["stages"] == "primitive" { Granularity::Primitive } else { Granularity::Written };
        let answer = answer_with(text, &[], Settings { stages, ..Settings::default() });
        let circuit = Circuit::of(&answer, &answer.names());
        assert_eq!(Some(circuit.nodes.len() as u64), case["boxes"].as_u64(), "{text}");
        let (here, there) = (crossings(&Figure::of(&answer, &circuit, &Style::default())), case["crossings"].as_u64().expect("a count"));
        (ours, theirs) = (ours + here, theirs + there as usize);
        let excess = here as f64 - 1.3 * there as f64;
        if excess > worst.0 {
            worst = (excess, format!("{here} crossings, {there} by dot: {}", text.chars().take(200).collect::<String>()));
        }
    }
    println!("{ours} crossings, {theirs} by dot; the worst has {}", worst.1);
    assert!(10 * ours <= 13 * theirs, "{ours} crossings, {theirs} by dot; the worst has {}", worst.1);
    assert!(worst.0 <= 12.0, "{}", worst.1);
}

/// A graph of about so many gates.
type Made = fn(usize) -> Graph;

/// A graph of boxes with these operands.
fn graph(operands: Vec<Vec<usize>>) -> Graph {
    Graph { commutes: vec![true; operands.len()], output: operands.len() - 1, operands }
}

/// One input used by so many gates, which are added up one by one: a wire passes every column.
fn chain(gates: usize) -> Graph {
    let mut operands = vec![vec![], vec![0]];
    while operands.len() < gates {
        let before = operands.len() - 1;
        operands.extend([vec![0], vec![before, before + 1]]);
    }
    graph(operands)
}

/// The same, added up in pairs: few columns with many boxes.
fn fan(gates: usize) -> Graph {
    let mut operands = vec![vec![]];
    operands.extend((0..gates / 2).map(|_| vec![0]));
    let mut next = 1;
    while next + 1 < operands.len() {
        operands.push(vec![next, next + 1]);
        next += 2;
    }
    graph(operands)
}

/// Numbers below a bound, the same ones every time.
fn generator() -> impl FnMut(usize) -> usize {
    let mut state = 1_u64;
    move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

/// Gates that take two of the last ones, at random.
fn near(gates: usize, last: usize) -> Graph {
    let mut random = generator();
    let mut operands: Vec<Vec<usize>> = vec![vec![]; last];
    while operands.len() < gates {
        let count = operands.len();
        operands.push(vec![count - 1 - random(last), count - 1 - random(last)]);
    }
    graph(operands)
}

/// The layout looks at nets and wires a number of times that grows no faster than n log n times the columns.
#[test]
fn the_work_of_the_layout_grows_as_it_should() {
    let kinds: &[(&str, Made)] =
        &[("chain", chain), ("fan", fan), ("near", |gates| near(gates, 8)), ("wide", |gates| near(gates, gates / 8))];
    for &(kind, made) in kinds {
        let parts = [200, 400, 800, 1600].map(|gates| {
            let graph = made(gates);
            let layout = place(&graph, &Sizes { gate: 66.0, lane: 22.0, port: 16.0, whole: false });
            let mut uses = vec![Vec::new(); graph.operands.len()];
            for (to, operands) in graph.operands.iter().enumerate() {
                operands.iter().enumerate().for_each(|(which, &from)| uses[from].push((to, which)));
            }
            let column = |net: usize| (0..layout.columns.len()).find(|&column| layout.boxes(column).any(|own| own == net));
            let columns: Vec<usize> = (0..uses.len()).map(|net| column(net).expect("a column")).collect();
            let port = |to: usize, which: usize| layout.row(to, columns[to]) + 16.0 * which as f64;
            let tracks = (0..layout.columns.len() - 1).map(|column| channel(&layout.between(column, &uses, 0.0, &port), 6.0, 7.0).steps);
            let n = graph.operands.len() as f64;
            (layout.steps + tracks.sum::<usize>()) as f64 / (n * n.log2() * layout.columns.len() as f64)
        });
        println!("{kind}: {parts:?}");
        assert!(parts.windows(2).all(|pair| pair[1] <= 1.15 * pair[0]), "{kind}: {parts:?}");
    }
}

/// Nets that go between two columns as those of circuits do: each from a row of its own to one or several.
fn nets(random: &mut impl FnMut(usize) -> usize) -> Vec<Crossing> {
    let rows = 4 + random(24);
    let from: BTreeSet<usize> = (0..=random(rows)).map(|_| random(rows)).collect();
    let row = |row: usize| row as f64 * 5.0;
    let mut ends = || (0..=random(3)).map(|_| row(random(rows))).collect();
    from.into_iter().enumerate().map(|(net, from)| Crossing { net, from: row(from), to: ends() }).collect()
}

/// On one track no two nets touch, each turns as early as those before it leave room, and one that begins where another ends has
/// turned before it.
#[test]
fn tracks_are_as_near_as_they_may_be() {
    const NEAR: f64 = 6.0;
    let (mut random, mut aside, mut behind) = (generator(), 0, 0);
    for _ in 0..if is_deep() { 50_000 } else { 2000 } {
        let nets = nets(&mut random);
        let found = channel(&nets, NEAR, 7.0);
        let front = found.routes.iter().filter(|route| route.aside.is_some()).count();
        aside += front;
        // The row in which each begins, its track, and the rows that it takes there.
        let turning = found.routes.iter().zip(&nets).filter_map(|(route, net)| {
            let from = route.aside.map_or(net.from, |(_, row)| row);
            let rows = net.to.iter().fold([from; 2], |[low, high], &to| [low.min(to), high.max(to)]);
            Some((from, route.track?, rows, net))
        });
        let turning: Vec<(f64, usize, [f64; 2], &Crossing)> = turning.collect();
        let tracks = turning.iter().map(|&(_, track, ..)| track + 1).max();
        assert_eq!(found.tracks, tracks.unwrap_or(0), "{nets:?}");
        for &(from, track, [low, high], net) in &turning {
            let touches = |[other_low, other_high]: [f64; 2]| low <= other_high + NEAR && other_low <= high + NEAR;
            let others = || turning.iter().filter(|(.., other)| other.net != net.net);
            let beside: BTreeSet<usize> = others().filter(|&&(_, _, rows, _)| touches(rows)).map(|&(_, track, ..)| track).collect();
            assert!(track >= front && !beside.contains(&track), "{net:?}: {found:?}");
            assert!(track == front || beside.contains(&(track - 1)), "{net:?} could turn earlier: {found:?}");
            for (_, _, _, other) in others().filter(|&&(_, before, ..)| before < track) {
                behind += 1;
                let runs_over = other.to.iter().any(|to| (to - from).abs() < NEAR);
                assert!(!runs_over, "{net:?} runs over {other:?}: {found:?}");
            }
        }
    }
    assert!(aside > 100 && behind > 1000, "{aside} asides, {behind} behind others");
}
