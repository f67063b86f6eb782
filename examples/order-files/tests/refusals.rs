//! What stops the reading, word for word: whoever reads it can mend the file from it alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, notes, ok, ok_with, refusal, refusal_with};
use order_files::{DecimalMark, KindWords, ReadOptions, RowsOfOrder};

const HEADER: &str = "customer_id,placed_at,amount\n";

fn own(rows: &str) -> Vec<u8> {
    format!("{HEADER}{rows}").into_bytes()
}

#[test]
fn what_is_no_table_is_named() {
    let xlsx = [b"PK\x03\x04\x14\x00[Content_Types].xml", &[0_u8; 40][..]].concat();
    assert_eq!(
        refusal(&xlsx),
        "the file is an Excel workbook (.xlsx): open it, choose File > Save As > \"CSV UTF-8\" for the sheet with the orders, \
         and read that file"
    );
    assert!(refusal(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").starts_with("the file is an Excel workbook (.xls): "));
    assert!(refusal(b"PK\x03\x04orders.csv").starts_with("the file is a ZIP archive: unpack it first"));
    assert!(refusal(b"<html><table>").starts_with("the file is a web page or XML"));
    assert!(refusal(b"{\"orders\": []}").starts_with("the file is JSON: "));
    assert!(refusal(b"c\0u\0s\0").starts_with("the file is not UTF-8 text (it has NUL bytes): "));
    assert_eq!(
        refusal(b""),
        "the file is empty; expected a header such as customer_id,placed_at,amount and a row for each order"
    );
    assert_eq!(refusal(HEADER.as_bytes()), "there is no row below the header; expected a row for each order");
}

#[test]
fn headers() {
    assert_eq!(
        refusal(b"Client,Order Date,Total paid\nann,2024-01-05,1\n"),
        "line 1: no column says who bought (customer_id), when (placed_at), how much (amount); the columns are: Client, Order \
         Date, Total paid; --columns \"customer_id=Client,placed_at=Order Date,amount=Total paid\" names them; --from list shows the layouts that are known"
    );
    assert_eq!(
        refusal(b"ann,2024-01-05,1\nbo,2024-01-06,1\n"),
        "line 1: no column says who bought (customer_id), when (placed_at), how much (amount); the columns are: ann, 2024-01-05, \
         1; the first line looks like an order, not like a header: put one above it, such as customer_id,placed_at,amount"
    );
    assert_eq!(
        refusal(b"customer_id\nann\n"),
        "line 1: there is only one column (customer_id); expected a header of columns separated by , ; tab or |; delete any \
         title above the header, and quotes around whole lines"
    );
    assert_eq!(
        refusal(b"customer_id,Amount,placed_at,amount\n"),
        "line 1: the column Amount stands twice (columns 2 and 4); rename the one that is not meant"
    );
    let guess = refusal(b"Client,Date,Unit Price,Qty\nann,2024-01-05,1,2\n");
    assert!(
        guess.contains("--columns \"customer_id=Client,placed_at=Date,unit_price=Unit Price,quantity=Qty\""),
        "{guess}"
    );
    let options = ReadOptions::default().with_columns("amount=Sum".parse().unwrap());
    assert_eq!(
        refusal_with(HEADER.as_bytes(), &options),
        "line 1: there is no column Sum, which --columns names for amount; the columns are: customer_id, placed_at, amount"
    );
}

#[test]
fn rows() {
    assert_eq!(
        refusal(&own("ann,2024-01-05,1\n\nbo,2024-01-06,1x\x1b[31m\n")),
        "line 4, column amount: found \"1x\\u{1b}[31m\", expected a number such as 19.90, 1,234.50 or 1.234,50; \
         --skip-bad-rows leaves such rows out"
    );
    assert_eq!(
        refusal(&own("ann,2024-01-05\n")),
        "line 2: found 2 fields, the last \"2024-01-05\", expected 3 as in the header; put quotes around a value with a separator \
         or a line break in it; --skip-bad-rows leaves such rows out"
    );
    assert_eq!(
        refusal(&own("\"ann\n\",2024-01-05,1\nbo,2024-01-32,1\n")),
        "line 4, column placed_at: found \"2024-01-32\", expected a time such as 2024-01-31, 2024-01-31 18:30:05 +01:00 or \
         31/01/2024 18:30; --skip-bad-rows leaves such rows out"
    );
    assert_eq!(
        refusal(&own("ann,2024-01-05,1\n\"bo,2024-01-06,1\n")),
        "line 3: a quote (\") is opened and never closed; close it, or write it twice where it is part of the text"
    );
    assert_eq!(answer(&ok(&own("ann,2024-01-05,1,\nbo,2024-01-05,1,,\n"))).1, 2);
}

#[test]
fn bad_rows_that_are_skipped_are_counted() {
    let skip = ReadOptions::default().with_bad_rows_skipped();
    let orders = ok_with(&own("ann,2024-01-05,1\nbo,x,1\ncy,2024-01-05,y\n"), &skip);
    assert_eq!((answer(&orders).1, notes(&orders)), (1, vec![("rows_skipped", 2)]));
    assert_eq!((orders.bad_rows()[1].line(), orders.bad_rows()[1].column()), (4, "amount"));
    assert_eq!(
        refusal_with(&own("ann,5,1\nbo,x,1\n"), &skip),
        "no row can be used (bad: 2 of 2); the first: line 2, column placed_at: found \"5\", expected a time such as \
         2024-01-31, 2024-01-31 18:30:05 +01:00 or 31/01/2024 18:30"
    );
}

#[test]
fn words() {
    let file = "customer_id,placed_at,amount,status\nann,2024-01-05,1,PAID\nann,2024-01-06,1,parked\nann,2024-01-07,1,Parked\nann,2024-01-08,1,lost\n";
    assert_eq!(
        refusal(file.as_bytes()),
        "column status: nothing says what these words mean: \"parked\" (2), \"lost\" (1); --status \"parked=MEANING,..\" says it for \
         each: paid, unpaid, cancelled or refunded"
    );
    let options = ReadOptions::default().with_status("parked=unpaid,lost=cancelled".parse().unwrap());
    let orders = ok_with(file.as_bytes(), &options);
    assert_eq!((answer(&orders).1, notes(&orders)), (1, vec![("unpaid", 2), ("cancelled", 1)]));
    assert_eq!(
        "parked=maybe".parse::<order_files::StatusWords>().unwrap_err().to_string(),
        "--status: found \"parked=maybe\", expected pairs such as shipped=paid,on hold=unpaid,returned=cancelled (or refunded)"
    );
    let kinds = refusal(b"customer_id,placed_at,amount,kind\nann,2024-01-05,1,swap\n");
    assert_eq!(
        kinds,
        "column kind: nothing says what these words mean: \"swap\" (1); --kind \"swap=MEANING,..\" says it for each: purchase or \
         refund"
    );
    let said = ReadOptions::default().with_kinds("swap=purchase, given back =Refund".parse().unwrap());
    let file = b"customer_id,placed_at,amount,kind\nann,2024-01-05,9,swap\nann,2024-01-06,2,Given Back\n";
    assert_eq!(answer(&ok_with(file, &said)), (1, 1, 1, "7".to_owned()));
    assert!(
        "swap=both".parse::<KindWords>().unwrap_err().to_string().starts_with("--kind: found \"swap=both\", expected")
    );
    let none = refusal(b"customer_id,placed_at,amount,status\nann,2024-01-05,1,unpaid\nbo,2024-01-05,1,cancelled\n");
    assert_eq!(
        none,
        "no order is a purchase (of 2: not paid 1, cancelled 1, refunded in full 0); --status WORD=paid says what a word of \
         column status means"
    );
}

#[test]
fn a_last_day_that_is_far_from_all_others() {
    let days: Vec<String> = (1..=24).map(|day| format!("c{},2024-01-{day:02},1\n", day % 5)).collect();
    let mut rows = days.concat();
    rows += "c1,2042-01-25,1\n";
    assert_eq!(
        refusal(&own(&rows)),
        "the last day, 2042-01-25 (line 26), comes 6576 days after the last but one, 2024-01-24: is it mistyped? --as-of \
         2024-01-24 leaves it out, --as-of 2042-01-25 keeps it"
    );
    let said = ReadOptions::default().with_as_of("2024-01-24".parse().unwrap());
    assert_eq!(ok_with(&own(&rows), &said).as_of().to_string(), "2024-01-24");
    // Fewer rows tell nothing, and a shop that was closed for a year in a long life is none of them.
    assert_eq!(ok(&own("ann,2024-01-05,1\nbo,2042-01-05,1\n")).as_of().to_string(), "2042-01-05");
    let years: Vec<String> = (2000..=2024).map(|year| format!("ann,{year}-01-05,1\n")).collect();
    let long = years.concat();
    assert_eq!(ok(&own(&(long + "ann,2026-06-05,1\n"))).as_of().to_string(), "2026-06-05");
}

#[test]
fn unused_columns_with_near_names_are_noted() {
    let file = "customer_id,placed_at,amount,Order Status,订单状态,Currency,amuont,Country,Note\nann,2024-01-05,1,void,,USD,2,DE,x\n";
    let orders = ok(file.as_bytes());
    // `Currency` is used.
    assert_eq!(orders.notes()[0].examples, ["\"Order Status\"", "\"订单状态\"", "\"amuont\""]);
    assert_eq!((notes(&orders), orders.notes()[0].of), (vec![("near_columns", 3)], 9));
}

#[test]
fn an_option_says_which_of_two_readings_is_meant() {
    let thousands = own("ann,2024-01-05,\"1,250\"\nbo,2024-01-06,\"2,500\"\n");
    assert_eq!(
        refusal(&thousands),
        "column amount: all numbers can be read in two ways: with --decimal point line 2 is 1250, with --decimal comma 1.25"
    );
    for (mark, revenue) in [("point", "3750"), (".", "3750"), ("comma", "3.75"), (",", "3.75")] {
        let said = ReadOptions::default().with_decimal(mark.parse().unwrap());
        assert_eq!(answer(&ok_with(&thousands, &said)).3, revenue, "{mark}");
    }
    let comma = ReadOptions::default().with_decimal(DecimalMark::Comma);
    assert_eq!(
        refusal_with(&own("ann,2024-01-05,12.50\n"), &comma),
        "line 2, column amount: found \"12.50\", expected a number with a decimal comma, as --decimal or the layout says; \
         --skip-bad-rows leaves such rows out"
    );

    let lines = b"order_id,customer_id,placed_at,amount,product\n1,ann,2024-01-05,10,a\n1,ann,2024-01-05,10,b\n2,bo,2024-01-06,5,a\n";
    assert_eq!(
        refusal(lines),
        "column amount: the rows of each order have one and the same amount (lines 2 and 3); --rows total takes it for the \
         order's, --rows lines for each line's"
    );
    for (rows, revenue) in [("lines", "25"), ("total", "15")] {
        let said = ReadOptions::default().with_rows(rows.parse().unwrap());
        assert_eq!(answer(&ok_with(lines, &said)).3, revenue, "{rows}");
    }
    let totals = b"order_id,customer_id,placed_at,amount\n1,ann,2024-01-05,10\n1,ann,2024-01-05,4\n";
    assert_eq!(
        refusal(totals),
        "lines 2 and 3 are both of order \"1\" and contradict each other: column amount has 10 and 4; correct the line that is \
         wrong; --rows lines adds the rows of an order up; --columns order_id= takes each line for an order of its own"
    );
    assert_eq!(answer(&ok_with(totals, &ReadOptions::default().with_rows(RowsOfOrder::Lines))).3, "14");
    for wrong in ["both", ""] {
        assert!(wrong.parse::<RowsOfOrder>().unwrap_err().to_string().starts_with("--rows: found"));
        assert!(wrong.parse::<DecimalMark>().unwrap_err().to_string().starts_with("--decimal: found"));
    }
}
