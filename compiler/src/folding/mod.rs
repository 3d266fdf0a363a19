//! Constant folding on the syntax tree (`ast_opt.c`), as releases do it that have no folding on the control-flow graph.
//!
//! ```text
//! x = 60 * 60                   x = 3600
//! (1, 'a')                      (1, 'a') as one constant
//! if c not in ['a', 'b']        if c not in ('a', 'b')
//! not a is b                    a is not b
//! ```
//!
//! A tree goes in and a tree comes out; what does not change is shared. A node's methods give `None` for "as it is". It runs
//! after the `__future__` imports are known and before the symbol table.
//!
//! `'%s' % (a,)` and docstrings that level 2 removes are dealt with where code is generated for them, in all releases.

mod expr;
mod pattern;
mod stmt;
mod value;

use bumpalo::Bump;
use pycsmith_bytecode::Target;
use pycsmith_parser::ast::Module;

use crate::future::CO_FUTURE_ANNOTATIONS;

pub use value::to_object;

/// Stack left, in bytes, below which a nested node continues on a new piece of stack.
const RED_ZONE: usize = 96 * 1024;
/// Size of such a piece, in bytes.
const STACK_PIECE: usize = 2 * 1024 * 1024;

struct Folder<'a> {
    arena: &'a Bump,
    target: Target,
    /// The value of `__debug__`.
    debug: bool,
    /// Annotations become strings, and are not folded before.
    keeps_annotations: bool,
}

/// The module with constants folded, if the target does that on the tree (`_PyAST_Optimize`).
pub fn fold<'a>(
    module: &'a Module<'a>,
    arena: &'a Bump,
    target: Target,
    opt_level: u8,
    future_flags: u32,
) -> &'a Module<'a> {
    if !target.folds_on_ast() {
        return module;
    }
    let mut folder = Folder {
        arena,
        target,
        debug: opt_level == 0,
        keeps_annotations: future_flags & CO_FUTURE_ANNOTATIONS != 0,
    };
    match folder.body(&module.body) {
        Some(body) => arena.alloc(Module { body, notes: None }),
        None => module,
    }
}

impl<'a> Folder<'a> {
    /// The items with those replaced that `fold` changes.
    fn list<T: Copy>(
        &mut self,
        items: &'a [T],
        mut fold: impl FnMut(&mut Self, &'a T) -> Option<T>,
    ) -> Option<&'a [T]> {
        let mut changed: Option<&'a mut [T]> = None;
        for (index, item) in items.iter().enumerate() {
            if let Some(new) = fold(self, item) {
                changed.get_or_insert_with(|| self.arena.alloc_slice_copy(items))[index] = new;
            }
        }
        changed.map(|items| &*items)
    }

    /// What an optional reference refers to.
    fn optional<T>(
        &mut self,
        item: &Option<&'a T>,
        fold: impl FnOnce(&mut Self, &'a T) -> Option<T>,
    ) -> Option<Option<&'a T>> {
        let new = fold(self, (*item)?)?;
        Some(Some(self.arena.alloc(new)))
    }
}

/// A copy of `$node`, a `$type`, with the fields that the named methods change; `None` if they change none.
/// The fields are folded in the order given.
macro_rules! rebuild {
    ($folder:ident, $node:expr, $type:ident { $($field:ident: $method:ident),+ $(,)? }) => {{
        let node = $node;
        let mut new: $type<'_> = *node;
        let mut changed = false;
        $(if let Some(field) = $folder.$method(&node.$field) {
            new.$field = field;
            changed = true;
        })+
        changed.then_some(new)
    }};
}
use rebuild;
