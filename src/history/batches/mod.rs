//! A ledger from batches of orders that are dropped as they go.

mod fold;
mod id;
mod spill;

pub use fold::LedgerFold;
pub use id::StoredId;
pub use spill::{Spill, SpilledFold};
