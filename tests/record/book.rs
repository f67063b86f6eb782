//! `OrderBook`, by hand: each event, each contradiction, aliases.

use std::collections::BTreeSet;

use repurchase::record::{Credit, OrderBook, OrderEvent, OrderStatus, Record};
use repurchase::{CustomerHistory, Error, Ledger, Order, Result, ShopCalendar};
use rust_decimal::Decimal;

use super::{NOON, date, error_text, money};

type Book = OrderBook<u32, &'static str>;
type Event = OrderEvent<u32, &'static str>;

fn at(minutes: i64) -> chrono::DateTime<chrono::Utc> {
    NOON + chrono::TimeDelta::minutes(minutes)
}

fn placed(customer: &'static str, amount: &str) -> Event {
    OrderEvent::Placed { customer, at: at(0), amount: money(amount) }
}

fn changed(minutes: i64, amount: &str) -> Event {
    OrderEvent::AmountChanged { at: at(minutes), amount: money(amount) }
}

fn line(line: u32, minutes: i64, amount: &str) -> Event {
    OrderEvent::LineAdded { line, at: at(minutes), amount: money(amount) }
}

fn refund(refund: u32, minutes: i64, amount: &str) -> Event {
    OrderEvent::Refunded { refund, at: at(minutes), amount: money(amount) }
}

fn refunded(minutes: i64, amount: &str) -> Event {
    OrderEvent::RefundedInAll { at: at(minutes), amount: money(amount) }
}

#[track_caller]
fn book_of(events: &[Event]) -> Book {
    let mut book = Book::new();
    for event in events {
        book.record(1, event.clone()).unwrap();
    }
    book
}

/// Amount, what was given back, status of the one order.
#[track_caller]
fn standing(events: &[Event]) -> (String, String, OrderStatus) {
    let order = book_of(events).order(&1).unwrap().expect("placed");
    (order.amount().to_string(), order.refunded().to_string(), order.status())
}

#[track_caller]
fn stands(events: &[Event], amount: &str, refunded: &str, status: OrderStatus) {
    let mut reversed = events.to_vec();
    reversed.reverse();
    let twice = [events, events].concat();
    for events in [events, &reversed, &twice] {
        assert_eq!(standing(events), (amount.to_owned(), refunded.to_owned(), status), "{events:?}");
    }
}

#[test]
fn an_order_is_what_its_events_add_up_to() {
    use OrderStatus::{Cancelled, Paid, Unpaid};
    let (paid, unpaid, cancelled) =
        (OrderEvent::Paid { at: at(1) }, OrderEvent::Unpaid { at: at(0) }, OrderEvent::Cancelled { at: at(9) });
    let ann = placed("ann", "20.00");
    let fully = |minutes| OrderEvent::FullyRefunded { at: at(minutes) };
    stands(core::slice::from_ref(&ann), "20.00", "0", Unpaid);
    stands(&[ann.clone(), unpaid.clone(), paid.clone()], "20.00", "0", Paid);
    stands(&[ann.clone(), paid.clone(), cancelled.clone()], "20.00", "0", Cancelled);
    stands(&[ann.clone(), paid.clone(), OrderEvent::Unpaid { at: at(2) }], "20.00", "0", Unpaid);
    // At one instant, what is further along counts.
    stands(&[ann.clone(), OrderEvent::Unpaid { at: at(1) }, paid.clone()], "20.00", "0", Paid);
    stands(&[ann.clone(), OrderEvent::Cancelled { at: at(1) }, paid.clone()], "20.00", "0", Cancelled);

    stands(&[ann.clone(), changed(3, "18.5"), changed(2, "25")], "18.5", "0", Unpaid);
    // Lines add to the amount as placed, whenever they came; to a changed amount if they came later.
    stands(&[placed("ann", "0"), line(1, 0, "5.00"), line(2, 0, "7.50")], "12.50", "0", Unpaid);
    stands(&[ann.clone(), line(1, 1, "5.00"), line(2, 9, "-2.50")], "22.50", "0", Unpaid);
    stands(&[ann.clone(), line(1, 3, "5.00"), changed(3, "24.00"), line(2, 4, "1.00")], "25.00", "0", Unpaid);

    stands(&[ann.clone(), refund(1, 2, "5.00"), refund(2, 3, "2.50")], "20.00", "7.50", Unpaid);
    stands(&[ann.clone(), refunded(3, "7.50"), refunded(2, "5.00")], "20.00", "7.50", Unpaid);
    stands(&[ann.clone(), refund(1, 2, "5.00"), refunded(3, "6.00"), refund(2, 4, "1.00")], "20.00", "7.00", Unpaid);
    stands(&[ann.clone(), refund(1, 2, "0")], "20.00", "0", Unpaid);
    stands(&[ann.clone(), refund(1, 2, "5.00"), fully(1), line(1, 9, "4.00")], "24.00", "24.00", Unpaid);
    stands(&[ann.clone(), refunded(2, "5.00"), fully(2)], "20.00", "20.00", Unpaid);
    stands(&[ann, refunded(3, "5.00"), fully(2)], "20.00", "5.00", Unpaid);
}

#[test]
fn what_comes_before_its_order_waits_for_it() {
    let mut book = Book::new();
    assert!(book.record(7, refund(1, 5, "5.00")).unwrap());
    assert!(book.record(3, OrderEvent::Paid { at: at(0) }).unwrap());
    assert_eq!((book.len(), book.is_empty(), book.waiting().collect::<Vec<_>>()), (0, true, vec![&3, &7]));
    assert_eq!((book.order(&7), book.order(&8), book.records().count()), (Ok(None), Ok(None), 0));
    assert!(book.record(7, placed("ann", "20.00")).unwrap());
    assert_eq!(book.order(&7).unwrap().unwrap().refunded(), money("5.00"));
    assert_eq!((book.len(), book.waiting().collect::<Vec<_>>()), (1, vec![&3]));
}

#[test]
fn twice_is_once() {
    let events = [
        placed("ann", "20.00"),
        OrderEvent::Paid { at: at(1) },
        changed(2, "25"),
        line(1, 3, "5"),
        refund(1, 4, "2"),
        refunded(3, "1"),
        OrderEvent::FullyRefunded { at: at(2) },
        OrderEvent::Credited { customer: "ann", at: at(0), amount: Decimal::ONE },
    ];
    let mut book = Book::new();
    assert!(events.iter().all(|event| book.record(1, event.clone()).unwrap()));
    let before = book.clone();
    assert!(events.iter().all(|event| !book.record(1, event.clone()).unwrap()));
    // Amounts are compared as numbers.
    assert!(!book.record(1, placed("ann", "20")).unwrap());
    // What a later instant has superseded is not compared any more.
    for late in [OrderEvent::Cancelled { at: at(0) }, changed(1, "99"), refunded(2, "9")] {
        assert!(!book.record(1, late).unwrap());
    }
    assert_eq!(book, before);
    assert_eq!(book.len(), 2, "an order and a credit may share an id");
}

#[test]
fn a_contradiction_names_both() {
    let known = [
        placed("ann", "20.00"),
        changed(2, "25"),
        line(1, 3, "5"),
        refund(1, 4, "2"),
        refunded(3, "1"),
        OrderEvent::Credited { customer: "ann", at: at(0), amount: Decimal::ONE },
    ];
    let mut book = book_of(&known);
    let before = book.clone();
    let moment = "2026-03-01T12:0";
    let cases = [
        (
            placed("bo", "20.00"),
            format!(
                "order 1: Placed {{ customer: \"bo\", at: {moment}0:00Z, amount: 20.00 }} contradicts \
             Placed {{ customer: \"ann\", at: {moment}0:00Z, amount: 20.00 }}"
            ),
        ),
        (
            placed("ann", "20.01"),
            format!(
                "order 1: Placed {{ customer: \"ann\", at: {moment}0:00Z, amount: 20.01 }} contradicts \
             Placed {{ customer: \"ann\", at: {moment}0:00Z, amount: 20.00 }}"
            ),
        ),
        (
            changed(2, "26"),
            format!(
                "order 1: AmountChanged {{ at: {moment}2:00Z, amount: 26 }} contradicts \
             AmountChanged {{ at: {moment}2:00Z, amount: 25 }}"
            ),
        ),
        (
            line(1, 3, "6"),
            format!(
                "order 1: LineAdded {{ line: 1, at: {moment}3:00Z, amount: 6 }} contradicts \
             LineAdded {{ line: 1, at: {moment}3:00Z, amount: 5 }}"
            ),
        ),
        (
            refund(1, 5, "2"),
            format!(
                "order 1: Refunded {{ refund: 1, at: {moment}5:00Z, amount: 2 }} contradicts \
             Refunded {{ refund: 1, at: {moment}4:00Z, amount: 2 }}"
            ),
        ),
        (
            refunded(3, "2"),
            format!(
                "order 1: RefundedInAll {{ at: {moment}3:00Z, amount: 2 }} contradicts \
             RefundedInAll {{ at: {moment}3:00Z, amount: 1 }}"
            ),
        ),
        (
            OrderEvent::Credited { customer: "ann", at: at(0), amount: Decimal::TWO },
            format!(
                "order 1: Credited {{ customer: \"ann\", at: {moment}0:00Z, amount: 2 }} contradicts \
             Credited {{ customer: \"ann\", at: {moment}0:00Z, amount: 1 }}"
            ),
        ),
    ];
    for (event, text) in cases {
        assert_eq!(error_text(book.record(1, event)), text);
        assert_eq!(book, before);
    }
    // In a book to merge with, the same; nothing of it is taken over.
    let mut other = book_of(&[placed("ann", "21")]);
    other.record(2, placed("cy", "1")).unwrap();
    assert!(book.merge(&other).unwrap_err().to_string().contains("contradicts"));
    assert_eq!(book, before);
    assert_eq!(book.customer("cy"), None);
}

#[test]
fn amounts_that_no_order_can_have_are_refused_at_once() {
    let mut book = Book::new();
    let credit = |amount: &str| OrderEvent::Credited { customer: "ann", at: at(0), amount: money(amount) };
    let cases = [
        (placed("ann", "-1"), "amount must be 0 or more, found -1"),
        (changed(0, "-1"), "amount must be 0 or more, found -1"),
        (refund(1, 0, "-0.01"), "refunded must be 0 or more, found -0.01"),
        (refunded(0, "-0.01"), "refunded must be 0 or more, found -0.01"),
        (credit("0"), "amount of a credit must be above 0, found 0"),
    ];
    for (event, cause) in cases {
        let error = book.record(1, event).unwrap_err();
        assert!(
            matches!(&error, Error::Order { order, cause: found } if **order == *"1" && found.to_string() == cause)
        );
    }
    assert_eq!(book, Book::new());
    assert_eq!(book.waiting().count(), 0);
}

#[test]
fn an_order_that_does_not_add_up_is_an_error_of_its_own() {
    let mut book = book_of(&[placed("ann", "20"), refund(1, 1, "15"), refund(2, 2, "6")]);
    book.record(2, placed("ann", "8")).unwrap();
    let refused = Error::Refund { found: money("21"), amount: money("20") };
    let refused = Error::Order { order: "1".into(), cause: refused.into() };
    assert_eq!(book.order(&1), Err(refused.clone()));
    let records: Vec<_> = book.records_of("ann").collect();
    assert_eq!(records[0], Err(refused));
    assert!(matches!(&records[1], Ok(Record::Order(order)) if order.amount() == money("8")));
    assert!(book.records().collect::<Result<Vec<_>>>().is_err());
    // What explains it was on its way.
    book.record(1, changed(1, "25")).unwrap();
    assert_eq!(book.order(&1).unwrap().unwrap().net_amount(), money("4"));

    let discounts = book_of(&[placed("ann", "20"), line(1, 1, "-20.01")]);
    assert!(matches!(discounts.order(&1), Err(Error::Order { cause, .. }) if matches!(*cause, Error::Amount { .. })));
    let large = book_of(&[placed("ann", "79228162514264337593543950335"), line(1, 1, "0.01")]);
    let overflow = Error::AmountOverflow { field: "amount" };
    assert_eq!(large.order(&1), Err(Error::Order { order: "1".into(), cause: overflow.into() }));
}

#[test]
fn two_ids_are_one_person() {
    let mut book = Book::new();
    for (order, customer) in (0..).zip(["a", "b", "c", "d", "a", "c"]) {
        book.record(order, OrderEvent::Placed { customer, at: at(order.into()), amount: Decimal::TEN }).unwrap();
    }
    book.record(9, OrderEvent::Credited { customer: "b", at: at(3), amount: Decimal::ONE }).unwrap();
    let of = |book: &Book, customer: &str| -> Vec<i64> {
        let minutes = |record: Result<Record<_>>| match record.unwrap() {
            Record::Order(order) => order.placed_at(),
            Record::Credit(credit) => credit.issued_at(),
        };
        book.records_of(customer).map(minutes).map(|when| (when.unwrap() - NOON).num_minutes()).collect()
    };
    assert_eq!((of(&book, "a"), of(&book, "b"), of(&book, "nobody")), (vec![0, 4], vec![1, 3], vec![]));
    assert!(book.alias("b", "c").unwrap());
    assert!(!book.alias("b", "c").unwrap(), "twice is once");
    assert!(!book.alias("c", "c").unwrap(), "an id to itself says nothing");
    assert_eq!((book.customer("b"), of(&book, "b")), (Some(&"c"), vec![1, 2, 3, 5]));
    // A chain, and an id without an order.
    assert!(book.alias("a", "b").unwrap());
    assert!(book.alias("e", "a").unwrap());
    assert_eq!((book.customer("e"), of(&book, "e")), (Some(&"c"), vec![0, 1, 2, 3, 4, 5]));
    assert!(book.records_of("a").all(|record| match record.unwrap() {
        Record::Order(order) => *order.customer() == "c",
        Record::Credit(credit) => *credit.customer() == "c",
    }));
    // Once joined, another id of the same person is no contradiction.
    assert!(!book.record(0, OrderEvent::Placed { customer: "e", at: at(0), amount: Decimal::TEN }).unwrap());
    // A cycle: the smallest of all. Its ends have one name.
    assert!(book.alias("c", "e").unwrap());
    assert_eq!(["a", "b", "c", "e"].map(|id| *book.customer(id).unwrap()), ["a"; 4]);
    assert_eq!((book.customer("d"), book.customer("f")), (Some(&"d"), None));
    let customers: BTreeSet<_> = book
        .records()
        .map(|record| match record.unwrap() {
            Record::Order(order) => *order.customer(),
            Record::Credit(credit) => *credit.customer(),
        })
        .collect();
    assert_eq!(customers, BTreeSet::from(["a", "d"]));
}

#[test]
fn of_two_that_are_no_alias_the_smaller_is_the_name() {
    let mut book = Book::new();
    for (from, to) in [("m", "z"), ("m", "k")] {
        book.alias(from, to).unwrap();
    }
    assert_eq!(["k", "m", "z"].map(|id| *book.customer(id).unwrap()), ["k"; 3]);
    book.alias("k", "z").unwrap();
    assert_eq!(["k", "m", "z"].map(|id| *book.customer(id).unwrap()), ["z"; 3]);
}

#[test]
fn records_come_by_time_then_orders_then_credits_then_by_id() {
    let mut book = Book::new();
    for order in [5, 3, 8] {
        book.record(order, placed("ann", "1")).unwrap();
    }
    book.record(1, OrderEvent::Credited { customer: "ann", at: at(0), amount: Decimal::ONE }).unwrap();
    book.record(2, OrderEvent::Placed { customer: "bo", at: at(-1), amount: Decimal::TWO }).unwrap();
    let order = |customer, minutes, amount: &str| {
        let order = Order::new(customer, at(minutes), money(amount)).unwrap();
        Record::from(order.with_status(OrderStatus::Unpaid))
    };
    let credit = Credit::new("ann", at(0), Decimal::ONE).unwrap();
    let ann = order("ann", 0, "1");
    let expected = [order("bo", -1, "2"), ann.clone(), ann.clone(), ann, credit.into()];
    assert_eq!(book.records().collect::<Result<Vec<_>>>().unwrap(), expected);
}

#[test]
fn one_customer_is_mended_alone() {
    let (calendar, as_of) = (ShopCalendar::utc(), date("2026-04-01"));
    let mut book = Book::new();
    for (order, customer) in (0..).zip(["ann", "bo", "ann", "cy", "ann"]) {
        let when = NOON + chrono::TimeDelta::days(order.into());
        book.record(order, OrderEvent::Placed { customer, at: when, amount: Decimal::TEN }).unwrap();
        book.record(order, OrderEvent::Paid { at: when }).unwrap();
    }
    let ledger_of = |book: &Book| {
        let records = book.records().collect::<Result<Vec<_>>>().unwrap();
        Ledger::from_records(records, &calendar, as_of).unwrap()
    };
    let mut ledger = ledger_of(&book);
    let changes = [
        (2, OrderEvent::Cancelled { at: NOON + chrono::TimeDelta::days(20) }),
        (3, OrderEvent::FullyRefunded { at: NOON }),
        (4, refund(1, 0, "0.005")),
        (6, placed("di", "4")),
        (6, OrderEvent::Paid { at: NOON }),
    ];
    for (order, event) in changes {
        book.record(order, event).unwrap();
        let customer = *book.order(&order).unwrap().unwrap().customer();
        let records = book.records_of(customer).collect::<Result<Vec<_>>>().unwrap();
        let history = CustomerHistory::from_records(records, &calendar, as_of).unwrap();
        ledger.replace([(customer, history)]).unwrap();
        assert_eq!(ledger, ledger_of(&book));
    }
    assert_eq!(ledger.ids(), ["ann", "bo", "di"]);
}

#[cfg(feature = "serde")]
#[test]
fn a_book_comes_back_as_it_went() {
    use serde_json::{from_value, json, to_value};

    let mut book = OrderBook::<u32, String>::new();
    book.record(2, OrderEvent::Refunded { refund: 7, at: at(5), amount: money("2.50") }).unwrap();
    book.record(1, OrderEvent::Placed { customer: "ann@example.com".to_owned(), at: at(0), amount: money("20.00") })
        .unwrap();
    book.record(1, OrderEvent::Paid { at: at(1) }).unwrap();
    book.record(1, OrderEvent::Credited { customer: "bo".to_owned(), at: at(2), amount: money("1") }).unwrap();
    book.alias("ann@example.com".to_owned(), "ann".to_owned()).unwrap();
    let stored = json!({
        "aliases": [["ann@example.com", "ann"]],
        "orders": [
            [1, [
                { "placed": { "customer": "ann", "at": "2026-03-01T12:00:00Z", "amount": "20.00" } },
                { "paid": { "at": "2026-03-01T12:01:00Z" } },
            ]],
            [2, [{ "refunded": { "refund": 7, "at": "2026-03-01T12:05:00Z", "amount": "2.50" } }]],
            [1, [{ "credited": { "customer": "bo", "at": "2026-03-01T12:02:00Z", "amount": "1" } }]],
        ],
    });
    assert_eq!(to_value(&book).unwrap(), stored);
    let read: OrderBook<u32, String> = from_value(stored.clone()).unwrap();
    assert_eq!((&read, read.waiting().collect::<Vec<_>>()), (&book, vec![&2]));

    let refused = |path: &str, value: serde_json::Value| {
        let mut stored = stored.clone();
        *stored.pointer_mut(path).unwrap() = value;
        from_value::<OrderBook<u32, String>>(stored).unwrap_err().to_string()
    };
    assert_eq!(refused("/orders/0/1/0/placed/amount", json!("-1")), "order 1: amount must be 0 or more, found -1");
    let other = json!({ "placed": { "customer": "ann", "at": "2026-03-01T12:00:00Z", "amount": "21" } });
    assert!(refused("/orders/0/1/1", other).contains("contradicts"));
    assert!(
        refused("/orders/0/1/1", json!({ "paid": { "at": "2026-03-01T12:01:00Z", "by": "ann" } }))
            .contains("unknown field")
    );
    let mut later = stored.clone();
    later["lines"] = json!([]);
    assert!(from_value::<OrderBook<u32, String>>(later).unwrap_err().to_string().contains("unknown field `lines`"));
}
