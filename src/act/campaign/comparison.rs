//! Two arms side by side: difference, lift, intervals, verdict.

use super::verdict::Verdict;
use super::{money as means, rates};
#[cfg(feature = "serde")]
use crate::error::{Error, Result};
use crate::scale::money_sample::MoneySample;
use crate::scale::words::{money, percent, phrase, points, unsigned_zero, with_interval};
use crate::scale::{Confidence, Interval, Language, Ratio};

/// A treated arm against a control arm, by a rate or by money per customer: did the campaign do it?
///
/// **Population**: two separate groups, divided by [random assignment](super::Assignment). Where the shop chose whom to
/// treat, the campaign need not be the cause of the difference.
///
/// # Examples
///
/// 13.2 thousand conversions of 415.5 thousand against 448 of 27.4 thousand:
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::{Comparison, Verdict};
/// use repurchase::scale::{Confidence, Language};
///
/// let (treated, control) = (Ratio::new(13_200, 415_500)?, Ratio::new(448, 27_400)?);
/// let comparison = Comparison::of_rates(treated, control, Confidence::default());
/// assert_eq!(comparison.verdict(), Verdict::Better);
/// assert_eq!(
///     comparison.explain(Language::English),
///     "Better: 13200 of 415500 (3.18%) against 448 of 27400 (1.64%); difference +1.54 points \
///      (95% interval +1.38 points to +1.70 points), lift +94.3% (95% interval +77.0% to +113.3%)",
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("A/B test", "uplift", "lift", "significance"))]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    pub(super) subject: Subject,
    pub(super) confidence: Confidence,
}

/// The numbers compared; pairs are the treated arm and the control arm.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub(super) enum Subject {
    Rates([Ratio; 2]),
    /// Each arm's rate at the earlier and at the later stage.
    Changes([[Ratio; 2]; 2]),
    Money([MoneySample; 2]),
    /// The amounts themselves are not kept.
    Bootstrap {
        means: [Option<f64>; 2],
        difference: Option<Interval>,
        lift: Option<Interval>,
    },
}

impl Comparison {
    /// The confidence of the intervals.
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// The treated arm's number less the control arm's; `None` where an arm is empty.
    ///
    /// Of rates, within -1..=1 (0.02 is 2 points); of changes, the treated arm's change less the control arm's, within
    /// -2..=2; of money, per customer.
    pub fn difference(&self) -> Option<f64> {
        match self.subject {
            Subject::Rates(arms) => rates::difference(arms),
            Subject::Changes(arms) => rates::difference_of_changes(arms),
            Subject::Money(_) | Subject::Bootstrap { .. } => {
                let [treated, control] = self.means()?;
                Some(treated - control)
            }
        }
    }

    /// The variance of the [`difference`](Comparison::difference), for taking effects together; `None` where an arm is empty,
    /// for money where an arm has fewer than two customers, and of bootstrapped amounts.
    ///
    /// # Formula
    ///
    /// Of rates, the sum over the arms of `p (1 - p) / (n + 2)` at `p = (x + 1) / (n + 2)`, which is above 0 also for 0 of n;
    /// of changes, the same over the four groups; of money, the sum of `s² / n`.
    ///
    /// # References
    ///
    /// A. Agresti, B. Caffo (2000), "Simple and effective confidence intervals for proportions and differences of proportions
    /// result from adding two successes and two failures", The American Statistician 54(4), 280-288,
    /// doi 10.1080/00031305.2000.10474560.
    pub fn difference_variance(&self) -> Option<f64> {
        let of_rates = |rates: [Ratio; 2]| rates.into_iter().map(rates::variance).sum::<Option<f64>>();
        match self.subject {
            Subject::Rates(arms) => of_rates(arms),
            Subject::Changes([treated, control]) => Some(of_rates(treated)? + of_rates(control)?),
            Subject::Money(arms) => means::difference_variance(arms),
            Subject::Bootstrap { .. } => None,
        }
    }

    /// Whether two compare the same: rates, changes, or money.
    pub(super) const fn is_like(&self, other: &Self) -> bool {
        use Subject::{Bootstrap, Changes, Money, Rates};
        matches!(
            (&self.subject, &other.subject),
            (Rates(_), Rates(_))
                | (Changes(_), Changes(_))
                | (Money(_) | Bootstrap { .. }, Money(_) | Bootstrap { .. })
        )
    }

    /// The interval of the [`difference`](Comparison::difference), by the formula of the constructor; `None` where an
    /// arm is empty, and for money also where there is no spread to judge by.
    pub fn difference_interval(&self) -> Option<Interval> {
        match self.subject {
            Subject::Rates(arms) => rates::difference_interval(arms, self.confidence),
            Subject::Changes(arms) => rates::difference_of_changes_interval(arms, self.confidence),
            Subject::Money([treated, control]) => treated.difference_interval(control, self.confidence),
            Subject::Bootstrap { difference, .. } => difference,
        }
    }

    /// The difference relative to the control arm's number: 0.94 for +94%.
    ///
    /// `None` where an arm is empty or the control arm's number is not above 0, and for changes.
    pub fn lift(&self) -> Option<f64> {
        match self.subject {
            Subject::Rates(arms) => rates::lift(arms),
            Subject::Changes(_) => None,
            Subject::Money(_) | Subject::Bootstrap { .. } => means::lift(self.means()?),
        }
    }

    /// The interval of the [`lift`](Comparison::lift), by the formula of the constructor; `None` where the lift has no
    /// bound.
    pub fn lift_interval(&self) -> Option<Interval> {
        match self.subject {
            Subject::Rates(arms) => rates::lift_interval(arms, self.confidence),
            Subject::Changes(_) => None,
            Subject::Money(arms) => means::lift_interval(arms, self.confidence),
            Subject::Bootstrap { lift, .. } => lift,
        }
    }

    /// Whether the arms differ by more than chance explains: by the interval of the difference.
    pub fn verdict(&self) -> Verdict {
        match self.difference_interval() {
            Some(interval) if interval.low > 0.0 => Verdict::Better,
            Some(interval) if interval.high < 0.0 => Verdict::Worse,
            _ => Verdict::CannotTell,
        }
    }

    /// The verdict with its numbers, in a sentence without its full stop.
    pub fn explain(&self, language: Language) -> String {
        let (verdict, arms) = (self.verdict().label().name(language), self.arms(language));
        let opening = phrase!(language, "{verdict}: {arms}; ", "{verdict}：{arms}；");
        let is_change = matches!(self.subject, Subject::Changes(_));
        let (name, comma, lift) = if is_change {
            (language.pick("difference of the changes", "变化之差"), "", "")
        } else {
            language.pick(("difference", ", ", "lift"), ("相差", "，", "相对提升"))
        };
        let show = |number| match self.subject {
            Subject::Rates(_) | Subject::Changes(_) => points(number, language),
            Subject::Money(_) | Subject::Bootstrap { .. } => money(number),
        };
        let with = |name, number, interval, show: &dyn Fn(f64) -> String| {
            with_interval(name, number, interval, Some(self.confidence), show, language)
        };
        let mut text = opening + &with(name, self.difference(), self.difference_interval(), &show);
        if !is_change {
            text += comma;
            text += &with(lift, self.lift(), self.lift_interval(), &percent);
        }
        text
    }

    /// Both arms in words.
    fn arms(&self, language: Language) -> String {
        let money = |means: [Option<String>; 2]| match means {
            [Some(treated), Some(control)] => {
                phrase!(language, "{treated} against {control} per customer", "人均 {treated}，对照组 {control}")
            }
            _ => language.pick("an arm is empty", "有一组没有客户").to_owned(),
        };
        match self.subject {
            Subject::Rates(arms) => {
                let [treated, control] = arms.map(|arm| match language {
                    Language::English => arm.to_string(),
                    Language::Chinese => in_chinese(arm),
                });
                phrase!(language, "{treated} against {control}", "{treated}，对照组 {control}")
            }
            Subject::Changes(arms) => {
                let [treated, control] = arms.map(|[earlier, later]| match rates::difference([later, earlier]) {
                    Some(change) => points(change, language),
                    None => language.pick("nothing known", "未知").to_owned(),
                });
                phrase!(language, "changed by {treated} against {control}", "变化 {treated}，对照组 {control}")
            }
            Subject::Money(arms) => money(arms.map(|arm| arm.mean().map(|mean| format!("{:.2}", mean.round_dp(2))))),
            Subject::Bootstrap { means, .. } => {
                money(means.map(|mean| mean.map(|mean| format!("{:.2}", unsigned_zero(mean, 0.005)))))
            }
        }
    }

    /// The mean amount per customer of each arm.
    fn means(&self) -> Option<[f64; 2]> {
        let [treated, control] = match self.subject {
            Subject::Money(arms) => arms.map(|arm| arm.mean_number()),
            Subject::Bootstrap { means, .. } => means,
            Subject::Rates(_) | Subject::Changes(_) => return None,
        };
        Some([treated?, control?])
    }
}

fn in_chinese(share: Ratio) -> String {
    let (count, of) = (share.count(), share.of());
    match share.value() {
        Some(value) => format!("{of} 人次中 {count}（{:.2}%）", value * 100.0),
        None => format!("{of} 人次中 {count}"),
    }
}

#[cfg(feature = "serde")]
impl Subject {
    fn checked(self) -> Result<Self> {
        let Self::Bootstrap { means, .. } = self else { return Ok(self) };
        match means.into_iter().flatten().find(|mean| !mean.is_finite()) {
            Some(found) => Err(Error::Number { field: "mean of an arm", found, expected: "finite" }),
            None => Ok(self),
        }
    }
}

crate::stored::stored! {
    Comparison { subject: Subject, confidence: Confidence } <=> Ok(Self { subject: subject.checked()?, confidence })
}
