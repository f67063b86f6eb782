//! What holds at any parameters.

use proptest::prelude::*;
use repurchase::predict::{FitOptions, ParetoNbd, PurchaseModel, Sample, Samples, TimeUnit};

use super::model;
use crate::fixed_seed;
use crate::tables::{cdnow, close};

/// Over ten powers of ten.
fn parameter() -> impl Strategy<Value = f64> {
    (-4.0..6.0).prop_map(|power: f64| 10.0_f64.powf(power))
}

fn parameters() -> impl Strategy<Value = [f64; 4]> {
    [parameter(), parameter(), parameter(), parameter()]
}

/// Over seven powers of ten.
fn horizon() -> impl Strategy<Value = u32> {
    (0.0..7.0).prop_map(|power: f64| 10.0_f64.powf(power) as u32)
}

/// As shops have them.
fn usual() -> impl Strategy<Value = [f64; 4]> {
    [0.2..3.0, 200.0..3000.0, 0.2..3.0, 200.0..3000.0]
}

fn customer() -> impl Strategy<Value = Sample> {
    let count = prop_oneof![Just(0_u32), 1..20_u32, 20..10_000_u32];
    (count, 1e-6..=1.0_f64, parameter()).prop_map(|(repeats, share, age)| {
        let recency = if repeats > 0 { age * share } else { 0.0 };
        Sample::new(repeats, recency, age).unwrap()
    })
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn answers_are_numbers(parameters in parameters(), customer in customer(), horizon in horizon(), count in 0..200_u32) {
        let model = model(&parameters, TimeUnit::Day);
        let alive = model.probability_alive(&customer);
        prop_assert!((0.0..=1.0).contains(&alive));
        prop_assert!(model.log_likelihood(&customer).is_finite());
        let expected = model.expected_purchases(&customer, horizon);
        prop_assert!(expected.is_finite() && expected >= 0.0);
        for count in [0, 1, count] {
            let probability = model.probability_of_purchases(&customer, count, horizon);
            prop_assert!((0.0..=1.0).contains(&probability), "{probability}");
        }
        // Whoever has left does not buy.
        prop_assert!(model.probability_no_purchase(&customer, horizon) >= (1.0 - alive) * (1.0 - 1e-15));
    }

    #[test]
    fn falls_with_silence_and_rises_with_time(parameters in parameters(), customer in customer(), horizon in horizon()) {
        let (model, age) = (model(&parameters, TimeUnit::Day), customer.age_days());
        let longer = Sample::new(customer.repeats(), customer.recency_days(), age * 1.25).unwrap();
        prop_assert!(model.probability_alive(&longer) <= model.probability_alive(&customer) * (1.0 + 1e-12));
        let at = |horizon: u32| model.expected_purchases(&customer, horizon);
        let further = horizon + horizon / 4;
        prop_assert!(at(further) >= at(horizon) * (1.0 - 1e-14));
        let no_purchase = |horizon: u32| model.probability_no_purchase(&customer, horizon);
        prop_assert!(no_purchase(further) <= no_purchase(horizon) * (1.0 + 1e-12));
    }

    /// A silence has the density of its parts: what is said of the future agrees with what is said of the past.
    #[test]
    fn a_silence_that_was_and_one_that_comes(parameters in parameters(), age in horizon(), further in horizon()) {
        let (model, short) = (model(&parameters, TimeUnit::Day), Sample::new(0, 0.0, age.into()).unwrap());
        let long = Sample::new(0, 0.0, (age + further).into()).unwrap();
        let no_purchase = model.probability_no_purchase(&short, further);
        let difference = model.log_likelihood(&long) - model.log_likelihood(&short);
        let size = model.log_likelihood(&long).abs();
        prop_assume!(difference > -600.0);
        close(no_purchase, difference.exp(), 1e-12 * (1.0 + size), (parameters, age, further));
        // And of a new customer, the likelihood is that future itself.
        let future = model.probability_no_purchase(&Sample::NEW, age);
        close(future, model.log_likelihood(&short).exp(), 1e-12 * (1.0 + size), (parameters, age));
    }
}

proptest! {
    #![proptest_config(fixed_seed(24))]

    #[test]
    fn counts_add_up(parameters in usual(), repeats in 0..6_u32, silence in 0.0..2000.0_f64, horizon in 50..1200_u32) {
        let model = model(&parameters, TimeUnit::Day);
        let recency = if repeats > 0 { 1500.0 } else { 0.0 };
        let customer = Sample::new(repeats, recency, recency + silence).unwrap();
        let probability = |count| model.probability_of_purchases(&customer, count, horizon);
        let (mut sum, mut mean, mut count) = (probability(0), 0.0, 0);
        loop {
            count += 1;
            let next = probability(count);
            (sum, mean) = (sum + next, mean + f64::from(count) * next);
            if f64::from(count) * next < 1e-13 && count > 5 {
                break;
            }
        }
        // What lies beyond the last is a geometric tail.
        close(sum, 1.0, 1e-10, (parameters, customer, horizon));
        close(mean, model.expected_purchases(&customer, horizon), 1e-10, (parameters, customer, horizon));
    }
}

#[test]
fn many_customers_to_the_same_bits() {
    let samples: Vec<Sample> = cdnow().iter().map(|(sample, _)| sample).step_by(9).collect();
    let model = model(&super::CDNOW, TimeUnit::Week);
    let one_by_one: Vec<f64> = samples.iter().map(|sample| model.expected_purchases(sample, 63)).collect();
    assert!(bits(&one_by_one) == bits(&model.expected_purchases_all(&samples, 63)));
    let one_by_one: Vec<f64> = samples.iter().map(|sample| model.probability_alive(sample)).collect();
    assert!(bits(&one_by_one) == bits(&model.probability_alive_all(&samples)));
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn no_order_and_no_split_changes_a_bit() {
    let rows: Vec<Sample> =
        cdnow().iter().flat_map(|(sample, customers)| (0..customers).map(move |_| sample)).collect();
    let fit = |samples: &Samples| ParetoNbd::fit(samples, &FitOptions::default()).unwrap();
    let ascending: Samples = rows.iter().copied().collect();
    let descending: Samples = rows.iter().rev().copied().collect();
    let (left, right) = rows.split_at(rows.len() / 3);
    let mut parts: Samples = left.iter().copied().collect();
    parts.merge(&right.iter().copied().collect()).unwrap();
    let expected = format!("{:?}", fit(&ascending));
    assert_eq!(format!("{:?}", fit(&descending)), expected);
    assert_eq!(format!("{:?}", fit(&parts)), expected);
}
