//! Files of numbers: what is a table, what is none, and what is told of how it was read.

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

#[test]
fn what_is_read_in_an_unusual_way_is_told() {
    let notes = |text: &str| read(text.as_bytes(), 9).expect(text).notes;
    assert_eq!(notes("1,5;2,5\n"), ["commas are read as decimal commas: `1,5` is 1.5"]);
    assert_eq!(notes("1,5\t2,5\n"), ["commas are read as decimal commas: `1,5` is 1.5"]);
    assert_eq!(notes("1, 5\n2 ,5\n"), Vec::<String>::new());
    assert_eq!(notes("1e-400\n"), ["line 1, column 1: `1e-400` is smaller than the smallest number, and is read as 0"]);
    assert_eq!(notes("0.0,0e-400\n"), Vec::<String>::new());
}
