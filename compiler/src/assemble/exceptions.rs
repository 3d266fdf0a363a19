//! The exception table (`assemble_exception_table`; `InternalDocs/exception_handling.md` in CPython's sources).

use pycsmith_ir::sequence::{HandlerInfo, Instruction, Label};

use crate::codegen::{Result, bug};

/// `co_exceptiontable`. Handler labels are instruction numbers; `offsets` are those of the instructions in code units
/// and of the end.
pub(super) fn table(instrs: &[Instruction], offsets: &[u32]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut handler = HandlerInfo::NONE;
    let mut start = 0;
    let mut finish = |handler: HandlerInfo, start: u32, end: u32| {
        if handler.label == Label::NONE || start == end {
            return Ok(());
        }
        let target = offsets[handler.label.0 as usize];
        let pushed = 1 + u32::from(handler.preserve_lasti);
        let Some(depth) = handler.start_depth.checked_sub(pushed) else {
            return bug("a handler starts below the bottom of the stack");
        };
        item(&mut out, start, 0x80);
        item(&mut out, end - start, 0);
        item(&mut out, target, 0);
        item(&mut out, depth << 1 | u32::from(handler.preserve_lasti), 0);
        Ok(())
    };
    for (instr, &offset) in instrs.iter().zip(offsets) {
        if instr.handler.label != handler.label {
            finish(handler, start, offset)?;
            handler = instr.handler;
            start = offset;
        }
    }
    finish(handler, start, offsets.last().copied().unwrap_or(0))?;
    Ok(out)
}

/// Six bits a byte, most significant first, `mark` in the first byte.
fn item(out: &mut Vec<u8>, value: u32, mut mark: u8) {
    for shift in [24, 18, 12, 6] {
        if value >> shift != 0 {
            out.push((value >> shift & 0x3F) as u8 | 0x40 | mark);
            mark = 0;
        }
    }
    out.push((value & 0x3F) as u8 | mark);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items() {
        let bytes = |value| {
            let mut out = Vec::new();
            item(&mut out, value, 0x80);
            out
        };
        assert_eq!(bytes(0), [0x80]);
        assert_eq!(bytes(63), [0xBF]);
        assert_eq!(bytes(64), [0xC1, 0x00]);
        assert_eq!(bytes(0x12345), [0x80 | 0x40 | 0x12, 0x40 | 0x0D, 0x05]);
        assert_eq!(bytes(1 << 24), [0xC1, 0x40, 0x40, 0x40, 0x00]);
    }
}
