//! What the tests of several rooms need: days, amounts, records, a fixed seed, and the law of `merge`.

#![allow(dead_code, unused_imports, reason = "each room uses a part")]

use core::fmt::Debug;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::test_runner::{Config, RngSeed};
use repurchase::record::{Credit, CustomerId, Record};
use repurchase::{Order, PurchaseLog, Ratio, Result, ShopCalendar, Window};
use rust_decimal::Decimal;

pub(crate) mod pools;
pub(crate) mod visitors;

/// The same random inputs in every run.
pub(crate) fn fixed_seed(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}

#[track_caller]
pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[track_caller]
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[track_caller]
pub(crate) fn money(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("an amount")
}

#[track_caller]
pub(crate) fn ratio(count: u64, of: u64) -> Ratio {
    Ratio::new(count, of).expect("a part of its whole")
}

#[track_caller]
pub(crate) fn window(start: &str, end: &str) -> Window {
    Window::new(date(start), date(end)).expect("a window")
}

pub(crate) fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

#[track_caller]
pub(crate) fn order<Id>(customer: Id, day: &str, amount: &str) -> Record<Id> {
    Order::new(customer, noon(date(day)), money(amount)).expect("an order").into()
}

#[track_caller]
pub(crate) fn credit<Id>(customer: Id, day: &str, amount: &str) -> Record<Id> {
    Credit::new(customer, noon(date(day)), money(amount)).expect("a credit").into()
}

#[track_caller]
pub(crate) fn log_of<Id: CustomerId>(records: impl IntoIterator<Item = Record<Id>>) -> PurchaseLog<Id> {
    PurchaseLog::from_records(records, &ShopCalendar::utc()).expect("a log")
}

/// Its stored form, after a check that it is read back to an equal value.
#[cfg(feature = "serde")]
#[track_caller]
pub(crate) fn stored<T>(value: &T) -> serde_json::Value
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
{
    let text = serde_json::to_string(value).expect("stores");
    assert_eq!(&serde_json::from_str::<T>(&text).expect("loads"), value, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// The error text of a stored form that is refused.
#[cfg(feature = "serde")]
#[track_caller]
pub(crate) fn refused<T: serde::de::DeserializeOwned + Debug>(json: &serde_json::Value) -> String {
    serde_json::from_value::<T>(json.clone()).expect_err("refused").to_string()
}

/// `left` with `right` merged into it. A merge that is refused must leave it as it was.
#[track_caller]
pub(crate) fn merged<T: Clone + Debug + PartialEq>(
    left: &T,
    right: &T,
    merge: impl FnOnce(&mut T, &T) -> Result<()>,
) -> Result<T> {
    let mut sum = left.clone();
    let result = merge(&mut sum, right);
    assert!(result.is_ok() || sum == *left, "changed by a merge that was refused: {sum:?}, {left:?}");
    result.map(|()| sum)
}
