//! The findings in words.

use super::checks::RhythmCheck;
use super::diagnosis::Finding;
use super::estimate::EstimateStatus;
use crate::predict::{Difference, ModelKind, Returns, Total, percent};
use crate::scale::Language;
use crate::scale::words::{count, phrase};

/// The least gain of a correction, which must exceed two standard errors, too, to show a season: two points of a
/// hundred.
const SEASON: f64 = 0.02;

impl Finding {
    /// The sentence.
    pub fn describe(&self, language: Language) -> String {
        match self {
            Self::Unchecked => {
                phrase!(language, "The forecasts were not checked on the shop's past.", "预测未用本店历史数据检验。")
            }
            Self::Windows { windows, horizon_days, first_day } => {
                let first = first_day.map(|day| day.to_string()).unwrap_or_default();
                phrase!(
                    language,
                    "The past since {first} holds {windows} complete windows of {horizon_days} days to check forecasts on.",
                    "{first} 以来的历史数据有 {windows} 个完整的 {horizon_days} 天窗口可供检验预测。"
                )
            }
            Self::TooShort { windows, horizon_days, from } => {
                let known = count(&windows.to_string(), "complete window");
                let from = from.map(|day| day.to_string()).unwrap_or_default();
                phrase!(
                    language,
                    "The past holds {known} of {horizon_days} days; how far off a total may be can be said from three on, on \
                     {from} at the earliest.",
                    "历史数据只有 {windows} 个完整的 {horizon_days} 天窗口；满三个（最早 {from}）才能给出总量的误差区间。"
                )
            }
            Self::DropoutIdentified { dropout } | Self::DropoutNotIdentified { dropout } => {
                sentence(&dropout.describe(language), language)
            }
            Self::Model { kind, status, gain } => of_model(*kind, status, *gain, language),
            Self::Rhythm { check, is_used } => of_rhythm(*check, *is_used, language),
            Self::Regularity { regularity, customers } => {
                let (shares, known) = (regularity.describe(language), count(&customers.to_string(), "customer"));
                let words = phrase!(
                    language,
                    "{shares}, by the gaps of {known} of three purchase days or more",
                    "{shares}（依据 {customers} 位至少有三个购买日的客户）"
                );
                sentence(&words, language)
            }
            Self::Errors { windows, mean, lowest, highest, revenue } => {
                let past = count(&windows.to_string(), "forecast");
                let [mean, lowest, highest] = [mean, lowest, highest].map(|error| libm::exp(*error));
                let revenue = revenue.map(libm::exp);
                let of_revenue = revenue.map_or_else(String::new, |revenue| {
                    phrase!(language, ", and revenue by {revenue:.2}", "，成交金额为 {revenue:.2} 倍")
                });
                phrase!(
                    language,
                    "Over the last {past}, {lowest:.2} to {highest:.2} times the purchase days that were forecast came: on \
                     average they were off by a factor of {mean:.2}{of_revenue}.",
                    "最近 {windows} 次预测中，实际购买天数为预测的 {lowest:.2} 至 {highest:.2} 倍，平均偏离 {mean:.2} 倍{of_revenue}。"
                )
            }
            Self::BetterRule { total, rule, error, windows } => {
                let words = rule.describe(*error, *windows, language);
                let of = match total {
                    Total::Purchases => phrase!(language, "of purchase days", "购买天数"),
                    Total::Buyers => phrase!(language, "of buyers", "购买人数"),
                    Total::Revenue => phrase!(language, "of revenue", "成交金额"),
                };
                sentence(&phrase!(language, "{of}, {words}", "{of}：{words}"), language)
            }
            Self::Season { windows, plain, corrected, evenly, gain, covers_a_year } => {
                let past = count(&windows.to_string(), "window");
                let [plain_off, corrected_off, even_off] = [plain, corrected, evenly].map(|error| percent(*error));
                let helps = gain.mean >= SEASON && gain.exceeds(2.0);
                let verdict = match (*covers_a_year, helps, language) {
                    (false, _, Language::English) => "too few to tell a season",
                    (false, _, Language::Chinese) => "窗口太少，尚不能判断季节性",
                    (true, true, Language::English) => "a season shows",
                    (true, true, Language::Chinese) => "看得出季节性",
                    (true, false, Language::English) => "no season shows",
                    (true, false, Language::Chinese) => "看不出季节性",
                };
                phrase!(
                    language,
                    "In {past} with another one a year earlier, half of that one's error takes the forecast's from {plain_off} \
                     to {corrected_off}, and half of the mean error of all the others to {even_off}: {verdict}.",
                    "有 {windows} 个窗口可与一年前对照：计入其误差的一半后，预测误差由 {plain_off} 变为 {corrected_off}，\
                     计入其余窗口平均误差的一半则为 {even_off}，{verdict}。"
                )
            }
            Self::NoSeason { from: Some(from) } => phrase!(
                language,
                "A season cannot be told yet: no window has another one a year earlier before {from}.",
                "尚看不出季节性：最早 {from} 才有可与一年前对照的窗口。"
            ),
            Self::NoSeason { from: None } => phrase!(
                language,
                "A season cannot be told: no window of this horizon lies a year after another.",
                "看不出季节性：这一预测天数没有恰好相隔一年的窗口。"
            ),
            Self::Returns { returns } => of_returns(returns, language),
            Self::NoMeanSpend { customers, of } => phrase!(
                language,
                "The spend of {customers} of {of} customers has no mean: their value is not known, and the shop's revenue not \
                 forecast.",
                "{of} 位客户中有 {customers} 位的客单价没有均值：无法预测其价值，也无法预测全店成交金额。"
            ),
        }
    }
}

fn of_model(kind: Option<ModelKind>, status: &EstimateStatus, gain: Option<Difference>, language: Language) -> String {
    let why = status.describe(language);
    let Some(kind) = kind else {
        return phrase!(language, "No model forecasts: {why}.", "没有可用的预测模型：{why}。");
    };
    let model = kind.label().name(language);
    let gain = gain.and_then(|gain| Some((gain.mean, gain.standard_error?)));
    let gain = gain.map_or_else(String::new, |(mean, error)| {
        let (than, than_in_chinese) = match mean {
            _ if mean.abs() <= error => ("as well as", "与 NBD 相当"),
            0.0.. => ("better than", "优于 NBD"),
            _ => ("worse than", "不如 NBD"),
        };
        phrase!(
            language,
            "; in the windows of the past it forecast {than} NBD, which would see nobody leave (log score per customer \
             {mean:+.4}, standard error {error:.4})",
            "；在历史窗口中预测{than_in_chinese}（后者假定无人流失；每位客户的对数得分 {mean:+.4}，标准误 {error:.4}）"
        )
    });
    phrase!(language, "{model} forecasts: {why}{gain}.", "由 {model} 预测：{why}{gain}。")
}

fn of_rhythm(check: RhythmCheck, is_used: bool, language: Language) -> String {
    let [rhythm, over] = [ModelKind::MbgCnbd, check.over].map(|kind| kind.label().name(language));
    let (mean, error) = (check.gain.mean, check.gain.standard_error.unwrap_or_default());
    let verdict = match (check.is_preferred(), is_used) {
        (true, true) => phrase!(language, "it is used", "因此采用"),
        (true, false) => phrase!(
            language,
            "it would be used, but its fit to all orders does not tell who leaves",
            "本应采用，但用全部订单拟合时看不出谁会流失"
        ),
        (false, _) => phrase!(language, "it is not used", "因此不采用"),
    };
    phrase!(
        language,
        "In the windows of the past {rhythm}, which knows rhythms, differed from {over} by {mean:+.4} in log score per customer, \
         standard error {error:.4}; it needs two of them: {verdict}.",
        "在历史窗口中，考虑回购规律的 {rhythm} 每位客户的对数得分与 {over} 相差 {mean:+.4}（标准误 {error:.4}，须超过其两倍），{verdict}。"
    )
}

fn of_returns(returns: &Returns, language: Language) -> String {
    let words = returns.describe(language).unwrap_or_default();
    let (rho, mean) = (returns.in_force().rho(), returns.gain.mean);
    let counted = if rho > 0.0 {
        phrase!(
            language,
            "forecasts count it, at {rho:.3} of their own pace, a gain in log score of {mean:.4}",
            "预测已计入：按其自身频率的 {rho:.3} 倍，对数得分提高 {mean:.4}"
        )
    } else {
        phrase!(
            language,
            "forecasts do not count it: the gain in log score is below two standard errors",
            "预测未计入：对数得分的提高不足两个标准误"
        )
    };
    sentence(&phrase!(language, "{words}; {counted}", "{words}；{counted}"), language)
}

fn sentence(words: &str, language: Language) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let rest = letters.as_str();
    phrase!(language, "{first}{rest}.", "{first}{rest}。")
}
