//! Rules in files, read and written.

#![cfg(feature = "serde")]

use repurchase::act::audience::{Field, Rule, Test};
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Amount, Figure};
use serde_json::json;

use super::{all, any, compiled, is, money, not};

fn sample() -> Rule {
    all([
        is(Figure::DaysSinceLast, Test::below(30)),
        any([
            is(Amount::Revenue, Test::at_least(money("199.90"))),
            is(LabelKind::Octant, Test::one_of(["important_value", "important_keep"])),
        ]),
        is(Field::days_since(Activity::Cart, "shoes"), Test::at_most(7)),
        is(Field::days_since(Activity::Search, None), Test::Exists(false)),
        is(Field::attribute("region"), Test::not_equal("south")),
        is(Field::attribute("age"), Test::between(18, money("24.5"))),
        is(Figure::ProbabilityAlive, Test::above(money("0.35"))),
        is(Amount::MeanOrderAmount, Test::equal(20)),
        not(Rule::tag("employee").unwrap()),
    ])
}

#[test]
fn as_json() {
    let json = json!({"all": [
        {"days_since_last": {"<": 30}},
        {"any": [{"revenue": {">=": "199.90"}}, {"octant": {"in": ["important_value", "important_keep"]}}]},
        {"days_since": {"activity": "cart", "category": "shoes", "<=": 7}},
        {"days_since": {"activity": "search", "exists": false}},
        {"attribute": {"name": "region", "!=": "south"}},
        {"attribute": {"name": "age", "between": [18, 24.5]}},
        {"probability_alive": {">": 0.35}},
        {"mean_order_amount": {"=": 20}},
        {"not": {"tag": "employee"}},
    ]});
    assert_eq!(serde_json::to_value(sample()).unwrap(), json);
    assert_eq!(serde_json::from_value::<Rule>(json.clone()).unwrap(), sample());
    assert_eq!(serde_json::from_str::<Rule>(&json.to_string()).unwrap(), sample());
}

/// What is written in other ways and means the same.
#[test]
fn other_spellings() {
    let read = |json: &str| serde_json::from_str::<Rule>(json).unwrap();
    assert_eq!(read(r#"{"tier": "vip"}"#), is(LabelKind::Tier, Test::equal("vip")));
    assert_eq!(read(r#"{"r": 5}"#), is(Figure::R, Test::equal(5)));
    assert_eq!(read(r#"{"r": "5"}"#), is(Figure::R, Test::equal(5)));
    assert_eq!(read(r#"{"revenue": {">": 0.1}}"#), is(Amount::Revenue, Test::above(money("0.1"))), "as it is written");
    assert_eq!(read(r#"{"revenue": {">": -0.0}}"#), is(Amount::Revenue, Test::above(0)));
    assert_eq!(read(r#"{"revenue": {">": 1.5e3}}"#), is(Amount::Revenue, Test::above(1500)));
    let any_category = r#"{"days_since": {"<": 5, "category": null, "activity": "view"}}"#;
    assert_eq!(read(any_category), is(Field::days_since(Activity::View, None), Test::below(5)));
    // How serde_json hands over numbers when another crate asks it for arbitrary precision.
    let arbitrary = r#"{"revenue": {"<": {"$serde_json::private::Number": "0.12345678901234567890"}}}"#;
    assert_eq!(read(arbitrary), is(Amount::Revenue, Test::below(money("0.12345678901234567890"))));
    assert_eq!(read(r#"{"all": []}"#), all([]));
}

/// A number that no binary64 holds is written as text, and read as the same number.
#[test]
fn numbers_are_not_rounded() {
    for text in ["0.1234567890123456789012345678", "79228162514264337593543950335", "-0.30", "9007199254740993.5"] {
        for field in [Field::from(Figure::MeanGapDays), Amount::Revenue.into()] {
            let rule = is(field, Test::above(money(text)));
            let json = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule, "{json}");
        }
    }
    let audience = compiled(is(Field::attribute("age"), Test::above(money("0.1234567890123456789012345678"))));
    let json = serde_json::to_string(audience.rule()).unwrap();
    let again = compiled(serde_json::from_str(&json).unwrap());
    assert_eq!(again.describe(Language::English), "Customers with age above 0.1234567890123456789012345678.");
}
