//! Ids that may not be what they seem: nobody's, rounded, or in another encoding.

use crate::error::{called, shown};
use crate::header::Plan;
use crate::ids::{Ids, SortedIds};
use crate::names::plain;
use crate::text::Encoding;

/// Ids of which a note is made.
#[derive(Debug, Default)]
pub(crate) struct Suspects {
    pub(crate) count: u64,
    pub(crate) of: u64,
    /// Some of them, fit for a terminal.
    pub(crate) examples: Vec<String>,
    /// These, as an option takes them.
    pub(crate) named: String,
}

/// What tills and databases call somebody whom they do not know, and what testers call themselves, as [`plain`] has it.
const NOBODIES: [&str; 65] = [
    "tbd",
    "tba",
    "blank",
    "anonymous",
    "anonymoususer",
    "anonymouscustomer",
    "anonym",
    "anonyme",
    "anonimo",
    "anónimo",
    "anônimo",
    "anonymized",
    "anonymised",
    "redacted",
    "deleted",
    "deleteduser",
    "deletedcustomer",
    "walkin",
    "walkincustomer",
    "cash",
    "cashcustomer",
    "cashsale",
    "counter",
    "countersale",
    "poscustomer",
    "retailcustomer",
    "visitor",
    "unknown",
    "unknowncustomer",
    "unbekannt",
    "inconnu",
    "desconocido",
    "sconosciuto",
    "notset",
    "notprovided",
    "notavailable",
    "noname",
    "noemail",
    "nocustomer",
    "guestuser",
    "guestcustomer",
    "guestcheckout",
    "gast",
    "gastkunde",
    "invité",
    "invitado",
    "ospite",
    "kassenkunde",
    "barverkauf",
    "laufkunde",
    "test",
    "tester",
    "testuser",
    "testcustomer",
    "testtest",
    "dummy",
    "游客",
    "访客",
    "散客",
    "匿名",
    "匿名用户",
    "未知",
    "测试",
    "ゲスト",
    "비회원",
];

/// Customers whose id reads like a word for nobody; those who have neither order nor credit are none.
pub(crate) fn nobodies(ids: &SortedIds, present: &dyn Fn(Vec<u32>) -> Vec<u32>) -> Suspects {
    const OPTION: usize = 10;
    let asked = (0..).zip(ids.iter()).filter(|(_, id)| is_nobody(id)).map(|(place, _)| place);
    let found = present(asked.collect());
    let mut suspects = Suspects { count: found.len() as u64, of: ids.len() as u64, ..Suspects::default() };
    for id in found.into_iter().filter_map(|place| ids.get(place)) {
        if suspects.examples.len() < OPTION && !id.contains(',') {
            let comma = if suspects.named.is_empty() { "" } else { "," };
            suspects.named += comma;
            suspects.named += &called(id.as_bytes());
            suspects.examples.push(shown(id.as_bytes()));
        }
    }
    suspects
}

fn is_nobody(id: &str) -> bool {
    const LONGEST: usize = 64;
    if id.len() > LONGEST || id.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let word = plain(id.split_once('@').map_or(id, |(name, _)| name));
    let word = word.trim_matches(|one: char| !one.is_alphanumeric());
    id == "-1" || NOBODIES.contains(&word) || id.contains('@') && word == "guest"
}

/// Digits that a spreadsheet keeps of a number.
const KEPT: usize = 15;

/// Ids of more digits than a spreadsheet keeps, where all of them end in zeros.
#[derive(Debug, Default)]
pub(crate) struct Zeros {
    count: u64,
    /// How many zeros these have behind what a spreadsheet keeps.
    behind: usize,
    first: Vec<Vec<u8>>,
    /// Whether some do not.
    is_off: bool,
}

impl Zeros {
    /// Looks at an id of more than [`KEPT`] bytes.
    pub(crate) fn see(&mut self, id: &[u8]) {
        if self.is_off || id.len() <= KEPT || !id.iter().all(u8::is_ascii_digit) {
            return;
        }
        let behind = id.get(KEPT..).unwrap_or_default();
        if behind.iter().any(|digit| *digit != b'0') {
            self.is_off = true;
            return;
        }
        self.behind += behind.len();
        self.count += 1;
        if self.first.len() < 3 && self.first.iter().all(|first| first != id) {
            self.first.push(id.to_vec());
        }
    }

    /// What was found, once for each id, with the first of the same ids in the order of the file.
    pub(crate) fn suspects(&self, in_order: Option<&Self>) -> Suspects {
        /// Zeros that are no chance.
        const ZEROS: usize = 5;
        if self.is_off || self.behind < ZEROS {
            return Suspects::default();
        }
        let first = &in_order.unwrap_or(self).first;
        let examples = first.iter().map(|id| shown(id)).collect();
        Suspects { count: self.count, of: self.count, examples, named: String::new() }
    }
}

/// Ids that a spreadsheet may have rounded.
pub(crate) fn rounded(ids: &Ids) -> Suspects {
    let mut zeros = Zeros::default();
    ids.long().for_each(|id| zeros.see(id));
    zeros.suspects(None)
}

/// Customers whose ids were decoded by the guess that the file is Chinese, where no column that is read has a name that
/// says so.
pub(crate) fn guessed(ids: &SortedIds, encoding: Encoding, plan: &Plan) -> Suspects {
    if encoding != Encoding::Gb18030 || plan.is_named_beyond_ascii {
        return Suspects::default();
    }
    let foreign: Vec<&str> = ids.iter().filter(|id| !id.is_ascii()).collect();
    let examples = foreign.iter().take(3).map(|id| shown(id.as_bytes())).collect();
    Suspects { count: foreign.len() as u64, of: ids.len() as u64, examples, named: String::new() }
}
