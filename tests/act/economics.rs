//! Coupons, paid memberships, retention against acquisition, loss rates: by hand, against exact fractions, and against a sum over
//! periods.

use proptest::prelude::*;
use repurchase::act::economics::{ConstantLoss, Coupon, PaidMembership, RetentionCosts};
use rust_decimal::Decimal;

use super::{fixed_seed, money};

#[track_caller]
fn coupon(order: &str, margin: &str, discount: &str) -> Coupon {
    Coupon::new(money(order), money(margin), money(discount)).expect("a coupon")
}

#[track_caller]
fn loss(margin: &str, rate: &str) -> ConstantLoss {
    ConstantLoss::new(money(margin), money(rate)).expect("a loss rate")
}

#[track_caller]
#[allow(clippy::unnecessary_wraps, reason = "what it is compared with is an option")]
fn some(text: &str) -> Option<Decimal> {
    Some(money(text))
}

#[track_caller]
fn card(fee: &str, order: &str, margin: &str, discount: &str) -> PaidMembership {
    PaidMembership::new(money(fee), money(order), money(margin), money(discount)).expect("a membership")
}

#[test]
fn a_card_for_a_fee() {
    // 88 a year, 5% off orders of 120 at 35%, gifts of 20: 6 off a purchase, and 36 of 42 kept.
    let found = card("88", "120", "0.35", "0.05").with_cost_per_member(money("20")).unwrap();
    assert_eq!((found.discount_per_purchase(), found.margin_kept()), (some("6"), some("36")));
    assert_eq!(found.purchases_worth_the_fee().map(|purchases| purchases.round_dp(4)), some("14.6667"));
    // 11 purchases: 66 off and 20 of gifts, 2 less than the fee. 20: 120 and 20, 52 more, in 1.44 purchases.
    assert_eq!(found.break_even_purchases(money("11")), some("0"));
    assert_eq!(found.profit_change(money("11"), Decimal::ZERO), some("2"));
    assert_eq!(found.break_even_purchases(money("20")).map(|extra| extra.round_dp(4)), some("1.4444"));
    assert_eq!(found.profit_change(money("20"), money("2")), some("20"));
    // Two extra purchases earn 72 of the 140; without them it takes all.
    assert_eq!(found.break_even_fee(money("20"), money("2")), some("68"));
    assert_eq!(found.break_even_fee(money("20"), Decimal::ZERO), some("140"));
    assert_eq!(found.break_even_fee(money("1"), money("20")), some("0"));
}

#[test]
fn cards_at_the_edges() {
    // A discount that eats the margin, or more: no number of purchases earns what the fee lacks.
    for discount in ["0.3", "0.4"] {
        let found = card("10", "100", "0.3", discount);
        assert_eq!(
            (found.break_even_purchases(money("1")), found.break_even_purchases(Decimal::ZERO)),
            (None, some("0"))
        );
        assert!(found.profit_change(money("1"), money("5")) < some("0"));
    }
    // A discount without a fee is a price cut: 10 of every purchase of before, 20 kept of each extra one.
    let without_fee = card("0", "100", "0.3", "0.1");
    assert_eq!(
        (without_fee.purchases_worth_the_fee(), without_fee.break_even_purchases(money("8"))),
        (some("0"), some("4"))
    );
    let no_discount = card("10", "100", "0.3", "0");
    assert_eq!(
        (no_discount.purchases_worth_the_fee(), no_discount.break_even_purchases(money("8"))),
        (None, some("0"))
    );
    let no_goods = card("10", "0", "0.3", "0.1");
    assert_eq!((no_goods.purchases_worth_the_fee(), no_goods.margin_kept()), (None, some("0")));
    for numbers in [["-1", "0"], ["0", "-1"]] {
        let [purchases, extra] = numbers.map(money);
        assert_eq!(
            (without_fee.profit_change(purchases, extra), without_fee.break_even_fee(purchases, extra)),
            (None, None)
        );
    }
    assert_eq!(without_fee.break_even_purchases(money("-1")), None);
    assert_eq!(card("1", "10", "1", "0.1").profit_change(Decimal::MAX, Decimal::MAX), None);
    let text = |numbers: [&str; 4]| {
        let [fee, order, margin, discount] = numbers.map(money);
        PaidMembership::new(fee, order, margin, discount).unwrap_err().to_string()
    };
    assert_eq!(text(["-1", "1", "0", "0"]), "fee of a membership must be 0 or more, found -1");
    assert_eq!(text(["1", "-1", "0", "0"]), "amount of an order must be 0 or more, found -1");
    assert_eq!(text(["1", "1", "1.1", "0"]), "margin must be within 0..=1, found 1.1");
    assert_eq!(text(["1", "1", "1", "-0.1"]), "discount of a membership must be within 0..=1, found -0.1");
    let error = without_fee.with_cost_per_member(money("-1")).unwrap_err().to_string();
    assert_eq!(error, "cost per member must be 0 or more, found -1");
}

#[test]
fn break_even_uplift_of_a_price_cut() {
    // The rule of price cuts, cut / (margin - cut): 5% off at a contribution of 45% needs 12.5% more,
    // 10% off at 30% half as much again, 20% off at 25% five times as much.
    for (margin, discount, uplift) in
        [("0.45", "5", "0.125"), ("0.3", "10", "0.5"), ("0.25", "20", "4"), ("0.5", "0", "0")]
    {
        let found = coupon("100", margin, discount);
        assert_eq!(found.break_even_uplift(money("0.05")), some(uplift), "{discount} off at {margin}");
        assert_eq!(found.break_even_uplift(money("3")), some(uplift), "whatever the conversion");
    }
    // A coupon as large as the margin, or larger, never pays.
    assert_eq!(coupon("100", "0.3", "30").break_even_uplift(money("0.05")), None);
    assert_eq!(coupon("100", "0.3", "31").break_even_orders(money("0.05")), None);
    assert_eq!(coupon("100", "0.3", "31").margin_with_coupon(), some("-1.0"));
    // Unless it costs nothing, because only those use it who would not have bought.
    let lost_only = coupon("100", "0.3", "31").with_regular_use(Decimal::ZERO).unwrap();
    assert_eq!(lost_only.break_even_uplift(money("0.05")), some("0"));
}

#[test]
fn coupons_with_costs_of_sending() {
    // 1,000 customers, of whom 20 would buy for 200 at 40%; half of them use 30 off; each message costs 0.1.
    // Given away: 20 * 0.5 * 30 + 100 = 400. Each new order earns 80 - 30 = 50: 8 orders, 40% more.
    let found = coupon("200", "0.4", "30").with_regular_use(money("0.5")).unwrap();
    let found = found.with_cost_per_customer(money("0.1")).unwrap();
    let conversion = money("0.02");
    assert_eq!(found.break_even_orders(conversion), some("0.008"));
    assert_eq!(found.break_even_uplift(conversion), some("0.4"));
    assert_eq!(found.profit_change(conversion, money("0.4")), some("0"));
    // 10 more orders: 500 - 400 = 100, a tenth for each customer. No more: 400 lost.
    assert_eq!(found.profit_change(conversion, money("0.5")), some("0.1"));
    assert_eq!(found.profit_change(conversion, Decimal::ZERO), some("-0.4"));
    // Nobody would have bought: no share of nobody, but a number of orders.
    assert_eq!(found.break_even_uplift(Decimal::ZERO), None);
    assert_eq!(found.break_even_orders(Decimal::ZERO), some("0.002"));
    for conversion in ["-0.01", "-1"].map(money) {
        assert_eq!(found.break_even_uplift(conversion), None);
        assert_eq!(found.break_even_orders(conversion), None);
        assert_eq!(found.profit_change(conversion, Decimal::ONE), None);
    }
    assert_eq!(coupon("100", "1", "1").break_even_orders(Decimal::MAX).map(|orders| orders > Decimal::ONE), Some(true));
    assert_eq!(coupon("100", "1", "2").break_even_orders(Decimal::MAX), None, "beyond a decimal");
}

#[test]
fn the_articles_1_to_2_and_1_to_5() {
    let (offline, online) = (RetentionCosts::offline(), RetentionCosts::online());
    assert_eq!((offline.ratio(), offline.break_even_success()), (some("2"), some("0.5")));
    assert_eq!((online.ratio(), online.break_even_success()), (some("5"), some("0.2")));
    // Three tries in ten succeed: that is worth 1.5 online and 0.6 offline, and a try costs 1.
    assert_eq!(online.saving_per_try(money("0.3")), some("0.5"));
    assert_eq!(offline.saving_per_try(money("0.3")), some("-0.4"));
    assert_eq!(online.saving_per_try(money("0.2")), some("0"));
    let own = RetentionCosts::new(money("12"), money("60")).unwrap();
    assert_eq!(
        (own.ratio(), own.break_even_success(), own.saving_per_try(Decimal::ONE)),
        (some("5"), some("0.2"), some("48"))
    );
    let dear = RetentionCosts::new(money("3"), money("2")).unwrap();
    assert_eq!((dear.break_even_success(), dear.saving_per_try(Decimal::ONE)), (None, some("-1")));
    for success in ["-0.1", "1.1"] {
        assert_eq!(own.saving_per_try(money(success)), None);
    }
}

#[test]
fn lifetime_and_value_under_a_constant_loss() {
    // A quarter lost each period: 4 periods, 4 margins.
    let plain = loss("30", "0.25");
    assert_eq!((plain.expected_periods(), plain.value(), plain.profit()), (some("4"), some("120"), some("120")));
    // Discounted by 5%: 30 * 1.05 / 0.30 = 105; less 45 of acquisition.
    let discounted = plain.with_discount_rate(money("0.05")).unwrap().with_acquisition_cost(money("45")).unwrap();
    assert_eq!((discounted.value(), discounted.profit()), (some("105"), some("60")));
    // Everybody lost: one period.
    assert_eq!((loss("30", "1").expected_periods(), loss("30", "1").value()), (some("1"), some("30")));
    assert_eq!(loss("30", "0.0000000000000000000000000001").value(), None, "beyond a decimal");
}

#[test]
fn five_points_fewer_lost() {
    let change = |before: &str, after: &str| loss("1", before).profit_change(money(after)).unwrap();
    // 10% to 5% doubles profit ("almost 100%" in the article of 1990); 25% to 20% brings a quarter.
    assert_eq!(change("0.10", "0.05"), some("1"));
    assert_eq!(change("0.25", "0.20"), some("0.25"));
    assert_eq!(change("0.05", "0.10"), some("-0.5"));
    assert_eq!(change("0.05", "0.05"), some("0"));
    // 85% more is 37/340 lost before, 1/17 after.
    let five = money("0.05");
    let rate = ConstantLoss::loss_rate_where(money("0.85"), five, Decimal::ZERO).unwrap();
    assert_eq!(rate.to_string(), "0.1088235294117647058823529412");
    let found = ConstantLoss::new(Decimal::ONE, rate).unwrap().profit_change(rate - five).unwrap().unwrap();
    assert_eq!(found.round_dp(20), money("0.85"));
    // At a discount of 2%, where it was 2 points lower.
    let rate = ConstantLoss::loss_rate_where(Decimal::ONE, five, money("0.02")).unwrap();
    assert_eq!(rate, money("0.08"));
    let discounted = ConstantLoss::new(Decimal::TEN, rate).unwrap().with_discount_rate(money("0.02")).unwrap();
    assert_eq!(discounted.profit_change(money("0.03")).unwrap(), some("1"));
    // 1% more for 5 points would need a loss above 100%; more than an infinity of growth, below 5 points.
    for (change, points, discount) in
        [("0.01", "0.05", "0"), ("0", "0.05", "0"), ("1", "0", "0"), ("1", "0.05", "0.05"), ("1", "0.05", "-0.1")]
    {
        assert_eq!(ConstantLoss::loss_rate_where(money(change), money(points), money(discount)), None);
    }
}

#[test]
fn five_percent_fewer_lost() {
    // Of the loss itself, 5% fewer: 20% to 19% brings 1/0.95 - 1, not 85%.
    let before = loss("19", "0.20");
    assert_eq!(before.profit_change(money("0.19")).unwrap().map(|change| change.round_dp(6)), some("0.052632"));
    // It is 85% where acquisition eats most of the value: V = 95 and 100, (1.85 * 95 - 100) / 0.85.
    let cost = before.acquisition_cost_where(money("0.85"), money("0.19")).unwrap().unwrap();
    assert_eq!(cost.round_dp(10), money("89.1176470588"));
    let found = before.with_acquisition_cost(cost).unwrap().profit_change(money("0.19")).unwrap().unwrap();
    assert_eq!(found.round_dp(20), money("0.85"));
    // Less than the loss alone brings: the cost would be below 0. A change of 0 or below, and no profit: undefined.
    for change in ["0.05", "0", "-0.5"] {
        assert_eq!(before.acquisition_cost_where(money(change), money("0.19")).unwrap(), None, "{change}");
    }
    let dear = before.with_acquisition_cost(money("95")).unwrap();
    assert_eq!((dear.profit(), dear.profit_change(money("0.19")).unwrap()), (some("0"), None));
}

#[test]
fn numbers_that_are_refused() {
    let text = |error: repurchase::Error| error.to_string();
    let new = |order, margin, discount| text(Coupon::new(money(order), money(margin), money(discount)).unwrap_err());
    assert_eq!(new("-1", "0.5", "1"), "amount of an order must be 0 or more, found -1");
    assert_eq!(new("1", "1.5", "1"), "margin must be within 0..=1, found 1.5");
    assert_eq!(new("1", "0.5", "-1"), "discount of a coupon must be 0 or more, found -1");
    let found = coupon("1", "0.5", "0.1");
    let error = found.with_regular_use(money("1.1")).unwrap_err();
    assert_eq!(text(error), "use of a coupon by regular orders must be within 0..=1, found 1.1");
    assert_eq!(
        text(found.with_cost_per_customer(money("-1")).unwrap_err()),
        "cost per customer must be 0 or more, found -1"
    );
    let costs = |retain, acquire| text(RetentionCosts::new(money(retain), money(acquire)).unwrap_err());
    assert_eq!(costs("0", "1"), "cost of retaining must be above 0, found 0");
    assert_eq!(costs("1", "-1"), "cost of acquiring must be above 0, found -1");
    for rate in ["0", "1.01", "-0.1"] {
        let expected = format!("loss rate must be above 0 and at most 1, found {rate}");
        assert_eq!(text(ConstantLoss::new(Decimal::ONE, money(rate)).unwrap_err()), expected);
        assert_eq!(text(loss("1", "0.5").profit_change(money(rate)).unwrap_err()), expected);
        assert_eq!(text(loss("1", "0.5").acquisition_cost_where(Decimal::ONE, money(rate)).unwrap_err()), expected);
    }
    assert_eq!(
        text(ConstantLoss::new(money("-1"), Decimal::ONE).unwrap_err()),
        "margin per period must be 0 or more, found -1"
    );
    let half = loss("1", "0.5");
    assert_eq!(text(half.with_discount_rate(money("-1")).unwrap_err()), "discount rate must be 0 or more, found -1");
    assert_eq!(
        text(half.with_acquisition_cost(money("-1")).unwrap_err()),
        "cost of acquiring must be 0 or more, found -1"
    );
}

proptest! {
    #![proptest_config(fixed_seed(128))]

    /// A coupon that brings its break-even uplift changes nothing.
    #[test]
    fn profit_is_unchanged_at_break_even(
        order in 1..100_000i64, margin in 0..=100i64, discount in 0..50_000i64, regular in 0..=100i64, cost in 0..500i64,
        conversion in 1..3000i64,
    ) {
        let found = Coupon::new(Decimal::new(order, 2), Decimal::new(margin, 2), Decimal::new(discount, 2)).unwrap();
        let found = found.with_regular_use(Decimal::new(regular, 2)).unwrap();
        let found = found.with_cost_per_customer(Decimal::new(cost, 3)).unwrap();
        let conversion = Decimal::new(conversion, 3);
        let spends = cost > 0 || regular * discount > 0;
        match found.break_even_uplift(conversion) {
            Some(uplift) => {
                let left = found.profit_change(conversion, uplift).unwrap();
                prop_assert!(left.abs() < Decimal::new(1, 12), "{}", left);
                let orders = found.break_even_orders(conversion).unwrap();
                prop_assert!((orders - uplift * conversion).abs() < Decimal::new(1, 12));
            }
            None => prop_assert!(spends && order * margin <= discount * 100),
        }
    }

    /// A membership that brings its break-even purchases, or costs its break-even fee, changes nothing.
    #[test]
    fn a_card_at_break_even(
        fee in 0..20_000i64, order in 1..100_000i64, margin in 0..=100i64, discount in 0..=100i64, cost in 0..5_000i64,
        purchases in 0..30_000i64, extra in 0..9_000i64,
    ) {
        let percent = |number| Decimal::new(number, 2);
        let found = PaidMembership::new(percent(fee), percent(order), percent(margin), percent(discount)).unwrap();
        let found = found.with_cost_per_member(percent(cost)).unwrap();
        let (purchases, extra) = (Decimal::new(purchases, 3), Decimal::new(extra, 3));
        let without = found.profit_change(purchases, Decimal::ZERO).unwrap();
        match found.break_even_purchases(purchases) {
            Some(more) if more.is_zero() => prop_assert!(without >= Decimal::ZERO),
            Some(more) => prop_assert!(found.profit_change(purchases, more).unwrap().abs() < Decimal::new(1, 12)),
            None => prop_assert!(without < Decimal::ZERO && margin <= discount),
        }
        let needed = found.break_even_fee(purchases, extra).unwrap();
        let at_it = PaidMembership::new(needed, percent(order), percent(margin), percent(discount)).unwrap();
        let at_it = at_it.with_cost_per_member(percent(cost)).unwrap().profit_change(purchases, extra).unwrap();
        prop_assert!(at_it.is_zero() || needed.is_zero() && at_it > Decimal::ZERO);
    }

    /// The value is the sum over periods.
    #[test]
    fn value_is_a_sum_over_periods(margin in 1..1000i64, rate in 200..=1000i64, discount in 0..300i64) {
        let found = ConstantLoss::new(Decimal::from(margin), Decimal::new(rate, 3)).unwrap();
        let found = found.with_discount_rate(Decimal::new(discount, 3)).unwrap();
        let ratio = (Decimal::ONE - Decimal::new(rate, 3)) / (Decimal::ONE + Decimal::new(discount, 3));
        let (mut sum, mut term) = (Decimal::ZERO, Decimal::from(margin));
        for _ in 0..300 {
            sum += term;
            term *= ratio;
        }
        prop_assert!((found.value().unwrap() - sum).abs() < Decimal::new(1, 18), "{:?} {}", found.value(), sum);
    }
}

/// What is not 0 never becomes it.
#[test]
fn too_small_for_28_decimals() {
    let least = Decimal::new(1, 28);
    let error = Coupon::new(least, money("0.1"), Decimal::ZERO).unwrap_err().to_string();
    assert_eq!(error, "margin must be a share of the order that 28 decimals can tell from 0, found 0.1");
    assert!(Coupon::new(least, Decimal::ZERO, Decimal::ZERO).is_ok(), "nothing is earned");
    let found = coupon("1", "1", "0.1").with_regular_use(money("0.01")).unwrap();
    assert_eq!(found.break_even_orders(least), None);
    assert_eq!(found.break_even_uplift(least), None);
    assert_eq!(found.profit_change(least, Decimal::ZERO), None);
    assert_eq!(found.profit_change(Decimal::ZERO, Decimal::ONE), some("0"));
    let costs = RetentionCosts::new(Decimal::ONE, least).unwrap();
    assert_eq!(costs.saving_per_try(money("0.1")), None);
    let far = RetentionCosts::new(least, money("1000")).unwrap();
    assert_eq!((far.break_even_success(), far.ratio()), (None, None), "1e-31, and 1e31");
    assert_eq!(
        ConstantLoss::new(least, Decimal::ONE).unwrap().with_discount_rate(Decimal::TEN).unwrap().value(),
        some("0.0000000000000000000000000001")
    );
}

#[cfg(feature = "serde")]
#[test]
fn inputs_are_stored_and_checked_when_read() {
    use serde_json::json;

    use super::{refused, stored};

    let found = coupon("200", "0.4", "30").with_regular_use(money("0.5")).unwrap();
    let found = found.with_cost_per_customer(money("0.1")).unwrap();
    let expected =
        json!({"margin_per_order": "80.0", "discount": "30", "regular_use": "0.5", "cost_per_customer": "0.1"});
    assert_eq!(stored(&found), expected);
    assert_eq!(stored(&RetentionCosts::online()), json!({"retain": "1", "acquire": "5"}));
    let found = loss("100", "0.2").with_acquisition_cost(money("50")).unwrap();
    let expected = json!({"margin": "100", "loss_rate": "0.2", "discount_rate": "0", "acquisition_cost": "50"});
    assert_eq!(stored(&found), expected);
    let found = card("88", "120", "0.35", "0.05").with_cost_per_member(money("20")).unwrap();
    let membership = json!({"fee": "88", "order_amount": "120", "margin": "0.35", "discount": "0.05", "cost": "20"});
    assert_eq!(stored(&found), membership);
    let with = |mut stored: serde_json::Value, key: &str, value: &str| {
        stored[key] = json!(value);
        stored
    };
    let error = refused::<ConstantLoss>(&with(expected.clone(), "loss_rate", "0"));
    assert_eq!(error, "loss rate must be above 0 and at most 1, found 0");
    let error = refused::<ConstantLoss>(&with(expected, "rate", "0"));
    assert!(error.starts_with("unknown field `rate`"), "{error}");
    let error = refused::<Coupon>(&with(stored(&coupon("1", "1", "1")), "regular_use", "2"));
    assert_eq!(error, "use of a coupon by regular orders must be within 0..=1, found 2");
    let error = refused::<PaidMembership>(&with(membership, "cost", "-1"));
    assert_eq!(error, "cost per member must be 0 or more, found -1");
    let error = refused::<RetentionCosts>(&json!({"retain": "0", "acquire": "5"}));
    assert_eq!(error, "cost of retaining must be above 0, found 0");
}
