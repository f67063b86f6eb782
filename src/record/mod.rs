//! Facts that a shop already has, and the calendar by which it counts them.
//!
//! | question | type |
//! |---|---|
//! | what did a customer order, what was given back? | [`Order`], [`Credit`], [`Record`] |
//! | the same as columns, from a database or a data frame? | [`RecordColumns`] |
//! | on which day of the shop did it happen? | [`ShopCalendar`] |
//! | which days are counted? | [`Window`], [`Windows`], [`Period`] |

pub mod calendar;
pub mod columns;
pub mod order;
pub mod window;

pub use calendar::ShopCalendar;
pub use columns::RecordColumns;
pub use order::{Credit, CustomerId, Order, OrderStatus, Record};
pub use window::{Period, Window, Windows};
