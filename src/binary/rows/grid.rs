//! A grid: names with so many numbers from one to another, read as the lines of a table.
//!
//! Knows the form of an axis on the command line; no other flag.

use crate::ground::number::push_shortest;
use crate::session::{Session, Settings};
use std::io::{self, Read};

/// A name of a grid and its numbers.
#[derive(Clone, Debug)]
pub struct Axis {
    pub name: String,
    from: f64,
    to: f64,
    count: usize,
}

impl Axis {
    /// Reads `NAME=FROM:TO:COUNT`; none where the word has another form.
    pub fn read(word: &str) -> Option<Result<Self, String>> {
        let (name, range) = word.split_once('=')?;
        let parts: Vec<&str> = range.split(':').collect();
        let [from, to, count] = parts[..] else { return None };
        let number = |text: &str| {
            let value = Session::new(Settings::default()).value(text);
            value.ok().and_then(|value| value.number()).filter(|number| number.is_finite())
        };
        let wrong = || Err(format!("`{word}` is no NAME=FROM:TO:COUNT of two numbers and a whole number from 1 on"));
        let (Some(from), Some(to), Some(count)) = (number(from), number(to), count.trim().parse::<usize>().ok().filter(|&count| count > 0))
        else {
            return Some(wrong());
        };
        // An element of an array is a name as a column of a table is.
        let element = name.trim().strip_suffix(']').and_then(|name| name.split_once('['));
        let element = element.filter(|(_, at)| at.parse::<usize>().is_ok()).map(|(name, _)| name);
        if !Session::is_name(element.unwrap_or(name.trim())) {
            return Some(wrong());
        }
        Some(Ok(Self { name: name.trim().to_owned(), from, to, count }))
    }

    fn number(&self, at: usize) -> f64 {
        if at + 1 == self.count && at > 0 {
            return self.to;
        }
        let (share, step) = (at as f64 / (self.count - 1).max(1) as f64, self.to - self.from);
        if step.is_finite() { self.from + step * share } else { self.from * (1.0 - share) + self.to * share }
    }
}

/// A grid as the lines of a table.
pub struct Grid {
    axes: Vec<Axis>,
    next: usize,
    count: usize,
    rest: Vec<u8>,
}

impl Grid {
    /// The points of some axes; none where they cannot be counted.
    pub fn of(axes: Vec<Axis>) -> Option<Self> {
        let count = axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.count))?;
        let names: Vec<&str> = axes.iter().map(|axis| axis.name.as_str()).collect();
        let rest = format!("{}\n", names.join(",")).into_bytes();
        Some(Self { axes, next: 0, count, rest })
    }

    /// How many points there are.
    pub fn points(&self) -> usize {
        self.count
    }
}

impl Read for Grid {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.rest.len() < out.len() && self.next < self.count {
            let mut within = self.count;
            for (at, axis) in self.axes.iter().enumerate() {
                within /= axis.count;
                if at > 0 {
                    self.rest.push(b',');
                }
                push_shortest(axis.number(self.next / within % axis.count), &mut self.rest);
            }
            self.rest.push(b'\n');
            self.next += 1;
        }
        let len = self.rest.len().min(out.len());
        out[..len].copy_from_slice(&self.rest[..len]);
        self.rest.drain(..len);
        Ok(len)
    }
}
