//! F-strings.
//!
//! `f'{a!r}: {b}'` formats each value, loads each text, and joins them with `BUILD_STRING`; many parts go
//! through a list and `''.join` instead.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Exprs, FormattedValue};

use super::constant::load_string;
use super::{STACK_USE_GUIDELINE, oparg, visit};
use crate::codegen::emit::NameOp;
use crate::codegen::{Compiler, Result, bug};

/// How `count` strings are joined.
pub(super) struct Joined {
    pub(super) loc: Location,
    pub(super) count: usize,
}

impl Joined {
    fn big(&self) -> bool {
        self.count > STACK_USE_GUIDELINE
    }

    /// To be called after each string.
    pub(super) fn after_value(&self, c: &mut Compiler<'_>) {
        if self.big() {
            c.op_i(self.loc, Op::LIST_APPEND, 1);
        }
    }
}

/// To be called before the first string.
pub(super) fn start_joined(c: &mut Compiler<'_>, joined: &Joined) {
    if joined.big() {
        load_string(c, joined.loc, b"");
        let join = c.names.intern("join");
        c.op_name(joined.loc, NameOp::LoadMethod, join);
        c.op_i(joined.loc, Op::BUILD_LIST, 0);
    }
}

/// To be called after the last string.
pub(super) fn finish_joined(c: &mut Compiler<'_>, joined: &Joined) {
    match joined.count {
        _ if joined.big() => c.call(joined.loc, 1),
        0 if !c.target.builds_empty_strings() => load_string(c, joined.loc, b""),
        1 => {}
        count => c.op_i(joined.loc, Op::BUILD_STRING, count as u32),
    }
}

/// `codegen_joined_str`.
pub(super) fn joined_str<'a>(c: &mut Compiler<'a>, loc: Location, values: Exprs<'a>) -> Result {
    let joined = Joined {
        loc,
        count: values.len(),
    };
    start_joined(c, &joined);
    for value in values {
        visit(c, value)?;
        joined.after_value(c);
    }
    finish_joined(c, &joined);
    Ok(())
}

/// `codegen_formatted_value`.
pub(super) fn formatted_value<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a FormattedValue<'a>,
) -> Result {
    visit(c, &e.value)?;
    if c.target.formats_by_flags() {
        return format_value(c, loc, e);
    }
    if e.conversion != -1 {
        let Some(conversion) = oparg::conversion::of(e.conversion) else {
            return bug("an f-string has an unknown conversion");
        };
        c.op_i(loc, Op::CONVERT_VALUE, conversion);
    }
    match e.format_spec {
        Some(spec) => {
            visit(c, spec)?;
            c.op(loc, Op::FORMAT_WITH_SPEC);
        }
        None => c.op(loc, Op::FORMAT_SIMPLE),
    }
    Ok(())
}

/// The value on the stack, converted and formatted by one instruction.
fn format_value<'a>(c: &mut Compiler<'a>, loc: Location, e: &'a FormattedValue<'a>) -> Result {
    let conversion = match e.conversion {
        -1 => Some(0),
        code => oparg::conversion::of(code),
    };
    let Some(conversion) = conversion else {
        return bug("an f-string has an unknown conversion");
    };
    if let Some(spec) = e.format_spec {
        visit(c, spec)?;
    }
    let arg = format_value_flags(conversion, e.format_spec.is_some());
    c.op_i(loc, Op::FORMAT_VALUE, arg);
    Ok(())
}

/// The operand of `FORMAT_VALUE`.
pub(super) fn format_value_flags(conversion: u32, has_spec: bool) -> u32 {
    conversion | u32::from(has_spec) << 2
}
