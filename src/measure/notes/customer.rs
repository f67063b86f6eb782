//! The counts of one customer that notes are made from, of facts that come day by day.

use crate::history::Fact;
use crate::record::calendar::Day;

/// One customer's facts so far.
#[derive(Debug, Default)]
pub(crate) struct Customer {
    pub(super) purchases: u64,
    pub(super) credits: u64,
    /// The spend, at most 127 bits; it is compared, never shown.
    pub(super) spend: i128,
    pub(super) credited: i128,
    /// Purchases that equal another one of their day.
    repeated: u64,
    /// The day of the latest purchase, its amount, and those of others on that day.
    day: Day,
    amount: i128,
    more: Vec<i128>,
    /// Amount, day, and whether it is a credit: only where there are credits to match.
    facts: Vec<(i128, Day, bool)>,
}

impl Customer {
    pub(super) fn add(&mut self, fact: Fact, keeps_facts: bool) {
        let amount = fact.amount.saturating_abs();
        if keeps_facts {
            self.facts.push((amount, fact.day, !fact.is_purchase()));
        }
        if !fact.is_purchase() {
            self.credits += 1;
            self.credited = self.credited.saturating_add(amount);
            return;
        }
        if self.purchases > 0 && fact.day == self.day {
            self.more.push(amount);
        } else {
            self.close_day();
            (self.day, self.amount) = (fact.day, amount);
        }
        self.purchases += 1;
        self.spend = self.spend.saturating_add(amount);
    }

    fn close_day(&mut self) {
        if self.more.is_empty() {
            return;
        }
        self.more.push(self.amount);
        self.more.sort_unstable();
        self.repeated += self.more.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
        self.more.clear();
    }

    /// Purchases that equal another one of their day, when all facts are in.
    pub(super) fn repeated(&mut self) -> u64 {
        self.close_day();
        self.repeated
    }

    /// Credits that are no earlier purchase's amount, or one that an earlier credit took.
    pub(super) fn unmatched(&mut self) -> u64 {
        if self.credits == 0 {
            return 0;
        }
        // By amount, then by day, of one day the purchases first. Which of the equal purchases before it a credit
        // takes makes no difference to how many are taken.
        self.facts.sort_unstable();
        let (mut amount, mut open, mut unmatched) = (None, 0u64, 0);
        for &(of, _, is_credit) in &self.facts {
            if amount.replace(of) != Some(of) {
                open = 0;
            }
            match (is_credit, open) {
                (false, _) => open += 1,
                (true, 0) => unmatched += 1,
                (true, _) => open -= 1,
            }
        }
        unmatched
    }

    pub(super) fn is_credited_above_half(&self) -> bool {
        self.purchases > 0 && self.credited > self.spend / 2
    }
}
