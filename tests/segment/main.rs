//! The room `segment`, through the public API: laws against naive oracles, edges, exact texts, stored forms.
//!
//! Oracles work on whole cents and whole days, with sorts and counts that are obviously right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::record::{Credit, Record};
use repurchase::segment::RfmScore;
use repurchase::{CustomerHistory, Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

mod amounts;
#[path = "../common/mod.rs"]
mod common;
mod conventions;
mod explain;
mod grid;
mod labels;
mod lifecycle;
mod missed_cycles;
mod octant;
mod region;
mod rfm;
mod rfm_edges;
#[cfg(feature = "serde")]
mod stored;
mod tally;
#[cfg(feature = "rayon")]
mod threads;
mod tier;

use common::{fixed_seed, money, noon};

/// The 400 days of random shops end with this one.
const LAST: u64 = 399;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(number)
}

fn cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// Out of ten bins each.
#[track_caller]
fn score(r: u8, f: u8, m: u8) -> RfmScore {
    RfmScore::new([r, f, m], [10; 3]).expect("a score")
}

#[track_caller]
fn order<Id>(customer: Id, number: u64, amount: Decimal) -> Record<Id> {
    Order::new(customer, noon(day(number)), amount).expect("an order").into()
}

#[track_caller]
fn credit<Id>(customer: Id, number: u64, amount: Decimal) -> Record<Id> {
    Credit::new(customer, noon(day(number)), amount).expect("a credit").into()
}

#[track_caller]
fn log_of(records: impl IntoIterator<Item = Record<u32>>) -> PurchaseLog<u32> {
    PurchaseLog::from_records(records, &ShopCalendar::utc()).expect("a log")
}

#[track_caller]
fn ledger_of(records: impl IntoIterator<Item = Record<u32>>) -> Ledger<u32> {
    log_of(records).ledger(day(LAST)).expect("a ledger")
}

/// One customer's purchases of 10 each.
#[track_caller]
fn history_of(days: &[u64]) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    for &number in days {
        history.record_purchase(day(number), Decimal::TEN).expect("ascending days");
    }
    history
}

/// Somebody of this last purchase day, this number of purchases and this revenue.
#[track_caller]
fn stranger(last: u64, purchases: u64, revenue: Decimal) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    for number in 0..purchases {
        let amount = if number == 0 { revenue.max(Decimal::ZERO) } else { Decimal::ZERO };
        history.record_purchase(day(last), amount).expect("one day");
    }
    if revenue < Decimal::ZERO {
        history.record_credit(-revenue).expect("above 0");
    }
    history
}

/// A purchase, or a credit where the cents are negative.
#[derive(Debug, Clone, Copy)]
struct Fact {
    customer: u32,
    day: u64,
    cents: i64,
}

impl Fact {
    fn record(self) -> Record<u32> {
        match self.cents {
            0.. => order(self.customer, self.day, cents(self.cents)),
            _ => credit(self.customer, self.day, cents(-self.cents)),
        }
    }
}

/// What the oracles know of a customer: days and cents of purchases, cents of credits.
#[derive(Debug, Clone, Default)]
struct Naive {
    purchases: Vec<(u64, i64)>,
    credited: i64,
}

impl Naive {
    fn last(&self) -> u64 {
        self.purchases.iter().map(|&(day, _)| day).max().expect("a purchase")
    }

    fn days(&self) -> u64 {
        let mut days: Vec<u64> = self.purchases.iter().map(|&(day, _)| day).collect();
        days.sort_unstable();
        days.dedup();
        days.len() as u64
    }

    fn span(&self) -> u64 {
        self.last() - self.purchases.iter().map(|&(day, _)| day).min().expect("a purchase")
    }

    fn spend(&self) -> i64 {
        self.purchases.iter().map(|&(_, cents)| cents).sum()
    }

    fn revenue(&self) -> i64 {
        self.spend() - self.credited
    }
}

/// Everybody of whom there is a fact within the days, by id.
fn naive(facts: &[Fact], days: core::ops::RangeInclusive<u64>) -> BTreeMap<u32, Naive> {
    let mut customers: BTreeMap<u32, Naive> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| days.contains(&fact.day)) {
        let customer = customers.entry(fact.customer).or_default();
        match fact.cents {
            0.. => customer.purchases.push((fact.day, fact.cents)),
            _ => customer.credited -= fact.cents,
        }
    }
    customers
}

/// Those with a purchase up to the last day.
fn buyers(facts: &[Fact]) -> BTreeMap<u32, Naive> {
    let mut customers = naive(facts, 0..=LAST);
    customers.retain(|_, customer| !customer.purchases.is_empty());
    customers
}

/// The definition of F and M: `1 + (k * below) / N` in integers.
fn share_below_score<T: Ord>(all: &[T], value: &T, bins: u8) -> u8 {
    let below = all.iter().filter(|other| *other < value).count();
    1 + u8::try_from(usize::from(bins) * below / all.len()).expect("at most k - 1")
}

/// The definition of R: `k - (k * above) / N` in integers.
fn share_above_score<T: Ord>(all: &[T], value: &T, bins: u8) -> u8 {
    let above = all.iter().filter(|other| *other > value).count();
    bins - u8::try_from(usize::from(bins) * above / all.len()).expect("at most k - 1")
}

/// A few customers with many ties: few days, few amounts, some credits, which may exceed what was spent.
fn shop() -> impl Strategy<Value = Vec<Fact>> {
    let day = prop_oneof![0..=LAST, (0..5u64).prop_map(|week| LAST - 7 * week)];
    let cents = prop_oneof![3 => 0..100_000i64, 3 => Just(999i64), 1 => -50_000..0i64, 1 => Just(0i64)];
    let fact = (0..40u32, day, cents).prop_map(|(customer, day, cents)| Fact { customer, day, cents });
    // At least one purchase, so that there is somebody to score.
    prop::collection::vec(fact, 0..80).prop_map(|mut facts| {
        facts.push(Fact { customer: 7, day: 200, cents: 1234 });
        facts
    })
}
