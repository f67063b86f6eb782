//! Comparisons as rows of plain fields, and as a terminal shows them.

use core::fmt;

use rust_decimal::Decimal;

use super::comparison::{Comparison, Subject};
use super::rates;
use super::segments::{SegmentEffect, SegmentEffects};
use super::target::{TargetCurve, TargetPoint};
use super::verdict::Verdict;
use crate::scale::table::{TextTable, counted};
use crate::scale::words::{money, percent, points, unsigned_zero};
use crate::scale::{Confidence, Interval, Language, Ratio};

/// A row of a comparison, with or without the segment that it is of.
macro_rules! comparison_row {
    ($(#[$doc:meta])* $row:ident $(<$key:ident>)?, $($(#[$of:meta])* $segment:ident $(#[$more:meta])* $shrunk:ident $(#[$last:meta])* $error:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub struct $row $(<$key>)? {
            $($(#[$of])* pub $segment: K,)?
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
            $($(#[$more])* pub $shrunk: Option<f64>,
            $(#[$last])* pub $error: Option<f64>,)?
        }

        impl $(<$key>)? $row $(<$key>)? {
            fn of(comparison: &Comparison $(, ($segment, $shrunk, $error): (K, Option<f64>, Option<f64>))?) -> Self {
                let (measure, customers, values) = comparison.subject.plain();
                let ([treated_customers, control_customers], [treated, control]) = (customers, values);
                let (difference, lift) = (comparison.difference_interval(), comparison.lift_interval());
                Self {
                    $($segment, $shrunk, $error,)?
                    measure,
                    treated_customers,
                    treated,
                    control_customers,
                    control,
                    difference: comparison.difference(),
                    difference_low: difference.map(|interval| interval.low),
                    difference_high: difference.map(|interval| interval.high),
                    lift: comparison.lift(),
                    lift_low: lift.map(|interval| interval.low),
                    lift_high: lift.map(|interval| interval.high),
                    confidence: comparison.confidence.level(),
                    verdict: comparison.verdict(),
                }
            }
        }
    };
}

comparison_row! {
    /// A [`Comparison`] in plain fields, named as the header of a file would be.
    ComparisonRow,
}

comparison_row! {
    /// A [`SegmentEffect`] in plain fields, named as the header of a file would be.
    SegmentEffectRow<K>,
    /// The segment.
    segment
    /// [`SegmentEffect::shrunk`].
    shrunk
    /// [`SegmentEffect::standard_error`].
    standard_error
}

impl Subject {
    /// The kind of number, and of both arms the customers and the number.
    fn plain(&self) -> (&'static str, [Option<u64>; 2], [Option<f64>; 2]) {
        match *self {
            Self::Rates(arms) => ("rate", arms.map(|arm| Some(arm.of())), arms.map(Ratio::value)),
            Self::Changes(arms) => {
                ("change", [None; 2], arms.map(|[earlier, later]| rates::difference([later, earlier])))
            }
            Self::Money(arms) => ("money", arms.map(|arm| Some(arm.customers())), arms.map(|arm| arm.mean_number())),
            Self::Bootstrap { means, .. } => ("money", [None; 2], means),
        }
    }
}

impl Comparison {
    /// The same in plain fields. [`comparison_table`] has an example.
    pub fn row(&self) -> ComparisonRow {
        ComparisonRow::of(self)
    }
}

impl<K> SegmentEffects<K> {
    /// The segments in plain fields, the highest shrunk effect first: those that have a comparison.
    pub fn rows(&self) -> impl Iterator<Item = SegmentEffectRow<&K>> {
        self.segments.iter().filter_map(|SegmentEffect { segment, comparison, shrunk, standard_error }| {
            Some(SegmentEffectRow::of(comparison.as_ref()?, (segment, *shrunk, *standard_error)))
        })
    }
}

/// A depth of a [`TargetCurve`] in plain fields, named as the header of a file would be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TargetRow {
    /// The lowest score of the customers.
    pub score: f64,
    /// The customers of that score or a higher one, of both groups.
    pub customers: u64,
    /// The treated ones among them.
    pub treated_customers: u64,
    /// The amount that each of these brought on average; `None` of nobody.
    pub treated: Option<f64>,
    /// The customers held back among them.
    pub control_customers: u64,
    /// The amount that each of these brought on average; `None` of nobody.
    pub control: Option<f64>,
    /// [`TargetPoint::incremental`].
    pub incremental: Option<f64>,
    /// [`TargetPoint::value`] at the cost; `None` where a group is empty.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub value_low: Option<f64>,
    /// The upper end of its interval.
    pub value_high: Option<f64>,
}

impl TargetPoint {
    fn row(&self, cost_per_contact: Decimal, confidence: Confidence) -> TargetRow {
        let value = self.value(cost_per_contact, confidence);
        let interval = value.and_then(|value| value.interval);
        TargetRow {
            score: self.score,
            customers: self.customers,
            treated_customers: self.treated.customers(),
            treated: self.treated.mean_number(),
            control_customers: self.control.customers(),
            control: self.control.mean_number(),
            incremental: self.incremental(),
            value: value.map(|value| value.value),
            value_low: interval.map(|interval| interval.low),
            value_high: interval.map(|interval| interval.high),
        }
    }
}

impl TargetCurve {
    /// The depths in plain fields, the highest score first, with the value at a cost for each contact.
    pub fn rows(&self, cost_per_contact: Decimal, confidence: Confidence) -> impl Iterator<Item = TargetRow> {
        self.points().iter().map(move |point| point.row(cost_per_contact, confidence))
    }
}

/// Prints one line for each depth: the lowest score, the customers, what the treated and the others brought on average, and
/// what the treated brought beyond that. A dash stands for what is undefined.
impl fmt::Display for TargetCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["score", "customers", "treated", "each", "control", "each", "incremental"];
        let mut table = TextTable::new(1, header);
        let mean = |mean: f64| format!("{:.2}", unsigned_zero(mean, 0.005));
        for row in self.rows(Decimal::ZERO, Confidence::default()) {
            table.push(vec![
                row.score.to_string(),
                row.customers.to_string(),
                row.treated_customers.to_string(),
                or_dash(row.treated, mean),
                row.control_customers.to_string(),
                or_dash(row.control, mean),
                or_dash(row.incremental, money),
            ]);
        }
        write!(f, "{table}")
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
