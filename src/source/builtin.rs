//! The themes embedded in the binary, as files below `themes/`.

use include_dir::{Dir, include_dir};

use pingmark_core::path::SitePath;

static THEMES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes");

/// All built-in files, each with its path in a site.
pub fn files() -> Vec<(SitePath, &'static [u8])> {
    let mut found = Vec::new();
    let mut folders = vec![&THEMES];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_str().and_then(|path| SitePath::new(&format!("themes/{path}")).ok());
            if let Some(path) = path {
                found.push((path, file.contents()));
            }
        }
    }
    found
}

/// The content of a built-in file, by its path in a site.
pub fn file(path: &str) -> Option<&'static [u8]> {
    Some(THEMES.get_file(path.strip_prefix("themes/")?)?.contents())
}

/// The names of the built-in themes.
pub fn themes() -> Vec<&'static str> {
    THEMES.dirs().filter_map(|dir| dir.path().to_str()).collect()
}
