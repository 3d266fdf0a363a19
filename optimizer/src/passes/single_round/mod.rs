//! Passes that go over the graph once. Later releases repeat them until nothing changes, and join some; earlier ones work
//! on [blocks that code generation lays out](super::explicit_blocks).

pub mod convert_block_ops;
pub mod eliminate_empty_blocks;
pub mod inline_small_exit_blocks;
pub mod optimize_basic_blocks;
pub mod remove_unreachable;
