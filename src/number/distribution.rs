//! Two-sided quantiles of the normal and of Student's t distribution, with the same bits on every platform.

use super::special::{beta_kernel, polynomial, regularized_beta};

/// The `z` within which a standard normal number lies with probability `level`, for `0 < level < 1`.
///
/// P. J. Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution", Journal of the Royal
/// Statistical Society C 37(3), 477-484, doi 10.2307/2347330; the routine PPND16, right to about 1e-16 of the value.
pub(crate) fn normal_within(level: f64) -> f64 {
    let half = level / 2.0;
    if half <= 0.425 {
        return central(half);
    }
    // A level of one half or more leaves an exact difference.
    tail((1.0 - level) / 2.0)
}

/// The `z` that a standard normal number exceeds with probability `1 - p`, for `0 < p < 1`.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let centred = p - 0.5;
    if centred.abs() <= 0.425 {
        central(centred)
    } else if centred < 0.0 {
        -tail(p)
    } else {
        tail(1.0 - p)
    }
}

/// The probability that a standard normal number is at most `z`.
pub(crate) fn normal_cumulative(z: f64) -> f64 {
    libm::erfc(-z * core::f64::consts::FRAC_1_SQRT_2) / 2.0
}

/// The quantile of the probability above one half, up to 0.425.
#[allow(clippy::excessive_precision, reason = "as published")]
fn central(half: f64) -> f64 {
    const COEFFICIENTS: [[f64; 2]; 8] = [
        [3.387_132_872_796_366_608, 1.0],
        [133.141_667_891_784_377_45, 42.313_330_701_600_911_252],
        [1_971.590_950_306_551_442_7, 687.187_007_492_057_908_3],
        [13_731.693_765_509_461_125, 5_394.196_021_424_751_107_7],
        [45_921.953_931_549_871_457, 21_213.794_301_586_595_867],
        [67_265.770_927_008_700_853, 39_307.895_800_092_710_61],
        [33_430.575_583_588_128_105, 28_729.085_735_721_942_674],
        [2_509.080_928_730_122_672_7, 5_226.495_278_852_545_925],
    ];
    let (over, under) = two_polynomials(&COEFFICIENTS, 0.180_625 - half * half);
    half * over / under
}

/// The quantile of the probability beyond it, below 0.075.
#[allow(clippy::excessive_precision, reason = "as published")]
fn tail(beyond: f64) -> f64 {
    const NEAR: [[f64; 2]; 8] = [
        [1.423_437_110_749_683_577_34, 1.0],
        [4.630_337_846_156_545_295_9, 2.053_191_626_637_758_821_87],
        [5.769_497_221_460_691_405_5, 1.676_384_830_183_803_849_4],
        [3.647_848_324_763_204_605_04, 0.689_767_334_985_100_004_55],
        [1.270_458_252_452_368_382_58, 0.148_103_976_427_480_074_59],
        [0.241_780_725_177_450_611_77, 0.015_198_666_563_616_457_196_6],
        [0.022_723_844_989_269_184_583_3, 5.475_938_084_995_344_946e-4],
        [7.745_450_142_783_414_076_4e-4, 1.050_750_071_644_416_843_24e-9],
    ];
    const FAR: [[f64; 2]; 8] = [
        [6.657_904_643_501_103_777_2, 1.0],
        [5.463_784_911_164_114_369_9, 0.599_832_206_555_887_937_69],
        [1.784_826_539_917_291_335_8, 0.136_929_880_922_735_805_31],
        [0.296_560_571_828_504_891_23, 0.014_875_361_290_850_614_852_5],
        [0.026_532_189_526_576_123_093, 7.868_691_311_456_132_591e-4],
        [0.001_242_660_947_388_078_438_6, 1.846_318_317_510_054_681_8e-5],
        [2.711_555_568_743_487_578_15e-5, 1.421_511_758_316_445_888_7e-7],
        [2.010_334_399_292_288_132_65e-7, 2.044_263_103_389_939_785_64e-15],
    ];
    let r = (-libm::log(beyond)).sqrt();
    let (over, under) = if r <= 5.0 { two_polynomials(&NEAR, r - 1.6) } else { two_polynomials(&FAR, r - 5.0) };
    over / under
}

/// The polynomials of the first and of the second coefficients.
fn two_polynomials(coefficients: &[[f64; 2]; 8], y: f64) -> (f64, f64) {
    (polynomial(&coefficients.map(|[c, _]| c), y), polynomial(&coefficients.map(|[_, c]| c), y))
}

/// The degrees of freedom from which on the expansion around the normal quantile is exact to rounding.
const MANY: f64 = 1e5;

/// The `t` within which Student's t of `df` degrees of freedom, 1 or more, lies with probability `level`,
/// `0 < level < 1`.
///
/// Newton's method on the logarithm of the smaller of the two probabilities, by the logarithm of `t`, in which both
/// are nearly straight; from [`MANY`] degrees of freedom on the expansion of M. Abramowitz and I. A. Stegun (1964),
/// Handbook of Mathematical Functions, equation 26.7.5.
pub(crate) fn student_within(level: f64, df: f64) -> f64 {
    let z = normal_within(level);
    if df >= MANY {
        return expanded(z, df);
    }
    let beyond = 1.0 - level;
    // Where the slope is steepest, so that no digit is lost.
    let (by_tail, target) = if level < 0.5 { (false, libm::log(level)) } else { (true, libm::log(beyond)) };
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut u = libm::log(z);
    for _ in 0..200 {
        let (within, beyond) = student(libm::exp(u), df);
        let probability = if by_tail { beyond } else { within };
        let excess = libm::log(probability) - target;
        // Beyond falls with u, within grows.
        if (excess > 0.0) == by_tail {
            low = u;
        } else {
            high = u;
        }
        let density = 2.0 * kernel(libm::exp(u), df);
        let step = if by_tail { excess * probability / density } else { -excess * probability / density };
        let mut next = u + step.clamp(-4.0, 4.0);
        if !(next > low && next < high) && low.is_finite() && high.is_finite() {
            next = low + (high - low) / 2.0;
        }
        if (next - u).abs() <= 1e-15 * u.abs().max(1.0) {
            return libm::exp(next);
        }
        u = next;
    }
    libm::exp(u)
}

fn expanded(z: f64, df: f64) -> f64 {
    let s = z * z;
    let terms = [
        1.0,
        (s + 1.0) / 4.0,
        ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0,
    ];
    z * polynomial(&terms, 1.0 / df)
}

/// `y = t² / (df + t²)`, a beta variate of `1/2` and `df/2` where `t` is Student's t, and `1 - y`.
fn shares(t: f64, df: f64) -> (f64, f64) {
    let s = t * t;
    (s / (df + s), df / (df + s))
}

/// `t` times the density of Student's t of `df` degrees of freedom.
fn kernel(t: f64, df: f64) -> f64 {
    let (y, rest) = shares(t, df);
    beta_kernel(0.5, df / 2.0, y, rest)
}

/// The probabilities that Student's t of `df` degrees of freedom lies within `t > 0` of 0, and beyond.
fn student(t: f64, df: f64) -> (f64, f64) {
    let (y, rest) = shares(t, df);
    regularized_beta(0.5, df / 2.0, y, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels, degrees of freedom (0: normal) and quantiles, from another program.
    fn reference() -> Vec<[f64; 3]> {
        let text = include_str!("../../tests/data/campaign_quantiles.csv");
        let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
        let rows: Vec<[f64; 3]> = lines
            .map(|line| {
                let mut fields = line.split(',').map(|field| field.parse().unwrap());
                [(); 3].map(|()| fields.next().unwrap())
            })
            .collect();
        assert!(rows.len() > 100);
        rows
    }

    #[test]
    fn quantiles_are_right_to_twelve_digits() {
        for [level, df, expected] in reference() {
            let found = if df > 0.0 { student_within(level, df) } else { normal_within(level) };
            assert!((found - expected).abs() <= 1e-12 * expected, "{level} {df}: {found:e}, not {expected:e}");
        }
    }

    #[test]
    fn quantiles_and_probabilities_are_inverse() {
        for p in [1e-300, 1e-20, 1e-7, 0.01, 0.074, 0.075, 0.3, 0.5, 0.7, 0.925, 0.999_9] {
            let back = normal_cumulative(normal_quantile(p));
            assert!((back - p).abs() <= 2e-13 * p, "{p} {back}");
        }
    }
}
