//! Texts → documents: those that are not known from another build are compiled, in parallel.

use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::config::{CiteStyle, Config};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::{ReadFiles, Source, SourceContent, Sources};
use pingmark_document::{Document, Options};

use super::render::TARGETS_PER_TASK;

/// The compiled files of a site, in the order of their paths; shared by builds that have the same.
pub type Documents = Arc<Vec<Arc<Document>>>;

/// The documents that are known, and what they were compiled with.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    options: Fingerprint,
    /// In the order of their paths.
    known: Vec<Known>,
    /// The same documents, as they were handed out last.
    handed: Documents,
}

/// A document that is known. What is asked of all of them at each build stands here: to look into
/// thousands of documents takes longer than all else of a small change.
#[derive(Debug)]
struct Known {
    /// The file it was made of, once a build has seen it.
    source: Option<Arc<Source>>,
    /// The fingerprint of the text.
    text: Fingerprint,
    /// The fingerprint of the summary.
    summary: Fingerprint,
    /// Whether something is wrong with it.
    tells: bool,
    document: Arc<Document>,
}

/// What a site's texts became.
pub(super) struct Compiled {
    /// The fingerprint of the options.
    pub options: Fingerprint,
    pub documents: Documents,
    /// The documents with which something is wrong.
    pub problematic: Vec<Arc<Document>>,
    /// The fingerprint of all summaries.
    pub summaries: Fingerprint,
    /// The fingerprint of all texts.
    pub texts: Fingerprint,
    /// The files that were compiled now.
    pub parsed: Vec<SitePath>,
    /// What else lies among the texts: files that are copied.
    pub beside: Vec<(SitePath, Arc<Source>)>,
    /// What is wrong with texts that nobody had read before.
    pub unreadable: Vec<Diagnostic>,
}

/// What a site's texts are compiled with.
fn options(config: &Config) -> Options {
    Options {
        lang: config.main_language().code.clone(),
        languages: config.languages.iter().map(|language| language.code.clone()).collect(),
        timezone: config.timezone.clone(),
        typography: config.settings.typography,
        citations_in_footnotes: config.settings.citations.style == CiteStyle::Note,
        highlight: config.settings.highlight,
        search: config.settings.search,
        taxonomies: config.taxonomies.iter().map(|taxonomy| taxonomy.name.clone()).collect(),
        hosts: config.hosts(),
    }
}

impl Known {
    fn new(source: Option<Arc<Source>>, text: Fingerprint, document: Arc<Document>) -> Self {
        let (summary, tells) = (document.summary_fingerprint, !document.diagnostics.is_empty());
        Self { source, text, summary, tells, document }
    }

    fn path(&self) -> &SitePath {
        &self.document.summary.path
    }

    fn is_of(&self, source: &Arc<Source>) -> bool {
        self.source.as_ref().is_some_and(|known| Arc::ptr_eq(known, source))
    }
}

impl Compiler {
    /// Makes known documents that were compiled another time, with options of this fingerprint, each
    /// with the fingerprint of its text.
    pub fn preload(&mut self, options: Fingerprint, documents: Vec<(Fingerprint, Arc<Document>)>) {
        let known = documents.into_iter().map(|(text, document)| Known::new(None, text, document));
        let mut known: Vec<Known> = known.collect();
        known.sort_by(|a, b| a.path().cmp(b.path()));
        *self = Self { options, known, handed: Documents::default() };
    }

    /// The documents of a site. Their texts are let go: what a document needs of its text it has.
    pub fn compile(&mut self, sources: &mut Sources, config: &Config, files: &dyn ReadFiles) -> Compiled {
        let options = options(config);
        if self.options != options.fingerprint() {
            *self = Self { options: options.fingerprint(), ..Self::default() };
        }
        let mut last = std::mem::take(&mut self.known).into_iter().peekable();
        let mut known: Vec<Option<Known>> = Vec::with_capacity(last.len());
        let (mut missing, mut beside, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        for (path, source) in sources.files_below("content") {
            if let Some(one) = last.next_if(|one| one.is_of(source)) {
                known.push(Some(one));
                continue;
            }
            let text = match &source.content {
                SourceContent::Bytes(_) | SourceContent::File(_) => {
                    beside.push((path.clone(), source.clone()));
                    continue;
                }
                SourceContent::Text(..) | SourceContent::OnDisk(_) => source.content.text_fingerprint(),
            };
            while last.next_if(|one| one.path() < path).is_some() {}
            let same = last.next_if(|one| one.path() == path && Some(one.text) == text);
            if same.is_none() {
                missing.push((known.len(), path.clone()));
            }
            known.push(same.map(|one| Known { source: Some(source.clone()), ..one }));
        }
        let is_same = missing.is_empty() && known.len() == self.handed.len();
        if !missing.is_empty() {
            let entries = Arc::make_mut(&mut sources.files);
            // Who alone has a file can let its text go: meanwhile this stands in its place.
            let nothing = Arc::new(Source {
                content: SourceContent::OnDisk(None),
                built_in: false,
                location: None,
                stamp: None,
            });
            let mut wanted = missing.iter().peekable();
            let places = entries.iter_mut().filter_map(|(path, place)| {
                let (at, _) = wanted.next_if(|(_, wanted)| wanted == path)?;
                Some((*at, path, place))
            });
            let compiled: Vec<_> = places
                .collect::<Vec<_>>()
                .into_par_iter()
                .with_max_len(TARGETS_PER_TASK)
                .map(|(at, path, place)| {
                    let source = std::mem::replace(place, nothing.clone());
                    let compile = |text: &str, fingerprint| {
                        (fingerprint, pingmark_document::compile(path, text, &options))
                    };
                    let made = source.with_text(files, compile).map(|(source, made)| {
                        *place = source.clone();
                        made.map(|(text, document)| Known::new(Some(source), text, Arc::new(document)))
                    });
                    (at, made.map_err(|reason| (path.clone(), reason)))
                })
                .collect();
            for (at, made) in compiled {
                match made {
                    Ok(made) => known[at] = made,
                    Err((path, reason)) => {
                        unreadable.push(catalogue::unreadable_file(&path, &reason));
                        entries.remove(&path);
                    }
                }
            }
        }
        self.known = known.into_iter().flatten().collect();
        if !is_same {
            self.handed = Arc::new(self.known.iter().map(|one| one.document.clone()).collect());
        }
        let problematic = self.known.iter().filter(|one| one.tells).map(|one| one.document.clone());
        let of_all = |part: fn(&Known) -> Fingerprint| {
            Fingerprint::of_value(&self.known.iter().map(part).collect::<Vec<_>>())
        };
        Compiled {
            options: self.options,
            documents: self.handed.clone(),
            problematic: problematic.collect(),
            summaries: of_all(|one| one.summary),
            texts: of_all(|one| one.text),
            parsed: missing.into_iter().map(|(_, path)| path).collect(),
            beside,
            unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::source::disk::Disk;

    fn sources(texts: &[(&str, &str)]) -> Sources {
        let file = |(path, text): &(&str, &str)| {
            let content = SourceContent::Text((*text).into(), Fingerprint::of(text.as_bytes()));
            let source = Source { content, built_in: false, location: None, stamp: None };
            (SitePath::new(path).unwrap(), Arc::new(source))
        };
        let files: BTreeMap<_, _> = texts.iter().map(file).collect();
        Sources { files: files.into(), now: Timestamp::UNIX_EPOCH }
    }

    fn parsed(compiler: &mut Compiler, sources: &mut Sources) -> String {
        let (config, _) = Config::read("", None);
        let compiled = compiler.compile(sources, &config, &Disk);
        let paths = |mut paths: Vec<&str>| {
            paths.sort_unstable();
            paths.join(" ").replace("content/", "")
        };
        let all = paths(compiled.documents.iter().map(|one| one.summary.path.as_str()).collect());
        format!("{all}: {}", paths(compiled.parsed.iter().map(SitePath::as_str).collect()))
    }

    #[test]
    fn only_what_is_not_known_is_compiled() {
        let mut compiler = Compiler::default();
        let texts = [("content/a.md", "a"), ("content/b.md", "b"), ("content/c.md", "c"), ("x.md", "x")];
        let mut first = sources(&texts);
        assert_eq!(parsed(&mut compiler, &mut first), "a.md b.md c.md: a.md b.md c.md");
        // The very same files, and files with the same texts.
        let handed = compiler.handed.clone();
        assert_eq!(parsed(&mut compiler, &mut first.clone()), "a.md b.md c.md: ");
        assert!(Arc::ptr_eq(&compiler.handed, &handed));
        assert_eq!(parsed(&mut compiler, &mut sources(&texts)), "a.md b.md c.md: ");
        for (texts, expected) in [
            ([("content/a.md", "a"), ("content/b.md", "bb"), ("content/c.md", "c")], "a.md b.md c.md: b.md"),
            (
                [("content/a.md", "a"), ("content/bb.md", "b"), ("content/c.md", "c")],
                "a.md bb.md c.md: bb.md",
            ),
            (
                [("content/0.md", "0"), ("content/c.md", "c"), ("content/d.md", "c")],
                "0.md c.md d.md: 0.md d.md",
            ),
            ([("content/0.md", "0"), ("content/1.md", "1"), ("static/c.md", "c")], "0.md 1.md: 1.md"),
        ] {
            assert_eq!(parsed(&mut compiler, &mut sources(&texts)), expected);
        }
    }
}
