//! A rule that is ready to be asked about customers.

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::scale::Label;
use repurchase::shop::{Attribute, Figure, LastActivity, Profile, ShopModels};
use serde_json::Value;

use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::store::{Asked, LastDay, Scanned, TraitName};
use crate::traits::{TraitKind, Traits};

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

    /// What is said of a customer is asked first, then what was done: where they settle it, whatever the history is, that
    /// is not read. A customer of whom no tag was said has none, and what was not done never was; an attribute of which
    /// nothing was said is unknown.
    pub(crate) fn verdict(&self, models: &ShopModels, row: &Scanned<'_>, today: NaiveDate) -> Result<Verdict, Problem> {
        let (has_traits, has_activities) = (!self.asked.traits.is_empty(), !self.asked.activities.is_empty());
        let is_out = |profile: &Profile<'_>| self.audience.verdict(profile) == Some(false);
        let traits = if has_traits { row.traits()? } else { Traits::default() };
        let names = self.audience.schema().attributes().iter().map(|(name, _)| name.key());
        let attribute =
            |name| if self.asked.traits.contains(name) { traits.attribute(name) } else { Attribute::Unknown };
        let (attributes, tags): (Vec<_>, Vec<_>) = (names.map(attribute).collect(), traits.tags().collect());
        let said = Profile::default().with_attributes(&attributes).with_tags(&tags);
        if has_traits && is_out(&said) {
            return Ok(Verdict::Out);
        }
        let done = if has_activities { row.activities()? } else { Vec::new() };
        let last = last(&done, today);
        if has_activities && is_out(&said.with_activities(&last)) {
            return Ok(Verdict::Out);
        }
        let known = match models.profile(&row.history()?, today) {
            Ok(profile) => profile,
            // A purchase after today is one of a clock that went back: nothing is said of that customer.
            Err(Error::AfterAsOf { .. }) => return Ok(Verdict::Unknown),
            Err(error) => return Err(Problem::internal(&error)),
        };
        // A rule that does not ask for them does not see them.
        let whole = known.with_attributes(&attributes).with_tags(&tags).with_activities(&last);
        Ok(match self.audience.verdict(&whole) {
            Some(true) => Verdict::In(known.figure(Figure::ExpectedValue)),
            Some(false) => Verdict::Out,
            None => Verdict::Unknown,
        })
    }
}

/// What a rule says of a customer.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The customer is meant; with the value that is expected, if there is a model that says so.
    In(Option<f64>),
    Out,
    /// Something unknown would decide.
    Unknown,
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
