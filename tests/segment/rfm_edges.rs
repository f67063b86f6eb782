//! RFM where a shop is a special case: one customer, all alike, too many bins, a tie that binary fractions miss.

use repurchase::Error;
use repurchase::scale::Bands;
use repurchase::segment::{
    BinRule, CompositeWeights, FrequencyMeasure, MonetaryMeasure, RfmMeasures, RfmModel, RfmOptions, RfmScore,
    RfmTable, RfmValues,
};
use repurchase::{Ledger, Window};
use rust_decimal::Decimal;

use super::{LAST, cents, credit, day, ledger_of, log_of, money, order, score};

#[track_caller]
fn scores(ledger: &Ledger<u32>, options: &RfmOptions) -> Vec<String> {
    let table = RfmTable::of(ledger, RfmMeasures::default());
    let model = RfmModel::fit(&table, options).expect("a model");
    model.score_all(&table).unwrap().iter().map(ToString::to_string).collect()
}

fn last_month() -> Window {
    Window::last_days(day(LAST), 30).unwrap()
}

#[track_caller]
fn refused(options: &RfmOptions) -> String {
    let ledger = ledger_of([order(1, 0, Decimal::ONE)]);
    RfmModel::fit(&RfmTable::of(&ledger, RfmMeasures::default()), options).expect_err("refused").to_string()
}

#[test]
fn one_customer_scores_lowest_and_leaves_the_middle_empty() {
    let ledger = ledger_of([order(1, 10, Decimal::TEN)]);
    for bins in 2..=10 {
        assert_eq!(scores(&ledger, &RfmOptions::quantiles(bins)), ["111"], "{bins} bins");
        let model =
            RfmModel::fit(&RfmTable::of(&ledger, RfmMeasures::default()), &RfmOptions::quantiles(bins)).unwrap();
        let middle: Vec<u8> = (2..bins).collect();
        assert_eq!(model.empty_scores(), [middle.clone(), middle.clone(), middle]);
    }
}

#[test]
fn all_alike_score_lowest() {
    let ledger = ledger_of((0..100).map(|id| order(id, 10, Decimal::TEN)));
    assert!(scores(&ledger, &RfmOptions::default()).iter().all(|score| score == "111"));
}

#[test]
fn more_bins_than_customers() {
    let ledger =
        ledger_of([order(1, 1, cents(1)), order(2, 2, cents(2)), order(2, 2, cents(0)), order(3, 3, cents(3))]);
    // below is 0, 1, 2 of 3: 1 + 10 * below / 3.
    assert_eq!(scores(&ledger, &RfmOptions::quantiles(10)), ["111", "474", "717"]);
}

#[test]
fn two_digits_are_kept_apart() {
    let ledger = ledger_of((1..=10).map(|id| order(id, id.into(), cents(id.into()))));
    assert_eq!(scores(&ledger, &RfmOptions::quantiles(10)).last().map(String::as_str), Some("10-1-10"));
    assert_eq!(score(9, 9, 9).to_string(), "999");
    assert_eq!(score(1, 10, 1).to_string(), "1-10-1");
}

/// 15.36 + 16.99 is 32.35 in decimals and a little less in binary64, where the first customer would fall a bin.
#[test]
fn a_tie_that_binary_fractions_miss() {
    let binary: f64 = [15.36, 16.99].iter().sum();
    assert!(binary < 32.35, "the trap is one");
    let amounts = ["10", "20", "32.35", "40", "50"];
    let mut records = vec![order(0, 0, money("15.36")), order(0, 1, money("16.99"))];
    records.extend((1..).zip(amounts).map(|(id, amount)| order(id, 1, money(amount))));
    let ledger = ledger_of(records);
    let monetary: Vec<u8> =
        scores(&ledger, &RfmOptions::quantiles(3)).iter().map(|score| score.as_bytes()[2] - b'0').collect();
    // below: 2 for both of 32.35, of 6 customers in 3 bins: 1 + 3 * 2 / 6.
    assert_eq!(monetary, [2, 1, 1, 2, 3, 3]);
}

#[test]
fn amounts_finer_and_larger_than_the_models() {
    let ledger = ledger_of([order(1, 0, money("1.00")), order(2, 0, money("2.00"))]);
    let table = RfmTable::of(&ledger, RfmMeasures::default());
    let bands = BinRule::Bands(Bands::new(vec![money("1.00"), money("2")]).unwrap());
    let given = RfmModel::fit(&table, &RfmOptions::default().with_monetary(bands)).unwrap();
    let fitted = RfmModel::fit(&table, &RfmOptions::quantiles(2)).unwrap();
    let monetary = |model: &RfmModel, amount: &str| {
        model.score(&RfmValues { last_purchase: day(0), frequency: 1, monetary: money(amount) }).monetary()
    };
    // Fitted: one cut at 1.00, above which 2 begins. Given: [.., 1) [1, 2) [2, ..].
    for (amount, expected) in [
        ("0.9999999999999999999999999999", (1, 1)),
        ("1", (1, 2)),
        ("1.000", (1, 2)),
        ("1.0000000000000000000000000001", (2, 2)),
        ("1.9999999999999999999999999999", (2, 2)),
        ("2.0000000000000000000000000000", (2, 3)),
        ("79228162514264337593543950335", (2, 3)),
        ("-79228162514264337593543950335", (1, 1)),
        ("-0.0000000000000000000000000001", (1, 1)),
    ] {
        assert_eq!((monetary(&fitted, amount), monetary(&given, amount)), expected, "{amount}");
    }
}

#[test]
fn another_table_may_have_another_scale() {
    let whole = ledger_of([order(1, 0, money("1")), order(2, 0, money("2")), order(3, 0, money("3"))]);
    let model = RfmModel::fit(&RfmTable::of(&whole, RfmMeasures::default()), &RfmOptions::quantiles(3)).unwrap();
    let finer = ledger_of([order(1, 0, money("1.0")), order(2, 0, money("1.001")), order(3, 0, money("2.001"))]);
    let table = RfmTable::of(&finer, RfmMeasures::default());
    let monetary: Vec<u8> = model.score_all(&table).unwrap().iter().map(|score| score.monetary()).collect();
    assert_eq!(monetary, [1, 2, 3]);
}

#[test]
fn revenues_at_the_ends_of_64_bits() {
    let most = Decimal::from_i128_with_scale(i64::MAX.into(), 2);
    let shop = |more: Decimal| {
        let records =
            [order(1, 0, most), order(1, 0, more), order(2, 0, cents(0)), credit(2, 0, most), order(3, 0, cents(0))];
        scores(&ledger_of(records), &RfmOptions::quantiles(3))
    };
    // Within 64 bits of cents, and a cent beyond.
    assert_eq!(shop(cents(0)), ["133", "111", "112"]);
    assert_eq!(shop(cents(1)), ["133", "111", "112"]);
}

#[test]
fn negative_revenue_scores_lowest() {
    let records = [order(1, 0, cents(500)), credit(1, 1, cents(900)), order(2, 0, cents(0)), order(3, 0, cents(100))];
    assert_eq!(scores(&ledger_of(records), &RfmOptions::quantiles(3)), ["111", "112", "113"]);
}

/// Whether somebody bought nothing, or got money back alone, the window says so; R still looks back over all time.
#[test]
fn windows_with_nothing_and_with_credits_alone() {
    let log = log_of([
        order(1, 0, money("50")),
        order(2, 0, money("50")),
        credit(2, LAST, money("8.5")),
        order(3, LAST, money("20")),
        credit(4, LAST, money("3")),
    ]);
    let ledger = log.ledger(day(LAST)).unwrap();
    let recent = log.ledger_in(last_month()).unwrap();
    let values = |monetary| {
        let table = RfmTable::in_window(&ledger, &recent, RfmMeasures::default().with_monetary(monetary)).unwrap();
        table.iter().map(|values| (values.last_purchase, values.frequency, values.monetary)).collect::<Vec<_>>()
    };
    let (then, now) = (day(0), day(LAST));
    // Customer 4 never bought and is not of the population.
    let revenue = [(then, 0, money("0")), (then, 0, money("-8.5")), (now, 1, money("20"))];
    assert_eq!(values(MonetaryMeasure::Revenue), revenue);
    let mean = [(then, 0, money("0")), (then, 0, money("0")), (now, 1, money("20"))];
    assert_eq!(values(MonetaryMeasure::MeanOrderAmount), mean, "credits are no part of an order");
    // One customer, asked alone.
    let (two, two_recent) = (ledger.get(&2).unwrap(), recent.without_purchase().next().unwrap().1);
    let alone = RfmMeasures::default().in_window(&two, two_recent).unwrap();
    assert_eq!((alone.last_purchase, alone.frequency, alone.monetary), revenue[1]);
}

#[test]
fn a_window_ends_with_its_ledger() {
    let log = log_of([order(1, 0, Decimal::ONE)]);
    let (ledger, recent) = (log.ledger(day(9)).unwrap(), log.ledger(day(8)).unwrap());
    let error = RfmTable::in_window(&ledger, &recent, RfmMeasures::default()).unwrap_err();
    assert_eq!(error.to_string(), "ledgers are as of different days, 2025-01-10 and 2025-01-09");
}

#[test]
fn a_customer_without_a_purchase_has_no_score() {
    let log = log_of([order(1, 0, Decimal::TEN), credit(2, 0, Decimal::ONE)]);
    let ledger = log.ledger(day(LAST)).unwrap();
    let table = RfmTable::of(&ledger, RfmMeasures::default());
    let model = RfmModel::fit(&table, &RfmOptions::default()).unwrap();
    let (_, credits_alone) = ledger.without_purchase().next().unwrap();
    assert_eq!(model.score_history(credits_alone), None);
    assert_eq!(RfmMeasures::default().of(credits_alone), None);
    assert_eq!(table.len(), 1);
}

#[test]
fn options_that_are_refused() {
    let bins = "bins must lie between 2 and 10, found";
    assert_eq!(refused(&RfmOptions::quantiles(1)), format!("{bins} 1"));
    assert_eq!(refused(&RfmOptions::quantiles(11)), format!("{bins} 11"));
    let one_band = BinRule::Bands(Bands::new(Vec::new()).unwrap());
    assert_eq!(refused(&RfmOptions::default().with_frequency(one_band)), format!("{bins} 1"));
    let eleven = BinRule::Bands(Bands::new((1..=10).collect()).unwrap());
    assert_eq!(refused(&RfmOptions::default().with_recency(eleven)), format!("{bins} 11"));
    let eons = BinRule::Bands(Bands::new(vec![u32::MAX]).unwrap());
    let error = refused(&RfmOptions::default().with_recency(eons));
    assert_eq!(error, "there is no day -4294967294 days from 2026-02-04");

    let nobody = ledger_of([]);
    let error = RfmModel::fit(&RfmTable::of(&nobody, RfmMeasures::default()), &RfmOptions::default()).unwrap_err();
    assert_eq!(error, Error::NoCustomers { what: "an RFM model" });
    assert_eq!(error.to_string(), "an RFM model cannot be fitted without a customer");
}

/// Means have up to 28 decimals; that some of them do not end must not spoil the fit of an ordinary shop.
#[test]
fn means_that_do_not_end_beside_large_ones() {
    // 33.333.. and 200: at the first one's 27 decimals the second does not fit a `Decimal`.
    let records = [
        order(1, 0, money("30")),
        order(1, 1, money("30")),
        order(1, 2, money("40")),
        order(2, 2, money("200")),
        order(3, 2, money("300")),
    ];
    let ledger = ledger_of(records);
    let measures = RfmMeasures::default().with_monetary(MonetaryMeasure::MeanOrderAmount);
    let table = RfmTable::of(&ledger, measures.with_frequency(FrequencyMeasure::PurchaseDays));
    let model = RfmModel::fit(&table, &RfmOptions::quantiles(3)).expect("an ordinary shop");
    let monetary: Vec<u8> = model.score_all(&table).unwrap().iter().map(|score| score.monetary()).collect();
    assert_eq!(monetary, [1, 2, 3]);
}

/// The cuts are marks of one measure; a table of another has nothing to hold against them.
#[test]
fn a_table_of_other_measures_is_refused() {
    let log = log_of([order(1, 0, money("10")), order(2, LAST, money("20")), order(2, LAST, money("5"))]);
    let (ledger, recent) = (log.ledger(day(LAST)).unwrap(), log.ledger_in(last_month()).unwrap());
    let whole = RfmMeasures::default();
    let by_day = whole.with_frequency(FrequencyMeasure::PurchaseDays);
    let by_mean = whole.with_monetary(MonetaryMeasure::MeanOrderAmount);
    let both = by_day.with_monetary(MonetaryMeasure::MeanOrderAmount);
    let named = [
        (whole, "purchases and revenue"),
        (by_day, "purchase days and revenue"),
        (by_mean, "purchases and mean order amount"),
        (both, "purchase days and mean order amount"),
    ];
    let tables: Vec<(RfmTable<'_>, String)> = named
        .iter()
        .flat_map(|&(measures, name)| {
            let in_window = RfmTable::in_window(&ledger, &recent, measures).unwrap();
            [(RfmTable::of(&ledger, measures), name.to_owned()), (in_window, format!("{name} of a window"))]
        })
        .collect();
    for (fitted_on, model_name) in &tables {
        let model = RfmModel::fit(fitted_on, &RfmOptions::quantiles(2)).unwrap();
        for (table, table_name) in &tables {
            let result = model.score_all(table);
            if model_name == table_name {
                assert_eq!(result.unwrap().len(), 2);
                continue;
            }
            let (model, table) = (model_name.as_str().into(), table_name.as_str().into());
            let expected = Error::MeasuresMismatch { model, table };
            let text = format!("the model scores {model_name}, the table holds {table_name}");
            assert_eq!(expected.to_string(), text);
            assert_eq!(result.unwrap_err(), expected);
        }
    }
}

/// A model of one day scores the table of another, as long as both measure the same.
#[test]
fn a_table_of_another_day_is_scored() {
    let log = log_of([order(1, 0, money("10")), order(2, 5, money("20")), order(1, 9, money("30"))]);
    let (then, now) = (log.ledger(day(5)).unwrap(), log.ledger(day(9)).unwrap());
    let model = RfmModel::fit(&RfmTable::of(&then, RfmMeasures::default()), &RfmOptions::quantiles(2)).unwrap();
    let scores = model.score_all(&RfmTable::of(&now, RfmMeasures::default())).unwrap();
    assert_eq!(scores.iter().map(ToString::to_string).collect::<Vec<_>>(), ["222", "212"]);
}

/// Equal ledgers, one of 10 and one of 10.00, make equal models.
#[test]
fn models_know_no_trailing_zeros() {
    let shop = |zeros: &str| {
        ledger_of((1..=7).flat_map(|id| {
            let amount = money(&format!("{}{zeros}", 10 * id));
            (0..id).map(move |number| order(id, number.into(), amount))
        }))
    };
    let (short, long) = (shop(""), shop(".00"));
    assert_eq!(short, long);
    let bands = |edges: [&str; 2]| BinRule::Bands(Bands::new(edges.map(money).to_vec()).unwrap());
    let options = |edges| RfmOptions::default().with_monetary(bands(edges));
    for monetary in [MonetaryMeasure::Revenue, MonetaryMeasure::MeanOrderAmount] {
        let measures = RfmMeasures::default().with_monetary(monetary);
        let (short, long) = (RfmTable::of(&short, measures), RfmTable::of(&long, measures));
        let fit = |table: &RfmTable<'_>, options| RfmModel::fit(table, &options).unwrap();
        let (of_short, of_long) = (fit(&short, RfmOptions::default()), fit(&long, RfmOptions::default()));
        assert_eq!(of_short, of_long);
        assert_eq!(of_short.score_all(&long), of_long.score_all(&short));
        assert_eq!(fit(&short, options(["20", "90"])), fit(&long, options(["20.00", "90.0"])));
        assert_ne!(fit(&short, options(["20", "90"])), fit(&long, options(["20.00", "90.1"])));
    }
}

/// Fewer than 180 days is 3, fewer than 365 is 2, by the preset.
#[test]
fn klaviyos_recency() {
    let ledger = ledger_of([0, 34, 35, 219, 220, LAST].into_iter().zip(0..).map(|(d, id)| order(id, d, Decimal::ONE)));
    let table = RfmTable::of(&ledger, RfmMeasures::default());
    let model = RfmModel::fit(&table, &RfmOptions::klaviyo()).unwrap();
    let recency: Vec<_> = ledger
        .iter()
        .map(|(_, history)| history.days_since_last(day(LAST)).unwrap())
        .zip(model.score_all(&table).unwrap().iter().map(|score| score.recency()))
        .collect();
    assert_eq!(recency, [(399, 1), (365, 1), (364, 2), (180, 2), (179, 3), (0, 3)]);
    assert_eq!(model.bins(), [3, 3, 3]);
}

#[test]
fn scores_lie_within_1_and_10() {
    assert_eq!(RfmScore::new(1, 0, 1).unwrap_err().to_string(), "frequency must lie between 1 and 10, found 0");
    assert_eq!(RfmScore::new(11, 1, 1).unwrap_err().to_string(), "recency must lie between 1 and 10, found 11");
    assert_eq!(RfmScore::new(10, 1, 255).unwrap_err().to_string(), "monetary must lie between 1 and 10, found 255");
}

#[test]
#[allow(clippy::float_cmp, reason = "quotients of small integers, rounded once")]
fn composite_weights() {
    assert_eq!(CompositeWeights::default().value(score(5, 4, 3)), 4.0);
    assert_eq!(CompositeWeights::new(0, 0, 7).unwrap().value(score(1, 1, 9)), 9.0);
    assert_eq!(CompositeWeights::new(1, 2, 5).unwrap().value(score(5, 4, 3)), 28.0 / 8.0);
    assert_eq!(CompositeWeights::new(1, 1, 1).unwrap().value(score(1, 1, 2)), 4.0 / 3.0);
    let heaviest = CompositeWeights::new(u32::MAX, u32::MAX, u32::MAX).unwrap();
    assert_eq!(heaviest.value(score(10, 10, 10)), 10.0);
    // Only proportions matter.
    assert_eq!(
        CompositeWeights::new(2, 4, 10).unwrap().value(score(5, 1, 2)),
        CompositeWeights::new(1, 2, 5).unwrap().value(score(5, 1, 2))
    );
    let error = CompositeWeights::new(0, 0, 0).unwrap_err();
    assert_eq!(error.to_string(), "sum of weights must lie between 1 and 12884901885, found 0");
}
