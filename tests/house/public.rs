//! The public face of the crate, item by item, is the one that was agreed on.
//!
//! `pub` in the source means reachable: the lint `unreachable_pub` sees to it. So the face is read from the source, as
//! `cargo fmt` lays it out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::source;

const LIST: &str = "tests/data/public_items.txt";

/// Makes the list anew: `UPDATE=1 cargo test --test house`.
fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// One item: its room, and what stands before its body.
type Item = (String, String);

/// The lines from one on until it ends: at its body, a semicolon, or a comma of its own depth.
fn joined(lines: &[&str]) -> (String, usize) {
    let (mut text, mut depth) = (String::new(), 0_i32);
    for (count, line) in lines.iter().enumerate() {
        let line = line.trim();
        let is_punctuated = text.ends_with(['(', '<', '[']) || line.starts_with([')', ']', '>']) || text.is_empty();
        text += if is_punctuated { "" } else { " " };
        text += line;
        depth +=
            line.chars().map(|c| i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'))).sum::<i32>();
        let ends = line.ends_with(['{', '}', ';']) || line.ends_with(',') && depth <= 0;
        if depth <= 0 && ends {
            return (text, count + 1);
        }
    }
    (text, lines.len())
}

/// Without a body, a value, and what `rustfmt` adds where it breaks lines.
fn signature(text: &str) -> String {
    let text = text.split(" {").next().unwrap_or_default();
    let is_value = text.contains(" const ") && !text.contains(" fn ") || text.starts_with("const ");
    let text = if is_value { text.split(" = ").next().unwrap_or_default() } else { text };
    text.trim_end_matches([';', ',']).replace(",)", ")").replace(",>", ">").trim().to_owned()
}

/// The traits that a type derives, with the features that they need.
fn derives(attributes: &str) -> String {
    let mut found = BTreeSet::new();
    for (start, _) in attributes.match_indices("derive(") {
        let list = attributes[start + 7..].split(')').next().unwrap_or_default();
        found.extend(list.split(',').map(|name| name.trim().rsplit("::").next().unwrap_or_default().to_owned()));
    }
    found.remove("");
    let more = if attributes.contains("non_exhaustive") { " #[non_exhaustive]" } else { "" };
    if found.is_empty() {
        more.to_owned()
    } else {
        format!(": {}{more}", found.into_iter().collect::<Vec<_>>().join(" "))
    }
}

fn name_of(header: &str) -> String {
    let after = |word| header.split(word).nth(1).unwrap_or_default();
    let name = ["struct ", "enum ", "trait "].into_iter().map(after).find(|name| !name.is_empty()).unwrap_or_default();
    name.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').next().unwrap_or_default().to_owned()
}

/// The items of a file, whose lines are those of code alone.
fn items(room: &str, lines: &[&str]) -> Vec<Item> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut items = Vec::new();
    // What the line stands in, by its indentation: impl, enum, struct, trait.
    let mut within: Vec<(usize, String, bool)> = Vec::new();
    let (mut at, mut attributes) = (0, String::new());
    while at < lines.len() {
        let line = lines[at];
        let (depth, text) = (indent(line), line.trim());
        within.retain(|(of, ..)| *of < depth);
        if text.starts_with("#[") || text.starts_with("#![") {
            let (attribute, used) = attribute(&lines[at..]);
            attributes += &attribute;
            at += used;
            continue;
        }
        let (owner, is_listing) = within.last().map_or((String::new(), false), |(_, owner, all)| (owner.clone(), *all));
        let prefix = if owner.is_empty() { String::new() } else { format!("{owner} :: ") };
        let (whole, used) = joined(&lines[at..]);
        let opens = whole.ends_with('{');
        let head = signature(&whole);
        if text.starts_with("pub use ") && room == "lib" {
            items.push((room.to_owned(), head.clone()));
        } else if text.starts_with("pub ") {
            items.push((room.to_owned(), format!("{prefix}{head}{}", derives(&attributes))));
            if opens && (head.contains(" enum ") || head.contains(" struct ") || head.contains(" trait ")) {
                within.push((depth, name_of(&head), !head.contains(" struct ")));
            }
        } else if head.starts_with("impl") && opens {
            if head.contains(" for ") {
                items.push((room.to_owned(), head.clone()));
                at = closing(lines, at);
                attributes.clear();
                continue;
            }
            within.push((depth, head.trim_start_matches("impl").trim().to_owned(), false));
        } else if whole.contains("stored! {") {
            let (body, next) = (whole.split("stored! {").nth(1).unwrap_or_default(), lines.get(at + 1));
            let name = if body.trim().is_empty() { next.map_or("", |line| line.trim()) } else { body };
            let name = name.trim().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            items.push((room.to_owned(), format!("stored! for {name}")));
            at = if opens { closing(lines, at) } else { at + used };
            attributes.clear();
            continue;
        } else if whole.contains("! {") && opens && depth == 0 {
            // What a macro makes of its lines is public where they are.
            within.push((depth, whole.split(" {").next().unwrap_or_default().to_owned(), true));
        } else if is_listing && depth > within.last().map_or(0, |(of, ..)| *of) && !text.starts_with(['}', ')']) {
            items.push((room.to_owned(), format!("{prefix}{head}")));
            if opens && head.contains("fn ") {
                at = closing(lines, at);
                attributes.clear();
                continue;
            }
            if opens {
                let fields = closing(lines, at);
                let names = lines[at + used..fields.saturating_sub(1)].iter().map(|line| line.trim());
                let names: Vec<_> =
                    names.filter(|line| !line.starts_with('#')).map(|line| line.trim_end_matches(',')).collect();
                items.pop();
                items.push((room.to_owned(), format!("{prefix}{head} {{ {} }}", names.join(", "))));
                at = fields;
                attributes.clear();
                continue;
            }
        } else if opens {
            // The body of something private.
            at = closing(lines, at);
            attributes.clear();
            continue;
        }
        if opens && head.contains("fn ") && text.starts_with("pub ") {
            at = closing(lines, at);
        } else {
            at += used.max(1);
        }
        attributes.clear();
    }
    items
}

/// The type that an item defines.
fn type_of(item: &str) -> Option<String> {
    let model = |head: &str| item.starts_with(head).then(|| item.split(" :: ").nth(1)).flatten();
    if let Some(line) =
        model("model! ::").or_else(|| model("parameters! ::")).or_else(|| model("fit::params::parameters! ::"))
    {
        return line.split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned);
    }
    let name = name_of(item);
    (item.contains("pub ") && !name.is_empty()).then_some(name)
}

/// An attribute, which may run over lines, and how many.
fn attribute(lines: &[&str]) -> (String, usize) {
    let (mut text, mut depth) = (String::new(), 0_i32);
    for (count, line) in lines.iter().enumerate() {
        text += line.trim();
        depth += line.chars().map(|c| i32::from(c == '[') - i32::from(c == ']')).sum::<i32>();
        if depth <= 0 {
            return (text, count + 1);
        }
    }
    (text, lines.len())
}

/// The line after the one that closes what opens at this one.
fn closing(lines: &[&str], at: usize) -> usize {
    let depth = lines[at].len() - lines[at].trim_start().len();
    let ends = |line: &&str| line.len() - line.trim_start().len() == depth && line.trim_start().starts_with('}');
    lines[at + 1..].iter().position(ends).map_or(lines.len(), |found| at + found + 2)
}

fn face() -> String {
    let mut items: BTreeSet<Item> = BTreeSet::new();
    for (path, text) in source() {
        let path = path.to_str().unwrap().replace('\\', "/");
        let room = path.split('/').next().unwrap().trim_end_matches(".rs");
        let room = if room == "act" {
            path.split('/').take(2).collect::<Vec<_>>().join("::").replace("::mod.rs", "")
        } else {
            room.to_owned()
        };
        if ["number", "parallel", "stored"].contains(&room.as_str()) {
            continue;
        }
        let text: Vec<&str> = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap().lines().collect();
        let lines: Vec<&str> =
            text.into_iter().filter(|line| !line.trim_start().starts_with("//") && !line.trim().is_empty()).collect();
        let is_private =
            |item: &str| ["pub(", "columns! ::", "proptest! ::"].iter().any(|private| item.contains(private));
        items.extend(self::items(&room, &lines).into_iter().filter(|(_, item)| !is_private(item)));
    }
    // What private types implement is nobody's business.
    let public: BTreeSet<String> = items.iter().filter_map(|(_, item)| type_of(item)).collect();
    let is_seen = |item: &str| {
        let of = item.split_once(" for ").filter(|_| item.starts_with("impl") || item.starts_with("stored!"));
        let name =
            of.map(|(_, name)| name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default());
        name.is_none_or(|name| public.contains(name))
    };
    let mut list = String::new();
    for (room, item) in items.iter().filter(|(_, item)| is_seen(item)) {
        writeln!(list, "{room}  {item}").unwrap();
    }
    list
}

#[test]
fn the_public_face_is_the_one_that_was_agreed_on() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    let found = face();
    if is_update() {
        fs::write(&path, &found).unwrap();
    }
    let agreed = fs::read_to_string(&path).unwrap();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (found, agreed) = (lines(&found), lines(&agreed));
    let differences = |from: &BTreeSet<String>, other: &BTreeSet<String>| {
        from.difference(other).cloned().collect::<Vec<_>>().join("\n  ")
    };
    assert!(
        found == agreed,
        "the public face has changed; where that is wanted: UPDATE=1 cargo test --test house\nnew:\n  {}\ngone:\n  {}",
        differences(&found, &agreed),
        differences(&agreed, &found)
    );
    assert!(agreed.iter().any(|item| item.starts_with("shop  ShopModels :: pub fn fit_log<")), "the reader reads");
}
