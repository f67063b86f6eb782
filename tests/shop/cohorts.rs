//! What open periods of cohorts will have brought: against the sum over customers by the written definition; the interval by
//! chance against futures drawn from the models; the whole one against its formula; edges.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::measure::{CohortOptions, CohortTable, Life};
use repurchase::predict::{
    AnyModel, Discount, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, Nbd, NbdParams, NoInterval, Sample,
    TimeUnit, Total, ValueModel,
};
use repurchase::record::Period;
use repurchase::scale::{Bands, Confidence, Language};
use repurchase::shop::{CohortForecast, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{Error, PurchaseLog, ShopCalendar};

use super::chance::Chance;
use super::checked::{cdnow, last_day};
use crate::{AS_OF, Row, day, fixed_seed, record, rows};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const NBD: NbdParams = NbdParams { r: 0.8, alpha: 60.0 };
const SPEND: GammaGammaParams = GammaGammaParams { p: 3.0, q: 4.0, gamma: 40.0 };

fn ninety() -> Confidence {
    Confidence::new(0.9).unwrap()
}

fn log(rows: &[Row]) -> PurchaseLog<u16> {
    PurchaseLog::from_records(rows.iter().copied().map(record), &ShopCalendar::utc()).unwrap()
}

fn given(purchases: AnyModel, spend: GammaGammaParams) -> ShopOptions {
    let spend = GammaGamma::from_params(spend).unwrap();
    ShopOptions::default().with_purchases(PurchaseChoice::Given(purchases)).with_spend(Some(spend))
}

fn nbd() -> AnyModel {
    Nbd::from_params(NBD, TimeUnit::Day).unwrap().into()
}

fn forecasts(log: &PurchaseLog<u16>, options: &ShopOptions, table: &CohortTable) -> Vec<CohortForecast> {
    let ledger = log.ledger(table.as_of).unwrap();
    let models = ShopModels::fit(&ledger, options).unwrap();
    models.cohort_forecasts(&ledger, table, ninety()).unwrap().unwrap()
}

fn lives() -> impl Strategy<Value = Life> {
    let brackets = Bands::new(vec![1, 30, 45, 150]).unwrap();
    prop_oneof![Just(Life::Calendar), (1..60u32).prop_map(Life::Days), Just(Life::Brackets(brackets))]
}

/// The last day of a period of life, by the words of the definition.
fn last_day_of(life: &Life, period: Period, first: NaiveDate, offset: u32) -> Option<NaiveDate> {
    match life {
        Life::Calendar => Some(
            (0..offset).fold(period.window(first).unwrap(), |window, _| period.window(window.end()).unwrap()).last(),
        ),
        Life::Days(days) => Some(first + Days::new(u64::from((offset + 1) * days)) - Days::new(1)),
        Life::Brackets(bands) => {
            Some(first + Days::new(u64::from(*bands.edges().get(offset as usize)?)) - Days::new(1))
        }
    }
}

proptest! {
    #![proptest_config(fixed_seed(64))]

    /// A row for each open period that ends; expected is what one customer after the other is expected to bring by then.
    #[test]
    fn the_sum_over_customers(
        rows in rows(), life in lives(), period in prop::sample::select(vec![Period::Week, Period::Month, Period::Year]),
    ) {
        let (log, as_of) = (log(&rows), day(AS_OF));
        let ledger = log.ledger(as_of).unwrap();
        prop_assume!(!ledger.is_empty());
        let mbg = MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 };
        let mbg: AnyModel = MbgNbd::from_params(mbg, TimeUnit::Week).unwrap().into();
        let models = ShopModels::fit(&ledger, &given(mbg, SPEND)).unwrap();
        let table = CohortTable::of(&log, as_of, &CohortOptions::default().with_period(period).with_life(life.clone())).unwrap();
        let found = models.cohort_forecasts(&ledger, &table, ninety()).unwrap().unwrap();

        let value = ValueModel { purchases: mbg, spend: GammaGamma::from_params(SPEND).unwrap() };
        let mut right = Vec::new();
        for cohort in &table.cohorts {
            for offset in cohort.complete_offsets..cohort.offsets {
                let (mut sum, mut last_day) = (0.0, None);
                for (_, history) in ledger.iter() {
                    let first = history.first_purchase().unwrap();
                    if !cohort.window.contains(first) {
                        continue;
                    }
                    let last = last_day_of(&life, period, first, offset);
                    last_day = last_day.max(last);
                    let Some(days) = last.map(|last| (last - as_of).num_days()) else { continue };
                    if days > 0 {
                        let sample = Sample::of(&history.repeat_summary(as_of).unwrap());
                        let one = value.expected_value(&sample, days.try_into().unwrap(), Discount::NONE).unwrap().unwrap();
                        sum += one * models.kept().of_customer(&history);
                    }
                }
                if let Some(last_day) = last_day {
                    right.push((cohort.window, offset, cohort.customers, last_day, cohort.through(offset).unwrap().revenue, sum));
                }
            }
        }
        prop_assert_eq!(found.len(), right.len());
        for (found, (window, offset, customers, last_day, revenue, sum)) in found.iter().zip(right) {
            prop_assert_eq!((found.window, found.offset, found.customers), (window, offset, customers));
            prop_assert_eq!((found.last_day, found.revenue), (last_day, revenue));
            prop_assert!(last_day > as_of);
            let (coming, chance) = (found.coming.as_ref().unwrap(), found.chance.unwrap());
            prop_assert!((coming.expected - sum).abs() <= 1e-12 * sum, "{} {sum}", coming.expected);
            prop_assert!(chance.low >= 0.0 && chance.contains(coming.expected), "{chance:?}");
            // A given model is not checked on the past.
            prop_assert_eq!((coming.interval, coming.no_interval), (None, Some(NoInterval::Unchecked)));
        }
    }

    /// All cohorts to the end of a month bring what the shop is expected to bring within as many days.
    #[test]
    fn cohorts_add_up_to_the_shop(rows in rows()) {
        let (log, as_of) = (log(&rows), day(AS_OF));
        let ledger = log.ledger(as_of).unwrap();
        prop_assume!(!ledger.is_empty());
        // The as-of day is 20 July.
        let models = ShopModels::fit(&ledger, &given(nbd(), SPEND).with_horizon_days(11)).unwrap();
        let table = CohortTable::of(&log, as_of, &CohortOptions::default()).unwrap();
        let found = models.cohort_forecasts(&ledger, &table, ninety()).unwrap().unwrap();
        prop_assert_eq!(found.len(), table.cohorts.len());
        let sum: f64 = found.iter().map(|one| one.coming.as_ref().unwrap().expected).sum();
        let right = models.profile_all(&ledger).unwrap().outlook(&models, ninety()).unwrap().unwrap().revenue.unwrap().expected;
        prop_assert!((sum - right).abs() <= 1e-12 * right);
    }
}

/// The shares of futures, drawn for each customer from what the models say given the past, that lie below the interval by
/// chance and above it, its lower end, and their mean over what was expected.
fn outside(customers: u16, draws: u32) -> ([f64; 2], f64, f64) {
    let mut chance = Chance(u64::from(customers));
    let rows: Vec<Row> = (0..customers)
        .flat_map(|id| {
            let repeats = if chance.happens(0.6) { 0 } else { 1 + u64::from(id) % 4 };
            (0..=repeats).map(move |n| (id, 150 + n * 9 + u64::from(id) % 14, 2_000 + 450 * i64::from(id % 7)))
        })
        .collect();
    let (log, as_of) = (log(&rows), day(AS_OF));
    let options = CohortOptions::default().with_period(Period::Year).with_life(Life::Days(90));
    let table = CohortTable::of(&log, as_of, &options).unwrap();
    let found = forecasts(&log, &given(nbd(), SPEND), &table);
    assert_eq!((found.len(), found[0].customers), (1, customers.into()));
    let (interval, expected) = (found[0].chance.unwrap(), found[0].coming.as_ref().unwrap().expected);
    let ledger = log.ledger(as_of).unwrap();
    let members: Vec<_> = ledger
        .iter()
        .map(|(_, history)| {
            let sample = Sample::of(&history.repeat_summary(as_of).unwrap());
            let days = 89.0 - f64::from((as_of - history.first_purchase().unwrap()).num_days() as i32);
            (f64::from(sample.repeats()), sample.age_days(), sample.mean_spend().unwrap_or(0.0), days)
        })
        .collect();
    let (mut outside, mut sum) = ([0.0, 0.0], 0.0);
    for _ in 0..draws {
        let mut brought = 0.0;
        for &(repeats, age, mean, days) in &members {
            let rate = chance.gamma(NBD.r + repeats) / (NBD.alpha + age);
            let (mut purchases, mut at) = (0, chance.exponential() / rate);
            while at < days {
                purchases += 1;
                at += chance.exponential() / rate;
            }
            if purchases > 0 {
                let scale = chance.gamma(SPEND.p * repeats + SPEND.q) / (SPEND.gamma + repeats * mean);
                brought += chance.gamma(SPEND.p * f64::from(purchases)) / scale;
            }
        }
        outside[0] += f64::from(u8::from(brought < interval.low)) / f64::from(draws);
        outside[1] += f64::from(u8::from(brought > interval.high)) / f64::from(draws);
        sum += brought;
    }
    (outside, interval.low, sum / f64::from(draws) / expected)
}

/// Where the models are true, one future in twenty lies above the interval of 90%, whether one customer may come or hundreds,
/// and one in twenty below, unless that is 0.
#[test]
fn nine_of_ten_futures() {
    for (customers, draws) in [(1, 4_000), (2, 4_000), (5, 4_000), (20, 2_000), (100, 1_000), (500, 600)] {
        let ([below, above], low, mean) = outside(customers, draws);
        println!("{customers} customers: {below:.3} below {low:.0}, {above:.3} above, mean {mean:.3} of the expected");
        // Two standard errors of 600 draws are 0.018.
        assert!((0.03..=0.07).contains(&above), "{customers}: {above}");
        assert!(if low > 0.0 { (0.03..=0.07).contains(&below) } else { below <= 0.0 }, "{customers}: {below}");
        assert!((0.9..=1.1).contains(&mean), "{customers}: {mean}");
    }
}

/// The interval of one customer is nearly the exact one.
#[test]
fn one_customer() {
    for days in [10_u64, 60, 160] {
        let log = log(&[(1, AS_OF - days, 3_000), (1, AS_OF - 5, 4_000)]);
        let table = CohortTable::of(&log, day(AS_OF), &CohortOptions::default().with_life(Life::Days(200))).unwrap();
        let found = forecasts(&log, &given(nbd(), SPEND), &table);
        let [one] = &found[..] else { panic!("{found:?}") };
        let value = ValueModel { purchases: nbd(), spend: GammaGamma::from_params(SPEND).unwrap() };
        let history = log.ledger(day(AS_OF)).unwrap().get(&1).unwrap();
        let sample = Sample::of(&history.repeat_summary(day(AS_OF)).unwrap());
        let horizon = 199 - u32::try_from(days).unwrap();
        let (found, right) = (one.chance.unwrap(), value.value_interval(&sample, ninety(), horizon).unwrap());
        println!("{found:?} {right:?}");
        assert!((found.high / right.high - 1.0).abs() < 0.15 && (found.low - right.low).abs() < 0.1 * right.high);
    }
}

/// A shop that was checked on its past: the shop's correction, and both errors squared and added in logarithms.
#[test]
fn with_the_error_of_the_past() -> TestResult {
    let (log, as_of) = (cdnow(), last_day());
    let models = ShopModels::fit_log(&log, as_of, &ShopOptions::default())?;
    let options = CohortOptions::default().with_period(Period::Month).with_life(Life::Days(90));
    let (ledger, table) = (log.ledger(as_of)?, CohortTable::of(&log, as_of, &options)?);
    let found = models.cohort_forecasts(&ledger, &table, ninety())?.ok_or("models")?;
    assert_eq!(
        found.iter().map(|one| (one.customers, one.offset)).collect::<Vec<_>>(),
        [(781, 5), (781, 6), (857, 5), (719, 5)]
    );
    let track = models.track().ok_or("checked")?;
    for one in &found {
        let (coming, chance) = (one.coming.as_ref().ok_or("spends have a mean")?, one.chance.ok_or("and a variance")?);
        let of_shop = track.total(Total::Revenue, coming.expected, ninety());
        assert_eq!((coming.forecast, coming.windows, &coming.beaten_by), (of_shop.forecast, 5, &None));
        let (found, shop) = (coming.interval.ok_or("five windows")?, of_shop.interval.ok_or("five windows")?);
        let ends = [(found.low, shop.low, chance.low), (found.high, shop.high, chance.high)];
        for (end, by_error, by_chance) in ends {
            let right = f64::hypot((by_error / coming.forecast).ln(), (by_chance / coming.expected).ln());
            assert!(((end / coming.forecast).ln().abs() - right).abs() < 1e-12);
        }
        let value = one.value_per_customer().ok_or("a forecast")?;
        let customers = f64::from(u32::try_from(one.customers)?);
        assert!((value * customers - coming.forecast - one.revenue.to_string().parse::<f64>()?).abs() < 1e-6);
        let ends = one.value_interval().ok_or("an interval")?;
        assert!(ends.contains(value) && ends.low < value);
        assert!(((ends.high - ends.low) * customers - (found.high - found.low)).abs() < 1e-6);
    }
    let words = found[0].describe(0, Language::English);
    assert_eq!(
        words,
        "781 customers, 78842 so far; until 1998-07-24: 639, from 307 to 1198 (90%, by the errors of 5 past windows); after \
         1997-07-05, one year earlier, +13% came against the forecast: half of that in logarithms, +6%, is counted"
    );
    Ok(())
}

#[test]
fn nobody_and_no_model() -> TestResult {
    // Nobody has bought.
    let none = log(&[(1, 3, -500)]);
    let (ledger, options) = (none.ledger(day(AS_OF))?, CohortOptions::default());
    assert!(ledger.is_empty());
    // One-time buyers alone: nothing to fit.
    let once = log(&[(1, 3, 500), (2, 150, 700)]);
    let (ledger, table) = (once.ledger(day(AS_OF))?, CohortTable::of(&once, day(AS_OF), &options)?);
    let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    assert_eq!(models.cohort_forecasts(&ledger, &table, ninety())?, None);
    // A table in which nothing is open: of the last day of a month.
    let end = day(AS_OF + 11);
    let (ledger, table) = (once.ledger(end)?, CohortTable::of(&once, end, &options)?);
    let models = ShopModels::fit(&ledger, &given(nbd(), SPEND))?;
    assert_eq!(models.cohort_forecasts(&ledger, &table, ninety())?, Some(Vec::new()));
    // Of another day, and of other customers.
    let earlier = CohortTable::of(&once, day(AS_OF), &options)?;
    let refused = models.cohort_forecasts(&ledger, &earlier, ninety()).unwrap_err();
    assert_eq!(refused, Error::AsOfMismatch { left: end, right: day(AS_OF) });
    for others in [[(1, 3, 500), (3, 3, 500)], [(1, 3, 500), (2, 3, 700)]] {
        let others = log(&others).ledger(end)?;
        assert!(matches!(models.cohort_forecasts(&others, &table, ninety()), Err(Error::OutOfRange { .. })));
    }
    Ok(())
}

/// Spends without a mean leave a forecast out; spends with one and without a variance leave its interval out.
#[test]
fn wild_spends() {
    let log = log(&[(1, 3, 500), (2, 150, 700), (2, 160, 900), (2, 170, 100), (3, 140, 100), (3, 150, 100)]);
    let table = CohortTable::of(&log, day(AS_OF), &CohortOptions::default().with_period(Period::Year)).unwrap();
    let wild = |q: f64| {
        let spend = GammaGammaParams { p: 0.3, q, gamma: 40.0 };
        let [found] = forecasts(&log, &given(nbd(), spend), &table).try_into().unwrap();
        found
    };
    let without_mean = wild(0.8);
    assert_eq!((without_mean.without_mean_spend, without_mean.coming.as_ref(), without_mean.chance), (1, None, None));
    assert_eq!(
        without_mean.describe(2, Language::English),
        "3 customers, 24.00 so far; until 2026-12-31: not known: the spend of 1 of them has no mean"
    );
    assert_eq!((without_mean.value_per_customer(), without_mean.value_interval()), (None, None));
    let without_variance = wild(1.9);
    assert_eq!((without_variance.without_mean_spend, without_variance.chance), (0, None));
    let coming = without_variance.coming.unwrap();
    assert!(coming.forecast > 0.0 && coming.interval.is_none() && coming.no_interval.is_some());
    assert!(wild(2.1).chance.is_some());
}

/// How often the interval of 90% held what came on the shop's own past, each day a cut, and how often that by chance alone
/// did: of open spans of 30 days of monthly cohorts. Run with `-- --nocapture`, and `--ignored` for all cuts, for the shares.
fn held(name: &str, log: &PurchaseLog<u32>, cuts: &[&str]) -> [f64; 2] {
    let (mut open, mut held) = (0.0, [0.0; 2]);
    for cut in cuts {
        let as_of: NaiveDate = cut.parse().unwrap();
        let options = CohortOptions::default().with_life(Life::Days(30));
        let models = ShopModels::fit_log(log, as_of, &ShopOptions::default().with_horizon_days(30)).unwrap();
        let table = CohortTable::of(log, as_of, &options).unwrap();
        let found = models.cohort_forecasts(&log.ledger(as_of).unwrap(), &table, ninety()).unwrap().unwrap();
        // Nobody joins these any more, and all is known of them.
        let end = log.days().unwrap().1;
        for one in found.into_iter().filter(|one| one.window.last() <= as_of && one.last_day <= end) {
            let then = CohortTable::of(log, one.last_day, &options).unwrap();
            let whole = then.cohort(one.window.start()).or_else(|| then.cohort(one.window.last())).unwrap();
            let came = whole.through(one.offset).unwrap().revenue - one.revenue;
            let came: f64 = came.to_string().parse().unwrap();
            let (Some(interval), Some(chance)) = (one.coming.unwrap().interval, one.chance) else { continue };
            open += 1.0;
            held[0] += f64::from(u8::from(interval.contains(came)));
            held[1] += f64::from(u8::from(chance.contains(came)));
        }
    }
    let shares = held.map(|held: f64| held / open);
    println!("{name}: {:.3} held, {:.3} by chance alone, of {open} open spans", shares[0], shares[1]);
    shares
}

const OF_CDNOW: [&str; 6] = ["1997-07-31", "1997-09-30", "1997-11-30", "1998-01-31", "1998-03-31", "1998-05-15"];
const OF_ONLINE_RETAIL: [&str; 6] =
    ["2011-05-15", "2011-06-30", "2011-07-31", "2011-08-31", "2011-09-30", "2011-10-31"];

fn online_retail() -> PurchaseLog<u32> {
    PurchaseLog::from_records(super::credits::online_retail(), &ShopCalendar::utc()).unwrap()
}

#[test]
fn what_came_of_real_shops() {
    let [within, by_chance] = held("CDNOW", &cdnow(), &OF_CDNOW[..3]);
    assert!(within > 0.85 && by_chance < 0.8);
    let [within, by_chance] = held("Online Retail", &online_retail(), &OF_ONLINE_RETAIL[..1]);
    assert!(within > 0.85 && by_chance < 0.8);
}

#[test]
#[ignore = "half a minute"]
fn what_came_of_real_shops_at_every_cut() {
    let [within, by_chance] = held("CDNOW", &cdnow(), &OF_CDNOW);
    assert!((within - 0.944).abs() < 1e-3 && (by_chance - 0.694).abs() < 1e-3);
    let [within, by_chance] = held("Online Retail", &online_retail(), &OF_ONLINE_RETAIL);
    assert!((within - 0.890).abs() < 1e-3 && (by_chance - 0.634).abs() < 1e-3);
}
