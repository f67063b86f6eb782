//! Reasons to act, what to do and the sentence on a customer: against the histories themselves.

use std::collections::BTreeSet;

use chrono::Days;
use proptest::prelude::*;
use repurchase::CustomerHistory;
use repurchase::predict::ModelKind;
use repurchase::scale::Language;
use repurchase::segment::{ChurnRisk, LabelKind};
use repurchase::shop::{
    Action, Amount, CustomerLabel, Figure, Profile, PurchaseChoice, ShopModels, ShopOptions, Trigger,
};

use super::{AS_OF, day, fit, fixed_seed, large, ledger, rows};

/// From the history and the shop's thresholds, without a profile's labels and figures but for P(alive).
fn naive(models: &ShopModels, history: &CustomerHistory, alive: Option<f64>, trigger: Trigger) -> bool {
    let standing = models.cycles().standing(history, day(AS_OF)).unwrap();
    let (came_again, silent) = (history.purchase_days() > 1, standing.days_since_last());
    let missed = standing.cycles_missed().unwrap_or(0);
    match trigger {
        Trigger::Late => came_again && missed >= 1,
        Trigger::AtRisk => came_again && missed >= 2 && alive.is_none_or(|alive| alive >= 0.2),
        Trigger::WindowClosing => !came_again && (50..80).contains(&silent),
        Trigger::DueSoon => standing
            .next_expected_day()
            .is_some_and(|expected| (day(AS_OF) + Days::new(1)..=day(AS_OF) + Days::new(7)).contains(&expected)),
        Trigger::NearTier => {
            let after = history.revenue() + history.mean_order_amount().unwrap();
            let is_gone = if came_again { missed >= 3 } else { silent >= 80 };
            !is_gone && models.tiers().position(after) > models.tiers().position(history.revenue())
        }
        _ => panic!("a new one: {trigger:?}"),
    }
}

fn by_usual_value(left: &Profile<'_>, right: &Profile<'_>) -> bool {
    let usual = |profile: &Profile<'_>| profile.figure(Figure::UsualValue).unwrap_or(f64::NEG_INFINITY);
    let order = usual(right).total_cmp(&usual(left));
    order.then(right.amount(Amount::Revenue).cmp(&left.amount(Amount::Revenue))).is_le()
}

proptest! {
    #![proptest_config(fixed_seed(48))]

    #[test]
    fn triggers_are_those_of_the_histories(rows in rows()) {
        let ledger = ledger(&rows);
        if ledger.is_empty() {
            return Ok(());
        }
        let models = fit(&ledger, &ShopOptions::default());
        let profiles = models.profile_all(&ledger).unwrap();
        for trigger in Trigger::ALL {
            let expected: BTreeSet<usize> = (0..)
                .zip(ledger.iter())
                .filter(|(position, (_, history))| {
                    let alive = profiles.get(*position).unwrap().figure(Figure::ProbabilityAlive);
                    naive(&models, history, alive, trigger)
                })
                .map(|(position, _)| position)
                .collect();
            let found = profiles.triggered(trigger);
            prop_assert_eq!(found.len(), expected.len());
            prop_assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), expected, "{:?}", trigger);
            for pair in found.windows(2) {
                let [left, right] = [pair[0], pair[1]].map(|position| profiles.get(position).unwrap());
                prop_assert!(by_usual_value(&left, &right));
                prop_assert!(left.triggers().any(|one| one == trigger));
            }
        }
    }
}

/// Each trigger is seen, so that no test of it is empty.
#[test]
fn of_a_large_shop() {
    let ledger = ledger(&large(600));
    let mut seen = BTreeSet::new();
    for choice in [PurchaseChoice::Auto, PurchaseChoice::Fit(ModelKind::Nbd)] {
        let models = fit(&ledger, &ShopOptions::default().with_purchases(choice));
        let profiles = models.profile_all(&ledger).unwrap();
        seen.extend(Trigger::ALL.into_iter().filter(|trigger| !profiles.triggered(*trigger).is_empty()));
        // Who is at risk is late; nobody is late and due soon.
        let [late, at_risk, due] =
            [Trigger::Late, Trigger::AtRisk, Trigger::DueSoon].map(|trigger| profiles.triggered(trigger));
        assert!(at_risk.iter().all(|customer| late.contains(customer)) && at_risk.len() < late.len());
        assert!(due.iter().all(|customer| !late.contains(customer)));
        // Whom to call stands among the late.
        assert!(profiles.calls().iter().all(|customer| late.contains(customer)));
    }
    assert_eq!(seen.len(), Trigger::ALL.len(), "{seen:?}");
}

#[test]
fn the_standing_decides_before_the_segment() {
    let ledger = ledger(&large(600));
    let models = fit(&ledger, &ShopOptions::default());
    let profiles = models.profile_all(&ledger).unwrap();
    let mut seen = BTreeSet::new();
    for profile in profiles.iter() {
        let (kind, action) = models.next_action(&profile).unwrap();
        let (risk, segment) = (profile.churn_risk().unwrap(), profile.label(LabelKind::Segment).unwrap());
        let of_segment = models.playbook().action_for(CustomerLabel::new(LabelKind::Segment, segment.key())).unwrap();
        let calls_back = [Action::WIN_BACK_OFFER.key(), Action::CYCLE_REMINDER.key()].contains(&of_segment.key());
        let expected = match (profile.new_customer_state(), risk) {
            (Some(_), _) => LabelKind::NewCustomerState,
            (None, ChurnRisk::InCycle) if !calls_back => LabelKind::Segment,
            (None, _) => LabelKind::ChurnRisk,
        };
        assert_eq!(kind, expected);
        let label = profile.label(kind).unwrap();
        assert_eq!(Some(action), models.playbook().action_for(CustomerLabel::new(kind, label.key())));
        seen.insert((kind, calls_back));
    }
    assert_eq!(seen.len(), 5, "in cycle and late, each with either kind of segment: {seen:?}");
    assert_eq!(models.next_action(&Profile::default()), None);
}

/// Ranks of few customers say little: the frequency band is asked in place of the segment.
#[test]
fn few_customers_have_no_segment_to_act_by() {
    let rows: Vec<_> =
        (0..10).flat_map(|id| [100, 120, 140, 190].map(|on| (id, on + u64::from(id % 5), 900))).collect();
    let ledger = ledger(&rows);
    let models = fit(&ledger, &ShopOptions::default());
    for profile in models.profile_all(&ledger).unwrap().iter() {
        assert_eq!(profile.churn_risk(), Some(ChurnRisk::InCycle));
        let (kind, action) = models.next_action(&profile).unwrap();
        let band = profile.frequency_band().unwrap();
        assert_eq!((kind, Some(action)), (LabelKind::FrequencyBand, models.playbook().action_for(band)));
    }
}

#[test]
fn a_customer_in_a_sentence() {
    let of = |rows: &[(u64, i64)]| {
        let rows: Vec<_> = rows.iter().map(|&(on, cents)| (0, on, cents)).collect();
        let ledger = ledger(&rows);
        let profile = Profile::of(&ledger.get(&0).unwrap(), day(AS_OF)).unwrap();
        [Language::English, Language::Chinese]
            .map(|language| profile.describe(language, |amount| format!("¥{amount}")).unwrap())
    };
    assert_eq!(
        of(&[(100, 500), (109, 500), (119, 750)]),
        [
            "Usually buys every 10 days, silent for 81; spent ¥17.50",
            "平均 10 天购买一次，已 81 天未购买；累计消费 ¥17.50"
        ],
        "a mean gap of 9.5 days"
    );
    assert_eq!(of(&[(100, 500), (101, 500), (102, 500)])[0], "Usually buys every day, silent for 98; spent ¥15.00");
    assert_eq!(
        of(&[(100, 500), (101, 500)]),
        [
            "Bought twice, 1 day apart, silent for 99; spent ¥10.00",
            "购买过两次，间隔 1 天，已 99 天未购买；累计消费 ¥10.00"
        ]
    );
    assert_eq!(
        of(&[(199, 500), (199, 250)]),
        ["Bought 2 times on one day, 1 day ago; spent ¥7.50", "1 天前同一天下单 2 次，之后未再购买；累计消费 ¥7.50"]
    );
    assert_eq!(
        of(&[(150, 500), (160, -200)]),
        ["Bought once, 50 days ago; spent ¥3.00", "50 天前购买过一次，之后未再购买；累计消费 ¥3.00"]
    );
    assert_eq!(Profile::default().describe(Language::English, |amount| amount.to_string()), None);
}
