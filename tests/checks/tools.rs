//! What the commands that read `.pyc` files do, but for files and the terminal: `dis` in all styles, `info`, `verify` and `diff`.

use pycsmith_bytecode::compare;
use pycsmith_bytecode::diff::functions::Profile;
use pycsmith_bytecode::diff::{self, Side};
use pycsmith_bytecode::dis::model;
use pycsmith_bytecode::info::{self, Info};
use pycsmith_bytecode::pyc;

/// Any bytes are read or refused, and what is read can be shown; `whole` is what it is compared with. Says whether it could be read.
pub fn check(data: &[u8], whole: &Side) -> bool {
    if let Ok(info) = Info::of(data, None) {
        let options = info::Options {
            width: 80,
            color: true,
            summary: false,
        };
        let page = info::text(&info, "file.pyc", options);
        assert!(page.contains("magic number"), "a page tells the version");
    }
    let Ok((_, target, code)) = pyc::read(data) else {
        return false;
    };
    let side = Side { code, target };
    super::pyc::can_be_listed(&side.code, side.target);
    // `verify`, once the source is compiled.
    if let Some(found) = compare::first_difference_in_effect(&whole.code, &side.code, target) {
        assert!(!found.to_string().is_empty());
    }
    for (one, other) in [(whole, &side), (&side, whole)] {
        let found = diff::diff(one, other, true);
        let options = diff::Options {
            width: 80,
            color: true,
        };
        let text = diff::text(&found, (one, other), options);
        assert_eq!(found.is_empty(), text.is_empty(), "differences are told");
    }
    for code in model::all(&side.code) {
        let profile = Profile::new(&code, target);
        for of in &profile.loops {
            assert!(of.round.0 <= of.round.1 && of.round.1 <= of.instructions);
        }
    }
    true
}
