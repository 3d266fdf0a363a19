//! From lines to units: names, blocks and operands are looked up.

mod operands;
mod unit;

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::Validation;

use super::constants;
use super::error::{Diagnostic, Span};
use super::syntax::{Item, ItemKind, Line, LineKind, Value};
use crate::cfg::BlockId;
use crate::unit::{CodeModule, CodeUnit, ModuleFile};
use crate::verify::Fault;
use unit::Open;

type Result<T> = std::result::Result<T, Diagnostic>;

fn fault<T>(span: Span, message: impl Into<String>) -> Result<T> {
    Err(Diagnostic::new(span, message))
}

/// Makes units of lines, and notes what is wrong with any.
pub fn module(lines: Vec<Line<'_>>, faults: &mut Vec<Diagnostic>) -> (CodeModule, Places) {
    let mut lowering = Lowering {
        target: None,
        file: ModuleFile::default(),
        units: Vec::new(),
        places: Vec::new(),
        open: None,
    };
    let mut end = 0;
    for line in lines {
        end = line.span.end;
        if let Err(found) = lowering.line(line) {
            faults.push(found);
        }
    }
    if let Some(unit) = lowering.open.take() {
        faults.push(Diagnostic::new(unit.span, "this unit has no closing }"));
    }
    if lowering.target.is_none() && faults.is_empty() {
        faults.push(Diagnostic::new(
            Span::new(0, end.min(1)),
            "the text must begin with a line like: target 3.14",
        ));
    }
    let module = CodeModule {
        target: lowering.target.unwrap_or(Target::PY314),
        file: lowering.file,
        units: lowering.units,
    };
    let places = Places {
        units: lowering.places,
    };
    (module, places)
}

/// Where the parts of a module stand in its text.
#[derive(Debug, Default)]
pub struct Places {
    units: Vec<UnitPlaces>,
}

#[derive(Debug)]
struct UnitPlaces {
    header: Span,
    /// In the order of the text.
    instrs: Vec<(BlockId, Span)>,
}

impl Places {
    /// Where the unit of this index begins, or an instruction of it stands.
    pub fn find(&self, unit: usize, instr: Option<(BlockId, usize)>) -> Option<Span> {
        let unit = self.units.get(unit)?;
        let place = instr.and_then(|(block, index)| {
            let mut of_block = unit.instrs.iter().filter(|(b, _)| *b == block);
            of_block.nth(index).map(|(_, span)| *span)
        });
        Some(place.unwrap_or(unit.header))
    }

    /// What the verifier finds wrong with the unit of this index, with its place.
    pub fn diagnostic(&self, unit: usize, fault: &Fault) -> Diagnostic {
        let instr = fault.instr.map(|index| (fault.block, index));
        let span = self.find(unit, instr).unwrap_or(Span::new(0, 0));
        let message = match fault.instr {
            Some(_) => fault.message.clone(),
            None => fault.to_string(),
        };
        Diagnostic::new(span, message)
    }
}

struct Lowering {
    target: Option<Target>,
    file: ModuleFile,
    units: Vec<CodeUnit>,
    places: Vec<UnitPlaces>,
    open: Option<Open>,
}

impl Lowering {
    fn line(&mut self, line: Line<'_>) -> Result<()> {
        let span = line.span;
        match (line.kind, &mut self.open) {
            (LineKind::Words("target", items, None), None) => self.target_line(span, &items),
            (LineKind::Words(word @ ("file" | "pyc" | "identifiers"), items, None), None) => {
                self.file_line(span, word, &items)
            }
            (LineKind::Open("code", items), None) => {
                let Some(target) = self.target else {
                    // Go on, so that the lines of the unit are not taken for faults.
                    self.open = Some(
                        Open::new(span, Target::PY314, &items)
                            .unwrap_or_else(|_| Open::empty(span, Target::PY314)),
                    );
                    return fault(
                        span,
                        "a line like \"target 3.14\" must stand before the first unit",
                    );
                };
                match Open::new(span, target, &items) {
                    Ok(open) => {
                        self.open = Some(open);
                        Ok(())
                    }
                    Err(found) => {
                        self.open = Some(Open::empty(span, target));
                        Err(found)
                    }
                }
            }
            (LineKind::Close, open @ Some(_)) => match open.take() {
                Some(mut open) => {
                    let places = UnitPlaces {
                        header: open.span,
                        instrs: std::mem::take(&mut open.places),
                    };
                    let unit = open.finish()?;
                    if self.units.iter().any(|other| other.id == unit.id) {
                        return fault(
                            span,
                            format!(
                                "there are two units {}: give one another name, and its own with .qualname",
                                unit.id
                            ),
                        );
                    }
                    self.units.push(unit);
                    self.places.push(places);
                    Ok(())
                }
                None => Ok(()),
            },
            (LineKind::Open(..), Some(open)) => {
                let begun = open.unit.id.clone();
                fault(
                    span,
                    format!("unit {begun} has no closing }} yet: units do not nest"),
                )
            }
            (LineKind::Block(word, items), Some(open)) => open.block_line(span, word, &items),
            (LineKind::Directive(word, items), Some(open)) => open.directive(span, word, &items),
            (LineKind::Words(word, items, location), Some(open)) => {
                open.instruction(span, word, &items, location)
            }
            (LineKind::Open(word, _), None) => fault(
                span,
                format!("a unit begins with \"code NAME line N {{\", not {word}"),
            ),
            (LineKind::Close, None) => fault(span, "no unit is open here"),
            (_, None) => fault(
                span,
                "outside a unit stand only target, file, pyc, identifiers and \"code NAME line N {\"",
            ),
        }
    }

    fn target_line(&mut self, span: Span, items: &[Item<'_>]) -> Result<()> {
        let [
            Item {
                kind: ItemKind::Value(Value::Number(text)),
                span: place,
            },
        ] = items
        else {
            return fault(span, "a target is a version: target 3.14");
        };
        if self.target.is_some() {
            return fault(span, "the target is said already");
        }
        match text.parse::<Target>() {
            Ok(target) => {
                self.target = Some(target);
                Ok(())
            }
            Err(error) => {
                self.target = Some(Target::PY314);
                fault(*place, error.to_string())
            }
        }
    }
}

impl Lowering {
    /// A line about the module's file.
    fn file_line(&mut self, span: Span, word: &str, items: &[Item<'_>]) -> Result<()> {
        match word {
            "file" => {
                let [
                    Item {
                        kind: ItemKind::Value(Value::Str(text)),
                        ..
                    },
                ] = items
                else {
                    return fault(span, "a file has a name in quotes: file 'x.py'");
                };
                let name = constants::parse_string(text).map_err(|m| Diagnostic::new(span, m))?;
                self.file.filename = Some(name);
            }
            "pyc" => self.file.validation = Some(validation(span, items)?),
            _ => {
                for item in items {
                    self.file.identifiers.push(item_name(item)?);
                }
            }
        }
        Ok(())
    }
}

/// The header of a `.pyc` file.
fn validation(span: Span, items: &[Item<'_>]) -> Result<Validation> {
    use ItemKind::{Setting, Value as Word};
    let kinds: Vec<_> = items.iter().map(|item| &item.kind).collect();
    let hash = |text: &str| {
        let digits = text.strip_prefix("0x").unwrap_or("");
        u64::from_str_radix(digits, 16)
            .or_else(|_| fault(span, "a hash has up to 16 hexadecimal digits: hash=0x12ab"))
    };
    match kinds[..] {
        [Setting("mtime", mtime), Setting("size", size)] => Ok(Validation::Timestamp {
            mtime: integer(span, mtime)?,
            size: integer(span, size)?,
        }),
        [Word(Value::Word("checked")), Setting("hash", text)] => {
            Ok(Validation::CheckedHash(hash(text)?))
        }
        [Word(Value::Word("unchecked")), Setting("hash", text)] => {
            Ok(Validation::UncheckedHash(hash(text)?))
        }
        _ => fault(
            span,
            "a header is \"pyc mtime=N size=N\", \"pyc checked hash=0xN\" or \"pyc unchecked hash=0xN\"",
        ),
    }
}

/// A name, plain or in quotes.
fn name_of(span: Span, value: &Value<'_>) -> Result<String> {
    match value {
        Value::Word(word) => Ok((*word).to_owned()),
        Value::Str(text) => {
            let bytes = constants::parse_string(text).map_err(|m| Diagnostic::new(span, m))?;
            String::from_utf8(bytes).or_else(|_| fault(span, "a name has no surrogates"))
        }
        _ => fault(span, "a name stands here, plain or in quotes"),
    }
}

fn item_name(item: &Item<'_>) -> Result<String> {
    match &item.kind {
        ItemKind::Value(value) => name_of(item.span, value),
        _ => fault(item.span, "a name stands here, plain or in quotes"),
    }
}

fn integer<T: std::str::FromStr>(span: Span, text: &str) -> Result<T> {
    text.parse()
        .or_else(|_| fault(span, format!("{text} is no number that fits here")))
}
