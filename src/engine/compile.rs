//! Texts → documents: compiles articles in parallel, and reuses documents of the last build.

use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::config::{CiteStyle, Config};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::{ReadFiles, Source, SourceContent, Sources};
use pingmark_document::{Document, Options};

use super::render::TARGETS_PER_TASK;

/// Compiled articles of a site, sorted by path. Builds with the same documents share the list.
pub type Documents = Arc<Vec<Arc<Document>>>;

/// Compiles articles, and remembers the documents and the options they were compiled with.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    options: Fingerprint,
    /// Sorted by path.
    known: Vec<KnownDocument>,
    /// The documents of `known`, as last returned.
    documents: Documents,
}

/// A remembered document. The values needed from every document at each build are copied here:
/// following thousands of pointers takes longer than the rest of a small change.
#[derive(Debug)]
struct KnownDocument {
    /// The source file; `None` until a build has seen it.
    source: Option<Arc<Source>>,
    /// Fingerprint of the text.
    text: Fingerprint,
    /// Fingerprint of the summary.
    summary: Fingerprint,
    has_problems: bool,
    document: Arc<Document>,
}

/// Result of compiling a site's articles.
pub(super) struct Compiled {
    /// Fingerprint of the options.
    pub options: Fingerprint,
    pub documents: Documents,
    /// Documents with diagnostics.
    pub problematic: Vec<Arc<Document>>,
    /// Fingerprint of all summaries.
    pub summaries: Fingerprint,
    /// Fingerprint of all texts.
    pub texts: Fingerprint,
    /// Articles that were compiled in this build.
    pub parsed: Vec<SitePath>,
    /// Other files below `content/`, which are copied.
    pub beside: Vec<(SitePath, Arc<Source>)>,
    /// Sources of pages in a markup that is not read.
    pub other_markup: Vec<SitePath>,
    /// Problems with texts that were read only now.
    pub unreadable: Vec<Diagnostic>,
}

/// Options for compiling articles, from the configuration.
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

impl KnownDocument {
    fn new(source: Option<Arc<Source>>, text: Fingerprint, document: Arc<Document>) -> Self {
        let (summary, has_problems) = (document.summary_fingerprint, !document.diagnostics.is_empty());
        Self { source, text, summary, has_problems, document }
    }

    fn path(&self) -> &SitePath {
        &self.document.summary.path
    }

    fn is_of(&self, source: &Arc<Source>) -> bool {
        self.source.as_ref().is_some_and(|known| Arc::ptr_eq(known, source))
    }
}

impl Compiler {
    /// Adds documents compiled by an earlier run with options of this fingerprint, each with the
    /// fingerprint of its text.
    pub(super) fn preload(&mut self, options: Fingerprint, documents: Vec<(Fingerprint, Arc<Document>)>) {
        let known = documents.into_iter().map(|(text, document)| KnownDocument::new(None, text, document));
        let mut known: Vec<KnownDocument> = known.collect();
        known.sort_by(|a, b| a.path().cmp(b.path()));
        *self = Self { options, known, documents: Documents::default() };
    }

    /// Compiles the articles of a site. Drops the texts of compiled articles from `sources`: a
    /// document has all that it needs of its text.
    pub(super) fn compile(
        &mut self,
        sources: &mut Sources,
        config: &Config,
        files: &dyn ReadFiles,
    ) -> Compiled {
        let options = options(config);
        if self.options != options.fingerprint() {
            *self = Self { options: options.fingerprint(), ..Self::default() };
        }
        let mut last = std::mem::take(&mut self.known).into_iter().peekable();
        let mut known: Vec<Option<KnownDocument>> = Vec::with_capacity(last.len());
        let (mut missing, mut beside, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let mut other_markup = Vec::new();
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
                SourceContent::OtherMarkup => {
                    other_markup.push(path.clone());
                    continue;
                }
                SourceContent::Text(..) | SourceContent::OnDisk(_) => source.content.text_fingerprint(),
            };
            while last.next_if(|one| one.path() < path).is_some() {}
            let same = last.next_if(|one| one.path() == path && Some(one.text) == text);
            if same.is_none() {
                missing.push((known.len(), path.clone()));
            }
            known.push(same.map(|one| KnownDocument { source: Some(source.clone()), ..one }));
        }
        let is_same = missing.is_empty() && known.len() == self.documents.len();
        if !missing.is_empty() {
            let entries = Arc::make_mut(&mut sources.files);
            // A placeholder takes the place of the source, so that the only reference to it is ours
            // and its text can be dropped.
            let placeholder = Arc::new(Source {
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
                    let source = std::mem::replace(place, placeholder.clone());
                    let compile = |text: &str, fingerprint| {
                        (fingerprint, pingmark_document::compile(path, text, &options))
                    };
                    let made = source.with_text(files, compile).map(|(source, made)| {
                        *place = source.clone();
                        made.map(|(text, document)| {
                            KnownDocument::new(Some(source), text, Arc::new(document))
                        })
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
            self.documents = Arc::new(self.known.iter().map(|one| one.document.clone()).collect());
        }
        let problematic = self.known.iter().filter(|one| one.has_problems).map(|one| one.document.clone());
        let of_all = |part: fn(&KnownDocument) -> Fingerprint| {
            Fingerprint::of_value(&self.known.iter().map(part).collect::<Vec<_>>())
        };
        Compiled {
            options: self.options,
            documents: self.documents.clone(),
            problematic: problematic.collect(),
            summaries: of_all(|one| one.summary),
            texts: of_all(|one| one.text),
            parsed: missing.into_iter().map(|(_, path)| path).collect(),
            beside,
            other_markup,
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
        // The same files again, then new files with the same texts.
        let documents = compiler.documents.clone();
        assert_eq!(parsed(&mut compiler, &mut first.clone()), "a.md b.md c.md: ");
        assert!(Arc::ptr_eq(&compiler.documents, &documents));
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
