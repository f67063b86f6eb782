//! A shop's orders, from the files that shops have.
//!
//! ```text
//! bytes ─► text ─► rows ─► header: what each column says
//!                   │         │
//!                   └─► table: columns, every form still possible ─► resolve: one form each ─► assemble ─► Orders
//! ```
//!
//! [`read`] takes a file of any of the [layouts](Layout) that shops export, or of one's own, in any of the usual
//! encodings, with any of the usual separators, numbers and dates; it finds all of these from the whole file, and stops
//! where two readings are possible. What changes an answer and is not an error is a [`Note`].
//!
//! # Examples
//!
//! ```
//! use order_files::{ReadOptions, read};
//!
//! let export = "\
//! Order ID;Customer ID;Placed at;Amount;Status
//! 1;ann;31/01/2024 18:05;1.234,50 €;paid
//! 2;bo;01/02/2024;19,90 €;cancelled
//! 2;bo;01/02/2024;19,90 €;cancelled
//! 3;guest;02/02/2024;5,00 €;paid
//! ";
//! let orders = read(export.as_bytes(), &ReadOptions::default())?;
//! assert_eq!((orders.customers(), orders.purchases(), orders.revenue().to_string()), (1, 1, "1234.50".to_owned()));
//! let codes: Vec<_> = orders.notes().iter().map(|note| note.code.key()).collect();
//! assert_eq!(codes, ["duplicate_rows", "guest_orders", "cancelled"]);
//! let ledger = orders.log()?.ledger(orders.as_of())?;
//! assert_eq!(orders.ids().get(0), Some("ann"));
//! assert_eq!(ledger.len(), 1);
//! # Ok::<(), order_files::Error>(())
//! ```

mod amounts;
mod assemble;
mod batches;
mod built_in;
mod cells;
mod chinese;
mod contradiction;
mod counts;
mod currencies;
mod customers;
mod date_order;
mod drafts;
mod error;
mod far_day;
mod fields;
mod filed;
mod findings;
mod guess;
mod happened;
mod header;
mod ids;
mod join;
mod layout;
mod library;
mod lines;
mod matched;
mod money;
mod names;
mod notes;
mod offset;
mod options;
mod order_ids;
mod order_texts;
mod orders;
mod parts;
mod products;
mod repeats;
mod resolve;
mod rows;
mod said;
mod scratch;
mod sentences;
mod stored;
mod stretch;
mod stretch_orders;
mod suspects;
mod table;
mod text;
mod times;
mod total_row;
mod unread;
mod vote;
mod zone;

use std::io::Read;

use repurchase::measure::ids_alike;

pub use counts::Counts;
pub use customers::customer_id;
pub use date_order::DateOrder;
pub use error::{BadRow, Error};
pub use ids::SortedIds;
pub use layout::{DecimalMark, Layout, Role, RowsOfOrder, StatusMeaning};
pub use library::in_chinese;
pub use notes::{Note, NoteCode};
pub use options::{Columns, KindWords, ReadOptions, StatusWords};
pub use orders::{Orders, ReadAs};
pub use parts::{OrderLogs, OrderParts, read_parts};
pub use products::ProductLine;
pub use said::Said;
pub use text::Encoding;
pub use zone::Zone;

use crate::assemble::{Assembly, Units};
use crate::findings::Findings;
use crate::ids::NOBODY;
use crate::table::Table;

/// Reads a file of orders.
///
/// # Errors
///
/// At the first row that cannot be used, unless those are to be skipped; where two readings of the file are possible and
/// say different things; where no row can be used, no order is a customer's, or none is a purchase.
///
/// # Complexity
///
/// Linear in bytes; 20 bytes of memory a row, up to twice that while columns grow, and each id once.
pub fn read(input: impl Read, options: &ReadOptions) -> Result<Orders, Error> {
    let (table, form) = table_of(input, options, false, |_| Ok(()))?;
    whole(table, options, form)
}

/// What separates fields, and how characters are written.
type Form = (char, Encoding);

/// The first pass over a file, whose rows may be filed; `after` is asked after each row.
fn table_of(
    input: impl Read,
    options: &ReadOptions,
    may_be_filed: bool,
    mut after: impl FnMut(&mut Table) -> Result<(), Error>,
) -> Result<(Table, Form), Error> {
    let mut rows = rows::Rows::new(input)?;
    let separator = rows.separator().into();
    let plan = loop {
        let row = rows.read()?.ok_or(Error::Empty)?;
        if !row.is_blank() {
            break header::Plan::new(row, options)?;
        }
    };
    let mut table = Table::new(plan, options)?;
    if let (Some(orders), true) = (&mut table.orders, may_be_filed) {
        orders.marks = Some(order_ids::Marks::default());
    }
    while let Some(row) = rows.read()? {
        table.add(row)?;
        after(&mut table)?;
    }
    if table.read == 0 {
        return Err(Error::NoRow);
    }
    let encoding = rows.encoding();
    Ok((table, (separator, encoding)))
}

/// What the first pass has counted.
struct Seen {
    counts: Counts,
    duplicate_lines: Vec<u64>,
    alike_lines: Vec<u64>,
}

impl Seen {
    fn of(table: &Table) -> Self {
        let counts = Counts {
            rows: table.read,
            duplicates: table.duplicates,
            alike: table.alike,
            several_pieces: table.several_pieces,
            guests_elsewhere: table.guests_elsewhere,
            ..Counts::default()
        };
        Self { counts, duplicate_lines: table.duplicate_lines.clone(), alike_lines: table.alike_lines.clone() }
    }

    /// The same counts and those of the second pass.
    fn with(&self, counts: Counts, rows: &resolve::Rows) -> Counts {
        let Counts { rows: read, duplicates, alike, several_pieces, guests_elsewhere, .. } = self.counts;
        let (skipped, other_currency, no_currency) = (rows.skipped.count, rows.other_currency, rows.no_currency);
        Counts {
            rows: read,
            duplicates,
            alike,
            several_pieces,
            guests_elsewhere,
            skipped,
            other_currency,
            no_currency,
            ..counts
        }
    }
}

/// The orders of a file whose rows are all in memory.
fn whole(table: Table, options: &ReadOptions, form: Form) -> Result<Orders, Error> {
    let seen = Seen::of(&table);
    let (mut rows, mut customers) = table.resolve(options)?;
    rows.without_total(options.skip_bad_rows)?;
    let scale = Units::of(&rows).scale;
    let (mut columns, counts, findings) = collect(&mut rows, &customers.ids, options);
    findings.settle(&mut rows)?;
    let counts = seen.with(counts, &rows);
    if columns.customers.is_empty() && columns.credits.is_empty() {
        return Err(nothing(&rows, &counts, customers.guest));
    }
    let days = far_day::as_of(|| columns.times(), &rows, options, &counts)?;
    let of_orders = || rows.orders.as_ref().map(|orders| suspects::rounded(&orders.ids));
    let rounded = rounded(&customers.ids, of_orders);
    let (ids, places) = std::mem::take(&mut customers.ids).sorted();
    let place = |number: &u32| places.get(*number as usize).copied().unwrap_or(NOBODY);
    columns.customers.iter_mut().for_each(|number| *number = place(number));
    columns.credits.iter_mut().for_each(|credit| credit.0 = place(&credit.0));
    let alike_orders = rows.orders.as_ref().and_then(|orders| ids_alike(orders.ids.texts()));
    let lines = products::lines(&mut rows, &mut columns);
    let order_ids = columns.name(rows.orders.take().filter(|_| options.order_ids));
    let found = Found {
        present: &|asked| columns.present(asked),
        has_refunds: !columns.refunded.is_empty() || !columns.credits.is_empty() || counts.fully_refunded > 0,
        rounded,
        alike_orders,
        customers: columns.count_customers(ids.len()),
    };
    let orders = known(found, &seen, (rows, customers, ids), counts, (scale, days, form), options);
    Ok(Orders { order_ids, columns, lines, ..orders })
}

/// Ids that a spreadsheet may have rounded: of customers, else of orders.
fn rounded(people: &ids::Ids, of_orders: impl FnOnce() -> Option<suspects::Suspects>) -> suspects::Suspects {
    let rounded = suspects::rounded(people);
    if rounded.count == 0 { of_orders().unwrap_or_default() } else { rounded }
}

/// What columns of orders say beside the counts.
struct Found<'a> {
    /// Of places of ids, ascending, those with an order or a credit.
    present: &'a dyn Fn(Vec<u32>) -> Vec<u32>,
    has_refunds: bool,
    rounded: suspects::Suspects,
    alike_orders: Option<repurchase::measure::Note>,
    customers: usize,
}

/// All that is known of a file but for its orders.
fn known(
    found: Found<'_>,
    seen: &Seen,
    (rows, customers, ids): (resolve::Rows, customers::Customers, SortedIds),
    counts: Counts,
    (scale, days, (separator, encoding)): (u32, far_day::Days, Form),
    options: &ReadOptions,
) -> Orders {
    let mut joined: Vec<_> = customers.joined.into_values().collect();
    joined.sort_unstable();
    let facts = notes::Facts {
        bad_rows: &rows.skipped.first,
        duplicate_lines: &seen.duplicate_lines,
        alike_lines: &seen.alike_lines,
        plan: &rows.plan,
        unread: &rows.unread,
        partly_refunded: rows.partly_refunded,
        elsewhere: rows.elsewhere,
        far_first: days.far_first,
        absent_words: (&rows.absent_words, options.words()),
        totals: totals(&ids, found.present),
        nobodies: suspects::nobodies(&ids, found.present),
        guessed: suspects::guessed(&ids, encoding, &rows.plan),
        rounded: found.rounded,
        other_codes: &rows.other_codes,
        guest: customers.guest,
        joined,
        ids: ids.len() as u64,
        alike_orders: found.alike_orders,
        in_doubt: rows.plan.in_doubt.map(|pieces| (rows.plan.name(rows.plan.amount_place()), rows.plan.name(pieces))),
        currency: rows.currency.as_deref(),
        has_refunds: found.has_refunds,
    };
    let notes = notes::notes(&counts, &facts);
    Orders {
        customers: found.customers,
        ids,
        order_ids: SortedIds::default(),
        columns: orders::Columns::default(),
        lines: products::Lines::default(),
        scale,
        counts,
        notes,
        bad_rows: rows.skipped.first,
        read_as: ReadAs {
            layout: rows.plan.layout.name().to_owned(),
            encoding,
            separator,
            dates: rows.dates,
            decimal: rows.decimal,
            currency: rows.currency,
        },
        as_of: days.as_of,
        zone: options.zone,
    }
}

/// Ids of orders and credits that read like the names of rows that add up others.
fn totals(ids: &SortedIds, present: &dyn Fn(Vec<u32>) -> Vec<u32>) -> Vec<String> {
    let is_total = |id: &str| !id.bytes().all(|byte| byte.is_ascii_digit()) && names::is_total(id);
    let asked = (0..).zip(ids.iter()).filter(|(_, id)| is_total(id)).map(|(place, _)| place);
    let totals = present(asked.collect());
    totals.into_iter().filter_map(|place| ids.get(place)).map(|id| error::shown(id.as_bytes())).collect()
}

/// Orders and credits in columns: the file's own where each row is a purchase.
fn collect(rows: &mut resolve::Rows, people: &ids::Ids, options: &ReadOptions) -> (orders::Columns, Counts, Findings) {
    let is_plain = rows.orders.is_none()
        && rows.quantities.is_none()
        && rows.refunded.is_none()
        && rows.statuses.is_none()
        && rows.refunds.is_none()
        && rows.paid.is_none()
        && rows.cancelled.is_none()
        && rows.returned.is_none()
        && rows.dropped.is_empty()
        && rows.customers.iter().all(|number| *number != NOBODY);
    if is_plain {
        match std::mem::take(&mut rows.amounts).into_narrow() {
            Ok(amounts) => {
                let customers = std::mem::take(&mut rows.customers);
                let counts = Counts { orders: customers.len() as u64, ..Counts::default() };
                let seconds = std::mem::take(&mut rows.seconds);
                let columns = orders::Columns {
                    customers,
                    seconds,
                    amounts: orders::Units::Narrow(amounts),
                    ..Default::default()
                };
                return (columns, counts, Findings::default());
            }
            Err(amounts) => rows.amounts = amounts,
        }
    }
    let columns = orders::Columns { lines: rows.products.is_some().then(Vec::new), ..Default::default() };
    Assembly::new(rows, &|number| people.text(number), columns, options.skip_bad_rows).run()
}

/// Why there is no order of anybody.
fn nothing(rows: &resolve::Rows, counts: &Counts, guest: Option<String>) -> Error {
    if counts.guest_orders + counts.guest_credits > 0 {
        return Error::OnlyGuests {
            orders: counts.guest_orders + counts.guest_credits,
            column: rows.plan.name(rows.plan.customer).to_owned(),
            found: guest.unwrap_or_default(),
        };
    }
    match rows.skipped.first.first() {
        Some(first) => Error::NoUsableRow { skipped: counts.skipped, rows: counts.rows, first: first.clone() },
        None => {
            Error::NoOrder { rows: counts.rows, refunds: counts.refund_rows, other_currency: counts.other_currency }
        }
    }
}
