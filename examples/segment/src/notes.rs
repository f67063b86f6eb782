//! What a careful person would ask before believing the numbers: the reader's notes, the library's, and the models'.

use chrono::NaiveDate;
use order_files::Orders;
use repurchase::measure::{self, NoteCode};
use repurchase::scale::Language;
use repurchase::shop::{EstimateStatus, ShopModels};
use repurchase::{Ledger, PurchaseLog};
use serde_json::{Value, json};

use crate::read;

/// One note: what it counts, of how many, and the sentence in English and in Chinese.
#[derive(Debug, Clone)]
pub struct Note {
    pub code: String,
    pub count: u64,
    pub of: u64,
    pub examples: Vec<String>,
    pub english: String,
    pub chinese: String,
}

impl Note {
    pub fn sentence(&self, language: Language) -> &str {
        if language == Language::Chinese { &self.chinese } else { &self.english }
    }

    /// As `summary.json` has it.
    pub fn json(&self) -> Value {
        json!({ "code": self.code, "count": self.count, "of": self.of, "examples": self.examples })
    }

    /// A note of the library.
    pub fn of_library(note: &measure::Note) -> Self {
        Self {
            code: note.code.key().to_owned(),
            count: note.count,
            of: note.of,
            examples: note.examples.iter().map(|example| (**example).to_owned()).collect(),
            english: note.describe(Language::English),
            chinese: note.describe(Language::Chinese),
        }
    }
}

/// The notes on a file, and those of the library on its log.
pub fn of_orders(orders: &Orders, mut found: Vec<measure::Note>, ledger: &Ledger<String>) -> Vec<Note> {
    let mut notes: Vec<Note> = orders.notes().iter().map(of_reader).collect();
    // Numbers are never alike, ids may be.
    found.extend(measure::ids_alike(ledger.ids()));
    found.sort_by_key(|note| note.code);
    for mut note in found {
        if notes.iter().any(|known| known.code == note.code.key()) {
            continue;
        }
        // The log knows customers by number.
        if matches!(note.code, NoteCode::OneIdDominates | NoteCode::CreditedAboveHalf) {
            for example in &mut note.examples {
                if let Ok(number) = example.parse() {
                    *example = read::name(orders, number).into();
                }
            }
        }
        notes.push(Note::of_library(&note));
    }
    notes
}

/// The library's notes on a log by the customers' own ids, behind what is noted of it already.
pub fn of_log(mut notes: Vec<Note>, log: &PurchaseLog<String>, as_of: NaiveDate) -> Vec<Note> {
    let found = measure::notes(log, as_of).into_iter();
    let new = found.filter(|note| notes.iter().all(|known| known.code != note.code.key())).collect::<Vec<_>>();
    notes.extend(new.iter().map(Note::of_library));
    notes
}

/// A note of the reader on a file.
pub fn of_reader(note: &order_files::Note) -> Note {
    Note {
        code: note.code.key().to_owned(),
        count: note.count,
        of: note.of,
        examples: note.examples.clone(),
        english: note.sentence(Language::English),
        chinese: note.sentence(Language::Chinese),
    }
}

/// The notes on the models of a shop of `all` customers; of `without` of them a model of spend says nothing.
pub fn of_models(models: Option<&ShopModels>, all: u64, without: u64) -> Vec<Note> {
    let Some(models) = models else { return Vec::new() };
    let note = |code: &str, count, english: String, chinese: String| Note {
        code: code.to_owned(),
        count,
        of: all,
        examples: Vec::new(),
        english,
        chinese,
    };
    let mut notes = Vec::new();
    let status = models.purchases().status();
    let because = if let EstimateStatus::Instead { because, .. } = status { because } else { status };
    let sees_nobody_leave = matches!(because, EstimateStatus::NoMaximum { .. } | EstimateStatus::NotIdentified { .. });
    if *status == EstimateStatus::NothingObserved {
        notes.push(note(
            "too_short",
            all,
            format!("Nothing can be forecast: all customers ({all}) bought for the first time on the as-of day."),
            format!("全部 {all} 位客户都在统计截止日首次购买，无法预测。"),
        ));
    } else if *status == EstimateStatus::NoRepeats {
        notes.push(note(
            "too_short",
            all,
            format!("Nothing can be forecast: all customers ({all}) have one purchase day only."),
            format!("无法预测：全部 {all} 位客户都只有一个购买日。"),
        ));
    } else if sees_nobody_leave {
        notes.push(note(
            "dropout_not_identified",
            models.purchases().customers(),
            "The orders do not tell when customers leave for good: no probability of it is given.".to_owned(),
            "从这些订单看不出客户何时流失，因此不给出客户的流失概率。".to_owned(),
        ));
    }
    if without > 0 {
        notes.push(note(
            "no_mean_spend",
            without,
            format!(
                "Customers left out of the revenue expected, as by the fitted model of spend theirs has no mean: {without} of \
                 {all}."
            ),
            format!("{all} 位客户中有 {without} 位无法预测客单价（拟合的消费模型对他们没有均值），预期收入不含他们。"),
        ));
    }
    let ranks = [Language::English, Language::Chinese].map(|language| models.note(language));
    if let [Some(english), Some(chinese)] = ranks {
        // A sentence of its own.
        let english = english.replacen("the scores", "The scores", 1) + ".";
        notes.push(note("few_customers", models.customers(), english, chinese + "。"));
    }
    notes
}
