//! Labels as ranges: what a database finds by them is what the models say of each customer.

use core::ops::{Bound, RangeBounds};

use proptest::prelude::*;
use repurchase::scale::{Bands, CutPoints, Label};
use repurchase::segment::{
    BinRule, Grid, OctantModel, OctantSplit, RfmModel, RfmOptions, RfmRegion, RfmScore, TierModel, TierScheme,
};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

use super::{cents, day, ledger_of, money, order, shop, stranger};

/// Of quantiles, and of bands.
fn options() -> [RfmOptions; 2] {
    let quantiles = RfmOptions::quantiles(5);
    let bands = quantiles
        .clone()
        .with_recency(BinRule::Bands(Bands::new(vec![7, 30, 60, 90]).unwrap()))
        .with_frequency(BinRule::Bands(Bands::new(vec![2, 3, 5, 8]).unwrap()))
        .with_monetary(BinRule::Bands(Bands::new([10, 20, 50, 90].map(Decimal::from).to_vec()).unwrap()));
    [quantiles, bands]
}

/// The shop's own customers, and values on, just below and just above every threshold.
fn customers_to_ask(ledger: &Ledger<u32>, model: &RfmModel) -> Vec<CustomerHistory> {
    let mut asked: Vec<_> = ledger.iter().map(|(_, history)| history).collect();
    let days = model.recency().thresholds().iter().flat_map(|&at| [at.pred_opt(), Some(at), at.succ_opt()]);
    let days: Vec<_> = days.flatten().map(|at| u64::try_from((at - day(0)).num_days().max(0)).unwrap()).collect();
    let counts: Vec<u64> = model.frequency().thresholds().iter().flat_map(|&at| [at.max(2) - 1, at, at + 1]).collect();
    let amounts = model.monetary().thresholds().iter().flat_map(|&at| [at - cents(1), at, at + cents(1)]);
    let amounts: Vec<_> = amounts.collect();
    for number in 0..days.len().max(counts.len()).max(amounts.len()) {
        let (last, frequency) = (days[number % days.len()], counts[(number * 5) % counts.len()]);
        asked.push(stranger(last, frequency, amounts[(number * 7) % amounts.len()]));
    }
    asked
}

fn holds(region: &RfmRegion, customer: &CustomerHistory) -> bool {
    region.contains(customer.last_purchase().unwrap(), customer.purchases(), customer.revenue())
}

proptest! {
    #![proptest_config(super::fixed_seed(64))]

    #[test]
    fn regions_are_the_segments(facts in shop()) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        prop_assume!(!ledger.is_empty());
        for options in options() {
            let model = RfmModel::fit(&ledger, &options).unwrap();
            let asked = customers_to_ask(&ledger, &model);
            for grid in [Grid::rf(), Grid::r_rfm(), Grid::octants()] {
                let Ok(regions) = grid.regions(&model) else {
                    prop_assert!(grid.check(&model).is_err());
                    continue;
                };
                prop_assert!(regions.iter().map(|&(segment, _)| segment).eq(grid.segments()));
                for customer in &asked {
                    let found: Vec<&Label> = regions
                        .iter()
                        .flat_map(|(segment, regions)| regions.iter().map(move |region| (*segment, region)))
                        .filter(|(_, region)| holds(region, customer))
                        .map(|(segment, _)| segment)
                        .collect();
                    // In exactly one region.
                    prop_assert_eq!(found, vec![grid.segment(model.score(customer).unwrap()).unwrap()]);
                }
                for (segment, regions) in regions {
                    prop_assert_eq!(regions.is_empty(), grid.unreachable(&model).unwrap().contains(&segment));
                }
            }
            for customer in &asked {
                let [r, f, m] = model.score(customer).unwrap().to_array();
                let own = model.region([r..=r, f..=f, m..=m]).unwrap();
                prop_assert!(holds(&own, customer));
                let others = asked.iter().filter(|other| holds(&own, other));
                prop_assert!(others.into_iter().all(|other| model.score(other) == model.score(customer)));
            }
        }
    }

    #[test]
    fn octants_of_a_databases_sums(scores in prop::collection::vec([1..=5u8, 1..=5u8, 1..=5u8], 1..40)) {
        let sums = [0, 1, 2].map(|at| scores.iter().map(|score| u64::from(score[at])).sum());
        let scores: Vec<_> = scores.iter().map(|&scores| RfmScore::new(scores, [5; 3]).unwrap()).collect();
        let model = OctantModel::new([5; 3], scores.len() as u64, sums).unwrap();
        prop_assert_eq!(model, OctantModel::fit(&scores, &OctantSplit::Mean).unwrap());
    }

    #[test]
    fn tiers_are_ranges_of_revenue(facts in shop()) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        prop_assume!(!ledger.is_empty());
        let tiers = TierModel::fit(&ledger, &TierScheme::default()).unwrap();
        let again = TierModel::new(tiers.names().to_vec(), tiers.cuts().clone()).unwrap();
        prop_assert_eq!(&again, &tiers);
        let marks = tiers.cuts().cuts().iter().flat_map(|&cut| [cut - cents(1), cut, cut + cents(1)]);
        for revenue in ledger.iter().map(|(_, history)| history.revenue()).chain(marks) {
            let found: Vec<usize> = (0..4).filter(|&tier| tiers.range(tier).unwrap().contains(&revenue)).collect();
            prop_assert_eq!(found, vec![tiers.position(revenue)]);
        }
    }
}

#[test]
fn scores_that_nobody_can_have_are_no_region() {
    let ledger = ledger_of([order(1, 0, money("1")), order(2, 3, money("2"))]);
    let model = RfmModel::fit(&ledger, &RfmOptions::quantiles(5)).unwrap();
    let all = model.region([1..=5, 1..=5, 1..=5]).unwrap();
    assert_eq!(all.recency, (Bound::Unbounded, Bound::Unbounded));
    let empty = model.empty_scores();
    assert!(!empty[0].is_empty());
    for score in empty[0].iter().copied() {
        assert_eq!(model.region([score..=score, 1..=5, 1..=5]), None);
    }
    #[allow(clippy::reversed_empty_ranges, reason = "what is refused")]
    for outside in [0..=5, 1..=6, 6..=6, 4..=3, 0..=0] {
        assert_eq!(model.region([1..=5, outside, 1..=5]), None);
    }
    assert_eq!(model.region([1..=1, 1..=5, 1..=5]).unwrap().recency, (Bound::Unbounded, Bound::Excluded(day(0))));
}

#[test]
fn the_scores_of_all_segments_are_every_cell_once() {
    let grid = Grid::rf();
    let scores: Vec<RfmScore> = grid.scores().flat_map(|(_, scores)| scores).collect();
    assert_eq!(scores.len(), 25);
    for (segment, scores) in grid.scores() {
        assert!(!scores.is_empty() && scores.iter().all(|&score| grid.segment(score) == Ok(segment)));
    }
}

#[test]
fn octants_need_customers_and_their_scores() {
    assert!(OctantModel::new([10; 3], 1, [10, 0, 1]).is_ok() && OctantModel::new([10; 3], 1 << 32, [1; 3]).is_ok());
    for (customers, sums) in [(0, [0; 3]), (1, [1, 1, 11]), ((1 << 32) + 1, [1; 3]), (u64::MAX, [u64::MAX; 3])] {
        assert!(matches!(OctantModel::new([10; 3], customers, sums), Err(Error::OutOfRange { .. })), "{customers}");
    }
}

#[test]
fn tiers_need_a_name_for_each_bin() {
    let names = TierScheme::default().names().to_vec();
    let cuts = |count: i64| CutPoints::new((0..count).map(Decimal::from).collect()).unwrap();
    assert!(TierModel::new(names.clone(), cuts(3)).is_ok());
    let error = TierModel::new(names.clone(), cuts(4)).unwrap_err();
    assert_eq!(error, Error::NameCount { what: "tier names", found: 4, expected: 5 });
    let twice = vec![names[0].clone(), names[0].clone()];
    assert!(matches!(TierModel::new(twice, cuts(1)), Err(Error::LabelKey { .. })));
}
