//! Customers are read: one, a page of a label's, all of them in pages.

use chrono::NaiveDate;
use repurchase::CustomerHistory;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::people::history;
use super::sql::Sql;
use super::traits::traits;
use super::{Store, StoreError};
use crate::region::{Cell, Range};
use crate::traits::Traits;

#[derive(Debug, Clone)]
pub(crate) struct CustomerRow {
    pub(crate) customer_id: String,
    pub(crate) history: CustomerHistory,
    /// In minor units.
    revenue: i64,
    /// Nothing where the page was not to have them.
    pub(crate) traits: Traits,
}

/// What is stored of a customer, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredCustomer {
    /// The name under which the customer is known.
    pub(crate) customer_id: String,
    pub(crate) history: String,
    pub(crate) traits: Option<String>,
}

impl StoredCustomer {
    pub(crate) fn read(&self) -> Result<(CustomerHistory, Traits), StoreError> {
        Ok((history(&self.customer_id, &self.history)?, traits(&self.customer_id, self.traits.as_deref())?))
    }

    /// In bytes.
    pub(crate) fn len(&self) -> usize {
        self.customer_id.len() + self.history.len() + self.traits.as_ref().map_or(0, String::len)
    }
}

/// The order in which customers are listed; of equal ones, by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    #[default]
    CustomerId,
    /// The highest first.
    Revenue,
    /// The latest first.
    LastPurchase,
    /// The highest expected value first.
    Value,
    /// The highest expected loss first.
    Risk,
}

/// Behind which customer a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Position {
    Revenue {
        revenue: i64,
        customer_id: String,
    },
    LastPurchase {
        last_purchase: NaiveDate,
        customer_id: String,
    },
    /// By value or risk, in minor units.
    Ranked {
        rank: i64,
        customer_id: String,
    },
    CustomerId {
        customer_id: String,
    },
}

impl Position {
    /// Of a customer who has bought.
    pub(crate) fn of(row: &CustomerRow, sort: Sort) -> Self {
        let customer_id = row.customer_id.clone();
        match (sort, row.history.last_purchase()) {
            (Sort::Revenue, _) => Self::Revenue { revenue: row.revenue, customer_id },
            (Sort::LastPurchase, Some(last_purchase)) => Self::LastPurchase { last_purchase, customer_id },
            _ => Self::CustomerId { customer_id },
        }
    }

    pub(crate) fn is_of(&self, sort: Sort) -> bool {
        matches!(
            (self, sort),
            (Self::Revenue { .. }, Sort::Revenue)
                | (Self::LastPurchase { .. }, Sort::LastPurchase)
                | (Self::Ranked { .. }, Sort::Value | Sort::Risk)
                | (Self::CustomerId { .. }, Sort::CustomerId)
        )
    }
}

/// Which customers, in which order, from where on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page<'a> {
    /// In any of these cells of last purchase and purchases.
    pub(crate) cells: Option<&'a [Cell]>,
    /// Of a tier.
    pub(crate) revenue: Option<&'a Range<i64>>,
    /// Of these ids.
    pub(crate) ids: Option<&'a [&'a str]>,
    /// By value and by risk, a ranking lists them: here they stand by id.
    pub(crate) sort: Sort,
    pub(crate) behind: Option<Position>,
    pub(crate) limit: i64,
    /// Whether traits are read, too.
    pub(crate) traits: bool,
}

impl Store {
    /// By any of the customer's ids; with the name under which the customer is known.
    pub(crate) async fn customer(&self, id: &str) -> Result<Option<(String, CustomerHistory, Traits)>, StoreError> {
        let Some(row) = self.stored_customer(id).await? else { return Ok(None) };
        let (history, traits) = row.read()?;
        Ok(Some((row.customer_id, history, traits)))
    }

    /// By any of the customer's ids.
    pub(crate) async fn stored_customer(&self, id: &str) -> Result<Option<StoredCustomer>, StoreError> {
        let select = "SELECT person.customer_id, person.history, traits.said FROM customers AS asked \
                      JOIN customers AS person ON person.customer_id = COALESCE(asked.known_as, asked.customer_id) \
                      LEFT JOIN traits ON traits.customer_id = person.customer_id WHERE asked.customer_id = $1";
        let Some(row) = sqlx::query(select).bind(id).fetch_optional(&self.reads).await? else { return Ok(None) };
        Ok(Some(StoredCustomer { customer_id: row.try_get(0)?, history: row.try_get(1)?, traits: row.try_get(2)? }))
    }

    /// Of the customers with a purchase.
    pub(crate) async fn page(&self, page: Page<'_>) -> Result<Vec<CustomerRow>, StoreError> {
        let mut sql = Sql::new("SELECT customer_id, history, revenue, ");
        let said = "(SELECT said FROM traits WHERE traits.customer_id = customers.customer_id)";
        sql.push(if page.traits { said } else { "NULL" });
        sql.push(" FROM customers WHERE last_purchase IS NOT NULL");
        if let Some(cells) = page.cells {
            sql.push(" AND ").cells(cells);
        }
        if let Some(revenue) = page.revenue {
            sql.push(" AND ").range("revenue", revenue);
        }
        if let Some(ids) = page.ids {
            sql.push(" AND customer_id IN ").list(ids.iter().copied());
        }
        match &page.behind {
            None | Some(Position::Ranked { .. }) => &mut sql,
            Some(Position::CustomerId { customer_id }) => sql.bind(" AND customer_id > ", customer_id.as_str()),
            Some(Position::Revenue { revenue, customer_id }) => {
                sql.bind(" AND (revenue, customer_id) < (", *revenue).bind(", ", customer_id.as_str()).push(')')
            }
            Some(Position::LastPurchase { last_purchase, customer_id }) => sql
                .bind(" AND (last_purchase, customer_id) < (", *last_purchase)
                .bind(", ", customer_id.as_str())
                .push(')'),
        };
        sql.push(match page.sort {
            Sort::CustomerId | Sort::Value | Sort::Risk => " ORDER BY customer_id",
            Sort::Revenue => " ORDER BY revenue DESC, customer_id DESC",
            Sort::LastPurchase => " ORDER BY last_purchase DESC, customer_id DESC",
        });
        sql.bind(" LIMIT ", page.limit);
        let rows = sql.query().fetch_all(&self.reads).await?;
        if rows.len() <= FEW {
            return rows.iter().map(customer).collect();
        }
        // A thousand histories take milliseconds to read, for which other requests on this thread would wait.
        let parsed = spawn_blocking(move || rows.iter().map(customer).collect());
        parsed.await.map_err(|error| StoreError::corrupt("customer", "", &error))?
    }
}

/// A page of a list is read where it came in.
const FEW: usize = 201;

fn customer(row: &AnyRow) -> Result<CustomerRow, StoreError> {
    let customer_id: String = row.try_get(0)?;
    let history = history(&customer_id, row.try_get(1)?)?;
    let traits = traits(&customer_id, row.try_get(3)?)?;
    Ok(CustomerRow { history, revenue: row.try_get(2)?, traits, customer_id })
}
