//! Readers of the tables that a code object carries: instructions, locations (PEP 657) and exception handlers. They
//! take any bytes: what is cut off or out of range ends the table.

use crate::code::CodeObject;
use crate::location::Location;
use crate::opcode::{Op, OpcodeTable, Operand};

/// One instruction with its `EXTENDED_ARG` prefixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Of the first prefix or the instruction itself, in code units.
    pub start: u32,
    /// Of the instruction itself, in code units.
    pub offset: u32,
    /// Behind the inline caches, in code units.
    pub end: u32,
    /// `None` for a number that the version does not use.
    pub op: Option<Op>,
    pub number: u8,
    pub arg: u32,
}

impl Decoded {
    /// Where a jump goes, in code units.
    pub fn jump_target(&self, table: &OpcodeTable) -> Option<u32> {
        let op = self.op?;
        if table.operand(op) != Operand::Jump {
            return None;
        }
        if op == Op::END_ASYNC_FOR {
            // It counts from the END_SEND of its loop and never really jumps.
            return self.end.checked_sub(self.arg);
        }
        if table.is_backward_jump(op) {
            self.end.checked_sub(self.arg)
        } else {
            self.end.checked_add(self.arg)
        }
    }
}

/// The instructions of `co_code`.
pub fn instructions(code: &[u8], table: &OpcodeTable) -> Vec<Decoded> {
    let units = code.as_chunks::<2>().0;
    let mut out = Vec::with_capacity(units.len() / 2);
    let (mut index, mut start, mut prefix) = (0, 0, 0u32);
    while let Some(&[number, low]) = units.get(index) {
        let op = table.op(number);
        let arg = prefix << 8 | u32::from(low);
        if op == Some(Op::EXTENDED_ARG) && index + 1 < units.len() {
            prefix = arg;
            index += 1;
            continue;
        }
        let offset = index as u32;
        index = (index + 1 + op.map_or(0, |op| table.caches(op) as usize)).min(units.len());
        out.push(Decoded {
            start,
            offset,
            end: index as u32,
            op,
            number,
            arg,
        });
        (start, prefix) = (index as u32, 0);
    }
    out
}

/// `co_positions()`: runs of code units with one location; lines are relative to nothing, columns in bytes.
pub fn locations(code: &CodeObject) -> Vec<(u32, Location)> {
    let mut out = Vec::new();
    let mut bytes = code.linetable.iter().copied();
    let mut line = code.firstlineno;
    while let Some(first) = bytes.next() {
        let units = u32::from(first & 7) + 1;
        let form = first >> 3 & 15;
        let signed = |value: u32| {
            let magnitude = (value >> 1) as i32;
            if value & 1 == 0 {
                magnitude
            } else {
                -magnitude
            }
        };
        let location = (|| match form {
            15 => Some(Location::NONE),
            14 => {
                line = line.wrapping_add(signed(unsigned(&mut bytes)?));
                let end_line = line.wrapping_add(unsigned(&mut bytes)? as i32);
                let col = (unsigned(&mut bytes)? as i32).wrapping_sub(1);
                let end_col = (unsigned(&mut bytes)? as i32).wrapping_sub(1);
                Some(Location {
                    line,
                    end_line,
                    col,
                    end_col,
                })
            }
            13 => {
                line = line.wrapping_add(signed(unsigned(&mut bytes)?));
                Some(Location {
                    line,
                    end_line: line,
                    col: -1,
                    end_col: -1,
                })
            }
            10..=12 => {
                line = line.wrapping_add(i32::from(form) - 10);
                let (col, end_col) = (bytes.next()?, bytes.next()?);
                Some(Location {
                    line,
                    end_line: line,
                    col: i32::from(col),
                    end_col: i32::from(end_col),
                })
            }
            group => {
                let second = bytes.next()?;
                let col = i32::from(group) << 3 | i32::from(second >> 4 & 7);
                Some(Location {
                    line,
                    end_line: line,
                    col,
                    end_col: col + i32::from(second & 15),
                })
            }
        })();
        let Some(location) = location else { break };
        out.push((units, location));
    }
    out
}

/// Six bits a byte, least significant first, bit 6 set in all but the last.
fn unsigned(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let (mut value, mut shift) = (0u32, 0);
    loop {
        let byte = bytes.next()?;
        value |= u32::from(byte & 63).checked_shl(shift).unwrap_or(0);
        shift += 6;
        if byte & 64 == 0 || shift > 36 {
            return Some(value);
        }
    }
}

/// An entry of the exception table; offsets in code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// Stack depth to unwind to, in slots.
    pub depth: u32,
    /// Whether the offset of the failing instruction is pushed below the exception.
    pub lasti: bool,
}

/// The entries of `co_exceptiontable`.
pub fn handlers(code: &CodeObject) -> Vec<Handler> {
    let mut bytes = code.exceptiontable.iter().copied();
    let mut number = || {
        let mut byte = bytes.next()?;
        let mut value = u32::from(byte & 63);
        while byte & 64 != 0 {
            byte = bytes.next()?;
            value = value << 6 | u32::from(byte & 63);
        }
        Some(value)
    };
    let mut out = Vec::new();
    while let (Some(start), Some(length), Some(target), Some(depth)) =
        (number(), number(), number(), number())
    {
        let end = start.saturating_add(length);
        out.push(Handler {
            start,
            end,
            target,
            depth: depth >> 1,
            lasti: depth & 1 != 0,
        });
    }
    out
}
