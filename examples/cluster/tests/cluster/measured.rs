//! What a run takes: `CUSTOMERS=1000000 cargo test --release --test cluster -- --ignored --nocapture measured`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;
use std::{env, fs};

use super::common::{cluster, directory};
use super::servers::{executor, scheduler};

/// Peak memory in MB and seconds of processor time of a process, as Linux has them.
fn taken(process: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some((peak.trim().parse::<f64>().ok()? / 1e3, ticks / 100.0))
}

/// The bytes below a directory.
fn bytes(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().unwrap().len() })
        .sum()
}

/// Two orders a customer, in files of a million.
fn write_orders(directory: &Path, customers: u64) {
    let mut state = 7_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    fs::create_dir_all(directory).unwrap();
    for (file, first) in (0..2 * customers).step_by(1_000_000).enumerate() {
        let mut rows = "customer_id,placed_at,amount\n".to_owned();
        for _ in first..(2 * customers).min(first + 1_000_000) {
            let (month, day, cents) = (next(24), next(28) + 1, next(20_000) + 100);
            let (year, month) = (2023 + month / 12, month % 12 + 1);
            let amount = format!("{}.{:02}", cents / 100, cents % 100);
            writeln!(rows, "C{:08},{year}-{month:02}-{day:02} {:02}:15:00,{amount}", next(customers), next(24))
                .unwrap();
        }
        fs::write(directory.join(format!("part-{file:03}.csv")), rows).unwrap();
    }
}

#[test]
#[ignore = "a measurement"]
fn by_customers() {
    let customers: u32 = env::var("CUSTOMERS").map_or(10_000, |customers| customers.parse().unwrap());
    let directory = directory("measured");
    write_orders(&directory.join("orders"), customers.into());
    let (first, url) = scheduler();
    let executors = ["one", "two"].map(|name| executor(&url, directory.join(name)));
    let mut client = cluster();
    client.arg(directory.join("orders")).args(["--scheduler", &url, "--partitions"]);
    client.arg((customers / 150_000).max(16).to_string()).arg("--out").arg(directory.join("shop"));
    let mut client = client.stdout(Stdio::null()).spawn().unwrap();
    let mut of_client = (0.0, 0.0);
    let status = loop {
        of_client = taken(client.id()).unwrap_or(of_client);
        if let Some(status) = client.try_wait().unwrap() {
            break status;
        }
        sleep(Duration::from_millis(5));
    };
    assert!(status.success());
    let servers = [&first, &executors[0].0, &executors[1].0].map(|server| taken(server.0.id()).unwrap());
    let seconds: f64 = servers.iter().map(|(_, seconds)| seconds).sum();
    let peak = servers[1].0.max(servers[2].0);
    let shuffled = executors.iter().map(|(_, work)| bytes(work)).sum::<u64>() / 1_000_000;
    println!(
        "{customers} customers: client {:.0} MB, {:.2} s; an executor {peak:.0} MB; all servers {seconds:.1} s, {:.1} us a \
         customer; shuffled {shuffled} MB",
        of_client.0,
        of_client.1,
        seconds * 1e6 / f64::from(customers)
    );
}
