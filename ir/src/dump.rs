//! The text of a graph, for people to read.
//!
//! ```text
//! target 3.14
//! code f line 1 {
//! b0:
//!     RESUME               0                @1:0-1:0
//!   .unwind b2 depth=0
//!     LOAD_GLOBAL          g null           @3:8-3:9
//!     POP_JUMP_IF_FALSE    b1               @3:8-3:13
//!   .unwind none
//! b1:
//!     ...
//! }
//! ```
//!
//! `UPPER_CASE` is an opcode, `bN` a block, `.word` a directive, `@line:column-line:column` a location, `#` a
//! comment. `.unwind` holds until the next one or the end of the block; its depth is the one to unwind to.

use std::fmt;

use pycsmith_bytecode::opcode::Operand;
use pycsmith_bytecode::repr::repr;
use pycsmith_bytecode::{Location, Target};

use crate::cfg::{Block, BlockId, Cfg, Instr};
use crate::consts::{ConstId, ConstPool};
use crate::ops::OpKind;

/// Prints a graph; what is not given is printed as a number.
#[derive(Clone, Copy)]
pub struct Dump<'a> {
    pub cfg: &'a Cfg,
    pub target: Target,
    /// The code unit's qualified name.
    pub name: &'a str,
    pub firstlineno: i32,
    /// The unit's constants, and the pool that they are in.
    pub consts: Option<(&'a [ConstId], &'a ConstPool)>,
    /// `co_names`.
    pub names: &'a [&'a str],
    /// `co_varnames`.
    pub locals: &'a [&'a str],
}

impl<'a> Dump<'a> {
    /// Of a graph alone.
    pub fn new(cfg: &'a Cfg, target: Target) -> Dump<'a> {
        Dump {
            cfg,
            target,
            name: "unit",
            firstlineno: 1,
            consts: None,
            names: &[],
            locals: &[],
        }
    }

    fn constant(&self, index: u32) -> Option<String> {
        let (consts, pool) = self.consts?;
        Some(repr(pool.get(*consts.get(index as usize)?)))
    }

    fn name(&self, index: u32) -> String {
        self.names
            .get(index as usize)
            .map_or_else(|| format!("name.{index}"), |name| (*name).to_owned())
    }

    fn local(&self, index: u32) -> String {
        self.locals
            .get(index as usize)
            .map_or_else(|| format!("local.{index}"), |name| (*name).to_owned())
    }

    fn operand(&self, instr: &Instr) -> String {
        let arg = instr.arg;
        if instr.op.has_target() {
            return block(instr.target);
        }
        match self.target.opcodes().operand(instr.op) {
            Operand::None => String::new(),
            Operand::Const => self.constant(arg).unwrap_or_else(|| format!("const.{arg}")),
            Operand::Name => self.name(arg),
            Operand::NameFlag => flagged(self.name(arg >> 1), arg & 1),
            Operand::NameFlags => flagged(self.name(arg >> 2), arg & 3),
            Operand::Local => self.local(arg),
            Operand::LocalPair => format!("{} {}", self.local(arg >> 4), self.local(arg & 15)),
            Operand::Raw | Operand::Free | Operand::Jump | Operand::Handler => arg.to_string(),
        }
    }

    fn block(&self, f: &mut fmt::Formatter<'_>, b: BlockId) -> fmt::Result {
        let Block {
            predecessors,
            start_depth,
            except_handler,
            preserve_lasti,
            cold,
            ..
        } = self.cfg[b];
        write!(f, "{}:", block(b))?;
        let mut notes = Vec::new();
        if start_depth > 0 {
            notes.push(format!("depth {start_depth}"));
        }
        if predecessors > 0 {
            notes.push(format!("{predecessors} predecessors"));
        }
        for (set, word) in [
            (except_handler, "handler"),
            (preserve_lasti, "lasti"),
            (cold, "cold"),
        ] {
            if set {
                notes.push(word.to_owned());
            }
        }
        if !notes.is_empty() {
            write!(f, "  # {}", notes.join(", "))?;
        }
        writeln!(f)?;
        let mut handler = BlockId::NONE;
        for instr in self.cfg.instrs(b) {
            if instr.handler != handler {
                handler = instr.handler;
                self.unwind(f, handler)?;
            }
            let line = format!(
                "    {:<26} {:<20} {}",
                instr.op.name(),
                self.operand(instr),
                At(instr.loc)
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn unwind(&self, f: &mut fmt::Formatter<'_>, handler: BlockId) -> fmt::Result {
        if handler.is_none() {
            return writeln!(f, "  .unwind none");
        }
        let Block {
            start_depth,
            preserve_lasti,
            ..
        } = self.cfg[handler];
        write!(f, "  .unwind {}", block(handler))?;
        if start_depth > 0 {
            write!(f, " depth={}", start_depth - 1 - i32::from(preserve_lasti))?;
        }
        writeln!(f, "{}", if preserve_lasti { " lasti" } else { "" })
    }
}

impl fmt::Display for Dump<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "target 3.{}", self.target.minor)?;
        writeln!(f, "code {} line {} {{", self.name, self.firstlineno)?;
        for b in self.cfg.layout() {
            self.block(f, b)?;
        }
        writeln!(f, "}}")
    }
}

fn block(b: BlockId) -> String {
    if b.is_none() {
        "none".to_owned()
    } else {
        format!("b{}", b.0)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use pycsmith_bytecode::{Constant, Op};

    #[test]
    fn operands_are_symbolic() {
        let mut pool = ConstPool::new();
        let consts = [pool.intern(Constant::None)];
        let mut cfg = Cfg::default();
        let (a, b) = (cfg.new_block(), cfg.new_block());
        cfg.entry = a;
        cfg[a].next = b;
        let loc = Location::new(3, 3, 8, 9);
        cfg.push(
            a,
            Instr {
                handler: b,
                ..Instr::new(Op::LOAD_GLOBAL, 1, loc)
            },
        );
        cfg.push(a, Instr::new(Op::LOAD_FAST_LOAD_FAST, 1, loc));
        cfg.push(a, Instr::jump(Op::POP_JUMP_IF_TRUE, b, loc));
        cfg.push(b, Instr::new(Op::LOAD_CONST, 0, Location::NEXT));
        cfg.push(b, Instr::new(Op::RETURN_VALUE, 0, Location::NONE));
        cfg[b].start_depth = 1;
        let dump = Dump {
            consts: Some((&consts, &pool)),
            names: &["g"],
            locals: &["x"],
            name: "f",
            ..Dump::new(&cfg, Target::PY314)
        };
        let lines: Vec<String> = dump
            .to_string()
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "target 3.14",
                "code f line 1 {",
                "b0:",
                ".unwind b1 depth=0",
                "LOAD_GLOBAL g null @3:8-3:9",
                ".unwind none",
                "LOAD_FAST_LOAD_FAST x local.1 @3:8-3:9",
                "POP_JUMP_IF_TRUE b1 @3:8-3:9",
                "b1: # depth 1",
                "LOAD_CONST None @next",
                "RETURN_VALUE",
                "}",
            ]
        );
    }
}
