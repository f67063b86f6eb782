//! The churn rule: a table computed by hand, an oracle that counts days, every option, edges.
//!
//! `cycles_missed` of every customer of CDNOW and Online Retail is compared with an independent recomputation in
//! `tests/segment_program`.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::CustomerHistory;
use repurchase::segment::ChurnRisk::{ChurnInclined, Due, InCycle, Overdue};
use repurchase::segment::{ChurnRisk, CycleStanding, MissedCycles};
use repurchase::segment::{FrequencyBands, Lifecycle, NewCustomerBands, NewCustomerState};
use rust_decimal::Decimal;

use super::{day, fixed_seed, money};

mod quantities;
#[cfg(feature = "serde")]
mod stored;
mod words;

#[track_caller]
fn history_of(days: impl IntoIterator<Item = NaiveDate>) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    for day in days {
        history.record_purchase(day, Decimal::TEN).expect("ascending days");
    }
    history
}

/// So many days after the last purchase.
#[track_caller]
fn after(rule: MissedCycles, purchases: &[u64], days: u64) -> CycleStanding {
    let last = purchases.last().expect("a purchase");
    let history = history_of(purchases.iter().map(|&number| day(number)));
    rule.standing(&history, day(last + days)).expect("has bought")
}

fn by_bands(edges: [u32; 3]) -> MissedCycles {
    MissedCycles::from_lifecycle(&Lifecycle::new(NewCustomerBands::default(), FrequencyBands::new(edges).unwrap()))
}

#[test]
fn by_hand() {
    let rule = MissedCycles::default();
    for (purchases, days, cycle, missed, expected_after, overdue, risk) in [
        // Three purchases in three days are not churned on the tenth.
        (&[0, 1, 2][..], 8, 30.0, 0, 30, 0, InCycle),
        (&[0, 1, 2], 29, 30.0, 0, 30, 0, InCycle),
        (&[0, 1, 2], 30, 30.0, 1, 30, 0, Due),
        (&[0, 1, 2], 59, 30.0, 1, 30, 29, Due),
        (&[0, 1, 2], 60, 30.0, 2, 30, 30, Overdue),
        (&[0, 1, 2], 89, 30.0, 2, 30, 59, Overdue),
        (&[0, 1, 2], 90, 30.0, 3, 30, 60, ChurnInclined),
        // A mean of 29.5 is below 30, one of 30 is not; one of 49.5 is below 50; one of 79 2/3 below 80.
        (&[0, 1, 59], 0, 30.0, 0, 30, 0, InCycle),
        (&[0, 30], 49, 50.0, 0, 50, 0, InCycle),
        (&[0, 98, 99], 100, 50.0, 2, 50, 50, Overdue),
        (&[0, 50], 79, 80.0, 0, 80, 0, InCycle),
        (&[0, 1, 2, 239], 240, 80.0, 3, 80, 160, ChurnInclined),
        // The last band is open: the own mean gap, which may be a fraction of a day.
        (&[0, 80], 79, 80.0, 0, 80, 0, InCycle),
        (&[0, 80], 80, 80.0, 1, 80, 0, Due),
        (&[0, 200], 599, 200.0, 2, 200, 399, Overdue),
        (&[0, 1, 181], 90, 90.5, 0, 91, 0, InCycle),
        (&[0, 1, 181], 91, 90.5, 1, 91, 0, Due),
        (&[0, 1, 181], 180, 90.5, 1, 91, 89, Due),
        (&[0, 1, 181], 181, 90.5, 2, 91, 90, Overdue),
        // Two orders of one day make no gap.
        (&[0, 0, 20, 20], 30, 30.0, 1, 30, 0, Due),
    ] {
        let standing = after(rule, purchases, days);
        let last = purchases.last().unwrap();
        assert_eq!(u64::from(standing.days_since_last()), days);
        assert_eq!(standing.expected_cycle_days(), Some(cycle), "{purchases:?}, {days} days");
        assert_eq!(standing.cycles_missed(), Some(missed), "{purchases:?}, {days} days");
        assert_eq!(standing.next_expected_day(), Some(day(last + expected_after)), "{purchases:?}, {days} days");
        assert_eq!(standing.overdue_days(), Some(overdue), "{purchases:?}, {days} days");
        assert_eq!(standing.risk(), risk, "{purchases:?}, {days} days");
    }
}

#[test]
fn nobody_and_the_future() {
    let rule = MissedCycles::default();
    assert_eq!(rule.standing(&CustomerHistory::new(), day(0)), None);
    let mut credited = CustomerHistory::new();
    credited.record_credit(Decimal::ONE).unwrap();
    assert_eq!(rule.standing(&credited, day(0)), None);
    let twice = history_of([day(1), day(5)]);
    assert_eq!(rule.standing(&twice, day(4)), None, "the last purchase lies after the as-of day");
    let on_the_day = rule.standing(&twice, day(5)).unwrap();
    assert_eq!((on_the_day.cycles_missed(), on_the_day.risk()), (Some(0), InCycle));
}

#[test]
fn one_purchase_day_has_no_cycle_but_states() {
    let states = NewCustomerBands::default();
    for (days, risk, state) in [
        (0, InCycle, NewCustomerState::Active),
        (29, InCycle, NewCustomerState::Active),
        (30, Due, NewCustomerState::Cooling),
        (49, Due, NewCustomerState::Cooling),
        (50, Overdue, NewCustomerState::AtRisk),
        (79, Overdue, NewCustomerState::AtRisk),
        (80, ChurnInclined, NewCustomerState::Lost),
        (5000, ChurnInclined, NewCustomerState::Lost),
    ] {
        let standing = after(MissedCycles::default(), &[10, 10], days);
        assert_eq!((standing.risk(), standing.cycles_missed()), (risk, None), "{days} days");
        let cycle = (standing.expected_cycle_days(), standing.next_expected_day(), standing.overdue_days());
        assert_eq!(cycle, (None, None, None));
        assert_eq!(states.state(&history_of([day(10)]), day(10 + days)), Some(state), "the same under another name");
        // There is nothing to stretch.
        let stretched = standing.with_quantities(Decimal::TEN, Decimal::ONE).unwrap();
        assert_eq!((stretched.risk(), stretched.cycles_missed()), (risk, None));
        // Nor to count.
        let strict = MissedCycles::default().with_churn_cycles(1).unwrap();
        assert_eq!(after(strict, &[10], days).risk(), risk);
    }
    let lifecycle = Lifecycle::new(NewCustomerBands::new([1, 2, 3]).unwrap(), FrequencyBands::default());
    let own = MissedCycles::from_lifecycle(&lifecycle);
    assert_eq!(own.lifecycle(), &lifecycle);
    assert_eq!([0, 1, 2, 3].map(|days| after(own, &[0], days).risk()), ChurnRisk::ALL);
    assert_eq!(after(own, &[0, 1], 3).risk(), InCycle, "of no concern to repeat customers");
}

#[test]
fn churn_cycles() {
    let rule = |cycles| MissedCycles::default().with_churn_cycles(cycles).unwrap();
    let risks = |cycles| [0, 1, 2, 3, 4].map(|missed| after(rule(cycles), &[0, 10], 30 * missed).risk());
    assert_eq!(MissedCycles::default().churn_cycles(), 3);
    assert_eq!(risks(1), [InCycle, ChurnInclined, ChurnInclined, ChurnInclined, ChurnInclined]);
    assert_eq!(risks(2), [InCycle, Due, ChurnInclined, ChurnInclined, ChurnInclined]);
    assert_eq!(risks(3), [InCycle, Due, Overdue, ChurnInclined, ChurnInclined]);
    assert_eq!(risks(4), [InCycle, Due, Overdue, Overdue, ChurnInclined]);
    assert_eq!(risks(u32::MAX), [InCycle, Due, Overdue, Overdue, Overdue]);
    let error = MissedCycles::default().with_churn_cycles(0).unwrap_err();
    assert_eq!(error.to_string(), "churn cycles must lie between 1 and 4294967295, found 0");
}

#[test]
fn bands_of_the_shop() {
    let bands = FrequencyBands::new([7, 14, 45]).unwrap();
    let lifecycle = Lifecycle::new(NewCustomerBands::default(), bands);
    let rule = MissedCycles::from_lifecycle(&lifecycle);
    assert_eq!((rule.lifecycle(), rule.mean_gap_floor_days()), (&lifecycle, None));
    assert_eq!(MissedCycles::default().with_lifecycle(lifecycle), rule);
    for (gap, cycle) in [(1, 7.0), (6, 7.0), (7, 14.0), (13, 14.0), (14, 45.0), (45, 45.0), (46, 46.0)] {
        assert_eq!(after(rule, &[0, gap], 0).expected_cycle_days(), Some(cycle), "every {gap} days");
    }
    assert_eq!(MissedCycles::default(), MissedCycles::from_lifecycle(&Lifecycle::default()));
    // An edge of 0 holds nobody, so that no cycle is 0.
    let zero = by_bands([0, 1, 2]);
    assert_eq!(after(zero, &[0, 1], 3).cycles_missed(), Some(1), "a mean of 1 lies below the edge 2");
}

#[test]
fn the_own_mean_gap_with_a_floor() {
    let rule = |floor| MissedCycles::default().with_own_mean_gap(floor);
    assert_eq!(rule(7).mean_gap_floor_days(), Some(7));
    for (purchases, floor, cycle, missed_after_30) in [
        (&[0, 1, 2][..], 0, 1.0, 30),
        (&[0, 1, 2], 1, 1.0, 30),
        (&[0, 1, 2], 7, 7.0, 4),
        (&[0, 7], 7, 7.0, 4),
        // 6.5 is below the floor, 7.5 above it.
        (&[0, 1, 13], 7, 7.0, 4),
        (&[0, 1, 15], 7, 7.5, 4),
        (&[0, 1, 15], 8, 8.0, 3),
        (&[0, 200], 7, 200.0, 0),
        (&[0, 1], u32::MAX, 4_294_967_295.0, 0),
    ] {
        let standing = after(rule(floor), purchases, 30);
        assert_eq!(standing.expected_cycle_days(), Some(cycle), "{purchases:?}, floor {floor}");
        assert_eq!(standing.cycles_missed(), Some(missed_after_30), "{purchases:?}, floor {floor}");
    }
    assert_eq!(after(rule(u32::MAX), &[0, 1], 0).next_expected_day(), None, "chrono has no such day");
    assert_eq!(MissedCycles::from_lifecycle(rule(7).lifecycle()), MissedCycles::default());
}

#[test]
fn the_limits_of_time() {
    let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
    let all_time = u32::try_from(last.signed_duration_since(first).num_days()).unwrap();
    let rule = MissedCycles::default();
    let second = first.succ_opt().unwrap();
    let early = rule.standing(&history_of([first, second]), last).unwrap();
    assert_eq!(early.cycles_missed(), Some((all_time - 1) / 30));
    assert_eq!(early.overdue_days(), Some(all_time - 31));
    let wide = rule.standing(&history_of([first, last]), last).unwrap();
    assert_eq!((wide.cycles_missed(), wide.overdue_days(), wide.risk()), (Some(0), Some(0), InCycle));
    assert_eq!(wide.expected_cycle_days(), Some(f64::from(all_time)));
    assert_eq!(wide.next_expected_day(), None);
    let late = history_of([last - Days::new(60), last - Days::new(30)]);
    // Every 30 days is expected after 50, which chrono does not have; with own edges, it is the very last day.
    assert_eq!(rule.standing(&late, last).unwrap().next_expected_day(), None);
    let own = rule.with_own_mean_gap(0).standing(&late, last).unwrap();
    assert_eq!((own.next_expected_day(), own.cycles_missed()), (Some(last), Some(1)));
    let edges = by_bands([1, 2, u32::MAX]).standing(&late, last).unwrap();
    assert_eq!((edges.next_expected_day(), edges.cycles_missed()), (None, Some(0)));
    let once = rule.standing(&history_of([first]), last).unwrap();
    assert_eq!(once.risk(), ChurnInclined);
}

#[test]
fn a_standing_allocates_nothing() {
    let (history, rule) = (history_of([day(0), day(47), day(90)]), MissedCycles::default());
    let (last, usual) = (money("2.5"), money("2.3333333333333333333333333333"));
    let mut found = None;
    let allocations = allocation_counter::measure(|| {
        let standing = rule.standing(&history, day(300)).unwrap().with_quantities(last, usual).unwrap();
        let days = (standing.next_expected_day(), standing.overdue_days(), standing.expected_cycle_days());
        found = Some((standing.risk(), standing.cycles_missed(), days));
    });
    assert!(found.is_some_and(|(risk, missed, _)| (risk, missed) == (ChurnInclined, Some(3))), "{found:?}");
    assert_eq!(allocations.count_total, 0);
}

/// What the definition says, with whole numbers and by counting days.
fn oracle(purchases: &[u64], as_of: u64, rule: &MissedCycles, (last, usual): (u64, u64)) -> (u64, u64, u64) {
    let mut days = purchases.to_vec();
    days.dedup();
    let (span, gaps) = (days[days.len() - 1] - days[0], days.len() as u64 - 1);
    let edges = rule.mean_gap_floor_days().is_none().then(|| rule.lifecycle().frequency.edges());
    let edge = edges.into_iter().flatten().map(u64::from).find(|edge| span < edge * gaps);
    let floor = rule.mean_gap_floor_days().map(u64::from).filter(|floor| span < floor * gaps);
    // The cycle is `numerator / denominator` days.
    let (numerator, denominator) = edge.or(floor).map_or((span, gaps), |days| (days, 1));
    let (numerator, denominator) = (numerator * last, denominator * usual);
    let last_day = days[days.len() - 1];
    let (mut missed, mut expected) = (0, last_day);
    while (missed + 1) * numerator <= (as_of - last_day) * denominator {
        missed += 1;
    }
    while (expected - last_day) * denominator < numerator {
        expected += 1;
    }
    (missed, expected, (expected..as_of).count() as u64)
}

proptest! {
    #![proptest_config(fixed_seed(512))]

    #[test]
    fn against_an_oracle(
        mut purchases in prop::collection::vec(0..400u64, 2..6),
        burst in 1..400u64,
        wait in 0..500u64,
        floor in prop::option::of(0..100u32),
        edges in prop::array::uniform3(1..60u32),
        quantities in prop::option::of((1..20u64, 1..20u64)),
        decimals in 0..28u32,
        churn_cycles in 1..6u32,
    ) {
        for day in &mut purchases {
            *day %= burst;
        }
        purchases.sort_unstable();
        let last = purchases[purchases.len() - 1];
        prop_assume!(purchases[0] < last);
        let [first, second, third] = edges;
        let rule = MissedCycles::default().with_churn_cycles(churn_cycles).unwrap();
        let rule = match floor {
            Some(floor) => rule.with_own_mean_gap(floor),
            None => by_bands([first, first + second, first + second + third]).with_churn_cycles(churn_cycles).unwrap(),
        };
        let mut standing = after(rule, &purchases, wait);
        if let Some((last, usual)) = quantities {
            // Equal decimals do not change the quotient.
            let decimal = |quantity| Decimal::from_i128_with_scale(i128::from(quantity), decimals);
            standing = standing.with_quantities(decimal(last), decimal(usual)).unwrap();
        }
        let (missed, expected, overdue) = oracle(&purchases, last + wait, &rule, quantities.unwrap_or((1, 1)));
        prop_assert_eq!(standing.cycles_missed().map(u64::from), Some(missed));
        prop_assert_eq!(standing.next_expected_day(), Some(day(expected)));
        prop_assert_eq!(standing.overdue_days().map(u64::from), Some(overdue));
        let risk = match missed {
            _ if missed >= u64::from(churn_cycles) => ChurnInclined,
            0 => InCycle,
            1 => Due,
            _ => Overdue,
        };
        prop_assert_eq!(standing.risk(), risk);
        // The day is the first that counts as missed.
        prop_assert_eq!(last + wait >= expected, missed > 0);
    }
}
