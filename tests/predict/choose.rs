//! Which model a backtest chooses, and in which words.

use repurchase::predict::{
    AnyModel, Backtest, Baseline, Fit, FitOptions, Holdout, Latent, Limit, ModelKind, PurchaseModel, Sample, Samples,
    Spread,
};
use repurchase::scale::Language;

use crate::backtest::{ALIKE, CDNOW, ONLINE_RETAIL};
use crate::shops::{TestResult, cdnow, date, day, log_of};

/// Shortfalls and gain, worked out anew from the models.
#[test]
fn the_rule() -> TestResult {
    for (holdout, backtest) in [&*CDNOW, &*ONLINE_RETAIL] {
        let mut log_scores = Vec::new();
        for candidate in &backtest.candidates {
            let model = candidate.fit.as_ref().ok_or("a fit")?.model();
            let score = |before: &Sample, after: &Sample| model.log_likelihood(after) - model.log_likelihood(before);
            let scores: Vec<f64> = holdout.customers().iter().map(|c| score(&c.sample, &c.at_end)).collect();
            log_scores.push((candidate, scores));
        }
        let total = |scores: &[f64]| scores.iter().sum::<f64>();
        let choice = backtest.choice.as_ref().ok_or("a choice")?;
        let (_, highest) = log_scores.iter().find(|(row, _)| row.kind == choice.best.kind()).ok_or("the best")?;
        let negligible = 1e-6 * total(highest).abs();
        assert!(log_scores.iter().all(|(_, scores)| total(scores) <= total(highest) + negligible));
        let mut within_noise = Vec::new();
        for (candidate, scores) in &log_scores {
            let n = f64::from(u32::try_from(scores.len())?);
            let differences: Vec<f64> = highest.iter().zip(scores).map(|(best, own)| best - own).collect();
            let mean = differences.iter().sum::<f64>() / n;
            let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let shortfall = candidate.shortfall.ok_or("a shortfall")?;
            assert!((shortfall.mean - mean).abs() < 1e-12);
            let error = (variance / n).sqrt();
            assert!((shortfall.standard_error.ok_or("many customers")? - error).abs() < 1e-12);
            assert_eq!(shortfall.exceeds_noise(), mean > error);
            if mean <= error || n * mean <= negligible {
                within_noise.push(candidate.kind);
            }
        }
        assert_eq!(Some(&choice.model.kind()), within_noise.first(), "the first in the order of preference");
    }
    Ok(())
}

#[test]
fn cdnow_is_a_shop_with_dropout() -> TestResult {
    let (_, backtest) = &*CDNOW;
    let choice = backtest.choice.as_ref().ok_or("a choice")?;
    assert_eq!((choice.model.kind(), choice.best.kind()), (ModelKind::MbgNbd, ModelKind::MbgNbd));
    assert_eq!((choice.baseline, choice.earns_its_place()), (Baseline::SameAsSoFar, true));
    let squared = |rmse: Option<f64>| rmse.map_or(f64::NAN, |rmse| rmse * rmse);
    let rule = squared(backtest.baseline(Baseline::SameAsSoFar).and_then(|scores| scores.rmse));
    let model =
        backtest.candidate(ModelKind::MbgNbd).and_then(|row| row.scores.as_ref()).and_then(|scores| scores.rmse);
    assert!((choice.gain.mean - (rule - squared(model))).abs() < 1e-12);
    Ok(())
}

/// No dropout can be told: models without rhythms run to a boundary, and NBD stands for them. Six of ten customers come in
/// a rhythm, which makes what came likelier, but not the number of purchases.
#[test]
fn online_retail_is_a_shop_without_dropout() -> TestResult {
    let (_, backtest) = &*ONLINE_RETAIL;
    let choice = backtest.choice.as_ref().ok_or("a choice")?;
    assert_eq!(choice.model.kind(), ModelKind::MbgCnbd);
    let AnyModel::MbgCnbd(model) = choice.model else { panic!("{choice:?}") };
    assert!((0.6..0.8).contains(&model.regularity().in_rhythm()), "{model:?}");
    assert_eq!((choice.baseline, choice.earns_its_place()), (Baseline::SameAsLastPeriod, false));
    let nbd = backtest.candidate(ModelKind::Nbd).and_then(|row| row.scores.as_ref()).ok_or("scores")?;
    for kind in [ModelKind::MbgNbd, ModelKind::ParetoNbd, ModelKind::BgNbd] {
        let row = backtest.candidate(kind).ok_or("a row")?;
        assert!(matches!(row.fit, Some(Fit::Boundary(_))), "{kind:?}");
        // The nearest model predicts what NBD does.
        let scores = row.scores.as_ref().ok_or("scores")?;
        let near = |left: Option<f64>, right: Option<f64>| {
            left.zip(right).is_some_and(|(left, right)| (left - right).abs() < 1e-6 * right.abs())
        };
        assert!(near(scores.rmse, nbd.rmse) && near(scores.mae, nbd.mae) && near(scores.log_score, nbd.log_score));
    }
    Ok(())
}

#[test]
fn a_chosen_kind_is_fitted_anew() -> TestResult {
    let choice = CDNOW.1.choice.as_ref().ok_or("a choice")?;
    let samples = Samples::of(&cdnow().ledger(date("1998-06-30"))?);
    let fitted = choice.model.kind().fit(&samples, &FitOptions::default())?.interior()?;
    assert_eq!((fitted.model.kind(), fitted.report.customers), (ModelKind::MbgNbd, 2357));
    assert!(fitted.model != choice.model);
    Ok(())
}

#[test]
fn in_words() {
    let (shop, other) = (&CDNOW.1, &ONLINE_RETAIL.1);
    assert_eq!(
        shop.explain(Language::English),
        "Use MBG/NBD. From what was known on 1997-09-30, it expected 1577 purchases of 2357 customers up to 1998-06-30; \
         1882 came. It is off by 1.61 purchases per customer (root mean square); the best simple rule, \"As many repeats \
         as so far\", expected 2457 and is off by 1.97. Of one customer who bought again and one who did not, expected \
         purchases put the right one first 77.3 times in 100, the simple rule \"Days since last purchase\" 77.1 times, \
         missed cycles 71.8 times. Why MBG/NBD: of the models that fit, it made what came the likeliest."
    );
    assert_eq!(
        shop.explain(Language::Chinese),
        "建议使用 MBG/NBD。根据截至 1997-09-30 的数据，它预计 2357 位客户到 1998-06-30 会购买 1577 次，实际 1882 次。\
         每位客户的误差（均方根）为 1.61 次；最好的简单规则“与历史复购次数相同”预计 2457 次，误差 1.97 次。\
         任取一位再次购买的客户和一位没有再买的客户，按预计购买次数有 77.3% 的机会把前者排在前面，简单规则“按距上次购买天数”为 77.1%，\
         错过周期规则为 71.8%。选择 MBG/NBD 的理由：在能够拟合的模型中，它赋予实际结果的似然最高。"
    );
    let words = other.explain(Language::English);
    let start = "MBG/CNBD-k is the best model, but counts purchases worse than the simple rule \"Same as last period\", \
                 though by no more than chance may.";
    assert!(words.starts_with(start), "{words}");
    let limit = "a / (a + b) goes to 0: the probability of leaving after a purchase is 0 for everyone.";
    assert!(words.ends_with(&format!("BG/CNBD-k stands for a simpler form: {limit}")), "{words}");
    assert!(words.contains(&format!(" BG/NBD has become NBD here: {limit}")), "{words}");
    let words = other.explain(Language::Chinese);
    let start = "MBG/CNBD-k 是最好的模型，但在预测购买次数上略逊于简单规则“与上期相同”（差距在随机误差之内）。";
    assert!(words.starts_with(start), "{words}");
}

/// Everyone leaves after a purchase with the same probability of a quarter: no model with dropout has a maximum, and yet
/// one of them is right.
#[test]
fn a_shop_whose_customers_leave_alike_is_one_with_dropout() -> TestResult {
    let (_, backtest) = &*ALIKE;
    let choice = backtest.choice.as_ref().ok_or("a choice")?;
    let row = |kind| backtest.candidate(kind).ok_or("a row");
    let mbg = row(ModelKind::MbgNbd)?;
    let Some(Fit::Boundary(boundary)) = &mbg.fit else { panic!("{mbg:?}") };
    let [Limit { of: Latent::DropoutProbability, spread: Spread::Same(share), .. }] = boundary.limits[..] else {
        panic!("{boundary}")
    };
    assert!((share - 0.25).abs() < 0.01, "{share}");
    for kind in [ModelKind::ParetoNbd, ModelKind::BgNbd] {
        assert!(matches!(row(kind)?.fit, Some(Fit::Boundary(_))), "{kind:?}");
    }
    assert_eq!((choice.model, choice.best), (boundary.nearest, boundary.nearest));
    let (nbd, mbg) = (row(ModelKind::Nbd)?, mbg.scores.as_ref().ok_or("scores")?);
    assert!(nbd.shortfall.is_some_and(|shortfall| shortfall.exceeds_noise()));
    assert!(mbg.rmse < nbd.scores.as_ref().and_then(|scores| scores.rmse));

    let words = backtest.explain(Language::English);
    assert!(words.starts_with("Use MBG/NBD. "), "{words}");
    let why = "MBG/NBD stands for a simpler form: a and b go to infinity: the probability of leaving after a purchase is \
               the same for everyone, with a / (a + b) = 0.2";
    assert!(words.contains(why), "{words}");
    let words = backtest.explain(Language::Chinese);
    let why = "MBG/NBD 在此代表一种更简单的形式（a 和 b 趋于无穷大：所有客户的购买后流失概率都相同，a / (a + b) = 0.2";
    assert!(words.contains(why), "{words}");
    for english in ["goes", "go to", "everyone"] {
        assert!(!words.contains(english), "{words}");
    }
    Ok(())
}

#[test]
fn a_worse_model_is_called_worse() -> TestResult {
    let log = log_of([(1, 0), (1, 7), (1, 14), (2, 3), (2, 17), (3, 5), (3, 8), (4, 1), (4, 10)]);
    let backtest = Backtest::run(&Holdout::of(&log, day(20), day(60))?, &FitOptions::default())?;
    let choice = backtest.choice.as_ref().ok_or("a choice")?;
    assert!(choice.gain.mean < 0.0 && !choice.earns_its_place(), "{:?}", choice.gain);
    assert_eq!(choice.baseline, Baseline::Nobody);
    let words = backtest.explain(Language::English);
    assert!(words.contains("but counts purchases worse than the simple rule \"Nobody comes\""), "{words}");
    assert!(words.contains(" of 4 customers up to "), "{words}");
    assert!(backtest.explain(Language::Chinese).contains("但在预测购买次数上不如简单规则"));
    Ok(())
}

#[test]
fn of_one_customer_there_is_no_plural() -> TestResult {
    let log = log_of([(1, 0), (1, 7), (1, 21), (1, 35)]);
    let options = FitOptions::default().with_penalty(0.5);
    let words = Backtest::run(&Holdout::of(&log, day(28), day(42))?, &options)?.explain(Language::English);
    assert!(words.contains("it expected 1 purchase of 1 customer up to"), "{words}");
    Ok(())
}

/// BG/NBD is recommended with a warning, and a model that is not the best with the reason why.
#[test]
fn in_words_with_a_warning() -> TestResult {
    let mut backtest = CDNOW.1.clone();
    let fit = backtest.candidate(ModelKind::BgNbd).and_then(|row| row.fit.clone()).ok_or("a fit")?;
    let choice = backtest.choice.as_mut().ok_or("a choice")?;
    choice.model = fit.interior()?.model;
    let words = backtest.explain(Language::English);
    assert!(words.starts_with("Use BG/NBD. From what was known on 1997-09-30, it expected 1653 purchases"), "{words}");
    let end = "Why BG/NBD: MBG/NBD made what came likelier, but by no more than chance may, and BG/NBD is to be preferred \
               where the two are as good. Beware: BG/NBD takes everyone who came once for alive, however long ago; rank \
               customers by expected purchases, not by the probability of being alive.";
    assert!(words.ends_with(end), "{words}");
    let end = "选择 BG/NBD 的理由：MBG/NBD 的似然略高，但差距在随机误差之内；两者相当时应优先使用 BG/NBD。注意：BG/NBD \
               认为只买过一次的客户永远活跃，无论多久以前；请按预计购买次数排序，不要按活跃概率排序。";
    let words = backtest.explain(Language::Chinese);
    assert!(words.ends_with(end), "{words}");
    Ok(())
}
