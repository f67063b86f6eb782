//! All customers are read, block by block: as few columns as are asked for, each row of them one line of a text that the
//! database joins. Row by row, a driver takes several times as long as the database.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use chrono::DateTime;
use repurchase::act::audience::Field;
use repurchase::shop::Activity;
use repurchase::{CustomerHistory, ShopCalendar};
use repurchase_segment::order_files::Zone;
use sqlx::Row;
use tokio::task::spawn_blocking;

use super::activities::{LastDay, NOT_PAID, activity};
use super::people::history;
use super::sql::Sql;
use super::traits::traits;
use super::{Dialect, Store, StoreError};
use crate::traits::Traits;

/// Customers of one block, so that no transaction is long and no lock is held.
const BLOCK: i64 = 4_000;

/// Names by which rows are looked for; with more of them all rows are read.
const MOST_NAMES: usize = 50;

/// What is asked of each customer beside the history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Names of tags and attributes.
    pub(crate) traits: BTreeSet<String>,
    /// With which product or category; `None`: with any.
    pub(crate) activities: BTreeSet<(Activity, Option<String>)>,
}

impl Asked {
    pub(crate) fn by<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Self {
        let mut asked = Self::default();
        for field in fields {
            match field {
                Field::Tag(name) | Field::Attribute(name) => {
                    asked.traits.insert(name.to_string());
                }
                Field::DaysSince { activity, category } => {
                    asked.activities.insert((*activity, category.as_deref().map(str::to_owned)));
                }
                _ => {}
            }
        }
        asked
    }
}

/// As the database gives them: lines whose fields are behind tabs, which neither ids nor JSON have.
#[derive(Debug)]
pub(crate) struct Block {
    customers: String,
    activities: String,
    /// The last of the customers.
    last: String,
    dialect: Dialect,
    calendar: ShopCalendar<Zone>,
}

/// A customer with a purchase, and what was asked for; it is read when it is needed.
#[derive(Debug)]
pub(crate) struct Scanned<'a> {
    pub(crate) customer_id: &'a str,
    history: &'a str,
    said: Option<&'a str>,
    done: Vec<&'a str>,
    calendar: &'a ShopCalendar<Zone>,
}

impl Store {
    /// The next customers with a purchase behind one, ascending by id; `None` where there are no more.
    pub(crate) async fn block(&self, behind: &str, asked: &Asked) -> Result<Option<Block>, StoreError> {
        // SQLite joins in the order in which the rows come, and would sort them, texts and all, once more.
        let (order, position) = match self.dialect {
            Dialect::Postgres => (" ORDER BY customer_id", "strpos(traits.said, "),
            Dialect::Sqlite => ("", "instr(traits.said, "),
        };
        let mut sql = Sql::new("SELECT MAX(customer_id), string_agg(line, '\n'");
        sql.push(order)
            .push(") FROM (SELECT customers.customer_id, customers.customer_id || '\t' || customers.history");
        if asked.traits.is_empty() {
            sql.push(" AS line FROM customers");
        } else {
            sql.push(" || COALESCE('\t' || traits.said, '') AS line FROM customers LEFT JOIN traits ON ");
            sql.push("traits.customer_id = customers.customer_id");
            // Most customers have not been given what a rule asks for: only JSON with its name in it is read.
            let names = Some(&asked.traits).filter(|names| names.len() <= MOST_NAMES);
            let mut joint = " AND (";
            for name in names.into_iter().flatten() {
                sql.push(joint).bind(position, serde_json::Value::from(name.as_str()).to_string()).push(") > 0");
                joint = " OR ";
            }
            sql.push(if joint == " OR " { ")" } else { "" });
        }
        sql.bind(" WHERE last_purchase IS NOT NULL AND customers.customer_id > ", behind);
        sql.bind(" ORDER BY customers.customer_id LIMIT ", BLOCK).push(") AS block");
        let row = sql.query().fetch_one(&self.reads).await?;
        let Some(last) = row.try_get::<Option<String>, _>(0)? else { return Ok(None) };
        let mut activities = String::new();
        if !asked.activities.is_empty() {
            activities = self.activities_between(behind, &last, asked).await?;
        }
        let (customers, calendar) = (row.try_get(1)?, self.calendar.clone());
        Ok(Some(Block { customers, activities, last, dialect: self.dialect, calendar }))
    }

    async fn activities_between(&self, behind: &str, last: &str, asked: &Asked) -> Result<String, StoreError> {
        let mut sql =
            Sql::new("SELECT string_agg(customer_id || '\t' || activity || '\t' || CAST(at AS TEXT) || '\t' ||");
        sql.push(" category, '\n') FROM activities AS done WHERE ").push(NOT_PAID);
        sql.bind(" AND customer_id > ", behind).bind(" AND customer_id <= ", last);
        let kinds: BTreeSet<_> = asked.activities.iter().map(|(activity, _)| activity.label().key()).collect();
        sql.push(" AND activity IN ").list(kinds);
        let categories: Option<BTreeSet<_>> =
            asked.activities.iter().map(|(_, category)| category.as_deref()).collect();
        if let Some(categories) = categories.filter(|categories| categories.len() <= MOST_NAMES) {
            sql.push(" AND category IN ").list(categories);
        }
        let row = sql.query().fetch_one(&self.reads).await?;
        Ok(row.try_get::<Option<String>, _>(0)?.unwrap_or_default())
    }

    /// Looks at the customers behind one, ascending by id, off the threads of requests, until there are no more or the
    /// answer is to break off.
    pub(crate) async fn scan<T, E>(
        &self,
        behind: Option<String>,
        asked: &Asked,
        mut state: T,
        look: impl Fn(&mut T, &Scanned<'_>) -> Result<ControlFlow<()>, E> + Clone + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut behind = behind.unwrap_or_default();
        while let Some(block) = self.block(&behind, asked).await? {
            let look = look.clone();
            // It takes milliseconds, for which other requests on a thread of theirs would wait.
            let looking = spawn_blocking(move || {
                for row in block.rows() {
                    if look(&mut state, &row)?.is_break() {
                        return Ok((state, None));
                    }
                }
                Ok::<_, E>((state, Some(block.last)))
            });
            let (looked, last) = looking.await.map_err(|error| StoreError::corrupt("customer", "", &error))??;
            state = looked;
            let Some(last) = last else { break };
            behind = last;
        }
        Ok(state)
    }
}

impl Block {
    fn rows(&self) -> Vec<Scanned<'_>> {
        let mut done: HashMap<&str, Vec<&str>> = HashMap::new();
        for line in self.activities.lines() {
            let (id, rest) = line.split_once('\t').unwrap_or_default();
            done.entry(id).or_default().push(rest);
        }
        let mut rows = Vec::new();
        for line in self.customers.lines() {
            let (customer_id, rest) = line.split_once('\t').unwrap_or_default();
            let (history, said) = rest.split_once('\t').map_or((rest, None), |(text, said)| (text, Some(said)));
            let done = done.remove(customer_id).unwrap_or_default();
            rows.push(Scanned { customer_id, history, said, done, calendar: &self.calendar });
        }
        if self.dialect == Dialect::Sqlite {
            // As they are, but nobody has promised it.
            rows.sort_unstable_by_key(|row| row.customer_id);
        }
        rows
    }

    /// The last id, and the histories by id.
    pub(crate) fn histories(self) -> Result<(String, Vec<(String, CustomerHistory)>), StoreError> {
        let history = |row: Scanned<'_>| Ok((row.customer_id.to_owned(), row.history()?));
        let histories = self.rows().into_iter().map(history).collect::<Result<_, StoreError>>()?;
        Ok((self.last, histories))
    }
}

impl Scanned<'_> {
    pub(crate) fn history(&self) -> Result<CustomerHistory, StoreError> {
        history(self.customer_id, self.history)
    }

    pub(crate) fn traits(&self) -> Result<Traits, StoreError> {
        traits(self.customer_id, self.said)
    }

    pub(crate) fn activities(&self) -> Result<Vec<LastDay>, StoreError> {
        let last = |text: &&str| {
            let corrupt = |what: &dyn std::fmt::Display| StoreError::corrupt("activities", self.customer_id, &what);
            let fields = text.split_once('\t').and_then(|(key, rest)| Some((key, rest.split_once('\t')?)));
            let (key, (at, category)) = fields.ok_or_else(|| corrupt(text))?;
            let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(|| corrupt(&at))?;
            let day = self.calendar.day(at).map_err(|error| corrupt(&error))?;
            Ok(LastDay { activity: activity(self.customer_id, key)?, category: category.to_owned(), day })
        };
        self.done.iter().map(last).collect()
    }
}
