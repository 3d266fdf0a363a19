//! The optimizer of basic blocks against the truth.
//!
//! `data/blocks.txt` holds random instruction sequences and what CPython 3.14.10's `optimize_cfg` makes of them;
//! `data/blocks.py` writes it and describes its lines.

mod common;

use common::parse;
use pycsmith_bytecode::{Constant, Location, Op, Target};
use pycsmith_ir::verify::verify_kinds;
use pycsmith_ir::{BlockId, Cfg, ConstId, ConstPool, InstructionSequence, Label, OpKind};
use pycsmith_optimizer::passes::{
    add_checks_for_loads_of_uninitialized_variables as add_checks, calculate_stackdepth, check_cfg,
    from_sequence, inline_small_or_no_lineno_blocks, insert_superinstructions,
    label_exception_targets, mark_except_handlers, optimize_basic_blocks, optimize_load_const,
    optimize_load_fast, push_cold_blocks_to_end, remove_redundant_jumps,
    remove_redundant_nops_and_pairs, remove_unreachable, remove_unused_consts,
    resolve_line_numbers,
};

/// The spelling that `parse` reads; members of frozensets sorted.
fn spell(value: &Constant) -> String {
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let all = |items: &[Constant]| items.iter().map(spell).collect::<Vec<_>>();
    match value {
        Constant::None => "N".into(),
        Constant::Ellipsis => "E".into(),
        Constant::Bool(true) => "T".into(),
        Constant::Bool(false) => "F".into(),
        Constant::Int(value) if *value < 0 => format!("i-{:x}", value.unsigned_abs()),
        Constant::Int(value) => format!("i{value:x}"),
        Constant::BigInt(value) => format!("i{}", value.to_str_radix(16)),
        Constant::Float(value) => format!("f{:016x}", value.to_bits()),
        Constant::Complex(re, im) => format!("c{:016x}{:016x}", re.to_bits(), im.to_bits()),
        Constant::Str(value) => format!("s{}", hex(&value.wtf8)),
        Constant::Bytes(value) => format!("b{}", hex(value)),
        Constant::Tuple(items) => format!("({})", all(items).join(",")),
        Constant::Slice(items) => format!("[{}]", all(&items[..]).join(",")),
        Constant::FrozenSet(items) => {
            let mut items = all(items);
            items.sort();
            format!("{{{}}}", items.join(","))
        }
        Constant::Code(_) => "code".into(),
    }
}

struct Case {
    nlocals: u32,
    sequence: InstructionSequence,
    consts: Vec<ConstId>,
    pool: ConstPool,
}

fn read(text: &str) -> Case {
    let mut case = Case {
        nlocals: 0,
        sequence: InstructionSequence::default(),
        consts: Vec::new(),
        pool: ConstPool::new(),
    };
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| words[i].parse::<i32>().unwrap();
        match words[0] {
            "c" => case.consts.push(case.pool.intern(parse(&mut { words[1] }))),
            "l" => {
                while case.sequence.labels.len() <= number(1) as usize {
                    case.sequence.new_label();
                }
                case.sequence.use_label(Label(number(1) as u32));
            }
            "i" => {
                let op = Op::from_name(words[1]).unwrap();
                let loc = Location::new(number(3), number(4), number(5), number(6));
                if op.has_target() {
                    case.sequence.push_jump(op, Label(number(2) as u32), loc);
                } else {
                    case.sequence.push(op, number(2) as u32, loc);
                }
            }
            _ => case.nlocals = words[0].parse().unwrap(),
        }
    }
    case
}

/// `_PyCompile_OptimizeCfg`.
fn optimize(case: &mut Case) -> Cfg {
    let mut cfg = Cfg::default();
    from_sequence::run(&mut cfg, &mut case.sequence, false).unwrap();
    let steps: [fn(&mut Cfg, &mut Case); 18] = [
        |cfg, _| mark_except_handlers::run(cfg),
        |cfg, _| label_exception_targets::run(cfg, Target::PY314).unwrap(),
        |cfg, _| check_cfg::run(cfg).unwrap(),
        |cfg, _| inline_small_or_no_lineno_blocks::run(cfg),
        |cfg, _| remove_unreachable::run(cfg),
        |cfg, _| resolve_line_numbers::run(cfg, Target::PY314),
        |cfg, case| {
            optimize_load_const::run(Target::PY314, cfg, &mut case.consts, &mut case.pool).unwrap()
        },
        |cfg, case| {
            optimize_basic_blocks::run(cfg, &mut case.consts, &mut case.pool, Target::PY314)
                .unwrap()
        },
        |cfg, _| remove_redundant_nops_and_pairs::run(cfg),
        |cfg, _| {
            verify_edges(cfg);
            remove_unreachable::run(cfg);
        },
        |cfg, _| remove_redundant_jumps::run_with_nops(cfg).unwrap(),
        |cfg, case| remove_unused_consts::run(cfg, &mut case.consts).unwrap(),
        |cfg, case| add_checks::run(cfg, case.nlocals, 0),
        |cfg, _| insert_superinstructions::run(cfg),
        |cfg, _| push_cold_blocks_to_end::run(cfg).unwrap(),
        |cfg, _| resolve_line_numbers::run(cfg, Target::PY314),
        |cfg, _| {
            calculate_stackdepth::run(cfg, Target::PY314, &Default::default()).unwrap();
        },
        |cfg, _| optimize_load_fast::run(cfg, Target::PY314).unwrap(),
    ];
    for step in steps {
        step(&mut cfg, case);
        verify_kinds(&cfg).unwrap();
    }
    cfg
}

/// If the graph says that its edges are counted, counting them again changes nothing.
fn verify_edges(cfg: &Cfg) {
    if !cfg.edges_counted {
        return;
    }
    let mut again = cfg.clone();
    again.edges_counted = false;
    remove_unreachable::run(&mut again);
    for b in cfg.layout() {
        assert_eq!(cfg[b].predecessors, again[b].predecessors);
        assert_eq!(cfg[b].len(), again[b].len());
    }
}

fn print(cfg: &Cfg, case: &Case) -> String {
    let mut starts = vec![0; cfg.blocks.len()];
    let mut count = 0;
    for block in cfg.layout() {
        starts[block.0 as usize] = count;
        count += cfg[block].len();
    }
    let mut text = String::new();
    for instr in cfg.layout().flat_map(|block: BlockId| cfg.instrs(block)) {
        let arg = match instr.op {
            Op::LOAD_CONST => spell(case.pool.get(case.consts[instr.arg as usize])),
            op if op.has_target() => starts[instr.target.0 as usize].to_string(),
            op if !Target::PY314.opcodes().has_arg(op) => "None".to_owned(),
            _ => instr.arg.to_string(),
        };
        let Location {
            line,
            end_line,
            col,
            end_col,
        } = instr.loc;
        text += &format!(
            "i {} {arg} {line} {end_line} {col} {end_col}\n",
            instr.op.name()
        );
    }
    text
}

#[test]
fn results_are_cpythons() {
    let path = std::env::var("BLOCKS_DATA").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/blocks.txt").to_owned()
    });
    let text = std::fs::read_to_string(path).unwrap();
    let (mut count, mut wrong, mut first) = (0, 0, String::new());
    for case in text.split("case ").skip(1) {
        let (input, expected) = case.split_once("=\n").unwrap();
        let mut case = read(input);
        let cfg = optimize(&mut case);
        let ours = print(&cfg, &case);
        count += 1;
        if ours.trim_end() != expected.trim_end() {
            wrong += 1;
            if first.is_empty() || ours.len() + input.len() < first.len() / 2 {
                first = format!("{input}expected:\n{expected}\nours:\n{ours}");
            }
        }
    }
    assert!(count > 100);
    assert!(wrong == 0, "{wrong} of {count}:\n{first}");
}
