//! `list`: what the site holds, as a table or as JSON.

use serde_json::{Value, json};

use super::args::{List, ListForm, Listed, Scope};
use super::terminal::{Terminal, data};
use super::{Failure, SiteAt, build};
use crate::document::Summary;
use crate::engine::{Build, Engine};
use crate::graph::{PageId, PageKind, Reason};

pub(super) fn run(args: &List, site: &SiteAt, terminal: &Terminal) -> Result<(), Failure> {
    let scope = Scope { today: args.today.clone(), ..Scope::default() };
    let build = build::understand(&Engine::default(), &scope, site, false)?;
    let (errors, _) = build.diagnostics.counts();
    if errors > 0 {
        terminal.word(&format!("the site has {}; `pingmark check` tells them", build::many(errors, "error")));
    }
    let rows = match args.what {
        Listed::Posts => posts(&build),
        Listed::Drafts => held(&build, Reason::Draft),
        Listed::Scheduled => held(&build, Reason::Scheduled),
        Listed::Expired => held(&build, Reason::Expired),
        Listed::Tags => tags(&build),
    };
    match args.format {
        ListForm::Json => {
            let text = serde_json::to_string_pretty(&rows).expect("rows are JSON");
            data(&format!("{text}\n"));
        }
        ListForm::Table => data(&table(&rows)),
    }
    Ok(())
}

fn posts(build: &Build) -> Vec<Value> {
    let mut ids: Vec<PageId> =
        build.graph.published().filter(|id| build.graph.page(*id).kind == PageKind::Post).collect();
    ids.sort_by_key(|id| (std::cmp::Reverse(build.graph.page(*id).date()), *id));
    let row = |id: &PageId| {
        let page = build.graph.page(*id);
        let mut row = of_summary(page.summary());
        row["url"] = json!(format!("{}{}", build.config.base_url.as_str(), page.route.encoded()));
        row
    };
    ids.iter().map(row).collect()
}

fn held(build: &Build, reason: Reason) -> Vec<Value> {
    let mut found: Vec<&Summary> = build
        .graph
        .held
        .iter()
        .filter(|held| held.reason == reason)
        .map(|held| held.summary.as_ref())
        .collect();
    found.sort_by_key(|summary| (summary.meta.date, summary.path.clone()));
    found.into_iter().map(of_summary).collect()
}

fn of_summary(summary: &Summary) -> Value {
    json!({
        "date": summary.meta.date.map(|date| date.rfc3339()),
        "title": summary.title,
        "lang": summary.lang,
        "tags": summary.meta.terms.get("tags").cloned().unwrap_or_default(),
        "words": summary.word_count,
        "path": summary.path.as_str(),
    })
}

fn tags(build: &Build) -> Vec<Value> {
    let mut terms: Vec<_> =
        build.graph.groups.terms.iter().filter(|term| term.taxonomy.name == "tags").collect();
    terms.sort_by_key(|term| (std::cmp::Reverse(term.posts.len()), term.lang.clone(), term.slug.clone()));
    terms
        .into_iter()
        .map(|term| {
            let url = format!("{}{}", build.config.base_url.as_str(), term.route.encoded());
            json!({"posts": term.posts.len(), "tag": term.name, "lang": term.lang, "url": url})
        })
        .collect()
}

/// The columns worth a person's eye, aligned by what they show.
fn table(rows: &[Value]) -> String {
    const COLUMNS: [&str; 5] = ["posts", "tag", "date", "title", "path"];
    let shown: Vec<&str> =
        COLUMNS.into_iter().filter(|column| rows.iter().any(|row| row.get(column).is_some())).collect();
    let cell = |row: &Value, column: &str| match &row[column] {
        Value::String(text) if column == "date" => text.get(..10).unwrap_or(text).to_owned(),
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| shown.iter().map(|column| cell(row, column)).collect()).collect();
    let width = |at: usize| cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..shown.len()).map(width).collect();
    let mut text = String::new();
    for row in &cells {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
