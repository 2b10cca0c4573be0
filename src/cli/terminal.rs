//! Words to standard error, data to standard output.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::args::Colour;

/// How to speak to the person at the terminal.
pub(crate) struct Terminal {
    /// Whether to use colours.
    pub colour: bool,
    quiet: bool,
    verbose: bool,
}

impl Terminal {
    pub(crate) fn new(colour: Colour, quiet: bool, verbose: bool) -> Self {
        let colour = match colour {
            Colour::Always => true,
            Colour::Never => false,
            // <https://no-color.org>: any value but an empty one.
            Colour::Auto => {
                std::io::stderr().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        Self { colour, quiet, verbose }
    }

    /// Something worth knowing.
    pub(crate) fn word(&self, sentence: &str) {
        if !self.quiet {
            say(&format!("{sentence}\n"));
        }
    }

    /// Something worth knowing for those who asked for more.
    pub(crate) fn detail(&self, sentence: &str) {
        if self.verbose {
            say(&format!("{sentence}\n"));
        }
    }

    /// How far a long work is, on a line that is taken back when it is done; nothing where nobody
    /// watches, and for works that are done before anybody asks.
    pub(crate) fn progress(&self, what: &'static str) -> Option<impl Fn(usize, usize) + Send + Sync + use<>> {
        /// So long nobody asks, and so often the line changes.
        const PATIENCE: Duration = Duration::from_millis(300);
        (!self.quiet && std::io::stderr().is_terminal()).then(|| {
            let last = Mutex::new((None::<Instant>, false));
            move |done: usize, all: usize| {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let since = last.0.get_or_insert_with(Instant::now);
                if done == all {
                    let shown = std::mem::take(&mut *last).1;
                    say(if shown { "\r\u{1b}[K" } else { "" });
                } else if since.elapsed() > PATIENCE {
                    *last = (Some(Instant::now()), true);
                    say(&format!("\r\u{1b}[K{what}: {done} of {all}"));
                }
            }
        })
    }

    /// Whether those details are shown.
    pub(crate) fn tells_details(&self) -> bool {
        self.verbose
    }

    /// Something wrong that is about no file of the site.
    pub(crate) fn problem(&self, sentence: &str) {
        let mark = if self.colour { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
        say(&format!("{mark}: {sentence}\n"));
    }
}

/// Writes to standard error. A reader that has gone away is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes data to standard output.
pub(crate) fn data(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Whether data is read by a person: it goes to a terminal, and not into a file or a program.
pub(crate) fn is_read_by_a_person() -> bool {
    std::io::stdout().is_terminal()
}
