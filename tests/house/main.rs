//! The house stands as it is drawn: a room imports only from rooms below it, and a file holds one idea.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read the source fails")]

mod public;

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. Those of one floor do not import each other.
const FLOORS: [&[&str]; 13] = [
    &["error"],
    &["stored"],
    &["parallel"],
    &["number"],
    &["scale"],
    &["record"],
    &["history"],
    &["measure", "segment"],
    &["predict"],
    &["shop"],
    &["act"],
    &["sql"],
    &["guide"],
];

/// The floors inside `predict`, from the ground up.
const PREDICT: [&[&str]; 6] =
    [&["given"], &["fit"], &["purchases"], &["value", "contract"], &["backtest"], &["next", "visitors"]];

const MOST_LINES: usize = 400;

fn source() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((path.clone(), fs::read_to_string(path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_owned(), text)).collect()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The code of a file: without comments, which may point anywhere, and without its tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"))
}

/// The rooms that a line of code names: `crate::room::...`.
fn rooms(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).filter_map(|path| path.split(|c: char| !c.is_alphanumeric() && c != '_').next())
}

#[test]
fn a_room_imports_only_from_rooms_below_it() {
    let mut upward = Vec::new();
    for (path, text) in source() {
        let room = path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if room == "lib" {
            continue;
        }
        let own = floor(room).unwrap_or_else(|| panic!("{room} is not in the drawing"));
        for named in code(&text).flat_map(rooms).filter(|&named| named != room) {
            // What the root re-exports stands in a room; name it there.
            match floor(named) {
                Some(below) if below < own => {}
                _ => upward.push(format!("{}: crate::{named}", path.display())),
            }
        }
    }
    assert!(upward.is_empty(), "imports that do not run downward:\n{}", upward.join("\n"));
}

/// What a room of `predict` imports by name or by path stands below it. Names that the room as a whole re-exports count
/// for the room that they stand in.
#[test]
fn predict_has_floors_of_its_own() {
    let floor = |room: &str| PREDICT.iter().position(|rooms| rooms.contains(&room));
    let (_, face) = source().into_iter().find(|(path, _)| path == Path::new("predict/mod.rs")).unwrap();
    let exports: Vec<(String, String)> = face
        .split("pub use ")
        .skip(1)
        .filter_map(|line| line.split(';').next()?.split_once("::"))
        .flat_map(|(room, names)| {
            let names = names.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty());
            names.map(|name| (name.to_owned(), room.to_owned()))
        })
        .collect();
    let mut upward = Vec::new();
    for (path, text) in source() {
        let Some(own) = path.strip_prefix("predict").ok().and_then(|path| path.iter().next()?.to_str()) else {
            continue;
        };
        let Some(level) = floor(own) else { continue };
        let code: String = code(&text).collect::<Vec<_>>().join(" ");
        for import in code.split("crate::predict::").skip(1) {
            let import = import.split(';').next().unwrap_or_default();
            let list = import.strip_prefix('{').and_then(|list| list.split('}').next()).unwrap_or(import);
            for name in list.split(',').filter_map(|path| path.trim().split("::").next()) {
                let name = name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                let room = exports.iter().find(|(export, _)| export == name).map_or(name, |(_, room)| room.as_str());
                if room != own && floor(room).is_some_and(|named| named >= level) {
                    upward.push(format!("{}: crate::predict::{name}", path.display()));
                }
            }
        }
    }
    assert!(upward.is_empty(), "imports that do not run downward:\n{}", upward.join("\n"));
}

#[test]
fn only_rooms_are_public() {
    let public: Vec<_> = source()
        .into_iter()
        .flat_map(|(path, text)| {
            let modules: Vec<_> = code(&text).filter(|line| line.starts_with("pub mod ")).map(str::to_owned).collect();
            modules.into_iter().map(move |line| (path.clone(), line))
        })
        .filter(|(path, _)| !["lib.rs", "act/mod.rs", "guide/mod.rs"].iter().any(|room| Path::new(room) == path))
        .map(|(path, line)| format!("{}: {line}", path.display()))
        .collect();
    assert_eq!(public, ["act/audience/mod.rs: pub mod ready;"], "a file's name is no promise to users");
}

#[test]
fn a_file_holds_one_idea() {
    let long: Vec<_> = source()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > MOST_LINES)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files of more than {MOST_LINES} lines:\n{}", long.join("\n"));
}
