//! The exception table (`assemble_exception_table`; `InternalDocs/exception_handling.md` in CPython's sources).

use pycsmith_ir::{HandlerInfo, Instr};

use super::jumps::place;
use super::starts::{Start, starts};
use crate::codegen::{Result, bug};

/// `co_exceptiontable`, behind what `out` holds. Of `handlers`, each instruction has the number of its own;
/// `offsets` are those of the instructions in code units and of the end.
pub(super) fn table(
    instrs: &[Instr],
    labels: &[u32],
    handlers: &[HandlerInfo],
    offsets: &[u32],
    memory: &mut Vec<Start>,
    out: &mut Vec<u8>,
) -> Result {
    let mut region = None;
    let have_one = |one: &Instr, next: &Instr| one.handler == next.handler;
    for &Start { index, offset } in starts(instrs, offsets, have_one, memory) {
        let number = instrs.get(index as usize).map(|instr| instr.handler);
        let handler = number.and_then(|number| handlers.get(number.0 as usize));
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
    Ok(())
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
        let items = [
            self.start,
            end - self.start,
            offsets[self.target as usize],
            depth << 1 | u32::from(preserve_lasti),
        ];
        let mut bytes = [0; 32];
        let mut length = 0;
        for value in items {
            let (item, more) = item(value);
            bytes[length..length + 8].copy_from_slice(&item.to_le_bytes());
            length += more;
        }
        bytes[0] |= 0x80;
        let end = out.len() + length;
        out.extend_from_slice(&bytes);
        out.truncate(end);
        Ok(())
    }
}

/// Six bits a byte, most significant first, and the number of bytes, which is as good as chance.
fn item(value: u32) -> (u64, usize) {
    let bits = 32 - (value | 1).leading_zeros().max(2);
    let behind_first = (bits - 1) / 6;
    let byte = |shift: u32, place: u32| u64::from(value >> shift & 0x3F) << (8 * place);
    let all = byte(24, 0) | byte(18, 1) | byte(12, 2) | byte(6, 3) | byte(0, 4);
    // All but the last say that there are more.
    let bytes = (all | 0x4040_4040) >> (8 * (4 - behind_first));
    (bytes, behind_first as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items() {
        let bytes = |value| {
            let (bytes, length) = item(value);
            bytes.to_le_bytes()[..length].to_vec()
        };
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(63), [0x3F]);
        assert_eq!(bytes(64), [0x41, 0x00]);
        assert_eq!(bytes(0x12345), [0x40 | 0x12, 0x40 | 0x0D, 0x05]);
        assert_eq!(bytes(1 << 24), [0x41, 0x40, 0x40, 0x40, 0x00]);
        assert_eq!(bytes(u32::MAX), [0x7F, 0x7F, 0x7F, 0x7F, 0x3F]);
    }
}
