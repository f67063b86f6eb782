//! What a stored rule asks about goes by its key.

use std::collections::BTreeSet;

use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Figure};

#[test]
fn no_two_fields_share_a_key() {
    let figures = Figure::ALL.iter().map(|figure| figure.label().key());
    let amounts = Amount::ALL.iter().map(|amount| amount.label().key());
    let labels = LabelKind::ALL.iter().map(|kind| kind.label().key());
    let reserved = ["all", "any", "not", "tag", "attribute", "days_since"].into_iter();
    let keys: Vec<&str> = figures.chain(amounts).chain(labels).chain(reserved).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{keys:?}");
}
