//! A customer's next purchases: a category that is new to the customer, and the day on which a known product is due.

mod category;
mod counts;
mod due;
mod due_fit;
mod merged;
#[cfg(feature = "serde")]
mod stored;
mod trial;

pub use category::{NextCategories, NextCategoryOptions, Suggestion};
pub use due::{Due, DueDay, DueModel, DueOptions, ProductDue};
pub use trial::{NextCategoryTrial, RankingScore};
