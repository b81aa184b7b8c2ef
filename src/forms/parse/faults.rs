//! What is said about a text that is not in the language: what is wrong, where, and what to do.
//!
//! Knows how far the tree builder has come; changes nothing.

use super::table::Table;
use super::tree::{Builder, DEGREES, Previous};
use super::words::{AND, OR, PER_CENT, elsewhere, inverse, spoken};
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::StatementKind;
use crate::vocabulary::{Gate, StatementWord};
use unicode_width::UnicodeWidthChar;

impl Builder<'_> {
    pub(super) fn need_operand(&self, at: Span) -> Result<(), Fault> {
        if self.before == Previous::Open { Err(self.missing(at)) } else { Ok(()) }
    }

    /// An operand is missing before the token at `at`.
    pub(super) fn missing(&self, at: Span) -> Fault {
        let next = at.of(self.text);
        let after = self.last.of(self.text);
        let begins = self.start.is_none_or(|start| start == at) || self.last == Span::default();
        let message = match (begins, next.is_empty()) {
            (true, _) => format!("`{next}` has nothing before it"),
            (false, true) => format!("the expression ends after `{after}`"),
            (false, false) => format!("an operand is missing between `{after}` and `{next}`"),
        };
        let help = match next {
            "<" | ">" if matches!(self.last.to(at).of(self.text), "=<" | "=>" | "<>") => {
                let meant = if after == "<" { "!=".to_owned() } else { format!("{next}=") };
                format!("to compare, write `{meant}`")
            }
            "" if self.counts(next) => {
                format!("a name that goes up or down by 1 is written `x {after}= 1`")
            }
            "/" if after == "/" => "the whole quotient of two numbers is `floor(x/y)`".to_owned(),
            "*" | "/" | "^" | "**" | "·" | "×" | "÷" | "@" if !begins => {
                format!("remove one of the two, or put an operand between `{after}` and `{next}`")
            }
            _ if after == "%" => PER_CENT.to_owned(),
            "" if let Some(table) = self.table(self.last).filter(|_| after == "=") => table.advice(),
            "" => "put an operand after it, or remove it".to_owned(),
            _ => "put a number, a name or a bracketed expression there".to_owned(),
        };
        let place = if next.is_empty() { self.last } else { at };
        Fault::new(FaultKind::Parse, place, message)
            .label(if next.is_empty() { "nothing follows" } else { "an operand must come first" })
            .help(help)
    }

    /// `x++`: a sign twice behind a name, where an operand is missing.
    fn counts(&self, next: &str) -> bool {
        let before = self.text[..self.last.end as usize].trim_end();
        next.is_empty() && (before.ends_with("++") || before.ends_with("--"))
    }

    /// Two operands stand side by side where that is no product.
    pub(super) fn two_operands(&self, span: Span) -> Fault {
        let (left, right) = (shortened(self.last.of(self.text)), shortened(span.of(self.text)));
        if self.before == Previous::Number && self.last.end == span.start && right.starts_with('.') {
            let whole = self.last.to(span);
            return Fault::new(FaultKind::Parse, whole, format!("`{}` is no number", shortened(whole.of(self.text))))
                .label("one point too many")
                .help("a number has one decimal point, and none in its exponent");
        }
        if let Some(input) = left.strip_prefix('d').filter(|_| self.text[..self.last.start as usize].trim_end().ends_with("d/")) {
            let message = format!("`d/{left}` is a quotient, and marks no derivative");
            let help = format!("a derivative is written `d(f, {input})`, of an expression f");
            return Fault::new(FaultKind::Parse, self.last.to(span), message).label("here").help(help);
        }
        let begins = self.text[span.end as usize..].trim_start();
        let assigns = begins.starts_with('=') && !begins.starts_with("==");
        if let Some(fault) = self.two_factors(span) {
            return fault;
        }
        let digits = self.last.of(self.text) == "'" && right.starts_with(|c: char| c.is_ascii_digit());
        let call = matches!(self.before, Previous::Name(symbol) if Gate::named(self.symbols.name(symbol)).is_some());
        let misplaced = StatementWord::named(&left).and_then(|row| row.misplaced);
        let help = match left.as_str() {
            _ if misplaced.is_some() => misplaced.unwrap_or_default().to_owned(),
            _ if self.kind_is_definition() && assigns => "statements are divided by `;` or by a new line".to_owned(),
            _ if digits => {
                let whole = self.operands.last().map_or(span, |&operand| self.tree.span(operand)).to(span);
                format!("a number has no signs between its digits but `_`: write `{}`", whole.of(self.text).replace('\'', "_"))
            }
            _ if let Some(whole) = self.groups(span) => {
                format!("for one number write `{whole}`, for a product `{left}*{right}`")
            }
            _ if let Some(table) = self.table(span) => table.advice(),
            _ if let Some(fraction) = self.fraction(span) => {
                format!("for the sum of both write `{left} + {fraction}`, for a product `{left}*{fraction}`")
            }
            _ if matches!(left.as_str(), DEGREES | "deg") && right.starts_with(|c: char| c.is_ascii_digit()) => {
                "an angle is one number of degrees: 30 degrees and 15 minutes are `(30 + 15/60)°`".to_owned()
            }
            _ if right == DEGREES => format!("write `{left}*deg`"),
            word if elsewhere(word).is_some() => elsewhere(word).unwrap_or_default().to_owned(),
            _ if call && spoken(&left).is_none() => format!("to apply it, put its operand in brackets, as in `{left}(x)`"),
            _ if let Some(said) = spoken(&left).or_else(|| spoken(&right)) => said.help(&left, &right),
            "²" | "³" | ")" => "to multiply, put `*` between them".to_owned(),
            _ if matches!(right.as_str(), "(" | "√") => "to multiply, put `*` between them".to_owned(),
            _ => format!("to multiply, write `{left}*{right}`"),
        };
        if elsewhere(&left).is_some() && misplaced.is_none() {
            let message = format!("`{left}` is a word of other languages and has no such meaning here");
            return Fault::new(FaultKind::Parse, self.last, message).label("here").help(help);
        }
        let message = format!("`{left}` and `{right}` stand side by side with no operator between them");
        Fault::new(FaultKind::Parse, span, message).label("an operator must come first").help(help)
    }

    /// `1 000 000`: the number that groups of digits are, where each has three.
    fn groups(&self, span: Span) -> Option<String> {
        let is_group = |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        let first = self.last.of(self.text);
        if self.before != Previous::Number || !is_group(span.of(self.text)) || first.contains(|c: char| !c.is_ascii_digit()) {
            return None;
        }
        let rest = self.text[span.start as usize..].split(' ');
        let groups: Vec<&str> = rest.map_while(|word| is_group(word).then_some(word)).collect();
        let groups = if groups.is_empty() { span.of(self.text).to_owned() } else { groups.join("_") };
        Some(format!("{first}_{groups}"))
    }

    /// `3 1/2`: the fraction behind a whole number.
    fn fraction(&self, span: Span) -> Option<String> {
        let is_whole = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let (left, right) = (self.last.of(self.text), span.of(self.text));
        let under = self.text[span.end as usize..].strip_prefix('/')?;
        let under = &under[..under.find(|c: char| !c.is_ascii_digit()).unwrap_or(under.len())];
        let mixed = self.before == Previous::Number && is_whole(left) && is_whole(right) && is_whole(under);
        mixed.then(|| format!("{right}/{under}"))
    }

    /// `1/x y`: a name beside an operand of a quotient or a power, which a sign between them would take away from it.
    fn two_factors(&self, next: Span) -> Option<Fault> {
        let Previous::Name(name) = self.before else { return None };
        let left = self.symbols.name(name);
        let is_word = |word: &str| elsewhere(word).is_some() || spoken(word).is_some() || StatementWord::named(word).is_some();
        if Gate::named(left).is_some() || is_word(left) || is_word(next.of(self.text)) || next.of(self.text) == DEGREES {
            return None;
        }
        self.sign_before().map(|sign| self.two_exponents(sign, next))
    }

    /// `1/2x`: a product without its sign after a `/`.
    pub(super) fn two_readings(&self, slash: Span, next: Span) -> Fault {
        let (Some(&right), Some(&left)) = (self.operands.last(), self.operands.iter().rev().nth(1)) else {
            return self.two_operands(next);
        };
        let (left_at, right_at) = (self.tree.span(left), self.tree.span(right));
        let (left, right) = (shortened(left_at.of(self.text)), shortened(right_at.of(self.text)));
        let factor_at = self.factor(next);
        let factor = shortened(factor_at.of(self.text));
        let whole = left_at.to(slash).to(factor_at);
        let sign = if slash.of(self.text) == "%" { "%" } else { "/" };
        Fault::new(FaultKind::Parse, whole, format!("`{}` can be read in two ways", shortened(whole.of(self.text))))
            .label(format!("a product without its sign, after `{sign}`"))
            .help(format!("write `{left}{sign}({})` or `({left}{sign}{right})*{factor}`", product(&right, &factor)))
    }

    /// `x²⁻¹`: two powers without a space between them.
    pub(super) fn two_powers(&self, span: Span) -> Fault {
        let whole = self.last.to(span);
        Fault::new(FaultKind::Parse, whole, format!("`{}` can be read in two ways", whole.of(self.text)))
            .label("two powers side by side")
            .help("write a power with `^`, and its exponent in brackets")
    }

    /// `2^3x`, `√2x`: a product without its sign behind an exponent, a divisor or under a root.
    pub(super) fn two_exponents(&self, sign: Span, next: Span) -> Fault {
        let root = sign.of(self.text) == "√";
        let place = match sign.of(self.text) {
            "√" => "under a root",
            "/" | "÷" => "after `/`",
            "%" => "after `%`",
            _ => "behind `^`",
        };
        let base = self.operands.iter().rev().map(|&operand| self.tree.span(operand)).find(|at| at.end <= sign.start);
        let start = if root { sign } else { base.unwrap_or(sign) };
        let head = start.to(sign).of(self.text);
        let inner = self.text[sign.end as usize..self.last.end as usize].trim();
        let factor_at = self.factor(next);
        let factor = shortened(factor_at.of(self.text));
        let whole = start.to(factor_at);
        Fault::new(FaultKind::Parse, whole, format!("`{}` can be read in two ways", shortened(whole.of(self.text))))
            .label(format!("a product without its sign, {place}"))
            .help(match self.inverse(start.to(sign), inner) {
                Some(inverse) => inverse,
                None => format!("write `{head}({})` or `({head}{inner})*{factor}`", product(inner, &factor)),
            })
    }

    /// `30°^2`, `30°²`: the power of degrees, or of their sign alone.
    pub(super) fn power_of_degrees(&self, sign: Span) -> Fault {
        let [.., left, degrees] = self.operands[..] else { return self.two_operands(sign) };
        let (left_at, degrees_at) = (self.tree.span(left), self.tree.span(degrees));
        let degrees = degrees_at.of(self.text);
        let left = shortened(left_at.to(Span::new(degrees_at.start as usize, degrees_at.start as usize)).of(self.text).trim_end());
        let power_at = if sign.of(self.text).starts_with(['^', '*']) { self.exponent(sign) } else { sign };
        let power = shortened(power_at.of(self.text));
        let whole = left_at.to(power_at);
        Fault::new(FaultKind::Parse, whole, format!("`{}` can be read in two ways", shortened(whole.of(self.text))))
            .label("a power behind degrees")
            .help(format!("write `({left}{degrees}){power}` or `{left}*({degrees}{power})`"))
    }

    /// A sign of a power with the exponent behind it.
    fn exponent(&self, sign: Span) -> Span {
        let rest = &self.text[sign.end as usize..];
        let begins = rest.trim_start_matches([' ', '\t', '+', '-', '−', '–']);
        let start = sign.end as usize + rest.len() - begins.len();
        let own = begins.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(begins.len());
        let first = begins.chars().next().filter(|c| matches!(c, '(' | '√')).map_or(0, char::len_utf8);
        if own.max(first) == 0 { sign } else { sign.to(self.factor(Span::new(start, start + own.max(first)))) }
    }

    /// `30°[0]`: a bracket behind degrees, which are a single number.
    pub(super) fn index_of_degrees(&self, bracket: Span) -> Fault {
        let Some(&degrees) = self.operands.last() else { return self.two_operands(bracket) };
        let mut whole = self.tree.span(degrees);
        if let (true, Some(&left)) = (self.ends_in_degrees(), self.operands.iter().rev().nth(1)) {
            whole = self.tree.span(left).to(whole);
        }
        let written = shortened(whole.of(self.text));
        Fault::new(FaultKind::Parse, bracket, format!("`{written}` is a single number and has no elements"))
            .label("an index of degrees")
            .help(format!("for a product, write `{written}*[...]`"))
    }

    /// What a function with an exponent of -1 is meant as, `sin^-1(x)`: neither reading of the product is.
    fn inverse(&self, head: Span, exponent: &str) -> Option<String> {
        let name = head.of(self.text).trim_end_matches(['^', '*', ' ']);
        let gate = Gate::named(name).filter(|gate| gate.row().callable() && exponent.replace('−', "-") == "-1")?;
        let whole = format!("1/{name}({})", gate.row().operands.join(", "));
        let inverse = inverse(gate).map(|inverse| format!("for the inverse function, write `{inverse}(x)`; for one over it, `{whole}`"));
        Some(inverse.unwrap_or_else(|| format!("for one over it, write `{whole}`")))
    }

    /// `[1 -2]`: two elements, or a difference.
    pub(super) fn two_elements(&self, sign: Span) -> Fault {
        let left = self.operands.last().map_or(self.last, |&operand| self.with_sign(operand));
        let (left, sign_text) = (shortened(left.of(self.text)), sign.of(self.text));
        let right: String = self.text[sign.end as usize..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '_')).collect();
        let place = if self.in_list() { " in a list" } else { "" };
        let message = format!("`{left} {sign_text}{right}`{place} can be read in two ways");
        let elements = match self.table(sign) {
            Some(table) => table.advice() + "; for a difference, write",
            None => format!("write `{left}, {sign_text}{right}` or"),
        };
        Fault::new(FaultKind::Parse, sign, message)
            .label("two elements, or one that is computed")
            .help(format!("{elements} `{left} {sign_text} {right}`"))
    }

    /// `f'(3)`: meant as a derivative, and a product with a transpose.
    pub(super) fn primed(&self, bracket: Span) -> Fault {
        Fault::new(FaultKind::Parse, self.last.to(bracket), "`'(` can be read in two ways: `'` transposes, and marks no derivative")
            .label("here")
            .help("a derivative is written `d(f, x)`, or `d(f(x), x)` of a function; to multiply, write `*` before the bracket")
    }

    /// `if` or `else` without the other.
    pub(super) fn misplaced_choice(&self, at: Span) -> Fault {
        if let Some(fault) = self.conditional(at) {
            return fault;
        }
        let message = format!("`{}` stands here without its partner", at.of(self.text));
        let left_out = if self.in_call() { "; what a condition leaves out of a sum adds 0: `sum(where(x > 0, x, 0))`" } else { "" };
        let help = format!("a choice is written `x if c else y`, or `where(c, x, y)`{left_out}");
        Fault::new(FaultKind::Parse, at, message).label("here").help(help)
    }

    /// The operand that starts at `next`: a name, with its brackets if they follow, a bracketed expression, or a root of
    /// one of these or of a number.
    fn factor(&self, next: Span) -> Span {
        let mut end = next.end as usize;
        if next.of(self.text) == "√" {
            let rest = &self.text[end..];
            let begins = rest.trim_start_matches([' ', '\t', '√']);
            let own = begins.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(begins.len());
            let start = end + rest.len() - begins.len();
            let own = if own == 0 && begins.starts_with('(') { 1 } else { own };
            return next.to(self.factor(Span::new(start, start + own)));
        }
        let open = if next.of(self.text) == "(" { Some(next.start as usize) } else { self.text[end..].starts_with('(').then_some(end) };
        if let Some(open) = open {
            let mut depth = 0usize;
            for (at, byte) in self.text.bytes().enumerate().skip(open) {
                match byte {
                    b'(' => depth += 1,
                    b')' => depth -= 1,
                    b'\n' => break,
                    _ => {}
                }
                if depth == 0 {
                    end = at + 1;
                    break;
                }
            }
        }
        Span::new(next.start as usize, end)
    }

    /// A name glued to a number where the two look like another kind of number.
    pub(super) fn check_number_suffix(&self, name: &str, span: Span) -> Result<(), Fault> {
        let number = self.last.of(self.text);
        let whole = self.last.to(span);
        let written = whole.of(self.text);
        if matches!(name, "e" | "E") {
            if let Some(slash) = self.quotient() {
                return Err(self.two_readings(slash, span));
            }
            if let Some(sign) = self.ambiguous_exponent(span) {
                return Err(self.two_exponents(sign, span));
            }
            return Err(Fault::new(FaultKind::Parse, whole, format!("`{written}` has no digits after its exponent sign"))
                .label("an unfinished number")
                .help(format!("write `{number}e0` for a power of ten, or `{number}*e` for a product with e")));
        }
        if name.starts_with('_') && name.bytes().all(|b| b == b'_' || b.is_ascii_digit()) {
            let message = format!("`{}` is no number", shortened(written));
            let help =
                format!("`_` stands between two digits, as in `1_000`; to multiply, write `{}*{}`", shortened(number), shortened(name));
            return Err(Fault::new(FaultKind::Parse, whole, message).label("an underscore without a digit on either side").help(help));
        }
        let radix = match name.as_bytes() {
            [b'x' | b'X', rest @ ..] if !rest.is_empty() && rest.iter().all(u8::is_ascii_hexdigit) => "a hexadecimal",
            [b'b' | b'B', rest @ ..] if !rest.is_empty() && rest.iter().all(|b| matches!(b, b'0' | b'1')) => "a binary",
            [b'o' | b'O', rest @ ..] if !rest.is_empty() && rest.iter().all(u8::is_ascii_digit) => "an octal",
            _ => return Ok(()),
        };
        if number == "0" {
            return Err(Fault::new(
                FaultKind::Parse,
                whole,
                format!("`{written}` looks like {radix} number, and numbers here are decimal"),
            )
            .help("write it in decimal"));
        }
        Ok(())
    }

    /// Something beside a text in quotation marks.
    pub(super) fn beside_text(&self, span: Span) -> Fault {
        let fault =
            Fault::new(FaultKind::Parse, span, "a text in quotation marks stands alone").label("here").related(self.last, "the text");
        fault.help("in `print`, put a comma between items: `print \"slope\", 2*x`")
    }

    /// `:vars`: a command, which belongs to a session.
    pub(super) fn command(&self, colon: Span) -> Fault {
        let rest = &self.text[colon.end as usize..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '!'))).map_or(rest, |end| &rest[..end]);
        let whole = colon.to(Span::new(colon.end as usize, colon.end as usize + word.len()));
        let message = format!("`:{}` is a command of the session at a terminal, and no statement", shortened(word));
        Fault::new(FaultKind::Parse, whole, message).label("here").help(
            "type it in a line of its own in a session, which `gradcalc` without arguments opens; in a script `set digits 4` changes a \
             setting",
        )
    }

    /// `print(f"x is {x}")`: a text that Python would put values into.
    pub(super) fn filled_text(&self, span: Span) -> Fault {
        Fault::new(FaultKind::Parse, self.last.to(span), "values are not filled into a text here")
            .label("here")
            .help("put a comma between texts and values, as in `print \"x is\", x`; digits are chosen by `set digits 3`")
    }

    /// `print('x')`: a text in single quotation marks.
    pub(super) fn single_marks(span: Span) -> Fault {
        Fault::new(FaultKind::Parse, span, "`'` transposes what stands before it, and begins no text")
            .label("here")
            .help("write a text in double quotation marks, as in `print \"slope\", 2*x`")
    }

    /// Something beside sizes in brackets.
    pub(super) fn beside_sizes(span: Span) -> Fault {
        let fault = Fault::new(FaultKind::Parse, span, "sizes in brackets are one operand of a call, and nothing is computed with them");
        fault.label("here").help("put a comma or the closing bracket behind them, as in `np.zeros((2, 3))`")
    }

    /// The table without brackets that a number stands in.
    fn table(&self, at: Span) -> Option<Table<'_>> {
        let alone = self.waits_in_no_bracket();
        Table::around(self.text, at).filter(|_| alone)
    }

    fn kind_is_definition(&self) -> bool {
        matches!(self.kind, StatementKind::Name { .. })
    }

    /// `1,5` and `1,234.5`: a comma in a number.
    pub(super) fn comma_in_number(&self, comma: Span) -> Fault {
        let behind = self.digits_after(comma);
        let whole = self.last.to(behind);
        let written = whole.of(self.text);
        // `1.234,5`: points between the groups.
        let [plain, point] = ["", "."].map(|sign| written.replace('.', "").replace(',', sign));
        let groups = behind.range().len() == 3 && !written.contains('.');
        let rest = &self.text[behind.end as usize..];
        let decimals: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let more = (decimals.is_empty() && groups).then(|| more_groups(rest)).flatten();
        let help = match (groups, decimals.len() > 1) {
            _ if let Some(more) = more => format!("leave the commas out: `{plain}{more}`"),
            _ if let Some(table) = self.table(comma).filter(|table| table.height() > 1) => table.advice(),
            (true, true) => format!("leave the comma out: `{plain}{decimals}`"),
            (true, false) => format!("write `{plain}` or `{point}`, whichever is meant"),
            _ if rest.trim_start().starts_with(',') => {
                let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '-'))).unwrap_or(rest.len());
                let numbers = [written, rest[..end].trim_end_matches([',', ' ', '-'])].concat();
                let numbers: Vec<&str> = numbers.split(',').map(str::trim).collect();
                format!("several numbers are a vector: `[{}]`", numbers.join(", "))
            }
            _ => format!("write `{point}`, or `[{}]` for a vector", written.replace(',', ", ")),
        };
        Fault::new(FaultKind::Parse, comma, "a comma is no part of a number").label("here").help(help)
    }

    /// A comma outside of brackets.
    pub(super) fn stray_comma(&self, comma: Span) -> Fault {
        let rest = self.text[comma.end as usize..].split(['\n', ';']).next().unwrap_or_default();
        let assigns =
            rest.match_indices('=').any(|(at, _)| !rest[at + 1..].starts_with('=') && !rest[..at].ends_with(['=', '<', '>', '!']));
        let table = self.table(comma).filter(|table| table.height() > 1).map(|table| table.advice());
        let apart = self.named_apart(comma);
        let help = match &self.kind {
            _ if let Some(advice) = &table => advice,
            _ if let Some(advice) = &apart => advice,
            StatementKind::Assert { .. } => "an assertion says nothing but what must hold",
            StatementKind::Name { .. } => "one name is given one value; several numbers are a vector, `[1, 2]`",
            _ if assigns => "give each name its value by a statement of its own, as in `a = 1; b = 2`",
            _ => "statements are separated by `;`",
        };
        Fault::new(FaultKind::Parse, comma, "a comma separates the operands of a function, and no function is open here").help(help)
    }

    /// `a, b = 1, 2`, as statements of their own, where none of the values speaks of a name that another one changes before.
    fn named_apart(&self, comma: Span) -> Option<String> {
        let at = comma.start as usize;
        let begin = self.text[..at].rfind(['\n', ';', '{']).map_or(0, |before| before + 1);
        let statement = self.text[begin..].split(['\n', ';', '#', '}']).next()?;
        let (names, values) = statement.split_once('=').filter(|_| statement.len() <= LONGEST_OFFERED)?;
        let names: Vec<&str> = names.split(',').map(str::trim).collect();
        let mut depth = 0_usize;
        let values: Vec<&str> = values
            .split(|c: char| {
                depth = match c {
                    '(' | '[' => depth + 1,
                    ')' | ']' => depth.saturating_sub(1),
                    _ => depth,
                };
                c == ',' && depth == 0
            })
            .map(str::trim)
            .collect();
        let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let speaks = |value: &str| value.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| names.contains(&word));
        let fits = names.len() == values.len() && at < begin + statement.len() && names.iter().all(is_name);
        if !fits || values.iter().any(|value| value.is_empty() || value.starts_with('=') || speaks(value)) {
            return None;
        }
        let each: Vec<String> = names.iter().zip(&values).map(|(name, value)| format!("{name} = {value}")).collect();
        Some(format!("give each name its value by a statement of its own: `{}`", each.join("; ")))
    }

    /// `assert a == b +- c`: a tolerance, or a sum.
    pub(super) fn plus_minus(at: Span) -> Fault {
        Fault::new(FaultKind::Parse, at, "`+-` can be read as a tolerance or as a sum with a negative number")
            .label("here")
            .help("write `±` or `+/-` for a tolerance, and `-` alone to subtract")
    }

    /// `x[0] = 5`, `x[0] += 5`: a value for an element.
    pub(super) fn element_assigned(&self, at: Span, sign: Option<&str>) -> Fault {
        let element = shortened(at.of(self.text));
        let (name, place) = element.trim_end_matches(']').split_once('[').unwrap_or(("x", "0"));
        // What a call or a bracket gives has no name that could be given a value.
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let name = if is_name { name } else { "x" };
        let is_place = |place: &str| !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit());
        let places: Vec<&str> = place.split(',').map(str::trim).collect();
        let mask = match places[..] {
            _ if !is_name => None,
            [one] if is_place(one) => Some(format!("range(size({name})) == {one}")),
            [one] if one.strip_prefix('-').is_some_and(is_place) => Some(format!("range(size({name})) == size({name}) - {}", &one[1..])),
            [row, column] if is_place(row) && is_place(column) => {
                Some(format!("outer(onehot({row}, {name}.shape[0]), onehot({column}, {name}.shape[1])) > 0"))
            }
            _ => None,
        };
        let value = sign.map_or("5".to_owned(), |sign| format!("{name} {sign} 5"));
        let help = match mask {
            Some(mask) => {
                format!("an array is made anew: `{name} = where({mask}, {value}, {name})` is {name} with `{value}` in place {place}")
            }
            None => format!("an array is made anew: `{name} = where(m, {value}, {name})`, of a mask m that is 1 in the places that change"),
        };
        Fault::new(FaultKind::Parse, at, format!("`{element}` is an element, and only a name is given a value")).label("here").help(help)
    }

    /// A character that is no part of the language.
    pub(super) fn stray(&self, span: Span) -> Fault {
        let text = span.of(self.text);
        let sign = text.chars().next().unwrap_or_default();
        let code = u32::from(sign);
        let visible = sign.width().is_some_and(|width| width > 0);
        let message = if text.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic()) {
            format!("`{text}` is no part of the language")
        } else if visible {
            format!("`{text}` (U+{code:04X}) is no part of the language")
        } else {
            format!("the character U+{code:04X} is no part of the language")
        };
        let help = if visible { meant(text, sign) } else { "remove it; it is invisible".to_owned() };
        Fault::new(FaultKind::Parse, span, message).label("here").help(help)
    }
}

/// `,567.8`: the digits of further groups of three, with what follows a point behind them.
fn more_groups(rest: &str) -> Option<String> {
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.'))).unwrap_or(rest.len());
    let (groups, decimals) = rest[..end].split_once('.').map_or((&rest[..end], None), |(groups, decimals)| (groups, Some(decimals)));
    let is_grouped = groups.strip_prefix(',')?.split(',').all(|group| group.len() == 3);
    is_grouped.then(|| groups.replace(',', "") + &decimals.map_or(String::new(), |decimals| format!(".{decimals}")))
}

/// A product as it is offered: degrees stay at their number.
fn product(left: &str, right: &str) -> String {
    if right == DEGREES { format!("{left}{right}") } else { format!("{left}*{right}") }
}

/// A statement of no more bytes is offered in another form.
const LONGEST_OFFERED: usize = 120;

/// The digits below the line, which Unicode counts to no name.
const SUBSCRIPTS: &str = "₀₁₂₃₄₅₆₇₈₉";

/// What to do about a character that is no part of the language: many come out of other programs and texts.
fn meant(text: &str, sign: char) -> String {
    let help = match text {
        "!" => "for a factorial, write `gamma(n + 1)`; for `not`, `x == 0`",
        "&" => AND,
        "|" => OR,
        "?" => "for a choice, write `where(c, x, y)`",
        "." => "a point stands beside a digit, as in `0.5`",
        "{" | "}" => "brackets are round: `(` and `)`; braces hold the statements of `repeat 10 { ... }`",
        "′" => "to transpose, write `X'`; to differentiate, ask for the gradient of the expression",
        "\"" | "`" | "“" | "”" | "‘" | "’" | "„" => "an expression needs no quotation marks",
        "‐" | "‑" | "‒" | "—" | "―" => "write a minus as `-`",
        "∗" | "∙" | "•" | "\u{387}" => "write a product as `*`",
        "∕" | "⁄" => "write a quotient as `/`",
        "∛" => "write a cube root as `cbrt(x)`",
        "∜" => "write a fourth root as `x^(1/4)`",
        "~" | "¬" => "for `not`, write `x == 0`",
        "∑" => "write a sum as `sum(x)`",
        "∏" => "write a product of many as `prod(x)`",
        "∂" | "∇" => "write a derivative as `d(f, x)`",
        "¼" | "½" | "¾" => "write a fraction with `/`",
        "⁻" | "⁺" | "ⁿ" => "write a power with `^`",
        _ => {
            // The wide forms of East Asian keyboards stand in the order of ASCII.
            let narrow = u32::from(sign).checked_sub(0xfee0).and_then(char::from_u32).filter(char::is_ascii_graphic);
            return match narrow {
                Some(narrow) => format!("write it as `{narrow}`"),
                None if SUBSCRIPTS.contains(sign) => {
                    format!("write it as `{}` in a name, as in `w0` or `w_0`", u32::from(sign) - u32::from('₀'))
                }
                None if sign.is_numeric() => "write digits as 0 to 9".to_owned(),
                None => "write what it means with names and with + - * / ^".to_owned(),
            };
        }
    };
    help.to_owned()
}
