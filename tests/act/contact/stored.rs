//! Stored forms.

use repurchase::act::contact::{AfterSalePlan, AfterSaleTouch, Cap, Channel, ContactRules, QuietHours};
use serde_json::json;

use super::super::{refused, stored};
use super::{cap, noon, plan, quiet, sms, wish};

#[test]
fn rules_plans_and_decisions() {
    let rules = ContactRules::default()
        .with_cap(cap(3, 30))
        .with_channel_cap(Channel::SMS, cap(1, 7))
        .with_quiet_hours(quiet("21:00:00", "09:00:00"))
        .with_channel_quiet_hours(Channel::EMAIL, None)
        .with_channel_quiet_hours(Channel::PHONE, Some(quiet("18:00:00", "10:00:00")))
        .with_daily_budget(Channel::SMS, 1);
    let expected = json!({
        "caps": [{"touches": 3, "days": 30}],
        "quiet": {"from": "21:00:00", "until": "09:00:00"},
        "channels": {
            "email": {"caps": [], "quiet": "none", "per_day": null},
            "phone": {"caps": [], "quiet": {"own": {"from": "18:00:00", "until": "10:00:00"}}, "per_day": null},
            "sms": {"caps": [{"touches": 1, "days": 7}], "quiet": "common", "per_day": 1},
        },
    });
    assert_eq!(stored(&rules), expected);
    let after_sale = AfterSalePlan::new(Channel::SMS, 7).unwrap().with_channel(AfterSaleTouch::Launch, Channel::WECHAT);
    let expected = json!({"use_days": 7, "time": "10:00:00", "channels": ["sms", "sms", "wechat"]});
    assert_eq!(stored(&after_sale), expected);
    let wishes =
        [wish(1, Channel::SMS, noon(2), 9), wish(2, Channel::SMS, noon(2), 5), wish(3, Channel::SMS, noon(2), 1)];
    let decisions = plan(&rules, &[sms(1, noon(1))], &wishes);
    let capped = json!({"suppressed": {
        "wish": {"customer": 1, "channel": "sms", "at": "2026-03-02T12:00:00Z", "value": "9", "purpose": "spring"},
        "reason": {"cap": {"cap": {"touches": 1, "days": 7}, "channel": "sms"}}, "next": "2026-03-08T09:00:00Z",
    }});
    assert_eq!(stored(&decisions)[0], capped);
    assert_eq!(stored(&decisions)[1]["allowed"]["customer"], json!(2));
    assert_eq!(stored(&sms(1, noon(1))), json!({"customer": 1, "channel": "sms", "at": "2026-03-01T12:00:00Z"}));
    assert_eq!(stored(&AfterSaleTouch::AfterUse), json!("after_use"));
}

#[test]
fn what_new_refuses_is_refused() {
    let error = refused::<Cap>(&json!({"touches": 1, "days": 0}));
    assert_eq!(error, "days of a cap must lie between 1 and 4294967295, found 0");
    let error = refused::<QuietHours>(&json!({"from": "09:00:00", "until": "09:00:00"}));
    assert!(error.starts_with("quiet hours must begin"), "{error}");
    let error = refused::<AfterSalePlan>(&json!({"use_days": 0, "time": "10:00:00", "channels": ["a", "b", "c"]}));
    assert_eq!(error, "days of use must lie between 1 and 4294967295, found 0");
}

/// Quiet hours and budgets may be missing; a slip of the pen must not make them so.
#[test]
fn misspelt_rules_are_refused() {
    let hours = json!({"from": "21:00:00", "until": "09:00:00"});
    let error = refused::<ContactRules>(&json!({"caps": [], "quite": hours, "channels": {}}));
    assert!(error.starts_with("unknown field `quite`"), "{error}");
    let sms = json!({"caps": [], "quiet": "common", "perday": 5});
    let error = refused::<ContactRules>(&json!({"caps": [], "quiet": null, "channels": {"sms": sms}}));
    assert!(error.starts_with("unknown field `perday`"), "{error}");
}

/// Of two entries one would go unheard.
#[test]
fn a_channel_stands_there_once() {
    let rules = |second: &str| {
        let channel = r#"{"caps": [], "quiet": "none", "per_day": null}"#;
        let text = format!(r#"{{"caps": [], "quiet": null, "channels": {{"sms": {channel}, "{second}": {channel}}}}}"#);
        serde_json::from_str::<ContactRules>(&text)
    };
    assert!(rules("email").is_ok());
    let error = rules("sms").unwrap_err().to_string();
    assert!(error.starts_with("channel \"sms\" stands there twice"), "{error}");
}
