//! The CDNOW sample, with which an empty shop starts: 2,357 customers who first bought music in early 1997.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use repurchase::rust_decimal::Decimal;

use crate::order::{ShopOrder, Status};
use crate::store::{Said, Statement, Store};

const ORDERS: &str = include_str!("../../data/cdnow_orders.csv");
/// Orders of one transaction.
const BATCH: usize = 1_000;

/// Loads the sample into a shop without orders.
pub(crate) async fn load(store: &Store) -> Result<(), Box<dyn std::error::Error>> {
    let orders = read(store)?;
    for batch in orders.chunks(BATCH) {
        store.record(batch).await?;
    }
    tracing::info!(orders = orders.len(), "the CDNOW sample is loaded");
    Ok(())
}

fn read(store: &Store) -> Result<Vec<Statement>, Box<dyn std::error::Error>> {
    let mut orders = Vec::new();
    for (row, line) in csv::Reader::from_reader(ORDERS.as_bytes()).deserialize().zip(2..) {
        let (customer_id, day, amount): (String, NaiveDate, Decimal) = row?;
        let amount = store.currency().minor(amount).ok_or("the sample's amounts have two decimals")?;
        let placed_at: DateTime<Utc> = noon(store, day).ok_or("the sample's days have a noon")?;
        let placed_at = placed_at.timestamp_micros();
        let order = ShopOrder { customer_id, placed_at, amount, refunded: 0, status: Status::Paid };
        orders.push(Statement { order_id: format!("cdnow-{line}"), said: Said::Events(order.events(placed_at)) });
    }
    Ok(orders)
}

fn noon(store: &Store, day: NaiveDate) -> Option<DateTime<Utc>> {
    let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0)?);
    Some(store.calendar().zone().from_local_datetime(&noon).single()?.to_utc())
}
