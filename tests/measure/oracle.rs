//! Random shops against an oracle that loops over everything.

#![allow(clippy::cast_possible_wrap, clippy::cast_precision_loss, reason = "a few customers and a few euros")]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, Occasion, RateOptions, Scope, buyer_mix, buyer_mix_in, next_window_rate,
    relative_change, repurchase_rates, repurchase_rates_by, second_purchase_rate,
};
use repurchase::record::{Credit, OrderStatus, Record, Windows};
use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::{OCCASIONS, PERIODS, SCOPES, date, fixed_seed, ratio};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Order,
    Credit,
    Unpaid,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) customer: u8,
    pub(crate) day: NaiveDate,
    pub(crate) kind: Kind,
    pub(crate) cents: i64,
}

impl Row {
    pub(crate) fn record(self) -> Record<u8> {
        let at = self.day.and_hms_opt(8, 0, 0).expect("a time").and_utc();
        let amount = Decimal::new(self.cents, 2);
        let order = || Order::new(self.customer, at, amount).expect("an order");
        match self.kind {
            Kind::Order => order().into(),
            Kind::Unpaid => order().with_status(OrderStatus::Unpaid).into(),
            Kind::Credit => Credit::new(self.customer, at, amount).expect("a credit").into(),
        }
    }
}

pub(crate) fn on(day: u64) -> NaiveDate {
    date("2025-10-20").checked_add_days(Days::new(day)).expect("a day")
}

pub(crate) fn rows() -> impl Strategy<Value = Vec<Row>> {
    let kind = prop_oneof![8 => Just(Kind::Order), 2 => Just(Kind::Credit), 1 => Just(Kind::Unpaid)];
    let row = (0u8..7, 0u64..140, kind, 1i64..40);
    let row = row.prop_map(|(customer, day, kind, cents)| {
        let cents = if matches!(kind, Kind::Credit) { cents } else { cents - 1 };
        Row { customer, day: on(day), kind, cents }
    });
    // Many on few days, so that days hold several purchases of one customer.
    let crowded = row.clone().prop_map(|row| Row { day: on(u64::from(row.customer % 2) + 30), ..row });
    prop::collection::vec(prop_oneof![3 => row, 1 => crowded], 0..50)
}

pub(crate) fn windows() -> impl Strategy<Value = Windows> {
    prop::collection::vec((0u64..150, 1u64..60), 0..8).prop_map(|mut spans| {
        spans.sort_unstable();
        let mut end = 0;
        let windows = spans.into_iter().map(|(start, days)| {
            end = end.max(start + days);
            Window::new(on(start), on(end)).expect("a window")
        });
        Windows::new(windows.collect()).expect("neither goes back")
    })
}

pub(crate) fn log(rows: &[Row]) -> PurchaseLog<u8> {
    PurchaseLog::from_records(rows.iter().map(|row| row.record()), &ShopCalendar::utc()).expect("a log")
}

/// The days of every customer's occasions, ascending.
pub(crate) fn occasions(rows: &[Row], occasion: Occasion) -> BTreeMap<u8, Vec<NaiveDate>> {
    let mut days: BTreeMap<u8, Vec<NaiveDate>> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.kind, Kind::Order)) {
        days.entry(row.customer).or_default().push(row.day);
    }
    for days in days.values_mut() {
        days.sort_unstable();
        if occasion == Occasion::Day {
            days.dedup();
        }
    }
    days
}

pub(crate) fn naive_rates(customers: &BTreeMap<u8, Vec<NaiveDate>>, window: Window, scope: Scope) -> (Ratio, Ratio) {
    let (mut users, mut repeaters, mut orders, mut repeats) = (0, 0, 0, 0);
    for days in customers.values() {
        let inside = days.iter().filter(|day| window.contains(**day)).count();
        let later = days.iter().skip(1).filter(|day| window.contains(**day)).count();
        users += u64::from(inside > 0);
        repeaters += u64::from(inside > 1);
        orders += inside as u64;
        repeats += match scope {
            Scope::Window => inside.saturating_sub(1),
            Scope::Lifetime => later,
        } as u64;
    }
    (ratio(repeaters, users), ratio(repeats, orders))
}

pub(crate) fn net(rows: &[Row], keep: impl Fn(&Row) -> bool) -> Decimal {
    let cents = rows.iter().filter(|row| keep(row)).map(|row| match row.kind {
        Kind::Order => row.cents,
        Kind::Credit => -row.cents,
        Kind::Unpaid => 0,
    });
    Decimal::new(cents.sum(), 2)
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn rates(rows in rows(), windows in windows()) {
        let log = log(&rows);
        for occasion in OCCASIONS {
            let customers = occasions(&rows, occasion);
            for scope in SCOPES {
                let options = RateOptions::default().with_occasion(occasion).with_scope(scope);
                let rates = repurchase_rates(&log, &windows, &options);
                prop_assert_eq!(rates.len(), windows.len());
                for (rates, window) in rates.into_iter().zip(windows.iter()) {
                    let found = (rates.window, (rates.users, rates.orders));
                    prop_assert_eq!(found, (window, naive_rates(&customers, window, scope)), "{:?}", options);
                }
            }
        }
    }

    #[test]
    fn groups_partition_the_shop(rows in rows(), windows in windows()) {
        let log = log(&rows);
        for options in OCCASIONS.into_iter().flat_map(|occasion| {
            SCOPES.map(|scope| RateOptions::default().with_occasion(occasion).with_scope(scope))
        }) {
            let groups = repurchase_rates_by(&log, &windows, &options, |customer| customer % 3);
            prop_assert!(groups.values().all(|rates| rates.iter().any(|rates| rates.users.of() > 0)));
            for (at, whole) in repurchase_rates(&log, &windows, &options).into_iter().enumerate() {
                let mut sum = (Ratio::default(), Ratio::default(), Ratio::default());
                for (&group, rates) in &groups {
                    let (mut members, rates) = (occasions(&rows, options.occasion), rates[at]);
                    members.retain(|customer, _| customer % 3 == group);
                    let expected = naive_rates(&members, whole.window, options.scope);
                    prop_assert_eq!((rates.window, rates.users, rates.orders), (whole.window, expected.0, expected.1));
                    sum.0.merge(&rates.users).unwrap();
                    sum.1.merge(&rates.orders).unwrap();
                    sum.2.merge(&rates.returning).unwrap();
                }
                prop_assert_eq!(sum, (whole.users, whole.orders, whole.returning));
            }
        }
    }

    /// Rates of the logs of a partition of the customers sum to those of the whole shop.
    #[test]
    fn parts_of_the_customers_sum_to_the_shop(rows in rows(), windows in windows()) {
        let log = log(&rows);
        let parts = [0, 1, 2].map(|part| log.of_customers(|customer| customer % 3 == part));
        for options in OCCASIONS.into_iter().flat_map(|occasion| {
            SCOPES.map(|scope| RateOptions::default().with_occasion(occasion).with_scope(scope))
        }) {
            let of_parts = parts.each_ref().map(|part| repurchase_rates(part, &windows, &options));
            let by_group = repurchase_rates_by(&log, &windows, &options, |customer| customer % 3);
            for (at, whole) in repurchase_rates(&log, &windows, &options).into_iter().enumerate() {
                let mut sum = (Ratio::default(), Ratio::default());
                for rates in of_parts.iter().map(|rates| rates[at]) {
                    sum.0.merge(&rates.users).unwrap();
                    sum.1.merge(&rates.orders).unwrap();
                }
                prop_assert_eq!(sum, (whole.users, whole.orders));
                for (&group, rates) in &by_group {
                    prop_assert_eq!(of_parts[usize::from(group)][at], rates[at]);
                }
            }
        }
    }

    #[test]
    fn next_windows(rows in rows(), windows in windows()) {
        let customers = occasions(&rows, Occasion::Order);
        for (first, next) in windows.iter().flat_map(|first| windows.iter().map(move |next| (first, next))) {
            let buys = |days: &&Vec<NaiveDate>, window: Window| days.iter().any(|day| window.contains(*day));
            let buyers: Vec<_> = customers.values().filter(|days| buys(days, first)).collect();
            let returned = buyers.iter().filter(|days| buys(days, next)).count();
            let expected = ratio(returned as u64, buyers.len() as u64);
            prop_assert_eq!(next_window_rate(&log(&rows), first, next), expected);
        }
    }

    #[test]
    fn second_purchases(rows in rows(), windows in windows(), within in 0u32..60, as_of in 0u64..160) {
        let log = log(&rows);
        let as_of = on(as_of);
        let seen: Vec<Row> = rows.iter().copied().filter(|row| row.day <= as_of).collect();
        for occasion in OCCASIONS {
            for cohort in windows.iter() {
                let (mut returned, mut observed, mut unobserved) = (0, 0, 0);
                for days in occasions(&seen, occasion).values().filter(|days| cohort.contains(days[0])) {
                    let since = |day: NaiveDate| day.signed_duration_since(days[0]).num_days();
                    if since(as_of) < i64::from(within) {
                        unobserved += 1;
                    } else {
                        observed += 1;
                        returned += u64::from(days.get(1).is_some_and(|&day| since(day) <= i64::from(within)));
                    }
                }
                let second = second_purchase_rate(&log, cohort, within, as_of, occasion);
                prop_assert_eq!((second.rate, second.unobserved), (ratio(returned, observed), unobserved));
            }
        }
    }

    #[test]
    fn mix(rows in rows(), as_of in 0u64..160) {
        let as_of = on(as_of);
        let mut seen: Vec<Row> = rows.iter().copied().filter(|row| row.day <= as_of).collect();
        seen.retain(|row| !matches!(row.kind, Kind::Unpaid));
        let customers = occasions(&seen, Occasion::Order);
        for period in PERIODS {
            let mix = buyer_mix(&log(&rows), period, as_of).unwrap();
            let days = seen.iter().map(|row| row.day);
            let expected = match (days.clone().min(), days.max()) {
                (Some(first), Some(last)) => {
                    let begun = Windows::periods(period, first, as_of).unwrap();
                    begun.iter().filter(|window| window.start() <= last).collect()
                }
                _ => Vec::new(),
            };
            prop_assert_eq!(mix.iter().map(|mix| mix.window).collect::<Vec<_>>(), expected);
            for mix in &mix {
                let inside = |row: &Row| mix.window.contains(row.day);
                let buys = |customer| {
                    customers.get(&customer).is_some_and(|days| days.iter().any(|day| mix.window.contains(*day)))
                };
                let is_new = |customer| mix.window.contains(customers[&customer][0]);
                for (sums, new) in [(mix.new, true), (mix.returning, false)] {
                    let member = |customer| buys(customer) && is_new(customer) == new;
                    let count = customers.keys().filter(|customer| member(**customer)).count();
                    let is_order = |row: &Row| matches!(row.kind, Kind::Order);
                    let bought = |row: &&Row| is_order(row) && inside(row) && member(row.customer);
                    prop_assert_eq!(sums.customers, count as u64);
                    prop_assert_eq!(sums.purchases, seen.iter().filter(bought).count() as u64);
                    prop_assert_eq!(sums.revenue, net(&seen, |row| inside(row) && member(row.customer)));
                }
                prop_assert_eq!(-mix.other_credits, net(&seen, |row| inside(row) && !buys(row.customer)));
                prop_assert_eq!(mix.net_revenue, net(&seen, inside));
            }
            let total: Decimal = mix.iter().map(|mix| mix.net_revenue).sum();
            prop_assert_eq!(total, net(&seen, |_| true));
        }
    }

    /// A window's mix is that of a period of the same days, so that the oracle above holds for it, too.
    #[test]
    fn mix_of_a_window(rows in rows(), start in 0u64..150, days in 1u64..60, as_of in 0u64..160) {
        let (log, as_of) = (log(&rows), on(as_of));
        for period in PERIODS {
            for mix in buyer_mix(&log, period, as_of).unwrap() {
                prop_assert_eq!(buyer_mix_in(&log, mix.window).unwrap(), mix);
            }
        }
        // Of days that no period has.
        let window = Window::new(on(start), on(start + days)).unwrap();
        let mix = buyer_mix_in(&log, window).unwrap();
        let customers = occasions(&rows, Occasion::Order);
        let buyers: Vec<_> =
            customers.iter().filter(|(_, days)| days.iter().any(|day| window.contains(*day))).collect();
        let new = buyers.iter().filter(|(_, days)| window.contains(days[0])).count() as u64;
        let purchases = customers.values().flatten().filter(|day| window.contains(**day)).count() as u64;
        prop_assert_eq!((mix.customers(), mix.new.customers, mix.purchases()), (buyers.len() as u64, new, purchases));
        let revenue = net(&rows, |row| window.contains(row.day));
        prop_assert_eq!(mix.net_revenue, revenue);
        prop_assert_eq!(mix.revenue_per_purchase(), (purchases > 0).then(|| revenue / Decimal::from(purchases)));
        prop_assert_eq!(mix.revenue_per_customer(), (new + mix.returning.customers > 0).then(|| {
            revenue / Decimal::from(buyers.len())
        }));
    }

    #[test]
    fn change(now in -5_000i64..5_000, before in 1i64..5_000, scales in (0u32..6, 0u32..6)) {
        let (now, before) = (Decimal::new(now, scales.0), Decimal::new(before, scales.1));
        // In millionths, integers that binary64 holds: their quotient is rounded once.
        let millionths = |amount: Decimal| f64::try_from(amount * Decimal::from(1_000_000)).unwrap();
        let exact = (millionths(now) - millionths(before)) / millionths(before);
        let found = relative_change(now, before).unwrap();
        prop_assert!((found - exact).abs() <= 0.0, "{} and {}", found, exact);
        prop_assert_eq!(relative_change(now, -before), None);
        prop_assert_eq!(relative_change(now, Decimal::ZERO), None);
    }

    #[test]
    fn concentration(rows in rows(), percent in 1i64..100) {
        let ledger = log(&rows).ledger(on(200)).unwrap();
        let concentration = Concentration::of(&ledger).unwrap();
        let mut cents: Vec<i64> = Vec::new();
        for customer in occasions(&rows, Occasion::Order).into_keys() {
            let revenue = net(&rows, |row| row.customer == customer);
            cents.extend(revenue.mantissa().try_into().ok().filter(|&cents: &i64| cents > 0));
        }
        cents.sort_unstable_by(|left, right| right.cmp(left));
        let (count, total) = (cents.len(), cents.iter().sum::<i64>());
        prop_assert_eq!(concentration.customers(), count as u64);
        prop_assert_eq!(concentration.without_revenue(), (ledger.len() - count) as u64);
        prop_assert_eq!(concentration.total(), Decimal::new(total, 2));

        let share = Decimal::new(percent, 2);
        let top = (0..=count).find(|&top| top as i64 * 100 >= percent * count as i64).unwrap();
        let brought: i64 = cents[..top].iter().sum();
        let found = concentration.top_share(share).unwrap();
        prop_assert_eq!(found.customers, ratio(top as u64, count as u64));
        prop_assert_eq!(found.revenue, Decimal::new(brought, 2));
        prop_assert_eq!(found.share, (count > 0).then(|| brought as f64 / total as f64));
        let fewest = (0..=count).find(|&top| cents[..top].iter().sum::<i64>() * 100 >= percent * total).unwrap();
        prop_assert_eq!(concentration.customers_for(share).unwrap(), ratio(fewest as u64, count as u64));

        let differences: i64 = cents.iter().flat_map(|x| cents.iter().map(move |y| (x - y).abs())).sum();
        let gini = (count > 0).then(|| differences as f64 / (2 * count as i64 * total) as f64);
        prop_assert_eq!(concentration.gini(), gini);
        let curve: Vec<_> = concentration.lorenz(count).map(|point| point.revenue).collect();
        let rest = |left_out: usize| Decimal::new(cents[left_out..].iter().sum(), 2);
        prop_assert_eq!(curve, if count == 0 { vec![] } else { (0..=count).rev().map(rest).collect() });
    }

    #[test]
    fn input_order_changes_nothing(rows in rows(), windows in windows(), by in 0usize..50) {
        let mut turned = rows.clone();
        turned.reverse();
        turned.rotate_left(by.min(rows.len()));
        let (log, turned) = (log(&rows), log(&turned));
        let options = RateOptions::default().with_occasion(Occasion::Day).with_scope(Scope::Lifetime);
        prop_assert_eq!(repurchase_rates(&log, &windows, &options), repurchase_rates(&turned, &windows, &options));
        for period in PERIODS {
            let tables = [&log, &turned].map(|log| CohortTable::of(log, on(140), &CohortOptions::default().with_period(period)));
            prop_assert_eq!(&tables[0], &tables[1]);
            prop_assert_eq!(buyer_mix(&log, period, on(140)), buyer_mix(&turned, period, on(140)));
        }
        let ledgers = [&log, &turned].map(|log| Concentration::of(&log.ledger(on(140)).unwrap()));
        prop_assert_eq!(&ledgers[0], &ledgers[1]);
    }
}
