//! The oracle: sort, then the formulas as they are written down.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use repurchase::history::GapStatistics;
use repurchase::{CustomerHistory, Ledger};
use rust_decimal::Decimal;

use super::date;
use super::shop::{Event, Kind};

#[derive(Debug, Default)]
pub(crate) struct Naive {
    /// Day and amount of every purchase, sorted.
    pub(crate) purchases: Vec<(NaiveDate, i128)>,
    pub(crate) credits: Vec<i128>,
}

impl Naive {
    fn days(&self) -> Vec<NaiveDate> {
        let mut days: Vec<_> = self.purchases.iter().map(|&(day, _)| day).collect();
        days.dedup();
        days
    }

    fn gaps(&self) -> Vec<u32> {
        self.days().windows(2).map(|pair| u32::try_from((pair[1] - pair[0]).num_days()).unwrap()).collect()
    }
}

pub(crate) fn naive_fold<'a, I: IntoIterator<Item = &'a Event>>(events: I) -> BTreeMap<u8, Naive> {
    let mut customers = BTreeMap::<u8, Naive>::new();
    for event in events {
        match event.kind {
            Kind::Purchase => customers.entry(event.customer).or_default().purchases.push((event.day, event.units())),
            Kind::Credit => customers.entry(event.customer).or_default().credits.push(event.units()),
            Kind::Unpaid | Kind::Cancelled | Kind::Returned => {}
        }
    }
    for naive in customers.values_mut() {
        naive.purchases.sort_unstable();
    }
    customers
}

/// An amount in units of 10^-28, which are more than a `Decimal` may have: compared as integers.
#[track_caller]
fn assert_units(amount: Decimal, units: i128, what: &str) {
    assert_eq!(amount.mantissa() * 10i128.pow(28 - amount.scale()), units, "{what}: {amount}");
}

#[track_caller]
pub(crate) fn assert_history(history: &CustomerHistory, naive: &Naive) {
    let days = naive.days();
    assert_eq!(history.purchases(), naive.purchases.len() as u64);
    assert_eq!(history.purchase_days(), days.len() as u64);
    assert_eq!((history.first_purchase(), history.last_purchase()), (days.first().copied(), days.last().copied()));
    let spend: i128 = naive.purchases.iter().map(|(_, units)| units).sum();
    let on_first_day = naive.purchases.iter().filter(|(day, _)| Some(day) == days.first());
    let credited: i128 = naive.credits.iter().sum();
    assert_units(history.spend(), spend, "spend");
    assert_units(history.first_day_spend(), on_first_day.map(|(_, units)| units).sum(), "first day");
    assert_eq!(history.credits(), naive.credits.len() as u64);
    assert_units(history.credited(), credited, "credited");
    assert_units(history.revenue(), spend - credited, "revenue");
    let mean = history.mean_order_amount();
    assert_eq!(mean.is_some(), !days.is_empty());
    if let Some(mean) = mean {
        let error = (mean * Decimal::from(history.purchases()) - history.spend()).abs();
        // The mean has 28 digits and decimals at most; what it lacks comes so many times.
        let tolerance =
            history.spend() * Decimal::new(1, 26) + Decimal::new(1, 28) * Decimal::from(history.purchases());
        assert!(error <= tolerance, "mean order {mean} of {}", history.spend());
    }
    assert_gaps(history.gaps(), &naive.gaps());
    assert_summary(history, &days);
}

#[track_caller]
fn assert_gaps(found: Option<GapStatistics>, gaps: &[u32]) {
    let Some(found) = found else {
        return assert!(gaps.is_empty(), "{gaps:?}");
    };
    let sum: u32 = gaps.iter().sum();
    assert_eq!((found.count() as usize, found.span_days()), (gaps.len(), sum));
    assert_eq!(Some(found.shortest_days()), gaps.iter().copied().min());
    assert_eq!(Some(found.longest_days()), gaps.iter().copied().max());
    // Far below 2^53.
    let units: f64 = gaps.iter().map(|&gap| (f64::from(gap).ln() * 4_294_967_296.0).round()).sum();
    assert_eq!(found.ln_sum().to_bits(), (units / 4_294_967_296.0).to_bits());
    let count = f64::from(found.count());
    let mean = f64::from(sum) / count;
    assert_eq!(found.mean_days().to_bits(), mean.to_bits());
    let Some(deviation) = found.standard_deviation_days() else {
        return assert_eq!(gaps.len(), 1);
    };
    let squares: f64 = gaps.iter().map(|&gap| (f64::from(gap) - mean).powi(2)).sum();
    let expected = (squares / (count - 1.0)).sqrt();
    assert!((deviation - expected).abs() <= 1e-9 * mean.max(1.0), "{deviation}, expected {expected}");
}

#[track_caller]
fn assert_summary(history: &CustomerHistory, days: &[NaiveDate]) {
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else {
        let as_of = date("2026-03-31");
        return assert_eq!((history.days_since_last(as_of), history.repeat_summary(as_of)), (None, None));
    };
    let as_of = last + TimeDelta::days(9);
    assert_eq!(history.days_since_last(as_of), Some(9));
    assert_eq!(history.days_since_last(last), Some(0));
    assert_eq!(
        (history.days_since_last(first - TimeDelta::days(1)), history.repeat_summary(first - TimeDelta::days(1))),
        (None, None)
    );
    let summary = history.repeat_summary(as_of).unwrap();
    assert_eq!(summary.repeats() as usize, days.len() - 1);
    assert_eq!(i64::from(summary.recency_days()), (last - first).num_days());
    assert_eq!(i64::from(summary.age_days()), (as_of - first).num_days());
    assert_eq!(summary.recency_weeks().to_bits(), (f64::from(summary.recency_days()) / 7.0).to_bits());
    assert_eq!(summary.age_weeks().to_bits(), (f64::from(summary.age_days()) / 7.0).to_bits());
    assert_eq!(summary.ln_gaps().to_bits(), history.gaps().map_or(0.0, GapStatistics::ln_sum).to_bits());
    assert_eq!(summary.repeat_spend(), history.spend() - history.first_day_spend());
    assert_eq!(summary.mean_spend().is_some(), days.len() > 1);
}

#[track_caller]
pub(crate) fn assert_ledger(ledger: &Ledger<u8>, expected: &BTreeMap<u8, Naive>) {
    let (buyers, others): (Vec<_>, Vec<_>) = expected.iter().partition(|(_, naive)| !naive.purchases.is_empty());
    let ids: Vec<u8> = buyers.iter().map(|(id, _)| **id).collect();
    assert_eq!((ledger.ids(), ledger.len(), ledger.is_empty()), (&ids[..], ids.len(), ids.is_empty()));
    assert!(ledger.iter().map(|(id, _)| *id).eq(ids));
    let totals = ledger.totals().expect("no sum is beyond a decimal");
    let purchases: Vec<_> = buyers.iter().map(|(_, naive)| &naive.purchases).collect();
    let spend: i128 = purchases.iter().flat_map(|of_one| of_one.iter()).map(|(_, units)| units).sum();
    let credited: i128 = buyers.iter().flat_map(|(_, naive)| &naive.credits).sum();
    assert_units(totals.revenue, spend - credited, "revenue");
    assert_eq!(
        (totals.customers, totals.purchases),
        (buyers.len() as u64, purchases.iter().map(|of_one| of_one.len() as u64).sum::<u64>())
    );
    assert_eq!(totals.purchase_days, buyers.iter().map(|(_, naive)| naive.days().len() as u64).sum::<u64>());
    assert_eq!(totals.credits, expected.values().map(|naive| naive.credits.len() as u64).sum::<u64>());
    for (id, naive) in buyers {
        assert_history(&ledger.get(id).expect("a buyer"), naive);
    }
    assert!(ledger.without_purchase().map(|(id, _)| id).eq(others.iter().map(|(id, _)| *id)));
    for ((id, history), (_, naive)) in ledger.without_purchase().zip(others) {
        assert_history(history, naive);
        assert_eq!(ledger.get(id).as_ref(), Some(history));
    }
}
