//! The library's notes on customers, of whom all facts are known.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use datafusion::error::Result;
use repurchase::measure::NoteTally;
use repurchase::record::{Credit, Record};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::facts::{Fact, Facts, Kind};
use super::refused;

/// The facts of some customers, to be read as the records that they come from.
pub(crate) struct Noted {
    offset: FixedOffset,
    customers: Vec<(String, Facts)>,
}

impl Noted {
    pub(crate) const fn new(offset: FixedOffset) -> Self {
        Self { offset, customers: Vec::new() }
    }

    pub(crate) fn add(&mut self, id: &str, facts: Facts) {
        self.customers.push((id.into(), facts));
    }

    /// The tally of these customers, without their ids.
    pub(crate) fn tally(&self, as_of: NaiveDate) -> Result<NoteTally<&str>> {
        let mut fault = None;
        let records = self.customers.iter().flat_map(|(id, facts)| self.records(id, facts));
        let records = records.map_while(|record| record.map_err(|error| fault = Some(error)).ok());
        let log = PurchaseLog::from_records(records, &ShopCalendar::new(self.offset)).map_err(refused)?;
        fault.map_or_else(|| Ok(NoteTally::of(&log, as_of).without_ids()), Err)
    }

    fn records<'a>(&'a self, id: &'a str, facts: &'a Facts) -> impl Iterator<Item = Result<Record<&'a str>>> + 'a {
        // An order that was given back in full leaves no trace but that one was.
        let given_back = move || {
            let order = Order::on(id, NaiveDate::default(), Decimal::ONE).map_err(refused)?;
            Ok(order.with_refunded(Decimal::ONE).map_err(refused)?.into())
        };
        let (mut at_midnight, mut has_refund) = (true, false);
        for fact in facts.iter() {
            at_midnight &= fact.at_midnight || fact.kind.is_counted_only();
            has_refund |= fact.kind == Kind::Refunded;
        }
        let all = facts.iter().filter(|fact| !fact.kind.is_counted_only());
        let records = all.flat_map(move |fact| {
            (0..fact.count).map(move |_| self.record(id, fact, facts.money(fact.amount)?, at_midnight))
        });
        records.chain(has_refund.then(given_back))
    }

    fn record<'a>(&self, id: &'a str, fact: &Fact, amount: Decimal, at_midnight: bool) -> Result<Record<&'a str>> {
        // A day of a row is one of the calendar.
        let day = NaiveDate::from_epoch_days(fact.day).unwrap_or_default();
        let record = match (fact.kind, self.midnight(day).filter(|_| at_midnight)) {
            (Kind::Credit, Some(instant)) => Credit::new(id, instant, amount).map(Into::into),
            (Kind::Credit, None) => Credit::on(id, day, amount).map(Into::into),
            (_, Some(instant)) => Order::new(id, instant, amount).map(Into::into),
            (_, None) => Order::on(id, day, amount).map(Into::into),
        };
        record.map_err(refused)
    }

    /// The midnight of UTC that is on a day of the shop.
    fn midnight(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let later = TimeDelta::days(i64::from(self.offset.local_minus_utc() < 0));
        Some(day.checked_add_signed(later)?.and_time(NaiveTime::MIN).and_utc())
    }
}
