//! A page about a `.pyc` file, for people.

use std::fmt::Write as _;

use super::{Body, Evidence, Info, nlocals, variables};
use crate::code::{CodeObject, kinds};
use crate::constant::PyStr;
use crate::dis::flag_names;
use crate::footprint::text_limit;
use crate::paint::{Paint, Style, fit, width};
use crate::pyc::Validation;
use crate::repr::repr;
use crate::tables;
use crate::version::Target;

/// How the page looks.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns of the terminal.
    pub width: usize,
    pub color: bool,
    /// Leave the code objects out.
    pub summary: bool,
}

/// Columns of an attribute's name.
const NAME: usize = 20;

/// What is known of the file; `title` is its name.
pub fn text(info: &Info, title: &str, options: Options) -> String {
    let mut page = Page {
        options,
        paint: Paint(options.color),
        out: String::new(),
        limit: 0,
    };
    page.header(info, title);
    match &info.body {
        Ok(body) => page.body(body),
        Err(error) => page.line("code", &error.to_string()),
    }
    page.out
}

struct Page {
    options: Options,
    paint: Paint,
    out: String,
    /// Behind how many bytes it ends.
    limit: usize,
}

impl Page {
    fn header(&mut self, info: &Info, title: &str) {
        let title = fit(title, usize::MAX);
        let _ = writeln!(self.out, "{}", self.paint.text(Style::Title, &title));
        let writer = format!("{}, magic number {}", info.writer, info.magic);
        self.line("written by", &writer);
        match info.validation {
            Ok(Validation::Timestamp { mtime, size }) => {
                self.line("checked by", "time and size of the source");
                self.line("source changed", &format!("{} ({mtime})", utc(mtime)));
                self.line("source size", &count(size as usize, "byte"));
            }
            Ok(Validation::CheckedHash(hash)) => {
                self.line("checked by", "hash of the source");
                self.line("source hash", &format!("{hash:016x}"));
            }
            Ok(Validation::UncheckedHash(hash)) => {
                self.line("checked by", "nothing (unchecked hash)");
                self.line("source hash", &format!("{hash:016x}"));
            }
            Err(ref error) => self.line("header", &error.to_string()),
        }
        self.line("level", &level(info));
        self.line("size", &count(info.size, "byte"));
    }

    fn body(&mut self, body: &Body) {
        if let Some(module) = body.codes.first() {
            self.limit = text_limit(module);
            self.line("source file", &shown(&module.filename));
        }
        let sum = |of: fn(&CodeObject) -> usize| body.codes.iter().map(|code| of(code)).sum();
        let objects = format!(
            "{} in {}",
            count(body.codes.len(), "object"),
            count(body.marshalled, "byte")
        );
        self.line("code", &objects);
        self.line("instructions", &count(sum(|code| code.code.len()), "byte"));
        self.line(
            "line tables",
            &count(sum(|code| code.linetable.len()), "byte"),
        );
        let handlers = sum(|code| code.exceptiontable.len());
        self.line("exception tables", &count(handlers, "byte"));
        if body.rest > 0 {
            self.line("behind the code", &count(body.rest, "byte"));
        }
        if self.options.summary {
            return;
        }
        for code in &body.codes {
            if self.out.len() > self.limit {
                self.out.push_str("\n(cut: the page is too long)\n");
                break;
            }
            self.code(code, body.target);
        }
    }

    fn code(&mut self, code: &CodeObject, target: Target) {
        let name = fit(&code.qualname.to_string_lossy(), self.options.width);
        let _ = write!(self.out, "\n{}", self.paint.text(Style::Title, &name));
        let _ = writeln!(self.out, "  line {}", code.firstlineno);
        for (name, value) in [
            ("co_argcount", code.argcount),
            ("co_posonlyargcount", code.posonlyargcount),
            ("co_kwonlyargcount", code.kwonlyargcount),
            ("co_nlocals", nlocals(code) as u32),
            ("co_stacksize", code.stacksize),
        ] {
            self.line(name, &value.to_string());
        }
        let flags = flag_names(code.flags);
        let flags = flags.split('|').map(str::to_owned).collect();
        self.list("co_flags", flags, "|");
        let names = |names: &mut dyn Iterator<Item = &std::sync::Arc<PyStr>>| {
            names.map(|name| shown(name)).collect()
        };
        self.list(
            "co_varnames",
            names(&mut variables(code, kinds::LOCAL)),
            ", ",
        );
        self.list(
            "co_cellvars",
            names(&mut variables(code, kinds::CELL)),
            ", ",
        );
        self.list(
            "co_freevars",
            names(&mut variables(code, kinds::FREE)),
            ", ",
        );
        self.list("co_names", names(&mut code.names.iter()), ", ");
        self.constants(code);
        let instructions = tables::instructions(&code.code, target.opcodes()).len();
        let code_size = count(code.code.len(), "byte");
        let size = format!("{code_size}, {}", count(instructions, "instruction"));
        self.line("co_code", &size);
        self.line("co_linetable", &count(code.linetable.len(), "byte"));
        let handlers = count(code.exceptiontable.len(), "byte");
        self.line("co_exceptiontable", &handlers);
    }

    fn constants(&mut self, code: &CodeObject) {
        let room = self.options.width.saturating_sub(NAME + 2).max(16);
        let numbers = code.consts.len().saturating_sub(1).to_string().len();
        if code.consts.is_empty() {
            self.line("co_consts", "-");
        }
        for (index, value) in code.consts.iter().enumerate() {
            if self.out.len() > self.limit {
                return;
            }
            let name = if index == 0 { "co_consts" } else { "" };
            let value = format!("{index:>numbers$} {}", repr(value));
            self.line(name, &fit(&value, room));
        }
    }

    fn line(&mut self, name: &str, value: &str) {
        let name = self.paint.text(Style::Dim, &format!("{name:<NAME$}"));
        let _ = writeln!(self.out, "  {name}{}", fit(value, usize::MAX));
    }

    /// Items with a separator between them, on as many lines as they take.
    fn list(&mut self, name: &str, items: Vec<String>, separator: &str) {
        let room = self.options.width.saturating_sub(NAME + 2).max(16);
        let (mut name, mut line) = (name, String::new());
        let last = items.len().saturating_sub(1);
        if items.is_empty() {
            self.line(name, "-");
        }
        for (index, item) in items.into_iter().enumerate() {
            let separator = if index == last { "" } else { separator };
            let item = fit(&item, room.saturating_sub(separator.len())) + separator;
            if !line.is_empty() && width(&line) + width(item.trim_end()) > room {
                self.line(name, line.trim_end());
                (name, line) = ("", String::new());
            }
            line += &item;
            if index == last {
                self.line(name, line.trim_end());
            }
            if self.out.len() > self.limit {
                return;
            }
        }
    }
}

pub(crate) fn shown(text: &PyStr) -> String {
    text.to_string_lossy().into_owned()
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn level(info: &Info) -> String {
    let possible: Vec<String> = info.level.possible.iter().map(u8::to_string).collect();
    let possible = possible.join(" or ");
    match info.level.evidence {
        Evidence::Name => format!("{possible}, by the file's name"),
        Evidence::Asserts => format!("{possible}, a guess: there are assert statements"),
        Evidence::Docstrings => {
            format!("{possible}, a guess: docstrings, but no assert statements")
        }
        Evidence::Nothing if info.body.is_ok() => {
            "unknown: no docstring and no assert statement".to_owned()
        }
        Evidence::Nothing => "unknown".to_owned(),
    }
}

/// `2026-11-23 07:49:49 UTC`.
fn utc(seconds: u32) -> String {
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let is_leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut day) = (1970, days);
    while day >= 365 + u32::from(is_leap(year)) {
        day -= 365 + u32::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u32::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!(
        "{year}-{:02}-{:02} {hour:02}:{minute:02}:{second:02} UTC",
        month + 1,
        day + 1
    )
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_utc() {
        // `datetime.datetime.fromtimestamp(seconds, datetime.UTC)`
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_868_800, "2000-03-01 00:00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13:20 UTC"),
            (4_107_542_399, "2100-02-28 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (u32::MAX, "2106-02-07 06:28:15 UTC"),
        ] {
            assert_eq!(utc(seconds), text);
        }
    }
}
