//! Grids: the presets cell by cell, the checks of a grid that is built, its explanations, grids beside models, and
//! stored grids.
//!
//! The presets' tables are written out here as DESIGN.md gives them, and evaluated apart from the crate.

use repurchase::Error;
use repurchase::scale::{Label, Language};
use repurchase::segment::{Grid, GridBuilder, RfmScore};

mod explain;
mod models;
mod presets;
mod rules;
#[cfg(feature = "serde")]
mod stored;

/// A score of the grid's bins, and of ten where it does not ask.
#[track_caller]
fn score(grid: &Grid, cell: [u8; 3]) -> RfmScore {
    RfmScore::new(cell, grid.bins().map(|bins| if bins == 1 { 10 } else { bins })).expect("a score")
}

#[track_caller]
fn english(grid: &Grid, cell: [u8; 3]) -> &str {
    grid.segment(score(grid, cell)).expect("a cell of the grid").name(Language::English)
}

fn cube(bins: u8) -> impl Iterator<Item = [u8; 3]> {
    (1..=bins).flat_map(move |r| (1..=bins).flat_map(move |f| (1..=bins).map(move |m| [r, f, m])))
}

/// `321` as R 3, F 2, M 1.
#[track_caller]
fn cell(digits: &str) -> [u8; 3] {
    let digits: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
    digits.try_into().expect("three digits")
}

fn label(key: &'static str) -> Label {
    Label::new(key, key, key)
}

/// Every cell of the grid has a segment, every segment a cell, and scores of other bins are refused.
#[track_caller]
fn assert_total(grid: &Grid, bins: [u8; 3], segments: usize) {
    assert_eq!(grid.bins(), bins);
    assert_eq!(grid.segments().len(), segments);
    let mut has_cell = vec![false; segments];
    for cell in cube(10) {
        if cell.into_iter().zip(bins).any(|(score, bins)| bins > 1 && score > bins) {
            continue;
        }
        let own = score(grid, cell);
        let position = grid.position(own).expect("a cell of the grid");
        has_cell[position] = true;
        assert_eq!(grid.segment(own), Ok(&grid.segments()[position]));
        assert!(grid.explain(own, Language::English).is_ok());
        for at in (0..3).filter(|&at| bins[at] > 1) {
            let mut other_bins = own.bins();
            other_bins[at] = if bins[at] < 10 { bins[at] + 1 } else { 9 };
            let Ok(other) = RfmScore::new(cell, other_bins) else { continue };
            let error = Error::ScoreBins { what: "grid", expected: bins, found: other_bins };
            assert_eq!(grid.position(other), Err(error.clone()));
            assert_eq!((grid.segment(other), grid.position_all(&[own, other])), (Err(error.clone()), Err(error)));
        }
    }
    assert!(has_cell.into_iter().all(|has_cell| has_cell), "every segment has a cell");
    let keys: std::collections::BTreeSet<_> = grid.segments().iter().map(Label::key).collect();
    assert_eq!(keys.len(), segments, "every segment has a key of its own");
}

/// Ranges without gaps, and of rules that overlap the first wins.
fn pair() -> GridBuilder {
    Grid::builder([3, 3, 1]).rule(label("low"), 1..=2, 1..=3, 1..=1).rule(label("high"), 3..=3, 1..=3, 1..=1)
}

#[track_caller]
fn refused(builder: GridBuilder) -> String {
    builder.build().expect_err("refused").to_string()
}
