//! `version`: which Pingmark this is, and whether there is a newer one.
//!
//! Asks the network only when `--check` is given. The list of checksums of the newest release names its
//! files, and so its version: the same file that the installers read.

use pingmark_http::{Client, Fetch, Request};

use super::Failure;
use super::args::VERSION;
use super::terminal::{Terminal, data};

/// Address of the releases, such as `https://github.com/OWNER/pingmark/releases`. The release workflow sets
/// it; a program built from source does not know where it came from.
const RELEASES: Option<&str> = option_env!("PINGMARK_RELEASES");

pub(super) fn run(check: bool, terminal: &Terminal) -> Result<(), Failure> {
    data(&format!("pingmark {VERSION}\n"));
    if !check {
        return Ok(());
    }
    let releases = RELEASES.ok_or_else(|| {
        Failure::Error(
            "this program was built from source and does not know where releases are published".to_owned(),
        )
    })?;
    let newest = newest(&Client::new(), releases).map_err(Failure::Error)?;
    terminal.message(&compared(env!("CARGO_PKG_VERSION"), &newest, releases));
    Ok(())
}

/// Version of the newest release.
fn newest(client: &dyn Fetch, releases: &str) -> Result<String, String> {
    let url = format!("{releases}/latest/download/SHA256SUMS");
    let response = client.fetch(&Request::get(url.as_str())).map_err(|failure| failure.to_string())?;
    if !response.is_success() {
        return Err(format!("{url} answered {}", response.status));
    }
    let text = String::from_utf8_lossy(&response.body);
    text.lines().find_map(version_of).ok_or_else(|| format!("{url} names no version of pingmark"))
}

/// Version in a line such as `HASH  pingmark-0.2.0-x86_64-unknown-linux-gnu.tar.gz`.
fn version_of(line: &str) -> Option<String> {
    let rest = line.split_whitespace().nth(1)?.strip_prefix("pingmark-")?;
    let version = rest.split('-').next()?;
    numbers(version).map(|_| version.to_owned())
}

/// The three numbers of a version.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// What is told about a version and the newest one.
fn compared(own: &str, newest: &str, releases: &str) -> String {
    if numbers(newest) > numbers(own) {
        format!("pingmark {newest} has been published: {releases}/tag/v{newest}")
    } else {
        format!("this is the newest version ({newest})")
    }
}

#[cfg(test)]
mod tests {
    use pingmark_http::{Failure as HttpFailure, Response};

    use super::*;

    /// Answers every request with one body.
    struct Answer(u16, &'static str);

    impl Fetch for Answer {
        fn fetch(&self, request: &Request) -> Result<Response, HttpFailure> {
            assert_eq!(request.url, "https://releases.example/latest/download/SHA256SUMS");
            Ok(Response { status: self.0, body: self.1.as_bytes().to_vec(), ..Response::default() })
        }
    }

    #[test]
    fn the_checksums_of_a_release_name_its_version() {
        let sums = "0f  install.sh\n1f  pingmark-0.10.2-x86_64-unknown-linux-gnu.tar.gz\n";
        let newest_of = |answer| newest(&answer, "https://releases.example");
        assert_eq!(newest_of(Answer(200, sums)), Ok("0.10.2".to_owned()));
        assert!(newest_of(Answer(404, "")).is_err_and(|told| told.contains("answered 404")));
        assert!(newest_of(Answer(200, "<html>")).is_err_and(|told| told.contains("names no version")));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let told = |own, newest| compared(own, newest, "https://releases.example");
        assert!(told("0.9.0", "0.10.0").contains("https://releases.example/tag/v0.10.0"));
        for older in ["0.10.0", "0.9.9"] {
            assert!(told("0.10.0", older).contains("newest version"), "{older}");
        }
        assert_eq!(numbers("1.2"), None);
        assert_eq!(numbers("1.2.3.4"), None);
    }
}
