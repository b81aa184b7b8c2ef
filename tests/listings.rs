//! The code of the notes as it stands, one listing after the other in one session, with the numbers of the notes.

use gradcalc::session::{FinalDefinition, Session, Settings};
use gradcalc::views::Source;

const LISTINGS: [&str; 5] = [
    include_str!("reference/listings/1-chain.py"),
    include_str!("reference/listings/2-neuron.py"),
    include_str!("reference/listings/3-staged-forward.py"),
    include_str!("reference/listings/4-staged-backward.py"),
    include_str!("reference/listings/5-matmul.py"),
];

fn run(session: &mut Session, text: &str) {
    let mut reading = session.read(text, &Source { name: "<notes>".into(), line: 1 }, FinalDefinition::Hidden).expect("a listing");
    while let Some(outcome) = session.step(&mut reading) {
        outcome.unwrap_or_else(|fault| panic!("{}: {text}", fault.message));
    }
}

#[track_caller]
fn holds(session: &Session, name: &str, expected: &[f64]) {
    let answer = session.answer_to(name).unwrap_or_else(|fault| panic!("{name}: {}", fault.message));
    let found = answer.numbers(answer.output);
    assert_eq!(found.len(), expected.len(), "{name}");
    let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 4e-16 * expected.abs().max(1.0));
    assert!(near, "{name} is {found:?}, not {expected:?}");
}

#[test]
fn the_listings_of_the_notes_run_as_they_stand() {
    let mut session = Session::new(Settings::default());
    run(&mut session, LISTINGS[0]);
    for (name, number) in [("q", 3.0), ("f", -12.0), ("dfdz", 3.0), ("dfdx", -4.0), ("dfdy", -4.0)] {
        holds(&session, name, &[number]);
    }
    run(&mut session, LISTINGS[1]);
    holds(&session, "f", &[0.731_058_578_630_004_9]);
    holds(&session, "dx", &[0.393_223_866_482_963_7, -0.589_835_799_724_445_6]);
    holds(&session, "dw", &[-0.196_611_933_241_481_85, -0.393_223_866_482_963_7, 0.196_611_933_241_481_85]);
    run(&mut session, LISTINGS[2]);
    run(&mut session, LISTINGS[3]);
    holds(&session, "f", &[1.545_644_884_106_644_1]);
    holds(&session, "dx", &[2.059_569_795_572_165_2]);
    holds(&session, "dy", &[1.592_232_751_483_809_3]);
    run(&mut session, LISTINGS[4]);
    for (name, rows, columns) in [("D", 5.0, 3.0), ("dW", 5.0, 10.0), ("dX", 10.0, 3.0)] {
        holds(&session, &format!("{name}.shape"), &[rows, columns]);
    }
    // A gradient on a factor of a product, times that factor, is the gradient on the product, times the product.
    for (one, other) in [("sum(dW*W)", "sum(dD*D)"), ("sum(dX*X)", "sum(dD*D)")] {
        let apart = session.answer_to(&format!("{one} - {other}")).expect("a number").value();
        assert!(apart.abs() < 1e-12, "{one} and {other} are {apart} apart");
    }
}
