//! The amounts that the customers of one group brought, as three exact numbers.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::{money, quotient};
use crate::scale::{Confidence, Interval};

/// The customers of one arm, the sum of what they brought, and the sum of its squares: all that a comparison of means
/// needs.
///
/// **Population**: every customer of the arm, with 0 for those who bought nothing. Buyers alone say how much buyers
/// spend, not what the campaign brought. Sums are exact integers: neither the order nor a split into parts matters.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{Comparison, MoneySample};
/// use repurchase::scale::{Confidence, Language};
/// use rust_decimal::Decimal;
///
/// let mut both = MoneySample::of([Decimal::new(19_90, 2), Decimal::ZERO])?;
/// both.merge(&MoneySample::of([Decimal::from(40)])?)?;
/// assert_eq!((both.customers(), both.sum()), (3, Decimal::new(59_90, 2)));
/// assert_eq!(both, MoneySample::of([Decimal::from(40), Decimal::ZERO, Decimal::new(19_90, 2)])?);
///
/// let arm = |amounts: [i64; 6]| MoneySample::of(amounts.map(Decimal::from));
/// let (treated, control) = (arm([30, 0, 45, 25, 60, 20])?, arm([10, 0, 0, 20, 15, 0])?);
/// assert_eq!(
///     Comparison::of_money(treated, control, Confidence::default()).explain(Language::English),
///     "Better: 30.00 against 7.50 per customer; difference +22.50 (95% interval +0.59 to +44.41), \
///      lift +300.0% (no interval)",
///     "half of the control arm bought nothing: its mean may be 0, and the lift any number"
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoneySample {
    customers: u64,
    /// The decimals of the finest amount, trailing zeros aside.
    scale: u32,
    /// The sum in units of `10^-scale`.
    sum: i128,
    /// The sum of the squares in units of `10^-2scale`.
    squares: u128,
}

const OVERFLOW: Error = Error::AmountOverflow { field: "the sum of a sample or of its squares" };

impl MoneySample {
    /// The sample of one amount for each customer, in any order; below 0 where more was given back than came in. Takes
    /// time linear in the customers; nothing is kept of each.
    ///
    /// # Errors
    ///
    /// Those of [`add`](MoneySample::add), in [`Error::Record`] with the position of the amount.
    pub fn of(amounts: impl IntoIterator<Item = Decimal>) -> Result<Self> {
        let mut sample = Self::default();
        for (index, amount) in amounts.into_iter().enumerate() {
            sample.add(amount).map_err(|error| error.at_record(index))?;
        }
        Ok(sample)
    }

    /// Adds a customer.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the sum would not fit 96 bits, or the sum of the squares 128 bits, at the finest
    /// scale of all amounts; the sample is then unchanged. Round amounts to the currency's unit first.
    pub fn add(&mut self, amount: Decimal) -> Result<()> {
        let (sum, scale) = if let Some(sum) = money::minor(amount, self.scale) {
            (sum, self.scale)
        } else {
            // Trailing zeros do not make a sample finer.
            let amount = amount.normalize();
            (amount.mantissa(), amount.scale())
        };
        let squares = sum.unsigned_abs().checked_mul(sum.unsigned_abs()).ok_or(OVERFLOW)?;
        self.merge(&Self { customers: 1, scale, sum, squares })
    }

    /// Adds a sample of other customers.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] as for [`add`](MoneySample::add), [`Error::CountOverflow`] beyond 64 bits of
    /// customers; the sample is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let scale = self.scale.max(other.scale);
        let (left, right) = (self.at(scale)?, other.at(scale)?);
        let customers = left.customers.checked_add(right.customers);
        *self = Self {
            customers: customers.ok_or(Error::CountOverflow { field: "customers of a sample" })?,
            scale,
            sum: left.sum.checked_add(right.sum).filter(|&sum| money::fits(sum)).ok_or(OVERFLOW)?,
            squares: left.squares.checked_add(right.squares).ok_or(OVERFLOW)?,
        };
        Ok(())
    }

    fn at(&self, scale: u32) -> Result<Self> {
        let factor = scale.checked_sub(self.scale).and_then(money::power).ok_or(OVERFLOW)?;
        let squares = self.squares.checked_mul(factor.unsigned_abs());
        Ok(Self {
            customers: self.customers,
            scale,
            sum: self.sum.checked_mul(factor).ok_or(OVERFLOW)?,
            squares: squares.and_then(|squares| squares.checked_mul(factor.unsigned_abs())).ok_or(OVERFLOW)?,
        })
    }

    /// The customers.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// The sum of the amounts.
    pub fn sum(&self) -> Decimal {
        money::decimal(self.sum, self.scale).unwrap_or_default()
    }

    /// The mean amount per customer; `None` without a customer. Rounded to a `Decimal`'s 28 digits where the
    /// quotient does not end.
    pub fn mean(&self) -> Option<Decimal> {
        self.sum().checked_div(self.customers.into())
    }

    /// The standard deviation of what customers brought, with `n - 1` in the denominator; `None` with fewer than two.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Welch's interval of the mean of this sample less that of another, of other customers.
    pub(crate) fn difference_interval(self, other: Self, confidence: Confidence) -> Option<Interval> {
        let (own, other) = (Mean::of(self)?, Mean::of(other)?);
        let difference = own.value - other.value;
        let t = confidence.t(own.degrees_of_freedom(other, 1.0)?);
        let reach = t * (own.variance + other.variance).sqrt();
        Interval::of(difference - reach, difference + reach)
    }

    /// Student's interval of the mean; `None` with fewer than two customers, and where all brought the same.
    pub(crate) fn mean_interval(self, confidence: Confidence) -> Option<Interval> {
        let Mean { value, variance, freedom } = Mean::of(self)?;
        let reach = confidence.t(freedom) * variance.sqrt();
        Interval::of(value - reach, value + reach).filter(|_| variance > 0.0)
    }

    /// The mean, for estimates.
    pub(crate) fn mean_number(&self) -> Option<f64> {
        Some(quotient(self.sum, self.customers.into())? / unit(self.scale))
    }

    /// `Σ (x - x̄)² / (n - 1)`; `None` with fewer than two customers. Exact until the end, so that large means of
    /// little spread lose no digit.
    #[allow(clippy::cast_precision_loss, reason = "a variance is an estimate")]
    pub(crate) fn variance(&self) -> Option<f64> {
        let n = u128::from(self.customers);
        let of = n.checked_sub(1).filter(|&of| of > 0)?;
        let (about, rest) = self.about_mean()?;
        // Σ (x - x̄)² = about - rest² / n.
        let deviations = match about.checked_mul(n) {
            Some(product) => product.checked_sub(rest * rest)? as f64 / n as f64,
            None => about as f64 - (rest * rest) as f64 / n as f64,
        };
        Some(deviations / of as f64 / unit(self.scale) / unit(self.scale))
    }

    /// `Σ (x - q)²` for the whole part `q` of the mean, and the rest of `Σ x / n`; `None` without a customer.
    ///
    /// No term can pass `Σ x²`, by Cauchy and Schwarz; a stored sample whose terms do is one that no customers make.
    fn about_mean(&self) -> Option<(u128, u128)> {
        let (n, sum) = (u128::from(self.customers), self.sum.unsigned_abs());
        let (quotient, rest) = (sum.checked_div(n)?, sum.checked_rem(n)?);
        let squared = quotient.checked_mul(quotient)?.checked_mul(n)?;
        let about = self.squares.checked_sub(squared)?.checked_sub(quotient.checked_mul(2)?.checked_mul(rest)?)?;
        Some((about, rest))
    }

    /// Whether these numbers can be those of customers: what each brought beyond the whole part of the mean is a whole
    /// number `y`, so that `Σ y² >= Σ y`, and both are even or both odd. Of one and of two customers the sums say all.
    #[cfg(feature = "serde")]
    fn is_possible(&self) -> bool {
        let possible = |(about, rest): (u128, u128)| {
            let Some(twice) = about.checked_sub(rest).filter(|twice| twice % 2 == 0) else { return false };
            let (half, root) = (twice / 2, (twice / 2).isqrt());
            match self.customers {
                1 => about == 0,
                // `y` and `rest - y`: Σ y² - rest is 2 y (y - rest).
                2 => half == root * (root + rest),
                _ => true,
            }
        };
        let is_empty = self.customers == 0 && self.sum == 0 && self.squares == 0;
        is_empty || money::fits(self.sum) && self.about_mean().is_some_and(possible)
    }
}

/// The mean of a sample and how sure it is.
#[derive(Clone, Copy)]
pub(crate) struct Mean {
    pub(crate) value: f64,
    /// The variance of the mean.
    pub(crate) variance: f64,
    /// Customers less 1.
    freedom: f64,
}

impl Mean {
    #[allow(clippy::cast_precision_loss, reason = "an interval is an estimate")]
    pub(crate) fn of(sample: MoneySample) -> Option<Self> {
        let customers = sample.customers() as f64;
        let variance = sample.variance()? / customers;
        Some(Self { value: sample.mean_number()?, variance, freedom: customers - 1.0 })
    }

    /// Welch's and Satterthwaite's, of this mean less `ratio` times another; `None` where neither has a spread.
    pub(crate) fn degrees_of_freedom(self, other: Self, ratio: f64) -> Option<f64> {
        let (own, others) = (self.variance, ratio * ratio * other.variance);
        // In shares of the sum, no square leaves the range of numbers.
        let sum = own + others;
        let (own, others) = (own / sum, others / sum);
        let df = 1.0 / (own * own / self.freedom + others * others / other.freedom);
        (sum > 0.0 && df.is_finite()).then(|| df.max(1.0))
    }
}

/// `10^scale`.
#[allow(clippy::cast_precision_loss, reason = "the nearest number to a power of ten")]
fn unit(scale: u32) -> f64 {
    money::power(scale).unwrap_or(1) as f64
}

// Integers as text: few formats hold 128 bits.
crate::stored::stored! {
    MoneySample(sample) {
        customers: u64 = sample.customers,
        scale: u32 = sample.scale,
        sum: String = sample.sum.to_string(),
        sum_of_squares: String = sample.squares.to_string(),
    } <=> {
        let sum = sum.parse().map_err(|_| "the sum of a sample must be a whole number")?;
        let squares = sum_of_squares.parse().map_err(|_| "the sum of squares of a sample must be a whole number")?;
        let sample = Self { customers, scale, sum, squares };
        let is_possible = sample.scale <= Decimal::MAX_SCALE && sample.is_possible();
        if is_possible { Ok(sample) } else { Err("no customers have this count, sum and sum of squares") }
    }, &'static str
}
