//! What is said of an order: as it is posted, and as it is once it has been checked.

use chrono::{DateTime, Utc};
use repurchase::record::OrderEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::Clock;
use crate::money::Currency;
use crate::order::{AMOUNT, check_id, instant};
use crate::problem::Fault;

/// What a webhook says of one order; said again, it changes nothing. Which fields an event has beside `order_id` and
/// `at`: `placed` and `credited` have `customer_id` and `amount`; `amount_changed` and `refunded_in_all` have `amount`;
/// `refunded` has `refund_id` and `amount`; `line_added` has `line_id` and `amount`, and may have `product`; the others have
/// none.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedEvent {
    /// The shop's own name for the order; of `credited`, the credit's own.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "A-1001")]
    order_id: String,
    event: EventKind,
    /// When it happened: RFC 3339, to the microsecond; not after the shop's today.
    #[schema(format = DateTime, example = "1998-06-30T18:30:00Z")]
    at: String,
    /// By any of the customer's ids.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$")]
    customer_id: Option<String>,
    /// In the shop's currency; of `line_added`, it may be below 0, as a discount is.
    #[serde(default)]
    #[schema(pattern = r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$", example = "5.00")]
    amount: Option<String>,
    /// The refund's own name within the order.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "R-1")]
    refund_id: Option<String>,
    /// The line's own name within the order.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$")]
    line_id: Option<String>,
    /// What was bought on the line, a product or a category, for the page: cycles, who is due with what, what comes second.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "coffee")]
    product: Option<String>,
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EventKind {
    /// The customer ordered; unpaid until something says that it is paid.
    Placed,
    Paid,
    Unpaid,
    Cancelled,
    /// The amount before refunds is another one now.
    AmountChanged,
    /// A line raises or lowers the amount.
    LineAdded,
    /// A refund of a part of the order or of all of it.
    Refunded,
    /// What was given back up to now, in all.
    RefundedInAll,
    /// All of it is given back, whatever its amount.
    FullyRefunded,
    /// A credit that names no order.
    Credited,
}

impl EventKind {
    /// Whether it has a customer, an amount, a refund's id, a line's id.
    const fn fields(self) -> [bool; 4] {
        match self {
            Self::Placed | Self::Credited => [true, true, false, false],
            Self::AmountChanged | Self::RefundedInAll => [false, true, false, false],
            Self::Refunded => [false, true, true, false],
            Self::LineAdded => [false, true, false, true],
            Self::Paid | Self::Unpaid | Self::Cancelled | Self::FullyRefunded => [false; 4],
        }
    }
}

/// Something that was said of an order, checked: money in minor units, instants in microseconds since 1970. The database
/// has it as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ShopEvent {
    Placed {
        customer: String,
        at: i64,
        amount: i64,
    },
    Paid {
        at: i64,
    },
    Unpaid {
        at: i64,
    },
    Cancelled {
        at: i64,
    },
    AmountChanged {
        at: i64,
        amount: i64,
    },
    LineAdded {
        line: String,
        at: i64,
        amount: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<String>,
    },
    Refunded {
        refund: String,
        at: i64,
        amount: i64,
    },
    RefundedInAll {
        at: i64,
        amount: i64,
    },
    FullyRefunded {
        at: i64,
    },
    Credited {
        customer: String,
        at: i64,
        amount: i64,
    },
}

/// As the library takes it.
pub(crate) type Event = OrderEvent<String, String>;

impl ShopEvent {
    pub(crate) fn to_event(&self, currency: Currency) -> Event {
        let time = |at| DateTime::<Utc>::from_timestamp_micros(at).unwrap_or_default();
        let money = |amount| currency.decimal(amount);
        match self.clone() {
            Self::Placed { customer, at, amount } => Event::Placed { customer, at: time(at), amount: money(amount) },
            Self::Paid { at } => Event::Paid { at: time(at) },
            Self::Unpaid { at } => Event::Unpaid { at: time(at) },
            Self::Cancelled { at } => Event::Cancelled { at: time(at) },
            Self::AmountChanged { at, amount } => Event::AmountChanged { at: time(at), amount: money(amount) },
            Self::LineAdded { line, at, amount, product: _ } => {
                Event::LineAdded { line, at: time(at), amount: money(amount) }
            }
            Self::Refunded { refund, at, amount } => Event::Refunded { refund, at: time(at), amount: money(amount) },
            Self::RefundedInAll { at, amount } => Event::RefundedInAll { at: time(at), amount: money(amount) },
            Self::FullyRefunded { at } => Event::FullyRefunded { at: time(at) },
            Self::Credited { customer, at, amount } => {
                Event::Credited { customer, at: time(at), amount: money(amount) }
            }
        }
    }

    pub(crate) const fn is_credit(&self) -> bool {
        matches!(self, Self::Credited { .. })
    }

    /// What was said of the product of a line, and what this says in its place: the library does not know of it.
    pub(crate) fn other_product(&self, known: &[Self]) -> Option<[String; 2]> {
        let Self::LineAdded { line, product, .. } = self else { return None };
        let of_line = |known: &Self| match known {
            Self::LineAdded { line: of, product: known, .. } if of == line && known != product => Some(known.clone()),
            _ => None,
        };
        let text = |product: Option<&str>| {
            let product = product.map_or_else(|| "no product".to_owned(), |product| format!("product {product:?}"));
            format!("line {line:?} of {product}")
        };
        let known = known.iter().find_map(of_line)?;
        Some([text(known.as_deref()), text(product.as_deref())])
    }

    /// When it says that something was given back, or that all is off.
    pub(crate) const fn given_back_at(&self) -> Option<i64> {
        match self {
            Self::Cancelled { at }
            | Self::Refunded { at, .. }
            | Self::RefundedInAll { at, .. }
            | Self::FullyRefunded { at } => Some(*at),
            _ => None,
        }
    }

    /// Names somebody else in place of whoever it says ordered, or got the credit.
    pub(crate) fn forget(&mut self, name: &str) {
        if let Self::Placed { customer, .. } | Self::Credited { customer, .. } = self {
            name.clone_into(customer);
        }
    }

    /// Who it says ordered, or got the credit.
    pub(crate) fn customer(&self) -> Option<&str> {
        match self {
            Self::Placed { customer, .. } | Self::Credited { customer, .. } => Some(customer),
            _ => None,
        }
    }
}

impl PostedEvent {
    /// The order and what is said of it.
    pub(crate) fn check(self, clock: &Clock, currency: Currency) -> Result<(String, ShopEvent), Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("order_id", &self.order_id, &mut faults);
        let at = instant(&self.at, clock).map_or_else(
            |expected| {
                faults.push(Fault::new("at", self.at.as_str(), expected));
                0
            },
            |at| at.timestamp_micros(),
        );
        let kind = self.event;
        let given = [
            ("customer_id", &self.customer_id),
            ("amount", &self.amount),
            ("refund_id", &self.refund_id),
            ("line_id", &self.line_id),
        ];
        for ((field, found), is_expected) in given.into_iter().zip(kind.fields()) {
            match (found, is_expected) {
                (None, true) => faults.push(Fault::new(field, "nothing", "a text: this event needs it")),
                (Some(found), false) => {
                    faults.push(Fault::new(field, found.as_str(), "no such field: this event has none"));
                }
                (Some(found), true) if field != "amount" => check_id(field, found, &mut faults),
                _ => {}
            }
        }
        match &self.product {
            Some(product) if kind == EventKind::LineAdded => check_id("product", product, &mut faults),
            Some(product) => {
                faults.push(Fault::new("product", product.as_str(), "no such field: this event has none"));
            }
            None => {}
        }
        let text = self.amount.as_deref().unwrap_or("0");
        let is_below = kind == EventKind::LineAdded && text.starts_with('-');
        let amount = currency.parse(if is_below { &text[1..] } else { text }).unwrap_or_else(|| {
            faults.push(Fault::new("amount", text, AMOUNT));
            0
        });
        if kind == EventKind::Credited && amount == 0 && faults.is_empty() {
            faults.push(Fault::new("amount", text, "above 0, of a credit"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let [customer, refund, line] = [self.customer_id, self.refund_id, self.line_id].map(Option::unwrap_or_default);
        let event = match kind {
            EventKind::Placed => ShopEvent::Placed { customer, at, amount },
            EventKind::Paid => ShopEvent::Paid { at },
            EventKind::Unpaid => ShopEvent::Unpaid { at },
            EventKind::Cancelled => ShopEvent::Cancelled { at },
            EventKind::AmountChanged => ShopEvent::AmountChanged { at, amount },
            EventKind::LineAdded => {
                let amount = if is_below { -amount } else { amount };
                ShopEvent::LineAdded { line, at, amount, product: self.product }
            }
            EventKind::Refunded => ShopEvent::Refunded { refund, at, amount },
            EventKind::RefundedInAll => ShopEvent::RefundedInAll { at, amount },
            EventKind::FullyRefunded => ShopEvent::FullyRefunded { at },
            EventKind::Credited => ShopEvent::Credited { customer, at, amount },
        };
        Ok((self.order_id, event))
    }
}
