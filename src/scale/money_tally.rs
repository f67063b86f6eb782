//! Counts of customers by amount, exact or of bounded size.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;
#[cfg(feature = "serde")]
use crate::number::money::Text;
use crate::scale::{CutPoints, Tally};

/// The number of customers of each amount of money: a [`Tally`] of decimals, exact or of bounded size.
///
/// Everything takes the time that it takes a tally. Amounts are counted by what they are worth: 5 and 5.00 are one amount. Cuts are written with as many decimals as the
/// finest amount so far, which is all that a merge or a removal can change about them; tallies that differ only in
/// that are equal.
///
/// # Bounded size
///
/// An exact tally may hold as many entries as there are customers. One that keeps only the leading
/// [`digits`](MoneyTally::with_digits) of each amount (1,234.56 of three digits counts as 1,230) holds at most
/// `9 * 10^(digits - 1)` entries per power of ten and sign: 5,400 for positive amounts from a cent to 10,000 with three
/// digits, however many customers there are. Zero is exact, and no amount changes its sign.
///
/// **Error**: each cut of such a tally is the exact cut without its further digits: not further from zero, and nearer
/// by less than `10^(1 - digits)` of it (1% for three digits). This holds because dropping digits never changes which
/// of two amounts is larger. So only a customer whose amount lies between the two can get another bin.
///
/// # Examples
///
/// ```
/// use repurchase::scale::{CutPoints, MoneyTally};
/// use rust_decimal::Decimal;
///
/// let amounts = || (1..=1000).map(|cents| Decimal::new(cents * 123, 2));
/// let exact: MoneyTally = amounts().collect();
/// assert_eq!(exact.cut_points(4)?, CutPoints::fit(amounts(), 4)?);
/// assert_eq!(exact.cut_points(2)?.cuts()[0].to_string(), "615.00");
///
/// let small = exact.clone().with_digits(1)?;
/// assert_eq!((exact.distinct(), small.distinct()), (1000, 27));
/// assert_eq!(small.cut_points(2)?.cuts()[0].to_string(), "600.00");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, Eq)]
pub struct MoneyTally {
    /// The amounts, without trailing zeros.
    amounts: Tally<Decimal>,
    /// The decimals of the finest amount so far.
    scale: u32,
    digits: Option<u8>,
}

/// The most digits that a `Decimal` can have; the few amounts of one more are counted by their first 28.
const MOST_DIGITS: u8 = 28;

impl PartialEq for MoneyTally {
    fn eq(&self, other: &Self) -> bool {
        (&self.amounts, self.digits) == (&other.amounts, other.digits)
    }
}

impl MoneyTally {
    /// The exact tally of nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same customers by the leading digits of their amounts, from here on, too.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `digits` is not within 1..=28, or above those that the tally keeps already.
    pub fn with_digits(self, digits: u8) -> Result<Self> {
        let max = self.digits.unwrap_or(MOST_DIGITS);
        Error::within("digits", digits, 1..=max.into())?;
        let mut kept = Self { amounts: Tally::new(), digits: Some(digits), ..self };
        for (&amount, customers) in self.amounts.iter() {
            kept.add(amount, customers)?;
        }
        Ok(kept)
    }

    /// The digits of each amount that are kept; `None` for an exact tally.
    pub const fn digits(&self) -> Option<u8> {
        self.digits
    }

    /// Adds `customers` customers with this amount.
    ///
    /// # Errors
    ///
    /// As [`Tally::add`].
    pub fn add(&mut self, amount: Decimal, customers: u64) -> Result<()> {
        self.amounts.add(self.kept(amount), customers)?;
        self.scale = self.scale.max(amount.scale());
        Ok(())
    }

    /// Takes away `customers` customers with this amount.
    ///
    /// # Errors
    ///
    /// As [`Tally::remove`].
    pub fn remove(&mut self, amount: Decimal, customers: u64) -> Result<()> {
        self.amounts.remove(&self.kept(amount), customers)
    }

    /// Counts the customers of another tally, too: others than those who are counted here.
    ///
    /// # Errors
    ///
    /// [`Error::TallyMismatch`] when one tally keeps other digits than the other, and as [`Tally::merge`]; the tally is
    /// then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.digits != other.digits {
            return Err(Error::TallyMismatch { left: self.describe(), right: other.describe() });
        }
        self.amounts.merge(&other.amounts)?;
        self.scale = self.scale.max(other.scale);
        Ok(())
    }

    /// Cuts the amounts into `bins` bins of equal shares: of an exact tally, [`CutPoints::fit`] on the amount of each
    /// customer.
    ///
    /// # Errors
    ///
    /// As [`Tally::cut_points`].
    pub fn cut_points(&self, bins: u8) -> Result<CutPoints<Decimal>> {
        Ok(self.written(self.amounts.cut_points(bins)?))
    }

    /// Cuts the amounts where the given shares of the customers lie below: of an exact tally,
    /// [`CutPoints::fit_shares`] on the amount of each customer.
    ///
    /// # Errors
    ///
    /// As [`Tally::cut_points_at`].
    pub fn cut_points_at(&self, shares: &[Decimal]) -> Result<CutPoints<Decimal>> {
        Ok(self.written(self.amounts.cut_points_at(shares)?))
    }

    /// The number of customers.
    pub const fn customers(&self) -> u64 {
        self.amounts.customers()
    }

    /// Whether nobody is counted.
    pub const fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The number of distinct amounts.
    pub fn distinct(&self) -> usize {
        self.amounts.distinct()
    }

    /// The amounts without trailing zeros, each with the number of its customers.
    pub const fn amounts(&self) -> &Tally<Decimal> {
        &self.amounts
    }

    /// The exact tally of amounts in units of `10^-scale`; each fits a decimal.
    pub(crate) fn of_minor<M: Copy + Ord + Into<i128>>(amounts: &[M], scale: u32) -> Self {
        // Integers sort ten times as fast as decimals.
        let tally: Tally<M> = amounts.iter().copied().collect();
        let decimal = |minor: M| money::decimal(minor.into(), scale).unwrap_or_default().normalize();
        Self { amounts: tally.map(decimal), scale, digits: None }
    }

    /// The amount under which an amount is counted.
    fn kept(&self, amount: Decimal) -> Decimal {
        self.digits.map_or(amount, |digits| leading(amount, digits)).normalize()
    }

    /// Cuts with the decimals of the finest amount, where they fit 96 bits.
    fn written(&self, cuts: CutPoints<Decimal>) -> CutPoints<Decimal> {
        let write = |cut| money::minor(cut, self.scale).and_then(|minor| money::decimal(minor, self.scale));
        cuts.map(|cut| write(cut).unwrap_or(cut))
    }

    pub(crate) fn describe(&self) -> Box<str> {
        match self.digits {
            None => "exact amounts".into(),
            Some(digits) => format!("amounts of {digits} digits").into(),
        }
    }
}

/// An amount without what follows its leading digits.
fn leading(amount: Decimal, digits: u8) -> Decimal {
    let all = amount.mantissa().unsigned_abs().checked_ilog10().map_or(0, |last| last + 1);
    let Some(unit) = all.checked_sub(digits.into()).and_then(money::power) else { return amount };
    // Nearer to zero than the amount, so that it fits.
    money::decimal(amount.mantissa() / unit * unit, amount.scale()).unwrap_or(amount)
}

/// One customer of each amount.
impl Extend<Decimal> for MoneyTally {
    fn extend<I: IntoIterator<Item = Decimal>>(&mut self, amounts: I) {
        let (mut tally, mut finest) = (core::mem::take(&mut self.amounts), self.scale);
        tally.extend(amounts.into_iter().map(|amount| {
            finest = finest.max(amount.scale());
            self.kept(amount)
        }));
        (self.amounts, self.scale) = (tally, finest);
    }
}

/// One customer of each amount, exactly.
impl FromIterator<Decimal> for MoneyTally {
    fn from_iter<I: IntoIterator<Item = Decimal>>(amounts: I) -> Self {
        let mut tally = Self::new();
        tally.extend(amounts);
        tally
    }
}

// Amounts as text.
crate::stored::stored! {
    MoneyTally(tally) {
        digits: Option<u8> = tally.digits,
        scale: u32 = tally.scale,
        amounts: Vec<(Text, u64)> = tally.amounts.iter().map(|(&amount, count)| (Text(amount), count)).collect(),
    } <=> {
        let mut tally = Self { scale, ..Self::new() };
        if let Some(digits) = digits {
            tally = tally.with_digits(digits)?;
        }
        Error::within("scale", scale, 0..=Decimal::MAX_SCALE.into())?;
        for (Text(amount), _) in &amounts {
            if tally.kept(*amount) != *amount {
                let expected = "of no more digits than the tally keeps";
                return Err(Error::Amount { field: "amount of the tally", found: *amount, expected });
            }
            tally.scale = tally.scale.max(amount.scale());
        }
        let counts = amounts.into_iter().map(|(Text(amount), count)| (amount.normalize(), count));
        tally.amounts = Tally::try_from(counts.collect::<Vec<_>>())?;
        Ok(tally)
    }
}
