//! Units as text. What follows from the rest of the text is not written.

use std::fmt::{self, Write as _};

use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::dis::FLAG_NAMES;
use pycsmith_bytecode::opcode::{OpcodeTable, Operand};
use pycsmith_bytecode::pyc::Validation;
use pycsmith_bytecode::{Constant, Location, Target, operands};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{constants, operand_of};
use crate::cfg::{Block, BlockId, Cfg, Instr};
use crate::ops::OpKind;
use crate::sequence::Label;
use crate::unit::{CodeModule, CodeUnit, ModuleFile, UnitConst};

/// The `co_flags` that show in the parameters.
const IN_PARAMETERS: u32 = flags::VARARGS | flags::VARKEYWORDS;

/// The `co_flags` with names, but for those that show in the parameters.
pub(super) fn named_flags() -> impl Iterator<Item = (u32, &'static str)> {
    FLAG_NAMES
        .iter()
        .copied()
        .filter(|(bit, _)| bit & IN_PARAMETERS == 0)
}

impl fmt::Display for CodeModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "target {}", self.target)?;
        f.write_str(&file_text(&self.file))?;
        for unit in &self.units {
            writeln!(f)?;
            f.write_str(&unit_text(unit, self.target))?;
        }
        Ok(())
    }
}

/// The lines that say what the module's file has besides units.
fn file_text(file: &ModuleFile) -> String {
    let mut out = String::new();
    if let Some(filename) = &file.filename {
        out += "file ";
        constants::string(&mut out, filename);
        out.push('\n');
    }
    let header = file.validation.map(|validation| match validation {
        Validation::Timestamp { mtime, size } => format!("mtime={mtime} size={size}"),
        Validation::CheckedHash(hash) => format!("checked hash={hash:#018x}"),
        Validation::UncheckedHash(hash) => format!("unchecked hash={hash:#018x}"),
    });
    if let Some(header) = header {
        let _ = writeln!(out, "pyc {header}");
    }
    if !file.identifiers.is_empty() {
        let names: Vec<_> = file
            .identifiers
            .iter()
            .map(|name| name_text(name))
            .collect();
        let _ = writeln!(out, "identifiers {}", names.join(" "));
    }
    out
}

/// The text of one unit, from `code` to `}`.
pub fn unit_text(unit: &CodeUnit, target: Target) -> String {
    let text = UnitText::of(unit, target);
    let mut out = text.head;
    for block in &text.blocks {
        let _ = writeln!(out, "{block}");
    }
    out += "}\n";
    out
}

/// The text of a unit in its parts.
pub struct UnitText {
    /// The lines in front of the first block.
    pub head: String,
    /// In layout order.
    pub blocks: Vec<BlockText>,
}

pub struct BlockText {
    pub id: BlockId,
    /// What stands behind the colon: `handler depth=1`.
    pub notes: String,
    pub lines: Vec<LineText>,
}

/// An instruction or, with a dot, a directive.
pub struct LineText {
    pub word: &'static str,
    pub operand: String,
    /// None of a directive.
    pub loc: Location,
}

impl UnitText {
    pub fn of(unit: &CodeUnit, target: Target) -> UnitText {
        let mut printer = Printer::new(unit, target);
        let blocks = printer.blocks();
        UnitText {
            head: printer.header(),
            blocks,
        }
    }
}

impl fmt::Display for BlockText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", block_text(self.id))?;
        if !self.notes.is_empty() {
            write!(f, " {}", self.notes)?;
        }
        self.lines.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl fmt::Display for LineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineText { word, operand, loc } = self;
        if word.starts_with('.') {
            return write!(f, "  {word} {operand}");
        }
        let line = format!("    {word:<26} {operand:<20} {}", At(*loc));
        f.write_str(line.trim_end())
    }
}

/// Indices in the order of their first use.
#[derive(Default)]
struct Order {
    seen: FxHashSet<u32>,
    order: Vec<u32>,
}

impl Order {
    fn add(&mut self, index: u32) {
        if self.seen.insert(index) {
            self.order.push(index);
        }
    }

    /// Whether they are 0, 1, 2 ... up to `len`: then the table follows from the operands.
    fn tells_all(&self, len: usize) -> bool {
        self.order.len() == len && self.order.iter().copied().eq(0..len as u32)
    }
}

/// Texts of constants that more than one constant of the unit has.
fn unclear_consts(unit: &CodeUnit) -> FxHashSet<String> {
    let mut count: FxHashMap<String, u32> = FxHashMap::default();
    for value in &unit.consts {
        *count.entry(const_text(value)).or_default() += 1;
    }
    count
        .into_iter()
        .filter(|(_, n)| *n > 1)
        .map(|(text, _)| text)
        .collect()
}

/// A table of names in which some may stand several times: a name means the first.
struct Firsts<'a> {
    names: Vec<&'a str>,
    first: FxHashMap<&'a str, usize>,
}

impl<'a> Firsts<'a> {
    fn new(names: impl IntoIterator<Item = &'a str>) -> Firsts<'a> {
        let names: Vec<&str> = names.into_iter().collect();
        let mut first = FxHashMap::default();
        for (index, &name) in names.iter().enumerate() {
            first.entry(name).or_insert(index);
        }
        Firsts { names, first }
    }

    /// The name of this index, if it means it.
    fn get(&self, index: u32) -> Option<&'a str> {
        let name = self.names.get(index as usize)?;
        (self.first.get(name) == Some(&(index as usize))).then_some(*name)
    }
}

struct Printer<'a> {
    unit: &'a CodeUnit,
    cfg: &'a Cfg,
    target: Target,
    opcodes: &'static OpcodeTable,
    names: Firsts<'a>,
    locals: Firsts<'a>,
    frees: Firsts<'a>,
    unclear_consts: FxHashSet<String>,
    names_used: Order,
    consts_used: Order,
}

impl<'a> Printer<'a> {
    fn new(unit: &'a CodeUnit, target: Target) -> Printer<'a> {
        Printer {
            unit,
            cfg: &unit.graph.0,
            target,
            opcodes: target.opcodes(),
            names: Firsts::new(unit.names.iter().map(String::as_str)),
            locals: Firsts::new(unit.local_names()),
            frees: Firsts::new(unit.free_names()),
            unclear_consts: unclear_consts(unit),
            names_used: Order::default(),
            consts_used: Order::default(),
        }
    }

    /// Once the blocks are known: it says what does not follow from them.
    fn header(&self) -> String {
        let unit = self.unit;
        let mut out = format!("code {} line {}", name_text(&unit.id), unit.firstlineno);
        if unit.nparams() > 0 {
            let _ = write!(out, " args [{}]", self.parameters());
        }
        out += " {\n";
        let mut directive = |word: &str, items: Vec<String>| {
            if !items.is_empty() {
                let _ = writeln!(out, "  .{word} {}", items.join(" "));
            }
        };
        if unit.qualname != unit.id {
            directive("qualname", vec![name_text(&unit.qualname)]);
        }
        if unit.name != last_part(&unit.qualname) {
            directive("name", vec![name_text(&unit.name)]);
        }
        directive("flags", flag_words(unit.flags));
        let names = |names: &[String]| names.iter().map(|name| name_text(name)).collect();
        directive("locals", names(&unit.varnames[unit.nparams() as usize..]));
        directive("hidden", names(&unit.hidden));
        directive("cells", names(&unit.cellvars));
        directive("free", names(&unit.freevars));
        if !self.names_used.tells_all(unit.names.len()) {
            directive("names", names(&unit.names));
        }
        if !self.consts_used.tells_all(unit.consts.len()) {
            directive("consts", unit.consts.iter().map(const_text).collect());
        }
        let mut state = Vec::new();
        if self.cfg.edges_counted {
            state.push("counted".to_owned());
        }
        if unit.localsplus {
            state.push("localsplus".to_owned());
        }
        if let Some(depth) = unit.stack_depth {
            state.push(format!("stack={depth}"));
        }
        directive("state", state);
        for (word, table) in [
            ("linetable", &unit.raw.linetable),
            ("exceptiontable", &unit.raw.exceptiontable),
        ] {
            if let Some(bytes) = table {
                directive(word, vec![constants::text(&Constant::Bytes(bytes.clone()))]);
            }
        }
        out
    }

    fn parameters(&self) -> String {
        let unit = self.unit;
        let mut names = unit.varnames.iter().map(|name| name_text(name));
        let mut words = Vec::new();
        words.extend(names.by_ref().take(unit.posonlyargcount as usize));
        if unit.posonlyargcount > 0 {
            words.push("/".to_owned());
        }
        let others = unit.argcount.saturating_sub(unit.posonlyargcount);
        words.extend(names.by_ref().take(others as usize));
        let keywords: Vec<String> = names.by_ref().take(unit.kwonlyargcount as usize).collect();
        match unit.flags & flags::VARARGS != 0 {
            true => words.extend(names.next().map(|name| format!("*{name}"))),
            false if !keywords.is_empty() => words.push("*".to_owned()),
            false => {}
        }
        words.extend(keywords);
        if unit.flags & flags::VARKEYWORDS != 0 {
            words.extend(names.next().map(|name| format!("**{name}")));
        }
        words.join(", ")
    }

    fn blocks(&mut self) -> Vec<BlockText> {
        let mut targeted = FxHashSet::default();
        for b in self.cfg.layout() {
            for instr in self
                .cfg
                .instrs(b)
                .iter()
                .filter(|instr| instr.op.has_target())
            {
                targeted.insert(instr.target);
            }
        }
        let counts = match self.cfg.edges_counted {
            true => self.cfg.count_predecessors(),
            false => vec![0; self.cfg.blocks.len()],
        };
        let cfg = self.cfg;
        cfg.layout()
            .map(|b| self.block(b, targeted.contains(&b), counts[b.0 as usize]))
            .collect()
    }

    /// `counted` edges lead to it if its own number is that of the edges.
    fn block(&mut self, b: BlockId, targeted: bool, counted: i32) -> BlockText {
        let Block {
            label,
            predecessors,
            start_depth,
            except_handler,
            preserve_lasti,
            cold,
            warm,
            ..
        } = self.cfg[b];
        let flags = [
            (except_handler, "handler"),
            (preserve_lasti, "lasti"),
            (cold, "cold"),
            (warm, "warm"),
            (label != Label::NONE && !targeted, "label"),
            (label == Label::NONE && targeted, "nolabel"),
            (start_depth == Block::DEPTH_UNKNOWN, "nodepth"),
        ];
        let set = flags.into_iter().filter(|(set, _)| *set);
        let mut notes: Vec<_> = set.map(|(_, word)| word.to_owned()).collect();
        if start_depth != 0 && start_depth != Block::DEPTH_UNKNOWN {
            notes.push(format!("depth={start_depth}"));
        }
        if predecessors != counted {
            notes.push(format!("preds={predecessors}"));
        }
        BlockText {
            id: b,
            notes: notes.join(" "),
            lines: self.lines(b),
        }
    }

    fn lines(&mut self, b: BlockId) -> Vec<LineText> {
        let directive = |word, operand| LineText {
            word,
            operand,
            loc: Location::NONE,
        };
        let mut lines = Vec::new();
        let mut handler = BlockId::NONE;
        for instr in self.cfg.instrs(b) {
            if instr.handler != handler {
                handler = instr.handler;
                lines.push(directive(".unwind", block_text(handler)));
            }
            lines.push(LineText {
                word: instr.op.name(),
                operand: self.operand(instr),
                loc: instr.loc,
            });
        }
        let leftover = self.cfg.leftover_handlers(b);
        if !leftover.is_empty() {
            let words: Vec<_> = leftover.into_iter().map(block_text).collect();
            lines.push(directive(".leftover", words.join(" ")));
        }
        lines
    }

    fn operand(&mut self, instr: &Instr) -> String {
        let arg = instr.arg;
        if instr.op.has_target() {
            return block_text(instr.target);
        }
        let of = |names: &Firsts<'_>, word: &str, index: u32| match names.get(index) {
            Some(name) => name_text(name),
            None => format!("{word}.{index}"),
        };
        match operand_of(self.opcodes, instr.op) {
            Operand::None if arg == 0 => String::new(),
            Operand::Const => self.constant(arg),
            Operand::Name => self.name(arg),
            Operand::NameFlag => flagged(self.name(arg >> 1), arg & 1),
            Operand::NameFlags => flagged(self.name(arg >> 2), arg & 3),
            Operand::Local => of(&self.locals, "local", arg),
            Operand::LocalPair => {
                let (first, second) = (arg >> 4, arg & 15);
                format!(
                    "{} {}",
                    of(&self.locals, "local", first),
                    of(&self.locals, "local", second)
                )
            }
            Operand::Free => of(&self.frees, "free", arg),
            Operand::Raw => match operands::text(self.target, instr.op, arg) {
                Some(words) => words.into_owned(),
                None => arg.to_string(),
            },
            Operand::None | Operand::Jump | Operand::Handler => arg.to_string(),
        }
    }

    fn constant(&mut self, index: u32) -> String {
        match self.unit.consts.get(index as usize) {
            Some(value) => {
                self.consts_used.add(index);
                let text = const_text(value);
                if self.unclear_consts.contains(&text) {
                    // Its place is told only if the table is.
                    self.consts_used.add(u32::MAX);
                    return format!("const.{index}");
                }
                text
            }
            None => format!("const.{index}"),
        }
    }

    fn name(&mut self, index: u32) -> String {
        match self.names.get(index) {
            Some(name) => {
                self.names_used.add(index);
                name_text(name)
            }
            None => {
                // Where it stands is told only if the table is.
                self.names_used.add(u32::MAX);
                format!("name.{index}")
            }
        }
    }
}

fn const_text(value: &UnitConst) -> String {
    match value {
        UnitConst::Value(value) => constants::text(value),
        UnitConst::Code(id) => format!("code({})", name_text(id)),
    }
}

pub(super) fn block_text(b: BlockId) -> String {
    if b.is_none() {
        "none".to_owned()
    } else {
        format!("b{}", b.0)
    }
}

/// The name itself if it is an identifier, else in quotes.
pub(super) fn name_text(name: &str) -> String {
    let mut chars = name.chars();
    let plain = chars
        .next()
        .is_some_and(|c| c == '_' || c.is_ascii_alphabetic())
        && chars.all(|c| c == '_' || c.is_ascii_alphanumeric());
    // Words that would be taken for the end of something else.
    if plain && !matches!(name, "b" | "line" | "args") {
        return name.to_owned();
    }
    let mut out = String::new();
    constants::string(&mut out, name.as_bytes());
    out
}

/// What stands behind the last dot: `f` of `A.f`, `<lambda>` of `g.<locals>.<lambda>`.
pub(super) fn last_part(qualname: &str) -> &str {
    qualname.rsplit('.').next().unwrap_or(qualname)
}

fn flag_words(bits: u32) -> Vec<String> {
    let mut rest = bits & !IN_PARAMETERS;
    let mut words = Vec::new();
    for (bit, word) in named_flags() {
        if rest & bit != 0 {
            words.push(word.to_owned());
            rest &= !bit;
        }
    }
    if rest != 0 {
        words.push(format!("{rest:#x}"));
    }
    words
}

/// A name and the flag bits beside it.
fn flagged(name: String, flags: u32) -> String {
    match flags {
        0 => name,
        1 => format!("{name} null"),
        flags => format!("{name} flags={flags}"),
    }
}

struct At(Location);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location {
            line,
            end_line,
            col,
            end_col,
        } = self.0;
        if self.0 == Location::NONE {
            Ok(())
        } else if self.0 == Location::NEXT {
            f.write_str("@next")
        } else {
            write!(f, "@{line}:{col}-{end_line}:{end_col}")
        }
    }
}
