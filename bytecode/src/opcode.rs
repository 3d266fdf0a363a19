//! Operations and the opcode tables of the versions.
//!
//! [`Op`] is the union of all versions' operations; what differs between versions (numbers, caches, operands,
//! effects) is in an [`OpcodeTable`], which [`Target::opcodes`](crate::Target::opcodes) gives. Both are generated
//! from `opcodes/*.ops`; the headers of those files say what the columns mean.

include!(concat!(env!("OUT_DIR"), "/op.rs"));

/// What an instruction's operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    None,
    /// A count, flags, or an index into a table of the interpreter.
    Raw,
    /// Index into `co_consts`.
    Const,
    /// Index into `co_names`.
    Name,
    /// Index into `co_names` above one flag bit.
    NameFlag,
    /// Index into `co_names` above two flag bits.
    NameFlags,
    /// Index into the localsplus names.
    Local,
    /// Two such indices of four bits each, the first one in the upper half.
    LocalPair,
    /// Index of a cell or free variable among the localsplus names.
    Free,
    /// A distance in code units; in the compiler a label.
    Jump,
    /// Pseudo-instructions only: the label of an exception handler.
    Handler,
}

mod flag {
    pub const PSEUDO: u8 = 1;
    pub const GOTO: u8 = 2;
    pub const BRANCH: u8 = 4;
    pub const BACK: u8 = 8;
    pub const EXIT: u8 = 16;
    pub const PUSH: u8 = 32;
}

/// Stack slots as a function of the operand.
#[derive(Clone, Copy, Debug)]
struct Effect {
    base: i16,
    scale: i16,
    /// Each of these operand bits adds one slot if it is set.
    bits: u8,
    /// `UNPACK_EX`: the low byte and the rest are two counts.
    extended: bool,
    /// Over 0: one slot more if the operand is this.
    equals: u8,
    /// There is more to it than `base`, `scale` and the lowest of `bits`.
    rare: bool,
}

impl Effect {
    const NONE: Effect = Effect {
        base: 0,
        scale: 0,
        bits: 0,
        extended: false,
        equals: 0,
        rare: false,
    };

    #[inline]
    fn of(self, arg: u32) -> i32 {
        // No branch but one that is hardly ever taken: this is asked of every instruction, twice and more.
        let mut slots =
            i32::from(self.base).wrapping_add(i32::from(self.scale).wrapping_mul(arg as i32));
        if self.rare {
            slots = slots.wrapping_add(self.rare(arg));
        } else {
            slots = slots.wrapping_add((arg & u32::from(self.bits)) as i32);
        }
        slots
    }

    /// What `base` and `scale` do not say.
    fn rare(self, arg: u32) -> i32 {
        let mut slots = (arg & u32::from(self.bits)).count_ones() as i32;
        if self.extended {
            slots = slots
                .wrapping_add((arg & 0xFF) as i32)
                .wrapping_add((arg >> 8) as i32);
        }
        if self.equals != 0 && arg == u32::from(self.equals) {
            slots += 1;
        }
        slots
    }
}

/// What is pushed less what is popped, where that is `base + scale * operand + (operand & bit)`.
#[derive(Clone, Copy, Debug)]
struct Net {
    base: i16,
    scale: i16,
    bit: u8,
    /// `pushed + (operand & bit)` are pushed,
    pushed: u8,
    /// if it is not more than that.
    many: bool,
    /// The difference is more than that.
    rare: bool,
}

impl Net {
    const NONE: Net = Net {
        base: 0,
        scale: 0,
        bit: 0,
        pushed: 0,
        many: false,
        rare: false,
    };

    #[inline]
    fn of(&self, arg: u32) -> i32 {
        i32::from(self.base)
            .wrapping_add(i32::from(self.scale).wrapping_mul(arg as i32))
            .wrapping_add((arg & u32::from(self.bit)) as i32)
    }
}

/// An operation in one version.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    number: u16,
    caches: u8,
    operand: Operand,
    flags: u8,
    popped: Effect,
    pushed: Effect,
    jump: Option<i16>,
}

impl OpInfo {
    const ABSENT: OpInfo = OpInfo {
        number: u16::MAX,
        caches: 0,
        operand: Operand::None,
        flags: 0,
        popped: Effect::NONE,
        pushed: Effect::NONE,
        jump: None,
    };
}

/// What the assembler asks of each instruction, in four bytes.
#[derive(Clone, Copy, Debug)]
#[repr(align(4))]
pub struct Encoding {
    /// The opcode, of meaning where it [is real](Form::is_real).
    pub number: u8,
    /// Code units of the instruction and its inline caches.
    pub units: u8,
    pub form: Form,
    /// [`OpcodeTable::has_jump`].
    pub jumps: bool,
}

impl Encoding {
    const NONE: Encoding = Encoding {
        number: 0,
        units: 1,
        form: Form::Pseudo,
        jumps: false,
    };
}

/// What is to be done to write an instruction's operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It is written as it is.
    Plain,
    /// Another one may stand for it (`GET_ITER`).
    Translated,
    /// It is a distance.
    Jump,
    /// A jump that is a pseudo-instruction.
    PseudoJump,
    /// Any other pseudo-instruction, or none of the version.
    Pseudo,
}

impl Form {
    /// Neither a pseudo-instruction nor absent from the version.
    pub const fn is_real(self) -> bool {
        matches!(self, Form::Plain | Form::Translated | Form::Jump)
    }

    /// It takes no more than its number and a byte of the operand or, if it is a jump, of the distance.
    #[inline]
    pub const fn is_plain_or_jump(self) -> bool {
        matches!(self, Form::Plain | Form::Jump)
    }
}

/// The opcodes of one minor version (CPython: `pycore_opcode_metadata.h`, `opcode_ids.h`, and the special cases of
/// `get_stack_effects` in `flowgraph.c`; before 3.13 `opcode.py` and `stack_effect` in `compile.c`).
pub struct OpcodeTable {
    info: [OpInfo; Op::COUNT],
    net: [Net; Op::COUNT],
    encodings: [Encoding; Op::COUNT],
    by_number: [Option<Op>; 256],
    /// Sorted by operation.
    cache_entries: &'static [(Op, &'static [CacheEntry])],
}

/// An entry of the inline cache behind an instruction (`_cache_format` in `opcode.py`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    pub name: &'static str,
    /// Its length in code units.
    pub units: u8,
    /// What it holds before the instruction has run (`_PyCode_Quicken`).
    pub initial: u16,
}

impl OpcodeTable {
    #[inline]
    fn info(&self, op: Op) -> &OpInfo {
        &self.info[op as usize]
    }

    #[inline]
    fn is(&self, op: Op, flag: u8) -> bool {
        self.info(op).flags & flag != 0
    }

    /// Whether the version has `op`.
    #[inline]
    pub fn has(&self, op: Op) -> bool {
        self.info(op).number != u16::MAX
    }

    /// The version's operation that CPython calls `name`.
    pub fn named(&self, name: &str) -> Option<Op> {
        Op::all_named(name).iter().copied().find(|&op| self.has(op))
    }

    /// The opcode; 256 and more for pseudo-instructions, `None` where the version has no such operation.
    #[inline]
    pub fn number(&self, op: Op) -> Option<u16> {
        let number = self.info(op).number;
        (number != u16::MAX).then_some(number)
    }

    /// The operation with this number in an instruction's first byte.
    #[inline]
    pub fn op(&self, number: u8) -> Option<Op> {
        self.by_number[usize::from(number)]
    }

    #[inline]
    pub fn encoding(&self, op: Op) -> Encoding {
        self.encodings[op as usize]
    }

    /// Inline cache entries behind the instruction, in code units (`_PyOpcode_Caches`).
    #[inline]
    pub fn caches(&self, op: Op) -> u32 {
        u32::from(self.info(op).caches)
    }

    /// What the inline cache consists of.
    pub fn cache_entries(&self, op: Op) -> &'static [CacheEntry] {
        match self.cache_entries.binary_search_by_key(&op, |&(op, _)| op) {
            Ok(found) => self.cache_entries[found].1,
            Err(_) => &[],
        }
    }

    #[inline]
    pub fn operand(&self, op: Op) -> Operand {
        self.info(op).operand
    }

    /// `OPCODE_HAS_ARG`.
    #[inline]
    pub fn has_arg(&self, op: Op) -> bool {
        self.info(op).operand != Operand::None
    }

    /// How far the `END_SEND` of an asynchronous loop stands behind its `SEND`, in code units: `END_ASYNC_FOR` counts from there.
    /// Between them stand `YIELD_VALUE`, `RESUME` and `JUMP_BACKWARD_NO_INTERRUPT`.
    #[inline]
    pub fn send_to_end_send(&self) -> u32 {
        4 + self.caches(Op::SEND) + self.caches(Op::RESUME)
    }

    /// `OPCODE_HAS_JUMP`.
    #[inline]
    pub fn has_jump(&self, op: Op) -> bool {
        self.info(op).operand == Operand::Jump
    }

    /// `OPCODE_HAS_CONST`.
    #[inline]
    pub fn has_const(&self, op: Op) -> bool {
        self.info(op).operand == Operand::Const
    }

    /// `OPCODE_HAS_NAME`.
    #[inline]
    pub fn has_name(&self, op: Op) -> bool {
        matches!(
            self.info(op).operand,
            Operand::Name | Operand::NameFlag | Operand::NameFlags
        )
    }

    /// `OPCODE_HAS_LOCAL`.
    #[inline]
    pub fn has_local(&self, op: Op) -> bool {
        matches!(self.info(op).operand, Operand::Local | Operand::LocalPair)
    }

    /// `OPCODE_HAS_FREE`.
    #[inline]
    pub fn has_free(&self, op: Op) -> bool {
        self.info(op).operand == Operand::Free
    }

    /// Whether the operand is a label (`HAS_TARGET` in `flowgraph.c`: a jump or a `SETUP_*`).
    #[inline]
    pub fn has_target(&self, op: Op) -> bool {
        matches!(self.info(op).operand, Operand::Jump | Operand::Handler)
    }

    /// `IS_PSEUDO_INSTR`.
    #[inline]
    pub fn is_pseudo(&self, op: Op) -> bool {
        self.is(op, flag::PSEUDO)
    }

    /// `IS_UNCONDITIONAL_JUMP_OPCODE`.
    #[inline]
    pub fn is_unconditional_jump(&self, op: Op) -> bool {
        self.is(op, flag::GOTO)
    }

    /// Jumps or falls through (`FOR_ITER` and `SEND` too).
    #[inline]
    pub fn is_branch(&self, op: Op) -> bool {
        self.is(op, flag::BRANCH)
    }

    /// Jumps backwards, so that the operand is subtracted.
    #[inline]
    pub fn is_backward_jump(&self, op: Op) -> bool {
        self.is(op, flag::BACK)
    }

    /// `IS_SCOPE_EXIT_OPCODE`: a return or a raise.
    #[inline]
    pub fn is_scope_exit(&self, op: Op) -> bool {
        self.is(op, flag::EXIT)
    }

    /// Control never reaches the next instruction (`basicblock_nofallthrough`).
    #[inline]
    pub fn no_fallthrough(&self, op: Op) -> bool {
        self.is(op, flag::GOTO | flag::EXIT)
    }

    /// Ends a basic block (`IS_TERMINATOR_OPCODE`: a jump or a scope exit).
    #[inline]
    pub fn is_terminator(&self, op: Op) -> bool {
        self.has_jump(op) || self.is(op, flag::EXIT)
    }

    /// `IS_BLOCK_PUSH_OPCODE`: opens a protected region.
    #[inline]
    pub fn is_block_push(&self, op: Op) -> bool {
        self.is(op, flag::PUSH)
    }

    /// Stack slots that the instruction takes (`_PyOpcode_num_popped`).
    #[inline]
    pub fn num_popped(&self, op: Op, arg: u32) -> i32 {
        self.info(op).popped.of(arg)
    }

    /// Stack slots that it fills when it falls through (`_PyOpcode_num_pushed`).
    #[inline]
    pub fn num_pushed(&self, op: Op, arg: u32) -> i32 {
        self.info(op).pushed.of(arg)
    }

    /// The net change of the stack's depth in slots (`get_stack_effects`), falling through or jumping.
    #[inline]
    pub fn stack_effect(&self, op: Op, arg: u32, jump: bool) -> i32 {
        let info = self.info(op);
        match info.jump {
            Some(effect) if jump => i32::from(effect),
            _ => self.stack_effect_on(op, arg),
        }
    }

    /// The same of an instruction that falls through.
    #[inline]
    pub fn stack_effect_on(&self, op: Op, arg: u32) -> i32 {
        let net = &self.net[op as usize];
        if net.rare {
            return self
                .num_pushed(op, arg)
                .wrapping_sub(self.num_popped(op, arg));
        }
        net.of(arg)
    }

    /// The same, and [`OpcodeTable::num_pushed`].
    #[inline]
    pub fn effect_and_pushed(&self, op: Op, arg: u32) -> (i32, i32) {
        let net = &self.net[op as usize];
        if net.many {
            return (self.stack_effect_on(op, arg), self.num_pushed(op, arg));
        }
        let pushed = i32::from(net.pushed) + (arg & u32::from(net.bit)) as i32;
        (net.of(arg), pushed)
    }
}

impl Op {
    /// The name in CPython's `dis`.
    #[inline]
    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    /// The operation of that name; of several, the newest versions' one (see [`OpcodeTable::named`]).
    pub fn from_name(name: &str) -> Option<Op> {
        Op::all_named(name).first().copied()
    }

    /// The operations of that name, which may mean different things in different versions.
    fn all_named(name: &str) -> &'static [Op] {
        let first = NAMES.partition_point(|&other| other < name);
        let count = NAMES[first..].partition_point(|&other| other == name);
        &Op::ALL[first..first + count]
    }
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
