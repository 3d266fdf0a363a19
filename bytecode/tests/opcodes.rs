//! The opcode tables against what the interpreters say of themselves (`data/opcodes-3.*.txt`, written by
//! `data/opcodes.py`).

use pycsmith_bytecode::opcode::Operand;
use pycsmith_bytecode::{Op, Target};

const RECORDS: &[(u8, &str)] = &[
    (11, include_str!("data/opcodes-3.11.txt")),
    (12, include_str!("data/opcodes-3.12.txt")),
    (13, include_str!("data/opcodes-3.13.txt")),
    (14, include_str!("data/opcodes-3.14.txt")),
    (15, include_str!("data/opcodes-3.15.txt")),
];

#[test]
fn tables_are_the_interpreters() {
    for &(minor, record) in RECORDS {
        let table = Target::newest(minor).expect("a target").opcodes();
        let mut lines = record.lines();
        let head = lines.next().expect("a head line");
        let args: Vec<u32> = head
            .split(' ')
            .skip(3)
            .map(|arg| arg.parse().expect("a number"))
            .collect();
        let mut known = Vec::new();
        for line in lines {
            let mut fields = line.split(' ');
            let mut next = || fields.next().expect("a field");
            let (number, name, caches, kinds) = (next(), next(), next(), next());
            let op = table
                .named(name)
                .unwrap_or_else(|| panic!("3.{minor}: no {name}"));
            known.push(op);
            let number: u16 = number.parse().expect("a number");
            assert_eq!(table.number(op), Some(number), "3.{minor} {name}");
            if let Ok(number) = u8::try_from(number) {
                assert_eq!(table.op(number), Some(op), "3.{minor} {name}");
            }
            assert_eq!(table.caches(op).to_string(), caches, "3.{minor} {name}");
            assert_eq!(table.is_pseudo(op), number >= 256, "3.{minor} {name}");
            check_kinds(minor, op, kinds);
            for (jump, arg) in [false, true]
                .into_iter()
                .flat_map(|jump| args.iter().map(move |&arg| (jump, arg)))
            {
                let truth = next();
                // The interpreter's arithmetic for COPY has no operand 0; pseudo-instructions of 3.12 refuse operands.
                if truth == "-" || op == Op::COPY && arg == 0 {
                    continue;
                }
                let effect = table.stack_effect(op, arg, jump);
                assert_eq!(
                    effect.to_string(),
                    truth,
                    "3.{minor} {name} {arg} jump {jump}"
                );
                if !jump {
                    assert_eq!(
                        table.num_pushed(op, arg) - table.num_popped(op, arg),
                        effect
                    );
                }
            }
        }
        for op in Op::ALL {
            // Before 3.12 the interpreter does not tell its pseudo-instructions.
            let told = known.contains(&op) || minor == 11 && table.is_pseudo(op);
            assert_eq!(table.has(op), told, "3.{minor} {op}");
        }
    }
}

fn check_kinds(minor: u8, op: Op, kinds: &str) {
    let table = Target::newest(minor).expect("a target").opcodes();
    let has = |kind: &str| kinds.split(',').any(|other| other == kind);
    assert_eq!(table.has_const(op), has("hasconst"), "3.{minor} {op}");
    assert_eq!(table.has_name(op), has("hasname"), "3.{minor} {op}");
    assert_eq!(table.has_local(op), has("haslocal"), "3.{minor} {op}");
    assert_eq!(table.has_free(op), has("hasfree"), "3.{minor} {op}");
    assert_eq!(table.has_jump(op), has("hasjrel"), "3.{minor} {op}");
    assert_eq!(
        table.is_block_push(op),
        table.operand(op) == Operand::Handler,
        "3.{minor} {op}"
    );
    // 3.11 has no hasarg, 3.12 leaves out its pseudo-instructions.
    if minor > 12 {
        assert_eq!(table.has_arg(op), has("hasarg"), "3.{minor} {op}");
        assert_eq!(table.is_block_push(op), has("hasexc"), "3.{minor} {op}");
    }
}

#[test]
fn names() {
    for op in Op::ALL {
        let found = Op::from_name(op.name()).expect("an operation");
        assert_eq!(found.name(), op.name());
        for target in Target::all().filter(|target| target.opcodes().has(op)) {
            assert_eq!(target.opcodes().named(op.name()), Some(op));
        }
    }
    assert_eq!(Op::from_name("LOAD_NOTHING"), None);
    assert_eq!(format!("{:>10}|", Op::NOP), "       NOP|");
}
