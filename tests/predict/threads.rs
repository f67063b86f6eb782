//! The same bits on any number of threads, and without the feature `rayon`.
//!
//! Shops are large enough here that work is cut into several parts.

use repurchase::predict::{
    BgBb, BgNbd, FitOptions, GammaGamma, MbgNbd, OpportunitySample, OpportunitySamples, Sample, Samples,
};

use super::chance::Chance;
use super::spend_samples::sample as spend_sample;

/// By additions and multiplications alone, so that every platform draws the same.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days are few")]
fn shop(customers: usize) -> Vec<Sample> {
    let mut chance = Chance(22);
    let customer = |_| {
        let (age, again) = (60 + (chance.uniform() * 600.0) as u32, 0.9 * chance.uniform());
        let mut repeats = 0;
        while repeats < 40 && chance.happens(again) {
            repeats += 1;
        }
        let recency = if repeats > 0 { repeats.max((chance.uniform() * f64::from(age)) as u32) } else { 0 };
        Sample::new(repeats, recency.into(), age.into()).expect("a sample")
    };
    (0..customers).map(customer).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "repeats are few")]
fn spends(customers: usize) -> Vec<Sample> {
    let mut chance = Chance(23);
    let customer = |_| {
        let repeats = (chance.uniform() * chance.uniform() * 12.0) as u32;
        let mean = 20.0 / (0.2 + chance.uniform() + chance.uniform()) * (0.5 + chance.uniform());
        spend_sample(repeats, if repeats > 0 { mean } else { 0.0 })
    };
    (0..customers).map(customer).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "opportunities are few")]
fn opportunities(customers: usize) -> OpportunitySamples {
    let mut chance = Chance(24);
    let customer = |_| {
        let most = 1 + (chance.uniform() * 120.0) as u32;
        let (buys, leaves) = (chance.uniform(), 0.2 * chance.uniform() * chance.uniform());
        let (mut repeats, mut recency) = (0, 0);
        for number in 1..=most {
            if chance.happens(leaves) {
                break;
            }
            if chance.happens(buys) {
                (repeats, recency) = (repeats + 1, number);
            }
        }
        OpportunitySample::new(repeats, recency, most).expect("a sample")
    };
    (0..customers).map(customer).collect()
}

/// What was found when this was written, with the feature and without it.
#[test]
fn the_bits_do_not_depend_on_the_feature() {
    let options = FitOptions::default();
    let samples: Samples = shop(40_000).into_iter().collect();
    let (bg, mbg) = (BgNbd::fit(&samples, &options).unwrap(), MbgNbd::fit(&samples, &options).unwrap());
    let spend = GammaGamma::fit(&spends(10_000).into_iter().collect(), &options).unwrap();
    let members = BgBb::fit(&opportunities(400), &options).unwrap();
    let found = [
        (bg.model().params().alpha, bg.report().log_likelihood),
        (mbg.model().params().alpha, mbg.report().log_likelihood),
        (spend.model().params().gamma, spend.report().log_likelihood),
        (members.model().params().gamma, members.report().log_likelihood),
    ];
    // The shortest decimals tell every binary64 apart.
    assert_eq!(
        format!("{found:?}"),
        "[(1.1369624803623088, -207799.40735556284), (1.2260225399207687, -208041.714258389), \
         (0.5648392693454708, -25265.578594376348), (0.7444543944958977, -6519.548037401093)]"
    );
}

#[cfg(feature = "rayon")]
mod pools {
    use chrono::Days;
    use repurchase::history::LineLog;
    use repurchase::predict::{
        Backtest, Discount, DueModel, DueOptions, GammaGammaParams, Holdout, MbgNbdParams, ModelKind, Nbd,
        NextCategories, NextCategoryOptions, ParetoNbd, PurchaseModel, TimeUnit, ValueModel, opportunity_samples,
    };
    use repurchase::record::{OrderLine, Period, Windows};
    use repurchase::{Ledger, ShopCalendar, Window};
    use rust_decimal::Decimal;

    use super::*;
    use crate::common::date;
    use crate::common::pools::on_any_number_of_threads;
    use crate::shops::{day, log_of};

    /// Fails unless the answer, which may be a `Result`, is the same on any number of threads.
    #[track_caller]
    fn same_on_any_number_of_threads<T: core::fmt::Debug + PartialEq + Send>(answer: impl Fn() -> T + Send + Sync) {
        let _ = on_any_number_of_threads(answer);
    }

    #[test]
    fn samples_and_their_fits() {
        let (weeks, options) = (shop(40_000), FitOptions::default());
        same_on_any_number_of_threads(|| weeks.iter().copied().collect::<Samples>());
        let samples: Samples = weeks.into_iter().collect();
        same_on_any_number_of_threads(|| BgNbd::fit(&samples, &options));
        same_on_any_number_of_threads(|| Nbd::fit(&samples, &options));
        let few: Samples = shop(1_000).into_iter().collect();
        same_on_any_number_of_threads(|| ParetoNbd::fit(&few, &options));
    }

    /// Times that hardly two customers share.
    #[test]
    fn samples_of_any_times() {
        let mut chance = Chance(25);
        let mut samples = shop(40_000);
        for sample in &mut samples {
            let more = chance.uniform();
            let recency = if sample.repeats() > 0 { sample.recency_days() + more } else { 0.0 };
            *sample = Sample::new(sample.repeats(), recency, sample.age_days() + 1.0 + more).expect("a sample");
        }
        same_on_any_number_of_threads(|| samples.iter().copied().collect::<Samples>());
        // Sorted at once, and in parts.
        let rows = samples.iter().map(|&sample| (sample, 1));
        assert_eq!(Samples::from_rows(None, rows, []), Ok(samples.iter().copied().collect()));
    }

    #[test]
    fn spends_and_opportunities() {
        let (given, options) = (spends(40_000), FitOptions::default());
        same_on_any_number_of_threads(|| given.iter().copied().collect::<Samples>());
        let (spends, members): (Samples, _) = (given.into_iter().take(10_000).collect(), opportunities(400));
        same_on_any_number_of_threads(|| GammaGamma::fit(&spends, &options));
        same_on_any_number_of_threads(|| BgBb::fit(&members, &options));
    }

    #[test]
    fn predictions() {
        let purchases =
            MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, TimeUnit::Week).unwrap();
        let pareto = ModelKind::ParetoNbd.fit(&shop(300).into_iter().collect(), &FitOptions::default()).unwrap();
        let (few, many) = (shop(4_500), shop(4_500).repeat(60));
        let bits = |numbers: Vec<f64>| numbers.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        same_on_any_number_of_threads(|| bits(pareto.model().probability_alive_all(&few)));
        same_on_any_number_of_threads(|| bits(pareto.model().expected_purchases_all(&few, 91)));
        same_on_any_number_of_threads(|| bits(purchases.probability_alive_all(&many)));
        same_on_any_number_of_threads(|| bits(purchases.expected_purchases_all(&many, 91)));
        // In several parts, each customer is as alone.
        let (alive, expected) = (purchases.probability_alive_all(&many), purchases.expected_purchases_all(&many, 91));
        for (at, sample) in many.iter().enumerate().step_by(997) {
            assert_eq!(alive[at].to_bits(), purchases.probability_alive(sample).to_bits());
            assert_eq!(expected[at].to_bits(), purchases.expected_purchases(sample, 91).to_bits());
        }
        let spend = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 }).unwrap();
        let value = ValueModel { purchases: *pareto.model(), spend };
        let spending = |(sample, spends): (&Sample, Sample)| {
            let mean = if sample.repeats() > 0 { spends.mean_spend().unwrap_or(1.0) } else { 0.0 };
            sample.with_mean_spend(mean).unwrap()
        };
        let customers: Vec<_> = few.iter().zip(spends(4_500)).map(spending).collect();
        let discount = Discount::new(0.01, 30).unwrap();
        same_on_any_number_of_threads(|| value.expected_value_all(&customers, 91, discount));
    }

    #[test]
    fn ledgers_and_backtests() {
        let mut chance = Chance(26);
        let customers: Vec<_> = (0..3_000).flat_map(|customer| chance.days(customer, 0.2, 360)).collect();
        let log = log_of(customers);
        let holdout = Holdout::of(&log, day(270), day(359)).expect("a hold-out");
        assert!(holdout.customers().len() > 2_048, "so many that models are fitted side by side");
        same_on_any_number_of_threads(|| Holdout::of(&log, day(270), day(359)));
        same_on_any_number_of_threads(|| Backtest::run(&holdout, &FitOptions::default()));
        let months = Windows::periods(Period::Month, day(0), day(359)).expect("a year");
        same_on_any_number_of_threads(|| opportunity_samples(&log, &months));
        let one = log.ledger(day(359)).expect("a ledger");
        // As many customers as fill more than a part, by the histories of fewer.
        let histories: Vec<_> = one.iter().map(|(_, history)| history).collect();
        let many = histories.iter().cycle().take(40_000).cloned().enumerate();
        let ledger = Ledger::from_histories(many, day(359)).expect("a ledger");
        same_on_any_number_of_threads(|| Samples::of(&ledger));
        same_on_any_number_of_threads(|| Samples::of(&ledger).spends().collect::<Vec<_>>());
        let mut one_by_one = Samples::new(day(359));
        ledger.iter().for_each(|(_, history)| one_by_one.add(&history).expect("a customer"));
        assert_eq!(Samples::of(&ledger), one_by_one);
    }

    /// Of 4,000 customers and 12 products, with two rhythms each.
    #[test]
    fn next_products() {
        let start = date("2025-01-01");
        let line = |(customer, product, day): (u32, u32, u64)| {
            OrderLine::on(customer, start + Days::new(day), product, Decimal::ONE, Decimal::TEN).expect("a line")
        };
        let mut chance = Chance(25);
        let rows: Vec<_> = (0..40_000_u32)
            .map(|at| {
                (at % 4_000, (12.0 * chance.uniform() * chance.uniform()) as u32, (360.0 * chance.uniform()) as u64)
            })
            .collect();
        let log = LineLog::from_lines(rows.iter().copied().map(line), &ShopCalendar::utc()).expect("days");
        let turned = LineLog::from_lines(rows.iter().rev().copied().map(line), &ShopCalendar::utc()).expect("days");
        let (as_of, window) = (start + Days::new(360), Window::last_days(start + Days::new(400), 40).expect("days"));

        let of = |log: &LineLog<u32, u32>| {
            let model = DueModel::fit(log, as_of, &DueOptions::default()).expect("a model");
            let due: Vec<_> =
                model.due_in(log, window).iter().map(|due| (due.due, *due.customer, *due.product)).collect();
            (model, due)
        };
        let (_, due) = on_any_number_of_threads(|| of(&log));
        assert!(due.len() > 1_000 && due == of(&turned).1);

        let of = |log: &LineLog<u32, u32>| {
            let next = NextCategories::fit(log, as_of, &NextCategoryOptions::default()).expect("paths");
            let ranked = next.rank_all(log, 3).len();
            (format!("{:?}", next.rank_all(log, 3)), ranked, next)
        };
        let found = on_any_number_of_threads(|| of(&log));
        assert!(found.1 == 4_000 && found == of(&turned));
    }
}
