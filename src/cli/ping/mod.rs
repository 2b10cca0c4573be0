//! `ping`: tells other sites that posts link to them.
//!
//! Receives the site, its ledgers and a client. Gives messages to other sites, and the ledgers that say so.
//! Uses threads, in [`dispatch`]. Never sends anything about a page that is not online, and nothing twice.

mod dispatch;
mod due;
mod live;

use std::time::Duration;

use jiff::Timestamp;
use pingmark_http::Client;
use pingmark_linkback::discover::Protocols;
use pingmark_linkback::ledger::{State, Told};
use serde_json::{Value, json};

use super::args::Scope;
use super::args::mentions::MentionForm;
use super::args::ping::PingArgs;
use super::report::many;
use super::terminal::{Terminal, data};
use super::{Failure, Project, build, list, signals};
use crate::authoring::outbox::Outbox;
use due::PostJob;

/// Time between two pings to one host: WordPress refuses a second one within fifteen seconds.
const SPACING: Duration = Duration::from_secs(16);

pub(super) fn run(args: &PingArgs, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    if args.status {
        let rows = told(project)?;
        match args.format {
            MentionForm::Json => list::print_json(&Value::from(rows)),
            MentionForm::Table => {
                data(&table(&rows));
                terminal.message(&counts(&rows));
            }
        }
        return Ok(());
    }
    // Twenty threads with a heap each.
    build::spare_memory();
    let client = client(&args.allow_private)?;
    let scope = Scope { today: args.today.clone(), base_url: args.base_url.clone(), ..Scope::default() };
    let now = project.now(&scope)?;
    let site = project.site(&scope)?;
    if site.diagnostics.has_errors() {
        return Err(Failure::Error("the site has errors; run `pingmark check` to see them".into()));
    }
    if site.config.base_url.is_local() && args.allow_private.is_empty() {
        return Err(Failure::Usage(
            "`base_url` is an address of this machine, which nobody else can read; set it in pingmark.yaml"
                .into(),
        ));
    }
    let outbox = Outbox::open(project.root.clone())?;
    let mut posts = due::posts(&site, &outbox, &args.posts, &project.root, now)?;
    if args.dry_run {
        show(&posts, args.format, terminal);
        return Ok(());
    }
    // What needs no request: entries of links that are gone.
    let writer = outbox.writer();
    for post in &mut posts {
        writer.write(&post.path, &mut post.file)?;
    }
    let waiting: usize = posts.iter().map(|post| post.waiting.len()).sum();
    posts.retain(|post| !post.due.is_empty());
    let all: usize = posts.iter().map(|post| post.due.len()).sum();
    if all == 0 {
        let later =
            if waiting > 0 { format!("; {waiting} will be tried again later") } else { String::new() };
        terminal.message(&format!("nothing to tell{later}"));
        if args.format == MentionForm::Json {
            data("[]\n");
        }
        return Ok(());
    }
    if !args.yes {
        show(&posts, MentionForm::Table, terminal);
        if !terminal.can_ask() {
            return Err(Failure::Usage(
                "nothing was sent; add --yes to send without being asked, or --dry-run".into(),
            ));
        }
        let answer = terminal.ask(&format!("Tell {}? [y/N]", many(all, "page")));
        if !answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes" | "o" | "oui")) {
            terminal.message("nothing was sent");
            return Ok(());
        }
    }
    signals::listen();
    let rules = &site.config.settings.ping;
    let protocols = Protocols { webmention: rules.webmention, pingback: rules.pingback };
    let clock = dispatch::Clock { spacing: spacing(), now: clock(args, now) };
    let done = dispatch::run(
        posts,
        &client,
        &writer,
        &clock,
        terminal,
        protocols,
        args.format == MentionForm::Table,
    )?;
    if args.format == MentionForm::Json {
        list::print_json(&Value::from(done.rows));
    }
    terminal.message(&done.summary);
    if done.not_live > 0 { Err(Failure::Site) } else { Ok(()) }
}

/// A client with exceptions.
pub(super) fn client(allowed: &[String]) -> Result<Client, Failure> {
    let mut builder = Client::builder();
    for host in allowed {
        builder =
            builder.allow(host).map_err(|reason| Failure::Usage(format!("--allow-private: {reason}")))?;
    }
    Ok(builder.build())
}

/// Tells the time: the fixed one if there is one, else the system's.
fn clock(args: &PingArgs, now: Timestamp) -> Box<dyn Fn() -> Timestamp + Send + Sync> {
    let fixed = super::fixed_now(args.today.as_deref()).map(|_| now);
    Box::new(move || fixed.unwrap_or_else(Timestamp::now))
}

/// [`SPACING`]; in debug builds, a test may set another one in milliseconds.
fn spacing() -> Duration {
    #[cfg(debug_assertions)]
    if let Some(given) = std::env::var("PINGMARK_PING_SPACING").ok().and_then(|text| text.parse().ok()) {
        return Duration::from_millis(given);
    }
    SPACING
}

/// Prints what is due.
fn show(posts: &[PostJob], format: MentionForm, terminal: &Terminal) {
    let mut rows = Vec::new();
    for post in posts {
        for due in &post.due {
            rows.push(json!({"post": post.source, "target": due.target, "reason": due.reason.words()}));
        }
        for (target, until) in &post.waiting {
            rows.push(
                json!({"post": post.source, "target": target, "reason": "waits", "next": until.to_string()}),
            );
        }
    }
    if format == MentionForm::Json {
        list::print_json(&Value::from(rows));
        return;
    }
    for post in posts.iter().filter(|post| !post.due.is_empty() || !post.waiting.is_empty()) {
        data(&format!("{}\n", post.source));
        for due in &post.due {
            data(&format!("  {}  ({})\n", due.target, due.reason.words()));
        }
        for (target, until) in &post.waiting {
            data(&format!("  {target}  (waits until {until})\n"));
        }
    }
    let due: usize = posts.iter().map(|post| post.due.len()).sum();
    let with = posts.iter().filter(|post| !post.due.is_empty()).count();
    terminal.message(&format!("{} to tell, from {}", many(due, "page"), many(with, "post")));
}

/// All entries of all ledgers, for `list outbox` and `--status`.
pub(super) fn told(project: &Project) -> Result<Vec<Value>, Failure> {
    Ok(rows(&Outbox::open(project.root.clone())?))
}

/// The entries of some ledgers.
pub(super) fn rows(outbox: &Outbox) -> Vec<Value> {
    let entries = outbox.ledgers.iter().flat_map(|(path, file)| {
        let row = move |(target, told): (&String, &Told)| {
            let mut row = row(&file.ledger.source, target, told);
            row["path"] = json!(path.as_str());
            row
        };
        file.ledger.targets.iter().map(row)
    });
    entries.collect()
}

fn row(source: &str, target: &str, told: &Told) -> Value {
    json!({
        "post": source,
        "target": target,
        "state": told.state.name(),
        "channel": told.channel.map(|channel| channel.name()),
        "endpoint": told.endpoint,
        "status_url": told.status_url,
        "at": told.at.to_string(),
        "answer": told.answer,
        "tries": told.tries,
        "next": told.next.map(|next| next.to_string()),
    })
}

/// Formats entries as a table.
pub(super) fn table(rows: &[Value]) -> String {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let path = text(row, "path");
            let post = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml").to_owned();
            let next = text(row, "next");
            let note = match next.get(..16) {
                Some(next) => format!("{}; next try {next}", text(row, "answer")),
                None => text(row, "answer"),
            };
            let day = text(row, "at");
            vec![
                text(row, "state"),
                row["channel"].as_str().unwrap_or("-").to_owned(),
                day.get(..10).unwrap_or(&day).to_owned(),
                post,
                text(row, "target"),
                note,
            ]
        })
        .collect();
    list::aligned(&cells)
}

/// How many entries are in which state.
fn counts(rows: &[Value]) -> String {
    let count = |state: State| rows.iter().filter(|row| row["state"] == state.name()).count();
    let words = |state| match state {
        State::Sent => "told",
        State::None => "without an endpoint",
        State::Refused => "refused",
        State::Retry => "to be tried again",
        State::Unsure => "unsure",
        State::Withdrawn => "withdrawn",
    };
    let counted =
        State::ALL.into_iter().map(|state| (count(state), words(state))).filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted.map(|(count, words)| format!("{count} {words}")).collect();
    if counted.is_empty() { "nothing was told yet".to_owned() } else { counted.join(", ") }
}
