//! Naive oracle: what `read` says of a file whose rows all fit memory, of files whose rows of one order lie far apart.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use std::fmt::Write;

use order_files::{Error, ReadOptions, RowsOfOrder, read};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::RngSeed;

/// What a row says, each as a place among few words.
type Cells = [usize; 9];

/// A file of the layout's own columns, of rows and of equal rows far behind them.
fn file(header: &str, rows: &[Cells], again: &[usize], is_kind_of_platform: bool) -> String {
    const ORDERS: [&str; 12] =
        ["1", "2", "3", "4", "01", "a5", "A5", "6", "7", "", "1234567890123450000", "1234567890123460000"];
    const STATUSES: [&str; 8] = ["paid", "paid", "paid", "paid", "Paid", "", "cancelled", "pending"];
    let cells = |&[order, person, day, cents, status, refund, currency, note, pieces]: &Cells| {
        // Most rows of an order agree, so that many files are read to their end.
        let order = ORDERS[order];
        let whose = if person > 20 { (person % 3).to_string() } else { format!("c{}", order.len() * 7 % 5) };
        let day = if day > 20 { day % 28 + 1 } else { 12 + order.len() % 4 };
        let amount = match cents {
            0 => "x".to_owned(),
            1 => "-3.50".to_owned(),
            2 => String::new(),
            3 => "1.5000".to_owned(),
            4 => "-12".to_owned(),
            5 => "1,250".to_owned(),
            6..10 => format!("{cents}.25"),
            _ => format!("{}.00", order.len() + 10),
        };
        let date = match note % 7 {
            _ if day == 28 && person > 20 => "1970-01-01".to_owned(),
            0 => format!("{day:02}/03/2024"),
            1 => format!("03/{day:02}/2024"),
            _ => format!("2024-03-{day:02}"),
        };
        let currency = ["EUR", "EUR", "EUR", "EUR", "EUR", "", "USD"][currency];
        let returned = ["", "", "", "0", "1.00", "1", "99"][refund];
        let kind = if is_kind_of_platform && note == 3 { "refund" } else { "purchase" };
        let product = ["tea", "pot", "tea", "cup"][note % 4];
        let pieces = [1, 1, 2, -1][pieces];
        [order, &whose, &date, &amount, STATUSES[status], returned, currency, kind, product]
            .map(str::to_owned)
            .into_iter()
            .chain([pieces.to_string()])
            .collect::<Vec<_>>()
    };
    let named: Vec<&str> = header.split(',').collect();
    let all = [
        "order_id",
        "customer_id",
        "placed_at",
        "amount",
        "status",
        "refunded",
        "currency",
        "kind",
        "product",
        "quantity",
    ];
    let of_header = |cells: Vec<String>| {
        let cell =
            |name: &&str| all.iter().position(|one| one == name).map_or(String::from("-"), |at| cells[at].clone());
        named.iter().map(|name| cell(name).replace(',', ".")).collect::<Vec<_>>().join(",")
    };
    let mut file = format!("{header}\n");
    let rows: Vec<String> = rows.iter().map(|row| of_header(cells(row))).collect();
    let again = again.iter().filter_map(|at| rows.get(*at % rows.len()));
    for row in rows.iter().chain(again) {
        let _ = writeln!(file, "{row}");
    }
    file
}

fn cells() -> impl Strategy<Value = Cells> {
    let rarely = |most: usize, usual: usize| prop_oneof![19 => Just(usual), 1 => 0..most];
    [
        (0..12_usize).boxed(),
        rarely(24, 0).boxed(),
        rarely(40, 0).boxed(),
        prop_oneof![30 => Just(10_usize), 6 => 1..10_usize, 1 => Just(0)].boxed(),
        prop_oneof![10 => Just(0_usize), 1 => 0..8_usize].boxed(),
        prop_oneof![12 => Just(0_usize), 1 => 0..7_usize].boxed(),
        rarely(7, 0).boxed(),
        prop_oneof![20 => Just(2_usize), 5 => prop_oneof![Just(4_usize), Just(5), Just(6), Just(3)], 1 => 0..8_usize]
            .boxed(),
        prop_oneof![12 => Just(0_usize), 1 => 0..4_usize].boxed(),
    ]
    .prop_map(|cells| cells)
}

const HEADERS: [&str; 8] = [
    "order_id,customer_id,placed_at,amount",
    "order_id,customer_id,placed_at,amount,product",
    "order_id,customer_id,placed_at,amount,status,refunded,kind",
    "order_id,customer_id,placed_at,amount,currency,kind",
    "order_id,customer_id,placed_at,amount,quantity,colour",
    "order_id,customer_id,placed_at,amount,product,status,refunded,currency,kind",
    "customer_id,placed_at,amount,refunded,order_id,something,product",
    "customer_id,placed_at,amount,status",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn orders_whose_rows_lie_far_apart(
        header in 0..HEADERS.len(),
        rows in vec(cells(), 1..60),
        again in vec(any::<usize>(), 0..12),
        (skips, rows_of_order, currency, kinds) in (any::<bool>(), 0..3_u8, 0..3_u8, any::<bool>()),
    ) {
        let file = file(HEADERS[header], &rows, &again, kinds);
        let mut options = ReadOptions::default();
        options = match rows_of_order {
            0 => options,
            1 => options.with_rows(RowsOfOrder::Lines),
            _ => options.with_rows(RowsOfOrder::Total),
        };
        if currency == 0 {
            options = options.with_currency("EUR");
        }
        if skips {
            options = options.with_bad_rows_skipped();
        }
        common::is_the_same_in_parts(file.as_bytes(), &options, &read(file.as_bytes(), &options));
    }
}

/// The files above are read, and refused, for many reasons.
#[test]
fn files_are_read_and_refused_for_many_reasons() {
    let mut reasons = std::collections::BTreeMap::new();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    for at in 0..400 {
        let tree = (vec(cells(), 1..60), vec(any::<usize>(), 0..12)).new_tree(&mut runner).unwrap();
        let (rows, again) = tree.current();
        let options = if at % 2 == 0 { ReadOptions::default() } else { ReadOptions::default().with_bad_rows_skipped() };
        let options = options.with_rows(if at % 4 < 2 { RowsOfOrder::Lines } else { RowsOfOrder::Total });
        let file = file(HEADERS[at % HEADERS.len()], &rows, &again, true);
        let reason = match read(file.as_bytes(), &options.with_currency("EUR")) {
            Ok(orders) if orders.counts().duplicates == 0 => "read",
            Ok(_) => "read, with repeated rows",
            Err(Error::Row(_)) => "a row",
            Err(Error::Contradiction { .. }) => "a contradiction",
            Err(Error::TwoForms(_)) => "two forms",
            Err(_) => "another",
        };
        *reasons.entry(reason).or_insert(0) += 1;
    }
    for reason in ["read", "read, with repeated rows", "a row", "a contradiction"] {
        assert!(reasons.get(reason).is_some_and(|count| *count >= 5), "{reasons:?}");
    }
}

/// Batches of orders do not come in the order of the file.
#[test]
fn a_far_day_is_said_of_its_first_line() {
    let far = |day: &str, of: &str, named: &str| {
        let mut file = "order_id,customer_id,placed_at,amount\n".to_owned();
        for row in 0..60 {
            let day = if row % 6 == 5 { day.to_owned() } else { format!("2024-03-{:02}", row % 28 + 1) };
            let _ = writeln!(file, "{row},c{},{day},{}", row % 9, row + 10);
        }
        let whole = read(file.as_bytes(), &ReadOptions::default());
        common::is_the_same_in_parts(file.as_bytes(), &ReadOptions::default(), &whole);
        let said = match whole {
            Ok(orders) => orders.notes().iter().flat_map(|note| note.examples.clone()).collect(),
            Err(error) => error.to_string(),
        };
        assert!(said.contains(named), "{of}: {said}");
    };
    far("2031-03-01", "last", "2031-03-01 (line 7)");
    far("1970-01-01", "first", "1970-01-01 on line 7");
}
