//! Cases made up at random: options that make sense together or not.

use pycsmith_tests::dropin_cases::Case;

/// Each is taken or not.
const OPTIONS: &[&str] = &[
    "-l",
    "-f",
    "-q",
    "-qq",
    "-b",
    "-r 1",
    "-r 0",
    "-d dd",
    "-s pkg",
    "-s pkg/sub",
    "-p pre",
    "-p /pre/",
    "-x deep",
    "-x '(?<!s)ub/'",
    "-x '^odd/[^.]'",
    "-i list",
    "-i folders",
    "-o 0",
    "-o 1",
    "-o 2",
    "-o -1",
    "-e odd",
    "-e pkg",
    "--hardlink-dupes",
    "--invalidation-mode checked-hash",
    "--invalidation-mode unchecked-hash",
    "--invalidation-mode timestamp",
    "-j 1",
    "-j 2",
    "-fq",
    "-lb",
    "-z",
    "-o1 -o2",
];
/// Some of them, or none.
const PLACES: &[&str] = &[
    "pkg",
    "odd",
    "bad",
    "pkg/docs.py",
    "odd/script",
    "bad/return.py",
    "./pkg/",
    "pkg/sub",
    "nowhere",
    ".",
];
/// At most one.
const BEGINNINGS: &[&str] = &[
    "",
    "",
    "",
    "-O ",
    "-OO ",
    "PYTHONOPTIMIZE=2 ",
    "PYTHONPYCACHEPREFIX=pp ",
    "SOURCE_DATE_EPOCH=5 ",
];
/// What happens between two runs.
const CHANGES: &[&str] = &[
    "",
    "touch pkg/docs.py 1600000007 ; ",
    "write odd/a.b.py 'y = 3' ; ",
    "write bad/return.py 'x = 1' ; ",
    "link ../pkg/docs.py odd/linked.py ; ",
    "umask 077 ; ",
];

/// `count` of them.
pub fn cases(seed: u64, count: usize) -> Vec<Case> {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..count).map(|_| case(&mut chance)).collect()
}

fn case(chance: &mut Chance) -> Case {
    let first = command(chance);
    let text = match chance.below(3) {
        0 => first,
        _ => format!(
            "{first} ; {}{}",
            CHANGES[chance.below(CHANGES.len())],
            command(chance)
        ),
    };
    Case::new(&text)
}

fn command(chance: &mut Chance) -> String {
    let beginning = BEGINNINGS[chance.below(BEGINNINGS.len())];
    let mut text = format!("{beginning}compileall");
    for _ in 0..chance.below(6) {
        text.push(' ');
        text.push_str(OPTIONS[chance.below(OPTIONS.len())]);
    }
    // With nothing to look at, the interpreter's path would be.
    for _ in 0..=chance.below(3) {
        text.push(' ');
        text.push_str(PLACES[chance.below(PLACES.len())]);
    }
    text
}

/// Xorshift: the same cases for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end
    }
}
