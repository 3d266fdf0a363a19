//! Operations and the per-version opcode tables.

include!(concat!(env!("OUT_DIR"), "/op.rs"));
