"""Writes the truth for constant evaluation: what CPython's optimizer makes of `LOAD_CONST a, LOAD_CONST b,
BINARY_OP op` and of the unary operations, over a fixed pseudo-random choice of operands.

usage: python3.14 -S const_eval.py > const_eval.txt
(with `all` behind it, the long lines and the other two thirds as well)
"""
import math
import opcode
import random
import struct
import sys

import _testinternalcapi as t
from const_eval_enc import enc

rng = random.Random(314)
O = opcode.opmap
NB = {'+':0,'&':1,'//':2,'<<':3,'@':4,'*':5,'%':6,'|':7,'**':8,'>>':9,'-':10,'/':11,'^':12,'[]':26}
def run(consts, ops):
    seq = t.new_instruction_sequence()
    for op, arg in ops: seq.addop(O[op], arg, 1, 0, 1, 0)
    consts = list(consts)
    seq = t.optimize_cfg(seq, consts, 0)
    ins = seq.get_instructions()
    ins = [i for i in ins if opcode.opname[i[0]] != 'NOP']
    if len(ins) != 2: return None
    op, arg = opcode.opname[ins[0][0]], ins[0][1]
    return (arg,) if op == 'LOAD_SMALL_INT' else (consts[arg],)
def binary(a, b, op):
    return run([a, b, None], [('LOAD_CONST',0),('LOAD_CONST',1),('BINARY_OP',NB[op]),('RETURN_VALUE',0)])
def unary(a, op):
    if op == 'not':
        ops = [('UNARY_NOT',0)]
    else:
        ops = [{'-':('UNARY_NEGATIVE',0),'~':('UNARY_INVERT',0),'+':('CALL_INTRINSIC_1',5)}[op]]
    return run([a, None], [('LOAD_CONST',0)]+ops+[('RETURN_VALUE',0)])
INTS = [0,1,2,3,5,7,-1,-2,-3,-7,10,63,64,65,100,127,128,129,255,256,257,4095,4096,4097,2**31,-2**31,2**53-1,2**53+1,-2**53-1,
  2**62,2**63-1,2**63,-2**63,-2**63-1,2**64-1,2**64,2**64+1,2**65+3,10**20,-10**20,3**60,2**100,2**127,2**128-1,2**128,-2**128,10**40,2**1023,2**1024,-2**1024,10**400,
  2**1024-2**970,2**1024-2**970-1, 2**54+1,2**54+3,(2**53+1)*2**10+1]
FLOATS = [0.0,-0.0,1.0,-1.0,0.5,-0.5,1.5,2.0,-2.0,3.0,-3.0,2.5,0.1,-0.1,1e-5,1e10,1e16,1e22,1e100,-1e100,1e300,1e308,-1e308,1e-300,5e-324,-5e-324,2.2250738585072014e-308,
  float('inf'),float('-inf'),math.pi,1/3,1e15+0.3,123456.789,1023.0,1024.0,9007199254740993.0]
COMPLEX = [complex(a,b) for a in (0.0,-0.0,1.0,-2.5,1e200,float('inf'),-3.0) for b in (0.0,-0.0,1.0,3.5,-1e200,float('-inf'),0.25)]
NAN = float('inf')-float('inf')
STRS = ['', 'a','ab','-','hello world','é','héé','\u0100b','x\ud800y','\ud800','\udc00','\U0001f600z\U0001f601','_id9','a'*64,'b'*100,'ab'*2048,'c'*4096,'c'*4097]
BYTES = [b'',b'a',b'abc',b'\x00\xff',b'z'*300,b'y'*4096]
TUPLES = [(),(1,),(1,2),(None,'a',2.5),((1,2),(3,)),((),())*3,tuple(range(10)),tuple(range(100)),((tuple(range(30)),)*4,),(True,b'x',...),tuple(range(256)),tuple(range(257))]
OTHER = [None, ..., True, False]
def sl():
    c = [None,None,0,1,2,3,-1,-2,-3,5,10,-10,100,-100,2**70,-2**70,True,2**63-1,-2**63,-2**63+1]
    st = [None,None,None,1,2,3,-1,-2,-3,0,2**70,-2**70,-2**63,2**63-1,True,False]
    return slice(rng.choice(c), rng.choice(c), rng.choice(st))
def rint():
    m = rng.random()
    if m < .35: return rng.choice(INTS)
    if m < .6: return rng.randint(-20,300)
    n = rng.randint(1, rng.choice((16,40,64,70,128,200,1100)))
    return rng.randint(-2**n, 2**n)
def rfloat():
    if rng.random() < .5: return rng.choice(FLOATS)
    m = rng.random()
    if m < .4: return rng.uniform(-10,10)
    if m < .7: return float(rng.randint(-1000,1000))/rng.choice((1,2,4,10))
    return struct.unpack('>d', rng.randbytes(8))[0]
def rcomplex():
    m = rng.random()
    if m < .5: return rng.choice(COMPLEX)
    return complex(rfloat(), rfloat()) if m < .8 else complex(0.0, rfloat())
def rnum():
    m = rng.random()
    if m < .5: return rint()
    if m < .78: return rfloat()
    if m < .95: return rcomplex()
    return rng.random() < .5
def rany():
    return rng.choice((rnum, lambda: rng.choice(STRS), lambda: rng.choice(BYTES), lambda: rng.choice(TUPLES), lambda: rng.choice(OTHER), sl))()
def rseq(): return rng.choice((STRS,BYTES,TUPLES)[rng.randrange(3)])
seen = set()
def isnan(x):
    return isinstance(x, float) and x != x or isinstance(x, complex) and x != x
def emit(op, args, r):
    # The sign and payload of a NaN are the processor's.
    if any(map(isnan, args)) : return
    line = ' '.join([op, *map(enc, args), '-' if r is None else 'nan' if isnan(r[0]) else enc(r[0])])
    if line in seen: return
    seen.add(line)
    if 'all' in sys.argv or len(line) < 400 and (len(seen) % 3 == 0 or op[0] == 'u'): print(line)
ARITH = ['+','-','*','/','//','%','**']
BITS = ['&','|','^','<<','>>']
def pair(op, a, b): emit(op, (a,b), binary(a,b,op))
for op in ARITH:
    for _ in range(900): pair(op, rnum(), rnum())
    for _ in range(250): pair(op, rint(), rint())
    for _ in range(250): pair(op, rfloat(), rng.choice((rfloat,rint))())
    for _ in range(150): pair(op, rcomplex(), rnum())
    for _ in range(150): pair(op, rnum(), rcomplex())
    for a in (0.0,-0.0,1.0,-1.0,2.0,-2.0,0.5,-0.5,float('inf'),float('-inf')):
        for b in (0.0,-0.0,1.0,-1.0,2.0,3.0,-3.0,0.5,-2.5,float('inf'),float('-inf')): pair(op, a, b)
for _ in range(400): pair('**', rng.randint(-40,40), rng.randint(-5,140))
for _ in range(300): pair('**', rng.uniform(-50,50), rng.uniform(-50,50)); pair('**', rcomplex(), rng.randint(-12,120))
for _ in range(600): pair('/', rint(), rint()); pair('/', rng.randint(-2**1100,2**1100), rng.randint(1,2**rng.choice((10,60,80,1000,1100))))
for _ in range(300): pair('/', rng.randint(1,2**60)*2**rng.randint(0,900), rng.randint(1,2**60)*2**rng.randint(0,1100)); pair('/', rng.randint(1,2**80), 2**rng.randint(1000,1180)+rng.randint(0,3))
for op in BITS:
    for _ in range(350): pair(op, rng.choice((rint,rint,rint,lambda:rng.random()<.5))(), rng.choice((rint,lambda:rng.randint(-3,140),lambda:rng.random()<.5))())
    for _ in range(60): pair(op, rany(), rany())
for _ in range(400): pair('*', rseq(), rng.choice((rint,lambda:rng.randint(-2,70),lambda:rng.random()<.5))())
for _ in range(300): pair('*', rng.choice((rint,lambda:rng.randint(-2,70)))(), rseq())
for _ in range(250): pair('+', rseq(), rseq())
for c in (STRS,BYTES,TUPLES):
    for _ in range(60): pair('+', rng.choice(c), rng.choice(c))
for _ in range(500): pair('[]', rseq(), rng.choice((lambda:rng.randint(-6,6),rint,lambda:rng.random()<.5))())
for _ in range(900): pair('[]', rseq(), sl())
for _ in range(200): pair(rng.choice(list(NB)), rany(), rany())
for x in INTS+FLOATS+COMPLEX+STRS[:12]+BYTES[:3]+TUPLES[:6]+OTHER:
    for op in ('-','+','~','not'): emit('u'+op, (x,), unary(x, op))
