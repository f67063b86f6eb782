//! Stored grids are the rules that made them, and are built again when they are read.

use repurchase::segment::{Grid, GridBuilder};
use serde_json::{Value, json};

use super::{assert_total, label, pair};

fn small() -> Grid {
    Grid::builder([2, 2, 1]).cells(label("one"), &[[1, 2, 1]]).otherwise(label("rest")).build().unwrap()
}

fn label_json(key: &str) -> Value {
    json!({"key": key, "english": key, "chinese": key})
}

fn range(start: u8, end: u8) -> Value {
    json!({"start": start, "end": end})
}

#[track_caller]
fn refused(grid: &Grid, field: &str, value: Value) -> String {
    let mut json = serde_json::to_value(grid).unwrap();
    json[field] = value;
    serde_json::from_value::<Grid>(json).expect_err("refused").to_string()
}

#[test]
fn round_trip() {
    for grid in [Grid::rf(), Grid::octants(), Grid::klaviyo(), Grid::r_rfm(), small(), pair().build().unwrap()] {
        let text = serde_json::to_string(&grid).unwrap();
        assert_eq!(serde_json::from_str::<Grid>(&text).unwrap(), grid);
        // The stored form is the builder's, and a builder that is read builds the same grid.
        let builder = serde_json::from_str::<GridBuilder>(&text).unwrap();
        assert_eq!(builder, GridBuilder::from(grid.clone()));
        assert_eq!(serde_json::to_string(&builder).unwrap(), text);
        assert_eq!(builder.build().unwrap(), grid);
    }
}

#[test]
fn the_form() {
    let expected = json!({
        "bins": [2, 2, 1],
        "rules": [{"segment": label_json("one"), "cells": {"list": [[1, 2, 1]]}}],
        "otherwise": label_json("rest"),
        "first_match_wins": false,
    });
    assert_eq!(serde_json::to_value(small()).unwrap(), expected);
    let all = range(1, 3);
    let expected = json!({
        "bins": [3, 3, 1],
        "rules": [
            {"segment": label_json("low"), "cells": {"ranges": [range(1, 2), all, range(1, 1)]}},
            {"segment": label_json("high"), "cells": {"ranges": [range(3, 3), all, range(1, 1)]}},
        ],
        "otherwise": null,
        "first_match_wins": false,
    });
    assert_eq!(serde_json::to_value(pair().build().unwrap()).unwrap(), expected);
    assert_eq!(serde_json::to_value(Grid::r_rfm()).unwrap()["first_match_wins"], json!(true));
}

#[test]
fn tampered_grids_are_refused() {
    let bins = "bins of a grid must lie between 1 and 10, found";
    assert_eq!(refused(&small(), "bins", json!([2, 0, 1])), format!("{bins} 0"));
    assert_eq!(refused(&small(), "bins", json!([2, 2, 11])), format!("{bins} 11"));
    let gap = "4 cells of the grid have no segment, the first is R3 F1 M1";
    assert_eq!(refused(&Grid::octants(), "bins", json!([3, 2, 2])), gap);
    assert!(refused(&Grid::octants(), "bins", json!([2, 1, 2])).contains("never wins"));
    assert!(refused(&Grid::octants(), "bins", json!([2, 2])).contains("invalid length"));
}

/// A grid that is read obeys the rules of one that is built: each of its errors.
#[test]
fn what_build_refuses_is_refused() {
    let rule = |key: &str, cells: Value| json!({"segment": label_json(key), "cells": cells});
    let list = |cells: Value| json!({"list": cells});
    let gap = "3 cells of the grid have no segment, the first is R1 F1 M1";
    assert_eq!(refused(&small(), "otherwise", Value::Null), gap);
    let twice =
        json!([rule("one", list(json!([[1, 1, 1], [1, 2, 1]]))), rule("two", list(json!([[1, 2, 1], [2, 2, 1]]))),]);
    assert_eq!(refused(&small(), "rules", twice), "rules one and two both claim the cell R1 F2 M1");
    let same = json!([rule("one", list(json!([[1, 2, 1]]))), rule("one", list(json!([])))]);
    let error = "rule 1 (from 0) for one never wins: it names no cell, or earlier rules claim them all";
    assert_eq!(refused(&small(), "rules", same), error);
    let beyond = json!([rule("one", list(json!([[1, 3, 1]])))]);
    assert_eq!(refused(&small(), "rules", beyond), "F of a grid's rule must lie between 1 and 2, found 3");
    let beyond = json!([rule("one", json!({"ranges": [range(1, 2), range(0, 1), range(1, 1)]}))]);
    assert_eq!(refused(&small(), "rules", beyond), "F of a grid's rule must lie between 1 and 2, found 0");
    let back = json!([rule("one", json!({"ranges": [range(2, 1), range(1, 1), range(1, 1)]}))]);
    assert!(refused(&small(), "rules", back).starts_with("rule 0 (from 0) for one never wins"));
}

#[test]
fn a_key_that_is_stored_twice_is_refused() {
    let again = |key| format!("labels must have different keys that are not empty, found {key:?} again or empty");
    let other = json!({"key": "one", "english": "Other", "chinese": "其他"});
    assert_eq!(refused(&small(), "otherwise", other), again("one"));
    assert_eq!(refused(&small(), "otherwise", label_json("")), again(""));
}

#[test]
fn a_grid_without_rules_is_its_rest() {
    let mut json = serde_json::to_value(small()).unwrap();
    json["rules"] = json!([]);
    assert_total(&serde_json::from_value::<Grid>(json).unwrap(), [2, 2, 1], 1);
}

/// A number that no score is must not make `build` or `explain` overflow.
#[test]
fn a_tampered_rule_is_refused() {
    for score in [json!(u64::MAX), json!(256), json!(-1), json!(1.5), Value::Null] {
        let cells = json!([{"segment": label_json("one"), "cells": {"list": [[1, score, 1]]}}]);
        assert!(!refused(&small(), "rules", cells).is_empty());
    }
    let cells = json!([{"segment": label_json("one"), "cells": {"list": [[1, 255, 1]]}}]);
    assert_eq!(refused(&small(), "rules", cells), "F of a grid's rule must lie between 1 and 2, found 255");
    let unknown = json!([{"segment": label_json("one"), "cells": {"all": []}}]);
    assert!(refused(&small(), "rules", unknown).contains("unknown variant"));
}
