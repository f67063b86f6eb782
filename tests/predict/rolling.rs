//! Rolling backtests and the interval of a shop's total: every number again by hand, edges, and what the intervals hold.

#![allow(clippy::cast_precision_loss, reason = "small counts")]

use repurchase::predict::{
    Baseline, Fit, FitOptions, GammaGamma, Holdout, ModelKind, NoInterval, PurchaseModel, Returns, Revival,
    RollingBacktest, Sample, Samples, Total,
};
use repurchase::scale::{Confidence, Language};
use repurchase::{Error, Ledger, PurchaseLog};

use crate::chance::Chance;
use crate::shops::{TestResult, cdnow, date, day, log_of, online_retail};
use crate::tables::close;

mod coverage;
mod merged;

const KINDS: [ModelKind; 2] = [ModelKind::Nbd, ModelKind::MbgNbd];

fn ninety() -> Confidence {
    Confidence::new(0.9).expect("a level")
}

fn run(log: &PurchaseLog<u32>, as_of: &str, horizon_days: u32) -> RollingBacktest {
    RollingBacktest::run(log, date(as_of), horizon_days, &KINDS, &FitOptions::default()).expect("windows")
}

/// Each window by itself: its days, a cold fit, and every total, customer by customer.
#[track_caller]
fn is_windows_by_hand(log: &PurchaseLog<u32>, as_of: &str, horizon_days: u32, windows: usize) -> RollingBacktest {
    let rolling = run(log, as_of, horizon_days);
    assert_eq!(rolling.windows.len(), windows);
    let step = chrono::Duration::days(horizon_days.into());
    for (back, window) in (1..).zip(rolling.windows.iter().rev()) {
        let (split, end) = (date(as_of) - step * back, date(as_of) - step * (back - 1));
        assert_eq!((window.backtest.split, window.backtest.end), (split, end));
        let (ledger, holdout) = (log.ledger(split).unwrap(), Holdout::of(log, split, end).unwrap());
        let samples = Samples::of(&ledger);
        assert!((split - rolling.first_day.unwrap()).num_days() >= horizon_days.into());
        let later = log.ledger(end).unwrap();
        let of_one = |id: &u32| later.get(id).unwrap().revenue() - ledger.get(id).unwrap().revenue();
        let revenue: rust_decimal::Decimal = ledger.ids().iter().map(of_one).sum();
        close(window.revenue.unwrap(), revenue.to_string().parse().unwrap(), 1e-14, "revenue");
        for (candidate, totals) in window.backtest.candidates.iter().zip(&window.totals) {
            let (cold, scores) =
                (candidate.kind.fit(&samples, &FitOptions::default()).unwrap(), candidate.scores.as_ref().unwrap());
            let warm = candidate.fit.as_ref().unwrap();
            let likelihoods = [&cold, warm].map(|fit| fit.report().log_likelihood);
            close(likelihoods[1], likelihoods[0], 1e-10, "the maximum");
            let by_hand = holdout.score(cold.model());
            let interior = matches!(cold, Fit::Interior(_));
            assert_eq!(matches!(warm, Fit::Interior(_)), interior);
            let tolerance = if interior { 1e-7 } else { 1e-4 };
            assert_eq!((scores.actual, scores.buyers), (by_hand.actual, by_hand.buyers));
            close(scores.expected.unwrap(), by_hand.expected.unwrap(), tolerance, "purchases");
            close(scores.log_score.unwrap(), by_hand.log_score.unwrap(), tolerance, "log score");
            let buys = |sample: &Sample| 1.0 - cold.model().probability_no_purchase(sample, horizon_days);
            let buyers: f64 = holdout.customers().iter().map(|customer| buys(&customer.sample)).sum();
            close(scores.expected_buyers.unwrap(), buyers, tolerance, "buyers");
            // Who comes back is counted in the totals, by what the latest window has taught.
            let returns = rolling.record(candidate.kind).unwrap().returns;
            if back == 1 {
                let found = candidate.kind.has_dropout().then(|| Returns::of(&holdout, warm.model()));
                assert_eq!(returns, found);
            }
            let reviving = returns.map_or(Revival::NONE, |returns| returns.in_force()).of(*cold.model());
            let totals = totals.unwrap();
            let purchases: f64 = holdout
                .customers()
                .iter()
                .map(|customer| reviving.expected_purchases(&customer.sample, horizon_days))
                .sum();
            close(totals.purchases, purchases, tolerance, "total of purchases");
            let no_purchase = |sample: &Sample| reviving.probability_no_purchase(sample, horizon_days);
            let buyers: f64 = holdout.customers().iter().map(|customer| 1.0 - no_purchase(&customer.sample)).sum();
            close(totals.buyers, buyers, tolerance, "total of buyers");
            let value = revenue_by_hand(&ledger, &reviving, horizon_days);
            let expected = totals.revenue;
            assert_eq!(expected.is_some(), value.is_some());
            expected.zip(value).inspect(|&(found, value)| close(found, value, tolerance, "revenue expected"));
        }
        // Without what customers are sorted for.
        for rule in Baseline::ALL {
            let by_hand = holdout.score_baseline(rule);
            match window.backtest.baseline(rule) {
                Some(scores) => {
                    assert_eq!(
                        (scores.rmse, scores.mae, scores.expected),
                        (by_hand.rmse, by_hand.mae, by_hand.expected)
                    );
                    assert_eq!((&scores.by_frequency, scores.auc_expected), (&by_hand.by_frequency, None));
                }
                None => assert_eq!(by_hand.rmse, None, "{rule:?} counts nothing"),
            }
        }
    }
    rolling
}

fn revenue_by_hand(ledger: &Ledger<u32>, model: &impl PurchaseModel, days: u32) -> Option<f64> {
    let spend = GammaGamma::fit(&Samples::of(ledger), &FitOptions::default()).ok()?.interior().ok()?.model;
    let sample = |history: repurchase::CustomerHistory| Sample::of(&history.repeat_summary(ledger.as_of()).unwrap());
    let kept = repurchase::predict::KeptShare::fit(ledger).unwrap();
    let value = |sample: Sample| Some(model.expected_purchases(&sample, days) * spend.expected_spend(&sample)?);
    ledger.iter().map(|(_, history)| Some(kept.of_customer(&history) * value(sample(history))?)).sum()
}

#[test]
fn cdnow_by_hand() {
    let rolling = is_windows_by_hand(&cdnow(), "1998-06-30", 90, 5);
    assert_eq!(rolling.chosen, Some(ModelKind::MbgNbd));
    // Over all windows, customer by customer.
    let log = cdnow();
    let (mut scores, mut customers) = (vec![Vec::new(); 2], 0.0);
    for window in &rolling.windows {
        let holdout = Holdout::of(&log, window.backtest.split, window.backtest.end).unwrap();
        customers += holdout.customers().len() as f64;
        for (scores, candidate) in scores.iter_mut().zip(&window.backtest.candidates) {
            let model = candidate.fit.as_ref().unwrap().model();
            scores.extend(
                holdout
                    .customers()
                    .iter()
                    .map(|customer| model.log_likelihood(&customer.at_end) - model.log_likelihood(&customer.sample)),
            );
        }
    }
    let differences: Vec<f64> = scores[1].iter().zip(&scores[0]).map(|(best, other)| best - other).collect();
    let mean = differences.iter().sum::<f64>() / customers;
    let squares: f64 = differences.iter().map(|difference| (difference - mean).powi(2)).sum();
    let [nbd, mbg] = &rolling.records[..] else { panic!("two rows") };
    close(mbg.log_score.unwrap(), scores[1].iter().sum::<f64>() / customers, 1e-12, "log score");
    close(nbd.shortfall.unwrap().mean, mean, 1e-9, "shortfall");
    let error = (squares / customers / (customers - 1.0)).sqrt();
    close(nbd.shortfall.unwrap().standard_error.unwrap(), error, 1e-9, "standard error");
}

#[test]
fn online_retail_by_hand() {
    is_windows_by_hand(&online_retail(), "2011-12-09", 60, 5);
}

/// The t-interval and the rule that is nearer, from the windows' own totals.
#[test]
fn the_interval_of_the_total() -> TestResult {
    let track = run(&cdnow(), "1998-06-30", 90).track(ModelKind::MbgNbd);
    let plain: Vec<f64> = (track.windows.iter())
        .map(|window| window.purchases.map(|outcome| (outcome.actual / outcome.expected).ln()))
        .collect::<Option<_>>()
        .ok_or("forecasts")?;
    // The windows begin on 1997-04-06 and every 90 days after it: the fourth before is 360 days earlier.
    let errors = [plain[0], plain[1], plain[2], plain[3], plain[4] - plain[0] / 2.0];
    let forecast = 1000.0 * (plain[1] / 2.0).exp();
    let total = track.total(Total::Purchases, 1000.0, ninety());
    let mean = errors.iter().sum::<f64>() / 5.0;
    // One error of 0.2 beside the five.
    let s = ((errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>() + 0.04) / 5.0).sqrt();
    // scipy.stats.t.ppf(0.95, 5)
    let half = 2.015_048_373_333_023 * s * 1.2_f64.sqrt();
    let interval = total.interval.ok_or("five windows")?;
    close(interval.high, (forecast * (mean + half).exp()).max(forecast), 1e-12, "high");
    close(interval.low, (forecast * (mean - half).exp()).min(forecast), 1e-12, "low");
    close(total.error.ok_or("errors")?, errors.iter().map(|error| error.abs()).sum::<f64>() / 5.0, 1e-12, "error");
    close(total.forecast, forecast, 1e-12, "forecast");
    assert_eq!((total.expected.to_bits(), total.windows), (1000f64.to_bits(), 5));
    let of_rule = |rule: Baseline| {
        let said =
            |rules: &[repurchase::predict::RuleTotal]| rules.iter().find(|row| row.rule == rule).unwrap().purchases;
        let off = |window: &repurchase::predict::TrackWindow| {
            (window.purchases.unwrap().actual / said(&window.rules)).ln().abs()
        };
        track.windows.iter().map(off).sum::<f64>() / 5.0
    };
    let rules =
        [Baseline::SameAsLastPeriod, Baseline::SameAsSoFar, Baseline::OwnRate].map(|rule| (rule, of_rule(rule)));
    let nearest = rules.into_iter().min_by(|left, right| left.1.total_cmp(&right.1)).ok_or("rules")?;
    match total.beaten_by {
        Some(better) => {
            assert_eq!(better.rule, nearest.0);
            close(better.error, nearest.1, 1e-12, "error of the rule");
            assert!(nearest.1 < total.error.unwrap());
        }
        None => assert!(nearest.1 >= total.error.unwrap()),
    }
    Ok(())
}

/// What the rules say of the days that come: from the log alone.
#[test]
fn rules_of_the_horizon_that_comes() {
    let log = log_of([(1, 0), (1, 20), (1, 95), (2, 90), (2, 90), (3, 40), (3, 101)]);
    let rolling = RollingBacktest::run(&log, day(100), 10, &KINDS, &FitOptions::default()).unwrap();
    let rules: Vec<_> = rolling.rules.iter().map(|row| row.rule).collect();
    assert_eq!(rules, [Baseline::SameAsLastPeriod, Baseline::SameAsSoFar, Baseline::OwnRate]);
    // Of the last ten days, from day 91 on, one has a purchase; 2 repeats of one customer in 100 days, none of the other.
    for (row, said) in rolling.rules.iter().zip([1.0, 2.0, 0.2]) {
        close(row.purchases, said, 1e-15, "a rule");
    }
}

/// A shop of three years in which twice as many purchases come in every second window of a year's five.
fn seasonal(chance: &mut Chance) -> PurchaseLog<u32> {
    let mut purchases = Vec::new();
    for customer in 0..300 {
        let rate = chance.gamma(1.0) / 50.0;
        for of_day in 0..1_095_i64 {
            let season = if (of_day / 73) % 5 == 4 { 2.0 } else { 0.75 };
            if chance.happens(rate * season) {
                purchases.push((customer, of_day));
            }
        }
    }
    log_of(purchases)
}

#[test]
fn half_of_last_year() -> TestResult {
    let log = seasonal(&mut Chance(5));
    let rolling = RollingBacktest::run(&log, day(1_094 - 73), 73, &KINDS, &FitOptions::default())?;
    let track = rolling.track(ModelKind::Nbd);
    assert_eq!(track.windows.len(), 12);
    let total = track.total(Total::Purchases, 1000.0, ninety());
    let correction = total.correction.ok_or("the window of one year ago")?;
    let window = track.windows.iter().find(|window| window.split == track.as_of - chrono::Duration::days(365));
    let ratio = window.and_then(|window| window.purchases?.ratio()).ok_or("a ratio")?;
    assert!(ratio > 1.5, "the season of many purchases: {ratio}");
    assert_eq!((correction.ratio, correction.factor), (ratio, ratio.sqrt()));
    assert_eq!(total.forecast.to_bits(), (1000.0 * ratio.sqrt()).to_bits());
    // Past forecasts are corrected, too, where they could be.
    let plain: Vec<f64> = track.windows.iter().map(|window| window.purchases.unwrap().ratio().unwrap().ln()).collect();
    for (at, (error, plain_error)) in track.errors(Total::Purchases).into_iter().zip(&plain).enumerate() {
        let year_ago = at.checked_sub(5).map_or(0.0, |before| plain[before] / 2.0);
        close(error, plain_error - year_ago, 1e-12, "error");
    }
    let mean = |errors: &[f64]| errors.iter().map(|error| error.abs()).sum::<f64>() / errors.len() as f64;
    assert!(mean(&track.errors(Total::Purchases)[5..]) < mean(&plain[5..]), "it helps in a season");
    // A horizon that fits no year has no such window.
    let rolling = RollingBacktest::run(&log, day(1_094), 100, &KINDS, &FitOptions::default())?;
    assert_eq!(rolling.track(ModelKind::Nbd).year_ago(Total::Purchases, day(1_094)), None);
    Ok(())
}

#[test]
fn too_short() -> TestResult {
    let purchases: Vec<_> = (0..40).flat_map(|customer| [(customer, 0), (customer, 7 + i64::from(customer))]).collect();
    for (as_of, windows) in [(0, 0), (19, 0), (20, 1), (29, 1), (30, 2), (39, 2), (40, 3)] {
        let log = log_of(purchases.iter().copied());
        let rolling = RollingBacktest::run(&log, day(as_of), 10, &KINDS, &FitOptions::default())?;
        assert_eq!((rolling.windows.len(), rolling.chosen.is_some()), (windows, windows > 0), "{as_of}");
        let total = rolling.track(ModelKind::Nbd).total(Total::Purchases, 5.0, ninety());
        assert_eq!(total.interval.is_some(), windows == 3);
        if windows < 3 {
            let reason = NoInterval::TooShort { windows: windows as u32, from: Some(day(40)) };
            assert_eq!(total.no_interval, Some(reason));
        }
        assert_eq!(total.error.is_some(), windows > 0);
    }
    let empty = RollingBacktest::run(&log_of([]), day(10), 10, &KINDS, &FitOptions::default())?;
    let total = empty.track(ModelKind::MbgNbd).total(Total::Buyers, 0.0, ninety());
    assert_eq!(total.no_interval, Some(NoInterval::TooShort { windows: 0, from: None }));
    assert_eq!(total.describe(0, Language::English), "0, no interval: nobody has bought");
    assert_eq!(total.describe(0, Language::Chinese), "0，没有区间：还没有人购买");
    Ok(())
}

#[test]
fn nothing_comes() -> TestResult {
    // Of four windows after the last purchase, three run.
    let log = log_of((0..60).flat_map(|customer| [(customer, 0), (customer, 5 + i64::from(customer % 7))]));
    let rolling = RollingBacktest::run(&log, day(100), 20, &KINDS, &FitOptions::default())?;
    let total = rolling.track(ModelKind::Nbd).total(Total::Purchases, 12.0, ninety());
    assert_eq!((total.interval, total.no_interval), (None, Some(NoInterval::Nothing { windows: 3, of: 3 })));
    assert_eq!((total.error, total.beaten_by), (None, None));
    assert_eq!(total.describe(0, Language::English), "12, no interval: nothing came in 3 of 3 past windows");
    let revenue = rolling.track(ModelKind::Nbd).total(Total::Revenue, 12.0, ninety());
    assert!(revenue.no_interval.is_some() && revenue.interval.is_none());
    Ok(())
}

#[test]
fn refused() {
    let log = log_of([(1, 0), (1, 10), (2, 5)]);
    let run = |as_of, days, options: &FitOptions| RollingBacktest::run(&log, as_of, days, &KINDS, options).unwrap_err();
    let horizon = Error::OutOfRange { field: "days of a horizon", found: 0, min: 1, max: u32::MAX.into() };
    assert_eq!(run(day(10), 0, &FitOptions::default()), horizon);
    let overflow = run(chrono::NaiveDate::MAX, 1, &FitOptions::default());
    assert!(matches!(overflow, Error::DayOverflow { .. }), "{overflow:?}");
    let penalty = run(day(10), 5, &FitOptions::default().with_penalty(-1.0));
    assert!(matches!(penalty, Error::Number { field: "penalty", .. }), "{penalty:?}");
}

/// No order of the input, and no number of threads, changes a bit.
#[test]
fn the_same_whatever_the_order() {
    let mut chance = Chance(9);
    let purchases: Vec<_> = (0..700).flat_map(|customer| chance.days(customer, 0.25, 500)).collect();
    let answer = |purchases: &[(u32, i64)]| {
        RollingBacktest::run(&log_of(purchases.iter().copied()), day(499), 60, &KINDS, &FitOptions::default()).unwrap()
    };
    let ordered = answer(&purchases);
    assert_eq!(ordered.windows.len(), 7);
    let mut turned = purchases.clone();
    turned.reverse();
    turned.sort_by_key(|&(customer, day)| (i64::from(customer) * 7 + day * 13) % 101);
    assert!(answer(&turned) == ordered);
    #[cfg(feature = "rayon")]
    crate::common::pools::on_any_number_of_threads(|| answer(&purchases));
}

#[cfg(feature = "serde")]
#[test]
fn stored() -> TestResult {
    use repurchase::predict::TrackRecord;
    let rolling = run(&cdnow(), "1998-06-30", 120);
    let track = rolling.track(ModelKind::MbgNbd);
    let text = serde_json::to_string(&track)?;
    assert_eq!(serde_json::to_string(&serde_json::from_str::<TrackRecord>(&text)?)?.len(), text.len());
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        serde_json::from_str::<TrackRecord>(&text.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(refused("\"horizon_days\":120", "\"horizon_days\":0").contains("days of a horizon"));
    assert!(refused("\"purchases\":{\"actual\":", "\"purchases\":{\"actual\":-").contains("total of a forecast"));
    assert!(refused("\"horizon_days\"", "\"horizon\"").contains("unknown field"));
    let back: RollingBacktest = serde_json::from_str(&serde_json::to_string(&rolling)?)?;
    assert_eq!(back.windows.len(), rolling.windows.len());
    Ok(())
}
