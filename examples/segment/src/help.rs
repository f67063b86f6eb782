//! `--help` in Chinese.

use clap::{Arg, ArgAction, Command};

/// The command with all that `--help` says of it in Chinese; an argument of which nothing is known here keeps its words.
pub(crate) fn in_chinese(command: Command) -> Command {
    let is_segment = command.get_name() == "segment";
    let about = ABOUT.iter().find(|(name, _)| *name == command.get_name()).map(|(_, about)| *about);
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示本说明").help_heading("选项");
    let command = command.disable_help_flag(true).arg(help).mut_args(|argument| {
        let heading = if argument.is_positional() { "参数" } else { "选项" };
        let id = argument.get_id().as_str();
        let own: &[(&str, &str)] = if is_segment { &OF_SEGMENT } else { &OF_REPORT };
        let known = WORDS.iter().chain(own).find(|(known, _)| *known == id);
        let has_value = argument.get_action().takes_values();
        let argument = argument.help_heading(heading).hide_default_value(has_value).hide_possible_values(has_value);
        match known {
            Some((_, words)) => argument.help(*words).long_help(*words),
            None => argument,
        }
    });
    let command = command.help_template("{about}\n\n用法：{usage}\n\n{all-args}");
    match about {
        Some(about) => command.about(about).long_about(about),
        None => command,
    }
}

/// What programs do, by their names.
const ABOUT: [(&str, &str); 2] = [
    ("segment", "给店铺的客户打标签：回购率、RFM 分层、八类、购买频次、会员等级、流失风险和未来价值。"),
    ("repurchase_report", "把店铺的回头客做成一页 HTML 报告。"),
];

/// Arguments by their ids.
const WORDS: [(&str, &str); 22] = [
    (
        "orders",
        "订单文件，店铺后台导出的原文件即可；- 为标准输入；不给则读自带的 CDNOW 样例。格式、编码、分隔符、数字和日期的写法都从文件中\
         识别；自定格式须有 customer_id、placed_at、amount 三列，可有 order_id、status、refunded、kind、currency、product、quantity",
    ),
    ("from", "文件格式，如 shopify、taobao，或一个描述格式的文件；list 列出全部格式及各列"),
    ("columns", "哪一列是什么，如 customer_id=买家,placed_at=日期,amount=金额；可多次给出"),
    ("status", "状态列里其他词的意思：词=paid（已付款）、unpaid（未付款）、cancelled（已取消）或 refunded（已退款）"),
    ("kind", "类型列里其他词的意思：词=purchase（订单）或 refund（退款）"),
    ("rows", "同一订单有多行时金额怎么算：lines 各行相加；total 每行都是整单金额"),
    ("decimal", "小数点（文件本身看不出时）：point 为点，comma 为逗号"),
    ("currency", "只读这一币种的订单，其余只计数"),
    ("dates", "年月日的顺序（文件本身看不出时）：ymd、dmy 或 mdy"),
    ("guests", "其他代表“没有会员”的编号；空、NULL、nan、none、n/a、undefined、guest、全零和 - 本来就是"),
    ("keep_credits", "未写明订单的退款不与订单抵消，即使有同额订单"),
    ("as_of", "统计截止日（含当天）；不给则为最后有订单或退款的一天"),
    ("time_zone", "店铺时区，如 Asia/Shanghai，或与 UTC 的时差，如 +08:00；默认 +00:00"),
    ("skip_bad_rows", "跳过无效的行，并说明行数和原因"),
    ("bins", "R、F、M 各分几档，2 到 10；命名的分层需要 5 档；默认 5"),
    ("occasion", "回购率和 F 按什么算一次购买：order 每笔订单，day 每个购买日；默认 order"),
    (
        "model",
        "购买模型：auto（默认）、auto-rhythm、mbg-nbd、bg-nbd、pareto-nbd、nbd、mbg-cnbd、bg-cnbd。auto 用 MBG/NBD；看不出有人\
         流失，或 NBD 对店铺过去预测得一样好时，用 NBD",
    ),
    (
        "params",
        "--model 的参数（以周为单位），不再拟合：r=..,alpha=..,a=..,b=..（pareto-nbd 为 s、beta；nbd 只要前两个）",
    ),
    ("spend_params", "Gamma-Gamma 消费模型的参数，不再拟合：p=..,q=..,gamma=.."),
    ("horizon", "预测今后多少天的订单和价值；默认 90"),
    ("unchecked", "不用店铺过去的数据检验预测：较快，但不给出店铺合计的区间"),
    ("lang", "语言：en 或 zh"),
];

const OF_SEGMENT: [(&str, &str); 2] = [
    ("memory", "读取的行最多用多少内存，如 500MB、2GB；放不下的暂存于临时文件；不给则为机器空闲内存的四分之三"),
    ("out", "把 customers.csv 和 summary.json 写入这个目录"),
];

const OF_REPORT: [(&str, &str); 3] = [
    ("shop", "店铺名称；不给则用文件名"),
    ("out", "把报告写入这个文件；- 为标准输出；默认 report.html"),
    ("out_dir", "把 report.html 写入这个目录，各分层和各种触达理由的客户名单（CSV）写入其中的 lists/"),
];
