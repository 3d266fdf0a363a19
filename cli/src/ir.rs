//! `pycsmith ir`: a source's IR at any point of the pipeline.

use std::fmt::Write as _;

use pycsmith_bytecode::Target;
use pycsmith_compiler::stages::{self, UnitStages};
use pycsmith_compiler::{CompileError, CompileOptions};
use pycsmith_ir::text::unit_text;
use pycsmith_ir::{CodeModule, CodeUnit};
use pycsmith_optimizer::pipeline;

use crate::args::IrArgs;
use crate::changes::{self, Paint};
use crate::message::Message;
use crate::{FINDINGS, OK, USAGE, input, output};

pub fn run(arguments: &IrArgs, target: Target) -> u8 {
    if let Some(pass) = &arguments.after
        && let Err(message) = check_pass(target, pass)
    {
        eprintln!("error: {message}");
        return USAGE;
    }
    match text(arguments, target) {
        Ok(text) => {
            output::print(&text);
            OK
        }
        Err(message) => {
            message.print(crate::args::MessageFormat::Human);
            FINDINGS
        }
    }
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

fn text(arguments: &IrArgs, target: Target) -> Result<String, Box<Message>> {
    let path = &arguments.file;
    let options = CompileOptions {
        target,
        optimize: arguments.level.optimize,
        filename: input::filename(path),
    };
    let source = input::read(path)?;
    let (mut units, _) = stages::stages(&source, &options)
        .map_err(|error: CompileError| Message::compile(path, &error))?;
    if let Some(function) = &arguments.function {
        units.retain(|unit| unit.generated.qualname == *function || unit.generated.id == *function);
        if units.is_empty() {
            return Err(Message::plain(
                path,
                "LookupError",
                format!("there is no code object {function}"),
            ));
        }
    }
    if arguments.print_changed {
        let paint = Paint::for_stdout(arguments.color);
        return Ok(units
            .iter()
            .map(|unit| changed(unit, options.target, paint))
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
        target: options.target,
        units: units.iter().map(pick).collect(),
    };
    Ok(module.to_string())
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
