//! Credits that give a whole order back.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;
use crate::record::{CustomerId, Record};

/// What [`match_credits`] tied to an order and what it could not.
///
/// Positions, from 0, are those of the records as they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreditMatches {
    /// The credits that were tied, ascending, each with its order.
    pub matched: Vec<(usize, usize)>,
    /// The credits that were not, ascending.
    pub unmatched: Vec<usize>,
    /// The sum of the credits that were tied.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub matched_amount: Decimal,
    /// The sum of the credits that were not.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
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
/// counts as the later one. An order of which only the day is known counts as placed when that day begins in UTC, such a
/// credit as issued when it ends. Histories and ledgers of what is left are the same for every order of the records.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when the credits of either kind do not add up to a `Decimal` exactly. The records are then
/// unchanged.
///
/// # Complexity
///
/// Linear in records, `n log n` in credits and the orders of their amounts.
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
    let mut matches = CreditMatches::default();
    let (mut open, mut group) = (Vec::new(), None);
    for Candidate { group: of, position, is_credit, .. } in candidates(records) {
        if group.replace(of) != Some(of) {
            open.clear();
        }
        match (is_credit, open.last()) {
            (false, _) => open.push(position),
            (true, None) => matches.unmatched.push(position),
            (true, Some(&order)) => {
                open.pop();
                matches.matched.push((position, order));
            }
        }
    }
    matches.matched.sort_unstable();
    matches.unmatched.sort_unstable();
    matches.matched_amount = sum(records, matches.matched.iter().map(|&(credit, _)| credit))?;
    matches.unmatched_amount = sum(records, matches.unmatched.iter().copied())?;
    for &(_, order) in &matches.matched {
        if let Some(Record::Order(order)) = records.get_mut(order) {
            order.refund_fully();
        }
    }
    let mut gone = matches.matched.iter().map(|&(credit, _)| credit).peekable();
    let mut position = 0..;
    records.retain(|_| gone.next_if_eq(&position.next().unwrap_or_default()).is_none());
    Ok(matches)
}

/// A credit, or a purchase that some credit may give back.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// One for each customer and amount.
    group: usize,
    at: chrono::DateTime<chrono::Utc>,
    is_credit: bool,
    position: usize,
}

/// All candidates by group, then by time.
fn candidates<Id: CustomerId>(records: &[Record<Id>]) -> Vec<Candidate> {
    let mut groups = HashMap::with_hasher(FixedState::with_seed(0));
    let mut candidates = Vec::new();
    for (position, record) in records.iter().enumerate() {
        if let Record::Credit(credit) = record {
            let next = groups.len();
            let group = *groups.entry((credit.customer(), credit.amount())).or_insert(next);
            candidates.push(Candidate { group, at: credit.moment().latest(), is_credit: true, position });
        }
    }
    if groups.is_empty() {
        return candidates;
    }
    for (position, record) in records.iter().enumerate() {
        let Record::Order(order) = record else { continue };
        let group = groups.get(&(order.customer(), order.net_amount()));
        if let Some(&group) = group.filter(|_| order.is_purchase()) {
            candidates.push(Candidate { group, at: order.moment().earliest(), is_credit: false, position });
        }
    }
    candidates.sort_unstable();
    candidates
}

/// The sum of the credits at these positions.
fn sum<Id>(records: &[Record<Id>], credits: impl Iterator<Item = usize>) -> Result<Decimal> {
    let amounts = credits.filter_map(|position| match records.get(position)? {
        Record::Credit(credit) => Some(credit.amount()),
        Record::Order(_) => None,
    });
    let mut sum = Decimal::ZERO;
    for amount in amounts {
        sum = money::exact_sum(sum, amount).ok_or(Error::AmountOverflow { field: "sum of credits" })?;
    }
    Ok(sum)
}
