//! Merges ascending runs.

use core::cmp::Ordering;

/// Merges two ascending runs, each of different items: `both` joins an item that is in both.
pub(crate) fn merged<T>(
    left: impl Iterator<Item = T>,
    right: impl Iterator<Item = T>,
    order: impl Fn(&T, &T) -> Ordering,
    both: impl Fn(T, T) -> T,
) -> impl Iterator<Item = T> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    core::iter::from_fn(move || {
        let (Some(one), Some(other)) = (left.peek(), right.peek()) else {
            return left.next().or_else(|| right.next());
        };
        match order(one, other) {
            Ordering::Less => left.next(),
            Ordering::Greater => right.next(),
            Ordering::Equal => Some(both(left.next()?, right.next()?)),
        }
    })
}
