//! The hand-over: histories that a database folded, labelled by the library.
//!
//! ```sh
//! { echo 'set search_path to repurchase, public;'; cat ../../src/sql/stored_histories.sql; } |
//!     psql --csv -q shop | cargo run -- 2026-03-31
//! ```
//!
//! Reads the rows of `stored_histories.sql` as CSV and prints how many customers each RF segment has and what they
//! brought. The day is the one that the table `question` holds.

use std::error::Error;
use std::io::{self, Read};

use repurchase::chrono::NaiveDate;
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger};

fn main() -> Result<(), Box<dyn Error>> {
    let day = std::env::args().nth(1).ok_or("which day? Give the as-of day, such as 2026-03-31, as the argument")?;
    let as_of: NaiveDate = day.parse().map_err(|_| format!("as-of day: found {day:?}, expected such as 2026-03-31"))?;
    print!("{}", segments(io::stdin().lock(), as_of)?);
    Ok(())
}

fn segments(rows: impl Read, as_of: NaiveDate) -> Result<String, Box<dyn Error>> {
    let ledger = Ledger::from_histories(histories(rows)?, as_of)?;
    let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    let profiles = models.profile_all(&ledger)?;
    let segments = profiles.summarize(&ledger, LabelKind::Segment, |_| true)?;
    let rows = segments.iter().map(|(segment, summary)| {
        let (name, customers) = (segment.name(Language::English), summary.customers.count());
        format!("{name:<20}{customers:>10}{:>16}\n", summary.revenue)
    });
    Ok(format!("{:<20}{:>10}{:>16}\n", "segment", "customers", "revenue") + &rows.collect::<String>())
}

fn histories(rows: impl Read) -> Result<Vec<(String, CustomerHistory)>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_reader(rows);
    if reader.headers()? != &csv::StringRecord::from(vec!["customer_id", "history"]) {
        let found = reader.headers()?.iter().collect::<Vec<_>>().join(", ");
        return Err(format!(
            "line 1: found the columns {found:?}, expected customer_id, history: the rows of stored_histories.sql as CSV"
        )
        .into());
    }
    let mut histories = Vec::new();
    for row in reader.records() {
        let row = row?;
        let (customer, json) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
        let history =
            serde_json::from_str(json).map_err(|error| format!("history of customer {customer:?}: {error}"))?;
        histories.push((customer.to_owned(), history));
    }
    Ok(histories)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-03-31";

    fn answer(rows: &str) -> String {
        match segments(rows.as_bytes(), DAY.parse().unwrap()) {
            Ok(text) => text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn histories_are_labelled() {
        let rows = "customer_id,history\nann,\"{\"\"purchases\"\":1,\"\"purchase_days\"\":1,\
            \"\"first_purchase\"\":\"\"2026-03-02\"\",\"\"last_purchase\"\":\"\"2026-03-02\"\",\
            \"\"shortest_gap_days\"\":0,\"\"longest_gap_days\"\":0,\"\"gap_squares\"\":0,\"\"gap_logarithms\"\":0,\"\"spend\"\":\"\"9.90\"\",\
            \"\"first_day_spend\"\":\"\"9.90\"\",\"\"credits\"\":0,\"\"credited\"\":\"\"0\"\"}\"\n";
        let text = answer(rows);
        assert!(text.contains("New                          1            9.90\n"), "{text}");
        let text = answer(&rows.replace("\"gap_squares\"\":0", "\"gap_squares\"\":4"));
        assert_eq!(text, "history of customer \"ann\": gaps of the stored history contradict the rest of it");
    }

    #[test]
    fn other_rows_are_named() {
        let text = answer("customer_id,purchases\n1,2\n");
        assert!(text.starts_with("line 1: found the columns \"customer_id, purchases\", expected"), "{text}");
        assert_eq!(answer("customer_id,history\n"), "a shop cannot be fitted without a customer");
    }
}
