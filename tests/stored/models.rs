//! Samples, models, fits and backtests.

use chrono::Days;
use repurchase::predict::{
    AnyModel, Backtest, Bdw, BdwParams, BgBb, BgBbParams, BgCnbd, BgNbd, BgNbdParams, CnbdParams, Discount, FitOptions,
    GammaGamma, GammaGammaParams, Holdout, KeptShare, MbgCnbd, MbgNbd, MbgNbdParams, ModelKind, Nbd, NbdParams,
    OpportunitySample, OpportunitySamples, ParetoNbd, ParetoNbdParams, PastTally, PurchaseModel, Regularity,
    RenewalChoice, RenewalCohort, Returns, Revival, RollingBacktest, Sample, Samples, Sbg, SbgParams, TimeUnit, Total,
    ValueModel, VisitorFit, VisitorModel, VisitorOptions, VisitorSample,
};
use repurchase::record::{Interaction, InteractionKind};
use repurchase::{Error, ShopCalendar};

use super::common::date;
use super::customers::{as_of, ledger, log};
use super::{Form, form};

pub(crate) fn models() -> Vec<AnyModel> {
    let (unit, shares) = (TimeUnit::Week, [0.5, 0.25, 0.125, 0.0625, 0.0625]);
    let cnbd = CnbdParams { r: 0.5, alpha: 6.0, a: 0.75, b: 2.5, shares };
    vec![
        Nbd::from_params(NbdParams { r: 0.4, alpha: 5.5 }, unit).unwrap().into(),
        MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, unit).unwrap().into(),
        BgNbd::from_params(BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }, unit).unwrap().into(),
        ParetoNbd::from_params(ParetoNbdParams { r: 0.553, alpha: 10.58, s: 0.606, beta: 11.67 }, TimeUnit::Day)
            .unwrap()
            .into(),
        MbgCnbd::from_params(cnbd, unit).unwrap().into(),
        BgCnbd::from_params(cnbd, unit).unwrap().into(),
    ]
}

pub(crate) fn spend() -> GammaGamma {
    GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.4 }).unwrap()
}

fn cohorts() -> Vec<RenewalCohort> {
    vec![RenewalCohort::new(vec![1_000, 869, 743, 653, 593, 551, 517, 491]).unwrap()]
}

/// Of 160 visitors, 60 of whom buy three days after.
fn visitors() -> VisitorFit {
    let seen = |id: u32| {
        let day = date("2025-01-02") + Days::new(u64::from(id * 7 % 300));
        let kind = if id % 3 == 0 { InteractionKind::Cart } else { InteractionKind::View };
        Interaction::new(id, day.and_hms_opt(12, 0, 0).unwrap().and_utc(), kind, id % 5)
    };
    let seen: Vec<_> = (0..160).map(seen).collect();
    let options = VisitorOptions::default().with_lookback_days(30).with_horizon_days(30).with_spans(6);
    VisitorModel::fit(&log(), &seen, &ShopCalendar::utc(), date("2025-09-30"), &options).unwrap()
}

pub(crate) fn forms() -> Vec<Form> {
    let (log, ledger, options) = (log(), ledger(), FitOptions::default());
    let samples = Samples::of(&ledger);
    let kinds = [ModelKind::Nbd, ModelKind::MbgNbd];
    let rolling = RollingBacktest::run(&log, as_of(), 60, &kinds, &options).unwrap();
    let holdout = Holdout::of(&log, date("2025-10-31"), date("2025-12-31")).unwrap();
    let backtest = Backtest::run(&holdout, &options).unwrap();
    let model = models()[1];
    let sample = Sample::new(3, 40.0, 90.0).unwrap().with_ln_gaps(7.5).unwrap().with_mean_spend(25.25).unwrap();
    let opportunity = OpportunitySample::new(2, 4, 6).unwrap();
    let mut opportunities = OpportunitySamples::default();
    opportunities.merge(&[opportunity; 5].into_iter().collect()).unwrap();
    let value = ValueModel { purchases: models()[1], spend: spend() };
    // Equal rates: nobody differs, so that the likelihood has no maximum.
    let equal = Samples::from_rows(None, [(Sample::new(2, 40.0, 60.0).unwrap(), 50)], []).unwrap();
    let dropout = MbgNbd::fit(&Samples::from_rows(None, wide(), []).unwrap(), &options).unwrap();
    let visitors = visitors();
    assert!(visitors.check.is_some());
    let visitor = VisitorSample::of([(InteractionKind::Cart, 3, "tea"), (InteractionKind::View, 9, "cups")]).unwrap();
    vec![
        form("visitor_model", visitors.model),
        form("visitor_fit", visitors),
        form("visitor_params", visitors.model.params()),
        form("visitor_options", VisitorOptions::default().with_spans(3)),
        form("visitor_sample", visitor),
        form("sample", sample),
        form("samples", samples.clone()),
        form("opportunity_sample", opportunity),
        form("opportunity_samples", opportunities),
        form("renewal_cohorts", cohorts()),
        form("time_units", vec![TimeUnit::Day, TimeUnit::Week]),
        form("model_kinds", ModelKind::ALL.to_vec()),
        form("any_models", models()),
        form("nbd", Nbd::from_params(NbdParams { r: 0.4, alpha: 5.5 }, TimeUnit::Week).unwrap()),
        form("nbd_params", NbdParams { r: 0.4, alpha: 5.5 }),
        form(
            "mbg_nbd",
            MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, TimeUnit::Week).unwrap(),
        ),
        form("mbg_nbd_params", MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }),
        form("bg_nbd", BgNbd::from_params(BgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, TimeUnit::Day).unwrap()),
        form("bg_nbd_params", BgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }),
        form(
            "pareto_nbd",
            ParetoNbd::from_params(ParetoNbdParams { r: 0.5, alpha: 6.2, s: 0.9, beta: 1.6 }, TimeUnit::Day).unwrap(),
        ),
        form("pareto_nbd_params", ParetoNbdParams { r: 0.5, alpha: 6.2, s: 0.9, beta: 1.6 }),
        form("cnbd_params", CnbdParams { r: 0.5, alpha: 6.0, a: 0.75, b: 2.5, shares: [0.5, 0.5, 0.0, 0.0, 0.0] }),
        form(
            "mbg_cnbd",
            MbgCnbd::from_params(
                CnbdParams { r: 0.5, alpha: 6.0, a: 0.75, b: 2.5, shares: [0.5, 0.5, 0.0, 0.0, 0.0] },
                TimeUnit::Week,
            )
            .unwrap(),
        ),
        form(
            "bg_cnbd",
            BgCnbd::from_params(
                CnbdParams { r: 0.5, alpha: 6.0, a: 0.75, b: 2.5, shares: [0.5, 0.5, 0.0, 0.0, 0.0] },
                TimeUnit::Week,
            )
            .unwrap(),
        ),
        form("gamma_gamma", spend()),
        form("gamma_gamma_params", spend().params()),
        form("value_model", value),
        form("discount", Discount::new(0.01, 30).unwrap()),
        form("kept_share", KeptShare::fit(&ledger).unwrap()),
        form("sbg", Sbg::from_params(SbgParams { alpha: 0.67, beta: 3.81 }).unwrap()),
        form("sbg_params", SbgParams { alpha: 0.67, beta: 3.81 }),
        form("bdw", Bdw::from_params(BdwParams { alpha: 0.26, beta: 1.72, c: 1.58 }).unwrap()),
        form("bdw_params", BdwParams { alpha: 0.26, beta: 1.72, c: 1.58 }),
        form("bg_bb", BgBb::from_params(BgBbParams { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 }).unwrap()),
        form("bg_bb_params", BgBbParams { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 }),
        form("renewal_choice", RenewalChoice::fit(&cohorts(), &options).unwrap()),
        form("regularity", Regularity::fit(&samples, &options).unwrap().map(|(regularity, _)| regularity)),
        form("fit_options", options.with_unit(TimeUnit::Day).with_penalty(0.5)),
        form("fit_interior", dropout),
        form("fit_boundary", MbgNbd::fit(&equal, &options).unwrap()),
        form("revival", Revival::new(0.25).unwrap()),
        form("returns", Returns::of(&holdout, &model)),
        form("tracking_points", holdout.tracking(&model, 30).unwrap()),
        form("backtest", backtest),
        form("rolling_backtest", rolling.clone()),
        form("track_record", rolling.track(ModelKind::Nbd)),
        form("past_tally", PastTally::of(&log, as_of(), 120).unwrap()),
        form("totals", vec![Total::Purchases, Total::Buyers, Total::Revenue]),
        form("no_mean_spend", spend_without_mean()),
        form("next_purchase", model.next_purchase(&sample, 90)),
    ]
}

fn spend_without_mean() -> repurchase::predict::NoMeanSpend {
    let model = GammaGamma::from_params(GammaGammaParams { p: 2.0, q: 0.5, gamma: 15.4 }).unwrap();
    model.without_mean(&Sample::NEW).unwrap()
}

/// Customers of whom many stopped.
fn wide() -> Vec<(Sample, u64)> {
    let row = |repeats, recency, age, customers| (Sample::new(repeats, recency, age).unwrap(), customers);
    vec![
        row(0, 0.0, 270.0, 140),
        row(1, 20.0, 260.0, 40),
        row(2, 60.0, 250.0, 30),
        row(3, 50.0, 270.0, 15),
        row(5, 240.0, 260.0, 12),
        row(8, 90.0, 255.0, 9),
        row(12, 250.0, 255.0, 8),
        row(20, 120.0, 270.0, 4),
    ]
}

/// One course of so many customers.
fn past_of(customers: u64) -> serde_json::Result<PastTally> {
    serde_json::from_value(serde_json::json!({
        "as_of": "2026-03-31", "horizon_days": 120,
        "windows": [{
            "scale": 2, "revenue": "0", "last_period": "0",
            "customers": [[[0, 0, 170], 0, [0, 0], 0, 0, ["3420", "0", "0"], customers]]
        }]
    }))
}

#[test]
fn a_past_of_too_many_customers_is_refused() {
    let most = 1 << 53;
    assert_eq!(past_of(most).unwrap().customers(), most);
    for customers in [most + 1, u64::MAX] {
        let error = past_of(customers).unwrap_err().to_string();
        assert!(error.contains("number of customers"), "{error}");
    }
    let (mut half, one) = (past_of(most / 2).unwrap(), past_of(1).unwrap());
    half.merge(&half.clone()).unwrap();
    assert_eq!(half.customers(), most);
    let before = half.clone();
    assert!(matches!(half.merge(&one), Err(Error::CountOverflow { field: "number of customers" })));
    assert_eq!(half, before);
}
