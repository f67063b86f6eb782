//! Rates of two arms, and their changes.

use proptest::prelude::*;
use repurchase::Ratio;
use repurchase::act::campaign::{Comparison, Verdict};
use repurchase::scale::{Confidence, Language};

use super::{TestResult, assert_bounds, bounds, compare_rates, field, fixed_seed, ratio, rows};

fn confidence(level: f64) -> Confidence {
    Confidence::new(level).unwrap()
}

fn compare_changes(treated: [Ratio; 2], control: [Ratio; 2]) -> Comparison {
    Comparison::of_changes(treated, control, Confidence::default())
}

#[test]
fn statsmodels_says_the_same() {
    for row in rows(include_str!("../../data/campaign_rates.csv")) {
        let [x, m, y, n] = [0, 1, 2, 3].map(|column| field(&row, column));
        let comparison = Comparison::of_rates(ratio(x, m), ratio(y, n), confidence(field(&row, 4)));
        let what = format!("{row:?}");
        assert_bounds(comparison.difference_interval(), bounds(&row, 5), 1e-10, &what);
        // A small lift is what is left of a ratio near 1.
        let (found, expected) = (comparison.lift_interval(), bounds(&row, 7));
        assert_eq!(found.is_some(), expected.is_some(), "{what}");
        for (found, expected) in
            found.zip(expected).map(|(found, (low, high))| [(found.low, low), (found.high, high)]).unwrap_or_default()
        {
            assert!((found - expected).abs() <= 1e-14 * (1.0 + expected).max(0.1), "{what}: {found}, not {expected}");
        }
    }
}

#[test]
fn newcombes_own_examples() {
    // R. G. Newcombe (1998), table II, method 10.
    let cases = [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ];
    for ((x, m), (y, n), (low, high)) in cases {
        let found = compare_rates(ratio(x, m), ratio(y, n)).difference_interval().unwrap();
        assert!((found.low - low).abs() < 5.1e-5 && (found.high - high).abs() < 5.1e-5, "{x}/{m} {y}/{n}: {found:?}");
    }
}

#[test]
fn the_published_campaign() {
    // 13.2K of 415.5K against 448 of 27.4K: 3.18% against 1.64%, +1.54 points, +94%.
    let comparison = compare_rates(ratio(13_200, 415_500), ratio(448, 27_400));
    let words = comparison.explain(Language::English);
    assert!(words.starts_with("Better: 13200 of 415500 (3.18%) against 448 of 27400 (1.64%); "), "{words}");
    assert_eq!(format!("{:.2}", comparison.difference().unwrap() * 100.0), "1.54");
    assert_eq!(format!("{:.0}", comparison.lift().unwrap() * 100.0), "94");
    assert_eq!(comparison.verdict(), Verdict::Better);
    assert_eq!(compare_rates(ratio(448, 27_400), ratio(13_200, 415_500)).verdict(), Verdict::Worse);
}

#[test]
fn edges() {
    let compare = compare_rates;
    // Nobody in an arm: nothing is known.
    for empty in
        [compare(ratio(0, 0), ratio(1, 9)), compare(ratio(1, 9), ratio(0, 0)), compare(ratio(0, 0), ratio(0, 0))]
    {
        assert_eq!((empty.difference(), empty.difference_interval()), (None, None));
        assert_eq!((empty.lift(), empty.lift_interval()), (None, None));
        assert_eq!(empty.verdict(), Verdict::CannotTell);
    }
    // 0 of n: a difference, but no lift over nothing, and no interval for the lift from it.
    let none = compare(ratio(0, 50), ratio(0, 50));
    assert_eq!((none.difference(), none.lift(), none.lift_interval()), (Some(0.0), None, None));
    assert_eq!(none.verdict(), Verdict::CannotTell);
    let from_some = compare(ratio(0, 50), ratio(5, 50));
    assert_eq!((from_some.lift(), from_some.lift_interval()), (Some(-1.0), None));
    // n of n: a lift of 0, and no spread to judge it by.
    let all = compare(ratio(50, 50), ratio(50, 50));
    assert_eq!((all.lift(), all.lift_interval()), (Some(0.0), None));
    assert!(all.difference_interval().unwrap().contains(0.05));
    // All against none.
    let most = compare(ratio(50, 50), ratio(0, 50)).difference_interval().unwrap();
    assert!(most.low > 0.8 && most.high <= 1.0);
    // One contact each says nothing.
    assert_eq!(compare(ratio(1, 1), ratio(0, 1)).verdict(), Verdict::CannotTell);
    // Counts at the end of 64 bits.
    let huge = compare(ratio(u64::MAX, u64::MAX), ratio(u64::MAX - 1, u64::MAX));
    let interval = huge.difference_interval().unwrap();
    assert!(interval.low <= interval.high && interval.contains(huge.difference().unwrap()));
    assert!(compare(ratio(1, u64::MAX), ratio(u64::MAX / 2, u64::MAX)).lift_interval().unwrap().high < 0.0);
}

#[test]
fn confidences_lie_between_0_and_1() {
    for level in [0.0, 9e-9, 1e-162, -0.5, 1.0, 95.0, f64::NAN, f64::INFINITY] {
        assert!(Confidence::new(level).is_err(), "{level}");
    }
    let at = |level| {
        let comparison = Comparison::of_rates(ratio(30, 100), ratio(20, 100), confidence(level));
        comparison.difference_interval().unwrap()
    };
    let width = |level| at(level).high - at(level).low;
    assert!(width(1e-8) > 0.0 && width(1e-8) < 1e-8);
    assert!(width(1.0 - f64::EPSILON / 2.0) > width(0.999) && width(0.999) > width(0.95));
}

#[test]
fn changes_of_two_arms() -> TestResult {
    for row in rows(include_str!("../../data/campaign_changes.csv")) {
        let share = |column| ratio(field(&row, column), field(&row, column + 1));
        let confidence = Confidence::new(field(&row, 8))?;
        let effect = Comparison::of_changes([share(0), share(2)], [share(4), share(6)], confidence);
        assert_bounds(effect.difference_interval(), bounds(&row, 9), 1e-11, &format!("{row:?}"));
        assert!(effect.difference_interval().ok_or("an interval")?.contains(effect.difference().ok_or("a value")?));
    }
    let empty = compare_changes([ratio(0, 0), ratio(1, 2)], [ratio(1, 2), ratio(1, 2)]);
    assert_eq!((empty.lift(), empty.lift_interval()), (None, None));
    assert_eq!((empty.difference(), empty.difference_interval(), empty.verdict()), (None, None, Verdict::CannotTell));
    Ok(())
}

fn any_ratio() -> impl Strategy<Value = Ratio> {
    let small = (1..60u64).prop_flat_map(|of| (0..=of, Just(of)));
    let large = any::<u64>().prop_filter("not empty", |&of| of > 0).prop_flat_map(|of| (0..=of, Just(of)));
    prop_oneof![small, large].prop_map(|(count, of)| ratio(count, of))
}

proptest! {
    #![proptest_config(fixed_seed(512))]

    #[test]
    fn exchanged_arms_exchange_signs(a in any_ratio(), b in any_ratio(), level in 0.01..0.999_9) {
        let at = |treated, control| Comparison::of_rates(treated, control, confidence(level));
        let (there, back) = (at(a, b), at(b, a));
        prop_assert_eq!(there.difference(), back.difference().map(|difference| -difference));
        let (x, y) = (there.difference_interval().unwrap(), back.difference_interval().unwrap());
        prop_assert_eq!((x.low, x.high), (-y.high, -y.low));
        let opposite = |verdict| match verdict {
            Verdict::Better => Verdict::Worse,
            Verdict::Worse => Verdict::Better,
            Verdict::CannotTell => Verdict::CannotTell,
        };
        prop_assert_eq!(there.verdict(), opposite(back.verdict()));
        // A ratio of rates and its inverse have inverse bounds.
        if let (Some(x), Some(y)) = (there.lift_interval(), back.lift_interval()) {
            prop_assert!(((1.0 + x.low) * (1.0 + y.high) - 1.0).abs() < 1e-9, "{x:?} {y:?}");
        }
    }

    #[test]
    fn exchanged_arms_exchange_the_signs_of_changes(a in any_ratio(), b in any_ratio(), c in any_ratio(), d in any_ratio()) {
        let (there, back) = (compare_changes([a, b], [c, d]), compare_changes([c, d], [a, b]));
        let (x, y) = (there.difference_interval().unwrap(), back.difference_interval().unwrap());
        prop_assert_eq!((there.difference().unwrap(), x.low, x.high), (-back.difference().unwrap(), -y.high, -y.low));
        prop_assert!(x.contains(there.difference().unwrap()));
        // A control arm that did not change leaves the treated arm's change, less surely.
        let alone = compare_rates(b, a);
        let beside = compare_changes([a, b], [c, c]);
        prop_assert_eq!(beside.difference(), alone.difference());
        let (inner, outer) = (alone.difference_interval().unwrap(), beside.difference_interval().unwrap());
        prop_assert!(outer.low <= inner.low + 1e-15 && inner.high <= outer.high + 1e-15);
    }

    #[test]
    fn intervals_hold_the_estimate_and_widen(a in any_ratio(), b in any_ratio(), low in 0.01..0.9, more in 0.001..0.09) {
        let at = |level| Comparison::of_rates(a, b, confidence(level));
        let (narrow, wide) = (at(low), at(low + more));
        let (inner, outer) = (narrow.difference_interval().unwrap(), wide.difference_interval().unwrap());
        prop_assert!(-1.0 <= outer.low && outer.low <= inner.low && inner.high <= outer.high && outer.high <= 1.0);
        prop_assert!(inner.contains(narrow.difference().unwrap()));
        if let (Some(inner), Some(outer)) = (narrow.lift_interval(), wide.lift_interval()) {
            prop_assert!(-1.0 <= outer.low && outer.low <= inner.low && inner.high <= outer.high);
            let lift = narrow.lift().unwrap();
            prop_assert!(inner.low <= lift + 1e-12 * (1.0 + lift) && lift <= inner.high + 1e-12 * (1.0 + lift));
        }
    }
}
