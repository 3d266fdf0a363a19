//! From lines to units: names, blocks and operands are looked up.

use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::opcode::{OpcodeTable, Operand};
use pycsmith_bytecode::pyc::Validation;
use pycsmith_bytecode::{Constant, Location, Op, Target, operands};
use rustc_hash::FxHashMap;

use super::error::{Diagnostic, Span};
use super::print::{last_part, named_flags};
use super::syntax::{Item, ItemKind, Line, LineKind, Parameter, Value};
use super::{constants, operand_of};
use crate::cfg::{Block, BlockId, Cfg, Instr};
use crate::ops::OpKind;
use crate::sequence::Label;
use crate::unit::{CodeModule, CodeUnit, ModuleFile, UnitConst};
use crate::verify::Fault;

/// Highest block number: a graph holds a block for each number below the highest.
const MAX_BLOCK: u32 = 1 << 20;

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

/// A unit whose end has not come yet.
struct Open {
    span: Span,
    unit: CodeUnit,
    target: Target,
    opcodes: &'static OpcodeTable,
    /// Where each block is defined.
    defined: FxHashMap<u32, Span>,
    /// Where each block is named first.
    named: Vec<(u32, Span)>,
    /// Blocks that say whether they have a label.
    label_stated: FxHashMap<u32, bool>,
    current: BlockId,
    handler: BlockId,
    /// Tables that are written out, and so do not grow.
    fixed_names: bool,
    fixed_consts: bool,
    const_texts: FxHashMap<String, u32>,
    name_indices: FxHashMap<String, u32>,
    leftovers: Vec<(BlockId, Vec<BlockId>)>,
    /// Blocks that say how many edges lead to them.
    preds_stated: Vec<(BlockId, i32)>,
    /// Where each instruction stands.
    places: Vec<(BlockId, Span)>,
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

/// As it is written, if it can be one of the words for a number.
fn word_of<'a>(item: &Item<'a>) -> Option<&'a str> {
    match &item.kind {
        ItemKind::Operator(text)
        | ItemKind::Value(Value::Word(text) | Value::Number(text) | Value::Str(text)) => Some(text),
        ItemKind::Parameters(parameters) if parameters.is_empty() => Some("[]"),
        _ => None,
    }
}

fn integer<T: std::str::FromStr>(span: Span, text: &str) -> Result<T> {
    text.parse()
        .or_else(|_| fault(span, format!("{text} is no number that fits here")))
}

fn block_number(span: Span, text: &str) -> Result<u32> {
    match text.strip_prefix('b').and_then(|digits| {
        let plain = digits == "0" || !digits.starts_with(['0', '+']);
        digits.parse().ok().filter(|_| plain)
    }) {
        Some(number) if number <= MAX_BLOCK => Ok(number),
        Some(_) => fault(span, format!("block numbers end at b{MAX_BLOCK}")),
        None => fault(span, format!("{text} is no block: blocks are b0, b1, ...")),
    }
}

impl Open {
    fn empty(span: Span, target: Target) -> Open {
        Open {
            span,
            unit: CodeUnit::default(),
            target,
            opcodes: target.opcodes(),
            defined: FxHashMap::default(),
            named: Vec::new(),
            label_stated: FxHashMap::default(),
            current: BlockId::NONE,
            handler: BlockId::NONE,
            fixed_names: false,
            fixed_consts: false,
            const_texts: FxHashMap::default(),
            name_indices: FxHashMap::default(),
            leftovers: Vec::new(),
            preds_stated: Vec::new(),
            places: Vec::new(),
        }
    }

    /// `code f line 1 args [a] {`
    fn new(span: Span, target: Target, items: &[Item<'_>]) -> Result<Open> {
        let mut open = Open::empty(span, target);
        let usage =
            "a unit begins with \"code NAME line N {\" or \"code NAME line N args [...] {\"";
        let word = |item: &Item<'_>, word: &str| matches!(item.kind, ItemKind::Value(Value::Word(w)) if w == word);
        let (name, line, parameters) = match items {
            [name, keyword, line] if word(keyword, "line") => (name, line, None),
            [name, keyword, line, args, parameters]
                if word(keyword, "line") && word(args, "args") =>
            {
                (name, line, Some(parameters))
            }
            _ => return fault(span, usage),
        };
        open.unit.id = item_name(name)?;
        open.unit.qualname = open.unit.id.clone();
        open.unit.name = last_part(&open.unit.id).to_owned();
        open.unit.firstlineno = match line.kind {
            ItemKind::Value(Value::Number(text)) => integer(line.span, text)?,
            _ => return fault(line.span, usage),
        };
        if let Some(parameters) = parameters {
            match &parameters.kind {
                ItemKind::Parameters(list) => open.parameters(list)?,
                _ => return fault(parameters.span, usage),
            }
        }
        Ok(open)
    }

    fn parameters(&mut self, list: &[(Span, Parameter<'_>)]) -> Result<()> {
        let (mut keywords, mut var_args, mut var_keywords) = (Vec::new(), None, None);
        let mut keyword_only = false;
        for (span, parameter) in list {
            let span = *span;
            if var_keywords.is_some() {
                return fault(span, "nothing stands behind **");
            }
            match parameter {
                Parameter::Plain(name) if keyword_only => keywords.push(name_of(span, name)?),
                Parameter::Plain(name) => {
                    self.unit.varnames.push(name_of(span, name)?);
                    self.unit.argcount += 1;
                }
                Parameter::EndOfPositionalOnly
                    if !keyword_only
                        && self.unit.posonlyargcount == 0
                        && self.unit.argcount > 0 =>
                {
                    self.unit.posonlyargcount = self.unit.argcount;
                }
                Parameter::StartOfKeywordOnly if !keyword_only => keyword_only = true,
                Parameter::VarArgs(name) if !keyword_only => {
                    keyword_only = true;
                    var_args = Some(name_of(span, name)?);
                }
                Parameter::VarKeywords(name) => var_keywords = Some(name_of(span, name)?),
                _ => return fault(span, "the parameters are not in Python's order"),
            }
        }
        let unit = &mut self.unit;
        unit.kwonlyargcount = keywords.len() as u32;
        unit.varnames.append(&mut keywords);
        for (name, flag) in [
            (var_args, flags::VARARGS),
            (var_keywords, flags::VARKEYWORDS),
        ] {
            if let Some(name) = name {
                unit.varnames.push(name);
                unit.flags |= flag;
            }
        }
        Ok(())
    }

    fn directive(&mut self, span: Span, word: &str, items: &[Item<'_>]) -> Result<()> {
        let names = || items.iter().map(item_name).collect::<Result<Vec<_>>>();
        if self.current.is_some() {
            return match word {
                ".unwind" => {
                    let [item] = items else {
                        return fault(span, ".unwind has one block, or none");
                    };
                    self.handler = self.block_or_none(item)?;
                    Ok(())
                }
                ".leftover" => {
                    let blocks = items
                        .iter()
                        .map(|item| self.block_or_none(item))
                        .collect::<Result<_>>()?;
                    self.leftovers.push((self.current, blocks));
                    Ok(())
                }
                _ => fault(
                    span,
                    format!("{word} cannot stand in a block: .unwind and .leftover can"),
                ),
            };
        }
        match word {
            ".qualname" | ".name" => {
                let [item] = items else {
                    return fault(span, format!("{word} has one name"));
                };
                let name = item_name(item)?;
                if word == ".qualname" {
                    self.unit.name = last_part(&name).to_owned();
                    self.unit.qualname = name;
                } else {
                    self.unit.name = name;
                }
            }
            ".flags" => {
                for item in items {
                    self.unit.flags |= flag(item)?;
                }
            }
            ".locals" => self.unit.varnames.append(&mut names()?),
            ".hidden" => self.unit.hidden = names()?,
            ".cells" => self.unit.cellvars = names()?,
            ".free" => self.unit.freevars = names()?,
            ".names" => {
                self.unit.names = names()?;
                self.fixed_names = true;
                for (index, name) in self.unit.names.iter().enumerate() {
                    self.name_indices
                        .entry(name.clone())
                        .or_insert(index as u32);
                }
            }
            ".consts" => {
                for item in items {
                    let ItemKind::Value(value) = &item.kind else {
                        return fault(item.span, "a constant stands here");
                    };
                    let value = constant(item.span, value)?;
                    let index = self.unit.consts.len() as u32;
                    self.const_texts.entry(key(&value)).or_insert(index);
                    self.unit.consts.push(value);
                }
                self.fixed_consts = true;
            }
            ".state" => {
                for item in items {
                    match item.kind {
                        ItemKind::Value(Value::Word("counted")) => {
                            self.unit.graph.0.edges_counted = true;
                        }
                        ItemKind::Value(Value::Word("localsplus")) => self.unit.localsplus = true,
                        ItemKind::Setting("stack", depth) => {
                            self.unit.stack_depth = Some(integer(item.span, depth)?);
                        }
                        _ => return fault(item.span, ".state has counted, localsplus and stack=N"),
                    }
                }
            }
            ".linetable" | ".exceptiontable" => {
                let bytes = match items {
                    [item] => match &item.kind {
                        ItemKind::Value(value @ Value::Bytes(_)) => constant(item.span, value)?,
                        _ => return fault(item.span, format!("{word} has bytes: b'...'")),
                    },
                    _ => return fault(span, format!("{word} has bytes: b'...'")),
                };
                let UnitConst::Value(Constant::Bytes(bytes)) = bytes else {
                    return Ok(());
                };
                match word {
                    ".linetable" => self.unit.raw.linetable = Some(bytes),
                    _ => self.unit.raw.exceptiontable = Some(bytes),
                }
            }
            _ => {
                let mut found =
                    Diagnostic::new(span, format!("there is no {word} before the first block"));
                found.expected = [
                    ".qualname",
                    ".name",
                    ".flags",
                    ".locals",
                    ".hidden",
                    ".cells",
                    ".free",
                    ".names",
                    ".consts",
                    ".state",
                    ".linetable",
                    ".exceptiontable",
                ]
                .map(str::to_owned)
                .to_vec();
                return Err(found);
            }
        }
        Ok(())
    }

    fn block_line(&mut self, span: Span, word: &str, items: &[Item<'_>]) -> Result<()> {
        let number = block_number(span, word)?;
        let b = self.block(number);
        if self.defined.insert(number, span).is_some() {
            return fault(span, format!("there are two blocks {word}"));
        }
        let cfg = &mut self.unit.graph.0;
        if self.current.is_none() {
            cfg.entry = b;
        } else {
            cfg[self.current].next = b;
        }
        self.current = b;
        self.handler = BlockId::NONE;
        let block = &mut cfg[b];
        for item in items {
            match item.kind {
                ItemKind::Value(Value::Word("handler")) => block.except_handler = true,
                ItemKind::Value(Value::Word("lasti")) => block.preserve_lasti = true,
                ItemKind::Value(Value::Word("cold")) => block.cold = true,
                ItemKind::Value(Value::Word("warm")) => block.warm = true,
                ItemKind::Value(Value::Word("nodepth")) => {
                    block.start_depth = Block::DEPTH_UNKNOWN;
                }
                ItemKind::Value(Value::Word("label")) => {
                    self.label_stated.insert(number, true);
                }
                ItemKind::Value(Value::Word("nolabel")) => {
                    self.label_stated.insert(number, false);
                }
                ItemKind::Setting("depth", depth) => {
                    block.start_depth = integer(item.span, depth)?;
                }
                ItemKind::Setting("preds", count) => {
                    self.preds_stated.push((b, integer(item.span, count)?));
                }
                _ => {
                    return fault(
                        item.span,
                        "a block can be: handler, lasti, cold, warm, label, nolabel, nodepth, depth=N, preds=N",
                    );
                }
            }
        }
        Ok(())
    }

    fn instruction(
        &mut self,
        span: Span,
        word: &str,
        items: &[Item<'_>],
        location: Option<(Span, &str)>,
    ) -> Result<()> {
        if self.current.is_none() {
            return fault(span, "a block must begin before the first instruction: b0:");
        }
        let place = Span::new(span.start, span.start + word.len());
        let Some(op) = self.opcodes.named(word) else {
            return match Op::from_name(word) {
                Some(_) => fault(place, format!("the target has no {word}")),
                None => fault(place, format!("{word} is no opcode of any version")),
            };
        };
        let mut instr = Instr::new(op, 0, location_of(location)?);
        instr.handler = self.handler;
        if op.has_target() {
            let [item] = items else {
                return fault(place, format!("{word} has one block as its operand"));
            };
            instr.target = self.block_or_none(item)?;
            if instr.target.is_none() {
                return fault(item.span, format!("{word} must go to a block"));
            }
        } else {
            instr.arg = self.operand(place, op, items)?;
        }
        self.unit.graph.0.push(self.current, instr);
        self.places.push((self.current, place));
        Ok(())
    }

    fn operand(&mut self, place: Span, op: Op, items: &[Item<'_>]) -> Result<u32> {
        let kind = operand_of(self.opcodes, op);
        let wrong = |what: &str| fault(place, format!("{op} has {what} as its operand"));
        match (kind, items) {
            (Operand::None, []) => Ok(0),
            (Operand::Raw, [_, ..]) => self.numbered(op, items),
            (Operand::None | Operand::Jump | Operand::Handler, [item]) => match item.kind {
                ItemKind::Value(Value::Number(text)) => integer(item.span, text),
                _ => fault(item.span, format!("{op} has a number as its operand")),
            },
            (Operand::Const, [item]) => self.constant(item),
            (Operand::Name, [item]) => self.name(item),
            (Operand::NameFlag, [item]) => Ok(self.name(item)? << 1),
            (Operand::NameFlag, [item, flag]) => Ok(self.name(item)? << 1 | bits(flag, 1)?),
            (Operand::NameFlags, [item]) => Ok(self.name(item)? << 2),
            (Operand::NameFlags, [item, flag]) => Ok(self.name(item)? << 2 | bits(flag, 3)?),
            (Operand::Local, [item]) => self.slot(item, "local"),
            (Operand::Free, [item]) => self.slot(item, "free"),
            (Operand::LocalPair, [first, second]) => {
                let second_index = self.slot(second, "local")?;
                let first_index = self.slot(first, "local")?;
                if first_index > 0x0FFF_FFFF || second_index > 15 {
                    return fault(second.span, "only the first 16 locals can stand in a pair");
                }
                Ok(first_index << 4 | second_index)
            }
            (Operand::None, _) => wrong("nothing"),
            (Operand::Raw, []) => wrong("a number, or words for one,"),
            (Operand::Jump | Operand::Handler, _) => wrong("one number"),
            (Operand::Const, _) => wrong("one constant"),
            (Operand::Name, _) => wrong("one name"),
            (Operand::NameFlag, _) => wrong("a name, and perhaps null,"),
            (Operand::NameFlags, _) => wrong("a name, and perhaps null or flags=N,"),
            (Operand::Local, _) => wrong("one local"),
            (Operand::Free, _) => wrong("one cell or free variable"),
            (Operand::LocalPair, _) => wrong("two locals"),
        }
    }

    /// The words for something that the interpreter numbers, or the number.
    fn numbered(&self, op: Op, items: &[Item<'_>]) -> Result<u32> {
        let words: Option<Vec<&str>> = items.iter().map(word_of).collect();
        let named = words.and_then(|words| operands::number(self.target, op, &words.join(" ")));
        if let Some(number) = named {
            return Ok(number);
        }
        if let [item] = items
            && let ItemKind::Value(Value::Number(text)) = item.kind
        {
            return integer(item.span, text);
        }
        let (first, last) = (items[0].span, items[items.len() - 1].span);
        let known = operands::words(self.target, op).join(" ");
        fault(
            Span::new(first.start, last.end),
            match known.is_empty() {
                true => format!("{op} has a number as its operand"),
                false => format!("{op} has a number or one of these as its operand: {known}"),
            },
        )
    }

    fn constant(&mut self, item: &Item<'_>) -> Result<u32> {
        let value = match &item.kind {
            ItemKind::Value(Value::Index(text)) => return index(item.span, text, "const"),
            ItemKind::Value(value) => constant(item.span, value)?,
            _ => return fault(item.span, "a constant stands here"),
        };
        let text = key(&value);
        if let Some(&index) = self.const_texts.get(&text) {
            return Ok(index);
        }
        if self.fixed_consts {
            return fault(item.span, "this constant is not among .consts");
        }
        let index = self.unit.consts.len() as u32;
        self.const_texts.insert(text, index);
        self.unit.consts.push(value);
        Ok(index)
    }

    /// An index into `co_names`, small enough for two bits below it.
    fn name(&mut self, item: &Item<'_>) -> Result<u32> {
        if let ItemKind::Value(Value::Index(text)) = item.kind {
            return index(item.span, text, "name");
        }
        let name = item_name(item)?;
        if let Some(&index) = self.name_indices.get(&name) {
            return Ok(index);
        }
        if self.fixed_names {
            return fault(item.span, format!("{name} is not among .names"));
        }
        let index = self.unit.names.len() as u32;
        self.unit.names.push(name.clone());
        self.name_indices.insert(name, index);
        Ok(index)
    }

    fn slot(&mut self, item: &Item<'_>, word: &str) -> Result<u32> {
        if let ItemKind::Value(Value::Index(text)) = item.kind {
            return index(item.span, text, word);
        }
        let name = item_name(item)?;
        let names = if word == "local" {
            self.unit.local_names()
        } else {
            self.unit.free_names()
        };
        match names.iter().position(|known| *known == name) {
            Some(index) => Ok(index as u32),
            None if word == "local" => fault(
                item.span,
                format!("{name} is no local: locals are the parameters and what .locals names"),
            ),
            None => fault(
                item.span,
                format!("{name} is neither among .cells nor .free"),
            ),
        }
    }

    /// The block of that number, made if it is new.
    fn block(&mut self, number: u32) -> BlockId {
        let cfg = &mut self.unit.graph.0;
        while cfg.blocks.len() <= number as usize {
            cfg.new_block();
        }
        BlockId(number)
    }

    fn block_or_none(&mut self, item: &Item<'_>) -> Result<BlockId> {
        match item.kind {
            ItemKind::Value(Value::Word("none")) => Ok(BlockId::NONE),
            ItemKind::Value(Value::Word(word)) => {
                let number = block_number(item.span, word)?;
                self.named.push((number, item.span));
                Ok(self.block(number))
            }
            _ => fault(item.span, "a block stands here: b0, b1, ..., or none"),
        }
    }

    fn finish(mut self) -> Result<CodeUnit> {
        if self.current.is_none() {
            return fault(self.span, "this unit has no block");
        }
        if let Some((number, span)) = self
            .named
            .iter()
            .find(|(number, _)| !self.defined.contains_key(number))
        {
            return fault(*span, format!("there is no block b{number}"));
        }
        for (b, handlers) in std::mem::take(&mut self.leftovers) {
            self.unit.graph.0.set_leftover_handlers(b, &handlers);
        }
        let cfg = &mut self.unit.graph.0;
        label(cfg, &self.label_stated);
        if cfg.edges_counted {
            let counts = cfg.count_predecessors();
            for (block, count) in cfg.blocks.iter_mut().zip(counts) {
                block.predecessors = count;
            }
        }
        for (b, count) in self.preds_stated {
            cfg[b].predecessors = count;
        }
        Ok(self.unit)
    }
}

/// Gives blocks that jumps lead to a label, and those that say so.
fn label(cfg: &mut Cfg, stated: &FxHashMap<u32, bool>) {
    let layout: Vec<BlockId> = cfg.layout().collect();
    for &b in &layout {
        for index in 0..cfg.instrs(b).len() {
            let Instr { op, target, .. } = cfg.instrs(b)[index];
            if op.has_target() && target.is_some() {
                cfg[target].label = Label(target.0);
            }
        }
    }
    for (&number, &labelled) in stated {
        cfg[BlockId(number)].label = if labelled { Label(number) } else { Label::NONE };
    }
}

fn flag(item: &Item<'_>) -> Result<u32> {
    match item.kind {
        ItemKind::Value(Value::Word(word)) => match named_flags().find(|(_, name)| *name == word) {
            Some((bit, _)) => Ok(bit),
            None => fault(item.span, format!("there is no flag {word}")),
        },
        ItemKind::Value(Value::Number(text)) => {
            match text
                .strip_prefix("0x")
                .map(|digits| u32::from_str_radix(digits, 16))
            {
                Some(Ok(bits)) => Ok(bits),
                _ => fault(item.span, "flags without a name are written 0x..."),
            }
        }
        _ => fault(item.span, "a flag stands here, as OPTIMIZED"),
    }
}

fn bits(item: &Item<'_>, most: u32) -> Result<u32> {
    match item.kind {
        ItemKind::Value(Value::Word("null")) => Ok(1),
        ItemKind::Setting("flags", text) => match text.parse() {
            Ok(bits) if bits <= most => Ok(bits),
            _ => fault(item.span, format!("flags end at {most}")),
        },
        _ => fault(item.span, "behind the name stands only null or flags=N"),
    }
}

fn index(span: Span, text: &str, word: &str) -> Result<u32> {
    match text.split_once('.') {
        Some((table, digits)) if table == word => match digits.parse::<u32>() {
            Ok(index) if index < 1 << 28 => Ok(index),
            _ => fault(span, "indices end at 2**28"),
        },
        _ => fault(span, format!("an index here is written {word}.N")),
    }
}

fn constant(span: Span, value: &Value<'_>) -> Result<UnitConst> {
    if let Value::Call("code", arguments) = value {
        return match &arguments[..] {
            [name] => Ok(UnitConst::Code(name_of(span, name)?)),
            _ => fault(span, "code(...) names one unit"),
        };
    }
    constants::parse(value)
        .map(UnitConst::Value)
        .map_err(|message| Diagnostic::new(span, message))
}

fn key(value: &UnitConst) -> String {
    match value {
        UnitConst::Value(value) => constants::text(value),
        UnitConst::Code(id) => format!("code {id}"),
    }
}

fn location_of(location: Option<(Span, &str)>) -> Result<Location> {
    let Some((span, text)) = location else {
        return Ok(Location::NONE);
    };
    if text == "@next" {
        return Ok(Location::NEXT);
    }
    let numbers = || {
        let (line, rest) = text.strip_prefix('@')?.split_once(':')?;
        // A minus before the second line, not the sign of the column.
        let dash = rest[1..].find('-')? + 1;
        let (col, rest) = (&rest[..dash], &rest[dash + 1..]);
        let (end_line, end_col) = rest.split_once(':')?;
        Some(Location::new(
            line.parse().ok()?,
            end_line.parse().ok()?,
            col.parse().ok()?,
            end_col.parse().ok()?,
        ))
    };
    match numbers() {
        Some(found) => Ok(found),
        None => fault(span, "a number of this location is too large"),
    }
}
