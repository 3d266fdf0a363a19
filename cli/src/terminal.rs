//! The terminal that standard output or standard error may be.

use std::io::IsTerminal;
use std::os::fd::AsFd;

/// The columns of the terminal that standard output is, or 80.
pub fn width() -> usize {
    width_of(&std::io::stdout())
}

/// The columns of the terminal that the stream is, or 80.
pub fn width_of<S: IsTerminal + AsFd>(stream: &S) -> usize {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    told.or_else(|| {
        let (width, _) =
            terminal_size::terminal_size_of(stream).filter(|_| stream.is_terminal())?;
        Some(usize::from(width.0))
    })
    .filter(|&width| width >= 40)
    .unwrap_or(80)
}
