//! One order's row: what was said of it, what the library makes of that, and what further statements change.

use chrono::{DateTime, Utc};
use repurchase::Error;
use repurchase::record::{OrderBook, Record};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::StoreError;
use super::erase::is_forgotten;
use crate::event::ShopEvent;
use crate::metrics::in_library;
use crate::money::Currency;
use crate::order::ShopOrder;

/// What comes in of one order or credit.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) order_id: String,
    pub(crate) said: Said,
}

#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// What happened.
    Events(Vec<ShopEvent>),
    /// How the order stood at an instant, in microseconds: what an export says.
    AsOf(i64, ShopOrder),
    /// What holds in place of all that was said before: a correction.
    Instead(ShopOrder),
}

impl Said {
    pub(super) fn is_credit(&self) -> bool {
        matches!(self, Self::Events(events) if events.iter().any(ShopEvent::is_credit))
    }

    /// Whose the order is, if that is said.
    pub(super) fn customer(&self) -> Option<&str> {
        match self {
            Self::Events(events) => events.iter().find_map(ShopEvent::customer),
            Self::AsOf(_, order) | Self::Instead(order) => Some(&order.customer_id),
        }
    }
}

/// An order or a credit, by its id.
pub(super) type Key = (String, bool);

/// What is stored of an order.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderRow {
    pub(crate) statements: Vec<ShopEvent>,
    /// The person, by name; `None` while nothing has placed the order.
    pub(crate) customer_id: Option<String>,
}

impl OrderRow {
    /// From the columns `order_id, is_credit, statements, customer_id`.
    pub(super) fn read(row: &AnyRow) -> Result<(Key, Self), StoreError> {
        let (order_id, is_credit): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        let statements = serde_json::from_str(row.try_get(2)?);
        let statements = statements.map_err(|error| StoreError::corrupt("order", &order_id, &error))?;
        Ok(((order_id, is_credit != 0), Self { statements, customer_id: row.try_get(3)? }))
    }

    /// Who is said to have placed it.
    pub(super) fn placed_by(&self) -> Option<&str> {
        self.statements.iter().find_map(ShopEvent::customer)
    }
}

/// An order with what was said of it now.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) statements: Vec<ShopEvent>,
    /// As it stood and as it stands; `None` while nothing has placed it.
    pub(super) before: Option<Record<String>>,
    pub(super) after: Option<Record<String>>,
    /// How many of the statements said anything new.
    pub(super) new: usize,
}

/// A book of one order.
struct OneOrder<'a> {
    order_id: &'a str,
    aliases: &'a [(String, String)],
    currency: Currency,
    book: OrderBook<String, String>,
}

impl<'a> OneOrder<'a> {
    fn new(order_id: &'a str, aliases: &'a [(String, String)], currency: Currency) -> repurchase::Result<Self> {
        let mut book = OrderBook::new();
        for (from, to) in aliases {
            book.alias(from.clone(), to.clone())?;
        }
        Ok(Self { order_id, aliases, currency, book })
    }

    fn say(&mut self, event: &ShopEvent) -> repurchase::Result<bool> {
        self.book.record(self.order_id.to_owned(), event.to_event(self.currency))
    }

    fn record(&self) -> repurchase::Result<Option<Record<String>>> {
        self.book.records().next().transpose()
    }
}

/// Says to a stored order, or to one that is not stored yet, what is said of it now, by the statements' places.
pub(super) fn apply(
    order_id: &str,
    row: OrderRow,
    said: &[(usize, &Said)],
    aliases: &[(String, String)],
    currency: Currency,
) -> Result<Applied, StoreError> {
    in_library(|| {
        let corrupt = |error: Error| StoreError::corrupt("order", order_id, &error);
        let mut one = OneOrder::new(order_id, aliases, currency).map_err(corrupt)?;
        let mut statements = row.statements;
        for event in &statements {
            one.say(event).map_err(corrupt)?;
        }
        let before = one.record().map_err(corrupt)?;
        let mut new = 0;
        for (place, said) in said {
            let refused = |error| refused(*place, order_id, error);
            let events = match said {
                Said::Events(events) => events.clone(),
                Said::AsOf(at, order) => as_of(*at, order, &statements, &one).map_err(refused)?,
                Said::Instead(_) if statements.is_empty() => return Err(StoreError::NoOrder(order_id.to_owned())),
                Said::Instead(order) => {
                    let events = order.events(order.placed_at);
                    new += usize::from(events != statements);
                    one = OneOrder::new(order_id, one.aliases, currency).map_err(corrupt)?;
                    statements.clear();
                    for event in &events {
                        one.say(event).map_err(refused)?;
                    }
                    statements = events;
                    continue;
                }
            };
            let known = statements.len();
            for event in events {
                if let Some([known, found]) = event.other_product(&statements) {
                    let order_id = order_id.to_owned();
                    return Err(StoreError::Contradiction { statement: *place, order_id, known, found });
                }
                if one.say(&event).map_err(refused)? {
                    statements.push(event);
                }
            }
            new += usize::from(statements.len() > known);
        }
        let last = said.last().map_or(0, |(place, _)| *place);
        let after = one.record().map_err(|error| refused(last, order_id, error))?;
        Ok(Applied { statements, before, after, new })
    })
}

/// What an export says of an order that may be known: who placed it and when must agree, the rest may have changed.
fn as_of(
    at: i64,
    order: &ShopOrder,
    statements: &[ShopEvent],
    one: &OneOrder<'_>,
) -> repurchase::Result<Vec<ShopEvent>> {
    let placed = statements.iter().find_map(|event| match event {
        ShopEvent::Placed { amount, .. } => Some(*amount),
        _ => None,
    });
    let standing = one.record()?.as_ref().and_then(|record| standing(record, one.currency));
    let Some((amount, standing)) = placed.zip(standing) else { return Ok(order.events(at)) };
    if is_forgotten(&standing.customer_id) {
        // Old exports still name whoever wanted to be forgotten.
        return Ok(Vec::new());
    }
    let placed = ShopEvent::Placed { customer: order.customer_id.clone(), at: order.placed_at, amount };
    let mut events = vec![placed];
    events.extend(order.changes(&standing, at));
    Ok(events)
}

/// The order as it stands by what was said of it; `None` while nothing has placed it.
pub(crate) fn order_of(order_id: &str, row: &OrderRow, currency: Currency) -> Result<Option<ShopOrder>, StoreError> {
    let applied = apply(order_id, row.clone(), &[], &[], currency)?;
    Ok(applied.after.as_ref().and_then(|record| standing(record, currency)))
}

/// An order in the columns of the database; `None` for an amount that they cannot hold. A credit is one that is paid.
pub(super) fn standing(record: &Record<String>, currency: Currency) -> Option<ShopOrder> {
    let micros = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_micros());
    Some(match record {
        Record::Order(order) => ShopOrder {
            customer_id: order.customer().clone(),
            placed_at: micros(order.placed_at())?,
            amount: currency.minor(order.amount())?,
            refunded: currency.minor(order.refunded())?,
            status: order.status().into(),
        },
        Record::Credit(credit) => ShopOrder {
            customer_id: credit.customer().clone(),
            placed_at: micros(credit.issued_at())?,
            amount: currency.minor(credit.amount())?,
            refunded: 0,
            status: crate::order::Status::Paid,
        },
    })
}

fn refused(statement: usize, order_id: &str, error: Error) -> StoreError {
    let order_id = order_id.to_owned();
    let source = if let Error::Order { cause, .. } = error { *cause } else { error };
    match source {
        Error::Contradiction { known, found } => {
            StoreError::Contradiction { statement, order_id, known: known.into(), found: found.into() }
        }
        source => StoreError::Refused { statement, order_id, source },
    }
}
