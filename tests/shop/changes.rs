//! What changed, against labels that are compared one by one.

use std::collections::BTreeMap;

use repurchase::segment::{LabelKind, Migration, RfmOptions, TierScheme};
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger};
use rust_decimal::Decimal;

use super::{Row, day, fit, large, ledger};

#[track_caller]
fn assert_as_by_hand(now: (&ShopModels, &Ledger<u16>), then: (&ShopModels, &Ledger<u16>)) {
    let changes = now.0.changes(now.1, then.0, then.1).unwrap();
    let of = |(models, ledger): (&ShopModels, &Ledger<u16>), kind| {
        let label = |(&id, history): (&u16, CustomerHistory)| {
            let profile = models.profile(&history, ledger.as_of()).unwrap();
            profile.label(kind).map(|label| (id, label.key().to_owned()))
        };
        ledger.iter().filter_map(label).collect::<Vec<_>>()
    };
    let mut expected = BTreeMap::new();
    for kind in LabelKind::ALL {
        if !(now.0.labels(kind).is_empty() && then.0.labels(kind).is_empty()) {
            expected.insert(kind, Migration::between(of(then, kind), of(now, kind)).unwrap());
        }
    }
    assert_eq!(changes.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (kind, migration) in &expected {
        let all: Vec<_> = migration.iter().map(|(from, to, count)| (from.cloned(), to.cloned(), count)).collect();
        let found = changes[kind].iter();
        let found: Vec<_> =
            found.map(|(from, to, count)| (from.map(|&key| key.into()), to.map(|&key| key.into()), count)).collect();
        assert_eq!(found, all, "{kind:?}");
        assert_eq!(changes[kind].stayed(), migration.stayed());
    }
}

#[test]
fn from_one_day_to_another() {
    let rows = large(500);
    let earlier: Vec<Row> = rows.iter().copied().filter(|&(_, on, _)| on < 150).collect();
    let (now, then) = (ledger(&rows), ledger(&earlier));
    let options = ShopOptions::default();
    let (new, old) = (fit(&now, &options), fit(&then, &options));
    assert_as_by_hand((&new, &now), (&old, &then));
    assert_as_by_hand((&old, &then), (&new, &now));
}

#[test]
fn the_same_customers_under_other_models() {
    let ledger = ledger(&large(500));
    let old = fit(&ledger, &ShopOptions::default());
    let tiers =
        TierScheme::new(TierScheme::default().names().iter().take(2).cloned().collect(), vec![Decimal::new(5, 1)]);
    let options = ShopOptions::default().with_rfm(RfmOptions::quantiles(3)).with_grid(None).with_tiers(tiers.unwrap());
    let new = fit(&ledger, &options);
    assert_as_by_hand((&new, &ledger), (&old, &ledger));
    assert_as_by_hand((&old, &ledger), (&new, &ledger));

    let same = old.changes(&ledger, &old, &ledger).unwrap();
    assert!(same.values().all(|migration| migration.stayed().count() == migration.stayed().of()));
    assert_eq!(same[&LabelKind::Tier].stayed().of(), 500);
}

#[test]
fn by_hand() {
    let then = ledger(&[(1, 10, 100), (2, 20, 900)]);
    let now = ledger(&[(2, 20, 900), (2, 60, 900), (3, 199, 50)]);
    let options = ShopOptions::default();
    let (old, new) = (fit(&then, &options), fit(&now, &options));
    let changes = new.changes(&now, &old, &then).unwrap();
    let stages = &changes[&LabelKind::LifecycleStage];
    assert_eq!((stages.left(&"new_lost"), stages.entered(&"new_active")), (1, 1));
    assert_eq!(stages.moved(&"new_lost", &"repeat_medium"), 1);
    assert_eq!((then.as_of(), now.as_of()), (day(200), day(200)));
}
