//! Files of numbers: what is a table, what is none, and what is told of how it was read.

use crate::support::is_deep;
use gradcalc::forms::data::read;
use gradcalc::ground::budget::Unloaded;
use gradcalc::vocabulary::gate::shape_rules::MOST_NUMBERS;

fn shape_and_numbers(text: &str) -> (String, Vec<f64>) {
    let table = read(text.as_bytes(), MOST_NUMBERS).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    (table.value.shape().to_string(), table.value.numbers().to_vec())
}

fn error(text: &str) -> String {
    match read(text.as_bytes(), 4).expect_err(text) {
        Unloaded::Unreadable(why) => why,
        other => format!("{other:?}"),
    }
}

#[test]
fn lines_of_numbers_are_a_matrix_and_one_column_a_vector() {
    let matrix = || ("[2, 2]".to_owned(), vec![1.0, 2.0, 3.0, 4.5]);
    let texts = [
        "1,2\n3,4.5\n",
        "1,2\r\n3,4.5",
        "x,y\n1,2\n3,4.5\n",
        "\u{feff}x;y\n1;2\n3;4.5",
        "# made by hand\n1\t2\n\n3\t4.5\n",
        // As NumPy's savetxt writes it, and as people align it.
        "1.000000000000000000e+00 2.000000000000000000e+00\n3.000000000000000000e+00 4.500000000000000000e+00\n",
        "  1    2\n  3  4.5  \n\n",
        "1 \t2\n3\t 4.5",
        "1 2\t\n3\t4.5",
        "x y\n1 2\n3 4.5\n",
        "\"the x\" \"the y\"\n1 2\n3 4.5\n",
        "\"2020\",\"2021\"\n1,2\n3,4.5\n",
        "\"1\",\"2\"\n\"3\",\"4.5\"\n",
        "1,0;2,0\n3;4,5\n",
        "1|2\n3|4.5\n",
        "1,0|2,0\n3|4,5\n",
        "\"a, b\";c\n1;2\n3;4.5\n",
        "1,0\t2,0\n3\t4,5\n",
        "1,0 2,0\n3 4,5\n",
        "1 \t 2,0\n3\t4,5\n",
    ];
    for text in texts {
        assert_eq!(shape_and_numbers(text), matrix(), "{text:?}");
    }
    assert_eq!(shape_and_numbers("\"x\"\n 1 \n-inf\n"), ("[2]".to_owned(), vec![1.0, f64::NEG_INFINITY]));
    assert_eq!(shape_and_numbers("1,2,3"), ("[1, 3]".to_owned(), vec![1.0, 2.0, 3.0]));
    assert_eq!(shape_and_numbers("−1\n2e−3"), ("[2]".to_owned(), vec![-1.0, 2e-3]));
}

#[test]
fn what_is_no_table_of_numbers_is_told_with_its_line() {
    assert_eq!(error("1,2\n3,4\n5,6\n"), "TooMany(4)");
    assert_eq!(error("x,y\n1,2\n3,oops\n"), "line 3, column 2: `oops` is no number");
    assert_eq!(error("1,2\n3\n"), "line 2 has 1 number, and the lines before it have 2");
    assert_eq!(error("x,y,z\n1,2\n"), "its header names 3 columns, and line 2 has 2 numbers");
    assert_eq!(error("1,2\n3,\n"), "line 2, column 2: `` is no number; write `nan` for a number that is missing");
    assert_eq!(
        error("1\t\t3\n"),
        "line 1, column 2: `` is no number; write `nan` for a number that is missing; \
        a line that names the columns begins with `#`, or has every name in quotation marks"
    );
    assert_eq!(error("1e400\n"), "line 1, column 1: `1e400` is larger than the largest number, 1.8e308");
    assert!(error("1,5;2.5\n").contains("`1,5` has a decimal comma and `2.5` a decimal point"));
    assert_eq!(error("\u{feff}1;1,234,567\n").split(';').next(), Some("line 1, column 2: `1,234,567` is no number"));
    for nothing in ["", "x,y\n", "# 1\n", "\n  \n"] {
        assert_eq!(error(nothing), "it holds no numbers", "{nothing:?}");
    }
    assert!(matches!(read(b"\xff\xfe1\0", 4), Err(Unloaded::Unreadable(why)) if why.contains("UTF-8")));
}

/// A file that is no text is told as what it is, with what unpacks it.
#[test]
fn what_is_packed_is_told() {
    for (begins, what) in [
        (&b"\x1f\x8b\x08\0"[..], "`gzip -dc FILE > TEXT`"),
        (b"\x28\xb5\x2f\xfd\x04", "`zstd -dc FILE > TEXT`"),
        (b"\xfd7zXZ\0", "`xz -dc FILE > TEXT`"),
        (b"PK\x03\x04\x14", "save it as CSV"),
        (b"\x93NUMPY\x01\0", "np.savetxt"),
        (b"\xff\xfe1\0", "UTF-8"),
    ] {
        let Err(Unloaded::Unreadable(why)) = read(begins, 4) else { panic!("{begins:?} is no table") };
        assert!(why.contains(what), "{begins:?}: {why}");
    }
}

#[test]
fn what_is_read_in_an_unusual_way_is_told() {
    let notes = |text: &str| read(text.as_bytes(), 9).expect(text).notes;
    assert_eq!(notes("1,5;2,5\n"), ["commas are read as decimal commas: `1,5` is 1.5"]);
    assert_eq!(notes("1,5\t2,5\n"), ["commas are read as decimal commas: `1,5` is 1.5"]);
    assert_eq!(notes("1, 5\n2 ,5\n"), Vec::<String>::new());
    assert_eq!(notes("1e-400\n"), ["line 1, column 1: `1e-400` is smaller than the smallest number, and is read as 0"]);
    assert_eq!(notes("0.0,0e-400\n"), Vec::<String>::new());
}

/// A quotation mark that is never closed, or has something behind it, is no number; nor is a number that a line is broken in.
#[test]
fn what_is_quoted_wrongly_is_told() {
    for (text, told) in [
        ("1,\"2\"3\n", "line 1: `\"2\"3` has something behind its quotation marks"),
        ("1,2\n3,\"4\n", "line 2: a quotation mark is never closed"),
        ("# \"\n1,2\n3,\"4\"\"\n", "line 3: a quotation mark is never closed"),
        ("\"1\n5\",2\n3,4\n", "line 1, column 1"),
        ("\"a\nb\",2\n3,4\n", "line 1, column 1"),
    ] {
        let fault = read(text.as_bytes(), 100).expect_err(text);
        assert!(format!("{fault:?}").replace("\\\"", "\"").contains(told), "{text:?}: {fault:?}");
    }
    for (text, numbers) in [
        ("\"1\",2\n3,\"4\"\n", &[1.0, 2.0, 3.0, 4.0][..]),
        ("\"a \"\"b\"\"\",\"c\nd\"\n1,2\n", &[1.0, 2.0]),
        ("a,b\r\n\"1\" , 2\r\n", &[1.0, 2.0]),
        ("# it's \"open\n1;2\n", &[1.0, 2.0]),
    ] {
        assert_eq!(read(text.as_bytes(), 100).expect(text).value.numbers(), numbers, "{text:?}");
    }
}

/// Lines of plain numbers are read where they stand, all others by the crate csv: what they say is the same.
#[test]
fn plain_lines_are_read_as_all_others() {
    // In quotation marks, a field of blanks, commas or letters would change what divides the line, or whether it is a header.
    let fields = ["1", "-2.5", "+3e2", ".5", "7.", "1e-320", "1e-400", "1e999", "0", "-0.0", "0e7", "nan", "inf", "−1"];
    let mut state = 88_172_645_463_325_252u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut read_at_all = 0;
    let count = if is_deep() { 20_000 } else { 5_000 };
    for _ in 0..count {
        let divider = [",", ";", "\t", " ", " , "][random(5)];
        let ends = if random(4) == 0 { 5 } else { 2 };
        let end = ["\n", "\r\n", "\n\n", "\n# a remark\n", "\r"][random(ends)];
        let columns = 1 + random(3);
        let odd = random(3);
        let mut lines: Vec<String> = Vec::new();
        for _ in 0..6 {
            let count = if odd == 0 && random(9) == 0 { 1 + random(3) } else { columns };
            let kinds = if odd == 0 { fields.len() } else { 5 };
            lines.push((0..count).map(|_| fields[random(kinds)]).collect::<Vec<_>>().join(divider));
        }
        let header = if random(2) == 0 { format!("{}{end}", ["a", "b", "c"][..columns].join(divider)) } else { String::new() };
        let text = format!("{header}{}{end}", lines.join(end));
        // A first number in quotation marks is the same number, and none of a plain line.
        let (first, rest) = text[header.len()..].split_at(text[header.len()..].find(['\n', '\r', ',', ';', '\t', ' ']).unwrap_or(0));
        // One alone would be a header.
        let alone = header.is_empty() && !lines[0].contains(divider);
        if alone || first.is_empty() || first.starts_with(['"', '#']) || first.parse::<f64>().is_err() || divider == " , " {
            continue;
        }
        let other = format!("{header}\"{first}\"{rest}");
        let said = |text: &str| {
            read(text.as_bytes(), 1000).map(|table| {
                let bits: Vec<u64> = table.value.numbers().iter().map(|number| number.to_bits()).collect();
                (table.value.shape().to_string(), bits, table.notes)
            })
        };
        match (said(&text), said(&other)) {
            (Ok(one), Ok(two)) => {
                assert_eq!(one, two, "{text:?}");
                read_at_all += 1;
            }
            // The mark that was added may be the first thing that is wrong.
            (Err(_), Err(two)) if format!("{two:?}").contains("behind its quotation marks") => {}
            (Err(one), Err(two)) => assert_eq!(format!("{one:?}").replace('"', ""), format!("{two:?}").replace('"', ""), "{text:?}"),
            (one, two) => panic!("{text:?}: {one:?} but {two:?}"),
        }
    }
    assert!(read_at_all > count / 4, "{read_at_all}");
}
