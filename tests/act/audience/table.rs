//! Tables of profiles, at the edges: each answer is that of the profile. [`super::oracle`] has random rules.

use repurchase::Ratio;
use repurchase::act::audience::{Field, Rule, Test};
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Amount, Attribute, Figure, LastActivity, Profile, Profiles};
use rust_decimal::Decimal;

use super::{all, any, compiled, is, label, money, not};

/// Both ways round, as what is unknown is neither.
#[track_caller]
fn assert_as_profiles(rule: &Rule, profiles: &[Profile<'_>]) {
    let table = Profiles::of(profiles.iter().copied()).unwrap();
    for rule in [rule.clone(), not(rule.clone())] {
        let audience = compiled(rule.clone());
        let matches = audience.matches_all(&table);
        let unknown = profiles.iter().filter(|profile| audience.verdict(profile).is_none()).count() as u64;
        assert_eq!(matches.unknown().count(), unknown, "{rule:?}");
        for (place, profile) in profiles.iter().enumerate() {
            assert_eq!(matches.contains(place), audience.matches(profile), "{rule:?} on customer {place}");
        }
        assert!(!matches.contains(profiles.len()) && !matches.contains(usize::MAX));
    }
}

fn tests<T: Copy + Into<repurchase::act::audience::Value> + PartialOrd>(values: &[T]) -> Vec<Test> {
    let of = |&value: &T| {
        let high = values.iter().copied().filter(move |&high| value <= high);
        let single = [Test::equal, Test::not_equal, Test::below, Test::at_most, Test::above, Test::at_least];
        single.into_iter().map(move |test| test(value)).chain(high.map(move |high| Test::between(value, high)))
    };
    let whole =
        [Test::one_of(values.iter().copied()), Test::OneOf(Vec::new()), Test::Exists(true), Test::Exists(false)];
    values.iter().flat_map(of).chain(whole).collect()
}

/// Marks that lie on amounts, between them, and beyond all of them; amounts that fit into units, and amounts that do
/// not.
#[test]
fn amounts_at_any_scale() {
    let marks = [
        "-10",
        "-0.015",
        "0",
        "0.005",
        "0.0100",
        "0.015",
        "9.99",
        "10",
        "90071992547409.91",
        "90071992547409.915",
        "90071992547409.92",
        "90071992547409.93",
    ];
    let mut marks = marks.map(money).to_vec();
    marks.extend([Decimal::MAX, Decimal::MIN, Decimal::new(1, 28), Decimal::new(-1, 28)]);
    let small = ["-10.00", "-0.02", "-0.01", "0", "0.01", "0.0100", "0.02", "9.99", "10", "90071992547409.91"];
    let large = ["90071992547409.92", "79228162514264337593543950335", "-79228162514264337593543950335"];
    let fine = ["0.0000000000000000000000000001", "-0.0000000000000000000000000001", "12345678.9"];
    for more in [&[][..], &large, &fine] {
        let amounts = small.iter().chain(more).map(|amount| Some(money(amount))).chain([None]);
        let known = amounts.map(|amount| Profile::default().with_amount(Amount::Revenue, amount));
        let profiles: Vec<_> = known.chain([Profile::default()]).collect();
        for test in tests(&marks) {
            assert_as_profiles(&is(Amount::Revenue, test), &profiles);
        }
    }
}

/// Numbers that 32 bits hold, and numbers that they do not.
#[test]
fn numbers_of_any_size() {
    let marks = ["-1", "0", "0.1", "0.5", "16777216", "16777217", "79228162514264337593543950335"].map(money);
    let narrow = [-1.0, -0.0, 0.0, 0.5, 16_777_216.0, f64::from(f32::MAX)];
    let wide = [0.1, 16_777_217.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE];
    for more in [&[][..], &wide] {
        let known = narrow.iter().chain(more).copied();
        let known = known.map(|number| Profile::default().with(Figure::MeanGapDays, number));
        let none = [Profile::default().with(Figure::MeanGapDays, None), Profile::default()];
        let profiles: Vec<_> =
            known.chain(none).chain([Profile::default().with(Figure::MeanGapDays, f64::NAN)]).collect();
        for test in tests(&marks) {
            assert_as_profiles(&is(Figure::MeanGapDays, test), &profiles);
        }
    }
}

/// An attribute of the other kind than the schema says is unknown, whatever others have.
#[test]
fn attributes_of_every_kind() {
    let facts = [
        Attribute::Unknown,
        Attribute::Absent,
        Attribute::Number(18.0),
        Attribute::Number(f64::INFINITY),
        Attribute::Text(""),
        Attribute::Text("south"),
        Attribute::Text("18"),
    ];
    let attributes: Vec<_> = facts.iter().flat_map(|&age| facts.map(|region| [age, region])).collect();
    let full = attributes.iter().map(|attributes| Profile::default().with_attributes(attributes));
    let short = attributes.iter().map(|attributes| Profile::default().with_attributes(&attributes[..1]));
    let profiles: Vec<_> = full.chain(short).chain([Profile::default()]).collect();
    for test in tests(&[17, 18, 19]) {
        assert_as_profiles(&is(Field::attribute("age"), test), &profiles);
    }
    let texts = [Test::equal("south"), Test::not_equal("south"), Test::one_of(["18", "south"]), Test::equal("north")];
    for test in texts.into_iter().chain([Test::Exists(true), Test::Exists(false), Test::OneOf(Vec::new())]) {
        assert_as_profiles(&is(Field::attribute("region"), test), &profiles);
    }
}

/// Many labels, of which every second one is meant: no few ranges of their numbers.
#[test]
fn many_labels() {
    let keys: Vec<_> = (0..200).map(|key| key.to_string()).collect();
    let known = keys.iter().map(|key| Profile::default().with_label(LabelKind::Segment, label(key)));
    let none = [Profile::default().with_label(LabelKind::Segment, None), Profile::default()];
    let profiles: Vec<_> = known.chain(none).collect();
    let every_second = Test::one_of(keys.iter().step_by(2).map(String::as_str));
    assert_as_profiles(&is(LabelKind::Segment, every_second), &profiles);
    assert_as_profiles(&is(LabelKind::Segment, Test::not_equal("7")), &profiles);
}

/// More categories than blocks of customers, each of a few customers: the latest activity of any of them counts.
#[test]
fn more_categories_than_a_block_looks_through() {
    let names: Vec<String> = (0..3000).map(|number: u32| format!("c{number}")).collect();
    let activities = |place: usize| {
        let of = |category: usize, days_ago: u32| {
            let category = names[category % names.len()].as_str();
            LastActivity { activity: Activity::Cart, category, days_ago }
        };
        let days = (place % 50) as u32;
        let mut all = vec![of(7 * place, days), of(11 * place + 1, 80 - days), of(13 * place + 2, 40)];
        all.truncate(place % 4);
        all
    };
    let all: Vec<_> = (0..9000).map(activities).collect();
    let profiles: Vec<_> = (0..9000).map(|place| Profile::default().with_activities(&all[place])).collect();
    for test in [Test::below(30), Test::at_least(40), Test::Exists(false), Test::between(10, 20)] {
        assert_as_profiles(&is(Field::days_since(Activity::Cart, None), test.clone()), &profiles);
        assert_as_profiles(&is(Field::days_since(Activity::Cart, "c77"), test), &profiles);
    }
}

/// More customers than are worked on at a time, by one core or by any; the last word is not full.
#[test]
fn more_than_a_part() {
    let activities = |days_ago: u32| {
        let of = |activity, category| LastActivity { activity, category, days_ago };
        [of(Activity::Cart, "shoes"), of(Activity::View, "shoes"), of(Activity::Cart, "hats")]
    };
    let shoes: Vec<_> = (0..100).map(activities).collect();
    let profile = |place: u32| {
        let profile = Profile::default().with(Figure::Purchases, f64::from(place % 7));
        let shoes = &shoes[place as usize % 100];
        let profile = match place % 11 {
            0 => profile,
            1 => profile.with_activities(&[]),
            2 => profile.with_activities(&shoes[1..2]),
            _ => profile.with_activities(shoes),
        };
        match place % 13 {
            0 => profile,
            1..6 => profile.with_tags(&["employee", "employee"]),
            _ => profile.with_tags(&["newsletter"]),
        }
    };
    // Of the last customers, little is known.
    let end = 140_000;
    let profiles: Vec<_> =
        (0..end).map(|place| if place < 70_001 { profile(place) } else { Profile::default() }).collect();
    let carted = || is(Field::days_since(Activity::Cart, "shoes"), Test::below(30));
    let any_cart = is(Field::days_since(Activity::Cart, None), Test::Exists(false));
    let employee = || Rule::tag("employee").unwrap();
    let bought = |purchases: u32| is(Figure::Purchases, Test::at_least(purchases));
    for rule in [all([bought(2), carted(), not(employee())]), any([all([bought(5), carted()]), any_cart, employee()])] {
        assert_as_profiles(&rule, &profiles);
    }
    assert_as_profiles(&all([]), &profiles);
    assert_as_profiles(&any([]), &profiles);
}

#[test]
fn nobody() {
    let table = Profiles::of([]).unwrap();
    assert!(table.is_empty() && Profiles::default().is_empty());
    let (matches, none) = (compiled(all([])).matches_all(&table), Ratio::new(0, 0).unwrap());
    assert_eq!((matches.selected(), matches.unknown(), matches.positions().count()), (none, none, 0));
}
