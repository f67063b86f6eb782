//! The hot paths, each once: how many instructions they take. `.ci/instructions` counts them under callgrind and compares
//! with `instructions.txt`; run alone, this prints their names.

mod common;

use std::hint::black_box;

use chrono::TimeDelta;
use common::{Orders, Random, Result};
use repurchase::act::audience::{Audience, Rule, Schema, Test};
use repurchase::history::LedgerFold;
use repurchase::measure::{CohortOptions, CohortTable, RateOptions, repurchase_rates, repurchase_rates_by};
use repurchase::predict::{BgNbd, FitOptions, GammaGamma, MbgNbd, PurchaseModel, Sample, Samples, ValueModel};
use repurchase::record::{OrderBook, OrderEvent, Period, Windows};
use repurchase::scale::Confidence;
use repurchase::segment::{LabelKind, RfmModel, RfmOptions};
use repurchase::shop::{Amount, Figure, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

/// About 2,500 customers.
const ORDERS: usize = 20_000;

/// Customers who are asked about one by one.
const ONE_BY_ONE: usize = 500;

fn main() -> Result {
    record()?;
    let (orders, as_of) = (Orders::shuffled(ORDERS), common::as_of()?);
    history(&orders)?;
    let log = orders.log()?;
    measure(&log)?;
    let ledger = log.ledger(as_of)?;
    let scores = counted("segment/fit", || RfmModel::fit(&ledger, &RfmOptions::default()))?;
    counted("segment/score_all", || scores.score_all(&ledger))?;
    let histories: Vec<CustomerHistory> = ledger.iter().take(ONE_BY_ONE).map(|(_, history)| history).collect();
    counted("segment/score", || each(&histories, |history| scores.score(history)));
    predict()?;

    let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    counted("shop/profile", || each(&histories, |history| models.profile(history, as_of)));
    let profiles = counted("shop/profile_all", || models.profile_all(&ledger))?;
    let audience = Audience::compile(rule()?, &Schema::of(&models))?;
    counted("act/audience/matches_all", || audience.matches_all(&profiles));
    Ok(())
}

/// Does one thing, under a name that the counter knows, and says which.
#[inline(never)]
fn counted<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let done = black_box(work_of(work));
    println!("{name}");
    done
}

/// What is counted: all that happens between call and return.
#[inline(never)]
fn work_of<T>(work: impl FnOnce() -> T) -> T {
    work()
}

fn each<T, A>(of: &[T], answer: impl Fn(&T) -> A) {
    for one in of {
        black_box(answer(black_box(one)));
    }
}

/// Orders placed and paid, in no order.
fn record() -> Result {
    let mut events = Vec::new();
    for (order, record) in (0_u64..).zip(&Orders::shuffled(ORDERS / 2).records()?) {
        let at = record.placed_at().unwrap_or_default();
        events.push((order, OrderEvent::Placed { customer: *record.customer(), at, amount: record.amount() }));
        events.push((order, OrderEvent::<u64, u64>::Paid { at: at + TimeDelta::minutes(1) }));
    }
    let mut random = Random(11);
    for last in (1..events.len()).rev() {
        events.swap(last, random.below(last as u64 + 1) as usize);
    }
    let mut book = OrderBook::new();
    counted("record/book/events", || {
        events.into_iter().try_for_each(|(order, event)| book.record(order, event).map(|_| ()))
    })?;
    counted("record/book/records", || book.records().collect::<repurchase::Result<Vec<_>>>())?;
    Ok(())
}

fn history(orders: &Orders) -> Result {
    let (calendar, as_of) = (ShopCalendar::utc(), common::as_of()?);
    let (columns, records) = (orders.columns()?, orders.records()?);
    let from_records = |records| PurchaseLog::from_records::<repurchase::Order<u64>, _>(records, &calendar);
    counted("history/log_from_records", || from_records(records))?;
    let log = counted("history/log_from_columns", || PurchaseLog::from_columns(columns, &calendar))?;
    counted("history/ledger", || log.ledger(as_of))?;
    // The first half of the orders by time, then the second.
    let sorted = Orders::sorted(ORDERS).records()?;
    let (first, second) = sorted.split_at(ORDERS / 2);
    let batches = [from_records(first.to_vec())?, from_records(second.to_vec())?];
    counted("history/ledger_fold", || {
        let mut fold = LedgerFold::new(as_of);
        batches.iter().try_for_each(|batch| fold.add(batch))?;
        fold.finish()
    })?;
    Ok(())
}

fn measure(log: &PurchaseLog<u64>) -> Result {
    let as_of = common::as_of()?;
    let months = Windows::periods(Period::Month, common::first_day()?, as_of)?;
    counted("measure/repurchase_rates", || repurchase_rates(log, &months, &RateOptions::default()));
    counted("measure/repurchase_rates_by", || {
        repurchase_rates_by(log, &months, &RateOptions::default(), |customer| customer % 20)
    });
    counted("measure/cohort_table", || CohortTable::of(log, as_of, &CohortOptions::default()))?;
    Ok(())
}

/// The shop of CDs, as of the day to which the papers fit.
fn predict() -> Result {
    let ledger = common::cdnow()?.ledger("1997-09-30".parse()?)?;
    let rows = || ledger.iter().filter_map(|(_, history)| history.repeat_summary(ledger.as_of()));
    let rows: Vec<Sample> = rows().map(|summary| Sample::of(&summary)).collect();
    let samples = counted("predict/samples", || rows.iter().copied().collect::<Samples>());
    let options = FitOptions::default();
    counted("predict/fit_bg_nbd", || BgNbd::fit(&samples, &options))?.interior()?;
    let purchases = counted("predict/fit_mbg_nbd", || MbgNbd::fit(&samples, &options))?.interior()?.model;
    let spend = counted("predict/fit_gamma_gamma", || GammaGamma::fit(&samples, &options))?.interior()?.model;

    let (some, days, level) = (&rows[..ONE_BY_ONE], 90, Confidence::new(0.9)?);
    let value = ValueModel { purchases, spend };
    counted("predict/probability_alive", || each(some, |row| purchases.probability_alive(row)));
    counted("predict/expected_purchases", || each(some, |row| purchases.expected_purchases(row, days)));
    counted("predict/interval_of_purchases", || each(some, |row| purchases.interval_of_purchases(row, level, days)));
    counted("predict/next_purchase", || each(some, |row| purchases.next_purchase(row, days)));
    counted("predict/value_interval", || each(&some[..50], |row| value.value_interval(row, level, days)));
    counted("predict/expected_purchases_all", || purchases.expected_purchases_all(&rows, days));
    Ok(())
}

/// A condition of each kind that a shop's own profiles answer.
fn rule() -> Result<Rule> {
    Ok(Rule::all([
        Rule::new(Figure::Purchases, Test::at_least(2))?,
        Rule::new(Figure::DaysSinceLast, Test::below(330))?,
        Rule::new(Amount::Revenue, Test::at_least(Decimal::new(20_00, 2)))?,
        Rule::any([
            Rule::new(Figure::ProbabilityAlive, Test::above(Decimal::new(1, 1)))?,
            Rule::new(LabelKind::Octant, Test::one_of(["important_value", "important_keep"]))?,
        ])?,
        Rule::new(LabelKind::Tier, Test::not_equal("supreme"))?,
    ])?)
}
