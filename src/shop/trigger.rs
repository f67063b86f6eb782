//! Reasons to act on a customer now.

use super::figure::{Amount, Figure};
use super::profile::Profile;
use super::profiles::Profiles;
use crate::scale::label::labels;
use crate::segment::{ChurnRisk, NewCustomerState};

labels! {
    /// A reason to act on a customer now, by the shop's thresholds. A customer can have several.
    ///
    /// | trigger | of customers of | holds |
    /// |---|---|---|
    /// | [`Late`](Trigger::Late) | two purchase days or more | one expected cycle missed or more |
    /// | [`AtRisk`](Trigger::AtRisk) | two purchase days or more | churn risk overdue or churn-inclined, and P(alive) [`Profiles::LEAST_ALIVE`], 20%, or more, or unknown |
    /// | [`WindowClosing`](Trigger::WindowClosing) | one purchase day | new-customer state at risk: by default 50 to 79 days since it |
    /// | [`DueSoon`](Trigger::DueSoon) | two purchase days or more | the next purchase [due](Figure::DueDays) within 1 to [`DUE_SOON_DAYS`](Trigger::DUE_SOON_DAYS), 7, days |
    /// | [`NearTier`](Trigger::NearTier) | any number | not churn-inclined, and one more order of the mean amount would pass the next tier's cut |
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::scale::Language;
    /// use repurchase::shop::{ShopModels, ShopOptions, Trigger};
    /// use repurchase::{Ledger, Order, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let order = |id, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
    /// let orders = [order("ann", "2026-01-01")?, order("ann", "2026-01-10")?, order("bo", "2026-01-01")?];
    /// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), "2026-02-25".parse()?)?;
    /// let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    ///
    /// // Ann came after 9 days, so within 30, and has been silent for 46; Bo came once, 55 days ago.
    /// let profiles = models.profile_all(&ledger)?;
    /// assert_eq!((profiles.triggered(Trigger::Late), profiles.triggered(Trigger::WindowClosing)), (vec![0], vec![1]));
    /// let ann = profiles.get(0).ok_or("a customer")?;
    /// assert!(ann.triggers().eq([Trigger::Late, Trigger::NearTier]), "10 more than 20 is above every tier's cut");
    /// let words = ann.describe(Language::English, |amount| amount.to_string());
    /// assert_eq!(words.as_deref(), Some("Bought twice, 9 days apart, silent for 46; spent 20"));
    /// let (kind, action) = models.next_action(&ann).ok_or("an action")?;
    /// assert_eq!((kind.key(), action.key()), ("churn_risk", "cycle_reminder"));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("reason to act", "win-back", "next best action"))]
    #[non_exhaustive]
    pub enum Trigger[5] {
        /// The purchase that was expected has not come.
        Late: "late", "Late", "已过回购期";
        /// It is overdue by a cycle or more, and the customer may yet be won back.
        AtRisk: "at_risk", "At risk of being lost", "流失预警";
        /// Bought once, and is about to count as lost.
        WindowClosing: "window_closing", "Window for the second order closing", "二购窗口将关闭";
        /// The next purchase is due within a week: the expected cycle ends, which is not to say that the purchase is likely;
        /// where the shop's model has a rhythm, it is as likely as not.
        DueSoon: "due_soon", "Due this week", "本周到期";
        /// One more order reaches the next tier.
        NearTier: "near_tier", "Close to the next tier", "临近升级";
    }
}

impl Trigger {
    /// The days ahead within which a customer is due soon: a choice of this crate.
    pub const DUE_SOON_DAYS: u32 = 7;

    fn holds(self, profile: &Profile<'_>) -> bool {
        let figure = |figure| profile.figure(figure);
        let risk = profile.churn_risk();
        match self {
            Self::Late => profile.came_again() && risk.is_some_and(|risk| risk > ChurnRisk::InCycle),
            Self::AtRisk => {
                let may_be_there = figure(Figure::ProbabilityAlive).is_none_or(|alive| alive >= Profiles::LEAST_ALIVE);
                profile.came_again() && may_be_there && risk.is_some_and(|risk| risk >= ChurnRisk::Overdue)
            }
            Self::WindowClosing => profile.new_customer_state() == Some(NewCustomerState::AtRisk),
            Self::DueSoon => figure(Figure::DueDays).is_some_and(|days| days <= f64::from(Self::DUE_SOON_DAYS)),
            Self::NearTier => {
                let [gap, order] = [Amount::TierGap, Amount::MeanOrderAmount].map(|amount| profile.amount(amount));
                let is_near = gap.zip(order).is_some_and(|(gap, order)| gap < order);
                is_near && risk.is_some_and(|risk| risk < ChurnRisk::ChurnInclined)
            }
        }
    }
}

impl Profile<'_> {
    /// Every reason to act that holds, in the order of [`Trigger::ALL`]; what is unknown holds none.
    pub fn triggers(&self) -> impl Iterator<Item = Trigger> + '_ {
        Trigger::ALL.into_iter().filter(|trigger| trigger.holds(self))
    }
}

impl Profiles {
    /// The positions of the customers for whom a reason to act holds, in descending order of [`Figure::UsualValue`], what is
    /// at risk in each; those of whom it is unknown come last. Ties go by the revenue so far, then by the order of the
    /// customers.
    pub fn triggered(&self, trigger: Trigger) -> Vec<usize> {
        let holds = |profile: &Profile<'_>| trigger.holds(profile);
        let found = self.iter().enumerate().filter(|(_, profile)| holds(profile));
        let mut found: Vec<_> = found
            .map(|(position, profile)| {
                let usual = profile.figure(Figure::UsualValue).unwrap_or(f64::NEG_INFINITY);
                (position, usual, profile.amount(Amount::Revenue))
            })
            .collect();
        found.sort_by(|left, right| right.1.total_cmp(&left.1).then(right.2.cmp(&left.2)));
        found.into_iter().map(|(position, ..)| position).collect()
    }
}
