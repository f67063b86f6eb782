//! The standard playbook.

use crate::act::playbook::{Action, CustomerLabel, LabelKind, PlaybookBuilder};

type Line = (&'static str, Action, &'static str, &'static str);

impl PlaybookBuilder {
    /// The standard playbook, to be built as it is or changed first.
    ///
    /// It follows what Chinese e-commerce teaches on repurchase: customers of high and medium frequency get points and
    /// member coupons; new ones brand and care; lost ones a win-back offer; by price band or age group, brand, gift or
    /// discount. Labels that say the same in other words get the same action. The rest is a choice of this crate: a
    /// customer of one purchase who cools down gets an offer for the second order, one of low frequency a reminder in
    /// time, the most valuable are served by a person, and one who is within the cycle is left in peace.
    ///
    /// It covers all stages, bands, states, octants and risks, the segments of [`Grid::rf`](crate::segment::Grid::rf),
    /// and the default tiers and price bands. Age groups are the shop's: see
    /// [`with_age_groups`](PlaybookBuilder::with_age_groups).
    pub fn standard() -> Self {
        // A stage is the state of a new customer or the band of a repeat customer.
        let kinds: [(LabelKind, &str, &[Line]); 9] = [
            (LabelKind::Lifecycle, "new_", &NEW_CUSTOMER),
            (LabelKind::Lifecycle, "repeat_", &FREQUENCY),
            (LabelKind::Frequency, "", &FREQUENCY),
            (LabelKind::NewCustomer, "", &NEW_CUSTOMER),
            (LabelKind::Octant, "", &OCTANT),
            (LabelKind::Segment, "", &SEGMENT),
            (LabelKind::Tier, "", &TIER),
            (LabelKind::ChurnRisk, "", &CHURN_RISK),
            (LabelKind::SpendBand, "", &SPEND_BAND),
        ];
        let lines = kinds.iter().flat_map(|&(kind, prefix, lines)| lines.iter().map(move |line| (kind, prefix, line)));
        lines.fold(Self::new(), |builder, (kind, prefix, (key, action, english, chinese))| {
            let key = format!("{prefix}{key}");
            builder.action(CustomerLabel::new(kind, &key), action.clone().because(*english, *chinese))
        })
    }
}

const FREQUENCY: [Line; 4] = [
    ("high", Action::POINTS_AND_COUPONS, "comes often; a reward keeps the habit", "购买频繁，用奖励巩固习惯"),
    ("medium", Action::POINTS_AND_COUPONS, "comes regularly; a reward makes it more often", "定期购买，用奖励提升频次"),
    ("low", Action::CYCLE_REMINDER, "comes seldom; a reminder in time is enough", "购买较少，适时提醒即可"),
    (
        "occasional",
        Action::CYCLE_REMINDER,
        "comes now and then and forgets the shop between",
        "偶尔购买，间隔期容易遗忘店铺",
    ),
];

const NEW_CUSTOMER: [Line; 4] = [
    (
        "active",
        Action::BRAND_AND_CARE,
        "has just come for the first time and does not know the shop yet",
        "首次购买不久，对店铺还不了解",
    ),
    ("cooling", Action::SECOND_ORDER_OFFER, "has not come back in the usual time", "超过常规时间仍未再次购买"),
    ("at_risk", Action::SECOND_ORDER_OFFER, "is about to be lost after one purchase", "仅购买一次，即将流失"),
    ("lost", Action::WIN_BACK_OFFER, "was lost after one purchase", "仅购买一次便已流失"),
];

const OCTANT: [Line; 8] = [
    (
        "important_value",
        Action::PERSONAL_SERVICE,
        "above average in all three: last purchase, number of purchases, spend",
        "最近购买、购买频次、消费金额均高于平均，最优质的客户",
    ),
    (
        "important_develop",
        Action::POINTS_AND_COUPONS,
        "spends more than the average customer and comes less often",
        "消费高于平均而频次低于平均，需提升频次",
    ),
    (
        "important_keep",
        Action::CYCLE_REMINDER,
        "came more often and spent more than the average customer, and has stayed away for longer",
        "频次与消费高于平均，但距上次购买比平均更久",
    ),
    (
        "important_retain",
        Action::WIN_BACK_OFFER,
        "spent more than the average customer, came less often and has stayed away for longer",
        "消费高于平均，但频次较低且距上次购买更久，需重点挽回",
    ),
    (
        "general_value",
        Action::POINTS_AND_COUPONS,
        "comes more often than the average customer and spends less",
        "频次高于平均而消费低于平均，需提升客单",
    ),
    (
        "general_develop",
        Action::BRAND_AND_CARE,
        "bought more recently than the average customer, and less often",
        "最近一次购买比平均更近，但频次低于平均，需加深了解",
    ),
    (
        "general_keep",
        Action::CYCLE_REMINDER,
        "came more often than the average customer and has stayed away for longer",
        "频次高于平均，但距上次购买比平均更久",
    ),
    ("general_retain", Action::WIN_BACK_OFFER, "below average in all three", "三项均低于平均"),
];

const SEGMENT: [Line; 10] = [
    (
        "hibernating",
        Action::WIN_BACK_OFFER,
        "among the least frequent and the longest away",
        "频次与最近购买均排名靠后",
    ),
    (
        "at_risk",
        Action::WIN_BACK_OFFER,
        "of middling frequency and among the longest away",
        "频次居中偏上，但距上次购买排名靠后",
    ),
    (
        "cant_lose",
        Action::PERSONAL_SERVICE,
        "among the most frequent and the longest away",
        "频次排名最前，但距上次购买排名靠后",
    ),
    (
        "about_to_sleep",
        Action::CYCLE_REMINDER,
        "among the less frequent, with a last purchase in the middle of all",
        "频次偏低，最近购买居中，应在此时提醒",
    ),
    (
        "need_attention",
        Action::CYCLE_REMINDER,
        "in the middle by both ranks; can turn either way",
        "各项居中，可能上升也可能流失",
    ),
    (
        "loyal",
        Action::POINTS_AND_COUPONS,
        "among the more frequent; a reward keeps the habit",
        "频次排名靠前，用奖励巩固习惯",
    ),
    (
        "promising",
        Action::SECOND_ORDER_OFFER,
        "among the least frequent and the more recent",
        "最近购买排名靠前，频次排名最后",
    ),
    (
        "new",
        Action::BRAND_AND_CARE,
        "among the most recent and the least frequent: does not know the shop yet",
        "最近购买排名最前，频次排名最后，对店铺还不了解",
    ),
    (
        "potential_loyalist",
        Action::POINTS_AND_COUPONS,
        "among the more recent, of middling frequency; a reward makes a habit",
        "最近购买排名靠前，频次居中，用奖励养成习惯",
    ),
    (
        "champions",
        Action::PERSONAL_SERVICE,
        "among the most recent and the most frequent",
        "最近购买与频次均排名最前，最优质的客户",
    ),
];

const TIER: [Line; 4] = [
    ("ordinary", Action::DISCOUNT, "one of the many who are won by price", "人数最多，以价格吸引"),
    ("senior", Action::POINTS_AND_COUPONS, "can reach a higher tier with more points", "以更高积分激励升级"),
    ("vip", Action::GIFT, "spends enough to be thanked", "消费可观，值得答谢"),
    ("supreme", Action::PERSONAL_SERVICE, "one of the very few who carry the shop", "极少数支撑店铺的客户"),
];

const CHURN_RISK: [Line; 4] = [
    ("in_cycle", Action::WAIT, "the next purchase is not expected yet", "尚未到复购时间"),
    ("due", Action::CYCLE_REMINDER, "the next purchase is expected now", "正值复购时间"),
    ("overdue", Action::DISCOUNT, "the next purchase is late", "已超过复购时间"),
    (
        "churn_inclined",
        Action::WIN_BACK_OFFER,
        "has missed so many cycles that the customer is likely gone",
        "错过多个周期，很可能已流失",
    ),
];

const SPEND_BAND: [Line; 5] = [
    ("under_200", Action::DISCOUNT, "buys by price", "看重价格"),
    ("200_300", Action::DISCOUNT, "buys by price", "看重价格"),
    ("300_500", Action::GIFT, "looks for value rather than the lowest price", "看重性价比"),
    ("500_800", Action::GIFT, "looks for value rather than the lowest price", "看重性价比"),
    ("from_800", Action::BRAND, "buys for the brand; a lower price would cheapen it", "看重品牌，降价反而有损形象"),
];
