//! From code objects back to units: blocks instead of offsets, names instead of indices.
//!
//! ```text
//! co_code  POP_JUMP_IF_FALSE 3        b0:
//!          CACHE                          POP_JUMP_IF_FALSE          b2     @2:4-2:9
//!          NOT_TAKEN              =>      NOT_TAKEN                         @2:4-2:9
//!          ...                        b1:
//! ```
//!
//! Prefixes and inline caches are gone, jumps name blocks, handlers stand at the instructions that they protect, and locations
//! at those that they are of. A code object that no assembler can have made is refused.

mod budget;
mod graph;

use std::fmt;
use std::sync::Arc;

use pycsmith_bytecode::code::{flags, kinds};
use pycsmith_bytecode::{CodeObject, Constant, Names, PyStr, Target};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::constants;
use crate::unit::{CodeModule, CodeUnit, Graph, ModuleFile, UnitConst};
use budget::Budget;

/// Why a code object is none that units can stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiftError {
    /// `co_qualname`.
    pub qualname: String,
    /// In `co_code`, in bytes.
    pub offset: Option<u32>,
    pub message: String,
}

impl fmt::Display for LiftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code object {}", self.qualname)?;
        if let Some(offset) = self.offset {
            write!(f, ", offset {offset}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for LiftError {}

/// What is wrong with one code object, and at which offset in bytes.
type Fault = (Option<u32>, String);
type Result<T> = std::result::Result<T, Fault>;

fn fault<T>(message: impl Into<String>) -> Result<T> {
    Err((None, message.into()))
}

/// A module that was a code object.
#[derive(Debug)]
pub struct Lifted {
    pub module: CodeModule,
    /// The code object of each unit.
    pub codes: Vec<Arc<CodeObject>>,
}

/// The units of `code` and all code objects in it, inner ones first.
///
/// # Errors
/// A code object that cannot be written as a unit: it jumps into the middle of an instruction, has its variables in an order
/// of its own, nests code objects in tuples, and so on.
pub fn lift(code: &Arc<CodeObject>, target: Target) -> std::result::Result<Lifted, LiftError> {
    let mut lifting = Lifting {
        target,
        budget: Budget::of(code),
        taken: FxHashSet::default(),
        ids: FxHashMap::default(),
        containers: FxHashMap::default(),
        units: Vec::new(),
        codes: Vec::new(),
    };
    for code in inner_first(code) {
        let id = lifting.id_of(&code);
        lifting
            .unit(&code, id)
            .map_err(|(offset, message)| LiftError {
                qualname: lossy(&code.qualname),
                offset,
                message,
            })?;
    }
    let file = ModuleFile {
        filename: Some(code.filename.wtf8.to_vec()),
        ..ModuleFile::default()
    };
    let module = CodeModule {
        target,
        file,
        units: lifting.units,
    };
    Ok(Lifted {
        module,
        codes: lifting.codes,
    })
}

/// The code objects of a module, each once, inner ones before those that have them as constants.
fn inner_first(code: &Arc<CodeObject>) -> Vec<Arc<CodeObject>> {
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    seen.insert(Arc::as_ptr(code));
    // Each with the number of the constant to look at next.
    let mut open = vec![(code.clone(), 0)];
    while let Some((code, next)) = open.last_mut() {
        let Some(value) = code.consts.get(*next) else {
            found.extend(open.pop().map(|(code, _)| code));
            continue;
        };
        *next += 1;
        if let Constant::Code(inner) = value
            && seen.insert(Arc::as_ptr(inner))
        {
            let inner = inner.clone();
            open.push((inner, 0));
        }
    }
    found
}

struct Lifting {
    target: Target,
    budget: Budget,
    /// Ids given out.
    taken: FxHashSet<String>,
    /// By address; the code objects live as long as the one that is lifted.
    ids: FxHashMap<*const CodeObject, String>,
    /// Containers that have been seen, by address, and what stands for each.
    containers: FxHashMap<usize, (Constant, Constant)>,
    units: Vec<CodeUnit>,
    codes: Vec<Arc<CodeObject>>,
}

impl Lifting {
    /// A name for the unit that no other has: the qualified name, with a number if several share it.
    fn id_of(&mut self, code: &Arc<CodeObject>) -> String {
        let qualname = lossy(&code.qualname);
        let numbered = (2..).map(|number| format!("{qualname}~{number}"));
        let id = std::iter::once(qualname.clone())
            .chain(numbered)
            .find(|id| !self.taken.contains(id))
            .unwrap_or_default();
        self.taken.insert(id.clone());
        self.ids.insert(Arc::as_ptr(code), id.clone());
        id
    }

    fn unit(&mut self, code: &Arc<CodeObject>, id: String) -> Result<()> {
        self.budget.code(code)?;
        let variables = Variables::of(code)?;
        let mut unit = CodeUnit {
            id,
            name: name(&code.name)?,
            qualname: name(&code.qualname)?,
            firstlineno: code.firstlineno,
            argcount: code.argcount,
            posonlyargcount: code.posonlyargcount,
            kwonlyargcount: code.kwonlyargcount,
            flags: code.flags,
            varnames: variables.varnames,
            cellvars: variables.cellvars,
            freevars: variables.freevars,
            hidden: variables.hidden,
            names: names(&code.names)?,
            stack_depth: Some(code.stacksize),
            localsplus: true,
            ..CodeUnit::default()
        };
        check_parameters(&unit)?;
        unit.consts = code
            .consts
            .iter()
            .map(|value| self.constant(value))
            .collect::<Result<_>>()?;
        unit.graph = Graph(graph::of(code, self.target, &mut self.budget)?);
        restore_format(&mut unit, self.target);
        self.units.push(unit);
        self.codes.push(code.clone());
        Ok(())
    }

    fn constant(&mut self, value: &Constant) -> Result<UnitConst> {
        match value {
            Constant::Code(code) => match self.ids.get(&Arc::as_ptr(code)) {
                Some(id) => Ok(UnitConst::Code(id.clone())),
                None => fault("it is a constant of itself"),
            },
            value if constants::has_text(value) => Ok(UnitConst::Value(self.as_in_text(value))),
            _ => fault("a constant has a code object in it, or nests too deep"),
        }
    }

    /// The same value as its text would give: which strings the interpreter had interned does not count.
    fn as_in_text(&mut self, value: &Constant) -> Constant {
        let items: &[Constant] = match value {
            Constant::Str(text) => return Constant::Str(Arc::new(PyStr::constant(&text.wtf8[..]))),
            Constant::Tuple(items) | Constant::FrozenSet(items) => items,
            Constant::Slice(items) => &items[..],
            other => return other.clone(),
        };
        let key = items.as_ptr().addr();
        if let Some((_, known)) = self.containers.get(&key)
            && !items.is_empty()
        {
            return known.clone();
        }
        let mut items = items.iter().map(|item| self.as_in_text(item));
        let same = match value {
            Constant::FrozenSet(_) => Constant::FrozenSet(items.collect()),
            Constant::Slice(_) => Constant::Slice(Arc::new(std::array::from_fn(|_| {
                items.next().unwrap_or(Constant::None)
            }))),
            _ => Constant::Tuple(items.collect()),
        };
        self.containers.insert(key, (value.clone(), same.clone()));
        same
    }
}

fn lossy(text: &PyStr) -> String {
    String::from_utf8_lossy(&text.wtf8).into_owned()
}

fn name(text: &PyStr) -> Result<String> {
    match text.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => fault(format!("the name {} has a lone surrogate", lossy(text))),
    }
}

fn names(names: &Names) -> Result<Vec<String>> {
    names.iter().map(|text| name(text)).collect()
}

/// `co_localsplusnames` by kind.
#[derive(Default)]
struct Variables {
    varnames: Vec<String>,
    cellvars: Vec<String>,
    freevars: Vec<String>,
    hidden: Vec<String>,
}

impl Variables {
    fn of(code: &CodeObject) -> Result<Variables> {
        let mut found = Variables::default();
        let mut only_cells: Vec<String> = Vec::new();
        for (text, &kind) in code.localsplusnames.iter().zip(&*code.localspluskinds) {
            let name = name(text)?;
            let in_order = if kind & kinds::LOCAL != 0 {
                if kind & kinds::CELL != 0 {
                    found.cellvars.push(name.clone());
                }
                if kind & kinds::HIDDEN != 0 {
                    found.hidden.push(name.clone());
                }
                found.varnames.push(name);
                only_cells.is_empty() && found.freevars.is_empty()
            } else if kind & kinds::CELL != 0 {
                only_cells.push(name);
                found.freevars.is_empty()
            } else {
                found.freevars.push(name);
                kind & kinds::FREE != 0
            };
            if !in_order {
                return fault(
                    "its variables are not in the order of locals, cells, free variables",
                );
            }
        }
        let locals: FxHashSet<&String> = found.varnames.iter().collect();
        if only_cells.iter().any(|name| locals.contains(name)) {
            return fault("a cell has the name of a local that is none");
        }
        found.cellvars.append(&mut only_cells);
        Ok(found)
    }
}

/// Gives the parameter of what evaluates annotations its inner name, which the assembler changes.
fn restore_format(unit: &mut CodeUnit, target: Target) {
    if let [first, ..] = &mut unit.varnames[..]
        && (unit.argcount, unit.posonlyargcount) == (1, 1)
        && (&unit.name[..], &first[..]) == ("__annotate__", "format")
        && target.defers_annotations()
        && !unit.cellvars.contains(first)
    {
        *first = ".format".to_owned();
    }
}

/// Parameters must be locals.
fn check_parameters(unit: &CodeUnit) -> Result<()> {
    let stars = (unit.flags & (flags::VARARGS | flags::VARKEYWORDS)).count_ones();
    let count = u64::from(unit.argcount) + u64::from(unit.kwonlyargcount) + u64::from(stars);
    if count > unit.varnames.len() as u64 || unit.posonlyargcount > unit.argcount {
        return fault(format!(
            "{count} parameters, {} of them positional only, are not among {} locals",
            unit.posonlyargcount,
            unit.varnames.len()
        ));
    }
    Ok(())
}
