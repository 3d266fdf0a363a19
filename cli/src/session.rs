//! Compiling one source after another.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pycsmith_compiler::{CompileError, Session};

/// Does `work` with the thread's session; a panic, which nothing should cause, does not stop the run.
pub fn guarded<T>(
    session: &mut Session,
    work: impl FnOnce(&mut Session) -> Result<T, CompileError>,
) -> Result<T, CompileError> {
    catch_unwind(AssertUnwindSafe(|| work(session))).unwrap_or_else(|_| {
        *session = Session::new();
        Err(CompileError::Bug("the compiler panicked".to_owned()))
    })
}
