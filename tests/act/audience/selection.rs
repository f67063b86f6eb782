//! Many customers: who is selected, and what each part removes.

use repurchase::act::audience::{Field, Rule, Test};
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Attribute, Figure, LastActivity, Profile, Profiles};
use repurchase::{Error, Ratio};

use super::{all, any, compiled, is, label};

fn ratio(count: u64, of: u64) -> Ratio {
    Ratio::new(count, of).unwrap()
}

#[test]
fn shares_by_hand() {
    let audience = compiled(all([
        is(Figure::Purchases, Test::at_least(2)),
        is(LabelKind::Tier, Test::equal("vip")),
        is(Figure::DaysSinceLast, Test::below(30)),
    ]));
    let customer = |purchases: f64, tier: &'static str, days: f64| {
        let profile = Profile::default().with(Figure::Purchases, purchases).with(Figure::DaysSinceLast, days);
        if tier.is_empty() { profile } else { profile.with_label(LabelKind::Tier, label(tier)) }
    };
    // Two selected; then one for each reason alone, one of no known tier, one for all three reasons.
    let shop = [
        (7, customer(3.0, "vip", 1.0)),
        (2, customer(2.0, "vip", 29.0)),
        (3, customer(1.0, "vip", 1.0)),
        (4, customer(2.0, "senior", 1.0)),
        (5, customer(2.0, "vip", 30.0)),
        (6, customer(2.0, "", 5.0)),
        (1, customer(1.0, "senior", 99.0)),
        (8, customer(1.0, "", 5.0)),
    ];
    let (ids, profiles) = (shop.map(|(id, _)| id), Profiles::of(shop.map(|(_, profile)| profile)).unwrap());
    let selection = audience.matches_all(&profiles);
    assert_eq!(selection.ids(&ids).collect::<Vec<_>>(), [&7, &2]);
    assert_eq!(
        (selection.selected(), selection.unknown()),
        (ratio(2, 8), ratio(1, 8)),
        "8 is out for its one purchase"
    );
    assert_eq!(audience.parts().len(), 3);
    assert_eq!(
        audience.report(&profiles, Language::Chinese),
        "共 8 位客户，入选 2 位，无法判断 1 位\n\
         支付订单数不低于 2：依次排除 8 中的 3 位；单独排除 8 中的 3 位，仅因此排除 1 位，未知 0 位\n\
         会员等级为「vip」：依次排除 5 中的 2 位；单独排除 8 中的 4 位，仅因此排除 2 位，未知 2 位\n\
         距最近一次购买的天数低于 30：依次排除 3 中的 1 位；单独排除 8 中的 2 位，仅因此排除 1 位，未知 0 位"
    );
}

#[test]
fn nobody_and_no_parts() {
    let two = compiled(any([is(Figure::R, Test::equal(5)), is(Figure::F, Test::equal(5))]));
    let (none, one) = (Profiles::of([]).unwrap(), Profiles::of([Profile::default()]).unwrap());
    assert_eq!(two.matches_all(&none).selected(), ratio(0, 0));
    assert_eq!(two.parts().len(), 1, "the rule is its one part");
    assert_eq!(
        two.report(&none, Language::English),
        "0 of 0 customers selected, 0 unknown\n\
         R score 5 or F score 5: removes 0 of 0; alone 0 of 0, only here 0, unknown 0"
    );

    let everybody = compiled(all([]));
    assert_eq!((everybody.matches_all(&one).selected(), everybody.parts().len()), (ratio(1, 1), 0));
    let nobody = compiled(any([]));
    assert_eq!(
        nobody.report(&one, Language::English),
        "0 of 1 customers selected, 0 unknown\nthe impossible: removes 1 of 1; alone 1 of 1, only here 1, unknown 0"
    );
}

/// What is added beside a table is what stands in the profiles of its customers.
#[test]
fn attributes_tags_and_activities_beside_a_table() {
    let activities = [[LastActivity { activity: Activity::Cart, category: "shoes", days_ago: 3 }].to_vec(), Vec::new()];
    let attributes = [[Attribute::Number(20.0), Attribute::Text("south")], [Attribute::Absent, Attribute::Unknown]];
    let tags: [&[&str]; 2] = [&["vip", "vegan"], &[]];
    let plain = [3.0, 1.0].map(|purchases| Profile::default().with(Figure::Purchases, purchases));
    let full = [0, 1]
        .map(|at| plain[at].with_activities(&activities[at]).with_attributes(&attributes[at]).with_tags(tags[at]));
    let rows = Profiles::of(full).unwrap();
    let beside = Profiles::of(plain)
        .and_then(|profiles| profiles.with_activities(activities.iter().map(Vec::as_slice)))
        .and_then(|profiles| profiles.with_attributes(attributes))
        .and_then(|profiles| profiles.with_tags(tags.map(|tags| tags.iter().copied())))
        .unwrap();
    let fields = [
        is(Field::days_since(Activity::Cart, "shoes"), Test::below(7)),
        is(Field::attribute("age"), Test::at_least(18)),
        is(Field::attribute("region"), Test::equal("south")),
        Rule::tag("vegan").unwrap(),
        is(Figure::Purchases, Test::at_least(1)),
    ];
    for rule in fields {
        let audience = compiled(rule);
        assert_eq!(audience.matches_all(&beside), audience.matches_all(&rows));
        assert_eq!(audience.matches_all(&rows).contains(0), audience.matches(&full[0]));
    }
    let short = Profiles::of(plain).unwrap().with_tags(tags.iter().take(1).map(|tags| tags.iter().copied()));
    assert_eq!(short.unwrap_err(), Error::ColumnLength { column: "tags", found: 1, expected: 2 });
}
