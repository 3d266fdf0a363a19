//! The exception table (`assemble_exception_table`; `InternalDocs/exception_handling.md` in CPython's sources).

use pycsmith_ir::{BlockId, HandlerInfo, Instr};

use super::jumps::place;
use crate::codegen::{Result, bug};

/// `co_exceptiontable`, into `out`, which is overwritten. Of `handlers`, each instruction has the number of its own;
/// `offsets` are those of the instructions in code units and of the end.
pub(super) fn table(
    instrs: &[Instr],
    labels: &[u32],
    handlers: &[HandlerInfo],
    offsets: &[u32],
    out: &mut Vec<u8>,
) -> Result {
    out.clear();
    let mut number = BlockId::NONE;
    let mut region = None;
    for (instr, &offset) in instrs.iter().zip(offsets) {
        if instr.handler == number {
            continue;
        }
        number = instr.handler;
        let handler = handlers.get(number.0 as usize);
        let target = match handler {
            Some(handler) => place(labels, handler.label.0, instrs.len())?,
            None => NOWHERE,
        };
        // Labels at one place are one handler.
        if target != region.as_ref().map_or(NOWHERE, |open: &Region| open.target) {
            if let Some(open) = region.take() {
                open.finish(offset, offsets, out)?;
            }
            region = handler.map(|&handler| Region {
                handler,
                target,
                start: offset,
            });
        }
    }
    match region {
        Some(open) => open.finish(offsets.last().copied().unwrap_or(0), offsets, out),
        None => Ok(()),
    }
}

/// The target of what nothing protects.
const NOWHERE: u32 = u32::MAX;

/// Instructions with one handler.
struct Region {
    handler: HandlerInfo,
    /// The number of the handler's first instruction.
    target: u32,
    /// Offset of the first instruction.
    start: u32,
}

impl Region {
    fn finish(&self, end: u32, offsets: &[u32], out: &mut Vec<u8>) -> Result {
        if self.start == end {
            return Ok(());
        }
        let HandlerInfo {
            start_depth,
            preserve_lasti,
            ..
        } = self.handler;
        let Some(depth) = start_depth.checked_sub(1 + u32::from(preserve_lasti)) else {
            return bug("a handler starts below the bottom of the stack");
        };
        item(out, self.start, 0x80);
        item(out, end - self.start, 0);
        item(out, offsets[self.target as usize], 0);
        item(out, depth << 1 | u32::from(preserve_lasti), 0);
        Ok(())
    }
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
