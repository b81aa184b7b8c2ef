//! What `:help` says: gates, statements, commands, settings, each with an example that is run as it is shown.

use super::commands::{self, COMMANDS};
use crate::ground::broken;
use crate::ground::text::nearest;
use crate::session::settings::{SETTINGS, Takes};
use crate::session::{FinalDefinition, Outcome, Session, Setting, Settings};
use crate::views::page::{padded, wrapped};
use crate::views::{self, Page, Role, Source, VIEWS, gates};
use crate::vocabulary::STATEMENTS;
use crate::vocabulary::gate::{Family, Gate, TABLE};
use std::io;

/// A part of the language: its name, an example, and what it is.
struct Topic {
    name: &'static str,
    example: &'static str,
    says: &'static str,
}

const TOPICS: &[Topic] = &[
    Topic { name: "input", example: "x = 3; x^2", says: "A name with a value is an input: it gets a gradient." },
    Topic {
        name: "stage",
        example: "x = -2; y = 5; q = x + y; q*y",
        says: "A name with inputs on its right side is a stage of the circuit.",
    },
    Topic {
        name: "function",
        example: "f(x, y) = x*y; f(3, -4)",
        says: "A function is written out where it is called; numbers given to it become inputs.",
    },
    Topic {
        name: "expression",
        example: "x = 3; x^2; ans + 1",
        says: "An expression is evaluated, differentiated and shown; ans is the last value.",
    },
    Topic { name: "ans", example: "x = 3; x^2; ans + 1", says: "The last value; a line that begins with * / + or ^ continues from it." },
    Topic {
        name: "names",
        example: "x = 1; y = 2*x; x = 5; y",
        says: "An input is a dial that the stages built on it read when they are asked; a stage holds what its names meant when it was \
               written; a constant is computed when its line runs, and has no gradient. What is made of constants alone is data, and \
               stop_gradient(e) follows e without a gradient. `p = v` is another name of the input v; `const p = v` keeps its value. An \
               input that becomes a stage goes on under a name such as x_1 for those that were built on it. See also :help update and \
               :help gradients.",
    },
    Topic {
        name: "update",
        example: "w = 3; loss = (w - 1)^2; w -= 0.1*d(loss, w); loss",
        says: "An update computes now and turns the input: x += e, -=, *=, /=, and x = ... where the right side speaks of x. The next \
               statement sees the new value. Of a stage it makes a new stage.",
    },
    Topic {
        name: "gradients",
        example: "x = 3; y = 2; f = x*y; f; x -= 0.1*dx; y -= 0.1*dy; f",
        says: "The gradients of the last answer have names, dx for that on x, until x turns.",
    },
    Topic { name: "constants", example: "2*pi + e", says: "The language names pi, e, tau and inf; a definition may take the name." },
    Topic {
        name: "derivative",
        example: "x = 3; d(x^3, x)",
        says: "A derivative is an expression like any other, and has a gradient itself.",
    },
    Topic {
        name: "vector",
        example: "w = [1, -2]; x = [3, 4]; w @ x",
        says: "Vectors and matrices follow NumPy: [1, 2], [1, 2; 3, 4], X @ W, X', X[0, 1:].",
    },
    Topic {
        name: "for",
        example: "x = [1, 2, 3]; sum(x[i]*i for i in 0..2)",
        says: "What stands before `for` is computed for each number, and added up: range(3), range(1, 9, 2), 1..10, or a vector. Also \
               in prod, mean, max, min, and as a vector in brackets, [i^2 for i in 1..3]. The name that goes means nothing outside.",
    },
    Topic {
        name: "load",
        example: "X = load(\"points.csv\")",
        says: "The numbers of a file: a vector where it has one column, a matrix otherwise.",
    },
];

/// What the command of a view takes.
const OF_VIEW: &str = "[FILE] [EXPRESSION]";

const KEYS: &str = "Tab completes, also \\sigma to σ; the arrows find earlier lines, behind a typed text those that begin with it, and Ctrl-R those that hold one. A line goes on while a bracket is open \
    or it ends with an operator. A line that begins with * / + or ^ continues from the last value. Ctrl-C clears the line or \
    stops an evaluation, Ctrl-D leaves. `set keys vi` edits as vi does.";

/// What help says of the language: a name, an example and a sentence for each part, the words of statements last.
pub fn parts() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let topics = TOPICS.iter().map(|topic| (topic.name, topic.example, topic.says));
    topics.chain(STATEMENTS.iter().map(|row| (row.word, row.example, row.says)))
}

/// What can be asked for.
pub fn topics() -> Vec<String> {
    let statements = parts().map(|(name, ..)| name);
    let gates = TABLE.iter().filter(|row| row.callable()).map(|row| row.name);
    let settings = SETTINGS.iter().map(|setting| setting.name);
    let mut topics: Vec<String> = statements.chain(gates).chain(settings).map(str::to_owned).collect();
    topics.extend(commands::names().map(|name| format!(":{name}")));
    topics.sort();
    topics.dedup();
    topics
}

/// The topic that may have been meant.
pub fn nearest_topic(topic: &str) -> Option<String> {
    nearest(topic, topics().iter().map(String::as_str)).map(str::to_owned)
}

/// A page that keeps its pieces.
struct Kept {
    pieces: Vec<(Role, String)>,
    /// The columns of a line.
    width: usize,
}

impl Page for Kept {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        self.pieces.push((role, text.to_owned()));
        Ok(())
    }
}

impl Kept {
    fn add(&mut self, role: Role, text: impl Into<String>) {
        self.pieces.push((role, text.into()));
    }

    /// An example and what it gives.
    fn example(&mut self, text: &str) {
        self.add(Role::Plain, "  > ");
        self.add(Role::Expression, format!("{text}\n"));
        for line in live(text) {
            self.add(Role::Value, format!("  {line}\n"));
        }
    }

    /// What a view or an analysis shows of an expression.
    fn asked(&mut self, name: &str) {
        let mut session = Session::new(Settings::default());
        let arrays = ("W = [1, 2; 3, 4]; x = [1, -1]", "sum(W @ x)");
        let numbers = ("x = 3; y = -4", "x^2*y");
        let vector = ("x = 3; y = -4", "[x*y, x^2]");
        // Names without a value are columns, which a query needs.
        let columns = views::named(name).is_some_and(|view| view.columns);
        let (inputs, expression) = match name {
            views::columns::QUERY => ("set dialect duckdb; set table readings", numbers.1),
            _ if columns => ("", numbers.1),
            "full" | "scalars" | "shapes" => arrays,
            "jacobian" => vector,
            _ => numbers,
        };
        let mut line = format!(":{name} {expression}");
        if let Some(view) = views::named(name) {
            session.settings.view = view;
        } else if let Some(setting) = Setting::named(name) {
            let value = match setting.takes {
                Takes::Switch => "on",
                Takes::Scope(..) => "",
                Takes::Word(_) => "x",
                _ => "x=0.1",
            };
            if value.starts_with('x') {
                line = format!(":{name} {value} {expression}");
            }
            let _ = session.set(setting, value);
        }
        for typed in [inputs, &line].into_iter().filter(|typed| !typed.is_empty()) {
            self.add(Role::Plain, "  > ");
            self.add(Role::Expression, format!("{typed}\n"));
        }
        // What is printed for an engine is longer than a page of help.
        let shown = if columns { Vec::new() } else { live_in(&mut session, &format!("{inputs}; {expression}")) };
        for shown in shown {
            self.add(Role::Value, format!("  {shown}").trim_end());
            self.add(Role::Plain, "\n");
        }
    }

    fn rows<'a>(&mut self, heading: &str, rows: impl Iterator<Item = (String, &'a str)>) {
        let rows: Vec<(String, &str)> = rows.collect();
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        self.add(Role::Heading, format!("{heading}\n"));
        // Beside its name a text needs some room; where there is none, it stands below.
        let (narrow, indent) = (self.width < width + 28, if self.width < width + 28 { 6 } else { width + 4 });
        for (name, says) in rows {
            self.add(Role::Name, format!("  {}", if narrow { name } else { padded(&name, width) }));
            let gap = if narrow { format!("\n{}", " ".repeat(indent)) } else { "  ".to_owned() };
            self.add(Role::Plain, format!("{gap}{}\n", wrapped(says, indent, self.width)));
        }
        self.add(Role::Plain, "\n");
    }
}

/// The page on a topic, in lines of so many columns; an overview where there is none. None where there is no such topic.
pub fn page(topic: &str, width: usize) -> Option<Vec<(Role, String)>> {
    let mut page = Kept { pieces: Vec::new(), width };
    if topic.is_empty() {
        overview(&mut page);
        return Some(page.pieces);
    }
    let only_command = topic.starts_with(':');
    let name = topic.trim_start_matches(':').trim_end_matches('(');
    let gap = |page: &mut Kept| {
        if !page.pieces.is_empty() {
            page.add(Role::Plain, "\n");
        }
    };
    if !only_command {
        if let Some(found) = Gate::named(name).or_else(|| crate::vocabulary::gate::infix(name).map(|(gate, _)| gate)) {
            let _ = gates::explain(found, width, &mut page);
            if let Some(example) = example_of(found) {
                page.example(&example);
            }
        }
        if let Some((_, example, says)) = parts().find(|(part, ..)| *part == name) {
            gap(&mut page);
            page.add(Role::Plain, format!("{}\n", wrapped(says, 0, width)));
            page.example(example);
        }
    }
    if let Some(setting) = Setting::named(name).filter(|setting| !only_command || !setting.asks) {
        gap(&mut page);
        describe(&mut page, setting);
    }
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        gap(&mut page);
        page.add(Role::Name, format!(":{} {}", command.name, command.takes).trim_end().to_owned());
        page.add(Role::Plain, format!("  {}\n", command.says));
        page.add(Role::Plain, "  > ");
        page.add(Role::Expression, format!("{}\n", command.example));
    }
    let view = views::named(name).map(|view| (OF_VIEW.to_owned(), view.says));
    let asking = commands::asking().find(|setting| setting.name == name).map(|setting| (usage(setting), setting.says));
    if let Some((takes, says)) = view.or(asking) {
        gap(&mut page);
        page.add(Role::Name, format!(":{name} {takes}"));
        page.add(Role::Plain, format!("  {says}; of the last expression where none is given\n"));
        if let Some(view) = views::named(name) {
            let ending = if view.ending.is_empty() { "txt" } else { view.ending };
            let text = format!("`:{name} answer.{ending}` writes it to a file, `:{name}! answer.{ending}` over one that is there.");
            page.add(Role::Plain, format!("{}\n", wrapped(&text, 0, width)));
        }
        if views::named(name).is_none_or(|view| !view.markup) {
            page.asked(name);
        }
    }
    (!page.pieces.is_empty()).then_some(page.pieces)
}

fn usage(setting: &Setting) -> String {
    match setting.takes {
        Takes::Switch => "[EXPRESSION]".to_owned(),
        Takes::Scope(_, choices) => format!("[{}] [EXPRESSION]", choices().last().map_or("", |(name, _)| name)),
        Takes::Word(form) => format!("{form} [EXPRESSION]"),
        _ => "NAME=STEP,... [EXPRESSION]".to_owned(),
    }
}

fn describe(page: &mut Kept, setting: &Setting) {
    let values = match setting.takes {
        Takes::Switch => "on|off".to_owned(),
        Takes::Choice(_, choices) | Takes::Scope(_, choices) => choices().iter().map(|(name, _)| *name).collect::<Vec<_>>().join("|"),
        Takes::Word(form) | Takes::List(form) | Takes::Expression(form) => form.to_owned(),
    };
    page.add(Role::Name, format!("set {} {values}", setting.name));
    page.add(Role::Plain, format!("  {}; the flag --{}\n", setting.says, setting.flag));
}

fn overview(page: &mut Kept) {
    page.add(Role::Plain, "Type an expression, and see its value and its gradients; give its inputs values first.\n");
    page.example("x = 3; y = -4; x*y");
    page.add(Role::Plain, "\n");
    page.rows("statements, :help NAME explains", parts().map(|(name, _, says)| (name.to_owned(), says)));
    let own = COMMANDS.iter().map(|command| (format!(":{} {}", command.name, command.takes), command.says));
    page.rows("commands", own);
    let views = VIEWS.iter().map(|view| (format!(":{} {OF_VIEW}", view.name), view.says));
    let asking = commands::asking().map(|setting| (format!(":{} {}", setting.name, usage(setting)), setting.says));
    page.add(Role::Plain, "Every setting is a command too: `:digits 4` is `:set digits 4`, and `:digits` alone shows it. A session that was copied can be pasted: its prompts are stripped, its answers left out, and its commands run in their order.\n\n".to_owned());
    page.rows(
        "the last expression, or another one, shown differently; views are written to a FILE such as circuit.svg",
        views.chain(asking),
    );
    page.add(Role::Heading, "keys\n");
    page.add(Role::Plain, format!("  {}\n", wrapped(KEYS, 2, page.width)));
    page.add(Role::Plain, "\nEvery gate has its page, such as :help sigma; gradcalc --gates lists them.\n");
}

/// An expression that shows a gate at work.
pub fn example_of(gate: Gate) -> Option<String> {
    let row = gate.row();
    let names: &[&str] = if row.arity().is_none() { &["x", "y"] } else { row.operands };
    let middle = f64::midpoint(row.range[0], row.range[1]);
    let numbers = [middle, row.range[0] + (row.range[1] - row.range[0]) * 0.75, row.range[1]].map(|x| (x * 4.0).round() / 4.0);
    let scalars = |at: usize| numbers[at % numbers.len()].to_string();
    let vectors = |at: usize| ["[1, 2, 4]", "[3, -1, 2]"][at % 2].to_owned();
    let matrices = |at: usize| ["[2, 1; 1, 3]", "[1, 0; 2, 1]"][at % 2].to_owned();
    let mixed = |at: usize| ["[2, 1; 1, 3]", "[3, -1]"][at % 2].to_owned();
    let name = row.name;
    let whole = match row.signs.first() {
        Some(sign) if names.len() == 2 => format!("{} {sign} {}", names[0], names[1]),
        _ => format!("{name}({})", names.join(", ")),
    };
    let x = names[0];
    // An axis, an index and a size are written as numbers.
    let calls = [
        whole,
        format!("{name}({x})"),
        format!("{name}(1, x)"),
        format!("{name}({x}, 1)"),
        format!("{name}({x}, 3, 1)"),
        format!("{name}({x}, 2, 3)"),
        format!("{name}(1, 3)"),
        format!("{name}(3)"),
        format!("{name}(0, 1, 5)"),
        format!("{name}({x} > 2, 1)"),
    ];
    let mut given = [&scalars as &dyn Fn(usize) -> String, &vectors, &matrices, &mixed];
    if matches!(row.family, Family::Reduction | Family::Matrix | Family::Building) {
        given.rotate_left(1);
    }
    let tried =
        calls.iter().flat_map(|call| given.iter().flat_map(move |value| [call.clone(), format!("sum({call})")].map(|call| (call, *value))));
    let mut tried = tried.map(|(call, value)| {
        let used = |name: &&&str| {
            call.contains(&format!("({name}")) || call.contains(&format!(", {name}")) || call.split(' ').any(|word| word == **name)
        };
        let inputs = names.iter().filter(used).enumerate().map(|(at, name)| format!("{name} = {}; ", value(at)));
        format!("{}{call}", inputs.collect::<String>())
    });
    tried.find(|text| {
        let shown = live(text);
        !shown.is_empty() && !shown.iter().any(|line| line.contains("nan"))
    })
}

/// What a text gives, line by line; nothing where it fails.
pub fn live(text: &str) -> Vec<String> {
    live_in(
        &mut Session::new(Settings {
            view: views::named("brief").unwrap_or_else(|| broken("there is a view of a line")),
            ..Settings::default()
        }),
        text,
    )
}

/// The same as the session shows it.
fn live_in(session: &mut Session, text: &str) -> Vec<String> {
    let Ok(mut reading) = session.read(text, &Source { name: super::SOURCE.into(), line: 1 }, FinalDefinition::KnownStage) else {
        return Vec::new();
    };
    let mut lines = String::new();
    while let Some(outcome) = session.step(&mut reading) {
        match outcome {
            Ok(Outcome::Answer(answer)) => drop(session.settings.view.show(&answer, &session.settings.style, &mut lines)),
            Ok(Outcome::Printed(printed)) => {
                lines.push_str(&printed.text);
                lines.push('\n');
            }
            Ok(_) => {}
            Err(_) => return Vec::new(),
        }
    }
    lines.lines().map(str::to_owned).collect()
}
