//! CPython's limits, and ours, on how deep a source may nest.

use pycsmith_bytecode::Target;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, ParseOptions, lexer};
use ruff_text_size::Ranged;

use crate::error::{ErrorType, SyntaxError};
use crate::positions::LineIndex;

/// The most levels of nested nodes (statements, expressions, patterns, format specifications, `elif`s) in the
/// tree of a module. What walks the tree by recursion may rely on it.
///
/// CPython has no such number: its parser stops at 4,000 nested rules, and long chains (`a.b.c...`, `1+1+...`)
/// end when its C stack does, between 10,000 and 100,000 links with the usual 8 MB.
pub const MAX_AST_DEPTH: u32 = 20_000;

/// The most levels for a target.
pub(crate) fn max_ast_depth(target: Target) -> u32 {
    target
        .compiler_recursion_limit()
        .map_or(MAX_AST_DEPTH, |limit| limit.min(MAX_AST_DEPTH))
}

/// Open brackets, those of replacement fields too (`MAXLEVEL`).
const MAX_BRACKETS: u32 = 200;
/// Levels of indentation, the outermost included (`MAXINDENT`).
const MAX_INDENTS: u32 = 100;
/// Open f-strings and t-strings, and one more (`MAXFSTRINGLEVEL`).
pub(crate) const MAX_STRINGS: u32 = 150;
/// Replacement fields within format specifications (`MAX_EXPR_NESTING`).
pub(crate) const MAX_FIELDS: u32 = 3;

/// The stack that `Drop` of ruff's tree needs for one level, in bytes, generously.
const DROP_FRAME: usize = 1024;
/// The same for ruff's parser and one `lambda` in a default of another, where it does not look after its stack.
const LAMBDA_FRAME: usize = 8192;
/// Texts shorter than this, in bytes, cannot nest so deep that ruff's parser needs too much memory.
const SMALL: usize = 128 << 10;
/// Texts with more `lambda`s than this need a longer stack.
const MANY_LAMBDAS: usize = 100;
/// The most levels that a long text may have by the rough count of [`check_before_parsing`].
const MAX_ROUGH_DEPTH: u32 = 50_000;

const TOO_MANY_BRACKETS: &str = "too many nested parentheses";
const TOO_MANY_INDENTS: &str = "too many levels of indentation";
const TOO_MANY_STRINGS: &str = "too many nested f-strings or t-strings";
const TOO_COMPLEX: &str = "Parser stack overflowed - Python source too complex to parse";

/// Finds nests that are too deep to be parsed at all, in long texts. Their errors have no position.
///
/// # Errors
///
/// One of CPython's limits, or [`MAX_ROUGH_DEPTH`].
pub(crate) fn check_before_parsing(text: &str) -> Result<(), Box<SyntaxError>> {
    if u32::try_from(text.len()).is_err() {
        return Err(without_position(ErrorType::MemoryError, TOO_COMPLEX));
    }
    if text.len() < SMALL || count_nesting(text.as_bytes()) < MAX_ROUGH_DEPTH as usize {
        return Ok(());
    }
    RoughDepth::default().check(text)
}

/// How often there is something that may nest, or looks like it.
fn count_nesting(bytes: &[u8]) -> usize {
    let punctuation = |byte: &&u8| {
        matches!(
            byte,
            b'(' | b'['
                | b'{'
                | b'.'
                | b'+'
                | b'-'
                | b'*'
                | b'/'
                | b'%'
                | b'@'
                | b'|'
                | b'&'
                | b'^'
                | b'~'
                | b':'
        ) || matches!(byte, b'<' | b'>' | b'!')
    };
    let words: [&[u8]; 7] = [
        b"not", b"if", b"else", b"lambda", b"await", b"yield", b"for",
    ];
    bytes.iter().filter(punctuation).count()
        + words
            .iter()
            .map(|word| memchr::memmem::find_iter(bytes, word).count())
            .sum::<usize>()
}

fn without_position(kind: ErrorType, msg: &str) -> Box<SyntaxError> {
    Box::new(SyntaxError::new(kind, msg))
}

/// An upper bound of how deep a tree gets, from its tokens' kinds.
#[derive(Default)]
struct RoughDepth {
    /// For each open bracket, and for the statement itself.
    levels: Vec<Level>,
    total: u32,
}

/// What may be nested into each other since the last comma, statement or opening bracket.
#[derive(Clone, Copy, Default)]
struct Level {
    chain: u32,
    /// After a `lambda` a comma may separate parameters, so that it ends nothing.
    lambda: bool,
}

impl RoughDepth {
    fn check(mut self, text: &str) -> Result<(), Box<SyntaxError>> {
        let mut lexer = lexer::lex(text, Mode::Module);
        let (mut indents, mut strings) = (0, 0);
        let mut level = Level::default();
        let mut previous = [TokenKind::Newline; 2];
        loop {
            let kind = lexer.next_token();
            match kind {
                TokenKind::EndOfFile => return Ok(()),
                TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                    self.grow(&mut level)?;
                    self.levels.push(level);
                    level = Level::default();
                    if self.levels.len() > MAX_BRACKETS as usize {
                        return Err(without_position(ErrorType::SyntaxError, TOO_MANY_BRACKETS));
                    }
                }
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    self.total -= level.chain;
                    level = self.levels.pop().unwrap_or_default();
                }
                TokenKind::Comma if !level.lambda => self.end(&mut level),
                TokenKind::Newline | TokenKind::Semi => {
                    self.levels.clear();
                    self.total = 0;
                    level = Level::default();
                }
                TokenKind::Indent => {
                    indents += 1;
                    if indents >= MAX_INDENTS {
                        return Err(without_position(
                            ErrorType::IndentationError,
                            TOO_MANY_INDENTS,
                        ));
                    }
                }
                TokenKind::Dedent => indents = indents.saturating_sub(1),
                TokenKind::FStringStart | TokenKind::TStringStart => {
                    strings += 1;
                    if strings >= MAX_STRINGS {
                        return Err(without_position(ErrorType::SyntaxError, TOO_MANY_STRINGS));
                    }
                }
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    strings = strings.saturating_sub(1)
                }
                // Chains of these are one node each, however long.
                TokenKind::And
                | TokenKind::Or
                | TokenKind::Less
                | TokenKind::Greater
                | TokenKind::EqEqual => {}
                TokenKind::NotEqual | TokenKind::LessEqual | TokenKind::GreaterEqual => {}
                TokenKind::In
                | TokenKind::Is
                | TokenKind::Equal
                | TokenKind::Comma
                | TokenKind::FStringMiddle => {}
                TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String => {}
                _ => {
                    level.lambda |= kind == TokenKind::Lambda;
                    self.grow(&mut level)?;
                }
            }
            // Where an indented block is missing, ruff's parser goes one level deeper all the same.
            if previous == [TokenKind::Colon, TokenKind::Newline] && kind != TokenKind::Indent {
                return Err(without_position(
                    ErrorType::IndentationError,
                    "expected an indented block",
                ));
            }
            previous = [previous[1], kind];
        }
    }

    fn grow(&mut self, level: &mut Level) -> Result<(), Box<SyntaxError>> {
        level.chain += 1;
        self.total += 1;
        if self.total > MAX_ROUGH_DEPTH {
            return Err(without_position(ErrorType::MemoryError, TOO_COMPLEX));
        }
        Ok(())
    }

    fn end(&mut self, level: &mut Level) {
        self.total -= level.chain;
        level.chain = 0;
    }
}

/// Runs ruff's parser with the stack that it may need for this text.
pub(crate) fn with_stack<T>(text: &str, parse: impl FnOnce() -> T) -> T {
    let lambdas = memchr::memmem::find_iter(text.as_bytes(), b"lambda").count();
    if lambdas <= MANY_LAMBDAS {
        return parse();
    }
    let size = lambdas.min(MAX_ROUGH_DEPTH as usize) * LAMBDA_FRAME + (1 << 20);
    stacker::maybe_grow(size, size, parse)
}

/// CPython's limits on brackets, indentation and nested f-strings, and numbers that end in a wrong keyword.
pub(crate) fn check_tokens(tokens: &Tokens, lines: &LineIndex) -> Result<(), Box<SyntaxError>> {
    let mut brackets = 0_u32;
    let mut indents = 0_u32;
    let mut strings = 0_u32;
    let mut number_end = None;
    for token in tokens {
        let kind = token.kind();
        if number_end == Some(token.start()) && kind.is_keyword() && !may_follow_number(kind) {
            let loc = lines.range(token.range());
            return Err(Box::new(SyntaxError::at("invalid decimal literal", loc)));
        }
        number_end = None;
        let error = match kind {
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                number_end = Some(token.end());
                None
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                brackets += 1;
                (brackets > MAX_BRACKETS).then_some((ErrorType::SyntaxError, TOO_MANY_BRACKETS))
            }
            TokenKind::Indent => {
                indents += 1;
                (indents >= MAX_INDENTS).then_some((ErrorType::IndentationError, TOO_MANY_INDENTS))
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                strings += 1;
                (strings >= MAX_STRINGS).then_some((ErrorType::SyntaxError, TOO_MANY_STRINGS))
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                brackets = brackets.saturating_sub(1);
                None
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                strings = strings.saturating_sub(1);
                None
            }
            TokenKind::Dedent => {
                indents = indents.saturating_sub(1);
                None
            }
            _ => None,
        };
        if let Some((kind, msg)) = error {
            return Err(Box::new(SyntaxError::of(
                kind,
                msg,
                lines.range(token.range()),
            )));
        }
    }
    Ok(())
}

/// The keywords that may touch a number before them (`verify_end_of_number` in `Parser/lexer/lexer.c`).
fn may_follow_number(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::And
            | TokenKind::Else
            | TokenKind::For
            | TokenKind::If
            | TokenKind::In
            | TokenKind::Is
            | TokenKind::Or
            | TokenKind::Not
    )
}

/// Whether all these offsets, which go up, are within comments.
pub(crate) fn are_in_comments(offsets: &[u32], text: &str) -> bool {
    if check_before_parsing(text).is_err() {
        return false;
    }
    let options = ParseOptions::from(Mode::Module);
    let parsed = with_stack(text, || ruff_python_parser::parse_unchecked(text, options));
    let mut rest = offsets;
    for token in parsed.tokens() {
        let range = token.range();
        if token.kind() == TokenKind::Comment {
            let within = |&offset: &u32| range.contains(offset.into());
            let count = rest.iter().take_while(|offset| within(offset)).count();
            rest = &rest[count..];
        }
    }
    drop_tree(parsed, u32::MAX, text.len());
    rest.is_empty()
}

/// Frees ruff's tree, whose `Drop` recurses as deep as the tree is. The depth is `u32::MAX` if unknown.
pub(crate) fn drop_tree<T>(tree: T, max_depth: u32, text_length: usize) {
    let most = if text_length < SMALL {
        text_length
    } else {
        MAX_ROUGH_DEPTH as usize + 1000
    };
    let depth = (max_depth as usize).min(most);
    stacker::maybe_grow(
        depth * DROP_FRAME + (64 << 10),
        depth * DROP_FRAME + (1 << 20),
        || drop(tree),
    );
}
