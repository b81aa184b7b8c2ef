//! What a table of text costs at least, one thread: reading a file of two columns of numbers, parsing them, formatting three numbers a row, and
//! writing as much text as the row's own and those take.
//!
//!     cargo bench --bench csv_floors -- IN OUT
//!
//! Seconds of each are printed, and their sum. Nothing is computed and nothing is checked; `benches/rows.py` runs it beside the program.

use std::fs;
use std::io::{Read as _, Write as _};
use std::time::Instant;

/// How much text is read, and written, at a time.
const BLOCK: usize = 1 << 19;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [from, to] = &arguments[..] else { return };
    let timed = |name: &str, work: &mut dyn FnMut()| {
        let began = Instant::now();
        work();
        let seconds = began.elapsed().as_secs_f64();
        println!("{name} {seconds:.4}");
        seconds
    };
    let reading = timed("reading", &mut || {
        let mut file = fs::File::open(from).expect("a file");
        let mut block = vec![0; BLOCK];
        while file.read(&mut block).expect("it is read") > 0 {}
    });
    let text = fs::read(from).expect("a file");
    let mut numbers: Vec<f64> = Vec::with_capacity(text.len() / 4);
    let parsing = timed("parsing", &mut || {
        let mut rest = &text[text.iter().position(|&byte| byte == b'\n').expect("a header") + 1..];
        while !rest.is_empty() {
            let (number, length) = fast_float2::parse_partial::<f64, _>(rest).expect("a number");
            numbers.push(number);
            rest = &rest[length + 1..];
        }
    });
    let mut block = Vec::with_capacity(2 * BLOCK);
    let mut formatted = 0;
    let formatting = timed("formatting", &mut || {
        let mut buffer = zmij::Buffer::new();
        for row in numbers.chunks_exact(2) {
            for number in [row[0], row[1], row[0] * row[1]] {
                block.extend_from_slice(buffer.format_finite(number).as_bytes());
                block.push(b',');
            }
            if block.len() > BLOCK {
                formatted += block.len();
                block.clear();
            }
        }
        formatted += block.len();
    });
    let size = text.len() + formatted;
    let writing = timed("writing", &mut || {
        let mut file = fs::File::create(to).expect("a file");
        let block = vec![b'0'; BLOCK];
        for start in (0..size).step_by(BLOCK) {
            file.write_all(&block[..BLOCK.min(size - start)]).expect("it is written");
        }
    });
    println!("all {:.4}", reading + parsing + formatting + writing);
}
