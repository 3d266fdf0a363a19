//! What the fuzzers begin with: our own programs, their IR and their `.pyc` files, and the words of the IR's text.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{Op, Target};
use pycsmith_compiler::{CompileOptions, stages};
use pycsmith_ir::{CodeModule, CodeUnit, ModuleFile};

use crate::reference;

#[derive(clap::Args)]
pub struct Args {
    /// Where the corpora and dictionaries go
    #[arg(long, default_value = "fuzz")]
    out: PathBuf,
    /// Largest seed, in bytes: small ones are mutated faster
    #[arg(long, default_value = "4096")]
    largest: usize,
}

/// Directives, settings and states of the IR's text, beside its opcodes.
const WORDS: &[&str] = &[
    "target ",
    "code ",
    " line 1 ",
    " args [",
    ".qualname ",
    ".name ",
    ".flags ",
    ".locals ",
    ".hidden ",
    ".cells ",
    ".free ",
    ".names ",
    ".consts ",
    ".state ",
    "counted",
    "localsplus",
    "stack=",
    ".unwind ",
    ".unwind none",
    ".leftover ",
    " handler",
    " lasti",
    " cold",
    " warm",
    " label",
    " nolabel",
    " nodepth",
    " depth=",
    " preds=",
    "@next",
    "@1:0-1:5",
    "const.1",
    "name.1",
    "local.1",
    "free.1",
    " null",
    " flags=",
    "None",
    "True",
    "False",
    "...",
    "(1,)",
    "frozenset({1})",
    "slice(1, 2, None)",
    "complex(0.0, 1.0)",
    "code(f)",
    "-0.0",
    "nan",
    "-inf",
    "b'a'",
    "'\\\\ud800'",
    "0x1000000000000000000",
    "b1:",
];

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let root = crate::workspace().join("tests/python");
    let mut seeds = Seeds::new(args)?;
    for (index, name) in reference::sources(&root).iter().enumerate() {
        let source = std::fs::read(root.join(name))?;
        for (number, target) in Target::all().enumerate() {
            if number == index % Target::all().count() {
                let mut bytes = vec![(number * 3) as u8];
                bytes.extend_from_slice(&source);
                seeds.write("source", &bytes)?;
            }
            let options = CompileOptions {
                target,
                optimize: 0,
                filename: name.clone(),
            };
            let Ok((units, code)) = stages::stages(&source, &options) else {
                continue;
            };
            let validation = Validation::Timestamp { mtime: 1, size: 2 };
            if let Ok(bytes) = pyc::write(&code, target, validation) {
                seeds.write("pyc", &bytes)?;
            }
            for unit in &units {
                seeds.unit(target, &unit.generated)?;
                seeds.unit(target, unit.last())?;
            }
        }
    }
    let dictionary = args.out.join("ir_text.dict");
    std::fs::write(&dictionary, words())?;
    println!(
        "{} seeds in {}, and {}",
        seeds.written.len(),
        args.out.join("corpus").display(),
        dictionary.display()
    );
    Ok(true)
}

struct Seeds<'a> {
    args: &'a Args,
    /// Hashes of the contents: equal ones are written once.
    written: BTreeSet<(&'static str, u64)>,
}

impl Seeds<'_> {
    fn new(args: &Args) -> Result<Seeds<'_>, Box<dyn Error>> {
        for target in ["ir_text", "pyc", "source"] {
            std::fs::create_dir_all(folder(&args.out, target))?;
        }
        Ok(Seeds {
            args,
            written: BTreeSet::new(),
        })
    }

    fn write(&mut self, target: &'static str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        let hash = pyc::source_hash(Target::PY314, bytes);
        if bytes.len() <= self.args.largest && self.written.insert((target, hash)) {
            std::fs::write(
                folder(&self.args.out, target).join(format!("{hash:016x}")),
                bytes,
            )?;
        }
        Ok(())
    }

    fn unit(&mut self, target: Target, unit: &CodeUnit) -> Result<(), Box<dyn Error>> {
        let module = CodeModule {
            target,
            file: ModuleFile::default(),
            units: vec![unit.clone()],
        };
        self.write("ir_text", module.to_string().as_bytes())
    }
}

fn folder(out: &Path, target: &str) -> PathBuf {
    out.join("corpus").join(target)
}

/// A dictionary in the fuzzer's form: a quoted word a line.
fn words() -> String {
    let opcodes: BTreeSet<&str> = Op::ALL.into_iter().map(Op::name).collect();
    let lines = WORDS.iter().copied().chain(opcodes);
    lines.map(|word| format!("\"{word}\"\n")).collect()
}
