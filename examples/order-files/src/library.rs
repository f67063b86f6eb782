//! What the library refuses, in Chinese.

use repurchase::Error;

/// What the library says of a shop's records and models, in Chinese.
///
/// What no file and no option of a program leads to stays in English, behind a Chinese word.
pub fn in_chinese(error: &Error) -> String {
    match error {
        Error::Record { index, cause } => format!("记录 {index}：{}", in_chinese(cause)),
        Error::Customer { customer, cause } => format!("客户 {customer}：{}", in_chinese(cause)),
        Error::Order { order, cause } => format!("订单 {order}：{}", in_chinese(cause)),
        Error::FinestAmount { index, amount, cause } => format!(
            "记录 {index} 的金额 {amount} 有 {} 位小数，其他金额因此放不下：{}",
            amount.scale(),
            in_chinese(cause)
        ),
        Error::UnixMilliseconds { unix_seconds } => {
            format!("Unix 时间 {unix_seconds} 秒在公元 5000 年之后：是不是毫秒？应为秒")
        }
        Error::Contradiction { known, found } => format!("{found} 与 {known} 互相矛盾"),
        Error::Amount { field, found, expected } => {
            format!("{}应{}，实际为 {found}", name(field), range(expected))
        }
        Error::Refund { found, amount } => format!("退款应在 0 与订单金额 {amount} 之间，实际为 {found}"),
        Error::AmountOverflow { field } => {
            format!("{}太大：按最细的小数位数计，超出 96 位整数的范围", name(field))
        }
        Error::CountOverflow { field } => format!("{}超出上限", name(field)),
        Error::OutOfRange { field, found, min, max } => {
            format!("{}应在 {min} 与 {max} 之间，实际为 {found}", name(field))
        }
        Error::Number { field, found, expected } => {
            format!("{}应{}，实际为 {}", name(field), range(expected), short(*found))
        }
        Error::NoDay { unix_seconds } => format!("Unix 时间 {unix_seconds} 秒在店铺时区没有对应的日期"),
        Error::DayOverflow { from, days } => format!("{from} 起 {days} 天之外没有日期"),
        Error::EmptyWindow { start, end } => format!("时间段应先开始后结束，实际从 {start} 到 {end}"),
        Error::AfterAsOf { last, as_of } => format!("最后一笔订单在 {last}，晚于统计截止日 {as_of}"),
        Error::TooAlike { needed, .. } => format!("取值过于集中，划不出 {needed} 个不同的分界"),
        Error::NoCustomers { .. } => "没有客户，无法拟合".to_owned(),
        Error::NothingObserved { .. } => "无法拟合：没有客户被观察过一天以上".to_owned(),
        Error::NoMaximum { .. } => "似然函数没有最大值：这些订单更适合较简单的模型".to_owned(),
        Error::NotConverged { model, evaluations, .. } => {
            format!("{model} 在 {evaluations} 次计算内没有收敛")
        }
        other => format!("无法计算（{other}）"),
    }
}

/// Sums and counts by name; parameters of models are called alike in both languages.
fn name(field: &str) -> String {
    let chinese = match field {
        "amount" => "金额",
        "sum of amounts" => "金额合计",
        "sum of credits" => "单独退款合计",
        "total revenue" | "revenue of a shop" | "spend of a shop" => "店铺成交金额合计",
        "revenue of a label" => "分组成交金额合计",
        "estimate in money" | "total of a forecast" => "预测金额",
        "number of customers" => "客户数",
        "refunded" => "退款",
        "revenue" => "成交金额",
        "credits" => "单独退款",
        "purchases" => "订单数",
        "horizon_days" => "预测天数",
        "days" => "天数",
        _ => return format!("{field} "),
    };
    chinese.to_owned()
}

/// A number as the library writes it: with an exponent where it would be many digits long.
fn short(number: f64) -> String {
    let is_long = number.is_finite() && number.abs() > 0.0 && !(1e-9..1e16).contains(&number.abs());
    if is_long { format!("{number:e}") } else { number.to_string() }
}

/// What a number must be.
fn range(expected: &str) -> String {
    let chinese = match expected {
        "finite and 0 or more" | "0 or more" => "不小于 0",
        "finite and above 0" | "above 0" => "大于 0",
        "finite" => "是有限的数",
        "above 1" => "大于 1",
        "above 0 and at most 1" => "大于 0 且不超过 1",
        "within 0..=1" => "在 0 与 1 之间",
        _ => {
            let bounds = expected.strip_prefix("from ").and_then(|bounds| bounds.split_once(" to "));
            return bounds.map_or_else(|| format!("为 {expected}"), |(low, high)| format!("在 {low} 与 {high} 之间"));
        }
    };
    chinese.to_owned()
}
