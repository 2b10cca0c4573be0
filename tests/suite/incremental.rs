//! Warm = cold: whatever is edited, in whatever order, an engine with a cache gives the bytes that a
//! new engine gives.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config as Runs, RngSeed};

use pingmark::cache::Cache;
use pingmark::engine::{
    Engine, EngineOptions, Recomputed, Request, Sink, Site, WholeSitePages, all_diagnostics,
};
use pingmark_core::artifact::{Content, Output};
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::{FileFacts, Source, SourceContent, Sources};
use pingmark_core::stamp::Stamp;
use pingmark_image::inspect;

use super::expected::assert_snapshot;
use super::support::{jpeg, taken_in_paris};

/// `PROPTEST_CASES=5000` tries more cases. The cases are fixed unless `PROPTEST_RNG_SEED` is set.
fn runs() -> Runs {
    let usual = Runs::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { 150 };
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(0xB10C),
        given => given,
    };
    Runs { cases, failure_persistence: None, max_shrink_iters: 400, rng_seed, ..usual }
}

// ---- a site that can be edited ----------------------------------------------------------------

/// The editable parts of a post.
#[derive(Clone, Debug)]
struct Post {
    file: String,
    title: usize,
    day: usize,
    slug: Option<usize>,
    tags: usize,
    series: bool,
    author: usize,
    draft: bool,
    pinned: bool,
    alias: bool,
    silent: bool,
    words: usize,
    deep: usize,
    links: Vec<usize>,
    cite: Option<usize>,
    lang: Option<&'static str>,
}

/// The editable parts of the site.
#[derive(Clone, Debug)]
struct Folder {
    posts: Vec<Post>,
    cards: bool,
    made: usize,
    title: usize,
    paginate: usize,
    english: bool,
    typography: bool,
    style: usize,
    section: Option<usize>,
    template: Option<usize>,
    word: Option<usize>,
    own_word: Option<usize>,
    sources: usize,
    mentions: BTreeMap<usize, usize>,
    image: u64,
    photo: usize,
}

/// Photographs on disk, of different widths.
static PHOTOS: LazyLock<(tempfile::TempDir, Vec<PathBuf>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |number: u32| {
        let path = folder.path().join(format!("{number}.jpg"));
        let bytes = jpeg(500 + number, 24);
        let bytes = if number.is_multiple_of(2) { taken_in_paris(bytes, 1) } else { bytes };
        std::fs::write(&path, bytes).expect("a photograph");
        path
    };
    let paths = (0..4).map(write).collect();
    (folder, paths)
});

const TAGS: [&str; 4] = ["[]", "[veille]", "[veille, crise]", "[Crise, \"E-réputation\"]"];
const AUTHORS: [&str; 3] = ["", "claire", "[claire, \"Paul Invité\"]"];
const STYLES: [&str; 3] = ["numbered", "author-date", "note"];

impl Folder {
    fn new() -> Self {
        let mut folder = Self {
            posts: Vec::new(),
            cards: true,
            made: 0,
            title: 0,
            paginate: 3,
            english: false,
            typography: true,
            style: 0,
            section: None,
            template: None,
            word: None,
            own_word: None,
            sources: 0,
            mentions: BTreeMap::new(),
            image: 1,
            photo: 0,
        };
        for _ in 0..6 {
            folder.add();
        }
        folder
    }

    fn add(&mut self) {
        let number = self.made;
        self.made += 1;
        self.posts.push(Post {
            file: format!("article-{number}"),
            title: number,
            day: number % 27 + 1,
            slug: None,
            tags: number % TAGS.len(),
            series: number.is_multiple_of(3),
            author: number % AUTHORS.len(),
            draft: false,
            pinned: false,
            alias: false,
            silent: false,
            words: number,
            deep: 0,
            links: vec![number.saturating_sub(1)],
            cite: None,
            lang: None,
        });
    }

    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let languages = if self.english { "languages:\n  en:\n    title: The blog\n" } else { "" };
        files.insert(
            "pingmark.yaml".into(),
            format!(
                "title: Carnet {}\nbase_url: https://essai.example/blog/\nlang: fr\n{languages}paginate: {}\n\
                 typography: {}\ntimezone: Europe/Paris\nauthor: claire\nauthors:\n  claire:\n    name: Claire\n\
                 social:\n  cards: {}\ncitations:\n  style: {}\n",
                self.title, self.paginate, self.typography, self.cards, STYLES[self.style]
            ),
        );
        for post in &self.posts {
            let lang = post.lang.filter(|_| self.english).map(|lang| format!(".{lang}")).unwrap_or_default();
            files.insert(format!("content/posts/{}{lang}.md", post.file), self.text(post));
        }
        if let Some(words) = self.section {
            files.insert(
                "content/_index.md".into(),
                format!("---\ntitle: Accueil {words}\n---\n\nBienvenue {words}, voir [[article-0]].\n"),
            );
        }
        if let Some(words) = self.template {
            files.insert(
                "templates/partials/footer.html".into(),
                format!(
                    "<footer>{words} {{{{ config.title }}}}{}</footer>\n",
                    if words.is_multiple_of(2) {
                        "{% for post in recent %}<a href=\"{{ post.url }}\">{{ post.title }}</a>{% endfor %}"
                    } else {
                        ""
                    }
                ),
            );
        }
        if let Some(word) = self.own_word {
            files.insert("data/i18n/fr.yaml".into(), format!("skip: Sauter {word}\n"));
        }
        files.insert(
            "sources.yaml".into(),
            format!("cm:\n  title: Le métier {}\n  url: https://exemple.example/cm\n", self.sources),
        );
        for (post, words) in &self.mentions {
            files.insert(
                format!("mentions/article-{post}/2026-01-0{}-x.example-{words:08x}.yaml", words % 9 + 1),
                format!(
                    "type: reply\nsource: https://x.example/{words}\n\
                     target: https://essai.example/blog/posts/article-{post}/\nauthor:\n  name: Zoé {words}\n\
                     content: Bien vu {words}\nstatus: {}\n",
                    if words.is_multiple_of(3) { "pending" } else { "approved" }
                ),
            );
        }
        files
    }

    fn text(&self, post: &Post) -> String {
        let mut text = format!(
            "---\ntitle: \"Titre {}\"\ndate: 2026-01-{:02}\ntags: {}\ndraft: {}\n",
            post.title, post.day, TAGS[post.tags], post.draft
        );
        if let Some(slug) = post.slug {
            text.push_str(&format!("slug: autre-{slug}\n"));
        }
        if post.series {
            text.push_str("series: Débuter\n");
        }
        if post.author > 0 {
            text.push_str(&format!("authors: {}\n", AUTHORS[post.author]));
        }
        if post.pinned {
            text.push_str("pinned: true\n");
        }
        if post.alias {
            text.push_str(&format!("aliases: [/vieux/{}/]\n", post.file));
        }
        if post.silent {
            text.push_str("mentions: false\n");
        }
        text.push_str(&format!("---\n\nDes mots : {} !\n\n## Partie {}\n\n", post.words, post.words % 3));
        for link in &post.links {
            let words = if link % 2 == 0 { format!("|le {}e", post.words % 5) } else { String::new() };
            text.push_str(&format!(
                "Comme le dit [[article-{link}{words}]] en passant {}.\n\n",
                post.words % 4
            ));
        }
        if let Some(page) = post.cite {
            text.push_str(&format!("On l'a vu [@cm, p. {page}], [ailleurs](https://y.example/{page}).\n\n"));
        }
        if post.day.is_multiple_of(2) {
            text.push_str("![Une photo](/photo.jpg)\n\n");
        }
        let filling = "Un long paragraphe, pour que la suite ne soit plus dans le résumé. ".repeat(5);
        text + &format!("{filling}\n\n```rust\nfn main() {{}} // {}\n```\n", post.deep)
    }

    fn sources(&self) -> Sources {
        let mut files = BTreeMap::new();
        for (path, bytes) in pingmark::source::builtin::files() {
            let source = match std::str::from_utf8(bytes) {
                Ok(text) => match self.word.filter(|_| path.as_str() == "themes/plume/i18n/fr.yaml") {
                    Some(word) => text_source(&text.replacen("Archive", &format!("Archive {word}"), 1)),
                    None => text_source(text),
                },
                Err(_) => Arc::new(Source {
                    content: SourceContent::Bytes(bytes),
                    built_in: true,
                    location: None,
                    stamp: None,
                }),
            };
            files.insert(path, source);
        }
        for (path, text) in self.files() {
            files.insert(SitePath::new(&path).expect("a path"), text_source(&text));
        }
        let facts = FileFacts {
            location: "/nowhere/logo.png".into(),
            stamp: Stamp { len: self.image, modified: i128::from(self.image), ..Stamp::default() },
            dimensions: Some((self.image as u32 % 7 + 1, 4)),
            raster: None,
            metadata: false,
            fingerprint: None,
        };
        let image =
            Source { content: SourceContent::File(facts), built_in: false, location: None, stamp: None };
        files.insert(SitePath::new("static/logo.png").expect("a path"), Arc::new(image));
        let location = PHOTOS.1[self.photo].clone();
        let raster = inspect(&std::fs::read(&location).expect("a photograph"), "jpg");
        let dimensions = raster.as_ref().map(|raster| raster.size);
        let facts = FileFacts {
            location,
            stamp: Stamp::default(),
            dimensions,
            raster,
            metadata: false,
            fingerprint: None,
        };
        let photo =
            Source { content: SourceContent::File(facts), built_in: false, location: None, stamp: None };
        files.insert(SitePath::new("static/photo.jpg").expect("a path"), Arc::new(photo));
        Sources { files: files.into(), now: Timestamp::from_second(1_800_000_000).expect("a moment") }
    }
}

fn text_source(text: &str) -> Arc<Source> {
    let content = SourceContent::Text(text.into(), Fingerprint::of(text.as_bytes()));
    Arc::new(Source { content, built_in: false, location: None, stamp: None })
}

/// One edit between two builds.
#[derive(Clone, Debug)]
enum Edit {
    Words(Index, usize),
    Deep(Index, usize),
    Title(Index, usize),
    Day(Index, usize),
    Slug(Index, Option<usize>),
    Tags(Index, usize),
    Series(Index),
    Author(Index, usize),
    Draft(Index),
    Pinned(Index),
    Alias(Index),
    Silent(Index),
    Link(Index, usize),
    Unlink(Index),
    Cite(Index, Option<usize>),
    Language(Index, bool),
    Add,
    Delete(Index),
    Rename(Index, usize),
    SiteTitle(usize),
    Paginate(usize),
    English,
    Typography,
    Style(usize),
    Section(Option<usize>),
    Template(Option<usize>),
    Word(Option<usize>),
    OwnWord(Option<usize>),
    Sources(usize),
    Mention(usize, usize),
    NoMention(usize),
    Image(u64),
    Photo(usize),
    Nothing,
}

fn edit() -> impl Strategy<Value = Edit> {
    use Edit::*;
    let post = any::<Index>;
    prop_oneof![
        4 => (post(), 0..50usize).prop_map(|(p, n)| Words(p, n)),
        3 => (post(), 0..50usize).prop_map(|(p, n)| Deep(p, n)),
        3 => (post(), 0..50usize).prop_map(|(p, n)| Title(p, n)),
        2 => (post(), 1..28usize).prop_map(|(p, n)| Day(p, n)),
        2 => (post(), proptest::option::of(0..4usize)).prop_map(|(p, n)| Slug(p, n)),
        3 => (post(), 0..TAGS.len()).prop_map(|(p, n)| Tags(p, n)),
        1 => post().prop_map(Series),
        1 => (post(), 0..AUTHORS.len()).prop_map(|(p, n)| Author(p, n)),
        2 => post().prop_map(Draft),
        1 => post().prop_map(Pinned),
        1 => post().prop_map(Alias),
        1 => post().prop_map(Silent),
        3 => (post(), 0..10usize).prop_map(|(p, n)| Link(p, n)),
        2 => post().prop_map(Unlink),
        2 => (post(), proptest::option::of(0..9usize)).prop_map(|(p, n)| Cite(p, n)),
        1 => (post(), any::<bool>()).prop_map(|(p, on)| Language(p, on)),
        2 => Just(Add),
        2 => post().prop_map(Delete),
        1 => (post(), 20..25usize).prop_map(|(p, n)| Rename(p, n)),
        1 => (0..9usize).prop_map(SiteTitle),
        1 => (1..5usize).prop_map(Paginate),
        1 => Just(English),
        1 => Just(Typography),
        1 => (0..STYLES.len()).prop_map(Style),
        1 => proptest::option::of(0..9usize).prop_map(Section),
        2 => proptest::option::of(0..9usize).prop_map(Template),
        1 => proptest::option::of(0..9usize).prop_map(Word),
        1 => proptest::option::of(0..9usize).prop_map(OwnWord),
        1 => (0..9usize).prop_map(Sources),
        2 => (0..8usize, 0..30usize).prop_map(|(p, n)| Mention(p, n)),
        1 => (0..8usize).prop_map(NoMention),
        1 => (1..9u64).prop_map(Image),
        2 => (0..PHOTOS.1.len()).prop_map(Photo),
        1 => Just(Nothing),
    ]
}

impl Folder {
    fn apply(&mut self, edit: &Edit) {
        use Edit::*;
        if let Words(p, _)
        | Deep(p, _)
        | Title(p, _)
        | Day(p, _)
        | Slug(p, _)
        | Tags(p, _)
        | Author(p, _)
        | Cite(p, _)
        | Link(p, _)
        | Language(p, _)
        | Rename(p, _)
        | Series(p)
        | Draft(p)
        | Pinned(p)
        | Alias(p)
        | Silent(p)
        | Unlink(p)
        | Delete(p) = edit
        {
            if self.posts.is_empty() {
                return;
            }
            let at = p.index(self.posts.len());
            let taken = |name: &str| self.posts.iter().any(|post| post.file == name);
            match edit {
                Delete(_) => _ = self.posts.remove(at),
                Rename(_, n) if taken(&format!("article-{n}")) => {}
                Rename(_, n) => self.posts[at].file = format!("article-{n}"),
                _ => self.posts[at].apply(edit),
            }
            return;
        }
        match edit {
            Add => self.add(),
            SiteTitle(n) => self.title = *n,
            Paginate(n) => self.paginate = *n,
            English => self.english = !self.english,
            Typography => self.typography = !self.typography,
            Style(n) => self.style = *n,
            Section(n) => self.section = *n,
            Template(n) => self.template = *n,
            Word(n) => self.word = *n,
            OwnWord(n) => self.own_word = *n,
            Sources(n) => self.sources = *n,
            Mention(post, n) => _ = self.mentions.insert(*post, *n),
            NoMention(post) => _ = self.mentions.remove(post),
            Image(n) => self.image = *n,
            Photo(n) => self.photo = *n,
            _ => {}
        }
    }
}

impl Post {
    fn apply(&mut self, edit: &Edit) {
        use Edit::*;
        match edit {
            Words(_, n) => self.words = *n,
            Deep(_, n) => self.deep = *n,
            Title(_, n) => self.title = *n,
            Day(_, n) => self.day = *n,
            Slug(_, n) => self.slug = *n,
            Tags(_, n) => self.tags = *n,
            Author(_, n) => self.author = *n,
            Series(_) => self.series = !self.series,
            Draft(_) => self.draft = !self.draft,
            Pinned(_) => self.pinned = !self.pinned,
            Alias(_) => self.alias = !self.alias,
            Silent(_) => self.silent = !self.silent,
            Link(_, n) => self.links.push(*n),
            Unlink(_) => _ = self.links.pop(),
            Cite(_, n) => self.cite = *n,
            Language(_, on) => self.lang = on.then_some("en"),
            _ => {}
        }
    }
}

// ---- two engines ------------------------------------------------------------------------------

type Files = BTreeMap<SitePath, (Option<Fingerprint>, Vec<u8>)>;

/// An engine that keeps its cache, and the files that its builds have given.
struct Warm {
    engine: Engine,
    files: Files,
    /// The site that gave the files.
    shown: Option<Arc<Site>>,
    /// Whether the last build had no error.
    is_well: bool,
    /// Number of builds in which pages that list the whole site were deferred.
    deferred: usize,
}

/// Diagnostics of a build, the files it rendered and the work it did.
struct Outcome {
    diagnostics: String,
    rendered: Vec<String>,
    recomputed: Recomputed,
}

impl Warm {
    fn new() -> Self {
        let engine = Engine::new(EngineOptions { remember: true, ..EngineOptions::default() });
        Self { engine, files: Files::new(), shown: None, is_well: false, deferred: 0 }
    }

    /// Builds as a server does: pages that list the whole site come last, while all else is well.
    fn build(&mut self, folder: &Folder) -> Outcome {
        let site = analyzed(&mut self.engine, folder.sources());
        let continues = self.is_well && self.shown.is_some();
        let pages = match continues && !site.recomputed.theme {
            true => WholeSitePages::Deferred,
            false => WholeSitePages::Now,
        };
        let place = Place::new(&self.files, continues);
        let rendered = self.engine.render(&site, pages, &place).expect("every file was taken");
        self.deferred += usize::from(rendered.deferred.is_some());
        let mut diagnostics = all_diagnostics(&site, &rendered.diagnostics);
        if let Some(pages) = &rendered.deferred {
            diagnostics.extend(self.engine.finish(pages));
            diagnostics.sort();
        }
        let same_plan = self.shown.as_ref().is_some_and(|shown| shown.has_plan_of(&site));
        let (files, rendered) = place.done((!same_plan).then_some(&site));
        self.files = files;
        self.is_well = !diagnostics.has_errors();
        let recomputed = site.recomputed.clone();
        self.shown = Some(site);
        Outcome { diagnostics: format!("{diagnostics:#?}"), rendered, recomputed }
    }
}

/// Collects rendered files on top of those of the build before.
struct Place<'a> {
    before: &'a Files,
    continues: bool,
    taken: Mutex<BTreeMap<SitePath, (Option<Fingerprint>, Content)>>,
    missed: Mutex<Vec<SitePath>>,
}

impl<'a> Place<'a> {
    fn new(before: &'a Files, continues: bool) -> Self {
        Self { before, continues, taken: Mutex::default(), missed: Mutex::default() }
    }

    /// All files, and the paths of those that were rendered. With a site, files that it does not plan are
    /// removed.
    fn done(self, site: Option<&Arc<Site>>) -> (Files, Vec<String>) {
        let mut files = self.before.clone();
        for path in self.missed.into_inner().expect("no test panics here") {
            files.remove(&path);
        }
        let mut rendered = Vec::new();
        for (path, (fingerprint, content)) in self.taken.into_inner().expect("no test panics here") {
            let bytes = match content {
                Content::Bytes(bytes) => bytes,
                Content::Deferred(later) => later.make().expect("a page or a picture"),
                Content::Copy(from, stamp) => format!("{from:?} {stamp:?}").into_bytes(),
            };
            rendered.push(path.as_str().to_owned());
            files.insert(path, (fingerprint, bytes));
        }
        if let Some(site) = site {
            let planned: HashSet<SitePath> =
                site.plan().targets.iter().map(|target| target.route.file()).collect();
            files.retain(|path, _| planned.contains(path));
        }
        (files, rendered)
    }
}

impl Sink for Place<'_> {
    type Error = ();

    fn holds_last_render(&self) -> bool {
        self.continues
    }

    fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        self.before.get(path).is_some_and(|(known, _)| *known == Some(fingerprint))
    }

    fn take(&self, output: Output) -> Result<(), ()> {
        let Output { path, fingerprint, content } = output;
        self.taken.lock().expect("no test panics here").insert(path, (fingerprint, content));
        Ok(())
    }

    fn miss(&self, path: &SitePath) {
        self.missed.lock().expect("no test panics here").push(path.clone());
    }
}

fn analyzed(engine: &mut Engine, sources: Sources) -> Arc<Site> {
    Arc::new(engine.analyze(sources, Diagnostics::new(), &Request::default()))
}

fn render(engine: &mut Engine, site: &Arc<Site>) -> (Files, Diagnostics) {
    let before = Files::new();
    let place = Place::new(&before, false);
    let rendered = engine.render(site, WholeSitePages::Now, &place).expect("every file was taken");
    (place.done(None).0, all_diagnostics(site, &rendered.diagnostics))
}

/// A clean build with specialized templates, as for a large site. Builds after an edit do without.
fn cold(folder: &Folder) -> (Files, String) {
    let mut engine = Engine::new(EngineOptions { specialize: true, ..EngineOptions::default() });
    let site = analyzed(&mut engine, folder.sources());
    let (files, diagnostics) = render(&mut engine, &site);
    (files, format!("{diagnostics:#?}"))
}

/// A new engine that reads the cache of an earlier one from disk, and writes its own.
fn from_cache(folder: &Folder, state: &Path) -> (Files, String) {
    let sources = folder.sources();
    let mut cache = Cache::open(state, Fingerprint::default(), 0);
    let mut engine = Engine::default();
    let (options, documents) = cache.documents(&sources);
    engine.preload(options, documents);
    let site = analyzed(&mut engine, sources);
    cache.save(&site.sources, site.fingerprints.options, &site.documents).expect("it is kept");
    let (files, diagnostics) = render(&mut engine, &site);
    (files, format!("{diagnostics:#?}"))
}

fn bytes(files: &Files) -> BTreeMap<&str, String> {
    files
        .iter()
        .map(|(path, (_, bytes))| (path.as_str(), String::from_utf8_lossy(bytes).into_owned()))
        .collect()
}

proptest! {
    #![proptest_config(runs())]

    #[test]
    fn a_warm_build_is_a_cold_build(edits in vec(vec(edit(), 1..4), 1..7)) {
        let mut folder = Folder::new();
        // Drawing social images takes longer than all else, so only some cases have them.
        folder.cards = edits.len() == 1;
        let mut warm = Warm::new();
        warm.build(&folder);
        let state = tempfile::tempdir().expect("a folder");
        from_cache(&folder, state.path());
        for together in edits {
            together.iter().for_each(|edit| folder.apply(edit));
            let outcome = warm.build(&folder);
            let (files, diagnostics) = cold(&folder);
            prop_assert!(files.len() > 20, "{diagnostics}");
            prop_assert_eq!(&outcome.diagnostics, &diagnostics, "after {:?}", together);
            let (recalled, recalled_diagnostics) = from_cache(&folder, state.path());
            prop_assert_eq!(&recalled_diagnostics, &diagnostics, "with a cache, after {:?}", together);
            prop_assert_eq!(bytes(&recalled), bytes(&files), "with a cache, after {:?}", together);
            let (warm, cold) = (bytes(&warm.files), bytes(&files));
            for (path, text) in &cold {
                prop_assert_eq!(warm.get(path), Some(text), "{} after {:?}", path, together);
            }
            prop_assert_eq!(warm.len(), cold.len(), "files that should have been removed, after {:?}", together);
        }
    }
}

// ---- what each edit costs ---------------------------------------------------------------------

/// One edit: the articles parsed, whether the graph and the templates were made again, and the files
/// rendered, those whose bytes came out different apart from the others.
fn cost(name: &str, warm: &mut Warm, folder: &Folder) -> String {
    let before = warm.files.clone();
    let outcome = warm.build(folder);
    let again = |yes: bool| if yes { "made again" } else { "kept" };
    let mut text = format!(
        "{name}: graph {}, templates {}\n",
        again(outcome.recomputed.linked),
        again(outcome.recomputed.theme)
    );
    outcome.recomputed.parsed.iter().for_each(|path| text.push_str(&format!("  parsed    {path}\n")));
    let is_changed = |path: &String| {
        let path = SitePath::new(path).expect("a path");
        before.get(&path).map(|(_, bytes)| bytes) != warm.files.get(&path).map(|(_, bytes)| bytes)
    };
    let (changed, unchanged): (Vec<&String>, Vec<&String>) =
        outcome.rendered.iter().partition(|path| is_changed(path));
    changed.iter().for_each(|path| text.push_str(&format!("  changed   {path}\n")));
    // A new template or site title renders nearly everything.
    if outcome.rendered.len() + 12 > warm.files.len() {
        text.push_str(&format!("  unchanged {} files\n", unchanged.len()));
    } else {
        unchanged.iter().for_each(|path| text.push_str(&format!("  unchanged {path}\n")));
    }
    text.push('\n');
    text
}

/// The cost of each edit. Review every line before you accept a change.
#[test]
fn an_edit_costs_what_it_changes() {
    let mut folder = Folder::new();
    folder.posts.iter_mut().for_each(|post| post.series = false);
    let mut warm = Warm::new();
    warm.build(&folder);
    let mut table = cost("nothing", &mut warm, &folder);
    let mut edit = |name: &str, change: &dyn Fn(&mut Folder)| {
        change(&mut folder);
        table.push_str(&cost(name, &mut warm, &folder));
    };
    edit("code in article-2", &|folder| folder.posts[2].deep = 5);
    edit("words in article-2", &|folder| folder.posts[2].words += 60);
    edit("the title of article-2", &|folder| folder.posts[2].title = 77);
    edit("the date of article-5", &|folder| folder.posts[5].day = 28);
    edit("a tag of article-1", &|folder| folder.posts[1].tags = 3);
    edit("a link from article-5 to article-0", &|folder| folder.posts[5].links.push(0));
    edit("a draft", &|folder| folder.posts[4].draft = true);
    edit("a mention of article-1", &|folder| _ = folder.mentions.insert(1, 4));
    edit("a source nobody cites", &|folder| folder.sources = 5);
    edit("a partial of the theme", &|folder| folder.template = Some(1));
    edit("a word of the theme", &|folder| folder.word = Some(1));
    edit("the title of the site", &|folder| folder.title = 1);
    edit("an image", &|folder| folder.image = 8);
    edit("a photograph that articles show", &|folder| folder.photo = 1);
    assert!(warm.deferred >= 8, "pages were deferred in {} edits", warm.deferred);
    assert_snapshot("edits.txt", &table);
}

/// Linking does not depend on titles, unless a wikilink names an article by its title or the slug
/// comes from the title.
#[test]
fn a_title_that_is_a_name_is_looked_at_again() {
    let sources = |titles: [&str; 2]| {
        let mut folder = Folder::new();
        folder.posts.clear();
        let mut files = folder.sources();
        let all = Arc::make_mut(&mut files.files);
        let post = |title: &str, day: usize, body: &str| {
            text_source(&format!("---\ntitle: {title}\ndate: 2026-01-{day:02}\n---\n\n{body}\n"))
        };
        for (name, source) in [
            ("a", post("Premier", 1, "Voir [[Le beau titre]].")),
            ("b", post(titles[0], 2, "Un.")),
            ("c", post(titles[1], 3, "Deux.")),
            ("!!!", post(titles[1], 4, "Trois.")),
        ] {
            all.insert(SitePath::new(&format!("content/posts/{name}.md")).expect("a path"), source);
        }
        files
    };
    let mut engine = Engine::new(EngineOptions { remember: true, ..EngineOptions::default() });
    let mut links = Vec::new();
    for titles in [
        ["Le beau titre", "Un autre"],
        ["Le beau titre", "Un troisième"],
        ["Plus le même", "Un troisième"],
        ["Plus le même", "Le beau titre"],
    ] {
        let site = analyzed(&mut engine, sources(titles));
        let warm = render(&mut engine, &site);
        let mut fresh = Engine::default();
        let site = analyzed(&mut fresh, sources(titles));
        let cold = render(&mut fresh, &site);
        assert_eq!(bytes(&warm.0), bytes(&cold.0), "{titles:?}");
        assert_eq!(format!("{:#?}", warm.1), format!("{:#?}", cold.1), "{titles:?}");
        let page = String::from_utf8_lossy(&warm.0["posts/a/index.html"].1).into_owned();
        let link = page.split("href=\"").find(|rest| rest.contains(">Le beau titre</a>"));
        links.push(link.map_or("none", |rest| rest.split('"').next().unwrap_or("")).to_owned());
    }
    assert_eq!(links[0..3], ["/blog/posts/b/", "/blog/posts/b/", "none"]);
    assert!(links[3] == "/blog/posts/c/" || links[3] == "/blog/posts/le-beau-titre/", "{links:?}");
}
