//! Private names (`_Py_Mangle` and `_Py_MaybeMangle`).

use pycsmith_parser::{Interner, Name};

use super::Scope;

/// Whether `text` is what a class mangles: `__name`, but not `__name__` nor anything with a dot.
pub(super) fn is_private(text: &str) -> bool {
    text.starts_with("__") && !text.ends_with("__") && !text.contains('.')
}

/// `_Py_Mangle`: `__name` in a class body becomes `_Class__name`. `private` is the class's name.
pub fn mangle(private: Option<Name>, name: Name, names: &mut Interner) -> Name {
    let Some(private) = private else { return name };
    let text = names.resolve(name);
    if !is_private(text) {
        return name;
    }
    let class = names.resolve(private).trim_start_matches('_');
    if class.is_empty() {
        return name;
    }
    let mangled = ["_", class, text].concat();
    names.intern(&mangled)
}

/// `_Py_MaybeMangle`: as [`mangle`], but in the type-parameter scopes of a class only its type parameters
/// are private names.
pub fn maybe_mangle(
    private: Option<Name>,
    scope: &Scope,
    name: Name,
    names: &mut Interner,
) -> Name {
    match &scope.mangled_names {
        Some(mangled) if !mangled.contains(&name) => name,
        _ => mangle(private, name, names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangles_as_cpython() {
        let mut names = Interner::new();
        for (class, name, expected) in [
            ("A", "__x", "_A__x"),
            ("_A", "__x", "_A__x"),
            ("__A_", "__x", "_A___x"),
            ("__", "__x", "__x"),
            ("A", "__x__", "__x__"),
            ("A", "__", "__"),
            ("A", "___", "___"),
            ("A", "_x", "_x"),
            ("A", "__a.b", "__a.b"),
            ("Å", "__é_", "_Å__é_"),
        ] {
            let class = names.intern(class);
            let name = names.intern(name);
            let mangled = mangle(Some(class), name, &mut names);
            assert_eq!(names.resolve(mangled), expected);
            assert_eq!(mangle(None, name, &mut names), name);
        }
    }
}
