//! Whether paths rank next categories better than popularity does, on the shop's own past.

use super::category::{NextCategories, NextCategoryOptions, first};
use super::counts::firsts;
use crate::error::{Error, Result};
use crate::history::LineLog;
use crate::number::{ExactSum, special::logistic};
use crate::predict::backtest::Difference;
use crate::record::calendar::Day;
use crate::record::{CustomerId, ProductId, Window};
use crate::scale::words::phrase;
use crate::scale::{Language, Ratio};

/// A trial of the ranking of next categories, for customers whose next ones are known: a trial on the shop's own past.
///
/// **Population**: the customers who had bought by the day before the window and took up a new category within it. Each
/// counts once, with the first such day: a ranking hits when one of that day's new categories is among the first `most`.
/// What is ranked are the categories that somebody had bought before the window and this customer had not; a new category
/// that nobody had bought has no rank, and its reciprocal is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NextCategoryTrial {
    /// The customers.
    pub customers: u64,
    /// The number of first categories that count as a hit.
    pub most: u64,
    /// The score of [`NextCategories::rank`].
    pub paths: RankingScore,
    /// The score of the popularity of the same fit: what most recent entries took that could.
    pub popularity: RankingScore,
    /// The score of the number of customers who have ever bought a category.
    pub most_bought: RankingScore,
    /// The mean reciprocal rank of [`paths`](NextCategoryTrial::paths) less that of the better one of the two others.
    pub gain: Difference,
    /// The probabilities of the first `most` categories of all customers, summed: as many should have been taken.
    pub expected: f64,
    /// The number of them that were taken.
    pub taken: u64,
}

/// The scores of one way of ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RankingScore {
    /// Customers with a new category among the first, of all.
    pub hits: Ratio,
    /// The mean over customers of 1 over the best rank of a new category, above 0 and at most 1.
    pub mean_reciprocal_rank: f64,
}

impl<C: ProductId> NextCategories<C> {
    /// Fits to all that was known the day before the window, and ranks for those who took up something new within it: by
    /// paths, by popularity and by what was bought most. Takes time categories times those bought, for each of them.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](NextCategories::fit); [`Error::NoCustomers`] when nobody took up anything new in the window;
    /// [`Error::OutOfRange`] when `most` is 0; [`Error::DayOverflow`] for a window from chrono's first day on.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::history::LineLog;
    /// use repurchase::predict::{NextCategories, NextCategoryOptions};
    /// use repurchase::record::OrderLine;
    /// use repurchase::{ShopCalendar, Window};
    /// use rust_decimal::Decimal;
    ///
    /// let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    /// let line = |who, at, what| OrderLine::on(who, day(at), what, Decimal::ONE, Decimal::TEN);
    /// // Half of the customers go from tea to pots, half from soap to towels: some before the 15th, some after it.
    /// let rows = (0..40_u32).flat_map(|who| {
    ///     let (first, second) = if who % 2 == 0 { ("tea", "pots") } else { ("soap", "towels") };
    ///     [(who, 1, first), (who, if who < 20 { 9 } else { 20 }, second)]
    /// });
    /// let lines = rows.map(|(who, at, what)| line(who, at, what)).collect::<Result<Vec<_>, _>>()?;
    /// let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
    ///
    /// let window = Window::new(day(15), day(31))?;
    /// let trial = NextCategories::trial(&log, window, 1, &NextCategoryOptions::default())?;
    /// assert_eq!((trial.paths.hits.count(), trial.popularity.hits.count(), trial.customers), (20, 10, 20));
    /// assert!(trial.is_better());
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn trial<Id: CustomerId>(
        log: &LineLog<Id, C>,
        window: Window,
        most: usize,
        options: &NextCategoryOptions,
    ) -> Result<NextCategoryTrial> {
        Error::within("categories that count as a hit", most as u64, 1..=u64::MAX)?;
        let split = Day::from(window.start()).plus(-1)?;
        let next = Self::fit(log, split.date(), options)?;
        let places = next.places(log);
        let bought_by = bought_by(log, split, next.categories().len(), &places);
        let mut sums = Sums::default();
        let mut scores = Vec::new();
        for bought in log.by_customer() {
            let all = firsts(bought, window.last().into());
            let known = all.partition_point(|&(day, _)| day <= split);
            let (before, later) = all.split_at(known);
            let (false, Some(&(day, _))) = (before.is_empty(), later.first()) else { continue };
            let place = |&(_, product): &(Day, u32)| *places.get(product as usize)?;
            let mut had: Vec<usize> = before.iter().filter_map(place).collect();
            had.sort_unstable();
            let taken: Vec<usize> = later.iter().take_while(|one| one.0 == day).filter_map(place).collect();
            next.score(&had, &mut scores);
            let ranks = [&scores[..], next.popularity(), &bought_by].map(|scores| rank(scores, &had, &taken));
            sums.add(ranks, most);
            sums.expect(&scores, &taken, most);
        }
        sums.trial(most)
    }
}

/// Counts the customers who had bought each known category by a day.
fn bought_by<Id: CustomerId, C: ProductId>(
    log: &LineLog<Id, C>,
    split: Day,
    categories: usize,
    places: &[Option<usize>],
) -> Vec<f64> {
    let mut customers = vec![0.0; categories];
    for bought in log.by_customer() {
        for (_, product) in firsts(bought, split) {
            if let Some(place) = places.get(product as usize).copied().flatten() {
                customers[place] += 1.0;
            }
        }
    }
    customers
}

/// The best rank among `taken`, from 1, of the categories by score that are not among `had`; equal scores in their order.
fn rank(scores: &[f64], had: &[usize], taken: &[usize]) -> Option<usize> {
    let open = || scores.iter().copied().enumerate().filter(|(place, _)| had.binary_search(place).is_err());
    let is_before = |one: (usize, f64), other: (usize, f64)| one.1 > other.1 || one.1 >= other.1 && one.0 < other.0;
    let taken = open().filter(|(place, _)| taken.contains(place));
    let best = taken.reduce(|best, one| if is_before(one, best) { one } else { best })?;
    Some(1 + open().filter(|&one| is_before(one, best)).count())
}

/// Sums over customers; those of paths, popularity and most bought.
#[derive(Default)]
struct Sums {
    customers: u64,
    hits: [u64; 3],
    reciprocals: [ExactSum; 3],
    /// The differences of the reciprocals of paths and each other one, and their squares.
    differences: [(ExactSum, ExactSum); 2],
    expected: ExactSum,
    taken: u64,
}

impl Sums {
    #[allow(clippy::cast_precision_loss, reason = "a rank")]
    fn add(&mut self, ranks: [Option<usize>; 3], most: usize) {
        self.customers += 1;
        let reciprocals = ranks.map(|rank| rank.map_or(0.0, |rank| 1.0 / rank as f64));
        for (hits, rank) in self.hits.iter_mut().zip(ranks) {
            *hits += u64::from(rank.is_some_and(|rank| rank <= most));
        }
        self.reciprocals.iter_mut().zip(reciprocals).for_each(|(sum, one)| sum.add(one));
        let [paths, others @ ..] = reciprocals;
        for ((sum, squares), other) in self.differences.iter_mut().zip(others) {
            sum.add(paths - other);
            squares.add((paths - other) * (paths - other));
        }
    }

    /// Adds what the first `most` by score, minus infinity for those bought, promise, and how many of them were taken.
    fn expect(&mut self, scores: &[f64], taken: &[usize], most: usize) {
        for (score, place) in first(scores, most) {
            self.expected.add(logistic(score));
            self.taken += u64::from(taken.contains(&place));
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a mean is an estimate")]
    fn trial(self, most: usize) -> Result<NextCategoryTrial> {
        if self.customers == 0 {
            return Err(Error::NoCustomers { what: "a trial of next categories" });
        }
        let number = self.customers as f64;
        let means = self.reciprocals.map(|sum| sum.total() / number);
        let score = |at: usize| RankingScore {
            hits: Ratio::counted(self.hits[at], self.customers),
            mean_reciprocal_rank: means[at],
        };
        let better = usize::from(means[2] > means[1]);
        let (sum, squares) = &self.differences[better];
        Ok(NextCategoryTrial {
            customers: self.customers,
            most: most as u64,
            paths: score(0),
            popularity: score(1),
            most_bought: score(2),
            gain: Difference::of_sums(sum.total(), squares.total(), self.customers),
            expected: self.expected.total(),
            taken: self.taken,
        })
    }
}

impl NextCategoryTrial {
    /// Whether paths gained more than two standard errors.
    pub fn is_better(&self) -> bool {
        self.gain.exceeds(2.0)
    }

    /// The result in words, in a sentence without its full stop.
    pub fn explain(&self, language: Language) -> String {
        let is_better = self.is_better();
        let show = |score: &RankingScore| (score.hits, format!("{:.3}", score.mean_reciprocal_rank));
        let [paths, popularity, bought] = [&self.paths, &self.popularity, &self.most_bought].map(show);
        let ((hits, rank), (by_popularity, rank_2), (by_bought, rank_3)) = (paths, popularity, bought);
        let (most, gain) = (self.most, self.gain.mean);
        let error = self.gain.standard_error.map_or("?".to_owned(), |error| format!("{error:.3}"));
        let verdict = match language {
            Language::English if is_better => "paths rank better than popularity",
            Language::English => "paths do not rank better than popularity",
            Language::Chinese if is_better => "购买路径比热门排序更准",
            Language::Chinese => "购买路径不比热门排序更准",
        };
        phrase!(
            language,
            "{verdict}: a new category among the first {most} for {hits}, by popularity for {by_popularity}, by customers \
             for {by_bought}; mean reciprocal rank {rank} against {rank_2} and {rank_3}, a gain of {gain:+.3} ± {error}",
            "{verdict}：前 {most} 名命中 {hits}，按近期热度 {by_popularity}，按购买人数 {by_bought}；平均倒数排名 {rank}，对比 \
             {rank_2} 和 {rank_3}，提升 {gain:+.3} ± {error}"
        )
    }
}
