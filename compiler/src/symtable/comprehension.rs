//! Comprehensions and assignment expressions (`symtable_handle_comprehension`,
//! `symtable_extend_namedexpr_scope`).

use pycsmith_bytecode::Location;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Comp, Comprehension, Expr, ExprKind};
use pycsmith_parser::interner::names as known;

use super::build::{Builder, TOP};
use super::{BlockType, ComprehensionType, KeyKind, ScopeId, ScopeKey, def};
use crate::error::{Result, bug, syntax_error};

impl<'a> Builder<'_> {
    pub fn visit_comprehension(
        &mut self,
        comp: &'a Comp<'a>,
        kind: ComprehensionType,
        loc: Location,
    ) -> Result {
        let Some((outermost, inner)) = comp.generators.split_first() else {
            return bug("a comprehension without generators");
        };
        self.refuse_nested_scope("comprehension", loc)?;
        let is_generator = kind == ComprehensionType::Generator;
        let name = match kind {
            ComprehensionType::List => known::LISTCOMP,
            ComprehensionType::Set => known::SETCOMP,
            ComprehensionType::Dict => known::DICTCOMP,
            ComprehensionType::Generator | ComprehensionType::No => known::GENEXPR,
        };
        // The outermost iterable is evaluated in the scope around the comprehension.
        self.visit_iterable(&outermost.iter)?;
        let key = ScopeKey::of(comp, KeyKind::Body);
        self.enter_block(name, BlockType::Function, Some(key), loc)?;
        self.cur_mut().comprehension = kind;
        self.cur_mut().coroutine |= outermost.is_async;
        self.add_def(known::DOT_ZERO, def::PARAM, loc)?;
        self.visit_target(&outermost.target)?;
        self.visit_exprs(outermost.ifs)?;
        inner
            .iter()
            .try_for_each(|generator| self.visit_generator(generator))?;
        // CPython quirk (3.14, symtable_handle_comprehension): the value of a dict comprehension comes first.
        self.visit_optional(comp.value.as_ref())?;
        self.visit_expr(&comp.elt)?;
        self.cur_mut().generator = is_generator;
        let is_async = self.cur().coroutine && !is_generator;
        self.exit_block();
        if is_async {
            if !self.is_async_def() && self.cur().comprehension == ComprehensionType::No {
                let message = "asynchronous comprehension outside of an asynchronous function";
                return syntax_error(loc, message);
            }
            self.cur_mut().coroutine = true;
        }
        Ok(())
    }

    /// `symtable_visit_comprehension`: any `for` but the first.
    fn visit_generator(&mut self, generator: &'a Comprehension<'a>) -> Result {
        self.visit_target(&generator.target)?;
        self.visit_iterable(&generator.iter)?;
        self.visit_exprs(generator.ifs)?;
        self.cur_mut().coroutine |= generator.is_async;
        Ok(())
    }

    fn visit_target(&mut self, target: &'a Expr<'a>) -> Result {
        self.cur_mut().comp_iter_target = true;
        self.visit_expr(target)?;
        self.cur_mut().comp_iter_target = false;
        Ok(())
    }

    fn visit_iterable(&mut self, iter: &'a Expr<'a>) -> Result {
        self.cur_mut().comp_iter_expr += 1;
        self.visit_expr(iter)?;
        self.cur_mut().comp_iter_expr -= 1;
        Ok(())
    }

    /// `symtable_handle_namedexpr`.
    pub fn visit_named_expr(
        &mut self,
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
        loc: Location,
    ) -> Result {
        if self.cur().comp_iter_expr > 0 {
            let message =
                "assignment expression cannot be used in a comprehension iterable expression";
            return syntax_error(loc, message);
        }
        if self.cur().comprehension != ComprehensionType::No {
            let ExprKind::Name { id, .. } = target.kind else {
                return bug("the target of an assignment expression is not a name");
            };
            self.extend_named_expr_scope(id, target.loc)?;
        }
        self.visit_expr(value)?;
        self.visit_expr(target)
    }

    /// The `DEF_*` bits of the target of an assignment expression in `scope`.
    fn lookup_named_target(&mut self, scope: ScopeId, target: Name) -> u32 {
        if self.target.mangles_named_targets() {
            self.lookup_in(scope, target)
        } else {
            self.scope(scope).flags_of(target)
        }
    }

    /// `symtable_extend_namedexpr_scope`: the target is bound in the scope that holds the comprehensions.
    fn extend_named_expr_scope(&mut self, target: Name, loc: Location) -> Result {
        for position in (0..self.stack.len()).rev() {
            let id = self.stack[position];
            let scope = self.scope(id);
            if scope.comprehension != ComprehensionType::No {
                let flags = self.lookup_named_target(id, target);
                if flags & def::COMP_ITER != 0 && flags & def::LOCAL != 0 {
                    let start =
                        "assignment expression cannot rebind comprehension iteration variable '";
                    return self.error_of(target, start, "'", loc);
                }
                continue;
            }
            let place = match scope.kind {
                BlockType::Function => {
                    let global = self.lookup_named_target(id, target) & def::GLOBAL != 0;
                    self.add_def(
                        target,
                        if global { def::GLOBAL } else { def::NONLOCAL },
                        loc,
                    )?;
                    self.record_directive(target, loc);
                    return self.add_def_helper(target, def::LOCAL, id, loc);
                }
                BlockType::Module => {
                    self.add_def(target, def::GLOBAL, loc)?;
                    self.record_directive(target, loc);
                    return self.add_def_helper(target, def::GLOBAL, TOP, loc);
                }
                BlockType::Class => "cannot be used in a class body",
                BlockType::TypeParameters => "cannot be used within the definition of a generic",
                BlockType::TypeAlias => "cannot be used in a type alias",
                BlockType::TypeVariable => "cannot be used in a TypeVar bound",
                BlockType::Annotation => continue,
            };
            let message = format!("assignment expression within a comprehension {place}");
            return syntax_error(loc, message);
        }
        bug("a comprehension outside of all scopes")
    }
}
