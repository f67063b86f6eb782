//! What a task costs: time and memory.

use std::fs;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::Result;

/// Measures the one part of a task that counts; what a task prepares before and checks after is free.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch {
    cost: Option<Cost>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// Of all threads of the process.
    pub(crate) cpu: Duration,
    /// Resident memory at its highest while the task ran.
    pub(crate) peak_mb: f64,
    /// The same less the resident memory when the task started.
    pub(crate) extra_mb: f64,
}

impl Stopwatch {
    /// Runs the part that counts.
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        // Where the kernel does not allow to reset the peak, memory is that of the most expensive task so far.
        fs::write("/proc/self/clear_refs", "5").ok();
        let resident = status_mb("VmRSS")?;
        let (wall, cpu) = (Instant::now(), ProcessTime::try_now()?);
        let out = work()?;
        let (wall, cpu) = (wall.elapsed(), cpu.try_elapsed()?);
        let peak_mb = status_mb("VmHWM")?;
        self.cost = Some(Cost { wall, cpu, peak_mb, extra_mb: peak_mb - resident });
        Ok(out)
    }

    pub(crate) const fn cost(&self) -> Option<Cost> {
        self.cost
    }
}

/// A figure of this process in MiB.
pub(crate) fn status_mb(field: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no such figure in /proc/self/status")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).ok_or("no number in /proc/self/status")?.parse()?;
    Ok(kilobytes / 1024.0)
}
