//! `list`: posts, tags, citations and mentions, as a table or as JSON; the citation graph also in
//! the formats of graph tools.

use std::collections::BTreeSet;

use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::{Value, json};

use pingmark_core::printable::{printable_json, printable_line};
use pingmark_document::Document;
use pingmark_render::machine::citation_graph;
use pingmark_render::view::CitationGraphView;
use pingmark_site::graph::citation_graph::CitationGraph;
use pingmark_site::graph::{PageId, PageKind, UnpublishedReason};
use pingmark_social::agenda::{legend, month_grid};

use super::args::{List, ListForm, Listed, Scope};
use super::report::many;
use super::terminal::{Terminal, data, stdout_is_terminal};
use super::{Failure, Project, mentions, ping};
use crate::engine::Site;

pub(super) fn run(args: &List, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let usual = match args.what {
        Listed::Scheduled if stdout_is_terminal() => ListForm::Month,
        _ => ListForm::Table,
    };
    let format = args.format.unwrap_or(usual);
    let needs = match format {
        ListForm::Dot | ListForm::Graphml => Some((Listed::Citations, "list citations")),
        ListForm::Month => Some((Listed::Scheduled, "list scheduled")),
        ListForm::Table | ListForm::Json => None,
    };
    if let Some((_, command)) = needs.filter(|(what, _)| *what != args.what) {
        let name = format.to_possible_value().expect("every form has a name");
        return Err(Failure::Usage(format!("`--format {}` works only with `{command}`", name.get_name())));
    }
    let scope = Scope { today: args.today.clone(), ..Scope::default() };
    let site = project.site(&scope)?;
    let errors = site.diagnostics.tally().errors;
    if errors > 0 {
        terminal
            .message(&format!("the site has {}; run `pingmark check` to see them", many(errors, "error")));
    }
    if args.what == Listed::Citations && format != ListForm::Table {
        return citations(&site, format);
    }
    let rows = match args.what {
        Listed::Posts => posts(&site),
        Listed::Drafts => held(&site, UnpublishedReason::Draft),
        Listed::Scheduled => held(&site, UnpublishedReason::Scheduled),
        Listed::Expired => held(&site, UnpublishedReason::Expired),
        Listed::Tags => tags(&site),
        Listed::Citations => citation_rows(&site),
        Listed::Orphans => orphans(&site),
        Listed::Mentions => mentions::all(&site),
        Listed::Outbox => ping::told(project)?,
    };
    if format == ListForm::Month {
        data(&months(&site));
    }
    match format {
        ListForm::Json => print_json(&Value::from(rows)),
        _ if args.what == Listed::Outbox => data(&ping::table(&rows)),
        _ if args.what == Listed::Mentions => data(&mentions::table(&rows)),
        _ => data(&table(&rows)),
    }
    Ok(())
}

pub(super) fn print_json(value: &Value) {
    let text = serde_json::to_string_pretty(value).expect("values are JSON");
    data(&printable_json(format!("{text}\n")));
}

/// The whole citation graph.
fn citations(site: &Site, form: ListForm) -> Result<(), Failure> {
    let (graph, config) = (site.graph(), &site.config);
    let style = config.settings.citations.style;
    let network = CitationGraphView::new(&CitationGraph::of(graph), graph, &site.documents, style);
    match form {
        ListForm::Dot => data(&citation_graph::dot(&network, config)),
        ListForm::Graphml => data(&String::from_utf8_lossy(&citation_graph::graphml(&network, config))),
        ListForm::Json | ListForm::Table | ListForm::Month => data(&citation_graph::pretty(&network, config)),
    }
    Ok(())
}

/// One row per citing and cited article, newest citing article first.
fn citation_rows(site: &Site) -> Vec<Value> {
    let graph = site.graph();
    let network = CitationGraph::of(graph);
    let page = |place: usize| graph.page(network.nodes[place].page);
    let mut edges: Vec<_> = network.edges.iter().collect();
    edges.sort_by_key(|edge| (std::cmp::Reverse(page(edge.from).date()), edge.from, edge.to));
    let row = |edge: &&pingmark_site::graph::citation_graph::Edge| {
        let (from, to) = (page(edge.from), page(edge.to));
        json!({
            "date": from.date().map(|date| date.rfc3339()),
            "from": site.documents[from.document].teaser.title,
            "to": site.documents[to.document].teaser.title,
            "links": edge.count,
        })
    };
    edges.iter().map(row).collect()
}

fn orphans(site: &Site) -> Vec<Value> {
    let network = CitationGraph::of(site.graph());
    let languages = site.config.languages.iter();
    let mut found: Vec<PageId> =
        languages.flat_map(|language| network.orphans(site.graph(), &language.code)).collect();
    sort_newest_first(&mut found, site);
    found.iter().map(|id| of_page(*id, site)).collect()
}

fn posts(site: &Site) -> Vec<Value> {
    let mut ids: Vec<PageId> =
        site.graph().published().filter(|id| site.graph().page(*id).kind == PageKind::Post).collect();
    sort_newest_first(&mut ids, site);
    ids.iter().map(|id| of_page(*id, site)).collect()
}

fn sort_newest_first(ids: &mut [PageId], site: &Site) {
    ids.sort_by_key(|id| (std::cmp::Reverse(site.graph().page(*id).date()), *id));
}

fn of_page(id: PageId, site: &Site) -> Value {
    let page = site.graph().page(id);
    let mut row = of_document(&site.documents[page.document]);
    row["url"] = json!(page.route.permalink(&site.config.base_url));
    row
}

fn held(site: &Site, reason: UnpublishedReason) -> Vec<Value> {
    let held = site.graph().unpublished.iter().filter(|held| held.reason == reason);
    let mut found: Vec<&Document> = held.map(|held| site.documents[held.document].as_ref()).collect();
    found.sort_by_key(|document| (document.summary.meta.date, document.summary.path.clone()));
    found.into_iter().map(of_document).collect()
}

/// Calendars of the months with scheduled posts, drawn as by `social plan`.
fn months(site: &Site) -> String {
    const MAX_MONTHS: usize = 12;
    let held = site.graph().unpublished.iter().filter(|held| held.reason == UnpublishedReason::Scheduled);
    let dates = held.filter_map(|held| site.documents[held.document].summary.meta.date);
    let months: BTreeSet<Date> = dates.map(|date| date.civil().date().first_of_month()).collect();
    if months.is_empty() {
        return String::new();
    }
    let grids = months
        .into_iter()
        .take(MAX_MONTHS)
        .map(|month| month_grid(month, &site.calendar(month).entries) + "\n");
    format!("{}{}\n", grids.collect::<String>(), legend())
}

fn of_document(document: &Document) -> Value {
    let summary = &document.summary;
    json!({
        "date": summary.meta.date.map(|date| date.rfc3339()),
        "title": document.teaser.title,
        "lang": summary.lang,
        "tags": summary.meta.terms.get("tags").cloned().unwrap_or_default(),
        "words": document.teaser.word_count,
        "path": summary.path.as_str(),
    })
}

fn tags(site: &Site) -> Vec<Value> {
    let mut terms: Vec<_> =
        site.graph().taxonomies.terms.iter().filter(|term| term.taxonomy.name == "tags").collect();
    terms.sort_by_key(|term| (std::cmp::Reverse(term.posts.len()), term.lang.clone(), term.slug.clone()));
    terms
        .into_iter()
        .map(|term| {
            let url = term.route.permalink(&site.config.base_url);
            json!({"posts": term.posts.len(), "tag": term.name, "lang": term.lang, "url": url})
        })
        .collect()
}

/// A table of the columns that are useful to people; JSON has more.
fn table(rows: &[Value]) -> String {
    const COLUMNS: [&str; 8] = ["posts", "tag", "date", "title", "path", "links", "from", "to"];
    let shown: Vec<&str> =
        COLUMNS.into_iter().filter(|column| rows.iter().any(|row| row.get(column).is_some())).collect();
    let cell = |row: &Value, column: &str| match &row[column] {
        Value::String(text) if column == "date" => text.get(..10).unwrap_or(text).to_owned(),
        Value::String(text) if column == "to" => format!("→ {text}"),
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| shown.iter().map(|column| cell(row, column)).collect()).collect();
    aligned(&cells)
}

/// Formats rows of cells as aligned columns.
///
/// Characters that move the cursor are replaced.
pub(super) fn aligned(cells: &[Vec<String>]) -> String {
    let line = |cell: &String| printable_line(cell).into_owned();
    let cells: Vec<Vec<String>> = cells.iter().map(|row| row.iter().map(line).collect()).collect();
    let width = |at: usize| cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..cells.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for row in &cells {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
