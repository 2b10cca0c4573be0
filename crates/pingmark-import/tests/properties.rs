//! What holds for every text: nothing panics, and text never becomes markup.

use std::collections::HashSet;
use std::convert::Infallible;

use proptest::prelude::*;

use pingmark_import::html::{Rules, markdown, plain, read};
use pingmark_import::wordpress::index::Index;
use pingmark_import::wordpress::run::Run;
use pingmark_import::wordpress::site::{Options, Site};

struct All;

impl Rules for All {
    fn link(&self, href: &str) -> Option<String> {
        Some(href.to_owned())
    }
    fn file(&self, src: &str, _: Option<u64>) -> Option<(String, String)> {
        Some((src.to_owned(), String::new()))
    }
    fn is_of_image(&self, href: &str) -> bool {
        href.ends_with(".png")
    }
    fn keeps_id(&self, _: &str) -> bool {
        true
    }
    fn included(&self, id: u64) -> Option<String> {
        Some(format!("<!-- wp:block {{\"ref\":{id}}} /-->x"))
    }
}

/// Pieces of which texts are made that mean something somewhere.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<em>",
        "</em>",
        "<strong>",
        "<ul><li>",
        "</li></ul>",
        "<a href='x'>",
        "</a>",
        "<img src=a.png>",
        "<table><tr><th>a</th><th>b</th></tr><tr>",
        "<td>",
        "</table>",
        "<pre>",
        "</pre>",
        "<blockquote>",
        "<figure>",
        "<figcaption>",
        "</figure>",
        "<!-- wp:block {\"ref\":1} /-->",
        "<!--more-->",
        "<h1>",
        "</h1>",
        "<br>",
        "<svg>",
        "[gallery ids=\"1\"]",
        "[caption]",
        "[/caption]",
        "[[x]]",
        "[youtube=",
        "[sourcecode lang='php']",
        "[/sourcecode]",
        "\n\n",
        "\n",
        "*",
        "_",
        "`",
        "#",
        "- ",
        "1. ",
        "&amp;",
        "&",
        "<",
        "{{",
        "{% <",
        "é",
        "\u{0}",
        "|",
        "https://a.example/x_y",
        "<dl><dt>",
        "<dd>",
        "<iframe src='https://a.example'>",
    ]);
    let piece = prop_oneof![known.prop_map(str::to_owned), "\\PC{0,6}"];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn import(xml: &str) -> Vec<(String, String)> {
    let mut index = Index::new();
    let _ = index.read(xml.as_bytes());
    let options = Options {
        zone: None,
        now: "2026-11-22T00:00:00Z".parse().unwrap(),
        keep_html: false,
        proposes_sources: true,
        permalink: None,
        files: HashSet::new(),
    };
    let site = Site::new(index, options);
    let mut run = Run::new(&site);
    let mut files = Vec::new();
    let taken = run.part(xml.as_bytes(), &mut |more| -> Result<(), Infallible> {
        files.extend(more);
        Ok(())
    });
    taken.unwrap();
    let finished = run.finish();
    for (_, _, tally) in finished.report.tallies() {
        assert_eq!(tally.arrived, tally.kept + tally.left.values().sum::<usize>());
    }
    files.extend(finished.files);
    files.into_iter().map(|file| (file.path.as_str().to_owned(), file.text)).collect()
}

proptest! {
    #[test]
    fn no_text_stops_the_conversion(html in pieces(), breaks_lines: bool) {
        let found = read(&html, breaks_lines, &All);
        let written = markdown::markdown(&found.blocks);
        let _ = plain::html(&found.blocks);
        let has_control = written.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        prop_assert!(!has_control, "{:?}", written);
    }

    #[test]
    fn no_export_stops_the_import(title in pieces(), slug in "\\PC{0,20}", link in "\\PC{0,40}", content in pieces(), date in "[0-9:\\- ]{0,20}") {
        let cdata = |text: &str| format!("<![CDATA[{}]]>", text.replace("]]>", ""));
        let xml = format!(
            "<rss><channel><link>https://a.example</link><item><title>{}</title><link>{}</link><content:encoded>{}</content:encoded>\
             <wp:post_id>1</wp:post_id><wp:post_name>{}</wp:post_name><wp:status>publish</wp:status><wp:post_date>{date}</wp:post_date>\
             <wp:post_date_gmt>{date}</wp:post_date_gmt><wp:comment><wp:comment_content>{}</wp:comment_content>\
             <wp:comment_approved>1</wp:comment_approved></wp:comment></item></channel></rss>",
            cdata(&title), cdata(&link), cdata(&content), cdata(&slug), cdata(&content),
        );
        let files = import(&xml);
        let mut names = HashSet::new();
        for (path, _) in &files {
            prop_assert!(names.insert(path.to_lowercase()), "{path} twice");
        }
        prop_assert!(files.iter().any(|(path, _)| path.starts_with("content/posts/")));
    }

    #[test]
    fn no_bytes_stop_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut index = Index::new();
        let _ = index.read(&bytes[..]);
        let xml = [b"<rss><channel><item>".as_slice(), &bytes, b"</item></channel></rss>".as_slice()].concat();
        let _ = Index::new().read(&xml[..]);
    }
}
