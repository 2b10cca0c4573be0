//! What a problem is shown with: the lines it stands in, and where in them.

use std::ops::Range;

use super::Build;
use crate::config;
use crate::diag::draw::Evidence;
use crate::document;
use crate::path::SitePath;

impl Evidence for Build {
    fn text(&self, path: &SitePath) -> Option<&str> {
        self.sources.text(path.as_str()).map(AsRef::as_ref)
    }

    fn reference(&self, path: &SitePath, number: u32) -> Option<Range<usize>> {
        let document = self.document(path)?;
        let link = document.spans.references.get(number as usize)?.clone();
        // The target alone, where it stands in the link as written.
        let target = &document.summary.references.get(number as usize)?.target;
        let written = self.text(path)?.get(link.clone())?;
        let at = written.rfind(target.as_ref()).filter(|_| !target.is_empty());
        Some(at.map_or(link.clone(), |at| link.start + at..link.start + at + target.len()))
    }

    fn component(&self, path: &SitePath, number: u32) -> Option<Range<usize>> {
        self.document(path)?.spans.components.get(number as usize).cloned()
    }

    fn other_names(&self, path: &SitePath, key: &str) -> Vec<&'static str> {
        if path.as_str() == config::FILE {
            return config::other_names(key).collect();
        }
        document::front_matter::other_names(key).collect()
    }

    fn built_in(&self, path: &SitePath) -> bool {
        self.sources.files.get(path).is_some_and(|source| source.built_in)
    }
}
