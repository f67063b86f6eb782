//! Order lines and interactions: what they keep, what they refuse.

use std::collections::BTreeSet;

use repurchase::Error;
use repurchase::record::{Interaction, InteractionKind, OrderLine, OrderStatus};
use repurchase::scale::Language;
use rust_decimal::Decimal;

use super::{NOON, error_text, money};

fn line(quantity: &str, amount: &str) -> Result<OrderLine<&'static str, &'static str>, Error> {
    OrderLine::new("ann", NOON, "tea", money(quantity), money(amount))
}

#[test]
fn a_line_keeps_what_it_was_given() {
    let line = line("0.250", "19.90").unwrap();
    assert_eq!((*line.customer(), line.placed_at(), *line.product()), ("ann", Some(NOON), "tea"));
    assert_eq!((line.quantity(), line.amount(), line.status()), (money("0.25"), money("19.9"), OrderStatus::Paid));
    for (status, purchase) in [(OrderStatus::Paid, true), (OrderStatus::Unpaid, false), (OrderStatus::Cancelled, false)]
    {
        let line = line.clone().with_status(status);
        assert_eq!((line.status(), line.is_purchase()), (status, purchase));
    }
}

#[test]
fn a_line_of_nothing_is_refused() {
    let mut negative_zero = Decimal::new(0, 2);
    negative_zero.set_sign_negative(true);
    assert_eq!(error_text(line("0.00", "1")), "quantity must be above 0, found 0.00");
    assert_eq!(error_text(line("-6", "1")), "quantity must be above 0, found -6");
    assert!(OrderLine::new((), NOON, (), negative_zero, Decimal::ONE).is_err());
    assert!(OrderLine::new((), NOON, (), Decimal::new(1, 28), Decimal::MAX).is_ok());
}

#[test]
fn a_line_may_be_free_but_not_less() {
    assert_eq!(error_text(line("1", "-0.01")), "amount must be 0 or more, found -0.01");
    let mut negative_zero = Decimal::new(0, 2);
    negative_zero.set_sign_negative(true);
    let free = OrderLine::new("ann", NOON, "tea", Decimal::ONE, negative_zero).unwrap();
    assert_eq!(free.amount().to_string(), "0.00");
    assert!(free.is_purchase());
}

#[test]
fn an_interaction_keeps_what_it_was_given() {
    let interaction = Interaction::new(7u64, NOON, InteractionKind::Search, "tea");
    assert_eq!((*interaction.customer(), interaction.at()), (7, NOON));
    assert_eq!((interaction.kind(), *interaction.product()), (InteractionKind::Search, "tea"));
}

#[test]
fn kinds_are_told_apart_by_key_and_by_name() {
    let labels = InteractionKind::ALL.map(InteractionKind::label);
    assert_eq!(labels.map(|label| label.key()), ["view", "search", "favourite", "cart"]);
    assert_eq!(labels.map(|label| label.name(Language::Chinese)), ["浏览", "搜索", "收藏", "加购"]);
    let english: BTreeSet<_> = labels.into_iter().map(|label| label.name(Language::English)).collect();
    assert_eq!(english.len(), 4);
}
