//! The total of a shop in words.

use super::nearer::BetterRule;
use super::track::{NoInterval, TotalForecast, YearAgo};
use crate::scale::Language;
use crate::scale::words::{count, phrase};

/// A difference of logarithms as a percentage: 0.1 is 11%.
pub(crate) fn percent(error: f64) -> String {
    format!("{:.0}%", 100.0 * libm::expm1(error))
}

impl NoInterval {
    /// The reason in words.
    pub fn describe(&self, language: Language) -> String {
        match (*self, language) {
            (Self::Unchecked, _) => {
                phrase!(language, "no interval: not checked on the shop's past", "没有区间：未用本店历史数据检验")
            }
            (Self::TooShort { windows, from: Some(from) }, _) => {
                let known = count(&windows.to_string(), "complete window");
                phrase!(
                    language,
                    "no interval: the past holds {known} to learn the errors from, three are needed, on {from} at the earliest",
                    "没有区间：历史数据只有 {windows} 个完整窗口可供检验误差，需要三个，最早 {from} 满足"
                )
            }
            (Self::TooShort { .. }, _) => phrase!(language, "no interval: nobody has bought", "没有区间：还没有人购买"),
            (Self::Nothing { windows, of }, _) => phrase!(
                language,
                "no interval: nothing came in {windows} of {of} past windows",
                "没有区间：{of} 个历史窗口中有 {windows} 个没有任何成交"
            ),
            (Self::NoForecast { windows, of }, _) => phrase!(
                language,
                "no interval: only {windows} of {of} past windows have a forecast, three are needed",
                "没有区间：{of} 个历史窗口中只有 {windows} 个有预测，需要三个"
            ),
            (Self::Uneven, _) => phrase!(
                language,
                "no interval: the spends of some customers have no variance",
                "没有区间：部分客户的消费金额差异过大，方差不存在"
            ),
        }
    }
}

impl YearAgo {
    /// The correction in words.
    pub fn describe(&self, language: Language) -> String {
        let Self { split, ratio, factor } = self;
        let percent = |ratio: f64| format!("{:+.0}%", 100.0 * (ratio - 1.0));
        let (came, change) = (percent(*ratio), percent(*factor));
        phrase!(
            language,
            "after {split}, one year earlier, {came} came against the forecast: half of that in logarithms, {change}, is counted",
            "一年前（{split} 之后）实际比预测 {came}：按对数取一半，即 {change}，计入预测"
        )
    }
}

impl BetterRule {
    /// The rule in words, beside the forecast's own error in `windows` windows.
    pub fn describe(&self, error: f64, windows: u32, language: Language) -> String {
        let (rule, said) = (self.rule.label().name(language), self.expected);
        let (of_rule, of_forecast) = (percent(self.error), percent(error));
        let past = count(&windows.to_string(), "past window");
        phrase!(
            language,
            "a rule of thumb was nearer: \"{rule}\" was off by {of_rule} in {past}, the forecast by {of_forecast}; it says {said:.0}",
            "简单规则更准：“{rule}”在 {windows} 个历史窗口中平均误差 {of_rule}，本预测为 {of_forecast}；该规则预计 {said:.0}"
        )
    }
}

impl TotalForecast {
    /// The number with its interval or the reason why there is none, the correction, and the rule that was nearer.
    pub fn describe(&self, decimals: usize, language: Language) -> String {
        let (forecast, windows) = (format!("{:.decimals$}", self.forecast), self.windows);
        let mut parts = vec![match (self.interval, self.no_interval) {
            (Some(interval), _) => {
                let (low, high) = (format!("{:.decimals$}", interval.low), format!("{:.decimals$}", interval.high));
                let level = 100.0 * self.confidence.level();
                phrase!(
                    language,
                    "{forecast}, from {low} to {high} ({level:.0}%, by the errors of {windows} past windows)",
                    "{forecast}，区间 {low} 至 {high}（{level:.0}%，依据 {windows} 个历史窗口的误差）"
                )
            }
            (None, Some(reason)) => {
                let reason = reason.describe(language);
                phrase!(language, "{forecast}, {reason}", "{forecast}，{reason}")
            }
            (None, None) => forecast,
        }];
        parts.extend(self.correction.map(|correction| correction.describe(language)));
        let better = self.beaten_by.zip(self.error);
        parts.extend(better.map(|(rule, error)| rule.describe(error, windows, language)));
        parts.join(match language {
            Language::English => "; ",
            Language::Chinese => "；",
        })
    }
}
