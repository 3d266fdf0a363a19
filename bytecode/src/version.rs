//! Target versions and the feature table: the only place where versions are compared.

use std::fmt;
use std::str::FromStr;

use crate::opcode::{OpcodeTable, table};

/// A CPython release, always with its patch level: `--target 3.14` means the newest verified one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    pub minor: u8,
    pub patch: u8,
}

/// A minor version that can be a target.
struct Series {
    minor: u8,
    /// The patch releases that our output is verified against, oldest first.
    verified: &'static [u8],
    /// Whether the compiler is finished for it: its output has been compared with CPython's.
    finished: bool,
}

/// Oldest first.
const SERIES: &[Series] = &[
    Series {
        minor: 11,
        verified: &[2, 7],
        finished: true,
    },
    Series {
        minor: 12,
        verified: &[1, 7],
        finished: true,
    },
    Series {
        minor: 13,
        verified: &[0, 18],
        finished: true,
    },
    Series {
        minor: 14,
        verified: &[2, 10],
        finished: true,
    },
    Series {
        minor: 15,
        verified: &[2],
        finished: true,
    },
];

/// Magic numbers of the final releases, 3.6 to 3.15: the first two bytes of a `.pyc` file, little-endian
/// (`Include/internal/pycore_magic_number.h`, before 3.14 `Lib/importlib/_bootstrap_external.py`).
const MAGIC_NUMBERS: &[(u8, u16)] = &[
    (6, 3379),
    (7, 3394),
    (8, 3413),
    (9, 3425),
    (10, 3439),
    (11, 3495),
    (12, 3531),
    (13, 3571),
    (14, 3627),
    (15, 3666),
];

impl Series {
    fn newest(&self) -> Target {
        Target {
            minor: self.minor,
            patch: self.verified.last().copied().unwrap_or(0),
        }
    }
}

impl Target {
    /// CPython 3.14.10, the newest verified 3.14.
    pub const PY314: Target = Target {
        minor: 14,
        patch: 10,
    };

    /// The newest verified release of 3.`minor`.
    pub fn newest(minor: u8) -> Option<Target> {
        let series = SERIES.iter().find(|series| series.minor == minor)?;
        Some(series.newest())
    }

    /// All releases of 3.`minor` that our output is verified against, newest first.
    pub fn verified(minor: u8) -> impl Iterator<Item = Target> {
        SERIES
            .iter()
            .filter(move |series| series.minor == minor)
            .flat_map(|series| series.verified.iter().rev())
            .map(move |&patch| Target { minor, patch })
    }

    /// All minor versions, each in its newest verified release, oldest first.
    pub fn all() -> impl Iterator<Item = Target> {
        SERIES.iter().map(Series::newest)
    }

    /// Whether the compiler is finished for this release's series. The others can be read and listed.
    pub fn is_finished(self) -> bool {
        SERIES
            .iter()
            .any(|series| series.minor == self.minor && series.finished)
    }

    /// This release, or the newest verified one of its series if that is older: patch releases seldom change what is
    /// compiled, so it is the best guess for those that nobody has looked at yet.
    pub fn or_newest_verified(self) -> Target {
        Target::newest(self.minor).map_or(self, |newest| self.min(newest))
    }

    /// The older releases of the series, newest first; of those that behave alike in every respect, only the newest.
    pub fn older_releases(self) -> impl Iterator<Item = Target> {
        let release = move |patch| Target { patch, ..self };
        (0..self.patch)
            .rev()
            .map(release)
            .filter(move |older| older.features() != release(older.patch + 1).features())
    }

    /// The opcodes of this version.
    pub fn opcodes(self) -> &'static OpcodeTable {
        table(self.minor)
            .or_else(|| table(Target::PY314.minor))
            .expect("3.14 has a table")
    }

    /// `importlib.util.MAGIC_NUMBER` as a number; the file has it little-endian, followed by `\r\n`.
    pub fn magic_number(self) -> u16 {
        MAGIC_NUMBERS
            .iter()
            .find(|(minor, _)| *minor == self.minor)
            .map_or(0, |(_, magic)| *magic)
    }

    /// The minor version (6 for 3.6) whose final releases write this magic number.
    pub fn minor_of_magic(magic: u16) -> Option<u8> {
        MAGIC_NUMBERS
            .iter()
            .find(|(_, number)| *number == magic)
            .map(|(minor, _)| *minor)
    }

    /// The newest verified target that writes this magic number.
    pub fn from_magic(magic: u16) -> Option<Target> {
        Target::newest(Target::minor_of_magic(magic)?)
    }

    /// `sys.implementation.cache_tag`: `cpython-314`.
    pub fn cache_tag(self) -> String {
        format!("cpython-3{}", self.minor)
    }

    /// Of a table by release, oldest first: the entry for the newest that is not newer than this one, within the series;
    /// failing that the series' first.
    pub fn nearest<T>(self, table: &[(Target, T)]) -> Option<&T> {
        let series = || {
            table
                .iter()
                .filter(|(release, _)| release.minor == self.minor)
        };
        series()
            .filter(|(release, _)| release.patch <= self.patch)
            .last()
            .or_else(|| series().next())
            .map(|(_, entry)| entry)
    }

    /// The minor version alone: `3.14`.
    pub fn series(self) -> String {
        format!("3.{}", self.minor)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}.{}", self.minor, self.patch)
    }
}

/// Why a text is no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTargetError {
    text: String,
}

impl fmt::Display for ParseTargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown target {:?}: expected one of", self.text)?;
        for (index, series) in SERIES.iter().enumerate() {
            write!(
                f,
                "{} 3.{}",
                if index == 0 { "" } else { "," },
                series.minor
            )?;
        }
        f.write_str(", or a patch release of one")
    }
}

impl std::error::Error for ParseTargetError {}

impl FromStr for Target {
    type Err = ParseTargetError;

    /// `3.14` (the newest verified release) or `3.14.2`.
    fn from_str(text: &str) -> Result<Target, ParseTargetError> {
        let error = || ParseTargetError {
            text: text.to_owned(),
        };
        let number = |text: &str| match text.as_bytes() {
            [b'0', _, ..] | [b'+', ..] => None,
            _ => text.parse::<u8>().ok(),
        };
        let mut parts = text.split('.');
        if parts.next() != Some("3") {
            return Err(error());
        }
        let minor = parts.next().and_then(number).ok_or_else(error)?;
        let newest = Target::newest(minor).ok_or_else(error)?;
        let patch = match parts.next() {
            Some(patch) => number(patch).ok_or_else(error)?,
            None => newest.patch,
        };
        if parts.next().is_some() {
            return Err(error());
        }
        Ok(Target { minor, patch })
    }
}

/// Which releases show a behaviour.
#[derive(Clone, Copy)]
enum Since {
    /// From this release on.
    From(u8, u8),
    /// Up to and including all releases of this minor version.
    UpTo(u8),
    /// All releases from the first of these minor versions to the second.
    Between(u8, u8),
    /// From these releases on, each in its own series, and all series behind the last.
    Patched(&'static [(u8, u8)]),
    /// From this release on, up to and including all releases of this minor version.
    Within((u8, u8), u8),
    /// From one release to another, both included.
    Releases((u8, u8), (u8, u8)),
}

impl Since {
    #[inline]
    fn includes(self, target: Target) -> bool {
        match self {
            Since::From(minor, patch) => (target.minor, target.patch) >= (minor, patch),
            Since::UpTo(minor) => target.minor <= minor,
            Since::Between(first, last) => (first..=last).contains(&target.minor),
            Since::Patched(firsts) => firsts.iter().enumerate().any(|(index, &(minor, patch))| {
                target.minor == minor && target.patch >= patch
                    || index + 1 == firsts.len() && target.minor > minor
            }),
            Since::Within(first, last) => {
                (target.minor, target.patch) >= first && target.minor <= last
            }
            Since::Releases(first, last) => (first..=last).contains(&(target.minor, target.patch)),
        }
    }
}

/// One row a behaviour: its documentation, its name, and the releases that have it.
macro_rules! features {
    ($($(#[doc = $doc:literal])+ $name:ident: $since:expr;)+) => {
        impl Target {
            $($(#[doc = $doc])+ #[inline] pub fn $name(self) -> bool { $since.includes(self) })+

            /// The feature table: each behaviour's name and whether this release has it.
            pub fn features(self) -> Vec<(&'static str, bool)> {
                vec![$((stringify!($name), self.$name())),+]
            }
        }
    };
}

features! {
    // Grammar.
    /// The whole text must be UTF-8; before, comments could have any bytes.
    decodes_comments: Since::From(14, 0);
    /// Replacement fields of f-strings are parsed as other code is (PEP 701).
    parses_fields_as_code: Since::From(12, 0);
    /// Type parameters may have defaults (PEP 696).
    type_parameter_defaults: Since::From(13, 0);
    /// Template strings (PEP 750).
    template_strings: Since::From(14, 0);
    /// `except A, B:` (PEP 758).
    except_without_parentheses: Since::From(14, 0);
    /// In text of fields, for `=` and templates, `#` within a string does not begin a comment.
    sees_strings_in_field_text: Since::From(13, 1);
    /// While comments are taken out of it, a quote behind a backslash does not end a string (not in 3.14.2, seen in 3.14.10).
    sees_escapes_in_field_text: Since::Patched(&[(13, 1), (14, 3)]);
    /// Escapes in the text of a field with `=` are decoded.
    decodes_field_text: Since::Releases((12, 0), (13, 0));
    /// Escapes of format specifications are decoded in raw f-strings too.
    decodes_raw_format_specs: Since::Releases((12, 0), (13, 0));
    /// In a single-quoted f-string a line end ends a format specification; later it is an error.
    ends_format_specs_with_lines: Since::Releases((12, 0), (13, 0));
    /// Tokens side by side of a format specification become one constant (not in 3.12.1, seen in 3.12.7).
    concatenates_format_specs: Since::From(12, 2);
    /// Empty constants are dropped before the others of a format specification are counted.
    drops_empty_format_specs: Since::From(13, 0);
    /// A format specification of several constants starts at its colon.
    locates_format_specs_at_colons: Since::From(14, 0);
    /// The text of a field ends at its first `!=` (not in 3.13.18).
    ends_field_text_at_unequal: Since::Releases((12, 0), (13, 0));
    /// The text of a field ends at its last `!=` if a format specification follows (in 3.14.2, not in 3.14.10).
    ends_field_text_at_unequal_before_specs: Since::Releases((14, 0), (14, 2));
    /// The text of an interpolation has the blanks at its end (not in 3.14.2, seen in 3.14.10).
    keeps_blanks_of_interpolations: Since::From(14, 3);
    /// Importing `barry_as_FLUFL` changes the operators of what follows (PEP 401); before, a compiler flag was needed
    /// (absent in 3.13.0, seen in 3.13.18).
    imports_change_operators: Since::From(13, 1);
    /// An identifier that only its normalisation makes `None`, `True` or `False` is refused (absent in 3.13.0, seen in
    /// 3.13.18).
    refuses_names_of_constants: Since::From(13, 1);
    /// `lazy import` (PEP 810).
    lazy_imports: Since::From(15, 0);
    /// `[*x for x in y]`, `{**x for x in y}` (PEP 798).
    unpacks_in_comprehensions: Since::From(15, 0);
    /// Numbers in patterns may have a plus sign.
    plus_signs_in_patterns: Since::From(15, 0);

    // `ast.dump`.
    /// Shows empty lists unasked.
    dumps_empty_lists: Since::UpTo(12);
    /// Shows `Load()`.
    dumps_load_contexts: Since::UpTo(14);

    // `dis` and `repr`.
    /// `hash(None)` is a number for good; before, it is the object's address (gh-99540).
    none_has_a_hash: Since::From(12, 0);
    /// Jumps and handlers name labels, offsets are shown on request, and code without a line is marked (gh-112962).
    dis_has_labels: Since::From(13, 0);
    /// `python -m dis` has the options `--show-caches` and `--show-offsets`.
    dis_shows_caches: Since::From(13, 0);
    /// And `--show-positions` and `--specialized`.
    dis_shows_positions: Since::From(14, 0);
    /// That a null (or the instance) is loaded with a name is told behind the name; before, ahead of it.
    dis_names_null_last: Since::From(13, 0);
    /// The names of `KW_NAMES` are shown.
    dis_shows_keyword_names: Since::From(12, 0);
    /// `IS_OP` and `CONTAINS_OP` are explained.
    dis_explains_tests: Since::From(14, 0);

    // `py_compile`, `compileall`, and what they print.
    /// `compileall -s` takes a prefix off, or says that it is none; before, it takes off whatever parts agree.
    strips_prefixes_only: Since::From(13, 0);
    /// `re` calls what is wrong with an expression `PatternError`; before, `error`.
    has_pattern_errors: Since::From(13, 0);
    /// Help of `compileall` has code in backticks.
    help_marks_code: Since::From(15, 0);
    /// `argparse` reads arguments in turn: an ambiguous one is an error when it is reached, and a letter of a cluster that is no
    /// option is told with what else is not recognized. Before, it looks at all of them first.
    argparse_reads_in_turn: Since::From(13, 0);
    /// `argparse` shows an option's value once for all its names.
    argparse_shows_value_once: Since::From(13, 0);
    /// `argparse` tells a negative number by its first digit.
    argparse_looks_at_first_digit: Since::From(14, 0);
    /// `argparse` calls a module that is run `python3.14 -m NAME`; before, `NAME.py`.
    argparse_names_modules: Since::From(14, 0);
    /// `argparse` says what a mistyped choice may have meant.
    argparse_suggests: Since::From(15, 0);
    /// Tracebacks underline a syntax error to the end of its first line, and not beyond the line.
    carets_end_with_line: Since::From(13, 0);
    /// Tracebacks count the columns that wide characters take.
    carets_count_columns: Since::From(15, 0);

    // Code objects and marshal.
    /// Slices of constants are constants, and marshal has a type for them (version 5, gh-120080).
    marshals_slices: Since::From(14, 0);
    /// Strings of one character and the names that the compiler gives (`<module>`) are interned from the start (gh-113993).
    interns_static_strings: Since::From(12, 7);
    /// Code objects intern their file name, name and qualified name (gh-113993).
    interns_qualnames: Since::From(13, 0);
    /// Marshal holds each member of a set while it finds out the members' order, and so flags them all (gh-112069).
    holds_members_to_sort: Since::From(13, 0);
    /// What compiles a file (`py_compile`, the import system) has a second reference to the code object while marshal writes it.
    holds_outermost_code: Since::UpTo(14);
    /// Integers up to 1024 instead of 256 are immortal (gh-133059).
    small_ints_to_1024: Since::From(15, 0);
    /// `co_flags` tells whether a function has a docstring (`CO_HAS_DOCSTRING`, gh-126072).
    flags_docstrings: Since::From(14, 0);
    /// `co_flags` marks methods of classes (`CO_METHOD`, gh-127960).
    flags_methods: Since::From(14, 0);
    /// `co_localspluskinds` tells positional, keyword and variadic parameters apart (gh-130914).
    marks_parameter_kinds: Since::From(14, 0);

    // Code generation.
    /// `LOAD_SPECIAL` looks up `__enter__` and `__exit__` (gh-120507); before, `BEFORE_WITH` does both.
    loads_special_methods: Since::From(14, 0);
    /// Code generation lays blocks out itself; later releases find them in an instruction sequence (gh-87092).
    generates_blocks: Since::UpTo(11);
    /// Code generation has a current location, which a statement leaves behind for what follows it (`u_lineno`); later
    /// releases give each instruction its own.
    has_current_location: Since::UpTo(11);
    /// `assert` raises at its test (absent in 3.12.1, seen in 3.12.7).
    raises_at_assertion: Since::From(12, 2);
    /// What follows the body of a `case` has no line (absent in 3.11.2, seen in 3.11.7).
    leaves_cases_without_line: Since::From(11, 3);
    /// The code of an `except*` handler that matches follows its test (absent in 3.11.2, seen in 3.11.7).
    falls_into_matching_handler: Since::From(11, 3);
    /// A jump that depends on a value has the location of the value; before, that of the construct.
    jumps_at_tested_value: Since::From(12, 0);
    /// Jumps over the other branch do not check for signals (`JUMP_NO_INTERRUPT`).
    skips_without_interrupt: Since::From(13, 0);
    /// Tests convert to a bool first (`TO_BOOL`, gh-106008).
    converts_to_bool: Since::From(13, 0);
    /// `and` and `or` have real jumps that keep the value (`JUMP_IF_FALSE_OR_POP`).
    jumps_if_or_pop: Since::UpTo(11);
    /// Rare operations are numbered functions (`CALL_INTRINSIC_1`, gh-99005); before, they are instructions.
    has_intrinsics: Since::From(12, 0);
    /// The operations of a `with` are located at its context expression; before, at the statement.
    locates_with_at_context: Since::From(12, 2);
    /// Those of a comprehension's loop are located at what it iterates over; before, at the comprehension (seen in 3.12.7, not in 3.12.1).
    locates_comprehension_at_iterable: Since::From(12, 2);
    /// A `for` loop's iterator and steps are located at what it iterates over, and a `NOP` marks its target; before, at the
    /// statement.
    locates_loop_at_iterable: Since::From(12, 2);
    /// What evaluates a type parameter's bound is located at the bound; before, at the parameter.
    locates_bounds: Since::From(13, 0);
    /// The handler of `StopIteration` is one of the blocks that are open in a generator's body (absent in 3.12.1, seen in
    /// 3.12.7).
    counts_stop_iteration_handler: Since::From(12, 2);
    /// A generic class's name mangles private names in the class only; before, in what follows it too (absent in 3.12.1, seen in
    /// 3.12.7).
    mangles_in_generic_class_only: Since::From(12, 2);
    /// `from .__future__ import` is a `__future__` import too.
    relative_future_imports: Since::UpTo(12);
    /// The symbol table visits the `else` of a `try` behind the handlers; before, ahead of them.
    visits_orelse_after_handlers: Since::From(13, 0);
    /// Scopes for annotations may hold lambdas and comprehensions even in classes (gh-109118).
    nests_scopes_in_annotations: Since::From(13, 0);
    /// A lambda returns at its body; before, at the beginning of its first line (seen in 3.12.7, not in 3.12.1).
    returns_at_lambda_body: Since::From(12, 2);
    /// A generator's first `POP_TOP` has the line of the definition.
    locates_generator_start: Since::From(13, 0);
    /// `PRECALL` stands before `CALL`.
    precalls: Since::UpTo(11);
    /// `KW_NAMES` before `CALL` names keywords; later, `CALL_KW` takes the names from the stack.
    names_keywords_ahead: Since::UpTo(12);
    /// The null of a call stands below the callable; later, above it.
    pushes_null_first: Since::UpTo(12);
    /// Methods are loaded by `LOAD_METHOD`; later, by a bit of `LOAD_ATTR`'s operand (gh-93429).
    loads_methods: Since::UpTo(11);
    /// Attributes of `super()` are loaded without making the object (`LOAD_SUPER_ATTR`, gh-103497).
    loads_super_attributes: Since::From(12, 0);
    /// A code object's stack has one slot at least.
    has_a_stack_slot: Since::From(13, 0);
    /// Docstrings lose their indentation (gh-81283).
    cleans_docstrings: Since::From(13, 0);
    /// `MAKE_FUNCTION`'s operand tells what is on the stack; later, `SET_FUNCTION_ATTRIBUTE` follows (gh-112720).
    makes_functions_by_flags: Since::UpTo(12);
    /// `FORMAT_VALUE` converts and formats; later, an instruction each.
    formats_by_flags: Since::UpTo(12);
    /// An f-string without parts is built; later, a constant.
    builds_empty_strings: Since::UpTo(12);
    /// Slices without step are two values (`BINARY_SLICE`, gh-98831).
    slices_in_two_parts: Since::From(12, 0);
    /// An exception thrown into `yield from` goes through `CLEANUP_THROW` (gh-98393).
    cleans_up_throws: Since::From(12, 0);
    /// One more block may be open in a unit (`CO_MAXBLOCKS`; absent in 3.12.1, seen in 3.12.7).
    opens_one_more_block: Since::From(12, 2);
    /// A generator turns `StopIteration` into `RuntimeError` itself (gh-100762).
    handles_stop_iteration: Since::From(12, 0);
    /// A class's free variables may be shadowed by its names (`LOAD_CLASSDEREF`; later `LOAD_FROM_DICT_OR_DEREF`).
    loads_class_derefs: Since::UpTo(11);
    /// `COMPARE_OP` keeps a mask of outcomes below the comparison's number (gh-90997).
    masks_comparisons: Since::From(12, 0);
    /// And a bit that asks for a real bool (gh-101346).
    comparisons_to_bool: Since::From(13, 0);
    /// A private target of an assignment expression in a comprehension is looked up by its mangled name (absent in
    /// 3.12.1, seen in 3.12.7).
    mangles_named_targets: Since::From(12, 2);
    /// Comprehensions are inlined into the scope around them (PEP 709).
    inlines_comprehensions: Since::From(12, 0);
    /// Annotated assignments in a `case` have a place for annotations made (absent in 3.11.2, seen in 3.11.7).
    finds_annotations_in_cases: Since::From(11, 3);
    /// Annotations are evaluated by a function on demand (PEP 649, PEP 749).
    defers_annotations: Since::From(14, 0);
    /// A function's annotations are evaluated in the order of its parameters; earlier positional-only ones come after those
    /// that are not.
    annotates_in_order: Since::From(15, 0);
    /// The qualified name of a function's `__annotate__` has the function's name in it.
    qualifies_annotate_functions: Since::From(15, 0);
    /// Type parameters and `type` statements (PEP 695).
    type_parameters: Since::From(12, 0);
    /// Classes get `__static_attributes__` (gh-115775).
    static_attributes: Since::From(13, 0);
    /// Classes get `__firstlineno__` (gh-118465).
    class_first_line: Since::From(13, 0);
    /// An iterator takes two places on the stack: itself and an index or null. `GET_ITER` pushes both, and `SEND` looks
    /// below both (gh-132554).
    iterators_take_two_slots: Since::From(15, 0);
    /// `yield from` asks for its iterator with an operand of `GET_ITER` instead of `GET_YIELD_FROM_ITER`.
    get_iter_for_yield_from: Since::From(15, 0);
    /// The code generator writes `RETURN_GENERATOR` where the generator is to be created, and generator expressions call
    /// `iter` or `aiter` before it; earlier it is inserted at the start of the unit behind the optimizer.
    generates_return_generator: Since::From(15, 0);
    /// `list` and `set` of a generator expression are loops, as `all`, `any` and `tuple` are.
    inlines_list_and_set_calls: Since::From(15, 0);

    /// A function's first constant is its docstring or `None`; later releases have no place for a docstring that is not
    /// there (gh-126072).
    first_constant_is_docstring: Since::UpTo(13);
    /// A docstring that level 2 drops is a statement as others are, with a line of its own.
    executes_dropped_docstrings: Since::UpTo(12);
    /// Level 2 takes docstrings out of the syntax tree; before, code generation passes over them.
    removes_docstrings_from_ast: Since::From(14, 0);
    /// The test of a `while` stands a second time, at the end of the loop.
    repeats_loop_tests: Since::UpTo(13);
    /// A dictionary's constant keys are loaded as one tuple (`BUILD_CONST_KEY_MAP`).
    builds_const_key_maps: Since::UpTo(13);
    /// Exceptions that code raises by itself are loaded by `LOAD_COMMON_CONSTANT`; before, `LOAD_ASSERTION_ERROR`.
    loads_common_constants: Since::From(14, 0);
    /// Subscripts are a `BINARY_OP`; before, `BINARY_SUBSCR` (gh-100239).
    subscripts_by_binary_op: Since::From(14, 0);
    /// `CALL_FUNCTION_EX` finds null where there are no keywords; before, its operand tells.
    calls_ex_with_null: Since::From(14, 0);
    /// The subject of a `match` is dropped at the location of the case's body; before, at that of its pattern.
    pops_subject_at_body: Since::From(14, 0);
    /// An inlined comprehension's view of names replaces that around it for all names; before, only for its own variables, and
    /// in class bodies (gh-119666; absent in 3.12.1, seen in 3.12.7).
    comprehension_scopes_replace_all: Since::From(12, 2);
    /// An inlined comprehension in a class body isolates all names that it mentions; later releases, its own.
    isolates_all_names_in_class: Since::UpTo(13);
    /// A comprehension inlined in a class body does not find `__classdict__` and `__conditional_annotations__` in the class
    /// either, as it does not find `__class__` (absent in 3.13.0 and 3.14.2, seen in 3.13.18 and 3.14.10); other releases
    /// fail where it mentions them.
    hides_class_cells_from_comprehensions: Since::Patched(&[(13, 1), (14, 3)]);
    /// Functions inside such a comprehension do find them (absent in 3.14.2, seen in 3.14.10); before, they fail.
    passes_class_cells_on: Since::From(14, 3);
    /// Names of decorators come before those of annotations and bases.
    visits_decorators_first: Since::From(12, 0);
    /// A class notes of every name that it passes on to inner scopes that it does, not only of those that it binds or declares.
    notes_free_names_of_classes: Since::From(12, 0);
    /// A use in an inlined comprehension is a use of the block around it (absent in 3.14.2, seen in 3.14.10).
    uses_names_of_comprehensions: Since::From(14, 3);
    /// An inlined comprehension counts as an open block (absent in 3.13.0 and 3.14.2, seen in 3.13.18 and 3.14.10).
    counts_comprehensions_as_blocks: Since::Patched(&[(13, 1), (14, 3)]);
    /// `__classdict__` cannot be the name of a type parameter (absent in 3.13.0, seen in 3.13.18 and 3.14.2).
    reserves_classdict: Since::Patched(&[(13, 1), (14, 0)]);
    /// `all`, `any` and `tuple` of a generator expression become loops (gh-131738).
    loops_over_generators: Since::From(14, 0);
    /// `and`, `or` and their like are pseudo-instructions that keep the value (`JUMP_IF_FALSE`, gh-124285).
    jumps_if_keeping: Since::From(14, 0);
    /// Generator expressions and inlined comprehensions ask for the iterator again where their loop begins (absent in
    /// 3.13.0, seen in 3.13.18; gh-125038).
    iterates_in_comprehension: Since::Within((13, 1), 13);

    // Optimizer.
    /// A constant is returned by one instruction (`RETURN_CONST`, gh-101632).
    returns_constants: Since::Between(12, 13);
    /// The way not taken of a branch is marked (`NOT_TAKEN`, gh-122548).
    marks_not_taken: Since::From(14, 0);
    /// Constants are folded on the syntax tree; later releases do it on the control-flow graph (gh-126835).
    folds_on_ast: Since::UpTo(13);
    /// `~True` is folded; later releases leave it to run time, for the warning (gh-103487).
    folds_inverted_bools: Since::UpTo(13);
    /// `1 - 2j` does not make `1` complex first (gh-69639).
    mixes_real_and_complex: Since::From(14, 0);
    /// Infinities lost in complex products and quotients are recovered (gh-119372, gh-120010).
    recovers_complex_infinities: Since::From(14, 0);
    /// A complex power multiplies by `exp(-x)` instead of dividing by `exp(x)`.
    complex_power_negates_exponent: Since::From(13, 0);
    /// Small integers are loaded without `co_consts` (`LOAD_SMALL_INT`, gh-101632).
    loads_small_ints: Since::From(14, 0);
    /// `all`, `any` and `tuple` of an asynchronous generator expression are calls; releases before replace them by a loop, which
    /// fails at run time (seen in 3.14.2, not in 3.14.10).
    leaves_async_generators_to_builtins: Since::From(14, 3);
    /// A long display of constants, built by appends, is folded where it is iterated over or searched (absent in
    /// 3.14.2, seen in 3.14.10).
    folds_appended_constants: Since::From(14, 3);
    /// `None`, `True`, `False`, `''` and -1 are loaded without `co_consts` (`LOAD_COMMON_CONSTANT`).
    loads_common_literals: Since::From(15, 0);
    /// Locals are borrowed where that is safe (`LOAD_FAST_BORROW`, gh-130704).
    borrows_fast_locals: Since::From(14, 0);
    /// The search for loads that can borrow ascribes values to the instruction that pushes them above what it keeps on
    /// the stack, not to the first ones of the block.
    ascribes_new_references: Since::From(15, 0);
    /// The search for loads that can borrow goes on behind empty blocks.
    borrows_behind_empty_blocks: Since::From(15, 0);
    /// A jump that replaces another, and a `NOT_TAKEN`, have the exception handler of the jump that was there.
    protects_appended_jumps: Since::From(15, 0);
    /// Two loads or stores of locals become one instruction.
    fuses_load_fast: Since::From(13, 0);
    /// `YIELD_VALUE` knows how many handlers are open around it (gh-100719).
    yields_know_depth: Since::Between(12, 12);
    /// Pushes and pops of blocks stay in the graph until stack depths are known.
    keeps_block_ops: Since::UpTo(12);
    /// A block starts at each label, not only at those that are jumped to.
    starts_blocks_at_all_labels: Since::UpTo(12);
    /// Passes go over the graph once, and conditional jumps are threaded to jumps without a line only.
    optimizes_in_one_round: Since::Between(12, 12);
    /// An exit without a line may be a block that lets signals in, not only one that leaves the unit.
    copies_eval_checks: Since::From(13, 0);
    /// `RESUME` behind a `yield` knows whether a handler is open around it (gh-111375).
    marks_resume_depth: Since::From(13, 0);
    /// A generator starts with a value on the stack; later releases count it where it comes from.
    generators_start_with_value: Since::UpTo(12);
    /// Stores to one local are not exchanged to save a swap (gh-104615; absent in 3.11.2, seen in 3.11.7).
    keeps_order_of_stores: Since::From(11, 4);
    /// The sizes of jumps are first those that the number of the instruction jumped to would need.
    sizes_jumps_from_places: Since::From(13, 0);
    /// The sizes of jumps are first those that the number of the label would need.
    sizes_jumps_from_labels: Since::Between(12, 12);
    /// Neighbours of one location share an entry of the location table.
    merges_locations: Since::From(12, 0);
    /// `END_ASYNC_FOR` keeps the distance to the `SEND` of its loop (gh-128002).
    end_async_for_knows_send: Since::From(14, 0);
}

/// What stands at the end of a `for` loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForLoopEnd {
    /// `END_FOR` alone, which pops the iterator too (3.12).
    EndFor,
    /// `END_FOR` and `POP_TOP` (3.13, gh-116442).
    PopTop,
    /// `END_FOR` and `POP_ITER` (from 3.14 on).
    PopIter,
}

/// Major and minor number of a version of Unicode.
pub type UnicodeVersion = (u8, u8);

impl Target {
    /// How many levels of nested nodes the compiler of this release takes, if it counts them; others look at the C
    /// stack. The calls that led to the compiler count as well, those of `python -m py_compile` here.
    pub fn compiler_recursion_limit(self) -> Option<u32> {
        match self.minor {
            ..=11 => Some(3_000 - 3 * 7),
            12 => Some(3_000 - 4),
            13 => Some(10_000 - 2),
            14.. => None,
        }
    }

    /// `unicodedata.unidata_version`.
    pub fn unicode_version(self) -> UnicodeVersion {
        match self.minor {
            ..=11 => (14, 0),
            12 => (15, 0),
            13 => (15, 1),
            14 => (16, 0),
            15.. => (17, 0),
        }
    }

    /// How `for` loops end.
    pub fn for_loop_end(self) -> ForLoopEnd {
        match self.minor {
            ..=12 => ForLoopEnd::EndFor,
            13 => ForLoopEnd::PopTop,
            14.. => ForLoopEnd::PopIter,
        }
    }

    /// How deep statements and expressions may nest before CPython gives up (`C_RECURSION_LIMIT`, and 3000 for 3.11), less
    /// what a caller that does nothing else has used already. Later releases look at the stack itself.
    pub fn max_nesting(self) -> u32 {
        match self.minor {
            ..=11 => 2991,
            12 => 2996,
            13 => 9998,
            14.. => u32::MAX,
        }
    }

    /// Bits of `COMPARE_OP`'s operand below the comparison's number.
    pub fn comparison_flag_bits(self) -> u32 {
        if self.masks_comparisons() {
            4 + u32::from(self.comparisons_to_bool())
        } else {
            0
        }
    }

    /// Marks a `RESUME` behind a `yield` or `await` with one open handler (`RESUME_OPARG_DEPTH1_MASK`). One more place for a
    /// `RESUME` takes one more bit.
    pub fn resume_depth1_mask(self) -> Option<u32> {
        let mask = if self.generates_return_generator() {
            8
        } else {
            4
        };
        self.marks_resume_depth().then_some(mask)
    }

    /// Integers that exist once in the interpreter (`_PY_NSMALLNEGINTS`, `_PY_NSMALLPOSINTS`).
    pub fn small_ints(self) -> std::ops::RangeInclusive<i64> {
        if self.small_ints_to_1024() {
            -5..=1024
        } else {
            -5..=256
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_prints() {
        assert_eq!("3.14".parse(), Ok(Target::PY314));
        assert_eq!(
            "3.14.2".parse(),
            Ok(Target {
                minor: 14,
                patch: 2
            })
        );
        assert_eq!(Target::PY314.to_string(), "3.14.10");
        assert_eq!(Target::PY314.cache_tag(), "cpython-314");
        for bad in [
            "", "3", "3.", "3.10", "3.16", "2.14", "3.14.", "3.14.x", "3.14.1.1", "3.014",
            "3.14.256", "3.+14",
        ] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
        let error = "3.2".parse::<Target>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown target \"3.2\": expected one of 3.11, 3.12, 3.13, 3.14, 3.15, or a patch release of one"
        );
    }

    #[test]
    fn releases_nobody_has_looked_at_are_as_the_newest_verified() {
        let of = |text: &str| text.parse::<Target>().unwrap().or_newest_verified();
        assert_eq!(of("3.14.255"), Target::PY314);
        assert_eq!(of("3.14.2").to_string(), "3.14.2");
    }

    #[test]
    fn every_target_has_a_table_and_a_magic_number() {
        for target in Target::all() {
            assert!(table(target.minor).is_some(), "{target}");
            assert_eq!(Target::from_magic(target.magic_number()), Some(target));
        }
        assert_eq!(Target::from_magic(3379), None);
        assert_eq!(Target::minor_of_magic(3379), Some(6));
    }

    #[test]
    fn features_by_release() {
        let old = Target {
            minor: 11,
            patch: 7,
        };
        assert!(old.folds_on_ast() && !old.inlines_comprehensions());
        assert!(!Target::PY314.folds_on_ast() && Target::PY314.inlines_comprehensions());
        assert_eq!(old.features().len(), Target::PY314.features().len());
    }
}
