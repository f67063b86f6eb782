//! Files that memory has no room for: what is printed and written is the same to the byte.

use std::fmt::Write;
use std::fs;
#[cfg(unix)]
use std::process::Stdio;

use super::{CDNOW, ONLINE_RETAIL, directory, program, run, succeeds};

/// What the program prints and writes.
#[track_caller]
fn answer(case: &str, options: &[&str], orders: &str) -> [String; 3] {
    let out = directory(case);
    let printed = succeeds(&[options, &["--out", out.to_str().unwrap()]].concat(), orders);
    let written = ["customers.csv", "summary.json"].map(|name| fs::read_to_string(out.join(name)).unwrap());
    let [customers, summary] = written;
    [printed, customers, summary]
}

#[track_caller]
fn is_the_same_in(memory: &[&str], case: &str, options: &[&str], orders: &str) {
    let whole = answer(case, options, orders);
    for size in memory {
        assert!(whole == answer(case, &[options, &["--memory", size]].concat(), orders), "{case} in {size}");
    }
}

/// So many rows of a fifth as many customers in 500 days; in the order of time, or in none.
fn rows(count: u32, in_order: bool, mut row: impl FnMut(&mut String, u32, u32, u32, u32)) -> String {
    let mut file = String::new();
    let mut state = 1_u32;
    for number in 0..count {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let day = if in_order { number * 500 / count } else { (state >> 3) % 500 };
        row(&mut file, number, (state >> 8) % (count / 5), day, (state >> 16) % 9_000 + 100);
    }
    file
}

fn date(day: u32) -> String {
    format!("{}-{:02}-{:02}", 2022 + day / 336, day / 28 % 12 + 1, day % 28 + 1)
}

#[test]
fn rows_in_any_order() {
    is_the_same_in(&["40KB"], "memory_cdnow", &[CDNOW], "");
    is_the_same_in(&["1MB"], "memory_online_retail", &[ONLINE_RETAIL], "");
    for in_order in [true, false] {
        let rows = rows(3000, in_order, |file, _, customer, day, cents| {
            let _ = writeln!(file, "c{customer},{},{}.{:02}", date(day), cents / 100, cents % 100);
        });
        let orders = format!("customer_id,placed_at,amount\n{rows}");
        is_the_same_in(&["7KB", "1MB"], "memory_plain", &["-", "--time-zone", "Asia/Shanghai"], &orders);
    }
}

#[test]
fn credits_states_words_and_bad_rows() {
    let mut before: Option<(u32, u32, i64)> = None;
    let mut rows = rows(3000, false, |file, number, customer, day, cents| {
        // Some credits give an order back whole; dates and amounts tell late which forms they have.
        let (customer, day, euros) = match (number % 20, before) {
            (7, Some((customer, day, euros))) => (customer, day + 2, -euros),
            (9, _) => (customer, day, -i64::from(cents / 300)),
            _ => (customer, day, i64::from(cents / 10)),
        };
        before = Some((customer, day, euros));
        let status = ["paid", "paid", "pending", "paid", "cancelled"][number as usize % 5];
        let (month, of_month) = (day / 28 % 12 + 1, day % 12 + 1);
        let _ = writeln!(file, "{customer};{of_month:02}/{month:02}/{};{euros},000 €;{status};0", 2022 + day / 336);
    });
    rows += "ann@x.com;28/02/2023;1.234,5 €;paid;1,25\nANN@x.com;29/02/2023;1;paid;0\nguest;01/03/2023;5;paid;0\n";
    let orders = format!("customer_id;placed_at;amount;status;refunded\n{rows}");
    let options = ["-", "--skip-bad-rows", "--lang", "zh"];
    is_the_same_in(&["7KB", "100KB"], "memory_credits", &options, &orders);
    is_the_same_in(&["7KB"], "memory_kept", &["-", "--skip-bad-rows", "--keep-credits"], &orders);
    let refusal = |options: &[&str]| String::from_utf8(run(options, &orders).stderr).unwrap();
    assert_eq!(refusal(&["-", "--memory", "7KB"]), refusal(&["-"]));
}

#[test]
fn rows_of_one_order_that_lie_far_apart() {
    let mut rows = rows(3000, true, |file, number, _, day, cents| {
        // Lines of an order come in thrice, some of them again; a refund comes long after.
        let (order, customer) = (number % 1000, number % 1000 * 7 % 300);
        let day = if number >= 2900 { day } else { order / 2 };
        let (kind, cents) = if number >= 2900 { ("refund", 50) } else { ("purchase", cents) };
        let _ = writeln!(file, "{order},c{customer},{},{cents},{kind},p{number}", date(day));
    });
    rows += &rows.lines().take(40).fold(String::new(), |again, row| again + row + "\n");
    let orders = format!("order_id,customer_id,placed_at,amount,kind,product\n{rows}");
    is_the_same_in(&["7KB", "100KB", "1MB"], "memory_orders", &["-"], &orders);
    is_the_same_in(&["100KB"], "memory_rows", &["-", "--columns", "order_id="], &orders);
    let wrong = orders.clone() + "7,somebody,2022-01-04,5,purchase,tea\n8,c56,2024-01-01,5,purchase,tea\n";
    let refusal = |options: &[&str]| String::from_utf8(run(options, &wrong).stderr).unwrap();
    assert!(refusal(&["-"]).contains("contradict each other: column customer_id has \"c49\" and \"somebody\""));
    assert_eq!(refusal(&["-", "--memory", "7KB"]), refusal(&["-"]));
}

/// A folder that is not there, and a file that may not grow, as on a full disk.
#[test]
#[cfg(unix)]
fn nothing_is_left_where_the_temporary_file_fails() {
    let out = directory("memory_fails");
    let arguments = [CDNOW, "--memory", "40KB", "--out", out.to_str().unwrap()];
    let missing = program().args(arguments).env("TMPDIR", "/nowhere/at/all").output().unwrap();
    let said = "error: a temporary file in /nowhere/at/all failed; --memory SIZE keeps more in memory, TMPDIR=FOLDER puts the \
                file elsewhere: No such file or directory";
    let stderr = String::from_utf8(missing.stderr).unwrap();
    assert!(stderr.starts_with(said), "{stderr}");

    let mut full = std::process::Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]).arg(program().get_program()).args(arguments);
    let full = full.current_dir(super::ROOT).env("TMPDIR", "/tmp").stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(full.stderr).unwrap();
    assert!(stderr.starts_with("error: a temporary file in /tmp failed") && stderr.contains("too large"), "{stderr}");
    assert_eq!([missing.status.code(), full.status.code()], [Some(1); 2]);
    assert!(missing.stdout.is_empty() && full.stdout.is_empty() && fs::read_dir(&out).unwrap().next().is_none());
}
