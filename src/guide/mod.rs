#![doc = include_str!("index.md")]

#[doc = include_str!("webhook.md")]
pub mod webhook {}

#[doc = include_str!("export.md")]
pub mod export {}

#[doc = include_str!("trust.md")]
pub mod trust {}

#[doc = include_str!("thresholds.md")]
pub mod thresholds {}

#[doc = include_str!("names.md")]
pub mod names {}

#[doc = include_str!("storing.md")]
pub mod storing {}

#[doc = include_str!("report.md")]
pub mod report {}

#[doc = include_str!("limits.md")]
pub mod limits {}

#[doc = include_str!("glossary.md")]
pub mod glossary {}
