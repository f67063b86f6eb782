//! The state of one order.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::event::OrderEvent;
use crate::error::{Error, Result};
use crate::number::money;
use crate::record::{Order, OrderStatus};

/// An order or a credit, placed or waiting to be.
#[derive(Debug, Clone)]
pub(super) struct Entry<OrderId> {
    pub(super) id: OrderId,
    pub(super) is_credit: bool,
    pub(super) placed: Option<Placed>,
    /// The next entry of the person, in a ring.
    pub(super) next: u32,
    pub(super) status: Option<(DateTime<Utc>, OrderStatus)>,
    /// The changes, which most orders never have.
    pub(super) changes: Option<Box<Changes<OrderId>>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    /// The number of the id that was given.
    pub(super) customer: u32,
    pub(super) at: DateTime<Utc>,
    pub(super) amount: Decimal,
}

impl Placed {
    pub(super) fn event<OrderId, Id>(self, customer: Id, is_credit: bool) -> OrderEvent<OrderId, Id> {
        let Self { at, amount, .. } = self;
        if is_credit {
            OrderEvent::Credited { customer, at, amount }
        } else {
            OrderEvent::Placed { customer, at, amount }
        }
    }
}

/// An amount of an instant.
type Sum = (DateTime<Utc>, Decimal);

#[derive(Debug, Clone)]
pub(super) struct Changes<OrderId> {
    /// The latest of each.
    pub(super) amount: Option<Sum>,
    pub(super) refunded: Option<Sum>,
    pub(super) fully_refunded: Option<DateTime<Utc>>,
    pub(super) lines: BTreeMap<OrderId, Sum>,
    pub(super) refunds: BTreeMap<OrderId, Sum>,
}

impl<OrderId> Default for Changes<OrderId> {
    fn default() -> Self {
        Self { amount: None, refunded: None, fully_refunded: None, lines: BTreeMap::new(), refunds: BTreeMap::new() }
    }
}

/// The outcome of a statement.
pub(super) enum Outcome<OrderId, Id> {
    New,
    Known,
    /// The statement contradicts this earlier one.
    Contradicts(OrderEvent<OrderId, Id>),
}

impl<OrderId: Clone + Ord> Entry<OrderId> {
    /// Takes in what is said of an order that may be there or not; who placed it is not said here.
    pub(super) fn apply<Id>(&mut self, event: &OrderEvent<OrderId, Id>) -> Outcome<OrderId, Id> {
        use OrderEvent as Said;
        match event {
            Said::Paid { at } => self.stand(*at, OrderStatus::Paid),
            Said::Unpaid { at } => self.stand(*at, OrderStatus::Unpaid),
            Said::Cancelled { at } => self.stand(*at, OrderStatus::Cancelled),
            &Said::AmountChanged { at, amount } => {
                latest(&mut self.changes().amount, (at, amount), |(at, amount)| Said::AmountChanged { at, amount })
            }
            &Said::RefundedInAll { at, amount } => {
                latest(&mut self.changes().refunded, (at, amount), |(at, amount)| Said::RefundedInAll { at, amount })
            }
            Said::FullyRefunded { at } => {
                let known = &mut self.changes().fully_refunded;
                if *known >= Some(*at) {
                    return Outcome::Known;
                }
                *known = Some(*at);
                Outcome::New
            }
            Said::LineAdded { line, at, amount } => once(&mut self.changes().lines, line, (*at, *amount), |known| {
                Said::LineAdded { line: line.clone(), at: known.0, amount: known.1 }
            }),
            Said::Refunded { refund, at, amount } => {
                once(&mut self.changes().refunds, refund, (*at, *amount), |known| Said::Refunded {
                    refund: refund.clone(),
                    at: known.0,
                    amount: known.1,
                })
            }
            Said::Placed { .. } | Said::Credited { .. } => Outcome::Known,
        }
    }

    fn stand<Id>(&mut self, at: DateTime<Utc>, status: OrderStatus) -> Outcome<OrderId, Id> {
        let turn = |(at, status): (DateTime<Utc>, OrderStatus)| {
            let further = match status {
                OrderStatus::Unpaid => 0,
                OrderStatus::Paid => 1,
                OrderStatus::Cancelled => 2,
            };
            (at, further)
        };
        if self.status.map(turn) >= Some(turn((at, status))) {
            return Outcome::Known;
        }
        self.status = Some((at, status));
        Outcome::New
    }

    fn changes(&mut self) -> &mut Changes<OrderId> {
        self.changes.get_or_insert_default()
    }

    /// The order as it stands, of a customer.
    pub(super) fn order<Id>(&self, placed: Placed, customer: Id) -> Result<Order<Id>> {
        let status = self.status.map_or(OrderStatus::Unpaid, |(_, status)| status);
        let Some(changes) = &self.changes else {
            return Ok(Order::new(customer, placed.at, placed.amount)?.with_status(status));
        };
        let amount = match changes.amount {
            Some(latest) => with_later(latest, &changes.lines, "amount")?,
            None => sum(placed.amount, changes.lines.values(), "amount")?,
        };
        let refunded = match (changes.fully_refunded, changes.refunded) {
            (Some(fully), in_all) if in_all.is_none_or(|(at, _)| at <= fully) => amount,
            (_, Some(latest)) => with_later(latest, &changes.refunds, "refunded")?,
            (_, None) => sum(Decimal::ZERO, changes.refunds.values(), "refunded")?,
        };
        Order::new(customer, placed.at, amount)?.with_status(status).with_refunded(refunded)
    }

    /// The fewest events that say the same, in a fixed order; `customer` is who placed it.
    pub(super) fn events<Id>(&self, customer: impl FnOnce(u32) -> Id) -> Vec<OrderEvent<OrderId, Id>> {
        use OrderEvent as Said;
        let mut events = Vec::new();
        events.extend(self.placed.map(|placed| placed.event(customer(placed.customer), self.is_credit)));
        events.extend(self.status.map(|(at, status)| match status {
            OrderStatus::Paid => Said::Paid { at },
            OrderStatus::Unpaid => Said::Unpaid { at },
            OrderStatus::Cancelled => Said::Cancelled { at },
        }));
        if let Some(changes) = &self.changes {
            events.extend(changes.amount.map(|(at, amount)| Said::AmountChanged { at, amount }));
            events.extend(changes.refunded.map(|(at, amount)| Said::RefundedInAll { at, amount }));
            events.extend(changes.fully_refunded.map(|at| Said::FullyRefunded { at }));
            let lines = changes.lines.iter().map(|(line, sum)| (line.clone(), *sum));
            events.extend(lines.map(|(line, (at, amount))| Said::LineAdded { line, at, amount }));
            let refunds = changes.refunds.iter().map(|(refund, sum)| (refund.clone(), *sum));
            events.extend(refunds.map(|(refund, (at, amount))| Said::Refunded { refund, at, amount }));
        }
        events
    }
}

/// Keeps the statement of the later instant.
fn latest<OrderId, Id>(
    known: &mut Option<Sum>,
    found: Sum,
    event: impl FnOnce(Sum) -> OrderEvent<OrderId, Id>,
) -> Outcome<OrderId, Id> {
    match *known {
        Some(before) if before.0 == found.0 && before.1 != found.1 => Outcome::Contradicts(event(before)),
        Some(before) if before.0 >= found.0 => Outcome::Known,
        _ => {
            *known = Some(found);
            Outcome::New
        }
    }
}

/// Keeps the only statement of an id.
fn once<OrderId: Clone + Ord, Id>(
    known: &mut BTreeMap<OrderId, Sum>,
    id: &OrderId,
    found: Sum,
    event: impl FnOnce(Sum) -> OrderEvent<OrderId, Id>,
) -> Outcome<OrderId, Id> {
    match known.get(id) {
        Some(&before) if before == found => Outcome::Known,
        Some(&before) => Outcome::Contradicts(event(before)),
        None => {
            known.insert(id.clone(), found);
            Outcome::New
        }
    }
}

/// A sum as of an instant, and what came after it.
fn with_later<OrderId>((at, start): Sum, sums: &BTreeMap<OrderId, Sum>, field: &'static str) -> Result<Decimal> {
    sum(start, sums.values().filter(|later| later.0 > at), field)
}

fn sum<'a>(start: Decimal, sums: impl Iterator<Item = &'a Sum>, field: &'static str) -> Result<Decimal> {
    let mut sum = start;
    for &(_, amount) in sums {
        sum = money::exact_sum(sum, amount).ok_or(Error::AmountOverflow { field })?;
    }
    Ok(sum)
}
