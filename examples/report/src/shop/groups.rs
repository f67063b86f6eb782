//! The customers of each label of a kind.

use repurchase::scale::Label;
use repurchase::segment::{LabelSummary, summarize_all};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

/// The customers of one label.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) label: Label,
    pub(crate) customers: u64,
    pub(crate) revenue: Decimal,
    /// Of the customers who have any label of this kind; `None` when nobody has.
    pub(crate) share: Option<f64>,
    /// Of what they bring; `None` when that is 0 or less.
    pub(crate) revenue_share: Option<f64>,
}

impl Group {
    /// `None` of nobody.
    pub(crate) fn revenue_per_customer(&self) -> Option<Decimal> {
        self.revenue.checked_div(self.customers.into())
    }
}

/// Every label of a kind in its order, those that nobody has included.
pub(crate) fn groups<'a, L: Ord>(
    ledger: &Ledger<String>,
    labels: impl IntoIterator<Item = (L, &'a Label)>,
    mut label: impl FnMut(&CustomerHistory) -> Option<L>,
) -> Result<Vec<Group>, Error> {
    let (keys, names): (Vec<L>, Vec<&Label>) = labels.into_iter().unzip();
    let rows = summarize_all(ledger, keys, |_, history| label(history))?;
    let group = |(name, row): (&Label, LabelSummary)| Group {
        label: name.clone(),
        customers: row.customers.count(),
        revenue: row.revenue,
        share: row.customers.value(),
        revenue_share: row.revenue_share,
    };
    Ok(names.into_iter().zip(rows).map(group).collect())
}
