//! Money at its limits.

use repurchase::record::RecordColumns;
use repurchase::{CustomerHistory, Error, Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{END, credit, date, history, log_of, money, noon, order};

#[test]
fn the_largest_amount_fits_once() {
    let largest = Decimal::MAX.to_string();
    let once = log_of([order("ann", "2026-03-01", &largest), order("bo", "2026-03-01", &largest)]);
    let ledger = once.ledger(END).unwrap();
    assert_eq!(ledger.get(&"ann").map(|ann| (ann.spend(), ann.revenue())), Some((Decimal::MAX, Decimal::MAX)));
    let beyond = Err(Error::AmountOverflow { field: "revenue of a shop" });
    assert_eq!((ledger.totals(), ledger.len()), (beyond, 2), "each fits, and both do not");
    let with_gift = log_of([order("ann", "2026-03-01", &largest), order("ann", "2026-03-02", "0")]);
    assert_eq!(with_gift.ledger(END).unwrap().get(&"ann").map(|ann| ann.spend()), Some(Decimal::MAX));
    let given_back = log_of([order("ann", "2026-03-01", &largest), credit("ann", "2026-03-02", &largest)]);
    assert_eq!(given_back.ledger(END).unwrap().get(&"ann").map(|ann| ann.revenue()), Some(Decimal::ZERO));
}

#[test]
fn sums_beyond_a_decimal_name_the_customer() {
    let largest = Decimal::MAX.to_string();
    let refused =
        |field| Error::Customer { customer: "\"bo\"".into(), cause: Box::new(Error::AmountOverflow { field }) };
    let cases = [
        (vec![order("bo", "2026-03-01", &largest), order("bo", "2026-03-02", &largest)], "sum of purchases"),
        (vec![order("bo", "2026-03-01", &largest), order("bo", "2026-03-01", "1")], "sum of purchases"),
        (vec![credit("bo", "2026-03-01", &largest), credit("bo", "2026-03-01", "1")], "sum of credits"),
        // Of two customers, the first by id.
        (["zoe", "bo", "zoe", "bo"].map(|id| order(id, "2026-03-01", &largest)).into(), "sum of purchases"),
    ];
    for (mut records, field) in cases {
        for _ in 0..2 {
            let log = log_of(records.clone());
            assert_eq!(log.ledger(END), Err(refused(field)));
            // Before they come together, each fits.
            assert!(log.ledger(date("2026-02-28")).is_ok());
            records.reverse();
        }
    }
    let overflow = "does not fit 96 bits at the finest scale of all amounts";
    assert_eq!(refused("revenue").to_string(), format!("customer \"bo\": revenue {overflow}"));
    // One by one, what does not fit leaves the history as it was.
    let mut one_by_one = history(&[("2026-03-01", &largest)]);
    let before = one_by_one.clone();
    let overflow = |field| Err(Error::AmountOverflow { field });
    assert_eq!(one_by_one.record_purchase(date("2026-03-02"), Decimal::ONE), overflow("sum of purchases"));
    assert_eq!(one_by_one.record_credit(money("0.01")), overflow("revenue"));
    assert_eq!(one_by_one, before);
    assert_eq!(before.clone().merge(&before), Err(Error::AmountOverflow { field: "sum of purchases" }));
    one_by_one.record_credit(Decimal::MAX).unwrap();
    assert_eq!(one_by_one.record_credit(Decimal::ONE), overflow("sum of credits"));
    assert_eq!(one_by_one.revenue(), Decimal::ZERO);
}

/// Bo's amount fits; a quotient of Ann's leaves it no room.
#[test]
fn the_amount_of_many_decimals_is_named() {
    let (third, million) = ("0.3333333333333333333333333333", "1000000.00");
    for (records, index) in [
        ([order("bo", "2026-03-01", million), order("ann", "2026-03-01", third)], 1),
        ([order("ann", "2026-03-01", third), order("bo", "2026-03-01", million)], 0),
    ] {
        let error = log_of(records).ledger(END).unwrap_err();
        assert!(matches!(error, Error::FinestAmount { index: at, .. } if at == index), "{error}");
        assert_eq!(
            error.to_string(),
            format!(
                "amount {third} of record {index} has 28 decimals, which leaves others no room: customer \"bo\": sum of \
                 purchases does not fit 96 bits at the finest scale of all amounts"
            ),
        );
    }
    // Where there is no room for whole numbers either, nobody else is to blame.
    let largest = Decimal::MAX.to_string();
    let log = log_of([order("bo", "2026-03-01", &largest), order("bo", "2026-03-01", "0.01")]);
    assert!(matches!(log.ledger(END), Err(Error::FinestAmount { index: 1, .. })));
    let log = log_of([order("bo", "2026-03-01", &largest), order("bo", "2026-03-01", "1.0")]);
    assert!(matches!(log.ledger(END), Err(Error::Customer { .. })));
}

#[test]
fn amounts_too_far_apart_are_refused_in_any_order() {
    let (largest, smallest) = (Decimal::MAX.to_string(), "0.0000000000000000000000000001");
    let overflow = || Box::new(Error::AmountOverflow { field: "amount" });
    let finest = || Box::new(Error::FinestAmount { index: 0, amount: money(smallest), cause: overflow() });
    for customers in [["ann", "ann"], ["ann", "bo"]] {
        for (amounts, cause) in [([&largest[..], smallest], overflow()), ([smallest, &largest], finest())] {
            let records =
                customers.iter().zip(amounts).map(|(customer, amount)| order(*customer, "2026-03-01", amount));
            let error = PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap_err();
            assert_eq!(error, Error::Record { index: 1, cause }, "{amounts:?}");
        }
    }
    let refused = Error::Record { index: 1, cause: overflow() }.to_string();
    assert_eq!(refused, "record 1: amount does not fit 96 bits at the finest scale of all amounts");
    // Alone, either is fine.
    let ledger = log_of([order("ann", "2026-03-01", smallest)]).ledger(END).unwrap();
    assert_eq!((ledger.get(&"ann").map(|ann| ann.spend()), ledger.scale()), (Some(money(smallest)), 28));
}

#[test]
fn amounts_of_every_scale_and_beyond_36_bits_are_exact() {
    let coins = (0..=28).map(|scale| Decimal::new(1, scale));
    let records = coins.enumerate().map(|(i, coin)| order(i % 2, "2026-03-01", &coin.to_string()));
    let ledger = log_of(records).ledger(END).unwrap();
    let spend: Vec<_> = ledger.iter().map(|(_, history)| history.spend().to_string()).collect();
    assert_eq!(spend, ["1.0101010101010101010101010101", "0.1010101010101010101010101010"]);
    // Around the 34 bits of amounts that are packed, and the 63 of narrow sums; coarse amounts first, then finer.
    let edges = [33, 34, 35, 36, 62, 63, 64, 90].map(|bits| 1i128 << bits);
    let amounts: Vec<_> = edges.iter().flat_map(|&edge| [edge - 1, edge, edge + 1]).collect();
    let decimal = |minor, scale| Decimal::try_from_i128_with_scale(minor, scale).unwrap();
    for tail in [None, Some(decimal(1, 1))] {
        let whole = amounts.iter().map(|&amount| decimal(amount, 0)).chain(tail);
        let records = |sign: i8| {
            whole.clone().enumerate().map(move |(i, amount)| match sign {
                1 => order(i, "2026-03-01", &amount.to_string()),
                _ => credit(i, "2026-03-01", &amount.to_string()),
            })
        };
        let bought = log_of(records(1)).ledger(END).unwrap();
        assert!(bought.iter().map(|(_, history)| history.spend()).eq(whole.clone()));
        let credited = log_of(records(-1)).ledger(END).unwrap();
        assert!(credited.without_purchase().map(|(_, history)| history.credited()).eq(whole.clone()));
    }
    // The smallest amount of a column is a credit like any other.
    let columns = RecordColumns::new(&["ann", "ann"], &[0, 0], &[i64::MIN, i64::MAX], 28).unwrap();
    let ann =
        PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap().ledger(END).unwrap().get(&"ann").unwrap();
    assert_eq!(ann.revenue(), Decimal::new(-1, 28));
}

#[test]
fn negative_zero_leaves_no_sign() {
    let mut negative_zero = Decimal::new(0, 2);
    negative_zero.set_sign_negative(true);
    let mut one_by_one = CustomerHistory::new();
    one_by_one.record_purchase(date("2026-03-01"), negative_zero).unwrap();
    let gift = Order::new("ann", noon(date("2026-03-01")), negative_zero).unwrap();
    let ledger = Ledger::from_records([gift], &ShopCalendar::utc(), END).unwrap();
    let ann = ledger.get(&"ann").unwrap();
    assert_eq!(ann, one_by_one);
    for history in [ann, one_by_one] {
        let amounts = [history.spend(), history.first_day_spend(), history.revenue()];
        assert!(amounts.iter().all(|amount| amount.is_zero() && !amount.is_sign_negative()), "{amounts:?}");
    }
}

/// "The decimals of money in this log: those of the amount that has most", and 0.00 has two.
#[test]
fn a_gift_has_decimals_too() {
    let calendar = ShopCalendar::utc();
    let columns = RecordColumns::new(&["ann"], &[0], &[0], 2).unwrap();
    assert_eq!(PurchaseLog::from_columns(columns, &calendar).unwrap().scale(), 2);
    let mut gift = CustomerHistory::new();
    gift.record_purchase(date("2026-03-01"), money("0.00")).unwrap();
    assert_eq!(gift.spend().to_string(), "0.00");
    let log = log_of([order("ann", "2026-03-01", "0.00")]);
    assert_eq!(log.scale(), 2);
    let spend = log.ledger(END).unwrap().get(&"ann").map(|ann| ann.spend().to_string());
    assert_eq!(spend.as_deref(), Some("0.00"));
}
