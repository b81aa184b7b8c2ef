//! What a session keeps of the stages that it has evaluated changes no number and no word.

use crate::support::is_deep;
use gradcalc::forms::reader::Reader;
use gradcalc::session::{FinalDefinition, Outcome, Session, Settings};
use gradcalc::views::{Source, named};

/// A script at random of stages, of questions about them and of inputs that turn; `next` gives a number below another one.
fn random_script(next: &mut dyn FnMut(usize) -> usize) -> String {
    fn expression(next: &mut dyn FnMut(usize) -> usize, names: &[String], depth: usize) -> String {
        const NUMBERS: &[&str] = &["0.1", "2", "3", "1e200", "1e-200", "0.5", "1e10", "pi"];
        const SIGNS: &[&str] = &["+", "-", "*", "/", "+", "*"];
        const CALLS: &[&str] = &["exp", "tanh", "abs", "sqrt", "log", "sin", "relu", "sigma", "floor"];
        match next(20) {
            0..5 if depth < 3 => format!("{}({})", CALLS[next(CALLS.len())], expression(next, names, depth + 1)),
            5 if depth < 3 => format!("max({}, {})", expression(next, names, depth + 1), expression(next, names, depth + 1)),
            6..14 if depth < 3 => {
                let [one, other] = [0; 2].map(|_| expression(next, names, depth + 1));
                format!("({one} {} {other})", SIGNS[next(SIGNS.len())])
            }
            14..18 => names[next(names.len())].clone(),
            _ => NUMBERS[next(NUMBERS.len())].to_owned(),
        }
    }
    const VALUES: &[&str] = &["0.1", "2", "-1", "0", "1/3", "0.7", "[1, 2]"];
    let (mut stages, mut text) = (vec!["v0".to_owned()], "x = 0.7; y = 1.3\nh(a) = a*x + y\nv0 = x*y\n".to_owned());
    for _ in 0..5 + next(40) {
        let input = ["x", "y"][next(2)];
        let names: Vec<String> = stages.iter().rev().take(6).cloned().chain(["x", "y"].map(str::to_owned)).collect();
        let stage = names[next(names.len() - 2)].clone();
        let expression = expression(next, &names, 0);
        let line = match next(20) {
            0..6 => {
                let name = if next(3) == 0 { stage.clone() } else { format!("v{}", stages.len()) };
                let line = format!("{name} = {stage}*0.5 + {expression}");
                stages.retain(|other| *other != name);
                stages.push(name);
                line
            }
            6..12 => stage,
            12 => expression,
            13 => format!("{input} = {}", VALUES[next(VALUES.len())]),
            14 => format!("ans*0.5 + {stage}"),
            15 => format!("print {stage}, {expression}"),
            16 => format!("{stage};"),
            17 => format!("assert {stage} == {expression} ± 1"),
            18 => format!("{stage} = d({stage}, {input}) + ans*h({stage})"),
            _ => format!("repeat 2 {{ {input} += 0.5; {stage} }}"),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Values are the same, and what is said of them, whether what evaluations have found of stages is kept or not.
#[test]
fn what_is_known_of_stages_changes_no_value() {
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let source = Source { name: "<test>".into(), line: 1 };
    let (mut answered, mut told) = (0, 0);
    for _ in 0..if is_deep() { 4000 } else { 150 } {
        let text = random_script(&mut next);
        let [kept, anew] = [true, false].map(|keeps| {
            let mut session = Session::new(Settings { view: named("value").expect("a view"), ..Settings::default() });
            session.shows_values_alone = keeps;
            let mut said: Vec<String> = Vec::new();
            let mut reader = Reader::default();
            reader.feed(&text);
            reader.finish();
            while let Some(statement) = reader.next_statement() {
                let Ok(mut reading) = session.read(&statement.text, &source, FinalDefinition::Hidden) else { continue };
                while let Some(outcome) = session.step(&mut reading) {
                    said.push(match outcome {
                        Ok(Outcome::Answer(answer)) => {
                            let numbers: Vec<u64> = answer.numbers(answer.output).iter().map(|number| number.to_bits()).collect();
                            format!("{} {} {numbers:x?} {:?} {}", answer.expression, answer.silenced, answer.notes, answer.is_finite())
                        }
                        Ok(outcome) => format!("{outcome:?}"),
                        Err(fault) => format!("{fault:?}"),
                    });
                }
            }
            said.push(format!("{:?}", session.remarks()));
            said
        });
        assert_eq!(kept, anew, "{text}");
        answered += kept.len();
        told += kept.iter().filter(|said| said.contains("Note {") || said.contains("Fault {") || said.contains("Note(")).count();
    }
    assert!(told > 100 && answered > 2 * told, "{told} of {answered} say something");
}
