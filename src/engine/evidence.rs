//! Source text and spans for drawing diagnostics.

use std::ops::Range;
use std::sync::Arc;

use pingmark_core::diag::format::Evidence;
use pingmark_core::path::SitePath;
use pingmark_core::{config, site_files};

use super::Site;
use crate::source::disk::Disk;

impl Evidence for Site {
    fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        self.sources.files.get(path)?.read_text(&Disk)
    }

    fn reference(&self, path: &SitePath, text: &str, number: u32) -> Option<Range<usize>> {
        let document = self.document(path)?;
        let link = document.spans.references.get(number as usize)?.clone();
        // Mark only the target inside the link.
        let target = &document.summary.references.get(number as usize)?.target;
        let written = text.get(link.clone())?;
        let at = written.rfind(target.as_ref()).filter(|_| !target.is_empty());
        Some(at.map_or(link.clone(), |at| link.start + at..link.start + at + target.len()))
    }

    fn component(&self, path: &SitePath, number: u32) -> Option<Range<usize>> {
        self.document(path)?.spans.components.get(number as usize).cloned()
    }

    fn other_names(&self, path: &SitePath, key: &str) -> Vec<&'static str> {
        if path.as_str() == site_files::CONFIG {
            return config::other_names(key).collect();
        }
        pingmark_document::front_matter::other_names(key).collect()
    }

    fn publishes_below(&self, folder: &str) -> bool {
        // The targets are sorted by address.
        let targets = &self.plan().targets;
        let first = targets.partition_point(|target| target.route.as_str() < folder);
        targets.get(first).is_some_and(|target| target.route.as_str().starts_with(folder))
    }

    fn built_in(&self, path: &SitePath) -> bool {
        self.sources.files.get(path).is_some_and(|source| source.built_in)
    }
}
