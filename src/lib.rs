//! gradcalc: a calculator that shows its work backward.
//!
//! # The short way
//! ```
//! let found = gradcalc::gradient("x*y", &[("x", 4.0), ("y", -3.0)])?;
//! assert_eq!(found.value, -12.0);
//! assert_eq!((found.of("x"), found.of("y")), (Some(-3.0), Some(4.0)));
//! # Ok::<(), gradcalc::Fault>(())
//! ```
//!
//! # Every stage
//! A [`Session`] keeps names from one text to the next. An [`Answer`] has every stage with its value and its gradient, and
//! is shown by a [`View`]:
//! ```
//! use gradcalc::{Session, View};
//!
//! let mut session = Session::new();
//! let answer = session.answer("x = -2; y = 5; z = -4; q = x + y; f = q*z")?;
//! for stage in answer.stages() {
//!     println!("{} = {:?}, gradient {:?}", stage.name, stage.value, stage.gradient);
//! }
//! let table = View::named("table").map(|view| answer.render(view)).transpose()?;
//! assert!(table.is_some_and(|table| table.contains("x + y")));
//! # Ok::<(), gradcalc::Fault>(())
//! ```
//! What goes wrong is a [`Fault`]: a kind, a place in the text and what to do about it.
//!
//! # Step by step
//! [`parse`], [`lower`], [`backprop`] and [`evaluate`] are the steps that an answer takes, on a [`Program`] of stages.
//! Everything can be sent to another thread. Without the feature `cli`, which is on by default, the command line and
//! the crates that it needs are left out.
//!
//! # The way of a text
//! A text becomes a syntax tree, the tree becomes stages, backpropagation adds the stages of the gradients, one
//! evaluator computes them all, and a view shows them:
//!
//! ```text
//! text -> syntax tree -> Program (stages) -> backprop -> Program -> evaluate -> Values -> a view
//! ```
//!
//! # The map of the house
//! Imports go down the floors, never up (`tests/floors.rs` keeps it so). The library never prints: a view writes
//! pieces of text with a meaning to a `Page`; what a piece looks like is the binary's business.
//!
//! | floor | module | knows |
//! | --- | --- | --- |
//! | 6 | the binary: `src/main.rs`, `src/binary` | the command line, scripts, the session at a terminal, files, colour |
//! | | `src/api.rs` | the public names of the library, over the floors below |
//! | 5 | `session` | names and what they stand for; settings; from statements to answers; texts being typed |
//! | 4 | `views` | how an answer is shown: table, circuit, code, sentences, functions, JSON, CSV, documents |
//! | 3 | `calculus` | lowering, the chain rule, evaluation |
//! | 2 | `forms` | the parser, the staged program, names of stages, the printer, printed languages |
//! | 1 | `vocabulary` | the gate table, the syntax tree, loops over slices |
//! | 0 | `ground` | places, shapes, indexes, numbers as text, errors |
//!
//! # To add a setting, a view, a command
//! A setting is a row of `SETTINGS` in `src/session/settings/mod.rs`: the flag, the statement `set` and, where it asks about one
//! expression, the command of its name are there with it. A view is a row of `VIEWS` in `src/views/mod.rs`, a command that
//! is neither a row of `COMMANDS` in `src/binary/repl/commands.rs`.
//!
//! # To add a kind of statement
//! Add its word to `STATEMENTS` in `src/vocabulary/statement.rs`, its meaning to `StatementKind` and to `perform` in
//! `src/session/mod.rs`, and a rule to `grammar/gradcalc.pest`.
//!
//! # To colour scripts in another editor
//! Add a file to `src/views/syntax` that writes its rules in the editor's notation, and a row to `EDITORS` there.
//!
//! # To walk a program
//! What goes through the stages of a program is a `Backend` of `src/forms/replay.rs`: evaluation, parts of a program, texts of
//! the gate table filled in, arrays written out. Another kind of number is another backend.
//!
//! # To add a printed language
//! Add a file to `src/forms/target` and its name to the list in `src/forms/target/mod.rs`: an entry for each gate, reserved
//! words, how a function looks. The view comes with it.
//!
//! # To add an engine
//! Add a row to `ENGINES` in `src/forms/target/sql/mod.rs` and what it says otherwise of gates to `entries.rs` beside it;
//! `tests/engines/compare.py` runs it.
//!
//! # To add a gate
//! Add a row to `src/vocabulary/gate/table.rs`, with its derivative as text in the language; if it has a sign of
//! its own, add the sign to `grammar/gradcalc.pest`. In each printed language, in `src/forms/target`, add its entry. Tests walk
//! the table and say what lacks.

#![cfg_attr(
    not(feature = "internals"),
    allow(dead_code, unused_imports, reason = "the tests and the benchmarks of this package use what its program does not")
)]

// The parser made of the grammar boxes by this name.
extern crate alloc;

#[cfg(not(feature = "internals"))]
#[macro_use]
mod ground;
#[cfg(not(feature = "internals"))]
mod calculus;
#[cfg(not(feature = "internals"))]
mod forms;
#[cfg(not(feature = "internals"))]
mod session;
#[cfg(not(feature = "internals"))]
mod views;
#[cfg(not(feature = "internals"))]
mod vocabulary;

#[cfg(feature = "internals")]
#[macro_use]
pub mod ground;
#[cfg(feature = "internals")]
pub mod calculus;
#[cfg(feature = "internals")]
pub mod forms;
#[cfg(feature = "internals")]
pub mod session;
#[cfg(feature = "internals")]
pub mod views;
#[cfg(feature = "internals")]
pub mod vocabulary;

mod api;

#[cfg(all(feature = "cli", not(feature = "internals")))]
mod binary;
#[cfg(feature = "internals")]
#[cfg(feature = "cli")]
pub mod binary;

pub use api::{Answer, Expression, Gradients, Output, Program, Session, Settings, Stage, View, backprop, evaluate, gradient, lower, parse};
pub use calculus::granularity::Granularity;
pub use calculus::rule::Ties;
pub use ground::value::Array;
pub use ground::{Fault, FaultKind, Remedy, Shape, Span, Value};
pub use views::Note;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub use binary::main as command_line;
