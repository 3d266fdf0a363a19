//! Source bytes to AST: decoding, grammar, constants, positions, and errors in the source.

pub mod ast;
pub mod error;
pub mod interner;

pub use error::{ErrorType, SyntaxError};
pub use interner::{Interner, Name};
