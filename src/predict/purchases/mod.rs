//! Models of the number of a customer's purchases, and of whether the customer is still there.

mod any_model;
mod beta_geometric;
mod bg_nbd;
mod cnbd;
pub(in crate::predict) mod counts;
mod mbg_nbd;
pub(in crate::predict) mod model;
mod nbd;
mod pareto_nbd;
pub(in crate::predict) mod purchasing;
mod regularity;
pub(in crate::predict) mod revival;
mod rhythm;
mod while_alive;

pub use any_model::{AnyModel, ModelKind};
pub use bg_nbd::{BgNbd, BgNbdParams};
pub use cnbd::{BgCnbd, CnbdParams, MbgCnbd};
pub use counts::NextPurchase;
pub use mbg_nbd::{MbgNbd, MbgNbdParams};
pub use model::PurchaseModel;
pub use nbd::{Nbd, NbdParams};
pub use pareto_nbd::{ParetoNbd, ParetoNbdParams};
pub use regularity::Regularity;
pub use revival::{Revival, RevivingModel};
