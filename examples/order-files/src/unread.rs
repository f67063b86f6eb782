//! Columns that are not read although their values say something: where an order stands, in which currency it is, that a row
//! is a sum, when it was paid, which rows are one order.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::ControlFlow;

use hashbrown::DefaultHashBuilder;

use crate::cells::{Moment, bare, is_void};
use crate::header::Plan;
use crate::layout::{Layout, Role, StatusMeaning};
use crate::names::{TOTALS, is_called_off, is_measure, plain};
use crate::rows::Row;
use crate::times;

/// Values of a column that are looked at; of one with more, those that are known are looked for.
const MOST: usize = 1 << 12;

/// Words that a column of states has, and letters or digits of each.
const WORDS: usize = 12;
const LETTERS: usize = 20;
const DIGITS: usize = 3;

/// Days between an order and its payment.
const FAR: u64 = 400 * 86_400;

/// Codes of currencies that no other column has.
const CURRENCIES: [&str; 24] = [
    "aud",
    "brl",
    "cad",
    "chf",
    "cny",
    "czk",
    "dkk",
    "eur",
    "gbp",
    "hkd",
    "huf",
    "inr",
    "jpy",
    "krw",
    "mxn",
    "nok",
    "nzd",
    "pln",
    "rmb",
    "sek",
    "sgd",
    "twd",
    "usd",
    "人民币",
];

/// What columns hold that nothing reads, by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Times near those of the orders, in some rows none.
    pub(crate) times: Vec<usize>,
    /// Values with digits that come again for one customer on one day alone.
    pub(crate) ids: Vec<usize>,
    /// A few words, with some of them.
    pub(crate) words: Vec<(usize, Vec<String>)>,
}

/// Columns that nothing reads, and the words that would change an answer.
pub(crate) struct Unread {
    columns: Vec<Column>,
    /// With the role that a column of such words has.
    words: HashMap<String, Option<Role>>,
    hasher: DefaultHashBuilder,
    /// Which of three roles a column may have by what it holds: `paid_at`, `order_id`, `status`.
    open: [bool; 3],
}

/// What is known of a column.
#[expect(clippy::struct_excessive_bools, reason = "each falls alone")]
struct Column {
    place: usize,
    has_name: bool,
    /// The values' hashes, each with the first customer and day.
    values: hashbrown::HashMap<u64, Option<(u64, i64)>>,
    has_empty: bool,
    has_times: bool,
    may_be_times: bool,
    may_be_ids: bool,
    may_be_words: bool,
    may_be_codes: bool,
    repeats: u64,
    words: Vec<String>,
    rows: u64,
}

impl Unread {
    pub(crate) fn new(plan: &Plan, own: &Layout) -> Self {
        let statuses = own.status_words().chain(plan.layout.status_words());
        let statuses = statuses.filter(|(_, meaning)| *meaning != StatusMeaning::Paid);
        // What a card is called, too.
        let kinds = own.kind_words().filter(|(word, is_refund)| *is_refund && word != "credit");
        let mut words: HashMap<String, Option<Role>> = TOTALS.iter().map(|word| ((*word).to_owned(), None)).collect();
        words.extend(kinds.map(|(word, _)| (word, Some(Role::Kind))));
        words.extend(statuses.map(|(word, _)| (word, Some(Role::Status))));
        if plan.currency.is_none() {
            words.extend(CURRENCIES.map(|code| (code.to_owned(), Some(Role::Currency))));
        }
        // A platform's columns are known.
        let open = [plan.paid, plan.order, plan.status].map(|place| plan.is_own && place.is_none());
        let column = |&place: &usize| Column {
            place,
            has_name: !plan.name(place).is_empty(),
            values: hashbrown::HashMap::new(),
            has_empty: false,
            has_times: false,
            may_be_times: open[0],
            may_be_ids: open[1],
            may_be_words: open[2],
            may_be_codes: !is_measure(plan.name(place)),
            repeats: 0,
            words: Vec::new(),
            rows: 0,
        };
        Self { columns: plan.unread.iter().map(column).collect(), words, hasher: DefaultHashBuilder::default(), open }
    }

    /// Looks at a row of a customer at a moment; gives the columns that have their first telling word in it.
    #[inline]
    pub(crate) fn look(&mut self, row: Row<'_>, customer: usize, moment: &Moment) -> Vec<(usize, Option<Role>)> {
        if self.columns.is_empty() { Vec::new() } else { self.found(row, customer, moment) }
    }

    fn found(&mut self, row: Row<'_>, customer: usize, moment: &Moment) -> Vec<(usize, Option<Role>)> {
        let mut found = Vec::new();
        let seconds = moment.first();
        let whose = seconds.filter(|_| self.open[1]);
        let whose = whose.map(|at| (self.hasher.hash_one(bare(row.field(customer))), at.div_euclid(86_400)));
        let (words, hasher) = (&self.words, &self.hasher);
        self.columns.retain_mut(|column| {
            let field = bare(row.field(column.place));
            column.rows += 1;
            let hash = hasher.hash_one(field);
            if let Some(first) = column.values.get(&hash) {
                if column.may_be_ids && !is_void(field) {
                    column.repeats += 1;
                    column.may_be_ids = *first == whose;
                }
                return true;
            }
            if is_void(field) {
                column.has_empty = true;
            }
            if column.values.len() >= MOST {
                column.may_be_words = false;
                return column.may_be_times || column.may_be_ids;
            }
            column.values.insert(hash, whose);
            match column.examine(field, words, seconds) {
                ControlFlow::Break(role) => {
                    found.push((column.place, role));
                    false
                }
                ControlFlow::Continue(()) => true,
            }
        });
        found
    }

    /// Counts rows less that are equal to earlier ones.
    pub(crate) fn forget(&mut self, rows: u64) {
        self.columns.iter_mut().for_each(|column| column.rows -= rows);
    }

    /// What columns hold, of all rows.
    pub(crate) fn finish(self) -> Found {
        let mut found = Found::default();
        for column in self.columns {
            let distinct = column.values.len();
            let is_time = column.has_times && column.may_be_times;
            if is_time && column.has_empty {
                found.times.push(column.place);
            } else if column.may_be_ids && column.repeats > 0 && distinct > 1 && !column.has_times {
                found.ids.push(column.place);
            } else if column.may_be_words
                && column.words.len() > 1
                && column.rows > distinct as u64
                && !column.has_times
            {
                found.words.push((column.place, column.words));
            }
        }
        found
    }
}

impl Column {
    /// Looks at a value that is new; gives the role of a column that has it, where the value tells.
    fn examine(
        &mut self,
        field: &[u8],
        words: &HashMap<String, Option<Role>>,
        seconds: Option<i64>,
    ) -> ControlFlow<Option<Role>> {
        let is_empty = is_void(field);
        // What has no name cannot be read.
        if !self.has_name && !is_empty {
            return ControlFlow::Break(None);
        }
        let text = String::from_utf8_lossy(field);
        let word = plain(&text);
        let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation());
        if !is_number {
            let is_called_off = || is_called_off(&word).then_some(&Some(Role::Status));
            if let Some(role) = words.get(&word).or_else(is_called_off) {
                return ControlFlow::Break(*role);
            }
        }
        if !is_empty {
            if self.may_be_times || self.may_be_ids || self.may_be_words {
                let time = times::read(field).filter(|_| word.bytes().any(|byte| !byte.is_ascii_digit()));
                self.has_times |= time.is_some();
                let is_far = |at: i64| seconds.is_some_and(|order| order.abs_diff(at) > FAR);
                let all_far = |time: times::Reading| time.seconds.into_iter().flatten().all(is_far);
                self.may_be_times &= time.is_some_and(|time| !all_far(time));
            }
            // A fraction is an amount.
            self.may_be_ids &= has_digit && !(is_number && word.contains(['.', ',']));
        }
        if self.may_be_words {
            let is_code = word.len() <= DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
            let is_flag = is_code && (self.may_be_codes || matches!(word.as_str(), "0" | "1"));
            let is_short = word.chars().count() <= LETTERS && (!has_digit || is_flag);
            self.may_be_words = is_short && self.words.len() < WORDS;
            self.words.push(text.into_owned());
        }
        ControlFlow::Continue(())
    }
}
