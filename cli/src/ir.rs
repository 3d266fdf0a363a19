//! `pycsmith ir`: a source's IR at any point of the pipeline, or a `.pyc` file's.

use std::fmt::Write as _;
use std::path::Path;

use pycsmith_bytecode::Target;
use pycsmith_compiler::lift::{self, LiftedPyc};
use pycsmith_compiler::stages::{self, Observation, UnitStages};
use pycsmith_compiler::{CompileError, CompileOptions};
use pycsmith_ir::text::unit_text;
use pycsmith_ir::{CodeModule, CodeUnit, ModuleFile};
use pycsmith_optimizer::pipeline;
use pycsmith_parser::source::decode_tokens;

use crate::args::IrArgs;
use crate::changes::{self, Paint};
use crate::message::Message;
use crate::{FINDINGS, OK, html, input, output, pyc_file, targets};

/// `Err` for a wrong command line.
pub fn run(arguments: &IrArgs) -> Result<u8, String> {
    let path = &arguments.file;
    let is_pyc = path.extension().is_some_and(|extension| extension == "pyc");
    let text = match is_pyc {
        true if arguments.after.is_some()
            || arguments.print_changed
            || arguments.html.is_some() =>
        {
            return Err(
                "no pass has run over a .pyc file: pycsmith opt runs some over its IR".to_owned(),
            );
        }
        true => of_pyc(arguments, targets::asked_for(&arguments.target)?),
        false => {
            let target = targets::one(&arguments.target)?;
            if let Some(pass) = &arguments.after {
                check_pass(target, pass)?;
            }
            of_source(arguments, target)
        }
    };
    Ok(match text {
        Ok(text) => {
            output::print(&text);
            OK
        }
        Err(message) => {
            message.print(crate::args::MessageFormat::Human);
            FINDINGS
        }
    })
}

fn check_pass(target: Target, pass: &str) -> Result<(), String> {
    let steps = pipeline::of(target);
    if steps.iter().any(|step| step.pass.name == pass) {
        return Ok(());
    }
    let names: Vec<_> = steps.iter().map(|step| step.pass.name).collect();
    Err(format!(
        "the pipeline of {target} has no pass {pass}; it has: {}",
        names.join(", ")
    ))
}

fn of_pyc(arguments: &IrArgs, target: Option<Target>) -> Result<String, Box<Message>> {
    let path = &arguments.file;
    let LiftedPyc {
        mut module,
        deviation,
    } = lift::lift_pyc(&input::read(path)?, target)
        .map_err(|error| Message::plain(path, "ValueError", error.to_string()))?;
    if let Some(deviation) = deviation {
        eprintln!(
            "note: {}: CPython {} would not write this file so, and pycsmith asm will not either ({deviation})",
            path.display(),
            module.target
        );
    }
    if let Some(function) = &arguments.function {
        module.units.retain(|unit| is_function(unit, function));
        check_found(path, &module.units, function)?;
        module.file = ModuleFile::default();
    }
    Ok(module.to_string())
}

fn is_function(unit: &CodeUnit, function: &str) -> bool {
    unit.qualname == function || unit.id == function
}

fn check_found<T>(path: &Path, units: &[T], function: &str) -> Result<(), Box<Message>> {
    match units.is_empty() {
        true => Err(Message::plain(
            path,
            "LookupError",
            format!("there is no code object {function}"),
        )),
        false => Ok(()),
    }
}

fn of_source(arguments: &IrArgs, target: Target) -> Result<String, Box<Message>> {
    let path = &arguments.file;
    let options = CompileOptions {
        target,
        optimize: arguments.level.optimize,
        filename: input::filename(path),
    };
    let source = input::read(path)?;
    let Observation {
        mut units,
        mut file,
        ..
    } = stages::observe(&source, &options)
        .map_err(|error: CompileError| Message::compile(path, &error))?;
    if let Some(function) = &arguments.function {
        units.retain(|unit| is_function(&unit.generated, function));
        check_found(path, &units, function)?;
        file = ModuleFile::default();
    } else if path.as_os_str() != "-" {
        file.validation = pyc_file::default_validation(path, &source, target);
    }
    if let Some(out) = &arguments.html {
        return page(out, path, &source, &units, target);
    }
    if arguments.print_changed {
        let paint = Paint::for_stdout(arguments.color);
        return Ok(units
            .iter()
            .map(|unit| changed(unit, target, paint))
            .collect::<Vec<_>>()
            .join("\n"));
    }
    let pick = |unit: &UnitStages| -> CodeUnit {
        let found = match &arguments.after {
            Some(pass) => unit.after(pass),
            None => Some(&unit.generated),
        };
        found.unwrap_or(&unit.generated).clone()
    };
    let module = CodeModule {
        target,
        file,
        units: units.iter().map(pick).collect(),
    };
    Ok(module.to_string())
}

/// Writes the page, or gives it for standard output.
fn page(
    out: &Path,
    path: &Path,
    source: &[u8],
    units: &[UnitStages],
    target: Target,
) -> Result<String, Box<Message>> {
    let decoded = decode_tokens(source)
        .map_err(|error| Message::compile(path, &CompileError::Syntax(error)))?;
    let page = html::page(&input::filename(path), &decoded.text, units, target);
    if out.as_os_str() == "-" {
        return Ok(page);
    }
    output::write_atomic(out, page.as_bytes(), 0o666).map_err(|error| Message::io(out, &error))?;
    Ok(String::new())
}

/// The unit as it was generated, and what each pass changed.
fn changed(unit: &UnitStages, target: Target, paint: Paint) -> String {
    let mut out = format!("# {} after code generation\n", unit.generated.id);
    let mut before = unit_text(&unit.generated, target);
    out += &before;
    for (pass, after) in &unit.steps {
        match after {
            None => {
                let _ = writeln!(out, "# {pass}: no change");
            }
            Some(after) => {
                let after = unit_text(after, target);
                let _ = writeln!(out, "# {pass}");
                out += &changes::diff(&before, &after, paint);
                before = after;
            }
        }
    }
    out
}
