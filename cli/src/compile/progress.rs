//! The progress bar: on a terminal, in a run that takes a while.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments::CompileArgs;
use crate::changes::Paint;
use crate::paths::{self, Exclude};
use crate::terminal;

/// A shorter run needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);
/// Columns of the bar and the numbers: `NN,NNN/NN,NNN files` and what is between.
const BESIDE: usize = 24 + 1 + 19 + 2 + 1;
/// Between two changes of what is shown.
const INTERVAL: Duration = Duration::from_millis(80);

pub struct Progress {
    is_wanted: bool,
    has_colour: bool,
    paths: Vec<PathBuf>,
    exclude: Vec<String>,
    shown: Option<Shown>,
}

struct Shown {
    bar: ProgressBar,
    /// How many files there are, once they are counted.
    total: Arc<OnceLock<u64>>,
    changed: Instant,
}

impl Progress {
    pub fn new(arguments: &CompileArgs, paint: Paint) -> Progress {
        let is_wanted =
            arguments.quiet == 0 && !arguments.verbose && std::io::stderr().is_terminal();
        Progress {
            is_wanted,
            has_colour: paint.is_on(),
            paths: arguments.paths.clone(),
            exclude: arguments.exclude.clone(),
            shown: None,
        }
    }

    pub fn advance(&mut self, started: Instant, files: u64, source: &Path) {
        if !self.is_wanted {
            return;
        }
        let now = Instant::now();
        match &mut self.shown {
            None if now - started < PATIENCE => {}
            None => self.begin(now, files),
            Some(shown) if now - shown.changed < INTERVAL => {}
            Some(shown) => {
                shown.changed = now;
                if let Some(total) = shown.total.get()
                    && shown.bar.length() != Some(*total)
                {
                    shown.bar.set_length(*total);
                    shown.bar.set_style(style(true, self.has_colour));
                }
                shown.bar.set_position(files);
                shown.bar.set_message(tail(&source.display().to_string()));
            }
        }
    }

    fn begin(&mut self, now: Instant, files: u64) {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style(false, self.has_colour));
        bar.set_position(files);
        let total = Arc::new(OnceLock::new());
        let (paths, exclude) = (self.paths.clone(), self.exclude.clone());
        let result = total.clone();
        // Nobody waits for it.
        std::thread::spawn(move || {
            let exclude = Exclude::new(&exclude).unwrap_or_else(|_| Exclude::nothing());
            let _ = result.set(paths::search(&paths, &exclude).count() as u64);
        });
        self.shown = Some(Shown {
            bar,
            total,
            changed: now,
        });
    }

    /// Prints with the bar out of the way.
    pub fn suspend(&self, print: impl FnOnce()) {
        match &self.shown {
            Some(shown) => shown.bar.suspend(print),
            None => print(),
        }
    }

    pub fn end(&mut self) {
        self.is_wanted = false;
        if let Some(shown) = self.shown.take() {
            shown.bar.finish_and_clear();
        }
    }
}

/// The end of a path, as much of it as there is room for beside the numbers: what differs between files is there.
fn tail(path: &str) -> String {
    let room = terminal::stderr_width().saturating_sub(BESIDE);
    let len = path.chars().count();
    if len <= room {
        return path.to_owned();
    }
    let kept: String = path.chars().skip(len - room.saturating_sub(1)).collect();
    format!("…{kept}")
}

fn style(is_counted: bool, has_colour: bool) -> ProgressStyle {
    let template = match (is_counted, has_colour) {
        (false, _) => "{human_pos} files  {wide_msg}",
        (true, false) => "{bar:24} {human_pos}/{human_len} files  {wide_msg}",
        (true, true) => "{bar:24.cyan/dim} {human_pos}/{human_len} files  {wide_msg}",
    };
    ProgressStyle::with_template(template)
        .expect("the template is one")
        .progress_chars("━╸─")
}
