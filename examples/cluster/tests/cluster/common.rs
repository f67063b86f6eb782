//! What the tests share: the segment program's own files, orders made up, and the programs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use repurchase::measure::NoteCode;

pub(super) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
pub(super) const CDNOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");

/// A directory of this test's own, empty.
pub(super) fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&path).ok();
    fs::create_dir_all(&path).unwrap();
    path
}

/// The segment program's files of some orders.
pub(super) fn expected(orders: &str, options: &[&str], name: &str) -> PathBuf {
    let out = directory(name);
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(ROOT)
        .args(["run", "--quiet", "--example", "segment", "--", orders, "--keep-credits", "--unchecked"])
        .args(options);
    let output = cargo.arg("--out").arg(&out).output().unwrap();
    succeeds(&output);
    fs::write(out.join("page.txt"), output.stdout).unwrap();
    out
}

pub(super) fn cluster() -> Command {
    Command::new(env!("CARGO_BIN_EXE_segment-cluster"))
}

pub(super) fn run(arguments: &[&str]) -> Output {
    cluster().args(arguments).output().unwrap()
}

#[track_caller]
pub(super) fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Says what is expected to be in the message, as one line.
#[track_caller]
pub(super) fn fails(arguments: &[&str], parts: &[&str]) {
    let output = run(arguments);
    assert!(!output.status.success(), "should have been refused");
    let message = String::from_utf8(output.stderr).unwrap();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
}

/// What the segment program's reader counts, and this one.
const COUNTED: [&str; 4] = ["guest_orders", "unpaid", "cancelled", "fully_refunded"];

/// The notes of a summary but for those of the segment program's reader on the columns and words of its file, and but for how
/// it found guests written.
pub(super) fn notes_of(summary: &str) -> Vec<serde_json::Value> {
    let of_models = ["too_short", "dropout_not_identified", "no_mean_spend", "few_customers"];
    let summary: serde_json::Value = serde_json::from_str(summary).unwrap();
    let mut notes = summary["notes"].as_array().unwrap().clone();
    notes.retain(|note| {
        let of_library = NoteCode::ALL.into_iter().any(|code| note["code"] == code.key());
        of_library || of_models.into_iter().chain(COUNTED).any(|code| note["code"] == code)
    });
    for note in notes.iter_mut().filter(|note| note["code"] == COUNTED[0]) {
        note["examples"] = serde_json::Value::Array(Vec::new());
    }
    notes
}

/// A file without the notes of the segment program's reader.
fn without_readers_notes(file: String) -> Vec<u8> {
    match serde_json::from_str::<serde_json::Value>(&file) {
        Ok(mut summary) => {
            summary["notes"] = notes_of(&file).into();
            serde_json::to_string_pretty(&summary).unwrap().into_bytes()
        }
        Err(_) => file.into_bytes(),
    }
}

/// The names in a directory that are a run's own, sorted.
pub(super) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// The rows of the executors' files as one sorted file: whole, each file sorted, and as the marker has them.
#[track_caller]
pub(super) fn together(found: &Path, partitions: usize) -> Vec<u8> {
    assert_eq!(names(found), ["customers", "summary.json"], "nothing else is left");
    let success = fs::read_to_string(found.join("customers/_SUCCESS")).unwrap();
    let success: serde_json::Value = serde_json::from_str(&success).unwrap();
    let (mut rows, mut files) = (Vec::new(), vec!["_SUCCESS".to_owned()]);
    let mut header = String::new();
    for part in success["files"].as_array().unwrap() {
        let name = part["file"].as_str().unwrap();
        let text = fs::read_to_string(found.join("customers").join(name)).unwrap();
        let (first, body) = text.split_once('\n').unwrap();
        first.clone_into(&mut header);
        let body: Vec<_> = body.lines().map(str::to_owned).collect();
        assert!(body.is_sorted(), "{name} is not sorted");
        assert_eq!(part["customers"], body.len(), "{name}");
        rows.extend(body);
        files.push(name.to_owned());
    }
    assert_eq!(names(&found.join("customers")), files);
    assert!(files.len() > 2 || partitions == 1, "one file only");
    assert_eq!(success["customers"], rows.len());
    rows.sort_unstable();
    (header + "\n" + &rows.join("\n") + "\n").into_bytes()
}

/// The executors' files and the summary, against the segment program's.
#[track_caller]
pub(super) fn same_parts(found: &Path, expected: &Path, partitions: usize) {
    let rows = together(found, partitions);
    assert!(rows == fs::read(expected.join("customers.csv")).unwrap(), "the customers differ");
    let [found, expected] = [found, expected].map(|path| fs::read_to_string(path.join("summary.json")).unwrap());
    assert_eq!(String::from_utf8(without_readers_notes(found)), String::from_utf8(without_readers_notes(expected)));
}

#[track_caller]
pub(super) fn same_files(found: &Path, expected: &Path) {
    for file in ["customers.csv", "summary.json"] {
        let [found, expected] =
            [found, expected].map(|path| without_readers_notes(fs::read_to_string(path.join(file)).unwrap()));
        // Of whole files the message would be unreadable.
        let line = found.split(|&byte| byte == b'\n').zip(expected.split(|&byte| byte == b'\n')).find(|(l, r)| l != r);
        let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
        assert!(found == expected, "{file}: {:?}", line.map(|(left, right)| (text(left), text(right))));
    }
}

/// Orders of every kind, the same on every machine: credits, unpaid, cancelled, refunded ones, in several forms of time.
pub(super) fn made_up(rows: u64) -> Vec<String> {
    let mut state = 42_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let row = |_| {
        let customer = next(rows / 6 + 2) * next(3).max(1);
        let (month, day, hour) = (next(12) + 1, next(28) + 1, next(24));
        let time = match next(4) {
            0 => format!("2025-{month:02}-{day:02}"),
            1 => format!("2025-{month:02}-{day:02} {hour:02}:30"),
            2 => format!("2025-{month:02}-{day:02} {hour:02}:30:59"),
            _ => format!("2025-{month:02}-{day:02}T{hour:02}:30:59Z"),
        };
        let mut amount = format!("{}.{:02}", next(300), next(100));
        if next(50) == 0 {
            write!(amount, "{}", next(10)).unwrap();
        }
        let rest = match next(20) {
            0 => ",unpaid,".to_owned(),
            1 => ",cancelled,".to_owned(),
            2 => format!(",paid,{amount}"),
            3 => ",,0.01".to_owned().replace("0.01", if amount.starts_with("0.0") { "0" } else { "0.01" }),
            4 if !amount.starts_with("0.00") => {
                amount.insert(0, '-');
                ",,".to_owned()
            }
            _ => ",,".to_owned(),
        };
        format!("k{customer:05},{time},{amount}{rest}")
    };
    (0..rows).map(row).collect()
}

pub(super) fn write_csv(path: &Path, rows: &[String]) {
    fs::write(path, format!("customer_id,placed_at,amount,status,refunded\n{}\n", rows.join("\n"))).unwrap();
}
