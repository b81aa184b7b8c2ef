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

pub use answer::{Answer, Note, Source};
pub use page::{Page, Role, Style};

use std::io;

/// A way to show an answer.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The name that `--as` takes.
    pub name: &'static str,
    /// What it shows, in a phrase.
    pub says: &'static str,
    /// Whether it shows gradients, so that they must be computed.
    pub gradients: bool,
    /// Whether answers after the first are set apart by an empty line.
    pub apart: bool,
    /// What stands before the first answer.
    pub head: &'static str,
    /// Shows an answer.
    pub show: fn(&Answer, &Style, &mut dyn Page) -> io::Result<()>,
}

/// Every view, the default first.
pub static VIEWS: &[View] = &[
    View { name: "table", says: "every stage with its value and its gradient", gradients: true, apart: true, head: "", show: table::show },
    View {
        name: "brief",
        says: "the value and the inputs' gradients, on one line",
        gradients: true,
        apart: false,
        head: "",
        show: brief::show,
    },
    View { name: "value", says: "the value alone, in full", gradients: false, apart: false, head: "", show: brief::value },
    View { name: "code", says: "the forward and the backward pass as Python", gradients: true, apart: true, head: "", show: code::show },
    View { name: "json", says: "everything, as one JSON object on one line", gradients: true, apart: false, head: "", show: json::show },
    View {
        name: "csv",
        says: "a row for the value and for each gradient",
        gradients: true,
        apart: false,
        head: csv::HEAD,
        show: csv::show,
    },
];

/// The view of a name.
pub fn named(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}
