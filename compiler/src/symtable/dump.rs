//! Prints a symbol table.

use std::fmt::Write as _;

use pycsmith_parser::Interner;

use super::{BlockType, NameScope, Scope, ScopeId, SymbolTable, def};

/// The scopes of `table`, each below the one around it, with their names in order of first mention:
///
/// ```text
/// function f, line 3, nested (a, b)
///     a: cell, param use
/// ```
///
/// A comprehension that was inlined is not shown, but the scopes in it are.
pub fn dump(table: &SymbolTable, names: &Interner) -> String {
    let mut out = String::new();
    let mut pending = vec![(ScopeId(0), 0)];
    while let Some((id, depth)) = pending.pop() {
        if id.0 as usize >= table.scopes().len() {
            continue;
        }
        let scope = table.scope(id);
        print_scope(&mut out, scope, names, depth);
        pending.extend(scope.children.iter().rev().map(|&child| (child, depth + 1)));
    }
    out
}

fn print_scope(out: &mut String, scope: &Scope, names: &Interner, depth: usize) {
    let indent = depth * 4;
    let kind = match scope.kind {
        BlockType::Function => "function",
        BlockType::Class => "class",
        BlockType::Module => "module",
        BlockType::Annotation => "annotation",
        BlockType::TypeVariable => "type variable",
        BlockType::TypeAlias => "type alias",
        BlockType::TypeParameters => "type parameters",
    };
    let name = names
        .resolve(scope.name)
        .trim_start_matches('<')
        .trim_end_matches('>');
    let nested = if scope.nested { ", nested" } else { "" };
    let parameters: Vec<&str> = scope
        .varnames
        .iter()
        .map(|&name| names.resolve(name))
        .collect();
    let parameters = match parameters.as_slice() {
        [] => String::new(),
        list => format!(" ({})", list.join(", ")),
    };
    let line = scope.loc.line;
    let _ = writeln!(
        out,
        "{:indent$}{kind} {name}, line {line}{nested}{parameters}",
        ""
    );
    let indent = indent + 4;
    for symbol in &scope.symbols {
        let kind = match symbol.scope {
            NameScope::Unknown => "unknown",
            NameScope::Local => "local",
            NameScope::GlobalExplicit => "explicit global",
            NameScope::GlobalImplicit => "implicit global",
            NameScope::Free => "free",
            NameScope::Cell => "cell",
        };
        let name = names.resolve(symbol.name);
        let _ = write!(out, "{:indent$}{name}: {kind}", "");
        let mut separator = ", ";
        for (flag, text) in FLAGS {
            if symbol.flags & flag != 0 {
                let _ = write!(out, "{separator}{text}");
                separator = " ";
            }
        }
        out.push('\n');
    }
}

const FLAGS: [(u32, &str); 11] = [
    (def::GLOBAL, "global"),
    (def::LOCAL, "bound"),
    (def::PARAM, "param"),
    (def::NONLOCAL, "nonlocal"),
    (def::USE, "used"),
    (def::FREE_CLASS, "free_class"),
    (def::IMPORT, "import"),
    (def::ANNOT, "annotated"),
    (def::COMP_ITER, "comp_iter"),
    (def::TYPE_PARAM, "type_param"),
    (def::COMP_CELL, "comp_cell"),
];
