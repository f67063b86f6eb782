//! One customer at a time: purchases in the order of days, and parts of a history that merge.

use chrono::{DateTime, FixedOffset, Utc};
use repurchase::{CustomerHistory, Error, Order, ShopCalendar};
use rust_decimal::Decimal;

use super::{date, history, merged, money};

#[test]
fn a_history_takes_purchases_in_the_order_of_days() {
    let mut history = history(&[("2026-03-04", "1"), ("2026-03-04", "2"), ("2026-03-09", "4")]);
    assert_eq!((history.purchases(), history.purchase_days(), history.first_day_spend()), (3, 2, money("3")));
    let before = history.clone();
    let older = Error::OlderPurchase { day: date("2026-03-08"), last: date("2026-03-09") };
    assert_eq!(history.record_purchase(date("2026-03-08"), Decimal::ONE), Err(older));
    let negative = Error::Amount { field: "net amount of a purchase", found: -Decimal::ONE, expected: "0 or more" };
    assert_eq!(history.record_purchase(date("2026-03-10"), -Decimal::ONE), Err(negative));
    let nothing = Error::Amount { field: "amount of a credit", found: Decimal::ZERO, expected: "above 0" };
    assert_eq!(history.record_credit(Decimal::ZERO), Err(nothing));
    let beyond = Order::new((), DateTime::<Utc>::MAX_UTC, Decimal::ONE).unwrap();
    let calendar = ShopCalendar::new(FixedOffset::east_opt(1).unwrap());
    assert!(matches!(history.record_order(&beyond, &calendar), Err(Error::NoDay { .. })));
    assert_eq!(history, before);
}

fn sum(left: &CustomerHistory, right: &CustomerHistory) -> Result<CustomerHistory, Error> {
    merged(left, right, CustomerHistory::merge)
}

#[test]
fn histories_that_overlap_do_not_merge() {
    let spring = history(&[("2026-03-01", "1"), ("2026-05-01", "2")]);
    let april = history(&[("2026-04-01", "4")]);
    let overlap = Error::OverlappingHistories { end: date("2026-05-01"), start: date("2026-04-01") };
    assert_eq!((sum(&spring, &april), sum(&april, &spring)), (Err(overlap.clone()), Err(overlap)));
    assert!(matches!(sum(&spring, &spring), Err(Error::OverlappingHistories { .. })));
    // Sharing a day is no overlap, whichever side it lies on.
    let may = history(&[("2026-05-01", "8"), ("2026-05-01", "16")]);
    let joined = history(&[("2026-03-01", "1"), ("2026-05-01", "2"), ("2026-05-01", "8"), ("2026-05-01", "16")]);
    assert_eq!((sum(&spring, &may), sum(&may, &spring)), (Ok(joined.clone()), Ok(joined)));
    let march = history(&[("2026-03-01", "32")]);
    let joined = history(&[("2026-03-01", "1"), ("2026-03-01", "32"), ("2026-05-01", "2")]);
    assert_eq!((sum(&spring, &march), sum(&march, &spring)), (Ok(joined.clone()), Ok(joined)));
    assert_eq!(sum(&april, &april).map(|april| (april.purchases(), april.purchase_days())), Ok((2, 1)));
}

/// The error is the same whichever history is asked.
#[test]
fn histories_that_start_on_one_day_overlap_the_same_either_way() {
    let short = history(&[("2026-03-01", "1"), ("2026-03-05", "1")]);
    let long = history(&[("2026-03-01", "1"), ("2026-03-09", "1")]);
    assert_eq!(sum(&short, &long), sum(&long, &short));
}
