//! The three touches after a sale.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use repurchase::act::contact::{AfterSalePlan, AfterSaleTouch, Channel, ContactRules, Wish};
use repurchase::scale::Language;
use repurchase::{Error, ShopCalendar};
use rust_decimal::Decimal;

use super::super::{date, instant};
use super::cap;

#[track_caller]
fn wishes(plan: &AfterSalePlan, received: &str, launches: &[&str], zone: Tz) -> Vec<Wish<u32>> {
    let launches: Vec<_> = launches.iter().map(|launch| date(launch)).collect();
    plan.wishes(&1, date(received), &launches, Decimal::TEN, &ShopCalendar::new(zone)).expect("wishes")
}

#[test]
fn on_receipt_after_use_and_at_a_launch() {
    let plan = AfterSalePlan::new(Channel::SMS, 7).unwrap().with_channel(AfterSaleTouch::Launch, Channel::EMAIL);
    let found = wishes(&plan, "2026-03-01", &["2026-11-11", "2026-03-08", "2026-06-18"], Tz::Asia__Shanghai);
    let wish = |channel, at, purpose: &'static str| Wish::new(1, channel, instant(at), Decimal::TEN, purpose);
    let expected = [
        wish(Channel::SMS, "2026-03-01T02:00:00Z", "receipt"),
        wish(Channel::SMS, "2026-03-08T02:00:00Z", "after_use"),
        // The launch on the day of the second touch is not a third one.
        wish(Channel::EMAIL, "2026-06-18T02:00:00Z", "launch"),
    ];
    assert_eq!(found, expected);
    assert_eq!(wishes(&plan, "2026-03-01", &["2026-03-05"], Tz::Asia__Shanghai), expected[..2]);
    assert_eq!(plan.use_days(), 7);
    let channels = AfterSaleTouch::ALL.map(|touch| plan.channel(touch).key());
    assert_eq!(channels, ["sms", "sms", "email"]);
    let purposes: Vec<_> = found.iter().map(|wish| wish.purpose.as_ref()).collect();
    assert_eq!(purposes, AfterSaleTouch::ALL.map(|touch| touch.label().key()));
    let names = AfterSaleTouch::ALL.map(|touch| touch.label().name(Language::Chinese));
    assert_eq!(names, ["签收关怀", "使用回访", "新品与活动通知"]);
    // The wishes go through the same rules as all others.
    let rules = ContactRules::default().with_cap(cap(1, 8));
    let decisions = rules.plan([], found, &ShopCalendar::new(Tz::Asia__Shanghai)).unwrap();
    assert_eq!(decisions.iter().map(|decision| decision.is_allowed()).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn times_that_the_clock_skips_or_shows_twice() {
    let time = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
    let plan = AfterSalePlan::new(Channel::SMS, 1).unwrap().with_time(time);
    let at = |received| wishes(&plan, received, &[], Tz::Europe__Berlin)[0].at;
    assert_eq!(at("2026-03-28"), instant("2026-03-28T01:30:00Z"));
    assert_eq!(at("2026-03-29"), instant("2026-03-29T01:00:00Z"), "at 03:00");
    assert_eq!(at("2026-10-25"), instant("2026-10-25T00:30:00Z"), "the first 02:30");
    assert_eq!(at("2026-10-26"), instant("2026-10-26T01:30:00Z"));
}

#[test]
fn plans_and_days_that_are_refused() {
    let error = AfterSalePlan::new(Channel::SMS, 0).unwrap_err().to_string();
    assert_eq!(error, "days of use must lie between 1 and 4294967295, found 0");
    let plan = AfterSalePlan::new(Channel::SMS, 7).unwrap();
    let at = |day| plan.wishes(&1, day, &[], Decimal::ONE, &ShopCalendar::utc());
    assert_eq!(at(NaiveDate::MAX), Err(Error::DayOverflow { from: NaiveDate::MAX, days: 7 }));
    assert!(matches!(at(NaiveDate::MIN), Err(Error::NoDay { .. })), "no instant lies before it");
}
