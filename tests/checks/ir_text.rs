//! Texts of the IR.

use pycsmith_bytecode::Target;
use pycsmith_ir::text;
use pycsmith_ir::verify::verify_unit;
use pycsmith_ir::{CodeModule, CodeUnit, ModuleFile};
use pycsmith_optimizer::pipeline::{self, Step};
use pycsmith_optimizer::verification::Verification;
use pycsmith_optimizer::{Bug, standalone};

/// Any text is read or refused; what is read can be printed, and is read again as what it was. The passes take whatever the
/// verifier has nothing against, in any order; in the pipeline's, what they make of a fresh unit verifies.
pub fn check(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else {
        return;
    };
    let module = match text::parse(source) {
        Ok(module) => module,
        Err(faults) => {
            assert!(!faults.is_empty(), "refused for no reason");
            for fault in &faults {
                let _ = fault.render("fuzz.ir", source);
            }
            return;
        }
    };
    comes_back(&module);
    let target = module.target;
    for unit in module.units {
        if verify_unit(&unit, target).is_ok() {
            in_order(unit.clone(), target);
            in_disorder(unit, target);
        }
    }
}

/// The module's text is read as the module.
pub(super) fn comes_back(module: &CodeModule) -> CodeModule {
    let printed = module.to_string();
    let again = match text::parse(&printed) {
        Ok(again) => again,
        Err(faults) => panic!("printed:\n{}", faults[0].render("printed.ir", &printed)),
    };
    let mut pairs = again.units.iter().zip(&module.units);
    if let Some((after, before)) = pairs.find(|(after, before)| after != before) {
        panic!("printed:\n{printed}\nreads as another unit:\n{before:?}\n{after:?}");
    }
    assert_eq!(again.file, module.file);
    assert_eq!(again.to_string(), printed);
    again
}

/// The whole pipeline.
fn in_order(unit: CodeUnit, target: Target) {
    let fresh = unit.is_fresh();
    if let Err(bug) = run(unit, target, pipeline::of(target)) {
        // A pass may refuse, but not make what does not verify.
        assert!(!fresh || !bug.0.starts_with("after "), "{}", bug.0);
    }
}

/// Each pass alone, then all of them backwards: what they make need not verify, and then is not gone on with.
fn in_disorder(unit: CodeUnit, target: Target) {
    let steps = pipeline::of(target);
    for step in steps {
        let _ = run(unit.clone(), target, [step]);
    }
    let _ = run(unit, target, steps.iter().rev());
}

/// Runs the steps with verification between, as `pycsmith opt` does.
fn run<'s>(
    mut unit: CodeUnit,
    target: Target,
    steps: impl IntoIterator<Item = &'s Step>,
) -> Result<(), Bug> {
    standalone::run(&mut unit, target, steps, &mut Verification::default())?;
    comes_back(&CodeModule {
        target,
        file: ModuleFile::default(),
        units: vec![unit],
    });
    Ok(())
}
