//! Which branches a processor guesses wrong while files are compiled: they take more than half of the time, and no profile of
//! instructions shows them.
//!
//! valgrind's `lackey` traces the basic blocks of a run, `objdump` says with what kind of branch each ends, and a [`predictor`]
//! guesses.

mod predictor;

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{release, workspace};
use predictor::Predictor;

#[derive(clap::Args)]
pub struct Args {
    /// The tree of sources to compile for 3.14; a megabyte takes half a minute [default: tests/python]
    #[arg(long)]
    root: Option<PathBuf>,
    /// The binary to trace, static and with line tables [default: one that is built so]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// How many functions and branches are listed
    #[arg(long, default_value = "40")]
    top: usize,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => workspace().join("tests/python"),
    };
    let binary = match &args.binary {
        Some(binary) => binary.canonicalize()?,
        None => build()?,
    };
    let code = Code::of(&binary)?;
    let counts = trace(&binary, &root, &code)?;
    report(&binary, &counts, args.top)?;
    Ok(true)
}

fn build() -> Result<PathBuf, Box<dyn Error>> {
    let (host, folder) = (release::host()?, workspace().join("target/branches"));
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--profile", "release-fast"])
        .args(["--package", "pycsmith", "--features", "jemalloc"])
        .args(["--target", &host])
        .env("CARGO_TARGET_DIR", &folder)
        .env("CARGO_PROFILE_RELEASE_FAST_LTO", "thin")
        .env("RUSTFLAGS", "-Ctarget-feature=+crt-static -Cdebuginfo=1")
        .current_dir(workspace())
        .status()?;
    if !built.success() {
        return Err("pycsmith does not build".into());
    }
    Ok(folder.join(host).join("release-fast/pycsmith"))
}

/// How control leaves an instruction.
#[derive(Clone, Copy, PartialEq)]
enum Leaves {
    /// It runs on.
    No,
    If(u64),
    To(u64),
    Anywhere,
    Back,
}

/// The instructions of a binary by address.
struct Code {
    entry: u64,
    /// The address behind each, and how control leaves it.
    instrs: HashMap<u64, (u64, Leaves)>,
}

impl Code {
    /// What `objdump` says.
    fn of(binary: &Path) -> Result<Code, Box<dyn Error>> {
        let mut code = Code {
            entry: 0,
            instrs: HashMap::new(),
        };
        let mut child = Command::new("objdump")
            .args(["-d", "-f", "-w", "--no-show-raw-insn"])
            .arg(binary)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("objdump: {error}"))?;
        let mut last: Option<(u64, Leaves)> = None;
        for line in lines(&mut child)? {
            let line = line?;
            if let Some(entry) = line.strip_prefix("start address 0x") {
                code.entry = u64::from_str_radix(entry.trim(), 16)?;
            }
            let Some((address, text)) = line.split_once(":\t") else {
                continue;
            };
            let Ok(address) = u64::from_str_radix(address.trim(), 16) else {
                continue;
            };
            if let Some((at, leaves)) = last {
                code.instrs.insert(at, (address, leaves));
            }
            last = Some((address, leaves(text)));
        }
        child.wait()?;
        Ok(code)
    }

    /// The branch that ends the basic block at `start`, what is behind it, and how control leaves it.
    fn end_of(&self, start: u64) -> Option<(u64, u64, Leaves)> {
        let mut at = start;
        loop {
            let &(behind, leaves) = self.instrs.get(&at)?;
            if leaves != Leaves::No {
                return Some((at, behind, leaves));
            }
            at = behind;
        }
    }
}

/// Of an instruction as `objdump` writes it.
fn leaves(text: &str) -> Leaves {
    let mut words = text.split_whitespace();
    let prefixes = ["bnd", "notrack", "repz", "rep", "lock"];
    let name = words.find(|word| !prefixes.contains(word)).unwrap_or("");
    let operand = words.next().unwrap_or("");
    let target = u64::from_str_radix(operand, 16);
    match (name, target) {
        ("jmp" | "call", Ok(target)) => Leaves::To(target),
        ("jmp" | "call", Err(_)) => Leaves::Anywhere,
        (name, Ok(target)) if name.starts_with('j') => Leaves::If(target),
        (name, _) if name.starts_with("ret") => Leaves::Back,
        _ => Leaves::No,
    }
}

/// Of a branch.
#[derive(Clone, Copy, Default)]
struct Count {
    executed: u64,
    wrong: u64,
}

/// Compiles the tree and guesses all conditional and indirect branches.
fn trace(binary: &Path, root: &Path, code: &Code) -> Result<HashMap<u64, Count>, Box<dyn Error>> {
    let out = tempfile::tempdir()?;
    let mut child = Command::new("valgrind")
        .args([
            "--tool=lackey",
            "--basic-counts=no",
            "--trace-superblocks=yes",
        ])
        .args(["--vex-guest-chase=no", "--log-fd=1"])
        .arg(binary)
        .args([
            "compile",
            "--force",
            "-j",
            "1",
            "--target",
            "3.14",
            "--out-dir",
        ])
        .args([out.path(), Path::new(".")])
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("valgrind: {error}"))?;
    let mut predictor = Predictor::new();
    let mut counts: HashMap<u64, Count> = HashMap::new();
    let mut ends = HashMap::new();
    // Where the binary lies in memory: the trace begins with its entry.
    let mut base = None;
    let mut last = None;
    for line in lines(&mut child)? {
        let line = line?;
        let Some(address) = line.strip_prefix("SB ") else {
            continue;
        };
        let address = u64::from_str_radix(address.trim(), 16)?;
        let base = *base.get_or_insert(address.wrapping_sub(code.entry));
        let start = address.wrapping_sub(base);
        if let Some(last) = last
            && let Some((branch, behind, leaves)) =
                *ends.entry(last).or_insert_with(|| code.end_of(last))
        {
            let right = match leaves {
                Leaves::If(target) if start == target || start == behind => {
                    Some(predictor.guesses(branch, start != behind))
                }
                Leaves::Anywhere => Some(predictor.guesses_target(branch, start)),
                _ => None,
            };
            if let Some(right) = right {
                let count = counts.entry(branch).or_default();
                count.executed += 1;
                count.wrong += u64::from(!right);
            }
            // Where a block was cut before its branch, control has not left it.
            let left = match leaves {
                Leaves::If(target) | Leaves::To(target) => start == target,
                Leaves::Anywhere | Leaves::Back => true,
                Leaves::No => false,
            };
            if left {
                predictor.taken(branch, start);
            }
        }
        last = Some(start);
    }
    child.wait()?;
    Ok(counts)
}

fn lines(
    child: &mut Child,
) -> Result<std::io::Lines<impl std::io::BufRead + use<>>, Box<dyn Error>> {
    let output = child.stdout.take().ok_or("no output")?;
    Ok(BufReader::with_capacity(1 << 20, output).lines())
}

/// Prints the functions with most wrong guesses, then single branches with the functions that they were inlined into.
fn report(binary: &Path, counts: &HashMap<u64, Count>, top: usize) -> Result<(), Box<dyn Error>> {
    let mut branches: Vec<(u64, Count)> = counts
        .iter()
        .map(|(&at, &count)| (at, count))
        .filter(|(_, count)| count.wrong > 0)
        .collect();
    branches.sort_unstable_by_key(|&(at, count)| (std::cmp::Reverse(count.wrong), at));
    let executed: u64 = counts.values().map(|count| count.executed).sum();
    let wrong: u64 = counts.values().map(|count| count.wrong).sum();
    println!("{wrong} of {executed} conditional and indirect branches are guessed wrong");
    let chains = chains(binary, &branches)?;
    let mut functions: HashMap<&str, Count> = HashMap::new();
    for ((_, count), chain) in branches.iter().zip(&chains) {
        let function = chain.last().map_or("?", |(function, _)| function);
        let sum = functions.entry(function).or_default();
        sum.executed += count.executed;
        sum.wrong += count.wrong;
    }
    let mut functions: Vec<_> = functions.into_iter().collect();
    functions.sort_unstable_by_key(|&(name, count)| (std::cmp::Reverse(count.wrong), name));
    for (name, Count { executed, wrong }) in functions.into_iter().take(top) {
        println!("{wrong:>9} of {executed:>9}  {name}");
    }
    println!();
    for ((at, Count { executed, wrong }), chain) in branches.iter().zip(&chains).take(top) {
        let names = chain.iter().map(|(function, place)| {
            let name = function.rsplit("::").next().unwrap_or(function);
            format!("{name} {place}")
        });
        let chain = names.collect::<Vec<_>>().join(" < ");
        println!("{wrong:>9} of {executed:>9}  {at:x} {chain}");
    }
    Ok(())
}

/// A function and a place in it, then the same of those that it is inlined into.
type Chain = Vec<(String, String)>;

/// For each branch the function it stands in and the place, then those it was inlined into, as `addr2line` says.
fn chains(binary: &Path, branches: &[(u64, Count)]) -> Result<Vec<Chain>, Box<dyn Error>> {
    let mut child = Command::new("addr2line")
        .args(["-a", "-i", "-f", "-C", "-e"])
        .arg(binary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("addr2line: {error}"))?;
    let mut input = child.stdin.take().ok_or("no input")?;
    let addresses: String = branches.iter().map(|(at, _)| format!("{at:x}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(addresses.as_bytes()));
    let mut chains: Vec<Chain> = Vec::with_capacity(branches.len());
    let mut function = None;
    for line in lines(&mut child)? {
        let line = line?;
        if line.starts_with("0x") {
            chains.push(Vec::new());
        } else if let Some(function) = function.take() {
            let place = line.split(' ').next().unwrap_or("");
            let short = place.rsplitn(3, '/').take(2).collect::<Vec<_>>();
            let short = short.into_iter().rev().collect::<Vec<_>>().join("/");
            if let Some(chain) = chains.last_mut() {
                chain.push((function, short));
            }
        } else {
            function = Some(line);
        }
    }
    child.wait()?;
    match writer.join() {
        Ok(written) => written?,
        Err(_) => return Err("addr2line's input".into()),
    }
    Ok(chains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objdump_says_how_control_leaves() {
        let cases = [
            ("jne    8bca50 <f+0x10>", Leaves::If(0x8b_ca50)),
            ("jmp    8bca50 <f+0x10>", Leaves::To(0x8b_ca50)),
            ("bnd jmp *%rax", Leaves::Anywhere),
            ("notrack jmp *%rax", Leaves::Anywhere),
            ("call   *%rdx", Leaves::Anywhere),
            ("call   1234 <g>", Leaves::To(0x1234)),
            ("ret", Leaves::Back),
            ("mov    %esi,%eax", Leaves::No),
            ("rep stos %al,%es:(%rdi)", Leaves::No),
        ];
        for (text, expected) in cases {
            assert!(leaves(text) == expected, "{text}");
        }
    }
}
