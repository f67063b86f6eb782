//! Shops that are no special case: nobody, no purchase, ids of every kind, the ends of time.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use repurchase::record::{CustomerId, OrderStatus, Period, Windows};
use repurchase::{CustomerHistory, Ledger, Order, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::{END, credit, date, log_of, merged, money, noon, order};

#[test]
fn nobody() {
    let log = log_of::<u64>([]);
    assert_eq!((log.purchases(), log.credits(), log.passed_over(), log.days(), log.scale()), (0, 0, 0, None, 0));
    let ledger = log.ledger(END).unwrap();
    assert!(ledger.is_empty() && ledger.iter().next().is_none() && ledger.without_purchase().next().is_none());
    assert_eq!((ledger.len(), ledger.ids(), ledger.get(&1), ledger.as_of()), (0, &[][..], None, END));
    assert_eq!(ledger, Ledger::from_histories([], END).unwrap());
    assert_eq!(merged(&ledger, &ledger, Ledger::merge), Ok(ledger));
    let nobody = CustomerHistory::new();
    assert_eq!((nobody.purchases(), nobody.purchase_days(), nobody.credits()), (0, 0, 0));
    assert_eq!((nobody.first_purchase(), nobody.last_purchase(), nobody.mean_order_amount()), (None, None, None));
    assert_eq!((nobody.gaps(), nobody.days_since_last(END), nobody.repeat_summary(END)), (None, None, None));
    assert_eq!((nobody.spend(), nobody.credited(), nobody.revenue()), (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO));
    assert_eq!(merged(&nobody, &nobody, CustomerHistory::merge), Ok(nobody));
}

#[test]
fn orders_that_are_no_purchases_leave_no_customer() {
    let at = noon(date("2026-03-01"));
    let unpaid = Order::new("ann", at, Decimal::TEN).unwrap().with_status(OrderStatus::Unpaid);
    let returned = Order::new("bo", at, Decimal::TEN).unwrap().with_refunded(Decimal::TEN).unwrap();
    // Not even of an instant that has no day in the shop, since nobody asks for it.
    let beyond = Order::new("cy", DateTime::<Utc>::MAX_UTC, Decimal::MAX).unwrap().with_status(OrderStatus::Cancelled);
    let calendar = ShopCalendar::new(FixedOffset::east_opt(3600).unwrap());
    let log = PurchaseLog::from_records([unpaid.clone(), returned, beyond.clone()], &calendar).unwrap();
    assert_eq!((log.purchases(), log.passed_over(), log.days()), (0, 3, None));
    let ledger = log.ledger(NaiveDate::MAX).unwrap();
    assert!(ledger.is_empty() && ledger.without_purchase().next().is_none());
    let mut history = CustomerHistory::new();
    for order in [unpaid, beyond] {
        history.record_order(&order, &calendar).unwrap();
    }
    assert_eq!(history, CustomerHistory::new());
}

#[test]
fn credits_before_after_and_without_a_purchase() {
    let log = log_of([
        credit("ann", "2026-03-01", "5.00"),
        order("ann", "2026-03-02", "3.00"),
        credit("ann", "2026-03-09", "4.00"),
        credit("bo", "2026-03-01", "0.01"),
        credit("cy", "2026-03-05", "1.00"),
    ]);
    let ledger = log.ledger(date("2026-03-04")).unwrap();
    assert_eq!(ledger.ids(), ["ann"]);
    let ann = ledger.get(&"ann").unwrap();
    assert_eq!((ann.spend(), ann.credited(), ann.revenue()), (money("3"), money("5"), money("-2")));
    assert_eq!((ann.purchases(), ann.credits(), ann.mean_order_amount()), (1, 1, Some(money("3"))));
    let others: Vec<_> =
        ledger.without_purchase().map(|(id, history)| (*id, history.credits(), history.revenue())).collect();
    assert_eq!(others, [("bo", 1, money("-0.01"))]);
    // The day before her first purchase, Ann is one of those of whom there are only credits.
    let ledger = log.ledger(date("2026-03-01")).unwrap();
    assert!(ledger.is_empty() && ledger.without_purchase().map(|(id, _)| *id).eq(["ann", "bo"]));
    let ledger = log.ledger(date("2026-03-31")).unwrap();
    assert_eq!(ledger.get(&"ann").unwrap().revenue(), money("-6"));
    assert!(ledger.without_purchase().map(|(id, _)| *id).eq(["bo", "cy"]));
    assert_eq!(log.days(), Some((date("2026-03-01"), date("2026-03-09"))));
    // Within a window a credit stands alone whose purchase came before it.
    let window = Window::new(date("2026-03-05"), date("2026-03-10")).unwrap();
    let ledger = log.ledger_in(window).unwrap();
    assert!(ledger.is_empty() && ledger.without_purchase().map(|(id, _)| *id).eq(["ann", "cy"]));
    assert_eq!(ledger.as_of(), date("2026-03-09"));
}

#[test]
fn ids_of_every_kind() {
    fn assert_ids<Id: CustomerId>(ids: &[Id]) {
        let records = ids.iter().rev().map(|id| order(id.clone(), "2026-03-01", "1"));
        let ledger = log_of(records).ledger(END).unwrap();
        assert_eq!(ledger.ids(), ids);
    }
    assert_ids(&[0u64, 1, 9, 10, u64::MAX]);
    assert_ids(&["", "ANN", "Ann", "ann", "ann ", "änn", "安"]);
    assert_ids(&["10", "9", "Ann", "ann"].map(String::from));
    assert_ids(&[("shop", 1u32), ("shop", 2)]);
    assert_ids(&[()]);
    assert_ids(&[u128::MIN, u128::MAX]);
}

#[test]
fn what_happens_after_the_as_of_day_is_outside() {
    let log =
        log_of([order("ann", "2026-03-04", "1"), order("ann", "2026-03-05", "2"), order("bo", "2026-03-05", "4")]);
    for (as_of, ids, spend) in [
        ("2026-03-03", vec![], None),
        ("2026-03-04", vec!["ann"], Some("1")),
        ("2026-03-05", vec!["ann", "bo"], Some("3")),
    ] {
        let ledger = log.ledger(date(as_of)).unwrap();
        assert_eq!(ledger.ids(), ids, "{as_of}");
        assert_eq!(ledger.get(&"ann").map(|ann| ann.spend()), spend.map(money), "{as_of}");
    }
    assert!(log.ledger(NaiveDate::MIN).unwrap().is_empty());
}

#[test]
fn the_ends_of_time() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let orders = [last, first].map(|at| Order::new("ann", at, Decimal::ONE).unwrap());
    let ledger = Ledger::from_records(orders.clone(), &ShopCalendar::utc(), NaiveDate::MAX).unwrap();
    let ann = ledger.get(&"ann").unwrap();
    assert_eq!((ann.first_purchase(), ann.last_purchase()), (Some(NaiveDate::MIN), Some(NaiveDate::MAX)));
    let span = (NaiveDate::MAX - NaiveDate::MIN).num_days();
    let gaps = ann.gaps().unwrap();
    assert_eq!((i64::from(gaps.span_days()), gaps.longest_days()), (span, gaps.span_days()));
    assert_eq!(gaps.standard_deviation_days(), None);
    assert_eq!(ann.repeat_summary(NaiveDate::MAX).map(|summary| i64::from(summary.age_days())), Some(span));
    let mut one_by_one = CustomerHistory::new();
    for order in orders.iter().rev() {
        one_by_one.record_order(order, &ShopCalendar::utc()).unwrap();
    }
    assert_eq!(one_by_one, ann);
    let everything = Window::new(NaiveDate::MIN, NaiveDate::MAX).unwrap();
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap();
    assert_eq!(log.ledger_in(everything).unwrap().get(&"ann").map(|ann| ann.purchases()), Some(1));
}

#[test]
fn every_day_of_a_year_and_back() {
    let days: Vec<_> = Windows::periods(Period::Day, date("2024-01-01"), date("2024-12-31")).unwrap().iter().collect();
    let records = days.iter().rev().map(|day| order("ann", &day.start().to_string(), "0.10"));
    let ann = log_of(records).ledger(END).unwrap().get(&"ann").unwrap();
    assert_eq!((ann.purchase_days(), ann.spend()), (366, money("36.6")));
    let gaps = ann.gaps().unwrap();
    assert_eq!((gaps.count(), gaps.shortest_days(), gaps.longest_days()), (365, 1, 1));
    assert_eq!((gaps.mean_days().to_bits(), gaps.standard_deviation_days()), (1.0f64.to_bits(), Some(0.0)));
}

/// A log of strings is asked with a `&str`; whoever has only credits is known, too.
#[test]
fn look_ups_take_any_borrowed_id() {
    let of = |id: &str| id.to_owned();
    let log = log_of([order(of("ann"), "2026-03-01", "5"), credit(of("bo"), "2026-03-02", "1")]);
    let ledger = log.ledger(END).unwrap();
    assert_eq!(ledger.get("ann").map(|ann| ann.purchases()), Some(1));
    assert_eq!(ledger.get(&of("bo")).map(|bo| (bo.purchases(), bo.credits())), Some((0, 1)));
    assert_eq!((ledger.get("cy"), ledger.len()), (None, 1));
}

#[test]
fn a_ledger_counts_what_it_leaves_out() {
    let log =
        log_of([order("ann", "2026-03-04", "1"), order("bo", "2026-03-05", "4"), credit("cy", "2026-03-06", "2")]);
    let ledger = log.ledger(date("2026-03-05")).unwrap();
    assert_eq!((ledger.days(), ledger.left_out()), (Some((date("2026-03-04"), date("2026-03-05"))), 1));
    let inside = log.ledger_in(Window::new(date("2026-03-05"), date("2026-03-06")).unwrap()).unwrap();
    assert_eq!((inside.days(), inside.left_out()), (Some((date("2026-03-05"), date("2026-03-05"))), 2));
    let nobody = log.ledger(date("2026-03-03")).unwrap();
    assert_eq!((nobody.days(), nobody.left_out()), (None, 3));
    assert_eq!(log.ledger(END).unwrap().left_out(), 0);
}
