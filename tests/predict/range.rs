//! The whole range of parameters, times and spends, drawn at random with its ends: every answer is a number, at once.

use repurchase::predict::{
    AnyModel, Bdw, BdwParams, BgBb, BgBbParams, BgCnbd, BgNbd, BgNbdParams, CnbdParams, Discount, GammaGamma,
    GammaGammaParams, MbgCnbd, MbgNbd, MbgNbdParams, Nbd, NbdParams, OpportunitySample, ParetoNbd, ParetoNbdParams,
    PurchaseModel, Revival, Sample, Sbg, SbgParams, TimeUnit, ValueModel,
};
use repurchase::scale::Confidence;

use super::chance::Chance;

impl Chance {
    /// From `10^-most` to `10^most`, the ends as often as not.
    fn size(&mut self, most: f64) -> f64 {
        match self.pick([0, 1, 2, 3, 4, 5]) {
            0 => 10f64.powf(-most),
            1 => 10f64.powf(most),
            2 => 10f64.powf(9.0 * (2.0 * self.uniform() - 1.0)),
            _ => 10f64.powf(most * (2.0 * self.uniform() - 1.0)),
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the length")]
    fn pick<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        #[allow(clippy::cast_precision_loss, reason = "few")]
        let place = self.uniform() * N as f64;
        of[place as usize]
    }
}

#[track_caller]
fn is_probability(found: f64, case: &str) {
    assert!((0.0..=1.0 + 1e-12).contains(&found), "{found}: {case}");
}

#[track_caller]
fn is_number(found: f64, case: &str) {
    assert!(found.is_finite() && found >= 0.0, "{found}: {case}");
}

fn sample(chance: &mut Chance) -> Sample {
    let (repeats, age) = (chance.pick([0, 0, 1, 2, 10, 1000, 1_000_000, u32::MAX]), chance.size(15.0));
    let recency = if repeats > 0 { f64::max(age * chance.pick([1.0, 0.999_999_999, 0.5, 1e-9]), 1e-15) } else { 0.0 };
    let sample = Sample::new(repeats, recency, age).unwrap();
    match sample.ln_gaps() {
        None if chance.happens(0.5) => {
            let x = f64::from(repeats);
            sample.with_ln_gaps(x * (recency / x).ln() - chance.size(4.0)).unwrap()
        }
        _ => sample,
    }
}

fn models(chance: &mut Chance) -> [AnyModel; 6] {
    let [r, alpha, a, b] = [(); 4].map(|()| chance.size(30.0));
    let unit = chance.pick([TimeUnit::Day, TimeUnit::Week]);
    let shares = chance.pick([[0.2; 5], [1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]);
    [
        Nbd::from_params(NbdParams { r, alpha }, unit).unwrap().into(),
        BgNbd::from_params(BgNbdParams { r, alpha, a, b }, unit).unwrap().into(),
        MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, unit).unwrap().into(),
        ParetoNbd::from_params(ParetoNbdParams { r, alpha, s: a, beta: b }, unit).unwrap().into(),
        BgCnbd::from_params(CnbdParams { r, alpha, a, b, shares }, unit).unwrap().into(),
        MbgCnbd::from_params(CnbdParams { r, alpha, a, b, shares }, unit).unwrap().into(),
    ]
}

#[test]
fn of_purchases() {
    let chance = &mut Chance(1);
    for _ in 0..400 {
        let (sample, horizon) = (sample(chance), chance.pick([0, 1, 30, 3650, u32::MAX]));
        let rho = chance.pick([0.0, 0.01, 128.0]);
        for model in models(chance) {
            let model = Revival::new(rho).unwrap().of(model);
            let case = &format!("{model:?} {sample:?} {horizon}");
            assert!(model.log_likelihood(&sample).is_finite(), "{case}");
            is_probability(model.probability_alive(&sample), case);
            is_probability(model.probability_buys(&sample, horizon), case);
            is_number(model.expected_purchases(&sample, horizon), case);
            for purchases in [0, 1, 2, 1000] {
                is_probability(model.probability_of_purchases(&sample, purchases, horizon), case);
            }
        }
    }
}

#[test]
fn of_spend_and_value() {
    let (chance, level) = (&mut Chance(2), Confidence::new(0.9).unwrap());
    for _ in 0..400 {
        let mut sample = sample(chance);
        if sample.repeats() > 0 {
            sample = sample.with_mean_spend(chance.size(40.0)).unwrap();
        }
        let params = GammaGammaParams { p: chance.size(30.0), q: chance.size(30.0), gamma: chance.size(100.0) };
        let spend = GammaGamma::from_params(params).unwrap();
        let case = format!("{spend:?} {sample:?}");
        match spend.expected_spend(&sample) {
            Some(mean) => is_number(mean, &case),
            None => assert!(spend.without_mean(&sample).is_some(), "{case}"),
        }
        if let Some(median) = spend.median_spend(&sample) {
            is_number(median, &case);
        }
        let horizon = chance.pick([0, 1, 90, u32::MAX]);
        for purchases in models(chance).into_iter().take(4) {
            let case = format!("{purchases:?} {case} {horizon}");
            let value = ValueModel { purchases, spend };
            let expected = value.expected_value(&sample, horizon, Discount::NONE).unwrap();
            if let Some(expected) = expected {
                is_number(expected, &case);
            }
            if sample.repeats() < 100 && horizon < 100 {
                let range = value.value_interval(&sample, level, horizon);
                assert!(range.is_none_or(|range| range.low >= 0.0 && range.high.is_finite()), "{range:?} {case}");
            }
        }
    }
}

#[test]
fn of_contracts() {
    let chance = &mut Chance(3);
    for _ in 0..40 {
        let [alpha, beta, gamma, delta] = [(); 4].map(|()| chance.size(30.0));
        let (sbg, bdw) = (Sbg::from_params(SbgParams { alpha, beta }), BdwParams { alpha, beta, c: gamma });
        let (sbg, bdw) = (sbg.unwrap(), Bdw::from_params(bdw).unwrap());
        let case = format!("{sbg:?} {bdw:?}");
        for renewals in [0, 1, 1000, u32::MAX] {
            for found in [sbg.survival(renewals), sbg.probability_of_churn(renewals), sbg.retention_rate(renewals)] {
                is_probability(found, &case);
            }
            for found in [bdw.survival(renewals), bdw.probability_of_churn(renewals), bdw.retention_rate(renewals)] {
                is_probability(found, &case);
            }
            is_number(sbg.expected_renewals(renewals), &case);
            is_number(sbg.discounted_residual_lifetime(renewals, 0.01).unwrap(), &case);
        }
        is_number(bdw.expected_renewals(1000), &case);
        is_number(bdw.discounted_lifetime(0.1).unwrap(), &case);
        sbg.expected_lifetime().into_iter().for_each(|lifetime| is_number(lifetime, &case));
        let model = BgBb::from_params(BgBbParams { alpha, beta, gamma, delta }).unwrap();
        for (repeats, recency, opportunities) in [(0, 0, 0), (0, 0, 1000), (1, 7, 9), (374, 725, 1000), (9, 9, 9)] {
            let sample = OpportunitySample::new(repeats, recency, opportunities).unwrap();
            let case = format!("{model:?} {sample:?}");
            assert!(model.log_likelihood(&sample).is_finite(), "{case}");
            is_probability(model.probability_alive(&sample), &case);
            is_probability(model.probability_alive_at_next(&sample), &case);
            is_probability(model.probability_of_purchases(&sample, 2, 5).unwrap(), &case);
            for ahead in [0, 10, u32::MAX] {
                is_number(model.expected_purchases(&sample, ahead), &case);
            }
            is_number(model.discounted_purchases(&sample, 1e-9).unwrap(), &case);
        }
    }
}
