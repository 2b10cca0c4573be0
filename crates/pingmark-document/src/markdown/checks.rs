//! Checks of what readers would see as typed: marks that mark nothing, links that are none, tags of other
//! generators.
//!
//! Most texts have none of the characters concerned, so each text is first tested for them, 64 bytes at a
//! time.

use std::ops::Range;

use pingmark_core::diag::args::{Generator, LinkProblem, MarkProblem};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::invisible;
use pingmark_core::path::SitePath;
use pingmark_core::text::prefix;

use super::super::byte_mask::{BLOCK, block_at, byte_mask};

/// Tags of WordPress and its common plugins.
const WORDPRESS: [&str; 19] = [
    "audio",
    "caption",
    "code",
    "contact-form-7",
    "embed",
    "gallery",
    "gist",
    "more",
    "playlist",
    "quote",
    "slideshow",
    "sourcecode",
    "soundcloud",
    "table",
    "tweet",
    "twitter",
    "video",
    "vimeo",
    "youtube",
];
/// Objects and filters of Liquid, and of the template languages like it.
const LIQUID: [&str; 8] =
    ["site.", "page.", "post.", "include.", "content", "relative_url", "absolute_url", "markdownify"];
/// Signs that text processors put before the items of a list.
const BULLETS: [char; 6] = ['•', '◦', '▪', '‣', '●', '·'];
/// Longest tag of another generator that is looked at, in bytes.
const MAX_TAG: usize = 400;
/// Longest address of a link that is none, in bytes.
const MAX_LINK: usize = 1000;
/// Most places of one kind that are told of a document, where each is told.
const MAX_TOLD: usize = 200;

/// Places of one kind: the first one, and their number.
#[derive(Default)]
struct Places {
    first: Option<Range<usize>>,
    count: usize,
}

impl Places {
    fn add(&mut self, place: Range<usize>) {
        self.first.get_or_insert(place);
        self.count += 1;
    }
}

/// A run of asterisks or tildes that is left in the text.
struct Run {
    place: Range<usize>,
    mark: char,
    before: Option<char>,
    after: Option<char>,
}

/// Everything found in one document. Ranges are relative to the body's source.
#[derive(Default)]
pub(super) struct Checks {
    styles: Places,
    titles: Places,
    /// Tags by generator.
    tags: [Places; Generator::ALL.len()],
    /// Runs in the current block.
    runs: Vec<Run>,
    marks: Vec<(Range<usize>, String, MarkProblem)>,
    links: Vec<(Range<usize>, LinkProblem)>,
    empty: Vec<Range<usize>>,
    /// Keys that are cited inside links.
    cites: Vec<(Range<usize>, String)>,
    /// End of the last link that is none.
    links_end: usize,
}

impl Checks {
    /// Notes a `style` attribute.
    pub(super) fn style(&mut self, place: Range<usize>) {
        self.styles.add(place);
    }

    /// Notes a heading of level 1 that is not the title.
    pub(super) fn title(&mut self, place: Range<usize>) {
        self.titles.add(place);
    }

    /// Notes a link without an address.
    pub(super) fn empty_address(&mut self, place: Range<usize>) {
        self.empty.push(place);
    }

    /// Notes a citation inside a link.
    pub(super) fn cite_in_link(&mut self, place: Range<usize>, key: &str) {
        self.cites.push((place, key.to_owned()));
    }

    /// Notes a template's tag in an address.
    pub(super) fn template_in_address(&mut self, address: &str, start: usize) {
        self.braces(address, start);
    }

    /// Checks a text outside code, of which `source[range]` is the source.
    pub(super) fn text(&mut self, source: &str, range: &Range<usize>, begins_line: bool) {
        let Some(typed) = source.get(range.clone()) else { return };
        if begins_line {
            self.line(typed, range.start);
        }
        if !may_be_left(typed) {
            return;
        }
        self.runs(source, typed, range.start);
        self.braces(typed, range.start);
        self.brackets(source, typed, range.start);
    }

    /// Checks the beginning of a line: a mark of a heading or a list that is none.
    fn line(&mut self, typed: &str, start: usize) {
        let mut characters = typed.chars();
        let Some(first) = characters.next() else { return };
        if !matches!(first, '#' | '-' | '*' | '+' | '0'..='9')
            && !is_invisible(first)
            && !BULLETS.contains(&first)
        {
            return;
        }
        let inside = typed.trim_start_matches(is_invisible);
        let hidden = typed.chars().next().filter(|_| inside.len() < typed.len());
        let level = inside.len() - inside.trim_start_matches('#').len();
        let digits = inside.len() - inside.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mark = match inside.as_bytes() {
            [b'#', ..] if level <= 6 => &inside[..level],
            [b'-' | b'*' | b'+', ..] => &inside[..1],
            [b'0'..=b'9', ..] if inside[digits..].starts_with(['.', ')']) => &inside[..digits + 1],
            _ if inside.starts_with(BULLETS) => &inside[..inside.chars().next().map_or(0, char::len_utf8)],
            _ => return,
        };
        let rest = &inside[mark.len()..];
        let after = rest.chars().next();
        let problem = match (hidden, after) {
            _ if mark.starts_with(BULLETS) => match after {
                Some(c) if c.is_whitespace() => MarkProblem::Bullet,
                _ => return,
            },
            (Some(c), Some(' ' | '\t')) => MarkProblem::InvisibleBefore(c),
            (_, Some(c)) if is_invisible(c) => MarkProblem::InvisibleAfter(c),
            (None, Some(c)) if level > 1 && (c.is_alphanumeric() || c == '*') => MarkProblem::NoBlank,
            _ => return,
        };
        let end = start + typed.len() - rest.len();
        self.marks.push((start..end, mark.to_owned(), problem));
    }

    /// Collects the runs of asterisks and tildes in a text.
    fn runs(&mut self, source: &str, typed: &str, start: usize) {
        let mut from = 0;
        while let Some(at) = typed[from..].find(['*', '~']).map(|at| from + at) {
            let mark = char::from(typed.as_bytes()[at]);
            let len = typed[at..].bytes().take_while(|byte| char::from(*byte) == mark).count();
            from = at + len;
            let place = start + at..start + from;
            let before = source[..place.start].chars().next_back();
            let after = source[place.end..].chars().next();
            if before != Some('\\') && (len <= 2 && (mark == '*' || len == 2)) {
                self.runs.push(Run { place, mark, before, after });
            }
        }
    }

    /// Ends a block: pairs the runs that were meant as emphasis.
    pub(super) fn end_block(&mut self, source: &str) {
        let mut runs = std::mem::take(&mut self.runs).into_iter().peekable();
        while let Some(first) = runs.next() {
            let Some(second) =
                runs.next_if(|next| next.mark == first.mark && next.place.len() == first.place.len())
            else {
                continue;
            };
            let Some(problem) = emphasis_problem(source, &first, &second) else { continue };
            let mark = first.mark.to_string().repeat(first.place.len());
            self.marks.push((first.place.start..second.place.end, mark, problem));
        }
    }

    /// Finds tags between braces: those of Hugo, Jekyll and kramdown.
    fn braces(&mut self, typed: &str, start: usize) {
        let mut from = 0;
        while let Some(at) = typed[from..].find('{').map(|at| from + at) {
            let window = prefix(&typed[at..], MAX_TAG);
            let line = window.split('\n').next().unwrap_or(window);
            let (generator, close) = match line.as_bytes() {
                [b'{', b'{', b'<' | b'%', ..] => (Some(Generator::Hugo), "}}"),
                [b'{', b'%', ..] if is_call(&line[2..]) => (Some(Generator::Zola), "%}"),
                [b'{', b'%', ..] => (Some(Generator::Jekyll), "%}"),
                [b'{', b'{', ..] if is_call(&line[2..]) => (Some(Generator::Zola), "}}"),
                [b'{', b'{', ..] => {
                    let inside = line[2..].split("}}").next().unwrap_or("");
                    let word = inside.trim_start_matches(['-', ' ']);
                    let is_known = LIQUID
                        .iter()
                        .any(|known| word.starts_with(known) || inside.contains(&format!("| {known}")));
                    (is_known.then_some(Generator::Jekyll), "}}")
                }
                _ => (is_attribute_list(line).then_some(Generator::Kramdown), "}"),
            };
            let len = line.find(close).map_or(line.len(), |end| end + close.len());
            if let Some(generator) = generator {
                self.tags[generator as usize].add(start + at..start + at + len);
            }
            from = at + if generator.is_some() { len } else { 1 };
        }
    }

    /// Finds tags of WordPress, and links that are none.
    fn brackets(&mut self, source: &str, typed: &str, start: usize) {
        let mut from = 0;
        while let Some(at) = typed[from..].find(['[', ']']).map(|at| from + at) {
            from = at + 1;
            // At the start of a text, the backslash stands before it.
            if source[..start + at].ends_with('\\') {
                continue;
            }
            let rest = &typed[at..];
            if rest.starts_with('[') {
                let window = prefix(rest, MAX_TAG);
                if let Some(len) = wordpress_tag(window) {
                    self.tags[Generator::Wordpress as usize].add(start + at..start + at + len);
                    from = at + len;
                }
            } else if let Some((problem, len)) = link_problem(&typed[..at], rest)
                && start + at >= self.links_end
            {
                let open = typed[..at].rfind('[').unwrap_or(at);
                let open = if typed[..open].ends_with('!') { open - 1 } else { open };
                self.links_end = start + at + len;
                self.links.push((start + open..self.links_end, problem));
            }
        }
    }

    /// Reports everything. `start` is the offset of the body in the file.
    pub(super) fn report(self, path: &SitePath, start: usize, diagnostics: &mut Vec<Diagnostic>) {
        let place = |range: &Range<usize>| range.start + start..range.end + start;
        let counted = |places: &Places| places.first.as_ref().map(|first| (place(first), places.count));
        for (generator, places) in Generator::ALL.into_iter().zip(&self.tags) {
            let found = counted(places);
            diagnostics.extend(
                found.map(|(first, count)| catalogue::foreign_shortcode(path, first, generator, count)),
            );
        }
        diagnostics
            .extend(counted(&self.styles).map(|(first, count)| catalogue::inline_style(path, first, count)));
        diagnostics
            .extend(counted(&self.titles).map(|(first, count)| catalogue::second_title(path, first, count)));
        for (range, mark, problem) in self.marks.into_iter().take(MAX_TOLD) {
            diagnostics.push(catalogue::mark_without_effect(path, place(&range), &mark, problem));
        }
        for (range, problem) in self.links.into_iter().take(MAX_TOLD) {
            diagnostics.push(catalogue::link_as_text(path, place(&range), problem));
        }
        diagnostics
            .extend(self.empty.iter().take(MAX_TOLD).map(|range| catalogue::link_empty(path, place(range))));
        for (range, key) in self.cites.into_iter().take(MAX_TOLD) {
            diagnostics.push(catalogue::cite_in_link(path, place(&range), &key));
        }
    }
}

/// Whether nobody sees a character, or takes it for an ordinary space.
fn is_invisible(c: char) -> bool {
    // The test for nearly all characters.
    !c.is_ascii() && invisible::name(c).is_some()
}

/// Whether a text has one of the characters that the checks look for.
fn may_be_left(text: &str) -> bool {
    let text = text.as_bytes();
    let is_mark = |byte: u8| matches!(byte, b'*' | b'~' | b'[' | b']' | b'{');
    (0..text.len()).step_by(BLOCK).any(|start| byte_mask(&block_at(text, start), is_mark) != 0)
}

/// The reason why two runs do not emphasise the words between them; `None` if they were not meant to.
fn emphasis_problem(source: &str, first: &Run, second: &Run) -> Option<MarkProblem> {
    let inside = source.get(first.place.end..second.place.start)?;
    if inside.contains("\n\n") || !inside.contains(char::is_alphabetic) {
        return None;
    }
    let is_blank = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_invisible(c));
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (opens_free, closes_free) = (is_blank(first.after), is_blank(second.before));
    // A single asterisk may be one of a note: `12 €*`.
    let is_single = first.place.len() == 1;
    if is_single && (is_letter(first.before) || opens_free || is_letter(second.after) || !closes_free) {
        return None;
    }
    // In `a** b **c`, the words between are not meant.
    if is_letter(first.before) && opens_free && closes_free && is_letter(second.after) {
        return None;
    }
    let blank = [second.before.filter(|_| closes_free), first.after.filter(|_| opens_free)];
    match blank.into_iter().flatten().next() {
        Some(' ' | '\n' | '\t') => Some(MarkProblem::BlankInside),
        Some(c) => Some(MarkProblem::InvisibleInside(c)),
        None if is_letter(second.after) && !is_letter(second.before) => Some(MarkProblem::LetterAfter),
        None if is_letter(first.before) && !is_letter(first.after) => Some(MarkProblem::LetterBefore),
        None => None,
    }
}

/// The reason why `](`, `] (` or `][` in a text begins no address, with its length. `before` is the text
/// before it.
fn link_problem(before: &str, rest: &str) -> Option<(LinkProblem, usize)> {
    let words = &before[before.rfind('[').map_or(0, |open| open + 1)..];
    // `list[0](x)` and `[a-z][0-9]` are code.
    let lead = before[..before.len() - words.len()].trim_end_matches('[');
    let is_code = lead.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ')'))
        || (words.len() == 3 && words.as_bytes()[1] == b'-')
        || words.starts_with(['^', '@']);
    if is_code {
        return None;
    }
    let window = prefix(rest, MAX_LINK);
    let line = window.split('\n').next().unwrap_or(window);
    if let Some(inside) = line.strip_prefix("](") {
        let end = inside.find(')')?;
        let address = &inside[..end];
        if address.contains("{{") || address.contains("{%") {
            return None;
        }
        let len = "](".len() + end + 1;
        let problem = match address.chars().find(|c| is_invisible(*c)) {
            Some(c) => LinkProblem::Invisible(c),
            None if address.trim().contains(' ') && !address.contains('"') => LinkProblem::BlankInAddress,
            None => LinkProblem::Other,
        };
        return Some((problem, len));
    }
    let inside = line[1..].trim_start_matches([' ', '\u{a0}']);
    let gap = &line[1..line.len() - inside.len()];
    if matches!(gap, " " | "\u{a0}")
        && let Some((address, _)) = inside.strip_prefix('(').and_then(|inside| inside.split_once(')'))
    {
        let starts = ["http://", "https://", "www.", "mailto:", "/", "./", "../"];
        let is_address = starts.iter().any(|start| address.starts_with(start)) || address.ends_with(".md");
        let is_meant = is_address && !address.contains(char::is_whitespace) && !words.trim().is_empty();
        let len = line.len() - inside.len() + address.len() + "()".len();
        return is_meant.then_some((LinkProblem::BlankBefore, len));
    }
    let label = line.strip_prefix("][")?;
    let label = &label[..label.find(']')?];
    let is_range = label.len() == 3 && label.as_bytes()[1] == b'-';
    let is_name = label.contains(char::is_alphanumeric) && !label.starts_with(['^', '@', '[']) && !is_range;
    is_name.then(|| (LinkProblem::Undefined(label.to_owned()), "][".len() + label.len() + 1))
}

/// Length of the tag of WordPress with which a text starts: a known name, or any with quoted arguments.
fn wordpress_tag(text: &str) -> Option<usize> {
    let len = text.find(']')? + 1;
    let inside = &text[1..len - 1];
    let closes = inside.starts_with('/');
    let inside = inside.trim_start_matches('/').trim_end_matches('/');
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = &inside[..inside.find(|c| !is_name(c)).unwrap_or(inside.len())];
    let arguments = inside[name.len()..].trim();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || text[len..].starts_with(['(', ':']) {
        return None;
    }
    let is_known = WORDPRESS.contains(&name);
    let value = arguments.split_once('=').filter(|(key, _)| !key.is_empty() && key.chars().all(is_name));
    let is_quoted = value.is_some_and(|(_, value)| value.starts_with(['"', '\'', '“', '”', '«', '&']));
    let is_alone = arguments.is_empty() && (closes || text[1..].starts_with(name));
    // Words such as `[code]` and `[more]` may be meant; with their closing tag they are no words.
    let is_word = matches!(
        name,
        "code" | "more" | "quote" | "table" | "video" | "audio" | "embed" | "tweet" | "twitter"
    );
    let is_tag = if is_word {
        closes || value.is_some() || text.contains(&format!("[/{name}]"))
    } else {
        is_alone || value.is_some()
    };
    (is_quoted || (is_known && is_tag)).then_some(len)
}

/// Whether a text starts with a call, `name(`, as Zola writes shortcodes.
fn is_call(text: &str) -> bool {
    let text = text.trim_start_matches(['-', ' ']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = &text[..text.find(|c| !is_name(c)).unwrap_or(text.len())];
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && text[name.len()..].starts_with('(')
}

/// Whether a text starts with attributes between braces, as kramdown and other dialects write them:
/// `{: .class}`, `{:toc}`, `{.class}`, `{#id .class}`, `{::options /}`.
fn is_attribute_list(line: &str) -> bool {
    let Some(inside) = line[1..].split_once('}').map(|(inside, _)| inside.trim()) else { return false };
    if let Some(list) = inside.strip_prefix(':') {
        let list = list.trim_start_matches(':').trim();
        return list.is_empty()
            || list.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '#' | '/'));
    }
    let is_part = |part: &str| {
        let name = part.strip_prefix(['.', '#']);
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        };
        name.is_some_and(|name| is_name(name) && !name.starts_with(|c: char| c.is_ascii_digit()))
            || part.split_once('=').is_some_and(|(key, value)| is_name(key) && !value.is_empty())
    };
    !inside.is_empty() && inside.split_whitespace().all(is_part)
}
