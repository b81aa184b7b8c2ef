//! The view `dot`: the circuit for Graphviz.
//!
//! Gates are circles, inputs plain text; the label of a wire (name, value, gradient) stands on its first part, and where a wire
//! splits is a point of its own, with what each branch adds on it.

use super::figure::Numbers;
use super::svg::escaped;
use super::{Circuit, Node, drawn, left_out, not_drawn, share};
use crate::views::{Answer, Page, Role, Style};
use std::fmt::Write as _;
use std::io;

/// What every circuit begins with.
const HEAD: &str = "\trankdir=LR; ordering=in; nodesep=0.45; ranksep=0.7;
\tnode [shape=circle, fixedsize=false, margin=0.03, fontname=\"Helvetica\", fontsize=14];
\tedge [fontname=\"Helvetica\", fontsize=11, arrowsize=0.7];
";

/// Shows the graph.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let whole = Circuit::of(answer, &names);
    let circuit = whole.shortened(answer, style);
    let style = drawn(style);
    let mut out = format!("digraph circuit {{\n{HEAD}\tlabel={};\n", quoted(&title(answer, left_out(whole.nodes.len(), &circuit))));
    for (at, node) in circuit.nodes.iter().enumerate() {
        put_node(&mut out, at, node);
    }
    let uses = circuit.uses();
    for (at, uses) in uses.iter().enumerate() {
        put_wire(&mut out, answer, &circuit, at, uses, &style);
    }
    out.push_str("}\n");
    page.put(Role::Plain, &out)
}

fn title(answer: &Answer, left_out: usize) -> String {
    not_drawn(left_out).map_or_else(|| answer.expression.clone(), |told| format!("{} ({told})", answer.expression))
}

fn put_node(out: &mut String, at: usize, node: &Node) {
    let _ = match &node.sign {
        None => writeln!(out, "\tn{at} [shape=plain, label=<<I>{}</I>>];", escaped(&node.name)),
        Some(sign) => writeln!(out, "\tn{at} [label={}, tooltip={}];", quoted(&sign.unicode), quoted(&node.name)),
    };
}

/// The wire of a node: to the one gate that takes it, or to a point where it splits, or out of the picture.
fn put_wire(out: &mut String, answer: &Answer, circuit: &Circuit, at: usize, uses: &[(usize, usize)], style: &Style) {
    let label = label(answer, &circuit.nodes[at], style);
    match uses {
        [] => {
            let _ = writeln!(out, "\tn{at}out [shape=point, style=invis];\n\tn{at} -> n{at}out [arrowhead=none, label=<{label}>];");
        }
        [(to, _)] => {
            let _ = writeln!(out, "\tn{at} -> n{to} [label=<{label}>];");
        }
        _ => {
            let _ = writeln!(out, "\tn{at}fork [shape=point, width=0.07];\n\tn{at} -> n{at}fork [arrowhead=none, label=<{label}>];");
            for &(to, which) in uses {
                let node = &circuit.nodes[to];
                let share = share(answer, node, node.wires[which], style);
                let label = share.map_or_else(String::new, |share| format!(" [label=<<I>{}</I>>, fontcolor=\"#b3400b\"]", escaped(&share)));
                let _ = writeln!(out, "\tn{at}fork -> n{to}{label};");
            }
        }
    }
}

/// Name, value and gradient of a wire, as a table.
fn label(answer: &Answer, node: &Node, style: &Style) -> String {
    let shape = answer.shape(node.id);
    let text = |numbers: &[f64]| match Numbers::of(shape, numbers, style) {
        Numbers::Text(text) => text,
        Numbers::Grid(_) => style.numbers(shape, numbers),
    };
    let mut rows = String::new();
    if node.sign.is_some() && !node.name.is_empty() {
        let _ = write!(rows, "<TR><TD><I>{}</I></TD></TR>", escaped(&node.name));
    }
    if answer.valued {
        let _ = write!(rows, "<TR><TD><FONT COLOR=\"#00704f\">{}</FONT></TD></TR>", escaped(&text(answer.numbers(node.id))));
        if let Some(gradient) = answer.gradients(node.id) {
            let _ = write!(rows, "<TR><TD><FONT COLOR=\"#b3400b\">◂ {}</FONT></TD></TR>", escaped(&text(&gradient)));
        }
    }
    if rows.is_empty() { String::from(" ") } else { format!("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\">{rows}</TABLE>") }
}

/// A text in quotation marks.
fn quoted(text: &str) -> String {
    let letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    format!("\"{}\"", letters.collect::<String>().replace('\\', "\\\\").replace('"', "\\\""))
}
