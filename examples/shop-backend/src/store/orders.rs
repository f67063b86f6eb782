//! What is said of orders comes in: it is stored, and the histories of their customers with it, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use repurchase::CustomerHistory;
use sqlx::{Any, Row, Transaction};

use super::book::{Applied, Key, OrderRow, Said, Statement, apply, standing};
use super::people::{Held, Turn, aliases};
use super::sql::{Sql, Value};
use super::{AT_A_TIME, Dialect, Store, StoreError, in_attempts};

/// What came in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorded {
    /// Statements that said something new.
    pub(crate) stored: usize,
    /// Statements of which all was known.
    pub(crate) unchanged: usize,
    /// Of the orders that were named, those that nothing has placed yet.
    pub(crate) waiting: Vec<String>,
    /// The customers of the others, as they are now.
    pub(crate) customers: BTreeMap<String, CustomerHistory>,
}

impl Store {
    /// Stores all of a batch or nothing of it.
    pub(crate) async fn record(&self, statements: &[Statement]) -> Result<Recorded, StoreError> {
        in_attempts!(self.try_record(statements))
    }

    async fn try_record(&self, statements: &[Statement]) -> Result<Recorded, StoreError> {
        let mut transaction = self.begin().await?;
        let recorded = self.record_in(&mut transaction, statements).await?;
        self.commit(transaction).await?;
        Ok(recorded)
    }

    pub(super) async fn record_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        statements: &[Statement],
    ) -> Result<Recorded, StoreError> {
        let mut orders: BTreeMap<Key, Vec<(usize, &Said)>> = BTreeMap::new();
        for (place, Statement { order_id, said }) in statements.iter().enumerate() {
            orders.entry((order_id.clone(), said.is_credit())).or_default().push((place, said));
        }
        // The customers first, as all writers do; then the orders.
        let is_silent = |said: &[(usize, &Said)]| said.iter().all(|(_, said)| said.customer().is_none());
        let silent: Vec<&Key> = orders.iter().filter(|(_, said)| is_silent(said)).map(|(key, _)| key).collect();
        let known = self.rows(transaction, &silent, false).await?;
        let mut held = Held::default();
        let named = statements.iter().filter_map(|statement| statement.said.customer().map(str::to_owned)).collect();
        self.hold(transaction, &mut held, named, true).await?;
        let placed = known.values().filter_map(|row| row.customer_id.clone()).collect();
        self.hold(transaction, &mut held, placed, false).await?;

        let (mut turns, mut recorded) = (BTreeMap::new(), Recorded::default());
        recorded.unchanged = statements.len();
        let mut new = Vec::new();
        for (key, said) in orders.iter().filter(|(key, _)| !known.contains_key(*key)) {
            // What does not add up may do so with what is stored.
            new.extend(apply(&key.0, OrderRow::default(), said, &[], self.currency).ok().map(|applied| (key, applied)));
        }
        let inserted = self.insert(transaction, &held, &new).await?;
        let mut others = orders.clone();
        for (key, applied) in new.into_iter().filter(|(key, _)| inserted.contains(*key)) {
            others.remove(key);
            recorded.add(key, None, &applied, &held, &mut turns);
        }
        self.record_known(transaction, &others, &mut held, &mut recorded, &mut turns).await?;
        self.mend_all(transaction, held, &turns, &mut recorded).await?;
        Ok(recorded)
    }

    /// What is said of orders of which something is stored.
    async fn record_known(
        &self,
        transaction: &mut Transaction<'static, Any>,
        orders: &BTreeMap<Key, Vec<(usize, &Said)>>,
        held: &mut Held,
        recorded: &mut Recorded,
        turns: &mut BTreeMap<String, Vec<Turn>>,
    ) -> Result<(), StoreError> {
        let keys: Vec<&Key> = orders.keys().collect();
        if self.dialect == Dialect::Postgres {
            // A contradiction is refused without a lock; else the customers are held before the orders, as by all
            // writers.
            let read = self.rows(transaction, &keys, false).await?;
            let placed = read.values().filter_map(|row| row.customer_id.clone()).collect();
            for (key, row) in read {
                self.said_to(transaction, &key, row, orders.get(&key).map_or(&[][..], Vec::as_slice)).await?;
            }
            self.hold(transaction, held, placed, false).await?;
        }
        let mut stored = self.rows(transaction, &keys, true).await?;
        let placed: BTreeSet<String> = stored.values().filter_map(|row| row.customer_id.clone()).collect();
        // Somebody placed an order since it was asked for. To ask for its customer now, with the order held, is to wait
        // for who holds the customer and asks for the order.
        if self.dialect == Dialect::Postgres && placed.iter().any(|id| !held.holds(id)) {
            return Err(StoreError::Overtaken);
        }
        self.hold(transaction, held, placed, false).await?;
        for row in stored.values() {
            // Who placed it may have been joined to somebody since, whom only the row names.
            if let Some((id, name)) = row.placed_by().zip(row.customer_id.as_deref()) {
                held.learn(id, name);
            }
        }
        let mut changed = Vec::new();
        for (key, said) in orders {
            let row = stored.remove(key).unwrap_or_default();
            let customer_id = row.customer_id.clone();
            let applied = self.said_to(transaction, key, row, said).await?;
            recorded.add(key, customer_id, &applied, held, turns);
            if applied.new > 0 {
                changed.push((key, applied));
            }
        }
        for rows in changed.chunks(AT_A_TIME) {
            let mut update = self.order_rows(held, rows)?;
            update.push(
                " ON CONFLICT (order_id, is_credit) DO UPDATE SET statements = excluded.statements, \
                 customer_id = excluded.customer_id, placed_at = excluded.placed_at, amount = excluded.amount, \
                 refunded = excluded.refunded, status = excluded.status",
            );
            update.query().execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// A stored order with what is said of it; where another customer is named, with the ids that are one person's.
    async fn said_to(
        &self,
        transaction: &mut Transaction<'static, Any>,
        key: &Key,
        row: OrderRow,
        said: &[(usize, &Said)],
    ) -> Result<Applied, StoreError> {
        let mut joined = Vec::new();
        let is_other = |said: &Said| said.customer().is_some_and(|id| row.placed_by().is_some_and(|by| by != id));
        if let Some(name) = row.customer_id.as_deref().filter(|_| said.iter().any(|(_, said)| is_other(said))) {
            joined = aliases(transaction, &[name]).await?;
        }
        apply(&key.0, row, said, &joined, self.currency)
    }

    /// The histories of the customers whose orders were named.
    async fn mend_all(
        &self,
        transaction: &mut Transaction<'static, Any>,
        mut held: Held,
        turns: &BTreeMap<String, Vec<Turn>>,
        recorded: &mut Recorded,
    ) -> Result<(), StoreError> {
        let mut mended = BTreeSet::new();
        for (customer_id, turns) in turns {
            let mut history = held.histories.remove(customer_id).unwrap_or_default();
            if let Some(other) = self.mend(transaction, customer_id, &history, turns).await? {
                history = other;
                mended.insert(customer_id.as_str());
            }
            recorded.customers.insert(customer_id.clone(), history);
        }
        let mended = recorded.customers.iter().filter(|(id, _)| mended.contains(id.as_str()));
        let mended: Vec<_> = mended.map(|(id, history)| (id.as_str(), history)).collect();
        self.save(transaction, &mended).await
    }

    /// Of these orders, those of which something is stored; nobody else's to change, if so asked.
    async fn rows(
        &self,
        transaction: &mut Transaction<'static, Any>,
        keys: &[&Key],
        are_locked: bool,
    ) -> Result<BTreeMap<Key, OrderRow>, StoreError> {
        let mut rows = BTreeMap::new();
        for keys in keys.chunks(AT_A_TIME) {
            let mut select = Sql::new("SELECT order_id, is_credit, statements, customer_id FROM orders WHERE ");
            for (is_credit, joint) in
                [(false, "(is_credit = 0 AND order_id IN "), (true, ") OR (is_credit = 1 AND order_id IN ")]
            {
                let ids = keys.iter().filter(|key| key.1 == is_credit).map(|key| key.0.as_str());
                select.push(joint).list(ids);
            }
            select.push(") ORDER BY order_id, is_credit");
            if are_locked && self.dialect == Dialect::Postgres {
                select.push(" FOR UPDATE");
            }
            for row in &select.query().fetch_all(&mut **transaction).await? {
                let (key, row) = OrderRow::read(row)?;
                rows.insert(key, row);
            }
        }
        Ok(rows)
    }

    /// Stores orders that are not there, and gives the ids of these.
    async fn insert(
        &self,
        transaction: &mut Transaction<'static, Any>,
        held: &Held,
        orders: &[(&Key, Applied)],
    ) -> Result<BTreeSet<Key>, StoreError> {
        let mut inserted = BTreeSet::new();
        for orders in orders.chunks(AT_A_TIME) {
            let mut insert = self.order_rows(held, orders)?;
            insert.push(" ON CONFLICT (order_id, is_credit) DO NOTHING RETURNING order_id, is_credit");
            for row in &insert.query().fetch_all(&mut **transaction).await? {
                let is_credit: i64 = row.try_get(1)?;
                inserted.insert((row.try_get(0)?, is_credit != 0));
            }
        }
        Ok(inserted)
    }

    /// `INSERT` of these orders, as yet without what is to be done with those that are there.
    fn order_rows(&self, held: &Held, orders: &[(&Key, Applied)]) -> Result<Sql, StoreError> {
        let mut sql = Sql::new(
            "INSERT INTO orders (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status) \
             VALUES ",
        );
        let mut rows = Vec::with_capacity(orders.len());
        for ((order_id, is_credit), applied) in orders {
            let columns = |record| {
                let too_much = repurchase::Error::AmountOverflow { field: "amount of an order" };
                standing(record, self.currency).ok_or(StoreError::Refused {
                    statement: 0,
                    order_id: order_id.clone(),
                    source: too_much,
                })
            };
            let order = applied.after.as_ref().map(columns).transpose()?;
            let statements = serde_json::to_string(&applied.statements);
            let statements = statements.map_err(|error| StoreError::corrupt("order", order_id, &error))?;
            let number = |of: fn(&crate::order::ShopOrder) -> i64| Value::from(order.as_ref().map(of));
            rows.push([
                Value::from(order_id.as_str()),
                i64::from(*is_credit).into(),
                statements.into(),
                order.as_ref().map(|order| held.name(&order.customer_id)).into(),
                number(|order| order.placed_at),
                number(|order| order.amount),
                number(|order| order.refunded),
                order.as_ref().map(|order| order.status.key().to_owned()).into(),
            ]);
        }
        sql.rows(rows);
        Ok(sql)
    }
}

impl Recorded {
    /// Counts an order of which something was said, and notes what it was and is to whom.
    fn add(
        &mut self,
        key: &Key,
        customer_id: Option<String>,
        applied: &Applied,
        held: &Held,
        turns: &mut BTreeMap<String, Vec<Turn>>,
    ) {
        self.stored += applied.new;
        self.unchanged -= applied.new;
        let (before, after) = (applied.before.clone(), applied.after.clone());
        let now = after.as_ref().and_then(|_| applied.statements.iter().find_map(crate::event::ShopEvent::customer));
        let now = now.map(|id| held.name(id));
        match (customer_id, now) {
            (Some(was), Some(now)) if was != now => {
                turns.entry(was).or_default().push((before, None));
                turns.entry(now).or_default().push((None, after));
            }
            (Some(person), _) | (None, Some(person)) => turns.entry(person).or_default().push((before, after)),
            (None, None) => self.waiting.push(key.0.clone()),
        }
    }
}
