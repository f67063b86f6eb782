//! Events into a book of orders, and orders out of it.

mod common;

use chrono::{DateTime, TimeDelta};
use common::{Orders, Random, Result};
use criterion::{BatchSize, Criterion, Throughput};
use repurchase::record::{Credit, OrderBook, OrderEvent, Record, match_credits};
use repurchase::{CustomerHistory, ShopCalendar};
use rust_decimal::Decimal;

type Events = Vec<(u64, OrderEvent<u64, u64>)>;

const EVENTS: usize = 1_000_000;

fn main() -> Result {
    let mut criterion = common::criterion();
    let events = events()?;
    book(&mut criterion, &events)?;
    matches(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// As webhooks bring them: each order placed and paid, some refunded or cancelled, every tenth event twice, in no order.
fn events() -> Result<Events> {
    let (mut random, mut events) = (Random(11), Events::new());
    let orders = Orders::shuffled(EVENTS / 2).records()?;
    for (order, record) in (0..).zip(&orders) {
        let at = record.placed_at().unwrap_or_default();
        let placed = OrderEvent::Placed { customer: *record.customer(), at, amount: record.amount() };
        events.push((order, placed));
        events.push((order, OrderEvent::Paid { at: at + TimeDelta::minutes(1) }));
        match random.below(50) {
            0 => events.push((order, OrderEvent::Cancelled { at: at + TimeDelta::days(1) })),
            1 | 2 => {
                events.push((order, OrderEvent::Refunded { refund: 1, at, amount: record.amount() / Decimal::TWO }));
            }
            _ => {}
        }
        if random.below(5) == 0 {
            events.extend(events.last().cloned());
        }
        if events.len() >= EVENTS {
            break;
        }
    }
    events.truncate(EVENTS);
    for last in (1..events.len()).rev() {
        let other = usize::try_from(random.below(last as u64 + 1))?;
        events.swap(last, other);
    }
    Ok(events)
}

fn book_of(events: Events) -> repurchase::Result<OrderBook<u64, u64>> {
    let mut book = OrderBook::new();
    for (order, event) in events {
        book.record(order, event)?;
    }
    Ok(book)
}

fn book(criterion: &mut Criterion, events: &Events) -> Result {
    let mut group = criterion.benchmark_group("record");
    group.sample_size(10);
    group.throughput(Throughput::Elements(EVENTS as u64));
    group.bench_function(format!("book/events/shuffled/{EVENTS}"), |bencher| {
        bencher.iter_batched(|| events.clone(), book_of, BatchSize::PerIteration);
    });
    let book = book_of(events.clone())?;
    group.throughput(Throughput::Elements(book.len() as u64));
    group.bench_function(format!("book/records/shuffled/{}", book.len()), |bencher| {
        bencher.iter_with_large_drop(|| book.records().collect::<repurchase::Result<Vec<_>>>());
    });
    let (calendar, as_of) = (ShopCalendar::utc(), common::as_of()?);
    let customer = book.records().find_map(|record| match record {
        Ok(Record::Order(order)) => Some(*order.customer()),
        _ => None,
    });
    let customer = customer.ok_or("an order")?;
    group.throughput(Throughput::Elements(1));
    group.bench_function("book/one_customer/shuffled/1", |bencher| {
        bencher.iter(|| {
            let records = book.records_of(&customer).collect::<repurchase::Result<Vec<_>>>()?;
            CustomerHistory::from_records(records, &calendar, as_of)
        });
    });
    group.finish();
    Ok(())
}

/// A tenth of the orders is given back by a row of its own, half of these whole.
fn matches(criterion: &mut Criterion) -> Result {
    let mut random = Random(12);
    let mut records: Vec<Record<u64>> = Vec::new();
    for order in Orders::shuffled(common::ORDERS).records()? {
        let at = order.placed_at().unwrap_or_default().max(DateTime::UNIX_EPOCH) + TimeDelta::days(2);
        let amount = match random.below(20) {
            0 => order.amount(),
            1 => order.amount() / Decimal::TWO,
            _ => Decimal::ZERO,
        };
        records.extend(Credit::new(*order.customer(), at, amount).map(Record::from));
        records.push(order.into());
    }
    let mut group = criterion.benchmark_group("record");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function(format!("match_credits/shuffled/{}", records.len()), |bencher| {
        let matched = |mut records| match_credits(&mut records).map(|matches| (matches, records));
        bencher.iter_batched(|| records.clone(), matched, BatchSize::LargeInput);
    });
    group.finish();
    Ok(())
}
