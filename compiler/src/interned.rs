//! Which strings are interned before a code object is made, as far as a `.pyc` file shows it.
//!
//! When CPython makes a code object it interns the strings among its constants that look like identifiers
//! (`intern_constants`, `Objects/codeobject.c`) and its qualified name. If the interpreter has an equal interned
//! string already, that one takes the string's place. Two things in a `.pyc` tell:
//!
//! - A frozenset or slice that holds such a string is made anew for each code object, so that code objects that
//!   could share one do not.
//! - The constant with a class's qualified name is another object than `co_qualname`.
//!
//! Interned already are the identifiers of the source, the qualified names of the code objects made before, and
//! what the interpreter itself interned until it compiles its first file: `data/interned-*.txt`, a file a release, which
//! `cargo xtask interned` measures in a process that has imported `py_compile` and nothing else.

use std::sync::{Arc, LazyLock};

use pycsmith_bytecode::constant::should_intern;
use pycsmith_bytecode::{Constant, PyStr, Target, set_order};
use pycsmith_parser::interner::WELL_KNOWN_COUNT;
use pycsmith_parser::{Interner, Name};

use crate::codegen::Compiler;
use crate::codegen::unit::{ScopeType, Unit};

/// Strings that a release has interned when it starts to compile, sorted.
type AtStart = LazyLock<Vec<&'static str>>;

macro_rules! at_start {
    ($($minor:literal, $patch:literal);+) => {
        /// The releases that have been measured, oldest first.
        static AT_START: [(Target, AtStart); [$($minor),+].len()] = [$((
            Target { minor: $minor, patch: $patch },
            LazyLock::new(|| {
                include_str!(concat!("../data/interned-3.", $minor, ".", $patch, ".txt")).lines().collect()
            }),
        )),+];
    };
}

at_start!(11, 2; 11, 7; 12, 1; 13, 0; 13, 18; 14, 10; 15, 2);

/// The strings interned so far in a compilation.
#[derive(Debug, Default)]
pub(crate) struct Interned {
    /// Names below this number are the source's identifiers (or well-known).
    identifiers: u32,
    /// Whether a code object has this qualified name, by the name's number.
    qualnames: Vec<bool>,
    at_start: Option<&'static AtStart>,
}

impl Interned {
    /// `names` must hold the identifiers of a source that has been parsed, and nothing else.
    pub(crate) fn new(names: &Interner, target: Target) -> Interned {
        Interned {
            identifiers: names.len() as u32,
            qualnames: Vec::new(),
            at_start: target.nearest(&AT_START),
        }
    }

    /// A code object with this qualified name is made.
    pub(crate) fn add_qualname(&mut self, qualname: Name) {
        let index = qualname.0 as usize;
        if self.qualnames.len() <= index {
            self.qualnames.resize(index + 1, false);
        }
        self.qualnames[index] = true;
    }

    /// Whether the source has this name.
    fn is_identifier(&self, name: Name) -> bool {
        (WELL_KNOWN_COUNT..self.identifiers).contains(&name.0)
    }

    /// Whether a string equal to `text` is interned.
    pub(crate) fn contains(&self, names: &Interner, text: &str) -> bool {
        names.get(text).is_some_and(|name| {
            self.is_identifier(name) || self.qualnames.get(name.0 as usize) == Some(&true)
        }) || self.at_start(text)
    }

    fn at_start(&self, text: &str) -> bool {
        self.at_start
            .is_some_and(|table| table.binary_search(&text).is_ok())
    }
}

/// `co_name` and `co_qualname` of a unit that is done.
pub(crate) fn names_of(c: &mut Compiler<'_>, unit: &Unit<'_>) -> (Arc<PyStr>, Arc<PyStr>) {
    if c.target.interns_qualnames() {
        c.interned.add_qualname(unit.qualname);
        return (c.name_object(unit.name), c.name_object(unit.qualname));
    }
    let name = match unit.scope_type {
        // A made name, not that of a type variable whose bound this is.
        ScopeType::TypeParams if !c.interned.is_identifier(unit.name) => {
            Arc::new(PyStr::new(c.names.resolve(unit.name), false))
        }
        _ => c.name_object(unit.name),
    };
    let qualname = match &unit.qualname_object {
        _ if unit.qualname == unit.name => name.clone(),
        Some(object) => object.clone(),
        None => Arc::new(PyStr::new(c.names.resolve(unit.qualname), false)),
    };
    (name, qualname)
}

/// The constant with the qualified name of the current unit, a class. It is the same object as `co_qualname` unless an
/// equal string has been interned before.
pub(crate) fn qualname_constant(c: &mut Compiler<'_>) -> Constant {
    let unit = c.unit();
    let (name, qualname) = (unit.name, unit.qualname);
    let text = c.names.resolve(qualname);
    let object = if qualname == name {
        c.name_object(name)
    } else if !c.target.interns_qualnames() {
        let object = Arc::new(PyStr::new(text, false));
        c.unit_mut().qualname_object = Some(object.clone());
        object
    } else if c.interned.contains(&c.names, text) {
        Arc::new(PyStr::new(text, false))
    } else {
        c.name_object(qualname)
    };
    Constant::Str(object)
}

/// The tuple of a code object's constants, which are taken out, one object with that of an earlier one if they are
/// equal.
pub(crate) fn merged_consts(c: &mut Compiler<'_>, items: &mut Vec<Constant>) -> Arc<[Constant]> {
    let (id, is_new) = c.pool.intern_tuple(items);
    let Constant::Tuple(items) = c.pool.get(id) else {
        return items.drain(..).collect();
    };
    let items = items.clone();
    if !is_new || !items.iter().any(|item| is_remade(c, item)) {
        return items;
    }
    let remade: Arc<[Constant]> = items
        .iter()
        .map(|item| match item {
            Constant::FrozenSet(members) if is_remade(c, item) => {
                Constant::FrozenSet(set_order::iterated(members, c.target).into())
            }
            Constant::Slice(members) if is_remade(c, item) => {
                Constant::Slice(Arc::new((**members).clone()))
            }
            other => other.clone(),
        })
        .collect();
    c.pool.replace(id, Constant::Tuple(remade.clone()));
    remade
}

/// Whether `intern_constants` makes this constant anew because it replaces a string in it.
fn is_remade(c: &Compiler<'_>, constant: &Constant) -> bool {
    let members: &[Constant] = match constant {
        Constant::FrozenSet(members) => members,
        Constant::Slice(members) => &members[..],
        _ => return false,
    };
    members
        .iter()
        .any(|member| matches!(member, Constant::Str(text) if is_replaced(c, text)))
}

/// Whether interning `text` gives another object.
fn is_replaced(c: &Compiler<'_>, object: &Arc<PyStr>) -> bool {
    let Some(text) = object.as_str() else {
        return false;
    };
    if object.is_singleton() {
        // The singleton itself is interned unless the interpreter had an equal string interned before.
        return !c.target.interns_static_strings() && c.interned.at_start(text);
    }
    if !should_intern(text.as_bytes()) || !c.interned.contains(&c.names, text) {
        return false;
    }
    // The object of an identifier is the interned one itself.
    let name = c
        .names
        .get(text)
        .and_then(|name| c.name_objects.get(name.0 as usize));
    !name.is_some_and(|name| name.as_ref().is_some_and(|name| Arc::ptr_eq(name, object)))
}
