//! A shop's own playbook.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, CustomerLabel, Entry, Playbook};
use crate::error::{Error, Result};
use crate::scale::Label;
use crate::scale::label::check_keys;
use crate::segment::{Grid, LabelKind, SpendBands, TierScheme};

/// Builds a [`Playbook`] and checks that no label is left without an action.
///
/// # Examples
///
/// ```
/// use repurchase::shop::{Action, CustomerLabel, PlaybookBuilder};
/// use repurchase::scale::Label;
/// use repurchase::segment::{LabelKind, TierScheme};
/// use rust_decimal::Decimal;
///
/// let names = ["basic", "gold"].map(|key| Label::new(key, key, key));
/// let tiers = TierScheme::new(names.to_vec(), vec![Decimal::new(9, 1)])?;
/// let thanks = Action::GIFT.because("the best customers are thanked", "答谢最好的客户");
/// let builder = PlaybookBuilder::standard().with_tiers(&tiers);
/// let builder = builder.action(CustomerLabel::new(LabelKind::Tier, "gold"), thanks);
/// let error = builder.clone().build().unwrap_err();
/// assert_eq!(error.to_string(), "the playbook has no action for tier/basic");
///
/// let rest = Action::BRAND.because("the others get to know the brand", "让其他客户了解品牌");
/// assert!(builder.otherwise(LabelKind::Tier, rest).build().is_ok());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybookBuilder {
    covered: BTreeMap<LabelKind, Vec<Label>>,
    actions: BTreeMap<LabelKind, BTreeMap<Box<str>, Action>>,
    otherwise: BTreeMap<LabelKind, Action>,
}

impl PlaybookBuilder {
    /// Covers the segments of a grid instead of those before. Actions for segments that both have are kept.
    pub fn with_segments(self, grid: &Grid) -> Self {
        self.covering(LabelKind::Segment, grid.segments().to_vec())
    }

    /// Covers the tiers of a scheme instead of those before. Actions for tiers that both have are kept.
    pub fn with_tiers(self, scheme: &TierScheme) -> Self {
        self.covering(LabelKind::Tier, scheme.names().to_vec())
    }

    /// Covers these price bands instead of those before. Actions for bands that both have are kept.
    pub fn with_spend_bands(self, bands: &SpendBands) -> Self {
        self.covering(LabelKind::SpendBand, bands.labels().to_vec())
    }

    /// Leaves a kind of labels out: the playbook will not cover it, and its actions are dropped.
    pub fn without(mut self, kind: LabelKind) -> Self {
        self.covered.remove(&kind);
        self.actions.remove(&kind);
        self.otherwise.remove(&kind);
        self
    }

    /// Sets what to do with customers of a label, instead of what was set before.
    pub fn action<'a>(mut self, label: impl Into<CustomerLabel<'a>>, action: Action) -> Self {
        let label = label.into();
        self.actions.entry(label.kind()).or_default().insert(label.key().into(), action);
        self
    }

    /// Sets what to do with customers of all labels of a kind that have no action of their own.
    pub fn otherwise(mut self, kind: LabelKind, action: Action) -> Self {
        self.otherwise.insert(kind, action);
        self
    }

    /// Makes the playbook, if every label has an action.
    ///
    /// # Errors
    ///
    /// [`Error::LabelKey`] for two labels of one kind and key; [`Error::PlaybookUnknown`] with all labels that have an
    /// action and are not covered; [`Error::PlaybookGap`] with all labels that are covered and have no action.
    pub fn build(self) -> Result<Playbook> {
        self.covered.values().try_for_each(|labels| check_keys(labels))?;
        let name = |kind: LabelKind, key: &str| format!("{}/{key}", kind.key()).into_boxed_str();
        let labels =
            self.covered.iter().flat_map(|(&kind, labels)| labels.iter().map(move |label| (kind, label.key())));
        let covered: BTreeSet<(LabelKind, &str)> = labels.collect();
        let given = self.actions.iter().flat_map(|(&kind, actions)| actions.keys().map(move |key| (kind, &**key)));
        let unknown = given.filter(|given| !covered.contains(given)).map(|(kind, key)| name(kind, key));
        let others = self.otherwise.keys().filter(|kind| !self.covered.contains_key(kind));
        let labels: Box<[_]> = unknown.chain(others.map(|&kind| name(kind, "*"))).collect();
        if !labels.is_empty() {
            return Err(Error::PlaybookUnknown { labels });
        }
        let covered = self.covered.iter().flat_map(|(&kind, labels)| labels.iter().map(move |label| (kind, label)));
        let gaps = covered.filter(|&(kind, label)| self.find(kind, label).is_none());
        let labels: Box<[_]> = gaps.map(|(kind, label)| name(kind, label.key())).collect();
        if !labels.is_empty() {
            return Err(Error::PlaybookGap { labels });
        }
        Ok(self.preset())
    }

    /// The playbook of actions that a test has found to be total.
    pub(super) fn preset(&self) -> Playbook {
        let entry = |kind, label: &Label| Some(Entry { label: label.clone(), action: self.find(kind, label)?.clone() });
        let entries = |(&kind, labels): (&LabelKind, &Vec<Label>)| {
            (kind, labels.iter().filter_map(|label| entry(kind, label)).collect())
        };
        Playbook { entries: self.covered.iter().map(entries).collect() }
    }

    /// The builder of a stored playbook. All labels of an enumeration must be there, whatever the file says.
    #[cfg(feature = "serde")]
    pub(super) fn stored(entries: BTreeMap<LabelKind, Vec<Entry>>) -> Result<Self> {
        let mut builder = Self::from(Playbook { entries });
        builder.covered.values().try_for_each(|labels| check_keys(labels))?;
        let closed = builder.covered.iter_mut().filter(|(kind, _)| kind.labels().is_some());
        closed.for_each(|(&kind, labels)| *labels = standard_labels(kind));
        Ok(builder)
    }

    fn find(&self, kind: LabelKind, label: &Label) -> Option<&Action> {
        let own = self.actions.get(&kind).and_then(|actions| actions.get(label.key()));
        own.or_else(|| self.otherwise.get(&kind))
    }

    pub(super) fn covering(mut self, kind: LabelKind, labels: Vec<Label>) -> Self {
        fn keys(labels: &[Label]) -> BTreeSet<&str> {
            labels.iter().map(Label::key).collect()
        }
        let before = self.covered.remove(&kind).unwrap_or_default();
        let (known, kept) = (keys(&before), keys(&labels));
        // An action for a label that neither has is a mistake, which `build` reports.
        if let Some(actions) = self.actions.get_mut(&kind) {
            actions.retain(|key, _| kept.contains(&**key) || !known.contains(&**key));
        }
        self.covered.insert(kind, labels);
        self
    }
}

/// The labels of a kind unless the shop has its own: of the default grid, tiers and price bands.
fn standard_labels(kind: LabelKind) -> Vec<Label> {
    match (kind.labels(), kind) {
        (Some(labels), _) => labels.into_iter().cloned().collect(),
        (None, LabelKind::SpendBand) => SpendBands::default().labels().to_vec(),
        (None, LabelKind::Tier) => TierScheme::default().names().to_vec(),
        (None, _) => Grid::rf().segments().to_vec(),
    }
}

/// A playbook without an action, to cover everything that [`standard`](PlaybookBuilder::standard) does.
impl Default for PlaybookBuilder {
    fn default() -> Self {
        let covered = LabelKind::ALL.map(|kind| (kind, standard_labels(kind))).into();
        Self { covered, actions: BTreeMap::new(), otherwise: BTreeMap::new() }
    }
}

impl From<Playbook> for PlaybookBuilder {
    fn from(playbook: Playbook) -> Self {
        let (mut covered, mut actions) = (BTreeMap::new(), BTreeMap::new());
        for (kind, entries) in playbook.entries {
            covered.insert(kind, entries.iter().map(|entry| entry.label.clone()).collect());
            let keyed = entries.into_iter().map(|Entry { label, action }| (label.key().into(), action));
            actions.insert(kind, keyed.collect());
        }
        Self { covered, actions, otherwise: BTreeMap::new() }
    }
}
