//! The layouts that are known, one small file each in `layouts/`.

use std::fmt::Write;

use repurchase::scale::Language;

use crate::error::Error;
use crate::layout::{Layout, Role};
use crate::names::plain;
use crate::said::said;

const BUILT_IN: [&str; 25] = [
    include_str!("../layouts/own.toml"),
    include_str!("../layouts/shopify.toml"),
    include_str!("../layouts/woocommerce.toml"),
    include_str!("../layouts/woocommerce_analytics.toml"),
    include_str!("../layouts/magento.toml"),
    include_str!("../layouts/square.toml"),
    include_str!("../layouts/square_items.toml"),
    include_str!("../layouts/stripe.toml"),
    include_str!("../layouts/taobao.toml"),
    include_str!("../layouts/jd.toml"),
    include_str!("../layouts/youzan.toml"),
    include_str!("../layouts/bigcommerce.toml"),
    include_str!("../layouts/ebay.toml"),
    include_str!("../layouts/etsy.toml"),
    include_str!("../layouts/etsy_items.toml"),
    include_str!("../layouts/etsy_payments.toml"),
    include_str!("../layouts/amazon_orders.toml"),
    include_str!("../layouts/olist.toml"),
    include_str!("../layouts/olist_items.toml"),
    include_str!("../layouts/olist_orders.toml"),
    include_str!("../layouts/online_retail.toml"),
    include_str!("../layouts/amazon.toml"),
    include_str!("../layouts/instacart.toml"),
    include_str!("../layouts/paypal.toml"),
    include_str!("../layouts/prestashop.toml"),
];

impl Layout {
    /// The layouts that are known, the own one first.
    pub fn built_in() -> Result<Vec<Self>, Error> {
        BUILT_IN.into_iter().map(Self::from_toml).collect()
    }

    /// The layout of one's own: `customer_id`, `placed_at`, `amount` and, if wanted, the other roles, by name.
    pub fn own() -> Result<Self, Error> {
        Self::from_toml(BUILT_IN[0])
    }

    /// Whether it is a platform's.
    pub(crate) fn is_built_in(&self) -> bool {
        Self::built_in().is_ok_and(|known| known.iter().skip(1).any(|layout| layout.name() == self.name()))
    }

    /// A layout that is known, by name.
    pub fn named(name: &str) -> Result<Self, Error> {
        let known = Self::built_in()?;
        let names = known.iter().map(|layout| layout.name()).collect::<Vec<_>>().join(", ");
        let expected = said!(
            "one of {names}, or a file that starts as those of examples/order-files/layouts do",
            "{names} 之一，或格式文件（写法见 examples/order-files/layouts）"
        );
        let found = known.iter().find(|layout| plain(layout.name()) == plain(name));
        found.cloned().ok_or_else(|| Error::option("--from", name, expected))
    }

    /// What `--from` says: a layout that is known, by name, or else the path of a file of one's own.
    pub fn named_or_file(argument: &str) -> Result<Self, Error> {
        Self::named(argument).or_else(|unknown| match std::fs::read_to_string(argument) {
            Ok(text) => Self::from_toml(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(unknown),
            Err(error) => Err(Error::Read(error)),
        })
    }

    /// What each known layout reads, for `--from list`, in one of the languages.
    pub fn list(language: Language) -> Result<String, Error> {
        let mut list = String::new();
        for layout in Self::built_in()? {
            let _ = writeln!(list, "{}\n    {}", layout.name(), layout.said_title().text(language));
            if let Some(reason) = layout.refusal() {
                let title = if language == Language::Chinese { "不可用：" } else { "cannot be used: " };
                let _ = writeln!(list, "    {title}{}", reason.text(language));
                continue;
            }
            for role in Role::ALL {
                let names = layout.names(role);
                if !names.is_empty() {
                    let _ = writeln!(list, "    {:<13}{}", role.name(), names.join(" | "));
                }
            }
        }
        Ok(list)
    }
}
