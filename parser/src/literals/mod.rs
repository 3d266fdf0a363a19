//! Constants: numbers and strings from their source text.

pub(crate) mod names;
pub(crate) mod numbers;
pub(crate) mod strings;
