//! The targets, one file each.

mod book;
mod campaign;
mod fits;
mod points;
mod reader;
mod records;
mod rules;
mod shop;
mod stored;

pub use book::book;
pub use campaign::campaign;
pub use fits::fits;
pub use points::points;
pub use reader::reader;
pub use records::records;
pub use rules::rules;
pub use shop::shop;
pub use stored::stored;
