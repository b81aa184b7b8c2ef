//! Any text is parsed or refused, and what refuses it points into it.
#![no_main]

use gradcalc::FaultKind;
use gradcalc::forms::parse;
use gradcalc::vocabulary::symbol::Symbols;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(fault) = parse::parse(text, &mut Symbols::default()) {
        assert_ne!(fault.kind, FaultKind::Internal, "{fault}");
        assert!(text.get(fault.span.range()).is_some(), "{:?} of {text:?}: {fault}", fault.span);
    }
});
