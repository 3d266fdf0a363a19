"""Writes the truth for the optimizer of basic blocks: random instruction sequences, and what CPython's
`optimize_cfg` makes of them.

usage: python3.14 -S blocks.py [CASES [SEED]] > blocks.txt

A case is `case NLOCALS`, its constants `c CONSTANT`, its instructions `i OP ARG LINE END COL ENDCOL` and labels `l N`, and behind
`=` the instructions that come out, where the operand of `LOAD_CONST` is the constant itself and of a jump the
index of its target.
"""
import opcode
import random
import sys

import _testinternalcapi as t
from const_eval_enc import enc

cases, seed = (int(sys.argv[1]) if len(sys.argv) > 1 else 700), (int(sys.argv[2]) if len(sys.argv) > 2 else 314)
rng = random.Random(seed)
O = opcode.opmap
NAME = opcode.opname
JUMPS = {'JUMP', 'JUMP_NO_INTERRUPT', 'POP_JUMP_IF_FALSE', 'POP_JUMP_IF_TRUE', 'POP_JUMP_IF_NONE', 'POP_JUMP_IF_NOT_NONE',
         'JUMP_IF_FALSE', 'JUMP_IF_TRUE'}
POOL = [None, 0, 1, 7, 255, 256, 300, -1, True, False, 1.5, -0.0, 0.0, 2j, 'ab', '', 'x y', b'q', ..., (1, 2), (), ('a', (1,)), slice(0, 2, None), 2**70,
        1.0, 'ab', 300]
DEPTH = 8


class Gen:
    def __init__(self):
        self.out = []
        self.line = 1
        self.depth = 0
        n = rng.randint(1, 8)
        self.consts = [rng.choice(POOL) for _ in range(n)]

    def emit(self, op, arg=0):
        m = rng.random()
        if m < .25:
            self.line += rng.choice((0, 0, 1, 1, -1, 2))
            self.line = max(self.line, 1)
        loc = (self.line, self.line, rng.randint(0, 3), 9) if m < .95 else (-1, -1, -1, -1)
        self.out.append((op, arg, *loc))

    def const(self):
        if rng.random() < .3:
            self.emit('LOAD_SMALL_INT', rng.randrange(256))
        else:
            self.emit('LOAD_CONST', rng.randrange(len(self.consts)))
        self.depth += 1
        if rng.random() < .1:
            self.emit('NOP')

    def value(self):
        if rng.random() < .7:
            return self.const()
        op, arg = rng.choice((('LOAD_NAME', 0), ('LOAD_FAST', rng.randint(12, 22)), ('LOAD_GLOBAL', 2)))
        self.emit(op, arg)
        self.depth += 1

    def sequence(self):
        kind, add = rng.choice((('BUILD_LIST', 'LIST_APPEND'), ('BUILD_SET', 'SET_ADD')))
        self.emit(kind, 0)
        self.depth += 1
        pure = rng.random() < .7
        for _ in range(rng.randint(0, 5)):
            self.const() if pure else self.value()
            self.emit(add, 1)
            self.depth -= 1
        m = rng.random()
        if m < .3 and kind == 'BUILD_LIST':
            self.emit('CALL_INTRINSIC_1', 6)
        if rng.random() < .7:
            self.use()

    def use(self):
        if rng.random() < .5:
            self.emit('CONTAINS_OP', rng.randrange(2))
            self.depth -= 1
        else:
            self.emit('GET_ITER')

    def step(self):
        m = rng.randrange(24)
        d = self.depth
        if d > 24:
            self.emit('POP_TOP')
            self.depth -= 1
        elif m < 4:
            self.value()
        elif m == 4:
            self.const(), self.const()
            self.emit('BINARY_OP', rng.choice((0, 1, 2, 5, 5, 6, 8, 10, 11, 26, 26)))
            self.depth -= 1
        elif m == 5:
            self.value()
            for _ in range(rng.randint(1, 2)):
                op, arg = rng.choice((('UNARY_NOT', 0), ('TO_BOOL', 0), ('UNARY_NEGATIVE', 0), ('UNARY_INVERT', 0), ('CALL_INTRINSIC_1', 5)))
                self.emit(op, arg)
        elif m == 6 or m == 7:
            n = rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 6))
            load = self.const if rng.random() < .6 else self.value
            for _ in range(n):
                load()
            op = rng.choice(('BUILD_TUPLE', 'BUILD_LIST', 'BUILD_SET'))
            self.emit(op, n)
            self.depth += 1 - n
            if rng.random() < .5:
                self.use()
            elif rng.random() < .5 and n:
                self.emit('UNPACK_SEQUENCE', n)
                self.depth += n - 1
        elif m == 8 or m == 9:
            self.sequence()
        elif m == 10:
            self.value()
            op = rng.choice(('IS_OP', 'CONTAINS_OP', 'COMPARE_OP'))
            self.emit(op, rng.randrange(2) if op != 'COMPARE_OP' else 40)
            self.depth -= 1
            for _ in range(rng.randint(0, 2)):
                self.emit(rng.choice(('TO_BOOL', 'UNARY_NOT')))
        elif m < 16:
            for _ in range(rng.randint(1, 5)):
                op, arg = rng.choice((('SWAP', rng.randint(2, 5)), ('SWAP', 2), ('SWAP', rng.randint(1, 3)), ('NOP', 0)))
                self.emit(op, arg)
            for _ in range(rng.randint(0, 5)):
                if self.depth <= 2:
                    break
                op, arg = rng.choice((('STORE_FAST', rng.randint(14, 22)), ('STORE_FAST', rng.randint(16, 18)), ('STORE_FAST_MAYBE_NULL', rng.randint(16, 19)), ('POP_TOP', 0)))
                self.emit(op, arg)
                self.depth -= 1
        elif m == 16:
            self.emit('COPY', 1)
            self.depth += 1
            if rng.random() < .5:
                self.emit('TO_BOOL')
        elif m == 17:
            self.emit('LOAD_GLOBAL', rng.choice((2, 4)))
            self.emit('PUSH_NULL')
            self.depth += 2
        elif m == 18 and d > 3:
            self.emit('STORE_FAST', 20)
            self.emit('STORE_FAST', rng.choice((20, 21)))
            self.depth -= 2
        elif m == 19:
            self.emit('NOP')
        else:
            self.value()

    def settle(self, depth):
        while self.depth > depth:
            self.emit(*rng.choice((('POP_TOP', 0), ('STORE_FAST', rng.randint(15, 20)))))
            self.depth -= 1
        while self.depth < depth:
            self.value()

    def block(self, labels):
        for _ in range(rng.choice((0, 0, 1, 2, 3))):
            self.step()
            if self.depth < 7:
                self.settle(DEPTH)
        m = rng.random()
        if m < .4:
            self.settle(DEPTH)
            if rng.random() < .5:
                self.const()
            else:
                self.emit('LOAD_NAME', 1)
                self.depth += 1
            if rng.random() < .3:
                self.emit('LOAD_CONST', 0)
                self.emit('IS_OP', rng.randrange(2))
                if rng.random() < .6:
                    self.emit('TO_BOOL')
            elif rng.random() < .5:
                self.emit('TO_BOOL')
            self.emit(rng.choice(('POP_JUMP_IF_FALSE', 'POP_JUMP_IF_TRUE', 'POP_JUMP_IF_NONE', 'POP_JUMP_IF_NOT_NONE')), rng.choice(labels))
            self.depth -= 1
        elif m < .6:
            self.settle(DEPTH - 1)
            self.value()
            for _ in range(rng.randint(1, 2)):
                self.emit(rng.choice(('JUMP_IF_FALSE', 'JUMP_IF_TRUE')), rng.choice(labels))
        elif m < .8:
            self.settle(DEPTH)
            self.emit(rng.choice(('JUMP', 'JUMP', 'JUMP_NO_INTERRUPT')), rng.choice(labels))
        elif m < .85:
            self.settle(DEPTH)
            self.emit('RETURN_VALUE')
        else:
            self.settle(DEPTH)
        self.depth = DEPTH


def case():
    g = Gen()
    seq = t.new_instruction_sequence()
    n = rng.choice((1, 1, 2, 4, 6))
    labels = [seq.new_label() for _ in range(n)]
    g.settle(DEPTH)
    body = []
    for k in range(n):
        # Backward jumps are rare, so that no two empty blocks jump to each other.
        ahead = labels[k + 1:] or [None]
        if ahead == [None]:
            for _ in range(4):
                g.step()
                if g.depth < 7:
                    g.settle(DEPTH)
            g.settle(1)
            g.emit('RETURN_VALUE')
        else:
            g.block(ahead)
        if k + 1 < n:
            g.out.append(labels[k + 1])
    lines = ['case 23', *('c ' + enc(c) for c in g.consts)]
    for item in g.out:
        if isinstance(item, int):
            seq.use_label(item)
            lines.append('l %d' % item)
        else:
            seq.addop(O[item[0]], item[1], *item[2:])
            lines.append('i ' + ' '.join(map(str, item)))
    consts = list(g.consts)
    try:
        out = t.optimize_cfg(seq, consts, 23)
    except ValueError as e:
        return False
    lines.append('=')
    for op, arg, *loc in out.get_instructions():
        op = NAME[op]
        if op == 'LOAD_CONST':
            arg = canonical(consts[arg])
        lines.append(' '.join(map(str, ('i', op, arg, *loc))))
    text = '\n'.join(lines)
    if 'nan' not in text:
        print(text)
    return True


def canonical(c):
    if isinstance(c, frozenset):
        return '{' + ','.join(sorted(map(enc, c))) + '}'
    return enc(c)


done = 0
while done < cases:
    done += case()
