//! What a program leaves: a page, files, an error.

use std::borrow::Cow;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use order_files::Said;
use repurchase::scale::Language;

/// How a program ends: an error is printed with its causes, on one line, in English.
pub fn exit_code(result: Result<(), Box<dyn Error>>) -> ExitCode {
    exit_code_in(Language::English, result)
}

/// The same in the language; what the system itself says of a file stays as it says it.
pub fn exit_code_in(language: Language, result: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let title = if language == Language::Chinese { "错误：" } else { "error: " };
    eprintln!("{title}{}", line(&*error, language));
    ExitCode::FAILURE
}

/// An error and its causes.
pub(crate) fn line(error: &(dyn Error + 'static), language: Language) -> String {
    let text = |error: &(dyn Error + 'static)| {
        let of_file = error.downcast_ref::<order_files::Error>().map(|error| error.describe(language));
        let said = || error.downcast_ref::<Said>().map(|said| said.text(language).to_owned());
        let of_library = || error.downcast_ref().filter(|_| language == Language::Chinese).map(order_files::in_chinese);
        of_file.or_else(said).or_else(of_library).unwrap_or_else(|| error.to_string())
    };
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(text).collect::<Vec<_>>().join(": ")
}

/// Prints a page. Whoever reads it through a pipe may close it early.
pub fn print(page: &str) -> io::Result<()> {
    let written = io::stdout().lock().write_all(page.as_bytes());
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// A field of CSV, in quotes where it has to be, as RFC 4180 has it.
pub fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

/// What writes a file while it is made.
pub type Content<'a> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'a;

/// Writes every file completely under another name before it renames any.
pub fn write_whole(files: &[(PathBuf, &Content<'_>)]) -> io::Result<()> {
    let partial = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.partial"))
    };
    let write = || -> io::Result<()> {
        for (path, content) in files {
            let mut file = File::create(partial(path))?;
            content(&mut file).and_then(|()| file.sync_all())?;
        }
        files.iter().try_for_each(|(path, _)| fs::rename(partial(path), path))
    };
    // What was not written cannot be removed, and the first error is the one to tell.
    write().inspect_err(|_| files.iter().map(|(path, _)| fs::remove_file(partial(path))).for_each(drop))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_quoted_where_they_have_to_be() {
        assert_eq!(
            ["a b", "a,b", "say \"hi\"", "two\nlines", "a\rb", "茶"].map(quoted),
            ["a b", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "\"a\rb\"", "茶"]
        );
    }
}
