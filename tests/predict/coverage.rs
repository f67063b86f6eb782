//! How often one customer's 90% interval holds what came: the share of randomised probability integral transforms between
//! .05 and .95 (a closed interval of counts holds more), where the model is true and where it is a model of a real shop.
//!
//! Run with `-- coverage --nocapture` for the shares.

use repurchase::PurchaseLog;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, FitOptions, Holdout, MbgNbd, MbgNbdParams, ModelKind, Nbd, NbdParams, ParetoNbd,
    ParetoNbdParams, PurchaseModel, Sample, Samples, TimeUnit,
};
use repurchase::scale::Confidence;

use super::chance::Chance;
use super::shops::{TestResult, cdnow, date, online_retail};

const HORIZON: u32 = 90;

/// Customers, and those of them whose interval held.
#[derive(Default)]
pub(crate) struct Held {
    customers: u32,
    /// By randomised PIT.
    exactly: u32,
    /// Within the closed interval, and what that is nominally.
    closed: u32,
    nominal: f64,
}

impl Held {
    pub(crate) fn see(&mut self, model: &AnyModel, sample: &Sample, came: u32, chance: &mut Chance) {
        let [more, at_least] = [came + 1, came].map(|count| model.probability_at_least(sample, count, HORIZON));
        let pit = 1.0 - at_least + chance.uniform() * (at_least - more);
        let interval = model.interval_of_purchases(sample, Confidence::new(0.9).unwrap(), HORIZON).unwrap();
        let [low, high] = [interval.low, interval.high + 1.0].map(|end| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let count = end as u32;
            model.probability_at_least(sample, count, HORIZON)
        });
        self.customers += 1;
        self.exactly += u32::from((0.05..=0.95).contains(&pit));
        self.closed += u32::from(interval.contains(came.into()));
        self.nominal += low - high;
    }

    pub(crate) fn share(&self, what: &str) -> f64 {
        let all = f64::from(self.customers);
        let [exactly, closed] = [self.exactly, self.closed].map(|held| f64::from(held) / all);
        let nominal = self.nominal / all;
        println!("{what}: {exactly:.3} by PIT; {closed:.3} in the closed interval, nominally {nominal:.3}; of {all}");
        exactly
    }
}

/// Purchases, each with whether the customer leaves after it, of one who buys at a rate.
struct Simulated {
    rate: f64,
    /// Leaves after a purchase with this probability, the first one too or not.
    leaving: f64,
    at_once: bool,
    /// Leaves at this time.
    lifetime: f64,
}

impl Simulated {
    /// The sample as of `age`, and the purchases in the horizon after it.
    fn live(&self, age: f64, chance: &mut Chance) -> (Sample, u32) {
        let (mut repeats, mut recency, mut came, mut now) = (0, 0.0, 0, 0.0);
        let mut stays = !(self.at_once && chance.happens(self.leaving));
        while stays {
            now += chance.exponential() / self.rate;
            if now > f64::min(age + f64::from(HORIZON), self.lifetime) {
                break;
            }
            if now <= age {
                (repeats, recency) = (repeats + 1, now);
            } else {
                came += 1;
            }
            stays = !chance.happens(self.leaving);
        }
        (Sample::new(repeats, recency, age).unwrap(), came)
    }
}

#[test]
fn of_simulated_shops_it_is_what_it_says() -> TestResult {
    let unit = TimeUnit::Day;
    let (r, alpha, a, b, s, beta) = (0.6, 40.0, 0.9, 2.2, 0.7, 90.0);
    let truths: [AnyModel; 4] = [
        Nbd::from_params(NbdParams { r, alpha }, unit)?.into(),
        MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, unit)?.into(),
        ParetoNbd::from_params(ParetoNbdParams { r, alpha, s, beta }, unit)?.into(),
        BgNbd::from_params(BgNbdParams { r, alpha, a, b }, unit)?.into(),
    ];
    for (truth, seed) in truths.iter().zip(31..) {
        let (kind, mut chance) = (truth.kind(), Chance(seed));
        let customers: Vec<(Sample, u32)> = (0..3000)
            .map(|_| {
                let age = (1.0 + 400.0 * chance.uniform()).floor();
                let leaving =
                    if matches!(kind, ModelKind::MbgNbd | ModelKind::BgNbd) { chance.beta(a, b) } else { 0.0 };
                let lifetime = if kind == ModelKind::ParetoNbd {
                    chance.exponential() / (chance.gamma(s) / beta)
                } else {
                    f64::INFINITY
                };
                let rate = chance.gamma(r) / alpha;
                Simulated { rate, leaving, at_once: kind == ModelKind::MbgNbd, lifetime }.live(age, &mut chance)
            })
            .collect();
        let samples: Samples = customers.iter().map(|&(sample, _)| sample).collect();
        let fitted = *kind.fit(&samples, &FitOptions::default())?.model();
        let [mut known, mut held] = [Held::default(), Held::default()];
        for (sample, came) in &customers {
            known.see(truth, sample, *came, &mut chance);
            held.see(&fitted, sample, *came, &mut chance);
        }
        for share in [known.share(&format!("{kind:?}, true")), held.share(&format!("{kind:?}, fitted"))] {
            assert!((0.88..=0.93).contains(&share), "{kind:?} {share}");
        }
    }
    Ok(())
}

/// Every cut is fitted anew, to what was known then; MBG/NBD, or NBD where dropout is not identified.
fn rolling(log: &PurchaseLog<u32>, name: &str, first: &str, cuts: u32, step_days: u32) -> f64 {
    let (mut all, mut chance) = (Held::default(), Chance(7));
    for cut in 0..cuts {
        let split = date(first) + chrono::Days::new((cut * step_days).into());
        let holdout = Holdout::of(log, split, split + chrono::Days::new(HORIZON.into())).unwrap();
        let options = FitOptions::default();
        let fit = ModelKind::MbgNbd.fit(&holdout.samples(), &options).unwrap();
        let leaves = fit.report().identifications().all(repurchase::predict::Identification::is_identified);
        let model =
            if leaves { *fit.model() } else { *ModelKind::Nbd.fit(&holdout.samples(), &options).unwrap().model() };
        let mut held = Held::default();
        for customer in holdout.customers() {
            held.see(&model, &customer.sample, customer.purchases(), &mut chance);
            all.see(&model, &customer.sample, customer.purchases(), &mut chance);
        }
        held.share(&format!("{name} {split} {:?}", model.kind()));
    }
    all.share(name)
}

#[test]
fn of_real_shops_it_is_nearly_that() {
    let cdnow = rolling(&cdnow(), "CDNOW", "1997-07-01", 9, 34);
    assert!((0.87..=0.93).contains(&cdnow), "{cdnow}");
    let retail = rolling(&online_retail(), "Online Retail", "2011-04-01", 6, 32);
    assert!((0.87..=0.95).contains(&retail), "{retail}");
}
