//! What a customer will do next.
//!
//! | question | function |
//! |---|---|
//! | when is the next purchase due, how many were missed, is the customer leaving? | [`MissedCycles::standing`] |

mod missed_cycles;

pub use missed_cycles::{ChurnRisk, CycleStanding, MissedCycles};
