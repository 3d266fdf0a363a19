//! One unit, line by line.

use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Constant, Location, Op, Target};
use rustc_hash::FxHashMap;

use super::operands::{constant, key};
use super::{Result, Span, fault, integer, item_name, name_of};
use crate::cfg::{Block, BlockId, Cfg, Instr};
use crate::ops::OpKind;
use crate::sequence::Label;
use crate::text::error::Diagnostic;
use crate::text::print::{last_part, named_flags};
use crate::text::syntax::{Item, ItemKind, Parameter, Value};
use crate::unit::{CodeUnit, UnitConst};

/// Highest block number: a graph holds a block for each number below the highest.
const MAX_BLOCK: u32 = 1 << 20;

/// A unit whose end has not come yet.
pub(super) struct Open {
    pub(super) span: Span,
    pub(super) unit: CodeUnit,
    pub(super) target: Target,
    pub(super) opcodes: &'static OpcodeTable,
    /// Where each block is defined.
    defined: FxHashMap<u32, Span>,
    /// Where each block is named first.
    named: Vec<(u32, Span)>,
    /// Blocks that say whether they have a label.
    label_stated: FxHashMap<u32, bool>,
    current: BlockId,
    handler: BlockId,
    /// The first place of each local and of each cell or free variable, once all are known.
    pub(super) locals: FxHashMap<String, u32>,
    pub(super) frees: FxHashMap<String, u32>,
    /// Tables that are written out, and so do not grow.
    pub(super) fixed_names: bool,
    pub(super) fixed_consts: bool,
    pub(super) const_texts: FxHashMap<String, u32>,
    pub(super) name_indices: FxHashMap<String, u32>,
    leftovers: Vec<(BlockId, Vec<BlockId>)>,
    /// Blocks that say how many edges lead to them.
    preds_stated: Vec<(BlockId, i32)>,
    /// Where each instruction stands.
    pub(super) places: Vec<(BlockId, Span)>,
}

impl Open {
    pub(super) fn empty(span: Span, target: Target) -> Open {
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
            locals: FxHashMap::default(),
            frees: FxHashMap::default(),
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
    pub(super) fn new(span: Span, target: Target, items: &[Item<'_>]) -> Result<Open> {
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

    pub(super) fn directive(&mut self, span: Span, word: &str, items: &[Item<'_>]) -> Result<()> {
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
                    // What stood there may have had a handler that is gone.
                    let named = self.named.len();
                    let blocks = items
                        .iter()
                        .map(|item| self.block_or_none(item))
                        .collect::<Result<_>>()?;
                    self.named.truncate(named);
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

    pub(super) fn block_line(&mut self, span: Span, word: &str, items: &[Item<'_>]) -> Result<()> {
        let number = block_number(span, word)?;
        let b = self.block(number);
        if self.defined.insert(number, span).is_some() {
            return fault(span, format!("there are two blocks {word}"));
        }
        if self.current.is_none() {
            self.locals = first_places(&self.unit.local_names());
            self.frees = first_places(&self.unit.free_names());
            self.unit.graph.0.entry = b;
        } else {
            let before = self.current;
            self.unit.graph.0[before].next = b;
        }
        let cfg = &mut self.unit.graph.0;
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

    pub(super) fn instruction(
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

    pub(super) fn finish(mut self) -> Result<CodeUnit> {
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

/// Where each name stands first.
fn first_places(names: &[&str]) -> FxHashMap<String, u32> {
    let mut places = FxHashMap::default();
    for (&name, place) in names.iter().zip(0..) {
        places.entry(name.to_owned()).or_insert(place);
    }
    places
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
