//! The command line: what was typed, then what is done.
//!
//! Receives the arguments and the environment. Gives an exit code. Uses clap, in [`args`]. Never
//! decides what a site is.
//!
//! Data goes to standard output, words to standard error. Exit codes: 0 done, 1 problems
//! found in the site, 2 wrong usage, 130 and 143 stopped by Ctrl-C and SIGTERM.

pub mod args;
mod build;
mod calendar;
mod dashboard;
mod init;
mod list;
mod mentions;
mod new;
mod project;
mod report;
mod serve;
mod signals;
mod social;
mod terminal;
mod watching;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use pingmark_core::config;
use pingmark_core::when::When;

use crate::cache;
use crate::output::disk::{STATE, clean};
use crate::output::kept;
use args::{Cli, Command, ConfigCommand};
use terminal::Terminal;

pub(crate) use project::Project;

/// Why a command ended without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Problems of the site, already told.
    Site,
    /// A sentence to tell; something of the site or the system.
    Told(String),
    /// A sentence to tell; the command was used wrongly.
    Usage(String),
    /// Asked to stop.
    Stopped,
}

/// Runs the program on the arguments it was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(debug_assertions)]
    try_out();
    let terminal = Terminal::new(cli.global.color, cli.global.quiet, cli.global.verbose);
    match dispatch(&cli, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Site) => ExitCode::from(1),
        Err(Failure::Told(sentence)) => {
            terminal.problem(&sentence);
            ExitCode::from(1)
        }
        Err(Failure::Usage(sentence)) => {
            terminal.problem(&sentence);
            ExitCode::from(2)
        }
        Err(Failure::Stopped) => ExitCode::from(signals::exit_code()),
    }
}

/// What a test asks for: `PINGMARK_STEP=12` ends the program at the twelfth step of publishing,
/// `12:full` and `12:denied` make it fail from there on.
#[cfg(debug_assertions)]
fn try_out() {
    use crate::output::step::{Trial, try_out};
    let Ok(asked) = std::env::var("PINGMARK_STEP") else { return };
    let (step, trial) = match asked.split_once(':') {
        Some((step, "full")) => (step, Trial::Fail(std::io::ErrorKind::StorageFull)),
        Some((step, _)) => (step, Trial::Fail(std::io::ErrorKind::PermissionDenied)),
        None => (asked.as_str(), Trial::End),
    };
    try_out(step.parse().expect("the number of a step"), trial);
}

fn dispatch(cli: &Cli, terminal: &Terminal) -> Result<(), Failure> {
    match &cli.command {
        Command::Init(init) => init::run(init, terminal),
        Command::New(new) => new::run(new, &Project::find(&cli.global)?),
        Command::Build(build) => build::run(build, &Project::find(&cli.global)?, terminal),
        Command::Serve(serve) => serve::run(serve, &Project::find(&cli.global)?, terminal),
        Command::Check(check) => build::check(check, &Project::find(&cli.global)?, terminal),
        Command::List(list) => list::run(list, &Project::find(&cli.global)?, terminal),
        Command::Mentions(command) => mentions::run(command, &Project::find(&cli.global)?, terminal),
        Command::Social(args) => social::run(args, &Project::find(&cli.global)?, terminal),
        Command::Clean(args) => {
            let project = Project::find(&cli.global)?;
            let output = project.output(args.output_dir.as_deref());
            let removed =
                clean(&project.root, &output).map_err(|refusal| Failure::Told(refusal.to_string()))?;
            // Another output folder may still have its list of files here.
            let state = project.root.join(STATE);
            cache::remove(&state)
                .map_err(|error| Failure::Told(format!("`{}`: {error}", state.display())))?;
            kept::clean(&state);
            let _ = std::fs::remove_file(state.join("lock"));
            let _ = std::fs::remove_dir(&state);
            terminal.word(&format!("{removed} files removed"));
            Ok(())
        }
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "pingmark", &mut std::io::stdout());
            Ok(())
        }
        Command::Config(ConfigCommand::Schema) => {
            let schema = serde_json::to_string_pretty(&config::schema()).expect("a schema is JSON");
            terminal::data(&format!("{schema}\n"));
            Ok(())
        }
    }
}

/// The moment to take for now: what was typed, on the site's clock; SOURCE_DATE_EPOCH
/// (reproducible-builds.org/specs/source-date-epoch); else the clock.
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
        // A day stands for its end: what is dated that day is published.
        let next_day = instant.to_zoned(zone.clone()).tomorrow().and_then(|next| next.start_of_day());
        return next_day.map(|next| next.timestamp() - SignedDuration::from_secs(1)).map_err(usage);
    }
    match fixed_now(None) {
        Some(seconds) => {
            seconds.trim().parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(
                || Failure::Usage(format!("SOURCE_DATE_EPOCH is `{seconds}`, not a number of seconds")),
            )
        }
        None => Ok(Timestamp::now()),
    }
}

/// What was typed, or stands in the environment, as the moment taken for now.
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
}
