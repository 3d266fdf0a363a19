//! Damaged `.pyc` files, made of whole ones.

use std::io::Result;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileOptions, Session};

/// Whole files: our programs (below `tests`, the folder of this crate) for every version, and those of old versions.
///
/// # Errors
/// If the folder cannot be read.
pub fn seeds(tests: &Path) -> Result<Vec<Vec<u8>>> {
    let mut seeds = files(&tests.join("info"), "pyc")?;
    let mut session = Session::new();
    for (index, source) in files(&tests.join("python"), "py")?.iter().enumerate() {
        for target in Target::all() {
            let options = CompileOptions {
                target,
                optimize: (index % 3) as u8,
                filename: format!("program{index}.py"),
            };
            let validation = Validation::Timestamp { mtime: 1, size: 2 };
            let code = session.compile(source, &options);
            let bytes = code.map(|code| pyc::write(&code, target, validation));
            seeds.extend(bytes.into_iter().flatten());
        }
    }
    Ok(seeds)
}

/// The contents of the files below a folder whose names end so, in the order of these.
///
/// # Errors
/// If something cannot be read.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<Vec<u8>>> {
    let (mut paths, mut folders) = (Vec::<PathBuf>::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(std::fs::read).collect()
}

/// The splitmix64 generator: enough for places to damage.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Other numbers for each pair.
    pub fn new(seed: u64, number: u64) -> Random {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
        // Neighbouring states begin alike.
        random.number();
        random
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `limit`; 0 for 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.number() % (limit as u64).max(1)) as usize
    }
}

/// Where the marshalled code begins.
const HEADER: usize = 16;
/// Lengths, counts and reference numbers that lead to trouble.
const NUMBERS: &[i32] = &[
    0,
    1,
    2,
    -1,
    255,
    256,
    0x7fff,
    0xffff,
    0xff_ffff,
    i32::MAX,
    i32::MIN,
];
/// Bytes that begin objects.
const TYPES: &[u8] = b"rtzZaAuN()>[{csiIlgyTF.0:\xe3\xf2\xa9\xfb";

/// One of `seeds`, damaged in one place to four; `seeds` must not be empty.
pub fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    let most = 1 + random.below(4);
    for _ in 0..=random.below(most) {
        let other = &seeds[random.below(seeds.len())];
        damage(&mut bytes, other, random);
    }
    bytes
}

fn damage(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    // A header that is refused hides the rest: it is spared but for one in thirty.
    let start = match random.below(30) {
        0 => 0,
        _ => HEADER.min(bytes.len()),
    };
    let at = start + random.below(bytes.len() - start);
    let longest = 16 << random.below(7);
    let length = 1 + random.below(longest);
    let end = (at + length).min(bytes.len());
    match random.below(12) {
        // Bits and bytes.
        0..=3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        4 if at < bytes.len() => bytes[at] = random.number() as u8,
        5 if at < bytes.len() => bytes[at] = TYPES[random.below(TYPES.len())],
        // Lengths, counts, first lines.
        6 => {
            let number = NUMBERS[random.below(NUMBERS.len())].to_le_bytes();
            put(bytes, at, &number);
        }
        // A reference, often to a container that is still open, or to the last one.
        7 => {
            let limit = 1 << random.below(9);
            let number = random.below(limit) as u32;
            let [a, b, c, d] = number.to_le_bytes();
            put(bytes, at, &[b'r', a, b, c, d]);
        }
        // Pieces are taken out, said twice, or come from another file.
        8 => drop(bytes.drain(at..end)),
        9 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        10 => {
            let from = random.below(other.len());
            let piece = &other[from..(from + length).min(other.len())];
            let until = if random.below(2) == 0 { at } else { end };
            bytes.splice(at..until, piece.iter().copied());
        }
        11 => bytes.truncate(at),
        _ => {}
    }
}

/// Overwrites what is there, as far as the file goes.
fn put(bytes: &mut [u8], at: usize, piece: &[u8]) {
    let room = bytes.len().saturating_sub(at).min(piece.len());
    bytes[at..at + room].copy_from_slice(&piece[..room]);
}
