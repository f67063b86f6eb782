//! From the orders of a file to the library's log.

use std::error::Error;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use order_files::{Orders, ProductLine, Said};
use repurchase::history::LineLog;
use repurchase::record::{Credit, OrderLine, Record};
use repurchase::scale::Language;
use repurchase::{Ledger, Order, PurchaseLog};
use rust_decimal::Decimal;

use crate::gathered::LogTotals;

/// The file that a program was given; `-` is standard input.
pub fn input(path: &Path) -> Result<Watched<Box<dyn Read>>, Box<dyn Error>> {
    if path == Path::new("-") {
        return Ok(Watched::new(Box::new(io::stdin().lock())));
    }
    let shown = path.display();
    let said = |error: io::Error| [format!("cannot open {shown}: {error}"), format!("无法打开 {shown}：{error}")];
    let file = File::open(path).map_err(|error| Said::from(said(error)))?;
    Ok(Watched::new(Box::new(file)))
}

/// Says on stderr every second how much is read, if somebody is watching.
pub struct Watched<R> {
    input: R,
    bytes: u64,
    told: Instant,
}

impl<R> Watched<R> {
    fn new(input: R) -> Self {
        Self { input, bytes: 0, told: Instant::now() }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes += read as u64;
        if self.told.elapsed() >= Duration::from_secs(1) && io::stderr().is_terminal() {
            eprint!("\r{} MB\r", self.bytes / 1_000_000);
            self.told = Instant::now();
        }
        Ok(read)
    }
}

/// Every customer's history by the ids themselves.
///
/// A log has customers by number, which is quicker; numbers are in the order of ids.
pub fn named_ledger(orders: &Orders, ledger: &Ledger<u32>) -> Result<Ledger<String>, Box<dyn Error>> {
    Ok(ledger.renamed(|&number| name(orders, number))?)
}

/// The log by the ids themselves, for whoever asks it for customers.
pub fn named_log(orders: &Orders) -> Result<PurchaseLog<String>, Box<dyn Error>> {
    let mut records: Vec<Record<String>> = Vec::new();
    for order in orders.orders() {
        let order = order?;
        if let (true, Some(at)) = (order.is_purchase(), order.placed_at()) {
            records.push(Order::new(name(orders, *order.customer()), at, order.net_amount())?.into());
        }
    }
    for credit in orders.credits() {
        let credit = credit?;
        if let Some(at) = credit.issued_at() {
            records.push(Credit::new(name(orders, *credit.customer()), at, credit.amount())?.into());
        }
    }
    Ok(PurchaseLog::from_records(records, &orders.calendar())?)
}

/// What customers bought but for some names, by the ids themselves; `None` where no line of the file names a product.
///
/// The quantity of each line is 1: files write pieces, kilograms and packs alike.
pub fn named_lines(orders: &Orders, but: &[String]) -> Result<Option<LineLog<String, String>>, Box<dyn Error>> {
    let line = |line: ProductLine<'_>| {
        let (customer, product) = (name(orders, line.customer), line.product.to_owned());
        OrderLine::new(customer, line.placed_at, product, Decimal::ONE, Decimal::ZERO)
    };
    let lines = orders
        .lines()
        .filter(|line| but.iter().all(|name| name != line.product))
        .map(line)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if lines.is_empty() { None } else { Some(LineLog::from_lines(lines, &orders.calendar())?) })
}

/// Why nobody has bought.
pub fn nobody(orders: &Orders, log: LogTotals) -> Said {
    let (as_of, last) = (orders.as_of(), log.last.unwrap_or(orders.as_of()));
    if log.purchases == 0 {
        let (counts, credits) = (orders.counts(), log.credits);
        if credits == 0 {
            let (all, refunded) = (counts.orders, counts.fully_refunded);
            let (unpaid, cancelled) = (counts.unpaid, counts.cancelled);
            return Said::from([
                format!(
                    "nobody has bought (of {all} orders: refunded in full {refunded}, not paid {unpaid}, cancelled {cancelled}); \
                     --keep-credits leaves an order a purchase where a refund of its amount names no order"
                ),
                format!(
                    "没有成交订单：{all} 笔中，全额退款 {refunded} 笔，未付款 {unpaid} 笔，已取消 {cancelled} 笔；加 \
                     --keep-credits 则未写明订单的同额退款不抵消订单"
                ),
            ]);
        }
        return Said::from([
            format!("nobody has bought: all amounts ({credits}) are refunds; is their sign the wrong way round?"),
            format!("没有成交订单：{credits} 笔金额全是退款；正负号是不是反了？"),
        ]);
    }
    Said::from([
        format!(
            "nobody has bought up to {as_of}: all purchases are later, the last on {last}; --as-of takes a later day"
        ),
        format!("截至 {as_of} 没有成交订单：所有订单都在此之后，最后一笔在 {last}；--as-of 应取更晚的日期"),
    ])
}

/// The id of a customer's number.
pub fn name(orders: &Orders, number: u32) -> String {
    orders.ids().get(number).unwrap_or_default().to_owned()
}

/// An error with the id in place of the number, and without the place of a record, which is none of the file's.
pub(crate) fn by_name(orders: &Orders, error: repurchase::Error) -> repurchase::Error {
    match error {
        repurchase::Error::Customer { customer, cause } => {
            let number = customer.parse().ok().and_then(|number| orders.ids().get(number));
            let customer = number.map_or(customer, |id| format!("{id:?}").into());
            repurchase::Error::Customer { customer, cause }
        }
        repurchase::Error::FinestAmount { cause, .. } => by_name(orders, *cause),
        other => other,
    }
}

/// What was left out and why; empty when nothing was.
pub fn report(orders: &Orders, language: Language) -> String {
    let skipped = orders.counts().skipped;
    if skipped == 0 {
        return String::new();
    }
    let in_chinese = language == Language::Chinese;
    let mut lines: Vec<String> = orders.bad_rows().iter().map(|row| row.describe(language)).collect();
    let more = skipped.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(if in_chinese { format!("另有 {more} 行") } else { format!("and {more} more") });
    }
    let title = if in_chinese { "已跳过的无效行：" } else { "Bad rows left out: " };
    format!("\n{title}{skipped}\n  {}\n", lines.join("\n  "))
}
