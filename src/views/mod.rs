//! Floor 4, the views: how an answer is shown.
//!
//! A view turns an [`Answer`] into pieces of text with a meaning on a [`Page`]; it knows no terminal, no file and
//! no colour. A view is one row of [`VIEWS`].

pub mod analysis;
pub mod answer;
pub mod brief;
pub mod code;
pub mod csv;
pub mod gates;
pub mod json;
pub mod notes;
pub mod page;
mod python;
pub mod shapes;
pub mod table;

pub use answer::{Answer, Note, Printed, Source};
pub use page::{Page, Role, Style};

use crate::ground::Fault;
use crate::ground::text::one_line;
use std::io;

/// Shows a line that a script prints.
pub type ShowPrinted = fn(&Printed, &mut dyn Page) -> io::Result<()>;

/// Shows a fault in the text of a source.
pub type ShowFault = fn(&Fault, &Source, &str, &mut dyn Page) -> io::Result<()>;

/// A way to show an answer.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The name that `--as` takes.
    pub name: &'static str,
    /// What it shows, in a phrase.
    pub says: &'static str,
    /// Whether it shows gradients, so that they must be computed.
    pub gradients: bool,
    /// Whether it shows the analyses that are asked for.
    pub analyses: bool,
    /// Whether answers after the first are set apart by an empty line.
    pub apart: bool,
    /// What stands before the first answer.
    pub head: &'static str,
    /// Shows an answer.
    pub show: fn(&Answer, &Style, &mut dyn Page) -> io::Result<()>,
    /// Shows a line that a script prints; none where it would be taken for a result.
    pub print: Option<ShowPrinted>,
    /// Shows a fault in the place of an answer; none where it is a message beside the results.
    pub fault: Option<ShowFault>,
}

/// A view for people: what is printed is a line, and faults stand beside the results.
const PLAIN: View = View {
    name: "",
    says: "",
    gradients: true,
    analyses: false,
    apart: false,
    head: "",
    show: table::show,
    print: Some(|printed, page| page.put(Role::Plain, &format!("{}\n", printed.text))),
    fault: None,
};

/// Every view, the default first.
pub static VIEWS: &[View] = &[
    View { name: "table", says: "every stage with its value and its gradient", analyses: true, apart: true, ..PLAIN },
    View { name: "brief", says: "the value and the inputs' gradients, on one line", show: brief::show, ..PLAIN },
    View { name: "value", says: "the value alone, in full", gradients: false, show: brief::value, ..PLAIN },
    View {
        name: "code",
        says: "the forward and the backward pass as Python",
        apart: true,
        show: code::show,
        print: Some(|printed, page| page.put(Role::Comment, &format!("# {}\n", one_line(&printed.text)))),
        ..PLAIN
    },
    View {
        name: "json",
        says: "everything, as one JSON object on one line",
        analyses: true,
        show: json::show,
        print: Some(json::print),
        fault: Some(json::fault),
        ..PLAIN
    },
    View { name: "csv", says: "a row for the value and for each gradient", head: csv::HEAD, show: csv::show, print: None, ..PLAIN },
];

/// The view of a name.
pub fn named(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}
