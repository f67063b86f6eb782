//! How regularly customers come, and whether a model that knows it is worth its time.

use chrono::{Days, NaiveDate};
use repurchase::predict::{
    FitOptions, MbgCnbd, ModelKind, PastTally, Regularity, RollingBacktest, RollingWindow, Sample, Samples,
};
use repurchase::scale::Language;
use repurchase::segment::ChurnRisk;
use repurchase::shop::{EstimateStatus, Figure, Finding, PurchaseChoice, ShopChecks, ShopModels, ShopOptions, Trigger};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::checked::{cdnow, last_day};
use crate::day;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const END: u64 = 540;

/// Customers who come every so many days, give or take a tenth, until a die says that they leave; every third at any time.
fn regular() -> PurchaseLog<u16> {
    let mut random = 5_u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    let mut orders = Vec::new();
    for id in 0..1_200_u16 {
        let (mut on, gap) = (below(200), 15 + below(30));
        while on < END {
            orders.push(Order::on(id, day(on), Decimal::TEN).unwrap());
            if below(12) == 0 {
                break;
            }
            if id % 3 != 0 {
                on += gap - gap / 10 + below(gap / 5 + 1);
                continue;
            }
            // On each day as likely as on any other.
            on += 1;
            while below(gap) != 0 {
                on += 1;
            }
        }
    }
    PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap()
}

fn today() -> NaiveDate {
    day(END - 1)
}

fn options(choice: PurchaseChoice) -> ShopOptions {
    ShopOptions::default().with_horizon_days(30).with_purchases(choice)
}

fn sentence(models: &ShopModels, is_it: impl Fn(&Finding) -> bool, language: Language) -> Option<String> {
    models.diagnosis(None).into_iter().find(is_it).map(|finding| finding.describe(language))
}

#[test]
fn a_regular_shop_is_forecast_by_its_rhythm() -> TestResult {
    let log = regular();
    let models = ShopModels::fit_log(&log, today(), &options(PurchaseChoice::AutoWithRhythm))?;
    let checks = models.checks().ok_or("checks")?;
    let rhythm = checks.rhythm().ok_or("both have a fit in each window")?;
    assert!(rhythm.is_preferred(), "{rhythm:?}");
    assert_eq!(checks.chosen(), Some(ModelKind::MbgCnbd));
    assert_eq!(models.purchases().model().map(|model| model.kind()), Some(ModelKind::MbgCnbd));
    assert_eq!(models.purchases().status(), &EstimateStatus::Fitted);
    assert_eq!(models.track().map(|track| track.record.kind), Some(ModelKind::MbgCnbd));

    // The gain is that of a backtest by hand: log scores over the customers of all windows.
    let kinds = [rhythm.over, ModelKind::MbgCnbd];
    let rolling = RollingBacktest::run(&log, today(), 30, &kinds, &FitOptions::default())?;
    let score = |kind| -> Option<f64> {
        let of_window = |window: &RollingWindow| {
            let candidate = window.backtest.candidates.iter().find(|candidate| candidate.kind == kind)?;
            let customers = window.backtest.baselines.first()?.scores.customers;
            #[allow(clippy::cast_precision_loss, reason = "few customers")]
            Some((candidate.scores.as_ref()?.log_score? * customers as f64, customers as f64))
        };
        let sums = rolling.windows.iter().map(of_window).collect::<Option<Vec<_>>>()?;
        let (sum, customers) = sums.into_iter().fold((0.0, 0.0), |(sum, all), (one, of)| (sum + one, all + of));
        Some(sum / customers)
    };
    let gain = score(ModelKind::MbgCnbd).zip(score(rhythm.over)).map(|(one, other)| one - other).ok_or("scores")?;
    assert!((rhythm.gain.mean - gain).abs() < 1e-9, "{rhythm:?} {gain}");

    let words = sentence(&models, |finding| matches!(finding, Finding::Rhythm { .. }), Language::English);
    assert!(words.as_ref().is_some_and(|words| words.ends_with("it needs two of them: it is used.")), "{words:?}");
    let words = sentence(&models, |finding| matches!(finding, Finding::Rhythm { .. }), Language::Chinese);
    assert!(words.as_ref().is_some_and(|words| words.ends_with("因此采用。")), "{words:?}");
    // Two of three are regular.
    let shares = checks.regularity().ok_or("gaps")?;
    assert!((0.5..0.85).contains(&shares.in_rhythm()), "{shares:?}");
    let words = sentence(&models, |finding| matches!(finding, Finding::Regularity { .. }), Language::English);
    assert!(words.as_ref().is_some_and(|words| words.contains("in a strict one, by the gaps of ")), "{words:?}");
    // Without being asked, no rhythm is tried, and the customers are as regular.
    let plain = ShopModels::fit_log(&log, today(), &options(PurchaseChoice::Auto))?;
    assert!(plain.checks().ok_or("checks")?.rhythm().is_none());
    assert!(!matches!(plain.purchases().model().map(|model| model.kind()), Some(ModelKind::MbgCnbd)));
    assert_eq!(plain.checks().and_then(|checks| checks.regularity().copied()), Some(*shares));
    Ok(())
}

#[test]
fn parts_make_no_difference() -> TestResult {
    let (log, options) = (regular(), options(PurchaseChoice::AutoWithRhythm));
    let whole = ShopChecks::of(&log, today(), &options)?;
    let mut past = PastTally::of(&log.of_customers(|id| id % 5 == 0), today(), 30)?;
    past.merge(&PastTally::of(&log.of_customers(|id| id % 5 != 0), today(), 30)?)?;
    assert_eq!(ShopChecks::of_tally(&past, &options)?, whole);
    let parts = [0, 1].map(|part| log.of_customers(|id| u32::from(id % 5 == 0) == part));
    assert_eq!(
        ShopChecks::of_parts(&log.ledger(today())?, |each| parts.iter().try_for_each(each), 1, &options)?,
        whole
    );
    let of_ledger = Samples::of(&log.ledger(today())?);
    assert!(past.samples().with_gaps().eq(of_ledger.with_gaps()));
    Ok(())
}

#[test]
fn a_shop_without_rhythm_keeps_its_model() -> TestResult {
    let log = cdnow();
    let auto = ShopModels::fit_log(&log, last_day(), &ShopOptions::default())?;
    let choice = PurchaseChoice::AutoWithRhythm;
    let models = ShopModels::fit_log(&log, last_day(), &ShopOptions::default().with_purchases(choice))?;
    let rhythm = models.checks().and_then(|checks| checks.rhythm()).ok_or("both have a fit in each window")?;
    assert!(!rhythm.is_preferred() && rhythm.over == ModelKind::MbgNbd, "{rhythm:?}");
    assert_eq!(models.purchases(), auto.purchases());
    let words = sentence(&models, |finding| matches!(finding, Finding::Rhythm { .. }), Language::English);
    assert!(words.as_ref().is_some_and(|words| words.ends_with("it needs two of them: it is not used.")), "{words:?}");
    // The shares are those of the whole fit.
    let samples = Samples::of(&log.ledger(last_day())?);
    let fit = MbgCnbd::fit(&samples, &FitOptions::default())?;
    let (regularity, customers) = Regularity::fit(&samples, &FitOptions::default())?.ok_or("gaps")?;
    assert_eq!(regularity, fit.model().regularity());
    let telling = log.ledger(last_day())?.iter().filter(|(_, history)| history.purchase_days() >= 3).count() as u64;
    assert_eq!(customers, telling);
    Ok(())
}

/// Of many customers every so-manieth is asked, and the shares are near those of all.
#[test]
fn a_part_of_many_customers_tells_the_shares() -> TestResult {
    let row = |n: u32| {
        let (repeats, shift) = (2 + n % 5, f64::from(n / 5) / 100.0);
        let recency = 40.0 * f64::from(repeats) + shift;
        let equal = f64::from(repeats) * (recency / f64::from(repeats)).ln();
        let uneven = [0.005, 0.05, 0.4, 0.9][(n % 4) as usize];
        let silent = if n % 7 == 0 { 400.0 } else { 20.0 };
        Sample::new(repeats, recency, recency + silent + shift)?.with_ln_gaps(equal - uneven * f64::from(repeats))
    };
    let samples: Samples = (0..9_000).map(row).collect::<Result<_, _>>()?;
    let (some, customers) = Regularity::fit(&samples, &FitOptions::default())?.ok_or("gaps")?;
    assert_eq!(customers, 9_000);
    let all = MbgCnbd::fit(&samples, &FitOptions::default())?.model().regularity();
    assert!((some.in_rhythm() - all.in_rhythm()).abs() < 0.03, "{some:?} {all:?}");
    Ok(())
}

#[test]
fn nobody_with_two_gaps_says_nothing() -> TestResult {
    let samples: Samples =
        (0..50).map(|n| Sample::new(n % 2, f64::from(n % 2), 90.0)).collect::<Result<_, repurchase::Error>>()?;
    assert_eq!(Regularity::fit(&samples, &FitOptions::default())?, None);
    assert_eq!(Regularity::fit(&Samples::default(), &FitOptions::default())?, None);
    let refused = Regularity::fit(&samples, &FitOptions::default().with_penalty(-1.0));
    assert_eq!(refused, Ok(None), "no fit, no option");
    Ok(())
}

#[cfg(feature = "serde")]
#[test]
fn shares_are_checked_when_they_are_read() -> TestResult {
    let samples: Samples = [Sample::new(2, 60.0, 90.0)?.with_ln_gaps(2.0 * 30f64.ln())?].into_iter().collect();
    let (regularity, _) = Regularity::fit(&samples, &FitOptions::default())?.ok_or("gaps")?;
    let text = serde_json::to_string(&regularity)?;
    assert_eq!(serde_json::from_str::<Regularity>(&text)?, regularity);
    for wrong in [[0.5, 0.0, 0.0, 0.0, 0.0], [2.0, -1.0, 0.0, 0.0, 0.0]] {
        let text = serde_json::json!({ "shares": wrong, "mean_gap_days": null }).to_string();
        assert!(serde_json::from_str::<Regularity>(&text).is_err(), "{text}");
    }
    Ok(())
}

/// Who is due this week came within it, over 14 weeks of a regular shop: one in two or more by a model of rhythm.
#[test]
fn who_is_due_by_the_rhythm_comes() -> TestResult {
    let log = regular();
    let week = Trigger::DUE_SOON_DAYS;
    let came = |kind: ModelKind| -> Result<(u32, u32), Box<dyn std::error::Error>> {
        let (mut came, mut listed) = (0_u32, 0_u32);
        for as_of in (0..14).map(|at| day(300 + 14 * at)) {
            let (ledger, later) = (log.ledger(as_of)?, log.ledger(as_of + Days::new(week.into()))?);
            let models = ShopModels::fit(&ledger, &options(PurchaseChoice::Fit(kind)))?;
            assert_eq!(models.purchases().model().map(|model| model.kind()), Some(kind));
            let profiles = models.profile_all(&ledger)?;
            for position in profiles.triggered(Trigger::DueSoon) {
                let (id, profile) = ledger.ids().get(position).zip(profiles.get(position)).ok_or("a customer")?;
                let [now, then] = [&ledger, &later].map(|ledger| ledger.get(id).map(|history| history.purchases()));
                came += u32::from(then > now);
                listed += 1;
                let [due, next] = [Figure::DueDays, Figure::NextPurchaseDays].map(|figure| profile.figure(figure));
                assert!(kind != ModelKind::MbgCnbd || due == next);
                assert_eq!(profile.churn_risk(), Some(ChurnRisk::InCycle));
            }
        }
        Ok((came, listed))
    };
    let share = |(came, listed): (u32, u32)| f64::from(came) / f64::from(listed);
    let (by_rhythm, by_cycle) = (came(ModelKind::MbgCnbd)?, came(ModelKind::MbgNbd)?);
    assert!(share(by_rhythm) >= 0.5 && by_rhythm.1 >= 100, "{by_rhythm:?}");
    assert!(share(by_cycle) < share(by_rhythm), "{by_cycle:?} {by_rhythm:?}");
    Ok(())
}
