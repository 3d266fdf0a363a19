//! Words of the text form.

use std::fmt;

use logos::Logos;

use super::error::{Diagnostic, Span};

/// How deep brackets may nest.
pub const MAX_DEPTH: usize = 2_000;

/// A word; those that carry text carry it as it is written.
#[derive(Logos, Clone, Copy, Debug, PartialEq)]
#[logos(skip r"[ \t\r]+")]
#[logos(skip(r"#[^\n]*", allow_greedy = true))]
pub enum Token<'a> {
    #[token("\n")]
    Newline,
    #[token("{")]
    OpenBrace,
    #[token("}")]
    CloseBrace,
    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,
    #[token(",")]
    Comma,
    #[token("/")]
    Slash,
    #[token("*")]
    Star,
    #[token("**")]
    DoubleStar,
    /// An operator that is no other word.
    #[regex(r"[+&%|^@<>-]|//|<<|>>|==|!=|<=|>=|(\+|&|//|<<|@|\*|%|\||\*\*|>>|-|/|\^)=")]
    Operator(&'a str),
    #[token("...")]
    Ellipsis,
    /// An opcode, a block, a name, a word of the language.
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*")]
    Word(&'a str),
    /// `b3:`, the beginning of a block.
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*:", word_before_last)]
    Label(&'a str),
    /// `depth=`, in front of a number.
    #[regex(r"[a-z]+=", word_before_last)]
    Setting(&'a str),
    /// `complex(`, in front of arguments.
    #[regex(r"[a-z]+\(", word_before_last)]
    Call(&'a str),
    /// `const.3`: an index into a table.
    #[regex(r"(const|name|local|free)\.[0-9]+")]
    Index(&'a str),
    #[regex(r"-?[0-9]+(\.[0-9]+)*(e[+-]?[0-9]+)?|-?0x[0-9a-f]+|-inf|-nan")]
    Number(&'a str),
    #[regex(r"'([^'\\\n]|\\[^\n])*'")]
    Str(&'a str),
    #[regex(r"b'([^'\\\n]|\\[^\n])*'")]
    Bytes(&'a str),
    /// `.unwind`.
    #[regex(r"\.[a-z_]+")]
    Directive(&'a str),
    /// `@3:8-3:13`, `@next`.
    #[regex(r"@next|@-?[0-9]+:-?[0-9]+--?[0-9]+:-?[0-9]+")]
    Location(&'a str),
}

/// The word without the sign behind it.
fn word_before_last<'a>(lexer: &mut logos::Lexer<'a, Token<'a>>) -> &'a str {
    let text = lexer.slice();
    &text[..text.len() - 1]
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Token::Newline => "the end of the line",
            Token::OpenBrace => "\"{\"",
            Token::CloseBrace => "\"}\"",
            Token::OpenParen => "\"(\"",
            Token::CloseParen => "\")\"",
            Token::OpenBracket => "\"[\"",
            Token::CloseBracket => "\"]\"",
            Token::Comma => "\",\"",
            Token::Slash => "\"/\"",
            Token::Star => "\"*\"",
            Token::DoubleStar => "\"**\"",
            Token::Ellipsis => "\"...\"",
            Token::Label(text) => return write!(f, "\"{text}:\""),
            Token::Setting(text) => return write!(f, "\"{text}=\""),
            Token::Call(text) => return write!(f, "\"{text}(\""),
            Token::Word(text)
            | Token::Index(text)
            | Token::Number(text)
            | Token::Str(text)
            | Token::Bytes(text)
            | Token::Directive(text)
            | Token::Operator(text)
            | Token::Location(text) => return write!(f, "\"{text}\""),
        })
    }
}

/// The words of a text with their places, in bytes. What is no word is noted and left out.
pub struct Words<'a, 'd> {
    lexer: logos::Lexer<'a, Token<'a>>,
    depth: usize,
    /// The last line has been ended, whether or not the text ends it.
    ended: bool,
    faults: &'d mut Vec<Diagnostic>,
}

impl<'a, 'd> Words<'a, 'd> {
    pub fn new(text: &'a str, faults: &'d mut Vec<Diagnostic>) -> Words<'a, 'd> {
        Words {
            lexer: Token::lexer(text),
            depth: 0,
            ended: false,
            faults,
        }
    }
}

impl<'a> Iterator for Words<'a, '_> {
    type Item = Result<(usize, Token<'a>, usize), Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(token) = self.lexer.next() else {
                let end = self.lexer.source().len();
                return (!std::mem::replace(&mut self.ended, true)).then_some(Ok((
                    end,
                    Token::Newline,
                    end,
                )));
            };
            let span = self.lexer.span();
            let Ok(token) = token else {
                let message = match self.lexer.slice().chars().next() {
                    Some(quote @ ('\'' | '"')) => {
                        // What follows is text, not words.
                        let rest = self.lexer.remainder();
                        self.lexer.bump(rest.find('\n').unwrap_or(rest.len()));
                        format!(
                            "this text has no end or begins with {quote}: a text is written '...' on one line"
                        )
                    }
                    _ => format!("{:?} is no word of the language", self.lexer.slice()),
                };
                self.faults.push(Diagnostic::new(Span::of(&span), message));
                continue;
            };
            match token {
                Token::OpenParen | Token::Call(_) | Token::OpenBrace | Token::OpenBracket => {
                    self.depth += 1
                }
                Token::CloseParen | Token::CloseBrace | Token::CloseBracket => {
                    self.depth = self.depth.saturating_sub(1);
                }
                Token::Newline => self.depth = 0,
                _ => {}
            }
            if self.depth > MAX_DEPTH {
                let message = format!("brackets nest deeper than {MAX_DEPTH}");
                return Some(Err(Diagnostic::new(Span::of(&span), message)));
            }
            return Some(Ok((span.start, token, span.end)));
        }
    }
}
