//! Orders in, one page out, with lists beside it where they are asked for.
//!
//! ```text
//! cargo run --release -- [ORDERS] [options]
//! ```
//!
//! Without arguments it reads the CDNOW sample that ships with the crate and writes `report.html`; `--help` lists the
//! options.

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use repurchase::scale::Language;
use repurchase_report::{Report, ReportOptions, report};
use repurchase_segment::arguments::LogArguments;
use repurchase_segment::order_files::Layout;
use repurchase_segment::{command_line, notes, output, read};

/// A shop's returning customers as one page of HTML.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    log: LogArguments,
    /// The language of the page.
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    lang: LanguageArgument,
    /// The shop's name; by default the file's.
    #[arg(long, value_name = "NAME")]
    shop: Option<String>,
    /// Names in the column of products that are none, such as postage.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    no_product: Vec<String>,
    /// The file to write the page to, whole or not at all; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// The folder to write `report.html` to, with a list of customers for each segment and for each reason to act, as CSV,
    /// in `lists/` beside it.
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    out_dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LanguageArgument {
    /// English.
    En,
    /// Chinese, 简体中文.
    Zh,
}

fn main() -> ExitCode {
    let arguments: Arguments = match command_line::parsed() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let language = match arguments.lang {
        LanguageArgument::En => Language::English,
        LanguageArgument::Zh => Language::Chinese,
    };
    output::exit_code_in(language, run(&arguments, language))
}

fn run(arguments: &Arguments, language: Language) -> Result<(), Box<dyn Error>> {
    if arguments.log.asks_for_layouts() {
        return Ok(output::print(&Layout::list(language)?)?);
    }
    let orders = arguments.log.read_with_products()?;
    eprint!("{}", read::report(&orders, language));
    let shop = match (&arguments.shop, &arguments.log.orders) {
        (Some(shop), _) => shop.clone(),
        (None, None) => "CDNOW".to_owned(),
        (None, Some(path)) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let notes = orders.notes().iter().map(notes::of_reader).collect();
    let (log, lines, as_of) =
        (read::named_log(&orders)?, read::named_lines(&orders, &arguments.no_product)?, orders.as_of());
    let purchases = log.purchases();
    if purchases > 200_000 && io::stderr().is_terminal() {
        eprintln!("{purchases} purchases read, fitting the models");
    }
    let currency = orders.read_as().currency.clone();
    let options = ReportOptions::default().with_language(language).with_shop(&shop).with_notes(notes);
    let options = options.with_currency(currency.as_deref()).with_lines(lines.as_ref());
    match &arguments.out_dir {
        None => write(&arguments.out, &report(&log, as_of, &options)?.page),
        Some(folder) => write_all(folder, &report(&log, as_of, &options.with_lists("lists/"))?),
    }
}

/// Writes the page and its lists completely under other names before they take their own.
fn write_all(folder: &Path, report: &Report) -> Result<(), Box<dyn Error>> {
    let lists = folder.join("lists");
    let contents: Vec<Box<output::Content<'_>>> = report
        .lists
        .iter()
        .map(|list| &list.csv)
        .chain([&report.page])
        .map(|text| Box::new(move |out: &mut dyn Write| out.write_all(text.as_bytes())) as Box<output::Content<'_>>)
        .collect();
    let paths = report.lists.iter().map(|list| lists.join(&list.name)).chain([folder.join("report.html")]);
    let files: Vec<(PathBuf, &output::Content<'_>)> = paths.zip(contents.iter().map(|content| &**content)).collect();
    fs::create_dir_all(&lists)
        .and_then(|()| output::write_whole(&files))
        .map_err(|error| format!("cannot write to {}: {error}", folder.display()))?;
    let page = folder.join("report.html");
    eprintln!("{} written, {} KB, and {} lists", page.display(), report.page.len().div_ceil(1000), report.lists.len());
    Ok(())
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
