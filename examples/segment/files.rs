//! The files of a run: all of them, or none.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes every file completely under another name before it renames any.
pub(crate) fn write_all(directory: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
    let partial = |name: &str| directory.join(format!(".{name}.partial"));
    let write = || -> io::Result<()> {
        fs::create_dir_all(directory)?;
        for (name, content) in files {
            let mut file = BufWriter::new(File::create(partial(name))?);
            file.write_all(content)?;
            file.into_inner()?.sync_all()?;
        }
        for (name, _) in files {
            fs::rename(partial(name), directory.join(name))?;
        }
        Ok(())
    };
    write().map_err(|error| {
        for (name, _) in files {
            // What was not written cannot be removed, and the first error is the one to tell.
            fs::remove_file(partial(name)).ok();
        }
        format!("cannot write to {}: {error}", directory.display()).into()
    })
}
