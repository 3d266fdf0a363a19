//! Operands: what they mean to the target and the unit's tables.

use pycsmith_bytecode::opcode::Operand;
use pycsmith_bytecode::{Op, operands};

use super::unit::Open;
use super::{Result, Span, fault, integer, item_name, name_of};
use crate::text::error::Diagnostic;
use crate::text::syntax::{Item, ItemKind, Value};
use crate::text::{constants, operand_of};
use crate::unit::UnitConst;

impl Open {
    pub(super) fn operand(&mut self, place: Span, op: Op, items: &[Item<'_>]) -> Result<u32> {
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
        let places = match word {
            "local" => &self.locals,
            _ => &self.frees,
        };
        match places.get(&name) {
            Some(&place) => Ok(place),
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

pub(super) fn constant(span: Span, value: &Value<'_>) -> Result<UnitConst> {
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

pub(super) fn key(value: &UnitConst) -> String {
    match value {
        UnitConst::Value(value) => constants::text(value),
        UnitConst::Code(id) => format!("code {id}"),
    }
}
