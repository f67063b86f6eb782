//! The articles' playbook.

use crate::act::playbook::StandardAction::{
    Brand, BrandAndCare, CycleReminder, Discount, Gift, PersonalService, PointsAndCoupons, SecondOrderOffer, Wait,
    WinBackOffer,
};
use crate::act::playbook::{CustomerLabel, LabelKind, PlaybookBuilder, StandardAction};

type Line = (&'static str, StandardAction, &'static str, &'static str);

impl PlaybookBuilder {
    /// The articles' playbook, to be built as it is or changed first.
    ///
    /// The articles say: customers of high and medium frequency get points and member coupons; new ones brand and care;
    /// lost ones a win-back offer; by price band or age group, brand, gift or discount. That is applied to every label
    /// that says the same in other words. Where they say nothing, these are the choices of this crate: a customer who
    /// has come once and cools down gets an offer for the second order, one who comes seldom a reminder in time, the
    /// most valuable are served by a person, and one who is within the cycle is left in peace.
    ///
    /// It covers all stages, bands, states, octants and risks, the segments of [`Grid::rf`](crate::segment::Grid::rf),
    /// and the default tiers and price bands. Age groups are the shop's: see
    /// [`with_age_groups`](PlaybookBuilder::with_age_groups).
    pub fn articles() -> Self {
        let kinds: [(LabelKind, &[Line]); 8] = [
            (LabelKind::Lifecycle, &LIFECYCLE),
            (LabelKind::Frequency, &FREQUENCY),
            (LabelKind::NewCustomer, &NEW_CUSTOMER),
            (LabelKind::Octant, &OCTANT),
            (LabelKind::Segment, &SEGMENT),
            (LabelKind::Tier, &TIER),
            (LabelKind::ChurnRisk, &CHURN_RISK),
            (LabelKind::SpendBand, &SPEND_BAND),
        ];
        let lines = kinds.iter().flat_map(|&(kind, lines)| lines.iter().map(move |&line| (kind, line)));
        lines.fold(Self::new(), |builder, (kind, (key, action, english, chinese))| {
            builder.action(CustomerLabel::new(kind, key), action.because(english, chinese))
        })
    }
}

const LIFECYCLE: [Line; 8] = [
    (
        "new_active",
        BrandAndCare,
        "has just come for the first time and does not know the shop yet",
        "首次购买不久，对店铺还不了解",
    ),
    ("new_cooling", SecondOrderOffer, "has not come back in the usual time", "超过常规时间仍未再次购买"),
    ("new_at_risk", SecondOrderOffer, "is about to be lost after one purchase", "仅购买一次，即将流失"),
    ("new_lost", WinBackOffer, "was lost after one purchase", "仅购买一次便已流失"),
    ("repeat_high", PointsAndCoupons, "comes often; a reward keeps the habit", "购买频繁，用奖励巩固习惯"),
    ("repeat_medium", PointsAndCoupons, "comes regularly; a reward makes it more often", "定期购买，用奖励提升频次"),
    ("repeat_low", CycleReminder, "comes seldom; a reminder in time is enough", "购买较少，适时提醒即可"),
    (
        "repeat_occasional",
        CycleReminder,
        "comes now and then and forgets the shop between",
        "偶尔购买，间隔期容易遗忘店铺",
    ),
];

const FREQUENCY: [Line; 4] = [
    ("high", PointsAndCoupons, "comes often; a reward keeps the habit", "购买频繁，用奖励巩固习惯"),
    ("medium", PointsAndCoupons, "comes regularly; a reward makes it more often", "定期购买，用奖励提升频次"),
    ("low", CycleReminder, "comes seldom; a reminder in time is enough", "购买较少，适时提醒即可"),
    ("occasional", CycleReminder, "comes now and then and forgets the shop between", "偶尔购买，间隔期容易遗忘店铺"),
];

const NEW_CUSTOMER: [Line; 4] = [
    (
        "active",
        BrandAndCare,
        "has just come for the first time and does not know the shop yet",
        "首次购买不久，对店铺还不了解",
    ),
    ("cooling", SecondOrderOffer, "has not come back in the usual time", "超过常规时间仍未再次购买"),
    ("at_risk", SecondOrderOffer, "is about to be lost after one purchase", "仅购买一次，即将流失"),
    ("lost", WinBackOffer, "was lost after one purchase", "仅购买一次便已流失"),
];

const OCTANT: [Line; 8] = [
    (
        "important_value",
        PersonalService,
        "recent, frequent and of high spend: the best there are",
        "近期、高频、高消费，最优质的客户",
    ),
    ("important_develop", PointsAndCoupons, "spends much but comes seldom", "消费高但频次低，需提升频次"),
    ("important_keep", CycleReminder, "came often and spent much, but not lately", "曾经高频高消费，近期未购"),
    ("important_retain", WinBackOffer, "spent much, and seldom, and long ago", "消费高但久未购买，需重点挽回"),
    ("general_value", PointsAndCoupons, "comes often and spends little each time", "近期高频但消费较低，需提升客单"),
    (
        "general_develop",
        BrandAndCare,
        "has come lately and does not know the shop well",
        "近期购买但频次低，需加深了解",
    ),
    ("general_keep", CycleReminder, "came often, but not lately", "曾经高频，近期未购"),
    ("general_retain", WinBackOffer, "came seldom, spent little, and long ago", "频次低、消费低且久未购买"),
];

const SEGMENT: [Line; 10] = [
    ("hibernating", WinBackOffer, "came seldom, and long ago", "频次低且久未购买"),
    ("at_risk", WinBackOffer, "came regularly and has stayed away", "曾定期购买，现已久未光顾"),
    ("cant_lose", PersonalService, "was among the most frequent and has stayed away", "曾是最高频客户，现已久未光顾"),
    ("about_to_sleep", CycleReminder, "comes seldom and is due", "频次低，应在此时提醒"),
    ("need_attention", CycleReminder, "is average in all and can turn either way", "各项居中，可能上升也可能流失"),
    ("loyal", PointsAndCoupons, "comes often; a reward keeps the habit", "购买频繁，用奖励巩固习惯"),
    ("promising", SecondOrderOffer, "has come once, not long ago", "近期仅购买一次"),
    (
        "new",
        BrandAndCare,
        "has just come for the first time and does not know the shop yet",
        "首次购买不久，对店铺还不了解",
    ),
    (
        "potential_loyalist",
        PointsAndCoupons,
        "has come back lately; a reward makes a habit",
        "近期再次购买，用奖励养成习惯",
    ),
    ("champions", PersonalService, "recent and frequent: the best there are", "近期且高频，最优质的客户"),
];

const TIER: [Line; 4] = [
    ("ordinary", Discount, "one of the many who are won by price", "人数最多，以价格吸引"),
    ("senior", PointsAndCoupons, "can reach a higher tier with more points", "以更高积分激励升级"),
    ("vip", Gift, "spends enough to be thanked", "消费可观，值得答谢"),
    ("supreme", PersonalService, "one of the very few who carry the shop", "极少数支撑店铺的客户"),
];

const CHURN_RISK: [Line; 4] = [
    ("in_cycle", Wait, "the next purchase is not expected yet", "尚未到复购时间"),
    ("due", CycleReminder, "the next purchase is expected now", "正值复购时间"),
    ("overdue", Discount, "the next purchase is late", "已超过复购时间"),
    (
        "churn_inclined",
        WinBackOffer,
        "has missed so many cycles that the customer is likely gone",
        "错过多个周期，很可能已流失",
    ),
];

const SPEND_BAND: [Line; 5] = [
    ("under_200", Discount, "buys by price", "看重价格"),
    ("200_300", Discount, "buys by price", "看重价格"),
    ("300_500", Gift, "looks for value rather than the lowest price", "看重性价比"),
    ("500_800", Gift, "looks for value rather than the lowest price", "看重性价比"),
    ("from_800", Brand, "buys for the brand; a lower price would cheapen it", "看重品牌，降价反而有损形象"),
];
