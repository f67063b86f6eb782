//! Events of orders in any order: the book of all orders of telling is one book, and adds up as a replay does.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use repurchase::Result;
use repurchase::record::{Credit, OrderBook, OrderEvent, OrderStatus, Record};
use rust_decimal::Decimal;

use crate::bytes::Bytes;
use crate::used;

type Book = OrderBook<u8, u8>;
type Event = OrderEvent<u8, u8>;

fn event(bytes: &mut Bytes<'_>) -> (u8, Event) {
    let order = bytes.byte() % 5;
    let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(i64::from(bytes.byte() % 8));
    let (part, amount) = (bytes.byte() % 3, bytes.amount());
    let customer = bytes.byte() % 5;
    let event = match bytes.byte() % 12 {
        0..=2 => OrderEvent::Placed { customer, at, amount },
        3 => OrderEvent::Paid { at },
        4 => OrderEvent::Unpaid { at },
        5 => OrderEvent::Cancelled { at },
        6 => OrderEvent::AmountChanged { at, amount },
        7 => OrderEvent::LineAdded { line: part, at, amount: if bytes.flag() { -amount } else { amount } },
        8 => OrderEvent::Refunded { refund: part, at, amount },
        9 => OrderEvent::RefundedInAll { at, amount },
        10 => OrderEvent::FullyRefunded { at },
        _ => OrderEvent::Credited { customer, at, amount },
    };
    (order, event)
}

/// What was accepted, in any order and split over books, gives one book; it reads as a replay of its events; it is stored.
pub fn book(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (mut whole, mut accepted, mut aliases) = (Book::new(), Vec::new(), Vec::new());
    let mut steps = 0;
    while !bytes.is_empty() && steps < 120 {
        steps += 1;
        if bytes.byte() < 12 {
            let (from, to) = (bytes.byte() % 6, bytes.byte() % 6);
            whole.alias(from, to).expect("few ids");
            aliases.push((from, to));
            continue;
        }
        let (order, event) = event(&mut bytes);
        let before = whole.clone();
        match whole.record(order, event.clone()) {
            Ok(_) => accepted.push((order, event)),
            Err(error) => assert!(whole == before && !error.to_string().is_empty(), "a refused event changed the book"),
        }
    }

    let mut turned = Book::new();
    aliases.iter().rev().for_each(|&(from, to)| used(turned.alias(from, to)));
    for (order, event) in accepted.iter().rev() {
        // What contradicts only an event that a later one has superseded may be refused in this order.
        if turned.record(*order, event.clone()).is_err() {
            return;
        }
    }
    assert!(turned == whole, "the order of events matters");
    for (order, event) in &accepted {
        assert_eq!(turned.record(*order, event.clone()), Ok(false), "twice is once");
    }
    let (mut left, mut right) = (Book::new(), Book::new());
    aliases.iter().for_each(|&(from, to)| used(right.alias(from, to)));
    for (place, (order, event)) in accepted.iter().enumerate() {
        let part = if place % 2 == 0 { &mut left } else { &mut right };
        if part.record(*order, event.clone()).is_err() {
            return;
        }
    }
    left.merge(&right).expect("parts of one book");
    assert!(left == whole, "parts are not the whole");

    let text = serde_json::to_string(&whole).expect("stores");
    assert!(serde_json::from_str::<Book>(&text).expect("is read back") == whole);

    // Each customer's records are those of all, by any of the customer's ids.
    let all: Vec<Result<Record<u8>>> = whole.records().collect();
    assert_eq!(all.len(), whole.len());
    for id in 0..6 {
        let Some(name) = whole.customer(&id) else { continue };
        let of_one = whole.records_of(&id).filter_map(Result::ok).count();
        let of_all = all.iter().flatten().filter(|record| customer(record) == *name).count();
        assert_eq!(of_one, of_all);
    }
    replayed(&accepted, &whole);
}

fn customer(record: &Record<u8>) -> u8 {
    match record {
        Record::Order(order) => *order.customer(),
        Record::Credit(credit) => *Credit::customer(credit),
    }
}

/// Amounts of orders by the words of the documentation.
fn replayed(accepted: &[(u8, Event)], book: &Book) {
    let mut orders: BTreeMap<u8, Vec<&Event>> = BTreeMap::new();
    for (order, event) in accepted.iter().filter(|(_, event)| !matches!(event, OrderEvent::Credited { .. })) {
        let events = orders.entry(*order).or_default();
        if !events.contains(&event) {
            events.push(event);
        }
    }
    for (order, events) in orders {
        let placed = events.iter().find_map(|event| match event {
            OrderEvent::Placed { amount, .. } => Some(*amount),
            _ => None,
        });
        let found = book.order(&order);
        let Some(placed) = placed else {
            assert!(matches!(found, Ok(None)), "not placed");
            continue;
        };
        let Ok(Some(found)) = found else { continue };
        // The latest change, and the lines after it; else all lines.
        let changed = latest(&events, |event| match event {
            OrderEvent::AmountChanged { at, amount } => Some((*at, *amount)),
            _ => None,
        });
        let base = changed.map_or(placed, |(_, amount)| amount);
        let lines = events.iter().filter_map(|event| match event {
            OrderEvent::LineAdded { at, amount, .. } if changed.is_none_or(|(since, _)| *at > since) => Some(*amount),
            _ => None,
        });
        let terms: Vec<Decimal> = lines.chain([base]).collect();
        // Larger ones `Decimal` rounds.
        if terms.iter().all(|term| term.scale() <= 6 && term.abs() < Decimal::from(1_u64 << 40)) {
            let amount: Decimal = terms.iter().sum();
            assert_eq!(found.amount(), amount, "{events:?}");
        }
        let turn = |event: &Event| match event {
            OrderEvent::Unpaid { at } => Some((*at, 0, OrderStatus::Unpaid)),
            OrderEvent::Paid { at } => Some((*at, 1, OrderStatus::Paid)),
            OrderEvent::Cancelled { at } => Some((*at, 2, OrderStatus::Cancelled)),
            _ => None,
        };
        let status = events.iter().filter_map(|event| turn(event)).max_by_key(|&(at, rank, _)| (at, rank));
        assert_eq!(found.status(), status.map_or(OrderStatus::Unpaid, |(_, _, status)| status));
        assert!(found.refunded() <= found.amount() && found.refunded() >= Decimal::ZERO);
    }
}

fn latest(
    events: &[&Event],
    of: impl Fn(&Event) -> Option<(DateTime<Utc>, Decimal)>,
) -> Option<(DateTime<Utc>, Decimal)> {
    events.iter().filter_map(|event| of(event)).max_by_key(|&(at, _)| at)
}
