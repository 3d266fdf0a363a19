//! A module's units at every point of the pipeline, for people and tests.

use std::sync::Arc;

use pycsmith_bytecode::constant::should_intern;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{CodeObject, Constant, PyStr, Target};
use pycsmith_ir::{
    CodeModule, CodeUnit, ConstId, Graph, InstructionSequence, ModuleFile, RawTables, UnitConst,
};
use pycsmith_optimizer::manager::Hooks;
use pycsmith_optimizer::pipeline::Step;
use pycsmith_optimizer::verification::Verification;
use pycsmith_optimizer::{Bug, passes};
use pycsmith_parser::{Interner, Name};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::assemble;
use crate::codegen::unit::Unit;
use crate::interned::Interned;
use crate::observer::{Job, Observer};
use crate::sharing::Told;
use crate::{CompileError, CompileOptions, Session};

/// A unit's way through the pipeline.
pub struct UnitStages {
    /// Units around this one.
    pub depth: usize,
    /// The instructions as code generation made them, in order.
    pub sequence: InstructionSequence,
    /// The graph of that.
    pub generated: CodeUnit,
    /// Each step by its pass's name, and the unit behind it where the step changed something.
    pub steps: Vec<(&'static str, Option<CodeUnit>)>,
}

impl UnitStages {
    /// The unit behind the last step.
    pub fn last(&self) -> &CodeUnit {
        let changed = self.steps.iter().rev().find_map(|(_, unit)| unit.as_ref());
        changed.unwrap_or(&self.generated)
    }

    /// The unit behind the last step of the pass `name`; `None` if the pipeline has no such pass.
    pub fn after(&self, name: &str) -> Option<&CodeUnit> {
        let at = self.steps.iter().rposition(|(pass, _)| *pass == name)?;
        let changed = self.steps[..=at]
            .iter()
            .rev()
            .find_map(|(_, unit)| unit.as_ref());
        Some(changed.unwrap_or(&self.generated))
    }
}

/// What was seen of a compilation.
pub struct Observation {
    /// Inner units stand before outer ones.
    pub units: Vec<UnitStages>,
    pub code: CodeObject,
    /// What the module's text needs besides units, but for the header.
    pub file: ModuleFile,
}

/// Compiles a module and keeps each unit as it is after code generation and after each pass that changes it.
///
/// # Errors
/// Those of [`crate::compile`].
pub fn observe(source: &[u8], options: &CompileOptions) -> Result<Observation, CompileError> {
    let (mut observation, codes) = observe_with(source, options, Observed::default())?;
    tell_objects(&mut observation, &codes, options.target);
    Ok(observation)
}

/// The finished code objects by the ids of their units. (That of a unit whose code object equals an earlier one is not among
/// them.)
type Codes = FxHashMap<String, Arc<CodeObject>>;

/// Says in the units which objects their constants are, if assembling their text would make others of them.
fn tell_objects(observation: &mut Observation, codes: &Codes, target: Target) {
    let rules = Told::default();
    let units = observation.units.iter().map(|stages| {
        let mut unit = stages.last().clone();
        tell_unit(&mut unit, &rules);
        unit
    });
    let module = CodeModule {
        target,
        file: observation.file.clone(),
        units: units.collect(),
    };
    let Ok(assembled) = assemble::module(&module) else {
        return;
    };
    let bytes = |code| pyc::write(code, target, Validation::UncheckedHash(0));
    if bytes(&assembled.code) == bytes(&observation.code) {
        return;
    }
    let units = module.units.iter().zip(&assembled.units);
    let pairs: Vec<_> = units
        .filter_map(|(unit, made)| Some((&**made, &**codes.get(&unit.id)?)))
        .collect();
    let told = Told::of(&pairs, target);
    if told.is_empty() {
        return;
    }
    for stages in &mut observation.units {
        tell_unit(&mut stages.generated, &told);
        for unit in stages
            .steps
            .iter_mut()
            .filter_map(|(_, unit)| unit.as_mut())
        {
            tell_unit(unit, &told);
        }
    }
}

fn tell_unit(unit: &mut CodeUnit, told: &Told) {
    for value in &mut unit.consts {
        if let UnitConst::Value(value) = value {
            *value = told.apply(value);
        }
    }
}

fn observe_with(
    source: &[u8],
    options: &CompileOptions,
    observed: Observed,
) -> Result<(Observation, Codes), CompileError> {
    let mut session = Session::new();
    session.observer = Some(Box::new(Observer::Stages(observed)));
    let code = session.compile(source, options)?;
    let observed = match session.observer.take().as_deref_mut() {
        Some(Observer::Stages(observed)) => std::mem::take(observed),
        _ => Observed::default(),
    };
    let codes = observed.ids.into_values().collect();
    let observation = Observation {
        units: observed.units,
        code,
        file: ModuleFile {
            filename: Some(options.filename.clone().into_bytes()),
            validation: None,
            identifiers: observed.identifiers,
        },
    };
    Ok((observation, codes))
}

/// Compiles a module and keeps each unit as it is after code generation and after each pass that changes it. Inner units
/// stand before outer ones.
///
/// # Errors
/// Those of [`crate::compile`].
pub fn stages(
    source: &[u8],
    options: &CompileOptions,
) -> Result<(Vec<UnitStages>, CodeObject), CompileError> {
    stages_without(source, options, &[])
}

/// [`stages`] of the pipeline without the passes `disabled`.
///
/// # Errors
/// Those of [`crate::compile`]; what comes out of a pipeline with a hole may also contradict itself.
pub fn stages_without(
    source: &[u8],
    options: &CompileOptions,
    disabled: &[String],
) -> Result<(Vec<UnitStages>, CodeObject), CompileError> {
    let observed = Observed {
        disabled: disabled.to_vec(),
        ..Observed::default()
    };
    observe_with(source, options, observed).map(|(seen, _)| (seen.units, seen.code))
}

/// [`stages`], with the graph verified before the first pass and behind each.
///
/// # Errors
/// Those of [`crate::compile`]; a fault that the verifier finds is a [`CompileError::Bug`].
pub fn verified_stages(
    source: &[u8],
    options: &CompileOptions,
) -> Result<(Vec<UnitStages>, CodeObject), CompileError> {
    let observed = Observed {
        verifies: true,
        ..Observed::default()
    };
    observe_with(source, options, observed).map(|(seen, _)| (seen.units, seen.code))
}

/// All units as code generation made them, or behind the last pass `after`.
///
/// # Errors
/// Those of [`crate::compile`].
pub fn module_after(
    source: &[u8],
    options: &CompileOptions,
    after: Option<&str>,
) -> Result<CodeModule, CompileError> {
    let seen = observe(source, options)?;
    let pick = |unit: UnitStages| match after {
        None => unit.generated,
        Some(pass) => unit.after(pass).cloned().unwrap_or(unit.generated),
    };
    Ok(CodeModule {
        target: options.target,
        file: seen.file,
        units: seen.units.into_iter().map(pick).collect(),
    })
}

/// The units that CPython's `_testinternalcapi.compiler_codegen` shows: those for a module's deferred annotations are not
/// among them.
pub fn shown_by_compiler_codegen(units: &[UnitStages]) -> Vec<&UnitStages> {
    let mut shown: Vec<_> = units.iter().collect();
    let Some(module) = shown.pop() else {
        return shown;
    };
    if module.sequence.annotations.is_some() {
        shown.pop();
        while shown.last().is_some_and(|unit| unit.depth > 1) {
            shown.pop();
        }
    }
    shown.push(module);
    shown
}

/// What has been seen of a compilation.
#[derive(Default)]
pub(crate) struct Observed {
    units: Vec<UnitStages>,
    /// Passes that are left out.
    disabled: Vec<String>,
    verifies: bool,
    /// How often each qualified name came.
    qualnames: FxHashMap<String, u32>,
    /// The ids of finished code objects, by address; they live as long as the compilation's constants.
    ids: FxHashMap<*const CodeObject, (String, Arc<CodeObject>)>,
    /// See [`ModuleFile::identifiers`].
    identifiers: Vec<String>,
}

impl Observed {
    /// Notes that the unit seen last became `code`.
    pub(crate) fn finished(&mut self, code: &Arc<CodeObject>) {
        if let Some(unit) = self.units.last() {
            let id = unit.generated.id.clone();
            self.ids
                .entry(Arc::as_ptr(code))
                .or_insert_with(|| (id, code.clone()));
        }
    }

    /// The compilation is over: notes the identifiers that only show in which constants are one object.
    pub(crate) fn end(&mut self, names: &Interner, interned: &Interned) {
        let mut hidden: Vec<&PyStr> = Vec::new();
        let mut shown: FxHashSet<&str> = FxHashSet::default();
        for UnitStages { generated, .. } in &self.units {
            for value in &generated.consts {
                if let UnitConst::Value(value) = value {
                    strings(value, &mut |text| hidden.push(text));
                }
            }
            let tables = [
                &generated.names,
                &generated.varnames,
                &generated.cellvars,
                &generated.freevars,
            ];
            shown.extend(tables.into_iter().flatten().map(|name| &name[..]));
        }
        let is_told = |text: &&PyStr| {
            text.as_str()
                .filter(|text| should_intern(text.as_bytes()) && !shown.contains(text))
                .is_some_and(|text| interned.has_identifier(names, text))
        };
        let told = hidden.into_iter().filter(is_told);
        self.identifiers = told
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect();
        self.identifiers.sort_unstable();
        self.identifiers.dedup();
    }

    /// Begins a unit: what its text needs besides the graph.
    pub(crate) fn unit(
        &mut self,
        unit: &Unit<'_>,
        names: &Interner,
        job: &Job<'_>,
    ) -> UnitObserver<'_> {
        let text = |name: &Name| names.resolve(*name).to_owned();
        let texts = |names: &[Name]| names.iter().map(text).collect::<Vec<_>>();
        let qualname = text(&unit.qualname);
        let count = self.qualnames.entry(qualname.clone()).or_default();
        *count += 1;
        let id = if *count == 1 {
            qualname.clone()
        } else {
            format!("{qualname}~{count}")
        };
        let template = CodeUnit {
            id,
            name: text(&unit.name),
            qualname,
            firstlineno: unit.firstlineno,
            argcount: unit.posonlyargcount + unit.argcount,
            posonlyargcount: unit.posonlyargcount,
            kwonlyargcount: unit.kwonlyargcount,
            flags: job.shape.flags,
            varnames: texts(&unit.varnames.order),
            cellvars: texts(&unit.cellvars.order),
            freevars: texts(&unit.freevars.order),
            hidden: unit
                .varnames
                .order
                .iter()
                .filter(|name| unit.fast_hidden.contains_key(name))
                .map(text)
                .collect(),
            names: texts(&unit.names.order),
            consts: Vec::new(),
            graph: Graph::default(),
            stack_depth: None,
            localsplus: false,
            raw: RawTables::default(),
        };
        UnitObserver {
            verification: self.verifies.then(Verification::default),
            observed: self,
            depth: job.depth,
            sequence: job.sequence.clone(),
            template,
            generated: None,
            last: None,
            steps: Vec::new(),
        }
    }
}

/// Gives the strings in a constant.
pub(crate) fn strings<'c>(value: &'c Constant, give: &mut impl FnMut(&'c PyStr)) {
    let items: &[Constant] = match value {
        Constant::Str(text) => return give(text),
        Constant::Tuple(items) | Constant::FrozenSet(items) => items,
        Constant::Slice(items) => &items[..],
        _ => return,
    };
    items.iter().for_each(|item| strings(item, give));
}

/// Watches one unit.
pub(crate) struct UnitObserver<'o> {
    observed: &'o mut Observed,
    verification: Option<Verification>,
    depth: usize,
    sequence: InstructionSequence,
    template: CodeUnit,
    generated: Option<CodeUnit>,
    /// As it was after the last change.
    last: Option<CodeUnit>,
    steps: Vec<(&'static str, Option<CodeUnit>)>,
}

impl UnitObserver<'_> {
    fn snapshot(&self, unit: &passes::Unit<'_>) -> CodeUnit {
        let constant = |id: &ConstId| match unit.pool.get(*id) {
            Constant::Code(code) => match self.observed.ids.get(&Arc::as_ptr(code)) {
                Some((id, _)) => UnitConst::Code(id.clone()),
                None => UnitConst::Code(String::from_utf8_lossy(&code.qualname.wtf8).into_owned()),
            },
            value => UnitConst::Value(value.clone()),
        };
        CodeUnit {
            consts: unit.consts.iter().map(constant).collect(),
            graph: Graph(unit.cfg.clone()),
            stack_depth: (unit.stack_depth > 0).then_some(unit.stack_depth),
            localsplus: unit.nlocalsplus > 0,
            ..self.template.clone()
        }
    }

    fn verify(
        &mut self,
        check: impl FnOnce(&mut Verification) -> Result<(), Bug>,
    ) -> Result<(), Bug> {
        match &mut self.verification {
            Some(verification) => {
                check(verification).map_err(|bug| Bug(format!("{}: {}", self.template.id, bug.0)))
            }
            None => Ok(()),
        }
    }

    /// Keeps what was seen.
    pub(crate) fn end(self) {
        if let Some(generated) = self.generated {
            self.observed.units.push(UnitStages {
                depth: self.depth,
                sequence: self.sequence,
                generated,
                steps: self.steps,
            });
        }
    }
}

impl Hooks for UnitObserver<'_> {
    fn start(&mut self, unit: &passes::Unit<'_>) -> Result<(), Bug> {
        let generated = self.snapshot(unit);
        self.last = Some(generated.clone());
        self.generated = Some(generated);
        self.verify(|verification| verification.start(unit))
    }

    fn before(&mut self, step: &Step, _unit: &passes::Unit<'_>) -> bool {
        let disabled = &self.observed.disabled;
        !disabled.iter().any(|name| name == step.pass.name)
    }

    fn after(&mut self, step: &Step, unit: &passes::Unit<'_>) -> Result<bool, Bug> {
        let now = self.snapshot(unit);
        let changed = self.last.as_ref() != Some(&now);
        if changed {
            self.last = Some(now.clone());
        }
        self.steps.push((step.pass.name, changed.then_some(now)));
        self.verify(|verification| verification.after(step, unit).map(drop))?;
        Ok(true)
    }
}
