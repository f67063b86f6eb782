//! D1, D2, D3: from orders to repurchase rates of many windows. K1, K2: from orders to cohorts in money.

use chrono::NaiveDate;
use repurchase::measure::{
    CohortOptions, CohortRow, CohortTable, Life, RateOptions, RepurchaseRates, repurchase_rates,
};
use repurchase::record::{Period, Window, Windows};
use repurchase::rust_decimal::Decimal;

use super::log;
use crate::Result;
use crate::columns::{Orders, Shop};
use crate::stopwatch::Stopwatch;

const WINDOW_DAYS: u32 = 90;

pub(super) fn months(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    race(orders, &months_of(shop)?, clock)
}

pub(super) fn quarters_up_to_month_ends(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let month_ends = months_of(shop)?.iter().map(Window::last).collect::<Vec<_>>();
    race(orders, &Windows::trailing(WINDOW_DAYS, month_ends)?, clock)
}

pub(super) fn quarters_up_to_every_day(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let days = shop.first_day.iter_days().take_while(|day: &NaiveDate| *day <= shop.as_of);
    race(orders, &Windows::trailing(WINDOW_DAYS, days)?, clock)
}

fn months_of(shop: &Shop) -> Result<Windows> {
    Ok(Windows::periods(Period::Month, shop.first_day, shop.as_of)?)
}

fn race(orders: &Orders, windows: &Windows, clock: &mut Stopwatch) -> Result<String> {
    let rates = clock.time(|| Ok(repurchase_rates(&log(orders)?, windows, &RateOptions::default())))?;
    // Weights of 1 to 7 in turn, so that numbers in the wrong window are noticed.
    let weighted = |number: fn(&RepurchaseRates) -> u64| -> u64 {
        rates.iter().zip((1..=7).cycle()).map(|(rates, weight)| weight * number(rates)).sum()
    };
    Ok(format!(
        "w={} u={} r={} o={}",
        rates.len(),
        weighted(|rates| rates.users.of()),
        weighted(|rates| rates.users.count()),
        weighted(|rates| rates.orders.of())
    ))
}

pub(super) fn cohorts_by_month(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    cohorts(shop, orders, Life::Calendar, clock)
}

pub(super) fn cohorts_by_30_days(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    cohorts(shop, orders, Life::Days(30), clock)
}

/// Customers, purchases and revenue by month of the first purchase and month of life.
fn cohorts(shop: &Shop, orders: &Orders, life: Life, clock: &mut Stopwatch) -> Result<String> {
    let options = CohortOptions::default().with_period(Period::Month).with_life(life);
    let table = clock.time(|| Ok(CohortTable::of(&log(orders)?, shop.as_of, &options)?))?;
    let rows = || table.rows();
    let revenue: Decimal = rows().map(|row| row.revenue * Decimal::from(row.offset + 1)).sum();
    let weighted =
        |number: fn(&CohortRow) -> u64| -> u64 { rows().map(|row| u64::from(row.offset + 1) * number(&row)).sum() };
    let (customers, purchases) = (weighted(|row| row.active_customers), weighted(|row| row.purchases));
    Ok(format!("cells={} c={customers} o={purchases} m={revenue}", rows().count()))
}
