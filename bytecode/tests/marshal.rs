//! Laws of the marshal reader and writer.

use std::sync::Arc;

use num_bigint::BigInt;
use proptest::prelude::*;
use pycsmith_bytecode::marshal::{self, MAX_DEPTH, MarshalError};
use pycsmith_bytecode::{CodeObject, Constant, Names, PyStr, Target, pyc};

const TARGET: Target = Target::PY314;

fn text() -> impl Strategy<Value = Arc<PyStr>> {
    prop_oneof![
        "[a-z_]{0,6}".prop_map(|text| Arc::new(PyStr::constant(text.into_bytes()))),
        ".{0,8}".prop_map(|text| Arc::new(PyStr::constant(text.into_bytes()))),
        Just(Arc::new(PyStr::constant(*b"\xED\xA0\xBD\xED\xB8\x80"))),
        "x{250,260}".prop_map(|text| Arc::new(PyStr::constant(text.into_bytes()))),
    ]
}

fn leaf() -> impl Strategy<Value = Constant> {
    prop_oneof![
        Just(Constant::None),
        Just(Constant::Ellipsis),
        any::<bool>().prop_map(Constant::Bool),
        any::<i64>().prop_map(Constant::Int),
        (-10i64..300).prop_map(Constant::Int),
        any::<i32>().prop_map(|value| Constant::Int(value.into())),
        (1u32..40, any::<bool>()).prop_map(|(bytes, negative)| {
            let value = BigInt::from(i64::MAX) + (BigInt::from(1) << (8 * bytes));
            Constant::BigInt(Arc::new(if negative { -value } else { value }))
        }),
        any::<f64>().prop_map(Constant::Float),
        (any::<f64>(), any::<f64>()).prop_map(|(real, imag)| Constant::Complex(real, imag)),
        text().prop_map(Constant::Str),
        proptest::collection::vec(any::<u8>(), 0..5)
            .prop_map(|bytes| Constant::Bytes(bytes.into())),
    ]
}

fn constant() -> impl Strategy<Value = Constant> {
    leaf().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| Constant::Tuple(items.into())),
            proptest::collection::vec(inner.clone(), 1..5)
                .prop_map(|items| Constant::FrozenSet(items.into())),
            [inner.clone(), inner.clone(), inner.clone()]
                .prop_map(|items| Constant::Slice(Arc::new(items))),
            // Twice the same object.
            inner
                .clone()
                .prop_map(|item| Constant::Tuple(Arc::new([item.clone(), item]))),
            (
                proptest::collection::vec(inner, 0..4),
                proptest::collection::vec(text(), 0..3)
            )
                .prop_map(|(consts, names)| Constant::Code(Arc::new(code(consts, names)))),
        ]
    })
}

fn code(consts: Vec<Constant>, names: Vec<Arc<PyStr>>) -> CodeObject {
    let name = Arc::new(PyStr::name("f"));
    CodeObject {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 1,
        flags: 3,
        code: [0x80, 0].into(),
        consts: consts.into(),
        localspluskinds: vec![0x20; names.len()][..].into(),
        names: names.iter().cloned().collect(),
        localsplusnames: names.into_iter().collect::<Names>(),
        filename: Arc::new(PyStr::name("f.py")),
        qualname: name.clone(),
        name,
        firstlineno: 1,
        linetable: [0x80, 0].into(),
        exceptiontable: [].into(),
    }
}

fn written(code: &CodeObject) -> Vec<u8> {
    let mut out = Vec::new();
    marshal::write(code, TARGET, &mut out).expect("not too deep");
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn write_read_write(consts in proptest::collection::vec(constant(), 0..8), names in proptest::collection::vec(text(), 0..4)) {
        let bytes = written(&code(consts, names));
        let (read, len) = marshal::read_code(&bytes, TARGET).expect("our own bytes");
        prop_assert_eq!(len, bytes.len());
        prop_assert_eq!(written(&read), bytes);
    }

    #[test]
    fn cut_or_changed_bytes_are_read_or_refused(consts in proptest::collection::vec(constant(), 0..8), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = written(&code(consts, Vec::new()));
        let at = at.index(bytes.len());
        prop_assert!(marshal::read_code(&bytes[..at], TARGET).is_err());
        bytes[at] = byte;
        if let Ok((read, _)) = marshal::read_code(&bytes, TARGET) {
            let _ = marshal::write(&read, TARGET, &mut Vec::new());
            let _ = pycsmith_bytecode::dis::listing(&read, TARGET);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = marshal::read(&bytes, TARGET);
        let _ = pyc::read(&bytes);
    }
}

/// Writers note in a string where it stands in what they write: the next one must not believe it.
#[test]
fn strings_are_written_by_many_writers() {
    let strings = |texts: [&str; 2]| texts.map(|text| Constant::Str(Arc::new(PyStr::name(text))));
    let written = |items: &[Constant]| {
        let mut out = Vec::new();
        marshal::write_constant(&Constant::Tuple(items.into()), TARGET, &mut out).unwrap();
        out
    };
    let [a, b] = strings(["a_", "b_"]);
    let set = Constant::FrozenSet([b.clone(), a.clone()].into());
    for items in [
        vec![a.clone(), b.clone(), a.clone()],
        vec![b.clone(), a.clone(), b.clone()],
        vec![a.clone(), set.clone(), a.clone(), b.clone()],
        vec![set, b, a],
    ] {
        let again = |item: &Constant| match item {
            Constant::Str(text) => Constant::Str(Arc::new(PyStr::clone(text))),
            Constant::FrozenSet(_) => Constant::FrozenSet(strings(["b_", "a_"]).into()),
            other => other.clone(),
        };
        let fresh: Vec<_> = items.iter().map(again).collect();
        assert_eq!(written(&items), written(&fresh));
        assert_eq!(written(&items), written(&items));
    }
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| {
        let mut bytes = [b')', 1].repeat(depth);
        bytes.push(b'N');
        bytes
    };
    let deepest = marshal::read(&nested(MAX_DEPTH - 1), TARGET).expect("as deep as CPython reads");
    assert!(marshal::write_constant(&deepest, TARGET, &mut Vec::new()).is_ok());
    assert_eq!(
        marshal::read(&nested(MAX_DEPTH + 1), TARGET).unwrap_err(),
        MarshalError::TooDeep
    );
    assert_eq!(
        marshal::read(&nested(10_000_000), TARGET).unwrap_err(),
        MarshalError::TooDeep
    );
    let mut value = deepest;
    for _ in 0..10 {
        value = Constant::Tuple(Arc::new([value]));
    }
    assert_eq!(
        marshal::write_constant(&value, TARGET, &mut Vec::new()).unwrap_err(),
        MarshalError::TooDeep
    );
}

#[test]
fn references_do_not_nest_deeper() {
    // Each tuple holds the one before, which is in the outermost tuple as well.
    let chain = |len: u32| {
        let mut bytes = b"(".to_vec();
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(b"\xa9\x00");
        for number in 0..len - 1 {
            bytes.extend_from_slice(b"\xa9\x01r");
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes
    };
    assert!(marshal::read(&chain(1000), TARGET).is_ok());
    assert_eq!(
        marshal::read(&chain(1_000_000), TARGET).unwrap_err(),
        MarshalError::TooDeep
    );
}

#[test]
fn sizes_within_each_other_are_checked_together() {
    // The data could fill any of these tuples, but not all: 2,000 of 100,000 members would take gigabytes.
    let mut bytes = Vec::new();
    for _ in 0..MAX_DEPTH - 1 {
        bytes.extend_from_slice(b"(\xa0\x86\x01\x00");
    }
    bytes.resize(200_000, b'N');
    assert_eq!(
        marshal::read(&bytes, TARGET).unwrap_err(),
        MarshalError::Truncated
    );
}

#[test]
fn sizes_are_checked_against_the_data() {
    for head in [
        &b"(\xff\xff\xff\x7f"[..],
        b">\xff\xff\xff\x7f",
        b"s\xff\xff\xff\x7f",
        b"l\xff\xff\xff\x7f",
        b"u\xff\xff\xff\x7f",
    ] {
        assert_eq!(
            marshal::read(head, TARGET).unwrap_err(),
            MarshalError::Truncated
        );
    }
    assert!(matches!(
        marshal::read(b"(\xff\xff\xff\xff", TARGET),
        Err(MarshalError::Bad { .. })
    ));
    assert!(matches!(
        marshal::read(b"l\0\0\0\x80", TARGET),
        Err(MarshalError::Truncated)
    ));
}

#[test]
fn references() {
    assert!(matches!(
        marshal::read(b"r\0\0\0\0", TARGET),
        Err(MarshalError::Bad {
            what: "invalid reference",
            ..
        })
    ));
    // A tuple that would contain itself.
    assert!(matches!(
        marshal::read(b"\xa9\x01r\0\0\0\0", TARGET),
        Err(MarshalError::Bad { .. })
    ));
    let Ok(Constant::Tuple(items)) = marshal::read(b"\xa9\x02\xe9\x07\0\0\0r\x01\0\0\0", TARGET)
    else {
        panic!()
    };
    assert!(matches!(&items[..], [Constant::Int(7), Constant::Int(7)]));
}

#[test]
fn tuples_of_tuples_of_tuples_stay_small() {
    // Each tuple holds the one before twice: 2 to the 300th leaves, a few kilobytes.
    let mut value = Constant::Tuple(Arc::new([Constant::Int(1), Constant::Int(1)]));
    for _ in 0..300 {
        value = Constant::Tuple(Arc::new([value.clone(), value]));
    }
    let mut bytes = Vec::new();
    marshal::write_constant(&value, TARGET, &mut bytes).expect("not too deep");
    let read = marshal::read(&bytes, TARGET).expect("our own bytes");
    let mut again = Vec::new();
    marshal::write_constant(&read, TARGET, &mut again).expect("not too deep");
    assert!(bytes == again && bytes.len() < 5000);
}

/// `marshal.dumps(...)` of 3.14.10, without other references to the object.
#[test]
fn scalars_as_cpython_writes_them() {
    let bytes = |value: Constant| {
        let mut out = Vec::new();
        marshal::write_constant(&value, TARGET, &mut out).expect("not too deep");
        out
    };
    let big = |text: &str| Constant::BigInt(Arc::new(text.parse().expect("a number")));
    let s = |text: &str| Constant::Str(Arc::new(PyStr::constant(text.as_bytes())));
    assert_eq!(bytes(Constant::Int(7)), b"\xe9\x07\0\0\0");
    assert_eq!(bytes(Constant::Int(257)), b"i\x01\x01\0\0");
    assert_eq!(bytes(Constant::Int(1 << 31)), b"l\x03\0\0\0\0\0\0\0\x02\0");
    assert_eq!(
        bytes(Constant::Int(-(1 << 31) - 1)),
        b"l\xfd\xff\xff\xff\x01\0\0\0\x02\0"
    );
    assert_eq!(
        bytes(big("18446744073709551616")),
        b"l\x05\0\0\0\0\0\0\0\0\0\0\0\x10\0"
    );
    assert_eq!(bytes(Constant::Float(1.0)), b"g\0\0\0\0\0\0\xf0\x3f");
    assert_eq!(bytes(s("ab")), b"\xda\x02ab");
    assert_eq!(bytes(s("a b")), b"z\x03a b");
    assert_eq!(bytes(s("é")), b"\xf4\x02\0\0\0\xc3\xa9");
    assert_eq!(bytes(s("éa")), b"u\x03\0\0\0\xc3\xa9a");
    assert_eq!(bytes(Constant::Tuple(Arc::new([]))), b"\xa9\0");
    assert_eq!(bytes(Constant::Bytes(Arc::new(*b"a"))), b"\xf3\x01\0\0\0a");
}
