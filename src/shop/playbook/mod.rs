//! The playbook: what to do with a customer of each label, and why.

mod action;
mod builder;
mod label;
mod standard;

pub use action::Action;
pub use builder::PlaybookBuilder;
pub use label::CustomerLabel;

use std::collections::BTreeMap;

use super::profile::Profile;
use crate::error::Result;
use crate::scale::words::phrase;
use crate::scale::{Label, Language};
use crate::segment::LabelKind;

/// A total table from labels to actions: every label that it covers has exactly one.
///
/// The default is the [standard playbook](PlaybookBuilder::standard). A shop's own is built from it or from nothing and
/// checked for gaps when it is built. [`ShopModels::playbook`](super::ShopModels::playbook) is the one for the labels of a
/// shop.
///
/// # Examples
///
/// ```
/// use repurchase::shop::{Action, Playbook, PlaybookBuilder};
/// use repurchase::scale::Language;
/// use repurchase::segment::{FrequencyBand, LifecycleStage};
///
/// let playbook = Playbook::default();
/// let stage = LifecycleStage::Repeat(FrequencyBand::High);
/// let action = playbook.action_for(stage).expect("covers all stages");
/// assert_eq!(action.key(), "points_and_coupons");
///
/// let own = Action::GIFT.because("shortest mean gaps: a gift says thanks", "平均购买间隔最短，以礼品答谢");
/// let playbook = PlaybookBuilder::standard().action(stage, own).build()?;
/// assert_eq!(
///     playbook.explain(stage, Language::English).as_deref(),
///     Some("Repeat, high frequency: Gift with the order (shortest mean gaps: a gift says thanks)"),
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("next best action", "win-back"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playbook {
    entries: BTreeMap<LabelKind, Vec<Entry>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Entry {
    label: Label,
    action: Action,
}

impl Playbook {
    /// The action for a customer of a label; `None` only for a label that the playbook does not cover, such as a segment
    /// of another grid.
    pub fn action_for<'a>(&self, label: impl Into<CustomerLabel<'a>>) -> Option<&Action> {
        self.entry(label.into()).map(|entry| &entry.action)
    }

    /// The label, the action and the reason in words; `None` where there is no
    /// [`action_for`](Playbook::action_for) it.
    pub fn explain<'a>(&self, label: impl Into<CustomerLabel<'a>>, language: Language) -> Option<String> {
        let Entry { label, action } = self.entry(label.into())?;
        let (label, name, reason) = (label.name(language), action.name(language), action.reason(language));
        if reason.is_empty() {
            return Some(phrase!(language, "{label}: {name}", "{label}：{name}"));
        }
        Some(phrase!(language, "{label}: {name} ({reason})", "{label}：{name}（{reason}）"))
    }

    /// The action for each label of a customer that the playbook covers, in the order of the kinds.
    pub fn advise<'p>(&'p self, profile: &'p Profile<'_>) -> impl Iterator<Item = (LabelKind, &'p Action)> {
        self.kinds().filter_map(|kind| {
            let label = profile.label(kind)?;
            Some((kind, self.action_for(CustomerLabel::new(kind, label.key()))?))
        })
    }

    /// All labels of a kind and their actions, in the order of the labels; none for a kind that is not covered.
    pub fn actions(&self, kind: LabelKind) -> impl Iterator<Item = (&Label, &Action)> {
        self.entries.get(&kind).into_iter().flatten().map(|entry| (&entry.label, &entry.action))
    }

    /// The kinds of labels that are covered.
    pub fn kinds(&self) -> impl Iterator<Item = LabelKind> {
        self.entries.keys().copied()
    }

    /// The standard playbook, without the kinds for which a shop has labels of its own.
    pub(super) fn standard_for<'a>(labels: impl Fn(LabelKind) -> Vec<&'a Label>) -> Self {
        let mut playbook = Self::default();
        playbook.entries.retain(|&kind, entries| entries.iter().map(|entry| &entry.label).eq(labels(kind)));
        playbook
    }

    /// Keeps the playbook for exactly the labels of a shop, by kind; kinds that the shop does not have are left out.
    pub(super) fn for_labels<'a>(self, labels: impl Fn(LabelKind) -> Vec<&'a Label>) -> Result<Self> {
        let kinds: Vec<_> = self.kinds().collect();
        let builder = kinds.into_iter().fold(PlaybookBuilder::from(self), |builder, kind| match labels(kind) {
            none if none.is_empty() => builder.without(kind),
            labels => builder.covering(kind, labels.into_iter().cloned().collect()),
        });
        builder.build()
    }

    fn entry(&self, label: CustomerLabel<'_>) -> Option<&Entry> {
        self.entries.get(&label.kind())?.iter().find(|entry| entry.label.key() == label.key())
    }
}

/// The standard playbook.
impl Default for Playbook {
    fn default() -> Self {
        PlaybookBuilder::standard().preset()
    }
}

crate::stored::stored! {
    Playbook as entries: BTreeMap<LabelKind, Vec<Entry>> => PlaybookBuilder::stored(entries).and_then(PlaybookBuilder::build)
}
