//! Or-patterns (`codegen_pattern_or`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::Pattern;

use super::{PatternContext, pattern, rotate};
use crate::codegen::{Compiler, Result, bug, syntax_error};

/// `a | b | c`: each alternative gets a copy of the subject, and all bind the same names.
pub fn alternatives<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    patterns: &'a [Pattern<'a>],
    pc: &mut PatternContext,
) -> Result {
    let end = c.new_label();
    // The names that the first alternative binds, in its order: the others are brought into that order.
    let mut control: Option<Vec<Name>> = None;
    for (i, alternative) in patterns.iter().enumerate() {
        let last = i + 1 == patterns.len();
        let mut inner = PatternContext::new(last && pc.allow_irrefutable);
        c.op_i(alternative.loc, Op::COPY, 1);
        pattern(c, alternative, &mut inner)?;
        let here = c.here(alternative.loc);
        let stores = std::mem::take(&mut inner.stores);
        match &control {
            None => control = Some(stores),
            Some(control) => reorder(c, loc, here, control, stores)?,
        }
        c.jump(here, Op::JUMP, end);
        inner.emit_and_reset_fail_pop(c, here);
    }
    let Some(control) = control else {
        return bug("an or-pattern without alternatives");
    };
    // None has matched: the copy of the subject that is left goes, too.
    let loc = c.here(loc);
    c.op(loc, Op::POP_TOP);
    pc.jump_to_fail_pop(c, loc, Op::JUMP);

    c.use_label(end);
    // The new captures go below the subject, what else is on top, and the earlier captures.
    let depth = control.len() + 1 + pc.on_top + pc.stores.len();
    for name in control {
        rotate(c, loc, depth);
        pc.add_store(c, loc, name)?;
    }
    c.op(loc, Op::POP_TOP);
    Ok(())
}

/// Brings captured values, in the order of `stores`, into the order of `control`.
fn reorder(
    c: &mut Compiler<'_>,
    loc: Location,
    alternative: Location,
    control: &[Name],
    mut stores: Vec<Name>,
) -> Result {
    let differ = || syntax_error(loc, "alternative patterns bind different names");
    if stores.len() != control.len() {
        return differ();
    }
    for (wanted, name) in control.iter().enumerate().rev() {
        let Some(found) = stores.iter().position(|store| store == name) else {
            return differ();
        };
        if found < wanted {
            let rotations = found + 1;
            stores[..=wanted].rotate_left(rotations);
            for _ in 0..rotations {
                rotate(c, alternative, wanted + 1);
            }
        }
    }
    Ok(())
}
