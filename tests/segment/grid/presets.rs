//! The presets' tables.

use core::ops::RangeInclusive;

use repurchase::scale::Language;
use repurchase::segment::{Grid, Octant};

use super::{assert_total, cell, cube, english, score};

#[test]
fn presets_are_total() {
    assert_total(&Grid::rf(), [5, 5, 1], 10);
    assert_total(&Grid::octants(), [2, 2, 2], 8);
    assert_total(&Grid::klaviyo(), [3, 3, 3], 6);
    assert_total(&Grid::r_rfm(), [5, 5, 5], 11);
}

#[test]
fn the_rf_grid() {
    // R, F: segment. M does not matter.
    let table = [
        ("11", "Hibernating"),
        ("12", "Hibernating"),
        ("13", "At risk"),
        ("14", "At risk"),
        ("15", "Can't lose"),
        ("21", "Hibernating"),
        ("22", "Hibernating"),
        ("23", "At risk"),
        ("24", "At risk"),
        ("25", "Can't lose"),
        ("31", "About to sleep"),
        ("32", "About to sleep"),
        ("33", "Need attention"),
        ("34", "Loyal"),
        ("35", "Loyal"),
        ("41", "Promising"),
        ("42", "Potential loyalist"),
        ("43", "Potential loyalist"),
        ("44", "Loyal"),
        ("45", "Loyal"),
        ("51", "New"),
        ("52", "Potential loyalist"),
        ("53", "Potential loyalist"),
        ("54", "Champions"),
        ("55", "Champions"),
    ];
    let grid = Grid::rf();
    for (pair, expected) in table {
        for monetary in 1..=10 {
            let [r, f, _] = cell(&format!("{pair}1"));
            assert_eq!(english(&grid, [r, f, monetary]), expected, "{pair}");
        }
    }
}

#[test]
fn rf_names() {
    let grid = Grid::rf();
    let names = grid.segments().iter().map(|s| (s.key(), s.name(Language::English), s.name(Language::Chinese)));
    let expected = [
        ("hibernating", "Hibernating", "沉睡客户"),
        ("at_risk", "At risk", "流失预警客户"),
        ("cant_lose", "Can't lose", "重点挽留客户"),
        ("about_to_sleep", "About to sleep", "濒临沉睡客户"),
        ("need_attention", "Need attention", "需关注客户"),
        ("loyal", "Loyal", "忠诚客户"),
        ("promising", "Promising", "潜力客户"),
        ("new", "New", "新客户"),
        ("potential_loyalist", "Potential loyalist", "潜在忠诚客户"),
        ("champions", "Champions", "核心客户"),
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected);
}

#[test]
fn the_octants_grid_is_the_octants() {
    let grid = Grid::octants();
    for [r, f, m] in cube(2) {
        let octant = Octant::new(r == 2, f == 2, m == 2);
        assert_eq!(grid.segment(score(&grid, [r, f, m])), Ok(octant.label()));
        let code: String = [r, f, m].map(|level| if level == 2 { '1' } else { '0' }).iter().collect();
        assert_eq!(octant.code(), code);
    }
}

#[test]
fn klaviyos_27() {
    let table = [
        ("Champions", "333 332 323"),
        ("Loyal", "321 322 331 232 233"),
        ("Recent", "312 313 311 222 223"),
        ("Needs attention", "213 221 123 132 133"),
        ("At risk", "231 212 122 131 211"),
        ("Inactive", "111 112 113 121"),
    ];
    let grid = Grid::klaviyo();
    let listed: Vec<_> =
        table.iter().flat_map(|&(name, cells)| cells.split(' ').map(move |digits| (cell(digits), name))).collect();
    assert_eq!(listed.len(), 27);
    assert_eq!(listed.iter().map(|&(cell, _)| cell).collect::<std::collections::BTreeSet<_>>().len(), 27);
    for (cell, name) in listed {
        assert_eq!(english(&grid, cell), name, "{cell:?}");
    }
}

/// R rfm 0.3.0's table: R, F, M; the first match wins.
type Rule = (&'static str, RangeInclusive<u8>, RangeInclusive<u8>, RangeInclusive<u8>);

const R_RFM: [Rule; 10] = [
    ("Champions", 5..=5, 5..=5, 5..=5),
    ("Potential Loyalist", 3..=5, 3..=5, 2..=5),
    ("Loyal", 2..=4, 2..=4, 2..=4),
    ("Promising", 3..=4, 1..=3, 3..=5),
    ("New", 4..=5, 1..=3, 1..=5),
    ("Can't Lose", 1..=2, 3..=4, 4..=5),
    ("At Risk", 1..=2, 2..=5, 4..=5),
    ("Need Attention", 1..=3, 3..=5, 3..=5),
    ("About To Sleep", 2..=3, 1..=3, 1..=4),
    ("Lost", 1..=1, 1..=5, 1..=5),
];

#[test]
fn r_rfms_ten_and_the_others() {
    let grid = Grid::r_rfm();
    let mut others = Vec::new();
    for [r, f, m] in cube(5) {
        let first = R_RFM.iter().find(|(_, rs, fs, ms)| rs.contains(&r) && fs.contains(&f) && ms.contains(&m));
        let expected = first.map_or("Others", |&(name, ..)| name);
        assert_eq!(english(&grid, [r, f, m]), expected, "{r}{f}{m}");
        if first.is_none() {
            others.push(format!("{r}{f}{m}"));
        }
    }
    // DESIGN's ten, read as cells R F M.
    assert_eq!(others.join(" "), "215 241 251 252 341 351 441 451 541 551");
}
