//! From a header to what its columns say.

use crate::error::{Error, listed, shown};
use crate::layout::{Layout, Role, RowsOfOrder};
use crate::names::{is_near, plain};
use crate::options::ReadOptions;
use crate::rows::Row;
use crate::times;

/// Where an amount comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AmountFrom {
    Column(usize),
    PriceAndQuantity(usize, usize),
}

/// What the columns of a file say.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) layout: Layout,
    /// The header, for messages.
    pub(crate) names: Vec<String>,
    pub(crate) customer: usize,
    /// The first that is filled in a row has its time.
    pub(crate) times: Vec<usize>,
    pub(crate) time_of_day: Option<usize>,
    pub(crate) amount: AmountFrom,
    pub(crate) order: Option<usize>,
    pub(crate) status: Option<usize>,
    pub(crate) paid: Option<usize>,
    pub(crate) cancelled: Option<usize>,
    pub(crate) refunded: Option<usize>,
    pub(crate) kind: Option<usize>,
    pub(crate) currency: Option<usize>,
    /// Whether the rows of an order are added up.
    pub(crate) adds_lines: bool,
    /// Whether that was not said, and amounts stand in a column of their own.
    pub(crate) may_be_totals: bool,
    /// Columns that say what a line is, where nobody has said that the rows of an order are its lines.
    pub(crate) line: Option<Vec<usize>>,
    /// A column of pieces beside one of amounts: below 0 they were sent back.
    pub(crate) pieces: Option<usize>,
    /// Unused columns whose names are near ones that would be used.
    pub(crate) near: Vec<String>,
    /// All other columns that are neither used nor known.
    pub(crate) unread: Vec<usize>,
}

struct Header {
    /// The line on which it stands.
    line: u64,
    /// As they are shown in messages.
    names: Vec<String>,
    /// As they stand in the file.
    raw: Vec<String>,
    plain: Vec<String>,
}

impl Header {
    fn place(&self, name: &str) -> Result<Option<usize>, Error> {
        let name = plain(name);
        let mut places = (0..self.plain.len()).filter(|&place| self.plain.get(place) == Some(&name));
        let Some(first) = places.next() else { return Ok(None) };
        match places.next() {
            None => Ok(Some(first)),
            Some(second) => Err(self.error(format!(
                "the column {} stands twice (columns {} and {}); rename the one that is not meant",
                self.names[first],
                first + 1,
                second + 1
            ))),
        }
    }

    fn error(&self, message: String) -> Error {
        Error::Header { line: self.line, message }
    }

    fn list(&self) -> String {
        listed(&self.names, 40)
    }
}

impl Plan {
    pub(crate) fn new(row: Row<'_>, options: &ReadOptions) -> Result<Self, Error> {
        let fields: Vec<&[u8]> = (0..row.len()).map(|place| row.field(place)).collect();
        let name = |field: &&[u8]| {
            let text = shown(field.trim_ascii());
            text.get(1..text.len() - 1).unwrap_or_default().trim_start_matches('\u{feff}').to_owned()
        };
        let names: Vec<String> = fields.iter().map(name).collect();
        let raw: Vec<String> = fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
        let header = Header { line: row.line, plain: raw.iter().map(|name| plain(name)).collect(), names, raw };
        if header.names.len() < 2 {
            return Err(header.error(format!(
                "there is one column only ({}); expected a header of columns separated by , ; tab or |; \
                 a title above the header is not read, nor lines with quotes around all of them: delete those",
                header.list()
            )));
        }
        let layout = layout_of(&header, options)?;
        if let Some(reason) = layout.refusal() {
            return Err(Error::Refused { title: layout.title().to_owned(), reason: reason.to_owned() });
        }
        Self::of(layout, header, options, &fields)
    }

    fn of(layout: Layout, header: Header, options: &ReadOptions, fields: &[&[u8]]) -> Result<Self, Error> {
        let place = |role: Role| -> Result<Option<usize>, Error> {
            if let Some((_, name)) = options.columns.0.iter().find(|(named, _)| *named == role) {
                // Named by nothing, a role is not read.
                if name.is_empty() {
                    return Ok(None);
                }
                let missing = || {
                    header.error(format!(
                        "no column {name}, which --columns names for {role}; there are: {}",
                        header.list()
                    ))
                };
                return header.place(name)?.ok_or_else(missing).map(Some);
            }
            for name in layout.names(role) {
                if let Some(place) = header.place(name)? {
                    return Ok(Some(place));
                }
            }
            Ok(None)
        };
        let mut used = Vec::new();
        for role in Role::ALL {
            used.push((role, place(role)?));
        }
        let at = |role: Role| used.iter().find(|(one, _)| *one == role).and_then(|(_, place)| *place);
        let mut times: Vec<usize> = at(Role::PlacedAt).into_iter().collect();
        if !options.columns.0.iter().any(|(role, _)| *role == Role::PlacedAt) {
            for name in layout.names(Role::PlacedAt) {
                times.extend(header.place(name)?.filter(|place| !times.contains(place)));
            }
        }
        let amount = match (at(Role::Amount), at(Role::UnitPrice), at(Role::Quantity)) {
            (Some(amount), ..) => Some(AmountFrom::Column(amount)),
            (None, Some(price), Some(quantity)) => Some(AmountFrom::PriceAndQuantity(price, quantity)),
            _ => None,
        };
        let (Some(customer), false, Some(amount)) = (at(Role::CustomerId), times.is_empty(), amount) else {
            return Err(missing(&header, at(Role::CustomerId).is_some(), !times.is_empty(), amount.is_some(), fields));
        };
        let rows = options.rows.unwrap_or(layout.rows());
        let adds_lines = match rows {
            RowsOfOrder::Lines => true,
            RowsOfOrder::Total => false,
            RowsOfOrder::Auto => at(Role::Product).is_some() || matches!(amount, AmountFrom::PriceAndQuantity(..)),
        };
        let is_guess = adds_lines && rows == RowsOfOrder::Auto;
        let all_used = || used.iter().filter_map(|(_, place)| *place).chain(times.iter().copied()).collect();
        let line: Option<Vec<usize>> = is_guess.then(all_used);
        let (near, unread) = near(&header, &layout, &used, &times);
        Ok(Self {
            customer,
            times,
            time_of_day: at(Role::TimeOfDay),
            amount,
            order: at(Role::OrderId),
            status: at(Role::Status),
            paid: at(Role::PaidAt),
            cancelled: at(Role::CancelledAt),
            refunded: at(Role::Refunded),
            kind: at(Role::Kind),
            currency: at(Role::Currency),
            adds_lines,
            may_be_totals: rows == RowsOfOrder::Auto && matches!(amount, AmountFrom::Column(_)),
            line,
            pieces: at(Role::Quantity).filter(|_| matches!(amount, AmountFrom::Column(_))),
            near: near.into_iter().map(|place| header.names[place].clone()).collect(),
            unread,
            names: header.names,
            layout,
        })
    }

    pub(crate) fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// The column that amounts stand in, or prices.
    pub(crate) const fn amount_place(&self) -> usize {
        match self.amount {
            AmountFrom::Column(place) | AmountFrom::PriceAndQuantity(place, _) => place,
        }
    }
}

/// The layout that is named, or the one whose columns are all there; where two are, the one that asks for more.
fn layout_of(header: &Header, options: &ReadOptions) -> Result<Layout, Error> {
    if let Some(layout) = &options.layout {
        return Ok(layout.clone());
    }
    let mut best: Option<(usize, Layout)> = None;
    for layout in Layout::built_in()? {
        let Some(columns) = layout.recognises(&header.plain) else { continue };
        // Columns that are named make a file of one's own from one that could not be used.
        let is_moot = layout.refusal().is_some() && !options.columns.0.is_empty();
        if !is_moot && best.as_ref().is_none_or(|(most, _)| columns > *most) {
            best = Some((columns, layout));
        }
    }
    best.map_or_else(Layout::own, |(_, layout)| Ok(layout))
}

/// Words in the names of columns that may be meant.
const GUESSES: [(&str, &[&str]); 3] = [
    (
        "customer_id",
        &[
            "customerid",
            "customer",
            "userid",
            "user",
            "buyer",
            "client",
            "member",
            "email",
            "客户",
            "会员",
            "买家",
            "用户",
        ],
    ),
    ("placed_at", &["orderdate", "purchasedate", "date", "created", "time", "placed", "日期", "时间"]),
    ("amount", &["amount", "ordertotal", "total", "revenue", "sales", "value", "paid", "金额", "总价"]),
];

/// Words in the names of columns that together make an amount.
const PRICES: &[&str] = &["price", "单价"];
const PIECES: &[&str] = &["quantity", "qty", "pieces", "数量"];

fn missing(header: &Header, customer: bool, time: bool, amount: bool, fields: &[&[u8]]) -> Error {
    let mut lacking = Vec::new();
    let mut guesses = Vec::new();
    for ((role, words), found) in GUESSES.into_iter().zip([customer, time, amount]) {
        if found {
            continue;
        }
        lacking.push(role);
        let holding =
            |words: &[&str]| words.iter().find_map(|word| header.plain.iter().position(|name| name.contains(*word)));
        if let (true, Some(price), Some(pieces)) = (role == "amount", holding(PRICES), holding(PIECES)) {
            guesses.push(format!("unit_price={},quantity={}", header.names[price], header.names[pieces]));
            continue;
        }
        let guess = holding(words);
        guesses.push(format!("{role}={}", guess.map_or("NAME", |place| header.names[place].as_str())));
    }
    let is_row = fields.iter().any(|field| times::read(field).is_some());
    let hint = if is_row {
        "the first line looks like an order, not like a header: put one above it, such as customer_id,placed_at,amount"
            .to_owned()
    } else {
        format!("--columns \"{}\" names them; --from list shows the layouts that are known", guesses.join(","))
    };
    header.error(format!("no column says {}; there are: {}; {hint}", lacking.join(", "), header.list()))
}

/// Of the columns that are neither used nor known, those whose names are near, and the others.
fn near(header: &Header, layout: &Layout, used: &[(Role, Option<usize>)], times: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let is_used = |place: usize| times.contains(&place) || used.iter().any(|(_, one)| *one == Some(place));
    let known = |name: &str| {
        layout.unused().iter().any(|one| plain(one) == name)
            || Role::ALL.iter().any(|&role| layout.names(role).iter().any(|one| plain(one) == name))
    };
    let roles = Role::ALL.map(Role::name);
    let is_open = |place: &usize| !is_used(*place) && header.plain.get(*place).is_some_and(|name| !known(name));
    let is_near = |place: &usize| header.raw.get(*place).is_some_and(|name| is_near(name, &roles));
    (0..header.names.len()).filter(is_open).partition(is_near)
}
