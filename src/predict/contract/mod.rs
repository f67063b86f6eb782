//! Customers who renew or may buy once a period.

mod bdw;
mod bg_bb;
mod sbg;
mod survival;

pub use bdw::{Bdw, BdwParams};
pub use bg_bb::{BgBb, BgBbParams};
pub use sbg::{Sbg, SbgParams};
