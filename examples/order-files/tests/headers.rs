//! The whole headers that platforms write are recognised, and nothing in them is taken for an overlooked column.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use order_files::{ReadOptions, read};

/// Reads a header with one made-up row; gives the layout's name and the columns that a note is made of.
fn recognised(header: &str, values: &[(&str, &str)]) -> (String, Vec<String>) {
    let separator = if header.contains('\t') { '\t' } else { ',' };
    let row =
        header.split(separator).map(|name| values.iter().find(|(one, _)| *one == name).map_or("", |(_, value)| value));
    let file = format!("{header}\n{}\n", row.collect::<Vec<_>>().join(&separator.to_string()));
    match read(file.as_bytes(), &ReadOptions::default()) {
        Ok(orders) => {
            let near = orders.notes().iter().filter(|note| note.code.key() == "near_columns");
            (orders.read_as().layout.clone(), near.flat_map(|note| note.examples.clone()).collect())
        }
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn is_known(layout: &str, header: &str, values: &[(&str, &str)]) {
    assert_eq!(recognised(header, values), (layout.to_owned(), Vec::new()));
}

#[test]
fn shopify() {
    is_known(
        "shopify",
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,\
         Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem \
         compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,\
         Billing Street,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Notes,Note \
         Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,\
         Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number,Duties,Billing \
         Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References",
        &[
            ("Name", "#1"),
            ("Email", "a@x.com"),
            ("Financial Status", "paid"),
            ("Total", "5.00"),
            ("Created at", "2024-01-05 10:00:00 +0100"),
        ],
    );
}

#[test]
fn square() {
    is_known(
        "square",
        "Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,Total \
         Collected,Source,Card,Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,Tender Note,Fees,Net \
         Total,Transaction ID,Payment ID,Card Brand,PAN Suffix,Device Name,Staff Name,Staff ID,Details,Description,Event Type,\
         Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,Device Nickname,Third Party Fees,Deposit ID,\
         Deposit Date,Deposit Details,Fee Percentage Rate,Fee Fixed Rate,Refund Reason,Discount Name,Transaction Status,Cash \
         App,Order Reference ID,Fulfillment Note,Free Processing Applied,Channel,Unattributed Tips,Table Info,International Fee",
        &[
            ("Date", "2026-07-18"),
            ("Time", "12:59:30"),
            ("Net Sales", "$8.00"),
            ("Transaction ID", "T"),
            ("Customer ID", "C"),
        ],
    );
    is_known(
        "square_items",
        "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,\
         Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,\
         Customer Reference ID,Unit,Count,GTIN,Itemization Type,Commission,Employee,Fulfillment Note,Channel,Token,Card Brand,\
         PAN Suffix",
        &[
            ("Date", "2026-07-18"),
            ("Time", "12:59:30"),
            ("Net Sales", "$8.00"),
            ("Transaction ID", "T"),
            ("Customer ID", "C"),
        ],
    );
}

#[test]
fn stripe() {
    is_known(
        "stripe",
        "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,\
         Fee,Tax,Converted Currency,Mode,Status,Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,\
         Card ID,Card Last4,Card Brand,Card Funding,Card Exp Month,Card Exp Year,Card Name,Card Address Line1,Card Address \
         Line2,Card Address City,Card Address State,Card Address Country,Card Address Zip,Card Issue Country,Card Fingerprint,\
         Card CVC Status,Card AVS Zip Status,Card AVS Line1 Status,Card Tokenization Method,Disputed Amount,Dispute Status,\
         Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),Invoice ID,Payment Source Type,Destination,Transfer,\
         Interchange Costs,Merchant Service Charge,Transfer Group,PaymentIntent ID",
        &[
            ("id", "ch_1"),
            ("Created (UTC)", "2025-12-31 14:30"),
            ("Amount", "5.00"),
            ("Currency", "usd"),
            ("Status", "Paid"),
            ("Customer ID", "c"),
        ],
    );
}

#[test]
fn woocommerce() {
    is_known(
        "woocommerce",
        "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,tax_total,\
         cart_discount,order_discount,discount_total,order_total,order_subtotal,order_currency,payment_method,\
         payment_method_title,transaction_id,customer_ip_address,customer_user_agent,shipping_method,customer_id,customer_user,\
         customer_email,billing_first_name,billing_last_name,billing_company,billing_email,billing_phone,billing_state,\
         billing_country,customer_note,wt_import_key,shipping_items,fee_items,tax_items,coupon_items,refund_items,order_notes,\
         download_permissions",
        &[
            ("order_id", "1"),
            ("order_date", "2024-01-05 10:00:00"),
            ("order_total", "5.00"),
            ("status", "completed"),
            ("billing_email", "a@x.com"),
        ],
    );
    is_known(
        "woocommerce_analytics",
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution",
        &[
            ("Date", "2024-01-05 10:00:00"),
            ("Order #", "1"),
            ("Net Sales", "5"),
            ("Status", "completed"),
            ("Customer", "Ann"),
        ],
    );
}

#[test]
fn magento() {
    is_known(
        "magento",
        "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,Billing \
         Address,Shipping Address,Shipping Information,Customer Email,Customer Group,Subtotal,Shipping and Handling,Customer \
         Name,Payment Method,Total Refunded,Allocated sources,Pickup Location Code,Braintree Transaction Source,Dispute State",
        &[
            ("ID", "1"),
            ("Purchase Date", "2024-01-05 10:00:00"),
            ("Grand Total (Base)", "5"),
            ("Status", "complete"),
            ("Customer Email", "a@x.com"),
        ],
    );
}

#[test]
fn taobao() {
    is_known(
        "taobao",
        "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,\
         收货人姓名,收货地址,运送方式,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝种类,物流单号,物流公司,订单备注,宝贝总数量,店铺Id,\
         店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,定金排名,修改后的sku,修改后的收货地址,异常信息,退款金额",
        &[
            ("订单编号", "1"),
            ("买家会员名", "甲"),
            ("买家实际支付金额", "5"),
            ("订单状态", "交易成功"),
            ("订单付款时间", "2024-01-05 10:00:00"),
        ],
    );
}
