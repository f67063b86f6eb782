//! The ready audiences, each on customers around its marks.

use chrono::{Days, NaiveDate};
use repurchase::act::audience::{Audience, Field, Rule, Schema, ready};
use repurchase::shop::{Activity, Figure, LastActivity, Profile};
use repurchase::{CustomerHistory, Error, Result};
use rust_decimal::Decimal;

use super::money;

#[track_caller]
fn audience(rule: Result<Rule>) -> Audience {
    Audience::compile(rule.unwrap(), &Schema::default()).unwrap()
}

fn last(activity: Activity, category: &str, days_ago: u32) -> LastActivity<'_> {
    LastActivity { activity, category, days_ago }
}

#[test]
fn recent_activity() {
    for activity in Activity::ALL {
        let [any, shoes] = [None, Some("shoes")].map(|category| audience(ready::recent(activity, category, 7)));
        let matches = |category, days_ago| {
            let activities = [last(activity, category, days_ago)];
            let profile = Profile::default().with_activities(&activities);
            [any.matches(&profile), shoes.matches(&profile)]
        };
        assert_eq!(matches("shoes", 6), [true, true], "the seventh of the last seven days");
        assert_eq!(matches("shoes", 7), [false, false]);
        assert_eq!(matches("hats", 0), [true, false]);
    }
}

#[test]
fn interest() {
    let interest = audience(ready::interest(7));
    let matches = |activity, days_ago, since_last: Option<f64>| {
        let activities = [last(activity, "shoes", days_ago)];
        interest.matches(&Profile::default().with_activities(&activities).with(Figure::DaysSinceLast, since_last))
    };
    assert!(matches(Activity::Cart, 6, None) && matches(Activity::Favourite, 0, Some(7.0)));
    assert!(!matches(Activity::Cart, 7, None) && !matches(Activity::Favourite, 0, Some(6.0)));
    assert!(!matches(Activity::View, 0, None), "to look is not to want");
    let unknown = Profile::default().with(Figure::DaysSinceLast, None);
    assert_eq!(interest.verdict(&unknown), None);
}

/// As of day 1000, of purchases on these days, with and without the day of the purchase before the last one.
fn bought(days: &[u64], is_known: bool) -> Profile<'static> {
    let day = |number| NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Days::new(number);
    let mut history = CustomerHistory::new();
    days.iter().try_for_each(|&number| history.record_purchase(day(number), Decimal::TEN)).unwrap();
    let profile = Profile::of(&history, day(1000)).unwrap();
    let before_last = days.iter().rev().nth(1).map(|&number| 1000.0 - f64::from(u32::try_from(number).unwrap()));
    if is_known { profile.with(Figure::DaysSincePrevious, before_last) } else { profile }
}

#[test]
fn new_customers() {
    let new = audience(ready::new_customers(730, 30));
    let verdict = |days: &[u64]| [true, false].map(|is_known| new.verdict(&bought(days, is_known)));
    assert_eq!(verdict(&[1000]), [Some(true); 2]);
    assert_eq!(verdict(&[971]), [Some(true); 2], "the thirtieth of the last 30 days");
    assert_eq!(verdict(&[970]), [Some(false); 2]);
    assert_eq!(verdict(&[270, 971]), [Some(true); 2], "the one before lies outside the lookback");
    assert_eq!(verdict(&[271, 971]), [Some(false); 2]);
    assert_eq!(verdict(&[990, 990]), [Some(false); 2], "two purchases on one day are two");
    assert_eq!(verdict(&[300, 500, 971]), [Some(false); 2], "all lie inside the lookback");
    assert_eq!(verdict(&[1, 2, 971]), [Some(true), None]);
    assert_eq!(verdict(&[1, 500, 971]), [Some(false), None]);
    assert_eq!(verdict(&[]), [Some(false); 2], "who never bought is no new customer");
    assert_eq!(new.verdict(&Profile::default().with(Figure::DaysSinceLast, 3.0)), None);
    // A lookback shorter than the days leaves only its own days.
    let short = audience(ready::new_customers(10, 30));
    assert!(short.matches(&bought(&[991], true)) && !short.matches(&bought(&[990], true)));
}

#[test]
fn repurchase_crowd() {
    let crowd = audience(ready::repurchase_crowd([("milk", 14), ("nappies", 30)]));
    let matches = |activities: &[LastActivity<'_>]| crowd.matches(&Profile::default().with_activities(activities));
    assert!(matches(&[last(Activity::Purchase, "milk", 13)]));
    assert!(!matches(&[last(Activity::Purchase, "milk", 14)]), "its cycle is over");
    assert!(matches(&[last(Activity::Purchase, "milk", 20), last(Activity::Purchase, "nappies", 29)]));
    assert!(!matches(&[last(Activity::Purchase, "sofa", 1), last(Activity::Cart, "milk", 1)]));
    assert!(!audience(ready::repurchase_crowd([])).matches(&Profile::default()), "no such product, no crowd");
}

/// Every combination of what can be done with the category: in one set at most, and in none only if bought and paid.
#[test]
fn the_funnel_is_disjoint_and_complete() {
    let funnel = ready::category_funnel("shoes").unwrap();
    let sets = [funnel.ordered_unpaid, funnel.interested, funnel.never_bought].map(|rule| audience(Ok(rule)));
    for combination in 0..64u32 {
        let did = |activity: Activity| combination >> (activity as u32) & 1 == 1;
        let mut activities: Vec<_> =
            Activity::ALL.into_iter().filter(|&activity| did(activity)).map(|kind| last(kind, "shoes", 400)).collect();
        activities.extend(Activity::ALL.map(|activity| last(activity, "hats", 1)));
        let profile = Profile::default().with_activities(&activities);
        let interest = did(Activity::View) || did(Activity::Search) || did(Activity::Favourite) || did(Activity::Cart);
        let set = match (did(Activity::UnpaidOrder), did(Activity::Purchase), interest) {
            (true, _, _) => [true, false, false],
            (false, true, _) => [false; 3],
            (false, false, true) => [false, true, false],
            (false, false, false) => [false, false, true],
        };
        assert_eq!([0, 1, 2].map(|at| sets[at].matches(&profile)), set, "{combination:b}");
    }
    assert!(sets.iter().all(|set| set.verdict(&Profile::default()).is_none()));
}

#[test]
fn visitors_without_an_order() {
    let visitors = audience(ready::visitors_without_order(90));
    let matches = |purchases, activities: &[LastActivity<'_>]| {
        visitors.matches(&Profile::default().with(Figure::Purchases, purchases).with_activities(activities))
    };
    assert!(matches(0.0, &[last(Activity::View, "shoes", 89)]));
    assert!(!matches(0.0, &[last(Activity::View, "shoes", 90)]));
    assert!(!matches(1.0, &[last(Activity::View, "shoes", 1)]));
    assert!(!matches(0.0, &[last(Activity::View, "shoes", 1), last(Activity::UnpaidOrder, "hats", 200)]));
    assert!(!matches(0.0, &[]));
}

#[test]
fn lost_customers() {
    let [one, several] = [audience(ready::lost_after_one(80)), audience(ready::lost_after_several(80))];
    let matches = |purchases, days: Option<f64>| {
        let profile = Profile::default().with(Figure::Purchases, purchases).with(Figure::DaysSinceLast, days);
        [one.matches(&profile), several.matches(&profile)]
    };
    assert_eq!(matches(1.0, Some(80.0)), [true, false]);
    assert_eq!(matches(2.0, Some(80.0)), [false, true]);
    assert_eq!(matches(1.0, Some(79.0)), [false, false]);
    assert_eq!(matches(0.0, None), [false, false], "who never came is not lost");
}

/// Each customer lies in the one cell that its marks name.
#[test]
fn the_grid_of_the_lost_is_disjoint() {
    let (silence, counts) = ([80, 180, 365], [1, 2, 5]);
    let cells = ready::lost_grid(&silence, &counts).unwrap();
    assert_eq!(cells.len(), 9);
    let rules: Vec<_> = cells.iter().map(|cell| audience(Ok(cell.rule.clone()))).collect();
    for days in [0, 79, 80, 81, 179, 180, 364, 365, 4000] {
        for purchases in [0, 1, 2, 3, 4, 5, 90] {
            let profile = Profile::default()
                .with(Figure::Purchases, f64::from(purchases))
                .with(Figure::DaysSinceLast, f64::from(days));
            let found: Vec<_> = (0..9).filter(|&at| rules[at].matches(&profile)).collect();
            let column = silence.iter().filter(|&&mark| mark <= days).count();
            let row = counts.iter().filter(|&&mark| mark <= purchases).count();
            let expected = if column > 0 && row > 0 { vec![(row - 1) * 3 + column - 1] } else { Vec::new() };
            assert_eq!(found, expected, "{days} days, {purchases} purchases");
        }
    }
    let cell = &cells[5];
    assert_eq!((cell.silent_from, cell.silent_below), (365, None));
    assert_eq!((cell.purchases_from, cell.purchases_below), (2, Some(5)));
    assert_eq!(ready::lost_grid(&[80, 80], &[1]), Err(Error::NotAscending { what: "days of silence", position: 1 }));
    assert_eq!(
        ready::lost_grid(&[80], &[2, 3, 1]),
        Err(Error::NotAscending { what: "numbers of purchases", position: 2 })
    );
    assert_eq!(ready::lost_grid(&[], &[1]), Ok(Vec::new()));
}

#[test]
fn stock_up_waiters() {
    let waiters = audience(ready::stock_up_waiters(Decimal::TWO));
    let matches = |stretch, missed| {
        waiters.matches(&Profile::default().with(Figure::QuantityStretch, stretch).with(Figure::CyclesMissed, missed))
    };
    assert!(matches(2.0, 0.0) && matches(7.5, 0.0));
    assert!(!matches(1.99, 0.0) && !matches(2.0, 1.0));
    let error = Error::Amount { field: "stretch of a stock-up", found: Decimal::ONE, expected: "above 1" };
    assert_eq!(ready::stock_up_waiters(Decimal::ONE), Err(error));
    assert!(ready::stock_up_waiters(money("1.01")).is_ok());
}

#[test]
fn fields_are_named_in_code_as_in_files() {
    assert_eq!(Field::days_since(Activity::Cart, None), Field::DaysSince { activity: Activity::Cart, category: None });
    assert_eq!(Field::attribute("age"), Field::Attribute("age".into()));
}
