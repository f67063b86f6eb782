//! One file of each stored type, as this version writes it, under `tests/data/stored/`: every later version reads it as the
//! same value, or refuses it by a message that says so.
//!
//! `UPDATE=1 cargo test --all-features --test stored every_file` writes the files anew. A file that changes is a stored form that
//! changed: see "Stored forms" in ARCHITECTURE.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot read its files fails")]

mod customers;
mod models;
mod shop;
mod types;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

#[path = "../common/mod.rs"]
mod common;

/// A stored type: its file's name, what is written today, and whether a text is read as the same value.
struct Form {
    name: &'static str,
    today: String,
    read: Box<Read>,
}

type Read = dyn Fn(&str) -> Result<(), String>;

/// The form of a value.
fn form<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(name: &'static str, value: T) -> Form {
    let today = serde_json::to_string_pretty(&value).unwrap();
    let read = move |text: &str| {
        let read: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read == value { Ok(()) } else { Err(format!("another value: {read:?} in place of {value:?}")) }
    };
    Form { name, today, read: Box::new(read) }
}

fn forms() -> Vec<Form> {
    [customers::forms(), models::forms(), shop::forms()].into_iter().flatten().collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/stored")
}

fn file(name: &str) -> PathBuf {
    folder().join(format!("{name}.json"))
}

#[test]
fn every_file_is_read_as_what_is_written_today() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut names = BTreeSet::new();
    for Form { name, today, read } in forms() {
        assert!(names.insert(name.to_owned()), "{name} twice");
        if is_update {
            fs::create_dir_all(folder()).unwrap();
            fs::write(file(name), today.clone() + "\n").unwrap();
        }
        let text = fs::read_to_string(file(name)).unwrap();
        read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(text, today + "\n", "{name} is written in another form: is that wanted?");
    }
    let there = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let there: BTreeSet<_> = there.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(there, names, "files and types");
}

/// What was stored by another version is refused, and the message says what was found and what to do.
#[test]
fn a_shop_of_another_form_is_refused() {
    let text = fs::read_to_string(file("shop_models")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let form = json["form"].as_u64().unwrap();
    for other in [0, form - 1, form + 1] {
        json["form"] = other.into();
        let error = common::refused::<repurchase::shop::ShopModels>(&json);
        assert_eq!(error, format!("the stored shop has form {other}, but form {form} is read: fit again"));
    }
}

/// A field that no version knows, or one that is missing, is never passed over in silence where a type is checked.
#[test]
fn a_field_too_many_or_too_few_is_refused() {
    for Form { name, read, .. } in forms().into_iter().filter(|form| types::CHECKED.contains(&form.name)) {
        let text = fs::read_to_string(file(name)).unwrap();
        let serde_json::Value::Object(fields) = serde_json::from_str(&text).unwrap() else { panic!("{name}: fields") };
        let mut more = fields.clone();
        more.insert("a_field_of_tomorrow".to_owned(), 1.into());
        let error = read(&serde_json::to_string(&more).unwrap()).unwrap_err();
        assert!(error.contains("unknown field `a_field_of_tomorrow`"), "{name}: {error}");
        let (first, _) = fields.iter().next().unwrap();
        let mut less = fields.clone();
        less.shift_remove(first);
        let error = read(&serde_json::to_string(&less).unwrap()).unwrap_err();
        assert!(error.contains(first.as_str()), "{name} without {first}: {error}");
    }
}
