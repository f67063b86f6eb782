//! What a careful person would ask before believing the numbers, and whom to call first.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use repurchase::scale::Language;
use repurchase::shop::Finding;
use repurchase::{CustomerHistory, PurchaseLog};
use repurchase_segment::arguments::ShopArguments;
use repurchase_segment::notes::{self, Note};
use repurchase_segment::shop::Shop;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use crate::app::App;
use crate::extract::{Query, Reader, limit};
use crate::kept;
use crate::models::Version;
use crate::problem::Problem;
use crate::store::{Store, StoreError};
use crate::view::CustomerView;

/// Files whose notes are shown.
const FILES: i64 = 20;
/// Customers to call who are kept.
const CALLS: usize = 200;

/// What is asked of all orders at once.
pub(crate) struct Summary {
    as_of: NaiveDate,
    model: Option<i64>,
    notes: Vec<Note>,
    /// Of the models.
    diagnosis: Vec<Finding>,
    /// Whom to call first.
    calls: Vec<(String, CustomerHistory)>,
    /// How many there are to call.
    late: usize,
}

impl Summary {
    fn of(log: &PurchaseLog<String>, version: Option<&Version>, as_of: NaiveDate) -> repurchase::Result<Self> {
        let models = version.map(|version| version.models.clone());
        let model = version.map(|version| version.number);
        let shop = Shop::of(log.ledger(as_of)?, models, &ShopArguments::default())?;
        let shop = shop.with_notes(notes::of_log(Vec::new(), log, as_of));
        let positions = shop.profiles.calls();
        let customer = |position: &usize| {
            let id = shop.ledger.ids().get(*position)?;
            Some((id.clone(), shop.ledger.get(id)?))
        };
        let calls = positions.iter().take(CALLS).filter_map(customer).collect();
        let diagnosis = shop.models.as_ref().map(|models| models.diagnosis(shop.outlook.as_ref())).unwrap_or_default();
        Ok(Self { as_of, model, notes: shop.notes, diagnosis, calls, late: positions.len() })
    }

    async fn now(app: &Arc<App>) -> Result<Arc<Self>, Problem> {
        let shop = Arc::clone(app);
        let make = async move |version: Option<Arc<Version>>, today| {
            let log = kept::log(&shop, today).await?;
            kept::made(move || Self::of(&log, version.as_deref(), today).map(Arc::new)).await
        };
        app.summary.get(app, "", make).await
    }
}

/// The notes of the readers of the files that came in, for the page: each says of which file.
pub(super) async fn of_files(store: &Store) -> Result<Vec<Note>, StoreError> {
    let imports = store.imports(FILES).await?.into_iter();
    Ok(imports
        .flat_map(|import| {
            let file = import.file;
            import.notes.into_iter().map(move |mut note| {
                note.english = format!("{file}: {}", note.english);
                note.chinese = format!("{file}：{}", note.chinese);
                note
            })
        })
        .collect())
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Notes {
    /// The day up to which orders were looked at.
    as_of: NaiveDate,
    /// The version of the models; null while nobody has bought.
    model: Option<i64>,
    /// On all orders, then on the models.
    notes: Vec<OneNote>,
    /// How far the forecasts may be trusted, by the shop's own past, as on the page.
    diagnosis: Vec<OneFinding>,
    /// On files that came in, each as it came last.
    imports: Vec<ImportedFile>,
}

/// One question about the data: how many, of how many, some of them, and the question in words.
#[derive(Serialize, ToSchema)]
struct OneNote {
    #[schema(example = "ids_alike")]
    code: String,
    count: u64,
    of: u64,
    examples: Vec<String>,
    sentence: String,
}

impl OneNote {
    fn new(note: Note, language: Language) -> Self {
        let sentence = note.sentence(language).to_owned();
        let Note { code, count, of, examples, .. } = note;
        Self { code, count, of, examples, sentence }
    }
}

/// One sentence about the forecasts, and the numbers behind it.
#[derive(Serialize, ToSchema)]
struct OneFinding {
    #[schema(value_type = Object, example = json!({"code": "windows", "windows": 5, "horizon_days": 90, "first_day": "1997-01-01"}))]
    finding: Finding,
    sentence: String,
}

impl OneFinding {
    fn new(finding: &Finding, language: Language) -> Self {
        Self { finding: finding.clone(), sentence: finding.describe(language) }
    }
}

#[derive(Serialize, ToSchema)]
struct ImportedFile {
    #[schema(example = "orders_export.csv")]
    file: String,
    imported_at: DateTime<Utc>,
    /// Orders and credits of customers in it.
    orders: usize,
    notes: Vec<OneNote>,
}

/// What a careful person would ask before believing the numbers: of all orders, of the models and their forecasts, and of
/// the files that came in. While orders come in, an answer is kept for ten times as long as it took to make.
#[utoipa::path(get, path = "/notes", tag = "shop", responses((status = 200, body = Notes), Refusals))]
pub(crate) async fn list(State(app): State<Arc<App>>, Reader(language): Reader) -> Result<Answer<Notes>, Problem> {
    let summary = Summary::now(&app).await?;
    let one = |note| OneNote::new(note, language);
    let imports = app.store.imports(FILES).await?.into_iter().map(|import| ImportedFile {
        file: import.file,
        imported_at: import.imported_at,
        orders: import.orders,
        notes: import.notes.into_iter().map(one).collect(),
    });
    let imports = imports.collect();
    let notes = summary.notes.iter().cloned().map(one).collect();
    let diagnosis = summary.diagnosis.iter().map(|finding| OneFinding::new(finding, language)).collect();
    Ok(Answer(Notes { as_of: summary.as_of, model: summary.model, notes, diagnosis, imports }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// How many.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
}

impl Question {
    pub(super) fn limit(&self) -> Result<i64, Problem> {
        limit(self.limit.as_deref()).map_err(|fault| Problem::invalid(vec![fault]))
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Calls {
    as_of: NaiveDate,
    /// The version of the models; null while nobody has bought.
    model: Option<i64>,
    /// How many customers are late and may yet be won back.
    late: usize,
    /// Those first with whom most is at stake: the reason stands in `churn_risk` and `expected_loss`.
    calls: Vec<CustomerView>,
}

/// Whom to call first: repeat customers who have missed a cycle and may yet be won back, as on the page. While orders
/// come in, the list is kept for ten times as long as it took to make; each customer is shown as of now.
#[utoipa::path(
    get,
    path = "/calls",
    tag = "customers",
    params(Question),
    responses((status = 200, body = Calls), Refusals)
)]
pub(crate) async fn calls(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
    Reader(language): Reader,
) -> Result<Answer<Calls>, Problem> {
    let limit = question.limit()?;
    let summary = Summary::now(&app).await?;
    let version = app.models.current();
    let named = usize::try_from(limit).unwrap_or(CALLS).min(CALLS);
    let call = |(id, history): &(String, CustomerHistory)| app.view(id.clone(), history, version.as_deref(), language);
    let calls = summary.calls.iter().take(named).map(call).collect::<Result<_, Problem>>()?;
    Ok(Answer(Calls { as_of: summary.as_of, model: summary.model, late: summary.late, calls }))
}
