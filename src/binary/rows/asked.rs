//! The numbers that are asked of every row: value, stages, gradients, relative slopes, the deviation that deviations of inputs make,
//! and what standard errors are made of.
//!
//! Knows what each is called; how they are made of stages, `calculus::effects` knows.

use super::covariance::Covariance;
use super::flags::RowFlags;
use super::plan::{Refused, arrays, usage};
use super::work::Inference;
use crate::binary::cli::described;
use crate::binary::{Exit, report};
use crate::calculus::Ties;
use crate::calculus::effects::Effects;
use crate::calculus::rows::{Asked, Given};
use crate::forms::program::Input;
use crate::forms::reader::between_commas;
use crate::forms::{Program, StageId, StageNames};
use crate::ground::text::{nearest, one_line, shortened};
use crate::ground::{Budget, Shape, Span, broken, number, value};
use crate::session::settings::binding;
use crate::session::{Session, Settings};
use crate::views::Answer;
use crate::views::notes::without_gradient;

/// What is asked beside values and gradients.
pub struct Wishes {
    relative: bool,
    ties: Ties,
    upstream: bool,
    budget: Budget,
    /// Inputs and their deviations, as texts.
    deviations: Vec<(String, String)>,
    /// The inputs whose gradients are shown; none for all.
    wrt: Option<Vec<String>>,
    /// Covariances, and what their file is called.
    covariance: Option<(Covariance, String)>,
}

impl Wishes {
    /// Takes them from settings and flags; the session is then asked for gradients alone, also on the inputs that they speak of.
    ///
    /// What the text does not speak of and the session does not know is asked of nothing: what is wrong with it is told later.
    pub fn of(session: &mut Session, flags: &RowFlags, is_spoken: &dyn Fn(&str) -> bool) -> Result<Self, Refused> {
        let deviations = flags.sd.as_deref().map(deviations).transpose()?.unwrap_or_default();
        let covariance = match &flags.cov {
            None => None,
            Some(path) => {
                let file = one_line(&path.display().to_string()).into_owned();
                let told = |why: &str| format!("--cov: cannot read `{file}`: {why}");
                let bytes = std::fs::read(path).map_err(|error| Refused(Exit::File, told(&described(&error))))?;
                let covariance = Covariance::read(&bytes).map_err(|why| Refused(Exit::Failed, format!("--cov: `{file}`: {why}")))?;
                if let Some(note) = &covariance.note {
                    report::remark("note", &format!("{file}: {note}"), None);
                }
                Some((covariance, file))
            }
        };
        let settings = &mut session.settings;
        // Those that a session has set.
        let usual = std::mem::take(&mut settings.sd).into_iter();
        let usual = usual.map(|(name, value)| (name, value::written(value.shape(), value.numbers(), number::shortest)));
        let deviations = if flags.sd.is_some() { deviations } else { usual.collect() };
        let wishes = Self {
            relative: std::mem::take(&mut settings.relative),
            ties: settings.ties,
            upstream: settings.upstream.is_some(),
            budget: Budget::of(settings.budget),
            deviations,
            wrt: settings.wrt.clone(),
            covariance,
        };
        if let Some(wrt) = &wishes.wrt {
            // An element of an array is asked of all of it.
            let base = |name: &String| name.split(['[']).next().unwrap_or_default().trim().to_owned();
            let parameters = wishes.covariance.iter().flat_map(|(covariance, _)| &covariance.names);
            let more = wishes.deviations.iter().map(|(name, _)| name).chain(parameters).map(base);
            let more = more.filter(|name| !wrt.contains(name) && (is_spoken(name) || session.input_value(name).is_some()));
            let all = wrt.iter().cloned().chain(more).collect();
            session.settings.wrt = Some(all);
        }
        Ok(wishes)
    }
}

/// The parts of `x=0.1,y=sy`.
fn deviations(text: &str) -> Result<Vec<(String, String)>, Refused> {
    let mut found: Vec<(String, String)> = Vec::new();
    for part in between_commas(text) {
        let word = text[part].trim();
        let split = word.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let Some((name, value)) = split.filter(|(name, value)| !name.is_empty() && !value.is_empty()) else {
            let why = binding(word).err().unwrap_or_default();
            return usage(format!("--sd takes standard deviations, numbers or columns, such as `x=0.1,y=sy`: {why}"));
        };
        if found.iter().any(|(known, _)| known == name) {
            return usage(format!("--sd gives `{}` two standard deviations", shortened(name)));
        }
        found.push((name.to_owned(), value.to_owned()));
    }
    Ok(found)
}

/// What is asked of every row, all of it known to make sense.
pub struct AskedNumbers {
    pub program: Program,
    pub given: Vec<Given>,
    /// The columns that are inputs, and which of them are deviations.
    pub used: Vec<usize>,
    pub deviations: Vec<bool>,
    /// The numbers: first those that are shown, by these names.
    pub numbers: Vec<Asked>,
    pub names: Vec<String>,
    pub inference: Option<Inference>,
    /// How those are defined that are neither values nor gradients.
    pub formulas: Vec<String>,
}

/// A number of an input that has a gradient.
struct Element {
    input: Asked,
    gradient: Asked,
    /// The name of its column, or its own; and that of its input.
    label: String,
    word: String,
    /// What its gradient is called; none where it is not shown: it is one of many of an array that is the same in each row, and nobody
    /// asks for it.
    shown: Option<String>,
    /// Whether it is the same in every row.
    fixed: bool,
}

/// The numbers that are asked of every row. An input that no gradient reaches has a 0.
pub fn asked(
    answer: &Answer,
    wishes: Wishes,
    flags: &RowFlags,
    (mut given, mut used): (Vec<Given>, Vec<usize>),
    columns: &[String],
    table: &str,
) -> Result<AskedNumbers, Refused> {
    let names = answer.names();
    let mut program = (*answer.program).clone();
    let (mut numbers, mut called) = of_stages(answer, flags, &names)?;
    if answer.backward.is_none() && !answer.program.shape(answer.output).is_scalar() {
        report::remark("note", &without_gradient(answer).message, None);
    }
    let elements = elements(answer, &given, &mut program, columns, (&names, wishes.wrt.as_deref()));
    let wanted = |element: &&Element| match (&wishes.wrt, &wishes.covariance) {
        (Some(wrt), _) => wrt.contains(&element.word),
        // Parameters are estimates, and not what effects are asked of.
        (None, Some((covariance, _))) => !covariance.names.iter().any(|name| is_called(element, name, &elements)),
        (None, None) => true,
    };
    let shown: Vec<&Element> = elements.iter().filter(wanted).filter(|element| element.shown.is_some()).collect();
    for element in &shown {
        numbers.push(element.gradient);
        called.extend(element.shown.clone());
    }
    let value = (answer.output, 0);
    let single = answer.program.shape(answer.output).is_scalar() && answer.backward.is_some();
    let extras = [("--relative", wishes.relative), ("--sd", !wishes.deviations.is_empty()), ("--cov", wishes.covariance.is_some())];
    if let Some((flag, _)) = extras.into_iter().find(|&(_, given)| given) {
        if !answer.program.shape(answer.output).is_scalar() {
            let shape = answer.program.shape(answer.output);
            return usage(format!(
                "{flag} is told of a single number, and the expression is a {shape}; ask for one element of it, as in `(...)[0]`"
            ));
        }
        if !single {
            return usage(format!("{flag} needs gradients, and the expression has none: no input with a gradient is in it"));
        }
        if wishes.upstream {
            return usage(format!("{flag} is told of the result itself, and of no `--upstream` gradient; leave one of them out"));
        }
    }
    let before = program.inputs().len();
    let mut effects = Effects::new(&mut program, wishes.ties, &wishes.budget);
    let result = names.word(answer.output).unwrap_or("f");
    let mut formulas = Vec::new();
    if wishes.relative {
        formulas.push(format!("x_elasticity = x * dx / {result}: by how many per cent {result} changes for 1 % of x"));
        for element in &shown {
            numbers.push(effects.elasticity(element.input, element.gradient, value));
            called.push(format!("{}_elasticity", element.label));
        }
    }
    if !wishes.deviations.is_empty() {
        let mut inputs = Inputs { given: &mut given, used: &mut used, columns };
        let parts = spreads(&wishes, &elements, &mut effects, &mut inputs, table)?;
        numbers.push(effects.deviation(&parts));
        called.push(format!("{result}_sd"));
        let parts: Vec<String> = wishes.deviations.iter().map(|(name, text)| format!("({} d{name})^2", shortened(text))).collect();
        formulas.push(format!("{result}_sd = sqrt({}): independent deviations, to first order", parts.join(" + ")));
    }
    let inference = match wishes.covariance {
        None => None,
        Some((covariance, file)) => {
            let parameters = parameters(&covariance, &elements, &file, answer, columns)?;
            let mut slopes = Vec::new();
            for at in 0..called.len() {
                let found = effects.slopes(numbers[at], &parameters);
                let found = found.map_err(|fault| Refused(Exit::Failed, format!("--cov: {}", fault.message)))?;
                slopes.push(found.into_iter().map(|slope| slope.map(|slope| push(&mut numbers, slope))).collect());
            }
            Some(Inference { covariance, file, slopes })
        }
    };
    if program.len() > answer.program.len() {
        (program, numbers) = compact(&program, numbers);
    }
    let mut deviations = vec![false; used.len()];
    for given in &given[before.min(given.len())..] {
        if let Given::Column(place) = given {
            deviations[*place] = true;
        }
    }
    Ok(AskedNumbers { program, given, used, deviations, numbers, names: called, inference, formulas })
}

fn push(numbers: &mut Vec<Asked>, number: Asked) -> usize {
    numbers.push(number);
    numbers.len() - 1
}

/// The part of a program that some numbers depend on, with all its inputs.
fn compact(program: &Program, numbers: Vec<Asked>) -> (Program, Vec<Asked>) {
    let inputs = program.ids().filter(|&id| program.input(id).is_some());
    let live: Vec<StageId> = numbers.iter().map(|&(id, _)| id).chain(inputs).collect();
    let (part, moved) = program.compact(&live);
    let numbers = numbers.into_iter().zip(moved).map(|((_, at), id)| (id, at)).collect();
    (part, numbers)
}

/// The value, and the stages that are asked for.
fn of_stages(answer: &Answer, flags: &RowFlags, names: &StageNames) -> Result<(Vec<Asked>, Vec<String>), Refused> {
    let (mut asked, mut called) = (Vec::new(), Vec::new());
    let mut all = |id: StageId, name: &str| {
        let shape = answer.program.shape(id);
        for at in 0..shape.size() {
            asked.push((id, at));
            called.push(format!("{name}{}", subscript(shape, at)));
        }
    };
    all(answer.output, names.word(answer.output).unwrap_or("f"));
    for word in flags.stage.iter().flat_map(|words| words.split(',')) {
        let found = (0..answer.forward).map(StageId::new).find(|&id| names.word(id) == Some(word.trim()));
        let Some(id) = found else {
            let known: Vec<&str> = (0..answer.forward).map(StageId::new).filter_map(|id| names.word(id)).collect();
            let near = nearest(word.trim(), known.iter().copied()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return usage(format!("--stage: there is no stage `{}`{near}", shortened(word.trim())));
        };
        all(id, word.trim());
    }
    Ok((asked, called))
}

fn subscript(shape: Shape, at: usize) -> String {
    if shape.is_scalar() { String::new() } else { shape.subscript(at) }
}

/// The numbers of the inputs that have gradients, in the program's order.
fn elements(
    answer: &Answer,
    given: &[Given],
    program: &mut Program,
    columns: &[String],
    (names, wrt): (&StageNames, Option<&[String]>),
) -> Vec<Element> {
    let Some(backward) = &answer.backward else { return Vec::new() };
    let arrays = arrays(columns);
    let inputs: Vec<StageId> = program.ids().filter(|&id| program.input(id).is_some()).collect();
    let mut found = Vec::new();
    for (id, given) in inputs.into_iter().zip(given).filter(|(id, _)| id.at() < answer.forward && answer.program.is_active(*id)) {
        let shape = answer.program.shape(id);
        let word = names.word(id).unwrap_or_default().to_owned();
        for at in 0..shape.size() {
            let column = match given {
                Given::Columns(..) => arrays.get(&word).map(|elements| columns[elements[at]].clone()),
                _ => None,
            };
            // The gradient of a column is called by the column.
            let shown = match &column {
                Some(column) => Some(format!("d{column}")),
                // Those of an array that is the same in each row are shown where they are asked for.
                None => (shape.is_scalar() || wrt.is_some_and(|wrt| wrt.contains(&word)))
                    .then(|| format!("{}{}", names.gradient(id), subscript(shape, at))),
            };
            let gradient = match backward.adjoint(id) {
                Some(adjoint) => (adjoint, at),
                None => (program.add_constant(0.0, None, Span::default()), 0),
            };
            let label = column.unwrap_or_else(|| format!("{word}{}", subscript(shape, at)));
            found.push(Element { input: (id, at), gradient, label, word: word.clone(), shown, fixed: matches!(given, Given::Value(_)) });
        }
    }
    found
}

/// Whether an element goes by a name: that of its column, its own, or `b0` for `b[0]` and the other way round where nothing else is called so.
fn is_called(element: &Element, name: &str, elements: &[Element]) -> bool {
    let plain = |text: &str| text.replace([' ', '[', ']'], "");
    let loosely = || (element.label.contains('[') || name.contains('[')) && plain(&element.label) == plain(name);
    element.label == name || loosely() && elements.iter().all(|other| other.label != name)
}

/// The inputs of a program that grows, and what they are given.
struct Inputs<'a> {
    given: &'a mut Vec<Given>,
    used: &'a mut Vec<usize>,
    columns: &'a [String],
}

/// The slopes and the deviations of inputs that have some.
fn spreads(
    wishes: &Wishes,
    elements: &[Element],
    effects: &mut Effects<'_>,
    inputs: &mut Inputs<'_>,
    table: &str,
) -> Result<Vec<(Asked, StageId)>, Refused> {
    let (mut parts, mut taken): (Vec<(Asked, StageId)>, Vec<Asked>) = (Vec::new(), Vec::new());
    for (name, text) in &wishes.deviations {
        let meant: Vec<&Element> = elements.iter().filter(|element| is_called(element, name, elements) || element.word == *name).collect();
        if meant.is_empty() {
            let known: Vec<&str> = elements.iter().map(|element| element.label.as_str()).collect();
            return usage(format!("--sd: `{}` is no input with a gradient{}", shortened(name), known_names(name, &known)));
        }
        let column = inputs.columns.iter().position(|column| column == text);
        let deviation = match column {
            Some(column) => column_input(column, effects, inputs),
            None => effects.program.add_constant(deviation(name, text, inputs.columns, table)?, None, Span::default()),
        };
        for element in meant {
            if taken.contains(&element.input) {
                return usage(format!("--sd gives `{}` two standard deviations", shortened(&element.label)));
            }
            taken.push(element.input);
            parts.push((element.gradient, deviation));
        }
    }
    Ok(parts)
}

/// A standard deviation that is the same in every row.
fn deviation(name: &str, text: &str, columns: &[String], table: &str) -> Result<f64, Refused> {
    let Some(value) = Session::new(Settings::default()).value(text).ok().and_then(|value| value.number()) else {
        let near = nearest(text, columns.iter().map(String::as_str)).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let (name, text) = (shortened(name), shortened(text));
        return usage(format!("--sd: `{text}` of `{name}` is no number and no column of {table}{near}"));
    };
    if (0.0..=f64::MAX).contains(&value) {
        return Ok(value);
    }
    let (name, text) = (shortened(name), shortened(text));
    usage(format!("--sd: the standard deviation of `{name}` is {text}, and should be a finite number from 0 on"))
}

/// A column as an input of its own.
fn column_input(column: usize, effects: &mut Effects<'_>, inputs: &mut Inputs<'_>) -> StageId {
    let place = inputs.used.len();
    inputs.used.push(column);
    inputs.given.push(Given::Column(place));
    // Nobody asks for it by a name.
    let name = effects.program.inputs().first().map_or_else(|| broken("what has a gradient has inputs"), |input| input.name);
    effects.program.add_input(Input { name, active: false, value: None }, Shape::Scalar, Span::default())
}

/// The parameters that a covariance matrix is of.
fn parameters(
    covariance: &Covariance,
    elements: &[Element],
    file: &str,
    answer: &Answer,
    columns: &[String],
) -> Result<Vec<Asked>, Refused> {
    let mut found = Vec::new();
    for name in &covariance.names {
        if columns.contains(name) {
            let help = "name the parameters apart, as in `b1*x`";
            return usage(format!("--cov: `{}` of `{file}` is a column of the table, and no parameter; {help}", shortened(name)));
        }
        let Some(element) = elements.iter().find(|element| element.fixed && is_called(element, name, elements)) else {
            let known: Vec<&str> = elements.iter().filter(|element| element.fixed).map(|element| element.label.as_str()).collect();
            let why = if answer.program.inputs().iter().any(|input| answer.symbols.name(input.name) == name) {
                "has no gradient"
            } else {
                "is no parameter of the expression"
            };
            let help = "; the header calls parameters as the expression does, each with a value such as `b0=1.5`";
            return usage(format!("--cov: `{}` of `{file}` {why}{}{help}", shortened(name), known_names(name, &known)));
        };
        if found.contains(&element.input) {
            return usage(format!("--cov: `{file}` names `{}` twice", shortened(&element.label)));
        }
        found.push(element.input);
    }
    Ok(found)
}

/// What might be meant, or what there is.
fn known_names(name: &str, known: &[&str]) -> String {
    const MOST: usize = 8;
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("; did you mean `{near}`?");
    }
    let list: Vec<String> = known.iter().take(MOST).map(|name| format!("`{}`", shortened(name))).collect();
    let more = if known.len() > MOST { ", ..." } else { "" };
    if list.is_empty() { "; there is none".to_owned() } else { format!("; there are {}{more}", list.join(", ")) }
}
