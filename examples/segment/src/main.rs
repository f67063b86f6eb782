//! Orders in, labelled customers out.
//!
//! ```text
//! cargo run --release --example segment -- [ORDERS.csv] [options]
//! ```
//!
//! Without arguments it reads the CDNOW sample that ships with the crate. `--out DIR` writes `customers.csv` and
//! `summary.json`; `--help` lists the options.

fn main() -> std::process::ExitCode {
    repurchase_segment::main()
}
