//! Advice about a customer in a person's words.

use rust_decimal::Decimal;

use super::figure::{Amount, Figure};
use super::models::ShopModels;
use super::playbook::{Action, CustomerLabel};
use super::profile::Profile;
use crate::scale::Language;
use crate::scale::words::{count, phrase};
use crate::segment::{ChurnRisk, LabelKind, RfmModel};

impl ShopModels {
    /// The one thing to do for a customer, by the shop's [playbook](ShopModels::playbook), and the kind of the label that
    /// decided. `None` without a purchase, and where the playbook does not cover the label.
    ///
    /// The standing decides where a purchase is expected or late: the new-customer state of customers of one purchase day, the
    /// churn risk of others who are due, overdue or churn-inclined. For a customer within the cycle, it is the segment, a rank;
    /// the churn risk where the segment's action is a reminder or to win back, which would contradict it, and the frequency
    /// band in a shop without segments or of fewer than [`RfmModel::FEW_CUSTOMERS`].
    ///
    /// [`Trigger`](super::Trigger) has an example.
    #[doc(alias = "next best action")]
    pub fn next_action(&self, profile: &Profile<'_>) -> Option<(LabelKind, &Action)> {
        let of = |kind| {
            let label = profile.label(kind)?;
            Some((kind, self.playbook().action_for(CustomerLabel::new(kind, label.key()))?))
        };
        if profile.new_customer_state().is_some() {
            return of(LabelKind::NewCustomerState);
        }
        if profile.churn_risk()? > ChurnRisk::InCycle {
            return of(LabelKind::ChurnRisk);
        }
        let ranks = if self.customers() < RfmModel::FEW_CUSTOMERS { None } else { of(LabelKind::Segment) };
        let calls_back = [Action::WIN_BACK_OFFER, Action::CYCLE_REMINDER];
        match ranks.or_else(|| of(LabelKind::FrequencyBand)) {
            Some((_, action)) if calls_back.iter().any(|one| one.key() == action.key()) => of(LabelKind::ChurnRisk),
            decided => decided,
        }
    }
}

impl Profile<'_> {
    /// The customer in a sentence that a person would say, such as "Usually buys every 9 days, silent for 38; spent 50,993";
    /// `money` writes an amount. `None` without a purchase.
    ///
    /// How often a customer usually buys is the mean gap of three purchase days or more, to the nearest day; of two, the one
    /// gap is told. What was spent is the revenue, less credits.
    pub fn describe(&self, language: Language, money: impl Fn(Decimal) -> String) -> Option<String> {
        let whole = |figure| self.figure(figure).map(|number| format!("{number:.0}"));
        let (silent, spent) = (whole(Figure::DaysSinceLast)?, money(self.amount(Amount::Revenue)?));
        let (purchases, days) = (self.figure(Figure::Purchases)?, self.figure(Figure::PurchaseDays)?);
        let Some(gap) = whole(Figure::MeanGapDays) else {
            let ago = count(&silent, "day");
            let several = whole(Figure::Purchases).filter(|_| purchases > 1.0);
            return Some(match several {
                Some(times) => phrase!(
                    language,
                    "Bought {times} times on one day, {ago} ago; spent {spent}",
                    "{silent} 天前同一天下单 {times} 次，之后未再购买；累计消费 {spent}"
                ),
                None => phrase!(
                    language,
                    "Bought once, {ago} ago; spent {spent}",
                    "{silent} 天前购买过一次，之后未再购买；累计消费 {spent}"
                ),
            });
        };
        let apart = count(&gap, "day");
        Some(if days > 2.0 {
            let every = if gap == "1" { "day" } else { &apart };
            phrase!(
                language,
                "Usually buys every {every}, silent for {silent}; spent {spent}",
                "平均 {gap} 天购买一次，已 {silent} 天未购买；累计消费 {spent}"
            )
        } else {
            phrase!(
                language,
                "Bought twice, {apart} apart, silent for {silent}; spent {spent}",
                "购买过两次，间隔 {gap} 天，已 {silent} 天未购买；累计消费 {spent}"
            )
        })
    }
}
