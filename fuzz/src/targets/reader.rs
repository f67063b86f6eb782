//! Any bytes as a file of orders: an answer, the same each time, or an error with words.

use order_files::{ReadOptions, read};
use repurchase::scale::Language;

/// Reads the bytes as they are; what can be read becomes a log whose counts are those of the file.
pub fn reader(data: &[u8]) {
    let options = ReadOptions::default();
    let orders = match read(data, &options) {
        Ok(orders) => orders,
        Err(error) => {
            let words = error.to_string();
            assert!(!words.is_empty() && !words.chars().any(|c| c.is_control() && c != '\n'), "{words:?}");
            return;
        }
    };
    assert!(orders.notes().iter().all(|note| !note.sentence(Language::English).is_empty() && note.count <= note.of));
    let log = match orders.log() {
        Ok(log) => log,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert_eq!(log.purchases(), orders.purchases());
    if let Ok(ledger) = log.ledger(orders.as_of()) {
        assert!(ledger.len() <= orders.customers());
    }
    let again = read(data, &options).expect("the same bytes");
    assert_eq!(
        (again.customers(), again.purchases(), again.revenue()),
        (orders.customers(), orders.purchases(), orders.revenue())
    );
}
