//! Segments as ranges of what their scores are made of.

use super::Grid;
use crate::error::Result;
use crate::scale::Label;
use crate::segment::rfm::RfmRegion;
use crate::segment::{RfmModel, RfmScore};

impl Grid {
    /// The scores of each segment, in the order of [`segments`](Grid::segments): every cell once, by R, F and M; 1
    /// where the grid does not ask, for any score.
    pub fn scores(&self) -> impl Iterator<Item = (&Label, Vec<RfmScore>)> + '_ {
        self.segments.iter().enumerate().map(|(position, segment)| {
            let cells = self.shape().cells().zip(&self.cells);
            let cells = cells.filter(move |(_, cell)| usize::from(cell.segment) == position);
            (segment, cells.filter_map(|(cell, _)| RfmScore::new(cell, self.bins()).ok()).collect())
        })
    }

    /// The customers of each segment by ranges of their last purchase, F and M, in the order of
    /// [`segments`](Grid::segments): those in any one of its regions.
    ///
    /// The regions of a grid are disjoint and cover all customers; they say what [`segment`](Grid::segment) says of the
    /// model's score, for a database that holds the values and no scores. Neighbours by R are one region. A segment that
    /// is [unreachable](Grid::unreachable) has none.
    ///
    /// # Errors
    ///
    /// [`Error::ScoreBins`](crate::Error::ScoreBins) when the model's bins are not the grid's.
    pub fn regions(&self, model: &RfmModel) -> Result<Vec<(&Label, Vec<RfmRegion>)>> {
        self.check(model)?;
        let mut regions: Vec<_> = self.segments.iter().map(|segment| (segment, Vec::new())).collect();
        let [r_bins, f_bins, m_bins] = self.bins();
        let any = model.bins();
        // A dimension that is not asked is open on both sides.
        let scores = |at: usize, first: u8, last: u8| if self.bins()[at] == 1 { 1..=any[at] } else { first..=last };
        let segment_of = |cell: [u8; 3]| Some(usize::from(self.cells.get(self.offsets.index(cell))?.segment));
        for (f, m) in (1..=f_bins).flat_map(|f| (1..=m_bins).map(move |m| (f, m))) {
            let mut first = 1;
            while first <= r_bins {
                let segment = segment_of([first, f, m]);
                let last = (first..=r_bins).take_while(|&r| segment_of([r, f, m]) == segment).last().unwrap_or(first);
                let region = model.region([scores(0, first, last), scores(1, f, f), scores(2, m, m)]);
                if let Some((_, regions)) = segment.and_then(|segment| regions.get_mut(segment)) {
                    regions.extend(region);
                }
                first = last + 1;
            }
        }
        Ok(regions)
    }
}
