//! Files as marketplaces and hosted shops write them: their whole headers, and what is no order among their rows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, bought_again, notes, ok, ok_with, refusal};
use order_files::{DateOrder, Orders, ReadOptions};

fn answer_of(customers: usize, purchases: usize, credits: usize, revenue: &str) -> (usize, usize, usize, String) {
    (customers, purchases, credits, revenue.to_owned())
}

/// A file with a whole header and rows that fill some of its columns.
fn file(header: &str, rows: &[&[(&str, &str)]]) -> String {
    let names: Vec<&str> = header.split(',').collect();
    let mut file = format!("{header}\n");
    for row in rows {
        assert!(row.iter().all(|(name, _)| names.contains(name)), "{row:?}");
        let field = |name: &&str| row.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value);
        file += &(names.iter().map(field).collect::<Vec<_>>().join(",") + "\n");
    }
    file
}

fn layout(orders: &Orders) -> &str {
    &orders.read_as().layout
}

const EBAY: &str = "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer Address 1,Buyer \
    Address 2,Buyer City,Buyer State,Buyer Zip,Buyer Country,Buyer Tax Identifier Name,Buyer Tax Identifier Value,Ship To \
    Name,Ship To Phone,Ship To Address 1,Ship To Address 2,Ship To City,Ship To State,Ship To Zip,Ship To Country,Item \
    Number,Item Title,Custom Label,Sold Via Promoted Listings,Quantity,Sold For,Shipping And Handling,Item Location,Item Zip \
    Code,Item Country,eBay Collect And Remit Tax Rate,eBay Collect And Remit Tax Type,eBay Reference Name,eBay Reference \
    Value,Tax Status,Seller Collected Tax,eBay Collected Tax,Electronic Waste Recycling Fee,Mattress Recycling Fee,Battery \
    Recycling Fee,White Goods Disposal Tax,Tire Recycling Fee,Additional Fee,Lumber Fee,Prepaid Wireless Fee,Road Improvement \
    And Food Delivery Fee,eBay Collected Charges,Total Price,eBay Collected Tax and Fees Included in Total,Payment Method,Sale \
    Date,Paid On Date,Ship By Date,Minimum Estimated Delivery Date,Maximum Estimated Delivery Date,Shipped On Date,Feedback \
    Left,Feedback Received,My Item Note,PayPal Transaction ID,Shipping Service,Tracking Number,Transaction ID,Variation \
    Details,Global Shipping Program,Global Shipping Reference ID,Click And Collect,Click And Collect Reference Number,eBay \
    Plus,Authenticity Verification Program,Authenticity Verification Status,Authenticity Verification Outcome Reason,PSA Vault \
    Program,Vault Fulfillment Type,eBay Fulfillment Program,Tax City,Tax State,Tax Zip,Tax Country,eBay International Shipping";

#[test]
fn ebay_with_what_it_puts_around_the_table() {
    let commas = ",".repeat(EBAY.matches(',').count());
    let order = |number, buyer, total, sale, paid| {
        [
            ("Sales Record Number", number),
            ("Order Number", number),
            ("Buyer Username", buyer),
            ("Total Price", total),
            ("Sale Date", sale),
            ("Paid On Date", paid),
        ]
    };
    let single = order("11-1", "ann", "$45.99", "Jul-21-25", "Jul-21-25");
    // Two items: the total and the payment on a row of their own.
    let sum = order("11-2", "ann", "$1020.00", "Aug-02-25", "Aug-03-25");
    let item = |number, title| {
        [
            ("Sales Record Number", number),
            ("Order Number", number),
            ("Buyer Username", "ann"),
            ("Item Title", title),
            ("Quantity", "1"),
            ("Sale Date", "Aug-02-25"),
        ]
    };
    // Never checked out: no order number, and no day of payment.
    let unpaid = order("14", "bo", "$9.00", "Aug-04-25", "");
    let unpaid: Vec<_> = unpaid.into_iter().filter(|(name, _)| *name != "Order Number").collect();
    let rows = file(EBAY, &[&[], &single, &sum, &item("11-2", "Lamp"), &item("11-2", "Vase"), &unpaid]);
    let around = format!(
        "{commas}\n{rows}\n3,record(s) downloaded, from Jul-20-25 00:00:00 to Aug-20-25 00:00:00\nSeller ID : a_shop\n"
    );
    let orders = ok(around.as_bytes());
    assert_eq!((layout(&orders), answer(&orders)), ("ebay", answer_of(1, 2, 0, "1065.99")));
    assert_eq!((bought_again(&orders), notes(&orders), orders.counts().rows), (1, vec![("unpaid", 1)], 5));
    // The words of the layout are no excuse for a row of an order that cannot be read.
    let wrong = around.replace("Jul-21-25", "Jul-32-25");
    assert!(refusal(wrong.as_bytes()).starts_with("line 4, column Sale Date: found \"Jul-32-25\""));
}

#[test]
fn ebay_where_the_item_says_when_the_order_was_paid() {
    for (first, second) in [("", "Aug-03-25"), ("Aug-03-25", "")] {
        let rows = format!(
            "Sales record number,Order number,Buyer username,Total price,Sale date,Paid on date,Item title\n\
             1,11-2,ann,£20.00,02-Aug-25,{first},\n1,11-2,ann,,02-Aug-25,{second},Lamp\n"
        );
        let orders = ok(rows.as_bytes());
        assert_eq!((layout(&orders), answer(&orders), notes(&orders)), ("ebay", answer_of(1, 1, 0, "20"), vec![]));
    }
}

#[test]
fn etsy_orders() {
    let header = "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,Date Shipped,\
                  Street 1,Street 2,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,Coupon Code,Coupon \
                  Details,Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Card Processing Fees,Order \
                  Net,Adjusted Order Total,Adjusted Card Processing Fees,Adjusted Net Order Amount,Buyer,Order Type,Payment \
                  Type,InPerson Discount,InPerson Location,SKU";
    let order = |date, id, buyer, total, status| {
        [
            ("Sale Date", date),
            ("Order ID", id),
            ("Buyer User ID", buyer),
            ("Order Total", total),
            ("Status", status),
            ("Currency", "EUR"),
        ]
    };
    // 3 September and 9 March both exist: the layout says which it is.
    let rows = [
        order("09/03/25", "1", "ann1", "55.00", ""),
        order("09/05/25", "2", "ann1", "16.50", "Completed"),
        order("09/06/25", "3", "bo2", "20.00", "Fully Refunded"),
        order("09/07/25", "4", "cy3", "30.00", "Canceled"),
    ];
    let orders = ok(file(header, &rows.each_ref().map(|row| &row[..])).as_bytes());
    assert_eq!((layout(&orders), answer(&orders)), ("etsy", answer_of(1, 2, 0, "71.5")));
    assert_eq!(orders.as_of().to_string(), "2025-09-05");
    assert_eq!(notes(&orders), [("near_columns", 1), ("no_status", 1), ("cancelled", 1), ("fully_refunded", 1)]);
    assert_eq!(orders.notes()[0].examples, ["\"Adjusted Order Total\""]);
    let other = file(header, &[&order("25/12/25", "1", "ann1", "55.00", "")]);
    assert!(
        refusal(other.as_bytes())
            .contains("found \"25/12/25\", expected a date that is month/day/year, as --dates or the layout says")
    );
    let said = ReadOptions::default().with_dates(DateOrder::Dmy);
    assert_eq!(ok_with(other.as_bytes(), &said).as_of().to_string(), "2025-12-25");
}

#[test]
fn etsy_items_and_payments() {
    let items = "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Order \
                 Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship \
                 Address1,Ship Address2,Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,Variations,Order Type,Listings \
                 Type,Payment Type,InPerson Discount,InPerson Location,VAT Paid by Buyer,SKU";
    let item = |id, name, total| {
        [("Sale Date", "08/14/25"), ("Item Name", name), ("Buyer", "ann"), ("Item Total", total), ("Order ID", id)]
    };
    let rows = [item("1", "Fox card", "$10.00"), item("1", "Fox sticker", "$3.00"), item("2", "Bear", "$5.00")];
    let orders = ok(file(items, &rows.each_ref().map(|row| &row[..])).as_bytes());
    assert_eq!((layout(&orders), answer(&orders), notes(&orders)), ("etsy_items", answer_of(1, 2, 0, "18"), vec![]));

    let payments = "Payment ID,Buyer Username,Buyer Name,Order ID,Gross Amount,Fees,Net Amount,Posted Gross,Posted Fees,Posted \
                    Net,Adjusted Gross,Adjusted Fees,Adjusted Net,Currency,Listing Amount,Listing Currency,Exchange Rate,VAT \
                    Amount,Gift Card Applied?,Status,Funds Available,Order Date,Buyer,Order Type,Payment Type,Refund Amount";
    let payment = |id, gross, back, date| {
        [
            ("Payment ID", id),
            ("Order ID", id),
            ("Buyer Username", "ann"),
            ("Gross Amount", gross),
            ("Refund Amount", back),
            ("Order Date", date),
            ("Status", "SETTLED"),
            ("Currency", "EUR"),
        ]
    };
    let rows = [
        payment("1", "32.55", "0", "02/01/2025"),
        payment("2", "20", "20", "02/03/2025"),
        payment("3", "20", "5", "02/04/2025"),
    ];
    let orders = ok(file(payments, &rows.each_ref().map(|row| &row[..])).as_bytes());
    assert_eq!((layout(&orders), answer(&orders)), ("etsy_payments", answer_of(1, 2, 0, "47.55")));
    assert_eq!((notes(&orders), orders.as_of().to_string()), (vec![("fully_refunded", 1)], "2025-02-04".to_owned()));
}

#[test]
fn bigcommerce() {
    let header = "Order ID,Customer ID,Customer Name,Customer Email,Customer Phone,Order Date,Order Status,Subtotal (inc tax),\
                  Subtotal (ex tax),Tax Total,Shipping Cost (inc tax),Shipping Cost (ex tax),Ship Method,Handling Cost (inc \
                  tax),Handling Cost (ex tax),Store Credit Redeemed,Gift Certificate Amount Redeemed,Gift Certificate Code,Gift \
                  Certificate Expiration Date,Coupon Details,Order Total (inc tax),Order Total (ex tax),Payment Method,Total \
                  Quantity,Total Shipped,Date Shipped,Order Currency Code,Exchange Rate,Order Notes,Customer Message,Billing \
                  First Name,Billing Last Name,Billing Company,Billing Street 1,Billing Street 2,Billing Suburb,Billing State,\
                  Billing Zip,Billing Country,Billing Phone,Billing Email,Shipping First Name,Shipping Last Name,Shipping \
                  Company,Shipping Street 1,Shipping Street 2,Shipping Suburb,Shipping State,Shipping Zip,Shipping Country,\
                  Shipping Phone,Shipping Email,Product Details,Refund Amount,Channel ID,Channel Name";
    let order = |id, person, email, date, status, total, back| {
        [
            ("Order ID", id),
            ("Customer ID", person),
            ("Customer Email", email),
            ("Order Date", date),
            ("Order Status", status),
            ("Order Total (inc tax)", total),
            ("Refund Amount", back),
            ("Order Currency Code", "USD"),
        ]
    };
    // A guest with an address comes again.
    let rows = [
        order("1", "0", "ann@x.com", "01/31/2025", "Completed", "20.0000", "0.0000"),
        order("2", "7", "Ann@x.com", "02/01/2025", "Partially Refunded", "30.0000", "10.0000"),
        order("3", "8", "bo@x.com", "02/01/2025", "Awaiting Payment", "30.0000", "0.0000"),
        order("4", "8", "bo@x.com", "02/01/2025", "Refunded", "30.0000", "30.0000"),
        order("5", "8", "bo@x.com", "02/01/2025", "Declined", "30.0000", "0.0000"),
    ];
    let orders = ok(file(header, &rows.each_ref().map(|row| &row[..])).as_bytes());
    assert_eq!((layout(&orders), answer(&orders), bought_again(&orders)), ("bigcommerce", answer_of(1, 2, 0, "40"), 1));
    assert_eq!(notes(&orders), [("ids_joined", 1), ("unpaid", 1), ("cancelled", 1), ("fully_refunded", 1)]);
    let timed = "Order ID,Order Status,Order Date,Order Time,Order Total (inc tax),Customer ID,Customer Email\n\
                 1,Shipped,01/31/2025,18:30:05,20,7,ann@x.com\n";
    let order = ok(timed.as_bytes()).orders().next().unwrap().unwrap();
    assert_eq!(order.placed_at().unwrap().to_string(), "2025-01-31 18:30:05 UTC");
}

#[test]
fn amazon_reports_that_have_a_buyer() {
    let header = "order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tbuyer-name\tbuyer-phone-number\tsku\t\
                  product-name\tquantity-purchased\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\t\
                  ship-service-level\trecipient-name";
    let rows = "1\t10\t2025-05-17T23:30:00+00:00\t2025-05-18T00:00:00+00:00\ta1@marketplace.amazon.com\tA\t\ts1\tX\t2\tUSD\t20.00\t0\t0\t0\tStandard\tA\n\
                1\t11\t2025-05-17T23:30:00+00:00\t2025-05-18T00:00:00+00:00\ta1@marketplace.amazon.com\tA\t\ts2\tY\t1\tUSD\t5.00\t0\t0\t0\tStandard\tA\n\
                2\t12\t2025-06-17T23:30:00+00:00\t2025-06-18T00:00:00+00:00\ta1@marketplace.amazon.com\tA\t\ts2\tY\t1\tUSD\t5.00\t0\t0\t0\tStandard\tA\n";
    let orders = ok(format!("{header}\n{rows}").as_bytes());
    assert_eq!((layout(&orders), answer(&orders)), ("amazon_orders", answer_of(1, 2, 0, "30")));
    assert_eq!((bought_again(&orders), notes(&orders)), (1, vec![]));
    let shipped = "amazon-order-id,merchant-order-id,shipment-id,shipment-item-id,amazon-order-item-id,merchant-order-item-id,\
                   purchase-date,payments-date,shipment-date,reporting-date,buyer-email,buyer-name,sku,product-name,\
                   quantity-shipped,currency,item-price";
    let row = [
        ("amazon-order-id", "1"),
        ("purchase-date", "2025-07-14T18:53:56+00:00"),
        ("buyer-email", "a@x.in"),
        ("sku", "s"),
        ("currency", "INR"),
        ("item-price", "250"),
    ];
    let orders = ok(file(shipped, &[&row]).as_bytes());
    assert_eq!(
        (layout(&orders), answer(&orders), notes(&orders)),
        ("amazon_orders", answer_of(1, 1, 0, "250"), vec![])
    );
}

#[test]
fn jd_repeats_the_amount_of_an_order_on_each_product() {
    let header = "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,\
                  客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,\
                  货号,订单完成时间,订单来源,订单渠道";
    let row = |id, product, amount, status, who, paid| {
        [
            ("订单号", id),
            ("商品ID", product),
            ("下单时间", "2025-06-18 00:00:05"),
            ("结算金额", amount),
            ("应付金额", "0"),
            ("订单状态", status),
            ("下单帐号", who),
            ("付款确认时间", paid),
        ]
    };
    let rows = [
        row("1", "a", "100", "完成", "jd_甲", "2025-06-18 00:01:00"),
        row("1", "b", "100", "完成", "jd_甲", "2025-06-18 00:01:00"),
        row("2", "a", "50", "等待出库", "jd_甲", "2025-06-19 00:01:00"),
        row("3", "a", "50", "取消", "jd_乙", ""),
        row("4", "a", "50", "等待付款", "jd_乙", "0001-01-01 00:00:00"),
    ];
    let text = file(header, &rows.each_ref().map(|row| &row[..]));
    for bytes in [text.clone().into_bytes(), encoding_rs::GB18030.encode(&text).0.into_owned()] {
        let orders = ok(&bytes);
        assert_eq!((layout(&orders), answer(&orders)), ("jd", answer_of(1, 2, 0, "150")));
        assert_eq!(notes(&orders), [("unpaid", 1), ("cancelled", 1)]);
    }
    assert!(refusal(text.replacen(",完成,", ",(锁定)等待出库,", 1).as_bytes()).contains("column 订单状态"));
}

#[test]
fn youzan() {
    let header = "订单号,订单状态,订单创建时间,买家付款时间,全部商品名称,商品种类数,订单实付金额,订单已退款金额,收货人/提货人,\
                  收货人手机号/提货人手机号,收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,买家昵称,买家手机号,优惠券码名称,分销员";
    let row = |id, status, paid, amount, back, who| {
        [
            ("订单号", id),
            ("订单状态", status),
            ("订单创建时间", "2025-07-20 16:40:00"),
            ("买家付款时间", paid),
            ("订单实付金额", amount),
            ("订单已退款金额", back),
            ("买家手机号", who),
        ]
    };
    let rows = [
        row("E1", "交易完成", "2025-07-20 16:42:54", "539.10", "0.00", "13900000001"),
        row("E2", "已发货", "2025-07-21 16:42:54", "99.00", "9.00", "13900000001"),
        row("E3", "待付款", "", "99.00", "0.00", "13900000002"),
        row("E4", "交易关闭", "2025-07-22 16:42:54", "99.00", "99.00", "13900000002"),
    ];
    let orders = ok(file(header, &rows.each_ref().map(|row| &row[..])).as_bytes());
    assert_eq!((layout(&orders), answer(&orders), bought_again(&orders)), ("youzan", answer_of(1, 2, 0, "629.1"), 1));
    assert_eq!(notes(&orders), [("unpaid", 1), ("cancelled", 1)]);
}

#[test]
fn files_that_cannot_be_used_say_what_can() {
    let paypal = "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID,\
                  Shipping Address,Address Status,Item Title,Item ID,Shipping and Handling Amount,Insurance Amount,Sales Tax,\
                  Reference Txn ID,Invoice Number,Custom Number,Quantity,Receipt ID,Balance,Country Code,Balance Impact";
    assert_eq!(
        refusal(format!("{paypal}\n").as_bytes()),
        "this is a file of PayPal, activity download: it has every movement of the account, withdrawals and payments of the \
         shop's own among them: keep the rows of sales and refunds, and read those with --columns \"customer_id=From Email \
         Address,placed_at=Date,amount=Gross,order_id=Transaction ID,currency=Currency\""
    );
    let row = [
        ("Date", "31/01/2025"),
        ("Currency", "EUR"),
        ("Gross", "\"1.234,50\""),
        ("From Email Address", "a@x.de"),
        ("Transaction ID", "T1"),
    ];
    let columns =
        "customer_id=From Email Address,placed_at=Date,amount=Gross,order_id=Transaction ID,currency=Currency";
    let options = ReadOptions::default().with_columns(columns.parse().unwrap());
    assert_eq!(answer(&ok_with(file(paypal, &[&row]).as_bytes(), &options)), answer_of(1, 1, 0, "1234.5"));

    let prestashop = "ID;Reference;New client;Delivery;Customer;Total;Payment;Status;Date\n\
                      1;XKBKNABJK;1;France;J. DOE;61,80 €;Bank wire;Payment accepted;2025-01-31 18:30:05\n";
    let text = refusal(prestashop.as_bytes());
    assert!(text.starts_with("this is a file of PrestaShop, Orders > Export: its Customer is an initial"), "{text}");
    let columns = "customer_id=Customer,placed_at=Date,amount=Total,order_id=ID,status=Status";
    assert!(text.contains(columns), "{text}");
    let options = ReadOptions::default()
        .with_columns(columns.parse().unwrap())
        .with_status("Payment accepted=paid".parse().unwrap());
    assert_eq!(answer(&ok_with(prestashop.as_bytes(), &options)), answer_of(1, 1, 0, "61.8"));
}
