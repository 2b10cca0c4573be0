//! The search index, read back as the script of the page reads it.

use std::collections::{BTreeMap, BTreeSet};

use pingmark_document::search::shard;

use super::support::Site;

/// The search index of one language: the pages, and for each word its pages with weights.
struct Found {
    pages: Vec<Vec<String>>,
    words: BTreeMap<String, Vec<(usize, u32)>>,
}

fn read(site: &Site, folder: &str) -> Found {
    let text = |name: &str| {
        std::fs::read_to_string(site.path(&format!("public/{folder}{name}")))
            .unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    let index: serde_json::Value = serde_json::from_str(&text("index.json")).expect("JSON");
    let number = |key: &str| usize::try_from(index[key].as_u64().expect("a number")).expect("small");
    let (count, drawers, together) = (number("pages"), number("drawers"), number("together"));
    let mut pages: Vec<Vec<String>> = Vec::new();
    for part in 0..count.div_ceil(together) {
        let rows: Vec<Vec<String>> =
            serde_json::from_str(&text(&format!("pages-{part}.json"))).expect("JSON");
        assert!(rows.len() == together || pages.len() + rows.len() == count);
        pages.extend(rows);
    }
    assert_eq!(pages.len(), count);
    let mut words = BTreeMap::new();
    for at in 0..drawers {
        let text = text(&format!("words-{at}.txt"));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.is_sorted(), "words-{at}.txt");
        for line in lines {
            let (word, places) = line.split_once('\t').expect("a tab");
            assert_eq!(shard(word) % drawers, at, "{word} lies in the wrong file");
            let mut page = 0;
            let places = places.split(' ').map(|place| {
                let (step, weight) = place.split_once('.').unwrap_or((place, "1"));
                page += usize::from_str_radix(step, 36).expect("base 36");
                (page, u32::from_str_radix(weight, 36).expect("base 36"))
            });
            assert!(words.insert(word.to_owned(), places.collect()).is_none(), "{word} stands twice");
        }
    }
    Found { pages, words }
}

impl Found {
    fn titles(&self, word: &str) -> BTreeSet<&str> {
        let places = self.words.get(word).map_or(&[][..], Vec::as_slice);
        places.iter().map(|(page, _)| self.pages[*page][1].as_str()).collect()
    }

    fn weight(&self, word: &str, title: &str) -> u32 {
        let places = self.words.get(word).map_or(&[][..], Vec::as_slice);
        places.iter().find(|(page, _)| self.pages[*page][1] == title).map_or(0, |(_, weight)| *weight)
    }
}

fn post(title: &str, day: u8, more: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2026-01-{day:02}\ndescription: Un essai.\n{more}---\n\n{body}\n")
}

#[test]
fn words_lead_to_the_pages_that_have_them() {
    let site = Site::new()
        .file(
            "content/posts/un.md",
            post("L’été des modérateurs", 1, "tags: [e-réputation]\n", "Rien d'extraordinaire."),
        )
        .file(
            "content/posts/deux.md",
            post(
                "Deux",
                2,
                "",
                "Un **modérateur** sans `code_secret`, voir [l'œuvre](un.md).\n\n## Réputation",
            ),
        )
        .file("content/posts/brouillon.md", post("Brouillon", 3, "draft: true\n", "Inavouable."))
        .file("content/a-propos.md", "---\ntitle: À propos\ndescription: Qui.\n---\n\nExtraordinaire.\n")
        .built();
    let found = read(&site, "search/");
    assert_eq!(found.titles("moderateurs"), BTreeSet::from(["L’été des modérateurs"]));
    assert_eq!(found.titles("moderateur"), BTreeSet::from(["Deux"]));
    assert_eq!(found.titles("extraordinaire"), BTreeSet::from(["L’été des modérateurs", "À propos"]));
    assert_eq!(found.titles("oeuvre"), BTreeSet::from(["Deux"]));
    assert_eq!(found.titles("reputation"), BTreeSet::from(["Deux", "L’été des modérateurs"]));
    assert_eq!(found.titles("inavouable"), BTreeSet::new());
    assert!(found.weight("ete", "L’été des modérateurs") > found.weight("extraordinaire", "À propos"));
    // Oldest first, so that a new post is appended.
    let titles: Vec<&str> = found.pages.iter().map(|page| page[1].as_str()).collect();
    assert_eq!(titles, ["À propos", "L’été des modérateurs", "Deux"]);
    assert_eq!(found.pages[1], ["/posts/un/", "L’été des modérateurs", "1er\u{a0}janvier 2026", "Un essai."]);
}

#[test]
fn each_language_is_searched_by_itself_and_below_its_address() {
    let config = "title: Essai\nbase_url: https://essai.example/blog/\nlang: fr\nlanguages: {en: {}}\n";
    let site = Site::new()
        .file("pingmark.yaml", config)
        .file("content/posts/un.fr.md", post("Un", 1, "", "Bonjour."))
        .file("content/posts/un.en.md", post("One", 1, "", "Hello."))
        .built();
    let (french, english) = (read(&site, "search/"), read(&site, "en/search/"));
    assert_eq!((french.pages.len(), english.pages.len()), (1, 1));
    assert!(french.titles("hello").is_empty() && !english.titles("hello").is_empty());
    assert_eq!(english.pages[0][0], "/blog/en/posts/un/");
    let page = String::from_utf8(site.tree("public")["en/index.html"].clone()).expect("UTF-8");
    assert!(page.contains("data-index=\"/blog/en/search/\""), "{page}");
}

#[test]
fn a_blog_that_wants_none_has_none() {
    let site = Site::new()
        .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nsearch: false\n")
        .file("content/posts/un.md", post("Un", 1, "", "Bonjour."))
        .built();
    assert!(!site.path("public/search").exists());
    let page = String::from_utf8(site.tree("public")["index.html"].clone()).expect("UTF-8");
    assert!(!page.contains("class=\"search\""), "{page}");
}

/// Many pages: several files of words and of pages, and each word in exactly one file.
#[test]
fn many_pages_are_cut_into_files() {
    let mut site = Site::new();
    for n in 0..330_u32 {
        let body = format!("Le mot{n} et le mot{}.", n * 7 % 330);
        site = site.file(
            &format!("content/posts/p{n}.md"),
            post(&format!("Titre{n}"), 1 + (n % 28) as u8, "", &body),
        );
    }
    let site = site.built();
    let found = read(&site, "search/");
    assert!(
        site.path("public/search/words-1.txt").exists() && site.path("public/search/pages-6.json").exists()
    );
    for n in 0..330 {
        assert!(found.titles(&format!("mot{n}")).contains(format!("Titre{n}").as_str()), "mot{n}");
        assert_eq!(found.titles(&format!("titre{n}")).len(), 1, "titre{n}");
    }
}
