//! Tokens, made when the parser asks for them. What is rare, or an error, is the other parser's.

use super::{Bail, Result, words};
use crate::indentation::Depth;
use crate::literals::numbers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Tok {
    EndOfFile,
    Newline,
    Indent,
    Dedent,
    Name,
    Number,
    /// The prefix and the opening quotes of a literal; the rest is read by the parser.
    StringStart,

    Lpar,
    Rpar,
    Lsqb,
    Rsqb,
    Lbrace,
    Rbrace,
    Comma,
    Colon,
    /// A colon outside of brackets in a replacement field.
    FieldColon,
    Semi,
    Dot,
    Ellipsis,
    Equal,
    ColonEqual,
    Arrow,
    At,
    Exclamation,

    EqEqual,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,

    Plus,
    Minus,
    Star,
    DoubleStar,
    Slash,
    DoubleSlash,
    Percent,
    Pipe,
    Amper,
    Caret,
    Tilde,
    LeftShift,
    RightShift,

    PlusEqual,
    MinusEqual,
    StarEqual,
    DoubleStarEqual,
    SlashEqual,
    DoubleSlashEqual,
    PercentEqual,
    PipeEqual,
    AmperEqual,
    CaretEqual,
    AtEqual,
    LeftShiftEqual,
    RightShiftEqual,

    False,
    None,
    True,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,
}

/// A line from 1 and a column in bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pos {
    pub(super) line: i32,
    pub(super) col: i32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Tok,
    /// Byte offsets.
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) pos: Pos,
}

/// No replacement field is open.
pub(super) const NO_FIELD: u32 = u32::MAX;

/// Where the lexer is; the blocks around are kept apart.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) at: usize,
    pub(super) line: i32,
    pub(super) line_start: usize,
    /// Open brackets.
    pub(super) depth: u32,
    /// The number of open brackets directly within the innermost replacement field.
    pub(super) field: u32,
    at_line_start: bool,
    /// The text has ended, and so has its last line with tokens.
    lines_end: bool,
    dedents: u32,
}

pub(super) struct Lexer<'s> {
    /// Up to where this lexer may read.
    pub(super) bytes: &'s [u8],
    pub(super) state: State,
    /// Of a lexer for one replacement field: its first line and the offset of its brace.
    pub(super) field: Option<(i32, usize)>,
    indents: Vec<Depth>,
}

/// Levels of indentation, the outermost included (`MAXINDENT`).
const MAX_INDENTS: usize = 100;
/// Open brackets (`MAXLEVEL`).
const MAX_BRACKETS: u32 = 200;

#[inline]
fn is_identifier_part(byte: u8) -> bool {
    const PARTS: [bool; 256] = {
        let mut parts = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let char = byte as u8;
            parts[byte] = char.is_ascii_alphanumeric() || char == b'_' || char >= 0x80;
            byte += 1;
        }
        parts
    };
    PARTS[byte as usize]
}

impl<'s> Lexer<'s> {
    pub(super) fn new(text: &'s str) -> Lexer<'s> {
        Lexer {
            bytes: text.as_bytes(),
            state: State {
                at: 0,
                line: 1,
                line_start: 0,
                depth: 0,
                field: NO_FIELD,
                at_line_start: true,
                lines_end: false,
                dedents: 0,
            },
            field: None,
            indents: vec![Depth::default()],
        }
    }

    /// Goes to an offset that has this line and column, within brackets.
    pub(super) fn start_within(&mut self, at: usize, line: i32, col: i32) {
        self.state.at = at;
        self.state.line = line;
        self.state.line_start = at.wrapping_sub(col as usize);
        self.state.depth = 1;
        self.state.at_line_start = false;
    }

    /// A lexer for one replacement field, whose brace is at `open`, column `col` of line `line` as positions count, and
    /// whose expression ends at `end`: it reads the field like an expression in parentheses.
    pub(super) fn for_field(
        bytes: &'s [u8],
        open: usize,
        line: i32,
        col: i32,
        end: usize,
    ) -> Lexer<'s> {
        Lexer {
            bytes: &bytes[..end],
            state: State {
                at: open + 1,
                line,
                line_start: open.wrapping_sub(col as usize),
                depth: 1,
                field: NO_FIELD,
                at_line_start: false,
                lines_end: false,
                dedents: 0,
            },
            field: Some((line, open)),
            indents: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn peek(&self, offset: usize) -> u8 {
        match self.bytes.get(self.state.at + offset) {
            Some(&byte) => byte,
            None => 0,
        }
    }

    /// Where the lexer is: after the token that it gave last.
    #[inline]
    pub(super) fn pos(&self) -> Pos {
        Pos {
            line: self.state.line,
            col: self.state.at.wrapping_sub(self.state.line_start) as i32,
        }
    }

    #[inline]
    fn token(&self, kind: Tok, start: usize) -> Token {
        Token {
            kind,
            start: start as u32,
            end: self.state.at as u32,
            pos: Pos {
                line: self.state.line,
                col: start.wrapping_sub(self.state.line_start) as i32,
            },
        }
    }

    /// Goes past a line end.
    #[inline]
    pub(super) fn next_line(&mut self, newline: usize) {
        self.state.at = newline + 1;
        self.state.line += 1;
        self.state.line_start = newline + 1;
    }

    fn end_of_comment(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    /// Blank lines, and the indentation of the next line that is not blank.
    fn line_start(&mut self) -> Result<Option<Token>> {
        let bytes = self.bytes;
        loop {
            let start = self.state.at;
            let mut at = words::end_of_spaces(bytes, start);
            let column = (at - start) as u32;
            let mut depth = Depth {
                column,
                alternative: column,
            };
            if matches!(bytes.get(at), Some(b'\t' | 0x0C | b'\\')) {
                (at, depth) = self.odd_line_start(at, depth)?;
            }
            match bytes.get(at) {
                Some(b'\n') => self.next_line(at),
                Some(b'#') => {
                    let end = self.end_of_comment(at);
                    if end == bytes.len() {
                        self.state.at = end;
                    } else {
                        self.next_line(end);
                    }
                }
                None => {
                    self.state.at = at;
                    self.state.at_line_start = false;
                    self.state.lines_end = true;
                    self.state.dedents = self.indents.len() as u32 - 1;
                    self.indents.truncate(1);
                    return Ok(None);
                }
                Some(_) => {
                    self.state.at_line_start = false;
                    self.state.at = at;
                    return self.indentation(depth);
                }
            }
        }
    }

    /// Indentation with tabs, form feeds and continued lines; that of the first line counts where there is any.
    #[cold]
    fn odd_line_start(&mut self, mut at: usize, mut depth: Depth) -> Result<(usize, Depth)> {
        let bytes = self.bytes;
        let mut first = None;
        while let Some(&byte) = bytes.get(at) {
            if byte == b'\\' {
                if bytes.get(at + 1) != Some(&b'\n') || at + 2 == bytes.len() {
                    return Err(Bail);
                }
                first = first.or((depth.column > 0).then_some(depth));
                self.next_line(at + 1);
                at += 2;
            } else if depth.step(byte) {
                at += 1;
            } else {
                break;
            }
        }
        Ok((at, first.unwrap_or(depth)))
    }

    fn indentation(&mut self, depth: Depth) -> Result<Option<Token>> {
        let outer = self.indents.last().copied().unwrap_or_default();
        if depth == outer {
            return Ok(None);
        }
        if depth.column > outer.column {
            if self.indents.len() >= MAX_INDENTS || depth.alternative <= outer.alternative {
                return Err(Bail);
            }
            self.indents.push(depth);
            return Ok(Some(self.token(Tok::Indent, self.state.at)));
        }
        while self
            .indents
            .last()
            .is_some_and(|outer| outer.column > depth.column)
        {
            self.indents.pop();
            self.state.dedents += 1;
        }
        if self.indents.last() != Some(&depth) {
            return Err(Bail);
        }
        Ok(None)
    }

    /// Puts the next token into `token`, which is of no meaning where there is none.
    pub(super) fn next(&mut self, token: &mut Token) -> Result<()> {
        if self.state.at_line_start
            && let Some(indent) = self.line_start()?
        {
            *token = indent;
            return Ok(());
        }
        if self.state.dedents > 0 {
            self.state.dedents -= 1;
            *token = self.token(Tok::Dedent, self.state.at);
            return Ok(());
        }
        self.within_line(token)
    }

    /// A token that starts at `start` and ends here, put into `token` part by part: a copy of all of it would wait for the parts.
    #[inline]
    fn put(&self, token: &mut Token, kind: Tok, start: usize) -> Result<()> {
        *token = self.token(kind, start);
        Ok(())
    }

    /// A token behind the indentation of a line.
    #[inline]
    fn within_line(&mut self, token: &mut Token) -> Result<()> {
        loop {
            // As a rule one space, or none.
            while self.peek(0) == b' ' {
                self.state.at += 1;
            }
            let start = self.state.at;
            let Some(&byte) = self.bytes.get(start) else {
                *token = self.end(start);
                return Ok(());
            };
            match byte {
                b'\t' | 0x0C => self.state.at += 1,
                b'\n' => {
                    if self.state.depth == 0 {
                        self.put(token, Tok::Newline, start)?;
                        self.next_line(start);
                        self.state.at_line_start = true;
                        return Ok(());
                    }
                    self.next_line(start);
                }
                b'#' => self.state.at = self.end_of_comment(start),
                b'\\' => {
                    if self.peek(1) != b'\n' || start + 2 == self.bytes.len() {
                        return Err(Bail);
                    }
                    self.next_line(start + 1);
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    return self.word(token, start);
                }
                b'0'..=b'9' => return self.number(token, start),
                b'.' if self.peek(1).is_ascii_digit() => return self.number(token, start),
                b'"' | b'\'' => {
                    *token = self.string_start(start, start);
                    return Ok(());
                }
                0x80.. => return self.word(token, start),
                _ => return self.operator(token, start, byte),
            }
        }
    }

    /// The end of the text: a newline first if its last line has none.
    fn end(&mut self, start: usize) -> Token {
        if self.state.depth == 0 && !self.state.lines_end {
            let token = self.token(Tok::Newline, start);
            self.state.line_start = start;
            self.state.at_line_start = true;
            return token;
        }
        self.token(Tok::EndOfFile, start)
    }

    #[inline]
    fn word(&mut self, token: &mut Token, start: usize) -> Result<()> {
        let bytes = self.bytes;
        let (at, kind) = words::word(bytes, start);
        self.state.at = at;
        let is_prefix =
            |byte: &u8| matches!(byte.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't');
        if at - start <= 2
            && matches!(self.peek(0), b'"' | b'\'')
            && bytes[start..at].iter().all(is_prefix)
        {
            *token = self.string_start(start, at);
            return Ok(());
        }
        self.put(token, kind, start)
    }

    fn string_start(&mut self, start: usize, quote: usize) -> Token {
        let bytes = self.bytes;
        let byte = bytes[quote];
        let triple = bytes.get(quote + 1) == Some(&byte) && bytes.get(quote + 2) == Some(&byte);
        self.state.at = quote + if triple { 3 } else { 1 };
        let mut token = self.token(Tok::StringStart, start);
        if let Some((line, open)) = self.field
            && line == self.state.line
            && self.literal_has_lines(byte, triple)
        {
            token.pos.col = (start - open) as i32;
        }
        token
    }

    /// Whether a literal without fields, whose body starts here, ends on a later line.
    ///
    /// CPython quirk (3.11, `initialize_token`): in a replacement field only tokens that end on its first line are
    /// shifted to where the field is.
    #[cold]
    fn literal_has_lines(&self, quote: u8, triple: bool) -> bool {
        let mut at = self.state.at;
        let mut lines = false;
        while let Some(&byte) = self.bytes.get(at) {
            let rest = &self.bytes[at..];
            if byte == quote && (!triple || rest.starts_with(&[quote; 3])) {
                break;
            }
            lines |= rest.starts_with(b"\n") || rest.starts_with(b"\\\n");
            at += if byte == b'\\' { 2 } else { 1 };
        }
        lines
    }

    fn number(&mut self, token: &mut Token, start: usize) -> Result<()> {
        let bytes = self.bytes;
        let end = numbers::end(bytes, start).ok_or(Bail)?;
        self.state.at = end;
        // Some keywords may touch a number.
        if bytes.get(end).is_some_and(|&byte| is_identifier_part(byte)) {
            let mut word_end = end;
            while bytes
                .get(word_end)
                .is_some_and(|&byte| is_identifier_part(byte))
            {
                word_end += 1;
            }
            if !matches!(
                &bytes[end..word_end],
                b"and" | b"else" | b"for" | b"if" | b"in" | b"is" | b"not" | b"or"
            ) {
                return Err(Bail);
            }
        }
        self.put(token, Tok::Number, start)
    }

    #[inline]
    fn operator(&mut self, token: &mut Token, start: usize, byte: u8) -> Result<()> {
        let second = self.peek(1);
        let (kind, length) = match byte {
            b'(' | b'[' | b'{' => {
                self.state.depth += 1;
                if self.state.depth > MAX_BRACKETS {
                    return Err(Bail);
                }
                let kind = match byte {
                    b'(' => Tok::Lpar,
                    b'[' => Tok::Lsqb,
                    _ => Tok::Lbrace,
                };
                (kind, 1)
            }
            b')' | b']' | b'}' => {
                if self.state.depth == 0 {
                    return Err(Bail);
                }
                self.state.depth -= 1;
                let kind = match byte {
                    b')' => Tok::Rpar,
                    b']' => Tok::Rsqb,
                    _ => Tok::Rbrace,
                };
                (kind, 1)
            }
            b',' => (Tok::Comma, 1),
            b':' if self.state.depth == self.state.field => (Tok::FieldColon, 1),
            b':' if second == b'=' => (Tok::ColonEqual, 2),
            b':' => (Tok::Colon, 1),
            b';' => (Tok::Semi, 1),
            b'.' if second == b'.' && self.peek(2) == b'.' => (Tok::Ellipsis, 3),
            b'.' => (Tok::Dot, 1),
            b'=' if second == b'=' => (Tok::EqEqual, 2),
            b'=' => (Tok::Equal, 1),
            b'!' if second == b'=' => (Tok::NotEqual, 2),
            b'!' => (Tok::Exclamation, 1),
            b'<' => match second {
                b'=' => (Tok::LessEqual, 2),
                b'<' if self.peek(2) == b'=' => (Tok::LeftShiftEqual, 3),
                b'<' => (Tok::LeftShift, 2),
                _ => (Tok::Less, 1),
            },
            b'>' => match second {
                b'=' => (Tok::GreaterEqual, 2),
                b'>' if self.peek(2) == b'=' => (Tok::RightShiftEqual, 3),
                b'>' => (Tok::RightShift, 2),
                _ => (Tok::Greater, 1),
            },
            b'+' if second == b'=' => (Tok::PlusEqual, 2),
            b'+' => (Tok::Plus, 1),
            b'-' if second == b'=' => (Tok::MinusEqual, 2),
            b'-' if second == b'>' => (Tok::Arrow, 2),
            b'-' => (Tok::Minus, 1),
            b'*' => match second {
                b'*' if self.peek(2) == b'=' => (Tok::DoubleStarEqual, 3),
                b'*' => (Tok::DoubleStar, 2),
                b'=' => (Tok::StarEqual, 2),
                _ => (Tok::Star, 1),
            },
            b'/' => match second {
                b'/' if self.peek(2) == b'=' => (Tok::DoubleSlashEqual, 3),
                b'/' => (Tok::DoubleSlash, 2),
                b'=' => (Tok::SlashEqual, 2),
                _ => (Tok::Slash, 1),
            },
            b'%' if second == b'=' => (Tok::PercentEqual, 2),
            b'%' => (Tok::Percent, 1),
            b'|' if second == b'=' => (Tok::PipeEqual, 2),
            b'|' => (Tok::Pipe, 1),
            b'&' if second == b'=' => (Tok::AmperEqual, 2),
            b'&' => (Tok::Amper, 1),
            b'^' if second == b'=' => (Tok::CaretEqual, 2),
            b'^' => (Tok::Caret, 1),
            b'~' => (Tok::Tilde, 1),
            b'@' if second == b'=' => (Tok::AtEqual, 2),
            b'@' => (Tok::At, 1),
            _ => return Err(Bail),
        };
        self.state.at = start + length;
        self.put(token, kind, start)
    }
}
