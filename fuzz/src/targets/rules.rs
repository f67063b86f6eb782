//! Rules of audiences: one by one as all at once, said in words, stored and read back.

use std::sync::OnceLock;

use chrono::Days;
use repurchase::act::audience::{Audience, Field, Rule, Schema, Test, Value};
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Figure, Profile, Profiles, ShopModels, ShopOptions};
use repurchase::{Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

use crate::bytes::{Bytes, first_day};

/// 60 customers of every kind, fitted once.
fn customers() -> &'static (ShopModels, Profiles) {
    static SHOP: OnceLock<(ShopModels, Profiles)> = OnceLock::new();
    SHOP.get_or_init(|| {
        let orders = (0..60_u64).flat_map(|id| (0..=id % 7).map(move |time| (id, time)));
        let orders = orders.map(|(id, time)| {
            let day = first_day() + Days::new((id * 13 % 200) + time * (1 + id % 50));
            Order::on(id, day, Decimal::new((id * id) as i64 * 7, 2)).expect("an order")
        });
        let as_of = first_day() + Days::new(400);
        let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of).expect("a ledger");
        let models = ShopModels::fit(&ledger, &ShopOptions::default()).expect("customers");
        let profiles = models.profile_all(&ledger).expect("of its day");
        (models, profiles)
    })
}

/// Any rule that compiles; any JSON that is one.
pub fn rules(data: &[u8]) {
    if let Ok(rule) = serde_json::from_slice::<Rule>(data) {
        asked(rule);
    }
    let mut bytes = Bytes::new(data);
    if let Some(rule) = rule(&mut bytes, 5) {
        asked(rule);
    }
}

fn asked(rule: Rule) {
    let (models, profiles) = customers();
    let text = serde_json::to_string(&rule).expect("stores");
    assert_eq!(serde_json::from_str::<Rule>(&text).expect("is read back"), rule, "{text}");
    assert!([Language::English, Language::Chinese].into_iter().all(|language| !rule.describe(language).is_empty()));
    let not = Rule::not(rule.clone());
    let schema = Schema::of(models);
    let audience = match Audience::compile(rule, &schema) {
        Ok(audience) => audience,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let selected = audience.matches_all(profiles);
    let verdicts: Vec<Option<bool>> = profiles.iter().map(|profile| audience.verdict(&profile)).collect();
    for (place, (profile, verdict)) in profiles.iter().zip(&verdicts).enumerate() {
        assert_eq!(selected.contains(place), audience.matches(&profile), "{text}");
        assert_eq!(audience.matches(&profile), *verdict == Some(true));
        if place < 3 {
            assert!(!audience.explain(&profile, Language::English).is_empty());
            assert!(audience.reasons(&profile).len() <= audience.rule().conditions());
        }
    }
    let is_true = verdicts.iter().filter(|verdict| **verdict == Some(true)).count();
    let unknown = verdicts.iter().filter(|verdict| verdict.is_none()).count();
    assert_eq!((selected.selected().count(), selected.unknown().count()), (is_true as u64, unknown as u64));
    assert_eq!(selected.positions().count(), is_true);
    if let Some(not) = not.ok().and_then(|not| Audience::compile(not, &schema).ok()) {
        let turned: Vec<Option<bool>> = profiles.iter().map(|profile| not.verdict(&profile)).collect();
        assert!(turned.iter().zip(&verdicts).all(|(turned, verdict)| *turned == verdict.map(|holds| !holds)), "{text}");
    }
    naive(audience.rule(), profiles, &verdicts, &text);
}

/// A single comparison with a figure, by hand.
fn naive(rule: &Rule, profiles: &Profiles, verdicts: &[Option<bool>], text: &str) {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(text) else { return };
    let (1, 1, Some((key, asks))) = (rule.conditions(), fields.len(), fields.iter().next()) else { return };
    let Some(figure) = Figure::ALL.into_iter().find(|figure| figure.label().key() == key) else { return };
    let Some((sign, value)) = asks.as_object().filter(|asks| asks.len() == 1).and_then(|asks| asks.iter().next())
    else {
        return;
    };
    let Some(value) = value.as_f64().filter(|value| value.fract() == 0.0 && value.abs() < 1e6) else { return };
    let holds = |profile: &Profile<'_>| {
        let number = profile.figure(figure)?;
        Some(match sign.as_str() {
            "<" => number < value,
            "<=" => number <= value,
            ">" => number > value,
            ">=" => number >= value,
            _ => return None,
        })
    };
    if ["<", "<=", ">", ">="].contains(&sign.as_str()) {
        let expected: Vec<_> = profiles.iter().map(|profile| holds(&profile)).collect();
        let decided = expected.iter().zip(verdicts).filter(|(expected, _)| expected.is_some());
        assert!(decided.clone().all(|(expected, found)| expected == found), "{text}");
    }
}

fn rule(bytes: &mut Bytes<'_>, depth: u8) -> Option<Rule> {
    let many = |bytes: &mut Bytes<'_>| (0..bytes.below(4)).map(|_| rule(bytes, depth - 1)).collect::<Option<Vec<_>>>();
    match bytes.byte() % 8 {
        0 if depth > 0 => Rule::all(many(bytes)?).ok(),
        1 if depth > 0 => Rule::any(many(bytes)?).ok(),
        2 if depth > 0 => Rule::not(rule(bytes, depth - 1)?).ok(),
        _ => {
            let field = field(bytes);
            let test = test(bytes, &field);
            Rule::new(field, test).ok()
        }
    }
}

fn field(bytes: &mut Bytes<'_>) -> Field {
    match bytes.byte() % 4 {
        0 | 1 => Figure::ALL[bytes.below(Figure::ALL.len())].into(),
        2 => Amount::ALL[bytes.below(Amount::ALL.len())].into(),
        _ => LabelKind::ALL[bytes.below(LabelKind::ALL.len())].into(),
    }
}

fn value(bytes: &mut Bytes<'_>, field: &Field) -> Value {
    match field {
        Field::Label(kind) => {
            let labels = customers().0.labels(*kind);
            labels.get(bytes.below(12)).map_or_else(|| Value::from("none"), |label| Value::from(label.key()))
        }
        _ if bytes.flag() => Value::from(u32::from(bytes.byte())),
        _ => Value::from(if bytes.flag() { bytes.amount() } else { -bytes.amount() }),
    }
}

fn test(bytes: &mut Bytes<'_>, field: &Field) -> Test {
    let kind = bytes.byte() % 9;
    let one = value(bytes, field);
    match kind {
        0 => Test::equal(one),
        1 => Test::not_equal(one),
        2 => Test::below(one),
        3 => Test::at_most(one),
        4 => Test::above(one),
        5 => Test::at_least(one),
        6 => Test::between(one, value(bytes, field)),
        7 => Test::one_of((0..=bytes.below(4)).map(|_| value(bytes, field)).collect::<Vec<_>>()),
        _ => Test::Exists(bytes.flag()),
    }
}
