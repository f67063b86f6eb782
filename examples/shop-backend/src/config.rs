//! What the environment says: where the database is, who may ask, how the shop counts days and money.

use std::env;
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use repurchase::ShopCalendar;
use repurchase_segment::order_files::Zone;

use crate::auth::Tokens;
use crate::money::Currency;
use crate::serve::Deadlines;

/// The sample's last day, which is the shop's today while it is a demonstration.
const SAMPLE_TODAY: &str = "1998-06-30";

#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) database_url: String,
    /// Whether nobody has said which database.
    pub(crate) is_demonstration: bool,
    /// Whether an empty shop starts with the CDNOW sample.
    pub(crate) sample: bool,
    pub(crate) tokens: Tokens,
    pub(crate) clock: Clock,
    pub(crate) currency: Currency,
    /// For expected purchases and value.
    pub(crate) horizon_days: u32,
    /// The shop's time of day at which models are fitted.
    pub(crate) fit_at: NaiveTime,
    /// After how long a fit that failed is tried again.
    pub(crate) fit_retry: Duration,
    pub(crate) deadlines: Deadlines,
    /// For people, on the page.
    pub(crate) shop_name: Option<String>,
    /// Such as EUR.
    pub(crate) currency_code: Option<String>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {name}: found {found:?}, expected {expected}")]
pub(crate) struct ConfigError {
    name: &'static str,
    found: String,
    expected: String,
}

impl Config {
    pub(crate) fn from_environment() -> Result<Self, ConfigError> {
        let database_url = env::var("DATABASE_URL").ok();
        let sample = parsed("SAMPLE", "true or false")?.unwrap_or(database_url.is_none());
        let listen: SocketAddr =
            parsed("LISTEN", "an address and port such as 127.0.0.1:3000")?.unwrap_or(([127, 0, 0, 1], 3000).into());
        let tokens = Tokens::new(token("READ_TOKEN")?, token("WRITE_TOKEN")?);
        if tokens.reads_are_open() && !listen.ip().is_loopback() {
            let expected = format!("a token, since {listen} can be reached from other machines");
            return Err(ConfigError { name: "READ_TOKEN", found: String::new(), expected });
        }
        let zone = parsed("SHOP_TIME_ZONE", "a zone such as Asia/Shanghai, or an offset such as +08:00")?;
        let fixed_today = match parsed("SHOP_TODAY", "a day such as 2026-03-31, or no such variable")? {
            None if sample => SAMPLE_TODAY.parse().ok(),
            today => today,
        };
        let horizon_days = within("HORIZON_DAYS", "days", 1..=3650, 90)?;
        let seconds = |name, most, default| {
            within(name, "seconds", 1..=most, default).map(|seconds| Duration::from_secs(seconds.into()))
        };
        let deadlines =
            Deadlines { headers: seconds("HEADER_TIMEOUT", 600, 10)?, shutdown: seconds("SHUTDOWN_TIMEOUT", 600, 25)? };
        let shop_name = text("SHOP_NAME", "1 to 100 characters", |text| (1..=100).contains(&text.chars().count()))?;
        let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        let currency_code = text("CURRENCY", "a code of ISO 4217, such as EUR", is_code)?;
        Ok(Self {
            listen,
            fit_retry: seconds("FIT_RETRY", 86_400, 300)?,
            deadlines,
            shop_name,
            currency_code,
            is_demonstration: database_url.is_none(),
            database_url: database_url.unwrap_or_else(|| "sqlite:shop.db?mode=rwc".to_owned()),
            sample,
            tokens,
            clock: Clock { calendar: ShopCalendar::new(zone.unwrap_or_else(|| Utc.fix().into())), fixed_today },
            currency: parsed("CURRENCY_DECIMALS", "a number from 0 to 4")?.unwrap_or_default(),
            horizon_days,
            fit_at: parsed("FIT_AT", "a time of day such as 03:00")?
                .unwrap_or(NaiveTime::MIN + chrono::Duration::hours(3)),
        })
    }
}

fn parsed<T: FromStr>(name: &'static str, expected: &str) -> Result<Option<T>, ConfigError> {
    let Ok(found) = env::var(name) else { return Ok(None) };
    match found.parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(ConfigError { name, found, expected: expected.to_owned() }),
    }
}

/// A whole number of so many units.
fn within(name: &'static str, unit: &str, range: RangeInclusive<u32>, default: u32) -> Result<u32, ConfigError> {
    let expected = format!("a number of {unit} from {} to {}", range.start(), range.end());
    let number = parsed(name, &expected)?.unwrap_or(default);
    if range.contains(&number) { Ok(number) } else { Err(ConfigError { name, found: number.to_string(), expected }) }
}

fn text(name: &'static str, expected: &str, is_good: impl Fn(&str) -> bool) -> Result<Option<String>, ConfigError> {
    match env::var(name).ok() {
        Some(found) if !is_good(&found) => Err(ConfigError { name, found, expected: expected.to_owned() }),
        text => Ok(text),
    }
}

/// A token that can be guessed is none; what was found is not repeated.
fn token(name: &'static str) -> Result<Option<String>, ConfigError> {
    const LEAST: usize = 16;
    match env::var(name).ok() {
        Some(token) if token.len() < LEAST || !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            let expected = format!("at least {LEAST} visible ASCII characters, such as `openssl rand -hex 16` prints");
            Err(ConfigError { name, found: "(not shown)".to_owned(), expected })
        }
        token => Ok(token),
    }
}

/// The shop's days, and which of them is today.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    pub(crate) calendar: ShopCalendar<Zone>,
    /// A shop of the past has its own today.
    fixed_today: Option<NaiveDate>,
}

impl Clock {
    pub(crate) fn today(&self) -> NaiveDate {
        self.fixed_today.unwrap_or_else(|| Utc::now().with_timezone(self.calendar.zone()).date_naive())
    }

    /// Whether a moment has come; in a shop of the past, all of today has.
    pub(crate) fn has_come(&self, at: DateTime<Utc>) -> bool {
        let (today, day) = (self.today(), self.calendar.day(at));
        day.is_ok_and(|day| day < today || day == today && (self.is_fixed() || at <= Utc::now()))
    }

    pub(crate) fn is_fixed(&self) -> bool {
        self.fixed_today.is_some()
    }

    /// The name of the shop's time zone.
    pub(crate) fn zone(&self) -> String {
        self.calendar.zone().to_string()
    }
}

impl Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}", self.today(), self.calendar.zone())
    }
}

use chrono::Offset;
