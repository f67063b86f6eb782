//! A rule that is ready to be asked about customers.

use std::collections::HashMap;

use chrono::NaiveDate;
use repurchase::act::audience::{Audience, Field, Rule, Schema};
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::shop::{Attribute, Figure, LastActivity, Profile, ShopModels};
use serde_json::Value;

use crate::app::App;
use crate::everybody::{Done, Row};
use crate::problem::{Fault, Problem};
use crate::store::{LastDay, TraitName};
use crate::traits::{TraitKind, Traits};
use crate::visitors::{Visitor, Visitors};

/// An audience, and what it asks for beside the models.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) audience: Audience,
    asks_for_traits: bool,
    asks_for_activities: bool,
    /// Of a rule that asks for the probability of a first purchase.
    visitors: Option<OfVisitors>,
}

/// The visitors of today, and what rules ask of them beside it.
#[derive(Debug)]
struct OfVisitors {
    /// Ascending by id.
    all: Vec<Visitor>,
    traits: HashMap<String, Traits>,
    done: HashMap<String, Vec<LastDay>>,
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
        let asks_for_visitors = asks_for(|field| matches!(field, Field::Figure(Figure::ProbabilityFirstPurchase)));
        let mut visitors = None;
        if asks_for_visitors && let Some(all) = Visitors::now(app).await?.ranked() {
            schema = schema.with_figure(Figure::ProbabilityFirstPurchase);
            let (mut traits, mut done) = (HashMap::new(), HashMap::new());
            if asks_for_traits {
                traits = app.store.traits_without_purchase().await?;
            }
            if asks_for_activities {
                done = app.store.last_days_without_purchase().await?;
            }
            visitors = Some(OfVisitors { all, traits, done });
        }
        let audience = Audience::compile(rule, &schema).map_err(|error| refused(error.to_string()))?;
        Ok(Self { audience, asks_for_traits, asks_for_activities, visitors })
    }

    /// The visitors behind one, ascending by id, where the rule is asked of these: it names the probability of a first
    /// purchase, which nobody else has.
    pub(crate) fn visitors<'a>(&'a self, behind: Option<&str>) -> Option<impl Iterator<Item = &'a Visitor> + use<'a>> {
        let all = &self.visitors.as_ref()?.all;
        let first = behind.map_or(0, |id| all.partition_point(|visitor| visitor.customer_id.as_str() <= id));
        Some(all[first..].iter())
    }

    /// Of somebody who has not bought, models know nothing else.
    pub(crate) fn verdict_of_visitor(&self, visitor: &Visitor, today: NaiveDate) -> Verdict<'static> {
        let of = self.visitors.as_ref();
        let traits = of.and_then(|of| of.traits.get(&visitor.customer_id));
        let said: Vec<_> = traits.into_iter().flat_map(Traits::attributes).collect();
        let tags: Vec<_> = traits.into_iter().flat_map(Traits::tags).collect();
        let done = of.and_then(|of| of.done.get(&visitor.customer_id)).into_iter().flatten();
        let done = done.map(|last| Done { activity: last.activity, category: &last.category, day: last.day });
        let known = Profile::default().with(Figure::ProbabilityFirstPurchase, visitor.probability);
        match self.asked(&known, &said, &tags, &done.collect::<Vec<_>>(), today) {
            Some(true) => Verdict::In { value: None, segment: None },
            Some(false) => Verdict::Out,
            None => Verdict::Unknown,
        }
    }

    /// A customer of whom no tag was said has none, and what was not done never was; an attribute of which nothing was said
    /// is unknown.
    pub(crate) fn verdict<'a>(&self, row: &Row<'a>, today: NaiveDate) -> Verdict<'a> {
        let Some(known) = row.profile() else { return Verdict::Unknown };
        // A rule that does not ask for them does not see them.
        let (said, tags) = if self.asks_for_traits { (row.attributes(), row.tags()) } else { Default::default() };
        let done = if self.asks_for_activities { row.done() } else { Vec::new() };
        match self.asked(&known, &said, &tags, &done, today) {
            Some(true) => {
                Verdict::In { value: known.figure(Figure::ExpectedValue), segment: known.label(LabelKind::Segment) }
            }
            Some(false) => Verdict::Out,
            None => Verdict::Unknown,
        }
    }

    fn asked(
        &self,
        known: &Profile<'_>,
        said: &[(&str, Attribute<'_>)],
        tags: &[&str],
        done: &[Done<'_>],
        today: NaiveDate,
    ) -> Option<bool> {
        let names = self.audience.schema().attributes().iter().map(|(name, _)| name.key());
        let attribute =
            |name| said.iter().find(|(own, _)| *own == name).map_or(Attribute::Unknown, |(_, value)| *value);
        let (attributes, last): (Vec<_>, Vec<_>) = (names.map(attribute).collect(), last(done, today));
        self.audience.verdict(&known.with_attributes(&attributes).with_tags(tags).with_activities(&last))
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
