//! Statements, one kind a file.
