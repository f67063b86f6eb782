//! What stops the reading, in Chinese.

use crate::error::{Error, shown};
use crate::library;
use crate::said::Said;

use repurchase::scale::Language;

pub(crate) fn sentence(error: &Error) -> String {
    let of = |said: &Said| said.text(Language::Chinese).to_owned();
    match error {
        Error::Read(_) => "无法读取文件".to_owned(),
        Error::NotText { kind, mend } => format!("文件是{}：{}", of(kind), of(mend)),
        Error::Empty => "文件是空的；应有表头（如 customer_id,placed_at,amount），其后每笔订单一行".to_owned(),
        Error::OpenQuote { line } => {
            format!("第 {line} 行：引号（\"）没有成对；请补上，若引号本身就是文字内容，请连写两个")
        }
        Error::LongLine { line } => format!("第 {line} 行超过 4 MB；应为文本表格，每行一条记录"),
        Error::Header { line, message } => format!("第 {line} 行：{}", of(message)),
        Error::NoColumn { option, role } => {
            format!("{option} 不起作用：文件中没有 {role} 列；请用 --columns {role}=列名 指明")
        }
        Error::ManyWords { column, role, some } => format!(
            "{column} 列的取值太多，不像 {role}（{some} ..）；--columns {role}=列名 改读另一列，--columns {role}= 则不读"
        ),
        Error::Refused { title, reason } => format!("这是 {} 的文件：{}", of(title), of(reason)),
        Error::Row(row) => format!("{}；--skip-bad-rows 可跳过这类行", row.describe(Language::Chinese)),
        Error::NoUsableRow { skipped, rows, first } => {
            format!("没有可用的行：{rows} 行中有 {skipped} 行无效，第一处是{}", first.describe(Language::Chinese))
        }
        Error::NoRow => "表头下面没有数据；每笔订单应有一行".to_owned(),
        Error::OnlyGuests { orders, column, found } => format!(
            "没有任何客户：{orders} 笔订单全是游客（{column} 列：{found}）；请用 --columns customer_id=列名 改读另一列"
        ),
        Error::NoPurchase { orders, unpaid, cancelled, refunded, mend } => format!(
            "没有成交订单：{orders} 笔中，未付款 {unpaid} 笔，已取消 {cancelled} 笔，全额退款 {refunded} 笔{}",
            of(mend)
        ),
        Error::NoOrder { rows, refunds, other_currency } => format!(
            "没有订单：{rows} 行中，未退成的退款 {refunds} 行，其他币种 {other_currency} 行；--kind 词=purchase 说明某个词是\
             订单，--status 词=paid 说明某个状态是已付款"
        ),
        Error::NoSuchCurrency { wanted, found } => {
            format!("没有 {wanted} 的行：文件中的币种有 {found}；--currency 应取其中之一")
        }
        Error::Currencies { found } => format!("金额有多种币种：{found}；--currency 币种 只读其中一种，其余不计入"),
        Error::Statuses { column, words, first } => format!(
            "{column} 列：不知道这些词的意思：{words}；请用 --status \"{first}=含义,..\" 逐个说明，含义为 paid（已付款）、\
             unpaid（未付款）、cancelled（已取消）或 refunded（已退款）"
        ),
        Error::Kinds { column, words, first } => format!(
            "{column} 列：不知道这些词的意思：{words}；请用 --kind \"{first}=含义,..\" 逐个说明，含义为 purchase（订单）或 \
             refund（退款）"
        ),
        Error::Damaged { column, words } => {
            format!("{column} 列：这些词不是 UTF-8 编码：{words}；请把文件另存为“CSV UTF-8”")
        }
        Error::TwoForms(said) => of(said),
        Error::Contradiction { order, first, second, column, values, mend } => format!(
            "第 {first} 行和第 {second} 行同属订单 {order}，但互相矛盾：{column} 列分别为 {} 和 {}；请改正错误的一行；\
             {}--columns order_id= 则把每行当作一笔订单",
            of(&values[0]),
            of(&values[1]),
            of(mend)
        ),
        Error::FarLastDay { last, line, days, before } => format!(
            "最后一天 {last}（第 {line} 行）比前一个有订单的日子 {before} 晚 {days} 天：是不是填错了？--as-of {before} 不计入\
             这一天，--as-of {last} 照样计入"
        ),
        Error::TooMany { what, most } => {
            let what = if *what == "rows" { "行数" } else { "编号" };
            format!("文件太大（{what}超过 {most}）；请分批读取")
        }
        Error::Scratch(_) => format!(
            "{} 中的临时文件读写失败；--memory 大小 可多用内存，TMPDIR=目录 可换临时目录",
            std::env::temp_dir().display()
        ),
        Error::Option { option, found, expected } => {
            format!("{option}：内容为 {}，应为{}", shown(found.as_bytes()), of(expected))
        }
        Error::Layout { message } => {
            format!("无法读取格式文件：{message}；请复制 examples/order-files/layouts 中的一个文件再修改")
        }
        Error::Library(error) => library::in_chinese(error),
    }
}
