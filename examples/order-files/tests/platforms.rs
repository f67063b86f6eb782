//! Files as platforms write them, beside those of `tests/cases`: other words, other orders of columns, other encodings.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, bought_again, notes, ok, ok_with, purchases, refusal, refusal_with};
use order_files::{DateOrder, Layout, ReadOptions, Role};
use repurchase::scale::Language;

fn answer_of(customers: usize, purchases: usize, credits: usize, revenue: &str) -> (usize, usize, usize, String) {
    (customers, purchases, credits, revenue.to_owned())
}

/// Text in GB18030.
fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn from(name: &str) -> ReadOptions {
    ReadOptions::default().with_layout(Layout::named(name).unwrap())
}

const SHOPIFY: &str = "Id,Created at,Name,Email,Total,Currency,Financial Status,Cancelled at,Refunded Amount,Lineitem name,Lineitem quantity\n";

#[test]
fn shopify_with_columns_in_another_order() {
    let file = SHOPIFY.to_owned()
        + "1,2025-01-05 10:00:00 -0500,#1,A@x.com,20.00,USD,PAID,,0.00,Soap,1\n\
           ,2025-01-05 10:00:00 -0500,#1,A@x.com,,,,,,Cream,1\n\
           2,2025-02-05 10:00:00 -0500,#2,a@x.com,30.00,USD,Partially_Refunded,,10.00,Soap,2\n\
           3,2025-02-06 10:00:00 -0500,#3,b@x.com,40.00,USD,pending,,0.00,Soap,2\n\
           4,2025-02-07 10:00:00 -0500,#4,b@x.com,50.00,USD,paid,2025-02-08 10:00:00 -0500,0.00,Set,1\n";
    let orders = ok(file.as_bytes());
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(1, 2, 0, "40"), 1));
    assert_eq!(notes(&orders), [("ids_joined", 1), ("unpaid", 1), ("cancelled", 1)]);
}

#[test]
fn shopify_in_two_currencies() {
    let file = SHOPIFY.to_owned()
        + "1,2025-01-05,#1,a@x.com,20.00,USD,paid,,,Soap,1\n,2025-01-05,#1,a@x.com,,,,,,Cream,1\n\
           2,2025-01-06,#2,a@x.com,30.00,EUR,paid,,,Soap,1\n,2025-01-06,#2,a@x.com,,,,,,Cream,1\n";
    assert_eq!(
        refusal(file.as_bytes()),
        "amounts are in several currencies: \"USD\" (1), \"EUR\" (1); \
         --currency CODE reads the rows in one and leaves the others out"
    );
    let orders = ok_with(file.as_bytes(), &ReadOptions::default().with_currency("eur"));
    assert_eq!((answer(&orders), notes(&orders)), (answer_of(1, 1, 0, "30"), vec![("other_currency", 1)]));
    assert_eq!(
        refusal_with(file.as_bytes(), &ReadOptions::default().with_currency("GBP")),
        "no row is in GBP: the currencies are \"USD\", \"EUR\"; --currency takes one of them"
    );
}

#[test]
fn shopify_where_a_line_has_another_customer() {
    let file =
        SHOPIFY.to_owned() + "1,2025-01-05,#1,a@x.com,20,USD,paid,,,Soap,1\n,2025-01-05,#1,b@x.com,,,,,,Cream,1\n";
    let text = refusal(file.as_bytes());
    assert_eq!(
        text,
        "lines 2 and 3 are both of order \"#1\" and contradict each other: column Email has \"a@x.com\" and \"b@x.com\"; correct \
         the line that is wrong; --columns order_id= takes each line for an order of its own"
    );
}

#[test]
fn woocommerce_from_a_plug_in() {
    let file = "order_id,order_number,order_date,paid_date,status,order_total,order_currency,customer_id,customer_email,billing_email,refunded_total\n\
                1,1,2024-04-16 10:12:13,,wc-completed,20.00,EUR,7,a@x.de,a@x.de,0\n\
                2,2,2024-04-17 10:12:13,,Processing,30.00,EUR,7,a@x.de,A@X.de,5\n\
                3,3,2024-04-18 10:12:13,,on-hold,40.00,EUR,0,,b@x.de,0\n\
                4,4,2024-04-19 10:12:13,,refunded,50.00,EUR,0,,b@x.de,50\n";
    let orders = ok(file.as_bytes());
    assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("woocommerce", answer_of(1, 2, 0, "45")));
    assert_eq!(notes(&orders), [("ids_joined", 1), ("unpaid", 1), ("fully_refunded", 1)]);
}

#[test]
fn woocommerce_analytics_of_newer_versions() {
    let file = "\"Date\",\"Order #\",\"N. Revenue (formatted)\",\"Status\",\"Customer\",\"Customer type\",\"Product(s)\",\"Items sold\",\"Coupon(s)\",\"Net Sales\",\"Attribution\"\n\
                \"2024-01-05 10:00:00\",7,\"$10.00\",completed,\"Ana, Roca\",new,\"1× Tea\",1,,10,Direct\n\
                \"2024-01-06 10:00:00\",7,\"-$4.00\",refunded,\"Ana, Roca\",returning,,0,,-4,\n\
                \"2024-01-07 10:00:00\",6,\"-$9.00\",refunded,\"Bo\",returning,,0,,-9,\n";
    let orders = ok(file.as_bytes());
    // What order 6 gave back was bought before the file starts.
    assert_eq!(answer(&orders), answer_of(1, 1, 1, "-3"));
    assert_eq!(notes(&orders), [("refunds_matched", 1), ("refunds_unmatched", 1)]);
}

#[test]
fn magento() {
    let file = "ID,\"Purchase Point\",\"Purchase Date\",\"Bill-to Name\",\"Ship-to Name\",\"Grand Total (Base)\",\"Grand Total (Purchased)\",Status,\"Billing Address\",\"Customer Email\",\"Customer Group\",Subtotal,\"Customer Name\",\"Payment Method\",\"Total Refunded\"\n\
                000000001,\"Main Website\nStore\",\"Jan 5, 2024 10:02:11 AM\",Ann,Ann,\"$1,045.0000\",\"$1,045.0000\",complete,\"1 Road, Town\",ann@x.com,General,45,Ann,card,\n\
                000000002,Main,\"Feb 5, 2024 1:02:11 PM\",Ann,Ann,$20.00,$20.00,Processing,x,ann@x.com,General,45,Ann,card,$5.00\n\
                000000003,Main,\"Feb 6, 2024 1:02:11 PM\",Bo,Bo,$20.00,$20.00,Closed,x,bo@x.com,General,45,Bo,card,$20.00\n\
                000000004,Main,\"Feb 7, 2024 1:02:11 PM\",Bo,Bo,$20.00,$20.00,Canceled,x,bo@x.com,General,45,Bo,card,\n\
                000000005,Main,\"Feb 7, 2024 1:02:11 PM\",Bo,Bo,$20.00,$20.00,\"Pending Payment\",x,bo@x.com,General,45,Bo,card,\n";
    let orders = ok(file.as_bytes());
    assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("magento", answer_of(1, 2, 0, "1060")));
    assert_eq!(notes(&orders), [("unpaid", 1), ("cancelled", 1), ("fully_refunded", 1)]);
    assert_eq!(orders.as_of().to_string(), "2024-02-05");
}

#[test]
fn square() {
    let file = "Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Tax,Tip,Partial Refunds,Total Collected,Transaction ID,Payment ID,Event Type,Customer ID,Customer Name,Transaction Status\n\
                2024-11-10,21:50:48,Pacific Time (US & Canada),$22.50,$0.00,$22.50,$0.00,$0.00,$0.00,$22.50,T1,P1,Payment,C1,Ann,Complete\n\
                2024-11-12,21:50:48,Pacific Time (US & Canada),\"$1,022.50\",$0.00,\"$1,022.50\",$0.00,$0.00,$0.00,\"$1,022.50\",T2,P2,Payment,C1,Ann,Complete\n\
                2024-11-13,09:00:00,Pacific Time (US & Canada),-$22.50,$0.00,-$22.50,$0.00,$0.00,$0.00,-$22.50,T3,P3,Refund,C1,Ann,Complete\n\
                2024-11-13,10:00:00,Pacific Time (US & Canada),$5.00,$0.00,$5.00,$0.00,$0.00,$0.00,$5.00,T4,P4,Payment,,,Complete\n";
    let orders = ok_with(file.as_bytes(), &ReadOptions::default().with_zone("America/Los_Angeles".parse().unwrap()));
    assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("square", answer_of(1, 2, 1, "1022.5")));
    assert_eq!(notes(&orders), [("guest_orders", 1), ("refunds_unmatched", 1)]);
    assert_eq!(orders.orders().next().unwrap().unwrap().placed_at().unwrap().to_string(), "2024-11-11 05:50:48 UTC");
}

#[test]
fn square_items_are_added_up() {
    let file = "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Event Type,Customer ID\n\
                07/18/2024,12:59:30,EST,Drinks,Tea,1.0,Regular,,,$8.00,$0.00,$8.00,$0.00,T1,P1,Payment,C1\n\
                07/18/2024,12:59:30,EST,Drinks,Cake,2.0,Regular,,,$4.50,$0.00,$4.50,$0.00,T1,P1,Payment,C1\n";
    let orders = ok(file.as_bytes());
    assert_eq!((answer(&orders), orders.read_as().dates), (answer_of(1, 1, 0, "12.5"), DateOrder::Mdy));
}

#[test]
fn stripe_times_are_of_utc() {
    let file = "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email,Captured\n\
                ch_1,x,Payment complete.,2025-12-31 23:30,\"20,25\",\"0,00\",eur,Paid,cus_1,a@x.de,TRUE\n\
                ch_2,x,Payment complete.,2026-01-02 23:30,\"30,00\",\"30,00\",eur,Refunded,cus_1,a@x.de,TRUE\n\
                ch_3,x,declined,2026-01-02 23:30,\"30,00\",\"0,00\",eur,Failed,cus_1,a@x.de,TRUE\n";
    let orders = ok_with(file.as_bytes(), &ReadOptions::default().with_zone("Europe/Berlin".parse().unwrap()));
    assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("stripe", answer_of(1, 1, 0, "20.25")));
    assert_eq!(orders.as_of().to_string(), "2026-01-01");
    assert_eq!(notes(&orders), [("unpaid", 1), ("fully_refunded", 1)]);
}

#[test]
fn taobao_with_other_columns_and_words() {
    let file = "订单编号\t买家昵称\t买家实际支付金额\t订单状态\t订单创建时间\t订单付款时间\t退款金额\n\
                1\t茶客甲\t99.00\t买家已付款，等待卖家发货\t2023-11-11 00:05\t2023-11-11 00:06\t0\n\
                2\t茶客甲\t45.00\t交易成功\t2023-11-12 00:05\t2023-11-12 00:06\t45.00\n\
                3\t茶客乙\t0\t等待买家付款\t2023-11-12 00:05\t\t\n";
    for bytes in [
        file.as_bytes().to_vec(),
        gbk(file),
        gbk(&file.replace('\t', ",").replace("付款，等待", "付款等待").replace("买家已付款等待卖家发货", "买家已付款")),
    ] {
        let orders = ok(&bytes);
        assert_eq!((answer(&orders), purchases(&orders)), (answer_of(1, 1, 0, "99"), vec![("茶客甲".to_owned(), 1)]));
        assert_eq!(notes(&orders), [("unpaid", 1), ("fully_refunded", 1)]);
    }
}

#[test]
fn an_own_file_with_chinese_columns() {
    let file = gbk("会员号,日期,实付,订单状态\n甲,2024年1月5日,¥1,已完成\n甲,2024年2月5日,¥2,待付款\n");
    let options = ReadOptions::default().with_columns("customer_id=会员号,placed_at=日期,amount=实付".parse().unwrap());
    let orders = ok_with(&file, &options);
    assert_eq!((answer(&orders), notes(&orders)), (answer_of(1, 2, 0, "3"), vec![("near_columns", 1)]));
    let options = ReadOptions::default()
        .with_columns("customer_id=会员号,placed_at=日期,amount=实付,status=订单状态".parse().unwrap());
    assert_eq!(answer(&ok_with(&file, &options)), answer_of(1, 1, 0, "1"));
}

#[test]
fn olist_payments_in_parts() {
    let file = "customer_unique_id;order_id;order_status;order_purchase_timestamp;payment_sequential;payment_type;payment_value\n\
                u1;o1;delivered;2017-10-02 10:56:33;1;voucher;10.00\nu1;o1;delivered;2017-10-02 10:56:33;2;voucher;10.00\n\
                u1;o2;shipped;2018-01-02 10:56:33;1;card;5.00\nu2;o3;unavailable;2018-01-02 10:56:33;1;card;5.00\n";
    let orders = ok(file.as_bytes());
    assert_eq!((answer(&orders), notes(&orders)), (answer_of(1, 2, 0, "25"), vec![("cancelled", 1)]));
}

const RETAIL: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
    536365,85123A,HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom\n\
    536365,71053,LANTERN,6,12/1/2010 8:27,3.39,17850,United Kingdom\n\
    536365,71053,LANTERN,6,12/1/2010 8:27,3.39,17850,United Kingdom\n\
    536366,22633,WARMER,1,12/13/2010 8:28,0,17850,United Kingdom\n\
    C536379,D,Discount,-1,12/14/2010 9:41,27.50,17850,United Kingdom\n\
    536414,22139,,56,12/15/2010 11:52,0,,United Kingdom\n";

#[test]
fn online_retail() {
    let orders = ok(RETAIL.as_bytes());
    assert_eq!((orders.read_as().layout.as_str(), answer(&orders)), ("online_retail", answer_of(1, 2, 1, "8.14")));
    assert_eq!(notes(&orders), [("duplicate_rows", 1), ("guest_orders", 1)]);
    let second =
        RETAIL.replace("InvoiceNo", "Invoice").replace("UnitPrice", "Price").replace("CustomerID", "Customer ID");
    assert_eq!(answer(&ok(second.as_bytes())), answer_of(1, 2, 1, "8.14"));
    let continental = RETAIL.replace(',', ";").replace(".55", ",55").replace(".39", ",39").replace("27.50", "27,50");
    assert_eq!(answer(&ok(continental.as_bytes())), answer_of(1, 2, 1, "8.14"));
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let amazon = "amazon-order-id\tmerchant-order-id\tpurchase-date\torder-status\tsku\tquantity\tcurrency\titem-price\n1\t1\t2024-01-05T00:00:00+00:00\tShipped\tA\t1\tUSD\t5.00\n";
    assert_eq!(
        refusal(amazon.as_bytes()),
        "this is a file of Amazon Seller Central, All Orders report: it does not say who bought, so nobody can be seen to \
         come back: use Order Reports or Amazon Fulfilled Shipments, which have buyer-email (the buyer's alias)"
    );
    let instacart = "order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order\n1,1,prior,1,2,08,\n";
    assert!(refusal(instacart.as_bytes()).contains("it has no dates"));
    let olist = "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_customer_date,order_estimated_delivery_date\n";
    assert!(refusal(olist.as_bytes()).contains("it has neither amounts nor persons"));
    let joined = "order_id,customer_unique_id,order_purchase_timestamp,payment_value,order_item_id\n";
    assert!(refusal(joined.as_bytes()).contains("each payment stands once per item"));
    let own = "Buyer,purchase-date,amazon-order-id,item-price\nann,2024-01-05,1,5.00\n";
    let options = ReadOptions::default()
        .with_columns("customer_id=Buyer,placed_at=purchase-date,amount=item-price".parse().unwrap());
    assert_eq!(answer(&ok_with(own.as_bytes(), &options)), answer_of(1, 1, 0, "5"));
}

#[test]
fn a_layout_is_named_listed_and_changed() {
    assert!(Layout::list(Language::English).unwrap().contains("shopify\n    Shopify admin"));
    for layout in Layout::built_in().unwrap() {
        assert_eq!(Layout::named(layout.name()).unwrap(), layout);
    }
    let shop = "name = \"mine\"\ntitle = \"My till\"\nrows = \"lines\"\n[columns]\ncustomer_id = [\"card\"]\nplaced_at = [\"day\"]\n\
                unit_price = [\"each\"]\nquantity = [\"pieces\"]\norder_id = [\"slip\"]\n[kind]\nrefund = [\"back\"]\n";
    let layout = Layout::from_toml(shop).unwrap();
    assert_eq!(layout.names(Role::OrderId), ["slip"]);
    let file = "slip,card,day,pieces,each\n1,ann,2024-01-05,2,1.50\n1,ann,2024-01-05,1,3.00\n";
    assert_eq!(answer(&ok_with(file.as_bytes(), &ReadOptions::default().with_layout(layout))), answer_of(1, 1, 0, "6"));
    assert_eq!(
        Layout::named("zalando").unwrap_err().to_string(),
        "--from: found \"zalando\", expected one of own, shopify, woocommerce, woocommerce_analytics, magento, square, \
         square_items, stripe, taobao, jd, youzan, bigcommerce, ebay, etsy, etsy_items, etsy_payments, amazon_orders, olist, \
         olist_items, olist_orders, online_retail, amazon, instacart, paypal, prestashop, or a file that starts as those of \
         examples/order-files/layouts do"
    );
    assert!(Layout::from_toml("name = 1").unwrap_err().to_string().starts_with("the layout cannot be read: "));
    let own = "customer_id,placed_at,amount,Total\nann,2024-01-05,1,2\n";
    assert_eq!(answer(&ok_with(own.as_bytes(), &from("own"))), answer_of(1, 1, 0, "1"));
}
