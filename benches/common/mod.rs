//! A made-up shop: the same orders on every run.

#![allow(dead_code, reason = "each bench takes what it needs")]

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, NaiveDate};
use criterion::Criterion;
use repurchase::record::{OrderLine, RecordColumns};
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

pub(crate) type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

/// How many orders a shop has, unless a bench says otherwise.
pub(crate) const ORDERS: usize = 100_000;

/// The decimals of money.
const SCALE: u32 = 2;

/// Orders to a customer, on average: most buy once or twice, a few very often.
const ORDERS_A_CUSTOMER: usize = 8;

const FIRST_SECOND: i64 = 1_672_531_200;
const DAYS: i64 = 1096;

/// Short enough for all benches in a few minutes.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}

/// The last day of the shop's three years, 2025-12-31.
pub(crate) fn as_of() -> Result<NaiveDate> {
    Ok(day(DAYS - 1).ok_or("a day beyond chrono's limits")?)
}

/// The first day, 2023-01-01.
pub(crate) fn first_day() -> Result<NaiveDate> {
    Ok(day(0).ok_or("a day beyond chrono's limits")?)
}

fn day(number: i64) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp(FIRST_SECOND + number * 86_400, 0)?.date_naive())
}

/// Orders as columns.
pub(crate) struct Orders {
    customers: Vec<u64>,
    unix_seconds: Vec<i64>,
    cents: Vec<i64>,
}

impl Orders {
    /// So many orders in no order.
    pub(crate) fn shuffled(count: usize) -> Self {
        let mut random = Random(20_240_601);
        let customers = (count / ORDERS_A_CUSTOMER).max(1) as u64;
        let mut orders = Self { customers: Vec::new(), unix_seconds: Vec::new(), cents: Vec::new() };
        for _ in 0..count {
            // The smallest of three numbers: low numbers, and so their customers, come up often.
            let number = (0..3).map(|_| random.below(customers)).min().unwrap_or(0);
            // Ten digits, in no relation to how often a customer buys.
            orders.customers.push(1_000_000_000 + number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 9_000_000_000);
            orders.unix_seconds.push(FIRST_SECOND + random.below_i64(DAYS * 86_400));
            orders.cents.push(1 + random.below_i64(200) * random.below_i64(200));
        }
        orders
    }

    /// The same, by time.
    pub(crate) fn sorted(count: usize) -> Self {
        let orders = Self::shuffled(count);
        let mut rows: Vec<usize> = (0..count).collect();
        rows.sort_by_key(|&row| orders.unix_seconds[row]);
        Self {
            customers: rows.iter().map(|&row| orders.customers[row]).collect(),
            unix_seconds: rows.iter().map(|&row| orders.unix_seconds[row]).collect(),
            cents: rows.iter().map(|&row| orders.cents[row]).collect(),
        }
    }

    pub(crate) fn columns(&self) -> Result<RecordColumns<'_, u64>> {
        Ok(RecordColumns::new(&self.customers, &self.unix_seconds, &self.cents, SCALE)?)
    }

    pub(crate) fn records(&self) -> Result<Vec<Order<u64>>> {
        let rows = self.customers.iter().zip(&self.unix_seconds).zip(&self.cents);
        rows.map(|((&customer, &seconds), &cents)| {
            let placed_at = DateTime::from_timestamp(seconds, 0).ok_or("an instant beyond chrono's limits")?;
            Ok(Order::new(customer, placed_at, Decimal::new(cents, SCALE))?)
        })
        .collect()
    }

    /// A line for each order, of one of so many products: few of them sell often, as a shop's do.
    pub(crate) fn lines(&self, products: u64) -> Result<Vec<OrderLine<u64, u64>>> {
        let mut random = Random(7);
        let rows = self.customers.iter().zip(&self.unix_seconds).zip(&self.cents);
        rows.map(|((&customer, &seconds), &cents)| {
            let placed_at = DateTime::from_timestamp(seconds, 0).ok_or("an instant beyond chrono's limits")?;
            let product = (0..4).map(|_| random.below(products)).min().unwrap_or(0);
            let quantity = Decimal::from(1 + random.below(4) * random.below(4));
            Ok(OrderLine::new(customer, placed_at, product, quantity, Decimal::new(cents, SCALE))?)
        })
        .collect()
    }

    pub(crate) fn log(&self) -> Result<PurchaseLog<u64>> {
        Ok(PurchaseLog::from_columns(self.columns()?, &ShopCalendar::utc())?)
    }

    pub(crate) fn ledger(&self) -> Result<Ledger<u64>> {
        Ok(self.log()?.ledger(as_of()?)?)
    }
}

/// The orders of the CD shop.
pub(crate) fn cdnow() -> Result<PurchaseLog<String>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("../../examples/data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, String, String) = row?;
        orders.push(Order::on(customer, day.parse()?, amount.parse()?)?);
    }
    Ok(PurchaseLog::from_records(orders, &ShopCalendar::utc())?)
}

/// Steele, Lea and Flood's `SplitMix64`.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn below_i64(&mut self, bound: i64) -> i64 {
        i64::try_from(self.next() >> 1).unwrap_or(0) % bound
    }
}
