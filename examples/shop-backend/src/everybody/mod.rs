//! All customers in memory, by columns: what rules, labels and orders by value ask for without a look at the database.
//!
//! Each question is asked of the customers as they are: before it is answered, whoever was changed since the last one, by
//! this process or another, is read again. They stand apart from the others, in a block of their own that is made anew
//! each time; where they become many, those of some blocks go into these.

mod block;
mod ranked;
mod said;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use chrono::NaiveDate;
use repurchase::rust_decimal::Decimal;
use repurchase::segment::LabelKind;
use repurchase::{CustomerHistory, Error, Ledger};
use tokio::sync::Mutex;
use tokio::task::{JoinError, spawn_blocking};

pub(crate) use self::block::Row;
pub(crate) use self::ranked::Rank;
pub(crate) use self::said::Done;

use self::block::{Block, By, Entry};
use crate::models::Version;
use crate::problem::Problem;
use crate::store::{Changes, Customer, Mark, Store, StoreError};

/// Customers of a block; it is made anew where some of them were changed.
const BLOCK: usize = if cfg!(test) { 8 } else { 4_096 };
/// Customers who were changed and stand apart: their block is made anew for each look that finds somebody.
const RECENT: usize = if cfg!(test) { 16 } else { 8_192 };

/// Why nobody can be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the library refuses the customers")]
    Library(#[from] Error),
    #[error("the thread of the look is gone")]
    Thread(#[from] JoinError),
}

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Store(error) => error.into(),
            error => Self::internal(&crate::chain(&error)),
        }
    }
}

/// All customers as of the last look; there is never more than one look at a time.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    known: Arc<Mutex<Option<Known>>>,
    /// What was made for models before they are in use.
    ahead: Arc<Mutex<Option<Ahead>>>,
}

/// Blocks, each beside what it will be.
#[derive(Debug)]
struct Ahead {
    by: By,
    blocks: Vec<[Arc<Block>; 2]>,
}

#[derive(Debug)]
struct Known {
    everybody: Everybody,
    mark: Mark,
}

/// All customers with a purchase at one moment, by the models and as of the day of then.
#[derive(Debug, Clone)]
pub(crate) struct Everybody {
    pub(crate) by: By,
    /// Ascending.
    parts: Vec<Part>,
    /// Who was changed since the parts were made.
    recent: Arc<BTreeMap<String, Customer>>,
    /// Those of them who bought last up to today.
    latest: Arc<Block>,
}

#[derive(Debug, Clone)]
struct Part {
    block: Arc<Block>,
    /// Who was changed, or is there no more, by position; of those behind the last one nobody was.
    hidden: Arc<Vec<bool>>,
}

/// What the customers of one label amount to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group {
    pub(crate) customers: u64,
    pub(crate) purchases: u64,
    pub(crate) revenue: Decimal,
}

impl Columns {
    /// Everybody as of now: whatever was committed before this is asked is in it.
    pub(crate) async fn now(
        &self,
        store: &Store,
        version: impl FnOnce() -> Option<Arc<Version>>,
        today: NaiveDate,
    ) -> Result<Everybody, LookError> {
        let mut known = Arc::clone(&self.known).lock_owned().await;
        let (by, store, ahead) = (By { version: version(), today }, store.clone(), Arc::clone(&self.ahead));
        // It goes on to its end, also when its caller has gone: what was read is not lost.
        let looking = tokio::spawn(async move {
            // Of a day that was before, customers are not known who bought since.
            if known.as_ref().is_some_and(|known| known.everybody.by.today > by.today) {
                *known = None;
            }
            let before = match known.take() {
                Some(before) => before,
                None => Known::read(&store, &by).await?,
            };
            let changes = match store.changes_since(before.mark).await {
                Ok(changes) => changes,
                Err(error) => {
                    *known = Some(before);
                    return Err(error.into());
                }
            };
            let after = if changes.are_none() && before.everybody.by == by {
                Known { mark: changes.mark, ..before }
            } else {
                let ahead = if before.everybody.by == by { None } else { ahead.lock().await.take() };
                spawn_blocking(move || before.after(changes, by, ahead)).await??
            };
            let everybody = after.everybody.clone();
            *known = Some(after);
            Ok(everybody)
        });
        looking.await?
    }

    /// Makes, of whoever is known, what the next look will need once a version is in use; answers go on meanwhile.
    pub(crate) async fn prepare(&self, version: Arc<Version>, today: NaiveDate) -> Result<(), LookError> {
        let parts = self.known.lock().await.as_ref().map(|known| known.everybody.parts.clone());
        let by = By { version: Some(version), today };
        let made = spawn_blocking(move || Ahead::of(parts.unwrap_or_default(), by)).await??;
        *self.ahead.lock().await = Some(made);
        Ok(())
    }
}

impl Ahead {
    fn of(parts: Vec<Part>, by: By) -> repurchase::Result<Self> {
        let block = |part: Part| part.block.by(&by).map(|after| [part.block, Arc::new(after)]);
        Ok(Self { blocks: parts.into_iter().map(block).collect::<Result<_, _>>()?, by })
    }

    /// In place of a block, the same by another day or models; of blocks in their order.
    fn take(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let at = self.blocks.iter().position(|[before, _]| Arc::ptr_eq(before, block))?;
        self.blocks.drain(..=at).next_back().map(|[_, after]| after)
    }
}

impl Changes {
    const fn are_none(&self) -> bool {
        self.customers.is_empty() && self.left.is_none()
    }
}

impl Known {
    /// All of them, block by block. What is changed meanwhile is read again.
    async fn read(store: &Store, by: &By) -> Result<Self, LookError> {
        let mark = store.mark().await?;
        let (mut parts, mut later, mut behind) = (Vec::new(), BTreeMap::new(), String::new());
        while let Some((customers, last)) = store.block(behind).await? {
            let of = by.clone();
            let making = spawn_blocking(move || {
                let bought = customers.into_iter().filter(|customer| customer.history.last_purchase().is_some());
                let (in_time, later): (Vec<_>, Vec<_>) = bought.partition(|customer| is_in_time(customer, of.today));
                Block::of(in_time.iter().map(Entry::of).collect(), &of).map(|block| (block, later))
            });
            let (block, after_today) = making.await??;
            later.extend(after_today.into_iter().map(|customer| (customer.id.clone(), customer)));
            if block.len() > 0 {
                parts.push(Part::of(block));
            }
            behind = last;
        }
        // A database may have another order of texts.
        let is_ascending = parts.windows(2).all(|pair| pair[0].last_id() < pair[1].first_id());
        if !is_ascending {
            let of = by.clone();
            parts = spawn_blocking(move || arranged(parts.iter().flat_map(|part| part.block.entries()), &of)).await??;
        }
        let latest = Arc::new(Block::of(Vec::new(), by)?);
        Ok(Self { everybody: Everybody { by: by.clone(), parts, recent: Arc::new(later), latest }, mark })
    }

    fn after(self, changes: Changes, by: By, ahead: Option<Ahead>) -> Result<Self, LookError> {
        let mut now = self.everybody;
        if now.by != by {
            let mut ahead = ahead.filter(|ahead| ahead.by == by);
            for part in &mut now.parts {
                let made = ahead.as_mut().and_then(|ahead| ahead.take(&part.block));
                part.block = made.map_or_else(|| part.block.by(&by).map(Arc::new), Ok)?;
            }
            now.by = by;
        }
        if let Some(left) = &changes.left {
            now.keep(left);
        }
        for customer in changes.customers {
            now.replace(customer);
        }
        now.settle()?;
        Ok(Self { everybody: now, mark: changes.mark })
    }
}

impl Everybody {
    /// Where a customer stands, or would.
    fn part(&self, id: &str) -> usize {
        self.parts.partition_point(|part| part.first_id() <= id).saturating_sub(1)
    }

    fn replace(&mut self, customer: Customer) {
        let part = self.part(&customer.id);
        if let Some(part) = self.parts.get_mut(part) {
            part.hide(&customer.id);
        }
        let recent = Arc::make_mut(&mut self.recent);
        if customer.history.last_purchase().is_some() {
            recent.insert(customer.id.clone(), customer);
        } else {
            recent.remove(&customer.id);
        }
    }

    /// Nobody else is there any more.
    fn keep(&mut self, left: &HashSet<String>) {
        for part in &mut self.parts {
            let block = Arc::clone(&part.block);
            let gone = (0..block.len()).map(|position| block.id(position)).filter(|id| !left.contains(*id));
            gone.for_each(|id| part.hide(id));
        }
        Arc::make_mut(&mut self.recent).retain(|id, _| left.contains(id));
    }

    /// The block of those who were changed; where they are too many, first those go whose blocks take most of them.
    fn settle(&mut self) -> Result<(), LookError> {
        let today = self.by.today;
        let recent = Arc::clone(&self.recent);
        let mut of_parts: BTreeMap<usize, Vec<&Customer>> = BTreeMap::new();
        let mut too_many = 0;
        for customer in recent.values().filter(|customer| is_in_time(customer, today)) {
            of_parts.entry(self.part(&customer.id)).or_default().push(customer);
            too_many += 1;
        }
        let mut fullest: Vec<_> = of_parts.into_iter().collect();
        fullest.sort_by_key(|(_, customers)| Reverse(customers.len()));
        fullest.retain(|(_, customers)| {
            let is_needed = too_many > RECENT;
            too_many -= if is_needed { customers.len() } else { 0 };
            is_needed
        });
        // From the last part on, so that the others stay where they are.
        fullest.sort_by_key(|(part, _)| Reverse(*part));
        for (part, customers) in fullest {
            let shown = self.parts.get(part).into_iter().flat_map(Part::entries);
            let made = arranged(shown.chain(customers.iter().map(|customer| Entry::of(customer))), &self.by)?;
            self.parts.splice(part..self.parts.len().min(part + 1), made);
            let recent = Arc::make_mut(&mut self.recent);
            for customer in customers {
                recent.remove(&customer.id);
            }
        }
        let latest = self.recent.values().filter(|customer| is_in_time(customer, today)).map(Entry::of);
        self.latest = Arc::new(Block::of(latest.collect(), &self.by)?);
        Ok(())
    }

    /// The customers behind one, ascending by id.
    pub(crate) fn rows<'a>(&'a self, behind: Option<&'a str>) -> impl Iterator<Item = Row<'a>> {
        let first = behind.map_or(0, |id| self.part(id));
        let is_behind = move |row: &Row<'_>| behind.is_some_and(|id| row.customer_id <= id);
        let mut settled = self.parts.iter().skip(first).flat_map(Part::rows).skip_while(is_behind).peekable();
        let start = behind.map_or(Bound::Unbounded, Bound::Excluded);
        let recent = self.recent.range::<str, _>((start, Bound::Unbounded));
        let mut recent = recent.map(|(id, _)| self.recent_row(id)).peekable();
        std::iter::from_fn(move || match (settled.peek(), recent.peek()) {
            (Some(one), Some(other)) if other.customer_id < one.customer_id => recent.next(),
            (None, _) => recent.next(),
            _ => settled.next(),
        })
    }

    fn recent_row<'a>(&'a self, id: &'a str) -> Row<'a> {
        Row { customer_id: id, at: self.latest.position(id).map(|position| (&*self.latest, position)) }
    }

    /// All histories as of today, in no order.
    pub(crate) fn histories(&self) -> impl Iterator<Item = CustomerHistory> + '_ {
        let settled = self.parts.iter().flat_map(Part::entries).map(|entry| entry.history);
        settled.chain(self.latest.ledger.iter().map(|(_, history)| history))
    }

    /// All customers as of today.
    pub(crate) fn ledger(&self) -> repurchase::Result<Ledger<String>> {
        let settled = self.parts.iter().flat_map(Part::entries).map(|entry| (entry.id.to_owned(), entry.history));
        let latest = self.latest.entries().map(|entry| (entry.id.to_owned(), entry.history));
        Ledger::from_histories(settled.chain(latest), self.by.today)
    }

    /// What the customers of each label of a kind amount to, by its key.
    pub(crate) fn groups(&self, kind: LabelKind) -> repurchase::Result<BTreeMap<&str, Group>> {
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        let parts = self.parts.iter().map(|part| (&part.block, Some(part)));
        for (block, part) in parts.chain([(&self.latest, None)]) {
            let is_shown = |position| part.is_none_or(|part: &Part| !part.is_hidden(position));
            for (label, found) in block.profiles.summarize(&block.ledger, kind, is_shown)? {
                groups.entry(label.key()).or_default().add(found.customers.count(), found.purchases, found.revenue)?;
            }
        }
        Ok(groups)
    }
}

impl Group {
    fn add(&mut self, customers: u64, purchases: u64, revenue: Decimal) -> repurchase::Result<()> {
        self.customers += customers;
        self.purchases += purchases;
        let overflow = Error::AmountOverflow { field: "revenue of a label" };
        self.revenue = self.revenue.checked_add(revenue).ok_or(overflow)?;
        Ok(())
    }
}

impl Part {
    fn of(block: Block) -> Self {
        Self { block: Arc::new(block), hidden: Arc::default() }
    }

    fn first_id(&self) -> &str {
        self.block.id(0)
    }

    fn last_id(&self) -> &str {
        self.block.id(self.block.len().saturating_sub(1))
    }

    fn hide(&mut self, id: &str) {
        let Some(position) = self.block.position(id) else { return };
        let hidden = Arc::make_mut(&mut self.hidden);
        hidden.resize(hidden.len().max(position + 1), false);
        hidden[position] = true;
    }

    fn is_hidden(&self, position: usize) -> bool {
        self.hidden.get(position).copied().unwrap_or_default()
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let shown = (0..self.block.len()).filter(|position| !self.is_hidden(*position));
        shown.map(|at| Row { customer_id: self.block.id(at), at: Some((&*self.block, at)) })
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let all = self.block.entries().enumerate();
        all.filter(|(position, _)| !self.is_hidden(*position)).map(|(_, entry)| entry)
    }
}

/// Parts of customers in any order.
fn arranged<'a>(entries: impl Iterator<Item = Entry<'a>>, by: &By) -> repurchase::Result<Vec<Part>> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable_by_key(|entry| entry.id);
    // Even parts, none of them larger than two.
    let most = if entries.len() < 2 * BLOCK { 2 * BLOCK } else { BLOCK };
    let mut parts = Vec::new();
    while !entries.is_empty() {
        let rest = entries.split_off(entries.len().min(most));
        parts.push(Part::of(Block::of(entries, by)?));
        entries = rest;
    }
    Ok(parts)
}

/// Of others nothing is said until their day has come.
fn is_in_time(customer: &Customer, today: NaiveDate) -> bool {
    customer.history.last_purchase().is_some_and(|last| last <= today)
}
