//! Moves of customers from one label to another.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::record::CustomerId;
use crate::scale::Ratio;

/// The migration matrix between two labellings of one shop's customers, such as last month's and today's.
///
/// Customers who stand in only one of the two have entered (new customers) or left.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::segment::Migration;
///
/// let before = [("ann", "gold"), ("bo", "basic"), ("cy", "basic")];
/// let after = [("ann", "gold"), ("bo", "gold"), ("di", "basic")];
/// let migration = Migration::between(before, after)?;
/// assert_eq!(migration.moved(&"basic", &"gold"), 1);
/// assert_eq!((migration.entered(&"basic"), migration.left(&"basic")), (1, 1));
/// assert_eq!(migration.stayed(), Ratio::new(1, 2)?, "of Ann and Bo, who stand in both");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration<L> {
    counts: BTreeMap<(Option<L>, Option<L>), u64>,
}

impl<L: Ord + Clone> Migration<L> {
    /// Counts the customers by their labels before and after, in time `n log n` in customers.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateCustomer`] for a customer who appears twice in one labelling.
    pub fn between<Id: CustomerId>(
        before: impl IntoIterator<Item = (Id, L)>,
        after: impl IntoIterator<Item = (Id, L)>,
    ) -> Result<Self> {
        let (mut before, after) = (distinct(before)?, distinct(after)?);
        let mut counts = BTreeMap::new();
        for (id, label) in after {
            *counts.entry((before.remove(&id), Some(label))).or_default() += 1;
        }
        for label in before.into_values() {
            *counts.entry((Some(label), None)).or_default() += 1;
        }
        Ok(Self { counts })
    }

    /// The migration with these numbers of customers for each pair of labels.
    pub(crate) const fn of_counts(counts: BTreeMap<(Option<L>, Option<L>), u64>) -> Self {
        Self { counts }
    }

    /// Customers who had the label `from` and now have `to`, which may be the same.
    pub fn moved(&self, from: &L, to: &L) -> u64 {
        self.count(Some(from), Some(to))
    }

    /// Customers who now have the label and had none before.
    pub fn entered(&self, to: &L) -> u64 {
        self.count(None, Some(to))
    }

    /// Customers who had the label and now have none.
    pub fn left(&self, from: &L) -> u64 {
        self.count(Some(from), None)
    }

    fn count(&self, from: Option<&L>, to: Option<&L>) -> u64 {
        self.counts.get(&(from.cloned(), to.cloned())).copied().unwrap_or(0)
    }

    /// The customers whose label is the same, of those who stand in both labellings.
    pub fn stayed(&self) -> Ratio {
        let both = self.counts.iter().filter_map(|((from, to), &count)| Some((from.as_ref()?, to.as_ref()?, count)));
        let (stayed, of) = both
            .fold((0, 0), |(stayed, of), (from, to, count)| (stayed + if from == to { count } else { 0 }, of + count));
        Ratio::counted(stayed, of)
    }

    /// Every move that happened: the label before (`None`: entered), the label after (`None`: left), customers.
    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&L>, Option<&L>, u64)> + '_ {
        self.counts.iter().map(|((from, to), &count)| (from.as_ref(), to.as_ref(), count))
    }
}

fn distinct<Id: CustomerId, L>(labelling: impl IntoIterator<Item = (Id, L)>) -> Result<BTreeMap<Id, L>> {
    let mut labels = BTreeMap::new();
    for (id, label) in labelling {
        if labels.contains_key(&id) {
            return Err(Error::duplicate(&id));
        }
        labels.insert(id, label);
    }
    Ok(labels)
}
