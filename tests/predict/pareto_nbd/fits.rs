//! Maxima and boundaries of real shops: reference fits by Newton's method in 50 digits (mpmath), from many starts.

use repurchase::Error;
use repurchase::predict::{
    Boundary, Fit, FitOptions, Latent, Limit, ParetoNbd, ParetoNbdParams, Sample, Samples, Spread, StopReason, TimeUnit,
};

use super::sample;
use crate::tables::{close, count, counted, summaries};

#[track_caller]
fn fit(samples: &Samples, unit: TimeUnit) -> Fit<ParetoNbd, ParetoNbdParams> {
    ParetoNbd::fit(samples, &FitOptions::default().with_unit(unit)).expect("a fit")
}

#[track_caller]
fn boundary(samples: &Samples, unit: TimeUnit) -> Boundary<ParetoNbd> {
    match fit(samples, unit) {
        Fit::Boundary(boundary) => boundary,
        Fit::Interior(fitted) => panic!("a maximum: {fitted:?}"),
    }
}

fn numbers(params: ParetoNbdParams) -> [f64; 4] {
    let ParetoNbdParams { r, alpha, s, beta } = params;
    [r, alpha, s, beta]
}

#[track_caller]
fn is_maximum(samples: &Samples, unit: TimeUnit, params: [f64; 4], errors: [f64; 4], log_likelihood: f64) {
    let fitted = fit(samples, unit).interior().expect("a maximum");
    for place in 0..4 {
        close(numbers(fitted.model.params())[place], params[place], 1e-8, place);
        close(numbers(fitted.standard_errors)[place], errors[place], 1e-5, place);
    }
    close(fitted.report.log_likelihood, log_likelihood, 1e-12, "ln L");
    assert_eq!(fitted.report.stop, StopReason::Maximum);
    assert!(fitted.report.gradient_norm < 1e-6 && fitted.report.evaluations < 30, "{:?}", fitted.report);
    assert_eq!((fitted.report.customers, fitted.report.distinct_rows), (samples.customers(), samples.distinct_rows()));
}

const CAL: &str = "cdnow_summary_cal.csv";
const FULL: &str = "cdnow_summary_full.csv";

#[test]
fn cdnow_in_weeks() {
    is_maximum(
        &summaries(CAL),
        TimeUnit::Week,
        [0.553_277_046_853_179_6, 10.577_683_463_302_315, 0.606_239_989_127_826_3, 11.668_735_288_855_01],
        [0.047_627_93, 0.842_722_55, 0.187_281_40, 6.211_115_7],
        -9_594.976_178_939_543,
    );
    is_maximum(
        &summaries(FULL),
        TimeUnit::Week,
        [0.563_003_664_302_051, 12.559_169_139_640_11, 0.408_107_277_122_689_8, 10.514_544_714_261_755],
        [0.043_887_550, 0.893_739_50, 0.074_011_115, 4.229_976_6],
        -17_135.835_886_123_93,
    );
}

#[test]
fn cdnow_in_days() {
    let samples = summaries(CAL);
    is_maximum(
        &samples,
        TimeUnit::Day,
        [0.553_277_046_853_179_6, 74.043_784_243_116_2, 0.606_239_989_127_826_3, 81.681_147_021_985_08],
        [0.047_627_928, 5.899_057_8, 0.187_281_37, 43.477_800],
        -14_376.077_415_168_448,
    );
    let repeats: f64 = samples.iter().map(|(sample, customers)| f64::from(sample.repeats()) * count(customers)).sum();
    let (weeks, days) = (fit(&samples, TimeUnit::Week), fit(&samples, TimeUnit::Day));
    let shift = weeks.report().log_likelihood - repeats * 7.0_f64.ln();
    close(days.report().log_likelihood, shift, 1e-13, "ln L");
    let (weeks, days) = (weeks.interior().expect("a maximum"), days.interior().expect("a maximum"));
    for (place, unit) in [1.0, 7.0, 1.0, 7.0].into_iter().enumerate() {
        let (weeks, days) = (numbers(weeks.model.params())[place], numbers(days.model.params())[place]);
        close(days, weeks * unit, 1e-11, place);
    }
}

#[test]
fn no_dropout() {
    // Dropout is not identified: what remains is the NBD model, of which r and alpha are.
    let shops = [
        (
            "predict/online_retail_cal.csv",
            3317,
            -21_755.348_019_546_66,
            [0.722_644_086_296_002_2, 9.424_541_648_149_462],
        ),
        (
            "predict/online_retail_full.csv",
            4338,
            -37_645.657_330_539_99,
            [0.827_558_548_575_315_2, 9.870_364_872_280_759],
        ),
    ];
    for (rows, customers, log_likelihood, [r, alpha]) in shops {
        let shop = counted(rows);
        assert_eq!(shop.customers(), customers);
        let found = boundary(&shop, TimeUnit::Week);
        assert!(matches!(found.limits[..], [Limit { of: Latent::DropoutRate, spread: Spread::Zero, .. }]), "{found:?}");
        assert_eq!(found.report.stop, StopReason::Boundary);
        close(found.report.log_likelihood, log_likelihood, 1e-11, "ln L");
        close(found.nearest.params().r, r, 1e-6, "r");
        close(found.nearest.params().alpha, alpha, 1e-6, "alpha");
        let ParetoNbdParams { s, beta, .. } = found.nearest.params();
        assert!(s / beta < 1e-9, "{s} {beta}");
        assert_eq!(found.to_string(), "s / beta goes to 0: the dropout rate is 0 for everyone");
        let refused = Fit::<_, ParetoNbdParams>::Boundary(found).interior().expect_err("no maximum");
        assert!(matches!(refused, Error::NoMaximum { .. }));
    }
}

#[test]
fn one_dropout_rate() {
    let shop = counted("predict/online_retail_two_years.csv");
    assert_eq!(shop.customers(), 4933);
    let found = boundary(&shop, TimeUnit::Week);
    let [Limit { of: Latent::DropoutRate, spread: Spread::Same(rate), .. }] = found.limits[..] else {
        panic!("{found:?}")
    };
    // The reference stops at s = 2.4e6, still rising: it is right to 1e-11, its parameters to six digits.
    close(rate, 0.002_575_8, 1e-5, "s / beta");
    close(found.report.log_likelihood, -57_376.130_377_293_76, 1e-10, "ln L");
    close(found.nearest.params().r, 0.746_892, 1e-6, "r");
    close(found.nearest.params().alpha, 10.653_68, 1e-6, "alpha");
    assert_eq!(
        found.to_string(),
        "s and beta go to infinity: the dropout rate is the same for everyone, with s / beta = 0.002576"
    );
}

#[test]
fn nothing_to_fit() {
    let fit = |samples: &[Sample]| ParetoNbd::fit(&samples.iter().copied().collect(), &FitOptions::default());
    assert_eq!(fit(&[]).expect_err("nobody"), Error::NoCustomers { what: "Pareto/NBD" });
    let refused = fit(&[Sample::NEW; 5]).expect_err("no time");
    assert_eq!(refused, Error::NothingObserved { what: "Pareto/NBD" });
    let (samples, options) = ([sample(1, 2.0, 3.0)], FitOptions::default().with_penalty(-1.0));
    let refused = ParetoNbd::fit(&samples.into_iter().collect(), &options).expect_err("no penalty");
    assert!(matches!(refused, Error::Number { field: "penalty", .. }), "{refused}");
}

#[test]
fn too_little_to_fit() {
    // Nobody came back.
    let never: Samples = (1..100).map(|age| sample(0, 0.0, f64::from(age))).collect();
    assert_eq!(boundary(&never, TimeUnit::Day).to_string(), "r / alpha goes to 0: the purchase rate is 0 for everyone");
    assert!(boundary(&never, TimeUnit::Day).report.log_likelihood.abs() < 1e-9);
    // One customer, who tells of a rate but not of how customers differ.
    let one = |repeats, recency, age| boundary(&[sample(repeats, recency, age)].into_iter().collect(), TimeUnit::Day);
    assert_eq!(
        one(2, 5.0, 10.0).to_string(),
        "r and alpha go to infinity: the purchase rate is the same for everyone, with r / alpha = 0.200000; \
         s / beta goes to 0: the dropout rate is 0 for everyone"
    );
    close(one(2, 5.0, 10.0).report.log_likelihood, 2.0 * 0.2_f64.ln() - 2.0, 1e-8, "the density at a rate of 0.2");
    assert_eq!(one(0, 0.0, 10.0).to_string(), "r / alpha goes to 0: the purchase rate is 0 for everyone");
    // One who bought and was gone: at a rate of 500 either way, ln(500 / 2) - 1.
    let gone = one(1, 1e-3, 1e4);
    assert!(matches!(gone.limits[0], Limit { of: Latent::PurchaseRate, spread: Spread::Same(_), .. }), "{gone:?}");
    close(gone.report.log_likelihood, 250.0_f64.ln() - 1.0, 1e-8, "ln L");
    // One who bought to the end: alpha comes to its bound first, and the dropout rate still goes to 0.
    let stays = one(9, 10.0, 10.0);
    assert!(matches!(stays.limits[0], Limit { of: Latent::PurchaseRate, spread: Spread::Same(_), .. }), "{stays:?}");
    close(stays.report.log_likelihood, 9.0 * 0.9_f64.ln() - 9.0, 1e-7, "the density at a rate of 0.9");
}

#[test]
fn a_penalty_makes_a_maximum() {
    let one: Samples = [sample(2, 35.0, 70.0)].into_iter().collect();
    let options = FitOptions::default().with_penalty(0.1);
    let fitted = ParetoNbd::fit(&one, &options).expect("a fit").interior().expect("a maximum");
    assert!(fitted.report.gradient_norm < 1e-6);
    // In days, all of it is the same.
    let options = options.with_unit(TimeUnit::Day);
    let days = ParetoNbd::fit(&one, &options).expect("a fit").interior().expect("a maximum");
    close(days.model.params().beta, 7.0 * fitted.model.params().beta, 1e-9, "beta");
}
