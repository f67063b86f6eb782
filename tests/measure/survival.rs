//! Survival curves: by hand, against lifelines and statsmodels, and against an oracle of exact fractions.

#![allow(clippy::float_cmp, reason = "quotients of small counts are correctly rounded")]
#![allow(clippy::cast_precision_loss, reason = "small counts")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use repurchase::history::LineLog;
use repurchase::measure::{CycleOptions, CycleScale, CycleTable, IntervalKind, SurvivalCurve};
use repurchase::record::OrderLine;
use repurchase::scale::Confidence;
use repurchase::{Error, ShopCalendar};
use rust_decimal::Decimal;

use super::{TestResult, date, fixed_seed};

/// The two-sided quantile of a confidence of 95%.
const Z_95: f64 = 1.959_963_984_540_054;
const HALF: Decimal = Decimal::from_parts(5, 0, 0, false, 1);

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12
}

/// By hand: Freireich's leukaemia patients under 6-MP, the textbook example of Kaplan-Meier (Cox and Oakes 1984, table
/// 1.1): 9 of 21 relapsed. S and its standard error as in Kleinbaum and Klein (2012), table 2.3, from the fractions.
#[test]
fn the_textbook_example() -> TestResult {
    let relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|weeks| (weeks, true));
    let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|weeks| (weeks, false));
    let curve = SurvivalCurve::of_days(relapsed.into_iter().chain(censored));
    let expected: [(f64, u64, u64, f64); 7] = [
        (6.0, 21, 3, 18.0 / 21.0),
        (7.0, 17, 1, 18.0 / 21.0 * 16.0 / 17.0),
        (10.0, 15, 1, 18.0 / 21.0 * 16.0 / 17.0 * 14.0 / 15.0),
        (13.0, 12, 1, 0.690_196_078_431_372_5),
        (16.0, 11, 1, 0.627_450_980_392_156_9),
        (22.0, 7, 1, 0.537_815_126_050_420_2),
        (23.0, 6, 1, 0.448_179_271_708_683_5),
    ];
    let ends: Vec<_> = curve.steps().iter().filter(|step| step.returned > 0).collect();
    assert_eq!(ends.len(), expected.len());
    for (step, (days, at_risk, returned, survival)) in ends.iter().zip(expected) {
        assert_eq!((step.days, step.at_risk, step.returned), (days, at_risk, returned));
        assert!(close(step.survival, survival), "{days}: {}", step.survival);
    }
    // Greenwood at 7: S² (3 / (21 * 18) + 1 / (17 * 16)).
    let variance = ends[1].variance.ok_or("nobody left")?;
    let survival = 18.0 / 21.0 * 16.0 / 17.0;
    assert!(close(variance, survival * survival * (3.0 / 378.0 + 1.0 / 272.0)), "{variance}");
    assert!((variance.sqrt() - 0.0869).abs() < 5e-5, "as printed");
    // Plain 95% at 7: S ± 1.96 se.
    let plain = ends[1].interval(Confidence::default(), IntervalKind::Plain).ok_or("no interval")?;
    assert!(close(plain.low, survival - Z_95 * variance.sqrt()));
    assert!(close(plain.high, survival + Z_95 * variance.sqrt()));
    assert_eq!((curve.spells(), curve.returned()), (21, 9));
    assert_eq!((curve.median_days(), curve.observed_median_days()), (Some(23.0), Some(10.0)));
    let plain = curve.quantile_interval(HALF, Confidence::default(), IntervalKind::Plain)?;
    let log_log = curve.quantile_interval(HALF, Confidence::default(), IntervalKind::LogLog)?;
    assert_eq!((plain.high, log_log.high), (None, None));
    assert_eq!((plain.low, log_log.low), (Some(13.0), Some(13.0)));
    Ok(())
}

#[test]
fn a_median_on_the_edge_is_reached() {
    // 2 of 4 are left, and 1/2 is reached exactly.
    assert_eq!(SurvivalCurve::of_days([(1, true), (2, true), (3, true), (4, true)]).median_days(), Some(2.0));
}

/// Product 90166 of Online Retail: half of its spells end within 19 days. lifelines 0.30.3 has 0.5000000000000001
/// there, and an infinite median.
#[test]
fn a_median_that_rounding_loses() {
    let spells = [(7, true), (14, true), (14, true), (19, true), (25, false), (77, false), (141, false), (281, false)];
    assert_eq!(SurvivalCurve::of_days(spells).median_days(), Some(19.0));
}

/// `(first - a) / first * (second - b) / second` with a censoring between is 1/2 exactly, for every such pair below 60:
/// rounded to binary64 it is often just above, and the median then late.
#[test]
fn products_of_one_half_are_found_whatever_rounding_says() {
    let mut found = 0;
    for first in 3u32..60 {
        for second in 2..first {
            for a in 1..first {
                let left = first - a;
                if left < second || first * second % (2 * left) != 0 {
                    continue;
                }
                let rest = first * second / (2 * left);
                if rest >= second {
                    continue;
                }
                let b = second - rest;
                let spells = (0..first).map(|number| match number {
                    n if n < a => (10, true),
                    n if n < a + (left - second) => (10, false),
                    n if n < a + (left - second) + b => (20, true),
                    _ => (30, false),
                });
                let curve = SurvivalCurve::of_days(spells);
                let expected = if left * 2 <= first { 10.0 } else { 20.0 };
                assert_eq!(curve.median_days(), Some(expected), "{left}/{first} * {rest}/{second}");
                found += 1;
            }
        }
    }
    assert!(found > 500, "{found}");
}

/// 100,000 quotients that censoring keeps apart, and shares too near the curve for rounding to decide: products of all
/// digits would take minutes.
#[test]
fn long_curves_are_asked_in_linear_time() -> TestResult {
    let curve = SurvivalCurve::of_days((1..=100_000).flat_map(|days| [(days, true), (days, false)]));
    for day in [10_usize, 40_000, 70_000, 90_000] {
        let survival = Decimal::from_f64_retain(curve.steps()[day].survival).ok_or("a share")?;
        for apart in [Decimal::new(-1, 28), Decimal::ZERO, Decimal::new(1, 28)] {
            let found = curve.quantile(Decimal::ONE - survival + apart)?.ok_or("reached")?.gap_days as usize;
            // The curve as it is stored is right to its last digits: this step is the one, or the next.
            assert!((day + 1..=day + 2).contains(&found), "{found} on {day}");
        }
    }
    Ok(())
}

#[test]
fn nobody_one_and_everybody() -> TestResult {
    let nobody = SurvivalCurve::of_days([]);
    assert!(nobody.steps().is_empty());
    assert_eq!((nobody.spells(), nobody.survival_at(0), nobody.median_days()), (0, None, None));
    assert_eq!((nobody.observed_median_days(), nobody.quantile(HALF)?), (None, None));

    let waiting = SurvivalCurve::of_days([(5, false), (0, false), (9, false)]);
    assert_eq!((waiting.survival_at(0), waiting.survival_at(9), waiting.survival_at(10)), (Some(1.0), Some(1.0), None));
    assert_eq!((waiting.median_days(), waiting.observed_median_days()), (None, None));
    for step in waiting.steps() {
        let interval = step.interval(Confidence::default(), IntervalKind::LogLog).ok_or("no interval")?;
        assert_eq!((step.variance, interval.low, interval.high), (Some(0.0), 1.0, 1.0));
    }

    let all = SurvivalCurve::of_days([(5, true), (7, true)]);
    assert_eq!((all.survival_at(4), all.survival_at(5), all.survival_at(7)), (Some(1.0), Some(0.5), Some(0.0)));
    assert_eq!(all.survival_at(u32::MAX), Some(0.0), "nobody is left, for ever");
    let last = all.steps().last().ok_or("no step")?;
    for kind in [IntervalKind::LogLog, IntervalKind::Plain] {
        assert_eq!((last.variance, last.interval(Confidence::default(), kind)), (None, None));
    }
    let interval = all.quantile_interval(HALF, Confidence::default(), IntervalKind::Plain)?;
    assert_eq!((interval.low, interval.high), (Some(5.0), None));
    Ok(())
}

#[test]
fn what_is_no_share_is_refused() {
    let curve = SurvivalCurve::of_days([(5, true), (7, false)]);
    for share in [Decimal::ZERO, Decimal::ONE, -HALF, Decimal::TWO] {
        assert_eq!(curve.quantile(share), Err(Error::Share { position: 0, found: share }));
    }
    assert!(curve.quantile(Decimal::new(1, 28)).is_ok_and(|step| step.is_some_and(|step| step.days == 5.0)));
    assert_eq!(curve.quantile(Decimal::ONE - Decimal::new(1, 28)), Ok(None));
    let surest = Confidence::new(1.0 - f64::EPSILON / 2.0).expect("a confidence");
    let widest =
        [IntervalKind::Plain, IntervalKind::LogLog].map(|kind| curve.steps()[0].interval(surest, kind).unwrap());
    assert_eq!((widest[0].low, widest[0].high), (0.0, 1.0));
    assert!(widest[1].low == 0.0 && widest[1].high > 0.999 && widest[1].high <= 1.0);
}

fn online_retail() -> Result<LineLog<u32, String>, Box<dyn std::error::Error>> {
    let text = include_str!("../data/cycles/online_retail_lines.csv");
    let mut lines = Vec::new();
    for row in csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes()).records() {
        let row = row?;
        let at = chrono::NaiveDateTime::parse_from_str(&row[1], "%Y-%m-%d %H:%M:%S")?.and_utc();
        let (quantity, price) = (Decimal::from_str_exact(&row[3])?, Decimal::from_str_exact(&row[4])?);
        lines.push(OrderLine::new(row[0].parse()?, at, row[2].to_owned(), quantity, quantity * price)?);
    }
    assert_eq!(lines.len(), 3476);
    Ok(LineLog::from_lines(lines, &ShopCalendar::utc())?)
}

/// Golden: `tests/data/cycles/lifelines_curves.csv`.
#[test]
fn curves_are_those_of_lifelines_and_statsmodels() -> TestResult {
    let log = online_retail()?;
    let text = include_str!("../data/cycles/lifelines_curves.csv");
    let rows: Vec<BTreeMap<String, String>> = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()?;
    let number = |row: &BTreeMap<String, String>, column: &str| -> Result<f64, std::num::ParseFloatError> {
        row[column].to_lowercase().parse()
    };
    let mut compared = 0;
    for (name, scale) in [("calendar", CycleScale::Calendar), ("quantity", CycleScale::Quantity)] {
        let table = CycleTable::of(&log, date("2011-12-09"), &CycleOptions::default().with_scale(scale));
        assert_eq!(table.len(), 4);
        for (product, cycle) in table.iter() {
            let own: Vec<_> = rows.iter().filter(|row| row["product"] == *product && row["scale"] == name).collect();
            let steps: Vec<_> = own.iter().filter(|row| row["kind"] == "step").collect();
            assert_eq!(cycle.curve.steps().len(), steps.len(), "{product} {name}");
            for (step, row) in cycle.curve.steps().iter().zip(steps) {
                assert_eq!(step.days, number(row, "days")?);
                let counts = [step.at_risk, step.returned, step.waiting].map(|count| count.to_string());
                assert_eq!(counts, ["at_risk", "returned", "waiting"].map(|column| row[column].clone()));
                assert!(close(step.survival, number(row, "survival")?), "{row:?}");
                assert!(close(step.variance.ok_or("nobody left")?.sqrt(), number(row, "standard_error")?), "{row:?}");
                let interval = step.interval(Confidence::default(), IntervalKind::LogLog).ok_or("no interval")?;
                assert!(
                    close(interval.low, number(row, "low")?) && close(interval.high, number(row, "high")?),
                    "{row:?}"
                );
                compared += 1;
            }
            for (kind, share) in [("quantile_0.25", Decimal::new(25, 2)), ("quantile_0.5", HALF)] {
                let row = own.iter().find(|row| row["kind"] == kind).ok_or("no quantile")?;
                let finite = |column: &str| number(row, column).map(|days| Some(days).filter(|days| days.is_finite()));
                assert_eq!(cycle.curve.quantile(share)?.map(|step| step.days), finite("days")?, "{product} {name}");
                let interval = cycle.curve.quantile_interval(share, Confidence::default(), IntervalKind::LogLog)?;
                assert_eq!((interval.low, interval.high), (finite("low")?, finite("high")?), "{product} {name}");
                assert_eq!(cycle.curve.observed_median_days(), finite("standard_error")?, "{product} {name}");
            }
        }
    }
    assert_eq!(compared, rows.len() - 16);
    Ok(())
}

/// Greatest common divisor.
fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn curves_are_the_products_of_their_fractions(spells in prop::collection::vec((0u32..12, any::<bool>()), 0..24)) {
        let curve = SurvivalCurve::of_days(spells.iter().copied());
        let days: BTreeSet<u32> = spells.iter().map(|spell| spell.0).collect();
        prop_assert_eq!(curve.steps().len(), days.len());
        let (mut top, mut bottom, mut greenwood) = (1u128, 1u128, 0.0);
        let mut quantiles: BTreeMap<u32, Option<f64>> = (1..20).map(|share| (share, None)).collect();
        for (step, day) in curve.steps().iter().zip(days) {
            let count = |keep: &dyn Fn(&(u32, bool)) -> bool| spells.iter().filter(|spell| keep(spell)).count() as u64;
            let (at_risk, returned) = (count(&|spell| spell.0 >= day), count(&|spell| *spell == (day, true)));
            prop_assert_eq!((step.at_risk, step.returned), (at_risk, returned));
            prop_assert_eq!(step.waiting, count(&|spell| *spell == (day, false)));
            (top, bottom) = (top * u128::from(at_risk - returned), bottom * u128::from(at_risk));
            let divisor = gcd(top, bottom);
            (top, bottom) = (top / divisor, bottom / divisor);
            let survival = top as f64 / bottom as f64;
            prop_assert!((step.survival - survival).abs() < 1e-14);
            prop_assert_eq!(curve.survival_at(day), Some(step.survival));
            greenwood += returned as f64 / (at_risk as f64 * (at_risk - returned) as f64);
            prop_assert_eq!(step.variance.is_none(), top == 0);
            let expected = survival * survival * greenwood;
            prop_assert!(step.variance.is_none_or(|variance| (variance - expected).abs() < 1e-14));
            for kind in [IntervalKind::LogLog, IntervalKind::Plain] {
                if let Some(interval) = step.interval(Confidence::default(), kind) {
                    prop_assert!(interval.low <= step.survival && step.survival <= interval.high);
                    prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
                }
            }
            for (&share, reached) in &mut quantiles {
                if reached.is_none() && 20 * top <= u128::from(20 - share) * bottom {
                    *reached = Some(f64::from(day));
                }
            }
        }
        for (share, reached) in quantiles {
            let share = Decimal::new(i64::from(share) * 5, 2);
            prop_assert_eq!(curve.quantile(share).unwrap().map(|step| step.days), reached, "{}", share);
            let interval = curve.quantile_interval(share, Confidence::default(), IntervalKind::LogLog).unwrap();
            prop_assert!(interval.low.is_none_or(|low| reached.is_none_or(|reached| low <= reached)));
            prop_assert!(interval.high.is_none_or(|high| reached.is_some_and(|reached| reached <= high)));
        }
        let mut gaps: Vec<u32> = spells.iter().filter(|spell| spell.1).map(|spell| spell.0).collect();
        gaps.sort_unstable();
        let naive = gaps.len().checked_sub(1).map(|last| f64::from(gaps[last / 2]));
        prop_assert_eq!(curve.observed_median_days(), naive);
    }
}
