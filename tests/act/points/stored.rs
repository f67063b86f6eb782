//! Stored forms.

use repurchase::act::points::{Expiry, Liability, PointsAccount, PointsEvent, PointsProgram};
use serde_json::{Value, json};

use super::super::{money, refused, stored};
use super::{account, earn, earn_in, give_back, grant, program, redeem};

#[test]
fn programs_events_accounts() {
    let program = program(&["1", "1.5"], Expiry::MonthEnd(12));
    assert_eq!(stored(&program), json!({"rates": ["1", "1.5"], "expiry": {"month_end": 12}}));
    assert_eq!(stored(&Expiry::Never), json!("never"));
    let error = refused::<PointsProgram>(&json!({"rates": ["1"], "expiry": "never", "expires": {"days": 30}}));
    assert!(error.starts_with("unknown field `expires`"), "{error}");
    let events = [earn_in(1, "2026-01-01", 7, "19.90"), grant("2026-01-02", 5), redeem("2026-01-03", 6)];
    let expected = json!([
        {"earn": {"day": "2026-01-01", "order": 7, "amount": "19.90", "tier": 1}},
        {"grant": {"day": "2026-01-02", "points": 5}},
        {"redeem": {"day": "2026-01-03", "points": 6}},
    ]);
    assert_eq!(stored(&events.to_vec()), expected);
    let back = stored(&give_back("2026-01-04", 7, "1"));
    assert_eq!(back, json!({"return": {"day": "2026-01-04", "order": 7, "amount": "1"}}));
    let found = account(&program, &events, "2026-01-31");
    let expected = json!({
        "as_of": "2026-01-31",
        "lots": [
            {"expires": "2027-02-01", "earned": "2026-01-01", "order": 7, "points": 23},
            {"expires": "2027-02-01", "earned": "2026-01-02", "order": null, "points": 5},
        ],
        "balance": 28, "redeemed": 6, "expired": 0, "owed": 0, "carried": "0.85",
    });
    assert_eq!(stored(&found), expected);
    let liability = stored(&Liability::of([&found], money("0.01")).unwrap());
    let month = json!([{"month": "2027-01-01", "points": 28, "value": "0.28"}]);
    assert_eq!(liability, json!({"months": month, "points": 28, "value": "0.28", "owed": 0, "carried": "0.85"}));
    let never = account(&super::program(&["1"], Expiry::Never), &[earn("2026-01-01", 1, "2")], "2026-01-01");
    assert_eq!(stored(&never)["lots"][0]["expires"], Value::Null);
}

#[test]
fn what_cannot_have_been_is_refused() {
    let program = program(&["1"], Expiry::Days(10));
    let good = stored(&account(&program, &[grant("2026-01-01", 5), grant("2026-01-02", 6)], "2026-01-03"));
    let lots = "the lots of a points account must hold points that can be used, in the order of their use";
    let balance = "the balance of a points account must be the sum of its lots, and 0 while points are owed";
    let carried = "the carried fraction of a points account must be 0 or more and below 1";
    for (pointer, value, expected) in [
        ("/as_of", json!("2026-01-11"), lots),
        ("/as_of", json!("2026-01-01"), lots),
        ("/lots/0/points", json!(0), lots),
        ("/lots/0/expires", json!("2026-01-13"), lots),
        ("/lots/0/expires", Value::Null, lots),
        ("/balance", json!(10), balance),
        ("/owed", json!(1), balance),
        ("/carried", json!("1"), carried),
        ("/carried", json!("-0.1"), carried),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("a field") = value;
        assert_eq!(refused::<PointsAccount<u32>>(&bad), expected, "{pointer}");
    }
    let error = refused::<PointsProgram>(&json!({"rates": ["-1"], "expiry": "never"}));
    assert_eq!(error, "points per unit of money must be 0 or more, found -1");
    assert!(refused::<PointsEvent<u32>>(&json!({"spend": {"points": 1}})).starts_with("unknown variant"));
}
