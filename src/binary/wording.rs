//! Remedies in the words of the place where the program is asked: a flag on the command line, a statement in a script, a
//! statement or a command in a session. Only here does advice name a flag.

use crate::ground::budget::size;
use crate::ground::fault::{as_numbers, vector_first};
use crate::ground::text::{one_line, shortened};
use crate::ground::{Fault, FaultKind, Remedy, Shape};
use crate::session::Setting;

/// What lists the gates.
const GATES: &str = "gradcalc --gates";

/// Where the program is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// On the command line.
    CommandLine,
    /// In a script.
    Script,
    /// In a session at a terminal.
    Session,
}

/// The fault with its remedy in words.
pub fn worded(fault: Fault, asked: Asked) -> Fault {
    match fault.remedy.as_deref().and_then(|remedy| asked.words(remedy)) {
        Some(words) => fault.help(words),
        None => fault,
    }
}

/// A remedy in words of a place.
pub fn said(remedy: &Remedy, asked: Asked) -> String {
    asked.words(remedy).unwrap_or_else(|| remedy.to_string())
}

/// The fault, where a statement asks a column of a table for its value, or for numbers that it has not: no value that it could be given would
/// be that of the rows.
pub fn beside_columns(fault: Fault, columns: &[String]) -> Fault {
    if let (FaultKind::Name, Some(name)) = (fault.kind, fault.unknown.iter().find(|name| columns.contains(name)))
        && !matches!(fault.remedy.as_deref(), Some(Remedy::GiveValues { .. }))
    {
        let (name, message) = (shortened(name), format!("`{}` is a column, a single number in each row", shortened(name)));
        let help = format!("columns `{name}0`, `{name}1`, ... are together an array `{name}`, and columns `x` and `y` as `[x, y]`");
        return Fault { message, ..fault }.label("a single number").help(help);
    }
    let Some(Remedy::GiveValues { names, .. }) = fault.remedy.as_deref() else { return fault };
    let Some(name) = names.iter().find(|name| columns.contains(name)) else { return fault };
    let name = shortened(name);
    fault.help(format!(
        "`{name}` is a column, with a value in each row: what is printed, asserted, updated or looped over before cannot use it; \
         define a stage of it instead, such as `y = {name} - 1`, or leave the statement out"
    ))
}

/// The advice where columns of a table are wanted and every input of an expression has a value.
pub fn without_columns(given: &[(String, Option<Shape>)], expression: &str, asked: Asked) -> String {
    let number = given.iter().find(|(_, shape)| shape.is_none()).map(|(name, _)| shortened(name));
    match (number, asked) {
        (Some(_), Asked::Session) => format!(
            "names without a value are columns: `:reset` forgets every name and setting; write `{}` in full then, without names of stages",
            shortened(&one_line(expression))
        ),
        (Some(name), Asked::CommandLine) => format!("leave the value of a column out, such as `{name}=...`"),
        (Some(name), Asked::Script) => format!("leave the statement out that gives a column its value, such as `{name} = ...`"),
        (None, _) => {
            // An array is no column: it is written as several.
            let arrays = given.iter().filter_map(|(name, shape)| Some((name, (*shape)?))).collect();
            let array = vector_first(arrays);
            let remedy = array.map(|(name, shape)| Remedy::WriteAsNumbers { name: name.clone(), shape: Some(shape), parts: "columns" });
            remedy.map_or(String::new(), |remedy| said(&remedy, asked))
        }
    }
}

/// The fault with further advice behind what it has.
pub fn advised(fault: Fault, advice: &str) -> Fault {
    match &fault.remedy {
        Some(remedy) => {
            let words = format!("{remedy}; {advice}");
            fault.help(words)
        }
        None => fault.help(advice),
    }
}

impl Asked {
    /// A remedy in words of this place; none where its own text says all.
    fn words(self, remedy: &Remedy) -> Option<String> {
        match remedy {
            Remedy::ReduceOrGiveUpstream(shape) => Some(self.reduce(*shape)),
            Remedy::FitUpstream => {
                let set = self.setting("upstream");
                Some(format!("give {set} a value of the result's shape, or a single number for all of it"))
            }
            Remedy::GiveValues { names, meant } => Some(self.give(names, meant.as_deref())),
            Remedy::MultiplyOrCall { .. } | Remedy::DefineFunction { .. } => Some(format!("{remedy}; `{GATES}` lists the functions")),
            Remedy::WriteExpression if self == Self::CommandLine => Some("write one, such as `gradcalc 'x*y' x=4 y=-3`".to_owned()),
            Remedy::LeaveOut(setting) => Some(self.leave_out(setting)),
            Remedy::OrRaiseBudget { instead, to } => Some(format!("{instead}, or raise the budget: {}", self.budget(*to))),
            Remedy::AskForLess => {
                let (wrt, along) = (self.setting("wrt"), self.setting("along"));
                Some(format!("ask for fewer inputs with {wrt}, or for one direction with {along}"))
            }
            Remedy::Set { setting, to, which } => {
                let gap = if to.is_empty() { "" } else { " " };
                Some(format!("write {}{gap}{to}{which}", self.setting(setting)))
            }
            Remedy::WriteOutArrays => Some(self.write_out()),
            Remedy::RowsInstead if self == Self::Session => Some("`:rows FILE` evaluates it here, for each row of a file".to_owned()),
            Remedy::WriteAsNumbers { name, shape, parts } => {
                let scalars = match self {
                    Self::CommandLine => "--scalars",
                    // What the command line sets, no statement of a script changes.
                    Self::Script => "`set scalars on` or --scalars",
                    Self::Session => "`set scalars on`",
                };
                // In a session a value that is not used is in nobody's way.
                let without = match shape {
                    Some(_) if self != Self::Session => format!(", and leave the value of `{}` out", shortened(name)),
                    _ => String::new(),
                };
                Some(format!("{}, with {scalars}{without}", as_numbers(name, *shape, parts)))
            }
            Remedy::RowsInstead => Some("--rows FILE evaluates it here, for each row of a file".to_owned()),
            _ => None,
        }
    }

    /// What gives a setting a value.
    fn setting(self, name: &'static str) -> String {
        match self {
            Self::CommandLine => format!("--{}", Setting::named(name).map_or(name, |setting| setting.flag)),
            Self::Script | Self::Session => format!("set {name}"),
        }
    }

    fn write_out(self) -> String {
        let (scalars, python) = match self {
            Self::CommandLine => ("--scalars", "--as python"),
            // What the command line sets, no statement of a script changes.
            Self::Script => ("`set scalars on` or --scalars", "`set view python` or --as python"),
            Self::Session => ("`set scalars on`", "`set view python`"),
        };
        format!(
            "{scalars} writes arrays out in single numbers, with gradients that are nan where a norm or a deviation is 0; {python} prints a \
             function of arrays, with NumPy"
        )
    }

    fn reduce(self, shape: Shape) -> String {
        let sides: Vec<String> = shape.dims().iter().map(u32::to_string).collect();
        let ones = format!("ones({})", sides.join(", "));
        // A shell would take the brackets for its own.
        let ones = if self == Self::CommandLine { format!("'{ones}'") } else { ones };
        let (upstream, view) = (self.setting("upstream"), self.setting("view"));
        format!("reduce it, as in `sum(...)`, or say what gradient arrives at it: {upstream} {ones}; for the value alone, {view} value")
    }

    fn give(self, names: &[String], meant: Option<&str>) -> String {
        let first = names.first().map_or(String::new(), |name| shortened(name));
        let which = if names.len() == 1 { "it" } else { "each" };
        match (meant, self) {
            (Some(near), Self::CommandLine) => format!("did you mean `{near}`? Or give it a value: {first}=1"),
            (Some(near), _) => format!("did you mean `{near}`? Or give it a value before: `{first} = 1`"),
            (None, Self::CommandLine) => format!("give {which} a value after the expression: {}", example(names, "=", " ")),
            (None, _) => format!("give {which} a value before: `{}`", example(names, " = ", "; ")),
        }
    }

    fn budget(self, bytes: usize) -> String {
        let size = size(bytes).replace(' ', "");
        match self {
            Self::CommandLine => format!("--budget {size}"),
            // What the command line sets, no statement of a script changes.
            Self::Script => format!("`set budget {size}`, or --budget {size} where the command line sets it"),
            Self::Session => format!("`set budget {size}`"),
        }
    }

    fn leave_out(self, setting: &'static str) -> String {
        let flag = Self::CommandLine.setting(setting);
        match self {
            Self::CommandLine => format!("leave {flag} out"),
            // What the command line sets, no statement of a script changes.
            Self::Script => format!("`set {setting} off`, or leave {flag} out"),
            Self::Session => format!("`:set {setting} off`"),
        }
    }
}

/// `x=1 y=2`, for the first few names.
fn example(names: &[String], equals: &str, gap: &str) -> String {
    const MOST: usize = 8;
    let bindings: Vec<String> =
        names.iter().take(MOST).enumerate().map(|(at, name)| format!("{}{equals}{}", shortened(name), at + 1)).collect();
    bindings.join(gap)
}
