//! Last activities from records: by hand, against a naive oracle, at the edges.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, TimeZone, Utc};
use proptest::prelude::*;
use repurchase::act::audience::{Activities, Audience, Schema, ready};
use repurchase::record::{Interaction, InteractionKind, OrderLine, OrderStatus};
use repurchase::shop::{Activity, LastActivity, Profile};
use repurchase::{Error, ShopCalendar};
use rust_decimal::Decimal;

use crate::{date, fixed_seed, instant};

type Seen = Interaction<&'static str, &'static str>;
type Line = OrderLine<&'static str, &'static str>;

fn seen(customer: &'static str, at: &str, kind: InteractionKind, category: &'static str) -> Seen {
    Interaction::new(customer, instant(at), kind, category)
}

fn line_at(customer: &'static str, at: DateTime<Utc>, status: OrderStatus, category: &'static str) -> Line {
    OrderLine::new(customer, at, category, Decimal::ONE, Decimal::TEN).unwrap().with_status(status)
}

fn line(customer: &'static str, at: &str, status: OrderStatus, category: &'static str) -> Line {
    line_at(customer, instant(at), status, category)
}

const fn last(activity: Activity, category: &str, days_ago: u32) -> LastActivity<'_> {
    LastActivity { activity, category, days_ago }
}

/// A shop in China, as of 2026-03-31.
#[test]
fn by_hand() {
    let interactions = [
        seen("ann", "2026-03-30T15:59:59Z", InteractionKind::Cart, "shoes"),
        seen("ann", "2026-03-30T16:00:00Z", InteractionKind::Cart, "shoes"), // 2026-03-31 in the shop
        seen("ann", "2026-03-31T15:59:59Z", InteractionKind::View, "shoes"),
        seen("ann", "2026-03-31T16:00:00Z", InteractionKind::View, "hats"), // the day after
        seen("ann", "2026-03-01T00:00:00Z", InteractionKind::Search, "hats"),
        seen("ann", "2026-02-01T00:00:00Z", InteractionKind::Search, "hats"),
        seen("bo", "2026-03-31T00:00:00Z", InteractionKind::Favourite, "hats"),
        seen("di", "2026-04-01T00:00:00Z", InteractionKind::Favourite, "hats"),
    ];
    let lines = [
        line("ann", "2026-03-21T04:00:00Z", OrderStatus::Paid, "shoes"),
        line("ann", "2025-03-31T04:00:00Z", OrderStatus::Paid, "hats"),
        line("ann", "2026-03-20T04:00:00Z", OrderStatus::Paid, "shoes"),
        line("ann", "2026-03-29T04:00:00Z", OrderStatus::Unpaid, "shoes"),
        line("bo", "2026-03-30T04:00:00Z", OrderStatus::Cancelled, "shoes"),
    ];
    let calendar = ShopCalendar::new(FixedOffset::east_opt(8 * 3600).unwrap());
    let activities = Activities::of(&interactions, &lines, &calendar, date("2026-03-31")).unwrap();
    assert_eq!(
        activities.get("ann"),
        [
            last(Activity::View, "shoes", 0),
            last(Activity::Search, "hats", 30),
            last(Activity::Cart, "shoes", 0),
            last(Activity::UnpaidOrder, "shoes", 2),
            last(Activity::Purchase, "hats", 365),
            last(Activity::Purchase, "shoes", 10),
        ]
    );
    assert_eq!(activities.get("bo"), [last(Activity::Favourite, "hats", 0)]);
    assert_eq!(activities.get("di"), [], "nothing up to the day");
    assert_eq!(activities.get("ed"), [], "no record");

    // Earlier as-of days see what lay before them only.
    let earlier = Activities::of(&interactions, &lines, &calendar, date("2026-03-20")).unwrap();
    let known = [
        last(Activity::Search, "hats", 19),
        last(Activity::Purchase, "hats", 354),
        last(Activity::Purchase, "shoes", 0),
    ];
    assert_eq!((earlier.get(&"ann"), earlier.get(&"bo")), (&known[..], &[][..]));
}

#[test]
fn of_nothing() {
    let (calendar, as_of) = (ShopCalendar::utc(), date("2026-03-31"));
    let (interactions, lines): ([Seen; 0], [Line; 0]) = ([], []);
    let none = Activities::of(&interactions, &lines, &calendar, as_of).unwrap();
    // No record is knowledge: the customer never did it.
    let profile = Profile::default().with_activities(none.get(&"ann"));
    let never = Audience::compile(ready::category_funnel("shoes").unwrap().never_bought, &Schema::default()).unwrap();
    assert_eq!((never.verdict(&profile), never.verdict(&Profile::default())), (Some(true), None));
}

#[test]
fn an_instant_without_a_day_is_named() {
    let (east, as_of) = (ShopCalendar::new(FixedOffset::east_opt(3600).unwrap()), date("2026-03-31"));
    let late = DateTime::<Utc>::MAX_UTC;
    let cause = || Box::new(Error::NoDay { unix_seconds: late.timestamp() });
    let good = seen("ann", "2026-03-01T00:00:00Z", InteractionKind::View, "shoes");
    let bad = Interaction::new("ann", late, InteractionKind::View, "shoes");
    let lines = [OrderStatus::Cancelled, OrderStatus::Unpaid].map(|status| line_at("ann", late, status, "shoes"));

    let refused = Activities::of(&[good.clone(), bad], &lines, &east, as_of).unwrap_err();
    assert_eq!(refused, Error::Record { index: 1, cause: cause() });
    let refused = Activities::of(&[good.clone(), good.clone()], &lines, &east, as_of).unwrap_err();
    assert_eq!(refused, Error::Record { index: 3, cause: cause() }, "two interactions, a cancelled line, this");
    let interactions = [good];
    let activities = Activities::of(&interactions, &lines[..1], &east, as_of).unwrap();
    assert_eq!(activities.get("ann"), [last(Activity::View, "shoes", 30)], "cancelled lines are not read");
}

#[test]
fn from_the_first_day_to_the_last() {
    let (first, last_day) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let seen = [first, last_day].map(|at| Interaction::new(7, at, InteractionKind::View, String::new()));
    let lines: [OrderLine<i32, String>; 0] = [];
    let calendar = ShopCalendar::utc();
    let days = |as_of: NaiveDate| {
        let activities = Activities::of(&seen, &lines, &calendar, as_of).unwrap();
        activities.get(&7).iter().map(|last| (last.category.to_owned(), last.days_ago)).collect::<Vec<_>>()
    };
    let (first, last_day) = (first.date_naive(), last_day.date_naive());
    assert_eq!(days(last_day), [(String::new(), 0)]);
    let span = u32::try_from((last_day - first).num_days()).unwrap();
    assert_eq!(days(last_day.pred_opt().unwrap()), [(String::new(), span - 1)]);
    assert_eq!(days(first), [(String::new(), 0)]);
}

const CATEGORIES: [&str; 3] = ["", "hats", "shoes"];
const STATUSES: [OrderStatus; 3] = [OrderStatus::Paid, OrderStatus::Unpaid, OrderStatus::Cancelled];

/// The smallest age of a record that fits, asked of all records anew for each customer, activity and category.
fn naive(
    interactions: &[Interaction<u8, &'static str>],
    lines: &[OrderLine<u8, &'static str>],
    calendar: &ShopCalendar<FixedOffset>,
    as_of: NaiveDate,
    customer: u8,
) -> Vec<LastActivity<'static>> {
    let ago = |at| (as_of - calendar.day(at).unwrap()).num_days();
    let mut found = Vec::new();
    for activity in Activity::ALL {
        for category in CATEGORIES {
            let seen = interactions.iter().filter(|one| *one.customer() == customer && *one.product() == category);
            let seen = seen.filter(|one| one.kind().label().key() == activity.label().key()).map(|one| ago(one.at()));
            let ordered = lines.iter().filter(|one| *one.customer() == customer && *one.product() == category);
            let ordered = ordered.filter(|one| match activity {
                Activity::Purchase => one.is_purchase(),
                Activity::UnpaidOrder => one.status() == OrderStatus::Unpaid,
                _ => false,
            });
            let days = seen.chain(ordered.map(|one| ago(one.placed_at().unwrap()))).filter(|&days| days >= 0).min();
            found.extend(days.map(|days| last(activity, category, u32::try_from(days).unwrap())));
        }
    }
    found
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn as_a_naive_search_finds_them_in_any_order(
        seen in prop::collection::vec((0..4u8, 0..40 * 24i64, 0..4usize, 0..3usize), 0..40),
        ordered in prop::collection::vec((0..4u8, 0..40 * 24i64, 0..3usize, 0..3usize), 0..30),
        offset in -23..=23,
        as_of in 0..42u64,
    ) {
        let calendar = ShopCalendar::new(FixedOffset::east_opt(offset * 3600).unwrap());
        let as_of = date("2026-02-20") + Days::new(as_of);
        let at = |hour| Utc.timestamp_opt(instant("2026-02-20T00:30:00Z").timestamp() + hour * 3600, 0).unwrap();
        let mut interactions: Vec<_> = seen
            .into_iter()
            .map(|(id, hour, kind, place)| Interaction::new(id, at(hour), InteractionKind::ALL[kind], CATEGORIES[place]))
            .collect();
        let mut lines: Vec<_> = ordered
            .into_iter()
            .map(|(id, hour, status, place)| {
                let line = OrderLine::new(id, at(hour), CATEGORIES[place], Decimal::ONE, Decimal::TEN).unwrap();
                line.with_status(STATUSES[status])
            })
            .collect();
        let original = (interactions.clone(), lines.clone());
        let activities = Activities::of(&original.0, &original.1, &calendar, as_of).unwrap();
        for customer in 0..5 {
            let expected = naive(&original.0, &original.1, &calendar, as_of, customer);
            prop_assert_eq!(activities.get(&customer), &expected[..]);
        }
        interactions.reverse();
        lines.sort_by_key(|line| (line.product().len(), line.placed_at()));
        let reordered = Activities::of(&interactions, &lines, &calendar, as_of).unwrap();
        prop_assert_eq!(reordered, activities);
    }
}
