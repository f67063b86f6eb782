//! Paid cards: who has one, since when.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use repurchase::record::Record;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::people::Held;
use super::sql::{Sql, Value};
use super::{AT_A_TIME, Store, StoreError, in_attempts};

/// That a customer has, or had, a paid card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) customer_id: String,
    pub(crate) joined: NaiveDate,
    /// The last day.
    pub(crate) ends: Option<NaiveDate>,
    /// In minor units.
    pub(crate) fee: i64,
}

/// The person of a membership, by name.
const OF_PERSONS: &str = "SELECT COALESCE(known.known_as, card.customer_id), card.joined, card.ends, card.fee \
                          FROM memberships AS card JOIN customers AS known ON known.customer_id = card.customer_id";

impl Store {
    /// How many of these say something new. An id that nobody has is a new customer's.
    pub(crate) async fn add_memberships(&self, all: &[Membership]) -> Result<u64, StoreError> {
        in_attempts!(self.try_add_memberships(all))
    }

    async fn try_add_memberships(&self, all: &[Membership]) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        let ids: BTreeSet<String> = all.iter().map(|one| one.customer_id.clone()).collect();
        self.hold(&mut transaction, &mut held, ids, true).await?;
        // Of what one batch says of one membership, the last holds.
        let rows: BTreeMap<_, _> =
            all.iter().map(|one| ((one.customer_id.as_str(), one.joined), (one.ends, one.fee))).collect();
        let mut added = 0;
        for rows in rows.into_iter().collect::<Vec<_>>().chunks(AT_A_TIME) {
            let mut insert = Sql::new("INSERT INTO memberships (customer_id, joined, ends, fee) VALUES ");
            insert.rows(rows.iter().map(|&((id, joined), (ends, fee))| {
                [Value::from(id), joined.into(), ends.map(|day| day.to_string()).into(), fee.into()]
            }));
            insert.push(
                " ON CONFLICT (customer_id, joined) DO UPDATE SET ends = excluded.ends, fee = excluded.fee \
                 WHERE COALESCE(memberships.ends, '') <> COALESCE(excluded.ends, '') OR memberships.fee <> excluded.fee",
            );
            added += insert.query().execute(&mut *transaction).await?.rows_affected();
        }
        self.commit(transaction).await?;
        Ok(added)
    }

    /// Takes back that a person joined on a day, by any of the person's ids; whether that was said. `None` where nobody has
    /// the id.
    pub(crate) async fn delete_membership(&self, id: &str, joined: NaiveDate) -> Result<Option<bool>, StoreError> {
        let delete = |name: &str| {
            let mut delete = Sql::new("DELETE FROM memberships WHERE joined = ");
            delete.bind("", joined).push(" AND customer_id IN (SELECT customer_id FROM customers");
            delete.bind(" WHERE customer_id = ", name).bind(" OR known_as = ", name).push(")");
            delete
        };
        self.take_back(id, delete).await
    }

    /// All of them, by the names of the persons.
    pub(crate) async fn memberships(&self) -> Result<Vec<Membership>, StoreError> {
        sqlx::query(OF_PERSONS).fetch_all(&self.reads).await?.iter().map(membership).collect()
    }

    /// Those of a person, by name, the latest first.
    pub(crate) async fn memberships_of(&self, name: &str) -> Result<Vec<Membership>, StoreError> {
        let mut select = Sql::new(OF_PERSONS);
        select.bind(" WHERE known.customer_id = ", name).bind(" OR known.known_as = ", name);
        select.push(" ORDER BY card.joined DESC, card.customer_id");
        select.query().fetch_all(&self.reads).await?.iter().map(membership).collect()
    }

    /// The orders and credits up to a day of all who have, or had, a paid card.
    pub(crate) async fn records_of_members(&self, to: NaiveDate) -> Result<Vec<Record<String>>, StoreError> {
        let persons = "SELECT COALESCE(known.known_as, known.customer_id) FROM memberships AS card \
                       JOIN customers AS known ON known.customer_id = card.customer_id";
        self.records_of(persons, to).await
    }
}

fn membership(row: &AnyRow) -> Result<Membership, StoreError> {
    let (customer_id, joined, ends): (String, String, Option<String>) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let day = |text: String| {
        text.parse::<NaiveDate>().map_err(|error| StoreError::corrupt("memberships", &customer_id, &error))
    };
    let (joined, ends) = (day(joined)?, ends.map(day).transpose()?);
    Ok(Membership { customer_id, joined, ends, fee: row.try_get(3)? })
}
