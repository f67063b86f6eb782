//! Random numbers from a seed, the same on every machine.

/// The finaliser of `SplitMix64`: every bit of the result depends on every bit of `z`.
pub(super) const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// `SplitMix64` of G. L. Steele, D. Lea and C. H. Flood (2014), doi 10.1145/2660193.2660195.
pub(super) struct SplitMix64(u64);

impl SplitMix64 {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// An index below `length`, each as likely as the others up to one part in 2^64 / `length`.
    pub(super) fn index(&mut self, length: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // The upper half of the product is below `length`.
        ((u128::from(mix(self.0)) * length as u128) >> 64) as usize
    }
}
