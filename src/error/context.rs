//! The context of an error: at which record, to which customer, of which order.

use core::fmt::Debug;
use core::ops::RangeInclusive;

use rust_decimal::Decimal;

use super::{Error, Result};

impl Error {
    pub(crate) fn at_record(self, index: usize) -> Self {
        Self::Record { index, cause: Box::new(self) }
    }

    pub(crate) fn of_customer(self, customer: &impl Debug) -> Self {
        Self::Customer { customer: name(customer), cause: Box::new(self) }
    }

    pub(crate) fn of_order(self, order: &impl Debug) -> Self {
        Self::Order { order: name(order), cause: Box::new(self) }
    }

    pub(crate) fn contradiction<T: Debug>(order: &impl Debug, known: &T, found: &T) -> Self {
        Self::Contradiction { known: name(known), found: name(found) }.of_order(order)
    }

    /// The error of a sum or an amount that has no room, because of the amount that set the scale, if it is known.
    pub(crate) fn of_finest(self, finest: Option<(usize, Decimal)>) -> Self {
        match finest {
            Some((index, amount)) => Self::FinestAmount { index, amount, cause: Box::new(self) },
            None => self,
        }
    }

    /// Refuses a whole number outside a range.
    pub(crate) fn within(field: &'static str, found: impl Into<u64>, range: RangeInclusive<u64>) -> Result<()> {
        let (found, min, max) = (found.into(), *range.start(), *range.end());
        if range.contains(&found) { Ok(()) } else { Err(Self::OutOfRange { field, found, min, max }) }
    }

    /// Refuses an amount of 0 or below.
    pub(crate) fn above_zero(field: &'static str, found: Decimal) -> Result<Decimal> {
        if found > Decimal::ZERO { Ok(found) } else { Err(Self::Amount { field, found, expected: "above 0" }) }
    }

    /// Refuses an amount below 0; the sign of a zero is dropped.
    pub(crate) fn not_negative(field: &'static str, found: Decimal) -> Result<Decimal> {
        if found < Decimal::ZERO { Err(Self::Amount { field, found, expected: "0 or more" }) } else { Ok(found.abs()) }
    }

    /// Refuses a list that does not ascend: `descends` says so of two neighbours.
    pub(crate) fn ascending<T>(what: &'static str, list: &[T], descends: impl Fn(&T, &T) -> bool) -> Result<()> {
        match list.windows(2).position(|pair| descends(&pair[0], &pair[1])) {
            Some(position) => Err(Self::NotAscending { what, position: position + 1 }),
            None => Ok(()),
        }
    }

    pub(crate) fn duplicate(customer: &impl Debug) -> Self {
        Self::DuplicateCustomer { customer: name(customer) }
    }

    pub(crate) fn unknown(customer: &impl Debug) -> Self {
        Self::UnknownCustomer { customer: name(customer) }
    }

    pub(crate) fn bytes(what: impl Into<Box<str>>, problem: impl Into<Box<str>>) -> Self {
        Self::Bytes { what: what.into(), problem: problem.into() }
    }

    pub(crate) fn tally_short(value: &impl Debug, asked: u64, counted: u64) -> Self {
        Self::TallyShort { value: name(value), asked, counted }
    }

    pub(crate) fn points_order(order: &impl Debug, problem: &'static str) -> Self {
        Self::PointsOrder { order: name(order), problem }
    }
}

/// The name of a customer or an order in an error.
fn name(customer: &impl Debug) -> Box<str> {
    format!("{customer:?}").into()
}
