//! The room `act`, through the public API: hand cases, laws against naive oracles, edges, exact texts, stored forms.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::{DateTime, NaiveDate, Utc};
use proptest::test_runner::{Config, RngSeed};
use rust_decimal::Decimal;

mod audience;
mod campaign;
mod contact;
mod economics;
mod playbook;
mod points;

/// The same random inputs in every run.
fn fixed_seed(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}

#[track_caller]
fn money(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[track_caller]
fn date(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[track_caller]
fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Its stored form, after a check that it is read back to an equal value.
#[cfg(feature = "serde")]
#[track_caller]
fn stored<T>(value: &T) -> serde_json::Value
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
{
    let text = serde_json::to_string(value).expect("stores");
    assert_eq!(&serde_json::from_str::<T>(&text).expect("loads"), value, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

#[cfg(feature = "serde")]
#[track_caller]
fn refused<T: serde::de::DeserializeOwned + core::fmt::Debug>(json: &serde_json::Value) -> String {
    serde_json::from_value::<T>(json.clone()).expect_err("refused").to_string()
}
