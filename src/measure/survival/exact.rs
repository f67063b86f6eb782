//! Comparing a survival curve with a share when rounding could decide.

use core::cmp::Ordering;

use super::CurveStep;
use crate::number::wide::{Natural, Upper};

/// Whether the product of the curve's quotients up to `last` is at most `share.0 / share.1`.
pub(super) fn is_at_most(steps: &[CurveStep], last: &CurveStep, share: (u128, u128)) -> bool {
    let mut close = (Upper::from(share.1), Upper::from(share.0));
    for (rest, first) in factors(steps, last) {
        if rest == 0 {
            return true;
        }
        close.0.multiply(rest);
        close.1.multiply(first);
    }
    if let Some(order) = close.0.compare(&close.1) {
        return order == Ordering::Less;
    }
    let (mut left, mut right) = (Natural::from(share.1), Natural::from(share.0));
    for (rest, first) in factors(steps, last) {
        left.multiply(rest);
        right.multiply(first);
    }
    left.compare(&right) != Ordering::Greater
}

/// The quotients whose product is the curve at `last`, none of them 1: fewer than 2^32.
fn factors<'a>(steps: &'a [CurveStep], last: &'a CurveStep) -> impl Iterator<Item = (u64, u64)> + 'a {
    // The spells at the start of a run of steps that no censoring interrupts.
    let mut start = None;
    steps.iter().take_while(|step| step.at_risk >= last.at_risk).filter_map(move |step| {
        let first = *start.get_or_insert(step.at_risk);
        if step.waiting == 0 && step.at_risk > last.at_risk {
            return None;
        }
        start = None;
        let rest = step.at_risk - step.returned;
        (rest < first).then_some((rest, first))
    })
}
