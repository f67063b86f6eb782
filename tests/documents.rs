//! What the pages of the repository name is there: files behind links, paths in the text, the files of the test data.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read the repository fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const PAGES: [&str; 7] = [
    "README.md",
    "README.zh.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "tests/data/README.md",
];

/// Folders whose paths in a text must be there.
const FOLDERS: [&str; 5] = ["src/", "tests/", "benches/", "examples/", ".ci/"];

fn read(page: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(page)).unwrap()
}

/// The text outside of code blocks.
fn prose(page: &str) -> String {
    let text = read(page);
    let outside = text.split("```").step_by(2);
    outside.collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The paths that a pattern with `{this,that}` stands for.
fn expanded(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
    let (choices, after) = rest.split_once('}').unwrap_or_else(|| panic!("no closing brace: {pattern}"));
    choices.split(',').flat_map(|choice| expanded(&format!("{before}{choice}{after}"))).collect()
}

fn is_there(path: &str) -> bool {
    Path::new(ROOT).join(path).exists()
}

/// The paths of all files below a folder.
fn files_in(folder: &str) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(Path::new(ROOT).join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            files.extend(files_in(&path));
        } else {
            files.insert(path);
        }
    }
    files
}

#[test]
fn links_lead_to_files() {
    for page in PAGES {
        for link in prose(page).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let folder = Path::new(page).parent().unwrap();
            assert!(link.contains("://") || is_there(folder.join(link).to_str().unwrap()), "{page} links to {link}");
        }
    }
}

/// Both READMEs are read where the package is shown, too: they link to nothing that is not there, and are short.
#[test]
fn a_readme_stands_alone() {
    for page in ["README.md", "README.zh.md"] {
        let text = prose(page);
        let links: Vec<_> = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert!(links.iter().all(|link| link.starts_with("https://")), "{page}: {links:?}");
        assert!(read(page).lines().count() < 200, "{page} has 200 lines or more");
    }
}

/// Each chapter of the guide starts from a question and ends with what to do.
#[test]
fn a_chapter_of_the_guide_answers_a_question() {
    for entry in fs::read_dir(Path::new(ROOT).join("src/guide")).unwrap() {
        let path = entry.unwrap().path();
        let (name, is_page) = (path.display().to_string(), path.extension().is_some_and(|extension| extension == "md"));
        if !is_page || name.ends_with("index.md") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let question: String = text.lines().skip(2).take_while(|line| line.starts_with('>')).collect();
        assert!(question.contains('?') && question.contains('？'), "{name} asks nothing: {question}");
        let last = text.lines().rfind(|line| line.starts_with("## ")).unwrap_or_default();
        assert_eq!(last, "## What to do", "{name} ends with something else");
    }
}

#[test]
fn paths_in_the_text_are_there() {
    let mut missing = Vec::new();
    for page in PAGES {
        for word in quoted(&prose(page)).flat_map(str::split_whitespace) {
            let is_path = FOLDERS.iter().any(|folder| word.starts_with(folder)) && !word.contains(['*', '<', '>']);
            let paths = if is_path { expanded(word) } else { Vec::new() };
            missing.extend(paths.into_iter().filter(|path| !is_there(path)).map(|path| format!("{page}: {path}")));
        }
    }
    assert!(missing.is_empty(), "files that pages name and that are not there:\n{}", missing.join("\n"));
}

/// A file that trades plainness for speed names its benches in its header, and ARCHITECTURE has a row for it.
#[test]
fn files_and_the_table_name_the_same_benches() {
    let benches = |text: &str| -> BTreeSet<String> {
        quoted(text).filter(|word| word.starts_with("benches/")).map(str::to_owned).collect()
    };
    let header = |path: &String| -> String { read(path).lines().take_while(|line| line.starts_with("//!")).collect() };
    let named: BTreeMap<_, _> = files_in("src")
        .into_iter()
        .filter(|path| path.rsplit('.').next() == Some("rs"))
        .map(|path| (benches(&header(&path)), path))
        .filter(|(benches, _)| !benches.is_empty())
        .map(|(benches, path)| (path, benches))
        .collect();

    let mut listed = BTreeMap::new();
    for row in read("ARCHITECTURE.md").lines().filter(|line| line.starts_with("| `src/")) {
        let cells: Vec<_> = row.split('|').collect();
        listed.extend(quoted(cells[1]).flat_map(expanded).map(|path| (path, benches(cells[3]))));
    }
    assert_eq!(listed, named, "ARCHITECTURE.md, and the headers of the files in src/");
}

#[test]
fn the_table_of_test_data_names_every_file() {
    let mut files: BTreeSet<_> =
        files_in("tests/data").iter().map(|path| path.trim_start_matches("tests/data/").to_owned()).collect();
    files.remove("README.md");
    // `tests/stored/` holds its folder to the types.
    files.retain(|file| !file.starts_with("stored/"));

    let text = read("tests/data/README.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let named: BTreeSet<_> =
        rows.flat_map(|row| quoted(row.split('|').nth(1).unwrap()).flat_map(expanded).collect::<Vec<_>>()).collect();
    assert_eq!(named, files, "tests/data/README.md and tests/data/");
}

#[test]
fn test_data_is_read_where_the_table_says() {
    let text = read("tests/data/README.md");
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').collect();
        let readers: String = quoted(cells[5]).map(read).collect();
        for file in quoted(cells[1])
            .flat_map(expanded)
            .filter(|file| file.rsplit('.').next() == Some("csv") && !file.contains("segment/"))
        {
            let name = Path::new(&file).file_name().unwrap().to_str().unwrap();
            let stem = name.trim_end_matches(".csv");
            assert!(readers.contains(stem), "{file} is not read by the tests of its line");
        }
    }
}
