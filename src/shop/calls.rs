//! The order in which to call customers.

use core::cmp::Ordering;

use super::figure::{Amount, Figure};
use super::profiles::Profiles;
use crate::segment::{ChurnRisk, LabelKind};

impl Profiles {
    /// The least P(alive) of a customer to [call](Profiles::calls): what others would bring is expected to be lost for the
    /// most part, although some of them do come back (of CDNOW's, 36 of 127 in 39 weeks). A choice of this crate.
    pub const LEAST_ALIVE: f64 = 0.2;

    /// Returns whom to call first: the positions of the customers who are late and may yet be won back, those first
    /// with whom most is at stake.
    ///
    /// **Population**: customers of two purchase days or more who have missed one cycle or more (churn risk due, overdue
    /// or churn-inclined) and whose P(alive) is [`LEAST_ALIVE`](Profiles::LEAST_ALIVE),
    /// 20%, or more; where P(alive) is unknown, all of them.
    ///
    /// They stand in descending order of [`Figure::ExpectedLoss`], which
    /// [`ShopModels::explain_figure`](super::ShopModels::explain_figure) says in words; those without one come last.
    /// Ties, and shops without a model of spend, go by the revenue expected, then by the revenue so far, then by the
    /// order of the customers.
    ///
    /// # Formula
    ///
    /// `loss = (1 - P) v / P`, with the probability `P` that the customer is still there and the revenue `v` expected
    /// within the horizon. `v / P` is what the customer brings if still there; with the probability `1 - P` that is
    /// lost.
    #[doc(alias("win-back", "retention"))]
    pub fn calls(&self) -> Vec<usize> {
        let risk = self.label(LabelKind::ChurnRisk).0;
        let mut late: Vec<(usize, [f64; 2])> = (0..self.len())
            .filter(|&position| risk.key_at(position).is_some_and(|key| key != ChurnRisk::InCycle.label().key()))
            .filter(|&position| self.number(Figure::PurchaseDays, position).is_some_and(|days| days >= 2.0))
            .filter(|&position| {
                self.number(Figure::ProbabilityAlive, position).is_none_or(|alive| alive >= Self::LEAST_ALIVE)
            })
            .map(|position| {
                let ranked = [Figure::ExpectedLoss, Figure::ExpectedValue];
                (position, ranked.map(|figure| self.number(figure, position).unwrap_or(f64::NEG_INFINITY)))
            })
            .collect();
        let revenue = |position: usize| self.get(position).and_then(|profile| profile.amount(Amount::Revenue));
        late.sort_by(|&(left, [left_loss, left_value]), &(right, [right_loss, right_value])| {
            let by_stake = right_loss.total_cmp(&left_loss).then(right_value.total_cmp(&left_value));
            by_stake.then_with(|| revenue(right).cmp(&revenue(left))).then(Ordering::Equal)
        });
        late.into_iter().map(|(position, _)| position).collect()
    }
}
