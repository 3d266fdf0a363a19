//! The first difference between two code objects, for a person who looks for its cause.

mod constants;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

pub(crate) use constants::Equality;

use crate::code::CodeObject;
use crate::constant::{Constant, Names, PyStr};
use crate::dis;
use crate::repr::repr;
use crate::tables;
use crate::version::Target;

/// Where two code objects differ first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Qualified name of the code object, and its first line.
    pub place: String,
    /// The kind of difference without the particulars of the place: equal for differences with one cause.
    pub cause: String,
    /// Both sides, several lines each.
    pub ours: String,
    pub theirs: String,
}

impl fmt::Display for Difference {
    /// The place, the cause on the second line, both sides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.place, self.cause)?;
        for (title, side) in [("ours", &self.ours), ("theirs", &self.theirs)] {
            write!(f, "\n{title}:")?;
            side.lines().try_for_each(|line| write!(f, "\n  {line}"))?;
        }
        Ok(())
    }
}

/// Instructions shown before and behind a difference.
const CONTEXT: usize = 4;

/// Compares field by field, inner code objects first (they explain more than what refers to them); constants with
/// type, sign and order, strings with whether they are interned. `None` if all is equal.
pub fn first_difference(ours: &CodeObject, theirs: &CodeObject) -> Option<Difference> {
    first_difference_of(ours, theirs, Target::PY314)
}

/// [`first_difference`] of code objects of another target.
pub fn first_difference_of(
    ours: &CodeObject,
    theirs: &CodeObject,
    target: Target,
) -> Option<Difference> {
    Comparison::new(target, true).code(ours, theirs)
}

/// [`first_difference_of`], but whether strings are interned is nothing: it has no effect on what the code does, and can tell of
/// what the process that wrote it had done before.
pub fn first_difference_in_effect(
    ours: &CodeObject,
    theirs: &CodeObject,
    target: Target,
) -> Option<Difference> {
    Comparison::new(target, false).code(ours, theirs)
}

struct Comparison {
    target: Target,
    /// Pairs of code objects by their addresses: shared ones are compared once.
    compared: HashSet<(usize, usize)>,
    equality: Equality,
}

impl Comparison {
    /// One for which it counts, or not, whether strings are interned.
    fn new(target: Target, interning: bool) -> Comparison {
        Comparison {
            target,
            compared: HashSet::new(),
            equality: Equality::new(interning),
        }
    }

    fn code(&mut self, ours: &CodeObject, theirs: &CodeObject) -> Option<Difference> {
        if std::ptr::eq(ours, theirs) {
            return None;
        }
        // A difference ends the comparison: what comes here again is equal.
        let pair = (
            std::ptr::from_ref(ours).addr(),
            std::ptr::from_ref(theirs).addr(),
        );
        if !self.compared.insert(pair) {
            return None;
        }
        let inner = |code: &CodeObject| -> Vec<std::sync::Arc<CodeObject>> {
            let codes = code.consts.iter().filter_map(|value| match value {
                Constant::Code(code) => Some(code.clone()),
                _ => None,
            });
            codes.collect()
        };
        for (ours, theirs) in inner(ours).iter().zip(&inner(theirs)) {
            if ours.qualname.wtf8 != theirs.qualname.wtf8 {
                break;
            }
            if let Some(difference) = self.code(ours, theirs) {
                return Some(difference);
            }
        }
        let at = |cause: String, one: String, other: String| {
            let place = format!("{} (line {})", text(&theirs.qualname), theirs.firstlineno);
            Some(Difference {
                place,
                cause,
                ours: one,
                theirs: other,
            })
        };
        if ours.code != theirs.code {
            let (cause, one, other) = self.instructions(ours, theirs);
            return at(cause, one, other);
        }
        if let Some((cause, one, other)) = self.constants(ours, theirs) {
            return at(cause, one, other);
        }
        let numbers = [
            ("flags", ours.flags, theirs.flags),
            ("argcount", ours.argcount, theirs.argcount),
            (
                "posonlyargcount",
                ours.posonlyargcount,
                theirs.posonlyargcount,
            ),
            ("kwonlyargcount", ours.kwonlyargcount, theirs.kwonlyargcount),
            ("stacksize", ours.stacksize, theirs.stacksize),
            (
                "firstlineno",
                ours.firstlineno as u32,
                theirs.firstlineno as u32,
            ),
        ];
        for (field, one, other) in numbers {
            if one != other {
                let show = |value| {
                    if field == "flags" {
                        dis::flag_names(value)
                    } else {
                        (value as i32).to_string()
                    }
                };
                let verb = if field == "flags" {
                    "differ"
                } else {
                    "differs"
                };
                return at(format!("{field} {verb}"), show(one), show(other));
            }
        }
        let strings = [
            ("name", &ours.name, &theirs.name),
            ("qualname", &ours.qualname, &theirs.qualname),
            ("filename", &ours.filename, &theirs.filename),
        ];
        for (field, one, other) in strings {
            if !self.equality.of_strings(one, other) {
                return at(
                    format!("{field} differs"),
                    format!("{one:?}"),
                    format!("{other:?}"),
                );
            }
        }
        let names = [
            ("names", &ours.names, &theirs.names),
            (
                "localsplusnames",
                &ours.localsplusnames,
                &theirs.localsplusnames,
            ),
        ];
        for (field, one, other) in names {
            if one.len() != other.len()
                || one
                    .iter()
                    .zip(other.iter())
                    .any(|(one, other)| !self.equality.of_strings(one, other))
            {
                return at(
                    format!("{field} differ"),
                    show_names(one),
                    show_names(other),
                );
            }
        }
        if ours.localspluskinds != theirs.localspluskinds {
            let show = |code: &CodeObject| format!("{:02x?}", code.localspluskinds);
            return at(
                "localspluskinds differ".to_owned(),
                show(ours),
                show(theirs),
            );
        }
        if ours.linetable != theirs.linetable {
            let (cause, one, other) = self.locations(ours, theirs);
            return at(cause, one, other);
        }
        if ours.exceptiontable != theirs.exceptiontable {
            let show = |code: &CodeObject| {
                let entries = tables::handlers(code);
                entries
                    .iter()
                    .map(|entry| format!("{entry:?}\n"))
                    .collect::<String>()
            };
            return at(
                "exception table differs".to_owned(),
                show(ours),
                show(theirs),
            );
        }
        None
    }

    fn instructions(&self, ours: &CodeObject, theirs: &CodeObject) -> (String, String, String) {
        let table = self.target.opcodes();
        let (one, other) = (
            tables::instructions(&ours.code, table),
            tables::instructions(&theirs.code, table),
        );
        let same = |index: usize| match (one.get(index), other.get(index)) {
            (Some(a), Some(b)) => a.op == b.op && a.arg == b.arg,
            _ => false,
        };
        let operations = |index: usize| {
            let name = |side: &[tables::Decoded]| match side.get(index) {
                Some(instr) => instr
                    .op
                    .map_or_else(|| format!("<{}>", instr.number), |op| op.name().to_owned()),
                None => "the end".to_owned(),
            };
            (name(&one), name(&other))
        };
        // A longer or shorter body changes jumps far before: the first differing operation tells more.
        let operand_at = (0..one.len().max(other.len()))
            .find(|&index| !same(index))
            .unwrap_or(0);
        let operation_at = (0..one.len().max(other.len())).find(|&index| {
            let (a, b) = operations(index);
            a != b
        });
        let at = operation_at.unwrap_or(operand_at);
        let (a, b) = operations(at);
        let cause = match operation_at {
            Some(_) => format!("instruction {a} against {b}"),
            None => format!("operand of {a}"),
        };
        let show = |code: &CodeObject, side: &[tables::Decoded]| {
            let lines = side
                .iter()
                .enumerate()
                .skip(at.saturating_sub(CONTEXT))
                .take(2 * CONTEXT + 1);
            let no_labels = BTreeMap::new();
            let line = |(index, instr): (usize, &tables::Decoded)| {
                let mark = if index == at { '>' } else { ' ' };
                format!(
                    "{mark} {:>5}  {}\n",
                    instr.offset * 2,
                    dis::instruction(code, self.target, instr, &no_labels)
                )
            };
            lines.map(line).collect::<String>()
        };
        (cause, show(ours, &one), show(theirs, &other))
    }

    fn locations(&self, ours: &CodeObject, theirs: &CodeObject) -> (String, String, String) {
        let table = self.target.opcodes();
        let units = |code: &CodeObject| {
            let mut all = Vec::new();
            for (count, location) in tables::locations(code) {
                all.extend(std::iter::repeat_n(location, count as usize));
            }
            all
        };
        let (one, other) = (units(ours), units(theirs));
        let decoded = tables::instructions(&theirs.code, table);
        let no_labels = BTreeMap::new();
        for instr in &decoded {
            let (a, b) = (
                one.get(instr.offset as usize),
                other.get(instr.offset as usize),
            );
            if a != b {
                let name = instr.op.map_or("?", |op| op.name());
                let show = |location: Option<&crate::location::Location>| match location {
                    Some(location) => format!(
                        "{:>5}  {}  @{}:{}-{}:{}",
                        instr.offset * 2,
                        dis::instruction(theirs, self.target, instr, &no_labels),
                        location.line,
                        location.col,
                        location.end_line,
                        location.end_col
                    ),
                    None => "no location".to_owned(),
                };
                return (format!("location of {name}"), show(a), show(b));
            }
        }
        let show = |code: &CodeObject| format!("{:02x?}", code.linetable);
        (
            "line table: equal locations in another form".to_owned(),
            show(ours),
            show(theirs),
        )
    }

    fn constants(
        &mut self,
        ours: &CodeObject,
        theirs: &CodeObject,
    ) -> Option<(String, String, String)> {
        let mut same = |index: usize| match (ours.consts.get(index), theirs.consts.get(index)) {
            (Some(one), Some(other)) => self.equality.holds(one, other),
            _ => false,
        };
        let at = (0..ours.consts.len().max(theirs.consts.len())).find(|&index| !same(index))?;
        let side = |code: &CodeObject| match code.consts.get(at) {
            Some(Constant::Str(text)) => (kind(&code.consts[at]), format!("const {at}: {text:?}")),
            Some(value) => (kind(value), format!("const {at}: {}", repr(value))),
            None => ("nothing", format!("only {at} constants")),
        };
        let ((one, ours), (other, theirs)) = (side(ours), side(theirs));
        Some((format!("constant {one} against {other}"), ours, theirs))
    }
}

fn text(text: &PyStr) -> String {
    String::from_utf8_lossy(&text.wtf8).into_owned()
}

fn show_names(names: &Names) -> String {
    names
        .iter()
        .map(|name| {
            text(name)
                + if name.interned {
                    " "
                } else {
                    " (not interned) "
                }
        })
        .collect()
}

fn kind(value: &Constant) -> &'static str {
    match value {
        Constant::None => "None",
        Constant::Ellipsis => "Ellipsis",
        Constant::Bool(_) => "bool",
        Constant::Int(_) | Constant::BigInt(_) => "int",
        Constant::Float(_) => "float",
        Constant::Complex(..) => "complex",
        Constant::Str(_) => "str",
        Constant::Bytes(_) => "bytes",
        Constant::Tuple(_) => "tuple",
        Constant::FrozenSet(_) => "frozenset",
        Constant::Slice(_) => "slice",
        Constant::Code(_) => "code",
    }
}
