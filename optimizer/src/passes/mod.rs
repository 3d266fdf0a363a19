//! One file a pass.
