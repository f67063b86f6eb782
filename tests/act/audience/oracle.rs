//! Random rules on random customers, against an evaluator that is obviously right.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use repurchase::Ratio;
use repurchase::act::audience::{Audience, Field, Rule, Test};
use repurchase::scale::{Label, Language};
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Amount, Attribute, Figure, LastActivity, Profile, Profiles};
use rust_decimal::Decimal;

use super::compiled;

/// A small world, so that values meet: each field has the values 0 to 4, in tenths for money and as letters for text.
#[derive(Debug, Clone, Copy)]
enum State {
    Unknown,
    Absent,
    Value(i64),
}

#[derive(Debug, Clone)]
struct Customer {
    figure: State,
    amount: State,
    label: State,
    cart: State,
    age: State,
    region: State,
    /// Unknown, or whether the customer has the tag: 1 or more.
    tag: State,
}

#[derive(Debug, Clone, Copy)]
enum Which {
    Figure,
    Amount,
    Label,
    Cart,
    Age,
    Region,
    Tag,
}

#[derive(Debug, Clone)]
enum Naive {
    All(Vec<Naive>),
    Any(Vec<Naive>),
    Not(Box<Naive>),
    Compare(Which, Op),
}

#[derive(Debug, Clone)]
enum Op {
    Equal(i64),
    NotEqual(i64),
    Below(i64),
    AtMost(i64),
    Above(i64),
    AtLeast(i64),
    Between(i64, i64),
    OneOf(Vec<i64>),
    Exists(bool),
}

impl Which {
    fn is_text(self) -> bool {
        matches!(self, Self::Label | Self::Region)
    }

    fn state(self, customer: &Customer) -> State {
        match self {
            Self::Figure => customer.figure,
            Self::Amount => customer.amount,
            Self::Label => customer.label,
            Self::Cart => customer.cart,
            Self::Age => customer.age,
            Self::Region => customer.region,
            Self::Tag => customer.tag,
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Figure => Figure::CyclesMissed.into(),
            Self::Amount => Amount::Revenue.into(),
            Self::Label => LabelKind::Segment.into(),
            Self::Cart => Field::days_since(Activity::Cart, "shoes"),
            Self::Age => Field::attribute("age"),
            Self::Region => Field::attribute("region"),
            Self::Tag => Field::Tag("vegan".into()),
        }
    }
}

impl Op {
    fn holds(&self, value: i64) -> bool {
        match self {
            Self::Equal(other) => value == *other,
            Self::NotEqual(other) => value != *other,
            Self::Below(other) => value < *other,
            Self::AtMost(other) => value <= *other,
            Self::Above(other) => value > *other,
            Self::AtLeast(other) => value >= *other,
            Self::Between(low, high) => (*low..=*high).contains(&value),
            Self::OneOf(others) => others.contains(&value),
            Self::Exists(exists) => *exists,
        }
    }

    fn test(&self, which: Which) -> Test {
        let value = |number: &i64| match which {
            Which::Amount => Decimal::new(*number, 1).into(),
            Which::Label | Which::Region => letter(*number).into(),
            _ => (*number).into(),
        };
        match self {
            Self::Equal(v) => Test::Equal(value(v)),
            Self::NotEqual(v) => Test::NotEqual(value(v)),
            Self::Below(v) => Test::Below(value(v)),
            Self::AtMost(v) => Test::AtMost(value(v)),
            Self::Above(v) => Test::Above(value(v)),
            Self::AtLeast(v) => Test::AtLeast(value(v)),
            Self::Between(low, high) => Test::Between(value(low), value(high)),
            Self::OneOf(values) => Test::OneOf(values.iter().map(value).collect()),
            Self::Exists(exists) => Test::Exists(*exists),
        }
    }
}

impl Naive {
    /// `None` is unknown.
    fn truth(&self, customer: &Customer) -> Option<bool> {
        match self {
            Self::All(rules) => {
                let truths: Vec<_> = rules.iter().map(|rule| rule.truth(customer)).collect();
                if truths.contains(&Some(false)) {
                    Some(false)
                } else {
                    truths.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            Self::Any(rules) => {
                let truths: Vec<_> = rules.iter().map(|rule| rule.truth(customer)).collect();
                if truths.contains(&Some(true)) {
                    Some(true)
                } else {
                    truths.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            Self::Not(rule) => rule.truth(customer).map(|truth| !truth),
            Self::Compare(Which::Tag, _) => match customer.tag {
                State::Unknown => None,
                State::Absent => Some(false),
                State::Value(_) => Some(true),
            },
            Self::Compare(which, op) => match (which.state(customer), op) {
                (State::Unknown, _) => None,
                (State::Absent, Op::Exists(exists)) => Some(!exists),
                (State::Absent, _) => Some(false),
                (State::Value(value), op) => Some(op.holds(value)),
            },
        }
    }

    fn each_comparison(&self, f: &mut impl FnMut(Which)) {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().for_each(|rule| rule.each_comparison(f)),
            Self::Not(rule) => rule.each_comparison(f),
            Self::Compare(which, _) => f(*which),
        }
    }

    fn rule(&self) -> Rule {
        match self {
            Self::All(rules) => Rule::all(rules.iter().map(Self::rule)).unwrap(),
            Self::Any(rules) => Rule::any(rules.iter().map(Self::rule)).unwrap(),
            Self::Not(rule) => Rule::not(rule.rule()).unwrap(),
            Self::Compare(Which::Tag, _) => Rule::tag("vegan").unwrap(),
            Self::Compare(which, op) => Rule::new(which.field(), op.test(*which)).unwrap(),
        }
    }
}

fn number(number: i64) -> f64 {
    f64::from(i32::try_from(number).unwrap())
}

fn letter(number: i64) -> &'static str {
    ["a", "b", "c", "d", "e"][usize::try_from(number).unwrap()]
}

static LETTERS: LazyLock<Vec<Label>> =
    LazyLock::new(|| (0..5).map(|number| Label::new(letter(number), letter(number), letter(number))).collect());

fn state() -> impl Strategy<Value = State> {
    prop_oneof![1 => Just(State::Unknown), 1 => Just(State::Absent), 5 => (0..5i64).prop_map(State::Value)]
}

fn customer() -> impl Strategy<Value = Customer> {
    (state(), state(), state(), state(), state(), state(), state()).prop_map(
        |(figure, amount, label, cart, age, region, tag)| Customer { figure, amount, label, cart, age, region, tag },
    )
}

fn compare() -> impl Strategy<Value = Naive> {
    let which = prop::sample::select(vec![
        Which::Figure,
        Which::Amount,
        Which::Label,
        Which::Cart,
        Which::Age,
        Which::Region,
        Which::Tag,
    ]);
    let texts = prop_oneof![
        (0..5i64).prop_map(Op::Equal),
        (0..5i64).prop_map(Op::NotEqual),
        prop::collection::vec(0..5i64, 0..4).prop_map(Op::OneOf),
        any::<bool>().prop_map(Op::Exists),
    ];
    let numbers = prop_oneof![
        (0..5i64).prop_map(Op::Below),
        (0..5i64).prop_map(Op::AtMost),
        (0..5i64).prop_map(Op::Above),
        (0..5i64).prop_map(Op::AtLeast),
        (0..5i64, 0..5i64).prop_map(|(one, other)| Op::Between(one.min(other), one.max(other))),
    ];
    (which, texts, numbers, any::<bool>()).prop_map(|(which, text, number, by_size)| {
        Naive::Compare(which, if by_size && !which.is_text() { number } else { text })
    })
}

fn rule() -> impl Strategy<Value = Naive> {
    compare().prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Naive::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Naive::Any),
            inner.prop_map(|rule| Naive::Not(Box::new(rule))),
        ]
    })
}

/// What a profile borrows.
struct Facts {
    activities: Vec<LastActivity<'static>>,
    attributes: [Attribute<'static>; 2],
}

impl Facts {
    fn of(customer: &Customer) -> Self {
        let mut activities = vec![LastActivity { activity: Activity::Cart, category: "hats", days_ago: 0 }];
        if let State::Value(value) = customer.cart {
            let days_ago = u32::try_from(value).unwrap();
            activities.push(LastActivity { activity: Activity::Cart, category: "shoes", days_ago });
        }
        let age = match customer.age {
            State::Unknown => Attribute::Unknown,
            State::Absent => Attribute::Absent,
            State::Value(value) => Attribute::Number(number(value)),
        };
        let region = match customer.region {
            State::Unknown => Attribute::Unknown,
            State::Absent => Attribute::Absent,
            State::Value(value) => Attribute::Text(letter(value)),
        };
        Self { activities, attributes: [age, region] }
    }

    fn profile(&self, customer: &Customer) -> Profile<'_> {
        let mut profile = Profile::default().with_attributes(&self.attributes);
        match customer.figure {
            State::Unknown => {}
            State::Absent => profile = profile.with(Figure::CyclesMissed, None),
            State::Value(value) => profile = profile.with(Figure::CyclesMissed, number(value)),
        }
        match customer.amount {
            State::Unknown => {}
            State::Absent => profile = profile.with_amount(Amount::Revenue, None),
            State::Value(value) => profile = profile.with_amount(Amount::Revenue, Decimal::new(value * 10, 2)),
        }
        match customer.label {
            State::Unknown => {}
            State::Absent => profile = profile.with_label(LabelKind::Segment, None),
            State::Value(value) => {
                profile = profile.with_label(LabelKind::Segment, &LETTERS[usize::try_from(value).unwrap()]);
            }
        }
        if !matches!(customer.cart, State::Unknown) {
            profile = profile.with_activities(&self.activities);
        }
        match customer.tag {
            State::Unknown => profile,
            State::Absent => profile.with_tags(&["x"]),
            State::Value(_) => profile.with_tags(&["x", "vegan"]),
        }
    }
}

/// The numbers of a report, counted one customer after the other.
fn report(naive: &Naive, customers: &[Customer]) -> String {
    let parts = match naive {
        Naive::All(parts) => parts.as_slice(),
        _ => std::slice::from_ref(naive),
    };
    let truths = |rule: &Naive| customers.iter().map(|customer| rule.truth(customer)).collect::<Vec<_>>();
    let count = |truths: &[Option<bool>], truth| truths.iter().filter(|&&found| found == truth).count();
    let all = truths(naive);
    let (selected, unknown) = (count(&all, Some(true)), count(&all, None));
    let mut report = format!("{selected} of {} customers selected, {unknown} unknown", customers.len());
    for (at, part) in parts.iter().enumerate() {
        let removes = |rule: &Naive, customer| rule.truth(customer) != Some(true);
        let left: Vec<_> =
            customers.iter().filter(|customer| !parts[..at].iter().any(|part| removes(part, customer))).collect();
        let gone = left.iter().filter(|customer| removes(part, customer)).count();
        let alone = customers.iter().filter(|customer| removes(part, customer)).count();
        let only = customers.iter().filter(|customer| {
            removes(part, customer) && parts.iter().filter(|part| removes(part, customer)).count() == 1
        });
        let schema = Audience::compile(part.rule(), &super::schema()).unwrap();
        let words = schema.describe(Language::English);
        let clause = match part {
            Naive::All(rules) if rules.is_empty() => "anything",
            Naive::Any(rules) if rules.is_empty() => "the impossible",
            _ => words.strip_prefix("Customers with ").unwrap().strip_suffix('.').unwrap(),
        };
        let line = format!(
            "\n{clause}: removes {gone} of {}; alone {alone} of {}, only here {}, unknown {}",
            left.len(),
            customers.len(),
            only.count(),
            count(&truths(part), None)
        );
        report.push_str(&line);
    }
    report
}

/// Calls `f` with the profile of a customer.
fn with_profile<T>(customer: &Customer, f: impl FnOnce(&Profile<'_>) -> T) -> T {
    f(&Facts::of(customer).profile(customer))
}

proptest! {
    #![proptest_config(Config { cases: 600, rng_seed: RngSeed::Fixed(4), failure_persistence: None, ..Config::default() })]

    #[test]
    fn as_the_naive_evaluator(naive in rule(), customers in prop::collection::vec(customer(), 1..8)) {
        let audience = compiled(naive.rule());
        let mut selected = Vec::new();
        for (id, customer) in customers.iter().enumerate() {
            let expected = naive.truth(customer);
            with_profile(customer, |profile| {
                prop_assert_eq!(audience.verdict(profile), expected);
                prop_assert_eq!(audience.matches(profile), expected == Some(true));
                Ok(())
            })?;
            if expected == Some(true) {
                selected.push(id);
            }
        }
        let facts: Vec<_> = customers.iter().map(|customer| (customer, Facts::of(customer))).collect();
        let profiles = Profiles::of(facts.iter().map(|(customer, facts)| facts.profile(customer))).unwrap();
        let selection = audience.matches_all(&profiles);
        let unknown = customers.iter().filter(|customer| naive.truth(customer).is_none()).count() as u64;
        prop_assert_eq!(selection.unknown(), Ratio::new(unknown, customers.len() as u64).unwrap());
        let ids: Vec<usize> = (0..customers.len()).collect();
        prop_assert_eq!(selection.ids(&ids).copied().collect::<Vec<_>>(), selected);
        prop_assert_eq!(audience.report(&profiles, Language::English), report(&naive, &customers));
    }

    /// A table says of each of its customers what the customer's own profile says. More than two words of 64.
    #[test]
    fn tables_as_profiles(naive in rule(), customers in prop::collection::vec(customer(), 0..20), len in 0..150_usize) {
        let audience = compiled(naive.rule());
        let facts: Vec<_> = customers.iter().map(|customer| (customer, Facts::of(customer))).collect();
        let profiles = || facts.iter().cycle().take(len).map(|(customer, facts)| facts.profile(customer));
        let matches = audience.matches_all(&Profiles::of(profiles()).unwrap());
        let expected: Vec<_> = profiles().map(|profile| audience.matches(&profile)).collect();
        prop_assert_eq!(matches.selected().of(), expected.len() as u64);
        let found: Vec<_> = (0..expected.len()).map(|place| matches.contains(place)).collect();
        prop_assert_eq!(found, &expected[..]);
        let positions: Vec<_> = (0..expected.len()).filter(|&place| expected[place]).collect();
        prop_assert_eq!(matches.selected().count(), positions.len() as u64);
        prop_assert_eq!(matches.positions().collect::<Vec<_>>(), positions);
    }

    /// The reasons settle the verdict: whatever else the customer is, they alone decide.
    #[test]
    fn reasons_are_enough(naive in rule(), customer in customer(), other in customer()) {
        let audience = compiled(naive.rule());
        let Some(expected) = naive.truth(&customer) else { return Ok(()) };
        let fields = with_profile(&customer, |profile| {
            audience.reasons(profile).into_iter().map(|(field, _)| field.clone()).collect::<Vec<_>>()
        });
        // The customer's values where a reason names them, another's elsewhere.
        let pick = |which: Which| {
            if fields.contains(&which.field()) { which.state(&customer) } else { which.state(&other) }
        };
        let mixed = Customer {
            figure: pick(Which::Figure),
            amount: pick(Which::Amount),
            label: pick(Which::Label),
            cart: pick(Which::Cart),
            age: pick(Which::Age),
            region: pick(Which::Region),
            tag: pick(Which::Tag),
        };
        prop_assert_eq!(naive.truth(&mixed), Some(expected));
    }

    /// A rule says what it asks about: every comparison's field, once, and nothing else.
    #[test]
    fn fields_are_those_of_the_comparisons(naive in rule()) {
        let mut comparisons = Vec::new();
        naive.each_comparison(&mut |which| comparisons.push(which.field()));
        comparisons.sort();
        comparisons.dedup();
        prop_assert_eq!(naive.rule().fields().into_iter().cloned().collect::<Vec<_>>(), comparisons);
    }

    /// De Morgan's laws hold for three values too.
    #[test]
    fn de_morgan(rules in prop::collection::vec(rule(), 0..4), customer in customer()) {
        let not_all = Naive::Not(Box::new(Naive::All(rules.clone())));
        let any_not = Naive::Any(rules.into_iter().map(|rule| Naive::Not(Box::new(rule))).collect());
        let [left, right] = [not_all, any_not].map(|naive| compiled(naive.rule()));
        with_profile(&customer, |profile| {
            prop_assert_eq!(left.verdict(profile), right.verdict(profile));
            prop_assert_eq!(left.matches(profile), right.matches(profile));
            Ok(())
        })?;
    }
}
