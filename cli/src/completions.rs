//! `pycsmith completions`.

use clap::Args;
use clap_complete::Shell;

use crate::{OK, args, output};

pub const NOTES: &str = "\
Examples:
  pycsmith completions bash >> ~/.bash_completion
  pycsmith completions zsh > \"${fpath[1]}/_pycsmith\"
  pycsmith completions fish > ~/.config/fish/completions/pycsmith.fish
  pycsmith completions elvish >> ~/.config/elvish/rc.elv
  pycsmith completions powershell >> $PROFILE";

#[derive(Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

pub fn run(arguments: &CompletionsArgs) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut args::command(),
        "pycsmith",
        &mut script,
    );
    output::print(&String::from_utf8_lossy(&script));
    OK
}
