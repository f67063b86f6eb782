//! The room `predict`, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod missed_cycles;
