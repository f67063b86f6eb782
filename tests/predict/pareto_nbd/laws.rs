//! What holds at any parameters.

use proptest::prelude::*;
use repurchase::predict::{FitOptions, ParetoNbd, PurchaseModel, Sample, Samples};

use super::fits::summaries;
use super::model;
use crate::fixed_seed;
use crate::tables::close;

/// Over ten powers of ten.
fn parameter() -> impl Strategy<Value = f64> {
    (-4.0..6.0).prop_map(|power: f64| 10.0_f64.powf(power))
}

fn parameters() -> impl Strategy<Value = [f64; 4]> {
    [parameter(), parameter(), parameter(), parameter()]
}

/// As shops have them.
fn usual() -> impl Strategy<Value = [f64; 4]> {
    [0.2..3.0, 2.0..30.0, 0.2..3.0, 2.0..30.0]
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
    fn answers_are_numbers(parameters in parameters(), customer in customer(), horizon in parameter(), count in 0..200_u32) {
        let model = model(&parameters);
        let alive = model.probability_alive(&customer);
        prop_assert!((0.0..=1.0).contains(&alive));
        prop_assert!(model.log_likelihood(&customer).is_finite());
        let expected = model.expected_purchases(&customer, horizon).unwrap();
        prop_assert!(expected.is_finite() && expected >= 0.0);
        for count in [0, 1, count] {
            let probability = model.probability_of_purchases(&customer, count, horizon).unwrap();
            prop_assert!((0.0..=1.0).contains(&probability), "{probability}");
        }
        // Whoever has left does not buy.
        prop_assert!(model.probability_no_purchase(&customer, horizon).unwrap() >= (1.0 - alive) * (1.0 - 1e-15));
    }

    #[test]
    fn falls_with_silence_and_rises_with_time(parameters in parameters(), customer in customer(), horizon in parameter()) {
        let (model, age) = (model(&parameters), customer.age());
        let longer = Sample::new(customer.repeats(), customer.recency(), age * 1.25).unwrap();
        prop_assert!(model.probability_alive(&longer) <= model.probability_alive(&customer) * (1.0 + 1e-12));
        let at = |horizon: f64| model.expected_purchases(&customer, horizon).unwrap();
        prop_assert!(at(horizon * 1.25) >= at(horizon) * (1.0 - 1e-14));
        let no_purchase = |horizon: f64| model.probability_no_purchase(&customer, horizon).unwrap();
        prop_assert!(no_purchase(horizon * 1.25) <= no_purchase(horizon) * (1.0 + 1e-12));
    }

    /// A silence has the density of its parts: what is said of the future agrees with what is said of the past.
    #[test]
    fn a_silence_that_was_and_one_that_comes(parameters in parameters(), age in parameter(), further in parameter()) {
        let (model, short) = (model(&parameters), Sample::new(0, 0.0, age).unwrap());
        let long = Sample::new(0, 0.0, age + further).unwrap();
        let no_purchase = model.probability_no_purchase(&short, further).unwrap();
        let difference = model.log_likelihood(&long) - model.log_likelihood(&short);
        let size = model.log_likelihood(&long).abs();
        prop_assume!(difference > -600.0);
        close(no_purchase, difference.exp(), 1e-12 * (1.0 + size), (parameters, age, further));
        // And of a new customer, the likelihood is that future itself.
        let future = model.probability_no_purchase(&Sample::NEW, age).unwrap();
        close(future, model.log_likelihood(&short).exp(), 1e-12 * (1.0 + size), (parameters, age));
    }
}

proptest! {
    #![proptest_config(fixed_seed(24))]

    #[test]
    fn counts_add_up(parameters in usual(), repeats in 0..6_u32, silence in 0.0..20.0_f64, horizon in 0.5..12.0_f64) {
        let model = model(&parameters);
        let recency = if repeats > 0 { 15.0 } else { 0.0 };
        let customer = Sample::new(repeats, recency, recency + silence).unwrap();
        let probability = |count| model.probability_of_purchases(&customer, count, horizon).unwrap();
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
        close(mean, model.expected_purchases(&customer, horizon).unwrap(), 1e-10, (parameters, customer, horizon));
    }
}

#[test]
fn many_customers_to_the_same_bits() {
    let samples: Vec<Sample> = samples().iter().map(|(sample, _)| sample).step_by(9).collect();
    let model = model(&super::CDNOW);
    let one_by_one: Vec<f64> = samples.iter().map(|sample| model.expected_purchases(sample, 9.0).unwrap()).collect();
    assert!(bits(&one_by_one) == bits(&model.expected_purchases_of_all(&samples, 9.0).unwrap()));
    let one_by_one: Vec<f64> = samples.iter().map(|sample| model.probability_alive(sample)).collect();
    assert!(bits(&one_by_one) == bits(&model.probabilities_alive(&samples)));
}

fn samples() -> Samples {
    summaries("cdnow_summary_cal.csv", 1.0)
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn no_order_and_no_split_changes_a_bit() {
    let rows: Vec<Sample> =
        samples().iter().flat_map(|(sample, customers)| (0..customers).map(move |_| sample)).collect();
    let fit = |samples: &Samples| ParetoNbd::fit(samples, &FitOptions::default()).unwrap();
    let ascending: Samples = rows.iter().copied().collect();
    let descending: Samples = rows.iter().rev().copied().collect();
    let (left, right) = rows.split_at(rows.len() / 3);
    let parts: Samples = left.iter().copied().collect::<Samples>().merge(right.iter().copied().collect());
    let expected = format!("{:?}", fit(&ascending));
    assert_eq!(format!("{:?}", fit(&descending)), expected);
    assert_eq!(format!("{:?}", fit(&parts)), expected);
}
