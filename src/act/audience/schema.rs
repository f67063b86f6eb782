//! What a rule may say of the shop's own.

use crate::error::{Error, Result};
use crate::scale::Label;
use crate::scale::label::check_keys;

use super::field::LabelField;

/// Whether an attribute is a number or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum AttributeKind {
    /// Such as an age.
    Number,
    /// Such as a region.
    Text,
}

/// The attributes that a shop knows of its customers, and the names of its own labels.
///
/// An attribute's values stand in a [`Profile`](super::Profile) in the order in which the attributes were added here,
/// so that no name is looked up for each customer. Segments, price bands and tiers that are named here are the only
/// ones that a rule may ask for; where none is named, any key is taken.
///
/// # Examples
///
/// ```
/// use repurchase::act::audience::{Audience, LabelField, Rule, Schema, Test};
/// use repurchase::scale::{Label, Language};
/// use repurchase::segment::TierScheme;
///
/// let schema = Schema::default()
///     .with_number(Label::new("age", "age", "年龄"))?
///     .with_labels(LabelField::Tier, TierScheme::default().names())?;
/// let vips = Audience::compile(Rule::new(LabelField::Tier, Test::equal("vip"))?, &schema)?;
/// assert_eq!(vips.describe(Language::Chinese), "满足以下条件的客户：会员等级为「VIP会员」。");
///
/// let typo = Audience::compile(Rule::new(LabelField::Tier, Test::equal("vipp"))?, &schema);
/// let expected = r#"tier.=: expected one of ordinary, senior, vip, supreme, found "vipp""#;
/// assert_eq!(typo.unwrap_err().to_string(), expected);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    attributes: Vec<(Label, AttributeKind)>,
    labels: Vec<(LabelField, Vec<Label>)>,
}

impl Schema {
    /// With one attribute more, a number.
    ///
    /// # Errors
    ///
    /// [`Error::LabelKey`] for a key that is empty or there already.
    pub fn with_number(self, name: Label) -> Result<Self> {
        self.with_attribute(name, AttributeKind::Number)
    }

    /// With one attribute more, a text.
    ///
    /// # Errors
    ///
    /// As [`with_number`](Schema::with_number).
    pub fn with_text(self, name: Label) -> Result<Self> {
        self.with_attribute(name, AttributeKind::Text)
    }

    /// With one attribute more.
    ///
    /// # Errors
    ///
    /// As [`with_number`](Schema::with_number).
    pub fn with_attribute(mut self, name: Label, kind: AttributeKind) -> Result<Self> {
        let is_known = || self.attributes.iter().any(|(other, _)| other.key() == name.key());
        if name.key().is_empty() || is_known() {
            return Err(Error::LabelKey { key: name.key().into() });
        }
        self.attributes.push((name, kind));
        Ok(self)
    }

    /// With all labels that a field can have, in place of those given before.
    ///
    /// For segments, price bands and tiers: the labels of [`Grid`](crate::segment::Grid),
    /// [`SpendBands`](crate::segment::SpendBands) and [`TierModel`](crate::segment::TierModel). A field whose labels
    /// are the crate's own keeps them.
    ///
    /// # Errors
    ///
    /// [`Error::LabelKey`] for two labels of one key, or one of none.
    pub fn with_labels(mut self, field: LabelField, labels: &[Label]) -> Result<Self> {
        check_keys(labels)?;
        self.labels.retain(|&(other, _)| other != field);
        self.labels.push((field, labels.to_vec()));
        Ok(self)
    }

    /// The attributes, in the order in which a profile holds them.
    pub fn attributes(&self) -> &[(Label, AttributeKind)] {
        &self.attributes
    }

    /// The labels of a field; `None` where any key is taken.
    pub(super) fn labels(&self, field: LabelField) -> Option<Vec<&Label>> {
        let own = || self.labels.iter().find(|&&(other, _)| other == field);
        field.values().or_else(|| own().map(|(_, labels)| labels.iter().collect()))
    }

    /// An attribute's place in a profile.
    pub(super) fn attribute(&self, key: &str) -> Option<(usize, AttributeKind)> {
        let place = self.attributes.iter().position(|(name, _)| name.key() == key)?;
        self.attributes.get(place).map(|&(_, kind)| (place, kind))
    }
}
