//! The contract of `--as json`: every object that is printed is what the schema says, every field is explained, and every
//! assertion of a script is a result.

use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], script: &str) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    run.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = run.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn schema() -> Value {
    let output = run(&["--json-schema"], "");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("the schema is JSON")
}

/// What is wrong with a value by the words of a schema that ours uses; a field that the schema does not name is wrong too.
fn fault(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let mut of_this = schema.as_object()?.iter();
    of_this.find_map(|(word, means)| match word.as_str() {
        "$ref" => fault(root, root.pointer(&means.as_str()?[1..])?, value),
        "anyOf" => {
            let faults: Option<Vec<String>> = means.as_array()?.iter().map(|one| fault(root, one, value)).collect();
            faults.map(|faults| faults.join(" | "))
        }
        "type" => {
            let is = |kind: &Value| match kind.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("string") => value.is_string(),
                Some("number") => value.is_number(),
                Some("integer") => value.is_u64() || value.is_i64(),
                Some("boolean") => value.is_boolean(),
                Some("null") => value.is_null(),
                _ => false,
            };
            let held = means.as_array().map_or_else(|| is(means), |kinds| kinds.iter().any(is));
            (!held).then(|| format!("{value} is not {means}"))
        }
        "enum" => (!means.as_array()?.contains(value)).then(|| format!("{value} is none of {means}")),
        "const" => (means != value).then(|| format!("{value} is not {means}")),
        "items" => value.as_array().and_then(|items| items.iter().find_map(|item| fault(root, means, item))),
        "minItems" => value.as_array().filter(|items| (items.len() as u64) < means.as_u64().unwrap_or(0)).map(|_| "too few".to_owned()),
        "maxItems" => value.as_array().filter(|items| items.len() as u64 > means.as_u64().unwrap_or(0)).map(|_| "too many".to_owned()),
        "minimum" => value.as_f64().filter(|x| Some(*x) < means.as_f64()).map(|x| format!("{x} is less than {means}")),
        "required" => {
            let lacking = |name: &&Value| value.as_object().is_some_and(|object| !object.contains_key(name.as_str().unwrap_or_default()));
            means.as_array()?.iter().find(lacking).map(|name| format!("{name} is missing"))
        }
        "properties" => {
            let checked = |(name, field): (&String, &Value)| match means.get(name) {
                Some(means) => fault(root, means, field).map(|fault| format!("{name}: {fault}")),
                None => Some(format!("the schema has no {name}")),
            };
            value.as_object()?.iter().find_map(checked)
        }
        "additionalProperties" => {
            value.as_object()?.iter().find_map(|(name, field)| fault(root, means, field).map(|fault| format!("{name}: {fault}")))
        }
        "$schema" | "$defs" | "title" | "description" | "format" | "default" => None,
        _ => Some(format!("this test does not know the word {word} of the schema")),
    })
}

const CIRCUITS: &[&str] = &[
    "x = 3\ny = -4\nx*y + sigma(x)",
    "v = [1, 2, 3]\nsum(v^2)",
    "v = [1, -2]\nv*3",
    "W = [1, 2; 3, 4]\nx = [1, -1]\nW @ x",
    "W = [1, 2; 3, 4]\nW @ W",
    "x = 3\n[[x^2]]",
    "2 + 3",
    "[1, 2]",
    "x = 0\nabs(x) + max(x, 0)",
    "x = 0\nlog(x)",
    "x = -1\nsqrt(x)",
    "x = 1e200\nx^2",
    "x = [1e16, 3]; y = 1\n(x + y) - x",
    "x = 40\nsigma(x)",
    "const k = 2\nx = 3\nk*x",
    "f(a, b) = a*b\nf(3, 4)",
    "x = 3\nd(x^3, x)",
    "x = 2\nassert x == 2\nassert x == 3\nassert [x, 1] == [2, 1] ± 0.1\nassert nothing == 1\nassert x\nprint \"x is\", x",
    "x = 3\nx +* 2",
    "y",
    "[1, 2] + [1, 2, 3]",
    "repeat 2 { x = 1; x*2 }",
    "x = 1; p = x; x = 2; p",
    "include \"nowhere.grad\"",
    "x = 3\nprint x\nx^2; x^3;",
];

const ASKED: &[&[&str]] = &[
    &[],
    &["--losses"],
    &["--jacobian"],
    &["--hessian"],
    &["--check"],
    &["--check=stages"],
    &["--precise", "30"],
    &["--precise", "40", "--hessian", "--jacobian"],
    &["--along", "x=1"],
    &["--relative"],
    &["--nudge", "x=0.1"],
    &["--sd", "x=0.1"],
    &["--scalars"],
    &["--wrt", "x"],
    &["--upstream", "2"],
    &["--hessian", "--jacobian"],
    &["--hessian", "--relative"],
    &["--relative", "--nudge", "x=0.1"],
    &["--jacobian", "--upstream", "2"],
    &["--ties", "split"],
    &["--stages", "fused"],
    &["--stages", "primitive", "--hessian"],
    &["--against", "examples/homework/notes.py"],
];

/// Every object of a product of circuits and questions is what the schema says. Where a folder is named, they are kept there
/// for a validator that knows all of JSON Schema.
/// The operands of a stage are those that its expression shows, and nothing that was left out.
#[test]
fn operands_are_what_the_listing_shows() {
    for (expression, operands) in [
        ("x[0]", &["x", "0"][..]),
        ("x[-1]", &["x", "-1"]),
        ("x[1:]", &["x", "1:"]),
        ("x[:2]", &["x", ":2"]),
        ("x[::2]", &["x", "::2"]),
        ("x[::-1]", &["x", "::-1"]),
        ("X[1]", &["X", "1"]),
        ("X[1, 0]", &["X", "1", "0"]),
        ("X[:, 1]", &["X", ":", "1"]),
        ("X[1:, :1]", &["X", "1:", ":1"]),
        ("const k = 1; x[k]", &["x", "k"]),
        ("const k = 1; x[k:]", &["x", "k:"]),
        ("x[[0, 2]]", &["x", "[0, 2]"]),
        ("sum(X, 0)", &["X", "0"]),
        ("x*2", &["x", "2"]),
        ("x + [1, 2, 3]", &["x", "[1, 2, 3]"]),
        ("[x[0], 4]", &["x0", "4"]),
    ] {
        let text = out(&run(&["--as", "json", "-e", expression, "x=[1, 2, 3]", "X=[1, 2; 3, 4]"], ""));
        let object: Value = serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let stages = object["stages"].as_array().expect("stages");
        let stage = stages.last().expect("a stage");
        assert_eq!(stage["operands"], json!(operands), "{expression}");
        for operand in stages.iter().flat_map(|stage| stage["operands"].as_array().into_iter().flatten()) {
            assert!(!matches!(operand.as_str(), None | Some("nan" | "")), "{expression}: {object}");
        }
    }
}

#[test]
fn every_object_is_what_the_schema_says() {
    let schema = schema();
    let (mut seen, mut kept) = (Vec::new(), String::new());
    for circuit in CIRCUITS {
        for asked in ASKED {
            let text = out(&run(&[&["--as", "json"], *asked].concat(), circuit));
            for line in text.lines() {
                let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{circuit} {asked:?}: {error}: {line}"));
                let fault = fault(&schema, &schema, &object);
                assert!(fault.is_none(), "{circuit} {asked:?}: {}\n{line}", fault.unwrap_or_default());
                seen.extend(object.as_object().expect("an object").keys().cloned());
                kept += line;
                kept.push('\n');
            }
        }
    }
    // The product holds every field of the objects themselves.
    for kind in ["Answer", "Assertion", "Printed", "Failure", "Comparison"] {
        for name in schema["$defs"][kind]["properties"].as_object().expect("fields").keys() {
            assert!(seen.contains(name), "no {name} of {kind}");
        }
    }
    // What is wrong is found.
    for wrong in [json!({"schema": 1}), json!({"schema": 1, "source": {"name": "a", "line": 1}, "printed": 3}), json!([])] {
        assert!(fault(&schema, &schema, &wrong).is_some(), "{wrong}");
    }
    if let Some(folder) = std::env::var_os("GRADCALC_JSON") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::write(folder.join("objects.jsonl"), kept).expect("a file");
        std::fs::write(folder.join("schema.json"), schema.to_string()).expect("a file");
    }
}

/// Lines of rows and of summaries are what the schema says beside the lines of expressions, with every field of a summary.
#[test]
fn rows_are_what_the_schema_says() {
    let schema = schema();
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("t.csv"), "x,w,g\n1,1,a\n0,2,b\nNA,1,a\n4,1,\n").expect("it can be written");
    std::fs::write(path("v.csv"), "k\n0.5\n").expect("it can be written");
    let (table, covariances) = (path("t.csv"), path("v.csv"));
    let (mut seen, mut rows) = (Vec::new(), 0);
    for (kind, flags) in [
        ("Row", &[][..]),
        ("Row", &["--sd", "x=w", "--relative"]),
        ("Summary", &["--summary"]),
        ("Summary", &["--summary", "--by", "g", "--weights", "w", "--sd", "x=0.1"]),
        ("Summary", &["--summary", "--cov", &covariances]),
        ("Summary", &["--summary", "--cov", &covariances, "--at", "means", "--by", "g"]),
    ] {
        let fixed = ["k*log(x)", "k=2", "--rows", &table, "--as", "json"];
        for line in out(&run(&[&fixed, flags].concat(), "")).lines() {
            let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{flags:?}: {error}: {line}"));
            let fault = fault(&schema, &schema["$defs"][kind], &object);
            assert!(fault.is_none(), "{flags:?}: {}\n{line}", fault.unwrap_or_default());
            rows += 1;
            if kind == "Summary" {
                seen.extend(object.as_object().expect("an object").keys().cloned());
            }
        }
    }
    assert!(rows > 20, "{rows}");
    for name in schema["$defs"]["Summary"]["properties"].as_object().expect("fields").keys() {
        assert!(seen.contains(name), "no {name} of a summary");
    }
    assert!(fault(&schema, &schema["$defs"]["Row"], &json!({"x": [1]})).is_some());
    assert!(fault(&schema, &schema["$defs"]["Summary"], &json!({"name": "f", "count": 1})).is_some());
}

/// Numbers row by row.
fn flat(value: &Value) -> Vec<f64> {
    value.as_array().map_or_else(|| vec![value.as_f64().expect("a number")], |items| items.iter().flat_map(flat).collect())
}

/// The chain rule on each wire: the local gradient times what arrives is what is added, and what was added is the total.
#[test]
fn wires_multiply_and_add() {
    let circuits = [
        "x = 3\ny = -4\n(x + sigma(y)) / (sigma(x) + (x + y)^2)",
        "x = 2\ny = 5\nx*y*x + max(x, y) - x",
        "W = [1, 2; 3, 4]\nx = [1, -1]\nsum((W @ x + x)*x[0])",
        "v = [1, 2, 3]\nsum(v*v[0] + 2)",
    ];
    let (mut products, mut forks) = (0, 0);
    for text in circuits {
        let object: Value = serde_json::from_str(&out(&run(&["--as", "json"], text))).expect("JSON");
        let mut totals: std::collections::HashMap<&str, Vec<f64>> = std::collections::HashMap::new();
        for step in object["backward"].as_array().expect("steps") {
            let [upstream, made, total] = ["upstream", "contribution", "total"].map(|field| flat(&step[field]));
            let target = step["target"].as_str().expect("a name");
            let before = totals.insert(target, total.clone());
            assert_eq!(step["operator"], if before.is_some() { "+=" } else { "=" }, "{text}: {step}");
            forks += usize::from(before.is_some());
            let before = before.unwrap_or_else(|| vec![0.0; made.len()]);
            assert_eq!(total, before.iter().zip(&made).map(|(before, made)| before + made).collect::<Vec<_>>(), "{text}: {step}");
            if !step["local"].is_null() {
                let local = flat(&step["local"]);
                let places = local.len().max(upstream.len());
                let product: Vec<f64> = (0..places).map(|at| local[at % local.len()] * upstream[at % upstream.len()]).collect();
                // What was repeated is added up.
                let product = if made.len() < places { vec![product.iter().sum()] } else { product };
                assert!(product == made || product.len() == 1 && made.iter().all(|made| *made == product[0]), "{text}: {step}");
                products += 1;
            }
            let stage = object["stages"].as_array().and_then(|stages| stages.iter().find(|stage| stage["name"] == step["through"]));
            let position = step["position"].as_u64().expect("a place") as usize;
            let operand = stage.expect("the stage")["operands"][position].as_str().expect("an operand");
            assert!(target == format!("d{operand}"), "{text}: {step} is handed to {operand}");
        }
        for input in object["inputs"].as_array().expect("inputs") {
            assert_eq!(totals[input["gradient_name"].as_str().expect("a name")], flat(&input["gradient"]), "{text}");
        }
    }
    assert!(products > 20 && forks > 5, "{products} {forks}");
}

/// Every field stands in the documentation with the words of the schema.
#[test]
fn every_field_is_documented() {
    let page = include_str!("../examples/json.md");
    let schema = schema();
    for (kind, object) in schema["$defs"].as_object().expect("definitions") {
        let Some(fields) = object["properties"].as_object() else { continue };
        let section = page.split(&format!("\n### {kind}\n")).nth(1).unwrap_or_else(|| panic!("no section {kind}"));
        let section = section.split("\n### ").next().unwrap_or_default();
        for (name, field) in fields {
            let says = field["description"].as_str().unwrap_or_else(|| panic!("{kind}.{name} is not explained")).replace('\n', " ");
            let row = section.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
            assert!(row.is_some_and(|row| row.ends_with(&format!("| {says} |"))), "{kind}.{name}: {row:?}, not {says}");
        }
        assert_eq!(section.lines().filter(|line| line.starts_with("| `")).count(), fields.len(), "{kind}");
    }
}

const GRADED: &str = "x = 3
assert x == 3
assert x^2 == 8
assert x/7 == 0.43 ± 0.01
assert [x, 2] == [3, 1]
assert y == 2
assert x = = 3
assert x > 5
x^2
assert x
";

/// All assertions of a script are results, also behind one that fails, in every view: an object, a row, or as errors.
#[test]
fn assertions_are_results_in_every_view() {
    let held = [true, false, true, false, false, false, false, true];
    let lines = [2, 3, 4, 5, 6, 7, 8, 10];
    for view in ["json", "csv", "table", "brief", "value", "code", "explain", "python", "c"] {
        let output = run(&["--as", view], GRADED);
        let (text, told) = (out(&output), String::from_utf8_lossy(&output.stderr).into_owned());
        assert_eq!(output.status.code(), Some(1), "{view}");
        assert!(told.contains("5 of 10 statements failed"), "{view}: {told}");
        match view {
            "json" => {
                let objects = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
                let asserted: Vec<Value> = objects.filter(|object| object.get("assertion").is_some()).collect();
                let found: Vec<(bool, u64)> = asserted
                    .iter()
                    .map(|object| (object["pass"].as_bool().expect("a bool"), object["source"]["line"].as_u64().expect("a line")))
                    .collect();
                assert_eq!(found, held.iter().copied().zip(lines).collect::<Vec<_>>());
                let second = &asserted[1];
                assert_eq!((&second["left"], &second["right"], &second["tolerance"]), (&json!(9.0), &json!(8.0), &Value::Null));
                assert_eq!((&second["error"]["kind"], &second["assertion"]), (&json!("check"), &json!("x^2 == 8")));
                assert_eq!(asserted[2]["tolerance"], json!(0.01));
                assert_eq!((&asserted[3]["left"], &asserted[3]["right"]), (&json!([3.0, 2.0]), &json!([3.0, 1.0])));
                assert!(asserted[0].get("error").is_none() && asserted[4]["left"].is_null());
            }
            "csv" => {
                let rows: Vec<&str> = text.lines().filter(|line| line.contains(",assert,")).collect();
                let expected = held.iter().zip(lines);
                assert_eq!(rows.len(), held.len(), "{text}");
                for (row, (held, line)) in rows.iter().zip(expected) {
                    assert!(
                        row.starts_with(&format!("<stdin>,{line},")) && row.ends_with(&format!(",assert,{},", u8::from(*held))),
                        "{row}"
                    );
                }
                assert!(text.starts_with("source,line,") && text.lines().all(|line| !line.is_empty()), "{text}");
                assert_eq!(told.matches("error: ").count(), 5, "{told}");
            }
            _ => {
                assert_eq!(told.matches("error: ").count(), 5, "{view}: {told}");
                assert!(told.contains("left is 9, right is 8"), "{view}: {told}");
            }
        }
    }
    // In a block there is one for each round; a script that fails fast stops.
    let rounds = out(&run(&["--as", "json"], "x = 0\nrepeat 3 { x += 1; assert x < 10 }"));
    assert_eq!(rounds.matches("\"pass\":true").count(), 3, "{rounds}");
    let fast = out(&run(&["--as", "json", "--fail-fast"], GRADED));
    assert_eq!(fast.matches("\"assertion\"").count(), 2, "{fast}");
}

/// What is said of names in a script has its place, as an error has.
#[test]
fn remarks_of_scripts_have_their_place() {
    let said = |arguments: &[&str], script: &str| String::from_utf8_lossy(&run(arguments, script).stderr).into_owned();
    let told = said(&[], "x = 3\np = x\nx = 7\n\np\nsigma(t) = t\n");
    assert!(told.contains("keeps a value\n --> <stdin>:5\n"), "{told}");
    assert!(told.contains("stay the language's\n --> <stdin>:6\n"), "{told}");
    let told = said(&["x=1"], "\nx = 3\nx^2\n");
    assert!(told.contains("overrides the text's\n --> <stdin>:2\n"), "{told}");
    let told = said(&["-e", "sigma(t) = t; sigma(3)"], "");
    assert!(told.contains("note: ") && !told.contains("-->"), "{told}");
}

/// Who gives values to a script (a notebook does) is told which it needs, and no name whose own definition failed.
#[test]
fn what_has_no_value_is_named() {
    for (script, unknown) in [
        ("x*y + sum(w)", &[json!(["x", "y", "w"])][..]),
        ("x = 2\nx*y", &[json!(["y"])]),
        ("q = x + 1\nq*y", &[json!(["x", "y"])]),
        ("q = 1 +* 2\nq*y\nq*y + z", &[Value::Null, json!(["y"]), json!(["y", "z"])]),
        ("f(x) = k*x\nf(2)", &[json!(["k"])]),
        ("sin*2", &[Value::Null]),
        ("assert 1 == 2", &[Value::Null]),
    ] {
        let output = run(&["--as", "json", "-f", "-"], script);
        let answers: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let found: Vec<&Value> = answers.iter().map(|answer| &answer["error"]["unknown"]).collect();
        assert_eq!(found, unknown.iter().collect::<Vec<_>>(), "{script}: {answers:?}");
    }
}
