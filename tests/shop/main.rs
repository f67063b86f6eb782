//! The room `shop`, through the public API: one call for all against many calls for one against the parts by hand, parts
//! of a shop against the whole, stored forms, edges, rankings against a naive oracle.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::record::{Credit, Record};
use repurchase::shop::{Profile, Profiles, ShopModels, ShopOptions};
use repurchase::{Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

mod ahead;
mod all;
mod allocation;
mod audience;
mod calls;
#[path = "../predict/chance.rs"]
#[allow(dead_code, reason = "drawn from by the room of models, too")]
mod chance;
mod changes;
mod checked;
mod cohorts;
#[path = "../common/mod.rs"]
mod common;
mod credits;
mod edges;
mod explain;
mod leaving;
mod parts;
mod playbook;
mod rhythm;
#[cfg(feature = "serde")]
mod stored;
mod triggers;

use common::pools::on_any_number_of_threads;
use common::{fixed_seed, money, noon};

/// Day 0 is 2026-01-01.
fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(number)
}

const AS_OF: u64 = 200;

/// A customer, a day, cents; a negative amount is a credit.
type Row = (u16, u64, i64);

fn record((id, on, cents): Row) -> Record<u16> {
    let at = noon(day(on));
    let amount = Decimal::new(cents.abs(), 2);
    if cents < 0 { Credit::new(id, at, amount).unwrap().into() } else { Order::new(id, at, amount).unwrap().into() }
}

#[track_caller]
fn ledger(rows: &[Row]) -> Ledger<u16> {
    Ledger::from_records(rows.iter().copied().map(record), &ShopCalendar::utc(), day(AS_OF)).unwrap()
}

/// A few customers, of whom most come once or twice; some records lie after the as-of day.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let cents = prop_oneof![8 => 0..50_000i64, 1 => -9_000..-1i64];
    prop::collection::vec((0..40u16, 0..AS_OF + 5, cents), 1..120)
}

/// A shop that is large enough for several parts, and whose models can be fitted.
fn large(customers: u16) -> Vec<Row> {
    let mut random = 7u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    let mut rows = Vec::new();
    for id in 0..customers {
        let (first, gap, stays) = (below(AS_OF), 4 + below(9) * below(9), 30 + below(9) * below(9));
        let (mut on, usual) = (first, 500 + below(9_000));
        loop {
            rows.push((id, on, i64::try_from(usual / 2 + below(usual)).unwrap()));
            on += 1;
            while below(gap) > 0 {
                on += 1;
            }
            if on > AS_OF || below(100) > stays {
                break;
            }
        }
        if below(12) == 0 {
            rows.push((id, first, -i64::try_from(1 + below(400)).unwrap()));
        }
    }
    rows
}

#[track_caller]
fn fit(ledger: &Ledger<u16>, options: &ShopOptions) -> ShopModels {
    ShopModels::fit(ledger, options).unwrap()
}

fn all_of(profiles: &Profiles) -> Vec<Profile<'_>> {
    profiles.iter().collect()
}
