//! What `--as code` and `--as python` print is read back to the numbers that it was printed from.
//!
//! Every example and every case of the printed languages, times both views. Between the two stands the text alone.

use crate::code::{ARRAYS, CASES, MISREAD};
use crate::targets::EDGES;
use gradcalc::calculus::evaluate::Range;
use gradcalc::forms::StageId;
use gradcalc::forms::target::python;
use gradcalc::ground::number;
use gradcalc::session::{FinalDefinition, Outcome, Session, Settings};
use gradcalc::views::identifiers::Identifiers;
use gradcalc::views::{Answer, Source, named};
use gradcalc::vocabulary::Gate;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How far apart two numbers may be, as a part of the largest number beside them.
const ALLOWED: f64 = 1e-12;

/// A name or an expression, and the numbers that it must stand for.
type Wanted = Vec<(String, Vec<f64>)>;

fn session(view: &str) -> Session {
    let files = |from: &str, file: &str, _: usize| {
        fs::read(Path::new(from).with_file_name(file)).map_err(|why| gradcalc::ground::budget::Unloaded::Unreadable(why.to_string()))
    };
    Session::new(Settings { view: named(view).expect("a view"), files: Some(files), ..Settings::default() })
}

/// The answers of a text.
fn answers(session: &mut Session, text: &str, name: &str, last: FinalDefinition) -> Result<Vec<Arc<Answer>>, String> {
    let told = |fault: gradcalc::Fault| format!("{} ({})", fault.message, fault.span.of(text));
    let mut reading = session.read(text, &Source { name: name.into(), line: 1 }, last).map_err(told)?;
    let mut found = Vec::new();
    while let Some(outcome) = session.step(&mut reading) {
        match outcome.map_err(told)? {
            Outcome::Answer(answer) => found.push(answer),
            Outcome::Include(file, _) => {
                let path = Path::new(name).with_file_name(file);
                let text = fs::read_to_string(&path).expect("an included script");
                found.extend(answers(session, &text, &path.to_string_lossy(), FinalDefinition::Hidden)?);
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The answer of a case of the command line, to be shown by a view.
pub fn case(view: &str, arguments: &[&str]) -> Arc<Answer> {
    let mut session = session(view);
    let mut rest = &arguments[1..];
    while let [first, others @ ..] = rest {
        rest = others;
        match (first.strip_prefix("--"), first.split_once('=')) {
            (Some(flag), _) => {
                let setting = gradcalc::session::Setting::named(flag).expect("a setting");
                assert!(session.set(setting, others[0]).is_ok(), "{arguments:?}");
                rest = &others[1..];
            }
            (None, Some((name, value))) => session.bind(name, value).expect("a value"),
            (None, None) => panic!("{arguments:?}"),
        }
    }
    let found = answers(&mut session, arguments[0], "<text>", FinalDefinition::Shown).unwrap_or_else(|why| panic!("{arguments:?}: {why}"));
    found.last().cloned().unwrap_or_else(|| panic!("{arguments:?}: no answer"))
}

/// The answers of the scripts among the examples.
fn examples() -> Vec<(String, Arc<Answer>)> {
    let mut scripts: Vec<PathBuf> = ["examples", "examples/course", "examples/homework"]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("examples").map(|entry| entry.expect("an example").path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "grad"))
        .collect();
    scripts.sort();
    let mut found = Vec::new();
    for script in scripts {
        let (text, name) = (fs::read_to_string(&script).expect("a script"), script.to_string_lossy().into_owned());
        let mut session = session("json");
        let mut reading = session.read(&text, &Source { name: name.as_str().into(), line: 1 }, FinalDefinition::Hidden).expect("a script");
        while let Some(outcome) = session.step(&mut reading) {
            match outcome {
                Ok(Outcome::Answer(answer)) => found.push((format!("{name}: {}", answer.expression), answer)),
                Ok(Outcome::Include(file, _)) => {
                    let text = fs::read_to_string(script.with_file_name(file)).expect("an included script");
                    drop(answers(&mut session, &text, &name, FinalDefinition::Hidden));
                }
                // Some show what is refused.
                _ => {}
            }
        }
    }
    found
}

/// What a view shows of an answer.
pub fn rendered(view: &str, answer: &Answer) -> String {
    let mut text = String::new();
    named(view).expect("a view").show(answer, &gradcalc::views::Style::default(), &mut text).expect("a page");
    text
}

fn wanted(answer: &Answer, gradient: impl Fn(StageId) -> String, output: String) -> Wanted {
    let mut wanted = vec![(output, answer.numbers(answer.output).to_vec())];
    let inputs = answer.leaves().filter(|&leaf| answer.program.gate(leaf) == Gate::Input && answer.program.is_active(leaf));
    for input in inputs.filter(|_| answer.backward.is_some()) {
        let numbers = answer.gradients(input).map_or_else(|| vec![0.0; answer.shape(input).size()], std::borrow::Cow::into_owned);
        wanted.push((gradient(input), numbers));
    }
    wanted
}

/// The listing of an answer, and what its names stand for.
fn listing(answer: &Answer) -> (String, Wanted) {
    let names = answer.names();
    let identifiers = Identifiers::new(answer, &names, python::listing(&answer.program), false);
    let word = |id: StageId| identifiers.gradient(id).unwrap_or_default().to_owned();
    let output = identifiers.of(answer.output).unwrap_or_default().to_owned();
    (rendered("code", answer), wanted(answer, word, output))
}

/// The function of an answer, and what its calls give.
fn function(answer: &Answer) -> (String, Wanted) {
    let text = rendered("python", answer);
    let names = answer.names();
    let head = text.lines().rfind(|line| line.starts_with("def ")).expect("a function");
    let name = head.trim_start_matches("def ").split('(').next().expect("a name");
    let inputs: Vec<StageId> = answer.leaves().filter(|&leaf| answer.program.gate(leaf) == Gate::Input).collect();
    let values = inputs.iter().map(|&input| {
        gradcalc::ground::value::written(answer.shape(input), answer.numbers(input), |number| {
            if number.is_finite() { number::shortest(number) } else { format!("float('{number}')").replace("NaN", "nan") }
        })
    });
    let call = format!("{name}({})", values.collect::<Vec<_>>().join(", "));
    let key = |id: StageId| format!("{call}[1]['{}']", names.of(id).unwrap_or_default());
    let wanted = wanted(answer, key, format!("{call}[0]"));
    (text, wanted)
}

/// What is wrong with a text that is read back.
fn fault(text: &str, wanted: &Wanted) -> Option<String> {
    let mut session = session("value");
    if let Err(why) = answers(&mut session, text, "<printed>", FinalDefinition::Hidden) {
        return Some(why);
    }
    wanted.iter().find_map(|(name, expected)| {
        // Its digits are nobody's question here.
        let found = match answers(&mut session, &format!("{name};"), "<printed>", FinalDefinition::Hidden) {
            Ok(found) => found,
            Err(why) => return Some(why),
        };
        let Some(answer) = found.last() else { return Some(format!("{name} is nothing")) };
        let found = answer.numbers(answer.output);
        let scale = expected.iter().filter(|number| number.is_finite()).fold(0.0, |scale: f64, number| scale.max(number.abs()));
        let same = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= ALLOWED * scale;
        let near = found.len() == expected.len() && found.iter().zip(expected).all(same);
        (!near).then(|| format!("{name} is {found:?}, not {expected:?}"))
    })
}

#[test]
fn what_is_printed_is_read_back() {
    let cases = [CASES, ARRAYS, MISREAD, EDGES].into_iter().flatten().map(|given| (format!("{given:?}"), case("json", given)));
    let mut faults = Vec::new();
    let mut count = 0;
    for (name, answer) in cases.chain(examples()) {
        if !answer.valued {
            continue;
        }
        count += 1;
        for (view, (text, wanted)) in [("code", listing(&answer)), ("python", function(&answer))] {
            // A slope of 0 carries nothing in a printed function, also where it leaves a gradient undetermined; that is told.
            if answer.values.range != Range::Kept {
                assert!(view != "code" || text.contains("run, they give other gradients"), "{text}");
                continue;
            }
            // A product of the chain rule is a product in a listing, also of 0 and what is infinite.
            if view == "code" && (text.contains("inf") || text.contains("nan")) {
                continue;
            }
            faults.extend(
                fault(&text, &wanted)
                    .map(|why| format!("== {name}, as {view}: {why}\n{}", if faults.len() < 3 { text } else { String::new() })),
            );
        }
    }
    assert!(count > 200, "{count}");
    assert!(faults.is_empty(), "{} of {count}\n{}", faults.len(), faults.join("\n"));
}
