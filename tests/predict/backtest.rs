//! Scores of a hold-out: golden numbers of CDNOW, a real shop without dropout, naive oracles, edges.
//!
//! Golden: `tests/data/cdnow_holdout_*.csv` (predictions by mpmath, measures by scikit-learn) and, for log and Brier
//! scores, `tests/data/holdout.py`. Relative tolerance 1e-9, that of a fit to the maximum.

use std::sync::LazyLock;

use repurchase::predict::{Backtest, Baseline, FitOptions, Holdout, ModelKind, Scores};

use crate::chance::Chance;
use crate::shops::{TestResult, cdnow, date, log_of, online_retail};
use crate::tables::{close, table};

mod edges;
mod oracle;
#[cfg(feature = "serde")]
mod stored;

pub(crate) static CDNOW: LazyLock<(Holdout, Backtest)> =
    LazyLock::new(|| run(&cdnow(), "1997-09-30", "1998-06-30").expect("a backtest"));

pub(crate) static ONLINE_RETAIL: LazyLock<(Holdout, Backtest)> =
    LazyLock::new(|| run(&online_retail(), "2011-08-31", "2011-12-09").expect("a backtest"));

/// 1,500 customers who leave after each purchase with a probability of a quarter, the first included.
pub(crate) static ALIKE: LazyLock<(Holdout, Backtest)> = LazyLock::new(|| {
    let mut chance = Chance(3);
    let log = log_of((0..1_500).flat_map(|customer| chance.days(customer, 0.25, 728)));
    run(&log, "2025-12-30", "2026-12-29").expect("a backtest")
});

fn run(log: &repurchase::PurchaseLog<u32>, split: &str, end: &str) -> repurchase::Result<(Holdout, Backtest)> {
    let holdout = Holdout::of(log, date(split), date(end))?;
    let backtest = Backtest::run(&holdout, &FitOptions::default())?;
    Ok((holdout, backtest))
}

#[track_caller]
fn golden_is(found: Option<f64>, golden: f64, what: &str) {
    close(found.expect(what), golden, 1e-9, what);
}

/// The models that are golden.
const KINDS: [ModelKind; 3] = [ModelKind::BgNbd, ModelKind::MbgNbd, ModelKind::ParetoNbd];

#[track_caller]
fn scores(backtest: &Backtest, kind: ModelKind) -> &Scores {
    backtest.candidate(kind).and_then(|candidate| candidate.scores.as_ref()).expect("scores")
}

#[test]
fn cdnow_scores() -> TestResult {
    let (holdout, backtest) = &*CDNOW;
    assert_eq!((holdout.customers().len(), holdout.horizon_days()), (2357, 273));
    let rows = table("cdnow_holdout_scores.csv");
    let golden = |model: &str| rows.iter().find(|row| row.text("model") == model).ok_or("a row");
    for kind in KINDS {
        let (row, scores) = (golden(kind.label().key())?, scores(backtest, kind));
        assert_eq!((scores.customers, scores.buyers, scores.actual), (2357, 684, 1882));
        golden_is(scores.expected, row.number("sum_expected_39"), "expected");
        golden_is(scores.mae, row.number("mae"), "MAE");
        golden_is(scores.rmse, row.number("rmse"), "RMSE");
        golden_is(scores.auc_expected, row.number("auc_expected"), "AUC of expected purchases");
        golden_is(scores.auc_alive, row.number("auc_p_alive"), "AUC of P(alive)");
    }
    for (baseline, name) in [
        (Baseline::Nobody, "baseline_zero"),
        (Baseline::OwnRate, "baseline_rate_x_over_T"),
        (Baseline::SameAsSoFar, "baseline_same_x"),
    ] {
        let (row, scores) = (golden(name)?, backtest.baseline(baseline).ok_or("scores")?);
        golden_is(scores.expected, row.number("sum_expected_39"), name);
        golden_is(scores.mae, row.number("mae"), name);
        golden_is(scores.rmse, row.number("rmse"), name);
        golden_is(scores.auc_expected, row.number("auc_expected"), name);
    }
    let by_days = backtest.baseline(Baseline::DaysSinceLast).and_then(|scores| scores.auc_buys_again);
    golden_is(by_days, golden("baseline_recency_minus_T")?.number("auc_expected"), "days since last");
    Ok(())
}

#[test]
fn cdnow_proper_scores() {
    for row in table("cdnow_holdout_log_scores.csv") {
        let kind = ModelKind::ALL.into_iter().find(|kind| kind.label().key() == row.text("model")).expect("a kind");
        let (scores, name) = (scores(&CDNOW.1, kind), row.text("model"));
        golden_is(scores.log_score, row.number("log_score"), name);
        golden_is(scores.brier, row.number("brier"), name);
        golden_is(scores.auc_buys_again, row.number("auc_buys_again"), name);
    }
}

#[test]
fn cdnow_by_frequency() {
    let rows = table("cdnow_holdout_by_frequency.csv");
    for kind in KINDS {
        let calibration = &scores(&CDNOW.1, kind).by_frequency;
        assert_eq!(calibration.len(), rows.len());
        for (found, row) in calibration.iter().zip(&rows) {
            assert_eq!(found.group.to_string(), row.text("x_cal_7_means_7plus"));
            assert_eq!(found.customers.to_string(), row.text("customers"));
            golden_is(Some(found.mean_actual), row.number("actual_mean"), "actual");
            golden_is(Some(found.mean_expected), row.number(kind.label().key()), "expected");
        }
    }
}

/// Golden week `w` is day `7 w` after the first, which counts.
#[test]
fn cdnow_tracking() -> TestResult {
    let (holdout, backtest) = &*CDNOW;
    let rows = table("cdnow_holdout_tracking.csv");
    for kind in KINDS {
        let fit = backtest.candidate(kind).and_then(|row| row.fit.clone()).ok_or("a fit")?;
        let tracking = holdout.tracking(&fit.interior()?.model, 7)?;
        // The 78th golden week ends on the day after the hold-out.
        assert_eq!(tracking.len(), rows.len());
        for (point, row) in tracking.iter().zip(&rows).take(77) {
            let week: i64 = row.text("week").parse()?;
            assert_eq!(point.day, date("1997-01-01") + chrono::Duration::weeks(week));
            assert_eq!(point.actual.to_string(), row.text("actual_days_le_7w"));
            golden_is(Some(point.expected), row.number(kind.label().key()), &point.day.to_string());
        }
        let last = tracking.last().ok_or("a point")?;
        assert_eq!((last.day, last.actual), (date("1998-06-30"), 4339));
    }
    Ok(())
}
