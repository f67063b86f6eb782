//! What fits are given adds up: parts to the whole, and yesterday's with today's to today's, to the last bit.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use repurchase::predict::{
    BgBb, BgNbd, FitOptions, GammaGamma, OpportunitySample, OpportunitySamples, PurchaseSpan, PurchaseSpans, Sample,
    Samples, SpendSample, SpendSamples,
};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

use super::shops::{TestResult, cdnow, date, day};

/// Of any parts in any order the merged value is that of the whole, and the empty one is neutral.
fn adds_up<R: Copy, T>(rows: &[(R, u64)], parts: usize) -> TestCaseResult
where
    T: From<Vec<(R, u64)>> + FromIterator<R> + Merge,
{
    let whole = T::from(rows.to_vec());
    prop_assert_eq!(&T::from(rows.iter().rev().copied().collect()), &whole);
    let one_by_one: T = rows.iter().flat_map(|&(row, customers)| (0..customers).map(move |_| row)).collect();
    prop_assert_eq!(&one_by_one, &whole);
    // Each row goes to a part of its own, wherever it stands.
    let of_part = |part| T::from(rows.iter().skip(part).step_by(parts).copied().collect());
    let from_left = (0..parts).map(of_part).fold(T::default(), T::and);
    let from_right = (0..parts).rev().map(of_part).reduce(|joined, part| part.and(joined)).unwrap_or_default();
    prop_assert_eq!((&from_left, &from_right), (&whole, &whole));
    let halves = || (T::from(rows[..rows.len() / 2].to_vec()), T::from(rows[rows.len() / 2..].to_vec()));
    let ((left, right), (again, other)) = (halves(), halves());
    prop_assert_eq!(&left.and(right), &whole);
    prop_assert_eq!(&other.and(again), &whole);
    prop_assert_eq!(whole.clone().and(T::default()), whole);
    Ok(())
}

trait Merge: Default + Clone + PartialEq + Debug {
    fn and(self, other: Self) -> Self;
}

macro_rules! merge {
    ($($of:ty),*) => {$(
        impl Merge for $of {
            fn and(self, other: Self) -> Self {
                self.merge(other)
            }
        }
    )*};
}

merge!(Samples, SpendSamples, OpportunitySamples, PurchaseSpans);

/// A history of purchases after these many days each, the first on a day of 2025.
fn history((first, gaps): &(i64, Vec<i64>)) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    let mut at = *first;
    for (gap, amount) in std::iter::once(&0).chain(gaps).zip(1i64..) {
        at += gap;
        history.record_purchase(day(at), Decimal::new(amount * 50 % 350, 2)).expect("in order");
    }
    history
}

fn histories() -> impl Strategy<Value = Vec<CustomerHistory>> {
    let history = (0..40i64, prop::collection::vec(0..30i64, 0..4)).prop_map(|of| history(&of));
    let nobody = Just(CustomerHistory::new());
    prop::collection::vec(prop_oneof![9 => history.boxed(), 1 => nobody.boxed()], 0..40)
}

/// Customers of several rows, of few different ones.
fn counted<S: Strategy>(row: S) -> impl Strategy<Value = Vec<(S::Value, u64)>> {
    prop::collection::vec((row, 0..4u64), 0..40)
}

fn sample((repeats, recency, more): (u32, u32, u32)) -> Sample {
    let recency = if repeats > 0 { f64::from(recency) / 7.0 } else { 0.0 };
    Sample::new(repeats, recency, recency + f64::from(more) / 7.0).expect("a sample")
}

fn spend((repeats, cents): (u32, u32)) -> SpendSample {
    SpendSample::new(repeats, if repeats > 0 { f64::from(cents) / 3.0 } else { 0.0 }).expect("a sample")
}

fn opportunity((repeats, more, most): (u32, u32, u32)) -> OpportunitySample {
    let recency = if repeats > 0 { repeats + more } else { 0 };
    OpportunitySample::new(repeats, recency, recency + most).expect("a sample")
}

fn ledger(histories: &[CustomerHistory]) -> Ledger<usize> {
    Ledger::from_histories(histories.iter().cloned().enumerate(), day(200)).expect("a ledger")
}

fn is_stranger(removed: &Result<(), Error>) -> bool {
    matches!(removed, Err(Error::TallyShort { asked: 1, counted: 0, .. }))
}

proptest! {
    #![proptest_config(super::fixed_seed(64))]

    #[test]
    fn samples_add_up(rows in counted((0..3u32, 1..9u32, 0..9u32).prop_map(sample)), parts in 1..6usize) {
        adds_up::<_, Samples>(&rows, parts)?;
    }

    #[test]
    fn spends_add_up(rows in counted((0..3u32, 0..9u32).prop_map(spend)), parts in 1..6usize) {
        adds_up::<_, SpendSamples>(&rows, parts)?;
    }

    #[test]
    fn opportunities_add_up(rows in counted((0..3u32, 0..4u32, 0..4u32).prop_map(opportunity)), parts in 1..6usize) {
        adds_up::<_, OpportunitySamples>(&rows, parts)?;
    }

    #[test]
    fn spans_add_up(rows in counted((1..3u32, 0..5i64, 2..5i64)), parts in 1..6usize) {
        let span = |&((repeats, first, days), customers): &((u32, i64, i64), u64)| {
            (PurchaseSpan::new(repeats, day(first), day(first + days)).expect("a span"), customers)
        };
        adds_up::<_, PurchaseSpans>(&rows.iter().map(span).collect::<Vec<_>>(), parts)?;
    }

    /// The samples of spans are those of the ledger, as of any day, and so are those that were merged.
    #[test]
    fn spans_are_the_samples_of_any_day(histories in histories(), later in 0..1000i64, cut in 0..40usize) {
        let ledger = ledger(&histories);
        let spans = PurchaseSpans::of(&ledger);
        prop_assert_eq!(spans.in_weeks(ledger.as_of()).unwrap(), Samples::in_weeks(&ledger));
        prop_assert_eq!(spans.customers(), ledger.len() as u64);
        let as_of = day(200 + later);
        let summaries = || histories.iter().filter_map(|history| history.repeat_summary(as_of));
        prop_assert_eq!(spans.in_weeks(as_of).unwrap(), summaries().map(|summary| Sample::in_weeks(&summary)).collect());
        prop_assert_eq!(spans.in_days(as_of).unwrap(), summaries().map(|summary| Sample::in_days(&summary)).collect());
        let (left, right) = histories.split_at(cut.min(histories.len()));
        let merged = [left, right].map(|part| PurchaseSpans::of(&self::ledger(part)).in_weeks(as_of).unwrap());
        let [left, right] = merged;
        prop_assert_eq!(left.merge(right), spans.in_weeks(as_of).unwrap());
    }

    /// Removing undoes adding, in any order, and who was not added is refused and nothing changed.
    #[test]
    fn removing_undoes_adding(stay in histories(), leave in histories()) {
        let (mut spans, mut spends) = (PurchaseSpans::default(), SpendSamples::default());
        for history in stay.iter().chain(&leave) {
            spans.add(history);
            spends.add(history);
        }
        for history in leave.iter().rev() {
            spans.remove(history).unwrap();
            spends.remove(history).unwrap();
        }
        let ledger = ledger(&stay);
        prop_assert_eq!(&spans, &PurchaseSpans::of(&ledger));
        prop_assert_eq!(&spends, &SpendSamples::of(&ledger));
        let stranger = history(&(3, vec![60, 60]));
        let before = (spans.clone(), spends.clone());
        prop_assert!(is_stranger(&spans.remove(&stranger)));
        if !spends.iter().any(|(row, _)| row == SpendSample::new(2, 1.25).unwrap()) {
            prop_assert!(is_stranger(&spends.remove(&stranger)));
        }
        prop_assert_eq!((spans, spends), before);
    }
}

/// A shop night by night: only who bought since is touched, and the fit is that of everything anew.
#[test]
fn nightly_fits_are_those_of_all_orders() -> TestResult {
    let log = cdnow();
    let (mut spans, mut spends) = (PurchaseSpans::default(), SpendSamples::default());
    let mut known: BTreeMap<u32, CustomerHistory> = BTreeMap::new();
    for night in ["1997-03-31", "1997-09-29", "1997-09-30", "1998-06-30"].map(date) {
        let ledger = log.ledger(night)?;
        for (id, history) in ledger.iter() {
            let before = known.insert(*id, history.clone()).unwrap_or_default();
            if before != history {
                spans.remove(&before)?;
                spends.remove(&before)?;
                spans.add(&history);
                spends.add(&history);
            }
        }
        let (samples, anew) = (spans.in_weeks(night)?, Samples::in_weeks(&ledger));
        assert_eq!((&samples, &spends), (&anew, &SpendSamples::of(&ledger)));
        let options = FitOptions::default();
        assert_eq!(BgNbd::fit(&samples, &options), BgNbd::fit(&anew, &options));
        assert_eq!(GammaGamma::fit(&spends, &options), GammaGamma::fit(&SpendSamples::of(&ledger), &options));
    }
    let early = spans.in_weeks(date("1998-06-29")).unwrap_err();
    assert_eq!(early, Error::AfterAsOf { last: date("1998-06-30"), as_of: date("1998-06-29") });
    Ok(())
}

/// Fits of parts that were put together are those of the whole.
#[test]
fn fits_of_parts_are_fits_of_the_whole() -> TestResult {
    let ledger = cdnow().ledger(date("1997-09-30"))?;
    let options = FitOptions::default();
    let whole = (Samples::in_weeks(&ledger), SpendSamples::of(&ledger));
    for parts in [2, 7] {
        let of_part = |part: u32| {
            let histories = ledger.iter().filter(|(id, _)| **id % parts == part).map(|(id, history)| (*id, history));
            let part = Ledger::from_histories(histories, ledger.as_of()).expect("a part");
            (Samples::in_weeks(&part), SpendSamples::of(&part))
        };
        let merged = (0..parts).map(of_part).reduce(|one, other| (one.0.merge(other.0), one.1.merge(other.1)));
        let merged = merged.ok_or("there are parts")?;
        assert_eq!(merged, whole);
        assert_eq!(BgNbd::fit(&merged.0, &options)?, BgNbd::fit(&whole.0, &options)?);
        assert_eq!(GammaGamma::fit(&merged.1, &options)?, GammaGamma::fit(&whole.1, &options)?);
    }
    let rows: Vec<_> = (0..60u32).map(|n| (opportunity((n % 4, n % 3, n % 5)), u64::from(1 + n % 7))).collect();
    let part = |rows: &[(OpportunitySample, u64)]| OpportunitySamples::from(rows.to_vec());
    let merged = part(&rows[40..]).merge(part(&rows[..13])).merge(part(&rows[13..40]));
    assert_eq!(BgBb::fit(&merged, &options)?, BgBb::fit(&part(&rows), &options)?);
    Ok(())
}

#[test]
fn a_span_is_checked() {
    let span = |repeats, first, last| PurchaseSpan::new(repeats, day(first), day(last));
    let right = span(3, 10, 13).expect("each day");
    assert_eq!((right.repeats(), right.first(), right.last()), (3, day(10), day(13)));
    assert!(span(0, 10, 10).is_ok());
    let error = |repeats, first, last| span(repeats, first, last).expect_err("refused").to_string();
    assert_eq!(error(4, 10, 13), "repeats x must lie between 1 and 3, found 4");
    assert_eq!(error(0, 10, 13), "repeats x must lie between 1 and 3, found 0");
    assert_eq!(error(1, 10, 10), "repeats x must lie between 0 and 0, found 1");
    assert_eq!(error(0, 10, 9), "first and last purchase day must ascend: number 1 (from 0) does not");
    let stranger = history(&(3, vec![60, 60]));
    let error = PurchaseSpans::default().remove(&stranger).expect_err("nobody is there").to_string();
    assert_eq!(error, "too few customers of x = 2 from 2025-01-04 to 2025-05-04 to take 1 out of a tally: it counts 0");
    let error = SpendSamples::default().remove(&stranger).expect_err("nobody is there").to_string();
    assert_eq!(error, "too few customers of x = 2 and a mean spend of 1.25 to take 1 out of a tally: it counts 0");
}

#[cfg(feature = "serde")]
#[test]
fn spans_are_stored_and_checked_when_read() -> TestResult {
    let mut spans = PurchaseSpans::default();
    for of in [(3, vec![4, 4]), (3, vec![]), (3, vec![4, 4])] {
        spans.add(&history(&of));
    }
    let stored = serde_json::json!([
        [{"repeats": 0, "first": "2025-01-04", "last": "2025-01-04"}, 1],
        [{"repeats": 2, "first": "2025-01-04", "last": "2025-01-12"}, 2],
    ]);
    assert_eq!(serde_json::to_value(&spans)?, stored);
    assert_eq!(serde_json::from_value::<PurchaseSpans>(stored)?, spans);
    let wrong = r#"[[{"repeats": 9, "first": "2025-01-04", "last": "2025-01-12"}, 1]]"#;
    assert!(serde_json::from_str::<PurchaseSpans>(wrong).is_err());
    Ok(())
}
