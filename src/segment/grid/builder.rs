//! Rules, and what is wrong with them.

use core::ops::RangeInclusive;
use std::collections::BTreeSet;

use super::{Cell, Grid};
use crate::error::{Error, Result};
use crate::scale::Label;
use crate::scale::label::check_keys;
use crate::segment::rfm::score::{BinCounts, MAX_BINS};

/// The bins of R, F and M; 1 where a grid does not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub(super) struct Shape([u8; 3]);

impl Shape {
    pub(super) const fn bins(self) -> [u8; 3] {
        self.0
    }

    pub(super) fn cells(self) -> impl Iterator<Item = [u8; 3]> {
        let [r, f, m] = self.0;
        (1..=r).flat_map(move |r| (1..=f).flat_map(move |f| (1..=m).map(move |m| [r, f, m])))
    }

    /// A number of bins that a grid cannot have.
    fn wrong_bins(self) -> Option<u8> {
        self.0.into_iter().find(|bins| !(1..=MAX_BINS).contains(bins))
    }

    /// A score that no cell has: its dimension and the score.
    fn outside(self, scores: [u8; 3]) -> Option<(usize, u8)> {
        let is_outside = |&at: &usize| self.0[at] > 1 && !(1..=self.0[at]).contains(&scores[at]);
        (0..3).find(is_outside).map(|at| (at, scores[at]))
    }
}

/// The way from scores to the numbers of cells, in the order of [`Shape::cells`]: what each score of R, F and M adds to
/// the number. There are 1,000 cells at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offsets([[u16; OFFSETS]; 3]);

/// One for each number of four bits, which no score exceeds.
const OFFSETS: usize = 16;
const _: () = assert!(OFFSETS > MAX_BINS as usize + 1);

impl Offsets {
    /// An offset beyond all cells, as a sum of three is.
    const OUTSIDE: u16 = 1_000;

    /// Makes the offsets of a shape whose numbers of bins a grid can have.
    pub(super) fn of(shape: Shape) -> Self {
        let mut offsets = [[Self::OUTSIDE; OFFSETS]; 3];
        let mut stride = 1;
        for (of_scores, bins) in offsets.iter_mut().zip(shape.0).rev() {
            if bins == 1 {
                // Any score will do where the grid does not ask.
                of_scores.fill(0);
            }
            for (place, offset) in (0..bins).zip(&mut of_scores[1..]) {
                *offset = u16::from(place) * stride;
            }
            stride *= u16::from(bins);
        }
        Self(offsets)
    }

    /// The number of a cell; one that no cell has for scores outside the grid.
    #[inline]
    pub(super) fn index(&self, scores: [u8; 3]) -> usize {
        let offset = |at: usize| usize::from(self.0[at][usize::from(scores[at]).min(OFFSETS - 1)]);
        offset(0) + offset(1) + offset(2)
    }
}

/// Builds a [`Grid`] from rules and checks it.
///
/// # Examples
///
/// ```
/// use repurchase::scale::Label;
/// use repurchase::segment::Grid;
///
/// let (best, rest) = (Label::new("best", "Best", "最佳"), Label::new("rest", "The rest", "其他客户"));
/// let builder = Grid::builder([5, 5, 1]).rule(best, 4..=5, 4..=5, 1..=1);
/// let error = builder.clone().build().unwrap_err();
/// assert_eq!(error.to_string(), "21 cells of the grid have no segment, the first is R1 F1 M1");
///
/// let grid = builder.otherwise(rest).build()?;
/// assert_eq!(grid.segments().len(), 2);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GridBuilder {
    #[cfg_attr(feature = "serde", serde(rename = "bins"))]
    pub(super) shape: Shape,
    pub(super) rules: Vec<Rule>,
    otherwise: Option<Label>,
    first_match_wins: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Rule {
    segment: Label,
    cells: Cells,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
enum Cells {
    /// Ranges of R, F and M.
    Ranges([RangeInclusive<u8>; 3]),
    List(Vec<[u8; 3]>),
}

impl Cells {
    /// Returns, for each cell of a grid, whether it is one of these.
    fn members(&self, shape: Shape) -> Vec<bool> {
        match self {
            Self::Ranges(ranges) => {
                let holds = |cell: [u8; 3]| (0..3).all(|at| shape.0[at] == 1 || ranges[at].contains(&cell[at]));
                shape.cells().map(holds).collect()
            }
            Self::List(cells) => {
                let (mut members, offsets) = (vec![false; shape.cells().count()], Offsets::of(shape));
                for &cell in cells {
                    members.get_mut(offsets.index(cell)).into_iter().for_each(|member| *member = true);
                }
                members
            }
        }
    }

    /// A score that it names and the grid does not have: its dimension and the score.
    fn outside(&self, shape: Shape) -> Option<(usize, u8)> {
        match self {
            Self::Ranges(ranges) => {
                let ends = |end: fn(&RangeInclusive<u8>) -> &u8| [0, 1, 2].map(|at| *end(&ranges[at]));
                shape.outside(ends(RangeInclusive::start)).or_else(|| shape.outside(ends(RangeInclusive::end)))
            }
            Self::List(cells) => cells.iter().find_map(|&cell| shape.outside(cell)),
        }
    }
}

/// The claims on each cell: the first rule that names it, which wins it, and the second.
struct Claims {
    of_cells: Vec<(Option<usize>, Option<usize>)>,
    /// The first rule that wins no cell; the ones after it have claimed nothing yet.
    never_wins: Option<usize>,
}

/// The result of a check of a grid's rules. Rules are counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GridReport {
    /// Cells that no rule names.
    pub gaps: Vec<[u8; 3]>,
    /// Two rules that both name a cell, and the first such cell.
    pub overlaps: Vec<(usize, usize, [u8; 3])>,
    /// Rules that never win, because rules before them name all their cells, or because they name none.
    pub never_win: Vec<usize>,
}

impl GridBuilder {
    pub(super) const fn new(bins: [u8; 3]) -> Self {
        Self { shape: Shape(bins), rules: Vec::new(), otherwise: None, first_match_wins: false }
    }

    /// Gives these scores of R, F and M to this segment. A segment may have several rules.
    pub fn rule(
        mut self,
        segment: Label,
        recency: RangeInclusive<u8>,
        frequency: RangeInclusive<u8>,
        monetary: RangeInclusive<u8>,
    ) -> Self {
        self.rules.push(Rule { segment, cells: Cells::Ranges([recency, frequency, monetary]) });
        self
    }

    /// Gives these cells, each as its scores of R, F and M, to this segment.
    pub fn cells(mut self, segment: Label, cells: &[[u8; 3]]) -> Self {
        self.rules.push(Rule { segment, cells: Cells::List(cells.to_vec()) });
        self
    }

    /// Gives cells that no rule names to this segment.
    pub fn otherwise(mut self, segment: Label) -> Self {
        self.otherwise = Some(segment);
        self
    }

    /// Lets the first of several rules that name a cell win; without this, such an overlap is an error.
    pub const fn first_match_wins(mut self) -> Self {
        self.first_match_wins = true;
        self
    }

    /// Reports what is wrong with the rules, or only worth knowing: all gaps, overlaps and rules that never win. Empty
    /// for bins that a grid cannot have.
    pub fn report(&self) -> GridReport {
        let mut report = GridReport::default();
        if self.shape.wrong_bins().is_some() {
            return report;
        }
        let members: Vec<_> = self.rules.iter().map(|rule| rule.cells.members(self.shape)).collect();
        let (mut wins, mut seen) = (vec![false; self.rules.len()], BTreeSet::new());
        for (index, cell) in self.shape.cells().enumerate() {
            let rules: Vec<usize> = (0..members.len()).filter(|&rule| members[rule][index]).collect();
            match rules.first() {
                Some(&first) => wins[first] = true,
                None => report.gaps.push(cell),
            }
            for (at, &first) in rules.iter().enumerate() {
                let new = rules[at + 1..].iter().filter(|&&second| seen.insert((first, second)));
                report.overlaps.extend(new.map(|&second| (first, second, cell)));
            }
        }
        report.never_win = (0..wins.len()).filter(|&rule| !wins[rule]).collect();
        report
    }

    /// The grid, if it is total and every rule has its place.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for bins that are not 1..=10 or a rule beyond them; [`Error::GridRuleNeverWins`];
    /// [`Error::GridOverlap`], unless [`first_match_wins`](GridBuilder::first_match_wins); [`Error::GridGap`], unless
    /// there is an [`otherwise`](GridBuilder::otherwise); [`Error::LabelKey`] for two segments of one key.
    pub fn build(self) -> Result<Grid> {
        let out_of_range =
            |field, found: u8, max: u8| Err(Error::OutOfRange { field, found: found.into(), min: 1, max: max.into() });
        if let Some(bins) = self.shape.wrong_bins() {
            return out_of_range("bins of a grid", bins, MAX_BINS);
        }
        if let Some((at, score)) = self.rules.iter().find_map(|rule| rule.cells.outside(self.shape)) {
            let fields = ["R of a grid's rule", "F of a grid's rule", "M of a grid's rule"];
            return out_of_range(fields[at], score, self.shape.0[at]);
        }
        let claims = self.claims();
        let key = |rule: usize| self.rules[rule].segment.key().into();
        if let Some(position) = claims.never_wins {
            return Err(Error::GridRuleNeverWins { position, segment: key(position) });
        }
        let claimed = || self.shape.cells().zip(&claims.of_cells);
        let overlap = claimed().find_map(|(cell, &(first, second))| Some((cell, first?, second?)));
        if let (false, Some((cell, first, second))) = (self.first_match_wins, overlap) {
            return Err(Error::GridOverlap { first: key(first), second: key(second), cell });
        }
        let mut gaps = claimed().filter(|(_, (first, _))| first.is_none()).map(|(cell, _)| cell);
        if let (None, Some(cell)) = (&self.otherwise, gaps.next()) {
            return Err(Error::GridGap { count: 1 + gaps.count(), cell });
        }
        drop(gaps);
        let grid = self.assemble(&claims);
        check_keys(grid.segments())?;
        Ok(grid)
    }

    /// The grid of rules that a test has seen to be total.
    pub(super) fn preset(self) -> Grid {
        let claims = self.claims();
        self.assemble(&claims)
    }

    /// Stops at the first rule that wins nothing, so that no number of rules takes longer than one for each cell.
    fn claims(&self) -> Claims {
        let mut of_cells = vec![(None, None); self.shape.cells().count()];
        for (index, rule) in self.rules.iter().enumerate() {
            let mut wins = false;
            for (claims, is_member) in of_cells.iter_mut().zip(rule.cells.members(self.shape)) {
                match claims {
                    _ if !is_member => {}
                    (first @ None, _) => (*first, wins) = (Some(index), true),
                    (_, second) => *second = second.or(Some(index)),
                }
            }
            if !wins {
                return Claims { of_cells, never_wins: Some(index) };
            }
        }
        Claims { of_cells, never_wins: None }
    }

    fn assemble(self, claims: &Claims) -> Grid {
        let mut segments: Vec<Label> = Vec::new();
        let mut place = |label: &Label| {
            // At most one segment for each of 1,000 cells, and one for the rest.
            segments.iter().position(|segment| segment == label).unwrap_or_else(|| {
                segments.push(label.clone());
                segments.len() - 1
            }) as u16
        };
        let places: Vec<u16> = self.rules.iter().map(|rule| place(&rule.segment)).collect();
        let is_asked = claims.of_cells.iter().any(|(first, _)| first.is_none());
        let otherwise = self.otherwise.as_ref().filter(|_| is_asked).map(&mut place);
        let cell = |&(first, _): &(Option<usize>, _)| match first {
            Some(rule) => Some(Cell { segment: places[rule], rule: Some(rule as u16) }),
            None => otherwise.map(|segment| Cell { segment, rule: None }),
        };
        let cells = claims.of_cells.iter().filter_map(cell).collect();
        let (offsets, asked) = (Offsets::of(self.shape), BinCounts::asked(self.shape.bins()));
        Grid { offsets, asked, rules: self, segments, cells }
    }

    /// The cells of a rule, in words: `R 1-2, F 5`, or a list such as `333 332 323`; empty in a grid that asks nothing.
    pub(super) fn describe(&self, rule: usize, comma: &str) -> String {
        match &self.rules[rule].cells {
            _ if self.shape.0 == [1; 3] => String::new(),
            Cells::Ranges(ranges) => {
                let asked = ["R", "F", "M"].into_iter().zip(ranges).zip(self.shape.0).filter(|&(_, bins)| bins > 1);
                let words = asked.map(|((letter, range), _)| match (range.start(), range.end()) {
                    (first, last) if first == last => format!("{letter} {first}"),
                    (first, last) => format!("{letter} {first}-{last}"),
                });
                words.collect::<Vec<_>>().join(comma)
            }
            Cells::List(cells) => {
                let separator = if self.shape.0.contains(&10) { "-" } else { "" };
                let asked = |cell: &[u8; 3]| {
                    let scores = cell.iter().zip(self.shape.0).filter(|&(_, bins)| bins > 1);
                    scores.map(|(score, _)| score.to_string()).collect::<Vec<_>>().join(separator)
                };
                cells.iter().map(asked).collect::<Vec<_>>().join(" ")
            }
        }
    }
}
