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
    /// Two tables that hold what is asked: the time zone and the day, and the windows.
    TABLES = "tables.sql";
    /// Which orders the library would refuse, and why.
    REFUSED_ORDERS = "refused_orders.sql";
    /// The views `purchases` and `credits`: what counts, on the shop's days. See [`Order`](crate::Order).
    PURCHASES = "purchases.sql";
    /// The view `histories`: what is known of each customer. See [`CustomerHistory`](crate::CustomerHistory).
    HISTORIES = "histories.sql";
    /// Each customer's history, ready for the library.
    STORED_HISTORIES = "stored_histories.sql";
    /// The view `buyers`: the population of labels and models, with revenue, recencies and mean gap.
    BUYERS = "buyers.sql";
    /// How many customers bought twice (复购率)? See [`repurchase_rates`](crate::measure::repurchase_rates).
    REPURCHASE_RATES = "repurchase_rates.sql";
    /// The same by a key of the order or of its customer, from a view `keyed_purchases`: `purchases` with one more column,
    /// `order_key`. See [`repurchase_rates_by`](crate::measure::repurchase_rates_by).
    REPURCHASE_RATES_BY = "repurchase_rates_by.sql";
    /// After how many days does a customer come again? See [`next_purchases`](crate::measure::next_purchases).
    NEXT_PURCHASES = "next_purchases.sql";
    /// How long is it to the second order, and to the third? See
    /// [`SurvivalCurve::of_nth_purchase`](crate::measure::SurvivalCurve::of_nth_purchase).
    ORDER_TIMING = "order_timing.sql";
    /// How many buyers of a window bought in the next (回购率)?
    /// See [`next_window_rate`](crate::measure::next_window_rate).
    NEXT_WINDOW_RATE = "next_window_rate.sql";
    /// How many new customers buy again soon? See [`second_purchase_rate`](crate::measure::second_purchase_rate).
    SECOND_PURCHASE_RATE = "second_purchase_rate.sql";
    /// The view `cohort_facts`: what each buyer bought and gave back, beside the first purchase day.
    COHORT_FACTS = "cohort_facts.sql";
    /// Do later cohorts stay longer (留存), and what do they bring by calendar month? See
    /// [`CohortTable`](crate::measure::CohortTable).
    COHORTS = "cohorts.sql";
    /// What is a customer worth after so many 30-day months? See [`Life::Days`](crate::measure::Life::Days).
    COHORT_VALUE = "cohort_value.sql";
    /// Do 20% of customers bring 80% of revenue? See [`Concentration`](crate::measure::Concentration).
    CONCENTRATION = "concentration.sql";
    /// The view `rfm_scores`: how recent, frequent and valuable is each? See [`RfmModel`](crate::segment::RfmModel).
    RFM_SCORES = "rfm_scores.sql";
    /// The view `rfm_cuts`: where do the scores begin? See [`Bins`](crate::scale::Bins).
    RFM_CUTS = "rfm_cuts.sql";
    /// The cut points, ready for the library.
    STORED_RFM_MODEL = "stored_rfm_model.sql";
    /// Which named segment? See [`Grid::rf`](crate::segment::Grid::rf).
    RF_SEGMENTS = "rf_segments.sql";
    /// Which of the eight classes (八类)? See [`OctantModel`](crate::segment::OctantModel).
    OCTANTS = "octants.sql";
    /// Which membership tier? See [`TierModel`](crate::segment::TierModel).
    MEMBERSHIP_TIERS = "membership_tiers.sql";
    /// How often does a customer come? See [`FrequencyBands`](crate::segment::FrequencyBands).
    FREQUENCY_BANDS = "frequency_bands.sql";
    /// Is a new customer still warm? See [`NewCustomerBands`](crate::segment::NewCustomerBands).
    NEW_CUSTOMER_STATES = "new_customer_states.sql";
    /// Who is about to leave (流失)? See [`MissedCycles`](crate::segment::MissedCycles).
    MISSED_CYCLES = "missed_cycles.sql";
    /// What the probability models are fitted on. See [`Samples`](crate::predict::Samples).
    SAMPLES = "samples.sql";
    /// What the model of spend is fitted on. See [`Samples`](crate::predict::Samples).
    SPEND_SAMPLES = "spend_samples.sql";
}

/// The recipes that create views, in the order in which they need each other.
pub const VIEWS: [&str; 6] = [PURCHASES, HISTORIES, BUYERS, COHORT_FACTS, RFM_SCORES, RFM_CUTS];
