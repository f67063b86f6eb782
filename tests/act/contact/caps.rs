//! Caps, budgets, duplicates: by hand.

use chrono::{DateTime, Duration, Utc};
use repurchase::act::contact::{Cap, Channel, ContactRules, Decision, Suppression};
use repurchase::scale::Language;
use repurchase::{Error, ShopCalendar};

use super::{ALLOWED, Outcome, cap, instant, midnight, noon, outcome, plan, quiet, sms, suppressed, verdict, wish};

fn capped(cap: Cap, channel: Option<Channel>, next: Option<DateTime<Utc>>) -> Outcome {
    suppressed(Suppression::Cap { cap, channel }, next)
}

#[test]
fn a_touch_is_forgotten_when_its_days_are_over() {
    let week = cap(1, 7);
    let rules = ContactRules::default().with_cap(week);
    let sent = [sms(1, noon(1))];
    for day in 1..=7 {
        let found = verdict(&rules, &sent, &wish(1, Channel::EMAIL, noon(day), 1));
        assert_eq!(found, capped(week, None, midnight(8)), "day {day}");
    }
    // The last second of the 7th day and the first of the 8th.
    let last = instant("2026-03-07T23:59:59.999Z");
    assert_eq!(verdict(&rules, &sent, &wish(1, Channel::SMS, last, 1)), capped(week, None, midnight(8)));
    assert_eq!(verdict(&rules, &sent, &wish(1, Channel::SMS, midnight(8).unwrap(), 1)), ALLOWED);
    assert_eq!(verdict(&rules, &sent, &wish(2, Channel::SMS, noon(1), 1)), ALLOWED, "another customer");
}

#[test]
fn a_touch_to_come_counts_before_it_too() {
    let week = cap(1, 7);
    let rules = ContactRules::default().with_cap(week);
    let due = [sms(1, noon(20))];
    assert_eq!(verdict(&rules, &due, &wish(1, Channel::SMS, noon(13), 1)), ALLOWED);
    for day in 14..=26 {
        let found = verdict(&rules, &due, &wish(1, Channel::SMS, noon(day), 1));
        assert_eq!(found, capped(week, None, midnight(27)), "day {day}");
    }
    assert_eq!(verdict(&rules, &due, &wish(1, Channel::SMS, noon(27), 1)), ALLOWED);
}

#[test]
fn every_stretch_of_days_counts() {
    // 3 in 10 days, and touches on 1, 8 and 12: with the 5th, 1..=10 and 3..=12 have three each.
    let ten = cap(3, 10);
    let rules = ContactRules::default().with_cap(ten);
    let sent = [1, 8, 12].map(|day| sms(1, noon(day)));
    assert_eq!(verdict(&rules, &sent, &wish(1, Channel::SMS, noon(5), 1)), ALLOWED);
    let two = ContactRules::default().with_cap(cap(2, 10));
    for day in 1..=17 {
        let found = verdict(&two, &sent, &wish(1, Channel::SMS, noon(day), 1));
        assert_eq!(found, capped(cap(2, 10), None, midnight(18)), "day {day}");
    }
    // 2 in 10 days: 1 and 8 close all days up to 10, 8 and 12 those from 3 to 17.
    assert_eq!(verdict(&two, &sent, &wish(1, Channel::SMS, noon(18), 1)), ALLOWED);
}

#[test]
fn caps_on_all_channels_and_on_one() {
    let (all, one) = (cap(3, 30), cap(1, 7));
    let rules = ContactRules::default().with_cap(all).with_channel_cap(Channel::SMS, one);
    let sent = [sms(1, noon(1))];
    let by_sms = verdict(&rules, &sent, &wish(1, Channel::SMS, noon(2), 1));
    assert_eq!(by_sms, capped(one, Some(Channel::SMS), midnight(8)));
    assert_eq!(verdict(&rules, &sent, &wish(1, Channel::EMAIL, noon(2), 1)), ALLOWED);
    assert_eq!(verdict(&rules, &sent, &wish(1, Channel::new("red_packet"), noon(2), 1)), ALLOWED);
    let sent = [1, 1, 1].map(|day| sms(1, noon(day)));
    // Both are reached: the common one is told, and the next time is that of both.
    let found = verdict(&rules, &sent, &wish(1, Channel::SMS, noon(2), 1));
    assert_eq!(found, capped(all, None, midnight(31)));
}

#[test]
fn never() {
    let none = cap(0, 1);
    let rules = ContactRules::default().with_channel_cap(Channel::PHONE, none).with_daily_budget(Channel::SMS, 0);
    let found = verdict(&rules, &[], &wish(1, Channel::PHONE, noon(2), 1));
    assert_eq!(found, capped(none, Some(Channel::PHONE), None));
    let found = verdict(&rules, &[], &wish(1, Channel::SMS, noon(2), 1));
    assert_eq!(found, suppressed(Suppression::DailyBudget { channel: Channel::SMS, touches: 0 }, None));
    assert_eq!(verdict(&rules, &[], &wish(1, Channel::EMAIL, noon(2), 1)), ALLOWED);
    let forever = ContactRules::default().with_cap(cap(1, u32::MAX));
    let found = verdict(&forever, &[sms(1, noon(1))], &wish(1, Channel::SMS, noon(2), 1));
    assert_eq!(found, capped(cap(1, u32::MAX), None, None), "beyond the last day of the calendar");
    assert!(plan(&rules, &[sms(1, noon(1))], &[]).is_empty());
}

#[test]
fn a_short_budget_goes_to_the_highest_value_then_to_the_first_id() {
    let rules = ContactRules::default().with_daily_budget(Channel::SMS, 3);
    let early = noon(2) - Duration::hours(3);
    let wishes = [
        wish(5, Channel::SMS, early, 1),
        wish(4, Channel::SMS, noon(2), 7),
        wish(3, Channel::SMS, early, 7),
        wish(2, Channel::SMS, noon(2), 9),
        wish(1, Channel::EMAIL, noon(2), -3),
        wish(6, Channel::SMS, noon(3), 0),
    ];
    let found = plan(&rules, &[sms(9, noon(2))], &wishes);
    let order: Vec<_> = found.iter().map(|decision| (decision.wish().customer, decision.is_allowed())).collect();
    assert_eq!(order, [(2, true), (3, true), (4, false), (5, false), (1, true), (6, true)]);
    let reason = Suppression::DailyBudget { channel: Channel::SMS, touches: 3 };
    assert_eq!(outcome(&found[2]), suppressed(reason, midnight(3)));
    // Each next time is that of the wish alone: both of these could be the second of the 3rd.
    assert_eq!(found[3].postponed().map(|wish| wish.at), midnight(3));
    assert_eq!(found[2].touch(), None);
    assert_eq!((found[0].touch(), found[0].postponed()), (Some(sms(2, noon(2))), None));
}

/// To look at each full day for each wish would take minutes.
#[test]
fn a_budget_that_is_used_up_for_years() {
    let rules = ContactRules::default().with_daily_budget(Channel::SMS, 1);
    let day = |days: u32| noon(1) + Duration::days(days.into());
    // All of 20,000 days but the 15,000th.
    let touches: Vec<_> = (0..20_000).filter(|&days| days != 15_000).map(|days| sms(days, day(days))).collect();
    let wishes: Vec<_> = (0..10_000).map(|days| wish(days, Channel::SMS, day(days), 1)).collect();
    let after: Vec<_> = (15_001..20_000).map(|days| wish(days, Channel::SMS, day(days), 1)).collect();
    let opens = |days| midnight(1).map(|midnight| midnight + Duration::days(days));
    let next = |decision: &Decision<u32>| outcome(decision).and_then(|(_, next)| next);
    assert!(plan(&rules, &touches, &wishes).iter().all(|decision| next(decision) == opens(15_000)));
    assert!(plan(&rules, &touches, &after).iter().all(|decision| next(decision) == opens(20_000)));
}

#[test]
fn a_suppressed_wish_uses_up_nothing() {
    let rules = ContactRules::default()
        .with_channel_cap(Channel::SMS, cap(1, 7))
        .with_daily_budget(Channel::SMS, 1)
        .with_cap(cap(2, 7));
    let wishes =
        [wish(1, Channel::SMS, noon(3), 9), wish(2, Channel::SMS, noon(3), 1), wish(1, Channel::EMAIL, noon(3), 5)];
    let found = plan(&rules, &[sms(1, noon(1))], &wishes);
    assert_eq!(found.iter().map(|decision| decision.is_allowed()).collect::<Vec<_>>(), [false, true, true]);
    // Free again on the 8th for the channel; the budget of the 3rd is no matter there.
    assert_eq!(outcome(&found[0]), capped(cap(1, 7), Some(Channel::SMS), midnight(8)));
}

#[test]
fn the_same_wish_twice() {
    let same = wish(1, Channel::SMS, noon(1), 5);
    let mut other = same.clone();
    other.purpose = "birthday".into();
    let mut cheap = same.clone();
    cheap.value = rust_decimal::Decimal::ONE;
    let found = plan(&ContactRules::default(), &[], &[cheap.clone(), same.clone(), other.clone(), same.clone()]);
    let duplicate = || suppressed(Suppression::Duplicate, None);
    let expected = [(other, ALLOWED), (same.clone(), ALLOWED), (same, duplicate()), (cheap, duplicate())];
    assert_eq!(
        found.into_iter().map(|decision| (decision.wish().clone(), outcome(&decision))).collect::<Vec<_>>(),
        expected
    );
    // Two equal touches are two.
    let rules = ContactRules::default().with_cap(cap(2, 7));
    let twice = [sms(1, noon(1)), sms(1, noon(1))];
    assert_eq!(verdict(&rules, &twice, &wish(1, Channel::SMS, noon(7), 1)), capped(cap(2, 7), None, midnight(8)));
}

#[test]
fn days_beyond_the_calendar() {
    let east = ShopCalendar::new(chrono::FixedOffset::east_opt(3600).unwrap());
    let last = wish(7, Channel::SMS, DateTime::<Utc>::MAX_UTC, 1);
    let error = ContactRules::default().plan([], [last.clone()], &east).unwrap_err();
    assert_eq!(error.to_string(), "customer 7: Unix time 8210266876799 s has no calendar day in the shop's time zone");
    assert!(matches!(error, Error::Customer { cause, .. } if matches!(*cause, Error::NoDay { .. })));
    let error = ContactRules::default().plan([sms(3, DateTime::<Utc>::MAX_UTC)], [], &east).unwrap_err();
    assert_eq!(error.to_string(), "customer 3: Unix time 8210266876799 s has no calendar day in the shop's time zone");
    // In UTC it has a day, and none follows.
    let rules = ContactRules::default().with_cap(cap(1, 1));
    let found = verdict(&rules, &[sms(7, DateTime::<Utc>::MAX_UTC)], &last);
    assert_eq!(found, capped(cap(1, 1), None, None));
    assert_eq!(verdict(&ContactRules::default(), &[], &wish(1, Channel::SMS, DateTime::<Utc>::MIN_UTC, 1)), ALLOWED);
}

#[test]
fn words() {
    let both = |reason: &Suppression| [Language::English, Language::Chinese].map(|language| reason.describe(language));
    let texts = [
        (Suppression::Duplicate, ["wished for twice", "重复的触达请求"]),
        (
            Suppression::QuietHours { channel: Channel::SMS, hours: quiet("21:00:00", "09:00:00") },
            ["quiet hours of SMS: 21:00-09:00", "短信免打扰时段：21:00-09:00"],
        ),
        (
            Suppression::QuietHours { channel: Channel::PHONE, hours: quiet("21:00:30", "09:00:00") },
            ["quiet hours of phone: 21:00:30-09:00:00", "电话免打扰时段：21:00:30-09:00:00"],
        ),
        (
            Suppression::Cap { cap: cap(3, 30), channel: None },
            ["cap of all channels: 3 in 30 days", "全部渠道触达上限：30 天内 3 次"],
        ),
        (
            Suppression::Cap { cap: cap(1, 1), channel: Some(Channel::new("red_packet")) },
            ["cap of red_packet: 1 in 1 day", "red_packet触达上限：1 天内 1 次"],
        ),
        (
            Suppression::DailyBudget { channel: Channel::EMAIL, touches: 500 },
            ["daily budget of email: 500", "邮件每日额度：500 次"],
        ),
    ];
    for (reason, expected) in texts {
        assert_eq!(both(&reason), expected);
    }
    let names = [Channel::APP_PUSH, Channel::WECHAT, Channel::new("sms")]
        .map(|channel| [Language::English, Language::Chinese].map(|language| channel.name(language).to_owned()));
    assert_eq!(names, [["app push", "应用推送"], ["WeChat", "微信"], ["SMS", "短信"]]);
    assert_eq!(Cap::new(1, 0).unwrap_err().to_string(), "days of a cap must lie between 1 and 4294967295, found 0");
}

/// One customer of 60,000 touches and as many wishes, on a few days and on one each: each wish has its answer at once. With
/// time in the square of them it would take minutes.
#[test]
fn a_customer_of_many_touches_and_wishes() {
    const MANY: i64 = 60_000;
    let at = |step: i64| noon(1) + Duration::days(step);
    let seconds = |step: i64| Duration::seconds(step / 60);
    for (apart, cap_days) in [(1, 30), (0, 30)] {
        let day = |step: i64| if apart > 0 { step } else { step % 60 };
        let touches: Vec<_> = (0..MANY).map(|step| sms(1, at(2 * day(step)))).collect();
        let wishes: Vec<_> =
            (0..MANY).map(|step| wish(1, Channel::EMAIL, at(2 * day(step) + 1) + seconds(step), step)).collect();
        let most = if apart > 0 { 15 } else { 15_000 };
        let decisions = plan(&ContactRules::default().with_cap(cap(most, cap_days)), &touches, &wishes);
        assert_eq!(decisions.len(), wishes.len());
        // Of 30 days in a row 15 are touched, each as often as the others: there is no room before the end.
        let last = 2 * if apart > 0 { MANY - 1 } else { 59 };
        for decision in &decisions[..decisions.len() / 2] {
            let Decision::Suppressed { next, .. } = decision else { panic!("{decision:?}") };
            assert!(next.is_none_or(|next| next > at(last)), "{decision:?}");
        }
    }
}
