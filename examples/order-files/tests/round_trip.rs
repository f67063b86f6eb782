//! Records written in any layout, encoding, separator, number and date form read back as the same records; files with a
//! damaged byte are read, refused or noted, and never read as something else in silence.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use order_files::{DateOrder, Orders, ReadOptions, read};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use repurchase::record::OrderStatus;

/// An order as a shop knows it: customer, minutes since 2020-01-01, cents, cents refunded, status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sale {
    customer: String,
    minute: i64,
    cents: i64,
    refunded: i64,
    status: u8,
}

/// How a file is written.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is drawn alone")]
struct Style {
    layout: Layout,
    separator: char,
    encoding: u8,
    comma: bool,
    grouped: bool,
    mark: u8,
    time: u8,
    columns: Vec<usize>,
    quoted: bool,
    returns: bool,
}

/// A layout as it writes orders: its name, its columns for an order's id, customer, time, amount, status and refund (those that it
/// does not have are empty), its words for as many states as it knows, and further columns with what they hold.
type Layout = (&'static str, [&'static str; 6], &'static [&'static str], &'static [(&'static str, &'static str)]);

/// All layouts but those that are refused.
#[rustfmt::skip]
const LAYOUTS: [Layout; 19] = [
    ("own", ["Order ID", "customer id", "Placed_At", "AMOUNT", "status", "Refunded"], &["paid", "Unpaid", "CANCELLED"], &[]),
    ("shopify", ["Name", "Email", "Created at", "Total", "Financial Status", "Refunded Amount"], &["paid", "Pending", "VOIDED"], &[("Lineitem name", "")]),
    ("woocommerce", ["order_id", "billing_email", "order_date", "order_total", "status", "refunded_total"], &["wc-completed", "on-hold", "cancelled"], &[]),
    ("woocommerce_analytics", ["Order #", "Customer", "Date", "N. Revenue", "Status", ""], &["Completed", "pending payment", "Cancelled"], &[("N. Revenue (formatted)", "")]),
    ("magento", ["ID", "Customer Email", "Purchase Date", "Grand Total (Base)", "Status", "Total Refunded"], &["Complete", "pending", "Canceled"], &[("Purchase Point", "")]),
    ("bigcommerce", ["Order ID", "Customer Email", "Order Date", "Order Total (inc tax)", "Order Status", "Refund Amount"], &["Completed", "Awaiting Payment", "Cancelled"], &[("Customer ID", "")]),
    ("etsy", ["Order ID", "Buyer User ID", "Sale Date", "Order Total", "Status", ""], &["Completed", "unpaid", "Canceled"], &[("Full Name", ""), ("Number of Items", "1"), ("Order Value", "1")]),
    ("etsy_items", ["Order ID", "Buyer", "Sale Date", "Item Total", "", ""], &[""], &[("Item Name", "Fox"), ("Listing ID", "7")]),
    ("etsy_payments", ["Order ID", "Buyer Username", "Order Date", "Gross Amount", "Status", "Refund Amount"], &["SETTLED", "pending", "canceled"], &[("Payment ID", "")]),
    ("ebay", ["Order Number", "Buyer Username", "Sale Date", "Total Price", "Paid On Date", ""], &["Aug-02-25", ""], &[("Sales Record Number", "5")]),
    ("amazon_orders", ["order-id", "buyer-email", "purchase-date", "item-price", "", ""], &[""], &[("sku", "T1")]),
    ("square", ["Transaction ID", "Customer ID", "Date", "Net Sales", "Transaction Status", ""], &["Complete", "Pending", "Canceled"], &[("Time", ""), ("Gross Sales", ""), ("Total Collected", ""), ("Event Type", "Payment")]),
    ("square_items", ["Transaction ID", "Customer ID", "Date", "Net Sales", "", ""], &[""], &[("Time", ""), ("Gross Sales", ""), ("Item", "Tea"), ("Qty", "1"), ("Event Type", "Payment")]),
    ("stripe", ["id", "Customer Email", "Created (UTC)", "Amount", "Status", "Amount Refunded"], &["Paid", "Failed", "canceled"], &[("Currency", "")]),
    ("taobao", ["订单编号", "买家会员名", "订单付款时间", "买家实际支付金额", "订单状态", "退款金额"], &["交易成功", "等待买家付款", "交易关闭"], &[]),
    ("youzan", ["订单号", "买家手机号", "买家付款时间", "订单实付金额", "订单状态", "订单已退款金额"], &["交易完成", "待付款", "交易关闭"], &[("全部商品名称", "")]),
    ("jd", ["订单号", "下单帐号", "下单时间", "结算金额", "订单状态", ""], &["完成", "等待付款", "已取消"], &[("京东价", "9")]),
    ("olist", ["order_id", "customer_unique_id", "order_purchase_timestamp", "payment_value", "order_status", ""], &["delivered", "created", "canceled"], &[]),
    ("online_retail", ["InvoiceNo", "Customer ID", "InvoiceDate", "UnitPrice", "", ""], &[""], &[("StockCode", "85123A"), ("Quantity", "1")]),
];

#[test]
fn all_layouts_are_written_or_refused() {
    let list = order_files::Layout::list(repurchase::scale::Language::English).unwrap();
    let all = list.lines().filter(|line| !line.starts_with(' ')).count();
    let refused = list.lines().filter(|line| line.trim_start().starts_with("cannot be used")).count();
    assert_eq!(all, LAYOUTS.len() + refused);
}

fn sale() -> impl Strategy<Value = Sale> {
    let customer = prop_oneof![
        "[1-9][0-9]{0,12}",
        "[a-z]{2,8}@[a-z]{2,5}\\.com",
        "[A-Z][a-z]{1,30} [A-Z][a-z]{1,8}",
        "[客户茶人甲乙丙丁]{2,6}",
        "[A-Z]{2}[;,|\"][a-z]{2}",
    ];
    // Guests' words are no ids.
    let customer = customer.prop_filter("somebody", |id| !["Guest Xx"].contains(&id.as_str()));
    (customer, 0..3_000_000_i64, 1..10_000_000_i64, 0..4_u8, any::<prop::sample::Index>()).prop_map(
        |(customer, minute, cents, status, part)| {
            let refunded = if status == 3 { part.index(usize::try_from(cents).unwrap() + 1) as i64 } else { 0 };
            Sale { customer, minute, cents, refunded, status: status % 3 }
        },
    )
}

fn style() -> impl Strategy<Value = Style> {
    let columns = Just((0..6).collect::<Vec<usize>>()).prop_shuffle();
    let layout = prop::sample::select(LAYOUTS.to_vec());
    let separator = prop::sample::select(vec![',', ';', '\t', '|']);
    (layout, separator, 0..5_u8, any::<[bool; 4]>(), 0..4_u8, 0..7_u8, columns).prop_map(
        |(layout, separator, encoding, [comma, grouped, quoted, returns], mark, time, columns)| Style {
            layout,
            separator,
            encoding,
            comma,
            grouped,
            mark,
            time,
            columns,
            quoted,
            returns,
        },
    )
}

const START: i64 = 1_577_836_800;

impl Style {
    fn amount(&self, cents: i64) -> String {
        let (decimal, thousands) = if self.comma { (',', ".") } else { ('.', ",") };
        let mut whole = (cents / 100).to_string();
        if self.grouped {
            let mut at = whole.len();
            while at > 3 {
                at -= 3;
                whole.insert_str(at, thousands);
            }
        }
        let number = format!("{whole}{decimal}{:02}", cents % 100);
        match self.mark {
            1 => format!("€{number}"),
            2 => format!("{number} EUR"),
            3 => format!(" {number} "),
            _ => number,
        }
    }

    fn time(&self, minute: i64) -> String {
        let time = chrono::DateTime::from_timestamp(START + minute * 60, 0).unwrap();
        let form = [
            "%F %R",
            "%FT%TZ",
            "%Y/%-m/%-d %-H:%M:%S",
            "%d/%m/%Y %R",
            "%m-%d-%Y %R:00",
            "%b %-d, %Y %-I:%M:%S %p",
            "%s",
        ];
        time.format(form[usize::from(self.time)]).to_string()
    }

    /// The sales as the layout can say them.
    fn fitted(&self, sales: Vec<Sale>) -> Vec<Sale> {
        let (_, names, words, _) = self.layout;
        let fit = |sale: Sale| Sale {
            status: sale.status % words.len() as u8,
            refunded: if names[5].is_empty() { 0 } else { sale.refunded },
            ..sale
        };
        sales.into_iter().map(fit).collect()
    }

    /// The pieces of a file: what each cell holds, by row (the header is row 0) and column, and what stands between them.
    fn pieces(&self, sales: &[Sale]) -> Vec<(usize, Option<usize>, String)> {
        let (_, names, words, others) = self.layout;
        let field = |text: String| {
            if self.quoted || text.contains([self.separator, '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        };
        let columns: Vec<usize> = self.columns.iter().copied().filter(|&at| !names[at].is_empty()).collect();
        let (mut pieces, mut rows) = (Vec::new(), 0);
        let mut row = |fields: [String; 6], others: Vec<&str>| {
            let fields = columns.iter().map(|&at| (at, field(fields[at].clone())));
            let others = others.iter().map(|&other| (6, other.to_owned()));
            for (place, (column, text)) in fields.chain(others).enumerate() {
                if place > 0 {
                    pieces.push((rows, None, self.separator.to_string()));
                }
                pieces.push((rows, Some(column), text));
            }
            pieces.push((rows, None, if self.returns { "\r\n" } else { "\n" }.to_owned()));
            rows += 1;
        };
        row(names.map(str::to_owned), others.iter().map(|(name, _)| *name).collect());
        for (number, sale) in sales.iter().enumerate() {
            let fields = [
                format!("A{number}"),
                sale.customer.clone(),
                self.time(sale.minute),
                self.amount(sale.cents),
                words[usize::from(sale.status)].to_owned(),
                if sale.refunded == 0 { String::new() } else { self.amount(sale.refunded) },
            ];
            row(fields, others.iter().map(|(_, value)| *value).collect());
        }
        pieces
    }

    fn text(&self, sales: &[Sale]) -> String {
        self.pieces(sales).into_iter().map(|(.., text)| text).collect()
    }

    fn mark(&self) -> &'static str {
        if matches!(self.encoding, 1..=3) { "\u{feff}" } else { "" }
    }

    fn encoded(&self, text: &str) -> Vec<u8> {
        match self.encoding {
            0 | 1 => text.as_bytes().to_vec(),
            2 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            3 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            // The sign of the euro is one of GB18030's rarer characters.
            _ => encoding_rs::GB18030.encode(&text.replace('€', "EUR")).0.into_owned(),
        }
    }

    fn bytes(&self, sales: &[Sale]) -> Vec<u8> {
        self.encoded(&format!("{}{}", self.mark(), self.text(sales)))
    }

    /// The row and, if it is in a cell, the column of a byte.
    fn place(&self, sales: &[Sale], at: usize) -> (usize, Option<usize>) {
        let mut end = self.encoded(self.mark()).len();
        for (row, column, text) in self.pieces(sales) {
            end += self.encoded(&text).len();
            if at < end {
                return (row, column);
            }
        }
        (0, None)
    }

    fn options(&self) -> ReadOptions {
        let options = ReadOptions::default();
        match self.time {
            3 => options.with_dates(DateOrder::Dmy),
            4 => options.with_dates(DateOrder::Mdy),
            _ => options,
        }
        .with_as_of(chrono::NaiveDate::from_ymd_opt(2030, 1, 1).unwrap())
    }
}

fn sales(orders: &Orders) -> Vec<Sale> {
    let mut sales: Vec<Sale> = named(orders).into_iter().map(|(_, sale)| sale).collect();
    sales.sort();
    sales
}

/// Sales with the ids of their orders, where these are kept.
fn named(orders: &Orders) -> Vec<(String, Sale)> {
    let hundredths =
        |amount: rust_decimal::Decimal| i64::try_from(amount.mantissa() * 100 / 10_i128.pow(amount.scale())).unwrap();
    let sale = |order: repurchase::Order<u32>| Sale {
        customer: orders.ids().get(*order.customer()).unwrap().to_owned(),
        minute: (order.placed_at().unwrap().timestamp() - START) / 60,
        cents: hundredths(order.amount()),
        refunded: hundredths(order.refunded()),
        status: match order.status() {
            OrderStatus::Paid => 0,
            OrderStatus::Unpaid => 1,
            OrderStatus::Cancelled => 2,
        },
    };
    let id = |at: usize| orders.order_id(at).unwrap_or_default().to_owned();
    orders.orders().enumerate().map(|(at, order)| (id(at), sale(order.unwrap()))).collect()
}

/// Whether more characters above ASCII than not are valid UTF-8.
fn is_mostly_utf8(file: &[u8]) -> bool {
    let valid = |chunk: &str| chunk.chars().filter(|character| !character.is_ascii()).count();
    let (valid, invalid) = file.utf8_chunks().fold((0, 0), |(valid_so_far, invalid), chunk| {
        (valid_so_far + valid(chunk.valid()), invalid + usize::from(!chunk.invalid().is_empty()))
    });
    valid > invalid && invalid > 0
}

/// Whether somebody has bought, which a file must say.
fn has_purchase(sales: &[Sale]) -> bool {
    sales.iter().any(|sale| sale.status == 0 && sale.refunded < sale.cents)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_129),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_in_any_form_is_read_back(records in vec(sale(), 1..40), style in style()) {
        let records = style.fitted(records);
        prop_assume!(has_purchase(&records));
        let file = style.bytes(&records);
        // Bytes of GB18030 that are mostly UTF-8 too, such as those of 乙茶丁 alone, cannot be told from a damaged file.
        prop_assume!(style.encoding != 4 || !is_mostly_utf8(&file));
        let orders = read(file.as_slice(), &style.options());
        let orders = match orders {
            Ok(orders) => orders,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{}", style.text(&records)))),
        };
        let mut expected = records.clone();
        expected.sort();
        prop_assert_eq!(orders.read_as().layout.as_str(), style.layout.0);
        prop_assert_eq!(sales(&orders), expected);
        let log = orders.log().unwrap();
        let purchases = records.iter().filter(|sale| sale.status == 0 && (sale.refunded == 0 || sale.refunded < sale.cents));
        prop_assert_eq!(log.purchases(), purchases.count());
    }

    /// Rows in any order, and twice, make the same orders.
    #[test]
    fn the_order_of_rows_and_their_repetition_change_nothing(
        records in vec(sale(), 1..20), style in style(), seed in any::<prop::sample::Index>(),
    ) {
        let records = style.fitted(records);
        prop_assume!(has_purchase(&records));
        let style = Style { encoding: 0, quoted: false, columns: (0..6).collect(), ..style };
        let text = style.text(&records);
        let mut lines: Vec<&str> = text.lines().collect();
        let again = lines[1 + seed.index(lines.len() - 1)];
        lines.push(again);
        lines[1..].reverse();
        let orders = read(lines.join("\n").as_bytes(), &style.options()).unwrap();
        let mut expected = records.clone();
        expected.sort();
        prop_assert_eq!(sales(&orders), expected);
        prop_assert_eq!(orders.counts().duplicates, 1);
    }

    /// A damaged byte never panics; what is read beside the cell that it is in is what was written, or an error or another note
    /// says so.
    #[test]
    fn damage_stays_where_it_is(
        records in vec(sale(), 2..12), style in style(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let records = style.fitted(records);
        prop_assume!(has_purchase(&records));
        let whole = style.bytes(&records);
        prop_assume!(style.encoding != 4 || !is_mostly_utf8(&whole));
        let mut file = whole.clone();
        let at = at.index(file.len());
        let before = std::mem::replace(&mut file[at], byte);
        prop_assume!(before != byte);
        let (hit, column) = style.place(&records, at);
        for options in [style.options(), style.options().with_bad_rows_skipped()] {
            let options = options.with_order_ids();
            let orders = match read(file.as_slice(), &options) {
                Ok(orders) => orders,
                Err(error) => {
                    let text = error.to_string();
                    prop_assert!(text.chars().all(|character| !character.is_control()), "{:?}", text);
                    continue;
                }
            };
            let undamaged = read(whole.as_slice(), &options).unwrap();
            if orders.notes() != undamaged.notes() {
                continue;
            }
            let mut others = named(&orders);
            for (number, record) in records.iter().enumerate() {
                let id = format!("A{number}");
                let found = others.iter().position(|(found, _)| *found == id);
                let is_hit = number + 1 == hit;
                // Where it has another id, it is what is left.
                let found = found.or((is_hit && column == Some(0) && others.len() == 1).then_some(0));
                let Some((_, sale)) = found.map(|found| others.swap_remove(found)) else {
                    // A customer that is nobody now is a guest, which is noted; an id that is none any more is another row.
                    prop_assert!(is_hit && column == Some(0), "{} is gone: {:?}", id, String::from_utf8_lossy(&file));
                    continue;
                };
                let same = [
                    true,
                    sale.customer == record.customer,
                    sale.minute == record.minute,
                    sale.cents == record.cents,
                    sale.status == record.status,
                    sale.refunded == record.refunded,
                    true,
                ];
                let is_allowed = |at: usize| is_hit && column == Some(at);
                let differs = |at: &usize| !same[*at] && !is_allowed(*at);
                let wrong = (0..same.len()).find(differs);
                prop_assert_eq!(wrong, None, "{} {:?}: {:?}", id, (hit, column), String::from_utf8_lossy(&file));
            }
        }
    }

    /// Any bytes at all.
    #[test]
    fn no_bytes_panic(file in vec(any::<u8>(), 0..400), rows in "[ -~\n\"]{0,200}") {
        let _ = read(file.as_slice(), &ReadOptions::default());
        let with_header = [b"customer_id,placed_at,amount,order_id,status,refunded,kind,currency\n", rows.as_bytes(), &file].concat();
        let _ = read(with_header.as_slice(), &ReadOptions::default());
        let _ = read(with_header.as_slice(), &ReadOptions::default().with_bad_rows_skipped());
    }
}
