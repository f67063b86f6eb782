//! A customer's history, folded in parts that know nothing of each other.
//!
//! ```text
//! (day, amount) ──► Facts ──► bytes ──► Facts ──► HistoryRow ──► CustomerHistory
//!                   one part            all parts  a struct in SQL
//!                                         └─────► NoteTally
//! ```

mod aggregate;
mod facts;
mod noted;
mod row;

pub use aggregate::PurchaseHistory;
pub(crate) use facts::Facts;
pub(crate) use noted::{Marks, Noted};
pub(crate) use row::{array, histories, history_type, is_known, with_scale};
