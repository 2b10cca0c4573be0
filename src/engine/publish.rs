//! Publishing: renders a site into its output folder.

use std::sync::Arc;

use pingmark_core::artifact::{Changes, Output};
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::vanished::{pages, vanished};
use super::{Engine, Rendered, Sink, Site, WholeSitePages};
use crate::output::disk::{PublishError, Publisher};
use crate::output::manifest::BuildStamp;

/// The output folder as a sink.
struct PublishedFolder<'a> {
    publisher: &'a Publisher,
    without_cache: bool,
}

impl Sink for PublishedFolder<'_> {
    type Error = PublishError;

    fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        !self.without_cache && self.publisher.keep(path, fingerprint)
    }

    fn take(&self, output: Output) -> Result<(), PublishError> {
        self.publisher.take(output)
    }
}

impl Engine {
    /// Renders a site and publishes it. If there is an error, nothing is published and the changes are
    /// `None`. `stamp` lets the next run notice that nothing has changed; it is not stored if there
    /// are problems, so that they are reported again.
    pub fn publish(
        &mut self,
        site: &Arc<Site>,
        publisher: Publisher,
        stamp: Option<BuildStamp>,
    ) -> Result<(Option<Changes>, Rendered), PublishError> {
        let folder = PublishedFolder { publisher: &publisher, without_cache: self.options.without_cache };
        let mut rendered = self.render(site, WholeSitePages::Now, &folder)?;
        if rendered.diagnostics.has_errors() || site.diagnostics.has_errors() {
            return Ok((None, rendered));
        }
        let stamp = stamp.filter(|_| rendered.diagnostics.is_empty() && site.diagnostics.is_empty());
        // Told once: the next build finds them gone already.
        rendered.diagnostics.extend(vanished(publisher.published_pages(), site));
        let (changes, more) = publisher.commit(pages(site), stamp)?;
        if let Some(images) = self.options.images.as_deref().filter(|_| changes.written > 0) {
            images.sweep(&self.used_images(site));
        }
        rendered.diagnostics.extend(more);
        rendered.diagnostics.sort();
        Ok((Some(changes), rendered))
    }
}

/// All diagnostics of analysis and rendering, sorted.
pub fn all_diagnostics(site: &Site, rendered: &Diagnostics) -> Diagnostics {
    let mut all = site.diagnostics.clone();
    all.extend(rendered.iter().cloned());
    all.sort();
    all
}
