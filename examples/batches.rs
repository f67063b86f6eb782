//! More orders than memory: batches in any order become one ledger, by way of temporary files.
//!
//! ```text
//! cargo run --example batches
//! ```

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use repurchase::history::{Spill, SpilledFold};
use repurchase::record::RecordColumns;
use repurchase::{PurchaseLog, ShopCalendar};

/// Each part in a file of its own, which goes when all is done.
struct Files(PathBuf);

impl Files {
    fn new() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("batches-{}", std::process::id()));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Spill for Files {
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().create(true).append(true).open(self.0.join(part.to_string()))?.write_all(bytes)
    }

    fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
        match fs::read(self.0.join(part.to_string())) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which clears its temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

const DAY: i64 = 86_400;

fn main() -> Result<(), Box<dyn Error>> {
    let (calendar, as_of) = (ShopCalendar::utc(), "2026-12-31".parse()?);
    // Fifty stores send their year one after the other; a megabyte of memory holds some 70,000 of the orders.
    let mut fold = SpilledFold::new(as_of, 1 << 20, Files::new()?);
    let new_year = 1_767_225_600;
    for store in 0..50_i64 {
        let rows = || (0..10_000_i64).map(|row| row * 7 + store);
        let customers: Vec<u64> = rows().map(|row| (row * row % 20_011).unsigned_abs()).collect();
        let seconds: Vec<i64> = rows().map(|row| new_year + row * 104_729 % (365 * DAY)).collect();
        let cents: Vec<i64> = rows().map(|row| 500 + row % 9_000).collect();
        let columns = RecordColumns::new(&customers, &seconds, &cents, 2)?;
        fold.add(&PurchaseLog::from_columns(columns, &calendar)?)?;
    }
    let totals = fold.finish()?.totals()?;
    println!("{} orders of {} customers: {}", totals.purchases, totals.customers, totals.revenue);
    Ok(())
}
