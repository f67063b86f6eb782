//! Counts of customers who buy a category for the first time.

use crate::history::ProductDay;
use crate::record::calendar::Day;

/// Counts of **entries**: purchase days after the first one on which a customer buys a category for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) categories: usize,
    /// Entries of all customers.
    pub(super) entries: u64,
    /// The entries of the recent days.
    pub(super) recent: u64,
    /// The entries that took each category, and those of customers who had it already.
    pub(super) taken: Vec<u64>,
    pub(super) had: Vec<u64>,
    /// The same of the recent days.
    pub(super) recent_taken: Vec<u64>,
    pub(super) recent_had: Vec<u64>,
    /// The entries that took one category from another, by the one that was there before and the one that came.
    pub(super) pairs: Vec<u32>,
    /// The entries of customers who had both of two categories.
    pub(super) both: Vec<u32>,
}

impl Counts {
    pub(super) fn new(categories: usize) -> Self {
        let (list, square) = (vec![0; categories], vec![0; categories * categories]);
        let [taken, had, recent_taken, recent_had] = [(); 4].map(|()| list.clone());
        let (pairs, both) = (square.clone(), square);
        Self { categories, entries: 0, recent: 0, taken, had, recent_taken, recent_had, pairs, both }
    }

    /// Adds a customer, by the first day of each category bought, ascending by day.
    pub(super) fn add(&mut self, firsts: &[(Day, u32)], recent_from: Day) {
        let days = firsts.chunk_by(|one, other| one.0 == other.0);
        let mut stages = Vec::with_capacity(firsts.len());
        let (mut entries, mut recent) = (0_u64, 0_u64);
        for (stage, day) in days.enumerate() {
            entries = stage as u64;
            let is_recent = day.first().is_some_and(|first| first.0 >= recent_from);
            recent += u64::from(stage > 0 && is_recent);
            stages.extend(day.iter().map(|&(_, category)| (stage as u64, category as usize)));
        }
        self.entries += entries;
        self.recent += recent;
        // The recent entries are the customer's last ones.
        let old = entries - recent;
        for &(stage, category) in &stages {
            self.had[category] += entries - stage;
            self.recent_had[category] += entries - stage.max(old);
            if stage > 0 {
                self.taken[category] += 1;
                self.recent_taken[category] += u64::from(stage > old);
            }
            for &(other_stage, other) in &stages {
                let at = category * self.categories + other;
                self.pairs[at] += u32::from(other_stage > stage);
                // A customer has fewer entries than days, and a log fewer than 2^32 lines.
                self.both[at] += (entries - stage.max(other_stage)) as u32;
            }
        }
    }

    /// Adds the counts of other customers, whose categories stand at these places. Entries are fewer than 2^32 in all.
    pub(super) fn add_part(&mut self, part: &Self, places: &[usize]) {
        self.entries += part.entries;
        self.recent += part.recent;
        for (from, &place) in places.iter().enumerate() {
            let lists = [
                (&mut self.taken, &part.taken),
                (&mut self.had, &part.had),
                (&mut self.recent_taken, &part.recent_taken),
                (&mut self.recent_had, &part.recent_had),
            ];
            for (sums, counts) in lists {
                sums[place] += counts[from];
            }
            for (to, &other) in places.iter().enumerate() {
                let (at, of) = (place * self.categories + other, from * part.categories + to);
                self.pairs[at] += part.pairs[of];
                self.both[at] += part.both[of];
            }
        }
    }

    /// The pairs of which something is known: from, to, those that took it, and those who had both.
    #[cfg(feature = "serde")]
    pub(super) fn known(&self) -> Vec<[u32; 4]> {
        let counts =
            self.pairs.iter().zip(&self.both).enumerate().filter(|(_, (taken, both))| **taken > 0 || **both > 0);
        let place = |at: usize| [(at / self.categories) as u32, (at % self.categories) as u32];
        let pair = |(at, (&taken, &both))| {
            let [from, to] = place(at);
            [from, to, taken, both]
        };
        counts.map(pair).collect()
    }

    /// Sets a pair; `None` where there is none such, or it says more than its categories do.
    #[cfg(feature = "serde")]
    pub(super) fn set(&mut self, [from, to, taken, both]: [u32; 4]) -> Option<()> {
        let (from, to) = (from as usize, to as usize);
        let (had, other) = (*self.had.get(from)?, *self.had.get(to)?);
        let could = had.checked_sub(both.into())?;
        if u64::from(both) > other || u64::from(taken) > could.min(self.taken[to]) {
            return None;
        }
        let at = from * self.categories + to;
        (self.pairs[at], self.both[at]) = (taken, both);
        Some(())
    }

    /// Returns, of the entries of customers who had `from` and not `to`, those that took `to`, and all.
    pub(super) fn pair(&self, from: usize, to: usize) -> (u64, u64) {
        let at = from * self.categories + to;
        (self.pairs[at].into(), self.had[from] - u64::from(self.both[at]))
    }
}

/// Returns the day on which a customer first bought each category up to a day, ascending by day; a customer's purchases
/// are by category and then by day.
pub(super) fn firsts(bought: &[ProductDay], as_of: Day) -> Vec<(Day, u32)> {
    let first = |run: &[ProductDay]| run.first().map(|one| (one.day, one.product));
    let runs = bought.chunk_by(|one, other| one.product == other.product).filter_map(first);
    let mut firsts: Vec<(Day, u32)> = runs.filter(|&(day, _)| day <= as_of).collect();
    firsts.sort_unstable();
    firsts
}

/// The first of the `days` days, 1 or more, that end with `as_of`, or the first day that there is.
pub(super) fn recent_from(as_of: Day, days: u32) -> Day {
    as_of.plus(1 - i64::from(days)).unwrap_or(Day::MIN)
}
