//! Runs targets on their corpus, then on mutations of it, for so many seconds each.
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml -- [--seconds N | --executions N] [--seed N] [--keep] [TARGET | FILE]...
//! ```
//!
//! Without a target, all. A number of executions makes the same inputs everywhere; in a number of seconds, slow inputs are
//! mutated further. A file is run once, by the target that its folder is named by. An input that panics, or takes
//! longer than a minute, is written to `fuzz/found/TARGET/` and the run fails. `--keep` adds inputs that took the
//! longest, or were of a new length, to the corpus.

use std::error::Error;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use repurchase_fuzz::mutate::{fresh, mutated};
use repurchase_fuzz::{TARGETS, Target};

/// An execution that takes longer is a finding.
const LONGEST: Duration = Duration::from_mins(1);

fn main() -> Result<(), Box<dyn Error>> {
    let (mut seconds, mut executions, mut seed, mut keep) = (5, None, 1, false);
    let (mut targets, mut files): (Vec<Target>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or("a number")?.parse().map_err(|_| "a number");
        match argument.as_str() {
            "--seconds" => seconds = number()?,
            "--executions" => executions = Some(number()?),
            "--seed" => seed = number()?,
            "--keep" => keep = true,
            name => match TARGETS.iter().find(|target| target.0 == name) {
                Some(&target) => targets.push(target),
                None if Path::new(name).is_file() => files.push(name.into()),
                None => return Err(format!("neither a target nor a file: {name}").into()),
            },
        }
    }
    for file in &files {
        let folder = file.parent().and_then(|folder| folder.file_name()).and_then(|name| name.to_str());
        let target = TARGETS.iter().find(|target| Some(target.0) == folder);
        target.ok_or("a file in a folder that a target is named by")?.1(&fs::read(file)?);
        println!("{}: holds", file.display());
    }
    if targets.is_empty() && files.is_empty() {
        targets = TARGETS.to_vec();
    }
    let limit = executions.map_or(Limit::Time(Duration::from_secs(seconds)), Limit::Executions);
    let run = |&target: &Target| fuzz(target, limit, seed, keep);
    let failed = targets.iter().map(run).collect::<Result<Vec<_>, _>>()?.into_iter().filter(|&holds| !holds).count();
    if failed > 0 { Err(format!("{failed} targets have a finding").into()) } else { Ok(()) }
}

/// How long a target runs, beyond its corpus.
#[derive(Clone, Copy)]
enum Limit {
    Time(Duration),
    Executions(u64),
}

/// What the watch looks at: the input that runs, and since when.
type Watched = Mutex<Option<(Instant, Vec<u8>)>>;

/// Runs a target; whether it held.
fn fuzz((name, target): Target, limit: Limit, seed: u64, keep: bool) -> Result<bool, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = corpus(&root.join("corpus").join(name))?;
    let found = root.join("found").join(name);
    let (start, watched) = (Instant::now(), Arc::new(Watched::default()));
    watch(&watched, found.clone());

    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut executions, mut slowest, mut kept) = (0, Duration::ZERO, 0);
    let committed = corpus.len();
    let goes_on = |executions: usize| match limit {
        Limit::Time(time) => start.elapsed() < time,
        Limit::Executions(most) => (executions as u64) < most,
    };
    while executions < committed || goes_on(executions) {
        let input = match corpus.get(executions) {
            Some(input) => input.clone(),
            None if corpus.is_empty() || random.random_range(0..8) == 0 => fresh(&mut random),
            None => {
                let [one, other] = [0, 1].map(|_| random.random_range(0..corpus.len()));
                mutated(&corpus[one], &corpus[other], &mut random)
            }
        };
        let began = Instant::now();
        *watched.lock().map_err(|_| "the watch")? = Some((began, input.clone()));
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| target(&input)));
        let took = began.elapsed();
        *watched.lock().map_err(|_| "the watch")? = None;
        executions += 1;
        if outcome.is_err() {
            println!("{name}: panics after {executions} executions: {}", written(&found, &input)?);
            return Ok(false);
        }
        let is_slow = executions > committed && took > slowest && took > Duration::from_millis(1);
        if is_slow {
            slowest = took;
        }
        if is_slow && matches!(limit, Limit::Time(_)) {
            kept += usize::from(keep);
            if keep {
                written(&root.join("corpus").join(name), &input)?;
            }
            corpus.push(input);
        }
    }
    println!(
        "{name}: {executions} executions in {:.1?}, slowest {slowest:.1?}, {committed} in the corpus, {kept} kept",
        start.elapsed()
    );
    Ok(true)
}

/// Ends the program with the input that runs for too long.
fn watch(watched: &Arc<Watched>, found: PathBuf) {
    let watched = Arc::downgrade(watched);
    thread::spawn(move || {
        while let Some(watched) = watched.upgrade() {
            let running = watched.lock().map_or(None, |running| running.clone());
            if let Some((_, input)) = running.filter(|(began, _)| began.elapsed() > LONGEST) {
                let path = written(&found, &input).unwrap_or_else(|error| error.to_string());
                println!("hangs: {path}");
                std::process::exit(1);
            }
            drop(watched);
            thread::sleep(Duration::from_secs(1));
        }
    });
}

fn corpus(folder: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths.into_iter().map(fs::read).collect::<Result<_, _>>()?)
}

/// Writes an input under a name that its bytes give it.
fn written(folder: &Path, input: &[u8]) -> Result<String, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    // FNV-1a.
    let hash = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let path = folder.join(format!("{hash:016x}"));
    fs::write(&path, input)?;
    Ok(path.display().to_string())
}
