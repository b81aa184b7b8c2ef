//! The command `:play`: the two passes a gate a key, or where no screen can be had, one step below the other.

use super::{Flow, Repl, refuse};
use crate::binary::paint;
use crate::ground::broken;
use crate::views::circuit::MOST;
use crate::views::play::Play;
use crate::views::{Role, View, named};
use std::io::{self, IsTerminal as _};
use std::sync::{Arc, LazyLock};

/// What stands below each step.
const KEYS: &str = "space or right: on   left: back   Home, End   q: leave";

/// The view that is played: the circuit, with numbers.
static PLAYED: LazyLock<View> =
    LazyLock::new(|| View { values: true, ..*named("circuit").unwrap_or_else(|| broken("the circuit is a view")) });

/// What asks for the table in the place of the circuit.
const TABLE: &str = "table";

/// The lines of a screen that a step leaves free.
const FREE: usize = 2;

impl Repl<'_, '_> {
    pub(super) fn play(&mut self, text: &str) -> Flow {
        let (is_table, text) = self.form(text);
        if !text.is_empty() {
            self.job.forget_shown();
            self.ask_with(text, |settings| settings.view = &PLAYED);
            return match self.job.answered() {
                Some(answer) => self.played(&answer, is_table),
                None => Flow::Stay,
            };
        }
        let Some(question) = self.job.said.question.clone() else {
            return refuse("`:play` plays the last expression, and there is none yet");
        };
        let then = self.job.session.as_at(&question.session, self.job.session.settings.clone());
        match then.answer_for(&PLAYED, &question.text) {
            Ok(answer) => {
                let flow = self.played(&answer, is_table);
                self.tell_turned(&answer);
                flow
            }
            Err(fault) => {
                self.job.fault(&fault, &question.source, &question.text);
                Flow::Stay
            }
        }
    }

    /// Whether the table is asked for, by its name where nothing of the session's has that name, and the expression.
    fn form<'t>(&self, text: &'t str) -> (bool, &'t str) {
        let rest = text.strip_prefix(TABLE).filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        match rest.filter(|_| !self.job.session.listed().iter().any(|(name, ..)| name == TABLE)) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        }
    }

    /// Plays an answer on a screen, or all of it where there is none.
    fn played(&mut self, answer: &Arc<crate::views::Answer>, is_table: bool) -> Flow {
        let style = self.job.session.settings.style;
        let Some(play) = Play::of(answer, &style, is_table) else {
            return refuse(&format!(
                "`:play` follows at most {MOST} gates; play the surroundings of a stage (`:focus q`), or a part of it"
            ));
        };
        let is_screen = io::stdin().is_terminal() && io::stdout().is_terminal() && !paint::is_dumb();
        if !is_screen || !self.on_screen(answer, is_table, play.count()) {
            for at in 0..play.count() {
                let gap = if at > 0 { "\n" } else { "" };
                self.job.write(|page| page.put(Role::Plain, gap).and_then(|()| play.show(at, usize::MAX, page)));
            }
        }
        Flow::Stay
    }

    /// Plays on a screen of its own, if there is one.
    #[cfg(unix)]
    fn on_screen(&mut self, answer: &crate::views::Answer, is_table: bool, count: usize) -> bool {
        use super::screen::{Key, Screen};
        self.job.flush();
        let Ok(mut screen) = Screen::open() else { return false };
        let mut at: usize = 0;
        loop {
            // The terminal may have another size by now.
            let style = &mut self.job.session.settings.style;
            (style.width, style.height) = (paint::width(false), paint::height(false));
            let (style, height) = (*style, style.height.unwrap_or(24).saturating_sub(FREE));
            let Some(play) = Play::of(answer, &style, is_table) else { return true };
            let cleared = Screen::clear();
            self.job.write(|page| {
                cleared?;
                play.show(at, height, page)?;
                page.put(Role::Comment, KEYS)
            });
            self.job.flush();
            if self.job.results.written.is_err() {
                return true;
            }
            at = match screen.key() {
                Key::Forward => (at + 1).min(count - 1),
                Key::Back => at.saturating_sub(1),
                Key::First => 0,
                Key::Last => count - 1,
                Key::Leave => return true,
                Key::Other => at,
            };
        }
    }

    /// Without keys one by one there is no screen.
    #[cfg(not(unix))]
    fn on_screen(&mut self, _: &crate::views::Answer, _: bool, _: usize) -> bool {
        false
    }
}
