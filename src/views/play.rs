//! The two passes gate by gate: what is known after each gate, drawn in the circuit, and what the gate does with its numbers.
//!
//! Knows the order of the passes and the drawing; knows no keys and no screen.

use super::circuit::terminal::{self, Beside, Drawn, HELD};
use super::circuit::{Circuit, MOST, Node, left_out, not_drawn};
use super::code::Wording;
use super::page::{Flow, Pieces, plain};
use super::{Answer, Page, Role, Style, brief};
use crate::forms::target::CALCULATOR;
use crate::forms::{StageId, StageNames};
use crate::vocabulary::Gate;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// The most wires of a gate that are told one by one.
const TOLD: usize = 6;

/// One step: what is told of it.
#[derive(Debug, Default)]
struct Act {
    pass: &'static str,
    lines: Vec<Pieces>,
}

/// The passes of an answer, step by step.
pub struct Play<'a> {
    answer: &'a Answer,
    names: Arc<StageNames>,
    circuit: Circuit,
    /// How many stages are not in it.
    left_out: usize,
    style: Style,
    /// Whether the numbers stand in a table without wires.
    is_table: bool,
    acts: Vec<Act>,
    /// The act in which each stage gets its value; inputs have theirs from the beginning.
    valued: HashMap<StageId, usize>,
    /// The acts in which the gradient of a stage changes, and what it is from there on.
    gradients: HashMap<StageId, Vec<(usize, StageId)>>,
}

impl<'a> Play<'a> {
    /// The passes of an answer, of all of it or of the surroundings of the stage that is asked for, in a table or in the circuit; none
    /// where that is too large to be followed.
    pub fn of(answer: &'a Answer, style: &Style, is_table: bool) -> Option<Self> {
        let names = answer.names();
        let whole = Circuit::of(answer, &names);
        let count = whole.nodes.len();
        let circuit = whole.focused(answer);
        if circuit.nodes.len() > MOST {
            return None;
        }
        let left_out = left_out(count, &circuit);
        let (acts, valued, gradients) = (Vec::new(), HashMap::new(), HashMap::new());
        let mut play = Self { answer, names, circuit, left_out, style: *style, is_table, acts, valued, gradients };
        play.forward();
        play.backward();
        // A circuit that is wider than the page is hard to follow.
        play.is_table |= style.flow != Flow::Right && play.is_too_wide();
        Some(play)
    }

    fn is_too_wide(&self) -> bool {
        let width = |line: &Pieces| line.iter().map(|(_, text)| text.width()).sum::<usize>();
        self.drawing(0).is_ok_and(|lines| lines.iter().any(|line| width(line) > self.style.width))
    }

    /// How many steps there are, the beginning one of them.
    pub fn count(&self) -> usize {
        self.acts.len()
    }

    fn forward(&mut self) {
        let rest = not_drawn(self.left_out).map_or_else(String::new, |told| format!("; {told}"));
        let begin = format!("the inputs have their values{rest}");
        self.acts.push(Act { pass: "before the passes", lines: vec![vec![(Role::Plain, begin)]] });
        let (answer, names, style) = (self.answer, &self.names, &self.style);
        let wording = Wording::new(answer, names, &CALCULATOR);
        let gates = self.circuit.nodes.iter().filter(|node| node.sign.is_some());
        for gate in gates {
            let value = brief::stage(answer, gate.id, style);
            let line =
                vec![(Role::Name, gate.name.clone()), (Role::Plain, format!(" = {}: ", wording.stage(gate.id))), (Role::Value, value)];
            self.valued.insert(gate.id, self.acts.len());
            self.acts.push(Act { pass: "forward pass", lines: vec![line] });
        }
    }

    fn backward(&mut self) {
        let answer = self.answer;
        let Some(backward) = answer.backward.as_ref().filter(|backward| backward.adjoint(answer.output).is_some()) else { return };
        let wording = Wording::new(answer, &self.names, &CALCULATOR);
        let numbers = |id: StageId| (Role::Gradient, brief::stage(answer, id, &self.style));
        let name = |id: StageId| (Role::Name, wording.gradient(id));
        let begin = vec![name(answer.output), plain(" = "), numbers(backward.upstream), plain(": the backward pass begins at the result")];
        self.gradients.insert(answer.output, vec![(self.acts.len(), backward.upstream)]);
        self.acts.push(Act { pass: "backward pass", lines: vec![begin] });
        let drawn: HashSet<StageId> = self.circuit.nodes.iter().filter(|node| !node.is_cut).map(|node| node.id).collect();
        let mut steps = &backward.steps[..];
        while let [first, ..] = steps {
            let (through, rest) = steps.split_at(steps.partition_point(|step| step.through == first.through));
            let mut lines = Vec::new();
            steps = rest;
            // What a gate adds that is not drawn has arrived at the next step.
            if !drawn.contains(&first.through) {
                for step in through {
                    self.gradients.entry(step.target).or_default().push((self.acts.len(), step.total));
                }
                continue;
            }
            for step in through {
                let (operator, text) = wording.step(step);
                let mut line = vec![name(step.target), plain(&format!(" {operator} {text}: ")), numbers(step.contribution)];
                if operator == "+=" {
                    line.extend([plain(" added, so far "), numbers(step.total)]);
                }
                lines.push(line);
                self.gradients.entry(step.target).or_default().push((self.acts.len(), step.total));
            }
            if lines.len() > TOLD {
                let more = lines.len() - TOLD + 1;
                lines.truncate(TOLD - 1);
                lines.push(vec![plain(&format!("and {more} more in the same way"))]);
            }
            self.acts.push(Act { pass: "backward pass", lines });
        }
        let last = self.acts.len() - 1;
        self.gradients.values_mut().flatten().for_each(|(act, _)| *act = last.min(*act));
    }

    /// Shows a step: the circuit with the numbers that are known then in at most `height` lines, and what the step does.
    ///
    /// # Errors
    /// When the page cannot be written.
    pub fn show(&self, at: usize, height: usize, page: &mut dyn Page) -> io::Result<()> {
        let Some(act) = self.acts.get(at) else { return Ok(()) };
        let mut drawing = self.drawing(at)?;
        let room = height.saturating_sub(act.lines.len() + 1).max(1);
        if drawing.len() > room {
            let before = at.checked_sub(1).map(|before| self.drawing(before)).transpose()?.unwrap_or_default();
            let changed = drawing.iter().zip(&before).position(|(now, before)| now != before).unwrap_or_default();
            // What changes stands in the middle.
            let first = changed.saturating_sub(room / 2).min(drawing.len() - room);
            drawing = drawing.split_off(first);
            drawing.truncate(room);
        }
        let told = [vec![(Role::Heading, format!("{}, step {} of {}", act.pass, at + 1, self.acts.len()))]];
        for line in drawing.iter().chain(&told).chain(&act.lines) {
            line.iter().try_for_each(|(role, text)| page.put(*role, text))?;
            page.put(Role::Plain, "\n")?;
        }
        Ok(())
    }

    /// The lines of the circuit with the numbers that are known after a step.
    fn drawing(&self, at: usize) -> io::Result<Vec<Pieces>> {
        let mut lines = Lines(vec![Vec::new()]);
        let beside = |node: &Node, style: &Style| self.beside(node, at, style);
        terminal::draw(
            &Drawn { answer: self.answer, names: &self.names, circuit: &self.circuit, beside: &beside, wired: !self.is_table },
            &self.style,
            &mut lines,
        )?;
        lines.0.pop();
        Ok(lines.0)
    }

    /// What stands beside a wire after a step, and what will.
    fn beside(&self, node: &Node, at: usize, style: &Style) -> Beside {
        let id = node.id;
        let text = |numbers: &[f64]| terminal::numbers(self.answer.shape(id), numbers, style);
        let value = terminal::stage(self.answer, id, style);
        let known = self.valued.get(&id).is_none_or(|&act| act <= at);
        let changes = self.gradients.get(&id).map_or(&[][..], Vec::as_slice);
        let gradients: Vec<String> = changes.iter().map(|&(_, total)| terminal::stage(self.answer, total, style)).collect();
        let so_far = changes.iter().take_while(|&&(act, _)| act <= at).count();
        let unreached = changes.is_empty() && at + 1 == self.acts.len() && !matches!(self.answer.program.gate(id), Gate::Constant);
        let none = || self.answer.gradients(id).filter(|_| unreached).map(|zeros| text(&zeros)).unwrap_or_default();
        Beside {
            gradient: so_far.checked_sub(1).map_or_else(none, |last| gradients[last].clone()),
            values: vec![value.clone()],
            value: if known { value } else { String::new() },
            gradients: if changes.is_empty() {
                self.answer.gradients(id).map(|zeros| text(&zeros)).into_iter().collect()
            } else {
                gradients
            },
        }
    }
}

/// A page that is kept line by line; the last is begun.
struct Lines(Vec<Pieces>);

impl Page for Lines {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        for (at, part) in text.split('\n').enumerate() {
            if at > 0 {
                self.0.push(Vec::new());
            }
            if let Some(line) = self.0.last_mut().filter(|_| !part.is_empty()) {
                line.push((role, part.replace(HELD, " ")));
            }
        }
        Ok(())
    }
}
