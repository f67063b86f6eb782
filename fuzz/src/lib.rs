//! What must hold for any bytes, as plain functions: run by the driver beside them, by `cargo fuzz`, or by a test.
//!
//! A target panics where something does not hold. It decides all from its bytes, so that an input that was found once
//! shows the same again.

#![allow(clippy::missing_panics_doc, reason = "a target panics where the library is wrong")]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "of bytes")]
#![allow(clippy::cast_precision_loss, reason = "of small counts")]

pub mod bytes;
pub mod mutate;
pub mod targets;

/// Takes an answer that only has to be there.
pub(crate) fn used<T>(answer: T) {
    std::hint::black_box(answer);
}

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 9] = [
    ("records", targets::records),
    ("book", targets::book),
    ("stored", targets::stored),
    ("shop", targets::shop),
    ("rules", targets::rules),
    ("campaign", targets::campaign),
    ("points", targets::points),
    ("fits", targets::fits),
    ("reader", targets::reader),
];
