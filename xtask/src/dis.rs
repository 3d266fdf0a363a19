//! `pycsmith dis --style cpython` against `python -m dis`, in every form that the version has.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pycsmith_bytecode::Target;
use pycsmith_bytecode::dis::cpython::{self, Options};
use pycsmith_compiler::{CompileOptions, Session};

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The target; its reference interpreter is asked
    #[arg(long, default_value = "3.14")]
    target: Target,
    /// The interpreter [default: the target's, from the references or PATH]
    #[arg(long)]
    python: Option<PathBuf>,
    /// The tree of sources [default: the interpreter's standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Every Nth source only
    #[arg(long, default_value = "1")]
    every: usize,
    /// This many differences of each group are shown
    #[arg(long, default_value = "1")]
    show: usize,
}

const SCRIPT: &str = include_str!("dis.py");
/// A worker's stack, as the command's workers have it.
const STACK: usize = 1 << 30;

/// How many listings were compared, and the differences by what they are about.
#[derive(Default)]
struct Outcome {
    listings: usize,
    sources: usize,
    /// Both reject the source, or the interpreter cannot print it.
    without: usize,
    groups: BTreeMap<String, Vec<String>>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = match &args.python {
        Some(path) => Reference::at(path)?,
        None => Reference::of(args.target, true)?,
    };
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => reference.stdlib()?,
    };
    let sources: Vec<String> = reference::sources(&root)
        .into_iter()
        .step_by(args.every.max(1))
        .collect();
    let forms = forms(reference.target);
    let share = sources
        .len()
        .div_ceil(std::thread::available_parallelism().map_or(1, usize::from));
    let outcomes: Vec<Result<Outcome, String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = sources
            .chunks(share.max(1))
            .map(|part| {
                let (reference, root, forms) = (&reference, &root, &forms);
                let work = move || {
                    compare(reference, root, part, forms).map_err(|error| error.to_string())
                };
                std::thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, work)
                    .expect("the system gives a thread")
            })
            .collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, _>| worker.join();
        workers
            .into_iter()
            .map(|worker| join(worker).unwrap_or_else(|_| Err("a worker panicked".to_owned())))
            .collect()
    });
    let mut all = Outcome::default();
    for outcome in outcomes {
        let outcome = outcome?;
        all.listings += outcome.listings;
        all.sources += outcome.sources;
        all.without += outcome.without;
        for (group, places) in outcome.groups {
            all.groups.entry(group).or_default().extend(places);
        }
    }
    Ok(report(args, &reference, &forms, &all))
}

fn report(args: &Args, reference: &Reference, forms: &[Form], all: &Outcome) -> bool {
    let different: usize = all.groups.values().map(Vec::len).sum();
    for (group, places) in &all.groups {
        println!("{:6}  {group}", places.len());
        for place in places.iter().take(args.show) {
            println!("{place}");
        }
    }
    let forms: Vec<&str> = forms.iter().map(|form| form.words).collect();
    println!(
        "dis as CPython {}: {} sources, forms {}: {} listings compared, {different} different; {} sources without",
        reference.target,
        all.sources,
        forms.join(" "),
        all.listings,
        all.without
    );
    different == 0 && all.listings > 0
}

/// A set of options.
struct Form {
    /// As the interpreter takes them; `-` for none.
    words: &'static str,
    options: Options,
}

/// No option, each one that the target has, and all of them.
fn forms(target: Target) -> Vec<Form> {
    let words: &[&str] = match (target.dis_shows_caches(), target.dis_shows_positions()) {
        (false, _) => &["-"],
        (true, false) => &["-", "-C", "-O", "-CO"],
        (true, true) => &["-", "-C", "-O", "-P", "-S", "-CS", "-COPS"],
    };
    let form = |&words: &&'static str| Form {
        words,
        options: Options {
            show_caches: words.contains('C'),
            show_offsets: words.contains('O'),
            show_positions: words.contains('P'),
            specialized: words.contains('S'),
        },
    };
    words.iter().map(form).collect()
}

fn compare(
    reference: &Reference,
    root: &Path,
    sources: &[String],
    forms: &[Form],
) -> Result<Outcome, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("list");
    std::fs::write(&list, sources.join("\n"))?;
    let mut arguments = vec![root.as_os_str().to_owned(), list.into_os_string()];
    arguments.extend(forms.iter().map(|form| form.words.into()));
    let mut child = reference.start_script(SCRIPT, folder.path(), &arguments)?;
    let mut pipe = BufReader::new(child.stdout.take().ok_or("no pipe")?);
    let (mut outcome, mut session) = (Outcome::default(), Session::new());
    for source in sources {
        let options = CompileOptions {
            target: reference.target,
            optimize: 0,
            filename: source.clone(),
        };
        let code = session.compile(&std::fs::read(root.join(source))?, &options);
        let code = code.ok().map(Arc::new);
        outcome.sources += 1;
        for form in forms {
            let theirs = receive(&mut pipe)?;
            let (Some(theirs), Some(code)) = (theirs, &code) else {
                outcome.without += usize::from(form.words == "-");
                continue;
            };
            let ours = cpython::listing(code, reference.target, form.options);
            outcome.listings += 1;
            if let Some((group, lines)) = difference(reference.target, &ours, &theirs) {
                let place = format!("        {source} {}\n{lines}", form.words);
                outcome.groups.entry(group).or_default().push(place);
            }
        }
    }
    child.wait()?;
    Ok(outcome)
}

/// The next listing; `None` where the interpreter failed.
fn receive(pipe: &mut impl std::io::BufRead) -> Result<Option<String>, Box<dyn Error>> {
    let mut head = String::new();
    pipe.read_line(&mut head)?;
    let length: i64 = head
        .trim_end()
        .parse()
        .map_err(|_| "the interpreter ended early")?;
    let Ok(length) = u64::try_from(length) else {
        return Ok(None);
    };
    let mut text = Vec::new();
    pipe.by_ref().take(length).read_to_end(&mut text)?;
    Ok(Some(String::from_utf8(text)?))
}

/// The first line that differs, addresses and what follows from them apart: what it is about, and both lines.
fn difference(target: Target, ours: &str, theirs: &str) -> Option<(String, String)> {
    let (mut a, mut b) = (ours.split('\n'), theirs.split('\n'));
    let normalized = |line: &str| {
        let line = cpython::without_addresses(line);
        match target.none_has_a_hash() {
            true => line,
            false => without_order_by_address(&line),
        }
    };
    loop {
        match (a.next(), b.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                let none = "(end)".to_owned();
                let a = a.map_or(none.clone(), normalized);
                let b = b.map_or(none, normalized);
                if a == b {
                    continue;
                }
                let is_name = |word: &&str| word.len() > 2 && !word.contains(char::is_lowercase);
                let group = match b.split_whitespace().find(is_name) {
                    _ if b.contains("frozenset(") => "frozenset",
                    Some(name) if name.contains(char::is_uppercase) => name,
                    _ => "other lines",
                };
                let lines = format!("          ours   {a}\n          theirs {b}");
                return Some((group.to_owned(), lines));
            }
        }
    }
}

/// The line with the members of a frozenset that has `None` sorted: until 3.12 its hash was its address, so that their order
/// differed from run to run.
fn without_order_by_address(line: &str) -> String {
    let sorted = || {
        let (before, rest) = line.split_once("frozenset({")?;
        let (members, behind) = rest.split_once("})")?;
        let mut members: Vec<&str> = members.split(", ").collect();
        members.sort_unstable();
        members
            .contains(&"None")
            .then(|| format!("{before}frozenset({{{}}}){behind}", members.join(", ")))
    };
    sorted().unwrap_or_else(|| line.to_owned())
}
