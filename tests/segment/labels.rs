//! What labels amount to, and who went from which to which.

use std::collections::BTreeMap;

use proptest::prelude::*;
use repurchase::scale::Label;
use repurchase::segment::{LabelKind, Migration, summarize};
use repurchase::shop::{Profile, Profiles, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Error, Ratio};
use rust_decimal::Decimal;

use super::{buyers, cents, credit, ledger_of, money, order, shop};

proptest! {
    #![proptest_config(super::fixed_seed(192))]

    /// By any label, with some customers who have none: counts, sums and shares are those of a naive count.
    #[test]
    fn summaries_partition_the_labelled(facts in shop(), labels in 1..6u32, unlabelled in 0..3u32) {
        let buyers = buyers(&facts);
        let label_of = |id: u32| (id % 7 >= unlabelled).then_some(id % labels);
        let summary = summarize(&ledger_of(facts.iter().map(|fact| fact.record())), |&id, _| label_of(id)).unwrap();

        // Customers, purchases, revenue and spend in cents.
        let mut expected: BTreeMap<u32, (u64, u64, i64, i64)> = BTreeMap::new();
        for (&id, customer) in &buyers {
            let Some(label) = label_of(id) else { continue };
            let sums = expected.entry(label).or_default();
            sums.0 += 1;
            sums.1 += customer.purchases.len() as u64;
            sums.2 += customer.revenue();
            sums.3 += customer.spend();
        }
        let customers: u64 = expected.values().map(|sums| sums.0).sum();
        let revenue: i64 = expected.values().map(|sums| sums.2).sum();
        prop_assert_eq!(summary.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (label, found) in &summary {
            let (count, purchases, label_revenue, spend) = expected[label];
            prop_assert_eq!(found.customers, Ratio::new(count, customers).unwrap());
            prop_assert_eq!((found.purchases, found.revenue), (purchases, cents(label_revenue)));
            prop_assert_eq!(found.mean_order_amount, cents(spend) / Decimal::from(purchases));
            #[allow(clippy::cast_precision_loss, reason = "cents below 2^53: the one rounding is the quotient's")]
            let share = (revenue > 0).then(|| label_revenue as f64 / revenue as f64);
            prop_assert_eq!(found.revenue_share, share);
        }
        prop_assert_eq!(summary.values().map(|found| found.revenue).sum::<Decimal>(), cents(revenue));
    }

    /// By the labels of a fitted shop, of customers by any rule: the rows of a summary of those alone, and one for each
    /// label that nobody has.
    #[test]
    fn every_label_of_a_shop_has_a_row(facts in shop(), asked in 1..4usize) {
        let ledger = ledger_of(facts.iter().map(|fact| fact.record()));
        prop_assume!(!ledger.is_empty());
        let models = ShopModels::fit(&ledger, &ShopOptions::default()).unwrap();
        let profiles = models.profile_all(&ledger).unwrap();
        for kind in LabelKind::ALL {
            let rows = profiles.summarize(&ledger, kind, |position| position % asked == 0).unwrap();
            prop_assert_eq!(rows.iter().map(|(label, _)| *label).collect::<Vec<_>>(), models.labels(kind));
            let mut labels = profiles.labels(kind).enumerate();
            let asked_for = |_: &u32, _: &CustomerHistory| {
                let (position, label) = labels.next()?;
                label.filter(|_| position % asked == 0).map(Label::key)
            };
            let present = summarize(&ledger, asked_for).unwrap();
            let customers = rows.iter().map(|(_, row)| row.customers.count()).sum();
            for (label, row) in &rows {
                if let Some(expected) = present.get(label.key()) {
                    prop_assert_eq!(row, expected);
                    continue;
                }
                prop_assert_eq!(row.customers, Ratio::new(0, customers).unwrap());
                prop_assert_eq!((row.purchases, row.revenue, row.mean_order_amount), (0, Decimal::ZERO, Decimal::ZERO));
                let has_shares = present.values().any(|other| other.revenue_share.is_some());
                prop_assert_eq!(row.revenue_share, has_shares.then_some(0.0));
            }
        }
    }

    /// Rows sum to before, columns to after, all to everybody.
    #[test]
    fn migrations_add_up(
        before in prop::collection::btree_map(0..60u32, 0..4u8, 0..50),
        after in prop::collection::btree_map(0..60u32, 0..4u8, 0..50),
    ) {
        let migration = Migration::between(before.clone(), after.clone()).unwrap();
        let moved = |from: Option<u8>, to: Option<u8>| {
            let ids = before.keys().chain(after.keys().filter(|id| !before.contains_key(id)));
            ids.filter(|id| before.get(id).copied() == from && after.get(id).copied() == to).count() as u64
        };
        for from in 0..4 {
            for to in 0..4 {
                prop_assert_eq!(migration.moved(&from, &to), moved(Some(from), Some(to)));
            }
            let row: u64 = (0..4).map(|to| migration.moved(&from, &to)).sum();
            prop_assert_eq!(row + migration.left(&from), before.values().filter(|&&l| l == from).count() as u64);
            let column: u64 = (0..4).map(|other| migration.moved(&other, &from)).sum();
            prop_assert_eq!(column + migration.entered(&from), after.values().filter(|&&l| l == from).count() as u64);
            prop_assert_eq!(migration.left(&from), moved(Some(from), None));
            prop_assert_eq!(migration.entered(&from), moved(None, Some(from)));
        }
        let everybody = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>().len() as u64;
        prop_assert_eq!(migration.iter().map(|(_, _, count)| count).sum::<u64>(), everybody);
        prop_assert!(migration.iter().all(|(_, _, count)| count > 0));
        prop_assert!(migration.iter().map(|(from, to, _)| (from, to)).is_sorted());
        let both: Vec<_> = before.iter().filter_map(|(id, from)| Some((from, after.get(id)?))).collect();
        let same = both.iter().filter(|(from, to)| from == to).count() as u64;
        prop_assert_eq!(migration.stayed(), Ratio::new(same, both.len() as u64).unwrap());
    }
}

#[test]
fn a_label_of_negative_revenue_has_a_negative_share() {
    let ledger = ledger_of([order(1, 0, money("100")), order(2, 0, money("10")), credit(2, 1, money("60"))]);
    let summary = summarize(&ledger, |&id, _| Some(id)).unwrap();
    assert_eq!((summary[&1].revenue_share, summary[&2].revenue_share), (Some(2.0), Some(-1.0)));
    assert_eq!(summary[&2].revenue, money("-50"));
    assert_eq!(summary[&2].mean_order_amount, money("10"), "credits are no part of an order");
}

#[test]
fn a_total_of_nothing_has_no_shares() {
    for credited in ["100", "150"] {
        let ledger = ledger_of([order(1, 0, money("100")), order(2, 0, money("0")), credit(2, 1, money(credited))]);
        let summary = summarize(&ledger, |&id, _| Some(id)).unwrap();
        assert!(summary.values().all(|found| found.revenue_share.is_none()), "{credited}");
        assert_eq!(summary[&1].customers, Ratio::new(1, 2).unwrap());
    }
}

#[test]
fn nobody_or_nobody_labelled() {
    assert!(summarize(&ledger_of([]), |_, _| Some(())).unwrap().is_empty());
    assert!(summarize(&ledger_of([order(1, 0, Decimal::ONE)]), |_, _| None::<u8>).unwrap().is_empty());
    // Credits alone are no customer.
    assert!(summarize(&ledger_of([credit(1, 0, Decimal::ONE)]), |_, _| Some(())).unwrap().is_empty());
}

#[test]
fn a_row_of_nobody_has_shares_only_beside_others() {
    let [a, b] = ["a", "b"].map(|key| Label::new(key, key, key));
    let profiles = |labels: &[&Label]| {
        Profiles::of(labels.iter().map(|&label| Profile::default().with_label(LabelKind::Tier, label))).unwrap()
    };
    assert!(profiles(&[]).summarize(&ledger_of([]), LabelKind::Tier, |_| true).unwrap().is_empty());
    let ledger = ledger_of([order(1, 0, money("1.50")), order(2, 0, money("1.50"))]);
    let two = profiles(&[&a, &b]);
    let rows = two.summarize(&ledger, LabelKind::Tier, |position| position == 1).unwrap();
    assert_eq!((rows[0].0, rows[0].1.customers), (&a, Ratio::new(0, 1).unwrap()));
    assert_eq!((rows[0].1.revenue.to_string(), rows[0].1.revenue_share), ("0.00".to_owned(), Some(0.0)));
    assert_eq!((rows[1].1.revenue.to_string(), rows[1].1.revenue_share), ("1.50".to_owned(), Some(1.0)));
    // Nobody is asked for.
    let rows = two.summarize(&ledger, LabelKind::Tier, |_| false).unwrap();
    assert_eq!((rows[0].1.customers, rows[0].1.revenue_share), (Ratio::default(), None));
    assert!(two.summarize(&ledger, LabelKind::Segment, |_| true).unwrap().is_empty());
    let error = Error::ColumnLength { column: "profiles", found: 1, expected: 2 };
    assert_eq!(profiles(&[&a]).summarize(&ledger, LabelKind::Tier, |_| true).unwrap_err(), error);
}

#[test]
fn a_sum_that_does_not_fit_is_refused() {
    let ledger = ledger_of([order(1, 0, Decimal::MAX), order(2, 0, Decimal::MAX)]);
    let error = summarize(&ledger, |_, _| Some(())).unwrap_err();
    assert_eq!(error.to_string(), "revenue of a label does not fit 96 bits at the finest scale of all amounts");
    // The shares of two labels need no sum that fits a decimal.
    let apart = summarize(&ledger, |&id, _| Some(id)).unwrap();
    assert_eq!(apart[&1].revenue_share, Some(0.5));
}

#[test]
fn duplicates_are_refused() {
    let (once, twice) = ([("ann", 1)], [("ann", 1), ("bo", 1), ("ann", 2)]);
    let expected = Error::DuplicateCustomer { customer: "\"ann\"".into() };
    assert_eq!(Migration::between(twice, once).unwrap_err(), expected);
    let error = Migration::between(once, twice).unwrap_err();
    assert_eq!(error, expected);
    assert_eq!(error.to_string(), "customer \"ann\" appears twice");
    let nobody = Migration::between([("ann", 1)][..0].to_vec(), Vec::new()).unwrap();
    assert_eq!((nobody.stayed(), nobody.iter().count()), (Ratio::new(0, 0).unwrap(), 0));
}
