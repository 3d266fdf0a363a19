//! SIGINT and SIGTERM: the run ends after the files in hand, so that temporary files go, and its exit status says which signal.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The exit status that a signal since [`watch`] asks for; 0: there was none.
static STATUS: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// From now on the first signal only shows in [`status`]; a second one ends the process at once.
pub fn watch() {
    STATUS.get_or_init(|| {
        let status = Arc::new(AtomicUsize::new(0));
        #[cfg(unix)]
        register(&status);
        status
    });
}

/// A signal that cannot be watched keeps its default.
#[cfg(unix)]
fn register(status: &Arc<AtomicUsize>) {
    use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::flag;
    use std::sync::atomic::AtomicBool;

    let has_come = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds `has_come` unset.
        let _ = flag::register_conditional_default(signal, has_come.clone());
        let _ = flag::register(signal, has_come.clone());
        let _ = flag::register_usize(signal, status.clone(), 128 + signal as usize);
    }
    // A file that grows beyond the limit (`ulimit -f`) is an error of that file, not the end.
    let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// The exit status of an interrupted run: 128 and the signal's number, as the shell has it.
pub fn status() -> Option<u8> {
    let status = STATUS.get()?.load(Ordering::Relaxed);
    u8::try_from(status).ok().filter(|&status| status != 0)
}
