//! Output: messages to standard error, data to standard output.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pingmark_core::printable::printable;

use super::args::Colour;

/// The user's terminal, and how much to print.
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

    /// Prints a message, unless `--quiet` is set.
    pub(crate) fn message(&self, text: &str) {
        if !self.quiet {
            eprint_text(&format!("{}\n", printable(text)));
        }
    }

    /// Prints a detail if `--verbose` is set.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            eprint_text(&format!("{}\n", printable(text)));
        }
    }

    /// A callback that shows progress on one line, which is erased at the end. `None` if standard
    /// error is no terminal. Tasks shorter than the interval show nothing.
    pub(crate) fn progress(&self, what: &'static str) -> Option<impl Fn(usize, usize) + Send + Sync + use<>> {
        /// Time until the line is first shown, and between its updates.
        const INTERVAL: Duration = Duration::from_millis(300);
        (!self.quiet && std::io::stderr().is_terminal()).then(|| {
            let last = Mutex::new((None::<Instant>, false));
            move |done: usize, all: usize| {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let since = last.0.get_or_insert_with(Instant::now);
                if done == all {
                    let shown = std::mem::take(&mut *last).1;
                    eprint_text(if shown { "\r\u{1b}[K" } else { "" });
                } else if since.elapsed() > INTERVAL {
                    *last = (Some(Instant::now()), true);
                    eprint_text(&format!("\r\u{1b}[K{what}: {done} of {all}"));
                }
            }
        })
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        !self.quiet && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks a question; `None` if the answer is empty.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        eprint_text(&format!("{question} "));
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty())
    }

    /// Whether details are shown.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Prints an error that concerns no file of the site.
    pub(crate) fn problem(&self, text: &str) {
        let label = if self.colour { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
        eprint_text(&format!("{label}: {}\n", printable(text)));
    }
}

/// Writes to standard error. Failures are ignored: a closed pipe must not stop a build.
pub(crate) fn eprint_text(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes data to standard output. Failures are ignored.
pub(crate) fn data(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Whether standard output is a terminal, and not a file or a pipe.
pub(crate) fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-~+@%".contains(c);
    match path.chars().all(is_plain) && !path.starts_with('-') {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn paths_are_quoted_when_a_shell_needs_it() {
        for (path, step) in [
            ("mon-blog", "mon-blog"),
            ("a/éa_b.c", "a/éa_b.c"),
            ("mon blog", "'mon blog'"),
            ("l'été", "'l'\\''été'"),
            ("$HOME", "'$HOME'"),
            ("-x", "'-x'"),
        ] {
            assert_eq!(quoted(path), step);
        }
    }
}
