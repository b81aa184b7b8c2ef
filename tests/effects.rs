//! Marginal effects with standard errors, elasticities and propagated deviations.
//!
//! Expected numbers are those of statsmodels 0.15.0 (`Logit`, `Probit` and `Poisson` fitted to the data of Spector and Mazzeo, then
//! `get_margeff`), of NumPy, of the package uncertainties 3.2.3, and of the definitions.

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).current_dir(folder).stdin(Stdio::null()).output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("a text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("a text")
}

/// A folder with files.
fn with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("it can be written");
    }
    folder
}

/// What is told as objects.
fn objects(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = run(folder, &[arguments, &["--as", "json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

fn named<'a>(objects: &'a [Value], name: &str) -> &'a Value {
    objects.iter().find(|object| object["name"] == name).unwrap_or_else(|| panic!("{name} in {objects:?}"))
}

fn near(found: &Value, expected: f64, within: f64) -> bool {
    found.as_f64().is_some_and(|found| (found - expected).abs() <= within * expected.abs())
}

/// The data of Spector and Mazzeo (1980): grades, a test, and whether a new method of teaching was used.
const GRADES: &str = include_str!("../examples/grades.csv");

/// A model, its fitted parameters, and their covariances.
const MODELS: &[(&str, &str, [&str; 4], &str)] = &[
    (
        "logit",
        "sigma(b0 + b1*gpa + b2*tuce + b3*psi)",
        ["b0=-13.021346858115686", "b1=2.8261125948893198", "b2=0.09515766131790941", "b3=2.3786876550933536"],
        include_str!("../examples/grades-cov.csv"),
    ),
    (
        "probit",
        "erfc(-(b0 + b1*gpa + b2*tuce + b3*psi)/sqrt(2))/2",
        ["b0=-7.452319648220319", "b1=1.6258100394515838", "b2=0.051728945507599995", "b3=1.4263323420071488"],
        "b0,b1,b2,b3
6.464165505481223,-1.1696679268091132,-0.10117283133064867,-0.5947917071230314
-1.1696679268090922,0.48147290776571217,-0.0189135023931881,0.10543921559086139
-0.1011728313306517,-0.018913502393187228,0.0070375759622118735,0.002471863984497094
-0.5947917071230289,0.10543921559086321,0.0024718639844967245,0.35407010523344146
",
    ),
];

/// Model, where, which effect, of which input: effect, standard error, z, p, and the 95 % interval, by statsmodels.
const EFFECTS: &str = include_str!("reference/effects.csv");

/// Average marginal effects and those at the means, elasticities, and relative changes (of the logarithm of the value).
#[test]
fn marginal_effects_are_those_of_statsmodels() {
    let folder = with(&[("t.csv", GRADES)]);
    for (model, text, parameters, covariances) in MODELS {
        fs::write(folder.path().join("cov.csv"), covariances).expect("it can be written");
        let ask = |text: &str, flags: &[&str]| {
            let fixed = ["--rows", "t.csv", "--summary", "--cov", "cov.csv"];
            objects(folder.path(), &[&[text][..], parameters, &fixed, flags].concat())
        };
        for (place, flags, number) in [("overall", &[][..], "mean"), ("mean", &["--at", "means"], "value")] {
            let plain = ask(text, &[flags, &["--relative"]].concat());
            let logarithm = ask(&format!("log({text})"), flags);
            // A dummy's effect is a difference.
            let difference = format!("p(method) = {}; p(1) - p(0)", text.replace("psi", "method"));
            let difference = ask(&difference, &[flags, &["--wrt", "gpa,tuce"]].concat());
            let mut cases = 0;
            let rows = EFFECTS.lines().skip(2).map(|line| line.split(',').collect::<Vec<&str>>());
            for row in rows.filter(|row| row[0] == *model && row[1] == place) {
                let (kind, input) = (row[2], row[3]);
                let found = match kind {
                    "dydx" => named(&plain, &format!("d{input}")),
                    "eyex" => named(&plain, &format!("{input}_elasticity")),
                    "eydx" => named(&logarithm, &format!("d{input}")),
                    _ if input == "psi" => named(&difference, "f"),
                    _ => continue,
                };
                cases += 1;
                for (name, expected) in [number, "se", "z", "p", "low", "high"].iter().zip(&row[4..]) {
                    let expected: f64 = expected.parse().expect("a number");
                    assert!(
                        near(&found[name], expected, 1e-9),
                        "{model}, {place}, {kind}, {input}: {name} is {}, not {expected}",
                        found[name]
                    );
                }
            }
            assert!(cases >= 6, "{model}, {place}: {cases}");
        }
    }
}

/// Of a linear model nothing is approximate: the gradient of b0 + b1 x on b is (1, x), its effect on x is b1.
#[test]
fn errors_of_a_linear_model_are_exact() {
    let folder = with(&[
        ("t.csv", "x,w,g\n1,1,a\n2,3,b\n5,0,a\n4,2,b\n,9,a\n"),
        ("v.csv", "b1,b0\n0.25,-0.5\n-0.5,4\n"),
        ("named.csv", "\"\",\"b1\",\"b0\"\n\"b0\",-0.5,4\n\"b1\",0.25,-0.5\n"),
        ("r.tsv", "b0\tb1\nb0\t4\t-0.5\nb1\t-0.5\t0.25\n"),
        ("marked.csv", "\u{feff}b0;b1\r\n4;-0.5\r\n-0.5;0.25\r\n\r\n"),
        ("bars.txt", "b0|b1\n4|-0.5\n-0.5|0.25\n"),
        ("commas.csv", "b1;b0\n0,25;-0,5\n-0,5;4\n"),
        ("blanks.txt", "# by R\n\"b0\" \"b1\"\n\"b0\" 4 -0.5\n\"b1\" -0.5 0.25\n"),
    ]);
    // Means of x: of all 3, weighted (1 + 6 + 8)/6, of the groups 3 and 3.
    let error = |x: f64| (4.0 - x + 0.25 * x * x).sqrt();
    for file in ["v.csv", "named.csv", "r.tsv", "marked.csv", "bars.txt", "commas.csv", "blanks.txt"] {
        for flags in [&[][..], &["--at", "means"]] {
            let ask = |more: &[&str]| {
                let fixed = ["b0 + b1*x", "b0=2", "b1=-3", "--rows", "t.csv", "--summary", "--missing", "skip", "--cov", file];
                objects(folder.path(), &[&fixed, flags, more].concat())
            };
            for (more, group, mean) in
                [(&[][..], None, 3.0), (&["--weights", "w"], None, 2.5), (&["--by", "g"], Some("a"), 3.0), (&["--by", "g"], Some("b"), 3.0)]
            {
                let found = ask(more);
                let of = |name: &str| {
                    found
                        .iter()
                        .find(|object| object["name"] == name && group.is_none_or(|group| object["group"] == group))
                        .expect("an object")
                };
                let (value, effect) = (of("f"), of("dx"));
                let number = if flags.is_empty() { "mean" } else { "value" };
                assert!(
                    near(&value[number], 2.0 - 3.0 * mean, 1e-14) && near(&value["se"], error(mean), 1e-14),
                    "{file} {more:?}: {value}"
                );
                assert!(near(&effect[number], -3.0, 1e-14) && near(&effect["se"], 0.5, 1e-14), "{file} {more:?}: {effect}");
                assert!(!found.iter().any(|object| object["name"] == "db0"), "parameters are no inputs: {found:?}");
                if number == "value" {
                    assert!(near(&value["at"]["x"], mean, 1e-14), "{value}");
                }
            }
        }
    }
    // A parameter that is asked for all the same: of b1*x^2 the slope on b1 is x^2, whose error is none.
    let found =
        objects(folder.path(), &["b0 + b1*x^2", "b0=2", "b1=-3", "--rows", "t.csv", "--summary", "--cov", "v.csv", "--wrt", "b1,x"]);
    assert!(near(&named(&found, "db1")["mean"], 11.5, 1e-14) && named(&found, "db1")["se"] == 0.0, "{found:?}");
    // Parameters of an array, by their places.
    let array = with(&[("t.csv", "x0,x1\n1,2\n3,6\n"), ("v.csv", "b1,b[0]\n0.25,-0.5\n-0.5,4\n")]);
    let found = objects(array.path(), &["b @ x", "b=[2, -3]", "--rows", "t.csv", "--summary", "--cov", "v.csv"]);
    let (value, effect) = (named(&found, "f"), named(&found, "dx1"));
    // At the mean (2, 4): 4*4 - 2*8*0.5 + 16/4 = 12.
    assert!(near(&value["se"], 12f64.sqrt(), 1e-14) && near(&effect["mean"], -3.0, 1e-14) && near(&effect["se"], 0.5, 1e-14), "{found:?}");
}

/// Weights count rows, and a group is a table of its own.
#[test]
fn weights_are_repetitions() {
    let (mut weighted, mut repeated) = ("x,w\n".to_owned(), "x\n".to_owned());
    for (at, weight) in [2usize, 1, 3, 0, 4].into_iter().enumerate() {
        writeln!(weighted, "{},{weight}", at as f64 * 0.5 - 1.0).expect("a text");
        repeated += &format!("{}\n", at as f64 * 0.5 - 1.0).repeat(weight);
    }
    let folder = with(&[("w.csv", &weighted), ("r.csv", &repeated), ("v.csv", "a,b\n0.3,0.1\n0.1,0.2\n")]);
    for at in [&[][..], &["--at", "means"]] {
        let ask = |table: &[&str]| {
            let fixed = ["exp(a*x)/(1 + b*x^2)", "a=0.7", "b=0.4", "--summary", "--relative", "--cov", "v.csv"];
            objects(folder.path(), &[&fixed, at, table].concat())
        };
        let (one, other) = (ask(&["--rows", "w.csv", "--weights", "w"]), ask(&["--rows", "r.csv"]));
        assert!(one.len() == 3 && other.len() == 3, "{one:?}");
        for (one, other) in one.iter().zip(&other) {
            for name in [if at.is_empty() { "mean" } else { "value" }, "se", "z", "p", "low", "high"] {
                assert!(near(&one[name], other[name].as_f64().expect("a number"), 1e-13), "{name} of {one} and {other}");
            }
        }
    }
}

/// What makes no sense is refused, with what to do.
#[test]
fn covariances_that_are_none_are_refused() {
    let folder = with(&[("t.csv", "x,y\n1,2\n2,4\n")]);
    for (covariances, code, told) in [
        ("", 1, "is empty"),
        ("1,2\n3,4\n", 1, "first line holds numbers"),
        ("b0,b1\n1,0\n", 1, "names 2 parameters, and has 1 row behind it"),
        ("b0,b1\n1,0\n0,1\n0,0\n", 1, "names 2 parameters, and has 3 rows behind it"),
        (",b0,b1\nb0,1,0\n", 1, "names 2 parameters, and has 1 row behind it"),
        (",b0,b1\nb0,1,0\nb1,0,1\nb2,0,0\n", 1, "line 4: the row `b2` is called as no column"),
        ("b0,b1\n", 1, "names 2 parameters, and has 0 rows behind it"),
        ("b0;b1\n1,5;0\n0;1.5\n", 1, "`1,5` has a decimal comma and `1.5` a decimal point"),
        ("b0,b1\n\"1,0\n", 1, "line 2: a quotation mark is never closed"),
        ("b0,b0\n1,0\n0,1\n", 1, "names `b0` twice"),
        ("b0,b1\n1,0\n0\n", 1, "line 3 has 1 number, and the header names 2"),
        ("b0,b1\n1,0\nx,1\n", 1, "line 3, column `b0`: `x` is no finite number"),
        ("b0,b1\n1,0\nnan,1\n", 1, "is no finite number"),
        (",b0,b1\nb0,1,0\nb2,0,1\n", 1, "the row `b2` is called as no column"),
        (",b0,b1\nb0,1,0\nb0,0,1\n", 1, "the row `b0` stands twice"),
        ("b0,b1\n-1,0\n0,1\n", 1, "the variance of `b0` is negative"),
        ("b0,b1\n1,0.5\n0.2,1\n", 1, "not symmetric"),
        ("b0,b1\n1,2\n2,1\n", 1, "larger than the product of their standard errors"),
        ("b0,b1,k\n1,-0.9,-0.9\n-0.9,1,-0.9\n-0.9,-0.9,1\n", 1, "negative variance"),
        ("b0,b2\n1,0\n0,1\n", 2, "`b2` of `v.csv` is no parameter of the expression"),
        ("(Intercept),b1\n1,0\n0,1\n", 2, "`(Intercept)` of `v.csv` is no parameter"),
        ("b0,x\n1,0\n0,1\n", 2, "`x` of `v.csv` is a column of the table"),
    ] {
        fs::write(folder.path().join("v.csv"), covariances).expect("it can be written");
        let output = run(folder.path(), &["b0 + b1*x*k", "b0=1", "b1=2", "k=3", "--rows", "t.csv", "--summary", "--cov", "v.csv"]);
        assert!(
            output.status.code() == Some(code) && err(&output).contains(told) && output.stdout.is_empty(),
            "{covariances:?}: {output:?}"
        );
    }
    fs::write(folder.path().join("v.csv"), "b0\n1\n").expect("it can be written");
    for (arguments, code, told) in [
        (&["b0*x", "b0=1", "--rows", "t.csv", "--cov", "v.csv"][..], 2, "--summary"),
        (&["b0*x", "b0=1", "--rows", "t.csv", "--at", "means"], 2, "--summary"),
        (&["b0*x", "b0=1", "--rows", "t.csv", "--summary", "--cov", "none.csv"], 3, "there is no such file"),
        (&["b0*x", "b0=1", "--rows", "t.csv", "--summary", "--at", "medians"], 2, "possible values: means"),
        (&["b0*[x, y]", "b0=1", "--rows", "t.csv", "--summary", "--cov", "v.csv"], 2, "--cov is told of a single number"),
        (&["b0*[x, y]", "b0=1", "--rows", "t.csv", "--relative"], 2, "--relative is told of a single number"),
        (&["const b0 = 2; b0*x", "--rows", "t.csv", "--summary", "--cov", "v.csv"], 2, "`b0` of `v.csv` is no parameter"),
        (&["b0*x", "b0=1", "--rows", "t.csv", "--relative", "--upstream", "2"], 2, "no `--upstream` gradient"),
    ] {
        let output = run(folder.path(), arguments);
        assert!(output.status.code() == Some(code) && err(&output).contains(told) && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
}

/// A slope that is not finite where the effect is, is no standard error; the effect stays.
#[test]
fn an_error_that_is_not_known_is_told() {
    // The slope of sqrt(b) x^0 on b at 0 is infinite.
    let folder = with(&[("t.csv", "x\n1\n2\n"), ("v.csv", "b\n1\n")]);
    let output = run(folder.path(), &["x + sqrt(b)", "b=0", "--rows", "t.csv", "--summary", "--cov", "v.csv", "--as", "csv"]);
    assert!(output.status.success() && err(&output).contains("no standard error is known"), "{output:?}");
    assert!(out(&output).lines().nth(1).is_some_and(|line| line.starts_with("f,2,0,0,1.5,,,,,,")), "{}", out(&output));
    // Statements of what the numbers are stand beside a table of fields, and in objects.
    assert!(err(&output).contains("se = sqrt(J V J')"), "{}", err(&output));
    let found = objects(folder.path(), &["x*b", "b=1", "--rows", "t.csv", "--summary", "--cov", "v.csv"]);
    assert!(found[0]["formulas"][0].as_str().is_some_and(|text| text.starts_with("se = sqrt(J V J'): V is v.csv")), "{found:?}");
}

/// Each cause is told by its name, and no other one.
#[test]
fn why_an_error_is_not_known_is_told() {
    const SLOPE: &str = "a slope on a parameter is not finite";
    const NEGATIVE: &str = "a variance comes out negative";
    const LARGE: &str = "it is larger than the largest number";
    let folder = with(&[
        ("t.csv", "x\n1\n2\n"),
        ("one.csv", "a,b\n1,0\n0,1\n"),
        // The square of 1e307 standard errors of 1e5 is known; 1e312 is not.
        ("wide.csv", "a,b\n1e10,0\n0,1\n"),
        // Rounded to three digits: of a - b the variance is 1 + 0.998 - 2*0.9995 = -0.001.
        ("rounded.csv", "a,b\n1,0.9995\n0.9995,0.998\n"),
    ]);
    for (expression, file, told) in [
        ("x*a + 1e308*b", "one.csv", &[][..]),
        ("x + sqrt(a - 1)*b", "one.csv", &[SLOPE]),
        ("x*b + 1e307*a", "wide.csv", &[LARGE]),
        ("x*(a - b)", "rounded.csv", &[NEGATIVE]),
    ] {
        let output = run(folder.path(), &[expression, "a=1", "b=1", "--rows", "t.csv", "--summary", "--cov", file]);
        let found: Vec<&str> = [SLOPE, NEGATIVE, LARGE].into_iter().filter(|cause| err(&output).contains(cause)).collect();
        assert_eq!(found, told, "{expression}: {output:?}");
    }
}

/// Relative slopes of a power are its exponents, in rows and in sums.
#[test]
fn relative_slopes_of_powers_are_exponents() {
    let folder = with(&[("t.csv", "x,y\n2,3\n4,0.5\n")]);
    let output = run(folder.path(), &["x^3*y^-2", "--rows", "t.csv", "--relative", "--keep", "none"]);
    let text = out(&output);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("f,dx,dy,x_elasticity,y_elasticity"), "{}", err(&output));
    for line in lines {
        let numbers: Vec<f64> = line.split(',').map(|field| field.parse().expect("a number")).collect();
        assert!((numbers[3] - 3.0).abs() < 1e-14 && (numbers[4] + 2.0).abs() < 1e-14, "{line}");
    }
}

/// Deviations of results from those of inputs, by the package uncertainties: of one answer, as rows with numbers and with columns, and at
/// the means of a row.
#[test]
fn deviations_are_those_of_uncertainties() {
    for line in include_str!("reference/deviations.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("an object");
        let text = case["expression"].as_str().expect("a text");
        let inputs: Vec<(&String, f64, f64)> = (case["inputs"].as_object().expect("an object").iter())
            .map(|(name, pair)| (name, pair[0].as_f64().expect("a number"), pair[1].as_f64().expect("a number")))
            .collect();
        let expected = case["sd"].as_f64().expect("a number");
        let list = |word: &dyn Fn(&(&String, f64, f64)) -> String| inputs.iter().map(word).collect::<Vec<_>>().join(",");
        let numbers = list(&|(name, _, deviation)| format!("{name}={deviation:e}"));
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-12 * expected.abs();
        // One answer.
        let bindings: Vec<String> = inputs.iter().map(|(name, value, _)| format!("{name}={value:e}")).collect();
        let bindings: Vec<&str> = bindings.iter().map(String::as_str).collect();
        let folder = with(&[(
            "t.csv",
            &format!(
                "{},{}\n{},{}\n",
                list(&|(name, ..)| (*name).clone()),
                list(&|(name, ..)| format!("s{name}")),
                list(&|(_, value, _)| format!("{value:e}")),
                list(&|(_, _, deviation)| format!("{deviation:e}"))
            ),
        )]);
        let object = &objects(folder.path(), &[&[text, "--sd", &numbers], &bindings[..]].concat())[0];
        assert!(near(object["sd"]["total"].as_f64().expect("a number"), expected), "{text}: {object}");
        for part in object["sd"]["parts"].as_array().expect("parts") {
            let alone = case["parts"][part["name"].as_str().expect("a name")].as_f64().expect("a number");
            assert!(near(part["value"].as_f64().expect("a number"), alone), "{text}: {part}, not {alone}");
        }
        // Rows.
        let columns = list(&|(name, ..)| format!("{name}=s{name}"));
        for deviations in [&numbers, &columns] {
            let found = &objects(folder.path(), &[text, "--rows", "t.csv", "--keep", "none", "--sd", deviations])[0];
            assert!(near(found["f_sd"].as_f64().expect("a number"), expected), "{text}, {deviations}: {found}");
            let found = objects(folder.path(), &[text, "--rows", "t.csv", "--sd", deviations, "--summary", "--at", "means"]);
            assert!(near(named(&found, "f_sd")["value"].as_f64().expect("a number"), expected), "{text}, {deviations}: {found:?}");
        }
    }
}

/// Squares of large and small slopes neither overflow nor vanish; elements of arrays have deviations of their own, or one for all.
#[test]
fn deviations_have_no_edges_of_their_own() {
    let folder = with(&[("t.csv", "x0,x1,s\n3,4,0.5\n1e-200,1e-200,2\n"), ("one.csv", "x,y\n1e200,1e200\n")]);
    for (arguments, expected) in [
        (&["sum(x^2)", "--rows", "t.csv", "--sd", "x=0.1"][..], "1\n"),
        (&["sum(x^2)", "--rows", "t.csv", "--sd", "x0=0.1,x1=s"], "4.04474968323134\n"),
        (&["sum(x^2)", "--rows", "t.csv", "--sd", "x1=s"], "4\n"),
        (&["x*y", "--rows", "one.csv", "--sd", "x=0.75,y=1"], "1.25e200\n"),
        (&["1e-200*x*y", "--rows", "one.csv", "--sd", "x=3e-200,y=4e-200"], "5e-200\n"),
        (&["-3*x", "--rows", "one.csv", "--sd", "x=1e-100"], "3e-100\n"),
    ] {
        let output = run(folder.path(), &[arguments, &["--keep", "none"]].concat());
        let text = out(&output);
        let found = text.lines().nth(1).and_then(|line| line.rsplit(',').next()).expect("a row");
        let near = |one: &str, other: &str| {
            one.parse::<f64>().is_ok_and(|one| (one / other.parse::<f64>().expect("a number") - 1.0).abs() < 1e-15)
        };
        assert!(near(found, expected.trim()), "{arguments:?}: {text}{}", err(&output));
    }
    for (arguments, code, told) in [
        (&["x0*x1", "--rows", "t.csv", "--sd", "x0=0.1,x0=0.2"][..], 2, "two standard deviations"),
        (&["sum(x)", "--rows", "t.csv", "--sd", "x=1,x0=0.2"], 2, "gives `x0` two standard deviations"),
        (&["x0*x1", "--rows", "t.csv", "--sd", "z=0.1"], 2, "`z` is no input with a gradient; there are `x0`, `x1`"),
        (&["x0*x1", "--rows", "t.csv", "--sd", "x0=S"], 2, "did you mean `s`?"),
        (&["x0*x1", "--rows", "t.csv", "--sd", "x0=-1"], 2, "from 0 on"),
        (&["x0*x1", "--rows", "t.csv", "--sd", "x0=inf"], 2, "from 0 on"),
        (&["x0*x1", "--rows", "t.csv", "--sd", "x0"], 2, "`x=0.1,y=sy`"),
        (&["[x0, x1]", "--rows", "t.csv", "--sd", "x0=1"], 2, "--sd is told of a single number"),
        (&["x*y", "x=1", "y=2", "--sd", "x=-1"], 2, "from 0 on"),
        (&["x*y", "x=1", "y=2", "--sd", "x=0/0"], 2, "invalid value"),
        (&["x*y", "x=1", "y=2", "--sd", "z=1"], 1, "`z` is no input of this expression"),
        (&["x*y", "x=1", "y=2", "--sd", "x=1", "--wrt", "y"], 1, "no gradient is asked for"),
        (&["x*y", "x=1", "y=2", "--sd", "x=1", "--upstream", "2"], 2, "`sd` is not told of an `upstream` gradient"),
    ] {
        let output = run(folder.path(), arguments);
        assert!(output.status.code() == Some(code) && err(&output).contains(told) && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
    // A deviation that is missing or negative in a row is told as any other number.
    let folder = with(&[("t.csv", "x,s\n1,0.5\n2,\n3,-1\n4,inf\n")]);
    let output = run(folder.path(), &["x^2", "--rows", "t.csv", "--sd", "x=s", "--bad-rows", "skip"]);
    assert_eq!(out(&output), "x,s,f,dx,f_sd\n1,0.5,1,2,1\n2,,,,\n", "{}", err(&output));
    assert!(
        err(&output).contains("2 rows bad") && err(&output).contains("a standard deviation is a finite number from 0 on"),
        "{}",
        err(&output)
    );
    // To first order nothing may be left, which is said.
    let output = run(folder.path(), &["x^2", "x=0", "--sd", "x=0.1"]);
    assert!(out(&output).contains("the gradients are 0 here"), "{}", out(&output));
}

/// Gradients of each sample of a batch, by JAX 0.10.2 in float64: `jax.vmap(jax.value_and_grad(loss), in_axes=(None, 0, 0, 0))`.
#[test]
fn gradients_of_samples_are_those_of_jax() {
    let folder = with(&[("t.csv", include_str!("../examples/samples.csv"))]);
    let text = "z = w0*x0 + w1*x1 + b; loss = softplus(z) - y*z";
    let arguments = [text, "--rows", "t.csv", "w0=0.8", "w1=-1.1", "b=0.3", "--wrt", "w0,w1,b", "--keep", "none"];
    let page = include_str!("../examples/per-sample-gradients.md");
    let expected = page.split("loss                 dw0").nth(1).and_then(|rest| rest.split("```").next()).expect("a table");
    let found = objects(folder.path(), &arguments);
    assert_eq!(found.len(), 6);
    for (object, line) in found.iter().zip(expected.lines().skip(1)) {
        for (name, number) in ["loss", "dw0", "dw1", "db"].iter().zip(line.split_whitespace()) {
            let expected: f64 = number.parse().expect("a number");
            assert!(
                near(&object[name], expected, 4e-15) || (object[name].as_f64() == Some(0.0) && expected == 0.0),
                "{name}: {object}, not {line}"
            );
        }
    }
}
