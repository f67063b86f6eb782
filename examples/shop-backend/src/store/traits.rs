//! Tags and attributes of customers, and which of them there are.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::people::Held;
use super::sql::{Sql, Value};
use super::{AT_A_TIME, Store, StoreError, in_attempts};
use crate::traits::{TraitKind, Traits};

/// Of all customers together.
const MOST_TAGS: i64 = 1_000;
const MOST_ATTRIBUTES: i64 = 200;

/// A tag or an attribute that customers have.
#[derive(Debug, Clone)]
pub(crate) struct TraitName {
    pub(crate) name: String,
    pub(crate) kind: TraitKind,
    pub(crate) customers: i64,
}

/// By the name under which each customer is known.
type ByName = BTreeMap<String, Traits>;

impl Store {
    /// Says of each of these customers, by any id, what holds in place of all that was said before; of one person twice,
    /// the last. An id that nobody has is a new customer's.
    pub(crate) async fn set_traits(&self, said: &[(String, Traits)]) -> Result<(), StoreError> {
        in_attempts!(self.try_set_traits(said))
    }

    async fn try_set_traits(&self, said: &[(String, Traits)]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        let ids: BTreeSet<String> = said.iter().map(|(id, _)| id.clone()).collect();
        self.hold(&mut transaction, &mut held, ids, true).await?;
        let mut now: ByName = said.iter().map(|(id, traits)| (held.name(id), traits.clone())).collect();
        let before = read(&mut transaction, now.keys().map(String::as_str)).await?;
        self.touch(&mut transaction, now.keys().map(String::as_str)).await?;
        now.retain(|_, traits| *traits != Traits::default());
        change(&mut transaction, &before, &now).await.map_err(|error| of_record(error, said))?;
        self.commit(transaction).await
    }

    /// The tags and attributes that there are, by name.
    pub(crate) async fn trait_names(&self) -> Result<Vec<TraitName>, StoreError> {
        let rows = sqlx::query("SELECT name, kind, customers FROM trait_names").fetch_all(&self.reads).await?;
        let mut names = rows.iter().map(trait_name).collect::<Result<Vec<_>, _>>()?;
        names.sort_by(|one, other| (&one.name, one.kind).cmp(&(&other.name, other.kind)));
        Ok(names)
    }
}

/// Two ids of one person: what was said of both is the person's.
pub(super) async fn join_traits(
    transaction: &mut Transaction<'static, Any>,
    ids: [&str; 2],
    name: &str,
) -> Result<(), StoreError> {
    let before = read(transaction, ids.into_iter()).await?;
    let joined = before.values().cloned().reduce(Traits::joined);
    let now = joined.map(|traits| (name.to_owned(), traits)).into_iter().collect();
    change(transaction, &before, &now).await
}

/// Takes a person, by name, out of what was said.
pub(super) async fn forget_traits(transaction: &mut Transaction<'static, Any>, name: &str) -> Result<(), StoreError> {
    let before = read(transaction, [name].into_iter()).await?;
    change(transaction, &before, &ByName::new()).await
}

/// As they are stored; there is no row where nothing is said.
pub(super) fn traits(customer_id: &str, text: Option<&str>) -> Result<Traits, StoreError> {
    let traits = text.map(serde_json::from_str).transpose();
    Ok(traits.map_err(|error| StoreError::corrupt("traits", customer_id, &error))?.unwrap_or_default())
}

async fn read(
    transaction: &mut Transaction<'static, Any>,
    names: impl Iterator<Item = &str>,
) -> Result<ByName, StoreError> {
    let (names, mut found) = (names.collect::<Vec<_>>(), ByName::new());
    for names in names.chunks(AT_A_TIME) {
        let mut select = Sql::new("SELECT customer_id, said FROM traits WHERE customer_id IN ");
        select.list(names.iter().copied());
        for row in &select.query().fetch_all(&mut **transaction).await? {
            let customer_id: String = row.try_get(0)?;
            let traits = traits(&customer_id, row.try_get(1)?)?;
            found.insert(customer_id, traits);
        }
    }
    Ok(found)
}

/// Puts what is said now in the place of what was said before, of customers who are held.
async fn change(transaction: &mut Transaction<'static, Any>, before: &ByName, now: &ByName) -> Result<(), StoreError> {
    let gone: Vec<_> = before.keys().filter(|name| !now.contains_key(*name)).map(String::as_str).collect();
    if !gone.is_empty() {
        let mut delete = Sql::new("DELETE FROM traits WHERE customer_id IN ");
        delete.list(gone);
        delete.query().execute(&mut **transaction).await?;
    }
    let changed: Vec<_> = now.iter().filter(|(name, traits)| before.get(*name) != Some(traits)).collect();
    for rows in changed.chunks(AT_A_TIME) {
        let mut insert = Sql::new("INSERT INTO traits (customer_id, said) VALUES ");
        let row = |(name, traits): &(&String, &Traits)| {
            let text = serde_json::to_string(traits).map_err(|error| StoreError::corrupt("traits", name, &error))?;
            Ok::<_, StoreError>([Value::from(name.as_str()), text.into()])
        };
        insert.rows(rows.iter().map(row).collect::<Result<Vec<_>, _>>()?);
        insert.push(" ON CONFLICT (customer_id) DO UPDATE SET said = excluded.said");
        insert.query().execute(&mut **transaction).await?;
    }
    let mut counts: BTreeMap<(&str, TraitKind), i64> = BTreeMap::new();
    for (traits, step) in before.values().map(|traits| (traits, -1)).chain(now.values().map(|traits| (traits, 1))) {
        traits.names().for_each(|name| *counts.entry(name).or_default() += step);
    }
    // First what is gone: an attribute that nobody has may become one of another kind.
    let (less, more): (Vec<_>, Vec<_>) =
        counts.into_iter().filter(|(_, step)| *step != 0).partition(|(_, step)| *step < 0);
    if !less.is_empty() {
        count(transaction, &less).await?;
        sqlx::query("DELETE FROM trait_names WHERE customers = 0").execute(&mut **transaction).await?;
    }
    if count(transaction, &more).await? { check_number(transaction).await } else { Ok(()) }
}

/// So many customers more, or less, have these; whether nobody has had one of them.
async fn count(
    transaction: &mut Transaction<'static, Any>,
    names: &[((&str, TraitKind), i64)],
) -> Result<bool, StoreError> {
    let other_kind =
        |name: &str, found, known| StoreError::OtherKind { record: 0, name: name.to_owned(), found, known };
    let mut is_any_new = false;
    for pair in names.windows(2) {
        if let [((one, TraitKind::Number), _), ((other, found @ TraitKind::Text), _)] = pair
            && one == other
        {
            return Err(other_kind(one, *found, TraitKind::Number));
        }
    }
    for names in names.chunks(AT_A_TIME) {
        let mut insert = Sql::new("INSERT INTO trait_names (name, is_tag, kind, customers) VALUES ");
        let row = |((name, kind), step): &((&str, TraitKind), i64)| {
            [Value::from(*name), i64::from(*kind == TraitKind::Tag).into(), kind.key().into(), (*step).into()]
        };
        insert.rows(names.iter().map(row)).push(
            " ON CONFLICT (name, is_tag) DO UPDATE SET customers = trait_names.customers + excluded.customers \
             RETURNING name, kind, customers",
        );
        for row in &insert.query().fetch_all(&mut **transaction).await? {
            let stored = trait_name(row)?;
            let is_tag = stored.kind == TraitKind::Tag;
            let said =
                names.iter().find(|((name, kind), _)| *name == stored.name && (*kind == TraitKind::Tag) == is_tag);
            let Some(((name, kind), step)) = said else { continue };
            if *kind != stored.kind {
                return Err(other_kind(name, *kind, stored.kind));
            }
            is_any_new |= stored.customers == *step;
        }
    }
    Ok(is_any_new)
}

async fn check_number(transaction: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
    let select = "SELECT is_tag, COUNT(*) FROM trait_names GROUP BY is_tag";
    for row in &sqlx::query(select).fetch_all(&mut **transaction).await? {
        let (is_tag, found): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let (field, most) = if is_tag == 1 { ("tags", MOST_TAGS) } else { ("attributes", MOST_ATTRIBUTES) };
        if found > most {
            return Err(StoreError::TooManyNames { field, found, most });
        }
    }
    Ok(())
}

/// The error with the first record that says so.
fn of_record(error: StoreError, said: &[(String, Traits)]) -> StoreError {
    match error {
        StoreError::OtherKind { name, found, known, .. } => {
            let is_it = |(_, traits): &(String, Traits)| traits.names().any(|one| one == (name.as_str(), found));
            let record = said.iter().position(is_it).unwrap_or_default();
            StoreError::OtherKind { record, name, found, known }
        }
        other => other,
    }
}

fn trait_name(row: &AnyRow) -> Result<TraitName, StoreError> {
    let (name, kind): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let kind = TraitKind::of_key(&kind).ok_or_else(|| StoreError::corrupt("trait name", &name, &kind))?;
    Ok(TraitName { kind, customers: row.try_get(2)?, name })
}
