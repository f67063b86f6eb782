//! Price bands of a customer's spend.

use core::ops::Bound;

use rust_decimal::Decimal;

use crate::error::Result;
use crate::history::CustomerHistory;
#[cfg(feature = "serde")]
use crate::number::money::Text;
use crate::scale::range::{Quantity, describe};
use crate::scale::words::phrase;
use crate::scale::{Bands, Label, Language};
use crate::segment::MonetaryMeasure;

/// Bands of what a customer spends, in all or per order.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::scale::Language;
/// use repurchase::segment::SpendBands;
/// use rust_decimal::Decimal;
///
/// let mut history = CustomerHistory::new();
/// history.record_purchase(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), Decimal::from(300))?;
/// let bands = SpendBands::default();
/// let band = bands.band(&history).expect("has bought");
/// assert_eq!(band.key(), "300_500");
/// assert_eq!(band.name(Language::English), "at least 300 and below 500");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SpendBands {
    measure: MonetaryMeasure,
    edges: Bands<Decimal>,
    /// One for each band.
    labels: Vec<Label>,
}

impl SpendBands {
    /// Bands with the given edges, of total revenue or of the mean order amount.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`](crate::error::Error::NotAscending) when an edge is not above the one before it.
    pub fn new(measure: MonetaryMeasure, edges: Vec<Decimal>) -> Result<Self> {
        // 200 and 200.00 are one edge and give one key.
        Ok(Self::of(measure, Bands::new(edges.into_iter().map(|edge| edge.normalize()).collect())?))
    }

    fn of(measure: MonetaryMeasure, bands: Bands<Decimal>) -> Self {
        let labels = (0..bands.len()).filter_map(|position| Some(label(bands.range(position)?))).collect();
        Self { measure, edges: bands, labels }
    }

    /// The amount that is compared with the edges.
    pub const fn measure(&self) -> MonetaryMeasure {
        self.measure
    }

    /// The edges and what lies between them.
    pub const fn bands(&self) -> &Bands<Decimal> {
        &self.edges
    }

    /// The labels of the bands, the lowest first: `under_200`, `200_300`, `from_800`; in words, their edges.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The band of a customer, counted from 0; `None` without a purchase.
    pub fn position(&self, history: &CustomerHistory) -> Option<usize> {
        (history.purchases() > 0).then(|| self.edges.position(&self.measure.of(history)))
    }

    /// The band of a customer; `None` without a purchase.
    pub fn band(&self, history: &CustomerHistory) -> Option<&Label> {
        self.labels.get(self.position(history)?)
    }

    /// Says why a customer is in its band; `None` without a purchase.
    pub fn explain(&self, history: &CustomerHistory, language: Language) -> Option<String> {
        let band = self.band(history)?;
        let (name, amount) = (self.measure.name(language), self.measure.of(history));
        let range = band.name(language);
        Some(phrase!(language, "{name} {amount}, {range}", "{name} {amount}，{range}"))
    }
}

/// Price bands of total revenue with edges at 200, 300, 500 and 800.
impl Default for SpendBands {
    fn default() -> Self {
        let edges = [200, 300, 500, 800].map(Decimal::from);
        Self::of(MonetaryMeasure::Revenue, Bands::ascending(edges.to_vec()))
    }
}

fn label(range: (Bound<&Decimal>, Bound<&Decimal>)) -> Label {
    let key = match range {
        (Bound::Included(lower), Bound::Excluded(upper)) => format!("{lower}_{upper}"),
        (Bound::Included(lower), _) => format!("from_{lower}"),
        (_, Bound::Excluded(upper)) => format!("under_{upper}"),
        _ => "any".to_owned(),
    };
    let words = |language| describe(range, Quantity::Number, language);
    Label::new(key, words(Language::English), words(Language::Chinese))
}

crate::stored::stored! {
    SpendBands(bands) { measure: MonetaryMeasure = bands.measure, edges: Vec<Text> = Text::all(bands.edges.edges()) }
    <=> Self::new(measure, Text::decimals(edges))
}
