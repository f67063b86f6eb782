//! Many customers: who is selected, and what each part removes.

use repurchase::Ratio;
use repurchase::act::audience::{Figure, LabelField, Profile, Test};
use repurchase::scale::Language;

use super::{all, any, compiled, is};

fn ratio(count: u64, of: u64) -> Ratio {
    Ratio::new(count, of).unwrap()
}

#[test]
fn shares_by_hand() {
    let audience = compiled(all([
        is(Figure::Purchases, Test::at_least(2)),
        is(LabelField::Tier, Test::equal("vip")),
        is(Figure::DaysSinceLast, Test::below(30)),
    ]));
    let customer = |purchases: f64, tier: &'static str, days: f64| {
        let profile = Profile::default().with(Figure::Purchases, purchases).with(Figure::DaysSinceLast, days);
        if tier.is_empty() { profile } else { profile.with_label(LabelField::Tier, tier) }
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
    let selection = audience.select(shop).unwrap();
    assert_eq!(selection.ids, [2, 7]);
    assert_eq!((selection.selected, selection.unknown), (ratio(2, 8), ratio(1, 8)), "8 is out for its one purchase");
    let parts = &selection.parts;
    assert_eq!(parts.len(), 3);
    assert_eq!((parts[0].in_sequence, parts[0].alone), (ratio(3, 8), ratio(3, 8)));
    assert_eq!((parts[1].in_sequence, parts[1].alone), (ratio(2, 5), ratio(4, 8)));
    assert_eq!((parts[2].in_sequence, parts[2].alone), (ratio(1, 3), ratio(2, 8)));
    let only: Vec<_> = parts.iter().map(|part| part.only_here.count()).collect();
    let unknown: Vec<_> = parts.iter().map(|part| part.unknown.count()).collect();
    assert_eq!((only, unknown), (vec![1, 2, 1], vec![0, 2, 0]));
    assert_eq!(
        audience.report(&selection, Language::Chinese),
        "共 8 位客户，入选 2 位，无法判断 1 位\n\
         购买次数不低于 2：依次排除 8 中的 3 位；单独排除 8 中的 3 位，仅因此排除 1 位，未知 0 位\n\
         会员等级为「vip」：依次排除 5 中的 2 位；单独排除 8 中的 4 位，仅因此排除 2 位，未知 2 位\n\
         距最近一次购买的天数低于 30：依次排除 3 中的 1 位；单独排除 8 中的 2 位，仅因此排除 1 位，未知 0 位"
    );
}

#[test]
fn nobody_and_no_parts() {
    let two = compiled(any([is(Figure::R, Test::equal(5)), is(Figure::F, Test::equal(5))]));
    let empty = two.select(Vec::<(u32, Profile<'_>)>::new()).unwrap();
    assert_eq!((empty.ids.len(), empty.selected), (0, ratio(0, 0)));
    assert_eq!(empty.parts.len(), 1, "the rule is its one part");
    assert_eq!(empty.parts[0].alone.value(), None);

    let everybody = compiled(all([])).select([(1, Profile::default())]).unwrap();
    assert_eq!((everybody.ids, everybody.parts.len()), (vec![1], 0));
    let nobody = compiled(any([])).select([(1, Profile::default())]).unwrap();
    assert_eq!((nobody.ids.len(), nobody.parts[0].alone), (0, ratio(1, 1)));
}
