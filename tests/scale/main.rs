//! The room `scale`, through the public API: ratios, fitted cuts, tallies, given bands.
//!
//! Cuts: the naive rule `k * below / N` and exact rationals over random values.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use core::ops::Bound::{Excluded, Included, Unbounded};
use core::ops::RangeBounds;

use proptest::prelude::*;
use repurchase::Error;
use repurchase::scale::{Bands, Bins, CutPoints, Label, Language};
use rust_decimal::Decimal;

#[path = "../common/mod.rs"]
mod common;
mod money_tally;
mod ratio;
mod tally;

use common::{fixed_seed, merged, ratio};

#[track_caller]
fn cuts<T: Ord + Clone>(values: &[T], bins: u8) -> CutPoints<T> {
    CutPoints::fit(values.iter().cloned(), bins).expect("cuts")
}

#[track_caller]
fn share(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a share")
}

// Fitted cuts.

/// The rule itself: how many values are strictly smaller, times k, over N.
fn naive_bin(values: &[i32], value: i32, bins: u8) -> usize {
    let below = values.iter().filter(|&&other| other < value).count();
    usize::from(bins) * below / values.len()
}

#[test]
fn cuts_by_hand() {
    let one_timers = [1, 1, 1, 1, 1, 1, 1, 1, 2, 5];
    let fitted = cuts(&one_timers, 5);
    assert_eq!((fitted.cuts(), fitted.bins()), (&[1, 1, 1, 1][..], 5));
    assert_eq!([0, 1, 2, 5, 9].map(|value| fitted.position(&value)), [0, 0, 4, 4, 4]);
    assert_eq!(fitted.empty_bins().collect::<Vec<_>>(), [1, 2, 3]);
    // The value at a share is the last of it: 4 of 10 are at most 4, so 4 is in the lower bin.
    let fitted = cuts(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5);
    assert_eq!(fitted.cuts(), [2, 4, 6, 8]);
    assert_eq!([1, 2, 3, 4, 5, 8, 9, 10].map(|value| fitted.position(&value)), [0, 0, 1, 1, 2, 3, 4, 4]);
    assert_eq!(fitted.empty_bins().count(), 0);
    assert_eq!(
        [0, 2, 4].map(|bin| fitted.range(bin).unwrap()),
        [(Unbounded, Included(&2)), (Excluded(&4), Included(&6)), (Excluded(&8), Unbounded)]
    );
    assert_eq!((fitted.range(5), fitted.range(usize::MAX)), (None, None));
}

#[test]
fn one_value_and_more_bins_than_values() {
    assert_eq!(cuts(&[7], 2).cuts(), [7]);
    let fitted = cuts(&[7], 10);
    assert_eq!((fitted.cuts(), fitted.position(&7), fitted.position(&8), fitted.position(&6)), (&[7; 9][..], 0, 9, 0));
    assert_eq!(fitted.empty_bins().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
    let fitted = cuts(&[20, 10], 5);
    assert_eq!((fitted.cuts(), fitted.position(&10), fitted.position(&20)), (&[10, 10, 20, 20][..], 0, 2));
    assert_eq!(cuts(&[1, 2], 255).bins(), 255);
}

#[test]
fn cuts_of_nothing_or_into_one_are_refused() {
    assert_eq!(CutPoints::<u8>::fit([], 5), Err(Error::NoCustomers { what: "cut points" }));
    assert_eq!(CutPoints::<u8>::fit([], 5).unwrap_err().to_string(), "cut points cannot be fitted without a customer");
    for bins in [0, 1] {
        let error = Error::OutOfRange { field: "bins", found: bins.into(), min: 2, max: 255 };
        assert_eq!(CutPoints::fit([1, 2], bins), Err(error.clone()));
        assert_eq!(CutPoints::<u8>::fit([], bins), Err(error));
    }
    assert_eq!(CutPoints::<u8>::fit_shares([], &[share("0.5")]), Err(Error::NoCustomers { what: "cut points" }));
}

#[test]
fn given_cuts_ascend() {
    assert_eq!(CutPoints::new(vec![1, 1, 3]).unwrap().cuts(), [1, 1, 3]);
    assert_eq!(CutPoints::<u8>::new(vec![]).unwrap().bins(), 1);
    assert_eq!(CutPoints::<u8>::new(vec![]).unwrap().position(&9), 0);
    let error = Error::NotAscending { what: "cut points", position: 2 };
    assert_eq!(CutPoints::new(vec![1, 3, 2, 1]), Err(error));
}

#[test]
fn cuts_at_shares() {
    let values: Vec<u32> = (1..=1000).rev().collect();
    let tiers = [share("0.8"), share("0.96"), share("0.992")];
    let fitted = CutPoints::fit_shares(values.iter().copied(), &tiers).unwrap();
    assert_eq!(fitted.cuts(), [800, 960, 992]);
    // A share is exact however many zeros it is written with, and 0.07 of 100 is 7 and not 7.000000000000001.
    let hundred: Vec<u32> = (1..=100).collect();
    let sevenths = [share("0.0700000000000000000000000000")];
    assert_eq!(CutPoints::fit_shares(hundred.iter().copied(), &sevenths).unwrap().cuts(), [7]);
    assert_eq!(CutPoints::fit_shares(hundred.iter().copied(), &[]).unwrap().bins(), 1);
    // The smallest share takes the smallest value, the largest one the largest.
    let ends = [Decimal::new(1, 28), share("0.9999999999999999999999999999")];
    assert_eq!(CutPoints::fit_shares(hundred.iter().copied(), &ends).unwrap().cuts(), [1, 100]);
}

#[test]
fn shares_lie_between_0_and_1_and_ascend() {
    for wrong in ["0", "1", "-0.5", "1.0000001"] {
        let found = share(wrong);
        let error = CutPoints::fit_shares([1, 2], &[share("0.5"), found]).unwrap_err();
        assert_eq!(error, Error::Share { position: 1, found }, "{wrong}");
    }
    assert_eq!(
        CutPoints::fit_shares([1], &[Decimal::ONE]).unwrap_err().to_string(),
        "share number 0 (from 0) must lie above 0 and below 1, found 1"
    );
    for wrong in [["0.5", "0.5"], ["0.5", "0.50"], ["0.5", "0.4"]] {
        let error = CutPoints::fit_shares([1, 2], &wrong.map(share)).unwrap_err();
        assert_eq!(error, Error::NotAscending { what: "shares", position: 1 });
    }
}

/// Many ties, a few, or none; sometimes a single value.
fn any_values() -> impl Strategy<Value = Vec<i32>> {
    let spread = prop_oneof![Just(1), Just(3), Just(12), Just(i32::MAX)];
    (spread, 1..60usize).prop_flat_map(|(spread, length)| prop::collection::vec(-spread..spread, length))
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn every_member_lies_where_the_rule_says(values in any_values()) {
        for bins in 2..=10 {
            let fitted = cuts(&values, bins);
            prop_assert_eq!(fitted.bins(), usize::from(bins));
            for &value in &values {
                prop_assert_eq!(fitted.position(&value), naive_bin(&values, value, bins), "{} of {} bins", value, bins);
            }
        }
    }

    #[test]
    fn cuts_know_no_order_of_values(mut values in any_values(), bins in 2..=255u8) {
        let fitted = cuts(&values, bins);
        values.sort_unstable();
        prop_assert_eq!(&fitted, &cuts(&values, bins));
        values.reverse();
        prop_assert_eq!(&fitted, &cuts(&values, bins));
    }

    #[test]
    fn a_newcomer_lies_where_a_member_would(values in any_values(), newcomer in any::<i32>(), bins in 2..=10u8) {
        let fitted = cuts(&values, bins);
        let position = fitted.position(&newcomer);
        prop_assert_eq!(position, fitted.cuts().iter().filter(|&&cut| cut < newcomer).count());
        prop_assert!(position < fitted.bins());
        let holds = |bin: &usize| fitted.range(*bin).unwrap().contains(&newcomer);
        prop_assert_eq!((0..fitted.bins()).filter(holds).collect::<Vec<_>>(), vec![position]);
        // The rule among the members, with the newcomer's own place taken by the next larger member.
        let below = values.iter().filter(|&&value| value < newcomer).count();
        if below < values.len() {
            prop_assert_eq!(position, usize::from(bins) * below / values.len());
        } else {
            prop_assert_eq!(position, usize::from(bins) - 1);
        }
    }

    #[test]
    fn an_empty_bin_is_one_that_nothing_reaches(values in any_values(), bins in 2..=10u8) {
        let fitted = cuts(&values, bins);
        // The cuts and what lies between them: every position that any value can have.
        let around = |&cut: &i32| [cut.checked_sub(1), Some(cut), cut.checked_add(1)];
        let around = fitted.cuts().iter().flat_map(around).flatten();
        let mut reached: Vec<_> = around.chain([i32::MIN, i32::MAX]).map(|value| fitted.position(&value)).collect();
        reached.sort_unstable();
        reached.dedup();
        let empty: Vec<_> = fitted.empty_bins().collect();
        let not_reached: Vec<_> = (0..fitted.bins()).filter(|bin| !reached.contains(bin)).collect();
        prop_assert_eq!(&empty, &not_reached);
        prop_assert_eq!(Bins::Quantiles(fitted).empty_bins(), empty);
    }

    #[test]
    fn shares_are_exact_rationals(
        values in any_values(),
        mantissas in prop::collection::btree_set(1..10_000i64, 0..6),
    ) {
        let shares: Vec<_> = mantissas.iter().map(|&mantissa| Decimal::new(mantissa, 4)).collect();
        let fitted = CutPoints::fit_shares(values.iter().copied(), &shares).unwrap();
        for &value in &values {
            let below = values.iter().filter(|&&other| other < value).count();
            // The number of shares with share <= below / N, in integers.
            let passed = |mantissa: &&i64| i128::from(**mantissa) * values.len() as i128 <= below as i128 * 10_000;
            prop_assert_eq!(fitted.position(&value), mantissas.iter().filter(passed).count());
        }
    }

    #[test]
    fn equal_shares_are_bins(values in any_values()) {
        let shares = [share("0.2"), share("0.4"), share("0.6"), share("0.8")];
        prop_assert_eq!(CutPoints::fit_shares(values.iter().copied(), &shares).unwrap(), cuts(&values, 5));
    }
}

// Given bands.

#[test]
fn bands_by_hand() {
    let days = Bands::new(vec![30, 50, 80]).unwrap();
    assert_eq!([0, 29, 30, 49, 50, 79, 80, 1000].map(|value| days.position(&value)), [0, 0, 1, 1, 2, 2, 3, 3]);
    assert_eq!((days.len(), days.is_empty(), days.edges()), (4, false, &[30, 50, 80][..]));
    assert_eq!(
        [0, 1, 3].map(|band| days.range(band).unwrap()),
        [(Unbounded, Excluded(&30)), (Included(&30), Excluded(&50)), (Included(&80), Unbounded)]
    );
    assert_eq!((days.range(4), days.range(usize::MAX)), (None, None));
    let all = Bands::<u32>::new(vec![]).unwrap();
    assert_eq!((all.len(), all.position(&7), all.range(0)), (1, 0, Some((Unbounded, Unbounded))));
    let money = Bands::new(vec![share("100.00"), share("500")]).unwrap();
    assert_eq!([share("99.99"), share("100"), share("500.0")].map(|value| money.position(&value)), [0, 1, 2]);
}

#[test]
fn edges_ascend_strictly() {
    for (edges, position) in [(vec![30, 30], 1), (vec![30, 50, 40], 2), (vec![3, 2, 1], 1)] {
        let error = Error::NotAscending { what: "band edges", position };
        assert_eq!(Bands::new(edges), Err(error));
    }
    assert_eq!(Bands::new(vec![2, 1]).unwrap_err().to_string(), "band edges must ascend: number 1 (from 0) does not");
}

#[test]
fn bins_are_of_either_kind() {
    let quantiles = Bins::Quantiles(CutPoints::new(vec![10, 20, 20]).unwrap());
    let bands = Bins::Bands(Bands::new(vec![10, 20]).unwrap());
    // On the threshold: below a fitted cut, above a given edge.
    assert_eq!((quantiles.position(&10), bands.position(&10)), (0, 1));
    assert_eq!((quantiles.position(&21), bands.position(&21)), (3, 2));
    assert_eq!((quantiles.bins(), bands.bins()), (4, 3));
    assert_eq!((quantiles.thresholds(), bands.thresholds()), (&[10, 20, 20][..], &[10, 20][..]));
    assert_eq!(quantiles.range(1), Some((Excluded(&10), Included(&20))));
    assert_eq!(bands.range(1), Some((Included(&10), Excluded(&20))));
    assert_eq!((quantiles.range(4), bands.range(3)), (None, None));
    assert_eq!((quantiles.empty_bins(), bands.empty_bins()), (vec![2], vec![]));
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn a_band_holds_what_lies_between_its_edges(
        edges in prop::collection::btree_set(-50..50i32, 0..8),
        value in -60..60i32,
    ) {
        let bands = Bands::new(edges.into_iter().collect()).unwrap();
        let holds = |&position: &usize| bands.range(position).unwrap().contains(&value);
        prop_assert_eq!((0..bands.len()).filter(holds).collect::<Vec<_>>(), vec![bands.position(&value)]);
    }
}

// Labels.

#[test]
fn labels_have_a_key_and_two_names() {
    let label = Label::new("cant_lose", String::from("Can't lose"), "重点挽留客户");
    assert_eq!(label.key(), "cant_lose");
    assert_eq!(label.name(Language::English), "Can't lose");
    assert_eq!(label.name(Language::Chinese), "重点挽留客户");
    assert_eq!(Language::default(), Language::English);
}

#[cfg(feature = "serde")]
mod stored {
    use super::*;
    use core::fmt::Debug;
    use repurchase::Ratio;
    use repurchase::scale::{Confidence, Interval};
    use serde::{Serialize, de::DeserializeOwned};
    use serde_json::{Value, from_value, json, to_value};

    #[track_caller]
    fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, stored: &Value) {
        assert_eq!(to_value(value).unwrap(), *stored);
        assert_eq!(from_value::<T>(stored.clone()).unwrap(), *value);
    }

    #[track_caller]
    fn assert_refused<T: DeserializeOwned + Debug>(stored: Value, text: &str) {
        let error = from_value::<T>(stored).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }

    #[test]
    fn sticks_come_back_as_they_went() {
        assert_round_trip(&ratio(30, 100), &json!({ "count": 30, "of": 100 }));
        assert_round_trip(&ratio(0, 0), &json!({ "count": 0, "of": 0 }));
        assert_round_trip(&cuts(&[1, 1, 1, 4], 4), &json!([1, 1, 1]));
        assert_round_trip(&Bands::new(vec![30, 50]).unwrap(), &json!([30, 50]));
        assert_round_trip(&Bins::Bands(Bands::new(vec![30]).unwrap()), &json!({ "bands": [30] }));
        assert_round_trip(&Bins::Quantiles(cuts(&[1, 2], 2)), &json!({ "quantiles": [1] }));
        assert_round_trip(&Language::Chinese, &json!("chinese"));
        let label = json!({ "key": "new", "english": "New", "chinese": "新客" });
        assert_round_trip(&Label::new("new", "New", "新客"), &label);
        let interval = ratio(81, 263).wilson(Confidence::default()).unwrap();
        assert_eq!(from_value::<Interval>(to_value(interval).unwrap()).unwrap(), interval);
    }

    #[test]
    fn what_new_refuses_cannot_be_read() {
        assert_refused::<Ratio>(json!({ "count": 3, "of": 2 }), "count must lie between 0 and 2, found 3");
        assert_refused::<CutPoints<u32>>(json!([1, 3, 2]), "cut points must ascend: number 2");
        assert_refused::<Bands<u32>>(json!([30, 30]), "band edges must ascend: number 1");
        assert_refused::<Bins<u32>>(json!({ "bands": [30, 30] }), "band edges must ascend");
        assert_refused::<Bins<u32>>(json!({ "quantiles": [2, 1] }), "cut points must ascend");
    }

    /// `low <= high`.
    #[test]
    fn an_interval_that_is_none_cannot_be_read() {
        assert_refused::<Interval>(
            json!({ "low": 0.6, "high": 0.4 }),
            "lower end of an interval must be finite and at most",
        );
    }
}
