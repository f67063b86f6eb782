//! Where the windows of a rolling backtest come from: of what is at hand, or of parts that are gone through anew.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::courses::Courses;
use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::parallel;
use crate::record::CustomerId;
use crate::record::calendar::Day;

pub(super) trait Windows<E> {
    /// What is made of the customers as of a split.
    fn one<T>(&mut self, split: Day, of: impl FnOnce(&Courses) -> Result<T>) -> Result<T, E>;

    /// What is made of the customers as of each split.
    fn each<T: Send>(&mut self, splits: &[Day], of: impl Fn(&Courses) -> Result<T> + Sync) -> Result<Vec<T>, E>;
}

/// Windows of which any can be had at any time, on any thread.
pub(super) struct AtHand<F>(pub(super) F);

impl<'a, F: Fn(Day) -> Result<Cow<'a, Courses>> + Sync> Windows<Error> for AtHand<F> {
    fn one<T>(&mut self, split: Day, of: impl FnOnce(&Courses) -> Result<T>) -> Result<T> {
        of(&*self.0(split)?)
    }

    fn each<T: Send>(&mut self, splits: &[Day], of: impl Fn(&Courses) -> Result<T> + Sync) -> Result<Vec<T>> {
        let of_split = |split: &Day| of(&*self.0(*split)?);
        parallel::map(splits.len(), |at| splits.get(at).map(of_split)).into_iter().flatten().collect()
    }
}

/// Windows of logs that come one after the other, each time anew.
pub(super) struct InParts<P, Id> {
    parts: P,
    as_of: Day,
    horizon_days: u32,
    /// How many windows are made while the logs go by.
    at_once: usize,
    ids: PhantomData<fn(Id)>,
}

impl<P, Id> InParts<P, Id> {
    pub(super) const fn new(parts: P, as_of: Day, horizon_days: u32, at_once: usize) -> Self {
        Self { parts, as_of, horizon_days, at_once, ids: PhantomData }
    }

    fn windows<E: From<Error>>(&mut self, splits: &[Day]) -> Result<Vec<Courses>, E>
    where
        Id: CustomerId,
        P: FnMut(&mut dyn FnMut(&PurchaseLog<Id>) -> Result<()>) -> Result<(), E>,
    {
        let Self { as_of, horizon_days, .. } = *self;
        let mut windows: Vec<_> = splits.iter().map(|split| Courses::none(*split)).collect();
        (self.parts)(&mut |log| {
            let mut windows = windows.iter_mut();
            windows.try_for_each(|window| window.add(Courses::of(log, window.split, as_of, horizon_days)?))
        })?;
        Ok(windows)
    }
}

impl<P, Id, E> Windows<E> for InParts<P, Id>
where
    Id: CustomerId,
    E: From<Error>,
    P: FnMut(&mut dyn FnMut(&PurchaseLog<Id>) -> Result<()>) -> Result<(), E>,
{
    fn one<T>(&mut self, split: Day, of: impl FnOnce(&Courses) -> Result<T>) -> Result<T, E> {
        let window = self.windows(&[split])?.pop();
        Ok(of(&window.unwrap_or(Courses::none(split)))?)
    }

    fn each<T: Send>(&mut self, splits: &[Day], of: impl Fn(&Courses) -> Result<T> + Sync) -> Result<Vec<T>, E> {
        let mut all = Vec::with_capacity(splits.len());
        for splits in splits.chunks(self.at_once.max(1)) {
            let windows = self.windows(splits)?;
            let made = parallel::map(windows.len(), |at| windows.get(at).map(&of));
            all.extend(made.into_iter().flatten().collect::<Result<Vec<_>>>()?);
        }
        Ok(all)
    }
}
