//! The terminal that standard output may be.

use std::io::IsTerminal as _;

/// The columns of the terminal, or 80.
pub fn width() -> usize {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let stdout = std::io::stdout();
    told.or_else(|| {
        let (width, _) =
            terminal_size::terminal_size_of(&stdout).filter(|_| stdout.is_terminal())?;
        Some(usize::from(width.0))
    })
    .filter(|&width| width >= 40)
    .unwrap_or(80)
}
