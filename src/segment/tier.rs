//! Membership tiers: 80/20, and again within the 20.

use core::ops::Bound;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{Ledger, MoneyColumn};
use crate::number::money;
#[cfg(feature = "serde")]
use crate::number::money::Text;
use crate::scale::cuts::cuts_of_keys;
use crate::scale::label::check_keys;
use crate::scale::range::{Quantity, describe};
use crate::scale::ranks::share_ranks;
use crate::scale::words::phrase;
use crate::scale::{CutPoints, Label, Language, MoneyTally};

/// Membership tiers from the lowest to the highest: their names, and the share of customers below each but the lowest.
///
/// The default follows the Pareto rule applied to itself: 80 / 16 / 3.2 / 0.8%, that is `0.8 * 0.2^k`, the last
/// `0.2^3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierScheme {
    names: Vec<Label>,
    shares: Vec<Decimal>,
}

impl TierScheme {
    /// Names from the lowest tier up, and between each and the next the share of customers below.
    ///
    /// # Errors
    ///
    /// [`Error::NameCount`] when there is not one name more than shares; [`Error::Share`] for a share that is not above
    /// 0 and below 1; [`Error::NotAscending`] when one is not above the one before it; [`Error::LabelKey`] for
    /// labels with the same or an empty key.
    pub fn new(names: Vec<Label>, shares: Vec<Decimal>) -> Result<Self> {
        if names.len() != shares.len() + 1 {
            return Err(Error::NameCount { what: "tier names", found: names.len(), expected: shares.len() + 1 });
        }
        share_ranks(1, &shares)?;
        check_keys(&names)?;
        Ok(Self { names, shares })
    }

    /// The share of customers below each edge between two tiers.
    pub fn shares(&self) -> &[Decimal] {
        &self.shares
    }

    /// The tiers, the lowest first.
    pub fn names(&self) -> &[Label] {
        &self.names
    }
}

impl Default for TierScheme {
    fn default() -> Self {
        Self {
            names: vec![
                Label::preset("ordinary", "Ordinary", "普通会员"),
                Label::preset("senior", "Senior", "高级会员"),
                Label::preset("vip", "VIP", "VIP会员"),
                Label::preset("supreme", "Supreme", "至尊VIP会员"),
            ],
            shares: vec![Decimal::new(8, 1), Decimal::new(96, 2), Decimal::new(992, 3)],
        }
    }
}

/// Fitted tiers: the revenue above which each begins.
///
/// **Population**: the customers with a purchase. By share below: a customer is in a tier when at least the tier's
/// share of all customers has a strictly smaller revenue. Equal revenues are always in one tier, and a tier and all
/// above it together never hold more than their shares together.
///
/// # Examples
///
/// ```
/// use core::ops::Bound;
///
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{TierModel, TierScheme};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
/// let orders = (1..=100).map(|id| Order::new(id, at, Decimal::from(id))).collect::<Result<Vec<_>, _>>()?;
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 1).unwrap())?;
///
/// let tiers = TierModel::fit(&ledger, &TierScheme::default())?;
/// assert_eq!(tiers.tier(Decimal::from(80)).key(), "ordinary");
/// assert_eq!(tiers.tier(Decimal::from(81)).key(), "senior");
/// assert_eq!(tiers.tier(Decimal::from(100)).key(), "vip", "0.8% of 100 customers is nobody");
/// assert_eq!(tiers.range(1), Some((Bound::Excluded(Decimal::from(80)), Bound::Included(Decimal::from(96)))));
/// assert_eq!(TierModel::new(tiers.names().to_vec(), tiers.cuts().clone())?, tiers);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("membership", "loyalty tier", "会员等级"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierModel {
    names: Vec<Label>,
    cuts: CutPoints<Decimal>,
}

impl TierModel {
    /// Tiers with cuts made elsewhere, such as by a database: names from the lowest tier up, and between each and the next
    /// the revenue above which the next begins.
    ///
    /// # Errors
    ///
    /// [`Error::NameCount`] when there is not one name more than cuts; [`Error::LabelKey`] for labels with the same or an
    /// empty key.
    pub fn new(names: Vec<Label>, cuts: CutPoints<Decimal>) -> Result<Self> {
        if names.len() != cuts.bins() {
            return Err(Error::NameCount { what: "tier names", found: names.len(), expected: cuts.bins() });
        }
        check_keys(&names)?;
        Ok(Self { names, cuts })
    }

    /// Fits the tiers to the revenue of a ledger's customers. Takes time linear in customers on average.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when nobody has bought.
    pub fn fit<Id>(ledger: &Ledger<Id>, scheme: &TierScheme) -> Result<Self> {
        if ledger.is_empty() {
            return Err(Error::NoCustomers { what: "membership tiers" });
        }
        let ranks = share_ranks(ledger.len() as u64, &scheme.shares)?;
        let cuts = match ledger.revenue() {
            MoneyColumn::Narrow(amounts) => cuts_of_keys(amounts, &ranks).map(i128::from),
            MoneyColumn::Wide(amounts) => CutPoints::of_ranks(amounts.clone(), &ranks),
        };
        // Revenues of a ledger fit a decimal.
        let cuts = cuts.map(|minor| money::decimal(minor, ledger.scale()).unwrap_or_default());
        Ok(Self { names: scheme.names.clone(), cuts })
    }

    /// Fits the tiers to the revenues of a tally, one of each customer with a purchase: the same tiers as
    /// [`fit`](TierModel::fit) on a ledger of them all. Takes time linear in distinct revenues.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when nobody has bought.
    pub fn fit_tally(revenues: &MoneyTally, scheme: &TierScheme) -> Result<Self> {
        if revenues.is_empty() {
            return Err(Error::NoCustomers { what: "membership tiers" });
        }
        Ok(Self { cuts: revenues.cut_points_at(&scheme.shares)?, names: scheme.names.clone() })
    }

    /// The tier of a revenue, counted from 0, the lowest.
    pub fn position(&self, revenue: Decimal) -> usize {
        self.cuts.position(&revenue)
    }

    /// The tier of a revenue.
    pub fn tier(&self, revenue: Decimal) -> &Label {
        // There is one name more than cuts.
        &self.names[self.position(revenue)]
    }

    /// The tiers, the lowest first.
    pub fn names(&self) -> &[Label] {
        &self.names
    }

    /// The revenues above which the second tier and the following ones begin.
    pub const fn cuts(&self) -> &CutPoints<Decimal> {
        &self.cuts
    }

    /// The revenues of a tier, counted from 0, the lowest: each end says whether it belongs to the tier, or is open.
    /// `None` for a tier that does not exist.
    pub fn range(&self, position: usize) -> Option<(Bound<Decimal>, Bound<Decimal>)> {
        let (lower, upper) = self.cuts.range(position)?;
        Some((lower.cloned(), upper.cloned()))
    }

    /// Says why a customer of a revenue is in its tier.
    pub fn explain(&self, revenue: Decimal, language: Language) -> String {
        let range = self.range(self.position(revenue)).unwrap_or((Bound::Unbounded, Bound::Unbounded));
        let range = describe(range, Quantity::Number, language);
        let name = self.tier(revenue).name(language);
        phrase!(language, "{name}: revenue {revenue}, {range}", "{name}：累计消费 {revenue}，{range}")
    }
}

crate::stored::stored! {
    TierModel(model) { names: Vec<Label> = model.names.clone(), cuts: Vec<Text> = Text::all(model.cuts.cuts()) }
    <=> Self::new(names, CutPoints::new(Text::decimals(cuts))?)
}

crate::stored::stored! {
    TierScheme(scheme) { names: Vec<Label> = scheme.names.clone(), shares: Vec<Text> = Text::all(&scheme.shares) }
    <=> Self::new(names, Text::decimals(shares))
}
