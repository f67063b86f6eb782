//! Bytes that memory has no room for, in a temporary file that nobody else sees.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use crate::error::Error;

/// A temporary file, which is gone when the program ends, however it ends.
#[derive(Debug)]
pub(crate) struct Scratch<F = File> {
    file: F,
    end: u64,
}

/// Where bytes stand in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    start: u64,
    length: usize,
}

impl Scratch {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self { file: tempfile::tempfile().map_err(Error::Scratch)?, end: 0 })
    }
}

impl<F: Read + Write + Seek> Scratch<F> {
    #[cfg(test)]
    pub(crate) fn of(file: F) -> Self {
        Self { file, end: 0 }
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<Block, Error> {
        let block = Block { start: self.end, length: bytes.len() };
        let written = self.file.seek(SeekFrom::Start(block.start)).and_then(|_| self.file.write_all(bytes));
        written.map_err(Error::Scratch)?;
        self.end += bytes.len() as u64;
        Ok(block)
    }

    /// Puts the bytes of a block behind those that are there.
    pub(crate) fn read(&mut self, block: Block, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let before = bytes.len();
        bytes.resize(before + block.length, 0);
        let into = bytes.get_mut(before..).unwrap_or_default();
        let read = self.file.seek(SeekFrom::Start(block.start)).and_then(|_| self.file.read_exact(into));
        read.map_err(Error::Scratch)
    }
}

/// What is said of bytes that are not those that were written.
pub(crate) fn damaged() -> Error {
    Error::Scratch(std::io::Error::other("it has not the bytes that were written"))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io::{self, Cursor};

    use super::*;

    /// A disk with room for a number of bytes.
    struct Disk(Cursor<Vec<u8>>, usize);

    impl Read for Disk {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.0.read(bytes)
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = self.1.saturating_sub(self.0.position() as usize).min(bytes.len());
            if room == 0 && !bytes.is_empty() {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            self.0.write(&bytes[..room])
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Disk {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn blocks_are_read_back_and_a_full_disk_is_an_error() {
        let mut scratch = Scratch::of(Disk(Cursor::default(), 10));
        let (first, second) = (scratch.append(b"tea, ").unwrap(), scratch.append(b"milk").unwrap());
        let mut bytes = Vec::new();
        scratch.read(second, &mut bytes).unwrap();
        scratch.read(first, &mut bytes).unwrap();
        assert_eq!(bytes, b"milktea, ");
        let full = scratch.append(b"too much").unwrap_err();
        assert!(matches!(&full, Error::Scratch(error) if error.kind() == io::ErrorKind::StorageFull));
        assert!(full.source().is_some());
    }
}
