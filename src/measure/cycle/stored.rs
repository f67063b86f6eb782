//! Cycles as they are read: products ascend, nobody is missing, and the counts of each product agree.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{CycleOptions, CycleTable, ProductCycle};
use crate::error::{Error, Result};
use crate::measure::survival::SurvivalCurve;
use crate::record::ProductId;
use crate::scale::Ratio;
use crate::stored::stored;

stored! {
    ProductCycle {
        repeat_customers: Ratio,
        repeat_within: Ratio,
        unobserved: u64,
        #[serde(with = "crate::number::decimal")] usual_quantity: Decimal,
        customers_at_median: Option<u64>,
        curve: SurvivalCurve,
    } => checked(ProductCycle { repeat_customers, repeat_within, unobserved, usual_quantity, customers_at_median, curve })
}

fn checked(cycle: ProductCycle) -> Result<ProductCycle> {
    let (customers, repeaters) = (cycle.repeat_customers.of(), cycle.repeat_customers.count());
    Error::within("customers of a product", customers, 1..=u32::MAX.into())?;
    let observed = cycle.repeat_within.of().saturating_add(cycle.unobserved);
    Error::within("customers observed and not", observed, customers..=customers)?;
    Error::within("customers who repeat in time", cycle.repeat_within.count(), 0..=repeaters)?;
    // A customer's last purchase is the one that is still open, and a repeater has another.
    Error::within("open spells", cycle.curve.spells() - cycle.curve.returned(), customers..=customers)?;
    let most = if repeaters == 0 { 0 } else { u64::MAX };
    Error::within("ended spells", cycle.curve.returned(), repeaters..=most)?;
    Error::above_zero("usual quantity", cycle.usual_quantity)?;
    let field = "customers at the median";
    match (cycle.curve.median(), cycle.customers_at_median) {
        (None, None) => {}
        (Some(step), found) => Error::within(field, found.unwrap_or_default(), 1..=step.at_risk.min(customers))?,
        (None, Some(found)) => Error::within(field, found.max(1), 0..=0)?,
    }
    Ok(cycle)
}

stored! {
    CycleTable<P: ProductId> { as_of: NaiveDate, options: CycleOptions, products: Vec<(P, ProductCycle)> } => {
        Error::ascending("products", &products, |(lower, _), (upper, _)| lower >= upper)?;
        Ok(Self { as_of, options, products })
    }
}
