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
mod built_in;
mod cells;
mod chinese;
mod contradiction;
mod counts;
mod customers;
mod date_order;
mod drafts;
mod error;
mod far_day;
mod header;
mod ids;
mod layout;
mod library;
mod lines;
mod matched;
mod money;
mod names;
mod notes;
mod options;
mod order_ids;
mod orders;
mod products;
mod resolve;
mod rows;
mod said;
mod sentences;
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
pub use date_order::DateOrder;
pub use error::{BadRow, Error};
pub use ids::SortedIds;
pub use layout::{DecimalMark, Layout, Role, RowsOfOrder, StatusMeaning};
pub use library::in_chinese;
pub use notes::{Note, NoteCode};
pub use options::{Columns, KindWords, ReadOptions, StatusWords};
pub use orders::{Orders, ReadAs};
pub use products::ProductLine;
pub use said::Said;
pub use text::Encoding;
pub use zone::Zone;

use crate::assemble::{Assembly, Units};
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
    let mut rows = rows::Rows::new(input)?;
    let separator = rows.separator().into();
    let plan = loop {
        let row = rows.read()?.ok_or(Error::Empty)?;
        if !row.is_blank() {
            break header::Plan::new(row, options)?;
        }
    };
    let mut table = Table::new(plan, options)?;
    while let Some(row) = rows.read()? {
        table.add(row)?;
    }
    let encoding = rows.encoding();
    drop(rows);
    finish(table, options, separator, encoding)
}

fn finish(table: Table, options: &ReadOptions, separator: char, encoding: Encoding) -> Result<Orders, Error> {
    let (read, duplicates, alike, several_pieces) = (table.read, table.duplicates, table.alike, table.several_pieces);
    let (duplicate_lines, alike_lines) = (table.duplicate_lines.clone(), table.alike_lines.clone());
    if read == 0 {
        return Err(Error::NoRow);
    }
    let (mut rows, customers) = table.resolve(options)?;
    rows.without_total(options.skip_bad_rows)?;
    let scale = Units::of(&rows).scale;
    let (columns, mut counts, bad) = collect(&mut rows, &customers.ids, options)?;
    for row in bad {
        rows.skipped.add(row);
    }
    counts.rows = read;
    counts.skipped = rows.skipped.count;
    counts.duplicates = duplicates;
    counts.alike = alike;
    counts.several_pieces = several_pieces;
    counts.other_currency = rows.other_currency;
    counts.no_currency = rows.no_currency;
    if columns.customers.is_empty() && columns.credits.is_empty() {
        return Err(nothing(&rows, &counts, customers.guest));
    }
    let as_of = far_day::as_of(&columns, &rows, options, &counts)?;
    let mut rounded = suspects::rounded(&customers.ids);
    if let Some(orders) = rows.orders.as_ref().filter(|_| rounded.count == 0) {
        rounded = suspects::rounded(&orders.ids);
    }
    let (ids, places) = customers.ids.sorted();
    let mut columns = columns;
    let place = |number: &u32| places.get(*number as usize).copied().unwrap_or(NOBODY);
    columns.customers.iter_mut().for_each(|number| *number = place(number));
    columns.credits.iter_mut().for_each(|credit| credit.0 = place(&credit.0));
    let alike_orders = rows.orders.as_ref().and_then(|orders| ids_alike(orders.ids.texts()));
    let lines = products::lines(&mut rows, &mut columns);
    let order_ids = columns.name(rows.orders.take().filter(|_| options.order_ids));
    let mut joined: Vec<_> = customers.joined.into_values().collect();
    joined.sort_unstable();
    let facts = notes::Facts {
        bad_rows: &rows.skipped.first,
        duplicate_lines: &duplicate_lines,
        alike_lines: &alike_lines,
        near_columns: &rows.plan.near,
        used: &rows.plan.roles,
        absent_words: (&rows.absent_words, options.words()),
        totals: totals(&ids, &columns),
        nobodies: suspects::nobodies(&ids, &columns),
        guessed: suspects::guessed(&ids, encoding, &rows.plan),
        rounded,
        other_codes: &rows.other_codes,
        columns: rows.plan.names.len(),
        guest: customers.guest,
        joined,
        ids: ids.len() as u64,
        alike_orders,
        in_doubt: rows.plan.in_doubt.map(|pieces| (rows.plan.name(rows.plan.amount_place()), rows.plan.name(pieces))),
        currency: rows.currency.as_deref(),
        has_refunds: !columns.refunded.is_empty() || !columns.credits.is_empty() || counts.fully_refunded > 0,
    };
    let notes = notes::notes(&counts, &facts);
    let mut orders = Orders {
        customers: 0,
        ids,
        order_ids,
        columns,
        lines,
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
        as_of,
        zone: options.zone,
    };
    orders.customers = orders.count_customers();
    Ok(orders)
}

/// Ids of orders and credits that read like the names of rows that add up others.
fn totals(ids: &SortedIds, columns: &orders::Columns) -> Vec<String> {
    let is_total = |id: &str| !id.bytes().all(|byte| byte.is_ascii_digit()) && names::is_total(id);
    let asked = (0..).zip(ids.iter()).filter(|(_, id)| is_total(id)).map(|(place, _)| place);
    let totals = columns.present(asked.collect());
    totals.into_iter().filter_map(|place| ids.get(place)).map(|id| error::shown(id.as_bytes())).collect()
}

/// Orders and credits in columns: the file's own where each row is a purchase.
fn collect(
    rows: &mut resolve::Rows,
    people: &ids::Ids,
    options: &ReadOptions,
) -> Result<(orders::Columns, Counts, Vec<BadRow>), Error> {
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
                return Ok((columns, counts, Vec::new()));
            }
            Err(amounts) => rows.amounts = amounts,
        }
    }
    let columns = orders::Columns { lines: rows.products.is_some().then(Vec::new), ..Default::default() };
    Assembly::new(rows, people, columns, options.skip_bad_rows).run()
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
