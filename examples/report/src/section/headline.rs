//! The figures that come first, each with its population.

use maud::{Markup, html};
use repurchase::Error;
use repurchase::shop::Figure;
use rust_decimal::Decimal;

use crate::shop::{Buyers, Shop};
use crate::words::{NONE, Words, estimate, money, percent, thousands};

struct Card {
    /// As in the page's data.
    key: &'static str,
    name: String,
    figure: String,
    of_whom: String,
}

pub(crate) fn headline(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Result<Markup, Error> {
    let mut cards = vec![
        customers(words, shop),
        purchases(words, shop, buyers),
        revenue(words, shop),
        users(words, buyers),
        orders(words, buyers),
    ];
    cards.push(best(words, buyers)?);
    cards.extend(expected(words, shop, buyers));
    Ok(html! {
        dl class="cards" {
            @for Card { key, name, figure, of_whom } in &cards {
                div {
                    dt { (name) }
                    dd class="figure" data-figure=(key) { (figure) }
                    dd class="of" { (of_whom) }
                }
            }
        }
    })
}

fn customers(words: Words, shop: &Shop) -> Card {
    let day = words.date(shop.ledger.as_of());
    Card {
        key: "customers",
        name: words.of("Customers", "客户").to_owned(),
        figure: thousands(shop.ledger.len() as u64),
        of_whom: words.say(
            || format!("with a purchase up to and including {day}"),
            || format!("截至 {day}（含当日）至少购买过一次"),
        ),
    }
}

fn purchases(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Card {
    let day = words.date(buyers.first_day);
    Card {
        key: "purchases",
        name: words.of("Purchases", "购买次数").to_owned(),
        figure: thousands(shop.totals.purchases),
        of_whom: words.say(
            || format!("paid orders since {day}, without those refunded whole"),
            || format!("自 {day} 起的已付款订单，不含全额退款"),
        ),
    }
}

fn revenue(words: Words, shop: &Shop) -> Card {
    let credits = shop.totals.credits;
    Card {
        key: "revenue",
        name: words.of("Revenue", "消费金额").to_owned(),
        figure: money(shop.totals.revenue),
        of_whom: match credits {
            0 => words.of("of these customers, less refunds", "上述客户的消费，已扣除退款").to_owned(),
            _ => words.say(
                || format!("of these customers, less refunds and credits ({})", thousands(credits)),
                || format!("上述客户的消费，已扣除退款和贷记（{} 笔）", thousands(credits)),
            ),
        },
    }
}

fn users(words: Words, buyers: &Buyers<'_>) -> Card {
    let users = buyers.rates.users;
    Card {
        key: "user_repurchase",
        name: words.of("Bought again", "用户复购率").to_owned(),
        figure: percent(users.value()),
        of_whom: words.say(
            || format!("{} customers bought twice or more", words.ratio(users)),
            || format!("{} 位客户购买了两次及以上", words.ratio(users)),
        ),
    }
}

fn orders(words: Words, buyers: &Buyers<'_>) -> Card {
    let orders = buyers.rates.orders;
    Card {
        key: "order_repurchase",
        name: words.of("Repeat purchases", "订单复购率").to_owned(),
        figure: percent(orders.value()),
        of_whom: words.say(
            || format!("{} purchases were not the customer’s first", words.ratio(orders)),
            || format!("{} 次购买不是该客户的首次购买", words.ratio(orders)),
        ),
    }
}

fn best(words: Words, buyers: &Buyers<'_>) -> Result<Card, Error> {
    let top = buyers.concentration.top_share(Decimal::new(2, 1))?;
    Ok(Card {
        key: "top_20_percent_share",
        name: words.of("Brought by the best 20%", "前 20% 客户的贡献").to_owned(),
        figure: percent(top.share),
        of_whom: words.say(
            || format!("of revenue, by {} customers of revenue above 0", words.ratio(top.customers)),
            || format!("的收入来自 {} 位消费为正的客户", words.ratio(top.customers)),
        ),
    })
}

fn expected(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> [Card; 2] {
    let everybody = words.customers(shop.ledger.len() as u64);
    let purchases = buyers.sum(Figure::ExpectedPurchases);
    let value = buyers.sum(Figure::ExpectedValue);
    let days = buyers.models.horizon_days();
    let none = || words.of("no model fits: see “Who will come back”", "没有合适的模型，见“谁会回来”").to_owned();
    let of_everybody =
        || words.say(|| format!("expected of the {everybody} by the models"), || format!("模型对这 {everybody}的预期"));
    let card = |key, name: String, figure: Option<String>| Card {
        key,
        name,
        of_whom: if figure.is_some() { of_everybody() } else { none() },
        figure: figure.unwrap_or_else(|| NONE.to_owned()),
    };
    [
        card(
            "expected_purchases",
            words.say(|| format!("Purchases, next {days} days"), || format!("未来 {days} 天购买次数")),
            purchases.map(|purchases| thousands(purchases.round().max(0.0) as u64)),
        ),
        card(
            "expected_revenue",
            words.say(|| format!("Revenue, next {days} days"), || format!("未来 {days} 天消费金额")),
            value.map(estimate),
        ),
    ]
}
