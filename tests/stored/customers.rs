//! Records, histories, measuring sticks, and numbers about the shop.

use core::str::FromStr;
use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use repurchase::history::LineLog;
use repurchase::measure::{
    CategoryPaths, CohortOptions, CohortTable, Concentration, CycleOptions, CycleScale, CycleTable, HighRepurchase,
    IntervalKind, Life, NoteCode, NoteTally, Occasion, ProductRate, RateOptions, Referrals, Scope, SurvivalCurve,
    buyer_mix, category_breadth, membership_change, next_purchases, notes, repurchase_rate, second_purchase_rate,
    units_per_buyer,
};
use repurchase::predict::{DueModel, DueOptions, NextCategories, NextCategoryOptions};
use repurchase::record::{
    CalendarSpan, Credit, Interaction, InteractionKind, OrderBook, OrderEvent, OrderLine, OrderStatus, Period, Record,
    Referral, Windows, match_credits,
};
use repurchase::scale::{Bands, Bins, Confidence, CutPoints, Interval, Label, Language, MoneyTally, Tally};
use repurchase::segment::BinRule;
use repurchase::{CustomerHistory, Ledger, Order, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::common::{date, instant, money, ratio, window};
use super::{Form, form};

/// 60 customers, who come once to ten times; some give back.
pub(crate) fn records() -> Vec<Record<u32>> {
    let mut records: Vec<Record<u32>> = Vec::new();
    for id in 0..60_u32 {
        for time in 0..=id % 10 {
            let day = date("2025-01-05") + Days::new(u64::from(id * 7 % 300 + time * (3 + id % 25)));
            let amount = Decimal::new(i64::from(500 + id * 173 % 4_000 + time * 31), 2);
            records.push(Order::on(id, day, amount).unwrap().into());
            if id % 17 == 3 && time == 2 {
                records.push(Credit::on(id, day + Days::new(2), amount).unwrap().into());
            }
        }
    }
    records
}

pub(crate) fn as_of() -> NaiveDate {
    date("2026-03-31")
}

pub(crate) fn log() -> PurchaseLog<u32> {
    PurchaseLog::from_records(records(), &ShopCalendar::utc()).unwrap()
}

pub(crate) fn ledger() -> Ledger<u32> {
    log().ledger(as_of()).unwrap()
}

pub(crate) fn history() -> CustomerHistory {
    ledger().get(&47).unwrap()
}

fn lines() -> LineLog<u32, String> {
    let line = |id: u32, time: u32| {
        let day = date("2025-01-05") + Days::new(u64::from(id + time * (20 + id % 9)));
        let product = ["tea", "cups", "honey"][((id + time * 2) % 3) as usize].to_owned();
        let quantity = Decimal::from(1 + (id + time) % 2);
        OrderLine::on(id, day, product, quantity, Decimal::from(10 + id)).unwrap()
    };
    let lines = (0..30).flat_map(|id| (0..=id % 5).map(move |time| line(id, time)));
    LineLog::from_lines(lines, &ShopCalendar::utc()).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    instant(text)
}

fn events() -> Vec<OrderEvent<String, String>> {
    let (at, amount, id) = (at("2026-03-01T10:00:00Z"), money("12.50"), |text: &str| text.to_owned());
    vec![
        OrderEvent::Placed { customer: id("ann"), at, amount },
        OrderEvent::Paid { at },
        OrderEvent::Unpaid { at },
        OrderEvent::Cancelled { at },
        OrderEvent::AmountChanged { at, amount },
        OrderEvent::LineAdded { line: id("L1"), at, amount: -amount },
        OrderEvent::Refunded { refund: id("R1"), at, amount },
        OrderEvent::RefundedInAll { at, amount },
        OrderEvent::FullyRefunded { at },
        OrderEvent::Credited { customer: id("bo"), at, amount },
    ]
}

fn book() -> OrderBook<String, String> {
    let mut book = OrderBook::new();
    for (place, event) in events().into_iter().enumerate() {
        // An order for each event, and one with all that agree.
        book.record(format!("A-{place}"), event.clone()).unwrap();
        if place != 5 && place != 9 {
            book.record("A-0".to_owned(), event).unwrap();
        }
    }
    book.alias("ann@example.com".to_owned(), "ann".to_owned()).unwrap();
    book
}

fn of_records() -> Vec<Form> {
    let order = Order::new("ann".to_owned(), at("2026-03-01T10:30:00Z"), money("25.00")).unwrap();
    let refunded = order.clone().with_status(OrderStatus::Unpaid).with_refunded(money("5.5")).unwrap();
    let by_day = Order::on("bo".to_owned(), date("2026-03-02"), money("0")).unwrap();
    let credit = Credit::new("ann".to_owned(), at("2026-03-05T00:00:00Z"), money("3.10")).unwrap();
    let line = OrderLine::new(7_u32, at("2026-03-01T10:30:00Z"), "tea".to_owned(), money("2"), money("18")).unwrap();
    let seen = |kind| Interaction::new("ann".to_owned(), at("2026-03-01T10:30:00Z"), kind, "tea".to_owned());
    let days = Windows::trailing(90, [date("2026-01-31"), date("2026-02-28")]).unwrap();
    let periods = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];
    vec![
        form("order", order.clone()),
        form("records", vec![Record::Order(refunded), Record::Order(by_day), Record::Credit(credit.clone())]),
        form("credit", credit),
        form("order_line", line),
        form("interactions", InteractionKind::ALL.map(seen).to_vec()),
        form("interaction_kinds", InteractionKind::ALL.to_vec()),
        form("order_statuses", vec![OrderStatus::Paid, OrderStatus::Unpaid, OrderStatus::Cancelled]),
        form("order_events", events()),
        form("order_book", book()),
        form("window", window("2026-01-01", "2026-02-01")),
        form("windows", days),
        form("periods", periods.to_vec()),
        form("calendar_span", CalendarSpan::between(date("2013-06-30"), date("2016-08-29"))),
        form("credit_matches", match_credits(&mut records()).unwrap()),
        form("customer_history", history()),
        form("ledger_totals", ledger().totals().unwrap()),
    ]
}

fn of_scale() -> Vec<Form> {
    let tally: Tally<u32> = [3, 1, 4, 1, 5, 9, 2, 6].into_iter().collect();
    let mut amounts = MoneyTally::new();
    for (amount, customers) in [("1.50", 3), ("20", 1), ("-0.25", 2)] {
        amounts.add(money(amount), customers).unwrap();
    }
    vec![
        form("ratio", ratio(3, 7)),
        form("interval", Interval::new(-0.5, 0.25).unwrap()),
        form("confidence", Confidence::new(0.9).unwrap()),
        form("cut_points", CutPoints::new(vec![2_u32, 5, 9]).unwrap()),
        form("bands", Bands::new(vec![30_u32, 50, 80]).unwrap()),
        form(
            "bins",
            vec![
                Bins::Quantiles(CutPoints::new(vec![2_u32, 5]).unwrap()),
                Bins::Bands(Bands::new(vec![30_u32, 50]).unwrap()),
            ],
        ),
        form("bin_rules", vec![BinRule::Quantiles(5), BinRule::Bands(Bands::new(vec![30_u32, 50]).unwrap())]),
        form("tally", tally),
        form("money_tally", amounts.clone()),
        form("money_tally_of_digits", amounts.with_digits(3).unwrap()),
        form("label", Label::new("regular", "Regular", "常客")),
        form("languages", vec![Language::English, Language::Chinese]),
    ]
}

pub(crate) fn forms() -> Vec<Form> {
    let (log, as_of) = (log(), as_of());
    let (all, lines) = (Window::through(date("2025-01-01"), as_of).unwrap(), lines());
    let cycles = CycleTable::of(&lines, as_of, &CycleOptions::default());
    let curve = SurvivalCurve::of_nth_purchase(&log, 1, as_of, Occasion::Day).unwrap();
    let cohorts = CohortTable::of(&log, as_of, &CohortOptions::default().with_period(Period::Quarter)).unwrap();
    let high = HighRepurchase::fit(&cycles, Decimal::from_str("0.5").unwrap(), ProductRate::Repeat, 2).unwrap();
    let units: BTreeMap<String, _> = units_per_buyer(&lines, all).unwrap();
    let level = Confidence::new(0.95).unwrap();
    let (due, next) =
        (DueOptions::default().with_least_returns(2), NextCategoryOptions::default().with_recent_days(90));
    let brought = |id: u32| Referral { referrer: id % 20, referred: id, day: date("2025-01-01") };
    let referrals = Referrals::of(&ledger(), (20..60).map(brought).chain([brought(5)]));
    let referred = referrals.new_customers(&log, all, 60, Occasion::Order, level).unwrap();
    let members = (0..60).map(|id| (id, date("2025-06-30")));
    let numbers = vec![
        form("referrals", vec![brought(21), brought(22)]),
        form("referrals_left_out", referrals.left_out()),
        form("referred_new_customers", referred),
        form("membership_change", membership_change(&log, members, 90, as_of, level).unwrap()),
        form("repurchase_rates", repurchase_rate(&log, all, &RateOptions::default())),
        form("rate_options", RateOptions::default().with_occasion(Occasion::Day).with_scope(Scope::Lifetime)),
        form("occasions", vec![Occasion::Order, Occasion::Day]),
        form("scopes", vec![Scope::Window, Scope::Lifetime]),
        form("second_purchase_rate", second_purchase_rate(&log, all, 60, as_of, Occasion::Order)),
        form("interpurchase_times", next_purchases(&log, Period::Quarter, 60, as_of).unwrap()),
        form("cohort_table", cohorts.clone()),
        form("cohort_options", CohortOptions::default().with_life(Life::Days(30))),
        form("lifes", vec![Life::Calendar, Life::Days(30)]),
        form("period_mixes", buyer_mix(&log, Period::Quarter, as_of).unwrap()),
        form("buyer_sums", cohorts.through(0).unwrap()),
        form("revenue_share", Concentration::of(&ledger()).unwrap().top_share(Decimal::new(2, 1)).unwrap()),
        form("cycle_table", cycles),
        form("cycle_options", CycleOptions::default().with_scale(CycleScale::Calendar).with_within_days(45)),
        form("cycle_scales", vec![CycleScale::Quantity, CycleScale::Calendar]),
        form("product_rates", vec![ProductRate::Within, ProductRate::Repeat]),
        form("high_repurchase", high),
        form("days_interval", curve.quantile_interval(Decimal::new(25, 2), level, IntervalKind::LogLog).unwrap()),
        form("survival_curve", curve),
        form("interval_kinds", vec![IntervalKind::LogLog, IntervalKind::Plain]),
        form("due_model", DueModel::fit(&lines, as_of, &due).unwrap()),
        form("due_options", due.with_scale(CycleScale::Calendar).with_confidence(level)),
        form("next_categories", NextCategories::fit(&lines, as_of, &next).unwrap()),
        form("next_category_options", next),
        form("category_breadth", category_breadth(&lines, all)),
        form("category_paths", CategoryPaths::of(&lines, as_of)),
        form("units_per_buyer", units),
        form("notes", notes(&log, date("2025-12-31"))),
        form("note_codes", NoteCode::ALL.to_vec()),
        form("note_tally", NoteTally::of(&log, date("2025-12-31"))),
    ];
    [of_records(), of_scale(), numbers].into_iter().flatten().collect()
}
