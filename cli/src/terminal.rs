//! The terminal that standard output or standard error may be.

use std::io::IsTerminal as _;

use terminal_size::{Height, Width, terminal_size_of};

/// The columns of the terminal that standard output is, or 80.
pub fn width() -> usize {
    let stdout = std::io::stdout();
    columns(stdout.is_terminal(), terminal_size_of(&stdout))
}

/// The columns of the terminal that standard error is, or 80.
pub fn stderr_width() -> usize {
    let stderr = std::io::stderr();
    columns(stderr.is_terminal(), terminal_size_of(&stderr))
}

fn columns(is_terminal: bool, size: Option<(Width, Height)>) -> usize {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    told.or_else(|| {
        let (width, _) = size.filter(|_| is_terminal)?;
        Some(usize::from(width.0))
    })
    .filter(|&width| width >= 40)
    .unwrap_or(80)
}
