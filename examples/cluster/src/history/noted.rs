//! The library's notes on customers, of whom all facts are known.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use datafusion::error::{DataFusionError, Result};
use repurchase::measure::NoteTally;
use repurchase::record::{Credit, Record};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::facts::{Fact, Facts};

/// The facts of some customers, to be read as the records that they come from.
pub(crate) struct Noted {
    offset: FixedOffset,
    customers: Vec<Customer>,
}

struct Customer {
    id: String,
    facts: Vec<(Fact, Decimal)>,
    marks: Marks,
}

/// What is known of the rows of a customer beside days and amounts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    /// Whether all purchases and credits are at midnight UTC.
    pub(crate) at_midnight: bool,
    /// Whether some of an order was given back.
    pub(crate) has_refund: bool,
}

impl Noted {
    pub(crate) const fn new(offset: FixedOffset) -> Self {
        Self { offset, customers: Vec::new() }
    }

    pub(crate) fn add(&mut self, id: &str, facts: &mut Facts, marks: Marks) -> Result<()> {
        let facts = facts.by_day()?.collect::<Result<_>>()?;
        self.customers.push(Customer { id: id.to_owned(), facts, marks });
        Ok(())
    }

    /// The tally of these customers, without their ids.
    pub(crate) fn tally(&self, as_of: NaiveDate) -> Result<NoteTally<String>> {
        let refused = |error: repurchase::Error| DataFusionError::Execution(error.to_string());
        let mut fault = None;
        let records = self.customers.iter().flat_map(|customer| self.records(customer));
        let records = records.map_while(|record| record.map_err(|error| fault = Some(error)).ok());
        let log = PurchaseLog::from_records(records, &ShopCalendar::new(self.offset)).map_err(refused)?;
        fault.map_or_else(|| Ok(NoteTally::of(&log, as_of).without_ids()), |fault| Err(refused(fault)))
    }

    fn records<'a>(&'a self, of: &'a Customer) -> impl Iterator<Item = repurchase::Result<Record<String>>> + 'a {
        // An order that was given back in full leaves no trace but that one was.
        let given_back = || -> repurchase::Result<Record<String>> {
            Ok(Order::on(of.id.clone(), NaiveDate::default(), Decimal::ONE)?.with_refunded(Decimal::ONE)?.into())
        };
        let records = of.facts.iter().flat_map(move |(fact, amount)| {
            (0..fact.count).map(move |_| self.record(&of.id, fact, *amount, of.marks.at_midnight))
        });
        records.chain(of.marks.has_refund.then(given_back))
    }

    fn record(&self, id: &str, fact: &Fact, amount: Decimal, at_midnight: bool) -> repurchase::Result<Record<String>> {
        // A day of a row is one of the calendar.
        let (id, day) = (id.to_owned(), NaiveDate::from_epoch_days(fact.day).unwrap_or_default());
        Ok(match (fact.is_credit, self.midnight(day).filter(|_| at_midnight)) {
            (false, Some(instant)) => Order::new(id, instant, amount)?.into(),
            (false, None) => Order::on(id, day, amount)?.into(),
            (true, Some(instant)) => Credit::new(id, instant, amount)?.into(),
            (true, None) => Credit::on(id, day, amount)?.into(),
        })
    }

    /// The midnight of UTC that is on a day of the shop.
    fn midnight(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let later = TimeDelta::days(i64::from(self.offset.local_minus_utc() < 0));
        Some(day.checked_add_signed(later)?.and_time(NaiveTime::MIN).and_utc())
    }
}
