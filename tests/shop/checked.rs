//! Models that were checked on the shop's past: one fit from a log, one from its parts; totals again by hand; words.

use chrono::NaiveDate;
use repurchase::predict::{
    ModelKind, NoInterval, PastTally, PurchaseModel, Returns, Revival, RollingBacktest, Sample, Total,
};
use repurchase::scale::{Confidence, Language};
use repurchase::shop::{
    EstimateStatus, Figure, Finding, PurchaseChoice, ShopChecks, ShopModels, ShopOptions, ShopTally,
};
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use crate::{AS_OF, Row, day, large, record};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn ninety() -> Confidence {
    Confidence::new(0.9).unwrap()
}

fn log(rows: &[Row]) -> PurchaseLog<u16> {
    PurchaseLog::from_records(rows.iter().copied().map(record), &ShopCalendar::utc()).unwrap()
}

pub(super) fn cdnow() -> PurchaseLog<u32> {
    let orders = include_str!("../../examples/data/cdnow_orders.csv").lines().skip(1).map(|row| {
        let fields: Vec<&str> = row.split(',').collect();
        Order::on(fields[0].parse().unwrap(), fields[1].parse().unwrap(), fields[2].parse().unwrap()).unwrap()
    });
    PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap()
}

pub(super) fn last_day() -> NaiveDate {
    "1998-06-30".parse().unwrap()
}

#[test]
fn from_a_log_a_ledger_and_a_tally() -> TestResult {
    let (log, options) = (log(&large(900)), ShopOptions::default().with_horizon_days(30));
    let models = ShopModels::fit_log(&log, day(AS_OF), &options)?;
    let checks = ShopChecks::of(&log, day(AS_OF), &options)?;
    let (ledger, given) = (log.ledger(day(AS_OF))?, options.clone().with_checks(checks.clone()));
    assert_eq!(ShopModels::fit(&ledger, &given)?, models);
    assert_eq!(ShopModels::fit_tally(&ShopTally::of(&ledger, &given), &given)?, models);
    assert_eq!(models.checks(), Some(&checks));
    let kinds = [ModelKind::Nbd, ModelKind::MbgNbd];
    let rolling = RollingBacktest::run(&log, day(AS_OF), 30, &kinds, &repurchase::predict::FitOptions::default())?;
    assert_eq!(rolling.windows.len(), 5);
    assert_eq!(checks.chosen(), rolling.chosen);
    assert_eq!(checks.track(ModelKind::MbgNbd), Some(&rolling.track(ModelKind::MbgNbd)));
    // Counted in parts, they are the same to the last bit.
    let mut past = PastTally::of(&log.of_customers(|id| id % 3 == 0), day(AS_OF), 30)?;
    past.merge(&PastTally::of(&log.of_customers(|id| id % 3 != 0), day(AS_OF), 30)?)?;
    assert_eq!(ShopChecks::of_tally(&past, &options)?, checks);
    let parts = [1, 2, 0].map(|part| log.of_customers(|id| id % 3 == part));
    assert_eq!(ShopChecks::of_parts(&ledger, |each| parts.iter().try_for_each(each), 2, &options)?, checks);
    // Of another day or horizon they say nothing.
    let refused = ShopModels::fit(&log.ledger(day(AS_OF - 1))?, &given).unwrap_err();
    assert_eq!(refused, Error::AsOfMismatch { left: day(AS_OF - 1), right: day(AS_OF) });
    let refused = ShopModels::fit(&ledger, &given.with_horizon_days(31)).unwrap_err();
    assert!(matches!(refused, Error::OutOfRange { field: "days of the checks' horizon", .. }), "{refused:?}");
    assert!(ShopModels::fit_log(&log, day(AS_OF), &options.with_horizon_days(0)).is_err());
    Ok(())
}

/// The totals are those of the profiles, with the corrections and intervals of the past.
#[test]
fn cdnow_outlook() -> TestResult {
    let log = cdnow();
    let ledger = log.ledger(last_day())?;
    let models = ShopModels::fit_log(&log, last_day(), &ShopOptions::default())?;
    assert_eq!(models.purchases().status(), &EstimateStatus::Fitted);
    let profiles = models.profile_all(&ledger)?;
    let outlook = profiles.outlook(&models, ninety())?.ok_or("a model")?;
    let sum = |figure| profiles.figures(figure).flatten().sum::<f64>();
    let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
    near(outlook.purchases.expected, sum(Figure::ExpectedPurchases));
    near(outlook.revenue.as_ref().ok_or("revenue")?.expected, sum(Figure::ExpectedValue));
    let model = models.purchases().model().ok_or("a model")?;
    let sample = |history: repurchase::CustomerHistory| Sample::of(&history.repeat_summary(last_day()).unwrap());
    let buys = ledger.iter().map(|(_, history)| 1.0 - model.probability_no_purchase(&sample(history), 90));
    near(outlook.buyers.expected, buys.sum());
    assert_eq!((outlook.customers, outlook.without_mean_spend, outlook.horizon_days), (2357, 0, 90));
    let track = models.track().ok_or("a past")?;
    assert_eq!(outlook.purchases, track.total(Total::Purchases, outlook.purchases.expected, ninety()));
    assert!(outlook.purchases.interval.is_some() && outlook.purchases.correction.is_some());
    let refused = profiles
        .outlook(&ShopModels::fit(&log.ledger("1998-06-29".parse()?)?, &ShopOptions::default())?, ninety())
        .unwrap_err();
    assert!(matches!(refused, Error::AsOfMismatch { .. }), "{refused:?}");

    // Without the log there is no past to learn the errors from.
    let unchecked = ShopModels::fit(&ledger, &ShopOptions::default())?;
    let plain = unchecked.profile_all(&ledger)?.outlook(&unchecked, ninety())?.ok_or("a model")?;
    assert_eq!(plain.purchases.expected.to_bits(), outlook.purchases.expected.to_bits());
    assert_eq!((plain.purchases.interval, plain.purchases.no_interval), (None, Some(NoInterval::Unchecked)));
    assert_eq!(unchecked.diagnosis(None)[0], Finding::Unchecked);
    let words = plain.describe(2, Language::English);
    assert!(words.contains("no interval: not checked on the shop's past"), "{words}");
    Ok(())
}

#[test]
fn cdnow_in_words() -> TestResult {
    let log = cdnow();
    let models = ShopModels::fit_log(&log, last_day(), &ShopOptions::default())?;
    let outlook = models.profile_all(&log.ledger(last_day())?)?.outlook(&models, ninety())?.ok_or("a model")?;
    let findings = models.diagnosis(Some(&outlook));
    assert!(findings.len() <= 10);
    let words = |language| findings.iter().map(|finding| finding.describe(language)).collect::<Vec<_>>();
    let (english, chinese) = (words(Language::English), words(Language::Chinese));
    let past = "The past since 1997-01-01 holds 5 complete windows of 90 days to check forecasts on.";
    assert_eq!(english[0], past);
    assert_eq!(chinese[0], "1997-01-01 以来的历史数据有 5 个完整的 90 天窗口可供检验预测。");
    assert!(english[1].starts_with("Customers can be seen to leave (likelihood ratio "), "{}", english[1]);
    assert!(
        english[2].starts_with("MBG/NBD forecasts: fitted; in the windows of the past it forecast better than NBD"),
        "{}",
        english[2]
    );
    assert_eq!(english[3], "No rhythm shows, by the gaps of 736 customers of three purchase days or more.");
    assert_eq!(chinese[3], "看不出回购规律（依据 736 位至少有三个购买日的客户）。");
    assert!(chinese[4].starts_with("最近 5 次预测中，实际购买天数为预测的 0.85 至 "), "{}", chinese[4]);
    assert!(english.iter().zip(&chinese).all(|(english, chinese)| english.ends_with('.') && chinese.ends_with('。')));
    assert!(english.iter().all(|sentence| !sentence.contains("NaN") && !sentence.contains("inf%")));
    Ok(())
}

#[test]
fn too_short_and_given() -> TestResult {
    let log = log(&large(900));
    let options = ShopOptions::default().with_horizon_days(60);
    let models = ShopModels::fit_log(&log, day(AS_OF), &options)?;
    let outlook = models.profile_all(&log.ledger(day(AS_OF))?)?.outlook(&models, ninety())?.ok_or("a model")?;
    let first = log.days().ok_or("purchases")?.0;
    let from = first + chrono::Days::new(240);
    assert_eq!(outlook.purchases.no_interval, Some(NoInterval::TooShort { windows: 2, from: Some(from) }));
    let finding = Finding::TooShort { windows: 2, horizon_days: 60, from: Some(from) };
    assert_eq!(models.diagnosis(Some(&outlook))[0], finding);
    assert!(models.diagnosis(None).iter().any(|finding| matches!(finding, Finding::NoSeason { from: Some(_) })));
    // A given model is what it is.
    let model = *models.purchases().model().ok_or("a model")?;
    let given = ShopModels::fit_log(&log, day(AS_OF), &options.with_purchases(PurchaseChoice::Given(model)))?;
    assert_eq!((given.track(), &given.diagnosis(None)[0]), (None, &Finding::Unchecked));
    Ok(())
}

/// Customers who leave after a day on which a die says so, of whom some come back now and then.
fn returning() -> PurchaseLog<u16> {
    let mut random = 11_u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    let mut orders = Vec::new();
    for id in 0..1_500_u16 {
        let (mut on, gap) = (below(150), 3 + below(12));
        let mut gone = false;
        while on < 600 {
            orders.push(Order::on(id, day(on), Decimal::new(1_000 + i64::try_from(below(4_000)).unwrap(), 2)).unwrap());
            gone |= below([2, 4, 12, 40][usize::from(id % 4)]) == 0;
            on += 1 + below(2 * gap) + if gone { 150 + below(900) } else { 0 };
        }
    }
    PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap()
}

#[test]
fn who_comes_back_is_counted() -> TestResult {
    let options = ShopOptions::default().with_purchases(PurchaseChoice::Fit(ModelKind::MbgNbd));
    let log = returning();
    let models = ShopModels::fit_log(&log, day(599), &options)?;
    let ledger = log.ledger(day(599))?;
    let returns: Returns = models
        .track()
        .and_then(|track| track.record.returns)
        .ok_or(models.purchases().status().describe(Language::English))?;
    assert!(returns.in_force().rho() > 0.0 && returns.silent > 100, "{returns:?}");
    let model = models.purchases().model().ok_or("a model")?;
    let reviving = Revival::new(returns.learnt.rho())?.of(*model);
    let profiles = models.profile_all(&ledger)?;
    let mut silent = 0;
    for (at, (id, history)) in ledger.iter().enumerate() {
        let sample = Sample::of(&history.repeat_summary(day(599)).ok_or("bought")?);
        let profile = models.profile(&history, day(599))?;
        assert_eq!(Some(profile), profiles.get(at), "{id}");
        let expected = reviving.expected_purchases(&sample, 90);
        let found = profile.figure(Figure::ExpectedPurchases).ok_or("a forecast")?;
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        // What is lost is what a customer who is there brings more than one who has left.
        let alive = model.probability_alive(&sample);
        if let Some(spend) = profile.figure(Figure::ExpectedSpend) {
            let now = model.expected_purchases(&sample, 90);
            let (there, left) = (now / alive, (expected - now) / (1.0 - alive));
            let loss = ((1.0 - alive) * (there - left) * spend).max(0.0);
            let found = profile.figure(Figure::ExpectedLoss).ok_or("a loss")?;
            assert!((found - loss).abs() <= 1e-9 * (1.0 + loss), "{found} {loss}");
        }
        let words = models.explain_figure(&history, day(599), Figure::ProbabilityAlive, Language::English);
        let has_words = words.ok_or("words")?.contains("silent for long; ");
        assert_eq!(has_words, alive < 0.1);
        silent += u32::from(has_words);
    }
    assert!(silent > 100, "{silent}");
    let counted = models.diagnosis(None).into_iter().find(|finding| matches!(finding, Finding::Returns { .. }));
    let words = counted.ok_or("a finding")?.describe(Language::English);
    assert!(words.contains("; forecasts count it, at "), "{words}");
    Ok(())
}

#[cfg(feature = "serde")]
mod stored {
    use super::*;

    #[test]
    fn checks_are_read_as_written() -> TestResult {
        let (log, options) = (log(&large(900)), ShopOptions::default().with_horizon_days(30));
        let models = ShopModels::fit_log(&log, day(AS_OF), &options)?;
        let text = serde_json::to_string(&models)?;
        let read: ShopModels = serde_json::from_str(&text)?;
        assert_eq!(
            serde_json::to_value(&read)?["checks"]["chosen"],
            serde_json::to_value(&models)?["checks"]["chosen"]
        );
        assert_eq!(read.diagnosis(None).len(), models.diagnosis(None).len());
        let codes: Vec<_> = (models.diagnosis(None).iter())
            .map(|finding| Ok(serde_json::to_value(finding)?["code"].as_str().ok_or("a code")?.to_owned()))
            .collect::<Result<_, Box<dyn std::error::Error>>>()?;
        assert_eq!(codes[0], "windows");
        let refused = serde_json::from_str::<ShopModels>(&text.replacen(
            "\"as_of\":\"2026-07-20\",\"horizon_days\":30,\"first",
            "\"as_of\":\"2026-07-21\",\"horizon_days\":30,\"first",
            1,
        ));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("different days"), "{refused}");
        Ok(())
    }

    /// Where the past says that NBD forecasts as well, NBD forecasts, and the reason says so.
    #[test]
    fn the_past_decides() -> TestResult {
        let log = cdnow();
        let checks = ShopChecks::of(&log, last_day(), &ShopOptions::default())?;
        let gain = checks.gain(ModelKind::MbgNbd).ok_or("both models")?;
        assert!(gain.exceeds_noise());
        let text = serde_json::to_string(&checks)?;
        let turned: ShopChecks = serde_json::from_str(&text.replace("\"chosen\":\"mbg_nbd\"", "\"chosen\":\"nbd\""))?;
        let models = ShopModels::fit(&log.ledger(last_day())?, &ShopOptions::default().with_checks(turned))?;
        let status = models.purchases().status();
        assert!(matches!(status, EstimateStatus::Instead { of: ModelKind::MbgNbd, .. }), "{status:?}");
        assert_eq!(models.purchases().model().map(|model| model.kind()), Some(ModelKind::Nbd));
        let words = status.describe(Language::English);
        assert!(
            words.starts_with("fitted in place of MBG/NBD: over the windows of the past NBD forecast as well"),
            "{words}"
        );
        assert!(status.describe(Language::Chinese).contains("在历史窗口中 NBD 预测得一样好"));
        Ok(())
    }
}
