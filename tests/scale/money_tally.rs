//! Counts of customers by amount: exact, and by the leading digits with the error that is stated.

use proptest::prelude::*;
use repurchase::Error;
use repurchase::scale::{CutPoints, MoneyTally};
use rust_decimal::Decimal;

use super::{fixed_seed, share};

/// Any sign, any scale, few and many digits, and the same amount with other zeros.
fn any_amount() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        4 => (-100_000..1_000_000i64, 0..4u32).prop_map(|(minor, scale)| Decimal::new(minor, scale)),
        2 => (0..8i64, 0..3u32).prop_map(|(whole, zeros)| Decimal::new(whole * 10i64.pow(zeros), zeros)),
        1 => (any::<i128>(), 0..=28u32)
            .prop_map(|(minor, scale)| Decimal::from_i128_with_scale(minor >> 32, scale)),
        1 => prop::sample::select(vec![Decimal::MAX, Decimal::MIN, Decimal::ZERO, -Decimal::ZERO, Decimal::new(1, 28)]),
    ]
}

fn any_parts() -> impl Strategy<Value = Vec<Vec<Decimal>>> {
    prop::collection::vec(prop::collection::vec(any_amount(), 0..40), 1..5)
}

fn tally(amounts: &[Decimal]) -> MoneyTally {
    amounts.iter().copied().collect()
}

/// To the last zero.
fn printed(cuts: &Result<CutPoints<Decimal>, Error>) -> String {
    format!("{cuts:?}")
}

/// The part of a positive number that `digits` digits can write: digit by digit of its text.
fn leading(amount: Decimal, digits: u8) -> Decimal {
    let mut left = digits;
    let mut begun = false;
    let keep = |character: char| match character {
        '0'..='9' => {
            begun |= character != '0';
            let kept = !begun || left > 0;
            left -= u8::from(begun && left > 0);
            if kept { character } else { '0' }
        }
        other => other,
    };
    amount.to_string().chars().map(keep).collect::<String>().parse().expect("an amount")
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn cuts_of_merged_parts_are_those_of_all_amounts(parts in any_parts().prop_shuffle(), bins in 2..=20u8) {
        let all = parts.concat();
        let mut whole = MoneyTally::new();
        for part in &parts {
            whole.merge(&tally(part)).unwrap();
        }
        prop_assert_eq!(whole.cut_points(bins), CutPoints::fit(all.iter().copied(), bins));
        let shares = ["0.2", "0.96"].map(share);
        prop_assert_eq!(whole.cut_points_at(&shares), CutPoints::fit_shares(all.iter().copied(), &shares));

        let mut backwards = all.iter().rev().try_fold(MoneyTally::new(), |mut tally, &amount| {
            tally.add(amount, 1).map(|()| tally)
        }).unwrap();
        prop_assert_eq!(&backwards, &whole);
        prop_assert_eq!(printed(&backwards.cut_points(bins)), printed(&whole.cut_points(bins)));
        backwards.merge(&MoneyTally::new()).unwrap();
        prop_assert_eq!(&backwards, &whole);
        let mut more = whole.clone();
        for &amount in &all {
            // However many zeros it is written with.
            more.add(amount.normalize(), 2).unwrap();
            more.remove(amount, 2).unwrap();
        }
        prop_assert_eq!(&more, &whole);
        for &amount in &all {
            more.remove(amount, 1).unwrap();
        }
        prop_assert!(more.is_empty());
    }

    #[test]
    fn digits_commute_with_all_else(parts in any_parts(), digits in 1..=28u8) {
        let all = parts.concat();
        let small = |amounts: &[Decimal]| tally(amounts).with_digits(digits).unwrap();
        let whole = small(&all);
        prop_assert_eq!((whole.customers(), whole.digits()), (all.len() as u64, Some(digits)));
        let mut merged = MoneyTally::new().with_digits(digits).unwrap();
        for part in &parts {
            merged.merge(&small(part)).unwrap();
        }
        prop_assert_eq!(&merged, &whole);
        let mut grown = small(&[]);
        grown.extend(all.iter().copied());
        prop_assert_eq!(&grown, &whole);
        grown.add(Decimal::MAX, 1).unwrap();
        for &amount in &all {
            grown.remove(amount, 1).unwrap();
        }
        prop_assert_eq!(grown.customers(), 1);
    }

    /// The stated error: the exact cut without its further digits, nearer to zero by less than `10^(1 - digits)` of it.
    #[test]
    fn cuts_of_digits_have_the_stated_error(
        amounts in prop::collection::vec(any_amount(), 1..80),
        digits in 1..=28u8,
        bins in 2..=20u8,
    ) {
        let exact = CutPoints::fit(amounts.iter().copied(), bins).unwrap();
        let found = tally(&amounts).with_digits(digits).unwrap().cut_points(bins).unwrap();
        prop_assert_eq!(exact.bins(), found.bins());
        for (&exact, &found) in exact.cuts().iter().zip(found.cuts()) {
            prop_assert_eq!(found, leading(exact, digits));
            let error = (exact - found).abs();
            prop_assert!(found.abs() <= exact.abs() && (found.is_zero() == exact.is_zero()));
            // error * 10^(digits - 1) < |exact|, or nothing was dropped.
            let scaled = (1..digits).try_fold(error, |error, _| error.checked_mul(Decimal::TEN));
            prop_assert!(error.is_zero() || scaled.is_some_and(|scaled| scaled < exact.abs()), "{exact} {found}");
        }
        // Only who lies between the two can get another bin.
        for &amount in &amounts {
            let between = exact.cuts().iter().zip(found.cuts()).any(|(&exact, &found)| {
                found.min(exact) < amount && amount <= found.max(exact)
            });
            prop_assert!(between || exact.position(&amount) == found.position(&amount));
        }
    }
}

#[test]
fn the_size_is_bounded() {
    let positive = (1..=100_000i64).map(|cents| Decimal::new(cents, 2));
    let tally: MoneyTally = positive.collect();
    let small = tally.clone().with_digits(3).unwrap();
    // 0.01 to 0.09, 0.10 to 0.99, then 900 for each of 1 to 9.99, to 99.9, to 999, and 1,000.
    assert_eq!((tally.distinct(), small.distinct()), (100_000, 9 + 90 + 3 * 900 + 1));
    assert_eq!(small.clone().with_digits(1).unwrap(), tally.with_digits(1).unwrap(), "step by step is at once");
    assert_eq!(small.amounts().largest(), Some(&Decimal::from(1_000)));
}

#[test]
fn cuts_are_written_with_the_finest_decimals() {
    let money = |text: &str| text.parse::<Decimal>().unwrap();
    let mut tally = tally(&[money("5"), money("12.5"), money("5.0")]);
    let median = |tally: &MoneyTally| tally.cut_points(2).unwrap().cuts()[0].to_string();
    assert_eq!((median(&tally), tally.distinct()), ("5.0".to_owned(), 2));
    tally.add(money("0.125"), 1).unwrap();
    assert_eq!(median(&tally), "5.000");
    // Beyond 96 bits an amount stays as it is.
    tally.add(Decimal::MAX, 9).unwrap();
    assert_eq!(median(&tally), Decimal::MAX.to_string());
}

#[test]
fn what_cannot_be_is_refused() {
    let money = |text: &str| text.parse::<Decimal>().unwrap();
    let mut three = tally(&[money("1.50")]).with_digits(3).unwrap();
    let range = |found, max| Error::OutOfRange { field: "digits", found, min: 1, max };
    assert_eq!(MoneyTally::new().with_digits(0), Err(range(0, 28)));
    assert_eq!(MoneyTally::new().with_digits(29), Err(range(29, 28)));
    assert_eq!(three.clone().with_digits(4), Err(range(4, 3)), "what was dropped does not come back");
    let error = three.merge(&tally(&[Decimal::ONE])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "tallies of different things cannot merge: one counts amounts of 3 digits, the other exact amounts"
    );
    let error = three.remove(money("1.51"), 1).unwrap_err();
    assert_eq!(error, Error::TallyShort { value: "1.51".into(), asked: 1, counted: 0 });
    assert_eq!(three.remove(money("1.5000009"), 1), Ok(()));
    assert!(three.is_empty());
    assert_eq!(three.cut_points(5), Err(Error::NoCustomers { what: "cut points" }));
}

#[cfg(feature = "serde")]
#[test]
fn a_tally_comes_back_as_it_went() {
    use serde_json::{from_value, json, to_value};

    let money = |text: &str| text.parse::<Decimal>().unwrap();
    let amounts = [money("-2.50"), money("10"), money("10.00"), money("1234.5")];
    let exact = json!({"digits": null, "scale": 2, "amounts": [["-2.5", 1], ["10", 2], ["1234.5", 1]]});
    assert_eq!(to_value(tally(&amounts)).unwrap(), exact);
    let small = json!({"digits": 1, "scale": 2, "amounts": [["-2", 1], ["10", 2], ["1000", 1]]});
    assert_eq!(to_value(tally(&amounts).with_digits(1).unwrap()).unwrap(), small);
    for stored in [exact, small] {
        let read: MoneyTally = from_value(stored.clone()).unwrap();
        assert_eq!(to_value(&read).unwrap(), stored);
    }
    let zeros = json!({"digits": null, "scale": 0, "amounts": [["10.00", 2]]});
    assert_eq!(to_value(from_value::<MoneyTally>(zeros).unwrap()).unwrap()["amounts"], json!([["10", 2]]));
    for (digits, scale, amounts, text) in [
        (
            json!(1),
            0,
            json!([["11", 1]]),
            "amount of the tally must be of no more digits than the tally keeps, found 11",
        ),
        (json!(0), 0, json!([]), "digits must lie between 1 and 28, found 0"),
        (json!(null), 29, json!([]), "scale must lie between 0 and 28, found 29"),
        (json!(null), 0, json!([["1", 1], ["1.0", 1]]), "values of a tally must ascend: number 1 (from 0) does not"),
        (json!(null), 0, json!([["1", 0]]), "customers of a value must lie between 1"),
    ] {
        let stored = json!({"digits": digits, "scale": scale, "amounts": amounts});
        let error = from_value::<MoneyTally>(stored).unwrap_err().to_string();
        assert!(error.starts_with(text), "{error}");
    }
}
