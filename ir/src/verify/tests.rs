use pycsmith_bytecode::{Location, Target};

use super::*;
use crate::text;

/// What is wrong with the first unit of a text that begins behind `code f line 1 args [a] {`.
fn fault_of(target: &str, body: &str) -> Option<String> {
    let text = format!("target {target}\ncode f line 1 args [a] {{\n{body}}}\n");
    let module = match text::parse(&text) {
        Ok(module) => module,
        Err(faults) => panic!("{}", faults[0].render("test", &text)),
    };
    let fault = verify_unit(&module.units[0], module.target).err()?;
    Some(fault.to_string())
}

/// Of a body of one block, behind which the unit returns.
fn fault_in(target: &str, lines: &str) -> Option<String> {
    fault_of(
        target,
        &format!("b0:\n{lines}\nLOAD_CONST None\nRETURN_VALUE\n"),
    )
}

#[test]
fn what_is_right_has_no_fault() {
    for (target, body) in [
        ("3.14", "b0:\nLOAD_FAST a @1:0-1:1\nRETURN_VALUE @1:0-1:1\n"),
        (
            "3.14",
            "b0:\nSETUP_FINALLY b1\nLOAD_FAST a\nPOP_TOP\nPOP_BLOCK\nLOAD_CONST None\nRETURN_VALUE\nb1:\nRERAISE 0\n",
        ),
        (
            "3.11",
            ".cells x\nb0:\nLOAD_DEREF x\nPOP_JUMP_IF_TRUE b1\nb1:\nLOAD_CONST 1\nRETURN_VALUE\n",
        ),
        ("3.14", ".cells x\nb0:\nLOAD_DEREF x\nRETURN_VALUE\n"),
        ("3.12", "b0:\nJUMP b1\nb1:\nJUMP b0\n"),
    ] {
        assert_eq!(fault_of(target, body), None, "{body}");
    }
}

#[test]
fn graphs_are_whole() {
    let mut cfg = Cfg::default();
    let shape = UnitShape::default();
    let context = Context {
        target: Target::PY314,
        shape: &shape,
        nconsts: 0,
        nlocalsplus: None,
        stack_depth: None,
        done: Done::default(),
    };
    let message = |cfg: &Cfg| verify(cfg, &context).map_err(|fault| fault.to_string());
    assert!(message(&cfg).is_err_and(|message| message.contains("no entry")));
    cfg.entry = cfg.new_block();
    assert_eq!(
        message(&cfg).unwrap_err(),
        "block b0: control runs off the end"
    );
    cfg.push(cfg.entry, Instr::new(Op::NOP, 0, Location::NONE));
    assert_eq!(
        message(&cfg).unwrap_err(),
        "block b0: control runs off the end"
    );
    let jump = Instr::jump(Op::JUMP, BlockId(1), Location::NONE);
    cfg.push(cfg.entry, jump);
    assert_eq!(
        message(&cfg).unwrap_err(),
        "block b0, instruction 1: JUMP to a block outside the layout"
    );
    cfg.instrs_mut(BlockId(0))[1].target = BlockId(0);
    assert_eq!(message(&cfg), Ok(()));
    cfg.instrs_mut(BlockId(0))[0].handler = BlockId(7);
    assert_eq!(
        message(&cfg).unwrap_err(),
        "block b0, instruction 0: NOP has a handler outside the layout"
    );
    cfg.instrs_mut(BlockId(0))[0] = jump;
    assert_eq!(
        message(&cfg).unwrap_err(),
        "block b0, instruction 0: JUMP inside the block"
    );
    cfg[BlockId(0)].next = BlockId(0);
    assert_eq!(message(&cfg).unwrap_err(), "block b0: twice in the layout");
}

#[test]
fn operations_and_operands_are_the_targets() {
    for (target, lines, expected) in [
        (
            "3.14",
            "BINARY_OP 99",
            "BINARY_OP 99: this operand has no meaning",
        ),
        (
            "3.13",
            "COMPARE_OP 200",
            "COMPARE_OP 200: this operand has no meaning",
        ),
        (
            "3.13",
            "CALL_INTRINSIC_1 0",
            "CALL_INTRINSIC_1 0: this operand has no meaning",
        ),
        (
            "3.12",
            "CALL_INTRINSIC_2 5",
            "CALL_INTRINSIC_2 5: this operand has no meaning",
        ),
        ("3.14", "NOP 1", "NOP 1: it has no operand"),
        ("3.14", "CACHE", "CACHE: only the assembler makes it"),
        (
            "3.14",
            "LOAD_CONST const.3",
            "LOAD_CONST 3: there are only 1 constants",
        ),
        (
            "3.14",
            "LOAD_GLOBAL name.3",
            "LOAD_GLOBAL 6: there are only 0 names",
        ),
        (
            "3.14",
            "STORE_NAME name.0",
            "STORE_NAME 0: there are only 0 names",
        ),
        (
            "3.14",
            "LOAD_FAST local.1",
            "LOAD_FAST 1: there are only 1 locals",
        ),
        (
            "3.13",
            "LOAD_FAST_LOAD_FAST a local.1",
            "LOAD_FAST_LOAD_FAST 1: there are only 1 locals",
        ),
        (
            "3.14",
            "LOAD_DEREF free.0",
            "LOAD_DEREF 0: this is no cell and no free variable",
        ),
        (
            "3.14",
            "COPY_FREE_VARS 2",
            "COPY_FREE_VARS 2: there are 0 free variables",
        ),
        (
            "3.14",
            "BUILD_STRING 1073741824",
            "BUILD_STRING 1073741824: operands end at 2**30",
        ),
        (
            "3.13",
            "LOAD_METHOD a",
            "LOAD_METHOD: code generation puts another in its place",
        ),
        (
            "3.14",
            "ANNOTATIONS_PLACEHOLDER",
            "ANNOTATIONS_PLACEHOLDER: code generation puts another in its place",
        ),
        (
            "3.12",
            "KW_NAMES 'a'",
            "KW_NAMES has a tuple of names as its operand",
        ),
    ] {
        let expected = format!("block b0, instruction 0: {expected}");
        assert_eq!(fault_in(target, lines), Some(expected), "{target}");
    }
    let behind_prefix = "  .cells x\n  .state localsplus\nb0:\nLOAD_DEREF local.0\nRETURN_VALUE\n";
    assert_eq!(
        fault_of("3.14", &behind_prefix.replace("local.0", "a")).unwrap(),
        "block b0, instruction 0: LOAD_DEREF 0: this is no cell and no free variable"
    );
}

#[test]
fn what_passes_have_removed_does_not_come_back() {
    let text = "target 3.13\ncode f line 1 args [a] {\nb0:\nLOAD_FAST a\nPOP_JUMP_IF_TRUE b0\nb1:\nLOAD_CLOSURE a\nRETURN_VALUE\n}\n";
    let text = text.replace("args [a] {", "args [a] {\n.cells a");
    let module = text::parse(&text).unwrap();
    let (unit, shape) = (&module.units[0], module.units[0].shape());
    let message = |done: Done| {
        let context = Context {
            target: module.target,
            shape: &shape,
            nconsts: 0,
            nlocalsplus: None,
            stack_depth: None,
            done,
        };
        verify(&unit.graph.0, &context).map_err(|fault| fault.to_string())
    };
    assert_eq!(message(Done::default()), Ok(()));
    let done = Done {
        pseudo_ops_converted: true,
        ..Done::default()
    };
    assert_eq!(
        message(done).unwrap_err(),
        "block b1, instruction 0: LOAD_CLOSURE, though pseudo-instructions have been converted"
    );
    let done = Done {
        jumps_normalized: true,
        ..Done::default()
    };
    assert_eq!(
        message(done).unwrap_err(),
        "block b0, instruction 1: POP_JUMP_IF_TRUE does not go forwards"
    );
}

#[test]
fn stacks_agree() {
    for (body, expected) in [
        (
            "b0:\nPOP_TOP\nJUMP b0\n",
            "block b0, instruction 0: POP_TOP takes more than there is on the stack",
        ),
        (
            "b0:\nLOAD_FAST a\nCOPY 2\nRETURN_VALUE\n",
            "block b0, instruction 1: COPY takes more than there is on the stack",
        ),
        (
            "b0:\nLOAD_FAST a\nPOP_JUMP_IF_TRUE b2\nb1:\nLOAD_FAST a\nb2:\nLOAD_FAST a\nRETURN_VALUE\n",
            "block b1, instruction 0: block b2 starts with 0 slots on the stack, and 1 from here",
        ),
        (
            "b0:\nLOAD_FAST a\nUNPACK_SEQUENCE 99999999\nRETURN_VALUE\n",
            "block b0, instruction 1: UNPACK_SEQUENCE makes the stack deeper than 1048576 slots",
        ),
        (
            "b0:\nSETUP_FINALLY b1\nLOAD_FAST a\nRETURN_VALUE\nb1:\nPOP_TOP\nPOP_TOP\nJUMP b0\n",
            "block b1, instruction 1: POP_TOP takes more than there is on the stack",
        ),
        (
            "b0:\nLOAD_FAST a\nJUMP_IF_TRUE b1\nb1:\n",
            "block b0: control runs off the end",
        ),
        (
            "b0:\nLOAD_FAST a\nRETURN_VALUE\nb1:\nLOAD_FAST a\nb2:\n",
            "block b1: control runs off the end",
        ),
    ] {
        assert_eq!(fault_of("3.14", body).as_deref(), Some(expected));
    }
}

#[test]
fn handlers_find_what_they_expect() {
    // The region begins with one slot on the stack, and drops it.
    let body = "b0:\nLOAD_FAST a\nSETUP_FINALLY b1\n.unwind b1\nPOP_TOP\nLOAD_GLOBAL g\nRETURN_VALUE\nb1:\nPOP_TOP\nRETURN_VALUE\n";
    assert_eq!(
        fault_of("3.14", body).unwrap(),
        "block b0, instruction 3: 0 slots are on the stack, but the handler b1 wants it unwound to 1"
    );
    let known = ".state stack=2\nb0:\n.unwind b1\nLOAD_GLOBAL g\nRETURN_VALUE\nb1: handler lasti depth=2\nRERAISE 1\n";
    assert_eq!(fault_of("3.14", known), None);
    assert_eq!(
        fault_of("3.14", &known.replace("depth=2", "depth=1")).unwrap(),
        "block b1, instruction 0: RERAISE takes more than there is on the stack"
    );
}

#[test]
fn only_exceptions_lead_to_handlers() {
    let body = "b0:\nSETUP_FINALLY b1\nLOAD_GLOBAL g\nPOP_TOP\nPOP_BLOCK\nLOAD_CONST None\nb2:\nRETURN_VALUE\nb1:\nRERAISE 0\n";
    assert_eq!(fault_of("3.14", body), None);
    assert_eq!(
        fault_of("3.14", &body.replace("b2:\nRETURN_VALUE\n", "")).unwrap(),
        "block b0, instruction 0: the handler b1 is reached without exceptions too"
    );
    assert_eq!(
        fault_of("3.14", &body.replace("RERAISE 0", "NOP\nb3:\nRERAISE 0")).unwrap(),
        "block b0, instruction 0: the handler b1 has no instruction of its own"
    );
    let body = "b0:\nSETUP_FINALLY b1\nLOAD_GLOBAL g\nLOAD_GLOBAL g\nPOP_BLOCK\nJUMP b4\nb1:\nGET_ITER\nb3:\nFOR_ITER b4\nb5:\nPOP_TOP\nJUMP b3\nb4:\nRERAISE 0\n";
    assert_eq!(
        fault_of("3.14", body).unwrap(),
        "block b3, instruction 0: FOR_ITER leads from a handler to block b4, which is reached without exceptions"
    );
}

#[test]
fn loops_over_iterators_are_left_forwards() {
    let body =
        "b0:\nLOAD_FAST a\nGET_ITER\nb1:\nFOR_ITER b2\nb3:\nPOP_TOP\nJUMP b1\nb2:\nRETURN_VALUE\n";
    assert_eq!(fault_of("3.12", body), None);
    assert_eq!(
        fault_of("3.12", &body.replace("FOR_ITER b2", "FOR_ITER b1")).unwrap(),
        "block b1, instruction 0: FOR_ITER does not go forwards"
    );
}

#[test]
fn blocks_are_popped_on_all_ways() {
    let body = "b0:\nSETUP_FINALLY b2\nLOAD_FAST a\nPOP_JUMP_IF_TRUE b1\nb3:\nPOP_BLOCK\nb1:\nLOAD_CONST None\nRETURN_VALUE\nb2:\nRERAISE 0\n";
    assert_eq!(
        fault_of("3.14", body).unwrap(),
        "block b3, instruction 0: block b1 starts with other blocks open than here"
    );
    assert_eq!(
        fault_of("3.14", &body.replace("SETUP_FINALLY b2\n", "")).unwrap(),
        "block b3, instruction 0: POP_BLOCK without an open block"
    );
    let shallow = "b0:\nLOAD_FAST a\nSETUP_FINALLY b1\nPOP_TOP\nLOAD_GLOBAL g\nPOP_BLOCK\nRETURN_VALUE\nb1:\nPOP_TOP\nRETURN_VALUE\n";
    assert_eq!(
        fault_of("3.14", shallow).unwrap(),
        "block b0, instruction 3: 0 slots are on the stack, but the handler b1 wants it unwound to 1"
    );
}

#[test]
fn generators_find_what_they_are_sent() {
    let body = "b0:\nRETURN_GENERATOR\nPOP_TOP\nRAISE_VARARGS 0\n";
    for target in Target::all() {
        assert_eq!(fault_of(&target.to_string(), body), None, "{target}");
    }
}

#[test]
fn depths_that_are_said_are_right() {
    let body = ".state stack=1\nb0:\nLOAD_FAST a\nPOP_JUMP_IF_TRUE b1\nb1: depth=1\nLOAD_FAST a\nRETURN_VALUE\n";
    assert_eq!(
        fault_of("3.14", body).unwrap(),
        "block b1: starts with 0 slots on the stack, not 1"
    );
    let body = ".state stack=1\nb0:\nLOAD_FAST a\nLOAD_FAST a\nBINARY_OP 0\nRETURN_VALUE\n";
    assert_eq!(
        fault_of("3.14", body).unwrap(),
        "the stack gets 2 slots deep, and 1 are said"
    );
}

#[test]
fn locations_fit_the_table() {
    for (place, expected) in [
        (
            "@-1:0-1:2",
            "line -1: an instruction without a line has no columns either",
        ),
        ("@5:0-4:9", "ends at line 4, before line 5 where it begins"),
        ("@5:-2-5:9", "a column that is not known is -1"),
        ("@5:0-1073741824:9", "lines and columns end at 2**30"),
    ] {
        let expected = format!("block b0, instruction 0: {expected}");
        assert_eq!(fault_in("3.14", &format!("NOP {place}")), Some(expected));
    }
    for place in ["", "@next", "@5:9-5:2", "@5:-1--1:-1", "@9:0-9:0"] {
        assert_eq!(fault_in("3.14", &format!("NOP {place}")), None);
    }
}

#[test]
fn tables_have_no_name_twice() {
    let body = ".cells x\n.free x\nb0:\nLOAD_CONST None\nRETURN_VALUE\n";
    assert_eq!(
        fault_of("3.14", body).unwrap(),
        "x is twice among the cells and free variables"
    );
}

#[test]
fn blocks_tell_of_their_kinds() {
    let mut cfg = Cfg::default();
    cfg.entry = cfg.new_block();
    cfg.push(cfg.entry, Instr::new(Op::RERAISE, 0, Location::NONE));
    let entry = cfg.entry;
    cfg.instrs_mut(entry)[0].set_op0(Op::NOP);
    assert!(verify_kinds(&cfg).is_err());
    cfg.note(entry, crate::kind::NOP);
    assert_eq!(verify_kinds(&cfg), Ok(()));
}
