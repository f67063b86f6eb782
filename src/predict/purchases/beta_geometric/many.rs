//! Answers for many customers: in parts, on all cores, and once for what customers share.
//!
//! Fast on purpose: `probability_alive_all` and `expected_purchases_all` of `benches/predict.rs` must not get slower.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::{BetaGeometric, future};
use crate::number::special::ln_beta_ratio;
use crate::parallel;
use crate::predict::Sample;
use crate::predict::given::numbering::Numbering;
use crate::predict::given::unit::Observed;
use crate::predict::purchases::purchasing::{ByCount, Densities};

/// Customers of a part, who share what was computed for one of them.
const PART: usize = 1 << 18;

const BLOCK: usize = 64;

/// The [`weight`](BetaGeometric::weight) of logarithms up to which they are subtracted.
pub(in crate::predict) const HEAVY: f64 = 1_048_576.0;

/// Chances to leave up to which the mean of staying is kept.
const MOST_KEPT: u32 = 1 << 12;

/// The `x` from which on values are kept in a map.
const FREQUENT: u32 = 128;

const EXPECTATIONS: usize = 1 << 9;

/// Customers of a part of whom each is worked on alone.
const DAYS: usize = 1 << 13;

impl BetaGeometric {
    pub(super) fn likelihoods_of_all(&self, samples: &[Sample]) -> Vec<f64> {
        let [r, alpha, a, b] = self.parameters;
        parallel::concat(samples.len(), DAYS, |part| {
            let (mut densities, mut stayed) = (Densities::new(r, alpha, self.unit), ByCount::default());
            let likelihood = |sample: &Sample| {
                let (repeats, of) = (sample.repeats(), self.unit.of_sample(sample));
                let at_age = densities.of(repeats, sample.age_days());
                let at_recency = || densities.of(repeats, sample.recency_days());
                // Chances are whole and fewer than 2^32 + 1.
                let stayed = |chances: f64| stayed.of(chances as u32, |chances| ln_beta_ratio(a, b, chances.into()));
                self.extra.likelihood(self.parameters, &of, at_age, at_recency, stayed)
            };
            samples.get(part).unwrap_or_default().iter().map(likelihood).collect()
        })
    }

    pub(super) fn alive_of_all(&self, samples: &[Sample]) -> Vec<f64> {
        let mut alive = vec![0.0; samples.len()];
        parallel::map_chunks(&mut alive, PART, |part, alive| {
            self.alive_of_part(of_part(samples, part), alive, |_, _, _| ());
        });
        alive
    }

    /// Computes expectations, which of a customer who is alive depend on `x` and `T` alone, and are shared.
    pub(super) fn expected_of_all(&self, samples: &[Sample], horizon: f64) -> Vec<f64> {
        let [_, alpha, a, b] = self.parameters;
        let kept: Vec<f64> = (0..MOST_KEPT).map(|chances| future::stay(a, b, chances)).collect();
        let stays = |chances| kept.get(chances as usize).copied().unwrap_or_else(|| future::stay(a, b, chances));
        let expected = |repeats: u32, age_days: f64| {
            self.expected_while_alive(repeats, horizon / (alpha + self.unit.of_days(age_days)), stays)
        };
        self.while_alive_of_all(samples, expected)
    }

    /// Computes P(buys), which of a customer who is alive depends on `x` and `T` alone, too.
    pub(super) fn buys_of_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        self.while_alive_of_all(samples, |repeats, age_days| {
            let of = Observed { repeats, recency: 0.0, age: self.unit.of_days(age_days) };
            self.while_alive(&of, horizon_days).buys()
        })
    }

    pub(super) fn days_of_all(&self, samples: &[Sample], probability: f64) -> Vec<Option<u32>> {
        let alive = self.alive_of_all(samples);
        parallel::concat(samples.len(), DAYS, |part| {
            let alive = alive.get(part.clone()).unwrap_or_default();
            let samples = samples.get(part).unwrap_or_default().iter();
            samples.zip(alive).map(|(sample, &alive)| self.days_until_if(alive, sample, probability)).collect()
        })
    }

    /// P(alive) times what depends on `x` and `T`.
    fn while_alive_of_all(&self, samples: &[Sample], value: impl Fn(u32, f64) -> f64 + Send + Sync) -> Vec<f64> {
        if samples.len() <= PART || parallel::is_one_thread() {
            self.in_one_pass(samples, value)
        } else {
            self.in_two_passes(samples, value)
        }
    }

    /// Computes the expectation of a pair when it is seen first.
    fn in_one_pass(&self, samples: &[Sample], expected: impl Fn(u32, f64) -> f64) -> Vec<f64> {
        let mut answers = vec![0.0; samples.len()];
        // Nothing below 0 is expected.
        let mut by_pair = ByPair::new(-1.0);
        self.alive_of_part(samples, &mut answers, |sample, age, alive| {
            *alive *= by_pair.of(age, sample.repeats(), || expected(sample.repeats(), sample.age_days()));
        });
        answers
    }

    /// The same numbers in more steps, on all cores: parts number their pairs, the expectation of each different pair is
    /// computed once, and each part takes its own.
    fn in_two_passes(&self, samples: &[Sample], expected: impl Fn(u32, f64) -> f64 + Send + Sync) -> Vec<f64> {
        let mut answers = vec![0.0; samples.len()];
        let parts = parallel::map_chunks(&mut answers, PART, |part, alive| {
            let (mut pairs, mut numbers) = (Pairs::default(), Vec::with_capacity(alive.len()));
            let see = |sample: &Sample, age, _: &mut f64| numbers.push(pairs.number(age, sample.repeats()));
            let times = self.alive_of_part(of_part(samples, part), alive, see);
            (times, pairs.all, numbers)
        });
        let (mut numbering, mut pairs) = (Numbering::default(), Pairs::default());
        let of_part = |(times, pairs_of_part, _): &(Vec<f64>, Vec<(u32, u32)>, Vec<u32>)| {
            let ages: Vec<u32> = times.iter().map(|&time| numbering.of(time)).collect();
            let number = |&(age, repeats): &(u32, u32)| Some(pairs.number(*ages.get(age as usize)?, repeats));
            pairs_of_part.iter().filter_map(number).collect::<Vec<u32>>()
        };
        let joined: Vec<Vec<u32>> = parts.iter().map(of_part).collect();
        let of_pairs = parallel::map_ranges(pairs.all.len(), EXPECTATIONS, |some| {
            let time = |age: u32| numbering.times().get(age as usize).copied().unwrap_or_default();
            let pairs = pairs.all.get(some).unwrap_or_default().iter();
            pairs.map(|&(age, repeats)| expected(repeats, time(age))).collect::<Vec<_>>()
        });
        let of_pairs = of_pairs.concat();
        parallel::map_chunks(&mut answers, PART, |part, alive| {
            let (Some(joined), Some((_, _, numbers))) = (joined.get(part), parts.get(part)) else { return };
            let expected: Vec<f64> = joined.iter().filter_map(|&pair| of_pairs.get(pair as usize).copied()).collect();
            for (alive, &number) in alive.iter_mut().zip(numbers) {
                *alive *= expected[number as usize];
            }
        });
        answers
    }

    /// P(alive) of each, and the different times. `see` gets each sample, the number of its `T` among these times, and
    /// its answer, which it may change.
    fn alive_of_part(
        &self,
        samples: &[Sample],
        answers: &mut [f64],
        mut see: impl FnMut(&Sample, u32, &mut f64),
    ) -> Vec<f64> {
        let (mut numbering, mut passed, mut longest) = (Numbering::default(), Vec::new(), 0.0f64);
        let mut block = [(0, 0); BLOCK];
        for (samples, answers) in samples.chunks(BLOCK).zip(answers.chunks_mut(BLOCK)) {
            // The look-ups first: the loop after them has no branch.
            for (sample, found) in samples.iter().zip(&mut block) {
                *found = (numbering.of(sample.age_days()) as usize, numbering.of(sample.recency_days()) as usize);
            }
            let unseen = numbering.times().get(passed.len()..).unwrap_or_default().iter();
            let of_unseen = unseen.map(|&days| self.passed(self.unit.of_days(days)));
            passed.extend(of_unseen.inspect(|&passed| longest = passed.max(longest)));
            for (silence, &(age, recency)) in answers.iter_mut().zip(&block) {
                *silence = passed[age] - passed[recency];
            }
            let repeats = samples.iter().fold(0, |most, sample| most.max(sample.repeats()));
            if self.weight(repeats, longest) > HEAVY {
                for ((silence, sample), &(age, recency)) in answers.iter_mut().zip(samples).zip(&block) {
                    *silence = self.silence(&self.unit.of_sample(sample), passed[age], passed[recency]);
                }
            }
            for (sample, alive) in samples.iter().zip(answers.iter_mut()) {
                *alive = self.alive_after(*alive, sample.repeats());
            }
            for ((sample, answer), &(age, _)) in samples.iter().zip(answers.iter_mut()).zip(&block) {
                // There are fewer than 2^32 times.
                see(sample, age as u32, answer);
            }
        }
        numbering.times().to_vec()
    }
}

fn of_part(samples: &[Sample], part: usize) -> &[Sample] {
    samples.get(part * PART..).unwrap_or_default()
}

/// A value for each different pair of a `T`, by its number, and an `x`.
struct ByPair<V> {
    /// The values by age, then by `x`; `none` of a pair that was not seen.
    values: Vec<Vec<V>>,
    /// The values of large `x`: vectors as long would need too much memory over many ages.
    frequent: HashMap<(u32, u32), V, FixedState>,
    none: V,
}

/// The first length of an age's vector.
const ROOM: usize = 8;

impl<V: Copy + PartialEq> ByPair<V> {
    fn new(none: V) -> Self {
        Self { values: Vec::new(), frequent: HashMap::default(), none }
    }

    /// The value of a pair, computed when it is first needed.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "once for each customer")]
    fn of(&mut self, age: u32, repeats: u32, value: impl FnOnce() -> V) -> V {
        match self.values.get(age as usize).and_then(|values| values.get(repeats as usize)) {
            Some(&seen) if seen != self.none => seen,
            _ => self.look_up(age, repeats, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_up(&mut self, age: u32, repeats: u32, value: impl FnOnce() -> V) -> V {
        if repeats >= FREQUENT {
            return *self.frequent.entry((age, repeats)).or_insert_with(value);
        }
        if self.values.len() <= age as usize {
            self.values.resize(age as usize + 1, Vec::new());
        }
        let values = &mut self.values[age as usize];
        if values.len() <= repeats as usize {
            values.resize((repeats as usize + 1).next_power_of_two().max(ROOM), self.none);
        }
        let value = value();
        values[repeats as usize] = value;
        value
    }
}

/// Different pairs of a `T`, by its number, and an `x`, numbered in the order of first sight, from 0.
struct Pairs {
    numbers: ByPair<u32>,
    all: Vec<(u32, u32)>,
}

impl Default for Pairs {
    fn default() -> Self {
        Self { numbers: ByPair::new(u32::MAX), all: Vec::new() }
    }
}

impl Pairs {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "once for each customer")]
    fn number(&mut self, age: u32, repeats: u32) -> u32 {
        self.numbers.of(age, repeats, || {
            self.all.push((age, repeats));
            self.all.len() as u32 - 1
        })
    }
}
