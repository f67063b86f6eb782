//! Orders in, one page out.
//!
//! ```text
//! cargo run --release -- [ORDERS] [options]
//! ```
//!
//! Without arguments it reads the CDNOW sample that ships with the crate and writes `report.html`; `--help` lists the
//! options.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use repurchase::scale::Language;
use repurchase_segment::arguments::LogArguments;
use repurchase_segment::order_files::Layout;
use repurchase_segment::{notes, output, read};

/// A shop's returning customers as one page of HTML.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    log: LogArguments,
    /// The language of the page.
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    lang: LanguageArgument,
    /// What the page is called; by default what the file is.
    #[arg(long)]
    title: Option<String>,
    /// The file to write the page to, whole or not at all; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LanguageArgument {
    /// English.
    En,
    /// Chinese, 简体中文.
    Zh,
}

fn main() -> ExitCode {
    output::exit_code(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.log.asks_for_layouts() {
        return Ok(output::print(&Layout::list()?)?);
    }
    let orders = arguments.log.read()?;
    let language = match arguments.lang {
        LanguageArgument::En => Language::English,
        LanguageArgument::Zh => Language::Chinese,
    };
    eprint!("{}", read::report(&orders, language));
    let title = match (&arguments.title, &arguments.log.orders) {
        (Some(title), _) => title.clone(),
        (None, None) => "CDNOW".to_owned(),
        (None, Some(path)) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let notes = orders.notes().iter().map(notes::of_reader).collect();
    let (log, as_of) = (read::named_log(&orders)?, orders.as_of());
    let purchases = log.purchases();
    if purchases > 200_000 && io::stderr().is_terminal() {
        eprintln!("{purchases} purchases read, fitting the models");
    }
    let page = repurchase_report::page(&log, notes, as_of, language, &title)?;
    write(&arguments.out, &page)
}

/// Writes the page completely under another name before it takes its own.
fn write(path: &Path, page: &str) -> Result<(), Box<dyn Error>> {
    if path == Path::new("-") {
        return Ok(output::print(page)?);
    }
    if path.file_name().is_none() {
        return Err(format!("--out {} names no file", path.display()).into());
    }
    output::write_whole(&[(path.to_owned(), &|out| out.write_all(page.as_bytes()))])
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    eprintln!("{} written, {} KB", path.display(), page.len().div_ceil(1000));
    Ok(())
}
