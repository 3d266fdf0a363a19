//! Whose turn it is where a file is named twice: the second time must find what the first has written.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::walk::Step;

/// The files that are taken but not done with.
#[derive(Default)]
pub struct Turns {
    queues: Mutex<HashMap<PathBuf, Queue>>,
    done: Condvar,
}

#[derive(Default)]
struct Queue {
    issued: usize,
    served: usize,
}

/// A place in a file's queue.
pub struct Ticket {
    path: PathBuf,
    number: usize,
}

/// Ends the turn when it goes.
pub struct Turn<'a> {
    turns: &'a Turns,
    path: PathBuf,
}

impl Turns {
    /// To be taken in the order of the steps.
    pub fn ticket(&self, step: &Step) -> Option<Ticket> {
        let Step::File(source) = step else {
            return None;
        };
        let path = std::path::absolute(&source.path).ok()?;
        let mut queues = self.lock();
        let queue = queues.entry(path.clone()).or_default();
        queue.issued += 1;
        Some(Ticket {
            path,
            number: queue.issued - 1,
        })
    }

    /// Waits for those who came before.
    pub fn wait(&self, ticket: Option<Ticket>) -> Option<Turn<'_>> {
        let Ticket { path, number } = ticket?;
        let is_later = |queues: &mut HashMap<PathBuf, Queue>| {
            queues.get(&path).is_some_and(|queue| queue.served < number)
        };
        let queues = self.done.wait_while(self.lock(), is_later);
        drop(queues.unwrap_or_else(PoisonError::into_inner));
        Some(Turn { turns: self, path })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.lock();
        if let Some(queue) = queues.get_mut(&self.path) {
            queue.served += 1;
            if queue.served == queue.issued {
                queues.remove(&self.path);
            }
        }
        self.turns.done.notify_all();
    }
}
