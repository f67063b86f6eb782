//! Whatever the number of threads: the same models and scores, and those of the definition.

use proptest::prelude::*;
use repurchase::record::RecordColumns;
use repurchase::segment::{
    FrequencyBands, MonetaryMeasure, OctantModel, OctantSplit, RfmModel, RfmOptions, RfmTally, TierModel, TierScheme,
};
use repurchase::{CustomerHistory, Ledger, PurchaseLog, ShopCalendar};

use super::{day, fixed_seed, share_above_score, share_below_score};
use crate::common::pools::on_any_number_of_threads;

/// Enough for many parts.
const ROWS: u64 = 80_000;

/// A shop that looks random and is the same for a seed: most customers buy once, amounts have a long tail.
fn ledger(seed: u64) -> Ledger<u64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let first = i64::from(day(0).to_epoch_days());
    let (mut customers, mut seconds, mut cents) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..ROWS {
        customers.push(if row % 4 == 0 { next() % 5_000 } else { row });
        seconds.push((first + (next() % 400) as i64) * 86_400);
        cents.push((next() >> (next() % 30)) as i64 - 1);
    }
    let columns = RecordColumns::new(&customers, &seconds, &cents, 2).expect("equally long");
    let log = PurchaseLog::from_columns(columns, &ShopCalendar::utc()).expect("days");
    log.ledger(day(super::LAST)).expect("small sums")
}

proptest! {
    #![proptest_config(fixed_seed(2))]

    #[test]
    fn models_and_scores(seed in any::<u64>(), bins in 2..=10u8) {
        let ledger = ledger(seed);
        for monetary in [MonetaryMeasure::Revenue, MonetaryMeasure::MeanOrderAmount] {
            let options = RfmOptions::quantiles(bins).with_monetary_measure(monetary);
            let (model, scores) = on_any_number_of_threads(|| {
                let model = RfmModel::fit(&ledger, &options).unwrap();
                let scores = model.score_all(&ledger).unwrap();
                (model, scores)
            });
            let tally = RfmTally::of(&ledger, &options);
            let of_counts = RfmModel::fit_tally(&tally, day(super::LAST), &options).unwrap();
            prop_assert_eq!(&model, &of_counts);
            let split = OctantSplit::Mean;
            prop_assert_eq!(OctantModel::fit_model(&model, &tally, &split), OctantModel::fit(&scores, &split));
            let histories: Vec<_> = ledger.iter().map(|(_, history)| history).collect();
            prop_assert!(histories.iter().zip(&scores).all(|(history, &score)| model.score(history) == Some(score)));
            let last: Vec<_> = histories.iter().map(|history| history.last_purchase()).collect();
            let amount = |history: &CustomerHistory| match monetary {
                MonetaryMeasure::Revenue => history.revenue(),
                MonetaryMeasure::MeanOrderAmount => history.mean_order_amount().unwrap(),
            };
            let amounts: Vec<_> = histories.iter().map(amount).collect();
            for place in (0..last.len()).step_by(last.len() / 5) {
                prop_assert_eq!(scores[place].recency(), share_above_score(&last, &last[place], bins));
                prop_assert_eq!(scores[place].monetary(), share_below_score(&amounts, &amounts[place], bins));
            }
        }
        let tiers = on_any_number_of_threads(|| TierModel::fit(&ledger, &TierScheme::default()).unwrap());
        let revenues = ledger.iter().map(|(_, history)| history.revenue()).collect();
        prop_assert_eq!(tiers, TierModel::fit_tally(&revenues, &TierScheme::default()).unwrap());
        prop_assert!(on_any_number_of_threads(|| FrequencyBands::fit(&ledger).unwrap().edges())[0] > 1);
    }
}
