//! A scheduler and two executors as processes of their own: one dies in the middle, and nobody can tell from the files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, thread};

use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use common::{cluster, directory, expected, fails, made_up, run, same_files, succeeds, write_csv};

/// A process that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_mins(2), "waited in vain until {what}");
        sleep(Duration::from_millis(5));
    }
}

/// A scheduler, and its URL.
fn scheduler() -> (Process, String) {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_scheduler"));
    command.args(["--host", "127.0.0.1", "--executor-timeout", "5", "--port", &port.to_string()]);
    let process = Process(command.stderr(Stdio::null()).spawn().unwrap());
    until("the scheduler listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    (process, format!("df://127.0.0.1:{port}"))
}

/// An executor of one task at a time, with the directory of its intermediate results.
fn executor(scheduler: &str, work: PathBuf) -> (Process, PathBuf) {
    fs::create_dir_all(&work).unwrap();
    let ports = [free_port(), free_port()];
    let mut command = Command::new(env!("CARGO_BIN_EXE_executor"));
    command.args(["--scheduler", scheduler, "--host", "127.0.0.1", "--cores", "1", "--heartbeat", "1"]);
    command.args(["--port", &ports[0].to_string(), "--grpc-port", &ports[1].to_string()]);
    let process = Process(command.arg("--work-dir").arg(&work).stderr(Stdio::null()).spawn().unwrap());
    until("the executor listens", || TcpStream::connect(("127.0.0.1", ports[0])).is_ok());
    (process, work)
}

/// The files of the stages' results that are there.
fn results(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { results(&entry.path()) } else { 1 }).sum()
}

#[test]
fn an_executor_dies_in_the_middle() {
    let directory = directory("killed");
    let orders = directory.join("orders.csv");
    write_csv(&orders, &made_up(60_000));
    let orders = orders.to_str().unwrap();
    let options = ["--time-zone", "-05:00", "--occasion", "day"];
    let expected = expected(orders, &options, "killed-expected");

    let (_scheduler, url) = scheduler();
    let (mut doomed, work) = executor(&url, directory.join("doomed"));
    let (_survivor, other_work) = executor(&url, directory.join("survivor"));
    let found = directory.join("found");
    let mut job = cluster();
    job.args([orders, "--scheduler", &url, "--partitions", "24", "--out"]).arg(&found).args(options);
    let mut job = job.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();

    // It has given results that others still need, and so has the other, but the job is not done.
    until("both executors have results of the job", || results(&work) > 0 && results(&other_work) > 0);
    doomed.0.kill().unwrap();
    doomed.0.wait().unwrap();
    assert!(job.try_wait().unwrap().is_none(), "the job was done before the executor died");
    assert!(!found.exists(), "the files were there before the executor died");
    let lost = results(&work);
    fs::remove_dir_all(&work).unwrap();
    assert!(lost > 0, "nothing was lost");

    let output = job.wait_with_output().unwrap();
    succeeds(&output);
    same_files(&found, &expected);
}

#[test]
fn a_scheduler_that_is_not_there_is_named() {
    let url = format!("df://127.0.0.1:{}", free_port());
    fails(&["--scheduler", &url], &[&format!("no scheduler at {url}"), "refused", "cargo run --bin scheduler"]);
    fails(&["--scheduler", "nowhere"], &["--scheduler", "\"nowhere\"", "df://localhost:50050"]);
}

#[test]
fn an_executor_without_the_functions_is_told_apart() {
    let (_scheduler, url) = scheduler();
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    let work = directory("plain-executor");
    // Ballista's own, of which nothing was registered.
    thread::spawn(move || {
        let config = ExecutorProcessConfig {
            port: free_port(),
            grpc_port: free_port(),
            scheduler_host: "127.0.0.1".to_owned(),
            scheduler_port: port,
            vcores: 1,
            work_dir: Some(work.to_str().unwrap().to_owned()),
            executor_heartbeat_interval_seconds: 1,
            ..ExecutorProcessConfig::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(start_executor_process(Arc::new(config)))
    });
    fails(&["--scheduler", &url], &["does not know the library's functions", "cargo run --bin executor"]);
}

#[test]
fn the_sample_on_a_cluster_of_one() {
    let directory = directory("one");
    let expected = expected(common::CDNOW, &[], "one-expected");
    let (_scheduler, url) = scheduler();
    let _executor = executor(&url, directory.join("work"));
    let found = directory.join("found");
    succeeds(&run(&["--scheduler", &url, "--out", found.to_str().unwrap()]));
    same_files(&found, &expected);
}
