//! What differs between two code objects and those in them, whatever their offsets are. Only what has an effect counts: not how strings are
//! interned, nor the order of sets.

mod align;
pub mod functions;
mod instructions;
mod locations;
mod text;

use std::collections::HashMap;
use std::sync::Arc;

pub use align::Row;
pub use instructions::Code;
pub use locations::{Moved, NO_LINE};
pub use text::{Options, text};

use crate::code::CodeObject;
use crate::compare::Equality;
use crate::constant::{Constant, Names};
use crate::dis::{flag_names, kind_names, model};
use crate::info::shown;
use crate::repr::repr;
use crate::version::Target;
use align::{Budget, align};

/// A module, and the version that it is of.
#[derive(Clone, Debug)]
pub struct Side {
    pub code: Arc<CodeObject>,
    pub target: Target,
}

/// What differs.
#[derive(Debug, Default)]
pub struct Diff {
    /// Code objects that only one side has.
    pub removed: Vec<Arc<CodeObject>>,
    pub added: Vec<Arc<CodeObject>>,
    /// Pairs that differ.
    pub changed: Vec<CodeDiff>,
    /// Whether there is more: only so much is compared.
    pub cut: bool,
}

/// What differs between two code objects of one qualified name.
#[derive(Debug)]
pub struct CodeDiff {
    pub one: Arc<CodeObject>,
    pub other: Arc<CodeObject>,
    /// CPython's attributes without `co_`, in their order.
    pub attributes: Vec<(&'static str, String, String)>,
    pub consts: Listed,
    pub names: Listed,
    /// Variables with their kinds.
    pub localsplus: Listed,
    /// Present if instructions, their locations or the exception table differ.
    pub code: Option<Code>,
}

/// Items of two lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub removed: Vec<String>,
    pub added: Vec<String>,
    /// The same items in another order.
    pub reordered: bool,
}

impl Listed {
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && !self.reordered
    }
}

impl Diff {
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.changed.is_empty() && !self.cut
    }
}

/// Compares two modules. Code objects belong together that have one qualified name; of several, the first ones, the second ones and
/// so on. `filenames` tells whether the names of the sources count.
pub fn diff(one: &Side, other: &Side, filenames: bool) -> Diff {
    let mut comparison = Comparison {
        targets: (one.target, other.target),
        equality: Equality::new(false),
        budget: Budget::new(),
        filenames,
    };
    let (ones, others) = (model::all(&one.code), model::all(&other.code));
    let mut diff = Diff::default();
    let mut waiting: HashMap<(&[u8], usize), &Arc<CodeObject>> = keyed(&others).collect();
    for (key, code) in keyed(&ones) {
        match waiting.remove(&key) {
            None => diff.removed.push(code.clone()),
            Some(_) if diff.cut => {}
            Some(other) => match comparison.codes(code, other) {
                Ok(found) => diff.changed.extend(found),
                Err(TooMuch) => diff.cut = true,
            },
        }
    }
    let added = keyed(&others).filter(|(key, _)| waiting.contains_key(key));
    diff.added.extend(added.map(|(_, code)| code.clone()));
    diff
}

/// Each code object with its name and how many of that name came before.
fn keyed(codes: &[Arc<CodeObject>]) -> impl Iterator<Item = ((&[u8], usize), &Arc<CodeObject>)> {
    let mut counts: HashMap<&[u8], usize> = HashMap::new();
    codes.iter().map(move |code| {
        let name = &code.qualname.wtf8[..];
        let count = counts.entry(name).or_default();
        *count += 1;
        ((name, *count - 1), code)
    })
}

/// There is too much to compare.
struct TooMuch;

struct Comparison {
    targets: (Target, Target),
    equality: Equality,
    budget: Budget,
    filenames: bool,
}

impl Comparison {
    fn codes(
        &mut self,
        one: &Arc<CodeObject>,
        other: &Arc<CodeObject>,
    ) -> Result<Option<CodeDiff>, TooMuch> {
        let attributes = self.attributes(one, other);
        let consts = self.constants(&one.consts, &other.consts);
        let names = self.names(&one.names, &other.names);
        let variables = |code: &CodeObject| -> Vec<String> {
            let pairs = code.localsplusnames.iter().zip(code.localspluskinds.iter());
            pairs
                .map(|(name, &kind)| format!("{} ({})", shown(name), kind_names(kind)))
                .collect()
        };
        let is_same = one.localsplusnames == other.localsplusnames
            && one.localspluskinds == other.localspluskinds;
        let localsplus = match is_same {
            true => Listed::default(),
            false => self.listed(variables(one), variables(other)),
        };
        let nothing_else =
            attributes.is_empty() && consts.is_empty() && names.is_empty() && localsplus.is_empty();
        let same_tables = one.code == other.code
            && one.linetable == other.linetable
            && one.exceptiontable == other.exceptiontable;
        if nothing_else && same_tables && self.targets.0 == self.targets.1 {
            return Ok(None);
        }
        // An instruction takes more than a byte of a table or a name.
        let size = |code: &CodeObject| {
            16 * code.code.len() + code.linetable.len() + code.consts.len() + code.names.len()
        };
        if !self.budget.take((size(one) + size(other)) as u64) {
            return Err(TooMuch);
        }
        let code = instructions::compare(
            (one, self.targets.0),
            (other, self.targets.1),
            &mut self.equality,
            &mut self.budget,
        );
        Ok((!nothing_else || code.is_some()).then(|| CodeDiff {
            one: one.clone(),
            other: other.clone(),
            attributes,
            consts,
            names,
            localsplus,
            code,
        }))
    }

    fn attributes(
        &self,
        one: &CodeObject,
        other: &CodeObject,
    ) -> Vec<(&'static str, String, String)> {
        let mut found = Vec::new();
        let mut add = |name, one: String, other: String| {
            if one != other {
                found.push((name, one, other));
            }
        };
        add("name", shown(&one.name), shown(&other.name));
        if self.filenames {
            add("filename", shown(&one.filename), shown(&other.filename));
        }
        let line = |code: &CodeObject| code.firstlineno.to_string();
        add("firstlineno", line(one), line(other));
        for (name, one, other) in [
            ("argcount", one.argcount, other.argcount),
            (
                "posonlyargcount",
                one.posonlyargcount,
                other.posonlyargcount,
            ),
            ("kwonlyargcount", one.kwonlyargcount, other.kwonlyargcount),
            ("stacksize", one.stacksize, other.stacksize),
        ] {
            add(name, one.to_string(), other.to_string());
        }
        add("flags", flag_names(one.flags), flag_names(other.flags));
        found
    }

    fn constants(&mut self, one: &[Constant], other: &[Constant]) -> Listed {
        let (keys, other_keys) = (self.digests(one), self.digests(other));
        let show = |values: &[Constant], index: usize| repr(&values[index]);
        self.of_keys(
            (&keys, &other_keys),
            |index| show(one, index),
            |index| show(other, index),
        )
    }

    fn digests(&mut self, values: &[Constant]) -> Vec<u64> {
        let digest = |value| self.equality.digest(value);
        values.iter().map(digest).collect()
    }

    fn names(&mut self, one: &Names, other: &Names) -> Listed {
        if one == other {
            return Listed::default();
        }
        self.constants(one.tuple(), other.tuple()).map(unquoted)
    }

    fn listed(&mut self, one: Vec<String>, other: Vec<String>) -> Listed {
        let keys = |texts: &[String], equality: &Equality| -> Vec<u64> {
            texts.iter().map(|text| equality.hash(text)).collect()
        };
        let (keys, other_keys) = (keys(&one, &self.equality), keys(&other, &self.equality));
        self.of_keys(
            (&keys, &other_keys),
            |index| one[index].clone(),
            |index| other[index].clone(),
        )
    }

    fn of_keys(
        &mut self,
        (keys, other_keys): (&[u64], &[u64]),
        one: impl Fn(usize) -> String,
        other: impl Fn(usize) -> String,
    ) -> Listed {
        if keys == other_keys {
            return Listed::default();
        }
        let sorted = |keys: &[u64]| {
            let mut keys = keys.to_vec();
            keys.sort_unstable();
            keys
        };
        if sorted(keys) == sorted(other_keys) {
            return Listed {
                reordered: true,
                ..Listed::default()
            };
        }
        let mut listed = Listed::default();
        for row in align(keys, other_keys, (&[], &[]), &mut self.budget) {
            match row {
                Row::Both(..) => {}
                Row::Removed(index) => listed.removed.push(one(index)),
                Row::Added(index) => listed.added.push(other(index)),
            }
        }
        listed
    }
}

impl Listed {
    fn map(mut self, change: fn(String) -> String) -> Listed {
        for side in [&mut self.removed, &mut self.added] {
            for text in side.iter_mut() {
                *text = change(std::mem::take(text));
            }
        }
        self
    }
}

/// A name from its `repr`, if that is the name in quotes.
fn unquoted(text: String) -> String {
    match text
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        Some(name) if !name.contains(['\\', '\'']) => name.to_owned(),
        _ => text,
    }
}
