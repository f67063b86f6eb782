//! Fitting of models, and the results of a fit: the same for every model.

pub(in crate::predict) mod identification;
pub(in crate::predict) mod limit;
mod options;
pub(in crate::predict) mod params;
mod report;
pub(in crate::predict) mod search;

pub use identification::Identification;
pub use limit::{Latent, Limit, Spread};
pub use options::FitOptions;
pub use report::{Boundary, Fit, FitReport, Fitted, StopReason};
