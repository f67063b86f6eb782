//! A shop in parts, on many machines or night by night: the models of the whole.

use proptest::prelude::*;
use repurchase::measure::Concentration;
use repurchase::scale::Confidence;
use repurchase::segment::{LabelKind, MonetaryMeasure, RfmOptions};
use repurchase::shop::{Figure, ShopModels, ShopOptions, ShopTally, ShopTotals};
use repurchase::{CustomerHistory, Error, Ledger};

use super::{AS_OF, Row, day, fit, fixed_seed, large, ledger, rows};

fn options() -> [ShopOptions; 2] {
    let means = RfmOptions::default().with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
    [ShopOptions::default(), ShopOptions::default().with_rfm(means)]
}

/// The rows of each of so many machines, by customer.
fn split(rows: &[Row], machines: u16) -> Vec<Vec<Row>> {
    (0..machines).map(|machine| rows.iter().copied().filter(|(id, ..)| id % machines == machine).collect()).collect()
}

proptest! {
    #![proptest_config(fixed_seed(32))]

    #[test]
    fn merged_parts_are_the_whole(rows in rows(), machines in 1..5u16, which in 0..2usize) {
        let (whole, options) = (ledger(&rows), &options()[which]);
        let mut tally = ShopTally::new(day(AS_OF), options);
        let mut merged: Option<Ledger<u16>> = None;
        for part in split(&rows, machines) {
            let part = ledger(&part);
            tally.merge(&ShopTally::of(&part, options)).unwrap();
            merged = Some(match merged {
                None => part,
                Some(mut merged) => {
                    merged.merge(&part).unwrap();
                    merged
                }
            });
        }
        prop_assert_eq!(&tally, &ShopTally::of(&whole, options));
        if whole.is_empty() {
            let nobody = Error::NoCustomers { what: "a shop" };
            prop_assert_eq!(ShopModels::fit_tally(&tally, options).unwrap_err(), nobody.clone());
            prop_assert_eq!(ShopModels::fit(&whole, options).unwrap_err(), nobody);
            return Ok(());
        }
        let models = fit(&whole, options);
        prop_assert_eq!(&ShopModels::fit_tally(&tally, options).unwrap(), &models);
        prop_assert_eq!(&fit(&merged.unwrap(), options), &models);
    }

    /// In with some customers, out again, and the rest in another order.
    #[test]
    fn customers_come_and_go(rows in rows(), which in 0..2usize) {
        let (whole, options) = (ledger(&rows), &options()[which]);
        let histories: Vec<CustomerHistory> = whole.iter().map(|(_, history)| history).collect();
        let mut tally = ShopTally::new(day(AS_OF), options);
        let credits_only = CustomerHistory::new();
        for history in histories.iter().rev().chain([&credits_only]) {
            tally.add(history).unwrap();
        }
        prop_assert_eq!(&tally, &ShopTally::of(&whole, options));
        for history in &histories {
            tally.remove(history).unwrap();
        }
        prop_assert_eq!(tally.customers(), 0);
        for history in &histories {
            let before = tally.clone();
            let refused = matches!(tally.remove(history), Err(Error::TallyShort { .. }));
            prop_assert!(refused, "twice out");
            prop_assert_eq!(&tally, &before);
            tally.add(history).unwrap();
        }
        prop_assert_eq!(&tally, &ShopTally::of(&whole, options));
    }
}

/// The sums of a ledger, customer by customer.
fn totals(models: &ShopModels, ledger: &Ledger<u16>) -> ShopTotals {
    let mut totals = ShopTotals::new(models);
    for (_, history) in ledger.iter().chain(ledger.without_purchase().map(|(id, history)| (id, history.clone()))) {
        totals.add(&history, &models.profile(&history, ledger.as_of()).unwrap()).unwrap();
    }
    totals
}

#[track_caller]
fn add_up_to(totals: &ShopTotals, models: &ShopModels, whole: &Ledger<u16>) {
    let level = Confidence::new(0.9).unwrap();
    assert_eq!(totals.totals().unwrap(), whole.totals().unwrap());
    assert_eq!(totals.concentration().unwrap(), Concentration::of(whole).unwrap());
    let profiles = models.profile_all(whole).unwrap();
    let outlook = profiles.outlook(models, level).unwrap();
    assert_eq!(totals.outlook(models, level).unwrap(), outlook);
    for kind in LabelKind::ALL {
        let rows = profiles.summarize(whole, kind, |_| true).unwrap();
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        assert_eq!(totals.summaries(kind).unwrap(), rows, "{kind:?}");
    }
    let known: Vec<_> = profiles.figures(Figure::ExpectedValue).flatten().collect();
    if let Some(revenue) = outlook.and_then(|outlook| outlook.revenue) {
        assert_eq!(totals.expected_value().to_bits(), revenue.expected.to_bits());
    }
    assert_eq!(totals.expected_value().to_bits(), profiles.total(Figure::ExpectedValue).to_bits());
    assert!(known.iter().sum::<f64>().is_finite());
}

proptest! {
    #![proptest_config(fixed_seed(32))]

    /// Oracles: the sums over the ledger of all customers, column by column.
    #[test]
    fn merged_totals_are_those_of_the_whole(rows in rows(), machines in 1..5u16) {
        let whole = ledger(&rows);
        prop_assume!(!whole.is_empty());
        let models = fit(&whole, &ShopOptions::default());
        let mut merged = ShopTotals::new(&models);
        for part in split(&rows, machines).iter().rev() {
            merged.merge(&totals(&models, &ledger(part))).unwrap();
        }
        add_up_to(&merged, &models, &whole);
        prop_assert_eq!(merged, totals(&models, &whole));
    }
}

#[test]
fn totals_of_a_large_shop_and_of_others() {
    let whole = ledger(&large(3_000));
    let models = fit(&whole, &ShopOptions::default());
    let mut merged = ShopTotals::new(&models);
    for part in split(&large(3_000), 3) {
        merged.merge(&totals(&models, &ledger(&part))).unwrap();
    }
    add_up_to(&merged, &models, &whole);

    let before = merged.clone();
    let coarse = fit(&whole, &ShopOptions::default().with_rfm(RfmOptions::quantiles(4)).with_grid(None));
    let refused = merged.merge(&ShopTotals::new(&coarse)).unwrap_err();
    assert!(matches!(refused, Error::TallyMismatch { .. }), "{refused}");
    let later = Ledger::from_histories(whole.iter().map(|(id, history)| (*id, history)), day(AS_OF + 1)).unwrap();
    let later = fit(&later, &ShopOptions::default());
    let refused = Error::AsOfMismatch { left: day(AS_OF), right: day(AS_OF + 1) };
    assert_eq!(merged.merge(&ShopTotals::new(&later)).unwrap_err(), refused);
    assert_eq!(merged, before);
    let refused = Error::AsOfMismatch { left: day(AS_OF + 1), right: day(AS_OF) };
    assert_eq!(merged.outlook(&later, Confidence::new(0.9).unwrap()).unwrap_err(), refused);
}

#[test]
fn a_large_shop_in_three_parts() {
    let rows = large(3_000);
    for options in &options() {
        let mut tally = ShopTally::new(day(AS_OF), options);
        for part in split(&rows, 3) {
            tally.merge(&ShopTally::of(&ledger(&part), options)).unwrap();
        }
        let models = ShopModels::fit_tally(&tally, options).unwrap();
        assert!(models.purchases().model().is_some() && models.spend().model().is_some());
        assert_eq!(models, fit(&ledger(&rows), options));
        let fitted = options.clone().with_fitted_bands();
        assert_eq!(ShopModels::fit_tally(&tally, &fitted).unwrap(), fit(&ledger(&rows), &fitted));
    }
}

/// Night by night: who buys goes out and in, the day goes on.
#[test]
fn night_by_night() {
    let options = ShopOptions::default();
    let mut rows = large(400);
    rows.retain(|&(_, _, cents)| cents > 0);
    rows.sort_by_key(|&(_, on, _)| on);
    let mut histories = vec![CustomerHistory::new(); 400];
    let mut tally = ShopTally::new(day(0), &options);
    for today in rows.chunk_by(|left, right| left.1 == right.1) {
        tally.advance_to(day(today[0].1)).unwrap();
        for &(id, on, cents) in today {
            let history = &mut histories[usize::from(id)];
            tally.remove(history).unwrap();
            history.record_purchase(day(on), rust_decimal::Decimal::new(cents, 2)).unwrap();
            tally.add(history).unwrap();
        }
    }
    tally.advance_to(day(AS_OF)).unwrap();
    assert_eq!(ShopModels::fit_tally(&tally, &options).unwrap(), fit(&ledger(&rows), &options));
    assert!(tally.advance_to(day(AS_OF - 1)).is_err());
}

#[test]
fn tallies_of_other_things() {
    let [revenues, means] = options();
    let whole = ledger(&large(50));
    let mut tally = ShopTally::of(&whole, &revenues);
    let before = tally.clone();
    assert!(matches!(tally.merge(&ShopTally::of(&whole, &means)), Err(Error::TallyMismatch { .. })));
    let other_day = ShopTally::new(day(3), &revenues);
    let mismatch = Error::AsOfMismatch { left: day(AS_OF), right: day(3) };
    assert_eq!(tally.merge(&other_day), Err(mismatch));
    assert!(matches!(ShopModels::fit_tally(&tally, &means), Err(Error::MeasuresMismatch { .. })));
    let mut future = CustomerHistory::new();
    future.record_purchase(day(AS_OF + 1), rust_decimal::Decimal::TEN).unwrap();
    assert_eq!(tally.add(&future), Err(Error::AfterAsOf { last: day(AS_OF + 1), as_of: day(AS_OF) }));
    assert_eq!(tally, before);
}
