//! Bootstrap intervals.

use repurchase::Error;
use repurchase::act::campaign::{BootstrapOptions, Comparison, MoneySample, Verdict};
use repurchase::scale::Confidence;
use rust_decimal::Decimal;

use super::money::amounts;
use super::{TestResult, assert_bounds, bounds, cents, compare_money, field, rows};

#[test]
fn the_written_definition_gives_the_same() -> TestResult {
    for row in rows(include_str!("../../data/campaign_bootstrap.csv")) {
        let options = BootstrapOptions::default()
            .with_seed(field(&row, 1))
            .with_replicates(field(&row, 2))
            .with_confidence(Confidence::new(field(&row, 3))?);
        let (treated, control) = (amounts(&row[0], "treated"), amounts(&row[0], "control"));
        let found = Comparison::of_amounts(&treated, &control, &options)?;
        let what = format!("{row:?}");
        assert_bounds(found.difference_interval(), bounds(&row, 4), 1e-12, &what);
        assert_bounds(found.lift_interval(), bounds(&row, 6), 1e-11, &what);
        // Another program's, of other chance: the bounds of 500 replicates of 6 customers wander by a tenth of the
        // width.
        let (low, high) = bounds(&row, 8).ok_or("bounds")?;
        let near = 0.12 * (high - low);
        let found = found.difference_interval().ok_or("customers who differ")?;
        assert!((found.low - low).abs() < near && (found.high - high).abs() < near, "{what}");
    }
    Ok(())
}

#[test]
fn seeds_decide_and_nothing_else() -> TestResult {
    let (treated, control) = (amounts("skewed", "treated"), amounts("skewed", "control"));
    let at = |seed| {
        let options = BootstrapOptions::default().with_replicates(200).with_seed(seed);
        Comparison::of_amounts(&treated, &control, &options)
    };
    assert_eq!(at(1)?, at(1)?);
    assert_ne!(at(1)?, at(2)?);
    // Trailing zeros are not other amounts.
    let longer: Vec<Decimal> = treated.iter().map(|amount| amount * Decimal::new(100, 2)).collect();
    let options = BootstrapOptions::default().with_replicates(200).with_seed(1);
    let (found, expected) = (Comparison::of_amounts(&longer, &control, &options)?, at(1)?);
    let [found, expected] = [found, expected].map(|comparison| comparison.difference_interval());
    let (found, expected) = (found.ok_or("bounds")?, expected.ok_or("bounds")?);
    assert!((found.low - expected.low).abs() < 1e-12 && (found.high - expected.high).abs() < 1e-12);
    Ok(())
}

#[test]
fn skewed_money_leans_where_the_data_do() -> TestResult {
    // One customer of two hundred brought a fortune: the mean may be far larger, but not far smaller.
    let mut treated = vec![cents(10_00); 150];
    treated.extend([cents(30_00); 49]);
    treated.push(cents(3_000_00));
    let control = [cents(10_00), cents(12_00), cents(8_00), cents(11_00)].repeat(40);
    let found = Comparison::of_amounts(&treated, &control, &BootstrapOptions::default())?;
    let (treated, control) = (MoneySample::of(treated)?, MoneySample::of(control)?);
    let welch = compare_money(treated, control);
    let difference = welch.difference().ok_or("a difference")?;
    assert_eq!(welch.verdict(), Verdict::CannotTell);
    assert_eq!(found.verdict(), Verdict::Better);
    let interval = found.difference_interval().ok_or("bounds")?;
    assert!(interval.high - difference > 2.0 * (difference - interval.low));
    Ok(())
}

#[test]
fn edges() -> TestResult {
    let run = |treated: &[i64], control: &[i64]| {
        let money = |amounts: &[i64]| amounts.iter().map(|&amount| cents(amount)).collect::<Vec<_>>();
        let options = BootstrapOptions::default().with_replicates(100);
        Comparison::of_amounts(&money(treated), &money(control), &options)
    };
    let nothing = |comparison: Comparison| {
        let intervals = (comparison.difference_interval(), comparison.lift_interval());
        intervals == (None, None) && comparison.verdict() == Verdict::CannotTell
    };
    for (treated, control) in [(&[][..], &[1, 2][..]), (&[1, 2], &[]), (&[5], &[1, 2]), (&[1, 2], &[5]), (&[], &[])] {
        assert!(nothing(run(treated, control)?), "{treated:?} {control:?}");
    }
    assert!(nothing(run(&[7; 5], &[7; 4])?));
    assert_eq!((run(&[7; 5], &[7; 4])?.difference(), run(&[], &[1])?.difference()), (Some(0.0), None));
    // Alike in one arm only; below zero; a control arm that may bring nothing.
    assert!(run(&[7; 5], &[6, 8])?.difference_interval().is_some());
    let losses = run(&[-500, -100, -300], &[-900, -800, -700])?;
    assert!(losses.difference_interval().ok_or("bounds")?.low > 0.0 && losses.lift_interval().is_none());
    assert_eq!(run(&[5, 9, 4], &[0, 0, 3])?.lift_interval(), None);
    for replicates in [0, 99, 1_000_001] {
        let options = BootstrapOptions::default().with_replicates(replicates);
        let refused = Comparison::of_amounts(&[cents(1), cents(2)], &[cents(1), cents(2)], &options).unwrap_err();
        let expected = format!("replicates must lie between 100 and 1000000, found {replicates}");
        assert_eq!(refused.to_string(), expected);
    }
    let (huge, cent) = ([Decimal::MAX, Decimal::ZERO], [cents(1), cents(2)]);
    let refused = Comparison::of_amounts(&huge, &[Decimal::new(1, 28), cents(2)], &BootstrapOptions::default());
    assert_eq!(refused, Err(Error::AmountOverflow { field: "the sum of an arm" }));
    let found = Comparison::of_amounts(&huge, &cent, &BootstrapOptions::default().with_replicates(100))?;
    let found = found.difference_interval().ok_or("bounds")?;
    assert!(found.low.is_finite() && found.high > 1e28);
    Ok(())
}
