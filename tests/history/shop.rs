//! Random shops: what happened as plain events, and the records and histories made of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::{CustomerHistory, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

/// What happened, as plain numbers: amounts in units of 10^-28, credits negative.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) customer: u8,
    pub(crate) day: NaiveDate,
    pub(crate) at: DateTime<Utc>,
    pub(crate) amount: Decimal,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Purchase,
    Credit,
    Unpaid,
    Cancelled,
    Returned,
}

impl Event {
    pub(crate) fn record(&self) -> Record<u8> {
        let order = || Order::new(self.customer, self.at, self.amount).unwrap();
        match self.kind {
            Kind::Credit => Credit::new(self.customer, self.at, self.amount).unwrap().into(),
            Kind::Purchase => order().into(),
            Kind::Unpaid => order().with_status(OrderStatus::Unpaid).into(),
            Kind::Cancelled => order().with_status(OrderStatus::Cancelled).into(),
            Kind::Returned => order().with_refunded(self.amount).unwrap().into(),
        }
    }

    pub(crate) fn units(&self) -> i128 {
        self.amount.mantissa() * 10i128.pow(28 - self.amount.scale())
    }
}

pub(crate) const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");

/// Amounts whose sums fit a `Decimal` at the finest scale that the shop has.
fn any_amount(finest: u32) -> impl Strategy<Value = Decimal> {
    (0..=finest, 0..1_000_000i64).prop_map(move |(scale, mantissa)| {
        // Below 0.1 at the finest scales of all, where 96 bits hold no more than 7.9.
        let limit = if finest > 20 { 10i64.saturating_pow(scale.saturating_sub(1).min(6)) } else { 1_000_000 };
        Decimal::new(mantissa % limit, scale)
    })
}

pub(crate) fn any_events(finest: u32, days: i64) -> impl Strategy<Value = Vec<Event>> {
    let kind = prop_oneof![
        6 => Just(Kind::Purchase), 2 => Just(Kind::Credit), 1 => Just(Kind::Unpaid), 1 => Just(Kind::Cancelled),
        1 => Just(Kind::Returned),
    ];
    let event = (0..6u8, 0..days, 0..86_400i64, any_amount(finest), kind);
    let event = event.prop_map(|(customer, day, second, amount, kind)| {
        let day = FIRST + TimeDelta::days(day);
        let at = day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::seconds(second);
        // Credits and what is returned are above 0.
        let takes_zero = matches!(kind, Kind::Purchase | Kind::Unpaid | Kind::Cancelled);
        let amount = if amount.is_zero() && !takes_zero { Decimal::new(1, amount.scale()) } else { amount };
        Event { customer, day, at, amount, kind }
    });
    prop::collection::vec(event, 0..60)
}

pub(crate) fn any_shop() -> impl Strategy<Value = Vec<Event>> {
    prop_oneof![any_events(2, 30), any_events(9, 3), any_events(28, 400), any_events(0, 100_000)]
}

pub(crate) fn ledger_of(events: &[Event], as_of: NaiveDate) -> Ledger<u8> {
    let records = events.iter().map(Event::record);
    Ledger::from_records(records, &ShopCalendar::utc(), as_of).expect("a ledger")
}

/// The histories of customers, recorded one event at a time.
pub(crate) fn recorded(events: &[Event]) -> BTreeMap<u8, CustomerHistory> {
    let mut histories = BTreeMap::<u8, CustomerHistory>::new();
    for event in events {
        let history = histories.entry(event.customer).or_default();
        match event.record() {
            Record::Order(order) => history.record_order(&order, &ShopCalendar::utc()).expect("a newer order"),
            Record::Credit(credit) => history.record_credit(credit.amount()).expect("a credit"),
        }
    }
    histories.retain(|_, history| *history != CustomerHistory::new());
    histories
}
