//! The Gamma-Gamma model, against 50-digit references in `tests/data/predict/gamma_gamma*.csv`, and where it must not
//! fit.

use repurchase::Error;
use repurchase::predict::{
    Boundary, Fit, FitOptions, Fitted, GammaGamma, GammaGammaParams, Latent, Sample, Samples, Spread, StopReason,
};

use super::chance::Chance;
use super::spend_samples::{cdnow, counted, online_retail, sample};
use super::tables::{Row, close, table};

#[track_caller]
fn model(p: f64, q: f64, gamma: f64) -> GammaGamma {
    GammaGamma::from_params(GammaGammaParams { p, q, gamma }).expect("parameters")
}

fn samples(spends: &[(u32, f64)]) -> Samples {
    spends.iter().map(|&(x, m)| sample(x, m)).collect()
}

#[track_caller]
fn fit(samples: &Samples) -> Fit<GammaGamma, GammaGammaParams> {
    GammaGamma::fit(samples, &FitOptions::default()).expect("a fit")
}

#[track_caller]
fn interior(samples: &Samples) -> Fitted<GammaGamma, GammaGammaParams> {
    fit(samples).interior().expect("a maximum")
}

#[track_caller]
fn boundary(samples: &Samples) -> Boundary<GammaGamma> {
    match fit(samples) {
        Fit::Boundary(boundary) => boundary,
        Fit::Interior(fitted) => panic!("a maximum: {fitted:?}"),
    }
}

fn all(params: GammaGammaParams) -> [f64; 3] {
    [params.p, params.q, params.gamma]
}

fn model_of(row: &Row) -> GammaGamma {
    let [p, q, gamma] = row.numbers(["p", "q", "gamma"]);
    model(p, q, gamma)
}

fn sample_of(row: &Row) -> Sample {
    sample(row.value("x"), row.number("mean_value"))
}

#[test]
fn equals_the_reference_at_fixed_parameters() {
    for row in table("predict/gamma_gamma.csv") {
        let (model, sample) = (model_of(&row), sample_of(&row));
        match (row.text("ln_likelihood"), model.log_likelihood(&sample)) {
            ("", found) => assert_eq!(found, None),
            (_, found) => close(found.expect("a density"), row.number("ln_likelihood"), 1e-13, &row),
        }
        match (row.text("expected_mean_value"), model.expected_spend(&sample)) {
            ("nan", found) => assert_eq!(found, None),
            (_, found) => close(found.expect("a mean"), row.number("expected_mean_value"), 1e-14, &row),
        }
    }
}

#[test]
fn keeps_its_digits_where_the_terms_of_the_formula_cancel() {
    for row in table("predict/gamma_gamma_hard.csv") {
        let found = model_of(&row).log_likelihood(&sample_of(&row)).unwrap();
        let expected = row.number("ln_likelihood");
        // A density near 1 has a logarithm near 0.
        let scale = f64::max(expected.abs(), 10.0);
        assert!((found - expected).abs() <= 1e-13 * scale, "{row:?}: {found}, off by {:e}", (found - expected) / scale);
    }
}

#[test]
fn fits_equal_the_reference() {
    let fits = table("predict/gamma_gamma_fits.csv");
    let shops = [cdnow("1997-09-30"), cdnow("1998-06-30"), online_retail("2011-08-31"), online_retail("2011-12-09")];
    let mut compared = 0;
    for (row, shop) in fits.iter().zip(&shops) {
        let fitted = interior(shop);
        assert_eq!(fitted.report.customers, row.value::<u64>("customers"), "{row:?}");
        for (found, expected) in all(fitted.model.params()).into_iter().zip(row.numbers(["p", "q", "gamma"])) {
            close(found, expected, 1e-9, row);
        }
        close(fitted.report.log_likelihood, row.number("log_likelihood"), 1e-13, row);
        for (found, expected) in all(fitted.standard_errors).into_iter().zip(row.numbers(["se_p", "se_q", "se_gamma"]))
        {
            close(found, expected, 1e-7, row);
        }
        assert_eq!(fitted.report.stop, StopReason::Maximum);
        assert!(fitted.report.evaluations <= 15, "{:?}", fitted.report);
        assert_eq!(fitted.report.left_out, shop.left_out_of_spend());
        let sum: f64 = shop
            .spends()
            .filter(|&(_, mean, _)| mean > 0.0)
            .map(|(x, m, n)| f64::from(u32::try_from(n).unwrap()) * fitted.model.log_likelihood(&sample(x, m)).unwrap())
            .sum();
        close(sum, fitted.report.log_likelihood, 1e-13, "the sum over customers");
        compared += 1;
    }
    assert_eq!(compared, 4);
}

#[test]
fn means_exist_where_they_are_finite() {
    let heavy = model(2.0, 0.8, 30.0);
    assert_eq!(heavy.mean_spend(), None);
    assert_eq!(model(2.0, 1.0, 30.0).mean_spend(), None);
    assert_eq!(model(2.0, 1.5, 30.0).mean_spend(), Some(120.0));
    // One purchase is enough for a mean, also one that was free.
    close(heavy.expected_spend(&sample(1, 10.0)).unwrap(), 2.0 * 40.0 / 1.8, 1e-15, "heavy tail");
    close(heavy.expected_spend(&sample(1, 0.0)).unwrap(), 2.0 * 30.0 / 1.8, 1e-15, "heavy tail");
    assert_eq!(model(0.1, 0.75, 1.0).expected_spend(&sample(1, 5.0)), None);
    let refused = |mean| Sample::new(1, 1.0, 1.0).unwrap().with_mean_spend(mean).unwrap_err().to_string();
    assert_eq!(refused(1.1e40), "mean spend m must be 0, or from 1e-40 to 1e40, found 1.1e40");
    assert_eq!(refused(f64::NAN), "mean spend m must be 0, or from 1e-40 to 1e40, found NaN");
    let refused = GammaGamma::from_params(GammaGammaParams { p: 4.0, q: 0.5, gamma: 1.1e100 }).unwrap_err();
    assert_eq!(refused.to_string(), "gamma must be from 1e-100 to 1e100, found 1.1e100");
    assert_eq!(heavy.log_likelihood(&Sample::NEW), None);
    assert_eq!(heavy.log_likelihood(&sample(3, 0.0)), None);
}

#[test]
fn the_expectation_lies_between_the_customers_mean_and_that_of_all() {
    let model = model(6.25, 3.74, 15.44);
    let everyone = model.mean_spend().unwrap();
    let mut last = everyone;
    for repeats in [1, 2, 5, 20, 1000, u32::MAX] {
        let expected = model.expected_spend(&sample(repeats, 100.0)).unwrap();
        assert!(last < expected && expected <= 100.0, "{repeats}: {expected}");
        last = expected;
    }
    close(last, 100.0, 1e-9, "own mean");
}

#[test]
fn cents_for_dollars_change_the_scale_and_nothing_else() {
    let in_dollars = cdnow("1997-09-30");
    let in_cents = counted(in_dollars.spends().map(|(x, m, n)| (x, m * 100.0, n)));
    let (dollars, cents) = (interior(&in_dollars), interior(&in_cents));
    let [p, q, gamma] = all(dollars.model.params());
    for (found, expected) in all(cents.model.params()).into_iter().zip([p, q, gamma * 100.0]) {
        close(found, expected, 1e-10, "parameter");
    }
    let shift = 946.0 * 100.0_f64.ln();
    close(cents.report.log_likelihood, dollars.report.log_likelihood - shift, 1e-13, "ln L");
    for options in [FitOptions::default().with_penalty(2.0), FitOptions::default().with_penalty(0.01)] {
        let fit = |samples| GammaGamma::fit(samples, &options).unwrap().interior().unwrap().model.params();
        let ([p, q, gamma], found) = (all(fit(&in_dollars)), all(fit(&in_cents)));
        for (found, expected) in found.into_iter().zip([p, q, gamma * 100.0]) {
            close(found, expected, 1e-10, "parameter");
        }
    }
}

#[test]
fn no_order_and_no_split_changes_a_bit() {
    let rows: Vec<_> = cdnow("1997-09-30").spends().collect();
    let whole = counted(rows.iter().copied());
    let reversed = counted(rows.iter().rev().copied());
    let (left, right) = rows.split_at(300);
    let mut joined = counted(right.iter().copied());
    joined.merge(&counted(left.iter().copied())).unwrap();
    assert_eq!((fit(&reversed), fit(&joined)), (fit(&whole), fit(&whole)));
}

/// Customers whose every single spend is drawn.
fn simulated(customers: usize, truth: GammaGammaParams) -> Samples {
    let mut random = Chance(7);
    let customer = |_| {
        let repeats = 1 + (random.uniform().powi(2) * 8.0) as u32;
        let rate = random.gamma(truth.q) / truth.gamma;
        let total: f64 = (0..repeats).map(|_| random.gamma(truth.p) / rate).sum();
        sample(repeats, total / f64::from(repeats))
    };
    (0..customers).map(customer).collect()
}

#[test]
fn recovers_the_parameters_of_simulated_customers() {
    for (p, q, gamma) in [(6.0, 4.0, 15.0), (1.2, 1.5, 3000.0), (15.0, 6.0, 0.5)] {
        let truth = GammaGammaParams { p, q, gamma };
        let fitted = interior(&simulated(20_000, truth));
        let errors = all(fitted.standard_errors);
        for ((found, truth), error) in all(fitted.model.params()).into_iter().zip(all(truth)).zip(errors) {
            assert!((found - truth).abs() < 3.0 * error && error < 0.2 * truth, "{found} +- {error} for {truth}");
        }
    }
}

#[test]
fn customers_who_all_spend_the_same_have_no_fit_but_one_amount() {
    let alike: Vec<_> = (1..9).map(|x| (x, 20.0)).collect();
    let nearly: Vec<_> = (1..9).map(|x| (x, 20.0 + 1e-9 * f64::from(x * x % 5))).collect();
    for spends in [&[(1, 20.0)][..], &[(7, 20.0)], &[(3, 20.0), (3, 20.0)], &[(1, 20.0), (9, 20.0)], &alike, &nearly] {
        let boundary = boundary(&samples(spends));
        let [one, other] = &boundary.limits[..] else { panic!("{boundary:?}") };
        assert_eq!((one.of, one.spread), (Latent::SpendWithinCustomer, Spread::Zero));
        let Spread::Same(mean) = other.spread else { panic!("{other:?}") };
        assert_eq!(other.of, Latent::MeanSpend);
        close(mean, 20.0, 1e-7, "mean");
        for sample in [Sample::NEW, sample(4, 20.0)] {
            close(boundary.nearest.expected_spend(&sample).unwrap(), 20.0, 1e-7, "spend");
        }
        assert_eq!(boundary.report.stop, StopReason::Boundary);
        assert!(boundary.report.log_likelihood.is_finite());
    }
    let error = fit(&samples(&alike)).interior().expect_err("no maximum").to_string();
    assert_eq!(
        error,
        "the likelihood has no maximum: 1 / p goes to 0: the spread of one customer's spends is 0 for everyone; q \
         goes to infinity: the mean spend is the same for everyone, with p gamma / q = 20.000000"
    );
}

#[test]
fn a_customer_whose_spends_do_not_vary_is_expected_to_go_on() {
    // Means that differ as much after nine purchases as after one: no spread within a customer explains them.
    let mut random = Chance(3);
    let spends: Vec<_> = (0..400).map(|number| (1 + number % 9, 60.0 / random.gamma(4.0))).collect();
    let boundary = boundary(&samples(&spends));
    let [limit] = &boundary.limits[..] else { panic!("{boundary:?}") };
    assert_eq!((limit.of, limit.spread), (Latent::SpendWithinCustomer, Spread::Zero));
    close(boundary.nearest.expected_spend(&sample(1, 55.0)).unwrap(), 55.0, 1e-5, "own spend");
    // The mean of all is that of the inverse gamma distribution, whose shape q is the only one left.
    close(boundary.nearest.mean_spend().unwrap(), 20.0, 0.1, "mean");
}

#[test]
fn customers_of_one_mean_are_expected_to_spend_it() {
    // Means approach 30 faster with the purchases than one customer's spends would let them: no room for differences
    // between customers.
    let mut random = Chance(5);
    let mut mean = |x: u32| {
        let shape = 3.0 * f64::from(x * x);
        30.0 * random.gamma(shape) / shape
    };
    let spends: Vec<_> = (0..400u32).map(|number| (1 + number % 9, mean(1 + number % 9))).collect();
    let boundary = boundary(&samples(&spends));
    let [limit] = &boundary.limits[..] else { panic!("{boundary:?}") };
    assert_eq!(limit.of, Latent::MeanSpend);
    let Spread::Same(mean) = limit.spread else { panic!("{limit:?}") };
    close(mean, 30.0, 0.05, "mean");
    close(boundary.nearest.expected_spend(&sample(2, 90.0)).unwrap(), mean, 1e-5, "spend");
}

#[test]
fn one_number_of_repeats_is_enough() {
    let all = simulated(5_000, GammaGammaParams { p: 2.0, q: 3.0, gamma: 20.0 });
    let once = counted(all.spends().filter(|&(repeats, ..)| repeats == 1));
    let fitted = interior(&once);
    assert!((fitted.model.params().p - 2.0).abs() < 3.0 * fitted.standard_errors.p, "{fitted:?}");
}

#[test]
fn a_penalty_tells_even_one_customer_apart() {
    let spends = [(1, 20.0), (1, 20.0), (2, 20.0), (5, 28.0)];
    for (spends, penalty) in [(&spends[..1], 0.5), (&spends[..3], 0.2), (&spends, 0.5), (&spends, 3.0)] {
        let shop = samples(spends);
        let fitted = GammaGamma::fit(&shop, &FitOptions::default().with_penalty(penalty)).unwrap().interior().unwrap();
        let largest = spends.iter().fold(0.0, |largest, &(_, mean)| f64::max(largest, mean));
        let objective = |p: f64, q: f64, gamma: f64| {
            let model = model(p, q, gamma);
            let likelihood: f64 = spends.iter().map(|&(x, m)| model.log_likelihood(&sample(x, m)).unwrap()).sum();
            let squares: f64 = [p, q, gamma / largest].iter().map(|ratio| ratio.ln().powi(2)).sum();
            (likelihood, likelihood - penalty * squares)
        };
        let [p, q, gamma] = all(fitted.model.params());
        let (likelihood, top) = objective(p, q, gamma);
        close(fitted.report.penalty, penalty, 0.0, "penalty");
        assert!((fitted.report.log_likelihood - likelihood).abs() < 1e-12);
        let errors = all(fitted.standard_errors);
        for (index, factors) in [(0, [1.01, 1.0, 1.0]), (1, [1.0, 1.01, 1.0]), (2, [1.0, 1.0, 1.01])] {
            let [above, below] = [factors, factors.map(|factor| 1.0 / factor)]
                .map(|[for_p, for_q, for_gamma]| objective(p * for_p, q * for_q, gamma * for_gamma).1);
            assert!(above < top && below < top, "parameter {index} of {spends:?}");
            // As steep on either side, and not narrower than the standard error says.
            assert!((above - below).abs() < 0.05 * (2.0 * top - above - below), "parameter {index} of {spends:?}");
            let curvature = (2.0 * top - above - below) / 1.01_f64.ln().powi(2);
            assert!(errors[index] / all(fitted.model.params())[index] >= 0.999 / curvature.sqrt());
        }
    }
}

#[test]
fn nobody_cannot_be_fitted() {
    for nobody in [samples(&[]), samples(&[(0, 0.0), (2, 0.0)])] {
        let error = GammaGamma::fit(&nobody, &FitOptions::default()).expect_err("nobody");
        assert_eq!(error, Error::NoCustomers { what: "Gamma-Gamma" });
    }
    let some = samples(&[(1, 2.0), (2, 5.0), (0, 0.0)]);
    let error = GammaGamma::fit(&some, &FitOptions::default().with_penalty(f64::NAN)).expect_err("no penalty");
    assert!(error.to_string().starts_with("penalty must be finite and 0 or more"), "{error}");
}

#[test]
fn any_shop_has_a_fit_or_a_reason() {
    let mut random = Chance(11);
    for round in 0..300 {
        let customers = 1 + round % 12;
        let spread = [1e-9, 0.01, 1.0, 8.0][round % 4];
        let unit = [1e-20, 1.0, 1e6, 1e20][round / 4 % 4];
        let spends: Vec<_> = (0..customers)
            .map(|_| (1 + (random.uniform() * 4.0) as u32, unit * (spread * random.normal()).exp()))
            .collect();
        let fit = fit(&samples(&spends));
        let (model, report) = match &fit {
            Fit::Interior(fitted) => {
                assert!(all(fitted.standard_errors).iter().all(|error| error.is_finite() && *error > 0.0), "{fit:?}");
                (fitted.model, fitted.report)
            }
            Fit::Boundary(boundary) => {
                assert!(!boundary.limits.is_empty());
                (boundary.nearest, boundary.report)
            }
        };
        assert!(report.log_likelihood.is_finite(), "{spends:?}: {fit:?}");
        let expected = model.expected_spend(&sample(3, unit));
        assert!(expected.is_none_or(|mean| mean.is_finite() && mean > 0.0), "{spends:?}: {fit:?}");
    }
}

#[test]
fn parameters_are_above_zero_and_finite() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for (params, name) in [((bad, 1.0, 1.0), "p"), ((1.0, bad, 1.0), "q"), ((1.0, 1.0, bad), "gamma")] {
            let (p, q, gamma) = params;
            let error = GammaGamma::from_params(GammaGammaParams { p, q, gamma }).expect_err("refused");
            assert!(matches!(error, Error::Number { field, .. } if field == name), "{error}");
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_stored_model_is_checked() {
    let model = model(6.25, 3.74, 15.44);
    let json = serde_json::json!({"p": 6.25, "q": 3.74, "gamma": 15.44});
    assert_eq!(serde_json::to_value(model).unwrap(), json);
    assert_eq!(serde_json::from_value::<GammaGamma>(json).unwrap(), model);
    let error = serde_json::from_str::<GammaGamma>(r#"{"p": 6.25, "q": 0, "gamma": 15.44}"#).expect_err("refused");
    assert_eq!(error.to_string(), "q must be finite and above 0, found 0");
}

/// Of spends that span hundreds of decades, logarithms of which the likelihood is that of a Laplace distribution with two
/// slopes, `ln [a b / (a + b)]` less the distances from its top times its slopes: highest where one slope is that of an
/// exponential distribution from one of two customers on, `1 / q` their average distance, by `2 ln 2` above the even one.
#[test]
fn spends_of_all_sizes_are_those_of_customers_who_do_not_vary() {
    let samples: Samples = [sample(1, 1e-39), sample(1, 1e39)].into_iter().collect();
    let Fit::Boundary(boundary) = GammaGamma::fit(&samples, &FitOptions::default()).unwrap() else {
        panic!("a maximum")
    };
    let slope = 2.0 / 1e78_f64.ln();
    let found = boundary.report.log_likelihood;
    close(boundary.nearest.params().q, slope, 0.1, "the slope");
    close(found, 2.0 * (slope.ln() - 1.0), 0.1, "ln L");
    let even = model(slope, slope, 1.0);
    let of_even: f64 = [1e-39, 1e39].iter().map(|&mean| even.log_likelihood(&sample(1, mean)).unwrap()).sum();
    assert!(found > of_even + 1.0, "{found} {of_even}");
    assert_eq!(boundary.to_string(), "1 / p goes to 0: the spread of one customer's spends is 0 for everyone");
}

/// Means as far apart as a sample takes them: the fit is one, with a likelihood that is a number.
#[test]
fn the_smallest_and_the_largest_means_have_a_fit() {
    for rows in [vec![(1, 1e-40, 3), (2, 1e40, 2)], vec![(1, 1e-40, 1)], vec![(u32::MAX, 1e40, 1), (1, 1e40, 1)]] {
        let samples = Samples::from_rows(None, [], rows.clone()).unwrap();
        let fit = GammaGamma::fit(&samples, &FitOptions::default()).unwrap();
        assert!(fit.report().log_likelihood.is_finite(), "{fit:?}");
        let stored = GammaGamma::from_params(fit.model().params()).unwrap();
        assert_eq!(&stored, fit.model());
    }
}
