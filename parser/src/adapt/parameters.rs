//! Parameters of functions and lambdas, and type parameters.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::Adapter;
use crate::ast::*;

impl<'a> Adapter<'a, '_> {
    pub(super) fn arguments(&mut self, parameters: Option<&ruff::Parameters>) -> Arguments<'a> {
        let Some(parameters) = parameters else {
            return Arguments {
                posonlyargs: &[],
                args: &[],
                vararg: None,
                kwonlyargs: &[],
                kw_defaults: &[],
                kwarg: None,
                defaults: &[],
            };
        };
        let arena = self.arena;
        let posonlyargs = self.args(&parameters.posonlyargs);
        let args = self.args(&parameters.args);
        let positional = || parameters.posonlyargs.iter().chain(&parameters.args);
        let count = positional()
            .filter(|parameter| parameter.default.is_some())
            .count();
        let mut given = positional().filter_map(|parameter| parameter.default.as_deref());
        let defaults = if count == 0 {
            &[][..]
        } else {
            arena.alloc_slice_fill_with(count, |_| match given.next() {
                Some(default) => self.expr(default),
                None => self.stand_in(parameters.range),
            })
        };
        let vararg = parameters
            .vararg
            .as_deref()
            .map(|parameter| self.star_arg(parameter));
        let kwonlyargs = self.args(&parameters.kwonlyargs);
        let kwonly = &parameters.kwonlyargs;
        let kw_defaults = arena.alloc_slice_fill_with(kwonly.len(), |index| {
            kwonly[index]
                .default
                .as_deref()
                .map(|default| self.expr(default))
        });
        let kwarg = parameters
            .kwarg
            .as_deref()
            .map(|parameter| self.star_arg(parameter));
        Arguments {
            posonlyargs,
            args,
            vararg,
            kwonlyargs,
            kw_defaults,
            kwarg,
            defaults,
        }
    }

    fn args(&mut self, list: &[ruff::ParameterWithDefault]) -> &'a [Arg<'a>] {
        let arena = self.arena;
        arena.alloc_slice_fill_with(list.len(), |index| self.arg(&list[index].parameter))
    }

    fn arg(&mut self, parameter: &ruff::Parameter) -> Arg<'a> {
        let arg = self.identifier(&parameter.name);
        let annotation = self.boxed_option(parameter.annotation.as_deref());
        // From the name on: `*args` and `**kwargs` start at their stars in ruff's tree.
        let loc = self.lines.span(
            self.start_of(&parameter.name),
            parameter.range.end().to_u32(),
        );
        Arg {
            arg,
            annotation,
            loc,
        }
    }

    fn star_arg(&mut self, parameter: &ruff::Parameter) -> &'a Arg<'a> {
        let arg = self.arg(parameter);
        self.arena.alloc(arg)
    }

    pub(super) fn type_params(
        &mut self,
        type_params: Option<&ruff::TypeParams>,
    ) -> &'a [TypeParam<'a>] {
        let Some(type_params) = type_params else {
            return &[];
        };
        let arena = self.arena;
        let list = &type_params.type_params;
        arena.alloc_slice_fill_with(list.len(), |index| {
            let (kind, name, default) = match &list[index] {
                ruff::TypeParam::TypeVar(node) => {
                    let bound = self.boxed_option(node.bound.as_deref());
                    (TypeParamKind::TypeVar { bound }, &node.name, &node.default)
                }
                ruff::TypeParam::ParamSpec(node) => {
                    (TypeParamKind::ParamSpec, &node.name, &node.default)
                }
                ruff::TypeParam::TypeVarTuple(node) => {
                    (TypeParamKind::TypeVarTuple, &node.name, &node.default)
                }
            };
            // ruff does not look at those of parameters with stars.
            if let Some(default) = default
                && !self.target.type_parameter_defaults()
            {
                self.fail_at("invalid syntax", default.range());
            }
            TypeParam {
                kind,
                name: self.identifier(name),
                default_value: self.boxed_option(default.as_deref()),
                loc: self.loc(list[index].range()),
            }
        })
    }
}
