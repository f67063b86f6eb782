//! Where an error happened: at which record, to which customer, of which order.

use super::Error;

impl Error {
    pub(crate) fn at_record(self, index: usize) -> Self {
        Self::Record { index, source: Box::new(self) }
    }

    pub(crate) fn of_customer(self, customer: &impl core::fmt::Debug) -> Self {
        Self::Customer { customer: name(customer), source: Box::new(self) }
    }

    pub(crate) fn of_order(self, order: &impl core::fmt::Debug) -> Self {
        Self::Order { order: name(order), source: Box::new(self) }
    }

    pub(crate) fn contradiction<T: core::fmt::Debug>(order: &impl core::fmt::Debug, known: &T, found: &T) -> Self {
        Self::Contradiction { order: name(order), known: name(known), found: name(found) }
    }

    pub(crate) fn duplicate(customer: &impl core::fmt::Debug) -> Self {
        Self::DuplicateCustomer { customer: name(customer) }
    }

    pub(crate) fn unknown(customer: &impl core::fmt::Debug) -> Self {
        Self::UnknownCustomer { customer: name(customer) }
    }

    pub(crate) fn tally_short(value: &impl core::fmt::Debug, asked: u64, counted: u64) -> Self {
        Self::TallyShort { value: name(value), asked, counted }
    }

    pub(crate) fn points_order(order: &impl core::fmt::Debug, problem: &'static str) -> Self {
        Self::PointsOrder { order: name(order), problem }
    }
}

/// What a customer or an order is called in an error.
fn name(customer: &impl core::fmt::Debug) -> Box<str> {
    format!("{customer:?}").into()
}
