//! Frame blocks: what must be undone when control leaves a construct (CPython's `_PyCompile_FBlockInfo`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Body, Ctx};
use smallvec::SmallVec;

use super::{Compiler, Result, expr, names, stmt, syntax_error};

/// Blocks that may be open in one unit, or one less than that (`CO_MAXBLOCKS`, `Include/cpython/code.h`).
const MAX_BLOCKS: usize = 20;

/// CPython's `COMPILE_FBLOCK_*`.
#[derive(Clone, Copy, Debug)]
pub enum FBlockKind<'a> {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    /// The `finally` body, to be generated again on the way out.
    FinallyTry(Body<'a>),
    FinallyEnd,
    With,
    AsyncWith,
    /// The name bound by `except ... as name`.
    HandlerCleanup(Option<Name>),
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
}

impl FBlockKind<'_> {
    /// Whether it is a part of a `try` statement.
    pub fn is_part_of_try(self) -> bool {
        matches!(
            self,
            FBlockKind::TryExcept
                | FBlockKind::FinallyTry(_)
                | FBlockKind::FinallyEnd
                | FBlockKind::HandlerCleanup(_)
                | FBlockKind::ExceptionHandler
                | FBlockKind::ExceptionGroupHandler
        )
    }

    /// Whether `break` and `continue` stop here.
    fn is_loop(self) -> bool {
        matches!(
            self,
            FBlockKind::WhileLoop | FBlockKind::ForLoop | FBlockKind::AsyncForLoop
        )
    }
}

#[derive(Clone, Copy, Debug)]
pub struct FBlock<'a> {
    pub kind: FBlockKind<'a>,
    /// Where the block starts: the target of `continue` in a loop.
    pub block: Label,
    /// Where it ends: the target of `break` in a loop.
    pub exit: Label,
    /// The construct's location.
    pub loc: Location,
}

/// Opens a block (`_PyCompile_PushFBlock`).
///
/// # Errors
/// `SyntaxError` if too many are open.
pub fn push<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    kind: FBlockKind<'a>,
    block: Label,
    exit: Label,
) -> Result {
    let max = MAX_BLOCKS + usize::from(c.target.opens_one_more_block());
    let fblocks = &mut c.unit_mut().fblocks;
    if fblocks.len() >= max {
        return syntax_error(loc, "too many statically nested blocks");
    }
    fblocks.push(FBlock {
        kind,
        block,
        exit,
        loc,
    });
    Ok(())
}

/// Closes the innermost block (`_PyCompile_PopFBlock`).
pub fn pop(c: &mut Compiler<'_>) {
    c.unit_mut().fblocks.pop();
}

/// `codegen_call_exit_with_nones`: calls the `__exit__` below the top with three times `None`.
pub fn call_exit_with_nones(c: &mut Compiler<'_>, loc: Location) {
    for _ in 0..3 {
        c.load_const(loc, Constant::None);
    }
    // A bound method takes one slot, and is called as if its first argument were `self`.
    let count = if c.target.loads_special_methods() {
        3
    } else {
        2
    };
    c.call(loc, count);
}

/// Slots that the `__exit__` to be called takes on the stack.
pub fn exit_slots(c: &Compiler<'_>) -> u32 {
    if c.target.loads_special_methods() {
        2
    } else {
        1
    }
}

/// `codegen_pop_except_and_reraise`: the handler of a handler.
pub fn pop_except_and_reraise(c: &mut Compiler<'_>, loc: Location) {
    c.op_i(loc, Op::COPY, 3);
    c.op(loc, Op::POP_EXCEPT);
    c.op_i(loc, Op::RERAISE, 1);
}

/// Generates what undoes one block (`codegen_unwind_fblock`). With `preserve_tos` the value on top of the
/// stack survives. `loc` is the location of the code that leaves; it becomes [`Location::NONE`] behind code that
/// is to seem to run after the statement that leaves.
///
/// # Errors
/// Those of the code generated for a `finally` body.
pub fn unwind_fblock<'a>(
    c: &mut Compiler<'a>,
    loc: &mut Location,
    info: &FBlock<'a>,
    preserve_tos: bool,
) -> Result {
    let swap = |c: &mut Compiler<'a>, loc: Location| {
        if preserve_tos {
            c.op_i(loc, Op::SWAP, 2);
        }
    };
    match info.kind {
        FBlockKind::WhileLoop
        | FBlockKind::ExceptionHandler
        | FBlockKind::ExceptionGroupHandler
        | FBlockKind::AsyncComprehensionGenerator
        | FBlockKind::StopIteration => {}

        FBlockKind::ForLoop if c.target.iterators_take_two_slots() => {
            if preserve_tos {
                c.op_i(*loc, Op::SWAP, 3);
            }
            c.op(*loc, Op::POP_TOP);
            c.op(*loc, Op::POP_TOP);
        }

        FBlockKind::ForLoop | FBlockKind::AsyncForLoop | FBlockKind::PopValue => {
            swap(c, *loc);
            c.op(*loc, Op::POP_TOP);
        }

        FBlockKind::TryExcept => c.op(*loc, Op::POP_BLOCK),

        FBlockKind::FinallyTry(finalbody) => {
            c.op(*loc, Op::POP_BLOCK);
            if preserve_tos {
                push(c, *loc, FBlockKind::PopValue, Label::NONE, Label::NONE)?;
            }
            stmt::body(c, finalbody)?;
            if preserve_tos {
                pop(c);
            }
            *loc = Location::NONE;
        }

        FBlockKind::FinallyEnd => {
            swap(c, *loc);
            c.op(*loc, Op::POP_TOP);
            swap(c, *loc);
            c.op(*loc, Op::POP_BLOCK);
            c.op(*loc, Op::POP_EXCEPT);
        }

        FBlockKind::With | FBlockKind::AsyncWith => {
            *loc = info.loc;
            c.op(*loc, Op::POP_BLOCK);
            if preserve_tos {
                for depth in (2..=exit_slots(c) + 1).rev() {
                    c.op_i(*loc, Op::SWAP, depth);
                }
            }
            call_exit_with_nones(c, *loc);
            if matches!(info.kind, FBlockKind::AsyncWith) {
                expr::await_result(c, *loc, 2);
            }
            c.op(*loc, Op::POP_TOP);
            *loc = Location::NONE;
        }

        FBlockKind::HandlerCleanup(name) => {
            if name.is_some() {
                c.op(*loc, Op::POP_BLOCK);
            }
            swap(c, *loc);
            c.op(*loc, Op::POP_BLOCK);
            c.op(*loc, Op::POP_EXCEPT);
            if let Some(name) = name {
                clear_name(c, *loc, name)?;
            }
        }
    }
    Ok(())
}

/// Binds `name` to `None` and deletes it, which works even where it is unbound.
///
/// # Errors
/// Those of `nameop`.
pub fn clear_name(c: &mut Compiler<'_>, loc: Location, name: Name) -> Result {
    c.load_const(loc, Constant::None);
    names::nameop(c, loc, name, Ctx::Store)?;
    names::nameop(c, loc, name, Ctx::Del)
}

/// Undoes all open blocks, or with `to_loop` those inside the innermost loop, which is returned
/// (`codegen_unwind_fblock_stack`). The blocks are open again afterwards.
///
/// # Errors
/// `SyntaxError` if an `except*` handler is in the way; those of `unwind_fblock`.
pub fn unwind_fblock_stack<'a>(
    c: &mut Compiler<'a>,
    loc: &mut Location,
    preserve_tos: bool,
    to_loop: bool,
) -> Result<Option<FBlock<'a>>> {
    let mut closed: SmallVec<[FBlock<'a>; 8]> = SmallVec::new();
    let mut found = None;
    while let Some(&top) = c.unit().fblocks.last() {
        if matches!(top.kind, FBlockKind::ExceptionGroupHandler) {
            return syntax_error(
                *loc,
                "'break', 'continue' and 'return' cannot appear in an except* block",
            );
        }
        if to_loop && top.kind.is_loop() {
            found = Some(top);
            break;
        }
        // The block is closed while it is undone, so that a `return` in its `finally` does not undo it again.
        pop(c);
        unwind_fblock(c, loc, &top, preserve_tos)?;
        closed.push(top);
    }
    c.unit_mut().fblocks.extend(closed.into_iter().rev());
    Ok(found)
}
