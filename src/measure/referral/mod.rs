//! Word of mouth: who brought whom, how many do, and what comes of it.

use core::borrow::Borrow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::Ledger;
use crate::number::{money, quotient};
use crate::record::{CustomerId, Referral};
use crate::scale::Ratio;

mod compare;

pub use compare::{NewCustomers, ReferredNewCustomers};

/// Referrals that do not count, by the first reason that applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReferralsLeftOut {
    /// Referrals of somebody by the same id.
    pub self_referrals: u64,
    /// Referrals of somebody who had bought before that day.
    pub already_customers: u64,
    /// Referrals of somebody who had been brought already.
    pub brought_again: u64,
    /// Referrals that would close a circle: of somebody by whom the referrer was brought, directly or through others.
    pub circles: u64,
}

/// The people whom one person has brought to the shop, directly and through those who were brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReferralChain<'a, Id> {
    /// The person with whom the chain begins: nobody brought this person.
    pub first: &'a Id,
    /// People whom the first one brought.
    pub direct: u64,
    /// People who were brought by those, by these in turn, and so on.
    pub through_others: u64,
    /// The steps from the first one to the last, 1 or more.
    pub steps: u32,
    /// The customers among all who were brought.
    pub customers: u64,
    /// The net revenue of those who were brought, up to the as-of day; that of the first one is not in it.
    pub revenue: Decimal,
}

/// The referrals of a shop, with every person brought by one other at most.
///
/// **Which referrals count**: they are taken in the order of day, referrer and referred, whatever the order of the input.
/// One counts unless it names one person twice, or somebody who bought before its day, or somebody who has been
/// brought already, or would close a circle; [`left_out`](Referrals::left_out) has how many did not. So the latest
/// referral of a circle is the one that opens it. Referrals after the as-of day are outside.
///
/// A person need not be a customer: neither who brings nor who is brought must have bought. Takes time `n log n`
/// in referrals, and memory for each person in them.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{Occasion, Referrals};
/// use repurchase::record::Referral;
/// use repurchase::scale::Confidence;
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-01-05"), ("bo", "2026-02-01"), ("bo", "2026-02-20"), ("cy", "2026-02-11"), ("di", "2026-02-12")];
/// let orders = rows.map(|(who, day)| Ok(Order::on(who, day.parse()?, Decimal::TEN)?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// // Ann brings Bo, who brings Cy and Eve. Eve has not bought yet. Cy "bringing" Ann would be a circle, and Ann was here before.
/// let pairs = [("ann", "bo", "2026-01-31"), ("bo", "cy", "2026-02-10"), ("bo", "eve", "2026-02-10"), ("cy", "ann", "2026-03-01")];
/// let pairs = pairs.map(|(referrer, referred, day)| Ok(Referral { referrer, referred, day: day.parse()? }));
/// let pairs = pairs.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let referrals = Referrals::of(&log.ledger("2026-05-31".parse()?)?, pairs);
/// assert_eq!((referrals.len(), referrals.left_out().already_customers), (3, 1));
/// assert_eq!(referrals.referrers(), Ratio::new(2, 4)?, "of four customers Ann and Bo");
/// assert_eq!(referrals.per_referrer(), Some(1.5));
/// assert_eq!(referrals.became_customers(), Ratio::new(2, 3)?, "Bo and Cy of those who were brought");
///
/// let chains = referrals.chains()?;
/// let ann = chains.first().ok_or("the only chain")?;
/// assert_eq!((*ann.first, ann.direct, ann.through_others, ann.steps), ("ann", 1, 2, 2));
/// assert_eq!(ann.revenue, Decimal::from(30), "Bo's twenty and Cy's ten");
///
/// let february = Window::through("2026-02-01".parse()?, "2026-02-28".parse()?)?;
/// let new = referrals.new_customers(&log, february, 30, Occasion::Order, Confidence::default())?;
/// assert_eq!(new.referred_share, Ratio::new(2, 3)?, "of Bo, Cy and Di");
/// assert_eq!((new.referred.returned, new.others.returned), (Ratio::new(1, 2)?, Ratio::new(0, 1)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("word of mouth", "referral rate", "viral", "老带新", "裂变"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrals<Id> {
    as_of: NaiveDate,
    /// The customers of the ledger.
    customers: u64,
    left_out: ReferralsLeftOut,
    /// All who occur in a referral that counts, ascending.
    people: Vec<Person<Id>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Person<Id> {
    id: Id,
    /// The place of the one by whom this one was brought.
    referrer: Option<usize>,
    /// The number of people whom this one brought.
    brought: u64,
    /// Net revenue; `None` without a purchase.
    revenue: Option<Decimal>,
}

impl<Id: CustomerId> Referrals<Id> {
    /// The referrals up to and including the ledger's as-of day, in any order.
    pub fn of(ledger: &Ledger<Id>, referrals: impl IntoIterator<Item = Referral<Id>>) -> Self {
        let mut sorted: Vec<_> = referrals.into_iter().filter(|referral| referral.day <= ledger.as_of()).collect();
        sorted.sort_unstable_by(|left, right| {
            (left.day, &left.referrer, &left.referred).cmp(&(right.day, &right.referrer, &right.referred))
        });
        let mut ids: Vec<&Id> = sorted.iter().flat_map(|one| [&one.referrer, &one.referred]).collect();
        ids.sort_unstable();
        ids.dedup();
        let place = |id: &Id| ids.binary_search(&id).unwrap_or_default();
        let histories: Vec<_> = ids.iter().map(|&id| ledger.get(id)).collect();

        let (mut forest, mut left_out) = (Forest::new(ids.len()), ReferralsLeftOut::default());
        for Referral { referrer, referred, day } in &sorted {
            let [above, below] = [place(referrer), place(referred)];
            let first = histories[below].as_ref().and_then(|history| history.first_purchase());
            if above == below {
                left_out.self_referrals += 1;
            } else if first.is_some_and(|first| first < *day) {
                left_out.already_customers += 1;
            } else if forest.referrers[below].is_some() {
                left_out.brought_again += 1;
            } else if !forest.add(above, below) {
                left_out.circles += 1;
            }
        }
        let mut brought = vec![0; ids.len()];
        for referrer in forest.referrers.iter().flatten() {
            brought[*referrer] += 1;
        }
        // Places among those who are left.
        let counts: Vec<_> = (0..ids.len()).map(|at| brought[at] > 0 || forest.referrers[at].is_some()).collect();
        let mut next = 0;
        let places: Vec<usize> = counts
            .iter()
            .map(|&counts| {
                next += usize::from(counts);
                next.saturating_sub(1)
            })
            .collect();
        let person = |at: usize| Person {
            id: ids[at].clone(),
            referrer: forest.referrers[at].map(|referrer| places[referrer]),
            brought: brought[at],
            revenue: histories[at].as_ref().filter(|history| history.purchases() > 0).map(|history| history.revenue()),
        };
        let people = (0..ids.len()).filter(|&at| counts[at]).map(person).collect();
        Self { as_of: ledger.as_of(), customers: ledger.len() as u64, left_out, people }
    }
}

impl<Id> Referrals<Id> {
    /// The day up to and including which referrals and purchases count.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The referrals that count: the people who were brought.
    pub fn len(&self) -> usize {
        self.people.iter().filter(|person| person.referrer.is_some()).count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The referrals that do not count.
    pub const fn left_out(&self) -> ReferralsLeftOut {
        self.left_out
    }

    /// The referral rate: customers who brought one person or more, of all customers as of the day.
    pub fn referrers(&self) -> Ratio {
        let referrers = self.people.iter().filter(|person| person.brought > 0 && person.revenue.is_some()).count();
        Ratio::counted(referrers as u64, self.customers)
    }

    /// Counts the people who brought somebody, by the number of people whom they brought, whether they have bought
    /// themselves or not.
    pub fn by_number(&self) -> BTreeMap<u64, u64> {
        let mut numbers = BTreeMap::new();
        for person in self.people.iter().filter(|person| person.brought > 0) {
            *numbers.entry(person.brought).or_default() += 1;
        }
        numbers
    }

    /// People brought by each of those who brought somebody, customers or not; `None` where nobody did. Correctly rounded.
    pub fn per_referrer(&self) -> Option<f64> {
        let referrers = self.people.iter().filter(|person| person.brought > 0).count();
        quotient(self.len() as i128, referrers as i128)
    }

    /// People who have bought, of all who were brought.
    pub fn became_customers(&self) -> Ratio {
        let bought = self.people.iter().filter(|person| person.referrer.is_some() && person.revenue.is_some()).count();
        Ratio::counted(bought as u64, self.len() as u64)
    }

    /// The person who brought another; `None` where nobody did. Takes time `log n`.
    pub fn referrer<Q: Ord + ?Sized>(&self, person: &Q) -> Option<&Id>
    where
        Id: Borrow<Q>,
    {
        let place = self.people.binary_search_by(|known| known.id.borrow().cmp(person)).ok()?;
        self.people.get(self.people.get(place)?.referrer?).map(|referrer| &referrer.id)
    }

    /// The chains, ascending by the one with whom each begins. Everybody who was brought is in exactly one of them, so that
    /// neither people nor revenue count twice.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the revenue of a chain does not fit a `Decimal` exactly.
    pub fn chains(&self) -> Result<Vec<ReferralChain<'_, Id>>> {
        // The first of each one's chain and the steps from there, found along the way up and told to all on it.
        let mut known: Vec<Option<(usize, u32)>> = vec![None; self.people.len()];
        let mut way = Vec::new();
        for start in 0..self.people.len() {
            let mut at = start;
            let (first, mut steps) = loop {
                match (known[at], self.people[at].referrer) {
                    (Some(found), _) => break found,
                    (None, Some(referrer)) => way.push(core::mem::replace(&mut at, referrer)),
                    (None, None) => {
                        known[at] = Some((at, 0));
                        break (at, 0);
                    }
                }
            };
            while let Some(at) = way.pop() {
                steps += 1;
                known[at] = Some((first, steps));
            }
        }
        let mut chains: BTreeMap<usize, ReferralChain<'_, Id>> = BTreeMap::new();
        for (person, found) in self.people.iter().zip(known) {
            let Some((first, steps @ 1..)) = found else { continue };
            let chain = chains.entry(first).or_insert_with(|| ReferralChain {
                first: &self.people[first].id,
                direct: 0,
                through_others: 0,
                steps: 0,
                customers: 0,
                revenue: Decimal::ZERO,
            });
            *(if steps == 1 { &mut chain.direct } else { &mut chain.through_others }) += 1;
            chain.steps = chain.steps.max(steps);
            if let Some(revenue) = person.revenue {
                chain.customers += 1;
                let sum = money::exact_sum(chain.revenue, revenue);
                chain.revenue = sum.ok_or(Error::AmountOverflow { field: "revenue of a chain of referrals" })?;
            }
        }
        Ok(chains.into_values().collect())
    }
}

/// The referrals as places, without a circle.
struct Forest {
    referrers: Vec<Option<usize>>,
    /// A way towards one that all who hang together share.
    towards: Vec<usize>,
}

impl Forest {
    fn new(people: usize) -> Self {
        Self { referrers: vec![None; people], towards: (0..people).collect() }
    }

    /// Hangs one who was brought by nobody yet below another; `false` where that would close a circle.
    fn add(&mut self, above: usize, below: usize) -> bool {
        let ends = [self.end(above), self.end(below)];
        if ends[0] == ends[1] {
            return false;
        }
        self.towards[ends[1]] = ends[0];
        self.referrers[below] = Some(above);
        true
    }

    fn end(&mut self, mut at: usize) -> usize {
        while self.towards[at] != at {
            // Half of the way is shortened each time.
            self.towards[at] = self.towards[self.towards[at]];
            at = self.towards[at];
        }
        at
    }
}
