#![doc = include_str!("index.md")]
#![doc = ""]
#![doc = include_str!("glossary.md")]

/// The way from orders as they come to labels: one by one, and as a file. 订单怎样进来。
///
#[doc = include_str!("webhook.md")]
#[doc = ""]
#[doc = include_str!("export.md")]
pub mod orders {}

/// The numbers that the library has, their thresholds, and what each cannot tell. 口径、阈值、局限。
///
#[doc = include_str!("names.md")]
#[doc = ""]
#[doc = include_str!("thresholds.md")]
#[doc = ""]
#[doc = include_str!("limits.md")]
pub mod numbers {}

/// Whether a forecast can be believed. 预测可信吗。
///
#[doc = include_str!("trust.md")]
pub mod forecasts {}

/// Storing, upgrades, many machines, and the report on the desk. 存储、升级、看报告。
///
#[doc = include_str!("storing.md")]
#[doc = ""]
#[doc = include_str!("report.md")]
pub mod running {}
