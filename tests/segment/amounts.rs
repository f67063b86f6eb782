//! Amounts are held against thresholds as integers where they fit: the bins are those of the decimals.

use repurchase::scale::{Bands, Language};
use repurchase::segment::{BinRule, MonetaryMeasure, RfmModel, RfmOptions};
use repurchase::{CustomerHistory, Ledger};
use rust_decimal::Decimal;

use super::day;

/// A customer of one purchase who brought this amount.
fn history(amount: Decimal) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    history.record_purchase(day(0), amount.max(Decimal::ZERO)).unwrap();
    if amount < Decimal::ZERO {
        history.record_credit(-amount).unwrap();
    }
    history
}

/// The same model with its thresholds of M as quantiles.
#[cfg(feature = "serde")]
fn by_quantiles(model: &RfmModel) -> RfmModel {
    let stored = serde_json::to_string(model).unwrap();
    assert_eq!(stored.matches("\"bands\"").count(), 1);
    serde_json::from_str(&stored.replace("\"bands\"", "\"quantiles\"")).unwrap()
}

#[test]
fn integers_bin_as_decimals_do() {
    let end = Decimal::from(i64::MAX);
    let amounts = [
        Decimal::MIN,
        -end - Decimal::ONE,
        -end,
        Decimal::new(-1, 3),
        Decimal::ZERO,
        Decimal::new(1, 3),
        Decimal::new(125, 2),
        Decimal::new(1_250_001, 6),
        end - Decimal::ONE,
        end,
        end + Decimal::ONE,
        Decimal::MAX,
    ];
    let thresholds = [
        vec![Decimal::ZERO, Decimal::new(125, 2)],
        vec![Decimal::ONE, end - Decimal::ONE],
        vec![-end, Decimal::ZERO, end],
        vec![-end - Decimal::ONE, end + Decimal::ONE],
        vec![Decimal::MIN, Decimal::MAX],
    ];
    let ledger = Ledger::from_histories([(1, history(Decimal::ONE))], day(9)).unwrap();
    for (thresholds, measure) in thresholds.iter().flat_map(|thresholds| {
        [MonetaryMeasure::Revenue, MonetaryMeasure::MeanOrderAmount].map(|measure| (thresholds, measure))
    }) {
        let bands = BinRule::Bands(Bands::new(thresholds.clone()).unwrap());
        let options = RfmOptions::default().with_monetary(bands).with_monetary_measure(measure);
        let bands = RfmModel::fit(&ledger, &options).unwrap();
        let models = [
            #[cfg(feature = "serde")]
            by_quantiles(&bands),
            bands,
        ];
        let is_measured = |amount: &&Decimal| measure == MonetaryMeasure::Revenue || **amount >= Decimal::ZERO;
        for (model, amount) in models.iter().flat_map(|model| amounts.iter().map(move |amount| (model, amount))) {
            if is_measured(&amount) {
                let (history, expected) = (history(*amount), model.monetary().position(amount) + 1);
                let score = model.score(&history).unwrap();
                assert_eq!(usize::from(score.monetary()), expected, "{amount} in {thresholds:?}");
                let why = model.explain(&history, Language::English).unwrap();
                assert!(why.contains(&format!("; M {expected} of ")), "{amount} in {thresholds:?}: {why}");
            }
        }
    }
}
