//! Actions of a shop.

use std::borrow::Cow;

use crate::scale::{Label, Language};

/// An action and the reason for it: one of the constants, or the shop's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Action {
    label: Label,
    reason_english: Cow<'static, str>,
    reason_chinese: Cow<'static, str>,
}

impl Action {
    /// Points for what they buy, coupons for members.
    pub const POINTS_AND_COUPONS: Self =
        Self::preset("points_and_coupons", "Points and member coupons", "积分与会员优惠券");
    /// Content about the shop's values, and care after the purchase.
    pub const BRAND_AND_CARE: Self = Self::preset("brand_and_care", "Brand and care", "品牌介绍与售后关怀");
    /// An offer for the second order.
    pub const SECOND_ORDER_OFFER: Self =
        Self::preset("second_order_offer", "Offer for the second order", "二次购买优惠");
    /// A reminder when the next purchase is due.
    pub const CYCLE_REMINDER: Self =
        Self::preset("cycle_reminder", "Reminder when the next purchase is due", "回购提醒");
    /// An offer for those who stay away.
    pub const WIN_BACK_OFFER: Self = Self::preset("win_back_offer", "Win-back offer", "召回优惠");
    /// Service by a person.
    pub const PERSONAL_SERVICE: Self = Self::preset("personal_service", "Personal service", "专属服务");
    /// Content about the shop's values, without an offer.
    pub const BRAND: Self = Self::preset("brand", "Brand, no offer", "品牌内容");
    /// A gift with the order.
    pub const GIFT: Self = Self::preset("gift", "Gift with the order", "赠品");
    /// A lower price.
    pub const DISCOUNT: Self = Self::preset("discount", "Discount", "折扣");
    /// No action for now.
    pub const WAIT: Self = Self::preset("wait", "Nothing for now", "暂不打扰");

    /// All ten actions of the [standard playbook](super::PlaybookBuilder::standard), without their reasons.
    pub const STANDARD: [Self; 10] = [
        Self::POINTS_AND_COUPONS,
        Self::BRAND_AND_CARE,
        Self::SECOND_ORDER_OFFER,
        Self::CYCLE_REMINDER,
        Self::WIN_BACK_OFFER,
        Self::PERSONAL_SERVICE,
        Self::BRAND,
        Self::GIFT,
        Self::DISCOUNT,
        Self::WAIT,
    ];

    /// An action of the shop's own, without a reason.
    pub const fn new(label: Label) -> Self {
        Self { label, reason_english: Cow::Borrowed(""), reason_chinese: Cow::Borrowed("") }
    }

    const fn preset(key: &'static str, english: &'static str, chinese: &'static str) -> Self {
        Self::new(Label::preset(key, english, chinese))
    }

    /// Gives another reason for this action, in English and Chinese.
    #[must_use]
    pub fn because(self, english: impl Into<Cow<'static, str>>, chinese: impl Into<Cow<'static, str>>) -> Self {
        Self { reason_english: english.into(), reason_chinese: chinese.into(), ..self }
    }

    /// The name that programs, files and databases use.
    pub fn key(&self) -> &str {
        self.label.key()
    }

    /// The name that people read.
    pub fn name(&self, language: Language) -> &str {
        self.label.name(language)
    }

    /// The reason for it; empty where none was given.
    pub fn reason(&self, language: Language) -> &str {
        language.pick(&self.reason_english, &self.reason_chinese)
    }
}
