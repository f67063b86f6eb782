//! The program as a person runs it.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use super::{embedded, text};

/// A directory of this test's own, empty.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&path).ok();
    fs::create_dir_all(&path).unwrap();
    path
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_report")).args(arguments).output().unwrap()
}

#[test]
fn the_page_is_written_whole() {
    let directory = directory("whole");
    let out = directory.join("page.html");
    let output = run(&["--lang", "zh", "--shop", "唱片店", "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(&out).unwrap();
    assert!(page.ends_with("</html>") && page.contains("<title>唱片店</title>"));
    assert_eq!(embedded(&page)["customers"], 2357);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn lists_lie_beside_the_page() {
    let directory = directory("lists").join("of the shop");
    let output = run(&["--out-dir", directory.to_str().unwrap(), "--lang", "zh"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(directory.join("report.html")).unwrap();
    let links: Vec<_> = page.split("href=\"lists/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(
        links.len(),
        4 + 1 + 10,
        "each reason to act that somebody has, the late once more, and each segment: {links:?}"
    );
    for link in links {
        let list = fs::read_to_string(directory.join("lists").join(link)).unwrap();
        let head = "\u{feff}客户ID,最近购买日,应回购日,已超天数,90天购买概率,90天正常复购金额,建议动作,理由\n";
        assert!(list.starts_with(head), "{link}: {list}");
    }
    assert_eq!(fs::read_dir(directory.join("lists")).unwrap().count(), 15, "nothing else is left");
    // Both at once is asked for by mistake.
    assert!(!run(&["--out-dir", "here", "--out", "there.html"]).status.success());
}

#[test]
fn days_are_those_of_the_shop() {
    let directory = directory("days");
    let orders = directory.join("shop <of> tea.csv");
    fs::write(&orders, "customer_id,placed_at,amount\nann,2026-03-01T23:30:00Z,5.00\nbo,2026-02-27,-1.00\n").unwrap();
    let output = run(&[orders.to_str().unwrap(), "--time-zone", "+08:00", "--out", "-"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(embedded(&page)["as_of"], "2026-03-02");
    assert!(page.contains("<title>shop &lt;of&gt; tea</title>"), "{}", text(&page));
}

#[test]
fn a_wrong_file_is_told_and_nothing_is_written() {
    let directory = directory("wrong");
    let (orders, out) = (directory.join("orders.csv"), directory.join("page.html"));
    fs::write(&orders, "customer_id,placed_at,amount\nann,2026-03-01,5.00\nbo,soon,5.00\n").unwrap();
    let arguments = [orders.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = run(&arguments);
    assert!(!output.status.success() && !out.exists());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: line 3, column placed_at: found \"soon\", expected a time such as"), "{error}");

    let output = run(&[&arguments[..], &["--skip-bad-rows"]].concat());
    assert!(output.status.success() && out.exists());
    assert!(String::from_utf8(output.stderr).unwrap().contains("Bad rows left out: 1"));
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let out = directory("nowhere").join("missing/page.html");
    let output = run(&["--out", out.to_str().unwrap()]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.starts_with("error: cannot write "), "{error}");
}

#[test]
fn products_are_read_from_the_file_but_for_postage() {
    let directory = directory("products");
    let orders = directory.join("orders.csv");
    let mut file = String::from("order_id,customer_id,placed_at,product,amount\n");
    for order in 0..80 {
        let (customer, day) = (order % 40, 1 + order / 40 * 20 + order % 40 % 7);
        for product in ["tea", "POST"] {
            writeln!(file, "{order},c{customer},2026-03-{day:02},{product},5").unwrap();
        }
    }
    fs::write(&orders, file).unwrap();
    let page = |options: &[&str]| {
        let output = run(&[&[orders.to_str().unwrap(), "--rows", "lines", "--out", "-"], options].concat());
        text(&String::from_utf8(output.stdout).unwrap())
    };
    assert!(
        page(&[]).contains(
            "Of 2 products, 2 have a median cycle that rests on 20 customers or more; the shortest is 20 days"
        )
    );
    assert!(page(&["--no-product", "POST,M"]).contains("Of 1 product, 1 has a median cycle"));
    assert!(!page(&["--no-product", "POST,tea"]).contains("What is bought again"));
}
