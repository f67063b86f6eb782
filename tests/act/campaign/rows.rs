//! Comparisons as rows, against what each method says, and as a table of literals.

use repurchase::act::campaign::{BootstrapOptions, Comparison, MoneySample, Verdict, comparison_table};
use repurchase::scale::Confidence;

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
