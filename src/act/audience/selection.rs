//! Many customers, and what each part of a rule takes away.

use super::check::Truth;
use super::compiled::{Audience, numbered};
use super::profile::Profile;
use super::rule::{Node, Rule};
use super::words::Words;
use crate::error::{Error, Result};
use crate::scale::{Language, Ratio};

/// The customers of an audience, and what share each part of its rule removes. Made by [`Audience::select`].
///
/// The parts are those of the outermost `all`, in its order; of another rule, the rule is the only part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<Id> {
    /// Who belongs to the audience, in ascending order.
    pub ids: Vec<Id>,
    /// They, of all customers.
    pub selected: Ratio,
    /// Customers who cannot be placed for want of knowledge, of all customers; not selected.
    pub unknown: Ratio,
    /// What each part removes, in the order of the rule.
    pub parts: Vec<PartEffect>,
}

/// What one part of a rule removes. A customer is removed when the part is not known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PartEffect {
    /// The customers that it removes, of those that the parts before it leave.
    pub in_sequence: Ratio,
    /// The customers that it would remove on its own, of all customers.
    pub alone: Ratio,
    /// The customers that only this part removes, of all customers: so many more would be selected without it.
    pub only_here: Ratio,
    /// The customers of whom the part is not known to hold or fail, of all customers.
    pub unknown: Ratio,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    left: u64,
    in_sequence: u64,
    alone: u64,
    only_here: u64,
    unknown: u64,
}

impl Audience {
    /// Selects customers, and counts what each part of the rule removes.
    ///
    /// **Population**: all customers given. Ids come out in ascending order, whatever the order they came in. A
    /// customer given twice counts twice.
    ///
    /// # Errors
    ///
    /// None but [`Error::CountOverflow`], beyond 2⁶⁴ - 1 customers.
    ///
    /// # Complexity
    ///
    /// Linear in customers times conditions, and a sort of those selected, which is linear where they came in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::Ratio;
    /// use repurchase::act::audience::{Audience, Figure, Profile, Rule, Schema, Test};
    /// use repurchase::scale::Language;
    ///
    /// let rule = Rule::all([
    ///     Rule::new(Figure::Purchases, Test::at_least(2))?,
    ///     Rule::new(Figure::DaysSinceLast, Test::below(30))?,
    /// ])?;
    /// let audience = Audience::compile(rule, &Schema::default())?;
    /// let shop = [("ann", 3.0, 5.0), ("bo", 1.0, 90.0), ("cy", 2.0, 40.0), ("di", 1.0, 2.0)];
    /// let selection = audience.select(shop.map(|(id, purchases, days)| {
    ///     (id, Profile::default().with(Figure::Purchases, purchases).with(Figure::DaysSinceLast, days))
    /// }))?;
    /// assert_eq!(selection.ids, ["ann"]);
    /// assert_eq!(selection.parts[1].in_sequence, Ratio::new(1, 2)?, "cy, of ann and cy");
    /// assert_eq!(selection.parts[1].alone, Ratio::new(2, 4)?, "bo and cy, of all");
    /// assert_eq!(
    ///     audience.report(&selection, Language::English),
    ///     "1 of 4 customers selected, 0 unknown\n\
    ///      purchases at least 2: removes 2 of 4; alone 2 of 4, only here 1, unknown 0\n\
    ///      days since last purchase below 30: removes 1 of 2; alone 2 of 4, only here 1, unknown 0"
    /// );
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn select<'p, Id: Ord>(&self, customers: impl IntoIterator<Item = (Id, Profile<'p>)>) -> Result<Selection<Id>> {
        let parts: Vec<_> = numbered(self.parts(), 0).collect();
        let (mut ids, mut all, mut unknown) = (Vec::new(), 0u64, 0u64);
        let mut counts = vec![Counts::default(); parts.len()];
        for (id, profile) in customers {
            all = all.checked_add(1).ok_or(Error::CountOverflow { field: "number of customers" })?;
            let (mut truth, mut removing, mut last) = (Truth::True, 0, 0);
            for (at, (&(first, part), counts)) in parts.iter().zip(&mut counts).enumerate() {
                let part = self.truth(part, first, &profile);
                counts.left += u64::from(removing == 0);
                if part != Truth::True {
                    counts.in_sequence += u64::from(removing == 0);
                    counts.alone += 1;
                    counts.unknown += u64::from(part == Truth::Unknown);
                    (removing, last) = (removing + 1, at);
                }
                truth = truth.min(part);
            }
            match (truth, removing) {
                (Truth::True, _) => ids.push(id),
                (_, 1) => counts.iter_mut().skip(last).take(1).for_each(|counts| counts.only_here += 1),
                _ => {}
            }
            unknown += u64::from(truth == Truth::Unknown);
        }
        ids.sort();
        let effect = |counts: Counts| {
            Ok(PartEffect {
                in_sequence: Ratio::new(counts.in_sequence, counts.left)?,
                alone: Ratio::new(counts.alone, all)?,
                only_here: Ratio::new(counts.only_here, all)?,
                unknown: Ratio::new(counts.unknown, all)?,
            })
        };
        let parts = counts.into_iter().map(effect).collect::<Result<_>>()?;
        let (selected, unknown) = (Ratio::new(ids.len() as u64, all)?, Ratio::new(unknown, all)?);
        Ok(Selection { ids, selected, unknown, parts })
    }

    /// The parts of the outermost `all`; of another rule, the rule itself.
    pub fn parts(&self) -> &[Rule] {
        match self.rule().node() {
            Node::All(rules) => rules,
            _ => core::slice::from_ref(self.rule()),
        }
    }

    /// A selection of this audience in words, one line for all and one for each part.
    pub fn report<Id>(&self, selection: &Selection<Id>, language: Language) -> String {
        let words = Words { schema: self.schema(), language };
        let Selection { selected, unknown, .. } = selection;
        let head = match language {
            Language::English => {
                format!("{} of {} customers selected, {} unknown", selected.count(), selected.of(), unknown.count())
            }
            Language::Chinese => {
                format!("共 {} 位客户，入选 {} 位，无法判断 {} 位", selected.of(), selected.count(), unknown.count())
            }
        };
        let line = |(part, effect): (&Rule, &PartEffect)| {
            let (part, PartEffect { in_sequence, alone, only_here, unknown }) = (words.clause(part, false), effect);
            let [removed, left] = [in_sequence.count(), in_sequence.of()];
            let [alone, all] = [alone.count(), alone.of()];
            let [only, unknown] = [only_here.count(), unknown.count()];
            match language {
                Language::English => format!(
                    "\n{part}: removes {removed} of {left}; alone {alone} of {all}, only here {only}, unknown {unknown}"
                ),
                Language::Chinese => format!(
                    "\n{part}：依次排除 {left} 中的 {removed} 位；单独排除 {all} 中的 {alone} 位，\
                     仅因此排除 {only} 位，未知 {unknown} 位"
                ),
            }
        };
        self.parts().iter().zip(&selection.parts).map(line).fold(head, |report, line| report + &line)
    }
}
