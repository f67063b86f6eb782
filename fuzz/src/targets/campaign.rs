//! Figures of campaigns: shares within 0 and 1, intervals around their estimates, plans that reach what they ask for.

use repurchase::Ratio;
use repurchase::act::campaign::{Assignment, Comparison, Funnel, FunnelMeasure, MoneySample, SamplePlan, Verdict};
use repurchase::scale::{Confidence, Interval, Language};
use rust_decimal::Decimal;

use crate::bytes::Bytes;

/// Any funnel, comparison, sample of money, plan and assignment that is accepted.
pub fn campaign(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let level = match bytes.byte() {
        0..=199 => f64::from(bytes.byte()) / 256.0,
        _ => bytes.number(),
    };
    let confidence = Confidence::new(level).unwrap_or(Confidence::new(0.95).expect("a level"));
    let arms = [(); 2].map(|()| funnel(&mut bytes));
    for arm in arms.iter().flatten() {
        figures(arm);
    }
    if let [Some(treated), Some(control)] = &arms {
        for measure in FunnelMeasure::ALL {
            assert!(measure.change(treated, control).is_none_or(f64::is_finite), "{measure:?}");
        }
        let rates = treated.conversion_rate().zip(control.conversion_rate());
        if let Some((treated, control)) = rates {
            compared(&Comparison::of_rates(treated, control, confidence));
            compared(&Comparison::of_changes([treated, control], [control, treated], confidence));
        }
    }
    let samples = [(); 2].map(|()| money(&mut bytes));
    if let [Some(treated), Some(control)] = samples {
        compared(&Comparison::of_money(treated, control, confidence));
    }
    plan(&mut bytes);
    assigned(&mut bytes);
}

fn funnel(bytes: &mut Bytes<'_>) -> Option<Funnel> {
    let counts = [(); 5].map(|()| bytes.count());
    let (cost, revenue) = (bytes.amount(), bytes.amount());
    let funnel = Funnel::new(counts[0]).with_clicked(counts[1]).ok()?.with_carted(counts[2]).ok()?;
    funnel.with_converted(counts[3]).ok()?.with_buyers(counts[4]).ok()?.with_money(cost, revenue).ok()
}

fn figures(funnel: &Funnel) {
    let shares = [funnel.click_through_rate(), funnel.add_to_cart_rate(), funnel.conversion_rate()];
    for share in shares.into_iter().flatten().filter_map(Ratio::value) {
        assert!((0.0..=1.0).contains(&share));
    }
    for measure in FunnelMeasure::ALL {
        assert!(measure.of(funnel).is_none_or(f64::is_finite), "{measure:?}");
    }
    let mut twice = *funnel;
    if twice.merge(funnel).is_ok() {
        assert_eq!(twice.shown(), 2 * funnel.shown());
        assert_eq!(
            twice.click_through_rate().and_then(Ratio::value),
            funnel.click_through_rate().and_then(Ratio::value)
        );
    }
    let text = serde_json::to_string(funnel).expect("stores");
    assert_eq!(&serde_json::from_str::<Funnel>(&text).expect("is read back"), funnel);
}

fn around(interval: Option<Interval>, estimate: Option<f64>) {
    if let Some(interval) = interval {
        assert!(interval.low <= interval.high && !interval.low.is_nan() && !interval.high.is_nan());
        let estimate = estimate.expect("an interval is around an estimate");
        let room = 1e-9 * (1.0 + estimate.abs());
        assert!(interval.low - room <= estimate && estimate <= interval.high + room, "{interval:?} around {estimate}");
    }
}

fn compared(comparison: &Comparison) {
    let (difference, lift) = (comparison.difference(), comparison.lift());
    assert!(difference.is_none_or(f64::is_finite) && lift.is_none_or(f64::is_finite));
    let interval = comparison.difference_interval();
    around(interval, difference);
    assert!(comparison.lift_interval().is_none_or(|interval| interval.low <= interval.high));
    let is_clear = interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0);
    match comparison.verdict() {
        Verdict::CannotTell => {}
        verdict => assert!(is_clear, "{verdict:?} of {interval:?}"),
    }
    assert!(
        [Language::English, Language::Chinese].into_iter().all(|language| !comparison.explain(language).is_empty())
    );
    let text = serde_json::to_string(comparison).expect("stores");
    assert_eq!(&serde_json::from_str::<Comparison>(&text).expect("is read back"), comparison);
}

fn money(bytes: &mut Bytes<'_>) -> Option<MoneySample> {
    let amounts: Vec<Decimal> = (0..bytes.below(12)).map(|_| bytes.amount()).collect();
    let sample = MoneySample::of(amounts.iter().copied()).ok()?;
    assert_eq!(sample.customers(), amounts.len() as u64);
    let sum = amounts.iter().try_fold(Decimal::ZERO, |sum, &amount| sum.checked_add(amount));
    if amounts.iter().all(|amount| amount.scale() <= 6 && *amount < Decimal::from(1_u64 << 40)) {
        assert_eq!(Some(sample.sum()), sum);
    }
    assert!(sample.standard_deviation().is_none_or(|sd| sd.is_finite() && sd >= 0.0));
    let (left, right) = amounts.split_at(amounts.len() / 2);
    if let (Ok(mut left), Ok(right)) = (MoneySample::of(left.iter().copied()), MoneySample::of(right.iter().copied())) {
        left.merge(&right).expect("parts of what fits");
        assert_eq!(left, sample);
    }
    let text = serde_json::to_string(&sample).expect("stores");
    assert_eq!(serde_json::from_str::<MoneySample>(&text).expect("is read back"), sample);
    Some(sample)
}

fn plan(bytes: &mut Bytes<'_>) {
    let share =
        |bytes: &mut Bytes<'_>| if bytes.byte() < 200 { f64::from(bytes.byte()) / 256.0 } else { bytes.number() };
    let (baseline, lift) = (share(bytes), share(bytes));
    let Ok(plan) = SamplePlan::new(baseline, lift) else { return };
    let Ok(plan) = plan.with_alpha(share(bytes)) else { return };
    let Ok(plan) = plan.with_power(share(bytes)) else { return };
    let (treated, control) = (bytes.count(), bytes.count());
    let power = plan.power_of(treated, control);
    assert!(power.is_none_or(|power| (0.0..=1.0).contains(&power)), "{power:?} of {plan:?}");
    if let Ok(sizes) = plan.needed(1.0) {
        let reached = plan.power_of(sizes.treated, sizes.control).expect("a plan's own sizes");
        assert!(reached >= plan.power() - 1e-6, "{reached} is not the power of {plan:?}");
    }
    if let Ok(missing) = plan.check(treated, control) {
        assert!(missing.is_none_or(|sizes| sizes.treated > 0 || sizes.control > 0));
    }
}

fn assigned(bytes: &mut Bytes<'_>) {
    let (count, of) = (bytes.count(), bytes.count());
    let Ok(share) = Ratio::new(count, of) else { return };
    let Ok(assignment) = Assignment::new("any", share) else { return };
    let ids = bytes.rest().chunks(4);
    for id in ids {
        assert_eq!(assignment.group_of_bytes(id), assignment.group_of_bytes(id));
    }
}
