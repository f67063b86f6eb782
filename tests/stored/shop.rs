//! Labels, the shop as one value, and what it does.

use chrono::NaiveTime;
use repurchase::ShopCalendar;
use repurchase::act::audience::{AttributeKind, Field, Rule, Test};
use repurchase::act::campaign::{
    Arm, Assignment, BootstrapOptions, Comparison, EffectMeasure, Funnel, FunnelMeasure, Group, MoneySample,
    SamplePlan, Stage, Verdict,
};
use repurchase::act::contact::{AfterSalePlan, AfterSaleTouch, Cap, Channel, ContactRules, QuietHours, Touch, Wish};
use repurchase::act::economics::{ConstantLoss, Coupon, PaidMembership, RetentionCosts};
use repurchase::act::points::{Expiry, Liability, PointsAccount, PointsEvent, PointsProgram};
use repurchase::predict::ModelKind;
use repurchase::scale::{Bands, Confidence, Label};
use repurchase::segment::{
    BinRule, ChurnRisk, CompositeWeights, FrequencyBand, FrequencyBands, FrequencyMeasure, Grid, LabelKind, Lifecycle,
    LifecycleStage, MissedCycles, MonetaryMeasure, NewCustomerBands, NewCustomerState, Octant, OctantModel,
    OctantSplit, RfmModel, RfmOptions, RfmScore, RfmTally, SpendBands, TierModel, TierScheme, summarize,
};
use repurchase::shop::{
    Action, Activity, Amount, Figure, PlaybookBuilder, PurchaseChoice, ShopModels, ShopOptions, ShopTally, ShopTotals,
    Trigger,
};
use rust_decimal::Decimal;

use super::common::{date, instant, money, ratio};
use super::customers::{as_of, ledger, log};
use super::models::models;
use super::{Form, form};

fn labels() -> Vec<Form> {
    let ledger = ledger();
    let rfm = RfmModel::fit(&ledger, &RfmOptions::default()).unwrap();
    let scores = rfm.score_all(&ledger).unwrap();
    let own = RfmOptions::default()
        .with_recency(BinRule::Bands(Bands::new(vec![30, 90]).unwrap()))
        .with_frequency_measure(FrequencyMeasure::PurchaseDays)
        .with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
    let label = |key: &'static str| Label::new(key, key, key);
    let builder = Grid::builder([2, 2, 1]).cells(label("both"), &[[2, 2, 1]]).otherwise(label("rest"));
    let summary = summarize(&ledger, |_, history| FrequencyBands::default().band(history)).unwrap();
    let cycles = MissedCycles::default().with_own_mean_gap(7).with_churn_cycles(2).unwrap();
    let fitted = FrequencyBands::new([14, 30, 60]).unwrap();
    let splits =
        vec![OctantSplit::Mean, OctantSplit::Median, OctantSplit::From(RfmScore::new([3; 3], [5; 3]).unwrap())];
    vec![
        form("rfm_tally", RfmTally::of(&ledger, &RfmOptions::default())),
        form("rfm_score", scores[0]),
        form("octant_model", OctantModel::fit(&scores, &OctantSplit::Mean).unwrap()),
        form("rfm_model", rfm),
        form("rfm_options", own),
        form("frequency_measures", vec![FrequencyMeasure::Purchases, FrequencyMeasure::PurchaseDays]),
        form("monetary_measures", vec![MonetaryMeasure::Revenue, MonetaryMeasure::MeanOrderAmount]),
        form("composite_weights", CompositeWeights::new(2, 3, 5).unwrap()),
        form("octant_splits", splits),
        form("octants", Octant::ALL.to_vec()),
        form("grid", Grid::rf()),
        form("grid_builder", builder),
        form("frequency_bands", fitted),
        form("frequency_band", FrequencyBand::ALL.to_vec()),
        form("new_customer_bands", NewCustomerBands::new([10, 20, 30]).unwrap()),
        form("new_customer_states", NewCustomerState::ALL.to_vec()),
        form("lifecycle", Lifecycle::new(NewCustomerBands::default(), fitted)),
        form("lifecycle_stages", LifecycleStage::ALL.to_vec()),
        form("missed_cycles", cycles),
        form("churn_risks", ChurnRisk::ALL.to_vec()),
        form("tier_scheme", TierScheme::default()),
        form("tier_model", TierModel::fit(&ledger, &TierScheme::default()).unwrap()),
        form("spend_bands", SpendBands::default()),
        form("label_kinds", LabelKind::ALL.to_vec()),
        form("label_summary", summary[&FrequencyBand::High]),
    ]
}

fn shop() -> Vec<Form> {
    let (log, ledger) = (log(), ledger());
    let playbook = PlaybookBuilder::standard().action(ChurnRisk::Due, Action::GIFT).build().unwrap();
    let options = ShopOptions::default()
        .with_horizon_days(60)
        .with_spend_bands(SpendBands::default())
        .with_playbook(playbook.clone());
    let models = ShopModels::fit_log(&log, as_of(), &options).unwrap();
    let outlook =
        models.profile_all(&ledger).unwrap().outlook(&models, Confidence::new(0.9).unwrap()).unwrap().unwrap();
    let mut totals = ShopTotals::new(&models);
    for (_, history) in ledger.iter() {
        totals.add(&history, &models.profile(&history, as_of()).unwrap()).unwrap();
    }
    let choices =
        vec![PurchaseChoice::Auto, PurchaseChoice::Fit(ModelKind::BgNbd), PurchaseChoice::Given(self::models()[0])];
    vec![
        form("findings", models.diagnosis(Some(&outlook))),
        form("outlook", outlook),
        form("shop_models", models),
        form("shop_tally", ShopTally::of(&ledger, &options)),
        form("shop_totals", totals),
        form("shop_options", options),
        form("purchase_choices", choices),
        form("playbook", playbook),
        form("action", Action::GIFT),
        form("figures", Figure::ALL.to_vec()),
        form("amounts", Amount::ALL.to_vec()),
        form("activities", Activity::ALL.to_vec()),
        form("triggers", Trigger::ALL.to_vec()),
    ]
}

fn campaigns() -> Vec<Form> {
    let funnel = |clicked| {
        Funnel::new(1_000).with_clicked(clicked).unwrap().with_carted(40).unwrap().with_converted(20).unwrap()
    };
    let funnel = |clicked| funnel(clicked).with_buyers(18).unwrap().with_money(money("150"), money("1999.80")).unwrap();
    let amounts = |more: i64| [10, 20, 35, 70].map(|amount| Decimal::from(amount + more));
    let (treated, control) = (MoneySample::of(amounts(3)).unwrap(), MoneySample::of(amounts(0)).unwrap());
    let level = Confidence::new(0.95).unwrap();
    let bootstrap = BootstrapOptions::default().with_seed(7).with_replicates(1_000).with_confidence(level);
    let comparisons = vec![
        Comparison::of_rates(ratio(30, 200), ratio(20, 210), level),
        Comparison::of_changes([ratio(20, 200), ratio(30, 200)], [ratio(20, 210), ratio(21, 210)], level),
        Comparison::of_money(treated, control, level),
        Comparison::of_amounts(&amounts(3), &amounts(0), &bootstrap).unwrap(),
    ];
    let plan = SamplePlan::new(0.1, 0.2).unwrap().with_alpha(0.1).unwrap();
    let rule = Rule::all([
        Rule::new(Figure::Purchases, Test::at_least(2)).unwrap(),
        Rule::not(Rule::new(LabelKind::Tier, Test::one_of(["vip", "supreme"])).unwrap()).unwrap(),
        Rule::any([
            Rule::new(Field::days_since(Activity::Cart, "tea"), Test::below(7)).unwrap(),
            Rule::tag("press").unwrap(),
        ])
        .unwrap(),
    ]);
    vec![
        form("funnel", funnel(90)),
        form("arm", Arm::default().with(Stage::During, funnel(90)).with(Stage::Before, funnel(60))),
        form("stages", Stage::ALL.to_vec()),
        form("groups", Group::ALL.to_vec()),
        form("verdicts", Verdict::ALL.to_vec()),
        form("funnel_measures", FunnelMeasure::ALL.to_vec()),
        form("effect_measures", vec![EffectMeasure::Conversion, EffectMeasure::Revenue]),
        form("money_sample", treated),
        form("comparison", comparisons),
        form("bootstrap_options", bootstrap),
        form("sample_sizes", plan.needed(1.0).unwrap()),
        form("sample_plan", plan),
        form("assignment", Assignment::new("spring", ratio(1, 10)).unwrap()),
        form("rule", rule.unwrap()),
        form("attribute_kinds", vec![AttributeKind::Number, AttributeKind::Text]),
    ]
}

fn contacts() -> Vec<Form> {
    let at = |text| instant(text);
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let rules = ContactRules::default()
        .with_cap(Cap::new(1, 7).unwrap())
        .with_channel_cap(Channel::SMS, Cap::new(2, 30).unwrap())
        .with_quiet_hours(QuietHours::new(time(21), time(9)).unwrap())
        .with_channel_quiet_hours(Channel::EMAIL, None)
        .with_daily_budget(Channel::PHONE, 1);
    let touch = |id: &str, text| Touch::new(id.to_owned(), Channel::SMS, at(text));
    let wish = |id: &str, channel, text, value| Wish::new(id.to_owned(), channel, at(text), money(value), "reminder");
    let touches = vec![touch("ann", "2026-03-01T10:00:00Z")];
    let wishes = vec![
        wish("ann", Channel::SMS, "2026-03-03T10:00:00Z", "5"),
        wish("bo", Channel::SMS, "2026-03-03T23:00:00Z", "6"),
        wish("cy", Channel::PHONE, "2026-03-03T10:00:00Z", "7"),
        wish("di", Channel::PHONE, "2026-03-03T10:00:00Z", "8"),
        wish("ed", Channel::EMAIL, "2026-03-03T10:00:00Z", "9"),
    ];
    let program = PointsProgram::new(vec![money("1"), money("1.5")], Expiry::MonthEnd(12)).unwrap();
    let day = date("2026-03-01");
    let events = vec![
        PointsEvent::Earn { day, order: "A-1".to_owned(), amount: money("120.40"), tier: 1 },
        PointsEvent::Grant { day, points: 10 },
        PointsEvent::Return { day, order: "A-1".to_owned(), amount: money("20") },
        PointsEvent::Redeem { day, points: 50 },
    ];
    let account = PointsAccount::replay(&program, events.clone(), as_of()).unwrap();
    let coupon = Coupon::new(money("100"), money("0.4"), money("10")).unwrap();
    vec![
        form("decisions", rules.plan(touches.clone(), wishes.clone(), &ShopCalendar::utc()).unwrap()),
        form("touches", touches),
        form("wishes", wishes),
        form("contact_rules", rules),
        form("cap", Cap::new(1, 7).unwrap()),
        form("quiet_hours", QuietHours::new(time(21), time(9)).unwrap()),
        form("channel", Channel::WECHAT),
        form(
            "after_sale_plan",
            AfterSalePlan::new(Channel::SMS, 14).unwrap().with_channel(AfterSaleTouch::Launch, Channel::EMAIL),
        ),
        form("after_sale_touches", AfterSaleTouch::ALL.to_vec()),
        form("liability", Liability::of([&account], money("0.01")).unwrap()),
        form("points_account", account),
        form("points_events", events),
        form("points_program", program),
        form("expirys", vec![Expiry::Never, Expiry::Days(365), Expiry::MonthEnd(12)]),
        form("coupon", coupon.with_regular_use(money("0.25")).unwrap().with_cost_per_customer(money("0.1")).unwrap()),
        form(
            "constant_loss",
            ConstantLoss::new(money("30"), money("0.2")).unwrap().with_discount_rate(money("0.01")).unwrap(),
        ),
        form("paid_membership", PaidMembership::new(money("99"), money("80"), money("0.4"), money("0.05")).unwrap()),
        form("retention_costs", RetentionCosts::online()),
    ]
}

pub(crate) fn forms() -> Vec<Form> {
    [labels(), shop(), campaigns(), contacts()].into_iter().flatten().collect()
}
