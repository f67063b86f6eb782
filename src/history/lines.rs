//! Every purchase of every product by every customer.

use core::borrow::Borrow;
use core::ops::Range;

use chrono::{NaiveDate, TimeZone};
use rust_decimal::Decimal;

use super::fold::hash_of;
use super::names::Names;
use crate::error::{Error, Result};
use crate::number::money;
use crate::parallel;
use crate::record::calendar::{Day, DayClock};
use crate::record::{CustomerId, OrderLine, ProductId, ShopCalendar};

/// A log of which customer bought which product on which days, and in which quantity: what cycles, breadth and paths
/// are counted from.
///
/// Built once from lines in any order; asked as often as wanted. All lines of a customer for a product on one of the
/// shop's days are **one purchase** of their total quantity. Lines that are no purchases (unpaid, cancelled) are
/// counted in [`passed_over`](LineLog::passed_over) and leave no other trace. All of a log's answers are the same for
/// every order of its lines. What lines cost is not kept.
///
/// For numbers of categories instead of products, make the log of lines of categories.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::ShopCalendar;
/// use repurchase::history::LineLog;
/// use repurchase::record::OrderLine;
/// use rust_decimal::Decimal;
///
/// let line = |customer, day, product, quantity: u32| {
///     let at = Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
///     OrderLine::new(customer, at, product, quantity.into(), Decimal::TEN)
/// };
/// let ann = [line("ann", 9, "tea", 1)?, line("ann", 9, "tea", 2)?, line("ann", 1, "tea", 1)?];
/// let lines = ann.into_iter().chain([line("bo", 4, "pot", 1)?]);
/// let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
/// assert_eq!((log.customers().len(), log.products().len(), log.purchases()), (2, 2, 3));
///
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let last = log.last_purchase("ann", "tea", as_of).expect("has bought tea");
/// assert_eq!((last.day.to_string(), last.quantity), ("2026-03-09".to_owned(), Decimal::from(3)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LineLog<Id, P> {
    /// Ascending, as are the products.
    customers: Vec<Id>,
    products: Vec<P>,
    /// The position of each customer's first purchase, and the end of the last one's.
    starts: Vec<usize>,
    /// The purchases by customer, then by product, then by day.
    purchases: Vec<ProductDay>,
    scale: u32,
    passed_over: usize,
}

/// One purchase of a product: all that a customer bought of it on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProductPurchase<'a, P> {
    /// The product.
    pub product: &'a P,
    /// The shop's day.
    pub day: NaiveDate,
    /// The quantity, above 0.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub quantity: Decimal,
}

/// A [`ProductPurchase`] by the place of its product among the log's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProductDay {
    pub(crate) product: u32,
    pub(crate) day: Day,
    /// The quantity at the log's scale.
    pub(crate) quantity: Decimal,
}

impl<Id: CustomerId, P: ProductId> LineLog<Id, P> {
    /// The log of lines in any order. Takes time linear in lines, and `n log n` in customers, in products, and in the
    /// lines of each customer.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] with the position of the first line that cannot be used: an instant that has no day in the
    /// shop's calendar ([`Error::NoDay`]), a quantity by which some quantity needs more than a `Decimal`'s 96 bits at
    /// the finest scale of all quantities so far ([`Error::AmountOverflow`]; round them first), more than `u32::MAX`
    /// lines ([`Error::CountOverflow`]). [`Error::Customer`] when what a customer bought of a product on one day needs
    /// more.
    pub fn from_lines<Tz: TimeZone>(
        lines: impl IntoIterator<Item = OrderLine<Id, P>>,
        calendar: &ShopCalendar<Tz>,
    ) -> Result<Self> {
        let mut reader = Reader {
            clock: DayClock::new(calendar),
            customers: Names::default(),
            products: Names::default(),
            purchases: Vec::new(),
            largest: Decimal::ZERO,
            scale: 0,
            passed_over: 0,
        };
        for (index, line) in lines.into_iter().enumerate() {
            reader.add(index, line).map_err(|error| error.at_record(index))?;
        }
        reader.finish()
    }

    /// The last purchase of a product by a customer up to and including a day; `None` when there is none. Takes time
    /// `log n` in customers and in the customer's purchases.
    pub fn last_purchase<Q: Ord + ?Sized, R: Ord + ?Sized>(
        &self,
        customer: &Q,
        product: &R,
        as_of: NaiveDate,
    ) -> Option<ProductPurchase<'_, P>>
    where
        Id: Borrow<Q>,
        P: Borrow<R>,
    {
        let product = self.products.binary_search_by(|other| other.borrow().cmp(product)).ok()?;
        let bought = self.bought_by(customer);
        let after = bought.partition_point(|one| (one.product as usize, one.day) <= (product, as_of.into()));
        let last = bought.get(after.checked_sub(1)?)?;
        (last.product as usize == product).then(|| self.show(last))
    }

    /// Returns a customer's purchases, by product and then by day; nothing of a customer who is not in the log.
    pub fn purchases_of<Q: Ord + ?Sized>(&self, customer: &Q) -> impl Iterator<Item = ProductPurchase<'_, P>>
    where
        Id: Borrow<Q>,
    {
        self.bought_by(customer).iter().map(|one| self.show(one))
    }

    fn bought_by<Q: Ord + ?Sized>(&self, customer: &Q) -> &[ProductDay]
    where
        Id: Borrow<Q>,
    {
        let place = self.customers.binary_search_by(|other| other.borrow().cmp(customer));
        place.map_or(&[], |place| self.of_customer(place))
    }

    /// The last purchase of each product by each customer up to and including a day: by customer, then by product.
    pub fn last_purchases(&self, as_of: NaiveDate) -> impl Iterator<Item = (&Id, ProductPurchase<'_, P>)> {
        let of_customer = move |(place, customer)| {
            let runs = self.of_customer(place).chunk_by(|left, right| left.product == right.product);
            let last = move |run: &[ProductDay]| run.iter().rfind(|one| one.day <= as_of.into()).copied();
            runs.filter_map(last).map(move |one| (customer, self.show(&one)))
        };
        self.customers.iter().enumerate().flat_map(of_customer)
    }

    fn show(&self, one: &ProductDay) -> ProductPurchase<'_, P> {
        // A purchase is only made with a product of the log.
        let product = &self.products[one.product as usize];
        ProductPurchase { product, day: one.day.date(), quantity: one.quantity.normalize() }
    }
}

impl<Id, P> LineLog<Id, P> {
    /// The customers with a purchase, ascending.
    pub fn customers(&self) -> &[Id] {
        &self.customers
    }

    /// The products with a purchase, ascending.
    pub fn products(&self) -> &[P] {
        &self.products
    }

    /// Purchases: all lines of one customer, product and day are one.
    pub fn purchases(&self) -> usize {
        self.purchases.len()
    }

    /// Lines that are no purchases: unpaid or cancelled.
    pub const fn passed_over(&self) -> usize {
        self.passed_over
    }

    /// The first and the last day on which there is a purchase; `None` when there is none.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let days = || self.purchases.iter().map(|one| one.day);
        Some((days().min()?.date(), days().max()?.date()))
    }

    /// The decimals of quantities in this log: those of the quantity that has most.
    pub const fn scale(&self) -> u32 {
        self.scale
    }

    /// Each customer's purchases by product, then by day.
    pub(crate) fn by_customer(&self) -> impl Iterator<Item = &[ProductDay]> {
        (0..self.customers.len()).map(|place| self.of_customer(place))
    }

    fn of_customer(&self, place: usize) -> &[ProductDay] {
        let bounds: Option<Range<usize>> =
            self.starts.get(place).zip(self.starts.get(place + 1)).map(|(&start, &end)| start..end);
        bounds.and_then(|bounds| self.purchases.get(bounds)).unwrap_or_default()
    }
}

struct Reader<'a, Id, P, Tz> {
    clock: DayClock<'a, Tz>,
    customers: Names<Id>,
    products: Names<P>,
    /// The purchases with the number of the customer, and the number of the product in place of its place.
    purchases: Vec<(u32, ProductDay)>,
    largest: Decimal,
    scale: u32,
    passed_over: usize,
}

impl<Id: CustomerId, P: ProductId, Tz: TimeZone> Reader<'_, Id, P, Tz> {
    fn add(&mut self, index: usize, line: OrderLine<Id, P>) -> Result<()> {
        if index >= u32::MAX as usize {
            return Err(Error::CountOverflow { field: "number of lines" });
        }
        if !line.is_purchase() {
            self.passed_over += 1;
            return Ok(());
        }
        let day = self.clock.day_of(line.placed_at)?;
        // How many zeros a quantity is written with says nothing.
        let quantity = line.quantity().normalize();
        self.largest = self.largest.max(quantity);
        self.scale = self.scale.max(quantity.scale());
        at_scale(self.largest, self.scale)?;
        let (customer, product) = (line.customer, line.product);
        let product = self.products.number(hash_of(&product), product, |product| product);
        let customer = self.customers.number(hash_of(&customer), customer, |customer| customer);
        self.purchases.push((customer, ProductDay { product, day, quantity }));
        Ok(())
    }

    /// Sorts by customer, product and day, and joins what is of one day.
    fn finish(self) -> Result<LineLog<Id, P>> {
        let (customers, places) = self.customers.ascending();
        let (products, product_places) = self.products.ascending();
        let place = |customer: u32| places.get(customer as usize).map_or(0, |&place| place as usize);
        // A counting sort by customer; of one customer there are few enough to compare.
        let mut ends = vec![0; customers.len() + 1];
        for &(customer, _) in &self.purchases {
            ends[place(customer) + 1] += 1;
        }
        for customer in 1..ends.len() {
            ends[customer] += ends[customer - 1];
        }
        let none = ProductDay { product: 0, day: Day::MIN, quantity: Decimal::ZERO };
        let mut sorted = vec![none; self.purchases.len()];
        for &(customer, one) in &self.purchases {
            let end = &mut ends[place(customer)];
            let product = product_places.get(one.product as usize).copied().unwrap_or_default();
            sorted[*end] = ProductDay { product, quantity: at_scale(one.quantity, self.scale)?, ..one };
            *end += 1;
        }
        let (mut starts, mut purchases) = (vec![0], Vec::with_capacity(sorted.len()));
        let (mut lines, mut rest, mut passed) = (Vec::with_capacity(customers.len()), sorted.as_mut_slice(), 0);
        for &end in ends.iter().take(customers.len()) {
            let (own, others) = rest.split_at_mut(end - passed);
            lines.push(own);
            (rest, passed) = (others, end);
        }
        parallel::for_each(&mut lines, |own| own.sort_unstable_by_key(|one| (one.product, one.day)));
        for (customer, own) in customers.iter().zip(lines) {
            for same in own.chunk_by(|left, right| (left.product, left.day) == (right.product, right.day)) {
                purchases.push(join(same).map_err(|error| error.of_customer(customer))?);
            }
            starts.push(purchases.len());
        }
        Ok(LineLog { customers, products, starts, purchases, scale: self.scale, passed_over: self.passed_over })
    }
}

/// The lines of one customer, product and day, at least one, as one purchase.
fn join(same: &[ProductDay]) -> Result<ProductDay> {
    let mut lines = same.iter().copied();
    let first = lines.next().ok_or(TOO_MUCH)?;
    // Quantities are above 0 and of one scale, so whether the sum fits does not depend on their order.
    lines.try_fold(first, |sum, one| {
        let quantity = money::exact_sum(sum.quantity, one.quantity).ok_or(TOO_MUCH)?;
        Ok(ProductDay { quantity, ..sum })
    })
}

const TOO_MUCH: Error = Error::AmountOverflow { field: "quantity" };

fn at_scale(quantity: Decimal, scale: u32) -> Result<Decimal> {
    if quantity.scale() == scale {
        return Ok(quantity);
    }
    money::minor(quantity, scale).and_then(|minor| money::decimal(minor, scale)).ok_or(TOO_MUCH)
}
