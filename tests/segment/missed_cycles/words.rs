//! Names, and exact texts of `explain`, in both languages.

use repurchase::scale::Language;
use repurchase::segment::{ChurnRisk, CycleStanding, MissedCycles};

use super::{after, money};

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

#[test]
fn names() {
    let names: Vec<_> = ChurnRisk::ALL.map(|risk| (risk.label().key(), BOTH.map(|l| risk.label().name(l)))).into();
    assert_eq!(
        names,
        [
            ("in_cycle", ["In cycle", "周期内"]),
            ("due", ["Due", "已到回购期"]),
            ("overdue", ["Overdue", "超期未购"]),
            ("churn_inclined", ["Churn-inclined", "高流失风险"]),
        ]
    );
    assert!(ChurnRisk::ALL.is_sorted());
}

#[test]
fn explained() {
    let explain = |standing: CycleStanding| BOTH.map(|language| standing.explain(language));
    let rule = MissedCycles::default();
    assert_eq!(
        explain(after(rule, &[0, 47], 130)),
        [
            "Overdue: last purchase 130 days ago, expected every 50 days (mean gap 47/1 = 47.00 days, at least 30 and \
             below 50): 2 cycles missed, churn-inclined from 3",
            "超期未购：最近一次消费距今 130 天，预计每 50 天复购一次（平均购买间隔 47/1 = 47.00 天，不低于 30 且低于 \
             50）：已错过 2 个周期，满 3 个即为高流失风险",
        ]
    );
    // The own mean gap of the open band has a fraction.
    assert_eq!(
        explain(after(rule, &[0, 1, 181], 1)),
        [
            "In cycle: last purchase 1 day ago, expected every 90.50 days (mean gap 181/2 = 90.50 days, at least 80): \
             0 cycles missed, churn-inclined from 3",
            "周期内：最近一次消费距今 1 天，预计每 90.50 天复购一次（平均购买间隔 181/2 = 90.50 天，不低于 80）：\
             已错过 0 个周期，满 3 个即为高流失风险",
        ]
    );
    let floored = rule.with_own_mean_gap(7).with_churn_cycles(2).unwrap();
    assert_eq!(
        explain(after(floored, &[0, 1, 2], 15).with_quantities(money("4"), money("2.0")).unwrap()),
        [
            "Due: last purchase 15 days ago, expected every 14 days (mean gap 2/2 = 1.00 days, floor 7; quantity 4, \
             usually 2.0): 1 cycle missed, churn-inclined from 2",
            "已到回购期：最近一次消费距今 15 天，预计每 14 天复购一次（平均购买间隔 2/2 = 1.00 天，下限 7；上次购买数量 4，\
             平时 2.0）：已错过 1 个周期，满 2 个即为高流失风险",
        ]
    );
    let daily = after(rule.with_own_mean_gap(1), &[0, 1], 3).explain(Language::English);
    assert_eq!(
        daily,
        "Churn-inclined: last purchase 3 days ago, expected every 1 day (mean gap 1/1 = 1.00 days, floor 1): \
         3 cycles missed, churn-inclined from 3"
    );
    let tiny = after(floored, &[0, 1, 2], 15).with_quantities(money("0.000001"), money("3")).unwrap();
    assert!(tiny.explain(Language::English).contains("expected every 2.3e-6 days (mean"), "never every 0.00 days");
    assert!(tiny.explain(Language::Chinese).contains("预计每 2.3e-6 天复购一次"));
    // 30 / 6,000 days round up to 0.01.
    let short = after(rule, &[0, 10], 3).with_quantities(money("1"), money("6000")).unwrap();
    assert!(short.explain(Language::English).contains("expected every 0.01 days (mean"));
    assert_eq!(
        explain(after(rule, &[0], 40)),
        [
            "Due: bought on one day, 40 days ago, at least 30 and below 50",
            "已到回购期：仅有 1 个购买日，距今 40 天，不低于 30 且低于 50",
        ]
    );
    assert_eq!(after(rule, &[0], 1).explain(Language::English), "In cycle: bought on one day, 1 day ago, below 30");
}
