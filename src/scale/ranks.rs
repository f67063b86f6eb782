//! The ranks that are cuts of the values in ascending order: the one definition for values at hand and for counted
//! ones.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;

/// `⌈j N / k⌉` for `j` in `1..k`.
pub(crate) fn bin_ranks(population: u64, bins: u8) -> Result<Vec<u64>> {
    Error::within("bins", bins, 2..=u8::MAX.into())?;
    check_population(population)?;
    // Not above the population.
    let ceiling = |j: u8| (u128::from(j) * u128::from(population)).div_ceil(bins.into()) as u64;
    Ok((1..bins).map(ceiling).collect())
}

/// `⌊j N / k⌋ + 1` for `j` in `1..k`: the smallest values of bins that are counted from the top.
pub(crate) fn bin_ranks_from_top(population: u64, bins: u8) -> Result<Vec<u64>> {
    let ranks = bin_ranks(population, bins)?;
    // As many values from the top as the mirrored rank has from the bottom; ranks are at least 1.
    Ok(ranks.into_iter().rev().map(|rank| population - (rank - 1)).collect())
}

/// `⌈share N⌉` for each share.
pub(crate) fn share_ranks(population: u64, shares: &[Decimal]) -> Result<Vec<u64>> {
    shares.iter().enumerate().try_for_each(|(position, &share)| check_share(position, share))?;
    Error::ascending("shares", shares, |lower, upper| lower >= upper)?;
    check_population(population)?;
    shares.iter().map(|&share| share_rank(population, share)).collect()
}

/// Refuses a share that is not above 0 and below 1.
pub(crate) fn check_share(position: usize, found: Decimal) -> Result<()> {
    if Decimal::ZERO < found && found < Decimal::ONE { Ok(()) } else { Err(Error::Share { position, found }) }
}

fn check_population(population: u64) -> Result<()> {
    if population == 0 { Err(Error::NoCustomers { what: "cut points" }) } else { Ok(()) }
}

/// `⌈share N⌉`, exact, for a share within 0..=1.
pub(crate) fn share_rank(population: u64, share: Decimal) -> Result<u64> {
    // Trailing zeros would use up room: 0.80 is 8 / 10.
    let share = share.normalize();
    let overflow = Error::CountOverflow { field: "share of the population" };
    let unit = money::power(share.scale()).ok_or_else(|| overflow.clone())?;
    let part = share.mantissa().checked_mul(i128::from(population)).ok_or_else(|| overflow.clone())?;
    // Of a positive quotient, the ceiling.
    u64::try_from((part + (unit - 1)) / unit).map_err(|_| overflow)
}
