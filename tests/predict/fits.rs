//! Every fit against maxima found at 50 digits from many starts, and against likelihoods that have none.

use repurchase::Error;
use repurchase::predict::{
    BgNbd, BgNbdParams, Fit, FitOptions, Fitted, Latent, MbgNbd, MbgNbdParams, ModelKind, Nbd, NbdParams,
    PurchaseModel, Sample, Samples, Spread, StopReason, TimeUnit,
};

use super::tables::{cdnow, close, count, counted};

fn in_order(BgNbdParams { r, alpha, a, b }: BgNbdParams) -> [f64; 4] {
    [r, alpha, a, b]
}

fn modified_in_order(MbgNbdParams { r, alpha, a, b }: MbgNbdParams) -> [f64; 4] {
    [r, alpha, a, b]
}

#[track_caller]
fn check<M, P>(
    fit: Fit<M, P>,
    found: [f64; 4],
    errors: impl Fn(P) -> [f64; 4],
    right: [f64; 4],
    ln_l: f64,
    se: [f64; 4],
) {
    let Fitted { standard_errors, report, .. } = fit.interior().expect("a maximum");
    found.iter().zip(right).for_each(|(&found, right)| close(found, right, 1e-7, "parameter"));
    close(report.log_likelihood, ln_l, 1e-12, "ln L");
    errors(standard_errors).iter().zip(se).for_each(|(&found, right)| close(found, right, 1e-5, "standard error"));
    assert!(report.gradient_norm < 1e-7 && report.evaluations < 40, "{report:?}");
    assert_eq!((report.stop, report.penalty, report.left_out), (StopReason::Maximum, 0.0, 0));
}

fn check_bg(samples: &Samples, right: [f64; 4], ln_l: f64, se: [f64; 4]) {
    let fit = BgNbd::fit(samples, &FitOptions::default()).unwrap();
    let Fit::Interior(fitted) = &fit else { panic!("no maximum: {fit:?}") };
    let params = in_order(fitted.model.params());
    check(fit, params, in_order, right, ln_l, se);
}

fn check_mbg(samples: &Samples, right: [f64; 4], ln_l: f64, se: [f64; 4]) {
    let fit = MbgNbd::fit(samples, &FitOptions::default()).unwrap();
    let Fit::Interior(fitted) = &fit else { panic!("no maximum: {fit:?}") };
    let params = modified_in_order(fitted.model.params());
    check(fit, params, modified_in_order, right, ln_l, se);
}

#[test]
fn cdnow_39_weeks() {
    check_bg(
        &cdnow(),
        [0.242_594_522_430_157, 4.413_602_019_013_50, 0.792_922_017_225_598, 2.425_906_776_826_33],
        -9_582.429_206_673_93,
        [0.012_557_378_1, 0.378_224_064, 0.185_733_809, 0.705_414_214],
    );
    check_mbg(
        &cdnow(),
        [0.524_843_159_106, 6.183_085_279_576, 0.891_359_390_732, 1.614_002_240_170],
        -9_582.135_715_553_75,
        [0.083_268_209_67, 0.695_620_64, 0.154_789_928, 0.537_494_808],
    );
    let report = *BgNbd::fit(&cdnow(), &FitOptions::default()).unwrap().report();
    assert_eq!((report.customers, report.distinct_rows), (2357, 1016));
    let nbd = Nbd::fit(&cdnow(), &FitOptions::default()).unwrap().interior().unwrap();
    close(nbd.model.params().r, 0.384_766_135_768_784_9, 1e-10, "r");
    close(nbd.model.params().alpha, 12.072_022_844_836_905, 1e-10, "alpha");
    close(nbd.report.log_likelihood, -9_763.657_614_672_615, 1e-12, "ln L");
}

#[test]
fn cdnow_78_weeks() {
    let samples = counted("predict/cdnow_full.csv");
    check_bg(
        &samples,
        [0.253_561_156_339_928, 5.447_257_505_572_418, 0.607_365_425_029_813, 2.647_234_476_194_367],
        -17_138.233_964_638_07,
        [0.010_913_459_8, 0.398_295_799_4, 0.110_919_005_8, 0.638_048_390],
    );
    check_mbg(
        &samples,
        [0.617_843_331_593_251, 8.656_960_309_778_238, 0.551_524_947_679_581, 1.009_059_146_643_475],
        -17_127.373_255_509_92,
        [0.090_514_627_8, 0.972_248_841_3, 0.057_788_806_2, 0.222_563_964_5],
    );
}

#[test]
fn online_retail_to_the_end_has_a_maximum_in_a_plain() {
    let samples = counted("predict/online_retail_full.csv");
    check_bg(
        &samples,
        [0.826_541_923_470, 9.843_588_995_908, 0.003_437_368_805_47, 6.745_115_777_286],
        -37_645.537_648_151_46,
        [0.026_784_860_5, 0.373_112_32, 0.010_339_231, 22.414_75],
    );
    check_mbg(
        &samples,
        [0.827_423_586_591, 9.862_142_689_249, 0.001_856_204_724_26, 11.893_577_027_364],
        -37_645.639_657_778_13,
        [0.026_757_780_9, 0.372_305_411, 0.012_422_09, 66.5609],
    );
}

/// Nobody leaves: only `r` and `alpha` are identified, and they are those of the NBD.
#[test]
fn online_retail_in_its_first_nine_months_shows_no_dropout() {
    let samples = counted("predict/online_retail_cal.csv");
    let (r, alpha, ln_l) = (0.722_644_086_296_002_2, 9.424_541_648_149_462, -21_755.348_019_546_65);
    let nbd = Nbd::fit(&samples, &FitOptions::default()).unwrap().interior().unwrap();
    close(nbd.model.params().r, r, 1e-11, "r");
    close(nbd.model.params().alpha, alpha, 1e-11, "alpha");
    close(nbd.report.log_likelihood, ln_l, 1e-12, "ln L");
    let Fit::Boundary(boundary) = BgNbd::fit(&samples, &FitOptions::default()).unwrap() else { panic!("a maximum") };
    assert_eq!(
        boundary.to_string(),
        "a / (a + b) goes to 0: the probability of leaving after a purchase is 0 for everyone"
    );
    assert_eq!((boundary.limits[0].of, boundary.limits[0].spread), (Latent::DropoutProbability, Spread::Zero));
    assert_eq!(boundary.report.stop, StopReason::Boundary);
    close(boundary.report.log_likelihood, ln_l, 1e-9, "ln L");
    let BgNbdParams { r: found_r, alpha: found_alpha, .. } = boundary.nearest.params();
    close(found_r, r, 1e-6, "r");
    close(found_alpha, alpha, 1e-6, "alpha");
    let fit = MbgNbd::fit(&samples, &FitOptions::default()).unwrap();
    let Fit::Boundary(boundary) = &fit else { panic!("a maximum") };
    close(boundary.report.log_likelihood, ln_l, 1e-9, "ln L");
    assert_eq!(
        fit.interior().unwrap_err().to_string(),
        "the likelihood has no maximum: a / (a + b) goes to 0: the probability of leaving after a purchase is 0 for everyone"
    );
}

#[test]
fn two_years_of_online_retail_have_a_maximum() {
    let samples = counted("predict/online_retail_two_years.csv");
    for fit in [
        *BgNbd::fit(&samples, &FitOptions::default()).unwrap().report(),
        *MbgNbd::fit(&samples, &FitOptions::default()).unwrap().report(),
    ] {
        assert_eq!(fit.stop, StopReason::Maximum);
        assert!(fit.gradient_norm < 1e-7);
    }
}

/// With rates per day, as the numbers of rows are taken.
fn per_day() -> FitOptions {
    FitOptions::default().with_unit(TimeUnit::Day)
}

fn samples(rows: &[(u32, f64, f64)]) -> Samples {
    rows.iter().map(|&(repeats, recency, age)| Sample::new(repeats, recency, age).unwrap()).collect()
}

#[track_caller]
fn boundary(rows: &[(u32, f64, f64)]) -> String {
    let fit = BgNbd::fit(&samples(rows), &per_day()).unwrap();
    let Fit::Boundary(boundary) = fit else { panic!("a maximum: {fit:?}") };
    assert_eq!(boundary.report.stop, StopReason::Boundary);
    assert!(boundary.report.log_likelihood.is_finite());
    boundary.to_string()
}

#[test]
fn samples_that_say_too_little_lead_to_a_boundary() {
    assert_eq!(boundary(&[(0, 0.0, 5.0), (0, 0.0, 9.0)]), "r / alpha goes to 0: the purchase rate is 0 for everyone");
    let one = boundary(&[(3, 2.0, 2.0)]);
    assert!(
        one.starts_with("r and alpha go to infinity: the purchase rate is the same for everyone, with r / alpha = 1.5")
    );
    assert!(one.contains("a / (a + b) goes to 0"), "{one}");
    let alike = boundary(&[(3, 2.0, 5.0); 50]);
    assert!(
        alike.contains("a and b go to infinity: the probability of leaving after a purchase is the same"),
        "{alike}"
    );
    let single = boundary(&[(1, 2.0, 50.0), (1, 3.0, 60.0), (1, 1.0, 70.0), (0, 0.0, 80.0)]);
    assert!(single.contains("a / (a + b) goes to 1"), "{single}");
}

#[test]
fn samples_that_say_nothing_are_refused() {
    let options = FitOptions::default();
    assert_eq!(BgNbd::fit(&Samples::default(), &options), Err(Error::NoCustomers { what: "BG/NBD" }));
    assert_eq!(MbgNbd::fit(&Samples::default(), &options), Err(Error::NoCustomers { what: "MBG/NBD" }));
    assert_eq!(Nbd::fit(&samples(&[(0, 0.0, 0.0); 3]), &options), Err(Error::NothingObserved { what: "NBD" }));
    let refused = BgNbd::fit(&cdnow(), &options.with_penalty(-1.0)).unwrap_err();
    assert_eq!(refused.to_string(), "penalty must be finite and 0 or more, found -1");
    let unfinished = BgNbd::fit(&cdnow(), &options.with_max_evaluations(3)).unwrap_err();
    assert!(matches!(unfinished, Error::NotConverged { model: "BG/NBD", .. }), "{unfinished}");
}

#[test]
fn a_penalty_is_stated_and_pulls_towards_its_centre() {
    let samples = counted("predict/online_retail_cal.csv");
    let plain = BgNbd::fit(&samples, &FitOptions::default()).unwrap();
    let penalised = BgNbd::fit(&samples, &FitOptions::default().with_penalty(0.5)).unwrap().interior().unwrap();
    assert_eq!((plain.report().penalty, penalised.report.penalty), (0.0, 0.5));
    // What no maximum pinned down, the penalty does; the price in likelihood is reported without the penalty.
    assert!(penalised.report.log_likelihood < plain.report().log_likelihood);
    assert!(penalised.model.params().a > 1e-5);
    let strong = BgNbd::fit(&cdnow(), &FitOptions::default().with_penalty(1e9)).unwrap().interior().unwrap();
    let NbdParams { r, .. } = NbdParams { r: strong.model.params().r, alpha: 1.0 };
    close(r, 1.0, 1e-4, "r");
    close(strong.model.params().alpha, 272.0 / 7.0, 1e-4, "alpha, in units of the largest age");
}

/// The penalty leaves the unit of time alone.
#[test]
fn days_change_alpha_and_nothing_else() {
    let samples = counted("predict/cdnow_full.csv");
    let repeats: f64 = samples.iter().map(|(sample, customers)| f64::from(sample.repeats()) * count(customers)).sum();
    for options in [FitOptions::default(), FitOptions::default().with_penalty(2.0)] {
        let weeks = MbgNbd::fit(&samples, &options).unwrap().interior().unwrap();
        let days = MbgNbd::fit(&samples, &options.with_unit(TimeUnit::Day)).unwrap().interior().unwrap();
        assert_eq!((weeks.model.unit(), days.model.unit()), (TimeUnit::Week, TimeUnit::Day));
        let (in_weeks, in_days) = (weeks.model.params(), days.model.params());
        close(in_days.alpha, 7.0 * in_weeks.alpha, 1e-10, "alpha");
        close(in_days.r, in_weeks.r, 1e-10, "r");
        close(in_days.a, in_weeks.a, 1e-10, "a");
        close(in_days.b, in_weeks.b, 1e-10, "b");
        let shifted = weeks.report.log_likelihood - repeats * 7.0_f64.ln();
        close(days.report.log_likelihood, shifted, 1e-12, "ln L");
    }
}

/// A maximum is the answer only where nothing is above it: here a first climb finds none, a later one a local one.
#[test]
fn the_highest_end_is_the_answer() {
    let shop =
        samples(&[(7, 998.5, 1e3), (8, 844.05, 1e3), (11, 122.4, 1e3), (0, 0.0, 1e3), (0, 0.0, 1e3), (0, 0.0, 1e3)]);
    let Fit::Boundary(boundary) = MbgNbd::fit(&shop, &per_day()).unwrap() else { panic!("a maximum") };
    assert_eq!(boundary.limits[0].of, Latent::DropoutProbability);
    assert!(matches!(boundary.limits[0].spread, Spread::Same(_)), "{boundary}");
    assert!(boundary.report.log_likelihood > -139.698, "{boundary:?}");
}

/// Who buys at one rate tells it to six digits, however far out the search goes.
#[test]
fn one_customer_tells_a_rate() {
    let fit = Nbd::fit(&samples(&[(9, 10.0, 10.0)]), &per_day()).unwrap();
    let Fit::Boundary(boundary) = fit else { panic!("a maximum") };
    let Spread::Same(rate) = boundary.limits[0].spread else { panic!("{boundary}") };
    close(rate, 0.9, 1e-6, "r / alpha");
    close(boundary.report.log_likelihood, 9.0 * 0.9_f64.ln() - 9.0, 1e-7, "ln L");
}

#[cfg(feature = "serde")]
#[test]
fn stored_options_are_checked_when_they_are_read() {
    let options = FitOptions::default().with_penalty(0.5).with_unit(TimeUnit::Day);
    let text = serde_json::to_string(&options).unwrap();
    assert_eq!(serde_json::from_str::<FitOptions>(&text).unwrap(), options);
    assert_eq!(serde_json::from_str::<FitOptions>("{}").unwrap(), FitOptions::default());
    let error = serde_json::from_str::<FitOptions>(r#"{"penalty":-1}"#).unwrap_err();
    assert!(error.to_string().starts_with("penalty must be finite and 0 or more, found -1"), "{error}");
    assert!(serde_json::from_str::<FitOptions>(r#"{"penalties":1}"#).is_err());
}

/// Some buy at once and the others never again in an age: the reported likelihood is that of the model returned.
#[test]
fn the_likelihood_on_a_boundary_is_that_of_the_model() {
    let rows = [(Sample::new(0, 0.0, 1e8).unwrap(), 592_400), (Sample::new(4, 2.38, 38.1).unwrap(), 36)];
    let samples = Samples::from_rows(None, rows, []).unwrap();
    for kind in ModelKind::ALL {
        let fit = kind.fit(&samples, &FitOptions::default()).unwrap();
        let sum: f64 = rows.iter().map(|(sample, n)| f64::from(*n as u32) * fit.model().log_likelihood(sample)).sum();
        close(fit.report().log_likelihood, sum, 1e-9, kind);
    }
}
