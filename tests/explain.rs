//! The view `explain`: every number that it tells is one of the answer's, and every claim holds by the numbers.

use crate::properties::{for_all, recipes};
use crate::support::{answer_with, ask};
use gradcalc::calculus::evaluate::Range;
use gradcalc::calculus::{Granularity, Local, Step};
use gradcalc::forms::StageId;
use gradcalc::ground::number;
use gradcalc::session::Settings;
use gradcalc::views::explain::{AT_A_SCREEN, ELSEWHERE, SATURATED};
use gradcalc::views::{Answer, Style, named};
use gradcalc::vocabulary::Gate;
use gradcalc::vocabulary::gate::TABLE;
use proptest::prelude::*;
use std::collections::HashSet;

/// The explanation on lines that are not broken.
fn explained(answer: &Answer, style: &Style) -> String {
    let mut text = String::new();
    let style = Style { width: 1_000_000, ..*style };
    named("explain").expect("the view").show(answer, &style, &mut text).expect("a page");
    text
}

/// The numbers in a text, without their signs; digits in names are none.
fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some(start) = rest.find(letter) {
        let word = &rest[start..];
        let digit = word.starts_with(|c: char| c.is_ascii_digit());
        let mut end = 0;
        for (at, c) in word.char_indices() {
            let inside = letter(c)
                || digit && c == '.' && word[at + 1..].starts_with(|c: char| c.is_ascii_digit() || !letter(c) && word[..at].len() >= 6)
                || digit && matches!(c, '-' | '+') && word[..at].ends_with('e');
            if !inside {
                break;
            }
            end = at + c.len_utf8();
        }
        if digit {
            found.push(word[..end].to_owned());
        }
        rest = &word[end.max(1)..];
    }
    found
}

/// Every number that may be told: those of the stages, and counts.
fn known(answer: &Answer, style: &Style) -> HashSet<String> {
    let steps = answer.backward.as_ref().map_or(0, |backward| backward.steps.len());
    let all = answer.program.ids().flat_map(|id| answer.values.slice(id).to_vec());
    let told = all.flat_map(|value| [style.number(value.abs()), number::shortest(value.abs())]);
    let counts = (0..=steps.max(answer.forward) + 64).map(|count| count.to_string());
    // A point behind a number is one of the sentence.
    told.map(|text| text.trim_end_matches('.').to_owned()).chain(counts).collect()
}

/// What stands between two texts.
fn between<'a>(text: &'a str, before: &str, after: &[&str]) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    let end = after.iter().filter_map(|after| rest.find(after)).min().unwrap_or(rest.len());
    Some(&rest[..end])
}

fn scalar(answer: &Answer, id: StageId) -> f64 {
    answer.values.scalar(id)
}

fn same(one: f64, other: f64) -> bool {
    one == other || one.is_nan() && other.is_nan()
}

/// What a gradient makes a number want, as it is told.
fn wish(style: &Style, gradient: f64) -> String {
    if gradient.is_nan() {
        "'s gradient is undetermined".to_owned()
    } else if gradient == 0.0 {
        " wants to be neither higher nor lower".to_owned()
    } else {
        let direction = if gradient > 0.0 { "higher" } else { "lower" };
        format!(" wants to be {direction}, with a force of {}", style.number(gradient.abs()))
    }
}

/// What is wrong with what is told of one wire between single numbers.
fn fault_of_step(answer: &Answer, style: &Style, line: &str, step: &Step, branch: (usize, usize, f64)) -> Option<String> {
    let [upstream, made, total] = [step.upstream, step.contribution, step.total].map(|id| scalar(answer, id));
    let local = match step.local {
        Local::One => Some(1.0),
        Local::Stage(stage) => Some(scalar(answer, stage)),
        Local::Whole => None,
    };
    let row = answer.program.gate(step.through).row();
    let mut expected = Vec::new();
    if let Some(local) = local.filter(|_| line.contains(": the local gradient ")) {
        let product = local * upstream;
        let close = same(product, made) || (product - made).abs() <= 1e-9 * made.abs() || upstream == 0.0 && made == 0.0;
        if !close {
            return Some(format!("{local} times {upstream} is not {made}"));
        }
        expected.push(format!(": the local gradient {} times {} is {}", style.number(local), style.number(upstream), style.number(made)));
    } else if local.is_none() {
        expected.push(format!(", which is {}", style.number(made)));
    }
    let (place, count, sum) = branch;
    if place > 1 {
        let word = if place == count { "which makes" } else { "so far" };
        expected.push(format!(", {word} {} ({place} of {count} branches).", style.number(total)));
        if !same(sum, total) && (sum - total).abs() > 1e-9 * sum.abs().max(1e-300) {
            return Some(format!("the branches up to here are {sum}, not {total}"));
        }
    } else if count > 1 {
        expected.push(format!(" is a fork: {count} branches"));
    }
    let arrives = upstream != 0.0 && !upstream.is_nan();
    let saturated = matches!(row.name, "sigma" | "tanh" | "erf" | "erfc") && local.is_some_and(|local| local.abs() < SATURATED);
    let blocked = arrives && made == 0.0 && local.is_none_or(|local| local == 0.0);
    for (word, holds) in [
        ("blocked", blocked),
        ("saturated", saturated),
        ("branches", count > 1),
        ("too small", arrives && made == 0.0 && !blocked && !saturated),
    ] {
        if line.contains(word) != holds {
            return Some(format!("{word}: {}", line.contains(word)));
        }
    }
    expected.into_iter().find(|expected| !line.contains(expected))
}

/// What is wrong with what is told of what a gate does.
fn fault_of_gate(answer: &Answer, head: &str, steps: &[Step]) -> Option<String> {
    let operands = answer.program.operands(steps[0].through);
    let wrong = |step: &&Step| {
        let [upstream, made] = [step.upstream, step.contribution].map(|id| scalar(answer, id));
        let other = operands.get(1 - step.position.min(1)).map_or(f64::NAN, |&other| scalar(answer, other));
        // A value that is nan makes every slope nan.
        let undetermined = made.is_nan() && (upstream.is_nan() || operands.iter().any(|&operand| scalar(answer, operand).is_nan()));
        let holds = match () {
            () if head.contains("(distributes)") => same(made, upstream),
            () if head.contains("(routes)") => made == upstream || made == 0.0 || undetermined,
            () if head.contains("(swaps)") => {
                let product = other * upstream;
                let wider = answer.values.range == Range::Widened && !product.is_finite();
                wider || same(product, made) || (product - made).abs() <= 1e-9 * made.abs() || upstream == 0.0 && made == 0.0
            }
            () => true,
        };
        !holds
    };
    steps.iter().find(wrong).map(|step| format!("{head}: not so for operand {}", step.position))
}

/// What is wrong with an explanation of a program of single numbers.
fn fault(answer: &Answer, style: &Style) -> Option<String> {
    let text = explained(answer, style);
    let told = |why: String| Some(format!("{why}\n{text}"));
    let allowed = known(answer, style);
    let part = text.split("\nnote: ").next().unwrap_or_default();
    if let Some(stranger) = numbers(part).into_iter().find(|number| !allowed.contains(number.trim_end_matches('.'))) {
        return told(format!("{stranger} is none of the answer's numbers"));
    }
    let Some(backward) = answer.backward.as_ref().filter(|backward| backward.adjoint(answer.output).is_some()) else {
        return if text.contains("no backward pass") { None } else { told("there is no backward pass".to_owned()) };
    };
    let names = answer.names();
    let lines: Vec<&str> = text.lines().collect();
    let mut steps: &[Step] = &backward.steps;
    let mut seen: std::collections::HashMap<StageId, (usize, f64)> = std::collections::HashMap::new();
    while let Some(first) = steps.first() {
        let (own, rest) = steps.split_at(backward.steps_through(first.through).len());
        steps = rest;
        let name = names.of(first.through).unwrap_or_default();
        let adjoint = scalar(answer, backward.adjoint(first.through).expect("an adjoint"));
        let start = format!("{name} = ");
        let arrives = format!(". {} = {} arrives", names.gradient(first.through), style.number(adjoint));
        let Some(at) = lines.iter().position(|line| line.starts_with(&start) && line.contains(&arrives)) else {
            return told(format!("no paragraph of {name}, where {adjoint} arrives"));
        };
        if first.through != answer.output && !lines[at].contains(&format!("{name}{}.", wish(style, adjoint))) {
            return told(format!("what {name} wants"));
        }
        if let Some(why) = fault_of_gate(answer, lines[at], own) {
            return told(why);
        }
        for (line, step) in lines[at + 1..].iter().zip(own) {
            let count = backward.steps.iter().filter(|other| other.target == step.target).count();
            let (place, sum) = seen.get(&step.target).copied().unwrap_or((0, 0.0));
            let branch = (place + 1, sum + scalar(answer, step.contribution));
            seen.insert(step.target, branch);
            if !line.starts_with(&format!("  {} ", names.gradient(step.target))) {
                return told(format!("{line} is not of {}", names.gradient(step.target)));
            }
            if let Some(why) = fault_of_step(answer, style, line, step, (branch.0, count, branch.1)) {
                return told(format!("{why}: {line}"));
            }
        }
    }
    for input in answer.active_inputs() {
        let name = names.of(input).unwrap_or_default();
        let gradient = answer.gradient(input).unwrap_or_default();
        let expected = match backward.adjoint(input) {
            Some(_) => format!("  {name}{}: {} = {}.", wish(style, gradient), names.gradient(input), style.number(gradient)),
            None => format!("  no gradient reaches {name}: {} = 0.", names.gradient(input)),
        };
        if !lines.contains(&expected.as_str()) {
            return told(format!("there is no line {expected}"));
        }
    }
    None
}

#[test]
fn what_is_told_of_random_circuits_holds() {
    let cutting = prop_oneof![Just(Granularity::Written), Just(Granularity::Fused), Just(Granularity::Primitive)];
    for_all(800, &(recipes(12), cutting), |(recipe, stages)| {
        let dish = recipe.cook();
        let answer = dish.answer(stages);
        let fault = fault(&answer, &Style::default());
        prop_assert!(fault.is_none(), "{} {:?}: {}", dish.text(), dish.inputs, fault.unwrap_or_default());
        Ok(())
    });
}

/// Zeros, infinities, nan, ties, blocked paths, constants, forks.
const EDGES: &[(&str, &str)] = &[
    ("(x + y)*z", "x=-2 y=5 z=-4"),
    ("0*sqrt(x)", "x=0"),
    ("max(1, sqrt(x))", "x=0"),
    ("sqrt(x)^2", "x=0"),
    ("sqrt(x^2)", "x=0"),
    ("log(x)*y", "x=-1 y=2"),
    ("1/x + x", "x=0"),
    ("max(x, y)", "x=1 y=1"),
    ("max(x, y, x*y)", "x=1 y=2"),
    ("max(x, 0)", "x=inf-inf"),
    ("relu(x)*y", "x=-1 y=2"),
    ("where(x > 0, x, y)", "x=3 y=2"),
    ("where(x > 0, x*y, y)", "x=-3 y=2"),
    ("floor(x*2)*y", "x=1.3 y=2"),
    ("sigma(x)", "x=40"),
    ("sigma(x) + tanh(y)", "x=7 y=-9"),
    ("erf(x)", "x=30"),
    ("x*1e-200*1e-200", "x=1"),
    ("x^2", "x=1e200"),
    ("exp(x)*y", "x=1000 y=0"),
    ("x*x + x", "x=3"),
    ("x", "x=3"),
    ("x*inf", "x=0"),
    ("x - x", "x=5"),
    ("2*3", ""),
    ("k*x; const k = 2; k*x + k", "x=3 k=4"),
    ("clamp(x, 0, 1) + mod(x, 2)", "x=3"),
    ("abs(x) + hypot(x, y)", "x=0 y=0"),
    ("x^y", "x=0 y=0"),
];

fn inputs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.replace('_', " ")));
    text.split_whitespace().filter_map(pair).collect()
}

#[test]
fn what_is_told_at_the_edges_holds() {
    let upstream = |value: f64| Settings { upstream: Some(value.into()), ..Settings::default() };
    let split = Settings { ties: gradcalc::Ties::Split, ..Settings::default() };
    for (text, values) in EDGES {
        for settings in [Settings::default(), upstream(-2.5), upstream(0.0), upstream(f64::INFINITY)] {
            let answer = answer_with(text, &inputs(values), settings);
            for digits in [None, Some(number::Digits::Full), Some(number::Digits::Rounded(3))] {
                let fault = fault(&answer, &Style { digits, ..Style::default() });
                assert!(fault.is_none(), "{text} {values}: {}", fault.unwrap_or_default());
            }
        }
    }
    // A tie that is shared is told by its numbers.
    let text = explained(&answer_with("max(x, y)", &inputs("x=1 y=1"), split), &Style::default());
    assert_eq!(text.matches(": the local gradient 0.5 times 1 is 0.5.").count(), 2, "{text}");
}

/// Arrays: the numbers are the answer's, forks are counted, and the shapes of matrix products are told.
#[test]
fn what_is_told_of_arrays_holds() {
    for (text, values, told) in [
        ("sum(W @ X)", "W=[1,2;3,4;5,6] X=[1,0,2,1;0,1,1,3]", "dW must have the shape of W, [3, 2]; dWX is [3, 4] and X.T is [4, 2]"),
        ("sum(W @ x + b)", "W=[1,2;3,4] x=[1,-1] b=2", "summed over all elements, is 2"),
        ("sum(relu(x)*[1, 2, 3])", "x=[1,-1,2]", "The path to x is blocked at 1 of 3 numbers."),
        ("sum(sigma(x))", "x=[1,-9,9]", "The gate is saturated at 2 of 3 numbers"),
        ("sum(x^2)", "x=[1,-9,0]", "x: of its 3 numbers 1 want to be higher and 1 lower, most of all x[1], with a force of 18"),
        ("max(x) + x[0]", "x=[1,3,2]", "x is a fork: 2 branches"),
        ("sum(softmax(x)*[1, 2, 3])", "x=[1,3,2]", "measures each gradient against the mean of all"),
        ("sum(X - mean(X, 0))", "X=[1,2;3,4]", "summed over the rows (axis 0)"),
        ("sum(X*x)", "X=[1,2;3,4] x=[5,6]", "[2, 2]"),
        ("det(X)", "X=[1,2;3,4]", "the local gradient [[4, -3], [-2, 1]] times 1 is"),
    ] {
        let answer = ask(text, &inputs(values));
        let found = explained(&answer, &Style::default());
        assert!(found.contains(told) || told == "[2, 2]", "{text}: {told}\n{found}");
        let allowed = known(&answer, &Style::default());
        let stranger = numbers(&found).into_iter().find(|number| !allowed.contains(number.trim_end_matches('.')));
        assert!(stranger.is_none(), "{text}: {stranger:?}\n{found}");
    }
    let bare = explained(&ask("x*[1, 2]", &inputs("x=3")), &Style::default());
    assert!(bare.contains("no backward pass: the result is [2], and a gradient is that of a single number"), "{bare}");
}

/// What is told of the surroundings of a stage is what the whole explanation tells of them.
#[test]
fn of_the_surroundings_the_same_is_told() {
    for_all(120, &recipes(70), |recipe| {
        let mut answer = Answer::clone(&recipe.cook().silent(Granularity::Written));
        let whole = explained(&answer, &Style { full: true, ..Style::default() });
        let names = answer.names();
        let stages: Vec<StageId> = answer.stages().filter(|&id| names.of(id).is_some()).collect();
        for &centre in stages.iter().step_by(11) {
            answer.focus = Some(centre);
            let part = explained(&answer, &Style::default());
            let told = |line: &&str| !line.is_empty() && !line.starts_with("...");
            for line in part.lines().filter(told) {
                prop_assert!(whole.lines().any(|other| other == line), "{line}\nis not in\n{whole}");
            }
            let reached = answer.backward.as_ref().is_some_and(|backward| backward.adjoint(centre).is_some());
            let name = names.of(centre).expect("a name");
            prop_assert!(!reached || part.lines().any(|line| line.starts_with(&format!("{name} = "))), "{name} in\n{part}");
        }
        Ok(())
    });
}

/// Of many gates those with the largest gradients are explained, and it is told how many are not.
#[test]
fn of_many_gates_the_largest_are_explained() {
    let text = |count: usize| (0..count).fold("x".to_owned(), |text, at| format!("sin({text}*{})", 1.0 + at as f64 / 1000.0));
    let heads = |text: &str| text.lines().filter(|line| line.contains(" arrives")).count();
    let many = ELSEWHERE[0];
    for (count, full, height) in
        [(100, false, None), (many, false, None), (many, true, None), (100, false, Some(24)), (20, false, Some(24))]
    {
        let [most, shown] = if height.is_some() { AT_A_SCREEN } else { ELSEWHERE };
        let answer = ask(&text(count), &inputs("x=0.5"));
        let gates =
            answer.program.ids().take(answer.forward).filter(|&id| !matches!(answer.program.gate(id), Gate::Input | Gate::Constant));
        let gates = gates.count();
        let found = explained(&answer, &Style { full, height, ..Style::default() });
        let expected = if full || gates <= most { gates } else { shown };
        assert_eq!(heads(&found), expected, "{count}");
        let left_out: usize = found
            .lines()
            .filter(|line| line.starts_with("... "))
            .filter_map(|line| between(line, "... ", &[" "])?.parse::<usize>().ok())
            .sum();
        assert_eq!(left_out, gates - expected, "{count}");
    }
}

/// The patterns of the notes are claimed of gates whose slopes are of that kind alone.
#[test]
fn every_row_says_what_it_does_to_a_gradient() {
    for row in TABLE.iter().filter(|row| !row.operands.is_empty()) {
        let does = row.does();
        assert!(!does.is_empty() && !does.ends_with('.'), "{}", row.name);
        let holds = match () {
            () if does.contains("(distributes)") => row.slopes.iter().all(|slope| *slope == "1"),
            () if does.contains("(routes)") => {
                row.slopes.iter().all(|slope| slope.is_empty() || slope.starts_with("1(") || slope.starts_with("where("))
            }
            () if does.contains("(swaps)") => row.slopes.len() == 2 && row.slopes[0].contains('y') && row.slopes[1].contains('x'),
            () if does.contains("blocks the gradient") && !does.contains("result") => {
                row.slopes.iter().all(|slope| matches!(*slope, "" | "0"))
            }
            () => true,
        };
        assert!(holds, "{}: {does}", row.name);
    }
}
