//! How many of what a file has.

/// How many of what were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Rows below the header.
    pub rows: u64,
    /// Rows that were bad and left out.
    pub skipped: u64,
    /// Rows that are equal to an earlier one of the same order.
    pub duplicates: u64,
    /// Lines that are equal to an earlier one of the same order in all columns that are used.
    pub alike: u64,
    /// Rows of several pieces whose amount was taken for that of all of them, where nothing in the file says so.
    pub several_pieces: u64,
    /// Rows in another currency.
    pub other_currency: u64,
    /// Orders of customers.
    pub orders: u64,
    /// Orders of guests, which are left out.
    pub guest_orders: u64,
    /// Credits of guests, which are left out.
    pub guest_credits: u64,
    /// Orders whose column of status words says nothing; they count as paid.
    pub no_status: u64,
    /// Rows whose column of kinds says nothing; they count as purchases.
    pub no_kind: u64,
    /// Rows that name no currency, where others or an option do.
    pub no_currency: u64,
    /// Lines that are not paid or were called off, of orders with lines that were paid.
    pub lines_called_off: u64,
    /// Orders that were not paid.
    pub unpaid: u64,
    /// Orders that were called off.
    pub cancelled: u64,
    /// Paid orders that were given back whole.
    pub fully_refunded: u64,
    /// Rows of refunds whose order is in the file.
    pub refunds_matched: u64,
    /// Rows of refunds whose order is not; they are credits.
    pub refunds_unmatched: u64,
    /// Rows that give something back, of customers and of guests.
    pub refund_rows: u64,
    /// Of these, rows that were not paid, or called off.
    pub refunds_not_made: u64,
    /// Of these, rows with a refunded amount beside their own.
    pub refunded_twice: u64,
    /// Orders with a refunded amount and with refund rows: one refund where both come to the same, else two.
    pub refunded_in_both: u64,
    /// Orders of lines that have one refunded amount on several, added up.
    pub refunds_repeated: u64,
    /// Rows that give back 1 of more, and rows that give back something else.
    pub(crate) refunded_ones: u64,
    pub(crate) refunded_amounts: u64,
    /// Rows without a customer that have one in another column of the layout.
    pub guests_elsewhere: u64,
    /// Credits that were tied to an order of their customer.
    pub credits_matched: u64,
}
