//! Mending a ledger customer by customer, against the ledger from scratch.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use proptest::prelude::*;
use repurchase::{CustomerHistory, Error, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

use super::shop::{Event, FIRST, any_shop, ledger_of};
use super::{END, credit, date, fixed_seed, history, log_of, money, order};

#[test]
fn histories_are_put_in_place_come_in_and_go() {
    let as_of = date("2026-03-31");
    let records =
        || vec![order("ann", "2026-03-01", "5"), order("cy", "2026-03-02", "1"), credit("di", "2026-03-02", "1")];
    let mut ledger = log_of(records()).ledger(as_of).unwrap();
    ledger.replace([]).unwrap();
    assert_eq!(ledger, log_of(records()).ledger(as_of).unwrap());
    // In place; finer money; larger money than 64 bits hold.
    for amount in ["7", "0.005", "79228162514264337593543.950", "1"] {
        ledger.replace([("cy", history(&[("2026-03-09", amount)]))]).unwrap();
        let cy = ledger.get("cy").unwrap();
        assert_eq!((cy.revenue(), cy.first_purchase()), (money(amount), Some(date("2026-03-09"))));
        assert_eq!(ledger.get("ann").unwrap().revenue(), money("5"));
    }
    let mut credited = CustomerHistory::new();
    credited.record_credit(Decimal::TEN).unwrap();
    let changes = [("di", history(&[("2026-03-04", "2")])), ("ann", credited), ("bo", history(&[("2026-03-03", "1")]))];
    ledger.replace(changes).unwrap();
    assert_eq!(ledger.ids(), ["bo", "cy", "di"]);
    assert_eq!(ledger.without_purchase().map(|(id, _)| *id).collect::<Vec<_>>(), ["ann"]);
    ledger.replace([("ann", CustomerHistory::new()), ("cy", CustomerHistory::new())]).unwrap();
    assert_eq!((ledger.ids(), ledger.without_purchase().count()), (&["bo", "di"][..], 0));
}

#[test]
fn a_history_that_cannot_be_in_the_ledger_leaves_it_as_it_was() {
    let as_of = date("2026-03-31");
    let mut ledger =
        log_of([order("ann", "2026-03-01", "0.01"), order("bo", "2026-03-02", "1")]).ledger(as_of).unwrap();
    let before = ledger.clone();
    let (one, late) = (history(&[("2026-03-31", "1")]), history(&[("2026-04-01", "1")]));
    let twice = Error::DuplicateCustomer { customer: "\"ann\"".into() };
    assert_eq!(ledger.replace(["bo", "ann", "bo", "ann"].map(|id| (id, one.clone()))), Err(twice));
    let refused = |customer: &str, cause| Error::Customer { customer: customer.into(), cause: Box::new(cause) };
    let after = Error::AfterAsOf { last: date("2026-04-01"), as_of };
    assert_eq!(ledger.replace([("ann", one), ("bo", late)]), Err(refused("\"bo\"", after)));
    let largest = history(&[("2026-03-31", &Decimal::MAX.to_string())]);
    let overflow = Error::AmountOverflow { field: "sum of purchases" };
    assert_eq!(ledger.replace([("bo", largest)]), Err(refused("\"bo\"", overflow)));
    assert_eq!(ledger, before);
}

#[test]
fn a_history_of_records_names_the_one_without_a_day() {
    let calendar = ShopCalendar::new(FixedOffset::east_opt(1).unwrap());
    let orders = [FIRST.and_hms_opt(0, 0, 0).unwrap().and_utc(), DateTime::<Utc>::MAX_UTC];
    let orders = orders.map(|at| Order::new("ann", at, Decimal::ONE).unwrap());
    let error = CustomerHistory::from_records(orders, &calendar, END).unwrap_err();
    assert!(matches!(error, Error::Record { index: 1, cause } if matches!(*cause, Error::NoDay { .. })));
    let nothing: [Order<u8>; 0] = [];
    assert_eq!(CustomerHistory::from_records(nothing, &calendar, END), Ok(CustomerHistory::new()));
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn one_customers_records_are_the_customers_row(events in any_shop().prop_shuffle(), as_of in -1..420i64) {
        let as_of = FIRST + TimeDelta::days(as_of);
        let ledger = ledger_of(&events, as_of);
        for customer in 0..6 {
            let records = events.iter().filter(|event| event.customer == customer).map(Event::record);
            let history = CustomerHistory::from_records(records, &ShopCalendar::utc(), as_of).unwrap();
            prop_assert_eq!(history, ledger.get(&customer).unwrap_or_default());
        }
    }

    #[test]
    fn a_mended_ledger_is_the_one_from_scratch(
        before in any_shop(), after in any_shop(), touched in prop::collection::vec(any::<bool>(), 6),
    ) {
        let is_touched = |event: &&Event| touched[usize::from(event.customer)];
        let mut ledger = ledger_of(&before, END);
        let new = ledger_of(&after, END);
        let changes = (0..6).filter(|&customer| touched[usize::from(customer)]);
        let changes: Vec<_> = changes.map(|customer| (customer, new.get(&customer).unwrap_or_default())).collect();
        let kept = before.iter().filter(|event| !is_touched(event));
        let all: Vec<_> = kept.chain(after.iter().filter(is_touched)).cloned().collect();
        let mut one_by_one = ledger.clone();
        for change in changes.iter().rev() {
            if one_by_one.replace([change.clone()]).is_err() {
                // Some sums of both shops do not fit at the finer scale.
                return Ok(());
            }
        }
        if ledger.replace(changes).is_ok() {
            let scratch = Ledger::from_histories(
                (0..6).filter_map(|customer| {
                    let of = all.iter().filter(|event| event.customer == customer).map(Event::record);
                    let history = CustomerHistory::from_records(of, &ShopCalendar::utc(), END).unwrap();
                    (history != CustomerHistory::new()).then_some((customer, history))
                }),
                END,
            );
            prop_assert_eq!(&ledger, &scratch.unwrap());
            prop_assert_eq!(&one_by_one, &ledger);
        }
    }
}

#[test]
fn customers_under_other_ids_keep_their_histories() {
    let records = [order(1, "2026-01-05", "10"), order(2, "2026-01-07", "20.5"), order(2, "2026-02-07", "3")];
    let ledger = log_of(records.into_iter().chain([credit(3, "2026-02-01", "4"), order(1, "2026-03-09", "1")]))
        .ledger(date("2026-02-28"))
        .expect("a ledger");
    let rows = |ledger: &Ledger<String>| {
        let with = ledger.iter().map(|(id, history)| (id.clone(), history));
        with.chain(ledger.without_purchase().map(|(id, history)| (id.clone(), history.clone()))).collect::<Vec<_>>()
    };
    let of_ids = [1, 2, 3].map(|id| {
        let without = ledger.without_purchase().find(|(number, _)| **number == id).map(|(_, history)| history.clone());
        ledger.get(&id).or(without).expect("a history")
    });
    for names in [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]] {
        let renamed = ledger.renamed(|id| names[*id as usize - 1].to_owned()).expect("names that differ");
        let mut expected: Vec<_> = names.into_iter().map(str::to_owned).zip(of_ids.clone()).collect();
        expected[..2].sort_by(|(one, _), (next, _)| one.cmp(next));
        assert_eq!(rows(&renamed), expected, "{names:?}");
        assert_eq!((renamed.as_of(), renamed.scale(), renamed.left_out()), (ledger.as_of(), ledger.scale(), 1));
    }
    for names in [["a", "a", "c"], ["a", "b", "b"], ["b", "a", "b"]] {
        let error = ledger.renamed(|id| names[*id as usize - 1].to_owned()).expect_err("two of one name");
        assert!(error.to_string().ends_with("appears twice"), "{error}");
    }
}
