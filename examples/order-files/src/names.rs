//! Names of columns: when two are one, and when one is near another.

use crate::layout::Role;

/// A name without case, spaces, `_` and `-`; full-width brackets and signs as ASCII.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|character| {
            !(character.is_whitespace() || character.is_control() || matches!(character, '_' | '-' | '\u{FEFF}'))
        })
        .flat_map(char::to_lowercase)
        // What is left of İ.
        .filter(|character| *character != '\u{307}')
        .map(|character| match character {
            '（' => '(',
            '）' => ')',
            '＃' => '#',
            other => other,
        })
        .collect()
}

/// Words by which people call the columns that may go unused, and what such a column says.
const FAMILIES: [(Option<Role>, &[&str]); 8] = [
    (Some(Role::PaidAt), &["paidat", "paidon"]),
    (Some(Role::CancelledAt), &["cancel", "deleted", "storn", "annul", "anul", "取消", "キャンセル", "취소", "отмен"]),
    (
        Some(Role::Status),
        &[
            "status",
            "orderstate",
            "paymentstate",
            "statut",
            "zustand",
            "estado",
            "状态",
            "狀態",
            "状態",
            "ステータス",
            "상태",
            "статус",
        ],
    ),
    (
        Some(Role::Refunded),
        &["refund", "rembours", "erstatt", "reembols", "rimbors", "退款", "返金", "환불", "возврат"],
    ),
    (Some(Role::Currency), &["currency", "währung", "devise", "moneda", "币种", "货币", "通貨", "통화"]),
    (Some(Role::Kind), &["transactiontype", "ordertype", "recordtype", "eventtype", "交易类型", "订单类型"]),
    (
        Some(Role::OrderId),
        &[
            "orderid",
            "ordernumber",
            "order#",
            "orderref",
            "transactionid",
            "invoiceno",
            "invoiceid",
            "订单号",
            "订单编号",
        ],
    ),
    (None, &["return", "adjusted", "documenttype", "paymenttype", "退货", "返品", "반품"]),
];

/// Whole names that say too little to be looked for inside others.
const SHORT: [(&str, Option<Role>); 9] = [
    ("test", None),
    ("istest", None),
    ("state", Some(Role::Status)),
    ("type", Some(Role::Kind)),
    ("kind", Some(Role::Kind)),
    ("invoice", Some(Role::OrderId)),
    ("cur", Some(Role::Currency)),
    ("orderno", Some(Role::OrderId)),
    ("orderno.", Some(Role::OrderId)),
];

/// Whether an unused column looks as if it said what a role says.
pub(crate) fn is_near(name: &str) -> bool {
    let plain_name = plain(name);
    let in_family = FAMILIES.iter().any(|(_, words)| words.iter().any(|word| plain_name.contains(word)));
    in_family || SHORT.iter().any(|(short, _)| *short == plain_name) || role_near(name).is_some()
}

/// The role that an unused column looks as if it had.
pub(crate) fn role_near(name: &str) -> Option<Role> {
    let plain_name = plain(name);
    if plain_name.is_empty() {
        return None;
    }
    let family = FAMILIES.iter().find(|(_, words)| words.iter().any(|word| plain_name.contains(word)));
    let short = || SHORT.iter().find(|(short, _)| *short == plain_name);
    match family.map(|(role, _)| *role).or_else(|| short().map(|(_, role)| *role)) {
        Some(role) => role,
        None => Role::ALL.into_iter().find(|role| is_like(name, &plain_name, role.name())),
    }
}

/// Words in the names of columns whose small numbers count or measure something.
const MEASURES: [&str; 30] = [
    "qty", "quant", "count", "number", "unit", "item", "piece", "pack", "line", "size", "weight", "price", "tax",
    "rate", "discount", "percent", "%", "point", "rating", "score", "star", "age", "hour", "day", "week", "month",
    "year", "数", "率", "月",
];

/// Whether small numbers of a column count or measure something, by its name; those of others may be codes.
pub(crate) fn is_measure(name: &str) -> bool {
    let name = plain(name);
    MEASURES.iter().any(|word| name.contains(word))
}

/// Words for a sum of rows.
pub(crate) const TOTALS: [&str; 10] =
    ["total", "totals", "subtotal", "sum", "summe", "gesamt", "zwischensumme", "合计", "小计", "总计"];

/// Whether a text reads like the name of a row that adds up others: `Total`, `ann Total`, `合计`.
pub(crate) fn is_total(text: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|one: char| !one.is_alphanumeric());
        TOTALS.iter().any(|total| word.eq_ignore_ascii_case(total))
    };
    let mut words = text.split_whitespace();
    words.next().is_some_and(is_word) || words.next_back().is_some_and(is_word)
}

/// How words start that say of an order that it was called off, given back or not paid, in the languages of shops.
const CALLED_OFF: [&str; 30] = [
    "cancel",
    "stornier",
    "stornat",
    "annul",
    "anul",
    "geannuleerd",
    "iptal",
    "отмен",
    "avbru",
    "avbest",
    "peruutet",
    "zrušen",
    "refund",
    "rembours",
    "erstatt",
    "rückerst",
    "reembols",
    "rimbors",
    "terugbetaa",
    "devuel",
    "devol",
    "retour",
    "zwrot",
    "возвра",
    "iade",
    "unpaid",
    "unbezahlt",
    "impay",
    "impag",
    "неоплач",
];

/// Such words of languages without spaces: anywhere in a short text.
const CALLED_OFF_IN: [&str; 13] =
    ["取消", "退款", "退货", "退貨", "未付", "未支付", "待付款", "キャンセル", "返金", "返品", "취소", "환불", "반품"];

/// Whether a field reads as if it said that an order is no purchase: `Storniert`, `注文キャンセル`; no sentences.
pub(crate) fn is_called_off(plain_field: &str) -> bool {
    let letters = plain_field.chars().count();
    let starts = letters <= 24 && CALLED_OFF.iter().any(|word| plain_field.starts_with(word));
    let is_denied = plain_field.starts_with(['无', '不', '非', '無']) || plain_field.starts_with("未退");
    starts || letters <= 10 && !is_denied && CALLED_OFF_IN.iter().any(|word| plain_field.contains(word))
}

/// Whether a status says that some of an order was given back.
pub(crate) fn is_partly_refunded(plain_word: &str) -> bool {
    let holds = |words: &[&str]| words.iter().any(|word| plain_word.contains(word));
    holds(&["part", "teil", "部分", "一部", "част"]) && holds(CALLED_OFF_BACK)
}

/// Parts of words for what was given back.
const CALLED_OFF_BACK: &[&str] = &["refund", "rembours", "erstatt", "reembols", "rimbors", "退款", "返金", "возвр"];

/// Words in names of columns that count pieces.
const PIECES: [&str; 20] = [
    "quantity",
    "units",
    "unidades",
    "unités",
    "einheiten",
    "pezzi",
    "sztuk",
    "qty",
    "quantité",
    "quantite",
    "cantidad",
    "menge",
    "anzahl",
    "stück",
    "pieces",
    "pcs",
    "数量",
    "件数",
    "數量",
    "個数",
];

/// Words that say of pieces that they are not those that were bought.
const OTHER_PIECES: [&str; 10] =
    ["refund", "return", "cancel", "stock", "inventory", "available", "退", "取消", "库存", "发货"];

/// Whether a column counts the pieces of a row.
pub(crate) fn is_pieces(plain_name: &str) -> bool {
    let holds = |words: &[&str]| words.iter().any(|word| plain_name.contains(word));
    holds(&PIECES) && !holds(&OTHER_PIECES) && !is_price(plain_name)
}

/// Words in names of amounts that are of all pieces of a row.
const WHOLE: [&str; 28] = [
    "total", "sum", "paid", "revenue", "gross", "net", "line", "extended", "turnover", "sales", "payment", "order",
    "gesamt", "umsatz", "bezahlt", "importe", "合计", "小计", "总", "總", "实付", "应付", "支付", "成交", "实收",
    "收入", "结算", "订单",
];

/// Whether the name of an amount says that it is that of all pieces of a row, not of one.
pub(crate) fn is_whole(plain_name: &str) -> bool {
    WHOLE.iter().any(|word| plain_name.contains(word)) && !is_price(plain_name)
}

/// Whether the name of an amount says that it is that of the whole order, not of a line.
pub(crate) fn is_of_order(plain_name: &str) -> bool {
    let holds = |word: &str| plain_name.contains(word);
    holds("grandtotal") || holds("order") && (holds("total") || holds("value")) || holds("订单总") || holds("整单")
}

/// Whether a column has the price of a piece.
pub(crate) fn is_price(plain_name: &str) -> bool {
    ["unitprice", "priceperunit", "priceeach", "itemprice", "单价", "單價", "stückpreis", "einzelpreis"]
        .iter()
        .any(|word| plain_name.contains(word))
        || ["price", "preis", "prix", "precio"].contains(&plain_name)
}

/// Whether a name holds all words of a role's name, or is that name but for a slip of the pen.
fn is_like(name: &str, plain_name: &str, role: &str) -> bool {
    let words = words(name);
    let role_words = self::words(role);
    let holds_all = role_words.len() > 1 && role_words.iter().all(|word| words.contains(word));
    let role = plain(role);
    holds_all || distance(plain_name, &role) <= slips(&role)
}

/// Slips that a name may have and still be known.
pub(crate) fn slips(plain_name: &str) -> usize {
    match (plain_name.chars().count(), plain_name.is_ascii()) {
        (6.., true) => 2,
        (5, true) | (3.., false) => 1,
        _ => 0,
    }
}

fn words(name: &str) -> Vec<String> {
    name.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Letters to insert, drop, change or swap with their neighbour until one text is the other.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().take(64).collect(), other.chars().take(64).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_without_case_spaces_and_joints() {
        assert!(
            ["Customer ID", "customer_id", "CUSTOMER-ID", " CustomerId "]
                .iter()
                .all(|name| plain(name) == "customerid")
        );
    }

    #[test]
    fn near_are_slips_longer_names_and_other_words() {
        for name in
            ["Order Status", "订单状态", "Currency", "custmer_id", "customer_unique_id", "退款金额", "Type", "amonut"]
        {
            assert!(is_near(name), "{name}");
        }
        for name in ["Shipping State", "Customer type", "Notes", "Country", "Colour", "店铺名称", "Billing Name"] {
            assert!(!is_near(name), "{name}");
        }
    }

    #[test]
    fn near_names_say_which_role_they_have() {
        for (name, role) in [
            ("Order Status", Some(Role::Status)),
            ("Paid At", Some(Role::PaidAt)),
            ("cancelled on", Some(Role::CancelledAt)),
            ("退款金额", Some(Role::Refunded)),
            ("Invoice", Some(Role::OrderId)),
            ("amonut", Some(Role::Amount)),
            ("test", None),
            ("", None),
        ] {
            assert_eq!(role_near(name), role, "{name}");
        }
    }

    #[test]
    fn rows_that_add_up_others_are_known_by_a_word() {
        assert!(["Total", "ann Total", "Grand total:", "合计", "SUBTOTAL", "Total January"].into_iter().all(is_total));
        assert!(!["Totalis", "ann", "", "sum41@example.com", "a total of three"].into_iter().any(is_total));
    }

    #[test]
    fn a_swap_is_one_slip() {
        assert_eq!([distance("amount", "amonut"), distance("a", ""), distance("kitten", "sitting")], [1, 1, 3]);
    }
}
