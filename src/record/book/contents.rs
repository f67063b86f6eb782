//! The contents of a book, as the fewest aliases and events that say it: how books are compared, joined and stored.

use core::fmt::Debug;
use core::hash::Hash;

use super::entry::Entry;
use super::{OrderBook, OrderEvent};
use crate::error::Result;
use crate::record::CustomerId;

/// Aliases and events, which make an equal book when they pass `alias` and `record`.
#[derive(PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Contents<OrderId, Id> {
    /// The aliases as pairs of from and to, ascending.
    aliases: Vec<(Id, Id)>,
    /// Orders ascending by id, then credits.
    orders: Vec<(OrderId, Vec<OrderEvent<OrderId, Id>>)>,
}

impl<OrderId: Clone + Debug + Hash + Ord, Id: CustomerId> OrderBook<OrderId, Id> {
    /// Adds all that another book knows, of other orders or of the same ones. Takes time linear in both; for the time
    /// that it takes, this book is there twice.
    ///
    /// # Errors
    ///
    /// As [`record`](OrderBook::record), where the two contradict. The book is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let mut joined = self.clone();
        for (from, to) in other.people.pairs() {
            joined.alias(from.clone(), to.clone())?;
        }
        let names = other.people.names();
        for entry in &other.entries {
            for event in other.events(entry, &names) {
                joined.record(entry.id.clone(), event)?;
            }
        }
        *self = joined;
        Ok(())
    }

    /// The fewest events that say what is known of an entry.
    fn events(&self, entry: &Entry<OrderId>, names: &[u32]) -> Vec<OrderEvent<OrderId, Id>> {
        entry.events(|number| self.people.id(names[self.people.root(number) as usize]).clone())
    }

    /// All that is known, in a fixed order.
    fn contents(&self) -> Contents<OrderId, Id> {
        let aliases = self.people.pairs().into_iter().map(|(from, to)| (from.clone(), to.clone())).collect();
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_unstable_by(|one, other| (one.is_credit, &one.id).cmp(&(other.is_credit, &other.id)));
        let names = self.people.names();
        let orders = entries.into_iter().map(|entry| (entry.id.clone(), self.events(entry, &names))).collect();
        Contents { aliases, orders }
    }

    /// The book that knows this and nothing else.
    #[cfg(feature = "serde")]
    fn of_contents(Contents { aliases, orders }: Contents<OrderId, Id>) -> Result<Self> {
        let mut book = Self::new();
        for (from, to) in aliases {
            book.alias(from, to)?;
        }
        for (order, events) in orders {
            for event in events {
                book.record(order.clone(), event)?;
            }
        }
        Ok(book)
    }
}

/// Books are equal when they know the same, whatever the order in which it was said.
impl<OrderId: Clone + Debug + Hash + Ord, Id: CustomerId> PartialEq for OrderBook<OrderId, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.contents() == other.contents()
    }
}

#[cfg(feature = "serde")]
impl<OrderId, Id> serde::Serialize for OrderBook<OrderId, Id>
where
    OrderId: Clone + Debug + Hash + Ord + serde::Serialize,
    Id: CustomerId + serde::Serialize,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(&self.contents(), serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, OrderId, Id> serde::Deserialize<'de> for OrderBook<OrderId, Id>
where
    OrderId: Clone + Debug + Hash + Ord + serde::Deserialize<'de>,
    Id: CustomerId + serde::Deserialize<'de>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let contents = serde::Deserialize::deserialize(deserializer)?;
        Self::of_contents(contents).map_err(serde::de::Error::custom)
    }
}
