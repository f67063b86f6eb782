//! Customers who renew or may buy once a period.

mod bg_bb;
mod sbg;
mod survival;

pub use bg_bb::{BgBb, BgBbParams};
pub use sbg::{Sbg, SbgParams};
