//! What every message keeps: an option that it prints works as it is printed, and both languages say the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use std::collections::BTreeSet;

use common::{answer, ok, ok_with, refusal, refusal_with};
use order_files::{
    Columns, DateOrder, DecimalMark, Error, KindWords, Layout, ReadOptions, RowsOfOrder, StatusWords, Zone, read,
};
use repurchase::predict::{Nbd, NbdParams, TimeUnit};
use repurchase::scale::Language;

const OWN: &str = "customer_id,placed_at,amount\n";
const ORDERS: &str = "order_id,customer_id,placed_at,amount\n";

/// What follows an option in a message, in quotes.
#[track_caller]
fn quoted<'a>(text: &'a str, option: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("{option} \"")).unwrap_or_else(|| panic!("{option}: {text}"));
    rest.split_once('"').unwrap().0
}

#[track_caller]
fn with_columns(text: &str) -> ReadOptions {
    ReadOptions::default().with_columns(quoted(text, "--columns").parse().unwrap())
}

#[test]
fn columns_that_a_refusal_prints_are_read() {
    let long = "Total that the customer paid for all of the order, with shipping and taxes";
    for (header, row) in [
        ("Client,Order Date,Total paid".to_owned(), "ann,2024-01-05,10"),
        (format!("customer_id,placed_at,\"{long}\""), "ann,2024-01-05,10"),
        ("customer_id,\"Order\nDate\",amount".to_owned(), "ann,2024-01-05,10"),
        ("Kunde;Datum;Betrag".to_owned(), "ann;05.01.2024 10:00;10,00\nann;31.01.2024;0,00"),
        ("买家,日期,金额".to_owned(), "ann,2024-01-05,10"),
        ("Update,Refund Amount,Order Amount,Buyer,Order Date,Paid At".to_owned(), ",0,10,ann,2024-01-05,2024-01-06"),
    ] {
        let file = format!("{header}\n{row}\n");
        let text = refusal(file.as_bytes());
        assert_eq!(answer(&ok_with(file.as_bytes(), &with_columns(&text))).3, "10", "{text}");
    }
    // Of bytes that are no text, too.
    let damaged = b"customer_id,placed_at,Gesch\xE4ft amount\nann,2024-01-05,10\n";
    assert_eq!(answer(&ok_with(damaged, &with_columns(&refusal(damaged)))).3, "10");
}

#[test]
fn what_else_changes_an_answer_is_named_with_what_is_missing() {
    let file = "Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Order Refund Amount,Item\n\
                1,Completed,2024-03-01,ann@x.de,30.00,0.00,Tea\n1,Completed,2024-03-01,ann@x.de,30.00,0.00,Pot\n\
                2,Completed,2024-03-04,ann@x.de,12.00,2.00,Tea\n";
    let text = refusal(file.as_bytes());
    assert_eq!(
        quoted(&text, "--columns"),
        "customer_id=Email (Billing),placed_at=Order Date,amount=Order Total Amount,order_id=Order Number,status=Order \
         Status,refunded=Order Refund Amount"
    );
    assert_eq!(answer(&ok_with(file.as_bytes(), &with_columns(&text))), (1, 2, 0, "40".to_owned()));
    // In a note, where the rest is there.
    let file = format!("Order Status,type,{OWN}void,x,ann,2024-01-05,10\npaid,x,ann,2024-01-06,5\n");
    let orders = ok(file.as_bytes());
    let sentence = orders.notes()[0].sentence(Language::English);
    assert_eq!(quoted(&sentence, "--columns"), "status=Order Status,kind=type");
}

#[test]
fn a_title_above_the_header_is_named() {
    let text = refusal(b"Orders of 2024,,\n,,\ncustomer_id,placed_at,amount\nann,2024-01-05,10\n");
    assert!(
        text.contains("the columns are: Orders of 2024; if the header stands lower, delete the lines above it"),
        "{text}"
    );
}

#[test]
fn words_that_a_refusal_prints_are_explained_as_they_stand() {
    let long = "handed over to the carrier, on its way and to be there on the second working day";
    for word in ["parked", "on hold, soon", "等待 发货", long] {
        let file = format!("customer_id,placed_at,amount,status\nann,2024-01-05,1,paid\nann,2024-01-06,1,\"{word}\"\n");
        let text = refusal(file.as_bytes());
        let said = quoted(&text, "--status").replace("MEANING,..", "unpaid");
        let options = ReadOptions::default().with_status(said.parse().unwrap());
        assert_eq!(answer(&ok_with(file.as_bytes(), &options)).1, 1, "{text}");
    }
    let damaged = b"customer_id,placed_at,amount,status\nann,2024-01-05,1,f\xFCr sp\xE4ter\n";
    assert!(refusal(damaged).contains("these words are not in UTF-8") && refusal(damaged).contains("\"CSV UTF-8\""));
}

#[test]
fn readings_are_those_of_the_option_and_of_the_shops_day() {
    let file = format!("{OWN}ann,01/02/2024,1\nbo,03/04/2024,2\n");
    let in_shanghai = ReadOptions::default().with_zone("Asia/Shanghai".parse().unwrap());
    let text = refusal_with(file.as_bytes(), &in_shanghai);
    assert!(text.ends_with("with --dates dmy line 2 is 1 February 2024, with --dates mdy 2 January 2024"), "{text}");
    let said = in_shanghai.with_dates("mdy".parse().unwrap());
    assert_eq!(ok_with(file.as_bytes(), &said).as_of().to_string(), "2024-03-04");
    let three = refusal(format!("{OWN}ann,01/02/03,1\n").as_bytes());
    assert!(
        three.ends_with(
            "with --dates ymd line 2 is 3 February 2001, with --dates dmy 1 February 2003, with --dates mdy 2 January 2003"
        ),
        "{three}"
    );
}

#[test]
fn rows_of_another_form_say_which_they_have() {
    let skip = ReadOptions::default().with_bad_rows_skipped();
    let bad = |rows: &str| ok_with(format!("{OWN}{rows}").as_bytes(), &skip).bad_rows()[0].to_string();
    assert_eq!(
        bad("ann,2024-01-05,1.50\nbo,2024-01-05,2.50\nbo,2024-01-05,\"1,50\"\n"),
        "line 4, column amount: found a number with a decimal comma, expected a number with a decimal point, as most rows have it"
    );
    assert_eq!(
        bad("ann,31/01/2024,1\nbo,30/01/2024,2\nbo,01/31/2024,2\n"),
        "line 4, column placed_at: found a date that is month/day/year, expected a date that is day/month/year, as most rows have \
         it"
    );
}

#[test]
fn what_leaves_no_purchase_is_what_can_be_left_unread() {
    let file = "customer_id,placed_at,amount,paid_at\nann,2024-01-05,10,\nbo,2024-01-06,3,\n";
    assert_eq!(
        refusal(file.as_bytes()),
        "no order is a purchase (of 2: not paid 2, cancelled 0, refunded in full 0); --columns paid_at= leaves column paid_at \
         unread"
    );
    assert_eq!(
        ok_with(file.as_bytes(), &ReadOptions::default().with_columns("paid_at=".parse().unwrap())).purchases(),
        2
    );
}

/// Options that a text names.
fn options(text: &str) -> BTreeSet<&str> {
    let is_of_option = |one: char| one.is_ascii_lowercase() || one == '-';
    text.match_indices("--")
        .map(|(at, _)| &text[at..])
        .map(|text| text.split(|one| !is_of_option(one)).next().unwrap())
        .collect()
}

#[test]
fn both_languages_name_the_same_options_lines_and_values() {
    let words = "customer_id,placed_at,amount,status,kind\n";
    let many = (0..300).map(|row| format!("c,2024-01-05,1,s{row},\n")).collect::<Vec<_>>().concat();
    let far = (1..=24).map(|day| format!("c{},2024-01-{day:02},1\n", day % 5)).collect::<Vec<_>>().concat();
    let amazon =
        "amazon-order-id\tpurchase-date\torder-status\tsku\tcurrency\titem-price\tmerchant-order-id\tquantity\n";
    let sums = "ann,2024-01-05,10\nbo,2024-01-06,10\nann,2024-01-07,4\nbo,2024-01-07,1\ncy,2024-01-08,3\nTotal,2024-01-31,28\n";
    let huge = format!("{OWN}ann,2024-01-05,{}\n", "9".repeat(40));
    for file in [
        "PK\x03\x04[Content_Types].xml",
        "PK\x03\x04",
        "\x1F",
        "PAR1",
        "%PDF",
        "<table>",
        "{",
        "c\0u",
        "",
        OWN,
        &format!("{OWN}ann,2024-01-05,\"1\n"),
        "customer_id\nann\n",
        "Amount,customer_id,amount,placed_at\n",
        "Client,Date\n",
        "Client,,Date\n",
        "ann,2024-01-05,1\n",
        amazon,
        &format!("{words}{many}"),
        &format!("{OWN}ann,2024-01-05,1x\n"),
        &format!("{OWN}ann,2024-01-05\n"),
        &format!("{OWN}ann,45296,1\n"),
        &format!("{OWN}1.23457E+11,2024-01-05,1\n"),
        &format!("{OWN}{},2024-01-05,1\n", "x".repeat(600)),
        &format!("{OWN}ann,31/01/2024,1\nbo,01/31/2024,2\n"),
        &format!("{OWN}ann,2024-01-05,1.50\nbo,2024-01-05,\"1,50\"\n"),
        &format!("{OWN}ann,01/02/2024,1\n"),
        &format!("{OWN}ann,2024-01-05,\"1,250\"\n"),
        &huge,
        "order_id,customer_id,placed_at,amount,product\n1,ann,2024-01-05,10,a\n1,ann,2024-01-05,10,b\n",
        &format!("{ORDERS}1,ann,2024-01-05,10\n1,ann,2024-01-05,4\n"),
        &format!("{ORDERS}1,ann,2024-01-05,10\n1,bo,2024-01-05,10\n"),
        &format!("{ORDERS}1,ann,2024-01-05,10\n1,ann,2024-01-06,-11\n"),
        &format!("{ORDERS}1,ann,2024-01-05,\n"),
        &format!("{OWN}{sums}"),
        &format!("{OWN}0,2024-01-05,1\n"),
        &format!("{words}ann,2024-01-05,1,unpaid,\n"),
        &format!("{words}ann,2024-01-05,-1,unpaid,\n"),
        &format!("{words}ann,2024-01-05,1,parked,\n"),
        &format!("{words}ann,2024-01-05,1,paid,swap\n"),
        &format!("{OWN}ann,2024-01-05,€1\nbo,2024-01-05,$1\n"),
        &format!("{OWN}{far}c1,2042-01-25,1\n"),
        "customer_id,placed_at,amount,refunded\nann,2024-01-05,1,2\n",
    ] {
        let bytes = if file == "\x1F" { &b"\x1F\x8B"[..] } else { file.as_bytes() };
        let Err(error) = read(bytes, &ReadOptions::default()) else { panic!("{file} is read") };
        let (english, chinese) = (error.to_string(), error.describe(Language::Chinese));
        assert_eq!(error.describe(Language::English), english);
        assert_eq!(options(&english), options(&chinese), "{english} {chinese}");
        let numbers = |text: &str| -> BTreeSet<String> {
            text.split(|one: char| !one.is_ascii_digit())
                .filter(|digits| !digits.is_empty())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(numbers(&english), numbers(&chinese), "{english} {chinese}");
        let is_chinese = |one: &char| ('\u{4e00}'..='\u{9fff}').contains(one);
        assert!(chinese.chars().filter(is_chinese).count() >= 8, "{chinese}");
        let prose = options(&chinese).into_iter().fold(chinese.clone(), |prose, option| prose.replace(option, ""));
        for word in ["expected", "found", "column", "line ", " the ", "rows"] {
            assert!(!prose.contains(word), "{chinese}");
        }
    }
}

/// An error in both languages: the same options and numbers, and no English prose in Chinese.
#[track_caller]
fn is_said_in_both(error: &Error) -> String {
    let (english, chinese) = (error.to_string(), error.describe(Language::Chinese));
    assert_eq!(options(&english), options(&chinese), "{english} {chinese}");
    let is_chinese = |one: &char| ('\u{4e00}'..='\u{9fff}').contains(one);
    assert!(chinese.chars().filter(is_chinese).count() >= 4, "{chinese}");
    for word in ["expected", "found", "such as", " the ", "cannot", "must"] {
        assert!(!chinese.contains(word), "{chinese}");
    }
    chinese
}

#[test]
fn what_is_wrong_with_an_option_is_said_in_both_languages() {
    let errors = [
        "customer".parse::<Columns>().map(drop),
        "buyer=x".parse::<Columns>().map(drop),
        "x=maybe".parse::<StatusWords>().map(drop),
        "x=maybe".parse::<KindWords>().map(drop),
        "each".parse::<RowsOfOrder>().map(drop),
        "dot".parse::<DecimalMark>().map(drop),
        "ydm".parse::<DateOrder>().map(drop),
        "Mars".parse::<Zone>().map(drop),
        Layout::named("shopfy").map(drop),
    ];
    for error in errors {
        let error = error.unwrap_err();
        let chinese = is_said_in_both(&error);
        assert!(chinese.starts_with("--") && chinese.contains("：内容为 \""), "{chinese}");
    }
}

#[test]
fn what_is_wrong_with_a_layout_is_said_in_both_languages() {
    for text in ["name = ", "name = \"x\"", "naem = \"x\"\n", "name = \"x\"\ntitle = \"y\"\nrows = \"some\"\n"] {
        let error = Layout::from_toml(text).unwrap_err();
        let (english, chinese) = (error.to_string(), error.describe(Language::Chinese));
        let detail = english.strip_prefix("the layout cannot be read: ").unwrap().rsplit_once("; copy").unwrap().0;
        assert_eq!(
            chinese,
            format!("无法读取格式文件：{detail}；请复制 examples/order-files/layouts 中的一个文件再修改")
        );
    }
    let (english, chinese) = (Layout::list(Language::English).unwrap(), Layout::list(Language::Chinese).unwrap());
    assert_eq!(english.lines().count(), chinese.lines().count());
    for layout in Layout::built_in().unwrap() {
        assert!(!chinese.contains(&format!("\n    {}\n", layout.title())), "{} has no title in Chinese", layout.name());
    }
    assert!(chinese.contains("不可用：") && !chinese.contains("cannot"));
}

#[test]
fn what_the_library_refuses_is_said_in_both_languages() {
    for (r, english, chinese) in [
        (-1.0, "r must be finite and above 0, found -1", "r 应大于 0，实际为 -1"),
        (1e40, "r must be from 1e-30 to 1e30, found 1e40", "r 应在 1e-30 与 1e30 之间，实际为 1e40"),
    ] {
        let error = Error::from(Nbd::from_params(NbdParams { r, alpha: 1.0 }, TimeUnit::Week).unwrap_err());
        assert_eq!((error.to_string().as_str(), is_said_in_both(&error).as_str()), (english, chinese));
    }
    // So many orders of 26 digits each are more than 96 bits hold.
    let row = format!("ann,2024-01-05,{}\n", "9".repeat(26));
    let orders = ok(format!("{OWN}{}", row.repeat(900)).as_bytes());
    let refused = orders.log().and_then(|log| Ok(log.ledger(orders.as_of())?)).map(drop).unwrap_err();
    let chinese = is_said_in_both(&refused);
    assert!(chinese.contains("太大：按最细的小数位数计"), "{refused} {chinese}");
}
