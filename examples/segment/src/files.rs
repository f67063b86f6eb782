//! The files of a run: all of them, or none.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes every file completely under another name before it renames any.
pub fn write_whole(files: &[(PathBuf, &[u8])]) -> io::Result<()> {
    let partial = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.partial"))
    };
    let write = |(path, content): &(PathBuf, &[u8])| -> io::Result<()> {
        let mut file = File::create(partial(path))?;
        file.write_all(content)?;
        file.sync_all()
    };
    let rename = |(path, _): &(PathBuf, &[u8])| fs::rename(partial(path), path);
    let written = files.iter().try_for_each(write).and_then(|()| files.iter().try_for_each(rename));
    if written.is_err() {
        for (path, _) in files {
            // What was not written cannot be removed, and the first error is the one to tell.
            fs::remove_file(partial(path)).ok();
        }
    }
    written
}
