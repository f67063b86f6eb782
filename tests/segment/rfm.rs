//! RFM scores against the definition, customer by customer.

use core::cmp::Ordering;
use std::collections::BTreeMap;

use proptest::prelude::*;
use repurchase::scale::Bands;
use repurchase::segment::{BinRule, FrequencyMeasure, MonetaryMeasure, RfmModel, RfmOptions, RfmScore};
use repurchase::{Ledger, Window};
use rust_decimal::Decimal;

use super::{
    Fact, LAST, Naive, buyers, cents, day, ledger_of, log_of, naive, share_above_score, share_below_score, shop,
    stranger,
};

/// A mean without a quotient: compared by cross-multiplication.
#[derive(Debug, Clone, Copy)]
struct Mean {
    sum: i64,
    count: i64,
}

impl Mean {
    const ZERO: Self = Self { sum: 0, count: 1 };

    /// The mean order amount; 0 without an order.
    fn of(customer: &Naive) -> Self {
        match customer.purchases.len() {
            0 => Self::ZERO,
            count => Self { sum: customer.spend(), count: i64::try_from(count).unwrap() },
        }
    }
}

impl PartialEq for Mean {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Mean {}

impl PartialOrd for Mean {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Mean {
    fn cmp(&self, other: &Self) -> Ordering {
        (i128::from(self.sum) * i128::from(other.count)).cmp(&(i128::from(other.sum) * i128::from(self.count)))
    }
}

fn options(bins: [u8; 3]) -> RfmOptions {
    RfmOptions::quantiles(bins[0])
        .with_frequency(BinRule::Quantiles(bins[1]))
        .with_monetary(BinRule::Quantiles(bins[2]))
}

#[track_caller]
fn fit(ledger: &Ledger<u32>, options: &RfmOptions) -> RfmModel {
    RfmModel::fit(ledger, options).expect("somebody to fit on")
}

fn scored_one_by_one(model: &RfmModel, ledger: &Ledger<u32>) -> Vec<RfmScore> {
    ledger.iter().filter_map(|(_, history)| model.score(&history)).collect()
}

fn score_ledger(ledger: &Ledger<u32>, options: &RfmOptions) -> Vec<RfmScore> {
    fit(ledger, options).score_all(ledger).unwrap()
}

fn column<T: Ord>(values: &[T], bins: u8) -> Vec<u8> {
    values.iter().map(|value| share_below_score(values, value, bins)).collect()
}

fn column_from_top<T: Ord>(values: &[T], bins: u8) -> Vec<u8> {
    values.iter().map(|value| share_above_score(values, value, bins)).collect()
}

fn arrays(scores: &[RfmScore]) -> Vec<[u8; 3]> {
    scores.iter().map(|score| score.to_array()).collect()
}

fn rows(r: &[u8], f: &[u8], m: &[u8]) -> Vec<[u8; 3]> {
    r.iter().zip(f).zip(m).map(|((&r, &f), &m)| [r, f, m]).collect()
}

/// Of each customer, what F counts and M sums in `recent`, or of the whole history.
fn values<'a, T>(
    buyers: &'a BTreeMap<u32, Naive>,
    recent: Option<&'a BTreeMap<u32, Naive>>,
    of: impl Fn(&Naive) -> T,
) -> Vec<T> {
    let nobody = Naive::default();
    let in_window = |(id, customer): (&u32, &Naive)| match recent {
        None => of(customer),
        Some(recent) => of(recent.get(id).unwrap_or(&nobody)),
    };
    buyers.iter().map(in_window).collect()
}

fn check_measures(
    facts: &[Fact],
    bins: u8,
    days: u64,
    by_day: bool,
    monetary: MonetaryMeasure,
) -> Result<(), TestCaseError> {
    let buyers = buyers(facts);
    let recent = naive(facts, LAST - (days - 1)..=LAST);
    let frequency = if by_day { FrequencyMeasure::PurchaseDays } else { FrequencyMeasure::Purchases };
    let options = RfmOptions::quantiles(bins).with_frequency_measure(frequency).with_monetary_measure(monetary);
    let window = Window::last_days(day(LAST), u32::try_from(days).unwrap()).unwrap();
    let log = log_of(facts.iter().map(|fact| fact.record()));
    let (ledger, windowed) = (log.ledger(day(LAST)).unwrap(), log.ledger_in(window).unwrap());
    let fitted = |model: repurchase::Result<RfmModel>| model.map_err(|error| TestCaseError::fail(error.to_string()));
    let whole = fitted(RfmModel::fit(&ledger, &options))?;
    let of_window = fitted(RfmModel::fit_in_window(&ledger, &windowed, &options))?;
    // Of each customer, what is known within the window, credits alone included.
    let in_window = |id: &u32| {
        let credits_alone = windowed.without_purchase().find(|&(other, _)| other == id);
        windowed.get(id).or_else(|| credits_alone.map(|(_, history)| history.clone())).unwrap_or_default()
    };
    for recent in [None, Some(&recent)] {
        let r = column_from_top(&values(&buyers, None, Naive::last), bins);
        let count = |customer: &Naive| if by_day { customer.days() } else { customer.purchases.len() as u64 };
        let f = column(&values(&buyers, recent, count), bins);
        let m = match monetary {
            MonetaryMeasure::MeanOrderAmount => column(&values(&buyers, recent, Mean::of), bins),
            MonetaryMeasure::Revenue => column(&values(&buyers, recent, Naive::revenue), bins),
        };
        let (scores, singly): (_, Vec<RfmScore>) = if recent.is_none() {
            (whole.score_all(&ledger).unwrap(), scored_one_by_one(&whole, &ledger))
        } else {
            let one = |(id, history)| of_window.score_in_window(&history, &in_window(id)).unwrap();
            (of_window.score_all_in_window(&ledger, &windowed).unwrap(), ledger.iter().map(one).collect())
        };
        prop_assert_eq!(arrays(&scores), rows(&r, &f, &m));
        prop_assert_eq!(singly, scores);
    }
    Ok(())
}

proptest! {
    #![proptest_config(super::fixed_seed(192))]

    /// Every customer, every dimension, bins of their own for each: `k - (k * above) / N` for R, `1 + (k * below) / N`
    /// for F and M, however it is asked.
    #[test]
    fn scores_are_the_shares_above_and_below(facts in shop(), bins in prop::array::uniform3(2..=10u8)) {
        let buyers = buyers(&facts);
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let model = fit(&ledger, &options(bins));
        let expected = rows(
            &column_from_top(&values(&buyers, None, Naive::last), bins[0]),
            &column(&values(&buyers, None, |customer| customer.purchases.len()), bins[1]),
            &column(&values(&buyers, None, Naive::revenue), bins[2]),
        );
        let scores = model.score_all(&ledger).unwrap();
        prop_assert_eq!(arrays(&scores), expected);
        prop_assert_eq!(&scored_one_by_one(&model, &ledger), &scores);
        prop_assert_eq!(model.bins(), bins);
        prop_assert!(scores.iter().all(|score| score.bins() == bins));
        prop_assert_eq!((model.as_of(), model.customers()), (day(LAST), buyers.len() as u64));
        // No customer gets a score that the model calls empty.
        for (dimension, empty) in model.empty_scores().iter().enumerate() {
            prop_assert!(scores.iter().all(|score| !empty.contains(&score.to_array()[dimension])));
        }
    }

    /// Purchases and purchase days, of whole histories and of a window.
    #[test]
    fn measures_and_windows(facts in shop(), bins in 2..=10u8, days in 1..=LAST, by_day: bool) {
        check_measures(&facts, bins, days, by_day, MonetaryMeasure::Revenue)?;
    }

    /// The same with the mean order amount.
    #[test]
    fn mean_order_amounts(facts in shop(), bins in 2..=10u8, days in 1..=LAST, by_day: bool) {
        check_measures(&facts, bins, days, by_day, MonetaryMeasure::MeanOrderAmount)?;
    }

    /// Given bands: half-open, the most recent days highest.
    #[test]
    fn bands_for_each_dimension(
        facts in shop(),
        recency in prop::collection::btree_set(0..450u32, 1..=9),
        frequency in prop::collection::btree_set(0..8u64, 1..=7),
        monetary in prop::collection::btree_set(-20_000..200_000i64, 1..=9),
    ) {
        let buyers = buyers(&facts);
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let recency_edges: Vec<u32> = recency.into_iter().collect();
        let options = RfmOptions::default()
            .with_recency(BinRule::Bands(Bands::new(recency_edges.clone()).unwrap()))
            .with_frequency(BinRule::Bands(Bands::new(frequency.iter().copied().collect()).unwrap()))
            .with_monetary(BinRule::Bands(Bands::new(monetary.iter().copied().map(cents).collect()).unwrap()));
        let reached = |count: usize| 1 + u8::try_from(count).unwrap();
        let expected: Vec<_> = buyers
            .values()
            .map(|customer| [
                reached(recency_edges.iter().filter(|&&edge| LAST - customer.last() < u64::from(edge)).count()),
                reached(frequency.iter().filter(|&&edge| edge <= customer.purchases.len() as u64).count()),
                reached(monetary.iter().filter(|&&edge| edge <= customer.revenue()).count()),
            ])
            .collect();
        let model = fit(&ledger, &options);
        prop_assert_eq!(arrays(&model.score_all(&ledger).unwrap()), expected.clone());
        prop_assert_eq!(arrays(&scored_one_by_one(&model, &ledger)), expected);
        prop_assert_eq!(model.empty_scores(), [const { Vec::<u8>::new() }; 3]);
    }

    /// Who was not there is scored by 1 + cuts passed; amounts of any scale are placed exactly.
    #[test]
    fn strangers_are_scored_by_the_cuts(
        facts in shop(),
        bins in 2..=10u8,
        number in 0..=LAST,
        frequency in 1..9u64,
        mantissa in -60_000_000..120_000_000i64,
        scale in 0..6u32,
    ) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let model = fit(&ledger, &RfmOptions::quantiles(bins));
        let amount = Decimal::new(mantissa, scale);
        let below = |count: usize| 1 + u8::try_from(count).unwrap();
        let expected = [
            below(model.recency().thresholds().iter().filter(|&&cut| cut <= day(number)).count()),
            below(model.frequency().thresholds().iter().filter(|&&cut| cut < frequency).count()),
            below(model.monetary().thresholds().iter().filter(|&&cut| cut < amount).count()),
        ];
        prop_assert_eq!(model.score(&stranger(number, frequency, amount)).unwrap().to_array(), expected);
    }

    /// A better value never scores lower; equal values score alike.
    #[test]
    fn scores_are_monotone(facts in shop(), bins in 2..=10u8) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let scores = fit(&ledger, &RfmOptions::quantiles(bins)).score_all(&ledger).unwrap();
        let customers: Vec<_> = ledger.iter().map(|(_, history)| history).zip(&scores).collect();
        for (left, left_score) in &customers {
            for (right, right_score) in &customers {
                let values = [
                    left.last_purchase().cmp(&right.last_purchase()),
                    left.purchases().cmp(&right.purchases()),
                    left.revenue().cmp(&right.revenue()),
                ];
                let scores = left_score.to_array().into_iter().zip(right_score.to_array());
                for (value, (left, right)) in values.into_iter().zip(scores) {
                    prop_assert!(left.cmp(&right) == value || (left == right && value != Ordering::Equal));
                }
            }
        }
    }

    /// Neither the order of records, nor a ledger put together from two, nor another currency changes a score.
    #[test]
    fn order_parts_and_units_do_not_matter(facts in shop(), seed in prop::collection::vec(any::<u16>(), 81)) {
        let expected = score_ledger(&ledger_of(facts.iter().map(|fact| fact.record())), &RfmOptions::default());

        let mut shuffled: Vec<(u16, Fact)> = seed.into_iter().zip(facts.iter().copied()).collect();
        shuffled.sort_by_key(|&(key, _)| key);
        let shuffled = ledger_of(shuffled.iter().map(|(_, fact)| fact.record()));
        prop_assert_eq!(&score_ledger(&shuffled, &RfmOptions::default()), &expected);

        let part = |rest| ledger_of(facts.iter().filter(|fact| fact.customer % 2 == rest).map(|fact| fact.record()));
        let mut merged = part(1);
        merged.merge(&part(0)).unwrap();
        prop_assert_eq!(&score_ledger(&merged, &RfmOptions::default()), &expected);

        for factor in [1_000, 7_919] {
            let scaled = facts.iter().map(|&fact| Fact { cents: fact.cents * factor, ..fact }.record());
            prop_assert_eq!(&score_ledger(&ledger_of(scaled), &RfmOptions::default()), &expected);
        }
    }

    /// Means of thirds and sevenths have 28 digits: they fit whatever stands beside them, and score like fractions.
    #[test]
    fn means_that_do_not_end(
        shop in prop::collection::vec((1..=13usize, prop_oneof![0..2_000i64, 0..1_000_000_000_000i64]), 1..40),
        bins in 2..=10u8,
    ) {
        // So many orders, of which the first is all that is spent.
        let facts: Vec<Fact> = (0..)
            .zip(&shop)
            .flat_map(|(customer, &(orders, cents))| {
                (0..orders).map(move |number| Fact { customer, day: 0, cents: if number == 0 { cents } else { 0 } })
            })
            .collect();
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let options = RfmOptions::quantiles(bins).with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
        let model = RfmModel::fit(&ledger, &options).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let scores: Vec<u8> = model.score_all(&ledger).unwrap().iter().map(|score| score.monetary()).collect();
        prop_assert_eq!(&scores, &column(&values(&buyers(&facts), None, Mean::of), bins));
        let singly: Vec<u8> = scored_one_by_one(&model, &ledger).iter().map(|score| score.monetary()).collect();
        prop_assert_eq!(singly, scores);
    }

    /// Amounts whose sums leave 64 bits of cents: the wide columns obey the same rule.
    #[test]
    fn huge_amounts(facts in prop::collection::vec((0..20u32, 1..40i64, any::<bool>()), 1..60), bins in 2..=10u8) {
        // Units of 10^22, with and without a cent on top: beyond 64 bits, within the 96 of a decimal.
        let amount = |units: i64, cent| Decimal::from_i128_with_scale(i128::from(units) * 10i128.pow(24) + cent, 2);
        let cent = |odd: bool| i128::from(odd);
        let ledger = ledger_of(facts.iter().map(|&(id, units, odd)| super::order(id, 0, amount(units, cent(odd)))));
        let mut revenue: BTreeMap<u32, i128> = BTreeMap::new();
        for &(id, units, odd) in &facts {
            *revenue.entry(id).or_default() += i128::from(units) * 10i128.pow(24) + cent(odd);
        }
        let revenue: Vec<i128> = revenue.into_values().collect();
        let model = fit(&ledger, &RfmOptions::quantiles(bins));
        let found: Vec<u8> = model.score_all(&ledger).unwrap().iter().map(|score| score.monetary()).collect();
        prop_assert_eq!(&found, &column(&revenue, bins));
        let singly: Vec<u8> = scored_one_by_one(&model, &ledger).iter().map(|score| score.monetary()).collect();
        prop_assert_eq!(singly, found);
    }
}
