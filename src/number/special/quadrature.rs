//! Gauss-Legendre quadrature.

/// The positive nodes of a rule on `[-1, 1]`, ascending, and their weights.
pub(crate) type Rule = [(f64, f64)];

/// The rule of 4 nodes, exact for polynomials up to degree 7.
pub(crate) const FOUR_NODES: &Rule =
    &[(0.339_981_043_584_856_26, 0.652_145_154_862_546_1), (0.861_136_311_594_052_6, 0.347_854_845_137_453_85)];

/// The rule of 12 nodes, exact for polynomials up to degree 23.
pub(crate) const TWELVE_NODES: &Rule = &[
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_4, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_23),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_3, 0.047_175_336_386_511_83),
];

/// The rule of 20 nodes, exact for polynomials up to degree 39.
pub(crate) const TWENTY_NODES: &Rule = &[
    (0.076_526_521_133_497_34, 0.152_753_387_130_725_84),
    (0.227_785_851_141_645_07, 0.149_172_986_472_603_74),
    (0.373_706_088_715_419_55, 0.142_096_109_318_382_04),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_64),
    (0.636_053_680_726_515, 0.118_194_531_961_518_41),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_44),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_07),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_118),
];

/// The integral of `f` from `low` to `high` by one rule of 20 nodes.
pub(crate) fn integrate(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
    // The light ends first: the sum rounds least.
    half * TWENTY_NODES
        .iter()
        .rev()
        .map(|&(x, weight)| weight * (f(middle - half * x) + f(middle + half * x)))
        .sum::<f64>()
}

/// Gives `f` the nodes and weights of a rule from `low` to `high`, for several integrals at once.
pub(crate) fn visit_nodes(low: f64, high: f64, rule: &Rule, mut f: impl FnMut(f64, f64)) {
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
    for &(x, weight) in rule.iter().rev() {
        f(middle - half * x, half * weight);
        f(middle + half * x, half * weight);
    }
}

/// The integral of `f` from `low` to `high`, by one rule on each of `panels` equal parts.
pub(crate) fn integrate_panels(low: f64, high: f64, panels: u32, mut f: impl FnMut(f64) -> f64) -> f64 {
    let width = (high - low) / f64::from(panels);
    let edge = |i: u32| if i < panels { low + width * f64::from(i) } else { high };
    (0..panels).map(|i| integrate(edge(i), edge(i + 1), &mut f)).sum()
}
