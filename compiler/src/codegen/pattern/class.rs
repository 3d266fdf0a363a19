//! Class patterns (`codegen_pattern_class`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::MatchClass;
use rustc_hash::FxHashMap;

use super::{PatternContext, is_wildcard, subpattern};
use crate::codegen::{Compiler, Result, expr, syntax_error};

/// `C(a, b, x=c)`: checks the class, then matches the attributes.
pub fn class<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    node: &'a MatchClass<'a>,
    pc: &mut PatternContext,
) -> Result {
    check_attributes(c, node)?;
    expr::visit(c, &node.cls)?;
    let attributes = node
        .kwd_attrs
        .iter()
        .map(|&attr| Constant::Str(c.name_object(attr)))
        .collect();
    c.load_const(loc, Constant::Tuple(attributes));
    c.op_i(loc, Op::MATCH_CLASS, node.patterns.len() as u32);
    c.op_i(loc, Op::COPY, 1);
    c.load_const(loc, Constant::None);
    c.op_i(loc, Op::IS_OP, 1);
    pc.on_top += 1;
    pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    let count = node.patterns.len() + node.kwd_patterns.len();
    c.op_i(loc, Op::UNPACK_SEQUENCE, count as u32);
    pc.on_top += count;
    pc.on_top -= 1;
    for p in node.patterns.iter().chain(node.kwd_patterns) {
        pc.on_top -= 1;
        if is_wildcard(p) {
            let loc = c.here(loc);
            c.op(loc, Op::POP_TOP);
        } else {
            subpattern(c, p, pc)?;
        }
    }
    Ok(())
}

/// No attribute may be named twice (`validate_kwd_attrs`). The error is that of the first attribute that has
/// a namesake, at the first namesake.
fn check_attributes(c: &Compiler<'_>, node: &MatchClass<'_>) -> Result {
    let mut first: FxHashMap<Name, usize> = FxHashMap::default();
    let mut repeated: Option<(usize, usize)> = None;
    for (i, &attr) in node.kwd_attrs.iter().enumerate() {
        let at = *first.entry(attr).or_insert(i);
        if at != i && repeated.is_none_or(|(earliest, _)| at < earliest) {
            repeated = Some((at, i));
        }
    }
    let Some((at, namesake)) = repeated else {
        return Ok(());
    };
    let name = c.names.resolve(node.kwd_attrs[at]);
    let loc = node
        .kwd_patterns
        .get(namesake)
        .map_or(node.cls.loc, |p| p.loc);
    syntax_error(
        loc,
        format!("attribute name repeated in class pattern: {name}"),
    )
}
