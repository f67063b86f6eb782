//! The customers of a transaction: whose history it is, under which name, and how histories are mended.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use repurchase::record::{OrderBook, Record};
use repurchase::{CustomerHistory, Error};
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::activities::join_activities;
use super::book::{Key, OrderRow};
use super::referrals::join_referrals;
use super::sql::{Sql, Value};
use super::traits::join_traits;
use super::visits::join_visits;
use super::{AT_A_TIME, Dialect, Store, StoreError, in_attempts};
use crate::metrics::{self, in_library};

/// Customers who are nobody else's to change until the transaction ends.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Under which name the person of an id is known.
    names: BTreeMap<String, String>,
    /// By name.
    pub(super) histories: BTreeMap<String, CustomerHistory>,
}

impl Held {
    /// The name of the person of an id.
    pub(super) fn name(&self, id: &str) -> String {
        self.names.get(id).map_or(id, String::as_str).to_owned()
    }

    pub(super) fn holds(&self, id: &str) -> bool {
        self.names.contains_key(id)
    }

    /// That an id is one of a person's who is held.
    pub(super) fn learn(&mut self, id: &str, name: &str) {
        self.names.insert(id.to_owned(), name.to_owned());
    }
}

/// How an order that was `before` and is `after` changes its customer's history.
enum Effect {
    Nothing,
    /// Something is there that was not.
    More(Record<String>),
    /// Something is not there any more, or is another one.
    Another,
}

impl Effect {
    fn of(before: Option<&Record<String>>, after: Option<&Record<String>>) -> Self {
        let counted = |record: Option<&Record<String>>| match record {
            Some(Record::Order(order)) if order.is_purchase() => Some((order.placed_at(), order.net_amount())),
            Some(Record::Credit(credit)) => Some((credit.issued_at(), credit.amount())),
            _ => None,
        };
        match (counted(before), counted(after), after) {
            (before, after, _) if before == after => Self::Nothing,
            (None, Some(_), Some(record)) => Self::More(record.clone()),
            _ => Self::Another,
        }
    }
}

/// What one order was to a customer, and what it is.
pub(super) type Turn = (Option<Record<String>>, Option<Record<String>>);

impl Store {
    /// Takes back something that was said of a person, by any of the person's ids; whether it was said. `None` where nobody
    /// has the id. The statement is of the person's name.
    pub(super) async fn take_back(
        &self,
        id: &str,
        delete: impl Fn(&str) -> Sql + Sync,
    ) -> Result<Option<bool>, StoreError> {
        in_attempts!(self.try_take_back(id, &delete))
    }

    async fn try_take_back(
        &self,
        id: &str,
        delete: &(impl Fn(&str) -> Sql + Sync),
    ) -> Result<Option<bool>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        self.hold(&mut transaction, &mut held, BTreeSet::from([id.to_owned()]), false).await?;
        if !held.holds(id) {
            return Ok(None);
        }
        let gone = delete(&held.name(id)).query().execute(&mut *transaction).await?.rows_affected();
        self.commit(transaction).await?;
        Ok(Some(gone > 0))
    }

    /// Locks the persons of these ids. An id that nobody has is a new customer's, or left alone.
    pub(super) async fn hold(
        &self,
        transaction: &mut Transaction<'static, Any>,
        held: &mut Held,
        ids: BTreeSet<String>,
        may_be_new: bool,
    ) -> Result<(), StoreError> {
        let mut ids: Vec<String> = ids.into_iter().filter(|id| !held.holds(id)).collect();
        while !ids.is_empty() {
            let mut further = BTreeSet::new();
            for ids in ids.chunks(AT_A_TIME) {
                let mut select = Sql::new("SELECT customer_id, history, known_as FROM customers WHERE customer_id IN ");
                // In the order of their ids, so that two batches do not wait for each other.
                select.list(ids.iter().map(String::as_str)).push(" ORDER BY customer_id");
                if self.dialect == Dialect::Postgres {
                    select.push(" FOR UPDATE");
                }
                let mut rows = select.query().fetch_all(&mut **transaction).await?;
                if may_be_new && rows.len() < ids.len() {
                    let found = rows.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<String>, _>>()?;
                    let missing = ids.iter().filter(|id| !found.contains(*id));
                    rows.extend(open(transaction, missing).await?);
                }
                for row in rows {
                    let (id, known_as): (String, Option<String>) = (row.try_get(0)?, row.try_get(2)?);
                    match known_as {
                        None => {
                            let history = history(&id, row.try_get(1)?)?;
                            held.histories.insert(id.clone(), history);
                            held.names.insert(id.clone(), id);
                        }
                        Some(name) => {
                            further.insert(name.clone());
                            held.names.insert(id, name);
                        }
                    }
                }
            }
            ids = further.into_iter().filter(|name| !held.histories.contains_key(name)).collect();
        }
        Ok(())
    }

    /// A customer's history after some of the customer's orders changed; `None` where it is the one that it was. In
    /// O(1) for each order that comes after the last one, from all that is stored else.
    pub(super) async fn mend(
        &self,
        transaction: &mut Transaction<'static, Any>,
        customer_id: &str,
        history: &CustomerHistory,
        turns: &[Turn],
    ) -> Result<Option<CustomerHistory>, StoreError> {
        let (mut more, mut is_another) = (Vec::new(), false);
        for (before, after) in turns {
            match Effect::of(before.as_ref(), after.as_ref()) {
                Effect::Nothing => {}
                Effect::More(record) => more.push(record),
                Effect::Another => is_another = true,
            }
        }
        if more.is_empty() && !is_another {
            return Ok(None);
        }
        more.sort_by_key(|record| match record {
            Record::Order(order) => order.placed_at(),
            Record::Credit(credit) => credit.issued_at(),
        });
        let grown = in_library(|| self.grown(history, &more));
        match grown {
            Ok(grown) if !is_another => Ok(Some(grown)),
            Ok(_) | Err(Error::OlderPurchase { .. }) => Ok(Some(self.rebuild(transaction, customer_id).await?)),
            Err(source) => Err(StoreError::Customer { customer_id: customer_id.to_owned(), source }),
        }
    }

    fn grown(&self, history: &CustomerHistory, more: &[Record<String>]) -> repurchase::Result<CustomerHistory> {
        let mut grown = history.clone();
        for record in more {
            match record {
                Record::Order(order) => grown.record_order(order, &self.calendar)?,
                Record::Credit(credit) => grown.record_credit(credit.amount())?,
            }
        }
        Ok(grown)
    }

    /// From all that was said of the customer's orders.
    pub(super) async fn rebuild(
        &self,
        transaction: &mut Transaction<'static, Any>,
        customer_id: &str,
    ) -> Result<CustomerHistory, StoreError> {
        metrics::count_rebuild();
        let aliases = aliases(transaction, &[customer_id]).await?;
        let orders = "SELECT order_id, is_credit, statements, customer_id FROM orders WHERE customer_id = $1";
        let rows = sqlx::query(orders).bind(customer_id).fetch_all(&mut **transaction).await?;
        let rows = rows.iter().map(OrderRow::read).collect::<Result<Vec<_>, _>>()?;
        self.history_of(customer_id, aliases, rows)
    }

    /// The history that orders make, with the ids that are one person's.
    pub(super) fn history_of(
        &self,
        customer_id: &str,
        aliases: Vec<(String, String)>,
        rows: Vec<(Key, OrderRow)>,
    ) -> Result<CustomerHistory, StoreError> {
        let built = in_library(|| {
            let mut book = OrderBook::new();
            for (from, to) in aliases {
                book.alias(from, to)?;
            }
            for ((order_id, _), row) in rows {
                for event in row.statements {
                    book.record(order_id.clone(), event.to_event(self.currency))?;
                }
            }
            let records = book.records_of(customer_id).collect::<repurchase::Result<Vec<_>>>()?;
            CustomerHistory::from_records(records, &self.calendar, NaiveDate::MAX)
        });
        built.map_err(|source| StoreError::Customer { customer_id: customer_id.to_owned(), source })
    }

    /// Stores the histories of customers who are held.
    pub(super) async fn save(
        &self,
        transaction: &mut Transaction<'static, Any>,
        histories: &[(&str, &CustomerHistory)],
    ) -> Result<(), StoreError> {
        for histories in histories.chunks(AT_A_TIME) {
            let mut sql = Sql::new(
                "INSERT INTO customers (customer_id, history, last_purchase, purchases, revenue, changed) VALUES ",
            );
            let mut rows = Vec::with_capacity(histories.len());
            for (customer_id, history) in histories {
                let too_much = || StoreError::Customer {
                    customer_id: (*customer_id).to_owned(),
                    source: Error::AmountOverflow { field: "revenue" },
                };
                let revenue = self.currency.minor(history.revenue()).ok_or_else(too_much)?;
                let purchases = i64::try_from(history.purchases()).unwrap_or(i64::MAX);
                rows.push([
                    Value::from(*customer_id),
                    stored(history)?.into(),
                    history.last_purchase().map(|day| day.to_string()).into(),
                    purchases.into(),
                    revenue.into(),
                    Value::Expression(self.dialect.change()),
                ]);
            }
            sql.rows(rows).push(
                " ON CONFLICT (customer_id) DO UPDATE SET history = excluded.history, \
                 last_purchase = excluded.last_purchase, purchases = excluded.purchases, revenue = excluded.revenue, \
                 changed = excluded.changed",
            );
            sql.query().execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Joins two ids of one person; whether that was new.
    pub(crate) async fn alias(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        in_attempts!(self.try_alias(from, to))
    }

    async fn try_alias(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let is_new = self.join(&mut transaction, from, to).await?;
        self.commit(transaction).await?;
        Ok(is_new)
    }

    async fn join(
        &self,
        transaction: &mut Transaction<'static, Any>,
        from: &str,
        to: &str,
    ) -> Result<bool, StoreError> {
        let mut held = Held::default();
        self.hold(transaction, &mut held, [from, to].map(str::to_owned).into(), true).await?;
        let names = [held.name(from), held.name(to)];
        let names = [names[0].as_str(), names[1].as_str()];
        let pairs = aliases(transaction, &names).await?;
        let mut ids: BTreeSet<String> = pairs.iter().flat_map(|(from, to)| [from.clone(), to.clone()]).collect();
        ids.extend([from, to].map(str::to_owned));
        let joined = in_library(|| {
            let mut book: OrderBook<String, String> = OrderBook::new();
            for (from, to) in pairs {
                book.alias(from, to)?;
            }
            let is_new = book.alias(from.to_owned(), to.to_owned())?;
            Ok((is_new, book.customer(from).cloned().unwrap_or_else(|| to.to_owned())))
        });
        let (is_new, name) = joined.map_err(|source| StoreError::Customer { customer_id: from.to_owned(), source })?;
        if !is_new {
            return Ok(false);
        }
        let mut insert = Sql::new("INSERT INTO aliases (from_id, to_id, customer_id) VALUES ");
        insert.rows([[Value::from(from), to.into(), name.as_str().into()]]).push(" ON CONFLICT DO NOTHING");
        insert.query().execute(&mut **transaction).await?;
        for table in ["aliases", "orders"] {
            let mut update = Sql::new("UPDATE ");
            update.push(table).bind(" SET customer_id = ", name.as_str()).push(" WHERE customer_id IN ").list(names);
            update.query().execute(&mut **transaction).await?;
        }
        let mut others = Sql::new("UPDATE customers SET last_purchase = NULL, purchases = 0, revenue = 0");
        others.bind(", history = ", stored(&CustomerHistory::new())?).bind(", known_as = ", name.as_str());
        others.push(", changed = ").push(self.dialect.change());
        others.push(" WHERE customer_id IN ").list(ids.iter().map(String::as_str).filter(|id| *id != name));
        others.query().execute(&mut **transaction).await?;
        let person = sqlx::query("UPDATE customers SET known_as = NULL WHERE customer_id = $1").bind(&name);
        person.execute(&mut **transaction).await?;
        join_traits(transaction, names, &name).await?;
        join_activities(transaction, names, &name).await?;
        join_visits(transaction, names, &name).await?;
        join_referrals(transaction, names, &name).await?;
        let history = self.rebuild(transaction, &name).await?;
        self.save(transaction, &[(&name, &history)]).await?;
        Ok(true)
    }
}

/// New customers, without a purchase so far, or those that somebody else has just made.
async fn open(
    transaction: &mut Transaction<'static, Any>,
    ids: impl Iterator<Item = &String>,
) -> Result<Vec<AnyRow>, StoreError> {
    let empty = stored(&CustomerHistory::new())?;
    let row = |id: &String| [Value::from(id.as_str()), empty.as_str().into(), 0.into(), 0.into()];
    let mut insert = Sql::new("INSERT INTO customers (customer_id, history, purchases, revenue) VALUES ");
    // Locks the row in both databases, whether it was there or not.
    insert.rows(ids.map(row)).push(
        " ON CONFLICT (customer_id) DO UPDATE SET customer_id = excluded.customer_id \
         RETURNING customer_id, history, known_as",
    );
    Ok(insert.query().fetch_all(&mut **transaction).await?)
}

/// The pairs of ids that were joined, of these persons.
pub(super) async fn aliases(
    transaction: &mut Transaction<'static, Any>,
    names: &[&str],
) -> Result<Vec<(String, String)>, StoreError> {
    let mut select = Sql::new("SELECT from_id, to_id FROM aliases WHERE customer_id IN ");
    select.list(names.iter().copied()).push(" ORDER BY from_id, to_id");
    let rows = select.query().fetch_all(&mut **transaction).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

pub(super) fn history(customer_id: &str, text: &str) -> Result<CustomerHistory, StoreError> {
    in_library(|| serde_json::from_str(text)).map_err(|error| StoreError::corrupt("customer", customer_id, &error))
}

fn stored(history: &CustomerHistory) -> Result<String, StoreError> {
    in_library(|| serde_json::to_string(history)).map_err(|error| StoreError::corrupt("history", "", &error))
}
