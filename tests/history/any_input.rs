//! Whatever comes in: an answer or a typed error.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use proptest::prelude::*;
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::{CustomerHistory, Error, Ledger, Order, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::{fixed_seed, merged};

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let any = (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>(), 0..=28u32);
    let any =
        any.prop_map(|(low, middle, high, negative, scale)| Decimal::from_parts(low, middle, high, negative, scale));
    let cents = (-100i64..100_000).prop_map(|cents| Decimal::new(cents, 2));
    let special =
        prop::sample::select(vec![Decimal::MAX, Decimal::MIN, Decimal::new(1, 28), Decimal::ZERO, -Decimal::ZERO]);
    prop_oneof![2 => any, 6 => cents, 1 => special]
}

fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    let (first, last) = (DateTime::<Utc>::MIN_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp());
    let near = 1_700_000_000..1_710_000_000i64;
    let seconds = prop_oneof![8 => near, 1 => first..=last, 1 => first..first + 90_000, 1 => last - 90_000..=last];
    seconds.prop_map(|seconds| DateTime::from_timestamp(seconds, 0).expect("within chrono's range"))
}

fn any_record() -> impl Strategy<Value = Result<Record<u8>, Error>> {
    let status =
        prop_oneof![8 => Just(OrderStatus::Paid), 1 => Just(OrderStatus::Unpaid), 1 => Just(OrderStatus::Cancelled)];
    let refunded = prop_oneof![3 => Just(Decimal::ZERO), 1 => any_decimal()];
    (0..4u8, any_instant(), any_decimal(), refunded, status, 0..4u8).prop_map(
        |(id, at, amount, refunded, status, kind)| {
            if kind == 0 {
                Credit::new(id, at, amount).map(Record::from)
            } else {
                Order::new(id, at, amount)?.with_refunded(refunded).map(|order| order.with_status(status).into())
            }
        },
    )
}

/// Asks everything that can be asked of a history.
fn interrogate(history: &CustomerHistory, as_of: NaiveDate) {
    assert!(history.purchase_days() <= history.purchases());
    assert!(Decimal::ZERO <= history.first_day_spend() && history.first_day_spend() <= history.spend());
    assert_eq!(history.revenue() + history.credited(), history.spend());
    if let Some(mean) = history.mean_order_amount() {
        assert!(Decimal::ZERO <= mean && mean <= history.spend());
    }
    for as_of in [as_of, NaiveDate::MIN, NaiveDate::MAX] {
        if let Some(summary) = history.repeat_summary(as_of) {
            assert!(summary.recency_days() <= summary.age_days());
            assert!(summary.repeats() <= summary.recency_days() && summary.repeat_spend() >= Decimal::ZERO);
            assert_eq!(summary.mean_spend().is_some_and(|mean| mean >= 0.0 && mean.is_finite()), summary.repeats() > 0);
        }
    }
    if let Some(gaps) = history.gaps() {
        assert!(1 <= gaps.shortest_days() && gaps.shortest_days() <= gaps.longest_days());
        assert!(gaps.longest_days() <= gaps.span_days() && gaps.mean_days().is_finite());
        assert!(gaps.standard_deviation_days().is_none_or(|deviation| deviation.is_finite() && deviation >= 0.0));
    }
}

fn is_overflow_or_no_day(error: &Error) -> bool {
    matches!(error, Error::AmountOverflow { .. } | Error::NoDay { .. } | Error::FinestAmount { .. })
}

/// Whose amount is the first of the finest ones depends on the order of the input; who has no room does not.
fn without_position<T: Clone>(result: &Result<T, Error>) -> Result<T, Error> {
    match result {
        Err(Error::FinestAmount { cause, .. }) => Err((**cause).clone()),
        result => result.clone(),
    }
}

fn is_answer_or_customer<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Ok(_) | Err(Error::Customer { .. } | Error::FinestAmount { .. }))
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn any_records_at_all(
        records in prop::collection::vec(any_record(), 0..24),
        as_of in any_instant(),
        east in prop_oneof![2 => Just(0), 1 => -86_399..86_400i32],
    ) {
        for error in records.iter().filter_map(|record| record.as_ref().err()) {
            let typed = matches!(error, Error::Amount { .. } | Error::Refund { .. } | Error::AmountOverflow { .. });
            prop_assert!(typed, "{error}");
        }
        let mut records: Vec<_> = records.into_iter().filter_map(Result::ok).collect();
        let as_of = as_of.date_naive();
        let calendar = ShopCalendar::new(FixedOffset::east_opt(east).unwrap());
        let log = match PurchaseLog::from_records(records.clone(), &calendar) {
            Ok(log) => Some(log),
            Err(Error::Record { index, cause }) => {
                prop_assert!(index < records.len() && is_overflow_or_no_day(&cause), "{index}: {cause}");
                None
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        records.reverse();
        let reversed = PurchaseLog::from_records(records.clone(), &calendar);
        prop_assert_eq!(log.is_some(), reversed.is_ok());
        if let Some((log, reversed)) = log.zip(reversed.ok()) {
            let ledger = log.ledger(as_of);
            prop_assert_eq!(without_position(&ledger), without_position(&reversed.ledger(as_of)));
            match ledger {
                Ok(ledger) => {
                    ledger.iter().for_each(|(_, history)| interrogate(&history, as_of));
                    ledger.without_purchase().for_each(|(_, history)| interrogate(history, as_of));
                    let others = ledger.without_purchase().map(|(id, history)| (id, history.clone()));
                    let histories = ledger.iter().chain(others);
                    let again = Ledger::from_histories(histories.map(|(id, history)| (*id, history)), as_of);
                    prop_assert_eq!(again, Ok(ledger));
                }
                Err(Error::Customer { cause, .. }) => prop_assert!(is_overflow_or_no_day(&cause), "{cause}"),
                Err(Error::FinestAmount { cause, .. }) => prop_assert!(matches!(*cause, Error::Customer { .. }), "{cause}"),
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
            if let Ok(window) = Window::last_days(as_of, 30) {
                let inside = log.ledger_in(window);
                prop_assert!(is_answer_or_customer(&inside), "{inside:?}");
            }
        }
    }

    #[test]
    fn any_records_one_by_one(records in prop::collection::vec(any_record(), 0..24), as_of in any_instant()) {
        let calendar = ShopCalendar::utc();
        let (mut history, mut other) = (CustomerHistory::new(), CustomerHistory::new());
        for (i, record) in records.into_iter().filter_map(Result::ok).enumerate() {
            let target = if i % 3 == 0 { &mut other } else { &mut history };
            let before = target.clone();
            let recorded = match record {
                Record::Order(order) => target.record_order(&order, &calendar),
                Record::Credit(credit) => target.record_credit(credit.amount()),
            };
            if let Err(error) = recorded {
                prop_assert!(matches!(error, Error::AmountOverflow { .. } | Error::OlderPurchase { .. }), "{error}");
                prop_assert_eq!(target, &before);
            }
        }
        interrogate(&history, as_of.date_naive());
        let both = merged(&history, &other, CustomerHistory::merge);
        prop_assert_eq!(both.clone().ok(), merged(&other, &history, CustomerHistory::merge).ok());
        match both {
            Ok(both) => interrogate(&both, as_of.date_naive()),
            Err(error) => {
                let typed = matches!(error, Error::AmountOverflow { .. } | Error::OverlappingHistories { .. });
                prop_assert!(typed, "{error}");
            }
        }
        let ledger = Ledger::from_histories([(1, history), (2, other)], NaiveDate::MAX);
        prop_assert!(is_answer_or_customer(&ledger), "{ledger:?}");
    }
}
