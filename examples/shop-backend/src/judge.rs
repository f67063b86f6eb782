//! A rule that is ready to be asked about customers.

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::scale::Label;
use repurchase::shop::{Attribute, LastActivity, Profile, ShopModels};
use serde_json::Value;

use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::store::{Asked, LastDay, Scanned, TraitName};
use crate::traits::TraitKind;

/// An audience, and what is to be read of each customer for it.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) audience: Audience,
    /// What the rule asks for beside the models.
    pub(crate) asked: Asked,
}

impl Judge {
    /// A rule about something that the shop does not supply is refused by its name.
    pub(crate) async fn of(app: &App, rule: Value, models: &ShopModels) -> Result<Self, Problem> {
        let text = rule.to_string();
        let refused = |expected: String| Problem::invalid(vec![Fault::new("rule", text.as_str(), expected)]);
        let rule: Rule = serde_json::from_value(rule).map_err(|error| refused(error.to_string()))?;
        let asked = Asked::by(rule.fields());
        let mut schema = Schema::of(models);
        if !asked.traits.is_empty() {
            let names = app.store.trait_names().await?;
            schema = with_traits(schema, &names).map_err(|error| Problem::internal(&error))?;
        }
        if !asked.activities.is_empty() && app.store.has_activities().await? {
            schema = schema.with_activities();
        }
        let audience = Audience::compile(rule, &schema).map_err(|error| refused(error.to_string()))?;
        Ok(Self { audience, asked })
    }

    /// Whether a customer belongs to the audience, with the customer's profile; `None` where something unknown would
    /// decide. A customer of whom no tag was said has none, and what was not done never was; an attribute of which
    /// nothing was said is unknown.
    ///
    /// A purchase after today is one of a clock that went back: nothing is said of that customer.
    pub(crate) fn verdict<'m>(
        &self,
        models: &'m ShopModels,
        row: &Scanned,
        today: NaiveDate,
    ) -> repurchase::Result<Option<(bool, Profile<'m>)>> {
        let known = match models.profile(&row.history, today) {
            Ok(profile) => profile,
            Err(Error::AfterAsOf { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (mut profile, names) = (known, self.audience.schema().attributes().iter());
        let (attributes, tags, done): (Vec<_>, Vec<_>, Vec<_>);
        if !self.asked.traits.is_empty() {
            let attribute = |name: &str| {
                if self.asked.traits.contains(name) { row.traits.attribute(name) } else { Attribute::Unknown }
            };
            attributes = names.map(|(name, _)| attribute(name.key())).collect();
            tags = row.traits.tags().collect();
            profile = profile.with_attributes(&attributes).with_tags(&tags);
        }
        if !self.asked.activities.is_empty() {
            done = last(&row.activities, today);
            profile = profile.with_activities(&done);
        }
        Ok(self.audience.verdict(&profile).map(|verdict| (verdict, known)))
    }
}

/// What was done after today was by a clock that went back.
fn last(days: &[LastDay], today: NaiveDate) -> Vec<LastActivity<'_>> {
    let last = |done: &'_ LastDay| u32::try_from(today.signed_duration_since(done.day).num_days()).ok();
    let days = days.iter().filter_map(|done| Some((done, last(done)?)));
    days.map(|(done, days_ago)| LastActivity { activity: done.activity, category: &done.category, days_ago }).collect()
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
