//! Logarithms of whole days, as integers that add up.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

/// `ln(days)` in units of `2^-32`, to the nearest: what a history adds up over the gaps of a customer.
///
/// An integer adds up exactly, however the customer's days are split and joined. 0 for no day, which is no gap, and for one
/// day, whose logarithm is 0.
///
/// Up to 65,535 days, or 179 years, the nearest unit is the same by every logarithm of double precision with an error below
/// 1.9 units in the last place, as of every C library and database: `round(ln(days) * 4294967296)`. Beyond, another's may
/// differ by one unit, of one day number in some ten thousand; this function has the same bits everywhere.
///
/// # Examples
///
/// ```
/// use repurchase::history::gap_logarithm;
///
/// assert_eq!([0, 1, 2, 7, 365].map(gap_logarithm), [0, 0, 2_977_044_472, 8_357_620_451, 25_339_866_183]);
/// ```
#[inline]
pub fn gap_logarithm(days: u32) -> u64 {
    match NEAR.get(days as usize) {
        Some(&units) => units,
        None => far(days),
    }
}

/// A sum of such integers as a number, rounded once.
#[allow(clippy::cast_precision_loss, reason = "the rounding is stated")]
pub(crate) fn from_units(units: u64) -> f64 {
    units as f64 / UNITS
}

const UNITS: f64 = 4_294_967_296.0;

/// The logarithms of gaps below 2,048 days, which nearly all are.
static NEAR: [u64; 1 << 11] = near();

/// Computes logarithms by `ln(n + 1) = ln(n) + 2 (z + z^3 / 3 + z^5 / 5 + ...)` with `z = 1 / (2 n + 1)`, in units of
/// `2^-96`.
const fn near() -> [u64; 1 << 11] {
    let (mut table, mut sum, mut n) = ([0; 1 << 11], 0_u128, 1_u128);
    while n + 1 < table.len() as u128 {
        let odd = 2 * n + 1;
        let (mut power, mut divisor) = ((2 << 96) / odd, 1);
        while power > 0 {
            sum += power / divisor;
            power /= odd * odd;
            divisor += 2;
        }
        n += 1;
        table[n as usize] = ((sum + (1 << 63)) >> 64) as u64;
    }
    table
}

#[cold]
fn far(days: u32) -> u64 {
    libm::round(libm::log(days.into()) * UNITS) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tests/data/gap_logarithms.csv`: the sums of all logarithms, and of each times its days, below some days.
    #[test]
    fn the_nearest_unit_of_every_gap_in_179_years() {
        let rows = include_str!("../../tests/data/gap_logarithms.csv").lines().filter(|line| !line.starts_with('#'));
        let (mut below, mut sum, mut by_days, mut checked) = (1, 0_u128, 0_u128, 0);
        for row in rows.skip(1) {
            let row: Vec<u128> = row.split(',').map(|number| number.parse().unwrap()).collect();
            let &[days, of_days, expected_sum, expected_by_days] = &row[..] else { panic!("{row:?}") };
            while u128::from(below) < days {
                sum += u128::from(gap_logarithm(below));
                by_days += u128::from(below) * u128::from(gap_logarithm(below));
                below += 1;
            }
            assert_eq!((sum, by_days), (expected_sum, expected_by_days), "below {days} days");
            assert_eq!(u128::from(gap_logarithm(below)), of_days, "{days} days");
            checked += 1;
        }
        assert!(below == 65_535 && checked > 60, "{below} {checked}");
    }

    #[test]
    fn the_table_and_the_function_agree() {
        assert!((1..1 << 11).all(|days| NEAR[days as usize] == far(days)));
        assert!((1..1 << 16).all(|days| far(days) == libm::round(f64::from(days).ln() * UNITS) as u64));
        assert!((1 << 16..1 << 20).all(|days| gap_logarithm(days) <= gap_logarithm(days + 1)));
        assert_eq!(gap_logarithm(u32::MAX) >> 32, 22);
    }
}
