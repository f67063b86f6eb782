//! Errors and promises of types.

use std::error::Error as StdError;

use repurchase::history::{GapStatistics, RepeatSummary};
use repurchase::record::{Credit, OrderStatus, Period, Record, RecordColumns, Windows};
use repurchase::{CustomerHistory, Error, Ledger, Order, PurchaseLog, Ratio, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::{cause, date};

#[test]
fn every_error_says_what_and_where() {
    let march = date("2026-03-01");
    let inner = || Box::new(Error::AmountOverflow { field: "revenue" });
    let one = Decimal::ONE;
    let cases = [
        (
            Error::Record { index: 7, cause: inner() },
            "record 7: revenue does not fit 96 bits at the finest scale of all amounts",
        ),
        (
            Error::Customer { customer: "\"ann\"".into(), cause: inner() },
            "customer \"ann\": revenue does not fit 96 bits at the finest scale of all amounts",
        ),
        (Error::Amount { field: "amount", found: -one, expected: "0 or more" }, "amount must be 0 or more, found -1"),
        (Error::Refund { found: -one, amount: one }, "refunded must lie between 0 and the order's amount 1, found -1"),
        (*inner(), "revenue does not fit 96 bits at the finest scale of all amounts"),
        (Error::CountOverflow { field: "number of purchases" }, "number of purchases is beyond its limit"),
        (Error::OutOfRange { field: "bins", found: 1, min: 2, max: 255 }, "bins must lie between 2 and 255, found 1"),
        (Error::NoDay { unix_seconds: -5 }, "Unix time -5 s has no calendar day in the shop's time zone"),
        (Error::DayOverflow { from: march, days: -3 }, "there is no day -3 days from 2026-03-01"),
        (
            Error::EmptyWindow { start: march, end: march },
            "a window must end after it starts, found start 2026-03-01 and end 2026-03-01",
        ),
        (Error::NotAscending { what: "windows", position: 2 }, "windows must ascend: number 2 (from 0) does not"),
        (
            Error::ColumnLength { column: "amounts", found: 1, expected: 2 },
            "columns must be equally long: 2 customers, but 1 in amounts",
        ),
        (
            Error::OlderPurchase { day: march, last: date("2026-03-02") },
            "a purchase on 2026-03-01 is older than the last one recorded, on 2026-03-02: \
             rebuild the history from its orders",
        ),
        (
            Error::OverlappingHistories { end: date("2026-03-02"), start: march },
            "histories overlap: one runs to 2026-03-02, the other starts on 2026-03-01",
        ),
        (Error::InconsistentHistory { field: "gaps" }, "gaps of the stored history contradict the rest of it"),
        (
            Error::AfterAsOf { last: date("2026-03-02"), as_of: march },
            "the last purchase, on 2026-03-02, lies after the as-of day 2026-03-01",
        ),
        (
            Error::AsOfMismatch { left: march, right: date("2026-03-02") },
            "ledgers are as of different days, 2026-03-01 and 2026-03-02",
        ),
        (Error::DuplicateCustomer { customer: "7".into() }, "customer 7 appears twice"),
        (Error::NoCustomers { what: "cut points" }, "cut points cannot be fitted without a customer"),
        (Error::Share { position: 0, found: one }, "share number 0 (from 0) must lie above 0 and below 1, found 1"),
    ];
    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
        let has_cause = matches!(error, Error::Record { .. } | Error::Customer { .. });
        assert_eq!(cause(&error), has_cause.then(inner).as_deref(), "{text}");
    }
}

#[test]
fn an_error_is_small() {
    assert!(size_of::<Error>() <= 64, "{} bytes", size_of::<Error>());
    // A history per customer is what a shop's backend stores.
    assert!(size_of::<CustomerHistory>() <= 96, "{} bytes", size_of::<CustomerHistory>());
}

#[test]
fn everything_can_be_sent_and_shared() {
    use repurchase::scale::{Bands, Bins, CutPoints, Interval, Label, Language};
    use std::panic::{RefUnwindSafe, UnwindSafe};

    fn assert_normal<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Clone + core::fmt::Debug + 'static>() {}
    assert_normal::<Error>();
    assert_normal::<Order<String>>();
    assert_normal::<Credit<String>>();
    assert_normal::<Record<String>>();
    assert_normal::<OrderStatus>();
    assert_normal::<RecordColumns<'static, String>>();
    assert_normal::<ShopCalendar>();
    assert_normal::<ShopCalendar<chrono_tz::Tz>>();
    assert_normal::<Window>();
    assert_normal::<Windows>();
    assert_normal::<Period>();
    assert_normal::<PurchaseLog<String>>();
    assert_normal::<Ledger<String>>();
    assert_normal::<CustomerHistory>();
    assert_normal::<RepeatSummary>();
    assert_normal::<GapStatistics>();
    assert_normal::<Ratio>();
    assert_normal::<Interval>();
    assert_normal::<CutPoints<Decimal>>();
    assert_normal::<Bands<Decimal>>();
    assert_normal::<Bins<Decimal>>();
    assert_normal::<Label>();
    assert_normal::<Language>();
    let error: Box<dyn StdError + Send + Sync + 'static> = Box::new(Error::NoCustomers { what: "cuts" });
    assert!(error.source().is_none());
}
