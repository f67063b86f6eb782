//! R, F and M of one customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::CustomerHistory;
use crate::scale::Language;

/// The measure of F.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum FrequencyMeasure {
    /// Purchases: two orders on one day are two.
    #[default]
    Purchases,
    /// The number of distinct days with a purchase.
    PurchaseDays,
}

impl FrequencyMeasure {
    #[inline]
    pub(super) const fn of(self, history: &CustomerHistory) -> u64 {
        match self {
            Self::Purchases => history.purchases(),
            Self::PurchaseDays => history.purchase_days(),
        }
    }

    pub(super) const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Purchases => language.pick("purchases", "支付订单数"),
            Self::PurchaseDays => language.pick("purchase days", "购买天数"),
        }
    }
}

/// The measure of M.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MonetaryMeasure {
    /// [Revenue](CustomerHistory::revenue): spend less credits.
    #[default]
    Revenue,
    /// [Spend per purchase](CustomerHistory::mean_order_amount).
    #[doc(alias = "AOV")]
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
        match self {
            Self::Revenue => language.pick("revenue", "成交金额"),
            Self::MeanOrderAmount => language.pick("mean order amount", "笔单价"),
        }
    }
}

/// The measures of F and M.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct Measures {
    pub(super) frequency: FrequencyMeasure,
    pub(super) monetary: MonetaryMeasure,
}

/// The three values of a customer that are scored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values {
    pub(super) last_purchase: NaiveDate,
    pub(super) frequency: u64,
    pub(super) monetary: Decimal,
}

impl Measures {
    /// Refuses other measures than those of a model, each with whether it is of a window.
    pub(super) fn check(model: (Self, bool), found: (Self, bool)) -> Result<()> {
        if model == found {
            return Ok(());
        }
        let [model, found] = [model, found].map(|(measures, in_window)| measures.describe(in_window));
        Err(Error::MeasuresMismatch { model, found })
    }

    /// The measures in words.
    pub(super) fn describe(self, in_window: bool) -> Box<str> {
        let (frequency, monetary) = (self.frequency.name(Language::English), self.monetary.name(Language::English));
        let window = if in_window { " of a window" } else { "" };
        format!("{frequency} and {monetary}{window}").into()
    }

    /// The values of a customer whose F and M are those of `recent`; `None` without a purchase in `history`.
    pub(super) fn of(self, history: &CustomerHistory, recent: &CustomerHistory) -> Option<Values> {
        Some(Values {
            last_purchase: history.last_purchase()?,
            frequency: self.frequency.of(recent),
            monetary: self.monetary.of(recent),
        })
    }
}
