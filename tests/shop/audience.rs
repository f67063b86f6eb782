//! Audiences of a shop: only what the shop supplies can be asked for.

use repurchase::act::audience::{Audience, Field, Rule, Schema, Test};
use repurchase::segment::{LabelKind, SpendBands};
use repurchase::shop::{Activity, Amount, Attribute, Figure, ShopModels, ShopOptions};

use super::{Row, fit, large, ledger};

#[track_caller]
fn is(field: impl Into<Field>, test: Test) -> Rule {
    Rule::new(field, test).unwrap()
}

fn compile(rule: Rule, models: &ShopModels) -> Result<Audience, String> {
    Audience::compile(rule, &Schema::of(models)).map_err(|error| error.to_string())
}

#[test]
fn what_the_shop_does_not_supply_is_refused_by_name() {
    let once: Vec<Row> = (0..30).map(|id| (id, u64::from(id), 1000)).collect();
    let bare = fit(&ledger(&once), &ShopOptions::default().with_grid(None));
    let supplied = "purchases, purchase_days, repeats, days_since_last, days_since_previous, days_since_first, \
                    mean_gap_days, r, f, m, expected_cycle_days, cycles_missed, overdue_days, due_days, revenue, \
                    mean_order_amount, tier_margin, tier_gap, octant, frequency_band, new_customer_state, \
                    lifecycle_stage, tier, churn_risk";
    for (rule, key) in [
        (is(Figure::ExpectedValue, Test::above(3)), "expected_value"),
        (is(Figure::ExpectedLoss, Test::above(3)), "expected_loss"),
        (is(Figure::ProbabilityAlive, Test::Exists(true)), "probability_alive"),
        (is(Figure::QuantityStretch, Test::above(2)), "quantity_stretch"),
        (is(LabelKind::SpendBand, Test::equal("under_200")), "spend_band"),
        (is(LabelKind::Segment, Test::equal("champions")), "segment"),
    ] {
        let nested = Rule::all([is(Figure::R, Test::equal(5)), Rule::not(rule).unwrap()]).unwrap();
        assert_eq!(
            compile(nested, &bare).unwrap_err(),
            format!("all[1].not.{key}: expected what the shop supplies, one of {supplied}, found \"{key}\"")
        );
    }
    assert_eq!(
        compile(Rule::tag("vip").unwrap(), &bare).unwrap_err(),
        "tag: expected no tag, as the shop supplies none, found \"vip\""
    );
    assert_eq!(
        compile(is(Field::days_since(Activity::Cart, None), Test::below(3)), &bare).unwrap_err(),
        "days_since: expected no activity, as the shop supplies none, found one"
    );
    assert_eq!(
        compile(is(Field::attribute("age"), Test::below(3)), &bare).unwrap_err(),
        "attribute.name: expected no attribute, as the schema has none, found \"age\""
    );
    assert_eq!(
        compile(is(LabelKind::Tier, Test::equal("gold")), &bare).unwrap_err(),
        "tier.=: expected one of ordinary, senior, vip, supreme, found \"gold\""
    );

    let full = fit(&ledger(&large(500)), &ShopOptions::default().with_spend_bands(SpendBands::default()));
    let of_the_caller = [Figure::QuantityStretch, Figure::ProbabilityFirstPurchase];
    for figure in Figure::ALL.into_iter().filter(|figure| !of_the_caller.contains(figure)) {
        assert!(compile(is(figure, Test::above(0)), &full).is_ok(), "{figure:?}");
    }
    for amount in Amount::ALL {
        assert!(compile(is(amount, Test::above(0)), &full).is_ok());
    }
    for kind in LabelKind::ALL {
        let key = full.labels(kind)[0].key();
        assert!(compile(is(kind, Test::equal(key)), &full).is_ok(), "{kind:?}");
        let other = Rule::new(kind, Test::equal("no such label"));
        assert!(other.map_err(|error| error.to_string()).and_then(|rule| compile(rule, &full)).is_err(), "{kind:?}");
    }
}

/// What the caller adds, the caller announces.
#[test]
fn what_is_added_can_be_asked_for() {
    let customers = ledger(&large(200));
    let models = fit(&customers, &ShopOptions::default());
    let schema = Schema::of(&models).with_tags().with_activities().with_figure(Figure::QuantityStretch);
    let rule = Rule::any([
        Rule::tag("vip").unwrap(),
        is(Field::days_since(Activity::Cart, "shoes"), Test::below(3)),
        is(Figure::QuantityStretch, Test::above(2)),
    ]);
    let audience = Audience::compile(rule.unwrap(), &schema).unwrap();
    let profiles = models.profile_all(&customers).unwrap();
    assert_eq!(audience.matches_all(&profiles).unknown().count(), 200, "nobody has said");
    let tagged = profiles.with_tags((0..200).map(|id| ["vip"].into_iter().take(id % 2))).unwrap();
    let selection = audience.matches_all(&tagged);
    assert_eq!((selection.selected().count(), selection.unknown().count()), (100, 100));
}

/// A selection from the table is the selection from the profiles.
#[test]
fn all_as_one_by_one() {
    let customers = ledger(&large(3_000));
    let models = fit(&customers, &ShopOptions::default());
    let schema = Schema::of(&models).with_number(repurchase::scale::Label::new("age", "age", "年龄")).unwrap();
    let ages = |position: usize| [Attribute::Number(18.0), Attribute::Number(40.0), Attribute::Unknown][position % 3];
    let profiles =
        models.profile_all(&customers).unwrap().with_attributes((0..3_000).map(|position| [ages(position)])).unwrap();
    for rule in [
        is(LabelKind::Tier, Test::one_of(["vip", "supreme"])),
        is(LabelKind::Segment, Test::not_equal("champions")),
        is(Figure::ProbabilityAlive, Test::at_least(rust_decimal::Decimal::new(5, 1))),
        is(Figure::ExpectedLoss, Test::above(3)),
        is(Figure::MeanGapDays, Test::below(20)),
        is(Figure::DaysSincePrevious, Test::below(60)),
        is(Amount::Revenue, Test::at_least(100)),
        is(Amount::MeanOrderAmount, Test::below(rust_decimal::Decimal::new(4_321, 2))),
        is(Amount::TierGap, Test::at_most(50)),
        is(LabelKind::NewCustomerState, Test::Exists(false)),
        Rule::all([
            is(LabelKind::ChurnRisk, Test::not_equal("in_cycle")),
            is(Field::attribute("age"), Test::at_least(30)),
            is(Figure::R, Test::between(2, 4)),
        ])
        .unwrap(),
    ] {
        let audience = Audience::compile(rule.clone(), &schema).unwrap();
        let selection = audience.matches_all(&profiles);
        let (mut unknown, mut selected) = (0, Vec::new());
        for (position, (id, history)) in customers.iter().enumerate() {
            let ages = [ages(position)];
            let profile = models.profile(&history, customers.as_of()).unwrap().with_attributes(&ages);
            let verdict = audience.verdict(&profile);
            unknown += u64::from(verdict.is_none());
            if verdict == Some(true) {
                selected.push(id);
            }
        }
        assert!(!selected.is_empty(), "{rule:?}");
        assert_eq!(selection.ids(customers.ids()).collect::<Vec<_>>(), selected, "{rule:?}");
        assert_eq!(selection.unknown().count(), unknown, "{rule:?}");
    }
}
