//! Counts of customers by value: cuts as of the values themselves, and the laws of adding up.

use std::collections::BTreeMap;

use proptest::prelude::*;
use repurchase::Error;
use repurchase::scale::{CutPoints, Tally};
use rust_decimal::Decimal;

use super::{fixed_seed, share};

fn tally(values: &[i32]) -> Tally<i32> {
    values.iter().copied().collect()
}

/// Parts of a population, some of them empty, with many equal values and a few far ones.
fn any_parts() -> impl Strategy<Value = Vec<Vec<i32>>> {
    let value = prop_oneof![4 => 0..6i32, 1 => -1_000..1_000i32, 1 => any::<i32>()];
    prop::collection::vec(prop::collection::vec(value, 0..60), 1..6)
}

#[track_caller]
fn merged<'a>(parts: impl IntoIterator<Item = &'a Tally<i32>>) -> Tally<i32> {
    parts.into_iter().fold(Tally::new(), |mut whole, part| {
        whole.merge(part).expect("few customers");
        whole
    })
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn cuts_of_merged_parts_are_those_of_all_values(parts in any_parts(), bins in 2..=255u8) {
        let all: Vec<i32> = parts.concat();
        let whole = merged(&parts.iter().map(|part| tally(part)).collect::<Vec<_>>());
        prop_assert_eq!(whole.cut_points(bins), CutPoints::fit(all.iter().copied(), bins));
        prop_assert_eq!(whole.cut_points(5), CutPoints::fit(all.iter().copied(), 5));
        let shares = ["0.001", "0.8", "0.95", "0.999"].map(share);
        prop_assert_eq!(whole.cut_points_at(&shares), CutPoints::fit_shares(all.iter().copied(), &shares));
        prop_assert_eq!(whole.cut_points_at(&[]).is_err(), all.is_empty());
    }

    #[test]
    fn a_tally_counts_every_value(parts in any_parts()) {
        let whole = merged(&parts.iter().map(|part| tally(part)).collect::<Vec<_>>());
        let mut naive: BTreeMap<i32, u64> = BTreeMap::new();
        parts.iter().flatten().for_each(|&value| *naive.entry(value).or_default() += 1);
        prop_assert!(whole.iter().eq(naive.iter().map(|(value, &count)| (value, count))));
        prop_assert_eq!(whole.customers(), naive.values().sum::<u64>());
        prop_assert_eq!((whole.distinct(), whole.is_empty()), (naive.len(), naive.is_empty()));
        prop_assert_eq!((whole.smallest(), whole.largest()), (naive.keys().next(), naive.keys().next_back()));
    }

    #[test]
    fn every_way_to_a_tally_is_the_same(parts in any_parts().prop_shuffle(), turn in 0..60usize) {
        let tallies: Vec<_> = parts.iter().map(|part| tally(part)).collect();
        let mut all = parts.concat();
        let whole = tally(&all);
        prop_assert_eq!(&merged(&tallies), &whole);
        prop_assert_eq!(&merged(tallies.iter().rev()), &whole);
        // (a b) (c d) instead of ((a b) c) d.
        let pairs: Vec<_> = tallies.chunks(2).map(merged).collect();
        prop_assert_eq!(&merged(&pairs), &whole);
        prop_assert_eq!(&merged([&Tally::new(), &whole, &Tally::default()]), &whole);
        let turn = turn.min(all.len());
        all.rotate_left(turn);
        prop_assert_eq!(&tally(&all), &whole);
        let mut extended = tally(&all[turn..]);
        extended.extend(all[..turn].iter().copied());
        prop_assert_eq!(&extended, &whole);
        let one_by_one = all.iter().try_fold(Tally::new(), |mut tally, &value| tally.add(value, 1).map(|()| tally));
        prop_assert_eq!(one_by_one.as_ref(), Ok(&whole));
        prop_assert_eq!(Tally::try_from(whole.iter().map(|(&value, count)| (value, count)).collect::<Vec<_>>()), Ok(whole));
    }

    /// What is merged is small against the rest, and large: the two ways of merging.
    #[test]
    fn a_few_join_many(few in prop::collection::vec(0..5_000i32, 0..40)) {
        let many: Vec<i32> = (0..3_000).map(|value| value * 2).collect();
        let expected = tally(&[&many[..], &few].concat());
        prop_assert_eq!(&merged([&tally(&many), &tally(&few)]), &expected);
        prop_assert_eq!(&merged([&tally(&few), &tally(&many)]), &expected);
    }

    #[test]
    fn removing_undoes_adding(parts in any_parts(), value in -2..8i32, count in 0..5u64) {
        let whole = tally(&parts.concat());
        let mut changed = whole.clone();
        changed.add(value, count).unwrap();
        prop_assert_eq!(changed == whole, count == 0);
        changed.remove(&value, count).unwrap();
        prop_assert_eq!(&changed, &whole);
        let counted = whole.iter().find(|&(&other, _)| other == value).map_or(0, |(_, count)| count);
        let asked = counted + 1 + count;
        let short = Error::TallyShort { value: value.to_string().into(), asked, counted };
        prop_assert_eq!(changed.remove(&value, asked), Err(short));
        prop_assert_eq!(&changed, &whole, "what is refused changes nothing");
        changed.remove(&value, counted).unwrap();
        prop_assert!(changed.iter().all(|(&other, _)| other != value));
        prop_assert_eq!(changed.customers(), whole.customers() - counted);
    }
}

#[test]
fn nobody_has_no_cuts() {
    let error = Tally::<u32>::new().cut_points(5).unwrap_err();
    assert_eq!(error, Error::NoCustomers { what: "cut points" });
    assert!(Tally::<u32>::new().cut_points_at(&[Decimal::new(5, 1)]).is_err());
    assert!(tally(&[1]).cut_points(1).is_err());
    let error = tally(&[1]).cut_points_at(&[Decimal::ONE]).unwrap_err();
    assert_eq!(error, Error::Share { position: 0, found: Decimal::ONE });
    assert_eq!(tally(&[]), Tally::default());
}

/// More customers than memory holds, as a database counts them.
#[test]
fn as_many_customers_as_63_bits_count() {
    let most = u64::try_from(i64::MAX).unwrap();
    let mut tally: Tally<u8> = Tally::try_from(vec![(1, most / 5 * 4), (2, most - most / 5 * 4)]).unwrap();
    assert_eq!(tally.cut_points(10).unwrap().cuts(), [1, 1, 1, 1, 1, 1, 1, 2, 2]);
    let before = tally.clone();
    let overflow = Err(Error::CountOverflow { field: "number of customers in a tally" });
    assert_eq!(tally.add(3, 1), overflow);
    assert_eq!(tally.add(3, u64::MAX), overflow);
    assert_eq!(tally.merge(&[3].into_iter().collect()), overflow);
    assert_eq!(tally, before);
    assert_eq!(tally.add(3, 0), Ok(()));
    assert_eq!(tally, before);
    assert!(Tally::try_from(vec![(1, most), (2, 1)]).is_err());
}

#[test]
fn counts_of_a_database_are_checked() {
    let descends = Tally::try_from(vec![(1, 5), (3, 1), (2, 1)]).unwrap_err();
    assert_eq!(descends, Error::NotAscending { what: "values of a tally", position: 2 });
    assert!(Tally::try_from(vec![(1, 5), (1, 1)]).is_err());
    let nobody = Tally::try_from(vec![(1, 0)]).unwrap_err();
    assert_eq!(nobody.to_string(), "customers of a value must lie between 1 and 9223372036854775807, found 0");
    assert_eq!(Tally::<u8>::try_from(Vec::new()), Ok(Tally::new()));
}

#[cfg(feature = "serde")]
#[test]
fn a_tally_comes_back_as_it_went() {
    use serde_json::{from_value, json, to_value};

    let stored = json!([[-3, 1], [1, 2], [9, 1]]);
    assert_eq!(to_value(tally(&[1, 9, -3, 1])).unwrap(), stored);
    assert_eq!(from_value::<Tally<i32>>(stored).unwrap(), tally(&[1, 9, -3, 1]));
    for wrong in [json!([[1, 2], [1, 1]]), json!([[1, 0]]), json!([[1, -1]]), json!([[1, u64::MAX]]), json!([[1]])] {
        assert!(from_value::<Tally<i32>>(wrong.clone()).is_err(), "{wrong}");
    }
}
