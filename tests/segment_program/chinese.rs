//! `--lang zh`: what is wrong with the command line, with a layout and with a model is said in Chinese, with the value that
//! was given, and what others than the program say of it in brackets.

use std::fs;

use super::{directory, run};

const FILE: &str = "customer_id,placed_at,amount\na,1997-01-01,1\n";

/// The sentence behind `错误：`, and how the program ended.
fn refused(arguments: &[&str]) -> (String, Option<i32>) {
    let output = run(arguments, FILE);
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.strip_prefix("错误：").unwrap_or_else(|| panic!("{arguments:?}: {text}")).trim_end().to_owned();
    (line, output.status.code())
}

#[test]
fn arguments_that_are_wrong() {
    for (arguments, expected) in [
        (&["--bins", "11"][..], "--bins <K> 的值 \"11\" 无效（11 is not in 2..=10）"),
        (
            &["--model", "foo"],
            "--model <MODEL> 的值 \"foo\" 无效，可取 auto、auto-rhythm、mbg-nbd、bg-nbd、pareto-nbd、nbd、mbg-cnbd、bg-cnbd",
        ),
        (&["--horizon", "0"], "--horizon <DAYS> 的值 \"0\" 无效：应为不小于 1 的天数，如 90"),
        (&["--as-of", "x"], "--as-of <DATE> 的值 \"x\" 无效：应为日期，如 2024-01-31"),
        (&["--params", "r"], "--params <PARAMS> 的值 \"r\" 无效：应为 名称=数字，实际为 \"r\""),
        (&["--columns", "buyer=x"], "--columns：内容为 \"buyer\"，应为customer_id, placed_at,"),
        (&["--status", "x=maybe"], "--status：内容为 \"x=maybe\"，应为成对的写法，如 已发货=paid"),
        (&["--dates", "ydm"], "--dates：内容为 \"ydm\"，应为ymd（年月日）、dmy（日月年）或 mdy（月日年）"),
        (&["--decimal", "dot"], "--decimal：内容为 \"dot\"，应为point（1,234.50）或 comma（1.234,50）"),
        (&["--rows", "each"], "--rows：内容为 \"each\"，应为lines（同一订单各行相加）或 total（每行都是整单金额）"),
        (&["--time-zone", "Mars"], "--time-zone：内容为 \"Mars\"，应为时区，如 Asia/Shanghai"),
        (&["--from", "shopfy"], "--from <NAME> 的值 \"shopfy\" 无效：--from：内容为 \"shopfy\"，应为own, shopify,"),
        (&["--nosuch"], "没有 --nosuch 这个参数；--help 列出全部选项"),
        (&["--guest", "x"], "没有 --guest 这个参数，是不是 --guests；--help 列出全部选项"),
        (&["--as-of"], "--as-of <DATE> 缺少值；--help 列出全部选项"),
        (&["second.csv"], "没有 second.csv 这个参数；--help 列出全部选项"),
        (&["--bins", "5", "--bins", "4"], "--bins <K> 只能给一次；--help 列出全部选项"),
    ] {
        for language in [&["--lang", "zh"][..], &["--lang=zh"]] {
            let (line, code) = refused(&[&["-"], arguments, language].concat());
            assert!(line.starts_with(expected), "{arguments:?}: {line}");
            assert_eq!((code, line.lines().count()), (Some(2), 1), "{line}");
        }
        // In English as ever.
        let english = run(&[&["-"], arguments].concat(), FILE);
        let text = String::from_utf8(english.stderr).unwrap();
        assert!(text.starts_with("error: ") && text.is_ascii() && english.status.code() == Some(2), "{text}");
    }
    let (line, _) = refused(&["-", "--lang", "fr", "--lang", "zh"]);
    assert!(line.starts_with("--lang <LANGUAGE>"), "{line}");
}

#[test]
fn layouts_that_are_wrong() {
    let folder = directory("chinese_layouts");
    let layout = folder.join("mine.toml");
    fs::write(&layout, "name = \"mine\"\nrows = \"some\"\n").unwrap();
    let (line, code) = refused(&["-", "--lang", "zh", "--from", layout.to_str().unwrap()]);
    assert!(line.contains(" 无效：无法读取格式文件："), "{line}");
    assert!(line.contains("；请复制 examples/order-files/layouts 中的一个文件再修改"), "{line}");
    assert_eq!(code, Some(2));
    let list = String::from_utf8(run(&["--from", "list", "--lang", "zh"], "").stdout).unwrap();
    assert!(list.contains("shopify\n    Shopify 后台") && list.contains("    不可用："), "{list}");
}

#[test]
fn models_that_are_wrong() {
    for (arguments, expected) in [
        (&["--params", "r=1,alpha=2"][..], "--params 还需要 --model（如 --model mbg-nbd）：这是哪个模型的参数？"),
        (&["--model", "nbd", "--params", "r=1"], "--params（nbd）：给出的是 r，应为 r, alpha"),
        (
            &["--model", "mbg-cnbd", "--params", "r=1"],
            "--params：mbg-cnbd 没有可给的参数；请换一个 --model，或去掉 --params",
        ),
        (&["--spend-params", "p=1"], "--spend-params（gamma-gamma）：给出的是 p，应为 p, q, gamma"),
        (&["--model", "nbd", "--params", "r=-1,alpha=2"], "r 应大于 0，实际为 -1"),
        (&["--model", "nbd", "--params", "r=1,alpha=1e99"], "alpha 应在 1e-30 与 1e30 之间，实际为 1"),
    ] {
        let (line, code) = refused(&[&["-", "--lang", "zh"], arguments].concat());
        assert!(line.starts_with(expected), "{arguments:?}: {line}");
        assert_eq!(code, Some(1));
    }
}

#[test]
fn help_is_in_the_language() {
    for help in ["--help", "-h"] {
        let text = String::from_utf8(run(&["--lang", "zh", help], "").stdout).unwrap();
        assert!(
            text.starts_with("给店铺的客户打标签") && text.contains("\n用法：segment [OPTIONS] [ORDERS]\n"),
            "{text}"
        );
        // Every option is there, with words of its own.
        let english = String::from_utf8(run(&[help], "").stdout).unwrap();
        let names = |text: &str| {
            let words = text.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2);
            words
                .map(|word| word.trim_end_matches(|one: char| !one.is_ascii_lowercase()).to_owned())
                .collect::<Vec<_>>()
        };
        assert!(names(&english).iter().all(|name| text.contains(name.as_str())), "{text}");
        for word in ["The ", " the ", "default", "possible", "Options:", "Print"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}
