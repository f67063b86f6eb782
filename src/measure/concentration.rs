//! Concentration: how few customers bring how much of the revenue.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{Ledger, MoneyColumn};
use crate::number::{money, quotient};
use crate::scale::{MoneyTally, Ratio, ranks};

/// The part of a shop's revenue that some of its customers brought.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RevenueShare {
    /// The number of customers, of all those of positive revenue.
    pub customers: Ratio,
    /// The revenue of these customers.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// The share of the total, within 0..=1, correctly rounded; `None` when nobody brought anything.
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
    /// The customers who brought each distinct amount or less, and what they brought, in units of `10^-scale`: from
    /// nobody on, the smallest amount first.
    counts: Vec<u64>,
    sums: Vec<i128>,
    scale: u32,
    without_revenue: u64,
    /// `2 Σ i x_i - (n + 1) Σ x` and `n Σ x`: the Gini coefficient is their quotient.
    gini: (i128, i128),
}

impl Concentration {
    /// The concentration of a ledger's revenue. Takes time `n log n` in customers, who are sorted by revenue; 24 bytes
    /// are kept of each distinct amount.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the total revenue does not fit a `Decimal` at the finest scale of all amounts, or
    /// that total times twice the number of customers does not fit 127 bits.
    pub fn of<Id>(ledger: &Ledger<Id>) -> Result<Self> {
        let runs = match ledger.revenue() {
            MoneyColumn::Narrow(amounts) => runs(amounts),
            MoneyColumn::Wide(amounts) => runs(amounts),
        };
        Self::of_runs(runs, ledger.len() as u64, ledger.scale())
    }

    /// The concentration of the revenues that a tally counts, which have no more decimals than `scale`.
    pub(crate) fn of_tally(revenues: &MoneyTally, scale: u32) -> Result<Self> {
        let minor = |(amount, customers): (&Decimal, u64)| Some((money::minor(*amount, scale)?, customers));
        let runs = revenues.amounts().iter().map(minor).collect::<Option<Vec<_>>>();
        let runs = runs.ok_or(Error::AmountOverflow { field: "total revenue" })?;
        Self::of_runs(runs.into_iter().filter(|&(amount, _)| amount > 0), revenues.customers(), scale)
    }

    /// Makes the concentration of the distinct amounts above 0, ascending, and the customers of each.
    fn of_runs(runs: impl IntoIterator<Item = (i128, u64)>, customers: u64, scale: u32) -> Result<Self> {
        let (mut counts, mut sums) = (vec![0], vec![0]);
        let (mut count, mut sum, mut running) = (0_u64, 0_i128, Some(0_i128));
        for (amount, customers) in runs {
            let all = i128::from(customers);
            // What the smallest brought, summed over each of this amount and those before it.
            let own = amount.checked_mul(all * (all + 1) / 2);
            running = sum
                .checked_mul(all)
                .zip(own)
                .zip(running)
                .and_then(|((below, own), running)| running.checked_add(below)?.checked_add(own));
            let part = amount.checked_mul(all).and_then(|part| sum.checked_add(part));
            sum = part.filter(|&sum| money::fits(sum)).ok_or(Error::AmountOverflow { field: "total revenue" })?;
            count += customers;
            counts.push(count);
            sums.push(sum);
        }
        let gini = running.and_then(|running| gini_terms(count, sum, running));
        let gini = gini.ok_or(Error::AmountOverflow { field: "total revenue times customers" })?;
        Ok(Self { counts, sums, scale, without_revenue: customers - count, gini })
    }

    /// The customers of positive revenue.
    pub fn customers(&self) -> u64 {
        self.counts.last().copied().unwrap_or_default()
    }

    /// The other customers of the ledger, who have bought and whose revenue is 0 or below.
    pub const fn without_revenue(&self) -> u64 {
        self.without_revenue
    }

    /// The revenue of the customers of positive revenue.
    ///
    /// It is above the revenue of the whole ledger where other customers' is below 0.
    pub fn total(&self) -> Decimal {
        self.decimal(self.total_minor())
    }

    /// Returns the revenue of the top share of customers: the `⌈share * N⌉` of them with the highest revenue, exactly.
    ///
    /// # Errors
    ///
    /// [`Error::Share`] when `share` is not above 0 and below 1, [`Error::CountOverflow`] when it has so many digits
    /// that its product with the number of customers does not fit 127 bits.
    pub fn top_share(&self, share: Decimal) -> Result<RevenueShare> {
        ranks::check_share(0, share)?;
        // Not above their number.
        let customers = ranks::share_rank(self.customers(), share)?;
        Ok(self.revenue_share(customers, self.total_minor() - self.smallest(self.customers() - customers)))
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
        let run = self.sums.partition_point(|&sum| sum <= others).saturating_sub(1);
        // Fewer than the next run has.
        let more = self.amount(run).map_or(0, |amount| (others - self.sums[run]) / amount) as u64;
        Ok(self.ratio(self.customers() - self.counts[run] - more))
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
        let count = self.customers();
        let steps = count.min(steps as u64);
        let points = if steps == 0 { 0 } else { steps + 1 };
        (0..points).map(move |step| {
            // At most `count`, since `step` is at most `steps`.
            let customers = (u128::from(step) * u128::from(count) / u128::from(steps)) as u64;
            self.revenue_share(customers, self.smallest(customers))
        })
    }

    /// The revenue of the customers of the lowest revenue.
    fn smallest(&self, customers: u64) -> i128 {
        let run = self.counts.partition_point(|&count| count <= customers).saturating_sub(1);
        self.sums[run] + self.amount(run).map_or(0, |amount| amount * i128::from(customers - self.counts[run]))
    }

    /// The revenue of each customer of the next run; `None` behind the last.
    fn amount(&self, run: usize) -> Option<i128> {
        let customers = self.counts.get(run + 1)? - self.counts[run];
        Some((self.sums.get(run + 1)? - self.sums[run]) / i128::from(customers))
    }

    fn total_minor(&self) -> i128 {
        self.sums.last().copied().unwrap_or_default()
    }

    fn ratio(&self, customers: u64) -> Ratio {
        Ratio::counted(customers, self.customers())
    }

    fn revenue_share(&self, customers: u64, revenue: i128) -> RevenueShare {
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

/// The distinct amounts above 0, smallest first, and the customers of each.
fn runs<T: Copy + Into<i128> + Ord>(amounts: &[T]) -> Vec<(i128, u64)> {
    let mut amounts: Vec<T> = amounts.iter().copied().filter(|&amount| amount.into() > 0).collect();
    amounts.sort_unstable();
    amounts.chunk_by(|left, right| left == right).map(|run| (run[0].into(), run.len() as u64)).collect()
}

/// Numerator and denominator of the Gini coefficient, both 0 without a customer.
fn gini_terms(customers: u64, total: i128, running: i128) -> Option<(i128, i128)> {
    let all = total.checked_mul(customers.into())?;
    // Σ i x_i counts each amount once for itself and once for every smaller one: (n + 1) Σ x less all running sums.
    Some((all.checked_add(total)?.checked_sub(running.checked_mul(2)?)?, all))
}
