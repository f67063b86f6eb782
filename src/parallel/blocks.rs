//! Columns in blocks: each block is fetched while the one before it is worked on.
//!
//! A processor fetches ahead of whoever reads on and on, but only within a page of 4 KiB: at the start of each page it
//! waits for memory a few times in a row. Over columns that nobody has read for a while this is half of the time of a
//! fit; asking for a page's first lines together, early, makes one wait of them.
//!
//! Written for speed before plainness: `benches/segment.rs`, id `segment/score_all`, must not get slower.

use core::hint::black_box;

/// Values in a block: a page of amounts.
pub(crate) const BLOCK: usize = 512;

/// The number of bytes that come from memory together.
const LINE: usize = 64;

/// The number of lines after which a processor sees by itself where reading goes.
const LINES: usize = 4;

/// The blocks of a column; only the last may be shorter.
pub(crate) fn blocks<T: Copy>(column: &[T]) -> impl Iterator<Item = &[T]> {
    column.chunks(BLOCK).enumerate().map(|(at, block)| {
        fetch(column, (at + 1) * BLOCK);
        block
    })
}

/// Fetches what follows `start`, if anything does.
pub(crate) fn fetch<T: Copy>(column: &[T], start: usize) {
    let lines = column.get(start..).unwrap_or_default().iter().step_by(LINE / size_of::<T>()).take(LINES);
    lines.for_each(|&value| _ = black_box(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_the_column() {
        for len in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let column: Vec<u32> = (0..len as u32).collect();
            assert!(blocks(&column).flatten().eq(&column), "{len}");
            assert!(blocks(&column).all(|block| (1..=BLOCK).contains(&block.len())));
            fetch(&column, len + 1);
        }
    }
}
