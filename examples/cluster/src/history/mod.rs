//! A customer's history, folded in parts that know nothing of each other.
//!
//! ```text
//! (day, amount) ──► Facts ──► bytes ──► Facts ──► HistoryRow ──► CustomerHistory
//!                   one part            all parts  a struct in SQL
//! ```

mod aggregate;
mod facts;
mod row;

pub use aggregate::PurchaseHistory;
pub(crate) use row::{histories, history_type, is_known, with_scale};
