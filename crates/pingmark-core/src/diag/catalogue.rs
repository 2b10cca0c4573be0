//! Everything the program can say about a site, one constructor each.
//!
//! A message tells the cause without a full stop; a hint tells the next step. Places are
//! named by what they belong to, so that they are looked up when shown.

use std::ops::Range;
use std::path::Path;

use super::{Diagnostic, Spot};
use crate::network::Network;
use crate::path::{PathProblem, SitePath};
use crate::slug::nearest;
use crate::yaml::Problem;
use crate::{share_template, site_files};

fn key(name: &str) -> Spot {
    Spot::Key(vec![name.to_owned()])
}

fn value(name: &str, word: &str) -> Spot {
    Spot::Value(vec![name.to_owned()], word.to_owned())
}

/// `social.x.text` as the path of a key.
fn keys_of(name: &str) -> Vec<String> {
    name.split('.').map(str::to_owned).collect()
}

fn did_you_mean(near: Option<&str>) -> Option<String> {
    near.map(|near| format!("did you mean `{near}`?"))
}

/// A path as text; what is no text in it as `\xE9`.
fn shown(place: &Path) -> String {
    match place.to_str() {
        Some(text) => text.to_owned(),
        None => place.as_os_str().as_encoded_bytes().escape_ascii().to_string(),
    }
}

fn config_file() -> SitePath {
    SitePath::constant(site_files::CONFIG)
}

// ---- files ------------------------------------------------------------------------------

/// A file whose text cannot be used.
pub fn unreadable_file(path: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error("file-unreadable", format!("this file cannot be read: {reason}")).at(path, Spot::File)
}

/// An entry of a folder that the system does not let us see.
pub fn unreadable_entry(place: &Path, reason: &str) -> Diagnostic {
    Diagnostic::error("file-unreadable", format!("`{}` cannot be read: {reason}", shown(place)))
        .hint("repair or remove it: it may be a link to something that is gone")
}

/// A link to one of the folders it lies in.
pub fn link_without_end(place: &Path) -> Diagnostic {
    Diagnostic::error("link-without-end", format!("`{}` is a link back to a folder it lies in", shown(place)))
        .hint("remove the link: following it has no end")
}

/// A symbolic link out of the site.
pub fn link_leaves_site(place: &Path) -> Diagnostic {
    Diagnostic::error(
        "link-leaves-site",
        format!("`{}` is a link to something outside the site's sources", shown(place)),
    )
    .hint("copy the file into the site: what is linked would be published")
}

/// A pipe, a socket, a device.
pub fn special_file(place: &Path) -> Diagnostic {
    Diagnostic::warning("file-special", format!("`{}` is no ordinary file and was left out", shown(place)))
}

/// A name that no site path can have.
pub fn bad_file_name(place: &Path, reason: &str) -> Diagnostic {
    Diagnostic::error("file-name", format!("`{}` cannot be published: {reason}", shown(place)))
        .hint("rename the file")
}

/// A file whose name some systems refuse.
pub fn unportable_file(path: &SitePath, problem: &PathProblem) -> Diagnostic {
    Diagnostic::warning("file-name", format!("not every system can hold this file: {problem}"))
        .at(path, Spot::File)
        .hint("rename the file")
}

// ---- configuration ----------------------------------------------------------------------

/// Something wrong in a YAML file of the site; `known` lists the keys that may stand at a path.
pub fn yaml_problem(
    path: &SitePath,
    problem: &Problem,
    known: &dyn Fn(&[String]) -> Vec<String>,
) -> Diagnostic {
    match problem {
        Problem::Syntax(message, line, column) => {
            Diagnostic::error("yaml-syntax", format!("this cannot be read as YAML: {message}"))
                .at(path, Spot::LineColumn(*line, *column))
                .hint_opt(yaml_hint(message).map(str::to_owned))
        }
        Problem::UnknownKey(keys) => {
            let (last, parents) =
                keys.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
            let mut names = known(parents);
            names.sort();
            let near = nearest(last, names.iter().map(String::as_str)).map(str::to_owned);
            let listed = (!names.is_empty()).then(|| format!("the keys here are {}", names.join(", ")));
            Diagnostic::error("unknown-key", format!("there is no key `{}`", keys.join(".")))
                .at(path, Spot::Key(keys.clone()))
                .hint_opt(did_you_mean(near.as_deref()).or(listed))
        }
        Problem::Value(keys, message) => {
            Diagnostic::error("wrong-value", format!("`{}` does not fit: {}", keys.join("."), plain(message)))
                .at(path, Spot::Value(keys.clone(), String::new()))
        }
    }
}

/// The next step for what the parser of YAML says.
fn yaml_hint(message: &str) -> Option<&'static str> {
    let hints = [
        ("given twice", "keep one of the two lines"),
        ("a quote is not closed", "end the text with the same quote it begins with"),
        ("brackets stand", "write the list as lines that begin with `- `"),
        ("mapping values", "put quotes around a text with `: ` in it"),
        (
            "cannot start any token",
            "put quotes around a text that begins with `@`, `` ` `` or `%`; indent with spaces, not tabs",
        ),
        ("',' or ']'", "close the bracket with `]`, or put quotes around a text that begins with `[`"),
        ("',' or '}'", "close the brace with `}`, or put quotes around a text that begins with `{`"),
        ("`key: value` lines", "such as `title: Un titre`"),
        ("alias", "put quotes around a text that begins with `*` or `&`"),
    ];
    hints
        .iter()
        .find(|(part, _)| message.contains(part))
        .map(|(_, hint)| *hint)
        .or(Some("texts with `: `, `#` or quotes in them need quotes around them"))
}

/// The words of serde made those of a writer.
fn plain(message: &str) -> String {
    let message = match message.split_once("unknown variant ") {
        Some((_, rest)) => format!("found {rest}"),
        None => message.to_owned(),
    };
    let message = match message.split_once("struct ") {
        Some((before, rest)) => {
            let after = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            format!("{before}a group of keys{after}")
        }
        None => message,
    };
    [
        ("invalid type: ", "found "),
        ("invalid value: ", "found "),
        ("unit value", "nothing"),
        ("null", "nothing"),
        ("a sequence", "a list"),
        ("sequence", "a list"),
        ("a string", "a text"),
        ("string ", "the text "),
        ("a map", "a group of keys"),
        ("map, ", "a group of keys, "),
        ("a boolean", "true or false"),
        ("boolean ", ""),
        ("usize", "a whole number"),
        (
            "data did not match any variant of untagged enum TaxonomySettings",
            "expected a list of names, or names with options",
        ),
    ]
    .iter()
    .fold(message, |message, (theirs, ours)| message.replace(theirs, ours))
}

/// A key that every site needs.
pub fn config_key_missing(name: &str, example: &str) -> Diagnostic {
    Diagnostic::error("config-missing", format!("`{name}` is missing"))
        .at(&config_file(), Spot::File)
        .hint(format!("add a line such as `{example}`"))
}

/// `base_url` is no address.
pub fn config_base_url(text: &str) -> Diagnostic {
    Diagnostic::error("config-base-url", format!("`{text}` is not the address of a site"))
        .at(&config_file(), value("base_url", text))
        .hint("it begins with https:// and has no `?` or `#`: https://example.org/blog/")
}

/// `timezone` is unknown.
pub fn config_timezone(text: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("config-timezone", format!("`{text}` is not a timezone"))
        .at(&config_file(), value("timezone", text))
        .hint("use a name of the IANA database, such as Europe/Paris")
        .hint_opt(did_you_mean(near))
}

/// `permalink` cannot make addresses.
pub fn config_permalink(pattern: &str, problem: &str) -> Diagnostic {
    Diagnostic::error("config-permalink", format!("this pattern cannot make addresses: {problem}"))
        .at(&config_file(), value("permalink", pattern))
        .hint("such as /:year/:month/:slug/")
}

/// `output_dir` is not a folder of its own.
pub fn config_output_dir(text: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("config-output-dir", format!("`{text}` cannot be the output folder: {reason}"))
        .at(&config_file(), value("output_dir", text))
        .hint("name a folder of its own inside the site, or use --output-dir")
}

/// An address that could run a script.
pub fn config_address(keys: Vec<String>, address: &str) -> Diagnostic {
    Diagnostic::error("link-unsafe", format!("`{address}` could run a script in the reader's page"))
        .at(&config_file(), Spot::Value(keys, address.to_owned()))
        .hint("use an address that begins with https://, or with `/` for this site")
}

/// What should be a domain is none.
pub fn config_domain(name: &str, number: usize, text: &str) -> Diagnostic {
    let keys = ["mentions", name, &number.to_string()].map(str::to_owned).to_vec();
    Diagnostic::error("config-domain", format!("`{text}` is not a domain"))
        .at(&config_file(), Spot::Value(keys, text.to_owned()))
        .hint("such as example.org, which stands for all below it too")
}

/// A template of share texts with a name that nothing has.
pub fn config_template(network: &str, name: &str, near: Option<&str>) -> Diagnostic {
    let keys = ["social", "templates", network].map(str::to_owned).to_vec();
    Diagnostic::error("config-template", format!("nothing is called `{name}` in texts for networks"))
        .at(&config_file(), Spot::Value(keys, name.to_owned()))
        .hint(format!(
            "they may hold {}",
            share_template::NAMES.map(|name| format!("{{{{ {name} }}}}")).join(", ")
        ))
        .hint_opt(did_you_mean(near))
}

/// A colour that is none.
pub fn config_colour(name: &str, text: &str) -> Diagnostic {
    let keys = ["social", "cards", name].map(str::to_owned).to_vec();
    Diagnostic::error("config-colour", format!("`{text}` is not a colour"))
        .at(&config_file(), Spot::Value(keys, text.to_owned()))
        .hint("write it in quotes, as \"#1d3fb8\"")
}

/// A time of the week nobody can read.
pub fn config_slot(number: usize, text: &str) -> Diagnostic {
    let keys = ["social", "slots", &number.to_string()].map(str::to_owned).to_vec();
    Diagnostic::error("config-slot", format!("`{text}` is not a time of the week"))
        .at(&config_file(), Spot::Value(keys, text.to_owned()))
        .hint("write it as `tue 09:00`, or as `09:00` for each day")
}

/// `author` names nobody of `authors`.
pub fn config_author(name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::warning("config-author", format!("`{name}` is not one of the `authors`"))
        .at(&config_file(), value("author", name))
        .hint_opt(did_you_mean(near))
}

/// A language that is no tag.
pub fn config_language(name: &str, code: &str) -> Diagnostic {
    Diagnostic::error("config-language", format!("`{code}` is not a language"))
        .at(&config_file(), value(name, code))
        .hint("use a tag such as fr, en or pt-BR")
}

/// The theme does not exist.
pub fn theme_missing(name: &str, themes: &[String]) -> Diagnostic {
    let near = nearest(name, themes.iter().map(String::as_str)).map(str::to_owned);
    Diagnostic::error("theme-missing", format!("there is no theme `{name}`"))
        .at(&config_file(), value("theme", name))
        .hint(format!("the themes are {}", themes.join(", ")))
        .hint_opt(did_you_mean(near.as_deref()))
}

// ---- sources ----------------------------------------------------------------------------

/// Something wrong with a key of a source.
fn source_problem(code: &'static str, message: String, source: &str, name: &str, word: &str) -> Diagnostic {
    let keys = vec![source.to_owned(), name.to_owned()];
    Diagnostic::error(code, message)
        .at(&SitePath::constant(site_files::SOURCES), Spot::Value(keys, word.to_owned()))
}

/// A source whose name no citation can hold.
pub fn source_key(source: &str) -> Diagnostic {
    Diagnostic::error("source-key", format!("`{source}` cannot be cited: `[@{source}]` would not be read"))
        .at(&SitePath::constant(site_files::SOURCES), key(source))
        .hint("a key has letters, digits and `_`, with `-`, `.`, `:` or `/` between them")
}

/// A source without a title.
pub fn source_title_missing(source: &str) -> Diagnostic {
    Diagnostic::error("source-incomplete", format!("the source `{source}` has no title"))
        .at(&SitePath::constant(site_files::SOURCES), key(source))
        .hint("add a line `title: …` below it")
}

/// An address of a source that no browser follows.
pub fn source_address(source: &str, name: &str, address: &str) -> Diagnostic {
    let message = format!("`{address}` is not the address of a page");
    source_problem("source-address", message, source, name, address)
        .hint("it begins with https:// or http://; leave the line out if there is no address")
}

/// A date of a source nobody can read.
pub fn source_date(source: &str, name: &str, text: &str) -> Diagnostic {
    source_problem("bad-date", format!("`{text}` is not a date"), source, name, text)
        .hint("write what is known of it: 2011, 2011-03 or 2011-03-04")
}

/// A type of a source nobody knows.
pub fn source_kind(source: &str, text: &str, known: &[&str], near: Option<&str>) -> Diagnostic {
    source_problem("source-type", format!("`{text}` is not a type of source"), source, "type", text)
        .hint(format!("the types are {}", known.join(", ")))
        .hint_opt(did_you_mean(near))
}

// ---- front matter -----------------------------------------------------------------------

/// A front matter in TOML.
pub fn front_matter_toml(path: &SitePath) -> Diagnostic {
    Diagnostic::error("front-matter-toml", "this front matter is TOML, which is not read")
        .at(path, Spot::LineColumn(1, 1))
        .hint("write it as YAML between two lines of `---`: `title: …` for `title = \"…\"`")
}

/// A front matter without its second line of `---`.
pub fn front_matter_open(path: &SitePath) -> Diagnostic {
    Diagnostic::error("front-matter-open", "this front matter has no end")
        .at(path, Spot::LineColumn(1, 1))
        .label("it begins here")
        .hint("close it with a line of `---`")
}

/// A front matter that is too long to be one.
pub fn front_matter_long(path: &SitePath, len: usize, max: usize) -> Diagnostic {
    Diagnostic::error(
        "front-matter-long",
        format!("this front matter is {} kB long; the most is {} kB", len >> 10, max >> 10),
    )
    .at(path, Spot::LineColumn(1, 1))
    .hint("is a line of `---` missing at its end?")
}

/// A front matter that is no YAML.
pub fn front_matter_syntax(path: &SitePath, problem: &Problem) -> Diagnostic {
    let (message, line, column) = match problem {
        Problem::Syntax(message, line, column) => (message.as_str(), *line, *column),
        Problem::UnknownKey(_) | Problem::Value(..) => ("", 1, 1),
    };
    Diagnostic::error("front-matter-syntax", format!("this front matter cannot be read: {message}"))
        // The parser counts from the line after the first `---`.
        .at(path, Spot::LineColumn(line + 1, column))
        .hint_opt(yaml_hint(message).map(str::to_owned))
}

/// A key that is no text.
pub fn front_matter_key(path: &SitePath, name: &str, found: &str) -> Diagnostic {
    Diagnostic::error("front-matter-key", format!("the key `{name}` is {found}, not a word"))
        .at(path, key(name))
        .hint(format!("put quotes around it: \"{name}\""))
}

/// A key nobody knows.
pub fn front_matter_unknown(path: &SitePath, name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::warning(
        "unknown-key",
        format!("`{name}` is not a key of front matters; it is kept as `page.extra.{name}`"),
    )
    .at(path, key(name))
    .hint(format!("values of your own belong below `extra:`, as `extra.{name}`"))
    .hint_opt(did_you_mean(near))
}

/// A key nobody knows, inside a group that takes no others.
pub fn front_matter_unknown_below(
    path: &SitePath,
    parent: &str,
    name: &str,
    near: Option<&str>,
) -> Diagnostic {
    let mut keys = keys_of(parent);
    keys.push(name.to_owned());
    Diagnostic::warning("unknown-key", format!("there is no key `{parent}.{name}`; it is left out"))
        .at(path, Spot::Key(keys))
        .hint_opt(did_you_mean(near))
}

/// A network nobody knows.
pub fn social_network(path: &SitePath, name: &str, word: &str, near: Option<&str>) -> Diagnostic {
    let known = Network::ALL.map(Network::key).join(", ");
    Diagnostic::warning("unknown-network", format!("`{word}` is none of the networks"))
        .at(path, Spot::Value(keys_of(name), word.to_owned()))
        .hint(format!("they are {known}"))
        .hint_opt(did_you_mean(near))
}

/// A value of the wrong kind.
pub fn front_matter_value(path: &SitePath, name: &str, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::error("wrong-value", format!("`{name}` is {found}; expected {expected}"))
        .at(path, Spot::Value(keys_of(name), String::new()))
}

/// A date nobody can read.
pub fn front_matter_date(path: &SitePath, name: &str, text: &str) -> Diagnostic {
    Diagnostic::error("bad-date", format!("`{text}` is not a date"))
        .at(path, Spot::Value(keys_of(name), text.to_owned()))
        .hint("write it as 2011-03-04, 2011-03-04 10:30 or 2011-03-04T10:30:00+01:00")
}

/// An address that could run a script.
pub fn front_matter_address(path: &SitePath, name: &str, text: &str) -> Diagnostic {
    Diagnostic::error("link-unsafe", format!("`{text}` could run a script in the reader's page"))
        .at(path, Spot::Value(keys_of(name), text.to_owned()))
        .hint("use an address that begins with https://")
}

/// A language the site does not have.
pub fn language_unknown(path: &SitePath, lang: &str, languages: &[String]) -> Diagnostic {
    Diagnostic::warning("language-unknown", format!("the site has no language `{lang}`"))
        .at(path, value("lang", lang))
        .hint(format!(
            "it has {}; add `{lang}` below `languages:` in {}",
            languages.join(", "),
            site_files::CONFIG
        ))
}

/// No title anywhere.
pub fn title_missing(path: &SitePath) -> Diagnostic {
    Diagnostic::warning("title-missing", "this page has no title; one was made of its file's name")
        .at(path, Spot::LineColumn(1, 1))
        .hint("add `title: …` to its front matter")
}

/// A slug that is no single word of an address.
pub fn slug_bad(path: &SitePath, text: &str) -> Diagnostic {
    Diagnostic::error("slug-bad", format!("`{text}` cannot be part of an address"))
        .at(path, value("slug", text))
        .hint("a slug has letters, digits and hyphens; for a whole address use `permalink:`")
}

/// An address that leaves the site, or that some system cannot hold. `name` is the key it was
/// made of; none when it was made of the file's own name.
pub fn address_unsafe(path: &SitePath, name: Option<&str>, problem: &PathProblem) -> Diagnostic {
    let diagnostics =
        Diagnostic::error("address-unsafe", format!("no page can stand at this address: {problem}"));
    match name {
        Some("permalink") => {
            diagnostics.at(path, key("permalink")).hint("such as `permalink: /2011/03/mon-article/`")
        }
        Some(name) => {
            diagnostics.at(path, key(name)).hint("choose another word, such as `slug: mon-article`")
        }
        None => diagnostics
            .at(path, Spot::LineColumn(1, 1))
            .hint("rename the file or its folder, or give it a `permalink:`"),
    }
}

/// An alias nothing can stand at.
pub fn alias_unsafe(path: &SitePath, alias: &str, problem: &PathProblem) -> Diagnostic {
    Diagnostic::error("address-unsafe", format!("`{alias}` cannot lead here: {problem}"))
        .at(path, value("aliases", alias))
        .hint("such as `/2011/03/ancien/` or `ancien.html`")
}

/// A name made of signs alone.
pub fn term_without_slug(path: &SitePath, taxonomy: &str, name: &str) -> Diagnostic {
    Diagnostic::error("term-without-slug", format!("`{name}` has nothing an address can be made of"))
        .at(path, value(taxonomy, name))
        .hint("use letters or digits")
}

/// A name whose address no file can have.
pub fn term_unsafe(path: &SitePath, taxonomy: &str, name: &str, problem: &PathProblem) -> Diagnostic {
    Diagnostic::error("term-unsafe", format!("no page can stand at the address of `{name}`: {problem}"))
        .at(path, value(taxonomy, name))
        .hint("rename it")
}

/// Two names that fall on one address.
pub fn terms_collide(
    path: &SitePath,
    taxonomy: &str,
    name: &str,
    known: &str,
    first: Option<SitePath>,
) -> Diagnostic {
    let first = first.map(|path| format!(" of {path}")).unwrap_or_default();
    Diagnostic::error("terms-collide", format!("`{name}` has the same address as `{known}`{first}"))
        .at(path, value(taxonomy, name))
        .hint("rename one of them, or write both the same way")
}

// ---- text -------------------------------------------------------------------------------

/// A component's tag that cannot be read.
pub fn component_syntax(path: &SitePath, span: Range<usize>, reason: &str) -> Diagnostic {
    Diagnostic::error("component-syntax", format!("this component cannot be read: {reason}"))
        .at(path, Spot::Bytes(span.start, span.end))
        .hint("such as {{ <figure src=\"photo.jpg\" caption=\"…\" /> }}")
}

/// A component that is never closed.
pub fn component_open(path: &SitePath, span: Range<usize>, name: &str) -> Diagnostic {
    Diagnostic::error("component-open", format!("the component `{name}` is not closed"))
        .at(path, Spot::Bytes(span.start, span.end))
        .label("opened here")
        .hint(format!("close it with {{% </{name}> %}}"))
}

/// A closing tag without its opening one.
pub fn component_close(path: &SitePath, span: Range<usize>, name: &str, open: Option<&str>) -> Diagnostic {
    let hint = match open {
        Some(open) => format!("`{open}` is open here; close it first with {{% </{open}> %}}"),
        None => format!("open it with {{% <{name}> %}}, or remove this line"),
    };
    Diagnostic::error("component-close", format!("no component `{name}` is open here"))
        .at(path, Spot::Bytes(span.start, span.end))
        .hint(hint)
}

/// A component inside something that holds no markup.
pub fn component_misplaced(path: &SitePath, span: Range<usize>) -> Diagnostic {
    Diagnostic::error("component-misplaced", "no component can stand here")
        .at(path, Spot::Bytes(span.start, span.end))
        .hint("put it on a line of its own")
}

/// A component no template defines.
pub fn component_unknown(path: &SitePath, number: u32, name: &str, known: &[String]) -> Diagnostic {
    let near = nearest(name, known.iter().map(String::as_str));
    Diagnostic::error("component-unknown", format!("there is no component `{name}`"))
        .at(path, Spot::Component(number))
        .hint(format!("the components are {}", known.join(", ")))
        .hint_opt(did_you_mean(near))
}

/// A component used wrongly; `arguments` are those it takes.
pub fn component_failed(
    path: &SitePath,
    number: u32,
    name: &str,
    message: &str,
    arguments: &[String],
) -> Diagnostic {
    let quoted = message.split('`').nth(1).unwrap_or("");
    let message = if message.starts_with("Unknown argument") {
        format!("it has no argument `{quoted}`")
    } else if message.starts_with("Argument") && message.contains("missing") {
        format!("it needs `{quoted}`")
    } else if let Some((_, expected)) = message.split_once("does not match expected type: ") {
        let expected = expected.trim_matches(['`', '.']);
        let expected = if expected == "string" { "text" } else { expected };
        format!("`{quoted}` must be a {expected}")
    } else {
        message.trim_end_matches('.').to_owned()
    };
    let listed = (!arguments.is_empty()).then(|| format!("its arguments are {}", arguments.join(", ")));
    let near = nearest(quoted, arguments.iter().map(String::as_str));
    Diagnostic::error("component-failed", format!("the component `{name}` cannot be shown: {message}"))
        .at(path, Spot::Component(number))
        .hint_opt(listed)
        .hint_opt(did_you_mean(near.filter(|near| *near != quoted)))
}

/// A mark of a footnote that is nowhere written.
pub fn footnote_missing(path: &SitePath, span: Range<usize>, name: &str) -> Diagnostic {
    Diagnostic::warning(
        "footnote-missing",
        format!("the footnote `{name}` is not written; its mark is shown as text"),
    )
    .at(path, Spot::Bytes(span.start, span.end))
    .hint(format!("add a line `[^{name}]: …`"))
}

/// A footnote that the text does not mention.
pub fn footnote_unused(path: &SitePath, span: Range<usize>, name: &str) -> Diagnostic {
    Diagnostic::warning(
        "footnote-unused",
        format!("the text has no mark for the footnote `{name}`, which is left out"),
    )
    .at(path, Spot::Bytes(span.start, span.end))
    .hint(format!("put `[^{name}]` where it belongs, or remove the footnote"))
}

/// A shortcode of another generator.
pub fn foreign_shortcode(path: &SitePath, span: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "foreign-shortcode",
        "this looks like another generator's shortcode; it is shown as text",
    )
    .at(path, Spot::Bytes(span.start, span.end))
    .hint("components are written {{ <name key=\"value\" /> }}")
}

// ---- links ------------------------------------------------------------------------------

/// A link to a text that does not exist.
pub fn link_not_found(path: &SitePath, spot: &Spot, target: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("link-not-found", format!("`{target}` is not in the site"))
        .at(path, spot.clone())
        .label("this leads nowhere")
        .hint("links to articles name their file, from this file's folder: `[texte](autre-article.md)`")
        .hint_opt(did_you_mean(near))
}

/// An image or another file that does not exist.
pub fn file_not_found(path: &SitePath, spot: &Spot, target: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("file-not-found", format!("there is no file `{target}`"))
        .at(path, spot.clone())
        .hint("put it beside this file, or into static/ and write its address with a `/` before it")
        .hint_opt(did_you_mean(near))
}

/// A link to an address of this site that nothing stands at.
pub fn address_not_found(path: &SitePath, spot: &Spot, address: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("link-not-found", format!("nothing stands at `{address}`"))
        .at(path, spot.clone())
        .label("this leads nowhere")
        .hint("link to the article's file instead: `[texte](autre-article.md)`")
        .hint_opt(did_you_mean(near))
}

/// A link to something that is not published: `state` says why, as in "a draft".
pub fn link_held(path: &SitePath, spot: &Spot, target: &str, state: &str, hint: &str) -> Diagnostic {
    Diagnostic::warning("link-held", format!("`{target}` is {state}")).at(path, spot.clone()).hint(hint)
}

/// A link that could run a script.
pub fn link_unsafe(path: &SitePath, spot: &Spot, target: &str) -> Diagnostic {
    Diagnostic::error("link-unsafe", format!("`{target}` could run a script in the reader's page"))
        .at(path, spot.clone())
        .hint("link to an address that begins with https://")
}

/// A wikilink to nothing.
pub fn wikilink_not_found(path: &SitePath, spot: &Spot, name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("link-not-found", format!("no article is called `{name}`"))
        .at(path, spot.clone())
        .label("this leads nowhere")
        .hint("a wikilink names an article by its slug: [[mon-article]] or [[mon-article|ces mots]]")
        .hint_opt(did_you_mean(near))
}

/// A wikilink to several articles.
pub fn wikilink_ambiguous(path: &SitePath, spot: &Spot, name: &str, found: &[&SitePath]) -> Diagnostic {
    let list: Vec<String> = found.iter().map(|path| path.to_string()).collect();
    Diagnostic::error("link-ambiguous", format!("`{name}` is the slug of several articles"))
        .at(path, spot.clone())
        .hint(format!("link to one of their files: {}", list.join(", ")))
}

/// A citation of nothing.
pub fn cite_not_found(path: &SitePath, spot: &Spot, name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("cite-not-found", format!("`{name}` is neither a source nor an article"))
        .at(path, spot.clone())
        .label("this cites nothing")
        .hint(format!(
            "add `{name}:` to {}, name an article by its slug, or write `\\[@` to show the brackets",
            site_files::SOURCES
        ))
        .hint_opt(did_you_mean(near))
}

/// A link to a heading that does not exist.
pub fn anchor_not_found(
    path: &SitePath,
    spot: &Spot,
    anchor: &str,
    target: &SitePath,
    near: Option<&str>,
) -> Diagnostic {
    Diagnostic::warning("anchor-not-found", format!("{target} has no heading with the id `{anchor}`"))
        .at(path, spot.clone())
        .hint_opt(did_you_mean(near))
}

// ---- addresses --------------------------------------------------------------------------

/// Two things at one address. Told at the file that comes later.
pub fn address_taken(
    path: Option<&SitePath>,
    spot: &Spot,
    address: &str,
    taken_by: &str,
    hint: &str,
) -> Diagnostic {
    let diagnostics =
        Diagnostic::error("address-taken", format!("`/{address}` is taken already, by {taken_by}"))
            .hint(hint);
    match path {
        Some(path) => diagnostics.at(path, spot.clone()),
        None => diagnostics,
    }
}

/// A file where something else needs a folder.
pub fn address_blocked(path: Option<&SitePath>, spot: &Spot, address: &str, needed_by: &str) -> Diagnostic {
    let diagnostics = Diagnostic::error(
        "address-taken",
        format!("`/{address}` is a file here, and a folder is needed there for {needed_by}"),
    )
    .hint("give one of them another name");
    match path {
        Some(path) => diagnostics.at(path, spot.clone()),
        None => diagnostics,
    }
}

// ---- mentions ---------------------------------------------------------------------------
//
// All of them are warnings: what a stranger sends must not stop a build.

/// A mention whose file is no mention.
pub fn mention_unreadable(path: &SitePath, spot: Spot, reason: &str) -> Diagnostic {
    let hint = "it is left out; repair the file, or remove it with `pingmark mentions delete`";
    Diagnostic::warning("mention-unreadable", format!("this mention cannot be read: {reason}"))
        .at(path, spot)
        .hint(hint)
}

/// A mention that stands at no address of the web.
pub fn mention_source(path: &SitePath, given: Option<&str>) -> Diagnostic {
    match given {
        Some(given) => Diagnostic::warning(
            "mention-source",
            format!("`{given}` is no address of the web; the mention is left out"),
        )
        .at(path, value("source", given)),
        None => {
            Diagnostic::warning("mention-source", "this mention does not say where it stands; it is left out")
                .at(path, Spot::LineColumn(1, 1))
        }
    }
    .hint("such as `source: https://example.org/article/`")
}

/// A value that fits no mention; `then` says what becomes of it.
pub fn mention_value(
    path: &SitePath,
    name: &str,
    found: &str,
    expected: &str,
    near: Option<&str>,
    then: &str,
) -> Diagnostic {
    Diagnostic::warning("mention-value", format!("`{name}` is {found}; {then}"))
        .at(path, Spot::Value(vec![name.to_owned()], String::new()))
        .hint(format!("expected {expected}"))
        .hint_opt(did_you_mean(near))
}

/// A key no mention has.
pub fn mention_unknown_key(
    path: &SitePath,
    parents: &[&str],
    name: &str,
    known: &[&str],
    near: Option<&str>,
) -> Diagnostic {
    let keys: Vec<String> = parents.iter().chain([&name]).map(|&key| key.to_owned()).collect();
    Diagnostic::warning(
        "unknown-key",
        format!("`{}` is not a key of mentions; it is passed over", keys.join(".")),
    )
    .at(path, Spot::Key(keys))
    .hint(format!("the keys here are {}", known.join(", ")))
    .hint_opt(did_you_mean(near))
}

/// A mention of something that is not there.
pub fn mention_without_post(
    path: &SitePath,
    target: Option<&str>,
    folder: &str,
    near: Option<&str>,
) -> Diagnostic {
    let (what, spot) = match target {
        Some(target) => (format!("nothing of this site stands at `{target}`"), value("target", target)),
        None => (format!("no post is called `{folder}`"), Spot::LineColumn(1, 1)),
    };
    let near = near.map(|near| format!("did you mean `{near}`?"));
    Diagnostic::warning("mention-without-post", format!("{what}; the mention is kept, and shown nowhere"))
        .at(path, spot)
        .hint("correct `target`, add the old address to the post's `aliases`, or reject the mention")
        .hint_opt(near)
}

// ---- templates --------------------------------------------------------------------------

/// A template that cannot be read. `known` are names that could have been meant.
pub fn template_syntax(path: &SitePath, spot: Spot, message: &str, known: &[String]) -> Diagnostic {
    let quoted = message.split('`').nth(1).unwrap_or("");
    let near = nearest(quoted, known.iter().map(String::as_str));
    let lacks_block = message.starts_with("Block `");
    let hint = "the base.html that this template extends has no such block: add it there, or write this template \
                anew in templates/";
    let listed = (!known.is_empty()).then(|| format!("there are {}", known.join(", ")));
    Diagnostic::error("template-syntax", message.trim_end_matches('.').to_owned())
        .at(path, spot)
        .hint_opt(listed)
        .hint_opt(lacks_block.then(|| hint.to_owned()))
        .hint_opt(did_you_mean(near))
}

/// A template that extends or includes one that does not exist.
pub fn template_parent(path: &SitePath, spot: Spot, name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("template-syntax", format!("there is no template `{name}`"))
        .at(path, spot)
        .hint_opt(did_you_mean(near))
}

/// A template that fails while a page is rendered.
pub fn template_failed(
    path: &SitePath,
    spot: Spot,
    message: &str,
    page: &str,
    available: Option<String>,
) -> Diagnostic {
    Diagnostic::error(
        "template-failed",
        format!("{} (while rendering /{page})", message.trim_end_matches('.')),
    )
    .at(path, spot)
    .hint_opt(available)
}

/// A failure that names no place.
pub fn render_failed(page: &str, message: &str) -> Diagnostic {
    Diagnostic::error("template-failed", format!("/{page} cannot be rendered: {message}"))
}

/// A front matter that asks for a template that does not exist.
pub fn template_missing(path: &SitePath, name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::warning("template-missing", format!("there is no template `{name}`; the usual one is used"))
        .at(path, key("template"))
        .hint_opt(did_you_mean(near))
}

/// Words of the interface that a language lacks.
pub fn words_missing(path: &SitePath, keys: &[String]) -> Diagnostic {
    let shown: Vec<String> = keys.iter().take(3).map(|key| format!("`{key}`")).collect();
    let more = if keys.len() > 3 { format!(" and {} more", keys.len() - 3) } else { String::new() };
    let verb = if keys.len() == 1 { "is" } else { "are" };
    Diagnostic::warning("words-missing", format!("{}{more} {verb} not translated here", shown.join(", ")))
        .at(path, Spot::File)
        .hint("the English words stand in; add yours to this file")
}

/// A language the theme has no words in.
pub fn language_without_words(lang: &str, is_main: bool) -> Diagnostic {
    let keys = if is_main { vec!["lang".to_owned()] } else { vec!["languages".to_owned(), lang.to_owned()] };
    Diagnostic::warning(
        "words-missing",
        format!("the theme has no words in `{lang}`; the English ones stand in"),
    )
    .at(&config_file(), Spot::Key(keys))
    .hint(format!("write them in data/i18n/{lang}.yaml, as `key: words`"))
}

// ---- advice, told by `check` ------------------------------------------------------------

/// An image without words.
pub fn alt_missing(path: &SitePath, spot: Spot, target: &str) -> Diagnostic {
    Diagnostic::warning(
        "alt-missing",
        format!("the image `{target}` has no text for those who cannot see it"),
    )
    .at(path, spot)
    .hint("describe it between the brackets: ![ce que l’on voit](image.png)")
}

/// A page's own picture without words.
pub fn image_alt_missing(path: &SitePath) -> Diagnostic {
    Diagnostic::warning("alt-missing", "the image of this page has no text for those who cannot see it")
        .at(path, key("image"))
        .hint("add `image_alt: …` with what it shows")
}

/// A page without a description.
pub fn description_missing(path: &SitePath) -> Diagnostic {
    Diagnostic::warning("description-missing", "this page has no description; search engines will choose one")
        .at(path, Spot::LineColumn(1, 1))
        .hint("add `description: …`, one or two sentences")
}

/// A text for a network that does not fit there.
pub fn share_trouble(path: &SitePath, key: &str, network: Network, words: &str) -> Diagnostic {
    Diagnostic::warning("share-text", format!("on {}, {words}", network.name()))
        .at(path, Spot::Key(keys_of(key)))
        .hint(format!("`pingmark social --network {}` shows what would be posted", network.key()))
}

/// A picture for networks that is not there.
pub fn share_image_missing(path: &SitePath, key: &str, image: &str) -> Diagnostic {
    Diagnostic::warning("share-image", format!("there is no file `{image}` to share"))
        .at(path, Spot::Value(keys_of(key), image.to_owned()))
        .hint("name a file beside the article, or one below static/ as `/img/nom.png`")
}

/// Two articles that would be shared with the same words.
pub fn share_same(path: &SitePath, other: &SitePath, network: Network) -> Diagnostic {
    Diagnostic::warning(
        "share-same",
        format!("on {}, this article is shared with the same words as {other}", network.name()),
    )
    .at(path, Spot::LineColumn(1, 1))
    .hint("readers and networks take it for a repeat: write another `social: text:`")
}

/// A title that search results cut off.
pub fn title_long(path: &SitePath, count: usize, most: usize) -> Diagnostic {
    Diagnostic::warning(
        "title-long",
        format!("this title has {count} characters; search results show about {most}"),
    )
    .at(path, key("title"))
    .hint("put what matters first, or shorten it")
}

/// A post nobody links to.
pub fn orphan(path: &SitePath) -> Diagnostic {
    Diagnostic::warning("orphan", "no other article links to this one")
        .at(path, Spot::LineColumn(1, 1))
        .hint("cite it where it fits: readers find it, and search engines too")
}

// ---- cards ------------------------------------------------------------------------------

/// A sign that the fonts of cards have not.
pub fn card_glyph(path: &SitePath, c: char, others: usize) -> Diagnostic {
    let who = match others {
        0 => "the article gets".to_owned(),
        others => format!("the article and {others} others get"),
    };
    Diagnostic::warning(
        "card-glyph",
        format!("{who} no card for networks: its fonts have no `{c}` (U+{:04X})", u32::from(c)),
    )
    .at(path, Spot::Value(vec!["title".to_owned()], c.to_string()))
    .hint("give the article an `image:`, or make no cards: `social: {cards: false}` in pingmark.yaml")
}

/// A name that cards leave out, since their fonts cannot show it.
pub fn card_name(path: &SitePath, what: &str, name: &str, c: char) -> Diagnostic {
    Diagnostic::warning(
        "card-name",
        format!(
            "cards for networks leave out {what} `{name}`: their fonts have no `{c}` (U+{:04X})",
            u32::from(c)
        ),
    )
    .at(path, Spot::File)
    .hint("the rest of the card is there; an `image:` of an article's own replaces it")
}

/// Emoji in what a card says.
pub fn card_emoji(path: &SitePath, emoji: &str) -> Diagnostic {
    let first = emoji.split(' ').next().unwrap_or(emoji).to_owned();
    Diagnostic::warning("card-emoji", format!("the card for networks leaves out {emoji}: it shows no emoji"))
        .at(path, Spot::Value(vec!["title".to_owned()], first))
        .hint("the title keeps it everywhere else; an `image:` of the article's own replaces the card")
}

/// A card's template that makes no picture.
pub fn card_failed(path: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error("card-failed", format!("the card for networks cannot be drawn: {reason}"))
        .at(path, Spot::LineColumn(1, 1))
        .hint("templates/card.svg makes no SVG that can be read")
}

// ---- images and icons -------------------------------------------------------------------

/// An image that cannot be shown, at the first place that shows it.
pub fn image_broken(path: &SitePath, spot: &Spot, image: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error("image-broken", format!("the image `{image}` cannot be used: {reason}"))
        .at(path, spot.clone())
        .hint("save it again with a program that shows it, or put another one in its place")
}

/// An image that no page shows and that cannot be read, so that what it tells cannot be taken
/// out.
pub fn image_unread(image: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::warning("image-unread", format!("`{image}` is published as it is: {reason}"))
        .at(image, Spot::File)
        .hint("what else it holds, such as where it was taken, is published with it: save it again, or remove it")
}

/// A drawing of which no icons can be made.
pub fn icon_failed(drawing: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error("icon-failed", format!("no icons can be made of `{drawing}`: {reason}"))
        .at(drawing, Spot::File)
        .hint("put a drawing that browsers show there, or remove the file to use the theme's")
}

// ---- publishing -------------------------------------------------------------------------

/// A file of ours that somebody changed.
pub fn edited_by_hand(path: &SitePath) -> Diagnostic {
    Diagnostic::warning(
        "edited-by-hand",
        format!("`{path}` in the output folder was changed by hand and is kept"),
    )
    .hint("move the change into the site's sources, or build with --force to overwrite it")
}
