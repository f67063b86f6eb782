//! A shop in parts, on many machines or night by night: the models of the whole.

use proptest::prelude::*;
use repurchase::segment::{MonetaryMeasure, RfmOptions};
use repurchase::shop::{ShopModels, ShopOptions, ShopTally};
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
