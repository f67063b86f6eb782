//! A larger shop, which fills many partitions.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use repurchase::record::{Credit, Record, RecordColumns};
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::END;
use super::oracle::{Naive, assert_history};

/// 200,000 rows of 5,000 customers over ten years, in no order: a linear congruential generator's.
fn large_columns() -> (Vec<u64>, Vec<i64>, Vec<i64>) {
    let mut state = 1u64;
    let mut next = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let (mut customers, mut seconds, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..200_000 {
        customers.push(next(5_000));
        seconds.push(i64::try_from(next(315_360_000)).unwrap());
        amounts.push(i64::try_from(next(100_000)).unwrap() - 5_000);
    }
    (customers, seconds, amounts)
}

#[test]
fn a_large_shop_is_the_naive_fold_in_any_order() {
    let (customers, seconds, amounts) = large_columns();
    let calendar = ShopCalendar::new(FixedOffset::east_opt(8 * 3600).unwrap());
    let columns = RecordColumns::new(&customers, &seconds, &amounts, 2).unwrap();
    let ledger = PurchaseLog::from_columns(columns, &calendar).unwrap().ledger(END).unwrap();

    let mut rows: Vec<_> =
        customers.into_iter().zip(seconds).zip(amounts).map(|((id, at), cents)| (at, id, cents)).collect();
    rows.sort_unstable();
    let mut expected = BTreeMap::<u64, Naive>::new();
    for &(at, id, cents) in &rows {
        let day = DateTime::from_timestamp(at + 8 * 3600, 0).unwrap().date_naive();
        let (naive, units) = (expected.entry(id).or_default(), i128::from(cents) * 10i128.pow(26));
        if cents < 0 { naive.credits.push(-units) } else { naive.purchases.push((day, units)) }
    }
    assert_eq!(ledger.len(), expected.len());
    for ((id, history), (customer, naive)) in ledger.iter().zip(&expected) {
        assert_eq!(id, customer);
        assert_history(&history, naive);
    }
    let record = |&(at, id, cents): &(i64, u64, i64)| -> Record<u64> {
        let (at, amount) = (DateTime::from_timestamp(at, 0).unwrap(), Decimal::new(cents.abs(), 2));
        if cents < 0 { Credit::new(id, at, amount).unwrap().into() } else { Order::new(id, at, amount).unwrap().into() }
    };
    let sorted = Ledger::from_records(rows.iter().map(record), &calendar, END).unwrap();
    assert_eq!(sorted, ledger);
    assert_eq!(Ledger::from_histories(ledger.iter().map(|(id, history)| (*id, history)), END).unwrap().len(), 5_000);
}

#[test]
fn millions_of_orders_of_one_customer() {
    // Ten million where the compiler optimises; fewer in a debug build, for the reader's patience.
    let orders: u32 = if cfg!(debug_assertions) { 500_000 } else { 10_000_000 };
    let customers = vec!["ann"; orders as usize];
    let seconds: Vec<_> = (0..i64::from(orders)).map(|hour| hour * 3600).collect();
    let amounts = vec![i64::MAX; orders as usize];
    let columns = RecordColumns::new(&customers, &seconds, &amounts, 2).unwrap();
    let log = PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap();
    let ann = log.ledger(NaiveDate::MAX).unwrap().get(&"ann").unwrap();
    assert_eq!((ann.purchases(), ann.purchase_days()), (u64::from(orders), u64::from(orders.div_ceil(24))));
    assert_cents(ann.spend(), i128::from(i64::MAX) * i128::from(orders));
    assert_cents(ann.first_day_spend(), i128::from(i64::MAX) * 24);
    assert_eq!(ann.gaps().unwrap().standard_deviation_days(), Some(0.0));
}

#[track_caller]
fn assert_cents(amount: Decimal, cents: i128) {
    assert_eq!(amount, Decimal::try_from_i128_with_scale(cents, 2).expect("within 96 bits"));
}
