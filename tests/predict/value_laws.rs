//! The value of a customer, on a model of purchases that can be checked by hand.

use repurchase::predict::{
    Discount, GammaGamma, GammaGammaParams, PurchaseModel, Sample, SpendSample, ValueModel, discounted_purchases,
    rounded_to_money,
};
use repurchase::{Error, Result};
use rust_decimal::Decimal;

use super::tables::close;

/// Buys at the rate `x + 1` for 10 units of time, then no more.
struct Ten;

impl PurchaseModel for Ten {
    fn log_likelihood(&self, _: &Sample) -> f64 {
        0.0
    }

    fn probability_alive(&self, _: &Sample) -> f64 {
        1.0
    }

    fn expected_purchases(&self, sample: &Sample, horizon: f64) -> Result<f64> {
        Ok(f64::from(sample.repeats() + 1) * f64::min(horizon, 10.0))
    }

    fn probability_of_purchases(&self, _: &Sample, _: u32, _: f64) -> Result<f64> {
        Ok(0.0)
    }
}

fn spend(q: f64) -> GammaGamma {
    GammaGamma::from_params(GammaGammaParams { p: 6.0, q, gamma: 15.0 }).expect("parameters")
}

#[track_caller]
fn discount(rate: f64, step: f64) -> Discount {
    Discount::new(rate, step).expect("a discount")
}

#[track_caller]
fn purchases(horizon: f64, discount: Discount) -> f64 {
    discounted_purchases(&Ten, &Sample::NEW, horizon, discount).expect("a number")
}

#[test]
fn each_step_counts_as_its_end() {
    close(purchases(3.0, discount(0.25, 1.0)), 0.8 + 0.64 + 0.512, 1e-14, "by hand");
    close(purchases(4.0, discount(0.25, 2.0)), 2.0 * 0.8 + 2.0 * 0.64, 1e-14, "by hand");
    // Nothing is bought after the tenth unit of time.
    close(purchases(1000.0, discount(0.25, 10.0)), 10.0 * 0.8, 1e-14, "by hand");
    close(purchases(0.0, discount(0.25, 1.0)), 0.0, 1e-14, "by hand");
}

#[test]
fn a_part_of_a_step_counts_as_the_horizon() {
    close(purchases(2.5, discount(0.25, 1.0)), 0.8 + 0.64 + 0.5 * 0.8_f64.powf(2.5), 1e-14, "by hand");
    close(purchases(0.5, discount(0.25, 1.0)), 0.5 * 0.8_f64.sqrt(), 1e-14, "by hand");
    // A horizon that is a whole number of steps but for rounding makes no jump.
    for step in [4.345, 0.1, 30.4375 / 7.0, 1.0 / 3.0] {
        let whole = 7.0 * step;
        let at = |horizon| purchases(horizon, discount(0.01, step));
        for near in [f64::from_bits(whole.to_bits() - 1), f64::from_bits(whole.to_bits() + 1), step.mul_add(7.0, 0.0)] {
            assert!((at(near) - at(whole)).abs() < 1e-14 * at(whole), "{step}");
        }
        let steps: f64 = (1..=7)
            .map(|i| (step * f64::from(i)).min(10.0) - (step * f64::from(i - 1)).min(10.0))
            .zip(1..)
            .map(|(bought, i)| bought / 1.01_f64.powi(i))
            .sum();
        assert!((at(whole) - steps).abs() < 1e-13 * steps, "{step}");
    }
}

#[test]
fn without_a_discount_it_is_purchases_times_spend() {
    let model = ValueModel { purchases: Ten, spend: spend(4.0) };
    let (sample, spent) = (Sample::new(2, 5.0, 8.0).unwrap(), SpendSample::new(2, 50.0).unwrap());
    // 3 a unit of time, and 6 (15 + 100) / (12 + 3) a purchase.
    let expected = 3.0 * 4.0 * 46.0;
    for discount in [Discount::NONE, Discount::default(), discount(0.0, 0.001)] {
        close(model.expected_value(&sample, &spent, 4.0, discount).unwrap().unwrap(), expected, 1e-14, "by hand");
    }
    let discounted = model.expected_value(&sample, &spent, 4.0, discount(0.25, 2.0)).unwrap().unwrap();
    close(discounted, 3.0 * 46.0 * (2.0 * 0.8 + 2.0 * 0.64), 1e-14, "by hand");
}

#[test]
fn a_customer_without_a_repeat_is_expected_to_spend_the_mean_of_all() {
    let model = ValueModel { purchases: Ten, spend: spend(4.0) };
    close(
        model.expected_value(&Sample::NEW, &SpendSample::NEW, 2.0, Discount::NONE).unwrap().unwrap(),
        2.0 * 30.0,
        1e-14,
        "by hand",
    );
    let heavy = ValueModel { purchases: Ten, spend: spend(0.9) };
    assert_eq!(heavy.expected_value(&Sample::NEW, &SpendSample::NEW, 2.0, Discount::NONE), Ok(None));
    let repeated = SpendSample::new(1, 20.0).unwrap();
    assert!(heavy.expected_value(&Sample::NEW, &repeated, 2.0, Discount::NONE).unwrap().is_some());
}

#[test]
fn many_customers_are_worth_what_each_is() {
    let model = ValueModel { purchases: Ten, spend: spend(0.9) };
    let customers: Vec<_> = (0..20)
        .map(|x| (Sample::new(x, f64::from(x), 30.0).unwrap(), SpendSample::new(x, 3.7 * f64::from(x)).unwrap()))
        .collect();
    for discount in [Discount::NONE, discount(0.07, 0.9)] {
        let all = model.expected_values(&customers, 7.3, discount).unwrap();
        let each =
            |(sample, spend): &(Sample, SpendSample)| model.expected_value(sample, spend, 7.3, discount).unwrap();
        assert_eq!(all, customers.iter().map(each).collect::<Vec<_>>());
        assert!(all[0].is_none() && all[1..].iter().all(|value| value.is_some_and(|value| value > 0.0)));
    }
    assert_eq!(model.expected_values(&[], 7.3, Discount::NONE), Ok(vec![]));
}

#[test]
fn times_and_rates_are_checked() {
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let field = |error: Error| match error {
            Error::Number { field, .. } => field,
            other => panic!("{other}"),
        };
        assert_eq!(field(discounted_purchases(&Ten, &Sample::NEW, bad, Discount::NONE).unwrap_err()), "horizon");
        assert_eq!(field(Discount::new(bad, 1.0).unwrap_err()), "discount rate");
        assert_eq!(field(Discount::new(0.1, bad).unwrap_err()), "step of a discount");
    }
    assert!(Discount::new(0.1, 0.0).is_err());
    assert!(discounted_purchases(&Ten, &Sample::NEW, 10_000.0, discount(0.1, 1.0)).is_ok());
    let error = discounted_purchases(&Ten, &Sample::NEW, 10_000.5, discount(0.1, 1.0)).unwrap_err();
    assert_eq!(error.to_string(), "step of a discount must be at least a 10,000th of the horizon, found 1");
    assert!(discounted_purchases(&Ten, &Sample::NEW, 1e300, discount(0.1, 1e-300)).is_err());
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
    let json = serde_json::json!({"rate": 0.01, "step": 4.345});
    assert_eq!(serde_json::to_value(discount(0.01, 4.345)).unwrap(), json);
    assert_eq!(serde_json::from_value::<Discount>(json).unwrap(), discount(0.01, 4.345));
    assert!(serde_json::from_str::<Discount>(r#"{"rate": -0.01, "step": 4.345}"#).is_err());
}
