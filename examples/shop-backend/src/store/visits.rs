//! What customers did with products and categories on which days, for as long as models of visitors look back.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;
use repurchase::record::{Interaction, InteractionKind, Record};
use repurchase::shop::Activity;
use sqlx::{Any, Row, Transaction};

use super::activities::{Deed, LastDay, NOT_PAID, activity};
use super::people::Held;
use super::sql::{Sql, Value};
use super::traits::traits;
use super::{AT_A_TIME, Store, StoreError};
use crate::traits::Traits;
use crate::visitors::Outcome;

/// Of a customer, with a product or category.
pub(crate) type Visit = Interaction<String, String>;

/// Customers who have not bought.
const NO_BUYERS: &str = "SELECT customer_id FROM customers WHERE last_purchase IS NULL";

impl Store {
    /// Keeps on which days the deeds were done.
    pub(super) async fn add_visits(
        &self,
        transaction: &mut Transaction<'static, Any>,
        held: &Held,
        deeds: &[Deed],
    ) -> Result<(), StoreError> {
        let mut rows = BTreeSet::new();
        for deed in deeds {
            let Some(kind) = kind(deed.activity) else { continue };
            let day = self.calendar.day(deed.at);
            let day = day.map_err(|error| StoreError::corrupt("visits", &deed.customer_id, &error))?;
            rows.insert((held.name(&deed.customer_id), day, kind.label().key(), deed.category.as_str()));
        }
        for rows in rows.iter().collect::<Vec<_>>().chunks(AT_A_TIME) {
            let mut insert = Sql::new("INSERT INTO visits (customer_id, day, activity, category) VALUES ");
            let row = |(name, day, activity, category): &&(String, NaiveDate, &str, &str)| {
                [Value::from(name.as_str()), (*day).into(), (*activity).into(), (*category).into()]
            };
            insert.rows(rows.iter().map(row)).push(" ON CONFLICT DO NOTHING");
            insert.query().execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// All that is kept up to a day.
    pub(crate) async fn visits(&self, to: NaiveDate) -> Result<Vec<Visit>, StoreError> {
        let mut select = Sql::new("SELECT customer_id, day, activity, category FROM visits");
        select.bind(" WHERE day <= ", to);
        self.read_visits(select).await
    }

    /// What was done on the days `from` to `to` by those who have not bought.
    pub(crate) async fn visits_without_purchase(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Visit>, StoreError> {
        let mut select = Sql::new("SELECT customer_id, day, activity, category FROM visits");
        select.bind(" WHERE day >= ", from).bind(" AND day <= ", to);
        select.push(" AND customer_id IN (").push(NO_BUYERS).push(")");
        self.read_visits(select).await
    }

    async fn read_visits(&self, select: Sql) -> Result<Vec<Visit>, StoreError> {
        let mut rows = select.query().fetch(&self.reads);
        let (mut visits, mut starts) = (Vec::new(), HashMap::new());
        while let Some(row) = rows.try_next().await? {
            let (customer, day, key): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let corrupt = |what: &dyn std::fmt::Display| StoreError::corrupt("visits", &customer, &what);
            let at: DateTime<Utc> = match starts.get(&day) {
                Some(at) => *at,
                None => {
                    let start = self.midnight(day.parse().map_err(|error| corrupt(&error))?);
                    let at = DateTime::from_timestamp_micros(start).ok_or_else(|| corrupt(&day))?;
                    *starts.entry(day).or_insert(at)
                }
            };
            let kind = InteractionKind::ALL.into_iter().find(|kind| kind.label().key() == key);
            let kind = kind.ok_or_else(|| corrupt(&key))?;
            visits.push(Interaction::new(customer, at, kind, row.try_get(3)?));
        }
        Ok(visits)
    }

    /// The orders and credits up to a day of whoever did something.
    pub(crate) async fn records_of_visitors(&self, to: NaiveDate) -> Result<Vec<Record<String>>, StoreError> {
        self.records_of("SELECT customer_id FROM visits", to).await
    }

    /// What no model looks back to any more.
    pub(crate) async fn delete_visits_before(&self, day: NaiveDate) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM visits WHERE day < $1").bind(day.to_string());
        delete.execute(&self.writes).await?;
        Ok(())
    }

    pub(crate) async fn set_visitor_fit(&self, as_of: NaiveDate, outcome: &Outcome) -> Result<(), StoreError> {
        let text = serde_json::to_string(outcome).map_err(|error| StoreError::corrupt("visitor fit", "", &error))?;
        let insert = "INSERT INTO visitor_fit (one, as_of, outcome) VALUES (1, $1, $2) \
                      ON CONFLICT (one) DO UPDATE SET as_of = excluded.as_of, outcome = excluded.outcome";
        sqlx::query(insert).bind(as_of.to_string()).bind(text).execute(&self.writes).await?;
        Ok(())
    }

    /// The last fit, as of its day; `None` before the first one. One that cannot be read, such as that of an earlier form,
    /// is none: the next one can.
    pub(crate) async fn visitor_fit(&self) -> Result<Option<(NaiveDate, Outcome)>, StoreError> {
        let row = sqlx::query("SELECT as_of, outcome FROM visitor_fit").fetch_optional(&self.reads).await?;
        let Some(row) = row else { return Ok(None) };
        let (as_of, text): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let as_of = as_of.parse().map_err(|error| StoreError::corrupt("visitor fit", "", &error))?;
        match serde_json::from_str(&text) {
            Ok(outcome) => Ok(Some((as_of, outcome))),
            Err(error) => {
                tracing::warn!(%error, "the stored model of visitors cannot be read");
                Ok(None)
            }
        }
    }

    /// What is said of those who have not bought, by name.
    pub(crate) async fn traits_without_purchase(&self) -> Result<HashMap<String, Traits>, StoreError> {
        let mut select = Sql::new("SELECT customer_id, said FROM traits WHERE customer_id IN (");
        select.push(NO_BUYERS).push(")");
        let rows = select.query().fetch_all(&self.reads).await?;
        let of_customer = |row: &sqlx::any::AnyRow| {
            let id: String = row.try_get(0)?;
            let traits = traits(&id, row.try_get(1)?)?;
            Ok((id, traits))
        };
        rows.iter().map(of_customer).collect()
    }

    /// What they did last, by name.
    pub(crate) async fn last_days_without_purchase(&self) -> Result<HashMap<String, Vec<LastDay>>, StoreError> {
        let mut select = Sql::new("SELECT customer_id, activity, category, at FROM activities AS done WHERE ");
        select.push(NOT_PAID).push(" AND customer_id IN (").push(NO_BUYERS).push(")");
        let mut done: HashMap<String, Vec<LastDay>> = HashMap::new();
        for row in &select.query().fetch_all(&self.reads).await? {
            let (id, key): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let at = DateTime::from_timestamp_micros(row.try_get(3)?).unwrap_or_default();
            let day = self.calendar.day(at).map_err(|error| StoreError::corrupt("activities", &id, &error))?;
            let last = LastDay { activity: activity(&id, &key)?, category: row.try_get(2)?, day };
            done.entry(id).or_default().push(last);
        }
        Ok(done)
    }
}

/// Of interest without buying, the kind.
fn kind(activity: Activity) -> Option<InteractionKind> {
    InteractionKind::ALL.into_iter().find(|kind| Activity::from(*kind) == activity)
}

/// Two ids of one person: the person did on each day what both did.
pub(super) async fn join_visits(
    transaction: &mut Transaction<'static, Any>,
    ids: [&str; 2],
    name: &str,
) -> Result<(), StoreError> {
    let mut insert = Sql::new("INSERT INTO visits (customer_id, day, activity, category)");
    insert.bind(" SELECT DISTINCT CAST(", name).push(" AS TEXT), day, activity, category FROM visits");
    insert.push(" WHERE customer_id IN ").list(ids).push(" ON CONFLICT DO NOTHING");
    insert.query().execute(&mut **transaction).await?;
    let mut delete = Sql::new("DELETE FROM visits WHERE customer_id IN ");
    delete.list(ids).bind(" AND customer_id <> ", name);
    delete.query().execute(&mut **transaction).await?;
    Ok(())
}
