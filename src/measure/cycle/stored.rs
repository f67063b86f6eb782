//! A table of cycles as it is read: products ascend, and nobody is missing.

use chrono::NaiveDate;

use super::{CycleOptions, CycleTable, ProductCycle};
use crate::error::{Error, Result};
use crate::record::ProductId;

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
