//! A rule that is ready to be asked about customers.

use chrono::NaiveDate;
use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::scale::Label;
use repurchase::shop::{LastActivity, Profile, ShopModels};
use serde_json::Value;

use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::store::{Beside, CustomerRow, LastDay, TraitName};
use crate::traits::TraitKind;

/// An audience, and what is to be read of each customer for it.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) audience: Audience,
    /// What the rule asks for beside the models.
    pub(crate) beside: Beside,
}

impl Judge {
    /// A rule about something that the shop does not supply is refused by its name.
    pub(crate) async fn of(app: &App, rule: Value, models: &ShopModels) -> Result<Self, Problem> {
        let text = rule.to_string();
        let refused = |expected: String| Problem::invalid(vec![Fault::new("rule", text.as_str(), expected)]);
        let rule: Rule = serde_json::from_value(rule).map_err(|error| refused(error.to_string()))?;
        let plain = Schema::of(models);
        if let Ok(audience) = Audience::compile(rule.clone(), &plain) {
            return Ok(Self { audience, beside: Beside::default() });
        }
        let has_activities = app.store.has_activities().await?;
        let with_activities = |schema: Schema| if has_activities { schema.with_activities() } else { schema };
        let names = app.store.trait_names().await?;
        let traits = with_traits(plain.clone(), &names).map_err(|error| Problem::internal(&error))?;
        // The least that it asks for is read.
        for (schema, beside) in [
            (&traits, Beside { traits: true, activities: false }),
            (&with_activities(plain), Beside { traits: false, activities: true }),
        ] {
            if let Ok(audience) = Audience::compile(rule.clone(), schema) {
                return Ok(Self { audience, beside });
            }
        }
        let audience = Audience::compile(rule, &with_activities(traits)).map_err(|error| refused(error.to_string()))?;
        Ok(Self { audience, beside: Beside { traits: true, activities: true } })
    }

    /// Whether a customer belongs to the audience; `None` where something unknown would decide. A customer of whom no tag
    /// was said has none, and what was not done never was; an attribute of which nothing was said is unknown.
    pub(crate) fn verdict(&self, profile: &Profile<'_>, row: &CustomerRow, today: NaiveDate) -> Option<bool> {
        if self.beside == Beside::default() {
            return self.audience.verdict(profile);
        }
        let names = self.audience.schema().attributes().iter();
        let attributes: Vec<_> = names.map(|(name, _)| row.traits.attribute(name.key())).collect();
        let (tags, last) = (row.traits.tags().collect::<Vec<_>>(), last(&row.activities, today));
        let mut profile = *profile;
        if self.beside.traits {
            profile = profile.with_attributes(&attributes).with_tags(&tags);
        }
        if self.beside.activities {
            profile = profile.with_activities(&last);
        }
        self.audience.verdict(&profile)
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
