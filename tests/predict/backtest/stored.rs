//! Backtests and chosen models as files.

use repurchase::predict::{AnyModel, Backtest, ModelKind, PurchaseModel, Sample};
use repurchase::scale::Language;
use serde_json::Value;

use super::CDNOW;
use crate::shops::TestResult;

#[test]
fn round_trip() -> TestResult {
    let (_, backtest) = &*CDNOW;
    let text = serde_json::to_string(backtest)?;
    let read: Backtest = serde_json::from_str(&text)?;
    assert_near(&serde_json::to_value(&read)?, &serde_json::to_value(backtest)?);
    assert_eq!(read.explain(Language::English), backtest.explain(Language::English));
    Ok(())
}

/// JSON's numbers are read to the last digit but one.
fn assert_near(left: &Value, right: &Value) {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap(), right.as_f64().unwrap());
            assert!((left - right).abs() <= 1e-15 * right.abs(), "{left} and {right}");
        }
        (Value::Array(left), Value::Array(right)) => {
            assert_eq!(left.len(), right.len());
            left.iter().zip(right).for_each(|(left, right)| assert_near(left, right));
        }
        (Value::Object(left), Value::Object(right)) => {
            assert!(left.keys().eq(right.keys()));
            left.values().zip(right.values()).for_each(|(left, right)| assert_near(left, right));
        }
        (left, right) => assert_eq!(left, right),
    }
}

#[test]
fn models() -> TestResult {
    let model: AnyModel = serde_json::from_str(r#"{"mbg_nbd":{"unit":"week","r":0.5,"alpha":6.0,"a":0.9,"b":1.6}}"#)?;
    assert_eq!(model.kind(), ModelKind::MbgNbd);
    assert!(model.probability_alive(&Sample::NEW) < 1.0);
    assert!(
        serde_json::from_str::<AnyModel>(r#"{"nbd":{"unit":"week","r":0.5,"alpha":-6.0}}"#).is_err(),
        "checked when read"
    );
    for kind in ModelKind::ALL {
        assert_eq!(serde_json::to_string(&kind)?, format!("{:?}", kind.label().key()));
    }
    Ok(())
}
