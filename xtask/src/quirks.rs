//! The oddities of CPython that we copy, each marked `CPython quirk (...)` in the code.

use std::error::Error;

use walkdir::WalkDir;

#[derive(clap::Args)]
pub struct Args {}

pub fn run(_: &Args) -> Result<bool, Box<dyn Error>> {
    let root = crate::workspace().canonicalize()?;
    for folder in ["bytecode", "parser", "ir", "optimizer", "compiler", "cli"] {
        for entry in WalkDir::new(root.join(folder).join("src"))
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
        {
            if entry
                .path()
                .extension()
                .is_none_or(|extension| extension != "rs")
            {
                continue;
            }
            let text = std::fs::read_to_string(entry.path())?;
            for (number, line) in text.lines().enumerate() {
                if let Some(at) = line.find("CPython quirk") {
                    println!(
                        "{}:{}: {}",
                        entry.path().strip_prefix(&root)?.display(),
                        number + 1,
                        &line[at..]
                    );
                }
            }
        }
    }
    Ok(true)
}
