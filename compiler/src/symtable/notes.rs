//! Bodies that the parser has taken notes on ([`Notes`]): names are read in one go, and the tree is seen for the rest only.

use std::hint::select_unpredictable;

use pycsmith_bytecode::Location;
use pycsmith_parser::ast::{Body, Ctx, Note, Notes, StmtKind, Tree};

use super::build::Builder;
use super::def;
use crate::error::{Result, bug};

/// A place in a module's notes.
pub(super) struct NotesReader<'a> {
    notes: Notes<'a>,
    at: usize,
}

impl<'a> NotesReader<'a> {
    pub fn new(notes: Notes<'a>) -> NotesReader<'a> {
        NotesReader { notes, at: 0 }
    }

    fn tree(&self, number: u32) -> Result<Tree<'a>> {
        match self.notes.trees.get(number as usize) {
            Some(&tree) => Ok(tree),
            None => bug("a note on a tree that is not there"),
        }
    }
}

impl<'a> Builder<'_> {
    /// The body of the current scope, on which there may be notes.
    #[inline]
    pub fn visit_noted_body(
        &mut self,
        body: Body<'a>,
        reader: Option<&mut NotesReader<'a>>,
    ) -> Result {
        match reader {
            Some(reader) => self.visit_notes(reader),
            None => self.visit_body(body),
        }
    }

    /// The notes on the body of the current scope. Of an error only that there is one can be relied on.
    pub fn visit_notes(&mut self, reader: &mut NotesReader<'a>) -> Result {
        loop {
            let notes = reader.notes.list.get(reader.at..).unwrap_or_default();
            let plain = self.add_plain_notes(notes);
            reader.at += plain + 1;
            match notes.get(plain) {
                Some(&note) if note != Note::End => self.visit_note(note, reader)?,
                _ => return Ok(()),
            }
        }
    }

    /// Adds the names at the beginning of `notes` that are no more than that to the current scope; says how many they are.
    fn add_plain_notes(&mut self, notes: &[Note]) -> usize {
        let mut names = self.plain_names();
        for (count, &note) in notes.iter().enumerate() {
            let (Note::Load(name) | Note::Store(name)) = note else {
                return count;
            };
            let is_store = matches!(note, Note::Store(_));
            if !names.add(name, select_unpredictable(is_store, def::LOCAL, def::USE)) {
                return count;
            }
        }
        notes.len()
    }

    fn visit_note(&mut self, note: Note, reader: &mut NotesReader<'a>) -> Result {
        match note {
            Note::Load(name) => self.visit_unusual_name(name, Ctx::Load, Location::NONE),
            Note::Store(name) => self.visit_unusual_name(name, Ctx::Store, Location::NONE),
            Note::Tree(number) => match reader.tree(number)? {
                Tree::Expr(expr) => self.visit_expr(expr),
                Tree::Stmt(stmt) => self.visit_stmt(stmt),
            },
            Note::Scope(number) => self.visit_noted_scope(reader.tree(number)?, reader),
            Note::Yield => {
                self.cur_mut().generator = true;
                Ok(())
            }
            Note::Await if self.is_async_def() => Ok(()),
            Note::Await => bug("'await' outside async function"),
            Note::End => Ok(()),
        }
    }

    fn visit_noted_scope(&mut self, tree: Tree<'a>, reader: &mut NotesReader<'a>) -> Result {
        let Tree::Stmt(stmt) = tree else {
            return bug("a scope that is no statement");
        };
        let loc = stmt.loc;
        match stmt.kind {
            StmtKind::FunctionDef(function) => {
                self.visit_function(function, loc, false, Some(reader))
            }
            StmtKind::AsyncFunctionDef(function) => {
                self.visit_function(function, loc, true, Some(reader))
            }
            StmtKind::ClassDef(class) => self.visit_class(class, loc, Some(reader)),
            _ => bug("a scope that is no function or class"),
        }
    }
}
