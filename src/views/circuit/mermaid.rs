//! The circuit in Mermaid's language, as GitHub draws it in a page: gates as circles, and at each wire its value and its gradient.

use super::terminal::{numbers, stage};
use super::{Circuit, Node, drawn, step, with_minus};
use crate::views::{Answer, Style};
use std::fmt::Write as _;

/// The most nodes of a circuit that is drawn: what is larger is refused by pages that show Mermaid, or cannot be read there.
const MOST: usize = 80;

/// The circuit as text; none where there is no gate.
///
/// # Errors
/// How many boxes it has, where they are too many.
pub fn text(answer: &Answer, style: &Style) -> Result<Option<String>, usize> {
    let circuit = Circuit::of(answer, &answer.names());
    if circuit.nodes.iter().all(|node| node.sign.is_none()) {
        return Ok(None);
    }
    if circuit.nodes.len() > MOST {
        return Err(circuit.nodes.len());
    }
    let style = drawn(style);
    let mut out = "flowchart LR\n".to_owned();
    for (at, node) in circuit.nodes.iter().enumerate() {
        let _ = match &node.sign {
            None => writeln!(out, "  n{at}[\"{}\"]", escaped(&node.name)),
            Some(sign) => writeln!(out, "  n{at}((\"{}\"))", escaped(&sign.unicode)),
        };
    }
    let uses = circuit.uses();
    for (at, uses) in uses.iter().enumerate() {
        put_wires(&mut out, answer, &circuit, at, uses, &style);
    }
    Ok(Some(out))
}

/// The wires of a node, one for each gate that takes it; at a fork with what each branch adds, in place of the gradient.
fn put_wires(out: &mut String, answer: &Answer, circuit: &Circuit, at: usize, uses: &[(usize, usize)], style: &Style) {
    let node = &circuit.nodes[at];
    let gradient = gradient(answer, node, style).map(|gradient| format!("◂ {gradient}"));
    if uses.is_empty() {
        let _ =
            writeln!(out, "  n{at} -->|\"{}\"| out{at}[\"{}\"]", label(answer, node, gradient.clone(), false, style), escaped(&node.name));
    }
    for &(to, which) in uses {
        let share = step(answer, &circuit.nodes[to], circuit.nodes[to].wires[which]);
        let share = share.map(|step| stage(answer, step.contribution, style));
        let share = share.map(|share| format!("◂ {share} of {}", gradient.as_deref().unwrap_or_default().trim_start_matches("◂ ")));
        let told = if uses.len() > 1 { share } else { gradient.clone() };
        let _ = writeln!(out, "  n{at} -->|\"{}\"| n{to}", label(answer, node, told, true, style));
    }
}

fn gradient(answer: &Answer, node: &Node, style: &Style) -> Option<String> {
    answer.gradients(node.id).filter(|_| answer.valued).map(|gradient| numbers(answer.shape(node.id), &gradient, style))
}

/// What stands at a wire: the name of a gate's, the value and the gradient.
fn label(answer: &Answer, node: &Node, gradient: Option<String>, named: bool, style: &Style) -> String {
    let value = answer.valued.then(|| stage(answer, node.id, style));
    let name = (named && node.sign.is_some() && !node.name.is_empty()).then(|| node.name.clone());
    let first: Vec<String> = name.into_iter().chain(value).collect();
    let lines: Vec<String> = [first.join(" ")].into_iter().chain(gradient).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { " ".to_owned() } else { lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br/>") }
}

/// A text in quotation marks of Mermaid's: every sign that could be one of Markdown, of HTML or of Mermaid by its number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in with_minus(text).chars() {
        match letter {
            ' ' | '.' | ',' | '=' => out.push(letter),
            letter if letter.is_control() => out.push(' '),
            letter if letter.is_ascii_punctuation() => {
                let _ = write!(out, "#{};", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out
}
