//! Compiles `opcodes/*.ops` into the `Op` enum (the union of all tables' names) and one `OpcodeTable` for each
//! file. The header of each file documents its columns.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs, path::Path};

/// One line of a table.
struct Row {
    number: u16,
    caches: u8,
    operand: &'static str,
    popped: Effect,
    pushed: Effect,
    jump: Option<i16>,
    flags: Vec<&'static str>,
}

/// An entry of an instruction's cache.
struct CacheEntry {
    name: String,
    units: u8,
    initial: u16,
}

/// A version's table.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, Row>,
    caches: BTreeMap<String, Vec<CacheEntry>>,
}

/// A sum of terms (see `opcode.rs`, which evaluates it).
#[derive(Default)]
struct Effect {
    base: i16,
    scale: i16,
    bits: u8,
    extended: bool,
    equals: u8,
}

fn main() {
    println!("cargo::rerun-if-changed=opcodes");
    println!("cargo::rerun-if-changed=build.rs");
    let mut tables = BTreeMap::new();
    // The printed name of each operation, by the name of its `Op`.
    let mut names = BTreeMap::new();
    for entry in fs::read_dir("opcodes").expect("opcodes/ is beside build.rs") {
        let path = entry.expect("readable entry").path();
        let minor = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.strip_prefix("3."));
        let Some(minor) = minor.and_then(|minor| minor.parse::<u8>().ok()) else {
            continue;
        };
        let text = fs::read_to_string(&path).expect("UTF-8 table");
        let mut table = Table::default();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let fail = |what: String| -> ! { panic!("{}:{}: {what}", path.display(), index + 1) };
            if let Some(line) = line.strip_prefix("cache ") {
                let (name, entries) = parse_cache(line).unwrap_or_else(|what| fail(what));
                match table.rows.get(&name) {
                    Some(row)
                        if entries.iter().map(|entry| entry.units).sum::<u8>() == row.caches => {}
                    _ => fail(format!("the entries of {name} are not its caches")),
                }
                table.caches.insert(name, entries);
                continue;
            }
            let (name, row) = parse_row(line).unwrap_or_else(|what| fail(what));
            let (printed, name) = match name.split_once(':') {
                Some((printed, name)) => (printed.to_owned(), name.to_owned()),
                None => (name.clone(), name),
            };
            names.insert(name.clone(), printed);
            assert!(
                table.rows.insert(name.clone(), row).is_none(),
                "{}: {name} twice",
                path.display()
            );
        }
        for (name, row) in &table.rows {
            let told = row.caches == 0 || table.caches.contains_key(name);
            assert!(told, "{}: no cache entries of {name}", path.display());
        }
        tables.insert(minor, table);
    }
    let printed: Vec<&String> = names.values().collect();
    let out = generate(&tables, &names.keys().collect::<Vec<_>>(), &printed);
    fs::write(
        Path::new(&env::var("OUT_DIR").expect("set by Cargo")).join("op.rs"),
        out,
    )
    .expect("writable OUT_DIR");
}

fn parse_row(line: &str) -> Result<(String, Row), String> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [number, name, caches, operand, popped, pushed, jump, flags] = columns[..] else {
        return Err(format!("{} columns instead of 8", columns.len()));
    };
    let operand = match operand {
        "-" => "None",
        "raw" => "Raw",
        "const" => "Const",
        "name" => "Name",
        "name>>1" => "NameFlag",
        "name>>2" => "NameFlags",
        "local" => "Local",
        "local,local" => "LocalPair",
        "free" => "Free",
        "jump" => "Jump",
        "handler" => "Handler",
        other => return Err(format!("unknown operand kind {other}")),
    };
    let jump = if jump == "=" {
        None
    } else {
        Some(jump.parse().map_err(|_| format!("jump effect {jump}"))?)
    };
    let mut known = Vec::new();
    for flag in flags.split(',').filter(|&flag| flag != "-") {
        known.push(match flag {
            "pseudo" => "PSEUDO",
            "goto" => "GOTO",
            "branch" => "BRANCH",
            "back" => "BACK",
            "exit" => "EXIT",
            "push" => "PUSH",
            other => return Err(format!("unknown flag {other}")),
        });
    }
    let row = Row {
        number: number.parse().map_err(|_| format!("number {number}"))?,
        caches: caches.parse().map_err(|_| format!("caches {caches}"))?,
        operand,
        popped: parse_effect(popped)?,
        pushed: parse_effect(pushed)?,
        jump,
        flags: known,
    };
    Ok((name.to_owned(), row))
}

/// `NAME ENTRY...`, each entry `name*units=initial`.
fn parse_cache(line: &str) -> Result<(String, Vec<CacheEntry>), String> {
    let mut words = line.split_whitespace();
    let name = words.next().ok_or("no name")?.to_owned();
    let mut entries = Vec::new();
    for word in words {
        let fail = |_| format!("cache entry {word}");
        let (word, initial) = word.split_once('=').unwrap_or((word, "0"));
        let (name, units) = word.split_once('*').unwrap_or((word, "1"));
        entries.push(CacheEntry {
            name: name.to_owned(),
            units: units.parse().map_err(fail)?,
            initial: initial.parse().map_err(fail)?,
        });
    }
    Ok((name, entries))
}

fn parse_effect(text: &str) -> Result<Effect, String> {
    let mut effect = Effect::default();
    for term in text.split('+') {
        let number = |text: &str| {
            text.parse::<u8>()
                .map_err(|_| format!("unknown term {term}"))
        };
        if let Ok(value) = term.parse::<i16>() {
            effect.base += value;
        } else if term == "oparg" {
            effect.scale += 1;
        } else if let Some(scale) = term.strip_prefix("oparg*") {
            effect.scale += i16::from(number(scale)?);
        } else if term == "(oparg&1)" {
            effect.bits |= 1;
        } else if term == "(oparg&0xFF)" {
            effect.extended = true;
        } else if term == "(oparg>>8)" {
            if !effect.extended {
                return Err("(oparg>>8) only behind (oparg&0xFF)".to_owned());
            }
        } else if let Some(value) = term
            .strip_prefix("(oparg==")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            effect.equals = number(value)?;
        } else if let Some(bit) = term
            .strip_prefix("(oparg>>")
            .and_then(|rest| rest.strip_suffix("&1)"))
        {
            effect.bits |= 1 << number(bit)?;
        } else {
            return Err(format!("unknown term {term}"));
        }
    }
    Ok(effect)
}

fn generate(tables: &BTreeMap<u8, Table>, names: &[&String], printed: &[&String]) -> String {
    let mut out = String::new();
    let o = &mut out;
    writeln!(o, "/// An instruction's operation, whatever its number in a version: the union of all versions' names.").unwrap();
    writeln!(o, "///").unwrap();
    writeln!(
        o,
        "/// As wide as its neighbours in an instruction, which are copied together."
    )
    .unwrap();
    writeln!(o, "#[allow(non_camel_case_types)]").unwrap();
    writeln!(o, "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n#[repr(u32)]\npub enum Op {{").unwrap();
    for name in names {
        writeln!(o, "    {name},").unwrap();
    }
    writeln!(
        o,
        "}}\n\nimpl Op {{\n    /// How many there are.\n    pub const COUNT: usize = {};\n",
        names.len()
    )
    .unwrap();
    writeln!(
        o,
        "    /// All of them, in the order of their names.\n    pub const ALL: [Op; Op::COUNT] = ["
    )
    .unwrap();
    for name in names {
        writeln!(o, "        Op::{name},").unwrap();
    }
    writeln!(o, "    ];\n}}\n\nconst NAMES: [&str; Op::COUNT] = [").unwrap();
    for name in printed {
        writeln!(o, "    {name:?},").unwrap();
    }
    writeln!(o, "];\n").unwrap();
    for (minor, table) in tables {
        generate_table(o, *minor, table, names);
    }
    writeln!(o, "/// The table of 3.`minor`.\npub(crate) fn table(minor: u8) -> Option<&'static OpcodeTable> {{\n    match minor {{").unwrap();
    for minor in tables.keys() {
        writeln!(o, "        {minor} => Some(&TABLE_{minor}),").unwrap();
    }
    writeln!(o, "        _ => None,\n    }}\n}}").unwrap();
    out
}

fn generate_table(o: &mut String, minor: u8, table: &Table, names: &[&String]) {
    let Table { rows, caches } = table;
    writeln!(
        o,
        "static TABLE_{minor}: OpcodeTable = OpcodeTable {{\n    info: ["
    )
    .unwrap();
    for name in names {
        let Some(row) = rows.get(*name) else {
            writeln!(o, "        OpInfo::ABSENT,").unwrap();
            continue;
        };
        let flags = match &row.flags[..] {
            [] => "0".to_owned(),
            flags => format!("flag::{}", flags.join(" | flag::")),
        };
        let effect = |e: &Effect| {
            let Effect {
                base,
                scale,
                bits,
                extended,
                equals,
            } = e;
            let rare = *bits > 1 || *extended || *equals != 0;
            format!(
                "Effect {{ base: {base}, scale: {scale}, bits: {bits}, extended: {extended}, equals: {equals}, \
                 rare: {rare} }}"
            )
        };
        let Row {
            number,
            caches,
            operand,
            popped,
            pushed,
            jump,
            ..
        } = row;
        let (popped, pushed) = (effect(popped), effect(pushed));
        writeln!(
            o,
            "        OpInfo {{ number: {number}, caches: {caches}, operand: Operand::{operand}, flags: {flags}, \
             popped: {popped}, pushed: {pushed}, jump: {jump:?} }}, // {name}"
        )
        .unwrap();
    }
    writeln!(o, "    ],\n    net: [").unwrap();
    for name in names {
        let Some(Row { popped, pushed, .. }) = rows.get(*name) else {
            writeln!(o, "        Net::NONE,").unwrap();
            continue;
        };
        let plain = |e: &Effect| !e.extended && e.equals == 0;
        let rare = !plain(popped) || !plain(pushed) || popped.bits != 0 || pushed.bits > 1;
        let many = rare || pushed.scale != 0;
        let pushed_base = if many { 0 } else { pushed.base };
        let (base, scale, bit) = (
            i32::from(pushed.base) - i32::from(popped.base),
            i32::from(pushed.scale) - i32::from(popped.scale),
            pushed.bits & 1,
        );
        writeln!(
            o,
            "        Net {{ base: {base}, scale: {scale}, bit: {bit}, pushed: {pushed_base}, many: {many}, rare: {rare} }}, // {name}"
        )
        .unwrap();
    }
    writeln!(o, "    ],\n    encodings: [").unwrap();
    for name in names {
        let Some(row) = rows.get(*name) else {
            writeln!(o, "        Encoding::NONE,").unwrap();
            continue;
        };
        let Row {
            number,
            caches,
            operand,
            ..
        } = row;
        let jumps = *operand == "Jump";
        let form = match (*number < 256, jumps) {
            (true, false) if *name == "GET_ITER" => "Translated",
            (true, false) => "Plain",
            (true, true) => "Jump",
            (false, true) => "PseudoJump",
            (false, false) => "Pseudo",
        };
        writeln!(
            o,
            "        Encoding {{ number: {}, units: {}, form: Form::{form}, jumps: {jumps} }}, // {name}",
            number & 0xFF,
            1 + caches,
        )
        .unwrap();
    }
    writeln!(o, "    ],\n    by_number: [").unwrap();
    for number in 0..256 {
        match rows.iter().find(|(_, row)| row.number == number) {
            Some((name, _)) => writeln!(o, "        Some(Op::{name}),").unwrap(),
            None => writeln!(o, "        None,").unwrap(),
        }
    }
    writeln!(o, "    ],\n    cache_entries: &[").unwrap();
    for (name, entries) in caches {
        let entries: Vec<String> = entries
            .iter()
            .map(
                |CacheEntry {
                     name,
                     units,
                     initial,
                 }| {
                    format!("CacheEntry {{ name: {name:?}, units: {units}, initial: {initial} }}")
                },
            )
            .collect();
        writeln!(o, "        (Op::{name}, &[{}]),", entries.join(", ")).unwrap();
    }
    writeln!(o, "    ],\n}};\n").unwrap();
}
