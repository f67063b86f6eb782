//! Stored forms: round trips, and what `with_*` refuses is refused.

use repurchase::segment::{ChurnRisk, MissedCycles};
use serde_json::{Value, json};

#[track_caller]
fn stored(rule: MissedCycles) -> Value {
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(serde_json::from_str::<MissedCycles>(&text).unwrap(), rule, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[track_caller]
fn refused(field: &str, value: Value) -> String {
    let mut json = stored(MissedCycles::default());
    json[field] = value;
    serde_json::from_value::<MissedCycles>(json).expect_err("refused").to_string()
}

#[test]
fn round_trips() {
    let lifecycle = json!({"new_customers": [30, 50, 80], "frequency": [30, 50, 80]});
    let expected = json!({"lifecycle": lifecycle, "cycle": "frequency_band", "churn_cycles": 3});
    assert_eq!(stored(MissedCycles::default()), expected);
    let own = MissedCycles::default().with_own_mean_gap(7).with_churn_cycles(u32::MAX).unwrap();
    let cycle = json!({"own_mean_gap": {"floor_days": 7}});
    assert_eq!(stored(own), json!({"lifecycle": lifecycle, "cycle": cycle, "churn_cycles": u32::MAX}));
    for risk in ChurnRisk::ALL {
        let json = serde_json::to_value(risk).unwrap();
        assert_eq!(json, json!(risk.label().key()));
        assert_eq!(serde_json::from_value::<ChurnRisk>(json).unwrap(), risk);
    }
}

#[test]
fn refusals() {
    let equal = "band edges must ascend: number 1 (from 0) does not";
    let lifecycle =
        |new_customers: [u32; 3], frequency: [u32; 3]| json!({"new_customers": new_customers, "frequency": frequency});
    assert_eq!(refused("lifecycle", lifecycle([30, 50, 80], [30, 30, 80])), equal);
    assert_eq!(refused("lifecycle", lifecycle([3, 2, 1], [30, 50, 80])), equal);
    let error = "churn cycles must lie between 1 and 4294967295, found 0";
    assert_eq!(refused("churn_cycles", json!(0)), error);
    assert!(refused("cycle", json!("own_mean_gap")).contains("invalid type"), "the floor is part of it");
}
