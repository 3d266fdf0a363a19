//! Work on several threads, told in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Stack of a worker: the parser and the compiler recurse as deep as the source nests. Only what is used
/// becomes memory.
const WORKER_STACK: usize = 1 << 30;

/// What the workers found, told in the order of the work.
struct Reports<T, F> {
    /// The first piece that nothing is known of.
    due: usize,
    /// What is known of later ones.
    waiting: BTreeMap<usize, T>,
    tell: F,
}

impl<T, F: FnMut(T)> Reports<T, F> {
    fn add(&mut self, index: usize, found: T) {
        self.waiting.insert(index, found);
        while let Some(found) = self.waiting.remove(&self.due) {
            (self.tell)(found);
            self.due += 1;
        }
    }
}

/// Runs `work` for 0 to `count` on `jobs` threads (one for each core where that is not said), each with something of its own
/// from `begin`, and tells what it finds in that order.
pub fn in_order<W, T: Send>(
    count: usize,
    jobs: Option<NonZeroUsize>,
    begin: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, usize) -> T + Sync,
    tell: impl FnMut(T) + Send,
) {
    let jobs = match jobs {
        Some(jobs) => jobs.get(),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(Reports {
        due: 0,
        waiting: BTreeMap::new(),
        tell,
    });
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(count).max(1) {
            let worker = || {
                let mut own = begin();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return;
                    }
                    let found = work(&mut own, index);
                    reports
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .add(index, found);
                }
            };
            std::thread::Builder::new()
                .stack_size(WORKER_STACK)
                .spawn_scoped(scope, worker)
                .expect("the system gives a thread");
        }
    });
}
