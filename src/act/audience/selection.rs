//! Selections of many customers, and the customers that each part of a rule removes.

use super::all::Columns;
use super::compiled::{Audience, numbered};
use super::rule::{Node, Rule};
use super::words::Words;
use crate::scale::words::phrase;
use crate::scale::{Language, Ratio};
use crate::shop::{Bits, Profiles};

/// The customers of [`Profiles`] who belong to an audience. Made by [`Audience::matches_all`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selection {
    /// The bits beyond the last customer are 0.
    bits: Bits,
    len: usize,
    unknown: u64,
}

impl Selection {
    /// The customers who belong to the audience, of all customers.
    pub fn selected(&self) -> Ratio {
        Ratio::counted(ones(&self.bits), self.len as u64)
    }

    /// The customers, of all, who were not selected because something unknown would decide.
    pub fn unknown(&self) -> Ratio {
        Ratio::counted(self.unknown, self.len as u64)
    }

    /// Whether the customer at a position belongs to the audience; no customer does beyond the end.
    pub fn contains(&self, position: usize) -> bool {
        self.bits.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// The positions of those who belong to the audience, ascending.
    pub fn positions(&self) -> impl Iterator<Item = usize> {
        let of_word = |(place, &word): (usize, &u64)| {
            // Without its lowest bit, again and again.
            let left = core::iter::successors(Some(word), |left| Some(left & left.wrapping_sub(1)));
            left.take_while(|&left| left != 0).map(move |left| place * 64 + left.trailing_zeros() as usize)
        };
        self.bits.iter().enumerate().flat_map(of_word)
    }

    /// The ids of those who belong to the audience, where `ids` are those of all customers in the order of the
    /// profiles, as [`Ledger::ids`](crate::Ledger::ids) are.
    pub fn ids<'a, Id>(&self, ids: &'a [Id]) -> impl Iterator<Item = &'a Id> {
        self.positions().filter_map(move |position| ids.get(position))
    }
}

impl Audience {
    /// Selects the customers who belong to the audience: [`matches`](Audience::matches) of each, several times as fast,
    /// and how many cannot be judged.
    ///
    /// On all cores with the feature `rayon`; the same answer for any number of threads. Takes time customers times
    /// conditions at most (for an activity or a tag, only customers who have it count), and twice that where something is
    /// unknown of somebody. [`Profiles`] has an example.
    pub fn matches_all(&self, profiles: &Profiles) -> Selection {
        let columns = Columns::of(&self.steps, profiles);
        let (bits, len) = (columns.find(&self.steps, self.entry), profiles.len());
        let unknown = if columns.complete {
            0
        } else {
            let (steps, entry) = self.ways_out();
            len as u64 - ones(&bits) - ones(&columns.find(&steps, entry))
        };
        Selection { bits, len, unknown }
    }

    /// The parts of the rule in a [`report`](Audience::report): those of the outermost `all`, in its order; for another
    /// rule, the rule itself.
    pub fn parts(&self) -> &[Rule] {
        match self.rule().node() {
            Node::All(rules) => rules,
            _ => core::slice::from_ref(self.rule()),
        }
    }

    /// Reports how many customers are selected, and how many each of the rule's [parts](Audience::parts) removes.
    ///
    /// A customer is removed when a part is not known to hold. A line for each part gives the customers that it removes
    /// from those left by the parts before it; those that it would remove alone; those that only this part removes, who
    /// would be selected without it; and those of whom it is unknown. Takes twice the time of
    /// [`matches_all`](Audience::matches_all).
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::audience::{Audience, Rule, Schema, Test};
    /// use repurchase::scale::Language;
    /// use repurchase::shop::{Figure, Profile, Profiles};
    ///
    /// let rule = Rule::all([
    ///     Rule::new(Figure::Purchases, Test::at_least(2))?,
    ///     Rule::new(Figure::DaysSinceLast, Test::below(30))?,
    /// ])?;
    /// let audience = Audience::compile(rule, &Schema::default())?;
    /// let shop = Profiles::of([(3.0, 5.0), (1.0, 90.0), (2.0, 40.0), (1.0, 2.0)].map(|(purchases, days)| {
    ///     Profile::default().with(Figure::Purchases, purchases).with(Figure::DaysSinceLast, days)
    /// }))?;
    /// assert_eq!(
    ///     audience.report(&shop, Language::English),
    ///     "1 of 4 customers selected, 0 unknown\n\
    ///      purchases at least 2: removes 2 of 4; alone 2 of 4, only here 1, unknown 0\n\
    ///      days since last purchase below 30: removes 1 of 2; alone 2 of 4, only here 1, unknown 0"
    /// );
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn report(&self, profiles: &Profiles, language: Language) -> String {
        let words = Words { schema: self.schema(), language };
        let all = self.matches_all(profiles);
        let (selected, of, unknown) = (ones(&all.bits), all.len, all.unknown);
        let mut report = phrase!(
            language,
            "{selected} of {of} customers selected, {unknown} unknown",
            "共 {of} 位客户，入选 {selected} 位，无法判断 {unknown} 位"
        );
        let parts: Vec<_> = numbered(self.parts(), 0)
            .map(|(first, part)| (part, self.of_part(first, part).matches_all(profiles)))
            .collect();
        // Removed by one part or more, and by two or more.
        let (mut once, mut twice) = (vec![0; all.bits.len()], vec![0; all.bits.len()]);
        for (_, holds) in &parts {
            for ((once, twice), removed) in once.iter_mut().zip(&mut twice).zip(removed(holds)) {
                *twice |= *once & removed;
                *once |= removed;
            }
        }
        let mut left: Bits = removed(&Selection { bits: vec![0; all.bits.len()], ..all }).collect();
        for (part, holds) in &parts {
            let count = |counted: &dyn Fn(usize, u64) -> u64| {
                ones(&removed(holds).enumerate().map(|(at, removed)| counted(at, removed)).collect())
            };
            let (before, here) = (ones(&left), count(&|at, removed| left[at] & removed));
            let only = count(&|at, removed| removed & once[at] & !twice[at]);
            let (alone, unknown, part) = (count(&|_, removed| removed), holds.unknown, words.clause(part, false));
            report += &phrase!(
                language,
                "\n{part}: removes {here} of {before}; alone {alone} of {of}, only here {only}, unknown {unknown}",
                "\n{part}：依次排除 {before} 中的 {here} 位；单独排除 {of} 中的 {alone} 位，仅因此排除 {only} 位，\
                 未知 {unknown} 位"
            );
            left.iter_mut().zip(&holds.bits).for_each(|(left, holds)| *left &= holds);
        }
        report
    }
}

fn ones(bits: &Bits) -> u64 {
    bits.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The customers who do not belong to an audience, in words of 64.
fn removed(holds: &Selection) -> impl Iterator<Item = u64> {
    let within = |at: usize| u64::MAX >> 64_usize.saturating_sub(holds.len - 64 * at);
    holds.bits.iter().enumerate().map(move |(at, &word)| !word & within(at))
}
