//! Where the next page begins, in a text that is good for the question it came from and no other.
//!
//! A cursor is no secret and gives no right: it names a place in a list that its reader may read anyway. What it must
//! not do is quietly continue another list; so it carries a check over the question and the place.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::problem::Fault;
use crate::store::Position;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    behind: Position,
    check: String,
}

/// The cursor behind a place in the answer to a question.
pub(crate) fn seal(question: &str, behind: Position) -> String {
    let check = check(question, &behind);
    // A position is strings and numbers, which JSON can say.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Cursor { behind, check }).unwrap_or_default())
}

/// The place that a cursor names, if it came from this question.
pub(crate) fn open(question: &str, text: &str) -> Result<Position, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let cursor: Option<Cursor> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let cursor = cursor.filter(|cursor| cursor.check == check(question, &cursor.behind));
    let expected = "the cursor of an earlier page of the same question";
    cursor.map(|cursor| cursor.behind).ok_or_else(|| Fault::new("cursor", text, expected))
}

/// FNV-1a, 64 bits.
fn check(question: &str, behind: &Position) -> String {
    let place = serde_json::to_string(behind).unwrap_or_default();
    let bytes = question.bytes().chain([0]).chain(place.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_question_only() {
        let behind = Position::Revenue { revenue: -5, customer_id: "ann'; --".to_owned() };
        let text = seal("segment=loyal", behind.clone());
        assert_eq!(open("segment=loyal", &text).unwrap(), behind);
        assert!(open("segment=lost", &text).is_err());
        for text in ["", "x", "e30", "%00", &text[1..], &format!("{text}A")] {
            assert!(open("segment=loyal", text).is_err(), "{text:?}");
        }
    }
}
