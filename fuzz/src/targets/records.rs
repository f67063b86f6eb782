//! Records become histories, ledgers, rates: against lists that are counted plainly.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use repurchase::measure::{Occasion, RateOptions, Scope, next_window_rate, repurchase_rate};
use repurchase::record::{Credit, Record, RecordColumns};
use repurchase::{CustomerHistory, Error, Ledger, Order, PurchaseLog, Ratio, ShopCalendar, Window};
use rust_decimal::Decimal;

use crate::bytes::{Bytes, first_day};

/// One record, plainly.
#[derive(Debug, Clone, Copy)]
struct Row {
    customer: u8,
    day: NaiveDate,
    amount: Decimal,
    refunded: Decimal,
    is_credit: bool,
}

impl Row {
    fn of(bytes: &mut Bytes<'_>) -> Self {
        let (customer, day, amount) = (bytes.byte() % 7, bytes.day(), bytes.amount());
        let (is_credit, refunded) = match bytes.byte() {
            0..=29 => (amount > Decimal::ZERO, Decimal::ZERO),
            30..=39 => (false, amount),
            40..=59 => (false, amount.min(bytes.amount())),
            _ => (false, Decimal::ZERO),
        };
        Self { customer, day, amount, refunded, is_credit }
    }

    fn record(&self) -> Result<Record<u8>, Error> {
        if self.is_credit {
            return Ok(Credit::on(self.customer, self.day, self.amount)?.into());
        }
        Ok(Order::on(self.customer, self.day, self.amount)?.with_refunded(self.refunded)?.into())
    }

    fn is_purchase(&self) -> bool {
        !self.is_credit && (self.amount == Decimal::ZERO || self.refunded < self.amount)
    }

    /// What was paid in the end, in units of `10^-28`; `None` beyond 127 bits.
    fn net(&self) -> Option<i128> {
        units(self.amount)?.checked_sub(units(self.refunded)?)
    }
}

fn units(amount: Decimal) -> Option<i128> {
    amount.mantissa().checked_mul(10_i128.checked_pow(28 - amount.scale())?)
}

/// A customer as the definitions have it.
#[derive(Debug, Default)]
struct Plain {
    /// Days of purchase and what was paid on them.
    days: BTreeMap<NaiveDate, Vec<Option<i128>>>,
    credits: Vec<Option<i128>>,
}

fn sum(amounts: impl IntoIterator<Item = Option<i128>>) -> Option<i128> {
    amounts.into_iter().try_fold(0_i128, |sum, amount| sum.checked_add(amount?))
}

fn same_money(found: Decimal, expected: Option<i128>) {
    if let (Some(found), Some(expected)) = (units(found), expected) {
        assert_eq!(found, expected);
    }
}

impl Plain {
    fn check(&self, history: &CustomerHistory, as_of: NaiveDate) {
        let days: Vec<_> = self.days.keys().copied().collect();
        let purchases: usize = self.days.values().map(Vec::len).sum();
        assert_eq!((history.purchases(), history.purchase_days()), (purchases as u64, days.len() as u64));
        assert_eq!((history.first_purchase(), history.last_purchase()), (days.first().copied(), days.last().copied()));
        assert_eq!(history.credits(), self.credits.len() as u64);
        let spend = sum(self.days.values().flatten().copied());
        same_money(history.spend(), spend);
        same_money(history.credited(), sum(self.credits.iter().copied()));
        same_money(history.first_day_spend(), sum(self.days.values().take(1).flatten().copied()));
        let since = days.last().map(|&last| (as_of - last).num_days());
        assert_eq!(history.days_since_last(as_of).map(i64::from), since);
        let gaps: Vec<i64> = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect();
        match history.gaps() {
            None => assert!(gaps.is_empty()),
            Some(found) => {
                assert_eq!(usize::try_from(found.count()), Ok(gaps.len()));
                assert_eq!(Some(i64::from(found.shortest_days())), gaps.iter().min().copied());
                assert_eq!(Some(i64::from(found.longest_days())), gaps.iter().max().copied());
                let total: i64 = gaps.iter().sum();
                assert!((found.mean_days() - total as f64 / gaps.len() as f64).abs() <= 1e-9 * found.mean_days());
                assert!(found.ln_sum().is_finite() && found.standard_deviation_days().is_none_or(|sd| sd >= 0.0));
            }
        }
    }
}

/// Whatever the records: as counted plainly, in any order, in parts or in columns, or an error for a sum that is too large.
pub fn records(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let as_of = first_day() + Days::new(bytes.below(800) as u64);
    let mut rows = Vec::new();
    while !bytes.is_empty() && rows.len() < 200 {
        rows.push(Row::of(&mut bytes));
    }
    let Ok(records) = rows.iter().map(Row::record).collect::<Result<Vec<_>, _>>() else { return };
    let calendar = ShopCalendar::utc();
    let log = match PurchaseLog::from_records(records.iter().cloned(), &calendar) {
        Ok(log) => log,
        Err(error) => return assert!(is_overflow(&error), "{error}"),
    };
    let ledger = match log.ledger(as_of) {
        Ok(ledger) => ledger,
        Err(error) => {
            assert!(is_overflow(&error), "{error}");
            let far = rows.iter().any(|row| row.amount.mantissa().unsigned_abs().leading_zeros() < 70);
            let fine = rows.iter().any(|row| row.amount.scale().max(row.refunded.scale()) > 10);
            assert!(far || fine, "refused without a reason: {error}");
            return;
        }
    };

    let mut plain: BTreeMap<u8, Plain> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.day <= as_of) {
        let customer = plain.entry(row.customer).or_default();
        if row.is_purchase() {
            customer.days.entry(row.day).or_default().push(row.net());
        } else if row.is_credit {
            customer.credits.push(units(row.amount));
        }
    }
    let bought: Vec<_> = plain.iter().filter(|(_, customer)| !customer.days.is_empty()).collect();
    assert_eq!(ledger.ids().iter().collect::<Vec<_>>(), bought.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    for ((_, customer), (_, history)) in bought.iter().zip(ledger.iter()) {
        customer.check(&history, as_of);
    }
    rates(&rows, &log, as_of);

    // In another order; and split by customer, and merged.
    let turned = PurchaseLog::from_records(records.iter().rev().cloned(), &calendar).expect("the same records");
    assert!(turned.ledger(as_of).as_ref() == Ok(&ledger));
    let half = |keep: &dyn Fn(&Row) -> bool| {
        let kept = rows.iter().zip(&records).filter(|(row, _)| keep(row)).map(|(_, record)| record.clone());
        Ledger::from_records(kept, &calendar, as_of)
    };
    if let (Ok(mut left), Ok(right)) = (half(&|row| row.customer < 3), half(&|row| row.customer >= 3)) {
        match left.merge(&right) {
            Ok(()) => assert!(left == ledger, "parts are not the whole"),
            Err(error) => assert!(is_overflow(&error), "{error}"),
        }
    }
    columns(&rows, as_of);
}

fn is_overflow(error: &Error) -> bool {
    match error {
        Error::AmountOverflow { .. } => true,
        other => {
            std::error::Error::source(other).and_then(|cause| cause.downcast_ref()).is_some_and(is_overflow)
                || other.to_string().contains("96 bits")
                || other.to_string().contains("does not fit")
        }
    }
}

/// Rates by their definitions, over sets of orders.
fn rates(rows: &[Row], log: &PurchaseLog<u8>, as_of: NaiveDate) {
    let start = first_day() + Days::new(100);
    let Ok(window) = Window::last_days(as_of, 180) else { return };
    let next = Window::new(window.end(), window.end() + Days::new(90)).expect("a window");
    let purchases: Vec<_> = rows.iter().filter(|row| row.is_purchase()).collect();
    let of = |window: Window| {
        let mut counts: BTreeMap<u8, (u64, BTreeSet<NaiveDate>)> = BTreeMap::new();
        for row in purchases.iter().filter(|row| window.contains(row.day)) {
            let (orders, days) = counts.entry(row.customer).or_default();
            *orders += 1;
            days.insert(row.day);
        }
        counts
    };
    let before = |customer: u8, day: NaiveDate| purchases.iter().any(|row| row.customer == customer && row.day < day);
    let counts = of(window);
    let ratio = |count: usize, of: usize| Ratio::new(count as u64, of as u64).expect("a part");
    for by_day in [false, true] {
        let occasion = if by_day { Occasion::Day } else { Occasion::Order };
        let many = |(orders, days): &(u64, BTreeSet<NaiveDate>)| if by_day { days.len() } else { *orders as usize };
        let all: usize = counts.values().map(many).sum();
        let inside = repurchase_rate(log, window, &RateOptions::default().with_occasion(occasion));
        assert_eq!(inside.users, ratio(counts.values().filter(|count| many(count) > 1).count(), counts.len()));
        assert_eq!(inside.orders, ratio(all - counts.len(), all));
        let firsts = counts.keys().filter(|&&customer| !before(customer, window.start())).count();
        let options = RateOptions::default().with_occasion(occasion).with_scope(Scope::Lifetime);
        let lifetime = repurchase_rate(log, window, &options);
        assert_eq!(lifetime.orders, ratio(all - firsts, all));
        let returning = counts.iter().filter(|(customer, count)| before(**customer, window.start()) || many(count) > 1);
        assert_eq!(inside.returning, ratio(returning.count(), counts.len()));
    }
    let later = of(next);
    let back = counts.keys().filter(|customer| later.contains_key(customer)).count();
    assert_eq!(next_window_rate(log, window, next), ratio(back, counts.len()));
    assert!(start > first_day());
}

/// The same records as columns.
fn columns(rows: &[Row], as_of: NaiveDate) {
    let plain = rows.iter().filter(|row| row.refunded == Decimal::ZERO && (row.is_credit || !row.amount.is_zero()));
    let cents: Option<Vec<(u8, i64, i64, Row)>> = plain
        .map(|row| {
            let cents = units(row.amount)? / 10_i128.pow(26);
            let exact = Decimal::from_i128_with_scale(cents, 2) == row.amount;
            let seconds = row.day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
            let cents = i64::try_from(if row.is_credit { -cents } else { cents }).ok()?;
            exact.then_some((row.customer, seconds, cents, *row))
        })
        .collect();
    let Some(cents) = cents else { return };
    let customers: Vec<u8> = cents.iter().map(|row| row.0).collect();
    let (seconds, amounts): (Vec<i64>, Vec<i64>) = cents.iter().map(|row| (row.1, row.2)).unzip();
    let columns = RecordColumns::new(&customers, &seconds, &amounts, 2).expect("of one length");
    let Ok(log) = PurchaseLog::from_columns(columns, &ShopCalendar::utc()) else { return };
    let records = cents.iter().map(|row| {
        row.3.record().map(|record| match record {
            Record::Order(order) => Record::from(order),
            Record::Credit(credit) => Record::from(credit),
        })
    });
    let records = records.collect::<Result<Vec<_>, _>>().expect("records");
    let by_records = PurchaseLog::from_records(records, &ShopCalendar::utc()).expect("records of valid days");
    match (log.ledger(as_of), by_records.ledger(as_of)) {
        (Ok(left), Ok(right)) => assert!(left == right, "columns are not the records"),
        (left, right) => assert_eq!(left.is_ok(), right.is_ok()),
    }
}
