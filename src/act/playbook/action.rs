//! What a shop can do.

use std::borrow::Cow;

use crate::scale::{Label, Language};

/// An action and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Action {
    label: Label,
    reason_english: Cow<'static, str>,
    reason_chinese: Cow<'static, str>,
}

impl Action {
    /// An action of the shop's own and the reason for it, in English and Chinese.
    pub fn new(
        label: Label,
        reason_english: impl Into<Cow<'static, str>>,
        reason_chinese: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { label, reason_english: reason_english.into(), reason_chinese: reason_chinese.into() }
    }

    /// The name that programs, files and databases use.
    pub fn key(&self) -> &str {
        self.label.key()
    }

    /// The name that people read.
    pub fn name(&self, language: Language) -> &str {
        self.label.name(language)
    }

    /// Why.
    pub fn reason(&self, language: Language) -> &str {
        match language {
            Language::English => &self.reason_english,
            Language::Chinese => &self.reason_chinese,
        }
    }
}

/// The actions of the articles' playbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StandardAction {
    /// Points for what they buy, coupons for members.
    PointsAndCoupons,
    /// What the shop stands for, and care after the purchase.
    BrandAndCare,
    /// An offer for the second order.
    SecondOrderOffer,
    /// A reminder when the next purchase is due.
    CycleReminder,
    /// An offer for those who stay away.
    WinBackOffer,
    /// Service by a person.
    PersonalService,
    /// What the shop stands for, without an offer.
    Brand,
    /// A gift with the order.
    Gift,
    /// A lower price.
    Discount,
    /// Nothing for now.
    Wait,
}

impl StandardAction {
    /// All ten.
    pub const ALL: [Self; 10] = [
        Self::PointsAndCoupons,
        Self::BrandAndCare,
        Self::SecondOrderOffer,
        Self::CycleReminder,
        Self::WinBackOffer,
        Self::PersonalService,
        Self::Brand,
        Self::Gift,
        Self::Discount,
        Self::Wait,
    ];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::PointsAndCoupons => {
                const { &Label::preset("points_and_coupons", "Points and member coupons", "积分与会员优惠券") }
            }
            Self::BrandAndCare => const { &Label::preset("brand_and_care", "Brand and care", "品牌介绍与售后关怀") },
            Self::SecondOrderOffer => {
                const { &Label::preset("second_order_offer", "Offer for the second order", "二次购买优惠") }
            }
            Self::CycleReminder => {
                const { &Label::preset("cycle_reminder", "Reminder when the next purchase is due", "复购周期提醒") }
            }
            Self::WinBackOffer => const { &Label::preset("win_back_offer", "Win-back offer", "召回优惠") },
            Self::PersonalService => const { &Label::preset("personal_service", "Personal service", "专属服务") },
            Self::Brand => const { &Label::preset("brand", "Brand, no offer", "品牌内容") },
            Self::Gift => const { &Label::preset("gift", "Gift with the order", "赠品") },
            Self::Discount => const { &Label::preset("discount", "Discount", "折扣") },
            Self::Wait => const { &Label::preset("wait", "Nothing for now", "暂不打扰") },
        }
    }

    /// This action for a reason, in English and Chinese.
    pub fn because(self, english: impl Into<Cow<'static, str>>, chinese: impl Into<Cow<'static, str>>) -> Action {
        Action::new(self.label().clone(), english, chinese)
    }
}
