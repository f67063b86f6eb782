//! The curves of products and the variances of gaps, from a log.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::due::{DueModel, DueOptions, ProductDue, ln_days};
use crate::error::Result;
use crate::history::LineLog;
use crate::measure::{CycleOptions, CycleTable, ProductCycle};
use crate::record::calendar::Day;
use crate::record::{CustomerId, ProductId};

impl<P: ProductId> DueModel<P> {
    /// Measures the products' curves and the variances of gaps as of a day, which is included. Takes time linear in
    /// purchases, and `n log n` in those of each product.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) when the horizon is 0 days. A log without a product that has due days gives a model of none.
    pub fn fit<Id: CustomerId>(log: &LineLog<Id, P>, as_of: NaiveDate, options: &DueOptions) -> Result<Self> {
        options.check()?;
        let cycles = CycleTable::of(log, as_of, &CycleOptions::default().with_scale(options.scale));
        let of_cycle = |(product, cycle)| Some((P::clone(product), product_due(cycle, options)?));
        let products: Vec<(P, ProductDue)> = cycles.iter().filter_map(of_cycle).collect();
        let mut sums: Vec<Option<Sums>> = log
            .products()
            .iter()
            .map(|product| {
                let place = products.binary_search_by(|(other, _)| other.cmp(product)).ok()?;
                products.get(place).map(|(_, due)| Sums { usual: due.usual_quantity, customers: Vec::new() })
            })
            .collect();
        for bought in log.by_customer() {
            for same in bought.chunk_by(|one, other| one.product == other.product) {
                let place = same.first().map_or(0, |one| one.product as usize);
                let Some(Some(sums)) = sums.get_mut(place) else { continue };
                let known = same.partition_point(|one| one.day <= Day::from(as_of));
                let known = same.get(..known).unwrap_or_default();
                let gaps = known.iter().zip(known.iter().skip(1));
                let gaps =
                    gaps.filter_map(|(one, next)| ln_days(options, next.day.since(one.day), one.quantity, sums.usual));
                let gaps: Vec<f64> = gaps.collect();
                sums.customers.extend(Gaps::of(&gaps));
            }
        }
        let (within, between) = variances(sums.iter().flatten().map(|sums| sums.customers.as_slice()));
        Ok(Self { as_of, options: *options, within, between, products })
    }
}

/// `None` where fewer purchases are followed within the horizon than the options ask for.
fn product_due(cycle: &ProductCycle, options: &DueOptions) -> Option<ProductDue> {
    let horizon = f64::from(options.horizon_days);
    let steps = cycle.curve.steps();
    let steps = steps.get(..steps.partition_point(|step| step.days <= horizon)).unwrap_or_default();
    let returns: u64 = steps.iter().map(|step| step.returned).sum();
    let returning = 1.0 - steps.last()?.survival;
    if returns < options.least_returns.max(1) || returning <= 0.0 {
        return None;
    }
    let tail = (1.0 - options.confidence.level()) / 2.0;
    // One part in 10^12 is rounding.
    let first = |share: f64| steps.iter().find(|step| 1.0 - step.survival >= share * returning * (1.0 - 1e-12));
    let days = [tail, 0.5, 1.0 - tail].map(|share| first(share).map(|step| step.days));
    let mut before = 1.0;
    let mut sum = 0.0;
    for step in steps.iter().filter(|step| step.returned > 0) {
        sum += (before - step.survival) * libm::log(step.days);
        before = step.survival;
    }
    let [Some(earliest), Some(day), Some(latest)] = days else { return None };
    Some(ProductDue {
        usual_quantity: cycle.usual_quantity,
        returns,
        returning,
        days: [earliest, day, latest],
        mean_ln_days: sum / returning,
    })
}

/// The gaps of the customers of one product.
struct Sums {
    usual: Decimal,
    customers: Vec<Gaps>,
}

/// The gaps of one customer: how many, their mean, and the sum of squares about it.
struct Gaps {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Gaps {
    #[allow(clippy::cast_precision_loss, reason = "a number of gaps")]
    fn of(gaps: &[f64]) -> Option<Self> {
        let count = gaps.len() as f64;
        let mean = (count > 0.0).then(|| gaps.iter().sum::<f64>() / count)?;
        let squares = gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum();
        Some(Self { count, mean, squares })
    }
}

/// The variances within and between customers, over all products.
#[allow(clippy::cast_precision_loss, reason = "numbers of customers")]
fn variances<'a>(products: impl Iterator<Item = &'a [Gaps]>) -> (Option<f64>, Option<f64>) {
    let (mut squares, mut freedom) = (0.0, 0.0);
    let (mut between, mut customers, mut spread) = (0.0, 0.0, 0.0);
    for product in products {
        let gaps: f64 = product.iter().map(|one| one.count).sum();
        if product.is_empty() {
            continue;
        }
        let number = product.len() as f64;
        let mean = product.iter().map(|one| one.count * one.mean).sum::<f64>() / gaps;
        squares += product.iter().map(|one| one.squares).sum::<f64>();
        freedom += gaps - number;
        between += product.iter().map(|one| one.count * (one.mean - mean) * (one.mean - mean)).sum::<f64>();
        customers += number - 1.0;
        spread += gaps - product.iter().map(|one| one.count * one.count).sum::<f64>() / gaps;
    }
    let within = (freedom > 0.0).then(|| squares / freedom);
    let between = within.filter(|_| spread > 0.0).map(|within| ((between - customers * within) / spread).max(0.0));
    (within, between)
}
