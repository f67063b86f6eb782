//! What would change an answer and says so by no name that is looked for is read right, refused or noted: nothing in silence.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, notes, ok, ok_with, purchases, refusal, refusal_with};
use order_files::ReadOptions;

fn own(rows: &str) -> Vec<u8> {
    format!("customer_id,placed_at,amount\n{rows}").into_bytes()
}

fn skipped() -> ReadOptions {
    ReadOptions::default().with_bad_rows_skipped()
}

#[test]
fn columns_whose_words_say_where_an_order_stands_are_noted() {
    for (name, word, other) in [
        ("Payment", "paid", "Unpaid"),
        ("Zustand", "ok", "VOID"),
        ("流程", "已完成", "交易关闭"),
        ("Phase", "done", "refunded"),
        ("Art", "x", "退货"),
        ("is_cancelled", "0", "1"),
        ("deleted_at", "", "2024-02-01"),
        ("ReturnAmount", "0", "10"),
        ("Test", "no", "yes"),
    ] {
        let file = format!("customer_id,placed_at,amount,{name}\nann,2024-01-05,10,{word}\nbo,2024-01-06,10,{other}\n");
        let orders = ok(file.as_bytes());
        assert_eq!(
            (notes(&orders), &orders.notes()[0].examples[..]),
            (vec![("near_columns", 1)], &[format!("\"{name}\"")][..])
        );
    }
    // A card's kind, a shop's name, a note are none.
    let file =
        b"customer_id,placed_at,amount,Method,Shop,Remark\nann,2024-01-05,10,credit,Open Air,was refunded in cash\n";
    assert_eq!(notes(&ok(file)), []);
}

#[test]
fn an_order_without_a_time_of_payment_is_not_paid() {
    let header = "order_id,customer_id,placed_at,amount,paid_at\n";
    for nothing in ["", "0000-00-00 00:00:00", "NULL", "0001-01-01", "false"] {
        let rows = format!("{header}1,ann,2024-01-05,10,2024-01-05\n2,bo,2024-01-06,10,{nothing}\n");
        let orders = ok(rows.as_bytes());
        assert_eq!((answer(&orders), notes(&orders)), ((1, 1, 0, "10".to_owned()), vec![("unpaid", 1)]), "{nothing}");
    }
    let cancelled = "order_id,customer_id,placed_at,amount,Cancelled At\n1,ann,2024-01-05,10,0000-00-00 00:00:00\n2,bo,2024-01-06,10,2024-01-07\n";
    assert_eq!(notes(&ok(cancelled.as_bytes())), [("cancelled", 1)]);
    let named = "customer_id,placed_at,amount,付款时间\nann,2024-01-05,10,2024-01-05\nbo,2024-01-06,10,\n";
    let options = ReadOptions::default().with_columns("paid_at=付款时间".parse().unwrap());
    assert_eq!(notes(&ok_with(named.as_bytes(), &options)), [("unpaid", 1)]);
}

#[test]
fn pieces_below_0_were_sent_back() {
    for (header, rows) in [
        ("customer_id,placed_at,amount,quantity", "ann,2024-01-05,10,2\nann,2024-01-06,4,-1\n"),
        ("quantity,customer_id,placed_at,amount", "2,ann,2024-01-05,10\n-1,ann,2024-01-06,-4\n"),
        ("customer_id,placed_at,unit_price,quantity", "ann,2024-01-05,5,2\nann,2024-01-06,4,-1\n"),
    ] {
        let orders = ok(format!("{header}\n{rows}").as_bytes());
        assert_eq!(answer(&orders), (1, 1, 1, "6".to_owned()), "{header}");
    }
}

#[test]
fn ids_that_a_spreadsheet_has_rounded_are_refused() {
    for id in ["1.23457E+11", "1,23457E+11", "5E+12", "2.02311E+17"] {
        let rows = format!("\"{id}\",2024-01-05,10\n\"{id}\",2024-01-06,10\n77,2024-01-07,1\n");
        assert_eq!(
            refusal(&own(&rows)),
            format!(
                "line 2, column customer_id: found \"{id}\", expected an id with all its digits: a spreadsheet has rounded it; \
                 export the file again, and do not save it there; --skip-bad-rows leaves such rows out"
            )
        );
        assert_eq!(answer(&ok_with(&own(&rows), &skipped())).1, 1);
        let orders = format!("order_id,customer_id,placed_at,amount\n\"{id}\",ann,2024-01-05,10\n");
        assert!(refusal(orders.as_bytes()).starts_with("line 2, column order_id: found"));
    }
    for id in ["E+5", "1E5", "cafe+1", "12e+x", "E12+3"] {
        assert_eq!(purchases(&ok(&own(&format!("{id},2024-01-05,10\n")))), [(id.to_owned(), 1)]);
    }
}

#[test]
fn zeros_and_what_databases_write_for_nothing_are_nobody() {
    for id in [
        "0.0",
        "0000000",
        "00000000-0000-0000-0000-000000000000",
        "None",
        "n/a",
        "#N/A",
        "undefined",
        "\\N",
        "--",
        "nil",
    ] {
        let orders = ok(&own(&format!("{id},2024-01-05,10\n{id},2024-01-06,10\nann,2024-01-06,1\n")));
        assert_eq!(
            (purchases(&orders), notes(&orders)),
            (vec![("ann".to_owned(), 1)], vec![("guest_orders", 2)]),
            "{id}"
        );
    }
    let real =
        ok(&own("0000012,2024-01-05,10\n00000000-0000-0000-0000-000000000001,2024-01-06,10\n0x0,2024-01-06,1\n"));
    assert_eq!(real.customers(), 3);
}

#[test]
fn characters_of_no_width_do_not_make_another_customer() {
    for id in ["ann\u{200b}", "\u{feff}ann", "\u{200e}ann\u{2060}", "\u{a0}ann\u{200f} "] {
        let orders = ok(&own(&format!("ann,2024-01-05,10\n{id},2024-01-06,10\n")));
        assert_eq!(purchases(&orders), [("ann".to_owned(), 2)], "{id:?}");
    }
}

#[test]
fn lines_that_are_no_orders() {
    let rows = "ann,2024-01-05,10\n,,\n\"\",\"\",\"\"\n,,,,\nCustomer ID,Placed At,AMOUNT\nbo,2024-01-06,10\n , ,\n";
    for start in ["", ",,\n", "\n,,\n\n"] {
        let file = [start.as_bytes(), &own(rows)].concat();
        let orders = ok(&file);
        assert_eq!((answer(&orders), notes(&orders), orders.counts().rows), ((2, 2, 0, "20".to_owned()), vec![], 2));
    }
    // The lines of what follows are those of the file.
    let late = [b",,\n".as_slice(), &own(&format!("{rows}cy,x,1\n"))].concat();
    assert!(refusal(&late).starts_with("line 10, column placed_at: found \"x\""));
    assert!(refusal(b",,\ncustomer_id,placed_at,sum\n").starts_with("line 2: no column says how much (amount)"));
}

#[test]
fn a_last_line_that_adds_up_all_others_is_no_order() {
    let rows = "ann,2024-01-05,10\nbo,2024-01-06,10.50\nann,2024-01-07,4\nbo,2024-01-07,1\ncy,2024-01-08,3\n";
    for total in ["Total,2024-01-31,28.50\n", "合计,2024-01-31,28.5\n", "Summe,2024-01-31,28.50\n"] {
        let file = own(&format!("{rows}{total}"));
        assert_eq!(
            refusal(&file),
            "line 7, column amount: found 28.5, expected an order, not the sum of all rows above: delete the line of the total; \
             --skip-bad-rows leaves such rows out"
        );
        let orders = ok_with(&file, &skipped());
        assert_eq!((answer(&orders), notes(&orders)), ((3, 5, 0, "28.5".to_owned()), vec![("rows_skipped", 1)]));
    }
    // A customer who was there before, another sum, an order with an id of its own, few rows: orders.
    assert_eq!(ok(&own(&format!("{rows}ann,2024-01-31,28.50\n"))).purchases(), 6);
    assert_eq!(ok(&own(&format!("{rows}dee,2024-01-31,28\n"))).purchases(), 6);
    assert_eq!(ok(&own("ann,2024-01-05,10\nbo,2024-01-05,10\ncy,2024-01-06,20\n")).purchases(), 3);
    let rows = rows.lines().chain(["dee,2024-01-31,28.50"]).enumerate();
    let ids: Vec<String> = rows.map(|(id, row)| format!("{id},{row}\n")).collect();
    assert_eq!(ok(format!("order_id,customer_id,placed_at,amount\n{}", ids.concat()).as_bytes()).purchases(), 6);
}

#[test]
fn dates_that_are_numbers_or_of_another_calendar_are_refused() {
    for (text, hint) in
        [("45296", true), ("45296.75", true), ("4529", false), ("2567-01-05", false), ("1402/10/15", false)]
    {
        let text = refusal(&own(&format!("ann,{text},10\n")));
        assert!(text.starts_with("line 2, column placed_at: found"), "{text}");
        assert_eq!(
            text.contains("(a spreadsheet's number of a day: give the column the format of a date there)"),
            hint
        );
    }
}

#[test]
fn lines_exported_twice_with_another_stamp_are_noted() {
    let header = "order_id,customer_id,placed_at,amount,product,exported_at\n";
    let rows = "1,ann,2024-01-05,10,a,2024-02-01\n1,ann,2024-01-05,10,a,2024-02-02\n2,bo,2024-01-05,4,a,2024-02-01\n2,bo,2024-01-05,5,b,2024-02-01\n";
    let orders = ok(format!("{header}{rows}").as_bytes());
    assert_eq!((answer(&orders).3, notes(&orders)), ("29".to_owned(), vec![("alike_lines", 1)]));
    assert_eq!(
        orders.notes()[0].sentence(repurchase::scale::Language::English),
        "Rows equal to an earlier one of the same order in all columns that are read, counted as further lines: 1 of 4. Was the \
         order exported twice? For example: line 3."
    );
    // Whoever has said that rows are lines has looked; another product is another line.
    let said = ReadOptions::default().with_rows("lines".parse().unwrap());
    assert_eq!(notes(&ok_with(format!("{header}{rows}").as_bytes(), &said)), []);
    assert_eq!(notes(&ok(format!("{header}{}", rows.replace("10,a,2024-02-02", "10,c,2024-02-02")).as_bytes())), []);
}

type Answer = (usize, usize, usize, String);

/// What a file of these columns beside a customer, a time and an amount says, and its notes.
fn notes_of(columns: &str, rows: &[&str]) -> (Answer, Vec<(&'static str, u64)>) {
    let orders = ok(format!("customer_id,placed_at,amount,{columns}\n{}\n", rows.join("\n")).as_bytes());
    (answer(&orders), notes(&orders))
}

#[test]
fn lines_without_a_status_stand_where_their_order_stands() {
    let file = |first: &str, second: &str| {
        [
            format!("ann,2024-01-05,10,1,a,{first}"),
            format!("ann,2024-01-05,4,1,b,{second}"),
            "bo,2024-01-06,3,2,a,paid".into(),
        ]
    };
    for (first, second, purchases, revenue) in
        [("cancelled", "", 1, "3"), ("", "cancelled", 1, "3"), ("paid", "", 2, "17"), ("", "paid", 2, "17")]
    {
        let rows = file(first, second);
        let (answer, notes) = notes_of("order_id,product,status", &rows.each_ref().map(String::as_str));
        assert_eq!((answer.1, answer.3.as_str()), (purchases, revenue), "{first}, {second}");
        assert_eq!(notes, if purchases == 1 { vec![("cancelled", 1)] } else { vec![] });
    }
    // Totals on each row.
    let totals = ["ann,2024-01-05,10,1,cancelled", "ann,2024-01-05,10,1,", "bo,2024-01-06,3,2,paid"];
    assert_eq!(notes_of("order_id,status", &totals).0.3, "3");
    let nothing = file("", "");
    let (answer, notes) = notes_of("order_id,product,status", &nothing.each_ref().map(String::as_str));
    assert_eq!((answer.3.as_str(), notes), ("17", vec![("no_status", 1)]));
}

#[test]
fn lines_that_were_called_off_are_noted() {
    let rows = ["ann,2024-01-05,10,1,a,paid", "ann,2024-01-05,4,1,b,cancelled", "ann,2024-01-05,1,1,c,unpaid"];
    let (answer, notes) = notes_of("order_id,product,status", &rows);
    assert_eq!((answer.3.as_str(), notes), ("10", vec![("lines_called_off", 2)]));
}

#[test]
fn what_says_nothing_is_taken_for_the_usual_and_noted() {
    for (columns, rows, expected) in [
        ("status", ["ann,2024-01-05,10,", "bo,2024-01-06,3,paid"], "no_status"),
        ("status", ["ann,2024-01-05,10,NULL", "bo,2024-01-06,3,paid"], "no_status"),
        ("kind", ["ann,2024-01-05,10,", "bo,2024-01-06,3,sale"], "no_kind"),
        ("currency", ["ann,2024-01-05,10,", "bo,2024-01-06,3,EUR"], "no_currency"),
        ("note", ["ann,2024-01-05,€10,", "bo,2024-01-06,3,"], "no_currency"),
    ] {
        assert_eq!(notes_of(columns, &rows).1, [(expected, 1)], "{columns}");
    }
    let asked = ok_with(&own("ann,2024-01-05,10\nbo,2024-01-06,3\n"), &ReadOptions::default().with_currency("EUR"));
    assert_eq!(notes(&asked), [("no_currency", 2)]);
    // Said, it is no question.
    let said = ReadOptions::default().with_status("=paid".parse().unwrap());
    let file = b"customer_id,placed_at,amount,status\nann,2024-01-05,10,\n";
    assert_eq!(notes(&ok_with(file, &said)), []);
}

#[test]
fn columns_of_currencies_and_of_sums_are_noted_by_their_words() {
    for (column, words, option) in [("Devise", ["EUR", "USD"], "currency=Devise"), ("Remark", ["", "Subtotal"], "")] {
        let file = format!(
            "customer_id,placed_at,amount,{column}\nann,2024-01-05,10,{}\nbo,2024-01-06,3,{}\n",
            words[0], words[1]
        );
        let orders = ok(file.as_bytes());
        assert_eq!(notes(&orders), [("near_columns", 1)]);
        let sentence = orders.notes()[0].sentence(repurchase::scale::Language::English);
        assert_eq!(sentence.contains(&format!("--columns \"{option}\"")), !option.is_empty(), "{sentence}");
    }
}

#[test]
fn customers_that_are_called_totals_are_noted() {
    let orders = ok(&own(
        "ann,2024-01-05,10\nann,2024-02-05,5\nann Total,2024-02-05,15\nbo,2024-01-06,4\nbo total:,2024-01-06,4\n合计,2024-02-05,19\n",
    ));
    let note = &orders.notes()[0];
    assert_eq!((note.code.key(), note.count, note.of), ("total_rows", 3, 5));
    assert_eq!(note.examples, ["\"ann Total\"", "\"bo total:\"", "\"合计\""]);
}

#[test]
fn options_that_say_nothing_of_the_file_are_refused_or_noted() {
    let said = |text: &str| ReadOptions::default().with_status(text.parse().unwrap());
    let file = b"customer_id,placed_at,amount,status\nann,2024-01-05,10,paid\nbo,2024-01-06,3,paid\n";
    let orders = ok_with(file, &said("pendng=paid,PAID=paid").with_guests(["till".to_owned(), "BO".to_owned()]));
    assert_eq!(notes(&orders), [("absent_words", 2), ("guest_orders", 1)]);
    assert_eq!(
        (orders.notes()[0].of, &orders.notes()[0].examples[..]),
        (4, &["\"pendng\"", "\"till\""].map(str::to_owned)[..])
    );
    let plain = own("ann,2024-01-05,10\n");
    for (options, option, role) in [
        (said("x=paid"), "--status", "status"),
        (ReadOptions::default().with_kinds("x=refund".parse().unwrap()), "--kind", "kind"),
        (ReadOptions::default().with_rows("lines".parse().unwrap()), "--rows", "order_id"),
    ] {
        assert_eq!(
            refusal_with(&plain, &options),
            format!("{option} needs a column of {role}, and the file has none; --columns {role}=NAME names it")
        );
    }
}
