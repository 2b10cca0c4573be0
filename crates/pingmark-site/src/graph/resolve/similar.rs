//! Suggestions for links to files that do not exist.

use std::collections::HashMap;

use pingmark_core::fingerprint::FastHash;
use pingmark_core::slug::nearest;

/// Index of files by name, so that thousands of broken links get a suggestion quickly.
#[derive(Debug)]
pub(crate) struct SimilarFiles<'f> {
    /// Paths with each file name, sorted.
    by_name: HashMap<&'f str, Vec<&'f str>, FastHash>,
    /// First path with each file name without extension.
    by_stem: HashMap<&'f str, &'f str, FastHash>,
}

impl<'f> SimilarFiles<'f> {
    pub(crate) fn new(files: impl Iterator<Item = &'f str>) -> Self {
        let mut files: Vec<&str> = files.collect();
        files.sort_unstable();
        let mut found = Self { by_name: HashMap::default(), by_stem: HashMap::default() };
        for file in files {
            found.by_name.entry(name(file)).or_default().push(file);
            found.by_stem.entry(stem(file)).or_insert(file);
        }
        found
    }

    /// Most similar file: one with this name in another folder, else the nearest spelling.
    pub(crate) fn find(&self, wanted: &str) -> Option<&'f str> {
        self.with_name(wanted).or_else(|| self.by_stem.get(stem(wanted)).copied()).or_else(|| {
            let near = nearest(name(wanted), self.by_name.keys().copied())?;
            self.with_name(near)
        })
    }

    /// File with this name; of several, the one whose folders are most like the wanted ones.
    pub(crate) fn with_name(&self, wanted: &str) -> Option<&'f str> {
        let named = self.by_name.get(name(wanted))?;
        let shared = |file: &str| {
            let parts = file.rsplit('/').zip(wanted.rsplit('/'));
            parts.take_while(|(part, wanted)| part == wanted).count()
        };
        // Of equals, the first.
        named.iter().rev().max_by_key(|file| shared(file)).copied()
    }

    /// Whether a file has the wanted name.
    pub(crate) fn is_same_name(&self, wanted: &str, file: &str) -> bool {
        name(wanted) == name(file)
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn stem(path: &str) -> &str {
    name(path).rsplit_once('.').map_or(name(path), |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::SimilarFiles;

    #[test]
    fn a_file_in_another_folder_is_near() {
        let files =
            SimilarFiles::new(["content/posts/un.md", "content/deux.md", "content/a/un.md"].into_iter());
        assert_eq!(files.find("../un.md"), Some("content/a/un.md"));
        assert_eq!(files.find("posts/un.md"), Some("content/posts/un.md"));
        assert_eq!(files.find("deus.md"), Some("content/deux.md"));
        assert_eq!(files.find("un.markdown"), Some("content/a/un.md"));
        assert_eq!(files.find("zebre.md"), None);
    }
}
