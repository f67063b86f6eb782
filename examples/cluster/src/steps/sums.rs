//! What some of a shop's customers add up to, for the page and the summary.

use std::cmp::Ordering;

use chrono::NaiveDate;
use repurchase::segment::{ChurnRisk, LabelKind};
use repurchase::shop::{Figure, Profiles, ShopModels, ShopTotals};
use repurchase::{Ledger, Ratio, Result};
use repurchase_segment::overview::{Call, Calls, Counted, STAKES, Shares};
use repurchase_segment::shop::{level, repeats};
use serde::{Deserialize, Serialize};

/// Counts and exact sums, of which none depends on how the customers were cut into parts.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sums {
    totals: ShopTotals,
    first_day: Option<NaiveDate>,
    risks: [Vec<u64>; 2],
    without_spend: u64,
    valued: u64,
    calls: Calls,
}

impl Sums {
    pub(super) fn new(models: &ShopModels) -> Self {
        Self {
            totals: ShopTotals::new(models),
            first_day: None,
            risks: [(); 2].map(|()| vec![0; ChurnRisk::ALL.len()]),
            without_spend: 0,
            valued: 0,
            calls: Calls::default(),
        }
    }

    pub(super) fn add(&mut self, ledger: &Ledger<String>, profiles: &Profiles) -> Result<()> {
        for ((_, history), profile) in ledger.iter().zip(profiles.iter()) {
            self.totals.add(&history, &profile)?;
            self.first_day = earlier(self.first_day, history.first_purchase());
            let risk = profile.label(LabelKind::ChurnRisk);
            let place = ChurnRisk::ALL.iter().position(|one| risk.is_some_and(|risk| risk.key() == one.label().key()));
            // Those who came again, and those who came once.
            let risks = &mut self.risks[usize::from(history.purchase_days() == 1)];
            if let Some(count) = place.and_then(|place| risks.get_mut(place)) {
                *count += 1;
            }
            self.without_spend += u64::from(profile.figure(Figure::ExpectedSpend).is_none());
            self.valued += u64::from(profile.figure(Figure::ExpectedValue).is_some());
            for (known, figure) in self.calls.are_known.iter_mut().zip(STAKES) {
                *known |= profile.figure(figure).is_some();
            }
        }
        for (_, history) in ledger.without_purchase() {
            self.totals.add(history, &repurchase::shop::Profile::default())?;
        }
        let calls = profiles.calls();
        self.calls.customers += calls.len() as u64;
        let call = |&place: &usize| Some(Call::of(ledger.ids().get(place)?, &profiles.get(place)?));
        self.call(calls.iter().take(Calls::SHOWN).filter_map(call));
        Ok(())
    }

    /// Keeps those who are called first, in the order of the library.
    fn call(&mut self, more: impl IntoIterator<Item = Call>) {
        let first = &mut self.calls.first;
        first.extend(more);
        first.sort_by(|left, right| {
            let stakes = |call: &Call| call.stakes.map(|stake| stake.unwrap_or(f64::NEG_INFINITY));
            let by_stakes = stakes(right).into_iter().zip(stakes(left)).map(|(right, left)| right.total_cmp(&left));
            let by_revenue = right.revenue.cmp(&left.revenue);
            by_stakes.fold(Ordering::Equal, Ordering::then).then(by_revenue).then_with(|| left.id.cmp(&right.id))
        });
        first.truncate(Calls::SHOWN);
    }

    pub(super) fn merge(&mut self, other: Self) -> Result<()> {
        self.totals.merge(&other.totals)?;
        self.first_day = earlier(self.first_day, other.first_day);
        for (counts, others) in self.risks.iter_mut().zip(other.risks) {
            counts.iter_mut().zip(others).for_each(|(count, more)| *count += more);
        }
        self.without_spend += other.without_spend;
        self.valued += other.valued;
        self.calls.customers += other.calls.customers;
        self.calls.are_known.iter_mut().zip(other.calls.are_known).for_each(|(known, more)| *known |= more);
        self.call(other.calls.first);
        Ok(())
    }

    /// What the page and the summary say of all customers.
    pub(super) fn counted(self, models: &ShopModels, by_day: bool) -> Result<Counted> {
        let totals = self.totals.totals()?;
        let groups = |kind| self.totals.summaries(kind);
        let risks = |counts: &Vec<u64>| {
            let of = counts.iter().sum();
            counts.iter().map(|&count| Ratio::new(count, of)).collect::<Result<Vec<_>>>()
        };
        Ok(Counted {
            first_day: self.first_day,
            totals,
            repeats: repeats(&totals, by_day)?,
            concentration: Shares::of(&self.totals.concentration()?)?,
            groups: LabelKind::ALL.into_iter().map(groups).collect::<Result<_>>()?,
            risks: [risks(&self.risks[0])?, risks(&self.risks[1])?],
            outlook: self.totals.outlook(models, level()?)?,
            without_mean_spend: models.spend().model().map_or(0, |_| self.without_spend),
            expected_value: (self.totals.expected_value(), self.valued),
            calls: self.calls,
        })
    }
}

fn earlier(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<NaiveDate> {
    one.into_iter().chain(other).min()
}
