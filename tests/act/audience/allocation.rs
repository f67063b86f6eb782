//! Asking a compiled rule allocates nothing, whatever it asks.

use repurchase::act::audience::{Field, Rule, Test};
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Amount, Attribute, Figure, LastActivity, Profile};
use rust_decimal::Decimal;

use super::{all, any, compiled, is, label, not};

#[test]
fn nothing_is_allocated() {
    let rule = all([
        is(Figure::Purchases, Test::at_least(2)),
        is(Amount::Revenue, Test::between(10, 1000)),
        is(Amount::MeanOrderAmount, Test::one_of([5, 6])),
        any([is(LabelKind::Tier, Test::one_of(["gold", "vip"])), is(Figure::R, Test::one_of([4, 5]))]),
        is(Field::days_since(Activity::Cart, "shoes"), Test::below(30)),
        is(Field::attribute("age"), Test::at_least(18)),
        not(is(Field::attribute("region"), Test::equal("north"))),
        not(Rule::tag("employee").unwrap()),
    ]);
    let audience = compiled(rule);
    let activities = [LastActivity { activity: Activity::Cart, category: "shoes", days_ago: 2 }];
    let attributes = [Attribute::Number(20.0), Attribute::Text("south")];
    let vip = label("vip");
    let ask = || {
        let profile = Profile::default()
            .with(Figure::Purchases, 3.0)
            .with_amount(Amount::Revenue, Decimal::from(15))
            .with_amount(Amount::MeanOrderAmount, Decimal::from(5))
            .with_label(LabelKind::Tier, vip)
            .with_activities(&activities)
            .with_attributes(&attributes);
        let [known, unknown] = [profile.with_tags(&["vegan"]), profile];
        [audience.matches(&known), audience.verdict(&known) == Some(true), audience.verdict(&unknown).is_none()]
    };
    let mut answers = [false; 3];
    let allocations = allocation_counter::measure(|| answers = ask());
    assert_eq!(answers, [true; 3]);
    assert_eq!(allocations.count_total, 0, "{allocations:?}");
}
