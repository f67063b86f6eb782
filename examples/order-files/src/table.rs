//! The first pass: rows to columns, without keeping their text.

use crate::amounts::{self, DIGITS};
use crate::cells::{Amount, MoneyCells, TimeCells, Words, bare, is_void};
use crate::currencies::may_be_same;
use crate::customers::{Customers, Who};
use crate::error::{BadRow, Error, Fault, shown};
use crate::header::{AmountFrom, Plan};
use crate::ids::NOBODY;
use crate::layout::{Layout, Role};
use crate::lines::{Lines, Skipped};
use crate::names::plain;
use crate::options::ReadOptions;
use crate::order_ids::{ELSEWHERE, OrderIds, PIECES};
use crate::products::Products;
use crate::rows::Row;
use crate::said::said;
use crate::unread::Unread;
use crate::zone::LocalClock;

/// Columns of all rows that were read.
pub(crate) struct Table {
    pub(crate) plan: Plan,
    pub(crate) rows: u32,
    /// The first row that was not taken out.
    pub(crate) first: u32,
    pub(crate) read: u64,
    pub(crate) customers: Customers,
    pub(crate) times: TimeCells,
    pub(crate) amounts: MoneyCells,
    pub(crate) quantities: Option<MoneyCells>,
    pub(crate) refunded: Option<MoneyCells>,
    pub(crate) orders: Option<OrderIds>,
    pub(crate) statuses: Option<Words>,
    pub(crate) kinds: Option<Words>,
    pub(crate) paid: Option<Vec<bool>>,
    pub(crate) cancelled: Option<Vec<bool>>,
    pub(crate) returned: Option<Vec<bool>>,
    pub(crate) products: Option<Products>,
    /// Codes of the currency column, or marks of the amounts.
    pub(crate) currencies: Words,
    pub(crate) other_currency: u64,
    pub(crate) duplicates: u64,
    pub(crate) duplicate_lines: Vec<u64>,
    /// Rows of nobody for whom another column of the layout has somebody, and the first such column.
    pub(crate) guests_elsewhere: u64,
    pub(crate) elsewhere: Option<usize>,
    pub(crate) alike: u64,
    pub(crate) alike_lines: Vec<u64>,
    /// Rows of several pieces, where their amount may be the price of one.
    pub(crate) several_pieces: u64,
    pub(crate) lines: Lines,
    pub(crate) skipped: Skipped,
    pub(crate) unread: Unread,
    wanted: Option<String>,
    skips: bool,
    pub(crate) joined: Vec<u8>,
    /// The last date that said that something happened.
    pub(crate) last: ([u8; 10], i64),
}

impl Table {
    pub(crate) fn new(plan: Plan, options: &ReadOptions) -> Result<Self, Error> {
        let skips = options.skip_bad_rows;
        let money = || MoneyCells::new(options.decimal.or(plan.layout.decimal()), skips);
        let clock = match plan.layout.times_in() {
            Some(zone) => zone.parse()?,
            None => options.zone,
        };
        let clocks = (LocalClock::new(options.zone), LocalClock::new(clock));
        Ok(Self {
            rows: 0,
            first: 0,
            read: 0,
            customers: Customers::new(&options.guests),
            times: TimeCells::new(options.dates.or(plan.layout.dates()), skips, clocks.0, clocks.1),
            amounts: money(),
            quantities: matches!(plan.amount, AmountFrom::PriceAndQuantity(..)).then(money),
            refunded: plan.refunded.map(|_| money()),
            orders: plan.order.map(|_| OrderIds::default()),
            statuses: plan.status.map(|_| Words::default()),
            kinds: plan.kind.map(|_| Words::default()),
            paid: plan.paid.map(|_| Vec::new()),
            cancelled: plan.cancelled.map(|_| Vec::new()),
            returned: plan.pieces.map(|_| Vec::new()),
            products: plan.product.filter(|_| options.products).map(Products::new),
            unread: Unread::new(&plan, &Layout::own()?),
            currencies: Words::default(),
            other_currency: 0,
            duplicates: 0,
            duplicate_lines: Vec::new(),
            guests_elsewhere: 0,
            elsewhere: None,
            alike: 0,
            alike_lines: Vec::new(),
            several_pieces: 0,
            lines: Lines::default(),
            skipped: Skipped::default(),
            wanted: options.currency.clone(),
            skips,
            joined: Vec::new(),
            last: ([0; 10], 0),
            plan,
        })
    }

    /// Reads a row. One that is bad stops, or is counted.
    #[inline]
    pub(crate) fn add(&mut self, row: Row<'_>) -> Result<(), Error> {
        self.read += 1;
        match self.try_add(row) {
            Ok(()) => Ok(()),
            Err(Problem::Stop(error)) => Err(error),
            Err(Problem::Bad(place, fault)) => {
                if self.is_no_order(row) {
                    self.read -= 1;
                    return Ok(());
                }
                let bad = self.bad_row(row.line, place, fault);
                if !self.skips {
                    return Err(Error::Row(bad));
                }
                self.skipped.add(bad);
                Ok(())
            }
        }
    }

    pub(crate) fn bad_row(&self, line: u64, place: usize, fault: Fault) -> BadRow {
        BadRow::new(line, self.plan.name(place), fault)
    }

    #[inline]
    fn try_add(&mut self, row: Row<'_>) -> Result<(), Problem> {
        if row.len() != self.plan.names.len() {
            self.check_width(row)?;
        }
        if let Some(place) = self.plan.currency {
            let code = bare(row.field(place));
            let is_other = |wanted: &String| !may_be_same(&String::from_utf8_lossy(code), wanted);
            if !code.is_empty() && self.wanted.as_ref().is_some_and(is_other) {
                return self.count_other_currency(row, code, place);
            }
        }
        let order = self.order(row)?;
        let counted = [self.guests_elsewhere, self.several_pieces];
        let (customer, amount_place) = (self.plan.customer, self.plan.amount_place());
        let id = bare(row.field(customer));
        let may_be_empty = order.is_some() && !self.plan.adds_lines && is_void(bare(row.field(amount_place)));
        let amount = if may_be_empty { Amount::Empty } else { self.amount(row, amount_place)? };
        let quantity = match self.plan.amount {
            AmountFrom::PriceAndQuantity(_, place) => Some(read_amount(bare(row.field(place)), place)?),
            AmountFrom::Column(_) => None,
        };
        let refunded = match self.plan.refunded {
            Some(place) if is_void(bare(row.field(place))) => Some(Amount::Empty),
            Some(place) => Some(read_refunded(bare(row.field(place)), place, &self.plan)?),
            None => None,
        };
        let currency = self.currency(row, &amount)?;
        let words = (self.word(row, self.plan.status)?, self.kind(row)?);
        // The time.
        let time_place = self.time_place(row);
        let mut joined = std::mem::take(&mut self.joined);
        let moment = self.moment(row, time_place, may_be_empty, &mut joined);
        self.joined = joined;
        let moment = moment?;
        let has_events = self.plan.paid.or(self.plan.cancelled).is_some();
        let [is_paid, is_cancelled] = if has_events { self.events(row)? } else { [None; 2] };

        let who = self.customers.who(id).map_err(|fault| Problem::bad(customer, fault))?;
        if order.is_some_and(|order| self.is_repeated(order, row)) {
            return Ok(());
        }
        if !self.plan.other_customers.is_empty() && matches!(who, Who::Number(NOBODY)) {
            self.look_elsewhere(row);
        }
        // Nothing below is taken back: a row that fails here stops even where bad rows are skipped.
        let (at, line) = (self.rows, row.line);
        if at >= u32::MAX - 1 {
            return Err(Problem::Stop(Error::TooMany { what: "rows", most: u32::MAX.into() }));
        }
        let stop =
            |table: &Self, place: usize, fault: Fault| Problem::Stop(Error::Row(table.bad_row(line, place, fault)));
        if let Err(fault) = self.amounts.store(at, line, &amount) {
            return Err(stop(self, amount_place, fault));
        }
        if let (Some(cells), Some(quantity)) = (&mut self.quantities, quantity) {
            if let Err(fault) = cells.store(at, line, &quantity) {
                return Err(stop(self, amount_place, fault));
            }
        }
        if let (Some(cells), Some(refunded)) = (&mut self.refunded, refunded) {
            if let Err(fault) = cells.store(at, line, &refunded) {
                return Err(stop(self, self.plan.refunded.unwrap_or(0), fault));
            }
        }
        if let Err(fault) = self.times.store(at, line, &moment, bare(row.field(time_place))) {
            return Err(stop(self, time_place, fault));
        }
        self.customers.store(who).map_err(Problem::Stop)?;
        if let (Some(orders), Some(order), Some(rest)) = (&mut self.orders, order, &self.plan.rest) {
            orders.compare(order, at, row, rest);
        }
        if let (Some(statuses), Some(word)) = (&mut self.statuses, words.0) {
            statuses.store(word);
        }
        if let (Some(kinds), Some(word)) = (&mut self.kinds, words.1) {
            kinds.store(word);
        }
        if let (Some(paid), Some(is_paid)) = (&mut self.paid, is_paid) {
            paid.push(is_paid);
        }
        if let (Some(cancelled), Some(is_cancelled)) = (&mut self.cancelled, is_cancelled) {
            cancelled.push(is_cancelled);
        }
        if let (Some(returned), Some(place)) = (&mut self.returned, self.plan.pieces) {
            returned.push(bare(row.field(place)).starts_with(b"-"));
        }
        self.look_at_pieces(row);
        if let Some(orders) = &mut self.orders {
            let is_elsewhere = self.guests_elsewhere > counted[0];
            let has_pieces = self.several_pieces > counted[1];
            orders.push(order, u8::from(is_elsewhere) * ELSEWHERE + u8::from(has_pieces) * PIECES);
        }
        self.products.as_mut().map_or(Ok(()), |products| products.store(row)).map_err(Problem::Stop)?;
        if let Some(currency) = currency {
            self.currencies.store(currency);
        }
        self.plan.near.extend(self.unread.look(row, customer, &moment));
        self.lines.push(at, line);
        self.rows += 1;
        Ok(())
    }

    /// The amount of a row, which is not cut in two at a comma.
    #[inline]
    fn amount<'a>(&self, row: Row<'a>, place: usize) -> Result<Amount<'a>, Problem> {
        if let Some(behind) = self.plan.behind_amount {
            is_whole(row, place, behind)?;
        }
        read_amount(bare(row.field(place)), place)
    }

    /// Whether an equal row of the order came before; one that is equal in what is read is counted.
    fn is_repeated(&mut self, order: u32, row: Row<'_>) -> bool {
        let Some(orders) = &mut self.orders else { return false };
        if orders.is_repeated(order, row) {
            self.duplicates += 1;
            if self.duplicate_lines.len() < 3 {
                self.duplicate_lines.push(row.line);
            }
            return true;
        }
        if self.plan.line.as_ref().is_some_and(|line| orders.is_alike(order, row, line)) {
            self.alike += 1;
            if self.alike_lines.len() < 3 {
                self.alike_lines.push(row.line);
            }
        }
        false
    }

    /// Counts rows of several pieces; pieces below 0 in a column that is not read were sent back.
    #[inline]
    fn look_at_pieces(&mut self, row: Row<'_>) {
        let Some(place) = self.plan.in_doubt else { return };
        let Some((hundredths, _)) = amounts::plain(bare(row.field(place))) else { return };
        self.several_pieces += u64::from(!matches!(hundredths.abs(), 0 | 100));
        if hundredths < 0 && self.plan.unread.contains(&place) {
            self.plan.unread.retain(|unread| *unread != place);
            self.plan.near.push((place, Some(Role::Quantity)));
        }
    }

    /// Whether a row that cannot be used is blank, the header, or the file's own.
    #[cold]
    fn is_no_order(&self, row: Row<'_>) -> bool {
        let is_footer = |place: usize| self.plan.layout.is_footer(&String::from_utf8_lossy(row.field(place)));
        // Files that were put together have the header once more.
        let name = |place: usize| self.plan.names.get(place).map(|name| plain(name));
        let is_name = |place: usize| name(place) == Some(plain(&String::from_utf8_lossy(row.field(place))));
        row.is_blank() || is_footer(0) || is_footer(1) || (0..row.len()).all(is_name)
    }

    #[cold]
    fn check_width(&self, row: Row<'_>) -> Result<(), Problem> {
        let width = self.plan.names.len();
        // Separators at the end of a line change nothing.
        if row.len() > width && (width..row.len()).all(|place| row.field(place).trim_ascii().is_empty()) {
            return Ok(());
        }
        let (fields, last) = (row.len(), shown(row.field(row.len() - 1)));
        let noun = if fields == 1 { "field" } else { "fields" };
        let fault = Fault::of(
            said!("{fields} {noun}, the last {last}", " {fields} 个字段（最后一个是 {last}）"),
            said!(
                "{width} as in the header; put quotes around a value with a separator or a line break in it",
                "与表头相同的 {width} 个；含分隔符或换行的内容请加引号"
            ),
        );
        Err(Problem::bad(NO_COLUMN, fault))
    }
}

/// Stands for the place of no one column.
const NO_COLUMN: usize = usize::MAX;

/// Why a row is not added.
pub(crate) enum Problem {
    /// It cannot be used: in which column, and why.
    Bad(usize, Fault),
    /// The file cannot be used.
    Stop(Error),
}

impl Problem {
    #[cold]
    pub(crate) fn bad(place: usize, fault: Fault) -> Self {
        Self::Bad(place, fault)
    }
}

#[inline]
fn read_amount(field: &[u8], place: usize) -> Result<Amount<'_>, Problem> {
    Amount::read(field).ok_or_else(|| Problem::bad(place, Fault::new(field, expected(field))))
}

/// An amount that was given back: where a word stands in its place, the column says whether and not how much.
#[inline]
fn read_refunded<'a>(field: &'a [u8], place: usize, plan: &Plan) -> Result<Amount<'a>, Problem> {
    let word = |field: &[u8]| {
        let is_word = !field.iter().any(u8::is_ascii_digit);
        let column = plan.name(place);
        let expected = if is_word && plan.status.is_none() {
            said!(
                "an amount; where the column says whether and not how much, --columns \"refunded=,status={column}\" reads it and \
                 --status \"yes=refunded,no=paid\" says what its words mean",
                "金额；若该列只说明是否退款，请用 --columns \"refunded=,status={column}\" 读取，并用 --status \
                 \"是=refunded,否=paid\" 说明各词的含义"
            )
        } else {
            expected(field).into()
        };
        Problem::bad(place, Fault::new(field, expected))
    };
    Amount::read(field).ok_or_else(|| word(field))
}

/// Whether nothing that may be decimals stands behind an amount in a column without a name.
#[cold]
fn is_whole(row: Row<'_>, place: usize, behind: usize) -> Result<(), Problem> {
    let behind = bare(row.field(behind));
    let is_cut = matches!(behind.len(), 1..=3) && behind.iter().all(u8::is_ascii_digit);
    if is_cut { Err(Problem::bad(place, in_two(bare(row.field(place)), behind))) } else { Ok(()) }
}

/// What an amount was cut into at its decimal comma.
fn in_two(amount: &[u8], behind: &[u8]) -> Fault {
    let (amount, behind) = (shown(amount), shown(behind));
    Fault::of(
        said!(
            "{amount}, and {behind} behind it in a column without a name",
            " {amount}，其后一列没有列名，内容为 {behind}"
        ),
        [
            "one number: put quotes around an amount with a comma in it, or give the column behind it a name",
            "一个数字：请给含逗号的金额加引号，或给其后的列加上列名",
        ],
    )
}

#[cold]
fn expected(field: &[u8]) -> [&'static str; 2] {
    if field.iter().filter(|byte| byte.is_ascii_digit()).count() > DIGITS {
        return ["a number of at most 28 digits", "最多 28 位的数字"];
    }
    ["a number such as 19.90, 1,234.50 or 1.234,50", "数字，如 19.90、1,234.50 或 1.234,50"]
}

#[cold]
pub(crate) fn too_many_words(words: &Words, role: Role, column: &str) -> Error {
    let some: Vec<String> = words.words().iter().take(5).map(|(word, _)| shown(word.as_bytes())).collect();
    Error::ManyWords { column: column.to_owned(), role, some: some.join(", ") }
}
