//! The arms of a campaign, stage by stage.

use super::funnel::Funnel;
use super::measure::FunnelRate;
use super::rates::{DifferenceInDifferences, RateComparison};
use crate::error::Result;
use crate::scale::Label;

/// A stage of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Stage {
    /// Before it, while it is made known.
    Before,
    /// While it runs.
    During,
    /// After it.
    After,
}

impl Stage {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::Before => const { &Label::preset("before", "Before", "活动前") },
            Self::During => const { &Label::preset("during", "During", "活动中") },
            Self::After => const { &Label::preset("after", "After", "活动后") },
        }
    }
}

/// One arm of a campaign: a [`Funnel`] at each stage, empty where nothing happened.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{Arm, Funnel, FunnelFigures, FunnelRate, Stage, Verdict};
///
/// let funnel = |shown, converted| Funnel::new(FunnelFigures { shown, converted, ..FunnelFigures::default() });
/// let treated = Arm::new().with(Stage::Before, funnel(10_000, 200)?).with(Stage::During, funnel(10_000, 500)?);
/// let control = Arm::new().with(Stage::Before, funnel(10_000, 190)?).with(Stage::During, funnel(10_000, 210)?);
///
/// let during = treated.against(&control, Stage::During, FunnelRate::Conversion).expect("both were shown something");
/// assert_eq!(during.verdict(), Verdict::Better);
/// let stages = [Stage::Before, Stage::During];
/// let effect = treated.change_against(&control, stages, FunnelRate::Conversion).expect("in both stages");
/// assert!((effect.value().expect("four groups") - 0.028).abs() < 1e-12);
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
    /// An arm to which nothing has happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this funnel at a stage.
    #[must_use]
    pub const fn with(mut self, stage: Stage, funnel: Funnel) -> Self {
        match stage {
            Stage::Before => self.before = funnel,
            Stage::During => self.during = funnel,
            Stage::After => self.after = funnel,
        }
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

    /// All stages taken together.
    ///
    /// # Errors
    ///
    /// Those of [`Funnel::merge`].
    pub fn total(&self) -> Result<Funnel> {
        self.before.merge(&self.during)?.merge(&self.after)
    }

    /// Stage by stage with another part of the arm, of different contacts.
    ///
    /// # Errors
    ///
    /// Those of [`Funnel::merge`].
    pub fn merge(&self, other: &Self) -> Result<Self> {
        Ok(Self {
            before: self.before.merge(&other.before)?,
            during: self.during.merge(&other.during)?,
            after: self.after.merge(&other.after)?,
        })
    }

    /// This arm against the control arm at a stage; `None` where the rate is undefined in either.
    pub fn against(&self, control: &Self, stage: Stage, rate: FunnelRate) -> Option<RateComparison> {
        Some(RateComparison::new(self.stage(stage).rate(rate)?, control.stage(stage).rate(rate)?))
    }

    /// This arm's change from one stage to another against the control arm's; `None` where the rate is undefined in one
    /// of the four.
    pub fn change_against(
        &self,
        control: &Self,
        stages: [Stage; 2],
        rate: FunnelRate,
    ) -> Option<DifferenceInDifferences> {
        let [earlier, later] = stages;
        let rates = |arm: &Self| Some([arm.stage(earlier).rate(rate)?, arm.stage(later).rate(rate)?]);
        Some(DifferenceInDifferences::new(rates(self)?, rates(control)?))
    }
}
