//! Rules of nothing, rules at their limits, rules that are wrong.

use repurchase::Error;
use repurchase::act::audience::{Audience, Field, Rule, Schema, Test};
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::shop::{Figure, Profile};

use super::{all, any, assert_explained, compiled, is, not, schema};

#[test]
fn of_nothing() {
    let nobody = Profile::default();
    let [everybody, no_one] = [compiled(all([])), compiled(any([]))];
    assert!(everybody.matches(&nobody) && !no_one.matches(&nobody));
    assert_eq!((everybody.verdict(&nobody), no_one.verdict(&nobody)), (Some(true), Some(false)));
    assert_explained(&everybody, &nobody, "In: everybody is", "入选：规则包含所有客户");
    assert_explained(&no_one, &nobody, "Out: nobody is in", "未入选：规则不包含任何客户");
    assert!(!compiled(not(all([]))).matches(&nobody) && compiled(not(any([]))).matches(&nobody));
    assert!(compiled(all([not(any([])), any([all([])])])).matches(&nobody));

    let one_of_none = compiled(is(Figure::R, Test::OneOf(Vec::new())));
    let known = Profile::default().with(Figure::R, 5.0);
    assert_eq!((one_of_none.verdict(&known), one_of_none.verdict(&nobody)), (Some(false), None));
}

#[test]
fn no_deeper_and_no_larger_than_allowed() {
    let leaf = || is(Figure::R, Test::equal(5));
    let nested = |levels: usize| (0..levels).try_fold(leaf(), |rule, _| Rule::not(rule));
    let deepest = compiled(nested(Rule::MAX_DEPTH).unwrap());
    assert!(deepest.matches(&Profile::default().with(Figure::R, 5.0)));
    let error = nested(Rule::MAX_DEPTH + 1).unwrap_err();
    assert_eq!(error.to_string(), "depth of a rule must lie between 0 and 32, found 33");

    let wide = |count| Rule::any((0..count).map(|_| leaf()));
    assert!(wide(Rule::MAX_SIZE - 1).is_ok());
    assert_eq!(
        wide(Rule::MAX_SIZE).unwrap_err().to_string(),
        "size of a rule must lie between 0 and 10000, found 10001"
    );
    let list = Rule::new(Figure::R, Test::one_of(0..=10_000u32));
    assert_eq!(list.unwrap_err().to_string(), "size of a rule must lie between 0 and 10000, found 10001");
}

#[test]
fn comparisons_that_do_not_fit_their_field() {
    let error = |field: Field, test| Rule::new(field, test).unwrap_err().to_string();
    assert_eq!(error(Figure::R.into(), Test::below("many")), r#"r.<: expected a number, found "many""#);
    assert_eq!(error(Figure::R.into(), Test::one_of(["1", "x"])), r#"r.in[1]: expected a number, found "x""#);
    assert_eq!(
        error(Figure::R.into(), Test::between(5, 4)),
        "r.between: expected the lower end first, found 5 before 4"
    );
    assert_eq!(error(LabelKind::Tier.into(), Test::equal(3)), "tier.=: expected a label's key, found 3");
    assert_eq!(
        error(LabelKind::Tier.into(), Test::below("vip")),
        r#"tier: expected one of =, !=, in, exists, as texts have no order, found "<""#
    );
    assert_eq!(
        error(LabelKind::ChurnRisk.into(), Test::one_of(["due", "gone"])),
        r#"churn_risk.in[1]: expected one of in_cycle, due, overdue, churn_inclined, found "gone""#
    );
    assert_eq!(Rule::tag("").unwrap_err().to_string(), r#"tag: expected a tag, found """#);
    assert_eq!(error(Field::Tag("a".into()), Test::equal("b")), "tag: expected exists: true, found =");
}

#[test]
fn rules_that_do_not_fit_the_schema() {
    let error = |rule| Audience::compile(rule, &schema()).unwrap_err().to_string();
    let deep = |rule| all([is(Figure::R, Test::equal(5)), any([not(rule)])]);
    assert_eq!(
        error(deep(is(Field::attribute("height"), Test::above(180)))),
        r#"all[1].any[0].not.attribute.name: expected one of age, region, found "height""#
    );
    assert_eq!(
        error(is(Field::attribute("age"), Test::equal("old"))),
        r#"attribute.=: expected a number, found "old""#
    );
    assert_eq!(
        error(not(is(Field::attribute("region"), Test::above(3)))),
        r#"not.attribute: expected one of =, !=, in, exists, as texts have no order, found ">""#
    );
    assert_eq!(error(is(Field::attribute("region"), Test::equal(3))), "attribute.=: expected a text, found 3");
    let none = Audience::compile(is(Field::attribute("age"), Test::equal(3)), &Schema::default());
    let expected = r#"attribute.name: expected no attribute, as the schema has none, found "age""#;
    assert_eq!(none.unwrap_err().to_string(), expected);

    let twice = schema().with_text(Label::new("age", "Age", "年龄"));
    assert_eq!(twice, Err(Error::LabelKey { key: "age".into() }));
}

/// A file may name any number of attributes.
#[test]
fn many_attributes() {
    let label = |key: &str| Label::new(key.to_owned(), key.to_owned(), key.to_owned());
    let schema =
        (0..2_000).try_fold(Schema::default(), |schema, at| schema.with_number(label(&at.to_string()))).unwrap();
    assert_eq!(schema.attributes().len(), 2_000);
    for wrong in ["7", ""] {
        assert_eq!(schema.clone().with_text(label(wrong)), Err(Error::LabelKey { key: wrong.into() }));
    }
}
