//! Repurchase (复购): from the orders a shop already has to who comes back and who they are.

pub mod error;
pub mod history;
pub mod measure;
pub mod record;
pub mod scale;
pub mod segment;

pub use chrono;
pub use rust_decimal;

pub use error::{Error, Result};
pub use history::{CustomerHistory, Ledger, PurchaseLog};
pub use record::{Order, ShopCalendar, Window};
pub use scale::Ratio;
