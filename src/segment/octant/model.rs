//! The split of scores into high and low.

use core::ops::Bound;

use super::Octant;
use crate::error::{Error, Result};
use crate::scale::range::{Quantity, describe};
use crate::scale::words::phrase;
use crate::scale::{Language, Tally};
use crate::segment::rfm::score::BinCounts;
use crate::segment::{RfmModel, RfmScore, RfmTally};

/// The rule by which a score is high.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum OctantSplit {
    /// High is above the mean score of all customers, exactly: `score * N > sum`.
    #[default]
    Mean,
    /// High is above the median score of all customers; of an even number, the mean of the two in the middle.
    Median,
    /// High is from these scores of R, F and M on, which are included.
    From(RfmScore),
}

/// Fitted splits of R, F and M into high and low.
///
/// **Population**: the customers whose scores it was fitted on. A score that equals the mean or median is low.
///
/// # Examples
///
/// ```
/// use repurchase::scale::Language;
/// use repurchase::segment::{Octant, OctantModel, OctantSplit, RfmScore};
///
/// let score = |scores| RfmScore::new(scores, [5; 3]);
/// let scores = [score([1, 1, 1])?, score([1, 2, 2])?, score([5, 1, 3])?];
/// let model = OctantModel::fit(&scores, &OctantSplit::Mean)?;
/// assert_eq!(model.octant(scores[1])?, Octant::GeneralKeep, "M 2 is the mean, and so low");
/// assert_eq!(model.octant(scores[2])?.code(), "101");
/// assert_eq!(
///     model.explain(scores[1], Language::English)?,
///     "General keeping (010): R 1 of 5, at most 7/3 = 2.33; F 2 of 5, above 4/3 = 1.33; M 2 of 5, at most 6/3 = 2.00"
/// );
/// assert!(model.octant(RfmScore::new([1, 2, 2], [3; 3])?).is_err(), "a score of three bins");
/// // The number of customers and the sums of their scores give the same splits.
/// assert_eq!(OctantModel::new([5; 3], 3, [7, 4, 6])?, model);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OctantModel {
    bins: BinCounts,
    recency: Split,
    frequency: Split,
    monetary: Split,
}

/// A score is high when it is above `sum / count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Split {
    sum: u64,
    count: u64,
}

/// The number of customers of each score, from 0 to 10, of R, F and M.
type Counts = [[u64; 11]; 3];

/// A number of customers that no shop has; ten times this number is still counted.
const MOST_CUSTOMERS: u64 = 1 << 32;

impl OctantModel {
    /// Fits the splits to the scores of all customers.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when there is nobody and the split asks for a mean or median; [`Error::ScoreBins`] for
    /// scores of different bins.
    pub fn fit(scores: &[RfmScore], split: &OctantSplit) -> Result<Self> {
        Self::of_scores(scores.iter().map(|&score| (score, 1)), *split)
    }

    /// Fits the splits to the numbers of customers by score: the same as [`fit`](OctantModel::fit) on each score.
    ///
    /// # Errors
    ///
    /// As [`fit`](OctantModel::fit), and [`Error::CountOverflow`] for more than 2^32 customers.
    pub fn fit_tally(scores: &Tally<RfmScore>, split: &OctantSplit) -> Result<Self> {
        check_customers(scores.customers())?;
        Self::of_scores(scores.iter().map(|(&score, customers)| (score, customers)), *split)
    }

    /// Fits the splits to the scores that a model gives to the customers of a tally: the same as
    /// [`fit`](OctantModel::fit) on each score, without scoring one by one. In a tally of
    /// [bounded size](RfmTally::with_money_digits), the amounts that are kept are scored. Takes time linear in the
    /// tally's distinct days, counts and amounts.
    ///
    /// # Errors
    ///
    /// As [`fit_tally`](OctantModel::fit_tally), and [`Error::MeasuresMismatch`] for a tally of other measures than the
    /// model's.
    pub fn fit_model(model: &RfmModel, tally: &RfmTally, split: &OctantSplit) -> Result<Self> {
        check_customers(tally.customers())?;
        Self::of_counts(model.bin_counts, &model.counts(tally)?, *split)
    }

    /// Splits at [means](OctantSplit::Mean) made elsewhere, such as by a database: `select count(*), sum(r), sum(f),
    /// sum(m)` over the scores of all customers in these bins. The same splits as [`fit`](OctantModel::fit) on them.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are 1 to 2^32 customers, for bins that are not 1..=10, and for a sum above
    /// what the bins allow.
    pub fn new(bins: [u8; 3], customers: u64, sums: [u64; 3]) -> Result<Self> {
        Self::of_splits(BinCounts::new(bins)?, sums.map(|sum| Split { sum, count: customers }))
    }

    fn of_splits(bins: BinCounts, splits: [Split; 3]) -> Result<Self> {
        for (Split { sum, count }, bins) in splits.into_iter().zip(bins.to_array()) {
            Error::within("count of scores", count, 1..=MOST_CUSTOMERS)?;
            Error::within("sum of scores", sum, 0..=count * u64::from(bins))?;
        }
        Ok(Self::with(bins, splits))
    }

    const fn with(bins: BinCounts, [recency, frequency, monetary]: [Split; 3]) -> Self {
        Self { bins, recency, frequency, monetary }
    }

    const fn splits(&self) -> [Split; 3] {
        [self.recency, self.frequency, self.monetary]
    }

    fn of_scores(scores: impl Iterator<Item = (RfmScore, u64)>, split: OctantSplit) -> Result<Self> {
        let mut bins = match split {
            OctantSplit::From(first_high) => Some(first_high.bin_counts()),
            _ => None,
        };
        let mut counts = Counts::default();
        for (score, customers) in scores {
            bins.get_or_insert(score.bin_counts()).check("split", score)?;
            for (counts, score) in counts.iter_mut().zip(score.to_array()) {
                counts[usize::from(score)] += customers;
            }
        }
        match bins {
            Some(bins) => Self::of_counts(bins, &counts, split),
            None => Err(Error::NoCustomers { what: "the octants" }),
        }
    }

    fn of_counts(bins: BinCounts, counts: &Counts, split: OctantSplit) -> Result<Self> {
        let splits = match split {
            OctantSplit::From(first_high) => {
                bins.check("split", first_high)?;
                first_high.to_array().map(|score| Split { sum: u64::from(score) - 1, count: 1 })
            }
            _ if counts[0].iter().all(|&count| count == 0) => return Err(Error::NoCustomers { what: "the octants" }),
            OctantSplit::Mean => counts.map(|counts| mean(&counts)),
            OctantSplit::Median => counts.map(|counts| median(&counts)),
        };
        Ok(Self::with(bins, splits))
    }

    /// The octant of a customer's scores.
    ///
    /// # Errors
    ///
    /// [`Error::ScoreBins`] for scores of other bins than those of the fit.
    #[inline]
    pub fn octant(&self, score: RfmScore) -> Result<Octant> {
        self.bins.check("octant split", score)?;
        let [recency, frequency, monetary] = self.highs(score);
        Ok(Octant::new(recency, frequency, monetary))
    }

    /// The [`octant`](OctantModel::octant) of each of these scores, in their order.
    ///
    /// # Errors
    ///
    /// As [`octant`](OctantModel::octant), for the first score of other bins.
    pub fn octant_all(&self, scores: &[RfmScore]) -> Result<Vec<Octant>> {
        scores.iter().map(|&score| self.octant(score)).collect()
    }

    /// The numbers of bins of R, F and M of the scores that the model was fitted to.
    pub const fn bins(&self) -> [u8; 3] {
        self.bins.to_array()
    }

    #[inline]
    fn highs(&self, score: RfmScore) -> [bool; 3] {
        let [r, f, m] = score.to_array();
        // Scores are at most 10 and counts those of customers.
        let is_high = |Split { sum, count }: Split, score: u8| u64::from(score) * count > sum;
        [is_high(self.recency, r), is_high(self.frequency, f), is_high(self.monetary, m)]
    }

    /// Says why a customer is in its octant: each score and the split that it is above or not.
    ///
    /// # Errors
    ///
    /// As [`octant`](OctantModel::octant).
    #[allow(clippy::cast_precision_loss, reason = "for reading")]
    pub fn explain(&self, score: RfmScore, language: Language) -> Result<String> {
        let octant = self.octant(score)?;
        let name = octant.label().name(language);
        let dimensions = ["R", "F", "M"].into_iter().zip(score.to_array()).zip(self.bins());
        let dimensions = dimensions.zip(self.splits()).zip(self.highs(score));
        let reasons = dimensions.map(|((((letter, score), bins), Split { sum, count }), high)| {
            // The fraction tells apart what two decimals cannot.
            let split =
                if count == 1 { sum.to_string() } else { format!("{sum}/{count} = {:.2}", sum as f64 / count as f64) };
            let range = if high {
                (Bound::Excluded(split), Bound::Unbounded)
            } else {
                (Bound::Unbounded, Bound::Included(split))
            };
            let range = describe(range, Quantity::Number, language);
            phrase!(language, "{letter} {score} of {bins}, {range}", "{letter} {score}/{bins}，{range}")
        });
        let (code, reasons) = (octant.code(), reasons.collect::<Vec<_>>().join(language.pick("; ", "；")));
        Ok(phrase!(language, "{name} ({code}): {reasons}", "{name}（{code}）：{reasons}"))
    }
}

const fn check_customers(customers: u64) -> Result<()> {
    if customers > MOST_CUSTOMERS {
        return Err(Error::CountOverflow { field: "number of customers" });
    }
    Ok(())
}

fn mean(counts: &[u64; 11]) -> Split {
    Split { sum: counts.iter().zip(0..).map(|(count, score)| count * score).sum(), count: counts.iter().sum() }
}

fn median(counts: &[u64; 11]) -> Split {
    let customers: u64 = counts.iter().sum();
    let score_at = |rank: u64| {
        let mut below = 0;
        let reaches = |&(count, _): &(&u64, u64)| {
            below += count;
            below >= rank
        };
        counts.iter().zip(0..).find(reaches).map_or(0, |(_, score)| score)
    };
    Split { sum: score_at(customers.div_ceil(2)) + score_at(customers / 2 + 1), count: 2 }
}

crate::stored::stored! {
    OctantModel(model) {
        bins: [u8; 3] = model.bins(),
        recency: Split = model.recency,
        frequency: Split = model.frequency,
        monetary: Split = model.monetary,
    } <=> Self::of_splits(BinCounts::new(bins)?, [recency, frequency, monetary])
}
