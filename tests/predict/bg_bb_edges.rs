//! BG/BB at its edges: samples without a maximum, refusals, stored forms.

#![allow(clippy::float_cmp, reason = "a share of whole numbers is exact")]

use repurchase::Error;
use repurchase::predict::{
    BgBb, BgBbParams, Fit, FitOptions, Latent, OpportunitySample, OpportunitySamples, Spread, StopReason,
};

use super::bg_bb::{fit, model, sample, simulate};
use super::chance::Chance;
use super::tables::close;

fn samples(rows: &[(u32, u32, u32, u64)]) -> OpportunitySamples {
    let rows: Vec<_> = rows.iter().map(|&(x, t_x, n, customers)| (sample(x, t_x, n), customers)).collect();
    rows.try_into().unwrap()
}

#[track_caller]
fn boundary_of(rows: &[(u32, u32, u32, u64)]) -> (Vec<(Latent, Spread)>, BgBb) {
    let Fit::Boundary(boundary) = fit(&samples(rows)) else { panic!("{rows:?} has no maximum") };
    assert_eq!(boundary.report.stop, StopReason::Boundary);
    assert!(boundary.report.log_likelihood.is_finite());
    (boundary.limits.iter().map(|limit| (limit.of, limit.spread)).collect(), boundary.nearest)
}

#[test]
fn names_the_simpler_model() {
    let (buys, leaves) = (Latent::PurchaseProbability, Latent::DropoutProbabilityPerOpportunity);

    let (limits, nearest) = boundary_of(&[(0, 0, 6, 50), (0, 0, 3, 10)]);
    assert_eq!(limits, [(buys, Spread::Zero)]);
    assert!(nearest.expected_purchases(&sample(0, 0, 6), 6) < 1e-3);

    let (limits, nearest) = boundary_of(&[(6, 6, 6, 50), (2, 2, 2, 1)]);
    assert_eq!(limits, [(buys, Spread::One), (leaves, Spread::Zero)]);
    assert!(nearest.expected_purchases(&sample(6, 6, 6), 6) > 6.0 - 1e-3);

    let (limits, nearest) = boundary_of(&[(0, 0, 1, 75), (1, 1, 1, 25), (0, 0, 0, 9)]);
    assert_eq!(limits, [(buys, Spread::Same(0.25)), (leaves, Spread::Zero)]);
    close(nearest.expected_purchases(&OpportunitySample::NEW, 1), 0.25, 1e-6, "a quarter");

    let (limits, nearest) = boundary_of(&[(0, 0, 2, 40), (1, 1, 2, 25), (1, 2, 2, 15), (2, 2, 2, 20), (1, 1, 1, 10)]);
    assert!(limits.iter().any(|&(of, spread)| of == leaves && matches!(spread, Spread::Same(_))), "{limits:?}");
    assert!((nearest.probability_no_purchase(&OpportunitySample::NEW, 2).unwrap() - 0.4).abs() < 0.03);
}

#[test]
fn finds_that_nobody_leaves_or_all_are_alike() {
    let mut chance = Chance(6);
    let stay = simulate(&mut chance, 3000, 8, |chance| (chance.beta(2.0, 2.0), 0.0));
    let Fit::Boundary(boundary) = fit(&stay) else { panic!("nobody leaves") };
    let leaving = boundary.limits.iter().find(|limit| limit.of == Latent::DropoutProbabilityPerOpportunity);
    assert_eq!(leaving.map(|limit| limit.spread), Some(Spread::Zero), "{boundary}");
    let BgBbParams { alpha, beta, .. } = boundary.nearest.params();
    assert!((alpha - 2.0).abs() < 0.3 && (beta - 2.0).abs() < 0.3, "{boundary:?}");

    // Everyone buys until gone.
    let loyal = simulate(&mut chance, 3000, 8, |chance| (1.0, chance.beta(1.0, 3.0)));
    let Fit::Boundary(boundary) = fit(&loyal) else { panic!("all buy while alive") };
    let buying = boundary.limits.iter().find(|limit| limit.of == Latent::PurchaseProbability);
    assert_eq!(buying.map(|limit| limit.spread), Some(Spread::One), "{boundary}");
    let BgBbParams { gamma, delta, .. } = boundary.nearest.params();
    assert!((gamma - 1.0).abs() < 0.15 && (delta - 3.0).abs() < 0.5, "{boundary:?}");
}

#[track_caller]
fn assert_ends(shop: &OpportunitySamples) {
    let fit = BgBb::fit(shop, &FitOptions::default());
    let report = *fit.unwrap_or_else(|error| panic!("{shop:?}: {error}")).report();
    assert!(report.log_likelihood.is_finite() && report.log_likelihood <= 0.0, "{shop:?} {report:?}");
}

#[test]
fn small_shops_end_somewhere() {
    // Along curved valleys, and on plateaus.
    assert_ends(&samples(&[(1, 1, 2, 1), (2, 2, 2, 1)]));
    assert_ends(&samples(&[(1, 1, 1, 4), (1, 1, 2, 1), (5, 5, 5, 2)]));
    assert_ends(&samples(&[(0, 0, 1, 1), (1, 1, 1, 1), (1, 1, 2, 1), (2, 2, 2, 1)]));
    // Every shop of up to three customers with three opportunities: a maximum or a boundary, never garbage.
    let rows: Vec<_> =
        [(0, 0), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)].map(|(x, t_x)| sample(x, t_x, 3)).into();
    for first in 0..rows.len() {
        for second in first..rows.len() {
            for third in second..rows.len() {
                let shop: OpportunitySamples = [rows[first], rows[second], rows[third]].into_iter().collect();
                assert_ends(&shop);
            }
        }
    }
}

#[test]
fn a_penalty_makes_a_maximum() {
    let options = FitOptions::default().with_penalty(0.1);
    for rows in [&[(0, 0, 6, 50)][..], &[(6, 6, 6, 50)], &[(0, 0, 1, 75), (1, 1, 1, 25)]] {
        let fitted = BgBb::fit(&samples(rows), &options).unwrap().interior().unwrap();
        assert!(fitted.report.gradient_norm < 1e-6, "{fitted:?}");
    }
}

#[test]
fn refuses_what_is_not_its_own() {
    let error = |rows: &[_]| BgBb::fit(&samples(rows), &FitOptions::default()).unwrap_err().to_string();
    assert_eq!(error(&[]), "BG/BB cannot be fitted without a customer");
    assert_eq!(error(&[(0, 0, 0, 3)]), "BG/BB cannot be fitted: no customer has been observed for any time");
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for place in 0..4 {
            let mut values = [1.0; 4];
            values[place] = wrong;
            let [alpha, beta, gamma, delta] = values;
            let error = BgBb::from_params(BgBbParams { alpha, beta, gamma, delta }).unwrap_err();
            let name = ["alpha", "beta", "gamma", "delta"][place];
            assert!(matches!(error, Error::Number { field, .. } if field == name), "{error}");
        }
        let model = model(1.0, 1.0, 1.0, 1.0);
        let error = model.discounted_purchases(&OpportunitySample::NEW, wrong).unwrap_err();
        assert!(matches!(error, Error::Number { field: "discount", .. }));
    }
}

#[cfg(feature = "serde")]
#[test]
fn is_stored_and_checked_when_read() {
    let model = model(1.2, 0.75, 0.66, 2.8);
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(text, r#"{"alpha":1.2,"beta":0.75,"gamma":0.66,"delta":2.8}"#);
    assert_eq!(serde_json::from_str::<BgBb>(&text).unwrap(), model);
    assert!(serde_json::from_str::<BgBb>(r#"{"alpha":1.2,"beta":0.75,"gamma":-0.66,"delta":2.8}"#).is_err());
    let fitted = fit(&super::bg_bb::donations());
    let text = serde_json::to_string(&fitted).unwrap();
    assert_eq!(serde_json::from_str::<Fit<BgBb, BgBbParams>>(&text).unwrap().report().distinct_rows, 22);
}

#[test]
fn opportunities_ahead_are_bounded() {
    let model = BgBb::from_params(BgBbParams { alpha: 1.204, beta: 0.750, gamma: 0.657, delta: 2.783 }).unwrap();
    let most = OpportunitySample::MAX_OPPORTUNITIES;
    let none = model.probability_no_purchase(&OpportunitySample::NEW, most).unwrap();
    assert!((0.0..1.0).contains(&none), "{none}");
    for ahead in [most + 1, u32::MAX] {
        let refused = Error::OutOfRange { field: "opportunities ahead", found: ahead.into(), min: 0, max: most.into() };
        assert_eq!(model.probability_no_purchase(&OpportunitySample::NEW, ahead), Err(refused.clone()));
        assert_eq!(model.probability_of_purchases(&OpportunitySample::NEW, 3, ahead), Err(refused));
        // In closed form, as many as can be counted.
        assert!(model.expected_purchases(&OpportunitySample::NEW, ahead).is_finite());
    }
}
