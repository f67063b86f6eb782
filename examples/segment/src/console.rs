//! What a program tells whoever ran it.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a program ends: an error is printed with its causes, on one line.
pub fn exit_code(result: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let mut line = format!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        line += ": ";
        line += &error.to_string();
        cause = error.source();
    }
    eprintln!("{line}");
    ExitCode::FAILURE
}

/// Prints a page. Whoever reads it through a pipe may close it early.
pub fn print(page: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(page.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
