//! BG/BB against 50-digit values, laws and recovery.

#![allow(clippy::float_cmp, reason = "where a value is exact, it must be")]
#![allow(clippy::cast_precision_loss, reason = "there are few customers")]
#![allow(clippy::excessive_precision, reason = "as the reference gives them")]

use proptest::prelude::*;
use repurchase::predict::{BgBb, BgBbParams, Fit, FitOptions, OpportunitySample, OpportunitySamples, StopReason};

use super::chance::Chance;
use super::tables::{Row, close, table};

pub(crate) fn model(alpha: f64, beta: f64, gamma: f64, delta: f64) -> BgBb {
    BgBb::from_params(BgBbParams { alpha, beta, gamma, delta }).unwrap()
}

#[track_caller]
pub(crate) fn sample(repeats: u32, recency: u32, opportunities: u32) -> OpportunitySample {
    OpportunitySample::new(repeats, recency, opportunities).expect("a sample")
}

pub(crate) fn fit(samples: &OpportunitySamples) -> Fit<BgBb, BgBbParams> {
    BgBb::fit(samples, &FitOptions::default()).unwrap()
}

pub(crate) fn donations() -> OpportunitySamples {
    let donors = |row: &Row| (sample_of(row), row.value("customers"));
    table("predict/donations.csv").iter().map(donors).collect::<Vec<(_, u64)>>().try_into().unwrap()
}

fn model_of(row: &Row) -> BgBb {
    let [alpha, beta, gamma, delta] = row.numbers(["alpha", "beta", "gamma", "delta"]);
    model(alpha, beta, gamma, delta)
}

fn sample_of(row: &Row) -> OpportunitySample {
    sample(row.value("x"), row.value("t_x"), row.value("n"))
}

#[test]
fn says_of_customers_what_fifty_digits_say() {
    for row in table("predict/bgbb_point.csv") {
        let (model, sample) = (model_of(&row), sample_of(&row));
        close(model.log_likelihood(&sample), row.number("ln_likelihood"), 1e-12, &row);
        close(model.probability_alive(&sample), row.number("p_alive_at_n"), 2e-12, &row);
        close(model.probability_alive_at_next(&sample), row.number("p_alive_at_n_plus_1"), 2e-12, &row);
        close(model.discounted_purchases(&sample, 0.1).unwrap(), row.number("dert_d_0.1"), 2e-12, &row);
        close(model.discounted_purchases(&sample, 0.001).unwrap(), row.number("dert_d_0.001"), 2e-12, &row);
    }
    for row in table("predict/bgbb_expected.csv") {
        let found = model_of(&row).expected_purchases(&sample_of(&row), row.value("m"));
        close(found, row.number("expected_transactions_next_m"), 2e-12, &row);
    }
}

#[test]
fn says_of_new_customers_what_fifty_digits_say() {
    for row in table("predict/bgbb_mean.csv") {
        let found = model_of(&row).expected_purchases(&OpportunitySample::NEW, row.value("n"));
        close(found, row.number("expected_x"), 1e-13, &row);
    }
    for row in table("predict/bgbb_pmf.csv") {
        let (ahead, purchases) = (row.value("n"), row.value("k"));
        let found = model_of(&row).probability_of_purchases(&OpportunitySample::NEW, purchases, ahead).unwrap();
        close(found, row.number("p_x_eq_k"), 1e-12, &row);
    }
}

/// By mpmath: Newton at 50 digits, standard errors by the delta method from the Hessian by logarithms.
#[test]
fn finds_the_maximum() {
    let donations = donations();
    let fitted = fit(&donations).interior().unwrap();
    let (params, errors, report) = (fitted.model.params(), fitted.standard_errors, fitted.report);
    close(params.alpha, 1.203_522_351_601_914, 1e-11, "alpha");
    close(params.beta, 0.749_716_358_172_938_9, 1e-11, "beta");
    close(params.gamma, 0.656_718_208_441_832_4, 1e-11, "gamma");
    close(params.delta, 2.783_442_232_577_381, 1e-11, "delta");
    close(errors.alpha, 0.069_391_362_388_881_56, 1e-11, "alpha");
    close(errors.beta, 0.029_447_716_660_385_763, 1e-11, "beta");
    close(errors.gamma, 0.051_009_858_956_413_186, 1e-11, "gamma");
    close(errors.delta, 0.320_819_003_043_268_48, 1e-11, "delta");
    close(report.log_likelihood, -33_225.581_274_347_007, 1e-14, "log-likelihood");
    assert_eq!((report.customers, report.left_out, report.distinct_rows), (11_104, 0, 22));
    assert_eq!(report.stop, StopReason::Maximum);
    assert!(report.evaluations < 20, "{report:?}");
    let sum: f64 = donations.iter().map(|(row, count)| count as f64 * fitted.model.log_likelihood(&row)).sum();
    close(sum, report.log_likelihood, 1e-13, "row by row");
}

/// Published in the paper, for the fit to these donors, to as many digits.
#[test]
fn says_of_donors_what_the_paper_says() {
    let model = model(1.204, 0.750, 0.657, 2.783);
    let alive = |x, t_x| (model.probability_alive_at_next(&sample(x, t_x, 6)) * 100.0).round();
    assert_eq!([alive(0, 0), alive(1, 1), alive(6, 6)], [11.0, 7.0, 93.0]);
    let expected = |x, t_x| (model.expected_purchases(&sample(x, t_x, 6), 5) * 100.0).round();
    assert_eq!([expected(0, 0), expected(6, 6)], [7.0, 375.0]);
}

/// Donors who leave before each of `years` years, and give in it while they have not.
pub(crate) fn simulate(
    chance: &mut Chance,
    customers: u32,
    years: u32,
    mut donor: impl FnMut(&mut Chance) -> (f64, f64),
) -> OpportunitySamples {
    let simulated = (0..customers).map(|_| {
        let (buys, leaves) = donor(chance);
        let (mut x, mut t_x) = (0, 0);
        for year in 1..=years {
            if chance.happens(leaves) {
                break;
            }
            if chance.happens(buys) {
                (x, t_x) = (x + 1, year);
            }
        }
        sample(x, t_x, years)
    });
    simulated.collect()
}

#[test]
fn recovers_the_customers_it_was_made_from() {
    let mut chance = Chance(11);
    let mut draw = |years, customers| {
        simulate(&mut chance, customers, years, |chance| (chance.beta(2.0, 3.0), chance.beta(1.0, 6.0)))
    };
    let mut cohorts = draw(12, 20_000);
    for part in [draw(7, 10_000), draw(2, 1_000), draw(0, 100)] {
        cohorts.merge(&part).unwrap();
    }
    let fitted = fit(&cohorts).interior().unwrap();
    let (params, errors) = (fitted.model.params(), fitted.standard_errors);
    let is_near = |found: f64, truth: f64, error: f64| (found - truth).abs() < 3.0 * error && error < 0.1 * truth;
    assert!(is_near(params.alpha, 2.0, errors.alpha), "{params:?} {errors:?}");
    assert!(is_near(params.beta, 3.0, errors.beta), "{params:?} {errors:?}");
    assert!(is_near(params.gamma, 1.0, errors.gamma), "{params:?} {errors:?}");
    assert!(is_near(params.delta, 6.0, errors.delta), "{params:?} {errors:?}");
    assert_eq!(fitted.report.customers, 31_100);
}

#[test]
fn a_year_of_days_is_fitted() {
    let mut chance = Chance(5);
    let year = simulate(&mut chance, 400, 365, |chance| (chance.beta(1.0, 20.0), 0.03 * chance.beta(1.0, 2.0)));
    let fitted = fit(&year).interior().unwrap();
    let sum: f64 = year.iter().map(|(row, count)| count as f64 * fitted.model.log_likelihood(&row)).sum();
    close(sum, fitted.report.log_likelihood, 1e-12, "row by row");
    let BgBbParams { gamma, delta, .. } = fitted.model.params();
    assert!((0.007..0.014).contains(&(gamma / (gamma + delta))), "{fitted:?}");
}

/// The probabilities of every row of purchases, from the story alone: a sum over when the customer leaves.
fn by_story(buys: f64, leaves: f64, row: &[bool]) -> f64 {
    let chance = |bought: &bool| if *bought { buys } else { 1.0 - buys };
    let stays = 1.0 - leaves;
    (0..=row.len())
        .map(|end| {
            let leaves = if end < row.len() { leaves } else { 1.0 };
            let until: f64 = row[..end].iter().map(|bought| stays * chance(bought)).product();
            if row[end..].contains(&true) { 0.0 } else { until * leaves }
        })
        .sum()
}

#[test]
fn customers_who_are_all_alike_follow_the_story() {
    // Beta distributions so narrow that they are points, to six digits.
    let (buys, leaves, size) = (0.3, 0.1, 1e8);
    let model = model(size * buys, size * (1.0 - buys), size * leaves, size * (1.0 - leaves));
    for bits in 0u32..64 {
        let row: Vec<bool> = (0..6).map(|place| bits >> place & 1 == 1).collect();
        let last = row.iter().rposition(|&bought| bought).map_or(0, |place| place as u32 + 1);
        let sample = sample(bits.count_ones(), last, 6);
        close(model.log_likelihood(&sample).exp(), by_story(buys, leaves, &row), 1e-6, &row);
    }
}

/// Any row of purchases.
fn any_sample() -> impl Strategy<Value = OpportunitySample> {
    (0u32..40, 0u32..40, 0u32..40).prop_map(|(x, t_x, n)| {
        let (x, t_x) = (x.min(n), t_x.clamp(x.min(n), n));
        sample(x, if x > 0 { t_x } else { 0 }, n)
    })
}

fn any_model() -> impl Strategy<Value = BgBb> {
    (-4.0..4.0f64, -4.0..4.0f64, -4.0..4.0f64, -4.0..4.0f64)
        .prop_map(|(a, b, c, d)| model(a.exp(), b.exp(), c.exp(), d.exp()))
}

/// How many rows of purchases have `x` and `t_x`.
fn ways(x: u32, t_x: u32) -> f64 {
    (1..x).map(|k| f64::from(t_x - k) / f64::from(x - k)).product()
}

proptest! {
    #![proptest_config(super::fixed_seed(96))]

    #[test]
    fn probabilities_sum_to_one(model in any_model(), sample in any_sample(), ahead in 0u32..30) {
        let probabilities: Vec<f64> =
            (0..=ahead).map(|k| model.probability_of_purchases(&sample, k, ahead).unwrap()).collect();
        close(probabilities.iter().sum(), 1.0, 1e-12, "all numbers of purchases");
        let mean: f64 = (0u32..).zip(&probabilities).map(|(k, p)| f64::from(k) * p).sum();
        close(model.expected_purchases(&sample, ahead), mean, 1e-11, "their mean");
        prop_assert_eq!(model.probability_no_purchase(&sample, ahead).unwrap(), probabilities[0]);
        prop_assert_eq!(model.probability_of_purchases(&sample, ahead + 1, ahead).unwrap(), 0.0);
    }

    #[test]
    fn every_row_of_purchases_has_its_probability(model in any_model(), n in 0u32..12) {
        let mut all = model.log_likelihood(&sample(0, 0, n)).exp();
        for x in 1..=n {
            let of_x = (x..=n).map(|t_x| ways(x, t_x) * model.log_likelihood(&sample(x, t_x, n)).exp());
            let of_x: f64 = of_x.sum();
            close(model.probability_of_purchases(&OpportunitySample::NEW, x, n).unwrap(), of_x, 1e-11, "x of n");
            all += of_x;
        }
        close(all, 1.0, 1e-12, "all rows");
    }

    #[test]
    fn the_future_follows_from_the_past(model in any_model(), customer in any_sample()) {
        let (x, t_x, n) = (customer.repeats(), customer.recency(), customer.opportunities());
        // A row of one more opportunity is a row and what comes next.
        let next = sample(x + 1, n + 1, n + 1);
        let buys = (model.log_likelihood(&next) - model.log_likelihood(&customer)).exp();
        close(model.expected_purchases(&customer, 1), buys, 1e-10, "the next purchase");
        let none = (model.log_likelihood(&sample(x, t_x, n + 1)) - model.log_likelihood(&customer)).exp();
        close(model.probability_no_purchase(&customer, 1).unwrap(), none, 1e-10, "no purchase");
        let alive = model.probability_alive(&customer);
        prop_assert!((0.0..=1.0).contains(&alive) && model.probability_alive_at_next(&customer) <= alive);
        prop_assert!(buys <= model.probability_alive_at_next(&customer) * (1.0 + 1e-10));
        if t_x == n {
            prop_assert_eq!(alive, 1.0);
        }
        prop_assert!(model.expected_purchases(&customer, 9) <= model.expected_purchases(&customer, 10));
        // Discounting by 100% halves each step, so that 60 steps are all.
        let steps = (0..60).map(|t| {
            let at = model.expected_purchases(&customer, t + 1) - model.expected_purchases(&customer, t);
            at * 0.5f64.powi(t as i32 + 1)
        });
        close(model.discounted_purchases(&customer, 1.0).unwrap(), steps.sum(), 1e-10, "discounted");
    }

    #[test]
    fn no_parameters_are_out_of_range(
        exponents in prop::array::uniform4(-29i32..30),
        customer in any_sample(),
        ahead in 0u32..50,
    ) {
        let [a, b, c, d] = exponents.map(|exponent| 10f64.powi(exponent));
        let model = model(a, b, c, d);
        prop_assert!(model.log_likelihood(&customer) <= 1e-12);
        for probability in [
            model.probability_alive(&customer),
            model.probability_alive_at_next(&customer),
            model.probability_of_purchases(&customer, 0, ahead).unwrap(),
            model.probability_of_purchases(&customer, ahead / 2, ahead).unwrap(),
            model.expected_purchases(&customer, ahead) / f64::from(ahead.max(1)),
        ] {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&probability), "{model:?} {customer:?} {probability}");
        }
    }

    #[test]
    fn order_and_grouping_change_nothing(
        rows in prop::collection::vec((any_sample(), 1u64..4), 1..30),
        cut in 0usize..30,
    ) {
        let of = |rows: &[(OpportunitySample, u64)]| OpportunitySamples::try_from(rows.to_vec()).unwrap();
        let whole = of(&rows);
        let one_by_one = rows.iter().rev().flat_map(|&(row, count)| (0..count).map(move |_| row));
        prop_assert_eq!(&one_by_one.collect::<OpportunitySamples>(), &whole);
        let (left, right) = rows.split_at(cut.min(rows.len()));
        let mut joined = of(right);
        joined.merge(&of(left)).unwrap();
        prop_assert_eq!(joined, whole);
    }
}

#[test]
fn one_more_opportunity_without_a_purchase_lowers_all() {
    let model = model(1.2, 0.75, 0.66, 2.8);
    let alive = |n| model.probability_alive(&sample(3, 5, n));
    let expected = |n| model.expected_purchases(&sample(3, 5, n), 10);
    assert!((5..200).all(|n| alive(n + 1) < alive(n) && expected(n + 1) < expected(n)));
}

#[test]
fn a_long_horizon_has_its_limit() {
    // For gamma > 1: alpha / (alpha + beta) delta / (gamma - 1).
    let model = model(2.0, 6.0, 3.0, 5.0);
    close(model.expected_purchases(&OpportunitySample::NEW, u32::MAX), 0.625, 1e-12, "all that is to come");
    assert_eq!(model.expected_purchases(&OpportunitySample::NEW, 0), 0.0);
}
