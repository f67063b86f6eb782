//! The standard playbook.

use super::{Action, CustomerLabel, PlaybookBuilder};
use crate::segment::LabelKind;

type Line = (&'static str, Action, &'static str, &'static str);

impl PlaybookBuilder {
    /// The standard playbook, to be built as it is or changed first.
    ///
    /// It follows Chinese e-commerce practice on repurchase: customers of high and medium frequency get points and member
    /// coupons; new ones brand and care; lost ones a win-back offer; by price band, brand, gift or discount. Labels of
    /// the same meaning get the same action. The rest is a choice of this crate: an offer for the second order for a
    /// customer of one purchase who cools down, a reminder at low frequency, personal service for the most valuable,
    /// nothing within the cycle.
    ///
    /// It covers all stages, bands, states, octants and risks, the segments of [`Grid::rf`](crate::segment::Grid::rf),
    /// and the default tiers and price bands.
    pub fn standard() -> Self {
        // A stage is the state of a new customer or the band of a repeat customer.
        let kinds: [(LabelKind, &str, &[Line]); 9] = [
            (LabelKind::LifecycleStage, "new_", &NEW_CUSTOMER),
            (LabelKind::LifecycleStage, "repeat_", &FREQUENCY),
            (LabelKind::FrequencyBand, "", &FREQUENCY),
            (LabelKind::NewCustomerState, "", &NEW_CUSTOMER),
            (LabelKind::Octant, "", &OCTANT),
            (LabelKind::Segment, "", &SEGMENT),
            (LabelKind::Tier, "", &TIER),
            (LabelKind::ChurnRisk, "", &CHURN_RISK),
            (LabelKind::SpendBand, "", &SPEND_BAND),
        ];
        let lines = kinds.iter().flat_map(|&(kind, prefix, lines)| lines.iter().map(move |line| (kind, prefix, line)));
        lines.fold(Self::default(), |builder, (kind, prefix, (key, action, english, chinese))| {
            let key = format!("{prefix}{key}");
            builder.action(CustomerLabel::new(kind, &key), action.clone().because(*english, *chinese))
        })
    }
}

const FREQUENCY: [Line; 4] = [
    (
        "high",
        Action::POINTS_AND_COUPONS,
        "mean gap in the shortest band; a reward keeps it short",
        "平均购买间隔处于最短一档，用奖励巩固习惯",
    ),
    (
        "medium",
        Action::POINTS_AND_COUPONS,
        "mean gap in the second shortest band; a reward shortens it",
        "平均购买间隔处于次短一档，用奖励提升频次",
    ),
    (
        "low",
        Action::CYCLE_REMINDER,
        "mean gap in the second longest band; a reminder in time is enough",
        "平均购买间隔处于次长一档，适时提醒即可",
    ),
    (
        "occasional",
        Action::CYCLE_REMINDER,
        "mean gap in the longest band; a reminder before the shop is forgotten",
        "平均购买间隔处于最长一档，间隔期容易遗忘店铺",
    ),
];

const NEW_CUSTOMER: [Line; 4] = [
    ("active", Action::BRAND_AND_CARE, "has bought once, does not know the shop yet", "仅购买一次，对店铺还不了解"),
    ("cooling", Action::SECOND_ORDER_OFFER, "has not come back in the usual time", "超过常规时间仍未再次购买"),
    ("at_risk", Action::SECOND_ORDER_OFFER, "bought once and is late for a second order", "仅购买一次，二购已逾期"),
    ("lost", Action::WIN_BACK_OFFER, "bought once and has not come back in time", "仅购买一次，长期未再购"),
];

// Octants and segments are ranks: their reasons name the scores.
const OCTANT: [Line; 8] = [
    ("important_value", Action::PERSONAL_SERVICE, "R, F and M above average", "三项均高于平均，最优质的客户"),
    ("important_develop", Action::POINTS_AND_COUPONS, "R and M above average, F below", "频次低于平均，需提升频次"),
    ("important_keep", Action::CYCLE_REMINDER, "F and M above average, R below", "频次、消费高于平均，应及时提醒"),
    ("important_retain", Action::WIN_BACK_OFFER, "M above average, R and F below", "仅消费高于平均，需重点挽回"),
    ("general_value", Action::POINTS_AND_COUPONS, "R and F above average, M below", "消费低于平均，需提升客单"),
    ("general_develop", Action::BRAND_AND_CARE, "R above average, F and M below", "仅最近购买高于平均，需加深了解"),
    ("general_keep", Action::CYCLE_REMINDER, "F above average, R and M below", "仅频次高于平均，应及时提醒"),
    ("general_retain", Action::WIN_BACK_OFFER, "R, F and M below average", "三项均低于平均"),
];

const SEGMENT: [Line; 10] = [
    ("hibernating", Action::WIN_BACK_OFFER, "R and F among the lowest", "最近购买与频次均排名靠后"),
    ("at_risk", Action::WIN_BACK_OFFER, "R among the lowest, F higher", "频次靠前，但最近购买排名靠后"),
    ("cant_lose", Action::PERSONAL_SERVICE, "F the highest, R among the lowest", "频次排名最前，但最近购买靠后"),
    ("about_to_sleep", Action::CYCLE_REMINDER, "R in the middle, F among the lowest", "最近购买居中，频次靠后"),
    (
        "need_attention",
        Action::CYCLE_REMINDER,
        "R and F in the middle: can turn either way",
        "各项居中，可能上升也可能流失",
    ),
    ("loyal", Action::POINTS_AND_COUPONS, "F among the highest; a reward keeps the habit", "频次靠前，用奖励巩固习惯"),
    ("promising", Action::SECOND_ORDER_OFFER, "R high, F the lowest", "最近购买靠前，频次最后"),
    ("new", Action::BRAND_AND_CARE, "R the highest, F the lowest", "最近购买最前，频次最后，对店铺还不了解"),
    ("potential_loyalist", Action::POINTS_AND_COUPONS, "R high; a reward raises F", "最近购买靠前，用奖励养成习惯"),
    (
        "champions",
        Action::PERSONAL_SERVICE,
        "R the highest, F among the highest",
        "最近购买与频次排名最前，最优质的客户",
    ),
];

const TIER: [Line; 4] = [
    ("ordinary", Action::DISCOUNT, "lowest tier by revenue; won by price", "累计消费排名处于最低等级，以价格吸引"),
    (
        "senior",
        Action::POINTS_AND_COUPONS,
        "second tier by revenue; points lead to the next",
        "累计消费排名处于第二等级，以更高积分激励升级",
    ),
    ("vip", Action::GIFT, "third tier by revenue; a gift says thanks", "累计消费排名处于第三等级，以礼品答谢"),
    ("supreme", Action::PERSONAL_SERVICE, "highest tier by revenue", "累计消费排名处于最高等级"),
];

const CHURN_RISK: [Line; 4] = [
    ("in_cycle", Action::WAIT, "the next purchase is not expected yet", "尚未到回购期"),
    ("due", Action::CYCLE_REMINDER, "the next purchase is expected now", "已到回购期"),
    ("overdue", Action::DISCOUNT, "the next purchase is late", "已超过回购期"),
    ("churn_inclined", Action::WIN_BACK_OFFER, "has missed several cycles", "已错过多个周期"),
];

const SPEND_BAND: [Line; 5] = [
    ("under_200", Action::DISCOUNT, "buys by price", "看重价格"),
    ("200_300", Action::DISCOUNT, "buys by price", "看重价格"),
    ("300_500", Action::GIFT, "looks for value rather than the lowest price", "看重性价比"),
    ("500_800", Action::GIFT, "looks for value rather than the lowest price", "看重性价比"),
    ("from_800", Action::BRAND, "buys for the brand; a lower price would cheapen it", "看重品牌，降价反而有损形象"),
];
