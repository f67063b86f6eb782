//! A customer's history, folded in parts that know nothing of each other.
//!
//! ```text
//! (day, amount) ──► Facts ──► bytes ──► Facts ──► HistoryRow ──► CustomerHistory
//!                   one part            all parts  a struct in SQL
//!                                         └─────► NoteTally
//! ```

mod aggregate;
mod columns;
mod facts;
mod grouped;
mod noted;
mod row;
mod row_facts;

use datafusion::error::DataFusionError;

pub use aggregate::PurchaseHistory;
pub(crate) use facts::{Fact, Facts, Kind};
pub(crate) use noted::Noted;
pub(crate) use row::{HistoryRow, array, histories, history_type, is_known, with_scale};
pub(crate) use row_facts::{RowFact, RowFacts, RowFactsBuilder};

/// What the library or a reader of JSON refuses, as an error of the engine.
#[allow(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
pub(crate) fn refused(error: impl ToString) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}
