//! Whatever is changed, in whichever order: what is kept is what one by one says of all customers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use repurchase::rust_decimal::Decimal;
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Figure, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger};
use serde_json::json;

use super::block::By;
use super::ranked::Rank;
use super::said::Said;
use super::{Ahead, Block, Everybody, Known, is_in_time};
use crate::models::Version;
use crate::money::Currency;
use crate::store::{Changes, Customer, LastDay, Mark};
use crate::traits::Traits;

struct Dice(u64);

impl Dice {
    /// Below `of`.
    fn roll(&mut self, of: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(of)).unwrap()
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(u32::try_from(of.len()).unwrap()) as usize].clone()
    }
}

const LAST: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();

fn day(back: u32) -> NaiveDate {
    LAST + Days::new(3) - Days::new(back.into())
}

/// Of the last 200 days and of the three that come.
fn history(dice: &mut Dice) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    let mut days: Vec<u32> = (0..dice.roll(6)).map(|_| dice.roll(200)).collect();
    days.sort_by_key(|back| Reverse(*back));
    for back in days {
        history.record_purchase(day(back), Decimal::new(dice.roll(9_000).into(), 2)).unwrap();
    }
    history
}

fn customer(id: u32, dice: &mut Dice) -> Customer {
    let tags = (0..dice.roll(3)).map(|_| format!("t{}", dice.roll(3))).collect();
    let values = [json!(dice.roll(50)), json!(format!("x{}", dice.roll(3))), json!(null)];
    let value = dice.pick(&values);
    let traits = Traits::check(tags, BTreeMap::from([(format!("a{}", dice.roll(3)), value)]), 1).unwrap();
    let done = |dice: &mut Dice| LastDay {
        activity: dice.pick(&[Activity::Cart, Activity::View]),
        category: format!("c{}", dice.roll(3)),
        day: day(dice.roll(60)),
    };
    let done = (0..dice.roll(3)).map(|_| done(dice)).collect();
    Customer { id: format!("k{id}"), history: history(dice), traits, done }
}

fn version(number: i64, dice: &mut Dice) -> Arc<Version> {
    let histories = (0..400_u32).map(|id| (id, history(dice)));
    let in_time = histories.filter(|(_, history)| history.days_since_last(LAST).is_some());
    let ledger = Ledger::from_histories(in_time, LAST).unwrap();
    let models = ShopModels::fit(&ledger, &ShopOptions::default()).unwrap();
    Arc::new(Version { number, fitted_at: Utc::now(), models, segments: Vec::new(), tiers: Vec::new() })
}

/// One by one.
fn check(now: &Everybody, all: &BTreeMap<String, Customer>, dice: &mut Dice) {
    let (models, today) = (&now.by.version.as_ref().unwrap().models, now.by.today);
    let bought = all.values().filter(|customer| customer.history.last_purchase().is_some());
    let expected: Vec<&Customer> = bought.collect();
    let behind = Some(format!("k{}", dice.roll(300))).filter(|_| dice.roll(2) == 0);
    let rows: Vec<_> = now.rows(behind.as_deref()).collect();
    let rest = expected.iter().filter(|customer| behind.as_ref().is_none_or(|behind| customer.id > *behind));
    assert_eq!(rows.len(), rest.clone().count());
    for (row, customer) in rows.iter().zip(rest) {
        assert_eq!(row.customer_id, customer.id);
        let profile = models.profile(&customer.history, today).ok();
        assert!(row.profile() == profile, "{}", customer.id);
        if profile.is_some() {
            let said = Said::of(customer);
            assert_eq!((row.tags(), row.attributes()), (said.tags, said.attributes));
            assert_eq!(format!("{:?}", row.done()), format!("{:?}", said.done));
        }
    }
    let in_time = || expected.iter().filter(|customer| is_in_time(customer, today));
    for kind in [LabelKind::Segment, LabelKind::Tier] {
        let mut groups: BTreeMap<&str, (u64, u64, Decimal)> = BTreeMap::new();
        for customer in in_time() {
            let label = models.profile(&customer.history, today).unwrap().label(kind).unwrap().key();
            let group = groups.entry(label).or_default();
            *group = (group.0 + 1, group.1 + customer.history.purchases(), group.2 + customer.history.revenue());
        }
        let found = now.groups(kind).unwrap();
        let found = found.iter().map(|(key, group)| (*key, (group.customers, group.purchases, group.revenue)));
        assert_eq!(found.filter(|(_, group)| group.0 > 0).collect::<BTreeMap<_, _>>(), groups);
    }
    let mut histories: Vec<CustomerHistory> = now.histories().collect();
    let mut expected_histories: Vec<_> = in_time().map(|customer| customer.history.clone()).collect();
    for histories in [&mut histories, &mut expected_histories] {
        histories.sort_by_key(|history| format!("{history:?}"));
    }
    assert_eq!(histories, expected_histories);
    check_ranks(now, &expected, dice);
}

fn check_ranks(now: &Everybody, expected: &[&Customer], dice: &mut Dice) {
    let (models, today) = (&now.by.version.as_ref().unwrap().models, now.by.today);
    let currency = Currency::default();
    for figure in [Figure::ExpectedValue, Figure::ExpectedLoss] {
        let segment = dice.pick(&models.labels(LabelKind::Segment)).key().to_owned();
        let labels = if dice.roll(2) == 0 { Vec::new() } else { vec![(LabelKind::Segment, segment)] };
        let rank = Rank { figure, currency, labels };
        let mut places = Vec::new();
        for customer in expected {
            let profile = models.profile(&customer.history, today).ok();
            let is_of = |(kind, key): &(LabelKind, String)| {
                profile.as_ref().and_then(|profile| profile.label(*kind)).is_some_and(|label| label.key() == key)
            };
            if rank.labels.iter().all(is_of) {
                let value = profile.as_ref().and_then(|profile| profile.figure(figure));
                let money = value.map(|value| repurchase::predict::rounded_to_money(value, 2).unwrap());
                let minor = money.map_or(i64::MIN, |money| currency.minor(money).unwrap());
                places.push((Reverse(minor), customer.id.as_str()));
            }
        }
        places.sort_unstable();
        let (mut found, mut behind) = (Vec::new(), None);
        loop {
            let page = now.ranked(&rank, behind, 1 + dice.roll(20) as usize).unwrap();
            let Some(last) = page.last() else { break };
            behind = Some(*last);
            found.extend(page);
        }
        assert_eq!(found, places, "{figure:?}");
        assert!(now.ranked(&rank, None, 0).unwrap().is_empty());
    }
}

#[test]
fn what_is_kept_is_what_one_by_one_says() {
    let mut dice = Dice(7);
    let versions = [version(1, &mut dice), version(2, &mut dice)];
    for round in 0..4 {
        let mut by = By { version: Some(Arc::clone(&versions[0])), today: LAST };
        let mut all: BTreeMap<String, Customer> = BTreeMap::new();
        let latest = Arc::new(Block::of(Vec::new(), &by).unwrap());
        let everybody = Everybody { by: by.clone(), parts: Vec::new(), recent: Arc::default(), latest };
        let mut known = Known { everybody, mark: Mark::default() };
        let mut ahead = None;
        for step in 0..40 {
            let number = dice.roll(if step == 0 { 200 } else { 30 });
            let mut customers: BTreeMap<_, _> =
                (0..number).map(|_| customer(dice.roll(300), &mut dice)).map(|one| (one.id.clone(), one)).collect();
            all.append(&mut customers.clone());
            let mut left = None;
            if dice.roll(5) == 0 {
                let gone = format!("k{}", dice.roll(10));
                all.retain(|id, _| !id.starts_with(&gone));
                customers.retain(|id, _| !id.starts_with(&gone));
                let bought = all.values().filter(|customer| customer.history.last_purchase().is_some());
                left = Some(bought.map(|customer| customer.id.clone()).collect::<HashSet<_>>());
            }
            if dice.roll(6) == 0 {
                by.today = (by.today + Days::new(1)).min(LAST + Days::new(4));
            }
            by.version = Some(Arc::clone(&versions[usize::from(dice.roll(5) == 0)]));
            let before = known.everybody.clone();
            let was = format!("{:?}", before.rows(None).map(|row| row.customer_id).collect::<Vec<_>>());
            let customers = customers.into_values().collect();
            known = known.after(Changes { mark: Mark::default(), customers, left }, by.clone(), ahead.take()).unwrap();
            check(&known.everybody, &all, &mut dice);
            // For another version, and what is changed before it is in use.
            if dice.roll(2) == 0 {
                let by = By { version: Some(Arc::clone(&versions[dice.roll(2) as usize])), today: by.today };
                ahead = Some(Ahead::of(known.everybody.parts.clone(), by).unwrap());
            }
            // Whoever looks at it meanwhile sees what was.
            assert_eq!(format!("{:?}", before.rows(None).map(|row| row.customer_id).collect::<Vec<_>>()), was);
        }
        assert!(round > 0 || known.everybody.parts.len() > 3, "there were blocks");
    }
}
