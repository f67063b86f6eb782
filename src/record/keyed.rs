//! An order that says where it came from.

use core::cell::Cell;
use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

/// A customer's id together with a key of one order: its channel, store, country, coupon.
///
/// It is the id of its customer: equal, ordered and hashed by `customer` alone. A log of orders with such ids answers
/// every question as the log of plain ids does, and [`repurchase_rates_by`](crate::measure::repurchase_rates_by) and
/// [`CohortTable::by`](crate::measure::CohortTable::by) can tell its orders apart by their keys. Elsewhere a customer has
/// the key of any one of the orders: read `customer` only.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{CohortOptions, CohortTable};
/// use repurchase::record::Keyed;
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "web", "2026-01-09"), ("ann", "store", "2026-02-20"), ("bo", "store", "2026-01-31")];
/// let orders = rows.map(|(customer, key, day)| Ok(Order::on(Keyed { customer, key }, day.parse()?, Decimal::TEN)?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let as_of = "2026-02-28".parse()?;
/// assert_eq!(log.ledger(as_of)?.len(), 2, "Ann is one customer");
/// let first_channel = CohortTable::by(&log, as_of, &CohortOptions::default(), |id| id.key)?;
/// assert_eq!(first_channel["web"].cohorts[0].through(1).map(|sums| sums.purchases), Some(2), "Ann came by web");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Keyed<Id, K> {
    /// The customer whose order it is.
    pub customer: Id,
    /// The key of the order.
    pub key: K,
}

impl<Id: PartialEq, K> PartialEq for Keyed<Id, K> {
    fn eq(&self, other: &Self) -> bool {
        self.customer == other.customer
    }
}

impl<Id: Eq, K> Eq for Keyed<Id, K> {}

impl<Id: Ord, K> PartialOrd for Keyed<Id, K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Id: Ord, K> Ord for Keyed<Id, K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.customer.cmp(&other.customer)
    }
}

impl<Id: Hash, K> Hash for Keyed<Id, K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Heard by `has_key` alone: no hasher's state is changed by being asked.
        let _: u64 = state.finish();
        self.customer.hash(state);
    }
}

/// Whether a [`Keyed`] is this id or part of it, so that equal ids may have different keys.
pub(crate) fn has_key<Id: Hash>(id: &Id) -> bool {
    let mut probe = Probe(Cell::new(false));
    id.hash(&mut probe);
    probe.0.get()
}

/// Notes whether it is asked for its hash.
struct Probe(Cell<bool>);

impl Hasher for Probe {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        self.0.set(true);
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_wherever_it_is() {
        let keyed = Keyed { customer: "ann".to_owned(), key: 1.5 };
        assert!(has_key(&keyed) && has_key(&&keyed) && has_key(&(7, Some(keyed))));
        assert!(!has_key(&"ann") && !has_key(&7_u64) && !has_key(&(String::new(), [1_u8; 100])));
    }
}
