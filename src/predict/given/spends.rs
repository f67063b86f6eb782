//! The mean spends of a shop's customers.

use crate::history::Spending;
use crate::number::weight::count;
use crate::parallel;
use crate::predict::given::counted::counted;
use crate::predict::given::lazy::Lazy;
use crate::scale::Tally;

/// `x` and the bits of `m`: means are not negative, so that their bits ascend with them.
pub(in crate::predict) type SpendKey = (u32, u64);

/// Customers by `x` and `m`.
pub(in crate::predict) type Spends = Lazy<SpendKey, Spending>;

/// Customers whose mean spends are worked out together.
const PART: usize = 1 << 12;

impl Spends {
    pub(in crate::predict) const fn of_spending(spending: Spending) -> Self {
        Self::of_ledger(spending, of_customers)
    }

    /// `x`, `m` and the customers of each row, ascending by `x`, then `m`.
    pub(in crate::predict) fn iter(&self) -> impl Iterator<Item = (u32, f64, u64)> + '_ {
        self.tally().iter().map(|(&(repeats, mean), customers)| (repeats, f64::from_bits(mean), customers))
    }

    /// The rows that enter a fit: amounts are above 0 in the model.
    pub(in crate::predict) fn above_zero(&self) -> impl Iterator<Item = (u32, f64, u64)> + '_ {
        self.iter().filter(|&(_, mean, _)| mean > 0.0)
    }

    /// 0 where no customer enters a fit.
    pub(in crate::predict) fn largest_mean(&self) -> f64 {
        self.above_zero().fold(0.0, |largest, (_, mean, _)| mean.max(largest))
    }

    /// Pearson's correlation of `x` and `m` over the customers who enter a fit.
    pub(in crate::predict) fn correlation(&self) -> Option<f64> {
        // In units of the largest mean, squares stay finite.
        let largest = self.largest_mean();
        let points = || {
            let rows = self.above_zero();
            rows.map(|(repeats, mean, customers)| (f64::from(repeats), mean / largest, count(customers)))
        };
        let customers = count(self.above_zero().map(|(.., customers)| customers).sum());
        let average = |sum: f64| sum / customers;
        let mean_x = average(points().map(|(x, _, customers)| x * customers).sum());
        let mean_m = average(points().map(|(_, m, customers)| m * customers).sum());
        let (mut xx, mut mm, mut xm) = (0.0, 0.0, 0.0);
        for (x, m, customers) in points() {
            let (x, m) = (x - mean_x, m - mean_m);
            xx += x * x * customers;
            mm += m * m * customers;
            xm += x * m * customers;
        }
        // Where all are equal, rounding may still have left a difference to their average.
        let smallest = self.above_zero().fold(largest, |smallest, (_, mean, _)| mean.min(smallest));
        let repeats = || self.above_zero().map(|(repeats, ..)| repeats);
        let is_defined = smallest < largest && repeats().min() < repeats().max();
        (is_defined && xx > 0.0 && mm > 0.0).then(|| (xm / xx.sqrt() / mm.sqrt()).clamp(-1.0, 1.0))
    }
}

fn of_customers(ledger: &Spending) -> Tally<SpendKey> {
    let rows = parallel::map_ranges(ledger.len(), PART, |part| {
        let rows = part.filter_map(|index| ledger.repeat_spend(index));
        rows.map(|(repeats, mean)| ((repeats, mean.to_bits()), 1)).collect::<Vec<_>>()
    });
    // A ledger holds fewer than 2^32 customers.
    counted(parallel::joined(rows)).unwrap_or_default()
}
