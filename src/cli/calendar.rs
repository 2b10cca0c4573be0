//! `social plan` and `social queue`: the editorial calendar, and posts to share again.

use std::fs;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Value, json};

use pingmark_core::posting_times;
use pingmark_core::printable::printable_line;
use pingmark_core::when::When;
use pingmark_social::agenda::{AgendaEntry, EntryKind, collisions, gaps, legend, month_grid, month_range};
use pingmark_social::ical::calendar;
use pingmark_social::queue::{ProposalHistory, QueueRules, propose};

use super::args::Scope;
use super::args::social::{Plan, PlanForm, Queue};
use super::list::{aligned, print_json};
use super::report::many;
use super::terminal::{Terminal, data};
use super::{Failure, Project};
use crate::engine::Site;
use crate::output::disk::STATE;

/// File of past proposals, inside the site's state folder.
const HISTORY: &str = "queue.json";

fn read(today: Option<&str>, project: &Project) -> Result<Arc<Site>, Failure> {
    let scope = Scope { today: today.map(str::to_owned), ..Scope::default() };
    project.site(&scope)
}

/// The build's "now" as a date in the site's time zone.
fn day_of(site: &Site) -> Date {
    site.sources.now.to_zoned(site.config.timezone.clone()).date()
}

pub(super) fn plan(args: &Plan, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let site = read(args.today.as_deref(), project)?;
    let month = match &args.month {
        None => day_of(&site),
        Some(text) => format!("{text}-01")
            .parse::<Date>()
            .map_err(|_| Failure::Usage(format!("`{text}` is not a month; write it as 2026-12")))?,
    };
    let found = site.calendar(month);
    if let Some(path) = &args.ics {
        let text = calendar(&site.config.main_language().title, &site.events(&found), site.sources.now);
        fs::write(path, text).map_err(|error| Failure::Error(format!("`{}`: {error}", path.display())))?;
        terminal.message(&format!("{} written", path.display()));
        return Ok(());
    }
    let (first, last) = month_range(month);
    let shown: Vec<&AgendaEntry> =
        found.entries.iter().filter(|entry| (first..=last).contains(&entry.at.civil().date())).collect();
    if args.format == PlanForm::Json {
        let rows = shown.iter().map(|entry| {
            json!({
                "at": entry.at.rfc3339(),
                "kind": entry.kind.name(),
                "title": entry.title,
                "slug": entry.slug,
                "networks": entry.networks,
            })
        });
        print_json(&Value::from(rows.collect::<Vec<_>>()));
        return Ok(());
    }
    let mut text = format!("{}\n{}", month_grid(month, &found.entries), legend());
    let rows: Vec<Vec<String>> = shown
        .iter()
        .filter(|entry| entry.kind != EntryKind::FreeSlot)
        .map(|entry| {
            let c = entry.at.civil();
            let time =
                if entry.at.has_time { format!("{:02}:{:02}", c.hour(), c.minute()) } else { String::new() };
            let title = entry.title.clone();
            vec![
                c.date().strftime("%a %d").to_string(),
                time,
                entry.kind.name().to_owned(),
                title,
                entry.networks.join(", "),
            ]
        })
        .collect();
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(&aligned(&rows));
    }
    if !found.undated.is_empty() {
        text.push_str("\nDrafts without a date\n");
        for (title, path) in &found.undated {
            text.push_str(&format!("  {} ({path})\n", printable_line(title)));
        }
    }
    let near = |entry: &AgendaEntry| {
        entry.at.civil().date() >= first || entry.at.instant > site.sources.now.as_second()
    };
    let gaps: Vec<_> = gaps(&found.entries).into_iter().filter(|(_, after, _)| near(after)).collect();
    if !gaps.is_empty() {
        text.push_str("\nGaps\n");
        for (before, after, days) in gaps {
            text.push_str(&format!("  {days} days between {} and {}\n", before.at.day(), after.at.day()));
        }
    }
    let double: Vec<_> = collisions(&found.entries).into_iter().filter(|found| near(found[0])).collect();
    if !double.is_empty() {
        text.push_str("\nAt the same time\n");
        for entries in double {
            let titles: Vec<String> =
                entries.iter().map(|entry| format!("“{}”", printable_line(&entry.title))).collect();
            text.push_str(&format!("  {}: {}\n", entries[0].at.day(), titles.join(", ")));
        }
    }
    data(&text);
    Ok(())
}

pub(super) fn queue(args: &Queue, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let site = read(args.today.as_deref(), project)?;
    let today = When::at(site.sources.now, &site.config.timezone, true);
    let number = today.instant.saturating_add(i64::from(today.offset)).div_euclid(86_400);
    let settings = &site.config.settings.social;
    let rules = QueueRules {
        min_age: i64::from(settings.queue.min_age),
        again_after: i64::from(settings.queue.again_after),
    };
    let file = project.root.join(STATE).join(HISTORY);
    // An unreadable file counts as an empty history.
    let mut history: ProposalHistory =
        fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let found = propose(&site.evergreen(), &history, rules, number, args.count);
    let times =
        posting_times::upcoming(&settings.times(), site.sources.now, &site.config.timezone, found.len());
    let posts = site.shared();
    let rows: Vec<Value> = found
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let post = posts.iter().find(|post| post.slug == one.slug);
            json!({
                "at": times.get(at).map(|when| when.rfc3339()),
                "slug": one.slug,
                "title": post.map(|post| post.title()),
                "date": post.and_then(|post| post.date()).map(|date| date.rfc3339()),
                "cited": one.cited,
                "last": history.proposed.get(&one.slug).map(|day| day_text(*day)),
            })
        })
        .collect();
    if args.format == PlanForm::Json {
        print_json(&Value::from(rows));
    } else {
        let cell = |row: &Value, key: &str, most: usize| {
            row[key].as_str().map_or("-", |text| text.get(..most).unwrap_or(text)).replace('T', " ")
        };
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let title = row["title"].as_str().unwrap_or_default().to_owned();
                vec![
                    cell(row, "at", 16),
                    cell(row, "slug", 200),
                    title,
                    format!("cited {}", many(row["cited"].as_u64().unwrap_or(0) as usize, "time")),
                ]
            })
            .collect();
        data(&aligned(&cells));
    }
    if found.is_empty() {
        terminal.message("no post is due to be shared again; see `social: queue:` in pingmark.yaml");
    }
    if args.dry_run {
        return Ok(());
    }
    for one in &found {
        history.proposed.insert(one.slug.clone(), number);
    }
    let text = serde_json::to_vec_pretty(&history).expect("dates are JSON");
    let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", file.display()));
    fs::create_dir_all(project.root.join(STATE)).map_err(failed)?;
    fs::write(&file, text).map_err(failed)
}

fn day_text(day: i64) -> String {
    let instant = jiff::Timestamp::from_second(day * 86_400).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%d").to_string()
}
