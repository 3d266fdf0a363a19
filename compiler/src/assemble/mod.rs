//! Assembly (CPython's `assemble.c`): instructions to a code object.
