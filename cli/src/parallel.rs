//! Work on several threads, told in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Stack of a worker: the parser and the compiler recurse as deep as the source nests. Only what is used
/// becomes memory.
const WORKER_STACK: usize = 1 << 30;
/// How far work may run ahead of a piece that is not done: what is found meanwhile waits in memory.
const WINDOW: usize = 256;

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

    fn is_ahead(&self, index: usize) -> bool {
        index > self.due.saturating_add(WINDOW)
    }
}

/// Runs `work` for the items on `jobs` threads (one for each core where that is not said), each with something of its own from
/// `begin`, and tells what it finds in the items' order. Items are taken one at a time, when a thread is free: with one
/// thread the next is looked for when all is told of the last. When `tell` breaks no further items are taken. However many items there
/// are, only some hundreds are in memory.
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
    let told = Condvar::new();
    let worker = || {
        let mut own = begin();
        loop {
            let item = lock(&next).as_mut().and_then(Iterator::next);
            let Some((index, item)) = item else {
                return;
            };
            let found = catch_unwind(AssertUnwindSafe(|| work(&mut own, item)));
            let found = found.unwrap_or_else(|panic| {
                // Nobody may wait for this piece.
                lock(&reports).due = usize::MAX;
                told.notify_all();
                resume_unwind(panic)
            });
            let mut reports = lock(&reports);
            if reports.add(index, found).is_break() {
                *lock(&next) = None;
            }
            if jobs > 1 {
                told.notify_all();
            }
            while reports.is_ahead(index) {
                reports = told.wait(reports).unwrap_or_else(PoisonError::into_inner);
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_slow_piece_holds_up_what_is_far_behind() {
        let (done, done_meanwhile) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut told = Vec::new();
        in_order(
            0..5000usize,
            NonZeroUsize::new(4),
            || (),
            |(), index| {
                if index == 0 {
                    std::thread::sleep(Duration::from_millis(200));
                    done_meanwhile.store(done.load(Ordering::Relaxed), Ordering::Relaxed);
                }
                done.fetch_add(1, Ordering::Relaxed);
                index
            },
            |index| {
                told.push(index);
                ControlFlow::Continue(())
            },
        );
        assert!(told.iter().copied().eq(0..5000));
        let meanwhile = done_meanwhile.into_inner();
        assert!((WINDOW..WINDOW + 4).contains(&meanwhile), "{meanwhile}");
    }

    #[test]
    #[should_panic]
    fn a_panic_leaves_nobody_waiting() {
        let slow_fault = |(): &mut (), index: usize| {
            if index == 0 {
                std::thread::sleep(Duration::from_millis(50));
                panic!("on purpose");
            }
        };
        let continued = |()| ControlFlow::Continue(());
        in_order(0..5000, NonZeroUsize::new(4), || (), slow_fault, continued);
    }
}
