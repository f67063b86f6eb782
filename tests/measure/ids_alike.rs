//! Ids that differ in how they are written alone: by hand, and on arbitrary ids against every two of them compared.

use std::collections::BTreeSet;

use proptest::prelude::*;
use repurchase::measure::{NoteCode, ids_alike, notes};

use super::common::order;
use super::{date, fixed_seed, log_of};

/// How many ids have one like them, and some of these.
fn alike(ids: &[&str]) -> Option<(u64, Vec<String>)> {
    let note = ids_alike(ids)?;
    assert_eq!((note.code, note.of), (NoteCode::IdsAlike, ids.len() as u64));
    Some((note.count, note.examples.iter().map(|id| id.to_string()).collect()))
}

#[test]
fn two_spellings_of_one_id() {
    for pair in [
        ["00123", "123"],
        ["123", "123.0"],
        ["123.", "0123.00"],
        ["A12", "a12"],
        ["１２３", "123"],
        ["Ａｎｎ", "ann"],
        ["'123", "123"],
        ["\"ann\"", "ann"],
        ["=\"0123\"", "123"],
        ["‘ann’", "“ann”"],
        ["Ann@Example.com", "ann@example.COM"],
        ["ann lee", "Ann\u{a0}Lee"],
        ["ann", "\u{feff}ann\u{200b}"],
        ["０", "000"],
        ["a１２．5", "A12.5"],
        ["ÅSA", "åsa"],
        ["1,234,567", "1234567"],
        // Marks of their own, as some systems write them.
        ["Ren\u{e9}", "rene\u{301}"],
        ["M\u{fc}ller", "Mu\u{308}ller"],
        ["\u{1ec7}", "e\u{323}\u{302}"],
        ["\u{439}", "\u{418}\u{306}"],
        ["\u{3ac}", "\u{3b1}\u{301}"],
        ["\u{30ac}\u{30d1}", "\u{30ab}\u{3099}\u{30cf}\u{309a}"],
        ["\u{ae40}", "\u{1100}\u{1175}\u{11b7}"],
        ["\u{ac00}", "\u{1100}\u{1161}"],
        ["\"12,345\"", "012345.0"],
        ["gid://shopify/Customer/123", "123"],
        ["#123", "0123"],
        ["{6F9619FF-8B86-D011-B42D-00C04FC964FF}", "6f9619ff-8b86-d011-b42d-00c04fc964ff"],
        // Telephone numbers.
        ["+86 13800138000", "13800138000"],
        ["86-13800138000", "13800138000"],
        ["008613800138000", "13800138000"],
        ["+8613800138000", "0086 138 0013 8000"],
        ["(555) 010-9999", "5550109999"],
        ["+1 (555) 010-9999", "555.010.9999"],
        ["+49 171 2345678", "0171 2345678"],
        ["138-0013-8000", "13800138000"],
    ] {
        let mut sorted = pair;
        sorted.sort_unstable();
        for ids in [&pair[..], &[pair[1], "other", pair[0], "9"]] {
            assert_eq!(alike(ids), Some((2, sorted.map(str::to_owned).to_vec())), "{ids:?}");
        }
    }
}

#[test]
fn ids_that_are_not_one() {
    for pair in [
        ["12", "A12"],
        ["1.5", "15"],
        ["1.50", "1.5"],
        ["A0012", "A12"],
        ["10", "1"],
        ["0", ""],
        ["-5", "5"],
        ["1.0.0", "1"],
        ["a'b", "ab"],
        ["1_000", "1000"],
        [".0", "0"],
        ["12,34", "1234"],
        ["1234,567", "1234567"],
        ["a,123", "a123"],
        ["一", "1"],
        ["änn", "ann"],
        ["a\u{308}nn", "ann"],
        ["+86 13800138000", "13900138000"],
        ["+49 171 2345678", "0172 2345678"],
        ["8613800138000", "13800138000"],
        ["555-0109", "1555-0109"],
        ["1234567.5", "12345675"],
        ["+86 138-SHOP", "138SHOP"],
        ["x#123", "123"],
    ] {
        assert_eq!(alike(&pair), None, "{pair:?}");
    }
    assert_eq!(alike(&[]), None);
    // As whole shops write them.
    assert_eq!(alike(&["00004", "00021", "10021"]), None);
    assert_eq!(alike(&["gid-a7", "gid-b7", "77"]), None);
    assert_eq!(alike(&["ORD-1", "ORD-01", "1"]), None);
}

#[test]
fn a_log_has_the_same_note() {
    let ids = ["7", "007", "8", "'8", "9.0", "10"];
    let log = log_of(ids.map(|id| order(id.to_owned(), "2026-01-01", "5")));
    let found = notes(&log, date("2026-02-01"));
    let note = found.iter().find(|note| note.code == NoteCode::IdsAlike);
    assert_eq!(note, ids_alike(ids).as_ref());
    assert_eq!(alike(&ids), Some((4, ["'8", "8", "007", "7"].map(str::to_owned).to_vec())));
}

#[test]
fn telephone_numbers_of_a_whole_shop() {
    let number = |number: u64| format!("138{:08}", number * 7_919_317 % 100_000_000);
    let ids: Vec<String> = (0..60).map(number).chain((0..60).map(|one| format!("+86 {}", number(one)))).collect();
    assert_eq!(ids_alike(&ids).map(|note| (note.count, note.of)), Some((120, 120)));
    assert_eq!(ids_alike(&ids[..60]), None);
    assert_eq!(ids_alike(&ids[60..]), None);
}

/// The definition, letter by letter: slow, and without a look at how all ids are written.
fn is_one(one: &str, other: &str) -> bool {
    let plain = |id: &str| {
        let mut letters: Vec<char> = id
            .chars()
            .map(|letter| match u32::from(letter) {
                code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap(),
                _ => letter,
            })
            .filter(|letter| !letter.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        while letters.last().is_some_and(|letter| "'\"".contains(*letter)) {
            letters.pop();
        }
        while letters.first().is_some_and(|letter| "'\"".contains(*letter)) {
            letters.remove(0);
        }
        let point = letters.iter().position(|letter| *letter == '.').unwrap_or(letters.len());
        let is_whole = point > 0 && letters[..point].iter().all(char::is_ascii_digit);
        if is_whole && letters[point..].iter().skip(1).all(|letter| *letter == '0') {
            letters.truncate(point);
            while letters.len() > 1 && letters[0] == '0' {
                letters.remove(0);
            }
        }
        letters
    };
    plain(one) == plain(other)
}

proptest! {
    #![proptest_config(fixed_seed(512))]

    #[test]
    fn every_two_ids_compared(ids in prop::collection::btree_set("[01.'\"aA１ａ ]{1,4}|[0-2]{1,3}|[0-2]{3}|[a-b]{1,2}", 0..12)) {
        let ids: Vec<String> = ids.into_iter().collect();
        let has_one = |id: &&String| ids.iter().any(|other| other != *id && is_one(id, other));
        let expected: BTreeSet<&str> = ids.iter().filter(has_one).map(String::as_str).collect();
        let note = ids_alike(&ids);
        prop_assert_eq!(note.as_ref().map_or(0, |note| note.count), expected.len() as u64);
        if let Some(note) = note {
            prop_assert!(note.examples.iter().all(|id| expected.contains(&**id)));
            let backwards = ids_alike(ids.iter().rev());
            prop_assert_eq!(backwards, Some(note));
        }
    }
}
