//! The value of CDNOW's customers over a year, against 50-digit references in `tests/data/predict/value_cdnow.csv`.

use repurchase::predict::{
    BgNbd, BgNbdParams, Discount, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, ParetoNbd, ParetoNbdParams,
    PurchaseModel, Sample, TimeUnit, ValueModel,
};

use super::tables::table;

/// Times are counted in thousandths of a week, for which days stand here: of them, the months of the table are whole.
const THOUSANDTHS: f64 = 1000.0;

/// Compares a model's values with one column.
#[track_caller]
fn equals<M: PurchaseModel>(purchases: M, column: &str, tolerance: f64) {
    let params = GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 };
    let model = ValueModel { purchases, spend: GammaGamma::from_params(params).unwrap() };
    // Months of 4.345 weeks.
    let monthly = Discount::new(0.01, 4345).unwrap();
    let (mut customers, mut expected) = (Vec::new(), Vec::new());
    for row in table("predict/value_cdnow.csv") {
        let [recency, age] = row.numbers(["t_x", "T"]).map(|weeks| weeks * THOUSANDTHS);
        let sample = Sample::new(row.value("x"), recency, age).unwrap();
        customers.push(sample.with_mean_spend(row.number("mean_value")).unwrap());
        expected.push(row.number(column));
    }
    assert_eq!(customers.len(), 60);
    let found = model.expected_value_all(&customers, 12 * 4345, monthly).unwrap();
    for ((sample, expected), found) in customers.iter().zip(expected).zip(found) {
        let found = found.expect("a mean");
        assert!((found - expected).abs() <= tolerance * expected, "{sample:?}: {found} is not {expected}");
        assert_eq!(model.expected_value(sample, 12 * 4345, monthly), Ok(Some(found)));
    }
}

#[test]
fn a_year_by_bg_nbd() {
    let params = BgNbdParams { r: 0.243, alpha: 4.414 * THOUSANDTHS, a: 0.793, b: 2.426 };
    equals(BgNbd::from_params(params, TimeUnit::Day).unwrap(), "clv12_bg_nbd", 1e-11);
}

#[test]
fn a_year_by_mbg_nbd() {
    let params = MbgNbdParams { r: 0.525, alpha: 6.183 * THOUSANDTHS, a: 0.891, b: 1.614 };
    equals(MbgNbd::from_params(params, TimeUnit::Day).unwrap(), "clv12_mbg_nbd", 1e-11);
}

#[test]
fn a_year_by_pareto_nbd() {
    let params = ParetoNbdParams { r: 0.553, alpha: 10.578 * THOUSANDTHS, s: 0.606, beta: 11.669 * THOUSANDTHS };
    equals(ParetoNbd::from_params(params, TimeUnit::Day).unwrap(), "clv12_pareto_nbd", 1e-11);
}
