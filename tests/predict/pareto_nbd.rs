//! Pareto/NBD: tables of 20 digits or more, real shops with and without a maximum, laws, edges.

use repurchase::predict::{ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, TimeUnit};

use crate::tables::{Row, cdnow, close, table};

mod fits;
mod laws;
mod simulated;

#[track_caller]
fn model(parameters: &[f64], unit: TimeUnit) -> ParetoNbd {
    let &[r, alpha, s, beta, ..] = parameters else { panic!("four parameters") };
    ParetoNbd::from_params(ParetoNbdParams { r, alpha, s, beta }, unit).expect("parameters")
}

fn model_of(row: &Row, unit: TimeUnit) -> ParetoNbd {
    model(&row.numbers(["r", "alpha", "s", "beta"]), unit)
}

#[track_caller]
fn sample(repeats: u32, recency: f64, age: f64) -> Sample {
    Sample::new(repeats, recency, age).expect("a sample")
}

/// Compares each row of a table in `tests/data/predict`, its numbers taken as days.
fn compare(file: &str, check: impl Fn(&Row, ParetoNbd)) {
    for row in table(&format!("predict/{file}")) {
        check(&row, model_of(&row, TimeUnit::Day));
    }
}

/// The published three decimals of the CDNOW customers, in weeks.
const CDNOW: [f64; 4] = [0.553, 10.578, 0.606, 11.669];

/// From log odds: of small probabilities, all digits.
fn probability(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

#[test]
fn samples_at_fixed_parameters() {
    compare("pareto_nbd_point.csv", |row, model| {
        let (alive, sample) = (model.probability_alive(&row.sample()), row.sample());
        close(model.log_likelihood(&sample), row.number("ln_likelihood"), 1e-12, row);
        close(alive, row.number("p_alive"), 1e-12, row);
        close(alive, probability(row.number("logit_p_alive")), 1e-12, row);
    });
}

#[test]
fn samples_where_other_formulas_fail() {
    compare("pareto_nbd_extreme.csv", |row, model| {
        let (alive, sample) = (model.probability_alive(&row.sample()), row.sample());
        close(model.log_likelihood(&sample), row.number("ln_likelihood"), 1e-12, row);
        close(alive, probability(row.number("logit_p_alive")), 1e-12, row);
        let expected = model.expected_purchases(&sample, 100);
        close(expected, alive * row.number("expected_if_alive_100"), 1e-12, row);
        let none = model.probability_no_purchase(&sample, 100);
        close(none, row.number("p_no_purchase_100"), 1e-12, row);
    });
}

#[test]
fn expected_purchases_of_customers() {
    for row in table("predict/pareto_nbd_expected.csv") {
        let (sample, horizon) = row.in_weeks();
        let expected = model_of(&row, TimeUnit::Week).expected_purchases(&sample, horizon);
        close(expected, row.number("expected_purchases"), 1e-12, row);
    }
}

#[test]
fn expected_purchases_of_new_customers() {
    compare("pareto_nbd_mean.csv", |row, model| {
        let expected = model.expected_purchases(&Sample::NEW, row.horizon());
        close(expected, row.number("expected_x_t"), 1e-14, row);
    });
}

#[test]
fn purchase_counts_of_new_customers() {
    compare("pareto_nbd_pmf.csv", |row, model| {
        let probability = model.probability_of_purchases(&Sample::NEW, row.value("n"), row.horizon());
        close(probability, row.number("p_x_t_eq_n"), 1e-11, row);
    });
}

#[test]
fn cdnow_customers_at_published_parameters() {
    let model = model(&CDNOW, TimeUnit::Day);
    for row in table("predict/pareto_nbd_cdnow.csv") {
        let sample = row.sample();
        close(model.log_likelihood(&sample), row.number("ln_likelihood"), 1e-13, &row);
        close(model.probability_alive(&sample), row.number("p_alive"), 1e-13, &row);
        let expected = model.expected_purchases(&sample, 39);
        close(expected, row.number("expected_purchases_39"), 1e-13, &row);
    }
    // All 2,357 customers: sums of 50-digit values.
    let (samples, model) = (cdnow(), self::model(&CDNOW, TimeUnit::Week));
    let customers = |f: &dyn Fn(&Sample) -> f64| -> f64 {
        samples.iter().flat_map(|(sample, customers)| (0..customers).map(move |_| sample)).map(|s| f(&s)).sum()
    };
    close(customers(&|s| model.log_likelihood(s)), -9_594.976_259_272_634, 1e-13, "ln L");
    close(customers(&|s| model.probability_alive(s)), 1_052.237_519_913_909, 1e-13, "P(alive)");
    let expected = customers(&|s| model.expected_purchases(s, 273));
    close(expected, 1_665.693_160_683_074_7, 1e-13, "E[Y]");
}

#[test]
fn refuses_what_is_no_parameter() {
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for place in 0..4 {
            let mut params = CDNOW;
            params[place] = wrong;
            let [r, alpha, s, beta] = params;
            let refused = ParetoNbd::from_params(ParetoNbdParams { r, alpha, s, beta }, TimeUnit::Week)
                .expect_err("no parameter");
            let name = ["r", "alpha", "s", "beta"][place];
            assert_eq!(refused.to_string(), format!("{name} must be finite and above 0, found {wrong}"));
        }
    }
}

#[test]
fn says_nothing_of_what_has_no_length() {
    let model = model(&CDNOW, TimeUnit::Week);
    // Just bought, hence alive; a new customer's likelihood is that of nothing seen.
    close(model.probability_alive(&sample(3, 9.0, 9.0)), 1.0, 0.0, "just bought");
    close(model.log_likelihood(&Sample::NEW), 0.0, 0.0, "new");
    let customer = sample(3, 5.0, 9.0);
    close(model.expected_purchases(&customer, 0), 0.0, 0.0, "no time");
    close(model.probability_no_purchase(&customer, 0), 1.0, 1e-15, "no time");
    close(model.probability_of_purchases(&customer, 1, 0), 0.0, 0.0, "no time");
}

#[cfg(feature = "serde")]
#[test]
fn is_stored_as_its_parameters() {
    let model = model(&CDNOW, TimeUnit::Week);
    let stored = serde_json::to_string(&model).expect("json");
    assert_eq!(stored, r#"{"unit":"week","r":0.553,"alpha":10.578,"s":0.606,"beta":11.669}"#);
    assert_eq!(serde_json::from_str::<ParetoNbd>(&stored).expect("the model"), model);
    let wrong = stored.replace("0.606", "-0.606");
    let refused = serde_json::from_str::<ParetoNbd>(&wrong).expect_err("no parameter").to_string();
    assert!(refused.contains("s must be finite and above 0, found -0.606"), "{refused}");
}
