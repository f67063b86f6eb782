//! bdW against 60-digit values, the replication of its paper, laws, recovery and edges.

#![allow(clippy::float_cmp, reason = "where a value is exact, it must be")]
#![allow(clippy::cast_precision_loss, reason = "there are few customers")]

use proptest::prelude::*;
use repurchase::Error;
use repurchase::predict::{
    Bdw, BdwParams, Fit, FitOptions, Latent, Limit, RenewalChoice, RenewalCohort, Sbg, SbgParams, Spread, StopReason,
};

use repurchase::scale::Language;

use super::chance::Chance;
use super::tables::{Row, close, table};

fn model(alpha: f64, beta: f64, c: f64) -> Bdw {
    Bdw::from_params(BdwParams { alpha, beta, c }).unwrap()
}

fn model_of(row: &Row) -> Bdw {
    let [alpha, beta, c] = row.numbers(["alpha", "beta", "c"]);
    model(alpha, beta, c)
}

fn cohort(survivors: &[u64]) -> RenewalCohort {
    RenewalCohort::new(survivors.to_vec()).unwrap()
}

fn fit(cohorts: &[RenewalCohort]) -> Fit<Bdw, BdwParams> {
    Bdw::fit(cohorts, &FitOptions::default()).unwrap()
}

#[test]
fn says_what_sixty_digits_say() {
    for row in table("predict/bdw.csv") {
        let (model, t) = (model_of(&row), row.value("t"));
        close(model.ln_survival(t), row.number("ln_survival"), 1e-12, &row);
        close(model.survival(t), row.number("survival"), 1e-11, &row);
        close(model.retention_rate(t), row.number("retention_rate"), 1e-12, &row);
        // A power and its difference round once each.
        close(model.ln_probability_of_churn(t), row.number("ln_p_churn_at_t"), 1e-11, &row);
        close(model.probability_of_churn(t), row.number("p_churn_at_t"), 1e-11, &row);
    }
}

#[test]
fn sums_to_the_digits_of_the_plain_sum() {
    for row in table("predict/bdw_sums.csv") {
        let (model, made, horizon) = (model_of(&row), row.value("made"), row.value::<u32>("horizon"));
        let (discount, sum) = (row.number("discount"), row.number("sum"));
        if horizon > 0 {
            close(model.expected_renewals_after(made, horizon), sum, 1e-12, &row);
        } else if discount > 0.0 {
            close(model.discounted_residual_lifetime(made, discount).unwrap(), sum, 1e-12, &row);
        } else {
            close(model.expected_lifetime().unwrap(), 1.0 + sum, 1e-12, &row);
        }
    }
}

fn cohorts(text: &str) -> Vec<RenewalCohort> {
    let counts = |text: &str| cohort(&text.split(' ').map(|count| count.parse().unwrap()).collect::<Vec<_>>());
    text.split('|').map(counts).collect()
}

#[test]
fn finds_the_maximum() {
    for row in table("predict/bdw_fits.csv") {
        let (data, log_likelihood) = (row.text("data"), row.number("log_likelihood"));
        let cohorts = cohorts(row.text("cohorts"));
        let fitted = fit(&cohorts).interior().unwrap();
        let (BdwParams { alpha, beta, c }, errors) = (fitted.model.params(), fitted.standard_errors);
        close(alpha, row.number("alpha"), 1e-9, data);
        close(beta, row.number("beta"), 1e-9, data);
        close(c, row.number("c"), 1e-9, data);
        close(errors.alpha, row.number("se_alpha"), 1e-8, data);
        close(errors.beta, row.number("se_beta"), 1e-8, data);
        close(errors.c, row.number("se_c"), 1e-8, data);
        close(fitted.report.log_likelihood, log_likelihood, 1e-13, data);
        close(fitted.model.log_likelihood(&cohorts).unwrap(), log_likelihood, 1e-13, data);
        assert_eq!(fitted.report.stop, StopReason::Maximum);
        assert!(fitted.report.evaluations < 200, "{data}: {:?}", fitted.report);
    }
}

/// A public replication of the paper (`github.com/abdullahau/customer-analytics`, "Beta-discrete-Weibull
/// (`BdW`) Model"), of its two data sets after four renewals.
#[test]
fn finds_what_the_paper_is_replicated_with() {
    for (survivors, published, log_likelihood) in [
        ([1000, 631, 468, 382, 326], [0.5231, 0.8944, 1.1963], -1401.3831),
        ([1000, 869, 743, 653, 593], [0.2593, 1.7225, 1.5844], -1222.7493),
    ] {
        let fitted = fit(&[cohort(&survivors)]).interior().unwrap();
        let BdwParams { alpha, beta, c } = fitted.model.params();
        for (found, published) in [alpha, beta, c].into_iter().zip(published) {
            // By a search without derivatives, whose last digit is not certain.
            assert!((found - published).abs() < 2e-4, "{found} {published}");
        }
        assert!((fitted.report.log_likelihood - log_likelihood).abs() < 5e-5, "{:?}", fitted.report);
    }
}

#[test]
fn is_sbg_to_the_bit_where_age_changes_nothing() {
    for (alpha, beta) in [(0.704, 1.182), (1e-7, 3e9), (25.0, 0.01), (1.0, 1.0)] {
        let sbg = Sbg::from_params(SbgParams { alpha, beta }).unwrap();
        let bdw = Bdw::from(sbg);
        assert_eq!(bdw.params(), BdwParams { alpha, beta, c: 1.0 });
        for t in [0, 1, 2, 3, 7, 100, 4_000_000_000] {
            assert_eq!(bdw.ln_survival(t), sbg.ln_survival(t));
            assert_eq!(bdw.survival_after(7, t), sbg.after(7).survival(t));
            close(bdw.retention_rate(t), sbg.retention_rate(t), 1e-15, t);
            close(bdw.probability_of_churn(t), sbg.probability_of_churn(t), 1e-12, t);
            close(bdw.expected_renewals_after(7, t), sbg.after(7).expected_renewals(t), 1e-12, t);
        }
        for discount in [1e-9, 1e-4, 0.1, 3.0] {
            let of_sbg = sbg.discounted_residual_lifetime(3, discount).unwrap();
            close(bdw.discounted_residual_lifetime(3, discount).unwrap(), of_sbg, 1e-11, discount);
            let of_sbg = sbg.discounted_lifetime(discount).unwrap();
            close(bdw.discounted_lifetime(discount).unwrap(), of_sbg, 1e-11, discount);
        }
        match (bdw.expected_lifetime(), sbg.expected_lifetime()) {
            (Some(of_bdw), Some(of_sbg)) => close(of_bdw, of_sbg, 1e-12, alpha),
            (of_bdw, of_sbg) => assert_eq!(of_bdw, of_sbg),
        }
    }
}

#[test]
fn recovers_the_customers_it_was_made_from() {
    let mut chance = Chance(7);
    let mut survivors = vec![0u64; 11];
    let c: f64 = 1.5;
    for _ in 0..40_000 {
        let churn = chance.beta(1.0, 3.0);
        let stays = |t: usize| (1.0 - churn).powf((t as f64).powf(c) - (t as f64 - 1.0).powf(c));
        let renewals = (1..=10).take_while(|&t| !chance.happens(1.0 - stays(t))).count();
        survivors[..=renewals].iter_mut().for_each(|count| *count += 1);
    }
    let fitted = fit(&[cohort(&survivors)]).interior().unwrap();
    let (params, errors) = (fitted.model.params(), fitted.standard_errors);
    for (found, truth, error) in
        [(params.alpha, 1.0, errors.alpha), (params.beta, 3.0, errors.beta), (params.c, 1.5, errors.c)]
    {
        assert!((found - truth).abs() < 3.0 * error && error < 0.4 * truth, "{params:?} {errors:?}");
    }
}

proptest! {
    #![proptest_config(super::fixed_seed(64))]

    #[test]
    fn keeps_the_laws(ln_alpha in -5.0..5.0f64, ln_beta in -5.0..5.0f64, ln_c in -3.0..3.0f64, made in 0u32..50) {
        let model = model(ln_alpha.exp(), ln_beta.exp(), ln_c.exp());
        let churn: f64 = (1..=200).map(|t| model.probability_of_churn(t)).sum();
        close(churn + model.survival(200), 1.0, 1e-12, "everybody leaves or stays");
        let renewals: f64 = (1..=2000).map(|t| model.survival_after(made, t)).sum();
        close(model.expected_renewals_after(made, 2000), renewals, 1e-11, "renewals");
        for t in 1..20 {
            close(model.survival(t), model.survival(t - 1) * model.retention_rate(t), 1e-12, "one renewal");
            let share = model.ln_survival(made + t) - model.ln_survival(made);
            let found = model.survival_after(made, t).ln();
            prop_assert!((found - share).abs() < 1e-12 * (1.0 + model.ln_survival(made).abs()) || found < -700.0);
            prop_assert!(model.survival(t) <= model.survival(t - 1));
        }
        let sum: f64 = (1..600).rev().map(|t| model.survival_after(made, t) * 1.1f64.powi(1 - t as i32)).sum();
        close(model.discounted_residual_lifetime(made, 0.1).unwrap(), sum, 1e-11, "DERL");
    }

    /// No small shop ends without an answer, and none is above the maximum of another start.
    #[test]
    fn always_ends(left in prop::collection::vec(0u64..30, 1..9), there in 0u64..40) {
        let survivors: Vec<u64> = (0..=left.len()).map(|t| there + left[t..].iter().sum::<u64>()).collect();
        prop_assume!(survivors[0] > 0);
        let cohorts = [cohort(&survivors)];
        let fitted = fit(&cohorts);
        let found = fitted.report().log_likelihood;
        prop_assert!(found.is_finite());
        for alpha in [0.1, 1.0, 10.0] {
            for beta in [0.1, 1.0, 10.0, 100.0] {
                for c in [0.2, 0.7, 1.0, 1.5, 4.0] {
                    let other = model(alpha, beta, c).log_likelihood(&cohorts).unwrap();
                    prop_assert!(other <= found + 1e-4 * (1.0 + found.abs()), "{alpha} {beta} {c}: {other} {fitted:?}");
                }
            }
        }
        if let Fit::Boundary(boundary) = &fitted {
            prop_assert!(!boundary.limits.is_empty());
        }
    }

    #[test]
    fn the_parts_of_a_cohort_are_the_cohort(left in prop::collection::vec(1u64..90, 4..7), share in 0.1..0.9f64) {
        let survivors = |left: &[u64]| -> Vec<u64> { (0..=left.len()).map(|t| left[t..].iter().sum::<u64>()).collect() };
        let part: Vec<u64> = left.iter().map(|&left| (left as f64 * share) as u64).collect();
        let rest: Vec<u64> = left.iter().zip(&part).map(|(left, part)| left - part).collect();
        let [whole, part, rest] = [&left, &part, &rest].map(|left| cohort(&survivors(left)));
        let parts = fit(&[rest.clone(), part.clone()]);
        prop_assert_eq!(&parts, &fit(&[part, rest]));
        prop_assert_eq!(parts.report().log_likelihood, fit(&[whole]).report().log_likelihood);
    }
}

#[track_caller]
fn limits(survivors: &[u64]) -> Vec<Limit> {
    match fit(&[cohort(survivors)]) {
        Fit::Boundary(boundary) => {
            assert_eq!(boundary.report.stop, StopReason::Boundary);
            assert!(boundary.nearest.survival(3).is_finite());
            boundary.limits
        }
        Fit::Interior(fitted) => panic!("{fitted:?}"),
    }
}

#[test]
fn names_the_simpler_model() {
    let spread = |survivors: &[u64]| limits(survivors)[0];
    assert_eq!(spread(&[100, 100, 100]).spread, Spread::Zero);
    assert_eq!(spread(&[100, 0, 0]).spread, Spread::One);
    assert!(matches!(spread(&[100, 80]).spread, Spread::Same(share) if (share - 0.2).abs() < 1e-15));
    // Two renewals are too few for three parameters: age alone explains them.
    let Limit { of: Latent::ChurnProbability, spread: Spread::Same(share), .. } = spread(&[100, 80, 60]) else {
        panic!("two renewals")
    };
    assert!((share - 0.2).abs() < 1e-4, "{share}");
    let Fit::Boundary(boundary) = fit(&[cohort(&[100, 80, 60])]) else { panic!("two renewals") };
    close(boundary.nearest.retention_rate(1), 0.8, 1e-4, "first");
    close(boundary.nearest.retention_rate(2), 0.75, 1e-4, "second");
    // Whoever did not leave at once stays: of two kinds of customers.
    let found = limits(&[100, 60, 60, 60]);
    let is_simpler = |limit: &Limit| {
        matches!(
            (limit.of, limit.spread),
            (Latent::ChurnProbability, Spread::Extremes(_)) | (Latent::Ageing, Spread::Zero)
        )
    };
    assert!(found.iter().any(is_simpler), "{found:?}");
    // The later, the fewer renew: customers who are alike and age.
    let found = limits(&[1000, 900, 700, 400]);
    assert!(matches!(found[0], Limit { of: Latent::ChurnProbability, spread: Spread::Same(_), .. }), "{found:?}");
    assert_eq!(
        spread(&[10, 10]).to_string(),
        "alpha / (alpha + beta) goes to 0: the probability of not renewing is 0 for everyone"
    );
}

#[test]
fn refuses_what_is_not_its_own() {
    let error = |cohorts: &[RenewalCohort]| Bdw::fit(cohorts, &FitOptions::default()).unwrap_err().to_string();
    assert_eq!(error(&[]), "bdW cannot be fitted without a customer");
    assert_eq!(error(&[cohort(&[5])]), "bdW cannot be fitted: no customer has been observed for any time");
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let params = BdwParams { alpha: 1.0, beta: 1.0, c: wrong };
        assert!(matches!(Bdw::from_params(params), Err(Error::Number { field: "c", .. })));
        assert!(model(1.0, 1.0, 1.3).discounted_lifetime(wrong).is_err());
    }
}

#[test]
fn no_parameter_leads_out_of_the_numbers() {
    for alpha in [1e-30, 1e-3, 1.0, 1e3, 1e30] {
        for beta in [1e-30, 1e-3, 1.0, 1e3, 1e30] {
            for c in [1e-30, 1e-3, 0.9, 1.0, 7.0, 1e3, 1e30] {
                let model = model(alpha, beta, c);
                for t in [0, 1, 2, 50, u32::MAX] {
                    let (survival, churn) = (model.survival(t), model.probability_of_churn(t));
                    assert!((0.0..=1.0).contains(&survival) && (0.0..=1.0).contains(&churn), "{model:?} {t}");
                    assert!((0.0..=1.0).contains(&model.retention_rate(t)), "{model:?} {t}");
                }
                let renewals = model.expected_renewals(5000);
                assert!((0.0..=5000.0 * (1.0 + 1e-12)).contains(&renewals), "{model:?} {renewals}");
                let lifetime = model.discounted_lifetime(0.1).unwrap();
                assert!((1.0..=11.0 * (1.0 + 1e-12)).contains(&lifetime), "{model:?} {lifetime}");
                assert!(model.expected_lifetime().is_none_or(|lifetime| lifetime >= 1.0), "{model:?}");
            }
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn is_stored_and_checked_when_read() {
    let model = model(0.7, 1.2, 1.5);
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(text, r#"{"alpha":0.7,"beta":1.2,"c":1.5}"#);
    assert_eq!(serde_json::from_str::<Bdw>(&text).unwrap(), model);
    assert!(serde_json::from_str::<Bdw>(r#"{"alpha":0.7,"beta":1.2,"c":0.0}"#).is_err());
}

/// The rule of the choice, on the paper's two data sets: how many years are known, and which model is used.
#[test]
fn is_chosen_where_it_is_identified_and_not_refuted() {
    let regular = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173];
    let high_end = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394];
    let choice = |survivors: &[u64]| RenewalChoice::fit(&[cohort(survivors)], &FitOptions::default()).unwrap();
    for years in 3..=12 {
        let of_regular = choice(&regular[..=years]);
        assert!(!of_regular.is_identified() && of_regular.model().params().c == 1.0, "{years}");
        assert_eq!(of_regular.model(), Bdw::from(*of_regular.sbg.model()));
        let of_high_end = choice(&high_end[..=years]);
        assert_eq!(of_high_end.is_identified(), years >= 4, "{years} {}", of_high_end.likelihood_ratio());
        assert_eq!(of_high_end.model().params().c > 1.0, years >= 4, "{years}");
    }
    // The ratios of the replication: 0.35 and 4.77.
    assert!((choice(&regular[..=4]).likelihood_ratio() - 0.3527).abs() < 1e-3);
    let chosen = choice(&high_end[..=4]);
    assert!((chosen.likelihood_ratio() - 4.7713).abs() < 1e-3);
    assert_eq!(
        chosen.explain(Language::English),
        "bdW: with every renewal a customer becomes more likely to leave (c = 1.58, likelihood ratio 4.77)."
    );
    assert_eq!(chosen.explain(Language::Chinese), "bdW：每多续约一次，客户越来越容易流失（c = 1.58，似然比 4.77）。");
    let holdout = choice(&high_end).holdout.unwrap();
    assert_eq!((holdout.renewals, holdout.customers), (4, 468));
    // By an independent calculation in double precision: -0.00112 ± 0.00470.
    assert!((holdout.gain.mean + 0.00112).abs() < 1e-5, "{holdout:?}");
    assert!((holdout.gain.standard_error.unwrap() - 0.0047).abs() < 1e-5, "{holdout:?}");
    assert_eq!(choice(&[100, 80, 60]).holdout, None);
    // Nobody left, everybody left, one renewal: sBG, and no claim.
    for survivors in [&[100, 100, 100, 100][..], &[100, 0, 0, 0], &[100, 80], &[100, 60, 60, 60], &[1, 1]] {
        assert!(!choice(survivors).is_identified(), "{survivors:?}");
    }
    // What was first seen is not what came: ever fewer renewed, and then hardly anybody left.
    let turned = choice(&[100_000, 97_000, 90_000, 78_000, 63_000, 61_000, 60_000]);
    assert!(turned.is_identified() && turned.holdout.as_ref().unwrap().gain.mean < 0.0, "{turned:?}");
    assert_eq!(turned.model(), Bdw::from(*turned.sbg.model()));
    assert!(
        turned.explain(Language::English).ends_with("but bdW forecast the last renewals worse by more than chance.")
    );
}
