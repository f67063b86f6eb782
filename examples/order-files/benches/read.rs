//! How long a file of orders takes to read.
//!
//! ```text
//! cargo bench --bench read                      a million rows, made here
//! cargo bench --bench read -- FILE [COLUMNS]    a file, with its columns as `--columns` names them
//! cargo bench --bench read -- --test            a thousand rows, to see that it runs
//! ```

use std::error::Error;
use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::time::Instant;

use order_files::{ReadOptions, read};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("--test") => report("1,000 rows", rows(1_000).as_bytes(), &ReadOptions::default()),
        Some(path) if !path.starts_with('-') => {
            let mut options = ReadOptions::default();
            if let Some(columns) = arguments.get(1) {
                options = options.with_columns(columns.parse()?);
            }
            report(path, File::open(path)?, &options)
        }
        _ => report("1,000,000 rows", rows(1_000_000).as_bytes(), &ReadOptions::default()),
    }
}

/// Orders of customers in the order of time, made without randomness from outside.
fn rows(count: u64) -> String {
    let mut file = String::from("customer_id,placed_at,amount\n");
    let mut state = 1_u64;
    for row in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (customer, cents) = ((state >> 33) % (count / 10 + 1), (state >> 20) % 30_000);
        let (day, second) = (row * 700 / count, row * 60_480_000 / count % 86_400);
        let (month, of_month, hour) = (day / 28 % 12 + 1, day % 28 + 1, second / 3600);
        let _ = writeln!(
            file,
            "{},{}-{month:02}-{of_month:02}T{hour:02}:{:02}:{:02},{}.{:02}",
            customer + 1_000_000_000,
            2023 + day / 336,
            second / 60 % 60,
            second % 60,
            cents / 100,
            cents % 100
        );
    }
    file
}

fn report(name: &str, input: impl Read, options: &ReadOptions) -> Result<(), Box<dyn Error>> {
    let (start, processor) = (Instant::now(), processor_seconds());
    let orders = read(input, options)?;
    let (elapsed, read_in) = (start.elapsed(), processor_seconds() - processor);
    let log = orders.log()?;
    let ledger = log.ledger(orders.as_of())?;
    println!(
        "{name}: {} purchases of {} customers in {elapsed:.2?}, {read_in:.2} s of processor time; ledger of {} behind {:.2} s; {}",
        orders.purchases(),
        orders.customers(),
        ledger.len(),
        processor_seconds() - processor,
        peak_memory()
    );
    Ok(())
}

/// What Linux says; 0 elsewhere.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat.split_whitespace().skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    fields.iter().sum::<f64>() / 100.0
}

fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    format!("peak memory {}", peak.map_or("unknown", str::trim))
}
