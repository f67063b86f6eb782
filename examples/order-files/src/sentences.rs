//! The notes as sentences, in English and in Chinese.

use crate::notes::{Note, NoteCode};

impl Note {
    #[expect(clippy::too_many_lines, reason = "a sentence for each code")]
    pub(crate) fn english(&self) -> String {
        let Self { count, of, named, .. } = self;
        match self.code {
            NoteCode::RowsSkipped => format!("Bad rows left out: {count} of {of}."),
            NoteCode::DuplicateRows => {
                format!("Rows equal to an earlier one of the same order, counted once: {count} of {of}.")
            }
            NoteCode::AlikeLines => format!(
                "Rows equal to an earlier one of the same order in all columns that are read, counted as further lines: \
                 {count} of {of}. Was the order exported twice?"
            ),
            NoteCode::AbsentWords => {
                format!("Words of --status, --kind or --guests that no row has: {count} of {of}. Are they mistyped?")
            }
            NoteCode::AmountOrPrice => format!(
                "Rows of more than one piece, whose amount was taken for that of all pieces: {count} of {of}. If it is the price of \
                 one: --columns \"{named}\"."
            ),
            NoteCode::OrderIdsAlike => format!(
                "Order ids that differ from another one in how they are written alone, counted as orders of their own: {count} of \
                 {of}. If two are one order, write its id in one way: case, spaces, quotes, full width, zeros in front, commas, \".0\"."
            ),
            NoteCode::NearColumns if named.is_empty() => {
                format!("Columns not read, though their names or words may matter: {count} of {of}.")
            }
            NoteCode::NearColumns => format!(
                "Columns not read, though their names or words may matter: {count} of {of}. To read them: --columns \"{named}\"."
            ),
            NoteCode::UnreadTimes => format!(
                "Columns of times not read, empty in some rows: {count} of {of}. If one says when an order was paid, and is empty \
                 where it was not: --columns \"paid_at={named}\"."
            ),
            NoteCode::UnreadIds => format!(
                "Columns not read whose equal values are of one customer on one day: {count} of {of}. If one says which rows are \
                 one order: --columns \"order_id={named}\"."
            ),
            NoteCode::UnreadWords => format!(
                "Columns not read that hold a few words: {count} of {of}. If one says which orders count: --columns \
                 \"status={named}\", with --status \"WORD=paid,WORD=unpaid,WORD=cancelled\" for its words."
            ),
            NoteCode::AbsentColumns => format!(
                "Columns of this layout that the file does not have: {count}. Without a status all orders count as paid, without an \
                 order id each row is an order; --columns names a column that says it."
            ),
            NoteCode::FarFirstDay => {
                "The first day lies far before all others: is it mistyped, or does it stand for a missing date?"
                    .to_owned()
            }
            NoteCode::GuestsElsewhere => format!(
                "Rows without a customer for whom another column has one, counted as guests': {count} of {of}. To read that \
                 column: --columns \"customer_id={named}\"."
            ),
            NoteCode::GuestOrders => format!("Orders of guests, left out: {count} of {of}."),
            NoteCode::IdsJoined => {
                format!("Customers whose id is written in several ways, counted as one each: {count} of {of}.")
            }
            NoteCode::TotalRows => format!(
                "Customers whose id reads like the name of a total: {count} of {of}. If their rows add up others, delete those."
            ),
            NoteCode::GuestNames => format!(
                "Customers whose id reads like a word for nobody, or for a test: {count} of {of}. To count their orders beside the \
                 customers: --guests \"{named}\"."
            ),
            NoteCode::IdsRounded => format!(
                "Ids of more than 15 digits, all of which end in zeros, as a spreadsheet rounds them: {count} of {of}. If so, \
                 several are read as one: export the file again, and do not save it in a spreadsheet."
            ),
            NoteCode::EncodingGuessed => format!(
                "Customers whose ids are no UTF-8 and were read as Chinese (GB18030): {count} of {of}. If they are of another \
                 language, save the file as \"CSV UTF-8\"."
            ),
            NoteCode::OtherCurrency => format!("Rows not in {named}, left out: {count} of {of}."),
            NoteCode::NoCurrency => format!("Rows that name no currency, taken for {named}: {count} of {of}."),
            NoteCode::NoStatus => format!("Orders without a status, taken for paid: {count} of {of}."),
            NoteCode::NoKind => format!("Rows without a kind, taken for purchases: {count} of {of}."),
            NoteCode::LinesCalledOff => {
                format!("Lines not paid, cancelled or refunded, left out of orders that were paid: {count} of {of}.")
            }
            NoteCode::Unpaid => format!("Orders not paid, no purchases: {count} of {of}."),
            NoteCode::Cancelled => format!("Orders cancelled, no purchases: {count} of {of}."),
            NoteCode::FullyRefunded => format!("Orders refunded in full, no purchases: {count} of {of}."),
            NoteCode::RefundsMatched => {
                format!("Refunds that name an order of the file, taken off its amount: {count} of {of}.")
            }
            NoteCode::RefundsUnmatched => {
                format!(
                    "Refunds that name an order that is not in the file, taken off their customers: {count} of {of}."
                )
            }
            NoteCode::CreditsMatched => format!(
                "Refunds that name no order, taken for those of the customer's last order of the same amount: {count} of {of}. \
                 --keep-credits leaves those orders purchases."
            ),
            NoteCode::RefundsNotMade => {
                format!("Refunds that are unpaid or cancelled by their status, left out: {count} of {of}.")
            }
            NoteCode::RefundedTwice => {
                format!("Refunds with both an amount and a refunded amount; the amount counts: {count} of {of}.")
            }
            NoteCode::RefundedInBoth => format!(
                "Orders with a refunded amount and with refund rows of their own: {count} of {of}. Where both come to the same, they \
                 were taken for one refund, else for two; --columns \"refunded=\" takes the rows alone."
            ),
            NoteCode::RefundsRepeated => format!(
                "Orders with the same refunded amount on several lines, added up: {count} of {of}. If it is the order's, keep it on \
                 one line alone in column {named}."
            ),
            NoteCode::RefundedFlags => format!(
                "Refunded amounts that are 1 and never more: {count} rows of {of}. If column {named} says whether and not how much: \
                 --columns \"refunded=,status={named}\" --status \"1=refunded,0=paid\"."
            ),
            NoteCode::PartlyRefunded => format!(
                "Rows whose status says that some of the order was refunded, while no column says how much: {count} of {of}. They \
                 count whole; --columns refunded=NAME reads the amounts."
            ),
            NoteCode::OneSign => {
                format!(
                    "Of {of} purchases nothing was given back: are refunds missing, or were they read as purchases?"
                )
            }
        }
    }

    pub(crate) fn chinese(&self) -> String {
        let Self { count, of, named, .. } = self;
        match self.code {
            NoteCode::RowsSkipped => format!("{of} 行中有 {count} 行无效，已跳过。"),
            NoteCode::DuplicateRows => format!("{of} 行中有 {count} 行与同一订单前面的某一行完全相同，只计一次。"),
            NoteCode::AlikeLines => format!(
                "{of} 行中有 {count} 行与同一订单前面的某一行在所读各列上完全相同，按另一条明细计入：是不是重复导出？"
            ),
            NoteCode::AbsentWords => {
                format!("--status、--kind 或 --guests 给出的 {of} 个词中，有 {count} 个文件里没有：是不是写错了？")
            }
            NoteCode::AmountOrPrice => format!(
                "{of} 行中有 {count} 行的数量不是 1，其金额按整行（全部件数）计入；如果是单价：--columns \"{named}\"。"
            ),
            NoteCode::OrderIdsAlike => format!(
                "{of} 个订单号中有 {count} 个与别的订单号只是写法不同，按不同订单计入；若是同一笔订单，请统一写法（大小写、空格、引号、\
                 全角半角、前导零、千位逗号、“.0”）。"
            ),
            NoteCode::NearColumns if named.is_empty() => {
                format!("{of} 列中有 {count} 列没有读取，但从列名或内容看可能有用。")
            }
            NoteCode::NearColumns => {
                format!("{of} 列中有 {count} 列没有读取，但从列名或内容看可能有用；如需读取：--columns \"{named}\"。")
            }
            NoteCode::UnreadTimes => format!(
                "{of} 列中有 {count} 列时间没有读取，且部分行为空；如果其中一列是付款时间（未付款则为空）：--columns \
                 \"paid_at={named}\"。"
            ),
            NoteCode::UnreadIds => format!(
                "{of} 列中有 {count} 列没有读取，其相同的值都属于同一客户的同一天；如果其中一列是订单号：--columns \
                 \"order_id={named}\"。"
            ),
            NoteCode::UnreadWords => format!(
                "{of} 列中有 {count} 列没有读取，只含少数几个词；如果其中一列说明哪些订单有效：--columns \"status={named}\"，并用 \
                 --status \"词=paid,词=unpaid,词=cancelled\" 说明各词。"
            ),
            NoteCode::AbsentColumns => format!(
                "文件缺少该格式的 {count} 列：没有状态列时所有订单都按已付款计入，没有订单号时每行算一笔订单；可用 --columns 指明\
                 相应的列。"
            ),
            NoteCode::FarFirstDay => "第一天远早于其他各天：是不是填错了，或代表日期缺失？".to_owned(),
            NoteCode::GuestsElsewhere => format!(
                "{of} 行中有 {count} 行没有客户（按游客计），但另一列有；如要读取那一列：--columns \"customer_id={named}\"。"
            ),
            NoteCode::GuestOrders => format!("{of} 笔订单中有 {count} 笔没有会员（游客单），未计入。"),
            NoteCode::IdsJoined => format!("{of} 位客户中有 {count} 位的账号有多种写法，已合并为同一人。"),
            NoteCode::TotalRows => {
                format!("{of} 位客户中有 {count} 位的编号像是合计行：如果是其他行的合计，请删去这些行。")
            }
            NoteCode::GuestNames => format!(
                "{of} 位客户中有 {count} 位的编号像是“没有会员”或测试用的；如要按游客单处理：--guests \"{named}\"。"
            ),
            NoteCode::IdsRounded => format!(
                "{of} 个超过 15 位的编号中有 {count} 个以零结尾，像是被电子表格四舍五入了；若是，多个编号会被当作同一个：请重新导出，\
                 且不要用电子表格另存。"
            ),
            NoteCode::EncodingGuessed => format!(
                "{of} 位客户中有 {count} 位的编号不是 UTF-8，已按中文（GB18030）读取；若是其他语言，请把文件另存为“CSV UTF-8”。"
            ),
            NoteCode::OtherCurrency => format!("{of} 行中有 {count} 行的币种不是 {named}，未计入。"),
            NoteCode::NoCurrency => format!("{of} 行中有 {count} 行没有币种，按 {named} 计入。"),
            NoteCode::NoStatus => format!("{of} 笔订单中有 {count} 笔没有状态，按已付款计入。"),
            NoteCode::NoKind => format!("{of} 行中有 {count} 行没有类型，按订单计入。"),
            NoteCode::LinesCalledOff => {
                format!(
                    "{of} 行中有 {count} 行未付款、已取消或已退款，而同一订单其余各行已付款；这些行未计入订单金额。"
                )
            }
            NoteCode::Unpaid => format!("{of} 笔订单中有 {count} 笔未付款，不算成交。"),
            NoteCode::Cancelled => format!("{of} 笔订单中有 {count} 笔已关闭或取消，不算成交。"),
            NoteCode::FullyRefunded => format!("{of} 笔订单中有 {count} 笔已全额退款，不算成交。"),
            NoteCode::RefundsMatched => format!("{of} 笔退款中有 {count} 笔写明了文件中的订单，已从该订单扣除。"),
            NoteCode::RefundsUnmatched => {
                format!("{of} 笔退款中有 {count} 笔写明的订单不在文件中，只从客户的成交金额中扣除。")
            }
            NoteCode::CreditsMatched => format!(
                "{of} 笔未写明订单的退款中，有 {count} 笔按同一客户最近一笔同金额订单的退款处理；加 --keep-credits 则这些订单\
                 仍算成交。"
            ),
            NoteCode::RefundsNotMade => format!("{of} 笔退款中有 {count} 笔按状态未退成（未付款或已取消），未计入。"),
            NoteCode::RefundedTwice => {
                format!("{of} 笔退款中有 {count} 笔同时填了金额和退款金额，以金额为准。")
            }
            NoteCode::RefundedInBoth => format!(
                "{of} 笔订单中有 {count} 笔既有退款金额，又有单独的退款行；两者相等的按一次退款计，否则按两次计；--columns \
                 \"refunded=\" 则只看退款行。"
            ),
            NoteCode::RefundsRepeated => format!(
                "{of} 笔订单中有 {count} 笔的多行明细有相同的退款金额，已相加；如果是整单的退款，{named} 列请只保留一行。"
            ),
            NoteCode::RefundedFlags => format!(
                "{of} 行中有 {count} 行的退款金额是 1，且从不更多；如果 {named} 列只说明是否退款：--columns \
                 \"refunded=,status={named}\" --status \"1=refunded,0=paid\"。"
            ),
            NoteCode::PartlyRefunded => format!(
                "{of} 行中有 {count} 行的状态是部分退款，但没有列说明退了多少，按全额计入；--columns refunded=列名 可读取退款金额。"
            ),
            NoteCode::OneSign => format!("{of} 笔订单没有任何退款：是不是漏了退款，或把退款当成了订单？"),
        }
    }
}
