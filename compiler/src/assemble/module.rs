//! A module of units, as its text or a `.pyc` file has them, to a code object.

use std::fmt;
use std::sync::Arc;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{CodeObject, Constant, Op, PyStr, Target, Which};
use pycsmith_ir::{
    BlockId, CodeModule, CodeUnit, ConstId, ConstPool, InstructionSequence, Label, UnitConst,
};
use pycsmith_optimizer::{Optimized, passes};
use pycsmith_parser::interner::names;
use pycsmith_parser::{Interner, Name};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Assembler, Buffers, Metadata, check};
use crate::CompileError;
use crate::codegen::unit::Table;
use crate::interned::{self, Interned, Strings};

/// Why a module cannot be assembled, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssembleError {
    /// Index of the unit.
    pub unit: Option<usize>,
    /// An instruction, by its number in the block.
    pub instr: Option<(BlockId, usize)>,
    pub message: String,
}

impl AssembleError {
    pub(super) fn of_unit(unit: usize, message: impl Into<String>) -> AssembleError {
        AssembleError {
            unit: Some(unit),
            instr: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AssembleError {}

type Result<T> = std::result::Result<T, AssembleError>;

/// How deep code objects may nest: marshal's bound, which counts their constants' tuples too.
const MAX_DEPTH: u32 = 990;

/// A module's code objects.
#[derive(Debug)]
pub struct Assembled {
    /// That of the module: of the last unit that no other refers to.
    pub code: Arc<CodeObject>,
    /// That of each unit.
    pub units: Vec<Arc<CodeObject>>,
}

/// Assembles the units of `module`, which the passes are done with. Which constants are one object follows from the rules by
/// which the compiler shares them.
///
/// # Errors
/// A unit that is not fit for it: it has pseudo-instructions, wrong indices, a block or unit that is not there, and so on.
pub fn module(module: &CodeModule) -> Result<Assembled> {
    let order = order(module)?;
    let mut assembly = Assembly::new(module);
    for &index in &order.units {
        let code = assembly.unit(index)?;
        assembly.done[index] = Some(code);
    }
    let missing = || AssembleError {
        unit: None,
        instr: None,
        message: "the module has no unit".to_owned(),
    };
    let units: Vec<_> = assembly.done.into_iter().flatten().collect();
    let root = order.root.ok_or_else(missing)?;
    let code = units.get(root).ok_or_else(missing)?.clone();
    Ok(Assembled { code, units })
}

/// The `.pyc` file of `module`. Without a header of its own it is one that is never compared with a source.
///
/// # Errors
/// Those of [`module`](self::module), and what marshal cannot hold.
pub fn to_pyc(module: &CodeModule) -> Result<Vec<u8>> {
    let assembled = self::module(module)?;
    let validation = module
        .file
        .validation
        .unwrap_or(Validation::UncheckedHash(0));
    pyc::write(&assembled.code, module.target, validation).map_err(|error| AssembleError {
        unit: None,
        instr: None,
        message: error.to_string(),
    })
}

/// In which order units are assembled.
struct Order {
    /// Each behind those that it refers to.
    units: Vec<usize>,
    root: Option<usize>,
}

fn order(module: &CodeModule) -> Result<Order> {
    let mut by_id: FxHashMap<&str, usize> = FxHashMap::default();
    for (index, unit) in module.units.iter().enumerate() {
        if by_id.insert(&unit.id, index).is_some() {
            return Err(AssembleError::of_unit(
                index,
                format!("there are two units {}", unit.id),
            ));
        }
    }
    let refers_to = |index: usize| -> Result<Vec<usize>> {
        let ids = module.units[index]
            .consts
            .iter()
            .filter_map(|value| match value {
                UnitConst::Code(id) => Some(id),
                UnitConst::Value(_) => None,
            });
        ids.map(|id| match by_id.get(&id[..]) {
            Some(&inner) => Ok(inner),
            None => Err(AssembleError::of_unit(
                index,
                format!("there is no unit {id}"),
            )),
        })
        .collect()
    };
    let count = module.units.len();
    let (mut units, mut depths) = (Vec::with_capacity(count), vec![0u32; count]);
    let (mut begun, mut inner) = (vec![false; count], vec![false; count]);
    for start in 0..count {
        if begun[start] {
            continue;
        }
        begun[start] = true;
        let mut open = vec![(start, refers_to(start)?.into_iter())];
        while let Some((index, rest)) = open.last_mut() {
            let index = *index;
            let Some(next) = rest.next() else {
                open.pop();
                depths[index] += 1;
                if depths[index] > MAX_DEPTH {
                    let message = format!("code objects nest deeper than {MAX_DEPTH}");
                    return Err(AssembleError::of_unit(index, message));
                }
                if let Some(&(outer, _)) = open.last() {
                    depths[outer] = depths[outer].max(depths[index]);
                }
                units.push(index);
                continue;
            };
            inner[next] = true;
            if !begun[next] {
                begun[next] = true;
                open.push((next, refers_to(next)?.into_iter()));
            } else if open.iter().any(|&(other, _)| other == next) {
                let message = format!("unit {} has itself as a constant", module.units[next].id);
                return Err(AssembleError::of_unit(next, message));
            } else {
                depths[index] = depths[index].max(depths[next]);
            }
        }
    }
    let root = (0..count).rev().find(|&index| !inner[index]);
    Ok(Order { units, root })
}

struct Assembly<'m> {
    module: &'m CodeModule,
    target: Target,
    names: Interner,
    name_objects: Vec<Option<Arc<PyStr>>>,
    interned: Interned,
    pool: ConstPool,
    /// Constants that are the `co_qualname` of a class.
    claimed: FxHashSet<ConstId>,
    filename: Arc<PyStr>,
    buffers: Buffers,
    by_id: FxHashMap<&'m str, usize>,
    done: Vec<Option<Arc<CodeObject>>>,
}

impl<'m> Assembly<'m> {
    fn new(module: &'m CodeModule) -> Assembly<'m> {
        let mut names = Interner::new();
        for unit in &module.units {
            let tables = [&unit.names, &unit.varnames, &unit.cellvars, &unit.freevars];
            for name in tables.into_iter().flatten() {
                names.intern(name);
            }
            if !is_made(&unit.name) {
                names.intern(&unit.name);
            }
        }
        for name in &module.file.identifiers {
            names.intern(name);
        }
        let filename = module.file.filename.as_deref().unwrap_or(b"<ir>");
        let interned = Interned::new(&names, module.target);
        let ids = module.units.iter().map(|unit| &unit.id[..]);
        Assembly {
            target: module.target,
            names,
            name_objects: Vec::new(),
            interned,
            pool: ConstPool::new(),
            claimed: FxHashSet::default(),
            filename: Arc::new(PyStr::of_bytes(filename, module.target.interns_qualnames())),
            buffers: Buffers::default(),
            by_id: ids.zip(0..).collect(),
            done: vec![None; module.units.len()],
            module,
        }
    }

    fn unit(&mut self, index: usize) -> Result<Arc<CodeObject>> {
        let unit = &self.module.units[index];
        let depth = check::unit(unit, self.target).map_err(|fault| AssembleError {
            unit: Some(index),
            instr: fault.instr.map(|instr| (fault.block, instr)),
            message: fault.message,
        })?;
        let (sequence, localsplus) = (self.sequence(unit), unit.free_names().len());
        let tables = Tables {
            names: self.numbers(&unit.names),
            varnames: self.numbers(&unit.varnames).into(),
            cellvars: self.numbers(&unit.cellvars).into(),
            freevars: self.numbers(&unit.freevars).into(),
            hidden: self
                .numbers(&unit.hidden)
                .into_iter()
                .map(|name| (name, true))
                .collect(),
        };
        let (name, qualname) = (
            self.names.intern(&unit.name),
            self.names.intern(&unit.qualname),
        );
        let (consts, qualname_object) = self.consts(unit, name, qualname);
        let metadata = Metadata {
            name,
            qualname,
            qualname_object: qualname_object.as_ref(),
            has_type_params: is_made(&unit.name) && !interned::is_given(name),
            is_annotate: name == names::ANNOTATE
                && tables.varnames.order.first() == Some(&names::DOT_FORMAT),
            names: &tables.names,
            consts: &consts,
            varnames: &tables.varnames,
            cellvars: &tables.cellvars,
            freevars: &tables.freevars,
            fast_hidden: &tables.hidden,
            argcount: unit.argcount,
            posonlyargcount: unit.posonlyargcount,
            kwonlyargcount: unit.kwonlyargcount,
            flags: unit.flags,
            firstlineno: unit.firstlineno,
        };
        let mut optimized = Optimized {
            sequence,
            stack_depth: depth,
            nlocalsplus: localsplus as u32,
        };
        let made = self.assembler().make_code_object(&metadata, &mut optimized);
        let code = made.map_err(|error| match *error {
            CompileError::Bug(message) => AssembleError::of_unit(index, message),
            other => AssembleError::of_unit(index, other.to_string()),
        })?;
        Ok(self.with_raw_tables(unit, code))
    }

    fn assembler(&mut self) -> Assembler<'_> {
        Assembler {
            strings: Strings {
                target: self.target,
                names: &self.names,
                objects: &mut self.name_objects,
                interned: &mut self.interned,
            },
            pool: &mut self.pool,
            filename: &self.filename,
            buffers: &mut self.buffers,
        }
    }

    fn numbers(&mut self, names: &[String]) -> Vec<Name> {
        names.iter().map(|name| self.names.intern(name)).collect()
    }

    /// The instructions; in releases where that shows, labels are numbered as blocks are.
    fn sequence(&self, unit: &CodeUnit) -> InstructionSequence {
        let mut cfg = unit.graph.0.clone();
        for (block, number) in cfg.blocks.iter_mut().zip(0..) {
            block.label = Label(number);
        }
        let mut sequence = InstructionSequence::default();
        let keep_labels = self.target.sizes_jumps_from_labels();
        passes::to_sequence::run(&mut cfg, &mut sequence, keep_labels);
        sequence
    }

    /// The unit's constants, and the object of a class's qualified name if the class body stores it.
    fn consts(
        &mut self,
        unit: &CodeUnit,
        name: Name,
        qualname: Name,
    ) -> (Vec<ConstId>, Option<Arc<PyStr>>) {
        let of_class = qualname_index(unit);
        let mut qualname_object = None;
        let mut ids = Vec::with_capacity(unit.consts.len());
        for (index, value) in unit.consts.iter().enumerate() {
            let value = match value {
                UnitConst::Code(id) => {
                    let code = self
                        .by_id
                        .get(&id[..])
                        .and_then(|&unit| self.done[unit].clone());
                    // Units that are referred to are done: see `order`.
                    code.map_or(Constant::None, Constant::Code)
                }
                UnitConst::Value(value) if Some(index) == of_class => match value {
                    Constant::Str(text) if text.which != Which::ByRules => {
                        let value = self.with_names(value);
                        let id = self.pool.intern(value);
                        qualname_object = self.claimed_qualname(id);
                        ids.push(id);
                        continue;
                    }
                    _ => {
                        let object = self.assembler().strings.qualname_constant(name, qualname);
                        qualname_object = Some(object.clone());
                        Constant::Str(object)
                    }
                },
                UnitConst::Value(value) => self.with_names(value),
            };
            ids.push(self.pool.intern(value));
        }
        (ids, qualname_object)
    }

    /// The string that this constant is, if it is the qualified name of a class and this is the first.
    fn claimed_qualname(&mut self, id: ConstId) -> Option<Arc<PyStr>> {
        match self.pool.get(id) {
            Constant::Str(text) if text.which == Which::Qualname => {
                self.claimed.insert(id).then(|| text.clone())
            }
            _ => None,
        }
    }

    /// The value with the objects of names in the place of the strings that say so.
    fn with_names(&mut self, value: &Constant) -> Constant {
        match value {
            Constant::Str(text) if text.which == Which::Name => match text.as_str() {
                Some(text) => {
                    let name = self.names.intern(text);
                    Constant::Str(self.assembler().strings.name_object(name))
                }
                None => value.clone(),
            },
            Constant::Tuple(items) if items.iter().any(tells_name) => {
                Constant::Tuple(items.iter().map(|item| self.with_names(item)).collect())
            }
            Constant::FrozenSet(items) if items.iter().any(tells_name) => {
                Constant::FrozenSet(items.iter().map(|item| self.with_names(item)).collect())
            }
            other => other.clone(),
        }
    }

    fn with_raw_tables(&mut self, unit: &CodeUnit, code: Arc<CodeObject>) -> Arc<CodeObject> {
        let raw = &unit.raw;
        if raw.linetable.is_none() && raw.exceptiontable.is_none() {
            return code;
        }
        let mut code = Arc::unwrap_or_clone(code);
        if let Some(bytes) = &raw.linetable {
            code.linetable = self.pool.intern_bytes(bytes);
        }
        if let Some(bytes) = &raw.exceptiontable {
            code.exceptiontable = self.pool.intern_bytes(bytes);
        }
        Arc::new(code)
    }
}

/// Whether a string in it is told to be the object of a name.
fn tells_name(value: &Constant) -> bool {
    match value {
        Constant::Str(text) => text.which == Which::Name,
        Constant::Tuple(items) | Constant::FrozenSet(items) => items.iter().any(tells_name),
        _ => false,
    }
}

/// A unit's names by number.
struct Tables {
    names: Vec<Name>,
    varnames: Table<Name>,
    cellvars: Table<Name>,
    freevars: Table<Name>,
    hidden: FxHashMap<Name, bool>,
}

/// Whether the compiler made up the name of a scope: `<lambda>`, `<generic parameters of f>`.
fn is_made(name: &str) -> bool {
    name.starts_with('<')
}

/// The constant that a class body stores as its `__qualname__`.
fn qualname_index(unit: &CodeUnit) -> Option<usize> {
    let cfg = &unit.graph.0;
    let mut pairs = cfg.layout().flat_map(|b| cfg.instrs(b).windows(2));
    let index = pairs.find_map(|pair| match pair {
        [load, store] if load.op == Op::LOAD_CONST && store.op == Op::STORE_NAME => {
            let name = unit.names.get(store.arg as usize)?;
            (name == "__qualname__").then_some(load.arg as usize)
        }
        _ => None,
    })?;
    match unit.consts.get(index)? {
        UnitConst::Value(Constant::Str(text)) if text.as_str() == Some(&unit.qualname) => {
            Some(index)
        }
        _ => None,
    }
}
