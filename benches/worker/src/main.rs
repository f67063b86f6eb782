//! The library's contender in the races against other tools.
//!
//! `worker DIR` loads the raw columns of a directory, says `{"ready":"ours"}` and then runs the task that each line of standard
//! input names, once, through the library's public API, answering with one line of JSON: seconds of wall clock and of processor
//! time, the process's peak memory and how much of it the task added, and a `check` by which the answers of different tools
//! are compared. `quit` ends it. An unknown task is answered with an error.
//!
//! ```text
//! cd benches/worker && cargo build --release
//! echo A2 | target/release/worker DIR
//! ```
//!
//! Built in its folder, it uses the instructions of `.cargo/config.toml`.
//!
//! With `--features rayon` the library works on all cores, or on as many threads as the environment's `RAYON_NUM_THREADS`
//! says; compare the `wall` of one with that of more.
//!
//! | file | concern |
//! |---|---|
//! | `batches` | `worker batches`: more orders than memory |
//! | `shops` | `worker shops`: thousands of shops in one pass |
//! | `ids` | `worker ids`: the cost of ids, by their type |
//! | `columns` | the files of a directory, and how they are made into other forms before the clock starts |
//! | `stopwatch` | what a task costs |
//! | `tasks` | the table of tasks; `tasks/*` one file for each stage of the race |

mod batches;
mod columns;
mod ids;
mod shops;
mod stopwatch;
mod tasks;

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use columns::Shop;
use stopwatch::Stopwatch;

/// A long-running service keeps the memory that it freed for its next request; the system's allocator would give it back
/// after each task and be handed new, zeroed pages by the next.
#[cfg(not(feature = "system"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Whether the allocator keeps freed memory is read from the environment when a process starts.
const KEEP_MEMORY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "-1");

fn main() -> Result<()> {
    if std::env::var_os(KEEP_MEMORY.0).is_none() {
        let error = Command::new(std::env::current_exe()?)
            .args(std::env::args_os().skip(1))
            .env(KEEP_MEMORY.0, KEEP_MEMORY.1)
            .exec();
        return Err(error.into());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let printed = match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("batches", arguments)) => Some(batches::run(arguments)?),
        Some(("shops", arguments)) => Some(shops::run(arguments)?),
        Some(("ids", arguments)) => Some(ids::run(arguments)?),
        _ => None,
    };
    if let Some(printed) = printed {
        println!("{printed}");
        return Ok(());
    }
    let directory: PathBuf = std::env::args_os().nth(1).ok_or("usage: worker DIR")?.into();
    let shop = Shop::load(directory)?;
    let mut answers = io::stdout().lock();
    writeln!(answers, "{}", json!({ "ready": "ours", "tasks": tasks::names() }))?;
    answers.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let name = line.trim();
        if name == "quit" {
            break;
        }
        let answer = run(&shop, name).unwrap_or_else(|error| json!({ "task": name, "error": error.to_string() }));
        writeln!(answers, "{answer}")?;
        answers.flush()?;
    }
    Ok(())
}

fn run(shop: &Shop, name: &str) -> Result<serde_json::Value> {
    let task = tasks::find(name).ok_or("no such task")?;
    let mut stopwatch = Stopwatch::default();
    let check = task(shop, &mut stopwatch)?;
    let cost = stopwatch.cost().ok_or("the task never started the clock")?;
    Ok(json!({
        "task": name,
        "wall": cost.wall.as_secs_f64(),
        "cpu": cost.cpu.as_secs_f64(),
        "peak_mb": cost.peak_mb,
        "extra_mb": cost.extra_mb,
        "check": check,
    }))
}
