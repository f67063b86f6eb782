//! The category that a customer takes up next.
//!
//! Written for speed before plainness: `benches/predict.rs`, id `predict/next_categories_all`, must not get slower.

use core::borrow::Borrow;
use core::fmt;

use chrono::NaiveDate;

use super::counts::{Counts, firsts, recent_from};
use crate::error::{Error, Result};
use crate::history::LineLog;
use crate::number::special::logistic;
use crate::parallel;
use crate::record::calendar::Day;
use crate::record::{CustomerId, ProductId};
use crate::scale::Ratio;

/// The options by which next categories are estimated; every combination of 1 day or more and a weight from `1e-6` to
/// `1e9` is allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NextCategoryOptions {
    /// The days, up to and including the as-of day, that say what is popular now; 60 by default.
    pub recent_days: u32,
    /// The entries that the share of a path is shrunk by towards the category's popularity; 20 by default.
    pub weight: f64,
}

impl Default for NextCategoryOptions {
    fn default() -> Self {
        Self { recent_days: 60, weight: 20.0 }
    }
}

impl NextCategoryOptions {
    /// The same options with another number of recent days.
    #[must_use]
    pub const fn with_recent_days(self, recent_days: u32) -> Self {
        Self { recent_days, ..self }
    }

    /// The same options with another weight of popularity in the share of a path.
    #[must_use]
    pub const fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        Error::within("recent days", self.recent_days, 1..=u32::MAX.into())?;
        if !(1e-6..=1e9).contains(&self.weight) {
            return Err(Error::Number { field: "weight", found: self.weight, expected: "from 1e-6 to 1e9" });
        }
        Ok(())
    }
}

/// A model of which category that a customer has not bought comes next: by what is popular now, and by what customers
/// took up who had bought the same.
///
/// An **entry** is a purchase day after a customer's first one on which the customer buys a category for the first time:
/// all that are new on that day count for it. **Population**: the entries up to and including the as-of day of all
/// customers of the log.
///
/// Whether paths say more than popularity differs from shop to shop: [`trial`](NextCategories::trial) tries it on the
/// shop's own past. On Online Retail, with the first three digits of a stock code as its category, it gains; with the
/// first two it does not.
///
/// # Formula
///
/// A category's **popularity** is the share of recent entries, of customers who had not bought it, that took it. Of `t` of
/// `n` recent entries and `T` of `N` in all it is `(t + 5 s) / (n + 5)`, with `s = (T + 1/2) / (N + 1)`. A **path** from `a`
/// to `j` is the share of entries, of customers who had `a` and not `j`, that took `j`: of `t` of `n`, shrunk
/// `(t + w s) / (n + w)`, with the weight `w` of the options. The probability that `j` is among the categories of a
/// customer's next entry, for the bought categories `a` that the log knows, is
///
/// ```text
/// logit p = logit(popularity of j) + Σ (logit(path from a to j) - logit(s of j)) / √(number of a)
/// ```
///
/// With every path for itself the divisor would be 1; with paths that all say the same, the number of `a`. The root lies
/// between them: of the three it ranked best on entries of Online Retail from June to September 2011 and on those from
/// September on; both were looked at when it was chosen, as when the days of recent entries were. It is an estimate, and no
/// promise that the customer buys.
///
/// # Examples
///
/// ```
/// use repurchase::ShopCalendar;
/// use repurchase::history::LineLog;
/// use repurchase::predict::{NextCategories, NextCategoryOptions};
/// use repurchase::record::OrderLine;
/// use rust_decimal::Decimal;
///
/// // Who has tea takes pots next, who has soap takes towels, and Zoe has tea.
/// let mut rows = vec![("zoe", 1, "tea")];
/// for customer in ["a", "b", "c", "d"] {
///     rows.extend([(customer, 2, "tea"), (customer, 9, "pots")]);
/// }
/// for customer in ["e", "f", "g", "h"] {
///     rows.extend([(customer, 3, "soap"), (customer, 8, "towels")]);
/// }
/// let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// let line = |(customer, at, category)| OrderLine::on(customer, day(at), category, Decimal::ONE, Decimal::TEN);
/// let log = LineLog::from_lines(rows.into_iter().map(line).collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
///
/// let next = NextCategories::fit(&log, day(31), &NextCategoryOptions::default().with_weight(2.0))?;
/// let suggestions = next.rank([&"tea"], 3);
/// let best = &suggestions[0];
/// assert_eq!((*best.category, best.from, best.support.to_string()), ("pots", Some(&"tea"), "4 of 4 (100.00%)".into()));
/// assert!(best.probability > 0.7 && best.lift() > 1.3);
/// assert!(best.to_string().ends_with(" times as probable as for anybody, after tea: 4 of 4 (100.00%)"));
/// assert_eq!(*suggestions[1].category, "towels");
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// D. J. Hand, K. Yu (2001), "Idiot's Bayes: not so stupid after all?", International Statistical Review 69(3), 385-398,
/// doi 10.1111/j.1751-5823.2001.tb00465.x, for the sum and its damping.
#[doc(alias("recommendation", "cross-sell", "next best offer", "推荐"))]
#[derive(Debug, Clone, PartialEq)]
pub struct NextCategories<C> {
    as_of: NaiveDate,
    options: NextCategoryOptions,
    /// Ascending.
    categories: Vec<C>,
    counts: Counts,
    /// The logit of each category's popularity.
    popularity: Vec<f64>,
    /// The weight of each path from the category bought to the one that may come: how much the path adds to the logit.
    paths: Vec<f64>,
}

/// A category that a customer has not bought.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Suggestion<'a, C> {
    /// The category.
    pub category: &'a C,
    /// The probability that it is among the new categories of the customer's next entry, above 0 and below 1.
    pub probability: f64,
    /// The same of a customer of whom nothing is known: the category's popularity.
    pub popularity: f64,
    /// The bought category whose path raises the probability most; of equal ones the first. `None` where nothing that the
    /// log knows was bought.
    pub from: Option<&'a C>,
    /// Entries that took this category, of those of customers who had that one and not this; 0 of 0 without it.
    pub support: Ratio,
}

impl<C> Suggestion<'_, C> {
    /// The probability over that by popularity alone.
    pub fn lift(&self) -> f64 {
        self.probability / self.popularity
    }
}

/// Categories beyond which a table of their pairs is no answer.
pub(super) const MOST: u64 = 4_096;

/// Entries of all time that count beside the recent ones.
const BEFORE: f64 = 5.0;

/// Prints the category with its probability, how many times as probable as by popularity that is, and the path behind it:
/// `pots with 75.3%, 1.4 times as probable as for anybody, after tea: 4 of 4 (100.00%)`.
impl<C: fmt::Display> fmt::Display for Suggestion<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (category, percent, lift) = (self.category, 100.0 * self.probability, self.lift());
        write!(f, "{category} with {percent:.1}%, {lift:.1} times as probable as for anybody")?;
        self.from.map_or(Ok(()), |from| write!(f, ", after {from}: {}", self.support))
    }
}

impl<C: ProductId> NextCategories<C> {
    /// Counts the entries up to and including a day. Takes time linear in purchases, and for each customer the square of
    /// the categories bought; memory for the square of all categories.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when nobody has bought a second category on a later day; [`Error::OutOfRange`] for more than
    /// 4,096 categories (make the log of lines of categories, not of products) and for 0 recent days; [`Error::Number`]
    /// for a weight that is not allowed.
    pub fn fit<Id: CustomerId>(log: &LineLog<Id, C>, as_of: NaiveDate, options: &NextCategoryOptions) -> Result<Self> {
        options.check()?;
        let as_of_day = Day::from(as_of);
        // The log's categories that somebody has bought, and where each stands among them.
        let mut is_known = vec![false; log.products().len()];
        for bought in log.by_customer().flatten().filter(|bought| bought.day <= as_of_day) {
            is_known[bought.product as usize] = true;
        }
        let known = || log.products().iter().zip(&is_known);
        let categories: Vec<C> =
            known().filter(|(_, is_known)| **is_known).map(|(category, _)| category.clone()).collect();
        Error::within("categories", categories.len() as u64, 0..=MOST)?;
        let counted = known().scan(0_u32, |next, (_, &is_known)| {
            let place = *next;
            *next += u32::from(is_known);
            Some(place)
        });
        let places: Vec<u32> = counted.collect();
        let recent_from = recent_from(as_of_day, options.recent_days);
        let mut counts = Counts::new(categories.len());
        for bought in log.by_customer() {
            let mut firsts = firsts(bought, as_of_day);
            for (_, category) in &mut firsts {
                *category = places[*category as usize];
            }
            counts.add(&firsts, recent_from);
        }
        if counts.entries == 0 {
            return Err(Error::NoCustomers { what: "a next category" });
        }
        Ok(Self::of_counts(as_of, *options, categories, counts))
    }

    #[allow(clippy::cast_precision_loss, reason = "a share of counts is an estimate")]
    pub(super) fn of_counts(
        as_of: NaiveDate,
        options: NextCategoryOptions,
        categories: Vec<C>,
        counts: Counts,
    ) -> Self {
        // Of `taken` of `could`, shrunk towards a share by a weight: the share, and its logit without a difference of shares.
        let shrunk = |(taken, could): (u64, u64), weight: f64, share: f64| {
            let (took, left) = (taken as f64 + weight * share, (could - taken) as f64 + weight * (1.0 - share));
            (took / (took + left), libm::log(took / left))
        };
        let of_all = |at: usize| shrunk((counts.taken[at], counts.entries - counts.had[at]), 1.0, 0.5);
        let shares: Vec<(f64, f64)> = (0..categories.len()).map(of_all).collect();
        let recent = |(at, &(share, _)): (usize, &(f64, f64))| {
            shrunk((counts.recent_taken[at], counts.recent - counts.recent_had[at]), BEFORE, share).1
        };
        let popularity = shares.iter().enumerate().map(recent).collect();
        let mut paths = Vec::with_capacity(categories.len() * categories.len());
        for from in 0..categories.len() {
            for (to, &(share, logit)) in shares.iter().enumerate() {
                paths.push(shrunk(counts.pair(from, to), options.weight, share).1 - logit);
            }
        }
        Self { as_of, options, categories, counts, popularity, paths }
    }

    /// The `most` categories that come next with the highest probability, the highest first, for a customer by the
    /// categories bought so far, in any order; unknown ones say nothing. Of equal probabilities the smaller category goes
    /// first. Fewer where the customer has bought nearly all.
    ///
    /// Takes time linear in categories times those bought.
    pub fn rank<'q, Q: Ord + ?Sized + 'q>(
        &self,
        bought: impl IntoIterator<Item = &'q Q>,
        most: usize,
    ) -> Vec<Suggestion<'_, C>>
    where
        C: Borrow<Q>,
    {
        let place = |one: &Q| self.categories.binary_search_by(|other| other.borrow().cmp(one)).ok();
        let mut places: Vec<usize> = bought.into_iter().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        self.best(&places, most, &mut Vec::new())
    }

    /// The same for every customer of a log, by the purchases up to and including the as-of day, in the log's order: the
    /// customers who bought something by then. The log may be another than the one of the fit. With the feature `rayon` on
    /// all cores.
    pub fn rank_all<'a, 'l, Id: CustomerId>(
        &'a self,
        log: &'l LineLog<Id, C>,
        most: usize,
    ) -> Vec<(&'l Id, Vec<Suggestion<'a, C>>)> {
        let places = self.places(log);
        let customers: Vec<_> = log.customers().iter().zip(log.by_customer()).collect();
        let ranked = parallel::map_ranges(customers.len(), CUSTOMERS, |part| {
            let mut scores = Vec::new();
            let of_one = |&(id, bought): &(&'l Id, _)| {
                let firsts = firsts(bought, self.as_of.into());
                let mut known: Vec<usize> =
                    firsts.iter().filter_map(|&(_, product)| *places.get(product as usize)?).collect();
                known.sort_unstable();
                (!firsts.is_empty()).then(|| (id, self.best(&known, most, &mut scores)))
            };
            customers.get(part).unwrap_or_default().iter().filter_map(of_one).collect()
        });
        parallel::joined(ranked)
    }

    /// Returns the places of the categories of a log among these.
    pub(super) fn places<Id: CustomerId>(&self, log: &LineLog<Id, C>) -> Vec<Option<usize>> {
        log.products().iter().map(|category| self.categories.binary_search(category).ok()).collect()
    }

    /// The best categories beside those at `bought`, which ascend.
    fn best(&self, bought: &[usize], most: usize, scores: &mut Vec<f64>) -> Vec<Suggestion<'_, C>> {
        self.score(bought, scores);
        first(scores, most).into_iter().map(|(score, place)| self.suggestion(bought, score, place)).collect()
    }

    /// The logits of all categories, minus infinity for those bought.
    #[allow(clippy::cast_precision_loss, reason = "a number of categories")]
    pub(super) fn score(&self, bought: &[usize], scores: &mut Vec<f64>) {
        let categories = self.categories.len();
        scores.clear();
        scores.resize(categories, 0.0);
        for &from in bought {
            let paths = &self.paths[from * categories..][..categories];
            scores.iter_mut().zip(paths).for_each(|(score, path)| *score += path);
        }
        let damping = 1.0 / (bought.len().max(1) as f64).sqrt();
        scores.iter_mut().zip(&self.popularity).for_each(|(score, base)| *score = *score * damping + base);
        for &place in bought {
            scores[place] = f64::NEG_INFINITY;
        }
    }

    fn suggestion(&self, bought: &[usize], score: f64, to: usize) -> Suggestion<'_, C> {
        let path = |from: usize| self.paths[from * self.categories.len() + to];
        // Of equal ones, `max_by` has the last.
        let from = bought.iter().copied().rev().max_by(|&one, &other| path(one).total_cmp(&path(other)));
        let support = from.map_or((0, 0), |from| self.counts.pair(from, to));
        Suggestion {
            category: &self.categories[to],
            probability: logistic(score),
            popularity: logistic(self.popularity[to]),
            from: from.map(|from| &self.categories[from]),
            support: Ratio::counted(support.0, support.1),
        }
    }
}

impl<C> NextCategories<C> {
    /// The day up to and including which purchases count.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The options by which it was estimated.
    pub const fn options(&self) -> NextCategoryOptions {
        self.options
    }

    /// The categories, ascending.
    pub fn categories(&self) -> &[C] {
        &self.categories
    }

    /// The entries that were counted.
    pub const fn entries(&self) -> u64 {
        self.counts.entries
    }

    /// The logit of each category's popularity.
    pub(super) fn popularity(&self) -> &[f64] {
        &self.popularity
    }

    pub(super) const fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// The `most` places with the highest scores, the highest first, of equal ones in their order; infinite scores are none.
pub(super) fn first(scores: &[f64], most: usize) -> Vec<(f64, usize)> {
    let mut first: Vec<(f64, usize)> = Vec::with_capacity(most.min(scores.len()) + 1);
    for (place, &score) in scores.iter().enumerate() {
        let is_full = first.len() >= most;
        if !score.is_finite() || is_full && first.last().is_none_or(|last| score <= last.0) {
            continue;
        }
        first.insert(first.partition_point(|one| one.0 >= score), (score, place));
        first.truncate(most);
    }
    first
}

/// Customers that one thread works on at a time.
const CUSTOMERS: usize = 1_024;
