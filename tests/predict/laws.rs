//! What must hold of every model, whatever its parameters; and that fits find the parameters of simulated shops.

use proptest::prelude::*;
use repurchase::predict::{
    BgNbd, BgNbdParams, Fit, FitOptions, MbgNbd, MbgNbdParams, Nbd, NbdParams, ParetoNbd, ParetoNbdParams,
    PurchaseModel, Sample, Samples, TimeUnit,
};

use super::chance::Chance;
use super::tables::{cdnow, close};

/// Times are drawn in thousands of days, so that whole days are short.
const THOUSAND: f64 = 1000.0;

/// Every model, at parameters of its own family.
fn models(parameters: [f64; 4]) -> Vec<(&'static str, Box<dyn PurchaseModel>)> {
    models_in_units(THOUSAND, parameters)
}

/// The same with times counted in units of which one of theirs has so many.
fn models_in_units(unit: f64, [r, alpha, third, fourth]: [f64; 4]) -> Vec<(&'static str, Box<dyn PurchaseModel>)> {
    let (alpha, a, b, s, beta) = (alpha * unit, third, fourth, third, fourth * unit);
    vec![
        ("NBD", Box::new(Nbd::from_params(NbdParams { r, alpha }, TimeUnit::Day).unwrap())),
        ("BG/NBD", Box::new(BgNbd::from_params(BgNbdParams { r, alpha, a, b }, TimeUnit::Day).unwrap())),
        ("MBG/NBD", Box::new(MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, TimeUnit::Day).unwrap())),
        ("Pareto/NBD", Box::new(ParetoNbd::from_params(ParetoNbdParams { r, alpha, s, beta }, TimeUnit::Day).unwrap())),
    ]
}

/// Numbers from `10^low` to `10^high`.
fn sizes(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|exponent| 10.0_f64.powf(exponent))
}

fn parameters() -> impl Strategy<Value = [f64; 4]> {
    [sizes(-1.5, 1.0), sizes(-1.0, 2.5), sizes(-1.5, 1.5), sizes(-1.5, 1.5)]
}

fn customers() -> impl Strategy<Value = Sample> {
    (0_u32..40, 0.01..1.0, 0.1..200.0).prop_map(|(repeats, share, age): (u32, f64, f64)| {
        let age = THOUSAND * age;
        Sample::new(repeats, if repeats == 0 { 0.0 } else { share * age }, age).unwrap()
    })
}

proptest! {
    #![proptest_config(super::fixed_seed(48))]

    #[test]
    fn probabilities_add_up_and_their_mean_is_expected(
        parameters in parameters(), customer in customers(), relative in 0.01..0.5,
    ) {
        let horizon = (relative * (THOUSAND * parameters[1] + customer.age_days())) as u32;
        for (name, model) in models(parameters) {
            let (mut sum, mut mean) = (0.0, 0.0);
            for purchases in 0..400 {
                let probability = model.probability_of_purchases(&customer, purchases, horizon);
                prop_assert!((0.0..=1.0 + 1e-12).contains(&probability), "{name}: {probability}");
                sum += probability;
                mean += f64::from(purchases) * probability;
            }
            let expected = model.expected_purchases(&customer, horizon);
            prop_assert!((sum - 1.0).abs() < 1e-10, "{name}: {sum}");
            prop_assert!((mean - expected).abs() <= 1e-9 * expected, "{name}: {mean} {expected}");
        }
    }

    #[test]
    fn more_time_brings_more_purchases(parameters in parameters(), customer in customers(), horizon in 0..100_000_u32) {
        for (name, model) in models(parameters) {
            let expected = |horizon| model.expected_purchases(&customer, horizon);
            let none = |horizon| model.probability_no_purchase(&customer, horizon);
            prop_assert_eq!(expected(0).to_bits(), 0);
            prop_assert!((none(0) - 1.0).abs() < 1e-15);
            prop_assert!(expected(horizon) <= expected(horizon + horizon / 2) * (1.0 + 1e-13), "{name}");
            prop_assert!(none(horizon + horizon / 2) <= none(horizon) * (1.0 + 1e-13), "{name}");
        }
    }

    #[test]
    fn silence_speaks_for_having_left(parameters in parameters(), customer in customers(), longer in 1.0..3.0) {
        for (name, model) in models(parameters) {
            let later = Sample::new(customer.repeats(), customer.recency_days(), customer.age_days() * longer).unwrap();
            let (now, then) = (model.probability_alive(&customer), model.probability_alive(&later));
            prop_assert!((0.0..=1.0).contains(&now), "{name}: {now}");
            prop_assert!(then <= now * (1.0 + 1e-13), "{name}: {now} {then}");
        }
    }

    /// Only rates are measured in time.
    #[test]
    fn the_unit_of_time_is_free(parameters in parameters(), customer in customers(), unit in 1..1000_u32) {
        let factor = f64::from(unit);
        let [recency, age] = [customer.recency_days(), customer.age_days()].map(|days| days * factor);
        let scaled = Sample::new(customer.repeats(), recency, age).unwrap();
        for ((name, model), (_, in_units)) in models(parameters).into_iter().zip(models_in_units(THOUSAND * factor, parameters)) {
            let pairs = [
                (model.probability_alive(&customer), in_units.probability_alive(&scaled)),
                (
                    model.expected_purchases(&customer, 9_000),
                    in_units.expected_purchases(&scaled, 9_000 * unit),
                ),
                (
                    model.log_likelihood(&customer) - f64::from(customer.repeats()) * factor.ln(),
                    in_units.log_likelihood(&scaled),
                ),
            ];
            for (left, right) in pairs {
                prop_assert!((left - right).abs() <= 1e-10 * left.abs().max(1e-3), "{name}: {left} {right}");
            }
        }
    }

    /// With less and less dropout, MBG/NBD and BG/NBD become the NBD.
    #[test]
    fn without_dropout_there_is_only_the_nbd(parameters in parameters(), customer in customers()) {
        let [r, alpha, _, b] = parameters;
        let models = models([r, alpha, 1e-14, b.max(1.0)]);
        // Else even this little dropout is likely, after so long a silence.
        prop_assume!(((THOUSAND * alpha + customer.age_days()) / (THOUSAND * alpha + customer.recency_days())).powf(r + f64::from(customer.repeats())) < 1e3);
        let (_, nbd) = &models[0];
        for (name, model) in &models[1..] {
            close(model.probability_alive(&customer), 1.0, 1e-10, name);
            let expected = |model: &dyn PurchaseModel| model.expected_purchases(&customer, 10_000);
            close(expected(model.as_ref()), expected(nbd.as_ref()), 1e-10, name);
            let (left, right) = (model.log_likelihood(&customer), nbd.log_likelihood(&customer));
            prop_assert!((left - right).abs() < 1e-9, "{name}: {left} {right}");
        }
    }
}

/// BG/NBD says of a customer who came once that she is alive, however long ago that was.
#[test]
fn bg_nbd_is_blind_to_customers_who_came_once() {
    let once = Sample::new(0, 0.0, 500.0 * THOUSAND).unwrap();
    for (name, model) in models([0.243, 4.414, 0.793, 2.426]) {
        let alive = model.probability_alive(&once);
        assert_eq!(alive < 1.0, ["MBG/NBD", "Pareto/NBD"].contains(&name), "{name}: {alive}");
    }
}

#[test]
fn no_order_and_no_grouping_of_customers_changes_a_fit() {
    let samples = cdnow();
    let mut rows: Vec<Sample> = Vec::new();
    samples.iter().for_each(|(sample, customers)| rows.extend((0..customers).map(|_| sample)));
    assert_eq!(rows.len(), 2357);
    let fit = BgNbd::fit(&samples, &FitOptions::default()).unwrap();
    rows.reverse();
    let mid = rows.len() / 3;
    rows.rotate_left(mid);
    let (left, right) = rows.split_at(mid);
    let mut merged: Samples = left.iter().copied().collect();
    merged.merge(&right.iter().copied().collect()).unwrap();
    let again: Samples = rows.iter().copied().collect();
    assert_eq!((&again, &merged), (&samples, &samples));
    assert_eq!(BgNbd::fit(&merged, &FitOptions::default()).unwrap(), fit);
    // The sum over customers is the fit's likelihood.
    let model = fit.interior().unwrap();
    let sum: f64 = rows.iter().map(|sample| model.model.log_likelihood(sample)).sum();
    close(sum, model.report.log_likelihood, 1e-12, "ln L");
}

const SHOP: usize = 50_000;

#[test]
fn parameters_of_simulated_shops_are_found_again() {
    let per_day = FitOptions::default().with_unit(TimeUnit::Day);
    let [r, alpha, a, b] = [0.6, 8.0, 0.9, 2.5];
    for first_purchase_counts in [false, true] {
        let mut chance = Chance(20_261_122);
        let customer = |_| {
            let (rate, p, age) = (chance.gamma(r) / alpha, chance.beta(a, b), 20.0 + 60.0 * chance.uniform());
            chance.customer(rate, age, |chance, repeats| (repeats > 0 || first_purchase_counts) && chance.uniform() < p)
        };
        let samples: Samples = (0..SHOP).map(customer).collect();
        let found = if first_purchase_counts {
            let MbgNbdParams { r, alpha, a, b } =
                MbgNbd::fit(&samples, &per_day).unwrap().interior().unwrap().model.params();
            [r, alpha, a, b]
        } else {
            let BgNbdParams { r, alpha, a, b } =
                BgNbd::fit(&samples, &per_day).unwrap().interior().unwrap().model.params();
            [r, alpha, a, b]
        };
        for (found, right) in found.into_iter().zip([r, alpha, a, b]) {
            close(found, right, 0.1, "parameter");
        }
    }
    let mut chance = Chance(20_261_122);
    let customer = |_| {
        let (rate, age) = (chance.gamma(r) / alpha, 20.0 + 60.0 * chance.uniform());
        chance.customer(rate, age, |_, _| false)
    };
    let samples: Samples = (0..SHOP).map(customer).collect();
    let NbdParams { r: found_r, alpha: found_alpha } =
        Nbd::fit(&samples, &per_day).unwrap().interior().unwrap().model.params();
    close(found_r, r, 0.05, "r");
    close(found_alpha, alpha, 0.05, "alpha");
    // Where nobody leaves, a model with dropout says so, or finds next to none.
    match BgNbd::fit(&samples, &per_day).unwrap() {
        Fit::Interior(fitted) => assert!(fitted.model.params().a / fitted.model.params().b < 0.01),
        Fit::Boundary(boundary) => assert!(boundary.to_string().contains("goes to 0"), "{boundary}"),
    }
}

proptest! {
    #![proptest_config(super::fixed_seed(48))]

    #[test]
    fn likelihoods_of_many_are_those_of_each(
        parameters in parameters(), customers in prop::collection::vec(customers(), 0..60),
    ) {
        // Equal `x` and `T` share what is worked out, whole days another way than others.
        let whole = customers.iter().map(|of| {
            let (recency, age) = (of.recency_days().ceil(), of.age_days().ceil());
            Sample::new(of.repeats(), recency, age).unwrap()
        });
        let all: Vec<Sample> = customers.iter().copied().chain(whole).chain(customers.iter().rev().copied()).collect();
        for (name, model) in models(parameters) {
            let found = model.log_likelihood_all(&all);
            prop_assert_eq!(found.len(), all.len());
            for (found, sample) in found.iter().zip(&all) {
                prop_assert_eq!(found.to_bits(), model.log_likelihood(sample).to_bits(), "{}", name);
            }
        }
    }
}
