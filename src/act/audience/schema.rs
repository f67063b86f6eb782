//! The shop's own fields and labels that a rule may name.

use super::condition::{quoted, wrong};
use super::field::Field;
use crate::error::{Error, Result};
use crate::scale::Label;
use crate::scale::label::check_keys;
use crate::segment::LabelKind;
use crate::shop::{Amount, Figure, ShopModels};

/// Whether an attribute is a number or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum AttributeKind {
    /// A number, such as an age.
    Number,
    /// A text, such as a region.
    Text,
}

/// The attributes that a shop knows of its customers, and the names of its own labels.
///
/// A [`Profile`](crate::shop::Profile) holds the values of attributes in the order in which they were added here, so that
/// no name is looked up for each customer. Where segments, price bands or tiers are named, a rule may ask for no others;
/// where none is named, any key is taken.
///
/// # Examples
///
/// ```
/// use repurchase::act::audience::{Audience, Rule, Schema, Test};
/// use repurchase::scale::{Label, Language};
/// use repurchase::segment::{LabelKind, TierScheme};
///
/// let schema = Schema::default()
///     .with_number(Label::new("age", "age", "年龄"))?
///     .with_labels(LabelKind::Tier, TierScheme::default().names())?;
/// let vips = Audience::compile(Rule::new(LabelKind::Tier, Test::equal("vip"))?, &schema)?;
/// assert_eq!(vips.describe(Language::Chinese), "满足以下条件的客户：会员等级为「VIP会员」。");
///
/// let typo = Audience::compile(Rule::new(LabelKind::Tier, Test::equal("vipp"))?, &schema);
/// let expected = r#"tier.=: expected one of ordinary, senior, vip, supreme, found "vipp""#;
/// assert_eq!(typo.unwrap_err().to_string(), expected);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    attributes: Vec<(Label, AttributeKind)>,
    labels: Vec<(LabelKind, Vec<Label>)>,
    /// `None` where no shop has said what it supplies: everything may be asked for.
    supplied: Option<Supplied>,
}

/// The fields of each customer that a shop supplies.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Supplied {
    figures: Vec<Figure>,
    labels: Vec<LabelKind>,
    activities: bool,
    tags: bool,
}

impl Schema {
    /// The schema that [`ShopModels::profile`] supplies of each customer, with the names of the shop's labels. A rule
    /// about anything else, which would never select anybody, is refused when it is
    /// [compiled](super::Audience::compile): a price band of a shop without bands, an expected value without a model of
    /// spend, a tag or an activity. The caller announces what it adds to the profiles by
    /// [`with_figure`](Schema::with_figure), [`with_tags`](Schema::with_tags),
    /// [`with_activities`](Schema::with_activities), [`with_number`](Schema::with_number) and
    /// [`with_text`](Schema::with_text).
    pub fn of(models: &ShopModels) -> Self {
        let (mut labels, mut kinds) = (Vec::new(), Vec::new());
        for kind in LabelKind::ALL {
            let names = models.labels(kind);
            if !names.is_empty() {
                kinds.push(kind);
                labels.push((kind, names.into_iter().cloned().collect()));
            }
        }
        let figures = Figure::ALL.into_iter().filter(|&figure| models.supplies(figure)).collect();
        let supplied = Supplied { figures, labels: kinds, activities: false, tags: false };
        Self { attributes: Vec::new(), labels, supplied: Some(supplied) }
    }

    /// The caller gives a figure that the shop does not, such as a quantity over the usual one.
    pub fn with_figure(mut self, figure: Figure) -> Self {
        if let Some(supplied) = &mut self.supplied {
            supplied.figures.push(figure);
        }
        self
    }

    /// The caller gives the tags of each customer.
    pub const fn with_tags(mut self) -> Self {
        if let Some(supplied) = &mut self.supplied {
            supplied.tags = true;
        }
        self
    }

    /// The caller gives the last activities of each customer.
    pub const fn with_activities(mut self) -> Self {
        if let Some(supplied) = &mut self.supplied {
            supplied.activities = true;
        }
        self
    }

    /// Adds an attribute that is a number.
    ///
    /// # Errors
    ///
    /// [`Error::LabelKey`] for a key that is empty or there already.
    pub fn with_number(self, name: Label) -> Result<Self> {
        self.with_attribute(name, AttributeKind::Number)
    }

    /// Adds an attribute that is a text.
    ///
    /// # Errors
    ///
    /// As [`with_number`](Schema::with_number).
    pub fn with_text(self, name: Label) -> Result<Self> {
        self.with_attribute(name, AttributeKind::Text)
    }

    fn with_attribute(mut self, name: Label, kind: AttributeKind) -> Result<Self> {
        let is_known = || self.attributes.iter().any(|(other, _)| other.key() == name.key());
        if name.key().is_empty() || is_known() {
            return Err(Error::LabelKey { key: name.key().into() });
        }
        self.attributes.push((name, kind));
        Ok(self)
    }

    /// Sets all labels that a field can have, in place of those given before.
    ///
    /// For segments, price bands and tiers: the labels of [`Grid`](crate::segment::Grid),
    /// [`SpendBands`](crate::segment::SpendBands) and [`TierModel`](crate::segment::TierModel). A field whose labels
    /// are the crate's own keeps them.
    ///
    /// # Errors
    ///
    /// [`Error::LabelKey`] for labels with the same or an empty key.
    pub fn with_labels(mut self, field: LabelKind, labels: &[Label]) -> Result<Self> {
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
    pub(super) fn labels(&self, field: LabelKind) -> Option<Vec<&Label>> {
        let own = || self.labels.iter().find(|&&(other, _)| other == field);
        field.labels().or_else(|| own().map(|(_, labels)| labels.iter().collect()))
    }

    /// An attribute's place in a profile.
    pub(super) fn attribute(&self, key: &str) -> Option<(usize, AttributeKind)> {
        let place = self.attributes.iter().position(|(name, _)| name.key() == key)?;
        self.attributes.get(place).map(|&(_, kind)| (place, kind))
    }

    /// Refuses a field that would always be unknown. Attributes are looked up by their names.
    pub(super) fn check_supplied(&self, field: &Field) -> Result<()> {
        let Some(supplied) = &self.supplied else { return Ok(()) };
        let refused = match field {
            Field::Figure(figure) => !supplied.figures.contains(figure),
            Field::Label(kind) => !supplied.labels.contains(kind),
            Field::DaysSince { .. } if !supplied.activities => {
                return Err(wrong(field.key(), "no activity, as the shop supplies none", "one"));
            }
            Field::Tag(tag) if !supplied.tags => {
                return Err(wrong(field.key(), "no tag, as the shop supplies none", &quoted(tag)));
            }
            Field::Amount(_) | Field::DaysSince { .. } | Field::Attribute(_) | Field::Tag(_) => false,
        };
        if !refused {
            return Ok(());
        }
        let figures = supplied.figures.iter().map(|figure| figure.label().key());
        let amounts = Amount::ALL.iter().map(|amount| amount.label().key());
        let labels = supplied.labels.iter().map(|kind| kind.label().key());
        let keys: Vec<_> = figures.chain(amounts).chain(labels).collect();
        let expected = format!("what the shop supplies, one of {}", keys.join(", "));
        Err(wrong(field.key(), &expected, &quoted(field.key())))
    }
}
