//! Docstrings (CPython's `_PyCompile_CleanDoc`).

use std::hint::select_unpredictable;
use std::sync::Arc;

use memchr::memchr;
use pycsmith_bytecode::{Constant, PyStr};
use pycsmith_parser::{ErrorType, SyntaxError};

use super::{CompileError, Compiler, Result};

/// Columns between tab stops.
const TAB: usize = 8;

/// The constant that a docstring becomes.
///
/// # Errors
/// Those of [`clean_docstring`].
pub fn docstring_constant(c: &Compiler<'_>, wtf8: &[u8]) -> Result<Constant> {
    if c.target.cleans_docstrings() {
        clean_docstring(wtf8)
    } else {
        Ok(Constant::Str(Arc::new(PyStr::constant(wtf8))))
    }
}

/// `_PyCompile_CleanDoc`: tabs expanded, and the margin that all lines but the first share taken off.
///
/// # Errors
/// As CPython's `UnicodeEncodeError`, if there is a lone surrogate.
pub fn clean_docstring(wtf8: &[u8]) -> Result<Constant> {
    let Ok(text) = std::str::from_utf8(wtf8) else {
        return Err(Box::new(CompileError::Syntax(surrogate_error(wtf8))));
    };
    let mut expanded = String::new();
    if memchr(b'\t', wtf8).is_some() {
        expand_tabs(text, &mut expanded);
    }
    let text = match &expanded[..] {
        "" => wtf8,
        expanded => expanded.as_bytes(),
    };
    let unchanged = || Ok(Constant::Str(Arc::new(PyStr::constant(text))));
    if memchr(b'\n', text).is_none() && !text.starts_with(b" ") {
        return unchanged();
    }
    let ends = ends_of_lines(text);
    let Some((&first, others)) = ends.split_first() else {
        return unchanged();
    };
    let starts = || ends.iter().zip(others);
    let margin = starts().fold(usize::MAX, |margin, (&start, _)| {
        let indent = indent(&text[start..]);
        // Blank lines do not count.
        let is_blank = matches!(text.get(start + indent), None | Some(b'\n'));
        margin.min(select_unpredictable(is_blank, usize::MAX, indent))
    });
    let margin = if margin == usize::MAX { 0 } else { margin };
    if margin == 0 && !text.starts_with(b" ") {
        return unchanged();
    }
    let mut clean = Vec::with_capacity(text.len());
    clean.extend_from_slice(&text[indent(&text[..first])..first]);
    for (&start, &end) in starts() {
        let line = &text[start..end];
        clean.extend_from_slice(&line[indent(line).min(margin)..]);
    }
    Ok(Constant::Str(Arc::new(PyStr::constant(clean))))
}

/// Where the lines of a text end, behind their line ends. Where that is cannot be predicted: blocks of bytes are looked at.
fn ends_of_lines(text: &[u8]) -> Vec<usize> {
    const BLOCK: usize = 64;
    /// As many line ends as most blocks have, or more.
    const FEW: usize = 4;
    let mut ends = Vec::with_capacity(text.len() / 32 + 2 * FEW);
    for (number, block) in text.chunks(BLOCK).enumerate() {
        let mut bits = line_ends(block);
        let len = ends.len() + bits.count_ones() as usize;
        for _ in 0..FEW {
            ends.push(number * BLOCK + bits.trailing_zeros() as usize + 1);
            bits &= bits.wrapping_sub(1);
        }
        while bits != 0 {
            ends.push(number * BLOCK + bits.trailing_zeros() as usize + 1);
            bits &= bits - 1;
        }
        ends.truncate(len);
    }
    if !text.is_empty() && !text.ends_with(b"\n") {
        ends.push(text.len());
    }
    ends
}

/// Which of up to 64 bytes are line ends.
fn line_ends(block: &[u8]) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7F; 8]);
    const LINE_ENDS: u64 = u64::from_le_bytes([b'\n'; 8]);
    let (words, rest) = block.as_chunks();
    let rest_at = block.len() - rest.len();
    let bits = rest
        .iter()
        .rev()
        .fold(0, |bits, &byte| bits << 1 | u64::from(byte == b'\n'));
    let bits = bits.checked_shl(rest_at as u32).unwrap_or(0);
    words.iter().enumerate().fold(bits, |bits, (number, word)| {
        let others = u64::from_le_bytes(*word) ^ LINE_ENDS;
        // The highest bits of the bytes that are zeros, then all of them in one byte.
        let zeros = !(((others & LOW) + LOW) | others | LOW);
        let places = (zeros >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | places << (8 * number)
    })
}

/// The spaces that a line starts with; what follows the line may stand behind it.
fn indent(line: &[u8]) -> usize {
    const SPACES: u128 = u128::from_le_bytes([b' '; 16]);
    match line.first_chunk() {
        Some(piece) if *piece != [b' '; 16] => {
            let others = u128::from_le_bytes(*piece) ^ SPACES;
            others.trailing_zeros() as usize / 8
        }
        _ => {
            let spaces = line.iter().position(|&byte| byte != b' ');
            spaces.unwrap_or(line.len())
        }
    }
}

fn expand_tabs(text: &str, out: &mut String) {
    let mut column = 0;
    for ch in text.chars() {
        match ch {
            '\t' => {
                let width = TAB - column % TAB;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                out.push(ch);
                column = 0;
            }
            _ => {
                out.push(ch);
                column += 1;
            }
        }
    }
}

/// What CPython raises when it encodes a docstring with a lone surrogate.
fn surrogate_error(wtf8: &[u8]) -> SyntaxError {
    let mut surrogates = Vec::new();
    let starts = wtf8
        .iter()
        .enumerate()
        .filter(|&(_, &byte)| byte & 0xc0 != 0x80);
    for (position, (at, _)) in starts.enumerate() {
        if let [0xed, second, third, ..] = wtf8[at..]
            && second >= 0xa0
        {
            surrogates.push((
                position,
                0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f),
            ));
        }
    }
    let (start, code) = surrogates.first().copied().unwrap_or((0, 0));
    let run = surrogates
        .iter()
        .zip(start..)
        .take_while(|((at, _), expected)| at == expected)
        .count();
    let what = match run {
        0 | 1 => format!("character '\\u{code:04x}' in position {start}"),
        _ => format!("characters in position {start}-{}", start + run - 1),
    };
    SyntaxError::new(
        ErrorType::ValueError,
        format!("'utf-8' codec can't encode {what}: surrogates not allowed"),
    )
}

#[cfg(test)]
mod tests {
    use super::{ends_of_lines, indent};

    #[test]
    fn lines_end_behind_line_ends() {
        for length in 0..150 {
            for step in 1..70 {
                let is_end = |at: usize| at.is_multiple_of(step) || at.is_multiple_of(7 * step + 1);
                let text: Vec<u8> = (0..length)
                    .map(|at| if is_end(at) { b'\n' } else { b'\x0b' })
                    .collect();
                let mut at = 0;
                let lines = text.split_inclusive(|&byte| byte == b'\n');
                let ends: Vec<usize> = lines
                    .map(|line| {
                        at += line.len();
                        at
                    })
                    .collect();
                assert_eq!(ends_of_lines(&text), ends, "{length} {step}");
            }
        }
    }

    #[test]
    fn indents_are_spaces() {
        for spaces in 0..40 {
            for rest in ["", "\n", "x", "\tand more than that", "\0                "] {
                let line = format!("{:spaces$}{rest}", "");
                assert_eq!(indent(line.as_bytes()), spaces, "{line:?}");
            }
        }
    }
}
