//! Which segment responded to a campaign.

use std::collections::BTreeMap;

use repurchase::act::campaign::{EffectMeasure, SegmentEffectRow, SegmentEffects, Verdict, outcomes_by};
use repurchase::record::Window;
use repurchase::scale::{Confidence, Language};
use repurchase::segment::LabelKind;
use repurchase::{Error, PurchaseLog};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::campaign::Member;
use crate::extract::pick;

/// The groups segment by segment, by the segment that each customer had when the campaign was made: of two ids of one
/// person that of the first by id. With 95%, all intervals of a list hold together.
#[derive(Serialize, ToSchema)]
pub(super) struct BySegment {
    /// Of which segment did more of the treated buy? A segment of which a group is empty is left out.
    conversion: Vec<SegmentView>,
    /// Of which did the treated bring more, each?
    revenue: Vec<SegmentView>,
    /// Why nothing can be told of any segment; null where something can.
    cannot_tell: Option<String>,
}

/// The treated of a segment against those held back of it; the segment of the highest `shrunk` comes first.
#[derive(Serialize, ToSchema)]
struct SegmentView {
    #[schema(example = "loyal")]
    segment: String,
    #[schema(example = "Loyal")]
    name: String,
    treated_customers: Option<u64>,
    /// The share of buyers, or the revenue per customer.
    treated: Option<f64>,
    control_customers: Option<u64>,
    control: Option<f64>,
    difference: Option<f64>,
    difference_low: Option<f64>,
    difference_high: Option<f64>,
    lift: Option<f64>,
    lift_low: Option<f64>,
    lift_high: Option<f64>,
    /// Of each interval, so that all of them hold together with 95%.
    #[schema(example = 0.9898)]
    confidence: f64,
    /// `better`, `worse` or `cannot_tell`.
    #[schema(example = "better")]
    verdict: &'static str,
    /// The difference drawn towards that of all segments, the more the smaller the segment: the better guess at the
    /// effect next time.
    shrunk: Option<f64>,
    standard_error: Option<f64>,
}

/// The names of segments, by key.
pub(super) type Names = BTreeMap<String, String>;

pub(super) fn names(app: &App, language: Language) -> Names {
    let version = app.models.current();
    let labels = version.iter().flat_map(|version| version.models.labels(LabelKind::Segment));
    labels.map(|label| (label.key().to_owned(), label.name(language).to_owned())).collect()
}

impl BySegment {
    /// `None` of a campaign whose customers' segments were not kept.
    pub(super) fn of(
        log: &PurchaseLog<String>,
        window: Window,
        members: &[Member],
        names: &Names,
        language: Language,
    ) -> Result<Option<Self>, Error> {
        let mut segments: BTreeMap<&str, &str> = BTreeMap::new();
        for member in members {
            if let Some(segment) = &member.segment {
                segments.entry(&member.customer_id).or_insert(segment);
            }
        }
        if segments.is_empty() {
            return Ok(None);
        }
        let of = |id: &String| segments.get(id.as_str()).copied();
        let known = members.iter().filter(|member| of(&member.customer_id).is_some());
        let groups = known.map(|member| (member.customer_id.clone(), member.group));
        let outcomes = outcomes_by(log, window, groups, |id| of(id).unwrap_or_default())?;
        let list = |measure| {
            let effects = SegmentEffects::of(&outcomes, measure, Confidence::default());
            effects.rows().map(|row| SegmentView::new(&row, names)).collect::<Vec<_>>()
        };
        let [conversion, revenue] = [EffectMeasure::Conversion, EffectMeasure::Revenue].map(list);
        let cannot_tell = cannot_tell(&conversion, &revenue, language);
        Ok(Some(Self { conversion, revenue, cannot_tell }))
    }
}

fn cannot_tell(conversion: &[SegmentView], revenue: &[SegmentView], language: Language) -> Option<String> {
    let open = Verdict::CannotTell.label().key();
    if conversion.iter().chain(revenue).any(|segment| segment.verdict != open) {
        return None;
    }
    if conversion.is_empty() {
        let english = "No segment has customers of both groups: there is nothing to compare.";
        return Some(pick(language, english, "没有一个客户分群同时包含两组客户：无从比较。").to_owned());
    }
    let compared = conversion.len();
    let english = format!(
        "Which segment responded cannot be told so far: in none of the {compared} compared is the difference more than chance \
         explains."
    );
    let chinese = format!("目前无法判断哪个客户分群有响应：比较了 {compared} 个分群，差异均未超出随机波动。");
    Some(pick(language, english, chinese))
}

impl SegmentView {
    fn new(row: &SegmentEffectRow<&&str>, names: &Names) -> Self {
        let segment = (**row.segment).to_owned();
        Self {
            name: names.get(&segment).unwrap_or(&segment).clone(),
            segment,
            treated_customers: row.treated_customers,
            treated: row.treated,
            control_customers: row.control_customers,
            control: row.control,
            difference: row.difference,
            difference_low: row.difference_low,
            difference_high: row.difference_high,
            lift: row.lift,
            lift_low: row.lift_low,
            lift_high: row.lift_high,
            confidence: row.confidence,
            verdict: row.verdict.label().key(),
            shrunk: row.shrunk,
            standard_error: row.standard_error,
        }
    }
}
