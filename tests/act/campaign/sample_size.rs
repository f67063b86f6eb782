//! How many contacts a lift takes.

use proptest::prelude::*;
use repurchase::Error;
use repurchase::act::campaign::{SamplePlan, SampleSizes};
use repurchase::scale::Language;

use super::{TestResult, field, fixed_seed, rows};

fn plan(baseline: f64, lift: f64, alpha: f64, power: f64) -> SamplePlan {
    SamplePlan::new(baseline, lift).unwrap().with_alpha(alpha).unwrap().with_power(power).unwrap()
}

#[test]
fn statsmodels_says_the_same() -> TestResult {
    for row in rows(include_str!("../../data/campaign_power.csv")) {
        let [baseline, lift, alpha, power, k, treated] = [0, 1, 2, 3, 4, 5].map(|column| field::<f64>(&row, column));
        let plan = plan(baseline, lift, alpha, power);
        let sizes = plan.needed(k)?;
        assert_eq!(sizes.treated, treated.ceil() as u64, "{row:?}");
        assert_eq!(sizes.control, (treated * k).ceil() as u64, "{row:?}");
        for (column, contacts) in [(6, 100), (7, 20_000)] {
            let (found, expected) = (plan.power_of(contacts, contacts).ok_or("two arms")?, field::<f64>(&row, column));
            assert!((found - expected).abs() <= 1e-10 * expected, "{row:?}: {found}, not {expected}");
        }
    }
    Ok(())
}

#[test]
fn warnings() -> TestResult {
    let plan = SamplePlan::new(0.05, 0.2)?;
    assert_eq!((plan.baseline(), plan.lift(), plan.alpha(), plan.power()), (0.05, 0.2, 0.05, 0.8));
    let needed = SampleSizes { treated: 8_158, control: 8_158 };
    assert_eq!(plan.needed(1.0)?, needed);
    assert_eq!(plan.check(8_158, 8_158)?, None);
    assert_eq!(plan.explain(8_158, 8_158, Language::English)?, None);
    assert_eq!(plan.check(8_157, 8_157)?, Some(needed), "one too few");
    let power = plan.power_of(8_157, 8_157).ok_or("two arms")?;
    assert!(power < 0.8 && power > 0.799);
    let warning = plan.explain(8_157, 8_157, Language::English)?.ok_or("one too few")?;
    let expected = "8157 treated and 8157 control contacts";
    assert!(warning.contains(expected) && warning.contains("with a power of 79%; 80% takes 8158 and 8158"));
    // The published campaign: its small control arm was enough for the lift it had, not for one of 10%.
    assert_eq!(SamplePlan::new(448.0 / 27_400.0, 0.94)?.check(415_500, 27_400)?, None);
    let needed_for_less = SamplePlan::new(448.0 / 27_400.0, 0.10)?.check(415_500, 27_400)?.ok_or("too few")?;
    assert!(needed_for_less.control > 27_400 && needed_for_less.treated > 415_500);
    // An empty arm.
    assert!(plan.check(0, 100)? == Some(needed) && plan.power_of(0, 100).is_none());
    let words = plan.explain(0, 100, Language::English)?.ok_or("nobody")?;
    assert!(words.contains("with a power of 0%"), "{words}");
    Ok(())
}

#[test]
fn what_cannot_be_planned_is_refused() {
    let refused = |plan: Result<SamplePlan, Error>| plan.unwrap_err().to_string();
    for baseline in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
        let expected = format!("baseline rate must be above 0 and below 1, found {baseline}");
        assert_eq!(refused(SamplePlan::new(baseline, 0.1)), expected);
    }
    let lifts = [0.0, 1e-300, -1.0, 1.0, f64::NAN, f64::INFINITY];
    for (lift, found) in lifts.into_iter().zip(["0", "1e-300", "-1", "1", "NaN", "inf"]) {
        let expected = format!("lift must be such that the rate changes and stays above 0 and below 1, found {found}");
        assert_eq!(refused(SamplePlan::new(0.5, lift)), expected);
    }
    let plan = SamplePlan::new(0.5, 0.1).unwrap();
    assert_eq!(refused(plan.with_alpha(0.0)), "alpha must be 1e-300 or more and below 1, found 0");
    assert_eq!(refused(plan.with_power(0.4)), "power must be 0.5 or more and below 1, found 0.4");
    assert_eq!(refused(plan.with_power(f64::NAN)), "power must be 0.5 or more and below 1, found NaN");
    for ratio in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(plan.needed(ratio), Err(Error::Number { .. })), "{ratio}");
    }
    let tiny = SamplePlan::new(1e-3, 1e-12).unwrap();
    assert_eq!(tiny.needed(1.0), Err(Error::CountOverflow { field: "contacts of an arm" }));
}

/// The quantiles of the smallest risks, by mpmath, 40 digits: `1 - alpha` rounds to 1 here.
#[test]
fn the_smallest_risks_of_a_false_alarm_have_their_sizes() {
    for (alpha, size) in [(1e-17, 92_151), (1e-300, 1_493_717)] {
        let plan = plan(0.05, 0.2, alpha, 0.8);
        assert_eq!(plan.needed(1.0).unwrap(), SampleSizes { treated: size, control: size });
        let power = plan.power_of(size, size).unwrap();
        assert!((power - 0.8).abs() < 1e-4, "{alpha} {power}");
        assert_eq!(plan.power_of(10, 10).map(|power| power < 1e-15), Some(true));
    }
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn what_is_needed_is_enough(
        baseline in 0.001..0.5, lift in prop_oneof![-0.9..-0.02, 0.02..0.9], alpha in 0.001..0.3, power in 0.5..0.99,
        k in 0.05..20.0,
    ) {
        let plan = plan(baseline, lift, alpha, power);
        let sizes = plan.needed(k).unwrap();
        prop_assert!(plan.power_of(sizes.treated, sizes.control).unwrap() >= power - 0.02);
        let more = super::sample_size::plan(baseline, lift, alpha / 2.0, power).needed(k).unwrap();
        prop_assert!(more.treated >= sizes.treated);
        let less = super::sample_size::plan(baseline, lift, alpha, power + 0.005).needed(k).unwrap();
        prop_assert!(less.treated >= sizes.treated);
        let warning = plan.check(sizes.treated / 2, sizes.control / 2).unwrap();
        prop_assert!(sizes.treated < 4 || warning.is_some());
    }
}
