//! From a header to what its columns say.

use crate::error::{Error, called, listed};
use crate::guess;
use crate::layout::{Layout, Role, RowsOfOrder};
use crate::names::{distance, is_near, is_of_order, is_pieces, is_price, is_whole, plain, role_near, slips};
use crate::options::ReadOptions;
use crate::rows::Row;
use crate::said::{Said, said};

/// Where an amount comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AmountFrom {
    Column(usize),
    PriceAndQuantity(usize, usize),
}

/// What the columns of a file say.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is found alone")]
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
    /// Columns that are not read, where nobody has said that each row of an order has its total.
    pub(crate) rest: Option<Vec<usize>>,
    /// The column behind that of amounts, where it has no name.
    pub(crate) behind_amount: Option<usize>,
    /// A column of pieces beside one of amounts: below 0 they were sent back.
    pub(crate) pieces: Option<usize>,
    /// A column of pieces beside an amount that may be the price of one of them.
    pub(crate) in_doubt: Option<usize>,
    /// Unused columns whose names are near ones that would be used, and the roles that they look to have.
    pub(crate) near: Vec<(usize, Option<Role>)>,
    /// All other columns that are neither used nor known.
    pub(crate) unread: Vec<usize>,
    /// Whether the layout is no platform's, so that any column may matter.
    pub(crate) is_own: bool,
    /// Roles that the layout names columns for and the file has none of, with the first of these names.
    pub(crate) absent: Vec<(Role, String)>,
    /// Further columns of the layout that name the customer.
    pub(crate) other_customers: Vec<usize>,
}

pub(crate) struct Header {
    /// The line on which it stands.
    line: u64,
    /// As they are shown in messages.
    pub(crate) names: Vec<String>,
    /// As they stand in the file.
    pub(crate) raw: Vec<String>,
    pub(crate) plain: Vec<String>,
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

    pub(crate) fn error(&self, message: Said) -> Error {
        Error::Header { line: self.line, message }
    }

    pub(crate) fn list(&self) -> String {
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
        let mut used = Vec::new();
        for role in Role::ALL {
            used.push((role, place_of(&header, &layout, options, role)?));
        }
        let at = |role: Role| used.iter().find(|(one, _)| *one == role).and_then(|(_, place)| *place);
        let times = places_of(&header, &layout, options, Role::PlacedAt, usize::MAX)?;
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
            return Err(guess::missing(&header, found, &used, fields));
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
        let is_used = |place: &usize| times.contains(place) || used.iter().any(|(_, one)| *one == Some(*place));
        let is_of_order = of_row.is_some_and(|place| header.plain.get(place).is_some_and(|name| is_of_order(name)));
        let rest = !adds_lines && rows == RowsOfOrder::Auto && at(Role::OrderId).is_some() && !is_of_order;
        let rest = rest.then(|| (0..header.names.len()).filter(|place| !is_used(place)).collect::<Vec<_>>());
        let line: Option<Vec<usize>> = is_guess.then(all_used);
        let (near, unread) = near(&header, &layout, &used, &times);
        let is_own = layout.name() == OWN || is_named(Role::Amount);
        let pieces = at(Role::Quantity).or_else(|| {
            let mut unread = unread.iter().copied().filter(|_| !is_named(Role::Quantity));
            unread.find(|&place| header.plain.get(place).is_some_and(|name| is_pieces(name)))
        });
        let in_doubt = pieces.filter(|_| is_own && may_be_price(&header, amount));
        let is_own = options.layout.as_ref().map_or(layout.name() == OWN, |layout| !layout.is_built_in());
        let is_absent = |role: &Role| !is_own && at(*role).is_none() && !is_named(*role);
        let first_name = |role: Role| Some((role, layout.names(role).first()?.clone()));
        let absent = [Role::Status, Role::OrderId].into_iter().filter(is_absent).filter_map(first_name).collect();
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
            rest: rest.filter(|rest| !rest.is_empty()),
            behind_amount: of_row
                .map(|place| place + 1)
                .filter(|place| header.plain.get(*place).is_some_and(String::is_empty)),
            pieces: at(Role::Quantity).filter(|_| matches!(amount, AmountFrom::Column(_))),
            near: near
                .into_iter()
                .map(|place| (place, slip(&header, &layout, &used, place).or_else(|| role_near(&header.raw[place]))))
                .collect(),
            unread,
            is_own,
            absent,
            other_customers: places_of(&header, &layout, options, Role::CustomerId, usize::MAX)?.split_off(1),
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

/// The column that says what a role says, by its name in the options or in the layout.
fn place_of(header: &Header, layout: &Layout, options: &ReadOptions, role: Role) -> Result<Option<usize>, Error> {
    Ok(places_of(header, layout, options, role, 1)?.first().copied())
}

/// At most so many of the columns that say what a role says, the first to be used first.
fn places_of(
    header: &Header,
    layout: &Layout,
    options: &ReadOptions,
    role: Role,
    most: usize,
) -> Result<Vec<usize>, Error> {
    if let Some((_, name)) = options.columns.0.iter().find(|(named, _)| *named == role) {
        // Named by nothing, a role is not read.
        if name.is_empty() {
            return Ok(Vec::new());
        }
        let missing = || {
            let list = header.list();
            header.error(said!(
                "there is no column {name}, which --columns names for {role}; the columns are: {list}",
                "没有 {name} 列（--columns 指定它为 {role}）；现有各列：{list}"
            ))
        };
        return Ok(vec![header.place(name)?.ok_or_else(missing)?]);
    }
    let mut places = Vec::new();
    for name in layout.names(role) {
        if places.len() == most {
            break;
        }
        places.extend(header.place(name)?.filter(|place| !places.contains(place)));
    }
    Ok(places)
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

/// Of the columns that are neither used nor known, those whose names are near, and the others.
fn near(header: &Header, layout: &Layout, used: &[(Role, Option<usize>)], times: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let is_used = |place: usize| times.contains(&place) || used.iter().any(|(_, one)| *one == Some(place));
    let known = |name: &str| {
        layout.unused().iter().any(|one| plain(one) == name)
            || Role::ALL.iter().any(|&role| layout.names(role).iter().any(|one| plain(one) == name))
    };
    let is_open = |place: &usize| !is_used(*place) && header.plain.get(*place).is_some_and(|name| !known(name));
    let is_near = |place: &usize| header.raw.get(*place).is_some_and(|name| is_near(name));
    let is_slip = |place: &usize| slip(header, layout, used, *place).is_some();
    // A name of bytes that are no text may have been any.
    let is_damaged = |place: &usize| header.raw.get(*place).is_some_and(|name| name.contains('\u{FFFD}'));
    let is_noted = |place: &usize| is_near(place) || is_slip(place) || is_damaged(place);
    (0..header.names.len()).filter(is_open).partition(is_noted)
}

/// The role that the layout has for a name that a column's name is but for a slip of the pen, where no column has it.
fn slip(header: &Header, layout: &Layout, used: &[(Role, Option<usize>)], place: usize) -> Option<Role> {
    let name = header.plain.get(place)?;
    let is_like = |other: &String| distance(name, &plain(other)) <= slips(&plain(other));
    let mut absent = used.iter().filter(|(_, place)| place.is_none()).map(|(role, _)| *role);
    absent.find(|role| layout.names(*role).iter().any(is_like))
}
