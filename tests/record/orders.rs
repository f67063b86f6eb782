//! Orders and credits: what they keep, what they refuse, what is a purchase.

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::record::{Credit, Keyed, OrderStatus, Record};
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{NOON, date, east, error_text, fixed_seed, money, order};

/// What is known by its day lies on that day wherever the shop is.
#[test]
fn a_day_is_the_same_in_every_zone() {
    let day = date("2026-03-01");
    let order = Order::on("ann", day, money("5")).unwrap();
    assert_eq!((order.placed_at(), order.amount()), (None, money("5")));
    let credit = Credit::on("bo", day, money("1")).unwrap();
    for offset in [-86_399, -12 * 3600, 0, 14 * 3600, 86_399] {
        let calendar = ShopCalendar::new(east(offset));
        assert_eq!((order.day(&calendar), credit.day(&calendar)), (Ok(day), Ok(day)));
        let records = [Record::from(order.clone()), credit.clone().into()];
        let log = PurchaseLog::from_records(records, &calendar).unwrap();
        assert_eq!(log.days(), Some((day, day)));
    }
    for beyond in [NaiveDate::MIN, NaiveDate::MAX] {
        let order = Order::on("ann", beyond, money("5")).unwrap();
        assert_eq!(order.day(&ShopCalendar::new(east(86_399))), Ok(beyond));
    }
    assert_eq!(Order::new("ann", NOON, money("5")).unwrap().day(&ShopCalendar::utc()), Ok(day));
    assert!(Order::on("ann", day, money("-5")).is_err() && Credit::on("bo", day, money("0")).is_err());
}

#[test]
fn an_order_keeps_what_it_was_given() {
    let order = order("19.90").with_refunded(money("5.00")).unwrap().with_status(OrderStatus::Unpaid);
    assert_eq!((*order.customer(), order.placed_at(), order.status()), ("ann", Some(NOON), OrderStatus::Unpaid));
    assert_eq!((order.amount(), order.refunded(), order.net_amount()), (money("19.90"), money("5"), money("14.9")));
    let credit = Credit::new("bo", NOON, money("0.01")).unwrap();
    assert_eq!((*credit.customer(), credit.issued_at(), credit.amount()), ("bo", Some(NOON), money("0.01")));
    assert_eq!(Record::from(order.clone()), Record::Order(order));
    assert_eq!(Record::from(credit.clone()), Record::Credit(credit));
}

#[test]
fn an_order_of_less_than_nothing_is_refused() {
    assert_eq!(error_text(Order::new("ann", NOON, money("-0.01"))), "amount must be 0 or more, found -0.01");
    assert_eq!(
        Order::new("ann", NOON, Decimal::MIN),
        Err(Error::Amount { field: "amount", found: Decimal::MIN, expected: "0 or more" })
    );
}

#[test]
fn negative_zero_is_zero() {
    let mut negative_zero = Decimal::new(0, 2);
    negative_zero.set_sign_negative(true);
    let order = Order::new("ann", NOON, negative_zero).unwrap();
    assert_eq!(order, Order::new("ann", NOON, Decimal::ZERO).unwrap());
    assert!(order.is_purchase());
    assert!(order.clone().with_refunded(negative_zero).unwrap().is_purchase());
    assert_eq!(order.net_amount(), Decimal::ZERO);
    assert!(matches!(Credit::new("ann", NOON, negative_zero), Err(Error::Amount { .. })));
}

/// The last bit too: nobody reads "-0.00" on a bill.
#[test]
fn negative_zero_prints_as_zero() {
    let mut negative_zero = Decimal::new(0, 2);
    negative_zero.set_sign_negative(true);
    let order = Order::new("ann", NOON, negative_zero).unwrap().with_refunded(negative_zero).unwrap();
    let printed = [order.amount(), order.refunded(), order.net_amount()].map(|amount| amount.to_string());
    assert_eq!(printed, ["0.00"; 3]);
}

#[test]
fn a_refund_lies_between_nothing_and_the_order() {
    for refunded in ["0", "0.00", "0.01", "19.89", "19.90", "19.9000"] {
        let order = order("19.90").with_refunded(money(refunded)).unwrap();
        assert_eq!(order.net_amount(), money("19.90") - money(refunded), "{refunded}");
    }
    for refunded in ["-0.01", "19.91", "19.9000000000000000000000001"] {
        let found = money(refunded);
        let error = Error::Refund { found, amount: money("19.90") };
        assert_eq!(order("19.90").with_refunded(found), Err(error), "{refunded}");
    }
    assert_eq!(
        error_text(order("19.90").with_refunded(Decimal::MAX)),
        "refunded must lie between 0 and the order's amount 19.90, found 79228162514264337593543950335"
    );
    // What was given back in all, not what more.
    let twice = order("10").with_refunded(money("4")).unwrap().with_refunded(money("6")).unwrap();
    assert_eq!(twice.net_amount(), money("4"));
}

#[test]
fn a_purchase_is_paid_and_not_given_back_in_full() {
    use OrderStatus::{Cancelled, Paid, Unpaid};
    let cases = [
        ("10", "0", Paid, true),
        ("10", "9.99", Paid, true),
        ("10", "10", Paid, false),
        ("10", "10.00", Paid, false),
        ("0", "0", Paid, true),
        ("0.00", "0", Paid, true),
        ("10", "0", Unpaid, false),
        ("10", "0", Cancelled, false),
        ("0", "0", Unpaid, false),
        ("10", "10", Cancelled, false),
    ];
    for (amount, refunded, status, purchase) in cases {
        let order = order(amount).with_refunded(money(refunded)).unwrap().with_status(status);
        assert_eq!(order.is_purchase(), purchase, "{amount} less {refunded}, {status:?}");
        let log = PurchaseLog::from_records([order], &ShopCalendar::utc()).unwrap();
        assert_eq!((log.purchases(), log.passed_over()), (usize::from(purchase), usize::from(!purchase)));
    }
    assert_eq!(OrderStatus::default(), Paid);
}

#[test]
fn the_largest_amounts_are_exact_or_refused() {
    let largest = || Order::new("ann", NOON, Decimal::MAX).unwrap();
    assert_eq!(largest().net_amount(), Decimal::MAX);
    assert_eq!(largest().with_refunded(Decimal::ONE).unwrap().net_amount(), Decimal::MAX - Decimal::ONE);
    let nothing_left = largest().with_refunded(Decimal::MAX).unwrap();
    assert!(!nothing_left.is_purchase() && nothing_left.net_amount().is_zero());
    let overflow = Error::AmountOverflow { field: "amount less refunded" };
    assert_eq!(largest().with_refunded(money("0.01")), Err(overflow.clone()));
    assert_eq!(largest().with_refunded(money("0.0000000000000000000000000001")), Err(overflow));
}

/// What is left is the whole amount, which fits: how many zeros the refund is written with says nothing.
#[test]
fn a_refund_of_nothing_is_a_refund_of_nothing() {
    let order = Order::new("ann", NOON, Decimal::MAX).unwrap().with_refunded(Decimal::new(0, 2));
    assert_eq!(order.map(|order| order.net_amount()), Ok(Decimal::MAX));
    let order = Order::new("ann", NOON, Decimal::MAX).unwrap().with_refunded(Decimal::new(100, 2));
    assert_eq!(order.map(|order| order.net_amount()), Ok(Decimal::MAX - Decimal::ONE));
}

#[test]
fn a_credit_is_above_nothing() {
    for amount in ["0", "0.00", "-0.01", "-79228162514264337593543950335"] {
        let found = money(amount);
        let error = Error::Amount { field: "amount of a credit", found, expected: "above 0" };
        assert_eq!(Credit::new("ann", NOON, found), Err(error), "{amount}");
    }
    assert!(Credit::new("ann", NOON, money("0.0000000000000000000000000001")).is_ok());
    assert!(Credit::new("ann", NOON, Decimal::MAX).is_ok());
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let any = (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>(), 0..=28u32);
    let any =
        any.prop_map(|(low, middle, high, negative, scale)| Decimal::from_parts(low, middle, high, negative, scale));
    let cents = (-1000i64..100_000).prop_map(|cents| Decimal::new(cents, 2));
    prop_oneof![any, cents, Just(Decimal::MAX), Just(Decimal::MIN), Just(Decimal::new(1, 28)), Just(Decimal::ZERO)]
}

/// The integer of an amount in units of `10^-scale`, while it fits.
fn minor(amount: Decimal, scale: u32) -> Option<i128> {
    amount.mantissa().checked_mul(10i128.pow(scale - amount.scale()))
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn net_amounts_are_exact(amount in any_decimal(), refunded in any_decimal()) {
        let Ok(order) = Order::new((), NOON, amount) else {
            prop_assert!(amount < Decimal::ZERO);
            return Ok(());
        };
        let scale = amount.scale().max(refunded.scale());
        let exact = minor(amount, scale).zip(minor(refunded, scale)).map(|(amount, refunded)| amount - refunded);
        match order.with_refunded(refunded) {
            Ok(order) => {
                let net = order.net_amount();
                prop_assert_eq!(minor(net, scale.max(net.scale())), exact);
                prop_assert!(Decimal::ZERO <= net && net <= amount);
            }
            Err(Error::Refund { found, amount: whole }) => {
                prop_assert!(found == refunded && whole == amount && !(Decimal::ZERO..=amount).contains(&refunded));
            }
            Err(Error::AmountOverflow { .. }) => prop_assert!(exact.is_none_or(|left| left >= 1 << 96)),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}

/// An id with a key is the id: however it is compared, the key says nothing.
#[test]
fn a_key_has_no_part_in_comparisons() {
    let id = |customer, key| Keyed { customer, key };
    let state = RandomState::new();
    let hash = |id: Keyed<&str, u8>| state.hash_one(id);
    assert!(id("ann", 9) == id("ann", 1) && hash(id("ann", 9)) == hash(id("ann", 1)));
    assert!(id("ann", 9) < id("bo", 1) && id("bo", 1) > id("ann", 9) && id("ann", 9) <= id("ann", 1));
    assert_eq!(id("ann", 9).cmp(&id("ann", 1)), Ordering::Equal);
}
