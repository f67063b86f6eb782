//! Each customer's last activities, made from records.

use core::borrow::Borrow;

use chrono::{NaiveDate, TimeZone};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::error::Result;
use crate::record::calendar::{Day, DayClock};
use crate::record::when::When;
use crate::record::{CustomerId, Interaction, OrderLine, OrderStatus, ShopCalendar};
use crate::shop::{Activity, LastActivity};

/// The last time that each customer did something with a product or category, as of a day: what
/// [`Profile::with_activities`](crate::shop::Profile::with_activities) takes.
///
/// An [`Interaction`] is the activity of its kind; a paid [`OrderLine`] is a [purchase](Activity::Purchase), an unpaid
/// one an [unpaid order](Activity::UnpaidOrder), a cancelled one nothing. What happened after the as-of day is left
/// out. The order of the records does not matter. Rules name a product or category by its text: for rules about
/// categories, give records of categories.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::ShopCalendar;
/// use repurchase::act::audience::{Activities, Audience, Schema, ready};
/// use repurchase::record::{Interaction, InteractionKind, OrderLine, OrderStatus};
/// use repurchase::shop::Profile;
/// use rust_decimal::Decimal;
///
/// let at = |day| Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
/// let interactions = [Interaction::new("ann", at(20), InteractionKind::View, "shoes")];
/// let line = OrderLine::new("cy", at(25), "shoes", Decimal::ONE, Decimal::TEN)?;
/// let (lines, as_of) = ([line.with_status(OrderStatus::Unpaid)], NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
/// let activities = Activities::of(&interactions, &lines, &ShopCalendar::utc(), as_of)?;
///
/// let funnel = ready::category_funnel("shoes")?;
/// for (rule, meant) in [(funnel.interested, "ann"), (funnel.ordered_unpaid, "cy"), (funnel.never_bought, "di")] {
///     let audience = Audience::compile(rule, &Schema::default())?;
///     let is_meant = |id: &&str| audience.matches(&Profile::default().with_activities(activities.get(*id)));
///     assert_eq!(["ann", "cy", "di"].into_iter().filter(is_meant).collect::<Vec<_>>(), [meant]);
/// }
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activities<'a, Id> {
    /// Ascending.
    customers: Vec<&'a Id>,
    /// The position of each customer's first activity, and the end of the last one's.
    starts: Vec<usize>,
    /// The activities by customer, then by activity, then by category.
    lasts: Vec<LastActivity<'a>>,
}

impl<'a, Id: CustomerId> Activities<'a, Id> {
    /// The last activities up to and including a day, of records in any order. Takes time linear in
    /// records, and `n log n` in customers and in the records of each customer.
    ///
    /// # Errors
    ///
    /// [`Error::Record`](crate::Error::Record) with the position of the first record whose instant has no day in the
    /// shop's calendar ([`Error::NoDay`](crate::Error::NoDay)). Positions count the interactions, and then on through
    /// the lines. Cancelled lines are not read.
    pub fn of<P: AsRef<str> + 'a, Tz: TimeZone>(
        interactions: impl IntoIterator<Item = &'a Interaction<Id, P>>,
        lines: impl IntoIterator<Item = &'a OrderLine<Id, P>>,
        calendar: &ShopCalendar<Tz>,
        as_of: NaiveDate,
    ) -> Result<Self> {
        let interactions = interactions.into_iter().map(|one| {
            let activity = Some(Activity::from(one.kind()));
            (one.customer(), When::At(one.at()), activity, one.product())
        });
        let lines = lines.into_iter().map(|line| {
            let activity = match line.status() {
                OrderStatus::Paid => Some(Activity::Purchase),
                OrderStatus::Unpaid => Some(Activity::UnpaidOrder),
                OrderStatus::Cancelled => None,
            };
            (line.customer(), line.placed_at, activity, line.product())
        });
        let (mut clock, as_of) = (DayClock::new(calendar), Day::from(as_of));
        // Any seed will do: what comes out is sorted.
        let mut numbers: HashMap<&Id, usize, _> = HashMap::with_hasher(FixedState::with_seed(0));
        let mut found = Vec::new();
        for (index, (customer, at, activity, category)) in interactions.chain(lines).enumerate() {
            let Some(activity) = activity else { continue };
            let day = clock.day_of(at).map_err(|error| error.at_record(index))?;
            if day <= as_of {
                let next = numbers.len();
                let number = *numbers.entry(customer).or_insert(next);
                let days_ago = as_of.since(day);
                found.push((number, LastActivity { activity, category: category.as_ref(), days_ago }));
            }
        }
        Ok(Self::sorted(numbers.into_iter().collect(), &found))
    }

    /// Sorts the number of each customer, and all that was found with its customer's number.
    fn sorted(mut numbered: Vec<(&'a Id, usize)>, found: &[(usize, LastActivity<'a>)]) -> Self {
        numbered.sort_unstable();
        // A counting sort by customer; of one customer there are few enough to compare.
        let mut ends = vec![0; numbered.len()];
        for &(number, _) in found {
            ends[number] += 1;
        }
        let mut end = 0;
        for &(_, number) in &numbered {
            (ends[number], end) = (end, end + ends[number]);
        }
        let mut own = found.first().map_or_else(Vec::new, |&(_, any)| vec![any; found.len()]);
        for &(number, activity) in found {
            own[ends[number]] = activity;
            ends[number] += 1;
        }
        let mut sorted = Self { customers: Vec::with_capacity(numbered.len()), starts: vec![0], lasts: Vec::new() };
        let mut start = 0;
        for (customer, number) in numbered {
            let own = &mut own[start..ends[number]];
            own.sort_unstable();
            // The latest of each activity and category comes first.
            let same = own.chunk_by(|left, right| (left.activity, left.category) == (right.activity, right.category));
            sorted.lasts.extend(same.filter_map(|same| same.first()));
            sorted.customers.push(customer);
            sorted.starts.push(sorted.lasts.len());
            start = ends[number];
        }
        sorted
    }

    /// A customer's last activities, ascending by activity and then by category; none of a customer without a record.
    /// Takes time `log n` in customers.
    pub fn get<Q: Ord + ?Sized>(&self, customer: &Q) -> &[LastActivity<'a>]
    where
        Id: Borrow<Q>,
    {
        let place = self.customers.binary_search_by(|&own| Borrow::<Q>::borrow(own).cmp(customer));
        let Ok(place) = place else { return &[] };
        let bounds = self.starts.get(place).zip(self.starts.get(place + 1));
        bounds.and_then(|(&start, &end)| self.lasts.get(start..end)).unwrap_or_default()
    }
}
