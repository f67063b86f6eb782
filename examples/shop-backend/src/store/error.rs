//! What can go wrong between a request and the database.

use crate::chain;
use crate::problem::{Fault, Problem};
use crate::traits::TraitKind;

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("database")]
    Database(#[from] sqlx::Error),
    #[error("bringing the tables up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database was filled with another {name}: found {found}, expected {expected}")]
    OtherShop { name: &'static str, found: String, expected: String },
    /// What is said of an order disagrees with what is known of it.
    #[error("order {order_id}: {found} contradicts {known}, which is known")]
    Contradiction { statement: usize, order_id: String, known: String, found: String },
    #[error("there is no order {0}")]
    NoOrder(String),
    /// The library refuses an order: more is given back than it cost, or sums are beyond their types.
    #[error("order {order_id}")]
    Refused { statement: usize, order_id: String, source: repurchase::Error },
    /// The library refuses to sum a customer's orders.
    #[error("customer {customer_id}")]
    Customer { customer_id: String, source: repurchase::Error },
    /// An attribute is a number of all customers, or a text.
    #[error("attribute {name}: a {} where it is a {} of other customers", found.key(), known.key())]
    OtherKind { record: usize, name: String, found: TraitKind, known: TraitKind },
    #[error("{found} {field} of all customers, where {most} can be")]
    TooManyNames { field: &'static str, found: i64, most: i64 },
    /// Two ids of one person, who cannot have brought the person.
    #[error("referral of {referred} by {referrer}: they are one person")]
    OneReferred { record: usize, referrer: String, referred: String },
    /// Somebody is brought by one other.
    #[error("referral of {referred} by {found}, where {known} is known")]
    OtherReferrer { record: usize, referred: String, found: String, known: String },
    #[error("no backup {0}")]
    Backup(&'static str),
    /// Another writer named the customer of an order that is held without its customer.
    #[error("another request came in between")]
    Overtaken,
    /// A row that this program did not write, or wrote for another version of itself.
    #[error("{table} {key}: {what}")]
    Corrupt { table: &'static str, key: String, what: String },
}

impl StoreError {
    pub(crate) fn corrupt(table: &'static str, key: &str, what: &impl ToString) -> Self {
        Self::Corrupt { table, key: key.to_owned(), what: what.to_string() }
    }

    /// Whether the same transaction may well succeed when it is tried again: two batches waited for each other, or would
    /// have.
    pub(super) fn is_passing(&self) -> bool {
        const SERIALIZATION_FAILURE: &str = "40001";
        const DEADLOCK: &str = "40P01";
        let error = match self {
            Self::Overtaken => return true,
            Self::Database(sqlx::Error::Database(error)) => error,
            _ => return false,
        };
        error.code().is_some_and(|code| code == SERIALIZATION_FAILURE || code == DEADLOCK)
    }

    /// Whether the database is away or overloaded, which is no fault of the request.
    fn is_unavailable(&self) -> bool {
        const LOCK_NOT_AVAILABLE: &str = "55P03";
        const SQLITE_BUSY: &str = "5";
        match self {
            Self::Overtaken => true,
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
            StoreError::Contradiction { statement, order_id, known, found } => {
                let expected = format!("what is known of order {order_id:?}: {known}");
                Self::conflict(Fault::new("event", found, expected).in_record(statement))
            }
            StoreError::NoOrder(order_id) => Self::not_found(format!("there is no order {order_id:?}")),
            StoreError::Refused { statement, order_id, source } => {
                let expected = format!("an order that adds up: {source}");
                Self::invalid(vec![Fault::new("order_id", order_id, expected).in_record(statement)])
            }
            StoreError::Customer { customer_id, source } => {
                let expected = format!("orders that can be summed: {source}");
                Self::invalid(vec![Fault::new("customer_id", customer_id, expected)])
            }
            StoreError::OtherKind { record, name, found, known } => {
                let expected = format!("a {}, as it is of other customers", known.key());
                let found = format!("a {}", found.key());
                Self::conflict(Fault::new(format!("attributes.{name}"), found, expected).in_record(record))
            }
            StoreError::TooManyNames { field, found, most } => {
                Self::conflict(Fault::new(field, found.to_string(), format!("{most} of all customers together")))
            }
            StoreError::OneReferred { record, referrer, referred } => {
                let expected = format!("another person than referred_id {referred:?}: both ids are one person's");
                Self::conflict(Fault::new("referrer_id", referrer, expected).in_record(record))
            }
            StoreError::OtherReferrer { record, referred, found, known } => {
                let expected = format!(
                    "{known:?}, who is known to have brought {referred:?}; DELETE /customers/{{customer_id}}/referrer \
                     takes that back"
                );
                Self::conflict(Fault::new("referrer_id", found, expected).in_record(record))
            }
            error if error.is_unavailable() => Self::unavailable(&chain(&error)),
            error => Self::internal(&chain(&error)),
        }
    }
}
