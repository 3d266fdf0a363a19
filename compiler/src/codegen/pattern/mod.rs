//! Patterns of `match` (PEP 634; CPython's `codegen_pattern_*`).
//!
//! A pattern's code consumes the subject on top of the stack. Where it fails it jumps to code that pops all
//! that the patterns around have on the stack, of which the context keeps count. Captured values stay on the
//! stack, below what is still needed, until the whole pattern has matched: only then are names bound.

mod alternatives;
mod class;
mod folding;
mod mapping;
mod sequence;
mod value;

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Pattern, PatternKind};

use super::{Compiler, Result, syntax_error};

/// What the code of a pattern has on the stack (`pattern_context`).
#[derive(Debug, Default)]
pub struct PatternContext {
    /// Names captured so far; their values are on the stack in this order, the last one deepest.
    pub stores: Vec<Name>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    /// Where to jump on failure with so many values to pop.
    fail_pop: Vec<Label>,
    /// Values above the captured ones.
    on_top: usize,
}

impl PatternContext {
    pub fn new(allow_irrefutable: bool) -> PatternContext {
        PatternContext {
            allow_irrefutable,
            ..PatternContext::default()
        }
    }

    /// Where to jump on failure with `pops` values to pop (`ensure_fail_pop`).
    pub fn fail_label(&mut self, c: &mut Compiler<'_>, pops: usize) -> Label {
        while self.fail_pop.len() <= pops {
            self.fail_pop.push(c.new_label());
        }
        self.fail_pop[pops]
    }

    /// Jumps to the failure code for what is on the stack now (`jump_to_fail_pop`).
    fn jump_to_fail_pop(&mut self, c: &mut Compiler<'_>, loc: Location, op: Op) {
        let label = self.fail_label(c, self.on_top + self.stores.len());
        c.jump(loc, op, label);
    }

    /// Generates the failure code: one pop for each label but the first (`emit_and_reset_fail_pop`).
    pub fn emit_and_reset_fail_pop(&mut self, c: &mut Compiler<'_>, loc: Location) {
        while let Some(label) = self.fail_pop.pop() {
            c.use_label(label);
            if !self.fail_pop.is_empty() {
                c.op(loc, Op::POP_TOP);
            }
        }
    }

    /// Puts the value on top of the stack where captured values are (`codegen_pattern_helper_store_name`).
    fn store_name(&mut self, c: &mut Compiler<'_>, loc: Location, name: Option<Name>) -> Result {
        let Some(name) = name else {
            c.op(loc, Op::POP_TOP);
            return Ok(());
        };
        rotate(c, loc, self.on_top + self.stores.len() + 1);
        self.add_store(c, loc, name)
    }

    fn add_store(&mut self, c: &Compiler<'_>, loc: Location, name: Name) -> Result {
        if self.stores.contains(&name) {
            let name = c.names.resolve(name);
            return syntax_error(
                loc,
                format!("multiple assignments to name '{name}' in pattern"),
            );
        }
        self.stores.push(name);
        Ok(())
    }
}

/// Moves the top of the stack below `count - 1` others (`codegen_pattern_helper_rotate`).
fn rotate(c: &mut Compiler<'_>, loc: Location, count: usize) {
    for depth in (2..=count).rev() {
        c.op_i(loc, Op::SWAP, depth as u32);
    }
}

/// Whether a pattern is `_`.
pub fn is_wildcard(p: &Pattern<'_>) -> bool {
    matches!(p.kind, PatternKind::MatchAs { name: None, .. })
}

/// One pattern (`codegen_pattern`).
///
/// # Errors
/// `SyntaxError` for names bound twice, unreachable alternatives, and what no pattern may contain.
pub fn pattern<'a>(c: &mut Compiler<'a>, p: &'a Pattern<'a>, pc: &mut PatternContext) -> Result {
    c.set_loc(p.loc);
    match &p.kind {
        PatternKind::MatchValue { value } => value::value(c, p.loc, value, pc),
        PatternKind::MatchSingleton { value } => value::singleton(c, p.loc, value, pc),
        PatternKind::MatchSequence { patterns } => sequence::sequence(c, p.loc, patterns, pc),
        PatternKind::MatchMapping(node) => mapping::mapping(c, p.loc, node, pc),
        PatternKind::MatchClass(node) => class::class(c, p.loc, node, pc),
        PatternKind::MatchStar { name } => pc.store_name(c, p.loc, *name),
        PatternKind::MatchAs { pattern, name } => capture(c, p.loc, *pattern, *name, pc),
        PatternKind::MatchOr { patterns } => alternatives::alternatives(c, p.loc, patterns, pc),
    }
}

/// A pattern inside another: it may always match (`codegen_pattern_subpattern`).
fn subpattern<'a>(c: &mut Compiler<'a>, p: &'a Pattern<'a>, pc: &mut PatternContext) -> Result {
    let allow_irrefutable = std::mem::replace(&mut pc.allow_irrefutable, true);
    pattern(c, p, pc)?;
    pc.allow_irrefutable = allow_irrefutable;
    Ok(())
}

/// `name`, `_` or `pattern as name` (`codegen_pattern_as`).
fn capture<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    inner: Option<&'a Pattern<'a>>,
    name: Option<Name>,
    pc: &mut PatternContext,
) -> Result {
    let Some(inner) = inner else {
        if pc.allow_irrefutable {
            return pc.store_name(c, loc, name);
        }
        return match name {
            Some(name) => {
                let name = c.names.resolve(name);
                syntax_error(
                    loc,
                    format!("name capture '{name}' makes remaining patterns unreachable"),
                )
            }
            None => syntax_error(loc, "wildcard makes remaining patterns unreachable"),
        };
    };
    pc.on_top += 1;
    c.op_i(loc, Op::COPY, 1);
    pattern(c, inner, pc)?;
    pc.on_top -= 1;
    let loc = c.here(loc);
    pc.store_name(c, loc, name)
}
