//! Damaged `.pyc` files: nothing that reads them may crash or hang, or take more memory than the file's size allows.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use pycsmith_bytecode::diff::Side;
use pycsmith_bytecode::pyc;
use pycsmith_tests::checks::mutate::{self, Random};
use pycsmith_tests::checks::tools;

/// What is allocated, of which the highest amount is asked.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[derive(clap::Args)]
pub struct Args {
    /// Number of inputs
    #[arg(long, default_value = "100000")]
    count: u64,
    /// Other inputs for each
    #[arg(long, default_value = "1")]
    seed: u64,
    /// The number of the first input, to go on or to see one again
    #[arg(long, default_value = "0")]
    first: u64,
    /// Folder of .pyc files to damage, beside those that tests/python compiles to and those of old versions in tests/info
    #[arg(long)]
    corpus: Option<PathBuf>,
    /// Largest file to damage, in bytes: small ones are read faster
    #[arg(long, default_value = "6000")]
    largest: usize,
    /// Where inputs go that show a fault
    #[arg(long, default_value = "target/mutated")]
    findings: PathBuf,
}

/// Longer for one input counts as a hang.
const HANG: Duration = Duration::from_secs(10);
/// Bytes that reading may take, whatever the size of the file, and for each byte of it.
const MEMORY_BASE: usize = 48 << 20;
const MEMORY_FACTOR: usize = 2000;

/// What has been measured.
#[derive(Default)]
struct Figures {
    readable: u64,
    slowest: (Duration, u64),
    /// Most memory, and most for a byte of the file.
    memory: (usize, u64),
    ratio: (usize, u64),
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    std::fs::create_dir_all(&args.findings)?;
    let seeds = seeds(args)?;
    println!("{} files to damage", seeds.len());
    std::panic::set_hook(Box::new(|_| {}));
    let running = AtomicU64::new(u64::MAX);
    // Stacks as large as those of the command's threads.
    let outcome = std::thread::scope(|scope| -> std::io::Result<_> {
        let worker = std::thread::Builder::new().stack_size(8 << 20);
        let handle = worker.spawn_scoped(scope, || work(args, &seeds, &running))?;
        watch(&running, || handle.is_finished());
        Ok(handle.join())
    })?;
    let (figures, faults) = outcome.map_err(|_| "the worker panicked")?;
    report(args, &figures, &faults);
    Ok(faults.is_empty())
}

/// Ends everything if one input takes far too long: what has not ended by then never will.
fn watch(running: &AtomicU64, is_finished: impl Fn() -> bool) {
    let (mut last, mut since) = (u64::MAX, Instant::now());
    while !is_finished() {
        std::thread::sleep(Duration::from_millis(200));
        let number = running.load(Ordering::Relaxed);
        if number != last {
            (last, since) = (number, Instant::now());
        } else if since.elapsed() > 12 * HANG {
            eprintln!("input {number} hangs: --first {number} --count 1");
            std::process::exit(1);
        }
    }
}

fn work(args: &Args, seeds: &[Vec<u8>], running: &AtomicU64) -> (Figures, Vec<String>) {
    let (mut figures, mut faults) = (Figures::default(), Vec::new());
    let wholes: Vec<Side> = seeds.iter().filter_map(|seed| side(seed)).collect();
    for number in args.first..args.first + args.count {
        running.store(number, Ordering::Relaxed);
        let mut random = Random::new(args.seed, number);
        let input = mutate::mutated(seeds, &mut random);
        let whole = &wholes[random.below(wholes.len())];
        let fault = one(&input, whole, number, &mut figures);
        if let Some(fault) = fault {
            let path = args.findings.join(format!("{}-{number}.pyc", args.seed));
            let kept = match std::fs::write(&path, &input) {
                Ok(()) => path.display().to_string(),
                Err(error) => error.to_string(),
            };
            faults.push(format!("input {number}: {fault} ({kept})"));
        }
        if (number + 1) % 50_000 == 0 {
            println!(
                "{} inputs, {} faults",
                number + 1 - args.first,
                faults.len()
            );
        }
    }
    (figures, faults)
}

fn one(input: &[u8], whole: &Side, number: u64, figures: &mut Figures) -> Option<String> {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| tools::check(input, whole)));
    let time = start.elapsed();
    let peak = MEMORY.peak_usage().saturating_sub(before);
    figures.slowest = figures.slowest.max((time, number));
    figures.memory = figures.memory.max((peak, number));
    figures.ratio = figures.ratio.max((peak / input.len().max(1), number));
    let bound = MEMORY_BASE + MEMORY_FACTOR * input.len();
    match result {
        Err(panic) => Some(format!("panic: {}", words(&*panic))),
        Ok(_) if time > HANG => Some(format!("took {:.1} s", time.as_secs_f64())),
        Ok(_) if peak > bound => Some(format!("took {peak} bytes for {}", input.len())),
        Ok(readable) => {
            figures.readable += u64::from(readable);
            None
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_default()
}

fn report(args: &Args, figures: &Figures, faults: &[String]) {
    println!(
        "{} inputs (seed {}), {} of them readable: {} faults",
        args.count,
        args.seed,
        figures.readable,
        faults.len()
    );
    let (time, number) = figures.slowest;
    println!("  longest: {} ms (input {number})", time.as_millis());
    let (bytes, number) = figures.memory;
    println!("  most memory: {} kB (input {number})", bytes / 1024);
    let (ratio, number) = figures.ratio;
    println!("  most memory for a byte of the file: {ratio} bytes (input {number})");
    for fault in faults {
        println!("  {fault}");
    }
}

fn side(bytes: &[u8]) -> Option<Side> {
    let (_, target, code) = pyc::read(bytes).ok()?;
    Some(Side { code, target })
}

/// The files to damage: those that the tests have, and those of `--corpus`.
fn seeds(args: &Args) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut seeds = mutate::seeds(&crate::workspace().join("tests"))?;
    if let Some(folder) = &args.corpus {
        seeds.extend(mutate::files(folder, "pyc")?);
    }
    seeds.retain(|seed| seed.len() <= args.largest);
    Ok(seeds)
}
