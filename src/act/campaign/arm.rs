//! The arms of a campaign, stage by stage.

use super::comparison::Comparison;
use super::funnel::Funnel;
use crate::error::Result;
use crate::scale::label::labels;
use crate::scale::{Confidence, Ratio};

labels! {
    /// A stage of a campaign.
    pub enum Stage[3] {
        /// The time before the campaign, while it is made known.
        Before: "before", "Before", "活动前";
        /// The time while the campaign runs.
        During: "during", "During", "活动中";
        /// The time after the campaign.
        After: "after", "After", "活动后";
    }
}

/// One arm of a campaign: its funnel at each stage, empty where nothing was counted.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{Arm, Funnel, Stage, Verdict};
/// use repurchase::scale::Confidence;
///
/// let funnel = |shown, converted| Funnel::new(shown).with_converted(converted);
/// let treated = Arm::default().with(Stage::Before, funnel(10_000, 200)?).with(Stage::During, funnel(10_000, 500)?);
/// let control = Arm::default().with(Stage::Before, funnel(10_000, 190)?).with(Stage::During, funnel(10_000, 210)?);
///
/// let (rate, confidence) = (Funnel::conversion_rate, Confidence::default());
/// let during = treated.against(&control, Stage::During, rate, confidence).expect("both were shown something");
/// assert_eq!(during.verdict(), Verdict::Better);
/// let stages = [Stage::Before, Stage::During];
/// let effect = treated.change_against(&control, stages, rate, confidence).expect("in both stages");
/// assert!((effect.difference().expect("four groups") - 0.028).abs() < 1e-12);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Arm {
    before: Funnel,
    during: Funnel,
    after: Funnel,
}

impl Arm {
    /// Sets the funnel at a stage.
    #[must_use]
    pub const fn with(mut self, stage: Stage, funnel: Funnel) -> Self {
        *self.stage_mut(stage) = funnel;
        self
    }

    /// The funnel of a stage.
    pub const fn stage(&self, stage: Stage) -> &Funnel {
        match stage {
            Stage::Before => &self.before,
            Stage::During => &self.during,
            Stage::After => &self.after,
        }
    }

    const fn stage_mut(&mut self, stage: Stage) -> &mut Funnel {
        match stage {
            Stage::Before => &mut self.before,
            Stage::During => &mut self.during,
            Stage::After => &mut self.after,
        }
    }

    /// The sum of all stages.
    ///
    /// # Errors
    ///
    /// Those of [`Funnel::merge`].
    pub fn total(&self) -> Result<Funnel> {
        let mut total = self.before;
        total.merge(&self.during)?;
        total.merge(&self.after)?;
        Ok(total)
    }

    /// Adds another part of the arm, of different contacts, stage by stage.
    ///
    /// # Errors
    ///
    /// Those of [`Funnel::merge`]; the arm is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let mut merged = *self;
        Stage::ALL.into_iter().try_for_each(|stage| merged.stage_mut(stage).merge(other.stage(stage)))?;
        *self = merged;
        Ok(())
    }

    /// Compares this arm with the control arm at a stage, by a rate such as [`Funnel::conversion_rate`]; `None` where
    /// the rate is undefined in either.
    pub fn against(
        &self,
        control: &Self,
        stage: Stage,
        rate: impl Fn(&Funnel) -> Option<Ratio>,
        confidence: Confidence,
    ) -> Option<Comparison> {
        Some(Comparison::of_rates(rate(self.stage(stage))?, rate(control.stage(stage))?, confidence))
    }

    /// Compares this arm's change of a rate from one stage to another with the control arm's; `None` where the rate is
    /// undefined in one of the four.
    pub fn change_against(
        &self,
        control: &Self,
        stages: [Stage; 2],
        rate: impl Fn(&Funnel) -> Option<Ratio>,
        confidence: Confidence,
    ) -> Option<Comparison> {
        let [earlier, later] = stages;
        let rates = |arm: &Self| Some([rate(arm.stage(earlier))?, rate(arm.stage(later))?]);
        Some(Comparison::of_changes(rates(self)?, rates(control)?, confidence))
    }
}
