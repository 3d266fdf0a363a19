//! A pass left out is found, with our own whole pipeline for truth.

use pycsmith_compiler::CompileOptions;

use super::*;

const SOURCE: &[u8] = b"\
def f(a, b, *rest):
    try:
        for item in rest:
            if item and not (a or b):
                continue
            if item is None: return
            x = (1, 2, 3)
            del item
            print(item, x, 2 * 3 + a)
            while a and b:
                a, b = b, a
                if a: return
        else:
            return [lambda: a for b in x if b in {1, 2}]
    except (ValueError, TypeError) as error:
        raise error from None
    finally:
        with a: print('done')

def h(a): yield from a

async def g(c):
    async for d in c: yield (d if d else c)
    return
";

fn cases(target: Target, disabled: &[String]) -> Vec<Case> {
    let options = CompileOptions {
        target,
        optimize: 0,
        filename: "f.py".to_owned(),
    };
    let (units, code) = stages::stages(SOURCE, &options).expect("it compiles");
    let steps = experiments::steps(target, disabled);
    let pairs = pairs(&units, &Arc::new(code));
    assert_eq!(pairs.len(), units.len());
    let case = |(unit, code): (&UnitStages, Arc<CodeObject>)| Case {
        generated: unit.generated.clone(),
        truth: rows::of_code(&code, target),
    };
    let differs = |case: &Case| {
        experiments::result(&case.generated, target, &steps).as_ref() != Some(&case.truth)
    };
    pairs.into_iter().map(case).filter(differs).collect()
}

/// The rows of units are those of the code objects made of them, for all targets.
#[test]
fn whole_pipelines_have_no_cases() {
    for target in Target::all() {
        let cases = cases(target, &[]);
        let first = cases.first().map(|case| {
            let steps = experiments::steps(target, &[]);
            let ours = experiments::result(&case.generated, target, &steps);
            diff(&case.truth, &ours.unwrap_or_default())
        });
        assert_eq!(first, None, "{target}");
    }
}

fn blamed(target: Target, pass: &str) -> Option<String> {
    let disabled = [pass.to_owned()];
    let cases = cases(target, &disabled);
    if cases.is_empty() {
        return None;
    }
    let steps = experiments::steps(target, &disabled);
    Some(verdict(
        &experiments::remedies(&cases, target, &steps),
        cases.len(),
    ))
}

#[test]
fn a_missing_pass_is_named() {
    for (series, passes) in [
        ("3.11", &["clean_basic_blocks", "direct_jumps"][..]),
        ("3.12", &["optimize_basic_blocks", "normalize_jumps"]),
        ("3.13", &["insert_superinstructions", "convert_pseudo_ops"]),
        (
            "3.14",
            &[
                "optimize_load_const",
                "optimize_basic_blocks",
                "remove_unused_consts",
                "insert_superinstructions",
                "normalize_jumps",
                "optimize_load_fast",
                "label_exception_targets",
                "add_checks_for_loads_of_uninitialized_variables",
            ],
        ),
    ] {
        let target: Target = series.parse().expect("a target");
        for pass in passes {
            let verdict = blamed(target, pass);
            let verdict = verdict.unwrap_or_else(|| panic!("{pass} does nothing here"));
            let alone = verdict.contains(&format!("the pass to blame is {pass}:"));
            // The last two clean up the same way.
            let among = verdict.contains(&format!("\n  {pass}, run once more"));
            assert!(
                if *pass == "clean_basic_blocks" {
                    among
                } else {
                    alone
                },
                "{series}, without {pass}: {verdict}"
            );
        }
    }
}
