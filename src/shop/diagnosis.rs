//! Findings of the shop's own data about its forecasts.

use chrono::NaiveDate;

use super::checks::RhythmCheck;
use super::estimate::EstimateStatus;
use super::models::ShopModels;
use super::outlook::Outlook;
use crate::number::weight;
use crate::predict::{
    BetterRule, Difference, Identification, Latent, ModelKind, Regularity, Returns, Total, TrackRecord, TrackWindow,
    mean_size, percent,
};
use crate::scale::Language;
use crate::scale::words::{count, phrase};

/// One sentence about a shop's forecasts, with the numbers behind it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "code", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Finding {
    /// The forecasts were not checked: the shop was fitted without its log, or with a given model.
    Unchecked,
    /// The length of the past to check them on.
    Windows {
        /// The complete windows.
        windows: u32,
        /// The length of each, in days.
        horizon_days: u32,
        /// The first purchase day of all.
        first_day: Option<NaiveDate>,
    },
    /// There are fewer than the three complete windows that an interval needs.
    TooShort {
        /// The complete windows.
        windows: u32,
        /// The length of each, in days.
        horizon_days: u32,
        /// The day up to which the log must reach to hold three; `None` without a purchase.
        from: Option<NaiveDate>,
    },
    /// Customers can be seen to leave.
    DropoutIdentified {
        /// The numbers that show it.
        dropout: Identification,
    },
    /// Nobody can be seen to leave: P(alive) says nothing.
    DropoutNotIdentified {
        /// The numbers that show it.
        dropout: Identification,
    },
    /// The model that forecasts, and why.
    Model {
        /// The model; `None` where there is none.
        kind: Option<ModelKind>,
        /// The origin of the model.
        status: EstimateStatus,
        /// Its log score per customer less that of NBD over the windows of the past; `None` for NBD itself.
        gain: Option<Difference>,
    },
    /// The gain of a model that knows rhythms on the shop's past.
    Rhythm {
        /// The model compared with, the gain, and whether it is preferred.
        check: RhythmCheck,
        /// Whether it forecasts: where it is preferred, and its fit to all orders tells who leaves.
        is_used: bool,
    },
    /// The regularity of customers.
    Regularity {
        /// The shares of customers by their rhythm.
        regularity: Regularity,
        /// The customers of two known gaps or more, who tell it.
        customers: u64,
    },
    /// The errors of the last forecasts of the shop's purchase days and revenue.
    Errors {
        /// The windows.
        windows: u32,
        /// The mean of `|ln(actual / forecast)|`.
        mean: f64,
        /// The smallest of `ln(actual / forecast)`.
        lowest: f64,
        /// The largest.
        highest: f64,
        /// The mean of `|ln(actual / forecast)|` of revenue; `None` where no window has one.
        revenue: Option<f64>,
    },
    /// A rule of thumb was nearer.
    BetterRule {
        /// To which total.
        total: Total,
        /// The rule.
        rule: BetterRule,
        /// The forecasts' mean of `|ln(actual / forecast)|`.
        error: f64,
        /// The windows.
        windows: u32,
    },
    /// Whether last year's error helps this year's forecast.
    Season {
        /// The windows that have one a year earlier.
        windows: u32,
        /// The mean of `|ln(actual / forecast)|` in them, without the correction.
        plain: f64,
        /// The mean with the correction.
        corrected: f64,
        /// The mean with half of the mean error of the other windows instead, as helps a forecast that is always too high.
        evenly: f64,
        /// The gain of the correction in a window over the better one of the two others: the mean of the differences.
        gain: Difference,
        /// Whether these windows cover a year, less than which tells no season.
        covers_a_year: bool,
    },
    /// A season cannot be told: no window has another one a year earlier.
    NoSeason {
        /// The day up to which the log must reach for the first such window; `None` where the horizon fits no year.
        from: Option<NaiveDate>,
    },
    /// The customers whom the model took for gone.
    Returns {
        /// The number who came back, and whether that is counted.
        returns: Returns,
    },
    /// The spend of some customers has no mean.
    NoMeanSpend {
        /// The number of these customers.
        customers: u64,
        /// All customers.
        of: u64,
    },
}

impl ShopModels {
    /// Returns the findings about the shop's forecasts, at most ten sentences: how much past there is, whether anybody
    /// can be seen to leave, which model forecasts and why, how regularly customers come, how far off forecasts were,
    /// whether a rule of thumb was nearer, whether there is a season, who comes back, and, with an outlook, whose spend
    /// has no mean.
    pub fn diagnosis(&self, outlook: Option<&Outlook>) -> Vec<Finding> {
        let (estimate, track) = (&self.purchases, self.track());
        let mut findings = vec![track.map_or(Finding::Unchecked, |track| {
            let (windows, horizon_days) = (track.windows.len() as u32, track.horizon_days);
            match track.no_interval_yet() {
                Some(from) => Finding::TooShort { windows, horizon_days, from },
                None => Finding::Windows { windows, horizon_days, first_day: track.first_day },
            }
        })];
        let dropout = estimate.identifications().iter().find(|one| one.of != Latent::PurchaseRate);
        // That nobody can be seen to leave may be why another model forecasts, and is then said with it.
        let is_reason = matches!(estimate.status(), EstimateStatus::Instead { because, .. }
            if matches!(**because, EstimateStatus::NotIdentified { .. }));
        findings.extend(dropout.filter(|_| !is_reason).map(|&dropout| {
            let is_identified = dropout.is_identified();
            if is_identified {
                Finding::DropoutIdentified { dropout }
            } else {
                Finding::DropoutNotIdentified { dropout }
            }
        }));
        let kind = estimate.model().map(|model| model.kind());
        let gain = self.checks.as_ref().zip(kind.filter(|kind| *kind != ModelKind::Nbd && track.is_some()));
        let gain = gain.and_then(|(checks, kind)| checks.gain(kind));
        findings.push(Finding::Model { kind, status: estimate.status().clone(), gain });
        findings.extend(self.checks.iter().flat_map(|checks| {
            let is_used = kind == Some(ModelKind::MbgCnbd);
            let rhythm = checks.rhythm().map(|&check| Finding::Rhythm { check, is_used });
            let regularity = checks.regularity.map(|(of_some, customers)| {
                // Of a model with rhythms, its own.
                let regularity = estimate.model().and_then(|model| model.regularity()).unwrap_or(of_some);
                Finding::Regularity { regularity, customers }
            });
            rhythm.into_iter().chain(regularity)
        }));
        findings.extend(track.into_iter().flat_map(|track| of_track(track, outlook)));
        let without = outlook.filter(|outlook| outlook.without_mean_spend > 0 && self.spend.model().is_some());
        findings.extend(
            without
                .map(|outlook| Finding::NoMeanSpend { customers: outlook.without_mean_spend, of: outlook.customers }),
        );
        findings
    }
}

fn of_track(track: &TrackRecord, outlook: Option<&Outlook>) -> Vec<Finding> {
    let (errors, mut findings) = (track.errors(Total::Purchases), Vec::new());
    if let Some(mean) = mean_size(&errors) {
        let windows = errors.len() as u32;
        let [lowest, highest] = [f64::min, f64::max].map(|of| errors.iter().copied().reduce(of).unwrap_or(0.0));
        let revenue = mean_size(&track.errors(Total::Revenue));
        findings.push(Finding::Errors { windows, mean, lowest, highest, revenue });
    }
    let totals = outlook
        .map(|outlook| [(Total::Purchases, Some(&outlook.purchases)), (Total::Revenue, outlook.revenue.as_ref())]);
    findings.extend(totals.into_iter().flatten().filter_map(|(total, forecast)| {
        let forecast = forecast?;
        Some(Finding::BetterRule {
            total,
            rule: forecast.beaten_by?,
            error: forecast.error?,
            windows: forecast.windows,
        })
    }));
    findings.push(of_season(track).unwrap_or_else(|| Finding::NoSeason { from: track.day_of_season() }));
    findings
        .extend(track.record.returns.filter(|returns| returns.silent > 0).map(|returns| Finding::Returns { returns }));
    findings
}

/// Whether last year's error helps more than an error that all windows share; `None` without a window one year earlier.
fn of_season(track: &TrackRecord) -> Option<Finding> {
    let error = |window: &TrackWindow| Some(libm::log(window.purchases?.ratio()?));
    let all: Vec<_> = track.windows.iter().filter_map(error).collect();
    let (sum, others) = (all.iter().sum::<f64>(), f64::max(weight::count(all.len() as u64) - 1.0, 1.0));
    let rows = track.windows.iter().filter_map(|window| {
        let (plain, year_ago) = (error(window)?, track.year_ago(Total::Purchases, window.split)?);
        Some([plain, plain - libm::log(year_ago.factor), plain - 0.5 * (sum - plain) / others])
    });
    let rows: Vec<_> = rows.collect();
    let [plain, corrected, evenly] =
        [0, 1, 2].map(|at| mean_size(&rows.iter().map(|row: &[f64; 3]| row[at]).collect::<Vec<_>>()));
    let (plain, corrected, evenly) = (plain?, corrected?, evenly?);
    let rival = if evenly < plain { 2 } else { 0 };
    let gains: Vec<_> = rows.iter().map(|row| row[rival].abs() - row[1].abs()).collect();
    let (windows, gain) = (rows.len() as u32, Difference::of_values(&gains));
    Some(Finding::Season { windows, plain, corrected, evenly, gain, covers_a_year: track.covers_a_year(windows) })
}

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
