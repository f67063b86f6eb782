//! Many customers: which ledgers merge, which histories make one, which are equal.

use repurchase::record::Record;
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

use super::{END, cause, credit, date, history, log_of, merged, order};

#[test]
fn ledgers_of_one_customer_or_of_two_days_do_not_merge() {
    let as_of = date("2026-03-31");
    let ledger = |records: Vec<Record<&'static str>>, as_of| log_of(records).ledger(as_of).unwrap();
    let ann = || ledger(vec![order("ann", "2026-03-01", "1")], as_of);
    let credited = || ledger(vec![credit("ann", "2026-03-01", "1")], as_of);
    let twice = Error::DuplicateCustomer { customer: "\"ann\"".into() };
    for (left, right) in [(ann(), ann()), (ann(), credited()), (credited(), ann()), (credited(), credited())] {
        assert_eq!(merged(&left, &right, Ledger::merge), Err(twice.clone()));
    }
    let earlier = ledger(vec![], date("2026-03-30"));
    let mismatch = merged(&ann(), &earlier, Ledger::merge);
    assert_eq!(mismatch, Err(Error::AsOfMismatch { left: as_of, right: date("2026-03-30") }));
    // Each fits alone; at the finest scale of both, one does not.
    let largest = ledger(vec![order("bo", "2026-03-01", &Decimal::MAX.to_string())], as_of);
    let cent = ledger(vec![order("ann", "2026-03-01", "0.01")], as_of);
    let overflow = Error::Customer {
        customer: "\"bo\"".into(),
        cause: Box::new(Error::AmountOverflow { field: "sum of purchases" }),
    };
    assert_eq!(merged(&largest, &cent, Ledger::merge), Err(overflow.clone()));
    assert_eq!(merged(&cent, &largest, Ledger::merge), Err(overflow));
}

#[test]
fn stored_histories_are_of_distinct_customers_up_to_the_day() {
    let as_of = date("2026-03-31");
    let (early, late) = (history(&[("2026-03-31", "1")]), history(&[("2026-04-01", "1")]));
    let error = Ledger::from_histories([(1, early.clone()), (7, late.clone()), (5, late.clone())], as_of).unwrap_err();
    assert_eq!(error.to_string(), "customer 5: the last purchase, on 2026-04-01, lies after the as-of day 2026-03-31");
    assert_eq!(cause(&error), Some(&Error::AfterAsOf { last: date("2026-04-01"), as_of }));
    let twice = Ledger::from_histories([(1, early.clone()), (2, early.clone()), (1, early)], as_of);
    assert_eq!(twice, Err(Error::DuplicateCustomer { customer: "1".into() }));
}

/// An id that appears twice is two facts about one customer, even if one of them says nothing.
#[test]
fn an_empty_history_is_a_duplicate_too() {
    let one = history(&[("2026-03-31", "1")]);
    for pair in [[one.clone(), CustomerHistory::new()], [CustomerHistory::new(), one]] {
        let ledger = Ledger::from_histories(pair.map(|history| ("ann", history)), END);
        assert_eq!(ledger, Err(Error::DuplicateCustomer { customer: "\"ann\"".into() }));
    }
}

/// Two customers stand twice: which of them is named must not depend on who comes first.
#[test]
fn the_duplicate_that_is_named_is_the_first_by_id() {
    let mut credited = CustomerHistory::new();
    credited.record_credit(Decimal::ONE).unwrap();
    for history in [history(&[("2026-03-31", "1")]), credited] {
        for ids in [["ann", "bo", "ann", "bo"], ["bo", "bo", "ann", "ann"], ["bo", "ann", "bo", "ann"]] {
            let ledger = Ledger::from_histories(ids.map(|id| (id, history.clone())), END);
            assert_eq!(ledger, Err(Error::DuplicateCustomer { customer: "\"ann\"".into() }), "{ids:?}");
        }
    }
}

#[test]
fn ledgers_are_equal_whatever_zeros_their_money_has() {
    let one = log_of([order("ann", "2026-03-01", "1")]).ledger(END).unwrap();
    let cents = log_of([order("ann", "2026-03-01", "1.00")]).ledger(END).unwrap();
    assert_eq!((one.scale(), cents.scale()), (0, 2));
    assert_eq!(one, cents);
    assert_ne!(one, log_of([order("ann", "2026-03-01", "1.01")]).ledger(END).unwrap());
    assert_ne!(one, log_of([order("ann", "2026-03-01", "1")]).ledger(date("2026-03-01")).unwrap());
    assert_ne!(one, log_of([order("ann", "2026-03-01", "1"), credit("bo", "2026-03-01", "1")]).ledger(END).unwrap());
}

/// One of whom there is only a credit, at every place of a few rows that become columns together, and beyond them.
#[test]
fn whoever_has_not_bought_moves_nobody() {
    for (customers, apart) in [(1, 0), (63, 62), (64, 0), (65, 64), (200, 63), (200, 64), (200, 130), (200, 200)] {
        let amount = |id: u32| (id + 1).to_string();
        let record =
            |id| if id == apart { credit(id, "2026-03-01", "2") } else { order(id, "2026-03-01", &amount(id)) };
        let ledger = log_of((0..customers).map(record)).ledger(END).unwrap();
        let bought = (0..customers).filter(|&id| id != apart).map(|id| (id, Decimal::from(id + 1)));
        assert!(ledger.iter().map(|(&id, history)| (id, history.revenue())).eq(bought), "{apart} of {customers}");
        let others = (0..customers).filter(|&id| id == apart).map(|id| (id, Decimal::from(-2)));
        assert!(ledger.without_purchase().map(|(&id, history)| (id, history.revenue())).eq(others));
    }
}
