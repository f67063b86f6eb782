//! Comparisons as rows of plain fields, and as a terminal shows them.

use core::fmt;

use super::comparison::{Comparison, Subject};
use super::rates;
use super::segments::{SegmentEffect, SegmentEffects};
use super::verdict::{Verdict, money, percent, points, unsigned_zero};
use crate::scale::table::{TextTable, counted};
use crate::scale::{Interval, Language, Ratio};

/// A [`Comparison`] in plain fields, named as the header of a file would be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ComparisonRow {
    /// The kind of number compared: `rate`, `change` (of a rate) or `money` (per customer).
    pub measure: &'static str,
    /// Customers of the treated arm, where the comparison keeps them: for a rate, and for money by its sums.
    pub treated_customers: Option<u64>,
    /// The treated arm's rate, change or money per customer; `None` of nobody.
    pub treated: Option<f64>,
    /// Customers of the control arm.
    pub control_customers: Option<u64>,
    /// The control arm's rate, change or money per customer; `None` of nobody.
    pub control: Option<f64>,
    /// [`Comparison::difference`].
    pub difference: Option<f64>,
    /// The lower end of its interval.
    pub difference_low: Option<f64>,
    /// The upper end of its interval.
    pub difference_high: Option<f64>,
    /// [`Comparison::lift`].
    pub lift: Option<f64>,
    /// The lower end of its interval.
    pub lift_low: Option<f64>,
    /// The upper end of its interval.
    pub lift_high: Option<f64>,
    /// The confidence of the intervals, such as 0.95.
    pub confidence: f64,
    /// [`Comparison::verdict`].
    pub verdict: Verdict,
}

impl Comparison {
    /// The same in plain fields. [`comparison_table`] has an example.
    pub fn row(&self) -> ComparisonRow {
        let (measure, customers, values) = match self.subject {
            Subject::Rates(arms) => ("rate", arms.map(|arm| Some(arm.of())), arms.map(Ratio::value)),
            Subject::Changes(arms) => {
                ("change", [None; 2], arms.map(|[earlier, later]| rates::difference([later, earlier])))
            }
            Subject::Money(arms) => ("money", arms.map(|arm| Some(arm.customers())), arms.map(|arm| arm.mean_number())),
            Subject::Bootstrap { means, .. } => ("money", [None; 2], means),
        };
        let ([treated_customers, control_customers], [treated, control]) = (customers, values);
        let (difference, lift) = (self.difference_interval(), self.lift_interval());
        ComparisonRow {
            measure,
            treated_customers,
            treated,
            control_customers,
            control,
            difference: self.difference(),
            difference_low: difference.map(|interval| interval.low),
            difference_high: difference.map(|interval| interval.high),
            lift: self.lift(),
            lift_low: lift.map(|interval| interval.low),
            lift_high: lift.map(|interval| interval.high),
            confidence: self.confidence.level(),
            verdict: self.verdict(),
        }
    }
}

/// Prints the verdict with its numbers, as [`explain`](Comparison::explain) says it in English.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain(Language::English))
    }
}

/// Comparisons as a terminal shows them: one line for each, with its name, columns aligned.
///
/// Rates stand as the count and the share, their differences and changes in points, money per customer. The intervals are
/// of each comparison's own confidence. A dash stands for what is undefined.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::{Comparison, comparison_table};
/// use repurchase::scale::Confidence;
///
/// let compare = |treated, control| Comparison::of_rates(treated, control, Confidence::default());
/// let lost = compare(Ratio::new(132, 4_155)?, Ratio::new(45, 2_740)?);
/// let loyal = compare(Ratio::new(40, 100)?, Ratio::new(39, 100)?);
/// assert_eq!(
///     comparison_table([("lost", lost), ("loyal", loyal)]).to_string(),
///     "name        treated      control    difference          interval    lift           interval      verdict
/// lost   132    3.18%  45    1.64%  +1.53 points    +0.80 to +2.24  +93.4%  +38.4% to +170.4%       Better
/// loyal   40   40.00%  39   39.00%  +1.00 points  -12.34 to +14.29   +2.6%   -27.2% to +44.5%  Cannot tell"
/// );
/// assert_eq!((lost.row().treated_customers, lost.row().measure), (Some(4_155), "rate"));
/// # Ok::<(), repurchase::Error>(())
/// ```
pub fn comparison_table<N, C>(comparisons: C) -> impl fmt::Display + use<N, C>
where
    N: fmt::Display,
    C: IntoIterator<Item = (N, Comparison)>,
{
    let header = ["name", "treated", "control", "difference", "interval", "lift", "interval", "verdict"];
    let mut table = TextTable::new(1, header);
    for (name, comparison) in comparisons {
        let show = |number: f64| match comparison.subject {
            Subject::Rates(_) | Subject::Changes(_) => points(number, Language::English),
            Subject::Money(_) | Subject::Bootstrap { .. } => money(number),
        };
        // In the unit of the difference, which stands beside it.
        let bare = |number: f64| match comparison.subject {
            Subject::Rates(_) | Subject::Changes(_) => money(number * 100.0),
            Subject::Money(_) | Subject::Bootstrap { .. } => money(number),
        };
        let ComparisonRow { treated, control, difference, lift, verdict, .. } = comparison.row();
        let [treated, control] = match comparison.subject {
            Subject::Rates(arms) => arms.map(counted),
            Subject::Changes(_) => [treated, control].map(|change| or_dash(change, show)),
            Subject::Money(_) | Subject::Bootstrap { .. } => {
                [treated, control].map(|mean| or_dash(mean, |mean| format!("{:.2}", unsigned_zero(mean, 0.005))))
            }
        };
        table.push(vec![
            name.to_string(),
            treated,
            control,
            or_dash(difference, show),
            or_dash(comparison.difference_interval(), |Interval { low, high }| {
                format!("{} to {}", bare(low), bare(high))
            }),
            or_dash(lift, percent),
            or_dash(comparison.lift_interval(), |Interval { low, high }| {
                format!("{} to {}", percent(low), percent(high))
            }),
            verdict.label().name(Language::English).to_owned(),
        ]);
    }
    table
}

/// Prints the comparison of each segment in a [table](comparison_table), the highest shrunk effect first, and below it the
/// shrunk effects: of shares in points, of revenue in money per customer. A dash stands for what is undefined.
impl<K: fmt::Display> fmt::Display for SegmentEffects<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.segments.iter().filter_map(|effect| Some((&effect.segment, effect.comparison?)));
        write!(f, "{}\n\n", comparison_table(known))?;
        let mut table = TextTable::new(1, ["segment", "drawn towards all"]);
        for SegmentEffect { segment, comparison, shrunk, .. } in &self.segments {
            let show = |number: f64| match comparison.map(|comparison| comparison.subject) {
                Some(Subject::Money(_) | Subject::Bootstrap { .. }) => money(number),
                _ => points(number, Language::English),
            };
            table.push(vec![segment.to_string(), or_dash(*shrunk, show)]);
        }
        write!(f, "{table}")
    }
}

fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}
