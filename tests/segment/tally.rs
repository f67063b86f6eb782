//! Fits of counts: whatever the parts and their order, the model of the whole.

use proptest::prelude::*;
use repurchase::record::Record;
use repurchase::scale::{Bands, MoneyTally, Tally};
use repurchase::segment::{
    BinRule, FrequencyBands, FrequencyMeasure, MonetaryMeasure, OctantModel, OctantSplit, RfmModel, RfmOptions,
    RfmScore, RfmTally, TierModel, TierScheme,
};
use repurchase::{CustomerHistory, Error, Ledger, Window};
use rust_decimal::Decimal;

use super::{Fact, LAST, cents, credit, day, fixed_seed, ledger_of, log_of, money, order, score, shop, stranger};

fn with_any_measures(options: impl Strategy<Value = RfmOptions>) -> impl Strategy<Value = RfmOptions> {
    let frequency = prop::sample::select(vec![FrequencyMeasure::Purchases, FrequencyMeasure::PurchaseDays]);
    let monetary = prop::sample::select(vec![MonetaryMeasure::Revenue, MonetaryMeasure::MeanOrderAmount]);
    (options, frequency, monetary).prop_map(|(options, frequency, monetary)| {
        options.with_frequency_measure(frequency).with_monetary_measure(monetary)
    })
}

fn any_options() -> impl Strategy<Value = RfmOptions> {
    let own = RfmOptions::default()
        .with_recency(BinRule::Bands(Bands::new(vec![30, 90]).unwrap()))
        .with_frequency(BinRule::Bands(Bands::new(vec![2, 4]).unwrap()));
    with_any_measures(prop_oneof![(2..=10u8).prop_map(RfmOptions::quantiles), Just(own)])
}

/// The customers of each part, by id.
fn parts(facts: &[Fact], parts: u32) -> Vec<Ledger<u32>> {
    let of = |part| facts.iter().filter(move |fact| fact.customer % parts == part).map(|fact| fact.record());
    (0..parts).map(|part| ledger_of(of(part))).collect()
}

#[track_caller]
fn merged<'a>(options: &RfmOptions, tallies: impl IntoIterator<Item = &'a RfmTally>) -> RfmTally {
    tallies.into_iter().fold(RfmTally::new(options), |mut whole, tally| {
        whole.merge(tally).expect("the same measures");
        whole
    })
}

/// To the last zero of their money.
fn printed<T: core::fmt::Debug>(value: &T) -> String {
    format!("{value:?}")
}

proptest! {
    #![proptest_config(fixed_seed(64))]

    #[test]
    fn the_model_of_merged_parts_is_that_of_the_whole(facts in shop(), count in 1..6u32, options in any_options()) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let model = RfmModel::fit(&ledger, &options).unwrap();
        let tallies: Vec<_> = parts(&facts, count).iter().map(|part| RfmTally::of(part, &options)).collect();
        let tally = merged(&options, &tallies);
        prop_assert_eq!(&RfmModel::fit_tally(&tally, day(LAST), &options).unwrap(), &model);
        prop_assert_eq!(&merged(&options, tallies.iter().rev()), &tally);
        let pairs: Vec<_> = tallies.chunks(2).map(|pair| merged(&options, pair)).collect();
        prop_assert_eq!(&merged(&options, &pairs), &tally);
        prop_assert_eq!(&RfmTally::of(&ledger, &options), &tally);
        let mut one_by_one = RfmTally::new(&options);
        ledger.iter().for_each(|(_, history)| one_by_one.add(&history).unwrap());
        prop_assert_eq!(&one_by_one, &tally);
        let again = RfmModel::fit_tally(&one_by_one, day(LAST), &options).unwrap();
        prop_assert_eq!(printed(&again), printed(&RfmModel::fit_tally(&tally, day(LAST), &options).unwrap()));
        prop_assert_eq!(printed(&RfmModel::fit_tally(&tally, day(LAST), &options).unwrap()), printed(&again));
        // The octants of all scores, without scoring anybody.
        let scores = model.score_all(&ledger).unwrap();
        for split in [OctantSplit::Mean, OctantSplit::Median, OctantSplit::From(scores[0])] {
            let octants = OctantModel::fit(&scores, &split).unwrap();
            prop_assert_eq!(OctantModel::fit_model(&model, &tally, &split).unwrap(), octants);
            let all = octants.octant_all(&scores).unwrap();
            let each: Vec<_> = scores.iter().map(|&score| octants.octant(score).unwrap()).collect();
            prop_assert_eq!(all, each);
        }
    }

    /// Night by night, yesterday's values out and today's in, is the tally of the day.
    #[test]
    fn a_tally_kept_up_to_date_is_that_of_the_day(
        mut facts in shop(),
        options in with_any_measures(Just(RfmOptions::default())),
        first in 0..=LAST,
    ) {
        facts.sort_by_key(|fact| fact.day);
        let is_old = |fact: &&Fact| fact.day <= first;
        let old = log_of(facts.iter().filter(is_old).map(|fact| fact.record())).ledger(day(first)).unwrap();
        let mut histories: std::collections::BTreeMap<u32, CustomerHistory> =
            old.iter().map(|(&id, history)| (id, history)).collect();
        histories.extend(old.without_purchase().map(|(&id, history)| (id, history.clone())));
        let mut tally = RfmTally::of(&old, &options);
        for fact in facts.iter().filter(|fact| !is_old(fact)) {
            let history = histories.entry(fact.customer).or_default();
            tally.remove(history).unwrap();
            match fact.cents {
                0.. => history.record_purchase(day(fact.day), cents(fact.cents)).unwrap(),
                _ => history.record_credit(cents(-fact.cents)).unwrap(),
            }
            tally.add(history).unwrap();
        }
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        prop_assert_eq!(&tally, &RfmTally::of(&ledger, &options));
        prop_assert_eq!(RfmModel::fit_tally(&tally, day(LAST), &options), RfmModel::fit(&ledger, &options));
    }

    #[test]
    fn tiers_octants_and_bands_of_counts(facts in shop(), count in 1..6u32) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let options = RfmOptions::default();
        let scores = RfmModel::fit(&ledger, &options).unwrap().score_all(&ledger).unwrap();
        let mut revenues = MoneyTally::new();
        let mut gaps: Tally<u32> = Tally::new();
        for part in parts(&facts, count) {
            revenues.merge(&part.iter().map(|(_, history)| history.revenue()).collect()).unwrap();
            let mean_gaps = part.iter().filter_map(|(_, history)| history.gaps()).map(|gaps| gaps.whole_mean_days());
            gaps.merge(&mean_gaps.collect()).unwrap();
        }
        let tiers = TierModel::fit(&ledger, &TierScheme::default()).unwrap();
        prop_assert_eq!(&TierModel::fit_tally(&revenues, &TierScheme::default()).unwrap(), &tiers);
        let tally = RfmTally::of(&ledger, &options);
        prop_assert_eq!(tally.monetary(), &revenues);
        let again = TierModel::fit_tally(tally.monetary(), &TierScheme::default()).unwrap();
        prop_assert_eq!(printed(&again), printed(&tiers));
        prop_assert_eq!(FrequencyBands::fit_tally(&gaps), FrequencyBands::fit(&ledger));
        let mut counts: Tally<RfmScore> = Tally::new();
        for part in scores.chunks(scores.len().div_ceil(count as usize)) {
            counts.merge(&part.iter().copied().collect()).unwrap();
        }
        for split in [OctantSplit::Mean, OctantSplit::Median, OctantSplit::From(RfmScore::new([3, 2, 4], [5; 3]).unwrap())] {
            prop_assert_eq!(OctantModel::fit_tally(&counts, &split), OctantModel::fit(&scores, &split));
        }
    }

    #[test]
    fn a_tally_of_a_window(
        facts in shop(),
        days in 1..300u32,
        options in with_any_measures(Just(RfmOptions::quantiles(4))),
    ) {
        let log = log_of(facts.iter().map(|fact| fact.record()));
        let window = Window::last_days(day(LAST), days).unwrap();
        let (ledger, recent) = (log.ledger(day(LAST)).unwrap(), log.ledger_in(window).unwrap());
        let tally = RfmTally::of_window(&ledger, &recent, &options).unwrap();
        let mut one_by_one = RfmTally::new_in_window(&options);
        for (id, history) in ledger.iter() {
            let credits_alone = recent.without_purchase().find(|&(other, _)| other == id);
            let of_window = recent.get(id).or_else(|| credits_alone.map(|(_, history)| history.clone()));
            one_by_one.add_in_window(&history, &of_window.unwrap_or_default()).unwrap();
        }
        prop_assert_eq!(&one_by_one, &tally);
        let model = RfmModel::fit_tally(&tally, day(LAST), &options).unwrap();
        prop_assert_eq!(&model, &RfmModel::fit_in_window(&ledger, &recent, &options).unwrap());
        prop_assert_eq!(model.score_all_in_window(&ledger, &recent).unwrap().len(), ledger.len());
    }

    /// Bounded amounts move only the scores of those between the exact cut and the kept one.
    #[test]
    fn a_model_of_bounded_amounts(facts in shop(), digits in 1..6u8) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        let options = RfmOptions::default();
        let exact = RfmModel::fit(&ledger, &options).unwrap();
        let tally = RfmTally::of(&ledger, &options).with_money_digits(digits).unwrap();
        let model = RfmModel::fit_tally(&tally, day(LAST), &options).unwrap();
        prop_assert_eq!((model.recency(), model.frequency()), (exact.recency(), exact.frequency()));
        let pairs = || exact.monetary().thresholds().iter().zip(model.monetary().thresholds());
        for (_, history) in ledger.iter() {
            let amount = history.revenue();
            let between = pairs().any(|(&exact, &kept)| kept.min(exact) < amount && amount <= kept.max(exact));
            prop_assert!(between || exact.score(&history) == model.score(&history));
        }
    }
}

fn values(number: u64, purchases: u64, revenue: &str) -> CustomerHistory {
    stranger(number, purchases, money(revenue))
}

fn empty() -> RfmTally {
    RfmTally::new(&RfmOptions::default())
}

#[test]
fn nobody_can_be_fitted_to() {
    let nobody = empty();
    assert!(nobody.is_empty());
    let error = RfmModel::fit_tally(&nobody, day(0), &RfmOptions::default()).unwrap_err();
    assert_eq!(error, Error::NoCustomers { what: "an RFM model" });
    let error = TierModel::fit_tally(&MoneyTally::new(), &TierScheme::default()).unwrap_err();
    assert_eq!(error, Error::NoCustomers { what: "membership tiers" });
    assert_eq!(OctantModel::fit_tally(&Tally::new(), &OctantSplit::Mean), OctantModel::fit(&[], &OctantSplit::Mean));
    assert!(OctantModel::fit_tally(&Tally::new(), &OctantSplit::From(score(1, 1, 1))).is_ok());
    let error = FrequencyBands::fit_tally(&Tally::new()).unwrap_err();
    assert_eq!(error, Error::NoCustomers { what: "frequency bands" });
    let alike = FrequencyBands::fit_tally(&[7, 7, 7, 8].into_iter().collect()).unwrap_err();
    assert_eq!(alike, Error::TooAlike { what: "mean gaps", needed: 3 });
    let longest = FrequencyBands::fit_tally(&[1, 2, u32::MAX, u32::MAX].into_iter().collect()).unwrap();
    assert_eq!(longest.edges(), [2, 3, u32::MAX]);
}

#[test]
fn a_model_is_not_of_a_day_before_the_last_purchase() {
    let mut tally = empty();
    tally.add(&values(5, 1, "1")).unwrap();
    let error = RfmModel::fit_tally(&tally, day(4), &RfmOptions::default()).unwrap_err();
    assert_eq!(error, Error::AfterAsOf { last: day(5), as_of: day(4) });
    assert!(RfmModel::fit_tally(&tally, day(5), &RfmOptions::default()).is_ok());
    assert!(RfmModel::fit_tally(&tally, day(5), &RfmOptions::quantiles(11)).is_err());
}

#[test]
fn what_was_not_added_cannot_be_removed() {
    let mut tally = empty();
    tally.add(&values(5, 2, "9.90")).unwrap();
    let before = tally.clone();
    let short = |value: &str| Err(Error::TallyShort { value: value.into(), asked: 1, counted: 0 });
    assert_eq!(tally.remove(&values(4, 2, "9.90")), short("2025-01-05"));
    assert_eq!(tally.remove(&values(5, 1, "9.90")), short("1"));
    assert_eq!(tally.remove(&values(5, 2, "9.91")), short("9.91"));
    assert_eq!(tally, before, "what is refused changes nothing");
    assert_eq!(tally.remove(&values(5, 2, "9.9")), Ok(()));
    assert_eq!(tally, empty());
}

#[test]
fn tallies_of_different_things_do_not_merge() {
    let mut tally = empty();
    let days = RfmOptions::default().with_frequency_measure(FrequencyMeasure::PurchaseDays);
    assert_eq!(
        tally.merge(&RfmTally::new_in_window(&days)).unwrap_err().to_string(),
        "tallies of different things cannot merge: one counts purchases and revenue by exact amounts, the other \
         purchase days and revenue of a window by exact amounts"
    );
    for other in [RfmTally::new(&days), RfmTally::new_in_window(&RfmOptions::default())] {
        assert!(matches!(tally.merge(&other), Err(Error::TallyMismatch { .. })));
    }
    let small = empty().with_money_digits(3).unwrap();
    assert!(matches!(tally.merge(&small), Err(Error::TallyMismatch { .. })));
    assert!(small.with_money_digits(4).is_err());
    assert!(tally.merge(&empty()).is_ok());
}

#[test]
fn octants_of_more_customers_than_there_are() {
    let of = |customers| {
        let tally = Tally::try_from(vec![(score(1, 1, 1), customers)]).unwrap();
        OctantModel::fit_tally(&tally, &OctantSplit::Mean)
    };
    assert!(of(1 << 32).is_ok());
    assert_eq!(of((1 << 32) + 1), Err(Error::CountOverflow { field: "number of customers" }));
}

/// Parts whose finest amounts differ are written like the whole.
#[test]
fn money_is_written_like_that_of_the_whole() {
    let records = || -> Vec<Record<u32>> {
        vec![order(1, 0, money("5")), order(2, 0, money("7.125")), credit(2, 0, money("0.1"))]
    };
    let whole = ledger_of(records());
    let [first, rest] = [ledger_of(records().drain(..1)), ledger_of(records().drain(1..))];
    let options = RfmOptions::quantiles(2);
    let mut tally = RfmTally::of(&first, &options);
    tally.merge(&RfmTally::of(&rest, &options)).unwrap();
    let model = RfmModel::fit_tally(&tally, day(LAST), &options).unwrap();
    assert_eq!(model.monetary().thresholds()[0].to_string(), "5.000");
    let of_whole = RfmModel::fit(&whole, &options).unwrap();
    assert_eq!(printed(&model), printed(&of_whole));
}

/// Amounts beyond 64 bits have columns of their own.
#[test]
fn a_tally_of_large_amounts() {
    let large = money("70000000000000000000000000.00");
    let ledger = ledger_of([order(1, 0, large), order(2, 1, Decimal::ONE), order(3, 2, money("2"))]);
    let options = RfmOptions::quantiles(3);
    let tally = RfmTally::of(&ledger, &options);
    assert_eq!(tally.monetary().amounts().largest(), Some(&large));
    assert_eq!(RfmModel::fit_tally(&tally, day(LAST), &options), RfmModel::fit(&ledger, &options));
    let (tiers, of_tally) = (
        TierModel::fit(&ledger, &TierScheme::default()),
        TierModel::fit_tally(tally.monetary(), &TierScheme::default()),
    );
    assert_eq!(of_tally, tiers);
}

#[cfg(feature = "serde")]
#[test]
fn a_tally_comes_back_as_it_went() {
    use serde_json::{from_value, json, to_value};

    let mut tally = empty().with_money_digits(2).unwrap();
    tally.add(&values(0, 2, "123.45")).unwrap();
    tally.add(&values(0, 1, "5")).unwrap();
    let stored = json!({
        "measures": {"frequency": "purchases", "monetary": "revenue"}, "in_window": false,
        "last_purchase": [["2025-01-01", 2]],
        "frequency": [[1, 1], [2, 1]],
        "monetary": {"digits": 2, "scale": 2, "amounts": [["5", 1], ["120", 1]]},
    });
    assert_eq!(to_value(&tally).unwrap(), stored);
    assert_eq!(from_value::<RfmTally>(stored.clone()).unwrap(), tally);
    let mut wrong = stored.clone();
    wrong["frequency"] = json!([[1, 1]]);
    let error = from_value::<RfmTally>(wrong).unwrap_err().to_string();
    assert_eq!(error, "columns must be equally long: 2 customers, but 1 in frequency");
    let mut wrong = stored;
    wrong["monetary"]["amounts"] = json!([["5", 3]]);
    assert!(from_value::<RfmTally>(wrong).unwrap_err().to_string().contains("3 in monetary"));
}
