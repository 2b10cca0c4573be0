//! Templates that never end, grow without bound or use what they do not have.

use super::{assert_refused, every};
use crate::support::Site;

/// Templates that never end, or that use what they do not have, are errors that name the
/// template.
#[test]
fn hostile_templates_are_errors() {
    let html = "<!doctype html>\n";
    let long = "x".repeat(2000);
    let fat = format!(
        "{html}{{% for a in range(end=300) %}}{{% for b in range(end=300) %}}{long}{{% endfor %}}{{% endfor %}}"
    );
    let cases: Vec<(&str, Vec<(&str, String)>, &[&str])> = vec![
        ("includes itself", vec![("post.html", "{% include \"post.html\" %}".into())], &["post.html"]),
        (
            "include cycle",
            vec![
                ("post.html", "{% include \"partials/a.html\" %}".into()),
                ("partials/a.html", "{% include \"partials/b.html\" %}".into()),
                ("partials/b.html", "{% include \"partials/a.html\" %}".into()),
            ],
            &["a.html"],
        ),
        ("extends itself", vec![("post.html", "{% extends \"post.html\" %}".into())], &["post.html"]),
        (
            "extends in a circle",
            vec![
                ("post.html", "{% extends \"partials/a.html\" %}".into()),
                ("partials/a.html", "{% extends \"post.html\" %}".into()),
            ],
            &["a.html"],
        ),
        (
            "component of itself",
            vec![
                ("components/c.html", "{% component c() %}{{ <c /> }}{% endcomponent c %}".into()),
                ("post.html", "{{ <c /> }}".into()),
            ],
            &["post.html", "recursion"],
        ),
        (
            "components of each other",
            vec![
                ("components/c.html", "{% component c() %}{{ <d /> }}{% endcomponent c %}".into()),
                ("components/d.html", "{% component d() %}{{ <c /> }}{% endcomponent d %}".into()),
                ("post.html", "{{ <c /> }}".into()),
            ],
            &[".html"],
        ),
        ("missing variable", vec![("post.html", "a\n{{ page.titel }}".into())], &["post.html:2:", "title"]),
        ("missing variable", vec![("post.html", "{{ pgae.title }}".into())], &["post.html:1:", "page"]),
        ("missing filter", vec![("post.html", "\n\n{{ page.title | majuscule }}".into())], &["post.html:3:"]),
        (
            "missing function",
            vec![("post.html", "{{ get_env(name=\"HOME\") }}".into())],
            &["post.html:1:", "get_env"],
        ),
        ("a file", vec![("post.html", "{% include \"/etc/passwd\" %}".into())], &["/etc/passwd"]),
        (
            "a file above",
            vec![("post.html", "{% include \"../pingmark.yaml\" %}".into())],
            &["pingmark.yaml"],
        ),
        ("a page of 180 MB", vec![("post.html", fat.clone())], &["64 MB", "posts/un"]),
        (
            "a component of 180 MB",
            vec![
                ("components/c.html", format!("{{% component c() %}}{fat}{{% endcomponent c %}}")),
                ("post.html", "{{ <c /> }}".into()),
            ],
            &["64 MB"],
        ),
        ("division by zero", vec![("post.html", "{{ 1 / 0 }}".into())], &["post.html:1:"]),
        ("deep brackets", vec![("post.html", format!("{{{{ {}1 }}}}", "(".repeat(100_000)))], &["post.html"]),
        ("deep lists", vec![("post.html", format!("{{{{ {}1 }}}}", "[".repeat(100_000)))], &["post.html"]),
        ("deep nots", vec![("post.html", format!("{{{{ {}1 }}}}", "not ".repeat(100_000)))], &["post.html"]),
        ("deep minuses", vec![("post.html", format!("{{{{ {}1 }}}}", "-".repeat(100_000)))], &["post.html"]),
        ("deep ifs", vec![("post.html", "{% if 1 %}".repeat(100_000))], &["post.html"]),
        ("a broken delimiter", vec![("post.html", "{{ \"".into())], &["post.html:1:"]),
        ("an open comment", vec![("post.html", "{# sans fin".into())], &["post.html:1:"]),
    ];
    every(cases, |(what, files, words)| {
        let site = Site::new().post("un", "Texte.");
        let site =
            files.iter().fold(site, |site, (path, text)| site.file(&format!("templates/{path}"), text));
        assert_refused(&site, what, words);
    });
}

/// A range too long for memory is refused before it is built.
#[test]
fn endless_ranges_are_refused() {
    for range in ["range(end=100000000000)", "range(start=0, end=9223372036854775807)"] {
        let template = format!("{{% for i in {range} %}}{{% endfor %}}");
        let site = Site::new().post("un", "Texte.").file("templates/post.html", template);
        assert_refused(&site, range, &["post.html"]);
    }
}
