//! Ends the program when a template does not end, or takes all memory, and says which one.
//!
//! The template engine cannot be stopped from outside, so that the thread can only end with the
//! program. The published site stays as it was, and the staging folder is removed.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pingmark_core::diag::catalogue;
use pingmark_core::diag::format::{Evidence, Format, Reporter};
use pingmark_core::path::SitePath;
use pingmark_render::template::running::{self, Running};

use super::args::Form;
use super::signals;
use super::terminal::{data, eprint_text};

/// Longest time that one page may take. On a loaded machine a page of 100 000 posts takes a few seconds.
const MAX_TIME: Duration = Duration::from_secs(20);
/// Memory by which the program may grow while one page is rendered, in bytes.
const MAX_GROWTH: usize = 512 << 20;
/// A page that is rendered in this time is never looked at.
const SHORT: Duration = Duration::from_millis(30);

/// Where problems are reported, and how.
pub(super) struct Watchdog {
    pub root: PathBuf,
    pub form: Form,
    pub colour: bool,
}

impl Watchdog {
    /// Starts to watch, on a thread of its own. Without one, templates are not bounded.
    pub(super) fn start(self) {
        let _ = std::thread::Builder::new().name("watchdog".to_owned()).spawn(move || self.watch());
    }

    fn watch(&self) {
        let most = max_time();
        // The page that was seen last, and the memory that the program had then.
        let mut seen: Option<(Instant, usize)> = None;
        loop {
            let Some(running) = running::longest() else {
                seen = None;
                std::thread::sleep(Duration::from_millis(50));
                continue;
            };
            let took = running.since.elapsed();
            if took > most {
                self.end(&running, |path| catalogue::template_endless(path, &running.page, took.as_secs()));
            }
            let memory = resident_memory();
            match seen {
                Some((since, before)) if since == running.since => {
                    if took > SHORT && memory > before.saturating_add(MAX_GROWTH) {
                        self.end(&running, |path| {
                            catalogue::template_hungry(path, &running.page, MAX_GROWTH)
                        });
                    }
                }
                _ => seen = Some((running.since, memory)),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the thread that renders can only end with the program")]
    fn end(
        &self,
        running: &Running,
        make: impl FnOnce(Option<&SitePath>) -> pingmark_core::diag::Diagnostic,
    ) -> ! {
        let path = SitePath::new(&running.template).ok();
        let diagnostic = make(path.as_ref());
        let format = match self.form {
            Form::Human => Format::Human,
            Form::Short => Format::Short,
            Form::Json => Format::Json,
        };
        let text = Reporter::new(&Nothing, &self.root, format, self.colour).draw(&diagnostic);
        if format == Format::Json {
            data(&text)
        } else {
            eprint_text(&text)
        }
        eprint_text("nothing published; the previously published site is unchanged\n");
        signals::clean_up();
        std::process::exit(1)
    }
}

/// [`MAX_TIME`], or what a test sets.
fn max_time() -> Duration {
    #[cfg(debug_assertions)]
    if let Some(seconds) = std::env::var("PINGMARK_RENDER_SECONDS").ok().and_then(|text| text.parse().ok()) {
        return Duration::from_secs(seconds);
    }
    MAX_TIME
}

/// Memory that the program takes, in bytes; 0 where the system does not tell.
fn resident_memory() -> usize {
    // Linux: the second number of this file counts pages, mostly of 4 kB.
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}

/// No file is looked at: the message says all.
struct Nothing;

impl Evidence for Nothing {
    fn text(&self, _: &SitePath) -> Option<Arc<str>> {
        None
    }

    fn reference(&self, _: &SitePath, _: &str, _: u32) -> Option<Range<usize>> {
        None
    }

    fn component(&self, _: &SitePath, _: u32) -> Option<Range<usize>> {
        None
    }

    fn other_names(&self, _: &SitePath, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn publishes_below(&self, _: &str) -> bool {
        true
    }

    fn built_in(&self, _: &SitePath) -> bool {
        false
    }
}
