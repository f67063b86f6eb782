//! Two rows of one order that say different things, both shown.

use crate::error::{Error, shown};
use crate::header::AmountFrom;
use crate::ids::NOBODY;
use crate::layout::Role;
use crate::resolve::Rows;
use crate::said::{Said, said};

/// In what two rows differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    Customer,
    Time,
    Amount,
    Status,
    Refunded,
}

/// The ids of customers, by number, for a message.
pub(crate) type People<'a> = &'a dyn Fn(u32) -> Vec<u8>;

impl Rows {
    /// The order of a row, as a message has it.
    pub(crate) fn order_of(&self, row: u32) -> String {
        let number = |orders: &crate::order_ids::OrderIds| orders.numbers.get(row as usize).copied();
        let id = self.orders.as_ref().and_then(|orders| Some(orders.ids.text(number(orders)?)));
        shown(&id.unwrap_or_default())
    }

    /// What stops the reading at two rows of one order.
    #[cold]
    pub(crate) fn contradiction(&self, people: People<'_>, rows: [u32; 2], difference: Difference) -> Error {
        let (place, values) = match difference {
            Difference::Customer => (self.plan.customer, rows.map(|row| self.customer_text(people, row))),
            Difference::Time => {
                (self.plan.times.first().copied().unwrap_or(0), rows.map(|row| Said::same(self.time_text(row))))
            }
            Difference::Amount => {
                let (place, texts) = self.amount_texts(rows);
                (place, texts.map(Said::same))
            }
            Difference::Status => self.status_texts(rows),
            Difference::Refunded => {
                let text = |row: u32| self.refunded.as_ref().map_or_else(String::new, |one| one.text(row as usize));
                (self.plan.refunded.unwrap_or(0), rows.map(text).map(Said::same))
            }
        };
        let [first, second] = rows.map(|row| self.line(row));
        Error::Contradiction {
            order: self.order_of(rows[0]),
            first,
            second,
            column: self.plan.name(place).to_owned(),
            values: Box::new(values),
            mend: self.mend(difference),
        }
    }

    /// What reads such rows otherwise.
    fn mend(&self, difference: Difference) -> Said {
        let plan = &self.plan;
        let kind = plan.near.iter().find(|(_, role)| *role == Some(Role::Kind) && plan.kind.is_none());
        let kind = kind.map(|(place, _)| plan.name(*place)).filter(|name| !name.is_empty());
        let adds_up = match difference {
            Difference::Amount => !plan.adds_lines,
            Difference::Status | Difference::Refunded => plan.rest.is_some(),
            Difference::Customer | Difference::Time => false,
        };
        match (kind, adds_up) {
            (Some(kind), _) => said!(
                "if column {kind} says which rows are refunds, --columns \"kind={kind}\" reads it; ",
                "若 {kind} 列说明哪些行是退款，请用 --columns \"kind={kind}\" 读取；"
            ),
            (None, true) => ["--rows lines adds the rows of an order up; ", "--rows lines 把订单的各行相加；"].into(),
            (None, false) => ["", ""].into(),
        }
    }

    /// What stops the reading where all rows of each order have one amount, as two lines of one do.
    #[cold]
    pub(crate) fn one_amount(&self, [first, second]: [u64; 2]) -> Error {
        let column = self.plan.name(self.plan.amount_place());
        Error::TwoForms(said!(
            "column {column}: the rows of each order have one and the same amount (lines {first} and {second}); --rows total \
             takes it for the order's, --rows lines for each line's",
            "{column} 列：每笔订单各行的金额都相同（如第 {first} 行和第 {second} 行）；--rows total 表示这是整单金额，--rows lines \
             表示这是每行金额"
        ))
    }

    fn customer_text(&self, people: People<'_>, row: u32) -> Said {
        match self.customers.get(row as usize) {
            Some(&number) if number != NOBODY => Said::same(shown(&people(number))),
            _ => ["nobody", "空"].into(),
        }
    }

    fn time_text(&self, row: u32) -> String {
        self.seconds.get(row as usize).map_or_else(String::new, |seconds| self.clock.text(*seconds))
    }

    /// Where amounts are products, the quantities differ if the prices do not.
    fn amount_texts(&self, rows: [u32; 2]) -> (usize, [String; 2]) {
        let prices = rows.map(|row| self.amounts.text(row as usize));
        match (self.plan.amount, &self.quantities) {
            (AmountFrom::PriceAndQuantity(_, place), Some(quantities)) if prices[0] == prices[1] => {
                (place, rows.map(|row| quantities.text(row as usize)))
            }
            _ => (self.plan.amount_place(), prices),
        }
    }

    /// The words where they differ, else what of the columns of times is filled in one of them alone.
    fn status_texts(&self, rows: [u32; 2]) -> (usize, [Said; 2]) {
        if let (Some(place), Some((meanings, words))) = (self.plan.status, &self.statuses) {
            let numbers = rows.map(|row| words.numbers.get(row as usize).copied().map_or(0, usize::from));
            if meanings.get(numbers[0]) != meanings.get(numbers[1]) {
                let word = |number: usize| words.words().get(number).map_or("", |word| word.0.as_str());
                return (place, numbers.map(|number| Said::same(shown(word(number).as_bytes()))));
            }
        }
        for (place, column) in [(self.plan.cancelled, &self.cancelled), (self.plan.paid, &self.paid)] {
            let (Some(place), Some(column)) = (place, column) else { continue };
            let filled = rows.map(|row| column.get(row as usize).copied().unwrap_or(false));
            if filled[0] != filled[1] {
                return (
                    place,
                    filled.map(|is_filled| if is_filled { ["a time", "有时间"] } else { ["none", "空"] }.into()),
                );
            }
        }
        (self.plan.status.unwrap_or(0), [["", ""].into(), ["", ""].into()])
    }
}
