//! The fields of one row, read for the table.

use crate::cells::{Amount, Moment, ROUNDED, bare, is_rounded, is_void};
use crate::error::Fault;
use crate::happened::{happened, is_never};
use crate::layout::Role;
use crate::rows::Row;
use crate::table::{Problem, Table, too_many_words};
use crate::times;

impl Table {
    #[inline]
    pub(crate) fn order(&mut self, row: Row<'_>) -> Result<Option<u32>, Problem> {
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

    /// Whether the order was paid, and called off, by the columns that say when.
    pub(crate) fn events(&mut self, row: Row<'_>) -> Result<[Option<bool>; 2], Problem> {
        let is_paid = self.event(row, self.plan.paid, Role::PaidAt)?;
        Ok([is_paid, self.event(row, self.plan.cancelled, Role::CancelledAt)?])
    }

    /// Whether a column says that something happened, where there is one.
    fn event(&mut self, row: Row<'_>, place: Option<usize>, role: Role) -> Result<Option<bool>, Problem> {
        let Some(place) = place else { return Ok(None) };
        let event = happened(bare(row.field(place)), role, self.plan.name(place), &mut self.last);
        event.map(Some).map_err(|fault| Problem::bad(place, fault))
    }

    /// Counts a row of nobody for whom another column of the layout has somebody.
    #[cold]
    pub(crate) fn look_elsewhere(&mut self, row: Row<'_>) {
        let has_somebody = |place: &&usize| {
            let id = bare(row.field(**place));
            !is_void(id) && id.iter().any(|byte| !matches!(byte, b'0' | b'.' | b'-'))
        };
        if let Some(&place) = self.plan.other_customers.iter().find(has_somebody) {
            self.guests_elsewhere += 1;
            self.elsewhere.get_or_insert(place);
        }
    }

    /// The first column of times that is filled.
    #[inline]
    pub(crate) fn time_place(&self, row: Row<'_>) -> usize {
        let filled = |place: &&usize| !is_never(bare(row.field(**place)));
        match self.plan.times.as_slice() {
            [only] => *only,
            places => places.iter().find(filled).or(places.first()).copied().unwrap_or(0),
        }
    }

    #[inline]
    pub(crate) fn moment(
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

    #[inline]
    pub(crate) fn word(&mut self, row: Row<'_>, place: Option<usize>) -> Result<Option<u8>, Problem> {
        let (Some(place), Some(words)) = (place, &mut self.statuses) else { return Ok(None) };
        let number = words.number(bare(row.field(place)));
        number.map(Some).ok_or_else(|| Problem::Stop(too_many_words(words, Role::Status, self.plan.name(place))))
    }

    #[inline]
    pub(crate) fn kind(&mut self, row: Row<'_>) -> Result<Option<u8>, Problem> {
        let (Some(place), Some(words)) = (self.plan.kind, &mut self.kinds) else { return Ok(None) };
        let number = words.number(bare(row.field(place)));
        number.map(Some).ok_or_else(|| Problem::Stop(too_many_words(words, Role::Kind, self.plan.name(place))))
    }

    /// The number of the row's currency, where any row so far has one.
    #[inline]
    pub(crate) fn currency(&mut self, row: Row<'_>, amount: &Amount<'_>) -> Result<Option<u8>, Problem> {
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
    pub(crate) fn count_other_currency(&mut self, row: Row<'_>, code: &[u8], place: usize) -> Result<(), Problem> {
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
