//! One module a kind of input, each with a function that panics if something does not hold.

pub mod alter;
pub mod ir_text;
pub mod lines;
pub mod mutate;
pub mod pyc;
pub mod source;
pub mod tools;
