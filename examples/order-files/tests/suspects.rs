//! What is read as it stands and may not be what it seems: ids written in two ways, nobody's, rounded, in another
//! encoding; amounts beside pieces; words of other languages. Each is said, never passed over.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, notes, ok, ok_with, purchases, refusal};
use order_files::{Note, NoteCode, Orders, ReadOptions};
use repurchase::scale::Language;

fn own(rows: &str) -> Vec<u8> {
    format!("customer_id,placed_at,amount\n{rows}").into_bytes()
}

fn with_columns(text: &str) -> ReadOptions {
    ReadOptions::default().with_columns(text.parse().unwrap())
}

#[track_caller]
fn note(orders: &Orders, code: NoteCode) -> &Note {
    orders.notes().iter().find(|note| note.code == code).unwrap_or_else(|| panic!("{:?}", notes(orders)))
}

#[test]
fn orders_whose_ids_are_written_in_two_ways() {
    for (one, other) in [
        ("1001", "1001.0"),
        ("0001001", "1001"),
        ("A-77", "a-77"),
        ("Ａ７７", "a77"),
        ("'1001", "1001"),
        ("\"\"\"1001\"\"\"", "1001"),
        ("\"1,001\"", "1001"),
        ("an id longer than fifteen", "An id longer than fifteen"),
    ] {
        for [first, second] in [[one, other], [other, one]] {
            let file = format!(
                "order_id,customer_id,placed_at,amount\n{first},ann,2024-01-05,10\n{second},ann,2024-01-05,10\n9,bo,2024-01-05,1\n"
            );
            let orders = ok(file.as_bytes());
            assert_eq!((orders.purchases(), notes(&orders)), (3, vec![("order_ids_alike", 2)]), "{one} {other}");
            assert_eq!(note(&orders, NoteCode::OrderIdsAlike).of, 3);
        }
    }
    let orders = ok(b"order_id,customer_id,placed_at,amount\n7,ann,2024-01-05,10\n7.0,ann,2024-01-06,-10\n");
    assert_eq!(notes(&orders), [("order_ids_alike", 2), ("refunds_unmatched", 1)]);
    assert_eq!(
        note(&orders, NoteCode::OrderIdsAlike).sentence(Language::English),
        "Order ids that differ from another one in how they are written alone, counted as orders of their own: 2 of 2. If two are \
         one order, write its id in one way: case, spaces, quotes, full width, zeros in front, commas, \".0\". For example: \"7\"; \
         \"7.0\"."
    );
    // As shops number their orders.
    for ids in [["0001", "0002", "0010"], ["SO-1", "SO-10", "SO-01"], ["a1", "b1", "1"], ["1", "10", "100"]] {
        let rows = ids.map(|id| format!("{id},ann,2024-01-05,10\n")).concat();
        assert_eq!(notes(&ok(format!("order_id,customer_id,placed_at,amount\n{rows}").as_bytes())), []);
    }
}

#[test]
fn an_amount_beside_pieces_may_be_a_price() {
    for (header, columns) in [
        ("customer_id,placed_at,amount,quantity", ""),
        ("customer_id,placed_at,amount,Qty", ""),
        ("customer_id,placed_at,amount,Menge", ""),
        ("Client,Day,Price,Qty", "customer_id=Client,placed_at=Day,amount=Price"),
        ("会员,日期,金额,数量", "customer_id=会员,placed_at=日期,amount=金额"),
        ("Client,Day,Value,Stück", "customer_id=Client,placed_at=Day,amount=Value,quantity=Stück"),
    ] {
        let options = if columns.is_empty() { ReadOptions::default() } else { with_columns(columns) };
        let file = format!("{header}\nann,2024-01-05,10,3\nbo,2024-01-06,4,1\n");
        let orders = ok_with(file.as_bytes(), &options);
        assert_eq!((answer(&orders).3.as_str(), notes(&orders)), ("14", vec![("amount_or_price", 1)]), "{header}");
        // The option that the note prints reads it otherwise, in both languages.
        for language in [Language::English, Language::Chinese] {
            let sentence = note(&orders, NoteCode::AmountOrPrice).sentence(language);
            let said = sentence.split_once("--columns \"").unwrap().1.split_once('"').unwrap().0;
            let names = if columns.is_empty() { said.to_owned() } else { format!("{columns},{said}") };
            let mut both = with_columns(&names);
            if !columns.is_empty() {
                let mut later: order_files::Columns = columns.parse().unwrap();
                later.extend([said.parse().unwrap()]);
                both = ReadOptions::default().with_columns(later);
            }
            let orders = ok_with(file.as_bytes(), &both);
            assert_eq!((answer(&orders).3.as_str(), notes(&orders)), ("34", vec![]), "{said}");
        }
    }
    // A column that is named as a price is no amount.
    let file = b"customer_id,placed_at,amount,quantity\nann,2024-01-05,10,3\n";
    assert_eq!(answer(&ok_with(file, &with_columns("unit_price=amount"))).3, "30");
}

#[test]
fn an_amount_that_is_settled_is_no_question() {
    let row = "ann,2024-01-05,10,3";
    for (file, columns) in [
        // By its name.
        (format!("Client,Day,Order total,Qty\n{row}\n"), "customer_id=Client,placed_at=Day,amount=Order total"),
        (format!("Client,Day,Line amount,Qty\n{row}\n"), "customer_id=Client,placed_at=Day,amount=Line amount"),
        (format!("会员,日期,实付金额,数量\n{row}\n"), "customer_id=会员,placed_at=日期,amount=实付金额"),
        // By a price beside it, or one piece on each row.
        (format!("customer_id,placed_at,amount,quantity,price\n{row},5\n"), ""),
        ("customer_id,placed_at,amount,quantity\nann,2024-01-05,10,1\nbo,2024-01-05,3,1.0\n".to_owned(), ""),
        // Pieces of something else; a column that is left unread on purpose.
        (format!("customer_id,placed_at,amount,stock quantity\n{row}\n"), ""),
        (format!("customer_id,placed_at,amount,quantity\n{row}\n"), "quantity="),
    ] {
        let options = if columns.is_empty() { ReadOptions::default() } else { with_columns(columns) };
        assert_eq!(notes(&ok_with(file.as_bytes(), &options)), [], "{file}");
    }
}

#[test]
fn pieces_below_0_that_nothing_reads_are_noted() {
    let orders = ok(b"customer_id,placed_at,amount,Qty\nann,2024-01-05,10,1\nann,2024-01-06,10,-1\n");
    assert_eq!((orders.purchases(), notes(&orders)), (2, vec![("near_columns", 1)]));
    let sentence = orders.notes()[0].sentence(Language::English);
    assert!(sentence.contains("--columns \"quantity=Qty\""), "{sentence}");
}

#[test]
fn words_for_nobody_and_for_tests_are_noted() {
    for id in [
        "Walk-in",
        "walk in customer",
        "ANONYMOUS",
        "(not set)",
        "-1",
        "deleted user",
        "游客",
        "散客",
        "匿名",
        "test@shop.example",
        "guest@shop.example",
        "Gast",
        "unknown",
        "测试",
    ] {
        let orders = ok(&own(&format!("ann,2024-01-05,10\n{id},2024-01-06,10\n{id},2024-01-07,10\n")));
        assert_eq!((orders.purchases(), notes(&orders)), (3, vec![("guest_names", 1)]), "{id}");
        let sentence = orders.notes()[0].sentence(Language::English);
        let said = sentence.split_once("--guests \"").unwrap().1.split_once('"').unwrap().0;
        let options = ReadOptions::default().with_guests(said.split(',').map(str::to_owned));
        let orders = ok_with(&own(&format!("ann,2024-01-05,10\n{id},2024-01-06,10\n")), &options);
        assert_eq!(
            (purchases(&orders), notes(&orders)),
            (vec![("ann".to_owned(), 1)], vec![("guest_orders", 1)]),
            "{id}"
        );
    }
    let people =
        "tess,2024-01-05,1\ncasher,2024-01-05,1\nann@test.example,2024-01-05,1\n1,2024-01-05,1\n未央,2024-01-05,1\n";
    assert_eq!(notes(&ok(&own(people))), []);
}

#[test]
fn ids_that_end_in_zeros_behind_fifteen_digits_are_noted() {
    let rows = |ids: &[&str]| ids.iter().map(|id| format!("{id},2024-01-05,10\n")).collect::<Vec<_>>().concat();
    let rounded = ["202311112345670000", "202311112345680000"];
    assert_eq!(notes(&ok(&own(&rows(&rounded)))), [("ids_rounded", 2)]);
    let of_orders = "order_id,customer_id,placed_at,amount\n202311112345670000,ann,2024-01-05,1\n202311112345680000,ann,2024-01-05,1\n";
    assert_eq!(notes(&ok(of_orders.as_bytes())), [("ids_rounded", 2)]);
    for ids in [
        &["202311112345670000", "202311112345670001"][..],
        &["2023111123456700"],
        &["100000000000000", "200000000000000"],
        &["abc000000000000000000"],
    ] {
        assert_eq!(notes(&ok(&own(&rows(ids)))), [], "{ids:?}");
    }
    for id in ["1.23457E12", "1,23457e17", "9.2E+18"] {
        let text = refusal(&own(&format!("\"{id}\",2024-01-05,10\n")));
        assert!(text.contains("a spreadsheet has rounded it"), "{text}");
    }
    assert_eq!(ok(&own("1E5,2024-01-05,1\n1.e5,2024-01-05,1\nv1.2e3x,2024-01-05,1\n")).customers(), 3);
}

#[test]
fn ids_that_were_decoded_by_a_guess_are_noted() {
    let rows = |one: &str, other: &str| format!("{one},2024-01-05,10\n{other},2024-01-06,10\n{one},2024-01-07,10\n");
    for (one, other, encoding) in [
        ("김철수", "이영희", encoding_rs::EUC_KR),
        ("Иванов", "Петров", encoding_rs::WINDOWS_1251),
        ("张三丰", "李四光", encoding_rs::GBK),
    ] {
        let file = String::from_utf8(own(&rows(one, other))).unwrap();
        let orders = ok(&encoding.encode(&file).0);
        assert_eq!((orders.customers(), notes(&orders)), (2, vec![("encoding_guessed", 2)]), "{one}");
    }
    // A header that is Chinese says so, and ids of ASCII need no guess.
    let chinese = format!("会员,日期,金额\n{}", rows("张三丰", "李四光"));
    let options = with_columns("customer_id=会员,placed_at=日期,amount=金额");
    assert_eq!(notes(&ok_with(&encoding_rs::GBK.encode(&chinese).0, &options)), []);
    let product = "customer_id,placed_at,amount,note\nann,2024-01-05,1,铁观音茶叶\n";
    assert_eq!(notes(&ok(&encoding_rs::GBK.encode(product).0)), []);
}

#[test]
fn words_of_other_languages_for_orders_that_are_none_are_noted() {
    for (name, word, other) in [
        ("Vorgang", "bezahlt", "Storniert"),
        ("Etat", "payée", "Annulée"),
        ("Etat", "livrée", "Remboursée"),
        ("Situación", "completado", "Cancelado por el cliente"),
        ("Situação", "pago", "Devolvido"),
        ("Stan", "zrealizowane", "Anulowane"),
        ("Stand", "verzonden", "Geannuleerd"),
        ("Этап", "Выполнен", "Отменён"),
        ("処理", "完了", "返金済"),
        ("処理", "発送済", "注文キャンセル"),
        ("단계", "배송완료", "취소완료"),
        ("流程", "已签收", "已退款"),
        ("Stage", "done", "Refunded in full"),
    ] {
        let file = format!("customer_id,placed_at,amount,{name}\nann,2024-01-05,10,{word}\nbo,2024-01-06,10,{other}\n");
        let orders = ok(file.as_bytes());
        assert_eq!(notes(&orders), [("near_columns", 1)], "{other}");
        let sentence = orders.notes()[0].sentence(Language::English);
        assert!(sentence.contains(&format!("--columns \"status={name}\"")), "{sentence}");
    }
    // By the column's name alone.
    for name in ["Statut", "Estado", "ステータス", "상태", "Zustand", "Статус"] {
        let orders = ok(format!("customer_id,placed_at,amount,{name}\nann,2024-01-05,10,x\n").as_bytes());
        assert_eq!(notes(&orders), [("near_columns", 1)], "{name}");
    }
    for (name, word) in [
        ("City", "Stornoway"),
        ("City", "Cancún"),
        ("Remark", "the customer asked whether it can be cancelled"),
        ("说明", "不支持退货"),
        ("Customer type", "returning"),
        ("Service", "无退款"),
    ] {
        let orders = ok(format!("customer_id,placed_at,amount,{name}\nann,2024-01-05,10,{word}\n").as_bytes());
        assert_eq!(notes(&orders), [], "{word}");
    }
}

#[test]
fn a_serial_date_with_a_decimal_comma_is_named_as_one() {
    let text = refusal(b"customer_id;placed_at;amount\nann;45296,75;10\n");
    assert!(text.contains("a spreadsheet's number of a day"), "{text}");
}
