//! The playbook: total, replaceable, checked for gaps.

use repurchase::Error;
use repurchase::scale::{Label, Language};
use repurchase::segment::{
    ChurnRisk, FrequencyBand, Grid, LabelKind, LifecycleStage, MonetaryMeasure, NewCustomerState, Octant, RfmOptions,
    SpendBands, TierScheme,
};
use repurchase::shop::{Action, CustomerLabel, Playbook, PlaybookBuilder, ShopModels, ShopOptions, ShopTally};
use rust_decimal::Decimal;

use super::{fit, large, ledger, money};

fn key<'a>(playbook: &Playbook, label: impl Into<CustomerLabel<'a>>) -> Option<&str> {
    playbook.action_for(label).map(Action::key)
}

fn of(kind: LabelKind, label: &Label) -> CustomerLabel<'_> {
    CustomerLabel::new(kind, label.key())
}

fn own(name: &'static str) -> Action {
    Action::new(Label::new(name, name, name)).because("for a test", "测试")
}

#[test]
fn what_the_standard_playbook_says() {
    let playbook = Playbook::default();
    for band in [FrequencyBand::High, FrequencyBand::Medium] {
        assert_eq!(key(&playbook, band), Some("points_and_coupons"));
        assert_eq!(key(&playbook, LifecycleStage::Repeat(band)), Some("points_and_coupons"));
    }
    assert_eq!(key(&playbook, NewCustomerState::Active), Some("brand_and_care"));
    assert_eq!(key(&playbook, LifecycleStage::New(NewCustomerState::Active)), Some("brand_and_care"));
    assert_eq!(key(&playbook, NewCustomerState::Lost), Some("win_back_offer"));
    assert_eq!(key(&playbook, LifecycleStage::New(NewCustomerState::Lost)), Some("win_back_offer"));
    assert_eq!(key(&playbook, ChurnRisk::ChurnInclined), Some("win_back_offer"));
    let bands = SpendBands::default();
    let by_price: Vec<_> = bands.labels().iter().map(|band| key(&playbook, of(LabelKind::SpendBand, band))).collect();
    assert_eq!(by_price, [Some("discount"), Some("discount"), Some("gift"), Some("gift"), Some("brand")]);
}

#[test]
fn the_default_is_total() {
    let playbook = Playbook::default();
    assert_eq!(PlaybookBuilder::standard().build(), Ok(playbook.clone()));
    assert_eq!(Playbook::default(), PlaybookBuilder::from(playbook.clone()).build().unwrap());
    let kinds: Vec<_> = playbook.kinds().collect();
    assert_eq!(kinds, LabelKind::ALL);
    assert!(LifecycleStage::ALL.into_iter().all(|label| playbook.action_for(label).is_some()));
    assert!(FrequencyBand::ALL.into_iter().all(|label| playbook.action_for(label).is_some()));
    assert!(NewCustomerState::ALL.into_iter().all(|label| playbook.action_for(label).is_some()));
    assert!(Octant::ALL.into_iter().all(|label| playbook.action_for(label).is_some()));
    assert!(ChurnRisk::ALL.into_iter().all(|label| playbook.action_for(label).is_some()));
    assert!(Grid::rf().segments().iter().all(|label| playbook.action_for(of(LabelKind::Segment, label)).is_some()));
    assert!(
        TierScheme::default().names().iter().all(|label| playbook.action_for(of(LabelKind::Tier, label)).is_some())
    );
    let counts: Vec<_> = LabelKind::ALL.map(|kind| playbook.actions(kind).count()).into();
    assert_eq!(counts, [8, 10, 4, 5, 4, 8, 4, 4]);
    // Each has a name and a reason in both languages, and a stage says the same as its band or state.
    for (label, action) in LabelKind::ALL.into_iter().flat_map(|kind| playbook.actions(kind)) {
        for language in [Language::English, Language::Chinese] {
            assert!(!action.name(language).is_empty() && !action.reason(language).is_empty(), "{label:?}");
        }
        assert!(action.reason(Language::Chinese).chars().any(|letter| letter > '\u{4e00}'), "{label:?}");
        assert!(Action::STANDARD.iter().any(|standard| standard.key() == action.key()));
    }
    for band in FrequencyBand::ALL {
        assert_eq!(playbook.action_for(band), playbook.action_for(LifecycleStage::Repeat(band)));
    }
    for state in NewCustomerState::ALL {
        assert_eq!(playbook.action_for(state), playbook.action_for(LifecycleStage::New(state)));
    }
}

#[test]
fn kinds_are_told_apart() {
    let playbook = Playbook::default();
    assert_eq!(key(&playbook, CustomerLabel::new(LabelKind::NewCustomerState, "at_risk")), Some("second_order_offer"));
    assert_eq!(key(&playbook, CustomerLabel::new(LabelKind::Segment, "at_risk")), Some("win_back_offer"));
    assert_eq!(key(&playbook, CustomerLabel::new(LabelKind::Octant, "at_risk")), None);
    assert_eq!(playbook.explain(CustomerLabel::new(LabelKind::Octant, "at_risk"), Language::English), None);
}

#[test]
fn words() {
    let playbook = Playbook::default();
    let explain = |language| playbook.explain(LifecycleStage::Repeat(FrequencyBand::High), language);
    let english =
        "Repeat, high frequency: Points and member coupons (mean gap in the shortest band; a reward keeps it short)";
    assert_eq!(explain(Language::English).as_deref(), Some(english));
    let chinese = "老客·高频：积分与会员优惠券（平均购买间隔处于最短一档，用奖励巩固习惯）";
    assert_eq!(explain(Language::Chinese).as_deref(), Some(chinese));
    let names = Action::STANDARD.map(|action| action.name(Language::Chinese).to_owned());
    let expected = [
        "积分与会员优惠券",
        "品牌介绍与售后关怀",
        "二次购买优惠",
        "回购提醒",
        "召回优惠",
        "专属服务",
        "品牌内容",
        "赠品",
        "折扣",
        "暂不打扰",
    ];
    assert_eq!(names, expected);
    // An action without a reason stands alone.
    let playbook = PlaybookBuilder::standard().action(Octant::GeneralKeep, Action::GIFT).build().unwrap();
    let explain = |language| playbook.explain(Octant::GeneralKeep, language);
    assert_eq!(explain(Language::English).as_deref(), Some("General keeping: Gift with the order"));
    assert_eq!(explain(Language::Chinese).as_deref(), Some("一般保持客户：赠品"));
}

#[test]
fn gaps_are_listed() {
    let nothing = PlaybookBuilder::default().build().unwrap_err();
    let Error::PlaybookGap { labels } = nothing else { panic!("{nothing}") };
    assert_eq!(labels.len(), 8 + 4 + 4 + 8 + 10 + 4 + 4 + 5);
    let others = LabelKind::ALL.into_iter().filter(|&kind| !matches!(kind, LabelKind::Tier | LabelKind::ChurnRisk));
    let builder = others.fold(PlaybookBuilder::default(), PlaybookBuilder::without);
    let builder = builder.action(ChurnRisk::Due, own("remind"));
    let builder = builder.otherwise(LabelKind::Tier, own("thank"));
    let error = builder.clone().build().unwrap_err();
    let expected = "the playbook has no action for churn_risk/in_cycle, churn_risk/overdue, churn_risk/churn_inclined";
    assert_eq!(error.to_string(), expected);
    let playbook = builder.otherwise(LabelKind::ChurnRisk, own("call")).build().unwrap();
    let keys: Vec<_> = ChurnRisk::ALL.map(|risk| key(&playbook, risk).unwrap().to_owned()).into();
    assert_eq!(keys, ["call", "remind", "call", "call"]);
    assert_eq!(playbook.kinds().collect::<Vec<_>>(), [LabelKind::Tier, LabelKind::ChurnRisk]);
    assert_eq!(key(&playbook, Octant::ImportantValue), None);
}

#[test]
fn actions_for_nobody_are_listed() {
    let builder = PlaybookBuilder::standard()
        .action(CustomerLabel::new(LabelKind::Tier, "platinum"), own("thank"))
        .without(LabelKind::SpendBand)
        .action(CustomerLabel::new(LabelKind::SpendBand, "under_30"), own("thank"))
        .otherwise(LabelKind::SpendBand, own("thank"));
    let expected = "the playbook has an action for labels that it does not cover: spend_band/under_30, tier/platinum, spend_band/*";
    assert_eq!(builder.build().unwrap_err().to_string(), expected);
}

#[test]
fn the_shops_own_labels() {
    // Klaviyo's segments: two of the six have the key of a segment before, and so an action.
    let builder = PlaybookBuilder::standard().with_segments(&Grid::klaviyo());
    let expected = "the playbook has no action for segment/recent, segment/needs_attention, segment/inactive";
    assert_eq!(builder.clone().build().unwrap_err().to_string(), expected);
    let playbook = builder.otherwise(LabelKind::Segment, own("look")).build().unwrap();
    let grid = Grid::klaviyo();
    let keys: Vec<_> =
        grid.segments().iter().map(|label| key(&playbook, of(LabelKind::Segment, label)).unwrap()).collect();
    assert_eq!(keys, ["personal_service", "points_and_coupons", "look", "look", "win_back_offer", "look"]);
    assert_eq!(key(&playbook, of(LabelKind::Segment, &Grid::rf().segments()[0])), None, "of the grid before");

    let names = ["basic", "gold"].map(|key| Label::new(key, key, key));
    let tiers = TierScheme::new(names.to_vec(), vec![money("0.9")]).unwrap();
    let bands = SpendBands::new(MonetaryMeasure::Revenue, vec![money("200"), money("1000")]).unwrap();
    let builder = PlaybookBuilder::standard().with_tiers(&tiers).with_spend_bands(&bands);
    let expected = "the playbook has no action for spend_band/200_1000, spend_band/from_1000, tier/basic, tier/gold";
    assert_eq!(builder.clone().build().unwrap_err().to_string(), expected);
    let builder = builder.action(of(LabelKind::Tier, &names[1]), own("thank")).otherwise(LabelKind::Tier, own("greet"));
    let playbook = builder.otherwise(LabelKind::SpendBand, own("show")).build().unwrap();
    assert_eq!(
        (key(&playbook, of(LabelKind::Tier, &names[0])), key(&playbook, of(LabelKind::Tier, &names[1]))),
        (Some("greet"), Some("thank"))
    );
    assert_eq!(key(&playbook, of(LabelKind::SpendBand, &bands.labels()[0])), Some("discount"));
    assert_eq!(key(&playbook, of(LabelKind::SpendBand, &bands.labels()[2])), Some("show"));
    // What was said last holds.
    let playbook =
        PlaybookBuilder::from(playbook).action(Octant::GeneralKeep, own("a")).action(Octant::GeneralKeep, own("b"));
    assert_eq!(key(&playbook.build().unwrap(), Octant::GeneralKeep), Some("b"));
}

#[cfg(feature = "serde")]
#[test]
fn stored_playbooks_are_checked() {
    use super::common::{refused, stored};
    use serde_json::json;

    let form = stored(&Playbook::default());
    let first = json!({
        "label": {"key": "high", "english": "High frequency", "chinese": "高频客户"},
        "action": {
            "label": {"key": "points_and_coupons", "english": "Points and member coupons", "chinese": "积分与会员优惠券"},
            "reason_english": "mean gap in the shortest band; a reward keeps it short",
            "reason_chinese": "平均购买间隔处于最短一档，用奖励巩固习惯",
        },
    });
    assert_eq!(form["frequency_band"][0], first);
    let tiers = TierScheme::new(vec![Label::new("all", "All", "全部")], Vec::new()).unwrap();
    let builder = PlaybookBuilder::standard().with_tiers(&tiers).without(LabelKind::Octant);
    stored(&builder.otherwise(LabelKind::Tier, own("greet")).build().unwrap());

    let refuse = |change: fn(&mut serde_json::Value)| {
        let mut bad = form.clone();
        change(&mut bad);
        refused::<Playbook>(&bad)
    };
    let gap = refuse(|form| drop(form["frequency_band"].as_array_mut().unwrap().remove(1)));
    assert_eq!(gap, "the playbook has no action for frequency_band/medium");
    let unknown = refuse(|form| form["frequency_band"][1]["label"]["key"] = json!("middle"));
    assert_eq!(unknown, "the playbook has an action for labels that it does not cover: frequency_band/middle");
    let twice = refuse(|form| form["tier"][1]["label"]["key"] = json!("ordinary"));
    assert_eq!(twice, "labels must have different keys that are not empty, found \"ordinary\" again or empty");
    for kind in LabelKind::ALL {
        assert_eq!(stored(&kind), json!(kind.key()));
    }
    for action in Action::STANDARD {
        assert_eq!(stored(&action)["label"]["key"], json!(action.key()));
    }
}

/// The standard playbook covers what is standard of a shop; one that is given covers the shop's labels, or is an error.
#[test]
fn a_shop_has_a_playbook_for_its_labels() {
    let customers = ledger(&large(100));
    let kinds = |models: &ShopModels| models.playbook().kinds().collect::<Vec<_>>();
    let without = |left_out: &[LabelKind]| -> Vec<_> {
        LabelKind::ALL.into_iter().filter(|kind| !left_out.contains(kind)).collect()
    };
    let models = fit(&customers, &ShopOptions::default());
    assert_eq!(kinds(&models), without(&[LabelKind::SpendBand]));
    let standard = Playbook::default();
    for kind in kinds(&models) {
        assert!(models.playbook().actions(kind).eq(standard.actions(kind)), "{kind:?}");
        assert!(models.playbook().actions(kind).map(|(label, _)| label).eq(models.labels(kind)));
    }
    let klaviyo = RfmOptions::quantiles(3);
    let own =
        ShopOptions::default().with_rfm(klaviyo).with_grid(Grid::klaviyo()).with_spend_bands(SpendBands::default());
    assert_eq!(kinds(&fit(&customers, &own)), without(&[LabelKind::Segment]));
    assert_eq!(kinds(&fit(&customers, &own.clone().with_grid(None))), without(&[LabelKind::Segment]));

    // Given, it is as strict as when it was built.
    let error = ShopModels::fit(&customers, &own.clone().with_playbook(Playbook::default())).unwrap_err();
    let expected = "the playbook has no action for segment/recent, segment/needs_attention, segment/inactive";
    assert_eq!(error.to_string(), expected);
    let builder = PlaybookBuilder::standard().with_segments(&Grid::klaviyo());
    let playbook = builder.otherwise(LabelKind::Segment, self::own("look")).build().unwrap();
    let given = own.with_playbook(playbook.clone());
    assert_eq!(fit(&customers, &given).playbook(), &playbook);
    let tally = ShopTally::of(&customers, &given);
    assert_eq!(ShopModels::fit_tally(&tally, &given).unwrap().playbook(), &playbook);
    // What nobody in the shop can have is left out.
    assert_eq!(kinds(&fit(&customers, &given.with_grid(None))), without(&[LabelKind::Segment]));
}

/// To look at all labels for each of them would take minutes.
#[test]
fn as_many_labels_as_a_file_may_hold() {
    let names: Vec<_> = (0..50_000).map(|tier| Label::new(format!("tier_{tier}"), "Tier", "等级")).collect();
    let shares = (1..50_000).map(|share| Decimal::new(share, 5)).collect();
    let tiers = TierScheme::new(names.clone(), shares).unwrap();
    let keyed = names.iter().fold(PlaybookBuilder::standard().with_tiers(&tiers), |builder, tier| {
        builder.action(of(LabelKind::Tier, tier), own("greet"))
    });
    let playbook = keyed.build().unwrap();
    assert_eq!(playbook.actions(LabelKind::Tier).count(), 50_000);
}
