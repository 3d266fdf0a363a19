//! `pycsmith man`.

use std::io::Error;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::args::{self, MessageFormat};
use crate::message::Message;
use crate::{FINDINGS, OK, output};

pub const NOTES: &str = "\
Examples:
  pycsmith man | man -l -
  pycsmith man ~/.local/share/man/man1   pycsmith.1, pycsmith-compile.1 ...";

#[derive(Args)]
pub struct ManArgs {
    /// Write the pages of the command and of each subcommand into this folder, instead of the command's on standard output
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

pub fn run(arguments: &ManArgs) -> u8 {
    let mut command = args::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &arguments.folder else {
        return match page(&command) {
            Ok(text) => {
                output::print(&text);
                OK
            }
            Err(_) => FINDINGS,
        };
    };
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        let path = folder.join(format!("{}.1", name(command)));
        let written =
            page(command).and_then(|text| output::write_atomic(&path, text.as_bytes(), 0o666));
        if let Err(error) = written {
            Message::io(&path, &error).print(MessageFormat::Human);
            return FINDINGS;
        }
    }
    OK
}

/// `pycsmith-compile`
fn name(command: &Command) -> String {
    let name = command.get_display_name().unwrap_or(command.get_name());
    name.to_owned()
}

fn page(command: &Command) -> Result<String, Error> {
    let notes = command.get_after_help().map(ToString::to_string);
    let has_subcommands = command.has_subcommands();
    let man = Man::new(command.clone())
        .title(name(command))
        .source(concat!("pycsmith ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_subcommands {
        man.render_subcommands_section(&mut page)?;
    }
    let text = String::from_utf8_lossy(&page).into_owned();
    Ok(text + &sections(&notes.unwrap_or_default()))
}

/// What stands below the options in `--help`, as sections; lines that are indented there stay as they are.
fn sections(notes: &str) -> String {
    let mut out = String::new();
    let mut has_section = false;
    for paragraph in notes.split("\n\n") {
        let (head, rest) = match paragraph.split_once(':') {
            Some(("Example" | "Examples", rest)) => ("EXAMPLES", rest),
            Some(("Exit status", rest)) => ("EXIT STATUS", rest),
            _ => ("NOTES", paragraph),
        };
        match has_section && head == "NOTES" {
            true => out += ".PP\n",
            false => out += &format!(".SH \"{head}\"\n"),
        }
        has_section = true;
        let mut is_verbatim = false;
        for line in rest.trim_start_matches([' ', '\n']).split('\n') {
            // The first line has lost its indentation with what was in front.
            let starts_verbatim = line.starts_with("  ") || head == "EXAMPLES";
            if starts_verbatim != is_verbatim {
                out += if starts_verbatim {
                    ".PP\n.nf\n"
                } else {
                    ".fi\n"
                };
                is_verbatim = starts_verbatim;
            }
            out += &escaped(line.trim());
            out.push('\n');
        }
        if is_verbatim {
            out += ".fi\n";
        }
    }
    out
}

/// A line of text that `man` shows as it is.
fn escaped(line: &str) -> String {
    let text = line
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq");
    match text.starts_with('.') {
        true => format!("\\&{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_become_sections() {
        let notes = "A file is\n  fine   or\n.not\n\nMore.\n\nExamples:\n  x 'a-b'   that\n  y\\\n\nExit status: 0.";
        assert_eq!(
            sections(notes),
            ".SH \"NOTES\"\nA file is\n.PP\n.nf\nfine   or\n.fi\n\\&.not\n.PP\nMore.\n\
             .SH \"EXAMPLES\"\n.PP\n.nf\nx \\(aqa\\-b\\(aq   that\ny\\e\n.fi\n.SH \"EXIT STATUS\"\n0.\n"
        );
    }
}
