//! Laws of random shops: a ledger is the naive fold, and every way to a history leads to the same one.

use chrono::TimeDelta;
use proptest::prelude::*;
use repurchase::record::RecordColumns;
use repurchase::{CustomerHistory, Ledger, PurchaseLog, ShopCalendar, Window};

use super::oracle::{assert_ledger, naive_fold};
use super::shop::{Event, FIRST, Kind, any_events, any_shop, ledger_of, recorded};
use super::{END, fixed_seed, log_of, merged};

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn a_ledger_is_the_naive_fold(events in any_shop(), as_of in -1..420i64) {
        let as_of = FIRST + TimeDelta::days(as_of);
        let expected = naive_fold(events.iter().filter(|event| event.day <= as_of));
        let log = log_of(events.iter().map(Event::record));
        assert_ledger(&log.ledger(as_of).unwrap(), &expected);
        assert_ledger(&log.ledger(END).unwrap(), &naive_fold(&events));
        let count = |kind: fn(Kind) -> bool| events.iter().filter(|event| kind(event.kind)).count();
        prop_assert_eq!(log.purchases(), count(|kind| kind == Kind::Purchase));
        prop_assert_eq!(log.credits(), count(|kind| kind == Kind::Credit));
        prop_assert_eq!(log.passed_over(), events.len() - log.purchases() - log.credits());
        let facts = || events.iter().filter(|event| matches!(event.kind, Kind::Purchase | Kind::Credit));
        prop_assert_eq!(log.days(), facts().map(|event| event.day).min().zip(facts().map(|event| event.day).max()));
        let finest = |zeros: bool| {
            let amounts = facts().map(|event| event.amount).filter(|amount| zeros || !amount.is_zero());
            amounts.map(|amount| amount.scale()).max().unwrap_or(0)
        };
        prop_assert!((finest(false)..=finest(true)).contains(&log.scale()));
        let of_unknown_length = log_of(events.iter().map(Event::record).filter(|_| true));
        prop_assert_eq!(of_unknown_length.ledger(as_of), log.ledger(as_of));
    }

    #[test]
    fn a_ledger_knows_no_order_of_records(events in any_shop().prop_shuffle(), turn in 0..60usize) {
        let ledger = ledger_of(&events, END);
        let mut other = events.clone();
        other.rotate_left(turn.min(events.len()));
        prop_assert_eq!(&ledger, &ledger_of(&other, END));
        other.sort_by_key(|event| event.at);
        prop_assert_eq!(&ledger, &ledger_of(&other, END));
        other.reverse();
        let reversed = ledger_of(&other, END);
        // To the last zero of their money.
        let printed = |ledger: &Ledger<u8>| format!("{:?}", ledger.iter().collect::<Vec<_>>());
        prop_assert_eq!(printed(&ledger), printed(&reversed));
    }

    #[test]
    fn a_ledger_in_a_window_knows_nothing_else(events in any_shop(), start in -5..200i64, days in 1..200i64) {
        let start = FIRST + TimeDelta::days(start);
        let window = Window::new(start, start + TimeDelta::days(days)).unwrap();
        let inside: Vec<_> = events.iter().filter(|event| window.contains(event.day)).cloned().collect();
        let ledger = log_of(events.iter().map(Event::record)).ledger_in(window).unwrap();
        assert_ledger(&ledger, &naive_fold(&inside));
        prop_assert_eq!(ledger, ledger_of(&inside, window.last()));
    }

    #[test]
    fn one_by_one_is_all_at_once(mut events in any_shop()) {
        events.sort_by_key(|event| event.at);
        let histories = recorded(&events);
        let ledger = ledger_of(&events, END);
        prop_assert!(ledger.iter().all(|(id, history)| histories.get(id) == Some(&history)));
        let from_histories = Ledger::from_histories(histories.into_iter().rev(), END).unwrap();
        prop_assert_eq!(&from_histories, &ledger);
        assert_ledger(&from_histories, &naive_fold(&events));
        for ((_, left), (_, right)) in from_histories.iter().zip(ledger.iter()) {
            prop_assert_eq!(left.mean_order_amount(), right.mean_order_amount());
            prop_assert_eq!(left.repeat_summary(END), right.repeat_summary(END));
        }
    }

    #[test]
    fn parts_of_time_merge(mut events in any_shop(), first in 0..60usize, second in 0..60usize) {
        // Split anywhere, within a day too.
        events.sort_by_key(|event| event.at);
        let (first, second) = (first.min(second).min(events.len()), first.max(second).min(events.len()));
        let parts = [&events[..first], &events[first..second], &events[second..]].map(recorded);
        let whole = recorded(&events);
        let nothing = CustomerHistory::new();
        for (id, history) in whole {
            let [a, b, c] = parts.each_ref().map(|part| part.get(&id).unwrap_or(&nothing));
            let sum = |left: &CustomerHistory, right: &CustomerHistory| merged(left, right, CustomerHistory::merge).unwrap();
            prop_assert_eq!(&sum(&sum(a, b), c), &history);
            prop_assert_eq!(&sum(a, &sum(b, c)), &history);
            prop_assert_eq!(&sum(&sum(c, b), a), &history);
            prop_assert_eq!(&sum(&history, &nothing), &history);
            prop_assert_eq!(&sum(&nothing, &history), &history);
        }
    }

    #[test]
    fn parts_of_the_customers_merge(events in any_shop(), side in prop::collection::vec(0..3usize, 6)) {
        let whole = ledger_of(&events, END);
        let part = |part| {
            let here = |event: &&Event| side[usize::from(event.customer)] == part;
            let events: Vec<_> = events.iter().filter(here).cloned().collect();
            ledger_of(&events, END)
        };
        let sum = |left: &Ledger<u8>, right: &Ledger<u8>| merged(left, right, Ledger::merge).unwrap();
        prop_assert_eq!(&sum(&sum(&part(0), &part(1)), &part(2)), &whole);
        prop_assert_eq!(&sum(&part(2), &sum(&part(0), &part(1))), &whole);
    }

    #[test]
    fn columns_say_the_same_as_records(mut events in any_events(2, 60)) {
        events.retain(|event| matches!(event.kind, Kind::Purchase | Kind::Credit));
        let customers: Vec<_> = events.iter().map(|event| event.customer).collect();
        let seconds: Vec<_> = events.iter().map(|event| event.at.timestamp()).collect();
        let cents = |event: &Event| {
            let cents = i64::try_from(event.units() / 10i128.pow(26)).unwrap();
            if event.kind == Kind::Credit { -cents } else { cents }
        };
        let amounts: Vec<_> = events.iter().map(cents).collect();
        let columns = RecordColumns::new(&customers, &seconds, &amounts, 2).unwrap();
        let log = PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap();
        prop_assert_eq!(log.ledger(END).unwrap(), ledger_of(&events, END));
        prop_assert_eq!(log.passed_over(), 0);
    }
}
