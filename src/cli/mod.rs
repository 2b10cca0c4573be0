//! The command line, one file per command.
//!
//! Receives the arguments and the environment. Gives an exit code. Uses clap, in [`args`]. Never
//! decides what a site looks like.
//!
//! Data goes to standard output, messages to standard error. Exit codes: 0 success, 1 problems
//! in the site or the system, 2 wrong usage, 130 and 143 stopped by Ctrl-C and SIGTERM.

pub mod args;
mod build;
mod calendar;
mod dashboard;
mod import;
mod import_media;
mod init;
mod list;
mod mentions;
mod new;
mod ping;
mod project;
mod receive;
mod report;
mod serve;
mod signals;
mod social;
mod terminal;
mod version;
mod watchdog;
mod watching;

use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use pingmark_core::when::When;
use pingmark_core::{config, site_files};

use crate::cache;
use crate::output::disk::STATE;
use crate::output::disk_cache;
use crate::output::published::remove_published;
use args::{Cli, Command, ConfigCommand};
use terminal::Terminal;

pub(crate) use project::Project;

/// Reasons why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Problems in the site, already reported.
    Site,
    /// A problem with the site or the system, as a message.
    Error(String),
    /// The command was used wrongly; a message says how.
    Usage(String),
    /// Shutdown was requested.
    Stopped,
}

/// Runs the program on the arguments it was started with.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    #[cfg(debug_assertions)]
    inject_fault();
    let terminal = Terminal::new(cli.global.color, cli.global.quiet, cli.global.verbose);
    match dispatch(&cli, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Site) => ExitCode::from(1),
        Err(Failure::Error(message)) => {
            terminal.problem(&message);
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            terminal.problem(&message);
            ExitCode::from(2)
        }
        Err(Failure::Stopped) => ExitCode::from(signals::exit_code()),
    }
}

/// Prints what is wrong with the command line, and what was meant.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    // A blog's folder is an option, as in `pingmark build --root mon-blog`.
    let folder = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(folder)) if error.kind() == ErrorKind::UnknownArgument => Some(folder),
        _ => None,
    };
    if let Some(folder) = folder.filter(|folder| Path::new(folder).join(site_files::CONFIG).is_file()) {
        terminal::eprint_text(&format!(
            "\n  tip: `{folder}` is a blog: give its folder as `--root {}`\n",
            terminal::quoted(folder)
        ));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Injects the fault that a test asks for: `PINGMARK_FAULT=12` aborts the program at the twelfth
/// checkpoint, `12:full` and `12:denied` make every write fail from there on.
#[cfg(debug_assertions)]
fn inject_fault() {
    use crate::output::fault_injection::{Fault, inject};
    let Ok(value) = std::env::var("PINGMARK_FAULT") else { return };
    let (checkpoint, fault) = match value.split_once(':') {
        Some((checkpoint, "full")) => (checkpoint, Fault::Fail(std::io::ErrorKind::StorageFull)),
        Some((checkpoint, _)) => (checkpoint, Fault::Fail(std::io::ErrorKind::PermissionDenied)),
        None => (value.as_str(), Fault::Abort),
    };
    inject(checkpoint.parse().expect("the number of a checkpoint"), fault);
}

fn dispatch(cli: &Cli, terminal: &Terminal) -> Result<(), Failure> {
    match &cli.command {
        Command::Init(init) => init::run(init, terminal),
        Command::New(new) => new::run(new, &Project::find(&cli.global)?, terminal),
        Command::Build(build) => build::run(build, &Project::find(&cli.global)?, terminal),
        Command::Serve(serve) => serve::run(serve, &Project::find(&cli.global)?, terminal),
        Command::Check(check) => build::check(check, &Project::find(&cli.global)?, terminal),
        Command::List(list) => list::run(list, &Project::find(&cli.global)?, terminal),
        Command::Mentions(command) => mentions::run(command, &Project::find(&cli.global)?, terminal),
        Command::Ping(args) => ping::run(args, &Project::find(&cli.global)?, terminal),
        Command::Receive(args) => receive::run(args, &Project::find(&cli.global)?, terminal),
        Command::Social(args) => social::run(args, &Project::find(&cli.global)?, terminal),
        Command::Import(args) => import::run(args, &cli.global, terminal),
        Command::Clean(args) => {
            let project = Project::find(&cli.global)?;
            let output = project.output(args.output_dir.as_deref());
            let removed = remove_published(&project.root, &output)
                .map_err(|error| Failure::Error(error.to_string()))?;
            let state = project.root.join(STATE);
            cache::remove(&state)
                .map_err(|error| Failure::Error(format!("`{}`: {error}", state.display())))?;
            disk_cache::clear(&state);
            // The folder stays if it holds the manifest of another output folder.
            let _ = std::fs::remove_file(state.join("lock"));
            let _ = std::fs::remove_file(state.join(report::REPORT));
            let _ = std::fs::remove_dir(&state);
            terminal.message(&format!("{} removed", report::many(removed, "file")));
            Ok(())
        }
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "pingmark", &mut std::io::stdout());
            Ok(())
        }
        Command::Man { folder } => write_manual(folder, terminal),
        Command::Version { check } => version::run(*check, terminal),
        Command::Config(ConfigCommand::Schema) => {
            let schema = serde_json::to_string_pretty(&config::schema()).expect("a schema is JSON");
            terminal::data(&format!("{schema}\n"));
            Ok(())
        }
    }
}

/// Writes the manual pages, in section 1: `pingmark.1`, `pingmark-build.1` and so on.
fn write_manual(folder: &Path, terminal: &Terminal) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| Failure::Error(format!("`{}`: {error}", folder.display())))?;
    terminal.message(&format!("manual pages written to {}", folder.display()));
    Ok(())
}

/// The build's "now": the value of `--today` in the site's time zone, or SOURCE_DATE_EPOCH
/// (reproducible-builds.org/specs/source-date-epoch), or the system clock.
pub(crate) fn now(typed: Option<&str>, zone: &TimeZone) -> Result<Timestamp, Failure> {
    if let Some(text) = typed {
        let when = When::parse(text, zone).ok_or_else(|| {
            Failure::Usage(format!("`{text}` is not a date; write it as 2026-11-22 or 2026-11-22 10:30"))
        })?;
        let usage = |error: jiff::Error| Failure::Usage(error.to_string());
        let instant = Timestamp::from_second(when.instant).map_err(usage)?;
        if when.has_time {
            return Ok(instant);
        }
        // A day without a time means its last second, so that posts of that day are published.
        let next_day = instant.to_zoned(zone.clone()).tomorrow().and_then(|next| next.start_of_day());
        return next_day.map(|next| next.timestamp() - SignedDuration::from_secs(1)).map_err(usage);
    }
    match fixed_now(None) {
        Some(seconds) => {
            seconds.trim().parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(
                || {
                    let problem = "write the number of seconds since 1970";
                    Failure::Usage(format!("SOURCE_DATE_EPOCH is `{seconds}`; {problem}"))
                },
            )
        }
        None => Ok(Timestamp::now()),
    }
}

/// The fixed "now": the value of `--today` or SOURCE_DATE_EPOCH; `None` if the clock is used.
pub(crate) fn fixed_now(typed: Option<&str>) -> Option<String> {
    typed.map(str::to_owned).or_else(|| std::env::var("SOURCE_DATE_EPOCH").ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_manual_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let pages = folder.path().join("man1");
        write_manual(&pages, &Terminal::new(args::Colour::Never, true, false)).expect("pages");
        for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            let page = pages.join(format!("pingmark-{}.1", command.get_name()));
            let text = std::fs::read_to_string(&page).expect("a page");
            assert!(text.contains(".TH pingmark-"), "{text}");
        }
    }

    #[test]
    fn the_version_names_a_build() {
        let (number, build) = args::VERSION.split_once(' ').expect("two parts");
        assert_eq!(number, env!("CARGO_PKG_VERSION"));
        assert!(build.starts_with('(') && build.ends_with(')') && build.len() > 4, "{build}");
    }
}
