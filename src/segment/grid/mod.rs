//! Named segments of RFM scores.

mod builder;
mod presets;
mod region;

pub use builder::{GridBuilder, GridReport};

use builder::{Offsets, Shape};

use crate::error::Result;
use crate::scale::words::phrase;
use crate::scale::{Label, Language};
use crate::segment::rfm::score::BinCounts;
use crate::segment::{RfmModel, RfmScore};

/// A total table from scores to segments: every cell has exactly one.
///
/// Presets: [`Grid::rf`], [`Grid::octants`], [`Grid::klaviyo`], [`Grid::r_rfm`]. A grid of the shop's own is built from
/// rules and checked when it is built: see [`GridBuilder`], which is also the form in which a grid is stored.
///
/// # Examples
///
/// ```
/// use repurchase::scale::Language;
/// use repurchase::segment::{Grid, RfmScore};
///
/// let grid = Grid::rf();
/// let segment = grid.segment(RfmScore::new([1, 5, 2], [5; 3])?)?;
/// assert_eq!((segment.key(), segment.name(Language::English)), ("cant_lose", "Can't lose"));
/// let why = grid.explain(RfmScore::new([1, 5, 2], [5; 3])?, Language::English)?;
/// assert_eq!(why, "Can't lose: R 1, F 5; rule 3 of 10: R 1-2, F 5");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("segmentation", "客户分群"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    rules: GridBuilder,
    segments: Vec<Label>,
    cells: Vec<Cell>,
    offsets: Offsets,
    asked: BinCounts,
}

/// The segment of a cell, and the rule that won it (`None`: [`GridBuilder::otherwise`]). There are 1,000 cells at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    segment: u16,
    rule: Option<u16>,
}

impl Grid {
    /// Starts a grid of the shop's own over scores of these numbers of bins of R, F and M; 1 for a dimension that it
    /// does not ask.
    pub const fn builder(bins: [u8; 3]) -> GridBuilder {
        GridBuilder::new(bins)
    }

    /// The segment of a customer's scores.
    ///
    /// # Errors
    ///
    /// [`Error::ScoreBins`](crate::Error::ScoreBins) for scores of other bins than the grid's.
    #[inline]
    pub fn segment(&self, score: RfmScore) -> Result<&Label> {
        Ok(&self.segments[self.position(score)?])
    }

    /// The place of a customer's segment in [`segments`](Grid::segments).
    ///
    /// # Errors
    ///
    /// As [`segment`](Grid::segment).
    #[inline]
    pub fn position(&self, score: RfmScore) -> Result<usize> {
        self.cell(score).map(|cell| cell.segment.into())
    }

    /// The [`position`](Grid::position) for each of these scores, in their order.
    ///
    /// # Errors
    ///
    /// As [`segment`](Grid::segment), for the first score of other bins.
    pub fn position_all(&self, scores: &[RfmScore]) -> Result<Vec<usize>> {
        scores.iter().map(|&score| self.position(score)).collect()
    }

    #[inline]
    fn cell(&self, score: RfmScore) -> Result<Cell> {
        // A score of the grid's bins has a cell.
        let cell = self.cells.get(self.offsets.index(score.to_array())).filter(|_| self.asked.are_of(score));
        cell.copied().ok_or_else(|| self.asked.mismatch("grid", score.bins()))
    }

    const fn shape(&self) -> Shape {
        self.rules.shape
    }

    /// The segments, in the order in which rules first name them.
    pub fn segments(&self) -> &[Label] {
        &self.segments
    }

    /// The bins of R, F and M that the grid expects; 1 where it does not ask.
    pub const fn bins(&self) -> [u8; 3] {
        self.shape().bins()
    }

    /// Checks that a model's scores are those of this grid.
    ///
    /// # Errors
    ///
    /// [`Error::ScoreBins`](crate::Error::ScoreBins) when the model's bins are not the grid's.
    pub fn check(&self, model: &RfmModel) -> Result<()> {
        self.asked.check("grid", model.bin_counts.score(0, 0, 0))
    }

    /// The segments that no customer, present or future, can be in, because ties emptied the bins that they need.
    ///
    /// Where most customers have bought once, quantiles of F leave middle scores empty: give the model
    /// [bands](crate::segment::BinRule::Bands) for F instead. Segments that are empty today are
    /// [`unoccupied`](Grid::unoccupied).
    ///
    /// # Errors
    ///
    /// [`Error::ScoreBins`](crate::Error::ScoreBins) when the model's bins are not the grid's.
    pub fn unreachable(&self, model: &RfmModel) -> Result<Vec<&Label>> {
        self.check(model)?;
        let empty = model.empty_scores();
        let is_empty = |cell: [u8; 3]| (0..3).any(|at| self.bins()[at] > 1 && empty[at].contains(&cell[at]));
        let reachable = self.shape().cells().zip(&self.cells).filter(|&(cell, _)| !is_empty(cell));
        Ok(self.segments_without(reachable.map(|(_, cell)| cell.segment.into())))
    }

    /// The segments in which none of these customers is.
    ///
    /// # Errors
    ///
    /// As [`segment`](Grid::segment), for the first score of other bins.
    pub fn unoccupied(&self, scores: &[RfmScore]) -> Result<Vec<&Label>> {
        Ok(self.segments_without(self.position_all(scores)?.into_iter()))
    }

    fn segments_without(&self, positions: impl Iterator<Item = usize>) -> Vec<&Label> {
        let mut named = vec![false; self.segments.len()];
        positions.for_each(|position| named[position] = true);
        self.segments.iter().zip(named).filter(|&(_, named)| !named).map(|(segment, _)| segment).collect()
    }

    /// Says why a customer is in its segment: the scores and the rule that decided.
    ///
    /// # Errors
    ///
    /// As [`segment`](Grid::segment).
    pub fn explain(&self, score: RfmScore, language: Language) -> Result<String> {
        let cell = self.cell(score)?;
        let name = self.segments[usize::from(cell.segment)].name(language);
        let comma = language.pick(", ", "，");
        let asked = ["R", "F", "M"].into_iter().zip(score.to_array()).zip(self.bins()).filter(|&(_, bins)| bins > 1);
        let scores: Vec<_> = asked.map(|((letter, score), _)| format!("{letter} {score}")).collect();
        let rules = self.rules.rules.len();
        let reason = match cell.rule {
            None => language.pick("no rule names it", "未命中任何规则").to_owned(),
            Some(rule) => {
                let (cells, rule) = (self.rules.describe(rule.into(), comma), rule + 1);
                let colon = if cells.is_empty() { "" } else { language.pick(": ", "：") };
                phrase!(
                    language,
                    "rule {rule} of {rules}{colon}{cells}",
                    "命中第 {rule} 条规则（共 {rules} 条）{colon}{cells}"
                )
            }
        };
        let (scores, end) = (scores.join(comma), if scores.is_empty() { "" } else { language.pick("; ", "；") });
        Ok(phrase!(language, "{name}: {scores}{end}{reason}", "{name}：{scores}{end}{reason}"))
    }
}

impl From<Grid> for GridBuilder {
    fn from(grid: Grid) -> Self {
        grid.rules
    }
}

crate::stored::stored! { Grid as rules: GridBuilder => rules.build() }
