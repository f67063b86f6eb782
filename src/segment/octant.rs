//! The eight classes (八类) of customer value.

use core::ops::Bound;

use crate::error::{Error, Result};
use crate::scale::range::{Quantity, describe};
use crate::scale::{Label, Language, Tally};
use crate::segment::RfmScore;

/// One of the eight combinations of a high or low R, F and M.
///
/// | code (R F M, 1 = high) | English | 中文 |
/// |---|---|---|
/// | 111 | Important value | 重要价值客户 |
/// | 101 | Important development | 重要发展客户 |
/// | 011 | Important keeping | 重要保持客户 |
/// | 001 | Important retention | 重要挽留客户 |
/// | 110 | General value | 一般价值客户 |
/// | 100 | General development | 一般发展客户 |
/// | 010 | General keeping | 一般保持客户 |
/// | 000 | General retention | 一般挽留客户 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Octant {
    /// 111: recent, frequent, high spend.
    ImportantValue,
    /// 101: recent and high spend, but seldom.
    ImportantDevelop,
    /// 011: frequent and high spend, but not recent.
    ImportantKeep,
    /// 001: high spend, but neither recent nor frequent.
    ImportantRetain,
    /// 110: recent and frequent, low spend.
    GeneralValue,
    /// 100: recent, neither frequent nor high spend.
    GeneralDevelop,
    /// 010: frequent, neither recent nor high spend.
    GeneralKeep,
    /// 000: none of the three.
    GeneralRetain,
}

impl Octant {
    /// All eight, the most valuable first.
    pub const ALL: [Self; 8] = [
        Self::ImportantValue,
        Self::ImportantDevelop,
        Self::ImportantKeep,
        Self::ImportantRetain,
        Self::GeneralValue,
        Self::GeneralDevelop,
        Self::GeneralKeep,
        Self::GeneralRetain,
    ];

    /// The octant of a high (`true`) or low R, F and M.
    pub const fn new(recency: bool, frequency: bool, monetary: bool) -> Self {
        match (recency, frequency, monetary) {
            (true, true, true) => Self::ImportantValue,
            (true, false, true) => Self::ImportantDevelop,
            (false, true, true) => Self::ImportantKeep,
            (false, false, true) => Self::ImportantRetain,
            (true, true, false) => Self::GeneralValue,
            (true, false, false) => Self::GeneralDevelop,
            (false, true, false) => Self::GeneralKeep,
            (false, false, false) => Self::GeneralRetain,
        }
    }

    /// Three digits, R F M, 1 for high: `101`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ImportantValue => "111",
            Self::ImportantDevelop => "101",
            Self::ImportantKeep => "011",
            Self::ImportantRetain => "001",
            Self::GeneralValue => "110",
            Self::GeneralDevelop => "100",
            Self::GeneralKeep => "010",
            Self::GeneralRetain => "000",
        }
    }

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::ImportantValue => const { &Label::preset("important_value", "Important value", "重要价值客户") },
            Self::ImportantDevelop => {
                const { &Label::preset("important_develop", "Important development", "重要发展客户") }
            }
            Self::ImportantKeep => const { &Label::preset("important_keep", "Important keeping", "重要保持客户") },
            Self::ImportantRetain => {
                const { &Label::preset("important_retain", "Important retention", "重要挽留客户") }
            }
            Self::GeneralValue => const { &Label::preset("general_value", "General value", "一般价值客户") },
            Self::GeneralDevelop => const { &Label::preset("general_develop", "General development", "一般发展客户") },
            Self::GeneralKeep => const { &Label::preset("general_keep", "General keeping", "一般保持客户") },
            Self::GeneralRetain => const { &Label::preset("general_retain", "General retention", "一般挽留客户") },
        }
    }
}

/// Where high begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum OctantSplit {
    /// Above the mean score of all customers, exactly: `score * N > sum`.
    #[default]
    Mean,
    /// Above the median score of all customers; of an even number, the mean of the two in the middle.
    Median,
    /// From these scores of R, F and M on, which are included.
    From(RfmScore),
}

/// Fitted splits of R, F and M into high and low.
///
/// **Population**: the customers whose scores it was fitted on. A score that equals the mean or median is low.
///
/// # Examples
///
/// ```
/// use repurchase::segment::{Octant, OctantModel, OctantSplit, RfmScore};
///
/// let scores = [RfmScore::new(1, 1, 1)?, RfmScore::new(1, 2, 2)?, RfmScore::new(5, 1, 3)?];
/// let model = OctantModel::fit(&scores, OctantSplit::Mean)?;
/// assert_eq!(model.octant(scores[1]), Octant::GeneralKeep, "M 2 is the mean, and so low");
/// assert_eq!(model.octant(scores[2]).code(), "101");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredOctants", into = "StoredOctants"))]
pub struct OctantModel {
    /// Of R, F and M.
    splits: [Split; 3],
}

/// A score is high when it is above `sum / count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Split {
    sum: u64,
    count: u64,
}

/// So many that nobody has more, and that ten times as many are still counted.
const MOST_CUSTOMERS: u64 = 1 << 32;

impl OctantModel {
    /// Fits the splits to the scores of all customers.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when there is none and the split asks for their mean or median.
    pub fn fit(scores: &[RfmScore], split: OctantSplit) -> Result<Self> {
        Self::of_counts(scores.iter().map(|&score| (score, 1)), split)
    }

    /// Fits the splits to the counts of all customers' scores, of which there are at most a thousand: the same splits
    /// as [`fit`](OctantModel::fit) on the score of each customer.
    ///
    /// # Errors
    ///
    /// As [`fit`](OctantModel::fit), and [`Error::CountOverflow`] for more than 2^32 customers.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::scale::Tally;
    /// use repurchase::segment::{OctantModel, OctantSplit, RfmScore};
    ///
    /// let (here, there) = ([RfmScore::new(1, 1, 1)?, RfmScore::new(1, 2, 2)?], [RfmScore::new(5, 1, 3)?]);
    /// let mut tally: Tally<RfmScore> = here.into_iter().collect();
    /// tally.merge(&there.into_iter().collect())?;
    /// let all: Vec<_> = here.into_iter().chain(there).collect();
    /// assert_eq!(OctantModel::fit_tally(&tally, OctantSplit::Mean)?, OctantModel::fit(&all, OctantSplit::Mean)?);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn fit_tally(scores: &Tally<RfmScore>, split: OctantSplit) -> Result<Self> {
        if scores.customers() > MOST_CUSTOMERS {
            return Err(Error::CountOverflow { field: "number of customers" });
        }
        Self::of_counts(scores.iter().map(|(&score, customers)| (score, customers)), split)
    }

    /// Splits at means that were made elsewhere, such as by a database: `select count(*), sum(r), sum(f), sum(m)` over
    /// the scores of all customers. The same splits as [`fit`](OctantModel::fit) on them at the
    /// [mean](OctantSplit::Mean).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are 1 to 2^32 customers, and for a sum above 10 for each of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::segment::{OctantModel, OctantSplit, RfmScore};
    ///
    /// let scores = [RfmScore::new(1, 1, 1)?, RfmScore::new(1, 2, 2)?, RfmScore::new(5, 1, 3)?];
    /// assert_eq!(OctantModel::new(3, [7, 4, 6])?, OctantModel::fit(&scores, OctantSplit::Mean)?);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn new(customers: u64, sums: [u64; 3]) -> Result<Self> {
        Self::of_splits(sums.map(|sum| Split { sum, count: customers }))
    }

    fn of_splits(splits: [Split; 3]) -> Result<Self> {
        for Split { sum, count } in splits {
            // Each of a score of at most 10.
            let (customers, scores) = (MOST_CUSTOMERS, count.saturating_mul(10));
            if !(1..=customers).contains(&count) {
                return Err(Error::OutOfRange { field: "count of scores", found: count, min: 1, max: customers });
            }
            if sum > scores {
                return Err(Error::OutOfRange { field: "sum of scores", found: sum, min: 0, max: scores });
            }
        }
        Ok(Self { splits })
    }

    fn of_counts(scores: impl Iterator<Item = (RfmScore, u64)>, split: OctantSplit) -> Result<Self> {
        if let OctantSplit::From(first_high) = split {
            return Ok(Self {
                splits: first_high.to_array().map(|score| Split { sum: u64::from(score) - 1, count: 1 }),
            });
        }
        let (mut counts, mut count) = ([[0u64; 11]; 3], 0);
        for (score, customers) in scores {
            count += customers;
            for (counts, score) in counts.iter_mut().zip(score.to_array()) {
                counts[usize::from(score)] += customers;
            }
        }
        if count == 0 {
            return Err(Error::NoCustomers { what: "the octants" });
        }
        Ok(Self {
            splits: counts
                .map(|counts| if split == OctantSplit::Mean { mean(&counts, count) } else { median(&counts, count) }),
        })
    }

    /// The octant of a customer's scores.
    pub fn octant(&self, score: RfmScore) -> Octant {
        let [recency, frequency, monetary] = self.highs(score);
        Octant::new(recency, frequency, monetary)
    }

    fn highs(&self, score: RfmScore) -> [bool; 3] {
        let mut scores = score.to_array().into_iter();
        // Scores are at most 10 and counts those of customers.
        self.splits.map(|Split { sum, count }| scores.next().is_some_and(|score| u64::from(score) * count > sum))
    }

    /// Why a customer is in its octant: each score and the split that it is above or not.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::scale::Language;
    /// use repurchase::segment::{OctantModel, OctantSplit, RfmScore};
    ///
    /// let model = OctantModel::fit(&[RfmScore::new(1, 1, 1)?, RfmScore::new(4, 2, 1)?], OctantSplit::Mean)?;
    /// assert_eq!(
    ///     model.explain(RfmScore::new(4, 1, 1)?, Language::English),
    ///     "General development (100): R 4 high, above 5/2 = 2.50; F 1 low, at most 3/2 = 1.50; M 1 low, at most 2/2 = 1.00"
    /// );
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    #[allow(clippy::cast_precision_loss, reason = "for reading")]
    pub fn explain(&self, score: RfmScore, language: Language) -> String {
        let octant = self.octant(score);
        let name = octant.label().name(language);
        let dimensions = ["R", "F", "M"].into_iter().zip(score.to_array()).zip(self.splits).zip(self.highs(score));
        let reasons = dimensions.map(|(((letter, score), Split { sum, count }), high)| {
            // The fraction tells apart what two decimals cannot.
            let split =
                if count == 1 { sum.to_string() } else { format!("{sum}/{count} = {:.2}", sum as f64 / count as f64) };
            let range = if high {
                (Bound::Excluded(split), Bound::Unbounded)
            } else {
                (Bound::Unbounded, Bound::Included(split))
            };
            let verdict = match (language, high) {
                (Language::English, true) => "high, ",
                (Language::English, false) => "low, ",
                (Language::Chinese, true) => "高，",
                (Language::Chinese, false) => "低，",
            };
            format!("{letter} {score} {verdict}{}", describe(range, Quantity::Number, language))
        });
        let reasons: Vec<_> = reasons.collect();
        match language {
            Language::English => format!("{name} ({}): {}", octant.code(), reasons.join("; ")),
            Language::Chinese => format!("{name}（{}）：{}", octant.code(), reasons.join("；")),
        }
    }
}

fn mean(counts: &[u64; 11], count: u64) -> Split {
    Split { sum: counts.iter().zip(0..).map(|(count, score)| count * score).sum(), count }
}

fn median(counts: &[u64; 11], count: u64) -> Split {
    let score_at = |rank: u64| {
        let mut below = 0;
        let reaches = |&(count, _): &(&u64, u64)| {
            below += count;
            below >= rank
        };
        counts.iter().zip(0..).find(reaches).map_or(0, |(_, score)| score)
    };
    Split { sum: score_at(count.div_ceil(2)) + score_at(count / 2 + 1), count: 2 }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredOctants {
    recency: Split,
    frequency: Split,
    monetary: Split,
}

#[cfg(feature = "serde")]
impl From<OctantModel> for StoredOctants {
    fn from(model: OctantModel) -> Self {
        let [recency, frequency, monetary] = model.splits;
        Self { recency, frequency, monetary }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredOctants> for OctantModel {
    type Error = Error;

    fn try_from(stored: StoredOctants) -> Result<Self> {
        Self::of_splits([stored.recency, stored.frequency, stored.monetary])
    }
}
