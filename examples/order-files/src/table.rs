//! The first pass: rows to columns, without keeping their text.

use crate::amounts::{self, DIGITS};
use crate::cells::{Amount, Moment, MoneyCells, ROUNDED, TimeCells, Words, bare, is_never, is_rounded, is_void};
use crate::customers::Customers;
use crate::error::{BadRow, Error, Fault, shown};
use crate::header::{AmountFrom, Plan};
use crate::layout::{Layout, Role};
use crate::lines::{Lines, Skipped};
use crate::names::plain;
use crate::options::ReadOptions;
use crate::order_ids::{NO_ORDER, OrderIds};
use crate::products::Products;
use crate::rows::Row;
use crate::said::said;
use crate::times;
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
    pub(crate) alike: u64,
    pub(crate) alike_lines: Vec<u64>,
    /// Rows of several pieces, where their amount may be the price of one.
    pub(crate) several_pieces: u64,
    pub(crate) lines: Lines,
    pub(crate) skipped: Skipped,
    unread: Unread,
    wanted: Option<String>,
    skips: bool,
    joined: Vec<u8>,
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
            alike: 0,
            alike_lines: Vec::new(),
            several_pieces: 0,
            lines: Lines::default(),
            skipped: Skipped::default(),
            wanted: options.currency.as_deref().map(plain),
            skips,
            joined: Vec::new(),
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
            let is_other = |wanted: &String| plain(&String::from_utf8_lossy(code)) != *wanted;
            if !code.is_empty() && self.wanted.as_ref().is_some_and(is_other) {
                return self.count_other_currency(row, code, place);
            }
        }
        let order = self.order(row)?;
        let (customer, amount_place) = (self.plan.customer, self.plan.amount_place());
        let id = bare(row.field(customer));
        // The amount.
        let field = bare(row.field(amount_place));
        let may_be_empty = order.is_some() && !self.plan.adds_lines && is_void(field);
        let amount = if may_be_empty { Amount::Empty } else { read_amount(field, amount_place)? };
        let quantity = match self.plan.amount {
            AmountFrom::PriceAndQuantity(_, place) => Some(read_amount(bare(row.field(place)), place)?),
            AmountFrom::Column(_) => None,
        };
        let refunded = match self.plan.refunded {
            Some(place) if is_void(bare(row.field(place))) => Some(Amount::Empty),
            Some(place) => Some(read_amount(bare(row.field(place)), place)?),
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

        let who = self.customers.who(id).map_err(|fault| Problem::bad(customer, fault))?;
        if let Some(order) = order {
            if self.orders.as_mut().is_some_and(|orders| orders.is_repeated(order, row)) {
                self.duplicates += 1;
                if self.duplicate_lines.len() < 3 {
                    self.duplicate_lines.push(row.line);
                }
                return Ok(());
            }
            let is_alike = |orders: &mut OrderIds, line: &Vec<usize>| orders.is_alike(order, row, line);
            if self.orders.as_mut().zip(self.plan.line.as_ref()).is_some_and(|(orders, line)| is_alike(orders, line)) {
                self.alike += 1;
                if self.alike_lines.len() < 3 {
                    self.alike_lines.push(row.line);
                }
            }
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
        if let Some(orders) = &mut self.orders {
            orders.numbers.push(order.unwrap_or(NO_ORDER));
        }
        if let (Some(statuses), Some(word)) = (&mut self.statuses, words.0) {
            statuses.store(word);
        }
        if let (Some(kinds), Some(word)) = (&mut self.kinds, words.1) {
            kinds.store(word);
        }
        for (column, place) in [(&mut self.paid, self.plan.paid), (&mut self.cancelled, self.plan.cancelled)] {
            if let (Some(column), Some(place)) = (column, place) {
                column.push(!is_never(bare(row.field(place))));
            }
        }
        if let (Some(returned), Some(place)) = (&mut self.returned, self.plan.pieces) {
            returned.push(bare(row.field(place)).starts_with(b"-"));
        }
        self.look_at_pieces(row);
        self.products.as_mut().map_or(Ok(()), |products| products.store(row)).map_err(Problem::Stop)?;
        if let Some(currency) = currency {
            self.currencies.store(currency);
        }
        for (place, role) in self.unread.look(self.read, row) {
            self.plan.near.push((self.plan.names[place].clone(), role));
        }
        self.lines.push(at, line);
        self.rows += 1;
        Ok(())
    }

    /// Counts rows of several pieces; pieces below 0 in a column that is not read were sent back.
    #[inline]
    fn look_at_pieces(&mut self, row: Row<'_>) {
        let Some(place) = self.plan.in_doubt else { return };
        let Some((hundredths, _)) = amounts::plain(bare(row.field(place))) else { return };
        self.several_pieces += u64::from(!matches!(hundredths.abs(), 0 | 100));
        if hundredths < 0 && self.plan.unread.contains(&place) {
            self.plan.unread.retain(|unread| *unread != place);
            self.plan.near.push((self.plan.names[place].clone(), Some(Role::Quantity)));
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

    fn order(&mut self, row: Row<'_>) -> Result<Option<u32>, Problem> {
        let (Some(place), Some(orders)) = (self.plan.order, &mut self.orders) else { return Ok(None) };
        let id = bare(row.field(place));
        if is_void(id) {
            return Ok(None);
        }
        if is_rounded(id) {
            return Err(Problem::bad(place, Fault::new(id, ROUNDED)));
        }
        let number = orders.ids.number(id).map_err(Problem::Stop)?;
        if number as usize == orders.credit_notes.len() {
            let is_note = self.plan.layout.credit_notes().is_some_and(|start| id.starts_with(start.as_bytes()));
            orders.credit_notes.push(is_note);
        }
        Ok(Some(number))
    }

    /// The first column of times that is filled.
    fn time_place(&self, row: Row<'_>) -> usize {
        let filled = |place: &&usize| !is_never(bare(row.field(**place)));
        match self.plan.times.as_slice() {
            [only] => *only,
            places => places.iter().find(filled).or(places.first()).copied().unwrap_or(0),
        }
    }

    #[inline]
    fn moment(
        &mut self,
        row: Row<'_>,
        place: usize,
        may_be_empty: bool,
        joined: &mut Vec<u8>,
    ) -> Result<Moment, Problem> {
        let mut field = bare(row.field(place));
        if let Some(time) = self.plan.time_of_day.map(|place| bare(row.field(place))) {
            joined.clear();
            joined.extend_from_slice(field);
            joined.push(b' ');
            joined.extend_from_slice(time);
            field = bare(joined);
        }
        if may_be_empty && field.is_empty() {
            return Ok(Moment::Empty);
        }
        self.times.read(field).ok_or_else(|| Problem::bad(place, Fault::new(field, times::expected(field))))
    }

    fn word(&mut self, row: Row<'_>, place: Option<usize>) -> Result<Option<u8>, Problem> {
        let (Some(place), Some(words)) = (place, &mut self.statuses) else { return Ok(None) };
        let number = words.number(bare(row.field(place)));
        number.map(Some).ok_or_else(|| Problem::Stop(too_many_words(words, Role::Status, self.plan.name(place))))
    }

    fn kind(&mut self, row: Row<'_>) -> Result<Option<u8>, Problem> {
        let (Some(place), Some(words)) = (self.plan.kind, &mut self.kinds) else { return Ok(None) };
        let number = words.number(bare(row.field(place)));
        number.map(Some).ok_or_else(|| Problem::Stop(too_many_words(words, Role::Kind, self.plan.name(place))))
    }

    /// The number of the row's currency, where any row so far has one.
    fn currency(&mut self, row: Row<'_>, amount: &Amount<'_>) -> Result<Option<u8>, Problem> {
        let code = match self.plan.currency {
            Some(place) => bare(row.field(place)),
            None => amount.mark().as_bytes(),
        };
        if code.is_empty() && self.currencies.words().is_empty() {
            return Ok(None);
        }
        while self.currencies.numbers.len() < (self.rows - self.first) as usize {
            let nothing = self.currencies.number(b"").unwrap_or(0);
            self.currencies.store(nothing);
        }
        let places = (self.plan.currency, self.plan.amount_place());
        let number = self.currencies.number(code);
        let name = || self.plan.name(places.0.unwrap_or(places.1));
        number.map(Some).ok_or_else(|| Problem::Stop(too_many_words(&self.currencies, Role::Currency, name())))
    }

    #[cold]
    fn count_other_currency(&mut self, row: Row<'_>, code: &[u8], place: usize) -> Result<(), Problem> {
        self.other_currency += 1;
        if let (Some(order), Some(orders)) = (self.order(row)?, &mut self.orders) {
            orders.in_other_currency.insert(order);
        }
        match self.currencies.number(code) {
            Some(_) => Ok(()),
            None => Err(Problem::Stop(too_many_words(&self.currencies, Role::Currency, self.plan.name(place)))),
        }
    }
}

/// Stands for the place of no one column.
const NO_COLUMN: usize = usize::MAX;

/// Why a row is not added.
enum Problem {
    /// It cannot be used: in which column, and why.
    Bad(usize, Fault),
    /// The file cannot be used.
    Stop(Error),
}

impl Problem {
    #[cold]
    fn bad(place: usize, fault: Fault) -> Self {
        Self::Bad(place, fault)
    }
}

#[inline]
fn read_amount(field: &[u8], place: usize) -> Result<Amount<'_>, Problem> {
    Amount::read(field).ok_or_else(|| Problem::bad(place, Fault::new(field, expected(field))))
}

#[cold]
fn expected(field: &[u8]) -> [&'static str; 2] {
    if field.iter().filter(|byte| byte.is_ascii_digit()).count() > DIGITS {
        return ["a number of at most 28 digits", "最多 28 位的数字"];
    }
    ["a number such as 19.90, 1,234.50 or 1.234,50", "数字，如 19.90、1,234.50 或 1.234,50"]
}

#[cold]
fn too_many_words(words: &Words, role: Role, column: &str) -> Error {
    let some: Vec<String> = words.words().iter().take(5).map(|(word, _)| shown(word.as_bytes())).collect();
    Error::ManyWords { column: column.to_owned(), role, some: some.join(", ") }
}
