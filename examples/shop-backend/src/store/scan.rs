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
use super::{Store, StoreError};
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

/// A customer with a purchase, and what was asked for.
#[derive(Debug)]
pub(crate) struct Scanned {
    pub(crate) customer_id: String,
    pub(crate) history: CustomerHistory,
    pub(crate) traits: Traits,
    pub(crate) activities: Vec<LastDay>,
}

/// As the database gives them: lines whose fields are behind tabs, which neither ids nor JSON have.
#[derive(Debug)]
pub(crate) struct Block {
    customers: String,
    activities: String,
    calendar: ShopCalendar<Zone>,
}

impl Store {
    /// The next customers with a purchase behind one, ascending by id; `None` where there are no more.
    pub(crate) async fn block(&self, behind: &str, asked: &Asked) -> Result<Option<Block>, StoreError> {
        let mut sql =
            Sql::new("SELECT string_agg(line, '\n' ORDER BY customer_id) FROM (SELECT customers.customer_id, ");
        sql.push("customers.customer_id || '\t' || customers.history");
        if asked.traits.is_empty() {
            sql.push(" AS line FROM customers");
        } else {
            sql.push(" || COALESCE('\t' || traits.said, '') AS line FROM customers LEFT JOIN traits ON ");
            sql.push("traits.customer_id = customers.customer_id");
            let names = Some(&asked.traits).filter(|names| names.len() <= MOST_NAMES);
            let mut joint = " AND (";
            for name in names.into_iter().flatten() {
                sql.push(joint).bind("traits.said LIKE ", containing(name)).push(" ESCAPE '!'");
                joint = " OR ";
            }
            sql.push(if joint == " OR " { ")" } else { "" });
        }
        sql.bind(" WHERE last_purchase IS NOT NULL AND customers.customer_id > ", behind);
        sql.bind(" ORDER BY customers.customer_id LIMIT ", BLOCK).push(") AS block");
        let row = sql.query().fetch_one(&self.reads).await?;
        let Some(customers) = row.try_get::<Option<String>, _>(0)? else { return Ok(None) };
        let mut activities = String::new();
        if !asked.activities.is_empty() {
            let last = customers.rsplit('\n').next().map_or("", id_of);
            activities = self.activities_between(behind, last, asked).await?;
        }
        Ok(Some(Block { customers, activities, calendar: self.calendar.clone() }))
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

    /// Looks at the customers behind one, block by block, off the threads of requests, until there are no more or the
    /// answer is to break off.
    pub(crate) async fn scan<T, E>(
        &self,
        behind: Option<String>,
        asked: &Asked,
        mut state: T,
        look: impl Fn(&mut T, Vec<Scanned>) -> Result<ControlFlow<()>, E> + Clone + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut behind = behind.unwrap_or_default();
        while let Some(block) = self.block(&behind, asked).await? {
            let look = look.clone();
            let looking = spawn_blocking(move || {
                let rows = block.read()?;
                let last = rows.last().map(|row| row.customer_id.clone()).unwrap_or_default();
                let next = look(&mut state, rows)?;
                Ok::<_, E>((state, next.is_continue().then_some(last)))
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
    /// Takes milliseconds, for which other requests on a thread of theirs would wait.
    pub(crate) fn read(&self) -> Result<Vec<Scanned>, StoreError> {
        let mut done: HashMap<&str, Vec<LastDay>> = HashMap::new();
        for line in self.activities.lines() {
            let [id, key, at, category] = fields(line).ok_or_else(|| StoreError::corrupt("activities", "", &line))?;
            let corrupt = |what: &dyn std::fmt::Display| StoreError::corrupt("activities", id, &what);
            let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(|| corrupt(&at))?;
            let day = self.calendar.day(at).map_err(|error| corrupt(&error))?;
            let last = LastDay { activity: activity(id, key)?, category: category.to_owned(), day };
            done.entry(id).or_default().push(last);
        }
        self.customers.lines().map(|line| scanned(line, &mut done)).collect()
    }
}

fn scanned(line: &str, done: &mut HashMap<&str, Vec<LastDay>>) -> Result<Scanned, StoreError> {
    let id = id_of(line);
    let rest = line.get(id.len() + 1..).unwrap_or_default();
    let (text, said) = rest.split_once('\t').map_or((rest, None), |(text, said)| (text, Some(said)));
    Ok(Scanned {
        customer_id: id.to_owned(),
        history: history(id, text)?,
        traits: traits(id, said)?,
        activities: done.remove(id).unwrap_or_default(),
    })
}

fn id_of(line: &str) -> &str {
    line.split('\t').next().unwrap_or_default()
}

fn fields<const N: usize>(line: &str) -> Option<[&str; N]> {
    line.splitn(N, '\t').collect::<Vec<_>>().try_into().ok()
}

/// A pattern that every JSON with this name in it matches: most customers have not been given what a rule asks for.
fn containing(name: &str) -> String {
    let text = serde_json::Value::from(name).to_string();
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern + "%"
}
