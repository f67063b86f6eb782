//! Orders in, labelled customers out: `cargo run --release --example segment -- [ORDERS] [options]`; see `--help`.

fn main() -> std::process::ExitCode {
    repurchase_segment::main()
}
