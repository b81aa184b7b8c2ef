//! Queries that `--as sql` prints: run on SQLite, which Python has, and what is refused.
//!
//! `.ci/engines` runs the same script on the other engines. Here every text in the place of a gate is compared with the gate, and
//! stages that are restaged with what they were.

use crate::code::numpy;
use crate::support::{is_deep, part_of, silent};
use gradcalc::forms::target::sql::{ENGINES, texts};
use gradcalc::vocabulary::gate::{Family, Kernel, TABLE};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program starts")
}

fn query(engine: &str, rest: &[&str]) -> String {
    let output = run(&[&["--as", "sql", "--table", "t", "--dialect", engine], rest].concat());
    assert!(output.status.success(), "{engine} {rest:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn refusal(rest: &[&str]) -> String {
    let output = run(rest);
    assert!(!output.status.success() && output.stdout.is_empty(), "{rest:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn queries_on_sqlite_give_the_numbers_of_rows() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/compare.py");
    let output = Command::new(numpy()).args([script, env!("CARGO_BIN_EXE_gradcalc"), "sqlite"]).output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("of ordinary rows 0 off; of special rows 0 off"), "{said}");
}

/// A constant of the language is no column, which what is printed says: `--rows` takes a column that is called so.
#[test]
fn constants_are_told_where_columns_might_be_meant() {
    for dialect in ["duckdb", "datafusion", "postgres", "sqlite", "spark", "clickhouse"] {
        let told = |text: &str| {
            query(dialect, &[text])
                .lines()
                .any(|line| line == "-- Constants of the language, and no columns: tau = 6.283185307179586, e = 2.718281828459045.")
        };
        assert!(told("exp(-t/tau)*e + e"), "{dialect}");
        assert!(!told("exp(-t/2)*3") && !told("const e = 3; const tau = 2; exp(-t/tau)*e"), "{dialect}");
    }
    let told = String::from_utf8(run(&["x*pi", "--as", "polars"]).stdout).expect("text");
    assert!(told.contains("# Constants of the language, and no columns: pi = 3.141592653589793.\n"), "{told}");
}

/// Numbers at which gates turn, and some between.
const POINTS: &[&str] = &[
    "-750", "-41", "-40", "-37.5", "-36.5", "-9", "-6.5", "-4.2", "-3.9", "-2.5", "-1.5", "-1", "-0.5", "-0.4", "-1e-9", "0", "1e-9",
    "0.3", "0.46875", "0.5", "0.7", "1", "1.5", "2.5", "3.999", "4.001", "5.9", "6.1", "8", "20", "26", "27.5", "300", "701", "inf",
    "-inf",
];

/// A gate's value at some numbers, alone and as its text.
fn values(text: &str, operands: &[&str], points: &[&str]) -> f64 {
    let inputs: Vec<(String, String)> =
        operands.iter().zip(points).map(|(name, point)| ((*name).to_owned(), format!("0 + {point}").replace("0 + ", ""))).collect();
    silent(text, &inputs).value()
}

#[test]
fn texts_in_the_place_of_gates_give_their_values() {
    let mut found = Vec::new();
    let mut compared = 0;
    for row in TABLE {
        let Some(text) = texts(row.gate) else { continue };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let call = format!("{}({})", row.name, row.operands.join(", "));
        // All points of one operand; of two every fifth pair where time is short.
        let pairs = || POINTS.iter().flat_map(|x| POINTS.iter().map(move |y| [*x, *y]));
        let all: Vec<[&str; 2]> = match row.operands.len() {
            1 => POINTS.iter().map(|x| [*x, POINTS[0]]).collect(),
            _ => part_of(pairs(), row.gate as usize, 5).collect(),
        };
        for [x, y] in all {
            let points = [x, y, "2.25"];
            let [truth, value] = [&call, &text].map(|text| values(text, row.operands, &points));
            compared += 1;
            // Cody's functions are within some units, and far out erfc has the error of x^2 times as many.
            let near = (truth - value).abs() <= 3e-13 * truth.abs() || (truth - value).abs() < 1e-300;
            if !(truth == value || truth.is_nan() && value.is_nan() || near) {
                found.push(format!("{call} at {points:?}: {truth}, and {value} by its text"));
            }
        }
    }
    assert!(compared > if is_deep() { 2_000 } else { 500 }, "{compared}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Each engine has every gate of single numbers, or a text in its place, but for these.
#[test]
fn what_engines_cannot_write_is_known() {
    const LACKING: &[&str] = &["gamma", "lgamma", "digamma", "polygamma", "erfcx", "erfcx_derivative", "sinc_derivative", "chain"];
    for engine in ENGINES {
        for row in TABLE.iter().filter(|row| !matches!(row.kernel, Kernel::Leaf) && row.gate.is_elementwise()) {
            let has = (engine.dialect.entry)(row.gate).is_some() || engine.text(row.gate).is_some();
            // A remainder of two numbers of 64 bits is exact only where the engine's is.
            let lacks = LACKING.contains(&row.name) || ["postgres", "clickhouse"].contains(&engine.name) && row.name == "mod";
            assert_eq!(has, !lacks, "{} and {}", engine.name, row.name);
        }
        let refused = refusal(&["--as", "sql", "--dialect", engine.name, "--table", "t", "lgamma(x)"]);
        assert!(refused.contains("`lgamma` cannot be printed in the SQL of") && refused.contains("--rows"), "{refused}");
        // Of what is a number in every row nothing is asked of the engine.
        let text = query(engine.name, &["lgamma(b)*x", "b=3.5"]);
        let computed: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
        assert!(computed.concat().contains("1.2009736023470743") && !computed.concat().contains("gamma("), "{text}");
    }
}

#[test]
fn what_a_query_needs_is_told() {
    let told = refusal(&["--as", "sql", "x^2"]);
    assert!(ENGINES.iter().all(|engine| told.contains(engine.name)), "{told}");
    assert!(refusal(&["--as", "sql", "--dialect", "duckdb", "x^2"]).contains("--table"));
    assert!(refusal(&["--as", "sql", "--dialect", "oracle", "--table", "t", "x^2"]).contains("oracle"));
    assert!(refusal(&["--dialect", "duckdb", "x^2", "x=1"]).contains("--as sql"));
    assert!(refusal(&["--as", "sql", "--dialect", "duckdb", "--table", "t; drop table t", "x"]).contains("name of a table"));
    assert!(refusal(&["--as", "sql", "--dialect", "duckdb", "--table", "t", "sum(x)", "x=[1,2]"]).contains("--scalars"));
    // Names that an engine does not tell apart.
    for engine in ENGINES {
        let arguments = ["--as", "sql", "--dialect", engine.name, "--table", "t", "x*X"];
        if engine.ignores_case {
            assert!(refusal(&arguments).contains("`x` and `X` would be one"), "{}", engine.name);
        } else {
            assert!(run(&arguments).status.success(), "{}", engine.name);
        }
    }
    // More layers than an engine plans.
    let deep = (1..3_000).fold("a0 = x".to_owned(), |text, at| format!("{text}; a{at} = sin(a{}) * a{}", at - 1, at - 1)) + "; a2999";
    let output = run(&["--as", "sql", "--dialect", "clickhouse", "--table", "t", &deep]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("layers of columns") && said.contains("--rows"), "{said}");
}

#[test]
fn names_are_quoted_and_apart() {
    let text = query("duckdb", &["order*select + f*dorder", "--keep", "id,s1"]);
    assert!(text.contains("CAST(\"order\" AS DOUBLE)") && text.contains("\"select\""), "{text}");
    assert!(text.contains("\"id\",\n") && text.matches("AS \"s1\"").count() == 0, "{text}");
    let text = query("sqlite", &["x*y"]);
    assert!(text.contains("`x` * `y` AS `f`"), "{text}");
    // A result that is called like a column that is kept is no second column of that name.
    let clash = ["--as", "sql", "--dialect", "duckdb", "--table", "t", "x*y", "--keep", "id,DX"];
    assert!(refusal(&clash).contains("would be one"));
    assert!(query("duckdb", &["x*y", "--keep", "id,DX", "--prefix", "my_"]).contains("AS \"my_dx\""));
    assert!(query("clickhouse", &["x*y", "--keep", "a\\"]).contains("`a\\\\`"));
    let table = |name: &str| {
        let output = run(&["--as", "sql", "--dialect", "postgres", "--table", name, "x^2"]);
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(table("main.readings").contains("FROM \"main\".\"readings\""));
    assert!(table("odd\"name").contains("FROM \"odd\"\"name\""));
    assert!(
        table("layer1").contains("stage_layer0 AS (")
            && table("stage_layer").contains("stage_stage_layer0 AS (")
            && table("layer1").contains("FROM \"layer1\"")
    );
    assert!(table("read_csv('a b.csv')").contains("FROM read_csv('a b.csv') OFFSET 0"));
}

/// PostgreSQL cuts names, so that two may be one, or a result has another name than the text says.
#[test]
fn names_that_an_engine_would_cut_are_refused() {
    let name = |count: usize| "t".repeat(count);
    let asks =
        |engine: &str, text: &str, more: &[&str]| run(&[&["--as", "sql", "--dialect", engine, "--table", "t", text][..], more].concat());
    for (engine, text, more, is_well) in [
        ("postgres", format!("{}^2", name(62)), vec![], true),
        // Its gradient is one letter longer.
        ("postgres", format!("{}^2", name(63)), vec![], false),
        ("postgres", "x^2".to_owned(), vec!["--prefix", "a_prefix_that_is_so_long_that_nothing_of_the_name_behind_it_stays"], false),
        // A letter may have two bytes.
        ("postgres", format!("{}^2", "α".repeat(32)), vec![], false),
        ("duckdb", format!("{}^2", name(80)), vec![], true),
        ("sqlite", format!("{}^2", name(80)), vec![], true),
    ] {
        let output = asks(engine, &text, &more);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), is_well, "{engine} {text}: {said}");
        assert!(is_well || said.contains("PostgreSQL cuts names behind 63"), "{said}");
    }
}

/// What a program says beside a query, which is well.
fn told(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stderr).expect("text")
}

/// Everywhere a number that is missing makes the results of its row NULL, and nothing else.
#[test]
fn a_missing_number_stops_no_query() {
    for engine in ENGINES {
        let text = query(engine.name, &["max(x, y)"]);
        let quote = engine.quote;
        assert!(text.contains(&format!("({quote}x{quote} IS NULL OR {quote}y{quote} IS NULL) AS {quote}is missing{quote}")), "{text}");
        assert_eq!(text.matches(&format!("CASE WHEN {quote}is missing{quote} THEN NULL ELSE")).count(), 3, "{text}");
        assert!(!text.contains("NULL stops"), "{text}");
    }
    assert!(query("clickhouse", &["x^2"]).contains("CAST(`x` AS Nullable(Float64)) AS `x`"));
}

/// The power of ClickHouse has a wrong sign at large exponents, those of others have not; usual exponents as written need no care.
#[test]
fn large_exponents_are_kept_from_one_engine() {
    let is_careful = |engine: &str, text: &str| query(engine, &[text]).contains("sign(");
    for text in ["x^y", "2^y", "exp2(y)", "x^1e12", "x^-1e18", "x^1e200"] {
        for engine in ENGINES {
            assert_eq!(is_careful(engine.name, text), engine.name == "clickhouse", "{} {text}", engine.name);
        }
    }
    assert!(["x^2.5", "x^-3", "x^0.5", "x^999999999999"].iter().all(|text| !is_careful("clickhouse", text)));
    assert!(query("clickhouse", &["x^2.5"]).contains("power(`x`, 2.5e0)"));
}

/// Each step that is advised about an array, followed to the letter, leads on, and the last one to a query of columns.
#[test]
fn advice_about_arrays_is_followed_to_columns() {
    let (given, sql) = ("W=[[1,2],[3,4]]", ["--as", "sql", "--dialect", "duckdb", "--table", "t"]);
    for view in [&sql[..], &["--as", "polars"]] {
        let refused = refusal(&[&["sum(W@x)", given], view].concat());
        assert!(refused.contains("write the array as its columns, such as `[x0, x1]` in place of `x`, with --scalars"), "{refused}");
        assert!(!refused.contains("x = [1, 2]"), "{refused}");
        // With a value it would be the same in every row.
        let refused = refusal(&[&["sum(W@x)", given, "x=[1,2]"], view].concat());
        assert!(refused.contains("`[x0, x1]` in place of `x`, with --scalars, and leave the value of `x` out"), "{refused}");
        let constant = told(&[&["sum(W@x)", given, "x=[1,2]", "--scalars"], view].concat());
        assert!(constant.contains("no column") && constant.contains("`[x0, x1]` in place of `x`, with --scalars"), "{constant}");
        // Without --scalars the way to it is told.
        let refused = refusal(&[&["sum(W@[x0, x1])", given], view].concat());
        assert!(refused.contains("--scalars writes arrays out"), "{refused}");
        assert_eq!(told(&[&["sum(W@[x0, x1])", given, "--scalars"], view].concat()), "");
    }
    assert!(query("duckdb", &["sum(W@[x0, x1])", given, "--scalars"]).contains("CAST(\"x1\" AS DOUBLE)"));
    // As many numbers as the array has, in its rows; a name that ends in a digit does not run together with a position.
    let refused = refusal(&[&["sum(v1^2)", "v1=[1,2,3]"], &sql[..]].concat());
    assert!(refused.contains("`[v1_0, v1_1, v1_2]` in place of `v1`"), "{refused}");
    let refused = refusal(&[&["sum(A)", "A=[1,2;3,4]"], &sql[..]].concat());
    assert!(refused.contains("`[A00, A01; A10, A11]` in place of `A`"), "{refused}");
    assert_eq!(told(&[&["sum([A00, A01; A10, A11])", "--scalars"], &sql[..]].concat()), "");
    // Functions of single numbers take them as arguments, and functions of arrays take the array.
    assert!(refusal(&["sum(W@x)", given, "--as", "numpy"]).contains("write the array as its numbers"));
    assert_eq!(told(&["sum(W@[x0, x1])", given, "--scalars", "--as", "numpy"]), "");
    assert!(refusal(&["sum(W@x)", given, "--as", "python"]).contains("`x = [1, 2]`"));
    assert_eq!(told(&["sum(W@x)", given, "x=[1,2]", "--as", "python"]), "");
}

/// A query of constants is printed, and it is told beside it that no column is one.
#[test]
fn a_query_without_a_column_is_told() {
    let sql = ["--as", "sql", "--dialect", "duckdb", "--table", "t"];
    for view in [&sql[..], &["--as", "polars"]] {
        let said = told(&[&["x*y", "x=2", "y=3"], view].concat());
        assert!(said.contains("note: no column of the table is read: `x` and `y` have values, which are the same in every row"), "{said}");
        assert!(said.contains("leave the value of a column out, such as `x=...`"), "{said}");
        assert!(told(&[&["x^2", "x=2"], view].concat()).contains("`x` has a value, which is the same"));
        // One column is enough, and numbers alone have none.
        for quiet in [&["x*y", "x=2"][..], &["x*y"], &["3 + 4"]] {
            assert_eq!(told(&[quiet, view].concat()), "", "{quiet:?}");
        }
    }
    assert!(query("duckdb", &["x*y", "x=2", "y=3"]).contains("6e0 AS \"f\""));
    for other in ["numpy", "python", "json"] {
        assert_eq!(told(&["x*y", "x=2", "y=3", "--as", other]), "", "{other}");
    }
    // In a script it is its statement that gives the value.
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("s.grad");
    std::fs::write(&script, "x = 2; y = 3\nx*y\n").expect("a script");
    let said = told(&[&["-f", script.to_str().expect("a path")], &sql[..]].concat());
    assert!(
        said.contains("leave the statement out that gives a column its value, such as `x = ...`") && said.contains("s.grad:2"),
        "{said}"
    );
}

/// The gates of comparison have their complement.
#[test]
fn complements_are_what_does_not_hold() {
    for row in TABLE {
        let complement = row.gate.complement();
        assert_eq!(complement.is_some(), row.family == Family::Comparison, "{}", row.name);
        let Some(complement) = complement else { continue };
        assert_eq!(complement.complement(), Some(row.gate));
        let Kernel::Binary(holds) = row.kernel else { panic!("{} compares two numbers", row.name) };
        let Kernel::Binary(does_not) = complement.row().kernel else { panic!("{} compares two numbers", row.name) };
        for [x, y] in [[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [0.0, -0.0], [f64::INFINITY, 1.0]] {
            assert_eq!(holds(x, y) + does_not(x, y), 1.0, "{} at {x}, {y}", row.name);
        }
    }
}
