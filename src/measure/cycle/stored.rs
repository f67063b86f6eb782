//! Cycles as they are read: products ascend, nobody is missing, and the counts of each product agree.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{CycleOptions, CycleTable, ProductCycle};
use crate::error::{Error, Result};
use crate::measure::survival::SurvivalCurve;
use crate::number::money;
use crate::record::ProductId;
use crate::scale::Ratio;

#[derive(serde::Deserialize)]
pub(super) struct StoredCycle {
    repeat_customers: Ratio,
    repeat_within: Ratio,
    unobserved: u64,
    usual_quantity: money::Text,
    curve: SurvivalCurve,
}

impl TryFrom<StoredCycle> for ProductCycle {
    type Error = Error;

    fn try_from(stored: StoredCycle) -> Result<Self> {
        let StoredCycle { repeat_customers, repeat_within, unobserved, usual_quantity, curve } = stored;
        let money::Text(usual_quantity) = usual_quantity;
        let (customers, repeaters) = (repeat_customers.of(), repeat_customers.count());
        let between = |field, found, min, max| match found {
            _ if min <= found && found <= max => Ok(()),
            _ => Err(Error::OutOfRange { field, found, min, max }),
        };
        between("customers of a product", customers, 1, u32::MAX.into())?;
        let observed = repeat_within.of().saturating_add(unobserved);
        between("customers observed and not", observed, customers, customers)?;
        between("customers who repeat in time", repeat_within.count(), 0, repeaters)?;
        // A customer's last purchase is the one that is still open, and a repeater has another.
        between("open spells", curve.spells() - curve.returned(), customers, customers)?;
        let most = if repeaters == 0 { 0 } else { u64::MAX };
        between("ended spells", curve.returned(), repeaters, most)?;
        if usual_quantity <= Decimal::ZERO {
            return Err(Error::Amount { field: "usual quantity", found: usual_quantity, expected: "above 0" });
        }
        Ok(Self { repeat_customers, repeat_within, unobserved, usual_quantity, curve })
    }
}

#[derive(serde::Deserialize)]
pub(super) struct StoredTable<P> {
    as_of: NaiveDate,
    options: CycleOptions,
    products: Vec<(P, ProductCycle)>,
}

impl<P: ProductId> TryFrom<StoredTable<P>> for CycleTable<P> {
    type Error = Error;

    fn try_from(stored: StoredTable<P>) -> Result<Self> {
        let StoredTable { as_of, options, products } = stored;
        match products.windows(2).position(|pair| pair[0].0 >= pair[1].0) {
            Some(position) => Err(Error::NotAscending { what: "products", position: position + 1 }),
            None => Ok(Self { as_of, options, products }),
        }
    }
}
