//! What a grid that is built must be.

use repurchase::Error;
use repurchase::scale::{Label, Language};
use repurchase::segment::{Grid, GridBuilder};

use super::{assert_total, english, label, pair, refused, score};

#[test]
fn a_sound_grid() {
    let grid = pair().build().expect("sound");
    assert_total(&grid, [3, 3, 1], 2);
    let report = pair().report();
    assert_eq!((report.gaps.len(), report.overlaps.len(), report.never_win.len()), (0, 0, 0));
}

#[test]
fn gaps() {
    let builder = Grid::builder([3, 2, 2]).rule(label("some"), 2..=3, 1..=2, 1..=1).cells(label("one"), &[[1, 1, 1]]);
    let gaps = vec![[1, 1, 2], [1, 2, 1], [1, 2, 2], [2, 1, 2], [2, 2, 2], [3, 1, 2], [3, 2, 2]];
    assert_eq!(builder.report().gaps, gaps);
    assert_eq!(refused(builder.clone()), "7 cells of the grid have no segment, the first is R1 F1 M2");
    let grid = builder.otherwise(label("rest")).build().expect("nothing is left out");
    assert_total(&grid, [3, 2, 2], 3);
    assert!(gaps.into_iter().all(|cell| english(&grid, cell) == "rest"));
    let nothing = Grid::builder([2, 2, 2]);
    assert_eq!(refused(nothing.clone()), "8 cells of the grid have no segment, the first is R1 F1 M1");
    assert_total(&nothing.otherwise(label("all")).build().unwrap(), [2, 2, 2], 1);
}

#[test]
fn overlaps() {
    let builder = pair().rule(label("corner"), 2..=3, 3..=3, 1..=1);
    let error = "rule 2 (from 0) for corner never wins: it names no cell, or earlier rules claim them all";
    assert_eq!(refused(builder.clone()), error);
    let report = builder.report();
    assert_eq!(report.overlaps, [(0, 2, [2, 3, 1]), (1, 2, [3, 3, 1])]);
    assert_eq!((report.gaps.len(), report.never_win), (0, vec![2]));

    let corner = Grid::builder([3, 3, 1]).rule(label("corner"), 2..=3, 3..=3, 1..=1);
    let builder = corner.rule(label("low"), 1..=2, 1..=3, 1..=1).rule(label("high"), 3..=3, 1..=3, 1..=1);
    assert_eq!(refused(builder.clone()), "rules corner and low both claim the cell R2 F3 M1");
    let grid = builder.first_match_wins().build().expect("the first wins");
    assert_eq!(
        [[2, 3, 1], [3, 3, 1], [1, 3, 1], [2, 2, 1]].map(|cell| english(&grid, cell)),
        ["corner", "corner", "low", "low"]
    );
}

#[test]
fn rules_that_never_win() {
    let twice = pair().rule(label("low"), 1..=1, 1..=1, 1..=1).first_match_wins();
    let error = "rule 2 (from 0) for low never wins: it names no cell, or earlier rules claim them all";
    assert_eq!(refused(twice), error);
    #[allow(clippy::reversed_empty_ranges, reason = "a range that names nothing")]
    let empty = pair().rule(label("none"), 3..=2, 1..=1, 1..=1);
    assert_eq!(empty.report().never_win, [2]);
    assert!(refused(empty).starts_with("rule 2 (from 0) for none never wins"));
    let no_cells = pair().cells(label("none"), &[]);
    assert_eq!(no_cells.report().never_win, [2]);
    assert!(no_cells.build().is_err());
}

#[test]
fn bins_of_1_to_10() {
    for (bins, found) in [([0, 5, 5], 0), ([5, 11, 5], 11), ([5, 5, 255], 255)] {
        let builder = Grid::builder(bins).otherwise(label("all"));
        assert_eq!(refused(builder), format!("bins of a grid must lie between 1 and 10, found {found}"));
    }
    assert_total(&Grid::builder([10, 10, 10]).otherwise(label("all")).build().unwrap(), [10; 3], 1);
}

#[test]
fn scores_beyond_the_grid() {
    for builder in [
        pair().rule(label("far"), 1..=4, 1..=1, 1..=1),
        pair().rule(label("zero"), 1..=1, 0..=1, 1..=1),
        pair().cells(label("far"), &[[1, 1, 1], [4, 1, 1]]),
        pair().cells(label("zero"), &[[1, 0, 1]]),
    ] {
        let error = builder.build().expect_err("refused");
        assert!(matches!(error, Error::OutOfRange { min: 1, max: 3, .. }), "{error:?}");
    }
}

/// The error names the score that is wrong.
#[test]
fn a_score_beyond_the_grid_is_named() {
    let builder = Grid::builder([5, 3, 1]).rule(label("far"), 1..=5, 1..=4, 1..=1);
    assert!(refused(builder).ends_with("must lie between 1 and 3, found 4"));
}

#[test]
fn a_dimension_that_is_not_asked() {
    // Whatever a rule says of M, the grid does not ask it.
    let grid =
        Grid::builder([2, 1, 1]).rule(label("low"), 1..=1, 4..=9, 0..=0).rule(label("high"), 2..=2, 1..=1, 1..=1);
    let grid = grid.build().expect("F and M are not asked");
    assert_total(&grid, [2, 1, 1], 2);
    assert_eq!((english(&grid, [1, 9, 2]), english(&grid, [2, 1, 10])), ("low", "high"));
    assert_eq!(grid.explain(score(&grid, [2, 7, 3]), Language::English).unwrap(), "high: R 2; rule 2 of 2: R 2");
}

#[test]
fn a_dimension_that_a_list_of_cells_is_not_asked() {
    let grid = Grid::builder([2, 2, 1]).cells(label("one"), &[[1, 1, 5]]).otherwise(label("rest")).build();
    assert_eq!(english(&grid.expect("M is not asked"), [1, 1, 3]), "one");
}

/// Three rules that all name one cell overlap in three pairs.
#[test]
fn all_overlaps_are_reported() {
    let rule = |builder: GridBuilder, key| builder.rule(label(key), 1..=2, 1..=1, 1..=1);
    let three = rule(rule(rule(Grid::builder([2, 1, 1]), "a"), "b"), "c");
    assert_eq!(three.report().overlaps, [(0, 1, [1, 1, 1]), (0, 2, [1, 1, 1]), (1, 2, [1, 1, 1])]);
}

#[test]
fn a_segment_of_several_rules() {
    let builder = Grid::builder([3, 3, 3])
        .rule(label("ends"), 1..=1, 1..=3, 1..=3)
        .rule(label("middle"), 2..=2, 1..=3, 1..=3)
        .rule(label("ends"), 3..=3, 1..=3, 1..=3);
    let grid = builder.build().expect("sound");
    assert_total(&grid, [3, 3, 3], 2);
    assert_eq!(grid.position(score(&grid, [1, 1, 1])), grid.position(score(&grid, [3, 3, 3])));
    assert_eq!(
        grid.explain(score(&grid, [3, 1, 2]), Language::English).unwrap(),
        "ends: R 3, F 1, M 2; rule 3 of 3: R 3, F 1-3, M 1-3"
    );
}

/// A program that counts by key must not lose a segment.
#[test]
fn segments_of_one_key() {
    let named = |key, english| Label::new(key, english, english);
    let two = |first, second| Grid::builder([2, 1, 1]).cells(first, &[[1, 1, 1]]).cells(second, &[[2, 1, 1]]);
    let again = |key: &str| Error::LabelKey { key: key.into() };
    let error = two(named("a", "A"), named("a", "B")).build().unwrap_err();
    assert_eq!(error, again("a"));
    assert_eq!(error.to_string(), "labels must have different keys that are not empty, found \"a\" again or empty");
    let rest = Grid::builder([2, 1, 1]).cells(named("a", "A"), &[[1, 1, 1]]).otherwise(named("a", "Rest"));
    assert_eq!(rest.build().unwrap_err(), again("a"));
    let error = two(named("a", "A"), named("", "B")).build().unwrap_err();
    assert_eq!(error, again(""));
    assert_eq!(error.to_string(), "labels must have different keys that are not empty, found \"\" again or empty");
    assert_eq!(Grid::builder([1, 1, 1]).otherwise(named("", "All")).build().unwrap_err(), again(""));
    // Names may be equal, and one label may stand twice.
    assert_total(&two(named("a", "A"), named("b", "A")).build().expect("sound"), [2, 1, 1], 2);
    assert_total(&two(named("a", "A"), named("a", "A")).build().expect("sound"), [2, 1, 1], 1);
}
