//! Exact texts of a grid's explanations.

use repurchase::scale::{Label, Language};
use repurchase::segment::{Grid, RfmScore};

use super::{label, score};

#[track_caller]
fn texts(grid: &Grid, cell: [u8; 3]) -> [String; 2] {
    [Language::English, Language::Chinese].map(|language| grid.explain(score(grid, cell), language).expect("a cell"))
}

#[test]
fn of_ranges() {
    let rf = Grid::rf();
    assert_eq!(
        texts(&rf, [1, 5, 2]),
        [
            "Can't lose: R 1, F 5; rule 3 of 10: R 1-2, F 5",
            "重点挽留客户：R 1，F 5；命中第 3 条规则（共 10 条）：R 1-2，F 5"
        ]
    );
    assert_eq!(
        texts(&rf, [3, 3, 1]),
        [
            "Need attention: R 3, F 3; rule 5 of 10: R 3, F 3",
            "需关注客户：R 3，F 3；命中第 5 条规则（共 10 条）：R 3，F 3"
        ]
    );
    let r_rfm = Grid::r_rfm();
    assert_eq!(texts(&r_rfm, [1, 1, 1])[0], "Lost: R 1, F 1, M 1; rule 10 of 10: R 1, F 1-5, M 1-5");
    let of_ten = RfmScore::new([5, 5, 1], [10, 5, 5]).unwrap();
    let error = rf.explain(of_ten, Language::English).unwrap_err();
    assert_eq!(error.to_string(), "the grid reads scores of [5, 5, 1] bins of R, F and M, found [10, 5, 5]");
}

#[test]
fn of_lists() {
    assert_eq!(
        texts(&Grid::klaviyo(), [3, 2, 3]),
        [
            "Champions: R 3, F 2, M 3; rule 1 of 6: 333 332 323",
            "核心客户：R 3，F 2，M 3；命中第 1 条规则（共 6 条）：333 332 323"
        ]
    );
    // A dimension that the grid does not ask is no part of a cell.
    let grid = Grid::builder([2, 2, 1]).cells(label("one"), &[[1, 1, 5], [2, 1, 1]]).otherwise(label("rest")).build();
    assert_eq!(texts(&grid.unwrap(), [2, 1, 3])[0], "one: R 2, F 1; rule 1 of 1: 11 21");
}

#[test]
fn of_what_no_rule_names() {
    assert_eq!(
        texts(&Grid::r_rfm(), [5, 5, 1]),
        ["Others: R 5, F 5, M 1; no rule names it", "其他客户：R 5，F 5，M 1；未命中任何规则"]
    );
    let all = Grid::builder([1, 1, 1]).otherwise(label("all")).build().unwrap();
    assert_eq!(texts(&all, [5, 5, 5]), ["all: no rule names it", "all：未命中任何规则"]);
}

/// A grid that asks nothing has nothing to say about its rule, and cells of ten bins keep their scores apart.
#[test]
fn rules_without_scores_and_with_two_digits() {
    let label = |key: &'static str| Label::new(key, key, key);
    let all = Grid::builder([1, 1, 1]).rule(label("all"), 1..=1, 1..=1, 1..=1).build().unwrap();
    assert_eq!(all.explain(score(&all, [3, 2, 1]), Language::English).unwrap(), "all: rule 1 of 1");
    let ten = Grid::builder([10, 10, 1]).cells(label("ends"), &[[10, 1, 1], [1, 10, 1]]).otherwise(label("rest"));
    let ten = ten.build().unwrap();
    let text = ten.explain(score(&ten, [10, 1, 1]), Language::English).unwrap();
    assert_eq!(text, "ends: R 10, F 1; rule 1 of 1: 10-1 1-10");
}
