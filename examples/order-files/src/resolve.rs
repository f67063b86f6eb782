//! Between the passes: which form each column has, what its words mean, which rows go.

use std::fmt::Write;

use repurchase::scale::Language;

use crate::amounts::Number;
use crate::cells::{DecimalWords, Words, decimal_words, orders_of};
use crate::currencies::{add_rows, currency, no_currency, other_codes, other_rows};
use crate::date_order::DateOrder;
use crate::error::{BadRow, Error, Fault, called, listed, shown};
use crate::header::{AmountFrom, Plan};
use crate::layout::{DecimalMark, StatusMeaning};
use crate::lines::{Lines, Skipped};
use crate::money::Money;
use crate::names::{is_partly_refunded, plain};
use crate::options::ReadOptions;
use crate::order_ids::OrderIds;
use crate::orders::decimal;
use crate::products::Products;
use crate::said::{Said, said};
use crate::stretch::Decisions;
use crate::table::Table;
use crate::unread::Found;
use crate::zone::LocalClock;

/// Columns of rows whose values are final: of all rows of a file, or of a batch of them.
pub(crate) struct Rows {
    pub(crate) plan: Plan,
    pub(crate) first: u32,
    pub(crate) count: u32,
    /// The numbers of the rows in the file, where these do not follow each other from the first on.
    pub(crate) numbers: Vec<u32>,
    pub(crate) customers: Vec<u32>,
    pub(crate) seconds: Vec<i64>,
    pub(crate) amounts: Money,
    pub(crate) quantities: Option<Money>,
    pub(crate) refunded: Option<Money>,
    pub(crate) orders: Option<OrderIds>,
    /// By number of the word; the words of each row.
    pub(crate) statuses: Option<(Vec<Option<StatusMeaning>>, Words)>,
    pub(crate) refunds: Option<(Vec<Option<bool>>, Words)>,
    pub(crate) paid: Option<Vec<bool>>,
    pub(crate) cancelled: Option<Vec<bool>>,
    pub(crate) returned: Option<Vec<bool>>,
    pub(crate) products: Option<Products>,
    /// The places of rows that go, in order.
    pub(crate) dropped: Vec<u32>,
    pub(crate) currencies: Words,
    /// What is decided of rows that are in a file.
    pub(crate) decisions: Decisions,
    pub(crate) lines: Lines,
    pub(crate) skipped: Skipped,
    pub(crate) clock: LocalClock,
    pub(crate) dates: DateOrder,
    pub(crate) decimal: DecimalMark,
    pub(crate) currency: Option<String>,
    pub(crate) other_currency: u64,
    /// The other currencies.
    pub(crate) other_codes: Vec<String>,
    pub(crate) no_currency: u64,
    /// Words of options that no row has.
    pub(crate) absent_words: Vec<String>,
    /// What columns hold that nothing reads.
    pub(crate) unread: Found,
    /// Rows whose status says that some of the order was given back, where no column says how much.
    pub(crate) partly_refunded: u64,
    pub(crate) elsewhere: Option<usize>,
}

impl Table {
    pub(crate) fn resolve(self, options: &ReadOptions) -> Result<(Rows, crate::customers::Customers), Error> {
        let plan = self.plan;
        let mut absent_words = Vec::new();
        let mut of_option =
            |words: &Words, said: &mut dyn Iterator<Item = &String>| absent_words.extend(absent(said, words));
        let statuses = self.statuses.map(|words| {
            of_option(&words, &mut options.status.0.iter().map(|(word, _)| word));
            Ok::<_, Error>((meanings(&words, &plan, options)?, words))
        });
        let statuses = statuses.transpose()?;
        let partly_refunded = statuses.as_ref().filter(|_| plan.refunded.is_none()).map_or(0, partly_refunded);
        let refunds = self.kinds.map(|words| {
            of_option(&words, &mut options.kinds.0.iter().map(|(word, _)| word));
            Ok::<_, Error>((refund_words(&words, &plan, options)?, words))
        });
        let refunds = refunds.transpose()?;
        let currency = currency(&self.currencies, options, self.other_currency)?;
        let (seconds, times, dates, clock) = self.times.finish();
        let time_place = plan.times.first().copied().unwrap_or(0);
        if let Some((row, values)) = times.open {
            return Err(open_dates(plan.name(time_place), self.lines.line(row), &values, &clock));
        }
        let (mut skipped, mut dropped) = (self.skipped, Vec::new());
        let mut drop = |rows: &[(u32, u8)], place: usize, of_forms: &dyn Fn(u8) -> Said, form: usize| {
            for &(row, mask) in rows {
                if let Err(at) = dropped.binary_search(&row) {
                    dropped.insert(at, row);
                    let fault = Fault::of(of_forms(mask), as_most(&of_forms(1 << form)));
                    skipped.add(BadRow::new(self.lines.line(row), plan.name(place), fault));
                }
            }
        };
        drop(&times.dropped, time_place, &date_words, times.form);
        let mut money = |cells: crate::cells::MoneyCells, place: usize| -> Result<_, Error> {
            let (money, decided, mark) = cells.finish();
            if let Some((row, values)) = decided.open {
                return Err(open_amounts(plan.name(place), self.lines.line(row), &values));
            }
            drop(&decided.dropped, place, &number_words, decided.form);
            Ok(((money, decided.changes), mark))
        };
        let ((amounts, of_amounts), mark) = money(self.amounts, plan.amount_place())?;
        let quantities = match (self.quantities, plan.amount) {
            (Some(cells), AmountFrom::PriceAndQuantity(_, place)) => Some(money(cells, place)?.0),
            _ => None,
        };
        let refunded = match (self.refunded, plan.refunded) {
            (Some(cells), Some(place)) => Some(money(cells, place)?.0),
            _ => None,
        };
        let (quantities, of_quantities) = quantities.unzip();
        let (refunded, of_refunded) = refunded.unzip();
        let decisions = Decisions {
            seconds: times.changes,
            amounts: of_amounts,
            quantities: of_quantities.unwrap_or_default(),
            refunded: of_refunded.unwrap_or_default(),
            dropped: if self.first > 0 { dropped.iter().map(|row| (*row, ())).collect() } else { Vec::new() },
        };
        let other_currency = self.other_currency + add_rows(&mut dropped, &other_rows(&self.currencies, options));
        let mut customers = self.customers;
        customers.number_waiting()?;
        let guests = options.guests.iter().zip(&customers.has_guest).filter(|(_, is_there)| !**is_there);
        absent_words.extend(guests.map(|(guest, _)| shown(guest.as_bytes())));
        let no_currency = no_currency(&self.currencies, &amounts, self.rows, options);
        let other_codes = other_codes(&self.currencies, options);
        let rows = Rows {
            first: 0,
            numbers: Vec::new(),
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
            products: self.products,
            dropped,
            currencies: self.currencies,
            decisions,
            lines: self.lines,
            skipped,
            clock,
            dates,
            decimal: mark,
            currency,
            other_currency,
            other_codes,
            no_currency,
            absent_words,
            unread: self.unread.finish(),
            partly_refunded,
            elsewhere: self.elsewhere,
            plan,
        };
        Ok((rows, customers))
    }
}

/// Rows whose status says that some of a paid order was given back.
fn partly_refunded((meanings, words): &(Vec<Option<StatusMeaning>>, Words)) -> u64 {
    let words = words.words().iter().zip(meanings);
    let partly =
        words.filter(|((word, _), meaning)| **meaning == Some(StatusMeaning::Paid) && is_partly_refunded(&plain(word)));
    partly.map(|((_, count), _)| *count).sum()
}

/// Dates in the orders of a mask.
fn date_words(mask: u8) -> Said {
    let [english, chinese] = orders_of(mask);
    said!("a date that is {english}", "日期 {chinese}")
}

/// Numbers in the form of a mask.
fn number_words(mask: u8) -> Said {
    let DecimalWords { english, chinese } = decimal_words(mask & 1 != 0);
    [english, chinese].into()
}

fn as_most(form: &Said) -> Said {
    let [english, chinese] = [Language::English, Language::Chinese].map(|language| form.text(language));
    said!("{english}, as most rows have it", "{chinese}（多数行如此）")
}

/// What a word of a message was called, as it stands there.
fn matches(word: &str, said: &str) -> bool {
    plain(word) == plain(said) || plain(&called(word.as_bytes())) == plain(said)
}

/// The words that nothing explains; an error where they are in another encoding.
fn unknown(words: &Words, is_known: impl Fn(&str) -> bool, column: &str) -> Result<Vec<String>, Error> {
    let unknown = |word: &str| !is_known(word);
    let damaged = words.list(|word| unknown(word) && word.contains('\u{FFFD}'));
    if damaged.is_empty() {
        return Ok(words.list(unknown));
    }
    Err(Error::Damaged { column: column.to_owned(), words: listed(&damaged, 12) })
}

/// Whether a word says nothing.
fn is_blank(word: &str) -> bool {
    matches!(plain(word).as_str(), "" | "null" | "nan" | "none")
}

/// What each word of a column means, by what was said of it or by the layout; `None` where it says nothing. Words that
/// neither explains are an error of the column, the words and the first of them as an option takes it.
fn explained<M: Copy>(
    words: &Words,
    (said, of_layout): (&[(String, M)], impl Iterator<Item = (String, M)>),
    is_nothing: impl Fn(&str) -> bool,
    column: &str,
    wrong: impl FnOnce(String, String, String) -> Error,
) -> Result<Vec<Option<M>>, Error> {
    let of_layout: Vec<(String, M)> = of_layout.collect();
    let meaning = |word: &str| {
        let said = said.iter().find(|(said, _)| matches(word, said));
        said.or_else(|| of_layout.iter().find(|one| one.0 == plain(word))).map(|one| one.1)
    };
    let is_known = |word: &str| meaning(word).is_some() || is_nothing(word);
    let unknown = unknown(words, is_known, column)?;
    if unknown.is_empty() {
        return Ok(words.words().iter().map(|(word, _)| meaning(word)).collect());
    }
    let first = words.words().iter().find(|(word, count)| *count > 0 && !is_known(word));
    let first = first.map(|(word, _)| called(word.as_bytes())).unwrap_or_default();
    Err(wrong(column.to_owned(), listed(&unknown, 12), first))
}

/// What each status word means.
fn meanings(words: &Words, plan: &Plan, options: &ReadOptions) -> Result<Vec<Option<StatusMeaning>>, Error> {
    let column = plan.status.map_or("", |place| plan.name(place));
    let by = (&*options.status.0, plan.layout.status_words());
    explained(words, by, is_blank, column, |column, words, first| Error::Statuses { column, words, first })
}

/// Whether each word says refund.
fn refund_words(words: &Words, plan: &Plan, options: &ReadOptions) -> Result<Vec<Option<bool>>, Error> {
    let column = plan.kind.map_or("", |place| plan.name(place));
    let by = (&*options.kinds.0, plan.layout.kind_words());
    explained(words, by, str::is_empty, column, |column, words, first| Error::Kinds { column, words, first })
}

/// Words of an option that no row has.
fn absent<'a>(option: impl Iterator<Item = &'a String>, words: &Words) -> Vec<String> {
    let is_there = |said: &str| words.words().iter().any(|(word, count)| *count > 0 && matches(word, said));
    option.filter(|said| !is_there(said)).map(|said| shown(said.as_bytes())).collect()
}

/// Each reading of a value that can be read in several ways, with the option that takes it, in English and in Chinese.
fn readings(line: u64, values: impl Iterator<Item = (String, [String; 2])>) -> [String; 2] {
    let mut readings = [String::new(), String::new()];
    for (at, (option, [english, chinese])) in values.enumerate() {
        let [of_line, of_line_in_chinese] = if at == 0 {
            [format!(" line {line} is"), format!("第 {line} 行")]
        } else {
            [String::new(), String::new()]
        };
        let [comma, chinese_comma] = if at == 0 { ["", ""] } else { [", ", "，"] };
        _ = write!(readings[0], "{comma}with {option}{of_line} {english}");
        _ = write!(readings[1], "{chinese_comma}用 {option} 时{of_line_in_chinese}是 {chinese}");
    }
    readings
}

fn open_dates(column: &str, line: u64, values: &[(usize, i64)], clock: &LocalClock) -> Error {
    let day = |seconds: i64| {
        let day = i32::try_from(clock.day(seconds)).ok().and_then(chrono::NaiveDate::from_epoch_days);
        ["%-d %B %Y", "%Y年%-m月%-d日"].map(|form| day.map(|day| day.format(form).to_string()).unwrap_or_default())
    };
    // Two orders may say the same.
    let is_new = |at: &usize| values.iter().take(*at).all(|(_, seconds)| *seconds != values[*at].1);
    let of_forms = (0..values.len()).filter(is_new).filter_map(|at| values.get(at));
    let of_forms = of_forms.map(|(form, seconds)| (format!("--dates {}", DateOrder::ALL[*form].name()), day(*seconds)));
    let [english, chinese] = readings(line, of_forms);
    Error::TwoForms(said!(
        "column {column}: all dates can be read in several orders: {english}",
        "{column} 列：所有日期都有几种读法：{chinese}"
    ))
}

fn open_amounts(column: &str, line: u64, values: &[(usize, Number)]) -> Error {
    let option = |form: usize| if form == 0 { "--decimal point" } else { "--decimal comma" };
    let text = |value: &Number| decimal(value.units, value.scale.into()).normalize().to_string();
    let of_forms = values.iter().map(|(form, value)| (option(*form).to_owned(), [text(value), text(value)]));
    let [english, chinese] = readings(line, of_forms);
    Error::TwoForms(said!(
        "column {column}: all numbers can be read in two ways: {english}",
        "{column} 列：所有数字都有两种读法：{chinese}"
    ))
}
