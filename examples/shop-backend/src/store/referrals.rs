//! Who brought whom.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use repurchase::record::Referral;
use sqlx::{Any, Row, Transaction};

use super::people::Held;
use super::sql::{Sql, Value};
use super::{AT_A_TIME, Store, StoreError, in_attempts};

/// That a customer brought another.
#[derive(Debug, Clone)]
pub(crate) struct Brought {
    pub(crate) referrer: String,
    pub(crate) referred: String,
    pub(crate) at: DateTime<Utc>,
}

impl Store {
    /// How many of these were new, or earlier than what was known. An id that nobody has is a new customer's.
    pub(crate) async fn add_referrals(&self, pairs: &[Brought]) -> Result<u64, StoreError> {
        in_attempts!(self.try_add_referrals(pairs))
    }

    async fn try_add_referrals(&self, pairs: &[Brought]) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        let ids = pairs.iter().flat_map(|pair| [pair.referrer.clone(), pair.referred.clone()]).collect();
        self.hold(&mut transaction, &mut held, ids, true).await?;
        let persons: BTreeSet<String> = pairs.iter().map(|pair| held.name(&pair.referred)).collect();
        // The first of a person comes first: ids that turned out to be one person may have been brought by two.
        let mut known: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
        for names in persons.iter().collect::<Vec<_>>().chunks(AT_A_TIME) {
            let mut select = Sql::new("SELECT referrer, referred, at FROM referrals WHERE referred IN ");
            select.list(names.iter().map(|name| name.as_str())).push(" ORDER BY at, referrer");
            for row in &select.query().fetch_all(&mut *transaction).await? {
                let Brought { referrer, referred, at } = brought(row)?;
                known.entry(referred).or_default().push((referrer, at.timestamp_micros()));
            }
        }
        let (mut rows, mut added) = (BTreeMap::new(), 0);
        for (record, pair) in pairs.iter().enumerate() {
            let (by, who) = (held.name(&pair.referrer), held.name(&pair.referred));
            let (at, others) = (pair.at.timestamp_micros(), known.entry(who.clone()).or_default());
            match others.iter().position(|(known, _)| *known == by) {
                Some(place) if others[place].1 <= at => continue,
                Some(place) => others[place].1 = at,
                // What was said of two ids before they turned out to be one person may be said again.
                None if by == who => {
                    let Brought { referrer, referred, .. } = pair.clone();
                    return Err(StoreError::OneReferred { record, referrer, referred });
                }
                None => {
                    if let Some((other, _)) = others.first() {
                        let (referred, found, known) = (pair.referred.clone(), pair.referrer.clone(), other.clone());
                        return Err(StoreError::OtherReferrer { record, referred, found, known });
                    }
                    others.push((by.clone(), at));
                }
            }
            added += 1;
            rows.insert((who, by), at);
        }
        for rows in rows.into_iter().collect::<Vec<_>>().chunks(AT_A_TIME) {
            let mut insert = Sql::new("INSERT INTO referrals (referred, referrer, at) VALUES ");
            let row = |((referred, referrer), at): &((String, String), i64)| {
                [Value::from(referred.as_str()), referrer.as_str().into(), (*at).into()]
            };
            insert.rows(rows.iter().map(row)).push(" ON CONFLICT (referred, referrer) DO UPDATE SET at = excluded.at");
            insert.query().execute(&mut *transaction).await?;
        }
        self.commit(transaction).await?;
        Ok(added)
    }

    /// Takes back who brought a customer, by any of the customer's ids; whether that was said. `None` where nobody has
    /// the id.
    pub(crate) async fn delete_referrer(&self, id: &str) -> Result<Option<bool>, StoreError> {
        let delete = |name: &str| {
            let mut delete = Sql::new("DELETE FROM referrals");
            delete.bind(" WHERE referred = ", name);
            delete
        };
        self.take_back(id, delete).await
    }

    /// All of them, in no order.
    pub(crate) async fn referrals(&self) -> Result<Vec<Referral<String>>, StoreError> {
        let select = sqlx::query("SELECT referrer, referred, at FROM referrals");
        let rows = select.fetch_all(&self.reads).await?;
        let referral = |brought: Brought| {
            let day = self.calendar.day(brought.at);
            let day = day.map_err(|error| StoreError::corrupt("referrals", &brought.referred, &error))?;
            Ok(Referral { referrer: brought.referrer, referred: brought.referred, day })
        };
        rows.iter().map(|row| referral(brought(row)?)).collect()
    }

    /// Those in which a customer brings or is brought, by name.
    pub(crate) async fn referrals_of(&self, name: &str) -> Result<Vec<Brought>, StoreError> {
        let select = "SELECT referrer, referred, at FROM referrals WHERE referrer = $1 OR referred = $1";
        let rows = sqlx::query(select).bind(name).fetch_all(&self.reads).await?;
        rows.iter().map(brought).collect()
    }
}

fn brought(row: &sqlx::any::AnyRow) -> Result<Brought, StoreError> {
    let at = DateTime::from_timestamp_micros(row.try_get(2)?).unwrap_or_default();
    Ok(Brought { referrer: row.try_get(0)?, referred: row.try_get(1)?, at })
}

/// Two ids of one person: whom both brought, and by whom both were brought, of the same pair the first time.
pub(super) async fn join_referrals(
    transaction: &mut Transaction<'static, Any>,
    ids: [&str; 2],
    name: &str,
) -> Result<(), StoreError> {
    let mut insert =
        Sql::new("INSERT INTO referrals (referred, referrer, at) SELECT referred, referrer, MIN(at) FROM (");
    for (column, joint) in [("referred", "SELECT CASE WHEN "), ("referrer", ", CASE WHEN ")] {
        insert.push(joint).push(column).push(" IN ").list(ids).bind(" THEN CAST(", name);
        insert.push(" AS TEXT) ELSE ").push(column).push(" END AS ").push(column);
    }
    insert.push(", at FROM referrals WHERE referred IN ").list(ids).push(" OR referrer IN ").list(ids);
    insert.push(") AS joined WHERE at IS NOT NULL GROUP BY referred, referrer");
    insert.push(" ON CONFLICT (referred, referrer) DO UPDATE SET at = excluded.at");
    insert.query().execute(&mut **transaction).await?;
    let others = || ids.into_iter().filter(|id| *id != name);
    let mut delete = Sql::new("DELETE FROM referrals WHERE referred IN ");
    delete.list(others()).push(" OR referrer IN ").list(others());
    delete.query().execute(&mut **transaction).await?;
    Ok(())
}

/// Takes a person out of all pairs: from somebody whom the person brought, or by whom the person was brought, they would
/// lead to the orders that are kept.
pub(super) async fn forget_referrals(
    transaction: &mut Transaction<'static, Any>,
    name: &str,
) -> Result<(), StoreError> {
    let delete = sqlx::query("DELETE FROM referrals WHERE referred = $1 OR referrer = $1").bind(name);
    delete.execute(&mut **transaction).await?;
    Ok(())
}
