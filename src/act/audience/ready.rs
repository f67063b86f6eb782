//! The audiences that shops ask for most, by the definitions of this crate.
//!
//! "The last `n` days" are the `n` days that end with the as-of day: what happened fewer than `n` days before it. Each
//! is a [`Rule`], which a shop may store, change, or join with its own by [`Rule::all`].
//!
//! | audience | function | needs of a profile |
//! |---|---|---|
//! | looked at, searched for, favourited or carted it in the last `n` days | [`recent`] | activities |
//! | interest customers (兴趣客户) | [`interest`] | activities, days since last |
//! | new customers (新客) | [`new_customers`] | purchases, days since the first, the last and the one before |
//! | repurchase crowd (复购人群) | [`repurchase_crowd`] | activities with purchases |
//! | category funnel (品类拉新) | [`category_funnel`] | activities with unpaid orders and purchases |
//! | visitors without an order (访客) | [`visitors_without_order`] | purchases, activities with unpaid orders |
//! | lost customers (流失客户) | [`lost_grid`], [`lost_after_one`], [`lost_after_several`] | purchases, days since last |
//! | stock-up waiters (囤货) | [`stock_up_waiters`] | quantity stretch, cycles missed |
//! | members about to drop a tier, or near the next | [`about_to_drop`], [`near_next_tier`] | the tier's margin and gap |
//!
//! Activities come from records by [`Activities`](super::Activities).
//!
//! All fail with [`Error::OutOfRange`] for lists beyond [`Rule::MAX_SIZE`], and otherwise only where they say so.

#![allow(clippy::missing_errors_doc, reason = "the errors of all are said above")]

use rust_decimal::Decimal;

use super::condition::Test;
use super::field::Field;
use super::rule::Rule;
use crate::error::{Error, Result};
use crate::shop::{Activity, Amount, Figure};

/// Selects customers who did something with a product or category, `None` for any, in the last `days` days: the tags
/// "recently viewed, searched, favourited, carted".
pub fn recent(activity: Activity, category: Option<&str>, days: u32) -> Result<Rule> {
    Rule::new(Field::days_since(activity, category), Test::below(days))
}

/// Selects interest customers, who carted or favourited something in the last `days` days and bought nothing in them.
pub fn interest(days: u32) -> Result<Rule> {
    let wants = Rule::any([recent(Activity::Cart, None, days)?, recent(Activity::Favourite, None, days)?])?;
    Rule::all([wants, Rule::not(Rule::new(Figure::DaysSinceLast, Test::below(days))?)?])
}

/// Selects new customers, of exactly one purchase in the last `lookback_days` days, and that in the last `days` days.
///
/// A customer who bought before the lookback and comes again after it is new once more. For a customer of three
/// purchases or more, the first before the lookback, the answer is unknown unless the shop
/// [sets](Figure::DaysSincePrevious) the day of the purchase before the last one. Profiles of a ledger of the lookback
/// alone, as [`PurchaseLog::ledger_in`](crate::PurchaseLog::ledger_in) makes it, leave nobody unknown.
pub fn new_customers(lookback_days: u32, days: u32) -> Result<Rule> {
    let recent = Rule::new(Figure::DaysSinceLast, Test::below(days.min(lookback_days)))?;
    let second_last = Rule::new(Figure::DaysSincePrevious, Test::below(lookback_days))?;
    // Settles it for most of those whose purchase before the last one is not known.
    let first = Rule::new(Figure::DaysSinceFirst, Test::below(lookback_days))?;
    let several = Rule::all([Rule::new(Figure::Purchases, Test::at_least(2))?, first])?;
    Rule::all([recent, Rule::not(Rule::any([second_last, several])?)?])
}

/// The repurchase crowd: bought one of the products of a high repurchase rate, and is still within its cycle.
///
/// For each product, by the name that profiles use, the days of its cycle, such as the shop's own repurchase rates give.
/// The day on which the cycle ends is no longer within it.
pub fn repurchase_crowd<'a>(products: impl IntoIterator<Item = (&'a str, u32)>) -> Result<Rule> {
    let crowds = products.into_iter().map(|(product, cycle)| recent(Activity::Purchase, Some(product), cycle));
    Rule::any(crowds.collect::<Result<Vec<_>>>()?)
}

/// The three disjoint sets of [`category_funnel`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CategoryFunnel {
    /// Customers who ordered it and have not paid; they may have bought it before.
    pub ordered_unpaid: Rule,
    /// Customers who are not in the first set, viewed, searched for, favourited or carted it, and never bought it.
    pub interested: Rule,
    /// Customers in neither of the two other sets, who never bought it.
    pub never_bought: Rule,
}

/// The activities by which customers show interest before they buy.
const INTEREST: [Activity; 4] = [Activity::View, Activity::Search, Activity::Favourite, Activity::Cart];

/// The funnel to a category: disjoint sets, which with those who bought it and owe no payment are all customers whose
/// activities are known.
pub fn category_funnel(category: &str) -> Result<CategoryFunnel> {
    let ever = |activity| Rule::new(Field::days_since(activity, category), Test::Exists(true));
    let interest = || Rule::any(INTEREST.into_iter().map(ever).collect::<Result<Vec<_>>>()?);
    let never = |activity| Rule::new(Field::days_since(activity, category), Test::Exists(false));
    let [unpaid, bought] = [Activity::UnpaidOrder, Activity::Purchase];
    Ok(CategoryFunnel {
        ordered_unpaid: ever(unpaid)?,
        interested: Rule::all([never(unpaid)?, never(bought)?, interest()?])?,
        never_bought: Rule::all([never(unpaid)?, never(bought)?, Rule::not(interest()?)?])?,
    })
}

/// Selects visitors without an order, who viewed, searched for, favourited or carted something in the last `days`
/// days, never bought, and have no unpaid order.
pub fn visitors_without_order(days: u32) -> Result<Rule> {
    let seen = INTEREST.map(|activity| recent(activity, None, days));
    Rule::all([
        Rule::new(Figure::Purchases, Test::equal(0))?,
        Rule::new(Field::days_since(Activity::UnpaidOrder, None), Test::Exists(false))?,
        Rule::any(seen.into_iter().collect::<Result<Vec<_>>>()?)?,
    ])
}

/// Selects customers of one purchase who are lost: silent for `silent_days` days or more.
pub fn lost_after_one(silent_days: u32) -> Result<Rule> {
    lost(Test::equal(1), silent_days)
}

/// Selects customers of several purchases who are lost: silent for `silent_days` days or more.
pub fn lost_after_several(silent_days: u32) -> Result<Rule> {
    lost(Test::at_least(2), silent_days)
}

fn lost(purchases: Test, silent_days: u32) -> Result<Rule> {
    Rule::all([
        Rule::new(Figure::Purchases, purchases)?,
        Rule::new(Figure::DaysSinceLast, Test::at_least(silent_days))?,
    ])
}

/// One cell of a [`lost_grid`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LostCell {
    /// The least days of silence.
    pub silent_from: u32,
    /// The days of silence at which the cell ends, not included; `None` in the last column.
    pub silent_below: Option<u32>,
    /// The least number of purchases.
    pub purchases_from: u32,
    /// The number of purchases at which the cell ends, not included; `None` in the last row.
    pub purchases_below: Option<u32>,
    /// The customers of the cell.
    pub rule: Rule,
}

/// Returns lost customers by how long they have been silent and how many purchases they made: disjoint cells, row by
/// row.
///
/// Silence from `silent_days[0]` days on counts as lost; each of `silent_days` begins a column, each of `purchases` a
/// row, and the last of both is open.
///
/// # Errors
///
/// [`Error::NotAscending`] for days or purchases that do not ascend.
#[doc(alias("win-back", "churned"))]
pub fn lost_grid(silent_days: &[u32], purchases: &[u32]) -> Result<Vec<LostCell>> {
    let bands = |what, edges: &[u32]| {
        if let Some(place) = edges.windows(2).position(|pair| !matches!(pair, [low, high] if low < high)) {
            return Err(Error::NotAscending { what, position: place + 1 });
        }
        let ends = edges.iter().skip(1).copied().map(Some).chain([None]);
        Ok(edges.iter().copied().zip(ends).collect::<Vec<_>>())
    };
    let (columns, rows) = (bands("days of silence", silent_days)?, bands("numbers of purchases", purchases)?);
    let cells = rows.iter().flat_map(|&row| columns.iter().map(move |&column| (row, column)));
    let cell = |((purchases_from, purchases_below), (silent_from, silent_below))| {
        let mut parts = band(Figure::Purchases, purchases_from, purchases_below)?;
        parts.extend(band(Figure::DaysSinceLast, silent_from, silent_below)?);
        Ok(LostCell { silent_from, silent_below, purchases_from, purchases_below, rule: Rule::all(parts)? })
    };
    cells.map(cell).collect()
}

/// `[from, below)`; a band of a single whole number is `from` itself.
fn band(figure: Figure, from: u32, below: Option<u32>) -> Result<Vec<Rule>> {
    let tests = match below {
        Some(below) if below - from == 1 => vec![Test::equal(from)],
        Some(below) => vec![Test::at_least(from), Test::below(below)],
        None => vec![Test::at_least(from)],
    };
    tests.into_iter().map(|test| Rule::new(figure, test)).collect()
}

/// Selects stock-up waiters, who took at least `stretch` times their usual quantity at the last order and have missed
/// no cycle since. They have stock at home, and a reminder comes too early.
///
/// The profile's cycles missed are those of a [standing with
/// quantities](crate::segment::CycleStanding::with_quantities), which stretches the cycle as the order was.
///
/// # Errors
///
/// [`Error::Amount`] unless the stretch is above 1.
pub fn stock_up_waiters(stretch: Decimal) -> Result<Rule> {
    if stretch <= Decimal::ONE {
        return Err(Error::Amount { field: "stretch of a stock-up", found: stretch, expected: "above 1" });
    }
    let stretched = Rule::new(Figure::QuantityStretch, Test::at_least(stretch))?;
    Rule::all([stretched, Rule::new(Figure::CyclesMissed, Test::equal(0))?])
}

/// Selects members about to drop a tier: the revenue that will be left is at most `margin` above the tier's threshold.
/// With a margin of 0, those who drop if they buy nothing.
pub fn about_to_drop(margin: Decimal) -> Result<Rule> {
    Rule::new(Amount::TierMargin, Test::at_most(margin))
}

/// Selects members near the next tier: at most `gap` is missing to its threshold.
pub fn near_next_tier(gap: Decimal) -> Result<Rule> {
    Rule::new(Amount::TierGap, Test::at_most(gap))
}
