//! Pools of threads, for what must not depend on their number.

use std::fmt::Debug;

/// Fails unless the answer is the same on 1, 2, 3 and 8 threads.
#[track_caller]
pub(crate) fn same_on_any_number_of_threads<T: Debug + PartialEq + Send>(answer: impl Fn() -> T + Send + Sync) {
    let answers = [1, 2, 3, 8].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        (threads, pool.install(&answer))
    });
    for (threads, answer) in &answers[1..] {
        assert!(*answer == answers[0].1, "{threads} threads:\n{answer:?}\none:\n{:?}", answers[0].1);
    }
}
