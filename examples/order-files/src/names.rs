//! Names of columns: when two are one, and when one is near another.

/// A name without case, spaces, `_` and `-`; full-width brackets and signs as ASCII.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|character| {
            !(character.is_whitespace() || character.is_control() || matches!(character, '_' | '-' | '\u{FEFF}'))
        })
        .flat_map(char::to_lowercase)
        .map(|character| match character {
            '（' => '(',
            '）' => ')',
            '＃' => '#',
            other => other,
        })
        .collect()
}

/// Words by which people call the columns that may go unused; each group is what one role is called.
const FAMILIES: [&[&str]; 5] = [
    &["status", "orderstate", "paymentstate", "paidat", "paidon", "cancel", "deleted", "状态", "取消"],
    &["refund", "return", "adjusted", "退款", "退货"],
    &["currency", "币种", "货币"],
    &["transactiontype", "ordertype", "recordtype", "eventtype", "documenttype", "paymenttype", "交易类型", "订单类型"],
    &["orderid", "ordernumber", "order#", "orderref", "transactionid", "invoiceno", "invoiceid", "订单号", "订单编号"],
];

/// Whole names that say too little to be looked for inside others.
const SHORT: [&str; 9] = ["test", "istest", "state", "type", "kind", "invoice", "cur", "orderno", "orderno."];

/// Whether an unused column looks as if it said what one of the `roles`, or a column of that kind, says.
pub(crate) fn is_near(name: &str, roles: &[&str]) -> bool {
    let plain_name = plain(name);
    if plain_name.is_empty() {
        return false;
    }
    let in_family = FAMILIES.iter().any(|family| family.iter().any(|word| plain_name.contains(word)));
    in_family || SHORT.contains(&plain_name.as_str()) || roles.iter().any(|role| is_like(name, &plain_name, role))
}

/// Whether a name holds all words of a role's name, or is that name but for a slip of the pen.
fn is_like(name: &str, plain_name: &str, role: &str) -> bool {
    let words = words(name);
    let role_words = self::words(role);
    let holds_all = role_words.len() > 1 && role_words.iter().all(|word| words.contains(word));
    let role = plain(role);
    let allowed = if role.len() >= 6 { 2 } else { 1 };
    holds_all || (role.len() >= 5 && distance(plain_name, &role) <= allowed)
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
        let roles = ["customer_id", "placed_at", "amount"];
        for name in
            ["Order Status", "订单状态", "Currency", "custmer_id", "customer_unique_id", "退款金额", "Type", "amonut"]
        {
            assert!(is_near(name, &roles), "{name}");
        }
        for name in ["Shipping State", "Customer type", "Notes", "Country", "Product", "店铺名称", "Billing Name"] {
            assert!(!is_near(name, &roles), "{name}");
        }
    }

    #[test]
    fn a_swap_is_one_slip() {
        assert_eq!([distance("amount", "amonut"), distance("a", ""), distance("kitten", "sitting")], [1, 1, 3]);
    }
}
