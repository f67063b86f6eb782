//! Word of mouth and members of a paid card: a simulated shop against Python's counts, statsmodels' and scipy's intervals;
//! who brought whom against a naive oracle; the edges by hand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::measure::{BuyerSums, Occasion, Referrals, membership_change};
use repurchase::record::{Credit, Record, Referral};
use repurchase::scale::{Confidence, Interval, Language};
use repurchase::{Error, Order, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::{TestResult, credit, date, fixed_seed, log_of, order, ratio, small_shop, window};

const AS_OF: &str = "2025-12-31";

fn rows(text: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.records().collect::<Result<_, _>>().expect("a table")
}

fn golden_log() -> Result<PurchaseLog<u32>, Box<dyn std::error::Error>> {
    let mut records: Vec<Record<u32>> = Vec::new();
    for row in rows(include_str!("../data/loyalty/orders.csv")) {
        let (customer, day, cents): (u32, NaiveDate, i64) = (row[0].parse()?, row[1].parse()?, row[2].parse()?);
        let amount = Decimal::new(cents.abs(), 2);
        records.push(if cents > 0 {
            Order::on(customer, day, amount)?.into()
        } else {
            Credit::on(customer, day, amount)?.into()
        });
    }
    Ok(PurchaseLog::from_records(records, &ShopCalendar::utc())?)
}

fn golden_referrals() -> Result<Vec<Referral<u32>>, Box<dyn std::error::Error>> {
    let referral = |row: &csv::StringRecord| {
        Ok(Referral { referrer: row[0].parse()?, referred: row[1].parse()?, day: row[2].parse()? })
    };
    rows(include_str!("../data/loyalty/referrals.csv")).iter().map(referral).collect()
}

struct Expected(BTreeMap<String, String>);

impl Expected {
    fn read() -> Self {
        let rows = rows(include_str!("../data/loyalty/expected.csv"));
        Self(rows.iter().map(|row| (row[0].to_owned(), row[1].to_owned())).collect())
    }

    #[track_caller]
    fn count(&self, key: &str) -> u64 {
        self.0[key].parse().expect("a count")
    }

    #[track_caller]
    fn numbers(&self, key: &str) -> Vec<i64> {
        self.0[key].split(' ').map(|number| number.parse().expect("a number")).collect()
    }

    #[track_caller]
    fn assert_near(&self, found: Option<f64>, key: &str) {
        let expected: f64 = self.0[key].parse().expect("a number");
        let is_near = found.is_some_and(|found| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0));
        assert!(is_near, "{key}: found {found:?}, expected {expected}");
    }

    #[track_caller]
    fn assert_interval(&self, found: Option<Interval>, key: &str) {
        self.assert_near(found.map(|interval| interval.low), &format!("{key}_low"));
        self.assert_near(found.map(|interval| interval.high), &format!("{key}_high"));
    }
}

#[test]
fn referrals_of_a_simulated_shop() -> TestResult {
    let (log, expected) = (golden_log()?, Expected::read());
    let referrals = Referrals::of(&log.ledger(date(AS_OF))?, golden_referrals()?);
    let out = referrals.left_out();
    assert_eq!(out.self_referrals, expected.count("self_referrals"));
    assert_eq!(out.already_customers, expected.count("already_customers"));
    assert_eq!(out.brought_again, expected.count("brought_again"));
    assert_eq!(out.circles, expected.count("circles"));
    assert!(out.circles > 0 && out.self_referrals > 0 && out.brought_again > 0 && out.already_customers > 0);
    assert_eq!(referrals.len() as u64, expected.count("brought"));
    assert_eq!(referrals.referrers(), ratio(expected.count("referrers"), expected.count("customers")));
    assert_eq!(referrals.became_customers(), ratio(expected.count("became_customers"), expected.count("brought")));
    let by_number = referrals.by_number();
    assert_eq!(by_number.values().sum::<u64>(), expected.count("all_referrers"));
    assert_eq!(by_number.iter().map(|(number, people)| number * people).sum::<u64>(), expected.count("brought"));
    assert_eq!(by_number.keys().last(), Some(&expected.count("most_by_one")));

    let chains = referrals.chains()?;
    assert_eq!(chains.iter().map(|chain| chain.direct + chain.through_others).sum::<u64>(), expected.count("brought"));
    assert_eq!(chains.len(), expected.0.keys().filter(|key| key.starts_with("chain_")).count());
    for chain in chains {
        let whole = expected.numbers(&format!("chain_{}", chain.first));
        let counts =
            [chain.direct, chain.through_others, chain.steps.into(), chain.customers].map(|count| count as i64);
        assert_eq!((&counts[..], chain.revenue), (&whole[..4], Decimal::new(whole[4], 2)), "{}", chain.first);
    }

    let cohort = Window::new(date("2025-02-01"), date("2025-12-15"))?;
    let new = referrals.new_customers(&log, cohort, 60, Occasion::Order, Confidence::default())?;
    let all = [expected.count("referred_new"), expected.count("others_new")];
    assert_eq!(new.referred_share, ratio(all[0], all[0] + all[1]));
    for ((group, name), all) in [(new.referred, "referred"), (new.others, "others")].into_iter().zip(all) {
        let observed = expected.count(&format!("{name}_observed"));
        assert_eq!(group.returned, ratio(expected.count(&format!("{name}_returned")), observed), "{name}");
        assert_eq!(group.revenue, Decimal::new(expected.count(&format!("{name}_cents")) as i64, 2), "{name}");
        assert_eq!(group.unobserved, all - observed);
    }
    expected.assert_interval(new.return_difference, "return");
    expected.assert_interval(new.revenue_difference, "revenue");
    assert_eq!(
        new.explain(Language::English),
        "within 60 days 59 of 102 (57.84%) of those who were brought came back, and 107 of 166 (64.46%) of the others; difference \
         -6.61 points (interval -18.50 points to +5.22 points); revenue per customer 212.67 against 210.03; difference +2.64 \
         (interval -34.17 to +39.44); 33 more are too new to be judged; the two groups differ in more than who told them of the \
         shop: it is no effect of referrals"
    );
    assert_eq!(
        new.explain(Language::Chinese),
        "60 天内复购：被介绍来的 102 人中 59 人（57.84%），其他新客 166 人中 107 人（64.46%）；相差 -6.61 个百分点（置信区间 -18.50 个百分点 至 \
         +5.22 个百分点）；人均消费 212.67，其他新客 210.03；相差 +2.64（置信区间 -34.17 至 +39.44）；另有 33 人首购太近，尚不能判断；\
         两组的差别不只在于由谁介绍：这不是转介绍的效果"
    );
    Ok(())
}

#[test]
fn members_of_a_simulated_shop() -> TestResult {
    let (log, expected) = (golden_log()?, Expected::read());
    let mut joined = Vec::new();
    for row in rows(include_str!("../data/loyalty/joined.csv")) {
        joined.push((row[0].parse::<u32>()?, row[1].parse::<NaiveDate>()?));
    }
    let change = membership_change(&log, joined.iter().copied(), 45, date(AS_OF), Confidence::default())?;
    assert_eq!(change.members, expected.count("members"));
    assert_eq!((change.too_recent, change.too_new), (expected.count("too_recent"), expected.count("too_new")));
    for (sums, key) in [(change.before, "before"), (change.joining_day, "joining_day"), (change.after, "after")] {
        let [customers, purchases, cents] = expected.numbers(key)[..] else { return Err("three numbers".into()) };
        let found = (sums.customers as i64, sums.purchases as i64, sums.revenue);
        assert_eq!(found, (customers, purchases, Decimal::new(cents, 2)), "{key}");
    }
    expected.assert_near(change.purchases_change, "purchases_change");
    expected.assert_interval(change.purchases_interval, "purchases_change");
    expected.assert_near(change.revenue_change, "revenue_change");
    expected.assert_interval(change.revenue_interval, "revenue_change");
    joined.reverse();
    assert_eq!(membership_change(&log, joined, 45, date(AS_OF), Confidence::default())?, change);
    assert_eq!(
        change.explain(Language::English),
        "45 days before joining and 45 after, members compared: 43; purchases 15 and 26, change per member +0.26 (interval \
         -0.15 to +0.66); net revenue 1243.32 and 3002.32, change per member +40.91 (interval -4.24 to +86.05); left out: \
         22 who joined too recently, 130 who were not yet customers for long enough; people join when they mean to buy more, and \
         seasons differ: it is no effect of the membership"
    );
    assert_eq!(
        change.explain(Language::Chinese),
        "入会前后各 45 天，可比会员 43 人；订单 15 笔与 26 笔，人均变化 +0.26（置信区间 -0.15 至 +0.66）；净消费 1243.32 与 3002.32，\
         人均变化 +40.91（置信区间 -4.24 至 +86.05）；未计入：入会太近 22 人，入会前成为客户时间太短 130 人；想多买的人才会入会，季节也\
         有影响：这不是会员卡的效果"
    );
    Ok(())
}

/// Who counts, by the rule read aloud: quadratic, with a walk up for every circle.
fn naive(referrals: &[Referral<u8>], first: &BTreeMap<u8, NaiveDate>) -> (BTreeMap<u8, u8>, [u64; 4]) {
    let mut sorted: Vec<_> = referrals.iter().map(|one| (one.day, one.referrer, one.referred)).collect();
    sorted.sort_unstable();
    let (mut by, mut out) = (BTreeMap::new(), [0; 4]);
    for (day, referrer, referred) in sorted {
        let above = |by: &BTreeMap<u8, u8>| {
            let mut above = vec![referrer];
            while let Some(&next) = by.get(&above[above.len() - 1]) {
                above.push(next);
            }
            above
        };
        let reason = match () {
            () if referrer == referred => 0,
            () if first.get(&referred).is_some_and(|first| *first < day) => 1,
            () if by.contains_key(&referred) => 2,
            () if above(&by).contains(&referred) => 3,
            () => {
                by.insert(referred, referrer);
                continue;
            }
        };
        out[reason] += 1;
    }
    (by, out)
}

proptest! {
    #![proptest_config(fixed_seed(200))]

    /// Few people and many referrals, so that circles are common; the input in two orders.
    #[test]
    fn who_brought_whom(pairs in prop::collection::vec((0..9_u8, 0..9_u8, 0..12_u64), 0..40), bought in prop::collection::vec(0..30_u64, 9)) {
        let day = |days: u64| date("2026-01-01") + chrono::Days::new(days);
        let orders = (0..9).zip(&bought).filter(|(_, days)| **days < 12);
        let log = log_of(orders.clone().map(|(id, &days)| {
            Record::from(Order::on(id, day(days), Decimal::from(u32::from(id) + 1)).unwrap())
        }));
        let ledger = log.ledger(day(11)).unwrap();
        let mut referrals: Vec<_> = pairs.iter().map(|&(referrer, referred, days)| Referral { referrer, referred, day: day(days) }).collect();
        let found = Referrals::of(&ledger, referrals.iter().cloned());
        let first: BTreeMap<_, _> = orders.map(|(id, &days)| (id, day(days))).collect();
        let (by, out) = naive(&referrals, &first);
        let left_out = found.left_out();
        prop_assert_eq!([left_out.self_referrals, left_out.already_customers, left_out.brought_again, left_out.circles], out);
        prop_assert_eq!((0..9).filter_map(|id| Some((id, *found.referrer(&id)?))).collect::<BTreeMap<_, _>>(), by.clone());
        prop_assert_eq!(found.len() + out.iter().sum::<u64>() as usize, referrals.len());
        // Everybody who was brought is in one chain, with what they brought.
        let chains = found.chains().unwrap();
        prop_assert_eq!(chains.iter().map(|chain| chain.direct + chain.through_others).sum::<u64>(), by.len() as u64);
        let revenue: u32 = by.keys().filter(|id| first.contains_key(id)).map(|&id| u32::from(id) + 1).sum();
        prop_assert_eq!(chains.iter().map(|chain| chain.revenue).sum::<Decimal>(), Decimal::from(revenue));
        referrals.reverse();
        prop_assert_eq!(Referrals::of(&ledger, referrals), found);
    }
}

fn bring(pairs: &[(&'static str, &'static str, &str)]) -> Vec<Referral<&'static str>> {
    pairs.iter().map(|&(referrer, referred, day)| Referral { referrer, referred, day: date(day) }).collect()
}

#[test]
fn edges_of_referrals() -> TestResult {
    let (log, as_of) = (small_shop(), date("2026-04-30"));
    let nobody = Referrals::of(&log.ledger(as_of)?, []);
    assert!(nobody.is_empty() && nobody.chains()?.is_empty() && nobody.per_referrer().is_none());
    assert_eq!((nobody.referrers(), nobody.became_customers()), (ratio(0, 3), ratio(0, 0)));
    let new =
        nobody.new_customers(&log, window("2026-03-01", "2026-04-01"), 10, Occasion::Day, Confidence::default())?;
    assert_eq!((new.referred_share, new.return_difference, new.revenue_difference), (ratio(0, 2), None, None));
    assert_eq!(new.referred.revenue_per_customer(), None);
    assert_eq!(
        new.explain(Language::English),
        "within 10 days 0 of 0 of those who were brought came back, and 0 of 2 (0.00%) of the others; difference undefined; \
         revenue per customer - against 21.00; difference undefined; the two groups differ in more than who told them of the shop: \
         it is no effect of referrals"
    );
    assert_eq!(
        new.explain(Language::Chinese),
        "10 天内复购：被介绍来的 0 人中 0 人，其他新客 2 人中 0 人（0.00%）；相差无定义；人均消费 -，其他新客 21.00；相差无定义；\
         两组的差别不只在于由谁介绍：这不是转介绍的效果"
    );
    // Bo's two orders of one day are one occasion; Ann comes back too late. 20 less 3 given back on the day after, and 25.
    assert_eq!((new.others.returned, new.others.revenue), (ratio(0, 2), Decimal::new(4200, 2)));
    let orders =
        nobody.new_customers(&log, window("2026-03-01", "2026-04-01"), 0, Occasion::Order, Confidence::default())?;
    assert_eq!((orders.others.returned, orders.others.revenue), (ratio(1, 2), Decimal::new(4500, 2)));

    // After the as-of day nothing counts, not even as left out.
    let later =
        Referrals::of(&log.ledger(as_of)?, bring(&[("ann", "ann", "2026-05-01"), ("ann", "eve", "2026-05-01")]));
    assert_eq!((later.len(), later.left_out()), (0, nobody.left_out()));
    // Brought on the day of the first purchase: not a customer before. Di has credits only.
    let same_day =
        Referrals::of(&log.ledger(as_of)?, bring(&[("cy", "ann", "2026-03-01"), ("eve", "di", "2026-03-02")]));
    assert_eq!((same_day.len(), same_day.referrers(), same_day.became_customers()), (2, ratio(1, 3), ratio(1, 2)));
    assert_eq!(same_day.referrer("di"), Some(&"eve"));
    let chains = same_day.chains()?;
    assert_eq!((*chains[1].first, chains[1].customers, chains[1].revenue), ("eve", 0, Decimal::ZERO));
    // The circle of three opens at its latest referral; a longer chain is no circle.
    let circle = Referrals::of(
        &log.ledger(as_of)?,
        bring(&[("z", "x", "2026-01-03"), ("x", "y", "2026-01-01"), ("y", "z", "2026-01-02")]),
    );
    assert_eq!((circle.len(), circle.left_out().circles), (2, 1));
    assert_eq!([circle.referrer("x"), circle.referrer("z")], [None, Some(&"y")]);
    assert_eq!(circle.chains()?.iter().map(|chain| (*chain.first, chain.steps)).collect::<Vec<_>>(), [("x", 2)]);
    // A long chain takes no recursion.
    let chain: Vec<_> =
        (0..200_000_u32).rev().map(|at| Referral { referrer: at, referred: at + 1, day: as_of }).collect();
    let ledger = log_of([Record::from(Order::on(7_u32, as_of, Decimal::ONE)?)]).ledger(as_of)?;
    assert_eq!(Referrals::of(&ledger, chain).chains()?[0].steps, 200_000);

    let huge = log_of(
        [("a", Decimal::MAX), ("b", Decimal::MAX)]
            .map(|(id, amount)| Record::from(Order::on(id, as_of, amount).unwrap())),
    );
    let both = Referrals::of(&huge.ledger(as_of)?, bring(&[("c", "a", "2026-01-01"), ("c", "b", "2026-01-01")]));
    let overflow = Error::AmountOverflow { field: "revenue of a chain of referrals" };
    assert_eq!(both.chains().unwrap_err(), overflow);
    let error =
        both.new_customers(&huge, window("2026-04-01", "2026-05-01"), 0, Occasion::Order, Confidence::default());
    assert!(matches!(error, Err(Error::AmountOverflow { .. })), "{error:?}");
    Ok(())
}

/// Credits of the first purchase day count in whatever order the two come; one of the day before does not.
#[test]
fn credits_of_the_first_days() -> TestResult {
    let facts = [
        credit("ann", "2026-03-05", 200),
        order("ann", "2026-03-05", 1000),
        credit("ann", "2026-03-04", 50),
        credit("ann", "2026-03-07", 30),
        credit("ann", "2026-03-08", 7),
    ];
    for turn in 0..facts.len() {
        let mut facts = facts.clone();
        facts.rotate_left(turn);
        let log = log_of(facts);
        let nobody = Referrals::of(&log.ledger(date("2026-04-30"))?, []);
        let new =
            nobody.new_customers(&log, window("2026-03-01", "2026-04-01"), 2, Occasion::Day, Confidence::default())?;
        assert_eq!(new.others.revenue, Decimal::new(770, 2));
    }
    Ok(())
}

#[test]
fn edges_of_memberships() -> TestResult {
    let (log, as_of) = (small_shop(), date("2026-04-30"));
    let change = |joined: &[(&'static str, &str)], days| {
        membership_change(&log, joined.iter().map(|&(who, day)| (who, date(day))), days, as_of, Confidence::default())
    };
    let none = change(&[], 30)?;
    assert_eq!((none.members, none.revenue_change, none.revenue_interval), (0, None, None));
    assert_eq!(
        none.explain(Language::English),
        "30 days before joining and 30 after, members compared: 0; purchases 0 and 0, change per member undefined; net revenue \
         0.00 and 0.00, change per member undefined; people join when they mean to buy more, and seasons differ: it is no \
         effect of the membership"
    );
    let error = Error::OutOfRange { field: "days before and after joining", found: 0, min: 1, max: u32::MAX.into() };
    assert_eq!(change(&[], 0).unwrap_err(), error);
    // Cy first bought on 20 February, 23 days before: not within the 22 days, within the 23.
    assert_eq!((change(&[("cy", "2026-03-15")], 22)?.members, change(&[("cy", "2026-03-15")], 23)?.too_new), (1, 1));
    assert_eq!(
        (change(&[("cy", "2026-03-31")], 30)?.too_recent, change(&[("cy", "2026-03-31")], 31)?.too_recent),
        (0, 1)
    );
    // The earliest day of several counts; one after the as-of day is outside.
    let twice = change(&[("cy", "2026-05-02"), ("cy", "2026-03-31"), ("cy", "2026-03-30")], 30)?;
    assert_eq!((twice.members, twice.after.purchases, twice.joining_day.purchases), (1, 1, 0));
    assert_eq!((twice.revenue_change, twice.revenue_interval), (Some(7.0), None), "one member has no spread");
    // Nobody's first purchase may lie on the day of joining or after it; Di and Eve have never bought.
    let new = change(&[("ann", "2026-03-01"), ("bo", "2026-02-01"), ("di", "2026-03-01"), ("eve", "2026-03-01")], 10)?;
    assert_eq!((new.members, new.too_new, new.before), (0, 4, BuyerSums::default()));
    // The credit of the day after is of the days after.
    let ann = change(&[("ann", "2026-03-20")], 15)?;
    assert_eq!((ann.members, ann.after.revenue, ann.before.revenue), (1, Decimal::new(2500, 2), Decimal::ZERO));
    let all = membership_change(
        &log,
        [("cy", NaiveDate::MIN), ("bo", NaiveDate::MAX)],
        u32::MAX,
        NaiveDate::MAX,
        Confidence::default(),
    )?;
    assert_eq!((all.members, all.too_recent), (0, 2));
    Ok(())
}
