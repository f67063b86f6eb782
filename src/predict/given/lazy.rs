//! Rows of a ledger that are counted when they are first needed.

use std::sync::OnceLock;

use crate::error::Result;
use crate::predict::given::counted::counted;
use crate::scale::Tally;

/// Counts the rows of a ledger.
type Count<R, L> = fn(&L) -> Tally<R>;

/// Counts of rows; of a ledger `L`, they are made when first needed, which a fit of other models never does.
#[derive(Debug, Clone)]
pub(in crate::predict) struct Lazy<R, L> {
    counts: OnceLock<Tally<R>>,
    ledger: Option<(L, Count<R, L>)>,
}

impl<R: Ord + Copy + Send + Sync, L> Lazy<R, L> {
    pub(in crate::predict) fn of_rows(rows: impl IntoIterator<Item = (R, u64)>) -> Result<Self> {
        Ok(counted(rows)?.into())
    }

    pub(super) const fn of_ledger(ledger: L, count: Count<R, L>) -> Self {
        Self { counts: OnceLock::new(), ledger: Some((ledger, count)) }
    }

    pub(in crate::predict) fn tally(&self) -> &Tally<R> {
        self.counts.get_or_init(|| self.ledger.as_ref().map(|(ledger, count)| count(ledger)).unwrap_or_default())
    }

    pub(in crate::predict) fn change<T>(&mut self, change: impl FnOnce(&mut Tally<R>) -> T) -> T {
        self.tally();
        let mut counts = self.counts.take().unwrap_or_default();
        let answer = change(&mut counts);
        *self = counts.into();
        answer
    }
}

impl<R: Ord, L> From<Tally<R>> for Lazy<R, L> {
    fn from(counts: Tally<R>) -> Self {
        Self { counts: counts.into(), ledger: None }
    }
}

impl<R: Ord, L> Default for Lazy<R, L> {
    fn default() -> Self {
        Tally::new().into()
    }
}
