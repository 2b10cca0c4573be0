//! The line: Sources → Build, and then to disk. The one file that knows every stage.
//!
//! Receives the sources and a request. Gives a [`Build`], and publishes it. Uses rayon, for the
//! two places with parallelism. Never reads or writes by itself.

mod memo;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::bibliography::{self, Bibliography};
use crate::config::{self, CiteStyle, Config};
use crate::diag::draw::Evidence;
use crate::diag::{Diagnostic, Diagnostics, Spot, catalogue};
use crate::document::typography::{self, Style};
use crate::document::{self, Document, ReferenceKind, Summary};
use crate::fingerprint::Fingerprint;
use crate::graph::{self, Facts, Graph, Shown};
use crate::mention::{self, Mention};
use crate::output::disk::{Publisher, Refusal};
use crate::output::{Changes, Output};
use crate::path::SitePath;
use crate::plan::{self, Plan};
use crate::render::{self, Site, TemplateSet, Views, theme, view};
use crate::source::{Content, Source, Sources};
use memo::{Dressed, Linked, Memo, ReadMention};

/// What a build is asked for, beside the sources.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Replaces the config's `base_url`.
    pub base_url: Option<String>,
    /// Which documents are published that usually are not.
    pub shown: Shown,
    /// Whether to give advice too: missing descriptions, orphans.
    pub advice: bool,
}

/// The engine: what is worth keeping between two builds.
#[derive(Debug, Default)]
pub struct Engine {
    memo: Mutex<Memo>,
    /// Whether there will be another build.
    remembers: bool,
}

/// A site, understood: everything but the rendered files.
#[derive(Debug)]
pub struct Build {
    /// What it was made of.
    pub sources: Sources,
    /// The settings.
    pub config: Config,
    /// The compiled files, in the order of their paths.
    pub documents: Vec<Arc<Document>>,
    /// What came in from elsewhere, in the order of the files.
    pub mentions: Vec<Arc<Mention>>,
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// How long each stage took, in order.
    pub stages: Vec<(&'static str, Duration)>,
    /// What had to be done.
    pub work: Work,
    linked: Arc<Linked>,
    dressed: Arc<Dressed>,
}

/// What a build had to do, and did not know already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The files that were compiled.
    pub parsed: Vec<SitePath>,
    /// Whether the graph was made again.
    pub linked: bool,
    /// Whether the templates were compiled again.
    pub dressed: bool,
}

/// Measures the stages of a build.
struct Clock {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
    }
}

/// Numbers of a build, for its last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Posts and pages published.
    pub pages: usize,
    /// Tags in use.
    pub tags: usize,
    /// Links between articles.
    pub citations: usize,
    /// Articles' pings of one another.
    pub pings: usize,
}

impl Engine {
    /// An engine that will build again, and keeps what the next build can use.
    pub fn remembering() -> Self {
        Self { remembers: true, ..Self::default() }
    }

    /// Reads, compiles, links and plans a site: as much of it as is not known already.
    pub fn understand(&self, mut sources: Sources, mut diagnostics: Diagnostics, request: &Request) -> Build {
        let mut clock = Clock::start();
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        let config = read_config(&sources, request, &mut diagnostics);
        let config_print = print_of_config(&sources, request);
        let (documents, parsed) = self.compile(&mut sources, &config, &mut memo);
        diagnostics.extend(documents.iter().flat_map(|document| document.diagnostics.iter().cloned()));
        let read = self.read_mentions(&sources, &config, &mut memo);
        diagnostics.extend(read.iter().flat_map(|mention| mention.told.iter().cloned()));
        let mentions: Vec<Arc<Mention>> = read.iter().filter_map(|read| read.mention.clone()).collect();
        clock.lap("compile");
        let facts = Facts {
            config: &config,
            bibliography: read_bibliography(&sources, &config, &mut diagnostics),
            shown: request.shown,
            now: sources.now,
            files: copied_files(&sources),
            theme: &config.settings.theme,
            mentions: &mentions,
        };
        let mut work = Work { parsed, ..Work::default() };
        let print = memo::of_graph(&documents, &sources, config_print, &facts);
        let linked = match memo.linked.take().filter(|linked| linked.print == print) {
            Some(linked) => linked,
            None => {
                work.linked = true;
                let summaries: Vec<Arc<Summary>> =
                    documents.iter().map(|document| document.summary.clone()).collect();
                let (graph, mut told) = graph::link(&summaries, &facts);
                let (plan, more) = plan::plan(&graph, &config);
                told.extend(more);
                Arc::new(Linked { print, graph, plan, told })
            }
        };
        memo.linked = Some(linked.clone());
        diagnostics.extend(linked.told.iter().cloned());
        clock.lap("link");
        let idle = render::page::idle_templates(&linked.plan, &linked.graph);
        let print = memo::of_dress(&sources, config_print, &idle);
        let dressed = match memo.dressed.take().filter(|dressed| dressed.print == print) {
            Some(dressed) => dressed,
            None => {
                work.dressed = true;
                Arc::new(dress(&sources, &config, &idle, print))
            }
        };
        memo.dressed = Some(dressed.clone());
        diagnostics.extend(dressed.told.iter().cloned());
        if request.advice {
            diagnostics.extend(advice(&linked.graph));
        }
        clock.lap("theme");
        diagnostics.sort();
        Build { sources, config, documents, mentions, diagnostics, stages: clock.laps, work, linked, dressed }
    }

    /// The compiled files, in the order of their paths, and which of them were compiled now.
    fn compile(
        &self,
        sources: &mut Sources,
        config: &Config,
        memo: &mut Memo,
    ) -> (Vec<Arc<Document>>, Vec<SitePath>) {
        let options = document::Options {
            lang: config.main_language().code.clone(),
            languages: config.languages.iter().map(|language| language.code.clone()).collect(),
            timezone: config.timezone.clone(),
            typography: config.settings.typography,
            cites_in_notes: config.settings.citations.style == CiteStyle::Note,
            highlight: config.settings.highlight,
            taxonomies: config.taxonomies.iter().map(|taxonomy| taxonomy.name.clone()).collect(),
        };
        let known = &*memo;
        let found: Vec<(SitePath, Option<Arc<Document>>)> = sources
            .texts("content")
            .into_par_iter()
            .map(|(path, print)| {
                let document = known.document(&path, print, &options);
                (path, document)
            })
            .collect();
        let missing: Vec<SitePath> =
            found.iter().filter(|(_, document)| document.is_none()).map(|(path, _)| path.clone()).collect();
        let compiled: Vec<(SitePath, Arc<Source>, Option<Arc<Document>>)> = missing
            .iter()
            .filter_map(|path| sources.files.remove_entry(path))
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(path, source)| {
                let document = source.text().map(|text| Arc::new(document::compile(&path, text, &options)));
                // What the document needs of its text it has; the next ones take its room.
                (path, source.release(), document)
            })
            .collect();
        let mut fresh = Vec::with_capacity(compiled.len());
        for (path, source, document) in compiled {
            sources.files.insert(path, source);
            fresh.push(document);
        }
        let mut fresh = fresh.into_iter();
        let documents: Vec<Arc<Document>> = found
            .into_iter()
            .filter_map(|(_, document)| document.or_else(|| fresh.next().flatten()))
            .collect();
        if self.remembers {
            memo.keep(&documents);
        }
        (documents, missing)
    }

    /// What came in from elsewhere, file by file.
    fn read_mentions(&self, sources: &Sources, config: &Config, memo: &mut Memo) -> Vec<Arc<ReadMention>> {
        let files: Vec<_> =
            sources.below(mention::FOLDER).filter(|(path, ..)| mention::is_one(path)).collect();
        let zone = &config.timezone;
        let known = &*memo;
        let read: Vec<(SitePath, Arc<ReadMention>)> = files
            .into_par_iter()
            .filter_map(|(path, _, source)| match &source.content {
                Content::Text(text, content) => {
                    let print = Fingerprint::of_value(&(content, zone.iana_name()));
                    let read = known.mention(path, print).unwrap_or_else(|| {
                        let (mention, told) = mention::read(path, text, zone);
                        Arc::new(ReadMention { print, mention: mention.map(Arc::new), told })
                    });
                    Some((path.clone(), read))
                }
                _ => None,
            })
            .collect();
        let mentions = read.iter().map(|(_, read)| read.clone()).collect();
        if self.remembers {
            memo.mentions = read.into_iter().collect();
        }
        mentions
    }
}

/// The theme and its templates.
fn dress(sources: &Sources, config: &Config, idle: &[&str], print: Fingerprint) -> Dressed {
    let mut told = Vec::new();
    let languages: Vec<String> = config.languages.iter().map(|language| language.code.clone()).collect();
    let theme = theme::load(sources, &config.settings.theme, &languages, &mut told);
    let templates = match TemplateSet::compile(&theme, config, idle) {
        Ok(templates) => Some(templates),
        Err(problems) => {
            told.extend(problems);
            None
        }
    };
    Dressed { print, theme, templates, told }
}

/// The print of everything that settings are made of.
fn print_of_config(sources: &Sources, request: &Request) -> Fingerprint {
    let text = sources.text(config::FILE).map_or("", AsRef::as_ref);
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), text, &request.base_url))
}

impl Build {
    /// The site as a whole.
    pub fn graph(&self) -> &Graph {
        &self.linked.graph
    }

    /// What will be published.
    pub fn plan(&self) -> &Plan {
        &self.linked.plan
    }

    /// Renders every file and hands each over as soon as it is made; what is wrong is told at
    /// the end. `Err` as soon as one cannot be taken.
    pub fn render<E: Send>(&self, take: impl Fn(Output) -> Result<(), E> + Sync) -> Result<Diagnostics, E> {
        self.render_what(|_, _| false, take)
    }

    /// Renders the files that are not there already. `keep` is asked first, with a file's path
    /// and the print of everything it is made of: whether it is there as it was made of the
    /// same.
    pub fn render_what<E: Send>(
        &self,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<Diagnostics, E> {
        let Some(templates) = &self.dressed.templates else { return Ok(Diagnostics::new()) };
        let (graph, plan) = (self.graph(), self.plan());
        let terms = view::term_cards(graph, &self.config);
        let cards = view::cards(graph, &self.config, &self.documents, &terms);
        let material = view::Material {
            config: &self.config,
            graph,
            documents: &self.documents,
            plan,
            sources: &self.sources,
            templates,
        };
        let views = Views::new(material, &terms, &cards);
        let around = views.around();
        let site = Site::new(&self.config, templates, &self.dressed.theme, &around);
        // What stands beside a page, by language and template.
        let beside = |(lang, template): (&str, Option<&'static str>)| {
            let around = around.iter().find(|around| around.lang == lang)?;
            Some(around.print(|name| templates.may_read(template, name)))
        };
        let diagnostics = Mutex::new(Diagnostics::new());
        plan.targets.par_iter().try_for_each(|target| {
            let Some(view) = views.of(target) else { return Ok(()) };
            let path = target.route.file();
            let beside = view.made_with().and_then(beside);
            let print = Fingerprint::of_value(&(self.dressed.print, beside, &target.route, &view));
            if keep(&path, print) {
                return Ok(());
            }
            let (content, told) = render::render(&target.route, &view, &site);
            // What has something to tell is made again each time, so that it is told again.
            let print = told.is_empty().then_some(print);
            if !told.is_empty() {
                diagnostics.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
            }
            match content {
                Some(content) => take(Output { path, print, content }),
                None => Ok(()),
            }
        })?;
        let mut diagnostics = diagnostics.into_inner().unwrap_or_else(PoisonError::into_inner);
        diagnostics.sort();
        Ok(diagnostics)
    }

    /// Renders everything and keeps nothing: for what rendering has to say.
    pub fn try_render(&self) -> Diagnostics {
        let Ok(diagnostics) = self.render(|_| Ok::<(), std::convert::Infallible>(()));
        diagnostics
    }

    /// Renders and publishes. With an error among the diagnostics nothing is published.
    pub fn publish(&self, publisher: Publisher) -> Result<(Option<Changes>, Diagnostics), Refusal> {
        let mut told =
            self.render_what(|path, print| publisher.keep(path, print), |output| publisher.take(output))?;
        if told.has_errors() || self.diagnostics.has_errors() {
            return Ok((None, told));
        }
        let (changes, more) = publisher.commit()?;
        told.extend(more);
        told.sort();
        Ok((Some(changes), told))
    }

    /// The numbers of the last line.
    pub fn counts(&self) -> Counts {
        let pings: usize = self.graph().backlinks.iter().map(Vec::len).sum();
        let citations = self.graph().backlinks.iter().flatten().map(|citation| citation.count).sum();
        Counts {
            pages: self.graph().published().count(),
            tags: self.graph().groups.terms.iter().filter(|term| term.taxonomy.name == "tags").count(),
            citations,
            pings,
        }
    }

    fn document(&self, path: &SitePath) -> Option<&Document> {
        let at = self.documents.binary_search_by(|document| document.summary.path.cmp(path)).ok()?;
        Some(&self.documents[at])
    }
}

impl Evidence for Build {
    fn text(&self, path: &SitePath) -> Option<&str> {
        self.sources.text(path.as_str()).map(AsRef::as_ref)
    }

    fn reference(&self, path: &SitePath, number: u32) -> Option<Range<usize>> {
        let document = self.document(path)?;
        let link = document.spans.references.get(number as usize)?.clone();
        // The target alone, where it stands in the link as written.
        let target = &document.summary.references.get(number as usize)?.target;
        let written = self.text(path)?.get(link.clone())?;
        let at = written.rfind(target.as_ref()).filter(|_| !target.is_empty());
        Some(at.map_or(link.clone(), |at| link.start + at..link.start + at + target.len()))
    }

    fn component(&self, path: &SitePath, number: u32) -> Option<Range<usize>> {
        self.document(path)?.spans.components.get(number as usize).cloned()
    }

    fn other_names(&self, path: &SitePath, key: &str) -> Vec<&'static str> {
        if path.as_str() == config::FILE {
            return config::other_names(key).collect();
        }
        document::front_matter::other_names(key).collect()
    }

    fn built_in(&self, path: &SitePath) -> bool {
        self.sources.files.get(path).is_some_and(|source| source.built_in)
    }
}

/// The settings, their texts set by the rules of their language as those of articles are.
fn read_config(sources: &Sources, request: &Request, diagnostics: &mut Diagnostics) -> Config {
    let text = sources.text(config::FILE).map_or("", AsRef::as_ref);
    let (mut config, told) = Config::read(text, request.base_url.as_deref());
    diagnostics.extend(told);
    if config.settings.typography {
        for language in &mut config.languages {
            let style = Style::of(&language.code);
            language.title = typography::set(style, &language.title);
            language.description = typography::set(style, &language.description);
        }
        let style = Style::of(&config.settings.lang);
        for author in config.settings.authors.values_mut() {
            author.bio = author.bio.take().map(|bio| typography::set(style, &bio));
        }
    }
    config
}

/// The catalogue of sources, its texts set by the rules of their language.
fn read_bibliography(sources: &Sources, config: &Config, diagnostics: &mut Diagnostics) -> Arc<Bibliography> {
    let text = sources.text(bibliography::FILE).map_or("", AsRef::as_ref);
    let (mut bibliography, told) = Bibliography::read(text);
    diagnostics.extend(told);
    if config.settings.typography {
        let main = &config.main_language().code;
        let style = |lang: Option<&str>| Style::of(lang.unwrap_or(main));
        bibliography.set_texts(|lang, text| typography::set(style(lang), text));
    }
    Arc::new(bibliography)
}

/// The files that are copied as they are.
fn copied_files(sources: &Sources) -> Vec<(SitePath, Option<(u32, u32)>)> {
    let theme_static =
        |path: &SitePath| path.as_str().starts_with("themes/") && path.components().nth(2) == Some("static");
    sources
        .files
        .iter()
        .filter_map(|(path, source)| match &source.content {
            Content::File(facts) => Some((path.clone(), facts.dimensions)),
            Content::Bytes(_) => Some((path.clone(), None)),
            Content::Text(..) if theme_static(path) => Some((path.clone(), None)),
            Content::Text(..) | Content::Released(..) => None,
        })
        .collect()
}

/// What could be better, though nothing is wrong.
fn advice(graph: &Graph) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let cited: HashMap<_, _> =
        graph.backlinks.iter().enumerate().filter(|(_, citations)| !citations.is_empty()).collect();
    for id in graph.published() {
        let page = graph.page(id);
        let summary = page.summary();
        if summary.meta.unreadable {
            continue;
        }
        if summary.meta.description.is_none() {
            told.push(catalogue::description_missing(&summary.path));
        }
        if page.kind == graph::PageKind::Post
            && !cited.contains_key(&id.index())
            && graph.order.posts.values().map(Vec::len).sum::<usize>() > 1
        {
            told.push(catalogue::orphan(&summary.path));
        }
        for (number, reference) in summary.references.iter().enumerate() {
            if reference.kind == ReferenceKind::Image && reference.passage.text().is_empty() {
                told.push(catalogue::alt_missing(
                    &summary.path,
                    Spot::Reference(number as u32),
                    &reference.target,
                ));
            }
        }
        if summary.meta.image.is_some() && summary.meta.image_alt.is_none() {
            told.push(catalogue::image_alt_missing(&summary.path));
        }
    }
    told
}
