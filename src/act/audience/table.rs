//! Many customers' profiles, column by column.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::field::{Activity, Amount, Figure, LabelField};
use super::profile::{Fact, Money, Profile};
use crate::error::{Error, Result};
use crate::number::money;

/// What is known of many customers, column by column: what [`Audience::matches_each`](super::Audience::matches_each) is
/// asked of.
///
/// A table owns what it holds, and answers as the profiles that it was made of. It takes a fraction of their memory:
/// whole numbers, labels and texts take a byte or two each, and of activities and tags there is a list of customers for
/// each. To make it costs about as much as four rules of ten conditions asked of each profile by
/// [`Audience::matches`](super::Audience::matches): it is for those who ask more rules than that of the same customers.
///
/// # Examples
///
/// ```
/// use repurchase::act::audience::{Audience, Figure, Profile, ProfileTable, Rule, Schema, Test};
///
/// let customers = [("ann", 3.0), ("bo", 1.0), ("cy", 2.0)];
/// let profiles = customers.map(|(_, purchases)| Profile::default().with(Figure::Purchases, purchases));
/// let table = ProfileTable::of(profiles)?;
/// let repeat = Audience::compile(Rule::new(Figure::Purchases, Test::at_least(2))?, &Schema::default())?;
/// let matches = repeat.matches_each(&table);
/// let ids: Vec<_> = matches.positions().map(|position| customers[position].0).collect();
/// assert_eq!((matches.count(), ids), (2, vec!["ann", "cy"]));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ProfileTable {
    len: usize,
    figures: [Numbers; Figure::ALL.len()],
    amounts: [Amounts; Amount::ALL.len()],
    labels: [Texts; LabelField::ALL.len()],
    /// For each category, who and how many days ago, ascending by customer.
    activities: [Lists<(u32, u32)>; Activity::ALL.len()],
    activities_known: Bits,
    /// As numbers and as texts: which of the two they are, a schema says.
    attributes: Vec<(Numbers, Texts)>,
    /// For each tag, who has it, ascending.
    tags: Lists<u32>,
    tags_known: Bits,
}

/// NaN is unknown, infinity absent; so is what is missing at the end unknown.
#[derive(Debug, Clone)]
pub(super) enum Numbers {
    Wide(Vec<f64>),
    /// Where all of them are also 32-bit numbers.
    Narrow(Vec<f32>),
    /// Where all of them are whole, not below 0, and below the number of customers, as counts and days mostly are: the
    /// number of each is the number itself and [`WHOLE`]. There are numbers below `end`.
    Whole {
        codes: Codes,
        end: u32,
    },
}

#[derive(Debug, Clone)]
pub(super) enum Amounts {
    Exact(Vec<Money>),
    /// In units of the scale: whole numbers that binary64 holds exactly.
    Minor {
        units: Numbers,
        scale: u32,
    },
}

/// A number for each text: [`UNKNOWN`], [`ABSENT`], or one above them.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    numbers: HashMap<Box<str>, u32, FixedState>,
    pub(super) codes: Codes,
}

pub(super) const UNKNOWN: u32 = 0;
pub(super) const ABSENT: u32 = 1;
pub(super) const WHOLE: u32 = 2;

/// In as few bytes as all of them need.
#[derive(Debug, Clone)]
pub(super) enum Codes {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

#[derive(Debug, Clone)]
pub(super) struct Lists<T>(HashMap<String, Vec<T>, FixedState>);

/// So that a number for each customer's text, and the two others, are of 32 bits.
const MOST: u32 = u32::MAX - 2;

/// One for each customer, from the lowest bit of the first word on.
pub(super) type Bits = Vec<u64>;

impl ProfileTable {
    /// The table of profiles, in their order.
    ///
    /// # Errors
    ///
    /// None but [`Error::CountOverflow`], beyond 2³² - 3 customers.
    ///
    /// # Complexity
    ///
    /// Linear in profiles, activities, attributes and tags.
    pub fn of<'p>(profiles: impl IntoIterator<Item = Profile<'p>>) -> Result<Self> {
        let mut table = Self::default();
        for profile in profiles {
            table.push(&profile)?;
        }
        let texts = table.attributes.iter_mut().map(|(_, texts)| texts).chain(&mut table.labels);
        texts.for_each(|texts| texts.codes.narrow());
        table.amounts.iter_mut().for_each(Amounts::narrow);
        let numbers = table.attributes.iter_mut().map(|(numbers, _)| numbers).chain(&mut table.figures);
        numbers.for_each(Numbers::narrow);
        Ok(table)
    }

    /// How many customers.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no customer.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn push(&mut self, profile: &Profile<'_>) -> Result<()> {
        let place = self.len;
        let row = u32::try_from(place).ok().filter(|&row| row < MOST);
        let row = row.ok_or(Error::CountOverflow { field: "number of customers" })?;
        for (column, figure) in self.figures.iter_mut().zip(Figure::ALL) {
            column.set(place, profile.figure(figure));
        }
        for (column, amount) in self.amounts.iter_mut().zip(Amount::ALL) {
            column.set(place, profile.amount(amount));
        }
        for (column, label) in self.labels.iter_mut().zip(LabelField::ALL) {
            column.set(place, profile.label(label));
        }
        for (at, &fact) in profile.attributes().iter().enumerate() {
            if self.attributes.len() == at {
                self.attributes.push(<(Numbers, Texts)>::default());
            }
            let Some((numbers, texts)) = self.attributes.get_mut(at) else { continue };
            match fact {
                Fact::Absent | Fact::Text("") => {
                    numbers.set(place, f64::INFINITY);
                    texts.set(place, Some(""));
                }
                Fact::Number(number) if number.is_finite() => numbers.set(place, number),
                Fact::Text(text) => texts.set(place, Some(text)),
                _ => {}
            }
        }
        if let Some(activities) = profile.activities() {
            set(&mut self.activities_known, place);
            for last in activities {
                self.activities[last.activity as usize].of(last.category).push((row, last.days_ago));
            }
        }
        if let Some(tags) = profile.tags() {
            set(&mut self.tags_known, place);
            for tag in tags {
                self.tags.of(tag).push(row);
            }
        }
        self.len += 1;
        Ok(())
    }

    pub(super) fn figure(&self, figure: Figure) -> &Numbers {
        &self.figures[figure as usize]
    }

    pub(super) fn amount(&self, amount: Amount) -> &Amounts {
        &self.amounts[amount as usize]
    }

    pub(super) fn label(&self, label: LabelField) -> &Texts {
        &self.labels[label as usize]
    }

    pub(super) fn attribute(&self, place: usize) -> Option<&(Numbers, Texts)> {
        self.attributes.get(place)
    }

    /// For each category that is asked for, who and when; and of whom it is known.
    pub(super) fn activities(&self, activity: Activity, category: Option<&str>) -> (Vec<&[(u32, u32)]>, &Bits) {
        let Lists(lists) = &self.activities[activity as usize];
        let asked = match category {
            Some(category) => lists.get(category).into_iter().map(Vec::as_slice).collect(),
            None => lists.values().map(Vec::as_slice).collect(),
        };
        (asked, &self.activities_known)
    }

    /// Who has a tag, and of whom it is known.
    pub(super) fn tag(&self, tag: &str) -> (&[u32], &Bits) {
        (self.tags.0.get(tag).map_or(&[], Vec::as_slice), &self.tags_known)
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Wide(Vec::new())
    }
}

impl Numbers {
    /// NaN is not stored until something follows it.
    fn set(&mut self, place: usize, number: f64) {
        if let (Self::Wide(numbers), false) = (self, number.is_nan()) {
            numbers.resize(place, f64::NAN);
            numbers.push(number);
        }
    }

    fn narrow(&mut self) {
        let Self::Wide(numbers) = self else { return };
        let whole = |&number: &f64| {
            let whole = number as u32;
            match number {
                _ if number.is_nan() => Some(UNKNOWN),
                f64::INFINITY => Some(ABSENT),
                _ if (whole as usize) < numbers.len() && f64::from(whole).to_bits() == number.to_bits() => {
                    Some(whole + WHOLE)
                }
                _ => None,
            }
        };
        if let Some(whole) = numbers.iter().map(whole).collect::<Option<Vec<u32>>>() {
            let end = whole.iter().max().map_or(0, |&largest| largest + 1);
            let mut codes = Codes::Four(whole);
            codes.narrow();
            *self = Self::Whole { codes, end };
            return;
        }
        let narrow = |&number: &f64| {
            let narrow = number as f32;
            (number.is_nan() || f64::from(narrow).to_bits() == number.to_bits()).then_some(narrow)
        };
        match numbers.iter().map(narrow).collect::<Option<Vec<f32>>>() {
            Some(narrow) => *self = Self::Narrow(narrow),
            None => numbers.shrink_to_fit(),
        }
    }
}

impl Default for Amounts {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

/// Whole numbers up to here are exact in binary64, and no larger one is rounded to any of them.
pub(super) const LARGEST: i128 = (1 << 53) - 1;

impl Amounts {
    fn set(&mut self, place: usize, money: Money) {
        if let (Self::Exact(amounts), false) = (self, money == Money::Unknown) {
            amounts.resize(place, Money::Unknown);
            amounts.push(money);
        }
    }

    /// In whole units of the finest scale, where all fit.
    fn narrow(&mut self) {
        let Self::Exact(amounts) = self else { return };
        let known =
            amounts.iter().filter_map(|money| if let Money::Known(amount) = money { Some(amount) } else { None });
        let scale = known.map(|amount| amount.normalize().scale()).max().unwrap_or(0);
        let unit = |money: &Money| match money {
            Money::Unknown => Some(f64::NAN),
            Money::Absent => Some(f64::INFINITY),
            Money::Known(amount) => whole(amount.normalize(), scale),
        };
        if let Some(units) = amounts.iter().map(unit).collect() {
            let mut units = Numbers::Wide(units);
            units.narrow();
            *self = Self::Minor { units, scale };
        }
    }
}

fn whole(amount: Decimal, scale: u32) -> Option<f64> {
    let minor = money::minor(amount, scale).filter(|minor| minor.unsigned_abs() <= LARGEST.unsigned_abs())?;
    // Exact, as it is no larger.
    #[allow(clippy::cast_precision_loss)]
    Some(minor as f64)
}

impl Texts {
    fn set(&mut self, place: usize, text: Option<&str>) {
        let code = match text {
            None => return,
            Some("") => ABSENT,
            Some(text) => self.code(text),
        };
        if let Codes::Four(codes) = &mut self.codes {
            codes.resize(place, UNKNOWN);
            codes.push(code);
        }
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.numbers.get(text) {
            return code;
        }
        // There are at most as many texts as customers.
        let code = self.numbers.len() as u32 + WHOLE;
        self.numbers.insert(text.into(), code);
        code
    }

    /// Each number and its text, in no order; `None` is unknown, the empty text absent.
    pub(super) fn dictionary(&self) -> impl Iterator<Item = (u32, Option<&str>)> {
        let own = self.numbers.iter().map(|(text, &code)| (code, Some(&**text)));
        [(UNKNOWN, None), (ABSENT, Some(""))].into_iter().chain(own)
    }
}

impl Default for Codes {
    fn default() -> Self {
        Self::Four(Vec::new())
    }
}

impl Codes {
    fn narrow(&mut self) {
        let Self::Four(codes) = self else { return };
        let all = || codes.iter().copied();
        if let Some(one) = all().map(|code| code.try_into().ok()).collect() {
            *self = Self::One(one);
        } else if let Some(two) = all().map(|code| code.try_into().ok()).collect() {
            *self = Self::Two(two);
        }
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<T> Lists<T> {
    fn of(&mut self, name: &str) -> &mut Vec<T> {
        // A name is copied once only.
        self.0.entry_ref(name).or_default()
    }
}

fn set(bits: &mut Bits, place: usize) {
    bits.resize(place / 64 + 1, 0);
    if let Some(word) = bits.last_mut() {
        *word |= 1 << (place % 64);
    }
}
