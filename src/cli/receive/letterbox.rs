//! `receive --letterbox php`: writes the letterbox into the site's static files.

use std::fs;

use pingmark_core::fingerprint::Fingerprint;

use super::super::terminal::{Terminal, data};
use super::super::{Failure, Project};

/// The letterbox.
const PHP: &str = include_str!("../letterbox/letterbox.php");
/// Where it is written.
const FILE: &str = "static/letterbox.php";

/// Writes the file with a new key, and says what to do next. An existing one is kept.
pub(super) fn write(project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let path = project.root.join(FILE);
    if fs::symlink_metadata(&path).is_ok() {
        return Err(Failure::Usage(format!(
            "`{FILE}` is there already; remove it for a new one with a new key"
        )));
    }
    let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", path.display()));
    let key = new_key().map_err(failed)?;
    let lang = project.settings().main_language().code.clone();
    let lang = if lang.starts_with("fr") { "fr" } else { "en" };
    let text = PHP
        .replacen("const KEY_SHA256 = '';", &format!("const KEY_SHA256 = '{}';", sha256(&key)), 1)
        .replacen("const LANGUAGE = 'fr';", &format!("const LANGUAGE = '{lang}';"), 1);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&path, text).map_err(failed)?;
    data(&format!("{FILE}\n"));
    let base = project.settings().base_url.as_str().trim_end_matches('/').to_owned();
    terminal.message(&format!(
        "Key, shown once; keep it where you keep passwords:\n\n  PINGMARK_LETTERBOX_KEY={key}\n\n\
         Next: add to pingmark.yaml\n\n  mentions:\n    endpoint: {base}/letterbox.php\n    pingback: {base}/letterbox.php\n\n\
         then build and publish your site, and run `pingmark mentions fetch` from time to time, with the key in \
         the environment."
    ));
    Ok(())
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 128 random bits in hexadecimal.
fn new_key() -> std::io::Result<String> {
    use std::hash::{BuildHasher, Hasher};
    // The system's random numbers, by way of the seeds of hash maps where there is no file for them.
    let mut bytes = [0_u8; 16];
    let file =
        fs::File::open("/dev/urandom").and_then(|mut file| std::io::Read::read_exact(&mut file, &mut bytes));
    if file.is_err() {
        for part in bytes.chunks_mut(8) {
            let seed = std::collections::hash_map::RandomState::new().build_hasher().finish();
            part.copy_from_slice(&seed.to_le_bytes());
        }
        bytes = Fingerprint::of(&bytes).to_bytes();
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
