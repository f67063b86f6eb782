//! `match_credits`: against its own words on random records, by hand, and on Online Retail, where
//! `tests/data/match_credits.py` has found the pairs in another way.

use chrono::{NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use repurchase::record::{Credit, OrderStatus, Record, RecordColumns, match_credits};
use repurchase::{Error, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

use super::{NOON, date, fixed_seed, money};

fn order(customer: &'static str, minutes: i64, amount: &str) -> Record<&'static str> {
    Order::new(customer, NOON + TimeDelta::minutes(minutes), money(amount)).unwrap().into()
}

fn credit(customer: &'static str, minutes: i64, amount: &str) -> Record<&'static str> {
    Credit::new(customer, NOON + TimeDelta::minutes(minutes), money(amount)).unwrap().into()
}

#[track_caller]
fn pairs(records: &[Record<&'static str>]) -> (Vec<(usize, usize)>, Vec<usize>) {
    let matches = match_credits(&mut records.to_vec()).unwrap();
    (matches.matched, matches.unmatched)
}

#[test]
fn a_credit_takes_the_latest_order_that_is_free() {
    let orders = [order("ann", 0, "5"), order("ann", 2, "5.00"), order("bo", 3, "5"), order("ann", 4, "5")];
    let with = |credits: &[Record<&'static str>]| pairs(&[&orders[..], credits].concat());
    assert_eq!(with(&[credit("ann", 3, "5")]), (vec![(4, 1)], vec![]));
    assert_eq!(with(&[credit("ann", 9, "5"), credit("ann", 8, "5")]), (vec![(4, 1), (5, 3)], vec![]));
    assert_eq!(with(&[credit("ann", 3, "5"), credit("ann", 3, "5"), credit("ann", 3, "5")]).1, [6]);
    // Not after it; at its own instant is not after it.
    assert_eq!(with(&[credit("ann", -1, "5")]), (vec![], vec![4]));
    assert_eq!(with(&[credit("ann", 4, "5.000")]), (vec![(4, 3)], vec![]));
    // Another customer's, a part, two orders at once.
    assert_eq!(with(&[credit("cy", 9, "5"), credit("ann", 9, "4.99"), credit("ann", 9, "10")]).1, [4, 5, 6]);
    assert_eq!(pairs(&[]), (vec![], vec![]));
    assert_eq!(pairs(&[credit("ann", 0, "1")]), (vec![], vec![0]));
}

#[test]
fn only_purchases_are_given_back_and_net_of_what_they_were_refunded() {
    let of = |change: fn(Order<&'static str>) -> Order<&'static str>| {
        let order = Order::new("ann", NOON, money("5")).unwrap();
        pairs(&[change(order).into(), credit("ann", 1, "3")])
    };
    assert_eq!(of(|order| order.with_refunded(money("2")).unwrap()), (vec![(1, 0)], vec![]));
    assert_eq!(of(|order| order), (vec![], vec![1]));
    for status in [OrderStatus::Unpaid, OrderStatus::Cancelled] {
        let order = Order::new("ann", NOON, money("3")).unwrap().with_status(status);
        assert_eq!(pairs(&[order.into(), credit("ann", 1, "3")]), (vec![], vec![1]));
    }
    let whole = Order::new("ann", NOON, money("3")).unwrap().with_refunded(money("3")).unwrap();
    assert_eq!(pairs(&[whole.into(), credit("ann", 1, "3")]), (vec![], vec![1]));
}

#[test]
fn what_is_left_has_the_order_given_back_and_the_credit_gone() {
    let mut records = vec![credit("ann", 9, "5"), order("ann", 0, "5"), credit("ann", 1, "2"), order("bo", 0, "5")];
    let matches = match_credits(&mut records).unwrap();
    assert_eq!((matches.matched_amount, matches.unmatched_amount), (money("5"), money("2")));
    assert_eq!(records.len(), 3);
    assert!(matches!(&records[0], Record::Order(order) if order.refunded() == order.amount()));
    assert_eq!(records[1..], [credit("ann", 1, "2"), order("bo", 0, "5")]);
    // Again, nothing is left to tie.
    let before = records.clone();
    assert_eq!(match_credits(&mut records).unwrap().matched, []);
    assert_eq!(records, before);
}

#[test]
fn credits_that_do_not_add_up_are_an_error() {
    let mut records =
        vec![credit("ann", 0, "79228162514264337593543950335"), credit("bo", 0, "0.1"), order("bo", 0, "0.1")];
    records.push(credit("cy", 0, "0.2"));
    let before = records.clone();
    assert_eq!(match_credits(&mut records), Err(Error::AmountOverflow { field: "sum of credits" }));
    assert_eq!(records, before);
}

#[test]
fn online_retail_has_158_orders_cancelled_whole() {
    let rows = |text: &'static str| {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        reader.records().collect::<Result<Vec<_>, _>>().unwrap()
    };
    let record = |row: csv::StringRecord| -> Record<u32> {
        let at = NaiveDateTime::parse_from_str(&row[1], "%Y-%m-%d %H:%M:%S").unwrap().and_utc();
        let (customer, amount) = (row[0].parse().unwrap(), money(&row[2]));
        if amount < Decimal::ZERO {
            Credit::new(customer, at, -amount).unwrap().into()
        } else {
            Order::new(customer, at, amount).unwrap().into()
        }
    };
    let shop = rows(include_str!("../data/online_retail_orders.csv"));
    let mut records: Vec<_> = shop.into_iter().map(record).collect();
    let expected = rows(include_str!("../data/online_retail_matches.csv"));
    let expected: Vec<(usize, usize)> =
        expected.iter().map(|row| (row[0].parse().unwrap(), row[1].parse().unwrap())).collect();
    let matches = match_credits(&mut records).unwrap();
    assert_eq!((matches.matched.len(), matches.unmatched.len()), (158, 3_496));
    assert_eq!(matches.matched, expected);
    assert_eq!((matches.matched_amount, matches.unmatched_amount), (money("368592.64"), money("242749.45")));
    let purchases = records.iter().filter(|record| matches!(record, Record::Order(order) if order.is_purchase()));
    assert_eq!((records.len(), purchases.count()), (22_190 - 158, 18_536 - 158));
}

/// The words, record by record.
fn naive(records: &[Record<u8>]) -> Vec<(usize, usize)> {
    let mut credits: Vec<_> = (0..records.len()).filter(|&at| matches!(records[at], Record::Credit(_))).collect();
    credits.sort_by_key(|&at| match &records[at] {
        Record::Credit(credit) => credit.issued_at(),
        Record::Order(_) => Some(NOON),
    });
    let mut tied: Vec<(usize, usize)> = Vec::new();
    for at in credits {
        let Record::Credit(credit) = &records[at] else { continue };
        let is_free = |place: usize| match &records[place] {
            Record::Order(order) => {
                order.customer() == credit.customer()
                    && order.is_purchase()
                    && order.net_amount() == credit.amount()
                    && order.placed_at() <= credit.issued_at()
                    && tied.iter().all(|&(_, taken)| taken != place)
            }
            Record::Credit(_) => false,
        };
        let placed_at = |place: &usize| match &records[*place] {
            Record::Order(order) => order.placed_at(),
            Record::Credit(credit) => credit.issued_at(),
        };
        // Of equal ones, `max_by_key` takes the last.
        let latest = (0..records.len()).filter(|&place| is_free(place)).max_by_key(placed_at);
        tied.extend(latest.map(|place| (at, place)));
    }
    tied.sort_unstable();
    tied
}

fn any_record() -> impl Strategy<Value = Record<u8>> {
    (0..3u8, 0..12i64, 1..4i64, 0..2i64, 0..8u8).prop_map(|(customer, minutes, units, refunded, kind)| {
        let (at, amount) = (NOON + TimeDelta::minutes(minutes), Decimal::from(units));
        if kind < 3 {
            return Credit::new(customer, at, amount).unwrap().into();
        }
        let order = Order::new(customer, at, amount).unwrap().with_refunded(Decimal::from(refunded)).unwrap();
        let status = if kind == 3 { OrderStatus::Cancelled } else { OrderStatus::Paid };
        order.with_status(status).into()
    })
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn the_pairs_are_those_of_the_words(records in prop::collection::vec(any_record(), 0..40)) {
        let mut left = records.clone();
        let matches = match_credits(&mut left).unwrap();
        prop_assert_eq!(&matches.matched, &naive(&records));
        let credits = records.iter().filter(|record| matches!(record, Record::Credit(_))).count();
        prop_assert_eq!(matches.matched.len() + matches.unmatched.len(), credits);
        prop_assert_eq!(left.len() + matches.matched.len(), records.len());
    }

    #[test]
    fn columns_are_matched_as_records_are(records in prop::collection::vec(any_record(), 0..40)) {
        let is_fact = |record: &Record<u8>| !matches!(record, Record::Order(order) if !order.is_purchase());
        let mut records: Vec<_> = records.into_iter().filter(is_fact).collect();
        let row = |record: &Record<u8>| match record {
            Record::Order(order) => (*order.customer(), order.placed_at().unwrap().timestamp(), order.net_amount()),
            Record::Credit(credit) => (*credit.customer(), credit.issued_at().unwrap().timestamp(), -credit.amount()),
        };
        let customers: Vec<_> = records.iter().map(|record| row(record).0).collect();
        let seconds: Vec<_> = records.iter().map(|record| row(record).1).collect();
        let amounts: Vec<_> = records.iter().map(|record| i64::try_from(row(record).2.mantissa()).unwrap()).collect();
        let columns = RecordColumns::new(&customers, &seconds, &amounts, 0).unwrap();
        prop_assert_eq!(columns.match_credits(), match_credits(&mut records));
    }

    #[test]
    fn what_is_left_knows_no_order_of_records(
        (records, other) in prop::collection::vec(any_record(), 0..40)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
    ) {
        let ledger = |mut records: Vec<Record<u8>>| {
            let matches = match_credits(&mut records).unwrap();
            let ledger = Ledger::from_records(records, &ShopCalendar::utc(), date("2026-04-01")).unwrap();
            (ledger, matches.matched.len(), matches.matched_amount, matches.unmatched_amount)
        };
        prop_assert_eq!(ledger(records), ledger(other));
    }
}
