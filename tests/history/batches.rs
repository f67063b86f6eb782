//! A ledger from batches is the ledger of all records at once, however they are cut.

use std::io;

use proptest::prelude::*;
use repurchase::history::{LedgerFold, Spill, SpilledFold};
use repurchase::record::{Credit, Record};
use repurchase::{Error, Ledger, Order, PurchaseLog};
use rust_decimal::Decimal;

use super::{date, fixed_seed, log_of, money, noon, order};

/// Parts in memory. An append fails after a number of bytes; a byte of a part can be changed.
#[derive(Debug, Clone)]
struct Parts {
    bytes: Vec<Vec<u8>>,
    room: usize,
    appends: usize,
}

impl Parts {
    fn new() -> Self {
        Self { bytes: vec![Vec::new(); SpilledFold::PARTS], room: usize::MAX, appends: 0 }
    }
}

impl Spill for Parts {
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
        self.appends += 1;
        let room = self.room.min(bytes.len());
        self.bytes[part].extend_from_slice(&bytes[..room]);
        self.room -= room;
        if room < bytes.len() { Err(io::Error::other("no space left")) } else { Ok(()) }
    }

    fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
        Ok(self.bytes[part].clone())
    }
}

/// Customer, day from the start of 2026, amount in units of `10^-scale`, below 0 for a credit; scale.
pub(super) type Row = (u32, i64, i64, u32);

pub(super) fn record((customer, day, amount, scale): Row) -> Record<u32> {
    let at = noon(date("2026-01-01") + chrono::Days::new(day.unsigned_abs()));
    let sum = Decimal::new(amount.abs(), scale);
    if amount < 0 {
        Credit::new(customer, at, sum).unwrap().into()
    } else {
        Order::new(customer, at, sum).unwrap().into()
    }
}

pub(super) fn rows() -> impl Strategy<Value = Vec<Row>> {
    let amount = prop_oneof![9 => -500_i64..5000, 1 => i64::MIN / 2..i64::MAX / 2];
    prop::collection::vec((0_u32..40, 0_i64..120, amount, 0_u32..6), 0..300)
}

fn logs(rows: &[Row], cuts: &[usize]) -> Vec<PurchaseLog<u32>> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.len() + 1)).chain([0, rows.len()]).collect();
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| log_of(rows[pair[0]..pair[1]].iter().copied().map(record))).collect()
}

proptest! {
    #![proptest_config(fixed_seed(192))]

    #[test]
    fn batches_are_the_whole(rows in rows(), cuts in prop::collection::vec(0_usize..300, 0..6), memory in 0_usize..2000) {
        let as_of = date("2026-04-10");
        let whole = log_of(rows.iter().copied().map(record)).ledger(as_of);
        let same = |ledger: repurchase::Result<Ledger<u32>>| -> Result<(), TestCaseError> {
            match (&whole, &ledger) {
                (Ok(whole), Ok(ledger)) => {
                    prop_assert_eq!(ledger, whole);
                    prop_assert_eq!(
                        (ledger.scale(), ledger.left_out(), ledger.ids(), ledger.days()),
                        (whole.scale(), whole.left_out(), whole.ids(), whole.days())
                    );
                }
                // The whole names the amount that set the scale, too.
                (Err(Error::FinestAmount { cause, .. }), Err(error)) => prop_assert_eq!(&**cause, error),
                (whole, ledger) => prop_assert_eq!(whole, ledger),
            }
            Ok(())
        };

        let mut spilled = SpilledFold::new(as_of, memory, Parts::new());
        for batch in logs(&rows, &cuts) {
            spilled.add(&batch).unwrap();
        }
        same(spilled.finish())?;

        let mut in_order = rows.clone();
        in_order.sort_by_key(|row| row.1);
        let mut fold = LedgerFold::new(as_of);
        for batch in logs(&in_order, &cuts) {
            fold.add(&batch).unwrap();
        }
        same(fold.finish())?;
    }

    #[test]
    fn last_night_and_today_are_the_whole(rows in rows(), night in 0_u64..120) {
        let (first, as_of) = (date("2026-01-01"), date("2026-04-10"));
        let night = first + chrono::Days::new(night);
        let whole = log_of(rows.iter().copied().map(record)).ledger(as_of.max(night));
        let is_new = |row: &&Row| first + chrono::Days::new(row.1.unsigned_abs()) > night;
        let log = |rows: Vec<&Row>| log_of(rows.into_iter().copied().map(record));
        let (new, old): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(is_new);
        let Ok(last_night) = log(old).ledger(night) else { return Ok(()) };
        let mut fold = LedgerFold::resume(&last_night, as_of.max(night)).unwrap();
        fold.add(&log(new)).unwrap();
        prop_assert_eq!(fold.finish().ok(), whole.ok());
    }
}

#[test]
fn large_batches_and_many_customers() {
    let rows: Vec<Row> = (0..200_000_u32)
        .map(|row| (row.wrapping_mul(2_654_435_761) % 30_000, i64::from(row / 2000), i64::from(row % 997) - 20, 2))
        .collect();
    let as_of = date("2026-03-20");
    let whole = log_of(rows.iter().copied().map(record)).ledger(as_of).unwrap();
    let mut parts = Parts::new();
    let mut fold = LedgerFold::new(as_of);
    let mut spilled = SpilledFold::new(as_of, 1 << 18, &mut parts);
    // A partition that is cut unevenly, and one row alone.
    for batch in logs(&rows, &[1, 70_000, 70_001, 150_000]) {
        fold.add(&batch).unwrap();
        spilled.add(&batch).unwrap();
    }
    for ledger in [fold.finish().unwrap(), spilled.finish().unwrap()] {
        assert_eq!(ledger, whole);
        assert_eq!(ledger.left_out(), whole.left_out());
    }
    assert!(parts.appends > SpilledFold::PARTS, "{}", parts.appends);
}

#[test]
fn no_batch_and_empty_ones_are_nobody() {
    let as_of = date("2026-03-31");
    let empty = log_of::<u32>([]);
    let (mut fold, mut spilled) = (LedgerFold::new(as_of), SpilledFold::new(as_of, 0, Parts::new()));
    assert!(fold.clone().finish().unwrap().is_empty());
    fold.add(&empty).unwrap();
    spilled.add(&empty).unwrap();
    assert!(fold.finish().unwrap().is_empty() && spilled.finish().unwrap().is_empty());
}

#[test]
fn a_batch_against_the_order_of_time_is_refused_and_nothing_of_it_counted() {
    let as_of = date("2026-03-31");
    let mut fold = LedgerFold::new(as_of);
    fold.add(&log_of([order("ann", "2026-02-01", "1"), order("ann", "2026-02-09", "1")])).unwrap();
    let earlier = log_of([order("bo", "2026-02-10", "1"), order("ann", "2026-02-08", "1")]);
    let error = fold.add(&earlier).unwrap_err();
    assert_eq!(error, Error::BatchOrder { first: date("2026-02-08"), earliest: date("2026-02-09") });
    assert_eq!(
        error.to_string(),
        "a batch begins on 2026-02-08, not on 2026-02-09 or later: hand them over by time, or use SpilledFold"
    );
    // On the last day itself it may go on, and what lies after the as-of day is left out.
    fold.add(&log_of([order("ann", "2026-02-09", "2.50"), order("bo", "2026-04-01", "1")])).unwrap();
    let ledger = fold.finish().unwrap();
    let ann = ledger.get("ann").unwrap();
    assert_eq!((ledger.len(), ann.purchases(), ann.purchase_days(), ann.revenue()), (1, 3, 2, money("4.50")));
    assert_eq!(ledger.left_out(), 1);
}

#[test]
fn what_is_resumed_begins_the_day_after() {
    let ledger = log_of([order("ann", "2026-02-01", "1")]).ledger(date("2026-02-09")).unwrap();
    let error = LedgerFold::resume(&ledger, date("2026-02-08")).unwrap_err();
    assert_eq!(error, Error::AsOfMismatch { left: date("2026-02-09"), right: date("2026-02-08") });
    let mut fold = LedgerFold::resume(&ledger, date("2026-03-31")).unwrap();
    let error = fold.add(&log_of([order("ann", "2026-02-09", "1")])).unwrap_err();
    assert_eq!(error, Error::BatchOrder { first: date("2026-02-09"), earliest: date("2026-02-10") });
    assert_eq!(fold.finish().unwrap().get("ann").map(|ann| ann.purchases()), Some(1));
}

#[test]
fn sums_beyond_a_decimal_name_the_customer() {
    let most = Decimal::MAX.to_string();
    let batch = log_of([order("ann".to_owned(), "2026-02-01", &most)]);
    let error = |found: repurchase::Result<Ledger<String>>| found.unwrap_err().to_string();
    let expected = "customer \"ann\": sum of purchases does not fit 96 bits at the finest scale of all amounts";
    let as_of = date("2026-03-31");
    let (mut fold, mut spilled) = (LedgerFold::new(as_of), SpilledFold::new(as_of, 10, Parts::new()));
    for _ in 0..3 {
        fold.add(&batch).unwrap();
        spilled.add(&batch).unwrap();
    }
    assert_eq!([error(fold.finish()), error(spilled.finish())], [expected; 2]);
}

#[test]
fn a_full_disk_is_an_error_that_stays() {
    let as_of = date("2026-03-31");
    let parts = Parts { room: 30, ..Parts::new() };
    let mut spilled = SpilledFold::new(as_of, 0, parts);
    let batch = log_of([order(1_u64, "2026-02-01", "1"), order(2, "2026-02-01", "1")]);
    let error = spilled.add(&batch).unwrap_err();
    assert!(error.to_string().ends_with("of the spill failed: no space left"), "{error}");
    assert_eq!(spilled.add(&log_of([])).unwrap_err(), error);
    assert_eq!(spilled.finish().unwrap_err(), error);
}

#[test]
fn bytes_that_were_changed_are_an_error() {
    let as_of = date("2026-03-31");
    let days = ["2026-02-01", "2026-02-02", "2026-02-03"];
    let batch = log_of(days.map(|day| order(1_u64, day, "1")));
    let mut parts = Parts::new();
    let mut spilled = SpilledFold::new(as_of, 0, &mut parts);
    spilled.add(&batch).unwrap();
    assert_eq!(spilled.finish().unwrap().len(), 1);
    let part = parts.bytes.iter().position(|part| !part.is_empty()).unwrap();
    let length = parts.bytes[part].len();
    let changes: Vec<Change> = vec![
        Box::new(|bytes| *bytes = Vec::new()),
        Box::new(|bytes| bytes.truncate(bytes.len() / 3)),
        Box::new(|bytes| bytes.push(0)),
    ];
    let bits = (0..length).map(|at| Box::new(move |bytes: &mut Vec<u8>| bytes[at] ^= 4) as Change);
    for change in changes.into_iter().chain(bits) {
        // What is read in the end is not what this fold appended.
        let mut again = Parts::new();
        let mut spilled = SpilledFold::new(as_of, 0, Changed { parts: &mut again, change: &change });
        spilled.add(&batch).unwrap();
        let error = spilled.finish().unwrap_err().to_string();
        assert_eq!(error, format!("part {part} of the spill has not the bytes that were appended"));
    }
}

type Change = Box<dyn Fn(&mut Vec<u8>)>;

struct Changed<'a> {
    parts: &'a mut Parts,
    change: &'a dyn Fn(&mut Vec<u8>),
}

impl Spill for Changed<'_> {
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
        self.parts.append(part, bytes)
    }

    fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.parts.read(part)?;
        (self.change)(&mut bytes);
        Ok(bytes)
    }
}
