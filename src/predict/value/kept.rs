//! The share of a customer's value that is kept after credits.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::number::{money, quotient};
use crate::scale::MoneyTally;

/// The share of a customer's spend that the shop keeps, after the credits to come: expected value is spend times it.
///
/// [`Credit`](crate::record::Credit)s enter neither the model of purchases nor that of spend. Here they lower the value by
/// the customer's own share of credits, shrunk towards the shop's as if each customer had spent what customers spend on
/// average once more, with the shop's share of it credited. A customer of much spend counts nearly as observed, one of
/// little nearly as the shop.
///
/// **Population**: the customers with a purchase. Credits that are tied to their orders
/// ([`match_credits`](crate::record::match_credits)) are refunds, and no longer credits.
///
/// # Formula
///
/// `kept = 1 - (c + g w) / (s + w)`, within `[0, 1]`, with the customer's spend `s` and credits `c`, the shop's share of
/// credits `g = Σ c / Σ s`, and the mean spend `w = Σ s / N` of its `N` customers. It is credibility (Bühlmann) with the
/// weight of one mean customer, which a backtest did not ask to be finer.
///
/// # Examples
///
/// ```
/// use repurchase::predict::KeptShare;
/// use repurchase::record::{Credit, Record};
/// use repurchase::{Ledger, Order, ShopCalendar};
///
/// // Three customers spend 100 each; one gives 90 back.
/// let day = "2026-03-01".parse()?;
/// let mut records: Vec<Record<&str>> = Vec::new();
/// for id in ["ann", "bo", "cy"] {
///     records.push(Order::on(id, day, 100.into())?.into());
/// }
/// records.push(Credit::on("ann", day, 90.into())?.into());
/// let ledger = Ledger::from_records(records, &ShopCalendar::utc(), day)?;
/// let kept = KeptShare::fit(&ledger)?;
/// assert!((kept.share_credited() - 0.3).abs() < 1e-15);
/// // (90 + 30) of (100 + 100), and 30 of (100 + 100).
/// assert!((kept.of_customer(&ledger.get("ann").ok_or("has bought")?) - 0.40).abs() < 1e-15);
/// assert!((kept.of_customer(&ledger.get("bo").ok_or("has bought")?) - 0.85).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// H. Bühlmann (1967), "Experience rating and credibility", ASTIN Bulletin 4(3), 199-207, doi 10.1017/S0515036100008989.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeptShare {
    /// The shop's share of credits.
    credited: f64,
    /// The mean spend of a customer.
    weight: f64,
}

impl KeptShare {
    /// Everything is kept, in a shop without credits.
    pub const ALL: Self = Self { credited: 0.0, weight: 0.0 };

    /// The share of credits `g`, finite and 0 or more, and the mean spend `w` of a customer, finite and 0 or more.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for another number.
    pub fn new(credited: f64, weight: f64) -> Result<Self> {
        for (field, found) in [("share credited", credited), ("mean spend of a customer", weight)] {
            if !(found.is_finite() && found >= 0.0) {
                return Err(Error::Number { field, found, expected: "finite and 0 or more" });
            }
        }
        Ok(Self { credited, weight })
    }

    /// The share that a ledger's customers keep; [`ALL`](Self::ALL) where none has a credit.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] for sums of more than 127 bits at one scale.
    pub fn fit<Id>(ledger: &Ledger<Id>) -> Result<Self> {
        if ledger.credits().iter().all(|&credits| credits == 0) {
            return Ok(Self::ALL);
        }
        let share = || {
            let credited = ledger.credited().sum()?;
            let spend = ledger.revenue().sum()?.checked_add(credited)?;
            Self::of_minor(spend, credited, ledger.len() as u64, money::power(ledger.scale())?)
        };
        share().ok_or(TOO_LARGE)
    }

    /// Makes the share from the sums of all customers in a unit of money; `None` beyond 127 bits.
    pub(in crate::predict) fn of_minor(spend: i128, credited: i128, customers: u64, unit: i128) -> Option<Self> {
        if credited == 0 {
            return Some(Self::ALL);
        }
        let weight = quotient(spend, i128::from(customers).checked_mul(unit)?).unwrap_or(0.0);
        Self::new(quotient(credited, spend).unwrap_or(1.0), weight).ok()
    }

    /// The share that the customers of a tally keep: the revenues of all, and the sums of credits of those who have
    /// any.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_tally(revenues: &MoneyTally, credited: &MoneyTally) -> Result<Self> {
        if credited.distinct() == 0 {
            return Ok(Self::ALL);
        }
        let sum = |tally: &MoneyTally| total(|| tally.amounts().iter().map(|(&amount, customers)| (amount, customers)));
        let share = || {
            let (revenue, credited) = (sum(revenues)?, sum(credited)?);
            let scale = revenue.scale.max(credited.scale);
            let credited = credited.at(scale)?;
            let spend = revenue.at(scale)?.checked_add(credited)?;
            Self::of_minor(spend, credited, revenues.customers(), money::power(scale)?)
        };
        share().ok_or(TOO_LARGE)
    }

    /// The shop's share of credits, `g`: 0 or more.
    pub const fn share_credited(&self) -> f64 {
        self.credited
    }

    /// The mean spend of a customer, `w`.
    pub const fn mean_spend(&self) -> f64 {
        self.weight
    }

    /// The share of a customer's spend that is kept, in `[0, 1]`.
    pub fn of_customer(&self, history: &CustomerHistory) -> f64 {
        if self.credited <= 0.0 {
            return 1.0;
        }
        self.of_amounts(money::number(history.spend()), money::number(history.credited()))
    }

    /// The share of a customer of this spend and these credits.
    pub(in crate::predict) fn of_amounts(&self, spend: f64, credited: f64) -> f64 {
        if self.credited <= 0.0 {
            return 1.0;
        }
        let whole = spend + self.weight;
        let given_back = credited + self.credited * self.weight;
        if whole > given_back { 1.0 - given_back / whole } else { 0.0 }
    }
}

const TOO_LARGE: Error = Error::AmountOverflow { field: "spend of a shop" };

/// An exact sum of money, in units of `10^-scale`.
#[derive(Clone, Copy)]
struct Sum {
    minor: i128,
    scale: u32,
}

impl Sum {
    fn at(self, scale: u32) -> Option<i128> {
        self.minor.checked_mul(money::power(scale - self.scale)?)
    }
}

/// `None` beyond 127 bits.
fn total<I: Iterator<Item = (Decimal, u64)>>(amounts: impl Fn() -> I) -> Option<Sum> {
    let scale = amounts().map(|(amount, _)| amount.scale()).max().unwrap_or(0);
    let minor = amounts().try_fold(0_i128, |sum, (amount, customers)| {
        sum.checked_add(money::minor(amount, scale)?.checked_mul(customers.into())?)
    });
    Some(Sum { minor: minor?, scale })
}

crate::stored::stored! { KeptShare { credited: f64, weight: f64 } <=> KeptShare::new(credited, weight) }
