//! Encodings, separators, numbers, dates, ids: each form that files have, and what is not one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, notes, ok, ok_with, purchases, refusal, refusal_with};
use order_files::{DateOrder, DecimalMark, ReadOptions};

fn own(rows: &str) -> Vec<u8> {
    format!("customer_id,placed_at,amount\n{rows}").into_bytes()
}

/// The instants of orders.
fn times(rows: &str, options: &ReadOptions) -> Vec<String> {
    let orders = ok_with(&own(rows), options);
    orders.orders().map(|order| order.unwrap().placed_at().unwrap().format("%F %T").to_string()).collect()
}

fn time(text: &str) -> String {
    times(&format!("ann,\"{text}\",1\n"), &ReadOptions::default()).concat()
}

#[test]
fn times_in_all_their_forms() {
    for (text, instant) in [
        ("2024-01-31", "2024-01-31 00:00:00"),
        ("20240131", "2024-01-31 00:00:00"),
        ("2024-01-31 18:30", "2024-01-31 18:30:00"),
        ("2024-01-31T18:30:05", "2024-01-31 18:30:05"),
        ("2024-01-31T18:30:05.123456Z", "2024-01-31 18:30:05"),
        ("2024-01-31 18:30:05,5 +0100", "2024-01-31 17:30:05"),
        ("2024-01-31 18:30:05+01", "2024-01-31 17:30:05"),
        ("2024-01-31T18:30:05-05:00", "2024-01-31 23:30:05"),
        ("2024-01-31 18:30:05 UTC", "2024-01-31 18:30:05"),
        ("2024-01-31 18:30:05 +0000 UTC", "2024-01-31 18:30:05"),
        ("2024-01-31 18:30:05 +0100 CET", "2024-01-31 17:30:05"),
        ("2024-01-31T18:30:05+08:00[Asia/Shanghai]", "2024-01-31 10:30:05"),
        ("Wed Jan 31 2024 18:30:05 GMT+0800 (China Standard Time)", "2024-01-31 10:30:05"),
        ("2024-01-31 24:00:00", "2024-02-01 00:00:00"),
        ("20240131T183005Z", "2024-01-31 18:30:05"),
        ("20240131183005", "2024-01-31 18:30:05"),
        ("2023/11/11 0:06:01", "2023-11-11 00:06:01"),
        ("2023/1/1", "2023-01-01 00:00:00"),
        ("2023.11.11 0:06", "2023-11-11 00:06:00"),
        ("2023年11月1日 8:05", "2023-11-01 08:05:00"),
        ("2023年11月1日 下午8:05", "2023-11-01 20:05:00"),
        ("12/31/2025 14:05", "2025-12-31 14:05:00"),
        ("31.12.2025, 14:05:06", "2025-12-31 14:05:06"),
        ("31-12-99 14:05", "1999-12-31 14:05:00"),
        ("Apr 3, 2017 2:07:09 PM", "2017-04-03 14:07:09"),
        ("Apr 3, 2017, 12:07:09 a.m.", "2017-04-03 00:07:09"),
        ("3 April 2017 14:07", "2017-04-03 14:07:00"),
        ("Mon, 03 Apr 2017 14:07:09 +0200", "2017-04-03 12:07:09"),
        ("03-Apr-17", "2017-04-03 00:00:00"),
        ("April 3rd, 2017", "2017-04-03 00:00:00"),
        ("1700000000", "2023-11-14 22:13:20"),
        ("1700000000.5", "2023-11-14 22:13:20"),
        ("1700000000123", "2023-11-14 22:13:20"),
    ] {
        assert_eq!(time(text), instant, "{text}");
    }
}

#[test]
fn what_is_no_time() {
    for text in [
        "",
        "tomorrow",
        "2024-02-30",
        "2024-13-01",
        "2024-01-31 25:00",
        "2024-01-31 18:60",
        "2024-01-31 13:00 PM",
        "0000-00-00",
        "2024-01-31 18:30 CEST",
        "2024-01",
        "12345",
        "31/12",
        "2024-01-3100",
        "2024-01-31x",
        "1/2/3/4",
        "2024-1-1 1",
        "1899-12-30",
    ] {
        let text = refusal(&own(&format!("ann,\"{text}\",1\n")));
        assert!(text.contains("expected a time such as 2024-01-31"), "{text}");
    }
}

#[test]
fn one_date_decides_for_all() {
    let dmy = ["2024-03-02 00:00:00", "2024-12-31 00:00:00"];
    assert_eq!(times("ann,02/03/2024,1\nann,31/12/2024,1\n", &ReadOptions::default()), dmy);
    assert_eq!(times("ann,31/12/2024,1\nann,02/03/2024,1\n", &ReadOptions::default()), [dmy[1], dmy[0]]);
    assert_eq!(times("ann,02/03/2024,1\nann,12/31/2024,1\n", &ReadOptions::default())[0], "2024-02-03 00:00:00");
    let said = ReadOptions::default().with_dates(DateOrder::Mdy);
    assert_eq!(times("ann,02/03/2024,1\n", &said), ["2024-02-03 00:00:00"]);
    assert_eq!(times("ann,05/05/2024,1\n", &ReadOptions::default()), ["2024-05-05 00:00:00"]);
    assert_eq!(
        refusal(&own("ann,02/03/2024,1\nbo,05/04/2024,2\n")),
        "column placed_at: all dates can be read in several orders: with --dates dmy line 2 is 2 March 2024, with --dates mdy 3 \
         February 2024"
    );
    assert_eq!(
        refusal(&own("ann,31/12/2024,1\nbo,12/31/2024,2\n")),
        "line 3, column placed_at: found \"12/31/2024\", expected a date that is day/month/year, as on line 2; \
         --skip-bad-rows leaves such rows out"
    );
    assert_eq!(
        refusal_with(&own("ann,31/12/2024,1\n"), &said),
        "line 2, column placed_at: found \"31/12/2024\", expected a date that is month/day/year, as --dates or the layout says; \
         --skip-bad-rows leaves such rows out"
    );
}

#[test]
fn one_amount_decides_for_all() {
    let comma = ok("customer_id;placed_at;amount\nann;2024-01-05;1.234\nbo;2024-01-06;19,90\n".as_bytes());
    assert_eq!((answer(&comma).3, comma.read_as().decimal), ("1253.9".to_owned(), DecimalMark::Comma));
    let point = ok("customer_id;placed_at;amount\nann;2024-01-05;1.234\nbo;2024-01-06;19.90\n".as_bytes());
    assert_eq!(answer(&point).3, "21.134");
    assert_eq!(
        refusal(
            "customer_id;placed_at;amount\nann;2024-01-05;12\nann;2024-01-05;1.234\nbo;2024-01-06;5.678\n".as_bytes()
        ),
        "column amount: all numbers can be read in two ways: with --decimal point line 3 is 1.234, with --decimal comma 1234"
    );
    assert_eq!(
        refusal("customer_id;placed_at;amount\nann;2024-01-05;12,5\nbo;2024-01-06;19.90\n".as_bytes()),
        "line 3, column amount: found \"19.90\", expected a number with a decimal comma, as on line 2; \
         --skip-bad-rows leaves such rows out"
    );
    let both = "customer_id;placed_at;amount\nann;2024-01-05;12,5\nbo;2024-01-06;19.90\nbo;2024-01-07;1.90\n";
    let most = ok_with(both.as_bytes(), &ReadOptions::default().with_bad_rows_skipped());
    assert_eq!((answer(&most).3, notes(&most)), ("21.8".to_owned(), vec![("rows_skipped", 1)]));
}

#[test]
fn marks_of_currencies_are_of_one() {
    assert_eq!(answer(&ok(&own("ann,2024-01-05,€5\nbo,2024-01-06,6.50 €\nbo,2024-01-06,7\n"))).3, "18.5");
    assert_eq!(
        refusal(&own("ann,2024-01-05,€5\nbo,2024-01-06,$6.50\n")),
        "amounts are in several currencies: \"€\" (1), \"$\" (1); --currency CODE reads the rows in one and leaves the others \
         out"
    );
    let euros = ok_with(&own("ann,2024-01-05,€5\nbo,2024-01-06,$6.50\n"), &ReadOptions::default().with_currency("EUR"));
    assert_eq!((answer(&euros).3, notes(&euros)), ("5".to_owned(), vec![("other_currency", 1)]));
}

#[test]
fn decimals_stay_exact() {
    let orders = ok(&own("ann,2024-01-05,0.1\nann,2024-01-06,0.2\nann,2024-01-07,12345678901234567890.12345678\n"));
    assert_eq!(answer(&orders).3, "12345678901234567890.42345678");
    assert_eq!(orders.log().unwrap().purchases(), 3);
}

#[test]
fn ids_are_trimmed_joined_and_unwrapped() {
    let orders = ok(&own(
        "\" ann \",2024-01-05,1\nann,2024-01-06,1\n\u{a0}ann\u{3000},2024-01-06,1\nA@X.de,2024-01-07,1\na@x.DE,2024-01-08,1\n=\"007\",2024-01-09,1\n",
    ));
    let names = [("007", 1), ("a@x.de", 2), ("ann", 3)];
    assert_eq!(purchases(&orders), names.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(notes(&orders), [("ids_joined", 1)]);
    assert_eq!(orders.notes()[0].examples, ["\"A@X.de\" and \"a@x.DE\""]);
}

#[test]
fn guests_are_nobody() {
    let rows = "ann,2024-01-05,1\n,2024-01-05,1\nNULL,2024-01-05,1\nNaN,2024-01-05,1\nGuest,2024-01-05,1\n0,2024-01-05,1\n-,2024-01-05,1\nwalk-in,2024-01-05,1\n";
    assert_eq!((answer(&ok(&own(rows))).0, notes(&ok(&own(rows)))), (2, vec![("guest_orders", 6), ("guest_names", 1)]));
    let orders = ok_with(&own(rows), &ReadOptions::default().with_guests(["Walk-In".to_owned()]));
    assert_eq!((answer(&orders).0, notes(&orders)), (1, vec![("guest_orders", 7)]));
}

#[test]
fn encodings_and_separators() {
    let text = "customer_id,placed_at,amount\nÀnn 茶客,2024-01-05,1.50\n\"Bo \"\"B\"\"\r\nCo\",2024-01-06,2.50\n";
    for separator in [",", ";", "\t", "|"] {
        let text = text.replace(',', separator);
        let utf_16 = |big: bool| -> Vec<u8> {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let files = [
            text.clone().into_bytes(),
            format!("\u{feff}{text}").into_bytes(),
            utf_16(false),
            utf_16(true),
            encoding_rs::GB18030.encode(&text.replace("Àn", "客户们都喜欢喝茶")).0.into_owned(),
            text.replace('\n', "\r\n").into_bytes(),
            format!("sep={separator}\r\n{text}").into_bytes(),
            format!("\n\n{}", text.trim_end()).into_bytes(),
        ];
        for file in files {
            assert_eq!(answer(&ok(&file)), (2, 2, 0, "4".to_owned()), "{:?}", String::from_utf8_lossy(&file));
        }
    }
    assert_eq!(answer(&ok(b"customer_id,placed_at,amount\rann,2024-01-05,1\rbo,2024-01-05,2")).3, "3");
}

#[test]
fn a_damaged_byte_does_not_make_chinese() {
    for id in [&b"M\xFCller"[..], b"M\xFC\xFCller", b"ann\xC3"] {
        let file = [b"customer_id,placed_at,amount\n", id, b",2024-01-05,1\nbo,2024-01-05,1\n"].concat();
        let text = refusal(&file);
        assert!(text.starts_with("line 2, column customer_id: found \""), "{text}");
        assert!(
            text.contains("\\x") && text.contains("expected an id in UTF-8; save the file as \"CSV UTF-8\""),
            "{text}"
        );
    }
}

#[test]
fn rows_of_an_order() {
    let header = "order_id,customer_id,placed_at,amount,product\n";
    let lines = ok(format!("{header}1,ann,2024-01-05,10,a\n1,ann,2024-01-05,5,b\n2,ann,2024-01-06,1,a\n").as_bytes());
    assert_eq!(answer(&lines), (1, 2, 0, "16".to_owned()));
    let two = "order_id,customer_id,placed_at,amount\n1,ann,2024-01-05,10\n1,ann,2024-01-05,12\n";
    assert_eq!(
        refusal(two.as_bytes()),
        "lines 2 and 3 are both of order \"1\" and contradict each other: column amount has 10 and 12; correct the line that is \
         wrong; --rows lines adds the rows of an order up; --columns order_id= takes each line for an order of its own"
    );
    let status =
        "order_id,customer_id,placed_at,amount,status\n1,ann,2024-01-05,10,paid\n1,ann,2024-01-05,10,cancelled\n";
    assert!(refusal(status.as_bytes()).contains("column status has \"paid\" and \"cancelled\""));
    let totals =
        format!("{header}1,ann,2024-01-05,50,a\n1,ann,2024-01-05,50,b\n2,ann,2024-01-06,30,a\n2,ann,2024-01-06,30,c\n");
    assert_eq!(
        refusal(totals.as_bytes()),
        "column amount: the rows of each order have one and the same amount (lines 2 and 3); --rows total takes it for the \
         order's, --rows lines for each line's"
    );
    let prices = "order_id,customer_id,placed_at,unit_price,quantity\n1,ann,2024-01-05,2.50,4\n1,ann,2024-01-05,3.00,-1\n2,ann,2024-01-06,1.00,2\n";
    assert_eq!(answer(&ok(prices.as_bytes())), (1, 2, 0, "9".to_owned()));
    let none = ok("order_id,customer_id,placed_at,amount\n,ann,2024-01-05,10\n,ann,2024-01-05,10\n".as_bytes());
    assert_eq!(answer(&none).1, 2);
}

#[test]
fn refunds_of_orders_and_of_none() {
    let header = "order_id,customer_id,placed_at,amount,kind\n";
    for back in ["-4", "4", "(4)"] {
        let refund = format!("{header}1,ann,2024-01-05,10,sale\n1,ann,2024-01-09,{back},Refund\n");
        assert_eq!(answer(&ok(refund.as_bytes())), (1, 1, 0, "6".to_owned()), "{back}");
    }
    let first = format!("{header}1,,2024-01-09,-10,\n1,ann,2024-01-05,10,\n2,bo,2024-01-05,1,\n");
    assert_eq!(
        (answer(&ok(first.as_bytes())), notes(&ok(first.as_bytes()))),
        ((1, 1, 0, "1".to_owned()), vec![("no_kind", 2), ("fully_refunded", 1), ("refunds_matched", 1)])
    );
    let none = format!("{header},ann,2024-01-05,10,\n,ann,2024-01-09,-10,\n");
    assert_eq!(answer(&ok(none.as_bytes())), (1, 1, 1, "0".to_owned()));
    let above = format!("{header}1,ann,2024-01-05,10,\n1,ann,2024-01-09,-12,\n");
    assert_eq!(
        refusal(above.as_bytes()),
        "line 3, column amount: found refunds of 12 in all, expected at most 10, the amount of order \"1\" on line 2; \
         --skip-bad-rows leaves such rows out"
    );
    let column =
        "customer_id,placed_at,amount,refunded\nann,2024-01-05,10,10\nann,2024-01-06,10,-2.5\nann,2024-01-07,10,\n";
    assert_eq!(answer(&ok(column.as_bytes())), (1, 2, 0, "17.5".to_owned()));
}

#[test]
fn credits_are_tied_to_the_orders_that_they_give_back() {
    let orders =
        ok(&own("ann,2024-01-05,10\nann,2024-01-06,10\nann,2024-01-07,-10\nbo,2024-01-07,-3\nbo,2024-01-08,5\n"));
    assert_eq!((answer(&orders), notes(&orders)), ((2, 3, 2, "12".to_owned()), vec![]));
    let tied = orders.with_credits_matched().unwrap();
    assert_eq!(answer(&tied), (2, 2, 1, "12".to_owned()));
    assert_eq!(notes(&tied), [("fully_refunded", 1), ("credits_matched", 1)]);
    assert_eq!((tied.notes()[1].of, tied.as_of().to_string()), (2, "2024-01-08".to_owned()));
    assert_eq!((tied.log().unwrap().purchases(), tied.log().unwrap().credits()), (2, 1));
}

#[test]
fn chinese_and_english_sentences() {
    use order_files::NoteCode;
    use repurchase::scale::Language;
    let orders = ok(&own("ann,2024-01-05,1\nguest,2024-01-05,1\n"));
    let note = &orders.notes()[0];
    assert_eq!(note.code, NoteCode::GuestOrders);
    assert_eq!(note.sentence(Language::English), "Orders of guests, left out: 1 of 2. For example: \"guest\".");
    assert_eq!(note.sentence(Language::Chinese), "2 笔订单中有 1 笔没有会员（游客单），未计入。例如：\"guest\"。");
}
