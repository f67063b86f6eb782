//! Customers who leave alike, and who spend alike: likelihoods without a maximum that forecast all the same.

use chrono::Days;
use repurchase::predict::{FitOptions, ModelKind, PurchaseModel, Samples};
use repurchase::scale::{Confidence, Language};
use repurchase::shop::{EstimateStatus, Figure, Finding, ShopModels, ShopOptions};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::chance::Chance;
use crate::day;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const HORIZON: u32 = 90;

/// Days of purchases of 400 customers who arrive over some years and leave after each purchase with one probability.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days are few")]
fn days(chance: &mut Chance, days: f64, leaving: f64) -> Vec<(u16, u64)> {
    let mut all = Vec::new();
    for customer in 0..400 {
        let (mut now, rate) = (chance.uniform() * (days - 100.0), chance.gamma(1.2) / 40.0);
        while now < days + f64::from(HORIZON) {
            all.push((customer, now as u64));
            if chance.happens(leaving) {
                break;
            }
            now += chance.exponential() / rate;
        }
    }
    all.dedup();
    all
}

fn log(days: impl Iterator<Item = (u16, u64)>) -> PurchaseLog<u16> {
    let orders = days.map(|(id, on)| Order::on(id, day(on), Decimal::from(20)).unwrap());
    PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap()
}

/// No maximum, and yet it is seen who has left: NBD, which sees nobody leave, would forecast twice what comes. Nor is what
/// such a shop is off by a season.
#[test]
#[allow(clippy::cast_precision_loss, reason = "few purchases")]
fn customers_who_leave_alike() -> TestResult {
    let (mut errors, mut of_nbd, mut seasons, mut limits) = (0.0, 0.0, 0, 0);
    for seed in 1..=8 {
        let last = 1_095;
        let days = days(&mut Chance(seed), last as f64, 0.15);
        let log = log(days.iter().copied().filter(|&(_, on)| on < last));
        let as_of = day(last - 1);
        let models = ShopModels::fit_log(&log, as_of, &ShopOptions::default())?;
        let ledger = log.ledger(as_of)?;
        let outlook = models.profile_all(&ledger)?.outlook(&models, Confidence::new(0.9)?)?.ok_or("a model")?;
        assert_eq!(models.purchases().model().map(|model| model.kind()), Some(ModelKind::MbgNbd), "{seed}");
        let known = |(id, on): &(u16, u64)| ledger.get(id).is_some() && (last..last + u64::from(HORIZON)).contains(on);
        let came = days.into_iter().filter(known).count() as f64;
        let samples = Samples::of(&ledger);
        let nbd = *ModelKind::Nbd.fit(&samples, &FitOptions::default())?.model();
        let nbd: f64 = samples.iter().map(|(sample, n)| n as f64 * nbd.expected_purchases(&sample, HORIZON)).sum();
        errors += (came / outlook.purchases.forecast).ln().abs() / 8.0;
        of_nbd += (came / nbd).ln().abs() / 8.0;
        limits += u32::from(matches!(models.purchases().status(), EstimateStatus::AtLimit { .. }));
        let words = |finding: &Finding| finding.describe(Language::English);
        seasons +=
            models.diagnosis(Some(&outlook)).iter().filter(|one| words(one).ends_with(": a season shows.")).count();
        // Everybody spends the same.
        assert!(matches!(models.spend().status(), EstimateStatus::AtLimit { .. }), "{:?}", models.spend());
        let revenue = outlook.revenue.ok_or("a spend")?;
        assert!((revenue.expected / outlook.purchases.expected - 20.0).abs() < 1e-3, "{revenue:?}");
        assert!(revenue.interval.is_some());
    }
    assert!(errors < 0.2 && of_nbd > 0.6, "{errors} {of_nbd}");
    assert!(seasons <= 1 && limits >= 2, "{seasons} {limits}");
    Ok(())
}

/// A year of silence after the last purchase of all: few are still there.
#[test]
fn a_silent_year() -> TestResult {
    let days = days(&mut Chance(3), 600.0, 0.15);
    let log = log(days.into_iter().filter(|&(_, on)| on < 600));
    let as_of = day(600) + Days::new(365);
    let models = ShopModels::fit_log(&log, as_of, &ShopOptions::default())?;
    let profiles = models.profile_all(&log.ledger(as_of)?)?;
    let alive = profiles.total(Figure::ProbabilityAlive);
    assert!(profiles.len() > 350 && alive < 120.0, "{alive} {:?}", models.purchases());
    Ok(())
}
