//! The program over both databases: SQLite in every run, PostgreSQL by `tests/with-postgres.sh`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at what it did not expect")]

mod activities;
mod audiences;
mod campaigns;
mod crash;
mod customers;
mod events;
mod everybody;
mod harness;
mod hostile;
mod import;
mod memberships;
mod models;
mod notes;
mod operated;
mod orders;
mod page;
mod points;
mod referrals;
mod segment;
mod service;
mod shop;
mod sign_in;
mod told;
mod traits;
mod truth;
mod upgrade;
mod visitors;
mod writers;
