//! The evaluation stack at each instruction, its contents as expressions: what a person would draw beside the code.

use std::rc::Rc;

use super::named_operand;
use crate::code::{CodeObject, flags};
use crate::constant::Names;
use crate::opcode::{Op, Operand};
use crate::repr::repr;
use crate::tables::{self, Decoded, Handler};
use crate::version::Target;

/// Values as expressions, the top last.
pub type Stack = Vec<Rc<str>>;

/// Longest expression, in characters.
const LONGEST: usize = 40;
/// Most values on a stack, and on all stacks together: a damaged file may ask for any number.
const DEEPEST: usize = 4096;
const MOST: usize = 4 << 20;

/// What stands for values that differ with the way control comes.
const EITHER: &str = "…";
/// Nothing: a place for a `self` that a function has not.
const NULL: &str = "NULL";
/// The instance that a method is loaded with, or `NULL`.
const SELF: &str = "self|NULL";

/// The stacks before and behind each of the instructions; `None` where control never comes, or the code is damaged.
pub fn stacks(
    code: &CodeObject,
    target: Target,
    decoded: &[Decoded],
) -> Vec<(Option<Stack>, Option<Stack>)> {
    let mut flow = Flow {
        code,
        target,
        decoded,
        handlers: tables::handlers(code),
        before: vec![None; decoded.len()],
        pending: Vec::new(),
        budget: MOST,
    };
    let start = if target.generators_start_with_value() && code.flags & flags::ANY_GENERATOR != 0 {
        vec![Rc::from("sent")]
    } else {
        Vec::new()
    };
    if !decoded.is_empty() {
        flow.reach(decoded[0].start, start);
    }
    while let Some(index) = flow.pending.pop() {
        flow.visit(index);
    }
    let before = std::mem::take(&mut flow.before);
    let both = decoded.iter().zip(before).map(|(instr, before)| {
        let after = before.as_ref().and_then(|stack| flow.after(instr, stack));
        (before, after)
    });
    both.collect()
}

struct Flow<'a> {
    code: &'a CodeObject,
    target: Target,
    decoded: &'a [Decoded],
    handlers: Vec<Handler>,
    before: Vec<Option<Stack>>,
    pending: Vec<usize>,
    budget: usize,
}

impl Flow<'_> {
    /// Control comes to the instruction at an offset (in code units) with this stack.
    fn reach(&mut self, offset: u32, stack: Stack) {
        let Ok(index) = self.decoded.binary_search_by_key(&offset, |it| it.start) else {
            return;
        };
        let cost = stack.len() + 1;
        let changed = match &mut self.before[index] {
            Some(known) if known.len() == stack.len() => {
                let mut changed = false;
                for (known, new) in known.iter_mut().zip(&stack) {
                    if known != new && &**known != EITHER {
                        *known = Rc::from(EITHER);
                        changed = true;
                    }
                }
                changed
            }
            Some(_) => false,
            unknown => {
                *unknown = Some(stack);
                true
            }
        };
        if changed && self.budget >= cost {
            self.budget -= cost;
            self.pending.push(index);
        }
    }

    fn visit(&mut self, index: usize) {
        let instr = &self.decoded[index];
        let Some(before) = self.before[index].clone() else {
            return;
        };
        let table = self.target.opcodes();
        let next_handler = self.handlers.partition_point(|it| it.start <= instr.offset);
        if let Some(handler) = next_handler.checked_sub(1).map(|at| self.handlers[at])
            && instr.offset < handler.end
            && before.len() >= handler.depth as usize
        {
            let mut stack = before[..handler.depth as usize].to_vec();
            if handler.lasti {
                stack.push(Rc::from("lasti"));
            }
            stack.push(Rc::from("exception"));
            self.reach(handler.target, stack);
        }
        let (Some(op), Some(after)) = (instr.op, self.after(instr, &before)) else {
            return;
        };
        // What END_ASYNC_FOR tells is no jump.
        let jumps = op != Op::END_ASYNC_FOR;
        if let Some(target) = instr.jump_target(table).filter(|_| jumps) {
            let depth = before.len() as i64 + i64::from(table.stack_effect(op, instr.arg, true));
            let mut stack = after.clone();
            stack.truncate(usize::try_from(depth).unwrap_or(0));
            self.reach(target, stack);
        }
        if !table.no_fallthrough(op) {
            self.reach(instr.end, after);
        }
    }

    /// The stack behind an instruction; `None` if it leaves the frame, or takes more than there is.
    fn after(&self, instr: &Decoded, before: &Stack) -> Option<Stack> {
        let (op, table) = (instr.op?, self.target.opcodes());
        if table.is_scope_exit(op) {
            return None;
        }
        let popped = usize::try_from(table.num_popped(op, instr.arg)).ok()?;
        let pushed = usize::try_from(table.num_pushed(op, instr.arg)).ok()?;
        let kept = before.len().checked_sub(popped)?;
        if kept.checked_add(pushed)? > DEEPEST {
            return None;
        }
        let mut stack = before[..kept].to_vec();
        let values = Values {
            flow: self,
            op,
            arg: instr.arg,
            taken: &before[kept..],
            pushed,
        };
        values.push(&mut stack);
        // Whatever an expression looks like, the depth is the table's.
        stack.resize(kept + pushed, Rc::from(EITHER));
        Some(stack)
    }

    fn name(&self, names: &Names, index: u32) -> String {
        names.get(index as usize).map_or_else(
            || "?".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
    }
}

/// An instruction with the values that it takes.
struct Values<'a> {
    flow: &'a Flow<'a>,
    op: Op,
    arg: u32,
    taken: &'a [Rc<str>],
    pushed: usize,
}

impl Values<'_> {
    /// Puts what the instruction makes on a stack from which `taken` is gone already.
    fn push(&self, stack: &mut Stack) {
        if self.arrange(stack) || self.load(stack) {
            return;
        }
        if let Some(text) = self.expression().filter(|_| self.pushed == 1) {
            stack.push(short(&text));
            return;
        }
        let name = self.op.name().to_lowercase();
        if self.pushed == 1 {
            stack.push(short(&format!("{name}({})", self.taken.join(", "))));
            return;
        }
        // Items come in the order in which they will be taken.
        let whole = self.taken.first().map_or(name.as_str(), |value| value);
        stack.extend(
            (0..self.pushed)
                .rev()
                .map(|index| short(&format!("{whole}[{index}]"))),
        );
    }

    /// Operations that move values, or keep some of those that they take; says whether this is one.
    fn arrange(&self, stack: &mut Stack) -> bool {
        let (count, last) = (self.taken.len(), self.taken.last());
        let kept = match self.op {
            Op::SWAP if count >= 2 => {
                stack.extend_from_slice(self.taken);
                let top = stack.len() - 1;
                stack.swap(top, top + 1 - count);
                return true;
            }
            Op::COPY => {
                stack.extend_from_slice(self.taken);
                stack.extend(self.taken.first().cloned());
                return true;
            }
            Op::SEND => {
                stack.extend_from_slice(&self.taken[..count.saturating_sub(1)]);
                stack.push(Rc::from("yielded"));
                return true;
            }
            Op::END_SEND | Op::CLEANUP_THROW => {
                stack.extend((1..self.pushed).map(|_| Rc::from("None")));
                stack.push(match self.op {
                    Op::END_SEND => last.cloned().unwrap_or_else(|| Rc::from(EITHER)),
                    _ => Rc::from("result"),
                });
                return true;
            }
            Op::PUSH_EXC_INFO => {
                stack.push(Rc::from("previous exception"));
                stack.extend(last.cloned());
                return true;
            }
            Op::CHECK_EXC_MATCH => {
                stack.extend_from_slice(&self.taken[..1.min(count)]);
                stack.push(short("matches"));
                return true;
            }
            Op::LIST_APPEND | Op::LIST_EXTEND | Op::SET_ADD | Op::SET_UPDATE | Op::MAP_ADD => true,
            Op::DICT_MERGE | Op::DICT_UPDATE => true,
            Op::FOR_ITER | Op::GET_LEN | Op::MATCH_MAPPING | Op::MATCH_SEQUENCE => true,
            Op::MATCH_KEYS | Op::GET_ANEXT | Op::IMPORT_FROM | Op::WITH_EXCEPT_START => true,
            _ => false,
        };
        if !kept {
            return false;
        }
        let new = match self.op {
            Op::FOR_ITER => format!("next({})", self.taken.first().map_or("", |it| it)),
            Op::GET_LEN => format!("len({})", last.map_or("", |it| it)),
            Op::GET_ANEXT => format!("anext({})", last.map_or("", |it| it)),
            Op::IMPORT_FROM => self.flow.name(&self.flow.code.names, self.arg),
            Op::WITH_EXCEPT_START => "__exit__()".to_owned(),
            op => op.name().to_lowercase(),
        };
        stack.extend_from_slice(&self.taken[..count.min(self.pushed)]);
        if self.pushed > count {
            stack.push(short(&new));
        }
        true
    }

    /// Operations that load by name or number; says whether this is one.
    fn load(&self, stack: &mut Stack) -> bool {
        let code = self.flow.code;
        let operand = self.flow.target.opcodes().operand(self.op);
        let local = |index| short(&self.flow.name(&code.localsplusnames, index));
        match (self.op, operand) {
            (Op::PUSH_NULL, _) => stack.push(Rc::from(NULL)),
            (Op::LOAD_SMALL_INT, _) => stack.push(short(&self.arg.to_string())),
            (Op::LOAD_COMMON_CONSTANT, _) => {
                stack.push(short(named_operand(self.op, self.arg).unwrap_or("?")));
            }
            (_, Operand::Const) if self.pushed == 1 && self.taken.is_empty() => {
                let text = code.consts.get(self.arg as usize).map(repr);
                stack.push(short(text.as_deref().unwrap_or("?")));
            }
            (Op::STORE_FAST_LOAD_FAST, _) => stack.push(local(self.arg & 15)),
            (_, Operand::LocalPair) if self.pushed == 2 => {
                stack.extend([local(self.arg >> 4), local(self.arg & 15)]);
            }
            (_, Operand::Local | Operand::Free) if self.pushed == 1 => {
                stack.push(local(self.arg));
            }
            (_, Operand::Name | Operand::NameFlag | Operand::NameFlags) if self.pushed > 0 => {
                self.load_name(operand, stack);
            }
            (Op::LOAD_SPECIAL | Op::BEFORE_WITH | Op::BEFORE_ASYNC_WITH, _) => {
                let of = self.taken.first().map_or("", |it| it);
                if self.op == Op::LOAD_SPECIAL {
                    let name = named_operand(self.op, self.arg).unwrap_or("?");
                    stack.extend([short(&format!("{of}.{name}")), Rc::from(SELF)]);
                } else {
                    stack.push(short(&format!("{of}.__exit__")));
                    stack.push(short(&format!("{of}.__enter__()")));
                }
            }
            _ => return false,
        }
        true
    }

    /// A variable or attribute, and beside it what a call will want.
    fn load_name(&self, operand: Operand, stack: &mut Stack) {
        let bits = match operand {
            Operand::NameFlag => 1,
            Operand::NameFlags => 2,
            _ => 0,
        };
        let name = self.flow.name(&self.flow.code.names, self.arg >> bits);
        let value = match self.op {
            Op::LOAD_ATTR | Op::LOAD_METHOD => short(&format!(
                "{}.{name}",
                self.taken.first().map_or("", |it| it)
            )),
            Op::LOAD_SUPER_ATTR => short(&format!("super().{name}")),
            _ => short(&name),
        };
        let null_first = self.flow.target.pushes_null_first();
        match (self.pushed, self.op) {
            (2, Op::LOAD_GLOBAL) if null_first => stack.extend([Rc::from(NULL), value]),
            (2, Op::LOAD_GLOBAL) => stack.extend([value, Rc::from(NULL)]),
            (2, _) => stack.extend([value, Rc::from(SELF)]),
            _ => stack.push(value),
        }
    }

    /// The value of an operation that makes one.
    fn expression(&self) -> Option<String> {
        let (op, taken) = (self.op, self.taken);
        let sign = || named_operand(op, self.arg);
        Some(match (op, taken) {
            (Op::BINARY_OP, [a, b]) => match sign()? {
                "[]" => format!("{}[{b}]", grouped(a)),
                sign => binary(a, sign.trim_end_matches('='), b),
            },
            (Op::BINARY_SUBSCR, [a, b]) => format!("{}[{b}]", grouped(a)),
            (Op::BINARY_SLICE, [a, b, c]) => format!("{}[{b}:{c}]", grouped(a)),
            (Op::COMPARE_OP, [a, b]) => {
                let text = super::meaning(self.flow.code, self.flow.target, op, self.arg)?;
                binary(a, &text, b)
            }
            (Op::IS_OP | Op::CONTAINS_OP, [a, b]) => binary(a, sign()?, b),
            (Op::UNARY_NEGATIVE, [a]) => format!("-{}", grouped(a)),
            (Op::UNARY_POSITIVE, [a]) => format!("+{}", grouped(a)),
            (Op::UNARY_INVERT, [a]) => format!("~{}", grouped(a)),
            (Op::UNARY_NOT, [a]) => format!("not {}", grouped(a)),
            (Op::TO_BOOL, [a]) => format!("bool({a})"),
            (Op::GET_ITER, [a]) => format!("iter({a})"),
            (Op::GET_AITER, [a]) => format!("aiter({a})"),
            (Op::GET_AWAITABLE, [a]) => format!("await {}", grouped(a)),
            (Op::YIELD_VALUE, _) => "sent".to_owned(),
            (Op::RETURN_GENERATOR, _) => "generator".to_owned(),
            (Op::BUILD_LIST, _) => format!("[{}]", taken.join(", ")),
            (Op::BUILD_SET, [_, ..]) => format!("{{{}}}", taken.join(", ")),
            (Op::BUILD_TUPLE, [a]) => format!("({a},)"),
            (Op::BUILD_TUPLE, _) => format!("({})", taken.join(", ")),
            (Op::BUILD_MAP, _) => {
                let pairs: Vec<String> = taken.chunks(2).map(|pair| pair.join(": ")).collect();
                format!("{{{}}}", pairs.join(", "))
            }
            (Op::BUILD_SLICE, _) => format!("slice({})", taken.join(", ")),
            (Op::MAKE_FUNCTION, [.., code]) => code.replacen("<code ", "<function ", 1),
            (Op::SET_FUNCTION_ATTRIBUTE, [_, function]) => function.to_string(),
            (Op::CALL | Op::CALL_KW, _) => self.call()?,
            (Op::CALL_FUNCTION_EX, _) => {
                let mut values = taken.iter().filter(|it| &***it != NULL);
                format!("{}(*…)", values.next()?)
            }
            (Op::CALL_INTRINSIC_1 | Op::CALL_INTRINSIC_2, _) => {
                format!("{}({})", sign()?.to_lowercase(), taken.join(", "))
            }
            (Op::IMPORT_NAME, _) => self.flow.name(&self.flow.code.names, self.arg),
            _ => return None,
        })
    }

    /// `f(a, b)` of a callable, what stands for `self`, and arguments.
    fn call(&self) -> Option<String> {
        let arguments = match self.op {
            Op::CALL_KW => self.taken.split_last()?.1,
            _ => self.taken,
        };
        let mut values = arguments
            .iter()
            .filter(|value| !matches!(&***value, NULL | SELF));
        let callee = values.next()?;
        let values: Vec<&str> = values.map(|value| &**value).collect();
        Some(format!("{}({})", grouped(callee), values.join(", ")))
    }
}

fn binary(a: &str, sign: &str, b: &str) -> String {
    format!("{} {sign} {}", grouped(a), grouped(b))
}

/// In parentheses if it is an operation.
fn grouped(text: &str) -> String {
    let simple = !text.contains(' ') || text.ends_with([')', ']', '}', '\'', '"', '>']);
    if simple {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

fn short(text: &str) -> Rc<str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Rc::from(format!("{}…", &text[..end])),
        None => Rc::from(text),
    }
}
