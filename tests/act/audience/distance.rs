//! How far a member is from the tiers around.

use chrono::NaiveDate;
use repurchase::act::audience::{Audience, Schema, ready};
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Profile, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Error, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

use super::{BOTH, assert_explained, money};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()
}

/// Customers of 1 to 100: senior above 80, VIP above 96, supreme above 100, where nobody is.
fn shop() -> ShopModels {
    let orders =
        (1..=100).map(|id| Order::new(id, day().and_hms_opt(12, 0, 0).unwrap().and_utc(), Decimal::from(id)).unwrap());
    let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), day()).unwrap();
    ShopModels::fit(&ledger, &ShopOptions::default()).unwrap()
}

/// A member of a revenue, of which some is about to leave the counted time.
#[track_caller]
fn member<'a>(shop: &'a ShopModels, revenue: &str, leaving: &str) -> Profile<'a> {
    let mut history = CustomerHistory::new();
    history.record_purchase(day(), money(revenue)).unwrap();
    shop.profile(&history, day()).unwrap().with_leaving(money(leaving)).unwrap()
}

#[test]
fn margins_and_gaps() {
    let shop = shop();
    let distance = |revenue: &str, leaving: &str| {
        let member = member(&shop, revenue, leaving);
        let tier = member.label(LabelKind::Tier).unwrap().key();
        (tier, member.amount(Amount::TierMargin), member.amount(Amount::TierGap))
    };
    let some = |text| Some(money(text));
    assert_eq!(distance("50", "20"), ("ordinary", None, some("30")), "nobody drops from the lowest");
    assert_eq!(distance("80", "0"), ("ordinary", None, some("0")), "the next begins above its cut");
    assert_eq!(distance("80.01", "0"), ("senior", some("0.01"), some("15.99")));
    assert_eq!(distance("90", "10"), ("senior", some("0"), some("6")), "a margin of 0 is a drop");
    assert_eq!(distance("90", "9.99"), ("senior", some("0.01"), some("6")));
    assert_eq!(distance("98", "50"), ("vip", some("-48"), some("2")), "two tiers at once");
    assert_eq!(distance("500", "0"), ("supreme", some("400"), None), "there is none above");
    let error = Error::AmountOverflow { field: "distance to a tier" };
    assert_eq!(shop.explain_tier(Decimal::MAX, -Decimal::ONE, BOTH[0]), Err(error.clone()));
    assert_eq!(member(&shop, "500", "0").with_leaving(-Decimal::MAX), Err(error));
}

#[test]
fn in_words() {
    let shop = shop();
    let texts = |revenue: &str, leaving: &str| {
        BOTH.map(|language| shop.explain_tier(money(revenue), money(leaving), language).unwrap())
    };
    assert_eq!(
        texts("50", "0"),
        ["Ordinary: revenue 50, Senior above 80, 30 more", "普通会员：累计消费 50，高于 80 升为高级会员，还差 30"]
    );
    assert_eq!(
        texts("98", "50"),
        [
            "VIP: revenue 98, Supreme above 100, 2 more; 50 about to leave, 48 left, 48 below the cut 96: drops to Ordinary",
            "VIP会员：累计消费 98，高于 100 升为至尊VIP会员，还差 2；即将移出 50，剩余 48，低于门槛 96 达 48：将降为普通会员",
        ]
    );
    assert_eq!(
        texts("120", "5"),
        [
            "Supreme: revenue 120; 5 about to leave, 115 left, 15 above the cut 100: stays",
            "至尊VIP会员：累计消费 120；即将移出 5，剩余 115，高于门槛 100 达 15：保持等级",
        ]
    );
}

#[test]
fn who_is_about_to_drop_and_who_is_near_the_next() {
    let shop = shop();
    let schema = Schema::of(&shop);
    let [drop, soon, near] = [
        ready::about_to_drop(Decimal::ZERO).unwrap(),
        ready::about_to_drop(Decimal::from(5)).unwrap(),
        ready::near_next_tier(Decimal::from(5)).unwrap(),
    ]
    .map(|rule| Audience::compile(rule, &schema).unwrap());
    let answers = |revenue: &str, leaving: &str| {
        let member = member(&shop, revenue, leaving);
        [&drop, &soon, &near].map(|audience| audience.matches(&member))
    };
    assert_eq!(answers("75", "75"), [false, false, true], "the lowest tier cannot be lost");
    assert_eq!(answers("74.99", "0"), [false, false, false]);
    assert_eq!(answers("90", "10"), [true, true, false]);
    assert_eq!(answers("90", "5"), [false, true, false]);
    assert_eq!(answers("95", "0"), [false, false, true]);
    assert_eq!(answers("500", "0"), [false, false, false]);

    let profile = Profile::default().with_amount(Amount::TierGap, money("3.50"));
    assert_explained(
        &near,
        &profile,
        "In: revenue missing to the next tier 3.50, at most 5",
        "入选：距下一等级的金额为 3.50，不超过 5",
    );
}
