//! All in one call, one after the other, and the parts by hand: the same bits.

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::CustomerHistory;
use repurchase::predict::{CustomerForecast, ModelKind, PurchaseModel, Sample};
use repurchase::scale::Label;
use repurchase::segment::{ChurnRisk, LabelKind, MonetaryMeasure, RfmOptions, SpendBands};
use repurchase::shop::{Amount, Figure, PurchaseChoice, ShopModels, ShopOptions};
use rust_decimal::Decimal;

use super::{all_of, fit, fixed_seed, large, ledger, on_any_number_of_threads, rows};

fn options() -> Vec<ShopOptions> {
    vec![
        ShopOptions::default(),
        ShopOptions::default()
            .with_rfm(RfmOptions::quantiles(3).with_monetary_measure(MonetaryMeasure::MeanOrderAmount))
            .with_grid(None)
            .with_spend_bands(SpendBands::default())
            .with_purchases(PurchaseChoice::Fit(ModelKind::BgNbd))
            .with_horizon_days(30),
    ]
}

/// What each part of the models says of a customer, asked one by one.
#[track_caller]
fn assert_as_by_hand(models: &ShopModels, history: &CustomerHistory, as_of: NaiveDate) {
    let profile = models.profile(history, as_of).unwrap();
    let score = models.rfm().score(history).unwrap();
    let [r, f, m] = score.to_array().map(|score| Some(f64::from(score)));
    assert_eq!([Figure::R, Figure::F, Figure::M].map(|figure| profile.figure(figure)), [r, f, m]);
    let standing = models.cycles().standing(history, as_of).unwrap();
    let lifecycle = models.lifecycle();
    assert_eq!(profile.octant(), models.octants().octant(score).ok());
    assert_eq!(profile.frequency_band(), lifecycle.frequency.band(history));
    assert_eq!(profile.new_customer_state(), lifecycle.new_customers.state(history, as_of));
    assert_eq!(profile.lifecycle_stage(), lifecycle.stage(history, as_of));
    assert_eq!(profile.churn_risk(), Some(standing.risk()));
    let segment = models.grid().map(|grid| grid.segment(score).unwrap());
    let spend_band = models.spend_bands().and_then(|bands| bands.band(history));
    let tier = models.tiers().tier(history.revenue());
    let own = [LabelKind::Segment, LabelKind::SpendBand, LabelKind::Tier];
    assert_eq!(own.map(|kind| profile.label(kind)), [segment, spend_band, Some(tier)]);
    assert_eq!(profile.figure(Figure::ExpectedCycleDays), standing.expected_cycle_days());
    assert_eq!(profile.figure(Figure::CyclesMissed), standing.cycles_missed().map(f64::from));
    assert_eq!(profile.figure(Figure::OverdueDays), standing.overdue_days().map(f64::from));

    let summary = history.repeat_summary(as_of).unwrap();
    let (sample, horizon) = (Sample::of(&summary), models.horizon_days());
    let model = models.purchases().model();
    let bits = |number: Option<f64>| number.map(f64::to_bits);
    let alive = model.filter(|model| model.kind().has_dropout()).map(|model| model.probability_alive(&sample));
    let purchases = model.map(|model| model.expected_purchases(&sample, horizon));
    let spend = models.spend().model().and_then(|spend| spend.expected_spend(&sample));
    let kept = models.kept().of_customer(history);
    let value = purchases.zip(spend).map(|(purchases, spend)| purchases * spend * kept);
    let loss = alive.zip(value).map(|(alive, value)| (1.0 - alive) * (value / alive));
    for (figure, expected) in [
        (Figure::ProbabilityAlive, alive),
        (Figure::ExpectedPurchases, purchases),
        (Figure::ProbabilityBuys, model.map(|model| model.probability_buys(&sample, horizon))),
        (
            Figure::NextPurchaseDays,
            model.and_then(|model| model.next_purchase(&sample, horizon).median_days).map(f64::from),
        ),
        (Figure::ExpectedSpend, spend),
        (Figure::ExpectedValue, value),
        (Figure::UsualValue, alive.map_or(value, |alive| value.map(|value| value / alive))),
        (Figure::ExpectedLoss, loss),
    ] {
        assert_eq!(bits(profile.figure(figure)), bits(expected), "{figure:?}");
    }
    if let Some(model) = model {
        let forecast = CustomerForecast::new(model, models.spend().model(), &sample, horizon);
        let net = forecast.expected_value().map(|value| value * kept);
        assert_eq!(bits(profile.figure(Figure::ExpectedValue)), bits(net));
    }

    assert_eq!(profile.amount(Amount::Revenue), Some(history.revenue()));
    assert_eq!(profile.amount(Amount::MeanOrderAmount), history.mean_order_amount());
    let cuts = models.tiers().cuts().cuts();
    let below = cuts.iter().rfind(|&&cut| cut < history.revenue());
    let above = cuts.iter().find(|&&cut| cut >= history.revenue());
    assert_eq!(profile.amount(Amount::TierMargin), below.map(|cut| history.revenue() - cut));
    assert_eq!(profile.amount(Amount::TierGap), above.map(|cut| cut - history.revenue()));
    assert_eq!(profile.figure(Figure::DaysSinceFirst), Some(f64::from(summary.age_days())));
    assert_eq!(profile.figure(Figure::MeanGapDays), history.gaps().map(|gaps| gaps.mean_days()));
}

proptest! {
    #![proptest_config(fixed_seed(48))]

    #[test]
    fn all_as_one_by_one_as_by_hand(rows in rows(), which in 0..2usize) {
        let ledger = ledger(&rows);
        if ledger.is_empty() {
            return Ok(());
        }
        let models = fit(&ledger, &options()[which]);
        let profiles = models.profile_all(&ledger).unwrap();
        let one_by_one: Vec<_> =
            ledger.iter().map(|(_, history)| models.profile(&history, ledger.as_of()).unwrap()).collect();
        prop_assert_eq!(all_of(&profiles), one_by_one);
        ledger.iter().for_each(|(_, history)| assert_as_by_hand(&models, &history, ledger.as_of()));
    }
}

#[test]
fn the_same_on_any_number_of_threads() {
    let rows = large(9_000);
    for options in options() {
        let ledger = ledger(&rows);
        let models = fit(&ledger, &options);
        assert!(models.purchases().model().is_some() && models.spend().model().is_some());
        // Figures as bits, as what is unknown is no number.
        let all = on_any_number_of_threads(|| {
            let profiles = models.profile_all(&ledger).unwrap();
            profiles.iter().zip(ledger.iter()).for_each(|(found, (_, history))| {
                assert_eq!(found, models.profile(&history, ledger.as_of()).unwrap());
            });
            let bits =
                Figure::ALL.map(|figure| profiles.iter().map(|one| one.figure(figure).map(f64::to_bits)).collect());
            let bits: Vec<Vec<_>> = bits.into_iter().collect();
            bits
        });
        assert!(all.iter().all(|column| column.len() == ledger.len()));
        ledger.iter().step_by(97).for_each(|(_, history)| assert_as_by_hand(&models, &history, ledger.as_of()));
    }
}

/// A day later than the fit, as in a request: the models stay, the customer's days go on.
#[test]
fn later_than_the_fit() {
    let ledger = ledger(&large(300));
    let models = fit(&ledger, &ShopOptions::default());
    for (_, history) in ledger.iter() {
        let later = ledger.as_of() + chrono::Days::new(100);
        assert_as_by_hand(&models, &history, later);
        let profile = models.profile(&history, later).unwrap();
        assert!(profile.figure(Figure::DaysSinceLast) >= Some(100.0));
        assert!(profile.churn_risk() >= Some(ChurnRisk::Due));
    }
}

#[test]
fn every_label_has_a_name_and_a_place() {
    let ledger = ledger(&large(300));
    let models = fit(&ledger, &options()[1].clone());
    let profiles = models.profile_all(&ledger).unwrap();
    for kind in LabelKind::ALL {
        let names = models.labels(kind);
        assert_eq!(names.is_empty(), kind == LabelKind::Segment);
        let found = profiles.iter().filter_map(|profile| profile.label(kind));
        assert!(found.map(Label::key).all(|key| names.iter().any(|name| name.key() == key)));
    }
    assert_eq!(profiles.get(profiles.len()), None);
    assert!(profiles.iter().all(|profile| profile.amount(Amount::Revenue) > Some(Decimal::from(-1000))));
}
