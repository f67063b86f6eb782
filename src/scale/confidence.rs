//! The confidence of an interval.

use crate::error::{Error, Result};
use crate::number::distribution::{normal_within, student_within};

/// The confidence of an interval: the share of samples whose interval holds the truth. 95% by default.
///
/// # Examples
///
/// ```
/// use repurchase::scale::Confidence;
///
/// assert_eq!(Confidence::default(), Confidence::new(0.95)?);
/// assert!((Confidence::default().z() - 1.959_963_984_540_054).abs() < 1e-15);
/// assert!(Confidence::new(1.0).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence {
    level: f64,
}

impl Confidence {
    /// A confidence such as 0.95.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless it is `1e-8` or more and below 1.
    pub const fn new(level: f64) -> Result<Self> {
        if level >= 1e-8 && level < 1.0 {
            Ok(Self { level })
        } else {
            Err(Error::Number { field: "confidence", found: level, expected: "1e-8 or more and below 1" })
        }
    }

    /// The level, `1e-8` or more and below 1.
    pub const fn level(self) -> f64 {
        self.level
    }

    /// The two-sided quantile of the standard normal distribution: 1.96 for 95%.
    pub fn z(self) -> f64 {
        normal_within(self.level)
    }

    /// The two-sided quantile of Student's t distribution.
    pub(crate) fn t(self, df: f64) -> f64 {
        student_within(self.level, df)
    }
}

impl Default for Confidence {
    fn default() -> Self {
        Self { level: 0.95 }
    }
}

crate::stored::stored! { Confidence as level: f64 => Self::new(level) }
