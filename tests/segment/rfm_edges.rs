//! RFM where a shop is a special case: one customer, all alike, too many bins, a tie that binary fractions miss.

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::scale::{Bands, Language};
use repurchase::segment::{
    BinRule, CompositeWeights, FrequencyMeasure, Grid, MonetaryMeasure, OctantModel, OctantSplit, RfmModel, RfmOptions,
    RfmScore, RfmTally,
};
use repurchase::{CustomerHistory, Ledger, Window};
use rust_decimal::Decimal;

use super::{LAST, cents, credit, day, ledger_of, log_of, money, order, score, stranger};

#[track_caller]
fn scores(ledger: &Ledger<u32>, options: &RfmOptions) -> Vec<String> {
    let model = RfmModel::fit(ledger, options).expect("a model");
    model.score_all(ledger).unwrap().iter().map(ToString::to_string).collect()
}

fn last_month() -> Window {
    Window::last_days(day(LAST), 30).unwrap()
}

#[track_caller]
fn refused(options: &RfmOptions) -> String {
    let ledger = ledger_of([order(1, 0, Decimal::ONE)]);
    RfmModel::fit(&ledger, options).expect_err("refused").to_string()
}

#[test]
fn one_customer_has_the_best_r_and_leaves_the_middle_empty() {
    let ledger = ledger_of([order(1, 10, Decimal::TEN)]);
    for bins in 2..=10 {
        let expected = if bins < 10 { format!("{bins}11") } else { "10-1-1".to_owned() };
        assert_eq!(scores(&ledger, &RfmOptions::quantiles(bins)), [expected], "{bins} bins");
        let model = RfmModel::fit(&ledger, &RfmOptions::quantiles(bins)).unwrap();
        let middle: Vec<u8> = (2..bins).collect();
        assert_eq!(model.empty_scores(), [middle.clone(), middle.clone(), middle]);
    }
}

#[test]
fn all_alike_have_the_best_r_and_the_lowest_f_and_m() {
    let ledger = ledger_of((0..100).map(|id| order(id, 10, Decimal::TEN)));
    assert!(scores(&ledger, &RfmOptions::default()).iter().all(|score| score == "511"));
}

/// The best day of a shop: more than a fifth of its customers buy on it, or all of them but one. They have the best R,
/// and those who come often are champions.
#[test]
fn the_best_day_of_a_shop() {
    for (others, buyers) in [(70, 30), (99, 1), (1, 99), (0, 100), (79, 21), (80, 20)] {
        let before = (0..others).map(|id| order(id, u64::from(id), Decimal::ONE));
        let today = (0..buyers).flat_map(|n| {
            let regular = n % 3 == 0;
            (0..if regular { 9 } else { 1 }).map(move |_| order(others + n, LAST, Decimal::TEN))
        });
        let ledger = ledger_of(before.chain(today));
        for bins in 2..=10 {
            let model = RfmModel::fit(&ledger, &RfmOptions::quantiles(bins)).unwrap();
            let scores = model.score_all(&ledger).unwrap();
            assert!(scores[others as usize..].iter().all(|score| score.recency() == bins), "{buyers} in {bins} bins");
            assert!(!model.empty_scores()[0].contains(&bins));
            if bins == 5 && buyers > 1 && buyers < 100 {
                let grid = Grid::rf();
                let keys: Vec<_> = scores.iter().map(|&score| grid.segment(score).unwrap().key()).collect();
                let champions = keys.iter().filter(|&&key| key == "champions").count();
                assert_eq!(champions as u32, buyers.div_ceil(3), "{buyers} of 100");
            }
        }
    }
}

#[test]
fn more_bins_than_customers() {
    let ledger =
        ledger_of([order(1, 1, cents(1)), order(2, 2, cents(2)), order(2, 2, cents(0)), order(3, 3, cents(3))]);
    // below is 0, 1, 2 of 3: 1 + 10 * below / 3; above is 2, 1, 0: 10 - 10 * above / 3.
    assert_eq!(scores(&ledger, &RfmOptions::quantiles(10)), ["411", "774", "10-1-7"]);
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
    let bands = BinRule::Bands(Bands::new(vec![money("1.00"), money("2")]).unwrap());
    let given = RfmModel::fit(&ledger, &RfmOptions::default().with_monetary(bands)).unwrap();
    let fitted = RfmModel::fit(&ledger, &RfmOptions::quantiles(2)).unwrap();
    let monetary = |model: &RfmModel, amount: &str| model.score(&stranger(0, 1, money(amount))).unwrap().monetary();
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
fn another_ledger_may_have_another_scale() {
    let whole = ledger_of([order(1, 0, money("1")), order(2, 0, money("2")), order(3, 0, money("3"))]);
    let model = RfmModel::fit(&whole, &RfmOptions::quantiles(3)).unwrap();
    let finer = ledger_of([order(1, 0, money("1.0")), order(2, 0, money("1.001")), order(3, 0, money("2.001"))]);
    let monetary: Vec<u8> = model.score_all(&finer).unwrap().iter().map(|score| score.monetary()).collect();
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
    assert_eq!(shop(cents(0)), ["333", "311", "312"]);
    assert_eq!(shop(cents(1)), ["333", "311", "312"]);
}

#[test]
fn negative_revenue_scores_lowest() {
    let records = [order(1, 0, cents(500)), credit(1, 1, cents(900)), order(2, 0, cents(0)), order(3, 0, cents(100))];
    assert_eq!(scores(&ledger_of(records), &RfmOptions::quantiles(3)), ["311", "312", "313"]);
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
    let recent_of = |id: &u32| {
        let credits_alone = recent.without_purchase().find(|&(other, _)| other == id);
        recent.get(id).or_else(|| credits_alone.map(|(_, history)| history.clone())).unwrap_or_default()
    };
    let why = |monetary| {
        let options = RfmOptions::quantiles(2).with_monetary_measure(monetary);
        let model = RfmModel::fit_in_window(&ledger, &recent, &options).unwrap();
        let scores = model.score_all_in_window(&ledger, &recent).unwrap();
        // Customer 4 never bought and is not of the population.
        assert_eq!(scores.len(), 3);
        let one = |(id, history): (&u32, CustomerHistory)| {
            let recent = recent_of(id);
            assert_eq!(model.score_in_window(&history, &recent), Some(scores[*id as usize - 1]));
            model.explain_in_window(&history, &recent, Language::English).unwrap()
        };
        ledger.iter().map(one).collect::<Vec<_>>()
    };
    let (then, now) = (day(0), day(LAST));
    let expected = |name: &str, rows: [(NaiveDate, u8, &str); 3]| {
        let has = |text: &String, (last, frequency, amount): (NaiveDate, u8, &str)| {
            text.contains(&format!("last purchase {last},"))
                && text.contains(&format!("purchases {frequency},"))
                && [format!("{name} {amount},"), format!("{name} {amount}.0,")].iter().any(|found| text.contains(found))
        };
        let texts = why(if name == "revenue" { MonetaryMeasure::Revenue } else { MonetaryMeasure::MeanOrderAmount });
        texts.iter().zip(rows).for_each(|(text, row)| assert!(has(text, row), "{text}"));
    };
    expected("revenue", [(then, 0, "0"), (then, 0, "-8.5"), (now, 1, "20")]);
    // Credits are no part of an order.
    expected("mean order amount", [(then, 0, "0"), (then, 0, "0"), (now, 1, "20")]);
}

#[test]
fn a_window_ends_with_its_ledger() {
    let log = log_of([order(1, 0, Decimal::ONE)]);
    let (ledger, recent) = (log.ledger(day(9)).unwrap(), log.ledger(day(8)).unwrap());
    let error = RfmModel::fit_in_window(&ledger, &recent, &RfmOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "ledgers are as of different days, 2025-01-10 and 2025-01-09");
}

#[test]
fn a_customer_without_a_purchase_has_no_score() {
    let log = log_of([order(1, 0, Decimal::TEN), credit(2, 0, Decimal::ONE)]);
    let ledger = log.ledger(day(LAST)).unwrap();
    let model = RfmModel::fit(&ledger, &RfmOptions::default()).unwrap();
    let (_, credits_alone) = ledger.without_purchase().next().unwrap();
    assert_eq!(model.score(credits_alone), None);
    assert_eq!(model.explain(credits_alone, Language::English), None);
    assert_eq!(model.customers(), 1);
    let mut tally = RfmTally::new(&RfmOptions::default());
    tally.add(credits_alone).unwrap();
    tally.remove(credits_alone).unwrap();
    assert!(tally.is_empty());
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
    let error = RfmModel::fit(&nobody, &RfmOptions::default()).unwrap_err();
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
    let options = RfmOptions::quantiles(3).with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
    let options = options.with_frequency_measure(FrequencyMeasure::PurchaseDays);
    let model = RfmModel::fit(&ledger, &options).expect("an ordinary shop");
    let monetary: Vec<u8> = model.score_all(&ledger).unwrap().iter().map(|score| score.monetary()).collect();
    assert_eq!(monetary, [1, 2, 3]);
}

fn all_measures() -> [(RfmOptions, &'static str); 4] {
    let whole = RfmOptions::quantiles(2);
    let by_day = whole.clone().with_frequency_measure(FrequencyMeasure::PurchaseDays);
    let by_mean = whole.clone().with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
    let both = by_day.clone().with_monetary_measure(MonetaryMeasure::MeanOrderAmount);
    [
        (whole, "purchases and revenue"),
        (by_day, "purchase days and revenue"),
        (by_mean, "purchases and mean order amount"),
        (both, "purchase days and mean order amount"),
    ]
}

/// The cuts are those of one measure; customers measured in another way have nothing to hold against them.
#[test]
fn customers_of_other_measures_are_refused() {
    let log = log_of([order(1, 0, money("10")), order(2, LAST, money("20")), order(2, LAST, money("5"))]);
    let (ledger, recent) = (log.ledger(day(LAST)).unwrap(), log.ledger_in(last_month()).unwrap());
    let mismatch = |model: &str, found: &str| {
        let error = Error::MeasuresMismatch { model: model.into(), found: found.into() };
        assert_eq!(error.to_string(), format!("{model} are asked for, the customers have {found}"));
        error
    };
    for (options, name) in &all_measures() {
        let windowed = format!("{name} of a window");
        let (of_whole, of_window) =
            (RfmModel::fit(&ledger, options).unwrap(), RfmModel::fit_in_window(&ledger, &recent, options).unwrap());
        assert_eq!(of_whole.score_all(&ledger).unwrap().len(), 2);
        assert_eq!(of_window.score_all_in_window(&ledger, &recent).unwrap().len(), 2);
        assert_eq!(of_window.score_all(&ledger), Err(mismatch(&windowed, name)));
        assert_eq!(of_whole.score_all_in_window(&ledger, &recent), Err(mismatch(name, &windowed)));
        let customer = ledger.get(&2).unwrap();
        assert_eq!((of_window.score(&customer), of_whole.score_in_window(&customer, &customer)), (None, None));

        let (tally, of_days) =
            (RfmTally::of(&ledger, options), RfmTally::of_window(&ledger, &recent, options).unwrap());
        for (other, other_name) in &all_measures() {
            let fitted = RfmModel::fit_tally(&tally, day(LAST), other);
            assert_eq!(fitted.err(), (name != other_name).then(|| mismatch(other_name, name)));
            let octants = OctantModel::fit_model(&RfmModel::fit(&ledger, other).unwrap(), &tally, &OctantSplit::Mean);
            assert_eq!(octants.err(), (name != other_name).then(|| mismatch(other_name, name)));
        }
        assert_eq!(OctantModel::fit_model(&of_whole, &of_days, &OctantSplit::Mean), Err(mismatch(name, &windowed)));
        let mut changed = of_days.clone();
        assert_eq!(changed.add(&customer), Err(mismatch(&windowed, name)));
        assert_eq!(changed.remove(&customer), Err(mismatch(&windowed, name)));
        assert_eq!(changed, of_days);
        let mut changed = tally.clone();
        assert_eq!(changed.add_in_window(&customer, &customer), Err(mismatch(name, &windowed)));
        assert_eq!(changed.remove_in_window(&customer, &customer), Err(mismatch(name, &windowed)));
        assert_eq!(changed, tally);
    }
}

/// A model of one day scores the ledger of another by its own days.
#[test]
fn a_ledger_of_another_day_is_scored() {
    let log = log_of([order(1, 0, money("10")), order(2, 5, money("20")), order(1, 9, money("30"))]);
    let (then, now) = (log.ledger(day(5)).unwrap(), log.ledger(day(9)).unwrap());
    let model = RfmModel::fit(&then, &RfmOptions::quantiles(2)).unwrap();
    assert_eq!(model.as_of(), day(5));
    let scores = model.score_all(&now).unwrap();
    assert_eq!(scores.iter().map(ToString::to_string).collect::<Vec<_>>(), ["222", "212"]);
    let singly: Vec<_> = now.iter().filter_map(|(_, history)| model.score(&history)).collect();
    assert_eq!(singly, scores);
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
        let fit = |ledger: &Ledger<u32>, options: RfmOptions| {
            RfmModel::fit(ledger, &options.with_monetary_measure(monetary)).unwrap()
        };
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
    let model = RfmModel::fit(&ledger, &RfmOptions::klaviyo()).unwrap();
    let recency: Vec<_> = ledger
        .iter()
        .map(|(_, history)| history.days_since_last(day(LAST)).unwrap())
        .zip(model.score_all(&ledger).unwrap().iter().map(|score| score.recency()))
        .collect();
    assert_eq!(recency, [(399, 1), (365, 1), (364, 2), (180, 2), (179, 3), (0, 3)]);
    assert_eq!(model.bins(), [3, 3, 3]);
}

#[test]
fn scores_lie_within_their_bins() {
    let refused = |scores, bins| RfmScore::new(scores, bins).unwrap_err().to_string();
    assert_eq!(refused([1, 0, 1], [5; 3]), "frequency must lie between 1 and 5, found 0");
    assert_eq!(refused([11, 1, 1], [10; 3]), "recency must lie between 1 and 10, found 11");
    assert_eq!(refused([1, 1, 255], [5, 5, 3]), "monetary must lie between 1 and 3, found 255");
    assert_eq!(refused([1, 1, 1], [5, 11, 5]), "bins must lie between 1 and 10, found 11");
    assert_eq!(refused([1, 1, 1], [5, 5, 0]), "bins must lie between 1 and 10, found 0");
}

/// All six numbers come out as they went in, and scores are ordered by R, then F, then M.
#[test]
fn scores_hold_their_numbers() {
    assert!(size_of::<RfmScore>() <= 4);
    let mut all = Vec::new();
    for bins in [[5, 5, 5], [10, 10, 10], [2, 3, 1], [10, 1, 7]] {
        for r in 1..=bins[0] {
            for (f, m) in (1..=bins[1]).flat_map(|f| (1..=bins[2]).map(move |m| (f, m))) {
                let score = RfmScore::new([r, f, m], bins).unwrap();
                assert_eq!((score.to_array(), score.bins()), ([r, f, m], bins));
                assert_eq!([score.recency(), score.frequency(), score.monetary()], [r, f, m]);
                all.push(score);
            }
        }
    }
    all.sort_unstable();
    assert!(all.is_sorted_by_key(|score| (score.to_array(), score.bins())));
    let debug = format!("{:?}", RfmScore::new([5, 4, 3], [5, 5, 10]).unwrap());
    assert_eq!(debug, "RfmScore(543 of 5-5-10)");
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
