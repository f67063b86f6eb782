//! From a header to what its columns say.

use crate::error::{Error, called, listed};
use crate::layout::{Layout, Role, RowsOfOrder};
use crate::names::{is_near, is_pieces, is_price, is_whole, plain, role_near};
use crate::options::ReadOptions;
use crate::rows::Row;
use crate::said::{Said, said};
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
    /// What was bought.
    pub(crate) product: Option<usize>,
    /// All roles that columns have.
    pub(crate) roles: Vec<Role>,
    /// Whether a column that is read has a name beyond ASCII.
    pub(crate) is_named_beyond_ascii: bool,
    /// Whether the rows of an order are added up.
    pub(crate) adds_lines: bool,
    /// Whether that was not said, and amounts stand in a column of their own.
    pub(crate) may_be_totals: bool,
    /// Columns that say what a line is, where nobody has said that the rows of an order are its lines.
    pub(crate) line: Option<Vec<usize>>,
    /// A column of pieces beside one of amounts: below 0 they were sent back.
    pub(crate) pieces: Option<usize>,
    /// A column of pieces beside an amount that may be the price of one of them.
    pub(crate) in_doubt: Option<usize>,
    /// Unused columns whose names are near ones that would be used, and the roles that they look to have.
    pub(crate) near: Vec<(String, Option<Role>)>,
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
        let Some(first) = places.next() else {
            // As a message has it: with its bytes escaped, and cut.
            return Ok(self.names.iter().position(|shown| !shown.is_empty() && plain(shown) == name));
        };
        match places.next() {
            None => Ok(Some(first)),
            Some(second) => {
                let (name, first, second) = (&self.names[first], first + 1, second + 1);
                Err(self.error(said!(
                    "the column {name} stands twice (columns {first} and {second}); rename the one that is not meant",
                    "有两列都叫 {name}（第 {first} 列和第 {second} 列）；请给不用的那一列改名"
                )))
            }
        }
    }

    fn error(&self, message: Said) -> Error {
        Error::Header { line: self.line, message }
    }

    fn list(&self) -> String {
        let names: Vec<String> = self.names.iter().filter(|name| !name.is_empty()).cloned().collect();
        listed(&names, 40)
    }
}

impl Plan {
    pub(crate) fn new(row: Row<'_>, options: &ReadOptions) -> Result<Self, Error> {
        let fields: Vec<&[u8]> = (0..row.len()).map(|place| row.field(place)).collect();
        let name = |field: &&[u8]| called(field.trim_ascii()).trim_start_matches('\u{feff}').to_owned();
        let names: Vec<String> = fields.iter().map(name).collect();
        let raw: Vec<String> = fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
        let header = Header { line: row.line, plain: raw.iter().map(|name| plain(name)).collect(), names, raw };
        if header.names.len() < 2 {
            let list = header.list();
            return Err(header.error(said!(
                "there is only one column ({list}); expected a header of columns separated by , ; tab or |; delete any title \
                 above the header, and quotes around whole lines",
                "只有一列（{list}）；表头的各列应以 , ; 制表符或 | 分隔；请删去表头上方的标题，以及整行外面的引号"
            )));
        }
        let layout = layout_of(&header, options)?;
        if let Some(reason) = layout.refusal() {
            return Err(Error::Refused { title: layout.said_title(), reason });
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
                    let list = header.list();
                    header.error(said!(
                        "there is no column {name}, which --columns names for {role}; the columns are: {list}",
                        "没有 {name} 列（--columns 指定它为 {role}）；现有各列：{list}"
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
        let is_named = |role: Role| options.columns.0.iter().any(|(named, _)| *named == role);
        // An amount that is named as a price is none.
        let is_price = is_named(Role::UnitPrice) && !is_named(Role::Amount);
        let of_row = at(Role::Amount).filter(|place| !is_price || at(Role::UnitPrice) != Some(*place));
        let amount = match (of_row, at(Role::UnitPrice), at(Role::Quantity)) {
            (Some(amount), ..) => Some(AmountFrom::Column(amount)),
            (None, Some(price), Some(quantity)) => Some(AmountFrom::PriceAndQuantity(price, quantity)),
            _ => None,
        };
        let (Some(customer), false, Some(amount)) = (at(Role::CustomerId), times.is_empty(), amount) else {
            let found = [at(Role::CustomerId).is_some(), !times.is_empty(), amount.is_some()];
            return Err(missing(&header, found, &used, fields));
        };
        let needs = [
            ("--status", Role::Status, options.status.0.is_empty()),
            ("--kind", Role::Kind, options.kinds.0.is_empty()),
            ("--rows", Role::OrderId, options.rows.is_none()),
        ];
        for (option, role, is_moot) in needs {
            if !is_moot && at(role).is_none() {
                return Err(Error::NoColumn { option, role });
            }
        }
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
        let is_own = layout.name() == OWN || is_named(Role::Amount);
        let pieces = at(Role::Quantity).or_else(|| {
            let mut unread = unread.iter().copied().filter(|_| !is_named(Role::Quantity));
            unread.find(|&place| header.plain.get(place).is_some_and(|name| is_pieces(name)))
        });
        let in_doubt = pieces.filter(|_| is_own && may_be_price(&header, amount));
        Ok(Self {
            in_doubt,
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
            is_named_beyond_ascii: used
                .iter()
                .filter_map(|(_, place)| header.raw.get((*place)?))
                .any(|name| !name.trim_start_matches('\u{feff}').is_ascii()),
            product: at(Role::Product),
            roles: used.iter().filter(|(_, place)| place.is_some()).map(|(role, _)| *role).collect(),
            adds_lines,
            may_be_totals: rows == RowsOfOrder::Auto && matches!(amount, AmountFrom::Column(_)),
            line,
            pieces: at(Role::Quantity).filter(|_| matches!(amount, AmountFrom::Column(_))),
            near: near.into_iter().map(|place| (header.names[place].clone(), role_near(&header.raw[place]))).collect(),
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

/// The layout that no platform has.
const OWN: &str = "own";

/// Whether nothing says that an amount is that of all pieces of its row.
fn may_be_price(header: &Header, amount: AmountFrom) -> bool {
    let AmountFrom::Column(place) = amount else { return false };
    let mut others = header.plain.iter().enumerate().filter(|(other, _)| *other != place);
    let is_whole = header.plain.get(place).is_some_and(|name| is_whole(name));
    !is_whole && !others.any(|(_, name)| is_price(name))
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
const GUESSES: [(&str, [&str; 2], &[&str]); 3] = [
    (
        "customer_id",
        ["who bought", "买家"],
        &[
            "customerid",
            "customer",
            "userid",
            "user",
            "buyer",
            "client",
            "member",
            "email",
            "kunde",
            "客户",
            "会员",
            "买家",
            "用户",
        ],
    ),
    (
        "placed_at",
        ["when", "时间"],
        &["orderdate", "purchasedate", "date", "created", "time", "placed", "datum", "日期", "时间"],
    ),
    (
        "amount",
        ["how much", "金额"],
        &["amount", "ordertotal", "total", "revenue", "sales", "value", "paid", "betrag", "summe", "金额", "总价"],
    ),
];

/// What else changes an answer, and is worth naming with the columns that are missing.
const FURTHER: [Role; 5] = [Role::OrderId, Role::Status, Role::Refunded, Role::Kind, Role::Currency];

/// Words in the names of columns that together make an amount.
const PRICES: &[&str] = &["price", "单价"];
const PIECES: &[&str] = &["quantity", "qty", "pieces", "数量"];

fn missing(header: &Header, found: [bool; 3], used: &[(Role, Option<usize>)], fields: &[&[u8]]) -> Error {
    let (mut lacking, mut lacking_in_chinese) = (Vec::new(), Vec::new());
    let (mut guesses, mut taken) = (Vec::new(), Vec::new());
    for ((role, [meaning, chinese], words), found) in GUESSES.into_iter().zip(found) {
        if found {
            continue;
        }
        lacking.push(format!("{meaning} ({role})"));
        lacking_in_chinese.push(format!("{chinese}（{role}）"));
        let is_other = |place: usize| role_near(&header.raw[place]).is_some_and(|near| near.name() != role);
        let is_free = |place: usize| !taken.contains(&place) && !is_other(place);
        let holds = |place: usize, word: &str| header.plain[place].contains(word) && is_free(place);
        let holding =
            |words: &[&str]| words.iter().find_map(|word| (0..header.raw.len()).find(|&place| holds(place, word)));
        let part = |words: &[&str]| {
            (0..header.raw.len()).find(|&place| words.iter().any(|word| header.plain[place].contains(word)))
        };
        if let (true, Some(price), Some(pieces)) = (role == "amount", part(PRICES), part(PIECES)) {
            guesses.push(format!("unit_price={},quantity={}", header.names[price], header.names[pieces]));
            continue;
        }
        let guess = holding(words);
        guesses.push(format!("{role}={}", guess.map_or("NAME", |place| header.names[place].as_str())));
        taken.extend(guess);
    }
    let is_whole = !guesses.iter().any(|guess| guess.ends_with("=NAME"));
    if is_whole {
        let is_free = |place: usize| !taken.contains(&place) && used.iter().all(|(_, one)| *one != Some(place));
        for role in FURTHER.into_iter().filter(|role| used.contains(&(*role, None))) {
            let is_it = |&place: &usize| is_free(place) && role_near(&header.raw[place]) == Some(role);
            let place = (0..header.raw.len()).find(is_it);
            guesses.extend(place.map(|place| format!("{role}={}", header.names[place])));
        }
    }
    let (lacking, lacking_in_chinese) = (lacking.join(", "), lacking_in_chinese.join("、"));
    let (list, guesses) = (header.list(), guesses.join(","));
    let [names, chinese_names] =
        if is_whole { ["", ""] } else { [" (NAME: one of the columns)", "（NAME 换成列名）"] };
    let is_row = fields.iter().any(|field| times::read(field).is_some());
    let [hint, chinese_hint] = if is_row {
        [
            "the first line looks like an order, not like a header: put one above it, such as customer_id,placed_at,amount"
                .to_owned(),
            "第一行像是订单而不是表头：请在上面加一行表头，如 customer_id,placed_at,amount".to_owned(),
        ]
    } else if header.names.iter().any(String::is_empty) {
        [
            format!(
                "if the header stands lower, delete the lines above it; else --columns \"{guesses}\" names them{names}"
            ),
            format!("若表头在下面，请删去它上面的各行；否则用 --columns \"{guesses}\" 指明{chinese_names}"),
        ]
    } else {
        [
            format!("--columns \"{guesses}\" names them{names}; --from list shows the layouts that are known"),
            format!("请用 --columns \"{guesses}\" 指明{chinese_names}；--from list 列出已知的格式"),
        ]
    };
    header.error(said!(
        "no column says {lacking}; the columns are: {list}; {hint}",
        "找不到表示{lacking_in_chinese}的列；现有各列：{list}；{chinese_hint}"
    ))
}

/// Of the columns that are neither used nor known, those whose names are near, and the others.
fn near(header: &Header, layout: &Layout, used: &[(Role, Option<usize>)], times: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let is_used = |place: usize| times.contains(&place) || used.iter().any(|(_, one)| *one == Some(place));
    let known = |name: &str| {
        layout.unused().iter().any(|one| plain(one) == name)
            || Role::ALL.iter().any(|&role| layout.names(role).iter().any(|one| plain(one) == name))
    };
    let is_open = |place: &usize| !is_used(*place) && header.plain.get(*place).is_some_and(|name| !known(name));
    let is_near = |place: &usize| header.raw.get(*place).is_some_and(|name| is_near(name));
    (0..header.names.len()).filter(is_open).partition(is_near)
}
