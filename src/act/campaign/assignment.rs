//! Random assignment: who is treated and who is in the hold-out group.

use core::fmt::{Display, Write};

use crate::error::{Error, Result};
use crate::scale::Ratio;
use crate::scale::label::labels;

labels! {
    /// The two groups of a campaign.
    pub enum Group[2] {
        /// Addressed by the campaign.
        Treated: "treated", "Treated", "实验组";
        /// Held back, to compare with.
        Control: "control", "Control", "对照组";
    }
}

/// The random assignment of customers to treatment and hold-out group (对照组), by a hash of the campaign's name and the
/// customer's id.
///
/// Nothing is stored per customer: a customer is in the same group on every machine and in every version of this crate.
/// Campaigns of different names assign independently. With a larger share of control, all who were held back before
/// still are.
///
/// # Formula
///
/// A 64-bit number `h` is made of bytes: the campaign's name in UTF-8, one byte 255 (which no UTF-8 has, so that a name
/// and an id have one border), the id. All arithmetic is modulo 2^64.
///
/// ```text
/// h = 0xcbf29ce484222325                            FNV-1a, 64 bits
/// for each byte:  h = (h xor byte) * 0x00000100000001b3
/// h = (h xor (h >> 30)) * 0xbf58476d1ce4e5b9        the finaliser of SplitMix64
/// h = (h xor (h >> 27)) * 0x94d049bb133111eb
/// h =  h xor (h >> 31)
/// ```
///
/// With a share of control of `count` of `of`, the customer is in control where `h * of < count * 2^64`, in exact
/// integers.
///
/// It is no protection against cheating: whoever can choose an id can choose a group.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::{Assignment, Group};
///
/// let spring = Assignment::new("spring sale", Ratio::new(1, 10)?)?;
/// // A number and its text are one id, as they are in files.
/// assert_eq!(spring.group(4), spring.group("4"));
/// let held_back = (0..10_000).filter(|id| spring.group(id) == Group::Control).count();
/// assert!((900..1_100).contains(&held_back), "{held_back}");
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake and T. Hansen, "The FNV non-cryptographic hash algorithm", RFC 9923;
/// G. L. Steele, D. Lea and C. H. Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA '14, 453-472,
/// doi 10.1145/2660193.2660195.
#[doc(alias("A/B test", "holdout", "hold-out", "control group", "bucketing", "对照组"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Assignment {
    campaign: Box<str>,
    control: Ratio,
    /// The hash of the name and the border.
    named: Fnv,
}

impl Assignment {
    /// The assignment of a campaign that holds back the share `control`, such as 1 of 10.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a share of an empty population. 0 of 1 holds back nobody, 1 of 1 everybody.
    pub fn new(campaign: impl Into<Box<str>>, control: Ratio) -> Result<Self> {
        Error::within("population of the share of control", control.of(), 1..=u64::MAX)?;
        let campaign = campaign.into();
        let mut named = Fnv::new();
        named.feed(campaign.as_bytes());
        named.feed(&[0xff]);
        Ok(Self { campaign, control, named })
    }

    /// The campaign's name.
    pub fn campaign(&self) -> &str {
        &self.campaign
    }

    /// The share of control.
    pub const fn control(&self) -> Ratio {
        self.control
    }

    /// The group of a customer, by the id as it is displayed: 42 and `"42"` are one id.
    ///
    /// It allocates nothing of its own.
    pub fn group(&self, id: impl Display) -> Group {
        let mut hash = self.named;
        // Feeding cannot fail; where an id's own `Display` does, what it wrote is the id.
        let _ = write!(hash, "{id}");
        self.group_of_hash(hash.finish())
    }

    /// The group of a customer, by the bytes of the id.
    pub fn group_of_bytes(&self, id: &[u8]) -> Group {
        self.group_of_hash(self.hash(id))
    }

    /// The number `h` of a customer, by the bytes of the id: evenly spread over all of 64 bits.
    ///
    /// For a campaign of more than two arms, or to check another program's assignment.
    pub fn hash(&self, id: &[u8]) -> u64 {
        let mut hash = self.named;
        hash.feed(id);
        hash.finish()
    }

    fn group_of_hash(&self, hash: u64) -> Group {
        let is_control = u128::from(hash) * u128::from(self.control.of()) < u128::from(self.control.count()) << 64;
        if is_control { Group::Control } else { Group::Treated }
    }
}

/// FNV-1a of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    const fn finish(self) -> u64 {
        super::split_mix::mix(self.0)
    }
}

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.feed(text.as_bytes());
        Ok(())
    }
}

crate::stored::stored! {
    Assignment { campaign: Box<str>, control: Ratio } <=> Self::new(campaign, control)
}
