//! Records written in any layout, encoding, separator, number and date form read back as the same records; files with a
//! damaged byte are read, refused or noted, and never read as something else in silence.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use std::fmt::Write;

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

/// A layout as it writes orders: its name, its columns, its words for paid, unpaid and cancelled, and columns that are empty.
type Layout = (&'static str, [&'static str; 6], [&'static str; 3], &'static [&'static str]);

#[rustfmt::skip]
const LAYOUTS: [Layout; 9] = [
    ("own", ["Order ID", "customer id", "Placed_At", "AMOUNT", "status", "Refunded"], ["paid", "Unpaid", "CANCELLED"], &[]),
    ("shopify", ["Name", "Email", "Created at", "Total", "Financial Status", "Refunded Amount"], ["paid", "Pending", "VOIDED"], &["Lineitem name"]),
    ("woocommerce", ["order_id", "billing_email", "order_date", "order_total", "status", "refunded_total"], ["wc-completed", "on-hold", "cancelled"], &[]),
    ("magento", ["ID", "Customer Email", "Purchase Date", "Grand Total (Base)", "Status", "Total Refunded"], ["Complete", "pending", "Canceled"], &["Purchase Point"]),
    ("bigcommerce", ["Order ID", "Customer Email", "Order Date", "Order Total (inc tax)", "Order Status", "Refund Amount"], ["Completed", "Awaiting Payment", "Cancelled"], &["Customer ID"]),
    ("etsy_payments", ["Order ID", "Buyer Username", "Order Date", "Gross Amount", "Status", "Refund Amount"], ["SETTLED", "pending", "canceled"], &["Payment ID"]),
    ("stripe", ["id", "Customer Email", "Created (UTC)", "Amount", "Status", "Amount Refunded"], ["Paid", "Failed", "canceled"], &["Currency"]),
    ("taobao", ["订单编号", "买家会员名", "订单付款时间", "买家实际支付金额", "订单状态", "退款金额"], ["交易成功", "等待买家付款", "交易关闭"], &[]),
    ("youzan", ["订单号", "买家手机号", "买家付款时间", "订单实付金额", "订单状态", "订单已退款金额"], ["交易完成", "待付款", "交易关闭"], &["全部商品名称"]),
];

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

    fn text(&self, sales: &[Sale]) -> String {
        let (_, names, words, others) = self.layout;
        let field = |text: String| {
            if self.quoted || text.contains([self.separator, '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        };
        let mut file = String::new();
        let mut row = |fields: [String; 6], others: &[&str]| {
            let fields = self.columns.iter().map(|&at| field(fields[at].clone()));
            let fields: Vec<String> = fields.chain(others.iter().map(|&other| other.to_owned())).collect();
            let end = if self.returns { "\r\n" } else { "\n" };
            write!(file, "{}{end}", fields.join(&self.separator.to_string())).unwrap();
        };
        let nothing = vec![""; others.len()];
        row(names.map(str::to_owned), others);
        for (number, sale) in sales.iter().enumerate() {
            let fields = [
                format!("A{number}"),
                sale.customer.clone(),
                self.time(sale.minute),
                self.amount(sale.cents),
                words[usize::from(sale.status)].to_owned(),
                if sale.refunded == 0 { String::new() } else { self.amount(sale.refunded) },
            ];
            row(fields, &nothing);
        }
        file
    }

    fn bytes(&self, sales: &[Sale]) -> Vec<u8> {
        let text = self.text(sales);
        match self.encoding {
            0 => text.into_bytes(),
            1 => format!("\u{feff}{text}").into_bytes(),
            2 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
            3 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
            // The sign of the euro is one of GB18030's rarer characters.
            _ => encoding_rs::GB18030.encode(&text.replace('€', "EUR")).0.into_owned(),
        }
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
    let mut sales: Vec<Sale> = orders.orders().map(|order| sale(order.unwrap())).collect();
    sales.sort();
    sales
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

    /// A damaged byte never panics; what is read of the other rows is what was written, or a note or refusal says so.
    #[test]
    fn damage_stays_where_it_is(
        records in vec(sale(), 2..12), style in style(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        prop_assume!(has_purchase(&records));
        let mut file = style.bytes(&records);
        let at = at.index(file.len());
        let before = std::mem::replace(&mut file[at], byte);
        prop_assume!(before != byte);
        if let Err(error) = read(file.as_slice(), &style.options()) {
            let text = error.to_string();
            prop_assert!(text.chars().all(|character| !character.is_control()), "{:?}", text);
        }
        let skipping = style.options().with_bad_rows_skipped();
        if let Ok(orders) = read(file.as_slice(), &skipping) {
            let found = sales(&orders);
            let kept = records.iter().filter(|sale| found.contains(sale)).count();
            // One row may say something else (its own bytes are other ones), and one may have swallowed the next.
            let is_noted = !orders.notes().is_empty();
            prop_assert!(kept + 1 >= records.len() || is_noted, "{} of {} kept: {:?}", kept, records.len(), String::from_utf8_lossy(&file));
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
