//! Labels of repeat customers by the mean gap between purchases.

use core::ops::Bound;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::scale::edges::DayEdges;
use crate::scale::label::labels;
use crate::scale::words::phrase;
use crate::scale::{CutPoints, Language, Tally};

labels! {
    /// The band of a customer of two purchase days or more, by the mean gap between them.
    pub enum FrequencyBand[4] {
        /// A mean gap below 30 days, by default.
        High: "high", "High frequency", "高频客户";
        /// A mean gap of 30 to below 50 days, by default.
        Medium: "medium", "Medium frequency", "中频客户";
        /// A mean gap of 50 to below 80 days, by default.
        Low: "low", "Low frequency", "低频客户";
        /// A mean gap of 80 days or more, by default.
        Occasional: "occasional", "Occasional", "偶购客户";
    }
}

/// The edges between the frequency bands, in days, given or fitted to the shop's own gaps: 30, 50 and 80 by default.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::scale::{Language, Tally};
/// use repurchase::segment::{FrequencyBand, FrequencyBands};
/// use rust_decimal::Decimal;
///
/// let mut history = CustomerHistory::new();
/// for day in [1, 31] {
///     history.record_purchase(NaiveDate::from_ymd_opt(2026, 3, day).unwrap(), Decimal::TEN)?;
/// }
/// let bands = FrequencyBands::default();
/// assert_eq!(bands.band(&history), Some(FrequencyBand::Medium), "30 days are not below 30");
/// let why = bands.explain(&history, Language::English);
/// assert_eq!(why.as_deref(), Some("Medium frequency: mean gap 30/1 = 30.00 days, at least 30 and below 50"));
///
/// // Of each history: `history.gaps().map(|gaps| gaps.whole_mean_days())`.
/// let mean_gaps: Tally<u32> = [10, 20, 30, 40, 50, 60, 70, 80].into_iter().collect();
/// assert_eq!(FrequencyBands::fit_tally(&mean_gaps)?.edges(), [21, 41, 61]);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct FrequencyBands {
    pub(super) edges: DayEdges,
}

impl FrequencyBands {
    /// Bands `[0, edges[0])`, `[edges[0], edges[1])`, `[edges[1], edges[2])` and `[edges[2], ..)` days.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`] when an edge is not above the one before it.
    pub fn new(edges: [u32; 3]) -> Result<Self> {
        Ok(Self { edges: DayEdges::new(edges)? })
    }

    /// Edges at the quartiles of the shop's own mean gaps, in whole days, so that each band holds about a quarter.
    ///
    /// **Population**: the customers of two purchase days or more. Edge `j` is the first whole day above the
    /// `⌈j n / 4⌉`-th smallest of their `n` mean gaps. Takes time linear in customers on average.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when nobody came twice;
    /// [`Error::TooAlike`] when the gaps are so alike that two edges would be the same day.
    pub fn fit<Id>(ledger: &Ledger<Id>) -> Result<Self> {
        let gaps = ledger.iter().filter_map(|(_, history)| history.gaps());
        let mean_gaps: Vec<u32> = gaps.map(|gaps| gaps.whole_mean_days()).collect();
        Self::of_quartiles(mean_gaps.len() as u64, || CutPoints::fit(mean_gaps, 4))
    }

    /// Edges at the quartiles of a tally of mean gaps in whole days, one of each customer of two purchase days or
    /// more: the same edges as [`fit`](FrequencyBands::fit) on a ledger of them all.
    ///
    /// # Errors
    ///
    /// As [`fit`](FrequencyBands::fit).
    pub fn fit_tally(mean_gaps: &Tally<u32>) -> Result<Self> {
        Self::of_quartiles(mean_gaps.customers(), || mean_gaps.cut_points(4))
    }

    fn of_quartiles(customers: u64, cuts: impl FnOnce() -> Result<CutPoints<u32>>) -> Result<Self> {
        if customers == 0 {
            return Err(Error::NoCustomers { what: "frequency bands" });
        }
        let (cuts, mut edges) = (cuts()?, [0; 3]);
        // A gap of 2^32 - 1 days is longer than chrono's range.
        edges.iter_mut().zip(cuts.cuts()).for_each(|(edge, &cut)| *edge = cut.saturating_add(1));
        Self::new(edges).map_err(|_| Error::TooAlike { what: "mean gaps", needed: edges.len() })
    }

    /// The edges, in days.
    pub const fn edges(&self) -> [u32; 3] {
        self.edges.days
    }

    /// The band of a customer; `None` with fewer than two purchase days, for which there are
    /// [new-customer states](crate::segment::NewCustomerState).
    pub fn band(&self, history: &CustomerHistory) -> Option<FrequencyBand> {
        history.gaps().map(|gaps| self.edges.pick(FrequencyBand::ALL, gaps.whole_mean_days()))
    }

    /// The mean gaps of a band, in days; `None` for the band below an edge of 0.
    pub fn range(&self, band: FrequencyBand) -> Option<(Bound<u32>, Bound<u32>)> {
        self.edges.range(band as usize)
    }

    /// Says why a customer is in its band; `None` with fewer than two purchase days.
    pub fn explain(&self, history: &CustomerHistory, language: Language) -> Option<String> {
        let (gaps, band) = (history.gaps()?, self.band(history)?);
        let range = self.edges.describe(gaps.whole_mean_days(), language);
        let name = band.label().name(language);
        let mean = gaps.mean_in_words();
        Some(phrase!(language, "{name}: mean gap {mean} days, {range}", "{name}：平均购买间隔 {mean} 天，{range}"))
    }
}
