//! What is stored comes back, and a file cannot hold what `new` refuses.
#![cfg(feature = "serde")]

use repurchase::act::campaign::{
    Arm, Assignment, BootstrapOptions, Comparison, Funnel, FunnelMeasure, MoneySample, SamplePlan, Stage,
};
use repurchase::scale::{Confidence, Interval};
use rust_decimal::Decimal;
use serde_json::{from_str, to_string};

use super::{TestResult, cents, ratio};

#[track_caller]
fn round_trip<T>(value: &T) -> Result<String, Box<dyn std::error::Error>>
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
{
    let text = to_string(value)?;
    assert_eq!(&from_str::<T>(&text)?, value, "{text}");
    Ok(text)
}

#[test]
fn everything_survives() -> TestResult {
    let funnel = Funnel::new(10).with_converted(2)?.with_money(cents(150), cents(-20))?;
    assert_eq!(
        round_trip(&funnel)?,
        r#"{"shown":10,"clicked":0,"carted":0,"converted":2,"buyers":0,"cost":"1.50","revenue":"-0.20"}"#
    );
    let misspelt = to_string(&funnel)?.replace("buyers", "customers");
    let error = from_str::<Funnel>(&misspelt).unwrap_err().to_string();
    assert!(error.starts_with("unknown field `customers`"), "{error}");
    round_trip(&Arm::default().with(Stage::During, funnel))?;
    let confidence = Confidence::new(0.9)?;
    assert_eq!(round_trip(&confidence)?, "0.9");
    assert_eq!(
        round_trip(&Comparison::of_rates(ratio(1, 2), ratio(0, 3), confidence))?,
        r#"{"subject":{"rates":[{"count":1,"of":2},{"count":0,"of":3}]},"confidence":0.9}"#
    );
    round_trip(&Comparison::of_changes([ratio(1, 2); 2], [ratio(0, 3); 2], confidence))?;
    let sample = MoneySample::of([cents(100), Decimal::new(-5, 4), Decimal::from(1u64 << 40)])?;
    round_trip(&sample)?;
    round_trip(&MoneySample::default())?;
    round_trip(&Comparison::of_money(sample, MoneySample::of([cents(7), cents(8)])?, confidence))?;
    let options = BootstrapOptions::default().with_replicates(100).with_seed(3);
    round_trip(&options)?;
    round_trip(&Comparison::of_amounts(&[cents(1), cents(2)], &[cents(3), cents(5)], &options)?)?;
    round_trip(&Comparison::of_amounts(&[], &[cents(3), cents(5)], &options)?)?;
    let plan = SamplePlan::new(0.1, 0.2)?.with_alpha(0.01)?.with_power(0.9)?;
    round_trip(&plan)?;
    round_trip(&plan.check(10, 10)?.ok_or("too few")?)?;
    let assignment = Assignment::new("spring sale", ratio(1, 10))?;
    assert_eq!(round_trip(&assignment)?, r#"{"campaign":"spring sale","control":{"count":1,"of":10}}"#);
    assert_eq!(from_str::<Assignment>(&to_string(&assignment)?)?.group(17), assignment.group(17));
    for measure in FunnelMeasure::ALL {
        assert_eq!(round_trip(&measure)?, format!("{:?}", measure.label().key()));
    }
    Ok(())
}

#[test]
fn files_that_hold_the_impossible_are_refused() {
    let figures = r#"{"shown":1,"clicked":2,"carted":0,"converted":0,"buyers":0,"cost":"0","revenue":"0"}"#;
    let refused = from_str::<Funnel>(figures).unwrap_err();
    assert!(refused.to_string().starts_with("clicked must lie between 0 and 1, found 2"), "{refused}");
    assert!(from_str::<Confidence>("1.0").is_err());
    assert!(from_str::<Interval>(r#"{"low":1.0,"high":0.5}"#).is_err());
    assert!(from_str::<Assignment>(r#"{"campaign":"a","control":{"count":0,"of":0}}"#).is_err());
    assert!(from_str::<SamplePlan>(r#"{"baseline":0.1,"lift":0.2,"alpha":0.05,"power":0.1}"#).is_err());
    let sample = |customers: u64, scale: u32, sum: &str, squares: &str| {
        let text = format!(r#"{{"customers":{customers},"scale":{scale},"sum":"{sum}","sum_of_squares":"{squares}"}}"#);
        from_str::<MoneySample>(&text)
    };
    assert!(sample(2, 2, "3", "5").is_ok());
    // Two numbers that sum to 3 have squares that sum to 4.5 or more.
    assert!(sample(2, 2, "3", "4").is_err());
    assert!(sample(2, 2, "-3", "4").is_err());
    // One customer's square is that of the sum.
    assert!(sample(1, 0, "5", "25").is_ok() && sample(1, 0, "5", "26").is_err());
    // Two customers of 0 together have twice a square, of 1 together the squares of neighbours.
    assert!(sample(2, 0, "0", "8").is_ok() && sample(2, 0, "0", "4").is_err());
    assert!(sample(2, 0, "1", "13").is_ok() && sample(2, 0, "1", "11").is_err());
    // A sum and that of the squares are both even or both odd, and whole numbers have squares no smaller than themselves.
    assert!(sample(3, 0, "3", "5").is_ok() && sample(3, 0, "3", "4").is_err());
    assert!(sample(4, 0, "2", "2").is_ok() && sample(4, 0, "2", "1").is_err());
    assert!(sample(0, 0, "0", "1").is_err());
    assert!(sample(1, 29, "0", "0").is_err());
    assert!(sample(1, 0, "99999999999999999999999999999999", "1").is_err());
    assert!(sample(1, 0, "x", "1").is_err());
    assert!(sample(1, 0, "1", "-1").is_err());
}
