//! E1, E2, E3: from `x`, `t_x` and `T` to a model, and from it to what is expected of every customer.

use repurchase::predict::{
    BgNbd, Fit, FitOptions, GammaGamma, MbgCnbd, MbgNbd, ParetoNbd, PurchaseModel, Samples, TimeUnit,
};
use repurchase::shop::{Figure, ShopModels, ShopOptions};

use crate::Result;
use crate::columns::Shop;
use crate::stopwatch::Stopwatch;

/// Days.
const HORIZON: u32 = 90;

pub(super) fn fit_bg_nbd(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    fit(shop, clock, BgNbd::fit, |model| {
        let params = model.params();
        [params.r, params.alpha, params.a, params.b]
    })
}

/// From the ledger, as a shop that keeps one does.
pub(super) fn fit_bg_nbd_of_ledger(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let fitted = clock.time(|| Ok(BgNbd::fit(&Samples::of(ledger), &FitOptions::default())?.interior()?))?;
    Ok(format!("nll={:.4}", -fitted.report.log_likelihood))
}

/// With a rhythm, from the ledger.
pub(super) fn fit_mbg_cnbd_of_ledger(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let fitted = clock.time(|| Ok(MbgCnbd::fit(&Samples::of(ledger), &FitOptions::default())?.interior()?))?;
    Ok(format!("nll={:.4} shares={:?}", -fitted.report.log_likelihood, fitted.model.params().shares))
}

/// The model of spend, from the ledger.
pub(super) fn fit_gamma_gamma_of_ledger(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let fitted = clock.time(|| Ok(GammaGamma::fit(&Samples::of(ledger), &FitOptions::default())?.interior()?))?;
    Ok(format!("nll={:.4}", -fitted.report.log_likelihood))
}

pub(super) fn fit_mbg_nbd(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    fit(shop, clock, MbgNbd::fit, |model| {
        let params = model.params();
        [params.r, params.alpha, params.a, params.b]
    })
}

pub(super) fn fit_pareto_nbd(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    fit(shop, clock, ParetoNbd::fit, |model| {
        let params = model.params();
        [params.r, params.alpha, params.s, params.beta]
    })
}

/// `params` are in the order in which the model lists them.
fn fit<M, P>(
    shop: &Shop,
    clock: &mut Stopwatch,
    fit: fn(&Samples, &FitOptions) -> repurchase::Result<Fit<M, P>>,
    params: fn(&M) -> [f64; 4],
) -> Result<String> {
    let repeats = shop.repeats()?;
    let fitted = clock.time(|| {
        let samples: Samples = repeats.samples().collect::<Result<_>>()?;
        Ok(fit(&samples, &FitOptions::default().with_unit(TimeUnit::Day))?.interior()?)
    })?;
    let params = params(&fitted.model).map(|parameter| format!("{parameter:.6}")).join(",");
    Ok(format!("params={params} nll={:.4}", -fitted.report.log_likelihood))
}

pub(super) fn probabilities_alive(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let (model, samples) = (shop.model()?, shop.samples()?);
    let alive = clock.time(|| Ok(model.probability_alive_all(samples)))?;
    Ok(format!("sum={:.6}", alive.iter().sum::<f64>()))
}

pub(super) fn expected_purchases(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let (model, samples) = (shop.model()?, shop.samples()?);
    let expected = clock.time(|| Ok(model.expected_purchases_all(samples, HORIZON)))?;
    Ok(format!("sum={:.6}", expected.iter().sum::<f64>()))
}

/// All models of a shop, of its histories.
pub(super) fn fit_shop(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let models = clock.time(|| Ok(ShopModels::fit(ledger, &ShopOptions::default())?))?;
    Ok(format!("purchases={:?}", models.purchases().model()))
}

/// Every label and forecast of every customer.
pub(super) fn profiles(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let models = ShopModels::fit(ledger, &ShopOptions::default())?;
    let profiles = clock.time(|| Ok(models.profile_all(ledger)?))?;
    let ahead = profiles.iter().filter_map(|profile| profile.figure(Figure::ExpectedPurchases));
    Ok(format!("n={} purchases={:.6}", profiles.len(), ahead.sum::<f64>()))
}
