//! Exact texts of `explain`, and names, in both languages.

use repurchase::CustomerHistory;
use repurchase::scale::{Bands, Label, Language};
use repurchase::segment::{
    BinRule, FrequencyBand, FrequencyBands, FrequencyMeasure, Lifecycle, LifecycleStage, MonetaryMeasure,
    NewCustomerBands, NewCustomerState, OctantModel, OctantSplit, RfmModel, RfmOptions, RfmTally, SpendBands,
    TierModel, TierScheme,
};
use rust_decimal::Decimal;

use super::{LAST, cents, day, history_of, ledger_of, money, order, score, stranger};

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

#[test]
fn rfm_scores() {
    // Customer n of 1..=5 bought n times, last on day n, for n in all.
    let records = (1..=5u32).flat_map(|id| {
        let rest = (1..id).map(move |_| order(id, 0, Decimal::ZERO));
        rest.chain([order(id, id.into(), Decimal::from(id))])
    });
    let ledger = ledger_of(records);
    let fitted = RfmModel::fit(&ledger, &RfmOptions::default()).unwrap();
    let explain =
        |model: &RfmModel, history: &CustomerHistory| BOTH.map(|language| model.explain(history, language).unwrap());
    assert_eq!(
        explain(&fitted, &stranger(3, 9, money("0.50"))),
        [
            "R 3 of 5: last purchase 2025-01-04, 396 days before 2026-02-04, from 2025-01-04 and before 2025-01-05; \
             F 5 of 5: purchases 9, above 4; M 1 of 5: revenue 0.50, at most 1",
            "R 3/5：最近一次消费 2025-01-04，2026-02-04 前 396 天，不早于 2025-01-04 且早于 2025-01-05；\
             F 5/5：支付订单数 9，高于 4；M 1/5：成交金额 0.50，不超过 1",
        ]
    );

    let given = RfmOptions::default()
        .with_frequency_measure(FrequencyMeasure::PurchaseDays)
        .with_monetary_measure(MonetaryMeasure::MeanOrderAmount)
        .with_recency(BinRule::Bands(Bands::new(vec![30, 90]).unwrap()))
        .with_frequency(BinRule::Bands(Bands::new(vec![2, 3]).unwrap()))
        .with_monetary(BinRule::Bands(Bands::new(vec![money("9.90")]).unwrap()));
    let given = RfmModel::fit(&ledger, &given).unwrap();
    let of_days = |days: &[u64], amount| {
        let mut history = CustomerHistory::new();
        for &number in days {
            history.record_purchase(day(number), money(amount)).unwrap();
        }
        history
    };
    // As of 2026-02-04: fewer than 30 days ago is from 2026-01-06 on, fewer than 90 from 2025-11-07 on.
    assert_eq!(
        explain(&given, &of_days(&[LAST - 30, LAST - 29], "9.9")),
        [
            "R 3 of 3: last purchase 2026-01-06, 29 days before 2026-02-04, from 2026-01-06; \
             F 2 of 3: purchase days 2, at least 2 and below 3; M 2 of 2: mean order amount 9.9, at least 9.90",
            "R 3/3：最近一次消费 2026-01-06，2026-02-04 前 29 天，不早于 2026-01-06；\
             F 2/3：购买天数 2，不低于 2 且低于 3；M 2/2：笔单价 9.9，不低于 9.90",
        ]
    );
    assert_eq!(
        explain(&given, &of_days(&[LAST - 90], "0")),
        [
            "R 1 of 3: last purchase 2025-11-06, 90 days before 2026-02-04, before 2025-11-07; \
             F 1 of 3: purchase days 1, below 2; M 1 of 2: mean order amount 0, below 9.90",
            "R 1/3：最近一次消费 2025-11-06，2026-02-04 前 90 天，早于 2025-11-07；\
             F 1/3：购买天数 1，低于 2；M 1/2：笔单价 0，低于 9.90",
        ]
    );
}

/// A rank among few says little, and the model says so, also when it was fitted elsewhere.
#[test]
fn few_customers() {
    let note = |customers: u32| {
        let ledger = ledger_of((0..customers).map(|id| order(id, u64::from(id), Decimal::ONE)));
        let model = RfmModel::fit(&ledger, &RfmOptions::default()).unwrap();
        let tally = RfmTally::of(&ledger, &RfmOptions::default());
        let again = RfmModel::fit_tally(&tally, day(LAST), &RfmOptions::default()).unwrap();
        let notes = BOTH.map(|language| model.note(language));
        assert_eq!(BOTH.map(|language| again.note(language)), notes);
        notes.map(Option::unwrap_or_default)
    };
    let english = "the scores are ranks among 49 customers only, which say little";
    assert_eq!(note(49), [english, "评分仅在 49 位客户中排名得出，参考意义有限"]);
    assert!(note(1)[0].contains("among 1 customer only"));
    assert_eq!(note(50), ["", ""]);
}

#[test]
fn octants() {
    let model = OctantModel::fit(&[score(1, 1, 1), score(2, 1, 3), score(5, 2, 1)], &OctantSplit::Mean).unwrap();
    let texts = BOTH.map(|language| model.explain(score(5, 1, 2), language).unwrap());
    assert_eq!(
        texts,
        [
            "Important development (101): R 5 of 10, above 8/3 = 2.67; F 1 of 10, at most 4/3 = 1.33; M 2 of 10, above 5/3 = 1.67",
            "重要发展客户（101）：R 5/10，高于 8/3 = 2.67；F 1/10，不超过 4/3 = 1.33；M 2/10，高于 5/3 = 1.67",
        ]
    );
}

#[test]
fn frequency_bands() {
    let bands = FrequencyBands::default();
    let texts = |days: &[u64]| BOTH.map(|language| bands.explain(&history_of(days), language));
    assert_eq!(
        texts(&[0, 1, 99]).map(Option::unwrap),
        [
            "Medium frequency: mean gap 99/2 = 49.50 days, at least 30 and below 50",
            "中频客户：平均购买间隔 99/2 = 49.50 天，不低于 30 且低于 50"
        ]
    );
    assert_eq!(
        texts(&[0, 80]).map(Option::unwrap),
        ["Occasional: mean gap 80/1 = 80.00 days, at least 80", "偶购客户：平均购买间隔 80/1 = 80.00 天，不低于 80"]
    );
    assert_eq!(texts(&[0]), [None, None]);
}

#[test]
fn new_customers_and_stages() {
    let (states, lifecycle) = (NewCustomerBands::default(), Lifecycle::default());
    let once = history_of(&[0]);
    let expected = [
        "At risk: bought on one day, 50 days ago, at least 50 and below 80",
        "流失预警：仅有 1 个购买日，距今 50 天，不低于 50 且低于 80",
    ];
    assert_eq!(BOTH.map(|language| states.explain(&once, day(50), language).unwrap()), expected);
    assert_eq!(BOTH.map(|language| lifecycle.explain(&once, day(50), language).unwrap()), expected);
    assert_eq!(
        BOTH.map(|language| lifecycle.explain(&history_of(&[0, 9]), day(50), language).unwrap()),
        ["High frequency: mean gap 9/1 = 9.00 days, below 30", "高频客户：平均购买间隔 9/1 = 9.00 天，低于 30"]
    );
    assert_eq!(states.explain(&history_of(&[0, 9]), day(50), Language::English), None);
    assert_eq!(lifecycle.explain(&history_of(&[9]), day(0), Language::English), None);
}

#[test]
fn tiers() {
    let ledger = ledger_of((1..=1000).map(|id| order(id, 0, cents(id.into()))));
    let model = TierModel::fit(&ledger, &TierScheme::default()).unwrap();
    let texts = |revenue| BOTH.map(|language| model.explain(money(revenue), language));
    assert_eq!(
        texts("9.70"),
        ["VIP: revenue 9.70, above 9.60 and at most 9.92", "VIP会员：累计消费 9.70，高于 9.60 且不超过 9.92"]
    );
    assert_eq!(texts("-1"), ["Ordinary: revenue -1, at most 8.00", "普通会员：累计消费 -1，不超过 8.00"]);
    assert_eq!(texts("10"), ["Supreme: revenue 10, above 9.92", "至尊VIP会员：累计消费 10，高于 9.92"]);
}

#[test]
fn spend_bands() {
    let mut history = history_of(&[0, 1]);
    history.record_credit(money("0.5")).unwrap();
    let texts = |bands: &SpendBands| BOTH.map(|language| bands.explain(&history, language).unwrap());
    assert_eq!(texts(&SpendBands::default()), ["revenue 19.5, below 200", "成交金额 19.5，低于 200"]);
    let means = SpendBands::new(MonetaryMeasure::MeanOrderAmount, vec![money("5"), money("50")]).unwrap();
    assert_eq!(texts(&means), ["mean order amount 10, at least 5 and below 50", "笔单价 10，不低于 5 且低于 50"]);
    let none = CustomerHistory::new();
    assert_eq!(SpendBands::default().explain(&none, Language::English), None);
}

#[track_caller]
fn assert_named(label: &Label, key: &str, english: &str, chinese: &str) {
    assert_eq!((label.key(), label.name(Language::English), label.name(Language::Chinese)), (key, english, chinese));
}

#[test]
fn names() {
    let bands = [
        ("high", "High frequency", "高频客户"),
        ("medium", "Medium frequency", "中频客户"),
        ("low", "Low frequency", "低频客户"),
        ("occasional", "Occasional", "偶购客户"),
    ];
    FrequencyBand::ALL.iter().zip(bands).for_each(|(band, (k, e, c))| assert_named(band.label(), k, e, c));
    let states = [
        ("active", "Active", "活跃"),
        ("cooling", "Cooling", "沉默"),
        ("at_risk", "At risk", "流失预警"),
        ("lost", "Lost", "流失"),
    ];
    NewCustomerState::ALL.iter().zip(states).for_each(|(state, (k, e, c))| assert_named(state.label(), k, e, c));
    let names = [
        ("under_200", "below 200", "低于 200"),
        ("200_300", "at least 200 and below 300", "不低于 200 且低于 300"),
        ("300_500", "at least 300 and below 500", "不低于 300 且低于 500"),
        ("500_800", "at least 500 and below 800", "不低于 500 且低于 800"),
        ("from_800", "at least 800", "不低于 800"),
    ];
    let price = SpendBands::default();
    assert_eq!(price.labels().len(), names.len());
    price.labels().iter().zip(names).for_each(|(label, (k, e, c))| assert_named(label, k, e, c));
}

#[test]
fn names_of_stages() {
    let stages = [
        ("new_active", "New, active", "新客·活跃"),
        ("new_cooling", "New, cooling", "新客·沉默"),
        ("new_at_risk", "New, at risk", "新客·流失预警"),
        ("new_lost", "Lost after one purchase", "新客·流失"),
        ("repeat_high", "Repeat, high frequency", "老客·高频"),
        ("repeat_medium", "Repeat, medium frequency", "老客·中频"),
        ("repeat_low", "Repeat, low frequency", "老客·低频"),
        ("repeat_occasional", "Repeat, occasional", "老客·偶购"),
    ];
    LifecycleStage::ALL.iter().zip(stages).for_each(|(stage, (k, e, c))| assert_named(stage.label(), k, e, c));
}

/// What an explanation says is true as it is printed: a score that is high is not "above" itself.
#[test]
fn an_octants_split_is_not_rounded_to_the_score() {
    let mut scores = vec![score(3, 3, 3); 999];
    scores.push(score(2, 2, 2));
    let model = OctantModel::fit(&scores, &OctantSplit::Mean).unwrap();
    let text = model.explain(score(3, 3, 3), Language::English).unwrap();
    assert!(!text.contains("R 3 of 10, above 3.00"), "{text}");
}

/// Where there is nothing to compare with, any value will do, and the sentence says so.
#[test]
fn one_label_for_all() {
    let ledger = ledger_of([order(1, 0, Decimal::TEN)]);
    let scheme = TierScheme::new(vec![Label::new("all", "All", "全部")], Vec::new()).unwrap();
    let tiers = TierModel::fit(&ledger, &scheme).unwrap();
    assert_eq!(tiers.explain(Decimal::TEN, Language::English), "All: revenue 10, any value");
    let bands = SpendBands::new(MonetaryMeasure::Revenue, Vec::new()).unwrap();
    let names = bands.labels().iter().map(|label| BOTH.map(|language| label.name(language))).collect::<Vec<_>>();
    assert_eq!(names, [["any value", "不限"]]);
}
