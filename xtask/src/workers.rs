//! Compiling many sources on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

use pycsmith_compiler::Session;

/// Stack of a worker, as the command's workers have it.
const STACK: usize = 1 << 30;

/// What `work` finds for each of `sources`, given with its index, all together and in no order.
pub fn each<T: Send>(
    sources: &[String],
    work: impl Fn(&mut Session, usize, &str) -> Vec<T> + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let worker = || {
            let (mut session, mut found) = (Session::new(), Vec::new());
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(source) = sources.get(index) else {
                    return found;
                };
                found.extend(work(&mut session, index, source));
            }
        };
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                std::thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, worker)
                    .expect("the system gives a thread")
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("workers catch panics"))
            .collect()
    })
}
