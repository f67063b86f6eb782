//! The `segment` example as a person runs it: its files against an independent recomputation, its errors word for word.
//!
//! `tests/data/recompute.py` shares no code with the crate; `tests/data/README.md` says how its outputs were made.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

mod cases;
mod chinese;
mod forecasts;
mod memory;
mod models;
mod page;
mod reading;
mod recomputation;
mod refusals;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const CDNOW: &str = "examples/data/cdnow_orders.csv";
const ONLINE_RETAIL: &str = "tests/data/online_retail_orders.csv";

/// The program, built as this test was: alone, `cargo test --test` does not build examples.
fn program() -> Command {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(ROOT).args(["build", "--quiet", "--example", "segment", "--target-dir"]);
        cargo.arg(profile.parent().unwrap()).args(profile.ends_with("release").then_some("--release"));
        assert!(cargo.status().unwrap().success(), "the example does not build");
        profile.join(format!("examples/segment{}", std::env::consts::EXE_SUFFIX))
    });
    let mut command = Command::new(path);
    command.current_dir(ROOT);
    command
}

/// A directory of this test's own, empty.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&path).ok();
    fs::create_dir_all(&path).unwrap();
    path
}

fn run(arguments: &[&str], input: &str) -> Output {
    let mut command = program();
    let pipe = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipe.spawn().unwrap();
    // A program that stops at its arguments does not read its input.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn succeeds(arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(arguments: &[&str], input: &str, expected: &str) {
    let output = run(arguments, input);
    assert!(!output.status.success(), "should have been refused");
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end(), format!("error: {expected}"));
    assert!(output.stdout.is_empty(), "a refused file gives no page");
}

const BOTH: [&str; 2] = ["customers.csv", "summary.json"];
