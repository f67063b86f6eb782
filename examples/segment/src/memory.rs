//! How much memory the rows of a file may take.

use std::fs;

use order_files::Said;

/// A number of bytes, such as `500MB`: KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB of 1024.
pub(crate) fn size(text: &str) -> Result<u64, Said> {
    let expected = ["expected a size such as 500MB or 2GB", "应为大小，如 500MB 或 2GB"];
    let digits = text.trim_end_matches(|one: char| one.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default().to_ascii_uppercase();
    let (base, letter) = match unit.strip_suffix("IB") {
        Some(letter) => (1024, letter),
        None => (1000, unit.strip_suffix('B').unwrap_or(&unit)),
    };
    let power = ["", "K", "M", "G", "T"].iter().position(|one| *one == letter).filter(|at| *at > 0 || base == 1000);
    let bytes = power.zip(digits.parse().ok()).and_then(|(power, number): (_, u64)| {
        number.checked_mul(u64::pow(base, u32::try_from(power).ok()?)).filter(|bytes| *bytes > 0)
    });
    bytes.ok_or_else(|| Said::from(expected))
}

/// The bytes that rows may take: those asked for, else three quarters of what the machine has to spare, as far as it says so.
pub(crate) fn room(asked: Option<u64>) -> u64 {
    asked.or_else(|| spare().map(|bytes| bytes / 4 * 3)).unwrap_or(u64::MAX)
}

/// What Linux says: the machine's memory that is not in use, or what is left of the control group's where that is less.
fn spare() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    let number = |name: &str| fs::read_to_string(name).ok()?.trim().parse::<u64>().ok();
    let group = number("/sys/fs/cgroup/memory.max").zip(number("/sys/fs/cgroup/memory.current"));
    let group = group.map(|(most, used)| most.saturating_sub(used));
    machine.into_iter().chain(group).min()
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let bytes = ["7", "2kB", "2KiB", "500MB", "1g", "3GiB", "1TB"].map(|text| size(text).ok());
        let expected = [7, 2_000, 2_048, 500_000_000, 1_000_000_000, 3 << 30, 1_000_000_000_000].map(Some);
        assert_eq!(bytes, expected);
        for text in ["", "0", "GB", "-1GB", "1.5GB", "1XB", "7iB", "99999999TB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_available_is_read() {
        assert_eq!(available("MemTotal:  100 kB\nMemAvailable:   24 kB\n"), Some(24 << 10));
        assert_eq!(available("MemTotal: 100 kB\n"), None);
        assert_eq!(room(Some(5)), 5);
    }
}
