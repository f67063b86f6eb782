//! Between the passes: which form each column has, what its words mean, which rows go.

use rust_decimal::Decimal;

use crate::cells::{NO_TIME, Words};
use crate::date_order::DateOrder;
use crate::error::{BadRow, Error, listed, shown};
use crate::header::{AmountFrom, Plan};
use crate::layout::{DecimalMark, StatusMeaning};
use crate::lines::{Lines, Skipped};
use crate::money::Money;
use crate::names::plain;
use crate::options::ReadOptions;
use crate::order_ids::OrderIds;
use crate::orders::decimal;
use crate::table::Table;
use crate::zone::LocalClock;

/// Columns of rows whose values are final.
pub(crate) struct Rows {
    pub(crate) plan: Plan,
    pub(crate) count: u32,
    pub(crate) customers: Vec<u32>,
    pub(crate) seconds: Vec<i64>,
    pub(crate) amounts: Money,
    pub(crate) quantities: Option<Money>,
    pub(crate) refunded: Option<Money>,
    pub(crate) orders: Option<OrderIds>,
    /// By number of the word; the words of each row.
    pub(crate) statuses: Option<(Vec<StatusMeaning>, Words)>,
    pub(crate) refunds: Option<(Vec<bool>, Words)>,
    pub(crate) paid: Option<Vec<bool>>,
    pub(crate) cancelled: Option<Vec<bool>>,
    pub(crate) returned: Option<Vec<bool>>,
    /// Rows that go, in order.
    pub(crate) dropped: Vec<u32>,
    pub(crate) lines: Lines,
    pub(crate) skipped: Skipped,
    pub(crate) clock: LocalClock,
    pub(crate) dates: DateOrder,
    pub(crate) decimal: DecimalMark,
    pub(crate) currency: Option<String>,
    pub(crate) other_currency: u64,
}

impl Table {
    pub(crate) fn resolve(self, options: &ReadOptions) -> Result<(Rows, crate::customers::Customers), Error> {
        let plan = self.plan;
        let statuses = match self.statuses {
            Some(words) => Some((meanings(&words, &plan, options)?, words)),
            None => None,
        };
        let refunds = match self.kinds {
            Some(words) => Some((refund_words(&words, &plan, options)?, words)),
            None => None,
        };
        let (currency, others) = currency(&self.currencies, options, self.other_currency)?;
        let (seconds, times, dates, clock) = self.times.finish();
        if let Some((row, other)) = times.open {
            let read = seconds.get(row as usize).copied().unwrap_or(NO_TIME);
            return Err(open_dates(&plan, self.lines.line(row), [read, other]));
        }
        let mut skipped = self.skipped;
        let mut dropped = Vec::new();
        let mut drop = |rows: &[u32], place: usize, form: &str| {
            for &row in rows {
                if let Err(at) = dropped.binary_search(&row) {
                    dropped.insert(at, row);
                    let (column, line) = (plan.name(place).to_owned(), self.lines.line(row));
                    let found = format!("what is not {form}");
                    skipped.add(BadRow { line, column, found, expected: format!("{form}, as most rows have it") });
                }
            }
        };
        drop(&times.dropped, plan.times.first().copied().unwrap_or(0), &format!("a date that is {}", dates.words()));
        let mut money = |cells: crate::cells::MoneyCells, place: usize| -> Result<(Money, DecimalMark), Error> {
            let (money, decided, mark) = cells.finish();
            if let Some((row, other)) = decided.open {
                let read = decimal(money.get(row as usize).unwrap_or(0), money.scale().into());
                let other = decimal(other.units, other.scale.into());
                return Err(open_amounts(&plan, place, self.lines.line(row), [read, other]));
            }
            let name = if mark == DecimalMark::Point {
                "a number with a decimal point"
            } else {
                "a number with a decimal comma"
            };
            drop(&decided.dropped, place, name);
            Ok((money, mark))
        };
        let (amounts, mark) = money(self.amounts, plan.amount_place())?;
        let quantities = match (self.quantities, plan.amount) {
            (Some(cells), AmountFrom::PriceAndQuantity(_, place)) => Some(money(cells, place)?.0),
            _ => None,
        };
        let refunded = match (self.refunded, plan.refunded) {
            (Some(cells), Some(place)) => Some(money(cells, place)?.0),
            _ => None,
        };
        let forms = dropped.len();
        dropped.extend(others);
        dropped.sort_unstable();
        dropped.dedup();
        let other_currency = self.other_currency + (dropped.len() - forms) as u64;
        let mut customers = self.customers;
        customers.number_waiting()?;
        let rows = Rows {
            count: self.rows,
            customers: std::mem::take(&mut customers.numbers),
            seconds,
            amounts,
            quantities,
            refunded,
            orders: self.orders,
            statuses,
            refunds,
            paid: self.paid,
            cancelled: self.cancelled,
            returned: self.returned,
            dropped,
            lines: self.lines,
            skipped,
            clock,
            dates,
            decimal: mark,
            currency,
            other_currency,
            plan,
        };
        Ok((rows, customers))
    }
}

fn meanings(words: &Words, plan: &Plan, options: &ReadOptions) -> Result<Vec<StatusMeaning>, Error> {
    let mut known: Vec<(String, StatusMeaning)> =
        options.status.0.iter().map(|(word, meaning)| (plain(word), *meaning)).collect();
    known.extend(plan.layout.status_words());
    let meaning = |word: &str| {
        let word = plain(word);
        let is_said = |one: &&(String, StatusMeaning)| one.0 == word;
        let nothing = word.is_empty() || matches!(word.as_str(), "null" | "nan" | "none");
        known.iter().find(is_said).map(|one| one.1).or_else(|| nothing.then_some(StatusMeaning::Paid))
    };
    let unknown = words.list(|word| meaning(word).is_none());
    if unknown.is_empty() {
        return Ok(words.words().iter().map(|(word, _)| meaning(word).unwrap_or(StatusMeaning::Paid)).collect());
    }
    let known: Vec<String> = words.list(|word| meaning(word).is_some());
    Err(Error::Statuses {
        column: plan.status.map_or("", |place| plan.name(place)).to_owned(),
        words: listed(&unknown, 12),
        known: if known.is_empty() { "none of the file's".to_owned() } else { listed(&known, 12) },
    })
}

fn refund_words(words: &Words, plan: &Plan, options: &ReadOptions) -> Result<Vec<bool>, Error> {
    let mut known: Vec<(String, bool)> = options.kinds.0.iter().map(|(word, back)| (plain(word), *back)).collect();
    known.extend(plan.layout.kind_words());
    let meaning = |word: &str| {
        let word = plain(word);
        known.iter().find(|one| one.0 == word).map(|one| one.1).or_else(|| word.is_empty().then_some(false))
    };
    let unknown = words.list(|word| meaning(word).is_none());
    if unknown.is_empty() {
        return Ok(words.words().iter().map(|(word, _)| meaning(word).unwrap_or(false)).collect());
    }
    let known: Vec<String> = known.iter().map(|(word, _)| word.clone()).collect();
    Err(Error::Kinds {
        column: plan.kind.map_or("", |place| plan.name(place)).to_owned(),
        words: listed(&unknown, 12),
        known: listed(&known, 12),
    })
}

/// The one currency, and the rows that have another where marks of amounts say so.
fn currency(words: &Words, options: &ReadOptions, others: u64) -> Result<(Option<String>, Vec<u32>), Error> {
    let same = |one: &str, other: &str| plain(code(one)) == plain(code(other));
    let mut found: Vec<&str> = Vec::new();
    for (word, count) in words.words() {
        if *count > 0 && !word.is_empty() && !found.iter().any(|one| same(one, word)) {
            found.push(word);
        }
    }
    let Some(wanted) = &options.currency else {
        if found.len() > 1 {
            return Err(Error::Currencies { found: listed(&words.list(|word| !word.is_empty()), 12) });
        }
        return Ok((found.first().map(|code| (*code).to_owned()), Vec::new()));
    };
    if others > 0 && found.is_empty() {
        let codes = words.words().iter().filter(|(word, _)| !word.is_empty());
        let found: Vec<String> = codes.map(|(word, _)| shown(word.as_bytes())).collect();
        return Err(Error::NoSuchCurrency { wanted: wanted.clone(), found: listed(&found, 12) });
    }
    if !found.is_empty() && !found.iter().any(|one| same(one, wanted)) {
        return Err(Error::NoSuchCurrency {
            wanted: wanted.clone(),
            found: listed(&words.list(|word| !word.is_empty()), 12),
        });
    }
    let is_other = |number: &u8| {
        words.words().get(usize::from(*number)).is_some_and(|(word, _)| !word.is_empty() && !same(word, wanted))
    };
    let rows = (0_u32..).zip(&words.numbers).filter(|(_, number)| is_other(number)).map(|(row, _)| row).collect();
    Ok((Some(wanted.clone()), rows))
}

/// A currency's code where its mark stands for one only.
fn code(mark: &str) -> &str {
    match mark {
        "€" => "EUR",
        "£" => "GBP",
        "₹" => "INR",
        "US$" => "USD",
        "元" | "RMB" => "CNY",
        "円" => "JPY",
        "￥" => "¥",
        "＄" => "$",
        other => other,
    }
}

fn open_dates(plan: &Plan, line: u64, [read, other]: [i64; 2]) -> Error {
    let place = plan.times.first().copied().unwrap_or(0);
    let day = |seconds: i64| {
        chrono::DateTime::from_timestamp(seconds, 0).map(|day| day.format("%-d %B %Y").to_string()).unwrap_or_default()
    };
    Error::TwoForms(format!(
        "column {}: all dates can be read in two orders (line {line}: is it {} or {}?); --dates ymd, dmy or mdy says which",
        plan.name(place),
        day(read),
        day(other)
    ))
}

fn open_amounts(plan: &Plan, place: usize, line: u64, [read, other]: [Decimal; 2]) -> Error {
    Error::TwoForms(format!(
        "column {}: all numbers can be read with a decimal point or with a decimal comma (line {line}: is it {} or {}?); \
         --decimal point or --decimal comma says which",
        plan.name(place),
        read.normalize(),
        other.normalize()
    ))
}
