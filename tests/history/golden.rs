//! Published data: the summaries of CDNOW.
//!
//! Golden summaries: `tests/data/cdnow_summary_{cal,full}.csv`, each of which says where it comes from; `x`, `t_x` and
//! `T` to the last bit, mean spend (which the reference sums in binary64) within 1e-12 of its size.

use std::error::Error as StdError;

use super::{date, log_of, order};

#[test]
fn summaries_of_cdnow() -> Result<(), Box<dyn StdError>> {
    let mut records = Vec::new();
    for row in csv::Reader::from_reader(include_str!("../../examples/data/cdnow_orders.csv").as_bytes()).into_records()
    {
        let row = row?;
        records.push(order(row[0].to_owned(), &row[1], &row[2]));
    }
    assert_eq!(records.len(), 6919);
    let log = log_of(records);
    let goldens = [
        ("1997-09-30", include_str!("../data/cdnow_summary_cal.csv")),
        ("1998-06-30", include_str!("../data/cdnow_summary_full.csv")),
    ];
    for (as_of, golden) in goldens {
        let as_of = date(as_of);
        let ledger = log.ledger(as_of)?;
        let rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(golden.as_bytes()).into_records();
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        assert_eq!((rows.len(), ledger.len()), (2357, 2357));
        for (row, (id, history)) in rows.iter().zip(ledger.iter()) {
            assert_eq!(*id, row[0]);
            let summary = history.repeat_summary(as_of).expect("a buyer");
            assert_eq!(summary.repeats(), row[1].parse::<u32>()?, "{id}");
            let weeks = [summary.recency_weeks(), summary.age_weeks()].map(f64::to_bits);
            assert_eq!(weeks, [row[2].parse::<f64>()?, row[3].parse::<f64>()?].map(f64::to_bits), "{id}");
            let (mean, expected) = (summary.mean_spend(), row[4].parse::<f64>()?);
            assert_eq!(mean.is_some(), summary.repeats() > 0, "{id}");
            let error = (mean.unwrap_or(0.0) - expected).abs();
            assert!(error <= 1e-12 * expected, "{id}: {mean:?}, expected {expected}");
        }
    }
    Ok(())
}
