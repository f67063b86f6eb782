//! Stored forms: round trips, decimals as strings, and what cannot have been made is refused.

use proptest::prelude::*;
use repurchase::scale::{Bands, Bins, CutPoints, Label, Language};
use repurchase::segment::{
    BinRule, CompositeWeights, FrequencyBand, FrequencyBands, FrequencyMeasure, LabelSummary, Lifecycle,
    LifecycleStage, MonetaryMeasure, NewCustomerBands, NewCustomerState, Octant, OctantModel, OctantSplit, RfmModel,
    RfmOptions, RfmScore, SpendBands, TierModel, TierScheme, summarize,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::common::{refused, stored};
use super::{cents, ledger_of, money, order, score, shop};

fn three() -> RfmModel {
    let ledger =
        ledger_of([order(1, 0, cents(100)), order(2, 1, cents(250)), order(2, 1, cents(0)), order(3, 2, cents(999))]);
    RfmModel::fit(&ledger, &RfmOptions::quantiles(3)).unwrap()
}

#[test]
fn small_values() {
    let scores = json!({"recency": 5, "frequency": 4, "monetary": 3, "bins": [10, 10, 10]});
    assert_eq!(stored(&score(5, 4, 3)), scores);
    let options = RfmOptions::default()
        .with_frequency_measure(FrequencyMeasure::PurchaseDays)
        .with_monetary_measure(MonetaryMeasure::MeanOrderAmount)
        .with_monetary(BinRule::Bands(Bands::new(vec![money("9.90")]).unwrap()));
    let expected = json!({
        "measures": {"frequency": "purchase_days", "monetary": "mean_order_amount"},
        "recency": {"quantiles": 5},
        "frequency": {"quantiles": 5},
        "monetary": {"bands": ["9.90"]},
    });
    assert_eq!(stored(&options), expected);
    assert_eq!(stored(&CompositeWeights::new(1, 2, 5).unwrap()), json!([1, 2, 5]));
    assert_eq!(stored(&OctantSplit::Mean), json!("mean"));
    assert_eq!(stored(&OctantSplit::Median), json!("median"));
    let from = json!({"from": {"recency": 3, "frequency": 2, "monetary": 1, "bins": [10, 10, 10]}});
    assert_eq!(stored(&OctantSplit::From(score(3, 2, 1))), from);
    assert_eq!(stored(&FrequencyBands::default()), json!([30, 50, 80]));
    assert_eq!(stored(&NewCustomerBands::new([1, 2, 3]).unwrap()), json!([1, 2, 3]));
    let lifecycle = Lifecycle::new(NewCustomerBands::new([1, 2, 3]).unwrap(), FrequencyBands::default());
    assert_eq!(stored(&lifecycle), json!({"new_customers": [1, 2, 3], "frequency": [30, 50, 80]}));
    let label = Label::new("a", "A", "甲");
    assert_eq!(stored(&label), json!({"key": "a", "english": "A", "chinese": "甲"}));
    assert_eq!(stored(&Language::Chinese), json!("chinese"));
    assert_eq!(stored(&CutPoints::new(vec![1, 1, 2]).unwrap()), json!([1, 1, 2]));
    assert_eq!(stored(&Bands::new(vec![1, 2]).unwrap()), json!([1, 2]));
    assert_eq!(stored(&Bins::Bands(Bands::new(vec![1]).unwrap())), json!({"bands": [1]}));
}

#[test]
fn labels_are_their_keys() {
    for octant in Octant::ALL {
        assert_eq!(stored(&octant), json!(octant.label().key()));
    }
    for band in FrequencyBand::ALL {
        assert_eq!(stored(&band), json!(band.label().key()));
    }
    for state in NewCustomerState::ALL {
        assert_eq!(stored(&state), json!(state.label().key()));
    }
    for stage in LifecycleStage::ALL {
        stored(&stage);
    }
    assert_eq!(stored(&LifecycleStage::New(NewCustomerState::AtRisk)), json!({"new": "at_risk"}));
}

#[test]
fn summaries() {
    let ledger =
        ledger_of([order(1, 0, cents(100)), order(1, 0, cents(0)), order(1, 0, cents(0)), order(2, 0, cents(25))]);
    let summary = summarize(&ledger, |&id, _| Some(id)).unwrap();
    let expected = json!({
        "customers": {"count": 1, "of": 2},
        "purchases": 3,
        "revenue": "1.00",
        "revenue_share": 0.8,
        "mean_order_amount": "0.3333333333333333333333333333",
    });
    assert_eq!(stored::<LabelSummary>(&summary[&1]), expected);
}

#[test]
fn models() {
    let expected = json!({
        "measures": {"frequency": "purchases", "monetary": "revenue"},
        "in_window": false,
        "as_of": "2026-02-04",
        "customers": 3,
        "recency": {"quantiles_from_top": ["2025-01-02", "2025-01-03"]},
        "frequency": {"quantiles": [1, 1]},
        "monetary": {"quantiles": ["1.00", "2.50"]},
    });
    assert_eq!(stored(&three()), expected);
    let octants = OctantModel::fit(&[score(1, 2, 3), score(2, 2, 4)], &OctantSplit::Mean).unwrap();
    let split = |sum, count| json!({"sum": sum, "count": count});
    let (r, f, m) = (split(3, 2), split(4, 2), split(7, 2));
    let expected = json!({"bins": [10, 10, 10], "recency": r, "frequency": f, "monetary": m});
    assert_eq!(stored(&octants), expected);
    let ledger = ledger_of((1..=10).map(|id| order(id, 0, cents(id.into()))));
    let names = vec![Label::new("a", "A", "甲"), Label::new("b", "B", "乙")];
    let tiers = TierModel::fit(&ledger, &TierScheme::new(names, vec![money("0.8")]).unwrap()).unwrap();
    let names = json!([{"key": "a", "english": "A", "chinese": "甲"}, {"key": "b", "english": "B", "chinese": "乙"}]);
    assert_eq!(stored(&tiers), json!({"names": names, "cuts": ["0.08"]}));
}

proptest! {
    #![proptest_config(super::fixed_seed(64))]

    /// What a nightly job has fitted and stored labels everybody alike on the server that loads it.
    #[test]
    fn a_loaded_model_labels_alike(facts in shop(), bins in 2..=10u8, banded: bool, fine: bool) {
        let scale = Decimal::new(1, if fine { 6 } else { 0 });
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let mut options = RfmOptions::quantiles(bins);
        if banded {
            let edges = [-1000, 0, 5, 99_999].map(|edge| cents(edge) * scale);
            options = options
                .with_recency(BinRule::Bands(Bands::new(vec![1, 30, 365]).unwrap()))
                .with_monetary(BinRule::Bands(Bands::new(edges.to_vec()).unwrap()));
        }
        let model = RfmModel::fit(&ledger, &options).unwrap();
        stored(&model);
        let loaded: RfmModel = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
        let scores = model.score_all(&ledger).unwrap();
        prop_assert_eq!(&loaded.score_all(&ledger).unwrap(), &scores);
        prop_assert_eq!(loaded.monetary().thresholds().to_vec(), model.monetary().thresholds().to_vec());
        for split in [OctantSplit::Mean, OctantSplit::Median] {
            let octants = OctantModel::fit(&scores, &split).unwrap();
            stored(&octants);
            let loaded: OctantModel = serde_json::from_str(&serde_json::to_string(&octants).unwrap()).unwrap();
            prop_assert!(scores.iter().all(|&score| loaded.octant(score) == octants.octant(score)));
        }
        let tiers = TierModel::fit(&ledger, &TierScheme::default()).unwrap();
        stored(&tiers);
        let loaded: TierModel = serde_json::from_str(&serde_json::to_string(&tiers).unwrap()).unwrap();
        for (_, history) in ledger.iter() {
            prop_assert_eq!(loaded.tier(history.revenue()), tiers.tier(history.revenue()));
        }
    }
}

#[test]
fn scores_and_weights_that_are_refused() {
    let json = json!({"recency": 0, "frequency": 1, "monetary": 1, "bins": [5, 5, 5]});
    assert_eq!(refused::<RfmScore>(&json), "recency must lie between 1 and 5, found 0");
    let json = json!({"recency": 1, "frequency": 6, "monetary": 1, "bins": [5, 5, 5]});
    assert_eq!(refused::<RfmScore>(&json), "frequency must lie between 1 and 5, found 6");
    let json = json!({"recency": 1, "frequency": 1, "monetary": 1, "bins": [5, 5, 16]});
    assert_eq!(refused::<RfmScore>(&json), "bins must lie between 1 and 10, found 16");
    assert!(refused::<CompositeWeights>(&json!([0, 0, 0])).starts_with("sum of weights must lie between 1 and"));
    assert_eq!(refused::<FrequencyBands>(&json!([30, 30, 80])), "band edges must ascend: number 1 (from 0) does not");
    assert_eq!(refused::<NewCustomerBands>(&json!([3, 2, 1])), "band edges must ascend: number 1 (from 0) does not");
    let lifecycle = json!({"new_customers": [3, 2, 1], "frequency": [30, 50, 80]});
    assert_eq!(refused::<Lifecycle>(&lifecycle), "band edges must ascend: number 1 (from 0) does not");
}

#[test]
fn models_that_are_refused() {
    let tampered = |field: &str, value: Value| {
        let mut json = serde_json::to_value(three()).unwrap();
        json[field] = value;
        refused::<RfmModel>(&json)
    };
    let descending = "cut points must ascend: number 1 (from 0) does not";
    assert_eq!(tampered("recency", json!({"quantiles_from_top": ["2025-01-02", "2025-01-01"]})), descending);
    assert_eq!(tampered("frequency", json!({"quantiles": [2, 1]})), descending);
    assert_eq!(tampered("monetary", json!({"quantiles": ["10", "9.99"]})), descending);
    let equal = "band edges must ascend: number 1 (from 0) does not";
    assert_eq!(tampered("frequency", json!({"bands": [1, 1]})), equal);
    assert_eq!(tampered("monetary", json!({"bands": ["1.0", "1.00"]})), equal);
    let few = "bins must lie between 2 and 10, found 1";
    assert_eq!(tampered("recency", json!({"quantiles_from_top": []})), few);
    assert_eq!(tampered("monetary", json!({"bands": []})), few);
    // Days by which R once counted from the bottom.
    let error = tampered("recency", json!({"quantiles": ["2025-01-01", "2025-01-02"]}));
    assert!(error.contains("unknown variant `quantiles`, expected `quantiles_from_top` or `bands`"), "{error}");
    let many = "bins must lie between 2 and 10, found 11";
    assert_eq!(tampered("frequency", json!({"bands": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]})), many);
    assert_eq!(tampered("monetary", json!({"quantiles": vec!["1"; 10]})), many);
    assert!(tampered("monetary", json!({"quantiles": [1.5, "2"]})).contains("invalid type"), "money is text");
}

#[test]
fn octants_that_are_refused() {
    let tampered = |sum: u64, count: u64| {
        let sound = json!({"sum": 3, "count": 1});
        let of_frequency = json!({"sum": sum, "count": count});
        let json = json!({"bins": [10, 10, 10], "recency": sound, "frequency": of_frequency, "monetary": sound});
        refused::<OctantModel>(&json)
    };
    assert_eq!(tampered(0, 0), "count of scores must lie between 1 and 4294967296, found 0");
    assert_eq!(tampered(11, 1), "sum of scores must lie between 0 and 10, found 11");
    // A count that would overflow when a score is multiplied by it.
    let error = format!("count of scores must lie between 1 and 4294967296, found {}", u64::MAX);
    assert_eq!(tampered(1, u64::MAX), error);
}

#[test]
fn tiers_that_are_refused() {
    let name = json!({"key": "a", "english": "A", "chinese": "甲"});
    let error = refused::<TierModel>(&json!({"names": [name], "cuts": ["1"]}));
    assert_eq!(error, "expected 2 tier names, found 1");
    let named = |key: &str| json!({"key": key, "english": key, "chinese": key});
    let error = refused::<TierModel>(&json!({"names": [name, named("b"), named("c")], "cuts": ["2", "1"]}));
    assert_eq!(error, "cut points must ascend: number 1 (from 0) does not");
    let error = refused::<TierModel>(&json!({"names": [], "cuts": []}));
    assert_eq!(error, "expected 1 tier names, found 0");
    for (second, key) in [(named("a"), "a"), (named(""), "")] {
        let expected = format!("labels must have different keys that are not empty, found {key:?} again or empty");
        let pair = json!([name, second]);
        assert_eq!(refused::<TierModel>(&json!({"names": pair, "cuts": ["1"]})), expected);
        assert_eq!(refused::<TierScheme>(&json!({"names": pair, "shares": ["0.8"]})), expected);
    }
}

/// Cuts of 28 digits are read as they were stored.
#[test]
fn a_model_of_means_that_do_not_end() {
    let records =
        (1..=9u32).flat_map(|id| (0..id).map(move |number| order(id, number.into(), cents(1000 + 7 * i64::from(id)))));
    let thirds = (10..=20u32).flat_map(|id| [id, id + 1, id * 5].map(|amount| order(id, 0, cents(amount.into()))));
    let ledger = ledger_of(records.chain(thirds));
    let options = RfmOptions::default().with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
    let model = RfmModel::fit(&ledger, &options).unwrap();
    assert!(model.monetary().thresholds().iter().any(|mark| mark.scale() > 20), "{:?}", model.monetary());
    let loaded: RfmModel = serde_json::from_value(stored(&model)).unwrap();
    assert_eq!(loaded.score_all(&ledger), model.score_all(&ledger));
}

/// 200 and 200.00 are one edge in a file, too.
#[test]
fn spend_bands() {
    let bands = |edges: [&str; 2]| SpendBands::new(MonetaryMeasure::Revenue, edges.map(money).to_vec()).unwrap();
    let expected = json!({"measure": "revenue", "edges": ["200", "300.5"]});
    assert_eq!(stored(&bands(["200", "300.5"])), expected);
    assert_eq!(stored(&bands(["200.00", "300.500"])), expected);
    let read: SpendBands =
        serde_json::from_value(json!({"measure": "revenue", "edges": ["200.00", "300.50"]})).unwrap();
    assert_eq!(read.labels(), bands(["200", "300.5"]).labels());
    let error = refused::<SpendBands>(&json!({"measure": "revenue", "edges": ["200", "200.00"]}));
    assert_eq!(error, "band edges must ascend: number 1 (from 0) does not");
    stored(&SpendBands::default());
}
