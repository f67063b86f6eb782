//! Stored values, changed at any place: refused, or used like any other.
//!
//! The corpus is `tests/data/stored/`, one file of each type: the first byte chooses one, the others what becomes of it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::OnceLock;

use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::act::campaign::{Arm, Assignment, Comparison, Funnel, FunnelMeasure, MoneySample, SamplePlan};
use repurchase::act::contact::{AfterSalePlan, Cap, Channel, ContactRules, Decision, QuietHours, Wish};
use repurchase::act::economics::{ConstantLoss, Coupon, RetentionCosts};
use repurchase::act::points::{Liability, PointsAccount, PointsEvent, PointsProgram};
use repurchase::measure::{
    BuyerSums, CategoryBreadth, CategoryPaths, CohortTable, CycleTable, HighRepurchase, IntervalKind, Note, NoteTally,
    PeriodMix, RepurchaseRates, SurvivalCurve, UnitsPerBuyer,
};
use repurchase::predict::{
    AnyModel, Backtest, Bdw, BgBb, Discount, Fit, FitOptions, GammaGamma, KeptShare, MbgNbd, MbgNbdParams, ModelKind,
    Nbd, OpportunitySample, OpportunitySamples, PastTally, PurchaseModel, RenewalChoice, RenewalCohort, Returns,
    Revival, RollingBacktest, Sample, Samples, Sbg, Total, TrackRecord, ValueModel,
};
use repurchase::record::{Credit, Interaction, OrderBook, OrderEvent, OrderLine, Record, Windows};
use repurchase::scale::{Bands, Bins, Confidence, CutPoints, Interval, Label, Language, MoneyTally, Tally};
use repurchase::segment::{
    CompositeWeights, FrequencyBands, Grid, GridBuilder, Lifecycle, MissedCycles, NewCustomerBands, OctantModel,
    RfmModel, RfmOptions, RfmScore, RfmTally, SpendBands, TierModel, TierScheme,
};
use repurchase::shop::{
    Figure, Finding, Outlook, Playbook, PurchaseChoice, ShopChecks, ShopModels, ShopOptions, ShopTally, Trigger,
};
use repurchase::{CustomerHistory, Ledger, Order, PurchaseLog, Ratio, ShopCalendar, Window};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::shop::log_of;
use crate::bytes::Bytes;
use crate::used;

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

/// Customers to use values with.
fn customers() -> &'static (PurchaseLog<u16>, Ledger<u16>) {
    static SHOP: OnceLock<(PurchaseLog<u16>, Ledger<u16>)> = OnceLock::new();
    SHOP.get_or_init(|| {
        let seed: Vec<u8> = (0..=255_u8).map(|byte| byte.wrapping_mul(101).wrapping_add(byte >> 3)).collect();
        let log = log_of(&mut Bytes::new(&seed)).expect("orders");
        let ledger = log.ledger("2026-03-31".parse().expect("a day")).expect("a ledger");
        (log, ledger)
    })
}

fn histories() -> impl Iterator<Item = CustomerHistory> {
    customers().1.iter().take(6).map(|(_, history)| history)
}

/// A file, and what is done with its value.
type Form = (&'static str, fn(Value, &mut Bytes<'_>));

/// Reads a value and, where it is accepted, writes it, reads it back and uses it.
fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: Value) -> Option<T> {
    // By text, as from a file.
    let value: T = match serde_json::from_str(&json.to_string()) {
        Ok(value) => value,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    let text = serde_json::to_string(&value).expect("stores");
    let again: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text} is not read back: {error}"));
    assert!(again == value || text.contains("null"), "{text} is read as another value");
    Some(value)
}

macro_rules! forms {
    ($($name:literal: $kind:ty => |$value:ident, $bytes:ident| $used:expr;)+) => {
        &[$((
            include_str!(concat!("../../../tests/data/stored/", $name, ".json")),
            |json, bytes| {
                let $bytes = bytes;
                let Some(mut $value) = read::<$kind>(json) else { return };
                let _ = (&mut $value, &$bytes);
                $used;
            },
        )),+]
    };
}

const FORMS: &[Form] = forms! {
    "customer_history": CustomerHistory => |value, _b| history(&value);
    "shop_models": ShopModels => |value, _b| models(&value);
    "shop_models": ShopModels => |value, _b| models(&value);
    "shop_tally": ShopTally => |value, _b| tally(value);
    "shop_options": ShopOptions => |value, _b| options(&value);
    "past_tally": PastTally => |value, _b| past(&value);
    "order": Order<String> => |value, _b| used((value.net_amount(), value.is_purchase(), value.day(&ShopCalendar::utc())));
    "records": Vec<Record<String>> => |value, _b| records(value);
    "credit": Credit<String> => |value, _b| assert!(value.amount() > Decimal::ZERO);
    "order_line": OrderLine<u32, String> => |value, _b| used(value);
    "interactions": Vec<Interaction<String, String>> => |value, _b| used(value);
    "order_events": Vec<OrderEvent<String, String>> => |value, _b| events(value);
    "order_book": OrderBook<String, String> => |value, _b| book(&value);
    "window": Window => |value, _b| assert!(value.contains(value.last()) && value.days() > 0);
    "windows": Windows => |value, _b| assert_eq!(value.iter().count(), value.len());
    "ratio": Ratio => |value, _b| share(value);
    "interval": Interval => |value, _b| assert!(value.low <= value.high);
    "confidence": Confidence => |value, _b| assert!(value.z().is_finite() && value.z() > 0.0);
    "cut_points": CutPoints<u32> => |value, _b| assert_eq!(value.position(&u32::MAX), value.bins() - 1);
    "bands": Bands<u32> => |value, _b| assert_eq!(value.position(&u32::MAX), value.len() - 1);
    "bins": Vec<Bins<u32>> => |value, _b| value.iter().for_each(|bins| assert!(bins.position(&7) < bins.bins()));
    "tally": Tally<u32> => |value, _b| numbers(value);
    "money_tally": MoneyTally => |value, _b| amounts(value);
    "money_tally_of_digits": MoneyTally => |value, _b| amounts(value);
    "label": Label => |value, _b| used(value.name(Language::English).len());
    "repurchase_rates": RepurchaseRates => |value, _b| [value.users, value.orders, value.returning].into_iter().for_each(share);
    "cohort_table": CohortTable => |value, _b| cohorts(&value);
    "period_mixes": Vec<PeriodMix> => |value, _b| value.iter().for_each(|mix| share(mix.returning_share()));
    "buyer_sums": BuyerSums => |value, _b| used(value.revenue_per_customer());
    "survival_curve": SurvivalCurve => |value, _b| curve(&value);
    "cycle_table": CycleTable<String> => |value, _b| used(format!("{value:?}"));
    "high_repurchase": HighRepurchase => |value, _b| used(format!("{value:?}"));
    "category_breadth": CategoryBreadth => |value, _b| share(value.single_category());
    "category_paths": CategoryPaths<String> => |value, _b| used(format!("{value:?}"));
    "units_per_buyer": BTreeMap<String, UnitsPerBuyer> => |value, _b| value.values().for_each(|units| assert!(units.value().is_none_or(f64::is_finite)));
    "notes": Vec<Note> => |value, _b| value.iter().for_each(|note| assert!(!note.describe(Language::English).is_empty()));
    "note_tally": NoteTally<String> => |value, _b| noted(value);
    "rfm_model": RfmModel => |value, _b| scored(&value);
    "rfm_options": RfmOptions => |value, _b| if let Ok(model) = RfmModel::fit(&customers().1, &value) { scored(&model) };
    "rfm_tally": RfmTally => |value, _b| {
        let other = value.clone();
        let _ = value.merge(&other);
        used(RfmModel::fit_tally(&value, customers().1.as_of(), &RfmOptions::default()));
    };
    "rfm_score": RfmScore => |value, _b| used(format!("{value:?}"));
    "composite_weights": CompositeWeights => |value, _b| used(value.value(RfmScore::new([1, 2, 3], [5, 5, 5]).expect("a score")));
    "octant_model": OctantModel => |value, _b| if let Ok(score) = RfmScore::new([3, 2, 1], [5, 5, 5]) { used(value.octant(score)) };
    "grid": Grid => |value, _b| used(value.segment(RfmScore::new([3, 2, 1], [5, 5, 1]).unwrap_or(RfmScore::new([1; 3], [5; 3]).expect("a score"))));
    "grid_builder": GridBuilder => |value, _b| { used(value.report()); used(value.build()); };
    "frequency_bands": FrequencyBands => |value, _b| histories().for_each(|one| assert_eq!(value.band(&one).is_some(), one.gaps().is_some()));
    "new_customer_bands": NewCustomerBands => |value, _b| histories().for_each(|one| used(value.state(&one, customers().1.as_of())));
    "lifecycle": Lifecycle => |value, _b| histories().for_each(|one| assert!(value.stage(&one, customers().1.as_of()).is_some()));
    "missed_cycles": MissedCycles => |value, _b| standings(&value);
    "tier_scheme": TierScheme => |value, _b| used(TierModel::fit(&customers().1, &value).map(|model| tiers(&model)));
    "tier_model": TierModel => |value, _b| tiers(&value);
    "spend_bands": SpendBands => |value, _b| histories().for_each(|one| assert!(value.band(&one).is_some()));
    "sample": Sample => |value, _b| asked(&some_model().into(), &value);
    "samples": Samples => |value, _b| samples(value);
    "opportunity_sample": OpportunitySample => |value, _b| used(value);
    "opportunity_samples": OpportunitySamples => |value, _b| { let other = value.clone(); used(value.merge(&other)); };
    "renewal_cohorts": Vec<RenewalCohort> => |value, _b| used(Sbg::fit(&value, &FitOptions::default()));
    "any_models": Vec<AnyModel> => |value, _b| value.iter().for_each(|model| some_samples().iter().for_each(|sample| asked(model, sample)));
    "mbg_nbd": MbgNbd => |value, _b| some_samples().iter().for_each(|sample| asked(&value.into(), sample));
    "gamma_gamma": GammaGamma => |value, _b| spend(&value);
    "value_model": ValueModel<AnyModel> => |value, _b| worth(&value);
    "discount": Discount => |value, _b| used(format!("{value:?}"));
    "kept_share": KeptShare => |value, _b| histories().for_each(|one| assert!((0.0..=1.0).contains(&value.of_customer(&one))));
    "sbg": Sbg => |value, _b| (0..40).for_each(|renewal| assert!((0.0..=1.0).contains(&value.retention_rate(renewal))));
    "bdw": Bdw => |value, _b| (0..40).for_each(|renewal| assert!((0.0..=1.0).contains(&value.survival(renewal))));
    "bg_bb": BgBb => |value, _b| members(&value);
    "renewal_choice": RenewalChoice => |value, _b| assert!(LANGUAGES.iter().all(|&language| !value.explain(language).is_empty()));
    "fit_options": FitOptions => |value, _b| used(Nbd::fit(&Samples::of(&customers().1), &value));
    "fit_interior": Fit<MbgNbd, MbgNbdParams> => |value, _b| used((value.report(), value.model()));
    "fit_boundary": Fit<MbgNbd, MbgNbdParams> => |value, _b| if let Fit::Boundary(boundary) = &value { assert!(!boundary.describe(Language::Chinese).is_empty()) };
    "revival": Revival => |value, _b| some_samples().iter().for_each(|sample| assert!((0.0..=1.0).contains(&value.of(some_model().into()).probability_buys(sample, 90))));
    "returns": Returns => |value, _b| used((value.in_force(), value.describe(Language::English)));
    "backtest": Backtest => |value, _b| used(value.choice.as_ref().map(|choice| choice.earns_its_place()));
    "rolling_backtest": RollingBacktest => |value, _b| used(value.track(ModelKind::Nbd));
    "track_record": TrackRecord => |value, _b| [Total::Purchases, Total::Buyers, Total::Revenue].into_iter().for_each(|total| used(value.total(total, 100.0, Confidence::new(0.9).expect("a level"))));
    "outlook": Outlook => |value, _b| assert!(LANGUAGES.iter().all(|&language| !value.describe(2, language).is_empty()));
    "findings": Vec<Finding> => |value, _b| value.iter().for_each(|finding| used(finding.describe(Language::English)));
    "purchase_choices": Vec<PurchaseChoice> => |value, _b| used(value);
    "playbook": Playbook => |value, _b| LANGUAGES.iter().for_each(|_| used(value.kinds().count()));
    "rule": Rule => |value, _b| rule(value);
    "funnel": Funnel => |value, _b| FunnelMeasure::ALL.iter().for_each(|measure| assert!(measure.of(&value).is_none_or(f64::is_finite)));
    "arm": Arm => |value, _b| used(value.total());
    "money_sample": MoneySample => |value, _b| { let other = value; used(value.merge(&other)); assert!(value.standard_deviation().is_none_or(f64::is_finite)); };
    "comparison": Vec<Comparison> => |value, _b| value.iter().for_each(compared);
    "sample_plan": SamplePlan => |value, _b| assert!(value.power_of(100, 100).is_some_and(|power| (0.0..=1.0).contains(&power)));
    "assignment": Assignment => |value, _b| used(value.group("ann"));
    "contact_rules": ContactRules => |value, _b| contacts(&value);
    "cap": Cap => |value, _b| assert!(value.days() > 0);
    "quiet_hours": QuietHours => |value, _b| assert!(value.contains(value.from()) && !value.contains(value.until()));
    "decisions": Vec<Decision<String>> => |value, _b| value.iter().for_each(|decision| used((decision.touch(), decision.postponed())));
    "after_sale_plan": AfterSalePlan => |value, _b| used(value.use_days());
    "points_account": PointsAccount<String> => |value, _b| used(Liability::of([&value, &value], Decimal::ONE));
    "points_events": Vec<PointsEvent<String>> => |value, _b| used(PointsAccount::replay(&some_program(), value, customers().1.as_of()));
    "points_program": PointsProgram => |value, _b| used(value.expiry().expires(customers().1.as_of()));
    "coupon": Coupon => |value, _b| used((value.margin_with_coupon(), value.break_even_uplift(Decimal::new(1, 1)), value.profit_change(Decimal::new(1, 1), Decimal::new(1, 1))));
    "constant_loss": ConstantLoss => |value, _b| used((value.value(), value.profit(), value.expected_periods()));
    "retention_costs": RetentionCosts => |value, _b| used((value.ratio(), value.break_even_success(), value.saving_per_try(Decimal::new(1, 1))));
};

/// Any file, changed at up to eight places; and any bytes as JSON of any type.
pub fn stored(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (text, use_it) = FORMS[bytes.below(FORMS.len())];
    if bytes.byte() < 16 {
        if let Ok(json) = serde_json::from_slice(bytes.rest()) {
            use_it(json, &mut Bytes::new(&[]));
        }
        return;
    }
    let mut json: Value = serde_json::from_str(text).expect("a file of today");
    for _ in 0..bytes.below(8) {
        let other = json.clone();
        change(&mut json, &other, &mut bytes);
    }
    use_it(json, &mut bytes);
}

/// Walks to a place and changes it.
fn change(json: &mut Value, whole: &Value, bytes: &mut Bytes<'_>) {
    let stop = bytes.byte() < 40;
    match json {
        Value::Object(fields) if !fields.is_empty() && !stop => {
            let key = fields.keys().nth(bytes.below(fields.len())).cloned().unwrap_or_default();
            match bytes.byte() {
                0..=7 => used(fields.remove(&key)),
                8..=11 => used(fields.insert("other".to_owned(), Value::Null)),
                _ => change(&mut fields[&key], whole, bytes),
            }
        }
        Value::Array(items) if !items.is_empty() && !stop => {
            let at = bytes.below(items.len());
            match bytes.byte() {
                0..=15 => used(items.remove(at)),
                16..=31 => items.push(items[at].clone()),
                32..=47 => items.swap(0, at),
                _ => change(&mut items[at], whole, bytes),
            }
        }
        leaf => *leaf = replaced(leaf, whole, bytes),
    }
}

fn replaced(leaf: &Value, whole: &Value, bytes: &mut Bytes<'_>) -> Value {
    match (leaf, bytes.byte()) {
        (_, 0..=7) => Value::Null,
        (_, 8..=15) => somewhere(whole, bytes).clone(),
        (Value::Number(number), kind) => match kind {
            16..=90 => bytes.count().into(),
            91..=120 => (-i64::from(bytes.byte())).into(),
            121..=170 => bytes.number().into(),
            171..=215 => (number.as_f64().unwrap_or(0.0) * (1.0 + f64::from(bytes.byte() as i8) / 64.0)).into(),
            _ => {
                number.as_u64().map_or(Value::from(1), |number| number.wrapping_add(u64::from(bytes.byte()) % 3).into())
            }
        },
        (Value::String(text), kind) => match kind {
            16..=120 => bytes.amount().to_string().into(),
            121..=150 => (-bytes.amount()).to_string().into(),
            151..=200 => bytes.day().to_string().into(),
            _ => text.chars().rev().collect::<String>().into(),
        },
        (_, kind) => (kind % 2 == 0).into(),
    }
}

fn somewhere<'v>(json: &'v Value, bytes: &mut Bytes<'_>) -> &'v Value {
    let next = match json {
        Value::Object(fields) if !fields.is_empty() => fields.values().nth(bytes.below(fields.len())),
        Value::Array(items) => items.get(bytes.below(items.len().max(1))),
        _ => None,
    };
    match next {
        Some(next) if bytes.byte() > 60 => somewhere(next, bytes),
        _ => json,
    }
}

fn share(ratio: Ratio) {
    assert!(ratio.value().is_none_or(|value| (0.0..=1.0).contains(&value)));
    let interval = ratio.wilson(Confidence::new(0.95).expect("a level"));
    assert!(interval.is_none_or(|interval| 0.0 <= interval.low && interval.high <= 1.0));
}

fn history(value: &CustomerHistory) {
    let (models, as_of) = (some_shop(), customers().1.as_of());
    if let Ok(profile) = models.profile(value, as_of) {
        for figure in Figure::ALL {
            assert!(
                profile.figure(figure).is_none_or(|number| number.is_finite() && number >= 0.0),
                "{figure:?} of {value:?}"
            );
        }
        used(profile.describe(Language::English, |amount| amount.to_string()));
    }
    for mut other in histories() {
        let before = other.clone();
        if other.merge(value).is_err() {
            assert_eq!(other, before);
        }
    }
    let mut later = value.clone();
    used(later.record_purchase(as_of, Decimal::TEN));
    used(later.record_credit(Decimal::ONE));
    used(Ledger::from_histories([(1_u8, value.clone())], as_of));
}

fn models(value: &ShopModels) {
    let ledger = &customers().1;
    for history in histories() {
        // As of the models' day or later, or an error.
        let Ok(profile) = value.profile(&history, ledger.as_of()) else { continue };
        for figure in Figure::ALL {
            assert!(profile.figure(figure).is_none_or(f64::is_finite), "{figure:?} of {history:?}");
            used(value.explain_figure(&history, ledger.as_of(), figure, Language::English));
        }
        assert!(profile.triggers().count() <= Trigger::ALL.len());
        used(value.next_action(&profile));
    }
    let level = Confidence::new(0.9).expect("a level");
    let outlook = value.profile_all(ledger).and_then(|profiles| profiles.outlook(value, level)).ok().flatten();
    for finding in value.diagnosis(outlook.as_ref()) {
        assert!(LANGUAGES.iter().all(|&language| !finding.describe(language).is_empty()));
    }
    used(value.note(Language::English));
}

fn tally(mut value: ShopTally) {
    used(ShopModels::fit_tally(&value, &ShopOptions::default()));
    let other = value.clone();
    if value.merge(&other).is_err() {
        assert_eq!(value, other);
    }
    for history in histories() {
        let before = value.clone();
        match value.add(&history) {
            Ok(()) => {
                value.remove(&history).expect("what was added");
                assert!(value == before, "out is not the reverse of in");
            }
            Err(error) => assert!(value == before, "{error} leaves something behind"),
        }
    }
}

fn options(value: &ShopOptions) {
    if let Ok(models) = ShopModels::fit(&customers().1, value) {
        self::models(&models);
    }
}

fn noted(mut value: NoteTally<String>) {
    let other = value.clone();
    value.merge(&other).expect("tallies as of one day");
    for note in other.notes().into_iter().chain(value.without_ids().notes()) {
        assert!(note.count <= note.of, "{note:?}");
    }
}

fn past(value: &PastTally) {
    let mut twice = value.clone();
    if twice.merge(value).is_err() {
        assert_eq!(&twice, value);
    }
    if value.customers() < 500 {
        used(ShopChecks::of_tally(value, &ShopOptions::default().with_horizon_days(value.horizon_days())));
    }
}

fn records(value: Vec<Record<String>>) {
    let mut matched = value.clone();
    used(repurchase::record::match_credits(&mut matched));
    if let Ok(log) = PurchaseLog::from_records(value, &ShopCalendar::utc()) {
        used(log.ledger(customers().1.as_of()));
    }
}

fn events(value: Vec<OrderEvent<String, String>>) {
    let mut book = OrderBook::new();
    for event in value {
        used(book.record("A".to_owned(), event));
    }
    self::book(&book);
}

fn book(value: &OrderBook<String, String>) {
    let records: Vec<_> = value.records().collect();
    assert_eq!(records.len(), value.len());
    let mut twice = value.clone();
    twice.merge(value).expect("the same again");
    assert!(&twice == value, "twice is once");
}

fn numbers(mut value: Tally<u32>) {
    let other = value.clone();
    if value.merge(&other).is_ok() {
        assert_eq!(value.customers(), 2 * other.customers());
    }
    if let Ok(cuts) = value.cut_points(5) {
        assert!(cuts.bins() == 5 && cuts.cuts().is_sorted());
    }
}

fn amounts(mut value: MoneyTally) {
    let other = value.clone();
    used(value.merge(&other));
    used(value.cut_points(5));
    used(value.add(Decimal::TEN, 1));
}

fn cohorts(value: &CohortTable) {
    for cohort in &value.cohorts {
        for offset in 0..4 {
            cohort.retention(offset).into_iter().for_each(share);
            cohort.unbounded_retention(offset).into_iter().for_each(share);
            used(cohort.through(offset).and_then(|sums| sums.revenue_per_customer()));
        }
        used(cohort.payback(Decimal::TEN));
    }
    used(value.retention(1));
    used(value.through(1));
}

fn curve(value: &SurvivalCurve) {
    for days in [0, 1, 30, 400] {
        assert!(value.survival_at(days).is_none_or(|share| (0.0..=1.0).contains(&share)));
    }
    used((value.median_days(), value.observed_median_days()));
    used(value.quantile_interval(Decimal::new(5, 1), Confidence::new(0.9).expect("a level"), IntervalKind::LogLog));
}

fn scored(value: &RfmModel) {
    for history in histories() {
        if let Some(score) = value.score(&history) {
            used(Grid::rf().segment(score));
        }
    }
    used(value.score_all(&customers().1));
    used(Grid::rf().unreachable(value));
}

fn standings(value: &MissedCycles) {
    for history in histories() {
        let standing = value.standing(&history, customers().1.as_of()).expect("has bought");
        assert!(!standing.explain(Language::English).is_empty());
        used((standing.next_expected_day(), standing.overdue_days(), standing.risk()));
    }
}

fn tiers(value: &TierModel) {
    for amount in [Decimal::MIN, Decimal::ZERO, Decimal::TEN, Decimal::MAX] {
        assert!(value.names().contains(value.tier(amount)));
    }
}

fn some_shop() -> &'static ShopModels {
    static MODELS: OnceLock<ShopModels> = OnceLock::new();
    MODELS.get_or_init(|| ShopModels::fit(&customers().1, &ShopOptions::default()).expect("customers"))
}

fn some_model() -> MbgNbd {
    let params = MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 };
    MbgNbd::from_params(params, repurchase::predict::TimeUnit::Week).expect("in range")
}

fn some_samples() -> [Sample; 4] {
    let new = |repeats, recency, age| Sample::new(repeats, recency, age).expect("a sample");
    [Sample::NEW, new(0, 0.0, 200.0), new(3, 40.0, 90.0), new(40, 300.0, 900.0)]
}

fn some_program() -> PointsProgram {
    PointsProgram::new(vec![Decimal::ONE, Decimal::TWO], repurchase::act::points::Expiry::Days(365)).expect("a program")
}

fn asked(model: &AnyModel, sample: &Sample) {
    let (alive, buys) = (model.probability_alive(sample), model.probability_buys(sample, 90));
    assert!((0.0..=1.0).contains(&alive) && (0.0..=1.0).contains(&buys), "{alive} {buys} of {sample:?} by {model:?}");
    let expected = model.expected_purchases(sample, 90);
    assert!(expected.is_finite() && expected >= 0.0, "{expected} of {sample:?} by {model:?}");
    let interval = model.interval_of_purchases(sample, Confidence::new(0.9).expect("a level"), 90);
    assert!(interval.is_none_or(|interval| interval.low <= interval.high));
}

fn samples(mut value: Samples) {
    let other = value.clone();
    if value.merge(&other).is_err() {
        assert_eq!(value, other);
    }
    if value.distinct_rows() < 200 {
        used(Nbd::fit(&value, &FitOptions::default()));
        used(GammaGamma::fit(&value, &FitOptions::default()));
    }
}

fn spend(value: &GammaGamma) {
    for sample in some_samples()
        .into_iter()
        .filter_map(|sample| sample.with_mean_spend(if sample.repeats() > 0 { 25.0 } else { 0.0 }).ok())
    {
        assert!(value.expected_spend(&sample).is_none_or(|spend| spend.is_finite() && spend >= 0.0));
        assert!(value.median_spend(&sample).is_none_or(|spend| spend.is_finite() && spend >= 0.0));
    }
    assert!(value.mean_spend().is_none_or(f64::is_finite));
}

fn worth(value: &ValueModel<AnyModel>) {
    for sample in some_samples() {
        if let Ok(Some(worth)) = value.expected_value(&sample, 90, Discount::new(0.01, 30).expect("a rate")) {
            assert!(worth.is_finite() && worth >= 0.0);
        }
        let interval = value.value_interval(&sample, Confidence::new(0.9).expect("a level"), 90);
        assert!(interval.is_none_or(|interval| interval.low <= interval.high));
    }
}

fn members(value: &BgBb) {
    let sample = OpportunitySample::new(2, 4, 6).expect("a sample");
    assert!((0.0..=1.0).contains(&value.probability_alive(&sample)));
    assert!(value.expected_purchases(&sample, 10).is_finite());
}

fn rule(value: Rule) {
    assert!(LANGUAGES.iter().all(|&language| !value.describe(language).is_empty()));
    let schema = Schema::of(some_shop()).with_tags().with_activities();
    if let Ok(audience) = Audience::compile(value, &schema) {
        let profiles = some_shop().profile_all(&customers().1).expect("of its day");
        let selected = audience.matches_all(&profiles);
        assert!(profiles.iter().enumerate().all(|(at, profile)| audience.matches(&profile) == selected.contains(at)));
    }
}

fn compared(value: &Comparison) {
    assert!(value.difference().is_none_or(f64::is_finite) && value.lift().is_none_or(f64::is_finite));
    assert!(value.difference_interval().is_none_or(|interval| interval.low <= interval.high));
    used((value.verdict(), value.explain(Language::English)));
}

fn contacts(value: &ContactRules) {
    let at = "2026-03-03T23:00:00Z".parse().expect("a time");
    let wishes = ["ann", "bo", "ann"].map(|id| Wish::new(id, Channel::SMS, at, Decimal::ONE, "reminder"));
    if let Ok(decisions) = value.plan(Vec::new(), wishes, &ShopCalendar::utc()) {
        assert_eq!(decisions.len(), 3);
    }
}
