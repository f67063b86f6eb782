//! What customers of two arms brought.

use proptest::prelude::*;
use repurchase::Error;
use repurchase::act::campaign::{Comparison, MoneySample, Verdict};
use repurchase::scale::Confidence;
use rust_decimal::Decimal;

use super::{TestResult, assert_bounds, bounds, cents, compare_money, field, fixed_seed, rows};

/// The amounts of an arm of a set in the tables.
pub(super) fn amounts(set: &str, arm: &str) -> Vec<Decimal> {
    let rows = rows(include_str!("../../data/campaign_amounts.csv"));
    let amounts: Vec<_> =
        rows.iter().filter(|row| &row[0] == set && &row[1] == arm).map(|row| cents(field(row, 2))).collect();
    assert!(!amounts.is_empty(), "{set} {arm}");
    amounts
}

fn sample(amounts: &[i64]) -> MoneySample {
    MoneySample::of(amounts.iter().map(|&amount| cents(amount))).unwrap()
}

#[test]
fn scipy_says_the_same() -> TestResult {
    for row in rows(include_str!("../../data/campaign_money.csv")) {
        let arm = |arm| MoneySample::of(amounts(&row[0], arm));
        let comparison = Comparison::of_money(arm("treated")?, arm("control")?, Confidence::new(field(&row, 1))?);
        let what = format!("{row:?}");
        // Of amounts near 1e10, differences of means keep 1e-6 of their cents.
        let tolerance = if &row[0] == "large" { 1e-5 } else { 1e-9 };
        assert_bounds(comparison.difference_interval(), bounds(&row, 2), tolerance, &what);
        // A lift of 1e-10 is what is left of the ratio 1 + 1e-10.
        let tolerance = if &row[0] == "large" { 1e-3 } else { 1e-9 };
        assert_bounds(comparison.lift_interval(), bounds(&row, 4), tolerance, &what);
    }
    Ok(())
}

#[test]
fn by_hand() -> TestResult {
    let known = sample(&[200, 400, 400, 400, 500, 500, 700, 900]);
    assert_eq!((known.customers(), known.sum(), known.mean()), (8, cents(40_00), Some(cents(5_00))));
    // Squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
    let deviation = known.standard_deviation().ok_or("eight customers")?;
    assert!((deviation * deviation - 32.0 / 7.0).abs() < 1e-14);
    // Means a million times the spread lose nothing: 1, 2, 3 have a deviation of 1.
    let far = MoneySample::of([1i64, 2, 3].map(|step| Decimal::from(1_000_000_000_000 + step)))?;
    assert_eq!(far.standard_deviation(), Some(1.0));
    Ok(())
}

#[test]
fn edges() {
    let (nobody, one, two) = (MoneySample::default(), sample(&[500]), sample(&[300, 700]));
    assert_eq!((nobody.mean(), nobody.standard_deviation(), nobody.sum()), (None, None, Decimal::ZERO));
    assert_eq!((one.mean(), one.standard_deviation()), (Some(cents(5_00)), None));
    for (treated, control) in [(nobody, two), (two, nobody), (one, two), (two, one)] {
        let comparison = compare_money(treated, control);
        assert_eq!((comparison.difference_interval(), comparison.lift_interval()), (None, None));
        assert_eq!(comparison.verdict(), Verdict::CannotTell);
    }
    // All alike in both arms: a difference, and no spread to judge it by.
    let alike = compare_money(sample(&[200; 9]), sample(&[100; 9]));
    assert_eq!((alike.difference(), alike.lift()), (Some(1.0), Some(1.0)));
    assert_eq!((alike.difference_interval(), alike.lift_interval()), (None, None));
    // All alike in one arm only.
    assert!(compare_money(sample(&[200; 9]), sample(&[100, 110, 90])).difference_interval().is_some());
    // Relative to nothing or to a loss, a lift has no size; the difference does.
    for control in [sample(&[-100, 100]), sample(&[-300, -200])] {
        let comparison = compare_money(two, control);
        assert!(comparison.difference_interval().is_some());
        assert_eq!((comparison.lift(), comparison.lift_interval()), (None, None));
    }
    // A control mean that may be 0: a lift without a bound.
    let unsure = compare_money(two, sample(&[0, 0, 0, 500]));
    assert!(unsure.lift().is_some() && unsure.lift_interval().is_none());
}

#[test]
fn sums_are_exact_or_refused() -> TestResult {
    let mut sample = MoneySample::of([cents(10), Decimal::new(1000, 4), Decimal::new(5, 1)])?;
    assert_eq!((sample.sum(), sample), (cents(70), MoneySample::of([cents(50), cents(10), cents(10)])?));
    let before = sample;
    assert_eq!(sample.add(Decimal::MAX), Err(Error::AmountOverflow { field: "the sum of a sample or of its squares" }));
    assert_eq!(sample, before);
    let most = MoneySample::of([Decimal::from(u64::MAX >> 1)])?;
    assert!(matches!(sample.merge(&MoneySample::of([Decimal::new(1, 12)])?), Ok(())));
    let before = sample;
    assert_eq!(sample.merge(&most), Err(Error::AmountOverflow { field: "the sum of a sample or of its squares" }));
    assert_eq!(sample, before, "unchanged");
    let refused = MoneySample::of([cents(1), Decimal::MAX]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "record 1: the sum of a sample or of its squares does not fit 96 bits at the finest scale of all amounts"
    );
    // 2^63 cents each, ninety quadrillion: their squares fit.
    let rich = MoneySample::of([Decimal::new(i64::MAX, 2), Decimal::new(i64::MIN + 1, 2)])?;
    assert_eq!(rich.sum(), Decimal::ZERO);
    assert!(rich.standard_deviation().ok_or("two customers")? > 1e17);
    Ok(())
}

fn any_amounts(from: usize) -> impl Strategy<Value = Vec<Decimal>> {
    let amount = (-1_000_000_000..1_000_000_000i64, 0..5u32).prop_map(|(minor, scale)| Decimal::new(minor, scale));
    prop::collection::vec(amount, from..30)
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn parts_merge_to_the_whole_in_any_order(amounts in any_amounts(0), cut in 0..30usize) {
        let whole = MoneySample::of(amounts.iter().copied()).unwrap();
        let (left, right) = amounts.split_at(cut.min(amounts.len()));
        let (left, right) = (MoneySample::of(left.to_vec()).unwrap(), MoneySample::of(right.to_vec()).unwrap());
        for (mut part, other) in [(left, right), (right, left)] {
            part.merge(&other).unwrap();
            prop_assert_eq!(part, whole);
        }
        prop_assert_eq!(MoneySample::of(amounts.iter().rev().copied()).unwrap(), whole);
        prop_assert_eq!(whole.sum(), amounts.iter().sum::<Decimal>());
    }

    #[test]
    fn the_deviation_is_that_of_the_amounts(amounts in any_amounts(2)) {
        use rust_decimal::prelude::ToPrimitive;
        let numbers: Vec<f64> = amounts.iter().map(|amount| amount.to_f64().unwrap()).collect();
        #[allow(clippy::cast_precision_loss, reason = "thirty customers")]
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let naive = (numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)).sqrt();
        let found = MoneySample::of(amounts).unwrap().standard_deviation().unwrap();
        prop_assert!((found - naive).abs() <= 1e-9 * naive.max(1e-6), "{found} {naive}");
    }

    #[test]
    fn exchanged_arms_exchange_signs(a in any_amounts(2), b in any_amounts(2), level in 0.01..0.999) {
        let (a, b) = (MoneySample::of(a).unwrap(), MoneySample::of(b).unwrap());
        let at = |left, right| Comparison::of_money(left, right, Confidence::new(level).unwrap());
        let (there, back) = (at(a, b), at(b, a));
        prop_assert_eq!(there.difference(), back.difference().map(|difference| -difference));
        if let (Some(x), Some(y)) = (there.difference_interval(), back.difference_interval()) {
            prop_assert!(x.contains(there.difference().unwrap()));
            let allowed = 1e-12 * (x.high - x.low);
            prop_assert!((x.low + y.high).abs() <= allowed && (x.high + y.low).abs() <= allowed);
        }
        if let (Some(x), Some(lift)) = (there.lift_interval(), there.lift()) {
            prop_assert!(x.contains(lift), "{x:?} {lift}");
            // A ratio of means and its inverse have inverse bounds.
            if let Some(y) = back.lift_interval() {
                prop_assert!(((1.0 + x.low) * (1.0 + y.high) - 1.0).abs() < 1e-6, "{x:?} {y:?}");
            }
        }
    }
}
