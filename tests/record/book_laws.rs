//! `OrderBook` against a naive replay: the distinct events of an order sorted by time and applied one by one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use repurchase::record::{Credit, OrderBook, OrderEvent, OrderStatus, Record};
use repurchase::{Error, Order, Result};
use rust_decimal::Decimal;

use super::{NOON, fixed_seed};

type Book = OrderBook<u8, u8>;
type Event = OrderEvent<u8, u8>;

/// Something that a book is told.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    Event(u8, Event),
    Alias(u8, u8),
}

fn tell(book: &mut Book, told: &Told) -> Result<bool> {
    match told {
        Told::Event(order, event) => book.record(*order, event.clone()),
        Told::Alias(from, to) => book.alias(*from, *to),
    }
}

fn any_at() -> impl Strategy<Value = DateTime<Utc>> {
    (0..6i64).prop_map(|minutes| NOON + TimeDelta::minutes(minutes))
}

fn any_amount() -> impl Strategy<Value = Decimal> {
    (0..400i64, 0..3u32).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn any_event() -> impl Strategy<Value = Event> {
    use OrderEvent as Said;
    let (at, amount) = (any_at, any_amount);
    prop_oneof![
        3 => (0..5u8, at(), amount()).prop_map(|(customer, at, amount)| Said::Placed { customer, at, amount }),
        1 => at().prop_map(|at| Said::Paid { at }),
        1 => at().prop_map(|at| Said::Unpaid { at }),
        1 => at().prop_map(|at| Said::Cancelled { at }),
        1 => (at(), amount()).prop_map(|(at, amount)| Said::AmountChanged { at, amount }),
        2 => (0..3u8, at(), amount(), any::<bool>()).prop_map(|(line, at, amount, is_discount)| {
            Said::LineAdded { line, at, amount: if is_discount { -amount } else { amount } }
        }),
        2 => (0..3u8, at(), amount()).prop_map(|(refund, at, amount)| Said::Refunded { refund, at, amount }),
        1 => (at(), amount()).prop_map(|(at, amount)| Said::RefundedInAll { at, amount }),
        1 => at().prop_map(|at| Said::FullyRefunded { at }),
        1 => (0..5u8, at(), amount()).prop_map(|(customer, at, amount)| {
            Said::Credited { customer, at, amount: amount + Decimal::ONE }
        }),
    ]
}

fn any_told() -> impl Strategy<Value = Vec<Told>> {
    let event = (0..6u8, any_event()).prop_map(|(order, event)| Told::Event(order, event));
    let alias = (0..7u8, 0..7u8).prop_map(|(from, to)| Told::Alias(from, to));
    prop::collection::vec(prop_oneof![12 => event, 1 => alias], 0..60)
}

/// What statement an event makes, as the documentation has it; `None` for those that never contradict.
fn statement(event: &Event) -> Option<(u8, u8, Option<DateTime<Utc>>)> {
    match event {
        OrderEvent::Placed { .. } => Some((0, 0, None)),
        OrderEvent::Credited { .. } => Some((1, 0, None)),
        OrderEvent::LineAdded { line, .. } => Some((2, *line, None)),
        OrderEvent::Refunded { refund, .. } => Some((3, *refund, None)),
        OrderEvent::AmountChanged { at, .. } => Some((4, 0, Some(*at))),
        OrderEvent::RefundedInAll { at, .. } => Some((5, 0, Some(*at))),
        _ => None,
    }
}

/// Leaves out what would contradict something before it: the rest agrees in every order.
fn consistent(told: &[Told]) -> Vec<Told> {
    let mut stated = BTreeMap::new();
    let agrees = |told: &&Told| match told {
        Told::Alias(..) => true,
        Told::Event(order, event) => statement(event).is_none_or(|key| {
            let known = stated.entry((*order, key)).or_insert_with(|| event.clone());
            known == event
        }),
    };
    told.iter().filter(agrees).cloned().collect()
}

/// The set of distinct events of each order, applied by time: the oracle.
fn replayed(told: &[Told]) -> Vec<Result<Record<u8>>> {
    let mut orders: BTreeMap<(bool, u8), Vec<Event>> = BTreeMap::new();
    let mut aliases = BTreeSet::new();
    for told in told {
        match told {
            Told::Alias(from, to) if from != to => _ = aliases.insert((*from, *to)),
            Told::Alias(..) => {}
            Told::Event(order, event) => {
                let events = orders.entry((matches!(event, OrderEvent::Credited { .. }), *order)).or_default();
                if !events.contains(event) {
                    events.push(event.clone());
                }
            }
        }
    }
    let mut records = Vec::new();
    for ((is_credit, order), events) in orders {
        let name = |customer| person(customer, &aliases);
        if let Some((at, record)) = replay(events, name) {
            let refused = |error| Error::Order { order: format!("{order:?}").into(), cause: Box::new(error) };
            records.push(((at, is_credit, order), record.map_err(refused)));
        }
    }
    records.sort_by_key(|&(key, _)| key);
    records.into_iter().map(|(_, record)| record).collect()
}

/// The name of the person, by walking from alias to alias until nobody new is found.
fn person(customer: u8, aliases: &BTreeSet<(u8, u8)>) -> u8 {
    let mut ids = BTreeSet::from([customer]);
    loop {
        let more = aliases.iter().filter(|(from, to)| ids.contains(from) || ids.contains(to));
        let more: BTreeSet<_> = more.flat_map(|&(from, to)| [from, to]).chain([customer]).collect();
        if more == ids {
            break;
        }
        ids = more;
    }
    let is_alias = |id: &&u8| aliases.iter().any(|(from, _)| from == *id);
    *ids.iter().find(|id| !is_alias(id)).or(ids.first()).unwrap()
}

/// One order's events by time; at one instant, lines and refunds come before the sums that hold them, and a status
/// before the one that is further along.
fn replay(mut events: Vec<Event>, name: impl Fn(u8) -> u8) -> Option<(DateTime<Utc>, Result<Record<u8>>)> {
    use OrderEvent as Said;
    let turn = |event: &Event| match event {
        Said::LineAdded { .. } | Said::Refunded { .. } | Said::Unpaid { .. } => 0,
        Said::AmountChanged { .. } | Said::RefundedInAll { .. } | Said::Paid { .. } => 1,
        _ => 2,
    };
    events.sort_by_key(|event| (event.at(), turn(event)));
    let placed = events.iter().find_map(|event| match event {
        Said::Placed { customer, at, amount } | Said::Credited { customer, at, amount } => {
            Some((name(*customer), *at, *amount))
        }
        _ => None,
    });
    let (customer, placed_at, mut amount) = placed?;
    let (mut refunded, mut is_whole, mut status) = (Decimal::ZERO, false, OrderStatus::Unpaid);
    for event in events {
        match event {
            Said::Credited { at, amount, .. } => {
                return Some((at, Credit::new(customer, at, amount).map(Record::from)));
            }
            Said::Paid { .. } => status = OrderStatus::Paid,
            Said::Unpaid { .. } => status = OrderStatus::Unpaid,
            Said::Cancelled { .. } => status = OrderStatus::Cancelled,
            Said::AmountChanged { amount: all, .. } => amount = all,
            Said::LineAdded { amount: more, .. } => amount += more,
            Said::Refunded { amount: more, .. } => refunded += more,
            Said::RefundedInAll { amount: all, .. } => (refunded, is_whole) = (all, false),
            Said::FullyRefunded { .. } => is_whole = true,
            _ => {}
        }
    }
    let order = Order::new(customer, placed_at, amount).and_then(|order| {
        let refunded = if is_whole { order.amount() } else { refunded };
        order.with_status(status).with_refunded(refunded)
    });
    Some((placed_at, order.map(Record::from)))
}

#[track_caller]
fn book_of<'a>(told: impl IntoIterator<Item = &'a Told>) -> Book {
    let mut book = Book::new();
    for told in told {
        tell(&mut book, told).unwrap();
    }
    book
}

#[track_caller]
fn assert_replayed(book: &Book, told: &[Told]) {
    let expected = replayed(told);
    assert_eq!(book.records().collect::<Vec<_>>(), expected);
    assert_eq!(book.len(), expected.len());
    let customer = |record: &Result<Record<u8>>| match record {
        Ok(Record::Order(order)) => Some(*order.customer()),
        Ok(Record::Credit(credit)) => Some(*credit.customer()),
        Err(_) => None,
    };
    let readable: Vec<_> = expected.iter().filter(|record| record.is_ok()).cloned().collect();
    for id in 0..8 {
        let name = book.customer(&id);
        let of = readable.iter().filter(|record| customer(record).is_some_and(|of| Some(&of) == name));
        let found: Vec<_> = book.records_of(&id).flatten().collect();
        assert!(of.flatten().eq(&found), "customer {id}");
    }
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn a_book_is_the_naive_replay(told in any_told(), shuffle in any::<u64>(), turn in 0..60usize) {
        let told = consistent(&told);
        let book = book_of(&told);
        assert_replayed(&book, &told);
        // Any order, any number of times.
        let mut other: Vec<_> = told.iter().chain(told.iter().step_by(2)).cloned().collect();
        let len = other.len();
        for at in 0..len {
            let with = (shuffle.rotate_left(at as u32) as usize).wrapping_mul(at + 7) % len;
            other.swap(at, with);
        }
        other.rotate_left(turn.min(len));
        // Of an order that was placed under two ids of one person, either may come first.
        prop_assert_eq!(&book_of(&other), &book);
        assert_replayed(&book_of(&other), &told);
    }

    #[test]
    fn parts_merge(told in any_told(), side in prop::collection::vec(0..3usize, 60)) {
        let told = consistent(&told);
        let whole = book_of(&told);
        let part = |part| book_of(told.iter().zip(&side).filter(|(_, side)| **side == part).map(|(told, _)| told));
        let [a, b, c] = [0, 1, 2].map(part);
        let merged = |mut book: Book, others: [&Book; 2]| {
            for other in others {
                book.merge(other).unwrap();
            }
            book
        };
        prop_assert_eq!(&merged(a.clone(), [&b, &c]), &whole);
        prop_assert_eq!(&merged(c.clone(), [&a, &b]), &whole);
        let mut right = b.clone();
        right.merge(&c).unwrap();
        prop_assert_eq!(&merged(right, [&a, &Book::new()]), &whole);
        prop_assert_eq!(&merged(whole.clone(), [&whole, &b]), &whole);
        assert_replayed(&merged(b.clone(), [&c, &a]), &told);
    }

    #[test]
    fn an_error_leaves_a_book_as_it_was(told in any_told()) {
        let mut book = Book::new();
        let mut taken = Vec::new();
        for told in &told {
            let before = book.clone();
            match tell(&mut book, told) {
                Ok(is_new) => {
                    // What is said to be nothing new is nothing new, and the other way round.
                    prop_assert_eq!(is_new, book != before);
                    taken.push(told.clone());
                }
                Err(error) => {
                    let is_contradiction = matches!(&error, Error::Order { cause, .. } if matches!(**cause, Error::Contradiction { .. }));
                    prop_assert!(is_contradiction, "{error}");
                    prop_assert_eq!(&book, &before);
                    prop_assert!(book.records().eq(before.records()));
                }
            }
        }
        let mut other = book_of(consistent(&taken).iter().rev());
        let before = other.clone();
        if other.merge(&book).is_err() {
            prop_assert_eq!(other, before);
        }
    }
}

#[cfg(feature = "serde")]
proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn stored_and_read_back_is_the_same(told in any_told()) {
        let book = book_of(&consistent(&told));
        let text = serde_json::to_string(&book).unwrap();
        let read: Book = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, &book);
        prop_assert!(read.records().eq(book.records()));
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}
