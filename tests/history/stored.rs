//! Stored histories: round trips, and what contradicts itself is refused.

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::history::LedgerFold;
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;
use serde_json::{Value, from_value, json, to_value};

use super::shop::{any_shop, ledger_of, recorded};
use super::{END, date, fixed_seed, history, log_of, money, order};

fn sample() -> CustomerHistory {
    let mut history =
        history(&[("2026-03-01", "10.00"), ("2026-03-01", "5.00"), ("2026-03-04", "1.00"), ("2026-03-11", "2.00")]);
    history.record_credit(money("0.50")).expect("a credit");
    history
}

/// ln 3 + ln 7, in units of 2^-32.
const THREE_AND_SEVEN: u64 = 13_076_124_302;

fn sample_stored() -> Value {
    json!({
        "purchases": 4, "purchase_days": 3, "first_purchase": "2026-03-01", "last_purchase": "2026-03-11",
        "shortest_gap_days": 3, "longest_gap_days": 7, "gap_squares": 58, "gap_logarithms": THREE_AND_SEVEN,
        "spend": "18.00", "first_day_spend": "15.00", "credits": 1, "credited": "0.50",
    })
}

#[track_caller]
fn assert_round_trip(history: &CustomerHistory) {
    let stored = to_value(history).unwrap();
    assert_eq!(from_value::<CustomerHistory>(stored.clone()).unwrap(), *history);
    assert_eq!(to_value(from_value::<CustomerHistory>(stored.clone()).unwrap()).unwrap(), stored);
}

#[test]
fn a_history_is_stored_as_dates_and_exact_money() {
    assert_eq!(to_value(sample()).unwrap(), sample_stored());
    assert_round_trip(&sample());
    assert_round_trip(&CustomerHistory::new());
    assert_round_trip(&history(&[("2026-03-01", "0")]));
    assert_round_trip(&history(&[("1969-12-31", "79228162514264337593543950335"), ("1970-01-01", "0")]));
    let mut ends = CustomerHistory::new();
    ends.record_purchase(NaiveDate::MIN, Decimal::new(1, 28)).unwrap();
    ends.record_purchase(NaiveDate::MAX, Decimal::new(1, 28)).unwrap();
    assert_round_trip(&ends);
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn every_history_comes_back(mut events in any_shop()) {
        events.sort_by_key(|event| event.at);
        recorded(&events).values().for_each(assert_round_trip);
        ledger_of(&events, END).iter().for_each(|(_, history)| assert_round_trip(&history));
    }
}

/// Sets fields of a stored history and says how it is refused.
#[track_caller]
fn assert_refused(fields: &[(&str, Value)], text: &str) {
    let mut stored = sample_stored();
    for (field, value) in fields {
        assert!(stored.get(field).is_some(), "no field {field}");
        stored[field] = value.clone();
    }
    match from_value::<CustomerHistory>(stored) {
        Ok(history) => panic!("{fields:?} was read as {history:?}"),
        Err(error) => assert!(error.to_string().starts_with(text), "{fields:?}: {error}"),
    }
}

const NO_PURCHASE: [(&str, Value); 4] = [
    ("purchases", Value::Null),
    ("purchase_days", Value::Null),
    ("first_purchase", Value::Null),
    ("last_purchase", Value::Null),
];

#[test]
fn days_of_a_stored_history_belong_to_purchases() {
    let days = "first_purchase and last_purchase of the stored history contradict the rest of it";
    assert_refused(&[("first_purchase", json!("2026-03-12"))], days);
    assert_refused(&[("first_purchase", json!(null))], days);
    assert_refused(&[("last_purchase", json!(null))], days);
    assert_refused(&[("purchases", json!(0))], days);
    assert_refused(&[("first_purchase", json!(null)), ("last_purchase", json!(null))], days);
    let purchase_days = "purchase_days of the stored history contradict";
    assert_refused(&[("purchase_days", json!(5))], purchase_days);
    assert_refused(&[("purchase_days", json!(0))], purchase_days);
    let [_, days, first, last] = NO_PURCHASE;
    assert_refused(&[("purchases", json!(0)), (days.0, json!(1)), first, last], purchase_days);
}

#[test]
fn gaps_of_a_stored_history_add_up() {
    let gaps = "gaps of the stored history contradict";
    // More purchase days than there are days, or gaps where there are none.
    assert_refused(&[("last_purchase", json!("2026-03-02"))], gaps);
    assert_refused(&[("last_purchase", json!("2026-03-01"))], gaps);
    assert_refused(&[("purchase_days", json!(1))], gaps);
    for (shortest, longest, squares) in
        [(0, 7, 58), (7, 3, 58), (6, 7, 58), (3, 4, 58), (3, 8, 58), (3, 7, 49), (3, 7, 71)]
    {
        let fields = [
            ("shortest_gap_days", json!(shortest)),
            ("longest_gap_days", json!(longest)),
            ("gap_squares", json!(squares)),
        ];
        assert_refused(&fields, gaps);
    }
    assert_refused(&[("gap_squares", json!(u64::MAX))], gaps);
    for logarithms in [0, THREE_AND_SEVEN - 1, THREE_AND_SEVEN + 1, u64::MAX] {
        assert_refused(&[("gap_logarithms", json!(logarithms))], gaps);
    }
    assert_refused(&[("longest_gap_days", json!(u32::MAX))], gaps);
}

/// Of one gap both extremes are the gap; of two they are the gaps themselves.
#[test]
fn extreme_gaps_of_a_stored_history_are_gaps() {
    let gaps = "gaps of the stored history contradict";
    // One gap of 10 days whose shortest is 3.
    let one = [
        ("purchase_days", json!(2)),
        ("shortest_gap_days", json!(3)),
        ("longest_gap_days", json!(10)),
        ("gap_squares", json!(100)),
    ];
    assert_refused(&one, gaps);
    // Two gaps of 10 days in all that are 1 and 6.
    let two = [("shortest_gap_days", json!(1)), ("longest_gap_days", json!(6)), ("gap_squares", json!(58))];
    assert_refused(&two, gaps);
}

#[test]
fn money_of_a_stored_history_adds_up() {
    let spend = "spend of the stored history contradict";
    assert_refused(&[("spend", json!("-18.00"))], spend);
    let first_day = "first_day_spend of the stored history contradict";
    assert_refused(&[("first_day_spend", json!("18.01"))], first_day);
    assert_refused(&[("first_day_spend", json!("-0.01"))], first_day);
    let one_day = [
        ("purchase_days", json!(1)),
        ("last_purchase", json!("2026-03-01")),
        ("shortest_gap_days", json!(0)),
        ("longest_gap_days", json!(0)),
        ("gap_squares", json!(0)),
        ("gap_logarithms", json!(0)),
    ];
    assert_refused(&one_day, first_day);
    let nobody = |money: &str| {
        let mut fields = NO_PURCHASE.to_vec();
        (fields[0].1, fields[1].1) = (json!(0), json!(0));
        fields.extend(one_day[2..].to_vec());
        fields.push(("spend", json!(money)));
        fields
    };
    assert_refused(&nobody("18.00"), spend);
    assert_refused(&nobody("0"), first_day);
    let credited = "credited of the stored history contradict";
    assert_refused(&[("credits", json!(0))], credited);
    assert_refused(&[("credited", json!("0"))], credited);
    assert_refused(&[("credited", json!("-0.50"))], credited);
    let largest = ("spend", json!("79228162514264337593543950335"));
    assert_refused(&[largest], "revenue does not fit 96 bits");
    assert_refused(&[("spend", json!("NaN"))], "");
    assert_refused(&[("purchases", json!(-1))], "");
}

/// What was spent on later days must have an exact amount, since nothing here is ever rounded.
#[test]
fn repeat_spend_of_a_stored_history_is_exact() {
    let fields = [
        ("spend", json!("79228162514264337593543950335")),
        ("first_day_spend", json!("0.5")),
        ("credits", json!(0)),
        ("credited", json!("0")),
    ];
    assert_refused(&fields, "");
}

/// A batch after which a customer could have more purchases than are counted is refused whole, and the next one goes on.
#[test]
fn batches_count_up_to_the_last_purchase() {
    let mut stored = to_value(history(&[("2026-03-01", "0")])).unwrap();
    stored["purchases"] = json!(u32::MAX - 2);
    let ledger = Ledger::from_histories([("ann", from_value(stored).unwrap())], date("2026-03-01")).unwrap();
    let batch = |customers: &[&'static str]| log_of(customers.iter().map(|&id| order(id, "2026-03-02", "0")));
    let mut fold = LedgerFold::resume(&ledger, END).unwrap();

    let error = fold.add(&batch(&["ann"; 3])).unwrap_err();
    assert_eq!(error, Error::CountOverflow { field: "purchases of a customer" });
    // So many as Ann may still have, but not all of them are hers.
    for customers in [&["ann", "bo"][..], &["bo"], &["ann"]] {
        fold.add(&batch(customers)).unwrap();
    }
    assert!(fold.add(&batch(&["bo"])).is_err(), "it could be hers");
    assert_eq!(fold.finish().unwrap().get("ann").unwrap().purchases(), u64::from(u32::MAX));
}
