//! Type comments in dumped trees, against `ast.dump(ast.parse(source, type_comments=True))` of CPython 3.14.

use bumpalo::Bump;
use pycsmith_bytecode::Target;
use pycsmith_parser::dump::{DumpOptions, dump_with};
use pycsmith_parser::{Interner, parse, type_comments};

/// Source; whether the dump has positions; dump or error.
const CASES: &[(&str, bool, &str)] = &[
    (
        "x = 1 # type: int\n",
        true,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)], value=Constant(value=1, lineno=1, col_offset=4, end_lineno=1, end_col_offset=5), type_comment='int', lineno=1, col_offset=0, end_lineno=1, end_col_offset=17)])"#,
    ),
    (
        "if a:\n  x = (1) # type: int  \n",
        false,
        r#"Module(body=[If(test=Name(id='a', ctx=Load()), body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), type_comment='int  ')])])"#,
    ),
    (
        "x = 1 # type:\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), type_comment='')])"#,
    ),
    (
        "x = 1 #type:int",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), type_comment='int')])"#,
    ),
    (
        "x = 1 #\t type: \t int",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), type_comment='int')])"#,
    ),
    (
        "x = 1 # type: ignore\n# type: ignore[foo] \nx # type: ignored\n",
        false,
        r#"SyntaxError at 3:11: invalid syntax"#,
    ),
    (
        "x = 1 # type: ignore\n# type: ignore[foo] \n  # type: ignore\n# type: ignore_x\ny # type: ignore",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1)), Expr(value=Name(id='y', ctx=Load()))], type_ignores=[TypeIgnore(lineno=1, tag=''), TypeIgnore(lineno=2, tag='[foo] \n'), TypeIgnore(lineno=3, tag='\n'), TypeIgnore(lineno=4, tag='_x\n'), TypeIgnore(lineno=5, tag='')])"#,
    ),
    (
        "x = 1 # type: ignoreé\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), type_comment='ignoreé')])"#,
    ),
    (
        "é = 'é' # type: é é\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='é', ctx=Store())], value=Constant(value='é'), type_comment='é é')])"#,
    ),
    (
        "é = 'é' # type: ignore é\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='é', ctx=Store())], value=Constant(value='é'))], type_ignores=[TypeIgnore(lineno=1, tag=' é')])"#,
    ),
    (
        "(a,\né, # type: ignore[1]\n # type: ignore[2]\n)\n",
        false,
        r#"Module(body=[Expr(value=Tuple(elts=[Name(id='a', ctx=Load()), Name(id='é', ctx=Load())], ctx=Load()))], type_ignores=[TypeIgnore(lineno=2, tag='[1]'), TypeIgnore(lineno=3, tag='[2]\n')])"#,
    ),
    (
        "x = 1 \\\n # type: int\n",
        true,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)], value=Constant(value=1, lineno=1, col_offset=4, end_lineno=1, end_col_offset=5), type_comment='int', lineno=1, col_offset=0, end_lineno=2, end_col_offset=12)])"#,
    ),
    (
        "x = 1 \\\n # type: ignore[a]\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1))], type_ignores=[TypeIgnore(lineno=2, tag='[a]')])"#,
    ),
    (
        "async with (a, b): # type: int\n  pass\n",
        true,
        r#"Module(body=[AsyncWith(items=[withitem(context_expr=Tuple(elts=[Name(id='a', ctx=Load(), lineno=1, col_offset=12, end_lineno=1, end_col_offset=13), Name(id='b', ctx=Load(), lineno=1, col_offset=15, end_lineno=1, end_col_offset=16)], ctx=Load(), lineno=1, col_offset=11, end_lineno=1, end_col_offset=17))], body=[Pass(lineno=2, col_offset=2, end_lineno=2, end_col_offset=6)], type_comment='int', lineno=1, col_offset=0, end_lineno=2, end_col_offset=6)])"#,
    ),
    (
        "async with (a as c, b): # type: int\n  pass\n",
        false,
        r#"SyntaxError at 1:33: invalid syntax"#,
    ),
    (
        "with (a as c, b): # type: int\n  pass\n",
        false,
        r#"Module(body=[With(items=[withitem(context_expr=Name(id='a', ctx=Load()), optional_vars=Name(id='c', ctx=Store())), withitem(context_expr=Name(id='b', ctx=Load()))], body=[Pass()], type_comment='int')])"#,
    ),
    (
        "with (a, b): # type: int\n  pass\n",
        false,
        r#"Module(body=[With(items=[withitem(context_expr=Name(id='a', ctx=Load())), withitem(context_expr=Name(id='b', ctx=Load()))], body=[Pass()], type_comment='int')])"#,
    ),
    (
        "def f(a, # type: int\n *, # type: x\n b): pass\n",
        false,
        r#"SyntaxError at 2:13: bare * has associated type comment"#,
    ),
    (
        "def f(a, /, # type: int\n b): pass\n",
        false,
        r#"SyntaxError at 1:21: invalid syntax"#,
    ),
    (
        "def f(a # type: int\n , b): pass\n",
        false,
        r#"SyntaxError at 2:2: invalid syntax"#,
    ),
    (
        "def f(a, b=1 # type: int\n, *c, # type: C\n **k, # type: K\n): pass\n",
        false,
        r#"SyntaxError at 2:1: invalid syntax"#,
    ),
    (
        "def f(a, b=1, # type: int\n\n # foo\n # type: ignore\n *c, # type: C\n **k, # type: K\n): pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(args=[arg(arg='a'), arg(arg='b', type_comment='int')], vararg=arg(arg='c', type_comment='C'), kwarg=arg(arg='k', type_comment='K'), defaults=[Constant(value=1)]), body=[Pass()])], type_ignores=[TypeIgnore(lineno=4, tag='\n')])"#,
    ),
    (
        "def f(): # type: x\n  # type: y\n  pass\n",
        false,
        r#"SyntaxError at 3:2: Cannot have two type comments on def"#,
    ),
    (
        "def f(): # type: x\n  # type: y\n  # z\n\n      pass\n",
        false,
        r#"SyntaxError at 5:6: Cannot have two type comments on def"#,
    ),
    (
        "def f():\n  # type: x\n  # type: y\n  pass\n",
        false,
        r#"IndentationError at 3:11: expected an indented block after function definition on line 1"#,
    ),
    (
        "def f():\n  # type: x\n  # type: ignore\n  pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(), body=[Pass()], type_comment='x')], type_ignores=[TypeIgnore(lineno=3, tag='\n')])"#,
    ),
    (
        "def f():\n  # type: x\n  pass\nx # type: int\n",
        false,
        r#"IndentationError at 4:11: expected an indented block after function definition on line 1"#,
    ),
    (
        "def f():\n  # foo\n  # type: x\n  pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(), body=[Pass()], type_comment='x')])"#,
    ),
    (
        "def f():\n  # foo\n  \n  # type: ignore\n # type: x\n  pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(), body=[Pass()], type_comment='x')], type_ignores=[TypeIgnore(lineno=4, tag='\n')])"#,
    ),
    (
        "def f(): \\\n # type: x\n  pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(), body=[Pass()], type_comment='x')])"#,
    ),
    (
        "def f():\n  pass\n  # type: x\n",
        false,
        r#"SyntaxError at 3:11: invalid syntax"#,
    ),
    (
        "if x:\n  # type: x\n  pass\n",
        false,
        r#"IndentationError at 2:11: expected an indented block after 'if' statement on line 1"#,
    ),
    (
        "class C(\n a, # type: x\n): pass\n",
        false,
        r#"SyntaxError at 2:13: invalid syntax"#,
    ),
    (
        "for x in y: # type: int\n  pass\n",
        false,
        r#"Module(body=[For(target=Name(id='x', ctx=Store()), iter=Name(id='y', ctx=Load()), body=[Pass()], type_comment='int')])"#,
    ),
    (
        "for x in y:\n  # type: int\n  pass\n",
        false,
        r#"IndentationError at 2:11: expected an indented block after 'for' statement on line 1"#,
    ),
    (
        "class C: # type: int\n  pass\n",
        false,
        r#"SyntaxError at 1:18: invalid syntax"#,
    ),
    (
        "x: int = 1 # type: int\n",
        false,
        r#"SyntaxError at 1:20: invalid syntax"#,
    ),
    (
        "x += 1 # type: int\n",
        false,
        r#"SyntaxError at 1:16: invalid syntax"#,
    ),
    (
        "try:\n  x\nexcept E:\n  y = 1 # type: int\n",
        true,
        r#"Module(body=[Try(body=[Expr(value=Name(id='x', ctx=Load(), lineno=2, col_offset=2, end_lineno=2, end_col_offset=3), lineno=2, col_offset=2, end_lineno=2, end_col_offset=3)], handlers=[ExceptHandler(type=Name(id='E', ctx=Load(), lineno=3, col_offset=7, end_lineno=3, end_col_offset=8), body=[Assign(targets=[Name(id='y', ctx=Store(), lineno=4, col_offset=2, end_lineno=4, end_col_offset=3)], value=Constant(value=1, lineno=4, col_offset=6, end_lineno=4, end_col_offset=7), type_comment='int', lineno=4, col_offset=2, end_lineno=4, end_col_offset=19)], lineno=3, col_offset=0, end_lineno=4, end_col_offset=19)], lineno=1, col_offset=0, end_lineno=4, end_col_offset=19)])"#,
    ),
    (
        "match x:\n  case 1:\n   y = 1 # type: int\n",
        false,
        r#"Module(body=[Match(subject=Name(id='x', ctx=Load()), cases=[match_case(pattern=MatchValue(value=Constant(value=1)), body=[Assign(targets=[Name(id='y', ctx=Store())], value=Constant(value=1), type_comment='int')])])])"#,
    ),
    (
        "x = f'{a # type: int\n}'\n",
        false,
        r#"SyntaxError at 1:18: f-string: expecting '=', or '!', or ':', or '}'"#,
    ),
    (
        "x = f'{a # type: ignore[x]\n}'\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=JoinedStr(values=[FormattedValue(value=Name(id='a', ctx=Load()), conversion=-1)]))], type_ignores=[TypeIgnore(lineno=1, tag='[x]')])"#,
    ),
    (
        "x = f'''\n{a # type: ignore[x]\n}'''\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=JoinedStr(values=[Constant(value='\n'), FormattedValue(value=Name(id='a', ctx=Load()), conversion=-1)]))], type_ignores=[TypeIgnore(lineno=2, tag='[x]')])"#,
    ),
    (
        "x = '''\n''' # type: int\n",
        true,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)], value=Constant(value='\n', lineno=1, col_offset=4, end_lineno=2, end_col_offset=3), type_comment='int', lineno=1, col_offset=0, end_lineno=2, end_col_offset=15)])"#,
    ),
    (
        "x = 1; y = 2 # type: int\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1)), Assign(targets=[Name(id='y', ctx=Store())], value=Constant(value=2), type_comment='int')])"#,
    ),
    (
        "x = 1; # type: int\n",
        false,
        r#"SyntaxError at 1:16: invalid syntax"#,
    ),
    (
        "# type: int\n",
        false,
        r#"SyntaxError at 1:9: invalid syntax"#,
    ),
    (
        "# type: ignore",
        false,
        r#"Module(type_ignores=[TypeIgnore(lineno=1, tag='\n')])"#,
    ),
    (
        "  # type: int\n",
        false,
        r#"SyntaxError at 1:11: invalid syntax"#,
    ),
    (
        "def f(a=lambda x, # type: int\n y: 1, # type: foo\n b=lambda: 1 # type: bar\n): pass\n",
        false,
        r#"SyntaxError at 1:27: invalid syntax"#,
    ),
    (
        "@d # type: x\ndef f(): pass\n",
        false,
        r#"SyntaxError at 1:12: invalid syntax"#,
    ),
    (
        "@d\ndef f(a): # type: x\n pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(args=[arg(arg='a')]), body=[Pass()], decorator_list=[Name(id='d', ctx=Load())], type_comment='x')])"#,
    ),
    (
        "async def f(a): # type: x\n pass\n",
        false,
        r#"Module(body=[AsyncFunctionDef(name='f', args=arguments(args=[arg(arg='a')]), body=[Pass()], type_comment='x')])"#,
    ),
    (
        "def f(\n # type: x\n a): pass",
        false,
        r#"SyntaxError at 2:10: invalid syntax"#,
    ),
    (
        "def f(a, # type: x\n # type: y\n b): pass",
        false,
        r#"SyntaxError at 2:10: invalid syntax"#,
    ),
    (
        "def f(a): return 1 # type: x\n",
        false,
        r#"SyntaxError at 1:28: invalid syntax"#,
    ),
    (
        "def f[T](a, # type: x\n *args: *T # type: y\n): pass",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(args=[arg(arg='a', type_comment='x')], vararg=arg(arg='args', annotation=Starred(value=Name(id='T', ctx=Load()), ctx=Load()), type_comment='y')), body=[Pass()], type_params=[TypeVar(name='T')])])"#,
    ),
    (
        "x = 1 # type: int\x0c'\"\\\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), type_comment='int\x0c\'"\\')])"#,
    ),
    (
        "def f(a=(1), # type: x\n b:int=(2) # type: y\n ) -> (1): # type: z\n  pass\n",
        false,
        r#"Module(body=[FunctionDef(name='f', args=arguments(args=[arg(arg='a', type_comment='x'), arg(arg='b', annotation=Name(id='int', ctx=Load()), type_comment='y')], defaults=[Constant(value=1), Constant(value=2)]), body=[Pass()], returns=Constant(value=1), type_comment='z')])"#,
    ),
    (
        "x = yield # type: int\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Yield(), type_comment='int')])"#,
    ),
    (
        "t'{a!r # type: x\n}'\n",
        false,
        r#"SyntaxError at 1:16: t-string: expecting ':' or '}'"#,
    ),
    (
        "f'{ # type: x\na}'\n",
        false,
        r#"SyntaxError at 1:13: f-string: expecting a valid expression after '{'"#,
    ),
    (
        "f'{a= # type: x\n}'\n",
        false,
        r#"SyntaxError at 1:15: f-string: expecting '!', or ':', or '}'"#,
    ),
    (
        "async with (a,): # type: x\n  pass\n",
        false,
        r#"Module(body=[AsyncWith(items=[withitem(context_expr=Tuple(elts=[Name(id='a', ctx=Load())], ctx=Load()))], body=[Pass()], type_comment='x')])"#,
    ),
    (
        "async with (a): # type: x\n  pass\n",
        false,
        r#"Module(body=[AsyncWith(items=[withitem(context_expr=Name(id='a', ctx=Load()))], body=[Pass()], type_comment='x')])"#,
    ),
    (
        "try:\n  pass\nexcept* A:\n  # type: x\n  pass\n",
        false,
        r#"IndentationError at 4:11: expected an indented block after 'except*' statement on line 3"#,
    ),
    (
        "else_ = [\n  # type: ignore[a]\n]\n",
        false,
        r#"Module(body=[Assign(targets=[Name(id='else_', ctx=Store())], value=List(ctx=Load()))], type_ignores=[TypeIgnore(lineno=2, tag='[a]\n')])"#,
    ),
    (
        "async for x in y: # type: int\n  z = 1 # type: int\nelse:\n  # type: x\n  pass\n",
        false,
        r#"IndentationError at 4:11: expected an indented block after 'else' statement on line 3"#,
    ),
];

fn outcome(source: &str, include_attributes: bool) -> String {
    let (arena, mut names) = (Bump::new(), Interner::new());
    let target = Target::PY314;
    let parsed = parse(source.as_bytes(), &arena, &mut names, target).unwrap();
    let options = DumpOptions {
        include_attributes,
        indent: None,
        show_empty: false,
        ..DumpOptions::default()
    };
    match type_comments::find(&parsed.text, parsed.module, target) {
        Ok(comments) => dump_with(parsed.module, &names, &comments, options),
        Err(error) => {
            let (line, offset) = (error.lineno.unwrap(), error.offset.unwrap());
            format!("{:?} at {line}:{offset}: {}", error.kind, error.msg)
        }
    }
}

#[test]
fn as_the_interpreter() {
    for &(source, include_attributes, expected) in CASES {
        assert_eq!(outcome(source, include_attributes), expected, "{source}");
    }
}
