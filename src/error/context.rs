//! Where an error happened: at which record, to which customer, of which order.

use core::fmt::Debug;

use rust_decimal::Decimal;

use super::Error;

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

    pub(crate) fn duplicate(customer: &impl Debug) -> Self {
        Self::DuplicateCustomer { customer: name(customer) }
    }

    pub(crate) fn unknown(customer: &impl Debug) -> Self {
        Self::UnknownCustomer { customer: name(customer) }
    }

    pub(crate) fn tally_short(value: &impl Debug, asked: u64, counted: u64) -> Self {
        Self::TallyShort { value: name(value), asked, counted }
    }

    pub(crate) fn points_order(order: &impl Debug, problem: &'static str) -> Self {
        Self::PointsOrder { order: name(order), problem }
    }
}

/// What a customer or an order is called in an error.
fn name(customer: &impl Debug) -> Box<str> {
    format!("{customer:?}").into()
}
