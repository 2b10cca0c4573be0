//! Markdown that is expensive or recursive to parse.

use std::time::Instant;

use super::{TIME_LIMIT, build, every};
use crate::support::Site;

/// How often each text is repeated.
const MANY: usize = 10_000;

/// Builds a site once for each text, which repeats ten thousand times what Markdown parsers are
/// slow or recursive about. A build must end within seconds and must not overflow the stack.
fn assert_built_soon(families: &[(&str, String)]) {
    every(families, |(what, text)| {
        let site = Site::new().post("cible", "Texte.").post("mal", text);
        let started = Instant::now();
        build(&site, what);
        let took = started.elapsed();
        assert!(took < TIME_LIMIT / 2, "{what}: {took:?}");
    });
}

/// A text repeated [`MANY`] times.
fn times(text: &str) -> String {
    text.repeat(MANY)
}

/// A line for each number below [`MANY`].
fn each(line: impl Fn(usize) -> String) -> String {
    (0..MANY).map(line).collect()
}

#[test]
fn nested_blocks_cost_little() {
    assert_built_soon(&[
        ("quotes in quotes", format!("{} fin", times(">"))),
        ("quotes and lists", format!("{} fin", times("> - "))),
        ("lists in lists on a line", format!("{} fin", times("- "))),
        ("lists in lists, indented", (0..600).map(|n| format!("{}- x\n", "  ".repeat(n))).collect()),
        ("lazy quotes", each(|_| "> a\nb\n".to_owned())),
        ("alerts in alerts", format!("{}[!NOTE]\n", times("> "))),
        ("alerts", times("> [!TIP]\n> x\n\n")),
        ("fences never closed", times("~~~\n> ```\n")),
        ("definitions", times("x\n: y\n\n")),
        ("tables", format!("|{}|\n|{}|\n{}", "a|".repeat(1000), "-|".repeat(1000), "|x\n".repeat(1000))),
        ("tables of empty rows", format!("a|b\n-|-\n{}", times("|\n"))),
        ("headings of one name", times("# a\n\n")),
        ("setext", times("a\n-\n")),
        ("headings ever deeper", each(|n| format!("{} h{n}\n\n", "#".repeat(n % 6 + 1)))),
        ("thematic breaks", times("* * *\n")),
        ("blanks", format!("a{}b", times("\n \t\n"))),
    ]);
}

#[test]
fn nested_inlines_cost_little() {
    assert_built_soon(&[
        ("open brackets", times("[")),
        ("open links", times("[a](")),
        ("open links with targets", times("[a](<b")),
        ("open images", times("![")),
        ("images in images", format!("{}{}", times("!["), times("](/x)"))),
        ("closed brackets", format!("{}{}", times("["), times("]"))),
        ("open emphasis", times("**a ")),
        ("mixed emphasis", times("*a __b ~~c ")),
        ("emphasis in emphasis", format!("{}a{}", times("*a _b "), times(" b_ a*"))),
        ("strong in strong", format!("{}a{}", times("**"), times("**"))),
        ("backticks of every length", (1..400).map(|n| format!("{} ", "`".repeat(n))).collect()),
        ("backticks", times("` `` ")),
        ("open comments", times("<!-- a ")),
        ("open declarations", times("<!A ")),
        ("open instructions", times("<?")),
        ("open CDATA", times("<![CDATA[")),
        ("open tags", times("<a href=\"")),
        ("attributes", format!("<a {}>", times("b=\"c\" "))),
        ("equals", format!("<p {}>", times("="))),
        ("tags in tags", format!("{}{}", times("<b>"), times("</b>"))),
        ("entities", times("&#x1F600;&")),
        ("backslashes", times("\\*\\")),
        ("superscripts", times("^a ~b ")),
        ("quotes", times("\"a 'b « c ")),
        ("dots and dashes", times("...--- ! ? ; ")),
        ("a word without end", times("aaaaaaaaaa")),
        ("hard breaks", times("a  \n")),
        ("emoji families", times("👨\u{200d}👩\u{200d}👧")),
        ("combining accents", format!("e{}", times("\u{301}"))),
    ]);
}

#[test]
fn references_cost_little() {
    assert_built_soon(&[
        ("definitions of links", each(|n| format!("[r{n}]: /posts/cible/\n\n[r{n}]\n\n"))),
        ("one definition, ever again", format!("[a]: /posts/cible/\n\n{}", times("[a][a] "))),
        ("definitions of one name", times("[a]: /posts/cible/\n")),
        ("wikilinks", times("[[cible]] ")),
        ("open wikilinks", times("[[cible|")),
        ("missing wikilinks", each(|n| format!("[[rien-{n}]]\n\n"))),
        ("missing files", each(|n| format!("[a](rien-{n}.md)\n\n"))),
        ("missing images", each(|n| format!("![a](rien-{n}.png)\n\n"))),
        ("missing headings", each(|n| format!("[a](#rien-{n})\n\n"))),
        ("missing addresses", each(|n| format!("[a](/rien-{n}/)\n\n"))),
        ("links and the headings they name", each(|n| format!("## h{n}\n\n[a](#h{n})\n\n"))),
        ("links to ids in HTML", each(|n| format!("<i id=\"h{n}\"></i> [a](#h{n})\n\n"))),
        ("footnotes", each(|n| format!("a[^{n}]\n\n[^{n}]: b\n\n"))),
        ("footnotes in footnotes", each(|n| format!("[^{n}]: a[^{}]\n\n", n + 1))),
        ("one footnote, ever again", format!("{}\n\n[^a]: b\n", times("[^a] "))),
        ("footnotes never written", each(|n| format!("[^{n}] "))),
        ("the marks of the summary", times("<!-- more -->\n\n")),
    ]);
}

#[test]
fn components_cost_little() {
    assert_built_soon(&[
        ("open notes", times("{% <note> %}\n")),
        ("open notes on a line", times("{% <note> %}")),
        ("closed notes", times("{% </note> %}\n")),
        (
            "notes in notes",
            format!("{}x\n{}", "{% <note> %}\n\n".repeat(500), "{% </note> %}\n\n".repeat(500)),
        ),
        ("notes", times("{% <note> %}\nx\n{% </note> %}\n\n")),
        ("figures", times("{{ <figure src=\"/feed.xml\" /> }}\n\n")),
        ("unknown components", times("{{ <inconnu /> }}\n\n")),
        ("open braces", times("{{ <")),
        ("braces", times("{{")),
        ("open arguments", times("{{ <figure src=\"")),
        ("open lists of arguments", format!("{{{{ <figure x={{{}", times("["))),
        ("shortcodes of others", times("{{< x >}} {% x %} ")),
        ("components in code", times("`{{ <figure src=\"x\" /> }}` ")),
        ("code in every language", each(|n| format!("```l{n}\nx\n```\n\n"))),
        ("code of one language", times("```rust\nfn f() {}\n```\n\n")),
        ("code on one line", format!("```js\n{}\n```\n", times("a=[{(/*\"' "))),
    ]);
}

#[test]
fn long_paragraphs_and_their_marks_cost_little() {
    assert_built_soon(&[
        ("entities in one paragraph", "&lt; ".repeat(100_000)),
        ("brackets in one paragraph", "[a] ".repeat(100_000)),
        ("brackets of no link", times("[a](b c) [d] (http://e) [f][g] ")),
        ("bold with blanks", times("**a **b ")),
        ("apostrophes before markup", times("'a *b* ")),
        ("quotes around markup", times("'*b*' \"*c*\" ")),
        ("addresses in one line", times("https://a.example/b ")),
        ("hosts that are none", times("http://.")),
        ("markup in addresses", times("https://a.example/*b*/")),
        ("colons that begin lines", times(":a\n")),
        ("open formulas", times("$$ \\( ")),
        ("formulas", times("$$a$$ \\(b\\) ")),
        ("tags in one block", times("<p srcset='a, b' style=x>c&eacute;")),
        ("open attributes", times("<img src=\"a ")),
        ("unclosed components", "{% <note> %}\n\nx\n\n".repeat(20_000)),
        ("tags of others", times("[gallery ids=\"1\"] {{< a >}} {: .b} ")),
        ("captions", times("![a](https://a.example/b \"*c* [d](https://e.example)\")\n\n")),
        ("long lines of code", format!("```markdown\n{}\n```\n", ("~".repeat(900) + "\n").repeat(300))),
        ("one long line of code", format!("```yaml\na: [{}]\n```\n", "https://a.example/b, ".repeat(10_000))),
    ]);
}

#[test]
fn many_wikilinks_to_one_post_cost_little() {
    let site = Site::new()
        .file("content/posts/2026-11-01-b.md", "# B\n")
        .file("content/posts/2026-11-02-a.md", format!("# A\n\n{}", "[[b]] ".repeat(40_000)));
    let start = Instant::now();
    let site = site.built();
    assert!(start.elapsed() < TIME_LIMIT, "{:?}", start.elapsed());
    assert!(site.public("posts/b/index.html").len() < 100_000);
}

#[test]
fn lists_on_a_page_have_a_bound() {
    let tags: Vec<String> = (0..300).map(|number| format!("t{number}")).collect();
    let mut site = Site::new().file(
        "content/posts/2026-11-01-a.md",
        format!("---\ntitle: {}\ntags: [{}]\n---\n\nx\n", "mot ".repeat(15_000), tags.join(", ")),
    );
    for number in 0..120 {
        let text = format!("---\ntitle: P {number}\nseries: S\n---\n\nx\n");
        site = site.file(&format!("content/posts/2020-01-{:02}-p{number}.md", 1 + number % 28), text);
    }
    let site = site.built();
    let html = site.public("posts/a/index.html");
    assert_eq!(html.matches("rel=\"tag\"").count(), 50);
    assert!(html.contains("<a href=\"/tags/\">Voir 250\u{a0}autres</a>"), "{html}");
    assert!(site.public("tags/t7/index.html").matches("p-category").count() <= 50);
    let html = site.public("posts/p40/index.html");
    let (_, series) = html.split_once("<nav class=\"series\"").expect("the series");
    let (series, _) = series.split_once("</nav>").expect("its end");
    assert_eq!(series.matches("<li>").count(), 40, "{series}");
    assert!(series.contains("aria-current=\"page\">P 40</a>") && series.contains("<ol start=\""), "{series}");
    assert!(series.contains("<a href=\"/series/s/\">120\u{a0}articles</a>"), "{series}");
}
