//! What fits are given adds up: parts to the whole, and yesterday's with today's to today's, to the last bit.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use repurchase::predict::{
    BgBb, BgNbd, FitOptions, GammaGamma, OpportunitySample, OpportunitySamples, Sample, Samples,
};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

use super::shops::{TestResult, cdnow, date, day};

/// Of any parts in any order the merged value is that of the whole, and the empty one is neutral.
#[allow(clippy::type_complexity, reason = "a constructor")]
fn adds_up<R: Copy, T>(
    rows: &[(R, u64)],
    parts: usize,
    of: fn(Vec<(R, u64)>) -> Result<T, Error>,
    merge: fn(&mut T, &T) -> Result<(), Error>,
) -> TestCaseResult
where
    T: FromIterator<R> + Default + Clone + PartialEq + Debug,
{
    let of = |rows: &mut dyn Iterator<Item = (R, u64)>| of(rows.collect()).unwrap();
    let and = |mut one: T, other: T| {
        merge(&mut one, &other).unwrap();
        one
    };
    let whole = of(&mut rows.iter().copied());
    prop_assert_eq!(&of(&mut rows.iter().rev().copied()), &whole);
    let one_by_one: T = rows.iter().flat_map(|&(row, customers)| (0..customers).map(move |_| row)).collect();
    prop_assert_eq!(&one_by_one, &whole);
    // Each row goes to a part of its own, wherever it stands.
    let of_part = |part| of(&mut rows.iter().skip(part).step_by(parts).copied());
    let from_left = (0..parts).map(of_part).fold(T::default(), and);
    let from_right = (0..parts).rev().map(of_part).reduce(|joined, part| and(part, joined)).unwrap_or_default();
    prop_assert_eq!((&from_left, &from_right), (&whole, &whole));
    let (left, right) = rows.split_at(rows.len() / 2);
    let [left, right] = [left, right].map(|rows| of(&mut rows.iter().copied()));
    prop_assert_eq!(&and(left.clone(), right.clone()), &whole);
    prop_assert_eq!(&and(right, left), &whole);
    prop_assert_eq!(and(whole.clone(), T::default()), whole);
    Ok(())
}

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

fn sample((repeats, recency, more, cents): (u32, u32, u32, u32)) -> Sample {
    let recency = if repeats > 0 { f64::from(recency) } else { 0.0 };
    let sample = Sample::new(repeats, recency, recency + f64::from(more)).expect("a sample");
    // Of some it is not known what they spent.
    if cents == 0 || repeats == 0 { sample } else { sample.with_mean_spend(f64::from(cents - 1) / 3.0).unwrap() }
}

fn opportunity((repeats, more, most): (u32, u32, u32)) -> OpportunitySample {
    let recency = if repeats > 0 { repeats + more } else { 0 };
    OpportunitySample::new(repeats, recency, recency + most).expect("a sample")
}

fn ledger(histories: &[CustomerHistory]) -> Ledger<usize> {
    Ledger::from_histories(histories.iter().cloned().enumerate(), day(200)).expect("a ledger")
}

fn with_all(mut samples: Samples, histories: &[CustomerHistory]) -> Samples {
    for history in histories {
        samples.add(history).unwrap();
    }
    samples
}

fn is_stranger(removed: &Result<(), Error>) -> bool {
    matches!(removed, Err(Error::TallyShort { asked: 1, counted: 0, .. }))
}

proptest! {
    #![proptest_config(super::fixed_seed(64))]

    #[test]
    fn samples_add_up(
        rows in counted((0..3u32, 1..9u32, 0..9u32, 0..5u32).prop_map(sample)), parts in 1..6usize,
    ) {
        adds_up(&rows, parts, |rows| Samples::from_rows(None, rows, []), Samples::merge)?;
    }

    #[test]
    fn opportunities_add_up(rows in counted((0..3u32, 0..4u32, 0..4u32).prop_map(opportunity)), parts in 1..6usize) {
        adds_up(&rows, parts, OpportunitySamples::try_from, OpportunitySamples::merge)?;
    }

    /// From a ledger, one by one, from counted rows, in parts, and by the day before: the same samples.
    #[test]
    fn every_way_leads_to_the_same_samples(histories in histories(), later in 0..1000i64, cut in 0..40usize) {
        let whole = Samples::of(&ledger(&histories));
        prop_assert_eq!(whole.customers(), histories.iter().filter(|history| history.purchases() > 0).count() as u64);
        let one_by_one = with_all(Samples::new(day(200)), &histories);
        prop_assert_eq!(&one_by_one, &whole);
        let counted = Samples::from_rows(whole.as_of(), whole.with_gaps(), whole.spends());
        prop_assert_eq!(counted.as_ref(), Ok(&whole));
        let (left, right) = histories.split_at(cut.min(histories.len()));
        let [mut left, right] = [left, right].map(|part| Samples::of(&ledger(part)));
        left.merge(&right).unwrap();
        prop_assert_eq!(&left, &whole);
        // As of a later day, whoever was counted before or after it was moved there.
        let as_of = day(200 + later);
        let anew = with_all(Samples::new(as_of), &histories);
        for mut moved in [whole, one_by_one, left] {
            moved.advance_to(as_of).unwrap();
            prop_assert_eq!(&moved, &anew);
        }
    }

    /// Removing undoes adding, in any order, and who was not added is refused and nothing changed.
    #[test]
    fn removing_undoes_adding(stay in histories(), leave in histories()) {
        let mut samples = with_all(Samples::of(&ledger(&stay)), &leave);
        for history in leave.iter().rev() {
            samples.remove(history).unwrap();
        }
        prop_assert_eq!(&samples, &Samples::of(&ledger(&stay)));
        let before = samples.clone();
        prop_assert!(is_stranger(&samples.remove(&history(&(3, vec![60, 60])))));
        // Whose days are known, and whose spend is not.
        if let Some(known) = stay.iter().find(|history| history.purchase_days() > 1) {
            let mut other = CustomerHistory::new();
            other.record_purchase(known.first_purchase().unwrap(), Decimal::ONE_HUNDRED).unwrap();
            let repeats = i64::try_from(known.purchase_days() - 1).unwrap();
            for number in 0..repeats {
                let on = known.last_purchase().unwrap() - chrono::Duration::days(repeats - 1 - number);
                other.record_purchase(on, Decimal::ONE_HUNDRED).unwrap();
            }
            prop_assert!(is_stranger(&samples.remove(&other)));
        }
        prop_assert_eq!(samples, before);
    }
}

/// A shop night by night: only who bought since is touched, and the fit is that of everything anew.
#[test]
fn nightly_fits_are_those_of_all_orders() -> TestResult {
    let log = cdnow();
    let (mut samples, mut known) = (Samples::new(date("1997-01-01")), BTreeMap::<u32, CustomerHistory>::new());
    for night in ["1997-03-31", "1997-09-29", "1997-09-30", "1998-06-30"].map(date) {
        let ledger = log.ledger(night)?;
        samples.advance_to(night)?;
        for (id, history) in ledger.iter() {
            let before = known.insert(*id, history.clone()).unwrap_or_default();
            if before != history {
                samples.remove(&before)?;
                samples.add(&history)?;
            }
        }
        let (anew, options) = (Samples::of(&ledger), FitOptions::default());
        assert_eq!(samples, anew);
        assert_eq!(BgNbd::fit(&samples, &options), BgNbd::fit(&anew, &options));
        assert_eq!(GammaGamma::fit(&samples, &options), GammaGamma::fit(&anew, &options));
    }
    Ok(())
}

#[test]
fn samples_have_one_day() -> TestResult {
    let mut samples = Samples::new(day(60));
    samples.add(&history(&(3, vec![4])))?;
    let before = samples.clone();
    let late = history(&(3, vec![60]));
    assert_eq!(samples.add(&late), Err(Error::AfterAsOf { last: day(63), as_of: day(60) }));
    assert_eq!(
        samples.advance_to(day(59)).unwrap_err().to_string(),
        "as-of days of samples must ascend: number 1 (from 0) does not"
    );
    let mismatch = samples.merge(&Samples::new(day(61)));
    assert_eq!(mismatch, Err(Error::AsOfMismatch { left: day(60), right: day(61) }));
    let without: Samples = [Sample::NEW].into_iter().collect();
    assert_eq!(samples.merge(&without), Err(Error::NoAsOf));
    assert_eq!(samples, before);
    let mut without = without;
    assert_eq!((without.as_of(), without.merge(&samples)), (None, Err(Error::NoAsOf)));
    assert_eq!((without.add(&late), without.remove(&late)), (Err(Error::NoAsOf), Err(Error::NoAsOf)));
    assert_eq!(without.advance_to(day(60)), Err(Error::NoAsOf));
    assert_eq!(without.add(&CustomerHistory::new()), Ok(()), "nobody is nobody");
    let mut nobody = Samples::default();
    nobody.merge(&samples)?;
    assert_eq!(nobody, samples);
    let stranger = history(&(3, vec![25, 25]));
    let error = samples.remove(&stranger).unwrap_err().to_string();
    assert_eq!(error, "too few customers of x = 2 from 2025-01-04 to 2025-02-23 to take 1 out of a tally: it counts 0");
    Ok(())
}

/// Fits of parts that were put together are those of the whole.
#[test]
fn fits_of_parts_are_fits_of_the_whole() -> TestResult {
    let ledger = cdnow().ledger(date("1997-09-30"))?;
    let options = FitOptions::default();
    let whole = Samples::of(&ledger);
    for parts in [2, 7] {
        let mut merged = Samples::default();
        for part in 0..parts {
            let histories = ledger.iter().filter(|(id, _)| **id % parts == part).map(|(id, history)| (*id, history));
            merged.merge(&Samples::of(&Ledger::from_histories(histories, ledger.as_of())?))?;
        }
        assert_eq!(merged, whole);
        assert_eq!(BgNbd::fit(&merged, &options)?, BgNbd::fit(&whole, &options)?);
        assert_eq!(GammaGamma::fit(&merged, &options)?, GammaGamma::fit(&whole, &options)?);
    }
    let rows: Vec<_> = (0..60u32).map(|n| (opportunity((n % 4, n % 3, n % 5)), u64::from(1 + n % 7))).collect();
    let part = |rows: &[(OpportunitySample, u64)]| OpportunitySamples::try_from(rows.to_vec());
    let mut merged = part(&rows[40..])?;
    merged.merge(&part(&rows[..13])?)?;
    merged.merge(&part(&rows[13..40])?)?;
    assert_eq!(BgBb::fit(&merged, &options)?, BgBb::fit(&part(&rows)?, &options)?);
    Ok(())
}

#[cfg(feature = "serde")]
#[test]
fn samples_are_stored_with_their_day() -> TestResult {
    let mut samples = Samples::new(day(20));
    for of in [(3, vec![4, 4]), (3, vec![]), (3, vec![4, 4])] {
        samples.add(&history(&of))?;
    }
    let stored = serde_json::json!({
        "as_of": "2025-01-21",
        "purchases": [
            [{"repeats": 0, "recency_days": 0.0, "age_days": 17.0}, 1],
            [{"repeats": 2, "recency_days": 8.0, "age_days": 17.0, "ln_gaps": 2.772_588_722_407_818}, 2],
        ],
        "spends": [[2, 1.25, 2]],
    });
    assert_eq!(serde_json::to_value(&samples)?, stored);
    let mut read = serde_json::from_value::<Samples>(stored)?;
    assert_eq!(read, samples);
    // What was read goes on.
    read.remove(&history(&(3, vec![4, 4])))?;
    samples.remove(&history(&(3, vec![4, 4])))?;
    assert_eq!(read, samples);
    Ok(())
}
