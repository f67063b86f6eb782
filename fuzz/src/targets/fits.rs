//! Fits of any small shop: no point tried at random is more likely, answers are in range, none hangs.

use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, Fit, FitOptions, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, ModelKind, Nbd,
    NbdParams, ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, Samples, TimeUnit,
};
use repurchase::scale::Confidence;

use crate::bytes::Bytes;

/// In days, some 2,700 years.
const LONGEST_AGE: f64 = 1e6;

/// Samples of any times and counts, fitted by each model; models of any parameters, asked.
pub fn fits(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let kind = ModelKind::ALL[bytes.below(ModelKind::ALL.len())];
    let Some((samples, weights)) = customers(&mut bytes) else { return };
    let given: Vec<_> = samples.iter().copied().zip(weights.iter().copied()).collect();
    let Ok(all) = Samples::from_rows(None, given.iter().copied(), []) else { return };
    let points: Vec<AnyModel> = (0..4).filter_map(|_| point(&mut bytes, kind)).collect();
    for model in &points {
        for sample in &samples {
            asked(model, sample);
        }
    }
    let options = FitOptions::default();
    if let Ok(fit) = kind.fit(&all, &options) {
        let likelihood = |model: &AnyModel| {
            given.iter().map(|(sample, weight)| model.log_likelihood(sample) * *weight as f64).sum::<f64>()
        };
        let (reported, best) = (fit.report().log_likelihood, likelihood(fit.model()));
        let room = 1e-6 * (1.0 + best.abs());
        assert!((reported - best).abs() <= room, "{kind:?}: reported {reported}, of the model {best}");
        // Of times that differ by more than the ages of customers do, a search may find a lower maximum.
        let is_a_shop = samples.iter().all(|sample| sample.age_days() <= LONGEST_AGE);
        for model in points.iter().filter(|_| is_a_shop) {
            // The likelihood of a boundary is that of a simpler model nearby.
            let other = likelihood(model);
            assert!(other <= best + 1e-3 * (1.0 + best.abs()), "{kind:?}: {model:?} has {other}, the fit {best}");
        }
        samples.iter().for_each(|sample| asked(fit.model(), sample));
        let text = serde_json::to_string(&fit).expect("stores");
        assert_eq!(serde_json::from_str::<Fit<AnyModel, ()>>(&text).expect("is read back"), fit);
    }
    spend(&mut bytes, &all);
}

fn customers(bytes: &mut Bytes<'_>) -> Option<(Vec<Sample>, Vec<u64>)> {
    let (mut samples, mut weights) = (Vec::new(), Vec::new());
    for _ in 0..=bytes.below(12) {
        let repeats = if bytes.byte() < 230 { u32::from(bytes.byte() % 16) } else { bytes.count().min(1 << 20) as u32 };
        let age = if bytes.byte() < 230 { f64::from(bytes.byte()) + 1.0 } else { bytes.positive() };
        let recency = if repeats == 0 { 0.0 } else { age * (f64::from(bytes.byte()) + 1.0) / 256.0 };
        let sample = Sample::new(repeats, recency, age).ok()?;
        let spend = if bytes.byte() < 230 { f64::from(bytes.byte()) } else { bytes.positive() };
        samples.push(if repeats > 0 { sample.with_mean_spend(spend).unwrap_or(sample) } else { sample });
        weights.push(if bytes.byte() < 230 { u64::from(bytes.byte()) + 1 } else { bytes.count().clamp(1, 1 << 30) });
    }
    Some((samples, weights))
}

fn point(bytes: &mut Bytes<'_>, kind: ModelKind) -> Option<AnyModel> {
    let [r, alpha, a, b] = [(); 4].map(|()| bytes.positive());
    let unit = TimeUnit::Week;
    Some(match kind {
        ModelKind::Nbd => Nbd::from_params(NbdParams { r, alpha }, unit).ok()?.into(),
        ModelKind::ParetoNbd => ParetoNbd::from_params(ParetoNbdParams { r, alpha, s: a, beta: b }, unit).ok()?.into(),
        ModelKind::BgNbd => BgNbd::from_params(BgNbdParams { r, alpha, a, b }, unit).ok()?.into(),
        ModelKind::MbgNbd => MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, unit).ok()?.into(),
        _ => return None,
    })
}

fn asked(model: &AnyModel, sample: &Sample) {
    let alive = model.probability_alive(sample);
    assert!((0.0..=1.0).contains(&alive), "alive {alive} of {sample:?} by {model:?}");
    for horizon in [0, 1, 90, 3_650] {
        let expected = model.expected_purchases(sample, horizon);
        assert!(expected >= 0.0 && expected.is_finite(), "expected {expected} of {sample:?} by {model:?}");
        let buys = model.probability_buys(sample, horizon);
        assert!((0.0..=1.0).contains(&buys), "buys {buys} of {sample:?} by {model:?}");
        assert!(buys <= expected * (1.0 + 1e-6) + 1e-9, "buys {buys}, expected {expected}, {sample:?} by {model:?}");
        assert!(buys <= alive + 1e-6, "buys {buys}, alive {alive}, {sample:?} by {model:?}");
        if expected < 1e4 {
            let none = model.probability_no_purchase(sample, horizon);
            assert!((none + buys - 1.0).abs() < 1e-6, "none {none} and buys {buys}, {sample:?} by {model:?}");
        }
    }
    let level = Confidence::new(0.9).expect("a level");
    if let Some(interval) = model.interval_of_purchases(sample, level, 90) {
        assert!(0.0 <= interval.low && interval.low <= interval.high);
    }
    let next = model.next_purchase(sample, 90);
    assert!(next.median_days.is_none_or(|days| days > 0), "{next:?}");
}

fn spend(bytes: &mut Bytes<'_>, samples: &Samples) {
    let [p, q, gamma] = [(); 3].map(|()| bytes.positive());
    let sample = Sample::new(3, 40.0, 90.0).and_then(|sample| sample.with_mean_spend(bytes.positive()));
    let Ok(sample) = sample else { return };
    let check = |model: &GammaGamma| {
        let expected = model.expected_spend(&sample);
        assert!(
            expected.is_none_or(|spend| spend.is_finite() && spend >= 0.0),
            "{expected:?} of {sample:?} by {model:?}"
        );
    };
    if let Ok(model) = GammaGamma::from_params(GammaGammaParams { p, q, gamma }) {
        check(&model);
    }
    if let Ok(fit) = GammaGamma::fit(samples, &FitOptions::default()) {
        assert!(fit.report().log_likelihood.is_finite());
        check(fit.model());
        let text = serde_json::to_string(&fit).expect("stores");
        assert_eq!(serde_json::from_str::<Fit<GammaGamma, GammaGammaParams>>(&text).expect("is read back"), fit);
    }
}
