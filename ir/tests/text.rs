//! The text form: what is printed reads back, and what is wrong is told with its place.

use std::sync::Arc;

use proptest::prelude::*;
use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::opcode::Operand;
use pycsmith_bytecode::pyc::Validation;
use pycsmith_bytecode::{Constant, Location, Op, PyStr, Target, Which};
use pycsmith_ir::text::{self, constants};
use pycsmith_ir::{
    BlockId, Cfg, CodeModule, CodeUnit, Graph, Instr, Label, ModuleFile, OpKind, RawTables,
    UnitConst,
};

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        any::<u64>().prop_map(f64::from_bits),
        Just(-0.0),
        Just(f64::NAN),
        Just(1e16)
    ]
}

fn text_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<char>().prop_map(|c| c.to_string().into_bytes()),
        (0xA0u8..=0xBF, 0x80u8..=0xBF).prop_map(|(a, b)| vec![0xED, a, b]),
        Just(b"'\\\n\t\x7f".to_vec()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        4 => Just(Which::ByRules),
        1 => Just(Which::Name),
        1 => Just(Which::Qualname),
        1 => any::<u8>().prop_map(Which::Own),
    ]
}

fn constant() -> impl Strategy<Value = Constant> {
    let leaf = prop_oneof![
        Just(Constant::None),
        Just(Constant::Ellipsis),
        any::<bool>().prop_map(Constant::Bool),
        any::<i64>().prop_map(Constant::Int),
        any::<i128>().prop_map(|n| match i64::try_from(n) {
            Ok(n) => Constant::Int(n),
            Err(_) => Constant::BigInt(Arc::new(n.into())),
        }),
        float().prop_map(Constant::Float),
        (float(), float()).prop_map(|(a, b)| Constant::Complex(a, b)),
        (text_bytes(), which())
            .prop_map(|(text, which)| Constant::Str(Arc::new(PyStr::told(text, which)))),
        prop::collection::vec(any::<u8>(), 0..8).prop_map(|bytes| Constant::Bytes(bytes.into())),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            items
                .clone()
                .prop_map(|items| Constant::Tuple(items.into())),
            items.prop_map(|items| Constant::FrozenSet(items.into())),
            [inner.clone(), inner.clone(), inner]
                .prop_map(|items| Constant::Slice(Arc::new(items))),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,3}",
        "[a-z]\\.<[a-z ]{1,4}>",
        Just("é".to_owned()),
        Just("none".to_owned()),
        Just("b0".to_owned()),
    ]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(name(), 0..5).prop_map(|mut names| {
        names.sort();
        names.dedup();
        names
    })
}

fn location() -> impl Strategy<Value = Location> {
    prop_oneof![
        Just(Location::NONE),
        Just(Location::NEXT),
        (-5..9, -1..9, -1..9, -1..90).prop_map(|(a, b, c, d)| Location::new(a, b, c, d)),
    ]
}

/// Numbers that `unit` makes an instruction of.
type Seed = (usize, u32, u32, u32, Location);

fn unit(target: Target) -> impl Strategy<Value = CodeUnit> {
    let seed = (
        any::<prop::sample::Index>(),
        0..9u32,
        0..9u32,
        0..6u32,
        location(),
    )
        .prop_map(|(op, arg, to, handler, loc)| (op.index(1 << 16), arg, to, handler, loc));
    let blocks = prop::collection::vec(prop::collection::vec(seed, 0..6), 1..5);
    let tables = (
        names(),
        names(),
        names(),
        names(),
        prop::collection::vec(constant(), 0..5),
    );
    let counts = (
        0..4u32,
        0..4u32,
        0..3u32,
        any::<u32>(),
        any::<bool>(),
        0..4u32,
    );
    (blocks, tables, counts, name(), name(), -3..100i32).prop_map(
        move |(blocks, (locals, cells, frees, names, consts), counts, id, last, firstlineno)| {
            let (args, posonly, kwonly, bits, localsplus, stack) = counts;
            let nlocals = locals.len() as u32;
            let argcount = args.min(nlocals);
            let kwonlyargcount = kwonly.min(nlocals - argcount);
            let mut left = nlocals - argcount - kwonlyargcount;
            let mut unit_flags = bits;
            for flag in [flags::VARARGS, flags::VARKEYWORDS] {
                if left == 0 {
                    unit_flags &= !flag;
                } else if unit_flags & flag != 0 {
                    left -= 1;
                }
            }
            let mut texts = std::collections::HashSet::new();
            let consts: Vec<Constant> = consts
                .into_iter()
                .filter(|value| texts.insert(constants::text(value)))
                .collect();
            let mut consts: Vec<_> = consts.into_iter().map(UnitConst::Value).collect();
            consts.push(UnitConst::Code(id.clone()));
            CodeUnit {
                qualname: if bits & 1 == 0 {
                    id.clone()
                } else {
                    format!("{id}.{last}")
                },
                name: last,
                id,
                firstlineno,
                argcount,
                posonlyargcount: posonly.min(argcount),
                kwonlyargcount,
                flags: unit_flags,
                varnames: locals,
                hidden: cells.clone(),
                cellvars: cells,
                freevars: frees,
                names,
                consts,
                graph: Graph(graph(target, &blocks, bits)),
                stack_depth: (stack > 0).then_some(stack),
                localsplus,
                raw: RawTables::default(),
            }
        },
    )
}

fn graph(target: Target, blocks: &[Vec<Seed>], bits: u32) -> Cfg {
    let opcodes = target.opcodes();
    let ops: Vec<Op> = Op::ALL.into_iter().filter(|op| opcodes.has(*op)).collect();
    let mut cfg = Cfg::default();
    let ids: Vec<_> = blocks.iter().map(|_| cfg.new_block()).collect();
    cfg.entry = ids[0];
    for pair in ids.windows(2) {
        cfg[pair[0]].next = pair[1];
    }
    let pick = |n: u32| ids[n as usize % ids.len()];
    for (&b, seeds) in ids.iter().zip(blocks) {
        for &(op, arg, to, handler, loc) in seeds {
            let op = ops[op % ops.len()];
            let mut instr = Instr::new(op, arg, loc);
            if op.has_target() {
                instr = Instr::jump(op, pick(to), loc);
                cfg[pick(to)].label = Label(0);
            } else if opcodes.operand(op) == Operand::None {
                instr.arg = 0;
            }
            instr.handler = if handler < 2 {
                BlockId::NONE
            } else {
                pick(handler)
            };
            cfg.push(b, instr);
        }
        let block = &mut cfg[b];
        block.cold = bits & 2 != 0;
        block.warm = bits & 4 != 0;
        block.except_handler = bits & 8 != 0;
        block.preserve_lasti = bits & 16 != 0;
        block.start_depth = (bits >> 5 & 3) as i32;
        block.predecessors = (bits >> 7 & 3) as i32 - 1;
    }
    cfg.edges_counted = bits & 512 != 0;
    if bits & 512 != 0 {
        cfg.set_leftover_handlers(ids[0], &[BlockId::NONE, ids[0]]);
    }
    cfg
}

fn file() -> impl Strategy<Value = ModuleFile> {
    let validation = prop_oneof![
        any::<(u32, u32)>().prop_map(|(mtime, size)| Validation::Timestamp { mtime, size }),
        any::<u64>().prop_map(Validation::CheckedHash),
        any::<u64>().prop_map(Validation::UncheckedHash),
    ];
    let parts = (
        prop::option::of(text_bytes()),
        prop::option::of(validation),
        names(),
    );
    parts.prop_map(|(filename, validation, identifiers)| ModuleFile {
        filename,
        validation,
        identifiers,
    })
}

fn raw_tables() -> impl Strategy<Value = RawTables> {
    let table = || prop::option::of(prop::collection::vec(any::<u8>(), 0..4));
    (table(), table()).prop_map(|(linetable, exceptiontable)| RawTables {
        linetable: linetable.map(Into::into),
        exceptiontable: exceptiontable.map(Into::into),
    })
}

fn module(target: Target) -> impl Strategy<Value = CodeModule> {
    (file(), raw_tables(), unit(target)).prop_map(move |(file, raw, mut unit)| {
        unit.raw = raw;
        CodeModule {
            target,
            file,
            units: vec![unit],
        }
    })
}

fn any_target() -> impl Strategy<Value = Target> {
    prop::sample::select(Target::all().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn units_come_back(module in any_target().prop_flat_map(module)) {
        let printed = module.to_string();
        match text::parse(&printed) {
            Ok(read) => {
                prop_assert_eq!(read.to_string(), printed);
                prop_assert!(read.units == module.units && read.file == module.file);
            }
            Err(faults) => prop_assert!(false, "{}\n{printed}", faults[0].render("text", &printed)),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(target 3\\.14\n)?([a-zA-Z@.:#{}()\\[\\]'0-9 =,*/-]{0,12}\n?){0,12}") {
        let _ = text::parse(&text);
    }
}

fn faults(body: &str) -> Vec<String> {
    let text = format!("target 3.14\ncode f line 1 args [a] {{\n{body}}}\n");
    match text::parse(&text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .iter()
            .map(|fault| {
                let (line, column) = fault.place(&text);
                format!("{line}:{column}: {fault}")
            })
            .collect(),
    }
}

#[test]
fn faults_have_their_places() {
    assert_eq!(faults("b0:\n  RETURN_VALUE\n"), [""; 0]);
    assert_eq!(
        faults("b0:\n  LOAD_FAST x\n  FOO 1\n  JUMP b7\n  LOAD_CONST )\n  RETURN_VALUE \"a\"\n"),
        [
            "4:13: x is no local: locals are the parameters and what .locals names",
            "5:3: FOO is no opcode of any version",
            "6:8: there is no block b7",
            "7:14: unexpected \")\"",
            "8:16: this text has no end or begins with \": a text is written '...' on one line",
        ]
    );
    assert_eq!(
        faults("b0:\n  LOAD_METHOD x\n"),
        ["4:3: the target has no LOAD_METHOD"]
    );
    assert_eq!(
        faults("  RETURN_VALUE\n"),
        [
            "2:1: this unit has no block",
            "3:3: a block must begin before the first instruction: b0:"
        ]
    );
    assert_eq!(
        faults("b0:\n  LOAD_CONST nan(0x1)\nb0:\n  LOAD_GLOBAL x flags=2\n"),
        [
            "4:14: nan(...) has the 64 bits of a NaN",
            "5:1: there are two blocks b0",
            "6:17: flags end at 1",
        ]
    );
    let fault = text::parse("target 3.14\ncode é 3 {\n")
        .unwrap_err()
        .remove(0);
    assert_eq!(
        fault.render("x.ir", "target 3.14\ncode é 3 {\n"),
        "x.ir:2:1: a unit begins with \"code NAME line N {\" or \"code NAME line N args [...] {\"\n  code é 3 {\n  ^^^^^^^^^^\n"
    );
}

#[test]
fn the_target_comes_first() {
    let fault = |text: &str| text::parse(text).unwrap_err().remove(0).message;
    assert_eq!(
        fault(""),
        "the text must begin with a line like: target 3.14"
    );
    assert!(fault("target 3.3\n").starts_with("unknown target"));
    assert!(fault("code f line 1 {\nb0:\nRETURN_VALUE\n}\n").starts_with("a line like"));
    assert_eq!(
        fault("target 3.14\ncode f line 1 {\nb0:\n"),
        "this unit has no closing }"
    );
}

#[test]
fn deep_constants_are_refused() {
    let text = format!(
        "target 3.14\ncode f line 1 {{\nb0:\nLOAD_CONST {}\n}}\n",
        "(".repeat(100_000)
    );
    let fault = text::parse(&text).unwrap_err().remove(0);
    assert_eq!(fault.message, "brackets nest deeper than 2000");
}

/// A block of these instructions.
fn operands(target: &str, lines: &[&str]) -> String {
    let mut text = format!("target {target}\n\ncode f line 1 {{\nb0:\n");
    for line in lines {
        text += &format!("    {line}\n");
    }
    text + "}\n"
}

#[test]
fn words_for_numbers() {
    let written = [
        "BINARY_OP **",
        "BINARY_OP []",
        "BINARY_OP //=",
        "COMPARE_OP <",
        "COMPARE_OP >= bool",
        "COMPARE_OP 3",
        "IS_OP is not",
        "CONTAINS_OP not in",
        "CALL_INTRINSIC_1 LIST_TO_TUPLE",
        "LOAD_SPECIAL __enter__",
        "LOAD_COMMON_CONSTANT AssertionError",
        "CONVERT_VALUE repr",
        "CALL_KW 2",
    ];
    let numbers = [
        "BINARY_OP 8",
        "BINARY_OP 26",
        "BINARY_OP 15",
        "COMPARE_OP 2",
        "COMPARE_OP 188",
        "COMPARE_OP 3",
        "IS_OP 1",
        "CONTAINS_OP 1",
        "CALL_INTRINSIC_1 6",
        "LOAD_SPECIAL 0",
        "LOAD_COMMON_CONSTANT 0",
        "CONVERT_VALUE 2",
        "CALL_KW 2",
    ];
    let units = |text: &str| text::parse(text).unwrap().units;
    let module = text::parse(&operands("3.14", &written)).unwrap();
    assert_eq!(units(&operands("3.14", &numbers)), module.units);
    let printed = module.to_string();
    let squeezed: Vec<_> = printed
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in written {
        assert!(
            squeezed.iter().any(|printed| printed == line),
            "{line}: {printed}"
        );
    }
    assert_eq!(units(&printed), module.units);

    let constants = operands(
        "3.15",
        &["LOAD_COMMON_CONSTANT ''", "LOAD_COMMON_CONSTANT -1"],
    );
    let numbers = operands(
        "3.15",
        &["LOAD_COMMON_CONSTANT 8", "LOAD_COMMON_CONSTANT 11"],
    );
    assert_eq!(units(&constants), units(&numbers));

    let wrong = operands(
        "3.14",
        &["BINARY_OP is", "BUILD_TUPLE + 1", "IS_OP", "POP_TOP *"],
    );
    let faults: Vec<_> = text::parse(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|fault| fault.message)
        .collect();
    assert!(
        faults[0].starts_with("BINARY_OP has a number or one of these as its operand: + & // ")
    );
    assert_eq!(
        faults[1..],
        [
            "BUILD_TUPLE has a number as its operand",
            "IS_OP has a number, or words for one, as its operand",
            "POP_TOP has a number as its operand",
        ]
    );
}

#[test]
fn strings_say_which_they_are() {
    let lines = [
        "LOAD_CONST '%'",
        "LOAD_CONST own('%')",
        "LOAD_CONST own('%', 2)",
        "LOAD_CONST (name('é'), qualname('f.<locals>.C'))",
    ];
    let module = text::parse(&operands("3.14", &lines)).unwrap();
    let printed = module.to_string();
    for line in lines {
        let (_, value) = line.split_once(' ').unwrap();
        assert!(
            printed.contains(&format!(" {value}\n")),
            "{line}: {printed}"
        );
    }
    // They are equal, but four constants.
    assert_eq!(module.units[0].consts.len(), 4);
    let wrong = operands(
        "3.14",
        &[
            "LOAD_CONST own(1)",
            "LOAD_CONST own('', 256)",
            "LOAD_CONST name('a', 1)",
        ],
    );
    let messages: Vec<_> = text::parse(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|fault| fault.message)
        .collect();
    let numbers = "own(...) numbers end at 255";
    assert_eq!(
        messages,
        [
            "own(...) has one string",
            numbers,
            "name(...) has one string"
        ]
    );
}
