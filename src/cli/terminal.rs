//! Words to standard error, data to standard output.

use std::io::{IsTerminal, Write};

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
