//! Reasons for a customer's labels, and the data behind forecasts.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ahead::sample;
use super::figure::Figure;
use super::models::ShopModels;
use super::profile::{Profile, difference};
use crate::error::Result;
use crate::history::CustomerHistory;
use crate::predict::{Known, PurchaseModel, RevivingModel, Sample, Spend};
use crate::scale::Language;
use crate::scale::words::{count, phrase};
use crate::segment::LabelKind;

impl ShopModels {
    /// Says why a customer has the label of a kind: the value that decided and the thresholds around it. `None` where
    /// the customer has no such label.
    pub fn explain(
        &self,
        history: &CustomerHistory,
        as_of: NaiveDate,
        kind: LabelKind,
        language: Language,
    ) -> Option<String> {
        history.days_since_last(as_of)?;
        let score = self.rfm.score(history)?;
        let lifecycle = self.lifecycle();
        match kind {
            LabelKind::Octant => self.octants.explain(score, language).ok(),
            LabelKind::Segment => self.grid.as_ref()?.explain(score, language).ok(),
            LabelKind::FrequencyBand => lifecycle.frequency.explain(history, language),
            LabelKind::SpendBand => self.spend_bands.as_ref()?.explain(history, language),
            LabelKind::NewCustomerState => lifecycle.new_customers.explain(history, as_of, language),
            LabelKind::LifecycleStage => lifecycle.explain(history, as_of, language),
            LabelKind::Tier => Some(self.tiers.explain(history.revenue(), language)),
            LabelKind::ChurnRisk => Some(self.cycles.standing(history, as_of)?.explain(language)),
        }
    }

    /// Says what a score, a cycle or a forecast of a customer rests on, or why there is no P(alive), no day of the next
    /// purchase and no mean spend; money has as many decimals as the shop's finest amount. `None` where the customer
    /// has no such figure otherwise, and for figures that are plain facts of the history.
    pub fn explain_figure(
        &self,
        history: &CustomerHistory,
        as_of: NaiveDate,
        figure: Figure,
        language: Language,
    ) -> Option<String> {
        history.days_since_last(as_of)?;
        match figure {
            Figure::R | Figure::F | Figure::M => self.rfm.explain(history, language),
            Figure::DueDays if self.purchases.model().is_some_and(|model| model.kind().is_of_rhythm()) => {
                self.explain_next(history, as_of, language)
            }
            Figure::ExpectedCycleDays | Figure::CyclesMissed | Figure::OverdueDays | Figure::DueDays => {
                Some(self.cycles.standing(history, as_of)?.explain(language))
            }
            Figure::ProbabilityAlive => self.explain_alive(history, as_of, language),
            Figure::ProbabilityBuys => {
                let (model, sample) = self.forecast_of(history, as_of)?;
                let buys = model.probability_buys(&sample, self.horizon_days);
                Some(self.known(&model, &sample).explain_buys(buys, language))
            }
            Figure::NextPurchaseDays => self.explain_next(history, as_of, language),
            Figure::ExpectedPurchases => {
                let (model, sample) = self.forecast_of(history, as_of)?;
                let purchases = model.expected_purchases(&sample, self.horizon_days);
                Some(self.known(&model, &sample).explain_purchases(purchases, "", language))
            }
            Figure::ExpectedSpend => self.explain_spend(history, as_of, language),
            Figure::ExpectedValue => {
                let value = self.explain_spend(history, as_of, language)?;
                let kept = self.kept.of_customer(history);
                let percent = 100.0 * kept;
                Some(match language {
                    _ if kept >= 1.0 => value,
                    Language::English => format!("{value}; {percent:.1}% of it kept after credits"),
                    Language::Chinese => format!("{value}；扣除退款后预计保留 {percent:.1}%"),
                })
            }
            Figure::UsualValue if self.purchases.model()?.kind().has_dropout() => {
                self.explain_usual(&self.profile(history, as_of).ok()?, history, as_of, language)
            }
            Figure::UsualValue => self.explain_figure(history, as_of, Figure::ExpectedValue, language),
            Figure::ExpectedLoss => self.explain_loss(history, as_of, language),
            _ => None,
        }
    }

    fn forecast_of(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<(RevivingModel, Sample)> {
        Some((self.forecaster()?, sample(history, as_of)?))
    }

    fn known<'a>(&self, model: &RevivingModel, sample: &'a Sample) -> Known<'a> {
        Known { model: model.model().kind(), sample, horizon_days: self.horizon_days }
    }

    /// P(alive), and of customers silent for long what became of those like them.
    fn explain_alive(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        let (model, sample) = self.forecast_of(history, as_of)?;
        let alive = model.probability_alive(&sample);
        let mut words = self.known(&model, &sample).explain_alive(alive, language);
        let returns = self.track().and_then(|track| track.record.returns);
        let silent = returns.filter(|returns| returns.is_silent(alive));
        if let Some(of_others) = silent.and_then(|returns| returns.describe(language)) {
            words += if language == Language::Chinese { "；" } else { "; " };
            words += &of_others;
        }
        Some(words)
    }

    fn explain_next(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        let (model, sample) = self.forecast_of(history, as_of)?;
        let next = model.next_purchase(&sample, self.horizon_days);
        Some(self.known(&model, &sample).explain_next(next, language))
    }

    fn explain_spend(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        let (model, sample) = self.forecast_of(history, as_of)?;
        let (purchases, spend) =
            (model.expected_purchases(&sample, self.horizon_days), Spend::of(self.spend.model(), &sample));
        self.known(&model, &sample).explain_value(purchases, spend, self.decimals(history), language)
    }

    /// The decimals of the finest amount that the tiers were fitted to, or of the customer's where that is finer.
    fn decimals(&self, history: &CustomerHistory) -> u32 {
        let cuts = self.tiers.cuts().cuts().iter().map(Decimal::scale);
        cuts.chain([history.revenue().scale()]).max().unwrap_or(0)
    }

    fn explain_usual(
        &self,
        profile: &Profile<'_>,
        history: &CustomerHistory,
        as_of: NaiveDate,
        language: Language,
    ) -> Option<String> {
        let (usual, decimals) = (profile.figure(Figure::UsualValue)?, self.decimals(history) as usize);
        let (model, sample) = self.forecast_of(history, as_of)?;
        let alive = self.known(&model, &sample).explain_alive(model.probability_alive(&sample), language);
        let days = self.horizon_days;
        Some(match language {
            Language::English => {
                format!("{alive}, and then worth {usual:.decimals$} in the next {}", count(&days.to_string(), "day"))
            }
            Language::Chinese => format!("{alive}，若仍活跃，未来 {days} 天预计贡献 {usual:.decimals$}"),
        })
    }

    fn explain_loss(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        let profile = self.profile(history, as_of).ok()?;
        let (loss, decimals) = (profile.figure(Figure::ExpectedLoss)?, self.decimals(history) as usize);
        let usual = self.explain_usual(&profile, history, as_of, language)?;
        Some(phrase!(
            language,
            "{usual}: {loss:.decimals$} of it expected to be lost",
            "{usual}：其中预计损失 {loss:.decimals$}"
        ))
    }

    /// Says how far a member is from the tiers around, now and after `leaving` of the revenue has left the counted
    /// time; 0 where the whole lifetime counts.
    ///
    /// A tier begins *above* its cut, so that a gap is closed by spending more than it, and a margin of 0 is a drop.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`](crate::Error::AmountOverflow) for a difference that does not fit a `Decimal` exactly.
    pub fn explain_tier(&self, revenue: Decimal, leaving: Decimal, language: Language) -> Result<String> {
        let (left, position) = (difference(revenue, leaving)?, self.tiers.position(revenue));
        let [low, high] = self.tier_cuts(position);
        let (name, to) = (self.tiers.tier(revenue).name(language), self.tiers.tier(left).name(language));
        let tier = match language {
            Language::English => format!("{name}: revenue {revenue}"),
            Language::Chinese => format!("{name}：累计消费 {revenue}"),
        };
        let next = self.tiers.names().get(position + 1).map(|next| next.name(language));
        let above = match next.zip(high) {
            None => String::new(),
            Some((next, high)) => {
                let gap = difference(high, revenue)?;
                match language {
                    Language::English => format!(", {next} above {high}, {gap} more"),
                    Language::Chinese => format!("，高于 {high} 升为{next}，还差 {gap}"),
                }
            }
        };
        let below = match low {
            None => String::new(),
            Some(low) => {
                let margin = difference(left, low)?;
                let (drops, distance) = (margin <= Decimal::ZERO, margin.abs());
                match (language, drops) {
                    (Language::English, true) => {
                        format!(
                            "; {leaving} about to leave, {left} left, {distance} below the cut {low}: drops to {to}"
                        )
                    }
                    (Language::English, false) => {
                        format!("; {leaving} about to leave, {left} left, {distance} above the cut {low}: stays")
                    }
                    (Language::Chinese, true) => {
                        format!("；即将移出 {leaving}，剩余 {left}，低于门槛 {low} 达 {distance}：将降为{to}")
                    }
                    (Language::Chinese, false) => {
                        format!("；即将移出 {leaving}，剩余 {left}，高于门槛 {low} 达 {distance}：保持等级")
                    }
                }
            }
        };
        Ok(tier + &above + &below)
    }
}
