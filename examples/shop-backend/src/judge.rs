//! A rule that is ready to be asked about customers.

use chrono::NaiveDate;
use repurchase::act::audience::{Audience, Field, Rule, Schema};
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::shop::{Attribute, Figure, LastActivity, ShopModels};
use serde_json::Value;

use crate::app::App;
use crate::everybody::{Done, Row};
use crate::problem::{Fault, Problem};
use crate::store::TraitName;
use crate::traits::TraitKind;

/// An audience, and what it asks for beside the models.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) audience: Audience,
    asks_for_traits: bool,
    asks_for_activities: bool,
}

impl Judge {
    /// A rule about something that the shop does not supply is refused by its name.
    pub(crate) async fn of(app: &App, rule: Value, models: &ShopModels) -> Result<Self, Problem> {
        let text = rule.to_string();
        let refused = |expected: String| Problem::invalid(vec![Fault::new("rule", text.as_str(), expected)]);
        let rule: Rule = serde_json::from_value(rule).map_err(|error| refused(error.to_string()))?;
        let asks_for = |is_it: fn(&Field) -> bool| rule.fields().into_iter().any(is_it);
        let asks_for_traits = asks_for(|field| matches!(field, Field::Tag(_) | Field::Attribute(_)));
        let asks_for_activities = asks_for(|field| matches!(field, Field::DaysSince { .. }));
        let mut schema = Schema::of(models);
        if asks_for_traits {
            let names = app.store.trait_names().await?;
            schema = with_traits(schema, &names).map_err(|error| Problem::internal(&error))?;
        }
        if asks_for_activities && app.store.has_activities().await? {
            schema = schema.with_activities();
        }
        let audience = Audience::compile(rule, &schema).map_err(|error| refused(error.to_string()))?;
        Ok(Self { audience, asks_for_traits, asks_for_activities })
    }

    /// A customer of whom no tag was said has none, and what was not done never was; an attribute of which nothing was said
    /// is unknown.
    pub(crate) fn verdict<'a>(&self, row: &Row<'a>, today: NaiveDate) -> Verdict<'a> {
        let Some(known) = row.profile() else { return Verdict::Unknown };
        // A rule that does not ask for them does not see them.
        let (said, tags) = if self.asks_for_traits { (row.attributes(), row.tags()) } else { Default::default() };
        let done = if self.asks_for_activities { row.done() } else { Vec::new() };
        let names = self.audience.schema().attributes().iter().map(|(name, _)| name.key());
        let attribute =
            |name| said.iter().find(|(own, _)| *own == name).map_or(Attribute::Unknown, |(_, value)| *value);
        let (attributes, last): (Vec<_>, Vec<_>) = (names.map(attribute).collect(), last(&done, today));
        let whole = known.with_attributes(&attributes).with_tags(&tags).with_activities(&last);
        match self.audience.verdict(&whole) {
            Some(true) => {
                Verdict::In { value: known.figure(Figure::ExpectedValue), segment: known.label(LabelKind::Segment) }
            }
            Some(false) => Verdict::Out,
            None => Verdict::Unknown,
        }
    }
}

/// What a rule says of a customer.
#[derive(Debug)]
pub(crate) enum Verdict<'a> {
    /// The customer is meant; with the value that is expected, if there is a model that says so, and the segment.
    In {
        value: Option<f64>,
        segment: Option<&'a Label>,
    },
    Out,
    /// Something unknown would decide.
    Unknown,
}

/// What was done after today was by a clock that went back.
fn last<'a>(done: &[Done<'a>], today: NaiveDate) -> Vec<LastActivity<'a>> {
    let last = |done: &Done<'a>| {
        let days_ago = u32::try_from(today.signed_duration_since(done.day).num_days()).ok()?;
        Some(LastActivity { activity: done.activity, category: done.category, days_ago })
    };
    done.iter().filter_map(last).collect()
}

/// What the shop has said of its customers, and nothing else, may be asked for.
fn with_traits(schema: Schema, names: &[TraitName]) -> repurchase::Result<Schema> {
    names.iter().try_fold(schema, |schema, TraitName { name, kind, .. }| {
        let label = || Label::new(name.clone(), name.clone(), name.clone());
        match kind {
            TraitKind::Tag => Ok(schema.with_tags()),
            TraitKind::Number => schema.with_number(label()),
            TraitKind::Text => schema.with_text(label()),
        }
    })
}
