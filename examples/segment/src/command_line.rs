//! The command line, and what is wrong with it, in the language that it asks for.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use order_files::Said;
use repurchase::scale::Language;

use crate::help;

/// The arguments of a program that has `--lang`; where they are wrong, that is printed, and how the program ends.
pub fn parsed<A: Parser>() -> Result<A, ExitCode> {
    parsed_from(std::env::args_os())
}

fn parsed_from<A: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Result<A, ExitCode> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_chinese = asks_for_chinese(&arguments);
    let parsed = if is_chinese {
        let mut command = help::in_chinese(A::command());
        let matches = command.try_get_matches_from_mut(&arguments);
        matches.and_then(|matches| A::from_arg_matches(&matches).map_err(|error| error.format(&mut command)))
    } else {
        A::try_parse_from(&arguments)
    };
    parsed.map_err(|error| {
        if error.use_stderr() && is_chinese {
            eprintln!("错误：{}；--help 列出全部选项", chinese(&error));
        } else {
            // Where the terminal is gone, nobody reads it.
            error.print().ok();
        }
        u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
}

/// Whether `--lang` is Chinese, in arguments that are not read yet.
fn asks_for_chinese(arguments: &[OsString]) -> bool {
    let behind = arguments.windows(2).filter(|pair| pair[0] == "--lang").map(|pair| pair[1].as_os_str());
    let joined = arguments.iter().filter_map(|argument| argument.to_str()?.strip_prefix("--lang=").map(OsStr::new));
    behind.chain(joined).any(|language| language == "zh")
}

/// What is wrong with the arguments, in Chinese.
fn chinese(error: &clap::Error) -> String {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::ValueValidation => match error.source() {
            Some(source) => of_value(source, &argument, &value),
            None => format!("{argument} 的值 {value:?} 无效"),
        },
        ErrorKind::InvalidValue if value.is_empty() => match text(ContextKind::ValidValue) {
            one if one.is_empty() => format!("{argument} 缺少值"),
            all => format!("{argument} 缺少值，可取 {all}"),
        },
        ErrorKind::InvalidValue => format!("{argument} 的值 {value:?} 无效，可取 {}", text(ContextKind::ValidValue)),
        ErrorKind::UnknownArgument => match text(ContextKind::SuggestedArg) {
            one if one.is_empty() => format!("没有 {argument} 这个参数"),
            one => format!("没有 {argument} 这个参数，是不是 {one}"),
        },
        ErrorKind::ArgumentConflict => match text(ContextKind::PriorArg) {
            other if other == argument => format!("{argument} 只能给一次"),
            other => format!("{argument} 不能与 {other} 同时使用"),
        },
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            format!("命令行有误（{}）", first.strip_prefix("error: ").unwrap_or(first))
        }
    }
}

/// A value that a parser refuses.
fn of_value(source: &(dyn Error + 'static), argument: &str, value: &str) -> String {
    match (source.downcast_ref::<order_files::Error>(), source.downcast_ref::<Said>()) {
        // It names the option and the value.
        (Some(error), _) => error.describe(Language::Chinese),
        (_, Some(said)) => format!("{argument} 的值 {value:?} 无效：{}", said.text(Language::Chinese)),
        _ => format!("{argument} 的值 {value:?} 无效（{source}）"),
    }
}
