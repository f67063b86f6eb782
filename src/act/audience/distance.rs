//! How far a member is from the tier above and the tier below.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;
use crate::scale::range::around;
use crate::scale::{Label, Language};
use crate::segment::TierModel;

/// A member's tier and the distance to its marks, now and after what is about to leave the counted time.
///
/// A shop that counts the revenue of, say, the last 12 months knows what falls out of them within the next weeks: a
/// member whose revenue would then lie in a lower tier is about to drop. A tier begins *above* its mark, so that a gap
/// is closed by spending more than it, and a margin of 0 is a drop.
///
/// # Examples
///
/// ```
/// use repurchase::act::audience::TierDistance;
/// use repurchase::scale::Language;
/// use repurchase::segment::{TierModel, TierScheme};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use rust_decimal::Decimal;
///
/// let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
/// let orders = (1..=100).map(|id| Order::new(id, at, Decimal::from(id))).collect::<Result<Vec<_>, _>>()?;
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 1).unwrap())?;
/// let tiers = TierModel::fit(&ledger, &TierScheme::default())?;
///
/// let member = TierDistance::new(&tiers, Decimal::from(85), Decimal::from(15))?;
/// assert_eq!((member.margin(), member.gap()), (Some(Decimal::from(-10)), Some(Decimal::from(11))));
/// assert_eq!(
///     member.explain(Language::English),
///     "Senior: revenue 85, VIP above 96, 11 more; 15 about to leave, 70 left, 10 below the mark 80: drops to Ordinary"
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierDistance<'a> {
    tiers: &'a TierModel,
    revenue: Decimal,
    leaving: Decimal,
    left: Decimal,
    position: usize,
    margin: Option<Decimal>,
    gap: Option<Decimal>,
}

impl<'a> TierDistance<'a> {
    /// The distance of a member of a revenue, of which `leaving` is about to leave the counted time; 0 where the whole
    /// lifetime counts.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] for a difference that does not fit a `Decimal` exactly.
    pub fn new(tiers: &'a TierModel, revenue: Decimal, leaving: Decimal) -> Result<Self> {
        let less = |amount, other: Decimal| {
            money::exact_sum(amount, -other).ok_or(Error::AmountOverflow { field: "distance to a tier" })
        };
        let (left, position) = (less(revenue, leaving)?, tiers.position(revenue));
        let (low, high) = around(tiers.cuts().cuts(), position);
        let margin = low.map(|&low| less(left, low)).transpose()?;
        let gap = high.map(|&high| less(high, revenue)).transpose()?;
        Ok(Self { tiers, revenue, leaving, left, position, margin, gap })
    }

    /// The tier of the revenue as it is now.
    pub fn tier(&self) -> &'a Label {
        self.tiers.tier(self.revenue)
    }

    /// The tier of what will be left, if nothing is bought.
    pub fn tier_left(&self) -> &'a Label {
        self.tiers.tier(self.left)
    }

    /// By how much the revenue that will be left lies above the mark at which the tier begins, 0 or less when the
    /// member is about to drop; `None` in the lowest tier, from which nobody drops.
    pub const fn margin(&self) -> Option<Decimal> {
        self.margin
    }

    /// What is missing to the mark of the next tier, which begins above it: 0 or more; `None` in the highest tier.
    pub const fn gap(&self) -> Option<Decimal> {
        self.gap
    }

    /// The tier, what is missing to the next one, and whether this one will be kept.
    pub fn explain(&self, language: Language) -> String {
        let Self { revenue, leaving, left, .. } = self;
        let name = self.tier().name(language);
        let (low, high) = around(self.tiers.cuts().cuts(), self.position);
        let next = self.tiers.names().get(self.position + 1).map(|next| next.name(language));
        let tier = match language {
            Language::English => format!("{name}: revenue {revenue}"),
            Language::Chinese => format!("{name}：消费金额 {revenue}"),
        };
        let above = next.zip(high).zip(self.gap).map(|((next, high), gap)| match language {
            Language::English => format!(", {next} above {high}, {gap} more"),
            Language::Chinese => format!("，高于 {high} 升为{next}，还差 {gap}"),
        });
        let below = low.zip(self.margin).map(|(low, margin)| {
            let (drops, distance, to) = (margin <= Decimal::ZERO, margin.abs(), self.tier_left().name(language));
            match (language, drops) {
                (Language::English, true) => {
                    format!("; {leaving} about to leave, {left} left, {distance} below the mark {low}: drops to {to}")
                }
                (Language::English, false) => {
                    format!("; {leaving} about to leave, {left} left, {distance} above the mark {low}: stays")
                }
                (Language::Chinese, true) => {
                    format!("；即将移出 {leaving}，剩余 {left}，低于门槛 {low} 达 {distance}：将降为{to}")
                }
                (Language::Chinese, false) => {
                    format!("；即将移出 {leaving}，剩余 {left}，高于门槛 {low} 达 {distance}：保持等级")
                }
            }
        });
        [Some(tier), above, below].into_iter().flatten().collect()
    }
}
