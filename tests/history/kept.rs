//! A ledger as bytes is read back the same, or refused.

use std::io;

use proptest::prelude::*;
use repurchase::{Error, Ledger};

use super::batches::{record, rows};
use super::{credit, date, fixed_seed, log_of, order};

fn bytes(ledger: &Ledger<u32>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ledger.write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(fixed_seed(128))]

    #[test]
    fn read_back_the_same(rows in rows()) {
        let Ok(ledger) = log_of(rows.into_iter().map(record)).ledger(date("2026-04-10")) else { return Ok(()) };
        let again = Ledger::<u32>::read_from(bytes(&ledger).as_slice()).unwrap();
        prop_assert_eq!(&again, &ledger);
        prop_assert_eq!(
            (again.scale(), again.left_out(), again.ids(), again.totals()),
            (ledger.scale(), ledger.left_out(), ledger.ids(), ledger.totals())
        );
        prop_assert_eq!(bytes(&again), bytes(&ledger));
    }
}

#[test]
fn many_customers_nobody_and_texts() {
    let day = |row: u32| date("2026-01-01") + chrono::Days::new((row % 90).into());
    let rows = (0..50_000).map(|row: u32| order(row % 20_000, &day(row).to_string(), "1.50"));
    let ledger = log_of(rows).ledger(date("2026-03-31")).unwrap();
    let file = bytes(&ledger);
    assert_eq!(Ledger::<u32>::read_from(file.as_slice()).unwrap(), ledger);
    assert!(file.len() < 20_000 * (68 + 4) + 200, "{}", file.len());

    let nobody = log_of([]).ledger(date("2026-03-31")).unwrap();
    assert_eq!(Ledger::<u32>::read_from(bytes(&nobody).as_slice()).unwrap(), nobody);

    let texts = [order("茶".to_owned(), "2026-01-09", "1"), credit(String::new(), "2026-01-09", "1")];
    let texts = log_of(texts).ledger(date("2026-03-31")).unwrap();
    let mut file = Vec::new();
    texts.write_to(&mut file).unwrap();
    assert_eq!(Ledger::<String>::read_from(file.as_slice()).unwrap(), texts);
}

struct Broken;
impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the cable is out"))
    }
}

#[test]
fn what_is_no_ledger_says_why() {
    let ledger =
        log_of([order(7_u32, "2026-01-09", "1"), credit(8, "2026-01-09", "1")]).ledger(date("2026-03-31")).unwrap();
    let file = bytes(&ledger);
    let refused = |file: &[u8]| Ledger::<u32>::read_from(file).unwrap_err().to_string();
    for length in 0..file.len() {
        assert_eq!(refused(&file[..length]), "the stored ledger ends too early", "{length}");
    }
    assert_eq!(refused(b"customer_id,placed_at"), "the stored ledger is none: it does not begin as one");
    let mut later = file.clone();
    later[17] = 9;
    assert_eq!(refused(&later), "the stored ledger has form 9, but form 1 is read: fold it from the orders again");
    let mut changed = file.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&changed), "the stored ledger was changed: its bytes do not have its checksum");
    let texts = Ledger::<String>::read_from(file.as_slice()).unwrap_err();
    assert_eq!(texts.to_string(), "the stored ledger has ids of another type, or was changed");
    assert!(matches!(texts, Error::Bytes { .. }));

    let error = Ledger::<u32>::read_from(Broken).unwrap_err();
    assert_eq!(error.to_string(), "the stored ledger cannot be read: the cable is out");
}
