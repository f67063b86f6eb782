//! Files that mean harm, or only a typing error: a refusal that names the place.

#![cfg(feature = "serde")]

use repurchase::act::audience::Rule;

#[track_caller]
fn refusal(json: &str) -> String {
    let error = serde_json::from_str::<Rule>(json).expect_err("a wrong rule");
    let text = error.to_string();
    // `serde_json` adds where in the file.
    text.rsplit_once(" at line ").map_or(text.clone(), |(text, _)| text.to_owned())
}

#[test]
fn wrong_places_are_named() {
    let cases = [
        ("3", "rule: expected an object of one key: all, any, not, tag, attribute, days_since or a field, found 3"),
        (
            "{}",
            "rule: expected an object of one key: all, any, not, tag, attribute, days_since or a field, found an object of no key",
        ),
        (
            r#"{"all": [{"r": 5}, {"not": {"r": 1, "f": 2}}]}"#,
            "all[1].not: expected an object of one key: all, any, not, tag, attribute, days_since or a field, \
             found an object of the keys \"r\", \"f\"",
        ),
        (
            r#"{"all": [{"r": 5}, {"not": {"days_since_last": {"<": "soon"}}}]}"#,
            "all[1].not.days_since_last.<: expected a number, found \"soon\"",
        ),
        (r#"{"any": {"r": 5}}"#, "any: expected a list of rules, found an object of the key \"r\""),
        (r#"{"r": {"=": null}}"#, "r.=: expected a number or a text, found null"),
        (r#"{"r": true}"#, "r.=: expected a number or a text, found true"),
        (
            r#"{"r": {"<": 5, ">": 1}}"#,
            "r: expected one comparison: =, !=, <, <=, >, >=, between, in or exists, found the keys \"<\", \">\"",
        ),
        (r#"{"r": {"like": 5}}"#, "r.like: expected =, !=, <, <=, >, >=, between, in or exists, found \"like\""),
        (r#"{"r": {"between": [1, 2, 3]}}"#, "r.between: expected a list of two numbers, found a list of 3"),
        (r#"{"r": {"between": [1, []]}}"#, "r.between[1]: expected a number or a text, found a list of 0"),
        (r#"{"r": {"in": 5}}"#, "r.in: expected a list of values, found 5"),
        (r#"{"r": {"in": [1, {}]}}"#, "r.in[1]: expected a number or a text, found an object of no key"),
        (r#"{"r": {"exists": "yes"}}"#, "r.exists: expected true or false, found \"yes\""),
        (
            r#"{"r": 1e300}"#,
            "r.=: expected a number of at most 28 digits, found the number \"1000000000000000000000000000000000000000\"…",
        ),
        (r#"{"tier": {"<": "vip"}}"#, "tier: expected one of =, !=, in, exists, as texts have no order, found \"<\""),
        (r#"{"tag": 5}"#, "tag: expected a tag, found 5"),
        (r#"{"not": {"tag": ""}}"#, "not.tag: expected a tag, found \"\""),
        (r#"{"attribute": "age"}"#, "attribute: expected an object of a name and a comparison, found \"age\""),
        (r#"{"all": [{"attribute": {"name": "a", "<": "x"}}]}"#, "all[0].attribute.<: expected a number, found \"x\""),
        (r#"{"attribute": {"name": "", "=": 5}}"#, "attribute.name: expected an attribute's name, found \"\""),
        (
            r#"{"not": {"days_since": {"activity": "view", "category": "", "<": 5}}}"#,
            "not.days_since.category: expected a product or category, found \"\"",
        ),
        (r#"{"revenue": {">=": "1_000"}}"#, "revenue.>=: expected a number, found \"1_000\""),
        (r#"{"attribute": {"=": 5}}"#, "attribute.name: expected an attribute's name, found none"),
        (r#"{"attribute": {"name": 4, "=": 5}}"#, "attribute.name: expected an attribute's name, found 4"),
        (
            r#"{"attribute": {"name": "a", "name": "b", "=": 5}}"#,
            "attribute.name: expected one value, found the key again",
        ),
        (
            r#"{"days_since": {"activity": "sniff", "<": 5}}"#,
            "days_since.activity: expected one of view, search, favourite, cart, unpaid_order, purchase, found \"sniff\"",
        ),
        (
            r#"{"days_since": {"activity": "view", "category": 7, "<": 5}}"#,
            "days_since.category: expected a product or category, found 7",
        ),
        (
            r#"{"days_since": {"activity": "view"}}"#,
            "days_since: expected one comparison: =, !=, <, <=, >, >=, between, in or exists, found the key \"activity\"",
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(refusal(json), expected, "{json}");
    }
}

#[test]
fn unknown_fields() {
    let text = refusal(r#"{"any": [{"days_since_lst": {"<": 5}}]}"#);
    assert!(
        text.starts_with("any[0]: expected one of all, any, not, tag, attribute, days_since, purchases, "),
        "{text}"
    );
    assert!(text.ends_with(", churn_risk, found \"days_since_lst\""), "{text}");
    let long = format!(r#"{{"{}": 5}}"#, "x".repeat(100_000));
    let text = refusal(&long);
    assert!(text.len() < 1000 && text.ends_with('…'), "{text}");
}

/// Neither the format's own limit nor the stack is needed to stop these.
#[test]
fn too_deep() {
    let nested = |levels: usize| format!("{}{{\"r\":5}}{}", "{\"not\":".repeat(levels), "}".repeat(levels));
    assert!(serde_json::from_str::<Rule>(&nested(32)).is_ok());
    assert_eq!(refusal(&nested(33)), "depth of a rule must lie between 0 and 32, found 33");
    assert_eq!(refusal(&nested(80)), "a rule has at most 67 levels of lists and objects");
    let lists = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(refusal(&lists(100)), "a rule has at most 67 levels of lists and objects");
    let deepest = format!("{}{{\"r\":{{\"in\":[5]}}}}{}", "{\"all\":[".repeat(32), "]}".repeat(32));
    assert!(serde_json::from_str::<Rule>(&deepest).is_ok(), "the levels allowed are those that a rule can need");
    for levels in [10_000, 1_000_000] {
        assert!(serde_json::from_str::<Rule>(&nested(levels)).is_err());
        assert!(serde_json::from_str::<Rule>(&lists(levels)).is_err());
    }
}

/// A format without a limit of its own: values within values, made on the way.
#[test]
fn deeper_than_any_stack() {
    use serde::Deserialize;
    use serde::de::value::{Error, MapDeserializer};
    use serde::de::{Deserializer, IntoDeserializer, Visitor};

    struct Endless;

    impl IntoDeserializer<'_, Error> for Endless {
        type Deserializer = Self;

        fn into_deserializer(self) -> Self {
            self
        }
    }

    impl<'de> Deserializer<'de> for Endless {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_map(MapDeserializer::new([("not", Endless)].into_iter()))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    let error = Rule::deserialize(Endless).expect_err("an endless rule");
    assert_eq!(error.to_string(), "a rule has at most 67 levels of lists and objects");
}

#[test]
fn too_large() {
    let wide = |count: usize| format!("{{\"any\":[{}]}}", vec![r#"{"r":5}"#; count].join(","));
    assert!(serde_json::from_str::<Rule>(&wide(Rule::MAX_SIZE - 1)).is_ok());
    assert_eq!(refusal(&wide(Rule::MAX_SIZE)), "size of a rule must lie between 0 and 10000, found 10001");
    assert_eq!(refusal(&wide(100_000)), "a rule has at most 70000 values");
    let list = format!(r#"{{"r":{{"in":[{}]}}}}"#, vec!["1"; 200_000].join(","));
    assert_eq!(refusal(&list), "a rule has at most 70000 values");
}

/// No text whatever makes it panic.
#[test]
fn cut_off_anywhere() {
    let json =
        r#"{"all":[{"days_since":{"activity":"cart","category":"鞋","<=":7}},{"revenue":{"between":["1.5",2e3]}}]}"#;
    assert!(serde_json::from_str::<Rule>(json).is_ok());
    for (at, _) in json.char_indices() {
        assert!(serde_json::from_str::<Rule>(&json[..at]).is_err());
        // One character less in the middle: right or wrong, but an answer.
        let shorter: String = json.char_indices().filter(|&(place, _)| place != at).map(|(_, c)| c).collect();
        if let Ok(rule) = serde_json::from_str::<Rule>(&shorter) {
            assert!(rule.conditions() <= 2);
        }
    }
}
