//! A scheduler and two executors as processes of their own: one dies in the middle, and nobody can tell from the files.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::common::{cluster, directory, expected, fails, made_up, names, run, same_parts, succeeds, write_csv};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};

/// A process that does not outlive its test.
pub(super) struct Process(pub(super) Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[track_caller]
pub(super) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_mins(2), "waited in vain until {what}");
        sleep(Duration::from_millis(5));
    }
}

/// A scheduler, and its URL.
pub(super) fn scheduler() -> (Process, String) {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_scheduler"));
    command.args(["--host", "127.0.0.1", "--executor-timeout", "5", "--port", &port.to_string()]);
    let process = Process(command.stderr(Stdio::null()).spawn().unwrap());
    until("the scheduler listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    (process, format!("df://127.0.0.1:{port}"))
}

/// An executor of one task at a time, with the directory of its intermediate results.
pub(super) fn executor(scheduler: &str, work: PathBuf) -> (Process, PathBuf) {
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

/// The files of the customers that executors have written aside.
fn written(out: &Path) -> usize {
    let aside = names(out).into_iter().filter(|name| name.starts_with("unfinished-"));
    let files = aside.flat_map(|name| names(&out.join(name)));
    files.filter(|name| name.starts_with("customers-") && !name.contains('#')).count()
}

/// Sends one of two executors a signal at a moment; the files are those of the segment program all the same.
fn disturbed(
    case: &str,
    signal: &str,
    moment: impl Fn(&[PathBuf; 2], &Path) -> bool,
    then: impl FnOnce(&mut Process, &Path),
) {
    let directory = directory(case);
    let orders = directory.join("orders.csv");
    write_csv(&orders, &made_up(60_000));
    let orders = orders.to_str().unwrap();
    let options = ["--time-zone", "-05:00", "--occasion", "day"];
    let expected = expected(orders, &options, &format!("{case}-expected"));

    let (_scheduler, url) = scheduler();
    let (mut doomed, work) = executor(&url, directory.join("doomed"));
    let (_survivor, other_work) = executor(&url, directory.join("survivor"));
    let found = directory.join("found");
    let mut job = cluster();
    job.args([orders, "--scheduler", &url, "--partitions", "24", "--out"]).arg(&found).args(options);
    let mut job = job.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();

    let works = [work, other_work];
    until("the moment has come", || moment(&works, &found));
    send(signal, &doomed);
    assert!(job.try_wait().unwrap().is_none(), "the job was done before the signal");
    assert!(!found.join("customers").exists(), "the files were there before the signal");
    then(&mut doomed, &works[0]);

    let output = job.wait_with_output().unwrap();
    succeeds(&output);
    same_parts(&found, &expected, 24);
}

fn send(signal: &str, process: &Process) {
    succeeds(&Command::new("kill").args([signal, &process.0.id().to_string()]).output().unwrap());
}

/// Kills an executor, whose results are gone with it.
fn dies(case: &str, moment: impl Fn(&[PathBuf; 2], &Path) -> bool) {
    disturbed(case, "-KILL", moment, |doomed, work| {
        doomed.0.wait().unwrap();
        assert!(results(work) > 0, "nothing was lost");
        fs::remove_dir_all(work).unwrap();
    });
}

/// It stands still for longer than the scheduler waits, comes back, and finds that others did its work.
#[test]
fn an_executor_is_slow() {
    let has_begun = |works: &[PathBuf; 2], _: &Path| works.iter().all(|work| results(work) > 0);
    disturbed("slow", "-STOP", has_begun, |doomed, _| {
        sleep(Duration::from_secs(8));
        send("-CONT", doomed);
    });
}

#[test]
fn an_executor_dies_while_it_folds() {
    // It has given results that others still need, and so has the other, but the job is not done.
    dies("killed-folding", |works, _| works.iter().all(|work| results(work) > 0));
}

#[test]
fn an_executor_dies_while_it_writes() {
    dies("killed-writing", |_, found| written(found) > 0);
}

/// Every file that this executor writes has at most so many blocks, as if its disk were full then.
fn full_executor(scheduler: &str, work: &Path, blocks: u32) -> Process {
    let ports = [free_port(), free_port()];
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_executor"), "--scheduler", scheduler, "--host", "127.0.0.1"]);
    command.args(["--cores", "1", "--heartbeat", "1", "--port", &ports[0].to_string()]);
    command.args(["--grpc-port", &ports[1].to_string()]).arg("--work-dir").arg(work);
    let process = Process(command.stderr(Stdio::null()).spawn().unwrap());
    until("the executor listens", || TcpStream::connect(("127.0.0.1", ports[0])).is_ok());
    process
}

/// The job ends, says what is wrong, and leaves the files of the run before it as they were.
#[test]
fn a_full_disk_leaves_the_files_of_the_run_before() {
    let directory = directory("full");
    let (_scheduler, url) = scheduler();
    let work = directory.join("work");
    fs::create_dir_all(&work).unwrap();
    let found = directory.join("found");
    let arguments = ["--scheduler", &url, "--partitions", "2", "--out", found.to_str().unwrap()];
    {
        let _executor = executor(&url, directory.join("before"));
        succeeds(&run(&[&[super::common::CDNOW, "--horizon", "30"], &arguments[..]].concat()));
    }
    let files = || {
        let parts = names(&found.join("customers")).into_iter().map(|name| found.join("customers").join(name));
        parts.chain([found.join("summary.json")]).map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    let before = files();
    assert!(before.len() > 2);

    // Intermediate results of the sample fit; the customers' files do not.
    let _full = full_executor(&url, &work, 160);
    let output = run(&[&[super::common::CDNOW], &arguments[..]].concat());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "a full disk held all files");
    assert!(message.contains("File too large"), "{message}");
    assert_eq!(files(), before);
    assert_eq!(names(&found), ["customers", "summary.json"]);
}

#[test]
fn a_scheduler_that_is_not_there_is_named() {
    let url = format!("df://127.0.0.1:{}", free_port());
    let out = directory("no-scheduler").to_str().unwrap().to_owned();
    fails(
        &["--out", &out, "--scheduler", &url],
        &[&format!("no scheduler at {url}"), "refused", "cargo run --bin scheduler"],
    );
    fails(&["--out", &out, "--scheduler", "nowhere"], &["--scheduler", "\"nowhere\"", "df://localhost:50050"]);
}

#[test]
fn an_executor_without_the_functions_is_told_apart() {
    let (_scheduler, url) = scheduler();
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    let (work, out) = (directory("plain-executor"), directory("plain-out").to_str().unwrap().to_owned());
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
    fails(
        &["--out", &out, "--scheduler", &url],
        &["does not know the library's functions", "cargo run --bin executor"],
    );
}

#[test]
fn the_sample_on_a_cluster_of_one() {
    let directory = directory("one");
    let expected = expected(super::common::CDNOW, &[], "one-expected");
    let (_scheduler, url) = scheduler();
    let _executor = executor(&url, directory.join("work"));
    let found = directory.join("found");
    succeeds(&run(&["--scheduler", &url, "--out", found.to_str().unwrap()]));
    same_parts(&found, &expected, 16);
    fails(&["--scheduler", &url], &["--scheduler needs --out"]);
}
