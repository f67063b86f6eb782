//! A points program, and a customer's account from the orders and from what was given and spent.

use chrono::NaiveDate;
use repurchase::ShopCalendar;
use repurchase::act::points::{Expiry, PointsAccount, PointsEvent, PointsProgram};
use repurchase::rust_decimal::Decimal;
use repurchase_segment::order_files::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::ShopEvent;
use crate::money::Currency;
use crate::order::Status;
use crate::problem::Fault;
use crate::store::{OrderRow, StoreError, order_of};

/// How points are earned, how long they last, and what one is worth.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    /// Points per unit of money.
    #[schema(example = "0.1")]
    points_per_unit: String,
    expiry: Lasting,
    /// In the shop's currency.
    #[schema(example = "0.01")]
    value_of_point: String,
}

/// How long points last.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Lasting {
    Never,
    /// So many days, the day on which they were earned included.
    Days(u32),
    /// To the end of the month that lies so many months after.
    MonthEnd(u32),
}

impl Program {
    /// The library's program, and the value of a point.
    pub(crate) fn check(&self) -> Result<(PointsProgram, Decimal), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut number = |field: &str, text: &str| {
            let found = Decimal::from_str_exact(text).ok();
            let found = found.filter(|number| *number >= Decimal::ZERO && *number <= Decimal::from(1_000_000));
            found.filter(|number| number.scale() <= 6).unwrap_or_else(|| {
                faults.push(Fault::new(
                    field,
                    text,
                    "a text such as \"0.1\", up to 1000000, with six decimals at most",
                ));
                Decimal::ZERO
            })
        };
        let rate = number("points_per_unit", &self.points_per_unit);
        let value = number("value_of_point", &self.value_of_point);
        let expiry = match self.expiry {
            Lasting::Never => Expiry::Never,
            Lasting::Days(days) => Expiry::Days(days),
            Lasting::MonthEnd(months) => Expiry::MonthEnd(months),
        };
        let program = PointsProgram::new(vec![rate], expiry);
        let program = program.and_then(|program| {
            expiry.expires(NaiveDate::from_ymd_opt(9000, 1, 1).unwrap_or_default()).map(|_| program)
        });
        match program {
            Ok(program) if faults.is_empty() => Ok((program, value)),
            Ok(_) => Err(faults),
            Err(error) => {
                faults.push(Fault::new("expiry", format!("{:?}", self.expiry), error.to_string()));
                Err(faults)
            }
        }
    }
}

/// Points that were given, above 0, or spent, below it, on a day.
pub(crate) type Entry = (NaiveDate, i64);

/// A customer's account as of a day: what the orders earned and what was given back of them, what was given and spent.
///
/// An order earns when it is paid, by its amount before refunds, on the day on which it was placed. What was given back
/// of it is taken back on the day of the last statement that says so; where a redemption that was accepted before would
/// lack its points then, on the day after the last redemption.
pub(crate) fn account(
    program: &PointsProgram,
    orders: &[(String, OrderRow)],
    entries: &[Entry],
    as_of: NaiveDate,
    currency: Currency,
    calendar: &ShopCalendar<Zone>,
) -> Result<repurchase::Result<PointsAccount<String>>, StoreError> {
    let (mut earned, mut given_back) = (Vec::new(), Vec::new());
    for (order_id, row) in orders {
        let Some(order) = order_of(order_id, row, currency)? else { continue };
        if order.status == Status::Unpaid {
            continue;
        }
        let day = |at: i64| {
            let at = chrono::DateTime::from_timestamp_micros(at).unwrap_or_default();
            calendar.day(at).map_err(|error| StoreError::corrupt("order", order_id, &error))
        };
        let (placed, amount) = (day(order.placed_at)?, currency.decimal(order.amount));
        earned.push(PointsEvent::Earn { day: placed, order: order_id.clone(), amount, tier: 0 });
        let back = if order.status == Status::Cancelled { order.amount } else { order.refunded };
        if back > 0 {
            let last = row.statements.iter().filter_map(ShopEvent::given_back_at).max().unwrap_or(order.placed_at);
            given_back.push((day(last)?.max(placed), order_id.clone(), currency.decimal(back)));
        }
    }
    let entered = entries.iter().map(|&(day, points)| match u64::try_from(points) {
        Ok(points) => PointsEvent::Grant { day, points },
        Err(_) => PointsEvent::Redeem { day, points: points.unsigned_abs() },
    });
    let events: Vec<_> = earned.into_iter().chain(entered).collect();
    let replay = |not_before: NaiveDate| {
        let back = given_back.iter().cloned();
        let back = back.map(|(day, order, amount)| PointsEvent::Return { day: day.max(not_before), order, amount });
        PointsAccount::replay(program, events.iter().cloned().chain(back), as_of)
    };
    let last = entries.iter().filter(|(_, points)| *points < 0).map(|(day, _)| *day).max();
    Ok(replay(NaiveDate::MIN).or_else(|error| match last.and_then(|day| day.succ_opt()) {
        Some(next) => replay(next),
        None => Err(error),
    }))
}
