//! Comments, pingbacks, trackbacks and webmentions, as mention files.
//!
//! Mail and IP addresses of readers are never read, and nothing said about a text that is not published is
//! kept. Pings of the blog itself are not stored: Pingmark computes them from the links in the texts.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use pingmark_core::html::without_forbidden;
use pingmark_core::path::{SitePath, folded};
use pingmark_core::web_address;
use pingmark_core::when::When;
use pingmark_site::mention::{Draft, MentionKind, MentionStatus};

use super::clock;
use super::convert::{Converted, EntryRules};
use super::item::{Comment, Item};
use super::site::{Place, Site};
use crate::file::NewFile;
use crate::html::{plain, read};
use crate::report::Section;
use crate::text;

/// Longest text of a comment, in bytes: a mention's file may be 64 KiB.
const MAX_TEXT: usize = 48 * 1024;

/// Kind and status of a comment, as reports name them.
pub fn kind_and_status(comment: &Comment) -> (&'static str, &'static str) {
    let kind = match kind_of(comment) {
        MentionKind::Comment => "comments",
        MentionKind::Pingback => "pingbacks",
        MentionKind::Trackback => "trackbacks",
        _ => "webmentions",
    };
    let status = match comment.approved.as_str() {
        "1" | "approve" | "approved" => "approved",
        "0" | "hold" => "pending",
        "spam" => "spam",
        "trash" | "post-trashed" => "trash",
        _ => "pending",
    };
    (kind, status)
}

fn kind_of(comment: &Comment) -> MentionKind {
    let linkback = comment
        .meta("semantic_linkbacks_type")
        .or_else(|| comment.meta("protocol").filter(|protocol| *protocol == "webmention"));
    let of_linkback = || {
        let known = MentionKind::of(linkback?.trim_start_matches("webmention:"));
        Some(known.unwrap_or(MentionKind::Webmention))
    };
    match comment.kind.as_str() {
        "" | "comment" | "note" | "review" => of_linkback().unwrap_or(MentionKind::Comment),
        "pingback" => {
            of_linkback().filter(|kind| *kind != MentionKind::Webmention).unwrap_or(MentionKind::Pingback)
        }
        "trackback" => MentionKind::Trackback,
        "webmention" => of_linkback().unwrap_or(MentionKind::Webmention),
        other => MentionKind::of(other).unwrap_or(MentionKind::Comment),
    }
}

impl Site {
    /// Writes the mentions of a post or page that is published.
    pub(super) fn mentions(&self, item: &Item, place: &Place, rules: &EntryRules<'_>, done: &mut Converted) {
        let mut seen = HashSet::new();
        let mut kept: Vec<(&Comment, Draft)> = Vec::new();
        for comment in &item.comments {
            let (kind, status) = kind_and_status(comment);
            if comment.id != 0 && !seen.insert(comment.id) {
                done.report.left(kind, status, "twice in the export");
                continue;
            }
            if status == "trash" {
                done.report.left(kind, status, "in the trash");
                continue;
            }
            if kind != "comments" && self.is_own_ping(comment) {
                done.report.left(kind, status, "own pings: Pingmark finds them in the links");
                if status == "approved" {
                    done.own_pings.push((comment.url.clone(), item.id));
                }
                continue;
            }
            match self.draft(comment, place, rules, done) {
                Ok(draft) => {
                    done.report.kept(kind, status);
                    kept.push((comment, draft));
                }
                Err(reason) => done.report.left(kind, status, reason),
            }
        }
        let now = When::at(self.options.now, &TimeZone::UTC, true);
        let mut names: HashMap<u64, String> = HashMap::new();
        let mut taken = HashSet::new();
        for (comment, draft) in &kept {
            let day = draft.published.as_deref().and_then(|date| When::parse(date, &self.zone));
            let name = draft.file_name(day, now);
            let stem = name.trim_end_matches(".yaml");
            let mut stems =
                std::iter::once(stem.to_owned()).chain((2..).map(|number| format!("{stem}-{number}")));
            let stem = stems.find(|stem| taken.insert(folded(stem))).unwrap_or_default();
            names.insert(comment.id, stem);
        }
        for (comment, mut draft) in kept {
            draft.parent = match comment.parent {
                0 => None,
                parent => names.get(&parent).cloned(),
            };
            if comment.parent != 0 && draft.parent.is_none() {
                let text =
                    format!("{}: comment {} answers one that is not in the site", rules.title(), comment.id);
                done.report.note(Section::Mentions, text);
            }
            let path = format!("mentions/{}/{}.yaml", place.folder, names[&comment.id]);
            let Ok(path) = SitePath::new(&path) else { continue };
            done.files.push(NewFile { path, text: draft.text() });
        }
    }

    /// Whether a ping comes from the blog itself.
    fn is_own_ping(&self, comment: &Comment) -> bool {
        self.path_of(&comment.url).is_some() && comment.url.contains("://")
    }

    fn draft(
        &self,
        comment: &Comment,
        place: &Place,
        rules: &EntryRules<'_>,
        done: &mut Converted,
    ) -> Result<Draft, &'static str> {
        let kind = kind_of(comment);
        let source = self.index.report.source.to_lowercase();
        let mut draft = Draft::new(kind, &source);
        let is_ping = kind != MentionKind::Comment;
        let stated =
            comment.meta("semantic_linkbacks_source").or_else(|| comment.meta("webmention_source_url"));
        let url = stated.unwrap_or(&comment.url);
        let url = web_address::normalized(url.trim()).filter(|url| !url.ends_with("://"));
        draft.status = match kind_and_status(comment).1 {
            "approved" => MentionStatus::Approved,
            "spam" => MentionStatus::Spam,
            _ => MentionStatus::Pending,
        };
        draft.target = Some(self.absolute_url(place));
        draft.published = instant(comment).map(|instant| instant.to_string());
        if comment.id != 0 && kind == MentionKind::Comment {
            draft.anchor = Some(match source.as_str() {
                "blogger" => format!("c{}", comment.id),
                _ => format!("comment-{}", comment.id),
            });
        }
        let content = comment.content.trim();
        match kind {
            MentionKind::Comment => {
                draft.name = Some(comment.author.clone()).filter(|name| !name.is_empty());
                draft.author_url = url;
                draft.content = Some(self.cleaned(content, rules)).filter(|text| !text.is_empty());
                if draft.content.is_none() && draft.name.is_none() {
                    return Err("without a name and a text");
                }
            }
            MentionKind::Pingback | MentionKind::Trackback | MentionKind::Webmention => {
                draft.source = url;
                let (title, rest) = trackback_title(content);
                let title = title.unwrap_or_else(|| comment.author.clone());
                draft.title = Some(title).filter(|title| !title.is_empty());
                draft.excerpt = Some(text::plain(rest)).filter(|text| !text.is_empty());
                draft.name = comment.meta("semantic_linkbacks_author_name").map(text::plain);
            }
            _ => {
                draft.source = url;
                draft.name = Some(comment.author.clone()).filter(|name| !name.is_empty());
                draft.author_url =
                    comment.meta("semantic_linkbacks_author_url").and_then(web_address::normalized);
                draft.content = Some(self.cleaned(content, rules)).filter(|text| !text.is_empty());
            }
        }
        if is_ping && draft.source.is_none() {
            return Err("without the address of a page on the web");
        }
        if let Some(canonical) =
            comment.meta("semantic_linkbacks_canonical").and_then(web_address::normalized)
        {
            draft.url = Some(canonical).filter(|url| Some(url) != draft.source.as_ref());
        }
        for long in [&mut draft.content, &mut draft.excerpt].into_iter().flatten() {
            if long.len() > MAX_TEXT {
                let end = (0..=MAX_TEXT).rev().find(|at| long.is_char_boundary(*at)).unwrap_or(0);
                long.truncate(end);
                long.push('…');
                let text = format!("{}: comment {} was cut to {MAX_TEXT} bytes", rules.title(), comment.id);
                done.report.note(Section::Mentions, text);
            }
        }
        Ok(draft)
    }

    /// A comment's text: plain if it has no markup, else HTML with its paragraphs.
    fn cleaned(&self, content: &str, rules: &EntryRules<'_>) -> String {
        let content = without_forbidden(content);
        let blocks = read(&content, true, &rules.of_comments()).blocks;
        plain::plain_text(&blocks).unwrap_or_else(|| plain::html(&blocks))
    }

    fn absolute_url(&self, place: &Place) -> String {
        format!("{}{}", self.base_url, super::address::encoded(place.route.trim_start_matches('/')))
    }
}

/// The instant of a comment, from its date in UTC.
fn instant(comment: &Comment) -> Option<Timestamp> {
    let date = clock::date(&comment.gmt).or_else(|| clock::date(&comment.local))?;
    Offset::UTC.to_timestamp(date).ok()
}

/// A trackback's title, which WordPress puts before its text in bold.
fn trackback_title(content: &str) -> (Option<String>, &str) {
    let inside = content.strip_prefix("<strong>").and_then(|rest| rest.split_once("</strong>"));
    match inside {
        Some((title, rest)) => (Some(text::plain(title)).filter(|title| !title.is_empty()), rest.trim()),
        None => (None, content),
    }
}
