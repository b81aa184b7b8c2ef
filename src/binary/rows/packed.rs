//! Tables that are packed by gzip or zstd, unpacked as they are read: which of them a file is, its first bytes say.
//!
//! Knows packings and what is wrong with packed bytes, and where; no row. What unpacks is read by a thread of its own where
//! there is more than one.

use crate::forms::data::{FORMATS, Unpacked};
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use zstd::stream::read::Decoder;

/// How many packed bytes are read at a time.
const BLOCK: usize = 1 << 17;

/// Why a file does not end where its members do.
const BEHIND: &str = "bytes behind the last member";

/// How a frame of zstd begins that holds nothing to unpack, behind a byte from 0x50 to 0x5f.
const SKIPPABLE: &[u8] = b"\x2a\x4d\x18";

/// How a table is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    Gzip,
    Zstd,
}

/// How Parquet begins.
const BEGINS_PARQUET: &[u8] = b"PAR1";

/// What to do about Parquet that is not read: its end says what it holds, so that it is not read from a pipe.
const PARQUET: &str = if cfg!(feature = "parquet") {
    "from a pipe; give `--rows` the name of the file"
} else {
    "by this build; build it with `cargo install gradcalc --features parquet`, or write CSV, as by `duckdb -csv -c \"FROM 'FILE'\"`"
};

impl Packing {
    const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// How names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstd => "zst",
        }
    }

    /// The packing that a name's ending says.
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|packing| packing.ending().eq_ignore_ascii_case(ending))
    }

    /// Whether a member begins with these bytes. A frame of zstd may be one that holds nothing to unpack.
    fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Self::Gzip => bytes.starts_with(b"\x1f\x8b"),
            Self::Zstd => {
                bytes.starts_with(b"\x28\xb5\x2f\xfd") || matches!(bytes, [0x50..=0x5f, rest @ ..] if rest.starts_with(SKIPPABLE))
            }
        }
    }
}

/// Whether more bytes may show that these begin what is no text.
fn may_be_packed(first: &[u8]) -> bool {
    let begins = |sign: &[u8]| sign.len() > first.len() && sign.starts_with(first);
    let skippable = || matches!(first, [0x50..=0x5f, rest @ ..] if SKIPPABLE.len() > rest.len() && SKIPPABLE.starts_with(rest));
    FORMATS.iter().any(|(sign, ..)| begins(sign)) || skippable()
}

/// What is read, unpacked where it is packed; whether it is. An ending may say how it is packed, and must say it rightly.
///
/// # Errors
/// Where it cannot be read, is packed otherwise than its ending says, or is in a format that is not read.
pub fn unpacked(mut from: Box<dyn Read + Send>, ending: Option<Packing>) -> io::Result<(Box<dyn Read + Send>, bool)> {
    let mut first = Vec::new();
    // What comes slowly is waited for only where it may be packed.
    while may_be_packed(&first) {
        let mut next = [0; 8];
        match from.read(&mut next) {
            Ok(0) => break,
            Ok(read) => first.extend_from_slice(&next[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let found = Packing::ALL.into_iter().find(|packing| packing.begins(&first));
    if let (None, Some((begins, what, unpacked))) = (found, FORMATS.iter().find(|(begins, ..)| first.starts_with(begins))) {
        let help = match unpacked {
            _ if *begins == BEGINS_PARQUET => format!(" {PARQUET}"),
            Unpacked::By(command) => format!("; unpack it, as in `{command} FILE | gradcalc ... --rows -`"),
            Unpacked::Else(help) => format!("; {help}"),
        };
        return Err(io::Error::new(ErrorKind::Unsupported, format!("it is {what}, which is not read{help}")));
    }
    let from = io::Cursor::new(first).chain(from);
    let packed = |from| Counted { from: BufReader::with_capacity(BLOCK, from), count: 0 };
    match (found, ending) {
        (None, None) => Ok((Box::new(from), false)),
        (None, Some(packing)) => {
            let (name, ending) = (packing.name(), packing.ending());
            let says = format!("it is not packed by {name}, as its name says; leave `.{ending}` out of the name if it is CSV as it stands");
            Err(io::Error::new(ErrorKind::InvalidData, says))
        }
        (Some(packing), _) => {
            let member = match packing {
                Packing::Gzip => Unpacker::Gzip(Some(Box::new(GzDecoder::new(packed(from))))),
                Packing::Zstd => Unpacker::Zstd(Decoder::with_buffer(packed(from))?),
            };
            Ok((Box::new(Unpacking { packing, unpacker: member, count: 0 }), true))
        }
    }
}

/// A file, and how many bytes of it were read, for whoever shows that.
pub struct Metered {
    file: File,
    read: Arc<AtomicU64>,
}

impl Metered {
    pub fn of(file: File) -> (Self, Arc<AtomicU64>) {
        let read = Arc::<AtomicU64>::default();
        (Self { file, read: Arc::clone(&read) }, read)
    }
}

impl Read for Metered {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(bytes)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// What is read, and how many bytes of it were taken.
struct Counted<R> {
    from: R,
    count: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(bytes)?;
        self.count += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.from.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.from.consume(count);
        self.count += count as u64;
    }
}

/// What unpacks: one member, or frame, after the other.
enum Unpacker<R: BufRead> {
    /// The member at hand, which gives the reader to the next one.
    Gzip(Option<Box<GzDecoder<R>>>),
    Zstd(Decoder<'static, R>),
}

/// The bytes of a file that is packed.
struct Unpacking<R: BufRead> {
    packing: Packing,
    unpacker: Unpacker<Counted<R>>,
    /// How many bytes were unpacked.
    count: u64,
}

impl<R: BufRead> Unpacking<R> {
    /// What is wrong, and where.
    fn told(&mut self, error: &io::Error) -> io::Error {
        let (name, count) = (self.packing.name(), self.count);
        let from = match &mut self.unpacker {
            Unpacker::Gzip(unpacker) => unpacker.as_mut().map(|member| member.get_mut()),
            Unpacker::Zstd(unpacker) => Some(unpacker.get_mut()),
        };
        let (ended, at) = from.map_or((true, 0), |from| (from.fill_buf().is_ok_and(<[u8]>::is_empty), from.count));
        let cause = error.to_string();
        // Behind a frame stands another one, or nothing.
        let behind = cause == BEHIND || count > 0 && cause.contains("Unknown frame descriptor");
        let says = if behind && !(ended && cause != BEHIND) {
            format!("behind its {name} data, from about byte {at} ({count} unpacked), stand bytes that are none; cut them off")
        } else if ended && (behind || error.kind() == ErrorKind::UnexpectedEof) {
            format!("its {name} data end in the middle, after {at} bytes ({count} unpacked): the file is not whole; fetch it again")
        } else if cause.contains("too much memory") {
            format!(
                "its {name} data need a window of more than 128 MiB; unpack it, as in `zstd -dc --long=31 FILE | gradcalc ... --rows -`"
            )
        } else {
            format!("its {name} data are damaged at or before byte {at} ({count} unpacked): {cause}; fetch it again")
        };
        io::Error::new(ErrorKind::InvalidData, says)
    }
}

impl<R: BufRead> Unpacker<R> {
    fn unpack(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let member = match self {
            Self::Zstd(unpacker) => return unpacker.read(bytes),
            Self::Gzip(member) => member,
        };
        while let Some(unpacker) = member {
            let count = unpacker.read(bytes)?;
            if count > 0 || bytes.is_empty() {
                return Ok(count);
            }
            match unpacker.get_mut().fill_buf()?.first() {
                None => break,
                Some(0x1f) => *member = member.take().map(|unpacker| Box::new(GzDecoder::new(unpacker.into_inner()))),
                Some(_) => return Err(io::Error::new(ErrorKind::InvalidData, BEHIND)),
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Read for Unpacking<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let found = self.unpacker.unpack(bytes);
        match found {
            Ok(count) => {
                self.count += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.told(&error)),
        }
    }
}
