//! What can go wrong between a request and the database.

use crate::chain;
use crate::problem::{Fault, Problem};

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("database")]
    Database(#[from] sqlx::Error),
    #[error("bringing the tables up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database was filled with another {name}: found {found}, expected {expected}")]
    OtherShop { name: &'static str, found: i64, expected: i64 },
    /// The id is taken by an order that is another one.
    #[error("order {order_id} is stored with another {field}")]
    Conflict { order_id: String, field: &'static str, found: String, stored: String },
    #[error("there is no order {0}")]
    NoOrder(String),
    /// What a request asks cannot be done to this order.
    #[error("change of an order refused")]
    Change(Fault),
    /// The library refuses an order: sums beyond their types.
    #[error("order {order_id}")]
    Refused { order_id: String, source: repurchase::Error },
    /// A row that this program did not write, or wrote for another version of itself.
    #[error("{table} {key}: {what}")]
    Corrupt { table: &'static str, key: String, what: String },
}

impl StoreError {
    pub(super) fn corrupt(table: &'static str, key: &str, what: &impl ToString) -> Self {
        Self::Corrupt { table, key: key.to_owned(), what: what.to_string() }
    }

    /// Whether the same transaction may well succeed when it is tried again: two batches waited for each other.
    pub(super) fn is_passing(&self) -> bool {
        const SERIALIZATION_FAILURE: &str = "40001";
        const DEADLOCK: &str = "40P01";
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code == SERIALIZATION_FAILURE || code == DEADLOCK)
    }

    /// Whether the database is away or overloaded, which is no fault of the request.
    fn is_unavailable(&self) -> bool {
        const LOCK_NOT_AVAILABLE: &str = "55P03";
        const SQLITE_BUSY: &str = "5";
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                let code = error.code();
                self.is_passing() || code.is_some_and(|code| code == LOCK_NOT_AVAILABLE || code == SQLITE_BUSY)
            }
            Self::Database(error) => matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)),
            _ => false,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { order_id, field, found, stored } => {
                let expected = format!("{stored}, with which order {order_id} is stored");
                Self::conflict(Fault::new(field, found, expected))
            }
            StoreError::NoOrder(order_id) => Self::not_found(format!("there is no order {order_id:?}")),
            StoreError::Change(fault) => Self::invalid(vec![fault]),
            StoreError::Refused { order_id, source } => {
                Self::invalid(vec![Fault::new("order_id", order_id, format!("an order that can be summed: {source}"))])
            }
            error if error.is_unavailable() => Self::unavailable(&chain(&error)),
            error => Self::internal(&chain(&error)),
        }
    }
}
