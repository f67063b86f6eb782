//! Stored forms: round trips, and what `new` refuses cannot be read.

use core::fmt::Debug;

use repurchase::record::{Credit, Interaction, InteractionKind, OrderLine, OrderStatus, Period, Record};
use repurchase::{Order, Window};
use rust_decimal::Decimal;
use serde_json::{Value, from_value, json, to_value};

use super::{NOON, money, order, window};

#[track_caller]
fn assert_round_trip<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug>(value: &T, stored: &Value) {
    assert_eq!(to_value(value).unwrap(), *stored);
    assert_eq!(from_value::<T>(stored.clone()).unwrap(), *value);
}

#[track_caller]
fn assert_refused<T: serde::de::DeserializeOwned + Debug>(stored: Value, text: &str) {
    let error = from_value::<T>(stored).unwrap_err().to_string();
    assert!(error.contains(text), "{error}");
}

#[test]
fn records_come_back_as_they_went() {
    let at = "2026-03-01T12:00:00Z";
    let order = order("19.90").with_refunded(money("5.00")).unwrap().with_status(OrderStatus::Cancelled);
    let stored = json!({
        "customer": "ann", "placed_at": at, "amount": "19.90", "refunded": "5.00", "status": "cancelled"
    });
    let owned: Order<String> = from_value(stored.clone()).unwrap();
    assert_eq!((to_value(&order).unwrap(), to_value(&owned).unwrap()), (stored.clone(), stored.clone()));
    let credit = Credit::new(7u64, NOON, money("0.01")).unwrap();
    assert_round_trip(&credit, &json!({ "customer": 7, "issued_at": at, "amount": "0.01" }));
    assert_round_trip(&Record::Order(owned), &json!({ "order": stored }));
    let least: Order<String> = from_value(json!({ "customer": "ann", "placed_at": at, "amount": "1" })).unwrap();
    assert_eq!((least.status(), least.refunded()), (OrderStatus::Paid, Decimal::ZERO));
    assert_round_trip(&window("2026-03-01", "2026-04-01"), &json!({ "start": "2026-03-01", "end": "2026-04-01" }));
    assert_round_trip(&Period::Quarter, &json!("quarter"));
}

#[test]
fn lines_and_interactions_come_back_as_they_went() {
    let at = "2026-03-01T12:00:00Z";
    let line = OrderLine::new(7u64, NOON, "tea".to_owned(), money("0.5"), money("4.50")).unwrap();
    let stored = |status: &str| {
        let (quantity, amount) = ("0.5", "4.50");
        json!({
            "customer": 7, "placed_at": at, "product": "tea", "quantity": quantity, "amount": amount, "status": status
        })
    };
    assert_round_trip(&line.clone().with_status(OrderStatus::Unpaid), &stored("unpaid"));
    let mut least = stored("paid");
    least.as_object_mut().unwrap().remove("status");
    assert_eq!(from_value::<OrderLine<u64, String>>(least).unwrap(), line);
    for kind in InteractionKind::ALL {
        let stored = json!({ "customer": 7, "at": at, "kind": kind.label().key(), "product": 3 });
        assert_round_trip(&Interaction::new(7u64, NOON, kind, 3u8), &stored);
    }
}

#[test]
fn a_day_is_stored_as_a_day() {
    let order = Order::on("ann".to_owned(), "2026-03-01".parse().unwrap(), money("19.90")).unwrap();
    let stored = json!({
        "customer": "ann", "placed_at": "2026-03-01", "amount": "19.90", "refunded": "0", "status": "paid"
    });
    assert_round_trip(&order, &stored);
    let malformed = json!({ "customer": "ann", "placed_at": "1 March", "amount": "1" });
    assert_refused::<Order<String>>(malformed, "expected an instant such as 2026-03-01T12:00:00Z, or a day");
}

/// Text and whole numbers are what they say; a floating-point number is not.
#[test]
fn amounts_are_read_exactly() {
    let order = |amount: Value| json!({ "customer": 1, "placed_at": "2026-03-01", "amount": amount });
    let read = |amount| from_value::<Order<u64>>(order(amount)).map(|order| order.amount().to_string()).unwrap();
    let amounts = [json!("19.90"), json!(20), json!("1e2"), json!(u64::MAX)].map(read);
    assert_eq!(amounts, ["19.90", "20", "100", "18446744073709551615"]);
    let refused =
        "invalid type: floating point `19.9`, expected a decimal as text, such as \"19.90\", or a whole number";
    assert_refused::<Order<u64>>(order(json!(19.9)), refused);
    assert_refused::<Order<u64>>(order(json!(-5)), "amount must be 0 or more, found -5");
    assert_refused::<Order<u64>>(order(json!("ten")), "expected a decimal as text");
}

#[test]
fn what_new_refuses_cannot_be_read() {
    let at = "2026-03-01T12:00:00Z";
    let order = |amount: &str, refunded: &str| {
        let (amount, refunded) = (amount.to_owned(), refunded.to_owned());
        json!({ "customer": 1, "placed_at": at, "amount": amount, "refunded": refunded })
    };
    assert_refused::<Order<u64>>(order("-1", "0"), "amount must be 0 or more, found -1");
    assert_refused::<Order<u64>>(order("1", "2"), "refunded must lie between 0 and the order's amount 1, found 2");
    assert_refused::<Order<u64>>(order("79228162514264337593543950335", "0.01"), "does not fit 96 bits");
    let line = |quantity: &str, amount: &str| {
        let (quantity, amount) = (quantity.to_owned(), amount.to_owned());
        json!({ "customer": 1, "placed_at": at, "product": 2, "quantity": quantity, "amount": amount })
    };
    assert_refused::<OrderLine<u64, u64>>(line("0", "1"), "quantity must be above 0, found 0");
    assert_refused::<OrderLine<u64, u64>>(line("1", "-1"), "amount must be 0 or more, found -1");
    let credit = json!({ "customer": 1, "issued_at": "2026-03-01T12:00:00Z", "amount": "0" });
    assert_refused::<Credit<u64>>(credit, "amount of a credit must be above 0, found 0");
    assert_refused::<Window>(json!({ "start": "2026-04-01", "end": "2026-04-01" }), "must end after it");
}
