//! Our own parser against the other one: equal trees, positions and all, and nothing accepted that is wrong.

use std::path::{Path, PathBuf};

use bumpalo::Bump;
use proptest::prelude::*;
use pycsmith_bytecode::Target;
use pycsmith_parser::dump::{DumpOptions, dump};
use pycsmith_parser::{Interner, parse_both_ways};

/// Whether our own parser knows the source; if so, both trees are the same.
fn is_known(source: &str) -> bool {
    is_known_to(Target::PY314, source)
}

fn is_known_to(target: Target, source: &str) -> bool {
    let (arena, mut names) = (Bump::new(), Interner::new());
    let Some((Some(ours), other)) = parse_both_ways(source.as_bytes(), &arena, &mut names, target)
    else {
        return false;
    };
    let other = other.unwrap_or_else(|| panic!("only we accept {source:?} for {target}"));
    let options = DumpOptions::of_target(target);
    assert_eq!(
        dump(ours, &names, options),
        dump(other, &names, options),
        "{source:?}"
    );
    true
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
}

fn programs() -> Vec<String> {
    let mut files = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/python");
    collect(&folder, &mut files);
    files.sort();
    files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .collect()
}

/// Of the programs only some are for old targets.
#[test]
fn programs_have_the_same_trees() {
    let programs = programs();
    for target in Target::all() {
        let known = programs
            .iter()
            .filter(|source| is_known_to(target, source))
            .count();
        assert!(known * 2 > programs.len(), "{known} of {}", programs.len());
    }
}

/// Each with the first minor version that has it.
#[test]
fn syntax_by_target() {
    for (first, source) in [
        (12, "type X = int"),
        (12, "def f[T](): pass"),
        (12, "class C[*T, **P]: pass"),
        (12, "f'{'a'}'"),
        (12, r#"f'{"\n"}'"#),
        (12, "f'{a\n}'"),
        (12, "f'''{a # b\n}'''"),
        (12, "f'{a:{b:{c}}}'"),
        (12, "f'{a!r }'"),
        (13, "type X[T = int] = T"),
        (13, "class C[*T = *U]: pass"),
        (14, "t'{a}'"),
        (14, "try: pass\nexcept a, b: pass"),
        (14, "try: pass\nexcept* a, b: pass"),
        (15, "lazy import a"),
        (15, "lazy from a import b"),
        (15, "[*a for a in b]"),
        (15, "{*a for a in b}"),
        (15, "{**a for a in b}"),
        (15, "(*a for a in b)"),
        (15, "f(*a for a in b)"),
    ] {
        for target in Target::all() {
            assert_eq!(
                is_known_to(target, source),
                target.minor >= first,
                "{source:?} for {target}"
            );
        }
    }
}

/// Each line alone, and with what is around it taken away, is mostly wrong.
#[test]
fn fragments_have_the_same_trees() {
    for program in programs() {
        for line in program.lines() {
            let line = line.trim_start();
            is_known(line);
            let cuts = [line.len() / 3, line.len() / 2, line.len() * 2 / 3];
            for cut in cuts.into_iter().filter(|&cut| line.is_char_boundary(cut)) {
                is_known(&line[..cut]);
                is_known(&line[cut..]);
            }
        }
    }
}

#[test]
fn common_code_is_known() {
    for source in [
        "",
        "x",
        "# no line end",
        "'a\\\n#b' % x",
        "x in'' or'a' if'b' else'c' is\"d\"",
        "x \\\n# no line end",
        "if x:\n    pass\n  # comment\nelse: pass; y",
        "def f(a, /, b: int = 1, *args: x, c, d=2, **kwargs) -> y: return lambda *, z=1: z",
        "with (a as b, c as (d, e),): pass\nwith (a, b) as c: pass\nwith (yield): pass",
        "f'{x!r:>{width}} {{}} {y=}' 'z' rf'\\{z:%H}' u'w'",
        "x = y, *z = *a, b\n(x): int = 1\nx.y += yield z",
        "async def f():\n async for x in y: await z\n async with a: [b async for c in d]\n",
        "x[a:b, ::c, d:=1]\n{**a, b: c}\n{x for x, in y if z if w}\nf(a, *b, c=d, *e, **g)",
        "try: pass\nexcept* a as b: pass\nelse: pass\nfinally: pass",
        "x = 0xFF, 1_000, 1e5, .5, 2j, 10 ** -x, not a in b is not c",
        "'''a\nb''' \"\\x41\\\n\"; b'\\0' rb'\\0'",
        "type X[T: int = str, *Ts = *y, **P = z] = T\ntype = type(x)\ntype[x]\ntype\ntype in x",
        "def f[T](x, *args: *T) -> y[*T]: pass\nclass C[T, U = V](z): pass",
        "match x, *y:\n case -1 | 'a' 'b' | None as z if w: pass\n case [a, *_, b], (c): pass\n case _: pass",
        "match (x):\n case a.b(c, d=e) | f(): pass\n case () | (b,) | [] | a._: pass\nmatch = match(x)\nmatch[x]: y",
        "match -x:\n case *a, 1.5: pass\nmatch - x\nmatch *a, b:\n case True: pass",
        "*a\n*a = 1\nfor *a in b: pass\nreturn *a\n(a.b): int\n(a[b]) += 1",
        "try: pass\nexcept: pass\nexcept a: pass\ntry: pass\nexcept a, b: pass",
        "type X[T = 1, U] = 2\nmatch x:\n case f'{a}': pass\n case {'a': b, a.c: -1 - 2j, None: _, **d}: pass",
        "ℌ = é.a . b\nimport a . b\nif x:\n\tpass\nelse:\n \ty\nt'a{b}' t'{c = }{d !r:{e}f}'",
        "x = 1if a else 2, 0_0, 1_0.0_1e1_0, 1.j, f'\\N{BULLET}{x:\\x41{y}}'",
        "del x, (y, [z]), w.v,\nfrom ... import a as b\nfrom .c.d import (e,)\nimport f.g as h",
    ] {
        assert!(is_known(source), "{source:?}");
    }
}

#[test]
fn wrong_code_is_left_to_the_other() {
    for source in [
        "f(a=1, b)",
        "f(**a, *b)",
        "f(**a, b)",
        "f(a for a in b, c)",
        "f(a for a in b,)",
        "class C(a for a in b): pass",
        "(*a)",
        "x = (*a)",
        "a, b += 1",
        "a, b: int",
        "[a]: int",
        "f() = 1",
        "x + 1 = 2",
        "(x := 1) = 2",
        "x := 1",
        "f(x.y := 1)",
        "f((x) = 1)",
        "del f()",
        "del *a",
        "del a + b",
        "def f(a=1, b): pass",
        "def f(*): pass",
        "def f(*, **k): pass",
        "def f(**k, a): pass",
        "def f(/, a): pass",
        "lambda (a): a",
        "{a: b, c}",
        "{a, b: c}",
        "{*a: b}",
        "{a := 1: b}",
        "[*a for a in b]",
        "x[a := 1:2]",
        "try: pass",
        "try: pass\nelse: pass",
        "try: pass\nexcept a: pass\nexcept* b: pass",
        "f'{lambda x: 1}'",
        "f'{a!x}'",
        "f'{a! r}'",
        "f'{}'",
        "f'{a'",
        "f'}'",
        "f'{a}}'",
        "b'é'",
        "b'a' 'b'",
        "'\\x4'",
        "'a",
        "x = 012",
        "x = 1__0",
        "x = 0x",
        "x = 1_",
        "1.__add__",
        "if x:\npass",
        "if x:\n    pass\n  pass",
        "  x",
        "x y",
        "x\n    y",
        "import a.b, ",
        "from a import (b, c",
        "from a import b,",
        "from . import",
        "from __future__ import barry_as_FLUFL\n1 <> 2",
        "1 <> 2",
        "a not b",
        "yield = 1",
        "x = yield = 1",
        "a if b",
        "a if b else lambda",
        "not",
        "await",
        "async x",
        "with a as f(): pass",
        "with (a as b): pass; with",
        "for x in y if z: pass",
        "print 1",
        "x = \\",
        "x ? y",
        "x $ y",
        "raise from a",
        "raise a from",
        "global a.b",
        "a = b: c",
        "a: b: c",
        "f'{a:{b:{c:{d}}}}'",
        "else: pass",
        "@a\nx = 1",
        "@a\nasync for x in y: pass",
        "None = 1",
        "f(None=1)",
        "x.None",
        "def None(): pass",
        "(a, b): int",
        "(yield) = 1",
        "type X = 1 = 2",
        "type X[] = 2",
        "type x.y = 2",
        "def f[*T: int](): pass",
        "x[*a:b]",
        "match x:\n case *a: pass",
        "match x:\n case (*a): pass",
        "match x:\n case a(b=c, d): pass",
        "match x:\n case 1 + 2: pass",
        "match x:\n case -a: pass",
        "match x:\n case a as _: pass",
        "match x:\n case a as b.c: pass",
        "match x:\n case a | *b: pass",
        "match x:\n case (1)(): pass",
        "match x:\n case a().b: pass",
        "match x:\n pass",
        "match x: case a: pass",
        "match:\n case a: pass",
        "match x:\n case _.a: pass",
        "match x:\n case _(): pass",
        "match *a:\n case b: pass",
        "x = )",
        "x = (]",
    ] {
        assert!(!is_known(source), "{source:?}");
    }
}

/// Very deep nests are the other's.
#[test]
fn deep_nests() {
    for (open, close) in nests() {
        let source = format!("{}a{}", open.repeat(190), close.repeat(190));
        assert!(is_known(&source), "{open} {close}");
        let source = format!("{}a{}", open.repeat(30_000), close.repeat(30_000));
        assert!(!is_known(&source), "{open} {close}");
    }
}

fn nests() -> Vec<(&'static str, &'static str)> {
    vec![
        ("(", ")"),
        ("[", "]"),
        ("[*", "]"),
        ("{**", "}"),
        ("-", ""),
        ("not ", ""),
        ("lambda: ", ""),
        ("f(", ")"),
        ("a**", ""),
        ("a if b else ", ""),
        ("", ".a"),
        ("", "()"),
        ("", "+a"),
        ("", "|a"),
    ]
}

proptest! {
    #[test]
    fn any_tokens(words in proptest::collection::vec(prop_oneof![
        Just("a"), Just("b"), Just("1"), Just("'s'"), Just("f'{"), Just("}'"), Just("("), Just(")"), Just("["),
        Just("]"), Just("{"), Just("}"), Just(","), Just(":"), Just("="), Just(":="), Just("*"), Just("**"),
        Just("."), Just("+"), Just("-"), Just("not"), Just("in"), Just("is"), Just("if"), Just("else"), Just("for"),
        Just("lambda"), Just("yield"), Just("await"), Just("async"), Just("def f("), Just("):"), Just("class C:"),
        Just("\n"), Just("\n    "), Just(";"), Just("with"), Just("as"), Just("try:"), Just("except"), Just("del"),
        Just("return"), Just("import"), Just("from"), Just("!r"), Just("@"), Just("\\\n"), Just("#"), Just("->"),
        Just("match"), Just("case"), Just("type"), Just("|"),
    ], 0..12)) {
        is_known(&words.join(" "));
        is_known(&words.concat());
    }
}
