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

use std::sync::Arc;

use pycsmith_bytecode::constant::should_intern;
use pycsmith_bytecode::{Constant, Names, PyStr, Target, Which, set_order};
use pycsmith_ir::{ConstId, ConstPool, TupleHash};
use pycsmith_parser::interner::{WELL_KNOWN_COUNT, names};
use pycsmith_parser::{Interner, Name};

use crate::assemble::Metadata;

/// Strings that a release has interned when it starts to compile.
#[derive(Debug)]
struct AtStart {
    /// A line for each, sorted.
    text: &'static str,
    /// Where the lines begin.
    starts: &'static [u32],
}

impl AtStart {
    fn line(&self, start: u32) -> &'static str {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        rest.split('\n').next().unwrap_or_default()
    }

    fn contains(&self, text: &str) -> bool {
        let order = |&start: &u32| self.line(start).cmp(text);
        self.starts.binary_search_by(order).is_ok()
    }
}

const fn count_lines(text: &str) -> usize {
    let text = text.as_bytes();
    let (mut count, mut at) = (0, 0);
    while at < text.len() {
        count += (text[at] == b'\n') as usize;
        at += 1;
    }
    count
}

/// Where each line begins; all of them have ends.
const fn line_starts<const COUNT: usize>(text: &str) -> [u32; COUNT] {
    let text = text.as_bytes();
    let mut starts = [0; COUNT];
    let (mut count, mut at) = (1, 0);
    while count < COUNT {
        if text[at] == b'\n' {
            starts[count] = at as u32 + 1;
            count += 1;
        }
        at += 1;
    }
    starts
}

macro_rules! at_start {
    ($($minor:literal, $patch:literal);+) => {
        /// The releases that have been measured, oldest first.
        static AT_START: [(Target, AtStart); [$($minor),+].len()] = [$((
            Target { minor: $minor, patch: $patch },
            {
                const TEXT: &str =
                    include_str!(concat!("../data/interned-3.", $minor, ".", $patch, ".txt"));
                static STARTS: [u32; count_lines(TEXT)] = line_starts(TEXT);
                AtStart { text: TEXT, starts: &STARTS }
            },
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
            self.qualnames
                .resize((index + 1).next_power_of_two(), false);
        }
        self.qualnames[index] = true;
    }

    /// Whether the source has this name.
    fn is_identifier(&self, name: Name) -> bool {
        (WELL_KNOWN_COUNT..self.identifiers).contains(&name.0)
    }

    /// Whether `text` is an identifier of the source.
    pub(crate) fn has_identifier(&self, names: &Interner, text: &str) -> bool {
        names.get(text).is_some_and(|name| self.is_identifier(name))
    }

    /// Whether a string equal to `text` is interned.
    pub(crate) fn contains(&self, names: &Interner, text: &str) -> bool {
        names.get(text).is_some_and(|name| {
            self.is_identifier(name) || self.qualnames.get(name.0 as usize) == Some(&true)
        }) || self.at_start(text)
    }

    fn at_start(&self, text: &str) -> bool {
        self.at_start.is_some_and(|table| table.contains(text))
    }
}

/// Names that the compiler gives to what has none.
const GIVEN_NAMES: [Name; 6] = [
    names::LAMBDA,
    names::LISTCOMP,
    names::SETCOMP,
    names::DICTCOMP,
    names::GENEXPR,
    names::MODULE,
];

/// Whether the compiler gives this name to what has none.
pub(crate) fn is_given(name: Name) -> bool {
    GIVEN_NAMES.contains(&name)
}

/// The one object for an identifier (interned, as CPython interns all names) or for a name that the compiler gives;
/// `objects` keeps those made so far, by number.
#[inline]
pub(crate) fn name_object<'o>(
    names: &Interner,
    objects: &'o mut Vec<Option<Arc<PyStr>>>,
    name: Name,
) -> &'o Arc<PyStr> {
    let slot = name.0 as usize;
    if objects.len() <= slot {
        make_room(objects, names.len());
    }
    objects[slot].get_or_insert_with(|| make_object(names, name))
}

/// Makes the objects of all identifiers of the source: there is hardly one that is not needed. Those of well-known names stay, and
/// those of the last source's serve again where nothing else refers to them any more; more of them than are needed are kept in
/// `spare`.
pub(crate) fn make_identifiers(
    names: &Interner,
    objects: &mut Vec<Option<Arc<PyStr>>>,
    spare: &mut Vec<Arc<PyStr>>,
) {
    objects.resize(objects.len().max(WELL_KNOWN_COUNT as usize), None);
    let last = objects.drain(WELL_KNOWN_COUNT as usize..);
    spare.extend(last.flatten());
    let identifiers = WELL_KNOWN_COUNT..names.len() as u32;
    objects.extend(identifiers.map(|name| {
        let identifier = make_identifier(names, Name(name));
        Some(match spare.pop() {
            Some(mut object) => match Arc::get_mut(&mut object) {
                Some(free) => {
                    *free = identifier;
                    object
                }
                None => Arc::new(identifier),
            },
            None => Arc::new(identifier),
        })
    }));
    spare.truncate(MOST_SPARE);
}

/// Most objects of names that are kept for other sources.
const MOST_SPARE: usize = 1 << 12;

#[cold]
fn make_room(objects: &mut Vec<Option<Arc<PyStr>>>, len: usize) {
    objects.resize(len.next_power_of_two(), None);
}

#[inline(never)]
fn make_object(names: &Interner, name: Name) -> Arc<PyStr> {
    Arc::new(match is_given(name) {
        true => PyStr::permanent(names.resolve(name)),
        false => make_identifier(names, name),
    })
}

#[inline]
fn make_identifier(names: &Interner, name: Name) -> PyStr {
    match names.resolve_short(name) {
        Some((bytes, len)) => PyStr::short_name(bytes, len),
        None => PyStr::name(names.resolve(name)),
    }
}

/// The strings of a compilation.
pub(crate) struct Strings<'c> {
    pub(crate) target: Target,
    pub(crate) names: &'c Interner,
    /// By number, see [`name_object`].
    pub(crate) objects: &'c mut Vec<Option<Arc<PyStr>>>,
    pub(crate) interned: &'c mut Interned,
}

impl Strings<'_> {
    pub(crate) fn name_object(&mut self, name: Name) -> Arc<PyStr> {
        name_object(self.names, self.objects, name).clone()
    }

    /// The one tuple of the compilation that holds the objects of `names` (`_PyCompile_ConstCacheMergeOne`).
    pub(crate) fn merged_names(&mut self, pool: &mut ConstPool, names: &[Name]) -> Names {
        let mut hash = TupleHash::default();
        for &name in names {
            hash.add_str(name_object(self.names, self.objects, name));
        }
        let objects = &*self.objects;
        Names::of_strings(pool.intern_strs(
            hash,
            names.iter().map(|name| {
                let object = objects[name.0 as usize].as_ref();
                object.expect("made above")
            }),
        ))
    }

    /// `co_name` and `co_qualname` of a unit that is done.
    pub(crate) fn names_of(&mut self, unit: &Metadata<'_>) -> (Arc<PyStr>, Arc<PyStr>) {
        if self.target.interns_qualnames() {
            self.interned.add_qualname(unit.qualname);
            return (self.name_object(unit.name), self.name_object(unit.qualname));
        }
        // A made name, not that of a type variable whose bound this is.
        let name = match unit.has_type_params && !self.interned.is_identifier(unit.name) {
            true => Arc::new(PyStr::new(self.names.resolve(unit.name), false)),
            false => self.name_object(unit.name),
        };
        let qualname = match unit.qualname_object {
            _ if unit.qualname == unit.name => name.clone(),
            Some(object) => object.clone(),
            None => Arc::new(PyStr::new(self.names.resolve(unit.qualname), false)),
        };
        (name, qualname)
    }

    /// The constant with the qualified name of a class that is called `name`. It is the same object as `co_qualname` unless
    /// an equal string has been interned before.
    pub(crate) fn qualname_constant(&mut self, name: Name, qualname: Name) -> Arc<PyStr> {
        let own = match qualname == name {
            true => false,
            false if !self.target.interns_qualnames() => true,
            false => self
                .interned
                .contains(self.names, self.names.resolve(qualname)),
        };
        match own {
            true => Arc::new(PyStr::new(self.names.resolve(qualname), false)),
            false => self.name_object(qualname),
        }
    }

    /// The tuple of a code object's constants, one object with that of an earlier one if they are equal.
    pub(crate) fn merged_consts(
        &self,
        pool: &mut ConstPool,
        consts: &[ConstId],
    ) -> Arc<[Constant]> {
        let tuple = pool.intern_tuple(consts);
        let items: Arc<[Constant]> = match pool.get(tuple.id) {
            Constant::Tuple(items) => items.clone(),
            _ => consts.iter().map(|&id| pool.get(id).clone()).collect(),
        };
        let may_be_remade = tuple.is_new && tuple.has_groups;
        if !may_be_remade || !items.iter().any(|item| self.is_remade(item)) {
            return items;
        }
        let remade: Arc<[Constant]> = items
            .iter()
            .map(|item| match item {
                Constant::FrozenSet(members) if self.is_remade(item) => {
                    Constant::FrozenSet(set_order::iterated(members, self.target).into())
                }
                Constant::Slice(members) if self.is_remade(item) => {
                    Constant::Slice(Arc::new((**members).clone()))
                }
                other => other.clone(),
            })
            .collect();
        pool.replace(tuple.id, Constant::Tuple(remade.clone()));
        remade
    }

    /// Whether `intern_constants` makes this constant anew because it replaces a string in it.
    fn is_remade(&self, constant: &Constant) -> bool {
        let members: &[Constant] = match constant {
            Constant::FrozenSet(members) => members,
            Constant::Slice(members) => &members[..],
            _ => return false,
        };
        members
            .iter()
            .any(|member| matches!(member, Constant::Str(text) if self.is_replaced(text)))
    }

    /// Whether interning `text` gives another object.
    fn is_replaced(&self, object: &Arc<PyStr>) -> bool {
        let Some(text) = object.as_str() else {
            return false;
        };
        if object.which != Which::ByRules {
            return false;
        }
        if object.is_singleton() {
            // The singleton itself is interned unless the interpreter had an equal string interned before.
            return !self.target.interns_static_strings() && self.interned.at_start(text);
        }
        if !should_intern(text.as_bytes()) || !self.interned.contains(self.names, text) {
            return false;
        }
        // The object of an identifier is the interned one itself.
        let name = self
            .names
            .get(text)
            .and_then(|name| self.objects.get(name.0 as usize));
        !name.is_some_and(|name| name.as_ref().is_some_and(|name| Arc::ptr_eq(name, object)))
    }
}
