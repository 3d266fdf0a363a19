//! The text form of the IR: for people to read and write, and to come back unchanged.
//!
//! ```text
//! target 3.14.10
//!
//! code f line 1 args [xs] {
//!   .flags OPTIMIZED NEWLOCALS
//! b0:
//!     RESUME                     0                    @1:0-1:0
//!     NOP                                             @2:4-5:12
//!   .unwind b2
//!     LOAD_GLOBAL                g null               @3:8-3:9
//!     LOAD_FAST                  xs                   @3:10-3:12
//!     CALL                       1                    @3:8-3:13
//!   .unwind none
//!     RETURN_VALUE                                    @3:8-3:13
//! b2: handler
//!     RERAISE                    0
//! }
//! ```
//!
//! `UPPER_CASE` is an opcode, `bN` a block, `.word` a directive, `@line:column-line:column` a location (`@next`: that of the
//! next instruction), `#` begins a comment. Operands are names, blocks, constants ([`constants`]) and the
//! words for what the interpreter numbers (`**`, `< bool`, `not in`, `LIST_TO_TUPLE`; the number will do as well), never places in
//! tables.
//!
//! - Before the first unit may stand `file 'NAME'` (`co_filename`), the header of the `.pyc` file (`pyc mtime=N size=N`,
//!   `pyc checked hash=0xN`, `pyc unchecked hash=0xN`), and `identifiers` of the source that no table has.
//! - Strings whose object does not follow from the rules of sharing say which it is: `own('%')` ([`constants`]).
//! - `code NAME line N args [a, /, b, *c, d, **e] {` begins a unit, which another refers to as `code(NAME)`. Then come, where they say
//!   something that does not follow from the rest: `.qualname`, `.name`, `.flags`, `.locals` (other than parameters), `.hidden`,
//!   `.cells`, `.free`, `.names` and `.consts` (the tables, if operands do not use them in order and whole), `.state`,
//!   and `.linetable` and `.exceptiontable` if they are not what assembly would make.
//! - `bN:` begins a block; behind it stand `handler`, `lasti`, `cold`, `warm`, `depth=N` and so on, as passes set them.
//! - `.unwind bN` names the handler of the instructions behind it, up to the next `.unwind` or the end of the block.
//!
//! `parse(print(m)) == m` holds for every module at every point of a pipeline.

mod changes;
pub mod constants;
pub mod error;
mod lexer;
mod lower;
mod print;
mod syntax;

#[allow(clippy::all, clippy::pedantic, unused)]
mod grammar {
    lalrpop_util::lalrpop_mod!(pub parser, "/text/grammar.rs");
}

use lalrpop_util::ParseError;
use pycsmith_bytecode::Op;
use pycsmith_bytecode::opcode::{OpcodeTable, Operand};

pub use changes::{Change, changes};
pub use error::{Diagnostic, Span};
pub use lower::Places;
pub use print::{BlockText, LineText, UnitText, unit_text};

use crate::unit::CodeModule;

/// What the operand of `op` is in text.
pub(crate) fn operand_of(opcodes: &OpcodeTable, op: Op) -> Operand {
    match op {
        // CPython counts them among the instructions with locals, but their operands number cells and free variables too.
        Op::LOAD_DEREF | Op::LOAD_CLOSURE => Operand::Free,
        _ => opcodes.operand(op),
    }
}

/// Most faults that are reported.
const MAX_FAULTS: usize = 100;

/// Reads a text.
///
/// # Errors
/// All faults found, in the order of the text, up to a hundred.
pub fn parse(text: &str) -> Result<CodeModule, Vec<Diagnostic>> {
    parse_with_places(text).map(|(module, _)| module)
}

/// [`parse`], with the places of units and instructions in the text.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_with_places(text: &str) -> Result<(CodeModule, Places), Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut recovered = Vec::new();
    let words = lexer::Words::new(text, &mut faults);
    let parsed = grammar::parser::FileParser::new().parse(&mut recovered, words);
    faults.extend(recovered.into_iter().map(|found| diagnostic(found.error)));
    let module = match parsed {
        Ok(lines) => Some(lower::module(lines, &mut faults)),
        Err(error) => {
            faults.push(diagnostic(error));
            None
        }
    };
    faults.sort_by_key(|fault| fault.span.start);
    // What follows on the same line often follows from the first.
    let mut line_end = 0;
    faults.retain(|fault| {
        let first = fault.span.start >= line_end;
        if first {
            let rest = text.get(fault.span.start..).unwrap_or("");
            line_end = fault.span.start + rest.find('\n').map_or(rest.len() + 1, |at| at + 1);
        }
        first
    });
    faults.truncate(MAX_FAULTS);
    match module {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(faults),
    }
}

fn diagnostic(error: ParseError<usize, lexer::Token<'_>, Diagnostic>) -> Diagnostic {
    let (span, message, expected) = match error {
        ParseError::User { error } => return error,
        ParseError::InvalidToken { location } => (
            Span::new(location, location + 1),
            "no word".to_owned(),
            Vec::new(),
        ),
        ParseError::UnrecognizedEof { location, expected } => (
            Span::new(location, location),
            "the text ends too early".to_owned(),
            expected,
        ),
        ParseError::UnrecognizedToken {
            token: (start, token, end),
            expected,
        } => (
            Span::new(start, end),
            format!("unexpected {token}"),
            expected,
        ),
        ParseError::ExtraToken {
            token: (start, token, end),
        } => (
            Span::new(start, end),
            format!("unexpected {token}"),
            Vec::new(),
        ),
    };
    let mut found = Diagnostic::new(span, message);
    found.expected = expected.iter().map(|word| friendly(word)).collect();
    found
}

/// The grammar's name of a kind of word, for people.
fn friendly(word: &str) -> String {
    match word {
        "NEWLINE" => "the end of the line",
        "OPERATOR" => "an operator",
        "WORD" => "a name",
        "LABEL" => "a block",
        "SETTING" => "a setting",
        "CALL" => "a constant",
        "INDEX" => "an index",
        "NUMBER" => "a number",
        "STR" => "a text",
        "BYTES" => "bytes",
        "DIRECTIVE" => "a directive",
        "LOCATION" => "a location",
        other => other,
    }
    .to_owned()
}
