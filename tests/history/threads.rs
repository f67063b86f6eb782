//! Whatever the number of threads: the same log, the same ledger, the same errors, and those of a naive fold.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;
use proptest::test_runner::Config;
use repurchase::history::LineLog;
use repurchase::record::{Credit, OrderLine, Record, RecordColumns};
use repurchase::{CustomerHistory, Error, Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{END, cause, credit, fixed_seed, order};
use crate::common::pools::on_any_number_of_threads;

/// Enough for many parts of each kind.
const ROWS: usize = 70_000;
const DAY: i64 = 86_400;

/// Rows that look random and are the same for a seed; some amounts are too large for a fact's own room, some are
/// credits.
struct Rows {
    customers: Vec<u64>,
    seconds: Vec<i64>,
    cents: Vec<i64>,
}

impl Rows {
    fn new(seed: u64, in_order: bool) -> Self {
        let mut state = seed;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut rows = Self { customers: Vec::new(), seconds: Vec::new(), cents: Vec::new() };
        for row in 0..ROWS as u64 {
            let first = next(20_000);
            rows.customers.push(next(first + 1) * 0x9E37_79B9);
            let day = if in_order { row * 400 / ROWS as u64 } else { next(400) };
            rows.seconds.push((day * 86_400 + next(86_400)) as i64);
            let cents = match next(100) {
                0 => 1 << 36,
                1 => -(1 << 35),
                2..=6 => -(next(5_000) as i64) - 1,
                _ => next(100_000) as i64,
            };
            rows.cents.push(cents + row as i64 % 7);
        }
        rows
    }

    fn log(&self) -> Result<PurchaseLog<u64>, Error> {
        let columns = RecordColumns::new(&self.customers, &self.seconds, &self.cents, 2)?;
        PurchaseLog::from_columns(columns, &ShopCalendar::utc())
    }

    /// One record after the other, into one history after the other.
    fn naive_ledger(&self, as_of: i64) -> BTreeMap<u64, CustomerHistory> {
        let mut rows: Vec<usize> = (0..self.customers.len()).filter(|&row| self.seconds[row] / DAY <= as_of).collect();
        rows.sort_by_key(|&row| self.seconds[row]);
        let mut histories: BTreeMap<u64, CustomerHistory> = BTreeMap::new();
        for row in rows {
            let history = histories.entry(self.customers[row]).or_default();
            let amount = Decimal::new(self.cents[row].abs(), 2);
            match self.cents[row] {
                0.. => history.record_purchase(day(self.seconds[row] / DAY), amount).expect("a purchase"),
                _ => history.record_credit(amount).expect("a credit"),
            }
        }
        histories
    }
}

fn day(number: i64) -> NaiveDate {
    NaiveDate::from_epoch_days(i32::try_from(number).expect("a day")).expect("a day")
}

/// To the last zero of their money.
fn printed(ledger: &Ledger<u64>) -> String {
    let buyers: Vec<_> = ledger.iter().collect();
    format!("{buyers:?} {:?}", ledger.without_purchase().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(Config { cases: 2, ..fixed_seed(256) })]

    #[test]
    fn a_ledger_of_columns(seed in any::<u64>(), in_order in any::<bool>(), as_of in 0..400i64) {
        let rows = Rows::new(seed, in_order);
        let (_, ledger, counts) = on_any_number_of_threads(|| {
            let log = rows.log().unwrap();
            let ledger = log.ledger(day(as_of)).unwrap();
            (printed(&ledger), ledger, (log.purchases(), log.credits(), log.days()))
        });
        let naive = rows.naive_ledger(as_of);
        let of = |buys: bool| naive.iter().filter(move |(_, history)| (history.purchases() > 0) == buys);
        prop_assert!(ledger.iter().eq(of(true).map(|(id, history)| (id, history.clone()))));
        prop_assert!(ledger.without_purchase().eq(of(false)));
        let credits = rows.cents.iter().filter(|&&cents| cents < 0).count();
        prop_assert_eq!((counts.0, counts.1), (ROWS - credits, credits));
    }

    /// Records come one after the other; their ledger is folded in parts, however many there are.
    #[test]
    fn a_ledger_of_records(seed in any::<u64>()) {
        let rows = Rows::new(seed, false);
        let names: Vec<String> = rows.customers.iter().map(|id| format!("customer {id}")).collect();
        let ledger = on_any_number_of_threads(|| {
            let columns = RecordColumns::new(&names, &rows.seconds, &rows.cents, 2).unwrap();
            PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap().ledger(END).unwrap()
        });
        let records = rows.customers.iter().zip(&rows.seconds).zip(&rows.cents).map(|((id, seconds), &cents)| {
            let (date, amount) = (day(seconds / DAY).to_string(), Decimal::new(cents.abs(), 2).to_string());
            let id = format!("customer {id}");
            if cents < 0 { credit(id, &date, &amount) } else { order(id, &date, &amount) }
        });
        let records: Vec<Record<String>> = records.collect();
        let of_records = on_any_number_of_threads(|| super::log_of(records.iter().filter(|_| true).cloned()).ledger(END).unwrap());
        prop_assert!(of_records == ledger);
        let histories = || ledger.iter().map(|(id, history)| (id.clone(), history));
        let others = || ledger.without_purchase().map(|(id, history)| (id.clone(), history.clone()));
        prop_assert!(on_any_number_of_threads(|| Ledger::from_histories(histories().chain(others()), END).unwrap()) == ledger);
    }
}

/// Threads fold a large log in turns, after each of which their rows are put together.
#[test]
fn a_ledger_in_several_turns() {
    let mut all = Rows { customers: Vec::new(), seconds: Vec::new(), cents: Vec::new() };
    for mut rows in (1..=5).map(|seed| Rows::new(seed, false)) {
        all.customers.append(&mut rows.customers);
        all.seconds.append(&mut rows.seconds);
        all.cents.append(&mut rows.cents);
    }
    let records = all.customers.iter().zip(&all.seconds).zip(&all.cents).map(|((&id, &seconds), &cents)| {
        let (at, amount) = (DateTime::from_timestamp(seconds, 0).unwrap(), Decimal::new(cents.abs(), 2));
        if cents < 0 { Credit::new(id, at, amount).unwrap().into() } else { Order::new(id, at, amount).unwrap().into() }
    });
    let records: Vec<Record<u64>> = records.collect();
    let log = super::log_of(records.iter().filter(|_| true).cloned());
    let ledger = on_any_number_of_threads(|| log.ledger(END).unwrap());
    assert!(ledger == all.log().unwrap().ledger(END).unwrap());

    // Of customers whose sums do not fit, the first by id, whoever comes to it first.
    let large = [u64::MAX, 4, 9, 5].map(|id| order(id, "1970-01-09", &Decimal::MAX.to_string()));
    let log = super::log_of(records.iter().chain(large.iter().cycle().take(8)).filter(|_| true).cloned());
    let error = on_any_number_of_threads(|| log.ledger(END).unwrap_err().to_string());
    assert!(error.contains("customer 4"), "{error}");
}

/// Some of the customers, whose log has the order of the whole, and the lines of all, whose customers and purchases are sorted.
#[test]
fn parts_and_lines() {
    let rows = Rows::new(7, false);
    let names: Vec<String> = rows.customers.iter().map(|id| format!("customer {id}")).collect();
    let (ledger, of_names) = on_any_number_of_threads(|| {
        let columns = RecordColumns::new(&names, &rows.seconds, &rows.cents, 2).unwrap();
        let of_names =
            PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap().of_customers(|name| name.ends_with('4'));
        let log = rows.log().unwrap().of_customers(|id| id % 10 == 4);
        let by_number: Vec<_> = of_names.ledger(END).unwrap().iter().map(|(_, history)| history).collect();
        (log.ledger(END).unwrap(), (by_number.len(), of_names.purchases(), of_names.credits(), of_names.days()))
    });
    let naive: Vec<_> = rows.naive_ledger(400).into_iter().filter(|(id, _)| id % 10 == 4).collect();
    let of = |buys: bool| naive.iter().filter(move |(_, history)| (history.purchases() > 0) == buys);
    assert!(ledger.iter().eq(of(true).map(|(id, history)| (id, history.clone()))));
    assert!(ledger.without_purchase().eq(of(false).map(|(id, history)| (id, history))));
    assert_eq!((of_names.0, of_names.1 as u64), (ledger.len(), ledger.totals().unwrap().purchases));

    let lines = on_any_number_of_threads(|| {
        let line = |row: usize| {
            let (id, day) = (rows.customers[row] + row as u64 % 3, day(rows.seconds[row] / DAY));
            OrderLine::on(id, day, rows.cents[row].unsigned_abs() % 50, Decimal::from(1 + row % 3), Decimal::ONE)
                .unwrap()
        };
        let log = LineLog::from_lines((0..60_000).map(line), &ShopCalendar::utc()).unwrap();
        let first: Vec<_> =
            log.last_purchases(END).map(|(id, one)| (*id, *one.product, one.day, one.quantity)).collect();
        (log.customers().to_vec(), log.purchases(), first)
    });
    let mut naive = BTreeMap::new();
    for row in 0..60_000 {
        let key = (rows.customers[row] + row as u64 % 3, rows.cents[row].unsigned_abs() % 50);
        let bought: &mut BTreeMap<NaiveDate, Decimal> = naive.entry(key).or_default();
        *bought.entry(day(rows.seconds[row] / DAY)).or_default() += Decimal::from(1 + row % 3);
    }
    assert_eq!(lines.1, naive.values().map(BTreeMap::len).sum::<usize>());
    let last = naive
        .iter()
        .filter_map(|(&(id, product), days)| days.last_key_value().map(|(&day, &sum)| (id, product, day, sum)));
    assert!(lines.2.into_iter().eq(last));
    assert!(lines.0.is_sorted() && lines.0.len() > 1 << 14);
}

/// Of the rows that cannot be used, the first is named, whichever part comes to an end first.
#[test]
fn the_first_record_that_is_refused() {
    let mut rows = Rows::new(1, true);
    for row in [69_999, 66_000, 65_535, 40_000] {
        rows.seconds[row] = i64::MAX;
        let error = on_any_number_of_threads(|| rows.log().map(|_| ()));
        assert!(matches!(error, Err(Error::Record { index, .. }) if index == row));
    }
}

/// Of the customers who cannot be summed, the first by id is named, in whichever part it is.
#[test]
fn the_first_customer_who_is_refused() {
    let error = on_any_number_of_threads(|| {
        let large = |id| order(id, "2026-03-01", "79228162514264337593543950335");
        let small = (1_000..41_000u32).map(|id| order(id, "2026-03-02", "1"));
        let refused = (0..64u32).map(|id| 900 - 7 * id).chain(2_000..2_064);
        let records = small.chain(refused.flat_map(|id| [large(id), large(id)]));
        super::log_of(records).ledger(END).map(|_| ())
    });
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::Customer { customer, .. } if &**customer == "459"), "{error}");
    assert_eq!(cause(&error), Some(&Error::AmountOverflow { field: "sum of purchases" }));
}
