//! Visitors: who came and has not bought, by how likely a first purchase is.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use repurchase::predict::{VisitorFit, VisitorModel, VisitorOptions, VisitorSample, visitors};
use repurchase::scale::Language;
use repurchase::{Error, PurchaseLog, ShopCalendar};
use repurchase_segment::order_files::Zone;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::extract::pick;
use crate::kept;
use crate::problem::Problem;
use crate::store::Visit;

/// What came of a fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Fitted(Box<VisitorFit>),
    Refused(Refusal),
}

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refusal {
    /// Nobody came, or not for long enough.
    NothingObserved,
    /// Nobody bought, or everybody.
    NoMaximum,
    NotConverged,
}

/// How visitors are modelled: the library's own options.
pub(crate) fn options() -> VisitorOptions {
    VisitorOptions::default()
}

/// The first day of which it is kept what was done: a fit looks at some spans of the past, and back from the first of
/// them; there is one span more, so that the first one has been watched from before its first day.
pub(crate) fn first_kept_day(today: NaiveDate) -> NaiveDate {
    let VisitorOptions { lookback_days, horizon_days, spans, .. } = options();
    let days = u64::from(lookback_days) + u64::from(horizon_days) * (u64::from(spans) + 1);
    today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

impl Outcome {
    /// What cannot be fitted is no fault of the server: it is said.
    pub(crate) fn of(
        log: &PurchaseLog<String>,
        visits: &[Visit],
        calendar: &ShopCalendar<Zone>,
        as_of: NaiveDate,
    ) -> repurchase::Result<Self> {
        match VisitorModel::fit(log, visits, calendar, as_of, &options()) {
            Ok(fit) => Ok(Self::Fitted(Box::new(fit))),
            Err(Error::NothingObserved { .. }) => Ok(Self::Refused(Refusal::NothingObserved)),
            Err(Error::NoMaximum { .. }) => Ok(Self::Refused(Refusal::NoMaximum)),
            Err(Error::NotConverged { .. }) => Ok(Self::Refused(Refusal::NotConverged)),
            Err(error) => Err(error),
        }
    }

    /// What is to be thought of the ranking, or why there is none, in a sentence without its full stop.
    pub(crate) fn verdict(&self, language: Language) -> String {
        let VisitorOptions { lookback_days, horizon_days, .. } = options();
        match self {
            Self::Fitted(fit) => fit.check.map_or_else(|| not_checked(language), |check| check.explain(language)),
            Self::Refused(Refusal::NothingObserved) => pick(
                language,
                format!(
                    "there is no model of visitors yet: what visitors do must be known for {lookback_days} days, and whether \
                     they buy in the {horizon_days} days after, and some must have come"
                ),
                format!(
                    "尚无访客模型：访客行为须连续已知 {lookback_days} 天，其后再观察 {horizon_days} 天是否下单，且期间须有访客"
                ),
            ),
            Self::Refused(Refusal::NoMaximum) => pick(
                language,
                "there is no model of visitors: of those who came, nobody bought in the days after, or everybody did",
                "没有访客模型：过去的访客在其后的时段里无人下单，或全部下单",
            )
            .to_owned(),
            Self::Refused(Refusal::NotConverged) => {
                pick(language, "there is no model of visitors: its fit came to no end", "没有访客模型：拟合未收敛")
                    .to_owned()
            }
        }
    }
}

fn not_checked(language: Language) -> String {
    let (english, chinese) = (
        "whether the model beats the rule of a cart in the last 7 days cannot be told yet: before the last span of days there \
         is none in which some visitors bought and others did not, or nobody came in the last one",
        "尚不能判断模型是否优于“近 7 天加购”这一经验法则：最后一个时段之前没有既有访客下单、又有访客未下单的时段，或最后一个时段没有访客",
    );
    pick(language, english, chinese).to_owned()
}

/// Who came and has not bought.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) customer_id: String,
    /// Of a first purchase within the model's days.
    pub(crate) probability: f64,
    pub(crate) last_visit: NaiveDate,
    pub(crate) days_since_cart: Option<u32>,
}

/// The visitors of a day, by the model of the last fit.
#[derive(Debug)]
pub(crate) struct Visitors {
    pub(crate) as_of: NaiveDate,
    /// The day as of which the model was fitted, and what came of that; `None` before the first fit.
    pub(crate) fitted: Option<(NaiveDate, Outcome)>,
    /// How many there are, also where no model ranks them.
    pub(crate) number: usize,
    /// Ascending by id; none without a model.
    pub(crate) all: Vec<Visitor>,
}

impl Visitors {
    /// All of them, ascending by id; `None` where no model ranks them.
    pub(crate) fn ranked(self) -> Option<Vec<Visitor>> {
        matches!(self.fitted, Some((_, Outcome::Fitted(_)))).then_some(self.all)
    }

    /// As of today, and all that is stored.
    pub(crate) async fn now(app: &App) -> Result<Self, Problem> {
        let (as_of, fitted) = (app.config.clock.today(), app.store.visitor_fit().await?);
        let model = match &fitted {
            Some((_, Outcome::Fitted(fit))) => Some(fit.model),
            _ => None,
        };
        let lookback = model.map_or(options().lookback_days, |model| model.lookback_days());
        let from = as_of.checked_sub_days(Days::new(u64::from(lookback) - 1)).unwrap_or(NaiveDate::MIN);
        let visits = app.store.visits_without_purchase(from, as_of).await?;
        let calendar = app.store.calendar().clone();
        kept::made(move || {
            // Nobody of them has bought.
            let nobody: [repurchase::Order<String>; 0] = [];
            let log = PurchaseLog::from_records(nobody, &calendar)?;
            let mut last: BTreeMap<&str, _> = BTreeMap::new();
            for visit in &visits {
                let latest = last.entry(visit.customer().as_str()).or_insert(visit.at());
                *latest = visit.at().max(*latest);
            }
            let seen = visitors(&log, &visits, &calendar, as_of, lookback)?;
            let number = seen.len();
            let visitor = |model: VisitorModel, (id, sample): (&String, VisitorSample)| {
                let last_visit = calendar.day(last.get(id.as_str()).copied().unwrap_or_default())?;
                let (probability, days_since_cart) = (model.probability(&sample), sample.days_since_cart);
                Ok(Visitor { customer_id: id.clone(), probability, last_visit, days_since_cart })
            };
            let ranked = |model| seen.into_iter().map(|seen| visitor(model, seen)).collect::<Result<_, Error>>();
            let all = model.map(ranked).transpose()?.unwrap_or_default();
            Ok::<_, Error>(Self { as_of, fitted, number, all })
        })
        .await
    }
}
