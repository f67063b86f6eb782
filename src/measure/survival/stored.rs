//! A survival curve as it is stored: the counts from which all else follows.

use core::cmp::Ordering;

use rust_decimal::Decimal;

use super::{CurveStep, Spell, SurvivalCurve, compare};
use crate::error::Error;
use crate::number::money;
use crate::stored::stored;

/// A number of days by which no two days of chrono's calendar are apart.
const MAX_GAP_DAYS: u32 = 1 << 28;

#[derive(serde::Serialize, serde::Deserialize)]
struct StoredStep {
    gap_days: u32,
    quantity: money::Text,
    returned: u64,
    waiting: u64,
}

stored! {
    SurvivalCurve(curve) {
        usual_quantity: money::Text = money::Text(curve.usual_quantity),
        steps: Vec<StoredStep> = curve.steps.iter().map(StoredStep::of).collect(),
    } <=> {
        let quantities = || steps.iter().map(|step| step.quantity.0).chain([usual_quantity.0]);
        let scale = quantities().map(|quantity| quantity.scale()).max().unwrap_or(0);
        let at_scale = |quantity: Decimal| {
            Error::above_zero("quantity", quantity)?;
            let minor = money::minor(quantity, scale).and_then(|minor| money::decimal(minor, scale));
            minor.ok_or(Error::AmountOverflow { field: "quantity" })
        };
        let (mut counts, mut spells) = (Vec::with_capacity(steps.len()), 0u64);
        for (position, step) in steps.iter().enumerate() {
            let (gap_days, quantity) = (step.gap_days, at_scale(step.quantity.0)?);
            Error::within("gap_days", gap_days, 0..=MAX_GAP_DAYS.into())?;
            let (found, max) = (step.returned.saturating_add(step.waiting), u32::MAX.into());
            Error::within("spells of a step", found, 1..=max)?;
            spells = spells.saturating_add(found);
            if spells > max {
                return Err(Error::CountOverflow { field: "number of spells" });
            }
            let ascends = |(before, ..): &(Spell, u64, u64)| {
                compare(before.gap_days, before.quantity, gap_days, quantity) == Ordering::Less
            };
            if !counts.last().is_none_or(ascends) {
                return Err(Error::NotAscending { what: "lengths of spells", position });
            }
            counts.push((Spell { gap_days, quantity, returned: true }, step.returned, step.waiting));
        }
        let usual_quantity = at_scale(usual_quantity.0)?;
        Ok(Self { usual_quantity, steps: super::steps(counts.into_iter(), spells, usual_quantity) })
    }
}

impl StoredStep {
    const fn of(step: &CurveStep) -> Self {
        let &CurveStep { gap_days, quantity, returned, waiting, .. } = step;
        Self { gap_days, quantity: money::Text(quantity), returned, waiting }
    }
}
