//! Credits that give a whole order back.

use core::hash::Hash;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;
use crate::record::{CustomerId, Record, RecordColumns};

/// The result of [`match_credits`]: the credits tied to orders and the others.
///
/// Positions, from 0, are those of the records as they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreditMatches {
    /// The credits that were tied, ascending, each with its order.
    pub matched: Vec<(usize, usize)>,
    /// The credits that were not, ascending.
    pub unmatched: Vec<usize>,
    /// The sum of the credits that were tied.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub matched_amount: Decimal,
    /// The sum of the credits that were not.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub unmatched_amount: Decimal,
}

/// Ties credits, which name no order, to the orders that they give back whole.
///
/// A till or an export often writes a cancelled order as a negative row of its own. As a [`Credit`](super::Credit) it
/// lowers the customer's revenue, but the order still counts as a purchase: in rates, in frequency, in what models of
/// purchases and of spend are fitted to. Tied to its order, it makes the order fully refunded, which is no purchase.
///
/// The credits are taken in the order of time. Each is tied to the latest order that is not after it, is of the same
/// customer, is a purchase whose whole net amount is the credit's, and was not taken by an earlier credit. The order is
/// then fully refunded, and the credit leaves the records; the others keep their order. Credits that give back a part
/// of an order, or several orders at once, stay credits.
///
/// **Ties**: of one instant, orders come before credits, so that an order can be given back in its own minute. Among
/// orders or credits of one customer, one instant and one amount, which are alike to every history, the later position
/// counts as the later one. An order known by its day alone counts as placed when that day begins in UTC, such a credit
/// as issued when it ends. Histories and ledgers of what is left are the same for every order of the records. Takes
/// time linear in records, `n log n` in credits and the orders of their customers and amounts. Columns are matched
/// without building records: [`RecordColumns::match_credits`].
///
/// # Errors
///
/// [`Error::AmountOverflow`] when the credits of either kind do not add up to a `Decimal` exactly. The records are then
/// unchanged.
///
/// # Examples
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use repurchase::record::{Credit, Record, match_credits};
/// use repurchase::Order;
/// use rust_decimal::Decimal;
///
/// let at = |day| Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
/// let mut records: Vec<Record<&str>> = vec![
///     Order::new("ann", at(1), Decimal::from(25))?.into(),
///     Order::new("ann", at(4), Decimal::from(25))?.into(),
///     Credit::new("ann", at(5), Decimal::from(25))?.into(), // gives the order of the 4th back
///     Credit::new("ann", at(9), Decimal::from(3))?.into(),  // gives a part of some order back
/// ];
/// let matches = match_credits(&mut records)?;
/// assert_eq!((matches.matched, matches.unmatched), (vec![(2, 1)], vec![3]));
/// assert_eq!(matches.matched_amount, Decimal::from(25));
/// assert!(matches!(&records[1], Record::Order(order) if !order.is_purchase()));
/// assert_eq!(records.len(), 3);
/// # Ok::<(), repurchase::Error>(())
/// ```
pub fn match_credits<Id: CustomerId>(records: &mut Vec<Record<Id>>) -> Result<CreditMatches> {
    let records_at = || records.iter().enumerate();
    let credits = records_at().filter_map(|(position, record)| match record {
        Record::Credit(credit) => Some((position, (credit.customer(), credit.amount()), credit.issued_at.latest())),
        Record::Order(_) => None,
    });
    let purchases = records_at().filter_map(|(position, record)| match record {
        Record::Order(order) if order.is_purchase() => {
            Some((position, (order.customer(), order.net_amount()), order.placed_at.earliest()))
        }
        _ => None,
    });
    let mut matches = tied(credits, purchases);
    let amount = |position: usize| match records.get(position) {
        Some(Record::Credit(credit)) => credit.amount(),
        _ => Decimal::ZERO,
    };
    matches.matched_amount = sum(matches.matched.iter().map(|&(credit, _)| amount(credit)))?;
    matches.unmatched_amount = sum(matches.unmatched.iter().map(|&credit| amount(credit)))?;
    for &(_, order) in &matches.matched {
        if let Some(Record::Order(order)) = records.get_mut(order) {
            order.refunded = order.amount();
        }
    }
    let mut gone = matches.matched.iter().map(|&(credit, _)| credit).peekable();
    let mut position = 0..;
    records.retain(|_| gone.next_if_eq(&position.next().unwrap_or_default()).is_none());
    Ok(matches)
}

impl<Id: CustomerId> RecordColumns<'_, Id> {
    /// [`match_credits`] for columns: which rows of a negative amount give a whole earlier row back.
    ///
    /// Columns leave out what is no purchase: leave out both rows of each pair. Instants are whole seconds here.
    /// [`RecordColumns`] has an example.
    ///
    /// # Errors
    ///
    /// As [`match_credits`].
    pub fn match_credits(&self) -> Result<CreditMatches> {
        let Self { customers, unix_seconds, amounts, scale } = *self;
        let rows = || (0..).zip(customers.iter().zip(amounts)).zip(unix_seconds);
        let row = |((position, (customer, amount)), at): ((usize, (_, &i64)), _)| {
            (position, (customer, amount.unsigned_abs()), at)
        };
        let credits = rows().filter(|((_, (_, amount)), _)| **amount < 0).map(row);
        let purchases = rows().filter(|((_, (_, amount)), _)| **amount >= 0).map(row);
        let mut matches = tied(credits, purchases);
        // Fewer than 2^63 amounts of 64 bits.
        let minor = |credit: &usize| -i128::from(amounts[*credit]);
        let minors =
            [matches.matched.iter().map(|(credit, _)| minor(credit)).sum(), matches.unmatched.iter().map(minor).sum()];
        let sum = |minor| money::decimal(minor, scale).ok_or(OVERFLOW);
        (matches.matched_amount, matches.unmatched_amount) = (sum(minors[0])?, sum(minors[1])?);
        Ok(matches)
    }
}

const OVERFLOW: Error = Error::AmountOverflow { field: "sum of credits" };

/// The pairs of credits and purchases of one key, a customer and an amount, each with its position and instant.
fn tied<K: Eq + Hash, T: Ord>(
    credits: impl Iterator<Item = (usize, K, T)>,
    purchases: impl Iterator<Item = (usize, K, T)>,
) -> CreditMatches {
    let mut groups = HashMap::with_hasher(FixedState::with_seed(0));
    let mut candidates = Vec::new();
    for (position, key, at) in credits {
        let next = groups.len();
        candidates.push((*groups.entry(key).or_insert(next), at, true, position));
    }
    let mut matches = CreditMatches::default();
    if candidates.is_empty() {
        return matches;
    }
    for (position, key, at) in purchases {
        if let Some(&group) = groups.get(&key) {
            candidates.push((group, at, false, position));
        }
    }
    // By group, then by time, of one instant the purchases first.
    candidates.sort_unstable();
    let (mut open, mut group) = (Vec::new(), None);
    for (of, _, is_credit, position) in candidates {
        if group.replace(of) != Some(of) {
            open.clear();
        }
        if !is_credit {
            open.push(position);
        } else if let Some(purchase) = open.pop() {
            matches.matched.push((position, purchase));
        } else {
            matches.unmatched.push(position);
        }
    }
    matches.matched.sort_unstable();
    matches.unmatched.sort_unstable();
    matches
}

fn sum(mut amounts: impl Iterator<Item = Decimal>) -> Result<Decimal> {
    amounts.try_fold(Decimal::ZERO, money::exact_sum).ok_or(OVERFLOW)
}
