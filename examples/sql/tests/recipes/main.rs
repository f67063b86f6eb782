//! Every recipe of `repurchase::sql` on a PostgreSQL server and on DuckDB, against the library's own answers.
//!
//! Counts, money, labels and quotients are compared for equality: there is no tolerance anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod database;
mod duckdb;
mod handover;
mod measures;
mod postgres;
mod refused;
mod segments;
mod shops;
