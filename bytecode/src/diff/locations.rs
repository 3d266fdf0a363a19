//! Instructions that both sides have, at other places of the source.

use super::align::Row;
use super::instructions::Half;
use crate::code::CodeObject;
use crate::dis::Lines;
use crate::location::Location;

/// A run of instructions that have moved by as much. Lines count from the first line of the code object, which has the number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Index of the first of them on either side, and how many there are.
    pub first: (usize, usize),
    pub count: usize,
    /// The location of the first one.
    pub from: Location,
    pub to: Location,
}

pub(super) fn moved(
    one: &CodeObject,
    other: &CodeObject,
    halves: &(Half, Half),
    rows: &[Row],
) -> Vec<Moved> {
    let (mut lines, mut other_lines) = (Lines::new(one), Lines::new(other));
    let mut found: Vec<Moved> = Vec::new();
    let mut last_distance = None;
    for row in rows {
        let Row::Both(a, b) = *row else {
            continue;
        };
        let from = relative(lines.at(halves.0.decoded[a].offset), one.firstlineno);
        let to = relative(
            other_lines.at(halves.1.decoded[b].offset),
            other.firstlineno,
        );
        let distance = (from != to).then(|| distance(from, to));
        match found.last_mut() {
            Some(last) if distance.is_some() && distance == last_distance => last.count += 1,
            _ if distance.is_some() => found.push(Moved {
                first: (a, b),
                count: 1,
                from,
                to,
            }),
            _ => {}
        }
        last_distance = distance;
    }
    found
}

/// In the place of a line that is not known: -1 is the line before that of the code object.
pub const NO_LINE: i32 = i32::MIN;

/// With lines counted from the first line of the code object.
fn relative(location: Location, first: i32) -> Location {
    let line = |line: i32| match line {
        -1 => NO_LINE,
        line => line.wrapping_sub(first),
    };
    Location {
        line: line(location.line),
        end_line: line(location.end_line),
        ..location
    }
}

fn distance(from: Location, to: Location) -> [i32; 4] {
    [
        to.line.wrapping_sub(from.line),
        to.end_line.wrapping_sub(from.end_line),
        to.col.wrapping_sub(from.col),
        to.end_col.wrapping_sub(from.end_col),
    ]
}
