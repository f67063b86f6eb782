//! Quiet hours, and the days on which clocks change. Berlin: forward from 02:00 to 03:00 on 2026-03-29, back from 03:00
//! to 02:00 on 2026-10-25, both at 01:00 UTC.

use chrono::{DateTime, FixedOffset, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use repurchase::ShopCalendar;
use repurchase::act::contact::{Channel, ContactRules, QuietHours, Suppression};

use super::{ALLOWED, cap, instant, outcome, plan_in, quiet, sms, suppressed, wish};

/// The next time of a wish in quiet hours; `None` when it is allowed.
#[track_caller]
fn next_in<Z: TimeZone>(zone: Z, hours: QuietHours, at: &str) -> Option<String> {
    let rules = ContactRules::default().with_quiet_hours(hours);
    let found = plan_in(&rules, &[], &[wish(1, Channel::SMS, instant(at), 1)], &ShopCalendar::new(zone));
    outcome(&found[0]).map(|(reason, next)| {
        assert_eq!(reason, Suppression::QuietHours { channel: Channel::SMS, hours });
        shown(next.expect("quiet hours end"))
    })
}

/// In UTC, to the second.
fn shown(at: DateTime<Utc>) -> String {
    format!("{:?}", at.naive_utc())
}

#[test]
fn quiet_hours_are_half_open_and_pass_midnight() {
    let shanghai = || FixedOffset::east_opt(8 * 3600).unwrap();
    let night = quiet("21:00:00", "09:00:00");
    for (at, next) in [
        ("2026-03-01T12:59:59.999Z", None),
        ("2026-03-01T13:00:00Z", Some("2026-03-02T01:00:00")),
        ("2026-03-01T15:59:59Z", Some("2026-03-02T01:00:00")),
        ("2026-03-01T16:00:00Z", Some("2026-03-02T01:00:00")),
        ("2026-03-02T00:59:59.999Z", Some("2026-03-02T01:00:00")),
        ("2026-03-02T01:00:00Z", None),
    ] {
        assert_eq!(next_in(shanghai(), night, at).as_deref(), next, "{at}");
    }
    let noon = quiet("12:00:00", "14:00:00");
    assert_eq!(next_in(Utc, noon, "2026-03-01T12:00:00Z").as_deref(), Some("2026-03-01T14:00:00"));
    assert_eq!(next_in(Utc, noon, "2026-03-01T14:00:00Z"), None);
    let to_midnight = quiet("22:00:00", "00:00:00");
    assert_eq!(next_in(Utc, to_midnight, "2026-03-01T23:59:59Z").as_deref(), Some("2026-03-02T00:00:00"));
    assert_eq!(next_in(Utc, to_midnight, "2026-03-02T00:00:00Z"), None);
}

#[test]
fn clocks_going_forward_within_quiet_hours() {
    let berlin = Tz::Europe__Berlin;
    // The night is an hour shorter: 09:00 is 07:00 UTC, not 08:00.
    let night = quiet("21:00:00", "09:00:00");
    assert_eq!(next_in(berlin, night, "2026-03-28T20:00:00Z").as_deref(), Some("2026-03-29T07:00:00"));
    assert_eq!(next_in(berlin, night, "2026-03-27T20:00:00Z").as_deref(), Some("2026-03-28T08:00:00"));
    // Quiet until 02:30, which the clock skips: over at 03:00.
    let skipped_end = quiet("01:00:00", "02:30:00");
    assert_eq!(next_in(berlin, skipped_end, "2026-03-29T00:30:00Z").as_deref(), Some("2026-03-29T01:00:00"));
    assert_eq!(next_in(berlin, skipped_end, "2026-03-29T01:00:00Z"), None);
    // Skipped altogether.
    assert_eq!(next_in(berlin, quiet("02:10:00", "02:50:00"), "2026-03-29T01:00:00Z"), None);
    // The only hour that is open is skipped: open again the day after.
    let one_hour = quiet("03:00:00", "02:00:00");
    assert_eq!(next_in(berlin, one_hour, "2026-03-29T00:00:00Z").as_deref(), Some("2026-03-30T00:00:00"));
}

#[test]
fn clocks_going_back_within_quiet_hours() {
    let berlin = Tz::Europe__Berlin;
    // The night is an hour longer.
    let night = quiet("21:00:00", "09:00:00");
    assert_eq!(next_in(berlin, night, "2026-10-24T19:00:00Z").as_deref(), Some("2026-10-25T08:00:00"));
    // 02:00-02:30 is quiet both times that the clock shows it; between them it is 02:30-03:00, which is not.
    let twice = quiet("02:00:00", "02:30:00");
    for (at, next) in [
        ("2026-10-25T00:00:00Z", Some("2026-10-25T00:30:00")),
        ("2026-10-25T00:30:00Z", None),
        ("2026-10-25T00:59:59Z", None),
        ("2026-10-25T01:00:00Z", Some("2026-10-25T01:30:00")),
        ("2026-10-25T01:30:00Z", None),
    ] {
        assert_eq!(next_in(berlin, twice, at).as_deref(), next, "{at}");
    }
    // Quiet from 02:30 until 03:00: the clock goes back before it shows 03:00, and 02:00 is not quiet.
    let before_three = quiet("02:30:00", "03:00:00");
    assert_eq!(next_in(berlin, before_three, "2026-10-25T00:45:00Z").as_deref(), Some("2026-10-25T01:00:00"));
    assert_eq!(next_in(berlin, before_three, "2026-10-25T01:30:00Z").as_deref(), Some("2026-10-25T02:00:00"));
}

#[test]
fn days_without_midnight_and_days_that_do_not_exist() {
    // In Cairo, 2026-04-24 begins at 01:00 (22:00 UTC); a touch of the 23rd is forgotten then.
    let day_cap = ContactRules::default().with_cap(cap(1, 1));
    let next = |zone: Tz, touch: &str, at: &str| {
        let calendar = ShopCalendar::new(zone);
        let found = plan_in(&day_cap, &[sms(1, instant(touch))], &[wish(1, Channel::SMS, instant(at), 1)], &calendar);
        let (_, next) = outcome(&found[0]).expect("suppressed for a day");
        shown(next.expect("a day"))
    };
    assert_eq!(next(Tz::Africa__Cairo, "2026-04-23T10:00:00Z", "2026-04-23T12:00:00Z"), "2026-04-23T22:00:00");
    // Samoa had no 30 December 2011: the 31st began at 10:00 UTC of the 30th.
    assert_eq!(next(Tz::Pacific__Apia, "2011-12-30T01:00:00Z", "2011-12-30T02:00:00Z"), "2011-12-30T10:00:00");
}

#[test]
fn a_free_day_whose_rest_is_quiet() {
    // Free from the 2nd on, which is quiet until 09:00.
    let night = quiet("21:00:00", "09:00:00");
    let rules = ContactRules::default().with_cap(cap(1, 1)).with_quiet_hours(night);
    let sent = [sms(1, instant("2026-03-01T10:00:00Z")), sms(1, instant("2026-03-03T10:00:00Z"))];
    let verdict =
        |at: &str| outcome(&plan_in(&rules, &sent, &[wish(1, Channel::SMS, instant(at), 1)], &ShopCalendar::utc())[0]);
    let capped = |next: &str| suppressed(Suppression::Cap { cap: cap(1, 1), channel: None }, Some(instant(next)));
    assert_eq!(verdict("2026-03-01T12:00:00Z"), capped("2026-03-02T09:00:00Z"));
    // At 21:00 of the 2nd the day is free, but its rest is quiet, and the 3rd is taken.
    let reason = Suppression::QuietHours { channel: Channel::SMS, hours: night };
    assert_eq!(verdict("2026-03-02T21:00:00Z"), suppressed(reason, Some(instant("2026-03-04T09:00:00Z"))));
    // A channel's own hours replace the common ones.
    let rules = rules.with_channel_quiet_hours(Channel::EMAIL, None);
    let rules = rules.with_channel_quiet_hours(Channel::SMS, Some(quiet("12:00:00", "13:00:00")));
    let at = instant("2026-03-02T22:00:00Z");
    for channel in [Channel::EMAIL, Channel::SMS] {
        let found = plan_in(&rules, &sent, &[wish(1, channel, at, 1)], &ShopCalendar::utc());
        assert_eq!(outcome(&found[0]), ALLOWED);
    }
}

#[test]
fn quiet_hours_that_are_refused() {
    let time = |text: &str| text.parse::<NaiveTime>().unwrap();
    for (from, until) in [("09:00:00", "09:00:00"), ("09:00:00.5", "10:00:00"), ("09:00:00", "10:00:00.001")] {
        let error = QuietHours::new(time(from), time(until)).unwrap_err().to_string();
        let expected = "quiet hours must begin and end at different whole seconds, found ";
        assert!(error.starts_with(expected), "{error}");
    }
    let hours = quiet("21:00:00", "09:30:00");
    assert_eq!((hours.from(), hours.until()), (time("21:00:00"), time("09:30:00")));
    assert!(
        hours.contains(time("09:29:59.999"))
            && !hours.contains(time("09:30:00"))
            && !hours.contains(time("20:59:59.999"))
    );
}
