//! The files of a run: all of them, or none.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes every file of a directory, which is made where it is missing.
pub fn write_all(directory: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
    let paths: Vec<_> = files.iter().map(|(name, content)| (directory.join(name), content.as_slice())).collect();
    fs::create_dir_all(directory)
        .and_then(|()| write_whole(&paths))
        .map_err(|error| format!("cannot write to {}: {error}", directory.display()).into())
}

/// Writes every file completely under another name before it renames any.
pub fn write_whole(files: &[(PathBuf, &[u8])]) -> io::Result<()> {
    let partial = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.partial"))
    };
    let write = || -> io::Result<()> {
        for (path, content) in files {
            let mut file = File::create(partial(path))?;
            file.write_all(content)?;
            file.sync_all()?;
        }
        files.iter().try_for_each(|(path, _)| fs::rename(partial(path), path))
    };
    write().inspect_err(|_| {
        for (path, _) in files {
            // What was not written cannot be removed, and the first error is the one to tell.
            fs::remove_file(partial(path)).ok();
        }
    })
}
