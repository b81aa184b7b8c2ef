//! What a user can set: one row of one table for each. The command line's flags, the statement `set` and a session at a
//! terminal all read the same rows.
//!
//! Knows what a setting means; not where its text comes from.

mod held;
mod reading;

use super::Session;
use crate::calculus::check::What;
use crate::calculus::rungs::DIGITS;
use crate::calculus::{Granularity, Ties};
use crate::forms::target::sql::ENGINES;
use crate::ground::number::{Digits, MOST_DIGITS};
use crate::ground::text::shortened;
use crate::ground::{Budget, Fault, budget};
use crate::views::page::Flow;
use crate::views::{CHECK, FOCUS, JACOBIAN, LOSSES, PRECISE, QUIZ, Quiz, SD, VIEWS};
use reading::{chosen, deviations, listed, stepped, steps, switch, switched, written};
use std::fmt;

pub use held::{Files, Keys, Settings};
pub use reading::binding;

/// What a setting takes.
#[derive(Clone, Copy)]
pub enum Takes {
    /// `on` or `off`; as a flag, nothing.
    Switch,
    /// One of some words, each with what it means, the default first.
    Choice(&'static str, fn() -> Vec<(&'static str, &'static str)>),
    /// The same, where the flag alone means the second.
    Scope(&'static str, fn() -> Vec<(&'static str, &'static str)>),
    /// A word of this form.
    Word(&'static str),
    /// A list with commas, of this form.
    List(&'static str),
    /// An expression without inputs.
    Expression(&'static str),
}

/// Why a setting is not set.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The text has not the form that the setting takes.
    Form(String),
    /// The expression at a place of the text failed.
    Failed(Fault),
}

/// One thing that a user can set.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Its name, as `set` takes it.
    pub name: &'static str,
    /// Its flag, without the dashes.
    pub flag: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it does, in a phrase.
    pub says: &'static str,
    /// Whether it asks a question about one expression, so that it can be asked of one alone.
    pub asks: bool,
    set: fn(&mut Session, &str) -> Result<(), Refusal>,
    get: fn(&Settings) -> String,
    /// Takes it over from settings that nobody has changed.
    reset: fn(&mut Session, Settings),
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Every setting, in the order in which they are listed.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "view",
        flag: "as",
        takes: Takes::Choice("VIEW", || VIEWS.iter().map(|view| (view.name, view.says)).collect()),
        says: "How to show the answer",
        asks: false,
        set: |session, text| {
            session.settings.view = chosen(text, VIEWS.iter().map(|view| (view.name, view)))?;
            Ok(())
        },
        get: |settings| settings.view.name.to_owned(),
        reset: |session, usual| session.settings.view = usual.view,
    },
    Setting {
        name: "digits",
        flag: "digits",
        takes: Takes::Word("N|full"),
        says: "Significant digits that people see, 1 to 17, or `full`",
        asks: false,
        set: |session, text| {
            session.settings.style.digits = Some(match text.parse() {
                _ if text == "full" => Digits::Full,
                Ok(count) if (1..=MOST_DIGITS).contains(&count) => Digits::Rounded(count),
                _ => return Err(Refusal::Form("a whole number from 1 to 17, or `full`".to_owned())),
            });
            Ok(())
        },
        get: |settings| match settings.style.digits {
            None | Some(Digits::Decimals(_)) => DEFAULT.to_owned(),
            Some(Digits::Full) => "full".to_owned(),
            Some(Digits::Rounded(count)) => count.to_string(),
        },
        reset: |session, usual| session.settings.style.digits = usual.style.digits,
    },
    Setting {
        name: "decimals",
        flag: "decimals",
        takes: Takes::Word("N"),
        says: "Digits behind the point that people see, 0 to 17, instead of significant ones",
        asks: false,
        set: |session, text| {
            let count = text.parse().ok().filter(|count| *count <= MOST_DIGITS);
            let count = count.ok_or_else(|| Refusal::Form(format!("a whole number from 0 to {MOST_DIGITS}")))?;
            session.settings.style.digits = Some(Digits::Decimals(count));
            Ok(())
        },
        get: |settings| match settings.style.digits {
            Some(Digits::Decimals(count)) => count.to_string(),
            _ => DEFAULT.to_owned(),
        },
        reset: |session, usual| session.settings.style.digits = usual.style.digits,
    },
    Setting {
        name: PRECISE,
        flag: PRECISE,
        takes: Takes::Word("N"),
        says: "Evaluate to N right digits too, 30 or more, the numbers of the text read as decimals",
        asks: false,
        set: |session, text| {
            let count = text.parse().ok().filter(|count| (DIGITS[0]..=DIGITS[1]).contains(count));
            if count.is_none() && text != "off" {
                return Err(Refusal::Form(format!("a whole number from {} to {}, or `off`", DIGITS[0], DIGITS[1])));
            }
            session.settings.precise = count;
            Ok(())
        },
        get: |settings| settings.precise.map_or_else(|| "off".to_owned(), |count| count.to_string()),
        reset: |session, usual| session.settings.precise = usual.precise,
    },
    Setting {
        name: CHECK,
        flag: CHECK,
        takes: Takes::Scope("WHAT", || CHECKS.iter().map(|&(name, _, says)| (name, says)).collect()),
        says: "Check gradients against differences taken in 70 digits and more: alone, those on the inputs",
        asks: true,
        set: |session, text| {
            session.settings.check = chosen(text, CHECKS.iter().map(|&(name, what, _)| (name, what)))?;
            Ok(())
        },
        get: |settings| CHECKS.iter().filter(|&&(_, what, _)| what == settings.check).map(|&(name, ..)| name.to_owned()).collect(),
        reset: |session, usual| session.settings.check = usual.check,
    },
    Setting {
        name: LOSSES,
        flag: LOSSES,
        takes: Takes::Switch,
        says: "The part of the result's rounding error that each stage makes, in per cent",
        asks: true,
        set: |session, text| switch(&mut session.settings.losses, text),
        get: |settings| switched(settings.losses),
        reset: |session, usual| session.settings.losses = usual.losses,
    },
    Setting {
        name: "strict",
        flag: "strict",
        takes: Takes::Switch,
        says: "An answer that lost digits, or may have, counts as failed",
        asks: false,
        set: |session, text| switch(&mut session.settings.strict, text),
        get: |settings| switched(settings.strict),
        reset: |session, usual| session.settings.strict = usual.strict,
    },
    Setting {
        name: "full",
        flag: "full",
        takes: Takes::Switch,
        says: "Show arrays and lists of stages whole, however large",
        asks: true,
        set: |session, text| switch(&mut session.settings.style.full, text),
        get: |settings| switched(settings.style.full),
        reset: |session, usual| session.settings.style.full = usual.style.full,
    },
    Setting {
        name: "shapes",
        flag: "shapes",
        takes: Takes::Switch,
        says: "Explain the gradients of matrix products and broadcasts by their shapes",
        asks: true,
        set: |session, text| switch(&mut session.settings.style.shapes, text),
        get: |settings| switched(settings.style.shapes),
        reset: |session, usual| session.settings.style.shapes = usual.style.shapes,
    },
    Setting {
        name: "scalars",
        flag: "scalars",
        takes: Takes::Switch,
        says: "Write arrays out in single numbers, a stage for each, up to 10,000 stages",
        asks: true,
        set: |session, text| switch(&mut session.settings.scalars, text),
        get: |settings| switched(settings.scalars),
        reset: |session, usual| session.settings.scalars = usual.scalars,
    },
    Setting {
        name: "stages",
        flag: "stages",
        takes: Takes::Choice("LEVEL", || LEVELS.iter().map(|&(name, _, says)| (name, says)).collect()),
        says: "How finely to cut the expression into stages",
        asks: false,
        set: |session, text| {
            session.settings.stages = chosen(text, LEVELS.iter().map(|&(name, level, _)| (name, level)))?;
            Ok(())
        },
        get: |settings| LEVELS.iter().filter(|&&(_, level, _)| level == settings.stages).map(|&(name, ..)| name.to_owned()).collect(),
        reset: |session, usual| session.settings.stages = usual.stages,
    },
    Setting {
        name: "budget",
        flag: "budget",
        takes: Takes::Word("SIZE"),
        says: "The most memory for numbers, such as 4GiB; lengths of texts and numbers of stages follow it [default: 2GiB]",
        asks: false,
        set: |session, text| {
            session.set_budget(budget::read_size(text).ok_or_else(|| Refusal::Form("a size from 1MiB on, such as `4GiB`".to_owned()))?);
            Ok(())
        },
        get: |settings| budget::size(settings.budget).replace(' ', ""),
        reset: |session, usual| session.set_budget(usual.budget),
    },
    Setting {
        name: "wrt",
        flag: "wrt",
        takes: Takes::List("NAMES"),
        says: "Differentiate with respect to these inputs only",
        asks: false,
        set: |session, text| {
            let names: Vec<&str> = listed("x, y", text)?.into_iter().map(|place| text[place].trim()).collect();
            if let Some(wrong) = names.iter().find(|name| !Session::is_name(name)) {
                return Err(Refusal::Form(format!("`{}` is no name; write such as `x, y`", shortened(wrong))));
            }
            // A flag stands before the texts that give names a meaning.
            if let Some(unknown) = names.iter().find(|name| !session.origin.is_empty() && !session.may_vary(name)) {
                return Err(Refusal::Form(format!("there is no `{}` yet; give it a value first", shortened(unknown))));
            }
            session.settings.wrt = Some(names.into_iter().map(str::to_owned).collect());
            Ok(())
        },
        get: |settings| settings.wrt.as_ref().map_or("default".to_owned(), |names| names.join(", ")),
        reset: |session, usual| session.settings.wrt = usual.wrt,
    },
    Setting {
        name: "upstream",
        flag: "upstream",
        takes: Takes::Expression("VALUE"),
        says: "The gradient that arrives at the output, when it is not 1",
        asks: false,
        set: |session, text| {
            session.settings.upstream = Some(session.value_here(text).map_err(Refusal::Failed)?);
            Ok(())
        },
        get: |settings| settings.upstream.as_ref().map_or("default".to_owned(), written),
        reset: |session, usual| session.settings.upstream = usual.upstream,
    },
    Setting {
        name: JACOBIAN,
        flag: JACOBIAN,
        takes: Takes::Switch,
        says: "The derivative of each number of the result by each number of the inputs",
        asks: true,
        set: |session, text| switch(&mut session.settings.jacobian, text),
        get: |settings| switched(settings.jacobian),
        reset: |session, usual| session.settings.jacobian = usual.jacobian,
    },
    Setting {
        name: "hessian",
        flag: "hessian",
        takes: Takes::Switch,
        says: "Second derivatives, their eigenvalues, and what kind of point it is",
        asks: true,
        set: |session, text| switch(&mut session.settings.hessian, text),
        get: |settings| switched(settings.hessian),
        reset: |session, usual| session.settings.hessian = usual.hessian,
    },
    Setting {
        name: "along",
        flag: "along",
        takes: Takes::List("NAME=STEP,..."),
        says: "First and second derivative along a direction",
        asks: true,
        set: |session, text| {
            session.settings.along = steps(session, text)?;
            Ok(())
        },
        get: |settings| stepped(&settings.along),
        reset: |session, usual| session.settings.along = usual.along,
    },
    Setting {
        name: "relative",
        flag: "relative",
        takes: Takes::Switch,
        says: "What 1 % on each input does to the result, in per cent",
        asks: true,
        set: |session, text| switch(&mut session.settings.relative, text),
        get: |settings| switched(settings.relative),
        reset: |session, usual| session.settings.relative = usual.relative,
    },
    Setting {
        name: "nudge",
        flag: "nudge",
        takes: Takes::List("NAME=STEP,..."),
        says: "What the gradient predicts for a small change, beside what really happens",
        asks: true,
        set: |session, text| {
            session.settings.nudge = steps(session, text)?;
            Ok(())
        },
        get: |settings| stepped(&settings.nudge),
        reset: |session, usual| session.settings.nudge = usual.nudge,
    },
    Setting {
        name: SD,
        flag: SD,
        takes: Takes::List("NAME=SD,..."),
        says: "The standard deviation of the result, to first order, from those of independent inputs; for rows also columns",
        asks: true,
        set: |session, text| {
            session.settings.sd = deviations(session, text)?;
            Ok(())
        },
        get: |settings| stepped(&settings.sd),
        reset: |session, usual| session.settings.sd = usual.sd,
    },
    Setting {
        name: QUIZ,
        flag: QUIZ,
        takes: Takes::Scope("HOW", || QUIZZES.iter().map(|&(name, _, says)| (name, says)).collect()),
        says: "Leave gradients blank, to be found by who reads; with `key`, show what belongs into the blanks",
        asks: true,
        set: |session, text| {
            session.settings.style.quiz = chosen(text, QUIZZES.iter().map(|&(name, quiz, _)| (name, quiz)))?;
            Ok(())
        },
        get: |settings| QUIZZES.iter().filter(|&&(_, quiz, _)| quiz == settings.style.quiz).map(|&(name, ..)| name.to_owned()).collect(),
        reset: |session, usual| session.settings.style.quiz = usual.style.quiz,
    },
    Setting {
        name: FOCUS,
        flag: FOCUS,
        takes: Takes::Word("STAGE"),
        says: "Draw or explain the surroundings of one stage only: what it is made from and what uses it",
        asks: true,
        set: |session, text| {
            let is_one = !text.is_empty() && !text.contains(char::is_whitespace);
            session.settings.focus = Some(text.to_owned()).filter(|_| is_one);
            if is_one { Ok(()) } else { Err(Refusal::Form("the name of one stage".to_owned())) }
        },
        get: |settings| settings.focus.clone().unwrap_or_else(|| DEFAULT.to_owned()),
        reset: |session, usual| session.settings.focus = usual.focus,
    },
    Setting {
        name: "dialect",
        flag: "dialect",
        takes: Takes::Word("ENGINE"),
        says: "The engine whose SQL is printed",
        asks: false,
        set: |session, text| {
            session.settings.place.engine = Some(chosen(text, ENGINES.iter().map(|engine| (engine.name, engine.name)))?);
            Ok(())
        },
        get: |settings| settings.place.engine.unwrap_or(DEFAULT).to_owned(),
        reset: |session, usual| session.settings.place.engine = usual.place.engine,
    },
    Setting {
        name: "table",
        flag: "table",
        takes: Takes::Word("NAME"),
        says: "The table of that engine whose columns are the inputs",
        asks: false,
        set: |session, text| {
            let is_one = !text.trim().is_empty() && !text.contains(['\n', '\r', ';']) && !text.contains("--");
            if !is_one {
                return Err(Refusal::Form("the name of a table, such as `readings` or `main.readings`".to_owned()));
            }
            session.settings.place.table = Some(text.trim().to_owned());
            Ok(())
        },
        get: |settings| settings.place.table.clone().unwrap_or_else(|| DEFAULT.to_owned()),
        reset: |session, usual| session.settings.place.table = usual.place.table,
    },
    Setting {
        name: "seed",
        flag: "seed",
        takes: Takes::Word("N"),
        says: "What the random numbers of randn and rand start from",
        asks: false,
        set: |session, text| {
            let seed = text.parse().map_err(|_| Refusal::Form("a whole number from 0 on".to_owned()))?;
            session.settings.seed = seed;
            session.names.seed(seed);
            Ok(())
        },
        get: |settings| settings.seed.to_string(),
        reset: |session, usual| {
            session.settings.seed = usual.seed;
            session.names.seed(usual.seed);
        },
    },
    Setting {
        name: "ties",
        flag: "ties",
        takes: Takes::Choice("RULE", || TIES.iter().map(|&(name, _, says)| (name, says)).collect()),
        says: "Who gets the gradient where operands of max or min tie",
        asks: false,
        set: |session, text| {
            session.settings.ties = chosen(text, TIES.iter().map(|&(name, rule, _)| (name, rule)))?;
            Ok(())
        },
        get: |settings| TIES.iter().filter(|&&(_, rule, _)| rule == settings.ties).map(|&(name, ..)| name.to_owned()).collect(),
        reset: |session, usual| session.settings.ties = usual.ties,
    },
    Setting {
        name: "flow",
        flag: "flow",
        takes: Takes::Choice("DIRECTION", || FLOWS.iter().map(|&(name, _, says)| (name, says)).collect()),
        says: "In which direction a circuit is drawn as text",
        asks: false,
        set: |session, text| {
            session.settings.style.flow = chosen(text, FLOWS.iter().map(|&(name, flow, _)| (name, flow)))?;
            Ok(())
        },
        get: |settings| FLOWS.iter().filter(|&&(_, flow, _)| flow == settings.style.flow).map(|&(name, ..)| name.to_owned()).collect(),
        reset: |session, usual| session.settings.style.flow = usual.style.flow,
    },
    Setting {
        name: "keys",
        flag: "keys",
        takes: Takes::Choice("KEYS", || KEYS.iter().map(|&(name, _, says)| (name, says)).collect()),
        says: "How a line is edited at a terminal",
        asks: false,
        set: |session, text| {
            session.settings.keys = chosen(text, KEYS.iter().map(|&(name, keys, _)| (name, keys)))?;
            Ok(())
        },
        get: |settings| KEYS.iter().filter(|&&(_, keys, _)| keys == settings.keys).map(|&(name, ..)| name.to_owned()).collect(),
        reset: |session, usual| session.settings.keys = usual.keys,
    },
];

const KEYS: &[(&str, Keys, &str)] = &[("emacs", Keys::Emacs, "As Emacs does"), ("vi", Keys::Vi, "As vi does")];

const QUIZZES: &[(&str, Quiz, &str)] = &[
    ("off", Quiz::Off, "Gradients are shown"),
    ("blank", Quiz::Blank, "Each gradient is a numbered blank"),
    ("key", Quiz::Key, "What belongs into the blanks"),
];

const CHECKS: &[(&str, Option<What>, &str)] = &[
    ("off", None, "Not at all"),
    ("inputs", Some(What::Inputs), "Those on the inputs"),
    ("stages", Some(What::Stages), "Those on every stage"),
];

const LEVELS: &[(&str, Granularity, &str)] = &[
    ("written", Granularity::Written, "As it is written"),
    ("fused", Granularity::Fused, "Into the largest gates there are"),
    ("primitive", Granularity::Primitive, "Into the smallest"),
];

const TIES: &[(&str, Ties, &str)] =
    &[("course", Ties::Course, "Every operand that ties, as in the course notes"), ("split", Ties::Split, "Operands that tie share it")];

/// In which direction a circuit is drawn as text.
const FLOWS: &[(&str, Flow, &str)] = &[
    ("fitting", Flow::Fitting, "To the right where that fits, else down"),
    ("right", Flow::Right, "From left to right, cut into bands where the page is too narrow"),
    ("down", Flow::Down, "From top to bottom, a stage a line"),
];

/// What puts a setting back to what it is without being set.
pub const DEFAULT: &str = "default";

/// Settings of one thing in two ways, of which one holds: the one that was set last.
const RIVALS: [&str; 2] = ["digits", "decimals"];

impl Setting {
    /// The setting of the same thing in another way, if there is one.
    pub fn rival(&self) -> Option<&'static str> {
        RIVALS.contains(&self.name).then(|| RIVALS.into_iter().find(|&name| name != self.name)).flatten()
    }

    /// The setting of a name or a flag.
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name || setting.flag == name)
    }

    /// What it is set to, as text.
    pub fn of(&self, settings: &Settings) -> String {
        (self.get)(settings)
    }
}

impl Session {
    /// Gives the session a budget of so many bytes.
    pub(super) fn set_budget(&mut self, bytes: usize) {
        self.settings.budget = bytes;
        self.scratch.limits.budget = Budget::of(bytes);
    }

    /// Sets a setting. A place in a fault is one of `text`.
    ///
    /// # Errors
    /// Where the text is nothing that the setting takes.
    pub fn set(&mut self, setting: &Setting, text: &str) -> Result<(), Refusal> {
        let text = text.trim();
        self.names.versions.changed_all();
        match setting.takes {
            Takes::Switch if text.is_empty() => (setting.set)(self, "on"),
            Takes::Scope(_, choices) if text.is_empty() => (setting.set)(self, choices()[1].0),
            _ if text == DEFAULT => {
                (setting.reset)(self, Settings::default());
                Ok(())
            }
            _ => (setting.set)(self, text),
        }
    }

    /// Sets what no statement of a text can change: a flag of the command line.
    ///
    /// # Errors
    /// As `set`.
    pub fn fix(&mut self, setting: &'static Setting, text: &str) -> Result<(), Refusal> {
        self.set(setting, text)?;
        self.fixed.extend(std::iter::once(setting.name).chain(setting.rival()));
        Ok(())
    }

    /// From here on, statements can change what the command line has set or given.
    pub fn release(&mut self) {
        self.fixed.clear();
        self.names.release();
    }
}
