//! The elementary functions and their like, of one or two real numbers, as the gates compute them.
//!
//! Two libraries, one list. CORE-MATH is correctly rounded, in C that asks for a compiler with 128-bit integers. Where there is
//! none (Microsoft's, WebAssembly), pxfm computes the same functions in Rust: its errors stay below one unit in the last
//! place, and most results are the same; `pow`, `hypot`, the gamma functions and the hard cases of `exp` and `erf` may
//! differ in the last bit. Knows no gate.

#[cfg(not(any(target_env = "msvc", target_family = "wasm")))]
pub use core_math::{
    acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, cos, cosh, erf, erfc, exp, exp2, expm1, hypot, lgamma, log, log1p, log2, log10,
    pow, sin, sinh, tan, tanh, tanpi, tgamma,
};

#[cfg(any(target_env = "msvc", target_family = "wasm"))]
pub use pxfm::{
    f_acos as acos, f_acosh as acosh, f_asin as asin, f_asinh as asinh, f_atan as atan, f_atan2 as atan2, f_atanh as atanh, f_cbrt as cbrt,
    f_cos as cos, f_cosh as cosh, f_erf as erf, f_erfc as erfc, f_exp as exp, f_exp2 as exp2, f_expm1 as expm1, f_hypot as hypot,
    f_lgamma as lgamma, f_log as log, f_log1p as log1p, f_log2 as log2, f_log10 as log10, f_pow as pow, f_sin as sin, f_sinh as sinh,
    f_tan as tan, f_tanh as tanh, f_tanpi as tanpi, f_tgamma as tgamma,
};
