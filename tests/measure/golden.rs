//! Published data: the tables of CDNOW.
//!
//! Golden tables: tests/data/cdnow_*.csv (each says where it comes from) and, for concentration, exact rationals of
//! Python's `fractions` over the revenue of the 2,349 CDNOW customers who brought any.

use std::collections::BTreeMap;
use std::error::Error as StdError;

use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, IntervalKind, Occasion, PeriodMix, RateOptions, Scope, SurvivalCurve,
    buyer_mix, next_window_rate, repurchase_rates, second_purchase_rate,
};
use repurchase::record::{Period, Windows};
use repurchase::scale::Confidence;
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{TestResult, date, ratio, window};

const CDNOW_DAYS: (&str, &str) = ("1997-01-01", "1998-07-01");

fn cdnow() -> Result<PurchaseLog<u32>, Box<dyn StdError>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("../../examples/data/cdnow_orders.csv").as_bytes()).records() {
        let row = row?;
        let at = date(&row[1]).and_hms_opt(0, 0, 0).ok_or("no midnight")?.and_utc();
        orders.push(Order::new(row[0].parse()?, at, Decimal::from_str_exact(&row[2])?)?);
    }
    assert_eq!(orders.len(), 6919);
    Ok(PurchaseLog::from_records(orders, &ShopCalendar::utc())?)
}

fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("a golden table")
}

fn number(row: &BTreeMap<String, String>, column: &str) -> u64 {
    row[column].parse().expect("a count")
}

#[test]
fn cdnow_periods() -> TestResult {
    let log = cdnow()?;
    let (first, last) = log.days().ok_or("no days")?;
    let tables = [
        (Occasion::Order, table(include_str!("../data/cdnow_order_periods.csv"))),
        (Occasion::Day, table(include_str!("../data/cdnow_day_periods.csv"))),
    ];
    for (occasion, golden) in tables {
        for (kind, period) in [("year", Period::Year), ("quarter", Period::Quarter), ("month", Period::Month)] {
            let windows = Windows::periods(period, first, last)?;
            let options = RateOptions::default().with_occasion(occasion);
            let rates = repurchase_rates(&log, &windows, &options);
            let lifetime = repurchase_rates(&log, &windows, &options.with_scope(Scope::Lifetime));
            let mix = buyer_mix(&log, period, last)?;
            let rows: Vec<_> = golden.iter().filter(|row| row["period_kind"] == kind).collect();
            assert_eq!((rows.len(), rows.len()), (windows.len(), mix.len()));
            for (i, row) in rows.into_iter().enumerate() {
                let name = period.name(rates[i].window.start());
                assert_eq!(name, row["period"]);
                let number = |column| number(row, column);
                let buyers = number("buyers");
                assert_eq!(rates[i].users, ratio(number("buyers_2plus_in_period"), buyers), "{name}");
                assert_eq!(rates[i].orders, ratio(number("orders_minus_buyers"), number("orders")), "{name}");
                assert_eq!(lifetime[i].orders, ratio(number("nonfirst_orders"), number("orders")), "{name}");
                assert_eq!(lifetime[i].users, rates[i].users, "{name}");
                let share: f64 = row["user_repurchase_rate_in_period"].parse()?;
                assert_eq!(rates[i].users.value(), Some(share), "{name}");
                if let Some(next) = rates.get(i + 1) {
                    let retained = next_window_rate(&log, rates[i].window, next.window);
                    assert_eq!(retained, ratio(number("retained_next_period"), buyers), "{name}");
                }
                let PeriodMix { window, new, returning, other_credits, net_revenue, .. } = mix[i];
                assert_eq!(window, rates[i].window);
                assert_eq!(new.customers, number("new_buyers"), "{name}");
                assert_eq!(returning.customers, number("returning_buyers"), "{name}");
                if occasion == Occasion::Order {
                    assert_eq!(new.purchases + returning.purchases, number("orders"), "{name}");
                }
                assert_eq!(net_revenue, row["revenue"].parse()?, "{name}");
                assert_eq!((new.revenue + returning.revenue, other_credits), (net_revenue, Decimal::ZERO));
            }
        }
    }
    Ok(())
}

#[test]
fn cdnow_second_purchases() -> TestResult {
    let log = cdnow()?;
    let tables = [
        (Occasion::Order, table(include_str!("../data/cdnow_order_nday_repurchase.csv"))),
        (Occasion::Day, table(include_str!("../data/cdnow_day_nday_repurchase.csv"))),
    ];
    for (occasion, golden) in tables {
        assert_eq!(golden.len(), 7);
        for row in golden {
            let days = row["n_days"].parse()?;
            let cohort = window(CDNOW_DAYS.0, CDNOW_DAYS.1);
            let second = second_purchase_rate(&log, cohort, days, date("1998-06-30"), occasion);
            let observed = number(&row, "customers_full_followup");
            assert_eq!(second.rate, ratio(number(&row, "second_within_n_full_followup"), observed), "{days}");
            assert_eq!(second.unobserved, number(&row, "customers_all") - observed, "{days}");
        }
    }
    Ok(())
}

#[test]
fn cdnow_cohorts() -> TestResult {
    let cohorts = CohortTable::of(&cdnow()?, date("1998-06-30"), &CohortOptions::default())?;
    let cells: BTreeMap<(String, u32), u64> = cohorts
        .cohorts
        .iter()
        .flat_map(|cohort| {
            let name = Period::Month.name(cohort.window.start());
            assert_eq!(cohort.offsets, cohort.complete_offsets);
            (0..cohort.offsets).filter_map(move |offset| Some(((name.clone(), offset), cohort.at(offset)?.customers)))
        })
        .collect();
    for golden in
        [include_str!("../data/cdnow_order_cohort_month.csv"), include_str!("../data/cdnow_day_cohort_month.csv")]
    {
        let golden: BTreeMap<_, _> = table(golden)
            .iter()
            .map(|row| {
                let offset = u32::try_from(number(row, "month_offset")).expect("an offset");
                ((row["cohort"].clone(), offset), number(row, "active_customers"))
            })
            .collect();
        assert_eq!(cells, golden);
    }
    Ok(())
}

#[test]
fn cdnow_concentration() -> TestResult {
    let concentration = Concentration::of(&cdnow()?.ledger(date("1998-06-30"))?)?;
    assert_eq!((concentration.customers(), concentration.without_revenue()), (2349, 8));
    assert_eq!(concentration.total(), "244091.94".parse()?);
    assert_eq!(concentration.top_share(Decimal::new(2, 1))?.share, Some(0.673_480_779_414_510_8));
    assert_eq!(concentration.customers_for(Decimal::new(8, 1))?, ratio(777, 2349));
    assert_eq!(concentration.gini(), Some(0.629_660_129_760_442_9));
    Ok(())
}

/// Days from the first purchase day to the second and from the second to the third, as lifelines draws them. Products of some
/// hundred factors in binary64 on both sides.
#[test]
fn cdnow_order_timing() -> TestResult {
    let (log, rows) = (cdnow()?, table(include_str!("../data/cdnow_order_timing.csv")));
    let mut compared = 0;
    for nth in [1, 2] {
        let curve = SurvivalCurve::of_nth_purchase(&log, nth, date("1998-06-30"), Occasion::Day)?;
        let mut own = rows.iter().filter(|row| number(row, "nth") == u64::from(nth));
        let all = own.next().ok_or("a row of all")?;
        assert_eq!((curve.spells(), curve.returned()), (number(all, "at_risk"), number(all, "returned")));
        let quarter = curve.quantile(Decimal::new(25, 2))?.map(|step| step.days);
        assert_eq!(quarter, Some(all["survival"].parse()?), "a quarter has come again");
        for step in curve.steps().iter().filter(|step| step.returned > 0) {
            let row = own.next().ok_or("a row for each")?;
            assert_eq!(u64::from(step.gap_days), number(row, "days"));
            assert_eq!((step.at_risk, step.returned), (number(row, "at_risk"), number(row, "returned")), "{row:?}");
            let interval = step.interval(Confidence::default(), IntervalKind::LogLog).ok_or("no interval")?;
            for (found, column) in [(step.survival, "survival"), (interval.low, "low"), (interval.high, "high")] {
                assert!((found - row[column].parse::<f64>()?).abs() < 1e-12, "{column} of {row:?}: {found}");
            }
            compared += 1;
        }
        assert!(own.next().is_none());
    }
    assert_eq!(compared + 2, rows.len());
    Ok(())
}
