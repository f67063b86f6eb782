//! The job against the segment program's own files: in one process, on servers, on an object store.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod embedded;
mod functions;
mod measured;
mod notes;
mod parts;
#[cfg(feature = "object-store")]
mod s3;
mod servers;
