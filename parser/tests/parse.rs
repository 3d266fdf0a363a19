//! The parser from source bytes to tree: merged string parts, limits, hostile nests.

use bumpalo::Bump;
use pycsmith_bytecode::Target;
use pycsmith_parser::{ErrorType, Interner, SyntaxError, dump, parse};

fn tree(source: &str) -> Result<String, SyntaxError> {
    let (arena, mut names) = (Bump::new(), Interner::new());
    let parsed = parse(source.as_bytes(), &arena, &mut names, Target::PY314)?;
    let options = dump::DumpOptions {
        include_attributes: false,
        indent: None,
        show_empty: false,
        ..dump::DumpOptions::default()
    };
    Ok(dump::dump(parsed.module, &names, options))
}

fn error(source: &str) -> SyntaxError {
    tree(source).expect_err("the source is invalid")
}

/// Parses without a dump, which is long for deep trees.
fn accepts(source: &str) -> Result<(), SyntaxError> {
    let (arena, mut names) = (Bump::new(), Interner::new());
    parse(source.as_bytes(), &arena, &mut names, Target::PY314).map(|_| ())
}

#[test]
fn parts_of_f_strings() {
    assert_eq!(
        tree("f'a{x = }b' 'c' f'{{'").unwrap(),
        "Module(body=[Expr(value=JoinedStr(values=[Constant(value='ax = '), FormattedValue(value=Name(id='x', \
         ctx=Load()), conversion=114), Constant(value='bc{')]))])"
    );
    assert_eq!(
        tree("t'{ y = }'").unwrap(),
        "Module(body=[Expr(value=TemplateStr(values=[Constant(value=' y = '), Interpolation(value=Name(id='y', \
         ctx=Load()), str=' y ', conversion=114)]))])"
    );
}

#[test]
fn identifiers_are_normalized() {
    assert!(tree("\u{FB00} = 1").unwrap().contains("id='ff'"));
    assert_eq!(
        error("N\u{BA}ne").msg,
        "identifier field can't represent 'None' constant"
    );
}

/// As CPython makes one of each name that it reads (`_PyPegen_new_identifier`).
#[test]
fn parts_of_dotted_names_are_identifiers() {
    let (arena, mut names) = (Bump::new(), Interner::new());
    let source = b"import first.second as third, fourth . fifth\nlambda: pass_\n";
    parse(source, &arena, &mut names, Target::PY314).unwrap();
    for name in ["first", "first.second", "second", "fifth", "pass_"] {
        assert!(names.get(name).is_some(), "{name}");
    }
    assert!(names.get("pass_s").is_none());

    // Our own parser gives up at the first statement.
    let source = b"from __future__ import barry_as_FLUFL\n1 <> 2\nimport first.second\n";
    let mut names = Interner::new();
    parse(source, &arena, &mut names, Target::PY314).unwrap();
    assert!(names.get("second").is_some());
}

#[test]
fn offsets_count_code_points() {
    let error = error("'\u{e9}\u{e9}'; x = \\x41\n");
    assert_eq!(error.lineno, Some(1));
    assert_eq!(error.text.as_deref(), Some("'\u{e9}\u{e9}'; x = \\x41\n"));
    assert!(error.offset.is_some_and(|offset| offset <= 12), "{error:?}");
}

#[test]
fn limits() {
    let nested = |count: usize| format!("{}{}", "(".repeat(count), ")".repeat(count));
    assert!(accepts(&nested(200)).is_ok());
    assert_eq!(error(&nested(201)).msg, "too many nested parentheses");
    let indented = |count: usize| {
        let mut source: String = (0..count)
            .map(|depth| format!("{}if 1:\n", " ".repeat(depth)))
            .collect();
        source.push_str(&format!("{}pass\n", " ".repeat(count)));
        source
    };
    assert!(accepts(&indented(99)).is_ok());
    assert_eq!(error(&indented(100)).kind, ErrorType::IndentationError);
    assert!(accepts("f'{a:{b:{c}}}'").is_ok());
    assert_eq!(
        error("f'{a:{b:{c:{d}}}}'").msg,
        "f-string: expressions nested too deeply"
    );
}

#[test]
fn deep_nests_are_errors_or_trees() {
    for (piece, end) in [
        ("-", "1"),
        ("not ", "1"),
        ("a.", "b"),
        ("1+", "1"),
        ("lambda:", "1"),
        ("lambda a=", "1"),
        ("x if y else ", "z"),
        ("2**", "1"),
        ("[", ""),
        ("(", ""),
        ("f'{", ""),
        ("if a:", "b"),
        ("try:\n", "b"),
        ("a(1)[2].", "b"),
    ] {
        for count in [3_000, 30_000, 200_000] {
            let source = format!("{}{end}", piece.repeat(count));
            let _ = accepts(&source);
        }
    }
    assert!(accepts(&format!("x = {}1", "1+".repeat(5_000))).is_ok());
    assert_eq!(
        error(&format!("x = {}1", "1+".repeat(50_000))).kind,
        ErrorType::RecursionError
    );
    assert!(accepts(&format!("x = [{}]", "1, ".repeat(200_000))).is_ok());
}

/// Nodes with their places, in order, as 3.11 has them.
#[test]
fn fields_as_text() {
    let places = |source: &str| -> Vec<String> {
        let (arena, mut names) = (Bump::new(), Interner::new());
        let target = Target::newest(11).unwrap();
        let parsed = parse(source.as_bytes(), &arena, &mut names, target).unwrap();
        let options = dump::DumpOptions {
            indent: None,
            ..dump::DumpOptions::of_target(target)
        };
        let text = dump::dump(parsed.module, &names, options);
        let number = |text: &str| text.split([',', ')']).next().unwrap_or("").to_owned();
        text.split(", lineno=")
            .skip(1)
            .map(|rest| {
                let parts: Vec<String> = rest.split('=').take(4).map(number).collect();
                format!("{}:{}-{}:{}", parts[0], parts[1], parts[2], parts[3])
            })
            .collect()
    };
    // A literal that goes on after the first line of its field is not moved, nor is what begins with it.
    let places_of_lines = places("x = f\"\"\"{'''a\nb'''.c} {d:{e}}\"\"\"");
    assert!(
        places_of_lines.contains(&"1:1-2:4".to_owned()),
        "{places_of_lines:?}"
    );
    assert!(
        places_of_lines.contains(&"1:1-2:6".to_owned()),
        "{places_of_lines:?}"
    );
    assert!(
        places_of_lines.contains(&"2:12-2:13".to_owned()),
        "{places_of_lines:?}"
    );
    // A tuple has the place of the braces; the first line is not moved where nothing stands on it.
    assert!(places("f'''{ \n a, b}'''").contains(&"1:0-2:6".to_owned()));
    // Text has the place of all literals, in a format specification that of its own.
    let concatenated = places("u'a' f'{b:c{d}e}'");
    assert_eq!(
        concatenated
            .iter()
            .filter(|place| *place == "1:5-1:17")
            .count(),
        2
    );
    assert_eq!(
        concatenated
            .iter()
            .filter(|place| *place == "1:0-1:17")
            .count(),
        6
    );
}
