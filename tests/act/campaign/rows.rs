//! Comparisons as rows, against what each method says, and as a table of literals.

use std::collections::BTreeMap;

use repurchase::act::campaign::{
    BootstrapOptions, Comparison, EffectMeasure, Group, MoneySample, SegmentEffects, TargetCurve, Verdict,
    comparison_table, outcomes_by,
};
use repurchase::scale::Confidence;
use repurchase::{Order, PurchaseLog, ShopCalendar, Window};

use super::super::date;
use super::{TestResult, cents, compare_money, compare_rates, ratio};

fn of_each_kind() -> Result<[(&'static str, Comparison); 5], Box<dyn std::error::Error>> {
    let sample = |amounts: &[i64]| MoneySample::of(amounts.iter().map(|&amount| cents(amount)));
    let (treated, control) = (&[30_00, 0, 45_00, 25_00, 60_00, 20_00], &[10_00, 0, 0, 20_00, 15_00, 0]);
    let amounts = |amounts: &[i64]| amounts.iter().map(|&amount| cents(amount)).collect::<Vec<_>>();
    let changes = [[ratio(200, 10_000), ratio(500, 10_000)], [ratio(100, 10_000), ratio(200, 10_000)]];
    let bootstrap = BootstrapOptions::default().with_replicates(200);
    Ok([
        ("rates", compare_rates(ratio(13_200, 415_500), ratio(448, 27_400))),
        ("nobody", compare_rates(ratio(0, 9), ratio(0, 0))),
        ("变化", Comparison::of_changes(changes[0], changes[1], Confidence::default())),
        ("money", compare_money(sample(treated)?, sample(control)?)),
        ("amounts", Comparison::of_amounts(&amounts(treated), &amounts(control), &bootstrap)?),
    ])
}

#[test]
fn rows_say_what_the_methods_say() -> TestResult {
    let all = of_each_kind()?;
    for (name, comparison) in all {
        let row = comparison.row();
        assert_eq!((row.difference, row.lift), (comparison.difference(), comparison.lift()), "{name}");
        let ends = comparison.difference_interval().map(|interval| (interval.low, interval.high));
        assert_eq!(row.difference_low.zip(row.difference_high), ends, "{name}");
        let ends = comparison.lift_interval().map(|interval| (interval.low, interval.high));
        assert_eq!(row.lift_low.zip(row.lift_high), ends, "{name}");
        assert_eq!((row.confidence, row.verdict), (0.95, comparison.verdict()), "{name}");
        assert_eq!(comparison.to_string(), comparison.explain(repurchase::scale::Language::English));
    }
    let [rates, nobody, changes, money, amounts] = all.map(|(_, comparison)| comparison.row());
    assert_eq!(
        (rates.measure, rates.treated_customers, rates.control_customers),
        ("rate", Some(415_500), Some(27_400))
    );
    assert_eq!((rates.treated, rates.verdict), (Some(13_200.0 / 415_500.0), Verdict::Better));
    assert_eq!((nobody.treated, nobody.control, nobody.control_customers), (Some(0.0), None, Some(0)));
    assert_eq!((changes.measure, changes.treated_customers), ("change", None));
    assert_eq!((changes.treated, changes.control), (Some(0.05 - 0.02), Some(0.01)));
    assert_eq!(
        (money.measure, money.treated_customers, money.treated, money.control),
        ("money", Some(6), Some(30.0), Some(7.5))
    );
    assert_eq!((amounts.measure, amounts.treated_customers, amounts.treated), ("money", None, Some(30.0)));
    Ok(())
}

#[test]
fn a_table() -> TestResult {
    // The bootstrap's draws are no literal.
    assert_eq!(
        comparison_table(of_each_kind()?.into_iter().take(4)).to_string(),
        "\
name           treated       control    difference         interval     lift           interval      verdict
rates   13200    3.18%  448    1.64%  +1.54 points   +1.38 to +1.70   +94.3%  +77.0% to +113.3%       Better
nobody      0    0.00%    0        -             -                -        -                  -  Cannot tell
变化      +3.00 points  +1.00 points  +2.00 points   +1.39 to +2.61        -                  -       Better
money            30.00          7.50        +22.50  +0.59 to +44.41  +300.0%                  -       Better"
    );
    let none: [(&str, Comparison); 0] = [];
    let header = "name  treated  control  difference  interval  lift  interval  verdict";
    assert_eq!(comparison_table(none).to_string(), header);
    Ok(())
}

/// Rows of segments are those of their comparisons, with the drawn effect; a segment without a comparison has none.
#[test]
fn rows_of_segments() -> TestResult {
    let day = date("2026-03-10");
    let orders = [1, 2, 3, 11, 21].map(|id| Order::on(id, day, cents(1_000 * i64::from(id))).unwrap());
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    let group = |id: u32| if id % 2 == 1 { Group::Treated } else { Group::Control };
    // Of the third segment all are treated.
    let customers = (1..20).chain([21, 23]).map(|id| (id, group(id)));
    let outcomes = outcomes_by(&log, Window::last_days(day, 1)?, customers, |id| id / 10)?;
    for measure in [EffectMeasure::Conversion, EffectMeasure::Revenue] {
        let effects = SegmentEffects::of(&outcomes, measure, Confidence::default());
        let mut rows = effects.rows();
        for effect in effects.segments.iter().filter(|effect| effect.comparison.is_some()) {
            let (row, own) = (rows.next().ok_or("a row")?, effect.comparison.ok_or("there")?.row());
            assert_eq!(
                (*row.segment, row.shrunk, row.standard_error),
                (effect.segment, effect.shrunk, effect.standard_error)
            );
            let plain = format!("{own:?}").replace("ComparisonRow { ", "").replace(" }", "");
            assert!(format!("{row:?}").contains(&plain), "{row:?}");
        }
        assert!(rows.next().is_none());
        let shares = if measure == EffectMeasure::Conversion { 2 } else { 3 };
        assert_eq!((effects.segments.len(), effects.rows().count()), (3, shares));
    }
    assert_eq!(
        SegmentEffects::<u8>::of(&BTreeMap::new(), EffectMeasure::Revenue, Confidence::default()).rows().count(),
        0
    );
    Ok(())
}

#[test]
fn a_curve_in_rows_and_as_a_table() -> TestResult {
    let (treated, control) = (Group::Treated, Group::Control);
    let customers =
        [(2.5, treated, 900), (2.5, control, 300), (1.0, treated, 500), (1.0, treated, 100), (0.0, control, 200)];
    let curve = TargetCurve::of(customers.map(|(score, group, amount)| (score, group, cents(amount))))?;
    // 9 against 3; 15 of three against 3, where three held back would bring 9; against 5 of two, where they would bring 7.50.
    assert_eq!(
        curve.to_string(),
        "\
score  customers  treated  each  control  each  incremental
2.5            2        1  9.00        1  3.00        +6.00
1              4        3  5.00        1  3.00        +6.00
0              5        3  5.00        2  2.50        +7.50"
    );
    let rows: Vec<_> = curve.rows(cents(100), Confidence::default()).collect();
    let of = |at: usize| (rows[at].score, rows[at].customers, rows[at].treated_customers, rows[at].control_customers);
    assert_eq!([of(0), of(1), of(2)], [(2.5, 2, 1, 1), (1.0, 4, 3, 1), (0.0, 5, 3, 2)]);
    assert_eq!(rows.iter().map(|row| row.treated).collect::<Vec<_>>(), [Some(9.0), Some(5.0), Some(5.0)]);
    assert_eq!(rows.iter().map(|row| row.control).collect::<Vec<_>>(), [Some(3.0), Some(3.0), Some(2.5)]);
    // Each customer brings 6, 2 and 2.50 more, less 1.
    assert_eq!(rows.iter().map(|row| row.value).collect::<Vec<_>>(), [Some(10.0), Some(4.0), Some(7.5)]);
    for (row, point) in rows.iter().zip(curve.points()) {
        let ends = point.value(cents(100), Confidence::default()).and_then(|value| value.interval);
        assert_eq!(row.value_low.zip(row.value_high), ends.map(|ends| (ends.low, ends.high)));
        assert_eq!(row.incremental, point.incremental());
    }
    let nobody = TargetCurve::of([])?;
    assert_eq!((nobody.rows(cents(100), Confidence::default()).count(), nobody.to_string().lines().count()), (0, 1));
    Ok(())
}

#[cfg(feature = "serde")]
#[test]
fn a_file() -> TestResult {
    let mut file = csv::Writer::from_writer(Vec::new());
    for (_, comparison) in of_each_kind()?.into_iter().skip(1).take(1) {
        file.serialize(comparison.row())?;
    }
    assert_eq!(
        String::from_utf8(file.into_inner()?)?,
        "\
measure,treated_customers,treated,control_customers,control,difference,difference_low,difference_high,lift,lift_low,lift_high,confidence,verdict
rate,9,0.0,0,,,,,,,,0.95,cannot_tell
"
    );
    Ok(())
}
