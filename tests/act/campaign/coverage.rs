//! Intervals hold the truth as often as they say, and plans find what they plan for.

use repurchase::act::campaign::{BootstrapOptions, Comparison, MoneySample, SamplePlan, Verdict};
use repurchase::scale::{Confidence, Interval};

use super::{Chance, TestResult, cents, compare_money, compare_rates, ratio};

/// The share of trials whose interval holds the truth.
fn coverage(trials: u32, truth: f64, mut interval: impl FnMut() -> Option<Interval>) -> f64 {
    let held = (0..trials).filter(|_| interval().is_some_and(|bounds| bounds.contains(truth))).count();
    f64::from(u32::try_from(held).expect("no more than the trials")) / f64::from(trials)
}

#[test]
fn of_rates() -> TestResult {
    let mut chance = Chance(1);
    for (m, n, p, q) in [(60, 40, 0.3, 0.2), (100, 30, 0.08, 0.05), (25, 25, 0.96, 0.9)] {
        for level in [0.8, 0.95] {
            let confidence = Confidence::new(level)?;
            let found = coverage(2_000, p - q, || {
                let (treated, control) = (chance.successes(m, p), chance.successes(n, q));
                Comparison::of_rates(ratio(treated, m), ratio(control, n), confidence).difference_interval()
            });
            // Of counts this small, coverage is not the level to the digit: Newcombe found 0.95 ± 0.02.
            assert!((found - level).abs() < 0.04, "{m} {n} {p} {q} {level}: {found}");
        }
    }
    let found = coverage(2_000, 0.5, || {
        let (treated, control) = (chance.successes(200, 0.3), chance.successes(150, 0.2));
        compare_rates(ratio(treated, 200), ratio(control, 150)).lift_interval()
    });
    assert!((found - 0.95).abs() < 0.015, "{found}");
    Ok(())
}

#[test]
fn of_money() {
    let mut chance = Chance(2);
    // A third buys for 30 on average; half buys for 24. Means 10 and 12.
    let mut arm = |customers, share, mean| {
        MoneySample::of((0..customers).map(|_| cents(chance.spend(share, mean)))).expect("small amounts")
    };
    let mut draw = || compare_money(arm(200, 0.5, 24.0), arm(120, 1.0 / 3.0, 30.0));
    let found = coverage(1_000, 2.0, || draw().difference_interval());
    assert!((found - 0.95).abs() < 0.025, "{found}");
    let found = coverage(1_000, 0.2, || draw().lift_interval());
    assert!((found - 0.95).abs() < 0.025, "{found}");
}

#[test]
fn of_the_bootstrap() -> TestResult {
    let mut chance = Chance(3);
    let mut arm = |customers, mean| (0..customers).map(|_| cents(chance.spend(0.8, mean))).collect::<Vec<_>>();
    let options = BootstrapOptions::default().with_replicates(200).with_confidence(Confidence::new(0.9)?);
    let found = coverage(300, 8.0, || {
        let (treated, control) = (arm(40, 30.0), arm(30, 20.0));
        Comparison::of_amounts(&treated, &control, &options).expect("small amounts").difference_interval()
    });
    assert!((found - 0.9).abs() < 0.05, "{found}");
    Ok(())
}

#[test]
fn of_plans() -> TestResult {
    let mut chance = Chance(4);
    let plan = SamplePlan::new(0.1, 0.8)?;
    let sizes = plan.needed(0.5)?;
    let mut share = |verdict, lift: f64| {
        let hits = (0..1_000).filter(|_| {
            let treated = ratio(chance.successes(sizes.treated, 0.1 * (1.0 + lift)), sizes.treated);
            let control = ratio(chance.successes(sizes.control, 0.1), sizes.control);
            compare_rates(treated, control).verdict() == verdict
        });
        hits.count()
    };
    // The planned lift shows with the planned power of 80%; where there is none, a false alarm has 5%, half of it each
    // way.
    let power = share(Verdict::Better, 0.8);
    assert!((760..=840).contains(&power), "{power}");
    let alarms = share(Verdict::Better, 0.0);
    assert!((10..=45).contains(&alarms), "{alarms}");
    Ok(())
}
