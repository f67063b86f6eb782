//! Stored results come back equal.

use repurchase::measure::{
    CohortTable, Concentration, Occasion, RateOptions, Scope, buyer_mix, repurchase_rates, second_purchase_rate,
};
use repurchase::record::Period;
use rust_decimal::Decimal;

use super::{TestResult, date, small_shop, window};

fn round_trip<T>(value: &T) -> TestResult
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
{
    let text = serde_json::to_string(value)?;
    assert_eq!(&serde_json::from_str::<T>(&text)?, value, "{text}");
    Ok(())
}

#[test]
fn results_survive() -> TestResult {
    let log = small_shop();
    let march = window("2026-03-01", "2026-04-01");
    round_trip(&repurchase_rates(&log, &march.into(), RateOptions::default()))?;
    round_trip(&RateOptions::default().with_occasion(Occasion::Day).with_scope(Scope::Lifetime))?;
    round_trip(&second_purchase_rate(&log, march, 30, date("2026-04-15"), Occasion::Day))?;
    round_trip(&CohortTable::from_log(&log, Period::Week, date("2026-04-15"))?)?;
    round_trip(&buyer_mix(&log, Period::Month, date("2026-04-15"))?)?;
    round_trip(&Concentration::of(&log.ledger(date("2026-04-15"))?)?.top_share(Decimal::new(2, 1))?)?;
    let cohorts = CohortTable::from_log(&log, Period::Month, date("2026-04-15"))?;
    assert!(serde_json::to_string(&cohorts)?.contains(r#""customers":2,"active":{"0":2,"1":1},"offsets":2"#));
    Ok(())
}
