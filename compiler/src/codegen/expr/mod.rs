//! Expressions, one kind a file.
