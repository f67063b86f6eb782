//! The value of CDNOW's customers over a year, against 50-digit references in `tests/data/predict/value_cdnow.csv`.

use repurchase::predict::{
    BgNbd, BgNbdParams, Discount, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, ParetoNbd, ParetoNbdParams,
    PurchaseModel, SpendSample, ValueModel,
};

use super::tables::table;

/// Compares a model's values with one column.
#[track_caller]
fn equals<M: PurchaseModel>(purchases: M, column: &str, tolerance: f64) {
    let params = GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 };
    let model = ValueModel { purchases, spend: GammaGamma::from_params(params).unwrap() };
    let monthly = Discount::new(0.01, 4.345).unwrap();
    let (mut customers, mut expected) = (Vec::new(), Vec::new());
    for row in table("predict/value_cdnow.csv") {
        let spend = SpendSample::new(row.value("x"), row.number("mean_value")).unwrap();
        customers.push((row.sample(), spend));
        expected.push(row.number(column));
    }
    assert_eq!(customers.len(), 60);
    let found = model.expected_values(&customers, 12.0 * 4.345, monthly).unwrap();
    for (((sample, spend), expected), found) in customers.iter().zip(expected).zip(found) {
        let found = found.expect("a mean");
        assert!((found - expected).abs() <= tolerance * expected, "{sample:?}: {found} is not {expected}");
        assert_eq!(model.expected_value(sample, spend, 12.0 * 4.345, monthly), Ok(Some(found)));
    }
}

#[test]
fn a_year_by_bg_nbd() {
    let params = BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    equals(BgNbd::from_params(params).unwrap(), "clv12_bg_nbd", 1e-11);
}

#[test]
fn a_year_by_mbg_nbd() {
    let params = MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
    equals(MbgNbd::from_params(params).unwrap(), "clv12_mbg_nbd", 1e-11);
}

#[test]
fn a_year_by_pareto_nbd() {
    let params = ParetoNbdParams { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
    equals(ParetoNbd::from_params(params).unwrap(), "clv12_pareto_nbd", 1e-11);
}
