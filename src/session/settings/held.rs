//! The settings of a session, and what goes together of them.
//!
//! Knows what is set; not by which word, nor where its text comes from.

use crate::calculus::check::What;
use crate::calculus::{Granularity, Ties};
use crate::ground::budget::Unloaded;
use crate::ground::number::Digits;
use crate::ground::{Value, budget};
use crate::views::columns::Place;
use crate::views::{ANALYSES, BESIDE_BLANKS, FOCUS, JACOBIAN, LOSSES, PRECISE, QUIZ, Quiz, Style, VIEWS, View};

/// How a line is edited at a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// As Emacs does.
    #[default]
    Emacs,
    /// As vi does.
    Vi,
}

/// Where the bytes of a file come from, by the name of the source that names it, its own name, and the most bytes to read;
/// or why they cannot be had.
pub type Files = fn(&str, &str, usize) -> Result<Vec<u8>, Unloaded>;

/// What a user can set.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches")]
pub struct Settings {
    /// How answers are shown; gradients are computed only where it shows them.
    pub view: &'static View,
    /// How numbers and lines are laid out.
    pub style: Style,
    /// How `load` reads files; none for a session that reads none.
    pub files: Option<Files>,
    /// How finely to cut.
    pub stages: Granularity,
    /// Who gets the gradient where operands of max or min tie.
    pub ties: Ties,
    /// The inputs to differentiate with respect to; none for all of them.
    pub wrt: Option<Vec<String>>,
    /// Whether arrays are written out in single numbers.
    pub scalars: bool,
    /// The bytes that numbers may take.
    pub budget: usize,
    /// What random numbers start from: the same numbers for the same seed.
    pub seed: u64,
    /// The gradient that arrives at the output; none for 1 at a single number.
    pub upstream: Option<Value>,
    /// Whether the derivatives of each number of the result are computed.
    pub jacobian: bool,
    /// To how many digits answers are evaluated, beside binary64.
    pub precise: Option<usize>,
    /// Whose gradients are checked against differences.
    pub check: Option<What>,
    /// Whether the part of the result's error that each stage makes is measured.
    pub losses: bool,
    /// Whether an answer that lost digits counts as one that failed.
    pub strict: bool,
    /// Whether second derivatives are computed.
    pub hessian: bool,
    /// Whether what 1 % on an input does to the result is shown.
    pub relative: bool,
    /// The direction of a directional derivative: inputs and how far to go along each.
    pub along: Vec<(String, Value)>,
    /// The inputs to nudge, and how far.
    pub nudge: Vec<(String, Value)>,
    /// Standard deviations of inputs, independent of each other.
    pub sd: Vec<(String, Value)>,
    /// The name of the stage whose surroundings a circuit shows.
    pub focus: Option<String>,
    /// Where inputs are columns, for views that print a query.
    pub place: Place,
    /// How a line is edited at a terminal.
    pub keys: Keys,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            view: &VIEWS[0],
            style: Style::default(),
            files: None,
            stages: Granularity::Written,
            ties: Ties::Course,
            wrt: None,
            scalars: false,
            budget: budget::DEFAULT_BYTES,
            seed: 0,
            upstream: None,
            jacobian: false,
            precise: None,
            check: None,
            losses: false,
            strict: false,
            hessian: false,
            relative: false,
            along: Vec::new(),
            nudge: Vec::new(),
            sd: Vec::new(),
            focus: None,
            place: Place::default(),
            keys: Keys::Emacs,
        }
    }
}

impl Settings {
    /// The analyses that are asked for, by the names of their settings.
    pub fn analyses(&self) -> impl Iterator<Item = &'static str> {
        let asked = [
            self.style.shapes,
            self.jacobian,
            self.hessian,
            !self.along.is_empty(),
            self.relative,
            !self.nudge.is_empty(),
            !self.sd.is_empty(),
            self.precise.is_some(),
            self.check.is_some(),
            self.losses,
            self.style.quiz != Quiz::Off,
            self.focus.is_some(),
        ];
        ANALYSES.iter().zip(asked).filter(|&(_, asked)| asked).map(|(&name, _)| name)
    }

    /// Whether every input must have a value: for the view, or for what else is asked.
    pub fn needs_values(&self) -> bool {
        self.view.values || self.analyses().any(|name| name != FOCUS)
    }

    /// Whether a result of several numbers at which no gradient arrives is shown without one: where nobody asked for the
    /// gradient by name, or where the derivatives of each of its numbers are asked for.
    pub fn shows_without_gradient(&self) -> bool {
        let others = self.analyses().any(|name| ![JACOBIAN, PRECISE, LOSSES, QUIZ, FOCUS].contains(&name));
        !others && (self.jacobian || self.view.bare && self.wrt.is_none())
    }

    /// What to say where the view does not show an analysis that is asked for, and what to do.
    pub fn unshown(&self) -> Option<(String, String)> {
        if self.precise.is_some() && matches!(self.style.digits, Some(Digits::Decimals(_))) {
            let help = "leave one of them out: `precise` shows all of its digits".to_owned();
            return Some(("`decimals` and `precise` both say how many digits are shown".to_owned(), help));
        }
        if self.relative && self.upstream.is_some() {
            let help = "leave one of them out: a relative gradient is of the result itself".to_owned();
            return Some(("`relative` is not told of an `upstream` gradient".to_owned(), help));
        }
        if !self.sd.is_empty() && self.upstream.is_some() {
            let help = "leave one of them out: a deviation is one of the result itself".to_owned();
            return Some(("`sd` is not told of an `upstream` gradient".to_owned(), help));
        }
        if let Some(name) = self.analyses().find(|name| self.style.quiz != Quiz::Off && !BESIDE_BLANKS.contains(name)) {
            let help = "leave one of them out".to_owned();
            return Some((format!("`quiz` leaves gradients blank, and `{name}` shows derivatives"), help));
        }
        let name = self.analyses().find(|name| !self.view.shows_analysis(name))?;
        let others: Vec<&str> = VIEWS.iter().filter(|view| view.shows_analysis(name)).map(|view| view.name).collect();
        let message = format!("the view `{}` does not show what `{name}` asks for", self.view.name);
        Some((message, format!("leave one of them out; views that show it: {}", others.join(", "))))
    }
}
