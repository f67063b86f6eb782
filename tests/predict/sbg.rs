//! sBG against 50-digit values, laws, recovery and edges.

#![allow(clippy::float_cmp, reason = "where a value is exact, it must be")]
#![allow(clippy::cast_precision_loss, reason = "there are few customers")]

use proptest::prelude::*;
use repurchase::Error;
use repurchase::predict::{Fit, FitOptions, Latent, Limit, RenewalCohort, Sbg, SbgParams, Spread, StopReason};

use super::chance::Chance;
use super::tables::{Row, close, table};

fn model(alpha: f64, beta: f64) -> Sbg {
    Sbg::from_params(SbgParams { alpha, beta }).unwrap()
}

fn model_of(row: &Row) -> Sbg {
    let [alpha, beta] = row.numbers(["alpha", "beta"]);
    model(alpha, beta)
}

fn cohort(survivors: &[u64]) -> RenewalCohort {
    RenewalCohort::new(survivors.to_vec()).unwrap()
}

fn fit(cohorts: &[RenewalCohort]) -> Fit<Sbg, SbgParams> {
    Sbg::fit(cohorts, &FitOptions::default()).unwrap()
}

#[test]
fn says_what_fifty_digits_say() {
    for row in table("predict/sbg.csv") {
        let (model, t) = (model_of(&row), row.value("t"));
        close(model.ln_probability_of_churn(t), row.number("ln_p_churn_at_t"), 1e-13, &row);
        close(model.probability_of_churn(t), row.number("p_churn_at_t"), 1e-12, &row);
        close(model.ln_survival(t), row.number("ln_survival"), 1e-13, &row);
        close(model.survival(t), row.number("survival"), 1e-12, &row);
        close(model.retention_rate(t), row.number("retention_rate"), 1e-15, &row);
    }
    for row in table("predict/sbg_derl.csv") {
        let (model, discount) = (model_of(&row), row.number("d"));
        let found = match row.value::<u32>("n").checked_sub(1) {
            None => model.discounted_lifetime(discount),
            Some(renewals) => model.discounted_residual_lifetime(renewals, discount),
        };
        close(found.unwrap(), row.number("value_n0_is_DEL_else_DERL"), 1e-13, &row);
    }
}

#[test]
fn finds_the_maximum() {
    for row in table("predict/sbg_fits.csv") {
        let (data, log_likelihood) = (row.text("data"), row.number("log_likelihood"));
        let counts = |text: &str| cohort(&text.split(' ').map(|count| count.parse().unwrap()).collect::<Vec<_>>());
        let cohorts: Vec<_> = row.text("cohorts").split('|').map(counts).collect();

        let fitted = fit(&cohorts).interior().unwrap();
        let SbgParams { alpha, beta } = fitted.model.params();
        // The search ends with the step below which ln L cannot tell points apart; it leaves its square.
        close(alpha, row.number("alpha"), 2e-11, data);
        close(beta, row.number("beta"), 2e-11, data);
        close(fitted.standard_errors.alpha, row.number("se_alpha"), 1e-10, data);
        close(fitted.standard_errors.beta, row.number("se_beta"), 1e-10, data);
        let report = fitted.report;
        close(report.log_likelihood, log_likelihood, 1e-14, data);
        close(fitted.model.log_likelihood(&cohorts).unwrap(), log_likelihood, 1e-14, data);
        assert_eq!((report.customers, report.left_out), (row.value("customers"), 0), "{data}");
        assert_eq!(report.distinct_rows, row.value::<usize>("fates"), "{data}");
        assert_eq!(report.stop, StopReason::Maximum);
        assert!(report.evaluations < 20, "{data}: {report:?}");
    }
}

#[test]
fn the_likelihood_is_that_of_each_customer() {
    let (cohorts, model) = ([cohort(&[9, 5, 5, 1]), cohort(&[7, 4]), cohort(&[3])], model(0.7, 1.9));
    let left = [1, 1, 1, 1, 3, 3, 3, 3, 1, 1, 1].map(|t| model.ln_probability_of_churn(t)).iter().sum::<f64>();
    let there = model.ln_survival(3) + 4.0 * model.ln_survival(1);
    close(model.log_likelihood(&cohorts).unwrap(), left + there, 1e-14, "by hand");
}

#[test]
fn recovers_the_customers_it_was_made_from() {
    let mut chance = Chance(7);
    let mut survivors = vec![0u64; 11];
    for _ in 0..20_000 {
        let churn = chance.beta(1.0, 3.0);
        let renewals = (0..10).take_while(|_| !chance.happens(churn)).count();
        survivors[..=renewals].iter_mut().for_each(|count| *count += 1);
    }
    let fitted = fit(&[cohort(&survivors)]).interior().unwrap();
    let (params, errors) = (fitted.model.params(), fitted.standard_errors);
    assert!((params.alpha - 1.0).abs() < 3.0 * errors.alpha && errors.alpha < 0.05, "{params:?} {errors:?}");
    assert!((params.beta - 3.0).abs() < 3.0 * errors.beta && errors.beta < 0.15, "{params:?} {errors:?}");
}

proptest! {
    #![proptest_config(super::fixed_seed(64))]

    #[test]
    fn keeps_the_laws(ln_alpha in -5.0..5.0f64, ln_beta in -5.0..5.0f64, after in 0u32..50) {
        let model = model(ln_alpha.exp(), ln_beta.exp());
        let churn: f64 = (1..=200).map(|t| model.probability_of_churn(t)).sum();
        close(churn + model.survival(200), 1.0, 1e-13, "everybody leaves or stays");
        let renewals: f64 = (1..=200).map(|t| model.survival(t)).sum();
        close(model.expected_renewals(200), renewals, 1e-13, "renewals");
        for t in 1..20 {
            prop_assert!(model.retention_rate(t) <= model.retention_rate(t + 1));
            close(model.survival(t), model.survival(t - 1) * model.retention_rate(t), 1e-13, "one renewal");
            let share = model.survival(after + t) / model.survival(after);
            close(model.after(after).survival(t), share, 1e-12, "after some renewals");
        }
        // Discounting: DEL is the first payment and DERL, discounted once.
        let (del, derl) = (model.discounted_lifetime(0.1).unwrap(), model.discounted_residual_lifetime(0, 0.1).unwrap());
        close(del, 1.0 + derl / 1.1, 1e-14, "DEL and DERL");
        let sum: f64 = (0..600).rev().map(|t| model.survival(t) * 1.1f64.powi(-(t as i32))).sum();
        close(del, sum, 1e-12, "DEL");
    }

    #[test]
    fn the_parts_of_a_cohort_are_the_cohort(
        mut left in prop::collection::vec(1u64..90, 3..7),
        shares in prop::collection::vec(0.0..1.0f64, 7),
    ) {
        let survivors = |left: &[u64]| -> Vec<u64> {
            (0..=left.len()).map(|t| 500 + left[t..].iter().sum::<u64>()).collect()
        };
        left.sort_unstable_by(|a, b| b.cmp(a));
        let whole = survivors(&left);
        let part: Vec<u64> = left.iter().zip(&shares).map(|(&left, share)| (left as f64 * share) as u64).collect();
        let part = survivors(&part);
        let rest = whole.iter().zip(&part).map(|(whole, part)| whole - part).collect::<Vec<_>>();
        let parts = fit(&[cohort(&rest), cohort(&part)]);
        prop_assert_eq!(&parts, &fit(&[cohort(&part), cohort(&rest)]));
        prop_assert_eq!(parts.report().log_likelihood, fit(&[cohort(&whole)]).report().log_likelihood);
    }
}

#[test]
fn the_expected_lifetime_may_be_infinite() {
    assert_eq!(model(1.0, 3.0).expected_lifetime(), None);
    assert_eq!(model(3.0, 3.0).expected_lifetime(), Some(2.5));
    close(model(3.0, 3.0).expected_renewals(4_000_000_000), 1.5, 1e-15, "all renewals");
    // At alpha = 1 the sum is beta times a difference of harmonic numbers: 2 (H(102) - H(2)).
    close(model(1.0, 2.0).expected_renewals(100), 2.0 * (3..=102).map(|k| 1.0 / f64::from(k)).sum::<f64>(), 1e-14, "");
    for near in [1e-12, -1e-12] {
        close(model(1.0 + near, 2.0).expected_renewals(100), model(1.0, 2.0).expected_renewals(100), 1e-11, "");
    }
    assert_eq!(model(1.5, 2.0).expected_renewals(0), 0.0);
}

#[test]
fn before_the_first_renewal_nobody_leaves() {
    let model = model(0.7, 1.2);
    assert_eq!(model.probability_of_churn(0), 0.0);
    assert_eq!((model.survival(0), model.retention_rate(0)), (1.0, 1.0));
    assert_eq!(model.after(0), model);
}

#[track_caller]
fn assert_boundary(cohorts: &[RenewalCohort], expected: Spread) {
    let Fit::Boundary(boundary) = fit(cohorts) else { panic!("{cohorts:?} has no maximum") };
    let [limit] = boundary.limits[..] else { panic!("{boundary}") };
    assert_eq!(limit.of, Latent::ChurnProbability);
    match (limit.spread, expected) {
        (Spread::Extremes(found), Spread::Extremes(share)) | (Spread::Same(found), Spread::Same(share)) => {
            close(found, share, 1e-9 + 2e-12 / share, "share");
        }
        (found, expected) => assert_eq!(found, expected),
    }
    assert_eq!(boundary.report.stop, StopReason::Boundary);
    let SbgParams { alpha, beta } = boundary.nearest.params();
    let first = match expected {
        Spread::Zero => 0.0,
        Spread::One => 1.0,
        Spread::Same(share) | Spread::Extremes(share) => share,
        _ => panic!("{expected:?} is a new form"),
    };
    assert!((boundary.nearest.probability_of_churn(1) - first).abs() < 1e-6, "{alpha} {beta}");
}

#[test]
fn names_the_simpler_model() {
    assert_boundary(&[cohort(&[100, 100, 100])], Spread::Zero);
    assert_boundary(&[cohort(&[1, 1])], Spread::Zero);
    assert_boundary(&[cohort(&[100, 0, 0])], Spread::One);
    assert_boundary(&[cohort(&[100, 0]), cohort(&[20])], Spread::One);
    assert_boundary(&[cohort(&[100, 80])], Spread::Same(0.2));
    assert_boundary(&[cohort(&[1_000_000, 999_999]), cohort(&[10, 10])], Spread::Same(1.0 / 1_000_010.0));
    assert_boundary(&[cohort(&[100, 60, 60, 60])], Spread::Extremes(0.4));
    // One in two million is not nobody, nor one in a million at once.
    assert_boundary(&[cohort(&[2_000_000, 2_000_000, 1_999_999])], Spread::Same(1.0 / 3_999_999.5));
    assert_boundary(&[cohort(&[1_000_000, 999_999, 999_999, 999_999])], Spread::Extremes(1e-6));
    let error = fit(&[cohort(&[100, 100])]).interior().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the likelihood has no maximum: alpha / (alpha + beta) goes to 0: the probability of not renewing is 0 for everyone"
    );
    // The later, the fewer renew: no mixture of customers does that.
    let Fit::Boundary(boundary) = fit(&[cohort(&[1000, 900, 700, 400])]) else { panic!("no maximum") };
    let [Limit { of: Latent::ChurnProbability, spread: Spread::Same(share), .. }] = boundary.limits[..] else {
        panic!("{boundary}")
    };
    assert!((share - 600.0 / 2600.0).abs() < 1e-4, "{share}");
    close(boundary.nearest.retention_rate(1), 2000.0 / 2600.0, 1e-4, "of all who came to a renewal");
}

#[test]
fn a_penalty_makes_a_maximum_of_a_ridge() {
    let options = FitOptions::default().with_penalty(0.1);
    for survivors in [&[100, 80][..], &[100, 100, 100], &[100, 0]] {
        let fitted = Sbg::fit(&[cohort(survivors)], &options).unwrap().interior().unwrap();
        assert!(fitted.report.gradient_norm < 1e-6, "{fitted:?}");
    }
    let error = Sbg::fit(&[cohort(&[9, 8])], &FitOptions::default().with_penalty(f64::NAN)).unwrap_err();
    assert!(matches!(error, Error::Number { field: "penalty", .. }));
}

#[test]
fn refuses_what_is_not_its_own() {
    let error = |cohorts: &[RenewalCohort]| Sbg::fit(cohorts, &FitOptions::default()).unwrap_err().to_string();
    assert_eq!(error(&[]), "sBG cannot be fitted without a customer");
    assert_eq!(error(&[cohort(&[]), cohort(&[0, 0])]), "sBG cannot be fitted without a customer");
    assert_eq!(error(&[cohort(&[5])]), "sBG cannot be fitted: no customer has been observed for any time");
    let grown = RenewalCohort::new(vec![5, 5, 4, 6, 7]).unwrap_err();
    assert_eq!(grown, Error::OutOfRange { field: "survivors of a cohort", found: 6, min: 0, max: 4 });
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            Sbg::from_params(SbgParams { alpha: wrong, beta: 1.0 }),
            Err(Error::Number { field: "alpha", .. })
        ));
        assert!(matches!(
            Sbg::from_params(SbgParams { alpha: 1.0, beta: wrong }),
            Err(Error::Number { field: "beta", .. })
        ));
        assert!(matches!(model(1.0, 1.0).discounted_lifetime(wrong), Err(Error::Number { field: "discount", .. })));
        assert!(model(1.0, 1.0).discounted_residual_lifetime(3, wrong).is_err());
    }
}

#[cfg(feature = "serde")]
#[test]
fn is_stored_and_checked_when_read() {
    let model = model(0.7, 1.2);
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(text, r#"{"alpha":0.7,"beta":1.2}"#);
    assert_eq!(serde_json::from_str::<Sbg>(&text).unwrap(), model);
    assert!(serde_json::from_str::<Sbg>(r#"{"alpha":0.0,"beta":1.2}"#).is_err());
    let survivors = cohort(&[5, 3]);
    assert_eq!(serde_json::to_string(&survivors).unwrap(), "[5,3]");
    assert_eq!(serde_json::from_str::<RenewalCohort>("[5,3]").unwrap(), survivors);
    assert!(serde_json::from_str::<RenewalCohort>("[3,5]").is_err());
}
