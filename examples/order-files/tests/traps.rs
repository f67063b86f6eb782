//! Files that read well and mean something else: each is refused with what mends it, or noted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, notes, ok, ok_with, purchases, refusal, refusal_with};
use order_files::{Layout, ReadOptions};
use repurchase::scale::Language;

fn own(rows: &str) -> Vec<u8> {
    format!("customer_id,placed_at,amount\n{rows}").into_bytes()
}

fn with(columns: &str) -> ReadOptions {
    ReadOptions::default().with_columns(columns.parse().unwrap())
}

fn as_of(file: &[u8], options: &ReadOptions) -> String {
    ok_with(file, options).as_of().to_string()
}

/// The revenue and the notes of a file.
fn found(file: &str) -> (String, Vec<(&'static str, u64)>) {
    let orders = ok(file.as_bytes());
    (answer(&orders).3, notes(&orders))
}

#[test]
fn twelve_digits_are_a_minute_or_milliseconds() {
    let minutes = own("ann,202401311830,10\nann,202403011830,10\nbo,202402011200,5\n");
    assert_eq!(as_of(&minutes, &ReadOptions::default()), "2024-03-01");
    let milliseconds = own("ann,946684800000,10\nbo,999999999999,5\nbo,1000000000000,5\n");
    assert_eq!(as_of(&milliseconds, &ReadOptions::default()), "2001-09-09");
    // One of each is neither.
    for (rows, line, expected) in [
        ("ann,202401311830,10\nann,946684800000,10\n", 3, "expected a time such as 202401311830, as on line 2"),
        ("ann,1706725800000,10\nann,202401311830,10\n", 3, "expected milliseconds since 1970, as on line 2"),
        ("ann,202401311830,10\nann,2024-01-31,1\nbo,202413311830,10\n", 4, "as on line 2"),
    ] {
        let text = refusal(&own(rows));
        assert!(text.starts_with(&format!("line {line}, column placed_at")) && text.contains(expected), "{text}");
    }
}

#[test]
fn ten_digits_that_may_be_hours_are_asked_about() {
    let hours = own("ann,2024013118,10\nann,2024030118,10\nbo,2024020112,5\n");
    assert_eq!(
        refusal(&hours),
        "column placed_at: all dates can be read in several orders: with --dates ymd line 2 is 31 January 2024, with --dates dmy \
         20 February 2034"
    );
    let dates = |order: &str| ReadOptions::default().with_dates(order.parse().unwrap());
    assert_eq!(as_of(&hours, &dates("ymd")), "2024-03-01");
    assert_eq!(as_of(&hours, &dates("dmy")), "2034-02-20");
    // Seconds of these years are no hours, whatever else is said.
    let seconds = own("ann,1706725800,10\nbo,1709231400,5\n");
    for options in [ReadOptions::default(), dates("ymd"), dates("mdy")] {
        assert_eq!(as_of(&seconds, &options), "2024-02-29");
    }
}

#[test]
fn equal_amounts_of_rows_that_differ_elsewhere_may_be_lines() {
    let header = "order_id,customer_id,placed_at,amount";
    let asked = "column amount: the rows of each order have one and the same amount (lines 2 and 3); --rows total takes it for \
                 the order's, --rows lines for each line's";
    for (column, values) in [("sku", ["A", "B"]), ("item_no", ["1", "2"]), ("子订单编号", ["48011", "48012"])] {
        let file = format!(
            "{header},{column}\n1,ann,2024-01-05,10,{}\n1,ann,2024-01-05,10,{}\n2,bo,2024-01-06,10,A\n",
            values[0], values[1]
        );
        assert_eq!(refusal(file.as_bytes()), asked);
        for (rows, revenue) in [("total", "20"), ("lines", "30")] {
            let options = ReadOptions::default().with_rows(rows.parse().unwrap());
            assert_eq!(answer(&ok_with(file.as_bytes(), &options)).3, revenue);
        }
    }
    // Where the name says whose amount it is, where rows differ in what is read alone, where one row has it: no question.
    let total = "order_id,customer_id,placed_at,Order total,sku\n1,ann,2024-01-05,10,A\n1,ann,2024-01-05,10,B\n";
    assert_eq!(answer(&ok_with(total.as_bytes(), &with("amount=Order total"))).3, "10");
    assert_eq!(
        found(&format!("{header},status\n1,ann,2024-01-05,10,\n1,ann,2024-01-05,10,paid\n")),
        ("10".into(), vec![])
    );
    assert_eq!(found(&format!("{header},sku\n1,ann,2024-01-05,10,A\n1,ann,2024-01-05,,B\n")).0, "10");
    // Lines that stand elsewhere.
    let lines = format!("{header},status,sku\n1,ann,2024-01-05,10,paid,A\n1,ann,2024-01-05,10,void,B\n");
    assert!(refusal(lines.as_bytes()).contains("--rows lines adds the rows of an order up"));
}

#[test]
fn a_refund_that_is_said_twice_is_noted() {
    let header = "order_id,customer_id,placed_at,amount,refunded,kind";
    let file = |refunded: &str| {
        format!(
            "{header}\n1,ann,2024-01-05,100,{refunded},sale\n1,ann,2024-01-06,40,,refund\n2,bo,2024-01-07,7,,sale\n"
        )
    };
    let noted = |count| vec![("refunds_matched", 1), ("refunded_in_both", count)];
    assert_eq!(found(&file("40")), ("67".into(), noted(1)));
    assert_eq!(found(&file("30")), ("37".into(), noted(1)));
    assert_eq!(found(&file("")), ("67".into(), vec![("refunds_matched", 1)]));
    let rows_alone = ok_with(file("30").as_bytes(), &with("refunded="));
    assert_eq!(answer(&rows_alone).3, "67");
}

#[test]
fn refunds_that_contradict_their_order_stop() {
    let header = "order_id,customer_id,placed_at,amount\n";
    for (rows, column) in [
        ("1,ann,2024-01-05,100\n1,bob,2024-01-06,-100\n", "customer_id"),
        ("1,bob,2024-01-06,-100\n1,ann,2024-01-05,100\n", "customer_id"),
        ("1,ann,2024-01-06,-10\n1,bob,2024-01-06,-10\n", "customer_id"),
        ("1,ann,2024-01-05,100\n1,ann,2023-01-06,-100\n", "placed_at"),
        ("1,ann,2023-01-06,-10\n1,ann,2024-01-05,100\n1,ann,2024-01-06,-1\n", "placed_at"),
    ] {
        let text = refusal(format!("{header}{rows}").as_bytes());
        assert!(text.contains(&format!("contradict each other: column {column} has")), "{text}");
    }
    // Nobody, and a day that another clock shows.
    let rows = "1,ann,2024-01-05 10:00,100\n1,,2024-01-05 09:00,-60\n2,bo,2024-01-05,1\n";
    assert_eq!(found(&format!("{header}{rows}")).0, "41");
    // What an unread column of kinds explains.
    let file = format!("{},type\n1,ann,2024-01-05,100,sale\n1,ann,2024-02-06,100,refund\n", header.trim_end());
    let text = refusal(file.as_bytes());
    assert!(text.contains("--columns \"kind=type\" reads it"), "{text}");
    assert_eq!(answer(&ok_with(format!("{file}2,bo,2024-02-06,1,sale\n").as_bytes(), &with("kind=type"))).3, "1");
}

#[test]
fn refunds_of_an_order_on_each_of_its_lines_are_noted() {
    let header = "order_id,customer_id,placed_at,product,amount,refunded";
    let file = |second: &str| {
        format!("{header}\n1,ann,2024-01-05,a,10,5\n1,ann,2024-01-05,b,20,{second}\n2,bo,2024-01-06,a,3,\n")
    };
    assert_eq!(found(&file("5")), ("23".into(), vec![("refunds_repeated", 1)]));
    assert_eq!(found(&file("6")), ("22".into(), vec![]));
    // Lines that were given back whole.
    let rows = "1,ann,2024-01-05,a,5,5\n1,ann,2024-01-05,b,5,5\n2,bo,2024-01-06,a,3,\n2,bo,2024-01-06,b,4,\n";
    assert_eq!(found(&format!("{header}\n{rows}")), ("7".into(), vec![("fully_refunded", 1)]));
}

#[test]
fn refunded_amounts_that_are_flags_are_noted() {
    let header = "customer_id,placed_at,amount,refunded";
    let file = |other: &str| format!("{header}\nann,2024-01-05,10,0\nbo,2024-01-06,20,1\nbo,2024-01-07,5,{other}\n");
    assert_eq!(found(&file("")), ("34".into(), vec![("refunded_flags", 1)]));
    assert_eq!(found(&file("1")).1, [("refunded_flags", 2)]);
    assert_eq!(found(&file("2.5")).1, []);
    let text = refusal(file("yes").as_bytes());
    assert!(
        text.contains("--columns \"refunded=,status=refunded\" reads it and --status \"yes=refunded,no=paid\""),
        "{text}"
    );
    let options = with("refunded=,status=refunded").with_status("1=refunded,0=paid".parse().unwrap());
    assert_eq!(answer(&ok_with(file("0").as_bytes(), &options)).3, "15");
}

#[test]
fn orders_that_were_refunded_in_part_are_noted_where_nothing_says_how_much() {
    let shopify = "Name,Email,Financial Status,Total,Created at,Lineitem name\n";
    let rows = "#1,a@x.com,paid,10,2024-01-05,Soap\n#2,a@x.com,partially_refunded,30,2024-01-06,Soap\n";
    assert_eq!(found(&format!("{shopify}{rows}")), ("40".into(), vec![("partly_refunded", 1)]));
    let amounts = format!("{shopify}{rows}").replace("Email", "Refunded Amount,Email").replace(",a@", ",0,a@");
    assert_eq!(found(&amounts).1, []);
    let own = "customer_id,placed_at,amount,status\nann,2024-01-05,10,部分退款\n";
    let options = ReadOptions::default().with_status("部分退款=paid".parse().unwrap());
    assert_eq!(notes(&ok_with(own.as_bytes(), &options)), [("partly_refunded", 1)]);
}

#[test]
fn words_that_are_no_times_do_not_say_that_something_happened() {
    for (column, words, noted) in [
        ("paid_at", ["Y", "N"], "unpaid"),
        ("paid_at", ["是", "否"], "unpaid"),
        ("paid_at", ["TRUE", "False"], "unpaid"),
        ("cancelled_at", ["n", "Yes"], "cancelled"),
        ("cancelled_at", ["nein", "ja"], "cancelled"),
    ] {
        let file = format!(
            "customer_id,placed_at,amount,{column}\nann,2024-01-05,10,{}\nbo,2024-01-06,5,{}\n",
            words[0], words[1]
        );
        assert_eq!(found(&file), ("10".into(), vec![(noted, 1)]), "{column} {words:?}");
    }
    let file = "customer_id,placed_at,amount,paid_at\nann,2024-01-05,10,2024-01-05\nbo,2024-01-06,5,open\n";
    assert_eq!(
        refusal(file.as_bytes()),
        "line 3, column paid_at: found \"open\", expected a time, yes or no, or nothing; where the column has other words, \
         --columns \"paid_at=,status=paid_at\" reads them and --status WORD=unpaid says what they mean; --skip-bad-rows leaves \
         such rows out"
    );
    let file = file.replace("2024-01-05\nbo", "paid\nbo");
    assert_eq!(answer(&ok_with(file.as_bytes(), &with("paid_at=,status=paid_at"))).3, "10");
}

#[test]
fn columns_without_a_name_are_noted_and_cut_amounts_refused() {
    let orders = ok(b"customer_id,placed_at,amount,\nann,2024-01-05,10,paid\nann,2024-01-06,10,cancelled\n");
    assert_eq!(
        orders.notes()[0].sentence(Language::English),
        "Columns not read, though their names or words may matter: 1 of 4. For example: column 4, which needs a name first."
    );
    assert_eq!(notes(&ok(b"customer_id,placed_at,amount,\nann,2024-01-05,10,\nann,2024-01-06,10,\n")), []);
    let cut = b"customer_id,placed_at,amount,\nann,2024-01-05,10,50\nbo,2024-01-06,12,90\n";
    assert_eq!(
        refusal(cut),
        "line 2, column amount: found \"10\", and \"50\" behind it in a column without a name, expected one number: put quotes \
         around an amount with a comma in it, or give the column behind it a name; --skip-bad-rows leaves such rows out"
    );
}

#[test]
fn a_first_day_that_stands_for_none_is_noted() {
    for date in ["1970-01-01 00:00:00", "1900-01-01"] {
        let orders = ok(&own(&format!("ann,2024-01-31,10\nann,{date},10\nbo,2024-02-01,5\n")));
        assert_eq!(notes(&orders), [("far_first_day", 1)], "{date}");
        let example = format!("{} on line 3, before 2024-01-31", date.get(..10).unwrap());
        assert_eq!(orders.notes()[0].examples, [example]);
    }
    let days: Vec<String> = (1..=20).map(|day| format!("ann,2024-01-{day:02},10\n")).collect();
    let days = days.concat();
    assert_eq!(notes(&ok(&own(&format!("{days}bo,2014-01-05,1\n")))), [("far_first_day", 1)]);
    assert_eq!(notes(&ok(&own(&format!("{days}bo,2023-02-05,1\n")))), []);
    assert_eq!(notes(&ok(&own("ann,2014-01-31,10\nann,2024-01-31,10\n"))), []);
}

#[test]
fn nothing_in_brackets_and_errors_of_spreadsheets_are_nobody() {
    for id in [
        "(null)",
        "<NA>",
        "(blank)",
        "[none]",
        "{guest}",
        "?",
        "...",
        "无",
        "空",
        "N.A.",
        "#VALUE!",
        "#NAME?",
        "#REF!",
        "（空）",
    ] {
        let orders = ok(&own(&format!("{id},2024-01-05,10\n{id},2024-01-06,10\nann,2024-01-06,1\n")));
        let bought = (purchases(&orders), notes(&orders));
        assert_eq!(bought, (vec![("ann".to_owned(), 1)], vec![("guest_orders", 2)]), "{id}");
    }
    let real = ["Na", "(ann)", "#12", "<x@y.de>", "空海", "*ann*"];
    let rows: Vec<String> = real.iter().map(|id| format!("{id},2024-01-05,10\n")).collect();
    assert_eq!(ok(&own(&rows.concat())).customers(), real.len());
    assert_eq!(notes(&ok(&own("TBD,2024-01-05,10\nann,2024-01-05,10\n"))), [("guest_names", 1)]);
}

#[test]
fn guests_whom_another_column_knows_are_noted() {
    let file = "order_id,order_total,billing_email,order_date,customer_id,status\n1,10,,2024-01-05,77,completed\n\
                2,5,ann@x.de,2024-01-06,78,completed\n3,5,,2024-01-06,0,completed\n";
    let orders = ok(file.as_bytes());
    assert_eq!(notes(&orders), [("guest_orders", 2), ("guests_elsewhere", 1)]);
    let sentence = orders.notes()[1].sentence(Language::English);
    assert!(sentence.contains("--columns \"customer_id=customer_id\""), "{sentence}");
}

#[test]
fn one_currency_has_a_sign_a_code_and_a_word() {
    let code = |currency: &str| ReadOptions::default().with_currency(currency);
    let column = b"customer_id,placed_at,amount,currency\nann,2024-01-05,10,EUR\nann,2024-01-06,5,\xe2\x82\xac\nbo,2024-01-06,3,USD\n";
    assert_eq!(answer(&ok_with(column, &code("EUR"))).3, "15");
    assert_eq!(answer(&ok_with(column, &code("€"))).3, "15");
    let yuan =
        "customer_id,placed_at,amount,currency\nann,2024-01-05,10,RMB\nann,2024-01-06,5,CNY\nbo,2024-01-06,3,人民币\n";
    assert_eq!(found(yuan), ("18".into(), vec![]));
    assert_eq!(
        found("customer_id,placed_at,amount\nann,2024-01-05,￥10\nann,2024-01-06,5元\nbo,2024-01-06,3 CNY\n").0,
        "18"
    );
    let three = own("ann,2024-01-05,¥10\nann,2024-01-06,5 CNY\nbo,2024-01-06,3 JPY\n");
    assert!(refusal(&three).starts_with("amounts are in several currencies: \"¥\" (1), \"CNY\" (1), \"JPY\" (1)"));
    for amounts in [["AU $12.50", "A$10"], ["US $12.50", "$10 USD"], ["US$12.50", "$10 USD"], ["€12.50 EUR", "10 €"]]
    {
        assert_eq!(
            found(&format!(
                "customer_id,placed_at,amount\nann,2024-01-05,{}\nbo,2024-01-06,{}\n",
                amounts[0], amounts[1]
            ))
            .0,
            "22.5",
            "{amounts:?}"
        );
    }
    for wrong in ["€12.50 USD", "$.", "$12 €"] {
        assert!(refusal(&own(&format!("ann,2024-01-05,{wrong}\n"))).starts_with("line 2, column amount: found"));
    }
}

#[test]
fn a_layout_says_which_of_its_columns_a_file_lacks() {
    let file =
        "Name,Email,Total,Created at,Lineitem name\n#1,a@x.com,10,2024-01-05,Soap\n#2,a@x.com,30,2024-01-06,Soap\n";
    let text = refusal(file.as_bytes());
    assert!(text.contains("--from shopify reads it, whose column Financial Status it lacks; "), "{text}");
    let shopify = ReadOptions::default().with_layout(Layout::named("shopify").unwrap());
    let orders = ok_with(file.as_bytes(), &shopify);
    assert_eq!(notes(&orders), [("absent_columns", 1)]);
    assert_eq!(orders.notes()[0].examples, ["status (\"Financial Status\")"]);
    // Said, it is no question.
    assert_eq!(notes(&ok_with(file.as_bytes(), &shopify.with_columns("status=".parse().unwrap()))), []);
}

#[test]
fn taobao_by_its_other_names() {
    let file = "主订单编号,买家昵称,买家实付金额,订单状态,订单付款时间,订单创建时间\n1,甲,10,交易成功,2023-11-11 00:06:00,\n\
                1,甲,12,交易成功,2023-11-11 00:06:00,\n2,乙,5,交易关闭,2023-11-12 00:06:00,\n";
    let text = refusal(file.as_bytes());
    assert!(text.contains("lines 2 and 3 are both of order \"1\"") && text.contains("--rows lines adds"), "{text}");
    let lines = ok_with(file.as_bytes(), &ReadOptions::default().with_rows("lines".parse().unwrap()));
    assert_eq!((answer(&lines).3, lines.read_as().layout.as_str()), ("22".to_owned(), "taobao"));
}

#[test]
fn a_word_with_a_sign_of_equality_is_typed_as_it_is_shown() {
    let file = b"customer_id,placed_at,amount,status\nann,2024-01-05,10,a=b\nbo,2024-01-06,3,a=paid=c\n";
    assert!(refusal(file).contains("--status \"a=b=MEANING,..\""));
    let options = ReadOptions::default().with_status("a=b=paid,a=paid=c=unpaid".parse().unwrap());
    assert_eq!(answer(&ok_with(file, &options)).3, "10");
    let options = ReadOptions::default().with_status("a=b=paid,paid=c=unpaid".parse().unwrap());
    assert!(refusal_with(file, &options).contains("\"a=paid=c\""));
}

#[test]
fn small_numbers_that_may_be_codes_of_states_are_noted() {
    let row = |row| format!("c{},2024-01-{:02},10,{}\n", row % 5, row + 1, 10 * (row % 3));
    let rows = (0..12).map(row).collect::<Vec<_>>().concat();
    for (name, is_noted) in
        [("flag", true), ("state_code", true), ("标志", true), ("items", false), ("discount", false)]
    {
        let (_, notes) = found(&format!("customer_id,placed_at,amount,{name}\n{rows}"));
        assert_eq!(notes.iter().any(|note| note.0 == "unread_words"), is_noted, "{name}");
    }
}
