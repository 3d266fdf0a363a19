//! Tokens, made when the parser asks for them. What is rare, or an error, is the other parser's.

use super::{Bail, Result, words};
use crate::indentation::Depth;
use crate::interner::{Interner, Key, Name, SHORT, names};
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
    /// Of a name or keyword: its number, or that of the empty string if it is not all ASCII. Of no meaning for others.
    pub(super) name: Name,
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
    /// At the start of a line, or in front of dedents.
    at_line_start: bool,
    /// The text has ended, and so has its last line with tokens.
    lines_end: bool,
    dedents: u32,
}

pub(super) struct Lexer<'s> {
    /// Up to where this lexer may read.
    text: &'s str,
    pub(super) state: State,
    /// Of a lexer for one replacement field: its first line and the offset of its brace.
    pub(super) field: Option<(i32, usize)>,
    indents: Vec<Depth>,
}

/// Levels of indentation, the outermost included (`MAXINDENT`).
const MAX_INDENTS: usize = 100;
/// Open brackets (`MAXLEVEL`).
const MAX_BRACKETS: u32 = 200;

/// What tokens start with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Start {
    Word,
    Operator,
    Quote,
    Digit,
    Newline,
    /// Between tokens, with newlines in brackets.
    Blank,
    Other,
}

/// What a byte means to the lexer.
#[derive(Clone, Copy)]
struct Byte {
    /// The operator of this byte alone.
    operator: Tok,
    starts: Start,
    /// How many more brackets are open behind it.
    brackets: i8,
    /// The [`follows`](Byte::follows) bits of what makes it something longer.
    longer: u8,
    follows: u8,
}

impl Byte {
    const OF: [Byte; 256] = {
        let mut table = [Byte {
            operator: Tok::EndOfFile,
            starts: Start::Other,
            brackets: 0,
            longer: 0,
            follows: 0,
        }; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte].starts = match byte as u8 {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => Start::Word,
                b'0'..=b'9' => Start::Digit,
                b'"' | b'\'' => Start::Quote,
                b'\n' => Start::Newline,
                b' ' | b'\t' | 0x0C | b'#' | b'\\' => Start::Blank,
                _ => Start::Other,
            };
            table[byte].follows = match byte as u8 {
                b'=' => 1,
                b'*' => 2,
                b'/' => 4,
                b'<' => 8,
                b'>' => 16,
                b'.' => 32,
                b'0'..=b'9' => 64,
                _ => 0,
            };
            byte += 1;
        }
        const OPERATORS: [(u8, Tok, i8, u8); 24] = [
            (b'(', Tok::Lpar, 1, 0),
            (b'[', Tok::Lsqb, 1, 0),
            (b'{', Tok::Lbrace, 1, 0),
            (b')', Tok::Rpar, -1, 0),
            (b']', Tok::Rsqb, -1, 0),
            (b'}', Tok::Rbrace, -1, 0),
            (b',', Tok::Comma, 0, 0),
            (b':', Tok::Colon, 0, 1),
            (b';', Tok::Semi, 0, 0),
            (b'.', Tok::Dot, 0, 32 | 64),
            (b'=', Tok::Equal, 0, 1),
            (b'!', Tok::Exclamation, 0, 1),
            (b'<', Tok::Less, 0, 1 | 8),
            (b'>', Tok::Greater, 0, 1 | 16),
            (b'+', Tok::Plus, 0, 1),
            (b'-', Tok::Minus, 0, 1 | 16),
            (b'*', Tok::Star, 0, 1 | 2),
            (b'/', Tok::Slash, 0, 1 | 4),
            (b'%', Tok::Percent, 0, 1),
            (b'|', Tok::Pipe, 0, 1),
            (b'&', Tok::Amper, 0, 1),
            (b'^', Tok::Caret, 0, 1),
            (b'~', Tok::Tilde, 0, 0),
            (b'@', Tok::At, 0, 1),
        ];
        let mut index = 0;
        while index < OPERATORS.len() {
            let (byte, operator, brackets, longer) = OPERATORS[index];
            let entry = &mut table[byte as usize];
            entry.operator = operator;
            entry.starts = Start::Operator;
            entry.brackets = brackets;
            entry.longer = longer;
            index += 1;
        }
        table
    };

    #[inline]
    fn of(byte: u8) -> &'static Byte {
        static OF: [Byte; 256] = Byte::OF;
        &OF[byte as usize]
    }
}

/// What a word with this number is.
#[inline]
fn kind_of_word(name: Name) -> Tok {
    /// What is behind them is no keyword.
    static KEYWORDS: [Tok; 36] = [
        Tok::False,
        Tok::None,
        Tok::True,
        Tok::And,
        Tok::As,
        Tok::Assert,
        Tok::Async,
        Tok::Await,
        Tok::Break,
        Tok::Class,
        Tok::Continue,
        Tok::Def,
        Tok::Del,
        Tok::Elif,
        Tok::Else,
        Tok::Except,
        Tok::Finally,
        Tok::For,
        Tok::From,
        Tok::Global,
        Tok::If,
        Tok::Import,
        Tok::In,
        Tok::Is,
        Tok::Lambda,
        Tok::Nonlocal,
        Tok::Not,
        Tok::Or,
        Tok::Pass,
        Tok::Raise,
        Tok::Return,
        Tok::Try,
        Tok::While,
        Tok::With,
        Tok::Yield,
        Tok::Name,
    ];
    let index = name.0.wrapping_sub(names::FALSE.0) as usize;
    KEYWORDS[index.min(KEYWORDS.len() - 1)]
}

#[inline]
fn is_identifier_part(byte: u8) -> bool {
    matches!(Byte::of(byte).starts, Start::Word | Start::Digit)
}

impl<'s> Lexer<'s> {
    pub(super) fn new(text: &'s str) -> Lexer<'s> {
        Lexer {
            text,
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

    #[inline]
    pub(super) fn bytes(&self) -> &'s [u8] {
        self.text.as_bytes()
    }

    /// A lexer for one replacement field, whose brace is at `open`, column `col` of line `line` as positions count, and
    /// whose expression ends at `end`: it reads the field like an expression in parentheses.
    pub(super) fn for_field(
        text: &'s str,
        open: usize,
        line: i32,
        col: i32,
        end: usize,
    ) -> Lexer<'s> {
        Lexer {
            text: &text[..end],
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
        match self.bytes().get(self.state.at + offset) {
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

    /// Goes past a line end.
    #[inline]
    pub(super) fn next_line(&mut self, newline: usize) {
        self.state.at = newline + 1;
        self.state.line += 1;
        self.state.line_start = newline + 1;
    }

    fn end_of_comment(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes()[at..]).map_or(self.bytes().len(), |length| at + length)
    }

    /// Blank lines, and the indentation of the next line that is not blank. True if that is more than before.
    fn line_start(&mut self) -> Result<bool> {
        let bytes = self.bytes();
        loop {
            // Most blank lines have nothing but their ends.
            let start = words::end_of_line_ends(bytes, self.state.at);
            self.state.line += (start - self.state.at) as i32;
            self.state.line_start = start;
            let mut at = words::end_of_spaces(bytes, start);
            let column = (at - start) as u32;
            let mut depth = Depth {
                column,
                alternative: column,
            };
            let Some(mut byte) = bytes.get(at) else {
                return self.last_line_start(at);
            };
            if matches!(byte, b'\t' | 0x0C | b'\\') {
                (at, depth) = self.odd_line_start(at, depth)?;
                match bytes.get(at) {
                    Some(behind) => byte = behind,
                    None => return self.last_line_start(at),
                }
            }
            match byte {
                b'\n' => self.next_line(at),
                b'#' => {
                    let end = self.end_of_comment(at);
                    if end == bytes.len() {
                        self.state.at = end;
                    } else {
                        self.next_line(end);
                    }
                }
                _ => {
                    self.state.at = at;
                    return self.indentation(depth);
                }
            }
        }
    }

    /// The end of the text, at the start of a line.
    #[cold]
    fn last_line_start(&mut self, at: usize) -> Result<bool> {
        self.state.at = at;
        self.state.lines_end = true;
        self.state.dedents = self.indents.len() as u32 - 1;
        self.indents.truncate(1);
        Ok(false)
    }

    /// Indentation with tabs, form feeds and continued lines; that of the first line counts where there is any.
    #[cold]
    fn odd_line_start(&mut self, mut at: usize, mut depth: Depth) -> Result<(usize, Depth)> {
        let bytes = self.bytes();
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

    fn indentation(&mut self, depth: Depth) -> Result<bool> {
        let outer = self.indents.last().copied().unwrap_or_default();
        if depth == outer {
            return Ok(false);
        }
        if depth.column > outer.column {
            if self.indents.len() >= MAX_INDENTS || depth.alternative <= outer.alternative {
                return Err(Bail);
            }
            self.indents.push(depth);
            return Ok(true);
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
        Ok(false)
    }

    /// Puts the next token into `token`, which is of no meaning where there is none.
    ///
    /// What is not as short as most tokens is left to other functions as the last thing, so that nothing need be kept
    /// for when they return.
    pub(super) fn next(&mut self, token: &mut Token, names: &mut Interner) -> Result<()> {
        if self.state.at_line_start {
            return self.first_of_line(token, names);
        }
        self.within_line(token, names)
    }

    /// Indentation, or the first token behind it.
    #[inline(never)]
    fn first_of_line(&mut self, token: &mut Token, names: &mut Interner) -> Result<()> {
        let mut kind = Tok::Dedent;
        if self.state.dedents == 0 && self.line_start()? {
            kind = Tok::Indent;
        } else if self.state.dedents > 0 {
            self.state.dedents -= 1;
        } else {
            self.state.at_line_start = false;
            return self.within_line(token, names);
        }
        self.state.at_line_start = self.state.dedents > 0;
        self.put(token, kind, self.state.at)
    }

    /// A token that starts at `start` and ends here, put into `token` part by part: a copy of all of it would wait for the parts.
    #[inline]
    fn put(&self, token: &mut Token, kind: Tok, start: usize) -> Result<()> {
        token.kind = kind;
        token.start = start as u32;
        token.end = self.state.at as u32;
        token.pos.line = self.state.line;
        token.pos.col = start.wrapping_sub(self.state.line_start) as i32;
        Ok(())
    }

    /// The same behind the indentation of a line.
    #[inline]
    pub(super) fn within_line(&mut self, token: &mut Token, names: &mut Interner) -> Result<()> {
        let mut start = self.state.at;
        let bytes = self.bytes();
        // As a rule one space, or none.
        start += usize::from(bytes.get(start) == Some(&b' '));
        let Some(&first) = bytes.get(start) else {
            return self.end(token, start);
        };
        let byte = Byte::of(first);
        match byte.starts {
            Start::Word => self.word(token, start, names),
            Start::Operator => self.operator(token, start, byte),
            _ => self.other(token, start, byte.starts, names),
        }
    }

    /// A token that is neither a word nor an operator, or any behind blanks.
    #[inline(never)]
    fn other(
        &mut self,
        token: &mut Token,
        start: usize,
        starts: Start,
        names: &mut Interner,
    ) -> Result<()> {
        match starts {
            Start::Newline if self.state.depth == 0 => {
                self.state.at = start;
                self.put(token, Tok::Newline, start)?;
                self.next_line(start);
                self.state.at_line_start = true;
                Ok(())
            }
            Start::Quote => self.string_start(token, start, start),
            Start::Digit => self.number(token, start),
            Start::Newline | Start::Blank => self.behind_blanks(token, start, names),
            Start::Word | Start::Operator | Start::Other => Err(Bail),
        }
    }

    /// The first token after what is between tokens.
    #[inline(never)]
    fn behind_blanks(
        &mut self,
        token: &mut Token,
        start: usize,
        names: &mut Interner,
    ) -> Result<()> {
        let bytes = self.bytes();
        self.state.at = start;
        loop {
            let start = words::end_of_spaces(bytes, self.state.at);
            self.state.at = start;
            match bytes.get(start) {
                Some(b'\t' | 0x0C) => self.state.at += 1,
                Some(b'\n') if self.state.depth > 0 => self.next_line(start),
                Some(b'#') => self.state.at = self.end_of_comment(start),
                Some(b'\\') => {
                    if self.peek(1) != b'\n' || start + 2 == bytes.len() {
                        return Err(Bail);
                    }
                    self.next_line(start + 1);
                }
                _ => return self.within_line(token, names),
            }
        }
    }

    /// The end of the text: a newline first if its last line has none.
    #[cold]
    fn end(&mut self, token: &mut Token, start: usize) -> Result<()> {
        self.state.at = start;
        if self.state.depth == 0 && !self.state.lines_end {
            self.put(token, Tok::Newline, start)?;
            self.state.line_start = start;
            self.state.at_line_start = true;
            return Ok(());
        }
        self.put(token, Tok::EndOfFile, start)
    }

    #[inline(never)]
    fn word(&mut self, token: &mut Token, start: usize, names: &mut Interner) -> Result<()> {
        if let Some((key, length, next)) = words::short_word(self.bytes(), start)
            // What is not ASCII goes on with the word.
            && !matches!(Byte::of(next).starts, Start::Quote | Start::Word)
        {
            self.state.at = start + length;
            return match names.find_short(key) {
                Some(name) => self.put_word(token, start, name),
                None => self.new_word(token, start, names, key),
            };
        }
        self.other_word(token, start, names)
    }

    /// A word up to here, which is new.
    #[inline(never)]
    fn new_word(
        &mut self,
        token: &mut Token,
        start: usize,
        names: &mut Interner,
        key: Key,
    ) -> Result<()> {
        let wide = self.text.get(start..start + SHORT).unwrap_or_default();
        let name = names.add_short(key, &self.text[start..self.state.at], wide);
        self.put_word(token, start, name)
    }

    #[inline]
    fn put_word(&self, token: &mut Token, start: usize, name: Name) -> Result<()> {
        token.name = name;
        self.put(token, kind_of_word(name), start)
    }

    /// A word that is long, not all ASCII, at the end of the text, or before a quote.
    #[inline(never)]
    fn other_word(&mut self, token: &mut Token, start: usize, names: &mut Interner) -> Result<()> {
        let (end, is_ascii) = words::end_of_word(self.bytes(), start);
        let word = &self.text[start..end];
        self.state.at = end;
        let is_prefix =
            |byte: u8| matches!(byte.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't');
        if word.len() <= 2
            && Byte::of(self.peek(0)).starts == Start::Quote
            && word.bytes().all(is_prefix)
        {
            return self.string_start(token, start, end);
        }
        let name = if is_ascii {
            names.intern(word)
        } else {
            names::EMPTY
        };
        self.put_word(token, start, name)
    }

    #[inline(never)]
    fn string_start(&mut self, token: &mut Token, start: usize, quote: usize) -> Result<()> {
        let bytes = self.bytes();
        let byte = bytes[quote];
        let triple = bytes.get(quote + 1) == Some(&byte) && bytes.get(quote + 2) == Some(&byte);
        self.state.at = quote + if triple { 3 } else { 1 };
        self.put(token, Tok::StringStart, start)?;
        if let Some((line, open)) = self.field
            && line == self.state.line
            && self.literal_has_lines(byte, triple)
        {
            token.pos.col = (start - open) as i32;
        }
        Ok(())
    }

    /// Whether a literal without fields, whose body starts here, ends on a later line.
    ///
    /// CPython quirk (3.11, `initialize_token`): in a replacement field only tokens that end on its first line are
    /// shifted to where the field is.
    #[cold]
    fn literal_has_lines(&self, quote: u8, triple: bool) -> bool {
        let mut at = self.state.at;
        let mut lines = false;
        while let Some(&byte) = self.bytes().get(at) {
            let rest = &self.bytes()[at..];
            if byte == quote && (!triple || rest.starts_with(&[quote; 3])) {
                break;
            }
            lines |= rest.starts_with(b"\n") || rest.starts_with(b"\\\n");
            at += if byte == b'\\' { 2 } else { 1 };
        }
        lines
    }

    #[inline(never)]
    fn number(&mut self, token: &mut Token, start: usize) -> Result<()> {
        let bytes = self.bytes();
        // As a rule one digit.
        if let Some(&[b'0'..=b'9', behind]) = bytes.get(start..).and_then(|rest| rest.first_chunk())
            && behind != b'.'
            && !is_identifier_part(behind)
        {
            self.state.at = start + 1;
            return self.put(token, Tok::Number, start);
        }
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
    fn operator(&mut self, token: &mut Token, start: usize, byte: &Byte) -> Result<()> {
        let second = self.bytes().get(start + 1).copied().unwrap_or_default();
        if Byte::of(second).follows & byte.longer != 0 {
            return self.long_operator(token, start);
        }
        let mut kind = byte.operator;
        if (self.state.depth == self.state.field) & (kind == Tok::Colon) {
            kind = Tok::FieldColon;
        }
        self.state.depth = self.state.depth.wrapping_add_signed(byte.brackets.into());
        // One bracket too many is closed where this is less than nothing.
        if self.state.depth > MAX_BRACKETS {
            return Err(Bail);
        }
        self.state.at = start + 1;
        self.put(token, kind, start)
    }

    /// What begins like an operator of one byte, but is longer.
    #[inline(never)]
    fn long_operator(&mut self, token: &mut Token, start: usize) -> Result<()> {
        self.state.at = start;
        let (second, third) = (self.peek(1), self.peek(2));
        let (kind, length) = match (self.bytes()[start], second) {
            (b':', _) if self.state.depth == self.state.field => (Tok::FieldColon, 1),
            (b':', _) => (Tok::ColonEqual, 2),
            (b'.', b'.') if third == b'.' => (Tok::Ellipsis, 3),
            (b'.', b'.') => (Tok::Dot, 1),
            (b'.', _) => return self.number(token, start),
            (b'=', _) => (Tok::EqEqual, 2),
            (b'!', _) => (Tok::NotEqual, 2),
            (b'<', b'=') => (Tok::LessEqual, 2),
            (b'<', _) if third == b'=' => (Tok::LeftShiftEqual, 3),
            (b'<', _) => (Tok::LeftShift, 2),
            (b'>', b'=') => (Tok::GreaterEqual, 2),
            (b'>', _) if third == b'=' => (Tok::RightShiftEqual, 3),
            (b'>', _) => (Tok::RightShift, 2),
            (b'+', _) => (Tok::PlusEqual, 2),
            (b'-', b'=') => (Tok::MinusEqual, 2),
            (b'-', _) => (Tok::Arrow, 2),
            (b'*', b'=') => (Tok::StarEqual, 2),
            (b'*', _) if third == b'=' => (Tok::DoubleStarEqual, 3),
            (b'*', _) => (Tok::DoubleStar, 2),
            (b'/', b'=') => (Tok::SlashEqual, 2),
            (b'/', _) if third == b'=' => (Tok::DoubleSlashEqual, 3),
            (b'/', _) => (Tok::DoubleSlash, 2),
            (b'%', _) => (Tok::PercentEqual, 2),
            (b'|', _) => (Tok::PipeEqual, 2),
            (b'&', _) => (Tok::AmperEqual, 2),
            (b'^', _) => (Tok::CaretEqual, 2),
            (b'@', _) => (Tok::AtEqual, 2),
            _ => return Err(Bail),
        };
        self.state.at = start + length;
        self.put(token, kind, start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_whole() {
        let mut names = Interner::new();
        let mut kind_of = |text: &str| {
            let mut lexer = Lexer::new(text);
            lexer.start_within(0, 1, 0);
            let mut token = Token {
                kind: Tok::EndOfFile,
                start: 0,
                end: 0,
                pos: Pos { line: 1, col: 0 },
                name: names::EMPTY,
            };
            lexer.next(&mut token, &mut names).unwrap();
            (token.kind, token.end as usize)
        };
        for number in names::FALSE.0..=names::YIELD.0 {
            let text = Interner::new().resolve(Name(number)).to_owned();
            for rest in ["", " ", "+abcdefghijklmnop", "'abcdefghijklmnop"] {
                let (kind, end) = kind_of(&format!("{text}{rest}"));
                assert_eq!(format!("{kind:?}").to_lowercase(), text.to_lowercase());
                assert_eq!(end, text.len());
                assert_eq!(kind_of(&format!("{text}s{rest}")).0, Tok::Name);
                assert_eq!(kind_of(&format!("{text}é{rest}")).0, Tok::Name);
            }
        }
    }
}
