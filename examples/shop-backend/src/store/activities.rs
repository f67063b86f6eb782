//! What customers did last with which product or category.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use repurchase::shop::Activity;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::people::Held;
use super::sql::{Sql, Value};
use super::{AT_A_TIME, Store, StoreError, in_attempts};

/// That a customer did something.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) customer_id: String,
    pub(crate) activity: Activity,
    pub(crate) category: String,
    pub(crate) at: DateTime<Utc>,
}

/// The last day of an activity with a product or category.
#[derive(Debug, Clone)]
pub(crate) struct LastDay {
    pub(crate) activity: Activity,
    pub(crate) category: String,
    pub(crate) day: NaiveDate,
}

/// An order that was paid is no longer an unpaid one.
pub(super) const NOT_PAID: &str = "NOT (activity = 'unpaid_order' AND EXISTS (SELECT 1 FROM activities AS paid \
                                   WHERE paid.customer_id = done.customer_id AND paid.activity = 'purchase' \
                                   AND paid.category = done.category AND paid.at >= done.at))";

impl Store {
    /// How many of these were later than what was known. An id that nobody has is a new customer's.
    pub(crate) async fn add_activities(&self, deeds: &[Deed]) -> Result<u64, StoreError> {
        in_attempts!(self.try_add_activities(deeds))
    }

    async fn try_add_activities(&self, deeds: &[Deed]) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        let ids: BTreeSet<String> = deeds.iter().map(|deed| deed.customer_id.clone()).collect();
        self.hold(&mut transaction, &mut held, ids, true).await?;
        let mut last: BTreeMap<(String, &str, &str), i64> = BTreeMap::new();
        for deed in deeds {
            let key = (held.name(&deed.customer_id), deed.activity.label().key(), deed.category.as_str());
            let (at, found) = (deed.at.timestamp_micros(), last.entry(key).or_insert(i64::MIN));
            *found = at.max(*found);
        }
        let (rows, mut added) = (last.into_iter().collect::<Vec<_>>(), 0);
        for rows in rows.chunks(AT_A_TIME) {
            let mut insert = Sql::new("INSERT INTO activities (customer_id, activity, category, at) VALUES ");
            let row = |((name, activity, category), at): &((String, &str, &str), i64)| {
                [Value::from(name.as_str()), (*activity).into(), (*category).into(), (*at).into()]
            };
            insert.rows(rows.iter().map(row)).push(
                " ON CONFLICT (customer_id, activity, category) DO UPDATE SET at = excluded.at \
                 WHERE excluded.at > activities.at",
            );
            added += insert.query().execute(&mut *transaction).await?.rows_affected();
        }
        self.add_visits(&mut transaction, &held, deeds).await?;
        let names: BTreeSet<&str> = rows.iter().map(|((name, ..), _)| name.as_str()).collect();
        self.touch(&mut transaction, names.into_iter()).await?;
        self.commit(transaction).await?;
        Ok(added)
    }

    /// Of a customer, by name, the latest first.
    pub(crate) async fn activities(&self, name: &str, limit: i64) -> Result<Vec<Deed>, StoreError> {
        let mut select = Sql::new("SELECT customer_id, activity, category, at FROM activities AS done WHERE ");
        select
            .push(NOT_PAID)
            .bind(" AND customer_id = ", name)
            .bind(" ORDER BY at DESC, activity, category LIMIT ", limit);
        select.query().fetch_all(&self.reads).await?.iter().map(deed).collect()
    }

    /// Whether anybody did anything.
    pub(crate) async fn has_activities(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query("SELECT 1 FROM activities LIMIT 1").fetch_optional(&self.reads).await?.is_some())
    }
}

/// Two ids of one person: the later of what both did is the person's last.
pub(super) async fn join_activities(
    transaction: &mut Transaction<'static, Any>,
    ids: [&str; 2],
    name: &str,
) -> Result<(), StoreError> {
    let mut insert = Sql::new("INSERT INTO activities (customer_id, activity, category, at)");
    insert
        .bind(" SELECT CAST(", name)
        .push(" AS TEXT), activity, category, MAX(at) FROM activities WHERE customer_id IN ");
    insert.list(ids).push(
        " GROUP BY activity, category ON CONFLICT (customer_id, activity, category) DO UPDATE SET at = excluded.at",
    );
    insert.query().execute(&mut **transaction).await?;
    let mut delete = Sql::new("DELETE FROM activities WHERE customer_id IN ");
    delete.list(ids).bind(" AND customer_id <> ", name);
    delete.query().execute(&mut **transaction).await?;
    Ok(())
}

fn deed(row: &AnyRow) -> Result<Deed, StoreError> {
    let (customer_id, key): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let at = DateTime::from_timestamp_micros(row.try_get(3)?).unwrap_or_default();
    Ok(Deed { activity: activity(&customer_id, &key)?, customer_id, category: row.try_get(2)?, at })
}

/// The activity of a key.
pub(super) fn activity(customer_id: &str, key: &str) -> Result<Activity, StoreError> {
    let activity = Activity::ALL.into_iter().find(|activity| activity.label().key() == key);
    activity.ok_or_else(|| StoreError::corrupt("activities", customer_id, &key))
}
