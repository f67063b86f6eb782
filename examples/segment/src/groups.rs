//! The customers of each label of a kind.

use repurchase::scale::Label;
use repurchase::segment::{LabelSummary, summarize_all};
use repurchase::{CustomerHistory, Error, Ledger};
use rust_decimal::Decimal;

/// The customers of one label.
#[derive(Debug, Clone)]
pub struct Group {
    pub label: Label,
    pub customers: u64,
    pub revenue: Decimal,
    /// Of the customers who have any label of this kind; `None` when nobody has.
    pub share: Option<f64>,
    /// Of what they bring; `None` when that is 0 or less.
    pub revenue_share: Option<f64>,
}

impl Group {
    /// `None` of nobody.
    pub fn revenue_per_customer(&self) -> Option<Decimal> {
        self.revenue.checked_div(self.customers.into())
    }
}

/// Every label of a kind in its order, those that nobody has included.
///
/// `label` is asked in the order of the ledger.
pub fn groups<'a, L: Ord>(
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
