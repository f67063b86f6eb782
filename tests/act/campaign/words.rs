//! Verdicts in words.

use repurchase::act::campaign::{
    BootstrapOptions, Comparison, FunnelMeasure, Group, MoneySample, SamplePlan, Stage, Verdict,
};
use repurchase::scale::{Confidence, Label, Language};

use super::{TestResult, cents, compare_money, compare_rates, ratio};

#[test]
fn rates() -> TestResult {
    let comparison = compare_rates(ratio(13_200, 415_500), ratio(448, 27_400));
    assert_eq!(
        comparison.explain(Language::Chinese),
        "更好：415500 人次中 13200（3.18%），对照组 27400 人次中 448（1.64%）；相差 +1.54 个百分点（95% 置信区间 +1.38 \
         个百分点 至 +1.70 个百分点），相对提升 +94.3%（95% 置信区间 +77.0% 至 +113.3%）",
    );
    let even = Comparison::of_rates(ratio(5, 100), ratio(5, 100), Confidence::new(0.999)?);
    assert_eq!(
        even.explain(Language::English),
        "Cannot tell: 5 of 100 (5.00%) against 5 of 100 (5.00%); difference +0.00 points (99.9% interval -13.04 points to \
         +13.04 points), lift +0.0% (99.9% interval -86.8% to +660.2%)",
    );
    assert_eq!(
        compare_rates(ratio(0, 9), ratio(0, 0)).explain(Language::English),
        "Cannot tell: 0 of 9 (0.00%) against 0 of 0; difference undefined, lift undefined",
    );
    assert_eq!(
        compare_rates(ratio(0, 9), ratio(0, 0)).explain(Language::Chinese),
        "无法判断：9 人次中 0（0.00%），对照组 0 人次中 0；相差无定义，相对提升无定义",
    );
    Ok(())
}

#[test]
fn changes() {
    let compare = |treated, control| Comparison::of_changes(treated, control, Confidence::default());
    let effect = compare([ratio(200, 10_000), ratio(500, 10_000)], [ratio(100, 10_000), ratio(200, 10_000)]);
    assert_eq!(
        effect.explain(Language::English),
        "Better: changed by +3.00 points against +1.00 points; difference of the changes +2.00 points (95% interval +1.39 \
         points to +2.61 points)",
    );
    assert_eq!(
        effect.explain(Language::Chinese),
        "更好：变化 +3.00 个百分点，对照组 +1.00 个百分点；变化之差 +2.00 个百分点（95% 置信区间 +1.39 个百分点 至 +2.61 \
         个百分点）",
    );
    let empty = compare([ratio(0, 0); 2], [ratio(1, 2); 2]);
    let words = "Cannot tell: changed by nothing known against +0.00 points; difference of the changes undefined";
    assert_eq!(empty.explain(Language::English), words);
}

#[test]
fn money() -> TestResult {
    let arm = |amounts: &[i64]| MoneySample::of(amounts.iter().map(|&amount| cents(amount)));
    let comparison = compare_money(arm(&[10_00, 12_00, 11_00])?, arm(&[20_00, 21_00, 22_00])?);
    assert_eq!(
        comparison.explain(Language::Chinese),
        "更差：人均 11.00，对照组 21.00；相差 -10.00（95% 置信区间 -12.27 至 -7.73），相对提升 -47.6%（95% 置信区间 -57.1% \
         至 -37.3%）",
    );
    let empty = compare_money(MoneySample::default(), arm(&[1_00, 2_00])?);
    let words = "Cannot tell: an arm is empty; difference undefined, lift undefined";
    assert_eq!(empty.explain(Language::English), words);
    assert_eq!(empty.explain(Language::Chinese), "无法判断：有一组没有客户；相差无定义，相对提升无定义");
    Ok(())
}

/// A bootstrap says the same of other intervals.
#[test]
fn bootstraps() -> TestResult {
    let arm = |amounts: &[i64]| amounts.iter().map(|&amount| cents(amount)).collect::<Vec<_>>();
    let compare = |treated: &[i64], control: &[i64]| {
        Comparison::of_amounts(&arm(treated), &arm(control), &BootstrapOptions::default())
    };
    let comparison = compare(&[10_00, 12_00, 11_00], &[20_00, 21_00, 22_00])?;
    let words = comparison.explain(Language::English);
    assert!(
        words.starts_with("Worse: 11.00 against 21.00 per customer; difference -10.00 (95% interval -1"),
        "{words}"
    );
    assert!(words.contains("), lift -47.6% (95% interval -"), "{words}");
    let words = compare(&[], &[1_00, 2_00])?.explain(Language::English);
    assert_eq!(words, "Cannot tell: an arm is empty; difference undefined, lift undefined");
    Ok(())
}

/// Means are rounded as their difference is.
#[test]
fn means_are_rounded() -> TestResult {
    let arm = |amounts: &[i64]| MoneySample::of(amounts.iter().map(|&amount| cents(amount)));
    let comparison = compare_money(arm(&[1_99, 2_00, 2_00])?, arm(&[99, 1_00, 1_00])?);
    let words = comparison.explain(Language::English);
    assert!(words.starts_with("Better: 2.00 against 1.00 per customer; difference +1.00 (95% interval"), "{words}");
    Ok(())
}

/// No confidence is 0% or 100%.
#[test]
fn extreme_confidences() -> TestResult {
    let words = |level| -> repurchase::Result<String> {
        let comparison = Comparison::of_rates(ratio(50, 100), ratio(50, 100), Confidence::new(level)?);
        Ok(comparison.explain(Language::English))
    };
    for (level, percent) in [(1.0 - f64::EPSILON, ">99.999999%"), (0.999_999_99, "99.999999%"), (1e-8, "0.000001%")] {
        let words = words(level)?;
        assert!(words.contains(&format!("difference +0.00 points ({percent} interval ")), "{words}");
    }
    Ok(())
}

#[test]
fn warnings() -> TestResult {
    assert_eq!(
        SamplePlan::new(0.0164, 0.1)?.explain(3_000, 3_000, Language::Chinese)?.ok_or("too few")?,
        "样本不足：实验组 3000、对照组 3000 人次，要看出在 1.64% 基础上 +10.0% 的提升，把握只有 7%；要有 80% 的把握需要 \
         98773 和 98773 人次",
    );
    Ok(())
}

#[test]
fn every_label_has_its_own_names() {
    let different = |labels: Vec<&Label>| {
        let keys = labels.iter().map(|label| label.key());
        let names = |language| labels.iter().map(move |label| label.name(language));
        let all = [keys.collect::<Vec<_>>(), names(Language::English).collect(), names(Language::Chinese).collect()];
        for mut names in all {
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), labels.len(), "{names:?}");
            assert!(names.iter().all(|name| !name.is_empty()));
        }
    };
    different(Verdict::ALL.map(Verdict::label).to_vec());
    different(Stage::ALL.map(Stage::label).to_vec());
    different(Group::ALL.map(Group::label).to_vec());
    different(FunnelMeasure::ALL.map(FunnelMeasure::label).to_vec());
}
