//! The budget: one account of what a user's text can size, asked before anything of that size is made.
//!
//! Knows bytes, stages, names and lengths of texts; nothing of what they are for. Whoever lowers, evaluates or reads
//! charges it here, and is given a fault of the kind `Limit` where the budget has no room.

use super::span::LONGEST_TEXT;
use super::{Fault, FaultKind, Remedy, Span};

/// The bytes of numbers of a budget that nobody has set; a laptop of 8 GB bears it.
pub const DEFAULT_BYTES: usize = 2 << 30;

/// The smallest budget, in bytes.
pub const LEAST_BYTES: usize = 1 << 20;

/// The bytes of one number.
pub const NUMBER: usize = size_of::<f64>();

/// The most stages in a budget of the default size; in another they are in proportion.
const STAGES: usize = 10_000_000;

/// The bytes of the budget that go with a name.
const NAME: usize = 1 << 10;

/// The bytes of the budget that go with a byte of a text.
const TEXT: usize = 1 << 6;

/// The part of the budget that one file may have: one in so many.
const FILES: usize = 1 << 3;

/// Above this many bytes the machine is asked too whether it has them.
const LARGE: usize = 1 << 24;

/// What a session may use, and what its statement at work has been charged so far.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What is allowed in all, in bytes: what the user sets.
    bytes: usize,
    /// The bytes that numbers may take, those that names hold among them.
    room: usize,
    stages: usize,
    /// The bytes that outlive the statement.
    kept: usize,
    /// The bytes of numbers that the statement has made.
    made: usize,
    /// The bytes of numbers that the statement's stages will take when they are evaluated.
    planned: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(DEFAULT_BYTES)
    }
}

impl Budget {
    /// A budget of so many bytes, of which nothing is used.
    pub fn of(bytes: usize) -> Self {
        let bytes = bytes.max(LEAST_BYTES);
        Self { bytes, room: bytes, stages: (bytes as u128 * STAGES as u128 / DEFAULT_BYTES as u128) as usize, kept: 0, made: 0, planned: 0 }
    }

    /// The same with room for this many more stages and numbers only, beside `stages` that there are and what is kept.
    #[must_use]
    pub fn with_room(&self, stages: usize, more_stages: usize, more_numbers: usize) -> Self {
        let room = self.room.min(self.kept.saturating_add(more_numbers.saturating_mul(NUMBER)));
        Self { room, stages: self.stages.min(stages.saturating_add(more_stages)), ..self.clone() }
    }

    /// What is allowed in all, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The most stages that one program may have.
    pub fn stages(&self) -> usize {
        self.stages
    }

    /// The most different names.
    pub fn names(&self) -> usize {
        self.bytes / NAME
    }

    /// The most bytes of a statement, and of a line.
    pub fn text(&self) -> usize {
        (self.bytes / TEXT).min(LONGEST_TEXT)
    }

    /// The most bytes of a file whose numbers are loaded.
    pub fn file(&self) -> usize {
        self.bytes / FILES
    }

    /// How many numbers the statement at work can still make.
    pub fn numbers_left(&self) -> usize {
        self.room.saturating_sub(self.kept).saturating_sub(self.made) / NUMBER
    }

    /// A file that is not loaded, by its shown name.
    pub fn unloaded(&self, file: &str, why: Unloaded, span: Span) -> Fault {
        let limit = |message: String| {
            Fault::new(FaultKind::Limit, span, message).label("here").remedy(self.or_raise("load a part of it", self.bytes))
        };
        match why {
            Unloaded::Unreadable(why) => Fault::new(FaultKind::Io, span, format!("cannot read `{file}`: {why}")).label("here"),
            Unloaded::TooLong(most) => limit(format!("`{file}` has more than {}", size(most))),
            Unloaded::TooMany(most) => limit(format!("`{file}` holds more than {most} numbers")),
        }
    }

    /// A statement begins, with this many bytes kept from those before.
    pub fn begin(&mut self, kept: usize) {
        (self.kept, self.made, self.planned) = (kept, 0, 0);
    }

    /// Charges numbers that the statement's stages will take.
    ///
    /// # Errors
    /// Where they would pass the budget.
    #[inline]
    pub fn plan(&mut self, numbers: usize, span: Span) -> Result<(), Fault> {
        self.planned = self.planned.saturating_add(numbers.saturating_mul(NUMBER));
        let needed = self.kept.saturating_add(self.made).saturating_add(self.planned);
        if needed > self.room { Err(self.passed(needed, span)) } else { Ok(()) }
    }

    /// Charges numbers that the statement has made.
    ///
    /// # Errors
    /// As for [`Self::plan`].
    pub fn charge(&mut self, numbers: usize, span: Span) -> Result<(), Fault> {
        self.made = self.made.saturating_add(numbers.saturating_mul(NUMBER));
        self.plan(0, span)
    }

    /// Whether numbers that are about to be made have room beside what the statement has made: by the budget, and by the
    /// machine.
    ///
    /// # Errors
    /// Where they have none.
    pub fn fits(&self, numbers: usize, span: Span) -> Result<(), Fault> {
        let wanted = numbers.saturating_mul(NUMBER);
        let needed = self.kept.saturating_add(self.made).saturating_add(wanted);
        if needed > self.room {
            return Err(self.passed(needed, span));
        }
        if wanted > LARGE && !is_available(wanted.saturating_add(wanted / 8)) {
            let message = format!("this takes {} of memory, and the machine does not give them", size(wanted));
            return Err(Fault::new(FaultKind::Limit, span, message).label("too large").help("use smaller arrays, or evaluate it in parts"));
        }
        Ok(())
    }

    /// Whether a program may have so many stages.
    ///
    /// # Errors
    /// Where it may not.
    #[inline]
    pub fn check_stages(&self, stages: usize, span: Span) -> Result<(), Fault> {
        if stages > self.stages { Err(self.too_many_stages(span)) } else { Ok(()) }
    }

    #[cold]
    fn too_many_stages(&self, span: Span) -> Fault {
        let message = format!("this takes more than {} stages", self.stages);
        Fault::new(FaultKind::Limit, span, message)
            .label("the limit is reached here")
            .remedy(self.or_raise("evaluate it in parts", self.bytes))
    }

    /// The fault of a file or a text of more than so many bytes.
    pub fn too_long(&self, what: &str, most: usize, span: Span) -> Fault {
        let message = format!("{what} has more than {}", size(most));
        Fault::new(FaultKind::Limit, span, message).label("here").remedy(self.or_raise("split it", self.bytes))
    }

    /// The fault of a name that is one too many.
    pub fn too_many_names(&self, span: Span) -> Fault {
        let message = format!("there are more than {} different names", self.names());
        Fault::new(FaultKind::Limit, span, message).label("one too many").remedy(self.or_raise("use names again", self.bytes))
    }

    #[cold]
    fn passed(&self, needed: usize, span: Span) -> Fault {
        let held = if self.kept > self.room / 8 { format!(", {} of them held by names", size(self.kept)) } else { String::new() };
        // A preview has less room than the session.
        let message = format!("this takes {} of numbers or more{held}, and the budget is {}", size(needed), size(self.room));
        Fault::new(FaultKind::Limit, span, message)
            .label("the budget is passed here")
            .remedy(self.or_raise("use smaller arrays, evaluate it in parts", needed))
    }

    /// To do something else, or to have a budget that is larger than today's and than what is needed.
    pub fn or_raise(&self, instead: &'static str, needed: usize) -> Remedy {
        let larger = needed.max(self.bytes).saturating_add(1).checked_next_power_of_two();
        Remedy::OrRaiseBudget { instead, to: larger.unwrap_or(usize::MAX) }
    }
}

/// Why the numbers of a file are not had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unloaded {
    /// It cannot be read, or holds no numbers: why.
    Unreadable(String),
    /// It has more than this many bytes.
    TooLong(usize),
    /// It holds more numbers than one value may have.
    TooMany(usize),
}

/// Whether the machine has so many bytes at hand. What it promises and does not have, it does not say.
fn is_available(bytes: usize) -> bool {
    let mut probe: Vec<u8> = Vec::new();
    let given = probe.try_reserve_exact(bytes).is_ok();
    // Memory that nobody looks at would not be asked for.
    std::hint::black_box(&probe);
    given
}

/// The units of sizes, the largest first.
const UNITS: &[(&str, usize)] = &[
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

/// A number of bytes as text: `2 GiB`, `7.2 MiB`.
pub fn size(bytes: usize) -> String {
    let (unit, scale) = UNITS[..4].iter().find(|&&(_, scale)| bytes >= scale).unwrap_or(&("bytes", 1));
    let tenths = (bytes as f64 / *scale as f64 * 10.0).floor() / 10.0;
    format!("{tenths} {unit}")
}

/// The bytes that a text such as `4GiB` or `500 MB` says.
pub fn read_size(text: &str) -> Option<usize> {
    let text = text.trim();
    let digits = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
    let (number, unit) = (text[..digits].parse::<f64>().ok()?, text[digits..].trim());
    let (_, scale) = UNITS.iter().find(|(known, _)| known.eq_ignore_ascii_case(unit))?;
    let bytes = number * *scale as f64;
    (bytes >= LEAST_BYTES as f64 && bytes <= (1u64 << 50) as f64).then_some(bytes as usize)
}
