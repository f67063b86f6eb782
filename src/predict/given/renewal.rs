//! The customers of a cohort that are left after each renewal.

use crate::error::{Error, Result};

/// The number of customers of one cohort at its start and after each renewal up to today.
///
/// A cohort is the customers who became members in one period, and come to each renewal at the same time.
///
/// # Examples
///
/// ```
/// use repurchase::predict::RenewalCohort;
///
/// let cohort = RenewalCohort::new(vec![1000, 869, 743])?;
/// assert_eq!((cohort.customers(), cohort.renewals()), (1000, 2));
/// assert!(RenewalCohort::new(vec![1000, 869, 870]).is_err(), "a cohort does not grow");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<u64>", into = "Vec<u64>"))]
pub struct RenewalCohort {
    survivors: Vec<u64>,
}

impl RenewalCohort {
    /// A cohort by its number of customers at the start, after the first renewal, after the second and so on. An empty
    /// list is a cohort without customers, a list of one count a cohort before its first renewal.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for the first count that is above the one before it.
    pub fn new(survivors: Vec<u64>) -> Result<Self> {
        match survivors.windows(2).find(|pair| pair[1] > pair[0]) {
            Some(pair) => {
                Err(Error::OutOfRange { field: "survivors of a cohort", found: pair[1], min: 0, max: pair[0] })
            }
            None => Ok(Self { survivors }),
        }
    }

    /// The customers at the start and after each renewal.
    pub fn survivors(&self) -> &[u64] {
        &self.survivors
    }

    /// The customers at the start.
    pub fn customers(&self) -> u64 {
        self.survivors.first().copied().unwrap_or(0)
    }

    /// The number of renewals so far.
    pub fn renewals(&self) -> usize {
        self.survivors.len().saturating_sub(1)
    }
}

impl TryFrom<Vec<u64>> for RenewalCohort {
    type Error = Error;

    fn try_from(survivors: Vec<u64>) -> Result<Self> {
        Self::new(survivors)
    }
}

impl From<RenewalCohort> for Vec<u64> {
    fn from(cohort: RenewalCohort) -> Self {
        cohort.survivors
    }
}

/// The decisions at one renewal, over all cohorts that came to it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::predict) struct Decisions {
    pub(in crate::predict) renewed: f64,
    pub(in crate::predict) left: f64,
}

/// The cohorts of a shop, added up.
#[derive(Debug)]
pub(in crate::predict) struct Renewals {
    /// The decisions from the first renewal on.
    pub(in crate::predict) decisions: Vec<Decisions>,
    pub(in crate::predict) customers: u64,
    /// The number of different fates of customers: left at a renewal, or still there after it.
    pub(in crate::predict) fates: usize,
}

impl Renewals {
    #[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
    pub(in crate::predict) fn of(cohorts: &[RenewalCohort]) -> Result<Self> {
        let sum = |sum: u64, more| {
            sum.checked_add(more).ok_or(Error::CountOverflow { field: "number of customers of all cohorts" })
        };
        let longest = cohorts.iter().map(RenewalCohort::renewals).max().unwrap_or(0);
        // Counts are added as integers, so that the order of cohorts changes nothing.
        let (mut renewed, mut left) = (vec![0u64; longest], vec![0u64; longest]);
        let mut is_last = vec![false; longest];
        let mut customers = 0u64;
        for cohort in cohorts {
            customers = sum(customers, cohort.customers())?;
            for (pair, (renewed, left)) in cohort.survivors.windows(2).zip(renewed.iter_mut().zip(&mut left)) {
                *renewed = sum(*renewed, pair[1])?;
                *left = sum(*left, pair[0] - pair[1])?;
            }
            if let (Some(1..), Some(is_last)) =
                (cohort.survivors.last(), is_last.get_mut(cohort.renewals().wrapping_sub(1)))
            {
                *is_last = true;
            }
        }
        let fates = left.iter().filter(|&&left| left > 0).count() + is_last.iter().filter(|&&is_last| is_last).count();
        let decisions =
            renewed.iter().zip(&left).map(|(&renewed, &left)| Decisions { renewed: renewed as f64, left: left as f64 });
        Ok(Self { decisions: decisions.collect(), customers, fates })
    }

    /// The same for a fit; an error without a customer or without a renewal.
    pub(in crate::predict) fn observed(what: &'static str, cohorts: &[RenewalCohort]) -> Result<Self> {
        let renewals = Self::of(cohorts)?;
        if renewals.customers == 0 {
            return Err(Error::NoCustomers { what });
        }
        if renewals.renewed() + renewals.left() <= 0.0 {
            return Err(Error::NothingObserved { what });
        }
        Ok(renewals)
    }

    /// The share of all decisions that were to leave.
    pub(in crate::predict) fn share_left(&self) -> f64 {
        self.left() / (self.renewed() + self.left())
    }

    /// The number of renewals to which anybody came.
    pub(in crate::predict) fn periods(&self) -> usize {
        self.decisions.iter().filter(|decisions| decisions.renewed + decisions.left > 0.0).count()
    }

    pub(in crate::predict) fn renewed(&self) -> f64 {
        self.decisions.iter().map(|decisions| decisions.renewed).sum()
    }

    pub(in crate::predict) fn left(&self) -> f64 {
        self.decisions.iter().map(|decisions| decisions.left).sum()
    }
}
