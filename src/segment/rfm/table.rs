//! What is scored: three values of every customer.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger, Money};
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::scale::Language;

/// What F counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum FrequencyMeasure {
    /// Purchases: two orders on one day are two.
    #[default]
    Purchases,
    /// Distinct days with a purchase.
    PurchaseDays,
}

impl FrequencyMeasure {
    fn of(self, history: &CustomerHistory) -> u64 {
        match self {
            Self::Purchases => history.purchases(),
            Self::PurchaseDays => history.purchase_days(),
        }
    }

    pub(super) const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Purchases, Language::English) => "purchases",
            (Self::Purchases, Language::Chinese) => "购买次数",
            (Self::PurchaseDays, Language::English) => "purchase days",
            (Self::PurchaseDays, Language::Chinese) => "购买天数",
        }
    }
}

/// What M sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum MonetaryMeasure {
    /// [Revenue](CustomerHistory::revenue): spend less credits.
    #[default]
    Revenue,
    /// [Spend per purchase](CustomerHistory::mean_order_amount).
    MeanOrderAmount,
}

impl MonetaryMeasure {
    pub(crate) fn of(self, history: &CustomerHistory) -> Decimal {
        match self {
            Self::Revenue => history.revenue(),
            Self::MeanOrderAmount => history.mean_order_amount().unwrap_or_default(),
        }
    }

    pub(crate) const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Revenue, Language::English) => "revenue",
            (Self::Revenue, Language::Chinese) => "消费金额",
            (Self::MeanOrderAmount, Language::English) => "mean order amount",
            (Self::MeanOrderAmount, Language::Chinese) => "笔单价",
        }
    }
}

/// The three values of one customer that RFM scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RfmValues {
    /// The day of the last purchase.
    pub last_purchase: NaiveDate,
    /// Purchases, or purchase days.
    pub frequency: u64,
    /// Revenue, or mean order amount.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub monetary: Decimal,
}

/// What F counts and M sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RfmMeasures {
    /// What F counts.
    pub frequency: FrequencyMeasure,
    /// What M sums.
    pub monetary: MonetaryMeasure,
}

impl RfmMeasures {
    /// Counts F so.
    #[must_use]
    pub const fn with_frequency(mut self, measure: FrequencyMeasure) -> Self {
        self.frequency = measure;
        self
    }

    /// Sums M so.
    #[must_use]
    pub const fn with_monetary(mut self, measure: MonetaryMeasure) -> Self {
        self.monetary = measure;
        self
    }

    /// What is measured, in words.
    pub(super) fn describe(self, in_window: bool) -> Box<str> {
        let (frequency, monetary) = (self.frequency.name(Language::English), self.monetary.name(Language::English));
        let window = if in_window { " of a window" } else { "" };
        format!("{frequency} and {monetary}{window}").into()
    }

    /// The values of a customer; `None` without a purchase.
    #[inline]
    pub fn of(self, history: &CustomerHistory) -> Option<RfmValues> {
        self.in_window(history, history)
    }

    /// The values of a customer whose frequency and monetary value are those of a window, of which `recent` is the
    /// history.
    ///
    /// A customer who bought nothing in the window has frequency 0, a mean order amount of 0, and a revenue of 0 less
    /// the window's credits. `None` without a purchase in `history`.
    #[inline]
    pub fn in_window(self, history: &CustomerHistory, recent: &CustomerHistory) -> Option<RfmValues> {
        Some(RfmValues {
            last_purchase: history.last_purchase()?,
            frequency: self.frequency.of(recent),
            monetary: self.monetary.of(recent),
        })
    }
}

/// The [`RfmValues`] of all customers of a [`Ledger`], as columns: what an [`RfmModel`](super::RfmModel) is fitted on.
///
/// **Population**: the customers with at least one purchase up to the ledger's as-of day.
#[derive(Debug, Clone)]
pub struct RfmTable<'a> {
    pub(super) as_of: NaiveDate,
    pub(super) measures: RfmMeasures,
    pub(super) in_window: bool,
    pub(super) last_purchase: &'a [Day],
    pub(super) frequency: Cow<'a, [u32]>,
    pub(super) monetary: Monetary<'a>,
}

/// A column of M.
#[derive(Debug, Clone)]
pub(super) enum Monetary<'a> {
    /// In units of `10^-scale`.
    Minor(&'a Money, u32),
    /// Quotients, which have no common scale.
    Decimal(Vec<Decimal>),
}

impl<'a> RfmTable<'a> {
    /// The values of a ledger's customers over their whole histories.
    pub fn of<Id>(ledger: &'a Ledger<Id>, measures: RfmMeasures) -> Self {
        Self {
            as_of: ledger.as_of(),
            measures,
            in_window: false,
            last_purchase: ledger.last_days(),
            frequency: Cow::Borrowed(match measures.frequency {
                FrequencyMeasure::Purchases => ledger.purchases(),
                FrequencyMeasure::PurchaseDays => ledger.purchase_days(),
            }),
            monetary: match measures.monetary {
                MonetaryMeasure::Revenue => Monetary::Minor(ledger.revenue(), ledger.scale()),
                MonetaryMeasure::MeanOrderAmount => Monetary::Decimal(ledger.mean_order_amounts()),
            },
        }
    }

    /// The values of a ledger's customers, of which F and M count only what is in `recent`: the ledger of a
    /// [window](crate::PurchaseLog::ledger_in) of the same log.
    ///
    /// "Who bought how much in the last year" while R looks back over all time. See [`RfmMeasures::in_window`] for
    /// customers who bought nothing in the window.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] when the window does not end on the ledger's as-of day; [`Error::UnknownCustomer`] when
    /// somebody bought in the window who is not in the ledger, so that the two are not of one log.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::{NaiveDate, TimeZone, Utc};
    /// use repurchase::segment::{RfmMeasures, RfmTable};
    /// use repurchase::{Order, PurchaseLog, ShopCalendar, Window};
    /// use rust_decimal::Decimal;
    ///
    /// let order = |id, m, d| Order::new(id, Utc.with_ymd_and_hms(2026, m, d, 12, 0, 0).unwrap(), Decimal::TEN);
    /// let log = PurchaseLog::from_records([order(1, 1, 5)?, order(2, 1, 7)?, order(2, 3, 30)?], &ShopCalendar::utc())?;
    /// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    /// let (ledger, recent) = (log.ledger(as_of)?, log.ledger_in(Window::last_days(as_of, 30)?)?);
    ///
    /// let table = RfmTable::in_window(&ledger, &recent, RfmMeasures::default())?;
    /// assert_eq!(table.iter().map(|values| values.frequency).collect::<Vec<_>>(), [0, 1]);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn in_window<Id: CustomerId>(
        ledger: &'a Ledger<Id>,
        recent: &Ledger<Id>,
        measures: RfmMeasures,
    ) -> Result<Self> {
        if ledger.as_of() != recent.as_of() {
            return Err(Error::AsOfMismatch { left: ledger.as_of(), right: recent.as_of() });
        }
        let mut frequency = vec![0; ledger.len()];
        let mut monetary = vec![Decimal::ZERO; ledger.len()];
        let place = |id: &Id| ledger.ids().binary_search(id).ok();
        for (id, history) in recent.iter() {
            let place = place(id).ok_or_else(|| Error::unknown(id))?;
            // A history counts in 32 bits.
            frequency[place] = u32::try_from(measures.frequency.of(&history)).unwrap_or(u32::MAX);
            monetary[place] = measures.monetary.of(&history);
        }
        // Of those who bought nothing in the window, some bought before it and others never.
        for (id, history) in recent.without_purchase() {
            if let Some(place) = place(id) {
                monetary[place] = measures.monetary.of(history);
            }
        }
        Ok(Self {
            in_window: true,
            frequency: Cow::Owned(frequency),
            monetary: Monetary::Decimal(monetary),
            ..Self::of(ledger, measures)
        })
    }

    /// The number of customers.
    pub fn len(&self) -> usize {
        self.last_purchase.len()
    }

    /// Whether there is nobody to score.
    pub fn is_empty(&self) -> bool {
        self.last_purchase.is_empty()
    }

    /// What F counts and M sums here.
    pub const fn measures(&self) -> RfmMeasures {
        self.measures
    }

    /// Every customer's values, in the order of the ledger's ids.
    pub fn iter(&self) -> impl Iterator<Item = RfmValues> + '_ {
        (0..self.len()).filter_map(|place| {
            Some(RfmValues {
                last_purchase: self.last_purchase.get(place)?.date(),
                frequency: (*self.frequency.get(place)?).into(),
                monetary: match &self.monetary {
                    Monetary::Minor(money, scale) => crate::number::money::decimal(money.get(place)?, *scale)?,
                    Monetary::Decimal(amounts) => *amounts.get(place)?,
                },
            })
        })
    }
}
