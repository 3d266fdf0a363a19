//! What the symbol table has to know, written down while the tree is made ([`Notes`]).
//!
//! Names are noted where they are read. What turns out to be more than names, or comes in another order, has its notes taken
//! back to where it began (a *mark*), and a [`Note::Tree`] put there.

use super::Parser;
use crate::ast::*;
use crate::interner::{Name, names};

impl<'a> Parser<'a, '_> {
    /// The place of the next note.
    #[inline]
    pub(super) fn mark(&self) -> usize {
        self.notes.len()
    }

    #[inline]
    pub(super) fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// The notes from `mark` on are told by the tree of `expr`.
    pub(super) fn note_expr(&mut self, mark: usize, expr: &Expr<'a>) {
        let tree = Tree::Expr(self.arena.alloc(*expr));
        self.note_tree(mark, tree);
    }

    /// The notes from `mark` on are told by the tree of `stmt`.
    pub(super) fn note_stmt(&mut self, mark: usize, stmt: &Stmt<'a>) {
        let tree = Tree::Stmt(self.arena.alloc(*stmt));
        self.note_tree(mark, tree);
    }

    fn note_tree(&mut self, mark: usize, tree: Tree<'a>) {
        self.notes.truncate(mark);
        self.notes.push(Note::Tree(self.trees.len() as u32));
        self.trees.push(tree);
    }

    /// The body of a function or class begins, whose decorators began at `mark`; gives what
    /// [`end_scope`](Parser::end_scope) needs.
    pub(super) fn begin_scope(&mut self, mark: usize, is_class: bool) -> bool {
        self.notes.truncate(mark);
        // `note_scope` says which one it is.
        self.notes.push(Note::Scope(0));
        std::mem::replace(&mut self.in_class, is_class)
    }

    pub(super) fn end_scope(&mut self, in_class: bool) {
        self.notes.push(Note::End);
        self.in_class = in_class;
    }

    /// `stmt` is the function or class that has been noted at `mark`.
    pub(super) fn note_scope(&mut self, mark: usize, stmt: &Stmt<'a>) {
        if let Some(note) = self.notes.get_mut(mark) {
            *note = Note::Scope(self.trees.len() as u32);
        }
        self.trees.push(Tree::Stmt(self.arena.alloc(*stmt)));
    }

    /// The name that was read last is bound.
    #[inline]
    pub(super) fn note_store(&mut self) {
        if let Some(note) = self.notes.last_mut()
            && let Note::Load(name) = *note
        {
            *note = Note::Store(name);
        }
    }

    /// The name that was read last is none that is loaded; gives its note.
    #[inline]
    pub(super) fn take_note(&mut self) -> Option<Note> {
        self.notes.pop()
    }

    /// `target`, whose parts were noted from `mark` on and of which `count` are names, is assigned to.
    pub(super) fn note_targets(&mut self, mark: usize, count: usize, target: &Expr<'a>) {
        if let ExprKind::Attribute { .. } | ExprKind::Subscript { .. } = target.kind {
            return;
        }
        let noted = self.notes.get_mut(mark..).unwrap_or_default();
        if noted.len() != count {
            return self.note_expr(mark, target);
        }
        for note in noted {
            if let Note::Load(name) = *note {
                *note = Note::Store(name);
            }
        }
    }

    /// `name` is bound as an attribute or an argument. No name but one makes a difference.
    #[inline]
    pub(super) fn check_bound(&mut self, name: Name) {
        self.is_noted &= name != names::DEBUG;
    }

    /// The notes on the whole module, if they are complete.
    pub(super) fn finish_notes(&self) -> Option<Notes<'a>> {
        // A target that limits the depth of trees has to see them.
        let is_noted = self.is_noted && self.target.compiler_recursion_limit().is_none();
        is_noted.then(|| Notes {
            list: self.arena.alloc_slice_copy(&self.notes),
            trees: self.arena.alloc_slice_copy(&self.trees),
        })
    }
}
