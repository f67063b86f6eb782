//! Each comparison on values around its mark; absent and unknown values; composites.

use chrono::{Days, NaiveDate};
use repurchase::act::audience::{Field, Rule, Test};
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::segment::{ChurnRisk, MissedCycles};
use repurchase::segment::{FrequencyBand, LifecycleStage, NewCustomerState, Octant};
use repurchase::shop::{Activity, Amount, Attribute, Figure, LastActivity, Profile};
use repurchase::{CustomerHistory, Error};
use rust_decimal::Decimal;

use super::{all, any, compiled, is, label, money, not};

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(number)
}

/// Which of the numbers a comparison of `purchases` selects.
#[track_caller]
fn selected(test: Test, numbers: &[f64]) -> Vec<bool> {
    let audience = compiled(is(Figure::MeanGapDays, test));
    numbers.iter().map(|&number| audience.matches(&Profile::default().with(Figure::MeanGapDays, number))).collect()
}

#[test]
fn numbers_around_a_mark() {
    let numbers = [2.5, 3.0, 3.5];
    assert_eq!(selected(Test::equal(3), &numbers), [false, true, false]);
    assert_eq!(selected(Test::not_equal(3), &numbers), [true, false, true]);
    assert_eq!(selected(Test::below(3), &numbers), [true, false, false]);
    assert_eq!(selected(Test::at_most(3), &numbers), [true, true, false]);
    assert_eq!(selected(Test::above(3), &numbers), [false, false, true]);
    assert_eq!(selected(Test::at_least(3), &numbers), [false, true, true]);
    assert_eq!(selected(Test::between(3, 4), &numbers), [false, true, true]);
    assert_eq!(selected(Test::one_of([1, 3]), &numbers), [false, true, false]);
    assert_eq!(selected(Test::Exists(true), &numbers), [true; 3]);
    assert_eq!(selected(Test::Exists(false), &numbers), [false; 3]);
}

/// The number that a shop writes as 0.1 is the binary64 nearest to it; its neighbours differ.
#[test]
fn the_nearest_binary64_is_the_mark() {
    let tenth = 0.1f64;
    let [below, above] = [f64::from_bits(tenth.to_bits() - 1), f64::from_bits(tenth.to_bits() + 1)];
    let numbers = [below, tenth, above];
    assert_eq!(selected(Test::below(money("0.1")), &numbers), [true, false, false]);
    assert_eq!(selected(Test::equal(money("0.10")), &numbers), [false, true, false]);
    assert_eq!(selected(Test::above(money("0.1")), &numbers), [false, false, true]);
    let zeros = [-f64::from_bits(1), -0.0, 0.0, f64::from_bits(1)];
    assert_eq!(selected(Test::below(0), &zeros), [true, false, false, false]);
    assert_eq!(selected(Test::above(0), &zeros), [false, false, false, true]);
    assert_eq!(selected(Test::equal(0), &zeros), [false, true, true, false]);
}

/// 0.30 is 0.3, and a cent beyond binary64 counts.
#[test]
fn money_is_exact() {
    let revenue = |test, amount: &str| {
        compiled(is(Amount::Revenue, test)).matches(&Profile::default().with_amount(Amount::Revenue, money(amount)))
    };
    let amounts = ["0.29", "0.3", "0.31"];
    let selected = |test: Test| amounts.map(|amount| revenue(test.clone(), amount));
    assert_eq!(selected(Test::equal(money("0.30"))), [false, true, false]);
    assert_eq!(selected(Test::not_equal(money("0.30"))), [true, false, true]);
    assert_eq!(selected(Test::below(money("0.30"))), [true, false, false]);
    assert_eq!(selected(Test::at_most(money("0.30"))), [true, true, false]);
    assert_eq!(selected(Test::above(money("0.30"))), [false, false, true]);
    assert_eq!(selected(Test::at_least(money("0.30"))), [false, true, true]);
    assert_eq!(selected(Test::between(money("0.30"), money("0.31"))), [false, true, true]);
    assert_eq!(selected(Test::one_of([money("0.290"), money("0.31")])), [true, false, true]);
    assert_eq!(selected(Test::Exists(true)), [true; 3]);
    let large = "9007199254740993.01";
    assert!(revenue(Test::above(money("9007199254740993.00")), large));
    assert!(!revenue(Test::above(money("9007199254740993.01")), large));
}

#[test]
fn labels_and_texts() {
    let vip = Profile::default().with_label(LabelKind::Tier, label("vip"));
    let selected = |test| compiled(is(LabelKind::Tier, test)).matches(&vip);
    assert!(selected(Test::equal("vip")) && !selected(Test::equal("VIP")) && !selected(Test::equal("vi")));
    assert!(selected(Test::not_equal("senior")) && !selected(Test::not_equal("vip")));
    assert!(selected(Test::one_of(["senior", "vip"])) && !selected(Test::one_of(["senior"])));
    assert!(selected(Test::Exists(true)) && !selected(Test::Exists(false)));

    let attributes = [Attribute::Number(34.0), Attribute::Text("south")];
    let customer = Profile::default().with_attributes(&attributes).with_tags(&["newsletter"]);
    assert!(compiled(is(Field::attribute("age"), Test::between(30, 39))).matches(&customer));
    assert!(compiled(is(Field::attribute("age"), Test::equal("34"))).matches(&customer), "a number as text");
    assert!(compiled(is(Field::attribute("region"), Test::equal("south"))).matches(&customer));
    assert!(compiled(Rule::tag("newsletter").unwrap()).matches(&customer));
    assert!(!compiled(Rule::tag("news").unwrap()).matches(&customer));
}

#[test]
fn days_since_an_activity() {
    let activity = |activity, category, days_ago| LastActivity { activity, category, days_ago };
    let activities = [
        activity(Activity::View, "shoes", 3),
        activity(Activity::View, "hats", 9),
        activity(Activity::Cart, "hats", 40),
    ];
    let customer = Profile::default().with_activities(&activities);
    let since = |activity, category: Option<&str>, test| {
        compiled(is(Field::days_since(activity, category), test)).verdict(&customer)
    };
    assert_eq!(since(Activity::View, Some("hats"), Test::equal(9)), Some(true));
    assert_eq!(since(Activity::View, None, Test::equal(3)), Some(true), "the latest of any");
    assert_eq!(since(Activity::Cart, Some("shoes"), Test::Exists(false)), Some(true));
    assert_eq!(since(Activity::Search, None, Test::Exists(false)), Some(true));
    assert!(compiled(is(Field::days_since(Activity::View, "hats"), Test::below(10))).matches(&customer));
    assert!(!compiled(is(Field::days_since(Activity::View, "hats"), Test::below(9))).matches(&customer));
}

/// Comparisons with what is absent are false, and their `not` true; with what is unknown neither is.
#[test]
fn absent_and_unknown() {
    let absent = Profile::default()
        .with(Figure::MeanGapDays, None)
        .with_amount(Amount::TierGap, None)
        .with_label(LabelKind::Tier, None)
        .with_activities(&[])
        .with_attributes(&[Attribute::Absent, Attribute::Text("")])
        .with_tags(&[]);
    let unknown =
        Profile::default().with(Figure::MeanGapDays, f64::NAN).with_attributes(&[Attribute::Number(f64::INFINITY)]);
    let numbers = [Test::equal(0), Test::not_equal(0), Test::below(9), Test::at_most(9), Test::above(0)];
    let numbers = numbers.into_iter().chain([Test::at_least(0), Test::between(0, 9), Test::one_of([0])]);
    let texts = [Test::equal("a"), Test::not_equal("a"), Test::one_of(["a"])];
    let fields = |field: Field, tests: Vec<Test>| tests.into_iter().map(move |test| is(field.clone(), test));
    let rules = fields(Figure::MeanGapDays.into(), numbers.clone().collect())
        .chain(fields(Amount::TierGap.into(), numbers.clone().collect()))
        .chain(fields(Field::days_since(Activity::Cart, None), numbers.clone().collect()))
        .chain(fields(Field::attribute("age"), numbers.collect()))
        .chain(fields(LabelKind::Tier.into(), texts.to_vec()))
        .chain(fields(Field::attribute("region"), texts.to_vec()))
        .chain([Rule::tag("a").unwrap()]);
    let mut count = 0;
    for rule in rules {
        let [plain, negated] = [compiled(rule.clone()), compiled(not(rule.clone()))];
        assert_eq!(plain.verdict(&absent), Some(false), "{rule:?}");
        assert_eq!(negated.verdict(&absent), Some(true), "{rule:?}");
        for audience in [plain, negated] {
            assert_eq!(audience.verdict(&unknown), None, "{rule:?}");
            assert!(!audience.matches(&unknown), "{rule:?}");
        }
        count += 1;
    }
    assert_eq!(count, 39);

    for field in [Figure::MeanGapDays.into(), Amount::TierGap.into(), LabelKind::Tier.into()] {
        let field: Field = field;
        assert_eq!(compiled(is(field.clone(), Test::Exists(true))).verdict(&absent), Some(false));
        assert_eq!(compiled(is(field.clone(), Test::Exists(false))).verdict(&absent), Some(true));
        assert_eq!(compiled(is(field, Test::Exists(false))).verdict(&unknown), None);
    }
}

/// Kleene's tables.
#[test]
fn three_values() {
    let profile = Profile::default().with(Figure::R, 5.0);
    let [yes, no] = [is(Figure::R, Test::equal(5)), is(Figure::R, Test::equal(1))];
    let unknown = is(Figure::F, Test::equal(1));
    let values = [(no, Some(false)), (unknown, None), (yes, Some(true))];
    let rank = |verdict| values.iter().position(|&(_, other)| other == verdict).unwrap();
    for (left, a) in &values {
        assert_eq!(rank(compiled(not(left.clone())).verdict(&profile)), 2 - rank(*a));
        for (right, b) in &values {
            let verdict = |rule| rank(compiled(rule).verdict(&profile));
            assert_eq!(verdict(all([left.clone(), right.clone()])), rank(*a).min(rank(*b)));
            assert_eq!(verdict(any([left.clone(), right.clone()])), rank(*a).max(rank(*b)));
            assert_eq!(verdict(not(all([left.clone(), right.clone()]))), 2 - rank(*a).min(rank(*b)));
        }
    }
}

/// A number, and whether there is one; `None` where that is unknown.
#[track_caller]
fn state(profile: &Profile<'_>, figure: Figure) -> (Option<f64>, Option<bool>) {
    let exists = compiled(is(figure, Test::Exists(true))).verdict(profile);
    assert_eq!(exists == Some(true), profile.figure(figure).is_some());
    (profile.figure(figure), exists)
}

const ABSENT: (Option<f64>, Option<bool>) = (None, Some(false));

#[test]
fn what_a_history_says() {
    let mut history = CustomerHistory::new();
    let visitor = Profile::of(&history, day(0)).unwrap();
    assert_eq!(state(&visitor, Figure::Purchases), (Some(0.0), Some(true)));
    assert_eq!(state(&visitor, Figure::DaysSinceLast), ABSENT);
    assert_eq!(state(&visitor, Figure::DaysSincePrevious), ABSENT);
    assert_eq!(visitor.amount(Amount::MeanOrderAmount), None);
    assert_eq!(compiled(is(Amount::MeanOrderAmount, Test::Exists(true))).verdict(&visitor), Some(false));

    history.record_purchase(day(10), money("10.00")).unwrap();
    let once = Profile::of(&history, day(10)).unwrap();
    assert_eq!(state(&once, Figure::DaysSincePrevious), ABSENT);
    assert_eq!((state(&once, Figure::Repeats), state(&once, Figure::MeanGapDays)), ((Some(0.0), Some(true)), ABSENT));

    history.record_purchase(day(30), money("20.00")).unwrap();
    let twice = Profile::of(&history, day(42)).unwrap();
    let figures = [Figure::Purchases, Figure::PurchaseDays, Figure::Repeats, Figure::DaysSinceLast];
    assert_eq!(figures.map(|figure| twice.figure(figure)), [2.0, 2.0, 1.0, 12.0].map(Some));
    let figures = [Figure::DaysSincePrevious, Figure::DaysSinceFirst, Figure::MeanGapDays];
    assert_eq!(figures.map(|figure| twice.figure(figure)), [32.0, 32.0, 20.0].map(Some));
    assert_eq!(twice.amount(Amount::Revenue), Some(Decimal::from(30)));
    assert_eq!(twice.amount(Amount::MeanOrderAmount), Some(Decimal::from(15)));

    history.record_purchase(day(30), money("1.00")).unwrap();
    let thrice = Profile::of(&history, day(42)).unwrap();
    assert_eq!(state(&thrice, Figure::DaysSincePrevious), (None, None), "the history does not hold it");
    let error = Error::AfterAsOf { last: day(30), as_of: day(29) };
    assert_eq!(Profile::of(&history, day(29)), Err(error));
}

/// A label by its key is the label by its type.
#[test]
fn labels_of_the_library_are_typed() {
    let mut history = CustomerHistory::new();
    history.record_purchase(day(0), Decimal::TEN).unwrap();
    history.record_purchase(day(10), Decimal::TEN).unwrap();
    let profile = Profile::default()
        .with_label(LabelKind::Octant, Octant::ImportantKeep.label())
        .with_label(LabelKind::FrequencyBand, FrequencyBand::High.label())
        .with_label(LabelKind::NewCustomerState, None)
        .with_label(LabelKind::LifecycleStage, LifecycleStage::ALL[4].label())
        .with_standing(MissedCycles::default().standing(&history, day(75)).as_ref());
    let figures = [Figure::ExpectedCycleDays, Figure::CyclesMissed, Figure::OverdueDays];
    assert_eq!(figures.map(|figure| profile.figure(figure)), [30.0, 2.0, 35.0].map(Some));
    assert_eq!(profile.octant(), Some(Octant::ImportantKeep));
    assert_eq!(profile.frequency_band(), Some(FrequencyBand::High));
    assert_eq!(profile.lifecycle_stage(), Some(LifecycleStage::ALL[4]));
    assert_eq!(profile.churn_risk(), Some(ChurnRisk::Overdue));
    let keys = [LabelKind::Octant, LabelKind::FrequencyBand, LabelKind::ChurnRisk, LabelKind::LifecycleStage];
    let keys = keys.map(|kind| profile.label(kind).map(Label::key));
    assert_eq!(keys, ["important_keep", "high", "overdue", LifecycleStage::ALL[4].label().key()].map(Some));
    assert_eq!((profile.new_customer_state(), profile.label(LabelKind::NewCustomerState)), (None, None));
    let lost = Profile::default().with_label(LabelKind::NewCustomerState, NewCustomerState::Lost.label());
    assert_eq!(lost.new_customer_state(), Some(NewCustomerState::Lost));
    assert_eq!((lost.octant(), lost.churn_risk()), (None, None));
    let nobody = Profile::default().with_standing(None);
    assert_eq!(compiled(is(LabelKind::ChurnRisk, Test::Exists(true))).verdict(&nobody), Some(false));
}
