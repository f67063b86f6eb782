//! The one error of the crate.

mod context;
mod short;

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use short::Short;

/// The result of a fallible operation of this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// The error of every fallible operation, with what was found and what was expected.
///
/// [`Error::Record`], [`Error::Customer`] and [`Error::Order`] say which one of many, and print what was wrong with it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// One record of an input was refused; nothing was built from the others.
    #[error("record {index}: {cause}")]
    Record {
        /// The position of the record in the input, from 0.
        index: usize,
        /// The reason.
        cause: Box<Error>,
    },
    /// One customer of many was refused; nothing was built from the others.
    #[error("customer {customer}: {cause}")]
    Customer {
        /// The customer's id, in its `Debug` form.
        customer: Box<str>,
        /// The reason.
        cause: Box<Error>,
    },
    /// An amount with so many decimals that sums, which are kept at its scale, have no room: round it first.
    #[error("amount {amount} of record {index} has {} decimals, which leaves others no room: {cause}", .amount.scale())]
    FinestAmount {
        /// The position of the amount's record in the input, from 0.
        index: usize,
        /// The amount.
        amount: Decimal,
        /// The error that its decimals lead to.
        cause: Box<Error>,
    },
    /// Milliseconds since 1970 where seconds are expected.
    #[error("Unix time {unix_seconds} s lies beyond the year 5000: are these milliseconds? seconds are expected")]
    UnixMilliseconds {
        /// The number given as seconds.
        unix_seconds: i64,
    },
    /// One order of many was refused, or does not add up.
    #[error("order {order}: {cause}")]
    Order {
        /// The order's id, in its `Debug` form.
        order: Box<str>,
        /// The reason.
        cause: Box<Error>,
    },
    /// An event of an order that disagrees with a known one.
    #[error("{found} contradicts {known}")]
    Contradiction {
        /// The known statement, in its `Debug` form.
        known: Box<str>,
        /// The statement that contradicts it.
        found: Box<str>,
    },
    /// A decimal, such as an amount of money, that its field cannot hold.
    #[error("{field} must be {expected}, found {found}")]
    Amount {
        /// The field.
        field: &'static str,
        /// The value found.
        found: Decimal,
        /// The values allowed.
        expected: &'static str,
    },
    /// A refund that is negative or larger than its order.
    #[error("refunded must lie between 0 and the order's amount {amount}, found {found}")]
    Refund {
        /// The refund.
        found: Decimal,
        /// The order's amount.
        amount: Decimal,
    },
    /// A sum of money that does not fit a [`Decimal`] exactly, at the finest scale of all amounts of a shop.
    #[error("{field} does not fit 96 bits at the finest scale of all amounts")]
    AmountOverflow {
        /// The sum.
        field: &'static str,
    },
    /// A batch that begins before the end of those before it.
    #[error("a batch begins on {first}, not on {earliest} or later: hand them over by time, or use SpilledFold")]
    BatchOrder {
        /// The batch's first day.
        first: NaiveDate,
        /// The last day of those before it; the day after a ledger's.
        earliest: NaiveDate,
    },
    /// Bytes kept outside of memory that could not be written or read, or are not those that were written.
    #[error("{what} {problem}")]
    Bytes {
        /// The name of the bytes.
        what: Box<str>,
        /// The fault.
        problem: Box<str>,
    },
    /// A count that is beyond its limit.
    #[error("{field} is beyond its limit")]
    CountOverflow {
        /// The count.
        field: &'static str,
    },
    /// A whole number outside its range.
    #[error("{field} must lie between {min} and {max}, found {found}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// The value found.
        found: u64,
        /// The smallest value that it takes.
        min: u64,
        /// The largest value that it takes.
        max: u64,
    },
    /// A number outside its domain.
    #[error("{field} must be {expected}, found {}", Short(*.found))]
    Number {
        /// The field.
        field: &'static str,
        /// The value found.
        found: f64,
        /// The values allowed.
        expected: &'static str,
    },
    /// An instant that has no calendar day in the shop's time zone, because it lies at chrono's limits.
    #[error("Unix time {unix_seconds} s has no calendar day in the shop's time zone")]
    NoDay {
        /// The instant, in seconds since 1970-01-01T00:00:00Z.
        unix_seconds: i64,
    },
    /// A day that cannot be reached, because it lies beyond chrono's limits.
    #[error("there is no day {days} days from {from}")]
    DayOverflow {
        /// The day from which days were counted.
        from: NaiveDate,
        /// The number of days.
        days: i64,
    },
    /// A window that holds no day.
    #[error("a window must end after it starts, found start {start} and end {end}")]
    EmptyWindow {
        /// The first day.
        start: NaiveDate,
        /// The day after the last, as given.
        end: NaiveDate,
    },
    /// A list whose values must ascend.
    #[error("{what} must ascend: number {position} (from 0) does not")]
    NotAscending {
        /// The list.
        what: &'static str,
        /// The first position that breaks the order.
        position: usize,
    },
    /// Columns of one table that differ in length.
    #[error("columns must be equally long: {expected} customers, but {found} in {column}")]
    ColumnLength {
        /// The column that differs.
        column: &'static str,
        /// The length found.
        found: usize,
        /// The number of customers.
        expected: usize,
    },
    /// A purchase older than the history's last one, which `record` cannot place.
    #[error("a purchase on {day} is older than the last one recorded, on {last}: rebuild the history from its orders")]
    OlderPurchase {
        /// The purchase.
        day: NaiveDate,
        /// The last day of the history.
        last: NaiveDate,
    },
    /// Two histories of one customer whose time ranges overlap.
    #[error("histories overlap: one runs to {end}, the other starts on {start}")]
    OverlappingHistories {
        /// The last day of the earlier one.
        end: NaiveDate,
        /// The first day of the later one.
        start: NaiveDate,
    },
    /// A stored history that no purchases can have made.
    #[error("{field} of the stored history contradict the rest of it")]
    InconsistentHistory {
        /// The fields that are wrong.
        field: &'static str,
    },
    /// A customer who bought after the as-of day.
    #[error("the last purchase, on {last}, lies after the as-of day {as_of}")]
    AfterAsOf {
        /// The last purchase.
        last: NaiveDate,
        /// The as-of day.
        as_of: NaiveDate,
    },
    /// Ledgers or samples as of different days.
    #[error("ledgers are as of different days, {left} and {right}")]
    AsOfMismatch {
        /// One ledger's day.
        left: NaiveDate,
        /// The other's.
        right: NaiveDate,
    },
    /// Samples that were given without the as-of day that is needed.
    #[error("these samples have no as-of day: make them by `Samples::of` or `Samples::new`")]
    NoAsOf,
    /// One customer who appears twice where customers must be distinct.
    #[error("customer {customer} appears twice")]
    DuplicateCustomer {
        /// The customer's id, in its `Debug` form.
        customer: Box<str>,
    },
    /// A customer who should stand in a ledger and does not.
    #[error("customer {customer} is not in the ledger")]
    UnknownCustomer {
        /// The customer's id, in its `Debug` form.
        customer: Box<str>,
    },
    /// Customers measured in another way than an RFM model, its options or a tally measure them.
    #[error("{model} are asked for, the customers have {found}")]
    MeasuresMismatch {
        /// The measures of the model, the options or the tally.
        model: Box<str>,
        /// The measures by which the customers are given.
        found: Box<str>,
    },
    /// More customers taken out of a tally than it counts.
    #[error("too few customers of {value} to take {asked} out of a tally: it counts {counted}")]
    TallyShort {
        /// The customers' value, as text.
        value: Box<str>,
        /// The customers who were to leave.
        asked: u64,
        /// The customers counted.
        counted: u64,
    },
    /// Two tallies that count different things.
    #[error("tallies of different things cannot merge: one counts {left}, the other {right}")]
    TallyMismatch {
        /// The values that one tally counts.
        left: Box<str>,
        /// The values that the other counts.
        right: Box<str>,
    },
    /// Two labels of one kind with the same key, or one with none.
    #[error("labels must have different keys that are not empty, found {key:?} again or empty")]
    LabelKey {
        /// The key.
        key: Box<str>,
    },
    /// Values too alike for the number of thresholds that was asked for.
    #[error("{what} are too alike for {needed} different edges")]
    TooAlike {
        /// The values.
        what: &'static str,
        /// The edges that were to lie between them.
        needed: usize,
    },
    /// A fit that was given nobody.
    #[error("{what} cannot be fitted without a customer")]
    NoCustomers {
        /// The thing to fit.
        what: &'static str,
    },
    /// A fit to customers who were all seen for the first time at the end of the observation.
    #[error("{what} cannot be fitted: no customer has been observed for any time")]
    NothingObserved {
        /// The thing to fit.
        what: &'static str,
    },
    /// A likelihood without a maximum: the data speak for a simpler model.
    #[error("the likelihood has no maximum: {direction}")]
    NoMaximum {
        /// The parameters and their limits.
        direction: Box<str>,
    },
    /// A fit that came to no end.
    #[error("the fit of {model} came to no end in {evaluations} evaluations, slope {gradient_norm:e}")]
    NotConverged {
        /// The model.
        model: &'static str,
        /// The number of evaluations of the likelihood.
        evaluations: u32,
        /// The largest slope that was left, by the logarithm of a parameter.
        gradient_norm: f64,
    },
    /// A share that is not above 0 and below 1.
    #[error("share number {position} (from 0) must lie above 0 and below 1, found {found}")]
    Share {
        /// The position of the share in the list.
        position: usize,
        /// The share found.
        found: Decimal,
    },
    /// A list of names that does not fit what is named.
    #[error("expected {expected} {what}, found {found}")]
    NameCount {
        /// The names.
        what: &'static str,
        /// Names given.
        found: usize,
        /// Names needed.
        expected: usize,
    },
    /// Scores of other numbers of bins than a grid or a split of octants reads.
    #[error("the {what} reads scores of {expected:?} bins of R, F and M, found {found:?}")]
    ScoreBins {
        /// The reader of the scores.
        what: &'static str,
        /// The bins that it reads; 1 where it does not ask.
        expected: [u8; 3],
        /// The bins of the scores.
        found: [u8; 3],
    },
    /// A grid whose rules leave cells without a segment.
    #[error("{count} cells of the grid have no segment, the first is R{} F{} M{}", .cell[0], .cell[1], .cell[2])]
    GridGap {
        /// The number of these cells.
        count: usize,
        /// The first one, by its scores of R, F and M.
        cell: [u8; 3],
    },
    /// A grid with two rules that claim the same cell, where that was not allowed.
    #[error("rules {first} and {second} both claim the cell R{} F{} M{}", .cell[0], .cell[1], .cell[2])]
    GridOverlap {
        /// The rule that stands first, by its segment's key.
        first: Box<str>,
        /// The other one's.
        second: Box<str>,
        /// The first cell that both claim, by its scores of R, F and M.
        cell: [u8; 3],
    },
    /// A grid with a rule that can never win, because it names no cell, or rules before it claim them all.
    #[error("rule {position} (from 0) for {segment} never wins: it names no cell, or earlier rules claim them all")]
    GridRuleNeverWins {
        /// The rule's position.
        position: usize,
        /// The key of the rule's segment.
        segment: Box<str>,
    },
    /// Quiet hours that are empty, or always, or not of whole seconds.
    #[error("quiet hours must begin and end at different whole seconds, found {from} and {until}")]
    QuietHours {
        /// The time at which they begin.
        from: NaiveTime,
        /// The time at which they end.
        until: NaiveTime,
    },
    /// A redemption of more points than can be used on its day.
    #[error("{asked} points cannot be redeemed on {day}: the balance is {balance}")]
    PointsShort {
        /// The points to be redeemed.
        asked: u64,
        /// The points that could be.
        balance: u64,
        /// The day of the redemption.
        day: NaiveDate,
    },
    /// An order that earns points twice, or gives back points that it never earned.
    #[error("order {order} {problem}")]
    PointsOrder {
        /// The order, in its `Debug` form.
        order: Box<str>,
        /// The fault.
        problem: &'static str,
    },
    /// A playbook that leaves labels without an action.
    #[error("the playbook has no action for {}", labels.join(", "))]
    PlaybookGap {
        /// The labels, each as `kind/key`.
        labels: Box<[Box<str>]>,
    },
    /// A playbook with actions for labels that nobody can have.
    #[error("the playbook has an action for labels that it does not cover: {}", labels.join(", "))]
    PlaybookUnknown {
        /// The labels, each as `kind/key`.
        labels: Box<[Box<str>]>,
    },
    /// A part of an audience's rule that is not what must stand there.
    #[error("{place}: expected {expected}, found {found}")]
    Rule {
        /// The position in the rule, such as `all[1].not.days_since_last.<`.
        place: Box<str>,
        /// The values allowed.
        expected: Box<str>,
        /// The value found.
        found: Box<str>,
    },
}
