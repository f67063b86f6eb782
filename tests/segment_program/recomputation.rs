//! The files of real shops, against `tests/data/recompute.py`.

use std::fs;
use std::path::Path;

use super::{BOTH, CDNOW, ONLINE_RETAIL, ROOT, directory, succeeds};

/// Compares the files of a run with those of the recomputation, byte by byte, and what models say to `tolerance`.
#[track_caller]
fn equals_recomputation(case: &str, orders: &str, options: &[&str], files: &[&str], tolerance: f64) {
    let out = directory(case);
    succeeds(&[&[orders, "--out", out.to_str().unwrap()], options].concat(), "");
    for file in files {
        let expected = fs::read_to_string(Path::new(ROOT).join("tests/data/segment").join(case).join(file)).unwrap();
        let found = fs::read_to_string(out.join(file)).unwrap();
        let equals = if *file == "customers.csv" { equal_customers } else { equal_summaries };
        if let Err(difference) = equals(&found, &expected, tolerance) {
            panic!("{case}/{file}, {difference}");
        }
    }
}

/// The columns that models fill begin behind the first 21.
fn equal_customers(found: &str, expected: &str, tolerance: f64) -> Result<(), String> {
    for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        let columns = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let (found, expected) = (columns(found), columns(expected));
        let is_near = |(found, expected): (&String, &String)| {
            let numbers = found.parse::<f64>().ok().zip(expected.parse::<f64>().ok());
            found == expected || numbers.is_some_and(|(found, expected)| near(found, expected, tolerance))
        };
        let (past, predicted) = (found.get(..21), found.get(21..).unwrap_or_default());
        if past != expected.get(..21) || !predicted.iter().zip(&expected[21..]).all(is_near) {
            return Err(format!("line {}: {found:?} is not {expected:?}", line + 1));
        }
    }
    let is_whole = found.ends_with('\n') && found.lines().count() == expected.lines().count();
    if is_whole { Ok(()) } else { Err("length".to_owned()) }
}

/// What models say begins at `churn`; notes are not recomputed.
fn equal_summaries(found: &str, expected: &str, tolerance: f64) -> Result<(), String> {
    let mut found: serde_json::Value = serde_json::from_str(found).map_err(|error| error.to_string())?;
    found.as_object_mut().and_then(|found| found.shift_remove("notes")).ok_or("no notes")?;
    let found = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())? + "\n";
    let (past, models) = found.split_at(found.find("  \"churn\"").ok_or("no churn")?);
    let (expected_past, expected_models) = expected.split_at(expected.find("  \"churn\"").ok_or("no churn")?);
    if past != expected_past {
        return Err(format!("{past}\nis not\n{expected_past}"));
    }
    let fields = |text: &str| -> Vec<(String, String)> {
        let field = |line: &str| line.trim().trim_end_matches(',').split_once(": ").map(|(k, v)| (k.into(), v.into()));
        text.lines().filter_map(field).collect()
    };
    for ((name, found), (expected_name, expected)) in fields(models).into_iter().zip(fields(expected_models)) {
        let numbers = found.parse::<f64>().ok().zip(expected.parse::<f64>().ok());
        let is_near = numbers.is_some_and(|(found, expected)| near(found, expected, tolerance));
        // A recomputation is given its parameters, where the program may have fitted them, and has no words.
        let is_told = ["\"status\"", "\"reason\""].contains(&name.as_str());
        if name != expected_name || !(is_near || found == expected || is_told) {
            return Err(format!("{name} {found} is not {expected_name} {expected}"));
        }
    }
    Ok(())
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs()
}

/// The program fits; the recomputation is given the maxima, found at 50 digits.
#[test]
fn cdnow_equals_recomputation() {
    equals_recomputation("cdnow", CDNOW, &["--unchecked"], &BOTH, 1e-8);
    let by_day = ["--as-of", "1997-09-30", "--occasion", "day", "--model", "pareto-nbd", "--unchecked"];
    equals_recomputation("cdnow_1997-09-30_day", CDNOW, &by_day, &BOTH, 1e-8);
    equals_recomputation("cdnow_4_bins", CDNOW, &["--bins", "4", "--unchecked"], &["summary.json"], 1e-8);
}

/// The recomputation ties no credit to an order.
const KEPT: [&str; 1] = ["--keep-credits"];

#[test]
fn online_retail_equals_recomputation() {
    let params = "r=0.8274,alpha=9.862,a=0.03,b=11.9";
    let given =
        ["--model", "mbg-nbd", "--params", params, "--spend-params", "p=2.1,q=3.45,gamma=485.9", "--horizon", "30"];
    equals_recomputation("online_retail", ONLINE_RETAIL, &[&given[..], &KEPT].concat(), &BOTH, 1e-11);
    let earlier = [&["--model", "bg-nbd", "--as-of", "2011-08-31"], &given[2..]].concat();
    equals_recomputation(
        "online_retail_2011-08-31",
        ONLINE_RETAIL,
        &[&earlier[..], &KEPT].concat(),
        &["summary.json"],
        1e-11,
    );
}
