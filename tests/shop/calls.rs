//! Whom to call first, against an oracle that looks at one customer after the other.

use std::cmp::Ordering;

use proptest::prelude::*;
use repurchase::segment::ChurnRisk;
use repurchase::shop::{Amount, Figure, Profile, Profiles, PurchaseChoice, ShopOptions};

use super::{fit, fixed_seed, large, ledger, rows};

/// Takes the first of those who are left, again and again.
fn naive(profiles: &Profiles) -> Vec<usize> {
    let is_late = |profile: &Profile<'_>| {
        profile.figure(Figure::PurchaseDays).unwrap() >= 2.0
            && profile.churn_risk().unwrap() != ChurnRisk::InCycle
            && profile.figure(Figure::ProbabilityAlive).is_none_or(|alive| alive >= 0.2)
    };
    let comes_first = |(at, one): &(usize, Profile<'_>), (other_at, other): &(usize, Profile<'_>)| {
        for figure in [Figure::ExpectedLoss, Figure::ExpectedValue] {
            match one.figure(figure).partial_cmp(&other.figure(figure)).unwrap() {
                Ordering::Equal => {}
                order => return order.is_gt(),
            }
        }
        match one.amount(Amount::Revenue).cmp(&other.amount(Amount::Revenue)) {
            Ordering::Equal => at < other_at,
            order => order.is_gt(),
        }
    };
    let mut left: Vec<_> = profiles.iter().enumerate().filter(|(_, profile)| is_late(profile)).collect();
    let mut calls = Vec::new();
    while let Some(first) =
        (0..left.len()).find(|&at| (0..left.len()).all(|other| other == at || comes_first(&left[at], &left[other])))
    {
        calls.push(left.remove(first).0);
    }
    assert!(left.is_empty(), "one of them always comes first");
    calls
}

proptest! {
    #![proptest_config(fixed_seed(48))]

    #[test]
    fn as_a_naive_oracle(rows in rows()) {
        let ledger = ledger(&rows);
        if ledger.is_empty() {
            return Ok(());
        }
        let models = fit(&ledger, &ShopOptions::default());
        let profiles = models.profile_all(&ledger).unwrap();
        prop_assert_eq!(profiles.calls(), naive(&profiles));
    }
}

#[test]
fn of_a_shop_with_models() {
    let (ledger, mut all) = (ledger(&large(600)), 0);
    for choice in [PurchaseChoice::Auto, PurchaseChoice::Fit(repurchase::predict::ModelKind::Nbd)] {
        let models = fit(&ledger, &ShopOptions::default().with_purchases(choice));
        let profiles = models.profile_all(&ledger).unwrap();
        let calls = profiles.calls();
        assert_eq!(calls, naive(&profiles));
        assert!(calls.len() > 1, "{}", calls.len());
        all += calls.len();
    }
    assert!(all > 20, "{all}");
}
