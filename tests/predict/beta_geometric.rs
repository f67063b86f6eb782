//! BG/NBD, MBG/NBD and NBD against tables of 50-digit values and numbers in print.

use repurchase::predict::{BgNbd, BgNbdParams, MbgNbd, MbgNbdParams, Nbd, NbdParams, PurchaseModel, Sample, TimeUnit};

use super::tables::{Row, cdnow, close, count, table};

fn bg_nbd(row: &Row, unit: TimeUnit) -> BgNbd {
    let [r, alpha, a, b] = row.numbers(["r", "alpha", "a", "b"]);
    BgNbd::from_params(BgNbdParams { r, alpha, a, b }, unit).unwrap()
}

fn mbg_nbd(row: &Row, unit: TimeUnit) -> MbgNbd {
    let [r, alpha, a, b] = row.numbers(["r", "alpha", "a", "b"]);
    MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, unit).unwrap()
}

fn check_points<M: PurchaseModel>(file: &str, model: fn(&Row, TimeUnit) -> M) {
    for row in table(file) {
        let (model, sample) = (model(&row, TimeUnit::Day), row.sample());
        close(model.log_likelihood(&sample), row.number("ln_likelihood"), 1e-12, &row);
        let alive = row.number("p_alive");
        if alive > 1e-300 {
            close(model.probability_alive(&sample), alive, 1e-11, &row);
        } else {
            assert!(model.probability_alive(&sample) < 1e-299, "{row:?}");
        }
    }
}

fn check_expected<M: PurchaseModel>(file: &str, model: fn(&Row, TimeUnit) -> M) {
    for row in table(file) {
        let (sample, horizon) = row.in_weeks();
        let (model, expected) = (model(&row, TimeUnit::Week), row.number("expected_purchases"));
        if expected > 1e-290 {
            close(model.expected_purchases(&sample, horizon), expected, 1e-11, &row);
        } else {
            assert!(model.expected_purchases(&sample, horizon) < 1e-280, "{row:?}");
        }
    }
}

fn check_new_customers<M: PurchaseModel>(means: &str, masses: &str, model: fn(&Row, TimeUnit) -> M) {
    for row in table(means) {
        let expected = model(&row, TimeUnit::Day).expected_purchases(&Sample::NEW, row.horizon());
        close(expected, row.number("expected_x_t"), 1e-12, &row);
    }
    for row in table(masses) {
        let model = model(&row, TimeUnit::Day);
        let found = model.probability_of_purchases(&Sample::NEW, row.value("n"), row.horizon());
        close(found, row.number("p_x_t_eq_n"), 1e-11, &row);
    }
}

#[test]
fn bg_nbd_equals_the_tables() {
    check_points("predict/bg_nbd_point.csv", bg_nbd);
    check_expected("predict/bg_nbd_expected.csv", bg_nbd);
    let masses = "predict/bg_nbd_pmf.csv";
    check_new_customers("predict/bg_nbd_mean.csv", masses, bg_nbd);
}

#[test]
fn mbg_nbd_equals_the_tables() {
    check_points("predict/mbg_nbd_point.csv", mbg_nbd);
    check_expected("predict/mbg_nbd_expected.csv", mbg_nbd);
    let masses = "predict/mbg_nbd_pmf.csv";
    check_new_customers("predict/mbg_nbd_mean.csv", masses, mbg_nbd);
}

/// At the parameters in print, over all 2,357 customers; sums of 50-digit values.
#[test]
fn sums_over_the_cdnow_sample() {
    let bg_nbd =
        BgNbd::from_params(BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }, TimeUnit::Week).unwrap();
    let mbg_nbd =
        MbgNbd::from_params(MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }, TimeUnit::Week).unwrap();
    let models: [(&dyn PurchaseModel, [f64; 3]); 2] = [
        (&bg_nbd, [-9_582.430_478_013_672, 1_917.217_145_880_663, 1_653.941_259_313_349_2]),
        (&mbg_nbd, [-9_582.135_826_202_163, 1_057.727_839_129_851_5, 1_577.128_799_929_761_8]),
    ];
    for (model, expected) in models {
        let mut sums = [0.0; 3];
        for (sample, customers) in cdnow().iter() {
            let values = [
                model.log_likelihood(&sample),
                model.probability_alive(&sample),
                model.expected_purchases(&sample, 273),
            ];
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * count(customers));
        }
        sums.iter().zip(expected).for_each(|(&sum, expected)| close(sum, expected, 1e-12, "sum"));
    }
}

#[test]
fn answers_for_many_are_those_for_one() {
    let bg_nbd =
        BgNbd::from_params(BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }, TimeUnit::Week).unwrap();
    let mbg_nbd =
        MbgNbd::from_params(MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }, TimeUnit::Week).unwrap();
    let nbd = Nbd::from_params(NbdParams { r: 0.385, alpha: 12.07 }, TimeUnit::Week).unwrap();
    let mut samples: Vec<Sample> = cdnow().iter().map(|(sample, _)| sample).collect();
    // More repeats than are kept, and more different times than are remembered.
    samples.push(Sample::new(5_000, 266.0, 269.0).unwrap());
    samples.extend((1..9_000).map(|step| Sample::new(1, f64::from(step) / 40.0, 280.0).unwrap()));
    let models: [&dyn PurchaseModel; 3] = [&bg_nbd, &mbg_nbd, &nbd];
    for model in models {
        let alive = model.probability_alive_all(&samples);
        let expected = model.expected_purchases_all(&samples, 273);
        assert_eq!((alive.len(), expected.len()), (samples.len(), samples.len()));
        for ((sample, alive), expected) in samples.iter().zip(alive).zip(expected) {
            assert_eq!(alive.to_bits(), model.probability_alive(sample).to_bits(), "{sample:?}");
            assert_eq!(expected.to_bits(), model.expected_purchases(sample, 273).to_bits(), "{sample:?}");
        }
        assert!(model.probability_alive_all(&[]).is_empty());
    }
}

#[test]
fn refuses_what_is_no_parameter() {
    let params = BgNbdParams { r: 0.2, alpha: 4.0, a: 0.8, b: 2.4 };
    let refused = |params| BgNbd::from_params(params, TimeUnit::Week).unwrap_err().to_string();
    assert_eq!(refused(BgNbdParams { r: 0.0, ..params }), "r must be finite and above 0, found 0");
    assert_eq!(refused(BgNbdParams { alpha: f64::NAN, ..params }), "alpha must be finite and above 0, found NaN");
    assert_eq!(refused(BgNbdParams { a: -1.0, ..params }), "a must be finite and above 0, found -1");
    assert_eq!(refused(BgNbdParams { b: f64::INFINITY, ..params }), "b must be finite and above 0, found inf");
    assert_eq!(refused(BgNbdParams { r: 1.1e30, ..params }), "r must be from 1e-30 to 1e30, found 1.1e30");
    assert_eq!(refused(BgNbdParams { b: 9e-31, ..params }), "b must be from 1e-30 to 1e30, found 9e-31");
    assert!(BgNbd::from_params(BgNbdParams { alpha: 1e30, r: 1e-30, ..params }, TimeUnit::Week).is_ok());
}

#[test]
fn refuses_what_is_no_sample() {
    let refused = |x, recency, age| Sample::new(x, recency, age).unwrap_err().to_string();
    assert_eq!(refused(0, 1.0, 2.0), "recency t_x must be 0 without a repeat purchase, found 1");
    assert_eq!(refused(1, 0.0, 2.0), "recency t_x must be above 0 with a repeat purchase, found 0");
    assert_eq!(refused(1, 3.0, 2.0), "recency t_x must be 0 or more and at most the age T, found 3");
    assert_eq!(refused(1, f64::NAN, 2.0), "recency t_x must be 0 or more and at most the age T, found NaN");
    assert_eq!(refused(1, -1.0, 2.0), "recency t_x must be 0 or more and at most the age T, found -1");
    assert_eq!(refused(1, 1.0, f64::INFINITY), "age T must be 0, or from 1e-15 to 1e15 days, found inf");
    assert_eq!(refused(0, 0.0, f64::NAN), "age T must be 0, or from 1e-15 to 1e15 days, found NaN");
    assert_eq!(refused(0, 0.0, 1.5e15), "age T must be 0, or from 1e-15 to 1e15 days, found 1500000000000000");
    assert_eq!(refused(1, 1e-16, 1.0), "recency t_x must be 0, or from 1e-15 to 1e15 days, found 1e-16");
    assert!(Sample::new(1, 1e15, 1e15).is_ok() && Sample::new(1, 1e-15, 1e-15).is_ok());
    assert_eq!(Sample::new(0, -0.0, -0.0), Ok(Sample::NEW));
}

#[cfg(feature = "serde")]
#[test]
fn stored_models_are_checked_when_they_are_read() {
    let text = r#"{"unit":"week","r":0.243,"alpha":4.414,"a":0.793,"b":2.426}"#;
    let model: BgNbd = serde_json::from_str(text).unwrap();
    assert_eq!(model.unit(), TimeUnit::Week);
    let error = serde_json::from_str::<BgNbd>(&text.replace(r#""unit":"week","#, "")).unwrap_err();
    assert!(error.to_string().starts_with("missing field `unit`"), "{error}");
    assert_eq!(serde_json::to_string(&model).unwrap(), text);
    let error = serde_json::from_str::<MbgNbd>(&text.replace("0.793", "0")).unwrap_err();
    assert!(error.to_string().starts_with("a must be finite and above 0, found 0"), "{error}");
    assert!(serde_json::from_str::<Sample>(r#"{"repeats":0,"recency_days":1.0,"age_days":2.0}"#).is_err());
    let error = serde_json::from_str::<BgNbd>(&text.replace('}', r#","s":1}"#)).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `s`"), "{error}");
    let error =
        serde_json::from_str::<Sample>(r#"{"repeats":0,"recency_days":0.0,"age_days":2.0,"unit":"days"}"#).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `unit`"), "{error}");
    let text = r#"{"repeats":1,"recency_days":1.0,"age_days":2.0}"#;
    let sample: Sample = serde_json::from_str(text).unwrap();
    assert_eq!(sample, Sample::new(1, 1.0, 2.0).unwrap());
    assert_eq!(serde_json::to_string(&sample).unwrap(), text);
    let text = text.replace('}', r#","mean_spend":5.5}"#);
    let sample: Sample = serde_json::from_str(&text).unwrap();
    assert_eq!(sample, Sample::new(1, 1.0, 2.0).unwrap().with_mean_spend(5.5).unwrap());
    assert_eq!(serde_json::to_string(&sample).unwrap(), text);
    assert!(serde_json::from_str::<Sample>(&text.replace("5.5", "-5.5")).is_err());
}
