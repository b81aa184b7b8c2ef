//! The view `table`: inputs, then stages in forward order, each with its expression, value and gradient.

use super::page::{Aligned, Begun, padded, push_padded, put_note, wrapped};
use super::{Answer, Page, Role, Style, analysis, brief, shapes};
use crate::calculus::rungs::Shown;
use crate::forms::print;
use crate::forms::target::CALCULATOR;
use crate::forms::{StageId, StageNames};
use crate::ground::Shape;
use crate::ground::number::{self, Digits};
use crate::vocabulary::Gate;
use std::borrow::Cow;
use std::fmt::Write;
use std::io;
use unicode_width::UnicodeWidthStr;

const GAP: &str = "  ";

/// The narrowest that the column of expressions may become, as wide as its heading; below it, each stage has lines of its own.
const NARROW: usize = 10;

/// The most lines of an expression, unless it stands beside more.
const MOST_LINES: usize = 4;

/// The narrowest that an array is given before it is summed up.
const ARRAY: usize = 20;

/// A line of the table, or several where a cell holds a matrix.
struct Row<'a> {
    /// None of a leaf.
    number: Option<usize>,
    name: &'a str,
    expression: Cow<'static, str>,
    shape: Shape,
    /// The value, the gradient, the elasticity, the part of the error, and binary64's value and gradient beside those of more digits.
    numbers: [Option<Cell<'a>>; 6],
}

impl Row<'_> {
    fn number(&self) -> String {
        self.number.map_or_else(String::new, |number| number.to_string())
    }

    fn sizes(&self) -> String {
        if self.shape.is_scalar() { String::new() } else { self.shape.to_string() }
    }

    /// How many lines each of its numbers takes in so many columns.
    fn lines(&self, style: &Style, room: usize) -> impl Iterator<Item = usize> {
        self.numbers.iter().flatten().map(move |cell| cell.lines(self.shape, style, room).len())
    }
}

/// What stands in a cell.
enum Cell<'a> {
    Numbers(Cow<'a, [f64]>),
    /// Numbers of many digits.
    Texts(Vec<String>),
}

impl Cell<'_> {
    fn lines(&self, shape: Shape, style: &Style, room: usize) -> Lines {
        match self {
            Self::Numbers(numbers) if shape.is_scalar() => Lines::One(style.number(numbers[0])),
            Self::Numbers(numbers) => Lines::Many(style.block(shape, numbers, room)),
            Self::Texts(texts) if shape.is_scalar() => Lines::One(texts[0].clone()),
            Self::Texts(texts) => Lines::Many(listed(shape, texts, style)),
        }
    }
}

/// The text of a cell.
enum Lines {
    /// A single number.
    One(String),
    Many(Vec<String>),
}

impl Lines {
    fn all(&self) -> &[String] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }

    fn len(&self) -> usize {
        self.all().len()
    }
}

/// Numbers of many digits, each on a line of its own; of many, the first ones.
fn listed(shape: Shape, texts: &[String], style: &Style) -> Vec<String> {
    const MOST: usize = 12;
    let shown = if style.full || texts.len() <= MOST { texts.len() } else { MOST - 1 };
    let mut lines: Vec<String> = texts[..shown].iter().enumerate().map(|(at, text)| format!("{} {text}", shape.subscript(at))).collect();
    if shown < texts.len() {
        lines.push(format!("... {} more", texts.len() - shown));
    }
    lines
}

/// A binary64 number in full; what differs from the number of more digits stands in brackets.
fn marked(value: f64, shown: &Shown) -> String {
    let text = number::shortest(value);
    // Where not every digit of the other number is known, or this is the binary64 number nearest to it, nothing differs.
    if shown.fewer.is_some() || shown.nearest() == value || value.is_nan() && shown.text == "nan" {
        return text;
    }
    let nearest = number::shortest(shown.nearest());
    let exponent = |text: &str| text.split_once('e').map(|(_, exponent)| exponent.to_owned());
    let places = |text: &str| text.find(['.', 'e']).unwrap_or(text.len());
    if exponent(&text) != exponent(&nearest) || places(&text) != places(&nearest) {
        return format!("[{text}]");
    }
    let same = text.bytes().zip(nearest.bytes()).take_while(|(one, other)| one == other).count();
    let end = text.find('e').unwrap_or(text.len());
    format!("{}[{}]{}", &text[..same.min(end)], &text[same.min(end)..end], &text[end..])
}

/// A column of numbers: cells of one line or more, single numbers below each other's points.
struct Column {
    heading: &'static str,
    role: Role,
    cells: Vec<Lines>,
    aligned: Aligned,
    width: usize,
}

/// Shows the table, and below it what happened.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    if style.alone {
        let mut page = Begun::new(page);
        brief::relative(answer, style, &names, &mut page)?;
        analyses(answer, style, &names, &mut page)?;
        if page.written {
            return Ok(());
        }
    }
    let room = (style.width / 3).max(ARRAY);
    let notes: usize = answer.notes.iter().map(|note| 1 + note.message.len() / style.width.max(1)).sum();
    // What is said below has room too, up to a part of the screen.
    let style = &Style { height: style.height.map(|height| height - notes.min(height / 3)), ..*style };
    let none = LeftOut { count: 0, before: 0 };
    let (rows, left_out) = shortened(rows(answer, &names, style), none, style, |row| row.lines(style, room).max().unwrap_or(0).max(1));
    let number = rows.iter().filter_map(|row| row.number).max().map_or(0, |number| number.to_string().len());
    let name = rows.iter().map(|row| row.name.width()).max().unwrap_or(0).max("name".len());
    let arrays = rows.iter().any(|row| !row.shape.is_scalar());
    let shape = if arrays { rows.iter().map(|row| row.sizes().len()).max().unwrap_or(0).max("shape".len()) } else { 0 };

    let headings = [
        ("value", Role::Value),
        ("gradient", Role::Gradient),
        ("% per %", Role::Gradient),
        ("% of loss", Role::Value),
        ("binary64", Role::Value),
        ("its gradient", Role::Gradient),
    ];
    let filled = |at: usize| rows.iter().any(|row| row.numbers[at].is_some());
    let asked: Vec<usize> = (0..headings.len()).filter(|&at| at == 0 || filled(at)).collect();
    let fixed = number + name + GAP.len() * 2 + if arrays { shape + GAP.len() } else { 0 };
    let room = style.width.saturating_sub(fixed + NARROW + GAP.len() * asked.len()) / asked.len();
    let columns: Vec<Column> =
        asked.iter().map(|&at| Column::new(headings[at].0, headings[at].1, &rows, at, style, room.max(ARRAY))).collect();

    let others = fixed + columns.iter().map(|column| column.width + GAP.len()).sum::<usize>();
    let widest = rows.iter().map(|row| row.expression.width()).max().unwrap_or(0).max("expression".len());
    let left = style.width.saturating_sub(others);
    // No name is broken.
    let longest = || rows.iter().flat_map(|row| row.expression.split([' ', '(', ')', ',']).map(UnicodeWidthStr::width)).max().unwrap_or(0);
    if left < widest && left < NARROW.max(longest() + 1) && (!style.full || answer.precise.is_some()) {
        let room = style.width.saturating_sub(side(asked.iter().map(|&at| headings[at].0))).max(NARROW);
        let (rows, left_out) = shortened(rows, left_out, style, |row| 1 + row.lines(style, room).sum::<usize>());
        stacked(&rows, &asked.iter().map(|&at| (at, headings[at])).collect::<Vec<_>>(), style, left_out, page)?;
        return below(answer, style, &names, page);
    }
    let expression = widest.min(left.max(NARROW));

    let mut heading = vec![padded("", number), padded("name", name), padded("expression", expression)];
    if arrays {
        heading.push(padded("shape", shape));
    }
    heading.extend(columns.iter().map(|column| padded(column.heading, column.width)));
    page.put(Role::Heading, heading.join(GAP).trim_end())?;
    page.put(Role::Plain, "\n")?;
    let mut pieces: Vec<(Role, String)> =
        [Role::Comment, Role::Name, Role::Expression].into_iter().map(|role| (role, String::new())).collect();
    if arrays {
        pieces.push((Role::Comment, String::new()));
    }
    let before = pieces.len();
    pieces.extend(columns.iter().map(|column| (column.role, String::new())));
    for (at, row) in rows.iter().enumerate() {
        left_out.put(at, style, page)?;
        let height = columns.iter().map(|column| column.cells[at].len()).max().unwrap_or(0).max(1);
        let text = style.broken(&row.expression, expression, height.max(MOST_LINES));
        for line in 0..height.max(text.len()) {
            for (_, text) in &mut pieces {
                text.clear();
            }
            let is_first = line == 0;
            let first = |text| if is_first { text } else { "" };
            let _ = match row.number {
                Some(at) if is_first => write!(pieces[0].1, "{at:>number$}"),
                _ => write!(pieces[0].1, "{:number$}", ""),
            };
            push_padded(first(row.name), name, &mut pieces[1].1);
            push_padded(text.get(line).map_or("", |text| text), expression, &mut pieces[2].1);
            if arrays {
                push_padded(first(&row.sizes()), shape, &mut pieces[3].1);
            }
            for (column, (_, text)) in columns.iter().zip(&mut pieces[before..]) {
                column.push(at, line, text);
            }
            put_line(&pieces, page)?;
        }
    }
    below(answer, style, &names, page)
}

/// The stages that are left out of a list: how many, and in front of which row.
#[derive(Clone, Copy)]
struct LeftOut {
    count: usize,
    before: usize,
}

impl LeftOut {
    /// Says so, where they would stand.
    fn put(self, at: usize, style: &Style, page: &mut dyn Page) -> io::Result<()> {
        if self.count == 0 || at != self.before {
            return Ok(());
        }
        let text = format!("... {} stages are left out here; the setting full shows them", self.count);
        page.put(Role::Comment, &format!("{}\n", wrapped(&text, "... ".len(), style.width)))
    }
}

/// The rows of a table that a screen has room for, where each takes so many lines: inputs, and the first and the last of the
/// stages. Some may have been left out before.
fn shortened<'a>(mut rows: Vec<Row<'a>>, before: LeftOut, style: &Style, lines: impl Fn(&Row<'_>) -> usize) -> (Vec<Row<'a>>, LeftOut) {
    // The heading, the line that says so, the next prompt and the line that asked.
    const BESIDE: usize = 4;
    const FEWEST: usize = 4;
    let Some(height) = style.height.filter(|_| !style.full) else { return (rows, before) };
    let lines: Vec<usize> = rows.iter().map(lines).collect();
    let inputs = rows.iter().filter(|row| row.number.is_none()).count();
    let room = height.saturating_sub(BESIDE + lines[..inputs].iter().sum::<usize>()).max(FEWEST);
    let whole: usize = lines[inputs..].iter().sum();
    if whole <= room + usize::from(before.count == 0) {
        return (rows, before);
    }
    // What was left out before stays so: from either side it goes no further.
    let middle = if before.count == 0 { inputs..rows.len() } else { before.before..before.before };
    let (mut first, mut last, mut used) = (inputs, rows.len(), 0);
    for taken in 0..rows.len() - inputs {
        let in_front = if taken % 2 == 0 { first < middle.end } else { last <= middle.start.max(first) };
        let next = if in_front { first } else { last - 1 };
        used += lines[next];
        if used > room && taken >= 2 {
            break;
        }
        if in_front { first += 1 } else { last -= 1 }
    }
    let count = before.count + last - first;
    rows.drain(first..last);
    (rows, LeftOut { count, before: first })
}

/// What stands below the stages.
pub(super) fn below(answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    analyses(answer, style, names, page)?;
    for note in &answer.notes {
        put_note(note, style, page)?;
    }
    Ok(())
}

/// What was asked for beside the gradients.
fn analyses(answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    if style.shapes {
        shapes::show(answer, style, names, page)?;
    }
    analysis::show(answer, style, names, page)
}

/// How many columns stand before the numbers of a stage that has lines of its own.
fn side<'a>(headings: impl Iterator<Item = &'a str>) -> usize {
    headings.map(str::len).max().unwrap_or(0) + GAP.len() * 2
}

/// Each stage on lines of its own, for a page that is too narrow for columns; no number is cut.
fn stacked(
    rows: &[Row<'_>],
    asked: &[(usize, (&'static str, Role))],
    style: &Style,
    left_out: LeftOut,
    page: &mut dyn Page,
) -> io::Result<()> {
    let side = side(asked.iter().map(|(_, (heading, _))| *heading));
    let room = style.width.saturating_sub(side).max(NARROW);
    for (at, row) in rows.iter().enumerate() {
        left_out.put(at, style, page)?;
        let size = row.sizes();
        let head = [&row.number(), row.name].join(if row.number.is_none() { "" } else { GAP });
        let text = format!("{}{}{size}", row.expression, if size.is_empty() { "" } else { GAP });
        let lines = style.broken(&text, style.width.saturating_sub(head.width() + GAP.len()).max(NARROW), usize::MAX);
        page.put(Role::Name, &head)?;
        let below = format!("\n{}", " ".repeat(head.width() + GAP.len()));
        page.put(Role::Expression, &format!("{GAP}{}\n", lines.join(&below)))?;
        for &(at, (heading, role)) in asked {
            let Some(numbers) = &row.numbers[at] else { continue };
            for (line, text) in numbers.lines(row.shape, style, room).all().iter().enumerate() {
                let heading = if line == 0 { heading } else { "" };
                page.put(Role::Heading, &padded(&format!("{GAP}{heading}"), side))?;
                page.put(role, text)?;
                page.put(Role::Plain, "\n")?;
            }
        }
    }
    Ok(())
}

/// Puts pieces on one line, without spaces at its end.
pub(super) fn put_line(pieces: &[(Role, String)], page: &mut dyn Page) -> io::Result<()> {
    let last = pieces.iter().rposition(|(_, text)| !text.trim().is_empty());
    for (at, (role, text)) in pieces.iter().enumerate().take_while(|&(at, _)| Some(at) <= last) {
        if at > 0 {
            page.put(Role::Plain, GAP)?;
        }
        page.put(*role, if Some(at) == last { text.trim_end() } else { text })?;
    }
    page.put(Role::Plain, "\n")
}

impl Column {
    fn new(heading: &'static str, role: Role, rows: &[Row<'_>], at: usize, style: &Style, room: usize) -> Self {
        let lines = |row: &Row<'_>| row.numbers[at].as_ref().map_or(Lines::Many(Vec::new()), |cell| cell.lines(row.shape, style, room));
        let cells: Vec<Lines> = rows.iter().map(lines).collect();
        let single = cells.iter().filter_map(|cell| if let Lines::One(text) = cell { Some(text.as_str()) } else { None });
        let aligned = Aligned::of(heading, single);
        let arrays = cells.iter().filter_map(|cell| if let Lines::Many(lines) = cell { Some(lines) } else { None });
        let widest = arrays.flatten().map(|line| line.width()).filter(|&width| width <= WIDEST).max().unwrap_or(0);
        Self { heading, role, cells, aligned, width: widest.max(aligned.width()) }
    }

    /// Adds a line of a cell to a text.
    fn push(&self, at: usize, line: usize, text: &mut String) {
        match &self.cells[at] {
            Lines::One(number) if line == 0 => self.aligned.push(number, self.width, text),
            Lines::One(_) => push_padded("", self.width, text),
            Lines::Many(lines) => push_padded(lines.get(line).map_or("", |line| line), self.width, text),
        }
    }
}

/// A line that is longer than this, as of a long array in full, stands out of its column: others are not filled up to its width.
const WIDEST: usize = 2000;

fn rows<'a>(answer: &'a Answer, names: &'a StageNames, style: &Style) -> Vec<Row<'a>> {
    // Binary64's own digits are asked for beside the others.
    let both = answer.precise.is_some() && style.digits == Some(Digits::Full);
    let mut rows = Vec::with_capacity(answer.leaves().count() + answer.stages().count());
    let mut add = |number: Option<usize>, id: StageId, expression: Cow<'static, str>| {
        let name = names.word(id).unwrap_or_default();
        let input = answer.program.gate(id) == Gate::Input;
        let gradient = answer.gradients(id);
        let elasticity = answer.elasticities(id).filter(|_| input);
        let texts = |shown: &[Shown]| Cell::Texts(shown.iter().map(|shown| shown.text.clone()).collect());
        let (precise, slopes) = (answer.precise(id), answer.precise_gradients(id));
        let beside = |numbers: &[f64], shown: &[Shown]| {
            both.then(|| Cell::Texts(numbers.iter().zip(shown).map(|(&number, shown)| marked(number, shown)).collect()))
        };
        let own = precise.and_then(|shown| beside(answer.numbers(id), shown));
        let own_gradient = gradient.as_ref().zip(slopes.as_ref()).and_then(|(gradient, shown)| beside(gradient, shown));
        let numbers = [
            Some(precise.map_or_else(|| Cell::Numbers(answer.numbers(id).into()), texts)),
            slopes.as_ref().map(|shown| texts(shown)).or(gradient.map(Cell::Numbers)),
            elasticity.map(|numbers| Cell::Numbers(numbers.into())),
            answer
                .part_of_loss(id)
                .filter(|_| !answer.program.operands(id).is_empty())
                .map(|part| Cell::Texts(vec![number::shortest(part)])),
            own,
            own_gradient,
        ];
        rows.push(Row { number, name, expression, shape: answer.shape(id), numbers });
    };
    for leaf in
        answer.leaves().filter(|&leaf| names.of(leaf).is_none_or(|_| leaf != answer.output || answer.program.gate(leaf) == Gate::Input))
    {
        let kind = if answer.program.is_active(leaf) { "input" } else { "constant" };
        add(None, leaf, kind.into());
    }
    for (at, stage) in answer.stages().filter(|&id| names.of(id).is_some()).enumerate() {
        // An array that no name has, such as a random one, is shown as values are.
        let array = |id: StageId| {
            let own = answer.program.constant(id).is_some_and(|constant| constant.name.is_none()) && !answer.shape(id).is_scalar();
            own.then(|| Cow::Owned(style.numbers(answer.shape(id), answer.numbers(id))))
        };
        let called = |id: StageId| names.word(id).map(Cow::Borrowed).or_else(|| array(id));
        let text = print::stage(&answer.program, stage, &CALCULATOR, &answer.symbols, &called);
        add(Some(at + 1), stage, text.into());
    }
    rows
}
