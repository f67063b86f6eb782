//! Exact sentences and reasons in both languages.

use repurchase::act::audience::{Audience, Field, Rule, Schema, Test, ready};
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::segment::TierScheme;
use repurchase::shop::{Activity, Amount, Attribute, Figure, LastActivity, Profile};

use super::{BOTH, all, any, assert_explained, compiled, is, label, money, not, schema};

#[track_caller]
fn assert_described(rule: Rule, english: &str, chinese: &str) {
    let audience = compiled(rule);
    assert_eq!(BOTH.map(|language| audience.describe(language)), [english, chinese]);
}

#[test]
fn each_comparison() {
    let cases = [
        (Test::equal(3), "mean gap in days 3", "平均购买间隔天数为 3"),
        (Test::not_equal(3), "mean gap in days other than 3", "平均购买间隔天数不为 3"),
        (Test::below(3), "mean gap in days below 3", "平均购买间隔天数低于 3"),
        (Test::at_most(3), "mean gap in days at most 3", "平均购买间隔天数不超过 3"),
        (Test::above(3), "mean gap in days above 3", "平均购买间隔天数高于 3"),
        (Test::at_least(3), "mean gap in days at least 3", "平均购买间隔天数不低于 3"),
        (Test::between(3, 4), "mean gap in days from 3 to 4", "平均购买间隔天数为 3 至 4"),
        (Test::one_of([1, 2, 3]), "mean gap in days 1 or 2 or 3", "平均购买间隔天数为 1 或 2 或 3"),
        (Test::OneOf(Vec::new()), "mean gap in days one of none", "平均购买间隔天数为空集之一"),
        (Test::Exists(true), "any mean gap in days", "有平均购买间隔天数"),
        (Test::Exists(false), "no mean gap in days", "没有平均购买间隔天数"),
    ];
    for (test, english, chinese) in cases {
        let [english, chinese] = [format!("Customers with {english}."), format!("满足以下条件的客户：{chinese}。")];
        assert_described(is(Figure::MeanGapDays, test), &english, &chinese);
    }
}

#[test]
fn each_kind_of_field() {
    let shoes = || Field::days_since(Activity::UnpaidOrder, "shoes");
    let cases = [
        (is(Amount::Revenue, Test::at_least(money("9.90"))), "revenue at least 9.90", "成交金额不低于 9.90"),
        (
            is(LabelKind::Octant, Test::one_of(["important_value", "general_keep"])),
            "octant Important value or General keeping",
            "客户价值类别为「重要价值客户」或「一般保持客户」",
        ),
        (is(LabelKind::Segment, Test::not_equal("a b")), "segment other than \"a b\"", "客户分群不为「a b」"),
        (
            is(shoes(), Test::below(7)),
            "days since last unpaid order of \"shoes\" below 7",
            "距「shoes」最近一次下单未付款的天数低于 7",
        ),
        (is(shoes(), Test::Exists(true)), "an unpaid order of \"shoes\"", "有「shoes」的下单未付款记录"),
        (is(Field::days_since(Activity::View, None), Test::Exists(true)), "a view", "有浏览记录"),
        (is(Field::days_since(Activity::Cart, None), Test::Exists(false)), "no cart", "没有加购记录"),
        (is(shoes(), Test::Exists(false)), "no unpaid order of \"shoes\"", "没有「shoes」的下单未付款记录"),
        (is(Field::attribute("age"), Test::at_least(18)), "age at least 18", "年龄不低于 18"),
        (is(Field::attribute("region"), Test::equal("south")), "region \"south\"", "地区为「south」"),
        (Rule::tag("vegan").unwrap(), "tag \"vegan\"", "带有标签「vegan」"),
        (not(Rule::tag("vegan").unwrap()), "not (tag \"vegan\")", "非（带有标签「vegan」）"),
    ];
    for (rule, english, chinese) in cases {
        let [english, chinese] = [format!("Customers with {english}."), format!("满足以下条件的客户：{chinese}。")];
        assert_described(rule, &english, &chinese);
    }
}

#[test]
fn rules_in_rules() {
    let [r, f, m] = [Figure::R, Figure::F, Figure::M].map(|figure| is(figure, Test::equal(5)));
    assert_described(
        all([r.clone(), any([f.clone(), all([m.clone(), r.clone()])]), not(any([f.clone(), m]))]),
        "Customers with R score 5 and (F score 5 or (M score 5 and R score 5)) and not (F score 5 or M score 5).",
        "满足以下条件的客户：R 分为 5，且（F 分为 5，或（M 分为 5，且R 分为 5）），且非（F 分为 5，或M 分为 5）。",
    );
    assert_described(all([any([r])]), "Customers with R score 5.", "满足以下条件的客户：R 分为 5。");
    assert_described(all([]), "All customers.", "所有客户。");
    assert_described(any([]), "No customers.", "没有客户。");
    assert_described(
        any([f, all([]), not(any([]))]),
        "Customers with F score 5 or anything or not (the impossible).",
        "满足以下条件的客户：F 分为 5，或任意情况，或非（不可能的情况）。",
    );
}

/// The names of the schema, where it has them; keys otherwise.
#[test]
fn names_of_the_shop() {
    let rule = all([
        is(LabelKind::Tier, Test::equal("vip")),
        is(LabelKind::SpendBand, Test::equal("200")),
        is(Field::attribute("age"), Test::above(30)),
    ]);
    let schema = schema().with_labels(LabelKind::Tier, TierScheme::default().names()).unwrap();
    let bands = [Label::new("200", "200 and more", "200 元以上")];
    let schema = schema.with_labels(LabelKind::SpendBand, &bands).unwrap();
    let audience = Audience::compile(rule.clone(), &schema).unwrap();
    assert_eq!(
        BOTH.map(|language| audience.describe(language)),
        [
            "Customers with tier VIP and price band 200 and more and age above 30.",
            "满足以下条件的客户：会员等级为「VIP会员」，且价格带为「200 元以上」，且年龄高于 30。"
        ]
    );
    assert_eq!(
        BOTH.map(|language| rule.describe(language)),
        [
            "Customers with tier \"vip\" and price band \"200\" and \"age\" above 30.",
            "满足以下条件的客户：会员等级为「vip」，且价格带为「200」，且「age」高于 30。"
        ]
    );
}

#[test]
fn why_in_and_why_not() {
    let audience = compiled(all([
        is(Amount::Revenue, Test::at_least(100)),
        is(LabelKind::FrequencyBand, Test::one_of(["high", "medium"])),
        any([
            is(Field::days_since(Activity::Cart, "shoes"), Test::below(7)),
            is(Field::attribute("age"), Test::below(25)),
        ]),
        not(Rule::tag("employee").unwrap()),
    ]));
    let carted = [LastActivity { activity: Activity::Cart, category: "shoes", days_ago: 3 }];
    let base = Profile::default()
        .with_amount(Amount::Revenue, money("120.50"))
        .with_label(LabelKind::FrequencyBand, label("high"))
        .with_activities(&carted)
        .with_tags(&[]);
    assert_explained(
        &audience,
        &base,
        "In: revenue 120.50, at least 100; frequency band High frequency, High frequency or Medium frequency; \
         days since last cart of \"shoes\" 3, below 7; no tag \"employee\"",
        "入选：成交金额为 120.50，不低于 100；频次等级为「高频客户」，为「高频客户」或「中频客户」；\
         距「shoes」最近一次加购的天数为 3，低于 7；没有标签「employee」",
    );
    let seldom = base.with_label(LabelKind::FrequencyBand, None);
    assert_explained(
        &audience,
        &seldom,
        "Out: no frequency band, not High frequency or Medium frequency",
        "未入选：没有频次等级，不满足：为「高频客户」或「中频客户」",
    );
    let attributes = [Attribute::Number(25.0)];
    let none = base.with_activities(&[]).with_attributes(&attributes);
    assert_explained(
        &audience,
        &none,
        "Out: no cart of \"shoes\", not below 7; age 25, not below 25",
        "未入选：没有「shoes」的加购记录，不满足：低于 7；年龄为 25，不满足：低于 25",
    );
    assert_explained(
        &audience,
        &base.with_activities(&[]),
        "Unknown: age unknown, asked for below 25",
        "无法判断：年龄未知，条件：低于 25",
    );
    assert_explained(
        &audience,
        &base.with_tags(&["employee"]),
        "Out: tag \"employee\"",
        "未入选：带有标签「employee」",
    );
}

#[test]
fn why_of_presence_and_of_tags() {
    let cart = compiled(is(Field::days_since(Activity::Cart, None), Test::Exists(false)));
    let carted = [LastActivity { activity: Activity::Cart, category: "shoes", days_ago: 3 }];
    let profile = Profile::default();
    assert_explained(&cart, &profile.with_activities(&[]), "In: no cart", "入选：没有加购记录");
    assert_explained(
        &cart,
        &profile.with_activities(&carted),
        "Out: days since last cart 3",
        "未入选：距最近一次加购的天数为 3",
    );
    assert_explained(&cart, &profile, "Unknown: days since last cart unknown", "无法判断：距最近一次加购的天数未知");
    let tag = compiled(Rule::tag("vegan").unwrap());
    assert_explained(&tag, &profile, "Unknown: tag \"vegan\" unknown", "无法判断：标签「vegan」未知");
    assert_explained(&tag, &profile.with_tags(&["vegan"]), "In: tag \"vegan\"", "入选：带有标签「vegan」");
    assert_explained(&tag, &profile.with_tags(&["x"]), "Out: no tag \"vegan\"", "未入选：没有标签「vegan」");
    let one = compiled(is(Figure::Purchases, Test::equal(1)));
    assert_explained(&one, &profile.with(Figure::Purchases, 1.0), "In: purchases 1", "入选：支付订单数为 1");
    assert_explained(
        &one,
        &profile.with(Figure::Purchases, 2.0),
        "Out: purchases 2, not 1",
        "未入选：支付订单数为 2，不满足：为 1",
    );
    let others = compiled(is(Figure::Purchases, Test::not_equal(1)));
    assert_explained(
        &others,
        &profile.with(Figure::Purchases, 1.0),
        "Out: purchases 1, asked for other than 1",
        "未入选：支付订单数为 1，不满足：不为 1",
    );
    assert_explained(
        &compiled(not(is(Figure::Purchases, Test::not_equal(1)))),
        &profile.with(Figure::Purchases, None),
        "In: no purchases, asked for other than 1",
        "入选：没有支付订单数，不满足：不为 1",
    );
}

#[test]
fn a_ready_audience() {
    let rule = ready::new_customers(730, 30).unwrap();
    assert_eq!(
        Audience::compile(rule, &Schema::default()).map(|audience| BOTH.map(|language| audience.describe(language))),
        Ok([
            "Customers with days since last purchase below 30 and not (days since purchase before last below 730 \
             or (purchases at least 2 and days since first purchase below 730))."
                .into(),
            "满足以下条件的客户：距最近一次购买的天数低于 30，且非（距倒数第二次购买的天数低于 730，\
             或（支付订单数不低于 2，且距首次购买的天数低于 730））。"
                .into()
        ])
    );
}
