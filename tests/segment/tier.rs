//! Membership tiers by share below, and given price bands.

use std::collections::HashSet;

use proptest::prelude::*;
use repurchase::scale::{Label, Language};
use repurchase::segment::{MonetaryMeasure, SpendBands, TierModel, TierScheme};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

use super::{cents, credit, day, ledger_of, money, order};

/// The default shares in thousandths: 80 / 16 / 3.2 / 0.8%.
const SHARES: [usize; 3] = [800, 960, 992];

/// One customer for each revenue in cents, some of them below 0.
#[track_caller]
fn ledger_with(revenues: &[i64]) -> Ledger<u32> {
    let records = (0..).zip(revenues).flat_map(|(id, &revenue)| {
        let back = (revenue < 0).then(|| credit(id, 0, cents(-revenue)));
        [Some(order(id, 0, cents(revenue.max(0)))), back].into_iter().flatten()
    });
    ledger_of(records)
}

fn scheme(shares: &[&str]) -> Result<TierScheme, Error> {
    let names = (0..=shares.len()).map(|tier| Label::new(format!("t{tier}"), format!("T{tier}"), format!("{tier}级")));
    TierScheme::new(names.collect(), shares.iter().map(|share| money(share)).collect())
}

/// How many shares of thousandths the share below has reached: `below / N >= share / 1000`, in integers.
fn tier(revenues: &[i64], revenue: i64, shares: &[usize]) -> usize {
    let below = revenues.iter().filter(|&&other| other < revenue).count();
    shares.iter().filter(|&&share| below * 1000 >= share * revenues.len()).count()
}

proptest! {
    #![proptest_config(super::fixed_seed(48))]

    #[test]
    fn tiers_are_the_share_below(
        revenues in prop::collection::vec(prop_oneof![4 => -500..100_000i64, 1 => 0..20i64], 1..=1000),
        own in prop::collection::btree_set(1..1000usize, 0..6),
    ) {
        let ledger = ledger_with(&revenues);
        let default = TierModel::fit(&ledger, &TierScheme::default()).unwrap();
        let own: Vec<usize> = own.into_iter().collect();
        let texts: Vec<String> = own.iter().map(|share| format!("0.{share:03}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let model = TierModel::fit(&ledger, &scheme(&texts).unwrap()).unwrap();
        let mut sizes = [0; 4];
        for &revenue in &revenues {
            let position = default.position(cents(revenue));
            prop_assert_eq!(position, tier(&revenues, revenue, &SHARES));
            prop_assert_eq!(default.tier(cents(revenue)), &default.names()[position]);
            prop_assert_eq!(model.position(cents(revenue)), tier(&revenues, revenue, &own));
            sizes[position] += 1;
        }
        // A tier and all above it together never hold more than their shares together.
        for (lowest, share) in SHARES.into_iter().enumerate() {
            let above: usize = sizes[lowest + 1..].iter().sum();
            prop_assert!(above * 1000 <= (1000 - share) * revenues.len());
        }
    }
}

proptest! {
    #![proptest_config(super::fixed_seed(192))]

    /// A tier and all above it together never hold more than their shares together, however many revenues are equal.
    #[test]
    fn tiers_hold_no_more_than_their_shares_from_the_top(
        revenues in prop::collection::vec(prop_oneof![6 => 0..4i64, 1 => -3..30i64], 1..=120),
        shares in prop::collection::btree_set(1..1000usize, 1..6),
    ) {
        let texts: Vec<String> = shares.iter().map(|share| format!("0.{share:03}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let model = TierModel::fit(&ledger_with(&revenues), &scheme(&texts).unwrap()).unwrap();
        let positions: Vec<usize> = revenues.iter().map(|&revenue| model.position(cents(revenue))).collect();
        for (tier, share) in (1..).zip(shares) {
            let held = positions.iter().filter(|&&position| position >= tier).count();
            prop_assert!(held * 1000 <= (1000 - share) * revenues.len(), "tier {} holds {}", tier, held);
        }
        // And a tier is never below that of a smaller revenue; equal revenues are in one.
        for (left, at) in revenues.iter().zip(&positions) {
            prop_assert!(revenues.iter().zip(&positions).all(|(right, other)| left > right || at <= other));
        }
    }
}

#[test]
fn the_80_20_of_1_to_1000_customers() {
    // Of N distinct revenues, those of share below >= s are N - ceil(s N).
    for n in [1usize, 2, 4, 5, 6, 25, 124, 125, 126, 250, 624, 625, 999, 1000] {
        let revenues: Vec<i64> = (0..i64::try_from(n).unwrap()).collect();
        let model = TierModel::fit(&ledger_with(&revenues), &TierScheme::default()).unwrap();
        let mut sizes = [0; 4];
        for &revenue in &revenues {
            sizes[model.position(cents(revenue))] += 1;
        }
        let above = SHARES.map(|share| n - (share * n).div_ceil(1000));
        let expected = [n - above[0], above[0] - above[1], above[1] - above[2], above[2]];
        assert_eq!(sizes, expected, "{n} customers");
    }
    let thousand: Vec<i64> = (1..=1000).collect();
    let model = TierModel::fit(&ledger_with(&thousand), &TierScheme::default()).unwrap();
    let cuts: Vec<String> = model.cuts().cuts().iter().map(ToString::to_string).collect();
    assert_eq!(cuts, ["8.00", "9.60", "9.92"], "800, 160, 32 and 8 customers");
    let keys: Vec<&str> = [800, 801, 960, 961, 992, 993, 1000].map(|revenue| model.tier(cents(revenue)).key()).into();
    assert_eq!(keys, ["ordinary", "senior", "senior", "vip", "vip", "supreme", "supreme"]);
}

#[test]
fn equal_revenues_are_one_tier() {
    // Share below of the five at 3 is 0.5: they are below 0.8, although five of ten are the top half.
    let revenues = [1, 1, 1, 1, 1, 3, 3, 3, 3, 3];
    let model = TierModel::fit(&ledger_with(&revenues), &TierScheme::default()).unwrap();
    assert_eq!(model.position(cents(3)), 0);
    assert_eq!(model.position(cents(4)), 3, "a stranger above all");
    let half = TierModel::fit(&ledger_with(&revenues), &scheme(&["0.5"]).unwrap()).unwrap();
    assert_eq!((half.position(cents(1)), half.position(cents(2)), half.position(cents(3))), (0, 1, 1));
    let more = TierModel::fit(&ledger_with(&revenues), &scheme(&["0.5000000000000000000000000001"]).unwrap()).unwrap();
    assert_eq!(more.position(cents(3)), 0, "a share is exact to its last digit");
}

#[test]
fn one_tier_and_one_customer() {
    let all = TierModel::fit(&ledger_with(&[5]), &scheme(&[]).unwrap()).unwrap();
    assert_eq!((all.position(cents(-5)), all.position(cents(1000))), (0, 0));
    let one = TierModel::fit(&ledger_with(&[5]), &TierScheme::default()).unwrap();
    assert_eq!((one.position(cents(5)), one.position(cents(6))), (0, 3));
}

#[test]
fn huge_revenues() {
    let amount = |n: i64| Decimal::from_i128_with_scale(i128::from(n) * 10i128.pow(25), 2);
    let ledger = ledger_of((1..=10u32).map(|id| order(id, 0, amount(id.into()))));
    let model = TierModel::fit(&ledger, &TierScheme::default()).unwrap();
    assert_eq!((model.position(amount(8)), model.position(amount(8) + cents(1))), (0, 1));
    assert_eq!(model.cuts().cuts()[0], amount(8));
}

#[test]
fn schemes_that_are_refused() {
    for (shares, expected) in [
        (&["0"][..], "share number 0 (from 0) must lie above 0 and below 1, found 0"),
        (&["0.5", "1"], "share number 1 (from 0) must lie above 0 and below 1, found 1"),
        (&["-0.1"], "share number 0 (from 0) must lie above 0 and below 1, found -0.1"),
        (&["0.8", "0.8"], "shares must ascend: number 1 (from 0) does not"),
        (&["0.5", "0.9", "0.8"], "shares must ascend: number 2 (from 0) does not"),
    ] {
        assert_eq!(scheme(shares).unwrap_err().to_string(), expected);
    }
    let error = TierScheme::new(Vec::new(), vec![Decimal::new(5, 1)]).unwrap_err();
    assert_eq!(error.to_string(), "expected 2 tier names, found 0");
    assert!(matches!(TierModel::fit(&ledger_with(&[]), &TierScheme::default()), Err(Error::NoCustomers { .. })));
}

#[test]
fn tiers_of_one_key() {
    let scheme = |keys: [&'static str; 3]| {
        let names = ["A", "B", "C"].into_iter().zip(keys).map(|(name, key)| Label::new(key, name, name));
        TierScheme::new(names.collect(), vec![money("0.5"), money("0.8")])
    };
    assert!(scheme(["a", "b", "c"]).is_ok());
    for (keys, key) in [(["a", "b", "a"], "a"), (["a", "b", "b"], "b"), (["a", "", "c"], ""), (["", "", "c"], "")] {
        let error = scheme(keys).unwrap_err();
        assert_eq!(error, Error::LabelKey { key: key.into() });
        let expected = format!("labels must have different keys that are not empty, found {key:?} again or empty");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn default_names() {
    let model = TierModel::fit(&ledger_with(&[1]), &TierScheme::default()).unwrap();
    let names = model.names().iter().map(|t| (t.key(), t.name(Language::English), t.name(Language::Chinese)));
    let expected = [
        ("ordinary", "Ordinary", "普通会员"),
        ("senior", "Senior", "高级会员"),
        ("vip", "VIP", "VIP会员"),
        ("supreme", "Supreme", "至尊VIP会员"),
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected);
}

#[track_caller]
fn spender(amounts: &[&str]) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    for amount in amounts {
        history.record_purchase(day(0), money(amount)).expect("a purchase");
    }
    history
}

#[test]
fn spend_bands_are_half_open() {
    let bands = SpendBands::default();
    for (amount, position, key) in [
        ("0", 0, "under_200"),
        ("199.99", 0, "under_200"),
        ("200", 1, "200_300"),
        ("299.9999", 1, "200_300"),
        ("300.00", 2, "300_500"),
        ("499.99", 2, "300_500"),
        ("500", 3, "500_800"),
        ("799.99", 3, "500_800"),
        ("800", 4, "from_800"),
        ("79228162514264337593543950335", 4, "from_800"),
    ] {
        let history = spender(&[amount]);
        assert_eq!(bands.position(&history), Some(position), "{amount}");
        assert_eq!(bands.band(&history).map(Label::key), Some(key), "{amount}");
        assert_eq!(bands.labels()[position].key(), key);
    }
    assert_eq!((bands.bands().len(), bands.labels().len()), (5, 5));
    assert_eq!(bands.measure(), MonetaryMeasure::Revenue);
    assert_eq!(bands.position(&CustomerHistory::new()), None);
    assert_eq!(bands.band(&CustomerHistory::new()), None);
    let mut credited = spender(&["300"]);
    credited.record_credit(money("300.01")).unwrap();
    assert_eq!(bands.position(&credited), Some(0), "below 0");
}

#[test]
fn spend_bands_of_mean_orders() {
    let edges = vec![money("10"), money("12.5")];
    let bands = SpendBands::new(MonetaryMeasure::MeanOrderAmount, edges).unwrap();
    // 20 / 2, 37.5 / 3, 37.49 / 3; credits are no part of an order.
    let mut credited = spender(&["5", "15"]);
    credited.record_credit(money("15")).unwrap();
    assert_eq!(bands.position(&credited), Some(1));
    assert_eq!(bands.position(&spender(&["12.5", "12.5", "12.5"])), Some(2));
    assert_eq!(bands.position(&spender(&["12.5", "12.5", "12.49"])), Some(1));
    assert_eq!(bands.labels()[1].key(), "10_12.5");
    assert_eq!(bands.measure(), MonetaryMeasure::MeanOrderAmount);
    let error = SpendBands::new(MonetaryMeasure::Revenue, vec![money("1.0"), money("1.00")]).unwrap_err();
    assert_eq!(error.to_string(), "band edges must ascend: number 1 (from 0) does not");
}

/// 200 and 200.00 are one edge, with one key.
#[test]
fn spend_bands_know_no_trailing_zeros() {
    let bands = |edges: [&str; 2]| SpendBands::new(MonetaryMeasure::Revenue, edges.map(money).to_vec()).unwrap();
    let (short, long) = (bands(["200", "1000.5"]), bands(["200.00", "1000.500"]));
    assert_eq!(short, long);
    assert_eq!(HashSet::from([short.clone(), long.clone()]).len(), 1);
    let keys = |bands: &SpendBands| bands.labels().iter().map(|label| label.key().to_owned()).collect::<Vec<_>>();
    assert_eq!(keys(&long), ["under_200", "200_1000.5", "from_1000.5"]);
    assert_eq!(keys(&long), keys(&short));
    for amount in ["199.99", "200", "200.000", "1000.5", "1000.50"] {
        assert_eq!(short.band(&spender(&[amount])), long.band(&spender(&[amount])), "{amount}");
    }
    let of_default =
        SpendBands::new(MonetaryMeasure::Revenue, ["200.0", "300.00", "500", "800.000"].map(money).to_vec());
    assert_eq!(of_default.unwrap(), SpendBands::default());
}

/// Equal ledgers, one of 10 and one of 10.00, make equal tiers.
#[test]
fn tiers_know_no_trailing_zeros() {
    let shop = |zeros: &str| ledger_of((1..=10).map(|id| order(id, 0, money(&format!("{id}{zeros}")))));
    let (short, long) = (shop(""), shop(".00"));
    assert_eq!(short, long);
    let fit = |ledger| TierModel::fit(ledger, &TierScheme::default()).unwrap();
    assert_eq!(fit(&short), fit(&long));
}
