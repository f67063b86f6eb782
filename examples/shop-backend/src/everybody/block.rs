//! Some thousands of customers side by side: who they are, what is known of them, what the models say.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::NaiveDate;
use repurchase::shop::{Attribute, Profile, Profiles};
use repurchase::{CustomerHistory, Ledger};

use super::said::{Done, Said, Sayings};
use crate::models::Version;
use crate::store::Customer;

/// By which models, as of which day.
#[derive(Debug, Clone)]
pub(crate) struct By {
    pub(crate) version: Option<Arc<Version>>,
    pub(crate) today: NaiveDate,
}

impl PartialEq for By {
    fn eq(&self, other: &Self) -> bool {
        let number = |by: &Self| by.version.as_ref().map(|version| version.number);
        (number(self), self.today) == (number(other), other.today)
    }
}

/// Customers who have bought up to today, ascending by id.
#[derive(Debug)]
pub(crate) struct Block {
    who: Arc<Who>,
    /// By position.
    pub(super) ledger: Ledger<u32>,
    /// Nobody's while there are no models.
    pub(super) profiles: Profiles,
}

/// What a new day and new models leave as it is.
#[derive(Debug, Default)]
struct Who {
    ids: Ids,
    said: Sayings,
}

/// Side by side in one text.
#[derive(Debug, Default)]
struct Ids {
    text: String,
    ends: Vec<u32>,
}

/// What a block is made of.
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) history: CustomerHistory,
    pub(super) said: Said<'a>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(customer: &'a Customer) -> Self {
        Self { id: &customer.id, history: customer.history.clone(), said: Said::of(customer) }
    }
}

impl Ids {
    fn get(&self, position: usize) -> &str {
        let end = |position: usize| self.ends.get(position).map_or(0, |end| *end as usize);
        let start = position.checked_sub(1).map_or(0, end);
        self.text.get(start..end(position)).unwrap_or_default()
    }
}

impl Block {
    /// Of customers in any order.
    pub(super) fn of(mut entries: Vec<Entry<'_>>, by: &By) -> repurchase::Result<Self> {
        entries.sort_unstable_by_key(|entry| entry.id);
        let mut ids = Ids::default();
        for entry in &entries {
            ids.text += entry.id;
            ids.ends.push(u32::try_from(ids.text.len()).unwrap_or(u32::MAX));
        }
        ids.text.shrink_to_fit();
        let who = Arc::new(Who { ids, said: Sayings::of(entries.iter().map(|entry| &entry.said)) });
        let histories = entries.into_iter().map(|entry| entry.history);
        Self::judged(who, Ledger::from_histories((0..).zip(histories), by.today)?, by)
    }

    /// The same customers on another day, or by other models.
    pub(super) fn by(&self, by: &By) -> repurchase::Result<Self> {
        let mut ledger = self.ledger.clone();
        if ledger.as_of() != by.today {
            ledger = Ledger::from_histories(ledger.iter().map(|(position, history)| (*position, history)), by.today)?;
        }
        Self::judged(Arc::clone(&self.who), ledger, by)
    }

    fn judged(who: Arc<Who>, ledger: Ledger<u32>, by: &By) -> repurchase::Result<Self> {
        let profiles = by.version.as_ref().map(|version| version.models.profile_all(&ledger)).transpose()?;
        Ok(Self { who, ledger, profiles: profiles.unwrap_or_default() })
    }

    pub(super) fn len(&self) -> usize {
        self.who.ids.ends.len()
    }

    pub(super) fn id(&self, position: usize) -> &str {
        self.who.ids.get(position)
    }

    pub(super) fn position(&self, id: &str) -> Option<usize> {
        let mut range = 0..self.len();
        while let Some(middle) = (!range.is_empty()).then(|| range.start + range.len() / 2) {
            match self.id(middle).cmp(id) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => range.start = middle + 1,
                Ordering::Greater => range.end = middle,
            }
        }
        None
    }

    /// All of them, to make another block of.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let all = self.ledger.iter().enumerate();
        all.map(|(at, (_, history))| Entry { id: self.id(at), history, said: self.who.said.get(at) })
    }
}

/// A customer with a purchase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) customer_id: &'a str,
    /// `None` for one whose last purchase is after today, by a clock that went back.
    pub(super) at: Option<(&'a Block, usize)>,
}

impl<'a> Row<'a> {
    /// What the models say; nothing of a customer whose last purchase is after today.
    pub(crate) fn profile(&self) -> Option<Profile<'a>> {
        self.at.and_then(|(block, position)| block.profiles.get(position))
    }

    pub(crate) fn tags(&self) -> Vec<&'a str> {
        self.at.map(|(block, position)| block.who.said.tags(position)).unwrap_or_default()
    }

    pub(crate) fn attributes(&self) -> Vec<(&'a str, Attribute<'a>)> {
        self.at.map(|(block, position)| block.who.said.attributes(position)).unwrap_or_default()
    }

    pub(crate) fn done(&self) -> Vec<Done<'a>> {
        self.at.map(|(block, position)| block.who.said.done(position)).unwrap_or_default()
    }
}
