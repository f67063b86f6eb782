//! Visitors: fits, probabilities and the check against scikit-learn, statsmodels and numpy on a simulated shop; recovery of
//! known parameters; laws and edges.

#![allow(clippy::float_cmp, reason = "where a value is exact, it must be")]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::predict::{VisitorModel, VisitorOptions, VisitorParams, VisitorSample, visitors};
use repurchase::record::{Interaction, InteractionKind, Record};
use repurchase::scale::{Interval, Language};
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::chance::Chance;
use super::common::visitors::{TRUTH, visits};
use super::common::{date, log_of, noon};
use super::fixed_seed;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const AS_OF: &str = "2025-09-30";

fn rows(text: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.records().collect::<Result<_, _>>().expect("a table")
}

fn interaction(visitor: u32, day: NaiveDate, kind: InteractionKind, category: u32) -> Interaction<u32, u32> {
    Interaction::new(visitor, noon(day), kind, category)
}

fn golden() -> (PurchaseLog<u32>, Vec<Interaction<u32, u32>>) {
    let kind = |name: &str| InteractionKind::ALL.into_iter().find(|kind| kind.label().key() == name).expect("a kind");
    let one = |row: &csv::StringRecord| {
        interaction(row[0].parse().unwrap(), date(&row[1]), kind(&row[2]), row[3].parse().unwrap())
    };
    let order = |row: &csv::StringRecord| Order::on(row[0].parse().unwrap(), date(&row[1]), Decimal::TEN).unwrap();
    let orders = rows(include_str!("../data/visitors/purchases.csv"));
    let log = log_of(orders.iter().map(|row| Record::from(order(row))));
    (log, rows(include_str!("../data/visitors/interactions.csv")).iter().map(one).collect())
}

fn options() -> VisitorOptions {
    VisitorOptions::default().with_lookback_days(60).with_horizon_days(30)
}

struct Expected(BTreeMap<String, String>);

impl Expected {
    fn read() -> Self {
        let rows = rows(include_str!("../data/visitors/expected.csv"));
        Self(rows.iter().map(|row| (row[0].to_owned(), row[1].to_owned())).collect())
    }

    #[track_caller]
    fn number(&self, key: &str) -> f64 {
        self.0[key].parse().expect("a number")
    }

    #[track_caller]
    fn assert_near(&self, found: f64, key: &str, tolerance: f64) {
        let expected = self.number(key);
        assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{key}: found {found}, expected {expected}"
        );
    }
}

fn in_order(params: VisitorParams) -> [f64; 8] {
    let VisitorParams { intercept, views, searches, favourites, carts, recency, visit_days, categories } = params;
    [intercept, views, searches, favourites, carts, recency, visit_days, categories]
}

/// Both libraries stop at slopes of 1e-12 of a likelihood of some hundred units, so that nine digits of a parameter are right.
#[test]
fn fits_of_other_libraries() -> TestResult {
    let ((log, interactions), expected) = (golden(), Expected::read());
    let penalties = [("fit", 1.0, 1e-8), ("strong", 50.0, 1e-8), ("none", 1e-9, 1e-6), ("statsmodels", 1e-9, 1e-5)];
    for (name, penalty, tolerance) in penalties {
        let fit = VisitorModel::fit(
            &log,
            &interactions,
            &ShopCalendar::utc(),
            date(AS_OF),
            &options().with_penalty(penalty),
        )?;
        assert_eq!((fit.visitors, fit.buyers), (expected.number("visitors") as u64, expected.number("buyers") as u64));
        for (at, found) in in_order(fit.model.params()).into_iter().enumerate() {
            expected.assert_near(found, &format!("{name}_{at}"), tolerance);
        }
    }
    Ok(())
}

#[test]
fn the_check_of_other_libraries() -> TestResult {
    let ((log, interactions), expected) = (golden(), Expected::read());
    let fit = VisitorModel::fit(&log, &interactions, &ShopCalendar::utc(), date(AS_OF), &options())?;
    let check = fit.check.ok_or("six spans")?;
    assert_eq!(check.split, date("2025-08-31"));
    assert_eq!(
        (check.visitors, check.buyers),
        (expected.number("last_visitors") as u64, expected.number("last_buyers") as u64)
    );
    expected.assert_near(check.log_score, "log_score", 1e-9);
    expected.assert_near(check.rule_log_score, "rule_log_score", 1e-12);
    expected.assert_near(check.gain.mean, "gain", 1e-9);
    expected.assert_near(check.gain.standard_error.ok_or("many visitors")?, "gain_error", 1e-9);
    let near = |found: Option<Interval>, key: &str| -> TestResult {
        let found = found.ok_or("an interval")?;
        expected.assert_near(found.low, &format!("{key}_low"), 1e-9);
        expected.assert_near(found.high, &format!("{key}_high"), 1e-9);
        Ok(())
    };
    near(check.gain_interval, "gain")?;
    near(check.auc_gain_interval, "auc_gain")?;
    expected.assert_near(check.auc.ok_or("both kinds")?, "auc", 1e-12);
    expected.assert_near(check.rule_auc.ok_or("both kinds")?, "rule_auc", 1e-12);
    assert_eq!(check.beats_the_rule(), expected.number("gain_low") > 0.0);
    assert_eq!(
        check.explain(Language::English),
        "the model does not beat the rule of a cart in the last 7 days by more than chance; of 226 visitors as of 2025-08-31, 12 \
         bought; log score -0.1993 against -0.2015, a gain of +0.0022 (interval -0.0190 to +0.0234); AUC 0.705 against 0.567; it \
         says who buys, and not whom a message moves"
    );
    assert_eq!(
        check.explain(Language::Chinese),
        "模型对“近 7 天加购”这一经验法则的优势未超出随机误差；截至 2025-08-31 的 226 位访客中 12 位下单；对数得分 -0.1993，法则 -0.2015，提升 \
         +0.0022（置信区间 -0.0190 至 +0.0234）；AUC 0.705，法则 0.567；它说明谁会买，并不说明消息能打动谁"
    );
    Ok(())
}

#[test]
fn probabilities_of_another_library() -> TestResult {
    let (log, interactions) = golden();
    let fit = VisitorModel::fit(&log, &interactions, &ShopCalendar::utc(), date(AS_OF), &options())?;
    let now = visitors(&log, &interactions, &ShopCalendar::utc(), date(AS_OF), 60)?;
    let expected = rows(include_str!("../data/visitors/probabilities.csv"));
    assert_eq!(now.len(), expected.len());
    for ((visitor, sample), row) in now.into_iter().zip(expected) {
        let probability: f64 = row[1].parse()?;
        assert_eq!(*visitor, row[0].parse::<u32>()?);
        assert!((fit.model.probability(&sample) - probability).abs() < 1e-9, "{visitor}");
    }
    Ok(())
}

/// 30,000 visitors who buy by a known model: each parameter comes back within what their number allows, and where the truth
/// is of the model's form, it beats the rule.
#[test]
fn known_parameters_come_back() -> TestResult {
    let (model, mut chance) = (VisitorModel::from_params(TRUTH, 10, 10)?, Chance(16));
    let (split, mut interactions, mut orders) = (date("2026-05-31"), Vec::new(), Vec::new());
    for span in 0..2_u32 {
        let split = split - Days::new(10 * u64::from(span));
        for visitor in 0..15_000 {
            let visitor = span * 15_000 + visitor;
            let own = visits(|| chance.uniform());
            let sample = VisitorSample::of(own.iter().copied()).ok_or("one or more")?;
            if chance.happens(model.probability(&sample)) {
                orders.push(Record::from(Order::on(visitor, split + Days::new(1), Decimal::ONE)?));
            }
            let at = |days: u32| split - Days::new(days.into());
            interactions
                .extend(own.into_iter().map(|(kind, days, category)| interaction(visitor, at(days), kind, category)));
        }
    }
    // So that interactions are known for all of the ten days before the first of the two splits.
    interactions.push(interaction(99_999, date("2026-01-01"), InteractionKind::View, 0));
    let options = VisitorOptions::default().with_lookback_days(10).with_horizon_days(10).with_spans(2);
    let fit = VisitorModel::fit(&log_of(orders), &interactions, &ShopCalendar::utc(), split + Days::new(10), &options)?;
    assert_eq!(fit.spans, 2);
    for (found, expected) in in_order(fit.model.params()).into_iter().zip(in_order(TRUTH)) {
        assert!((found - expected).abs() < 0.25, "{found} for {expected}: {fit:?}");
    }
    let check = fit.check.ok_or("two spans")?;
    assert!(check.beats_the_rule() && check.auc > check.rule_auc, "{check:?}");
    assert!(check.auc_gain_interval.is_some_and(|interval| interval.low > 0.0), "{check:?}");
    Ok(())
}

/// Where nothing that a visitor does says whether they buy, the model does not beat the rule.
#[test]
fn no_gain_out_of_chance() -> TestResult {
    let (mut chance, as_of) = (Chance(5), date("2026-06-30"));
    let (mut interactions, mut orders) = (Vec::new(), Vec::new());
    for visitor in 0..4_000 {
        for _ in 0..3 {
            let kind = InteractionKind::ALL[(4.0 * chance.uniform()) as usize];
            let day = date("2026-01-01") + Days::new((180.0 * chance.uniform()) as u64);
            interactions.push(interaction(visitor, day, kind, (5.0 * chance.uniform()) as u32));
        }
        if chance.happens(0.3) {
            let day = date("2026-01-01") + Days::new((181.0 * chance.uniform()) as u64);
            orders.push(Record::from(Order::on(visitor, day, Decimal::ONE)?));
        }
    }
    let options = VisitorOptions::default().with_lookback_days(60);
    let fit = VisitorModel::fit(&log_of(orders), &interactions, &ShopCalendar::utc(), as_of, &options)?;
    let check = fit.check.ok_or("several spans")?;
    assert!(!check.beats_the_rule(), "{check:?}");
    let words = check.explain(Language::English);
    assert!(
        words.starts_with("the model does not beat the rule of a cart in the last 7 days by more than chance; "),
        "{words}"
    );
    assert!(check.auc_gain_interval.is_some_and(|interval| interval.contains(0.0)), "{check:?}");
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed(60))]

    /// Nothing depends on the order of the input, to the last bit; what happens after the day, or long before it, changes
    /// nothing; and each visitor is who the definition says.
    #[test]
    fn the_order_of_the_input(
        acts in prop::collection::vec((0..30_u32, 0..90_u64, 0..4_usize, 0..4_u32), 1..120),
        bought in prop::collection::vec((0..30_u32, 0..90_u64), 1..20),
    ) {
        let day = |days: u64| date("2026-01-01") + Days::new(days);
        let mut interactions: Vec<_> = acts.iter().map(|&(visitor, days, kind, category)| {
            interaction(visitor, day(days), InteractionKind::ALL[kind], category)
        }).collect();
        let log = log_of(bought.iter().map(|&(id, days)| Record::from(Order::on(id, day(days), Decimal::ONE).unwrap())));
        let (as_of, calendar) = (day(60), ShopCalendar::utc());
        let owned = |interactions: &[Interaction<u32, u32>]| -> Vec<_> {
            let seen = visitors(&log, interactions, &calendar, as_of, 20).unwrap();
            seen.into_iter().map(|(id, sample)| (*id, sample)).collect()
        };
        let seen = owned(&interactions);
        let expected: Vec<_> = (0..30).filter(|id| !bought.iter().any(|one| one.0 == *id && one.1 <= 60)).filter_map(|id| {
            let own = acts.iter().filter(|act| act.0 == id && (41..=60).contains(&act.1));
            Some((id, VisitorSample::of(own.map(|act| (InteractionKind::ALL[act.2], (60 - act.1) as u32, act.3)))?))
        }).collect();
        prop_assert_eq!(&seen, &expected);
        let options = VisitorOptions::default().with_lookback_days(15).with_horizon_days(10);
        let fit = VisitorModel::fit(&log, &interactions, &calendar, as_of, &options);
        interactions.reverse();
        let half = interactions.len() / 2;
        interactions.rotate_left(half);
        prop_assert_eq!(owned(&interactions), seen);
        let again = VisitorModel::fit(&log, &interactions, &calendar, as_of, &options);
        prop_assert_eq!(format!("{again:?}"), format!("{fit:?}"));
        interactions.retain(|one| one.at() <= noon(as_of));
        prop_assert_eq!(format!("{:?}", VisitorModel::fit(&log, &interactions, &calendar, as_of, &options)), format!("{fit:?}"));
    }
}

#[test]
fn edges() -> TestResult {
    let (calendar, as_of) = (ShopCalendar::utc(), date("2026-03-31"));
    let log = log_of([Record::from(Order::on(1_u32, date("2026-03-20"), Decimal::ONE)?)]);
    let fit = |interactions: &[Interaction<u32, u32>], options: &VisitorOptions| {
        VisitorModel::fit(&log, interactions, &calendar, as_of, options)
    };
    let options = VisitorOptions::default().with_lookback_days(10).with_horizon_days(15);
    let nothing = Error::NothingObserved { what: "the model of visitors" };
    assert_eq!(fit(&[], &options).unwrap_err(), nothing);
    // Known for nine of the ten days before the split on 16 March.
    let view = |visitor, day: &str| interaction(visitor, date(day), InteractionKind::View, 0);
    assert_eq!(fit(&[view(1, "2026-03-08"), view(2, "2026-03-10")], &options).unwrap_err(), nothing);
    let both = [view(1, "2026-03-07"), view(2, "2026-03-07")];
    let fitted = fit(&both, &options)?;
    assert_eq!((fitted.spans, fitted.visitors, fitted.buyers, fitted.check), (1, 2, 1, None));
    // The two are alike: nothing but the intercept is left.
    assert!(in_order(fitted.model.params()).iter().all(|parameter| parameter.abs() < 1e-12), "{fitted:?}");
    assert_eq!(fitted.model.probability(&VisitorSample::of([(InteractionKind::View, 9, 0)]).ok_or("one")?), 0.5);
    let text = |visitors: &[Interaction<u32, u32>]| fit(visitors, &options).unwrap_err().to_string();
    assert_eq!(text(&both[..1]), "the likelihood has no maximum: every visitor bought");
    assert_eq!(text(&both[1..]), "the likelihood has no maximum: no visitor bought");
    for (options, message) in [
        (options.with_penalty(0.0), "penalty must be above 0 and finite, found 0"),
        (options.with_penalty(f64::NAN), "penalty must be above 0 and finite, found NaN"),
        (options.with_spans(0), "past spans of visitors must lie between 1 and 4294967295, found 0"),
        (options.with_lookback_days(0), "days of interactions must lie between 1 and 4294967295, found 0"),
        (options.with_horizon_days(0), "days in which a purchase may come must lie between 1 and 4294967295, found 0"),
    ] {
        assert_eq!(fit(&both, &options).unwrap_err().to_string(), message);
    }
    // One parts the visitors without an error: the penalty holds the parameters.
    let mut parted = Vec::new();
    for visitor in 1..40_u32 {
        let kind = if visitor == 1 { InteractionKind::Cart } else { InteractionKind::View };
        parted.push(interaction(visitor, date("2026-03-07"), kind, 0));
    }
    let parted = fit(&parted, &options)?;
    assert!(parted.model.params().carts > 0.0 && parted.model.params().views < 0.0, "{parted:?}");
    assert!(in_order(parted.model.params()).iter().all(|parameter| parameter.abs() < 100.0), "{parted:?}");
    // At the limits of the calendar.
    let far = VisitorModel::fit(&log, &both, &calendar, NaiveDate::MIN, &options).unwrap_err();
    assert_eq!(far, nothing);
    assert_eq!(VisitorSample::of::<u32>([]), None);
    let old = VisitorSample::of([(InteractionKind::Cart, u32::MAX, "x")]).ok_or("one")?;
    assert!(old.recency > 0.0 && old.carts > 0.0 && old.days_since_cart == Some(u32::MAX));
    Ok(())
}

#[cfg(feature = "serde")]
#[test]
fn stored() -> TestResult {
    use super::common::{refused, stored};
    let (log, interactions) = golden();
    let fit = VisitorModel::fit(&log, &interactions, &ShopCalendar::utc(), date(AS_OF), &options())?;
    stored(&fit);
    let mut json = stored(&fit.model);
    json["params"]["carts"] = 2e6.into();
    let message = "parameter of a model of visitors must be within -1e6..=1e6, found 2000000";
    assert_eq!(refused::<VisitorModel>(&json), message);
    json["params"]["carts"] = 1.into();
    json["horizon_days"] = 0.into();
    let message = "days in which a purchase may come must lie between 1 and 4294967295, found 0";
    assert_eq!(refused::<VisitorModel>(&json), message);
    stored(&VisitorOptions::default());
    Ok(())
}
