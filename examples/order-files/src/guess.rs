//! Columns that a header lacks, and which of its columns may be meant.

use crate::error::Error;
use crate::header::Header;
use crate::layout::{Layout, Role};
use crate::names::{is_price, plain, role_near};
use crate::said::said;
use crate::times;

/// Words in the names of columns that may be meant.
const GUESSES: [(&str, [&str; 2], &[&str]); 3] = [
    (
        "customer_id",
        ["who bought", "买家"],
        &[
            "customerid",
            "userid",
            "email",
            "e-mail",
            "customer",
            "user",
            "buyer",
            "client",
            "member",
            "kunde",
            "客户",
            "会员",
            "买家",
            "用户",
            "facturation",
            "billto",
            "phone",
            "手机",
            "收货人",
            "收件人",
        ],
    ),
    (
        "placed_at",
        ["when", "时间"],
        &["orderdate", "purchasedate", "date", "created", "time", "placed", "datum", "日期", "时间"],
    ),
    (
        "amount",
        ["how much", "金额"],
        &[
            "grandtotal",
            "ordertotal",
            "amount",
            "total",
            "revenue",
            "sales",
            "value",
            "paid",
            "betrag",
            "summe",
            "实付",
            "实收",
            "金额",
            "总价",
        ],
    ),
];

/// What else changes an answer, and is worth naming with the columns that are missing.
const FURTHER: [Role; 5] = [Role::OrderId, Role::Status, Role::Refunded, Role::Kind, Role::Currency];

/// Words in names of columns that say something of a customer, or a part of an amount, and not which or how much.
const ASIDE: [(&str, &[&str]); 2] = [
    (
        "customer_id",
        &["note", "type", "group", "remark", "message", "comment", "since", "country", "city", "agent", "备注", "留言"],
    ),
    ("amount", &["tax", "vat", "discount", "shipping", "fee", "coupon", "优惠", "运费", "税"]),
];

/// Words in the names of columns that together make an amount.
const PRICES: &[&str] = &["price", "单价"];
const PIECES: &[&str] = &["quantity", "qty", "pieces", "数量"];

pub(crate) fn missing(header: &Header, found: [bool; 3], used: &[(Role, Option<usize>)], fields: &[&[u8]]) -> Error {
    let (mut lacking, mut lacking_in_chinese) = (Vec::new(), Vec::new());
    let (mut guesses, mut taken) = (Vec::new(), Vec::new());
    for ((role, [meaning, chinese], words), found) in GUESSES.into_iter().zip(found) {
        if found {
            continue;
        }
        lacking.push(format!("{meaning} ({role})"));
        lacking_in_chinese.push(format!("{chinese}（{role}）"));
        let is_other = |place: usize| role_near(&header.raw[place]).is_some_and(|near| near.name() != role);
        let aside = ASIDE.iter().find(|(of, _)| *of == role).map_or(&[][..], |(_, words)| *words);
        let is_aside = |place: usize| aside.iter().any(|word| header.plain[place].contains(word));
        let is_one = |place: usize| role == "amount" && is_price(&header.plain[place]);
        let is_free = |place: usize| !taken.contains(&place) && !is_other(place);
        let holding = |of: &dyn Fn(usize) -> bool| {
            let holds = |place: usize, word: &str| header.plain[place].contains(word) && is_free(place) && of(place);
            words.iter().find_map(|word| (0..header.raw.len()).find(|&place| holds(place, word)))
        };
        let part = |words: &[&str]| {
            (0..header.raw.len()).find(|&place| words.iter().any(|word| header.plain[place].contains(word)))
        };
        let guess = holding(&|place| !is_aside(place) && !is_one(place)).or_else(|| holding(&|place| !is_one(place)));
        // Of all pieces rather than of one.
        let is_product = role == "amount" && guess.is_none();
        if let (true, Some(price), Some(pieces)) = (is_product, part(PRICES), part(PIECES)) {
            guesses.push(format!("unit_price={},quantity={}", header.names[price], header.names[pieces]));
            continue;
        }
        guesses.push(format!("{role}={}", guess.map_or("NAME", |place| header.names[place].as_str())));
        taken.extend(guess);
    }
    let is_whole = !guesses.iter().any(|guess| guess.ends_with("=NAME"));
    if is_whole {
        let is_free = |place: usize| !taken.contains(&place) && used.iter().all(|(_, one)| *one != Some(place));
        for role in FURTHER.into_iter().filter(|role| used.contains(&(*role, None))) {
            let is_it = |&place: &usize| is_free(place) && role_near(&header.raw[place]) == Some(role);
            let place = (0..header.raw.len()).find(is_it);
            guesses.extend(place.map(|place| format!("{role}={}", header.names[place])));
        }
    }
    let (lacking, lacking_in_chinese) = (lacking.join(", "), lacking_in_chinese.join("、"));
    let (list, guesses) = (header.list(), guesses.join(","));
    let [names, chinese_names] =
        if is_whole { ["", ""] } else { [" (NAME: one of the columns)", "（NAME 换成列名）"] };
    let is_row = fields.iter().any(|field| times::read(field).is_some());
    let [hint, chinese_hint] = if is_row {
        [
            "the first line looks like an order, not like a header: put one above it, such as customer_id,placed_at,amount"
                .to_owned(),
            "第一行像是订单而不是表头：请在上面加一行表头，如 customer_id,placed_at,amount".to_owned(),
        ]
    } else if header.names.iter().any(String::is_empty) {
        [
            format!(
                "if the header stands lower, delete the lines above it; else --columns \"{guesses}\" names them{names}"
            ),
            format!("若表头在下面，请删去它上面的各行；否则用 --columns \"{guesses}\" 指明{chinese_names}"),
        ]
    } else {
        [
            format!("--columns \"{guesses}\" names them{names}; --from list shows the layouts that are known"),
            format!("请用 --columns \"{guesses}\" 指明{chinese_names}；--from list 列出已知的格式"),
        ]
    };
    let [nearest, chinese_nearest] = nearest(header).unwrap_or_default();
    header.error(said!(
        "no column says {lacking}; the columns are: {list}; {nearest}{hint}",
        "找不到表示{lacking_in_chinese}的列；现有各列：{list}；{chinese_nearest}{chinese_hint}"
    ))
}

/// The layout that could read the file although some of what it is recognised by is not there.
fn nearest(header: &Header) -> Option<[String; 2]> {
    let has = |name: &String| header.plain.contains(&plain(name));
    let says = |layout: &Layout, role: Role| layout.names(role).iter().any(has);
    let reads = |layout: &Layout| {
        let of_pieces = says(layout, Role::UnitPrice) && says(layout, Role::Quantity);
        let has_amount = says(layout, Role::Amount) || of_pieces;
        layout.refusal().is_none() && says(layout, Role::CustomerId) && says(layout, Role::PlacedAt) && has_amount
    };
    let lacks = |layout: &Layout| layout.lacks(&header.plain).len();
    let is_near = |layout: &Layout| reads(layout) && layout.lacks(&header.plain).len() * 2 < layout.recognised_by();
    let layout = Layout::built_in().ok()?.into_iter().filter(is_near).min_by_key(lacks)?;
    let (name, lacking) = (layout.name(), layout.lacks(&header.plain).join(", ").replace('|', " / "));
    Some([
        format!("--from {name} reads it, whose column {lacking} it lacks; "),
        format!("可用 --from {name} 读取（缺少该格式的 {lacking} 列）；"),
    ])
}
