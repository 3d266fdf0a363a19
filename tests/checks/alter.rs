//! A tree whose `.pyc` files are those of its sources, but for some that have been altered: what `pycsmith verify` must find.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{CodeObject, Constant, Names, PyStr, Target};
use pycsmith_compiler::CompileOptions;

use super::mutate::Random;

/// A way to alter a `.pyc` file or its source.
struct Alteration {
    name: &'static str,
    /// What `verify` must say.
    status: &'static str,
    /// Says whether it could be done.
    apply: fn(&Path, &Path) -> Result<bool>,
}

/// A file that has been altered.
#[derive(Debug)]
pub struct Altered {
    pub pyc: PathBuf,
    pub name: &'static str,
    pub status: &'static str,
}

const ALTERATIONS: [Alteration; 20] = [
    different("a constant", |_, pyc| edit(pyc, None, constant)),
    different("a name", |_, pyc| edit(pyc, None, name)),
    different("flags", |_, pyc| {
        edit(pyc, None, |code| set(&mut code.flags, 4))
    }),
    different("the stack's size", |_, pyc| {
        edit(pyc, None, |code| set(&mut code.stacksize, 1))
    }),
    different("the number of arguments", |_, pyc| {
        edit(pyc, None, |code| set(&mut code.argcount, 1))
    }),
    different("the first line", |_, pyc| {
        edit(pyc, None, |code| {
            code.firstlineno += 1;
            true
        })
    }),
    different("an instruction", |_, pyc| {
        edit(pyc, None, |code| byte(&mut code.code, 1))
    }),
    different("a location", |_, pyc| {
        edit(pyc, None, |code| {
            let last = code.linetable.len().saturating_sub(1);
            byte(&mut code.linetable, last)
        })
    }),
    different("the exception table", |_, pyc| {
        edit(pyc, None, |code| {
            code.exceptiontable = [0x80, 1, 2, 0].into();
            true
        })
    }),
    different("the name of the source", |_, pyc| edit(pyc, None, file)),
    different("cut off", |_, pyc| {
        bytes(pyc, |bytes| bytes.truncate(bytes.len() / 2))
    }),
    different("a byte more", |_, pyc| bytes(pyc, |bytes| bytes.push(b'N'))),
    different("of another level", |source, pyc| {
        compiled(source, pyc, None, 2)
    }),
    different("poisoned behind an unchecked hash", poisoned),
    Alteration {
        name: "of another version",
        status: "foreign",
        apply: |source, pyc| compiled(source, pyc, Target::newest(13), 0),
    },
    Alteration {
        name: "no .pyc file",
        status: "foreign",
        apply: |_, pyc| bytes(pyc, |bytes| bytes[..4].copy_from_slice(b"\x7fELF")),
    },
    Alteration {
        name: "without a source",
        status: "foreign",
        apply: |source, _| std::fs::remove_file(source).map(|()| true),
    },
    Alteration {
        name: "of an older source",
        status: "stale",
        apply: |source, _| bytes(source, |text| text.extend_from_slice(b"\nlater = 1\n")),
    },
    Alteration {
        name: "of a source of another time",
        status: "stale",
        apply: |_, pyc| bytes(pyc, |bytes| bytes[8] ^= 1),
    },
    Alteration {
        name: "not there",
        status: "missing",
        apply: |_, pyc| std::fs::remove_file(pyc).map(|()| true),
    },
];

const fn different(name: &'static str, apply: fn(&Path, &Path) -> Result<bool>) -> Alteration {
    Alteration {
        name,
        status: "different",
        apply,
    }
}

/// Does each alteration to one of `pairs` (source and `.pyc` file), chosen at random.
///
/// # Errors
/// If a file cannot be read or written, or there are too few.
pub fn alter_some(mut pairs: Vec<(PathBuf, PathBuf)>, random: &mut Random) -> Result<Vec<Altered>> {
    let mut altered = Vec::new();
    for alteration in &ALTERATIONS {
        loop {
            if pairs.is_empty() {
                return Err(Error::other(format!("no file for: {}", alteration.name)));
            }
            let (source, pyc) = pairs.swap_remove(random.below(pairs.len()));
            if (alteration.apply)(&source, &pyc)? {
                altered.push(Altered {
                    pyc,
                    name: alteration.name,
                    status: alteration.status,
                });
                break;
            }
        }
    }
    Ok(altered)
}

fn bytes(path: &Path, change: impl Fn(&mut Vec<u8>)) -> Result<bool> {
    let mut bytes = std::fs::read(path)?;
    if bytes.len() < 32 {
        return Ok(false);
    }
    change(&mut bytes);
    std::fs::write(path, bytes)?;
    Ok(true)
}

/// Changes the module's code object, and the header if that is asked for.
fn edit(
    pyc: &Path,
    validation: Option<Validation>,
    change: impl Fn(&mut CodeObject) -> bool,
) -> Result<bool> {
    let bytes = std::fs::read(pyc)?;
    let (header, target, code) = pyc::read(&bytes).map_err(Error::other)?;
    let mut code = (*code).clone();
    if !change(&mut code) {
        return Ok(false);
    }
    let validation = validation.unwrap_or(header.validation);
    let bytes = pyc::write(&code, target, validation).map_err(Error::other)?;
    std::fs::write(pyc, bytes)?;
    Ok(true)
}

fn set(number: &mut u32, bits: u32) -> bool {
    *number ^= bits;
    true
}

fn byte(table: &mut Arc<[u8]>, index: usize) -> bool {
    let mut bytes = table.to_vec();
    let Some(byte) = bytes.get_mut(index) else {
        return false;
    };
    *byte ^= 1;
    *table = bytes.into();
    true
}

fn constant(code: &mut CodeObject) -> bool {
    let mut consts = code.consts.to_vec();
    let text = consts.iter_mut().find_map(|value| match value {
        Constant::Str(text) if text.wtf8.len() > 3 => Some(text),
        _ => None,
    });
    let Some(text) = text else {
        return false;
    };
    *text = Arc::new(PyStr::constant("something else, altogether"));
    code.consts = consts.into();
    true
}

fn name(code: &mut CodeObject) -> bool {
    let mut names: Vec<Arc<PyStr>> = code.names.iter().cloned().collect();
    let Some(last) = names.last_mut() else {
        return false;
    };
    *last = Arc::new(PyStr::name("another_name"));
    code.names = names.into_iter().collect::<Names>();
    true
}

fn file(code: &mut CodeObject) -> bool {
    code.filename = Arc::new(PyStr::new("elsewhere.py", false));
    // The code objects within it keep theirs.
    code.consts
        .iter()
        .any(|value| matches!(value, Constant::Code(_)))
}

/// What compiling for another version or at another level gives, under the old header but for the version.
fn compiled(source: &Path, pyc: &Path, target: Option<Target>, level: u8) -> Result<bool> {
    let old = std::fs::read(pyc)?;
    let (header, of_file, code) = pyc::read(&old).map_err(Error::other)?;
    let target = target.unwrap_or(of_file);
    let options = CompileOptions {
        target,
        optimize: level,
        filename: code.filename.to_string_lossy().into_owned(),
    };
    let Ok(code) = pycsmith_compiler::compile(&std::fs::read(source)?, &options) else {
        return Ok(false);
    };
    let new = pyc::write(&code, target, header.validation).map_err(Error::other)?;
    let is_other = new != old;
    std::fs::write(pyc, new)?;
    Ok(is_other)
}

/// The import system never compares an unchecked hash.
fn poisoned(source: &Path, pyc: &Path) -> Result<bool> {
    let bytes = std::fs::read(pyc)?;
    let (_, target, _) = pyc::read(&bytes).map_err(Error::other)?;
    let hash = pyc::source_hash(target, &std::fs::read(source)?);
    edit(pyc, Some(Validation::UncheckedHash(hash)), constant)
}
