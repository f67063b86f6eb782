//! Concentration: how few customers bring how much of the revenue.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{Ledger, MoneyColumn};
use crate::number::{money, quotient};
use crate::scale::{Ratio, ranks};

/// What some of a shop's customers brought of its revenue.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RevenueShare {
    /// How many customers, of all those of positive revenue.
    pub customers: Ratio,
    /// What they brought.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// Their share of the total, within 0..=1, correctly rounded; `None` when nobody brought anything.
    pub share: Option<f64>,
}

/// The revenue of a shop's customers, sorted once and summed, ready for any question of concentration.
///
/// **Population**: the customers of a ledger whose revenue (spend less credits) is above 0. The others, with a purchase
/// but without revenue, are counted in [`without_revenue`](Concentration::without_revenue). Of customers of equal
/// revenue it makes no difference which of them is taken first. Without any customer the answers are 0 of 0 and `None`.
///
/// # Examples
///
/// ```
/// use repurchase::measure::Concentration;
/// use repurchase::{Ledger, Order, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let day = "2026-03-01".parse()?;
/// let orders = [("ann", 70), ("bo", 10), ("cy", 10), ("di", 6), ("ed", 4), ("flo", 0)];
/// let orders = orders.map(|(who, amount)| Order::on(who, day, Decimal::from(amount)));
/// let ledger = Ledger::from_records(orders.into_iter().collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc(), day)?;
///
/// let concentration = Concentration::of(&ledger)?;
/// assert_eq!((concentration.customers(), concentration.without_revenue()), (5, 1));
/// assert_eq!(concentration.top_share(Decimal::new(2, 1))?.share, Some(0.7));
/// assert_eq!(concentration.customers_for(Decimal::new(8, 1))?, Ratio::new(2, 5)?);
/// assert_eq!(concentration.gini(), Some(0.544));
/// let curve: Vec<_> = concentration.lorenz(100).filter_map(|point| point.share).collect();
/// assert_eq!(curve, [0.0, 0.04, 0.1, 0.2, 0.3, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("Pareto", "80/20"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concentration {
    /// What the smallest `i` customers brought, for `i` in `0..=N`, in units of `10^-scale`.
    sums: Vec<i128>,
    scale: u32,
    without_revenue: u64,
    /// `2 Σ i x_i - (n + 1) Σ x` and `n Σ x`: the Gini coefficient is their quotient.
    gini: (i128, i128),
}

impl Concentration {
    /// The concentration of a ledger's revenue. Takes time `n log n` in customers, who are sorted by revenue; 16 bytes
    /// are kept of each.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the total revenue does not fit a `Decimal` at the finest scale of all amounts, or
    /// that total times twice the number of customers does not fit 127 bits.
    pub fn of<Id>(ledger: &Ledger<Id>) -> Result<Self> {
        let sums = match ledger.revenue() {
            MoneyColumn::Narrow(amounts) => ascending_sums(amounts),
            MoneyColumn::Wide(amounts) => ascending_sums(amounts),
        };
        let sums = sums.ok_or(Error::AmountOverflow { field: "total revenue" })?;
        let gini = gini_terms(&sums).ok_or(Error::AmountOverflow { field: "total revenue times customers" })?;
        let without_revenue = (ledger.len() - (sums.len() - 1)) as u64;
        Ok(Self { sums, scale: ledger.scale(), without_revenue, gini })
    }

    /// The customers of positive revenue.
    pub fn customers(&self) -> u64 {
        self.count() as u64
    }

    /// The other customers of the ledger, who have bought and whose revenue is 0 or below.
    pub const fn without_revenue(&self) -> u64 {
        self.without_revenue
    }

    /// What the customers of positive revenue brought.
    ///
    /// It is above the revenue of the whole ledger where other customers' is below 0.
    pub fn total(&self) -> Decimal {
        self.decimal(self.total_minor())
    }

    /// What the top share of customers brought: the `⌈share * N⌉` of them with the highest revenue, exactly.
    ///
    /// # Errors
    ///
    /// [`Error::Share`] when `share` is not above 0 and below 1, [`Error::CountOverflow`] when it has so many digits
    /// that its product with the number of customers does not fit 127 bits.
    pub fn top_share(&self, share: Decimal) -> Result<RevenueShare> {
        ranks::check_share(0, share)?;
        // Not above their number.
        let customers = ranks::share_rank(self.count() as u64, share)? as usize;
        Ok(self.revenue_share(customers, self.total_minor() - self.smallest(self.count() - customers)))
    }

    /// The fewest customers who together bring at least a share of the total, of all: those with the highest revenue
    /// first. Takes time `log n` in customers.
    ///
    /// # Errors
    ///
    /// [`Error::Share`] when `share` is not above 0 and below 1, [`Error::AmountOverflow`] when it has so many digits
    /// that its product with the total does not fit 127 bits.
    pub fn customers_for(&self, share: Decimal) -> Result<Ratio> {
        ranks::check_share(0, share)?;
        let share = share.normalize();
        let total = self.total_minor();
        let overflow = Error::AmountOverflow { field: "share of the total revenue" };
        let unit = money::power(share.scale()).ok_or_else(|| overflow.clone())?;
        let part = share.mantissa().checked_mul(total).ok_or(overflow)?;
        // What the others may bring at most, rounded down: sums of minor units have nothing between.
        let others = total - (part / unit + i128::from(part % unit > 0));
        // Sums ascend strictly, and the first one, of nobody, is 0.
        let left_out = self.sums.partition_point(|&sum| sum <= others).saturating_sub(1);
        Ok(self.ratio(self.count() - left_out))
    }

    /// The Gini coefficient: 0 when all bring the same, towards 1 when one of many brings all.
    ///
    /// `None` without a customer; 0 with a single one.
    ///
    /// Computed from exact integers and rounded once. It describes these customers; it is not corrected for a sample.
    ///
    /// # Formula
    ///
    /// `2 Σ i x_i / (n Σ x) - (n + 1) / n`, where `x_i` is the revenue of the `i`-th smallest of `n` customers, `i`
    /// from 1.
    ///
    /// # References
    ///
    /// C. Gini (1912), "Variabilità e mutabilità", Bologna; the formula over ranks: P. M. Dixon, J. Weiner, T.
    /// Mitchell-Olds and R. Woodley (1987), "Bootstrapping the Gini coefficient of inequality", Ecology 68(5),
    /// 1548-1551, doi 10.2307/1939238.
    pub fn gini(&self) -> Option<f64> {
        quotient(self.gini.0, self.gini.1)
    }

    /// The Lorenz curve: what the smallest customers brought, from nobody to all.
    ///
    /// Point `j` of `0..=steps` is that of the `⌊j N / steps⌋` customers of the lowest revenue. With more steps than
    /// customers there is one point for each customer instead; no point without a step or a customer.
    ///
    /// # References
    ///
    /// M. O. Lorenz (1905), "Methods of measuring the concentration of wealth", Publications of the American
    /// Statistical Association 9(70), 209-219, doi 10.2307/2276207.
    pub fn lorenz(&self, steps: usize) -> impl Iterator<Item = RevenueShare> + '_ {
        let count = self.count();
        let steps = steps.min(count);
        let points = if steps == 0 { 0 } else { steps + 1 };
        (0..points).map(move |step| {
            // At most `count`, since `step` is at most `steps`.
            let customers = (step as u128 * count as u128 / steps as u128) as usize;
            self.revenue_share(customers, self.smallest(customers))
        })
    }

    fn count(&self) -> usize {
        self.sums.len() - 1
    }

    fn smallest(&self, customers: usize) -> i128 {
        self.sums[customers]
    }

    fn total_minor(&self) -> i128 {
        self.smallest(self.count())
    }

    fn ratio(&self, customers: usize) -> Ratio {
        Ratio::counted(customers as u64, self.customers())
    }

    fn revenue_share(&self, customers: usize, revenue: i128) -> RevenueShare {
        RevenueShare {
            customers: self.ratio(customers),
            revenue: self.decimal(revenue),
            share: quotient(revenue, self.total_minor()),
        }
    }

    fn decimal(&self, minor: i128) -> Decimal {
        // The total was seen to fit when this was built, and no part is larger.
        money::decimal(minor, self.scale).unwrap_or_default()
    }
}

/// Running sums of the amounts above 0, smallest first, from 0 on; `None` when they do not fit a `Decimal`.
fn ascending_sums<T: Copy + Into<i128> + Ord>(amounts: &[T]) -> Option<Vec<i128>> {
    let mut amounts: Vec<T> = amounts.iter().copied().filter(|&amount| amount.into() > 0).collect();
    amounts.sort_unstable();
    let mut sums = Vec::with_capacity(amounts.len() + 1);
    let mut sum = 0i128;
    sums.push(sum);
    for amount in amounts {
        sum = sum.checked_add(amount.into())?;
        sums.push(sum);
    }
    money::fits(sum).then_some(sums)
}

/// Numerator and denominator of the Gini coefficient, both 0 without a customer.
fn gini_terms(sums: &[i128]) -> Option<(i128, i128)> {
    let (total, below) = sums.split_last()?;
    let customers = below.len() as i128;
    let all = total.checked_mul(customers)?;
    // Σ i x_i counts each amount once for itself and once for every smaller one: (n + 1) Σ x less all running sums.
    let running = sums.iter().try_fold(0i128, |sum, &running| sum.checked_add(running))?;
    Some((all.checked_add(*total)?.checked_sub(running.checked_mul(2)?)?, all))
}
