//! Type comments (PEP 484), which `python -m ast` shows and compilation ignores.
//!
//! They are found after parsing, from the tokens and the tree: `# type: ...` is a token where the tokenizer is
//! asked for type comments (`Parser/lexer/lexer.c`), which the grammar (`Grammar/python.gram`) accepts in a few
//! places and which is a syntax error elsewhere; `# type: ignore` may stand anywhere.

use pycsmith_bytecode::{Location, Target};
use ruff_python_ast::PythonVersion;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::ast::{Body, Module, Stmt, StmtKind, With};
use crate::error::{self, ErrorType, SyntaxError};
use crate::positions::LineIndex;
use crate::{flufl, limits};

/// A line (from 1) and a column (in bytes, from 0).
type Place = (i32, i32);

/// What the comments of a module add to its tree. Nodes are found by the place where they start: no two
/// statements and no two parameters start at the same one.
#[derive(Debug, Default)]
pub struct TypeComments {
    statements: FxHashMap<Place, String>,
    parameters: FxHashMap<Place, String>,
    /// An assignment extends to the end of its comment, and so do the statements that end with it.
    ends: FxHashMap<Place, Place>,
    tuples: FxHashMap<Place, Location>,
    ignores: Vec<TypeIgnore>,
}

/// `TypeIgnore`: a `# type: ignore` comment.
#[derive(Debug)]
pub struct TypeIgnore {
    /// From 1.
    pub lineno: i32,
    /// What follows the words; with a newline if the comment is alone on its line.
    pub tag: String,
}

impl TypeComments {
    /// `type_comment` of the statement at `loc`.
    pub fn of_statement(&self, loc: Location) -> Option<&str> {
        self.statements
            .get(&(loc.line, loc.col))
            .map(String::as_str)
    }

    /// `type_comment` of the parameter at `loc`.
    pub fn of_parameter(&self, loc: Location) -> Option<&str> {
        self.parameters
            .get(&(loc.line, loc.col))
            .map(String::as_str)
    }

    /// The location of a statement or exception handler, with the comment that it ends with.
    pub fn extended(&self, loc: Location) -> Location {
        match self.ends.get(&(loc.end_line, loc.end_col)) {
            Some(&(end_line, end_col)) => Location {
                end_line,
                end_col,
                ..loc
            },
            None => loc,
        }
    }

    /// Where the tuple is that the items of the `async with` statement at `loc` become, if they do.
    ///
    /// CPython quirk (3.14, `with_stmt`): the form with parentheses around the items has no type comment in
    /// `async with`, so that with a comment the parentheses are those of a tuple.
    pub fn items_as_tuple(&self, loc: Location) -> Option<Location> {
        self.tuples.get(&(loc.line, loc.col)).copied()
    }

    /// `Module.type_ignores`.
    pub fn ignores(&self) -> &[TypeIgnore] {
        &self.ignores
    }
}

/// Finds the type comments of `module`, which is the tree of `text`.
///
/// # Errors
///
/// A type comment where none may be.
pub fn find(text: &str, module: &Module<'_>, target: Target) -> Result<TypeComments, SyntaxError> {
    if memchr::memmem::find(text.as_bytes(), b"type:").is_none() {
        return Ok(TypeComments::default());
    }
    find_in_text(text, module, target).map_err(|mut error| {
        error::to_code_points(&mut error, text);
        error::fill_text(&mut error, text);
        *error
    })
}

fn find_in_text(
    text: &str,
    module: &Module<'_>,
    target: Target,
) -> Result<TypeComments, Box<SyntaxError>> {
    let rewritten = flufl::rewrite(text, target)?;
    let text = rewritten.as_deref().unwrap_or(text);
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion {
        major: 3,
        minor: target.minor,
    });
    let parsed = limits::with_stack(text, || ruff_python_parser::parse_unchecked(text, options));
    let lines = LineIndex::new(text);
    let mut comments = TypeComments::default();
    let tokens = significant(parsed.tokens(), text, &lines, &mut comments.ignores);
    limits::drop_tree(parsed, u32::MAX, text.len());
    if !tokens.iter().any(|token| token.kind == COMMENT) {
        return Ok(comments);
    }
    let mut finder = Finder {
        text,
        lines: &lines,
        tokens,
        statements: Statements::of(module),
        comments,
        brackets: Vec::new(),
        strings: Vec::new(),
        line: 0,
        header: None,
        parameters: None,
    };
    finder.run()?;
    Ok(finder.comments)
}

/// The kind of a type comment in [`Token`]s.
const COMMENT: TokenKind = TokenKind::Comment;

/// A token as CPython's parser sees it; of a type comment the part that follows `type:`.
#[derive(Clone, Copy)]
struct Token {
    kind: TokenKind,
    start: u32,
    end: u32,
}

/// The tokens without other comments and without line ends that mean nothing; `# type: ignore` goes to `ignores`.
fn significant(
    tokens: &Tokens,
    text: &str,
    lines: &LineIndex,
    ignores: &mut Vec<TypeIgnore>,
) -> Vec<Token> {
    let mut result = Vec::with_capacity(tokens.len());
    let mut depth = 0_u32;
    let mut alone = true;
    for token in tokens {
        let (kind, range) = (token.kind(), token.range());
        let mut token = Token {
            kind,
            start: range.start().to_u32(),
            end: range.end().to_u32(),
        };
        match kind {
            TokenKind::NonLogicalNewline => {
                alone = true;
                continue;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                depth = depth.saturating_sub(1)
            }
            TokenKind::Comment => {
                let comment = &text[token.start as usize..token.end as usize];
                let Some(body) = type_comment(comment) else {
                    continue;
                };
                if let Some(tag) = ignore_tag(body) {
                    // CPython quirk (3.14, `tok_get_normal_mode`): the tokenizer eats the line end of such a
                    // line and counts it to the tag, also if the source has none there.
                    let tag = if alone {
                        format!("{tag}\n")
                    } else {
                        tag.to_owned()
                    };
                    let lineno = lines.locate(token.start).0;
                    ignores.push(TypeIgnore { lineno, tag });
                    continue;
                }
                token.start = token.end - body.len() as u32;
                result.push(token);
                // CPython quirk (3.14, `tok_get_normal_mode`): the line of a type comment is not a blank one.
                if alone && depth == 0 {
                    result.push(Token {
                        kind: TokenKind::Newline,
                        start: token.end,
                        end: token.end,
                    });
                }
                continue;
            }
            _ => {}
        }
        alone = matches!(
            kind,
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
        ) && (alone || kind == TokenKind::Newline);
        result.push(token);
    }
    result
}

fn blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// What follows `# type: ` in a comment.
fn type_comment(comment: &str) -> Option<&str> {
    let rest = blanks(comment.strip_prefix('#')?).strip_prefix("type:")?;
    Some(blanks(rest))
}

/// What follows `ignore`.
fn ignore_tag(body: &str) -> Option<&str> {
    let tag = body.strip_prefix("ignore")?;
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    (!tag.as_bytes().first().is_some_and(goes_on)).then_some(tag)
}

/// Statements of the tree that a comment may belong to.
struct Statements<'a> {
    /// From the ends of assignments to where they start.
    assignments: FxHashMap<Place, Place>,
    async_withs: FxHashMap<Place, &'a With<'a>>,
}

impl<'a> Statements<'a> {
    fn of(module: &Module<'a>) -> Statements<'a> {
        let mut found = Statements {
            assignments: FxHashMap::default(),
            async_withs: FxHashMap::default(),
        };
        let mut bodies: Vec<Body<'a>> = vec![module.body];
        while let Some(body) = bodies.pop() {
            for stmt in body {
                found.add(stmt);
                push_bodies(&mut bodies, stmt);
            }
        }
        found
    }

    fn add(&mut self, stmt: &Stmt<'a>) {
        let start = (stmt.loc.line, stmt.loc.col);
        match stmt.kind {
            StmtKind::Assign { .. } => {
                let end = (stmt.loc.end_line, stmt.loc.end_col);
                self.assignments.insert(end, start);
            }
            StmtKind::AsyncWith(with) => {
                self.async_withs.insert(start, with);
            }
            _ => {}
        }
    }
}

fn push_bodies<'a>(bodies: &mut Vec<Body<'a>>, stmt: &Stmt<'a>) {
    match stmt.kind {
        StmtKind::FunctionDef(def) | StmtKind::AsyncFunctionDef(def) => bodies.push(def.body),
        StmtKind::ClassDef(def) => bodies.push(def.body),
        StmtKind::For(stmt) | StmtKind::AsyncFor(stmt) => bodies.extend([stmt.body, stmt.orelse]),
        StmtKind::While(stmt) => bodies.extend([stmt.body, stmt.orelse]),
        StmtKind::If(stmt) => bodies.extend([stmt.body, stmt.orelse]),
        StmtKind::With(stmt) | StmtKind::AsyncWith(stmt) => bodies.push(stmt.body),
        StmtKind::Match(stmt) => bodies.extend(stmt.cases.iter().map(|case| case.body)),
        StmtKind::Try(stmt) | StmtKind::TryStar(stmt) => {
            bodies.extend([stmt.body, stmt.orelse, stmt.finalbody]);
            bodies.extend(stmt.handlers.iter().map(|handler| handler.body));
        }
        _ => {}
    }
}

/// The parameter list of a `def`, between its parentheses.
#[derive(Clone, Copy)]
struct Parameters {
    /// The tokens where the parameter before the last comma starts, and the one after it.
    previous: usize,
    current: usize,
    /// Open `lambda` parameter lists in a default.
    lambdas: u32,
}

struct Finder<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    tokens: Vec<Token>,
    statements: Statements<'t>,
    comments: TypeComments,
    /// Open brackets, and whether each is that of a field in an f-string or t-string.
    brackets: Vec<bool>,
    /// Open f-strings (false) and t-strings (true), each with the brackets outside of it.
    strings: Vec<(bool, usize)>,
    /// The first token of the logical line.
    line: usize,
    /// The header of the first block that starts with a type comment: its first token.
    header: Option<usize>,
    parameters: Option<Parameters>,
}

impl Finder<'_> {
    fn run(&mut self) -> Result<(), Box<SyntaxError>> {
        let mut previous_line = 0;
        let mut had_parameters = false;
        for index in 0..self.tokens.len() {
            let kind = self.tokens[index].kind;
            match kind {
                TokenKind::Newline => {
                    previous_line = self.line;
                    self.line = index + 1;
                    had_parameters = false;
                }
                TokenKind::Indent | TokenKind::Dedent => self.line = index + 1,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                    let field = kind == TokenKind::Lbrace && self.starts_field(index);
                    let first = kind == TokenKind::Lpar && self.brackets.is_empty();
                    if first && !had_parameters && self.keyword(self.line).0 == TokenKind::Def {
                        had_parameters = true;
                        self.parameters = Some(Parameters {
                            previous: index + 1,
                            current: index + 1,
                            lambdas: 0,
                        });
                    }
                    self.brackets.push(field);
                }
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    self.brackets.pop();
                    if self.brackets.is_empty() {
                        self.parameters = None;
                    }
                }
                TokenKind::FStringStart | TokenKind::TStringStart => {
                    let template = kind == TokenKind::TStringStart;
                    self.strings.push((template, self.brackets.len()));
                }
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    self.strings.pop();
                }
                TokenKind::Comment => match self.brackets.len() {
                    0 => self.outside_brackets(index, previous_line)?,
                    1 if self.parameters.is_some() => self.in_parameters(index)?,
                    _ => return Err(self.misplaced(index)),
                },
                TokenKind::Lambda | TokenKind::Colon | TokenKind::Comma => {
                    if let Some(parameters) = &mut self.parameters
                        && self.brackets.len() == 1
                    {
                        match kind {
                            TokenKind::Lambda => parameters.lambdas += 1,
                            _ if parameters.lambdas > 0 => {
                                parameters.lambdas -= u32::from(kind == TokenKind::Colon);
                            }
                            TokenKind::Comma => {
                                parameters.previous = parameters.current;
                                parameters.current = index + 1;
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn kind(&self, index: usize) -> TokenKind {
        self.tokens
            .get(index)
            .map_or(TokenKind::EndOfFile, |token| token.kind)
    }

    fn before(&self, index: usize, distance: usize) -> TokenKind {
        index
            .checked_sub(distance)
            .map_or(TokenKind::EndOfFile, |index| self.kind(index))
    }

    /// Whether the brace is that of a field in an f-string or t-string, or in a field's format specification.
    fn starts_field(&self, index: usize) -> bool {
        let Some(&(_, outside)) = self.strings.last() else {
            return false;
        };
        let inside = self.brackets.get(outside..).unwrap_or_default();
        let in_format = matches!(
            self.before(index, 1),
            TokenKind::FStringMiddle
                | TokenKind::TStringMiddle
                | TokenKind::Colon
                | TokenKind::Rbrace
        );
        inside.is_empty() || in_format && inside.iter().all(|&field| field)
    }

    /// The keyword that a logical line starts with, behind `async`; and whether it is an `async` statement.
    fn keyword(&self, line: usize) -> (TokenKind, bool) {
        match self.kind(line) {
            TokenKind::Async => (self.kind(line + 1), true),
            kind => (kind, false),
        }
    }

    fn place(&self, index: usize) -> Place {
        self.lines.locate(self.tokens[index].start)
    }

    fn words(&self, index: usize) -> String {
        let token = self.tokens[index];
        self.text[token.start as usize..token.end as usize].to_owned()
    }

    fn add_to_statement(&mut self, place: Place, index: usize) {
        let words = self.words(index);
        self.comments.statements.insert(place, words);
    }

    fn outside_brackets(
        &mut self,
        index: usize,
        previous_line: usize,
    ) -> Result<(), Box<SyntaxError>> {
        let Some(previous) = index.checked_sub(1).map(|previous| self.tokens[previous]) else {
            return Err(self.misplaced(index));
        };
        let end = self.lines.locate(previous.end);
        match previous.kind {
            TokenKind::Newline if self.before(index, 2) == TokenKind::Colon => {
                self.header.get_or_insert(previous_line);
                if self.keyword(previous_line).0 == TokenKind::Def {
                    self.add_to_statement(self.place(previous_line), index);
                    return Ok(());
                }
                Err(self.misplaced(index))
            }
            TokenKind::Colon => {
                let place = self.place(self.line);
                match self.keyword(self.line) {
                    (TokenKind::With, true) if !self.async_with(place, index) => {
                        return Err(self.misplaced(index));
                    }
                    (TokenKind::Def | TokenKind::For | TokenKind::With, _) => {}
                    _ => return Err(self.misplaced(index)),
                }
                self.add_to_statement(place, index);
                Ok(())
            }
            _ => {
                let Some(&place) = self.statements.assignments.get(&end) else {
                    return Err(self.misplaced(index));
                };
                let comment_end = self.lines.locate(self.tokens[index].end);
                self.comments.ends.insert(end, comment_end);
                self.add_to_statement(place, index);
                Ok(())
            }
        }
    }

    /// Whether the `async with` at `place` may have the comment: see [`TypeComments::items_as_tuple`].
    fn async_with(&mut self, place: Place, comment: usize) -> bool {
        let open = self.line + 2;
        let Some(with) = self.statements.async_withs.get(&place) else {
            return true;
        };
        let Some(item) = with.items.first() else {
            return true;
        };
        let start = self.place(open);
        let close = comment.saturating_sub(2);
        let loc = item.context_expr.loc;
        if self.kind(open) != TokenKind::Lpar
            || self.closing(open) != close
            || (loc.line, loc.col) == start
        {
            return true;
        }
        if with.items.iter().any(|item| item.optional_vars.is_some()) {
            return false;
        }
        if with.items.len() > 1 || self.kind(close - 1) == TokenKind::Comma {
            let (end_line, end_col) = self.lines.locate(self.tokens[close].end);
            let tuple = Location {
                line: start.0,
                end_line,
                col: start.1,
                end_col,
            };
            self.comments.tuples.insert(place, tuple);
        }
        true
    }

    /// The bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0_u32;
        for (index, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return index;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    fn in_parameters(&mut self, index: usize) -> Result<(), Box<SyntaxError>> {
        let Some(mut parameters) = self.parameters else {
            return Err(self.misplaced(index));
        };
        let after_comma = self.before(index, 1) == TokenKind::Comma && parameters.lambdas == 0;
        let start = if after_comma {
            parameters.previous
        } else if ends_expression(self.before(index, 1)) {
            if self.kind(index + 1) != TokenKind::Rpar {
                // The comment is taken for that of the last parameter; then the parenthesis is missing.
                return Err(self.misplaced(index + 1));
            }
            parameters.current
        } else {
            return Err(self.misplaced(index));
        };
        let name = match (self.kind(start), self.kind(start + 1)) {
            (TokenKind::Star, TokenKind::Comma) => {
                return Err(self.error(index, "bare * has associated type comment"));
            }
            (TokenKind::Slash, _) => return Err(self.misplaced(index)),
            (TokenKind::Star | TokenKind::DoubleStar, _) => start + 1,
            _ => start,
        };
        let (place, words) = (self.place(name), self.words(index));
        self.comments.parameters.insert(place, words);
        parameters.current = index + 1;
        self.parameters = Some(parameters);
        Ok(())
    }

    /// A `SyntaxError` at a token.
    fn error(&self, index: usize, msg: &str) -> Box<SyntaxError> {
        let token = self.tokens[index];
        Box::new(SyntaxError::at(
            msg,
            self.lines.span(token.start, token.end),
        ))
    }

    /// What CPython says where its parser does not get beyond the type comment, or the token behind it, at `index`.
    fn misplaced(&self, index: usize) -> Box<SyntaxError> {
        // CPython quirk (3.14, `invalid_def_raw` and its like): once there is an error, a block that starts with a
        // type comment counts as not indented, even the earlier one of a `def` that may.
        if let Some(header) = self.header {
            let mut error = self.error(index, &self.no_block(header));
            error.kind = ErrorType::IndentationError;
            return error;
        }
        if self.two_comments_on_def(index) {
            let (line, col) = self.lines.locate(self.tokens[index + 2].end);
            // CPython quirk (3.14, `_PyPegen_raise_error`): a token without text has the tokenizer's place.
            return Box::new(SyntaxError {
                lineno: u32::try_from(line).ok(),
                offset: u32::try_from(col).ok(),
                end_lineno: u32::try_from(line).ok(),
                ..SyntaxError::new(
                    ErrorType::SyntaxError,
                    "Cannot have two type comments on def",
                )
            });
        }
        if self.brackets.last() == Some(&true)
            && let Some(&(template, _)) = self.strings.last()
        {
            let expected = match (self.before(index, 1), self.before(index, 2)) {
                (TokenKind::Lbrace, _) => Some("expecting a valid expression after '{'"),
                (TokenKind::Equal, _) => Some("expecting '!', or ':', or '}'"),
                (TokenKind::Name, TokenKind::Exclamation) => Some("expecting ':' or '}'"),
                (last, _) if ends_expression(last) => Some("expecting '=', or '!', or ':', or '}'"),
                _ => None,
            };
            if let Some(expected) = expected {
                let prefix = if template { 't' } else { 'f' };
                return self.error(index, &format!("{prefix}-string: {expected}"));
            }
        }
        self.error(index, "invalid syntax")
    }

    /// Whether a comment follows the one on the header of a `def`, and then the block.
    fn two_comments_on_def(&self, index: usize) -> bool {
        self.before(index, 1) == TokenKind::Newline
            && self.before(index, 2) == COMMENT
            && self.before(index, 3) == TokenKind::Colon
            && self.kind(index + 1) == TokenKind::Newline
            && self.kind(index + 2) == TokenKind::Indent
            && (0..index - 3)
                .rev()
                .find(|&at| {
                    at == 0
                        || matches!(
                            self.kind(at - 1),
                            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
                        )
                })
                .is_some_and(|line| self.keyword(line).0 == TokenKind::Def)
    }

    fn no_block(&self, header: usize) -> String {
        let (keyword, is_async) = self.keyword(header);
        let what = match keyword {
            TokenKind::Def => "function definition",
            TokenKind::Class => "class definition",
            TokenKind::If => "'if' statement",
            TokenKind::Elif => "'elif' statement",
            TokenKind::Else => "'else' statement",
            TokenKind::While => "'while' statement",
            TokenKind::For => "'for' statement",
            TokenKind::With => "'with' statement",
            TokenKind::Try => "'try' statement",
            TokenKind::Except if self.kind(header + 1) == TokenKind::Star => "'except*' statement",
            TokenKind::Except => "'except' statement",
            TokenKind::Finally => "'finally' statement",
            TokenKind::Match => "'match' statement",
            TokenKind::Case => "'case' statement",
            _ => return "expected an indented block".to_owned(),
        };
        let line = self.place(header + usize::from(is_async)).0;
        format!("expected an indented block after {what} on line {line}")
    }
}

/// Whether an expression may end with the token.
fn ends_expression(kind: TokenKind) -> bool {
    kind.is_soft_keyword()
        || matches!(
            kind,
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::FStringEnd
                | TokenKind::TStringEnd
                | TokenKind::Rpar
                | TokenKind::Rsqb
                | TokenKind::Rbrace
                | TokenKind::None
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Ellipsis
        )
}
