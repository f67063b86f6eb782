//! Product cycles: how long until a customer buys the same product again.

use core::borrow::Borrow;
use core::cmp::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{LineLog, ProductDay};
use crate::measure::survival::{Spell, SurvivalCurve, compare};
use crate::number::money;
use crate::record::calendar::Day;
use crate::record::{CustomerId, ProductId};
use crate::scale::Ratio;

pub(super) mod high;
mod ranked;
#[cfg(feature = "serde")]
mod stored;

/// The scale on which the time from one purchase of a product to the next is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum CycleScale {
    /// Time in days for the product's usual quantity: a gap after a double quantity counts as half of it, and a
    /// customer who has bought the double quantity is expected after twice the time.
    #[default]
    Quantity,
    /// Time in days as they pass, whatever the quantity.
    Calendar,
}

/// The options by which product cycles are measured; every combination is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CycleOptions {
    /// The scale of time; in days for the usual quantity by default.
    pub scale: CycleScale,
    /// The days within which a second purchase counts, 90 by default.
    pub within_days: u32,
}

impl Default for CycleOptions {
    fn default() -> Self {
        Self { scale: CycleScale::default(), within_days: 90 }
    }
}

impl CycleOptions {
    /// The same options with time counted otherwise.
    #[must_use]
    pub const fn with_scale(self, scale: CycleScale) -> Self {
        Self { scale, ..self }
    }

    /// The same options with another number of days within which a second purchase counts.
    #[must_use]
    pub const fn with_within_days(self, within_days: u32) -> Self {
        Self { within_days, ..self }
    }
}

/// The repurchases of one product, or of one category.
///
/// A **purchase** is all that a customer buys of the product on one day.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProductCycle {
    /// Customers with two purchases of the product or more, of those with one or more. Those who are new count too, so
    /// that it is low for a product that has just come.
    pub repeat_customers: Ratio,
    /// Customers whose second purchase lies at most [`CycleOptions::within_days`] after the first, of those whose first
    /// purchase lies at least as long before the as-of day. The rule of
    /// [`second_purchase_rate`](crate::measure::second_purchase_rate).
    pub repeat_within: Ratio,
    /// The product's other customers: too new to be judged, whether they have bought again or not.
    pub unobserved: u64,
    /// The median quantity of a purchase: the smallest that at least half of the purchases do not exceed.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub usual_quantity: Decimal,
    /// The customers on whom the median rests: those of whom some purchase lasted, or has been lasting, at least as long.
    /// `None` where the median is not reached.
    pub customers_at_median: Option<u64>,
    /// The survival curve of the time from each purchase to the same customer's next one. A customer's last purchase is
    /// censored at the as-of day.
    pub curve: SurvivalCurve,
}

impl ProductCycle {
    /// The customers with a purchase of the product.
    pub const fn customers(&self) -> u64 {
        self.repeat_customers.of()
    }

    /// The purchases of the product.
    pub fn purchases(&self) -> u64 {
        self.curve.spells()
    }

    /// The usage cycle: the Kaplan-Meier median in days; `None` when less than half of the purchases are known to be
    /// followed by another one.
    pub fn median_days(&self) -> Option<f64> {
        self.curve.median_days()
    }
}

/// The cycles of all products as of a day: measured on the whole shop, asked for one customer.
///
/// **Population** of each product: the customers who bought it up to and including the as-of day. Products that nobody
/// bought by then are left out.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::history::LineLog;
/// use repurchase::measure::{CycleOptions, CycleTable};
/// use repurchase::record::OrderLine;
/// use repurchase::{Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// // Ann's coffee lasts for 20 days, and the double quantity for 40; Bo has bought once.
/// let line = |customer, month, day, quantity: u32| {
///     let at = Utc.with_ymd_and_hms(2026, month, day, 12, 0, 0).unwrap();
///     OrderLine::new(customer, at, "coffee", quantity.into(), Decimal::TEN)
/// };
/// let lines = [line("ann", 1, 1, 1)?, line("ann", 1, 21, 2)?, line("ann", 3, 2, 1)?, line("bo", 3, 1, 1)?];
/// let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
/// let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
///
/// let table = CycleTable::of(&log, day(3, 31), &CycleOptions::default());
/// let coffee = table.get(&"coffee").expect("is bought");
/// assert_eq!(coffee.repeat_customers, Ratio::new(1, 2)?);
/// assert_eq!((coffee.repeat_within, coffee.unobserved), (Ratio::new(0, 0)?, 2));
/// // Two purchases lasted for 20 days for each unit; two still last, after 29 and 30 days.
/// assert_eq!(coffee.median_days(), Some(20.0));
/// // Two units on 2 March would last until 11 April.
/// assert_eq!(table.next_due(&"coffee", day(3, 2), Decimal::TWO)?, Some(day(4, 11)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CycleTable<P> {
    as_of: NaiveDate,
    options: CycleOptions,
    /// Ascending by product.
    products: Vec<(P, ProductCycle)>,
}

impl<P: ProductId> CycleTable<P> {
    /// Measures every product's cycle as of a day, which is included. Takes one pass over the purchases, and `n log n`
    /// in those of each product.
    pub fn of<Id: CustomerId>(log: &LineLog<Id, P>, as_of: NaiveDate, options: &CycleOptions) -> Self {
        let mut tallies: Vec<Counted> = log.products().iter().map(|_| Counted::default()).collect();
        for bought in log.by_customer() {
            for same in bought.chunk_by(|left, right| left.product == right.product) {
                let known = same.partition_point(|one| one.day <= as_of.into());
                let place = same.first().map_or(0, |one| one.product as usize);
                if let (Some(tally), Some(known)) = (tallies.get_mut(place), same.get(..known)) {
                    tally.add(known, as_of.into(), *options);
                }
            }
        }
        let products = log.products().iter().zip(tallies);
        let products = products.filter(|(_, tally)| tally.customers > 0);
        let products = products.map(|(product, tally)| (product.clone(), tally.cycle(options.scale))).collect();
        Self { as_of, options: *options, products }
    }

    /// The cycle of a product; `None` when nobody bought it.
    pub fn get<Q: Ord + ?Sized>(&self, product: &Q) -> Option<&ProductCycle>
    where
        P: Borrow<Q>,
    {
        let place = self.products.binary_search_by(|(other, _)| other.borrow().cmp(product)).ok()?;
        self.products.get(place).map(|(_, cycle)| cycle)
    }

    /// The day on which a customer who bought `quantity` of a product on the day `last` is due to buy it again.
    ///
    /// It is the first day by which the product's median cycle has passed since `last`, in [`CycleScale::Quantity`]
    /// times `quantity` over the usual quantity; days are reckoned exactly and rounded up. `None` for a product that
    /// nobody bought, and for one whose median is not reached.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when `quantity` is not above 0; [`Error::AmountOverflow`] when it does not fit an exact
    /// product with the cycle; [`Error::DayOverflow`] when the day lies beyond chrono's limits.
    pub fn next_due<Q: Ord + ?Sized>(
        &self,
        product: &Q,
        last: NaiveDate,
        quantity: Decimal,
    ) -> Result<Option<NaiveDate>>
    where
        P: Borrow<Q>,
    {
        Error::above_zero("quantity", quantity)?;
        let Some(median) = self.get(product).and_then(|cycle| cycle.curve.median()) else {
            return Ok(None);
        };
        let quantity = match self.options.scale {
            CycleScale::Quantity => quantity,
            CycleScale::Calendar => median.quantity,
        };
        let days = days_for(quantity, median.gap_days, median.quantity)
            .ok_or(Error::AmountOverflow { field: "quantity times cycle" })?;
        Day::from(last).plus(days).map(|day| Some(day.date()))
    }

    /// The same for a customer of a log: from the customer's last purchase of the product up to the as-of day. `None`
    /// when there is none, too.
    ///
    /// # Errors
    ///
    /// As [`next_due`](CycleTable::next_due).
    pub fn next_due_of<Id: CustomerId + Borrow<Q>, Q: Ord + ?Sized, R: Ord + ?Sized>(
        &self,
        log: &LineLog<Id, P>,
        customer: &Q,
        product: &R,
    ) -> Result<Option<NaiveDate>>
    where
        P: Borrow<R>,
    {
        match log.last_purchase(customer, product, self.as_of) {
            Some(last) => self.next_due(product, last.day, last.quantity),
            None => Ok(None),
        }
    }
}

impl<P> CycleTable<P> {
    /// The day up to and including which purchases count.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The options by which cycles were measured.
    pub const fn options(&self) -> CycleOptions {
        self.options
    }

    /// The number of products.
    pub fn len(&self) -> usize {
        self.products.len()
    }

    /// Whether nobody bought anything.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// Every product and its cycle, ascending by product.
    pub fn iter(&self) -> impl Iterator<Item = (&P, &ProductCycle)> {
        self.products.iter().map(|(product, cycle)| (product, cycle))
    }
}

/// Returns the days that `quantity` lasts when `other` lasts for `gap_days`, rounded up; `None` when the exact product
/// needs more than 127 bits.
fn days_for(quantity: Decimal, gap_days: u32, other: Decimal) -> Option<i64> {
    let (quantity, other) = (quantity.normalize(), other.normalize());
    let scale = quantity.scale().max(other.scale());
    let (part, whole) = (money::minor(quantity, scale)?, money::minor(other, scale)?);
    let days = part.checked_mul(gap_days.into())?;
    let (full, rest) = (days.checked_div(whole)?, days.checked_rem(whole)?);
    // What leaves 64 bits leaves the calendar too.
    Some(i64::try_from(full + i128::from(rest > 0)).unwrap_or(i64::MAX))
}

/// The counts of one product.
#[derive(Debug, Default)]
struct Counted {
    customers: u64,
    repeaters: u64,
    observed: u64,
    within: u64,
    spells: Vec<Spell>,
    /// The longest spell of each customer.
    longest: Vec<Spell>,
}

impl Counted {
    /// Adds one customer's purchases up to `as_of`, day by day.
    fn add(&mut self, bought: &[ProductDay], as_of: Day, options: CycleOptions) {
        let within_days = options.within_days;
        let Some(first) = bought.first() else { return };
        let second = bought.get(1);
        self.customers += 1;
        self.repeaters += u64::from(second.is_some());
        if as_of.since(first.day) >= within_days {
            self.observed += 1;
            self.within += u64::from(second.is_some_and(|second| second.day.since(first.day) <= within_days));
        }
        let next = bought.iter().skip(1).map(|one| (one.day, true)).chain([(as_of, false)]);
        let spell = |(one, (next, returned)): (&ProductDay, (Day, bool))| {
            let gap_days = next.since(one.day);
            Spell { gap_days, quantity: one.quantity, returned }
        };
        let before = self.spells.len();
        self.spells.extend(bought.iter().zip(next).map(spell));
        let own = self.spells.get(before..).unwrap_or_default().iter().copied();
        self.longest.extend(match options.scale {
            CycleScale::Quantity => own.max_by(length),
            CycleScale::Calendar => own.map(|spell| Spell { quantity: Decimal::ONE, ..spell }).max_by(length),
        });
    }

    fn cycle(mut self, scale: CycleScale) -> ProductCycle {
        let usual_quantity = median(&self.spells);
        let curve = match scale {
            CycleScale::Quantity => SurvivalCurve::of_spells(self.spells, usual_quantity),
            CycleScale::Calendar => {
                self.spells.iter_mut().for_each(|spell| spell.quantity = Decimal::ONE);
                SurvivalCurve::of_spells(self.spells, Decimal::ONE)
            }
        };
        let customers_at_median = curve.median().map(|step| {
            let median = Spell { gap_days: step.gap_days, quantity: step.quantity, returned: true };
            self.longest.iter().filter(|spell| length(spell, &median) != Ordering::Less).count() as u64
        });
        ProductCycle {
            repeat_customers: Ratio::counted(self.repeaters, self.customers),
            repeat_within: Ratio::counted(self.within, self.observed),
            unobserved: self.customers - self.observed,
            usual_quantity: usual_quantity.normalize(),
            customers_at_median,
            curve,
        }
    }
}

/// Compares the lengths of two spells.
fn length(one: &Spell, other: &Spell) -> Ordering {
    compare(one.gap_days, one.quantity, other.gap_days, other.quantity)
}

/// The smallest quantity that at least half of the spells, one or more, do not exceed.
fn median(spells: &[Spell]) -> Decimal {
    let mut quantities: Vec<Decimal> = spells.iter().map(|spell| spell.quantity).collect();
    let middle = quantities.len().saturating_sub(1) / 2;
    if quantities.is_empty() {
        return Decimal::ONE;
    }
    // All are of one scale, so that their integers compare as they do.
    let (_, median, _) = quantities.select_nth_unstable_by_key(middle, |quantity| quantity.mantissa());
    *median
}
