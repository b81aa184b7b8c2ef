//! The special functions that we compute ourselves, against values of 400-digit arithmetic.

use gradcalc::vocabulary::special::{LAST_ORDER, digamma, elu, gamma, gelu, lgamma, polygamma, sigma, silu, softplus};

/// Whether a result is the expected one: zeros and infinities to the bit, the rest within some ulps.
fn agrees(got: f64, want: f64, ulps: f64) -> bool {
    if want.is_nan() || want.is_infinite() || want == 0.0 {
        got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan()
    } else {
        // Half an ulp is the rounding of the expected value itself.
        (got - want).abs() <= (ulps + 0.5) * (want.abs().next_up() - want.abs())
    }
}

/// The rows of a table: numbers, a comma after each row.
fn rows(table: &str) -> Vec<Vec<f64>> {
    let numbers = |row: &str| row.split_whitespace().map(|number| number.parse().unwrap()).collect();
    table.split(',').map(numbers).filter(|row: &Vec<f64>| !row.is_empty()).collect()
}

/// Compares a function with rows of an argument and a value of 400-digit arithmetic, rounded once.
fn check(function: fn(f64) -> f64, ulps: f64, table: &str) {
    for row in rows(table) {
        let (x, want, got) = (row[0], row[1], function(row[0]));
        assert!(agrees(got, want, ulps), "at {x:e}: got {got:e}, want {want:e}");
    }
}

/// The same for polygamma, the order standing before the argument.
fn check_polygamma(ulps: fn(f64) -> f64, table: &str) {
    for row in rows(table) {
        let (n, x, want, got) = (row[0], row[1], row[2], polygamma(row[0], row[1]));
        assert!(agrees(got, want, ulps(n)), "order {n} at {x:e}: got {got:e}, want {want:e}");
    }
}

#[test]
fn digamma_holds_from_the_poles_through_its_zero_to_the_far_end() {
    check(
        digamma,
        4.0,
        "5e-324 -inf, 1e-310 -inf, -1e-310 inf, 1e-17 -1e17, 1e-08 -100000000.57721564,
        -1e-08 99999999.42278431, 0.3 -3.502524222200133, 1 -0.5772156649015329,
        1.461632144968362 -3.072790566546293e-16, 1.4616321449683622 -9.241265521729427e-17,
        1.4616321449683625 1.2245374622004068e-16, 1.4616321459683623 9.676722326577634e-10,
        1.5 0.03648997397857652, 3.7 1.1671535393615113, 9.999 2.2516474172057355,
        10 2.251752589066721, 1234.5 7.118016231827998, 1e300 690.7755278982137,
        -0.5 0.03648997397857652, -0.3 2.113309779635399, -0.9999999999990905 -1099511627775.5773,
        -3.0000000000009095 1099511627777.256, -20.4 4.060609840029619,
        -1000000.25 16.957103961553827,
        0 -inf, -0 inf, -1 nan, -7 nan, -1e300 nan, inf inf, -inf nan, nan nan,",
    );
}

#[test]
fn polygamma_of_low_order_holds_on_both_sides() {
    check_polygamma(
        |_| 11.0,
        "1 1e-200 inf, 1 1e-100 1e200, 1 0.001 1000001.6425331958, 1 1 1.6449340668482264,
        1 9.5 0.11099728846909904, 1 10000000000 1.00000000005e-10, 1 1.7e308 5.88235294117647e-309,
        1 -1e-50 1e100, 1 -0.5 8.934802200544679, 1 -1.9999999999990905 1.2089258196146292e24,
        1 -100.5 9.859703491870086, 2 1e-05 -2000000000000002, 2 0.7 -6.4349928741909235,
        2 5 -0.048789732245114494, 2 1e100 -1e-200, 2 -0.3 67.63908119988317,
        2 -1.0000000000009095 2.658455991569832e36, 2 -100.5 -9.802720262719757e-05,
        3 0.25 1538.7821440091884, 3 33 5.82337088795388e-05, 3 -4.125 24590.982563002708,
        4 2.5 -0.3137559995067314, 4 -0.9 -2399974.962992458, 4 -4.125 786397.9798777532,",
    );
}

#[test]
fn polygamma_of_high_order_neither_overflows_nor_underflows_early() {
    check_polygamma(
        |n| 2.0 * n + 4.0,
        "7 -0.4 7990618.245891215, 20 0.5 -5.10216531273943e24, 20 12 -6.54721193671601e-05,
        20 -3.3 2.325831561706772e29, 21 -3.3 1.6280821367524725e31,
        100 10000 -9.379363201543512e-245, 100 0.01 -inf, 170 1 -7.257415615307999e306,
        170 80 -3.075311487349833e-19, 61 -1.5 4.681601151135962e102,",
    );
}

#[test]
fn polygamma_keeps_to_its_orders_and_its_poles() {
    assert_eq!(polygamma(0.0, 2.5).to_bits(), digamma(2.5).to_bits());
    check_polygamma(
        |_| 0.0,
        "-1 2.5 nan, 0.5 2.5 nan, 171 2.5 nan, inf 2.5 nan, -inf 2.5 nan, nan 2.5 nan,
        1 0 inf, 1 -0 inf, 1 -1 inf, 1 -1e300 inf, 3 0 inf, 3 -6 inf, 2 0 nan, 2 -0 nan, 2 -6 nan,
        1 inf 0, 2 inf -0, 170 inf -0, 1 -inf nan, 2 -inf nan, 1 nan nan, 2 nan nan,",
    );
}

#[test]
fn sigma_holds_down_to_the_subnormals() {
    check(
        sigma,
        3.0,
        "0 0.5, 1e-300 0.5, -0.7 0.3318122278318339, 2.5 0.9241418199787564, 40 1,
        -36.9 9.430476078526807e-17, -37.1 7.721020781656124e-17, -700.5 5.980196118639791e-305,
        -744 1e-323,
        inf 1, -inf 0, -800 0, nan nan,",
    );
}

#[test]
fn softplus_holds_on_both_sides() {
    check(
        softplus,
        2.0,
        "0 0.6931471805599453, 1e-300 0.6931471805599453, -0.7 0.4031860488854579,
        2.5 2.5788897342925496, 40 40, 1e300 1e300, -36.9 9.430476078526807e-17,
        -700.5 5.980196118639791e-305, -744 1e-323,
        inf inf, -inf 0, -800 0, nan nan,",
    );
}

#[test]
fn silu_holds_down_to_the_subnormals() {
    check(
        silu,
        3.0,
        "5e-324 5e-324, 1e-300 5e-301, -1e-09 -4.9999999975e-10, -0.7 -0.23226855948228373,
        2.5 2.310354549946891, 40 40, 1e308 1e308, -36.9 -3.4798456729763914e-15,
        -37.1 -2.864498709994422e-15, -710 -3.1781632202293424e-306, -745.5 -1.275e-321,
        0 0, -0 -0, inf inf, -inf -0, -1e300 -0, nan nan,",
    );
}

#[test]
fn gelu_holds_down_to_the_subnormals() {
    check(
        gelu,
        5.0,
        "1e-310 5e-311, -1e-09 -4.999999996010577e-10, 0.5 0.34573123063700656,
        -0.5 -0.15426876936299344, 3.25 3.24812466861223, 8.9 8.9, 9.1 9.1, 1e308 1e308,
        -5.3 -3.068771041181235e-07, -13.7 -6.954414291889094e-42, -19.99 -6.726215245276446e-88,
        -20.01 -4.5087391798070553e-88, -30.3 -1.736712221504595e-200, -37.6 -4.041290298447291e-308,
        -38.4 -2.535e-321,
        0 0, -0 -0, inf inf, -inf -0, -1e300 -0, nan nan,",
    );
}

#[test]
fn elu_holds() {
    check(
        elu,
        0.0,
        "-1e-310 -1e-310, -1e-09 -9.999999995e-10, -0.5 -0.3934693402873666, -30 -0.9999999999999064,
        0.5 0.5, 1e308 1e308,
        0 0, -0 -0, inf inf, -inf -1, nan nan,",
    );
}

#[test]
fn gamma_holds() {
    check(
        gamma,
        0.0,
        "1e-308 1e308, -1e-308 -1e308, 0.5 1.772453850905516, 5 24, -0.5 -3.544907701811032,
        -1.9999999999990905 549755813888.4614, -100.5 -3.3536908198076787e-159, -177.5 5e-324,
        171.5 9.4833675668248e307,
        0 inf, -0 -inf, -1 nan, -2 nan, -1e300 nan, 172 inf, 5e-324 inf, inf inf, -inf nan, nan nan,",
    );
}

#[test]
fn lgamma_holds_beside_its_zeros() {
    check(
        lgamma,
        0.0,
        "5e-324 744.4400719213812, -1e-09 20.723265837523627, 0.5 0.5723649429247001,
        1.0000000000009095 -5.249745890076018e-13, 1.9999999999990905 -3.845201127643794e-13,
        -0.5 1.2655121234846454, -1.9999999999990905 27.032740041838707,
        -2.4570247382208006 5.619192358950097e-17, 171.5 709.1431630309282,
        1e300 6.897755278982137e302,
        0 inf, -0 inf, 1 0, 2 0, -3 inf, inf inf, -inf inf, nan nan,",
    );
}

#[test]
fn every_number_is_answered() {
    let mut bits = 1_u64;
    for n in (0..20_000).map(|n| f64::from(n % 180)) {
        // A linear congruence: bit patterns of all kinds of numbers, NaNs among them.
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = f64::from_bits(bits);
        for function in [sigma, softplus, silu, gelu, elu, lgamma] {
            assert_eq!(function(x).is_nan(), x.is_nan(), "at {x:e}");
        }
        for function in [digamma, gamma, |x| polygamma(1.0, x)] {
            assert!(!x.is_nan() || function(x).is_nan(), "at {x:e}");
        }
        assert!(!polygamma(n, x).is_nan() || x.is_nan() || n > LAST_ORDER || x == x.floor(), "{n} at {x:e}");
    }
}
