//! The reader, without recursion: open containers are kept on a stack of its own.

use std::sync::Arc;

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use super::{FLAG_REF, MAX_DEPTH, MarshalError, code};
use crate::code::CodeObject;
use crate::constant::{Constant, Names, PyStr};
use crate::small_bytes::SmallBytes;
use crate::version::Target;

type Result<T> = std::result::Result<T, MarshalError>;

/// Reads one object; what follows it in `data` is left alone, as `marshal.loads` does.
pub fn read(data: &[u8], target: Target) -> Result<Constant> {
    read_prefix(data, target).map(|(value, _)| value)
}

/// Reads one object, and tells how many bytes it takes.
fn read_prefix(data: &[u8], target: Target) -> Result<(Constant, usize)> {
    let slices = target.marshals_slices();
    let mut reader = Reader {
        data,
        pos: 0,
        slices,
        refs: Vec::new(),
        stack: Vec::new(),
        owed: 0,
    };
    let value = reader.object()?;
    Ok((value, reader.pos))
}

/// Reads one code object, as a `.pyc` file has it behind the header, and tells how many bytes it takes.
pub fn read_code(data: &[u8], target: Target) -> Result<(Arc<CodeObject>, usize)> {
    match read_prefix(data, target)? {
        (Constant::Code(code), len) => Ok((code, len)),
        _ => Err(MarshalError::Bad {
            offset: 0,
            what: "not a code object",
        }),
    }
}

/// The five counts at the start of a code object.
type Counts = [u32; 5];
/// Objects of a code object before and behind its first line number.
const BEFORE_LINE: usize = 8;
const CODE_OBJECTS: usize = 10;

/// A container whose members are being read.
enum Open {
    Tuple,
    FrozenSet,
    Slice,
    Code { counts: Counts, firstlineno: i32 },
}

struct Frame {
    open: Open,
    items: Vec<Constant>,
    wanted: usize,
    /// One more than that of the deepest member so far.
    depth: usize,
    /// Where the finished object goes in the reference list.
    slot: Option<usize>,
    offset: usize,
}

struct Reader<'a> {
    data: &'a [u8],
    pos: usize,
    slices: bool,
    /// Objects by reference number, with their depth; `None` while a container is still open.
    refs: Vec<Option<(Constant, usize)>>,
    stack: Vec<Frame>,
    /// Members that the open containers still want: each takes at least one byte.
    owed: usize,
}

impl Reader<'_> {
    fn object(&mut self) -> Result<Constant> {
        loop {
            let (mut value, mut depth) = match self.start()? {
                Some(found) => found,
                // A container has been opened.
                None => continue,
            };
            // Only references get here deeper than the containers that are open.
            if self.stack.len() + depth > MAX_DEPTH {
                return Err(MarshalError::TooDeep);
            }
            // Give the value to the innermost open container, which may complete it, and so on outwards.
            loop {
                let Some(frame) = self.stack.last_mut() else {
                    return Ok(value);
                };
                frame.items.push(value);
                frame.depth = frame.depth.max(depth + 1);
                if let Open::Code { firstlineno, .. } = &mut frame.open
                    && frame.items.len() == BEFORE_LINE
                {
                    let bytes = self
                        .data
                        .get(self.pos..self.pos + 4)
                        .ok_or(MarshalError::Truncated)?;
                    *firstlineno = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                    self.pos += 4;
                }
                if frame.items.len() < frame.wanted {
                    break;
                }
                let Some(frame) = self.stack.pop() else { break };
                depth = frame.depth;
                value = self.close(frame)?;
            }
        }
    }

    fn bad<T>(&self, what: &'static str) -> Result<T> {
        Err(MarshalError::Bad {
            offset: self.pos,
            what,
        })
    }

    fn take(&mut self, len: usize) -> Result<&[u8]> {
        if len > self.data.len() - self.pos {
            return Err(MarshalError::Truncated);
        }
        let bytes = &self.data[self.pos..self.pos + len];
        self.pos += len;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn int(&mut self) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn size(&mut self) -> Result<usize> {
        let size = self.int()?;
        match usize::try_from(size) {
            Ok(size) => Ok(size),
            Err(_) => self.bad("size out of range"),
        }
    }

    /// Reads a whole simple object, gives one that was read before with its depth, or opens a container (`None`).
    fn start(&mut self) -> Result<Option<(Constant, usize)>> {
        let offset = self.pos;
        self.owed = self.owed.saturating_sub(1);
        let first = self.byte()?;
        let flagged = first & FLAG_REF != 0;
        let type_code = first & !FLAG_REF;
        let value = match type_code {
            code::NONE => Constant::None,
            code::FALSE => Constant::Bool(false),
            code::TRUE => Constant::Bool(true),
            code::ELLIPSIS => Constant::Ellipsis,
            code::REF => {
                let number = self.size()?;
                return match self.refs.get(number) {
                    Some(Some(found)) => Ok(Some(found.clone())),
                    _ => self.bad("invalid reference"),
                };
            }
            code::INT => Constant::Int(i64::from(self.int()?)),
            code::INT64 => Constant::Int(i64::from_le_bytes(self.array()?)),
            code::LONG => self.long()?,
            code::BINARY_FLOAT => Constant::Float(f64::from_le_bytes(self.array()?)),
            code::BINARY_COMPLEX => {
                let real = f64::from_le_bytes(self.array()?);
                Constant::Complex(real, f64::from_le_bytes(self.array()?))
            }
            code::FLOAT => Constant::Float(self.float_text()?),
            code::COMPLEX => {
                let real = self.float_text()?;
                Constant::Complex(real, self.float_text()?)
            }
            code::STRING => {
                let len = self.size()?;
                Constant::Bytes(self.take(len)?.into())
            }
            code::SHORT_ASCII | code::SHORT_ASCII_INTERNED => {
                let len = usize::from(self.byte()?);
                self.ascii(len, type_code == code::SHORT_ASCII_INTERNED)?
            }
            code::ASCII | code::ASCII_INTERNED => {
                let len = self.size()?;
                self.ascii(len, type_code == code::ASCII_INTERNED)?
            }
            code::UNICODE | code::INTERNED => {
                let len = self.size()?;
                let text = self.take(len)?;
                match PyStr::from_wtf8(text, type_code == code::INTERNED) {
                    Some(text) => Constant::Str(Arc::new(text)),
                    None => return self.bad("invalid string"),
                }
            }
            code::SMALL_TUPLE => {
                let len = usize::from(self.byte()?);
                return self.open(Open::Tuple, len, flagged, offset);
            }
            code::TUPLE => {
                let len = self.size()?;
                return self.open(Open::Tuple, len, flagged, offset);
            }
            code::FROZENSET => {
                let len = self.size()?;
                return self.open(Open::FrozenSet, len, flagged, offset);
            }
            code::SLICE if self.slices => return self.open(Open::Slice, 3, flagged, offset),
            code::CODE => {
                let mut counts = [0; 5];
                for count in &mut counts {
                    let value = self.int()?;
                    *count = value as u32;
                    if value < 0 {
                        return self.bad("negative count in a code object");
                    }
                }
                return self.open(
                    Open::Code {
                        counts,
                        firstlineno: 0,
                    },
                    CODE_OBJECTS,
                    flagged,
                    offset,
                );
            }
            code => return Err(MarshalError::UnknownType { offset, code }),
        };
        if flagged {
            self.refs.push(Some((value.clone(), 0)));
        }
        Ok(Some((value, 0)))
    }

    fn open(
        &mut self,
        open: Open,
        wanted: usize,
        flagged: bool,
        offset: usize,
    ) -> Result<Option<(Constant, usize)>> {
        // A size that the data cannot fill costs no memory, nor do many within each other.
        if wanted > (self.data.len() - self.pos).saturating_sub(self.owed) {
            return Err(MarshalError::Truncated);
        }
        self.owed += wanted;
        if self.stack.len() >= MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let slot = flagged.then_some(self.refs.len());
        if flagged {
            self.refs.push(None);
        }
        let frame = Frame {
            open,
            items: Vec::with_capacity(wanted),
            wanted,
            depth: 0,
            slot,
            offset,
        };
        if wanted == 0 {
            return Ok(Some((self.close(frame)?, 0)));
        }
        self.stack.push(frame);
        Ok(None)
    }

    fn close(&mut self, frame: Frame) -> Result<Constant> {
        let value = match frame.open {
            Open::Tuple => Constant::Tuple(frame.items.into()),
            Open::FrozenSet => Constant::FrozenSet(frame.items.into()),
            Open::Slice => match <[Constant; 3]>::try_from(frame.items) {
                Ok(items) => Constant::Slice(Arc::new(items)),
                Err(_) => return self.bad("slice"),
            },
            Open::Code {
                counts,
                firstlineno,
            } => {
                let offset = frame.offset;
                let bad = MarshalError::Bad {
                    offset,
                    what: "a field of a code object has the wrong type",
                };
                Constant::Code(Arc::new(
                    build(counts, firstlineno, frame.items).ok_or(bad)?,
                ))
            }
        };
        if let Some(slot) = frame.slot {
            self.refs[slot] = Some((value.clone(), frame.depth));
        }
        Ok(value)
    }

    fn ascii(&mut self, len: usize, interned: bool) -> Result<Constant> {
        let text = self.take(len)?;
        if !text.is_ascii() {
            return self.bad("non-ASCII byte in an ASCII string");
        }
        Ok(Constant::Str(Arc::new(PyStr::of_bytes(text, interned))))
    }

    fn float_text(&mut self) -> Result<f64> {
        let len = usize::from(self.byte()?);
        let text = self.take(len)?;
        match std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
        {
            Some(value) => Ok(value),
            None => self.bad("float"),
        }
    }

    /// `r_PyLong`: digits in base 2¹⁵, without a leading zero.
    fn long(&mut self) -> Result<Constant> {
        let size = self.int()?;
        let bytes = self.take(size.unsigned_abs() as usize * 2)?;
        let digits = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let mut words = Vec::with_capacity(bytes.len() / 4 + 1);
        let mut rest: u64 = 0;
        let mut bits = 0;
        let mut last = 1;
        let mut out_of_range = false;
        for digit in digits {
            out_of_range |= digit > 0x7FFF;
            last = digit;
            rest |= u64::from(digit) << bits;
            bits += 15;
            if bits >= 32 {
                words.push(rest as u32);
                rest >>= 32;
                bits -= 32;
            }
        }
        words.push(rest as u32);
        if out_of_range {
            return self.bad("digit out of range in long");
        }
        if last == 0 {
            return self.bad("unnormalized long data");
        }
        let sign = if size < 0 { Sign::Minus } else { Sign::Plus };
        let value = BigInt::from_slice(sign, &words);
        Ok(match value.to_i64() {
            Some(value) => Constant::Int(value),
            None => Constant::BigInt(Arc::new(value)),
        })
    }
}

fn build(counts: Counts, firstlineno: i32, items: Vec<Constant>) -> Option<CodeObject> {
    let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags] = counts;
    let [
        code,
        consts,
        names,
        localsplusnames,
        localspluskinds,
        filename,
        name,
        qualname,
        linetable,
        exceptiontable,
    ] = <[Constant; CODE_OBJECTS]>::try_from(items).ok()?;
    let localsplusnames = strings(localsplusnames)?;
    let localspluskinds: SmallBytes = bytes(localspluskinds)?.into();
    if localsplusnames.len() != localspluskinds.len() {
        return None;
    }
    Some(CodeObject {
        argcount,
        posonlyargcount,
        kwonlyargcount,
        stacksize,
        flags,
        code: bytes(code)?,
        consts: match consts {
            Constant::Tuple(items) => items,
            _ => return None,
        },
        names: strings(names)?,
        localsplusnames,
        localspluskinds,
        filename: string(filename)?,
        name: string(name)?,
        qualname: string(qualname)?,
        firstlineno,
        linetable: bytes(linetable)?,
        exceptiontable: bytes(exceptiontable)?,
    })
}

fn bytes(value: Constant) -> Option<Arc<[u8]>> {
    match value {
        Constant::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn string(value: Constant) -> Option<Arc<PyStr>> {
    match value {
        Constant::Str(text) => Some(text),
        _ => None,
    }
}

fn strings(value: Constant) -> Option<Names> {
    match value {
        Constant::Tuple(items) => Names::from_tuple(items),
        _ => None,
    }
}
