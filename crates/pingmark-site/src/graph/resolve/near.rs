//! What was meant by a name that nothing has.

use std::collections::HashMap;

use pingmark_core::fingerprint::FastHash;
use pingmark_core::slug::nearest;

/// Files to compare a wrong name with: put in order for the first one, and ready for thousands.
#[derive(Debug)]
pub(super) struct Files<'f> {
    /// Of files of one name, the first in the order of their paths.
    by_name: HashMap<&'f str, &'f str, FastHash>,
    /// The same, of names without extension.
    by_stem: HashMap<&'f str, &'f str, FastHash>,
}

impl<'f> Files<'f> {
    pub fn new(files: impl Iterator<Item = &'f str>) -> Self {
        let mut files: Vec<&str> = files.collect();
        files.sort_unstable();
        let mut found = Self { by_name: HashMap::default(), by_stem: HashMap::default() };
        for file in files {
            found.by_name.entry(name(file)).or_insert(file);
            found.by_stem.entry(stem(file)).or_insert(file);
        }
        found
    }

    /// The file most like a name: the same name in another folder, else the nearest spelling.
    pub fn near(&self, wanted: &str) -> Option<&'f str> {
        let found = self.by_name.get(name(wanted)).or_else(|| self.by_stem.get(stem(wanted)));
        let near = || self.by_name.get(nearest(name(wanted), self.by_name.keys().copied())?);
        found.or_else(near).copied()
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
    use super::Files;

    #[test]
    fn a_file_in_another_folder_is_near() {
        let files = Files::new(["content/posts/un.md", "content/deux.md", "content/a/un.md"].into_iter());
        assert_eq!(files.near("../un.md"), Some("content/a/un.md"));
        assert_eq!(files.near("deus.md"), Some("content/deux.md"));
        assert_eq!(files.near("un.markdown"), Some("content/a/un.md"));
        assert_eq!(files.near("zebre.md"), None);
    }
}
