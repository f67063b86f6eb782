//! Customers are read block by block, each of a block's rows one line of a text that the database joins. Row by row, a
//! driver takes several times as long as the database.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::DateTime;
use repurchase::{CustomerHistory, ShopCalendar};
use repurchase_segment::order_files::Zone;
use sqlx::{AnyConnection, Row};
use tokio::task::spawn_blocking;

use super::activities::{LastDay, NOT_PAID, activity};
use super::people::history;
use super::sql::Sql;
use super::traits::traits;
use super::{Dialect, Store, StoreError};
use crate::traits::Traits;

/// Customers of one block, so that no text is long.
pub(super) const BLOCK: i64 = 4_000;

/// All that rules ask of a customer.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) history: CustomerHistory,
    pub(crate) traits: Traits,
    /// The last day of each activity with each product or category.
    pub(crate) done: Vec<LastDay>,
}

/// Which customers a block has, and in which order.
#[derive(Debug)]
pub(super) enum Pages {
    /// All behind an id.
    ById { behind: String },
    /// Those who were changed, behind a change and an id; below the end.
    ByChange { behind: (i64, String), end: i64 },
}

impl Store {
    /// The next customers behind one, in the database's order of ids, and the last of them; `None` where there are no more.
    pub(crate) async fn block(&self, behind: String) -> Result<Option<(Vec<Customer>, String)>, StoreError> {
        // Both statements are of the same customers.
        let mut look = self.reads.begin_with(self.dialect.begin_look()).await?;
        let block = self.read_block(&mut look, &Pages::ById { behind }).await?;
        look.commit().await?;
        Ok(block.map(|(customers, next)| (customers, next.last_id())))
    }

    /// The customers of a page, and the next page.
    pub(super) async fn read_block(
        &self,
        connection: &mut AnyConnection,
        pages: &Pages,
    ) -> Result<Option<(Vec<Customer>, Pages)>, StoreError> {
        // SQLite would sort the rows, texts and all, once more.
        let order = match self.dialect {
            Dialect::Postgres => format!(" ORDER BY {}", pages.order()),
            Dialect::Sqlite => String::new(),
        };
        let mut sql = Sql::new("SELECT string_agg(line, '\n'");
        sql.push(order)
            .push(") FROM (SELECT changed, page.customer_id, changed || '\t' || page.customer_id || '\t' ||");
        sql.push(" history || COALESCE('\t' || traits.said, '') AS line FROM (");
        pages.select(&mut sql, "changed, customer_id, history");
        sql.push(") AS page LEFT JOIN traits ON traits.customer_id = page.customer_id) AS block");
        let customers: Option<String> = sql.query().fetch_one(&mut *connection).await?.try_get(0)?;
        let Some(customers) = customers else { return Ok(None) };

        let mut sql = Sql::new("SELECT string_agg(customer_id || '\t' || activity || '\t' || CAST(at AS TEXT) ||");
        sql.push(" '\t' || category, '\n') FROM activities AS done WHERE ").push(NOT_PAID);
        sql.push(" AND customer_id IN (SELECT customer_id FROM (");
        pages.select(&mut sql, "customer_id");
        sql.push(") AS page)");
        let done: Option<String> = sql.query().fetch_one(connection).await?.try_get(0)?;

        let lines = Lines { customers, done: done.unwrap_or_default(), calendar: self.calendar.clone() };
        let (is_by_change, is_sorted) = (matches!(pages, Pages::ByChange { .. }), self.dialect == Dialect::Postgres);
        // It takes milliseconds, for which other requests on a thread of theirs would wait.
        let reading = spawn_blocking(move || {
            let mut rows = lines.read()?;
            if !is_sorted {
                rows.sort_by(|(change, one), (other_change, other)| {
                    let by_change = if is_by_change { change.cmp(other_change) } else { Ordering::Equal };
                    by_change.then_with(|| one.id.cmp(&other.id))
                });
            }
            let last = rows.last().map(|(change, customer)| (*change, customer.id.clone())).unwrap_or_default();
            Ok::<_, StoreError>((rows.into_iter().map(|(_, customer)| customer).collect(), last))
        });
        let (customers, last) = reading.await.map_err(|error| StoreError::corrupt("customers", "", &error))??;
        let next = match pages {
            Pages::ById { .. } => Pages::ById { behind: last.1 },
            Pages::ByChange { end, .. } => Pages::ByChange { behind: last, end: *end },
        };
        Ok(Some((customers, next)))
    }
}

impl Pages {
    const fn order(&self) -> &'static str {
        match self {
            Self::ById { .. } => "customer_id",
            Self::ByChange { .. } => "changed, customer_id",
        }
    }

    fn select(&self, sql: &mut Sql, columns: &str) {
        sql.push("SELECT ").push(columns).push(" FROM customers WHERE ");
        match self {
            Self::ById { behind } => sql.bind("customer_id > ", behind.as_str()),
            Self::ByChange { behind: (change, id), end } => {
                sql.bind("(changed, customer_id) > (", *change).bind(", ", id.as_str()).bind(") AND changed < ", *end)
            }
        };
        sql.push(" ORDER BY ").push(self.order()).bind(" LIMIT ", BLOCK);
    }

    fn last_id(self) -> String {
        match self {
            Self::ById { behind } | Self::ByChange { behind: (_, behind), .. } => behind,
        }
    }
}

/// As the database gives them: fields are behind tabs, which neither ids nor JSON have.
struct Lines {
    customers: String,
    done: String,
    calendar: ShopCalendar<Zone>,
}

impl Lines {
    /// Each with the number of its change.
    fn read(&self) -> Result<Vec<(i64, Customer)>, StoreError> {
        let mut done: HashMap<&str, Vec<LastDay>> = HashMap::new();
        for line in self.done.lines() {
            let (id, rest) = line.split_once('\t').unwrap_or_default();
            done.entry(id).or_default().push(self.last_day(id, rest)?);
        }
        let mut rows = Vec::new();
        for line in self.customers.lines() {
            let mut fields = line.splitn(4, '\t');
            let mut field = || fields.next().unwrap_or_default();
            let (change, id, text) = (field(), field(), field());
            let change = change.parse().map_err(|error| StoreError::corrupt("customers", id, &error))?;
            let (history, traits) = (history(id, text)?, traits(id, fields.next())?);
            let done = done.remove(id).unwrap_or_default();
            rows.push((change, Customer { id: id.to_owned(), history, traits, done }));
        }
        Ok(rows)
    }

    fn last_day(&self, id: &str, text: &str) -> Result<LastDay, StoreError> {
        let corrupt = |what: &dyn std::fmt::Display| StoreError::corrupt("activities", id, &what);
        let fields = text.split_once('\t').and_then(|(key, rest)| Some((key, rest.split_once('\t')?)));
        let (key, (at, category)) = fields.ok_or_else(|| corrupt(&text))?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(|| corrupt(&at))?;
        let day = self.calendar.day(at).map_err(|error| corrupt(&error))?;
        Ok(LastDay { activity: activity(id, key)?, category: category.to_owned(), day })
    }
}
