//! What CPython reads: versions, opcodes, constants, code objects, marshal and `.pyc` files.

pub mod code;
pub mod compare;
pub mod constant;
pub mod diff;
pub mod dis;
pub mod footprint;
pub mod info;
pub mod location;
pub mod magic;
pub mod marshal;
pub mod opcode;
pub mod operand_limits;
pub mod operands;
mod paint;
pub mod printable;
pub mod pyc;
pub mod repr;
pub mod set_order;
pub mod small_bytes;
pub mod tables;
pub mod unicode;
pub mod version;

pub use code::CodeObject;
pub use constant::{Constant, Names, PyStr, Which};
pub use location::Location;
pub use opcode::Op;
pub use version::{Target, UnicodeVersion};
