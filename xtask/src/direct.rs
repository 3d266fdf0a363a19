//! `cargo xtask direct`: CPython's own tests of single compiler stages, run on ours.
//!
//! The tests are those of the installed reference: `DirectCfgOptimizerTests` and its kind in `test_peepholer`,
//! `test_compiler_codegen` and `test_compiler_assemble`. They run under the reference, with our stages in place of the functions of
//! `_testinternalcapi`, so that CPython's assertions judge them; besides, what each call returns is compared with what CPython's
//! own function returns, in full.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead;

use pycsmith_bytecode::{Target, marshal};
use pycsmith_compiler::{CompileError, CompileOptions, stages};
use pycsmith_ir::CodeUnit;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::conversation::Conversation;
use crate::reference::Reference;
use crate::stages::ours;
use crate::wire::{self, Flat, WireConsts};

const SCRIPT: &str = concat!(include_str!("wire.py"), include_str!("direct.py"));

#[derive(clap::Args)]
pub struct Args {
    /// The target; its reference interpreter must be there [default: all references that have the tests]
    #[arg(long)]
    target: Vec<Target>,
    /// Leave this pass out of our pipeline, to see which tests notice
    #[arg(long, value_name = "PASS")]
    disable: Vec<String>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let references = if args.target.is_empty() {
        Reference::all()
    } else {
        let of = |target: &Target| Reference::of(*target, true);
        args.target.iter().map(of).collect::<Result<_, _>>()?
    };
    let mut fine = true;
    for reference in references {
        match judge(&reference, &args.disable) {
            Ok(modules) => {
                for module in &modules {
                    fine &= module.print(reference.target);
                }
            }
            // An interpreter without the functions or without a test package.
            Err(error) if args.target.is_empty() => println!("{}: {error}", reference.target),
            Err(error) => return Err(error),
        }
    }
    Ok(fine)
}

#[derive(Deserialize)]
struct Module {
    module: String,
    missing: Option<String>,
    #[serde(default)]
    run: usize,
    #[serde(default)]
    skipped: usize,
    #[serde(default)]
    failed: Vec<(String, String)>,
    #[serde(default)]
    calls: BTreeMap<String, usize>,
    #[serde(default)]
    different: Vec<String>,
}

impl Module {
    /// Tells whether all is well.
    fn print(&self, target: Target) -> bool {
        let Module { module, run, .. } = self;
        if let Some(missing) = &self.missing {
            println!("{target} {module}: {missing}");
            return true;
        }
        for (test, text) in &self.failed {
            println!("{test}\n{text}");
        }
        for different in &self.different {
            println!("{module}: {different}\n");
        }
        let calls = self
            .calls
            .iter()
            .map(|(name, count)| format!("{count} of {name}"));
        println!(
            "{target} {module}: {run} tests, {} fail, {} skipped; calls: {}, {} not as CPython's",
            self.failed.len(),
            self.skipped,
            calls.collect::<Vec<_>>().join(", "),
            self.different.len(),
        );
        self.failed.is_empty() && self.different.is_empty()
    }
}

/// Runs the tests under `reference` and answers the calls they make.
fn judge(reference: &Reference, disabled: &[String]) -> Result<Vec<Module>, Box<dyn Error>> {
    ours::check_passes(reference.target, disabled)?;
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("direct.py");
    std::fs::write(&script, SCRIPT)?;
    let mut process = Conversation::start(reference, &script, &[])?;
    let mut line = String::new();
    while process.from.read_line(&mut line)? > 0 {
        let question: Value = serde_json::from_str(&line)?;
        line.clear();
        if question["do"] == "report" {
            return Ok(Vec::deserialize(&question["modules"])?);
        }
        let answer = match answer(&question, reference.target, disabled) {
            Ok(value) => json!({ "value": value }),
            Err(Failed { message, place }) => json!({ "error": message, "place": place }),
        };
        process.say(format!("{answer}\n").as_bytes())?;
    }
    Err("it does not run the tests of stages".into())
}

/// Why a call has no result.
struct Failed {
    message: String,
    /// Line, offset, end line and end offset, if it is the source's fault.
    place: Option<[Option<u32>; 4]>,
}

impl From<String> for Failed {
    fn from(message: String) -> Failed {
        Failed {
            message,
            place: None,
        }
    }
}

impl From<CompileError> for Failed {
    fn from(error: CompileError) -> Failed {
        match error {
            CompileError::Syntax(error) => Failed {
                message: error.msg,
                place: Some([
                    error.lineno,
                    error.offset,
                    error.end_lineno,
                    error.end_offset,
                ]),
            },
            other => Failed::from(format!("{other:?}")),
        }
    }
}

fn answer(question: &Value, target: Target, disabled: &[String]) -> Result<Value, Failed> {
    match question["do"].as_str() {
        Some("compiler_codegen") => codegen(question, target),
        Some("optimize_cfg") => Ok(optimize(question, target, disabled)?),
        Some("assemble_code_object") => Ok(assemble(question, target, disabled)?),
        _ => Err(Failed::from("we have no such function".to_owned())),
    }
}

fn field<'de, T: Deserialize<'de>>(question: &'de Value, name: &str) -> Result<T, String> {
    T::deserialize(&question[name]).map_err(|error| format!("{name}: {error}"))
}

fn codegen(question: &Value, target: Target) -> Result<Value, Failed> {
    let source: String = field(question, "source")?;
    let options = CompileOptions {
        target,
        optimize: field(question, "level")?,
        filename: field(question, "filename")?,
    };
    let bytes: Vec<u8> = source.chars().map(|c| c as u8).collect();
    let (units, _) = stages::stages(&bytes, &options)?;
    let shown = stages::shown_by_compiler_codegen(&units);
    let module = shown.last().ok_or_else(|| "no units".to_owned())?;
    let unit = |unit: &&stages::UnitStages| {
        let instrs = wire::flat(&unit.sequence, target)?;
        Ok(json!({ "depth": unit.depth, "instrs": instrs }))
    };
    Ok(json!({
        "consts": WireConsts::of(&module.generated.consts, target)?,
        "units": shown.iter().map(unit).collect::<Result<Vec<_>, String>>()?,
    }))
}

fn optimize(question: &Value, target: Target, disabled: &[String]) -> Result<Value, String> {
    let instrs: Flat = field(question, "instrs")?;
    let consts = field::<WireConsts>(question, "consts")?.read(target)?;
    let mut unit = ours::unit(&instrs, consts, field(question, "nlocals")?, target)?;
    ours::optimize_cfg(&mut unit, target, disabled)?;
    Ok(json!({
        "instrs": wire::flat_graph(&unit.graph, target)?,
        "consts": WireConsts::of(&unit.consts, target)?,
    }))
}

fn assemble(question: &Value, target: Target, disabled: &[String]) -> Result<Value, String> {
    let instrs: Flat = field(question, "instrs")?;
    let consts = field::<WireConsts>(question, "consts")?.read(target)?;
    let posonlyargcount = field(question, "posonlyargcount")?;
    let unit = CodeUnit {
        id: "unit".to_owned(),
        name: field(question, "name")?,
        qualname: field(question, "qualname")?,
        firstlineno: field(question, "firstlineno")?,
        argcount: field::<u32>(question, "argcount")? + posonlyargcount,
        posonlyargcount,
        kwonlyargcount: field(question, "kwonlyargcount")?,
        names: field(question, "names")?,
        varnames: field(question, "varnames")?,
        cellvars: field(question, "cellvars")?,
        freevars: field(question, "freevars")?,
        hidden: field(question, "hidden")?,
        ..ours::unit(&instrs, wire::without_code(consts), 0, target)?
    };
    let filename: String = field(question, "filename")?;
    let code = ours::assemble(unit, &filename, target, disabled)?;
    let mut bytes = Vec::new();
    marshal::write(&code, target, &mut bytes).map_err(|error| error.to_string())?;
    Ok(Value::String(wire::to_hex(&bytes)))
}
