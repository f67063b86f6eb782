//! The value of a customer, on a model of purchases that can be checked by hand.

use repurchase::Error;
use repurchase::predict::{
    Discount, GammaGamma, GammaGammaParams, PurchaseModel, Sample, ValueModel, discounted_purchases, rounded_to_money,
};
use rust_decimal::Decimal;

use super::tables::close;

/// Buys at the rate `x + 1` for 10 days, then no more.
struct Ten;

impl PurchaseModel for Ten {
    fn log_likelihood(&self, _: &Sample) -> f64 {
        0.0
    }

    fn probability_alive(&self, _: &Sample) -> f64 {
        1.0
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        f64::from(sample.repeats() + 1) * f64::from(horizon_days.min(10))
    }

    fn probability_of_purchases(&self, _: &Sample, _: u32, _: u32) -> f64 {
        0.0
    }
}

fn spend(q: f64) -> GammaGamma {
    GammaGamma::from_params(GammaGammaParams { p: 6.0, q, gamma: 15.0 }).expect("parameters")
}

#[track_caller]
fn discount(rate: f64, step: u32) -> Discount {
    Discount::new(rate, step).expect("a discount")
}

#[track_caller]
fn purchases(horizon: u32, discount: Discount) -> f64 {
    discounted_purchases(&Ten, &Sample::NEW, horizon, discount).expect("a number")
}

#[test]
fn each_step_counts_as_its_end() {
    close(purchases(3, discount(0.25, 1)), 0.8 + 0.64 + 0.512, 1e-14, "by hand");
    close(purchases(4, discount(0.25, 2)), 2.0 * 0.8 + 2.0 * 0.64, 1e-14, "by hand");
    // Nothing is bought after the tenth day.
    close(purchases(1000, discount(0.25, 10)), 10.0 * 0.8, 1e-14, "by hand");
    close(purchases(0, discount(0.25, 1)), 0.0, 1e-14, "by hand");
}

#[test]
fn a_part_of_a_step_counts_as_the_horizon() {
    close(purchases(5, discount(0.25, 2)), 2.0 * 0.8 + 2.0 * 0.64 + 0.8_f64.powf(2.5), 1e-14, "by hand");
    close(purchases(1, discount(0.25, 2)), 0.8_f64.sqrt(), 1e-14, "by hand");
    close(purchases(7, discount(0.25, 300)), 7.0 * 0.8_f64.powf(7.0 / 300.0), 1e-14, "by hand");
    // Step by step, for any step, whole or not.
    for (step, horizon) in (1..12).flat_map(|step| (0..40).map(move |horizon| (step, horizon))) {
        let (mut sum, mut before) = (0.0, 0);
        while before < horizon {
            let end = (before + step).min(horizon);
            let bought = f64::from(end.min(10) - before.min(10));
            sum += bought / 1.01_f64.powf(f64::from(end) / f64::from(step));
            before = end;
        }
        close(purchases(horizon, discount(0.01, step)), sum, 1e-13, (step, horizon));
    }
}

#[test]
fn without_a_discount_it_is_purchases_times_spend() {
    let model = ValueModel { purchases: Ten, spend: spend(4.0) };
    let sample = Sample::new(2, 5.0, 8.0).unwrap().with_mean_spend(50.0).unwrap();
    // 3 a day, and 6 (15 + 100) / (12 + 3) a purchase.
    let expected = 3.0 * 4.0 * 46.0;
    for discount in [Discount::NONE, Discount::default(), discount(0.0, 1)] {
        close(model.expected_value(&sample, 4, discount).unwrap().unwrap(), expected, 1e-14, "by hand");
    }
    let discounted = model.expected_value(&sample, 4, discount(0.25, 2)).unwrap().unwrap();
    close(discounted, 3.0 * 46.0 * (2.0 * 0.8 + 2.0 * 0.64), 1e-14, "by hand");
}

#[test]
fn a_customer_without_a_repeat_is_expected_to_spend_the_mean_of_all() {
    let model = ValueModel { purchases: Ten, spend: spend(4.0) };
    close(model.expected_value(&Sample::NEW, 2, Discount::NONE).unwrap().unwrap(), 2.0 * 30.0, 1e-14, "by hand");
    let heavy = ValueModel { purchases: Ten, spend: spend(0.9) };
    assert_eq!(heavy.expected_value(&Sample::NEW, 2, Discount::NONE), Ok(None));
    let unknown = Sample::new(1, 5.0, 8.0).unwrap();
    assert_eq!(model.expected_value(&unknown, 2, Discount::NONE), Ok(None), "nobody said what was spent");
    let repeated = unknown.with_mean_spend(20.0).unwrap();
    assert!(heavy.expected_value(&repeated, 2, Discount::NONE).unwrap().is_some());
}

#[test]
fn many_customers_are_worth_what_each_is() {
    let model = ValueModel { purchases: Ten, spend: spend(0.9) };
    let customers: Vec<_> = (0..20)
        .map(|x| Sample::new(x, f64::from(x), 30.0).unwrap().with_mean_spend(3.7 * f64::from(x)).unwrap())
        .collect();
    for discount in [Discount::NONE, discount(0.07, 3)] {
        let all = model.expected_value_all(&customers, 7, discount).unwrap();
        let each = |sample: &Sample| model.expected_value(sample, 7, discount).unwrap();
        assert_eq!(all, customers.iter().map(each).collect::<Vec<_>>());
        assert!(all[0].is_none() && all[1..].iter().all(|value| value.is_some_and(|value| value > 0.0)));
    }
    assert_eq!(model.expected_value_all(&[], 7, Discount::NONE), Ok(vec![]));
}

#[test]
fn rates_and_steps_are_checked() {
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let error = Discount::new(bad, 1).unwrap_err();
        assert!(matches!(error, Error::Number { field: "discount rate", .. }), "{error}");
    }
    let error = Discount::new(0.1, 0).unwrap_err().to_string();
    assert_eq!(error, "days of a step must lie between 1 and 4294967295, found 0");
    assert!(discounted_purchases(&Ten, &Sample::NEW, 10_000, discount(0.1, 1)).is_ok());
    let error = discounted_purchases(&Ten, &Sample::NEW, 10_001, discount(0.1, 1)).unwrap_err();
    assert_eq!(error.to_string(), "days of a step must lie between 2 and 4294967295, found 1");
    assert!(discounted_purchases(&Ten, &Sample::NEW, u32::MAX, discount(0.1, 1)).is_err());
    assert!(discounted_purchases(&Ten, &Sample::NEW, u32::MAX, discount(0.1, 429_497)).is_ok());
}

#[test]
fn an_estimate_is_rounded_to_money() {
    assert_eq!(rounded_to_money(1234.565, 2).unwrap(), Decimal::new(123_457, 2));
    assert_eq!(rounded_to_money(2.5, 0).unwrap(), Decimal::TWO);
    assert_eq!(rounded_to_money(-0.001, 2).unwrap().to_string(), "0.00");
    let error = rounded_to_money(1e27, 2).unwrap_err().to_string();
    assert!(error.starts_with("estimate in money must be finite and within 96 bits"), "{error}");
    assert!(rounded_to_money(f64::INFINITY, 2).is_err());
    assert_eq!(rounded_to_money(1.0, 29).unwrap_err().to_string(), "decimals must lie between 0 and 28, found 29");
}

#[cfg(feature = "serde")]
#[test]
fn a_stored_discount_is_checked() {
    let json = serde_json::json!({"rate": 0.01, "step_days": 30});
    assert_eq!(serde_json::to_value(discount(0.01, 30)).unwrap(), json);
    assert_eq!(serde_json::from_value::<Discount>(json).unwrap(), discount(0.01, 30));
    assert!(serde_json::from_str::<Discount>(r#"{"rate": -0.01, "step_days": 30}"#).is_err());
}
