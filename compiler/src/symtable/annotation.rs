//! Annotations (PEP 649) and type parameters (PEP 695).

use pycsmith_bytecode::Location;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Arg, Arguments, Expr, ExprKind, FunctionDef, TypeParam, TypeParamKind};
use pycsmith_parser::interner::names as known;

use super::build::Builder;
use super::{BlockType, KeyKind, ScopeKey, def};
use crate::error::Result;

impl<'a> Builder<'_> {
    /// The current scope sees the names of a class around it, if `in_class`.
    pub fn see_class_scope(&mut self, in_class: bool, loc: Location) -> Result {
        if in_class {
            self.cur_mut().can_see_class_scope = true;
            self.add_def(known::CLASSDICT, def::USE, loc)?;
        }
        Ok(())
    }

    /// `symtable_enter_type_param_block`, without the hidden names of classes and functions.
    pub fn enter_type_param_block(&mut self, name: Name, key: ScopeKey, loc: Location) -> Result {
        let in_class = self.cur().kind == BlockType::Class;
        self.enter_block(name, BlockType::TypeParameters, Some(key), loc)?;
        self.see_class_scope(in_class, loc)
    }

    pub fn visit_type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result {
        params
            .iter()
            .try_for_each(|param| self.visit_type_param(param))
    }

    /// `symtable_visit_type_param`.
    fn visit_type_param(&mut self, param: &'a TypeParam<'a>) -> Result {
        self.add_def(param.name, def::TYPE_PARAM | def::LOCAL, param.loc)?;
        let default_info = match param.kind {
            TypeParamKind::TypeVar { bound } => {
                let is_tuple = bound.is_some_and(|b| matches!(b.kind, ExprKind::Tuple { .. }));
                let info = if is_tuple {
                    "a TypeVar constraint"
                } else {
                    "a TypeVar bound"
                };
                self.visit_type_variable(param, bound, KeyKind::Bound, info)?;
                "a TypeVar default"
            }
            TypeParamKind::TypeVarTuple => "a TypeVarTuple default",
            TypeParamKind::ParamSpec => "a ParamSpec default",
        };
        self.visit_type_variable(param, param.default_value, KeyKind::Default, default_info)
    }

    /// `symtable_visit_type_param_bound_or_default`.
    fn visit_type_variable(
        &mut self,
        param: &'a TypeParam<'a>,
        expr: Option<&'a Expr<'a>>,
        key: KeyKind,
        info: &'static str,
    ) -> Result {
        if param.name == known::CLASSDICT && self.target.reserves_classdict() {
            let start = "reserved name '";
            return self.error_of(
                param.name,
                start,
                "' cannot be used for type parameter",
                param.loc,
            );
        }
        let Some(expr) = expr else { return Ok(()) };
        let in_class = self.cur().can_see_class_scope;
        let key = ScopeKey::of(param, key);
        self.enter_block(param.name, BlockType::TypeVariable, Some(key), expr.loc)?;
        self.see_class_scope(in_class, expr.loc)?;
        self.cur_mut().scope_info = info;
        self.visit_expr(expr)?;
        self.exit_block();
        Ok(())
    }

    /// `symtable_visit_annotation`: the annotation of a variable.
    pub fn visit_annotation(&mut self, annotation: &'a Expr<'a>) -> Result {
        if !self.target.defers_annotations() {
            return self.visit_eager_annotation(annotation);
        }
        let loc = annotation.loc;
        let parent = self.cur;
        let kind = self.cur().kind;
        // Annotations of local variables are never evaluated.
        let unevaluated = kind == BlockType::Function;
        // A module may be executed in part, so that all its annotations are conditional.
        let conditional = kind == BlockType::Module
            || kind == BlockType::Class && self.cur().in_conditional_block;
        if conditional && !self.cur().has_conditional_annotations {
            self.cur_mut().has_conditional_annotations = true;
            self.add_def(known::CONDITIONAL_ANNOTATIONS, def::USE, loc)?;
        }
        match self.cur().annotation_block {
            Some(block) => self.enter_existing_block(block, false),
            None => {
                self.enter_block(known::ANNOTATE, BlockType::Annotation, None, loc)?;
                self.scope_mut(parent).annotation_block = Some(self.cur);
                let in_class = kind == BlockType::Class && !self.future_annotations;
                // The class has the cell even where it binds `__classdict__` itself, which the annotations then do
                // not see as free.
                self.scope_mut(parent).needs_classdict |= in_class;
                self.see_class_scope(in_class, loc)?;
            }
        }
        self.cur_mut().in_unevaluated_annotation |= unevaluated;
        self.visit_expr(annotation)?;
        if unevaluated {
            self.cur_mut().in_unevaluated_annotation = false;
        }
        self.exit_block();
        Ok(())
    }

    /// `symtable_visit_annotations`: the annotations of a function, in a scope of their own.
    pub fn visit_function_annotations(
        &mut self,
        function: &'a FunctionDef<'a>,
        loc: Location,
    ) -> Result {
        if !self.target.defers_annotations() {
            return self.visit_eager_annotations(function, loc);
        }
        let in_class = self.cur().can_see_class_scope || self.cur().kind == BlockType::Class;
        let key = ScopeKey::of(function, KeyKind::Annotations);
        self.enter_block(known::ANNOTATE, BlockType::Annotation, Some(key), loc)?;
        self.see_class_scope(in_class, loc)?;
        annotated(&function.args).try_for_each(|arg| self.visit_used_annotation(arg.annotation))?;
        self.visit_used_annotation(function.returns)?;
        self.exit_block();
        Ok(())
    }

    /// Whether nothing that is generated needs a scope for the annotations of `function`, as there are none. (What that scope
    /// asks of a class is added in the analysis.)
    pub fn leaves_annotations_out(&self, function: &FunctionDef<'_>) -> bool {
        let cur = self.cur();
        !self.whole
            && self.target.defers_annotations()
            && !self.future_annotations
            && (cur.kind == BlockType::Class || !cur.can_see_class_scope)
            && function.returns.is_none()
            && annotated(&function.args).all(|arg| arg.annotation.is_none())
    }

    /// An annotation that is evaluated where it stands: what it says of names, this scope says. With
    /// `from __future__ import annotations` it says nothing.
    fn visit_eager_annotation(&mut self, annotation: &'a Expr<'a>) -> Result {
        if !self.future_annotations {
            return self.visit_expr(annotation);
        }
        let id = self.new_scope(known::ANNOTATE, BlockType::Annotation, None, annotation.loc);
        self.enter_existing_block(id, false);
        self.visit_expr(annotation)?;
        self.exit_block();
        Ok(())
    }

    /// The same of a function's annotations, those of parameters in one scope.
    fn visit_eager_annotations(&mut self, function: &'a FunctionDef<'a>, loc: Location) -> Result {
        let apart = self.future_annotations;
        if apart {
            let id = self.new_scope(known::ANNOTATE, BlockType::Annotation, None, loc);
            self.enter_existing_block(id, false);
        }
        annotated(&function.args)
            .filter_map(|arg| arg.annotation)
            .try_for_each(|annotation| self.visit_expr(annotation))?;
        if apart {
            self.exit_block();
        }
        match function.returns {
            Some(returns) => self.visit_eager_annotation(returns),
            None => Ok(()),
        }
    }

    #[inline]
    fn visit_used_annotation(&mut self, annotation: Option<&'a Expr<'a>>) -> Result {
        let Some(annotation) = annotation else {
            return Ok(());
        };
        self.cur_mut().annotations_used = true;
        self.visit_expr(annotation)
    }
}

/// The parameters in the order in which their annotations are visited.
fn annotated<'a>(args: &Arguments<'a>) -> impl Iterator<Item = &'a Arg<'a>> + use<'a> {
    args.posonlyargs
        .iter()
        .chain(args.args)
        .chain(args.vararg)
        .chain(args.kwarg)
        .chain(args.kwonlyargs)
}
