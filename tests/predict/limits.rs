//! Simpler models in words, read from their stored form.

use repurchase::predict::Limit;
use repurchase::scale::Language;
use serde_json::json;

fn limit(of: &str, spread: &serde_json::Value) -> Limit {
    serde_json::from_value(json!({ "of": of, "spread": spread })).unwrap()
}

#[test]
fn a_rare_thing_is_said_with_its_digits() {
    let limit = |share: f64| limit("churn_probability", &json!({ "same": share })).to_string();
    let start = "alpha and beta go to infinity: the probability of not renewing is the same for everyone, with";
    assert_eq!(limit(0.2), format!("{start} alpha / (alpha + beta) = 0.200000"));
    assert_eq!(limit(2.5e-7), format!("{start} alpha / (alpha + beta) = 2.500e-7"));
}

#[test]
fn in_chinese() {
    for (of, spread, words) in [
        (
            "dropout_probability",
            json!({ "same": 0.25 }),
            "a 和 b 趋于无穷大：所有客户的购买后流失概率都相同，a / (a + b) = 0.250000",
        ),
        ("dropout_rate", json!({ "extremes": 0.5 }), "s 和 beta 趋于 0：客户的流失速率只取极端值，s / beta = 0.500000"),
        ("mean_spend", json!({ "same": 9.0 }), "q 趋于无穷大：所有客户的平均消费金额都相同，p gamma / q = 9.000000"),
        ("ageing", json!("unbounded"), "c 趋于无穷大：所有客户的续约次数的影响均无上限"),
        ("purchase_probability", json!("one"), "alpha / (alpha + beta) 趋于 1：所有客户的购买概率均为 1"),
    ] {
        assert_eq!(limit(of, &spread).describe(Language::Chinese), words);
    }
}
