//! Building a site opens no connection to the outside.

use std::process::Command;

use super::support::{Run, Site, TODAY};

/// A site with everything that names other sites: links, sources, mentions, a ledger, endpoints.
fn site() -> Site {
    let ledger = "source: https://essai.example/posts/old/\ntargets:\n  \"https://a.example/\":\n    state: sent\n    \
        at: 2026-01-01T00:00:00Z\n    since: 2026-01-01T00:00:00Z\n    fingerprint: \"1\"\n";
    let settings = "title: Essai\nbase_url: https://essai.example\nmentions: { webmention_io: essai }\n";
    let mention = "source: https://a.example/x\ntarget: https://essai.example/posts/one/\nstatus: approved\n\
        author: { name: A, photo: \"https://a.example/a.jpg\" }\n";
    Site::example()
        .file("pingmark.yaml", settings)
        .file("outbox/old.yaml", ledger)
        .file("mentions/one/2026-01-01-a.example-00000000.yaml", mention)
        .post("one", "[a](https://a.example/) ![](https://a.example/a.png) https://vimeo.com/1")
}

#[test]
#[cfg(target_os = "linux")]
fn commands_that_read_a_site_open_no_connection() {
    let site = site();
    let commands: [&[&str]; 5] = [
        &["build", "--lenient"],
        &["check", "--lenient"],
        &["list", "posts"],
        &["ping", "--dry-run"],
        &["ping", "--status"],
    ];
    let has =
        |program: &str| Command::new(program).arg("-V").output().is_ok_and(|output| output.status.success());
    for arguments in commands {
        let mut arguments = arguments.to_vec();
        if arguments != ["ping", "--status"] {
            arguments.extend(["--today", TODAY]);
        }
        let plain = site.run(&arguments);
        let mut command = if has("strace") {
            let mut command = Command::new("strace");
            command.args([
                "-f",
                "-qq",
                "-e",
                "trace=socket,connect,bind",
                "-o",
                "trace.log",
                env!("CARGO_BIN_EXE_pingmark"),
            ]);
            command
        } else {
            // Without any network, not even loopback.
            let mut command = Command::new("unshare");
            command.args(["--map-root-user", "--net", env!("CARGO_BIN_EXE_pingmark")]);
            command
        };
        let output = command.args(&arguments).current_dir(site.root()).env("NO_COLOR", "1").output().unwrap();
        let run = Run::of(output);
        assert_eq!((run.code, &run.out), (plain.code, &plain.out), "{arguments:?}: {}", run.err);
        let trace = std::fs::read_to_string(site.path("trace.log")).unwrap_or_default();
        assert!(!trace.contains("AF_INET"), "{arguments:?}: {trace}");
    }
}
