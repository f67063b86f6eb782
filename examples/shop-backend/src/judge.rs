//! A rule that is ready to be asked about customers.

use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::scale::Label;
use repurchase::shop::{Profile, ShopModels};
use serde_json::Value;

use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::store::{CustomerRow, TraitName};
use crate::traits::TraitKind;

/// An audience, and what is to be read of each customer for it.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) audience: Audience,
    /// Whether the rule asks for tags or attributes.
    pub(crate) asks_for_traits: bool,
}

impl Judge {
    /// A rule about something that the shop does not supply is refused by its name.
    pub(crate) async fn of(app: &App, rule: Value, models: &ShopModels) -> Result<Self, Problem> {
        let text = rule.to_string();
        let refused = |expected: String| Problem::invalid(vec![Fault::new("rule", text.as_str(), expected)]);
        let rule: Rule = serde_json::from_value(rule).map_err(|error| refused(error.to_string()))?;
        let schema = Schema::of(models);
        if let Ok(audience) = Audience::compile(rule.clone(), &schema) {
            return Ok(Self { audience, asks_for_traits: false });
        }
        let names = app.store.trait_names().await?;
        let schema = with_traits(schema, &names).map_err(|error| Problem::internal(&error))?;
        let audience = Audience::compile(rule, &schema).map_err(|error| refused(error.to_string()))?;
        Ok(Self { audience, asks_for_traits: true })
    }

    /// Whether a customer belongs to the audience; `None` where something unknown would decide. A customer of whom no tag
    /// was said has none; an attribute of which nothing was said is unknown.
    pub(crate) fn verdict(&self, profile: &Profile<'_>, row: &CustomerRow) -> Option<bool> {
        if !self.asks_for_traits {
            return self.audience.verdict(profile);
        }
        let names = self.audience.schema().attributes().iter();
        let attributes: Vec<_> = names.map(|(name, _)| row.traits.attribute(name.key())).collect();
        let tags: Vec<_> = row.traits.tags().collect();
        self.audience.verdict(&profile.with_attributes(&attributes).with_tags(&tags))
    }
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
