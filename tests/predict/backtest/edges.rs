//! Shops and days at which a score has nothing to go by.

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::predict::{Backtest, Baseline, FitOptions, Holdout, Nbd, NbdParams, Scores, TimeUnit};
use repurchase::scale::Language;

use crate::shops::{TestResult, day, log_of};

fn model() -> Nbd {
    Nbd::from_params(NbdParams { r: 0.5, alpha: 8.0 }, TimeUnit::Week).expect("a model")
}

fn scores(purchases: &[(u32, i64)], split: i64, end: i64) -> Result<Scores, Error> {
    Ok(Holdout::of(&log_of(purchases.iter().copied()), day(split), day(end))?.score(&model()))
}

#[test]
fn nobody() -> TestResult {
    // No purchase at all, and none up to the split.
    for purchases in [&[][..], &[(1, 50), (1, 60)]] {
        let holdout = Holdout::of(&log_of(purchases.iter().copied()), day(40), day(70))?;
        let scores = holdout.score(&model());
        assert_eq!((scores.customers, scores.buyers, scores.actual), (0, 0, 0));
        assert_eq!((scores.mae, scores.rmse, scores.brier, scores.log_score), (None, None, None, None));
        assert_eq!((scores.auc_expected, scores.auc_buys_again, scores.auc_alive), (None, None, None));
        assert!(scores.by_decile.is_empty() && scores.by_frequency.is_empty());
        assert!(holdout.tracking(&model(), 7)?.is_empty());
        let refused = Backtest::run(&holdout, &FitOptions::default());
        assert!(matches!(refused, Err(Error::NoCustomers { .. })), "{refused:?}");
    }
    Ok(())
}

#[test]
fn nobody_or_everybody_buys_again() -> TestResult {
    let purchases = [(1, 0), (1, 10), (2, 5), (3, 20)];
    let after_the_last = scores(&purchases, 30, 60)?;
    assert_eq!((after_the_last.customers, after_the_last.buyers), (3, 0));
    assert_eq!((after_the_last.auc_expected, after_the_last.auc_alive), (None, None));
    assert_eq!(after_the_last.mae.map(|mae| 3.0 * mae), after_the_last.expected);
    assert!(after_the_last.brier.is_some_and(|brier| brier > 0.0));

    let again = [(1, 0), (2, 5), (1, 40), (2, 41)];
    let everybody = scores(&again, 30, 60)?;
    assert_eq!((everybody.buyers, everybody.actual, everybody.auc_expected), (2, 2, None));
    let last_period = Holdout::of(&log_of(again), day(30), day(61))?.score_baseline(Baseline::SameAsLastPeriod);
    assert_eq!((last_period.mae, last_period.rmse), (Some(0.0), Some(0.0)));
    Ok(())
}

#[test]
fn one_customer() -> TestResult {
    let purchases = [(1, 0), (1, 7), (1, 21), (1, 35)];
    let scores = scores(&purchases, 28, 42)?;
    assert_eq!((scores.customers, scores.actual, scores.auc_expected), (1, 1, None));
    let [row] = scores.by_decile[..] else { panic!("one row") };
    assert_eq!((row.group, row.customers, row.mean_actual), (1, 1, 1.0));
    let [row] = scores.by_frequency[..] else { panic!("one row") };
    assert_eq!((row.group, row.mean_actual), (2, 1.0));

    // Of one customer, no difference can be told from noise; a penalty makes the fit possible.
    let holdout = Holdout::of(&log_of(purchases), day(28), day(42))?;
    let backtest = Backtest::run(&holdout, &FitOptions::default().with_penalty(0.5))?;
    let choice = backtest.choice.ok_or("a choice")?;
    assert_eq!((choice.gain.standard_error, choice.earns_its_place()), (None, false));
    Ok(())
}

#[test]
fn all_came_on_the_split_day() -> TestResult {
    let holdout = Holdout::of(&log_of([(1, 10), (2, 10), (1, 20)]), day(10), day(30))?;
    let scores = holdout.score(&model());
    assert_eq!((scores.buyers, scores.auc_expected), (1, Some(0.5)));
    let refused = Backtest::run(&holdout, &FitOptions::default());
    assert!(matches!(refused, Err(Error::NothingObserved { .. })), "{refused:?}");
    Ok(())
}

#[test]
fn refused() -> TestResult {
    let log = log_of([(1, 0), (1, 10), (2, 5)]);
    for end in [10, 9] {
        let refused = Holdout::of(&log, day(10), day(end));
        assert_eq!(refused, Err(Error::EmptyWindow { start: day(10), end: day(end) }));
    }
    let holdout = Holdout::of(&log, day(10), day(11))?;
    let refused = holdout.tracking(&model(), 0);
    assert_eq!(refused, Err(Error::OutOfRange { field: "days of a step", found: 0, min: 1, max: u32::MAX.into() }));
    let refused = Backtest::run(&holdout, &FitOptions::default().with_penalty(-1.0));
    assert!(matches!(refused, Err(Error::Number { field: "penalty", .. })), "{refused:?}");
    Ok(())
}

#[test]
fn at_the_limits_of_the_calendar() -> TestResult {
    let log = log_of([(1, 0), (1, 10), (2, 5)]);
    let all = Holdout::of(&log, NaiveDate::MIN, NaiveDate::MAX)?;
    assert!(all.customers().is_empty());
    let far = Holdout::of(&log, day(7), NaiveDate::MAX)?;
    assert_eq!(far.customers().len(), 2);
    let last = far.tracking(&model(), u32::MAX)?;
    assert_eq!((last.len(), last[0].day, last[0].actual), (1, NaiveDate::MAX, 1));
    assert!(far.score(&model()).rmse.is_some_and(f64::is_finite));
    Ok(())
}

/// A fit that is not given the time that it takes is reported, and the others go on.
#[test]
fn fits_without_an_end() -> TestResult {
    let purchases = [(1, 0), (1, 10), (2, 5), (3, 1), (3, 20), (3, 28), (4, 2), (4, 50)];
    let holdout = Holdout::of(&log_of(purchases), day(30), day(60))?;
    let backtest = Backtest::run(&holdout, &FitOptions::default().with_max_evaluations(1))?;
    assert_eq!(backtest.choice, None);
    for candidate in &backtest.candidates {
        assert_eq!((&candidate.fit, &candidate.scores, candidate.shortfall), (&None, &None, None));
    }
    let words = backtest.explain(Language::English);
    assert!(words.starts_with("Use no model: no fit came to an end. The fit of NBD came to no end."), "{words}");
    assert!(backtest.explain(Language::Chinese).contains("MBG/NBD 的拟合没有收敛。"));
    Ok(())
}
