//! Pools of threads, for what must not depend on their number.

use std::fmt::Debug;

/// The answer, which must be the same on 1, 2, 3 and 8 threads.
#[track_caller]
pub(crate) fn on_any_number_of_threads<T: Debug + PartialEq + Send>(answer: impl Fn() -> T + Send + Sync) -> T {
    let answer_of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(&answer)
    };
    let one = answer_of(1);
    for threads in [2, 3, 8] {
        let answer = answer_of(threads);
        assert!(answer == one, "{threads} threads:\n{answer:?}\none:\n{one:?}");
    }
    one
}
