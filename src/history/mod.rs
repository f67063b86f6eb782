//! One fold over the facts: from records to what is known of each customer.
//!
//! ```text
//! orders, credits ──► PurchaseLog ──► Ledger ──► CustomerHistory
//!                     every purchase   as of a    one customer
//!                     by customer      day
//! ```
//!
//! | question | type |
//! |---|---|
//! | who bought when, for rates, cohorts and windows? | [`PurchaseLog`] |
//! | what is known of every customer as of a day? | [`Ledger`] |
//! | who bought which product when, for cycles, breadth and paths? | [`LineLog`] |
//! | how many customers, purchases and credits, and what revenue? | [`Ledger::totals`] |
//! | how large is the logarithm of a gap, in any database? | [`gap_logarithm`] |
//! | what is known of one, updated by each new order? | [`CustomerHistory`] |
//! | a ledger of millions is kept over night: how is it written and read? | [`Ledger::write_to`], [`Ledger::read_from`] |
//! | some orders changed: how is what is known mended? | [`CustomerHistory::from_records`], [`Ledger::replace`] |
//! | what is known of customers of several machines or shops? | [`Ledger::merge`] |
//! | the orders do not fit memory, or come month by month: what is known of every customer? | [`LedgerFold`], in any order [`SpilledFold`] |

mod amounts;
mod batches;
mod columns;
mod customer;
mod fold;
mod gaps;
mod join;
mod kept;
mod ledger;
mod lines;
mod log;
mod logarithms;
mod mend;
mod names;
mod partition;
mod possible;
mod read;
mod rows;
mod spending;
mod statistics;
#[cfg(feature = "serde")]
mod stored;
mod times;
mod totals;

pub(crate) use amounts::Fact;
pub use batches::{LedgerFold, Spill, SpilledFold, StoredId};
pub(crate) use columns::MoneyColumn;
pub use customer::{CustomerHistory, RepeatSummary};
pub(crate) use fold::CustomerFold;
pub use gaps::GapStatistics;
pub use ledger::Ledger;
pub(crate) use lines::ProductDay;
pub use lines::{LineLog, ProductPurchase};
pub use log::PurchaseLog;
pub(crate) use logarithms::from_units;
pub use logarithms::gap_logarithm;
pub(crate) use spending::Spending;
pub(crate) use times::Times;
pub use totals::LedgerTotals;
