//! `themes/README.md` agrees with the program on every template, variable, type, component and word.
//!
//! The example site is built with a theme whose templates print everything they are given. The
//! printed values and the documented ones must be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use pingmark_render::page;
use pingmark_render::value::SHARED;

use super::support::{Site, TODAY, tree};

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/README.md");
    std::fs::read_to_string(path).expect("themes/README.md")
});
/// The templates of pages.
const TEMPLATES: [&str; 11] =
    ["index", "post", "page", "list", "terms", "term", "archive", "citations", "sources", "source", "404"];
/// Types whose fields the author of a site chooses.
const FREE: [&str; 1] = ["map"];

/// A table of the reference: its heading, and its rows as cells.
struct Table {
    heading: String,
    rows: Vec<Vec<String>>,
}

fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut heading = String::new();
    for line in PAGE.lines() {
        if let Some(text) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            heading = text.to_owned();
        } else if let Some(cells) = line.strip_prefix("| ") {
            let cells = cells.trim_end_matches(" |").replace("\\|", "\u{1}");
            let cells: Vec<String> = cells.split(" | ").map(|cell| cell.replace('\u{1}', "|")).collect();
            match tables.last_mut().filter(|table| table.heading == heading && !table.rows.is_empty()) {
                Some(table) => table.rows.push(cells),
                None => tables.push(Table { heading: heading.clone(), rows: vec![cells] }),
            }
        }
    }
    for table in &mut tables {
        table.rows.retain(|row| row[0].starts_with('`'));
    }
    tables
}

/// The words in backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The fields of each type, and the variables of each template, with their types.
fn documented() -> (BTreeMap<String, Fields>, BTreeMap<String, Fields>) {
    let (mut types, mut templates) = (BTreeMap::new(), BTreeMap::new());
    for table in tables() {
        let fields: Fields = table
            .rows
            .iter()
            .filter(|row| row.len() == 3)
            .map(|row| (quoted(&row[0]).remove(0), row[1].clone()))
            .collect();
        let names = quoted(&table.heading);
        if table.heading == "Everywhere" {
            for template in TEMPLATES {
                templates.entry(template.to_owned()).or_insert_with(Fields::new).extend(fields.clone());
            }
        } else if names.iter().any(|name| name.ends_with(".html")) {
            for name in names {
                let template = name.trim_end_matches(".html").to_owned();
                templates.entry(template).or_insert_with(Fields::new).extend(fields.clone());
            }
        } else if table.heading.starts_with('`') && !names[0].contains('.') {
            types.insert(names[0].clone(), fields);
        }
    }
    // A page has the fields of a card, too.
    let card = types["card"].clone();
    types.get_mut("page").expect("the reference has the type `page`").extend(card);
    (types, templates)
}

type Fields = BTreeMap<String, String>;

/// The printed values, checked against the documented types.
struct Check {
    types: BTreeMap<String, Fields>,
    seen: BTreeSet<(String, String)>,
    wrong: BTreeSet<String>,
}

impl Check {
    fn value(&mut self, place: &str, value: &Value, kind: &str) {
        let is_list = kind.starts_with("list of ");
        let name = kind.trim_start_matches("list of ").trim_matches('`');
        match value {
            Value::Null => {}
            Value::Array(items) if is_list => {
                for item in items {
                    self.value(place, item, name);
                }
            }
            Value::Object(_) if FREE.contains(&kind) => {}
            Value::Object(fields) if !is_list && self.types.contains_key(name) => {
                for (field, value) in fields {
                    self.seen.insert((name.to_owned(), field.clone()));
                    match self.types[name].get(field).cloned() {
                        Some(kind) => self.value(&format!("{place}.{field}"), value, &kind),
                        None => {
                            _ = self
                                .wrong
                                .insert(format!("`{name}` has `{field}`, which the page does not tell"))
                        }
                    }
                }
            }
            Value::String(_) if ["text", "address", "date", "HTML", "SVG", "JSON"].contains(&name) => {}
            Value::Number(_) if kind == "number" => {}
            Value::Bool(_) if kind == "true or false" => {}
            other => _ = self.wrong.insert(format!("{place} is no {kind}: {other:.60}")),
        }
    }
}

fn example() -> Site {
    Site::example()
        .file("content/notes/_index.md", "---\ntitle: Notes\ndescription: Un dossier.\n---\n\nDes notes.\n")
        .file("content/notes/2026-01-01-une.md", "---\ntitle: Une\ndate: 2026-01-01\n---\n\nUne note.\n")
        .file(
            "content/notes/2026-01-02-deux.md",
            format!(
                "---\ntitle: Deux\ndate: 2026-01-02\ntags: [{}]\n---\n\nBien des mots.\n",
                (0..60).map(|number| format!("mot{number}")).collect::<Vec<_>>().join(", ")
            ),
        )
}

#[test]
fn templates_are_given_what_the_page_says() {
    let (types, templates) = documented();
    let mut site = example();
    let all: BTreeSet<&String> = templates.values().flat_map(BTreeMap::keys).collect();
    for template in TEMPLATES {
        // Only fields that a template names are passed to it.
        let mut text = format!(
            "<template>{template}</template>{{% if false %}}{{{{ recent.html }}}}{{{{ recent.line }}}}{{% endif %}}"
        );
        for name in &all {
            write!(text, "{{% if {name} is defined %}}<pre data-name=\"{name}\">{{{{ {name} | json }}}}</pre>{{% endif %}}")
                .expect("memory takes everything");
        }
        site = site.file(&format!("themes/probe/templates/{template}.html"), text);
    }
    let run = site.run(&["build", "--today", TODAY, "--theme", "probe"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut check = Check { types, seen: BTreeSet::new(), wrong: BTreeSet::new() };
    let mut given: BTreeSet<(String, String)> = BTreeSet::new();
    for bytes in site.tree("public").values() {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let Some((template, rest)) =
            text.strip_prefix("<template>").and_then(|rest| rest.split_once("</template>"))
        else {
            continue;
        };
        for part in rest.split("<pre data-name=\"").skip(1) {
            let (name, value) = part.split_once("\">").expect("a name and a value");
            let value: Value =
                serde_json::from_str(value.strip_suffix("</pre>").expect("it ends")).expect("JSON");
            given.insert((template.to_owned(), name.to_owned()));
            match templates[template].get(name) {
                Some(kind) => check.value(name, &value, kind),
                None => {
                    _ = check
                        .wrong
                        .insert(format!("{template}.html is given `{name}`, which the page does not tell"))
                }
            }
        }
    }
    for (template, names) in &templates {
        for name in names.keys().filter(|name| !given.contains(&(template.clone(), (*name).clone()))) {
            check.wrong.insert(format!("{template}.html is not given `{name}`"));
        }
    }
    for (name, fields) in &check.types {
        for field in fields.keys().filter(|field| !check.seen.contains(&(name.clone(), (*field).clone()))) {
            check.wrong.insert(format!("no `{name}` has `{field}`"));
        }
    }
    assert!(check.wrong.is_empty(), "{:#?}", check.wrong);
    let documented_names: BTreeSet<&str> = all.into_iter().map(String::as_str).collect();
    let known: BTreeSet<&str> = SHARED.into_iter().chain(page::variables()).collect();
    assert_eq!(documented_names, known, "the program suggests the documented names");
}

/// A card is rendered once for all lists, unless its template uses variables of the page around it.
#[test]
fn a_card_that_tells_of_its_page_is_made_on_each() {
    let site = Site::empty()
        .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nlang: en\n")
        .file("content/posts/un.md", "---\ntitle: Un\ndate: 2026-01-01\ntags: [a]\n---\n\nText.\n");
    let cards = |site: &Site| -> Vec<String> {
        let run = site.run(&["build", "--today", TODAY]);
        assert_eq!(run.code, 0, "{}", run.err);
        ["index.html", "tags/a/index.html"].map(|page| site.public(page)).into()
    };
    let site = site.file("templates/partials/card.html", "<i>{{ card.title }} {{ level }}</i>");
    assert!(cards(&site).iter().all(|page| page.contains("<i>Un 2</i>")));
    let site = site.file("templates/partials/card.html", "<i>{{ card.title }} {{ path }}</i>");
    let pages = cards(&site);
    assert!(pages[0].contains("<i>Un /</i>") && pages[1].contains("<i>Un /tags/a/</i>"), "{pages:?}");
}

#[test]
fn every_template_component_and_word_is_told() {
    let files = tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("themes"));
    let text = |name: &str| String::from_utf8(files[name].clone()).expect("UTF-8");
    let names = |heading: &str| -> Vec<Vec<String>> {
        tables().into_iter().filter(|table| table.heading == heading).flat_map(|table| table.rows).collect()
    };
    let firsts = |heading: &str| -> BTreeSet<String> {
        names(heading).iter().flat_map(|row| quoted(&row[0])).collect()
    };

    let (components, templates): (Vec<&str>, Vec<&str>) = files
        .keys()
        .filter_map(|name| name.strip_prefix("plume/templates/"))
        .partition(|name| name.starts_with("components/"));
    assert_eq!(firsts("Templates"), templates.iter().map(|name| (*name).to_owned()).collect());

    let mut documented_names = BTreeMap::new();
    for row in names("Components") {
        documented_names.insert(quoted(&row[0]).remove(0), quoted(&row[1]));
    }
    let mut found = BTreeMap::new();
    for name in components {
        let text = text(&format!("plume/templates/{name}"));
        let (_, rest) = text.split_once("{% component ").expect("a component");
        let (name, rest) = rest.split_once('(').expect("arguments");
        let (arguments, _) = rest.split_once(") -%}").expect("their end");
        let arguments = arguments
            .split(',')
            .map(|one| one.split([':', '=']).next().unwrap_or_default().trim().to_owned());
        found.insert(name.to_owned(), arguments.collect::<Vec<_>>());
    }
    assert_eq!(documented_names, found);

    let keys = |name: &str| -> BTreeSet<String> {
        let lines = text(name);
        lines
            .lines()
            .filter(|line| !line.starts_with(['#', ' ']))
            .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
            .collect()
    };
    let documented_names = firsts("Words");
    for lang in ["en", "fr", "de", "es", "it"] {
        let plume = keys(&format!("plume/i18n/{lang}.yaml"));
        let gazette = keys(&format!("gazette/i18n/{lang}.yaml"));
        assert_eq!(documented_names, plume.union(&gazette).cloned().collect(), "{lang}");
    }
}

/// The ten-minute tutorial of the reference.
#[test]
fn the_walk_leads_to_a_theme() {
    let blocks: Vec<(&str, &str)> =
        PAGE.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect();
    let block = |kind: &str, with: &str| {
        let found = blocks.iter().find(|(own, text)| *own == kind && text.contains(with));
        found.unwrap_or_else(|| panic!("no {kind} with {with}")).1
    };
    let site = Site::empty()
        .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nlang: en\ntheme: mine\n")
        .post("un", "Text.")
        .file("themes/mine/theme.yaml", block("yaml", "name: Mine"))
        .file("themes/mine/static/mine.css", block("css", ".card"))
        .file("themes/mine/templates/partials/card.html", block("jinja", "class=\"card h-entry\""))
        .file("themes/mine/templates/404.html", block("jinja", "plume/404.html"))
        .file("themes/mine/i18n/en.yaml", block("yaml", "lost:"))
        .built();
    assert!(site.public("404.html").contains("Go home."));
    let home = site.public("index.html");
    assert!(home.contains("href=\"/mine.") && home.contains("href=\"/accent.") && home.contains("#fffdf8"));
    assert!(home.contains("<h2 class=\"p-name\"><a class=\"u-url\" href=\"/posts/un/\">un</a></h2>"));
}
