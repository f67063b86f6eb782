//! The points program, and points that were given and spent.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::book::OrderRow;
use super::people::Held;
use super::sql::{Sql, Value};
use super::{Store, StoreError, in_attempts};
use crate::config::Clock;
use crate::points::{Entry, Program, account};

/// Orders and entries of each person.
pub(crate) type Accounts = BTreeMap<String, (Vec<(String, OrderRow)>, Vec<Entry>)>;

/// Points that somebody is given or spends.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry {
    pub(crate) entry_id: String,
    pub(crate) customer_id: String,
    pub(crate) day: NaiveDate,
    pub(crate) points: i64,
}

/// What came of an entry.
#[derive(Debug, Clone)]
pub(crate) enum Entered {
    New,
    /// The same was known.
    Known,
    /// There is another entry of the id.
    Other,
    /// The library refuses it, such as a redemption of more than the balance.
    Refused(repurchase::Error),
    /// Nobody has the id.
    Nobody,
}

const ENTRIES: &str = "SELECT COALESCE(known.known_as, entry.customer_id), entry.day, entry.points FROM points AS entry \
                       LEFT JOIN customers AS known ON known.customer_id = entry.customer_id";
const ORDERS: &str = "SELECT order_id, is_credit, statements, customer_id FROM orders \
                      WHERE is_credit = 0 AND customer_id IS NOT NULL";

impl Store {
    pub(crate) async fn points_program(&self) -> Result<Option<Program>, StoreError> {
        let row = sqlx::query("SELECT program FROM points_program").fetch_optional(&self.reads).await?;
        let program = |row: AnyRow| serde_json::from_str(row.try_get(0)?).map_err(|error| corrupt(&error));
        row.map(program).transpose()
    }

    pub(crate) async fn set_points_program(&self, program: &Program) -> Result<(), StoreError> {
        let text = serde_json::to_string(program).map_err(|error| corrupt(&error))?;
        let insert = "INSERT INTO points_program (one, program) VALUES (1, $1) \
                      ON CONFLICT (one) DO UPDATE SET program = excluded.program";
        sqlx::query(insert).bind(text).execute(&self.writes).await?;
        Ok(())
    }

    /// What the account of a customer, by name, is made of; of all customers without one.
    pub(crate) async fn accounts(&self, name: Option<&str>) -> Result<Accounts, StoreError> {
        let mut transaction = self.reads.begin().await?;
        read(&mut transaction, name).await
    }

    /// Gives or takes points, if the account has them.
    pub(crate) async fn add_points(
        &self,
        entry: &NewEntry,
        program: &Program,
        clock: &Clock,
    ) -> Result<Entered, StoreError> {
        in_attempts!(self.try_add_points(entry, program, clock))
    }

    async fn try_add_points(&self, new: &NewEntry, program: &Program, clock: &Clock) -> Result<Entered, StoreError> {
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        // Whoever spends the same points waits here.
        self.hold(&mut transaction, &mut held, BTreeSet::from([new.customer_id.clone()]), false).await?;
        let name = held.name(&new.customer_id);
        if !held.histories.contains_key(&name) {
            return Ok(Entered::Nobody);
        }
        let select = sqlx::query("SELECT customer_id, day, points FROM points WHERE entry_id = $1").bind(&new.entry_id);
        if let Some(row) = select.fetch_optional(&mut *transaction).await? {
            let known: (String, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let is_same = known == (new.customer_id.clone(), new.day.to_string(), new.points);
            return Ok(if is_same { Entered::Known } else { Entered::Other });
        }
        let (orders, mut entries) = read(&mut transaction, Some(&name)).await?.remove(&name).unwrap_or_default();
        let (rules, _) = program.check().map_err(|_| corrupt(&"the program cannot be"))?;
        let of = |entries: &[Entry], day| account(&rules, &orders, entries, day, self.currency, &self.calendar);
        let asked = new.points.min(0).unsigned_abs();
        match of(&entries, new.day)? {
            Ok(account) if account.balance() < asked => {
                let balance = account.balance();
                return Ok(Entered::Refused(repurchase::Error::PointsShort { asked, balance, day: new.day }));
            }
            Ok(_) => {}
            Err(error) => return Ok(Entered::Refused(error)),
        }
        entries.push((new.day, new.points));
        if let Err(error) = of(&entries, clock.today())? {
            return Ok(Entered::Refused(error));
        }
        let mut insert = Sql::new("INSERT INTO points (entry_id, customer_id, day, points) VALUES ");
        let (id, customer, day) = (new.entry_id.as_str(), new.customer_id.as_str(), new.day);
        insert
            .rows([[Value::from(id), customer.into(), day.into(), new.points.into()]])
            .push(" ON CONFLICT DO NOTHING");
        let added = insert.query().execute(&mut *transaction).await?.rows_affected();
        self.commit(transaction).await?;
        Ok(if added > 0 { Entered::New } else { Entered::Other })
    }
}

async fn read(transaction: &mut Transaction<'static, Any>, name: Option<&str>) -> Result<Accounts, StoreError> {
    let mut accounts = Accounts::new();
    let mut select = Sql::new(ORDERS);
    if let Some(name) = name {
        select.bind(" AND customer_id = ", name);
    }
    for row in &select.query().fetch_all(&mut **transaction).await? {
        let ((order_id, _), row) = OrderRow::read(row)?;
        let person = row.customer_id.clone().unwrap_or_default();
        accounts.entry(person).or_default().0.push((order_id, row));
    }
    let mut select = Sql::new(ENTRIES);
    if let Some(name) = name {
        select.bind(" WHERE COALESCE(known.known_as, entry.customer_id) = ", name);
    }
    for row in &select.query().fetch_all(&mut **transaction).await? {
        let (person, day, points): (String, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let day = day.parse().map_err(|_| corrupt(&"a day is no day"))?;
        accounts.entry(person).or_default().1.push((day, points));
    }
    Ok(accounts)
}

fn corrupt(what: &impl ToString) -> StoreError {
    StoreError::corrupt("points", "", what)
}
