//! The room `act`, through the public API: hand cases, laws against naive oracles, edges, exact texts, stored forms.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod audience;
mod campaign;
#[path = "../common/mod.rs"]
mod common;
mod contact;
mod economics;
mod points;

use common::{date, fixed_seed, instant, money};
#[cfg(feature = "serde")]
use common::{refused, stored};
