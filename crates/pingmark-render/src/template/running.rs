//! The templates that are being rendered, and since when.
//!
//! The template engine has no limit of steps or memory: a loop that writes nothing may run for hours,
//! and a text that is doubled again and again takes all memory. Nothing can stop that thread, but
//! somebody can look here and say which template it is, before ending the program.

use std::cell::OnceCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A template that is being rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// File of the template; empty before the first one.
    pub template: String,
    /// Address of the page; empty if it is rendered for several.
    pub page: String,
    /// When the page was begun.
    pub since: Instant,
}

type Slot = Arc<Mutex<Option<Running>>>;

/// One slot for each thread that has rendered something. Global because the watcher knows no site.
static SLOTS: Mutex<Vec<Slot>> = Mutex::new(Vec::new());

thread_local! {
    static OWN: OnceCell<Slot> = const { OnceCell::new() };
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn own() -> Slot {
    OWN.with(|own| {
        own.get_or_init(|| {
            let slot = Slot::default();
            locked(&SLOTS).push(slot.clone());
            slot
        })
        .clone()
    })
}

/// Marks something as running until it is dropped.
#[derive(Debug)]
pub struct Guard {
    slot: Slot,
    before: Option<Running>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        *locked(&self.slot) = self.before.take();
    }
}

/// Marks a page as being rendered by this thread.
pub fn page(address: &str) -> Guard {
    begin(|_| Running { template: String::new(), page: address.to_owned(), since: Instant::now() })
}

/// Marks a template as being rendered, for the page of this thread if there is one.
pub fn template(file: &str) -> Guard {
    begin(|before| match before {
        Some(running) => Running { template: file.to_owned(), ..running.clone() },
        None => Running { template: file.to_owned(), page: String::new(), since: Instant::now() },
    })
}

fn begin(make: impl FnOnce(Option<&Running>) -> Running) -> Guard {
    let slot = own();
    let mut current = locked(&slot);
    let now = make(current.as_ref());
    let before = current.replace(now);
    drop(current);
    Guard { slot, before }
}

/// What has been running for the longest time.
pub fn longest() -> Option<Running> {
    let slots = locked(&SLOTS);
    slots.iter().filter_map(|slot| locked(slot).clone()).min_by_key(|running| running.since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_known_while_it_runs() {
        // Other tests render too, on threads of their own.
        let mine = || locked(&own()).clone().map(|running| (running.page, running.template));
        let names = |page: &str, template: &str| Some((page.to_owned(), template.to_owned()));
        assert_eq!(mine(), None);
        let outer = page("un/");
        {
            let _inner = template("templates/post.html");
            assert_eq!(mine(), names("un/", "templates/post.html"));
        }
        assert_eq!(mine(), names("un/", ""));
        assert!(longest().is_some());
        drop(outer);
        assert_eq!(mine(), None);
    }
}
