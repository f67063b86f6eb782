//! Profiles of many customers, column by column.

mod codes;
mod columns;
mod rows;
mod summaries;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::number::exact_sum;
use crate::scale::{Confidence, Label};
use crate::segment::LabelKind;

pub(crate) use self::codes::{ABSENT, Codes, UNKNOWN, WHOLE};
pub(super) use self::codes::{ABSENT as ABSENT_CODE, UNKNOWN as UNKNOWN_CODE, WHOLE as FIRST_CODE};
pub(crate) use self::columns::{Amounts, Bits, LARGEST, Labels, Numbers, Texts};
pub(super) use self::rows::Rows;

use self::columns::{Lists, set_bit};
use super::activity::{Activity, Attribute, LastActivity};
use super::figure::{Amount, Figure};
use super::models::ShopModels;
use super::outlook::Outlook;
use super::profile::{Profile, Slot, absent_label};

/// The profiles of many customers, column by column: what
/// [`Audience::matches_all`](crate::act::audience::Audience::matches_all) is asked of.
///
/// [`ShopModels::profile_all`](super::ShopModels::profile_all) makes it of a ledger, in the ledger's order. It owns what
/// it holds, takes a fraction of the profiles' memory (whole numbers, labels and texts take a byte or two each), and
/// answers as they do.
///
/// # Examples
///
/// ```
/// use repurchase::act::audience::{Audience, Rule, Schema, Test};
/// use repurchase::shop::{Figure, Profile, Profiles};
///
/// let customers = [("ann", 3.0), ("bo", 1.0), ("cy", 2.0)];
/// let profiles = Profiles::of(customers.map(|(_, purchases)| Profile::default().with(Figure::Purchases, purchases)))?;
/// assert_eq!(profiles.get(2).and_then(|cy| cy.figure(Figure::Purchases)), Some(2.0));
///
/// let repeat = Audience::compile(Rule::new(Figure::Purchases, Test::at_least(2))?, &Schema::default())?;
/// let selection = repeat.matches_all(&profiles);
/// let ids: Vec<_> = selection.positions().map(|position| customers[position].0).collect();
/// assert_eq!((selection.selected().to_string(), ids), ("2 of 3 (66.67%)".to_owned(), vec!["ann", "cy"]));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    len: usize,
    figures: [Numbers; Figure::ALL.len()],
    amounts: [Amounts; Amount::ALL.len()],
    labels: [Labels; LabelKind::ALL.len()],
    /// The customers and days of each category, ascending by customer.
    activities: [Lists<(u32, u32)>; Activity::ALL.len()],
    activities_known: Bits,
    /// The attributes as numbers and as texts: which of the two they are, a schema says.
    attributes: Vec<(Numbers, Texts)>,
    /// The customers who have each tag, ascending.
    tags: Lists<u32>,
    tags_known: Bits,
    complete: Complete,
    /// The day of the ledger that they are of.
    as_of: Option<NaiveDate>,
}

/// The columns of which nobody is unknown.
#[derive(Debug, Clone, Default)]
struct Complete {
    figures: [bool; Figure::ALL.len()],
    amounts: [bool; Amount::ALL.len()],
    labels: [bool; LabelKind::ALL.len()],
    /// The attributes as numbers and as texts.
    attributes: Vec<[bool; 2]>,
    activities: bool,
    tags: bool,
}

/// The most customers, so that a number for each customer's text, and the two others, are of 32 bits.
const MOST: u32 = u32::MAX - 2;

impl Profiles {
    /// The profiles of customers, in the order of the input. Takes time linear in profiles, activities, attributes and
    /// tags.
    ///
    /// # Errors
    ///
    /// Fails only with [`Error::CountOverflow`], beyond 2³² - 3 customers.
    pub fn of<'p>(profiles: impl IntoIterator<Item = Profile<'p>>) -> Result<Self> {
        let (mut table, mut names) = (Self::default(), Names::default());
        for profile in profiles {
            table.push(&profile, &mut names)?;
        }
        for (column, names) in table.labels.iter_mut().zip(names.0) {
            column.known = names.into_iter().cloned().collect();
            column.codes.narrow();
        }
        table.amounts.iter_mut().for_each(Amounts::narrow);
        table.figures.iter_mut().for_each(Numbers::narrow);
        table.narrow_attributes();
        Ok(table.counted())
    }

    /// The columns of the shop's own figures, amounts and labels.
    pub(super) fn of_columns(
        len: usize,
        figures: [Numbers; Figure::ALL.len()],
        amounts: [Amounts; Amount::ALL.len()],
        labels: [Labels; LabelKind::ALL.len()],
    ) -> Self {
        Self { len, figures, amounts, labels, ..Self::default() }.counted()
    }

    pub(super) fn with_day(self, day: NaiveDate) -> Self {
        Self { as_of: Some(day), ..self }
    }

    /// Sets each customer's attributes, in the order of the customers and of the schema.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnLength`] unless there are attributes for each customer.
    pub fn with_attributes<'t, A: IntoIterator<Item = Attribute<'t>>>(
        mut self,
        rows: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        self.attributes.clear();
        let mut found = 0;
        for (row, attributes) in rows.into_iter().enumerate() {
            self.push_attributes(row, attributes);
            found = row + 1;
        }
        self.narrow_attributes();
        self.of_length("attributes", found)
    }

    /// Sets each customer's tags, in the order of the customers.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnLength`] unless there are tags, or an empty list of them, for each customer.
    pub fn with_tags<'t, T: IntoIterator<Item = &'t str>>(mut self, rows: impl IntoIterator<Item = T>) -> Result<Self> {
        (self.tags, self.tags_known) = (Lists::default(), Bits::new());
        let mut found = 0;
        for (row, tags) in rows.into_iter().enumerate().take(MOST as usize) {
            self.push_tags(row, tags);
            found = row + 1;
        }
        self.of_length("tags", found)
    }

    /// Sets each customer's last activities, in the order of the customers, such as
    /// [`Activities::get`](crate::act::audience::Activities::get) of each id of a ledger.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnLength`] unless there are activities, or an empty list of them, for each customer.
    pub fn with_activities<'t>(mut self, rows: impl IntoIterator<Item = &'t [LastActivity<'t>]>) -> Result<Self> {
        (self.activities, self.activities_known) = Default::default();
        let mut found = 0;
        for (row, activities) in rows.into_iter().enumerate().take(MOST as usize) {
            self.push_activities(row, activities);
            found = row + 1;
        }
        self.of_length("activities", found)
    }

    /// The number of customers.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no customer.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The figures, amounts and labels of the customer at a position; attributes, tags and activities are the caller's
    /// to add. `None` beyond the end.
    pub fn get(&self, position: usize) -> Option<Profile<'_>> {
        if position >= self.len {
            return None;
        }
        let mut profile = Profile::default();
        for (figure, column) in Figure::ALL.into_iter().zip(&self.figures) {
            profile.figures[figure as usize] = column.get(position);
        }
        for (amount, column) in Amount::ALL.into_iter().zip(&self.amounts) {
            profile.amounts[amount as usize] = column.get(position);
        }
        for (kind, column) in LabelKind::ALL.into_iter().zip(&self.labels) {
            profile.labels[kind as usize] = match column.get(position) {
                Slot::Unknown => None,
                Slot::Absent => Some(absent_label()),
                Slot::Known(label) => Some(label),
            };
        }
        Some(profile)
    }

    /// Each customer's [profile](Profiles::get), in their order.
    pub fn iter(&self) -> impl Iterator<Item = Profile<'_>> + '_ {
        (0..self.len).filter_map(|position| self.get(position))
    }

    /// A figure of each customer, in their order; `None` where it is absent or unknown.
    pub fn figures(&self, figure: Figure) -> impl Iterator<Item = Option<f64>> + '_ {
        (0..self.len).map(move |position| self.number(figure, position))
    }

    /// The sum of a figure over the customers of whom it is known, correctly rounded; 0 of none.
    pub fn total(&self, figure: Figure) -> f64 {
        exact_sum(self.figures(figure).flatten())
    }

    /// The totals of the next days of these customers, by the models that their profiles are of. `None` where the
    /// shop has no model of purchases.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for profiles of a ledger of another day than the models': their past forecasts are of that
    /// day.
    ///
    /// # Complexity
    ///
    /// Linear in customers.
    ///
    /// # Examples
    ///
    /// As for [`ShopModels::fit_log`].
    pub fn outlook(&self, models: &ShopModels, confidence: Confidence) -> Result<Option<Outlook>> {
        models.of_day(self.as_of.unwrap_or(models.as_of))?;
        let without = self.figures(Figure::ExpectedValue).filter(Option::is_none).count() as u64;
        let totals = [Figure::ExpectedPurchases, Figure::ProbabilityBuys, Figure::ExpectedValue];
        Ok(models.outlook_of(self.len as u64, totals.map(|figure| self.total(figure)), without, confidence))
    }

    /// The label of a kind of each customer, in their order; `None` where it is absent or unknown.
    pub fn labels(&self, kind: LabelKind) -> impl Iterator<Item = Option<&Label>> + '_ {
        let column = &self.labels[kind as usize];
        (0..self.len).map(move |position| column.known.get(column.position_at(position)?))
    }

    fn push<'p>(&mut self, profile: &Profile<'p>, names: &mut Names<'p>) -> Result<()> {
        let row = self.len;
        if row >= MOST as usize {
            return Err(Error::CountOverflow { field: "number of customers" });
        }
        for (column, figure) in self.figures.iter_mut().zip(Figure::ALL) {
            column.set(row, profile.figures[figure as usize]);
        }
        for (column, amount) in self.amounts.iter_mut().zip(Amount::ALL) {
            column.set(row, profile.amounts[amount as usize]);
        }
        for ((column, names), kind) in self.labels.iter_mut().zip(&mut names.0).zip(LabelKind::ALL) {
            if let Some(label) = profile.labels[kind as usize] {
                column.codes.set(row, Names::code(names, label));
            }
        }
        self.push_attributes(row, profile.attributes.iter().copied());
        if let Some(activities) = profile.activities {
            self.push_activities(row, activities);
        }
        if let Some(tags) = profile.tags {
            self.push_tags(row, tags.iter().copied());
        }
        self.len += 1;
        Ok(())
    }

    fn push_attributes<'t>(&mut self, row: usize, attributes: impl IntoIterator<Item = Attribute<'t>>) {
        for (at, attribute) in attributes.into_iter().enumerate() {
            if self.attributes.len() == at {
                self.attributes.push(<(Numbers, Texts)>::default());
            }
            let Some((numbers, texts)) = self.attributes.get_mut(at) else { continue };
            match attribute {
                Attribute::Absent | Attribute::Text("") => {
                    numbers.set(row, f64::INFINITY);
                    texts.set(row, Some(""));
                }
                Attribute::Number(number) if number.is_finite() => numbers.set(row, number),
                Attribute::Text(text) => texts.set(row, Some(text)),
                Attribute::Number(_) | Attribute::Unknown => {}
            }
        }
    }

    // There are fewer than 2^32 rows.
    fn push_activities(&mut self, row: usize, activities: &[LastActivity<'_>]) {
        set_bit(&mut self.activities_known, row);
        for last in activities {
            self.activities[last.activity as usize].of(last.category).push((row as u32, last.days_ago));
        }
    }

    fn push_tags<'t>(&mut self, row: usize, tags: impl IntoIterator<Item = &'t str>) {
        set_bit(&mut self.tags_known, row);
        tags.into_iter().for_each(|tag| self.tags.of(tag).push(row as u32));
    }

    fn narrow_attributes(&mut self) {
        for (numbers, texts) in &mut self.attributes {
            numbers.narrow();
            texts.codes.narrow();
        }
    }

    fn of_length(self, column: &'static str, found: usize) -> Result<Self> {
        if found == self.len {
            Ok(self.counted())
        } else {
            Err(Error::ColumnLength { column, found, expected: self.len })
        }
    }

    fn counted(mut self) -> Self {
        let len = self.len;
        let all = |known: &Bits| known.iter().map(|word| word.count_ones() as usize).sum::<usize>() == len;
        self.complete = Complete {
            figures: self.figures.each_ref().map(|column| column.is_complete(len)),
            amounts: self.amounts.each_ref().map(|column| column.is_complete(len)),
            labels: self.labels.each_ref().map(|column| column.codes.is_complete(len)),
            attributes: (self.attributes.iter())
                .map(|(numbers, texts)| [numbers.is_complete(len), texts.codes.is_complete(len)])
                .collect(),
            activities: all(&self.activities_known),
            tags: all(&self.tags_known),
        };
        self
    }

    /// A figure of the customer at a position; `None` where it is absent or unknown.
    pub(super) fn number(&self, figure: Figure, position: usize) -> Option<f64> {
        Some(self.figures[figure as usize].get(position)).filter(|number| number.is_finite())
    }

    /// The column of a figure, and whether nobody's is unknown.
    pub(crate) fn figure(&self, figure: Figure) -> (&Numbers, bool) {
        (&self.figures[figure as usize], self.complete.figures[figure as usize])
    }

    pub(crate) fn amount(&self, amount: Amount) -> (&Amounts, bool) {
        (&self.amounts[amount as usize], self.complete.amounts[amount as usize])
    }

    pub(crate) fn label(&self, kind: LabelKind) -> (&Labels, bool) {
        (&self.labels[kind as usize], self.complete.labels[kind as usize])
    }

    /// The attribute as numbers and as texts.
    pub(crate) fn attribute(&self, position: usize) -> Option<(&(Numbers, Texts), [bool; 2])> {
        self.attributes.get(position).zip(self.complete.attributes.get(position).copied())
    }

    /// Returns the customers and days of each category that is asked for, and of whom it is known.
    pub(crate) fn activities(&self, activity: Activity, category: Option<&str>) -> (Vec<&[(u32, u32)]>, &Bits, bool) {
        let lists = &self.activities[activity as usize];
        let asked = match category {
            Some(category) => lists.get(category).into_iter().collect(),
            None => lists.all().collect(),
        };
        (asked, &self.activities_known, self.complete.activities)
    }

    /// Returns who has a tag, and of whom it is known.
    pub(crate) fn tag(&self, tag: &str) -> (&[u32], &Bits, bool) {
        (self.tags.get(tag).unwrap_or_default(), &self.tags_known, self.complete.tags)
    }
}

/// The labels of each kind that were seen.
#[derive(Default)]
struct Names<'p>([Vec<&'p Label>; LabelKind::ALL.len()]);

impl<'p> Names<'p> {
    fn code(names: &mut Vec<&'p Label>, label: &'p Label) -> u32 {
        if label.key().is_empty() {
            return ABSENT;
        }
        // Most often it is the very same label; there are few of a kind.
        let same = names.iter().position(|&name| core::ptr::eq(name, label));
        let position = same.or_else(|| names.iter().position(|&name| name.key() == label.key()));
        position.unwrap_or_else(|| {
            names.push(label);
            names.len() - 1
        }) as u32
            + WHOLE
    }
}
