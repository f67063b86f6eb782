//! BG/CNBD-k and MBG/CNBD-k against tables of 40-digit values, other models, naive sums and simulated customers.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]

use proptest::prelude::*;
use repurchase::Error;
use repurchase::predict::{
    BgCnbd, BgNbd, BgNbdParams, CnbdParams, Fit, FitOptions, MbgCnbd, MbgNbd, MbgNbdParams, ModelKind, PurchaseModel,
    Regularity, Sample, Samples, StopReason, TimeUnit,
};
use repurchase::scale::{Confidence, Language};

use super::chance::Chance;
use super::tables::{Row, cdnow, close, table};

const ALONE: [f64; 5] = [1.0, 0.0, 0.0, 0.0, 0.0];

fn model(extra: &str, params: CnbdParams, unit: TimeUnit) -> Box<dyn PurchaseModel> {
    match extra {
        "1" => Box::new(MbgCnbd::from_params(params, unit).unwrap()),
        _ => Box::new(BgCnbd::from_params(params, unit).unwrap()),
    }
}

fn sample(row: &Row) -> Sample {
    let ln_gaps = row.text("ln_gaps").parse();
    ln_gaps.map_or(row.sample(), |ln_gaps| row.sample().with_ln_gaps(ln_gaps).unwrap())
}

#[test]
fn mixtures_have_their_values() {
    for row in table("predict/cnbd_mixture.csv") {
        let [r, alpha, a, b] = row.numbers(["r", "alpha", "a", "b"]);
        let params = CnbdParams { r, alpha, a, b, shares: row.numbers(["s1", "s2", "s3", "s5", "s8"]) };
        let (model, sample) = (model(row.text("extra"), params, TimeUnit::Day), sample(&row));
        let ln_likelihood = row.number("ln_likelihood");
        assert!(
            (model.log_likelihood(&sample) - ln_likelihood).abs() <= 2e-12 * (1.0 + ln_likelihood.abs()),
            "{row:?}"
        );
        close(model.probability_alive(&sample), row.number("p_alive"), 1e-11, &row);
        close(model.expected_purchases(&sample, row.horizon()), row.number("expected"), 1e-11, &row);
        for (n, column) in [(0, "p0"), (1, "p1"), (2, "p2"), (5, "p5"), (12, "p12")] {
            let (found, expected) = (model.probability_of_purchases(&sample, n, row.horizon()), row.number(column));
            // The table's sums end at 1e-32.
            assert!((found - expected).abs() <= 1e-10 * expected + 1e-31, "{found:e} {column} {row:?}");
        }
        // A week says the same, of a rate per week.
        let weekly = self::model(row.text("extra"), CnbdParams { alpha: alpha / 7.0, ..params }, TimeUnit::Week);
        let per_day = weekly.log_likelihood(&sample) - f64::from(sample.repeats()) * 7f64.ln();
        assert!((per_day - ln_likelihood).abs() <= 1e-11 * (1.0 + ln_likelihood.abs()), "{row:?}");
        close(weekly.probability_alive(&sample), row.number("p_alive"), 1e-10, &row);
        close(weekly.expected_purchases(&sample, row.horizon()), row.number("expected"), 1e-10, &row);
        if row.text("extra") == "1" {
            let known = MbgCnbd::from_params(params, TimeUnit::Day).unwrap().regularity_of(&sample);
            let [one, .., eight] = known.shares;
            close(one, row.number("k1"), 1e-10, &row);
            close(eight, row.number("k8"), 1e-10, &row);
        }
    }
}

/// A sample from checked parts, its gaps as far below equal ones as `less` says.
fn of(repeats: u32, recency: u32, more: u32, less: Option<f64>) -> Sample {
    let recency = if repeats == 0 { 0.0 } else { f64::from(recency.max(repeats)) };
    let sample = Sample::new(repeats, recency, recency + f64::from(more)).unwrap();
    let x = f64::from(repeats);
    match less {
        Some(less) if repeats > 1 => sample.with_ln_gaps(x * ((recency / x).ln() - less)).unwrap(),
        _ => sample,
    }
}

prop_compose! {
    fn samples()(
        repeats in 0..60u32, recency in 1..900u32, more in 0..900u32, less in prop::option::of(0.0..2.0),
    ) -> Sample {
        of(repeats, recency, more, less)
    }
}

fn size(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|exponent| 10f64.powf(exponent))
}

prop_compose! {
    fn any_params()(
        r in size(-2.0, 2.0), alpha in size(-1.0, 3.0), a in size(-3.0, 2.0), b in size(-2.0, 2.0),
        weights in prop::array::uniform5(prop_oneof![Just(0.0), 0.01..1.0]), one in 0.001..1.0,
    ) -> CnbdParams {
        let [_, rest @ ..] = weights;
        let all: f64 = one + rest.iter().sum::<f64>();
        let [two, three, five, eight] = rest.map(|weight| weight / all);
        CnbdParams { r, alpha, a, b, shares: [1.0 - (two + three + five + eight), two, three, five, eight] }
    }
}

proptest! {
    #![proptest_config(super::fixed_seed(96))]

    /// To the bit.
    #[test]
    fn one_phase_alone_is_no_rhythm(
        sample in samples(), params in any_params(), days in 0..400u32, n in 0..20u32, weekly in any::<bool>(),
    ) {
        let unit = if weekly { TimeUnit::Week } else { TimeUnit::Day };
        let CnbdParams { r, alpha, a, b, .. } = params;
        let params = CnbdParams { shares: ALONE, ..params };
        let mbg = MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, unit).unwrap();
        let bg = BgNbd::from_params(BgNbdParams { r, alpha, a, b }, unit).unwrap();
        let plain: [&dyn PurchaseModel; 2] = [&bg, &mbg];
        for (extra, plain) in ["0", "1"].into_iter().zip(plain) {
            let model = model(extra, params, unit);
            let answers = |model: &dyn PurchaseModel| [
                model.log_likelihood(&sample),
                model.probability_alive(&sample),
                model.expected_purchases(&sample, days),
                model.probability_of_purchases(&sample, n, days),
                model.probability_no_purchase(&sample, days),
                model.probability_buys(&sample, days),
                model.probability_at_least(&sample, n, days),
            ].map(f64::to_bits);
            prop_assert_eq!(answers(&*model), answers(plain));
            let level = Confidence::new(0.9).unwrap();
            let interval = |model: &dyn PurchaseModel| model.interval_of_purchases(&sample, level, days);
            prop_assert_eq!(interval(&*model), interval(plain));
        }
    }

    /// Against the probabilities of each number, added up, and every day in turn.
    #[test]
    fn intervals_and_days_are_those_of_the_sums(
        sample in samples(), params in any_params(), days in 1..200u32, chance in 0.01..0.99f64,
        extra in prop::sample::select(vec!["0", "1"]),
    ) {
        let model = model(extra, params, TimeUnit::Day);
        let (mut sums, mut sum) = (Vec::new(), 0.0);
        for n in 0..120 {
            sum += model.probability_of_purchases(&sample, n, days);
            sums.push(sum);
        }
        let mut found = Vec::new();
        model.probabilities_at_least(&sample, days, &mut |at_least| {
            found.push(at_least);
            found.len() < sums.len()
        });
        for (n, (found, sum)) in (1..).zip(found.iter().zip(&sums)) {
            prop_assert!((found - (1.0 - sum)).abs() < 1e-11, "{n}: {found} {}", 1.0 - sum);
        }
        let quantile = |probability: f64| sums.iter().position(|&sum| sum >= probability);
        let [low, high] = [0.05, 0.95].map(quantile);
        let is_near = sums.iter().any(|sum| (sum - 0.05).abs() < 1e-9 || (sum - 0.95).abs() < 1e-9);
        if let (Some(low), Some(high), false) = (low, high, is_near) {
            let interval = model.interval_of_purchases(&sample, Confidence::new(0.9).unwrap(), days).unwrap();
            prop_assert_eq!((interval.low as usize, interval.high as usize), (low, high));
        }
        let first = (0..400).find(|&day| model.probability_buys(&sample, day) >= chance);
        let day = model.days_until(&sample, chance);
        prop_assert!(first.map_or(day.is_none_or(|day| day >= 400), |first| day == Some(first)), "{first:?} {day:?}");
    }

    #[test]
    fn probabilities_sum_to_one_and_their_mean_is_expected(
        sample in samples(), params in any_params(), days in 0..60u32, extra in prop::sample::select(vec!["0", "1"]),
    ) {
        let model = model(extra, params, TimeUnit::Day);
        let alive = model.probability_alive(&sample);
        prop_assert!((0.0..=1.0).contains(&alive), "{alive}");
        let (mut sum, mut mean) = (0.0, 0.0);
        for n in 0..400 {
            let probability = model.probability_of_purchases(&sample, n, days);
            prop_assert!((0.0..=1.0).contains(&probability), "{n}: {probability}");
            let at_least = model.probability_at_least(&sample, n, days);
            prop_assert!((at_least - (1.0 - sum)).abs() < 1e-11, "{n}: {at_least} {sum}");
            sum += probability;
            mean += f64::from(n) * probability;
            prop_assert!(sum < 1.0 + 1e-11);
        }
        let expected = model.expected_purchases(&sample, days);
        // Beyond 400 there may be more.
        prop_assert!(mean <= expected * (1.0 + 1e-10), "{mean} {expected}");
        if expected < 20.0 && sum > 1.0 - 1e-13 {
            prop_assert!((mean - expected).abs() < 1e-9 * (1.0 + expected), "{mean} {expected}");
        }
        prop_assert!(model.expected_purchases(&sample, days + 1) >= expected * (1.0 - 1e-12));
    }

    /// Beyond every shop: no answer that is none.
    #[test]
    fn extremes_have_answers(
        repeats in prop_oneof![Just(0), Just(1), Just(u32::MAX), 0..5000u32], recency in size(-9.0, 12.0),
        more in size(-9.0, 12.0), r in size(-9.0, 9.0), alpha in size(-9.0, 12.0), a in size(-9.0, 9.0),
        b in size(-9.0, 9.0), days in prop_oneof![Just(u32::MAX), 0..1000u32], share in 0.0..=1.0f64,
    ) {
        let recency = if repeats == 0 { 0.0 } else { recency };
        let sample = Sample::new(repeats, recency, recency + more).unwrap();
        let shares = [share, 0.0, 0.0, 0.0, 1.0 - share];
        for extra in ["0", "1"] {
            let model = model(extra, CnbdParams { r, alpha, a, b, shares }, TimeUnit::Day);
            let alive = model.probability_alive(&sample);
            prop_assert!((0.0..=1.0).contains(&alive), "{alive}");
            let expected = model.expected_purchases(&sample, days);
            prop_assert!(expected >= 0.0 && expected.is_finite(), "{expected}");
            for n in [0, 1, 1000] {
                let probability = model.probability_of_purchases(&sample, n, days);
                prop_assert!((0.0..=1.0).contains(&probability), "{probability}");
            }
        }
    }

    /// Of small random shops every fit comes to an end, no lower than without a rhythm.
    #[test]
    fn every_small_shop_has_a_fit(rows in prop::collection::vec((samples(), 1..3u64), 1..25)) {
        let samples = Samples::from_rows(None, rows, []).unwrap();
        let options = FitOptions::default();
        for (kind, plain) in [(ModelKind::MbgCnbd, ModelKind::MbgNbd), (ModelKind::BgCnbd, ModelKind::BgNbd)] {
            match (kind.fit(&samples, &options), plain.fit(&samples, &options)) {
                (Ok(fit), Ok(plain)) => {
                    let (found, without) = (fit.report().log_likelihood, plain.report().log_likelihood);
                    prop_assert!(found >= without - 1e-6 * (1.0 + without.abs()), "{kind:?} {found} {without}");
                }
                (Err(Error::NothingObserved { .. }), Err(Error::NothingObserved { .. })) => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

/// Customers whose gaps are `shares` of each number of phases, whose purchases are at any time.
fn simulated(customers: u32, params: &CnbdParams) -> Samples {
    let mut chance = Chance(20_210_301);
    let mut customer = || {
        let (age, mut which) = ((730.0 * chance.uniform()).max(1e-3), chance.uniform());
        let kinds = Regularity::PHASES.into_iter().zip(params.shares);
        let mut kinds = kinds.filter(|&(_, share)| {
            which -= share;
            which < 0.0
        });
        let k = kinds.next().map_or(1, |(k, _)| k);
        let rate = chance.gamma(params.r) / params.alpha * f64::from(k);
        let dropout = chance.beta(params.a, params.b);
        let (mut repeats, mut recency, mut ln_gaps) = (0, 0.0, 0.0);
        while !chance.happens(dropout) {
            let gap = (0..k).map(|_| chance.exponential()).sum::<f64>() / rate;
            if recency + gap > age {
                break;
            }
            (repeats, recency, ln_gaps) = (repeats + 1, recency + gap, ln_gaps + gap.ln());
        }
        Sample::new(repeats, recency, age).unwrap().with_ln_gaps(ln_gaps).unwrap()
    };
    (0..customers).map(|_| customer()).collect()
}

#[test]
fn shares_are_recovered() {
    for shares in [[0.4, 0.0, 0.35, 0.0, 0.25], [0.0, 0.5, 0.0, 0.5, 0.0], ALONE] {
        let truth = CnbdParams { r: 1.2, alpha: 40.0, a: 0.6, b: 3.0, shares };
        let samples = simulated(6_000, &truth);
        let options = FitOptions::default().with_unit(TimeUnit::Day);
        let Fit::Interior(fitted) = MbgCnbd::fit(&samples, &options).unwrap() else { panic!("no maximum") };
        let (found, errors) = (fitted.model.params(), fitted.standard_errors);
        let numbers = |of: &CnbdParams| [of.r, of.alpha, of.a, of.b];
        for ((found, truth), error) in numbers(&found).into_iter().zip(numbers(&truth)).zip(numbers(&errors)) {
            assert!((found - truth).abs() < 4.0 * error && error < 0.2 * truth, "{found} +- {error}, true {truth}");
        }
        for ((found, truth), error) in found.shares.into_iter().zip(shares).zip(errors.shares) {
            assert!((found - truth).abs() < 4.0 * error + 0.03, "{found} +- {error}, true {truth}: {fitted:?}");
        }
        assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let (found, without) = (fitted.report.log_likelihood, MbgNbd::fit(&samples, &options).unwrap());
        assert!(found >= without.report().log_likelihood);
        // A maximum: no customers of another number of phases are likelier, to a first order.
        assert!(fitted.report.stop == StopReason::Maximum && fitted.report.gradient_norm < 1e-3);
    }
}

/// Of whoever bought at any time, to the bit.
#[test]
fn customers_without_a_rhythm_have_the_fit_without_one() {
    // Gaps as uneven as these have none.
    let uneven = |(sample, customers): (Sample, u64)| {
        let x = f64::from(sample.repeats());
        let less = sample.ln_gaps().unwrap_or(x * (sample.recency_days() / x).ln()) - 1.5 * x;
        (if sample.repeats() > 1 { sample.with_ln_gaps(less).unwrap() } else { sample }, customers)
    };
    let samples = Samples::from_rows(None, cdnow().iter().map(uneven), []).unwrap();
    let options = FitOptions::default();
    let Fit::Interior(fitted) = MbgCnbd::fit(&samples, &options).unwrap() else { panic!("no maximum") };
    let Fit::Interior(plain) = MbgNbd::fit(&samples, &options).unwrap() else { panic!("no maximum") };
    let (found, MbgNbdParams { r, alpha, a, b }) = (fitted.model.params(), plain.model.params());
    assert_eq!(found, CnbdParams { r, alpha, a, b, shares: ALONE });
    assert_eq!(fitted.report.log_likelihood.to_bits(), plain.report.log_likelihood.to_bits());
}

#[test]
fn wrong_numbers_are_refused() {
    let params = CnbdParams { r: 1.0, alpha: 1.0, a: 1.0, b: 1.0, shares: ALONE };
    let refused = |params| MbgCnbd::from_params(params, TimeUnit::Day).unwrap_err().to_string();
    assert!(
        refused(CnbdParams { r: 0.0, ..params }).starts_with("r must"),
        "{}",
        refused(CnbdParams { r: 0.0, ..params })
    );
    for shares in [[0.5; 5], [1.5, -0.5, 0.0, 0.0, 0.0], [f64::NAN, 0.0, 0.0, 0.0, 1.0], [0.0; 5]] {
        assert!(refused(CnbdParams { shares, ..params }).starts_with("shares must"));
    }
    let sample = Sample::new(3, 30.0, 40.0).unwrap();
    let equal = 3.0 * 10f64.ln();
    assert!(sample.with_ln_gaps(equal).is_ok() && sample.with_ln_gaps(-50.0).is_ok());
    for ln_gaps in [equal + 1e-3, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(matches!(sample.with_ln_gaps(ln_gaps), Err(Error::Number { .. })), "{ln_gaps}");
    }
    // With one gap or none, the times say it.
    let once = Sample::new(1, 30.0, 40.0).unwrap();
    assert_eq!(once.with_ln_gaps(30f64.ln()), Ok(once));
    assert!(once.with_ln_gaps(3.0).is_err() && Sample::NEW.with_ln_gaps(0.1).is_err());
    assert_eq!((once.ln_gaps(), Sample::NEW.ln_gaps(), sample.ln_gaps()), (Some(30f64.ln()), Some(0.0), None));
}

#[test]
fn words_only_where_the_data_say_so() {
    let shares = [0.1, 0.2, 0.2, 0.2, 0.3];
    let model =
        MbgCnbd::from_params(CnbdParams { r: 1.0, alpha: 30.0, a: 0.5, b: 4.0, shares }, TimeUnit::Day).unwrap();
    let words = |sample: &Sample, language| model.regularity_of(sample).rhythm(language);
    let regular = of(12, 84, 3, Some(0.01));
    assert_eq!(words(&regular, Language::English).as_deref(), Some("comes in a rhythm of about 7 days"));
    assert_eq!(words(&regular, Language::Chinese).as_deref(), Some("回购很有规律，大约每 7 天一次"));
    let daily = of(30, 30, 0, Some(0.0));
    assert_eq!(words(&daily, Language::English).as_deref(), Some("comes in a rhythm of about 1 day"));
    // Whose gaps are uneven, who came twice, of whom no gap is known.
    for sample in [of(12, 84, 3, Some(1.0)), of(1, 7, 3, None), of(12, 84, 3, None)] {
        assert_eq!(words(&sample, Language::English), None);
    }
}
