//! Floor 4, the views: how an answer is shown.
//!
//! A view turns an [`Answer`] into pieces of text with a meaning on a [`Page`]; it knows no terminal, no file and
//! no colour. A view is one row of [`VIEWS`].

pub mod against;
pub mod analysis;
pub mod answer;
pub mod brief;
pub mod check;
pub mod circuit;
pub mod code;
pub mod columns;
pub mod csv;
pub mod explain;
pub mod frames;
pub mod function;
pub mod gates;
pub mod html;
pub mod identifiers;
pub mod json;
pub mod latex;
pub mod losses;
pub mod markdown;
pub mod notes;
pub mod page;
pub mod play;
pub mod quiz;
pub mod shapes;
pub mod streamed;
pub mod syntax;
pub mod table;

pub use answer::{Answer, Checked, Note, Printed, Source};
pub use page::{Page, Role, Style};
pub use quiz::Quiz;

use crate::forms::Program;
use crate::forms::target::{Dialect, TARGETS, Target, python};
use crate::ground::Fault;
use crate::ground::text::one_line;
use std::io;
use std::sync::LazyLock;

/// Shows a line that a script prints.
pub type ShowPrinted = fn(&Printed, &mut dyn Page) -> io::Result<()>;

/// Shows a fault in the text of a source; of an assertion, what is known of it.
pub type ShowFault = fn(&Fault, &Source, &str, Option<&Checked>, &mut dyn Page) -> io::Result<()>;

/// Shows an assertion, held or not.
pub type ShowChecked = fn(&Checked, bool, &mut dyn Page) -> io::Result<()>;

/// What a view shows between the inputs with their gradients and the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// No stage.
    Nothing,
    /// Every stage with its gradient.
    Stages,
    /// Each step of the backward pass besides: what it adds to a gradient, and what that is then. More than `MOST_SHOWN` numbers of a
    /// step are read once at most, beside their range and norm.
    Steps,
}

/// The most numbers of a step that are read more than once.
pub const MOST_SHOWN: usize = 64;

/// A way to show an answer.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "columns of a table")]
pub struct View {
    /// The name that `--as` takes.
    pub name: &'static str,
    /// What it shows, in a phrase.
    pub says: &'static str,
    /// How names of files end that hold it; empty where they say nothing.
    pub ending: &'static str,
    /// Whether it shows gradients, so that they must be computed.
    pub gradients: bool,
    /// Whether it shows a result of several numbers without its gradient, where none arrives at it.
    pub bare: bool,
    /// What it shows of the way between the inputs and the result.
    pub between: Between,
    /// Whether of a gradient of many numbers it shows the range and the norm alone, unless all are asked for.
    pub sums_up: bool,
    /// The analyses that it shows where they are asked for.
    pub analyses: &'static [&'static str],
    /// Whether answers after the first are set apart by an empty line.
    pub apart: bool,
    /// Whether what it shows is a document of its own, which no second one can follow.
    pub document: bool,
    /// Whether it is read by programs, and by people only through them, so that no terminal shows it for being asked once.
    pub markup: bool,
    /// What begins a line that says where an answer stands.
    pub comment: &'static str,
    /// What stands before the first answer.
    pub head: &'static str,
    /// Whether it shows numbers without what is to be noted of them, so that notes on wrong ones stand beside it.
    pub terse: bool,
    /// Whether every input must have a value.
    pub values: bool,
    /// Whether some inputs may have a value where others have none.
    pub partial: bool,
    /// Whether names without a value are columns of a table, and those with one are the same in every row.
    pub columns: bool,
    /// How it writes the gates of a program, where that is not as the calculator does.
    pub dialect: Option<fn(&Program) -> &'static Dialect>,
    /// The language in which it prints a function; none where it shows an answer in its own way.
    pub target: Option<&'static Target>,
    /// Why it cannot show an answer; none where it shows any.
    pub refuses: fn(&Answer) -> Option<Fault>,
    /// Shows an answer that is not printed as a function.
    pub shows: fn(&Answer, &Style, &mut dyn Page) -> io::Result<()>,
    /// Shows a line that a script prints; none where it would be taken for a result.
    pub print: Option<ShowPrinted>,
    /// Shows a fault in the place of an answer; none where it is a message beside the results.
    pub fault: Option<ShowFault>,
    /// Shows an assertion, unless it is a fault that has a place of its own; none where assertions that hold are not shown.
    pub checked: Option<ShowChecked>,
}

/// A view for people: what is printed is a line, and faults stand beside the results.
const PLAIN: View = View {
    name: "",
    says: "",
    ending: "",
    gradients: true,
    bare: true,
    between: Between::Steps,
    sums_up: false,
    analyses: &[],
    apart: false,
    document: false,
    markup: false,
    comment: "# ",
    head: "",
    terse: false,
    values: true,
    partial: false,
    columns: false,
    dialect: None,
    target: None,
    refuses: |_| None,
    shows: table::show,
    print: Some(|printed, page| page.put(Role::Plain, &format!("{}\n", printed.text))),
    fault: None,
    checked: None,
};

/// The derivatives of each number of a result.
pub const JACOBIAN: &str = "jacobian";

/// The name of the setting that asks for more digits than binary64 has.
pub const PRECISE: &str = "precise";

/// The name of the setting that asks for a check of gradients.
pub const CHECK: &str = "check";

/// The name of the setting that asks for the part of the error that each stage makes.
pub const LOSSES: &str = "losses";

/// The name of the setting that gives inputs standard deviations.
pub const SD: &str = "sd";

/// The name of the setting that leaves gradients blank.
pub const QUIZ: &str = "quiz";

/// The name of the setting that shows the surroundings of one stage.
pub const FOCUS: &str = "focus";

/// What can be asked beside values and gradients, or of them, by the names of the settings.
pub const ANALYSES: &[&str] = &["shapes", JACOBIAN, "hessian", "along", "relative", "nudge", SD, PRECISE, CHECK, LOSSES, QUIZ, FOCUS];

/// Those of them that a table of every stage shows: all but what leaves stages out.
const OF_A_TABLE: &[&str] = &["shapes", JACOBIAN, "hessian", "along", "relative", "nudge", SD, PRECISE, CHECK, LOSSES, QUIZ];

/// Those of them that are numbers, or about numbers.
const OF_A_LINE: &[&str] = &[JACOBIAN, "hessian", "along", "relative", "nudge", SD, PRECISE, CHECK, QUIZ];

/// Those of them that stand below a circuit, or in it.
const OF_A_CIRCUIT: &[&str] = &["shapes", JACOBIAN, "hessian", "along", "nudge", SD, CHECK, QUIZ, FOCUS];

/// Those of them beside which gradients can be left blank: they show none.
pub const BESIDE_BLANKS: &[&str] = &["shapes", PRECISE, LOSSES, QUIZ, FOCUS];

/// Those that an object holds: the numbers, and the part of each stage.
const OF_JSON: &[&str] = &[JACOBIAN, "hessian", "along", "relative", "nudge", SD, PRECISE, CHECK, LOSSES];

impl View {
    /// Whether it shows what a setting asks for; what is no analysis concerns no view.
    pub fn shows_analysis(&self, name: &str) -> bool {
        !ANALYSES.contains(&name) || self.analyses.contains(&name)
    }

    /// Why it cannot show an answer.
    pub fn refusal(&self, answer: &Answer) -> Option<Fault> {
        match self.target.filter(|target| target.plain) {
            Some(target) => function::refuse(target, answer),
            None => (self.refuses)(answer),
        }
    }

    /// What the numbers of an array are called where it takes single numbers alone; none where it takes arrays.
    pub fn parts(&self) -> Option<&'static str> {
        if self.columns { Some("columns") } else { self.target.filter(|target| target.plain).map(|_| "numbers") }
    }

    /// Shows an answer.
    ///
    /// # Errors
    /// When the page cannot be written.
    pub fn show(&self, answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
        if style.quiz == Quiz::Off { self.show_whole(answer, style, page) } else { quiz::show(self, answer, style, page) }
    }

    /// Shows an answer with its gradients.
    ///
    /// # Errors
    /// When the page cannot be written.
    pub fn show_whole(&self, answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
        match self.target {
            Some(target) => function::show(target, answer, page),
            None => (self.shows)(answer, style, page),
        }
    }
}

/// Every view, the default first: those of this floor, and functions in each printed language.
pub static VIEWS: LazyLock<Vec<View>> = LazyLock::new(|| OWN.iter().copied().chain(TARGETS.iter().map(|target| printed(target))).collect());

/// The view that prints functions in a language.
fn printed(target: &'static Target) -> View {
    View {
        name: target.name,
        says: target.says,
        ending: target.ending,
        comment: target.comment,
        bare: false,
        apart: true,
        values: false,
        partial: true,
        between: Between::Nothing,
        dialect: (!target.plain).then_some(target.dialect),
        target: Some(target),
        print: None,
        ..PLAIN
    }
}

const OWN: &[View] = &[
    View {
        name: "table",
        says: "every stage with its value and its gradient",
        between: Between::Stages,
        analyses: OF_A_TABLE,
        apart: true,
        ..PLAIN
    },
    View {
        name: "brief",
        says: "the value and the inputs' gradients, on one line",
        analyses: OF_A_LINE,
        between: Between::Nothing,
        sums_up: true,
        terse: true,
        shows: brief::show,
        ..PLAIN
    },
    View {
        name: "value",
        says: "the value alone, in full",
        gradients: false,
        analyses: &[PRECISE],
        between: Between::Nothing,
        terse: true,
        shows: brief::value,
        ..PLAIN
    },
    View {
        name: "circuit",
        says: "the circuit as text, a value above each wire and a gradient below",
        analyses: OF_A_CIRCUIT,
        apart: true,
        values: false,
        shows: circuit::terminal::show,
        ..PLAIN
    },
    View {
        name: "svg",
        says: "the circuit as a figure, for a page, a slide or a paper",
        ending: "svg",
        analyses: &[FOCUS],
        document: true,
        markup: true,
        terse: true,
        values: false,
        shows: circuit::svg::show,
        print: None,
        ..PLAIN
    },
    View {
        name: "html",
        says: "a page that plays the passes step by step, and answers to sliders",
        ending: "html",
        analyses: &[FOCUS],
        document: true,
        markup: true,
        shows: html::show,
        print: None,
        ..PLAIN
    },
    View {
        name: "dot",
        says: "the circuit as a graph for Graphviz",
        ending: "dot",
        analyses: &[FOCUS],
        apart: true,
        terse: true,
        values: false,
        shows: circuit::dot::show,
        print: None,
        ..PLAIN
    },
    View {
        name: "code",
        says: "the forward and the backward pass as Python",
        analyses: &[QUIZ],
        apart: true,
        values: false,
        partial: true,
        dialect: Some(python::listing),
        shows: code::show,
        print: Some(|printed, page| page.put(Role::Comment, &format!("# {}\n", one_line(&printed.text)))),
        ..PLAIN
    },
    View {
        name: "explain",
        says: "the backward pass in sentences, gate by gate",
        analyses: &["shapes", QUIZ, FOCUS],
        apart: true,
        shows: explain::show,
        ..PLAIN
    },
    View {
        name: "markdown",
        says: "a table of every stage, the circuit and the passes as code, for a page of GitHub's kind",
        ending: "md",
        apart: true,
        shows: markdown::show,
        print: Some(markdown::print),
        ..PLAIN
    },
    View {
        name: "latex",
        says: "the passes as aligned equations and the circuit, a whole document",
        ending: "tex",
        document: true,
        comment: "% ",
        shows: latex::show,
        print: Some(|printed, page| page.put(Role::Comment, &format!("% {}\n", one_line(&printed.text)))),
        ..PLAIN
    },
    View {
        name: "json",
        says: "everything, as one JSON object on one line",
        ending: "json",
        analyses: OF_JSON,
        shows: json::show,
        print: Some(json::print),
        fault: Some(json::fault),
        checked: Some(json::held),
        ..PLAIN
    },
    View {
        name: "csv",
        says: "a row for the value and for each gradient",
        ending: "csv",
        bare: false,
        between: Between::Nothing,
        analyses: &[JACOBIAN, PRECISE],
        head: csv::HEAD,
        terse: true,
        shows: csv::show,
        print: None,
        checked: Some(csv::checked),
        ..PLAIN
    },
    View {
        name: columns::QUERY,
        says: "a query that adds the value and the gradients to the rows of a table, stage by stage",
        ending: "sql",
        comment: "-- ",
        bare: false,
        apart: true,
        values: false,
        partial: true,
        columns: true,
        refuses: columns::refuse_sql,
        shows: |answer, _, page| columns::show_sql(answer, page),
        print: Some(|printed, page| page.put(Role::Comment, &format!("-- {}\n", one_line(&printed.text)))),
        ..PLAIN
    },
    View {
        name: "polars",
        says: "a function that adds the value and the gradients to the rows of a polars data frame",
        bare: false,
        apart: true,
        values: false,
        partial: true,
        columns: true,
        refuses: frames::refuse_polars,
        shows: |answer, _, page| frames::show_polars(answer, page),
        print: Some(|printed, page| page.put(Role::Comment, &format!("# {}\n", one_line(&printed.text)))),
        ..PLAIN
    },
];

/// What is asked of every row of a table: the stages alone, without values, of which nothing is shown.
pub const ROWS: View = View {
    name: "rows",
    says: "",
    between: Between::Nothing,
    values: false,
    partial: true,
    dialect: Some(|_| &OWN_LANGUAGE),
    shows: |_, _, _| Ok(()),
    print: None,
    ..PLAIN
};

/// The calculator's own language, in which every gate can be written.
static OWN_LANGUAGE: Dialect = crate::forms::target::OWN;

/// How names of files end beside `.json` that hold an object on each line.
const OBJECTS_BY_LINES: &[&str] = &["jsonl", "ndjson"];

/// The view that files are for whose names end so.
pub fn ending(ending: &str) -> Option<&'static View> {
    let is_lines = OBJECTS_BY_LINES.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let ending = if is_lines { "json" } else { ending };
    VIEWS.iter().find(|view| !view.ending.is_empty() && view.ending.eq_ignore_ascii_case(ending))
}

/// The view of a name.
pub fn named(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}
