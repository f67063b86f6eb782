//! Three variants or more of each situation of `tests/cases`, as other shops would have it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, bought_again, notes, ok, ok_with, purchases, refusal};
use order_files::{Orders, ReadOptions};

fn answer_of(customers: usize, purchases: usize, revenue: &str) -> (usize, usize, usize, String) {
    (customers, purchases, 0, revenue.to_owned())
}

#[test]
fn names_of_columns_in_any_case_and_joint() {
    for header in [
        "CUSTOMER ID;Placed At;AMOUNT;STATUS",
        "Customer-Id;placed-at; amount ;sTaTuS",
        "customerid;PlacedAt;Amount;Status",
    ] {
        let file = format!("{header}\nann;2024-01-05;10;Paid\nann;2024-02-05;10;CANCELED\nbo;2024-02-05;10;\n");
        assert_eq!(
            (answer(&ok(file.as_bytes())), notes(&ok(file.as_bytes()))),
            (answer_of(2, 2, "20"), vec![("no_status", 1), ("cancelled", 1)])
        );
    }
}

#[test]
fn a_status_column_of_another_name_is_noted_or_named() {
    for (name, word) in
        [("Order Status", "cancelled"), ("Payment-Status", "unpaid"), ("订单状态", "已取消"), ("state", "void")]
    {
        let file = format!("customer_id,placed_at,amount,{name}\nann,2024-01-05,10,paid\nann,2024-02-05,10,{word}\n");
        let orders = ok(file.as_bytes());
        assert_eq!((orders.purchases(), notes(&orders)), (2, vec![("near_columns", 1)]));
        let options = ReadOptions::default().with_columns(format!("status={name}").parse().unwrap());
        assert_eq!(ok_with(file.as_bytes(), &options).purchases(), 1);
    }
}

#[test]
fn exports_that_overlap() {
    let quoted = "order_id,customer_id,placed_at,amount\n1,ann,2024-01-05,10\n\"2\",\"bo\",\"2024-01-31\",\"20\"\n2,bo,2024-01-31,20\n3,cy,2024-02-10,30\n";
    let thrice = "order_id\tcustomer_id\tplaced_at\tamount\n1\tann\t2024-01-05\t10\n1\tann\t2024-01-05\t10\n1\tann\t2024-01-05\t10\n2\tbo\t2024-01-31\t20\n3\tcy\t2024-02-10\t30\n";
    let lines = "placed_at,product,order_id,customer_id,amount\n2024-01-05,a,1,ann,4\n2024-01-05,b,1,ann,6\n2024-01-31,a,2,bo,20\n2024-01-05,a,1,ann,4\n2024-01-05,b,1,ann,6\n2024-02-10,a,3,cy,30\n";
    for (file, duplicates) in [(quoted, 1), (thrice, 2), (lines, 2)] {
        let orders = ok(file.as_bytes());
        assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(3, 3, "60"), 0));
        assert_eq!(notes(&orders), [("duplicate_rows", duplicates)]);
    }
    // Without the orders' ids, equal rows may be two orders.
    assert_eq!(ok("customer_id,placed_at,amount\nann,2024-01-05,10\nann,2024-01-05,10\n".as_bytes()).purchases(), 2);
}

#[test]
fn ids_that_are_nobody() {
    for id in ["", "null", "NaN", "GUEST", " 0 ", "-", "\"\"", "=\"\""] {
        let file = format!("customer_id,placed_at,amount\n{id},2024-01-05,10\n{id},2024-01-06,12\n");
        assert!(
            refusal(file.as_bytes())
                .starts_with("nobody has an id: all orders (2) are of guests (column customer_id: ")
        );
    }
}

#[test]
fn the_last_day_is_of_purchases_and_credits() {
    let as_of =
        |rows: &str| ok(format!("customer_id,placed_at,amount,status,refunded\n{rows}").as_bytes()).as_of().to_string();
    assert_eq!(as_of("ann,2024-02-01,10,paid,\ncy,2025-12-31,10,unpaid,\n"), "2024-02-01");
    assert_eq!(as_of("ann,2024-02-01,10,paid,\ncy,2025-12-31,10,paid,10\n"), "2024-02-01");
    assert_eq!(as_of("ann,2024-02-01,10,paid,\n,2025-12-31,10,paid,\n"), "2024-02-01");
    assert_eq!(as_of("ann,2024-02-01,10,paid,\nann,2024-03-31,-10,paid,\n"), "2024-03-31");
}

#[test]
fn refunds_as_rows_in_other_words() {
    for (name, sale, back) in [
        ("kind", "Purchase", "Refund"),
        ("Kind", "sale", "RETURN"),
        ("KIND", "销售", "退款"),
        ("kind", "order", "credit note"),
    ] {
        let file = format!(
            "{name},customer_id,placed_at,amount\n{sale},ann,2024-01-05,10\n{back},ann,2024-01-15,4\n{sale},bo,2024-01-05,10\n"
        );
        let orders = ok(file.as_bytes());
        assert_eq!(
            (orders.purchases(), orders.credits().count(), orders.revenue().to_string()),
            (2, 1, "16.00".to_owned())
        );
    }
}

#[test]
fn an_order_given_back_whole_in_rows_of_its_own() {
    for rows in [
        "1,ann,2024-01-05,10\n1,ann,2024-01-06,-10\n",
        "1,ann,2024-01-06,(10.00)\n1,ann,2024-01-05,10\n",
        "1,ann,2024-01-05,10\n1,ann,2024-01-06,-4\n1,ann,2024-01-07,-6\n",
    ] {
        let orders = ok(format!("order_id,customer_id,placed_at,amount\n{rows}2,bo,2024-01-05,1\n").as_bytes());
        assert_eq!((answer(&orders), notes(&orders)[0]), (answer_of(1, 1, "1"), ("fully_refunded", 1)));
    }
}

#[test]
fn the_shops_day_in_other_zones() {
    let file = "customer_id,placed_at,amount\nann,2025-03-08T23:30:00-08:00,10\nann,2025-03-09T00:30:00-08:00,10\nbo,2025-03-09 07:30:00Z,10\n";
    let days = |zone: &str| {
        let orders = ok_with(file.as_bytes(), &ReadOptions::default().with_zone(zone.parse().unwrap()));
        let ledger = orders.log().unwrap().ledger(orders.as_of()).unwrap();
        (ledger.iter().map(|(_, history)| history.purchase_days()).collect::<Vec<_>>(), orders.as_of().to_string())
    };
    assert_eq!(days("America/Los_Angeles"), (vec![2, 1], "2025-03-09".to_owned()));
    assert_eq!(days("+00:00"), (vec![1, 1], "2025-03-09".to_owned()));
    assert_eq!(days("Asia/Shanghai"), (vec![1, 1], "2025-03-09".to_owned()));
    // A plain date is the shop's day, wherever the shop is.
    for zone in ["America/Sao_Paulo", "Pacific/Kiritimati", "-11:00"] {
        let orders = ok_with(
            b"customer_id,placed_at,amount\nann,2018-11-04,1\n",
            &ReadOptions::default().with_zone(zone.parse().unwrap()),
        );
        assert_eq!(orders.as_of().to_string(), "2018-11-04", "{zone}");
    }
}

#[test]
fn one_row_per_line_with_the_total_on_the_first_or_on_each() {
    let header = "Name,Email,Financial Status,Created at,Total,Lineitem name\n";
    for rows in [
        "#1,a@x.de,paid,2024-01-05,10.00,Soap\n#1,a@x.de,,2024-01-05,,Cream\n#2,a@x.de,paid,2024-01-06,5.00,Soap\n",
        "#1,,,2024-01-05,,Cream\n#1,a@x.de,paid,2024-01-05,10.00,Soap\n#2,a@x.de,paid,2024-01-06,5.00,Soap\n",
        "#1,a@x.de,paid,2024-01-05,10.00,Soap\n#2,a@x.de,paid,2024-01-06,5.00,Soap\n#1,a@x.de,paid,2024-01-05,10.00,Cream\n",
    ] {
        let orders = ok(format!("{header}{rows}").as_bytes());
        assert_eq!(
            (answer(&orders), purchases(&orders)),
            (answer_of(1, 2, "15"), vec![("a@x.de".to_owned(), 2)]),
            "{rows}"
        );
    }
}

#[test]
fn refunds_that_were_not_made_change_nothing_and_are_noted() {
    for (back, status) in [("-4", "unpaid"), ("-4", "Cancelled"), ("(4.00)", "void"), ("-10", "已取消")] {
        let orders = ok(format!(
            "order_id,customer_id,placed_at,amount,status\n1,ann,2024-01-05,10,paid\n1,ann,2024-01-06,{back},{status}\n\
             ,ann,2024-01-07,-3,{status}\n2,bo,2024-01-05,6,paid\n2,bo,2024-01-06,-1,paid\n"
        )
        .as_bytes());
        assert_eq!((answer(&orders), orders.as_of().to_string()), (answer_of(2, 2, "15"), "2024-01-05".to_owned()));
        assert_eq!(notes(&orders), [("refunds_matched", 1), ("refunds_not_made", 2)]);
        assert_eq!(orders.notes()[1].of, 3);
    }
}

#[test]
fn a_refund_with_a_refunded_amount_gives_back_its_own() {
    for (row, left) in [("1,ann,2024-01-06,-4,4", "6"), ("1,ann,2024-01-06,-4,-9", "6"), (",ann,2024-01-06,-4,4", "6")]
    {
        let file = format!("order_id,customer_id,placed_at,amount,refunded\n1,ann,2024-01-05,10,\n{row}\n");
        let orders = ok(file.as_bytes());
        assert_eq!(orders.revenue().normalize().to_string(), left, "{row}");
        assert!(notes(&orders).contains(&("refunded_twice", 1)), "{row}");
    }
}

#[test]
fn many_purchases_without_a_refund_are_asked_about() {
    let rows = |count: usize, last: &str| {
        let days = (0..count).map(|row| format!("c{},2024-01-{:02},{}\n", row % 900, 1 + row % 28, 1 + row % 70));
        ok(format!("customer_id,placed_at,amount\n{}{last}", days.collect::<String>()).as_bytes())
    };
    let orders = rows(10_000, "");
    assert_eq!((notes(&orders), orders.notes()[0].of), (vec![("one_sign", 0)], 10_000));
    assert_eq!(notes(&rows(9_999, "")), []);
    assert_eq!(notes(&rows(10_000, "c1,2024-01-28,-1\n")), []);
}

#[test]
fn persons_with_an_id_for_each_order() {
    // Olist's columns in other orders and encodings, and payments in several rows.
    let rows = "u1;o1;c1;delivered;10,50;2018-01-02 10:00:00\nu1;o1;c1;delivered;4,50;2018-01-02 10:00:00\n\
                u1;o2;c2;SHIPPED;5,00;2018-02-02 10:00:00\nu2;o3;c3;unavailable;7,00;2018-02-03 10:00:00\n\
                u2;o4;c4;approved;9,00;2018-02-03 10:00:00\n";
    let header = "customer_unique_id;order_id;customer_id;order_status;payment_value;order_purchase_timestamp\n";
    let utf16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(header.chars())
        .chain(rows.chars())
        .flat_map(|one| (one as u16).to_le_bytes())
        .collect();
    let tabs = format!("{header}{rows}").replace(';', "\t");
    let quoted = format!("{header}{rows}").replace(';', "\";\"").replace('\n', "\"\n\"");
    let quoted = format!("\"{}", quoted.strip_suffix('"').unwrap());
    for file in [utf16, tabs.into_bytes(), quoted.into_bytes()] {
        let orders = ok(&file);
        assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("olist", answer_of(2, 3, "29")));
        assert_eq!((bought_again(&orders), notes(&orders)), (1, vec![("cancelled", 1)]));
    }
}

#[test]
fn taobao_in_other_orders_and_encodings() {
    let rows = "订单编号\t订单状态\t买家会员名\t买家实际支付金额\t订单创建时间\t订单付款时间\t退款金额\n\
                =\"101\"\t交易成功\t茶客甲\t59.00\t2023-11-11 00:06:01\t2023-11-11 00:07:01\t0.00\n\
                =\"102\"\t卖家已发货，等待买家确认\t茶客甲\t40.00\t2023/11/12 9:06\t2023/11/12 9:07\t10.00\n\
                =\"103\"\t等待买家付款\t茶客乙\t0.00\t2023/11/12 9:06\t\t0.00\n\
                =\"104\"\t交易关闭\t茶客乙\t80.00\t2023/11/12 9:06\t2023/11/12 9:08\t80.00\n";
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(rows.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let with_bom = [b"\xEF\xBB\xBF", rows.replace('\t', ",").as_bytes()].concat();
    let gb18030 = encoding_rs::GB18030.encode(&rows.replace('\t', ";")).0.into_owned();
    for file in [utf16, with_bom, gb18030] {
        let orders = ok(&file);
        assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("taobao", answer_of(1, 2, "89")));
        assert_eq!(notes(&orders), [("unpaid", 1), ("cancelled", 1)]);
    }
}

#[test]
fn decimals_by_comma_in_other_dress() {
    for rows in [
        "ann;2024-01-05;1.234,40 €\nbo;2024-01-06;20,00 €\n",
        "ann\t05.01.2024\t1 234,40\nbo\t26.01.2024\t20\n",
        "ann|2024-01-05|1'234.40\nbo|2024-01-06|20.00\n",
        "ann,2024-01-05,\"EUR 1,234.40\"\nbo,2024-01-06,EUR 20.00\n",
    ] {
        let separator = rows.chars().find(|letter| ";\t|,".contains(*letter)).unwrap();
        let header = ["customer_id", "placed_at", "amount"].join(&separator.to_string());
        assert_eq!(answer(&ok(format!("{header}\n{rows}").as_bytes())), answer_of(2, 2, "1254.4"), "{rows}");
    }
}

#[test]
fn instants_of_databases() {
    for time in
        ["2023-02-10 15:41:33.895+01", "2023-02-10T14:41:33.895Z", "2023-02-10 14:41:33.895000 UTC", "1676040093895"]
    {
        let orders = ok(format!("customer_id,placed_at,amount\nann,{time},1\n").as_bytes());
        let order = orders.orders().next().unwrap().unwrap();
        assert_eq!(order.placed_at().unwrap().to_string(), "2023-02-10 14:41:33 UTC", "{time}");
    }
}

#[test]
fn ids_of_orders_and_credits_are_kept_where_asked_for() {
    let file = "order_id,customer_id,placed_at,amount\n\
                A-1,ann,2024-01-01,10\nan id longer than fifteen,bo,2024-01-02,20\n,bo,2024-01-02,7\n\
                C-9,ann,2024-01-05,-10\nC-8,bo,2024-01-06,-5\nA-1,ann,2024-01-01,10\n";
    let orders = ok_with(file.as_bytes(), &ReadOptions::default().with_order_ids());
    let ids = |orders: &Orders| -> [Vec<Option<String>>; 2] {
        let (count, credits) = (orders.orders().count(), orders.credits().count());
        let own = |id: Option<&str>| id.map(str::to_owned);
        [
            (0..count).map(|at| own(orders.order_id(at))).collect(),
            (0..credits).map(|at| own(orders.credit_id(at))).collect(),
        ]
    };
    let some = |ids: &[&str]| ids.iter().map(|id| Some(*id).filter(|id| !id.is_empty()).map(str::to_owned)).collect();
    let expected: [Vec<_>; 2] = [some(&["A-1", "an id longer than fifteen", ""]), some(&["C-9", "C-8"])];
    assert_eq!(ids(&orders), expected);
    let matched = orders.with_credits_matched().unwrap();
    assert_eq!(ids(&matched), [expected[0].clone(), some(&["C-8"])], "C-9 gave A-1 back");
    assert_eq!(ids(&ok(file.as_bytes())), [vec![None; 3], vec![None; 2]]);
    // Without a column of them, and where each row is a purchase.
    let plain = "customer_id,placed_at,amount\nann,2024-01-01,10\nann,2024-01-02,10\n";
    assert_eq!(ids(&ok_with(plain.as_bytes(), &ReadOptions::default().with_order_ids())), [vec![None; 2], Vec::new()]);
}
