//! The definitions in plain SQL, for PostgreSQL and DuckDB.
//!
//! A shop can ask its questions where its orders are, or fold them there and hand the small results to the library:
//!
//! | handed over | from | into |
//! |---|---|---|
//! | every customer's history, as JSON | [`STORED_HISTORIES`] | [`Ledger::from_histories`](crate::Ledger::from_histories) |
//! | the cut points of RFM, as JSON | [`STORED_RFM_MODEL`] | [`RfmModel`](crate::segment::RfmModel) |
//! | rows of `x`, `t_x`, `T`, logarithms of gaps | [`SAMPLES`] | [`Samples`](crate::predict::Samples) |
//! | rows of `x` and mean spend | [`SPEND_SAMPLES`] | [`Samples`](crate::predict::Samples) |
//!
//! Each constant is the text of a file in `src/sql/`. One text runs on both databases unchanged. `examples/sql/` runs
//! every recipe on a PostgreSQL server and on DuckDB and compares all counts, sums of money, labels and quotients with
//! the library's; they are equal, not just close.
//!
//! # What they read
//!
//! A table or view `orders`, one row per order or credit:
//!
//! | column | type | |
//! |---|---|---|
//! | `customer_id` | any | |
//! | `placed_at` | `timestamp with time zone` | for one without, `placed_at at time zone 'UTC'` in a view |
//! | `amount` | `numeric(18, 2)` or the like, never a float | below 0 for a credit |
//! | `status` | text | `paid`, `unpaid` or `cancelled` |
//! | `refunded` | as `amount` | null for 0 |
//!
//! # How they are run
//!
//! The names are short, so give them a schema. This is the one line that differs:
//!
//! ```sql
//! create schema repurchase;
//! set search_path to repurchase, public;    -- PostgreSQL
//! set search_path = 'repurchase,main';      -- DuckDB
//! ```
//!
//! Then [`TABLES`] and the [`VIEWS`] once, and each night the question and whatever is wanted:
//!
//! ```sql
//! delete from question;
//! insert into question values ('Asia/Shanghai', date '2026-03-31', 30);
//! insert into windows values (date '2026-02-01', date '2026-03-01'), (date '2026-03-01', date '2026-04-01');
//! ```
//!
//! Views are computed whenever they are read. Where many questions follow one another, `create table` instead of
//! `create or replace view` of [`BUYERS`] pays; the recipes do not mind.
//!
//! [`REFUSED_ORDERS`] says which rows the library would refuse: a database has no error for them.
//!
//! # Examples
//!
//! With the feature `serde`, a row of [`STORED_HISTORIES`] becomes a history:
//!
//! ```
//! # #[cfg(feature = "serde")] {
//! use chrono::NaiveDate;
//! use repurchase::{CustomerHistory, Ledger};
//!
//! let (customer, json) = ("ann", r#"{"purchases":2,"purchase_days":2,"first_purchase":"2026-03-02",
//!     "last_purchase":"2026-03-16","shortest_gap_days":14,"longest_gap_days":14,"gap_squares":196,
//!     "gap_logarithms":11334664923,"spend":"35.00","first_day_spend":"10.00","credits":0,"credited":"0"}"#);
//! let history: CustomerHistory = serde_json::from_str(json)?;
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).expect("a valid date");
//! let ledger = Ledger::from_histories([(customer, history)], as_of)?;
//! assert_eq!(ledger.get(&"ann").and_then(|ann| ann.days_since_last(as_of)), Some(15));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

macro_rules! recipes {
    ($($(#[$about:meta])* $name:ident = $file:literal;)+) => {
        $(
            $(#[$about])*
            ///
            #[doc = concat!("```sql\n", include_str!($file), "```")]
            pub const $name: &str = include_str!($file);
        )+
    };
}

recipes! {
    /// The tables that hold a question: the time zone and the day, and the windows.
    TABLES = "tables.sql";
    /// The orders that the library would refuse, each with the reason.
    REFUSED_ORDERS = "refused_orders.sql";
    /// The views `purchases` and `credits`: what counts, on the shop's days. See [`Order`](crate::Order).
    PURCHASES = "purchases.sql";
    /// The view `histories`: what is known of each customer. See [`CustomerHistory`](crate::CustomerHistory).
    HISTORIES = "histories.sql";
    /// Each customer's history, in the library's stored form.
    STORED_HISTORIES = "stored_histories.sql";
    /// The view `buyers`: the population of labels and models, with revenue, recencies and mean gap.
    BUYERS = "buyers.sql";
    /// The repurchase rates (复购率) of each window. See [`repurchase_rates`](crate::measure::repurchase_rates).
    REPURCHASE_RATES = "repurchase_rates.sql";
    /// The same by a key of the order or of its customer, from a view `keyed_purchases`: `purchases` with one more column,
    /// `order_key`. See [`repurchase_rates_by`](crate::measure::repurchase_rates_by).
    REPURCHASE_RATES_BY = "repurchase_rates_by.sql";
    /// The days from a purchase to the customer's next one. See [`next_purchases`](crate::measure::next_purchases).
    NEXT_PURCHASES = "next_purchases.sql";
    /// The days from the first order to the second, and from the second to the third. See
    /// [`SurvivalCurve::of_nth_purchase`](crate::measure::SurvivalCurve::of_nth_purchase).
    ORDER_TIMING = "order_timing.sql";
    /// The share of a window's buyers who buy in the next one (回购率).
    /// See [`next_window_rate`](crate::measure::next_window_rate).
    NEXT_WINDOW_RATE = "next_window_rate.sql";
    /// The share of new customers who buy a second time within the days asked about. See
    /// [`second_purchase_rate`](crate::measure::second_purchase_rate).
    SECOND_PURCHASE_RATE = "second_purchase_rate.sql";
    /// The view `cohort_facts`: what each buyer bought and gave back, beside the first purchase day and the months since.
    COHORT_FACTS = "cohort_facts.sql";
    /// The retention (留存) and the revenue of each cohort by calendar month. See
    /// [`CohortTable`](crate::measure::CohortTable).
    COHORTS = "cohorts.sql";
    /// The revenue of a cohort per customer, by 30-day months of life. See [`Life::Days`](crate::measure::Life::Days).
    COHORT_VALUE = "cohort_value.sql";
    /// Cohorts by a key of the first order, from the view `keyed_purchases` that [`REPURCHASE_RATES_BY`] reads. See
    /// [`CohortTable::by`](crate::measure::CohortTable::by).
    COHORTS_BY = "cohorts_by.sql";
    /// The month of life in which each cohort has paid back what winning its customers cost, from a view `winning_costs` with
    /// `cohort` and `cost_per_customer`. See [`Cohort::payback`](crate::measure::Cohort::payback).
    COHORT_PAYBACK = "cohort_payback.sql";
    /// The retention (留存) on each day of life, and on it or later. See
    /// [`Cohort::unbounded_retention`](crate::measure::Cohort::unbounded_retention).
    DAY_RETENTION = "day_retention.sql";
    /// The share of revenue of the top 20% of customers. See [`Concentration`](crate::measure::Concentration).
    CONCENTRATION = "concentration.sql";
    /// The view `rfm_scores`: the R, F and M scores of each customer. See [`RfmModel`](crate::segment::RfmModel).
    RFM_SCORES = "rfm_scores.sql";
    /// The view `rfm_cuts`: the values at which the scores begin. See [`Bins`](crate::scale::Bins).
    RFM_CUTS = "rfm_cuts.sql";
    /// The cut points, ready for the library.
    STORED_RFM_MODEL = "stored_rfm_model.sql";
    /// The named segment of each customer. See [`Grid::rf`](crate::segment::Grid::rf).
    RF_SEGMENTS = "rf_segments.sql";
    /// The class of each customer, of the eight (八类). See [`OctantModel`](crate::segment::OctantModel).
    OCTANTS = "octants.sql";
    /// The membership tier of each customer. See [`TierModel`](crate::segment::TierModel).
    MEMBERSHIP_TIERS = "membership_tiers.sql";
    /// The frequency band of each customer, by mean gap. See [`FrequencyBands`](crate::segment::FrequencyBands).
    FREQUENCY_BANDS = "frequency_bands.sql";
    /// The state of each new customer, by days since the purchase. See
    /// [`NewCustomerBands`](crate::segment::NewCustomerBands).
    NEW_CUSTOMER_STATES = "new_customer_states.sql";
    /// The cycles that each customer has missed (流失). See [`MissedCycles`](crate::segment::MissedCycles).
    MISSED_CYCLES = "missed_cycles.sql";
    /// The samples that models of purchases are fitted on. See [`Samples`](crate::predict::Samples).
    SAMPLES = "samples.sql";
    /// The samples that the model of spend is fitted on. See [`Samples`](crate::predict::Samples).
    SPEND_SAMPLES = "spend_samples.sql";
}

/// The recipes that create views, in the order in which they need each other.
pub const VIEWS: [&str; 6] = [PURCHASES, HISTORIES, BUYERS, COHORT_FACTS, RFM_SCORES, RFM_CUTS];
