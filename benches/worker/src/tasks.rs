//! The tasks, by the names that the races give them.
//!
//! `*_shuffled` is the same work on rows in no order.

mod history;
mod models;
mod rates;
mod read_csv;
mod segments;

use crate::Result;
use crate::columns::{Orders, Shop};
use crate::stopwatch::Stopwatch;

/// Runs a task and gives its `check`.
pub(crate) type Task = fn(&Shop, &mut Stopwatch) -> Result<String>;

const TASKS: &[(&str, Task)] = &[
    // Orders -> a log; a log -> every customer's history.
    ("L", |shop, clock| history::log_alone(shop.sorted(), clock)),
    ("L_shuffled", |shop, clock| history::log_alone(shop.shuffled(), clock)),
    ("H", |shop, clock| history::ledger_alone(shop, shop.sorted(), clock)),
    ("H_shuffled", |shop, clock| history::ledger_alone(shop, shop.shuffled(), clock)),
    // Orders -> every customer's history.
    ("A1", |shop, clock| history::ledger(shop, shop.sorted(), clock)),
    ("A1_shuffled", |shop, clock| history::ledger(shop, shop.shuffled(), clock)),
    ("A1_dec", history::ledger_of_records),
    // Orders -> x, t_x, T and mean spend of every customer.
    ("A2", |shop, clock| history::repeat_summaries(shop, shop.sorted(), clock)),
    ("A2_shuffled", |shop, clock| history::repeat_summaries(shop, shop.shuffled(), clock)),
    // Orders -> mean, longest and deviation of every customer's gaps.
    ("A3", |shop, clock| history::gaps(shop, shop.sorted(), clock)),
    ("A3_shuffled", |shop, clock| history::gaps(shop, shop.shuffled(), clock)),
    // A ledger -> scores and a segment of every customer: the peers' eleven segments, and our default ten.
    ("B", segments::peers_grid),
    ("B_grid", segments::default_grid),
    // Orders -> segments.
    ("AB", |shop, clock| segments::from_orders(shop, shop.sorted(), clock)),
    ("AB_shuffled", |shop, clock| segments::from_orders(shop, shop.shuffled(), clock)),
    // One customer's score and segment, again and again.
    ("C", segments::one_by_one),
    // Orders -> repurchase rates by month, of 90 days up to each month's end, of 90 days up to each day.
    ("D1", |shop, clock| rates::months(shop, shop.sorted(), clock)),
    ("D2", |shop, clock| rates::quarters_up_to_month_ends(shop, shop.sorted(), clock)),
    ("D3", |shop, clock| rates::quarters_up_to_every_day(shop, shop.sorted(), clock)),
    ("D3_shuffled", |shop, clock| rates::quarters_up_to_every_day(shop, shop.shuffled(), clock)),
    // Orders -> cohorts in money, by calendar month and by 30 days of life.
    ("K1", |shop, clock| rates::cohorts_by_month(shop, shop.sorted(), clock)),
    ("K2", |shop, clock| rates::cohorts_by_30_days(shop, shop.sorted(), clock)),
    // x, t_x and T of every customer -> a model; a model -> P(alive), purchases expected in 90 days of every customer.
    ("E1", models::fit_bg_nbd),
    ("E1_ledger", models::fit_bg_nbd_of_ledger),
    ("E1_mbg", models::fit_mbg_nbd),
    ("E1_rhythm", models::fit_mbg_cnbd_of_ledger),
    ("E1_spend", models::fit_gamma_gamma_of_ledger),
    ("E1_pareto", models::fit_pareto_nbd),
    ("E2", models::probabilities_alive),
    ("E3", models::expected_purchases),
    // Histories -> all models of a shop; with them -> every label and forecast of every customer.
    ("F", models::fit_shop),
    ("P", models::profiles),
    // A CSV file -> every customer's history, by a reader for this file and by the `csv` crate.
    ("R_csv", read_csv::by_lines),
    ("R_csv_crate", read_csv::by_csv_crate),
];

pub(crate) fn find(name: &str) -> Option<Task> {
    TASKS.iter().find(|(task, _)| *task == name).map(|&(_, task)| task)
}

pub(crate) fn names() -> Vec<&'static str> {
    TASKS.iter().map(|&(name, _)| name).collect()
}

/// The log of a shop whose days are those of UTC.
fn log(orders: &Orders) -> Result<repurchase::PurchaseLog<u64>> {
    Ok(repurchase::PurchaseLog::from_columns(orders.columns()?, &repurchase::ShopCalendar::utc())?)
}
