//! Frequency bands, new-customer states and the stages made of them.

use core::ops::{Bound, RangeBounds};
use std::collections::BTreeMap;

use proptest::prelude::*;
use repurchase::segment::{
    FrequencyBand, FrequencyBands, Lifecycle, LifecycleStage, NewCustomerBands, NewCustomerState,
};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

use super::{LAST, Naive, buyers, credit, day, history_of, ledger_of, order, shop};

/// The band of a mean gap of `span / gaps` days, without a quotient.
fn band_of(span: u64, gaps: u64, edges: [u32; 3]) -> FrequencyBand {
    let below = |edge: u32| span < u64::from(edge) * gaps;
    match edges.map(below) {
        [true, ..] => FrequencyBand::High,
        [_, true, _] => FrequencyBand::Medium,
        [_, _, true] => FrequencyBand::Low,
        _ => FrequencyBand::Occasional,
    }
}

#[test]
fn bands_are_half_open() {
    use FrequencyBand::{High, Low, Medium, Occasional};
    let bands = FrequencyBands::default();
    assert_eq!(bands.edges(), [30, 50, 80]);
    for (days, expected) in [
        // Two purchase days.
        (&[0, 1][..], High),
        (&[0, 29], High),
        (&[0, 30], Medium),
        (&[0, 49], Medium),
        (&[0, 50], Low),
        (&[0, 79], Low),
        (&[0, 80], Occasional),
        (&[0, 399], Occasional),
        // A mean of 29.5 is below 30, one of 49.5 below 50, one of 79 2/3 below 80.
        (&[0, 1, 59], High),
        (&[0, 30, 60], Medium),
        (&[0, 98, 99], Medium),
        (&[0, 99, 100], Low),
        (&[0, 1, 2, 239], Low),
        (&[0, 1, 2, 240], Occasional),
        // Two orders of one day make no gap.
        (&[0, 0, 30, 30], Medium),
    ] {
        assert_eq!(bands.band(&history_of(days)), Some(expected), "{days:?}");
    }
}

#[test]
fn one_purchase_day_has_no_band() {
    assert_eq!(FrequencyBands::default().band(&CustomerHistory::new()), None);
    assert_eq!(FrequencyBands::default().band(&history_of(&[3, 3])), None);
}

#[test]
fn edges_must_ascend() {
    for (edges, position) in [([30, 30, 80], 1), ([30, 50, 50], 2), ([80, 50, 30], 1), ([0, 1, 0], 2)] {
        let expected = format!("band edges must ascend: number {position} (from 0) does not");
        assert_eq!(FrequencyBands::new(edges).unwrap_err().to_string(), expected);
        assert_eq!(NewCustomerBands::new(edges).unwrap_err().to_string(), expected);
    }
    assert_eq!(FrequencyBands::new([0, 1, 2]).unwrap().band(&history_of(&[0, 1])), Some(FrequencyBand::Low));
    let latest = FrequencyBands::new([1, 2, u32::MAX]).unwrap();
    assert_eq!(latest.band(&history_of(&[0, 399])), Some(FrequencyBand::Low));
}

/// A value lies in the range of its label and in no other.
#[test]
fn ranges_are_the_labels() {
    for edges in [[30, 50, 80], [0, 1, 2], [1, 2, u32::MAX]] {
        let (bands, states) = (FrequencyBands::new(edges).unwrap(), NewCustomerBands::new(edges).unwrap());
        for days in [1, 2, 3, 29, 30, 31, 49, 50, 79, 80, 399] {
            let holds = |range: Option<(Bound<u32>, Bound<u32>)>| {
                range.is_some_and(|range| range.contains(&u32::try_from(days).unwrap()))
            };
            let found: Vec<_> = FrequencyBand::ALL.into_iter().filter(|&band| holds(bands.range(band))).collect();
            assert_eq!(found, [bands.band(&history_of(&[0, days])).unwrap()]);
            let found: Vec<_> = NewCustomerState::ALL.into_iter().filter(|&state| holds(states.range(state))).collect();
            assert_eq!(found, [states.state(&history_of(&[0]), day(days)).unwrap()]);
        }
        assert_eq!(bands.range(FrequencyBand::High).is_none(), edges[0] == 0);
    }
}

#[test]
fn states_at_every_edge() {
    use NewCustomerState::{Active, AtRisk, Cooling, Lost};
    let (states, once) = (NewCustomerBands::default(), history_of(&[10]));
    assert_eq!(states.edges(), [30, 50, 80]);
    for (since, expected) in
        [(0, Active), (29, Active), (30, Cooling), (49, Cooling), (50, AtRisk), (79, AtRisk), (80, Lost), (5000, Lost)]
    {
        assert_eq!(states.state(&once, day(10 + since)), Some(expected), "{since} days");
        let own = NewCustomerBands::new([1, 2, 3]).unwrap().state(&once, day(10 + since));
        assert_eq!(own, Some(if since == 0 { Active } else { Lost }));
    }
    assert_eq!(states.state(&once, day(9)), None, "from the future");
    assert_eq!(states.state(&history_of(&[10, 10]), day(10)), Some(Active), "two orders, one day");
    assert_eq!(states.state(&history_of(&[10, 11]), day(11)), None);
    assert_eq!(states.state(&CustomerHistory::new(), day(11)), None);
}

#[test]
fn a_customer_of_credits_alone_has_no_stage() {
    let mut history = CustomerHistory::new();
    history.record_credit(Decimal::ONE).unwrap();
    assert_eq!(Lifecycle::default().stage(&history, day(LAST)), None);
    assert_eq!(Lifecycle::default().stage(&history_of(&[1, 5]), day(4)), None, "from the future");
}

#[test]
fn own_stages() {
    let lifecycle =
        Lifecycle::new(NewCustomerBands::new([1, 2, 3]).unwrap(), FrequencyBands::new([10, 20, 30]).unwrap());
    assert_eq!(lifecycle.stage(&history_of(&[0]), day(2)), Some(LifecycleStage::New(NewCustomerState::AtRisk)));
    assert_eq!(lifecycle.stage(&history_of(&[0, 25]), day(25)), Some(LifecycleStage::Repeat(FrequencyBand::Low)));
}

/// Mean gaps of days that ascend by customer: 1, 2, .. n.
#[track_caller]
fn fit(gaps: &[u64]) -> Result<FrequencyBands, Error> {
    let records = (0..).zip(gaps).flat_map(|(id, &gap)| [0, gap].map(|number| order(id, number, Decimal::ONE)));
    FrequencyBands::fit(&ledger_of(records))
}

#[test]
fn fitted_edges() {
    // The ceil(j n / 4)-th smallest of 1..=8 are 2, 4, 6; of 1..=5, they are 2, 3, 4. The edge is the day after.
    assert_eq!(fit(&[8, 7, 6, 5, 4, 3, 2, 1]).unwrap().edges(), [3, 5, 7]);
    assert_eq!(fit(&[1, 2, 3, 4, 5]).unwrap().edges(), [3, 4, 5]);
    let alike = Error::TooAlike { what: "mean gaps", needed: 3 };
    assert_eq!(alike.to_string(), "mean gaps are too alike for 3 different edges");
    assert_eq!(fit(&[30, 30, 30, 40]).unwrap_err(), alike);
    assert_eq!(fit(&[30]).unwrap_err(), alike);
    assert_eq!(fit(&[10, 20, 30, 30, 30, 30]).unwrap_err(), alike);
    let once: Ledger<u32> = ledger_of([order(1, 0, Decimal::ONE), order(2, 0, Decimal::ONE)]);
    assert!(matches!(FrequencyBands::fit(&once), Err(Error::NoCustomers { .. })));
    assert!(matches!(FrequencyBands::fit(&ledger_of([])), Err(Error::NoCustomers { .. })));
    // Credits make no gap.
    let credited = ledger_of([order(1, 0, Decimal::ONE), credit(1, 40, Decimal::ONE)]);
    assert!(matches!(FrequencyBands::fit(&credited), Err(Error::NoCustomers { .. })));
}

proptest! {
    #![proptest_config(super::fixed_seed(192))]

    /// Edge j is the first whole day above the ceil(j n / 4)-th smallest mean gap; bands and states follow the edges.
    #[test]
    fn bands_and_stages_against_an_oracle(facts in shop()) {
        let buyers = buyers(&facts);
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let repeats = |customer: &Naive| customer.days() - 1;
        let mut gaps: Vec<(u64, u64)> =
            buyers.values().filter(|customer| repeats(customer) > 0).map(|c| (c.span(), repeats(c))).collect();
        gaps.sort_by(|left, right| (left.0 * right.1).cmp(&(right.0 * left.1)));
        let edges = [1, 2, 3].map(|j: usize| {
            let &(span, count) = gaps.get((j * gaps.len()).div_ceil(4).wrapping_sub(1))?;
            u32::try_from(span / count + 1).ok()
        });
        let bands = match (FrequencyBands::fit(&ledger), edges) {
            (Ok(bands), [Some(first), Some(second), Some(third)]) => {
                prop_assert_eq!(bands.edges(), [first, second, third]);
                bands
            }
            (Err(error), [Some(first), Some(second), Some(third)]) => {
                prop_assert!(first == second || second == third, "{}", error);
                prop_assert_eq!(error, Error::TooAlike { what: "mean gaps", needed: 3 });
                FrequencyBands::default()
            }
            (result, _) => {
                let refused = matches!(result, Err(Error::NoCustomers { .. }));
                prop_assert!(refused);
                FrequencyBands::default()
            }
        };

        // Total and disjoint: every customer with a purchase has exactly one stage.
        let lifecycle = Lifecycle::new(NewCustomerBands::default(), bands);
        let mut stages: BTreeMap<LifecycleStage, usize> = LifecycleStage::ALL.map(|stage| (stage, 0)).into();
        prop_assert_eq!(stages.len(), 8);
        for (id, history) in ledger.iter() {
            let customer = &buyers[id];
            let since = u32::try_from(LAST - customer.last()).unwrap();
            let expected = match repeats(customer) {
                0 => LifecycleStage::New(match since {
                    0..30 => NewCustomerState::Active,
                    30..50 => NewCustomerState::Cooling,
                    50..80 => NewCustomerState::AtRisk,
                    80.. => NewCustomerState::Lost,
                }),
                gaps => LifecycleStage::Repeat(band_of(customer.span(), gaps, bands.edges())),
            };
            prop_assert_eq!(lifecycle.stage(&history, day(LAST)), Some(expected));
            prop_assert_eq!(bands.band(&history).is_some(), lifecycle.new_customers.state(&history, day(LAST)).is_none());
            *stages.get_mut(&expected).unwrap() += 1;
        }
        prop_assert_eq!(stages.values().sum::<usize>(), ledger.len());
    }
}
