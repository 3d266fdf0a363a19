//! Work on several threads, told in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

impl<T, F: FnMut(T) -> ControlFlow<()>> Reports<T, F> {
    fn add(&mut self, index: usize, found: T) -> ControlFlow<()> {
        self.waiting.insert(index, found);
        while let Some(found) = self.waiting.remove(&self.due) {
            self.due += 1;
            if (self.tell)(found).is_break() {
                // What comes later is told to nobody.
                self.due = usize::MAX;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

/// Runs `work` for the items on `jobs` threads (one for each core where that is not said), each with something of its own from
/// `begin`, and tells what it finds in the items' order. Items are taken one at a time, when a thread is free: with one
/// thread the next is looked for when all is told of the last. When `tell` breaks no further items are taken.
pub fn in_order<I: Send, W, T: Send>(
    items: impl Iterator<Item = I> + Send,
    jobs: Option<NonZeroUsize>,
    begin: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, I) -> T + Sync,
    tell: impl FnMut(T) -> ControlFlow<()> + Send,
) {
    let jobs = match jobs {
        Some(jobs) => jobs.get(),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let count = items.size_hint().1.unwrap_or(usize::MAX);
    let next = Mutex::new(Some(items.enumerate()));
    let reports = Mutex::new(Reports {
        due: 0,
        waiting: BTreeMap::new(),
        tell,
    });
    let worker = || {
        let mut own = begin();
        loop {
            let item = lock(&next).as_mut().and_then(Iterator::next);
            let Some((index, item)) = item else {
                return;
            };
            let found = work(&mut own, item);
            if lock(&reports).add(index, found).is_break() {
                *lock(&next) = None;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(count).max(1) {
            std::thread::Builder::new()
                .stack_size(WORKER_STACK)
                .spawn_scoped(scope, worker)
                .expect("the system gives a thread");
        }
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
