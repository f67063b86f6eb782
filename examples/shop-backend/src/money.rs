//! Money as the database holds it: whole minor units of one currency.

use std::str::FromStr;

use repurchase::rust_decimal::Decimal;

/// The decimals of the shop's currency: 2 for most, 0 for yen, 3 for dinars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency {
    decimals: u32,
}

impl Currency {
    /// The largest amount of one order, in minor units: a million of them still sum to an `i64`.
    pub(crate) const LARGEST: i64 = 1_000_000_000_000;

    pub(crate) const fn decimals(self) -> u32 {
        self.decimals
    }

    /// Exactly; `None` for more decimals than the currency has, and for what an `i64` does not hold.
    pub(crate) fn minor(self, amount: Decimal) -> Option<i64> {
        let mut amount = amount.normalize();
        if amount.scale() > self.decimals {
            return None;
        }
        amount.rescale(self.decimals);
        // A rescale that does not fit 96 bits leaves the scale as it was.
        (amount.scale() == self.decimals).then(|| amount.mantissa().try_into().ok()).flatten()
    }

    pub(crate) fn decimal(self, minor: i64) -> Decimal {
        Decimal::new(minor, self.decimals)
    }

    /// With all the currency's decimals, also of nothing.
    pub(crate) fn text(self, amount: Decimal) -> String {
        self.minor(amount).map_or(amount, |minor| self.decimal(minor)).to_string()
    }

    /// A number such as `19.90`, with no more decimals than the currency has.
    pub(crate) fn parse(self, text: &str) -> Option<i64> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.len() <= 20 && part.bytes().all(|byte| byte.is_ascii_digit());
        let amount = (digits(whole) && digits(fraction)).then(|| Decimal::from_str_exact(text).ok()).flatten()?;
        self.minor(amount).filter(|minor| (0..=Self::LARGEST).contains(minor))
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self { decimals: 2 }
    }
}

impl FromStr for Currency {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let decimals = text.parse().map_err(|_| ())?;
        if decimals <= 4 { Ok(Self { decimals }) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact_or_refused() {
        let cents = Currency::default();
        assert_eq!(cents.parse("19.90"), Some(1990));
        assert_eq!(cents.parse("19.900"), Some(1990));
        assert_eq!(cents.parse("0"), Some(0));
        assert_eq!(cents.parse("10000000000"), Some(Currency::LARGEST));
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0.001", "10000000000.01", "NaN", "1 ", "٣"] {
            assert_eq!(cents.parse(text), None, "{text:?}");
        }
        assert_eq!(cents.decimal(1990).to_string(), "19.90");
        assert_eq!((cents.text(Decimal::ZERO), cents.text(Decimal::TEN)), ("0.00".to_owned(), "10.00".to_owned()));
        assert_eq!("0".parse::<Currency>().map(|yen| yen.parse("19.90")), Ok(None));
        assert!("5".parse::<Currency>().is_err());
    }
}
